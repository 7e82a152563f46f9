package ferkit.data;

import java.util.Arrays;

/** Images and labels collected one by one while a file is read. */
public final class FaceList {
    private byte[] pixels = new byte[16 * Faces.PIXELS];
    private byte[] labels = new byte[16];
    private int size;

    /** How many there are so far. */
    public int size() {
        return size;
    }

    /** Adds a copy of the 2,304 bytes from {@code offset} on. */
    public void add(byte[] source, int offset, int label) {
        reserve(1);
        System.arraycopy(source, offset, pixels, size * Faces.PIXELS, Faces.PIXELS);
        labels[size++] = (byte) label;
    }

    /** Adds all images of another list. */
    public void addAll(FaceList other) {
        reserve(other.size);
        System.arraycopy(other.pixels, 0, pixels, size * Faces.PIXELS, other.size * Faces.PIXELS);
        System.arraycopy(other.labels, 0, labels, size, other.size);
        size += other.size;
    }

    /** What was collected so far, as a copy. */
    public Faces toFaces() {
        return new Faces(Arrays.copyOf(pixels, size * Faces.PIXELS), Arrays.copyOf(labels, size));
    }

    private void reserve(int count) {
        if (size + count > labels.length) {
            int capacity = Math.max(size + count, Math.min(labels.length + labels.length / 2, Integer.MAX_VALUE / Faces.PIXELS));
            labels = Arrays.copyOf(labels, capacity);
            pixels = Arrays.copyOf(pixels, capacity * Faces.PIXELS);
        }
    }
}
