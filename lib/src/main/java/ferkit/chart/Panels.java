package ferkit.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Line charts over epochs, side by side in one picture over one legend. */
final class Panels {
    /** Up to so many epochs each one is marked by a dot, so that a run of one epoch can be seen. */
    private static final int FEW_EPOCHS = 10;
    private static final int LEGEND_ROW = 24;
    private static final int SWATCH = 30;

    private Panels() {}

    /** One line of a panel: values from epoch {@code first} on. */
    record Line(String name, int first, double[] values, Color color, BasicStroke stroke) {
        boolean dotted() {
            return values.length <= FEW_EPOCHS;
        }

        int last() {
            return first + values.length - 1;
        }
    }

    /** One chart of these lines over epochs 1 to {@code epochs}; lines earlier in the list lie behind. */
    static XYChart panel(String title, List<Line> lines, int epochs, int width, int height) {
        XYChart chart = new XYChart(width, height);
        Style.apply(chart);
        chart.setTitle(title);
        chart.setXAxisTitle("Epoch");
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(epochs > FEW_EPOCHS ? epochs : epochs + 0.5).setXAxisDecimalPattern("0")
                .setYAxisDecimalPattern("0.00");
        for (Line line : lines) {
            XYSeries series = chart.addSeries(line.name(), IntStream.rangeClosed(line.first(), line.last()).asDoubleStream().toArray(),
                    line.values());
            series.setMarkerColor(line.color());
            series.setMarker(line.dotted() ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            series.setLineColor(line.color());
            series.setLineStyle(line.stroke());
        }
        // XChart puts its ticks at every third or seventh of equally spaced values, at round numbers only otherwise
        chart.addSeries("no line", new double[] {0.5}, new double[] {Double.NaN}).setMarker(SeriesMarkers.NONE);
        chart.getStyler().setMarkerSize(7);
        return chart;
    }

    /** The charts in rows of {@code columns}, all of one size, and below them the legend. */
    static BufferedImage image(List<XYChart> charts, int columns, List<Line> legend) {
        int width = charts.get(0).getWidth();
        int height = charts.get(0).getHeight();
        int rows = (charts.size() + columns - 1) / columns;
        List<List<Line>> legendRows = wrapped(legend, columns * width);
        return Charts.picture(columns * width, rows * height + legendRows.size() * LEGEND_ROW + 6, g -> {
            for (int i = 0; i < charts.size(); i++) {
                Graphics2D part = (Graphics2D) g.create();
                part.translate(i % columns * width, i / columns * height);
                charts.get(i).paint(part, width, height);
                part.dispose();
            }
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            for (int i = 0; i < legendRows.size(); i++) {
                paint(g, legendRows.get(i), columns * width, rows * height + i * LEGEND_ROW + LEGEND_ROW / 2);
            }
        });
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
        return SWATCH + 6 + (int) Math.ceil(Style.TEXT.getStringBounds(line.name(), Charts.TEXT_CONTEXT).getWidth()) + 20;
    }

    private static void paint(Graphics2D g, List<Line> row, int width, int y) {
        int x = (width - row.stream().mapToInt(Panels::width).sum()) / 2;
        for (Line line : row) {
            g.setColor(line.color());
            g.setStroke(line.stroke());
            g.drawLine(x, y, x + SWATCH, y);
            if (line.dotted()) {
                g.fillOval(x + SWATCH / 2 - 4, y - 4, 8, 8);
            }
            g.setColor(Style.INK);
            g.setFont(Style.TEXT);
            g.drawString(line.name(), x + SWATCH + 6, y + 5);
            x += width(line);
        }
    }
}
