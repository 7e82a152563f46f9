package ferkit.eval;

import ferkit.train.Predictions;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.HypergeometricDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * By how much one accuracy is higher than another, and what chance leaves open of it.
 *
 * @param value first minus second, −1 to 1
 * @param interval its 95 % interval
 * @param pValue two-sided probability of a difference at least as large if there is none, 0 to 1
 * @param chance what varies by chance in interval and p, in a few words, for example "3 and 2 seeds"
 */
public record Difference(double value, Interval interval, double pValue, String chance) {
    /** Chance of two single runs: which images there are. */
    static final String IMAGES = "images";

    private static final double UPPER = 0.975;

    /**
     * Of runs with several seeds each: Welch's t-test (Welch 1947, "The generalization of 'Student's' problem when several different population
     * variances are involved"), which asks for neither equal seeds nor equally many. What runs of an equal seed have in common, such as the order of the images, it
     * takes for independent, and so errs, if at all, towards not telling apart; {@link #ofPairs} would not, but has half the degrees of freedom.
     *
     * @throws IllegalArgumentException if there are fewer than two of either
     */
    static Difference ofSeeds(double[] first, double[] second) {
        if (first.length < 2 || second.length < 2) {
            throw new IllegalArgumentException(first.length + " and " + second.length + " runs: expected at least two of each");
        }
        double a = StatUtils.variance(first) / first.length;
        double b = StatUtils.variance(second) / second.length;
        double freedom = (a + b) * (a + b) / (a * a / (first.length - 1) + b * b / (second.length - 1));
        return of(StatUtils.mean(first) - StatUtils.mean(second), Math.sqrt(a + b), freedom, first.length + " and " + second.length + " seeds");
    }

    /**
     * Of means over seeds that scatter as those of other recipes do: Student's t-test with the deviation and degrees of freedom of all of them. One run of each is
     * enough. Runs of an equal seed are taken for independent, as in {@link #ofSeeds}.
     */
    static Difference ofSpread(double[] first, double[] second, Seeds.Spread spread) {
        return of(StatUtils.mean(first) - StatUtils.mean(second), spread.deviation() * Math.sqrt(1.0 / first.length + 1.0 / second.length),
                spread.freedom(), "seeds");
    }

    /**
     * Of pairs, one a seed: the same weights asked in two ways, or two networks as {@link Seeds} has them. Student's paired t-test.
     *
     * @throws IllegalArgumentException if there are fewer than two pairs, or not equally many of both
     */
    static Difference ofPairs(double[] first, double[] second) {
        if (first.length < 2 || first.length != second.length) {
            throw new IllegalArgumentException(first.length + " and " + second.length + " accuracies: expected at least two pairs");
        }
        double[] each = IntStream.range(0, first.length).mapToDouble(i -> first[i] - second[i]).toArray();
        return of(StatUtils.mean(each), Math.sqrt(StatUtils.variance(each) / each.length), each.length - 1, each.length + " seeds");
    }

    private static Difference of(double value, double error, double freedom, String chance) {
        if (error == 0) {
            return new Difference(value, new Interval(value, value), value == 0 ? 1 : 0, chance);
        }
        TDistribution t = new TDistribution(null, freedom);
        double half = t.inverseCumulativeProbability(UPPER) * error;
        return new Difference(value, new Interval(value - half, value + half), 2 * t.cumulativeProbability(-Math.abs(value) / error), chance);
    }

    /**
     * Of one run on two groups of images that have none in common: the interval of a difference of shares made of both groups' Wilson intervals (Newcombe 1998,
     * "Interval estimation for the difference between independent proportions", method 10), and Fisher's exact test.
     *
     * @throws IllegalArgumentException if one of the groups is empty
     */
    public static Difference ofGroups(Predictions first, Predictions second) {
        Interval a = Interval.wilson(first.correct(), first.size());
        Interval b = Interval.wilson(second.correct(), second.size());
        double value = first.accuracy() - second.accuracy();
        double down = Math.hypot(first.accuracy() - a.low(), b.high() - second.accuracy());
        double up = Math.hypot(a.high() - first.accuracy(), second.accuracy() - b.low());
        return new Difference(value, new Interval(value - down, value + up), fisher(first, second), IMAGES);
    }

    /** All tables of the same margins that are no more probable than this one. */
    private static double fisher(Predictions first, Predictions second) {
        HypergeometricDistribution chance = new HypergeometricDistribution(null, first.size() + second.size(), first.correct() + second.correct(),
                first.size());
        double here = chance.probability(first.correct()) * (1 + 1e-7);
        return Math.min(1, IntStream.rangeClosed(chance.getSupportLowerBound(), chance.getSupportUpperBound()).mapToDouble(chance::probability)
                .filter(p -> p <= here).sum());
    }

    /**
     * Of two single runs: McNemar's exact test on their images, and the interval of a difference of paired shares with half an image added to
     * each of the four counts (Agresti and Min 2005, "Simple improved confidence intervals for comparing matched proportions"). What another seed
     * would change is not in it.
     *
     * @throws IllegalArgumentException if the two are not predictions of the same images
     */
    public static Difference ofImages(Predictions first, Predictions second) {
        McNemar test = McNemar.of(first, second);
        double n = first.size() + 2;
        double a = test.onlyFirst() + 0.5;
        double b = test.onlySecond() + 0.5;
        double middle = (a - b) / n;
        double half = new NormalDistribution().inverseCumulativeProbability(UPPER) * Math.sqrt(a + b - (a - b) * (a - b) / n) / n;
        return new Difference((double) (test.onlyFirst() - test.onlySecond()) / first.size(), new Interval(middle - half, middle + half),
                test.pValue(), IMAGES);
    }
}
