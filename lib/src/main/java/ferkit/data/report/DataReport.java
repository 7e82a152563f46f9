package ferkit.data.report;

import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.FerPlus;
import ferkit.data.Split;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What a data set holds besides good faces: blank images, duplicates within and across splits, contradicting labels
 * and, where FER+ is at hand, what other people saw in the images.
 */
public final class DataReport {
    /** When two images count as near duplicates, in words. */
    public static final String MEASURE = "correlation of grey values at least " + Duplicates.CORRELATION;

    private final FaceSet faces;
    private final Map<Split, Findings> findings = new EnumMap<>(Split.class);
    private final Optional<Votes> votes;
    private int[] nearestToTest = {};

    /**
     * What was found in one split; each number counts images of this split.
     *
     * @param images all of them
     * @param blank those of one grey value only
     * @param repeated exact copies of an earlier image of the same split
     * @param contradicting those with an exact copy anywhere that has another label; an image without a label contradicts none
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
     * @param counts images by label (a row for each class) and FER+ majority (ten votes, then none)
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
            for (int label = 0; label < counts.length; label++) {
                for (FerPlus.Vote vote : FerPlus.Vote.values()) {
                    if (vote.emotion().isPresent() && (!agreeing || vote.emotion().get().label() == label)) {
                        sum += counts[label][vote.ordinal()];
                    }
                }
            }
            return sum;
        }
    }

    /**
     * The report on a data set, with the votes of FER+ where they are given.
     *
     * @param progress takes one sentence at a time on what is being looked for; all of FER2013 takes some seconds
     */
    public DataReport(FaceSet faces, Optional<FerPlus> ferPlus, Consumer<String> progress) {
        this.faces = faces;
        this.votes = ferPlus.map(this::count);
        progress.accept("Looking for identical images …");
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
                progress.accept("Looking for near duplicates of " + split.usage() + " images in training …");
                int[] nearest = duplicates.nearest(split, Split.TRAINING);
                nearestToTest = split == Split.TEST ? nearest : nearestToTest;
                for (int i = 0; i < nearest.length; i++) {
                    near += nearest[i] >= 0 ? 1 : 0;
                    same += nearest[i] >= 0 && isSame(faces.training().label(nearest[i]), part.label(i)) ? 1 : 0;
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

    private Votes count(FerPlus ferPlus) {
        int[][] counts = new int[faces.classes().count()][FerPlus.Vote.values().length + 1];
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
        return new Votes(counts, notAFace);
    }

    private static boolean isSame(int label, int other) {
        return label == other && label != Faces.NO_LABEL;
    }

    private static boolean isBlank(byte[] pixels) {
        return IntStream.range(0, pixels.length).allMatch(p -> pixels[p] == pixels[0]);
    }

    /** For each split: repeated, contradicting, copied and copiedSameLabel of {@link Findings}. */
    private Map<Split, int[]> countCopies(List<List<Duplicates.Place>> sets) {
        Map<Split, int[]> counts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            counts.put(split, new int[4]);
        }
        for (List<Duplicates.Place> set : sets) {
            boolean contradicting = set.stream().mapToInt(this::label).filter(label -> label != Faces.NO_LABEL).distinct().count() > 1;
            List<Duplicates.Place> training = set.stream().filter(place -> place.split() == Split.TRAINING).toList();
            Split previous = null;
            for (Duplicates.Place place : set) {
                int[] count = counts.get(place.split());
                count[0] += place.split() == previous ? 1 : 0;
                count[1] += contradicting && label(place) != Faces.NO_LABEL ? 1 : 0;
                if (place.split() != Split.TRAINING && !training.isEmpty()) {
                    count[2]++;
                    count[3] += training.stream().allMatch(other -> isSame(label(other), label(place))) ? 1 : 0;
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

    /** For each test image the training image that it is a near or an exact copy of, or −1. */
    public int[] nearestToTest() {
        return nearestToTest.clone();
    }

    /** FER+ against FER2013, empty if the report was made without FER+. */
    public Optional<Votes> votes() {
        return votes;
    }

    /** Which of the findings the figures on this data are exposed to, in one paragraph. */
    public String paragraph() {
        Findings training = findings.get(Split.TRAINING);
        Findings validation = findings.get(Split.VALIDATION);
        Findings test = findings.get(Split.TEST);
        boolean labelled = faces.training().labelled() && faces.test().labelled();
        StringBuilder text = new StringBuilder();
        if (test.images() == 0) {
            text.append("There is no test image, so there is no test accuracy to be exposed to anything. ");
        } else {
            text.append(text("Of %,d test images %,d (%s) have a near duplicate in training (%s), %,d of them an exact copy",
                    test.images(), test.near(), percent(test.near(), test.images()), MEASURE, test.copied()));
            text.append(labelled ? text("; for %,d the most similar training image has the same label. A model that does nothing but remember"
                    + " would get these right, %s of all test images. ", test.nearSameLabel(), percent(test.nearSameLabel(), test.images()))
                    : ". Whether their labels agree cannot be said, since not all of these images have one. ");
        }
        if (validation.images() > 0 && faces.validation().labelled() && faces.training().labelled()) {
            text.append(text("Of %,d validation images, which choose the epoch, %,d (%s) have a near duplicate in training with the same label. ",
                    validation.images(), validation.nearSameLabel(), percent(validation.nearSameLabel(), validation.images())));
        }
        text.append(text("In training %,d images repeat an earlier one and %,d are blank", training.repeated(), training.blank()));
        text.append(test.images() == 0 ? "." : text("; of the test images %,d are blank. %,d test images have an exact copy somewhere with another"
                + " label: one answer cannot agree with both.", test.blank(), test.contradicting()));
        votes.ifPresent(v -> text.append(text(" FER+ voters call %,d test images 'not a face'; where their majority names one of the seven"
                + " classes, it is the FER2013 label for %s of the images.", v.notAFace()[Split.TEST.ordinal()],
                percent(v.agreeing(), v.comparable()))));
        if (faces.origin().isComparable()) {
            text.append(" The study's figures were made on these same images and are exposed to all of this as well.");
        }
        return text.toString();
    }

    /** As {@link #paragraph}, so that a notebook prints it readably. */
    @Override
    public String toString() {
        return paragraph();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String percent(int part, int whole) {
        return whole == 0 ? "none" : text("%.1f %%", 100.0 * part / whole);
    }
}
