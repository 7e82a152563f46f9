package ferkit.spark;

import ferkit.train.Checkpoint;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What executors ask of the driver: their lines are printed, and checkpoints kept in the folders of the runs that are open. */
final class Desk {
    private final PrintStream out;
    /** Of the runs that are trained now. */
    private final Map<String, Path> folders = new ConcurrentHashMap<>();
    /** The last epoch of each run that a line was printed of; 0 once it has begun. */
    private final Map<String, Integer> epochs = new ConcurrentHashMap<>();

    /** A desk whose lines go to {@code out}. */
    Desk(PrintStream out) {
        this.out = out;
    }

    /** From now on a run's lines and checkpoints are taken; its folder is claimed. */
    void open(String run, Path folder) throws IOException {
        clear(folder);
        folders.put(run, folder);
    }

    /** From now on nothing is taken for the run: a copy of it that still trains somewhere is too late. */
    void close(String run) throws IOException {
        clear(folders.remove(run));
    }

    /** Removes what was under way when an executor, or the driver before this one, ended. */
    private static void clear(Path folder) throws IOException {
        try (DirectoryStream<Path> arriving = Files.newDirectoryStream(folder, "checkpoint-*.tmp")) {
            for (Path file : arriving) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The last epoch that was told of a run; -1 if no executor has begun it. */
    int epoch(String run) {
        return epochs.getOrDefault(run, -1);
    }

    boolean hasBegun() {
        return !epochs.isEmpty();
    }

    /**
     * Prints a line about a run, unless it is of an epoch that was told before: by a run that goes on elsewhere, or a copy of it.
     *
     * @param epoch 0 for a line of another kind
     */
    Void tell(String run, int epoch, String line) {
        if (folders.containsKey(run) && (epoch == 0 || epoch > epoch(run))) {
            epochs.merge(run, epoch, Math::max);
            out.println(line);
        }
        return null; // Spark warns of an answer that nobody waits for
    }

    /** The names of a run's checkpoints, the newest first. */
    List<String> checkpoints(String run) throws IOException {
        return Checkpoint.files(folder(run)).stream().map(file -> file.getFileName().toString()).limit(Checkpoint.KEPT).toList();
    }

    /** Bytes of a checkpoint from an offset on; none at its end. */
    byte[] read(String run, String name, long offset, int most) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(checkpoint(run, name).toFile(), "r")) {
            byte[] piece = new byte[(int) Math.max(0, Math.min(most, file.length() - offset))];
            file.seek(offset);
            file.readFully(piece);
            return piece;
        }
    }

    /**
     * Takes the next bytes of a checkpoint; no bytes say that it is complete.
     *
     * @param attempt keeps the bytes of several that send the same one apart
     */
    Boolean write(String run, String name, String attempt, long offset, byte[] piece) throws IOException {
        Path target = checkpoint(run, name);
        if (!attempt.matches("[0-9a-f-]{1,40}")) {
            throw new IOException("A checkpoint is sent by \"" + attempt + "\"");
        }
        Path arriving = target.resolveSibling(name + "." + attempt + ".tmp");
        if ((Files.exists(arriving) ? Files.size(arriving) : 0) != offset) {
            throw new IOException("A piece of " + name + " is missing");
        }
        if (piece.length > 0) {
            Files.write(arriving, piece, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return true;
        }
        try (FileChannel file = FileChannel.open(arriving, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(arriving, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Checkpoint.keepNewest(folder(run));
        return true;
    }

    private Path checkpoint(String run, String name) throws IOException {
        if (!Checkpoint.isName(name)) {
            throw new IOException("\"" + name + "\" is no checkpoint's name");
        }
        return folder(run).resolve(name);
    }

    private Path folder(String run) throws IOException {
        Path folder = folders.get(run);
        if (folder == null) {
            throw new IOException("The driver has no run " + run + " under way");
        }
        return folder;
    }
}
