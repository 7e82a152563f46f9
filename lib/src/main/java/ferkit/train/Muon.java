package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Muon (Jordan et al. 2024) for the kernels of convolutions of more than one channel, each seen as a matrix of a row a filter; {@link AdamW}
 * for all else. For a kernel w with gradient g the update is
 * <pre>
 *   m ← 0.95 m + g
 *   u ← g + 0.95 m,   made orthogonal: X ← u / ‖u‖, then five times X ← (a + b XXᵀ + c (XXᵀ)²) X
 *   w ← (1 − rate · weight decay) w − rate · 0.2 √max(rows, columns) · X
 * </pre>
 * with a = 3.4445, b = −4.7750, c = 2.0315; the factor makes a step as large as AdamW's, so that one learning rate serves both
 * (Liu et al. 2025).
 *
 * @param weightDecay of kernels, for example 0.05
 */
public record Muon(double learningRate, double weightDecay) implements Optimizer {
    private static final double MOMENTUM = 0.95;
    private static final int ITERATIONS = 5;
    private static final double A = 3.4445;
    private static final double B = -4.7750;
    private static final double C = 2.0315;
    private static final double SCALE = 0.2;
    private static final double EPSILON = 1e-7;

    /** @throws IllegalArgumentException if the learning rate is not positive or the decay is not in [0, 1) */
    public Muon {
        Optimizer.require(learningRate, weightDecay);
    }

    /** With this learning rate and weight decay. */
    public static Muon of(double learningRate, double weightDecay) {
        return new Muon(learningRate, weightDecay);
    }

    @Override
    public String plan() {
        return "Muon of convolutions' kernels, momentum 0.95 (Nesterov), 5 iterations, decoupled weight decay " + weightDecay
                + "; for kernels of one channel and all else " + adamW().plan();
    }

    /** AdamW's; Muon's momentum is kept in the first. */
    @Override
    public List<String> memory() {
        return adamW().memory();
    }

    @Override
    public void update(NDArray weight, NDArray gradient, List<NDArray> memory, double rate, long t, boolean decays) {
        Shape shape = weight.getShape();
        if (!decays || shape.dimension() != 4 || shape.get(1) == 1) {
            adamW().update(weight, gradient, memory, rate, t, decays);
            return;
        }
        NDArray momentum = memory.get(0);
        momentum.muli(MOMENTUM).addi(gradient);
        NDArray matrix = momentum.mul(MOMENTUM).addi(gradient).reshape(shape.get(0), -1);
        double step = rate * SCALE * Math.sqrt(Math.max(matrix.getShape().get(0), matrix.getShape().get(1)));
        weight.muli(1 - rate * weightDecay).subi(orthogonal(matrix).muli(step).reshape(shape));
    }

    /**
     * The iteration, with P = a + b XXᵀ + c (XXᵀ)² gathered in one factor: XXᵀ becomes P XXᵀ P, so the long X is multiplied twice only.
     */
    private static NDArray orthogonal(NDArray matrix) {
        boolean tall = matrix.getShape().get(0) > matrix.getShape().get(1);
        NDArray x = tall ? matrix.transpose() : matrix;
        x = x.div(x.norm().addi(EPSILON));
        NDArray gram = x.matMul(x.transpose());
        NDArray p = polynomial(gram);
        NDArray factor = p;
        for (int i = 1; i < ITERATIONS; i++) {
            gram = p.matMul(gram).matMul(p);
            p = polynomial(gram);
            factor = p.matMul(factor);
        }
        NDArray result = factor.matMul(x);
        return tall ? result.transpose() : result;
    }

    private static NDArray polynomial(NDArray gram) {
        return gram.matMul(gram).muli(C).addi(gram.mul(B)).addi(gram.getManager().eye((int) gram.getShape().get(0)).muli(A));
    }

    private AdamW adamW() {
        return new AdamW(learningRate, weightDecay);
    }
}
