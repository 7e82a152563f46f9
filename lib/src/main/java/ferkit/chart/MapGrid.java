package ferkit.chart;

import ferkit.data.Format;
import ferkit.eval.Figures;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Small maps, such as a convolution's kernels and its answers, value by value as squares of colour. Maps are {@code [row][column]}. */
public final class MapGrid {
    private static final int KERNELS_IN_A_ROW = 16;
    private static final int KERNEL = 46;
    private static final int MAP = 76;
    private static final int GAP = 8;
    private static final int FACE = 96;
    private static final int MAPS_AT = 240;
    private static final Color RED = new Color(0xD00000);
    private static final int OPAQUE = 200;
    /** Shades of a colour; without steps a picture of faces and maps would be half as large again in bytes. */
    private static final int SHADES = 20;
    /** A value closer to 0 is not written out. */
    private static final double LEAST = 1e-4;

    private MapGrid() {}

    /**
     * Maps of what one layer answers.
     *
     * @param title at the left of the maps, above {@code subtitle}
     * @param maps at most eight
     */
    public record Row(String title, String subtitle, List<float[][]> maps) {}

    /** Kernels in rows: blue above 0, orange below, white at 0, the deeper the further; one scale for all of them, given below. */
    public static Picture kernels(String title, List<float[][]> kernels) {
        double largest = kernels.stream().mapToDouble(MapGrid::largest).max().getAsDouble();
        DoubleFunction<Color> colour = value -> Style.mix(Color.WHITE, Style.COLORS.get(value < 0 ? 1 : 0),
                largest == 0 ? 0 : Math.abs(value) / largest);
        int rows = (kernels.size() + KERNELS_IN_A_ROW - 1) / KERNELS_IN_A_ROW;
        int columns = Math.min(KERNELS_IN_A_ROW, kernels.size());
        int left = (Style.WIDTH - columns * (KERNEL + GAP) + GAP) / 2;
        BufferedImage image = Charts.picture(Style.WIDTH, rows * (KERNEL + GAP) + 40, g -> {
            for (int i = 0; i < kernels.size(); i++) {
                map(g, kernels.get(i), left + i % columns * (KERNEL + GAP), 4 + i / columns * (KERNEL + GAP), KERNEL, colour);
            }
            scale(g, largest, rows * (KERNEL + GAP) + 12, colour);
        });
        return new Picture(title,
                title + ": " + Figures.count(kernels.size(), "square") + " of " + size(kernels.get(0)) + " weights, the furthest from 0 at "
                        + Figures.fixed(largest, 2) + ".",
                image);
    }

    private static void scale(Graphics2D g, double largest, int top, DoubleFunction<Color> colour) {
        int half = 100;
        for (int i = -half; i < half; i++) {
            g.setColor(colour.apply(largest * i / half));
            g.fillRect(Style.WIDTH / 2 + i, top, 1, 12);
        }
        g.setColor(Style.INK);
        String end = Figures.fixed(largest, 2);
        Charts.centred(g, Style.SMALL, "−" + end, Style.WIDTH / 2.0 - half - 22, top + 10);
        Charts.centred(g, Style.SMALL, end, Style.WIDTH / 2.0 + half + 20, top + 10);
    }

    /** A face at the left, and rows of answers to it: each map from white at 0 to dark at its own largest value. */
    public static Picture answers(String title, byte[] face, Format format, String caption, List<Row> rows) {
        int height = Math.max(rows.size() * (MAP + GAP), FACE + 30) + 4;
        BufferedImage image = Charts.picture(Style.WIDTH, height, g -> {
            int top = (height - FACE - 20) / 2;
            Charts.image(g, face, format, 10, top, FACE);
            g.setColor(Style.INK);
            Charts.centred(g, Style.SMALL, caption, 10 + FACE / 2.0, top + FACE + 16);
            for (int r = 0; r < rows.size(); r++) {
                Row row = rows.get(r);
                int y = 4 + r * (MAP + GAP);
                g.setColor(Style.INK);
                g.setFont(Style.TITLE);
                g.drawString(row.title(), 122, y + MAP / 2 - 4);
                g.setFont(Style.SMALL);
                g.drawString(row.subtitle(), 122, y + MAP / 2 + 12);
                for (int i = 0; i < row.maps().size(); i++) {
                    double largest = largest(row.maps().get(i));
                    map(g, row.maps().get(i), MAPS_AT + i * (MAP + GAP - 2), y, MAP, value -> Style.ramp(largest == 0 ? 0 : value / largest));
                }
            }
        });
        return new Picture(title, title + ". " + rows.stream().map(row -> row.title() + ": " + Figures.count(row.maps().size(), "map") + " of "
                + size(row.maps().get(0))).collect(Collectors.joining("; ")) + ".", image);
    }

    /**
     * A row of faces, each under a map.
     *
     * @param title at the left, above {@code subtitle}
     * @param faces as many as {@code maps}
     * @param maps {@code [row][column]} on a grid whose outer values lie half a patch from the edge; equal in size, and null where there is none
     */
    public record Overlay(String title, String subtitle, List<byte[]> faces, List<float[][]> maps) {}

