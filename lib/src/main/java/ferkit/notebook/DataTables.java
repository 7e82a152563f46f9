package ferkit.notebook;

import ferkit.chart.Charts;
import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Split;
import ferkit.eval.Figures;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What the notebook on the data shows of a data set. */
public final class DataTables {
    private static final int DRAWN_ROWS = 3;

    private DataTables() {}

    /** Images per class of each split, under the split's English name; seven numbers each, in label order. */
    public static Map<String, int[]> counts(FaceSet data) {
        Map<String, int[]> counts = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            counts.put(title(split), data.split(split).counts());
        }
        return counts;
    }

    /** Images per class and split as a table, with each class's share of the training images and a last row of sums. */
    public static Table countTable(FaceSet data) {
        List<String> names = new ArrayList<>(Emotion.titles());
        names.add("All");
        Table table = Table.create("Images per class", StringColumn.create("Class", names));
        counts(data).forEach((split, counts) -> table.addColumns(Figures.counts(split, withSum(counts))));
        int[] training = withSum(data.training().counts());
        double all = training[Emotion.COUNT];
        return table.addColumns(Figures.column("Share of training", Arrays.stream(training).mapToDouble(n -> n / all).toArray(), 3));
    }

    private static int[] withSum(int[] counts) {
        int[] more = Arrays.copyOf(counts, counts.length + 1);
        more[counts.length] = IntStream.of(counts).sum();
        return more;
    }

    /**
     * Weights that make all classes weigh the same in a loss, as scikit-learn's {@code class_weight="balanced"}:
     * images / (classes × images of the class). Infinite for a class without images.
     *
     * @param counts images per class
     */
    public static double[] balancedWeights(int[] counts) {
        double all = IntStream.of(counts).sum();
        return Arrays.stream(counts).mapToDouble(n -> all / (counts.length * (double) n)).toArray();
    }

    /** Mean and standard deviation of the grey values 0 to 255 of each split, and the shares of wholly black and white pixels. */
    public static Table pixels(FaceSet data) {
        Split[] splits = Split.values();
        double[][] figures = Arrays.stream(splits).map(s -> pixels(histogram(data.split(s), -1))).toArray(double[][]::new);
        return Table.create("Grey values", StringColumn.create("Split", Arrays.stream(splits).map(DataTables::title)),
                Figures.column("Mean", column(figures, 0), 1), Figures.column("Standard deviation", column(figures, 1), 1),
                Figures.column("Share of black (0)", column(figures, 2), 4),
                Figures.column("Share of white (255)", column(figures, 3), 4));
    }

    /** Mean and standard deviation of the grey values 0 to 255 of each class's training images; a class without images is left out. */
    public static Table pixelsByClass(FaceSet data) {
        int[] counts = data.training().counts();
        List<Emotion> present = Arrays.stream(Emotion.values()).filter(e -> counts[e.label()] > 0).toList();
        double[][] figures = present.stream().map(e -> pixels(histogram(data.training(), e.label()))).toArray(double[][]::new);
        return Table.create("Grey values of the training images by class", StringColumn.create("Class", present.stream().map(Emotion::title)),
                Figures.column("Mean", column(figures, 0), 1), Figures.column("Standard deviation", column(figures, 1), 1));
    }

    /** How often each grey value occurs in the images of a label, or of all if it is −1. */
    private static long[] histogram(Faces faces, int label) {
        long[] histogram = new long[256];
        byte[] image = new byte[Faces.PIXELS];
        for (int i = 0; i < faces.size(); i++) {
            if (label < 0 || faces.label(i) == label) {
                faces.copyPixels(i, image, 0);
                for (byte pixel : image) {
                    histogram[pixel & 0xff]++;
                }
            }
        }
        return histogram;
    }

    private static double[] pixels(long[] histogram) {
        double count = 0;
        double sum = 0;
        double squares = 0;
        for (int grey = 0; grey < histogram.length; grey++) {
            count += histogram[grey];
            sum += (double) grey * histogram[grey];
            squares += (double) grey * grey * histogram[grey];
        }
        double mean = sum / count;
        return new double[] {mean, Math.sqrt(squares / count - mean * mean), histogram[0] / count, histogram[255] / count};
    }

    private static double[] column(double[][] rows, int column) {
        return Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
    }

    /**
     * What the classes look like: of the drawn sample the first three training images of each class; of photographs,
     * which are not ours to show, the pixel-wise average of each class's training images. Classes without images are left out.
     */
    public static BufferedImage pictures(FaceSet data) {
        Faces faces = data.training();
        List<byte[]> images = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        int rows = data.origin().isSample() ? DRAWN_ROWS : 1;
        int[] counts = faces.counts();
        List<Emotion> present = Arrays.stream(Emotion.values()).filter(e -> counts[e.label()] >= rows).toList();
        for (int row = 0; row < rows; row++) {
            for (Emotion emotion : present) {
                images.add(data.origin().isSample() ? faces.pixels(indices(faces, emotion)[row]) : average(faces, emotion));
                captions.add(emotion.title());
            }
        }
        return Charts.imageGrid(images, captions, present.size());
    }

    private static int[] indices(Faces faces, Emotion emotion) {
        return IntStream.range(0, faces.size()).filter(i -> faces.label(i) == emotion.label()).toArray();
    }

    static byte[] average(Faces faces, Emotion emotion) {
        int[] indices = indices(faces, emotion);
        byte[] average = new byte[Faces.PIXELS];
        for (int row = 0; row < Faces.SIDE; row++) {
            for (int column = 0; column < Faces.SIDE; column++) {
                long sum = 0;
                for (int i : indices) {
                    sum += faces.pixel(i, row, column);
                }
                average[row * Faces.SIDE + column] = (byte) Math.round((double) sum / indices.length);
            }
        }
        return average;
    }

    private static String title(Split split) {
        return switch (split) {
            case TRAINING -> "Training";
            case VALIDATION -> "Validation";
            case TEST -> "Test";
        };
    }
}
