package ferkit.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the labels of a data set mean: class i of these is label i.
 *
 * @param titles English names as tables and charts show them, for example "Angry"
 * @param spellings for each class the names it goes by in folders and files, in lower case
 */
public record Classes(List<String> titles, List<List<String>> spellings) {
    /** The seven of FER2013, in its label order. */
    public static final Classes FER2013 = new Classes(Emotion.titles(), Stream.of(Emotion.values()).map(Emotion::spellings).toList());

    /** FER2013's seven and contempt as label 7: what FER+ votes for, and CK+ where it is shared in FER2013's form. */
    public static final Classes WITH_CONTEMPT = new Classes(
            Stream.concat(Emotion.titles().stream(), Stream.of("Contempt")).toList(),
            Stream.concat(FER2013.spellings.stream(), Stream.of(List.of("contempt", "contemptuous"))).toList());

    /** The largest number of classes: a label is one byte, and 255 means none. */
    public static final int MOST = 127;

    /** @throws IllegalArgumentException if there is no class or more than {@link #MOST}, two have one title, or there are not spellings for each */
    public Classes {
        titles = List.copyOf(titles);
        spellings = spellings.stream().map(List::copyOf).toList();
        if (titles.isEmpty() || titles.size() > MOST || titles.stream().distinct().count() < titles.size() || titles.size() != spellings.size()) {
            throw new IllegalArgumentException("Classes " + titles + " with spellings " + spellings + ": expected 1 to " + MOST
                    + " different titles and spellings for each");
        }
    }

    /** Classes that go by their titles alone, in this order. */
    public static Classes of(String... titles) {
        return new Classes(Arrays.asList(titles), Stream.of(titles).map(title -> List.of(title.toLowerCase(Locale.ROOT))).toList());
    }

    /** Whether the titles are the same: spellings only say how files are read. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Classes classes && titles.equals(classes.titles);
    }

    @Override
    public int hashCode() {
        return titles.hashCode();
    }

    /** Number of classes. */
    public int count() {
        return titles.size();
    }

    /**
     * The title of a label.
     *
     * @throws IllegalArgumentException if no class has this label
     */
    public String title(int label) {
        return titles.get(require(label));
    }

    /**
     * The label itself.
     *
     * @throws IllegalArgumentException if no class has this label
     */
    public int require(int label) {
        if (label < 0 || label >= count()) {
            throw new IllegalArgumentException("Label " + label + (equals(FER2013) ? " is no class of FER2013" : " is none of these classes")
                    + ": expected 0 to " + (count() - 1) + " (0 " + titles.get(0) + " … " + (count() - 1) + " " + titles.get(count() - 1) + ")");
        }
        return label;
    }

    /** The label that a folder or a cell of this name means: any spelling in any case, or a label in digits; empty if none. */
    public OptionalInt named(String name) {
        String plain = name.strip().toLowerCase(Locale.ROOT);
        return IntStream.range(0, count()).filter(label -> spellings.get(label).contains(plain) || plain.equals(Integer.toString(label))).findFirst();
    }
}
