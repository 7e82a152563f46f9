package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ferkit.data.Format;
import java.util.List;

/**
 * What a network costs to compute, counted from its layers: the products, each with its sum, of convolutions and dense layers. All else, a
 * few hundredths of these, is left out, as publications do.
 */
public final class Cost {
    private static final int FLOP_PER_MULTIPLY_ADD = 2;
    /** Forward, and backward to a layer's input and to its weights. */
    private static final int PASSES = 3;
    private static final double PETA = 1e15;

    private Cost() {}

    /**
     * Multiply-adds of one image of a format through the network of this plan for so many classes; what is fed features that were
     * stored once, as a head on a frozen trunk, is counted from those.
     *
     * @throws IllegalArgumentException if a layer of the network is none of those that {@link Forward} knows
     */
    public static long multiplyAdds(Architecture architecture, Format format, int classes) {
        try (NDManager manager = NDManager.newBaseManager()) {
            return multiplyAdds(architecture.build(manager, format, classes), architecture.inputShape(format));
        }
    }

    /**
     * Multiply-adds of one input through a network.
     *
     * @param input its shape, without the batch axis
     * @throws IllegalArgumentException if a layer of the network is none of those that {@link Forward} knows
     */
    public static long multiplyAdds(Block network, Shape input) {
        Counter counter = new Counter();
        Forward.tell(network, input, counter);
        return counter.count;
    }

    /**
     * Floating-point operations of a training in PFLOP (10¹⁵): 6 · multiply-adds · images · epochs, for each multiply-add is two operations, once
     * forward and twice backward.
     *
     * @param multiplyAdds of one image
     * @param images of the training split
     * @param epochs passes over them
     */
    public static double petaflop(long multiplyAdds, long images, int epochs) {
        return (double) FLOP_PER_MULTIPLY_ADD * PASSES * multiplyAdds * images * epochs / PETA;
    }

    /** Follows shapes through the network. */
    private static final class Counter implements Operations<Shape> {
        private long count;

        @Override
        public Shape shape(Shape x) {
            return x;
        }

        @Override
        public Shape convolution(Shape x, NDArray weight, NDArray bias, int stride, int[] padding, int groups) {
            Shape kernel = weight.getShape();
            Shape y = new Shape(kernel.get(0), (x.get(1) + padding[0] + padding[2] - kernel.get(2)) / stride + 1,
                    (x.get(2) + padding[1] + padding[3] - kernel.get(3)) / stride + 1);
            count += weight.size() * y.get(1) * y.get(2);
            return y;
        }

        @Override
        public Shape dense(Shape x, NDArray weight, NDArray bias) {
            count += weight.size();
            return new Shape(weight.getShape().get(0));
        }

        @Override
        public Shape normalize(Shape x, NDArray scale, NDArray shift, NDArray mean, NDArray variance, float epsilon) {
            return x;
        }

        @Override
        public Shape pool(Shape x, Window window, int side) {
            return new Shape(x.get(0), x.get(1) / side, x.get(2) / side);
        }

        @Override
        public Shape average(Shape x) {
            return new Shape(x.get(0), 1, 1);
        }

        @Override
        public Shape activate(Shape x, Activation function) {
            return x;
        }

        @Override
        public Shape add(Shape x, Shape y) {
            return x;
        }

        @Override
        public Shape multiply(Shape x, Shape y) {
            return x;
        }

        @Override
        public Shape scale(Shape x, float unit, List<Float> mean, List<Float> deviation) {
            return new Shape(mean.size(), x.get(1), x.get(2));
        }

        @Override
        public Shape resize(Shape x, int side) {
            return new Shape(x.get(0), side, side);
        }

        @Override
        public Shape flatten(Shape x) {
            return new Shape(x.size());
        }
    }
}
