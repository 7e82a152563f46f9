package ferkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FerPlusTest {
    private static final String HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";

    @TempDir Path folder;

    private static FaceSet faces(int training, int validation, int test) {
        return new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "test"), blank(training), blank(validation), blank(test));
    }

    private static Faces blank(int size) {
        return new Faces(new byte[size * Faces.PIXELS], new byte[size]);
    }

    private Path write(String rows) throws IOException {
        return Files.writeString(folder.resolve("fer2013new.csv"), HEADER + rows);
    }

    @Test
    void joinsByOrderWithinTheSplitAndCountsAsTheAuthorsDo() throws IOException {
        FerPlus ferPlus = FerPlus.read(write("""
                Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0
                PrivateTest,,0,0,0,0,0,0,0,0,0,10
                Training,fer0000002.png,6,0,1,1,0,0,0,0,2,0
                Training,fer0000003.png,1,1,1,1,1,1,1,1,1,1
                PublicTest,fer0000004.png,1,0,0,0,0,0,3,1,5,0
                """), faces(3, 1, 1));
        assertArrayEquals(new int[] {4, 0, 0, 1, 3, 2, 0, 0, 0, 0}, ferPlus.votes(Split.TRAINING, 0));
        assertEquals(Optional.empty(), ferPlus.majority(Split.TRAINING, 0)); // 4 of 9
        assertEquals(Optional.of(FerPlus.Vote.NEUTRAL), ferPlus.majority(Split.TRAINING, 1)); // 6 of 8
        assertEquals(Optional.empty(), ferPlus.majority(Split.TRAINING, 2)); // only single votes
        assertEquals(Optional.of(FerPlus.Vote.UNKNOWN), ferPlus.majority(Split.VALIDATION, 0)); // 5 of 8
        assertEquals(Optional.of(FerPlus.Vote.NOT_A_FACE), ferPlus.majority(Split.TEST, 0));
        assertEquals(Optional.of(Emotion.FEAR), FerPlus.Vote.FEAR.emotion());
        assertEquals(Optional.empty(), FerPlus.Vote.CONTEMPT.emotion());
    }

    @Test
    void refusesWhatDoesNotFit() throws IOException {
        Path file = write("Training,a,4,0,0,1,3,2,0,0,0,0\n");
        assertEquals(file + ": 1 rows of Training for 2 images, expected as many, since rows are joined by their order;"
                + " use it with the whole fer2013.csv", error(file, faces(2, 0, 0)));
        write("Training,a,4,0,0,1,3,2,0,0,0\n");
        assertEquals(file + ", line 2: 11 columns, expected 12 as in the header; get the file again", error(file, faces(1, 0, 0)));
        write("Training,a,4,0,0,x,3,2,0,0,0,0\n");
        assertEquals(file + ", line 2: found \"x\", expected a number of votes; get the file again", error(file, faces(1, 0, 0)));
        write("Trial,a,4,0,0,1,3,2,0,0,0,0\n");
        assertEquals(file + ", line 2: found \"Trial\", expected Training, PublicTest or PrivateTest; get the file again",
                error(file, faces(1, 0, 0)));
        Files.writeString(file, "Usage,neutral\n");
        assertEquals(file + ", line 1: no column \"happiness\", expected the header of fer2013new.csv; get the file again",
                error(file, faces(1, 0, 0)));
    }

    @Test
    void refusesImagesInAnotherOrder() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            rows.append(i < 60 ? "Training,,0,0,0,0,10,0,0,0,0,0\n" : "Training,,10,0,0,0,0,0,0,0,0,0\n");
        }
        Path file = write(rows.toString());
        assertEquals(file + ": its majorities are the images' labels for 30 % of the images, expected about 68 %, so the images are in"
                + " another order than FER2013's; use it with fer2013.csv instead of folders of images", error(file, faces(200, 0, 0)));
    }

    @Test
    void isFoundBesideTheData() throws IOException {
        assertEquals(Optional.empty(), FerPlus.beside(folder));
        Path file = write("");
        assertEquals(Optional.of(file), FerPlus.beside(folder));
        assertEquals(Optional.of(file), FerPlus.beside(folder.resolve("fer2013.csv")));
    }

    /** Labels as src/ferplus.py of the authors gives them in its modes "majority" and "crossentropy" for these votes. */
    @Test
    void eightClassesByMajorityAndByVotes() throws IOException {
        FaceSet faces = faces(8, 1, 1);
        FerPlus ferPlus = FerPlus.read(write("""
                Training,,6,0,1,1,0,0,0,0,2,0
                Training,,0,0,0,0,0,0,0,7,3,0
                Training,,0,0,0,0,0,0,0,0,0,10
                Training,,4,0,0,1,3,2,0,0,0,0
                Training,,2,2,2,2,2,0,0,0,0,0
                Training,,1,1,1,1,1,1,1,1,1,1
                Training,,5,0,0,0,0,0,0,0,5,0
                Training,,4,0,0,0,0,0,0,0,3,2
                PublicTest,,0,0,0,0,0,0,9,1,0,0
                PrivateTest,,0,10,0,0,0,0,0,0,0,0
                """), faces);
        FaceSet majority = ferPlus.byMajority();
        assertEquals(Classes.WITH_CONTEMPT, majority.classes());
        assertEquals(2, majority.training().size());
        assertEquals(List.of(6, 7), List.of(majority.training().label(0), majority.training().label(1)));
        assertEquals(Optional.empty(), majority.training().shares(0));
        assertEquals("test with FER+'s labels by majority", majority.origin().title());
        assertEquals(
                "Labels by FER+'s majority in place of FER2013's: 6 of 10 images left out, on which people did not agree, or most saw nothing known or no"
                        + " face. Figures are not comparable with the study's.",
                majority.origin().notes().get(0));
        FaceSet votes = ferPlus.byVotes();
        assertEquals(3, votes.training().size());
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 0, 1, 0}, votes.training().shares(0).orElseThrow());
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 0, 0, 1}, votes.training().shares(1).orElseThrow());
        assertArrayEquals(new float[] {3 / 7f, 0, 0, 0, 0, 0, 4 / 7f, 0}, votes.training().shares(2).orElseThrow(), 1e-7f);
        assertEquals(Emotion.FEAR.label(), votes.validation().label(0));
        assertEquals(Emotion.HAPPY.label(), votes.test().label(0));
    }

    private static String error(Path file, FaceSet faces) {
        return assertThrows(IOException.class, () -> FerPlus.read(file, faces)).getMessage();
    }
}
