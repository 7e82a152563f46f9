package ferkit.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Annotation;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Line charts over epochs, side by side in one picture over one legend; a line's name stands at its end too. */
final class Panels {
    /** Up to so many epochs each one has its marker, so that a run of one epoch can be seen. */
    private static final int FEW_EPOCHS = 10;
    /** Markers of a longer line, from its first epoch to its last. */
    private static final int MARKERS = 5;
    private static final int MARKER = 7;
    private static final int LEGEND_ROW = 24;
    private static final int SWATCH = 30;
    /** Between a line's end and its name, from name to name, and the longest name that is written out. */
    private static final int LEADER = 14;
    private static final int NAME_HEIGHT = 13;
    private static final int NAME_LENGTH = 12;

    private Panels() {}

    /**
     * One line of a panel.
     *
     * @param name in the legend
     * @param end its name at its end, empty for none
     * @param values one for each epoch from 1 on
     */
    record Line(String name, String end, double[] values, Color color, BasicStroke stroke, Marker marker) {
        String shortEnd() {
            return end.length() > NAME_LENGTH ? end.substring(0, NAME_LENGTH - 1) + "…" : end;
        }
    }

    /**
     * One chart; lines earlier in the list lie behind.
     *
     * @param from the first epoch that is shown
     */
    record Panel(String title, int from, List<Line> lines) {
        Panel(String title, List<Line> lines) {
            this(title, 1, lines);
        }

        /**
         * The later half of the epochs on a scale of its own, of the lines that come so far; none where that is a few epochs, for they can be told
         * apart without.
         */
        Optional<Panel> laterHalf() {
            int epochs = lines.stream().mapToInt(line -> line.values().length).max().getAsInt();
            int half = epochs / 2 + 1;
            return epochs - half < FEW_EPOCHS ? Optional.empty() : Optional.of(new Panel(title + " from epoch " + half + " on", half,
                    lines.stream().filter(line -> line.values().length > half).toList()));
        }
    }

    /**
     * Panels in rows of {@code columns}, each of this height, all up to the same epoch, and below them the legend of the first; one that is alone in
     * its row has the whole of it.
     */
    static BufferedImage image(List<Panel> panels, int columns, int height) {
        List<Line> lines = panels.stream().flatMap(panel -> panel.lines().stream()).toList();
        int epochs = lines.stream().mapToInt(line -> line.values().length).max().getAsInt();
        int names = lines.stream().mapToInt(line -> line.end().isEmpty() ? 0 : LEADER + Charts.width(Style.SMALL, line.shortEnd())).max().getAsInt();
        int rows = (panels.size() + columns - 1) / columns;
        List<List<Line>> legendRows = wrapped(panels.get(0).lines(), Style.WIDTH);
        return Charts.picture(Style.WIDTH, rows * height + legendRows.size() * LEGEND_ROW + 6, g -> {
            for (int i = 0; i < panels.size(); i++) {
                Graphics2D part = (Graphics2D) g.create();
                int width = Style.WIDTH / (i % columns == 0 && i == panels.size() - 1 ? 1 : columns);
                part.translate(i % columns * width, i / columns * height);
                XYChart chart = chart(panels.get(i), epochs, width - names, height);
                chart.paint(part, width - names, height);
                part.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
                paintMarkers(part, chart, panels.get(i));
                paintNames(part, chart, panels.get(i).lines(), width - names);
                part.dispose();
            }
            paintLegend(g, legendRows, rows * height);
        });
    }

    /** A chart over a legend of these lines, in as many rows as it needs. */
    static BufferedImage overLegend(XYChart chart, List<Line> lines) {
        chart.getStyler().setLegendVisible(false);
        List<List<Line>> rows = wrapped(lines, Style.WIDTH);
        return Charts.picture(Style.WIDTH, chart.getHeight() + rows.size() * LEGEND_ROW + 6, g -> {
            chart.paint(g, Style.WIDTH, chart.getHeight());
            paintLegend(g, rows, chart.getHeight());
        });
    }

    /** Charts of one size side by side, without a legend. */
    static BufferedImage row(List<XYChart> charts) {
        int width = charts.get(0).getWidth();
        int height = charts.get(0).getHeight();
        return Charts.picture(charts.size() * width, height, g -> {
            for (int i = 0; i < charts.size(); i++) {
                Graphics2D part = (Graphics2D) g.create();
                part.translate(i * width, 0);
                charts.get(i).paint(part, width, height);
                part.dispose();
            }
        });
    }

    private static XYChart chart(Panel panel, int epochs, int width, int height) {
        XYChart chart = new XYChart(width, height);
        Style.apply(chart);
        chart.setTitle(panel.title());
        chart.setXAxisTitle("Epoch");
        boolean few = epochs <= FEW_EPOCHS;
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setXAxisMin(few ? 0.5 : panel.from()).setXAxisMax(few ? epochs + 0.5 : epochs)
                .setYAxisDecimalPattern("0.00").setAxisTitlePadding(few ? 20 : 10);
        chart.setCustomXAxisTickLabelsFormatter(epoch -> few ? " " : String.valueOf(Math.round(epoch)));
        if (panel.from() == 1) {
            chart.addAnnotation(new EpochLabels(few ? epochs : 1));
        }
        for (Line line : panel.lines()) {
            XYSeries series = chart.addSeries(line.name(), IntStream.rangeClosed(panel.from(), line.values().length).asDoubleStream().toArray(),
                    Arrays.copyOfRange(line.values(), panel.from() - 1, line.values().length));
            series.setMarker(SeriesMarkers.NONE);
            series.setLineColor(line.color());
            series.setLineStyle(line.stroke());
        }
        // XChart puts its ticks at every third or seventh of equally spaced values, at round numbers only otherwise
        chart.addSeries("no line", new double[] {panel.from() + 0.5}, new double[] {Double.NaN}).setMarker(SeriesMarkers.NONE);
        return chart;
    }

