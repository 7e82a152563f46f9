package ferkit.photo;

/**
 * A square in a picture.
 *
 * @param x of its left edge, in pixels from the left
 * @param y of its upper edge, in pixels from the top
 * @param side in pixels
 */
public record Box(int x, int y, int side) {
    /** The same square where a pixel is so many times smaller. */
    Box times(double scale) {
        return new Box((int) Math.round(x * scale), (int) Math.round(y * scale), (int) Math.round(side * scale));
    }
}
