package ferkit.data.form;

import ferkit.data.Faces;
import ferkit.data.Split;
import ferkit.data.file.FileKind;
import ferkit.data.file.ImageFile;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * CSV as {@link CsvReader} has it, plain, packed by gzip, or in a tar archive that may be packed itself; without a column {@code Usage} one split.
 * Every file that is of no other form is taken for it, and reading it says what it is.
 */
final class CsvForm implements Form {
    private static final String GZIP = "\u001f\u008b";
    /** So many commas within {@link Source#PEEK} bytes are columns, one for each pixel. */
    private static final int WIDE = 100;

    @Override
    public boolean recognises(Path path) {
        return true;
    }

    @Override
    public Set<Split> splits(Path path) throws IOException {
        return splits(path, unpackedHead(path));
    }

    private static Set<Split> splits(Path path, byte[] head) {
        String header = header(head);
        return isTar(head) || header.contains("pixels") && header.contains("usage") ? EnumSet.allOf(Split.class)
                : header.contains("pixels") ? Set.of(split(path, header.contains("emotion") || header.contains("label"))) : Set.of();
    }

    /** The split of a file without a column {@code Usage}. */
    private static Split split(Path path, boolean labelled) {
        return Split.named(path.getFileName().toString().replaceFirst("\\..*", "")).orElse(labelled ? Split.TRAINING : Split.TEST);
    }

    /** Whether a file that holds no split is of a kind that people have in place of one, so that reading it says what to do. */
    static boolean knows(Path path) throws IOException {
        byte[] head = unpackedHead(path);
        return FileKind.of(head).isPresent() || header(head).chars().filter(c -> c == ',').count() > WIDE;
    }

    private static byte[] unpackedHead(Path path) throws IOException {
        byte[] head = Source.head(path);
        if (!Source.starts(head, GZIP)) {
            return head;
        }
        try (InputStream in = new GZIPInputStream(Source.open(path))) {
            return in.readNBytes(Source.PEEK);
        }
    }

    private static String header(byte[] head) {
        return new String(head, StandardCharsets.UTF_8).lines().findFirst().orElse("").toLowerCase(Locale.ROOT);
    }

    private static boolean isTar(byte[] head) {
        return head.length > 262 && new String(head, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
    }

    @Override
    public Content read(Path path, Room room) throws IOException {
        CsvReader.Table table = table(path, room);
        List<String> notes = new ArrayList<>();
        if (!table.ignoredColumns().isEmpty()) {
            notes.add("Columns of " + path.getFileName() + " not read: " + String.join(", ", table.ignoredColumns()) + ".");
        }
        Map<Split, Faces> splits = new EnumMap<>(Split.class);
        if (table.faces().size() == Split.values().length) {
            for (Split split : Split.values()) {
                splits.put(split, table.faces().get(split.ordinal()).toFaces(table.classes()));
            }
        } else {
            Split split = split(path, table.labelled());
            splits.put(split, table.faces().get(0).toFaces(table.classes()));
            notes.add(path.getFileName() + " has no column Usage and is taken as the " + split.usage() + " split"
                    + (table.labelled() ? "." : ", without labels: it can be predicted, not evaluated."));
        }
        return new Content(splits, table.numbers(), table.words(), notes);
    }

    private static CsvReader.Table table(Path path, Room room) throws IOException {
        try (InputStream plain = Source.open(path)) {
            InputStream in = Source.starts(Source.peek(plain, Source.PEEK), GZIP)
                    ? new BufferedInputStream(new GZIPInputStream(plain, 1 << 16), 1 << 16) : plain;
            byte[] head = Source.peek(in, Source.PEEK);
            if (isTar(head)) {
                return readTar(in, path, room);
            }
            refuseOthers(head, path);
            return CsvReader.read(in, path.toString(), room);
        }
    }

    private static CsvReader.Table readTar(InputStream in, Path path, Room room) throws IOException {
        CsvReader.Table table = null;
        TarArchiveInputStream tar = new TarArchiveInputStream(in);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            InputStream member = new BufferedInputStream(tar, 1 << 16);
            if (entry.isFile() && splits(path, Source.peek(member, Source.PEEK)).size() == Split.values().length) {
                if (table != null) {
                    throw new IOException(path + ": more than one CSV with a column Usage in this archive; unpack it and name one");
                }
                table = CsvReader.read(member, path + ", " + entry.getName(), room);
            }
        }
        in.transferTo(OutputStream.nullOutputStream()); // to the checksum
        if (table == null) {
            throw new IOException(path + ": no file in this archive has a header such as \"emotion,pixels,Usage\";"
                    + " unpack it and name what is inside");
        }
        return table;
    }

    private static void refuseOthers(byte[] head, Path path) throws IOException {
        Optional<String> kind = FileKind.of(head);
        if (kind.isPresent()) {
            throw new IOException(path + ": " + kind.get());
        }
        if (ImageFile.looksLikeImage(head)) {
            throw new IOException(path + ": a single image, expected fer2013.csv or a folder of images; name the folder");
        }
        if (new String(head, StandardCharsets.ISO_8859_1).contains("\0")) {
            throw new IOException(path + ": neither UTF-8 text nor gzip, zip, tar or HDF5, expected fer2013.csv in one of these forms;"
                    + " save it as UTF-8 CSV");
        }
    }
}
