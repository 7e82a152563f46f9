package ferkit.train;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ferkit.data.Classes;
import ferkit.data.Faces;
import ferkit.data.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
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

    /** Seconds of single training steps of several recipes, measured in turns, so that what else the machine does falls on all of them. */
    public static List<double[]> inTurns(List<Recipe> recipes, List<RunConfig> configs) {
        List<StepTimer> timers = new ArrayList<>();
        try {
            for (int i = 0; i < recipes.size(); i++) {
                RunConfig config = configs.get(i);
                timers.add(new StepTimer(recipes.get(i), config.format(), config.classes(), config.batch(), config.device()));
                timers.get(i).seconds(1);
            }
            List<double[]> seconds = timers.stream().map(timer -> new double[MEASURED_STEPS]).toList();
            for (int step = 0; step < MEASURED_STEPS; step++) {
                for (int i = 0; i < timers.size(); i++) {
                    seconds.get(i)[step] = timers.get(i).seconds(1);
                }
            }
            return seconds;
        } finally {
            timers.forEach(StepTimer::close);
        }
    }

    /** How long a run will take, in one sentence, from a few steps measured now. */
    public static String estimate(Recipe recipe, RunConfig config, int trainingImages) {
        double step = DoubleStream.of(inTurns(List.of(recipe), List.of(config)).get(0)).average().getAsDouble();
        double hours = step * trainingImages / config.batch() * config.epochs() / 3600;
        return String.format(Locale.ROOT, "A step takes %.0f ms here, so %d epochs on %,d images take about %.1f hours",
                step * 1000, config.epochs(), trainingImages, hours);
    }

    @Override
    public void close() {
        manager.close();
    }
}
