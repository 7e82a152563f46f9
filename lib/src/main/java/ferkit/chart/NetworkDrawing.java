package ferkit.chart;

import ferkit.eval.Figures;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A network from left to right: for each stage its output as a box, as high as the maps and as thick as there are channels,
 * over its layers, and below them its share of all parameters as a bar. Heights and thickness grow with the root of the numbers.
 */
public final class NetworkDrawing {
    private static final int BOXES = 150;
    private static final int LINE = 16;
    private static final int BARS = 50;
    private static final double SLANT = 0.35;

    private NetworkDrawing() {}

    /**
     * A part of a network.
     *
     * @param title for example "Block 1"
     * @param layers what it consists of, a short line each
     * @param output channels, height and width of its output for one image, or the length of a vector
     * @param parameters numbers it holds
     */
    public record Stage(String title, List<String> layers, List<Long> output, long parameters) {
        boolean isVector() {
            return output.size() == 1;
        }

        String shape() {
            return String.join(" × ", output.stream().map(Figures::count).toList());
        }
    }

    /** The picture of these stages; the first one is the input. */
    public static Picture picture(String title, List<Stage> stages) {
        int lines = stages.stream().mapToInt(stage -> stage.layers().size()).max().getAsInt();
        int text = BOXES + 20;
        int bars = text + (lines + 2) * LINE + 8;
        long all = stages.stream().mapToLong(Stage::parameters).sum();
        int column = Style.WIDTH / stages.size();
        BufferedImage image = Charts.picture(Style.WIDTH, bars + BARS + 2 * LINE + 6, g -> {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            for (int i = 0; i < stages.size(); i++) {
                Stage stage = stages.get(i);
                int middle = i * column + column / 2;
                box(g, stage, middle, BOXES / 2 + 4);
                if (i > 0) {
                    arrow(g, i * column, BOXES / 2 + 4);
                }
                g.setColor(Style.INK);
                Charts.centred(g, Style.TITLE, stage.title(), middle, text);
                Charts.centred(g, Style.TEXT, stage.shape(), middle, text + LINE);
                for (int line = 0; line < stage.layers().size(); line++) {
                    Charts.centred(g, Style.SMALL, stage.layers().get(line), middle, text + (line + 2) * LINE + 3);
                }
                if (i == 0) {
                    Charts.centred(g, Style.SMALL, "Parameters", middle, bars + BARS - 2);
                    Charts.centred(g, Style.SMALL, Figures.count(all), middle, bars + BARS + LINE - 2);
                } else {
                    share(g, stage.parameters(), all, middle, bars);
                }
            }
        });
        return new Picture(title, title + ", from left to right: " + stages.stream().map(stage -> stage.title() + " " + stage.shape()
                + (stage.parameters() == 0 ? "" : " (" + Figures.count(stage.parameters(), "parameter") + ")")).collect(Collectors.joining(", "))
                + ".", image);
    }

    private static void share(Graphics2D g, long parameters, long all, int middle, int top) {
        double share = (double) parameters / all;
        int height = (int) Math.max(1, Math.round(share * BARS));
        g.setColor(Style.COLORS.get(1));
        g.fillRect(middle - 22, top + BARS - height, 44, height);
        g.setColor(Style.INK);
        Charts.centred(g, Style.SMALL, Figures.count(parameters), middle, top + BARS + LINE - 2);
        Charts.centred(g, Style.SMALL, share < 0.01 ? "below 1 %" : Math.round(100 * share) + " %", middle, top + BARS + 2 * LINE - 3);
    }

    private static void box(Graphics2D g, Stage stage, int middle, int centre) {
        Color color = stage.isVector() ? Style.COLORS.get(2) : Style.COLORS.get(0);
        double high = stage.isVector() ? Math.min(BOXES - 10, 5 * Math.sqrt(stage.output().get(0)))
                : Math.min(BOXES - 10, 15 * Math.sqrt(stage.output().get(1)));
        double thick = stage.isVector() ? 9 : Math.min(60, 4 * Math.sqrt(stage.output().get(0)));
        double slant = stage.isVector() ? 5 : SLANT * Math.min(high, 15 * Math.sqrt(stage.output().get(2)));
        int left = (int) (middle - (thick + slant) / 2);
        int right = (int) (left + thick);
        int rise = (int) (slant / 2);
        int top = (int) (centre - (high - rise) / 2);
        int bottom = (int) (top + high - rise);
        int back = (int) (right + slant);
        g.setStroke(Style.line(1));
        face(g, Style.mix(color, Color.WHITE, 0.65), color, new int[] {left, right, right, left}, new int[] {top, top, bottom, bottom});
        face(g, Style.mix(color, Color.WHITE, 0.85), color, new int[] {left, right, back, (int) (left + slant)},
                new int[] {top, top, top - rise, top - rise});
        face(g, Style.mix(color, Color.WHITE, 0.45), color, new int[] {right, back, back, right},
                new int[] {top, top - rise, bottom - rise, bottom});
    }

    private static void face(Graphics2D g, Color fill, Color edge, int[] x, int[] y) {
        Polygon face = new Polygon(x, y, x.length);
        g.setColor(fill);
        g.fill(face);
        g.setColor(edge);
        g.draw(face);
    }

    private static void arrow(Graphics2D g, int x, int y) {
        g.setColor(Style.INK);
        g.setStroke(Style.line(1.2f));
        g.drawLine(x - 10, y, x + 4, y);
        g.fillPolygon(new int[] {x + 3, x + 3, x + 10}, new int[] {y - 4, y + 4, y}, 3);
    }
}
