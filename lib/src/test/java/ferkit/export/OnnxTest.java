package ferkit.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.drawn.Sample;
import ferkit.model.Architecture;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.EfficientNetClassifier;
import ferkit.model.Forward;
import ferkit.model.Gradients;
import ferkit.model.ResidualModel;
import ferkit.model.StudyModel;
import ferkit.model.weights.RandomWeights;
import ferkit.study.Trained;
import ferkit.train.Examples;
import ferkit.train.Input;
import ferkit.train.Predictions;
import ferkit.transfer.FrozenTrunk;
import ferkit.transfer.TransferModel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX files, computed by ONNX Runtime, give the kit's own probabilities. */
class OnnxTest {
    private static final Faces FACES = Sample.draw().validation().select(IntStream.range(0, 64).toArray());
    private static final int CLASSES = 7;
    private static final Path ROOT = Path.of("").toAbsolutePath();

    @TempDir private Path folder;

    @Test
    void theKitsNetworksGiveTheSame() throws OrtException {
        ResidualModel residual = new ResidualModel("residual", 1, List.of(16, 24, 32), List.of(1, 2, 1));
        for (Architecture row : List.of(residual, new ResidualModel("halved", 2, List.of(16, 24), List.of(1, 1)),
                residual.withSqueeze(0).withNormed(false), residual.withShortcuts(false))) {
            requireSame(row, Input.grey().asStandardized());
        }
        for (StudyModel row : StudyModel.ALL) {
            requireSame(row, Input.grey());
        }
    }

    private static void requireSame(Architecture row, Input input) throws OrtException {
        try (NDManager manager = manager()) {
            Block network = random(manager, row.build(manager, Format.FER2013, CLASSES));
            requireSame(row.plan(), said(network, input.examples(FACES)),
                    graph -> Forward.tell(network, input.standardized() ? graph.standardize(graph.input()) : graph.input(), graph));
        }
    }

