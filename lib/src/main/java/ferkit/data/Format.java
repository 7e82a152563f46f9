package ferkit.data;

/**
 * How the images of a data set are stored: row by row, the values 0 to 255 of a pixel's channels beside each other.
 *
 * @param channels 1 for grey, 3 for red, green and blue
 * @param height in pixels
 * @param width in pixels
 */
public record Format(int channels, int height, int width) {
    /** FER2013's: grey, 48×48. */
    public static final Format FER2013 = new Format(1, 48, 48);

    /** @throws IllegalArgumentException if there are not 1 or 3 channels, or a side is not positive */
    public Format {
        if (channels != 1 && channels != 3 || height < 1 || width < 1) {
            throw new IllegalArgumentException("Images of " + channels + " channels, " + height + " rows and " + width
                    + " columns: expected 1 channel (grey) or 3 (colour), and sides from 1 up");
        }
    }

    /** Numbers of one image: channels × height × width. */
    public int size() {
        return channels * height * width;
    }

    /** Whether an image has red, green and blue. */
    public boolean colour() {
        return channels == 3;
    }

    /** In words, for example "48×48 grey" (width first, as picture sizes are written). */
    @Override
    public String toString() {
        return width + "×" + height + (colour() ? " colour" : " grey");
    }
}
