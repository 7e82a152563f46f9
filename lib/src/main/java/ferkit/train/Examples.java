package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ferkit.data.Faces;
import java.nio.ByteBuffer;

/** What a network is fed: numbered examples with their labels. */
public interface Examples {
    /** Number of examples. */
    int size();

    /** Label of one example, 0 to 6. */
    int label(int index);

    /** The examples at these indices as float32 of shape (batch, …), belonging to {@code manager}. */
    NDArray batch(NDManager manager, int[] indices);

    /** The examples as they are seen in one epoch of training: augmented, if they are, from seed, epoch and each one's index alone. */
    default Examples inEpoch(long seed, int epoch) {
        return this;
    }

    /** Faces as (batch, 1, 48, 48), grey values 0 to 255 without rescaling, as the study feeds them. */
    static Examples of(Faces faces) {
        return new Examples() {
            @Override
            public int size() {
                return faces.size();
            }

            @Override
            public int label(int index) {
                return faces.label(index);
            }

            @Override
            public NDArray batch(NDManager manager, int[] indices) {
                byte[] pixels = new byte[indices.length * Faces.PIXELS];
                for (int i = 0; i < indices.length; i++) {
                    faces.copyPixels(indices[i], pixels, i * Faces.PIXELS);
                }
                return images(manager, pixels);
            }
        };
    }

    /** Images that lie one after the other, as {@link #of} feeds them. */
    static NDArray images(NDManager manager, byte[] pixels) {
        // channels last in memory, which every layer keeps: pooling and normalising are several times faster so
        Shape shape = new Shape(pixels.length / Faces.PIXELS, Faces.SIDE, Faces.SIDE, 1);
        try (NDArray bytes = manager.create(ByteBuffer.wrap(pixels), shape, DataType.UINT8);
                NDArray floats = bytes.toType(DataType.FLOAT32, true)) {
            return floats.transpose(0, 3, 1, 2);
        }
    }
}
