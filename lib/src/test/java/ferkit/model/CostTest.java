package ferkit.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ferkit.data.Format;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CostTest {
    private static final double MILLION = 1e6;

    @Test
    void multiplyAddsOfTheStudysModels() {
        double[] expected = {86.8, 86.8, 345.8, 239.0, 118.6, 63.5};
        double[] counted = IntStream.rangeClosed(1, 6)
                .mapToDouble(i -> Cost.multiplyAdds(StudyModel.named(Integer.toString(i)), Format.FER2013, 7) / MILLION).toArray();
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], counted[i], 0.05, "Model " + (i + 1));
        }
    }

    @Test
    void multiplyAddsOfOtherNetworks() {
        ResidualModel residual = new ResidualModel("residual", 2, List.of(32, 64, 128, 256), List.of(1, 1, 1, 1));
        assertEquals(35.9, Cost.multiplyAdds(residual, Format.FER2013, 7) / MILLION, 0.05);
        Architecture own = Architecture.of("own", "Dense 10 → ReLU → Dense", (manager, format, classes) -> new SequentialBlock()
                .add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(10).build()).add(Activation.reluBlock())
                .add(Linear.builder().setUnits(classes).build()));
        assertEquals(48 * 48 * 10 + 10 * 7, Cost.multiplyAdds(own, Format.FER2013, 7));
        try (NDManager manager = NDManager.newBaseManager()) {
            // the authors of both give 0.39 and 0.407 billion for networks with 1,000 classes
            assertEquals(0.39e9, Cost.multiplyAdds(new EfficientNet(manager, EfficientNet.Variant.TORCHVISION).trunk(), new Shape(1, 224, 224)),
                    0.01e9);
            assertEquals(0.407e9, Cost.multiplyAdds(new EfficientNet(manager, EfficientNet.Variant.LITE0).trunk(), new Shape(1, 224, 224)), 0.025e9);
        }
    }

    @Test
    void aTrainingIsThreePassesOfTwoOperations() {
        assertEquals(0.0618, Cost.petaflop(35_900_000, 28_709, 10), 1e-4);
        assertEquals(6e-15, Cost.petaflop(1, 1, 1), 1e-24);
    }

    @Test
    void aNetworkWithAnUnknownLayerIsNotCounted() {
        Architecture odd = Architecture.of("odd", "tanh", (manager, format, classes) -> new SequentialBlock()
                .add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(classes).build()).add(Activation.tanhBlock()));
        String said = assertThrows(IllegalArgumentException.class, () -> Cost.multiplyAdds(odd, Format.FER2013, 7)).getMessage();
        assertTrue(said.startsWith("Layer Tanh is none of those "), said);
    }
}
