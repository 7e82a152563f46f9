package ferkit.chart;

import ferkit.eval.Figures;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Annotation;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;

/** Accuracies of networks against what training them cost, on a logarithmic axis; each point has its name beside it. */
public final class CostChart {
    private static final int HEIGHT = 520;
    private static final int MARKER = 10;
    /** Between a point and its name, and how far apart the rings of places are on which room for a name is looked for. */
    private static final int GAP = 9;
    private static final int RING = 11;
    private static final int RINGS = 14;
    private static final int PLACES = 16;

    private CostChart() {}

    /** Whose a point is. */
    public enum Whose {
        STUDY("the study's networks, trained by this kit", 0), OWN("this kit's recipes", 1), PUBLISHED("published", 2),
        CHOSEN_BY_TEST("published, chosen by the test images", 3);

        private final String title;
        private final Color color;

        Whose(String title, int color) {
            this.title = title;
            this.color = Style.COLORS.get(color);
        }
    }

    /**
     * A network of the chart.
     *
     * @param name beside its point; empty for another of the same network as the point before
     * @param pflop training cost in 10^15 floating-point operations, more than 0
     * @param accuracy 0 to 1
     * @param otherPhotographs whether it had seen other photographs before: then its point is hollow
     */
    public record Point(String name, double pflop, double accuracy, Whose whose, boolean otherPhotographs) {
        private String group() {
            return whose.title + (otherPhotographs ? ", seen other photographs" : "");
        }
    }

