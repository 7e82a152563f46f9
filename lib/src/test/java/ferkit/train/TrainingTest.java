package ferkit.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.TinyFaces;
import ferkit.data.drawn.Sample;
import ferkit.eval.Evaluation;
import ferkit.model.Architecture;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.EfficientNetClassifier;
import ferkit.model.ResidualModel;
import ferkit.model.StudyModel;
import ferkit.model.StudyModel.Padding;
import ferkit.model.StudyModel.Pooling;
import ferkit.model.Summary;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop of a training run on a small network: exact, resumable, and safe against what may happen to its folder. */
class TrainingTest {
    private static final StudyModel SMALL = new StudyModel("small", List.of(4, 8), 3, Padding.SAME,
            List.of(Pooling.MAX, Pooling.AVG), 16);
    private static final Recipe RECIPE = Recipe.of(SMALL);
    private static final FaceSet SAMPLE = Sample.draw();
    private static final Faces TRAINING = first(SAMPLE.training(), 70);
    private static final Faces HELD_OUT = first(SAMPLE.validation(), 20);

    @TempDir Path folder;

    private static Faces first(Faces faces, int n) {
        return faces.select(IntStream.range(0, n).toArray());
    }

    private static RunConfig config(int epochs, long seed) {
        return new RunConfig(SMALL.name(), SMALL.plan(), "random", "0.001", RECIPE.parts(Format.FER2013), "sample", "hash", Classes.FER2013,
                Format.FER2013, seed, epochs, 16, 0, 1, "cpu", Map.of(), 0);
    }

    /** Remembers what it is told; stops the training thread after a given epoch's first batch. */
    private static final class Witness implements Progress {
        final List<String> messages = new ArrayList<>();
        final List<Integer> batchesSeen = new ArrayList<>();
        final List<Integer> arrays = new ArrayList<>();
        int interruptInEpoch = -1;

        @Override
        public void message(String text) {
            messages.add(text);
        }

        @Override
        public void batch(int epoch, int images, int of, double accuracy, double loss) {
            batchesSeen.add(images);
            if (epoch == interruptInEpoch) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void epoch(History history) {
            arrays.add(arrays());
        }
    }

    private static Run train(Path folder, RunConfig config, Examples training, Witness witness) throws IOException, InterruptedException {
        return Training.run(folder, config, RECIPE, training, Examples.of(HELD_OUT), Examples.of(HELD_OUT), witness);
    }

    private static Run train(Path folder, RunConfig config) throws IOException, InterruptedException {
        return train(folder, config, Examples.of(TRAINING), new Witness());
    }

    private static String withoutSeconds(History history) {
        return history.toCsv().replaceAll(",[^,\n]+\n", "\n");
    }

    private static byte[] weights(Path folder) throws IOException {
        return Files.readAllBytes(folder.resolve("weights.safetensors"));
    }

