package ferkit.data.form;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.data.FaceList;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Split;
import ferkit.data.file.ImageFile;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads images sorted into folders: one for each split, in it one for each class, named in words or as 0 to 6; or as RAF-DB has them, 1 to 7 in
 * its own order. Class and split follow from names alone, never from the order of folders or files. Images that all have one size keep it, and
 * their colours if any has some; where sizes differ, where they are 48×48 and where the numbers of images are FER2013's, they become 48×48 grey.
 */
final class FolderReader {
    private final Path root;
    private final Room room;
    private final Map<Split, List<Image>> images = new EnumMap<>(Split.class);
    private final List<String> notes = new ArrayList<>();
    private Classes classes = Classes.FER2013;
    private boolean rafDb;
    private final List<Path> misplaced = new ArrayList<>();
    private boolean numbers;
    private boolean words;
    private int otherFiles;
    private int resized;
    private int coloured;
    private int turned;
    private int narrow;
    private int jpegs;

    /** What RAF-DB numbers from 1 on, by its own description, and the size and numbers of its aligned images for training and test. */
    private static final List<Emotion> RAF_DB = List.of(Emotion.SURPRISE, Emotion.FEAR, Emotion.DISGUST, Emotion.HAPPY, Emotion.SAD, Emotion.ANGRY,
            Emotion.NEUTRAL);
    private static final int RAF_DB_SIDE = 100;
    private static final int RAF_DB_TRAINING = 12_271;
    private static final int RAF_DB_TEST = 3_068;

    /** A file, and of its name what lies before its last number and that number without zeros before it: nothing of both if there is no number. */
    private record Image(Path file, int label, String stem, String digits) {
        private static final Pattern LAST_NUMBER = Pattern.compile("(?s)(.*?)0*(\\p{Nd}*)\\P{Nd}*\\z");
        private static final Pattern SPLIT = Pattern.compile("(?i)(?:.*\\P{L})?(training|public[_ -]?test|private[_ -]?test)(?!\\p{L}).*");

        static Image of(Path file, int label) {
            MatchResult parts = LAST_NUMBER.matcher(file.getFileName().toString()).results().findFirst().orElseThrow();
            return new Image(file, label, parts.group(1), parts.group(2));
        }

        /** The split that the name has in it as a word of its own, as in {@code Training_10118481.jpg} or {@code flipped_PrivateTest_7.png}. */
        Optional<Split> split() {
            Matcher matcher = SPLIT.matcher(name());
            return matcher.matches() ? Split.named(matcher.group(1).replaceAll("[_ -]", "")) : Optional.empty();
        }

        /** Whether the name has one of the two test splits in it. */
        boolean isTest() {
            return split().filter(split -> split != Split.TRAINING).isPresent();
        }

        String name() {
            return file.getFileName().toString();
        }
    }

    /** By name with numbers as numbers, so that copies that number the images keep FER2013's order; then by label. */
    private static final Comparator<Image> ORDER = Comparator.comparing(Image::stem)
            .thenComparing(image -> image.digits().length()).thenComparing(Image::digits)
            .thenComparing(Image::name).thenComparing(Image::label);

    /**
     * @param root a folder that holds folders for splits or classes
     * @param room for the pixels
     */
    FolderReader(Path root, Room room) {
        this.root = root;
        this.room = room;
    }

