package ferkit.data.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ferkit.data.Faces;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import ferkit.data.file.Room;
import ferkit.data.file.Source;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every mistake in the data ends in one sentence that says what was found, where, what was expected and what to do. */
class BadInputTest {
    private static final String GOOD = TinyFaces.row(Split.TRAINING, 0);

    @TempDir Path folder;

    private String error(Path path) {
        return assertThrows(IOException.class, () -> Datasets.open(path, folder.resolve("cache"), message -> {})).getMessage();
    }

    private Path csv(String... lines) throws IOException {
        return Files.writeString(folder.resolve("fer2013.csv"), "emotion,pixels,Usage\n" + String.join("\n", lines) + "\n");
    }

    private void assertRowError(String expected, String badRow) throws IOException {
        Path file = csv(GOOD, badRow, GOOD);
        assertEquals(file + ", line 3" + expected + "; correct this line or get the file again", error(file));
    }

    private Path images() throws IOException {
        Path root = folder.resolve("images");
        TinyFaces.folders(root.resolve("train"), Split.TRAINING, "");
        TinyFaces.folders(root.resolve("test"), Split.TEST, "");
        return root;
    }

    @Test
    void numbersOfPixels() throws IOException {
        String pixels = TinyFaces.text(TinyFaces.pixels(1));
        assertRowError(": 2303 pixels, expected 2304 (48 rows of 48)", "0," + pixels.substring(pixels.indexOf(' ') + 1) + ",Training");
        assertRowError(": 2305 pixels, expected 2304 (48 rows of 48)", "0,7 " + pixels + ",Training");
        assertRowError(": 0 pixels, expected 2304 (48 rows of 48)", "0,,Training");
    }

    @Test
    void valuesOfPixels() throws IOException {
        String pixels = TinyFaces.text(TinyFaces.pixels(1));
        for (String bad : new String[] {"256", "-1", "a", "1.5", "99999999999"}) {
            String[] cells = pixels.split(" ");
            cells[16] = bad;
            assertRowError(", pixel 17: found \"" + bad + "\", expected a whole number from 0 to 255",
                    "0," + String.join(" ", cells) + ",Training");
        }
    }

    @Test
    void labels() throws IOException {
        String rest = GOOD.substring(1);
        assertRowError(", column emotion: found \"\", expected a label 0 to 6 (0 Angry … 6 Neutral)", rest);
        Path file = csv(GOOD, "8" + rest);
        assertEquals(file + ", line 3, column emotion: found \"8\", expected a label 0 to 6 (0 Angry … 6 Neutral); " + ClassOrder.OTHER_NUMBERS,
                error(file));
        assertRowError(", column emotion: found \"bored\", expected a label 0 to 6 (0 Angry … 6 Neutral)", "bored" + rest);
    }

    /** AffectNet's 7 may be contempt too, but its 0 to 6 are others: only what has FER2013's columns and no others is taken for CK+. */
    @Test
    void sevenIsAClassInFer2013sFormAlone() throws IOException {
        Map<String, String> others = Map.of("label,pixels,Usage", ",Training", "emotion,pixels,Usage,id", ",Training,1", "emotion,pixels", "");
        for (Map.Entry<String, String> other : others.entrySet()) {
            Path file = Files.writeString(folder.resolve("other.csv"),
                    other.getKey() + "\n7," + TinyFaces.text(TinyFaces.pixels(1)) + other.getValue() + "\n");
            assertEquals(file + ", line 2, column emotion: found \"7\", expected a label 0 to 6 (0 Angry … 6 Neutral); " + ClassOrder.OTHER_NUMBERS,
                    error(file));
        }
    }

    @Test
    void usages() throws IOException {
        assertRowError(", column Usage: found \"Trainin\", expected Training, PublicTest or PrivateTest", GOOD.substring(0, GOOD.length() - 1));
        assertRowError(", column Usage: found \"\", expected Training, PublicTest or PrivateTest", GOOD.replace("Training", ""));
    }

    @Test
    void columns() throws IOException {
        assertRowError(": 2 columns, expected 3", GOOD.replace(",Training", ""));
        assertRowError(": more than 3 columns, expected as many as the header has", GOOD + ",1");
        assertRowError(", column 3: a quote is not closed, expected '\"' before the line ends", GOOD.replace("Training", "\"Training"));
        assertRowError(", column 1: text after the closing quote, expected a comma", "\"0\"0" + GOOD.substring(1));
    }

