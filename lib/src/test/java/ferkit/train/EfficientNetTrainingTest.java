package ferkit.train;

import static ferkit.train.Parity.assertClose;
import static ferkit.train.Parity.doubles;
import static ferkit.train.Parity.draw;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import ferkit.data.Format;
import ferkit.data.Split;
import ferkit.data.drawn.Sample;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.EfficientNetClassifier;
import ferkit.model.StudyModel;
import ferkit.model.weights.PublicWeights;
import ferkit.model.weights.RandomWeights;
import ferkit.model.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole EfficientNet-Lite0 that learns, at 64 pixels, where the last maps are smaller than their kernels: against the same in PyTorch, in
 * double precision there, with weights that both sides draw, see {@link Parity#setWeights}.
 */
class EfficientNetTrainingTest {
    private static final EfficientNetClassifier MODEL = new EfficientNetClassifier("lite0",
            Variant.LITE0.with(Scaling.NONE).withMomentum(0.95), 64, 7, 0, 0, 3);

    @TempDir Path folder;

    @Test
    void agreesWithPyTorch() {
        JsonObject torch = Parity.read("efficientnet-training");
        int[] labels = new Gson().fromJson(torch.get("labels"), int[].class);
        try (NDManager manager = Training.newManager("cpu")) {
            Block network = MODEL.build(manager, Format.FER2013, 7);
            Parity.setWeights(network, manager, torch.get("seed").getAsLong(), 2.5);
            NDArray images = manager.create(draw(1999, -2, 2, labels.length * Format.FER2013.size()),
                    new Shape(labels.length, 48, 48, 1)).transpose(0, 3, 1, 2);
            ParameterStore single = new ParameterStore(manager, false);
            assertClose(doubles(torch.get("eval_logits")), doubles(network.forward(single, new NDList(images), false).singletonOrThrow()), 1e-4,
                    "evaluation logits");

            // rounding alone makes half a per cent of these gradients: normalising maps of few pixels amplifies it
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDArray logits = network.forward(single, new NDList(images), true).singletonOrThrow();
                assertClose(doubles(torch.get("train_logits")), doubles(logits), 1e-3, "training logits");
                collector.backward(Loss.crossEntropy().of(logits, manager.create(labels).toType(DataType.INT64, false)));
            }
            assertClose(doubles(torch.get("gradient_l2")), network.getParameters().values().stream().filter(Parameter::requiresGradient)
                    .mapToDouble(p -> p.getArray().getGradient().norm().getFloat()).toArray(), 2e-2, "norms of the gradients");
            Parity.assertStatistics(torch.get("running_mean"), network, Parameter.Type.RUNNING_MEAN, 1e-3);
            Parity.assertStatistics(torch.get("running_var"), network, Parameter.Type.RUNNING_VAR, 1e-3);
        }
    }

    @Test
    void startsFromAFileOrSaysThatThereIsNone() throws Exception {
        WeightFile file = RandomWeights.lite0(folder);
        StartWeights start = StartWeights.of(new PublicWeights(file, "a file"), Variant.LITE0);
        assertEquals("ImageNet weights " + file.sha256().substring(0, 16), start.plan());
        try (NDManager manager = Training.newManager("cpu")) {
            Block network = MODEL.build(manager, Format.FER2013, 7);
            float[] head = values(network, 245);
            start.into(network);
            List<Parameter> trunk = file.load(manager, Variant.LITE0).trunk().getParameters().values();
            assertEquals(245, trunk.size());
            for (int i = 0; i < trunk.size(); i++) {
                assertArrayEquals(trunk.get(i).getArray().toFloatArray(), values(network, i));
            }
            assertArrayEquals(head, values(network, 245));

            Block first = new EfficientNetClassifier("first", MODEL.variant().uncapped(), 64, 5, 0, 0, 1).build(manager, Format.FER2013, 7);
            start.into(first);
            int kept = first.getParameters().size() - 2;
            assertEquals(new Shape(7, 112), first.getParameters().valueAt(kept).getShape());
            for (int i = 0; i < kept; i++) {
                assertArrayEquals(trunk.get(i).getArray().toFloatArray(), values(first, i));
            }

            Block study = StudyModel.ALL.get(0).build(manager, Format.FER2013, 7);
            assertTrue(assertThrows(IOException.class, () -> start.into(study)).getMessage().contains("does not begin with EfficientNet-Lite0"));
        }
        String missing = assertThrows(IOException.class, () -> StartWeights.lite0(() -> folder).into(null)).getMessage();
        assertTrue(missing.startsWith("The weights with the SHA-256 579344248a93e230") && missing.contains("Python package"), missing);
    }

    private static float[] values(Block network, int parameter) {
        return network.getParameters().valueAt(parameter).getArray().toFloatArray();
    }

    @Test
    void everyTrainedParameterMovesAndAStepLeavesNothingBehind() {
        EfficientNetClassifier model = new EfficientNetClassifier("lite0", MODEL.variant(), 32, 7, 0.2, 0.2, 3);
        Examples examples = Input.grey().asStandardized().examples(Sample.draw().split(Split.VALIDATION));
        int[] batch = IntStream.range(0, 8).toArray();
        try (NDManager manager = Training.newManager("cpu")) {
            Block network = model.build(manager, Format.FER2013, 7);
            List<float[]> before = network.getParameters().values().stream().map(p -> p.getArray().toFloatArray()).toList();
            Updates updates = new Updates(manager, network, AdamW.of(1e-3, 0.02), Schedule.constant(), 10);
            Training.step(network, updates, Loss.crossEntropy(0.1), manager, examples, batch, new Tally());
            Training.step(network, updates, Loss.crossEntropy(0.1), manager, examples, batch, new Tally());
            int arrays = manager.getManagedArrays().size();
            for (int i = 0; i < before.size(); i++) {
                assertTrue(!Arrays.equals(before.get(i), values(network, i)), network.getParameters().keyAt(i));
            }
            Training.step(network, updates, Loss.crossEntropy(0.1), manager, examples, batch, new Tally());
            assertEquals(arrays, manager.getManagedArrays().size());
        }
    }

    @Test
    void itsPlanSaysAllThatDecides() {
        assertEquals(
                "EfficientNet-Lite0, every layer trained, padding SAME, epsilon 0.001, momentum 0.95, scaling NONE, side 64, stages 1 to 7, stochastic depth 0.0, "
                        + "dropout 0.0, head 3.0 times as fast",
                MODEL.plan());
        String message = assertThrows(IllegalArgumentException.class, () -> new EfficientNetClassifier("small", Variant.LITE0, 31, 7, 0, 0, 1))
                .getMessage();
        assertTrue(message.contains("side 31") && message.contains("at least 32"), message);
    }
}