    /**
     * Reads all images below the folder.
     *
     * @throws IOException if a class is twice there or unknown, numbers of classes are not FER2013's, or an image cannot be read: names the path
     */
    Form.Content readAll() throws IOException {
        Map<Split, Path> splits = new EnumMap<>(Split.class);
        for (Path child : FolderForm.folders(root)) {
            Optional<Split> split = Split.named(FolderForm.name(child));
            if (split.isPresent()) {
                Path before = splits.put(split.get(), child);
                if (before != null) {
                    throw new IOException(before + " and " + child + " are both the " + split.get().usage()
                            + " split, expected one; remove or rename the other");
                }
            }
        }
        settleClasses(splits.isEmpty() ? Map.of(Split.TRAINING, root) : splits);
        if (splits.isEmpty()) {
            listInto(Split.TRAINING, root, false);
        } else {
            for (Path child : FolderForm.folders(root)) {
                if (!splits.containsValue(child)) {
                    throw new IOException(child + ": this folder's name is none of a split (train, val or test); remove or rename it");
                }
            }
            for (Map.Entry<Split, Path> split : splits.entrySet()) {
                listInto(split.getKey(), split.getValue(), splits.containsKey(Split.VALIDATION));
            }
        }
        if (!misplaced.isEmpty()) {
            notes.add(
                    misplaced.size() + " images, such as " + root.relativize(misplaced.get(0)) + ", are in a folder of another split than their names"
                            + " say, and taken by the folder.");
        }
        images.values().forEach(list -> list.sort(ORDER));
        Format format = format();
        if (rafDb && (format.height() != RAF_DB_SIDE || format.width() != RAF_DB_SIDE)) {
            throw otherNumbers(List.of("1", "2", "3", "4", "5", "6", "7"));
        }
        Map<Split, Faces> faces = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            faces.put(split, decode(images.getOrDefault(split, List.of()), format));
        }
        if (rafDb) {
            notes.add(
                    "Folders 1 to 7 with images of 100×100 for train and test alone, as RAF-DB has them, were read in its order: 1 surprise, 2 fear,"
                            + " 3 disgust, 4 happy, 5 sad, 6 angry, 7 neutral." + (faces.get(Split.TRAINING).size() == RAF_DB_TRAINING
                                    && faces.get(Split.TEST).size() == RAF_DB_TEST ? ""
                                            : " RAF-DB itself has " + RAF_DB_TRAINING + " and " + RAF_DB_TEST + " of them."));
        }
        if (!classes.equals(Classes.FER2013)) {
            notes.add("Classes by the names of folders: " + IntStream.range(0, classes.count())
                    .mapToObj(label -> label + " " + classes.title(label).toLowerCase(Locale.ROOT)).collect(Collectors.joining(", ")) + ".");
        }
        if (!format.equals(Format.FER2013)) {
            notes.add("All images have one size and are kept as they are: " + format + ".");
        }
        count(resized, "of another size than 48×48, resized by averaging areas.");
        count(format.colour() ? 0 : coloured, "in colour, turned grey.");
        count(turned, "that lie on their side, upside down or mirrored, put upright as their EXIF data say.");
        count(narrow, "of 16 bits that hold 0 to 255 only, taken as these.");
        count(jpegs, "in JPEG, whose grey values may differ by a few from the original's.");
        if (otherFiles > 0) {
            notes.add(otherFiles + " files that are no images, not read.");
        }
        return new Form.Content(faces, numbers, words, notes);
    }

    private void count(int images, String what) {
        if (images > 0) {
            notes.add(images + " images " + what);
        }
    }

    /**
     * Finds out which classes the folders' names mean. Those that are numbered, but not as FER2013's seven or RAF-DB's, are refused: to leave some
     * out or add one would give the others wrong names. Names of no class known here are classes too if there are images in one of their folders.
     */
    private void settleClasses(Map<Split, Path> splits) throws IOException {
        Set<String> names = new TreeSet<>();
        Set<String> others = new TreeSet<>();
        for (Path split : splits.values()) {
            for (Path folder : FolderForm.folders(split)) {
                String name = FolderForm.name(folder).strip().toLowerCase(Locale.ROOT);
                names.add(name);
                if (!ClassOrder.isNumber(name) && Emotion.named(name).isEmpty()
                        && Source.children(folder).stream().anyMatch(FolderForm::hasImageName)) {
                    others.add(name);
                }
            }
        }
        if (others.contains("")) {
            throw new IOException(root + ": a class folder whose name is blank, expected the name of its class; rename it");
        }
        List<String> numbers = names.stream().filter(ClassOrder::isNumber).toList();
        rafDb = numbers.size() == names.size() && String.join(" ", numbers).equals("1 2 3 4 5 6 7")
                && splits.keySet().equals(EnumSet.of(Split.TRAINING, Split.TEST));
        if (!rafDb && (numbers.stream().anyMatch(number -> Emotion.named(number).isEmpty())
                || !numbers.isEmpty() && numbers.size() == names.size() && numbers.size() < Emotion.COUNT)) {
            throw otherNumbers(numbers);
        }
        if (!others.isEmpty() && others.stream().allMatch(name -> Classes.WITH_CONTEMPT.named(name).isPresent())) {
            classes = Classes.WITH_CONTEMPT;
        } else if (!others.isEmpty()) {
            List<Integer> known = names.stream().flatMapToInt(name -> Classes.FER2013.named(name).stream()).distinct().sorted().boxed().toList();
            if (known.size() + others.size() > Classes.MOST) {
                throw new IOException(root + ": folders of " + (known.size() + others.size()) + " classes, such as " + others.iterator().next()
                        + ", expected at most " + Classes.MOST + "; put classes together or leave some out");
            }
            classes = new Classes(Stream.concat(known.stream().map(Classes.FER2013::title), others.stream().map(FolderReader::title)).toList(),
                    Stream.concat(known.stream().map(Classes.FER2013.spellings()::get), others.stream().map(List::of)).toList());
        }
    }

    private static String title(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private IOException otherNumbers(List<String> numbers) {
        String found = String.join(" ", numbers);
        String known = found.equals("0 1 2 3 4 5 6 7") ? ", as AffectNet numbers its eight classes"
                : found.equals("1 2 3 4 5 6 7") ? ", as RAF-DB numbers its seven" : "";
        return new IOException(root + ": class folders " + found + known + ", expected FER2013's 0 to 6 or names; " + ClassOrder.OTHER_NUMBERS);
    }

    /** The label that a folder's name means. */
    private OptionalInt label(String name) {
        if (rafDb) {
            return OptionalInt.of(RAF_DB.get(Integer.parseInt(name) - 1).label());
        }
        Optional<Emotion> emotion = Emotion.named(name); // digits are FER2013's, whatever the classes
        return classes.named(emotion.isPresent() ? emotion.get().spellings().get(0) : name);
    }

    private List<Image> list(Path split) throws IOException {
        if (FolderForm.folders(split).stream().noneMatch(folder -> Emotion.named(FolderForm.name(folder)).isPresent())) {
            FolderForm.refuseUnsorted(split);
        }
        Map<Integer, Path> byLabel = new TreeMap<>();
        List<Image> found = new ArrayList<>();
        for (Path folder : FolderForm.folders(split)) {
            int label = label(FolderForm.name(folder)).orElseThrow(() -> new IOException(folder + ": \"" + FolderForm.name(folder)
                    + "\" is no class of FER2013 and holds no image, expected " + FolderForm.spellings()
                    + " or 0 to 6; move the folder elsewhere, or rename it if it is one of these"));
            numbers |= ClassOrder.isNumber(FolderForm.name(folder)) && !rafDb;
            words |= !ClassOrder.isNumber(FolderForm.name(folder)) || rafDb;
            Path before = byLabel.put(label, folder);
            if (before != null) {
                throw new IOException(before + " and " + folder + " are both the class " + classes.title(label)
                        + ", expected one folder for each class; put them together");
            }
            for (Path file : Source.children(folder)) {
                if (Files.isDirectory(file)) {
                    throw new IOException(file + ": a folder within a class folder, expected images only; move its images up");
                }
                found.add(Image.of(file, label));
            }
        }
        for (Path file : Source.children(split)) {
            if (Files.isRegularFile(file)) {
                if (FolderForm.hasImageName(file)) {
                    throw new IOException(file + ": an image outside the class folders, so its class is unknown; move or remove it");
                }
                otherFiles++;
            }
        }
        if (found.isEmpty()) {
            throw noImage(split);
        }
        return found;
    }

    /**
     * Puts the images of one folder into its split, or into the one that their names say, as FER2013's copies have it, where they would be
     * trained on otherwise or the folder holds both tests.
     */
    private void listInto(Split folder, Path path, boolean hasValidation) throws IOException {
        List<Image> found = list(path);
        boolean bothTests = folder == Split.TEST && !hasValidation && found.stream().anyMatch(Image::isTest);
        List<Image> unknown = found.stream().filter(image -> bothTests && !image.isTest()).toList();
        if (!unknown.isEmpty()) {
            throw new IOException(path + ": " + unknown.size() + " images, such as " + unknown.get(0).file() + ", are named neither PublicTest_ nor"
                    + " PrivateTest_ as others beside them are, so their split is unknown; rename or remove them");
        }
        int taken = 0;
        for (Image image : found) {
            Split named = image.split().orElse(folder);
            boolean byName = named != folder && (bothTests || folder == Split.TRAINING);
            taken += byName ? 1 : 0;
            images.computeIfAbsent(byName ? named : folder, split -> new ArrayList<>()).add(image);
            if (named != folder && !byName) {
                misplaced.add(image.file());
            }
        }
        if (taken > 0) {
            notes.add(bothTests ? taken + " images in the test folder are named PublicTest_ and are validation."
                    : taken + " images among those for training are named PublicTest_ or PrivateTest_: they are not trained on, but validation and test.");
        }
    }

    /** What the images are to become: of their own size and colours, or as FER2013's are. */
    private Format format() {
        List<Image> all = images.values().stream().flatMap(List::stream).filter(image -> FolderForm.hasImageName(image.file())).toList();
        int[] counts = new int[classes.count()];
        images.getOrDefault(Split.TRAINING, List.of()).forEach(image -> counts[image.label()]++);
        Optional<List<Integer>> size = all.isEmpty() ? Optional.empty() : size(all.get(0));
        if (size.isEmpty() || size.get().equals(List.of(Faces.SIDE, Faces.SIDE))
                || classes.equals(Classes.FER2013) && ClassOrder.byCounts(counts).isPresent()
                || !all.stream().parallel().map(FolderReader::size).allMatch(one -> one.isEmpty() || one.equals(size))) {
            return Format.FER2013;
        }
        Format grey = new Format(1, size.get().get(1), size.get().get(0));
        return all.stream().parallel().anyMatch(image -> isColoured(image, grey)) ? new Format(3, grey.height(), grey.width()) : grey;
    }

    /** Width and height; empty where the image cannot be read, which is said when its pixels are. */
    private static Optional<List<Integer>> size(Image image) {
        try {
            return Optional.of(ImageFile.size(Source.bytes(image.file(), new Room(ImageFile.LARGEST))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isColoured(Image image, Format grey) {
        try {
            return ImageFile.decode(Source.bytes(image.file(), new Room(ImageFile.LARGEST)), false, grey.height(), grey.width()).coloured();
        } catch (IOException e) {
            return false;
        }
    }

    private Faces decode(List<Image> files, Format format) throws IOException {
        try {
            room.take((long) files.size() * format.size(), root.toString());
        } catch (IOException e) {
            throw format.equals(Format.FER2013) ? e
                    : new IOException(root + ": " + files.size() + " images of " + format + " take more memory than there"
                            + " is for them here; make the images smaller, as data/README.md has it, or leave some of them out", e);
        }
        ImageFile[] decoded = new ImageFile[files.size()];
        boolean[] jpeg = new boolean[files.size()];
        String[] errors = new String[files.size()];
        IntStream.range(0, files.size()).parallel().forEach(i -> {
            Path file = files.get(i).file();
            try {
                byte[] content = Source.bytes(file, new Room(ImageFile.LARGEST));
                if (FolderForm.hasImageName(file) || ImageFile.looksLikeImage(content)) {
                    jpeg[i] = ImageFile.looksLikeJpeg(content);
                    decoded[i] = ImageFile.decode(content, format.colour(), format.height(), format.width());
                }
            } catch (IOException e) {
                errors[i] = Source.sentence(e, file);
            }
        });
        FaceList faces = new FaceList(format);
        for (int i = 0; i < decoded.length; i++) {
            if (errors[i] != null) {
                throw new IOException(errors[i]);
            }
            if (decoded[i] == null) {
                otherFiles++;
                continue;
            }
            faces.add(decoded[i].pixels(), 0, files.get(i).label());
            resized += decoded[i].resized() ? 1 : 0;
            coloured += decoded[i].coloured() ? 1 : 0;
            turned += decoded[i].turned() ? 1 : 0;
            narrow += decoded[i].narrow() ? 1 : 0;
            jpegs += jpeg[i] ? 1 : 0;
        }
        if (!files.isEmpty() && faces.size() == 0) {
            throw noImage(files.get(0).file().getParent().getParent());
        }
        return faces.toFaces(classes);
    }

    private static IOException noImage(Path split) {
        return new IOException(split + ": no PNG or JPEG image in its class folders, expected at least one; get them again");
    }
}
