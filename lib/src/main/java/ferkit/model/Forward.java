package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ferkit.model.Operations.Window;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A network told as {@link Operations}: DJL's blocks, and those of this kit, which are {@link Told}. */
public final class Forward {
    private static final float[] EPSILONS = {1e-3f, 1e-5f};
    private static final int LARGEST_WINDOW = 4;

    private Forward() {}

    /** A block that says itself what it computes when it predicts. */
    interface Told {
        <T> T tell(T x, Operations<T> operations);
    }

    /**
     * Tells what a block makes of {@code x}. What DJL keeps to itself, an epsilon or what a function computes, is found out by trying it on random
     * numbers, so that nothing is taken for something else.
     *
     * @throws IllegalArgumentException if the block, or one in it, is none of those that are known
     */
    public static <T> T tell(Block block, T x, Operations<T> to) {
        if (block instanceof Told told) {
            return told.tell(x, to);
        }
        if (block instanceof SequentialBlock) {
            T y = x;
            for (Block child : block.getChildren().values()) {
                y = tell(child, y, to);
            }
            return y;
        }
        if (block instanceof Dropout) {
            return x;
        }
        ParameterList parameters = block.getDirectParameters();
        if (block instanceof Conv2d layer && layer.getDilation().equals(new Shape(1, 1)) && layer.getStride().get(0) == layer.getStride().get(1)) {
            int rows = (int) layer.getPadding().get(0);
            int columns = (int) layer.getPadding().get(1);
            return to.convolution(x, array(parameters, "weight"), array(parameters, "bias"), (int) layer.getStride().get(0),
                    new int[] {rows, columns, rows, columns}, layer.getGroups());
        }
        if (block instanceof Linear && to.shape(x).dimension() == 1) {
            return to.dense(x, array(parameters, "weight"), array(parameters, "bias"));
        }
        if (block instanceof BatchNorm) {
            NDArray scale = array(parameters, "gamma");
            NDArray shift = array(parameters, "beta");
            NDArray mean = array(parameters, "runningMean");
            NDArray variance = array(parameters, "runningVar");
            for (float epsilon : EPSILONS) {
                if (isSame(block, to.shape(x),
                        input -> BatchNorm.batchNorm(input, mean, variance, scale, shift, 1, 0.9f, epsilon, false).singletonOrThrow())) {
                    return to.normalize(x, scale, shift, mean, variance, epsilon);
                }
            }
        }
        if (block instanceof LambdaBlock) {
            return function(block, x, to);
        }
        throw unknown(block);
    }

    private static IllegalArgumentException unknown(Block block) {
        return new IllegalArgumentException("Layer " + Summary.name(block) + " is none of those that can be written in another form: expected "
                + "convolutions without dilation, Linear of rows, BatchNorm, Dropout, ReLU, ReLU6, SiLU, sigmoid, pooling in windows side by side, "
                + "averages over an image, flattening, and the kit's own blocks");
    }

    /** What a function without weights computes. */
    static <T> T function(UnaryOperator<NDArray> function, T x, Operations<T> to) {
        return function(LambdaBlock.singleton(function), x, to);
    }

    private static <T> T function(Block function, T x, Operations<T> to) {
        Map<UnaryOperator<NDArray>, UnaryOperator<T>> known = new LinkedHashMap<>();
        known.put(v -> v, y -> y);
        known.put(Activation::relu, y -> to.activate(y, Operations.Activation.RELU));
        known.put(v -> v.clip(0, 6), y -> to.activate(y, Operations.Activation.RELU6));
        known.put(Activation::sigmoid, y -> to.activate(y, Operations.Activation.SIGMOID));
        known.put(EfficientNet::silu, y -> silu(y, to));
        if (to.shape(x).dimension() == 3) {
            known.put(v -> v.reshape(v.getShape().get(0), -1), to::flatten);
            known.put(EfficientNet::average, y -> to.flatten(to.average(y)));
            for (int i = 2; i <= LARGEST_WINDOW; i++) {
                int side = i;
                Shape window = new Shape(side, side);
                known.put(v -> Pool.maxPool2d(v, window, window, new Shape(0, 0), false), y -> to.pool(y, Window.MAX, side));
                known.put(v -> Pool.avgPool2d(v, window, window, new Shape(0, 0), false, true), y -> to.pool(y, Window.MEAN, side));
            }
        }
        return known.entrySet().stream().filter(entry -> isSame(function, to.shape(x), entry.getKey())).findFirst()
                .orElseThrow(() -> unknown(function)).getValue().apply(x);
    }

    static <T> T silu(T x, Operations<T> to) {
        return to.multiply(x, to.activate(x, Operations.Activation.SIGMOID));
    }

    /** Whether a block makes the same of random numbers, bit for bit, as a function does. */
    private static boolean isSame(Block block, Shape shape, UnaryOperator<NDArray> function) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray input = manager.randomNormal(0, 8, new Shape(2).addAll(shape), DataType.FLOAT32);
            NDArray output = block.forward(new ParameterStore(manager, false), new NDList(input), false).singletonOrThrow();
            NDArray other = function.apply(input);
            return output.contentEquals(other);
        }
    }

    private static NDArray array(ParameterList parameters, String name) {
        Parameter parameter = parameters.get(name);
        return parameter == null ? null : parameter.getArray();
    }
}
