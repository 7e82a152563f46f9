package ferkit.data;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What a data set holds besides good faces: blank images, duplicates within and across splits, contradicting labels
 * and, where FER+ is at hand, what other people saw in the images.
 */
public final class DataReport {
    private static final String MEASURE = "correlation of grey values at least " + Duplicates.CORRELATION;

    private final FaceSet faces;
    private final Map<Split, Findings> findings = new EnumMap<>(Split.class);
    private final Votes votes;

    /**
     * What was found in one split; each number counts images of this split.
     *
     * @param images all of them
     * @param blank those of one grey value only
     * @param repeated exact copies of an earlier image of the same split
     * @param contradicting those with an exact copy anywhere that has another label
     * @param copied those with an exact copy in the training split; 0 for the training split itself
     * @param copiedSameLabel those of {@code copied} whose training copies all have their label
     * @param near those with a near duplicate in the training split, exact copies included; 0 for the training split itself
     * @param nearSameLabel those of {@code near} whose most similar training image has their label
     * @param nearInValidation test images with a near duplicate in the validation split; 0 for the other splits
     */
    public record Findings(int images, int blank, int repeated, int contradicting, int copied, int copiedSameLabel,
            int near, int nearSameLabel, int nearInValidation) {}

    /**
     * FER+ against FER2013, over all splits.
     *
     * @param counts images by FER2013 label (seven rows) and FER+ majority (ten votes, then none)
     * @param notAFace images of each split, in split order, whose majority says 'not a face'
     */
    public record Votes(int[][] counts, int[] notAFace) {
        /** Images whose FER+ majority is one of the seven classes. */
        public int comparable() {
            return count(false);
        }

        /** Images whose FER+ majority is their FER2013 label. */
        public int agreeing() {
            return count(true);
        }

        private int count(boolean agreeing) {
            int sum = 0;
            for (int label = 0; label < Emotion.COUNT; label++) {
                for (FerPlus.Vote vote : FerPlus.Vote.values()) {
                    if (vote.emotion().isPresent() && (!agreeing || vote.emotion().get().label() == label)) {
                        sum += counts[label][vote.ordinal()];
                    }
                }
            }
            return sum;
        }
    }

    private DataReport(FaceSet faces, Votes votes) {
        this.faces = faces;
        this.votes = votes;
        Duplicates duplicates = new Duplicates(faces);
        Map<Split, int[]> copies = countCopies(duplicates.exact());
        for (Split split : Split.values()) {
            Faces part = faces.split(split);
            int blank = 0;
            for (int i = 0; i < part.size(); i++) {
                blank += isBlank(part.pixels(i)) ? 1 : 0;
            }
            int near = 0;
            int same = 0;
            if (split != Split.TRAINING) {
                int[] nearest = duplicates.nearest(split, Split.TRAINING);
                for (int i = 0; i < nearest.length; i++) {
                    near += nearest[i] >= 0 ? 1 : 0;
                    same += nearest[i] >= 0 && faces.training().label(nearest[i]) == part.label(i) ? 1 : 0;
                }
            }
            int nearInValidation = 0;
            if (split == Split.TEST) {
                for (int nearest : duplicates.nearest(split, Split.VALIDATION)) {
                    nearInValidation += nearest >= 0 ? 1 : 0;
                }
            }
            int[] c = copies.get(split);
            findings.put(split, new Findings(part.size(), blank, c[0], c[1], c[2], c[3], near, same, nearInValidation));
        }
    }

    /** The report on a data set without FER+. */
    public static DataReport of(FaceSet faces) {
        return new DataReport(faces, null);
    }

    /** The report on a data set with the votes of FER+. */
    public static DataReport of(FaceSet faces, FerPlus ferPlus) {
        int[][] counts = new int[Emotion.COUNT][FerPlus.Vote.values().length + 1];
        int[] notAFace = new int[Split.values().length];
        for (Split split : Split.values()) {
            for (int i = 0; i < faces.split(split).size(); i++) {
                Optional<FerPlus.Vote> majority = ferPlus.majority(split, i);
                if (faces.split(split).label(i) != Faces.NO_LABEL) {
                    counts[faces.split(split).label(i)][majority.map(Enum::ordinal).orElse(FerPlus.Vote.values().length)]++;
                }
                if (majority.isPresent() && majority.get() == FerPlus.Vote.NOT_A_FACE) {
                    notAFace[split.ordinal()]++;
                }
            }
        }
        return new DataReport(faces, new Votes(counts, notAFace));
    }

    private static boolean isBlank(byte[] pixels) {
        for (byte pixel : pixels) {
            if (pixel != pixels[0]) {
                return false;
            }
        }
        return true;
    }

