package ferkit.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ferkit.data.Format;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One of the study's convolutional networks, as a row of data. A block of such a network is
 * Conv → ReLU → BatchNorm → Conv → ReLU → Pool 2×2 → Dropout; the head is
 * Flatten → Dense ReLU → Dropout → Dense, one unit a class. The network gives logits; the softmax is part of the loss.
 *
 * @param name how folders, tables and commands call it, for example "model-6"
 * @param filters output channels of each block's two convolutions, one number a block
 * @param kernel side of the square convolution kernels, odd
 * @param second padding of each block's second convolution (the first one's is always {@link Padding#SAME})
 * @param pools how each block pools, as many as {@code filters}
 * @param dense units of the hidden dense layer
 * @param dropout share of activations dropped after each block while training, 0 to 1
 * @param headDropout share dropped before the last layer while training, 0 to 1
 */
public record StudyModel(String name, List<Integer> filters, int kernel, Padding second, List<Pooling> pools, int dense,
        float dropout, float headDropout) implements Architecture {

    /** Whether a convolution keeps its input's side or only looks at whole windows. */
    public enum Padding { SAME, VALID }

    /** How a 2×2 window becomes one number. */
    public enum Pooling { MAX, AVG }

    private static final Padding SAME = Padding.SAME;
    private static final Padding VALID = Padding.VALID;
    private static final Pooling MAX = Pooling.MAX;
    private static final Pooling AVG = Pooling.AVG;

    /** The study's six, to be compared with its report line by line. A row of one's own goes below them. */
    // @formatter:off
    public static final List<StudyModel> ALL = List.of(
            new StudyModel("model-1", List.of(32, 64, 128),      3, SAME,  List.of(MAX, MAX, MAX),      256),
            new StudyModel("model-2", List.of(32, 64, 128),      3, SAME,  List.of(MAX, AVG, AVG),      256),
            new StudyModel("model-3", List.of(64, 128, 256),     3, SAME,  List.of(MAX, AVG, AVG),      512),
            new StudyModel("model-4", List.of(32, 64, 128),      5, SAME,  List.of(MAX, AVG, AVG),      256),
            new StudyModel("model-5", List.of(32, 64, 128, 256), 3, SAME,  List.of(MAX, MAX, AVG, AVG), 512),
            new StudyModel("model-6", List.of(32, 64, 128),      3, VALID, List.of(MAX, AVG, AVG),      256));
    // @formatter:on

    /** @throws IllegalArgumentException if the name is none for a folder, there is not one pooling a block, or a size is out of its range */
    public StudyModel {
        Architecture.requireName(name);
        filters = List.copyOf(filters);
        pools = List.copyOf(pools);
        if (filters.isEmpty() || filters.size() != pools.size()) {
            throw new IllegalArgumentException("Model '" + name + "' has " + filters.size() + " blocks and " + pools.size()
                    + " poolings: expected one pooling for each block, and at least one block");
        }
        if (kernel < 1 || kernel % 2 == 0 || dense < 1 || filters.stream().anyMatch(f -> f < 1)) {
            throw new IllegalArgumentException("Model '" + name + "' has filters " + filters + ", a kernel of " + kernel + " and " + dense
                    + " dense units: expected numbers from 1 up, and an odd kernel");
        }
        if (!(dropout >= 0 && dropout < 1 && headDropout >= 0 && headDropout < 1)) {
            throw new IllegalArgumentException("Model '" + name + "' drops " + dropout + " and " + headDropout
                    + " of its activations: expected shares from 0 to less than 1");
        }
    }

    /** With the dropout of the study: 0.25 after each block, 0.5 before the last layer. */
    public StudyModel(String name, List<Integer> filters, int kernel, Padding second, List<Pooling> pools, int dense) {
        this(name, filters, kernel, second, pools, dense, 0.25f, 0.5f);
    }

    /**
     * A model by its name ("model-6") or number ("6").
     *
     * @throws IllegalArgumentException if there is none of that name; the message lists those there are
     */
    public static StudyModel named(String name) {
        return ALL.stream().filter(m -> m.name.equals(name) || m.name.equals("model-" + name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Model '" + name + "' is not known: expected one of "
                        + ALL.stream().map(StudyModel::name).toList() + " or its number"));
    }

    /** The same network under another name, which a changed row needs: the study's names are kept for its six rows. */
    public StudyModel withName(String other) {
        return new StudyModel(other, filters, kernel, second, pools, dense, dropout, headDropout);
    }

    /** The same with other numbers of filters, one a block. */
    public StudyModel withFilters(Integer... other) {
        return new StudyModel(name, List.of(other), kernel, second, pools, dense, dropout, headDropout);
    }

    /** The same with one more block behind the others. */
    public StudyModel withBlock(int itsFilters, Pooling itsPooling) {
        return new StudyModel(name, Stream.concat(filters.stream(), Stream.of(itsFilters)).toList(), kernel, second,
                Stream.concat(pools.stream(), Stream.of(itsPooling)).toList(), dense, dropout, headDropout);
    }

    /** The same with kernels of another side, odd. */
    public StudyModel withKernel(int other) {
        return new StudyModel(name, filters, other, second, pools, dense, dropout, headDropout);
    }

    /** The same with another padding of each block's second convolution. */
    public StudyModel withPadding(Padding other) {
        return new StudyModel(name, filters, kernel, other, pools, dense, dropout, headDropout);
    }

    /** The same with other poolings, one a block. */
    public StudyModel withPools(Pooling... other) {
        return new StudyModel(name, filters, kernel, second, List.of(other), dense, dropout, headDropout);
    }

    /** The same with a hidden dense layer of so many units. */
    public StudyModel withDense(int other) {
        return new StudyModel(name, filters, kernel, second, pools, other, dropout, headDropout);
    }

    /** The same with other shares dropped after each block and before the last layer; 0 and 0 for no dropout. */
    public StudyModel withDropout(double blocks, double head) {
        return new StudyModel(name, filters, kernel, second, pools, dense, (float) blocks, (float) head);
    }

    /** The row in the words that lie in {@code config.json}. */
    @Override
    public String plan() {
        return "StudyModel[name=" + name + ", filters=" + filters + ", kernel=" + kernel + ", second=" + second + ", pools=" + pools
                + ", dense=" + dense + ", dropout=" + dropout + ", headDropout=" + headDropout + "]";
    }

    @Override
    public String words() {
        return filters.size() + " blocks of two convolutions " + kernel + "×" + kernel + " with " + joined(filters) + " filters"
                + (second == Padding.VALID ? ", the second of a block without padding" : "") + ", pooling " + joined(pools) + ", then " + dense
                + " dense units; dropout " + dropout + " after each block and " + headDropout + " before the last layer";
    }

    private static String joined(List<?> numbers) {
        return numbers.stream().map(Object::toString).collect(Collectors.joining("-")).toLowerCase(Locale.ROOT);
    }

    /**
     * The network with Keras' defaults: see {@link Architecture#initialize}; BatchNorm momentum 0.99 and epsilon 0.001. Input (batch, channels, height, width)
     * of values 0 to 255, output (batch, classes) logits. Its arrays belong to {@code manager}.
     *
     * @throws IllegalArgumentException if the blocks leave nothing of such an image
     */
    @Override
    public SequentialBlock build(NDManager manager, Format format, int classes) {
        int side = Math.min(format.height(), format.width());
        for (int block = 1; block <= filters.size(); block++) {
            side = (second == Padding.VALID ? side - (kernel - 1) : side) / 2;
            if (side < 1) {
                throw new IllegalArgumentException("Model '" + name + "' has no pixel left of its maps after block " + block
                        + ": expected fewer blocks, a smaller kernel or padding \"same\" for images of " + format);
            }
        }
        SequentialBlock network = new SequentialBlock();
        for (int i = 0; i < filters.size(); i++) {
            network.add(convolution(filters.get(i), SAME))
                    .add(Activation.reluBlock())
                    .add(BatchNorm.builder().optMomentum(0.99f).optEpsilon(1e-3f).build())
                    .add(convolution(filters.get(i), second))
                    .add(Activation.reluBlock())
                    .add(pools.get(i) == MAX
                            ? Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2))
                            : Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                    .add(Dropout.builder().optRate(dropout).build());
        }
        network.add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(dense).build())
                .add(Activation.reluBlock())
                .add(Dropout.builder().optRate(headDropout).build())
                .add(Linear.builder().setUnits(classes).build());
        Architecture.initialize(network, manager, inputShape(format));
        return network;
    }

    private Conv2d convolution(int channels, Padding padding) {
        int pad = padding == SAME ? kernel / 2 : 0;
        return Conv2d.builder().setFilters(channels).setKernelShape(new Shape(kernel, kernel))
                .optPadding(new Shape(pad, pad)).optBias(true).build();
    }
}
