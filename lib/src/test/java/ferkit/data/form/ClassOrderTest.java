package ferkit.data.form;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Emotion;
import ferkit.data.Faces;
import ferkit.data.Official;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A number is a class only in an order that the data show or a note tells. */
class ClassOrderTest {
    private static final String ASSUMED = "Classes given as numbers were read in FER2013's order: 0 angry, 1 disgust, 2 fear, 3 happy, 4 sad, 5 surprise,"
            + " 6 neutral. If these data have another, put names in place of numbers.";
    /** Where the names stand by the alphabet: the class of FER2013 that each number means. */
    private static final int[] ALPHABETICAL = {0, 1, 2, 3, 6, 4, 5};

    @TempDir Path folder;

    /** As many images of a split as FER2013 has, of number i as many as of the class {@code order[i]}. */
    private static Faces faces(int[] order, Split... splits) {
        int[] counts = new int[Emotion.COUNT];
        int size = 0;
        for (Split split : splits) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += Official.counts(split)[order[i]];
                size += Official.counts(split)[order[i]];
            }
        }
        byte[] labels = new byte[size];
        for (int i = 0, at = 0; i < counts.length; i++) {
            for (int end = at + counts[i]; at < end; at++) {
                labels[at] = (byte) i;
            }
        }
        return new Faces(new byte[size * Faces.PIXELS], labels);
    }

    private List<String> settle(Map<Split, Faces> splits, boolean numbers, boolean words) throws IOException {
        List<String> notes = new ArrayList<>();
        ClassOrder.settle(splits, numbers, words, folder, notes);
        return notes;
    }

    @Test
    void numbersOfOtherDataAreReadInFer2013sOrderWithANote() throws IOException {
        Path csv = Files.writeString(folder.resolve("numbers.csv"), TinyFaces.csv());
        assertTrue(Datasets.read(csv).origin().notes().contains(ASSUMED));
        TinyFaces.folders(folder.resolve("digits/train"), Split.TRAINING, "", "0", "1", "2", "3", "4", "5", "6");
        assertTrue(Datasets.read(folder.resolve("digits")).origin().notes().contains(ASSUMED));
        TinyFaces.folders(folder.resolve("words/train"), Split.TRAINING, "");
        assertTrue(Datasets.read(folder.resolve("words")).origin().notes().stream().noneMatch(ASSUMED::equals));
    }

    @Test
    void fer2013sImagesPerClassShowTheOrder() throws IOException {
        Map<Split, Faces> splits = new EnumMap<>(Split.class);
        splits.put(Split.TRAINING, faces(new int[] {0, 1, 2, 3, 4, 5, 6}, Split.TRAINING));
        assertEquals(List.of(), settle(splits, true, false));
        for (Split[] parts : new Split[][] {{Split.TRAINING}, Split.values()}) {
            splits.put(Split.TRAINING, faces(ALPHABETICAL, parts));
            splits.put(Split.TEST, new Faces(new byte[8 * Faces.PIXELS], new byte[] {0, 1, 2, 3, 4, 5, 6, Faces.NO_LABEL}));
            assertEquals(List
                    .of("Classes were given as numbers in another order than FER2013's, as FER2013's numbers of images show, and read in that order:"
                            + " 0 angry, 1 disgust, 2 fear, 3 happy, 4 neutral, 5 sad, 6 surprise."),
                    settle(splits, true, false));
            assertArrayEquals(faces(new int[] {0, 1, 2, 3, 4, 5, 6}, parts).counts(), splits.get(Split.TRAINING).counts());
            for (int i = 0; i < Emotion.COUNT; i++) {
                assertEquals(ALPHABETICAL[i], splits.get(Split.TEST).label(i));
            }
            assertEquals(Faces.NO_LABEL, splits.get(Split.TEST).label(Emotion.COUNT));
        }
    }

    @Test
    void fer2013sImagesUnderOtherNamesAreRefused() {
        Map<Split, Faces> splits = new EnumMap<>(Map.of(Split.TRAINING, faces(ALPHABETICAL, Split.TRAINING)));
        assertEquals(folder
                + ": the numbers of images are those of FER2013's classes, but under other names: in the order angry, disgust, fear, happy, sad,"
                + " surprise, neutral they are FER2013's angry, disgust, fear, happy, neutral, sad, surprise; name the classes so",
                assertThrows(IOException.class, () -> settle(splits, false, true)).getMessage());
    }
}
