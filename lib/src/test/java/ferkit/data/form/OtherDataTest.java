package ferkit.data.form;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Official;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import ferkit.data.file.Room;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data with other classes, sizes or numbers than FER2013's. */
class OtherDataTest {

    @TempDir Path folder;

    private static void noted(FaceSet faces, String note) {
        assertTrue(faces.origin().notes().contains(note), faces.origin().notes().toString());
    }

    private void images(String name, BufferedImage image) throws IOException {
        TinyFaces.write(folder.resolve(name), TinyFaces.encode(image, "png"));
    }

    @Test
    void eightNamedClassesInColourKeepTheirSizeAndComeBackFromTheCache() throws IOException {
        Path root = folder.resolve("eight");
        TinyFaces.eightClasses(root, 2);
        FaceSet faces = Datasets.open(root, folder.resolve("cache"), message -> {});
        assertEquals(List.of("Angry", "Disgust", "Fear", "Happy", "Sad", "Neutral", "Bored", "Contempt"), faces.classes().titles());
        assertEquals(new Format(3, 64, 64), faces.format());
        assertEquals("faces of 8 classes, 64×64 colour (eight)", faces.origin().title());
        noted(faces, "Classes by the names of folders: 0 angry, 1 disgust, 2 fear, 3 happy, 4 sad, 5 neutral, 6 bored, 7 contempt.");
        noted(faces, "All images have one size and are kept as they are: 64×64 colour.");
        assertFalse(faces.origin().notes().toString().contains("turned grey"));
        assertArrayEquals(new int[] {2, 2, 2, 2, 2, 2, 2, 2}, faces.training().counts());
        BufferedImage first = TinyFaces.colours(64, 64, 6, "train6 0".hashCode());
        byte[] pixels = faces.training().pixels(IntStream.range(0, 16).filter(i -> faces.training().label(i) == 6).findFirst().getAsInt());
        for (int p = 0; p < 64 * 64; p++) {
            assertEquals(first.getRGB(p % 64, p / 64) & 0xffffff,
                    (pixels[3 * p] & 0xff) << 16 | (pixels[3 * p + 1] & 0xff) << 8 | pixels[3 * p + 2] & 0xff);
        }
        Faces own = Faces.read(List.of(root.resolve("train/bored/0.png")), faces.classes(), faces.format());
        assertArrayEquals(pixels, own.pixels(0));
        FaceSet again = Datasets.open(root, folder.resolve("cache"), message -> {
            throw new AssertionError(message);
        });
        assertEquals(faces.classes(), again.classes());
        assertEquals(faces.format(), again.format());
        assertEquals(faces.hash(), new FaceSet(again.origin(), again.training(), again.validation(), again.test()).hash());
    }

    @Test
    void contemptInOneFileOfSeveralIsAClassInAll() throws IOException {
        Path root = Files.createDirectories(folder.resolve("parts"));
        String pixels = "," + "7 ".repeat(Faces.PIXELS).strip() + "\n";
        Files.writeString(root.resolve("train.csv"), "emotion,pixels\nangry" + pixels + "contempt" + pixels + "contempt" + pixels);
        Files.writeString(root.resolve("test.csv"), "emotion,pixels\nsad" + pixels);
        FaceSet faces = Datasets.read(root);
        assertEquals(Classes.WITH_CONTEMPT, faces.classes());
        assertEquals(4, faces.test().label(0));
    }

    @Test
    void contemptBesideFer2013sClassesIsTheEighth() throws IOException {
        TinyFaces.folders(folder.resolve("train"), Split.TRAINING, "", "angry", "happy", "Contempt");
        TinyFaces.folders(folder.resolve("test"), Split.TEST, "", "angry", "happy");
        FaceSet faces = Datasets.read(folder);
        assertEquals(Classes.WITH_CONTEMPT, faces.classes());
        assertEquals(Format.FER2013, faces.format());
        noted(faces, "Training has no image of Disgust, Fear, Sad, Surprise, Neutral.");
        noted(faces, "PrivateTest has no image of Disgust, Fear, Sad, Surprise, Neutral, Contempt.");
    }

    @Test
    void imagesOfOneSizeWithoutColoursStayGreyAndThoseOfSeveralBecomeFer2013s() throws IOException {
        for (int label = 0; label < TinyFaces.words().length; label++) {
            images("train/" + TinyFaces.words()[label] + "/1.png", new BufferedImage(60, 80, BufferedImage.TYPE_INT_RGB));
        }
        FaceSet faces = Datasets.read(folder);
        assertEquals(new Format(1, 80, 60), faces.format());
        assertEquals("faces of 7 classes, 60×80 grey (" + folder.getFileName() + ")", faces.origin().title());
        images("train/sad/2.png", TinyFaces.colours(60, 81, 1, 1));
        faces = Datasets.read(folder);
        assertEquals(Format.FER2013, faces.format());
        noted(faces, "8 images of another size than 48×48, resized by averaging areas.");
        noted(faces, "1 images in colour, turned grey.");
    }

