package ferkit.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Opens FER2013 in whatever form it lies on disk: CSV (plain, gzip, zip, tar.gz; with or without the columns
 * {@code Usage} and {@code emotion}) or folders of images. The form is told by the content, not by the name.
 */
public final class Datasets {
    /** Names under which the original is published; where several lie side by side, the first is read. */
    private static final List<String> OFFICIAL = List.of("fer2013.csv", "fer2013.csv.gz", "fer2013.csv.zip", "fer2013.zip",
            "fer2013.tar.gz", "icml_face_data.csv");
    private static final String GZIP = "\u001f\u008b";
    private static final String ZIP = "PK\3\4";
    private static final String PARQUET = "PAR1";
    private static final int PEEK = 1 << 12;
    /** Where there is no validation split, every ninth training image of a class becomes one: FER2013's own proportion. */
    private static final int CARVED = 9;

    private enum Form { COMPLETE, LABELLED, UNLABELLED, PARQUET, OTHER }

    private Datasets() {}

    /**
     * Whether a folder such as {@code data/} holds a data set: the folder itself, to be given to {@link #open}, or
     * empty if it does not exist or holds nothing but a README and hidden files. Whether what lies there can be read, only
     * {@link #open} finds out.
     *
     * @throws IOException if the folder cannot be listed
     */
    public static Optional<Path> find(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try {
            boolean empty = Source.children(folder).stream()
                    .allMatch(path -> path.getFileName().toString().toLowerCase(Locale.ROOT).startsWith("readme"));
            return empty ? Optional.empty() : Optional.of(folder);
        } catch (IOException e) {
            throw new IOException(Source.sentence(e, folder), e);
        }
    }

    /**
     * Reads a data set, from the cache if it was read before and has not changed since.
     *
     * @param path of a file or folder
     * @param cache folder for the cache, made when needed, for example {@code data/.cache}
     * @param log takes one sentence at a time on what is being done
     * @throws IOException if there is none or it is wrong: what was found where, and what was expected
     */
    public static FaceSet open(Path path, Path cache, Consumer<String> log) throws IOException {
        Path source;
        String state;
        try {
            source = path.toRealPath();
            state = state(source);
        } catch (IOException e) {
            throw new IOException(Source.sentence(e, path), e);
        }
        Cache kept = new Cache(cache, log);
        Optional<FaceSet> loaded = kept.load(source, state);
        if (loaded.isPresent()) {
            return loaded.get();
        }
        long start = System.nanoTime();
        FaceSet faces = read(path);
        log.accept(String.format(Locale.ROOT, "Read %s in %.1f s", path, (System.nanoTime() - start) / 1e9));
        kept.store(source, state, faces);
        return faces;
    }

    /**
     * Reads a data set without a cache.
     *
     * @throws IOException as {@link #open}
     */
    public static FaceSet read(Path path) throws IOException {
        try {
            return readAny(path);
        } catch (ZipException e) {
            throw new IOException(path + ": the compressed data is damaged (" + e.getMessage() + "); get the file again", e);
        } catch (EOFException e) {
            throw new IOException(path + ": the compressed data ends too early, so the file is truncated; get it again", e);
        } catch (IOException e) {
            throw new IOException(Source.sentence(e, path), e);
        }
    }

