package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ferkit.data.Faces;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Grey images, raw or standardised, augmented while training. An image is augmented in 8 bits, in the order of the components
 * below, by random numbers that depend on seed, epoch and its index alone.
 *
 * @param standardized whether each image is shifted and scaled to mean 0 and deviation 1, after it was augmented
 * @param flip probability that an image is mirrored left to right
 * @param degrees largest angle by which an image is turned either way
 * @param scale largest share by which it is made larger or smaller
 * @param shift largest share of its side by which it is moved, in each direction
 * @param brightness largest share by which its values are made larger or smaller
 * @param contrast largest share by which their distances from their mean are
 * @param erase probability that a rectangle becomes the image's mean: 2 to 33 % of its area, sides in a ratio of up to 3.3 (Zhong et al. 2020)
 */
public record GreyInput(boolean standardized, double flip, double degrees, double scale, double shift, double brightness, double contrast,
        double erase) implements Input {

    /** @throws IllegalArgumentException if a probability or share is not in its range */
    public GreyInput {
        if (!(flip >= 0 && flip <= 1 && erase >= 0 && erase <= 1 && degrees >= 0 && degrees <= 180)) {
            throw new IllegalArgumentException("Images flipped with probability " + flip + ", turned by up to " + degrees + " degrees, erased with probability "
                    + erase + ": expected probabilities from 0 to 1 and an angle from 0 to 180");
        }
        for (double share : new double[] {scale, shift, brightness, contrast}) {
            if (!(share >= 0 && share < 1)) {
                throw new IllegalArgumentException("Scale, shift, brightness or contrast change by " + share + ": expected a share from 0 to less than 1");
            }
        }
    }

    /** The same, each image standardised: its mean taken away, then divided by its deviation, as {@code tf.image.per_image_standardization}. */
    public GreyInput asStandardized() {
        return new GreyInput(true, flip, degrees, scale, shift, brightness, contrast, erase);
    }

    /** The same, an image mirrored with this probability. */
    public GreyInput flipped(double probability) {
        return new GreyInput(standardized, probability, degrees, scale, shift, brightness, contrast, erase);
    }

    /** The same, turned by up to so many degrees, scaled and shifted by up to these shares; bilinear, the edge repeated outside. */
    public GreyInput moved(double byDegrees, double byScale, double byShift) {
        return new GreyInput(standardized, flip, byDegrees, byScale, byShift, brightness, contrast, erase);
    }

    /** The same, brightness and contrast changed by up to these shares. */
    public GreyInput lit(double byBrightness, double byContrast) {
        return new GreyInput(standardized, flip, degrees, scale, shift, byBrightness, byContrast, erase);
    }

    /** The same, a rectangle erased with this probability. */
    public GreyInput erased(double probability) {
        return new GreyInput(standardized, flip, degrees, scale, shift, brightness, contrast, probability);
    }

    @Override
    public String plan() {
        return (standardized ? "grey, each image standardised" : "grey 0 to 255") + (flip == 0 ? "" : ", flipped with probability " + flip)
                + (isMoved() ? ", turned by up to " + degrees + " degrees, scaled by " + scale + ", shifted by " + shift : "")
                + (isLit() ? ", brightness changed by up to " + brightness + ", contrast by " + contrast : "")
                + (erase == 0 ? "" : ", erased with probability " + erase);
    }

    private boolean isMoved() {
        return degrees > 0 || scale > 0 || shift > 0;
    }

    private boolean isLit() {
        return brightness > 0 || contrast > 0;
    }

    @Override
    public Examples examples(Faces faces) {
        boolean augmented = flip > 0 || isMoved() || isLit() || erase > 0;
        return !standardized && !augmented ? Examples.of(faces) : new Images(faces, augmented, null);
    }

    /** Images, augmented if there is a random state to begin with. */
    private final class Images implements Examples {
        private final Faces faces;
        private final boolean augmented;
        private final Long state;

        Images(Faces faces, boolean augmented, Long state) {
            this.faces = faces;
            this.augmented = augmented;
            this.state = state;
        }

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
            return augmented ? new Images(faces, true, Training.random(seed, epoch).split().nextLong()) : this;
        }

        @Override
        public NDArray batch(NDManager manager, int[] indices) {
            byte[] pixels = new byte[indices.length * Faces.PIXELS];
            for (int i = 0; i < indices.length; i++) {
                byte[] image = faces.pixels(indices[i]);
                if (state != null) {
                    // an odd factor other than the generator's own step, with which one image's numbers would be the next one's
                    image = augment(image, Faces.SIDE, new SplittableRandom(state + indices[i] * 0xD1342543DE82EF95L));
                }
                System.arraycopy(image, 0, pixels, i * Faces.PIXELS, Faces.PIXELS);
            }
            if (!standardized) {
                return Examples.images(manager, pixels);
            }
            float[] values = standardize(pixels, Faces.PIXELS);
            try (NDArray floats = manager.create(FloatBuffer.wrap(values), new Shape(indices.length, Faces.SIDE, Faces.SIDE, 1))) {
                return floats.transpose(0, 3, 1, 2);
            }
        }
    }

    /** One square image of this side, row by row, as it is seen once while training. */
    byte[] augment(byte[] image, int side, SplittableRandom random) {
        byte[] seen = image;
        if (flip > 0 && random.nextDouble() < flip) {
            seen = flipped(seen, side);
        }
        if (isMoved()) {
            double angle = Math.toRadians(uniform(random, degrees));
            double inverse = 1 / (1 + uniform(random, scale));
            double cos = Math.cos(angle) * inverse;
            double sin = Math.sin(angle) * inverse;
            seen = affine(seen, side, cos, sin, uniform(random, shift) * side, -sin, cos, uniform(random, shift) * side);
        }
        if (isLit()) {
            seen = lit(seen, 1 + uniform(random, brightness), 1 + uniform(random, contrast));
        }
        if (erase > 0 && random.nextDouble() < erase) {
            seen = erased(seen, side, random);
        }
        return seen;
    }

    private static double uniform(SplittableRandom random, double most) {
        return (2 * random.nextDouble() - 1) * most;
    }

    static byte[] flipped(byte[] image, int side) {
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
