package ferkit.train;

/**
 * The learning rate as a staircase over the updates t = 1, 2, …, counted over all epochs:
 * initial · factor^⌊(t − 1) / every⌋, Keras' {@code ExponentialDecay(initial, every, factor, staircase=True)}.
 *
 * @param initial learning rate of the first step, positive
 * @param factor from each step to the next; 1 for a constant rate
 * @param every updates a step
 */
public record Schedule(double initial, double factor, int every) {
    /** The schedule that the study trains its six models with. */
    public static final Schedule STUDY = new Schedule(1e-3, 0.98, 1000);

    /** The same learning rate at every update. */
    public static Schedule constant(double learningRate) {
        return new Schedule(learningRate, 1, 1);
    }

    /** The learning rate of one update, positive. */
    public double learningRate(long update) {
        return initial * Math.pow(factor, Math.floorDiv(update - 1, every));
    }

    /** As {@code config.json} has it, for example "0.001, times 0.98 every 1000 updates". */
    @Override
    public String toString() {
        return factor == 1 ? Double.toString(initial) : initial + ", times " + factor + " every " + every + " updates";
    }
}
