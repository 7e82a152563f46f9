package ferkit.train;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ferkit.data.Classes;
import ferkit.data.Faces;
import ferkit.data.Format;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Times training steps on random images, without touching any data set or folder. */
public final class StepTimer implements AutoCloseable {
    private static final int MEASURED_STEPS = 5;

    private final NDManager manager;
    private final Block network;
    private final Updates updates;
    private final Loss loss;
    private final Examples examples;
    private final int[] batch;

    /** A freshly initialised network and a batch of random images for it. */
    public StepTimer(Recipe recipe, Format format, Classes classes, int batchSize, String device) {
        manager = Training.newManager(device);
        SplittableRandom random = Training.seed(1, 0);
        network = recipe.architecture().build(manager, format, classes.count());
        updates = new Updates(manager, network, recipe.optimizer(), recipe.schedule(), Integer.MAX_VALUE);
        loss = recipe.loss();
        byte[] pixels = new byte[batchSize * format.size()];
        random.nextBytes(pixels);
        byte[] labels = new byte[batchSize];
        for (int i = 0; i < batchSize; i++) {
            labels[i] = (byte) random.nextInt(classes.count());
        }
        examples = recipe.input().examples(new Faces(classes, format, pixels, labels)).inEpoch(1, 1);
        batch = IntStream.range(0, batchSize).toArray();
    }

    /** Seconds that this many training steps take: batch, forward, backward and update. */
    public double seconds(int steps) {
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            Training.step(network, updates, loss, manager, examples, batch, new Tally());
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Seconds that putting this many batches together takes, a part of what {@link #seconds} measures. */
    public double batchSeconds(int batches) {
        long start = System.nanoTime();
        for (int i = 0; i < batches; i++) {
            examples.batch(manager, batch).close();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** How long a run will take, in one sentence, from a few steps measured now. */
    public static String estimate(Recipe recipe, RunConfig config, int trainingImages) {
        try (StepTimer timer = new StepTimer(recipe, config.format(), config.classes(), config.batch(), config.device())) {
            timer.seconds(1);
            double step = timer.seconds(MEASURED_STEPS) / MEASURED_STEPS;
            double hours = step * trainingImages / config.batch() * config.epochs() / 3600;
            return String.format(Locale.ROOT, "A step takes %.0f ms here, so %d epochs on %,d images take about %.1f hours",
                    step * 1000, config.epochs(), trainingImages, hours);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
