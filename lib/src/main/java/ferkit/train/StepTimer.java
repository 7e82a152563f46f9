package ferkit.train;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ferkit.data.Faces;
import ferkit.model.Architecture;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Times training steps on random images, without touching any data set or folder. */
public final class StepTimer implements AutoCloseable {
    private final NDManager manager;
    private final Block network;
    private final Adam adam;
    private final Examples examples;
    private final int[] batch;

    /** A freshly initialised network and a batch of random grey images for it. */
    public StepTimer(Architecture architecture, int batchSize, String device) {
        manager = Training.newManager(device);
        SplittableRandom random = Training.seed(1, 0);
        network = architecture.build(manager);
        adam = new Adam(manager, network, Schedule.STUDY);
        byte[] pixels = new byte[batchSize * Faces.PIXELS];
        random.nextBytes(pixels);
        byte[] labels = new byte[batchSize];
        for (int i = 0; i < batchSize; i++) {
            labels[i] = (byte) random.nextInt(7);
        }
        examples = Examples.of(new Faces(pixels, labels));
        batch = IntStream.range(0, batchSize).toArray();
    }

    /** Seconds that this many training steps take: batch, forward, backward and update. */
    public double seconds(int steps) {
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            Training.step(network, adam, manager, examples, batch, new Tally());
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        manager.close();
    }
}
