package ferkit.eval;

import com.google.common.collect.Collections2;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far two lists of figures put the same things into the same order (Kendall 1938, "A new measure of rank correlation"), in its
 * exact form.
 *
 * @param pairs pairs of things that differ in both figures
 * @param same of these, the pairs that stand in the same order by both
 * @param pValue share of all orders of the second list that agree in at least as many pairs with the first, 0 to 1: how often
 *     chance alone does as well
 */
public record RankAgreement(int pairs, int same, double pValue) {
    /** All orders of so many things are gone through: 40,320. */
    public static final int MOST = 8;

    /**
     * Compares two figures of each of some things.
     *
     * @throws IllegalArgumentException if there are not equally many of both, from 2 to {@value #MOST}
     */
    public static RankAgreement of(double[] first, double[] second) {
        if (first.length != second.length || first.length < 2 || first.length > MOST) {
            throw new IllegalArgumentException(first.length + " and " + second.length + " figures: expected equally many, 2 to " + MOST);
        }
        int[] counted = count(first, second);
        Collection<List<Integer>> orders = Collections2.permutations(IntStream.range(0, second.length).boxed().toList());
        long asGood = orders.stream()
                .filter(order -> agreement(count(first, order.stream().mapToDouble(i -> second[i]).toArray())) >= agreement(counted)).count();
        return new RankAgreement(counted[0], counted[1], (double) asGood / orders.size());
    }

    /** Pairs in the same order minus pairs in opposite orders. */
    private static int agreement(int[] counted) {
        return 2 * counted[1] - counted[0];
    }

    /** Pairs that differ in both figures, and those of them in the same order. */
    private static int[] count(double[] first, double[] second) {
        int[] counted = new int[2];
        for (int i = 0; i < first.length; i++) {
            for (int j = i + 1; j < first.length; j++) {
                int product = Double.compare(first[i], first[j]) * Double.compare(second[i], second[j]);
                counted[0] += product != 0 ? 1 : 0;
                counted[1] += product > 0 ? 1 : 0;
            }
        }
        return counted;
    }
}
