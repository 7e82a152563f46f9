package ferkit.train;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * {@link Adam} with decoupled weight decay (Loshchilov and Hutter 2019): before each update w ← w − learning rate · decay · w,
 * for kernels only.
 *
 * @param weightDecay for example 0.01
 */
public record AdamW(double learningRate, double weightDecay) implements Optimizer {
    /** @throws IllegalArgumentException if the learning rate is not positive or the decay is not in [0, 1) */
    public AdamW {
        Optimizer.require(learningRate, weightDecay);
    }

    /** With this learning rate and weight decay. */
    public static AdamW of(double learningRate, double weightDecay) {
        return new AdamW(learningRate, weightDecay);
    }

    @Override
    public String plan() {
        return "AdamW: " + adam().plan() + ", decoupled weight decay " + weightDecay + " of kernels";
    }

    @Override
    public List<String> memory() {
        return adam().memory();
    }

    @Override
    public void update(NDArray weight, NDArray gradient, List<NDArray> memory, double rate, long t, boolean decays) {
        if (decays) {
            weight.muli(1 - rate * weightDecay);
        }
        adam().update(weight, gradient, memory, rate, t, decays);
    }

    private Adam adam() {
        return new Adam(learningRate);
    }
}