    /** The chart of these points; at least one. */
    public static Picture picture(String title, List<Point> points) {
        XYChart chart = new XYChart(Style.WIDTH, HEIGHT);
        Style.apply(chart);
        chart.setXAxisTitle("Training cost in PFLOP, logarithmic");
        chart.setYAxisTitle("Test accuracy");
        double[] costs = points.stream().mapToDouble(Point::pflop).sorted().toArray();
        double[] accuracies = points.stream().mapToDouble(Point::accuracy).sorted().toArray();
        chart.getStyler().setXAxisLogarithmic(true).setXAxisMin(Math.pow(10, Math.floor(Math.log10(costs[0]))))
                .setXAxisMax(Math.pow(10, Math.ceil(Math.log10(costs[costs.length - 1]) + 0.1))).setXAxisDecimalPattern("#,##0.###")
                .setYAxisMin(Math.floor(50 * accuracies[0] - 0.5) / 50).setYAxisMax(Math.ceil(50 * accuracies[accuracies.length - 1] + 0.5) / 50)
                .setYAxisDecimalPattern("0.00").setPlotGridVerticalLinesVisible(true).setMarkerSize(MARKER);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideSE).setLegendLayout(Styler.LegendLayout.Vertical);
        Map<String, List<Point>> groups = points.stream().sorted(Comparator.comparing(Point::whose).thenComparing(Point::otherPhotographs))
                .collect(Collectors.groupingBy(Point::group, LinkedHashMap::new, Collectors.toList()));
        groups.forEach((name, group) -> {
            XYSeries series = chart.addSeries(name, group.stream().mapToDouble(Point::pflop).toArray(),
                    group.stream().mapToDouble(Point::accuracy).toArray());
            series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
            series.setMarkerColor(group.get(0).whose().color);
            series.setMarker(new Dot(group.get(0).otherPhotographs(), group.get(0).whose() == Whose.CHOSEN_BY_TEST));
        });
        chart.addAnnotation(new Names(points));
        return new Picture(title, title + ". " + groups.entrySet().stream().map(group -> group.getKey() + ": " + group.getValue().stream()
                .map(p -> (p.name() + " " + Figures.fixed(p.accuracy(), 3) + " at " + Figures.significant(p.pflop(), 2) + " PFLOP").strip())
                .collect(Collectors.joining(", "))).collect(Collectors.joining("; ")) + ".", Charts.picture(title, "", chart).image());
    }

    /** A disc, hollow or full, or a square. */
    private static final class Dot extends Marker {
        private final boolean hollow;
        private final boolean square;

        Dot(boolean hollow, boolean square) {
            this.hollow = hollow;
            this.square = square;
        }

        @Override
        public void paint(Graphics2D g, double x, double y, int size) {
            double half = size / 2.0;
            Shape shape = square ? new Rectangle2D.Double(x - half, y - half, size, size) : new Ellipse2D.Double(x - half, y - half, size, size);
            g.setStroke(new BasicStroke(2));
            if (!hollow) {
                g.fill(shape);
            }
            g.draw(shape);
        }
    }

    /** Each point's name where there is room for it: beside the point, or further off at the end of a line. */
    private static final class Names extends Annotation {
        private final List<Point> points;

        Names(List<Point> points) {
            super(true);
            this.points = points;
        }

        @Override
        public void paint(Graphics2D g) {
            Rectangle2D plot = new Rectangle2D.Double(getXAxisScreenValueForMin(), getYAxisScreenValueForMin(),
                    getXAxisScreenValueForMax() - getXAxisScreenValueForMin(), getYAxisScreenValueForMax() - getYAxisScreenValueForMin());
            List<Point2D> at = points.stream()
                    .map(p -> (Point2D) new Point2D.Double(getXAxisScreenValue(p.pflop()), getYAxisScreenValue(p.accuracy()))).toList();
            List<Rectangle2D> boxes = places(plot, at, points.stream().mapToInt(p -> Charts.width(Style.SMALL, p.name())).toArray());
            g.setFont(Style.SMALL);
            for (int i = 0; i < boxes.size(); i++) {
                Rectangle2D box = boxes.get(i);
                g.setColor(Color.GRAY);
                g.setStroke(Style.line(0.8f));
                leader(at.get(i), box).ifPresent(g::draw);
                g.setColor(Style.INK);
                g.drawString(points.get(i).name(), (float) box.getX(), (float) box.getMaxY() - 3);
            }
        }
    }

    /** From a point to its name; empty where that is so near that none is needed. */
    static Optional<Line2D> leader(Point2D point, Rectangle2D box) {
        Line2D line = new Line2D.Double(point.getX(), point.getY(), Math.max(box.getMinX(), Math.min(point.getX(), box.getMaxX())),
                Math.max(box.getMinY(), Math.min(point.getY(), box.getMaxY())));
        return line.getP1().distance(line.getP2()) > 2 * GAP ? Optional.of(line) : Optional.empty();
    }

    /**
     * Boxes of these widths, each as near its point as there is room within the plot, on no point and on no other box, and with as few lines from points to names
     * through others as can be had.
     */
    static List<Rectangle2D> places(Rectangle2D plot, List<Point2D> points, int[] widths) {
        int height = Style.SMALL.getSize() + 3;
        List<Rectangle2D> taken = new ArrayList<>();
        points.forEach(p -> taken.add(new Rectangle2D.Double(p.getX() - GAP + 2, p.getY() - GAP + 2, 2 * GAP - 4, 2 * GAP - 4)));
        Rectangle2D[] boxes = new Rectangle2D[points.size()];
        List<Line2D> lines = new ArrayList<>();
        for (int i = 0; i < boxes.length; i++) {
            Point2D point = points.get(i);
            int width = widths[i];
            Rectangle2D box = IntStream.range(0, RINGS * PLACES).mapToObj(place -> {
                double angle = 2 * Math.PI * (place % PLACES) / PLACES;
                double away = GAP + place / PLACES * RING;
                return (Rectangle2D) new Rectangle2D.Double(point.getX() + Math.cos(angle) * (away + width / 2.0) - width / 2.0,
                        point.getY() - Math.sin(angle) * (away + height / 2.0) - height / 2.0, width, height);
            }).filter(b -> plot.contains(b) && taken.stream().noneMatch(b::intersects))
                    .min(Comparator.comparingLong(b -> lines.stream().filter(b::intersectsLine).count()
                            + leader(point, b).map(line -> taken.stream().filter(t -> !t.contains(point) && t.intersectsLine(line)).count())
                                    .orElse(0L)))
                    .orElseGet(() -> new Rectangle2D.Double(point.getX() + GAP, point.getY() - height / 2.0, width, height));
            boxes[i] = box;
            taken.add(box);
            leader(point, box).ifPresent(lines::add);
        }
        return Arrays.asList(boxes);
    }
}
