package ferkit.data.report;

import ferkit.data.Classes;
import ferkit.data.Faces;
import ferkit.data.Format;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Plain statistics of images and labels. */
public final class Statistics {
    private Statistics() {}

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

    /**
     * Values of many pixels; NaN where there is no image.
     *
     * @param mean 0 to 255
     * @param deviation the (population) standard deviation
     * @param black share of pixels of value 0
     * @param white share of pixels of value 255
     */
    public record Grey(double mean, double deviation, double black, double white) {}

    /** Values over all pixels of a split, those of colour images over all channels. */
    public static Grey grey(Faces faces) {
        long[] histogram = new long[256];
        byte[] image = new byte[faces.format().size()];
        for (int i = 0; i < faces.size(); i++) {
            faces.copyPixels(i, image, 0);
            for (byte pixel : image) {
                histogram[pixel & 0xff]++;
            }
        }
        double count = (double) faces.size() * faces.format().size();
        double sum = 0;
        double squares = 0;
        for (int grey = 0; grey < histogram.length; grey++) {
            sum += (double) grey * histogram[grey];
            squares += (double) grey * grey * histogram[grey];
        }
        double mean = sum / count;
        return new Grey(mean, Math.sqrt(Math.max(0, squares / count - mean * mean)), histogram[0] / count, histogram[255] / count);
    }

    /**
     * How often brightness alone would name the right class: the mean value of an image's pixels falls into one of 16 equal steps,
     * and the answer is the class that is most frequent among the training images of that step, or among all of them if the
     * step has none.
     *
     * @return share of the validation images named right, 0 to 1; NaN without validation images
     */
    public static double accuracyByBrightness(Faces training, Faces validation) {
        int steps = 16;
        int[][] counts = new int[steps][training.classes().count()];
        for (int i = 0; i < training.size(); i++) {
            if (training.label(i) != Faces.NO_LABEL) {
                counts[brightness(training, i) * steps / 256][training.label(i)]++;
            }
        }
        int usual = largest(training.counts());
        int[] answers = Arrays.stream(counts).mapToInt(step -> IntStream.of(step).sum() == 0 ? usual : largest(step)).toArray();
        long right = IntStream.range(0, validation.size())
                .filter(i -> validation.label(i) == answers[brightness(validation, i) * steps / 256]).count();
        return (double) right / validation.size();
    }

    /** The mean value of an image's pixels, 0 to 255, rounded down. */
    private static int brightness(Faces faces, int index) {
        byte[] image = new byte[faces.format().size()];
        faces.copyPixels(index, image, 0);
        int sum = 0;
        for (byte pixel : image) {
            sum += pixel & 0xff;
        }
        return sum / image.length;
    }

    private static int largest(int[] counts) {
        return IntStream.range(0, counts.length).reduce((a, b) -> counts[b] > counts[a] ? b : a).getAsInt();
    }

    /** The images of one class, in their order. */
    public static Faces ofClass(Faces faces, int label) {
        return faces.select(IntStream.range(0, faces.size()).filter(i -> faces.label(i) == label).toArray());
    }

    /**
     * An image with another brightness and contrast.
     *
     * @param image of any format, as is what is returned
     * @param mean of its values then, 0 to 255
     * @param deviation of its values then; what leaves 0 to 255 is cut off
     */
    public static byte[] stretched(byte[] image, double mean, double deviation) {
        Grey before = grey(new Faces(Classes.FER2013, new Format(1, 1, image.length), image, new byte[1]));
        byte[] stretched = new byte[image.length];
        for (int p = 0; p < image.length; p++) {
            double value = before.deviation() == 0 ? mean : mean + ((image[p] & 0xff) - before.mean()) * deviation / before.deviation();
            stretched[p] = (byte) Math.round(Math.max(0, Math.min(255, value)));
        }
        return stretched;
    }

    /**
     * The mean of images pixel by pixel, rounded, in their format.
     *
     * @throws IllegalArgumentException if there is no image
     */
    public static byte[] average(Faces faces) {
        if (faces.size() == 0) {
            throw new IllegalArgumentException("No image to average: expected at least one");
        }
        long[] sums = new long[faces.format().size()];
        byte[] image = new byte[faces.format().size()];
        for (int i = 0; i < faces.size(); i++) {
            faces.copyPixels(i, image, 0);
            for (int p = 0; p < sums.length; p++) {
                sums[p] += image[p] & 0xff;
            }
        }
        for (int p = 0; p < sums.length; p++) {
            image[p] = (byte) Math.round((double) sums[p] / faces.size());
        }
        return image;
    }
}
