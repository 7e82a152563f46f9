package ferkit.chart;

import ferkit.eval.Figures;
import ferkit.eval.Interval;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Shares, or differences of shares, with their intervals, one below the other on a common axis: a dot and a line from the interval's one end to the
 * other.
 */
public final class IntervalChart {
    private static final int RIGHT = Style.WIDTH - 80;
    private static final int ROW = 28;
    private static final List<Double> STEPS = List.of(0.01, 0.02, 0.05, 0.1, 0.2);
    private static final int MOST_TICKS = 10;

    private IntervalChart() {}

    /**
     * A line of the chart.
     *
     * @param value 0 to 1, of a difference −1 to 1
     * @param study the study's figure, a hollow diamond, or NaN
     */
    public record Row(String name, double value, Interval interval, double study) {}

    /** The chart of these rows, from above; at least one. */
    public static Picture picture(String title, List<Row> rows) {
        return picture(title, rows, false, List.of());
    }

    /** The same on an axis from 0 to 1 whatever the rows, so that one chart can be held against another. */
    public static Picture whole(String title, List<Row> rows) {
        return picture(title, rows, false, List.of(0.0, 1.0));
    }

    /** The same of differences: figures have a sign, and a line stands at zero. */
    public static Picture differences(String title, List<Row> rows) {
        return picture(title, rows, true, List.of(0.0));
    }

    /** @param shown what the axis shows in any case */
    private static Picture picture(String title, List<Row> rows, boolean differences, List<Double> shown) {
        BiFunction<Double, Integer, String> text = differences ? Figures::signed : Figures::fixed;
        double[] all = DoubleStream.concat(shown.stream().mapToDouble(Double::doubleValue), rows.stream().flatMapToDouble(
                row -> DoubleStream.of(row.interval().low(), row.interval().high(), row.study()))).filter(Double::isFinite).sorted().toArray();
        double step = STEPS.stream().filter(s -> (all[all.length - 1] - all[0]) / s <= MOST_TICKS - 2).findFirst().orElse(0.2);
        double low = Math.floor(all[0] / step) * step;
        double high = Math.ceil(all[all.length - 1] / step) * step;
        int left = 30 + rows.stream().mapToInt(row -> Charts.width(Style.TEXT, row.name())).max().getAsInt();
        boolean studys = rows.stream().anyMatch(row -> !Double.isNaN(row.study()));
        int bottom = rows.size() * ROW + 10;
        BufferedImage image = Charts.picture(Style.WIDTH, bottom + (studys ? 54 : 30), g -> {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            for (int tick = 0; low + tick * step < high + step / 2; tick++) {
                double x = x(low + tick * step, low, high, left);
                g.setColor(differences && Math.abs(low + tick * step) < step / 2 ? Style.INK : Style.GRID);
                g.setStroke(Style.line(1));
                g.drawLine((int) x, 6, (int) x, bottom);
                g.setColor(Style.INK);
                Charts.centred(g, Style.SMALL, text.apply(low + tick * step, 2), x, bottom + 18);
            }
            for (int i = 0; i < rows.size(); i++) {
                row(g, rows.get(i), text.apply(rows.get(i).value(), 3), 10 + i * ROW + ROW / 2, low, high, left);
            }
            if (studys) {
                diamond(g, left + 6, bottom + 38);
                g.setFont(Style.TEXT);
                g.setColor(Style.INK);
                g.drawString("the study's figure", left + 20, bottom + 43);
            }
        });
        return new Picture(title,
                title + ": " + rows.stream().map(row -> row.name() + " " + text.apply(row.value(), 3) + " ("
                        + (differences ? row.interval().signedText() : row.interval().text()) + ")"
                        + (Double.isNaN(row.study()) ? "" : ", study " + Figures.fixed(row.study(), 3))).collect(Collectors.joining("; ")) + ".",
                image);
    }

    private static void row(Graphics2D g, Row row, String value, int y, double low, double high, int left) {
        int from = (int) x(row.interval().low(), low, high, left);
        int to = (int) x(row.interval().high(), low, high, left);
        int x = (int) x(row.value(), low, high, left);
        g.setColor(Style.COLORS.get(0));
        g.setStroke(Style.line(2));
        g.drawLine(from, y, to, y);
        Stream.of(from, to).forEach(end -> g.drawLine(end, y - 5, end, y + 5));
        g.fillOval(x - 5, y - 5, 10, 10);
        if (!Double.isNaN(row.study())) {
            diamond(g, (int) x(row.study(), low, high, left), y);
        }
        g.setColor(Style.INK);
        g.setFont(Style.TEXT);
        g.drawString(row.name(), left - 14 - Charts.width(Style.TEXT, row.name()), y + 5);
        g.drawString(value, RIGHT + 26, y + 5);
    }

    private static void diamond(Graphics2D g, int x, int y) {
        g.setColor(Style.COLORS.get(1));
        g.setStroke(Style.line(2));
        g.drawPolygon(new int[] {x - 6, x, x + 6, x}, new int[] {y, y - 6, y, y + 6}, 4);
    }

    private static double x(double value, double low, double high, int left) {
        return left + (value - low) / (high - low) * (RIGHT - left);
    }
}
