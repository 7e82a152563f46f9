package ferkit.data.form;

import ferkit.data.Split;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipException;

/** A zip archive with a data set in any of the other forms in it. */
final class ZipForm implements Form {
    @Override
    public boolean recognises(Path path) throws IOException {
        return Source.starts(Source.head(path), "PK\3\4");
    }

    @Override
    public Set<Split> splits(Path path) {
        return EnumSet.allOf(Split.class);
    }

    @Override
    public Content read(Path file, Room room) throws IOException {
        if (!file.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IOException(file + ": a zip file within a zip file; unpack the outer one and name the inner one");
        }
        Optional<String> refusal = ZipCopy.refusal(file);
        if (refusal.isEmpty()) {
            return readPlain(file, file, room);
        }
        Path copy = Files.createTempFile("ferkit", ".zip");
        try {
            ZipCopy.write(file, refusal.get(), copy);
            return readPlain(copy, file, room);
        } finally {
            Files.delete(copy);
        }
    }

    /** Reads a zip file that Java opens; messages name {@code file}. */
    private static Content readPlain(Path plain, Path file, Room room) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(plain)) {
            if (Files.exists(zip.getPath("xl/workbook.xml"))) {
                throw new IOException("there is an Excel workbook, which this kit does not read; save it as CSV in UTF-8");
            }
            return Datasets.gather(zip.getPath("/"), room);
        } catch (ZipException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(file + ": in it " + e.getMessage(), e);
        }
    }
}
