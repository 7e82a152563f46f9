package ferkit.train;

import ai.djl.ndarray.NDArray;

/** Accuracy and loss over the images of several batches; each image counts the same, whatever the size of its batch. */
final class Tally {
    private int images;
    private long correct;
    private double lossSum;

    /**
     * Adds one batch.
     *
     * @param logits (batch, classes)
     * @param labels (batch), int64
     * @param loss mean loss of the batch, one number
     */
    void add(NDArray logits, NDArray labels, NDArray loss) {
        int size = (int) labels.size();
        images += size;
        correct += logits.argMax(-1).eq(labels).countNonzero().getLong();
        lossSum += loss.getFloat() * (double) size;
    }

    int images() {
        return images;
    }

    /** Share of images predicted right, 0 to 1. */
    double accuracy() {
        return (double) correct / images;
    }

    /** Mean loss, in nats. */
    double loss() {
        return lossSum / images;
    }
}
