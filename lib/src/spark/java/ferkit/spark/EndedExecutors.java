package ferkit.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/**
 * Executors of a standalone cluster that ended in an error. On a machine where they cannot start, because its Java lacks a module or its disk is full, Spark begins
 * new ones without end, and of those that never came so far as to say that they are there it tells nobody but its log.
 */
final class EndedExecutors extends AbstractAppender {
    static final String CLIENT = "org.apache.spark.deploy.client.StandaloneAppClient$ClientEndpoint";
    private static final Pattern ENDED = Pattern.compile("Executor updated: \\S+ is now (?:EXITED|FAILED)(?: \\((.*)\\))?");

    private int count;
    private String last = "";

    private EndedExecutors() {
        super(EndedExecutors.class.getSimpleName(), null, null, true, Property.EMPTY_ARRAY);
    }

    /** From now on they are counted. */
    static EndedExecutors counted() {
        EndedExecutors ended = new EndedExecutors();
        ended.start();
        Configurator.setLevel(CLIENT, Level.INFO);
        ((Logger) LogManager.getLogger(CLIENT)).addAppender(ended);
        return ended;
    }

    @Override
    public synchronized void append(LogEvent event) {
        Matcher line = ENDED.matcher(event.getMessage().getFormattedMessage());
        if (line.matches()) {
            count++;
            last = line.group(1) == null ? "no reason" : line.group(1);
        }
    }

    synchronized int count() {
        return count;
    }

    /** Why the last one ended, in Spark's words. */
    synchronized String last() {
        return last;
    }
}
