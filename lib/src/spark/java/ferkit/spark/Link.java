package ferkit.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/** The line between executors and the driver while runs are trained, a plugin that Spark makes on both sides. */
public final class Link implements SparkPlugin {
    /** Of the driver; set before Spark starts. */
    private static volatile Desk desk;
    /** Of an executor; in {@code local[N]} it is the driver's process. */
    private static volatile PluginContext executor;

    /** What an executor asks of the driver: a function that travels there. */
    @FunctionalInterface
    interface Question<T> extends Serializable {
        T at(Desk desk) throws IOException;
    }

    static void open(Desk answering) {
        desk = answering;
    }

    /** Tells the driver something, without waiting for it. */
    static void tell(Question<?> message) throws IOException {
        executor.send(message);
    }

    /** @throws IOException if the driver cannot be reached, or says no */
    @SuppressWarnings("unchecked")
    static <T> T ask(Question<T> question) throws IOException {
        try {
            return (T) executor.ask(question);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) { // Spark's own kinds, checked ones too
            throw new IOException(e.getCause() != null ? e.getCause().getMessage() : e.getMessage(), e);
        }
    }

    @Override
    public DriverPlugin driverPlugin() {
        return new DriverPlugin() {
            @Override
            public Map<String, String> init(SparkContext context, PluginContext here) {
                return Map.of();
            }

            @Override
            public Object receive(Object message) throws IOException {
                return ((Question<?>) message).at(desk);
            }
        };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext here, Map<String, String> unused) {
                executor = here;
            }
        };
    }
}
