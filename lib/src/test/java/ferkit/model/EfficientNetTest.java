package ferkit.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ferkit.model.EfficientNet.Padding;
import ferkit.model.EfficientNet.Variant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The trunk's size, its padding, and what training mode changes. */
class EfficientNetTest {
    @Test
    void parameterCounts() {
        try (NDManager manager = NDManager.newBaseManager()) {
            long head = count(EfficientNet.head(manager, 7));
            assertEquals(164_871, head);
            assertEquals(4_214_435, head + count(new EfficientNet(manager, Variant.KERAS).trunk()));
            // published: 4,652,008 with ImageNet's classifier of 1,281,000 and without running statistics of 2 × 21,008
            assertEquals(4_652_008 - 1_281_000 + 42_016, count(new EfficientNet(manager, Variant.LITE0).trunk()));
        }
    }

    private static long count(Block block) {
        return block.getParameters().values().stream().mapToLong(p -> p.getArray().size()).sum();
    }

    @Test
    void paddingAtStrideTwo() {
        assertArrayEquals(new int[] {0, 1}, Padding.SAME.around(224, 3, 2));
        assertArrayEquals(new int[] {1, 2}, Padding.SAME.around(28, 5, 2));
        assertArrayEquals(new int[] {1, 1}, Padding.SAME.around(97, 3, 2));
        assertArrayEquals(new int[] {2, 2}, Padding.SAME.around(3, 5, 2));
        assertArrayEquals(new int[] {1, 2}, Padding.KERAS.around(3, 5, 2));
        assertArrayEquals(new int[] {1, 1}, Padding.SYMMETRIC.around(224, 3, 2));
        assertArrayEquals(new int[] {2, 2}, Padding.SAME.around(14, 5, 1));
    }

    @Test
    void anySideFrom32UpAndGreyAsThreeEqualChannels() {
        try (NDManager manager = NDManager.newBaseManager()) {
            EfficientNet net = new EfficientNet(manager, Variant.KERAS);
            for (int side : new int[] {32, 33, 65}) {
                NDArray grey = manager.randomUniform(0, 255, new Shape(2, 1, side, side));
                NDArray features = forward(net.trunk(), grey, false);
                assertEquals(new Shape(2, EfficientNet.FEATURES), features.getShape());
                NDArray colour = grey.concat(grey, 1).concat(grey, 1);
                assertArrayEquals(features.toFloatArray(), forward(net.trunk(), colour, false).toFloatArray(),
                        1e-4f * features.abs().max().getFloat());
                for (int stage = 0; stage < EfficientNet.STAGES; stage++) {
                    NDArray between = forward(net.lower(stage), grey, false);
                    assertEquals(between.getShape(), net.lower(stage).getOutputShapes(new Shape[] {grey.getShape()})[0]);
                }
            }
        }
    }

    @Test
    void aPassLeavesNothingBehind() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block trunk = new EfficientNet(manager, Variant.KERAS).trunk();
            int before = manager.getManagedArrays().size();
            for (boolean training : new boolean[] {false, true}) {
                try (NDManager scope = manager.newSubManager()) {
                    forward(trunk, scope.randomUniform(0, 255, new Shape(2, 1, 32, 32)), training);
                }
                assertEquals(before, manager.getManagedArrays().size());
            }
        }
    }

    @Test
    void lowerAndUpperMakeTheWhole() {
        try (NDManager manager = NDManager.newBaseManager()) {
            EfficientNet net = new EfficientNet(manager, Variant.LITE0);
            NDArray images = manager.randomUniform(0, 255, new Shape(2, 1, 32, 32));
            NDArray whole = forward(net.trunk(), images, false);
            NDArray parts = forward(net.upper(5), forward(net.lower(5), images, false), false);
            assertArrayEquals(whole.toFloatArray(), parts.toFloatArray(), 1e-5f * whole.abs().max().getFloat());
        }
    }

    @Test
    void trainingDropsPathsAndMovesStatisticsUnlessFrozen() {
        try (NDManager manager = NDManager.newBaseManager()) {
            EfficientNet net = new EfficientNet(manager, Variant.LITE0);
            NDArray images = manager.randomUniform(0, 255, new Shape(4, 1, 32, 32));
            float[] before = statistics(net);
            forward(net.trunk(), images, true);
            float[] after = statistics(net);
            assertFalse(Arrays.equals(before, after), "free statistics must follow the batches");

            net.freezeNorms();
            NDArray once = forward(net.trunk(), images, true);
            NDArray again = forward(net.trunk(), images, true);
            assertArrayEquals(after, statistics(net));
            assertFalse(Arrays.equals(once.toFloatArray(), again.toFloatArray()), "stochastic depth must differ from pass to pass");
            assertArrayEquals(forward(net.trunk(), images, false).toFloatArray(), forward(net.trunk(), images, false).toFloatArray());
        }
    }

    private static float[] statistics(EfficientNet net) {
        NDList all = new NDList();
        net.parameters().values().forEach(list -> list.stream().filter(p -> p.getName().startsWith("running"))
                .forEach(p -> all.add(p.getArray())));
        return all.stream().map(a -> a.flatten()).reduce((a, b) -> a.concat(b)).orElseThrow().toFloatArray();
    }

    private static NDArray forward(Block block, NDArray input, boolean training) {
        return block.forward(new ParameterStore(input.getManager(), false), new NDList(input), training).singletonOrThrow();
    }
}
