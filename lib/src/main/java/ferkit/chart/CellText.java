package ferkit.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import org.knowm.xchart.internal.chartpart.Annotation;

/** A border and two lines of text for each cell of a heat map that fills its plot: XChart's own values are one number in one format. */
final class CellText extends Annotation {
    private final String[][] upper;
    private final String[][] lower;
    private final boolean[][] dark;

    /** Texts by row, from the top, and column; white where the cell is dark. */
    CellText(String[][] upper, String[][] lower, boolean[][] dark) {
        super(true);
        this.dark = dark;
        this.upper = upper;
        this.lower = lower;
    }

    @Override
    public void paint(Graphics2D g) {
        double left = getXAxisScreenValueForMin();
        double top = getYAxisScreenValueForMin();
        double width = (getXAxisScreenValueForMax() - left) / upper[0].length;
        double height = (getYAxisScreenValueForMax() - top) / upper.length;
        for (int row = 0; row < upper.length; row++) {
            for (int column = 0; column < upper[row].length; column++) {
                double x = left + (column + 0.5) * width;
                double y = top + (row + 0.5) * height;
                g.setColor(Style.GRID);
                g.draw(new Rectangle2D.Double(left + column * width, top + row * height, width, height));
                g.setColor(dark[row][column] ? Color.WHITE : Style.INK);
                Charts.centred(g, Style.TITLE, upper[row][column], x, y - 1);
                Charts.centred(g, Style.SMALL, lower[row][column], x, y + 14);
            }
        }
    }
}
