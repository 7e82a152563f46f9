package ferkit.train;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** How gradients change the weights: {@link Adam}, {@link AdamW}, {@link Muon}, {@link Sgd}, or a class of one's own. */
public interface Optimizer {
    /** Before the {@link Schedule}, positive. */
    double learningRate();

    /** In words, without the learning rate; another rule or constant has other words. */
    String plan();

    /** Names of the arrays that it keeps for each parameter: of the parameter's shape, zero at the start, saved in checkpoints. */
    List<String> memory();

    /**
     * Changes one parameter in place.
     *
     * @param weight the parameter
     * @param gradient of the loss, of the same shape; must not be changed
     * @param memory its arrays, in the order of {@link #memory()}, to be changed in place
     * @param rate learning rate of this update
     * @param t number of this update, from 1
     * @param decays whether weight decay concerns it: a kernel, and neither bias nor a normalisation's scale or shift
     */
    void update(NDArray weight, NDArray gradient, List<NDArray> memory, double rate, long t, boolean decays);

    /** @throws IllegalArgumentException if the learning rate is not positive or a share is not in [0, 1) */
    static void require(double learningRate, double... shares) {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("The learning rate is " + learningRate + ": expected a positive number");
        }
        for (double share : shares) {
            if (!(share >= 0 && share < 1)) {
                throw new IllegalArgumentException("Momentum or weight decay is " + share + ": expected a number from 0 to less than 1");
            }
        }
    }
}
