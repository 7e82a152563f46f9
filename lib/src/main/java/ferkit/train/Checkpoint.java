package ferkit.train;

import ferkit.data.file.AtomicFile;
import ferkit.data.file.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The whole state of a run after an epoch, from which training goes on as if it had never stopped.
 * A file {@code checkpoint-0012.zip} holds the state after epoch 12; its parts' CRC-32 tell a damaged file.
 * The newest {@value #KEPT} are kept.
 *
 * @param config of the run that wrote it
 * @param history up to its epoch
 * @param updates of the optimiser
 * @param network parameters and running statistics, safetensors
 * @param average of the network over its updates, safetensors; empty without averaging
 * @param optimizer what it remembers, safetensors
 * @param best the network's state after the epoch of the best validation accuracy, safetensors
 */
public record Checkpoint(RunConfig config, History history, long updates, byte[] network, byte[] average, byte[] optimizer, byte[] best) {
    /** As many are kept: where the newest cannot be read, the one before. */
    public static final int KEPT = 2;

    /**
     * Saves the state and then removes all but this and the one before.
     *
     * @throws IOException if the folder cannot be written or the disk is full; earlier checkpoints are then untouched
     */
    void save(Path folder) throws IOException {
        Path file = folder.resolve(String.format(Locale.ROOT, "checkpoint-%04d.zip", history.size()));
        try {
            AtomicFile.write(file, this::writeTo);
        } catch (IOException e) {
            throw new IOException("The state after epoch " + history.size() + " could not be saved in " + folder + " (" + e.getMessage()
                    + "): make room or make it writable, then run again; it continues from the last saved epoch", e);
        }
        keepNewest(folder);
    }

    /** Removes all but the newest {@link #KEPT}, unless somebody else has. */
    public static void keepNewest(Path folder) throws IOException {
        List<Path> files = files(folder);
        for (Path old : files.subList(Math.min(KEPT, files.size()), files.size())) {
            Files.deleteIfExists(old);
        }
    }

    /**
     * The newest readable checkpoint, or null if the folder has none.
     *
     * @param message takes a sentence on newer ones that are damaged
     * @throws IOException if there are checkpoints and none can be read
     */
    static Checkpoint newest(Path folder, Consumer<String> message) throws IOException {
        List<Path> files = files(folder);
        IOException damage = null;
        for (Path file : files) {
            try {
                Checkpoint checkpoint = read(file);
                if (damage != null) {
                    message.accept(damage.getMessage() + "; continuing from " + file.getFileName());
                }
                return checkpoint;
            } catch (IOException e) {
                damage = new IOException(file + " is damaged (" + e.getMessage() + ")", damage == null ? e : damage);
            }
        }
        if (damage != null) {
            throw new IOException("No checkpoint in " + folder + " can be read: " + damage.getMessage()
                    + ". Delete the folder to train from the start", damage);
        }
        return null;
    }

    /**
     * The configuration that the newest readable checkpoint was written by; empty if there is none.
     *
     * @throws IOException if there are checkpoints and none can be read
     */
    static Optional<RunConfig> newestConfig(Path folder) throws IOException {
        return Optional.ofNullable(newest(folder, damage -> {})).map(Checkpoint::config);
    }

    /** The epoch of the newest checkpoint, by its file's name; empty if there is none. */
    static Optional<Integer> newestEpoch(Path folder) throws IOException {
        return files(folder).stream().findFirst().map(file -> epoch(file.getFileName().toString()));
    }

    /** Whether a file of this name is one. */
    public static boolean isName(String name) {
        return name.matches("checkpoint-\\d{4,9}\\.zip");
    }

    /** The epoch in such a name. */
    public static int epoch(String name) {
        return Integer.parseInt(name.replaceAll("\\D", ""));
    }

    /** Removes all checkpoints of a finished run. */
    static void removeAll(Path folder) throws IOException {
        for (Path file : files(folder)) {
            Files.delete(file);
        }
    }

    /** The files of all, the newest first: by their number, which has more digits from epoch 10,000 on. */
    public static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        return Source.children(folder).stream().filter(f -> isName(f.getFileName().toString()))
                .sorted(Comparator.comparing((Path file) -> epoch(file.getFileName().toString())).reversed()).toList();
    }

    private void writeTo(OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.NO_COMPRESSION);
        put(zip, "config.json", config.toJson().getBytes(StandardCharsets.UTF_8));
        put(zip, "history.csv", history.toCsv().getBytes(StandardCharsets.UTF_8));
        put(zip, "updates.txt", Long.toString(updates).getBytes(StandardCharsets.UTF_8));
        put(zip, "network.safetensors", network);
        put(zip, "average.safetensors", average);
        put(zip, "optimizer.safetensors", optimizer);
        put(zip, "best.safetensors", best);
        zip.finish();
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    private static Checkpoint read(Path file) throws IOException {
        Map<String, byte[]> parts = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        for (String name : List.of("config.json", "history.csv", "updates.txt", "network.safetensors", "optimizer.safetensors",
                "best.safetensors")) {
            if (!parts.containsKey(name)) {
                throw new IOException("its part " + name + " is missing");
            }
        }
        return new Checkpoint(
                RunConfig.parse(new String(parts.get("config.json"), StandardCharsets.UTF_8), file + ", config.json"),
                History.parse(new String(parts.get("history.csv"), StandardCharsets.UTF_8), file + ", history.csv"),
                Long.parseLong(new String(parts.get("updates.txt"), StandardCharsets.UTF_8)),
                parts.get("network.safetensors"), parts.getOrDefault("average.safetensors", new byte[0]), parts.get("optimizer.safetensors"),
                parts.get("best.safetensors"));
    }
}