    /** For each split: repeated, contradicting, copied and copiedSameLabel of {@link Findings}. */
    private Map<Split, int[]> countCopies(List<List<Duplicates.Place>> sets) {
        Map<Split, int[]> counts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            counts.put(split, new int[4]);
        }
        for (List<Duplicates.Place> set : sets) {
            boolean contradicting = set.stream().mapToInt(this::label).distinct().count() > 1;
            List<Duplicates.Place> training = set.stream().filter(place -> place.split() == Split.TRAINING).toList();
            Split previous = null;
            for (Duplicates.Place place : set) {
                int[] count = counts.get(place.split());
                count[0] += place.split() == previous ? 1 : 0;
                count[1] += contradicting ? 1 : 0;
                if (place.split() != Split.TRAINING && !training.isEmpty()) {
                    count[2]++;
                    count[3] += training.stream().allMatch(other -> label(other) == label(place)) ? 1 : 0;
                }
                previous = place.split();
            }
        }
        return counts;
    }

    private int label(Duplicates.Place place) {
        return faces.split(place.split()).label(place.index());
    }

    /** What was found in one split. */
    public Findings findings(Split split) {
        return findings.get(split);
    }

    /** FER+ against FER2013, empty if the report was made without FER+. */
    public Optional<Votes> votes() {
        return Optional.ofNullable(votes);
    }

    /** Images of each split and class, beside FER2013's official number unless this is the drawn sample. */
    public Table countsTable() {
        StringColumn classes = StringColumn.create("class");
        Emotion.titles().forEach(classes::append);
        classes.append("all");
        Table table = Table.create("Images per class", classes);
        for (Split split : Split.values()) {
            table.addColumns(withTotal(split.usage(), faces.split(split).counts()));
            if (!faces.origin().isSample()) {
                table.addColumns(withTotal(split.usage() + " official", Official.counts(split)));
            }
        }
        return table;
    }

    private static IntColumn withTotal(String name, int[] counts) {
        IntColumn column = IntColumn.create(name);
        int total = 0;
        for (int count : counts) {
            column.append(count);
            total += count;
        }
        column.append(total);
        return column;
    }

    /** What was found, one row a finding and one column a split. */
    public Table findingsTable() {
        List<String> names = new ArrayList<>(List.of("images", "blank (one grey value)", "exact copy of an earlier image of the split",
                "exact copy somewhere with another label", "exact copy in training", "… all with the same label",
                "near duplicate in training (" + MEASURE + ")", "… the nearest with the same label", "near duplicate in validation"));
        if (votes != null) {
            names.add("'not a face' by FER+ majority");
        }
        Table table = Table.create("Findings", StringColumn.create("finding", names));
        for (Split split : Split.values()) {
            Findings f = findings.get(split);
            IntColumn column = IntColumn.create(split.usage());
            for (int number : new int[] {f.images(), f.blank(), f.repeated(), f.contradicting()}) {
                column.append(number);
            }
            for (int number : new int[] {f.copied(), f.copiedSameLabel(), f.near(), f.nearSameLabel()}) {
                appendUnless(split == Split.TRAINING, column, number);
            }
            appendUnless(split != Split.TEST, column, f.nearInValidation());
            if (votes != null) {
                column.append(votes.notAFace()[split.ordinal()]);
            }
            table.addColumns(column);
        }
        return table;
    }

    private static void appendUnless(boolean missing, IntColumn column, int number) {
        if (missing) {
            column.appendMissing();
        } else {
            column.append(number);
        }
    }

    /**
     * FER2013 labels (rows) against FER+ majorities (columns), all splits together.
     *
     * @throws IllegalStateException if the report was made without FER+
     */
    public Table agreementTable() {
        if (votes == null) {
            throw new IllegalStateException("No FER+ votes in this report: make it with DataReport.of(faces, FerPlus.read(…))");
        }
        Table table = Table.create("FER2013 label and FER+ majority", StringColumn.create("FER2013", Emotion.titles()));
        for (int column = 0; column <= FerPlus.Vote.values().length; column++) {
            IntColumn counts = IntColumn.create(column < FerPlus.Vote.values().length
                    ? FerPlus.Vote.values()[column].name().toLowerCase(Locale.ROOT).replace('_', ' ') : "no majority");
            for (int label = 0; label < Emotion.COUNT; label++) {
                counts.append(votes.counts()[label][column]);
            }
            table.addColumns(counts);
        }
        return table;
    }

    /** Which of the findings the figures on this data are exposed to, in one paragraph. */
    public String paragraph() {
        Findings training = findings.get(Split.TRAINING);
        Findings validation = findings.get(Split.VALIDATION);
        Findings test = findings.get(Split.TEST);
        StringBuilder text = new StringBuilder();
        text.append(text("Of %,d test images %,d (%s) have a near duplicate in training (%s), %,d of them an exact copy; for %,d the most similar"
                + " training image has the same label. ", test.images(), test.near(), percent(test.near(), test.images()), MEASURE,
                test.copied(), test.nearSameLabel()));
        text.append(text("A model that does nothing but remember would get these %,d right, which may be up to %s of a test accuracy. ",
                test.nearSameLabel(), percent(test.nearSameLabel(), test.images())));
        text.append(text("On validation, which chooses the epoch, it is %,d of %,d (%s). ", validation.nearSameLabel(), validation.images(),
                percent(validation.nearSameLabel(), validation.images())));
        text.append(text("In training %,d images repeat an earlier one and %,d are blank. ", training.repeated(), training.blank()));
        text.append(text("%,d test images have an exact copy with another label: whoever answers by the image alone gets one of the two wrong.",
                test.contradicting()));
        if (votes != null) {
            int notAFace = votes.notAFace()[Split.TEST.ordinal()];
            text.append(text(" FER+ voters call %,d test images 'not a face'; where their majority names one of the seven classes, it is the"
                    + " FER2013 label for %s of the images.", notAFace, percent(votes.agreeing(), votes.comparable())));
        }
        return text.toString();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String percent(int part, int whole) {
        return whole == 0 ? "none" : text("%.1f %%", 100.0 * part / whole);
    }
}
