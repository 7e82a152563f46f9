package ferkit.chart;

import ferkit.eval.Figures;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A picture with a box around each face, and beside it the two likeliest classes of each as bars; of many faces of the largest only. */
public final class FaceBoxes {
    private static final int SHOWN = 2;
    /** Faces that have bars. */
    private static final int MOST = 12;
    private static final Font NAME = Style.SMALL.deriveFont(8f);
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

    /** The picture, scaled to fit. Where there are more than {@value #MOST} faces, the smaller ones have their likeliest class at their box in place of a number. */
    public static Picture picture(String title, BufferedImage photograph, List<String> classes, List<Face> faces) {
        List<Face> large = faces.stream().sorted(Comparator.comparingInt(face -> -face.side)).limit(MOST).toList();
        List<Face> barred = faces.stream().filter(large::contains).toList();
        List<Face> others = faces.stream().filter(face -> !large.contains(face)).toList();
        List<String> notes = faces.isEmpty() ? List.of("No face was found.") : others.isEmpty() ? List.of()
                : List.of("The " + MOST + " largest of " + faces.size() + " faces;", "the others are named at their boxes.");
        double scale = Math.min((LEFT - 20.0) / photograph.getWidth(), (LEFT - 20.0) / photograph.getHeight());
        int width = (int) Math.max(1, Math.round(photograph.getWidth() * scale));
        int height = (int) Math.max(1, Math.round(photograph.getHeight() * scale));
        int below = 8 + barred.size() * FACE;
        BufferedImage image = Charts.picture(Style.WIDTH, Math.max(8 + height, below + notes.size() * LINE) + 8, g -> {
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            g.drawImage(photograph, 8, 8, width, height, null);
            others.forEach(face -> box(g, face, classes.get(face.likeliest().get(0)), NAME, face.side, scale));
            for (int i = 0; i < barred.size(); i++) {
                box(g, barred.get(i), Integer.toString(i + 1), Style.TITLE, 0, scale);
                bars(g, barred.get(i), i + 1, classes, 8 + i * FACE);
            }
            g.setColor(Style.INK);
            g.setFont(Style.TEXT);
            for (int i = 0; i < notes.size(); i++) {
                g.drawString(notes.get(i), LEFT + 8, below + (i + 1) * LINE);
            }
        });
        List<String> said = new ArrayList<>(notes);
        if (!barred.isEmpty()) {
            said.add(IntStream.range(0, barred.size()).mapToObj(i -> "Face " + (i + 1) + ": " + barred.get(i).likeliest().stream()
                    .map(c -> classes.get(c) + " " + Figures.fixed(barred.get(i).probabilities()[c], 2)).collect(Collectors.joining(", ")))
                    .collect(Collectors.joining("; ")) + ".");
        }
        return new Picture(title, title + ". " + String.join(" ", said), image);
    }

    /** A box, and its label so far below its upper edge. */
    private static void box(Graphics2D g, Face face, String label, Font font, int below, double scale) {
        int x = 8 + (int) Math.round(face.x() * scale);
        int y = 8 + (int) Math.round(face.y() * scale);
        int side = (int) Math.round(face.side() * scale);
        g.setStroke(Style.line(4));
        g.setColor(Color.WHITE);
        g.drawRect(x, y, side, side);
        g.setStroke(Style.line(2));
        g.setColor(Style.COLORS.get(1));
        g.drawRect(x, y, side, side);
        int wide = 4 + Charts.width(font, label);
        int top = y + (int) Math.round(below * scale);
        g.fillRect(x, top, wide, font.getSize() + 3);
        g.setColor(Color.WHITE);
        Charts.centred(g, font, label, x + wide / 2.0, top + font.getSize());
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
