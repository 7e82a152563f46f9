package ferkit.data.form;

import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.cache.Cache;
import ferkit.data.file.Hashes;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipException;

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
    /** Asked in turn; the last takes what none of the others does. */
    private static final List<Form> FORMS = List.of(new FolderForm(), new ZipForm(), new Hdf5Form(), new CsvForm());
    /** Where there is no validation split, every ninth training image of a class becomes one: FER2013's own proportion; of fewer the last. */
    private static final int CARVED = 9;

    /** So many files at most are named in a message. */
    private static final int NAMED = 10;

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
                    .allMatch(path -> name(path).toLowerCase(Locale.ROOT).startsWith("readme"));
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
            return assemble(locate(path), gather(path, new Room()));
        } catch (OutOfMemoryError e) { // where a library does not say beforehand what it takes, or others have taken the heap
            throw new IOException(path + ": reading it takes more memory than there is; get it again or leave some of it out", e);
        } catch (IOException e) {
            throw new IOException(Source.sentence(e, path), e);
        }
    }

    /** What tells one state of a file or folder from another: names, sizes and times of change, those of lists of classes beside it too. */
    private static String state(Path path) throws IOException {
        MessageDigest digest = Hashes.sha256();
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

    /** What a path holds, in all its files, with the classes settled that numbers mean. */
    static Form.Content gather(Path path, Room room) throws IOException {
        List<String> notes = new ArrayList<>();
        List<Path> found = List.of(path);
        if (Files.isDirectory(path)) {
            List<Path> refused = new ArrayList<>();
            found = locate(path, new HashSet<>(), notes, refused);
            if (found.isEmpty()) {
                found = refused;
            }
            if (found.isEmpty()) {
                FolderForm.refuseUnsorted(path);
                throw new IOException(path + ": found " + names(Source.children(path)) + ", expected fer2013.csv (plain, .gz, .zip"
                        + " or in fer2013.tar.gz), data.h5 or folders train and test with a folder for each class; put one of them there");
            }
        }
        Map<Split, Faces> splits = new EnumMap<>(Split.class);
        boolean numbers = false;
        boolean words = false;
        for (Path file : found) {
            if (Files.exists(file) && !Files.isDirectory(file) && !Files.isRegularFile(file)) {
                throw new IOException(file + ": neither a file nor a folder, expected fer2013.csv or a folder; save it to a file first");
            }
            Form.Content content = form(file).read(file, room);
            splits.putAll(content.splits());
            numbers |= content.numbers();
            words |= content.words();
            notes.addAll(content.notes());
        }
        Faces widest = Collections.max(splits.values(), Comparator.comparingInt(faces -> faces.classes().count()));
        for (Split split : Split.values()) {
            Faces faces = splits.getOrDefault(split, widest.select(new int[0]));
            // contempt may be in one file of several
            splits.put(split, faces.classes().equals(widest.classes()) ? faces : faces.withLabels(widest.classes(), faces.labels()));
        }
        ClassOrder.settle(splits, numbers, words, found.get(0), notes);
        return new Form.Content(splits, false, false, notes);
    }

    private static Form form(Path path) throws IOException {
        int i = 0;
        while (!FORMS.get(i).recognises(path)) {
            i++;
        }
        return FORMS.get(i);
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
        List<Path> complete = new ArrayList<>();
        Map<Path, Split> partial = new LinkedHashMap<>();
        List<Path> others = new ArrayList<>();
        for (Path file : Source.children(folder)) {
            if (Files.isRegularFile(file)) {
                Set<Split> splits = Set.of();
                boolean known = true;
                try {
                    splits = OFFICIAL.contains(name(file)) ? EnumSet.allOf(Split.class) : form(file).splits(file);
                    known = splits.isEmpty() && CsvForm.knows(file);
                } catch (ZipException | EOFException e) { // matters only where it may hold data
                    if (name(file).toLowerCase(Locale.ROOT).matches(DATA_NAME)) {
                        throw new IOException(file + ": the compressed data is damaged (" + e.getMessage() + "); get it again or remove it", e);
                    }
                }
                if (splits.size() == Split.values().length) {
                    complete.add(file);
                } else if (!splits.isEmpty()) {
                    partial.put(file, splits.iterator().next());
                } else if (known) {
                    others.add(file);
                }
            }
        }
        if (!complete.isEmpty()) {
            complete.sort(Comparator.comparingInt(file -> OFFICIAL.indexOf(name(file))));
            if (complete.size() > 1 && !OFFICIAL.contains(name(complete.get(0)))) {
                throw new IOException(folder + ": found " + names(complete) + ", expected one data set; name the one to read");
            }
            List<Path> left = Stream.concat(partial.keySet().stream(), complete.stream().skip(1)).toList();
            if (!left.isEmpty()) {
                notes.add("Also there and not read: " + names(left) + ".");
            }
            return complete.subList(0, 1);
        }
        if (!partial.isEmpty()) {
            Map<Split, Path> bySplit = new EnumMap<>(Split.class);
            for (Map.Entry<Path, Split> part : partial.entrySet()) {
                Path before = bySplit.put(part.getValue(), part.getKey());
                if (before != null) {
                    throw new IOException(before + " and " + part.getKey() + " are both the " + part.getValue().usage()
                            + " split, expected one; remove or rename the other");
                }
            }
            return List.copyOf(bySplit.values());
        }
        if (!form(folder).splits(folder).isEmpty()) {
            return List.of(folder);
        }
        refused.addAll(others);
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

    private static String names(List<Path> paths) {
        return paths.isEmpty() ? "nothing" : String.join(", ", paths.stream().limit(NAMED).map(Datasets::name).toList())
                + (paths.size() > NAMED ? " and " + (paths.size() - NAMED) + " more" : "");
    }

    /** The data set of what {@link #gather} read: with a validation split, and with a title and notes that say what it is. */
    static FaceSet assemble(Path source, Form.Content content) {
        Map<Split, Faces> splits = content.splits();
        List<String> notes = content.notes();
        Faces training = splits.get(Split.TRAINING);
        boolean sameKind = training.classes().equals(Classes.FER2013) && training.format().equals(Format.FER2013);
        boolean official = sameKind && Official.hasCounts(splits);
        if (!official) {
            notes.add(String.format(Locale.ROOT, "Not FER2013's official split of 28709 + 3589 + 3589 images or not its number"
                    + " of images per class: found %d + %d + %d. Figures are not comparable with the study's.", training.size(),
                    splits.get(Split.VALIDATION).size(), splits.get(Split.TEST).size()));
        }
        if (splits.get(Split.VALIDATION).size() == 0 && training.size() > 0 && training.labelled()) {
            int[] seen = new int[training.classes().count()];
            int[] counts = training.counts();
            Map<Boolean, List<Integer>> carved = IntStream.range(0, training.size()).boxed()
                    .collect(Collectors
                            .partitioningBy(i -> ++seen[training.label(i)] % Math.min(CARVED, Math.max(2, counts[training.label(i)])) == 0));
            splits.put(Split.TRAINING, training.select(carved.get(false).stream().mapToInt(i -> i).toArray()));
            splits.put(Split.VALIDATION, training.select(carved.get(true).stream().mapToInt(i -> i).toArray()));
            notes.add(
                    "No validation split was found: every ninth training image of each class, in order (of fewer than nine the last), is validation instead ("
                            + carved.get(true).size() + " images).");
        }
        if (splits.get(Split.TEST).size() == 0) {
            notes.add("No test split was found.");
        }
        for (Split split : Split.values()) {
            Faces faces = splits.get(split);
            List<String> empty = IntStream.range(0, faces.classes().count()).filter(label -> faces.counts()[label] == 0)
                    .mapToObj(faces.classes()::title).toList();
            if (faces.size() > 0 && faces.labelled() && !empty.isEmpty()) {
                notes.add(split.usage() + " has no image of " + String.join(", ", empty) + ".");
            }
        }
        FaceSet faces = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, ""), splits.get(Split.TRAINING), splits.get(Split.VALIDATION),
                splits.get(Split.TEST));
        Origin.Kind kind = official ? Official.kind(splits, faces.hash(), notes) : Origin.Kind.OTHER_SPLIT;
        return faces.withOrigin(new Origin(kind, (sameKind ? title(kind)
                : "faces of " + training.classes().count() + " classes, " + training.format()) + " (" + name(source) + ")", notes));
    }

    private static String title(Origin.Kind kind) {
        return switch (kind) {
            case FER2013, SAME_ORDER -> "FER2013";
            case OTHER_PIXELS -> "faces with other pixels than FER2013's";
            default -> "faces in another split than FER2013's";
        };
    }

    private static String name(Path path) {
        return path.getFileName() == null ? path.toString() : path.getFileName().toString();
    }
}
