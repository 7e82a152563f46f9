package ferkit.chart;

import ferkit.data.Format;
import ferkit.eval.Figures;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Images with the probability of each class as a bar, three beside each other. */
public final class PredictionBars {
    private static final int COLUMNS = 3;
    private static final int FACE = 96;
    private static final int LINE = 15;
    private static final int BARS_AT = 168;
    private static final int BAR = 88;

    private PredictionBars() {}

    /**
     * One image and what was said of it.
     *
     * @param pixels of the image, or empty if it is not to be shown
     * @param title above it
     * @param truth index of its class, or −1 if that is not known
     * @param probabilities one a class, 0 to 1
     */
    public record Answer(Optional<byte[]> pixels, String title, int truth, float[] probabilities) {
        int predicted() {
            return IntStream.range(0, probabilities.length).reduce((a, b) -> probabilities[b] > probabilities[a] ? b : a).getAsInt();
        }
    }

    /** The picture: the true class's bar is blue, the predicted one's, where that is another, orange. */
    public static Picture picture(String title, List<String> classes, Format format, List<Answer> answers) {
        int width = Style.WIDTH / COLUMNS;
        int height = classes.size() * LINE + 38;
        int rows = (answers.size() + COLUMNS - 1) / COLUMNS;
        BufferedImage image = Charts.picture(Style.WIDTH, rows * height, g -> {
            for (int i = 0; i < answers.size(); i++) {
                Graphics2D part = (Graphics2D) g.create(i % COLUMNS * width, i / COLUMNS * height, width, height);
                paint(part, classes, format, answers.get(i));
                part.dispose();
            }
        });
        return new Picture(title, title + ". " + answers.stream().map(answer -> answer.title() + ": " + IntStream.range(0, classes.size())
                .filter(i -> i == answer.predicted() || i == answer.truth())
                .mapToObj(i -> classes.get(i) + " " + Figures.fixed(answer.probabilities()[i], 2))
                .collect(Collectors.joining(", "))).collect(Collectors.joining("; ")) + ".", image);
    }

    private static void paint(Graphics2D g, List<String> classes, Format format, Answer answer) {
        g.setColor(Style.INK);
        g.setFont(Style.TEXT.deriveFont(Font.BOLD));
        g.drawString(answer.title(), 6, 18);
        answer.pixels().ifPresent(pixels -> Charts.image(g, pixels, format, 6, 29, FACE));
        for (int i = 0; i < classes.size(); i++) {
            int y = 28 + i * LINE;
            double probability = answer.probabilities()[i];
            g.setColor(i == answer.truth() ? Style.COLORS.get(0) : i == answer.predicted() && answer.truth() >= 0 ? Style.COLORS.get(1) : Color.GRAY);
            g.fillRect(BARS_AT, y + 1, (int) Math.max(1, Math.round(BAR * probability)), LINE - 4);
            g.setColor(Style.INK);
            g.setFont(i == answer.truth() ? Style.SMALL.deriveFont(Font.BOLD) : Style.SMALL);
            g.drawString(classes.get(i), BARS_AT - 6 - g.getFontMetrics().stringWidth(classes.get(i)), y + 10);
            g.setFont(Style.SMALL);
            g.drawString(Figures.fixed(probability, 2), BARS_AT + BAR + 6, y + 10);
        }
    }
}
