package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.initializer.XavierInitializer.FactorType;
import ai.djl.training.initializer.XavierInitializer.RandomType;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * EfficientNet-B0 (Tan and Le 2019) and its Lite0 form as a trunk that turns images into pooled features:
 * (N, 1 or 3, side, side) of 0 to 255 → (N, 1280), for any side from 32 up. One grey channel is taken as three equal ones.
 *
 * <p>The trunk is nine parts in a row: the stem (0), seven stages (1 to 7) and the top (8). {@link #lower} and
 * {@link #upper} give the parts below and above a cut, so that what is frozen can be computed once.
 * They share this trunk's parameters, whose arrays belong to the manager given to {@link #EfficientNet}.
 */
public final class EfficientNet {
    /** Length of the pooled feature vector. */
    public static final int FEATURES = 1280;
    /** Number of stages between stem and top. */
    public static final int STAGES = 7;
    /** Smallest side of an input image in pixels. */
    public static final int MIN_SIDE = 32;

    private static final int BILINEAR = 1;
    private static final int STEM_CHANNELS = 32;
    private static final double MAX_DROP = 0.2;
    private static final List<Stage> TABLE = List.of(
            new Stage(1, 3, 1, 16, 1),
            new Stage(6, 3, 2, 24, 2),
            new Stage(6, 5, 2, 40, 2),
            new Stage(6, 3, 2, 80, 3),
            new Stage(6, 5, 1, 112, 3),
            new Stage(6, 5, 2, 192, 4),
            new Stage(6, 3, 1, 320, 1));

    /**
     * One row of the architecture.
     *
     * @param expansion by how much a block widens its input
     * @param kernel side of the depthwise convolution
     * @param stride of the stage's first block; 1 in the others
     * @param channels the blocks put out
     * @param repeats number of blocks
     */
    private record Stage(int expansion, int kernel, int stride, int channels, int repeats) {}

    /** How many zeros a convolution puts around its input. */
    public enum Padding {
        /** Half the kernel on each side, as PyTorch models do. */
        SYMMETRIC,
        /** TensorFlow's SAME: as few as give ⌈size / stride⌉ outputs, an odd one after. It depends on the size. */
        SAME,
        /** Keras' EfficientNet for inputs of any size: SAME for an even size, whatever the size is. */
        KERAS;

        /** Zeros before and after one axis. */
        int[] around(long size, int kernel, int stride) {
            if (this == SYMMETRIC || stride == 1) {
                return new int[] {kernel / 2, kernel / 2};
            }
            if (this == KERAS) {
                return new int[] {kernel / 2 - 1, kernel / 2};
            }
            long outputs = (size + stride - 1) / stride;
            int total = (int) Math.max(0, (outputs - 1) * stride + kernel - size);
            return new int[] {total / 2, total - total / 2};
        }
    }

    /**
     * How grey values 0 to 255 become what the weights were trained on: (v / unit − mean) / deviation for red, green and blue.
     *
     * @param name short, in the identity of runs
     * @param title in words, for tables and reports
     */
    public record Scaling(String name, String title, float unit, List<Float> mean, List<Float> deviation) {
        public static final Scaling IMAGENET = new Scaling("IMAGENET", "ImageNet's mean and deviation", 255,
                List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
        /** As TensorFlow's Lite models were trained. */
        public static final Scaling LITE = new Scaling("LITE", "(v − 127) / 128", 1, List.of(127f, 127f, 127f), List.of(128f, 128f, 128f));
        /** As models trained with AdvProp, among others, take it. */
        public static final Scaling INCEPTION = new Scaling("INCEPTION", "2 · v / 255 − 1", 255, List.of(0.5f, 0.5f, 0.5f),
                List.of(0.5f, 0.5f, 0.5f));

        /** Images as they come, for example standardised before. */
        public static final Scaling NONE = new Scaling("NONE", "none", 1, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));

        /** What a weight file says itself, of v / 255; the file's hash stands for the numbers in the identity of runs. */
        public static Scaling ofFile(List<Float> mean, List<Float> deviation) {
            return new Scaling("FILE", "the weight file's own mean and deviation", 255, mean, deviation);
        }

        /** The name, as it stands in the identity of runs. */
        @Override
        public String toString() {
            return name;
        }

        private NDArray apply(NDArray images) {
            if (equals(NONE)) {
                return images;
            }
            NDManager manager = images.getManager();
            return images.transpose(0, 2, 3, 1) // channels last in memory, which convolutions keep and are faster on
                    .div(manager.full(new Shape(1), unit)).sub(array(manager, mean)).div(array(manager, deviation))
                    .transpose(0, 3, 1, 2);
        }

        private static NDArray array(NDManager manager, List<Float> channels) {
            return manager.create(new float[] {channels.get(0), channels.get(1), channels.get(2)}, new Shape(1, 1, 1, 3));
        }
    }

    /** {@link Scaling} as the first block of a trunk: (N, 1 or 3, H, W) → (N, 3, H, W). */
    private static final class Scaled extends AbstractBlock implements Forward.Told {
        private final Scaling scaling;

        Scaled(Scaling scaling) {
            this.scaling = scaling;
        }

        @Override
        protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return new NDList(scaling.apply(inputs.singletonOrThrow()));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape(inputs[0].get(0), scaling.mean.size(), inputs[0].get(2), inputs[0].get(3))};
        }

        @Override
        public <T> T tell(T x, Operations<T> to) {
            return to.scale(x, scaling.unit, scaling.mean, scaling.deviation);
        }
    }

    /**
     * What differs between the publishers of weights for the same stages.
     *
     * @param title for tables and reports
     * @param lite without squeeze-excitation and with ReLU6 for SiLU
     * @param capped whether Lite's ReLU stops at 6, as ImageNet's weights were trained with
     * @param padding of every convolution
     * @param epsilon added to the variance in batch normalisation
     * @param momentum share of the old statistics that a training step keeps
     * @param scaling of the input
     */
    public record Variant(String title, boolean lite, boolean capped, Padding padding, float epsilon, float momentum, Scaling scaling) {
        public static final Variant KERAS = new Variant("EfficientNet-B0 (Keras)", false, false, Padding.KERAS,
                1e-3f, 0.99f, Scaling.IMAGENET);
        public static final Variant QUBVEL = new Variant("EfficientNet-B0 (Python package efficientnet)", false, false, Padding.SAME,
                1e-3f, 0.99f, Scaling.IMAGENET);
        public static final Variant TORCHVISION = new Variant("EfficientNet-B0 (torchvision)", false, false, Padding.SYMMETRIC,
                1e-5f, 0.9f, Scaling.IMAGENET);
        public static final Variant TIMM = new Variant("EfficientNet-B0 (timm efficientnet_b0)", false, false, Padding.SYMMETRIC,
                1e-5f, 0.9f, Scaling.IMAGENET);
        public static final Variant TIMM_TF = new Variant("EfficientNet-B0 (timm tf_efficientnet_b0)", false, false, Padding.SAME,
                1e-3f, 0.9f, Scaling.IMAGENET);
        public static final Variant LUKEMELAS = new Variant("EfficientNet-B0 (EfficientNet-PyTorch)", false, false, Padding.SAME,
                1e-3f, 0.99f, Scaling.IMAGENET);
        public static final Variant LITE0 = new Variant("EfficientNet-Lite0", true, true, Padding.SAME,
                1e-3f, 0.99f, Scaling.LITE);
        public static final Variant TIMM_LITE0 = new Variant("EfficientNet-Lite0 (timm efficientnet_lite0)", true, true, Padding.SYMMETRIC,
                1e-5f, 0.9f, Scaling.IMAGENET);
        public static final Variant TIMM_TF_LITE0 = new Variant("EfficientNet-Lite0 (timm tf_efficientnet_lite0)", true, true, Padding.SAME,
                1e-3f, 0.9f, Scaling.INCEPTION);

        /** The same with another scaling of the input. */
        public Variant with(Scaling other) {
            return new Variant(title, lite, capped, padding, epsilon, momentum, other);
        }

        /** The same keeping another share of the old statistics in a training step. */
        public Variant withMomentum(double other) {
            return new Variant(title, lite, capped, padding, epsilon, (float) other, scaling);
        }

        /** The same with plain ReLU, whose gradient takes the engine a tenth of the time. */
        public Variant uncapped() {
            return new Variant(title, lite, false, padding, epsilon, momentum, scaling);
        }

        UnaryOperator<NDArray> activation() {
            return capped ? x -> x.clip(0, 6) : lite ? Activation::relu : EfficientNet::silu;
        }
    }

    /** A convolution's part in the trunk. */
    public enum Role { STEM, EXPAND, DEPTHWISE, SQUEEZE, EXCITE, PROJECT, TOP }

    /**
     * Where a convolution stands.
     *
     * @param stage 1 to 7; 0 is the stem and 8 the top
     * @param index of the block within its stage, from 0
     * @param block number of the block over all stages, 0 to 15
     * @param expands whether the block has a convolution that widens
     * @param role what the convolution is there for
     */
    public record Place(int stage, int index, int block, boolean expands, Role role) {}

    private final Variant variant;
    private final List<SequentialBlock> parts = new ArrayList<>();
    private final List<ConvNorm> convolutions = new ArrayList<>();
    private final Map<Place, List<Parameter>> parameters = new LinkedHashMap<>();

    /** A trunk with random weights, whose arrays live until the manager is closed; a fifth of the last block's samples is dropped in training. */
    public EfficientNet(NDManager manager, Variant variant) {
        this(manager, variant, MAX_DROP);
    }

    /**
     * The same with another stochastic depth.
     *
     * @param drop probability with which training drops a block for a sample: of the block n of 0 to 15 it is n / 16 of this; 0 for none
     */
    public EfficientNet(NDManager manager, Variant variant, double drop) {
        this.variant = variant;
        ConvNorm stem = new ConvNorm(variant, 3, STEM_CHANNELS, 3, 2, 1, variant.activation());
        parts.add(new SequentialBlock().add(new Scaled(variant.scaling())).add(stem));
        place(stem, new Place(0, 0, 0, false, Role.STEM));
        int blocks = TABLE.stream().mapToInt(Stage::repeats).sum();
        int block = 0;
        int in = STEM_CHANNELS;
        for (int s = 0; s < STAGES; s++) {
            Stage stage = TABLE.get(s);
            SequentialBlock part = new SequentialBlock();
            for (int i = 0; i < stage.repeats(); i++) {
                MobileBlock mobile = new MobileBlock(variant, in, stage.channels(), stage.expansion(), stage.kernel(),
                        i == 0 ? stage.stride() : 1, (float) (drop * block / blocks));
                part.add(mobile);
                place(mobile, s + 1, i, block++);
                in = stage.channels();
            }
            parts.add(part);
        }
        ConvNorm top = new ConvNorm(variant, in, FEATURES, 1, 1, 1, variant.activation());
        parts.add(new SequentialBlock().add(top).add(pool()));
        place(top, new Place(STAGES + 1, 0, 0, false, Role.TOP));
        lower(STAGES + 1).initialize(manager, DataType.FLOAT32, new Shape(1, 3, MIN_SIDE, MIN_SIDE));
    }

    /** Which weights this trunk is built for. */
    public Variant variant() {
        return variant;
    }

    /** The whole trunk: (N, 1 or 3, side, side) of 0 to 255 → (N, 1280). */
    public Block trunk() {
        return lower(STAGES + 1);
    }

    /**
     * The stem and the stages up to and with {@code stage}: images → (N, channels, side / stride, side / stride).
     *
     * @param stage 0 (the stem alone) to 8 (the whole trunk)
     */
    public Block lower(int stage) {
        return sequence(parts.subList(0, stage + 1));
    }

    /** What follows {@link #lower} of the same stage, 0 to 7: its output → (N, 1280). */
    public Block upper(int stage) {
        return sequence(parts.subList(stage + 1, parts.size()));
    }

    /** {@link #lower} of a stage and the mean over height and width: images → (N, channels). */
    Block pooled(int stage) {
        return new SequentialBlock().add(lower(stage)).add(pool());
    }

    private static Block pool() {
        return LambdaBlock.singleton(EfficientNet::average, "pool");
    }

    private static Block sequence(List<SequentialBlock> parts) {
        SequentialBlock all = new SequentialBlock();
        parts.forEach(all::add);
        return all;
    }

    /**
     * Freezes every batch normalisation: statistics, scale and shift stay as they are and are used in training
     * as in evaluation, as fine-tuning on small batches needs.
     */
    public EfficientNet freezeNorms() {
        convolutions.forEach(ConvNorm::freezeNorm);
        return this;
    }

    /** The parameters of every convolution and of the normalisation behind it, in the order of the trunk. */
    public Map<Place, List<Parameter>> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /**
     * The study's classifier of pooled features, (N, 1280) → (N, classes) logits: Dense 128, ReLU, Dense, Glorot-uniform
     * kernels and zero biases. Its arrays live until the manager is closed.
     */
    public static SequentialBlock head(NDManager manager, int classes) {
        SequentialBlock head = new SequentialBlock()
                .add(Linear.builder().setUnits(128).build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(classes).build());
        head.setInitializer(new XavierInitializer(RandomType.UNIFORM, FactorType.AVG, 3f), Parameter.Type.WEIGHT);
        head.initialize(manager, DataType.FLOAT32, new Shape(1, FEATURES));
        return head;
    }

    /** Frees at once all that a computation makes except its result: at 224 pixels a forward pass would take gigabytes. */
    static NDArray freeingTheRest(Supplier<NDArray> computation) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = computation.get();
            NDScope.unregister(result);
        }
        NDScope.register(result); // belongs to the scope around, if there is one
        return result;
    }

    /** Images (N, C, H, W) of another side, bilinear with half-pixel centres and without smoothing, as {@code tf.image.resize} does it. */
    public static NDArray resized(NDArray images, int side) {
        return images.getShape().get(2) == side && images.getShape().get(3) == side ? images
                : images.getNDArrayInternal().interpolation(new long[] {side, side}, BILINEAR, false);
    }

    /** The mean over height and width: (N, C, H, W) → (N, C). */
    static NDArray average(NDArray x) {
        return Pool.globalAvgPool2d(x);
    }

    static NDArray silu(NDArray x) {
        return x.mul(Activation.sigmoid(x));
    }

    private void place(MobileBlock mobile, int stage, int index, int block) {
        boolean expands = mobile.expand != null;
        if (expands) {
            place(mobile.expand, new Place(stage, index, block, true, Role.EXPAND));
        }
        place(mobile.depthwise, new Place(stage, index, block, expands, Role.DEPTHWISE));
        if (mobile.excitation != null) {
            place(new Place(stage, index, block, expands, Role.SQUEEZE), mobile.excitation.reduce, mobile.excitation.reduceBias);
            place(new Place(stage, index, block, expands, Role.EXCITE), mobile.excitation.expand, mobile.excitation.expandBias);
        }
        place(mobile.project, new Place(stage, index, block, expands, Role.PROJECT));
    }

    private void place(ConvNorm convolution, Place place) {
        convolutions.add(convolution);
        place(place, convolution.weight, convolution.gamma, convolution.beta, convolution.mean, convolution.variance);
    }

    private void place(Place place, Parameter... all) {
        parameters.put(place, List.of(all));
    }
}
