package ferkit.data.file;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * One PNG or JPEG as bytes of a wanted size, grey or in colour.
 *
 * @param pixels row by row, those of a colour image red, green and blue beside each other
 * @param resized whether the file's image was of another size
 * @param coloured whether it was not grey
 * @param turned whether its EXIF data say that it lay on its side, upside down or mirrored
 * @param narrow whether it has 16 bits that hold 0 to 255
 */
public record ImageFile(byte[] pixels, boolean resized, boolean coloured, boolean turned, boolean narrow) {
    /** Faces are small; a larger image would need more than 200 MB while it is read. */
    private static final int MAX_SIDE = 4096;
    /** Of a photograph that is larger, of so many pixels at most, only every second, third, … row and column is read. */
    private static final int MOST_PIXELS = 1 << 27;
    /** Bytes that an image's file may have. */
    public static final long LARGEST = 1 << 25;
    /** Up to this many pixels, images are read side by side. */
    private static final int SMALL = 1 << 20;
    /** Half of what one is in the whole numbers in which libjpeg and Pillow count colours. */
    private static final int HALF = 1 << 15;

    /** Whether the bytes begin as a PNG or JPEG file does. */
    public static boolean looksLikeImage(byte[] content) {
        return looksLikeJpeg(content) || Source.starts(content, "\u0089PNG");
    }

    /** Whether the bytes begin as a JPEG file does. */
    public static boolean looksLikeJpeg(byte[] content) {
        return Source.starts(content, "\u00ff\u00d8\u00ff");
    }

    /**
     * Reads an image, upright as its EXIF data say. 8-bit grey values are taken as they are; of 16 bits the upper eight, or, where a grey image holds
     * 0 to 255 only, these. Colours are turned grey by the luma weights 0.299, 0.587 and 0.114 (ITU-R BT.601), colour profiles are not applied; another size is
     * averaged over areas to the wanted one.
     *
     * @param colour whether red, green and blue are wanted, not grey
     * @param height wanted, in pixels
     * @param width wanted, in pixels
     * @throws IOException if it cannot be decoded without a warning, is partly transparent, has 16-bit values of an unknown range or a side of more
     *     than 4,096 pixels; the message does not name the file
     */
    public static ImageFile decode(byte[] content, boolean colour, int height, int width) throws IOException {
        return decode(content, colour, height, width, false);
    }

    /**
     * Reads a photograph in colour as {@link #decode} does, but of any size up to 2²⁷ pixels, and laid on white where it is transparent; a BMP too, and the
     * first image of a GIF.
     *
     * @throws IOException as {@link #decode} for everything else
     */
    public static ImageFile photograph(byte[] content, int height, int width) throws IOException {
        return decode(content, true, height, width, true);
    }