    /**
     * Faces in rows with maps laid over them: red where a map is above 0, blue where it is below, each at its deepest where it is furthest from 0.
     * Below each stand its smallest and its largest value.
     *
     * @param captions of the columns
     * @param patch side of a patch as a share of the face's
     */
    public static Picture overlays(String title, List<Overlay> rows, List<String> captions, Format format, double patch) {
        int left = 136;
        int cell = (Style.WIDTH - left) / captions.size();
        int side = Math.min(cell - GAP, FACE + 6);
        int height = side + 24;
        BufferedImage image = Charts.picture(Style.WIDTH, 24 + rows.size() * height, g -> {
            for (int r = 0; r < rows.size(); r++) {
                Overlay row = rows.get(r);
                int y = 24 + r * height;
                g.setColor(Style.INK);
                g.setFont(Style.TITLE);
                g.drawString(row.title(), 4, y + side / 2 - 4);
                g.setFont(Style.SMALL);
                g.drawString(row.subtitle(), 4, y + side / 2 + 12);
                for (int i = 0; i < captions.size(); i++) {
                    int x = left + i * cell;
                    g.setColor(Style.INK);
                    if (r == 0) {
                        Charts.centred(g, Style.TEXT, captions.get(i), x + side / 2.0, 16);
                    }
                    if (row.maps().get(i) != null) {
                        Charts.image(g, row.faces().get(i), format, x, y, side);
                        double largest = largest(row.maps().get(i));
                        g.drawImage(overlay(row.maps().get(i), largest, side, patch), x, y, null);
                        g.setColor(Style.INK);
                        Charts.centred(g, Style.SMALL, ends(row.maps().get(i)), x + side / 2.0, y + side + 13);
                    }
                }
            }
        });
        return new Picture(title,
                title + ". " + rows.stream().map(row -> row.title() + ", smallest and largest values: " + IntStream.range(0, captions.size())
                        .filter(i -> row.maps().get(i) != null).mapToObj(i -> captions.get(i) + " " + ends(row.maps().get(i)) + ", highest "
                                + where(row.maps().get(i)))
                        .collect(Collectors.joining(", "))).collect(Collectors.joining("; ")) + ".",
                image);
    }

    /** In which ninth of the face a map is highest, for example "in the middle, below". */
    private static String where(float[][] map) {
        int[] best = {0, 0};
        for (int row = 0; row < map.length; row++) {
            for (int column = 0; column < map[row].length; column++) {
                best = map[row][column] > map[best[0]][best[1]] ? new int[] {row, column} : best;
            }
        }
        return List.of("above", "half way down", "below").get(3 * best[0] / map.length) + ", "
                + List.of("left", "middle", "right").get(3 * best[1] / map[0].length);
    }

    /** A map's smallest and largest value; of one that is nowhere far from 0 that alone. */
    private static String ends(float[][] map) {
        double furthest = largest(map);
        if (furthest > 0 && furthest < LEAST) {
            return "below " + Figures.significant(LEAST, 1);
        }
        DoubleSummaryStatistics values = Arrays.stream(map).flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(i -> row[i]))
                .summaryStatistics();
        return end(values.getMin()) + " to " + end(values.getMax());
    }

    private static String end(double value) {
        return (value <= -LEAST ? "−" : "") + Figures.significant(Math.abs(value) < LEAST ? 0 : Math.abs(value), 2);
    }

    private static BufferedImage overlay(float[][] map, double largest, int side, double patch) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double value = largest == 0 ? 0 : between(map, at(y, side, patch, map.length), at(x, side, patch, map[0].length)) / largest;
                Color colour = value < 0 ? Style.COLORS.get(0) : RED;
                image.setRGB(x, y, new Color(colour.getRed(), colour.getGreen(), colour.getBlue(),
                        (int) Math.round(SHADES * Math.abs(value)) * (OPAQUE / SHADES)).getRGB());
            }
        }
        return image;
    }

    /** Where a pixel lies on a map's grid, from 0 to its last place. */
    private static double at(int pixel, int side, double patch, int places) {
        double share = ((pixel + 0.5) / side - patch / 2) / (1 - patch);
        return Math.max(0, Math.min(1, share)) * (places - 1);
    }

    private static double between(float[][] map, double row, double column) {
        int above = (int) Math.min(row, map.length - 2);
        int left = (int) Math.min(column, map[0].length - 2);
        double down = row - above;
        double right = column - left;
        return (1 - down) * ((1 - right) * map[above][left] + right * map[above][left + 1])
                + down * ((1 - right) * map[above + 1][left] + right * map[above + 1][left + 1]);
    }

    private static String size(float[][] map) {
        return map.length + "×" + map[0].length;
    }

    private static double largest(float[][] map) {
        double largest = 0;
        for (float[] row : map) {
            for (float value : row) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }

    /** A map as a square with a thin frame. */
    private static void map(Graphics2D g, float[][] map, int x, int y, int side, DoubleFunction<Color> colour) {
        BufferedImage image = new BufferedImage(map[0].length, map.length, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < map.length; row++) {
            for (int column = 0; column < map[row].length; column++) {
                image.setRGB(column, row, colour.apply(map[row][column]).getRGB());
            }
        }
        g.drawImage(image, x, y, side, side, null);
        g.setColor(Style.GRID);
        g.setStroke(Style.line(1));
        g.drawRect(x, y, side, side);
    }
}
