package ferkit.data;

import java.util.Arrays;

/** Images of one format and labels, collected one by one while a file is read. */
public final class FaceList {
    private final Format format;
    private byte[] pixels;
    private byte[] labels = new byte[16];
    private int size;

    /** An empty list of images of FER2013's format. */
    public FaceList() {
        this(Format.FER2013);
    }

    /** An empty list of images of this format. */
    public FaceList(Format format) {
        this.format = format;
        this.pixels = new byte[labels.length * format.size()];
    }

    /** How many there are so far. */
    public int size() {
        return size;
    }

    /** Adds a copy of the {@code format.size()} bytes from {@code offset} on. */
    public void add(byte[] source, int offset, int label) {
        reserve(1);
        System.arraycopy(source, offset, pixels, size * format.size(), format.size());
        labels[size++] = (byte) label;
    }

    /** Adds all images of another list of the same format. */
    public void addAll(FaceList other) {
        reserve(other.size);
        System.arraycopy(other.pixels, 0, pixels, size * format.size(), other.size * format.size());
        System.arraycopy(other.labels, 0, labels, size, other.size);
        size += other.size;
    }

    /** What was collected so far, as a copy, of FER2013's classes. */
    public Faces toFaces() {
        return toFaces(Classes.FER2013);
    }

    /** What was collected so far, as a copy, of these classes. */
    public Faces toFaces(Classes classes) {
        return new Faces(classes, format, Arrays.copyOf(pixels, size * format.size()), Arrays.copyOf(labels, size));
    }

    private void reserve(int count) {
        if (size + count > labels.length) {
            int capacity = Math.max(size + count, Math.min(labels.length + labels.length / 2, Integer.MAX_VALUE / format.size()));
            labels = Arrays.copyOf(labels, capacity);
            pixels = Arrays.copyOf(pixels, capacity * format.size());
        }
    }
}
