package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.function.UnaryOperator;

/**
 * Convolution without bias, batch normalisation, activation: (N, in, H, W) → (N, out, ⌈H/stride⌉, ⌈W/stride⌉).
 * Where the normalisation uses its stored statistics (evaluation, or frozen) it is a constant scale and shift of each
 * channel, so it is multiplied into the kernel and one convolution does both.
 */
final class ConvNorm extends AbstractBlock implements Forward.Told {
    final Parameter weight;
    final Parameter gamma;
    final Parameter beta;
    final Parameter mean;
    final Parameter variance;

    private final EfficientNet.Variant variant;
    private final int in;
    private final int out;
    private final int kernel;
    private final int stride;
    private final int groups;
    private final UnaryOperator<NDArray> activation;
    private boolean frozen;

    ConvNorm(EfficientNet.Variant variant, int in, int out, int kernel, int stride, int groups, UnaryOperator<NDArray> activation) {
        this.variant = variant;
        this.in = in;
        this.out = out;
        this.kernel = kernel;
        this.stride = stride;
        this.groups = groups;
        this.activation = activation;
        weight = add("weight", Parameter.Type.WEIGHT, new Shape(out, in / groups, kernel, kernel));
        gamma = add("gamma", Parameter.Type.GAMMA, new Shape(out));
        beta = add("beta", Parameter.Type.BETA, new Shape(out));
        mean = add("runningMean", Parameter.Type.RUNNING_MEAN, new Shape(out));
        variance = add("runningVar", Parameter.Type.RUNNING_VAR, new Shape(out));
    }

    private Parameter add(String name, Parameter.Type type, Shape shape) {
        boolean statistic = type == Parameter.Type.RUNNING_MEAN || type == Parameter.Type.RUNNING_VAR;
        return addParameter(Parameter.builder().setName(name).setType(type).optShape(shape).optRequiresGrad(!statistic).build());
    }

    /** From now on the normalisation keeps its statistics, scale and shift, in training too. */
    void freezeNorm() {
        frozen = true;
        gamma.freeze(true);
        beta.freeze(true);
    }

    @Override
    protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(EfficientNet.freeingTheRest(() -> forward(store, inputs.singletonOrThrow(), training)));
    }

    private NDArray forward(ParameterStore store, NDArray x, boolean training) {
        NDArray w = store.getValue(weight, x.getDevice(), training);
        if (x.getShape().get(1) == 1 && in > 1) { // one grey channel in place of equal ones
            w = w.sum(new int[] {1}, true);
        }
        NDArray scale = store.getValue(gamma, x.getDevice(), training);
        NDArray shift = store.getValue(beta, x.getDevice(), training);
        NDArray m = store.getValue(mean, x.getDevice(), training);
        NDArray v = store.getValue(variance, x.getDevice(), training);
        if (training && !frozen) {
            NDList y = BatchNorm.batchNorm(isSmall(x) ? convolveTall(x, w) : convolve(x, w, null), m, v, scale, shift, 1, variant.momentum(),
                    variant.epsilon(), true);
            return activation.apply(y.singletonOrThrow());
        }
        NDArray factor = scale.div(v.add(variant.epsilon()).sqrt());
        return activation.apply(convolve(x, w.mul(factor.reshape(out, 1, 1, 1)), shift.sub(m.mul(factor))));
    }

    @Override
    public <T> T tell(T x, Operations<T> to) {
        int[] rows = variant.padding().around(to.shape(x).get(1), kernel, stride);
        int[] columns = variant.padding().around(to.shape(x).get(2), kernel, stride);
        NDArray factor = gamma.getArray().div(variance.getArray().add(variant.epsilon()).sqrt());
        return Forward.function(activation, to.convolution(x, weight.getArray().mul(factor.reshape(out, 1, 1, 1)),
                beta.getArray().sub(mean.getArray().mul(factor)), stride, new int[] {rows[0], columns[0], rows[1], columns[1]}, groups), to);
    }

    private NDArray convolve(NDArray x, NDArray w, NDArray bias) {
        int[] rows = variant.padding().around(x.getShape().get(2), kernel, stride);
        int[] columns = variant.padding().around(x.getShape().get(3), kernel, stride);
        Shape each = new Shape(rows[0], columns[0]);
        if (rows[0] != rows[1] || columns[0] != columns[1]) {
            x = x.pad(new Shape(columns[0], columns[1], rows[0], rows[1]), 0);
            each = new Shape(0, 0);
        }
        return Conv2d.conv2d(x, w, bias, new Shape(stride, stride), each, new Shape(1, 1), groups).singletonOrThrow();
    }

    /** Whether these are depthwise maps smaller than the kernel, on which oneDNN computes the kernel's gradient by its slowest way. */
    private boolean isSmall(NDArray x) {
        return groups > 1 && stride == 1 && x.getShape().get(2) < kernel;
    }

    /**
     * The same convolution of the batch as one tall map, its images beneath each other with as many rows of zeros between as the kernel
     * reaches: with its gradient three times as fast where {@link #isSmall}. Channels last in memory, no image is moved but for the zeros.
     */
    private NDArray convolveTall(NDArray x, NDArray w) {
        long images = x.getShape().get(0);
        long height = x.getShape().get(2);
        long width = x.getShape().get(3);
        int reach = kernel / 2;
        NDArray tall = x.pad(new Shape(0, 0, 0, reach), 0).transpose(0, 2, 3, 1).reshape(1, -1, width, out).transpose(0, 3, 1, 2);
        return Conv2d.conv2d(tall, w, null, new Shape(1, 1), new Shape(reach, reach), new Shape(1, 1), groups).singletonOrThrow()
                .transpose(0, 2, 3, 1).reshape(images, height + reach, width, out)
                .get(new NDIndex().addAllDim().addSliceDim(0, height)).transpose(0, 3, 1, 2);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), out, outputSize(inputs[0].get(2)), outputSize(inputs[0].get(3)))};
    }

    private long outputSize(long size) {
        int[] padding = variant.padding().around(size, kernel, stride);
        return (size + padding[0] + padding[1] - kernel) / stride + 1;
    }
}
