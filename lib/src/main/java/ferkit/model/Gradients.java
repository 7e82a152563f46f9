package ferkit.model;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/**
 * PyTorch notes what is computed, for a backward pass, unless told not to, and tells that each thread apart. DJL turns it off
 * on the thread that loads the engine only; a notebook's kernel runs its cells on several.
 */
public final class Gradients {
    private Gradients() {}

    /** From now on this thread notes nothing outside a gradient collector, and may change parameters in place. */
    public static void off() {
        Engine.getInstance(); // loads the native library, if nobody has yet
        JniUtils.setGradMode(false);
    }
}
