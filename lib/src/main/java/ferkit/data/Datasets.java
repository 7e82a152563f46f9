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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
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
 * Opens FER2013 in whatever form it lies on disk: CSV (plain, gzip, zip, tar, tar.gz; with or without the columns
 * {@code Usage} and {@code emotion}), HDF5 or folders of images. The form is told by the content, not by the name.
 */
public final class Datasets {
    /** Names under which the original is published; where several lie side by side, the first is read. */
    private static final List<String> OFFICIAL = List.of("fer2013.csv", "fer2013.csv.gz", "fer2013.csv.zip", "fer2013.zip",
            "fer2013.tar.gz", "fer2013.tar", "icml_face_data.csv", "data.h5");
    /** How files are called in which data may lie. */
    private static final String DATA_NAME = ".*\\.(csv|h5|hdf5|zip|tar|tgz|gz)";
    private static final String GZIP = "\u001f\u008b";
    private static final String ZIP = "PK\3\4";
    private static final int PEEK = 1 << 12;
    /** So many commas within {@link #PEEK} bytes are columns, one for each pixel. */
    private static final int WIDE = 100;
    /** Where there is no validation split, every ninth training image of a class becomes one: FER2013's own proportion; of fewer the last. */
    private static final int CARVED = 9;

    /** So many files at most are named in a message. */
    private static final int NAMED = 10;

