package ferkit.data.form;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.data.Split;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Images in folders, as {@link FolderReader} has them. */
final class FolderForm implements Form {
    @Override
    public boolean recognises(Path path) {
        return Files.isDirectory(path);
    }

    /** All where there are folders for splits or classes, or what people have in place of them: images and labels apart. */
    @Override
    public Set<Split> splits(Path folder) throws IOException {
        for (Path child : folders(folder)) {
            if (Split.named(name(child)).isPresent() || Classes.WITH_CONTEMPT.named(name(child)).isPresent()) {
                return EnumSet.allOf(Split.class);
            }
        }
        return isYolo(folder) ? EnumSet.allOf(Split.class) : Set.of();
    }

    @Override
    public Content read(Path folder, Room room) throws IOException {
        return new FolderReader(folder, room).readAll();
    }

    /** Whether there are folders for images and for text files that hold their classes. */
    private static boolean isYolo(Path folder) throws IOException {
        Path labels = folder.resolve("labels");
        if (!Files.isDirectory(labels) || !Files.isDirectory(folder.resolve("images"))) {
            return false;
        }
        try (Stream<Path> below = Files.walk(labels, 2)) {
            return below.anyMatch(file -> file.toString().endsWith(".txt"));
        }
    }

    /**
     * Refuses images that no class folders hold.
     *
     * @param folder that may hold such images, directly or in a folder {@code images}, beside a list of classes or not
     * @throws IOException if it does: says how the classes are given and what to do
     */
    static void refuseUnsorted(Path folder) throws IOException {
        List<Path> children = Source.children(folder);
        boolean yolo = isYolo(folder);
        if (!yolo && children.stream().noneMatch(child -> hasImageName(child) || name(child).equals("images"))) {
            return;
        }
        List<String> lists = children.stream().map(FolderForm::name).filter(name -> name.matches("(?i).*\\.(csv|txt|json)")
                && !name.toLowerCase(Locale.ROOT).startsWith("readme")).limit(3).toList();
        throw new IOException(folder + ": its images are in no class folders"
                + (yolo ? " but apart from their classes, as for YOLO (labels/ has a file for each image)"
                        : lists.isEmpty() ? "" : " and their classes, if anywhere, in " + String.join(", ", lists))
                + ", expected a folder for each class (" + spellings()
                + "); put each image into the folder of its class, by the names that these data give"
                + " their numbers"
                + (name(folder).toLowerCase(Locale.ROOT).startsWith("fer2013") ? ", or with FER+ use fer2013.csv and fer2013new.csv beside it" : ""));
    }

    static boolean hasImageName(Path file) {
        return name(file).toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g|gif|bmp|webp|tiff?)");
    }

    static String spellings() {
        return String.join(", ", Stream.of(Emotion.values()).map(emotion -> emotion.spellings().get(0)).toList());
    }

    static String name(Path path) {
        String name = path.getFileName().toString();
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    static List<Path> folders(Path folder) throws IOException {
        return Source.children(folder).stream().filter(Files::isDirectory).toList();
    }
}
