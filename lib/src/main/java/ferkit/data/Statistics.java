package ferkit.data;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/** Plain statistics of images and labels. */
public final class Statistics {
    private Statistics() {}

    /**
     * Class weights as scikit-learn's 'balanced' computes them: images / (classes × images of the class).
     *
     * @param counts images per class
     * @throws IllegalArgumentException if a class has no image, since its weight would be infinite
     */
    public static double[] balancedWeights(int[] counts) {
        int total = 0;
        for (int label = 0; label < counts.length; label++) {
            if (counts[label] == 0) {
                throw new IllegalArgumentException("Class " + label + " has no image, expected at least one: its weight would be infinite");
            }
            total += counts[label];
        }
        double[] weights = new double[counts.length];
        for (int label = 0; label < counts.length; label++) {
            weights[label] = (double) total / (counts.length * (double) counts[label]);
        }
        return weights;
    }

    /** Mean and (population) standard deviation of grey values, 0 to 255; NaN where there is no image. */
    public record Grey(double mean, double deviation) {}

    /** Grey values over all pixels of a split. */
    public static Grey grey(Faces faces) {
        return grey(faces, -1);
    }

    /** Grey values over all pixels of one class. */
    public static Grey grey(Faces faces, Emotion emotion) {
        return grey(faces, emotion.label());
    }

    private static Grey grey(Faces faces, int label) {
        long count = 0;
        long sum = 0;
        long squares = 0;
        byte[] pixels = new byte[Faces.PIXELS];
        for (int i = 0; i < faces.size(); i++) {
            if (label >= 0 && faces.label(i) != label) {
                continue;
            }
            faces.copyPixels(i, pixels, 0);
            for (byte pixel : pixels) {
                int value = pixel & 0xff;
                sum += value;
                squares += value * value;
            }
            count += pixels.length;
        }
        double mean = (double) sum / count;
        return new Grey(mean, Math.sqrt(Math.max(0, (double) squares / count - mean * mean)));
    }

    /** Images, mean and deviation of grey values of each split and class. */
    public static Table greyTable(FaceSet faces) {
        StringColumn splits = StringColumn.create("split");
        StringColumn classes = StringColumn.create("class");
        IntColumn images = IntColumn.create("images");
        DoubleColumn means = DoubleColumn.create("mean");
        DoubleColumn deviations = DoubleColumn.create("deviation");
        for (Split split : Split.values()) {
            Faces part = faces.split(split);
            int[] counts = part.counts();
            for (int label = -1; label < Emotion.COUNT; label++) {
                Grey grey = grey(part, label);
                splits.append(split.usage());
                classes.append(label < 0 ? "all" : Emotion.of(label).title());
                images.append(label < 0 ? part.size() : counts[label]);
                means.append(grey.mean());
                deviations.append(grey.deviation());
            }
        }
        NumberColumnFormatter twoDecimals = new NumberColumnFormatter(new DecimalFormat("0.00", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        means.setPrintFormatter(twoDecimals);
        deviations.setPrintFormatter(twoDecimals);
        return Table.create("Grey values", splits, classes, images, means, deviations);
    }

    /** The mean image of a class as 48 rows of 48 grey values, 0 to 255; NaN where there is no image. */
    public static double[][] average(Faces faces, Emotion emotion) {
        long[] sums = new long[Faces.PIXELS];
        byte[] pixels = new byte[Faces.PIXELS];
        int count = 0;
        for (int i = 0; i < faces.size(); i++) {
            if (faces.label(i) == emotion.label()) {
                faces.copyPixels(i, pixels, 0);
                for (int p = 0; p < pixels.length; p++) {
                    sums[p] += pixels[p] & 0xff;
                }
                count++;
            }
        }
        double[][] average = new double[Faces.SIDE][Faces.SIDE];
        for (int p = 0; p < Faces.PIXELS; p++) {
            average[p / Faces.SIDE][p % Faces.SIDE] = (double) sums[p] / count;
        }
        return average;
    }
}
