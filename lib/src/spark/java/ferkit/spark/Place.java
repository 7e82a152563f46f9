package ferkit.spark;

import ferkit.eval.Figures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/**
 * Where runs are trained.
 *
 * @param master as Spark knows it: {@code local[2]}, {@code local-cluster[2,1,4096]} with workers, cores and MB of each, {@code spark://host:7077}, or
 *     whatever {@code spark-submit} was told
 * @param cores of an executor; it has one run at a time, with so many threads
 * @param memory of an executor's heap, as Spark's settings have it
 */
record Place(String master, int cores, String memory) {
    private static final String EXPECTED = "expected local[2], local-cluster[2,1,4096] (workers, cores of each, MB of each) or spark://host:7077";
    private static final Pattern LOCAL = Pattern.compile("local(?:\\[(?:([1-9]\\d{0,3})|\\*)])?");
    private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[([1-9]\\d{0,3}),([1-9]\\d{0,3}),([1-9]\\d{2,6})]");
    private static final Pattern STANDALONE = Pattern.compile("spark://[^\\s,/]+:\\d{1,5}(?:,[^\\s,/]+:\\d{1,5})*");
    private static final int ANSWER_MILLIS = 10_000;
    /** As much as {@code train} counts for a run, native memory included, which takes most of it: the heap is filled by a third. */
    private static final int RUN_MB = 3072;
    /** With less an executor does not start. */
    private static final int LEAST_MB = 512;

    /**
     * Reads what {@code --on} says.
     *
     * @param threads that the user wants a run to have
     * @throws IllegalArgumentException if it is no such place, or its executors have other cores
     */
    static Place of(String master, Optional<Integer> threads) {
        Matcher local = LOCAL.matcher(master);
        Matcher cluster = LOCAL_CLUSTER.matcher(master);
        if (local.matches()) {
            int all = local.group(1) != null ? Integer.parseInt(local.group(1))
                    : master.equals("local") ? 1 : Runtime.getRuntime().availableProcessors();
            return new Place("local[" + all + "]", fitting(master, all, threads), RUN_MB + "m");
        }
        if (cluster.matches()) {
            int memory = Integer.parseInt(cluster.group(3));
            if (memory < LEAST_MB) {
                throw new IllegalArgumentException("--on " + master + ": " + memory + " MB are too few for an executor: expected at least " + LEAST_MB
                        + ", for the study's networks " + RUN_MB);
            }
            return new Place(master, fitting(master, Integer.parseInt(cluster.group(2)), threads), Math.min(memory, RUN_MB) + "m");
        }
        if (STANDALONE.matcher(master).matches()) {
            return new Place(master, threads.orElse(1), RUN_MB + "m");
        }
        throw new IllegalArgumentException("--on " + master + ": " + EXPECTED);
    }

    /** The place that {@code spark-submit} has put into Spark's settings; of a cluster of another kind its executors' cores, one if they are not set. */
    static Place of(SparkConf conf, Optional<Integer> threads) {
        if (!conf.contains("spark.master")) {
            throw new IllegalArgumentException("It is not said where to train: " + EXPECTED + " behind --on, or behind spark-submit's --master");
        }
        String master = conf.get("spark.master");
        return master.startsWith("local") ? of(master, threads)
                : new Place(master, conf.getInt("spark.executor.cores", threads.orElse(1)), RUN_MB + "m");
    }

    private static int fitting(String master, int cores, Optional<Integer> threads) {
        if (threads.isPresent() && threads.get() != cores) {
            throw new IllegalArgumentException(
                    "--on " + master + " gives a run " + Figures.count(cores, "core") + ", but --threads says "
                            + threads.get() + ": expected the same number, or no --threads");
        }
        return cores;
    }

    /** @throws IOException if none of the masters of a standalone cluster answers within some seconds */
    void requireAnswer() throws IOException {
        if (!STANDALONE.matcher(master).matches()) {
            return;
        }
        List<String> silent = new ArrayList<>();
        for (String address : master.substring("spark://".length()).split(",", -1)) {
            int colon = address.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))), ANSWER_MILLIS);
                return;
            } catch (IOException | IllegalArgumentException e) {
                silent.add(address + " (" + e.getMessage() + ")");
            }
        }
        throw new IOException("No Spark master answers at " + String.join(", ", silent) + ": is it started, and does this machine reach it?");
    }

    /** Spark's settings for it: one run at a time in an executor. What is set already stays, but for what the place itself says. */
    SparkConf settings(SparkConf given) {
        return given.clone().setMaster(master).setIfMissing("spark.app.name", "ferkit")
                .set("spark.executor.cores", Integer.toString(cores)).set("spark.task.cpus", Integer.toString(cores))
                .setIfMissing("spark.executor.memory", memory)
                .setIfMissing("spark.task.maxFailures", "8") // each goes on from the run's last checkpoint
                .setIfMissing("spark.driver.maxResultSize", "0") // runs come one by one and are not kept
                .setIfMissing("spark.ui.enabled", "false").setIfMissing("spark.ui.showConsoleProgress", "false")
                .set("spark.plugins", Link.class.getName());
    }
}
