package ferkit.chart;

import ferkit.eval.Figures;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A picture with a numbered box around each face, and beside it the two likeliest classes of each as bars. */
public final class FaceBoxes {
    private static final int SHOWN = 2;
    private static final int LEFT = 560;
    private static final int LINE = 17;
    private static final int FACE = SHOWN * LINE + 12;
    private static final int BARS_AT = LEFT + 130;
    private static final int BAR = 150;

    private FaceBoxes() {}

    /**
     * One face.
     *
     * @param x of the box's left edge, in pixels of the picture
     * @param y of its upper edge
     * @param side of the box
     * @param probabilities one a class, 0 to 1
     */
    public record Face(int x, int y, int side, float[] probabilities) {
        List<Integer> likeliest() {
            return IntStream.range(0, probabilities.length).boxed().sorted(Comparator.comparingDouble(i -> -probabilities[i])).limit(SHOWN).toList();
        }
    }

    /** The picture, scaled to fit. */
    public static Picture picture(String title, BufferedImage photograph, List<String> classes, List<Face> faces) {
        double scale = Math.min((LEFT - 20.0) / photograph.getWidth(), (LEFT - 20.0) / photograph.getHeight());
        int width = (int) Math.round(photograph.getWidth() * scale);
        int height = (int) Math.round(photograph.getHeight() * scale);
        BufferedImage image = Charts.picture(Style.WIDTH, Math.max(height, faces.size() * FACE) + 16, g -> {
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            g.drawImage(photograph, 8, 8, width, height, null);
            for (int i = 0; i < faces.size(); i++) {
                box(g, faces.get(i), i + 1, scale);
                bars(g, faces.get(i), i + 1, classes, 8 + i * FACE);
            }
        });
        return new Picture(title, title + ". " + (faces.isEmpty() ? "No face was found." : IntStream.range(0, faces.size())
                .mapToObj(i -> "Face " + (i + 1) + ": " + faces.get(i).likeliest().stream()
                        .map(c -> classes.get(c) + " " + Figures.fixed(faces.get(i).probabilities()[c], 2)).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; ")) + "."), image);
    }

    private static void box(Graphics2D g, Face face, int number, double scale) {
        int x = 8 + (int) Math.round(face.x() * scale);
        int y = 8 + (int) Math.round(face.y() * scale);
        int side = (int) Math.round(face.side() * scale);
        g.setStroke(Style.line(4));
        g.setColor(Color.WHITE);
        g.drawRect(x, y, side, side);
        g.setStroke(Style.line(2));
        g.setColor(Style.COLORS.get(1));
        g.drawRect(x, y, side, side);
        g.fillRect(x, y, 18, 18);
        g.setColor(Color.WHITE);
        Charts.centred(g, Style.TITLE, Integer.toString(number), x + 9.0, y + 14);
    }

    private static void bars(Graphics2D g, Face face, int number, List<String> classes, int top) {
        g.setColor(Style.COLORS.get(1));
        g.setFont(Style.TITLE);
        g.drawString(Integer.toString(number), LEFT + 8, top + 24);
        for (int i = 0; i < face.likeliest().size(); i++) {
            int c = face.likeliest().get(i);
            int y = top + i * LINE;
            g.setColor(i == 0 ? Style.COLORS.get(0) : Style.pale(Style.COLORS.get(0)));
            g.fillRect(BARS_AT, y + 4, Math.max(1, Math.round(BAR * face.probabilities()[c])), LINE - 4);
            g.setColor(Style.INK);
            g.setFont(Style.TEXT);
            g.drawString(classes.get(c), BARS_AT - 8 - g.getFontMetrics().stringWidth(classes.get(c)), y + 15);
            g.drawString(Figures.fixed(face.probabilities()[c], 2), BARS_AT + BAR + 8, y + 15);
        }
    }
}
