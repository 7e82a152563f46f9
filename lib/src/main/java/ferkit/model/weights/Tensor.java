package ferkit.model.weights;

import java.util.Arrays;

/**
 * A named array of a weight file, in row-major order.
 *
 * @param shape sizes of the axes, outermost first; empty for a single number
 * @param values as many as the product of the shape
 * @param other what the file holds in place of floats, which is not read; null where it holds floats
 */
record Tensor(long[] shape, float[] values, String other) {
    Tensor {
        if (size(shape) != values.length) {
            throw new IllegalArgumentException(values.length + " values for shape " + Arrays.toString(shape));
        }
    }

    Tensor(long[] shape, float[] values) {
        this(shape, values, null);
    }

    /** In place of what is not read, because it is no array of floats and so no part of a trunk. */
    static Tensor unread(String what) {
        return new Tensor(new long[] {0}, new float[0], what);
    }

    /**
     * The number of elements of a shape.
     *
     * @throws IllegalArgumentException if a size is negative or there are more elements than an array can hold
     */
    static int size(long[] shape) {
        try {
            long size = 1;
            for (long n : shape) {
                if (n < 0) {
                    throw new ArithmeticException("negative size");
                }
                size = Math.multiplyExact(size, n);
            }
            return Math.toIntExact(size);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("No tensor can have the shape " + Arrays.toString(shape), e);
        }
    }

    /**
     * Reads elements out of a storage: element (i, j, …) lies at {@code offset + i·stride[0] + j·stride[1] + …}.
     *
     * @throws IllegalArgumentException if that reaches beyond the storage
     */
    static Tensor strided(float[] storage, long offset, long[] shape, long[] stride) {
        float[] values = new float[size(shape)];
        if (stride.length != shape.length) {
            throw new IllegalArgumentException("Strides " + Arrays.toString(stride) + " for shape " + Arrays.toString(shape));
        }
        long last = offset;
        for (int axis = 0; axis < shape.length; axis++) {
            if (stride[axis] < 0 || stride[axis] > Integer.MAX_VALUE) { // so that no sum below overflows
                throw new IllegalArgumentException("Impossible stride in " + Arrays.toString(stride));
            }
            last += (shape[axis] - 1) * stride[axis];
        }
        if (values.length > 0 && (offset < 0 || offset >= storage.length || last >= storage.length)) {
            throw new IllegalArgumentException("Shape " + Arrays.toString(shape) + " with strides " + Arrays.toString(stride)
                    + " from " + offset + " on reaches beyond a storage of " + storage.length + " elements");
        }
        long[] index = new long[shape.length];
        long position = offset;
        for (int i = 0; i < values.length; i++) {
            values[i] = storage[(int) position];
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                position += stride[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                position -= shape[axis] * stride[axis];
                index[axis] = 0;
            }
        }
        return new Tensor(shape, values);
    }

    /** The same numbers with the axes in another order: axis i of the result is axis {@code order[i]} of this. */
    Tensor transpose(int... order) {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = step;
            step *= shape[axis];
        }
        long[] newShape = Arrays.stream(order).mapToLong(axis -> shape[axis]).toArray();
        return strided(values, 0, newShape, Arrays.stream(order).mapToLong(axis -> strides[axis]).toArray());
    }
}