    @Test
    void headers() throws IOException {
        Path file = folder.resolve("x.csv");
        Files.writeString(file, "emotion,pixel,Usage\n");
        assertEquals(file + ", line 1: no column \"pixels\" in \"emotion,pixel,Usage\", expected a header such as \"emotion,pixels,Usage\";"
                + " correct it or get the file again", error(file));
        Files.writeString(file, "pixels,Usage\n");
        assertEquals(file + ", line 1: no column \"emotion\" in \"pixels,Usage\", expected a header such as \"emotion,pixels,Usage\";"
                + " correct it or get the file again", error(file));
        Files.writeString(file, "pixels,emotion,pixels\n");
        assertEquals(file + ", line 1: columns 1 and 3 could both be the image (\"pixels\" and \"pixels\"), expected one; rename or remove the other",
                error(file));
        Files.writeString(file, "label,emotion,pixels,Usage\n0,angry," + GOOD.substring(2) + "\n");
        assertEquals(file + ", line 1: columns 1 and 2 could both be the label (\"label\" and \"emotion\"), expected one; rename or remove the other",
                error(file));
        Files.writeString(file, "emotion,pixels,Usage\n");
        assertEquals(file + ": a header and no row below it, expected one row for each image; get the file again", error(file));
        Files.writeString(file, "");
        assertEquals(file + ": the file is empty, expected a header such as \"emotion,pixels,Usage\"; get the file again", error(file));
    }

    @Test
    void theHeaderAgainInTheMiddle() throws IOException {
        assertRowError(", column emotion: found \"emotion\", expected a label 0 to 6 (0 Angry … 6 Neutral)", "emotion,pixels,Usage");
    }

    @Test
    void truncatedCsv() throws IOException {
        Path file = Files.writeString(folder.resolve("cut.csv"), "emotion,pixels,Usage\n" + GOOD + "\n0,1 2 3");
        assertEquals(file
                + ", line 3: 3 pixels, expected 2304 (48 rows of 48); the file ends with this line: correct it, or if the file is truncated here, get it again",
                error(file));
    }

    @Test
    void theLineIsRightFarIntoTheFile() throws IOException {
        StringBuilder text = new StringBuilder("emotion,pixels,Usage\n");
        for (int i = 0; i < 1500; i++) {
            text.append(GOOD).append('\n');
        }
        Path file = Files.writeString(folder.resolve("long.csv"), text + "0,1,Training\n");
        assertTrue(Files.size(file) > 2 << 22);
        assertEquals(file + ", line 1502: 1 pixels, expected 2304 (48 rows of 48); correct this line or get the file again", error(file));
    }

