package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ferkit.data.Faces;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Grey images, raw or standardised, augmented while training: in 8 bits, before they are standardised, in the order in which the methods
 * were called.
 *
 * @param standardized whether each image is shifted and scaled to mean 0 and deviation 1
 * @param augmentation of training images in words
 * @param change of a training image
 */
public record GreyInput(boolean standardized, String augmentation, Change change) implements Input {
    /** Grey values 0 to 255 as they are. */
    static final GreyInput RAW = new GreyInput(false, Input.NO_AUGMENTATION, (image, side, random) -> image);

    private static final double LARGEST_SHARE = 0.99;

    /** How an image is seen once while training. */
    @FunctionalInterface
    public interface Change {
        /**
         * A changed copy, or the image itself.
         *
         * @param image square, row by row, not to be changed in place
         * @param random the same numbers for the same seed, epoch and image
         */
        byte[] of(byte[] image, int side, SplittableRandom random);
    }

    /** The same, each image standardised: its mean taken away, then divided by its deviation, as {@code tf.image.per_image_standardization}. */
    public GreyInput asStandardized() {
        return new GreyInput(true, augmentation, change);
    }

    /**
     * The same with one more change, for example one of one's own.
     *
     * @param words that say what it does and how much of it
     */
    public GreyInput augmented(String words, Change next) {
        return new GreyInput(standardized, (isAugmented() ? augmentation + ", " : "") + words,
                (image, side, random) -> next.of(change.of(image, side, random), side, random));
    }

    /** The same, an image mirrored left to right with this probability. */
    public GreyInput flipped(double probability) {
        require(1, probability);
        return augmented("flipped with probability " + probability,
                (image, side, random) -> random.nextDouble() < probability ? mirrored(image, side) : image);
    }

    /** The same, turned by up to so many degrees, scaled and shifted by up to these shares; bilinear, the edge repeated outside. */
    public GreyInput moved(double degrees, double scale, double shift) {
        require(180, degrees);
        require(LARGEST_SHARE, scale, shift);
        return augmented("turned by up to " + degrees + " degrees, scaled by " + scale + ", shifted by " + shift, (image, side, random) -> {
            double angle = Math.toRadians(uniform(random, degrees));
            double inverse = 1 / (1 + uniform(random, scale));
            double cos = Math.cos(angle) * inverse;
            double sin = Math.sin(angle) * inverse;
            return affine(image, side, cos, sin, uniform(random, shift) * side, -sin, cos, uniform(random, shift) * side);
        });
    }

    /** The same, brightness and contrast changed by up to these shares. */
    public GreyInput lit(double brightness, double contrast) {
        require(LARGEST_SHARE, brightness, contrast);
        return augmented("brightness changed by up to " + brightness + ", contrast by " + contrast,
                (image, side, random) -> lit(image, 1 + uniform(random, brightness), 1 + uniform(random, contrast)));
    }

    /** The same, with this probability a rectangle made the image's mean: 2 to 33 % of its area, sides in a ratio of up to 3.3 (Zhong et al. 2020). */
    public GreyInput erased(double probability) {
        require(1, probability);
        return augmented("erased with probability " + probability,
                (image, side, random) -> random.nextDouble() < probability ? erased(image, side, random) : image);
    }

    private static void require(double most, double... amounts) {
        for (double amount : amounts) {
            if (!(amount >= 0 && amount <= most)) {
                throw new IllegalArgumentException("Images are changed by " + amount + ": expected a number from 0 to " + most);
            }
        }
    }

    private boolean isAugmented() {
        return !augmentation.equals(Input.NO_AUGMENTATION);
    }

    @Override
    public String plan() {
        return standardized ? "grey, each image standardised" : "grey 0 to 255";
    }

    @Override
    public Examples examples(Faces faces) {
        return new Images(this, faces, null);
    }

    /** Images, changed if there is a random state to begin with. */
    private record Images(GreyInput input, Faces faces, Long state) implements Examples {
        @Override
        public int size() {
            return faces.size();
        }

        @Override
        public int label(int index) {
            return faces.label(index);
        }

        @Override
        public Examples inEpoch(long seed, int epoch) {
            return input.isAugmented() ? new Images(input, faces, Training.random(seed, epoch).split().nextLong()) : this;
        }

