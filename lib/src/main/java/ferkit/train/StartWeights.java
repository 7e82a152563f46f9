package ferkit.train;

import ai.djl.nn.Block;
import ferkit.data.file.Hashes;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.weights.PublicWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * What a network has learnt before its training begins.
 *
 * @param source where from, in words, as {@code config.json} notes it
 * @param plan what decides a run's figures: another content has other words
 * @param loading what puts them into a fresh network; nothing for those that it is built with
 */
public record StartWeights(String source, String plan, Loading loading) {
    private static final String AS_BUILT = "as built";
    private static final int DIGITS = 16;
    private static final Loading NOTHING = network -> {};

    /** Puts weights into a fresh network, when its training begins. */
    @FunctionalInterface
    public interface Loading {
        /** @throws IOException if they cannot be read or do not fit */
        void into(Block network) throws IOException;
    }

    /** As the study's six networks start. */
    public static StartWeights random() {
        return builtIn("random");
    }

    /** Those that the network is built with; its plan names their content, and this says where they came from. */
    public static StartWeights builtIn(String source) {
        return new StartWeights(source, AS_BUILT, NOTHING);
    }

    /**
     * The best weights of a finished run of the same network.
     *
     * @throws IOException if they cannot be read
     */
    public static StartWeights of(Run run) throws IOException {
        Path file = run.weights();
        String hash = hash(file);
        String plan = "weights " + hash + " of " + run.config().model();
        return new StartWeights(run.config().model() + ", seed " + run.config().seed(), plan, network -> {
            if (!hash(file).equals(hash)) {
                throw new IOException(file + " is no longer what this recipe starts from, " + plan + ": run the cell that makes the recipe again");
            }
            Weights.decode(Files.readAllBytes(file), Weights.of(network), file.toString());
        });
    }

    /**
     * A public file's weights of the trunk of an {@link ferkit.model.EfficientNetClassifier}, whose dense layer stays random.
     *
     * @param variant that the file is read as
     */
    public static StartWeights of(PublicWeights weights, Variant variant) {
        return imageNet(weights.source(), weights.file().sha256(), network -> weights.file().into(network, variant));
    }

    /**
     * EfficientNet-Lite0's that set-up installs. They are looked for when training begins: a finished run does without them.
     *
     * @param repository gives the kit's folder
     */
    public static StartWeights lite0(Supplier<Path> repository) {
        return imageNet(PublicWeights.LITE0_SOURCE, PublicWeights.LITE0_SHA256,
                network -> PublicWeights.withHash(repository.get(), PublicWeights.LITE0_SHA256).into(network, Variant.LITE0));
    }

    private static StartWeights imageNet(String source, String sha256, Loading loading) {
        return new StartWeights(source, "ImageNet weights " + sha256.substring(0, DIGITS), loading);
    }

    private static String hash(Path weights) throws IOException {
        return Hashes.of(weights, "SHA-256").substring(0, DIGITS);
    }

    void into(Block network) throws IOException {
        loading.into(network);
    }
}
