package ferkit.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The one look of all charts: sizes in pixels before scaling, fonts that every Java has, colours everybody can tell apart. */
final class Style {
    /** Width of a chart. */
    static final int WIDTH = 900;

    /**
     * Seven colours that stay apart for colour-blind readers: Okabe and Ito 2008, "Color Universal Design",
     * with black for the yellow that white paper swallows.
     */
    static final List<Color> COLORS = List.of(new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73),
            new Color(0xCC79A7), new Color(0x000000), new Color(0x56B4E9), new Color(0xE69F00));

    /** Colours of bars side by side, from dark to light, so that they stay apart in grey. */
    static final List<Color> BARS = List.of(COLORS.get(0), mix(COLORS.get(1), Color.WHITE, 0.45), mix(COLORS.get(2), Color.WHITE, 0.75));

    /** With a colour's marker a line is known in grey print too. */
    private static final List<Marker> MARKERS = List.of(SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.TRIANGLE_UP,
            SeriesMarkers.DIAMOND, SeriesMarkers.CROSS, SeriesMarkers.TRIANGLE_DOWN, SeriesMarkers.PLUS);

    /** The dark end of {@link #ramp}. */
    static final Color DARK = new Color(0x00213D);
    static final Color INK = new Color(0x222222);
    static final Color GRID = new Color(0xE4E4E4);

    static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 14);

    private Style() {}

    /** A colour as it looks when most of it is washed away: what stands behind the figures that matter. */
    static Color pale(Color color) {
        return mix(color, Color.WHITE, 0.6);
    }

    /** A mixture of two colours, of which {@code share} is the second's. */
    static Color mix(Color first, Color second, double share) {
        return new Color((int) Math.round(first.getRed() + share * (second.getRed() - first.getRed())),
                (int) Math.round(first.getGreen() + share * (second.getGreen() - first.getGreen())),
                (int) Math.round(first.getBlue() + share * (second.getBlue() - first.getBlue())));
    }

    /** From white at 0 over blue to dark blue at 1. */
    static Color ramp(double share) {
        return share < 0.5 ? mix(Color.WHITE, COLORS.get(0), 2 * share) : mix(COLORS.get(0), DARK, 2 * share - 1);
    }

    static BasicStroke line(float width) {
        return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    /** How many lines look different. */
    static final int LOOKS = 2 * COLORS.size();

    /** A line's look by its number from 0: colour and marker of its own up to the seventh, then again with the other stroke. */
    static Panels.Line line(String name, String end, double[] values, int number) {
        return new Panels.Line(name, end, values, COLORS.get(number % COLORS.size()), number % 2 == 0 ? line(1.8f) : dashed(1.8f),
                MARKERS.get(number % MARKERS.size()));
    }

    static BasicStroke dashed(float width) {
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {7, 3}, 0);
    }

    static void apply(AxesChart<? extends AxesChartStyler, ?> chart) {
        AxesChartStyler style = chart.getStyler();
        style.setAxisTitleFont(TEXT).setAxisTickLabelsFont(TICK)
                .setPlotGridLinesColor(GRID).setPlotGridLinesStroke(new BasicStroke(1))
                .setPlotGridVerticalLinesVisible(false).setAxisTickMarksColor(GRID).setAxisTickLabelsColor(INK)
                .setAxisTicksLineVisible(false).setXAxisTitleColor(INK).setYAxisTitleColor(INK)
                .setLocale(Locale.ROOT).setChartTitleFont(TITLE).setChartFontColor(INK)
                .setChartTitleBoxVisible(false).setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false).setLegendFont(TEXT).setLegendBorderColor(Color.WHITE)
                .setLegendPosition(Styler.LegendPosition.OutsideS).setLegendLayout(Styler.LegendLayout.Horizontal)
                .setChartPadding(8).setAntiAlias(true);
    }
}
