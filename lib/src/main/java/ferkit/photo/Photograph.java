package ferkit.photo;

import ferkit.data.Classes;
import ferkit.data.FaceList;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.file.ImageFile;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A picture in which faces may be, upright, no longer than {@value #LONGEST} pixels.
 *
 * @param name for tables and messages
 * @param width in pixels
 * @param height in pixels
 * @param pixels red, green and blue beside each other, row by row
 * @param scale pixels of the file for one of these
 */
public record Photograph(String name, int width, int height, byte[] pixels, double scale) {
    /** To which larger pictures are made smaller, in pixels. */
    public static final int LONGEST = 1600;

    private static final int RGB = 3;

    /**
     * Reads a PNG, JPEG, BMP or GIF file of any size, 8 or 16 bits, grey, in colour or CMYK, with or without transparency, upright as its EXIF data say; of a
     * GIF the first image.
     *
     * @throws IOException if it cannot be read; the message names it and says what is wrong
     */
    public static Photograph read(Path file) throws IOException {
        try {
            byte[] content = Source.bytes(file, new Room(ImageFile.LARGEST));
            List<Integer> size = ImageFile.size(content);
            double scale = Math.max(1, Math.max(size.get(0), size.get(1)) / (double) LONGEST);
            int width = (int) Math.max(1, Math.round(size.get(0) / scale));
            int height = (int) Math.max(1, Math.round(size.get(1) / scale));
            return new Photograph(file.getFileName().toString(), width, height, ImageFile.photograph(content, height, width).pixels(), scale);
        } catch (IOException e) {
            throw new IOException(Source.sentence(e, file), e);
        }
    }

    /** A picture that lies in memory. */
    public static Photograph of(String name, BufferedImage image) {
        byte[] pixels = new byte[RGB * image.getWidth() * image.getHeight()];
        for (int i = 0; i < pixels.length / RGB; i++) {
            int colour = image.getRGB(i % image.getWidth(), i / image.getWidth());
            for (int channel = 0; channel < RGB; channel++) {
                pixels[RGB * i + channel] = (byte) (colour >> 8 * (RGB - 1 - channel));
            }
        }
        return new Photograph(name, image.getWidth(), image.getHeight(), pixels, 1);
    }

    /** As a picture to be shown. */
    public BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, (pixels[RGB * i] & 0xff) << 16 | (pixels[RGB * i + 1] & 0xff) << 8 | pixels[RGB * i + 2] & 0xff);
        }
        return image;
    }

    /** Grey values 0 to 255 by the luma weights 0.299, 0.587 and 0.114, row by row. */
    private int[] grey(Box box) {
        int[] grey = new int[box.side() * box.side()];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = luma(pixels, at(box, i));
        }
        return grey;
    }

    /** The grey value of the colour that begins at an index. */
    static int luma(byte[] pixels, int at) {
        return (299 * (pixels[at] & 0xff) + 587 * (pixels[at + 1] & 0xff) + 114 * (pixels[at + 2] & 0xff) + 500) / 1000;
    }

    private int at(Box box, int pixel) {
        return RGB * ((box.y() + pixel / box.side()) * width + box.x() + pixel % box.side());
    }

    /** What lies in these boxes, averaged over areas to images of a format, without labels. */
    public Faces faces(List<Box> boxes, Classes classes, Format format) {
        return faces(boxes, format).toFaces(classes);
    }

    FaceList faces(List<Box> boxes, Format format) {
        FaceList faces = new FaceList(format);
        for (Box box : boxes) {
            byte[] face = new byte[format.size()];
            for (int channel = 0; channel < format.channels(); channel++) {
                int shift = channel;
                int[] plane = format.colour()
                        ? IntStream.range(0, box.side() * box.side()).map(i -> pixels[at(box, i) + shift] & 0xff).toArray()
                        : grey(box);
                byte[] small = ImageFile.resize(plane, box.side(), box.side(), format.height(), format.width());
                for (int i = 0; i < small.length; i++) {
                    face[i * format.channels() + channel] = small[i];
                }
            }
            faces.add(face, 0, Faces.NO_LABEL);
        }
        return faces;
    }
}
