package ferkit.chart;

import ferkit.data.Format;
import ferkit.eval.Figures;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The kit's charts, from plain numbers. All are {@value Style#WIDTH} pixels wide and drawn at one and a half times that,
 * so that they stay sharp on dense screens; colours can be told apart by colour-blind readers.
 */
public final class Charts {
    /** Pixels of a picture for each pixel of the layout. */
    public static final double SCALE = 1.5;

    /** At this place of {@link Style#ramp} white and {@link Style#INK} have the same contrast, 4 to 1 (WCAG 2, relative luminance); beyond it white has more. */
    private static final double WHITE_TEXT = 0.43;

    private static final FontRenderContext TEXT_CONTEXT = new FontRenderContext(null, true, true);

    private Charts() {}

    /**
     * Bars of how many images each class has.
     *
     * @param classes names, from left to right
     * @param counts for each group of bars (such as a split), in order, as many numbers as classes
     */
    public static Picture classCounts(List<String> classes, Map<String, int[]> counts) {
        CategoryChart chart = bars("Images", "#,##0");
        Map<String, double[]> bars = new LinkedHashMap<>();
        counts.forEach((name, values) -> bars.put(name, Arrays.stream(values).asDoubleStream().toArray()));
        bars.forEach((name, values) -> add(chart, name, classes, values));
        return new Picture("Images of each class", "Bars of the number of images of each class. "
                + extremes(classes, bars, value -> Figures.count((long) value)), image(chart));
    }

    /**
     * Bars of each class's F1, the first group in full colour, the others pale.
     *
     * @param classes names, from left to right
     * @param f1 for each model, in order, as many numbers from 0 to 1 as classes; NaN leaves a gap
     */
    public static Picture f1(List<String> classes, Map<String, double[]> f1) {
        CategoryChart chart = bars("F1", "0.00");
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        f1.forEach((name, values) -> add(chart, name, classes, values));
        return new Picture("F1 of each class: " + String.join(", ", f1.keySet()), "Bars of the F1 of each class. "
                + extremes(classes, f1, value -> Figures.fixed(value, 2)), image(chart));
    }

    /** Each group's highest and lowest bar in a sentence, a group without one left out. */
    private static String extremes(List<String> classes, Map<String, double[]> bars, DoubleFunction<String> text) {
        return bars.entrySet().stream().map(group -> {
            double[] values = group.getValue();
            List<Integer> order = IntStream.range(0, values.length).filter(i -> !Double.isNaN(values[i])).boxed()
                    .sorted(Comparator.comparingDouble(i -> -values[i])).toList();
            IntFunction<String> bar = i -> classes.get(i) + " with " + text.apply(values[i]);
            return order.isEmpty() ? "" : group.getKey() + ": highest " + bar.apply(order.get(0)) + ", lowest "
                    + bar.apply(order.get(order.size() - 1)) + ".";
        }).filter(sentence -> !sentence.isEmpty()).collect(Collectors.joining(" "));
    }

    private static CategoryChart bars(String yTitle, String pattern) {
        CategoryChart chart = new CategoryChart(Style.WIDTH, 380);
        Style.apply(chart);
        chart.setYAxisTitle(yTitle);
        chart.getStyler().setLabelsVisible(true).setLabelsPosition(1.04).setLabelsFont(Style.SMALL).setAvailableSpaceFill(0.85)
                .setYAxisDecimalPattern(pattern).setSeriesColors(Style.BARS.toArray(Color[]::new));
        return chart;
    }

    private static void add(CategoryChart chart, String name, List<String> classes, double[] values) {
        if (values.length != classes.size()) {
            throw new IllegalArgumentException(name + " has " + values.length + " values for the " + classes.size() + " classes " + classes);
        }
        chart.addSeries(name, classes, Arrays.stream(values).boxed().toList());
    }

    /**
     * A confusion matrix: a cell's upper number counts images, its lower number is the share of the row's class.
     * Cells are coloured by the root of that share, so that mistakes, which are few beside the diagonal, show as well.
     *
     * @param name whose it is, for example "Model 6"
     * @param counts {@code counts[truth][predicted]}
     * @param classes names in the order of both indices
     */
    public static Picture confusion(String name, int[][] counts, List<String> classes) {
        return confusion("Confusion matrix of " + name, "True", "Predicted", counts, classes);
    }

