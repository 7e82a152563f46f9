package ferkit.data.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Faces;
import ferkit.data.TinyFaces;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;

/** Expected grey values are those of Pillow's {@code convert("L")}. */
public class ImageFileTest {
    private static final byte[] PIXELS = TinyFaces.pixels(7);
    private static final byte[] JPEG = TinyFaces.encode(TinyFaces.image(PIXELS, BufferedImage.TYPE_BYTE_GRAY), "jpg");

    private static String error(byte[] content) {
        return assertThrows(IOException.class, () -> TinyFaces.decode(content)).getMessage();
    }

    /** A file with bytes put in at a place. */
    private static byte[] insert(byte[] content, int at, byte[] part) {
        return ByteBuffer.allocate(content.length + part.length).put(content, 0, at).put(part).put(content, at, content.length - at).array();
    }

    private static byte[] segment(int marker, String start, byte... data) {
        return ByteBuffer.allocate(4 + start.length() + data.length).put((byte) 0xff).put((byte) marker)
                .putShort((short) (2 + start.length() + data.length)).put(start.getBytes(StandardCharsets.ISO_8859_1)).put(data).array();
    }

    private static byte[] chunk(String type, byte[] data) {
        byte[] named = ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.ISO_8859_1)).put(data).array();
        CRC32 checksum = new CRC32();
        checksum.update(named);
        return ByteBuffer.allocate(8 + named.length).putInt(data.length).put(named).putInt((int) checksum.getValue()).array();
    }

    /** A PNG with an orientation. */
    public static byte[] turned(byte[] png, int orientation) {
        return pngWith(png, "eXIf", exif(orientation));
    }

    private static byte[] exif(int orientation) {
        return ByteBuffer.allocate(26).put("MM\0*".getBytes(StandardCharsets.ISO_8859_1)).putInt(8).putShort((short) 1)
                .putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation).array();
    }

    /** Where a PNG's second chunk begins. */
    private static final int SECOND = 33;

    private static byte[] pngWith(byte[] png, String type, byte[] data) {
        return insert(png, SECOND, chunk(type, data));
    }

    /** A JPEG of one colour, its components as they are given, with none of the marks that say which they are. */
    private static byte[] bare(int... colour) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 48, 48, colour.length, null);
        for (int p = 0; p < Faces.PIXELS; p++) {
            raster.setPixel(p % 48, p / 48, colour);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    private static void assertGrey(int expected, byte[] content) throws IOException {
        for (byte pixel : TinyFaces.decode(content).pixels()) {
            assertEquals(expected, pixel & 0xff, 1);
        }
    }

    @Test
    void jpegsThatEndTooEarlyAreRefused() {
        int start = new String(JPEG, StandardCharsets.ISO_8859_1).lastIndexOf("\u00ff\u00da");
        for (int percent : new int[] {30, 55, 90}) {
            int end = start + (JPEG.length - start) * percent / 100;
            String cut = error(Arrays.copyOf(JPEG, end));
            assertTrue(cut.startsWith("the image is damaged (") && cut.endsWith("); get it again"), cut);
            byte[] zeroed = JPEG.clone();
            Arrays.fill(zeroed, end, JPEG.length, (byte) 0);
            assertTrue(error(zeroed).startsWith("the image is damaged ("), error(zeroed));
        }
        assertTrue(error(Arrays.copyOf(JPEG, JPEG.length - 2)).startsWith("the image is damaged ("));
    }

    @Test
    void pngsWithAWrongPartAreRefused() {
        byte[] png = TinyFaces.png(PIXELS);
        assertEquals("the image is damaged (it ends too early); get it again", error(Arrays.copyOf(png, png.length - 12)));
        byte[] wrong = pngWith(png, "gAMA", new byte[4]);
        wrong[SECOND + 9] ^= 1;
        assertEquals("the image is damaged (the checksum of its part gAMA does not fit); get it again", error(wrong));
    }

    @Test
    void imagesArePutUprightAsTheirExifSays() throws IOException {
        byte[] quarters = new byte[Faces.PIXELS];
        for (int p = 0; p < quarters.length; p++) {
            quarters[p] = (byte) "abcd".charAt(p / 48 / 24 * 2 + p % 48 / 24);
        }
        byte[] png = TinyFaces.png(quarters);
        String[] upright = {"abcd", "badc", "dcba", "cdab", "acbd", "cadb", "dbca", "bdac"};
        for (int orientation = 1; orientation <= 8; orientation++) {
            ImageFile read = TinyFaces.decode(turned(png, orientation));
            byte[] pixels = read.pixels();
            assertEquals(upright[orientation - 1], "" + (char) pixels[0] + (char) pixels[47] + (char) pixels[47 * 48] + (char) pixels[47 * 48 + 47]);
            assertEquals(orientation > 1, read.turned());
        }
        for (int unknown : new int[] {0, 9}) {
            assertFalse(TinyFaces.decode(turned(png, unknown)).turned());
        }
        BufferedImage wide = new BufferedImage(96, 24, BufferedImage.TYPE_BYTE_GRAY);
        for (int x = 0; x < 96; x++) {
            for (int y = 0; y < 24; y++) {
                wide.getRaster().setSample(x, y, 0, x);
            }
        }
        byte[] rows = TinyFaces.decode(turned(TinyFaces.encode(wide, "png"), 6)).pixels();
        for (int p = 0; p < rows.length; p++) {
            assertEquals(2 * (p / 48) + 1, rows[p]); // the mean of two columns that became rows, rounded up
        }
    }

    @Test
    void jpegsArePutUpright() throws IOException {
        byte[] plain = TinyFaces.decode(JPEG).pixels();
        byte[] xmp = segment(0xe1, "http://ns.adobe.com/xap/1.0/\0<rdf:Description tiff:Orientation=\"6\"/>");
        for (byte[] part : new byte[][] {segment(0xe1, "Exif\0\0", exif(6)), xmp}) {
            byte[] turned = TinyFaces.decode(insert(JPEG, 2, part)).pixels();
            for (int p = 0; p < plain.length; p++) {
                assertEquals(plain[(47 - p % 48) * 48 + p / 48], turned[p]);
            }
        }
        assertArrayEquals(plain, TinyFaces.decode(insert(insert(JPEG, 2, xmp), 2, segment(0xe1, "Exif\0\0", exif(1)))).pixels());
        assertArrayEquals(plain, TinyFaces.decode(insert(JPEG, 2, segment(0xe1, "Exif\0\0MM", (byte) 0))).pixels());
    }

    @Test
    void inksAreTurnedGrey() throws IOException {
        for (int grey : new int[] {206, 95, 17}) {
            assertGrey(grey, bare(grey, grey, grey, 255));
        }
        assertGrey(100, bare(200, 200, 200, 128));
        byte[] adobe = segment(0xee, "Adobe", (byte) 0, (byte) 100, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
        assertGrey(206, insert(bare(206, 206, 206, 255), 2, adobe));
        adobe[adobe.length - 1] = 2; // YCCK
        assertGrey(49, insert(bare(206, 128, 128, 255), 2, adobe));
    }

    @Test
    void threeComponentsWithoutAMarkAreColourDifferencesUnlessCalledRgb() throws IOException {
        byte[] jpeg = bare(100, 128, 228);
        int frame = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00c0") + 10;
        int scan = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00da") + 5;
        for (String names : new String[] {"\1\2\3", "\0\1\2", "RGB"}) {
            for (int i = 0; i < 3; i++) {
                jpeg[frame + 3 * i] = (byte) names.charAt(i);
                jpeg[scan + 2 * i] = (byte) names.charAt(i);
            }
            assertGrey(names.equals("RGB") ? 131 : 100, jpeg);
        }
    }

    private static byte[] wide(int factor) {
        BufferedImage image = new BufferedImage(48, 48, BufferedImage.TYPE_USHORT_GRAY);
        for (int p = 0; p < PIXELS.length; p++) {
            image.getRaster().setSample(p % 48, p / 48, 0, (PIXELS[p] & 0xff) * factor);
        }
        return TinyFaces.encode(image, "png");
    }

    @Test
    void sixteenBitsHoldEightOrSixteen() throws IOException {
        for (int factor : new int[] {1, 256, 257}) {
            ImageFile read = TinyFaces.decode(wide(factor));
            assertArrayEquals(PIXELS, read.pixels());
            assertEquals(factor == 1, read.narrow());
        }
        assertFalse(TinyFaces.decode(wide(0)).narrow());
        String twelve = error(wide(16));
        assertTrue(twelve.matches("the image has 16 bits and values up to \\d+, so it is not known which of them is white,"
                + " expected up to 65535, or a grey image up to 255; save it with 8 bits"), twelve);
    }
}
