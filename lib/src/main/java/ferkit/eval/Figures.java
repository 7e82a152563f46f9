package ferkit.eval;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/** Numbers as text and as columns of a table, the same in every language setting; what is missing is shown as "–". */
public final class Figures {
    private Figures() {}

    /**
     * A number with so many decimals. It is the exact binary value that is rounded, ties to even, as Python and C do:
     * {@link String#format} rounds the shortest decimal instead and makes 0.63 of 0.625.
     */
    public static String fixed(double value, int decimals) {
        return Double.isFinite(value) ? new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString() : "–";
    }

    /** A number with at least so many digits that say something: of 2 "0.062", "-0.55", "3.0", "181"; of zero so many decimals. */
    public static String significant(double value, int digits) {
        return fixed(value, value == 0 ? digits : Math.max(0, digits - 1 - (int) Math.floor(Math.log10(Math.abs(value)))));
    }

    /** As {@link #fixed} with a sign: "+0.012", "−0.004"; what is rounded to zero has none: "0.000". */
    public static String signed(double value, int decimals) {
        String text = fixed(Math.abs(value), decimals);
        return (!Double.isFinite(value) || text.equals(fixed(0, decimals)) ? "" : value < 0 ? "−" : "+") + text;
    }

    /** How many decimals it takes, from {@code least} up, to show two different numbers as different; {@code least} for equal ones. */
    static int decimalsApart(double a, double b, int least) {
        int decimals = least;
        while (a != b && fixed(a, decimals).equals(fixed(b, decimals))) {
            decimals++;
        }
        return decimals;
    }

    /** A count with a comma between thousands: "1,469,031". */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** So many of something: "1 epoch", "50 epochs". */
    public static String count(long value, String singular) {
        return count(value) + " " + singular + (value == 1 ? "" : "s");
    }

    /** Seconds in words, for example "42 s", "3 min 20 s" or "2.9 hours". */
    public static String duration(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.0f s", seconds);
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %d s", (int) seconds / 60, (int) seconds % 60);
        }
        return String.format(Locale.ROOT, "%.1f hours", seconds / 3600);
    }

    /** A p-value: three decimals, or as many as show on which side of the 5 % level it lies, or {@code < 0.001}. */
    public static String pValue(double p) {
        return p < 0.001 ? "< 0.001" : fixed(p, decimalsApart(p, McNemar.LEVEL, 3));
    }

    /** The same in a sentence: {@code p = 0.032} or {@code p < 0.001}. */
    public static String pEquals(double p) {
        return "p " + (p < 0.001 ? "" : "= ") + pValue(p);
    }

    /** A table's column of numbers, shown with so many decimals; NaN is missing. */
    public static DoubleColumn column(String name, double[] values, int decimals) {
        DoubleColumn column = DoubleColumn.create(name, values);
        column.setPrintFormatter(formatter("0." + "0".repeat(decimals)));
        return column;
    }

    /** The same, of a number for each row. */
    public static <T> DoubleColumn column(String name, List<T> rows, ToDoubleFunction<T> value, int decimals) {
        return column(name, rows.stream().mapToDouble(value).toArray(), decimals);
    }

    /** A table's column of differences, shown with a sign and so many decimals; NaN is missing. */
    public static DoubleColumn signedColumn(String name, double[] values, int decimals) {
        DoubleColumn column = DoubleColumn.create(name, values);
        column.setPrintFormatter(new NumberColumnFormatter() {
            @Override
            public String format(double value) {
                return signed(value, decimals);
            }
        });
        return column;
    }

    /** The same, of a difference for each row. */
    public static <T> DoubleColumn signedColumn(String name, List<T> rows, ToDoubleFunction<T> value, int decimals) {
        return signedColumn(name, rows.stream().mapToDouble(value).toArray(), decimals);
    }

    /** A table's column of counts, shown with a comma between thousands. */
    public static IntColumn counts(String name, int[] values) {
        IntColumn column = IntColumn.create(name, values);
        column.setPrintFormatter(formatter("#,##0"));
        return column;
    }

    /** The same, of a count for each row. */
    public static <T> IntColumn counts(String name, List<T> rows, ToLongFunction<T> count) {
        return counts(name, rows.stream().mapToInt(row -> Math.toIntExact(count.applyAsLong(row))).toArray());
    }

    private static NumberColumnFormatter formatter(String pattern) {
        return new NumberColumnFormatter(new DecimalFormat(pattern + ";−" + pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)), "–");
    }
}
