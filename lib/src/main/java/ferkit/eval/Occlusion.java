package ferkit.eval;

import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.train.Predictions;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Where in an image the evidence for its class lies: what a network loses when a patch of it is made as grey as the image is on average (Zeiler and Fergus 2014,
 * "Visualizing and understanding convolutional networks"). A patch is a sixth of the image high and wide, and patches lie half a patch apart: on 48×48 pixels there are
 * 11×11 places. A map is one number a place, row by row.
 *
 * @param format of the images, each side at least twelve pixels
 */
public record Occlusion(Format format) {
    /** Side of a patch as a share of the image's. */
    public static final double PATCH = 1.0 / 6;
    private static final int PATCHES = 6;
    private static final int STEPS = 2;
    /** Places from left to right and from top to bottom. */
    public static final int SIDE = STEPS * (PATCHES - 1) + 1;
    /** Places that together cover the image once. */
    public static final int TILES = PATCHES * PATCHES;

    /** A trained network that can be asked. */
    @FunctionalInterface
    public interface Network {
        /** What it says of images of the format. */
        Predictions predict(Faces faces) throws IOException, InterruptedException;
    }

    /** @throws IllegalArgumentException if the images are too small for patches */
    public Occlusion {
        if (Math.min(format.height(), format.width()) < STEPS * PATCHES) {
            throw new IllegalArgumentException("Images of " + format + ": expected sides of at least " + STEPS * PATCHES + " pixels");
        }
    }

    /**
     * For each image a map of what its own class's probability loses at each place, −1 to 1.
     *
     * @param faces all with a label
     * @param done is told after each place how many are done
     */
    public double[][] drops(Faces faces, Network network, IntConsumer done) throws IOException, InterruptedException {
        double[] whole = own(network.predict(faces));
        double[][] drops = new double[faces.size()][SIDE * SIDE];
        for (int place = 0; place < SIDE * SIDE; place++) {
            int[] one = {place};
            double[] left = own(network.predict(greyed(faces, image -> one)));
            for (int i = 0; i < left.length; i++) {
                drops[i][place] = whole[i] - left[i];
            }
            done.accept(place + 1);
        }
        return drops;
    }

    /** The probability that each image's own class is given. */
    public static double[] own(Predictions said) {
        return IntStream.range(0, said.size()).mapToDouble(i -> said.probabilities()[i][said.truth()[i]]).toArray();
    }

    /** For each image a map of the sums over the patch at each place of what is given pixel by pixel, {@code [image][row][column]}. */
    public double[][] sums(List<float[][]> pixels) {
        return pixels.stream().map(image -> IntStream.range(0, SIDE * SIDE).mapToDouble(place -> {
            double sum = 0;
            for (int row = top(place); row < bottom(place); row++) {
                for (int column = left(place); column < right(place); column++) {
                    sum += image[row][column];
                }
            }
            return sum;
        }).toArray()).toArray(double[][]::new);
    }

    private int top(int place) {
        return place / SIDE * format.height() / (STEPS * PATCHES);
    }

    private int bottom(int place) {
        return (place / SIDE + STEPS) * format.height() / (STEPS * PATCHES);
    }

    private int left(int place) {
        return place % SIDE * format.width() / (STEPS * PATCHES);
    }

    private int right(int place) {
        return (place % SIDE + STEPS) * format.width() / (STEPS * PATCHES);
    }

    /**
     * The images with patches made grey: each channel the image's mean of it.
     *
     * @param places of each image, by its index
     */
    public Faces greyed(Faces faces, IntFunction<int[]> places) {
        int size = format.size();
        int channels = format.channels();
        byte[] pixels = new byte[faces.size() * size];
        for (int i = 0; i < faces.size(); i++) {
            faces.copyPixels(i, pixels, i * size);
            byte[] mean = mean(faces.pixels(i));
            for (int place : places.apply(i)) {
                for (int row = top(place); row < bottom(place); row++) {
                    for (int column = left(place); column < right(place); column++) {
                        System.arraycopy(mean, 0, pixels, i * size + (row * format.width() + column) * channels, channels);
                    }
                }
            }
        }
        return new Faces(faces.classes(), format, pixels, faces.labels());
    }

    private byte[] mean(byte[] image) {
        long[] sums = new long[format.channels()];
        for (int p = 0; p < image.length; p++) {
            sums[p % sums.length] += image[p] & 0xff;
        }
        byte[] mean = new byte[sums.length];
        for (int c = 0; c < mean.length; c++) {
            mean[c] = (byte) Math.round((double) sums[c] * sums.length / image.length);
        }
        return mean;
    }

    /** Of the places that cover the image once those so many at which a map is highest, the highest first. */
    public static int[] highest(double[] map, int number) {
        return tiles().boxed().sorted(Comparator.comparingDouble(place -> -map[place])).limit(number).mapToInt(place -> place).toArray();
    }

    /** So many of the places that cover the image once, at random, the same for the same seed. */
    public static int[] random(long seed, int number) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] keys = random.longs(SIDE * SIDE).toArray();
        return tiles().boxed().sorted(Comparator.comparingLong(place -> keys[place])).limit(number).mapToInt(place -> place).toArray();
    }

    private static IntStream tiles() {
        return IntStream.range(0, SIDE * SIDE).filter(place -> place / SIDE % STEPS == 0 && place % SIDE % STEPS == 0);
    }

    /**
     * The mean of some maps.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static double[] mean(List<double[]> maps) {
        if (maps.isEmpty()) {
            throw new IllegalArgumentException("No map to average: expected at least one");
        }
        return IntStream.range(0, maps.get(0).length).mapToDouble(place -> maps.stream().mapToDouble(map -> map[place]).average().getAsDouble())
                .toArray();
    }

    /** A map as rows of columns. */
    public static float[][] rows(double[] map) {
        float[][] rows = new float[SIDE][SIDE];
        for (int place = 0; place < map.length; place++) {
            rows[place / SIDE][place % SIDE] = (float) map[place];
        }
        return rows;
    }
}
