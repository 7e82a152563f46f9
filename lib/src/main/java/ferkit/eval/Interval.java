package ferkit.eval;

import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * A 95 % confidence interval of a share, both ends from 0 to 1, or of a difference of shares.
 *
 * @param low lower end
 * @param high upper end
 */
public record Interval(double low, double high) {
    private static final double CONFIDENCE = 0.95;

    /**
     * The Wilson score interval of a share of {@code successes} in {@code trials} (Wilson 1927, "Probable inference, the
     * law of succession, and statistical inference"). Unlike the textbook's p ± 1.96 s it stays within 0 and 1
     * and is right for shares near them and for few trials.
     *
     * @throws IllegalArgumentException if there are no trials, or fewer than successes
     */
    public static Interval wilson(int successes, int trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(successes + " of " + trials
                    + " is no share: expected at least one trial and 0 to that many successes");
        }
        ConfidenceInterval interval = new WilsonScoreInterval().createInterval(trials, successes, CONFIDENCE);
        return new Interval(successes == 0 ? 0 : interval.getLowerBound(), successes == trials ? 1 : interval.getUpperBound());
    }

    /** Whether a share lies in the interval, its ends included. */
    public boolean contains(double share) {
        return low <= share && share <= high;
    }

    /** Whether the two intervals have a point in common. */
    public boolean overlaps(Interval other) {
        return low <= other.high && other.low <= high;
    }

    /** As shown in tables: "0.635–0.666". */
    public String text() {
        return Figures.fixed(low, 3) + "–" + Figures.fixed(high, 3);
    }

    /** Of a difference, as shown in tables: "−0.0123 to +0.0040". */
    public String signedText() {
        return Figures.signed(low, 4) + " to " + Figures.signed(high, 4);
    }
}
