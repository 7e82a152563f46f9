package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/**
 * Weighs each channel by what all channels are on average (Hu et al. 2018): (N, C, H, W) → the same shape.
 * Average → C to {@code squeezed} → SiLU → back to C → sigmoid → times the input.
 */
final class SqueezeExcitation extends AbstractBlock implements Forward.Told {
    final Parameter reduce;
    final Parameter reduceBias;
    final Parameter expand;
    final Parameter expandBias;

    SqueezeExcitation(int channels, int squeezed) {
        reduce = add("reduce", Parameter.Type.WEIGHT, new Shape(squeezed, channels, 1, 1));
        reduceBias = add("reduceBias", Parameter.Type.BIAS, new Shape(squeezed));
        expand = add("expand", Parameter.Type.WEIGHT, new Shape(channels, squeezed, 1, 1));
        expandBias = add("expandBias", Parameter.Type.BIAS, new Shape(channels));
    }

    private Parameter add(String name, Parameter.Type type, Shape shape) {
        return addParameter(Parameter.builder().setName(name).setType(type).optShape(shape).build());
    }

    @Override
    protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray x = inputs.singletonOrThrow();
        NDArray squeezed = EfficientNet
                .silu(linear(store, EfficientNet.average(x).reshape(x.getShape().get(0), -1, 1, 1), reduce, reduceBias, training));
        return new NDList(x.mul(Activation.sigmoid(linear(store, squeezed, expand, expandBias, training))));
    }

    private static NDArray linear(ParameterStore store, NDArray x, Parameter weight, Parameter bias, boolean training) {
        return Conv2d.conv2d(x, store.getValue(weight, x.getDevice(), training), store.getValue(bias, x.getDevice(), training))
                .singletonOrThrow();
    }

    @Override
    public <T> T tell(T x, Operations<T> to) {
        T squeezed = Forward.silu(linear(to.average(x), reduce, reduceBias, to), to);
        return to.multiply(x, to.activate(linear(squeezed, expand, expandBias, to), Operations.Activation.SIGMOID));
    }

    private static <T> T linear(T x, Parameter weight, Parameter bias, Operations<T> to) {
        return to.convolution(x, weight.getArray(), bias.getArray(), 1, new int[4], 1);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }
}
