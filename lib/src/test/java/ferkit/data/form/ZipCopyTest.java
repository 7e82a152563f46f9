package ferkit.data.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ferkit.data.Emotion;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipCopyTest {
    private static final byte[] CSV = TinyFaces.csv().getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOTES = "hello".repeat(50).getBytes(StandardCharsets.UTF_8);

    @TempDir Path folder;
    private String expected;

    @BeforeEach
    void plain() throws IOException {
        expected = Datasets.read(Files.write(folder.resolve("plain.csv"), CSV)).hash();
    }

    private Path zip(String charset, Map<String, byte[]> entries) throws IOException {
        return TinyFaces.zip(folder.resolve("a.zip"), Charset.forName(charset), entries);
    }

    /** An archive of the CSV and of one more file, of which a byte in both of its headers is another. */
    private Path with(String name, int offset, int value) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("fer2013.csv", CSV);
        entries.put(name, NOTES);
        return patched(zip("UTF-8", entries), offset, value);
    }

    private static Path patched(Path file, int offset, int value) throws IOException {
        byte[] content = Files.readAllBytes(file);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        content[text.lastIndexOf("PK\1\2") + offset + 2] = (byte) value;
        content[text.lastIndexOf("PK\3\4") + offset] = (byte) value;
        return Files.write(file, content);
    }

    private static String error(Path file) {
        return assertThrows(IOException.class, () -> Datasets.read(file)).getMessage();
    }

    private static final int FLAGS = 6;
    private static final int METHOD = 8;
    /** Bit 3: sizes follow the data, as Java writes it; bit 0: encrypted. */
    private static final int ENCRYPTED = 9;
    private static final int ZSTANDARD = 93;

    /** The images in folders, by names with this before and between them. */
    static Map<String, byte[]> images(String before, String between, String file) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            String name = new String[] {"train", "val", "test"}[split.ordinal()];
            for (int label = 0; label < Emotion.COUNT; label++) {
                entries.put(before + name + between + Emotion.of(label).spellings().get(0) + between + file + label + ".png",
                        TinyFaces.png(TinyFaces.pixels(split, label)));
            }
        }
        return entries;
    }

    @Test
    void backslashesAreFolders() throws IOException {
        assertEquals(expected, Datasets.read(zip("UTF-8", images("", "\\", ""))).hash());
        assertEquals(expected, Datasets.read(zip("UTF-8", images("data/", "\\", ""))).hash());
    }

    @Test
    void dotsAreLeftOutOfNames() throws IOException {
        Map<String, byte[]> entries = images("./", "/", "");
        entries.put("../../notes.txt", NOTES);
        assertEquals(expected, Datasets.read(zip("UTF-8", entries)).hash());
    }

    @Test
    void namesInAnotherCharacterSet() throws IOException {
        assertEquals(expected, Datasets.read(zip("IBM437", Map.of("Gesichter f\u00fcr/fer2013.csv", CSV))).hash());
        assertEquals(expected, Datasets.read(zip("Shift_JIS", images("", "/", "\u8868"))).hash()); // whose second byte is a backslash
    }

    @Test
    void aPasswordIsNamedWhereItMatters() throws IOException {
        Path data = patched(zip("UTF-8", Map.of("fer2013.csv", CSV)), FLAGS, ENCRYPTED);
        assertEquals(data + ": in it /fer2013.csv: a file under a password; unpack the archive with it and name the folder", error(data));
        assertEquals(expected, Datasets.read(with("notes.txt", FLAGS, ENCRYPTED)).hash());
    }

    @Test
    void aRareMethodIsNamedWhereItMatters() throws IOException {
        Path data = patched(zip("UTF-8", Map.of("fer2013.csv", CSV)), METHOD, ZSTANDARD);
        assertEquals(data + ": in it /fer2013.csv: a file packed by method 93, which this kit does not read; unpack the archive and name the folder",
                error(data));
        assertEquals(expected, Datasets.read(with("notes.txt", METHOD, ZSTANDARD)).hash());
    }

    @Test
    void aDamagedImageIsNamed() throws IOException {
        Path file = zip("UTF-8", images("", "/", ""));
        byte[] content = Files.readAllBytes(file);
        content[30 + "train/angry/0.png".length()] = 7; // no type of a block
        assertEquals(file + ": in it /train/angry/0.png: the compressed data is damaged (invalid block type); get the file again",
                error(Files.write(file, content)));
    }

    @Test
    void aDamagedFileMattersOnlyWhereItMayHoldData() throws IOException {
        int packed = 30 + "notes.txt".length();
        for (String name : new String[] {"notes.txt", "other.csv"}) {
            Path file = with(name, FLAGS, 8);
            byte[] content = Files.readAllBytes(file);
            int at = new String(content, StandardCharsets.ISO_8859_1).lastIndexOf("PK\3\4") + packed;
            content[at] = 7; // no type of a block
            Files.write(file, content);
            if (name.equals("notes.txt")) {
                assertEquals(expected, Datasets.read(file).hash());
            } else {
                assertEquals(file + ": in it /other.csv: the compressed data is damaged (invalid block type); get it again or remove it",
                        error(file));
            }
        }
    }
}