    /** The first epochs at their axis: XChart labels round numbers only, and of one epoch none. */
    private static final class EpochLabels extends Annotation {
        private final int last;

        EpochLabels(int last) {
            super(true);
            this.last = last;
        }

        @Override
        public void paint(Graphics2D g) {
            g.setColor(Style.INK);
            for (int epoch = 1; epoch <= last; epoch++) {
                Charts.centred(g, Style.TICK, Integer.toString(epoch), getXAxisScreenValue(epoch), getYAxisScreenValueForMax() + 21);
            }
        }
    }

    private static void paintMarkers(Graphics2D g, XYChart chart, Panel panel) {
        List<Line> lines = panel.lines();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            int epochs = line.values().length;
            int shown = epochs - panel.from() + 1;
            int step = shown <= FEW_EPOCHS ? 1 : shown / MARKERS;
            for (int epoch = panel.from() + i * step / lines.size(); epoch <= epochs; epoch += step) {
                if (!Double.isNaN(line.values()[epoch - 1])) {
                    paintMarker(g, line, chart.getScreenXFromChart(epoch), chart.getScreenYFromChart(line.values()[epoch - 1]));
                }
            }
        }
    }

    private static void paintMarker(Graphics2D g, Line line, double x, double y) {
        g.setColor(line.color());
        line.marker().paint(g, x, y, MARKER);
    }

    private static void paintNames(Graphics2D g, XYChart chart, List<Line> lines, int x) {
        List<Line> named = lines.stream().filter(line -> !line.end().isEmpty() && !Double.isNaN(lastOf(line)))
                .sorted(Comparator.comparingDouble(line -> -lastOf(line))).toList();
        double[] ends = named.stream().mapToDouble(line -> chart.getScreenYFromChart(lastOf(line))).toArray();
        double[] heights = apart(ends, NAME_HEIGHT, NAME_HEIGHT / 2.0, chart.getHeight() - NAME_HEIGHT / 2.0);
        g.setFont(Style.SMALL);
        for (int i = 0; i < ends.length; i++) {
            g.setColor(named.get(i).color());
            g.setStroke(Style.line(0.8f));
            g.drawLine((int) chart.getScreenXFromChart(named.get(i).values().length) + 3, (int) ends[i], x + LEADER - 4, (int) heights[i]);
            g.setColor(Style.INK);
            g.drawString(named.get(i).shortEnd(), x + LEADER - 2, (float) heights[i] + 4);
        }
    }

    private static double lastOf(Line line) {
        return line.values()[line.values().length - 1];
    }

    /** Heights in ascending order moved as little as is needed for each to be at least {@code gap} below the one before, from top to bottom. */
    static double[] apart(double[] heights, double gap, double top, double bottom) {
        // neighbours closer than the gap become one block around the mean of their wishes, and blocks that then touch become one
        List<double[]> blocks = new ArrayList<>(); // wish of the first, number
        for (double height : heights) {
            blocks.add(new double[] {height, 1});
            while (blocks.size() > 1) {
                double[] last = blocks.get(blocks.size() - 1);
                double[] before = blocks.get(blocks.size() - 2);
                if (before[0] + before[1] * gap <= last[0]) {
                    break;
                }
                double number = before[1] + last[1];
                blocks.remove(blocks.size() - 1);
                blocks.set(blocks.size() - 1, new double[] {(before[0] * before[1] + (last[0] - before[1] * gap) * last[1]) / number, number});
            }
        }
        double[] apart = blocks.stream().flatMap(block -> IntStream.range(0, (int) block[1]).mapToObj(i -> block[0] + i * gap))
                .mapToDouble(height -> height).toArray();
        for (int i = apart.length - 1; i >= 0; i--) {
            apart[i] = Math.min(apart[i], bottom - (apart.length - 1 - i) * gap);
        }
        for (int i = 0; i < apart.length; i++) {
            apart[i] = Math.max(apart[i], top + i * gap);
        }
        return apart;
    }

    private static List<List<Line>> wrapped(List<Line> legend, int width) {
        List<List<Line>> rows = new ArrayList<>(List.of(new ArrayList<>()));
        int used = 0;
        for (Line line : legend) {
            used += width(line);
            if (used > width && !rows.get(rows.size() - 1).isEmpty()) {
                rows.add(new ArrayList<>());
                used = width(line);
            }
            rows.get(rows.size() - 1).add(line);
        }
        return rows;
    }

    private static int width(Line line) {
        return SWATCH + 6 + Charts.width(Style.TEXT, line.name()) + 14;
    }

    private static void paintLegend(Graphics2D g, List<List<Line>> rows, int top) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        for (int i = 0; i < rows.size(); i++) {
            paintLegendRow(g, rows.get(i), top + i * LEGEND_ROW + LEGEND_ROW / 2);
        }
    }

    private static void paintLegendRow(Graphics2D g, List<Line> row, int y) {
        int x = (Style.WIDTH - row.stream().mapToInt(Panels::width).sum()) / 2;
        for (Line line : row) {
            g.setColor(line.color());
            g.setStroke(line.stroke());
            g.drawLine(x, y, x + SWATCH, y);
            paintMarker(g, line, x + SWATCH / 2.0, y);
            g.setColor(Style.INK);
            g.setFont(Style.TEXT);
            g.drawString(line.name(), x + SWATCH + 6, y + 5);
            x += width(line);
        }
    }
}
