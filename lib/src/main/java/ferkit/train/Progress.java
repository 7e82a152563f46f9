package ferkit.train;

/** What a training run tells while it runs; what happens within an epoch is told to nobody unless overridden. Called on the training thread. */
public interface Progress {
    /** Something to be told once, in one sentence, for example that an earlier state is continued. */
    void message(String text);

    /**
     * After each update.
     *
     * @param epoch from 1
     * @param images training images seen in this epoch
     * @param of training images an epoch
     * @param accuracy mean over the images seen in this epoch, 0 to 1
     * @param loss mean over the images seen in this epoch
     */
    default void batch(int epoch, int images, int of, double accuracy, double loss) {}

    /**
     * After each batch of what follows an epoch's updates, such as validation; once, before it begins, for what is not counted in images.
     *
     * @param phase in words, for example "validation"
     * @param images done in this phase
     * @param of images in all; 0 where none are counted
     */
    default void phase(String phase, int images, int of) {}

    /** After each epoch is saved; also once when a run is continued, with the epochs it already has. */
    void epoch(History history);
}