    /** What tells one state of a file or folder from another: names, sizes and times of change. */
    private static String state(Path path) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
        try (Stream<Path> tree = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) tree.sorted()::iterator) {
                boolean hidden = false;
                for (Path part : path.relativize(file)) {
                    hidden |= part.toString().startsWith(".");
                }
                if (!hidden && Files.isRegularFile(file)) {
                    String state = path.relativize(file) + "\n" + Files.size(file) + "\n" + Files.getLastModifiedTime(file) + "\n";
                    digest.update(state.getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static FaceSet readAny(Path path) throws IOException {
        List<String> notes = new ArrayList<>();
        List<Path> found = List.of(path);
        if (Files.isDirectory(path)) {
            found = locate(path, new HashSet<>(), notes);
            if (found.isEmpty()) {
                throw new IOException(path + ": found " + names(Source.children(path)) + ", expected fer2013.csv (plain, .gz, .zip"
                        + " or in fer2013.tar.gz) or folders train and test with a folder for each class; put one of them there");
            }
        }
        Path first = found.get(0);
        if (Files.exists(first) && !Files.isDirectory(first) && !Files.isRegularFile(first)) {
            throw new IOException(first + ": neither a file nor a folder, expected fer2013.csv or a folder; save it to a file first");
        }
        if (Files.isDirectory(first)) {
            ImageFolder.Content content = ImageFolder.read(first);
            notes.addAll(content.notes());
            return assemble(first, content.splits(), notes);
        }
        if (Source.starts(head(first), ZIP)) {
            return readZip(first, notes);
        }
        Map<Split, Faces> splits = new EnumMap<>(Split.class);
        for (Path file : found) {
            CsvReader.Table table = readCsv(file);
            if (!table.ignoredColumns().isEmpty()) {
                notes.add("Columns of " + file.getFileName() + " not read: " + String.join(", ", table.ignoredColumns()) + ".");
            }
            if (table.faces().size() == Split.values().length) {
                for (Split split : Split.values()) {
                    splits.put(split, table.faces().get(split.ordinal()).toFaces());
                }
            } else {
                Split split = splitOf(file, table.labelled());
                if (splits.put(split, table.faces().get(0).toFaces()) != null) {
                    throw new IOException(file + " is the " + split.usage() + " split, as another file beside it is: remove or rename one");
                }
                notes.add(file.getFileName() + " has no column Usage and is taken as the " + split.usage() + " split"
                        + (table.labelled() ? "." : ", without labels: it can be predicted, not evaluated."));
            }
        }
        return assemble(first, splits, notes);
    }

    /**
     * Where the data set lies that is read for a path: the file, or the folder of images, in it or below it.
     *
     * @throws IOException as {@link #open}
     */
    public static Path locate(Path path) throws IOException {
        List<Path> found = Files.isDirectory(path) ? locate(path, new HashSet<>(), new ArrayList<>()) : List.of();
        return found.isEmpty() ? path : found.get(0);
    }

    /**
     * The data set in a folder or, if there is just one, in a folder below: a file with all splits, one file for each
     * split, or the folder that holds the folders of images. Empty if there is none.
     */
    private static List<Path> locate(Path folder, Set<Path> visited, List<String> notes) throws IOException {
        if (!visited.add(folder.toRealPath())) {
            return List.of();
        }
        Map<Form, List<Path>> files = new EnumMap<>(Form.class);
        for (Form form : Form.values()) {
            files.put(form, new ArrayList<>());
        }
        for (Path file : Source.children(folder)) {
            if (Files.isRegularFile(file)) {
                files.get(form(file)).add(file);
            }
        }
        List<Path> partial = new ArrayList<>(files.get(Form.LABELLED));
        partial.addAll(files.get(Form.UNLABELLED));
        List<Path> complete = files.get(Form.COMPLETE);
        if (!complete.isEmpty()) {
            complete.sort(Comparator.comparingInt(file -> OFFICIAL.indexOf(file.getFileName().toString())));
            if (complete.size() > 1 && !OFFICIAL.contains(complete.get(0).getFileName().toString())) {
                throw new IOException(folder + ": found " + names(complete) + ", expected one data set; name the one to read");
            }
            partial.addAll(complete.subList(1, complete.size()));
            if (!partial.isEmpty()) {
                notes.add("Also there and not read: " + names(partial) + ".");
            }
            return complete.subList(0, 1);
        }
        if (!partial.isEmpty()) {
            Map<Split, Path> bySplit = new EnumMap<>(Split.class);
            for (Path file : partial) {
                Split split = splitOf(file, files.get(Form.LABELLED).contains(file));
                Path before = bySplit.put(split, file);
                if (before != null) {
                    throw new IOException(before + " and " + file + " are both the " + split.usage()
                            + " split, expected one; remove or rename the other");
                }
            }
            return List.copyOf(bySplit.values());
        }
        if (ImageFolder.looksLike(folder)) {
            return List.of(folder);
        }
        if (!files.get(Form.PARQUET).isEmpty()) {
            return files.get(Form.PARQUET).subList(0, 1);
        }
        List<List<Path>> below = new ArrayList<>();
        for (Path child : Source.children(folder)) {
            if (Files.isDirectory(child)) {
                List<Path> found = locate(child, visited, notes);
                if (!found.isEmpty()) {
                    below.add(found);
                }
            }
        }
        if (below.size() > 1) {
            throw new IOException(folder + ": found " + names(below.stream().map(found -> found.get(0)).toList())
                    + ", expected one data set; name the one to read");
        }
        return below.isEmpty() ? List.of() : below.get(0);
    }

    private static Form form(Path file) throws IOException {
        byte[] head = head(file);
        if (OFFICIAL.contains(file.getFileName().toString()) || Source.starts(head, ZIP)) {
            return Form.COMPLETE;
        }
        if (Source.starts(head, PARQUET)) {
            return Form.PARQUET;
        }
        if (Source.starts(head, GZIP)) {
            try (InputStream in = new BufferedInputStream(new GZIPInputStream(Source.open(file)))) {
                byte[] content = Source.peek(in, PEEK);
                return isTar(content) ? Form.COMPLETE : form(content);
            }
        }
        return form(head);
    }

    private static Form form(byte[] head) {
        String header = new String(head, StandardCharsets.UTF_8).lines().findFirst().orElse("").toLowerCase(Locale.ROOT);
        if (!header.contains("pixels")) {
            return Form.OTHER;
        }
        return header.contains("usage") ? Form.COMPLETE : header.contains("emotion") || header.contains("label") ? Form.LABELLED : Form.UNLABELLED;
    }

    private static Split splitOf(Path file, boolean labelled) {
        String stem = file.getFileName().toString().replaceFirst("\\..*", "");
        return Split.named(stem).orElse(labelled ? Split.TRAINING : Split.TEST);
    }

    private static FaceSet readZip(Path file, List<String> notes) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(file)) {
            FaceSet inner = readAny(zip.getPath("/"));
            notes.addAll(inner.origin().notes());
            Origin origin = new Origin(inner.origin().kind(), title(inner.origin().kind(), file), notes);
            return new FaceSet(origin, inner.training(), inner.validation(), inner.test(), inner.hash());
        } catch (ZipException e) {
            throw e;
        } catch (ProviderNotFoundException e) { // what a damaged one is called whose name does not end in .zip
            throw new ZipException(e.getMessage());
        } catch (IOException e) {
            throw new IOException(file + ": in it " + e.getMessage(), e);
        }
    }

    private static CsvReader.Table readCsv(Path file) throws IOException {
        try (InputStream in = Source.open(file)) {
            byte[] head = Source.peek(in, PEEK);
            if (!Source.starts(head, GZIP)) {
                refuseOtherForms(head, file);
                return CsvReader.read(in, file.toString());
            }
            InputStream content = new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16);
            if (!isTar(Source.peek(content, PEEK))) {
                return CsvReader.read(content, file.toString());
            }
            CsvReader.Table table = null;
            TarArchiveInputStream tar = new TarArchiveInputStream(content);
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                InputStream member = new BufferedInputStream(tar, 1 << 16);
                if (entry.isFile() && form(Source.peek(member, PEEK)) == Form.COMPLETE) {
                    if (table != null) {
                        throw new IOException(file + ": more than one CSV with a column Usage in this archive; unpack it and name one");
                    }
                    table = CsvReader.read(member, file + ", " + entry.getName());
                }
            }
            content.transferTo(OutputStream.nullOutputStream());
            if (table == null) {
                throw new IOException(file + ": no file in this archive has a header such as \"emotion,pixels,Usage\";"
                        + " unpack it and name what is inside");
            }
            return table;
        }
    }

    private static void refuseOtherForms(byte[] head, Path file) throws IOException {
        if (Source.starts(head, PARQUET)) {
            throw new IOException(file + ": a Parquet file, which this kit does not read; turn it into CSV with the lines of Python in data/README.md");
        }
        if (ImageFile.looksLikeImage(head)) {
            throw new IOException(file + ": a single image, expected fer2013.csv or a folder of images; name the folder");
        }
        for (byte b : head) {
            if (b == 0) {
                throw new IOException(file + ": neither UTF-8 text nor gzip, zip or tar.gz, expected fer2013.csv in one of these forms;"
                        + " save it as UTF-8 CSV");
            }
        }
    }

    private static boolean isTar(byte[] head) {
        return head.length > 262 && new String(head, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(PEEK);
        }
    }

    private static String names(List<Path> paths) {
        return paths.isEmpty() ? "nothing" : String.join(", ", paths.stream().map(path -> path.getFileName().toString()).toList());
    }

    private static FaceSet assemble(Path source, Map<Split, Faces> splits, List<String> notes) {
        boolean official = true;
        for (Split split : Split.values()) {
            Faces faces = splits.computeIfAbsent(split, missing -> new Faces(new byte[0], new byte[0]));
            official &= Arrays.equals(faces.counts(), Official.counts(split)) && faces.labelled();
        }
        Faces training = splits.get(Split.TRAINING);
        if (!official) {
            notes.add(String.format(Locale.ROOT, "Not FER2013's official split of 28709 + 3589 + 3589 images or not its number"
                    + " of images per class: found %d + %d + %d. Figures are not comparable with the study's.", training.size(),
                    splits.get(Split.VALIDATION).size(), splits.get(Split.TEST).size()));
        }
        if (splits.get(Split.VALIDATION).size() == 0 && training.size() > 0 && training.labelled()) {
            int[] seen = new int[Emotion.COUNT];
            Map<Boolean, List<Integer>> carved = IntStream.range(0, training.size()).boxed()
                    .collect(Collectors.partitioningBy(i -> ++seen[training.label(i)] % CARVED == 0));
            splits.put(Split.TRAINING, training.select(carved.get(false).stream().mapToInt(i -> i).toArray()));
            splits.put(Split.VALIDATION, training.select(carved.get(true).stream().mapToInt(i -> i).toArray()));
            notes.add("No validation split was found: every ninth training image of each class, in order, is validation instead ("
                    + carved.get(true).size() + " images).");
        }
        if (splits.get(Split.TEST).size() == 0) {
            notes.add("No test split was found.");
        }
        Origin.Kind kind = official ? Origin.Kind.FER2013 : Origin.Kind.OTHER_SPLIT;
        return new FaceSet(new Origin(kind, title(kind, source), notes),
                splits.get(Split.TRAINING), splits.get(Split.VALIDATION), splits.get(Split.TEST));
    }

    private static String title(Origin.Kind kind, Path source) {
        String name = source.getFileName() == null ? source.toString() : source.getFileName().toString();
        return (kind == Origin.Kind.FER2013 ? "FER2013 (" : "faces in another split than FER2013's (") + name + ")";
    }
}
