package ferkit.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads images sorted into folders: one for each split, in it one for each class, named in words or as 0 to 6.
 * Class and split follow from names alone, never from the order of folders or files.
 */
final class ImageFolder {
    private final Path root;
    private final Room room;
    private final Map<Split, List<Image>> images = new EnumMap<>(Split.class);
    private final List<String> notes = new ArrayList<>();
    private int otherFiles;
    private int resized;
    private int coloured;
    private int turned;
    private int narrow;
    private int jpegs;

    private record Image(Path file, int label) {
        /** The name up to its last number. */
        String stem() {
            return name().substring(0, numberStart());
        }

        /** The last number in the name, as in {@code Training_10118481.jpg}; 0 if there is none. */
        String digits() {
            return name().substring(numberStart(), numberEnd()).replaceFirst("^0+", "");
        }

        String name() {
            return file.getFileName().toString();
        }

        private int numberEnd() {
            int end = name().length();
            while (end > 0 && !Character.isDigit(name().charAt(end - 1))) {
                end--;
            }
            return end;
        }

        private int numberStart() {
            int start = numberEnd();
            while (start > 0 && Character.isDigit(name().charAt(start - 1))) {
                start--;
            }
            return start;
        }
    }

    /** By name with numbers as numbers, so that copies that number the images keep FER2013's order; then by label. */
    private static final Comparator<Image> ORDER = Comparator.comparing(Image::stem)
            .thenComparing(image -> image.digits().length()).thenComparing(Image::digits)
            .thenComparing(Image::name).thenComparing(Image::label);

    /**
     * What a folder of images holds.
     *
     * @param splits one list of images for each split, empty where there is none
     * @param notes what was counted on the way
     */
    record Content(Map<Split, Faces> splits, List<String> notes) {}

    private ImageFolder(Path root, Room room) {
        this.root = root;
        this.room = room;
    }

