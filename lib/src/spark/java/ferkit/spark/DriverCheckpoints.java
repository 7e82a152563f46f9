package ferkit.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Checkpoints in the runs' own folders on the driver's machine, where {@code train} without Spark goes on from them too. They travel in pieces, one
 * at a time for each executor, so that the driver holds little of them in memory.
 */
final class DriverCheckpoints implements Checkpoints {
    private static final int PIECE_BYTES = 4 << 20;

    @Override
    public void fetch(String run, Path folder, Consumer<String> log) throws IOException {
        List<String> names = Link.ask(desk -> desk.checkpoints(run));
        for (String name : names) {
            try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
                long done = 0;
                for (byte[] piece = piece(run, name, 0); piece.length > 0; piece = piece(run, name, done)) {
                    out.write(piece);
                    done += piece.length;
                }
            }
        }
    }

    private static byte[] piece(String run, String name, long offset) throws IOException {
        return Link.ask(desk -> desk.read(run, name, offset, PIECE_BYTES));
    }

    @Override
    public void keep(String run, Path checkpoint) throws IOException {
        String name = checkpoint.getFileName().toString();
        String attempt = UUID.randomUUID().toString();
        try (InputStream in = Files.newInputStream(checkpoint)) {
            long done = 0;
            byte[] piece;
            do {
                piece = in.readNBytes(PIECE_BYTES);
                byte[] sent = piece;
                long offset = done;
                Link.ask(desk -> desk.write(run, name, attempt, offset, sent));
                done += piece.length;
            } while (piece.length > 0);
        }
    }
}
