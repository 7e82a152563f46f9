package ferkit.eval;

import ferkit.train.Predictions;
import java.util.Arrays;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * McNemar's paired test of two models on the same images, in its exact form (McNemar 1947, "Note on the sampling error
 * of the difference between correlated proportions or percentages"). Images that both get right or both get wrong
 * say nothing about which is better; of the others, each model would win half if the two were equally good.
 *
 * @param onlyFirst images that only the first model gets right
 * @param onlySecond images that only the second model gets right
 * @param pValue two-sided probability of a split at least as uneven between equally good models, 0 to 1
 */
public record McNemar(int onlyFirst, int onlySecond, double pValue) {
    /** Two models are said to differ if p lies below this. */
    public static final double LEVEL = 0.05;

    /**
     * Compares two models.
     *
     * @throws IllegalArgumentException if the two are not predictions of the same images
     */
    public static McNemar of(Predictions first, Predictions second) {
        if (first.size() != second.size()) {
            throw new IllegalArgumentException("A paired test needs the same images: found " + first.size() + " and "
                    + second.size() + " predictions");
        }
        if (!first.isOfSameImages(second)) {
            int different = Arrays.mismatch(first.truth(), second.truth());
            throw new IllegalArgumentException("A paired test needs the same images: image " + different + " has the label "
                    + first.truth()[different] + " in the first and " + second.truth()[different] + " in the second predictions");
        }
        int onlyFirst = 0;
        int onlySecond = 0;
        for (int i = 0; i < first.size(); i++) {
            boolean firstRight = first.predicted()[i] == first.truth()[i];
            boolean secondRight = second.predicted()[i] == second.truth()[i];
            if (firstRight && !secondRight) {
                onlyFirst++;
            } else if (secondRight && !firstRight) {
                onlySecond++;
            }
        }
        return new McNemar(onlyFirst, onlySecond, exact(onlyFirst, onlySecond));
    }

    private static double exact(int a, int b) {
        return Math.min(1, 2 * new BinomialDistribution(null, a + b, 0.5).cumulativeProbability(Math.min(a, b)));
    }
}
