package ferkit.train;

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
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import ferkit.data.Faces;
import ferkit.data.drawn.Sample;
import ferkit.model.StudyModel;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A recipe's parts against Keras and PyTorch, versions in the file, on random numbers that lie in it: five updates of a kernel and a bias
 * by Keras' Adam and AdamW ({@code exclude_from_weight_decay} the bias) and PyTorch's SGD (decay of the kernel alone), Keras'
 * {@code ExponentialDecay}, PyTorch's {@code SequentialLR} of {@code LinearLR} and {@code CosineAnnealingLR}, its {@code cross_entropy} with
 * gradients, {@code std_mean}, {@code affine_grid} with {@code grid_sample} (border, corners not aligned) in double precision, and
 * {@code AveragedModel}.
 */
class RecipePartsTest {
    private static final JsonObject REFERENCE = read();
    private static final Faces FACES = Sample.draw().validation();

    private static JsonObject read() {
        try (Reader reader = new InputStreamReader(RecipePartsTest.class.getResourceAsStream("/parity/recipe-parts.json"), StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] floats(JsonElement json) {
        JsonArray array = json.getAsJsonArray();
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).getAsFloat();
        }
        return values;
    }

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
                    assertArrayEquals(floats(REFERENCE.getAsJsonObject("optimizers").getAsJsonObject(name).get(parameter)), weight.toFloatArray(), 1e-6f,
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
            Block network = StudyModel.named("6").build(manager);
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
    void averages() throws Exception {
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
                Averaging.of(0.9).update(blocks[1], blocks[0], t);
            }
            assertArrayEquals(floats(REFERENCE.get("average of steps of 0.1, decay 0.9")), Weights.of(blocks[1]).head().toFloatArray(), 1e-6f);
        }
    }

    private static byte[] images() {
        float[] values = floats(REFERENCE.get("images"));
        byte[] images = new byte[values.length];
        for (int i = 0; i < images.length; i++) {
            images[i] = (byte) (int) values[i];
        }
        return images;
    }

    @Test
    void standardisation() {
        int side = REFERENCE.get("side").getAsInt();
        assertArrayEquals(floats(REFERENCE.get("standardized")), GreyInput.standardize(images(), side * side), 1e-6f);
    }

    @Test
    void affineSampling() {
        int side = REFERENCE.get("side").getAsInt();
        byte[] image = Arrays.copyOf(images(), side * side);
        for (JsonElement element : REFERENCE.getAsJsonArray("affine")) {
            JsonArray m = element.getAsJsonObject().getAsJsonArray("matrix");
            byte[] seen = GreyInput.affine(image, side, m.get(0).getAsDouble(), m.get(1).getAsDouble(), m.get(2).getAsDouble(), m.get(3).getAsDouble(),
                    m.get(4).getAsDouble(), m.get(5).getAsDouble());
            float[] expected = floats(element.getAsJsonObject().get("seen"));
            for (int i = 0; i < seen.length; i++) {
                assertEquals(expected[i], seen[i] & 0xff, 0.5001, m + ", pixel " + i);
            }
        }
    }

    @Test
    void anImageIsAugmentedBySeedEpochAndIndexAlone() {
        GreyInput input = Input.grey().flipped(0.5).moved(10, 0.1, 0.1).lit(0.2, 0.2).erased(0.5);
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
            assertEquals("flipped with probability 0.5, turned by up to 10.0 degrees, scaled by 0.1, shifted by 0.1, brightness changed by up to 0.2, contrast by 0.2, "
                    + "erased with probability 0.5", input.augmentation());
        }
    }

    @Test
    void eachAugmentationDoesWhatItSays() {
        byte[] image = FACES.pixels(0);
        byte[] mirrored = Input.grey().flipped(1).change().of(image, Faces.SIDE, new SplittableRandom(1));
        assertEquals(image[47], mirrored[0]);
        assertArrayEquals(image, Input.grey().flipped(1).change().of(mirrored, Faces.SIDE, new SplittableRandom(1)));
        byte[] own = Input.grey().flipped(1).augmented("the first pixel black", (seen, side, random) -> {
            byte[] changed = seen.clone();
            changed[0] = 0;
            return changed;
        }).change().of(image, Faces.SIDE, new SplittableRandom(1));
        assertEquals(0, own[0]);
        assertArrayEquals(Arrays.copyOfRange(mirrored, 1, Faces.PIXELS), Arrays.copyOfRange(own, 1, Faces.PIXELS));
        long flipped = IntStream.range(0, 2000)
                .filter(i -> !Arrays.equals(image, Input.grey().flipped(0.25).change().of(image, Faces.SIDE, new SplittableRandom(i * 77L)))).count();
        assertEquals(500, flipped, 60);
        assertArrayEquals(new byte[] {120, (byte) 255}, GreyInput.lit(new byte[] {100, (byte) 250}, 1.2, 1));
        assertArrayEquals(new byte[] {(byte) 75, (byte) 175}, GreyInput.lit(new byte[] {100, (byte) 150}, 1, 2));
        byte[] ramp = new byte[Faces.PIXELS];
        IntStream.range(0, ramp.length).forEach(i -> ramp[i] = (byte) (i % 100));
        for (int i = 0; i < 50; i++) {
            byte[] erased = Input.grey().erased(1).change().of(ramp, Faces.SIDE, new SplittableRandom(i));
            double share = IntStream.range(0, ramp.length).filter(p -> erased[p] != ramp[p]).count() / (double) ramp.length;
            assertTrue(share > 0.01 && share < 0.36, "erased " + share);
        }
    }

    @Test
    void partsOutOfRangeAreRefused() {
        for (Runnable wrong : List.<Runnable>of(() -> Adam.of(0), () -> Sgd.of(0.1, 1), () -> AdamW.of(0.1, -1), () -> Schedule.cosine(-1),
                () -> Schedule.staircase(0, 1), () -> Loss.crossEntropy(1), () -> Averaging.of(1), () -> Input.grey().flipped(1.5), () -> Input.grey().lit(1, 0), () -> Input.grey().moved(181, 0, 0),
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
            assertEquals(10, views.size());
            assertArrayEquals(new float[] {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8}, Views.FLIPPED.of(batch).get(1).toFloatArray());
            assertArrayEquals(new float[] {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3}, views.get(1).toFloatArray());
            assertArrayEquals(new float[] {8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11}, views.get(2).toFloatArray());
            assertArrayEquals(new float[] {0, 0, 0, 1, 4, 4, 4, 5, 8, 8, 8, 9}, views.get(3).toFloatArray());
            assertArrayEquals(new float[] {2, 3, 3, 3, 6, 7, 7, 7, 10, 11, 11, 11}, views.get(4).toFloatArray());
            assertEquals(new NDList(batch), new NDList(Views.ONE.of(batch)));
            for (Views each : Views.values()) {
                assertEquals(each, Views.of(each.plan()));
            }
        }
    }
}
