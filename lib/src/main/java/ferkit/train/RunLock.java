package ferkit.train;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to write into a run's folder, held by one training at a time. The file {@code run.lock} names the owner's
 * process id; the lock itself is the operating system's, so that one left behind by a process that died does not count.
 */
final class RunLock implements Closeable {
    private static final String NAME = "run.lock";
    /** The locked byte lies behind the text, which others may read meanwhile. */
    private static final long LOCKED_BYTE = 1 << 20;
    static final long PATIENCE_MILLIS = 30_000;

    /**
     * Folders locked by this process. Asked before the file is opened: on POSIX systems closing a second handle of a
     * file gives up the locks held through the first.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private RunLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes the lock. Waits up to 30 seconds for an interrupted cell of this same process to finish its last batch.
     *
     * @throws IllegalStateException if another process, or another cell of this one, trains into the folder
     * @throws IOException if the folder cannot be written
     */
    static RunLock take(Path runFolder) throws IOException, InterruptedException {
        try {
            Files.createDirectories(runFolder);
        } catch (IOException e) {
            throw notWritable(runFolder, e);
        }
        Path folder = runFolder.toRealPath();
        for (long waited = 0; !HELD.add(folder); waited += 100) {
            if (waited >= PATIENCE_MILLIS) {
                throw new IllegalStateException("Another cell of this process already trains into " + folder
                        + ": wait for it or interrupt it");
            }
            Thread.sleep(100);
        }
        try {
            return new RunLock(folder, lockedFile(folder));
        } catch (IOException | RuntimeException e) {
            HELD.remove(folder);
            throw e;
        }
    }

    /** Whether this is the lock's file, which stays where it is. */
    static boolean isLock(Path file) {
        return file.endsWith(NAME);
    }

    private static FileChannel lockedFile(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw notWritable(folder, e);
        }
        try {
            if (lock(channel, file) == null) {
                throw new IllegalStateException("Process " + Files.readString(file).strip() + " already trains into " + folder
                        + Checkpoint.newestEpoch(folder).map(epoch -> " and has finished epoch " + epoch).orElse("")
                        + ": wait for it or stop it");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** @return null if another process holds the lock */
    static FileLock lock(FileChannel channel, Path file) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false);
        } catch (IOException e) {
            throw new IOException(file + " cannot be locked (" + e + "): does its disk have locks? Copy the kit to one of this machine", e);
        }
    }

    private static IOException notWritable(Path folder, IOException e) {
        return new IOException("Training cannot write into " + folder + " (" + e + "): make the folder writable", e);
    }

    /** Gives the lock back. The file stays: deleting it could take it from under another process that just opened it. */
    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(folder);
    }
}
