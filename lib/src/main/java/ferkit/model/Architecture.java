package ferkit.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.initializer.XavierInitializer.FactorType;
import ai.djl.training.initializer.XavierInitializer.RandomType;
import ferkit.data.Format;

/** A network's plan, from which fresh networks are built. */
public interface Architecture {
    /** How folders, tables and commands call it. */
    String name();

    /** In words, so that two networks of one name are told apart: whatever changes the figures changes it. */
    String plan();

    /** What it is made of, for readers. */
    default String words() {
        return plan();
    }

    /** Shape of one input, without the batch axis: channels, height and width of an image, unless the network is fed something made of it. */
    default Shape inputShape(Format format) {
        return new Shape(format.channels(), format.height(), format.width());
    }

    /**
     * A new network that maps (batch, inputShape…) to (batch, classes) logits, with initial values drawn from the
     * engine's random generator. All its arrays belong to {@code manager} and are freed when that is closed.
     *
     * @throws IllegalArgumentException if there is no such network for these images
     */
    Block build(NDManager manager, Format format, int classes);

    /** Makes a new block at each call, of images of a format logits of so many classes. */
    @FunctionalInterface
    interface Network {
        Block build(NDManager manager, Format format, int classes);
    }

    /**
     * A network of one's own. Where a gradient flows through, its layers multiply or divide by an array of {@code NDManager.full}, {@code ones} or {@code zeros},
     * not by a Java number or an array made of some: DJL frees these when garbage is collected, though the backward pass is still to read them.
     *
     * @param name letters, digits, - and _
     * @param plan in words; runs of another plan are not continued or loaded, so change it with the network
     * @param network for example {@code (manager, format, classes) -> new SequentialBlock().add(…)}; a block that is not
     *     initialised is given Keras' defaults, kernels Glorot-uniform and biases zero
     * @throws IllegalArgumentException if the name is none for a folder; from {@link #build}, if the block is not a new one or does not
     *     map images to logits
     */
    static Architecture of(String name, String plan, Network network) {
        return new Own(name, plan, network);
    }

    /** What {@link #of} makes. */
    record Own(String name, String plan, Network network) implements Architecture {
        /** @throws IllegalArgumentException if the name is none for a folder, or the plan or the function is missing */
        public Own {
            requireName(name);
            if (plan == null || plan.isBlank() || network == null) {
                throw new IllegalArgumentException("Network " + name + " has the plan \"" + plan + "\" and the function " + network
                        + ": expected its plan in words, and a function that builds it");
            }
        }

        @Override
        public Block build(NDManager manager, Format format, int classes) {
            Block block;
            Shape output;
            try {
                block = network.build(manager, format, classes);
                if (!block.isInitialized()) {
                    initialize(block, manager, inputShape(format));
                }
                output = block.getOutputShapes(new Shape[] {new Shape(2).addAll(inputShape(format))})[0];
            } catch (RuntimeException e) { // whatever layers and the function throw
                throw new IllegalArgumentException("Network " + name + " cannot be built for images of shape " + inputShape(format) + ": "
                        + (e.getMessage() == null ? e.toString() : e.getMessage()) + "; correct the function that builds it", e);
            }
            if (block.getParameters().values().stream().anyMatch(p -> p.getArray().getManager() != manager)) {
                throw new IllegalArgumentException("The function of network " + name
                        + " gave a block that it had made before, or whose arrays do not "
                        + "belong to the manager: expected a new one at each call, for example (manager, format, classes) -> new SequentialBlock().add(…)");
            }
            if (!output.equals(new Shape(2, classes))) {
                throw new IllegalArgumentException(
                        "Network " + name + " makes " + output + " of two images of shape " + inputShape(format) + ": expected (2, "
                                + classes + "), one logit for each class");
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
        if (name == null || !name.matches("[\\p{L}\\p{N}_-]+")) {
            throw new IllegalArgumentException(
                    "A model is named '" + name + "': expected letters, digits, - and _, because its runs' folder has that name");
        }
    }
}
