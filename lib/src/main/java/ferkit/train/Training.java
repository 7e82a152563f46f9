package ferkit.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.model.Gradients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * One training run, from fresh or saved weights to a finished {@link Run}: batches in a new random order each
 * epoch, validation after each epoch; the weights of the best validation accuracy are kept.
 */
public final class Training {
    /** The engine has one generator: a run that is being interrupted draws its last batch's dropout before another one begins. */
    private static final ReentrantLock ENGINE = new ReentrantLock();

    private Training() {}

    /**
     * Trains until {@code config.epochs()} epochs are done, continuing from the newest checkpoint in {@code folder} if there
     * is one, and writes the finished run there. An interrupted thread stops within one batch; what is lost is the epoch
     * under way.
     *
     * @param config of {@code recipe}
     * @param training what the network is fitted to
     * @param validation what the best epoch is chosen by
     * @param test what the finished run is asked to predict, once; may be empty or without labels
     * @throws IllegalArgumentException if there are no training or no validation examples, or one of them has no label
     * @throws InterruptedException if the thread was interrupted; call again to continue
     * @throws IllegalStateException if the folder holds another run's checkpoint, is in use, or the loss is no longer finite
     * @throws IOException if the folder cannot be written or none of its checkpoints can be read
     */
    public static Run run(Path folder, RunConfig config, Recipe recipe, Examples training, Examples validation, Examples test,
            Progress progress) throws IOException, InterruptedException {
        requireLabelled(training, "training");
        requireLabelled(validation, "validation");
        if (!ENGINE.tryLock(RunLock.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("Another cell of this process is training: wait for it or interrupt it");
        }
        try (Stoppable work = new Stoppable();
                RunLock lock = RunLock.take(folder);
                NDManager manager = newManager(config.device())) {
            if (Run.isFinished(folder)) { // by another process, since the caller looked
                Run run = Run.load(folder);
                config.requireSameFinishedRun(run.config(), "The finished run in " + folder);
                return run;
            }
            seed(config.seed(), 0);
            Block network = config.build(recipe.architecture(), manager);
            Block kept = recipe.averaging().begin(network, () -> config.build(recipe.architecture(), manager));
            long total = (long) config.epochs() * ((training.size() + config.batch() - 1) / config.batch());
            Updates updates = new Updates(manager, network, recipe.optimizer(), recipe.schedule(), total);
            History history = new History(List.of());
            byte[] best = null;

            Checkpoint saved = Checkpoint.newest(folder, progress::message);
            if (saved == null) {
                recipe.start().into(network);
            } else {
                config.requireSameRun(saved.config(), "The checkpoint in " + folder);
                Weights.decode(saved.network(), Weights.of(network), "The network in the checkpoint");
                if (kept != network) {
                    Weights.decode(saved.average(), Weights.of(kept), "The average in the checkpoint");
                }
                Weights.decode(saved.optimizer(), updates.memory(), "The optimiser in the checkpoint");
                updates.resumeAt(saved.updates());
                history = saved.history();
                best = saved.best();
                progress.message("Continuing after epoch " + history.size() + (saved.config().threads() == config.threads() ? ""
                        : ", on " + config.threads() + (config.threads() == 1 ? " thread" : " threads") + " where it was begun on "
                                + saved.config().threads() + ": the figures will not be those of a run in one go"));
                progress.epoch(history);
            }

            for (int epoch = history.size() + 1; epoch <= config.epochs(); epoch++) {
                long start = System.nanoTime();
                // nothing of an earlier epoch's randomness is left, so that an epoch can be done again from its start
                SplittableRandom random = seed(config.seed(), epoch);
                Examples seen = training.inEpoch(config.seed(), epoch);
                int[] order = FaceSet.permutation(training.size(), random);

                Tally trained = new Tally();
                for (int[] batch : batches(order, config.batch())) {
                    stopIfInterrupted();
                    step(network, updates, recipe.loss(), manager, seen, batch, trained);
                    recipe.averaging().update(kept, network, updates.count());
                    if (!Double.isFinite(trained.loss())) {
                        throw new IllegalStateException("The loss is " + trained.loss() + " in epoch " + epoch + ", batch "
                                + (trained.images() + config.batch() - 1) / config.batch() + ", at learning rate " + updates.learningRate()
                                + ": training stops here; " + (epoch == 1 ? "no epoch was finished"
                                        : "the state after epoch " + (epoch - 1) + " is kept in " + folder)
                                + "; a lower learning rate helps, or standardised images, Input.grey().asStandardized()");
                    }
                    progress.batch(epoch, trained.images(), training.size(), trained.accuracy(), trained.loss());
                }
                Tally validated = evaluate(kept, manager, validation, config.batch(),
                        images -> progress.phase("validation", images, validation.size()));

                double seconds = (System.nanoTime() - start) / 1e9;
                history = history.plus(new History.Epoch(epoch, trained.accuracy(), trained.loss(),
                        validated.accuracy(), validated.loss(), updates.learningRate(), seconds));
                byte[] now = Weights.encode(Weights.of(network));
                byte[] average = kept == network ? new byte[0] : Weights.encode(Weights.of(kept));
                if (history.best().epoch() == epoch) {
                    best = kept == network ? now : average;
                }
                progress.phase("saving", 0, 0);
                new Checkpoint(config, history, updates.count(), now, average, Weights.encode(updates.memory()), best).save(folder);
                progress.epoch(history);
            }

            Weights.decode(best, Weights.of(kept), "The best weights");
            Map<Views, List<Predictions>> predictions = new EnumMap<>(Views.class);
            for (Views views : EnumSet.of(Views.ONE, recipe.views())) {
                predictions.put(views, List.of(
                        predict(kept, config.classes(), views, manager, validation, config.batch(),
                                images -> progress.phase("predictions for the validation images", images, validation.size())),
                        predict(kept, config.classes(), views, manager, test, config.batch(),
                                images -> progress.phase("predictions for the test images", images, test.size()))));
            }
            return Run.finish(folder, config, history, best, predictions);
        } finally {
            ENGINE.unlock();
        }
    }

    private static void requireLabelled(Examples examples, String split) {
        long missing = IntStream.range(0, examples.size()).filter(i -> examples.label(i) == Faces.NO_LABEL).count();
        if (examples.size() == 0 || missing > 0) {
            throw new IllegalArgumentException("Training needs labelled " + split + " images: this data set has "
                    + (examples.size() == 0 ? "none" : missing + " of " + examples.size() + " without a label")
                    + "; with it, finished runs can only predict");
        }
    }

    /** Forward pass, backward pass and update for one batch; adds what the network said to {@code tally}. */
    static void step(Block network, Updates updates, Loss function, NDManager manager, Examples examples, int[] batch, Tally tally) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray labels = labels(manager, examples, batch);
            NDArray logits;
            NDArray loss;
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                logits = forward(network, examples.batch(manager, batch), true);
                loss = function.of(logits, shares(manager, examples, batch, labels));
                collector.backward(loss);
            }
            tally.add(logits, labels, loss);
            updates.update();
        }
    }

    /**
     * Accuracy and cross-entropy of a network that does not learn: dropout off, BatchNorm by its running statistics.
     *
     * @param done is told after each batch how many examples are done
     */
    static Tally evaluate(Block network, NDManager manager, Examples examples, int batchSize, IntConsumer done) throws InterruptedException {
        Tally tally = new Tally();
        for (int[] batch : batches(IntStream.range(0, examples.size()).toArray(), batchSize)) {
            stopIfInterrupted();
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray labels = labels(manager, examples, batch);
                NDArray logits = forward(network, examples.batch(manager, batch), false);
                tally.add(logits, labels, Loss.crossEntropy().of(logits, shares(manager, examples, batch, labels)));
            }
            done.accept(tally.images());
        }
        return tally;
    }

    /** What a network says of each example, in order, on the mean over the views; {@code done} is told after each batch how many are done. */
    static Predictions predict(Block network, Classes classes, Views views, NDManager manager, Examples examples, int batchSize, IntConsumer done)
            throws InterruptedException {
        int[] truth = IntStream.range(0, examples.size()).map(examples::label).toArray();
        int[] predicted = new int[examples.size()];
        float[][] probabilities = new float[examples.size()][];
        for (int[] batch : batches(IntStream.range(0, examples.size()).toArray(), batchSize)) {
            stopIfInterrupted();
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                List<NDArray> said = views.of(examples.batch(manager, batch)).stream().map(view -> forward(network, view, false).softmax(-1))
                        .toList();
                NDArray softmax = said.stream().reduce(NDArray::add).orElseThrow().div(said.size());
                float[] flat = softmax.toFloatArray();
                long[] likeliest = softmax.argMax(-1).toLongArray();
                for (int i = 0; i < batch.length; i++) {
                    predicted[batch[i]] = (int) likeliest[i];
                    probabilities[batch[i]] = Arrays.copyOfRange(flat, i * classes.count(), (i + 1) * classes.count());
                }
            }
            done.accept(batch[batch.length - 1] + 1);
        }
        return new Predictions(classes, truth, predicted, probabilities);
    }

    static NDArray forward(Block network, NDArray batch, boolean training) {
        ParameterStore parameters = new ParameterStore(batch.getManager(), false);
        return network.forward(parameters, new NDList(batch), training).singletonOrThrow();
    }

    private static NDArray labels(NDManager manager, Examples examples, int[] batch) {
        return manager.create(IntStream.of(batch).mapToLong(examples::label).toArray());
    }

    /** What a {@link Loss} takes: the shares of the classes where the examples have such, otherwise the labels. */
    private static NDArray shares(NDManager manager, Examples examples, int[] batch, NDArray labels) {
        return examples.shares(batch[0]).isEmpty() ? labels
                : manager.create(IntStream.of(batch).mapToObj(i -> examples.shares(i).orElseThrow()).toArray(float[][]::new));
    }

    /** The order cut into batches; the last one has the rest. */
    public static List<int[]> batches(int[] order, int size) {
        return IntStream.iterate(0, from -> from < order.length, from -> from + size)
                .mapToObj(from -> Arrays.copyOfRange(order, from, Math.min(from + size, order.length))).toList();
    }

    /** Sets the engine's generator (initial weights, dropout) and gives one for shuffling, both from seed and epoch alone. */
    static SplittableRandom seed(long seed, int epoch) {
        SplittableRandom random = random(seed, epoch);
        Engine.getInstance().setRandomSeed(random.nextInt());
        return random;
    }

    /** The generator of an epoch, at its beginning. */
    static SplittableRandom random(long seed, int epoch) {
        return new SplittableRandom(seed * 1_000_003L + epoch);
    }

    /** Arrays of a computation on this thread; whoever asks closes it. */
    static NDManager newManager(String device) {
        Gradients.off();
        return Engine.getInstance().newBaseManager(Device.fromName(device));
    }

    private static void stopIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("Training was interrupted; run the same again to continue after the last finished epoch");
        }
    }
}