    private enum Form { COMPLETE, LABELLED, UNLABELLED, REFUSED, OTHER }

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
            return readAny(path, new Room());
        } catch (OutOfMemoryError e) { // where a library does not say beforehand what it takes, or others have taken the heap
            throw new IOException(path + ": reading it takes more memory than there is; get it again or leave some of it out", e);
        } catch (IOException e) {
            throw new IOException(Source.sentence(e, path), e);
        }
    }

    /** What tells one state of a file or folder from another: names, sizes and times of change, those of lists of classes beside it too. */
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
                    hidden |= Source.clutter(part);
                }
                if (!hidden && Files.isRegularFile(file)) {
                    digest.update(state(path, file));
                }
            }
            for (Path list : ClassOrder.lists(path)) {
                digest.update(state(path, list));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] state(Path path, Path file) throws IOException {
        return (path.relativize(file) + "\n" + Files.size(file) + "\n" + Files.getLastModifiedTime(file) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static FaceSet readAny(Path path, Room room) throws IOException {
        List<String> notes = new ArrayList<>();
        List<Path> found = List.of(path);
        if (Files.isDirectory(path)) {
            List<Path> refused = new ArrayList<>();
            found = locate(path, new HashSet<>(), notes, refused);
            if (found.isEmpty()) {
                found = refused;
            }
            if (found.isEmpty()) {
                ImageFolder.refuseUnsorted(path);
                throw new IOException(path + ": found " + names(Source.children(path)) + ", expected fer2013.csv (plain, .gz, .zip"
                        + " or in fer2013.tar.gz), data.h5 or folders train and test with a folder for each class; put one of them there");
            }
        }
        Path first = found.get(0);
        if (Files.exists(first) && !Files.isDirectory(first) && !Files.isRegularFile(first)) {
            throw new IOException(first + ": neither a file nor a folder, expected fer2013.csv or a folder; save it to a file first");
        }
        if (Files.isDirectory(first)) {
            ImageFolder.Content content = ImageFolder.read(first, room);
            notes.addAll(content.notes());
            return assemble(first, content.splits(), content.numbers(), content.words(), notes);
        }
        byte[] head = head(first);
        if (Source.starts(head, ZIP)) {
            return readZip(first, notes, room);
        }
        if (Source.starts(head, Hdf5Reader.MAGIC)) {
            return assemble(first, Hdf5Reader.read(first, room), true, false, notes);
        }
        Map<Split, Faces> splits = new EnumMap<>(Split.class);
        boolean numbers = false;
        boolean words = false;
        for (Path file : found) {
            CsvReader.Table table = readCsv(file, room);
            numbers |= table.numbers();
            words |= table.words();
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
        return assemble(first, splits, numbers, words, notes);
    }

    /**
     * Where the data set lies that is read for a path: the file, or the folder of images, in it or below it.
     *
     * @throws IOException as {@link #open}
     */
    public static Path locate(Path path) throws IOException {
        List<Path> found = Files.isDirectory(path) ? locate(path, new HashSet<>(), new ArrayList<>(), new ArrayList<>()) : List.of();
        return found.isEmpty() ? path : found.get(0);
    }

    /**
     * The data set in a folder or, if there is just one, in a folder below: a file with all splits, one file for each
     * split, or the folder that holds the folders of images. Empty if there is none; then {@code refused} has files whose reading says what they are.
     */
    private static List<Path> locate(Path folder, Set<Path> visited, List<String> notes, List<Path> refused) throws IOException {
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
        refused.addAll(files.get(Form.REFUSED));
        List<List<Path>> below = new ArrayList<>();
        for (Path child : Source.children(folder)) {
            if (Files.isDirectory(child)) {
                List<Path> found = locate(child, visited, notes, refused);
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
        String name = file.getFileName().toString();
        if (OFFICIAL.contains(name)) {
            return Form.COMPLETE;
        }
        try {
            byte[] head = head(file);
            if (Source.starts(head, ZIP)) {
                return Form.COMPLETE;
            }
            if (Source.starts(head, Hdf5Reader.MAGIC)) {
                return Hdf5Reader.looksLike(file) ? Form.COMPLETE : Form.OTHER;
            }
            if (Source.starts(head, GZIP)) {
                try (InputStream in = new BufferedInputStream(new GZIPInputStream(Source.open(file)))) {
                    return form(Source.peek(in, PEEK));
                }
            }
            return form(head);
        } catch (ZipException | EOFException e) { // matters only where it may hold data
            if (name.toLowerCase(Locale.ROOT).matches(DATA_NAME)) {
                throw new IOException(file + ": the compressed data is damaged (" + e.getMessage() + "); get it again or remove it", e);
            }
            return Form.REFUSED;
        }
    }

    private static Form form(byte[] head) {
        if (isTar(head)) {
            return Form.COMPLETE;
        }
        String header = new String(head, StandardCharsets.UTF_8).lines().findFirst().orElse("").toLowerCase(Locale.ROOT);
        if (!header.contains("pixels")) {
            return FileKind.of(head).isPresent() || header.chars().filter(c -> c == ',').count() > WIDE ? Form.REFUSED : Form.OTHER;
        }
        return header.contains("usage") ? Form.COMPLETE : header.contains("emotion") || header.contains("label") ? Form.LABELLED : Form.UNLABELLED;
    }

    private static Split splitOf(Path file, boolean labelled) {
        String stem = file.getFileName().toString().replaceFirst("\\..*", "");
        return Split.named(stem).orElse(labelled ? Split.TRAINING : Split.TEST);
    }

    private static FaceSet readZip(Path file, List<String> notes, Room room) throws IOException {
        if (!file.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IOException(file + ": a zip file within a zip file; unpack the outer one and name the inner one");
        }
        Optional<String> refusal = ZipCopy.refusal(file);
        if (refusal.isEmpty()) {
            return readPlainZip(file, file, notes, room);
        }
        Path copy = Files.createTempFile("ferkit", ".zip");
        try {
            ZipCopy.write(file, refusal.get(), copy);
            return readPlainZip(copy, file, notes, room);
        } finally {
            Files.delete(copy);
        }
    }

    /** Reads a zip file that Java opens; messages name {@code file}. */
    private static FaceSet readPlainZip(Path plain, Path file, List<String> notes, Room room) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(plain)) {
            if (Files.exists(zip.getPath("xl/workbook.xml"))) {
                throw new IOException("there is an Excel workbook, which this kit does not read; save it as CSV in UTF-8");
            }
            FaceSet inner = readAny(zip.getPath("/"), room);
            notes.addAll(inner.origin().notes());
            Origin origin = new Origin(inner.origin().kind(), title(inner.origin().kind(), file), notes);
            return new FaceSet(origin, inner.training(), inner.validation(), inner.test(), inner.hash());
        } catch (ZipException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(file + ": in it " + e.getMessage(), e);
        }
    }

    private static CsvReader.Table readCsv(Path file, Room room) throws IOException {
        try (InputStream plain = Source.open(file)) {
            InputStream in = Source.starts(Source.peek(plain, PEEK), GZIP)
                    ? new BufferedInputStream(new GZIPInputStream(plain, 1 << 16), 1 << 16) : plain;
            byte[] head = Source.peek(in, PEEK);
            if (isTar(head)) {
                return readTar(in, file, room);
            }
            refuseOtherForms(head, file);
            return CsvReader.read(in, file.toString(), room);
        }
    }

    private static CsvReader.Table readTar(InputStream in, Path file, Room room) throws IOException {
        CsvReader.Table table = null;
        TarArchiveInputStream tar = new TarArchiveInputStream(in);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            InputStream member = new BufferedInputStream(tar, 1 << 16);
            if (entry.isFile() && form(Source.peek(member, PEEK)) == Form.COMPLETE) {
                if (table != null) {
                    throw new IOException(file + ": more than one CSV with a column Usage in this archive; unpack it and name one");
                }
                table = CsvReader.read(member, file + ", " + entry.getName(), room);
            }
        }
        in.transferTo(OutputStream.nullOutputStream()); // to the checksum
        if (table == null) {
            throw new IOException(file + ": no file in this archive has a header such as \"emotion,pixels,Usage\";"
                    + " unpack it and name what is inside");
        }
        return table;
    }

    private static void refuseOtherForms(byte[] head, Path file) throws IOException {
        Optional<String> kind = FileKind.of(head);
        if (kind.isPresent()) {
            throw new IOException(file + ": " + kind.get());
        }
        if (ImageFile.looksLikeImage(head)) {
            throw new IOException(file + ": a single image, expected fer2013.csv or a folder of images; name the folder");
        }
        for (byte b : head) {
            if (b == 0) {
                throw new IOException(file + ": neither UTF-8 text nor gzip, zip, tar or HDF5, expected fer2013.csv in one of these forms;"
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
        return paths.isEmpty() ? "nothing" : String.join(", ", paths.stream().limit(NAMED).map(path -> path.getFileName().toString()).toList())
                + (paths.size() > NAMED ? " and " + (paths.size() - NAMED) + " more" : "");
    }

    static FaceSet assemble(Path source, Map<Split, Faces> splits, boolean numbers, boolean words, List<String> notes) throws IOException {
        for (Split split : Split.values()) {
            splits.putIfAbsent(split, new Faces(new byte[0], new byte[0]));
        }
        ClassOrder.settle(splits, numbers, words, source, notes);
        Faces training = splits.get(Split.TRAINING);
        boolean official = Official.hasCounts(splits);
        if (!official) {
            notes.add(String.format(Locale.ROOT, "Not FER2013's official split of 28709 + 3589 + 3589 images or not its number"
                    + " of images per class: found %d + %d + %d. Figures are not comparable with the study's.", training.size(),
                    splits.get(Split.VALIDATION).size(), splits.get(Split.TEST).size()));
        }
        if (splits.get(Split.VALIDATION).size() == 0 && training.size() > 0 && training.labelled()) {
            int[] seen = new int[Emotion.COUNT];
            int[] counts = training.counts();
            Map<Boolean, List<Integer>> carved = IntStream.range(0, training.size()).boxed()
                    .collect(Collectors.partitioningBy(i -> ++seen[training.label(i)] % Math.min(CARVED, Math.max(2, counts[training.label(i)])) == 0));
            splits.put(Split.TRAINING, training.select(carved.get(false).stream().mapToInt(i -> i).toArray()));
            splits.put(Split.VALIDATION, training.select(carved.get(true).stream().mapToInt(i -> i).toArray()));
            notes.add("No validation split was found: every ninth training image of each class, in order (of fewer than nine the last), is validation instead ("
                    + carved.get(true).size() + " images).");
        }
        if (splits.get(Split.TEST).size() == 0) {
            notes.add("No test split was found.");
        }
        for (Split split : Split.values()) {
            Faces faces = splits.get(split);
            List<String> empty = Stream.of(Emotion.values()).filter(emotion -> faces.counts()[emotion.label()] == 0).map(Emotion::title).toList();
            if (faces.size() > 0 && faces.labelled() && !empty.isEmpty()) {
                notes.add(split.usage() + " has no image of " + String.join(", ", empty) + ".");
            }
        }
        String hash = FaceSet.hash(splits.get(Split.TRAINING), splits.get(Split.VALIDATION), splits.get(Split.TEST));
        Origin.Kind kind = official ? Official.kind(splits, hash, notes) : Origin.Kind.OTHER_SPLIT;
        return new FaceSet(new Origin(kind, title(kind, source), notes),
                splits.get(Split.TRAINING), splits.get(Split.VALIDATION), splits.get(Split.TEST), hash);
    }

    private static String title(Origin.Kind kind, Path source) {
        String name = source.getFileName() == null ? source.toString() : source.getFileName().toString();
        return switch (kind) {
            case FER2013 -> "FER2013 (";
            case OTHER_PIXELS -> "faces with other pixels than FER2013's (";
            default -> "faces in another split than FER2013's (";
        } + name + ")";
    }
}
