package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ferkit.data.Faces;
import ferkit.data.Format;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How images of any format become what a network is fed, raw or standardised, and what is done to them while it is trained: in 8 bits, before
 * they are standardised, in the order in which the methods were called. Channels are moved, mirrored and erased together.
 *
 * @param standardized whether each image is shifted and scaled to mean 0 and deviation 1
 * @param steps what is done to training images, one after the other
 */
public record Input(boolean standardized, List<Step> steps) {
    private static final double LARGEST_SHARE = 0.99;
    private static final double[] GREY = {0.2989, 0.587, 0.114};

    /** Pixels 0 to 255 as they are, as the study feeds its grey ones; the methods add to that. */
    public static Input grey() {
        return new Input(false, List.of());
    }

    /** How an image is seen once while training. */
    @FunctionalInterface
    public interface Change {
        /**
         * A changed copy, or the image itself.
         *
         * @param image as {@link Faces#pixels} gives it, not to be changed in place
         * @param random the same numbers for the same seed, epoch and image
         */
        byte[] of(byte[] image, Format format, SplittableRandom random);
    }

    /** A change in words and in fact. */
    public record Step(String words, Change change) {}

    /** The same, each image standardised: its mean taken away, then divided by its deviation, as {@code tf.image.per_image_standardization}. */
    public Input asStandardized() {
        return new Input(true, steps);
    }

    /** The same, pixels 0 to 255 as they are. */
    public Input asRaw() {
        return new Input(false, steps);
    }

    /** The same without the changes whose words begin so, for example {@code "flipped"}. */
    public Input without(String words) {
        return new Input(standardized, steps.stream().filter(step -> !step.words().startsWith(words)).toList());
    }

    /**
     * The same with one more change, for example one of one's own.
     *
     * @param words that say what it does and how much of it
     */
    public Input augmented(String words, Change next) {
        return new Input(standardized, Stream.concat(steps.stream(), Stream.of(new Step(words, next))).toList());
    }

    /** The same, an image mirrored left to right with this probability. */
    public Input flipped(double probability) {
        require(1, probability);
        return augmented("flipped with probability " + probability,
                (image, format, random) -> random.nextDouble() < probability ? mirrored(image, format) : image);
    }

    /** The same, turned by up to so many degrees, scaled and shifted by up to these shares; bilinear, the edge repeated outside. */
    public Input moved(double degrees, double scale, double shift) {
        require(180, degrees);
        require(LARGEST_SHARE, scale, shift);
        return augmented("turned by up to " + degrees + " degrees, scaled by " + scale + ", shifted by " + shift, (image, format, random) -> {
            double angle = Math.toRadians(uniform(random, degrees));
            double inverse = 1 / (1 + uniform(random, scale));
            double cos = Math.cos(angle) * inverse;
            double sin = Math.sin(angle) * inverse;
            return affine(image, format, cos, sin, uniform(random, shift) * format.width(), -sin, cos, uniform(random, shift) * format.height());
        });
    }

    /** The same, brightness and contrast changed by up to these shares, those of a colour image's channels together. */
    public Input lit(double brightness, double contrast) {
        require(LARGEST_SHARE, brightness, contrast);
        return augmented("brightness changed by up to " + brightness + ", contrast by " + contrast,
                (image, format, random) -> lit(image, format, 1 + uniform(random, brightness), 1 + uniform(random, contrast)));
    }

    /** The same, with this probability a rectangle made the image's mean, in colour that of each channel: 2 to 33 % of its area, sides in a ratio of up to 3.3 (Zhong et al. 2020). */
    public Input erased(double probability) {
        require(1, probability);
        return augmented("erased with probability " + probability,
                (image, format, random) -> random.nextDouble() < probability ? erased(image, format, random) : image);
    }

    private static void require(double most, double... amounts) {
        for (double amount : amounts) {
            if (!(amount >= 0 && amount <= most)) {
                throw new IllegalArgumentException("Images are changed by " + amount + ": expected a number from 0 to " + most);
            }
        }
    }

    /** All steps one after the other. */
    public Change change() {
        return (image, format, random) -> {
            byte[] seen = image;
            for (Step step : steps) {
                seen = step.change().of(seen, format, random);
            }
            return seen;
        };
    }

    /** What is done to the images that a network is trained on, in words. */
    public String augmentation() {
        return steps.isEmpty() ? "none" : steps.stream().map(Step::words).collect(Collectors.joining(", "));
    }

    /** What a network is fed of images of this format, in words. */
    public String plan(Format format) {
        return (format.colour() ? "colour" : "grey") + (standardized ? ", each image standardised" : " 0 to 255");
    }

    /** The images of one split; {@link Examples#inEpoch} augments them. */
    public Examples examples(Faces faces) {
        return new Images(this, faces, null);
    }

    /** Images, changed if there is a random state to begin with. */
    private record Images(Input input, Faces faces, Long state) implements Examples {
        @Override
        public int size() {
            return faces.size();
        }

        @Override
        public int label(int index) {
            return faces.label(index);
        }

        @Override
        public Optional<float[]> shares(int index) {
            return faces.shares(index);
        }

        @Override
        public Examples inEpoch(long seed, int epoch) {
            return !input.steps.isEmpty() ? new Images(input, faces, Training.random(seed, epoch).split().nextLong()) : this;
        }

