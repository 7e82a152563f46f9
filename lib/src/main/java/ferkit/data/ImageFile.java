package ferkit.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * One PNG or JPEG as 2,304 grey bytes.
 *
 * @param pixels row by row
 * @param resized whether the file's image was not 48×48
 * @param coloured whether it was not grey
 */
record ImageFile(byte[] pixels, boolean resized, boolean coloured) {
    /** Faces are small; a larger image would need more than 200 MB while it is read. */
    private static final int MAX_SIDE = 4096;
    /** Bytes that an image's file may have. */
    static final long LARGEST = 1 << 25;
    /** Up to this many pixels, images are read side by side. */
    private static final int SMALL = 1 << 20;

    /** Whether the bytes begin as a PNG or JPEG file does. */
    static boolean looksLikeImage(byte[] content) {
        return looksLikeJpeg(content) || Source.starts(content, "\u0089PNG");
    }

    /** Whether the bytes begin as a JPEG file does. */
    static boolean looksLikeJpeg(byte[] content) {
        return Source.starts(content, "\u00ff\u00d8\u00ff");
    }

    /**
     * Reads an image. 8-bit grey values are taken as they are, of 16 bits the upper eight; colours are turned grey by
     * the luma weights 0.299, 0.587 and 0.114 (ITU-R BT.601); another size is averaged over areas to 48×48.
     *
     * @throws IOException if it cannot be decoded, is partly transparent or has a side of more than 4,096 pixels; the message does not name the file
     */
    static ImageFile decode(byte[] content) throws IOException {
        if (content.length == 0) {
            throw new IOException("the file is empty, expected a PNG or JPEG image; get it again");
        }
        if (!looksLikeImage(content)) {
            throw new IOException("this is " + FileKind.of(content).orElse("neither PNG nor JPEG; remove it or convert it"));
        }
        ImageReader reader = ImageIO.getImageReadersByFormatName(looksLikeJpeg(content) ? "jpeg" : "png").next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            if (isSmall(reader, in)) {
                return of(image(reader));
            }
            synchronized (ImageFile.class) { // one after the other, whatever the number of threads
                return of(image(reader));
            }
        } finally {
            reader.dispose();
        }
    }

    private static boolean isSmall(ImageReader reader, ImageInputStream in) throws IOException {
        int width;
        int height;
        try {
            reader.setInput(in, true, true); // not the texts beside the pixels, which may unpack to gigabytes
            width = reader.getWidth(0);
            height = reader.getHeight(0);
        } catch (IOException | RuntimeException e) {
            throw damaged(e);
        }
        if (width > MAX_SIDE || height > MAX_SIDE) {
            throw new IOException("the image has " + width + "×" + height + " pixels, expected one face and at most "
                    + MAX_SIDE + "×" + MAX_SIDE + "; cut the face out or scale it down");
        }
        return width * height <= SMALL;
    }

    private static BufferedImage image(ImageReader reader) throws IOException {
        try {
            return reader.read(0);
        } catch (IOException | RuntimeException e) {
            throw damaged(e);
        }
    }

    private static IOException damaged(Exception e) {
        return new IOException("the image is damaged (" + e.getMessage() + "); get it again", e);
    }

    private static ImageFile of(BufferedImage image) throws IOException {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] grey = new int[width * height];
        boolean plainGrey = image.getColorModel().getColorSpace().getNumComponents() == 1
                && !(image.getColorModel() instanceof IndexColorModel);
        boolean coloured = false;
        if (image.getColorModel().hasAlpha() && transparent(image)) {
            throw new IOException("the image is partly transparent, expected an opaque one; lay it on a background");
        }
        if (plainGrey) {
            int shift = image.getColorModel().getComponentSize(0) - 8;
            image.getRaster().getSamples(0, 0, width, height, 0, grey);
            for (int i = 0; i < grey.length; i++) {
                grey[i] >>= shift;
            }
        } else {
            image.getRGB(0, 0, width, height, grey, 0, width);
            for (int i = 0; i < grey.length; i++) {
                int red = grey[i] >> 16 & 0xff;
                int green = grey[i] >> 8 & 0xff;
                int blue = grey[i] & 0xff;
                coloured |= red != green || green != blue;
                grey[i] = (299 * red + 587 * green + 114 * blue + 500) / 1000;
            }
        }
        boolean resized = width != Faces.SIDE || height != Faces.SIDE;
        return new ImageFile(resize(grey, width, height), resized, coloured);
    }

    private static boolean transparent(BufferedImage image) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                if (image.getRGB(x, y) >>> 24 != 0xff) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Each new pixel is the mean of the area it covers in the old image. */
    private static byte[] resize(int[] grey, int width, int height) {
        byte[] pixels = new byte[Faces.PIXELS];
        for (int row = 0; row < Faces.SIDE; row++) {
            for (int column = 0; column < Faces.SIDE; column++) {
                double top = (double) row * height / Faces.SIDE;
                double bottom = (double) (row + 1) * height / Faces.SIDE;
                double left = (double) column * width / Faces.SIDE;
                double right = (double) (column + 1) * width / Faces.SIDE;
                double sum = 0;
                for (int y = (int) top; y < Math.min(height, Math.ceil(bottom)); y++) {
                    double high = Math.min(y + 1, bottom) - Math.max(y, top);
                    for (int x = (int) left; x < Math.min(width, Math.ceil(right)); x++) {
                        sum += grey[y * width + x] * high * (Math.min(x + 1, right) - Math.max(x, left));
                    }
                }
                pixels[row * Faces.SIDE + column] = (byte) Math.round(sum / ((bottom - top) * (right - left)));
            }
        }
        return pixels;
    }
}