    @Test
    void standardisedImagesAndOtherLayersGiveTheSame() throws OrtException {
        try (NDManager manager = manager()) {
            SequentialBlock network = new SequentialBlock()
                    .add(Conv2d.builder().setKernelShape(new Shape(5, 3)).setFilters(8).optStride(new Shape(2, 2)).optPadding(new Shape(2, 0))
                            .optBias(false).build())
                    .add(BatchNorm.builder().optEpsilon(1e-5f).build())
                    .add(LambdaBlock.singleton(x -> x.clip(0, 6)))
                    .add(Pool.avgPool2dBlock(new Shape(3, 3), new Shape(3, 3)))
                    .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(8).optGroups(4).build())
                    .add(Activation.sigmoidBlock())
                    .add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(CLASSES).build());
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 48, 48));
            random(manager, network);
            requireSame("other layers", said(network, Input.grey().asStandardized().examples(FACES)),
                    graph -> Forward.tell(network, graph.standardize(graph.input()), graph));
        }
    }

    @Test
    void aWholeEfficientNetGivesTheSame() throws OrtException {
        try (NDManager manager = manager()) {
            Block network = new EfficientNetClassifier("lite0", Variant.LITE0.with(Scaling.NONE).uncapped(), 64, 5, 0.2, 0.2, 3)
                    .build(manager, Format.FER2013, CLASSES);
            requireSame("lite0", said(network, Input.grey().asStandardized().examples(FACES)),
                    graph -> Forward.tell(network, graph.standardize(graph.input()), graph));
        }
    }

    @Test
    void networksOnAFrozenTrunkGiveTheSame() throws Exception {
        Map<Variant, Scaling> variants = Map.of(Variant.LITE0, Scaling.LITE, Variant.TIMM_TF_LITE0, Scaling.IMAGENET);
        for (Variant variant : variants.keySet()) {
            try (NDManager manager = manager()) {
                FrozenTrunk trunk = new FrozenTrunk(RandomWeights.lite0(folder), variant.with(variants.get(variant)), 97, FrozenTrunk.WHOLE - 2);
                Block network = new TransferModel("efficientnet-lite0", trunk, Optional.empty(), CLASSES).build(manager, Format.FER2013, CLASSES);
                requireSame(variant.title(), said(network, trunk.examples(manager, FACES)), graph -> {
                    try {
                        return Forward.tell(network, trunk.tell(manager, Format.FER2013, graph.input(), graph), graph);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
    }

    @Test
    void aRunsFileSaysWhatItIsAndGivesItsProbabilities() throws Exception {
        Trained one = Trained.named(ROOT, "6");
        Path file = OnnxFile.of(List.of(one)).write(folder);
        requireSame("model-6", one.predict(FACES).probabilities(), Files.readAllBytes(file), 1, 64);
        OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file));
        assertEquals("faces", model.getGraph().getInput(0).getName());
        assertEquals("[\"Angry\",\"Disgust\",\"Fear\",\"Happy\",\"Sad\",\"Surprise\",\"Neutral\"]", model.getMetadataProps(0).getValue());
        assertEquals(one.run().config().dataHash(), model.getMetadataProps(2).getValue());
        Map<String, String> metadata = model.getMetadataPropsList().stream()
                .collect(Collectors.toMap(OnnxMl.StringStringEntryProto::getKey, OnnxMl.StringStringEntryProto::getValue));
        assertEquals(Long.toString(model.getOpsetImport(0).getVersion()), metadata.get("opset"));
        assertEquals("faces: float32 (N, 1, 48, 48), 0 to 255", metadata.get("input"));
        String card = Files.readString(folder.resolve("README.md"));
        assertTrue(card.startsWith("# Model card: model-6\n"), card);
        assertTrue(card.contains("3 blocks of two convolutions 3×3 with 32-64-128 filters, the second of a block without padding")
                && !card.contains("StudyModel["), card);
        assertTrue(card.contains("Accuracy 0.6606") && card.contains("weighted avg") && card.contains("An expression is not a feeling"), card);
        OnnxFile.of(List.of(one)).write(folder); // replaces its own

        Path own = Files.writeString(Files.createDirectories(folder.resolve("own")).resolve("README.md"), "# My notes\n");
        IOException refused = assertThrows(IOException.class, () -> OnnxFile.of(List.of(one)).write(own.getParent()));
        assertTrue(refused.getMessage().contains("no model card"), refused.getMessage());
        assertEquals("# My notes\n", Files.readString(own));
    }

    @Test
    void severalRunsAreOneFile() throws Exception {
        List<Trained> members = List.of(Trained.named(ROOT, "1"), Trained.named(ROOT, "model-6"));
        Path file = OnnxFile.of(members).write(folder);
        assertEquals("model-1+model-6.onnx", file.getFileName().toString());
        float[][] mean = Predictions.mean(List.of(members.get(0).predict(FACES), members.get(1).predict(FACES))).probabilities();
        requireSame("mean", mean, Files.readAllBytes(file), 1, 64);
    }

    @Test
    void aRunThatIsNamedTwiceCountsTwiceAndIsWrittenOnce() throws Exception {
        Trained one = Trained.named(ROOT, "1");
        Trained six = Trained.named(ROOT, "6");
        Path file = OnnxFile.of(List.of(six, six, one)).write(folder);
        assertEquals("model-6=2+model-1.onnx", file.getFileName().toString());
        assertTrue(Files.size(file) < 1.01 * (size(one) + size(six)), "each network lies in it once");
        Predictions sixth = six.predict(FACES);
        requireSame("weighted", Predictions.mean(List.of(sixth, sixth, one.predict(FACES))).probabilities(), Files.readAllBytes(file), 1, 64);
        String card = Files.readString(folder.resolve("README.md"));
        assertTrue(card.contains("the mean of what 2 networks say, each counted as often as it was named: model-6=2, model-1."), card);
    }

    private long size(Trained model) throws IOException {
        return Files.size(OnnxFile.of(List.of(model)).write(folder.resolve(model.recipe().name())));
    }

    @Test
    void aCardOfATransferModelSaysWhatItsFiguresAreOf() throws Exception {
        Trained tuned = Trained.named(ROOT, "efficientnet-lite0-96-tuned");
        String card = ModelCard.text(OnnxFile.of(List.of(tuned)));
        assertTrue(card.contains("frozen up to stage 6, then 128 dense units; begun from the head of efficientnet-lite0-96-lite."), card);
        assertTrue(card.contains("half precision"), card);
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        try (NDManager manager = manager()) {
            for (Block layer : List.of(Activation.mishBlock(), Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2)), Activation.leakyReluBlock(0.1f),
                    Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2), new Shape(1, 1)))) {
                layer.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 48, 48));
                OnnxGraph graph = new OnnxGraph(Format.FER2013);
                IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Forward.tell(layer, graph.input(), graph));
                assertTrue(refused.getMessage().contains("is none of those that can be written"), refused.getMessage());
            }
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Trained.named(ROOT, "sprnt")).getMessage().contains("model-6"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Trained.named(folder, "3")).getMessage()
                .startsWith("'3' is not trained yet, or not to the end: train it with kit.py train 3, or name a run's folder"));
    }

    private static NDManager manager() {
        Gradients.off();
        return NDManager.newBaseManager();
    }

    /** With biases and statistics as a trained network has them, not 0 and 1. */
    private static Block random(NDManager manager, Block network) {
        for (Parameter parameter : network.getParameters().values()) {
            NDArray array = parameter.getArray();
            switch (parameter.getType()) {
                case RUNNING_VAR, GAMMA -> array.addi(manager.randomUniform(-0.5f, 2, array.getShape()));
                case RUNNING_MEAN, BETA, BIAS -> array.addi(manager.randomNormal(0, 0.3f, array.getShape(), DataType.FLOAT32));
                default -> {
                }
            }
        }
        return network;
    }

    /** What a network says once its last layer, whose parameters are its last ones, spreads the logits of the images from about −1 to 1. */
    private static float[][] said(Block network, Examples examples) {
        try (NDManager manager = manager()) {
            NDArray batch = examples.batch(manager, IntStream.range(0, examples.size()).toArray());
            NDArray logits = network.forward(new ParameterStore(manager, false), new NDList(batch), false).singletonOrThrow();
            NDArray mean = logits.mean(new int[] {0});
            float factor = 1 / logits.sub(mean).abs().max().getFloat();
            List<Parameter> parameters = network.getParameters().values();
            NDArray bias = parameters.get(parameters.size() - 1).getArray();
            bias.addi(1);
            NDArray moved = network.forward(new ParameterStore(manager, false), new NDList(batch), false).singletonOrThrow();
            float rate = Math.round(moved.sub(logits).mean().getFloat()); // by which a network multiplies its last layer
            parameters.get(parameters.size() - 2).getArray().muli(factor);
            bias.subi(mean.div(rate).add(1)).muli(factor);
            float[] flat = network.forward(new ParameterStore(manager, false), new NDList(batch), false).singletonOrThrow().softmax(-1)
                    .toFloatArray();
            return IntStream.range(0, examples.size()).mapToObj(i -> Arrays.copyOfRange(flat, i * CLASSES, (i + 1) * CLASSES))
                    .toArray(float[][]::new);
        }
    }

    private static void requireSame(String name, float[][] expected, Function<OnnxGraph, OnnxGraph.Value> network) throws OrtException {
        OnnxGraph graph = new OnnxGraph(Format.FER2013);
        OnnxMl.GraphProto written = graph.build(graph.softmax(network.apply(graph)));
        requireSame(name, expected, OnnxFile.model(written, Map.of()).toByteArray(), 1, 64);
    }

    private static void requireSame(String name, float[][] expected, byte[] model, int... batches) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = environment.createSession(model, options)) {
                for (int batch : batches) {
                    float[][] found = run(environment, session, batch);
                    for (int i = 0; i < batch; i++) {
                        assertArrayEquals(expected[i], found[i], 1e-5f, name + ", batch " + batch + ", image " + i);
                    }
                }
            }
        }
        assertTrue(Arrays.stream(expected).anyMatch(row -> Math.abs(row[0] - expected[0][0]) > 1e-3), name + " says the same of all images");
    }

    private static float[][] run(OrtEnvironment environment, OrtSession session, int batch) throws OrtException {
        FloatBuffer values = FloatBuffer.allocate(batch * Faces.PIXELS);
        for (int i = 0; i < batch; i++) {
            for (byte value : FACES.pixels(i)) {
                values.put(value & 0xff);
            }
        }
        try (OnnxTensor faces = OnnxTensor.createTensor(environment, values.flip(), new long[] {batch, 1, 48, 48});
                OrtSession.Result result = session.run(Map.of("faces", faces))) {
            return (float[][]) result.get(0).getValue();
        }
    }
}
