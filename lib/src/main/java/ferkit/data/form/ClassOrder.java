package ferkit.data.form;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.data.Faces;
import ferkit.data.Official;
import ferkit.data.Split;
import ferkit.data.file.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Which classes a data set's numbers mean. A number is a class only by its own data set's order: FER2013's is assumed aloud, and where the
 * data themselves show another, that one is read or refused.
 */
final class ClassOrder {
    /** What to do about numbers that are not FER2013's, to end a message with; the orders are those of the data sets' own descriptions. */
    static final String OTHER_NUMBERS = "put class names in place of all numbers, by the order of the data set that they come from (AffectNet: 0 neutral,"
            + " 1 happy, 2 sad, 3 surprise, 4 fear, 5 disgust, 6 angry, 7 contempt; RAF-DB: 1 surprise, 2 fear, 3 disgust, 4 happy, 5 sad, 6 angry,"
            + " 7 neutral); an eighth class goes by its name too";

    private static final String LISTS = "(?i)(classes|class_names|class_indices|class_to_idx|labels|label_?map|emotions|names|obj|data|dataset|_darknet)"
            + "\\.(txt|names|labels|ya?ml|json)";
    private static final int LONGEST_LIST = 1 << 16;
    private static final String BETWEEN = "[\"']?\\s*[:=, \t]\\s*[\"']?";
    /** A class and its number as lists of classes have them: "0: angry", "angry: 0", or names alone, in order. */
    private static final List<Pattern> ENTRIES = List.of(Pattern.compile("(?<number>[0-9]+)" + BETWEEN + "(?<name>\\p{L}+)"),
            Pattern.compile("(?<name>\\p{L}+)" + BETWEEN + "(?<number>[0-9]+)"), Pattern.compile("(?<name>\\p{L}+)(?<number>)"));

    private ClassOrder() {}

    /** Whether a label is a number, which means a class only in its data set's own order. */
    static boolean isNumber(String name) {
        return name.strip().matches("[0-9]+");
    }

    /**
     * Settles what the labels mean that were read in FER2013's order.
     *
     * @param splits whose labels are put right where FER2013's images per class show another order of numbers
     * @param numbers whether labels were given as numbers
     * @param words whether labels were given as names
     * @param source the file or folder they come from
     * @param notes gets the order that numbers were read in, unless FER2013's own images per class confirm it
     * @throws IOException if a list of classes beside the data gives numbers another order, or FER2013's images per class stand under other names
     */
    static void settle(Map<Split, Faces> splits, boolean numbers, boolean words, Path source, List<String> notes) throws IOException {
        if (numbers) {
            for (Path list : lists(source)) {
                checkList(list, source);
            }
        }
        Classes classes = splits.get(Split.TRAINING).classes();
        Optional<List<Emotion>> shown = classes.equals(Classes.FER2013) ? byCounts(splits.get(Split.TRAINING).counts()) : Optional.empty();
        List<Emotion> own = List.of(Emotion.values());
        if (shown.isEmpty()) {
            if (numbers) {
                notes.add("Classes given as numbers were read in FER2013's order: " + text(own)
                        + (classes.equals(Classes.WITH_CONTEMPT) ? ", and 7 as contempt, as CK+ is shared in FER2013's form" : "")
                        + ". If these data have another, put names in place of numbers.");
            }
        } else if (!shown.get().equals(own)) {
            if (words) {
                throw new IOException(source + ": the numbers of images are those of FER2013's classes, but under other names: in the order "
                        + String.join(", ", names(own)) + " they are FER2013's " + String.join(", ", names(shown.get())) + "; name the classes so");
            }
            splits.replaceAll((split, faces) -> relabelled(faces, shown.get()));
            notes.add("Classes were given as numbers in another order than FER2013's, as FER2013's numbers of images show, and read in that order: "
                    + text(shown.get()) + ".");
        }
    }

    /** The same images where label i meant the i-th of these classes. */
    private static Faces relabelled(Faces faces, List<Emotion> order) {
        byte[] labels = new byte[faces.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (faces.label(i) == Faces.NO_LABEL ? Faces.NO_LABEL : order.get(faces.label(i)).label());
        }
        return faces.withLabels(Classes.FER2013, labels);
    }

    /** The classes, by number, whose images FER2013 has as many of: in training, in training and validation, or in all. */
    static Optional<List<Emotion>> byCounts(int[] found) {
        int[] official = new int[Emotion.COUNT];
        for (Split split : Split.values()) {
            int[] more = Official.counts(split);
            Arrays.setAll(official, i -> official[i] + more[i]);
            List<Emotion> order = Arrays.stream(found).boxed().flatMap(count -> Arrays.stream(Emotion.values())
                    .filter(emotion -> official[emotion.label()] == count)).distinct().toList();
            if (order.size() == Emotion.COUNT) {
                return Optional.of(order);
            }
        }
        return Optional.empty();
    }

    /** The files that may list classes by number, in a folder or beside a source. */
    static List<Path> lists(Path source) throws IOException {
        List<Path> lists = new ArrayList<>();
        Path parent = source.toAbsolutePath().getParent();
        for (Path folder : parent == null ? List.of(source) : List.of(source, parent)) {
            for (Path file : Files.isDirectory(folder) && Files.isReadable(folder) ? Source.children(folder) : List.<Path>of()) {
                if (file.getFileName().toString().matches(LISTS) && Files.isRegularFile(file)) {
                    lists.add(file);
                }
            }
        }
        return lists;
    }

    private static void checkList(Path file, Path source) throws IOException {
        String content;
        try (InputStream in = Source.open(file)) {
            content = new String(in.readNBytes(LONGEST_LIST), StandardCharsets.UTF_8).replaceAll("#.*", "")
                    .replaceFirst("(?s).*?(?m:^)\\s*\"?names\"?\\s*:", "");
        }
        for (Pattern entry : ENTRIES) {
            SortedMap<Integer, Emotion> listed = new TreeMap<>();
            int next = 0;
            for (Matcher match = entry.matcher(content); match.find();) {
                Optional<Emotion> emotion = Emotion.named(match.group("name"));
                String number = match.group("number");
                if (number.length() < 2 && (emotion.isPresent() || next > 0)) { // in a list of names, one that is no class of FER2013 has a number too
                    int at = number.isEmpty() ? next++ : Integer.parseInt(number);
                    if (emotion.isPresent() && !listed.containsValue(emotion.get())) {
                        listed.putIfAbsent(at, emotion.get());
                    }
                }
            }
            if (listed.size() == Emotion.COUNT) {
                if (listed.entrySet().stream().anyMatch(one -> one.getKey() != one.getValue().label())) {
                    throw new IOException(file + " gives the numbers another order than FER2013's: " + text(listed) + "; put these names in place of"
                            + " the numbers in " + source + ", or remove the list if it belongs to other data");
                }
                return;
            }
        }
    }

    private static String text(Map<Integer, Emotion> order) {
        return String.join(", ", order.entrySet().stream().map(one -> one.getKey() + " " + one.getValue().title().toLowerCase(Locale.ROOT)).toList());
    }

    private static List<String> names(List<Emotion> order) {
        return order.stream().map(emotion -> emotion.title().toLowerCase(Locale.ROOT)).toList();
    }

    private static String text(List<Emotion> order) {
        return String.join(", ", IntStream.range(0, order.size()).mapToObj(i -> i + " " + names(order).get(i)).toList());
    }
}
