package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ferkit.data.Faces;
import java.util.Optional;

/** What a network is fed: numbered examples with their labels. */
public interface Examples {
    /** Number of examples. */
    int size();

    /** Label of one example, or {@link Faces#NO_LABEL}. */
    int label(int index);

    /** What share of one example belongs to each class, summing to 1, for all examples or none; training is then by these. */
    default Optional<float[]> shares(int index) {
        return Optional.empty();
    }

    /** The examples at these indices as float32 of shape (batch, …), belonging to {@code manager}. */
    NDArray batch(NDManager manager, int[] indices);

    /** The examples as they are seen in one epoch of training: augmented, if they are, from seed, epoch and each one's index alone. */
    default Examples inEpoch(long seed, int epoch) {
        return this;
    }

    /** Faces as (batch, channels, height, width), values 0 to 255 without rescaling, as the study feeds them. */
    static Examples of(Faces faces) {
        return Input.grey().examples(faces);
    }
}
