package ferkit.train;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015) with Keras' constants β₁ = 0.9, β₂ = 0.999, ε = 1e-7.
 * For each parameter w with gradient g the update t is
 * <pre>
 *   m ← β₁ m + (1 − β₁) g
 *   v ← β₂ v + (1 − β₂) g²
 *   w ← w − α m / (√v + ε),   α = learning rate(t) · √(1 − β₂ᵗ) / (1 − β₁ᵗ)
 * </pre>
 */
public record Adam(double learningRate) implements Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final float EPSILON = 1e-7f;

    /** @throws IllegalArgumentException if the learning rate is not positive */
    public Adam {
        Optimizer.require(learningRate);
    }

    /** With this learning rate; the study's is 0.001. */
    public static Adam of(double learningRate) {
        return new Adam(learningRate);
    }

    @Override
    public String plan() {
        return "Adam, beta 0.9 and 0.999, epsilon 1e-7";
    }

    @Override
    public List<String> memory() {
        return List.of("mean", "variance");
    }

    @Override
    public void update(NDArray weight, NDArray gradient, List<NDArray> memory, double rate, long t, boolean decays) {
        double alpha = rate * Math.sqrt(1 - Math.pow(BETA2, t)) / (1 - Math.pow(BETA1, t));
        NDArray m = memory.get(0);
        NDArray v = memory.get(1);
        m.muli(BETA1).addi(gradient.mul(1 - BETA1));
        v.muli(BETA2).addi(gradient.square().muli(1 - BETA2));
        weight.subi(m.mul(alpha).divi(v.sqrt().addi(EPSILON)));
    }
}
