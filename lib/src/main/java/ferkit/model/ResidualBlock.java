package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.initializer.XavierInitializer.FactorType;
import ai.djl.training.initializer.XavierInitializer.RandomType;
import ai.djl.util.PairList;
import java.util.function.UnaryOperator;

/**
 * A block of a {@link ResidualModel}: (N, in, H, W) → (N, out, ⌈H/stride⌉, ⌈W/stride⌉). Two convolutions 3×3, the first with the stride,
 * normalised, with a ReLU between them; squeeze-excitation; the shortcut is added, and a ReLU ends it.
 */
final class ResidualBlock extends AbstractBlock implements Forward.Told {
    /** Kaiming-normal of the fan out, for ReLU (He et al. 2015): deviation √(2 / fan out). */
    private static final XavierInitializer KAIMING = new XavierInitializer(RandomType.GAUSSIAN, FactorType.OUT, 2f);
    /** PyTorch's of dense layers: uniform up to √(1 / fan in). */
    static final XavierInitializer DENSE = new XavierInitializer(RandomType.UNIFORM, FactorType.IN, 1f);
    /** As PyTorch has them: zeros alike on both sides, momentum 0.9, epsilon 1e-5. */
    private static final EfficientNet.Variant PYTORCH = EfficientNet.Variant.TORCHVISION;
    private static final int LEAST_SQUEEZED = 4;
    private static final Shape TWO = new Shape(2, 2);

    private final SequentialBlock body;
    /** Null where the input itself is added, or nothing. */
    private final SequentialBlock shortcut;
    private final boolean adds;

    ResidualBlock(ResidualModel model, int in, int out, int stride) {
        adds = model.shortcuts();
        body = addChildBlock("body", new SequentialBlock()
                .add(convolution(in, out, 3, stride, Activation::relu))
                .add(last(model.normed(), out, out, 3)));
        if (model.squeeze() > 0) {
            SqueezeExcitation excitation = new SqueezeExcitation(out, Math.max(LEAST_SQUEEZED, out / model.squeeze()));
            excitation.setInitializer(DENSE, Parameter.Type.WEIGHT);
            body.add(excitation);
        }
        shortcut = !adds || in == out && stride == 1 ? null : addChildBlock("shortcut", new SequentialBlock());
        if (shortcut != null && stride == 2) { // at an odd edge the mean is of what there is, so that sizes fit the convolution's
            shortcut.add(LambdaBlock.singleton(x -> Pool.avgPool2d(x, TWO, TWO, new Shape(0, 0), true, false), "avgPool2d"));
        }
        if (shortcut != null) {
            shortcut.add(last(model.normed(), in, out, 1));
        }
    }

    /** Convolution, normalisation and activation, with fresh weights for a network of these blocks. */
    static ConvNorm convolution(int in, int out, int kernel, int stride, UnaryOperator<NDArray> activation) {
        ConvNorm convolution = new ConvNorm(PYTORCH, in, out, kernel, stride, 1, activation);
        convolution.setInitializer(KAIMING, Parameter.Type.WEIGHT);
        return convolution;
    }

    private static Block last(boolean normed, int in, int out, int kernel) {
        if (normed) {
            return convolution(in, out, kernel, 1, UnaryOperator.identity());
        }
        Conv2d plain = Conv2d.builder().setFilters(out).setKernelShape(new Shape(kernel, kernel))
                .optPadding(new Shape(kernel / 2, kernel / 2)).build();
        plain.setInitializer(KAIMING, Parameter.Type.WEIGHT);
        return plain;
    }

    @Override
    protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(EfficientNet.freeingTheRest(() -> {
            NDArray sum = body.forward(store, inputs, training).singletonOrThrow();
            if (adds) {
                sum.addi((shortcut == null ? inputs : shortcut.forward(store, inputs, training)).singletonOrThrow());
            }
            return Activation.relu(sum);
        }));
    }

    @Override
    public <T> T tell(T x, Operations<T> to) {
        T sum = Forward.tell(body, x, to);
        if (adds) {
            sum = to.add(shortcut == null ? x : Forward.tell(shortcut, x, to), sum);
        }
        return to.activate(sum, Operations.Activation.RELU);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
        getChildren().values().forEach(child -> child.initialize(manager, dataType, inputs));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return body.getOutputShapes(inputs);
    }
}
