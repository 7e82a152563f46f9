package ferkit.data;

import ferkit.data.file.ImageFile;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Immutable images of one format with their labels: one split of a {@link FaceSet}, in file order.
 * Pixels are bytes 0 (black) to 255 (white), row by row, those of a colour image red, green and blue beside each other.
 */
public final class Faces {
    /** Height and width of an image in pixels. */
    public static final int SIDE = 48;
    /** Pixels of an image. */
    public static final int PIXELS = SIDE * SIDE;
    /** The label of an image that has none, as in the challenge's unlabelled {@code test.csv}. */
    public static final int NO_LABEL = -1;

    private final Classes classes;
    private final Format format;
    private final byte[] pixels;
    private final byte[] labels;
    /** Of all images one after the other; null where each image is wholly of its label. */
    private final float[] shares;

    /** Of FER2013's classes and format; see {@link #Faces(Classes, Format, byte[], byte[])}. */
    public Faces(byte[] pixels, byte[] labels) {
        this(Classes.FER2013, Format.FER2013, pixels, labels);
    }

    /**
     * Takes over both arrays without copying; the caller must not change them afterwards.
     *
     * @param classes what the labels mean
     * @param format of each image
     * @param pixels {@code labels.length} × {@code format.size()} bytes
     * @param labels of {@code classes}, or {@link #NO_LABEL}
     * @throws IllegalArgumentException if the lengths do not fit each other or a label is out of range
     */
    public Faces(Classes classes, Format format, byte[] pixels, byte[] labels) {
        if (pixels.length != labels.length * (long) format.size()) {
            throw new IllegalArgumentException(pixels.length + " pixel bytes for " + labels.length
                    + " labels: expected " + format.size() + " for each");
        }
        for (byte label : labels) {
            if (label != NO_LABEL) {
                classes.require(label);
            }
        }
        this.classes = classes;
        this.format = format;
        this.pixels = pixels;
        this.labels = labels;
        this.shares = null;
    }

    private Faces(Faces labelled, float[] shares) {
        this.classes = labelled.classes;
        this.format = labelled.format;
        this.pixels = labelled.pixels;
        this.labels = labelled.labels;
        this.shares = shares;
    }

    /**
     * Images of one's own, one face in each, without labels: PNG or JPEG files, made this format, for what was trained on these classes.
     *
     * @throws IOException if one cannot be read; the message names it and says what is wrong
     */
    public static Faces read(List<Path> files, Classes classes, Format format) throws IOException {
        FaceList faces = new FaceList(format);
        for (Path file : files) {
            try {
                faces.add(
                        ImageFile.decode(Source.bytes(file, new Room(ImageFile.LARGEST)), format.colour(), format.height(), format.width()).pixels(),
                        0, NO_LABEL);
            } catch (IOException e) {
                throw new IOException(Source.sentence(e, file), e);
            }
        }
        return faces.toFaces(classes);
    }

    /** What the labels mean. */
    public Classes classes() {
        return classes;
    }

    /** How each image is stored. */
    public Format format() {
        return format;
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    /** How many there are, as a notebook prints it. */
    @Override
    public String toString() {
        return size() == 1 ? "1 image" : size() + " images";
    }

    /** Label of one image, of {@link #classes}, or {@link #NO_LABEL}. */
    public int label(int index) {
        return labels[index];
    }

    /** All labels in order, as a new array. */
    public byte[] labels() {
        return labels.clone();
    }

    /** What share of one image belongs to each class, summing to 1 (all 0 where it has no label); empty where images are wholly of their labels. */
    public Optional<float[]> shares(int index) {
        return shares == null ? Optional.empty() : Optional.of(Arrays.copyOfRange(shares, index * classes.count(), (index + 1) * classes.count()));
    }

    /**
     * The same images, each shared among the classes, for example as people voted. Its label becomes the class of the largest share, the first
     * of equals.
     *
     * @param votes a row for each image with a number for each class, from 0 up; its shares are these numbers divided by their sum. An image of
     *     zeros has no label
     * @throws IllegalArgumentException if there are not so many rows and numbers, or one is negative or not finite
     */
    public Faces withShares(float[][] votes) {
        int count = classes.count();
        if (votes.length != size()) {
            throw new IllegalArgumentException(votes.length + " rows of shares for " + this + ": expected one for each");
        }
        float[] all = new float[votes.length * count];
        byte[] likeliest = new byte[votes.length];
        for (int i = 0; i < votes.length; i++) {
            float[] row = votes[i];
            double sum = 0;
            likeliest[i] = NO_LABEL;
            for (int c = 0; c < count; c++) {
                if (row.length != count || !(row[c] >= 0 && row[c] < Float.POSITIVE_INFINITY)) {
                    throw new IllegalArgumentException("Image " + i + " has the shares " + Arrays.toString(row) + ": expected " + count
                            + " numbers from 0 up, one for each class");
                }
                sum += row[c];
                if (row[c] > (likeliest[i] == NO_LABEL ? 0 : row[likeliest[i]])) {
                    likeliest[i] = (byte) c;
                }
            }
            for (int c = 0; c < count; c++) {
                // what sums to 1 up to rounding stays as it is, so that shares that were stored come back bit for bit
                all[i * count + c] = sum == 0 || Math.abs(sum - 1) < 1e-6 ? row[c] : (float) (row[c] / sum);
            }
        }
        return new Faces(new Faces(classes, format, pixels, likeliest), all);
    }

    /** Whether every image has a label. */
    public boolean labelled() {
        return IntStream.range(0, labels.length).noneMatch(i -> labels[i] == NO_LABEL);
    }

    /** Images per class, in label order; images without a label are not counted. */
    public int[] counts() {
        int[] counts = new int[classes.count()];
        for (byte label : labels) {
            if (label != NO_LABEL) {
                counts[label]++;
            }
        }
        return counts;
    }

    /** Copies one image's {@code format().size()} bytes to {@code target} from {@code offset} on. */
    public void copyPixels(int index, byte[] target, int offset) {
        System.arraycopy(pixels, index * format.size(), target, offset, format.size());
    }

    /** One image's {@code format().size()} bytes as a new array. */
    public byte[] pixels(int index) {
        return Arrays.copyOfRange(pixels, index * format.size(), (index + 1) * format.size());
    }

    /** The same images under other labels, wholly of these; takes over the array as {@link #Faces(Classes, Format, byte[], byte[])} does. */
    public Faces withLabels(Classes meant, byte[] others) {
        return new Faces(meant, format, pixels, others);
    }

    /** The images at these indices, in the order of the indices. */
    public Faces select(int[] indices) {
        byte[] chosenPixels = new byte[indices.length * format.size()];
        byte[] chosenLabels = new byte[indices.length];
        for (int i = 0; i < indices.length; i++) {
            copyPixels(indices[i], chosenPixels, i * format.size());
            chosenLabels[i] = labels[indices[i]];
        }
        Faces chosen = new Faces(classes, format, chosenPixels, chosenLabels);
        if (shares == null) {
            return chosen;
        }
        int count = classes.count();
        float[] chosenShares = new float[indices.length * count];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(shares, indices[i] * count, chosenShares, i * count, count);
        }
        return new Faces(chosen, chosenShares);
    }
}
