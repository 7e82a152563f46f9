package ferkit.spark;

import ferkit.data.file.Source;
import ferkit.train.Run;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A finished run's files as one piece for the way between machines: a ZIP archive, whose CRC-32s tell a damaged one. */
final class Archive {
    private Archive() {}

    /** What a finished run's folder keeps. */
    static byte[] of(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(Deflater.BEST_SPEED);
            for (Path file : Source.children(folder)) {
                if (Run.isResult(file)) {
                    zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
                    Files.copy(file, zip);
                    zip.closeEntry();
                }
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Unpacks the files into an empty folder.
     *
     * @throws IOException if the archive is damaged or has something else than a run's files
     */
    static void into(Path folder, byte[] archive) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName());
                if (!folder.equals(file.getParent()) || !Run.isResult(file)) {
                    throw new IOException("A run arrived with a file " + entry.getName() + ", which none has");
                }
                Files.copy(zip, file);
            }
        }
    }
}
