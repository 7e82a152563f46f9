package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.function.UnaryOperator;

/**
 * The inverted residual block of MobileNetV2 and EfficientNet: widen by 1×1, depthwise convolution, squeeze-excitation,
 * narrow by 1×1; added to its input where shapes allow it. In training the added part is dropped for whole samples with
 * probability {@code drop} (stochastic depth) and scaled up by 1 / (1 − drop) otherwise.
 */
final class MobileBlock extends AbstractBlock implements Forward.Told {
    /** Null where the block does not widen. */
    final ConvNorm expand;
    final ConvNorm depthwise;
    /** Null in Lite. */
    final SqueezeExcitation excitation;
    final ConvNorm project;

    private final boolean residual;
    private final float drop;

    MobileBlock(EfficientNet.Variant variant, int in, int out, int expansion, int kernel, int stride, float drop) {
        int wide = in * expansion;
        expand = expansion == 1 ? null
                : addChildBlock("expand", new ConvNorm(variant, in, wide, 1, 1, 1, variant.activation()));
        depthwise = addChildBlock("depthwise", new ConvNorm(variant, wide, wide, kernel, stride, wide, variant.activation()));
        excitation = variant.lite() ? null : addChildBlock("excitation", new SqueezeExcitation(wide, in / 4));
        project = addChildBlock("project", new ConvNorm(variant, wide, out, 1, 1, 1, UnaryOperator.identity()));
        residual = stride == 1 && in == out;
        this.drop = drop;
    }

    @Override
    protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(EfficientNet.freeingTheRest(() -> {
            NDArray input = inputs.singletonOrThrow();
            NDList x = inputs;
            for (Block child : getChildren().values()) {
                x = child.forward(store, x, training);
            }
            NDArray added = x.singletonOrThrow();
            if (!residual) {
                return added;
            }
            if (training && drop > 0) {
                NDArray kept = input.getManager().randomUniform(0, 1, new Shape(input.getShape().get(0), 1, 1, 1))
                        .gte(drop).toType(DataType.FLOAT32, false);
                added = added.mul(kept.div(1 - drop));
            }
            return input.add(added);
        }));
    }

    @Override
    public <T> T tell(T x, Operations<T> to) {
        T y = x;
        for (Block child : getChildren().values()) {
            y = Forward.tell(child, y, to);
        }
        return residual ? to.add(x, y) : y;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
        Shape[] shapes = inputs;
        for (Block child : getChildren().values()) {
            child.initialize(manager, dataType, shapes);
            shapes = child.getOutputShapes(shapes);
        }
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        Shape[] shapes = inputs;
        for (Block child : getChildren().values()) {
            shapes = child.getOutputShapes(shapes);
        }
        return shapes;
    }
}
