package ferkit.train;

import static ferkit.train.Parity.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import ferkit.data.Classes;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.drawn.Sample;
import ferkit.model.StudyModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A recipe's parts against Keras and PyTorch, versions in the file, on random numbers that lie in it: five updates of a kernel and a bias
 * by Keras' Adam and AdamW ({@code exclude_from_weight_decay} the bias) and PyTorch's SGD (decay of the kernel alone), Keras'
 * {@code ExponentialDecay}, PyTorch's {@code SequentialLR} of {@code LinearLR} and {@code CosineAnnealingLR}, its {@code cross_entropy} with
 * gradients, {@code std_mean}, {@code affine_grid} with {@code grid_sample} (border, corners not aligned) in double precision, and
 * {@code AveragedModel} with TensorFlow's decay min(decay, (1 + n) / (10 + n)).
 */
class RecipePartsTest {
    private static final JsonObject REFERENCE = Parity.read("recipe-parts");
    private static final Faces FACES = Sample.draw().validation();

    @Test
    void optimisers() {
        Map<String, Optimizer> optimizers = new LinkedHashMap<>();
        optimizers.put("Adam 0.01", Adam.of(0.01));
        optimizers.put("AdamW 0.01 0.1", AdamW.of(0.01, 0.1));
        optimizers.put("SGD 0.1 0.9", Sgd.of(0.1, 0.9));
        optimizers.put("SGD 0.1 0", Sgd.of(0.1, 0));
        optimizers.put("SGD 0.1 0.9 Nesterov 0.05", Sgd.of(0.1, 0.9).withNesterov().withWeightDecay(0.05));
        assertEquals(REFERENCE.getAsJsonObject("optimizers").keySet(), optimizers.keySet());
        optimizers.forEach((name, optimizer) -> {
            for (String parameter : List.of("kernel", "bias")) {
                try (NDManager manager = NDManager.newBaseManager()) {
                    NDArray weight = manager.create(floats(REFERENCE.get(parameter)));
                    List<NDArray> memory = optimizer.memory().stream().map(n -> weight.zerosLike()).toList();
                    JsonArray gradients = REFERENCE.getAsJsonArray("gradients");
                    for (int t = 1; t <= gradients.size(); t++) {
                        NDArray gradient = manager.create(floats(gradients.get(t - 1).getAsJsonObject().get(parameter)));
                        optimizer.update(weight, gradient, memory, optimizer.learningRate(), t, parameter.equals("kernel"));
                    }
                    assertArrayEquals(floats(REFERENCE.getAsJsonObject("optimizers").getAsJsonObject(name).get(parameter)), weight.toFloatArray(),
                            1e-6f,
                            name + ", " + parameter);
                }
            }
        });
    }

    @Test
    void onlyKernelsDecay() {
        List<Boolean> decays = new ArrayList<>();
        List<Boolean> kernels = new ArrayList<>();
        Optimizer witness = new Optimizer() {
            @Override
            public double learningRate() {
                return 1;
            }

            @Override
            public String plan() {
                return "witness";
            }

            @Override
            public List<String> memory() {
                return List.of();
            }

            @Override
            public void update(NDArray weight, NDArray gradient, List<NDArray> memory, double rate, long t, boolean decay) {
                decays.add(decay);
                kernels.add(weight.getShape().dimension() > 1);
            }
        };
        try (NDManager manager = Training.newManager("cpu")) {
            Block network = StudyModel.named("6").build(manager, Format.FER2013, 7);
            Updates updates = new Updates(manager, network, witness, Schedule.constant(), 1);
            Training.step(network, updates, Loss.crossEntropy(), manager, Examples.of(FACES), new int[] {0, 1}, new Tally());
        }
        assertEquals(kernels, decays);
        assertTrue(decays.contains(true) && decays.contains(false));
    }

    @Test
    void schedules() {
        Map<String, Schedule> schedules = Map.of("cosine 0 of 12", Schedule.cosine(0), "cosine 4 of 12", Schedule.cosine(4),
                "staircase 0.9 3", Schedule.staircase(0.9, 3));
        schedules.forEach((name, schedule) -> {
            float[] expected = floats(REFERENCE.getAsJsonObject("schedules").get(name));
            for (int t = 1; t <= expected.length; t++) {
                assertEquals(expected[t - 1], schedule.factor(t, expected.length), 1e-6, name + ", update " + t);
            }
        });
        for (int t = 1; t <= 12; t++) {
            assertEquals(Schedule.cosine(4).factor(t, 12), Schedule.cosineAfterShare(0.34).factor(t, 12));
            assertEquals(Schedule.cosine(1).factor(t, 12), Schedule.cosineAfterShare(0.01).factor(t, 12), "at least one update");
        }
        assertEquals(1, Schedule.constant().factor(1_000_000, 2_000_000));
    }

