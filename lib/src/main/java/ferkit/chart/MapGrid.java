package ferkit.chart;

import ferkit.data.Format;
import ferkit.eval.Figures;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/** Small maps, such as a convolution's kernels and its answers, value by value as squares of colour. Maps are {@code [row][column]}. */
public final class MapGrid {
    private static final int KERNELS_IN_A_ROW = 16;
    private static final int KERNEL = 46;
    private static final int MAP = 76;
    private static final int GAP = 8;
    private static final int FACE = 96;
    private static final int MAPS_AT = 240;

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
