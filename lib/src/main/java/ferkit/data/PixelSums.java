package ferkit.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What is held of a split's pixels against the original's: sums over all its images, in whatever order these are.
 *
 * @param counts images of each class
 * @param classes grey values of each class's images
 * @param left grey values of the images' left halves
 * @param upper grey values of their upper halves
 * @param squares of the grey values
 * @param across absolute differences of pixels side by side
 * @param down absolute differences of pixels one above the other
 */
record PixelSums(List<Integer> counts, List<Long> classes, long left, long upper, long squares, long across, long down) {
    /**
     * By how many grey values {@link #measures} may differ from the original's. Measured on FER2013: copies as JPEG (quality 30 to 95)
     * and WebP differ by less than four fifths of it; copies that were turned, equalised, stretched, blurred or made larger and smaller
     * again differ in at least one measure by more than one and a half times of it.
     */
    private static final double[] TOLERANCE = {0.3, 0.05, 0.05, 0.4, 0.8, 0.8};
    private static final List<String> NAMES = List.of("brightness (mean grey value)", "left half less right half", "upper half less lower half",
            "contrast (standard deviation)", "sharpness (difference of pixels side by side)", "sharpness (one above the other)");

    /** The sums over these images, all with labels. */
    static PixelSums of(Faces faces) {
        long[] classes = new long[Emotion.COUNT];
        long left = 0;
        long upper = 0;
        long squares = 0;
        long across = 0;
        long down = 0;
        byte[] image = new byte[Faces.PIXELS];
        for (int i = 0; i < faces.size(); i++) {
            faces.copyPixels(i, image, 0);
            for (int at = 0; at < Faces.PIXELS; at++) {
                int value = image[at] & 0xff;
                int column = at % Faces.SIDE;
                classes[faces.label(i)] += value;
                squares += (long) value * value;
                left += column < Faces.SIDE / 2 ? value : 0;
                upper += at < Faces.PIXELS / 2 ? value : 0;
                across += column > 0 ? Math.abs(value - (image[at - 1] & 0xff)) : 0;
                down += at >= Faces.SIDE ? Math.abs(value - (image[at - Faces.SIDE] & 0xff)) : 0;
            }
        }
        return new PixelSums(IntStream.of(faces.counts()).boxed().toList(), LongStream.of(classes).boxed().toList(), left, upper, squares, across,
                down);
    }

    /**
     * How images differ from an original with the same number of images of each class and split; empty if by no more than JPEG changes them.
     *
     * @param found sums of each split
     * @param original likewise
     */
    static Optional<String> difference(List<PixelSums> found, List<PixelSums> original) {
        for (int way = 0; way < 16; way++) {
            boolean mirrored = (way & 1) != 0;
            boolean upsideDown = (way & 2) != 0;
            boolean exchanged = (way & 4) != 0;
            boolean negative = (way & 8) != 0;
            if (IntStream.range(0, found.size()).allMatch(
                    split -> close(found.get(split).measures(), turned(original.get(split).measures(), mirrored, upsideDown, exchanged, negative)))) {
                String turned = exchanged ? mirrored == upsideDown ? "transposed, rows for columns" : "turned by 90°"
                        : mirrored && upsideDown ? "turned by 180°" : mirrored ? "mirrored, left for right" : upsideDown ? "upside down" : "";
                return way == 0 ? Optional.empty() : Optional.of(turned + (negative ? (turned.isEmpty() ? "" : " and ") + "as negatives" : ""));
            }
        }
        List<String> differing = new ArrayList<>();
        for (int split = 0; split < found.size() && differing.isEmpty(); split++) {
            double[] here = found.get(split).measures();
            double[] there = original.get(split).measures();
            for (int i = 0; i < NAMES.size(); i++) {
                if (Math.abs(here[i] - there[i]) > TOLERANCE[i]) {
                    differing.add(String.format(Locale.ROOT, "%s %.2f instead of %.2f", NAMES.get(i), here[i], there[i]));
                }
            }
            if (differing.isEmpty() && !close(here, there)) {
                differing.add("the classes' mean grey values are not its, as if labels belonged to other images");
            }
        }
        return Optional.of(String.join(", ", differing));
    }

    /** In grey values: {@link #NAMES}, then the mean of each class. */
    private double[] measures() {
        double images = counts.stream().mapToInt(n -> n).sum();
        long sum = classes.stream().mapToLong(n -> n).sum();
        double pixels = images * Faces.PIXELS;
        double mean = sum / pixels;
        double neighbours = images * Faces.SIDE * (Faces.SIDE - 1);
        double[] measures = Arrays.copyOf(new double[] {mean, (2 * left - sum) / (pixels / 2), (2 * upper - sum) / (pixels / 2),
            Math.sqrt(squares / pixels - mean * mean), across / neighbours, down / neighbours}, NAMES.size() + counts.size());
        for (int label = 0; label < counts.size(); label++) {
            measures[NAMES.size() + label] = classes.get(label) / ((double) counts.get(label) * Faces.PIXELS);
        }
        return measures;
    }

    /** What the measures would be of images that were turned so. */
    private static double[] turned(double[] measures, boolean mirrored, boolean upsideDown, boolean exchanged, boolean negative) {
        double[] turned = measures.clone();
        turned[1] = (mirrored != negative ? -1 : 1) * measures[exchanged ? 2 : 1];
        turned[2] = (upsideDown != negative ? -1 : 1) * measures[exchanged ? 1 : 2];
        turned[4] = measures[exchanged ? 5 : 4];
        turned[5] = measures[exchanged ? 4 : 5];
        for (int i = 0; negative && i < turned.length; i++) {
            turned[i] = i == 0 || i >= NAMES.size() ? 255 - turned[i] : turned[i];
        }
        return turned;
    }

    private static boolean close(double[] some, double[] others) {
        return IntStream.range(0, some.length).allMatch(i -> Math.abs(some[i] - others[i]) <= TOLERANCE[i < TOLERANCE.length ? i : 0]);
    }
}
