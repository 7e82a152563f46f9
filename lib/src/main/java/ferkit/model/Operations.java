package ferkit.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * The operations that a network which predicts is made of, for whoever writes it down in another form: {@link Forward} calls them in
 * the order in which they are computed. Batches have any length; dropout is off, batch normalisation by its stored statistics.
 *
 * @param <T> what stands for an array of shape (N, …)
 */
public interface Operations<T> {
    /** Element by element: max(x, 0); x between 0 and 6; 1 / (1 + exp(−x)). */
    enum Activation { RELU, RELU6, SIGMOID }

    /** How a window becomes one number. */
    enum Window { MAX, MEAN }

    /** Shape of what stands there for one image, without the batch axis. */
    Shape shape(T x);

    /**
     * A convolution of (N, in, H, W) over zeros around it.
     *
     * @param weight (out, in / groups, height, width)
     * @param bias (out), or null for none
     * @param stride downwards and to the right
     * @param padding zeros above, left, below and right
     */
    T convolution(T x, NDArray weight, NDArray bias, int stride, int[] padding, int groups);

    /** (N, in) by weights (out, in), plus a bias (out), or null for none. */
    T dense(T x, NDArray weight, NDArray bias);

    /** (x − mean) / √(variance + epsilon) · scale + shift, channel by channel of (N, C, …). */
    T normalize(T x, NDArray scale, NDArray shift, NDArray mean, NDArray variance, float epsilon);

    /** Each window of {@code side} × {@code side} pixels becomes one number; windows do not overlap, and a rest at the edge is left out. */
    T pool(T x, Window window, int side);

    /** The mean over height and width: (N, C, H, W) → (N, C, 1, 1). */
    T average(T x);

    /** Applies a function element by element. */
    T activate(T x, Activation function);

    /** Adds two of one shape. */
    T add(T x, T y);

    /** Multiplies two of one shape, or of which the second has height and width 1. */
    T multiply(T x, T y);

    /** x / unit − mean, divided by deviation, channel by channel; one grey channel becomes as many as there are means. */
    T scale(T x, float unit, List<Float> mean, List<Float> deviation);

    /** Images resized to side × side bilinearly, with half-pixel centres and without smoothing. */
    T resize(T x, int side);

    /** Rows of numbers: (N, C, H, W) → (N, C · H · W). */
    T flatten(T x);
}
