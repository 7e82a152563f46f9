package ferkit.train;

/** The learning rate as a function of the update t = 1, 2, …, counted over all epochs. */
@FunctionalInterface
public interface Schedule {
    /** Keras' {@code ExponentialDecay(1e-3, 1000, 0.98, staircase=True)}, which the study trains its six models with. */
    Schedule STUDY = update -> 1e-3 * Math.pow(0.98, Math.floorDiv(update - 1, 1000));

    /** The learning rate of one update, positive. */
    double learningRate(long update);

    /** The same learning rate at every update. */
    static Schedule constant(double learningRate) {
        return update -> learningRate;
    }
}
