package ferkit.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** Opens FER2013 in whatever form it lies on disk; the form is told by the content, not by the name. */
public final class Datasets {
    private Datasets() {}

    /**
     * The data set in a folder such as {@code data/}, or empty if there is none.
     *
     * @throws IOException if the folder cannot be listed
     */
    public static Optional<Path> find(Path folder) throws IOException {
        for (String name : List.of("fer2013.csv", "fer2013.csv.gz")) {
            if (Files.exists(folder.resolve(name))) {
                return Optional.of(folder.resolve(name));
            }
        }
        return Optional.empty();
    }

    /**
     * Reads a data set, from the cache if it was read before and has not changed since.
     *
     * @param path of the file
     * @param cache folder for the cache, made when needed, for example {@code data/.cache}
     * @param log takes one sentence at a time on what is being done
     * @throws IOException if there is none or it is wrong: what was found where, and what was expected
     */
    public static FaceSet open(Path path, Path cache, Consumer<String> log) throws IOException {
        String key = path.toRealPath() + ", " + Files.size(path) + " bytes, " + Files.getLastModifiedTime(path);
        Cache kept = new Cache(cache, log);
        long start = System.nanoTime();
        Optional<FaceSet> loaded = kept.load(key);
        if (loaded.isPresent()) {
            return loaded.get();
        }
        FaceSet faces = read(path);
        log.accept(String.format(Locale.ROOT, "Read %s in %.1f s", path, (System.nanoTime() - start) / 1e9));
        kept.store(key, faces);
        return faces;
    }

    private static FaceSet read(Path path) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            in.mark(2);
            boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            CsvReader.Table table = gzip
                    ? CsvReader.read(new GZIPInputStream(in, 1 << 16), path.toString())
                    : CsvReader.read(in, path.toString());
            return assemble(path, table);
        }
    }

    private static FaceSet assemble(Path path, CsvReader.Table table) throws IOException {
        if (table.faces().size() != Split.values().length) {
            throw new IOException(path + ", line 1: no column \"Usage\", expected a header such as \"emotion,pixels,Usage\"");
        }
        List<Faces> splits = table.faces().stream().map(FaceList::toFaces).toList();
        List<String> notes = new ArrayList<>();
        if (!table.ignoredColumns().isEmpty()) {
            notes.add("Columns not read: " + String.join(", ", table.ignoredColumns()) + ".");
        }
        boolean official = true;
        for (Split split : Split.values()) {
            official &= Arrays.equals(splits.get(split.ordinal()).counts(), Official.counts(split));
        }
        Origin origin = official
                ? new Origin(Origin.Kind.FER2013, "FER2013 (" + path.getFileName() + ")", notes)
                : new Origin(Origin.Kind.OTHER_SPLIT, "another split than FER2013's (" + path.getFileName() + ")", notes);
        return new FaceSet(origin, splits.get(0), splits.get(1), splits.get(2));
    }
}
