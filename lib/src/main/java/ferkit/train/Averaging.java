package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import java.util.function.Supplier;

/**
 * Whether the network that is validated and kept is the one that learns, or an exponential moving average of its parameters
 * and running statistics over the updates: a copy after the first, then a ← d · a + (1 − d) · w, with d the decay or, if that is less,
 * t / (t + 9) at the update t, as TensorFlow's {@code ExponentialMovingAverage} with {@code num_updates}: so a short training, too, forgets the
 * network that it began with.
 *
 * @param decay 0 for no averaging, otherwise less than 1
 */
public record Averaging(double decay) {
    private static final double WARMUP = 9;

    /** @throws IllegalArgumentException if the decay is out of range */
    public Averaging {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("An average with decay " + decay + ": expected 0, for none, to less than 1");
        }
    }

    /** The network that learns is the one that is kept, as in the study. */
    public static Averaging none() {
        return new Averaging(0);
    }

    /** An average over about 1 / (1 − decay) updates, for example 0.999 of a thousand. */
    public static Averaging of(double decay) {
        return new Averaging(decay);
    }

    /** In words. */
    public String plan() {
        return decay == 0 ? "none" : "exponential moving average, decay " + decay + ", less in the first updates";
    }

    /** A network to hold the average, which {@code other} makes; without averaging {@code network} itself. */
    Block begin(Block network, Supplier<Block> other) {
        return decay == 0 ? network : other.get();
    }

    /** Takes {@code network} into the average after the update t. */
    void update(Block average, Block network, long t) {
        if (average == network) {
            return;
        }
        double kept = t == 1 ? 0 : Math.min(decay, t / (t + WARMUP));
        NDList now = Weights.of(network);
        NDList averages = Weights.of(average);
        for (int i = 0; i < now.size(); i++) {
            try (NDArray share = now.get(i).mul(1 - kept)) {
                averages.get(i).muli(kept).addi(share);
            }
        }
    }
}