    /**
     * The same of any two namings of the same images.
     *
     * @param title of the whole
     * @param rows what names the rows
     * @param columns what names the columns
     */
    public static Picture confusion(String title, String rows, String columns, int[][] counts, List<String> classes) {
        int n = classes.size();
        if (counts.length != n || Arrays.stream(counts).anyMatch(row -> row.length != n)) {
            throw new IllegalArgumentException("A confusion matrix of " + counts.length + " rows for the " + n + " classes " + classes
                    + ": expected " + n + "×" + n);
        }
        String[][] upper = new String[n][n];
        String[][] lower = new String[n][n];
        boolean[][] dark = new boolean[n][n];
        List<Number[]> cells = new ArrayList<>();
        for (int row = 0; row < n; row++) {
            int total = Arrays.stream(counts[row]).sum();
            for (int column = 0; column < n; column++) {
                double share = total == 0 ? 0 : (double) counts[row][column] / total;
                cells.add(new Number[] {column, n - 1 - row, Math.sqrt(share)});
                dark[row][column] = Math.sqrt(share) > WHITE_TEXT;
                upper[row][column] = Integer.toString(counts[row][column]);
                lower[row][column] = total == 0 ? "–" : Math.round(100 * share) + " %";
            }
        }
        List<String> fromBelow = new ArrayList<>(classes);
        Collections.reverse(fromBelow);
        HeatMapChart chart = new HeatMapChart(Style.WIDTH, 560, Styler.ChartTheme.XChart);
        Style.apply(chart);
        chart.setXAxisTitle(columns);
        chart.setYAxisTitle(rows);
        chart.getStyler().setRangeColors(new Color[] {Color.WHITE, Style.COLORS.get(0), Style.DARK}).setMin(0).setMax(1).setShowValue(false)
                .setPlotGridLinesVisible(false).setXAxisTickMarkSpacingHint(0).setPlotContentSize(1).setLegendVisible(false);
        chart.addSeries("Root of the share of the true class", classes, fromBelow, cells);
        chart.addAnnotation(new CellText(upper, lower, dark));
        return new Picture(title, title + ", " + rows.toLowerCase(Locale.ROOT) + " classes in rows. Right: "
                + IntStream.range(0, n).mapToObj(i -> classes.get(i) + " " + lower[i][i]).collect(Collectors.joining(", ")) + ".", image(chart));
    }

    /**
     * Points joined to a line.
     *
     * @param name in the legend
     * @param x ascending
     * @param y as many as {@code x}; NaN leaves a gap
     */
    public record Line(String name, double[] x, double[] y) {}

    /**
     * Lines over one axis, of shares from 0 to 1.
     *
     * @param lines the first, grey and thick, is what the others are held against; at most fifteen
     * @param ticks what stands at the axis
     */
    public static Picture lines(String title, String xTitle, String yTitle, List<Line> lines, DoubleFunction<String> ticks) {
        XYChart chart = new XYChart(Style.WIDTH, 420);
        Style.apply(chart);
        chart.setXAxisTitle(xTitle);
        chart.setYAxisTitle(yTitle);
        chart.getStyler().setYAxisDecimalPattern("0.00").setMarkerSize(7);
        chart.setCustomXAxisTickLabelsFormatter(ticks::apply);
        List<Panels.Line> looks = new ArrayList<>();
        for (Line line : lines) {
            Panels.Line look = looks.isEmpty() ? new Panels.Line(line.name(), "", line.y(), Color.GRAY, Style.line(4), SeriesMarkers.NONE)
                    : Style.line(line.name(), "", line.y(), (looks.size() - 1) % Style.LOOKS);
            XYSeries series = chart.addSeries(line.name(), line.x(), line.y());
            series.setLineColor(look.color()).setLineStyle(look.stroke());
            series.setMarker(look.marker()).setMarkerColor(look.color());
            looks.add(look);
        }
        return new Picture(title, title + ". " + lines.stream().map(line -> line.name() + ": " + IntStream.range(0, line.x().length)
                .filter(i -> !Double.isNaN(line.y()[i])).mapToObj(i -> Figures.fixed(line.y()[i], 2) + " at " + ticks.apply(line.x()[i]))
                .collect(Collectors.joining(", "))).collect(Collectors.joining("; ")) + ".", Panels.overLegend(chart, looks));
    }

