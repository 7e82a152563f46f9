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
 * How far a model is as often right as it is sure (Guo and others 2017, "On calibration of modern neural networks").
 *
 * @param bins of equally many images each, from the least sure to the surest
 * @param error expected calibration error: Σ (images of a bin / all images) · |accuracy − mean surety|, 0 to 1
 * @param logLoss mean of −log of the true class's probability, in nats
 */
public record Calibration(List<Bin> bins, double error, double logLoss) {
    /** So many bins; fewer images than that make one each. */
    public static final int BINS = 15;
    private static final double LOWEST_TEMPERATURE = 0.05;
    private static final double HIGHEST_TEMPERATURE = 20;
    private static final double PRECISION = 1e-8;

    /**
     * Images of which a model is about equally sure.
     *
     * @param surety mean probability of what was predicted, 0 to 1
     * @param accuracy share predicted right, 0 to 1
     */
    public record Bin(int images, double surety, double accuracy) {}

    /**
     * Of labelled images.
     *
     * @throws IllegalArgumentException if there is none, or one has no label
     */
    public static Calibration of(Predictions said) {
        if (said.size() == 0 || !said.labelled()) {
            throw new IllegalArgumentException(said + ": expected at least one image, and a label for each");
        }
        int[] order = bySurety(said);
        int count = Math.min(BINS, order.length);
        List<Bin> bins = IntStream.range(0, count).mapToObj(b -> {
            int[] images = Arrays.copyOfRange(order, (int) ((long) b * order.length / count), (int) ((long) (b + 1) * order.length / count));
            return new Bin(images.length, IntStream.of(images).mapToDouble(said::surety).average().getAsDouble(), said.select(images).accuracy());
        }).toList();
        double error = bins.stream().mapToDouble(bin -> bin.images() * Math.abs(bin.accuracy() - bin.surety())).sum() / order.length;
        return new Calibration(bins, error, logLoss(said, 1));
    }

    /** Indices of all images, those of which the model is least sure first, equals in their order. */
    private static int[] bySurety(Predictions said) {
        return IntStream.range(0, said.size()).boxed().sorted(Comparator.comparingDouble(said::surety)).mapToInt(i -> i).toArray();
    }

    /** Those images that remain when a share of them, 0 to 1, of which the model is least sure, is left out. */
    public static Predictions surest(Predictions said, double without) {
        int[] order = bySurety(said);
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
