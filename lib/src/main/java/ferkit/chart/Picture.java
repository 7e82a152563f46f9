package ferkit.chart;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/**
 * A picture and what belongs to it in words.
 *
 * @param title its caption
 * @param description what it shows and its main figures, for whoever cannot see it
 * @param image {@value Charts#SCALE} times as wide and high as it is to be shown
 */
public record Picture(String title, String description, BufferedImage image) {
    /** Pixels from left to right where it is shown. */
    public int width() {
        return (int) (image.getWidth() / Charts.SCALE);
    }

    /** Its words, as a notebook prints it; {@code study.show} shows the picture. */
    @Override
    public String toString() {
        return title + ": " + description;
    }

    /** The bytes of a PNG file. */
    public byte[] png() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
