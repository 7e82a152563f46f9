package ferkit.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.initializer.XavierInitializer.FactorType;
import ai.djl.training.initializer.XavierInitializer.RandomType;
import ferkit.data.Emotion;
import ferkit.data.Faces;
import java.util.function.Function;

/** A network's plan, from which fresh networks are built. */
public interface Architecture {
    /** How folders, tables and commands call it. */
    String name();

    /** In words, so that two networks of one name are told apart: whatever changes the figures changes it. */
    String plan();

    /** Shape of one input, without the batch axis. */
    Shape inputShape();

    /**
     * A new network that maps (batch, inputShape…) to (batch, 7) logits, with initial values drawn from the
     * engine's random generator. All its arrays belong to {@code manager} and are freed when that is closed.
     */
    Block build(NDManager manager);

    /**
     * A network of one's own on images of (1, 48, 48).
     *
     * @param name letters, digits, - and _
     * @param plan in words; runs of another plan are not continued or loaded, so change it with the network
     * @param network makes a new block at each call, for example {@code manager -> new SequentialBlock().add(…)}; one that is not
     *     initialised is given Keras' defaults, kernels Glorot-uniform and biases zero
     * @throws IllegalArgumentException if the name is none for a folder; from {@link #build}, if the block is not a new one or does not
     *     map images to logits
     */
    static Architecture of(String name, String plan, Function<NDManager, Block> network) {
        return new Own(name, plan, network);
    }

    /** What {@link #of} makes. */
    record Own(String name, String plan, Function<NDManager, Block> network) implements Architecture {
        /** @throws IllegalArgumentException if the name is none for a folder */
        public Own {
            requireName(name);
        }

        @Override
        public Shape inputShape() {
            return new Shape(1, Faces.SIDE, Faces.SIDE);
        }

        @Override
        public Block build(NDManager manager) {
            Block block = network.apply(manager);
            if (!block.isInitialized()) {
                initialize(block, manager, inputShape());
            } else if (block.getParameters().values().stream().anyMatch(p -> p.getArray().getManager() != manager)) {
                throw new IllegalArgumentException("The function of network " + name + " gave a block that it had made before, or whose arrays do not "
                        + "belong to the manager: expected a new one at each call, for example manager -> new SequentialBlock().add(…)");
            }
            Shape output = block.getOutputShapes(new Shape[] {new Shape(2).addAll(inputShape())})[0];
            if (!output.equals(new Shape(2, Emotion.COUNT))) {
                throw new IllegalArgumentException("Network " + name + " makes " + output + " of two images of shape " + inputShape() + ": expected (2, "
                        + Emotion.COUNT + "), one logit for each class");
            }
            return block;
        }
    }

    /** Keras' defaults: kernels Glorot-uniform (limit √(6 / (fan in + fan out)), Glorot and Bengio 2010), biases zero. */
    static void initialize(Block network, NDManager manager, Shape inputShape) {
        // √(3 / mean of fan in and fan out) is Glorot's limit
        network.setInitializer(new XavierInitializer(RandomType.UNIFORM, FactorType.AVG, 3f), Parameter.Type.WEIGHT);
        network.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(inputShape));
    }

    /** @throws IllegalArgumentException if a folder should not have this name */
    static void requireName(String name) {
        if (!name.matches("[\\p{L}\\p{N}_-]+")) {
            throw new IllegalArgumentException("A model is named '" + name + "': expected letters, digits, - and _, because its runs' folder has that name");
        }
    }
}
