package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.FerPlus;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.drawn.Sample;
import ferkit.train.Predictions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MajorityTest {
    /** Neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown, no face. */
    private static final List<int[]> VOTES = List.of(new int[] {0, 10, 0, 0, 0, 0, 0, 0, 0, 0}, // all: happy
            new int[] {6, 1, 0, 3, 0, 0, 0, 0, 0, 0}, // 6 of 9: neutral
            new int[] {0, 0, 0, 0, 0, 0, 0, 0, 9, 1}, // unknown
            new int[] {5, 0, 0, 5, 0, 0, 0, 0, 0, 0}, // no majority
            new int[] {0, 0, 0, 2, 0, 0, 0, 8, 0, 0}); // contempt

    private static Majority majority(int... labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) labels[i];
        }
        Faces test = new Faces(new byte[labels.length * Faces.PIXELS], bytes);
        Faces none = new Faces(new byte[0], new byte[0]);
        FaceSet set = new FaceSet(new Origin(Origin.Kind.FER2013, "FER2013"), none, none, test);
        return Majority.of(FerPlus.of(set, Map.of(Split.TRAINING, List.of(), Split.VALIDATION, List.of(), Split.TEST, VOTES)), Split.TEST, test);
    }

    private static Predictions said(int... predicted) {
        return new Predictions(new int[predicted.length], predicted, new float[predicted.length][Emotion.COUNT]);
    }

    @Test
    void labelsAndAnswersAreHeldAgainstWhatMostPeopleSee() {
        Majority m = majority(3, 4, 0, 6, 4); // happy, sad, angry, neutral, sad
        assertArrayEquals(new int[] {0, 1, 4}, m.images());
        assertArrayEquals(new int[] {3, 6, 7}, m.seen());
        assertArrayEquals(new int[] {10, 6, 8}, m.agreeing());
        assertEquals(1 / 3.0, m.labels().accuracy(), 1e-12);
        assertEquals(Classes.WITH_CONTEMPT, m.labels().classes());
        assertEquals(1, Evaluation.of(m.labels()).confusion()[7][4], "contempt in the row, sad in the column");

        Predictions said = said(3, 6, 1, 1, 0); // of all five images: happy, neutral, …, angry
        assertEquals(2 / 3.0, m.of(said).accuracy(), 1e-12);
        assertEquals(1 / 3.0, m.ofLabels(said).accuracy(), 1e-12);
        assertArrayEquals(new int[] {2, 1}, m.sharedErrors(said)); // wrong by the label on the second and third, the second with the majority
        assertEquals(2 / 3.0, m.of(said(3, 6, 0)).accuracy(), 1e-12, "answers on the three images alone");
        assertEquals("[[0, 0], [1, 1], [0, 0], [1, 0], [0, 0], [1, 1]]", Arrays.deepToString(m.byAgreement(m.of(said))));
        assertEquals("2 predictions: expected those of all images of the split, or of the 3 on which most people agree",
                assertThrows(IllegalArgumentException.class, () -> m.of(said(1, 2))).getMessage());
    }

    /**
     * Of the votes on the first image all 10 meet nine for happy; on the second 6 meet 5 of 8 and the others 6 of 8 or 6 of 9; on the fourth, one vote less
     * leaves 5 to 4: a majority for the other five; on the last 8 meet 7 of 9, and 2 meet all 8 that count.
     */
    @Test
    void onePersonIsHeldAgainstTheOtherNine() {
        Majority.Voters voters = majority(3, 4, 0, 6, 4).voters();
        assertEquals(40, voters.votes());
        assertEquals(10 + 6 + 0 + 8, voters.right());
        assertEquals(0.6, voters.accuracy(), 1e-12);
        assertEquals((10 + 0 + 5 + 0) / 40.0, voters.labelAccuracy(), 1e-12,
                "on the fourth, neutral is the majority of those whom a vote for sadness meets");
        assertEquals(4, voters.images());
        // residuals 10 − 6, 6 − 6, 0 − 6, 8 − 6 of the images; √56 / 40 · 1.96
        assertEquals("0.233–0.967", voters.interval().text());
    }

    @Test
    void votesOnDrawnFacesFollowHowStrongTheyAreDrawn() {
        FaceSet sample = Sample.draw();
        FerPlus votes = Sample.votes(sample);
        int weak = 0;
        for (int i = 0; i < sample.training().size(); i++) {
            int[] row = votes.votes(Split.TRAINING, i);
            int label = sample.training().label(i);
            int own = Arrays.stream(FerPlus.Vote.values()).filter(vote -> vote.label() == label).mapToInt(vote -> row[vote.ordinal()]).sum();
            assertEquals(10, Arrays.stream(row).sum());
            assertTrue(label == Emotion.NEUTRAL.label() ? own == 10 : own >= 9 || own >= 1 && own <= 4, Arrays.toString(row));
            weak += own <= 4 ? 1 : 0;
        }
        assertTrue(weak > 80 && weak < 130, weak + " of 640 are drawn weakly: one in five of those that are not neutral");
        Majority m = Majority.of(votes, Split.TEST, sample.test());
        assertEquals(250, m.images().length);
        FaceSet soft = votes.forTraining();
        assertTrue(soft.origin().isSample());
        assertEquals(640, soft.training().size());
        assertEquals("Training images by FER+'s votes, validation and test images by its majority: 0 images left out, on which people did not agree,"
                + " or most saw nothing known or no face. Figures are not comparable with the study's.", soft.origin().notes().get(0));
        assertTrue(soft.training().shares(0).isPresent() && soft.test().shares(0).isEmpty());
        assertArrayEquals(m.seen(), IntStream.range(0, 250).map(soft.test()::label).toArray());
    }
}