    /** As many images of each class as FER2013 has for validation, made larger: the numbers of training images show a copy of FER2013. */
    @Test
    void anEnlargedCopyOfFer2013BecomesWhatItWas() throws IOException {
        byte[] large = TinyFaces.encode(new BufferedImage(50, 50, BufferedImage.TYPE_BYTE_GRAY), "png");
        for (Emotion emotion : Emotion.values()) {
            int count = Official.counts(Split.TRAINING)[emotion.label()];
            Path one = folder.resolve("train").resolve(TinyFaces.words()[emotion.label()]);
            Files.createDirectories(one);
            for (int i = 0; i < count; i++) {
                Files.write(one.resolve(i + ".png"), large);
            }
        }
        assertEquals(Format.FER2013, Datasets.read(folder).format());
    }

    @Test
    void imagesThatTakeTooMuchMemoryAreRefused() throws IOException {
        TinyFaces.eightClasses(folder, 1);
        String message = assertThrows(IOException.class, () -> new FolderForm().read(folder, new Room(50_000))).getMessage();
        assertEquals(
                folder + ": 8 images of 64×64 colour take more memory than there is for them here; make the images smaller, as data/README.md has it,"
                        + " or leave some of them out",
                message);
    }

    @Test
    void rafDbIsReadInItsOwnOrder() throws IOException {
        int[] meant = {5, 2, 1, 3, 4, 0, 6};
        for (int number = 1; number <= 7; number++) {
            for (int i = 0; i < 2; i++) {
                images("DATASET/train/" + number + "/train_" + i + "_aligned.png", TinyFaces.colours(100, 100, number, i));
            }
            images("DATASET/test/" + number + "/test_0_aligned.png", TinyFaces.colours(100, 100, number, 9));
        }
        FaceSet faces = Datasets.read(folder);
        assertEquals(Classes.FER2013, faces.classes());
        assertEquals(new Format(3, 100, 100), faces.format());
        noted(faces,
                "Folders 1 to 7 with images of 100×100 for train and test alone, as RAF-DB has them, were read in its order: 1 surprise, 2 fear, 3 disgust,"
                        + " 4 happy, 5 sad, 6 angry, 7 neutral. RAF-DB itself has 12271 and 3068 of them.");
        assertEquals(7, faces.validation().size());
        for (int number = 1; number <= 7; number++) {
            int label = meant[number - 1];
            Faces test = faces.test();
            int at = IntStream.range(0, 7).filter(i -> test.label(i) == label).findFirst().getAsInt();
            int colour = TinyFaces.colours(100, 100, number, 9).getRGB(0, 0);
            assertEquals(colour >> 16 & 0xff, test.pixels(at)[0] & 0xff);
        }
        for (int label = 0; label < 7; label++) {
            images("small/train/" + (label + 1) + "/0.png", TinyFaces.colours(90, 90, label, 1));
            images("small/test/" + (label + 1) + "/0.png", TinyFaces.colours(90, 90, label, 2));
        }
        String message = assertThrows(IOException.class, () -> Datasets.read(folder.resolve("small"))).getMessage();
        assertTrue(message.startsWith(folder.resolve("small") + ": class folders 1 2 3 4 5 6 7, as RAF-DB numbers its seven, expected"), message);
    }

    @Test
    void ckPlusInFer2013sFormHasContemptAsSeven() throws IOException {
        StringBuilder csv = new StringBuilder("emotion,pixels,Usage\n");
        for (Split split : Split.values()) {
            for (int label : new int[] {0, 1, 3, 5, 7}) {
                csv.append(TinyFaces.row(split, label)).append('\n');
            }
        }
        FaceSet faces = Datasets.read(Files.writeString(folder.resolve("ckextended.csv"), csv));
        assertEquals(Classes.WITH_CONTEMPT, faces.classes());
        assertArrayEquals(new int[] {1, 1, 0, 1, 0, 1, 0, 1}, faces.training().counts());
        assertEquals("faces of 8 classes, 48×48 grey (ckextended.csv)", faces.origin().title());
        noted(faces,
                "Classes given as numbers were read in FER2013's order: 0 angry, 1 disgust, 2 fear, 3 happy, 4 sad, 5 surprise, 6 neutral, and 7 as contempt,"
                        + " as CK+ is shared in FER2013's form. If these data have another, put names in place of numbers.");
        noted(faces, "Training has no image of Fear, Sad, Neutral.");
        String words = csv.toString().replaceAll("(?m)^7,", "contempt,").replaceAll("(?m)^0,", "anger,");
        assertEquals(faces.hash(), Datasets.read(Files.writeString(folder.resolve("words.csv"), words)).hash());
    }
}
