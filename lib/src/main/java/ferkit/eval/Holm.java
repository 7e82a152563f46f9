package ferkit.eval;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.StringColumn;

/**
 * P-values of several tests, raised so that the chance of even one false alarm among them stays below the level
 * that they are held against (Holm 1979, "A simple sequentially rejective multiple test procedure").
 *
 * @param adjusted p-values after the correction in the order of the tests, 0 to 1
 */
public record Holm(double... adjusted) {
    /** Of p-values, 0 to 1. */
    public static Holm of(double... pValues) {
        int[] ascending = IntStream.range(0, pValues.length).boxed()
                .sorted(Comparator.comparingDouble(i -> pValues[i])).mapToInt(Integer::intValue).toArray();
        double[] adjusted = new double[pValues.length];
        double highest = 0;
        for (int rank = 0; rank < ascending.length; rank++) {
            highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[ascending[rank]]));
            adjusted[ascending[rank]] = highest;
        }
        return new Holm(adjusted);
    }

    /** Of tests with p-values. */
    public static <T> Holm of(List<T> tests, ToDoubleFunction<T> pValue) {
        return of(tests.stream().mapToDouble(pValue).toArray());
    }

    /** The p-value of a test after the correction. */
    public double pValue(int test) {
        return adjusted[test];
    }

    /** Whether that lies below {@link McNemar#LEVEL}. */
    public boolean tellsApart(int test) {
        return adjusted[test] < McNemar.LEVEL;
    }

    /** Places of the tests that tell apart, in their order. */
    public IntStream toldApart() {
        return IntStream.range(0, adjusted.length).filter(this::tellsApart);
    }

    /** Columns with the p-values and whether they tell apart, below so many empty rows. */
    public StringColumn[] columns(int empty) {
        return new StringColumn[] {
            column("p after Holm", empty, Arrays.stream(adjusted).mapToObj(Figures::pValue)),
            column("Told apart at 5 %", empty, IntStream.range(0, adjusted.length).mapToObj(test -> tellsApart(test) ? "yes" : "no"))};
    }

    private static StringColumn column(String name, int empty, Stream<String> cells) {
        return StringColumn.create(name, Stream.concat(Stream.generate(() -> "").limit(empty), cells));
    }
}
