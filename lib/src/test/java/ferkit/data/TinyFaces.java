package ferkit.data;

import ferkit.data.file.ImageFile;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** Made-up images and files for tests: one image of each class for each split, 21 in all. */
public final class TinyFaces {
    private TinyFaces() {}

    /** FER2013's classes as folders call them. */
    public static String[] words() {
        return new String[] {"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"};
    }

    /** A smooth random picture, so that JPEG loses little. */
    public static byte[] pixels(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] wave = random.doubles(6).toArray();
        byte[] pixels = new byte[Faces.PIXELS];
        for (int p = 0; p < pixels.length; p++) {
            int row = p / Faces.SIDE;
            double x = p % Faces.SIDE / 48.0;
            double y = row / 48.0;
            pixels[p] = (byte) (127 + 60 * StrictMath.sin(6 * wave[0] * x + 9 * wave[1] * y + 6 * wave[2])
                    + 60 * StrictMath.sin(12 * wave[3] * x - 9 * wave[4] * y + 6 * wave[5]));
        }
        return pixels;
    }

    public static byte[] pixels(Split split, int label) {
        return pixels(100L * split.ordinal() + label);
    }

    public static String text(byte[] pixels) {
        StringBuilder text = new StringBuilder();
        for (byte pixel : pixels) {
            text.append(text.isEmpty() ? "" : " ").append(pixel & 0xff);
        }
        return text.toString();
    }

    public static String row(Split split, int label) {
        return label + "," + text(pixels(split, label)) + "," + split.usage();
    }

    public static String csv() {
        StringBuilder csv = new StringBuilder("emotion,pixels,Usage\n");
        for (Split split : Split.values()) {
            for (int label = 0; label < Emotion.COUNT; label++) {
                csv.append(row(split, label)).append('\n');
            }
        }
        return csv.toString();
    }

    public static BufferedImage image(byte[] pixels, int type) {
        BufferedImage image = new BufferedImage(Faces.SIDE, Faces.SIDE, type);
        for (int p = 0; p < pixels.length; p++) {
            int grey = pixels[p] & 0xff;
            if (type == BufferedImage.TYPE_USHORT_GRAY) {
                image.getRaster().setSample(p % Faces.SIDE, p / Faces.SIDE, 0, grey * 257);
            } else if (type == BufferedImage.TYPE_BYTE_GRAY) {
                image.getRaster().setSample(p % Faces.SIDE, p / Faces.SIDE, 0, grey);
            } else {
                image.setRGB(p % Faces.SIDE, p / Faces.SIDE, 0xff000000 | grey * 0x010101);
            }
        }
        return image;
    }

    public static byte[] encode(BufferedImage image, String format) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(image, format, out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] png(byte[] pixels) {
        return encode(image(pixels, BufferedImage.TYPE_BYTE_GRAY), "png");
    }

    /** Writes one split as class folders, one image each, called {@code prefix + label + ".png"}. */
    public static void folders(Path folder, Split split, String prefix, String... classes) throws IOException {
        for (int label = 0; label < classes.length; label++) {
            write(folder.resolve(classes[label]).resolve(prefix + label + ".png"), png(pixels(split, label)));
        }
    }

    /** The same with the class folders called in {@link #words}. */
    public static void folders(Path folder, Split split, String prefix) throws IOException {
        folders(folder, split, prefix, words());
    }

    /** The three splits as folders train, val and test of class folders. */
    public static void folders(Path root) throws IOException {
        folders(root.resolve("train"), Split.TRAINING, "");
        folders(root.resolve("val"), Split.VALIDATION, "");
        folders(root.resolve("test"), Split.TEST, "");
    }

    /** A zip archive of this content by name. */
    public static Path zip(Path file, Map<String, byte[]> entries) throws IOException {
        return zip(file, StandardCharsets.UTF_8, entries);
    }

    /** A zip archive with its names in another character set. */
    public static Path zip(Path file, Charset charset, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file), charset)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return file;
    }

    public static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    /** A PNG or JPEG as FER2013's images are: grey, 48×48. */
    public static ImageFile decode(byte[] content) throws IOException {
        return ImageFile.decode(content, false, Faces.SIDE, Faces.SIDE);
    }

    /** Eight classes, of which the last two are none of FER2013's. */
    private static final String[] EIGHT = {"angry", "disgust", "fear", "happy", "sad", "neutral", "bored", "contempt"};

    /** A picture in colour, of a hue for each class and speckled by the seed. */
    public static BufferedImage colours(int width, int height, int label, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, Color.HSBtoRGB(label / 8f, 0.8f, 0.3f + 0.6f * random.nextInt(256) / 255));
            }
        }
        return image;
    }

    /** A data set of {@link #EIGHT} classes in colour PNGs of 64×64, with so many images of each class in each of train, val and test. */
    public static void eightClasses(Path folder, int images) throws IOException {
        for (String split : new String[] {"train", "val", "test"}) {
            for (int label = 0; label < EIGHT.length; label++) {
                for (int i = 0; i < images; i++) {
                    write(folder.resolve(split).resolve(EIGHT[label]).resolve(i + ".png"),
                            encode(colours(64, 64, label, (split + label + " " + i).hashCode()), "png"));
                }
            }
        }
    }
}