    @Test
    void gzipCutOrWithAWrongChecksum() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(TinyFaces.csv().getBytes(StandardCharsets.UTF_8));
        }
        byte[] good = bytes.toByteArray();
        Path cut = Files.write(folder.resolve("cut.csv.gz"), Arrays.copyOf(good, good.length / 2));
        assertEquals(cut + ": the compressed data ends too early, after line 1 or later; the file is truncated, get it again", error(cut));

        good[good.length - 8] ^= 1;
        Path wrong = Files.write(folder.resolve("wrong.csv.gz"), good);
        assertEquals(wrong + ": the compressed data is damaged (Corrupt GZIP trailer); get the file again", error(wrong));
    }

    @Test
    void zipWithAWrongChecksumOrNoDirectory() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(0); // so that a digit of the CSV lies open in it
            zip.putNextEntry(new ZipEntry("fer2013.csv"));
            zip.write(TinyFaces.csv().getBytes(StandardCharsets.UTF_8));
        }
        byte[] flipped = bytes.toByteArray();
        int digit = 500;
        while (flipped[digit] < '0' || flipped[digit] > '8') {
            digit++;
        }
        flipped[digit]++;
        Path file = Files.write(folder.resolve("flipped.zip"), flipped);
        assertEquals(file + ": in it /fer2013.csv: the compressed data is damaged (the checksum does not fit the content); get the file again",
                error(file));
        Path cut = Files.write(folder.resolve("cut.zip"), Arrays.copyOf(flipped, flipped.length / 2));
        assertEquals(cut + ": the compressed data is damaged (zip END header not found); get the file again", error(cut));
        Path named = Files.write(folder.resolve("fer2013.csv"), Arrays.copyOf(flipped, flipped.length / 2));
        assertTrue(error(named).startsWith(named + ": the compressed data is damaged"), error(named));
    }

    @Test
    void formsThatAreNotRead() throws IOException {
        Path parquet = Files.writeString(folder.resolve("train.parquet"), "PAR1…");
        assertEquals(parquet + ": a Parquet file, which this kit does not read; turn it into CSV with the lines of Python in data/README.md",
                error(parquet));
        Path image = Files.write(folder.resolve("face.png"), TinyFaces.png(TinyFaces.pixels(1)));
        assertEquals(image + ": a single image, expected fer2013.csv or a folder of images; name the folder", error(image));
        Path binary = Files.write(folder.resolve("data.npy"), new byte[] {1, 2, 0, 3});
        assertEquals(binary + ": neither UTF-8 text nor gzip, zip, tar or HDF5, expected fer2013.csv in one of these forms; save it as UTF-8 CSV",
                error(binary));
        Path empty = Files.write(folder.resolve("empty.zip"), Arrays.copyOf(new byte[] {'P', 'K', 5, 6}, 22));
        assertEquals(empty + ": an empty zip archive; get it again", error(empty));
        Path part = Files.write(folder.resolve("fer2013.z01"), new byte[] {'P', 'K', 7, 8, 1, 2, 3, 4});
        assertEquals(part + ": one part of a zip archive in several; put the parts together, or unpack them, and name the result", error(part));
    }

    @Test
    void whatAFileIsThatIsNotRead() throws IOException {
        String unpack = ", which this kit does not read; unpack it and name what is inside";
        Map<String, String> kinds = Map.of("7z\u00bc\u00af'\u001c\0\4", "a 7z archive" + unpack, "Rar!\u001a\7\1\0", "a RAR archive" + unpack,
                "\u00fd7zXZ\0\0\4", "packed with xz" + unpack,
                "version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "a Git LFS pointer in place of the file; run git lfs pull where it was"
                        + " cloned, or download the file itself",
                "\n <!DOCTYPE HTML>\n<title>Sign in", "a web page (HTML), often what a site shows where a download needs an account; sign in with a"
                        + " browser and download the file itself",
                "\u00ff\u00fee\0m\0", "text in UTF-16, expected UTF-8; save it as UTF-8",
                "e\0m\0o\0", "text in UTF-16, expected UTF-8; save it as UTF-8",
                "\u00d0\u00cf\u0011\u00e0", "an Excel workbook, which this kit does not read; save its content as CSV in UTF-8");
        for (Map.Entry<String, String> kind : kinds.entrySet()) {
            Path alone = Files.createDirectories(folder.resolve("alone"));
            Path file = Files.write(alone.resolve("fer.csv"), kind.getKey().getBytes(StandardCharsets.ISO_8859_1));
            assertEquals(file + ": " + kind.getValue(), error(file));
            assertEquals(file + ": " + kind.getValue(), error(alone));
        }
        TinyFaces.folders(folder.resolve("alone/unpacked/train"), Split.TRAINING, "");
        assertEquals(7, Datasets.read(folder.resolve("alone")).training().size());
    }

    @Test
    void otherCsvs() throws IOException {
        String python = "expected a header such as \"emotion,pixels,Usage\"; the lines of Python in data/README.md write it so";
        Path file = Files.createDirectories(folder.resolve("others")).resolve("faces.csv");
        Files.writeString(file, "emotion;pixels;Usage\n" + GOOD.replace(',', ';') + "\n");
        assertEquals(file + ", line 1: semicolons or tabs between the columns in \"emotion;pixels;Usage\", " + python, error(file));
        Files.writeString(file, "emotion,pixel_0" + ",p".repeat(2303) + "\n" + GOOD.replace(' ', ',') + "\n");
        assertEquals(file + ", line 1: 2305 columns, one for each pixel, in \"emotion,pixel_0" + ",p".repeat(22) + ",…\", " + python, error(file));
        assertEquals(error(file), error(file.getParent()));
        for (String open : new String[] {"\"[", "["}) {
            Files.writeString(file, "emotion,pixels,Usage\n0," + open + TinyFaces.text(TinyFaces.pixels(1)).replace(" ", ", ") + "]\",Training\n");
            assertEquals(file + ", line 2: pixels in brackets, expected numbers with spaces between them; the lines of Python in data/README.md"
                    + " write it so", error(file));
        }
    }

    /** Small files that declare or unpack to gigabytes. */
    @Test
    void sizesAreCheckedBeforeMemoryIsTaken() throws IOException {
        InputStream rows = new ByteArrayInputStream(TinyFaces.csv().getBytes(StandardCharsets.UTF_8));
        assertEquals("x.csv, pixels up to line 22: found more than 46080 bytes, the most that is taken into memory for it here;"
                + " get it again or leave some of it out",
                assertThrows(IOException.class, () -> CsvReader.read(rows, "x.csv", new Room(20 * Faces.PIXELS))).getMessage());
        Path declared = Path.of("lib/src/test/resources/hdf5/declared.h5");
        assertTrue(error(declared).startsWith(declared + ", Training_pixel: found more than "), error(declared));

        Path bomb = TinyFaces.zip(folder.resolve("bomb.zip"), Map.of("train/angry/1.png", new byte[40 << 20]));
        assertTrue(Files.size(bomb) < 1 << 16);
        assertEquals(bomb + ": in it /train/angry/1.png: found more than 32 MB, the most that is taken into memory for it here; get it again or"
                + " leave some of it out", error(bomb));
        Path outer = TinyFaces.zip(folder.resolve("outer.zip"), Map.of("inner.zip", Files.readAllBytes(bomb)));
        assertEquals(outer + ": in it /inner.zip: a zip file within a zip file; unpack the outer one and name the inner one", error(outer));
    }

    @Test
    void hdf5ThatIsNotFer2013() throws IOException {
        Path file = folder.resolve("data.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            hdf.putDataset("X", new int[] {1});
        }
        assertEquals(file + ": HDF5 with X, expected the datasets Training_pixel, Training_label, PublicTest_pixel and so on; save them under"
                + " these names", error(file));
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            hdf.putDataset("Training_pixel", new int[2][2304]);
            hdf.putDataset("Training_label", new String[] {"happy", "sad"});
        }
        assertEquals(file + ", Training_label: found \"happy\", expected whole numbers from 0 to 6; save them so", error(file));
        for (int[] labels : new int[][] {{7, 0}, {0}}) {
            try (WritableHdfFile hdf = HdfFile.write(file)) {
                hdf.putDataset("Training_pixel", new int[2][2304]);
                hdf.putDataset("Training_label", labels);
            }
            assertEquals(file + (labels.length == 2
                    ? ", Training_label, number 1: found 7.0, expected a whole number from 0 to 6; correct it or get the file again"
                    : ": Training_pixel has the shape [2, 2304] and Training_label [1], expected n × 48 × 48 or n × 2304 and n; save them in this shape"),
                    error(file));
        }
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
        assertTrue(error(file).startsWith(file + ": its HDF5 structure cannot be read ("), error(file));
    }

    @Test
    void noSuchFileAndFolderWithoutData() throws IOException {
        Path missing = folder.resolve("nowhere");
        assertEquals(missing + ": no such file or folder, expected FER2013 there; name another path or put it there", error(missing));
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Files.writeString(empty.resolve("notes.txt"), "hello");
        assertEquals(empty + ": found notes.txt, expected fer2013.csv (plain, .gz, .zip or in fer2013.tar.gz), data.h5 or folders train and test"
                + " with a folder for each class; put one of them there", error(empty));
    }

    @Test
    void neitherFileNorFolder() throws IOException {
        Path device = Path.of("/dev/zero");
        assumeTrue(Files.exists(device), "only where there are device files");
        assertEquals(device + ": neither a file nor a folder, expected fer2013.csv or a folder; save it to a file first", error(device));
    }

    @Test
    void twoDataSets() throws IOException {
        Path two = Files.createDirectories(folder.resolve("two"));
        Files.writeString(two.resolve("a.csv"), TinyFaces.csv());
        Files.writeString(two.resolve("b.csv"), TinyFaces.csv());
        assertEquals(two + ": found a.csv, b.csv, expected one data set; name the one to read", error(two));
    }

    @Test
    void theSameSplitTwice() throws IOException {
        Path root = images();
        TinyFaces.folders(root.resolve("val"), Split.VALIDATION, "");
        TinyFaces.folders(root.resolve("valid"), Split.VALIDATION, "");
        assertEquals(
                root.resolve("val") + " and " + root.resolve("valid") + " are both the PublicTest split, expected one; remove or rename the other",
                error(root));
    }

    @Test
    void classFolders() throws IOException {
        Path root = images();
        Path eighth = Files.createDirectories(root.resolve("train/contempt"));
        assertEquals(eighth
                + ": \"contempt\" is no class of FER2013 and holds no image, expected angry, disgust, fear, happy, sad, surprise, neutral or 0 to 6;"
                + " move the folder elsewhere, or rename it if it is one of these", error(root));
        Files.move(eighth, root.resolve("train/7"));
        assertEquals(root + ": class folders 7, expected FER2013's 0 to 6 or names; " + ClassOrder.OTHER_NUMBERS, error(root));
        Files.move(root.resolve("train/7"), root.resolve("train/anger"));
        assertEquals(root.resolve("train/anger") + " and " + root.resolve("train/angry")
                + " are both the class Angry, expected one folder for each class; put them together", error(root));
        Files.delete(root.resolve("train/anger"));
    }

    /** Neither a removed nor an added folder makes another data set's numbers FER2013's. */
    @Test
    void numbersOfOtherDataSets() throws IOException {
        Map<String, String> known = Map.of("0 1 2 3 4 5 6 7", ", as AffectNet numbers its eight classes", "1 2 3 4 5 6 7",
                ", as RAF-DB numbers its seven",
                "1 2 3 4 5 6", "", "0 1 2 3 4 5 7", "");
        for (Map.Entry<String, String> entry : known.entrySet()) {
            Path root = folder.resolve(entry.getKey());
            TinyFaces.folders(root.resolve("train"), Split.TRAINING, "", entry.getKey().split(" "));
            String expected = ": class folders " + entry.getKey() + entry.getValue() + ", expected FER2013's 0 to 6 or names; "
                    + ClassOrder.OTHER_NUMBERS;
            assertEquals(root + expected, error(root));
            assertEquals(root.resolve("train") + expected, error(root.resolve("train")));
        }
    }

    @Test
    void moreClassesThanALabelHoldsAreCounted() throws IOException {
        String[] names = IntStream.range(0, 128).mapToObj(i -> String.format(Locale.ROOT, "class%03d", i)).toArray(String[]::new);
        TinyFaces.folders(folder.resolve("train"), Split.TRAINING, "", names);
        assertEquals(folder + ": folders of 128 classes, such as class000, expected at most 127; put classes together or leave some out",
                error(folder));
    }

    @Test
    void aClassFolderNeedsAName() throws IOException {
        TinyFaces.folders(folder.resolve("train"), Split.TRAINING, "", "happy", "\u3000");
        assertEquals(folder + ": a class folder whose name is blank, expected the name of its class; rename it", error(folder));
    }

    /** What other tools write in place of class folders: YOLO's two layouts, lists of classes beside the images, FER+'s folders. */
    @Test
    void imagesInNoClassFolders() throws IOException {
        String expected = ", expected a folder for each class (angry, disgust, fear, happy, sad, surprise, neutral); put each image into the folder"
                + " of its class, by the names that these data give their numbers";
        String apart = ": its images are in no class folders but apart from their classes, as for YOLO (labels/ has a file for each image)"
                + expected;
        byte[] image = TinyFaces.png(TinyFaces.pixels(1));
        byte[] text = {'0'};
        Path yolo = folder.resolve("yolo");
        TinyFaces.write(yolo.resolve("train/images/0.png"), image);
        TinyFaces.write(yolo.resolve("train/labels/0.txt"), text);
        assertEquals(yolo.resolve("train") + apart, error(yolo));
        Path other = folder.resolve("other");
        TinyFaces.write(other.resolve("images/train/0.png"), image);
        TinyFaces.write(other.resolve("labels/train/0.txt"), text);
        assertEquals(other + apart, error(other));
        for (String list : new String[] {"labels.txt", "_classes.csv"}) {
            Path flat = folder.resolve("flat " + list);
            TinyFaces.write(flat.resolve("train/0.png"), image);
            TinyFaces.write(flat.resolve("train").resolve(list), text);
            assertEquals(flat.resolve("train") + ": its images are in no class folders and their classes, if anywhere, in " + list + expected,
                    error(flat));
            assertEquals(error(flat), error(flat.resolve("train")));
        }
        Path images = folder.resolve("images");
        TinyFaces.write(images.resolve("train/images/0.png"), image);
        assertEquals(images.resolve("train") + ": its images are in no class folders" + expected, error(images));
        Path votes = folder.resolve("votes/FER2013Train");
        TinyFaces.write(votes.resolve("fer0000000.png"), image);
        TinyFaces.write(votes.resolve("label.csv"), text);
        assertEquals(votes + ": its images are in no class folders and their classes, if anywhere, in label.csv" + expected
                + ", or with FER+ use fer2013.csv and fer2013new.csv beside it", error(folder.resolve("votes")));
    }

    @Test
    void aListOfClassesInAnotherOrder() throws IOException {
        Path root = folder.resolve("listed");
        TinyFaces.folders(root.resolve("train"), Split.TRAINING, "", "0", "1", "2", "3", "4", "5", "6");
        String[] other = {"angry\ndisgust\nfear\nhappy\nneutral\nsad\nsurprise\n",
            "nc: 7\nnames: ['angry','disgust','fear','happy','neutral','sad','surprise']\n",
            "names:\n  0: anger\n  1: disgust\n  2: fear\n  3: happy\n  4: neutral\n  5: sad\n  6: surprise\n",
            "{\"surprise\": 6, \"angry\": 0, \"disgust\": 1, \"fear\": 2, \"happy\": 3, \"neutral\": 4, \"sad\": 5}"};
        for (String name : new String[] {"train/../classes.txt", "data.yaml"}) {
            Path list = root.resolve(name).normalize();
            for (String content : other) {
                Files.writeString(list, content);
                assertEquals(
                        list + " gives the numbers another order than FER2013's: 0 angry, 1 disgust, 2 fear, 3 happy, 4 neutral, 5 sad, 6 surprise;"
                                + " put these names in place of the numbers in " + root + ", or remove the list if it belongs to other data",
                        error(root));
            }
            Map<String, String> others = Map.of("angry\ncontempt\ndisgust\nfear\nhappy\nsad\nsurprise\nneutral",
                    "0 angry, 2 disgust, 3 fear, 4 happy, 5 sad, 6 surprise, 7 neutral",
                    "1 anger\n2 disgust\n3 fear\n4 happy\n5 sad\n6 surprise\n7 neutral",
                    "1 angry, 2 disgust, 3 fear, 4 happy, 5 sad, 6 surprise, 7 neutral",
                    "names:\n- sad\n- angry\n- disgust\n- fear\n- happy\n- surprise\n- neutral\nproject: names-and-faces",
                    "0 sad, 1 angry, 2 disgust, 3 fear, 4 happy, 5 surprise, 6 neutral");
            for (Map.Entry<String, String> content : others.entrySet()) {
                Files.writeString(list, content.getKey());
                String message = error(root);
                assertTrue(message.startsWith(list + " gives the numbers another order than FER2013's: " + content.getValue() + "; put"), message);
            }
            for (String content : new String[] {
                "{\"neutral\": 6, \"angry\": 0, \"disgust\": 1, \"fear\": 2, \"happy\": 3, \"sad\": 4, \"surprise\": 5}",
                "angry, disgust, fear, happy, sad, surprise, neutral", "# happy faces\nangry\ndisgust\nfear\nhappy\nsad\nsurprise\nneutral",
                "cat\ndog\n"}) {
                Files.writeString(list, content);
                assertEquals(7, Datasets.read(root).training().size() + Datasets.read(root).validation().size());
            }
        }
    }

    @Test
    void foldersWithoutImagesAndImagesWithoutFolder() throws IOException {
        Path root = folder.resolve("bare");
        for (String word : TinyFaces.words()) {
            Files.createDirectories(root.resolve("train").resolve(word));
        }
        assertEquals(root.resolve("train") + ": no PNG or JPEG image in its class folders, expected at least one; get them again", error(root));
        TinyFaces.write(root.resolve("train/stray.png"), TinyFaces.png(TinyFaces.pixels(1)));
        assertEquals(root.resolve("train/stray.png") + ": an image outside the class folders, so its class is unknown; move or remove it",
                error(root));
    }

    @Test
    void testImagesOfUnknownSplit() throws IOException {
        Path root = images();
        TinyFaces.write(root.resolve("test/sad/PublicTest_1.png"), TinyFaces.png(TinyFaces.pixels(1)));
        assertEquals(
                root.resolve("test") + ": 7 images, such as " + root.resolve("test/angry/0.png") + ", are named neither PublicTest_ nor PrivateTest_"
                        + " as others beside them are, so their split is unknown; rename or remove them",
                error(root));
    }

    /** Where a PNG file's first chunk, behind its four letters, says how wide the image is; its checksum stands 13 bytes on. */
    private static final int PNG_WIDTH = 16;

    @Test
    void brokenImages() throws IOException {
        Path root = images();
        Path file = root.resolve("train/fear/2.png");
        byte[] good = Files.readAllBytes(file);
        Files.write(file, new byte[0]);
        assertEquals(file + ": the file is empty, expected a PNG or JPEG image; get it again", error(root));
        Files.writeString(file, "hello");
        assertEquals(file + ": this is neither PNG nor JPEG; remove it or convert it", error(root));
        Files.write(file, TinyFaces.encode(TinyFaces.image(TinyFaces.pixels(1), BufferedImage.TYPE_BYTE_GRAY), "gif"));
        assertEquals(file + ": this is a GIF image, which this kit does not read; convert it to PNG", error(root));
        Files.writeString(file, "version https://git-lfs.github.com/spec/v1\n");
        assertTrue(error(root).startsWith(file + ": this is a Git LFS pointer in place of the file; "), error(root));
        Files.write(file, Arrays.copyOf(good, good.length / 2));
        String message = error(root);
        assertTrue(message.startsWith(file + ": the image is damaged (") && message.endsWith("); get it again"), message);
        ByteBuffer huge = ByteBuffer.wrap(good.clone()).putInt(PNG_WIDTH, 30_000);
        CRC32 checksum = new CRC32();
        checksum.update(huge.array(), PNG_WIDTH - 4, 17);
        Files.write(file, huge.putInt(PNG_WIDTH + 13, (int) checksum.getValue()).array());
        assertEquals(file + ": the image has 30000×48 pixels, expected one face and at most 4096×4096; cut the face out or scale it down",
                error(root));
        Files.write(file, TinyFaces.encode(new BufferedImage(48, 48, BufferedImage.TYPE_INT_ARGB), "png"));
        assertEquals(file + ": the image is partly transparent, expected an opaque one; lay it on a background", error(root));
    }

    @Test
    void noPermission() throws IOException {
        Path file = folder.resolve("secret.csv");
        assertEquals(file + ": no permission to read it; change its permissions or name another path",
                Source.sentence(new AccessDeniedException(file.toString()), folder));
        Files.writeString(file, TinyFaces.csv());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "permissions do not bind this user");
        assertEquals(file + ": no permission to read it; change its permissions or name another path", error(file));
    }

    @Test
    void symbolicLinkLoops() throws IOException {
        Path root = images();
        Path loop = Files.createSymbolicLink(root.resolve("train/fear/loop"), root);
        assertEquals(loop + ": a symbolic link leads back to itself, expected files and folders; remove the link", error(root));
        Files.delete(loop);
        Files.createSymbolicLink(loop, root.resolve("gone.png"));
        assertEquals(loop + ": a symbolic link to something that is not there; remove the link or restore what it leads to", error(root));
        Path self = folder.resolve("self");
        Files.createSymbolicLink(self, self);
        assertEquals(self + ": a symbolic link leads back to itself, expected files and folders; remove the link", error(self));
    }
}
