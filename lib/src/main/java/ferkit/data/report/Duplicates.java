package ferkit.data.report;

import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Split;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Finds images that occur more than once, as they are or nearly so. */
final class Duplicates {
    /**
     * Two images are near duplicates if the Pearson correlation of their grey values, pixel by pixel, is at least this:
     * the same photograph in another brightness, contrast, compression or cropped by a pixel or so. Chosen on FER2013's 48×48 pixels; of colour images
     * all values are counted, and what a pixel's shift changes is less the larger the images are.
     */
    static final double CORRELATION = 0.92;

    /** Rows and columns of the coarse images looked at first, second and third. */
    private static final int[] GRIDS = {4, 8, 16};

    /** More than the rounding error of a bound. */
    private static final float ROUNDING = 1e-5f;

    private final FaceSet faces;

    Duplicates(FaceSet faces) {
        this.faces = faces;
    }

    /** One image of a data set. */
    record Place(Split split, int index) {}

    /** All sets of two or more identical images; the images of a set in the order of splits and files. */
    List<List<Place>> exact() {
        Map<ByteBuffer, List<Place>> byContent = new HashMap<>();
        for (Split split : Split.values()) {
            for (int i = 0; i < faces.split(split).size(); i++) {
                byContent.computeIfAbsent(ByteBuffer.wrap(faces.split(split).pixels(i)), pixels -> new ArrayList<>(1)).add(new Place(split, i));
            }
        }
        return byContent.values().stream().filter(set -> set.size() > 1).toList();
    }

    /**
     * For each image of one split the image of another split that it correlates with most, where that is at least
     * {@link #CORRELATION}; −1 elsewhere and for images of one grey value only.
     */
    int[] nearest(Split split, Split among) {
        Fingerprints queries = new Fingerprints(faces.split(split));
        Fingerprints candidates = new Fingerprints(faces.split(among));
        int[] nearest = new int[faces.split(split).size()];
        IntStream.range(0, nearest.length).parallel().forEach(i -> nearest[i] = candidates.nearest(queries, i));
        return nearest;
    }

    /**
     * Images brought to mean 0 and length 1, so that a scalar product is a correlation. Each is kept as averages over a
     * 4×4, 8×8 and 16×16 grid, over a colour image's channels too, scaled so that they are an orthogonal projection, with the length of what the
     * projection leaves out as one number more. By Cauchy and Schwarz the scalar product of two such vectors is never
     * below the correlation of the images, so what a coarse grid rules out need not be looked at any further.
     */
    private static final class Fingerprints {
        private final Faces faces;
        private final float[][] grids = new float[GRIDS.length][];
        /** The coarsest grid once more, number by number instead of image by image, for one pass over all images. */
        private final float[][] coarsest = new float[width(0)][];

        Fingerprints(Faces faces) {
            this.faces = faces;
            for (int level = 0; level < GRIDS.length; level++) {
                grids[level] = new float[faces.size() * width(level)];
            }
            IntStream.range(0, faces.size()).parallel().forEach(this::project);
            for (int k = 0; k < coarsest.length; k++) {
                coarsest[k] = new float[faces.size()];
                for (int j = 0; j < faces.size(); j++) {
                    coarsest[k][j] = grids[0][j * width(0) + k];
                }
            }
        }

        private static int width(int level) {
            return GRIDS[level] * GRIDS[level] + 1;
        }

        private void project(int index) {
            Format format = faces.format();
            float[] image = normalised(index);
            for (int level = 0; level < GRIDS.length; level++) {
                int grid = GRIDS[level];
                float[] target = grids[level];
                int offset = index * width(level);
                int[] values = new int[grid * grid];
                for (int p = 0; p < image.length; p++) {
                    int pixel = p / format.channels();
                    int cell = pixel / format.width() * grid / format.height() * grid + pixel % format.width() * grid / format.width();
                    target[offset + cell] += image[p];
                    values[cell]++;
                }
                double kept = 0;
                for (int i = 0; i < grid * grid; i++) {
                    target[offset + i] /= (float) Math.sqrt(Math.max(1, values[i]));
                    kept += (double) target[offset + i] * target[offset + i];
                }
                target[offset + grid * grid] = (float) Math.sqrt(Math.max(0, length(image) - kept));
            }
        }

        private static double length(float[] image) {
            double sum = 0;
            for (float value : image) {
                sum += (double) value * value;
            }
            return sum;
        }

        private float[] normalised(int index) {
            byte[] pixels = faces.pixels(index);
            double sum = 0;
            double squares = 0;
            for (byte pixel : pixels) {
                int value = pixel & 0xff;
                sum += value;
                squares += value * value;
            }
            double mean = sum / pixels.length;
            double norm = Math.sqrt(Math.max(0, squares - sum * mean));
            float[] image = new float[pixels.length];
            for (int p = 0; p < pixels.length && norm > 0; p++) {
                image[p] = (float) (((pixels[p] & 0xff) - mean) / norm);
            }
            return image;
        }

        /** The image here that the other's image {@code i} correlates with most, or −1. */
        int nearest(Fingerprints other, int i) {
            float[][] query = new float[GRIDS.length][];
            for (int level = 0; level < GRIDS.length; level++) {
                query[level] = Arrays.copyOfRange(other.grids[level], i * width(level), (i + 1) * width(level));
            }
            float[] first = new float[faces.size()];
            for (int k = 0; k < coarsest.length; k++) {
                float factor = query[0][k];
                float[] row = coarsest[k];
                for (int j = 0; j < first.length; j++) {
                    first[j] += factor * row[j];
                }
            }
            float[] image = null;
            double best = CORRELATION;
            int nearest = -1;
            for (int j = 0; j < faces.size(); j++) {
                if (first[j] + ROUNDING >= best && bound(query, j, 1) >= best && bound(query, j, 2) >= best) {
                    image = image == null ? other.normalised(i) : image;
                    double correlation = product(image, normalised(j), 0);
                    if (correlation >= best) {
                        nearest = correlation > best || nearest < 0 ? j : nearest;
                        best = correlation;
                    }
                }
            }
            return nearest;
        }

        private float bound(float[][] query, int j, int level) {
            return product(query[level], grids[level], j * width(level)) + ROUNDING;
        }

        /** Scalar product; four sums side by side keep the processor's pipelines busy. */
        private static float product(float[] a, float[] b, int offset) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            int i = 0;
            for (; i + 3 < a.length; i += 4) {
                s0 += a[i] * b[offset + i];
                s1 += a[i + 1] * b[offset + i + 1];
                s2 += a[i + 2] * b[offset + i + 2];
                s3 += a[i + 3] * b[offset + i + 3];
            }
            for (; i < a.length; i++) {
                s0 += a[i] * b[offset + i];
            }
            return s0 + s1 + s2 + s3;
        }
    }
}
