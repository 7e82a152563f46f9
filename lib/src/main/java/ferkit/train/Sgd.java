package ferkit.train;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Stochastic gradient descent as PyTorch's {@code SGD}. For each parameter w with gradient g, momentum μ and, for kernels,
 * weight decay λ:
 * <pre>
 *   g ← g + λ w
 *   v ← μ v + g
 *   w ← w − learning rate · v,   with Nesterov's momentum (Sutskever et al. 2013) · (g + μ v)
 * </pre>
 *
 * @param momentum 0 for none
 * @param nesterov whether the step looks ahead along the momentum
 * @param weightDecay 0 for none
 */
public record Sgd(double learningRate, double momentum, boolean nesterov, double weightDecay) implements Optimizer {
    /** @throws IllegalArgumentException if the learning rate is not positive, or momentum or decay are not in [0, 1) */
    public Sgd {
        Optimizer.require(learningRate, momentum, weightDecay);
    }

    /** With this learning rate and momentum, for example 0.01 and 0.9. */
    public static Sgd of(double learningRate, double momentum) {
        return new Sgd(learningRate, momentum, false, 0);
    }

    /** The same with Nesterov's momentum. */
    public Sgd withNesterov() {
        return new Sgd(learningRate, momentum, true, weightDecay);
    }

    /** The same with weight decay, for example 5e-4. */
    public Sgd withWeightDecay(double decay) {
        return new Sgd(learningRate, momentum, nesterov, decay);
    }

    @Override
    public String plan() {
        return "SGD, momentum " + momentum + (nesterov ? " (Nesterov)" : "")
                + (weightDecay == 0 ? "" : ", weight decay " + weightDecay + " of kernels");
    }

    @Override
    public List<String> memory() {
        return List.of("velocity");
    }

    @Override
    public void update(NDArray weight, NDArray gradient, List<NDArray> memory, double rate, long t, boolean decays) {
        NDArray g = decays && weightDecay > 0 ? weight.mul(weightDecay).addi(gradient) : gradient;
        NDArray v = memory.get(0);
        v.muli(momentum).addi(g);
        weight.subi(nesterov ? v.mul(momentum).addi(g).muli(rate) : v.mul(rate));
    }
}
