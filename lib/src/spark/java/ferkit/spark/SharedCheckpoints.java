package ferkit.spark;

import ferkit.train.Checkpoint;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Checkpoints in a file system that Hadoop's client reaches, a folder for each run. */
final class SharedCheckpoints implements Checkpoints {
    private static final String EXPECTED = "expected a folder that all machines reach, for example hdfs://host:8020/checkpoints or file:///shared/checkpoints";

    private final FileSystem files;
    private final Path base;

    private SharedCheckpoints(FileSystem files, Path base) {
        this.files = files;
        this.base = base;
    }

    /**
     * Checkpoints at an address, whose folder is made if there is none.
     *
     * @param address a URI
     * @param hadoop settings of Hadoop's client
     * @throws IllegalArgumentException if it is none, or of no file system that is known
     * @throws IOException if its host or what reads it is not found, or the folder is not there and cannot be made
     */
    static SharedCheckpoints at(String address, Configuration hadoop) throws IOException {
        try {
            URI uri = new URI(address);
            if (!uri.isAbsolute() || uri.isOpaque()) {
                throw new URISyntaxException(address, "It is no address");
            }
            FileSystem files = FileSystem.get(uri, hadoop);
            Path base = new Path(uri);
            if (!files.mkdirs(base)) {
                throw new IOException("it cannot be made");
            }
            return new SharedCheckpoints(files, base);
        } catch (URISyntaxException | org.apache.hadoop.fs.UnsupportedFileSystemException e) {
            throw new IllegalArgumentException("--checkpoints " + address + ": " + e.getMessage() + "; " + EXPECTED, e);
        } catch (IOException | RuntimeException e) { // a host or class that is not found is of the second kind
            throw new IOException("--checkpoints " + address + ": " + e.getMessage() + "; " + EXPECTED, e);
        }
    }

    /** The files that are kept of a run, the newest first. */
    List<FileStatus> kept(String run) throws IOException {
        try {
            return Arrays.stream(files.listStatus(new Path(base, run))).filter(file -> Checkpoint.isName(file.getPath().getName()))
                    .sorted(Comparator.comparing((FileStatus file) -> Checkpoint.epoch(file.getPath().getName())).reversed()).toList();
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    @Override
    public void fetch(String run, java.nio.file.Path folder, Consumer<String> log) throws IOException {
        for (FileStatus file : kept(run).stream().limit(Checkpoint.KEPT).toList()) {
            try {
                files.copyToLocalFile(false, file.getPath(), new Path(folder.resolve(file.getPath().getName()).toUri()), true);
            } catch (IOException e) {
                java.nio.file.Files.deleteIfExists(folder.resolve(file.getPath().getName()));
                log.accept(file.getPath() + " cannot be read (" + e.getMessage() + ") and is left out");
            }
        }
    }

    @Override
    public void keep(String run, java.nio.file.Path checkpoint) throws IOException {
        Path target = new Path(new Path(base, run), checkpoint.getFileName().toString());
        Path arriving = target.suffix("." + UUID.randomUUID() + ".tmp");
        try {
            files.copyFromLocalFile(new Path(checkpoint.toUri()), arriving);
            files.delete(target, false); // damaged, or the same of another try: not every file system moves onto a file
            if (!files.rename(arriving, target) && !files.exists(target)) {
                throw new IOException(target + " cannot be written");
            }
        } finally {
            files.delete(arriving, false);
        }
        List<FileStatus> all = kept(run);
        for (FileStatus old : all.subList(Math.min(Checkpoint.KEPT, all.size()), all.size())) {
            files.delete(old.getPath(), false);
        }
    }

    /** Removes the checkpoints of a run, and the folders that are empty then; the address may be one where other things lie, such as the kit's own folder. */
    void forget(String run) throws IOException {
        for (FileStatus file : kept(run)) {
            files.delete(file.getPath(), false);
        }
        for (Path folder = new Path(base, run); !folder.equals(base) && files.exists(folder)
                && files.listStatus(folder).length == 0; folder = folder.getParent()) {
            files.delete(folder, false);
        }
    }
}