    /** Whether the folder holds folders for splits or classes. */
    static boolean looksLike(Path folder) throws IOException {
        for (Path child : folders(folder)) {
            if (Split.named(name(child)).isPresent() || Emotion.named(name(child)).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Reads all images below a folder for which {@link #looksLike} holds.
     *
     * @param room for the pixels
     * @throws IOException if a class is missing, twice there or unknown, or an image cannot be read: names the path
     */
    static Content read(Path root, Room room) throws IOException {
        return new ImageFolder(root, room).readAll();
    }

    private Content readAll() throws IOException {
        Map<Split, Path> splits = new EnumMap<>(Split.class);
        for (Path child : folders(root)) {
            Optional<Split> split = Split.named(name(child));
            if (split.isPresent()) {
                Path before = splits.put(split.get(), child);
                if (before != null) {
                    throw new IOException(before + " and " + child + " are both the " + split.get().usage()
                            + " split, expected one; remove or rename the other");
                }
            }
        }
        if (splits.isEmpty()) {
            images.put(Split.TRAINING, list(root));
        } else {
            for (Path child : folders(root)) {
                if (!splits.containsValue(child)) {
                    throw new IOException(child + ": this folder's name is none of a split (train, val or test); remove or rename it");
                }
            }
            for (Map.Entry<Split, Path> split : splits.entrySet()) {
                images.put(split.getKey(), list(split.getValue()));
            }
        }
        separateTests();
        Map<Split, Faces> faces = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            faces.put(split, decode(images.getOrDefault(split, List.of())));
        }
        count(resized, "of another size than 48×48, resized by averaging areas.");
        count(coloured, "in colour, turned grey.");
        count(turned, "that lie on their side, upside down or mirrored, put upright as their EXIF data say.");
        count(narrow, "of 16 bits that hold 0 to 255 only, taken as these.");
        count(jpegs, "in JPEG, whose grey values may differ by a few from the original's.");
        if (otherFiles > 0) {
            notes.add(otherFiles + " files that are no images, not read.");
        }
        return new Content(faces, notes);
    }

    private void count(int images, String what) {
        if (images > 0) {
            notes.add(images + " images " + what);
        }
    }

    private List<Image> list(Path split) throws IOException {
        Map<Integer, Path> classes = new TreeMap<>();
        List<Image> found = new ArrayList<>();
        for (Path folder : folders(split)) {
            int label = Emotion.named(name(folder)).orElseThrow(() -> new IOException(folder + ": \"" + name(folder)
                    + "\" is no class of FER2013, expected " + spellings() + "; remove or rename the folder")).label();
            Path before = classes.put(label, folder);
            if (before != null) {
                throw new IOException(before + " and " + folder + " are both the class " + Emotion.of(label).title()
                        + ", expected one folder for each class; put them together");
            }
            for (Path file : children(folder)) {
                if (Files.isDirectory(file)) {
                    throw new IOException(file + ": a folder within a class folder, expected images only; move its images up");
                }
                found.add(new Image(file, label));
            }
        }
        for (Emotion emotion : Emotion.values()) {
            if (!classes.containsKey(emotion.label())) {
                throw new IOException(split + ": no folder for the class " + emotion.title() + ", expected one named "
                        + String.join(", ", emotion.spellings()) + " or " + emotion.label()
                        + "; add the folder or get all of them again");
            }
        }
        for (Path file : children(split)) {
            if (Files.isRegularFile(file)) {
                if (hasImageName(file)) {
                    throw new IOException(file + ": an image outside the class folders, so its class is unknown; move or remove it");
                }
                otherFiles++;
            }
        }
        if (found.isEmpty()) {
            throw noImage(split);
        }
        found.sort(ORDER);
        return found;
    }

    /** Copies with one folder for both tests keep the split in the files' names. */
    private void separateTests() throws IOException {
        List<Image> test = images.getOrDefault(Split.TEST, List.of());
        if (images.containsKey(Split.VALIDATION) || test.stream().noneMatch(image -> isPublic(image) || isPrivate(image))) {
            return;
        }
        for (Image image : test) {
            if (!isPublic(image) && !isPrivate(image)) {
                throw new IOException(image.file() + ": its name begins with neither PublicTest_ nor PrivateTest_ as others beside it do,"
                        + " so its split is unknown; rename or remove it");
            }
        }
        images.put(Split.VALIDATION, test.stream().filter(ImageFolder::isPublic).toList());
        images.put(Split.TEST, test.stream().filter(ImageFolder::isPrivate).toList());
        notes.add("The test folder holds both tests; names beginning with PublicTest_ are validation, with PrivateTest_ test.");
    }

    private static boolean isPublic(Image image) {
        return image.name().startsWith(Split.VALIDATION.usage() + "_");
    }

    private static boolean isPrivate(Image image) {
        return image.name().startsWith(Split.TEST.usage() + "_");
    }

    private Faces decode(List<Image> files) throws IOException {
        room.take((long) files.size() * Faces.PIXELS, root.toString());
        ImageFile[] decoded = new ImageFile[files.size()];
        boolean[] jpeg = new boolean[files.size()];
        String[] errors = new String[files.size()];
        IntStream.range(0, files.size()).parallel().forEach(i -> {
            Path file = files.get(i).file();
            try {
                byte[] content = Source.bytes(file, new Room(ImageFile.LARGEST));
                if (hasImageName(file) || ImageFile.looksLikeImage(content)) {
                    jpeg[i] = ImageFile.looksLikeJpeg(content);
                    decoded[i] = ImageFile.decode(content);
                }
            } catch (IOException e) {
                errors[i] = Source.sentence(e, file);
            }
        });
        FaceList faces = new FaceList();
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
        return faces.toFaces();
    }

    private static IOException noImage(Path split) {
        return new IOException(split + ": no PNG or JPEG image in its class folders, expected at least one; get them again");
    }

    private static boolean hasImageName(Path file) {
        return name(file).toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g|gif|bmp|webp|tiff?)");
    }

    private static String spellings() {
        return String.join(", ", Stream.of(Emotion.values()).map(emotion -> emotion.spellings().get(0)).toList()) + " or 0 to 6";
    }

    private static String name(Path path) {
        String name = path.getFileName().toString();
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    private static List<Path> folders(Path folder) throws IOException {
        return children(folder).stream().filter(Files::isDirectory).toList();
    }

    private static List<Path> children(Path folder) throws IOException {
        return Source.children(folder);
    }
}
