package ferkit.eval;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as text, the same in every language setting. */
public final class Figures {
    private Figures() {}

    /**
     * A number with so many decimals. It is the exact binary value that is rounded, ties to even, as Python and C do:
     * {@link String#format} rounds the shortest decimal instead and makes 0.63 of 0.625. Not a number is shown as "–".
     */
    public static String fixed(double value, int decimals) {
        return Double.isFinite(value) ? new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString() : "–";
    }

    /** As {@link #fixed}, always with a sign: "+0.012", "−0.004". */
    public static String signed(double value, int decimals) {
        String text = fixed(Math.abs(value), decimals);
        return !Double.isFinite(value) ? text : (value < 0 ? "−" : "+") + text;
    }

    /** A p-value: three decimals, or "< 0.001". */
    public static String pValue(double p) {
        return p < 0.001 ? "< 0.001" : fixed(p, 3);
    }
}