    private static ImageFile decode(byte[] content, boolean colour, int height, int width, boolean photograph) throws IOException {
        ImageReader reader = reader(content, photograph);
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            if (isSmall(reader, in, photograph)) {
                return read(reader, content, colour, height, width, photograph);
            }
            synchronized (ImageFile.class) { // one after the other, whatever the number of threads
                return read(reader, content, colour, height, width, photograph);
            }
        } finally {
            reader.dispose();
        }
    }

    private static ImageReader reader(byte[] content, boolean photograph) throws IOException {
        if (content.length == 0) {
            throw new IOException("the file is empty, expected a PNG or JPEG image; get it again");
        }
        String format = looksLikeJpeg(content) ? "jpeg" : looksLikeImage(content) ? "png"
                : photograph && Source.starts(content, "BM") ? "bmp" : photograph && Source.starts(content, "GIF8") ? "gif" : "";
        if (format.isEmpty()) {
            throw new IOException("this is " + FileKind.of(content).orElse("neither PNG nor JPEG; remove it or convert it"));
        }
        return ImageIO.getImageReadersByFormatName(format).next();
    }

    /**
     * How wide and high an image is when it is upright, without reading its pixels.
     *
     * @return width and height in pixels
     * @throws IOException as {@link #photograph}
     */
    public static List<Integer> size(byte[] content) throws IOException {
        ImageReader reader = reader(content, true);
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            isSmall(reader, in, true);
            boolean lying = ImageHeader.of(content).orientation() > 4;
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            return lying ? List.of(height, width) : List.of(width, height);
        } finally {
            reader.dispose();
        }
    }

    private static boolean isSmall(ImageReader reader, ImageInputStream in, boolean photograph) throws IOException {
        int width;
        int height;
        try {
            reader.setInput(in, true, true); // not the texts beside the pixels, which may unpack to gigabytes
            width = reader.getWidth(0);
            height = reader.getHeight(0);
        } catch (IOException | RuntimeException e) {
            throw undecoded(e);
        }
        if (photograph ? (long) width * height > MOST_PIXELS : width > MAX_SIDE || height > MAX_SIDE) {
            throw new IOException("the image has " + width + "×" + height + " pixels, expected "
                    + (photograph ? "at most " + MOST_PIXELS / 1_000_000 + " million" : "one face and at most " + MAX_SIDE + "×" + MAX_SIDE)
                    + "; cut the face out or scale it down");
        }
        return (long) width * height <= SMALL;
    }

    private static ImageFile read(ImageReader reader, byte[] content, boolean colour, int height, int width, boolean photograph)
            throws IOException {
        boolean jpeg = looksLikeJpeg(content);
        ImageHeader header = ImageHeader.of(content);
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        Raster raster;
        int bits = 8;
        try {
            ImageReadParam every = reader.getDefaultReadParam();
            int step = (Math.max(reader.getWidth(0), reader.getHeight(0)) + MAX_SIDE - 1) / MAX_SIDE;
            every.setSourceSubsampling(step, step, 0, 0);
            if (jpeg) {
                raster = reader.readRaster(0, every); // the components as they are: Java would guess what they are and apply profiles
            } else {
                BufferedImage image = reader.read(0, every);
                raster = image.getColorModel() instanceof IndexColorModel palette
                        ? palette.convertToIntDiscrete(image.getRaster(), true).getRaster() : image.getRaster();
                bits = raster.getSampleModel().getSampleSize(0);
                if (bits < 8) { // a BMP's colours in 16 bits
                    throw new IOException(bits + " bits a colour");
                }
            }
        } catch (IOException | RuntimeException e) {
            throw undecoded(e);
        }
        warnings.removeIf(warning -> warning.contains("color profile")); // which is not applied
        if (!warnings.isEmpty()) {
            throw damaged(warnings.get(0));
        }
        return of(raster, bits, jpeg, header, colour, height, width, photograph);
    }

    /** What is said of an image of which a part is wrong or missing. */
    static IOException damaged(String what) {
        return new IOException("the image is damaged (" + what + "); get it again");
    }

    private static IOException undecoded(Exception e) {
        if (e instanceof EOFException) {
            return damaged("it ends too early");
        }
        return new IOException("the image is damaged or of a rare kind (" + e.getMessage() + "); get it again or save it as PNG", e);
    }

    private static ImageFile of(Raster raster, int bits, boolean jpeg, ImageHeader header, boolean colour, int wantedHeight, int wantedWidth,
            boolean photograph) throws IOException {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int bands = raster.getNumBands();
        boolean narrow = bits == 16 && narrow(raster);
        int shift = narrow ? 0 : bits - 8;
        boolean coloured = false;
        int[][] planes = new int[colour ? 3 : 1][width * height];
        int[] row = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int at = x * bands;
                long white = (1L << bits) - 1;
                if (!jpeg && bands % 2 == 0 && row[at + bands - 1] != white) {
                    if (!photograph) {
                        throw new IOException("the image is partly transparent, expected an opaque one; lay it on a background");
                    }
                    for (int band = 0; band < bands - 1; band++) {
                        row[at + band] = (int) (white - (white - row[at + band]) * row[at + bands - 1] / white);
                    }
                }
                if (bands < 3) {
                    for (int[] plane : planes) {
                        plane[y * width + x] = row[at] >> shift;
                    }
                    continue;
                }
                int red = row[at] >> shift;
                int green = row[at + 1] >> shift;
                int blue = row[at + 2] >> shift;
                if (header.colourDifferences()) { // libjpeg's whole numbers for 1.402, 0.34414, 0.71414 and 1.772
                    int luma = red;
                    int cb = green - 128;
                    int cr = blue - 128;
                    red = clip(luma + (91881 * cr + HALF >> 16));
                    green = clip(luma + (-22554 * cb - 46802 * cr + HALF >> 16));
                    blue = clip(luma + (116130 * cb + HALF >> 16));
                }
                if (jpeg && bands == 4) { // CMYK, kept inverted; as YCCK the colours once more
                    boolean again = header.colourDifferences();
                    int black = row[at + 3];
                    red = onBlack(again ? 255 - red : red, black);
                    green = onBlack(again ? 255 - green : green, black);
                    blue = onBlack(again ? 255 - blue : blue, black);
                }
                coloured |= red != green || green != blue;
                planes[0][y * width + x] = colour ? red : 19595 * red + 38470 * green + 7471 * blue + HALF >> 16; // 0.299, 0.587, 0.114
                if (colour) {
                    planes[1][y * width + x] = green;
                    planes[2][y * width + x] = blue;
                }
            }
        }
        boolean turned = header.orientation() > 1;
        boolean lying = header.orientation() > 4;
        int uprightWidth = lying ? height : width;
        int uprightHeight = lying ? width : height;
        byte[] pixels = new byte[planes.length * wantedHeight * wantedWidth];
        for (int channel = 0; channel < planes.length; channel++) {
            int[] upright = turned ? turn(planes[channel], width, height, header.orientation()) : planes[channel];
            byte[] resized = resize(upright, uprightWidth, uprightHeight, wantedHeight, wantedWidth);
            for (int i = 0; i < resized.length; i++) {
                pixels[i * planes.length + channel] = resized[i];
            }
        }
        return new ImageFile(pixels, uprightWidth != wantedWidth || uprightHeight != wantedHeight, coloured, turned, narrow);
    }

    /** Whether a 16-bit image is a grey one that holds 0 to 255 only. */
    private static boolean narrow(Raster raster) throws IOException {
        int highest = 0;
        boolean widened = true; // from eight bits
        int bands = raster.getNumBands();
        int[] row = new int[raster.getWidth() * bands];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int i = 0; i < row.length; i++) {
                if (bands % 2 == 1 || i % bands < bands - 1) {
                    highest = Math.max(highest, row[i]);
                    widened &= row[i] % 256 == 0 || row[i] % 257 == 0;
                }
            }
        }
        if (highest > 0 && highest < 256 && bands < 3) {
            return true;
        }
        if (highest < 1 << 14 && !widened) {
            throw new IOException("the image has 16 bits and values up to " + highest + ", so it is not known which of them is white,"
                    + " expected up to 65535, or a grey image up to 255; save it with 8 bits");
        }
        return false;
    }

    private static int clip(int value) {
        return Math.max(0, Math.min(255, value));
    }

    /** A colour under black ink, both inverted: their product over 255, rounded as Pillow does. */
    private static int onBlack(int colour, int black) {
        int product = (255 - colour) * black + 128;
        return black - ((product >> 8) + product >> 8);
    }

    /** Turns an image upright; from 5 on its rows become columns. */
    private static int[] turn(int[] grey, int width, int height, int orientation) {
        boolean fromRight = List.of(2, 3, 7, 8).contains(orientation);
        boolean fromBelow = List.of(3, 4, 6, 7).contains(orientation);
        int[] turned = new int[grey.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int column = fromRight ? width - 1 - x : x;
                int row = fromBelow ? height - 1 - y : y;
                turned[orientation > 4 ? column * height + row : row * width + column] = grey[y * width + x];
            }
        }
        return turned;
    }

    /**
     * An image's channel in another size: each new pixel is the mean of the area it covers in the old image, in whole numbers of which an old pixel's
     * sides are the new height and width.
     *
     * @param plane values 0 to 255, row by row
     */
    public static byte[] resize(int[] plane, int width, int height, int newHeight, int newWidth) {
        byte[] pixels = new byte[newHeight * newWidth];
        for (int row = 0; row < newHeight; row++) {
            for (int column = 0; column < newWidth; column++) {
                long sum = 0;
                for (int y = row * height / newHeight; y * newHeight < (row + 1) * height; y++) {
                    int high = Math.min((y + 1) * newHeight, (row + 1) * height) - Math.max(y * newHeight, row * height);
                    for (int x = column * width / newWidth; x * newWidth < (column + 1) * width; x++) {
                        int wide = Math.min((x + 1) * newWidth, (column + 1) * width) - Math.max(x * newWidth, column * width);
                        sum += (long) plane[y * width + x] * high * wide;
                    }
                }
                long area = (long) width * height;
                pixels[row * newWidth + column] = (byte) ((2 * sum + area) / (2 * area));
            }
        }
        return pixels;
    }
}
