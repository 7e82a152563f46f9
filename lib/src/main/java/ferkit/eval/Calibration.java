package ferkit.eval;

import ferkit.train.Predictions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;

/**
 * How far a model is as often right as it is confident (Guo and others 2017, "On calibration of modern neural networks").
 *
 * @param bins of equally many images each, from the least confident to the most
 * @param error expected calibration error: Σ (images of a bin / all images) · |accuracy − mean confidence|, 0 to 1
 * @param byChance the error that a model would show on average whose every confidence p is its probability of being right: a bin of n images then has an accuracy with a
 *            standard deviation of √(Σ p (1 − p)) / n, and a normal deviate a mean distance of √(2 / π) standard deviations
 * @param logLoss mean of −log of the true class's probability, in nats
 */
public record Calibration(List<Bin> bins, double error, double byChance, double logLoss) {
    /** So many bins; fewer images than that make one each. */
    public static final int BINS = 15;
    private static final double LOWEST_TEMPERATURE = 0.05;
    private static final double HIGHEST_TEMPERATURE = 20;
    private static final double PRECISION = 1e-8;

    /**
     * Images of which a model is about equally sure.
     *
     * @param confidence mean probability of what was predicted, 0 to 1
     * @param accuracy share predicted right, 0 to 1
     */
    public record Bin(int images, double confidence, double accuracy) {}

    /**
     * Of labelled images.
     *
     * @throws IllegalArgumentException if there is none, or one has no label
     */
    public static Calibration of(Predictions said) {
        if (said.size() == 0 || !said.labelled()) {
            throw new IllegalArgumentException(said + ": expected at least one image, and a label for each");
        }
        int[] order = byConfidence(said);
        int count = Math.min(BINS, order.length);
        List<Bin> bins = IntStream.range(0, count).mapToObj(b -> {
            int[] images = Arrays.copyOfRange(order, start(b, count, order.length), start(b + 1, count, order.length));
            return new Bin(images.length, IntStream.of(images).mapToDouble(said::confidence).average().getAsDouble(), said.select(images).accuracy());
        }).toList();
        double byChance = Math.sqrt(2 / Math.PI) / order.length * IntStream.range(0, count)
                .mapToDouble(b -> Math.sqrt(IntStream.range(start(b, count, order.length), start(b + 1, count, order.length))
                        .mapToDouble(i -> said.confidence(order[i])).map(p -> p * (1 - p)).sum()))
                .sum();
        double error = bins.stream().mapToDouble(bin -> bin.images() * Math.abs(bin.accuracy() - bin.confidence())).sum() / order.length;
        return new Calibration(bins, error, byChance, logLoss(said, 1));
    }

    private static int start(int bin, int bins, int images) {
        return (int) ((long) bin * images / bins);
    }

    /** Indices of all images, those of which the model is least sure first, equals in their order. */
    private static int[] byConfidence(Predictions said) {
        return IntStream.range(0, said.size()).boxed().sorted(Comparator.comparingDouble(said::confidence)).mapToInt(i -> i).toArray();
    }

    /** Those images that remain when a share of them, 0 to 1, of which the model is least sure, is left out. */
    public static Predictions surest(Predictions said, double without) {
        int[] order = byConfidence(said);
        return said.select(Arrays.copyOfRange(order, (int) Math.round(without * order.length), order.length));
    }

    /**
     * The temperature with which the log loss on these images is lowest, by Brent's search over its logarithm: above 1 for a model that is too sure.
     *
     * @param validation what it says of images that it was not trained on and is not judged by
     */
    public static double temperature(Predictions validation) {
        return Math.exp(new BrentOptimizer(PRECISION, PRECISION).optimize(new MaxEval(1000), GoalType.MINIMIZE,
                new UnivariateObjectiveFunction(t -> logLoss(validation, Math.exp(t))),
                new SearchInterval(Math.log(LOWEST_TEMPERATURE), Math.log(HIGHEST_TEMPERATURE), 0)).getPoint());
    }

    /** What a model says at a temperature: the softmax of its log probabilities divided by it. What it predicts stays the same. */
    public static Predictions at(double temperature, Predictions said) {
        float[][] rows = new float[said.size()][];
        for (int i = 0; i < rows.length; i++) {
            double[] row = tempered(said.probabilities()[i], temperature);
            rows[i] = new float[row.length];
            for (int c = 0; c < row.length; c++) {
                rows[i][c] = (float) row[c];
            }
        }
        return new Predictions(said.classes(), said.truth(), said.predicted(), rows);
    }

    /**
     * What a model says where classes are as frequent as {@code after} has it and not as in its training: each probability times the ratio of the two shares, scaled to a
     * sum of 1 (Saerens and others 2002, "Adjusting the outputs of a classifier to new a priori probabilities", equation 2.4).
     *
     * @param before shares of the classes among the images that it was trained on, or numbers in proportion to them, above 0 where it predicts any
     * @param after the same of the same classes; those of classes that it does not know are not used
     */
    public static Predictions atShares(double[] before, double[] after, Predictions said) {
        int[] predicted = new int[said.size()];
        float[][] rows = new float[said.size()][said.classes().count()];
        for (int i = 0; i < rows.length; i++) {
            float[] row = said.probabilities()[i];
            double[] weighed = IntStream.range(0, row.length).mapToDouble(c -> row[c] == 0 ? 0 : row[c] * after[c] / before[c]).toArray();
            double sum = Arrays.stream(weighed).sum();
            for (int c = 0; c < row.length; c++) {
                rows[i][c] = (float) (weighed[c] / sum);
                predicted[i] = weighed[c] > weighed[predicted[i]] ? c : predicted[i];
            }
        }
        return new Predictions(said.classes(), said.truth(), predicted, rows);
    }

    private static double[] tempered(float[] row, double temperature) {
        double[] logs = IntStream.range(0, row.length).mapToDouble(c -> Math.log(Math.max(Float.MIN_NORMAL, row[c])) / temperature).toArray();
        double largest = Arrays.stream(logs).max().getAsDouble();
        double sum = Arrays.stream(logs).map(log -> Math.exp(log - largest)).sum();
        return Arrays.stream(logs).map(log -> Math.exp(log - largest) / sum).toArray();
    }

    private static double logLoss(Predictions said, double temperature) {
        return IntStream.range(0, said.size())
                .mapToDouble(i -> -Math.log(Math.max(Float.MIN_NORMAL, tempered(said.probabilities()[i], temperature)[said.truth()[i]])))
                .average().getAsDouble();
    }

    /** How undecided each answer is: −Σ p log p, in nats, from 0 to the logarithm of the number of classes. */
    public static double[] entropies(Predictions said) {
        return Arrays.stream(said.probabilities()).mapToDouble(row -> entropy(IntStream.range(0, row.length).mapToDouble(c -> row[c]).toArray()))
                .toArray();
    }

    /** −Σ p log p of shares p in proportion to these numbers, in nats. */
    public static double entropy(double... weights) {
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).filter(w -> w > 0).map(w -> -w / sum * Math.log(w / sum)).sum();
    }
}
