package ferkit.model.weights;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The weight files of the parity cases, which lie beside the repository. A test without them is skipped, with the reason. */
final class ParityFiles {
    static final Path TORCHVISION = beside("efficientnet_b0_torchvision.pth");
    static final Path TIMM_TF = beside("tf_efficientnet_b0_timm.safetensors");
    static final Path KERAS = beside("efficientnetb0_notop.h5");

    private ParityFiles() {}

    private static Path beside(String name) {
        return Path.of(System.getProperty("ferkit.parity", "../shared/parity"), name);
    }

    /** The real Lite0 weights: the system property {@code ferkit.lite0}, otherwise what set-up installed. */
    static Path lite0() throws IOException {
        String named = System.getProperty("ferkit.lite0");
        return named != null ? Path.of(named) : PublicWeights.lite0(Path.of("")).orElse(Path.of("environment/.venv/" + PublicWeights.LITE0));
    }

    /** Skips the calling test if the file is not there. */
    static Path need(Path file) {
        assumeTrue(Files.isReadable(file), "skipped: " + file + " is not there");
        return file;
    }
}
