package ferkit.train;

import ai.djl.nn.Block;
import ferkit.data.file.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a network has learnt before its training begins.
 *
 * @param source where from, in words, as {@code config.json} notes it
 * @param plan what decides a run's figures: another content has other words
 * @param file of weights to be loaded into the network; empty for those that it is built with
 */
public record StartWeights(String source, String plan, Optional<Path> file) {
    private static final String AS_BUILT = "as built";

    /** As the study's six networks start. */
    public static StartWeights random() {
        return builtIn("random");
    }

    /** Those that the network is built with; its plan names their content, and this says where they came from. */
    public static StartWeights builtIn(String source) {
        return new StartWeights(source, AS_BUILT, Optional.empty());
    }

    /**
     * The best weights of a finished run of the same network.
     *
     * @throws IOException if they cannot be read
     */
    public static StartWeights of(Run run) throws IOException {
        return new StartWeights(run.config().model() + ", seed " + run.config().seed(),
                "weights " + hash(run.weights()) + " of " + run.config().model(), Optional.of(run.weights()));
    }

    private static String hash(Path weights) throws IOException {
        return Hashes.of(weights, "SHA-256").substring(0, 16);
    }

    void into(Block network) throws IOException {
        if (file.isPresent()) {
            if (!plan.contains(hash(file.get()))) {
                throw new IOException(
                        file.get() + " is no longer what this recipe starts from, " + plan + ": run the cell that makes the recipe again");
            }
            Weights.decode(Files.readAllBytes(file.get()), Weights.of(network), file.get().toString());
        }
    }
}