    @Test
    void losses() {
        for (String labels : List.of("labels", "distributions")) {
            for (double smoothing : new double[] {0, 0.1}) {
                try (NDManager manager = Training.newManager("cpu")) {
                    NDArray logits = manager.create(floats(REFERENCE.get("logits")), new Shape(5, 7));
                    NDArray truth = manager.create(floats(REFERENCE.get(labels)));
                    truth = labels.equals("labels") ? truth.toType(DataType.INT64, true) : truth.reshape(5, 7);
                    logits.setRequiresGradient(true);
                    String name = labels + (smoothing == 0 ? " 0" : " 0.1");
                    JsonObject expected = REFERENCE.getAsJsonObject("losses").getAsJsonObject(name);
                    try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                        NDArray loss = Loss.crossEntropy(smoothing).of(logits, truth);
                        assertEquals(expected.get("loss").getAsFloat(), loss.getFloat(), 1e-6f, name);
                        collector.backward(loss);
                    }
                    assertArrayEquals(floats(expected.get("gradient")), logits.getGradient().toFloatArray(), 1e-6f, name);
                }
            }
        }
    }

    @Test
    void aLossIsOfSharesAndAccuracyOfTheLikeliestClass() throws Exception {
        float[] logits = floats(REFERENCE.get("logits"));
        float[] distributions = floats(REFERENCE.get("distributions"));
        float[][] votes = IntStream.range(0, 5).mapToObj(i -> Arrays.copyOfRange(distributions, 7 * i, 7 * (i + 1))).toArray(float[][]::new);
        Faces shared = new Faces(Classes.FER2013, new Format(1, 1, 1), new byte[5], new byte[5]).withShares(votes);
        Examples examples = new Examples() {
            @Override
            public int size() {
                return 5;
            }

            @Override
            public int label(int index) {
                return shared.label(index);
            }

            @Override
            public Optional<float[]> shares(int index) {
                return shared.shares(index);
            }

            @Override
            public NDArray batch(NDManager manager, int[] indices) {
                return manager.create(logits, new Shape(5, 7)).get(manager.create(indices));
            }
        };
        long right = IntStream.range(0, 5)
                .filter(i -> shared.label(i) == IntStream.range(0, 7).reduce((a, b) -> logits[7 * i + b] > logits[7 * i + a] ? b : a).getAsInt())
                .count();
        try (NDManager manager = Training.newManager("cpu")) {
            Tally tally = Training.evaluate(Blocks.identityBlock(), manager, examples, 2, images -> {});
            assertEquals(REFERENCE.getAsJsonObject("losses").getAsJsonObject("distributions 0").get("loss").getAsFloat(), tally.loss(), 1e-6);
            assertEquals(right / 5.0, tally.accuracy());
        }
    }

    @Test
    void averages() {
        JsonObject expected = REFERENCE.getAsJsonObject("averages of steps of 0.1");
        for (String decay : expected.keySet()) {
            try (NDManager manager = Training.newManager("cpu")) {
                Block[] blocks = {Linear.builder().setUnits(4).optBias(false).build(), Linear.builder().setUnits(4).optBias(false).build()};
                for (Block block : blocks) {
                    block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
                }
                NDArray weight = Weights.of(blocks[0]).head();
                weight.set(floats(REFERENCE.get("kernel")));
                JsonArray gradients = REFERENCE.getAsJsonArray("gradients");
                for (int t = 1; t <= gradients.size(); t++) {
                    weight.subi(manager.create(floats(gradients.get(t - 1).getAsJsonObject().get("kernel")), weight.getShape()).mul(0.1f));
                    Averaging.of(Double.parseDouble(decay)).update(blocks[1], blocks[0], t);
                }
                assertArrayEquals(floats(expected.get(decay)), Weights.of(blocks[1]).head().toFloatArray(), 1e-6f, decay);
            }
        }
    }

    private static byte[] images() {
        return bytes(REFERENCE.get("images"));
    }

    private static byte[] bytes(JsonElement json) {
        float[] values = floats(json);
        byte[] images = new byte[values.length];
        for (int i = 0; i < images.length; i++) {
            images[i] = (byte) (int) values[i];
        }
        return images;
    }

    @Test
    void standardisation() {
        int side = REFERENCE.get("side").getAsInt();
        assertArrayEquals(floats(REFERENCE.get("standardized")), Input.standardize(images(), side * side), 1e-6f);
    }

    /** DJL frees numbers that came from Java once nobody in Java holds the array they became, whoever still computes with them. */
    @Test
    void aBatchOwnsItsNumbers() {
        int[] some = IntStream.range(0, 64).toArray();
        for (Input input : List.of(Input.grey(), Input.grey().asStandardized())) {
            try (NDManager manager = Training.newManager("cpu"); NDArray batch = input.examples(FACES).batch(manager, some)) {
                float[] before = batch.toFloatArray();
                for (int i = 0; i < 20; i++) {
                    System.gc();
                    try (NDArray other = manager.full(batch.getShape(), Float.NaN)) {
                        assertArrayEquals(before, batch.toFloatArray(), input.plan(FACES.format()));
                    }
                }
            }
        }
    }

    @Test
    void affineSampling() {
        int side = REFERENCE.get("side").getAsInt();
        byte[] image = Arrays.copyOf(images(), side * side);
        for (JsonElement element : REFERENCE.getAsJsonArray("affine")) {
            JsonArray m = element.getAsJsonObject().getAsJsonArray("matrix");
            byte[] seen = Input.affine(image, new Format(1, side, side), m.get(0).getAsDouble(), m.get(1).getAsDouble(), m.get(2).getAsDouble(),
                    m.get(3).getAsDouble(),
                    m.get(4).getAsDouble(), m.get(5).getAsDouble());
            float[] expected = floats(element.getAsJsonObject().get("seen"));
            for (int i = 0; i < seen.length; i++) {
                assertEquals(expected[i], seen[i] & 0xff, 0.5001, m + ", pixel " + i);
            }
        }
    }

    @Test
    void colourImages() {
        JsonObject reference = Parity.read("colour-images");
        Format format = new Format(3, reference.get("height").getAsInt(), reference.get("width").getAsInt());
        byte[] image = bytes(reference.get("image"));
        for (JsonElement element : reference.getAsJsonArray("lit")) {
            JsonObject lit = element.getAsJsonObject();
            byte[] seen = Input.lit(image, format, lit.get("brightness").getAsDouble(), lit.get("contrast").getAsDouble());
            assertSeen(lit, seen);
        }
        for (JsonElement element : reference.getAsJsonArray("affine")) {
            float[] m = floats(element.getAsJsonObject().get("matrix"));
            assertSeen(element.getAsJsonObject(), Input.affine(image, format, m[0], m[1], m[2], m[3], m[4], m[5]));
        }
        assertArrayEquals(floats(reference.get("standardized")), Input.standardize(image, image.length), 1e-6f);
        byte[] mirrored = Input.grey().flipped(1).change().of(image, format, new SplittableRandom(1));
        assertSeen(reference.getAsJsonArray("affine").get(0).getAsJsonObject(), mirrored); // whose matrix mirrors
        byte[] erased = Input.grey().erased(1).change().of(image, format, new SplittableRandom(2));
        for (int p = 0; p < image.length; p += 3) {
            assertEquals(erased[p] != image[p], erased[p + 1] != image[p + 1], "all channels of pixel " + p / 3 + " or none");
        }
        assertEquals("colour, each image standardised", Input.grey().asStandardized().plan(format));
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray batch = Examples.of(new Faces(Classes.FER2013, format, image, new byte[1])).batch(manager, new int[] {0});
            assertEquals(new Shape(1, 3, 4, 6), batch.getShape());
            assertEquals(image[(2 * 6 + 5) * 3 + 1] & 0xff, batch.getFloat(0, 1, 2, 5));
        }
    }

    private static void assertSeen(JsonObject expected, byte[] seen) {
        float[] values = floats(expected.get("seen"));
        for (int i = 0; i < seen.length; i++) {
            assertEquals(values[i], seen[i] & 0xff, 0.5001, expected + ", value " + i);
        }
    }

    @Test
    void anImageIsAugmentedBySeedEpochAndIndexAlone() {
        Input input = Input.grey().flipped(0.5).moved(10, 0.1, 0.1).lit(0.2, 0.2).erased(0.5);
        try (NDManager manager = NDManager.newBaseManager()) {
            Examples plain = input.examples(FACES);
            Examples seen = plain.inEpoch(1, 3);
            int[] indices = {5, 90, 3};
            float[] all = seen.batch(manager, indices).toFloatArray();
            for (int i = 0; i < indices.length; i++) {
                float[] one = seen.batch(manager, new int[] {indices[i]}).toFloatArray();
                assertArrayEquals(one, Arrays.copyOfRange(all, i * Faces.PIXELS, (i + 1) * Faces.PIXELS));
            }
            assertArrayEquals(all, input.examples(FACES).inEpoch(1, 3).batch(manager, indices).toFloatArray());
            assertFalse(Arrays.equals(all, plain.inEpoch(1, 4).batch(manager, indices).toFloatArray()));
            assertFalse(Arrays.equals(all, plain.inEpoch(2, 3).batch(manager, indices).toFloatArray()));
            assertArrayEquals(Examples.of(FACES).batch(manager, indices).toFloatArray(), plain.batch(manager, indices).toFloatArray());
            assertEquals(
                    "flipped with probability 0.5, turned by up to 10.0 degrees, scaled by 0.1, shifted by 0.1, brightness changed by up to 0.2, contrast by 0.2, "
                            + "erased with probability 0.5",
                    input.augmentation());
        }
    }

    @Test
    void eachAugmentationDoesWhatItSays() {
        byte[] image = FACES.pixels(0);
        byte[] mirrored = Input.grey().flipped(1).change().of(image, Format.FER2013, new SplittableRandom(1));
        assertEquals(image[47], mirrored[0]);
        assertArrayEquals(image, Input.grey().flipped(1).change().of(mirrored, Format.FER2013, new SplittableRandom(1)));
        byte[] own = Input.grey().flipped(1).augmented("the first pixel black", (seen, format, random) -> {
            byte[] changed = seen.clone();
            changed[0] = 0;
            return changed;
        }).change().of(image, Format.FER2013, new SplittableRandom(1));
        assertEquals(0, own[0]);
        assertArrayEquals(Arrays.copyOfRange(mirrored, 1, Faces.PIXELS), Arrays.copyOfRange(own, 1, Faces.PIXELS));
        long flipped = IntStream.range(0, 2000)
                .filter(i -> !Arrays.equals(image, Input.grey().flipped(0.25).change().of(image, Format.FER2013, new SplittableRandom(i * 77L))))
                .count();
        assertEquals(500.0, flipped, 60);
        assertArrayEquals(new byte[] {120, (byte) 255}, Input.lit(new byte[] {100, (byte) 250}, new Format(1, 1, 2), 1.2, 1));
        assertArrayEquals(new byte[] {(byte) 75, (byte) 175}, Input.lit(new byte[] {100, (byte) 150}, new Format(1, 1, 2), 1, 2));
        byte[] ramp = new byte[Faces.PIXELS];
        IntStream.range(0, ramp.length).forEach(i -> ramp[i] = (byte) (i % 100));
        for (int i = 0; i < 50; i++) {
            byte[] erased = Input.grey().erased(1).change().of(ramp, Format.FER2013, new SplittableRandom(i));
            double share = IntStream.range(0, ramp.length).filter(p -> erased[p] != ramp[p]).count() / (double) ramp.length;
            assertTrue(share > 0.01 && share < 0.36, "erased " + share);
        }
    }

    @Test
    void partsOutOfRangeAreRefused() {
        for (Runnable wrong : List.<Runnable>of(() -> Adam.of(0), () -> Sgd.of(0.1, 1), () -> AdamW.of(0.1, -1), () -> Schedule.cosine(-1),
                () -> Schedule.staircase(0, 1), () -> Loss.crossEntropy(1), () -> Averaging.of(1), () -> Input.grey().flipped(1.5),
                () -> Input.grey().lit(1, 0), () -> Input.grey().moved(181, 0, 0),
                () -> Input.grey().moved(0, 0, -0.1), () -> Input.grey().erased(Double.NaN),
                () -> Recipe.of(StudyModel.named("1")).withEpochs(0), () -> Recipe.of(StudyModel.named("1")).named("a/b"))) {
            assertThrows(IllegalArgumentException.class, wrong::run);
        }
    }

    @Test
    void viewsAreTheImageItsMirrorImageAndShifts() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray batch = manager.arange(12f).reshape(1, 1, 3, 4);
            List<NDArray> views = Views.SHIFTED.of(batch);
            assertArrayEquals(new float[] {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8}, Views.FLIPPED.of(batch).get(1).toFloatArray());
            assertArrayEquals(new float[] {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3}, views.get(1).toFloatArray());
            assertArrayEquals(new float[] {8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11}, views.get(2).toFloatArray());
            assertArrayEquals(new float[] {0, 0, 0, 1, 4, 4, 4, 5, 8, 8, 8, 9}, views.get(3).toFloatArray());
            assertArrayEquals(new float[] {2, 3, 3, 3, 6, 7, 7, 7, 10, 11, 11, 11}, views.get(4).toFloatArray());
            assertEquals(new NDList(batch), new NDList(Views.ONE.of(batch)));
            for (Views each : Views.values()) {
                assertEquals(each, Views.of(each.plan()));
                assertEquals(each.count(), each.of(batch).size());
            }
        }
    }
}
