package ferkit.data.file;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tells by its first bytes what a file is that people have in place of one that this kit reads, so that a message can name it. */
public final class FileKind {
    /** How a text begins that stands in an archive's copy for what cannot be read there; what it is and what to do follows. */
    public static final String UNREADABLE = "ferkit cannot read this: ";

    private static final int ENOUGH = 1 << 10;
    private static final String UNPACK = ", which this kit does not read; unpack it and name what is inside";
    private static final String AS_CSV = ", which this kit does not read; save its content as CSV in UTF-8";
    private static final String AS_PNG = ", which this kit does not read; convert it to PNG";
    private static final String WEB_PAGE = "a web page (HTML), often what a site shows where a download needs an account;"
            + " sign in with a browser and download the file itself";

    /** How a file begins, in lower case, one character a byte, and what a message says of it. */
    private record Kind(String start, String sentence) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("7z\u00bc\u00af'\u001c", "a 7z archive" + UNPACK),
            new Kind("rar!\u001a\u0007", "a RAR archive" + UNPACK),
            new Kind("\u00fd7zxz\0", "packed with xz" + UNPACK),
            new Kind("bzh", "packed with bzip2" + UNPACK),
            new Kind("(\u00b5/\u00fd", "packed with Zstandard" + UNPACK),
            new Kind("pk\u0005\u0006", "an empty zip archive; get it again"),
            new Kind("pk\u0007\b", "one part of a zip archive in several; put the parts together, or unpack them, and name the result"),
            new Kind("par1", "a Parquet file, which this kit does not read; turn it into CSV with the lines of Python in data/README.md"),
            new Kind("arrow1", "an Arrow file" + AS_CSV),
            new Kind("\u0093numpy", "a NumPy array" + AS_CSV),
            new Kind("\u00f0\u00ef\u0011\u00e0", "an Excel workbook" + AS_CSV),
            new Kind("sqlite format 3", "an SQLite database" + AS_CSV),
            new Kind("%pdf", "a PDF document" + AS_CSV),
            new Kind("{", "JSON" + AS_CSV),
            new Kind("gif8", "a GIF image" + AS_PNG),
            new Kind("riff", "a WebP image" + AS_PNG),
            new Kind("ii*\0", "a TIFF image" + AS_PNG),
            new Kind("mm\0*", "a TIFF image" + AS_PNG),
            new Kind("<!doctype html", WEB_PAGE),
            new Kind("<html", WEB_PAGE),
            new Kind("version https://git-lfs",
                    "a Git LFS pointer in place of the file; run git lfs pull where it was cloned, or download the file itself"));

    private FileKind() {}

    /**
     * What a file is and what to do, to follow the file's name in a message; empty if that is not known.
     *
     * @param head its first bytes, a hundred or more, or all
     */
    public static Optional<String> of(byte[] head) {
        String start = new String(head, 0, Math.min(head.length, ENOUGH), StandardCharsets.ISO_8859_1);
        if (start.startsWith(UNREADABLE)) {
            return Optional.of(start.substring(UNREADABLE.length()));
        }
        if (start.matches("(?s)(\u00ff\u00fe|\u00fe\u00ff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0]).*")) {
            return Optional.of("text in UTF-16, expected UTF-8; save it as UTF-8");
        }
        String text = start.replaceFirst("^\u00ef\u00bb\u00bf", "").stripLeading().toLowerCase(Locale.ROOT);
        return KINDS.stream().filter(kind -> text.startsWith(kind.start)).findFirst().map(Kind::sentence);
    }
}