    /** The accuracy and the loss of a run over its epochs, training and validation. */
    public static Picture trainingCurves(Curves run) {
        return trainingCurves(run, List.of());
    }

    /** The accuracy and the loss of a run over its epochs, and behind them in pale another's, such as the study's. */
    public static Picture trainingCurves(Curves run, Curves behind) {
        return trainingCurves(run, List.of(behind));
    }

    /**
     * The accuracy and the loss of an epoch under way, each the mean so far.
     *
     * @param images trained on when the others were taken, ascending
     * @param accuracy share of those images predicted right, 0 to 1, as many as {@code images}
     * @param loss mean loss over those images, as many as {@code images}
     * @param of images of the whole epoch
     */
    public static Picture epochUnderWay(double[] images, double[] accuracy, double[] loss, int of) {
        int last = images.length - 1;
        return new Picture("", String.format(Locale.ROOT, "After %.0f of %d images of the first epoch: accuracy %.2f, loss %.2f.", images[last], of,
                accuracy[last], loss[last]),
                Panels.row(List.of(underWay("Accuracy so far", images, accuracy, of), underWay("Loss so far", images, loss, of))));
    }

    private static XYChart underWay(String title, double[] images, double[] values, int of) {
        XYChart chart = new XYChart(Style.WIDTH / 2, 320);
        Style.apply(chart);
        chart.setTitle(title);
        chart.setXAxisTitle("Images of the first epoch");
        chart.getStyler().setXAxisMin(0.0).setXAxisMax((double) of).setXAxisDecimalPattern("#,##0").setYAxisDecimalPattern("0.00")
                .setLegendVisible(false);
        XYSeries series = chart.addSeries(title, images, values);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(Style.COLORS.get(0));
        series.setLineStyle(Style.line(2));
        return chart;
    }

    private static Picture trainingCurves(Curves run, List<Curves> behind) {
        List<Panels.Line> accuracy = new ArrayList<>();
        List<Panels.Line> loss = new ArrayList<>();
        for (Curves other : behind) {
            accuracy.addAll(behind(other.name(), other.accuracy(), other.valAccuracy()));
            loss.addAll(behind(other.name(), other.loss(), other.valLoss()));
        }
        accuracy.addAll(pair(run.name(), run.accuracy(), run.valAccuracy()));
        loss.addAll(pair(run.name(), run.loss(), run.valLoss()));
        return new Picture(
                "Accuracy and loss of " + run.name()
                        + behind.stream().map(other -> "; behind in pale: " + other.name()).collect(Collectors.joining()),
                "Training and validation accuracy and loss of " + run.inWords()
                        + behind.stream().map(other -> " Behind in pale, " + other.inWords()).collect(Collectors.joining()),
                Panels.image(List.of(new Panels.Panel("Accuracy", accuracy), new Panels.Panel("Loss", loss)), 2, 320));
    }

    private static List<Panels.Line> pair(String name, double[] training, double[] validation) {
        return List.of(Style.line(name + ", training", "training", training, 0), Style.line(name + ", validation", "validation", validation, 1));
    }

    private static List<Panels.Line> behind(String name, double[] training, double[] validation) {
        return pair(name, training, validation).stream().map(line -> new Panels.Line(line.name(), "", line.values(), Style.pale(line.color()),
                Style.line(3), SeriesMarkers.NONE)).toList();
    }

    /**
     * The study's Figure 1: accuracy, loss, validation accuracy and validation loss of several models over epochs. Over many epochs, where the lines
     * of validation accuracy come to lie on each other, their later half stands below once more, larger.
     *
     * @param title of the whole
     * @param models at least one, at most fourteen, of different names; what stands before a bracket is written at the line's end
     * @param looks a number from 0 for each, which decides its colour, marker and stroke
     */
    public static Picture comparison(String title, List<Curves> models, List<Integer> looks) {
        if (models.isEmpty() || models.size() > Style.LOOKS || looks.size() != models.size()) {
            throw new IllegalArgumentException("A comparison of " + models.size() + " models in " + looks.size()
                    + " looks: expected 1 to " + Style.LOOKS + ", and a look for each");
        }
        Panels.Panel validation = new Panels.Panel("Validation accuracy", lines(models, looks, Curves::valAccuracy));
        return new Picture(title,
                "Training and validation accuracy and loss of several models. "
                        + models.stream().map(Curves::inWords).collect(Collectors.joining(" ")),
                Panels.image(Stream.concat(Stream.of(new Panels.Panel("Training accuracy", lines(models, looks, Curves::accuracy)),
                        new Panels.Panel("Training loss", lines(models, looks, Curves::loss)), validation,
                        new Panels.Panel("Validation loss", lines(models, looks, Curves::valLoss))), validation.laterHalf().stream()).toList(), 2,
                        300));
    }