    private static List<Path> checkpoints(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().startsWith("checkpoint")).sorted().toList();
        }
    }

    private static void interruptedIn(Path folder, int epoch, int epochs) {
        Witness witness = new Witness();
        witness.interruptInEpoch = epoch;
        assertThrows(InterruptedException.class, () -> train(folder, config(epochs, 1), Examples.of(TRAINING), witness));
        assertFalse(Thread.currentThread().isInterrupted());
    }

    /** A kernel runs a notebook's cells on several threads, and PyTorch tells each thread apart whether it notes gradients. */
    @Test
    void trainsAndPredictsOnAnyThread() throws Exception {
        Path here = folder.resolve("here");
        Path there = folder.resolve("there");
        Run run = train(here, config(2, 1));
        FutureTask<Predictions> task = new FutureTask<>(() -> train(there, config(2, 1)).predict(SMALL, Examples.of(HELD_OUT)));
        new Thread(task).start();
        assertArrayEquals(run.validation().predicted(), task.get().predicted());
        assertArrayEquals(weights(here), weights(there));
    }

    @Test
    void aFinishedRunIsNotTrainedAgainUnlessItIsForgotten() throws Exception {
        train(folder, config(1, 1));
        Witness witness = new Witness();
        train(folder, config(1, 1), Examples.of(TRAINING), witness);
        assertEquals(List.of(), witness.batchesSeen);
        Run.forget(folder);
        train(folder, config(1, 1), Examples.of(TRAINING), witness);
        assertEquals(5, witness.batchesSeen.size());
    }

    @Test
    void aRunThatWasMadeElsewhereComesWholeAndReplacesNone() throws Exception {
        Path elsewhere = train(folder.resolve("elsewhere"), config(2, 1)).folder();
        Path here = folder.resolve("here");
        interruptedIn(here, 2, 2);
        Files.delete(elsewhere.resolve("run.lock"));
        try (Closeable claim = Run.claim(here)) {
            Path lost = elsewhere.resolve("test-predictions.csv");
            byte[] predictions = Files.readAllBytes(lost);
            Files.delete(lost);
            assertThrows(IOException.class, () -> Run.adopt(here, elsewhere));
            assertFalse(Run.isFinished(here));
            assertEquals(1, Checkpoint.files(here).size());
            Files.write(lost, predictions);
            assertEquals(2, Run.adopt(here, elsewhere).history().size());
            assertEquals(List.of(), Checkpoint.files(here));
            assertThrows(IllegalStateException.class, () -> Run.adopt(here, elsewhere));
        }
    }

    @Test
    void aFinishedRunWithAFileMissingOrDamagedSaysWhatToDo() throws Exception {
        train(folder, config(1, 1));
        String remedy = "; restore the file, or delete its folder to train again";
        Path history = folder.resolve("history.csv");
        Files.writeString(history, Files.readString(history).stripTrailing() + ",\n");
        assertTrue(assertThrows(IOException.class, () -> Run.load(folder)).getMessage().startsWith(history + ", line 2: found \"1,"));
        Files.writeString(history, "epoch");
        assertEquals(history + ", line 1: found \"epoch\", expected \"epoch,accuracy,loss,val_accuracy,val_loss,learning_rate,seconds\"" + remedy,
                assertThrows(IOException.class, () -> Run.load(folder)).getMessage());
        Files.delete(history);
        assertEquals(history + " is missing, expected in a finished run" + remedy,
                assertThrows(IOException.class, () -> Run.load(folder)).getMessage());
    }

    @Test
    void theSameSeedGivesTheSameRunAndAnotherSeedAnother() throws Exception {
        Run first = train(folder.resolve("a"), config(2, 1));
        Run again = train(folder.resolve("b"), config(2, 1));
        Run other = train(folder.resolve("c"), config(2, 2));
        assertEquals(withoutSeconds(first.history()), withoutSeconds(again.history()));
        assertArrayEquals(weights(first.folder()), weights(again.folder()));
        assertNotEquals(withoutSeconds(first.history()), withoutSeconds(other.history()));
        assertTrue(Files.readString(other.folder().resolve("config.json")).contains("\"seed\": 2"));
    }

    @Test
    void stoppingAndContinuingEqualsOneGo() throws Exception {
        Run whole = train(folder.resolve("whole"), config(4, 1));
        Path parts = folder.resolve("parts");
        interruptedIn(parts, 2, 4);
        interruptedIn(parts, 4, 4);
        Witness witness = new Witness();
        Run continued = train(parts, config(4, 1), Examples.of(TRAINING), witness);
        assertEquals(List.of("Continuing after epoch 3"), witness.messages);
        assertEquals(withoutSeconds(whole.history()), withoutSeconds(continued.history()));
        assertArrayEquals(weights(whole.folder()), weights(continued.folder()));
        assertArrayEquals(whole.test().probabilities(), continued.test().probabilities());
    }

    @Test
    void stoppingAndContinuingEqualsOneGoWhateverTheDigitsOfTheLocale() throws Exception {
        Run whole = train(folder.resolve("whole"), config(2, 1));
        Locale before = Locale.getDefault();
        try {
            for (String locale : List.of("ar-EG", "fa-IR")) {
                Locale.setDefault(Locale.forLanguageTag(locale));
                Path parts = folder.resolve(locale);
                interruptedIn(parts, 2, 2);
                assertEquals(List.of("checkpoint-0001.zip"), checkpoints(parts).stream().map(f -> f.getFileName().toString()).toList());
                Witness witness = new Witness();
                Run continued = train(parts, config(2, 1), Examples.of(TRAINING), witness);
                assertEquals(List.of("Continuing after epoch 1"), witness.messages);
                assertEquals(withoutSeconds(whole.history()), withoutSeconds(continued.history()));
                for (String file : List.of("weights.safetensors", "validation-predictions.csv", "test-predictions.csv")) {
                    assertEquals(-1, Files.mismatch(whole.folder().resolve(file), parts.resolve(file)));
                }
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    /** Every kind of part at least once; the average, what it was chosen by and the views' mean included. */
    @Test
    void stoppingAndContinuingEqualsOneGoWithEveryPart() throws Exception {
        Recipe flipped = RECIPE.withInput(Input.grey().flipped(0.5).moved(10, 0.1, 0.1).lit(0.2, 0.2).erased(0.5));
        for (Recipe recipe : List.of(
                flipped.withOptimizer(Sgd.of(1e-4, 0.9).withNesterov().withWeightDecay(5e-4)).withSchedule(Schedule.cosine(3))
                        .withAveraging(Averaging.of(0.9)),
                RECIPE.withInput(Input.grey().asStandardized().flipped(0.5)).withOptimizer(Muon.of(1e-3, 0.01)).withLoss(Loss.crossEntropy(0.1))
                        .withSchedule(Schedule.cosineAfterShare(0.2))
                        .withViews(Views.SHIFTED),
                flipped.withAveraging(Averaging.of(0.5)).withViews(Views.FLIPPED))) {
            Run whole = train(folder.resolve("whole"), recipe, 4, -1);
            Path parts = folder.resolve("parts");
            assertThrows(InterruptedException.class, () -> train(parts, recipe, 4, 3));
            Run continued = train(parts, recipe, 4, -1);
            assertEquals(withoutSeconds(whole.history()), withoutSeconds(continued.history()));
            assertArrayEquals(weights(whole.folder()), weights(parts));
            assertArrayEquals(whole.test().probabilities(), continued.test().probabilities());
            assertEquals(whole.best().valAccuracy(), whole.validation().accuracy(), 1e-9);
            assertArrayEquals(whole.withViews().validation().probabilities(), continued.withViews().validation().probabilities());
            for (Run run : List.of(whole, whole.withViews())) {
                assertArrayEquals(run.validation().probabilities(), run.predict(recipe, HELD_OUT).probabilities());
            }
            assertFalse(whole.hasViews());
            assertEquals(recipe.views() != Views.ONE, whole.withViews().hasViews());
            Run.forget(whole.folder());
            Run.forget(parts);
        }
    }

    private static RunConfig config(Recipe recipe, int epochs) {
        return new RunConfig(recipe.name(), recipe.architecture().plan(), recipe.start().source(), recipe.learningRate(epochs),
                recipe.parts(Format.FER2013), "sample", "hash", Classes.FER2013, Format.FER2013,
                1, epochs, 16, 0, 1, "cpu", Map.of(), 0);
    }

    private static Run train(Path folder, Recipe recipe, int epochs, int interruptInEpoch) throws IOException, InterruptedException {
        Witness witness = new Witness();
        witness.interruptInEpoch = interruptInEpoch;
        return train(folder, recipe, epochs, witness);
    }

    private static Run train(Path folder, Recipe recipe, int epochs, Witness witness) throws IOException, InterruptedException {
        Examples heldOut = recipe.input().examples(HELD_OUT);
        return Training.run(folder, config(recipe, epochs), recipe, recipe.input().examples(TRAINING), heldOut, heldOut, witness);
    }

    /** DJL frees numbers that came from Java once nobody in Java holds the array they became, though a backward pass is still to come. */
    @Test
    void collectionsOfGarbageWithinAStepChangeNothing() {
        Recipe beyond = RECIPE.withInput(Input.grey().asStandardized()).withOptimizer(Muon.of(1e-3, 0.05)).withLoss(Loss.crossEntropy(0.1));
        for (Recipe recipe : List.of(RECIPE, beyond.withArchitecture(new ResidualModel("residual", 1, List.of(8, 16), List.of(1, 1))),
                beyond.withArchitecture(new EfficientNetClassifier("lite0", Variant.LITE0, 48, 3, 0.1, 0.1, 2)))) {
            assertArrayEquals(afterSteps(recipe, false), afterSteps(recipe, true), recipe.architecture().name());
        }
    }

    private static byte[] afterSteps(Recipe recipe, boolean collects) {
        Loss loss = new Loss() {
            @Override
            public NDArray of(NDArray logits, NDArray labels) {
                collect(logits.getManager());
                NDArray value = recipe.loss().of(logits, labels);
                collect(logits.getManager());
                return value;
            }

            private void collect(NDManager manager) {
                for (int i = 0; collects && i < 3; i++) {
                    System.gc();
                    IntStream.range(0, 1_000).forEach(n -> ByteBuffer.allocateDirect(4).putFloat(n));
                    IntStream.range(0, 5).forEach(n -> manager.full(new Shape(8, Faces.PIXELS), n).close());
                }
            }

            @Override
            public String plan() {
                return recipe.loss().plan();
            }
        };
        try (NDManager manager = Training.newManager("cpu")) {
            Training.seed(1, 0);
            Block network = recipe.architecture().build(manager, Format.FER2013, 7);
            Updates updates = new Updates(manager, network, recipe.optimizer(), Schedule.constant(), 1);
            for (int step = 0; step < 3; step++) {
                Training.step(network, updates, loss, manager, recipe.input().examples(TRAINING), IntStream.range(8 * step, 8 * step + 8).toArray(),
                        new Tally());
            }
            return Weights.encode(Weights.of(network));
        }
    }

    @Test
    void everyPartIsUsedAndHeldOutImagesAreNeverAugmented() throws Exception {
        Run plain = train(folder.resolve("plain"), RECIPE, 1, -1);
        for (Recipe changed : List.of(RECIPE.withInput(Input.grey().asStandardized()), RECIPE.withInput(Input.grey().flipped(1)),
                RECIPE.withLoss(Loss.crossEntropy(0.1)), RECIPE.withOptimizer(Adam.of(1e-2)), RECIPE.withOptimizer(AdamW.of(1e-3, 0.5)),
                RECIPE.withSchedule(Schedule.cosine(0)), RECIPE.withAveraging(Averaging.of(0.5)))) {
            Run run = train(folder.resolve("changed"), changed, 1, -1);
            assertFalse(Arrays.equals(weights(plain.folder()), weights(run.folder())), run.config()::toJson);
            Run.forget(run.folder());
        }
        Run averaged = train(folder.resolve("averaged"), RECIPE.withAveraging(Averaging.of(0.5)), 1, -1);
        assertEquals(plain.history().best().loss(), averaged.history().best().loss(), "the network that learns is not the average");
        Run hardly = train(folder.resolve("hardly"), RECIPE.withAveraging(Averaging.of(1e-9)), 1, -1);
        for (int i = 0; i < HELD_OUT.size(); i++) {
            assertArrayEquals(plain.test().probabilities()[i], hardly.test().probabilities()[i], 1e-5f);
        }
        Run flipped = train(folder.resolve("flipped"), RECIPE.withInput(Input.grey().flipped(1)), 1, -1);
        assertArrayEquals(flipped.validation().probabilities(), flipped.predict(SMALL, Examples.of(HELD_OUT)).probabilities());
        Run mirrored = train(folder.resolve("mirrored"), RECIPE.withViews(Views.FLIPPED), 1, -1);
        assertArrayEquals(weights(plain.folder()), weights(mirrored.folder()));
        assertEquals(withoutSeconds(plain.history()), withoutSeconds(mirrored.history()));
        assertArrayEquals(plain.test().probabilities(), mirrored.test().probabilities());
        assertArrayEquals(mirrored.withViews().test().probabilities(), Run.load(mirrored.folder()).withViews().test().probabilities());
        assertFalse(Arrays.deepEquals(plain.test().probabilities(), mirrored.withViews().test().probabilities()));
        assertEquals(List.of(2L, 4L), Stream.of(plain, mirrored).map(run -> files(run.folder(), "(validation|test)-.*")).toList());
        Files.delete(mirrored.folder().resolve("test-views.csv"));
        String missing = assertThrows(IOException.class, mirrored::withViews).getMessage();
        assertTrue(missing.contains("test-views.csv is missing, expected in a finished run; restore the file"), missing);
    }

    private static long files(Path folder, String pattern) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(pattern)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aNetworkIsNeverFedOtherwiseThanItWasTrained() throws Exception {
        Recipe standardized = RECIPE.withInput(Input.grey().asStandardized());
        Run run = train(folder, standardized, 1, -1);
        String message = "This run's network is fed \"grey, each image standardised\", but it is asked with \"grey 0 to 255\": "
                + "ask with the recipe that it was trained by, run.predict(recipe, faces)";
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> run.predict(SMALL, Examples.of(HELD_OUT))).getMessage());
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> run.predict(RECIPE, HELD_OUT)).getMessage());
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Inside.pooled(run, SMALL, Examples.of(HELD_OUT), 0)).getMessage());
        assertArrayEquals(run.validation().probabilities(), run.predict(standardized, HELD_OUT).probabilities());
    }

    /** A checkpoint knew neither the parts nor an average before they could be chosen. */
    @Test
    void aCheckpointOfATimeWhenThePartsWereNotNotedIsContinued() throws Exception {
        Run whole = train(folder.resolve("whole"), RECIPE, 3, -1);
        Path old = folder.resolve("old");
        assertThrows(InterruptedException.class, () -> train(old, RECIPE, 3, 3));
        for (Path file : checkpoints(old)) {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    entries.put(entry.getName(), zip.readAllBytes());
                }
            }
            JsonObject json = JsonParser.parseString(new String(entries.get("config.json"), StandardCharsets.UTF_8)).getAsJsonObject();
            RECIPE.parts(Format.FER2013).keySet().forEach(part -> assertTrue(json.remove(part) != null, part));
            entries.put("config.json", json.toString().getBytes(StandardCharsets.UTF_8));
            assertTrue(entries.remove("average.safetensors") != null);
            TinyFaces.zip(file, entries);
        }
        Run continued = train(old, RECIPE, 3, -1);
        assertEquals(withoutSeconds(whole.history()), withoutSeconds(continued.history()));
        assertArrayEquals(weights(whole.folder()), weights(old));
    }

    @Test
    void anotherPartsCheckpointIsRefused() throws Exception {
        assertThrows(InterruptedException.class, () -> train(folder, RECIPE, 4, 2));
        Recipe changed = RECIPE.withLoss(Loss.crossEntropy(0.1));
        String message = assertThrows(IllegalStateException.class, () -> train(folder, changed, 4, -1)).getMessage();
        assertTrue(message.contains("was made with loss cross-entropy, but this run has loss cross-entropy, label smoothing 0.1: "), message);
        Path cosine = folder.resolve("cosine");
        Recipe annealed = RECIPE.withSchedule(Schedule.cosine(0));
        assertThrows(InterruptedException.class, () -> train(cosine, annealed, 4, 2));
        message = assertThrows(IllegalStateException.class, () -> train(cosine, annealed, 5, -1)).getMessage();
        assertTrue(message.contains("was made with learning rate 0.001, along half a cosine to 0, over 4 epochs, but this run has "), message);
    }

    @Test
    void aRunStartsFromAnothersWeights() throws Exception {
        Run first = train(folder.resolve("first"), RECIPE, 1, -1);
        Recipe recipe = RECIPE.withStart(StartWeights.of(first)).withOptimizer(Sgd.of(1e-30, 0));
        Run second = train(folder.resolve("second"), recipe, 1, -1);
        assertArrayEquals(trainable(first), trainable(second));
        assertTrue(second.config().parts().get("start").matches("weights [0-9a-f]{16} of small"), second.config().parts()::toString);
        Files.copy(second.weights(), first.weights(), StandardCopyOption.REPLACE_EXISTING);
        assertTrue(assertThrows(IOException.class, () -> train(folder.resolve("third"), recipe, 1, -1)).getMessage()
                .contains(" is no longer what this recipe starts from"));
    }

    private static byte[] trainable(Run run) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            return Weights.encode(
                    new NDList(Weights.of(run.network(SMALL, manager)).stream().filter(array -> !array.getName().contains("running")).toList()));
        }
    }

    @Test
    void aNetworkOfOnesOwnIsTrained() throws Exception {
        Architecture own = Architecture.of("own", "flatten, dense 7",
                (manager, format, classes) -> new SequentialBlock().add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(classes).build()));
        Run run = train(folder, Recipe.of(own), 1, -1);
        assertEquals(20, run.predict(own, Examples.of(HELD_OUT)).size());
        assertEquals(7 * (Faces.PIXELS + 1), Summary.of(own).parameters());
        Architecture other = Architecture.of("own", "another plan", own::build);
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> run.predict(other, Examples.of(HELD_OUT))).getMessage().contains("another plan"));
        try (NDManager manager = NDManager.newBaseManager()) {
            Architecture eight = Architecture.of("eight", "dense 8",
                    (m, format, classes) -> new SequentialBlock().add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(8).build()));
            assertEquals("Network eight makes (2, 8) of two images of shape (1, 48, 48): expected (2, 7), one logit for each class",
                    assertThrows(IllegalArgumentException.class, () -> eight.build(manager, Format.FER2013, 7)).getMessage());
            Block once = own.build(manager.newSubManager(), Format.FER2013, 7);
            Architecture used = Architecture.of("used", "the same block", (m, format, classes) -> once);
            assertTrue(assertThrows(IllegalArgumentException.class, () -> used.build(manager, Format.FER2013, 7)).getMessage()
                    .startsWith("The function of network used gave"));
            assertThrows(IllegalArgumentException.class, () -> Architecture.of("../up", "above", (m, format, classes) -> once));
        }
    }

    @Test
    void aFinishedRunIsReadBackAndPredictsTheSame() throws Exception {
        Run run = train(folder, config(2, 1));
        assertTrue(Run.isFinished(folder));
        assertTrue(checkpoints(folder).isEmpty());
        Run loaded = Run.load(folder);
        assertEquals(run.config(), loaded.config());
        assertEquals(run.history(), loaded.history());
        assertArrayEquals(run.test().predicted(), loaded.test().predicted());
        assertArrayEquals(run.validation().probabilities(), loaded.predict(SMALL, Examples.of(HELD_OUT)).probabilities());
        assertEquals(run.best().valAccuracy(), loaded.validation().accuracy(), 1e-9);
        assertEquals(run.history().epochs().stream().mapToDouble(History.Epoch::seconds).sum(), loaded.config().totalSeconds(), 1e-9);
    }

    @Test
    void theLastBatchHasTheRestAndEachImageCountsTheSame() throws Exception {
        Witness witness = new Witness();
        train(folder, config(1, 1), Examples.of(TRAINING), witness);
        assertEquals(List.of(16, 32, 48, 64, 70), witness.batchesSeen);
        List<int[]> batches = Training.batches(IntStream.range(0, 28_709).toArray(), 128);
        assertEquals(225, batches.size());
        assertEquals(37, batches.get(224).length);

        try (NDManager manager = NDManager.newBaseManager()) {
            Tally tally = new Tally();
            NDArray right = manager.create(new float[] {9, 0, 9, 0}, new Shape(2, 2));
            tally.add(right, manager.create(new long[] {0, 0}), manager.create(1f));
            tally.add(manager.create(new float[] {0, 9}, new Shape(1, 2)), manager.create(new long[] {0}), manager.create(4f));
            assertEquals(2.0 / 3, tally.accuracy(), 1e-9);
            assertEquals((2 * 1 + 1 * 4) / 3.0, tally.loss(), 1e-9);
        }
    }

    @Test
    void evaluatingTwiceIsTheSameAndChangesNothing() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Training.seed(1, 0);
            Block network = SMALL.build(manager, Format.FER2013, 7);
            byte[] before = Weights.encode(Weights.of(network));
            Tally first = Training.evaluate(network, manager, Examples.of(HELD_OUT), 8, images -> {});
            Tally second = Training.evaluate(network, manager, Examples.of(HELD_OUT), 8, images -> {});
            assertEquals(first.loss(), second.loss());
            assertArrayEquals(before, Weights.encode(Weights.of(network)));
        }
    }

    @Test
    void predictionsOfATrainedNetworkAgreeWithItsEvaluation() throws Exception {
        Run run = train(folder, config(1, 1));
        Predictions shuffled = run.predict(SMALL, Examples.of(HELD_OUT.select(IntStream.range(0, 20).map(i -> 19 - i).toArray())));
        assertEquals(run.validation().accuracy(), shuffled.accuracy(), 1e-9);
        assertEquals(run.validation().predicted()[0], shuffled.predicted()[19]);
    }

    @Test
    void theNewestTwoCheckpointsAreKept() throws Exception {
        interruptedIn(folder, 4, 4);
        assertEquals(List.of("checkpoint-0002.zip", "checkpoint-0003.zip"),
                checkpoints(folder).stream().map(f -> f.getFileName().toString()).toList());
        assertEquals(Optional.of(3), Checkpoint.newestEpoch(folder));
        assertEquals(Optional.empty(), Checkpoint.newestEpoch(folder.resolve("none")));
        for (String file : List.of("checkpoint-9999.zip", "checkpoint-10000.zip")) {
            Files.createFile(folder.resolve(file));
        }
        assertEquals(Optional.of(10_000), Checkpoint.newestEpoch(folder));
    }

    @Test
    void aDamagedCheckpointCostsOneEpochAndSaysSo() throws Exception {
        Run whole = train(folder.resolve("whole"), config(4, 1));
        for (String damage : List.of("cut", "flip", "empty")) {
            Path run = folder.resolve(damage);
            interruptedIn(run, 4, 4);
            Path newest = run.resolve("checkpoint-0003.zip");
            byte[] bytes = Files.readAllBytes(newest);
            switch (damage) {
                case "cut" -> Files.write(newest, Arrays.copyOf(bytes, bytes.length / 2));
                case "flip" -> {
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(newest, bytes);
                }
                default -> Files.write(newest, new byte[0]);
            }
            Witness witness = new Witness();
            Run continued = train(run, config(4, 1), Examples.of(TRAINING), witness);
            assertTrue(witness.messages.get(0).contains("checkpoint-0003.zip is damaged"), witness.messages.toString());
            assertTrue(witness.messages.get(0).endsWith("continuing from checkpoint-0002.zip"), witness.messages.toString());
            assertEquals(withoutSeconds(whole.history()), withoutSeconds(continued.history()));
        }
    }

    @Test
    void everyFlippedBitIsNoticedOrHarmless() throws Exception {
        interruptedIn(folder, 2, 4);
        Path file = folder.resolve("checkpoint-0001.zip");
        byte[] bytes = Files.readAllBytes(file);
        Checkpoint original = Checkpoint.newest(folder, new Witness()::message);
        java.util.SplittableRandom random = new java.util.SplittableRandom(5);
        for (int trial = 0; trial < 200; trial++) {
            byte[] flipped = bytes.clone();
            flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, flipped);
            try {
                Checkpoint read = Checkpoint.newest(folder, new Witness()::message);
                assertEquals(original.history(), read.history());
                assertArrayEquals(original.network(), read.network());
                assertArrayEquals(original.optimizer(), read.optimizer());
                assertArrayEquals(original.best(), read.best());
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("checkpoint-0001.zip is damaged"), e.getMessage());
            }
        }
    }

    @Test
    void checkpointsThatAreAllDamagedAreNeverReplacedByAFreshStart() throws Exception {
        interruptedIn(folder, 2, 4);
        Files.write(folder.resolve("checkpoint-0001.zip"), new byte[] {1, 2, 3});
        IOException e = assertThrows(IOException.class, () -> train(folder, config(4, 1)));
        assertTrue(e.getMessage().startsWith("No checkpoint in " + folder), e.getMessage());
        assertTrue(e.getMessage().contains("Delete the folder to train from the start"), e.getMessage());
    }

    @Test
    void anotherRunsCheckpointIsRefusedWithBothValues() throws Exception {
        interruptedIn(folder, 2, 4);
        RunConfig c = config(4, 1);
        RunConfig otherSeed = config(4, 7);
        assertRefused(otherSeed, "seed 1", "seed 7");
        assertRefused(changed(c, "batch", 32), "batch size 16", "batch size 32");
        assertRefused(changed(c, "data_hash", "other"), "data hash hash", "data hash other");
        assertRefused(changed(c, "model", "large"), "model small", "model large");
        assertRefused(changed(c, "learning_rate", "0.01"), "learning rate 0.001", "learning rate 0.01");
    }

    /** The same configuration with another value in one field of its file. */
    private static RunConfig changed(RunConfig config, String field, Object value) throws IOException {
        JsonObject json = JsonParser.parseString(config.toJson()).getAsJsonObject();
        json.add(field, new Gson().toJsonTree(value));
        return RunConfig.parse(json.toString(), "changed");
    }

    @Test
    void aRunOfATimeWhenTheLearningRateWasNotNotedIsContinued() throws Exception {
        RunConfig c = config(2, 1);
        JsonObject json = JsonParser.parseString(c.toJson()).getAsJsonObject();
        json.remove("learning_rate");
        RunConfig old = RunConfig.parse(json.toString(), "old");
        assertEquals("", old.learningRate());
        c.requireSameFinishedRun(old, "The old run");
    }

    @Test
    void goingOnWithOtherThreadsIsSaid() throws Exception {
        interruptedIn(folder, 2, 3);
        Witness witness = new Witness();
        train(folder, changed(config(3, 1), "threads", 2), Examples.of(TRAINING), witness);
        assertEquals(List.of("Continuing after epoch 1, on 2 threads where it was begun on 1: the figures will not be those of a run in one go"),
                witness.messages);
    }

    private void assertRefused(RunConfig config, String saved, String wanted) {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> train(folder, config));
        assertTrue(e.getMessage().contains("was made with " + saved) && e.getMessage().contains("this run has " + wanted), e.getMessage());
    }

    @Test
    void aLossThatIsNoNumberStopsAndKeepsTheLastState() throws Exception {
        Examples poisoned = new Examples() {
            private final Examples faces = Examples.of(TRAINING);
            private int batches;

            @Override
            public int size() {
                return faces.size();
            }

            @Override
            public int label(int index) {
                return faces.label(index);
            }

            @Override
            public NDArray batch(NDManager manager, int[] indices) {
                batches++;
                NDArray batch = faces.batch(manager, indices);
                return batches == 7 ? batch.mul(Float.NaN) : batch;
            }
        };
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> train(folder, config(3, 1), poisoned, new Witness()));
        assertTrue(e.getMessage().startsWith("The loss is NaN in epoch 2, batch 2, at learning rate 0.001"), e.getMessage());
        assertEquals(1, checkpoints(folder).size());
        assertEquals(3, train(folder, config(3, 1)).history().size());
    }

    @Test
    void aFolderInUseIsRefused() throws Exception {
        try (RunLock held = RunLock.take(folder)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> RunLock.take(folder));
        }
        Files.writeString(folder.resolve("run.lock"), "1\n");
        train(folder, config(1, 1));
    }

    @Test
    void aDiskWithoutLocksIsNamed() throws Exception {
        Path file = folder.resolve("run.lock");
        FileChannel closed = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        closed.close();
        IOException e = assertThrows(IOException.class, () -> RunLock.lock(closed, file));
        assertTrue(e.getMessage().startsWith(file + " cannot be locked ("), e.getMessage());
    }

    @Test
    void memoryIsFlatOverEpochs() throws Exception {
        int before = arrays();
        for (Recipe recipe : List.of(RECIPE,
                RECIPE.withInput(Input.grey().asStandardized().flipped(0.5).moved(10, 0.1, 0.1).lit(0.2, 0.2).erased(0.5))
                        .withOptimizer(Sgd.of(1e-4, 0.9).withNesterov().withWeightDecay(5e-4)).withSchedule(Schedule.cosine(3))
                        .withLoss(Loss.crossEntropy(0.1))
                        .withAveraging(Averaging.of(0.9)).withViews(Views.SHIFTED))) {
            Witness witness = new Witness();
            Run run = train(folder.resolve("long"), recipe, 5, witness);
            assertEquals(before, arrays());
            assertEquals(5, witness.arrays.size());
            assertTrue(witness.arrays.get(0) > before); // the network's own and what the optimiser remembers
            assertEquals(1, Set.copyOf(witness.arrays).size(), witness.arrays::toString);
            run.predict(recipe, HELD_OUT);
            assertEquals(before, arrays());
            Run.forget(run.folder());
        }
        interruptedIn(folder.resolve("stopped"), 1, 5);
        assertEquals(before, arrays());
    }

    /** Arrays alive in any manager; DJL tells only those that a manager holds itself. */
    private static int arrays() {
        try (NDManager manager = Engine.getInstance().newBaseManager()) {
            return arrays(manager.getParentManager());
        }
    }

    private static int arrays(NDManager manager) {
        try {
            Field field = BaseNDManager.class.getDeclaredField("resources");
            field.setAccessible(true);
            int arrays = 0;
            for (Object resource : ((Map<?, ?>) field.get(manager)).values()) {
                arrays += resource instanceof NDArray ? 1 : resource instanceof NDManager inner ? arrays(inner) : 0;
            }
            return arrays;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("DJL's managers hold their arrays elsewhere", e);
        }
    }

    @Test
    void withoutLabelledTrainingAndValidationImagesTrainingIsRefused() throws Exception {
        Examples good = Examples.of(TRAINING);
        Examples none = Examples.of(first(TRAINING, 0));
        byte[] labels = {0, Faces.NO_LABEL};
        Examples unlabelled = Examples.of(new Faces(new byte[2 * Faces.PIXELS], labels));
        assertEquals("Training needs labelled training images: this data set has none; with it, finished runs can only predict",
                refused(none, good));
        assertEquals("Training needs labelled validation images: this data set has 1 of 2 without a label;"
                + " with it, finished runs can only predict", refused(good, unlabelled));
        assertTrue(checkpoints(folder).isEmpty());
    }

    private String refused(Examples training, Examples validation) {
        return assertThrows(IllegalArgumentException.class, () -> Training.run(folder, config(1, 1), RECIPE,
                training, validation, validation, new Witness())).getMessage();
    }

    @Test
    void aTestSplitWithoutLabelsIsPredictedNotEvaluated() throws Exception {
        Faces unlabelled = new Faces(new byte[2 * Faces.PIXELS], new byte[] {Faces.NO_LABEL, Faces.NO_LABEL});
        Training.run(folder, config(1, 1), RECIPE, Examples.of(TRAINING), Examples.of(HELD_OUT),
                Examples.of(unlabelled), new Witness());
        Run run = Run.load(folder);
        assertEquals(2, run.test().size());
        assertFalse(run.test().labelled());
        assertEquals(Double.NaN, run.test().accuracy());
        assertTrue(run.validation().labelled());
        assertEquals("Not all of these 2 images have a label: they can be predicted, not evaluated",
                assertThrows(IllegalArgumentException.class, () -> Evaluation.of(run.test())).getMessage());
    }
}
