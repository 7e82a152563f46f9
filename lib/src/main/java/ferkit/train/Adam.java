package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;

/**
 * Adam (Kingma and Ba 2015) with Keras' constants β₁ = 0.9, β₂ = 0.999, ε = 1e-7 and with moments that can be saved.
 * For each parameter w with gradient g the update t is
 * <pre>
 *   m ← β₁ m + (1 − β₁) g
 *   v ← β₂ v + (1 − β₂) g²
 *   w ← w − α m / (√v + ε),   α = learning rate(t) · √(1 − β₂ᵗ) / (1 − β₁ᵗ)
 * </pre>
 */
final class Adam {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final float EPSILON = 1e-7f;

    private final Schedule schedule;
    private final NDList weights = new NDList();
    private final NDList means = new NDList();
    private final NDList variances = new NDList();
    private long updates;

    /** For the trainable parameters of {@code network}; the moments start at zero and belong to {@code manager}. */
    Adam(NDManager manager, Block network, Schedule schedule) {
        this.schedule = schedule;
        for (Pair<String, Parameter> entry : network.getParameters()) {
            if (entry.getValue().requiresGradient()) {
                NDArray weight = entry.getValue().getArray();
                weights.add(weight);
                means.add(moment(manager, weight, "mean." + entry.getKey()));
                variances.add(moment(manager, weight, "variance." + entry.getKey()));
            }
        }
    }

    private static NDArray moment(NDManager manager, NDArray weight, String name) {
        NDArray zeros = weight.zerosLike();
        zeros.attach(manager);
        zeros.setName(name);
        return zeros;
    }

    /** Updates made so far. */
    long updates() {
        return updates;
    }

    /** Learning rate of the last update. */
    double learningRate() {
        return schedule.learningRate(updates);
    }

    /** One update from the gradients of the last backward pass, which are set to zero afterwards. */
    void update() {
        updates++;
        double alpha = learningRate() * Math.sqrt(1 - Math.pow(BETA2, updates)) / (1 - Math.pow(BETA1, updates));
        for (int i = 0; i < weights.size(); i++) {
            NDArray gradient = weights.get(i).getGradient();
            NDArray m = means.get(i);
            NDArray v = variances.get(i);
            m.muli(BETA1).addi(gradient.mul(1 - BETA1));
            v.muli(BETA2).addi(gradient.square().muli(1 - BETA2));
            weights.get(i).subi(m.mul(alpha).divi(v.sqrt().addi(EPSILON)));
            gradient.muli(0);
        }
    }

    /** The moments, named after their parameters. */
    NDList state() {
        return new NDList(means).addAll(variances);
    }

    /** Continues after {@code updates} updates; the moments are those written into {@link #state}'s arrays. */
    void resumeAt(long updates) {
        this.updates = updates;
    }
}
