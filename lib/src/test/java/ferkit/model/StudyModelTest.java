package ferkit.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Origin;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StudyModelTest {
    @Test
    void parameterCountsAreTheStudys() {
        List<Long> counts = IntStream.rangeClosed(1, 6).mapToObj(i -> Summary.of(StudyModel.named("model-" + i)).parameters()).toList();
        assertEquals(List.of(1_469_031L, 1_469_031L, 5_868_743L, 1_977_447L, 2_357_351L, 813_671L), counts);
    }

    @Test
    void aPlanThatDoesNotFitTogetherIsRefused() {
        StudyModel.Padding same = StudyModel.Padding.SAME;
        List<StudyModel.Pooling> two = List.of(StudyModel.Pooling.MAX, StudyModel.Pooling.MAX);
        Exception e = assertThrows(IllegalArgumentException.class, () -> new StudyModel("odd", List.of(8, 16, 32), 3, same, two, 64));
        assertEquals("Model 'odd' has 3 blocks and 2 poolings: expected one pooling for each block, and at least one block", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> new StudyModel("even", List.of(8, 16), 4, same, two, 64));
        assertTrue(e.getMessage().contains("a kernel of 4"), e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> new StudyModel("dry", List.of(8, 16), 3, same, two, 64, 1f, 0.5f));
        assertTrue(e.getMessage().contains("drops 1.0 and 0.5"), e.getMessage());
        List<StudyModel.Pooling> seven = Collections.nCopies(7, StudyModel.Pooling.MAX);
        StudyModel deep = new StudyModel("deep", Collections.nCopies(7, 8), 3, StudyModel.Padding.VALID, seven, 64);
        e = assertThrows(IllegalArgumentException.class, () -> Summary.of(deep));
        assertTrue(e.getMessage().startsWith("Model 'deep' has no pixel left of its maps after block 5: "), e.getMessage());
        for (String name : List.of("", "../up", "a/b", "a\\b", "my model")) {
            e = assertThrows(IllegalArgumentException.class, () -> new StudyModel(name, List.of(8, 16), 3, same, two, 64));
            assertTrue(e.getMessage().startsWith("A model is named '" + name + "': expected letters, digits"), e.getMessage());
        }
    }

    @Test
    void aChangedRowDiffersInWhatWasChangedOnly() {
        StudyModel model = StudyModel.named("1");
        StudyModel changed = new StudyModel("mine", List.of(16, 32, 64, 8), 1, StudyModel.Padding.VALID,
                List.of(StudyModel.Pooling.AVG, StudyModel.Pooling.MAX, StudyModel.Pooling.AVG, StudyModel.Pooling.MAX), 128, 0.5f, 0);
        assertEquals(changed, model.withName("mine").withFilters(16, 32, 64).withKernel(1).withPadding(StudyModel.Padding.VALID)
                .withPools(StudyModel.Pooling.AVG, StudyModel.Pooling.MAX, StudyModel.Pooling.AVG).withBlock(8, StudyModel.Pooling.MAX).withDense(128)
                .withDropout(0.5, 0));
        Exception e = assertThrows(IllegalArgumentException.class, () -> model.withFilters(16, 32));
        assertTrue(e.getMessage().startsWith("Model 'model-1' has 2 blocks and 3 poolings"), e.getMessage());
    }

    @Test
    void theSummaryFollowsTheShapes() {
        Summary summary = Summary.of(StudyModel.named("6"));
        assertEquals(new Shape(32, 48, 48), summary.layers().get(0).output());
        assertEquals(new Shape(32, 46, 46), summary.layers().get(3).output());
        assertEquals(List.of(4L, 4L), summary.layers().stream().filter(l -> l.output().dimension() == 3)
                .reduce((a, b) -> b).map(l -> List.of(l.output().get(1), l.output().get(2))).orElseThrow());
        assertEquals(new Shape(7), summary.layers().get(summary.layers().size() - 1).output());
        assertEquals(2L * (32 + 64 + 128), summary.parameters() - summary.trainable());
        assertTrue(summary.toString().startsWith("Conv2d (32, 48, 48): 320\nReLU (32, 48, 48): 0\n"), summary.toString());
        assertTrue(summary.toString().endsWith("\nparameters: 813671, trained by gradients: 813223"), summary.toString());
    }

    @Test
    void kernelsAreGlorotUniformAndBiasesZero() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Engine.getInstance().setRandomSeed(3);
            for (Pair<String, Parameter> entry : StudyModel.named("1").build(manager, Format.FER2013, 7).getParameters()) {
                NDArray array = entry.getValue().getArray();
                Shape shape = array.getShape();
                if (entry.getKey().endsWith("weight")) {
                    long window = shape.dimension() == 4 ? shape.get(2) * shape.get(3) : 1;
                    double limit = Math.sqrt(6.0 / ((shape.get(0) + shape.get(1)) * window));
                    double largest = array.abs().max().getFloat();
                    assertTrue(largest <= limit * 1.000001 && largest > 0.97 * limit, entry.getKey() + ": " + largest + " of " + limit);
                    // a uniform distribution's standard deviation is its limit over √3
                    double deviation = Math.sqrt(array.square().mean().getFloat());
                    assertEquals(limit / Math.sqrt(3), deviation, 0.08 * limit, entry.getKey());
                } else if (entry.getKey().endsWith("bias")) {
                    assertEquals(0f, array.abs().max().getFloat(), entry.getKey());
                }
            }
        }
    }

    /** Keras' formula by hand: a 3×3 convolution of 3 channels, maps of 64 → 32 → 16 → 8 in height and 40 → 20 → 10 → 5 in width, eight logits. */
    @Test
    void aRowIsBuiltForAnyFormatAndNumberOfClasses() {
        Faces none = new Faces(Classes.WITH_CONTEMPT, new Format(3, 64, 40), new byte[0], new byte[0]);
        Summary summary = Summary.of(StudyModel.named("2"), new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "none"), none, none, none));
        assertEquals(new Shape(32, 64, 40), summary.layers().get(0).output());
        assertEquals(32 * (3 * 9 + 1), summary.layers().get(0).parameters());
        assertEquals(256L * (128 * 8 * 5 + 1),
                summary.layers().stream().filter(layer -> layer.name().equals("Linear")).findFirst().orElseThrow().parameters());
        assertEquals(new Shape(8), summary.layers().get(summary.layers().size() - 1).output());
    }

    @Test
    void dropoutScalesWhatItKeepsAndDropsNothingOutsideTraining() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Dropout dropout = Dropout.builder().optRate(0.25f).build();
            NDArray ones = manager.ones(new Shape(100_000));
            NDArray dropped = dropout.forward(new ParameterStore(manager, false), new NDList(ones), true).head();
            assertEquals(1 / 0.75f, dropped.max().getFloat(), 1e-6f);
            assertEquals(0.25, 1 - dropped.countNonzero().getLong() / 100_000.0, 0.01);
            assertEquals(ones, dropout.forward(new ParameterStore(manager, false), new NDList(ones), false).head());
        }
    }

    @Test
    void anUnknownNameIsRefusedWithTheKnownOnes() {
        assertEquals("model-3", StudyModel.named("3").name());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> StudyModel.named("99")).getMessage().contains("model-6"));
    }

    @Test
    void aNetworkOfOnesOwnSaysWhatItLacks() {
        assertThrows(IllegalArgumentException.class, () -> Architecture.of("own", " ", (manager, format, classes) -> null));
        assertThrows(IllegalArgumentException.class, () -> Architecture.of("own", "plan", null));
        Architecture tooLarge = Architecture.of("own", "a kernel of 99", (manager, format, classes) -> new SequentialBlock()
                .add(Conv2d.builder().setKernelShape(new Shape(99, 99)).setFilters(1).build()));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Summary.of(tooLarge, Format.FER2013, 7)).getMessage()
                .startsWith("Network own cannot be built for images of shape (1, 48, 48): "));
        Architecture function = Architecture.of("own", "a function", (manager, format, classes) -> new SequentialBlock()
                .add(LambdaBlock.singleton(x -> x)).add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(classes).build()));
        assertEquals("Function", Summary.of(function, Format.FER2013, 7).layers().get(0).name());
    }
}
