package ferkit.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Work of the thread that makes this, until it is closed. A JVM that is told to end meanwhile interrupts the thread and waits up to
 * a minute for the work to end, because the native library crashes a JVM that ends in the middle of a batch.
 */
public final class Stoppable implements AutoCloseable {
    /** So long the end of the JVM waits for the work, and the work for its helpers. */
    public static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean told;

    /** @throws IllegalStateException if the JVM is ending already */
    public Stoppable() {
        Thread worker = Thread.currentThread();
        hook = new Thread(() -> {
            told = true;
            worker.interrupt();
            try {
                ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the JVM was told to end. */
    public boolean isTold() {
        return told;
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending, and the hook with it
        }
    }
}
