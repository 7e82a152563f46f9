package ferkit.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;

/** A network's plan, from which fresh networks are built. */
public interface Architecture {
    /** How folders, tables and commands call it. */
    String name();

    /** Shape of one input, without the batch axis. */
    Shape inputShape();

    /**
     * A new network that maps (batch, inputShape…) to (batch, 7) logits, with initial values drawn from the
     * engine's random generator. All its arrays belong to {@code manager} and are freed when that is closed.
     */
    Block build(NDManager manager);
}
