package ferkit.eval;

import ferkit.data.Classes;
import ferkit.data.Faces;
import ferkit.data.FerPlus;
import ferkit.data.Split;
import ferkit.train.Predictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The images of one split on which most of FER+'s ten people agree, and what is right by that majority: labels and answers are both held against it. Whose
 * majority is unknown or no face, or who have none, are left out; classes are FER2013's seven and contempt.
 *
 * @param images indices within the split
 * @param seen what the majority saw in each of them, of {@link Classes#WITH_CONTEMPT}
 * @param agreeing of ten people, those who say so
 * @param labels the data set's own labels as if they were a model's answers, held against the majority
 * @param voters single people held against the majority of the nine others
 */
public record Majority(int[] images, int[] seen, int[] agreeing, Predictions labels, Voters voters) {
    /** Numbers of agreeing people that are told apart, and how tables call them; fewer than the first of them agree too seldom. */
    public static final List<String> GROUPS = List.of("5 or fewer", "6", "7", "8", "9", "10");
    private static final int LEAST = 5;

    /**
     * How single people do against the majority of the others who looked at the same image.
     *
     * @param right votes for what most of the others saw
     * @param labels votes of which the others' majority is what the data set's label says
     * @param votes all votes on images on which most of the others agree on a class
     * @param images on which there are such votes
     * @param interval 95 % interval of the accuracy, in which votes on one image are not taken as independent: a ratio of sums over images, to first order (Cochran 1977,
     *            "Sampling Techniques", section 6.4)
     */
    public record Voters(int right, int labels, int votes, int images, Interval interval) {
        /** Share of the votes that are right, 0 to 1. */
        public double accuracy() {
            return (double) right / votes;
        }

        /** The label's share, held against the same majorities as the votes are. */
        public double labelAccuracy() {
            return (double) labels / votes;
        }
    }

    /**
     * Of the images of a split.
     *
     * @param labelled the split itself
     */
    public static Majority of(FerPlus votes, Split split, Faces labelled) {
        int[] all = IntStream.range(0, labelled.size()).map(i -> votes.majority(split, i).map(FerPlus.Vote::label).orElse(Faces.NO_LABEL)).toArray();
        int[] images = IntStream.range(0, all.length).filter(i -> all[i] != Faces.NO_LABEL && labelled.label(i) != Faces.NO_LABEL).toArray();
        int[] seen = IntStream.of(images).map(i -> all[i]).toArray();
        int[] label = IntStream.of(images).map(labelled::label).toArray();
        float[][] sure = IntStream.of(label).mapToObj(i -> {
            float[] one = new float[Classes.WITH_CONTEMPT.count()];
            one[i] = 1;
            return one;
        }).toArray(float[][]::new);
        return new Majority(images, seen, IntStream.of(images).map(i -> Arrays.stream(votes.votes(split, i)).max().getAsInt()).toArray(),
                new Predictions(Classes.WITH_CONTEMPT, seen, label, sure), voters(votes, split, labelled));
    }

    private static Voters voters(FerPlus votes, Split split, Faces labelled) {
        List<int[]> images = new ArrayList<>();
        for (int i = 0; i < labelled.size(); i++) {
            int[] row = votes.votes(split, i);
            int right = 0;
            int labels = 0;
            int all = 0;
            for (FerPlus.Vote own : FerPlus.Vote.values()) {
                int voters = row[own.ordinal()];
                if (voters > 0) {
                    row[own.ordinal()]--;
                    Optional<FerPlus.Vote> others = FerPlus.majority(row).filter(vote -> vote.label() != Faces.NO_LABEL);
                    int label = labelled.label(i);
                    all += others.isPresent() ? voters : 0;
                    right += others.filter(own::equals).isPresent() ? voters : 0;
                    labels += others.filter(vote -> vote.label() == label).isPresent() ? voters : 0;
                    row[own.ordinal()]++;
                }
            }
            if (all > 0) {
                images.add(new int[] {right, labels, all});
            }
        }
        int[] sums = IntStream.range(0, 3).map(k -> images.stream().mapToInt(image -> image[k]).sum()).toArray();
        double share = (double) sums[0] / sums[2];
        double half = new NormalDistribution().inverseCumulativeProbability(0.975)
                * Math.sqrt(images.stream().mapToDouble(image -> image[0] - share * image[2]).map(d -> d * d).sum()) / sums[2];
        return new Voters(sums[0], sums[1], sums[2], images.size(), new Interval(share - half, share + half));
    }

    /**
     * A model's answers on these images, held against the majority.
     *
     * @param said of all images of the split, or of these alone, of seven classes or eight
     * @throws IllegalArgumentException if it is of another number of images
     */
    public Predictions of(Predictions said) {
        return on(said).against(Classes.WITH_CONTEMPT, seen);
    }

    /** The same answers, held against the data set's own labels. */
    public Predictions ofLabels(Predictions said) {
        return on(said).against(Classes.WITH_CONTEMPT, labels.predicted());
    }

    private Predictions on(Predictions said) {
        int last = images.length == 0 ? -1 : images[images.length - 1];
        if (said.size() != images.length && said.size() <= last) {
            throw new IllegalArgumentException(said.size() + " predictions: expected those of all images of the split, or of the " + images.length
                    + " on which most people agree");
        }
        return said.size() == images.length ? said : said.select(images);
    }

    /** Of answers held against the majority, how many there are and how many are right, for each of {@link #GROUPS}: {@code [group]{images, right}}. */
    public int[][] byAgreement(Predictions against) {
        int[][] counts = new int[GROUPS.size()][2];
        for (int i = 0; i < against.size(); i++) {
            int[] group = counts[Math.max(0, agreeing[i] - LEAST)];
            group[0]++;
            group[1] += against.predicted()[i] == against.truth()[i] ? 1 : 0;
        }
        return counts;
    }

    /** Of these images, those on which a model contradicts the data set's label, and those of them on which most people say what it says: two counts. */
    public int[] sharedErrors(Predictions said) {
        Predictions against = of(said);
        int[] errors = IntStream.range(0, images.length).filter(i -> against.predicted()[i] != labels.predicted()[i]).toArray();
        return new int[] {errors.length, (int) IntStream.of(errors).filter(i -> against.predicted()[i] == seen[i]).count()};
    }
}
