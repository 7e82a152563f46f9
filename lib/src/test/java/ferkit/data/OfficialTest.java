package ferkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.drawn.Sample;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;

/** What is not FER2013 although it has its numbers of images. The drawn sample stands for the original, whose images no test has. */
class OfficialTest {
    private static final int LAST = Faces.SIDE - 1;
    private static final FaceSet ORIGINAL = Sample.draw();

    private static List<PixelSums> sums(UnaryOperator<Faces> change) {
        return Arrays.stream(Split.values()).map(split -> PixelSums.of(change.apply(ORIGINAL.split(split)))).toList();
    }

    private static Optional<String> difference(UnaryOperator<Faces> change) {
        return PixelSums.difference(sums(change), sums(faces -> faces));
    }

    private static UnaryOperator<Faces> onEach(UnaryOperator<byte[]> change) {
        return faces -> {
            FaceList list = new FaceList();
            for (int i = 0; i < faces.size(); i++) {
                list.add(change.apply(faces.pixels(i)), 0, faces.label(i));
            }
            return list.toFaces();
        };
    }

    /** Takes each pixel from where {@code from} says, given 48 × row + column. */
    private static Optional<String> moved(IntUnaryOperator from) {
        return difference(onEach(image -> {
            byte[] moved = new byte[image.length];
            for (int at = 0; at < image.length; at++) {
                moved[at] = image[from.applyAsInt(at)];
            }
            return moved;
        }));
    }

    private static Optional<String> grey(IntUnaryOperator change) {
        return difference(onEach(image -> {
            byte[] changed = new byte[image.length];
            for (int at = 0; at < image.length; at++) {
                changed[at] = (byte) Math.max(0, Math.min(255, change.applyAsInt(image[at] & 0xff)));
            }
            return changed;
        }));
    }

    private static int at(int row, int column) {
        return row * Faces.SIDE + column;
    }

    @Test
    void turnedImagesAreNamed() {
        assertEquals(Optional.of("mirrored, left for right"), moved(p -> at(p / 48, LAST - p % 48)));
        assertEquals(Optional.of("upside down"), moved(p -> at(LAST - p / 48, p % 48)));
        assertEquals(Optional.of("turned by 180°"), moved(p -> at(LAST - p / 48, LAST - p % 48)));
        assertEquals(Optional.of("transposed, rows for columns"), moved(p -> at(p % 48, p / 48)));
        assertEquals(Optional.of("turned by 90°"), moved(p -> at(LAST - p % 48, p / 48)));
        assertEquals(Optional.of("turned by 90°"), moved(p -> at(p % 48, LAST - p / 48)));
        assertEquals(Optional.of("as negatives"), grey(value -> 255 - value));
    }

    @Test
    void otherGreyValuesAreNamed() {
        assertTrue(grey(value -> value + 5).orElseThrow().startsWith("brightness (mean grey value) "));
        String stretched = grey(value -> (value - 128) * 11 / 10 + 128).orElseThrow();
        assertTrue(stretched.matches(".*contrast \\(standard deviation\\) \\d+\\.\\d\\d instead of \\d+\\.\\d\\d, sharpness .*"), stretched);
        String blurred = difference(onEach(image -> {
            byte[] soft = image.clone();
            for (int at = 1; at < image.length; at++) {
                soft[at] = (byte) (((image[at] & 0xff) + (image[at - 1] & 0xff)) / 2);
            }
            return soft;
        })).orElseThrow();
        assertTrue(blurred.contains("sharpness (difference of pixels side by side)"), blurred);
    }

    @Test
    void labelsOfOtherImagesAreNamed() {
        assertEquals(Optional.of("the classes' mean grey values are not its, as if labels belonged to other images"), difference(faces -> {
            FaceList list = new FaceList();
            int[] labels = IntStream.range(0, faces.size()).map(faces::label).sorted().toArray();
            int[] darkestFirst = IntStream.range(0, faces.size()).boxed()
                    .sorted((a, b) -> Integer.compare(sum(faces.pixels(a)), sum(faces.pixels(b)))).mapToInt(i -> i).toArray();
            for (int i = 0; i < faces.size(); i++) {
                list.add(faces.pixels(darkestFirst[i]), 0, labels[i]);
            }
            return list.toFaces();
        }));
    }

    private static int sum(byte[] pixels) {
        return IntStream.range(0, pixels.length).map(at -> pixels[at] & 0xff).sum();
    }

    /** Of high quality, because drawn lines lose more by JPEG than photographs do. */
    private static byte[] throughJpeg(byte[] image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam quality = writer.getDefaultWriteParam();
        quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        quality.setCompressionQuality(0.96f);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(TinyFaces.image(image, BufferedImage.TYPE_BYTE_GRAY), null, null), quality);
            out.flush();
            return TinyFaces.decode(bytes.toByteArray()).pixels();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCopyInTheSameOrderIsToldByItsMarks() {
        byte[] known = Official.marks(splits(faces -> faces));
        assertEquals(Optional.of(0), Official.others(known, known));
        assertEquals(28_709 + 2 * 3_589, Official.known().length);
        List<String> notes = new ArrayList<>();
        assertEquals(Origin.Kind.SAME_ORDER, Official.kind(splits(faces -> changed(faces, 60)), "other", known, notes));
        assertTrue(notes.get(0).startsWith("FER2013 in its published order; "), notes.toString());
        int all = known.length;
        byte[] few = Official.marks(splits(faces -> changed(faces, 60)));
        int others = Official.others(few, known).orElseThrow();
        assertTrue(others > 0 && others <= all / 60 + 3, others + " of " + all);
        assertEquals(Optional.empty(), Official.others(Official.marks(splits(faces -> changed(faces, 20))), known), "every twentieth is too many");
        assertEquals(Optional.empty(), Official.others(Official.marks(
                splits(faces -> faces.select(IntStream.range(0, faces.size()).map(i -> faces.size() - 1 - i).toArray()))), known));
    }

    private static Map<Split, Faces> splits(UnaryOperator<Faces> change) {
        return Arrays.stream(Split.values()).collect(Collectors.toMap(split -> split, split -> change.apply(ORIGINAL.split(split))));
    }

    /** Every so many images have another label. */
    private static Faces changed(Faces faces, int every) {
        FaceList list = new FaceList();
        for (int i = 0; i < faces.size(); i++) {
            list.add(faces.pixels(i), 0, i % every == 0 ? (faces.label(i) + 1) % 7 : faces.label(i));
        }
        return list.toFaces();
    }

    @Test
    void jpegAndAnotherOrderAreTheSameImages() {
        assertEquals(Optional.empty(), difference(onEach(OfficialTest::throughJpeg)));
        assertEquals(sums(faces -> faces), sums(faces -> faces.select(IntStream.range(0, faces.size()).map(i -> faces.size() - 1 - i).toArray())));
    }
}
