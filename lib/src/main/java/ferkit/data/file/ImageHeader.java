package ferkit.data.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What a PNG or JPEG file says beside its pixels and Java's readers do not tell.
 *
 * @param orientation how the image is to be turned or mirrored, 1 to 8 as EXIF numbers it; 1 is upright
 * @param colourDifferences whether a JPEG's first three components are luma and two colour differences (YCbCr), not red, green and blue
 */
record ImageHeader(int orientation, boolean colourDifferences) {
    private static final int ORIENTATION = 0x0112;
    private static final Pattern XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([1-8])");

    /**
     * What an image's file says, upright if it is neither PNG nor JPEG.
     *
     * @throws IOException as {@link #ofPng}
     */
    static ImageHeader of(byte[] content) throws IOException {
        return ImageFile.looksLikeJpeg(content) ? ofJpeg(content) : ImageFile.looksLikeImage(content) ? ofPng(content) : new ImageHeader(1, false);
    }

    /**
     * Reads a PNG's chunks.
     *
     * @throws IOException if one does not fit its checksum, or the file ends before its last chunk
     */
    private static ImageHeader ofPng(byte[] content) throws IOException {
        int exif = 0;
        int xmp = 0;
        ByteBuffer in = ByteBuffer.wrap(content).position(8);
        for (String type = ""; !type.equals("IEND");) {
            int length = in.remaining() < 12 ? -1 : in.getInt();
            if (length < 0 || length > in.remaining() - 8) {
                throw ImageFile.damaged("it ends too early");
            }
            CRC32 checksum = new CRC32();
            checksum.update(in.slice().limit(4 + length));
            byte[] name = new byte[4];
            in.get(name);
            type = new String(name, StandardCharsets.ISO_8859_1);
            ByteBuffer data = in.slice().limit(length);
            if (in.position(in.position() + length).getInt() != (int) checksum.getValue()) {
                throw ImageFile.damaged("the checksum of its part " + type + " does not fit");
            }
            if (type.equals("eXIf")) {
                exif = ofExif(data);
            } else if (type.equals("iTXt")) {
                xmp = ofXmp(data);
            }
        }
        return new ImageHeader(upright(exif, xmp), false);
    }

    /** Reads a JPEG's segments up to its pixels, as far as there are any. Which colours its components are follows from the rules of the Independent JPEG Group's decoder. */
    private static ImageHeader ofJpeg(byte[] content) {
        int exif = 0;
        int xmp = 0;
        boolean jfif = false;
        int adobe = -1;
        String components = "";
        ByteBuffer in = ByteBuffer.wrap(content).position(2);
        while (in.remaining() > 4 && in.get() == (byte) 0xff) {
            int marker = in.get() & 0xff;
            if (marker == 0xff) { // one may fill up with these
                in.position(in.position() - 1);
                continue;
            }
            int length = (in.getShort() & 0xffff) - 2;
            if (marker == 0xda || length < 0 || length > in.remaining()) {
                break;
            }
            ByteBuffer data = in.slice().limit(length);
            String text = new String(content, in.position(), Math.min(length, 30), StandardCharsets.ISO_8859_1);
            in.position(in.position() + length);
            if (marker == 0xe0) {
                jfif |= text.startsWith("JFIF\0");
            } else if (marker == 0xe1 && text.startsWith("Exif\0\0")) {
                exif = exif == 0 ? ofExif(data.position(6).slice()) : exif;
            } else if (marker == 0xe1 && text.startsWith("http://ns.adobe.com/xap/")) {
                xmp = ofXmp(data);
            } else if (marker == 0xee && text.startsWith("Adobe") && length >= 12) {
                adobe = text.charAt(11);
            } else if (marker >= 0xc0 && marker <= 0xc2 && length >= 6) {
                for (int at = 6; at < text.length(); at += 3) {
                    components += text.charAt(at);
                }
            }
        }
        boolean differences = components.length() == 4 ? adobe > 0 : jfif || (adobe < 0 ? !components.equals("RGB") : adobe > 0);
        return new ImageHeader(upright(exif, xmp), differences);
    }

    private static int upright(int exif, int xmp) {
        int orientation = exif == 0 ? xmp : exif;
        return orientation > 8 ? 1 : Math.max(1, orientation);
    }

    /** The orientation in EXIF's first directory, which is one of TIFF; 0 if there is none or it is damaged. */
    private static int ofExif(ByteBuffer tiff) {
        try {
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(4);
            for (int i = 0; i < tiff.getShort(directory); i++) {
                int entry = directory + 2 + 12 * i;
                if (tiff.getShort(entry) == ORIENTATION) {
                    return tiff.getShort(entry + 2) == 4 ? tiff.getInt(entry + 8) : tiff.getShort(entry + 8);
                }
            }
        } catch (IndexOutOfBoundsException e) { // other programs pass over it too
            return 0;
        }
        return 0;
    }

    private static int ofXmp(ByteBuffer data) {
        Matcher found = XMP.matcher(StandardCharsets.ISO_8859_1.decode(data));
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
}
