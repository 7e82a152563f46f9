package ferkit.data.form;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import ferkit.data.file.ImageFile;
import ferkit.data.file.ImageFileTest;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same 21 images through every form have the same hash, so the same pixels, labels, splits and order. */
class FormsTest {
    private static final String[] DIGITS = {"0", "1", "2", "3", "4", "5", "6"};

    @TempDir Path folder;
    private String expected;

    @BeforeEach
    void hashOfThePlainCsv() throws IOException {
        expected = open(text("plain.csv", TinyFaces.csv())).hash();
    }

    private FaceSet open(Path path) throws IOException {
        return Datasets.open(path, folder.resolve("cache"), message -> {});
    }

    private Path text(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] csvBytes() {
        return TinyFaces.csv().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void plainCsvHoldsWhatWasWritten() throws IOException {
        FaceSet faces = open(folder.resolve("plain.csv"));
        for (Split split : Split.values()) {
            assertEquals(7, faces.split(split).size());
            for (int label = 0; label < 7; label++) {
                assertEquals(label, faces.split(split).label(label));
                assertArrayEquals(TinyFaces.pixels(split, label), faces.split(split).pixels(label));
            }
        }
        assertEquals(Origin.Kind.OTHER_SPLIT, faces.origin().kind());
        assertTrue(faces.origin().notes().toString().contains("found 7 + 7 + 7"));
    }

    @Test
    void gzipIsToldByContent() throws IOException {
        assertEquals(expected, open(Files.write(folder.resolve("whatever"), gzip(csvBytes()))).hash());
    }

    private static byte[] tar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (String name : new String[] {"fer2013/README", "fer2013/fer2013.csv", "fer2013/fer2013.bib"}) {
                byte[] content = name.endsWith("csv") ? csvBytes() : "read me".getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void tarGzPastOtherFiles() throws IOException {
        assertEquals(expected, open(Files.write(folder.resolve("fer2013.tar.gz"), gzip(tar()))).hash());
    }

    @Test
    void tarUnderAnyName() throws IOException {
        for (String name : new String[] {"fer2013.tar", "fer2013", "fer2013.csv"}) {
            Path alone = Files.createDirectories(folder.resolve("of " + name));
            assertEquals(expected, open(Files.write(alone.resolve(name), tar())).hash());
            assertEquals(expected, open(alone).hash());
        }
    }

    @Test
    void hdf5WithADatasetForEachSplit() throws IOException {
        Path alone = Files.createDirectories(folder.resolve("hdf5"));
        Path file = alone.resolve("data.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            for (Split split : Split.values()) {
                int[][][] pixels = new int[7][48][48];
                for (int i = 0; i < 7 * Faces.PIXELS; i++) {
                    pixels[i / Faces.PIXELS][i / 48 % 48][i % 48] = TinyFaces.pixels(split, i / Faces.PIXELS)[i % Faces.PIXELS] & 0xff;
                }
                hdf.putDataset(split.usage() + "_pixel", pixels);
                hdf.putDataset(split.usage() + "_label", new long[] {0, 1, 2, 3, 4, 5, 6});
            }
        }
        assertEquals(expected, open(alone).hash());
        assertEquals(expected, open(TinyFaces.zip(folder.resolve("h5.zip"), Map.of("datasets/data.h5", Files.readAllBytes(file)))).hash());
    }

    /** A file of h5py: 8-bit numbers, flat and packed datasets; its hash was computed in Python. */
    @Test
    void hdf5AsPythonWritesIt() throws IOException {
        assertEquals("bebde829f287284ad9d7ebd12d5a47d72105c4bc6149354c78936060eb28bd6e",
                open(Path.of("lib/src/test/resources/hdf5/small.h5")).hash());
    }

    @Test
    void withoutAValidationSplitTheSameBecomesOneInEveryForm() throws IOException {
        StringBuilder csv = new StringBuilder("pixels,emotion\n");
        Path root = folder.resolve("train only");
        for (int i = 0; i < 20; i++) {
            int label = i < 14 ? i % 7 : Emotion.HAPPY.label();
            csv.append(TinyFaces.text(TinyFaces.pixels(i))).append(',').append(label).append('\n');
            TinyFaces.write(root.resolve("train").resolve(TinyFaces.words()[label]).resolve(i + ".png"), TinyFaces.png(TinyFaces.pixels(i)));
        }
        FaceSet file = open(text("no usage.csv", csv.toString()));
        assertEquals(13, file.training().size());
        assertArrayEquals(new int[] {1, 1, 1, 1, 1, 1, 1}, file.validation().counts());
        assertTrue(file.origin().notes().contains("No validation split was found: every ninth training image of each class, in order"
                + " (of fewer than nine the last), is validation instead (7 images)."), file.origin().notes().toString());
        assertEquals(file.hash(), open(root).hash());
    }

    @Test
    void splitsMayBeCalledAsFoldersAre() throws IOException {
        assertEquals(expected, open(text("short.csv", TinyFaces.csv().replace("Training", "train").replace("PublicTest", "val")
                .replace("PrivateTest", "test"))).hash());
    }

    @Test
    void zipOfCsvAndZipOfFolders() throws IOException {
        Path csv = TinyFaces.zip(folder.resolve("a.zip"), Map.of("fer2013/fer2013.csv", csvBytes()));
        assertEquals(expected, open(csv).hash());
        assertEquals("faces in another split than FER2013's (a.zip)", open(csv).origin().title());
        Path images = TinyFaces.zip(folder.resolve("b.zip"), ZipCopyTest.images("archive/", "/", ""));
        assertEquals(expected, open(images).hash());
    }

    @Test
    void anyColumnOrderSpacesInNamesAndColumnsMore() throws IOException {
        StringBuilder csv = new StringBuilder("id, Usage, pixels,emotion\n");
        int id = 0;
        for (Split split : Split.values()) {
            for (int label = 0; label < 7; label++) {
                csv.append(id++).append(',').append(split.usage()).append(',').append(TinyFaces.text(TinyFaces.pixels(split, label)))
                        .append(',').append(label).append('\n');
            }
        }
        FaceSet faces = open(text("icml_face_data.csv", csv.toString()));
        assertEquals(expected, faces.hash());
        assertEquals("Columns of icml_face_data.csv not read: id.", faces.origin().notes().get(0));
    }

    @Test
    void byteOrderMarkCarriageReturnsQuotesAndNoLastLineEnd() throws IOException {
        String csv = TinyFaces.csv().replaceAll("(?m)^(\\d),([\\d ]+),(\\w+)$", "\"$1\",\"$2\",\"$3\"").replace("\n", "\r\n");
        assertTrue(csv.contains("\"Training\""));
        assertEquals(expected, open(text("quoted.csv", "\uFEFF" + csv.strip())).hash());
    }

    @Test
    void manyBlocksKeepTheirOrder() throws IOException {
        StringBuilder csv = new StringBuilder("emotion,pixels,Usage\n");
        for (int i = 0; i < 2000; i++) {
            csv.append(TinyFaces.row(Split.TRAINING, i % 7)).append('\n');
        }
        Faces training = open(text("long.csv", csv + TinyFaces.row(Split.TEST, 3))).training();
        int carvedOut = 0;
        for (int i = 0, next = 0; i < 2000; i++) {
            if ((i / 7 + 1) % 9 == 0) {
                carvedOut++;
            } else {
                assertEquals(i % 7, training.label(next));
                assertArrayEquals(TinyFaces.pixels(Split.TRAINING, i % 7), training.pixels(next++));
            }
        }
        assertEquals(2000 - carvedOut, training.size());
    }

    @Test
    void theChallengesTrainAndTest() throws IOException {
        Path challenge = Files.createDirectories(folder.resolve("challenge"));
        StringBuilder train = new StringBuilder("emotion,pixels\n");
        for (int i = 0; i < 63; i++) {
            train.append(i % 7).append(',').append(TinyFaces.text(TinyFaces.pixels(i))).append('\n');
        }
        Files.writeString(challenge.resolve("train.csv"), train);
        Files.writeString(challenge.resolve("test.csv"), "pixels\n" + TinyFaces.text(TinyFaces.pixels(99)) + "\n");
        FaceSet faces = open(challenge);
        assertEquals(56, faces.training().size());
        assertEquals(7, faces.validation().size());
        assertArrayEquals(TinyFaces.pixels(56), faces.validation().pixels(0));
        assertEquals(1, faces.test().size());
        assertFalse(faces.test().labelled());
        assertEquals(Faces.NO_LABEL, faces.test().label(0));
        assertFalse(faces.origin().isComparable());
        assertTrue(faces.origin().notes().contains("No validation split was found: every ninth training image of each class, in order"
                + " (of fewer than nine the last), is validation instead (7 images)."));
        assertTrue(faces.origin().notes().contains(
                "test.csv has no column Usage and is taken as the PrivateTest split, without labels: it can be predicted, not evaluated."));
    }

    @Test
    void theColumnOfLabelsMayBeCalledLabel() throws IOException {
        Path parts = Files.createDirectory(folder.resolve("parts"));
        Files.writeString(parts.resolve("faces.csv"), "label,pixels\n3," + TinyFaces.text(TinyFaces.pixels(1)) + "\n");
        Files.writeString(parts.resolve("test.csv"), "pixels\n" + TinyFaces.text(TinyFaces.pixels(2)) + "\n");
        FaceSet faces = Datasets.read(parts);
        assertEquals(3, faces.training().label(0));
        assertEquals(1, faces.test().size());
        Files.writeString(parts.resolve("train.csv"), "emotion,pixels\n4," + TinyFaces.text(TinyFaces.pixels(3)) + "\n");
        IOException both = assertThrows(IOException.class, () -> Datasets.read(parts));
        assertTrue(both.getMessage().contains("are both the Training split"), both.getMessage());
    }

    @Test
    void foldersInWordsAndDigitsBelowOthers() throws IOException {
        Path words = folder.resolve("words/archive/data");
        String[] spelt = {"Anger", "DISGUSTED", "fearful", "happiness", "Sadness", "suprise", "Neutral"};
        TinyFaces.folders(words.resolve("train"), Split.TRAINING, "");
        TinyFaces.folders(words.resolve("validation"), Split.VALIDATION, "", DIGITS);
        TinyFaces.folders(words.resolve("Test"), Split.TEST, "", spelt);
        assertEquals(expected, open(folder.resolve("words")).hash());
    }

    @Test
    void bothTestsInOneFolderAreToldByName() throws IOException {
        Path copy = folder.resolve("copy");
        TinyFaces.folders(copy.resolve("train"), Split.TRAINING, "Training_");
        TinyFaces.folders(copy.resolve("test"), Split.VALIDATION, "PublicTest_");
        TinyFaces.folders(copy.resolve("test"), Split.TEST, "PrivateTest_");
        assertEquals(expected, open(copy).hash());
    }

    @Test
    void testsInAnyFolderAreToldByNameInAnyCase() throws IOException {
        for (String below : new String[] {"", "train"}) {
            Path copy = folder.resolve("copy" + below);
            TinyFaces.folders(copy.resolve(below), Split.TRAINING, "Training_");
            TinyFaces.folders(copy.resolve(below), Split.VALIDATION, "publictest_");
            TinyFaces.folders(copy.resolve(below), Split.TEST, "PRIVATETEST_");
            FaceSet faces = open(copy);
            assertEquals(expected, faces.hash());
            assertTrue(
                    faces.origin().notes().contains("14 images among those for training are named PublicTest_ or PrivateTest_: they are not trained"
                            + " on, but validation and test."),
                    faces.origin().notes().toString());
        }
        Path lower = folder.resolve("lower");
        TinyFaces.folders(lower.resolve("train"), Split.TRAINING, "training_");
        TinyFaces.folders(lower.resolve("test"), Split.VALIDATION, "publictest_");
        TinyFaces.folders(lower.resolve("test"), Split.TEST, "privatetest_");
        assertEquals(expected, open(lower).hash());
        assertTrue(open(lower).origin().notes().contains("7 images in the test folder are named PublicTest_ and are validation."),
                open(lower).origin().notes().toString());
        for (String name : new String[] {"PrivateTest.1", "PrivateTest1", "private test 1", "Private-Test-1", "flipped_PrivateTest_1",
            "sad-PRIVATE_TEST(1)"}) {
            Path named = folder.resolve(name);
            TinyFaces.folders(named.resolve("train"), Split.TRAINING, "Training_");
            TinyFaces.write(named.resolve("train/sad/" + name + ".png"), TinyFaces.png(TinyFaces.pixels(1)));
            assertEquals(1, open(named).test().size(), name);
        }
    }

    @Test
    void aSplitOfOnesOwnIsKeptAndSaidOnce() throws IOException {
        Path own = folder.resolve("own");
        TinyFaces.folders(own.resolve("train"), Split.TRAINING, "Training_");
        TinyFaces.folders(own.resolve("val"), Split.VALIDATION, "Training_");
        TinyFaces.folders(own.resolve("test"), Split.TEST, "PublicTest_");
        FaceSet faces = open(own);
        assertEquals(expected, faces.hash());
        assertTrue(faces.origin().notes()
                .contains("14 images, such as " + Path.of("val/angry/Training_0.png") + ", are in a folder of another split than"
                        + " their names say, and taken by the folder."),
                faces.origin().notes().toString());
    }

    @Test
    void classesWithoutAnImageAreNotedInEveryForm() throws IOException {
        Path root = folder.resolve("without");
        TinyFaces.folders(root);
        Files.delete(root.resolve("train/disgust/1.png"));
        String note = "Training has no image of Disgust.";
        assertTrue(open(root).origin().notes().contains(note), open(root).origin().notes().toString());
        Files.delete(root.resolve("train/disgust")); // as an archive without empty folders has it
        assertTrue(open(root).origin().notes().contains(note), open(root).origin().notes().toString());
        Path csv = text("without.csv", TinyFaces.csv().replaceFirst("(?m)^1,.*Training\n", ""));
        assertTrue(open(csv).origin().notes().contains(note), open(csv).origin().notes().toString());
        assertFalse(open(folder.resolve("plain.csv")).origin().notes().toString().contains("has no image"));
    }

    @Test
    void foldersOfSystemsAndStoragesAreNoData() throws IOException {
        Path root = folder.resolve("storage");
        TinyFaces.folders(root);
        for (String clutter : new String[] {"train/happy/@eaDir/3.png", "@eaDir", "#recycle/train", "$RECYCLE.BIN", "System Volume Information",
            "lost+found"}) {
            TinyFaces.write(root.resolve(clutter).resolve("SYNOPHOTO_THUMB_M.png"), TinyFaces.png(TinyFaces.pixels(1)));
        }
        assertEquals(expected, open(root).hash());
    }

    @Test
    void numbersInNamesAreOrderedAsNumbers() throws IOException {
        Path root = folder.resolve("numbers");
        TinyFaces.folders(root.resolve("train"), Split.TRAINING, "im1");
        TinyFaces.folders(root.resolve("val"), Split.VALIDATION, "");
        TinyFaces.write(root.resolve("train/happy/im9.png"), TinyFaces.png(TinyFaces.pixels(1)));
        Faces training = open(root).training();
        assertEquals(3, training.label(0));
        assertArrayEquals(TinyFaces.pixels(1), training.pixels(0));
        assertEquals(8, training.size());
    }

    @Test
    void everyKindOfImage() throws IOException {
        byte[] pixels = TinyFaces.pixels(5);
        byte[] ramp = new byte[256];
        for (int i = 0; i < 256; i++) {
            ramp[i] = (byte) i;
        }
        BufferedImage palette = new BufferedImage(48, 48, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 256, ramp, ramp, ramp));
        palette.setData(TinyFaces.image(pixels, BufferedImage.TYPE_BYTE_GRAY).getData());
        for (BufferedImage image : new BufferedImage[] {TinyFaces.image(pixels, BufferedImage.TYPE_BYTE_GRAY),
            TinyFaces.image(pixels, BufferedImage.TYPE_USHORT_GRAY), TinyFaces.image(pixels, BufferedImage.TYPE_INT_RGB),
            TinyFaces.image(pixels, BufferedImage.TYPE_INT_ARGB), palette}) {
            ImageFile read = TinyFaces.decode(TinyFaces.encode(image, "png"));
            assertArrayEquals(pixels, read.pixels());
            assertFalse(read.coloured());
            assertFalse(read.resized());
        }
        for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB}) {
            byte[] jpeg = TinyFaces.decode(TinyFaces.encode(TinyFaces.image(pixels, type), "jpg")).pixels();
            for (int p = 0; p < pixels.length; p++) {
                assertEquals(pixels[p] & 0xff, jpeg[p] & 0xff, 12);
            }
        }
    }

    @Test
    void coloursByLumaAndSizesByArea() throws IOException {
        BufferedImage colour = new BufferedImage(96, 24, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 96; x++) {
            for (int y = 0; y < 24; y++) {
                colour.setRGB(x, y, x % 2 == 0 ? 0xff0000 : 0x00ff00);
            }
        }
        ImageFile read = TinyFaces.decode(TinyFaces.encode(colour, "png"));
        assertTrue(read.coloured());
        assertTrue(read.resized());
        // 0.299 × 255 = 76 and 0.587 × 255 = 150, averaged two by two
        for (byte pixel : read.pixels()) {
            assertEquals(113, pixel & 0xff);
        }
    }

    @Test
    void resizedAndOtherFilesAreCounted() throws IOException {
        Path root = folder.resolve("counted");
        TinyFaces.folders(root);
        BufferedImage large = new BufferedImage(100, 80, BufferedImage.TYPE_BYTE_GRAY);
        TinyFaces.write(root.resolve("test/sad/large.png"), TinyFaces.encode(large, "png"));
        TinyFaces.write(root.resolve("test/sad/notes.txt"), new byte[] {'h', 'i'});
        BufferedImage narrow = new BufferedImage(48, 48, BufferedImage.TYPE_USHORT_GRAY);
        narrow.getRaster().setSample(0, 0, 0, 255);
        TinyFaces.write(root.resolve("test/sad/narrow.png"), TinyFaces.encode(narrow, "png"));
        TinyFaces.write(root.resolve("test/sad/turned.png"), ImageFileTest.turned(TinyFaces.png(TinyFaces.pixels(9)), 6));
        FaceSet faces = open(root);
        assertEquals(10, faces.test().size());
        assertTrue(faces.origin().notes().contains("1 images of 16 bits that hold 0 to 255 only, taken as these."));
        assertTrue(faces.origin().notes().contains("1 images that lie on their side, upside down or mirrored, put upright as their EXIF data say."));
        assertTrue(faces.origin().notes().contains("1 images of another size than 48×48, resized by averaging areas."));
        assertTrue(faces.origin().notes().contains("1 files that are no images, not read."));
    }

    @Test
    void severalOfficialFilesSideBySide() throws IOException {
        Path kaggle = Files.createDirectories(folder.resolve("kaggle"));
        Files.write(kaggle.resolve("fer2013.csv"), csvBytes());
        Files.write(kaggle.resolve("icml_face_data.csv"), csvBytes());
        FaceSet faces = open(kaggle);
        assertEquals(expected, faces.hash());
        assertEquals("Also there and not read: icml_face_data.csv.", faces.origin().notes().get(0));
    }

    @Test
    void findSaysWhetherThereIsADataSet() throws IOException {
        Path data = folder.resolve("data");
        assertEquals(Optional.empty(), Datasets.find(data));
        Files.createDirectories(data.resolve(".cache"));
        Files.writeString(data.resolve("README.md"), "Put FER2013 here");
        assertEquals(Optional.empty(), Datasets.find(data));
        Files.write(data.resolve("fer2013.csv"), csvBytes());
        assertEquals(Optional.of(data), Datasets.find(data));
        assertEquals(expected, open(data).hash());
    }
}
