package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;

/** An {@link Optimizer} at work on one network: it counts the updates and keeps what the optimiser remembers of each parameter. */
final class Updates {
    private record Learning(NDArray weight, NDList memory, boolean decays) {}

    private final Optimizer optimizer;
    private final Schedule schedule;
    private final long total;
    private final List<Learning> parameters = new ArrayList<>();
    private long count;

    /**
     * For the trainable parameters of {@code network}; what is remembered starts at zero and belongs to {@code manager}.
     *
     * @param total updates of the whole run
     */
    Updates(NDManager manager, Block network, Optimizer optimizer, Schedule schedule, long total) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.total = total;
        for (Pair<String, Parameter> entry : network.getParameters()) {
            if (entry.getValue().requiresGradient()) {
                NDArray weight = entry.getValue().getArray();
                NDList memory = new NDList();
                for (String name : optimizer.memory()) {
                    NDArray zeros = weight.zerosLike();
                    zeros.attach(manager);
                    zeros.setName(name + "." + entry.getKey());
                    memory.add(zeros);
                }
                parameters.add(new Learning(weight, memory, entry.getValue().getType() == Parameter.Type.WEIGHT));
            }
        }
    }

    /** Updates made so far. */
    long count() {
        return count;
    }

    /** Learning rate of the last update. */
    double learningRate() {
        return optimizer.learningRate() * schedule.factor(count, total);
    }

    /** One update from the gradients of the last backward pass, which are set to zero afterwards. */
    void update() {
        count++;
        double rate = learningRate();
        for (Learning parameter : parameters) {
            NDArray gradient = parameter.weight().getGradient();
            optimizer.update(parameter.weight(), gradient, parameter.memory(), rate, count, parameter.decays());
            gradient.muli(0);
        }
    }

    /** What is remembered, named after the parameters. */
    NDList memory() {
        NDList all = new NDList();
        parameters.forEach(parameter -> all.addAll(parameter.memory()));
        return all;
    }

    /** Continues after {@code count} updates; what is remembered was written into {@link #memory}'s arrays. */
    void resumeAt(long count) {
        this.count = count;
    }
}
