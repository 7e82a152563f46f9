package ferkit.data.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The memory that what one reads may take. It is counted down before memory is asked of Java, so that a file which declares
 * or unpacks to gigabytes ends in a sentence and not in an {@link OutOfMemoryError}.
 */
public final class Room {
    private final long size;
    private long left;

    /** A quarter of Java's heap: while data are read and put together, they are there up to three times. */
    public Room() {
        this(Math.min(Runtime.getRuntime().maxMemory() / 4, Integer.MAX_VALUE - 8));
    }

    /** A room of so many bytes, fewer than an array may have. */
    public Room(long size) {
        this.size = size;
        this.left = size;
    }

    /**
     * Takes some of what is left.
     *
     * @param what begins the message: the file or the part of it
     * @throws IOException if more is asked for than is left
     */
    public void take(long bytes, String what) throws IOException {
        if (bytes < 0 || bytes > left) {
            throw new IOException(what + ": found more than " + (size < 1 << 20 ? size + " bytes" : (size >> 20) + " MB")
                    + ", the most that is taken into memory for it here; get it again or leave some of it out");
        }
        left -= bytes;
    }

    /** A stream of the same bytes that throws what {@link #take} does where more is read than is left. */
    public InputStream limit(InputStream in, String what) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int b = super.read();
                take(b < 0 ? 0 : 1, what);
                return b;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int count = super.read(buffer, offset, length);
                take(Math.max(0, count), what);
                return count;
            }

            @Override
            public boolean markSupported() {
                return false;
            }
        };
    }
}