    private static List<Panels.Line> lines(List<Curves> models, List<Integer> looks, Function<Curves, double[]> figure) {
        return IntStream.range(0, models.size()).mapToObj(i -> Style.line(models.get(i).name(), models.get(i).name().replaceFirst(" \\(.*", ""),
                figure.apply(models.get(i)), looks.get(i))).toList();
    }

    /**
     * Images in rows, each over its caption.
     *
     * @param title of the whole
     * @param format of all images
     * @param images bytes 0 to 255, as {@link ferkit.data.Faces#pixels} gives them
     * @param captions as many as images
     * @param columns images in a row, at least 1
     */
    public static Picture imageGrid(String title, Format format, List<byte[]> images, List<String> captions, int columns) {
        if (images.isEmpty() || captions.size() != images.size() || columns < 1) {
            throw new IllegalArgumentException(images.size() + " images with " + captions.size() + " captions in rows of " + columns
                    + ": expected at least one image, as many captions and rows of at least 1");
        }
        int cell = Style.WIDTH / columns;
        int shown = Math.min(cell - 12, 2 * Math.max(format.height(), format.width()));
        int rows = (images.size() + columns - 1) / columns;
        int height = shown + 30;
        BufferedImage grid = picture(Style.WIDTH, rows * height + 8, g -> {
            g.setColor(Style.INK);
            for (int i = 0; i < images.size(); i++) {
                int x = i % columns * cell;
                int y = i / columns * height + 8;
                image(g, images.get(i), format, x + (cell - shown) / 2, y, shown);
                centred(g, Style.TEXT, captions.get(i), x + cell / 2.0, y + shown + 16);
            }
        });
        return new Picture(title,
                title + ": " + Figures.count(images.size(), format.colour() ? "small image" : "small grey image") + " in rows of "
                        + Math.min(columns, images.size())
                        + ", called " + captions.stream().distinct().collect(Collectors.joining(", ")) + ".",
                grid);
    }

    /** Draws an image as large as it fits into a square of this side, in its middle. */
    static void image(Graphics2D g, byte[] pixels, Format format, int x, int y, int side) {
        if (pixels.length != format.size()) {
            throw new IllegalArgumentException("An image of " + pixels.length + " bytes: expected " + format.size() + ", " + format);
        }
        BufferedImage image = new BufferedImage(format.width(), format.height(),
                format.colour() ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
        for (int p = 0; p < pixels.length; p++) {
            int place = p / format.channels();
            image.getRaster().setSample(place % format.width(), place / format.width(), p % format.channels(), pixels[p] & 0xff);
        }
        int longer = Math.max(format.width(), format.height());
        int width = side * format.width() / longer;
        int height = side * format.height() / longer;
        g.drawImage(image, x + (side - width) / 2, y + (side - height) / 2, width, height, null);
    }

    /** A chart of one's own as a picture. */
    public static Picture picture(String title, String description, Chart<?, ?> chart) {
        return new Picture(title, description, image(chart));
    }

    private static BufferedImage image(Chart<?, ?> chart) {
        return picture(chart.getWidth(), chart.getHeight(), g -> chart.paint(g, chart.getWidth(), chart.getHeight()));
    }

    static BufferedImage picture(int width, int height, Consumer<Graphics2D> painter) {
        BufferedImage image = new BufferedImage((int) (width * SCALE), (int) (height * SCALE), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.scale(SCALE, SCALE);
        painter.accept(g);
        g.dispose();
        return image;
    }

    static int width(Font font, String text) {
        return (int) Math.ceil(font.getStringBounds(text, TEXT_CONTEXT).getWidth());
    }

    static void centred(Graphics2D g, Font font, String text, double x, double baseline) {
        g.setFont(font);
        g.drawString(text, (float) (x - width(font, text) / 2.0), (float) baseline);
    }
}
