package ferkit.chart;

import ferkit.eval.Figures;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;

/** Pairs of models, one below the other: to the left the images that only the first gets right, to the right those of the second. */
public final class PairChart {
    private static final int CENTRE = 390;
    private static final int BAR = 170;
    private static final int ROW = 28;

    private PairChart() {}

    /**
     * A pair of the chart.
     *
     * @param onlyFirst images that only the first gets right
     * @param onlySecond images that only the second gets right
     * @param verdict what the paired test says, a few words
     * @param apart whether it tells the two apart; then the bars are coloured, the longer one in full
     */
    public record Pair(String first, String second, int onlyFirst, int onlySecond, String verdict, boolean apart) {}

    /** The chart of these pairs, from above; at least one. */
    public static Picture picture(String title, List<Pair> pairs) {
        double longest = pairs.stream().mapToInt(pair -> Math.max(pair.onlyFirst(), pair.onlySecond())).max().getAsInt();
        BufferedImage image = Charts.picture(Style.WIDTH, pairs.size() * ROW + 34, g -> {
            g.setColor(Style.INK);
            Charts.centred(g, Style.SMALL, "only this one right", CENTRE - BAR / 2.0, 16);
            Charts.centred(g, Style.SMALL, "only this one right", CENTRE + BAR / 2.0, 16);
            for (int i = 0; i < pairs.size(); i++) {
                Pair pair = pairs.get(i);
                int y = 26 + i * ROW;
                bar(g, pair, true, y, longest);
                bar(g, pair, false, y, longest);
                g.setColor(Style.INK);
                g.setFont(Style.TEXT);
                g.drawString(pair.first(), CENTRE - BAR - 60 - Charts.width(Style.TEXT, pair.first()), y + 16);
                g.drawString(pair.second(), CENTRE + BAR + 60, y + 16);
                g.setFont(Style.SMALL);
                g.drawString(pair.verdict(), Style.WIDTH - 142, y + 16);
            }
            g.setColor(Style.INK);
            g.drawLine(CENTRE, 24, CENTRE, 26 + pairs.size() * ROW);
        });
        return new Picture(title, title + ". Images that only one of a pair gets right: " + pairs.stream().map(pair -> pair.first() + " "
                + Figures.count(pair.onlyFirst()) + ", " + pair.second() + " " + Figures.count(pair.onlySecond()) + ", " + pair.verdict())
                .collect(Collectors.joining("; ")) + ".", image);
    }

    private static void bar(Graphics2D g, Pair pair, boolean first, int y, double longest) {
        int images = first ? pair.onlyFirst() : pair.onlySecond();
        boolean ahead = images > (first ? pair.onlySecond() : pair.onlyFirst());
        int width = longest == 0 ? 0 : (int) Math.round(images / longest * BAR);
        g.setColor(!pair.apart() ? Color.LIGHT_GRAY : ahead ? Style.COLORS.get(0) : Style.pale(Style.COLORS.get(0)));
        g.fillRect(first ? CENTRE - width : CENTRE, y + 3, width, ROW - 8);
        g.setColor(Style.INK);
        g.setFont(Style.SMALL);
        String count = Figures.count(images);
        g.drawString(count, first ? CENTRE - width - 6 - Charts.width(Style.SMALL, count) : CENTRE + width + 6, y + 16);
    }
}