        @Override
        public NDArray batch(NDManager manager, int[] indices) {
            Format format = faces.format();
            byte[] pixels = new byte[indices.length * format.size()];
            for (int i = 0; i < indices.length; i++) {
                byte[] image = faces.pixels(indices[i]);
                if (state != null) {
                    // an odd factor other than the generator's own step, with which one image's numbers would be the next one's
                    image = input.change().of(image, format, new SplittableRandom(state + indices[i] * 0xD1342543DE82EF95L));
                }
                System.arraycopy(image, 0, pixels, i * format.size(), format.size());
            }
            // channels last in memory, which every layer keeps: pooling and normalising are several times faster so
            Shape shape = new Shape(indices.length, format.height(), format.width(), format.channels());
            // a copy: the array made from Java's numbers lends them, and they are freed some time after it is closed; toType to the same type copies nothing
            try (NDArray numbers = input.standardized ? manager.create(FloatBuffer.wrap(standardize(pixels, format.size())), shape)
                    : manager.create(ByteBuffer.wrap(pixels), shape, DataType.UINT8);
                    NDArray floats = input.standardized ? numbers.duplicate() : numbers.toType(DataType.FLOAT32, true)) {
                return floats.transpose(0, 3, 1, 2);
            }
        }
    }

    private static double uniform(SplittableRandom random, double most) {
        return (2 * random.nextDouble() - 1) * most;
    }

    private static byte[] mirrored(byte[] image, Format format) {
        int channels = format.channels();
        byte[] seen = new byte[image.length];
        for (int row = 0; row < format.height(); row++) {
            for (int column = 0; column < format.width(); column++) {
                System.arraycopy(image, (row * format.width() + format.width() - 1 - column) * channels, seen,
                        (row * format.width() + column) * channels, channels);
            }
        }
        return seen;
    }

    /**
     * The image sampled bilinearly: what is seen at (x, y) lay at (a x + b y + dx, c x + d y + dy), in pixels from the middle of the image;
     * outside, the edge is repeated.
     */
    static byte[] affine(byte[] image, Format format, double a, double b, double dx, double c, double d, double dy) {
        int channels = format.channels();
        int width = format.width();
        int height = format.height();
        byte[] seen = new byte[image.length];
        double middleX = (width - 1) / 2.0;
        double middleY = (height - 1) / 2.0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double x = Math.min(Math.max(a * (column - middleX) + b * (row - middleY) + dx + middleX, 0), width - 1);
                double y = Math.min(Math.max(c * (column - middleX) + d * (row - middleY) + dy + middleY, 0), height - 1);
                int left = (int) x;
                int top = (int) y;
                double right = x - left;
                double below = y - top;
                int at = (top * width + left) * channels;
                int next = x < width - 1 ? channels : 0;
                int under = y < height - 1 ? width * channels : 0;
                for (int channel = 0; channel < channels; channel++, at++) {
                    double upper = (image[at] & 0xff) * (1 - right) + (image[at + next] & 0xff) * right;
                    double lower = (image[at + under] & 0xff) * (1 - right) + (image[at + under + next] & 0xff) * right;
                    seen[(row * width + column) * channels + channel] = (byte) (upper * (1 - below) + lower * below + 0.5);
                }
            }
        }
        return seen;
    }

    /**
     * Values times brightness, then their distances from the image's mean times contrast, as torchvision's {@code ColorJitter} does it; a colour
     * image's mean is that of its grey values 0.2989 red + 0.587 green + 0.114 blue.
     */
    static byte[] lit(byte[] image, Format format, double brightness, double contrast) {
        double[] values = new double[image.length];
        double sum = 0;
        for (int i = 0; i < image.length; i++) {
            values[i] = Math.min((image[i] & 0xff) * brightness, 255);
            sum += format.colour() ? values[i] * GREY[i % GREY.length] : values[i];
        }
        double mean = sum * format.channels() / image.length;
        byte[] seen = new byte[image.length];
        for (int i = 0; i < image.length; i++) {
            seen[i] = (byte) (Math.min(Math.max(mean + (values[i] - mean) * contrast, 0), 255) + 0.5);
        }
        return seen;
    }

    private static byte[] erased(byte[] image, Format format, SplittableRandom random) {
        int channels = format.channels();
        double area = (0.02 + 0.31 * random.nextDouble()) * format.height() * format.width();
        double ratio = Math.pow(3.3, 2 * random.nextDouble() - 1);
        int height = (int) Math.max(1, Math.min(format.height(), Math.round(Math.sqrt(area * ratio))));
        int width = (int) Math.max(1, Math.min(format.width(), Math.round(Math.sqrt(area / ratio))));
        int top = random.nextInt(format.height() - height + 1);
        int left = random.nextInt(format.width() - width + 1);
        byte[] seen = image.clone();
        for (int channel = 0; channel < channels; channel++) {
            byte mean = (byte) Math.round(sum(image, channel, image.length, channels) / (double) image.length * channels);
            for (int row = top; row < top + height; row++) {
                for (int column = left; column < left + width; column++) {
                    seen[(row * format.width() + column) * channels + channel] = mean;
                }
            }
        }
        return seen;
    }

    /** Every {@code step}th value from {@code from} to below {@code to}, added up. */
    private static long sum(byte[] values, int from, int to, int step) {
        long sum = 0;
        for (int i = from; i < to; i += step) {
            sum += values[i] & 0xff;
        }
        return sum;
    }

    /** Each image's values less their mean, divided by their deviation, but by no less than 1 / √pixels. */
    static float[] standardize(byte[] images, int pixels) {
        float[] values = new float[images.length];
        for (int from = 0; from < images.length; from += pixels) {
            double mean = sum(images, from, from + pixels, 1) / (double) pixels;
            double squares = 0;
            for (int i = from; i < from + pixels; i++) {
                double distance = (images[i] & 0xff) - mean;
                squares += distance * distance;
            }
            double deviation = Math.max(Math.sqrt(squares / pixels), 1 / Math.sqrt(pixels));
            for (int i = from; i < from + pixels; i++) {
                values[i] = (float) (((images[i] & 0xff) - mean) / deviation);
            }
        }
        return values;
    }
}