        @Override
        public NDArray batch(NDManager manager, int[] indices) {
            byte[] pixels = new byte[indices.length * Faces.PIXELS];
            for (int i = 0; i < indices.length; i++) {
                byte[] image = faces.pixels(indices[i]);
                if (state != null) {
                    // an odd factor other than the generator's own step, with which one image's numbers would be the next one's
                    image = input.change.of(image, Faces.SIDE, new SplittableRandom(state + indices[i] * 0xD1342543DE82EF95L));
                }
                System.arraycopy(image, 0, pixels, i * Faces.PIXELS, Faces.PIXELS);
            }
            // channels last in memory, which every layer keeps: pooling and normalising are several times faster so
            Shape shape = new Shape(indices.length, Faces.SIDE, Faces.SIDE, 1);
            try (NDArray numbers = input.standardized ? manager.create(FloatBuffer.wrap(standardize(pixels, Faces.PIXELS)), shape)
                            : manager.create(ByteBuffer.wrap(pixels), shape, DataType.UINT8);
                    NDArray floats = numbers.toType(DataType.FLOAT32, true)) {
                return floats.transpose(0, 3, 1, 2);
            }
        }
    }

    private static double uniform(SplittableRandom random, double most) {
        return (2 * random.nextDouble() - 1) * most;
    }

    private static byte[] mirrored(byte[] image, int side) {
        byte[] seen = new byte[image.length];
        for (int i = 0; i < image.length; i++) {
            int row = i / side * side;
            seen[i] = image[row + side - 1 - (i - row)];
        }
        return seen;
    }

    /**
     * The image sampled bilinearly: what is seen at (x, y) lay at (a x + b y + dx, c x + d y + dy), in pixels from the middle of the image;
     * outside, the edge is repeated.
     */
    static byte[] affine(byte[] image, int side, double a, double b, double dx, double c, double d, double dy) {
        byte[] seen = new byte[image.length];
        double middle = (side - 1) / 2.0;
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                double x = Math.min(Math.max(a * (column - middle) + b * (row - middle) + dx + middle, 0), side - 1);
                double y = Math.min(Math.max(c * (column - middle) + d * (row - middle) + dy + middle, 0), side - 1);
                int left = Math.min((int) x, side - 2);
                int top = Math.min((int) y, side - 2);
                double right = x - left;
                double below = y - top;
                int at = top * side + left;
                double upper = (image[at] & 0xff) * (1 - right) + (image[at + 1] & 0xff) * right;
                double lower = (image[at + side] & 0xff) * (1 - right) + (image[at + side + 1] & 0xff) * right;
                seen[row * side + column] = (byte) (upper * (1 - below) + lower * below + 0.5);
            }
        }
        return seen;
    }

    /** Values times brightness, then their distances from their mean times contrast, as torchvision's {@code ColorJitter} does it. */
    static byte[] lit(byte[] image, double brightness, double contrast) {
        double[] values = new double[image.length];
        double sum = 0;
        for (int i = 0; i < image.length; i++) {
            values[i] = Math.min((image[i] & 0xff) * brightness, 255);
            sum += values[i];
        }
        double mean = sum / image.length;
        byte[] seen = new byte[image.length];
        for (int i = 0; i < image.length; i++) {
            seen[i] = (byte) (Math.min(Math.max(mean + (values[i] - mean) * contrast, 0), 255) + 0.5);
        }
        return seen;
    }

    private static byte[] erased(byte[] image, int side, SplittableRandom random) {
        double area = (0.02 + 0.31 * random.nextDouble()) * side * side;
        double ratio = Math.pow(3.3, 2 * random.nextDouble() - 1);
        int height = (int) Math.max(1, Math.min(side, Math.round(Math.sqrt(area * ratio))));
        int width = (int) Math.max(1, Math.min(side, Math.round(Math.sqrt(area / ratio))));
        int top = random.nextInt(side - height + 1);
        int left = random.nextInt(side - width + 1);
        byte mean = (byte) Math.round(sum(image, 0, image.length) / (double) image.length);
        byte[] seen = image.clone();
        for (int row = top; row < top + height; row++) {
            Arrays.fill(seen, row * side + left, row * side + left + width, mean);
        }
        return seen;
    }

    private static long sum(byte[] values, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i] & 0xff;
        }
        return sum;
    }

    /** Each image's values less their mean, divided by their deviation, but by no less than 1 / √pixels. */
    static float[] standardize(byte[] images, int pixels) {
        float[] values = new float[images.length];
        for (int from = 0; from < images.length; from += pixels) {
            double mean = sum(images, from, from + pixels) / (double) pixels;
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
