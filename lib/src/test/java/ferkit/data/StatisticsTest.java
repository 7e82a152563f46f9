package ferkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static Faces twoFaces() {
        byte[] pixels = new byte[2 * Faces.PIXELS];
        Arrays.fill(pixels, 0, Faces.PIXELS, (byte) 200);
        Arrays.fill(pixels, Faces.PIXELS, 2 * Faces.PIXELS, (byte) 100);
        return new Faces(pixels, new byte[] {3, 4});
    }

    /** compute_class_weight('balanced') of scikit-learn on FER2013's training labels. */
    @Test
    void balancedWeightsAsScikitLearnComputesThem() {
        double[] weights = Statistics.balancedWeights(Official.counts(Split.TRAINING));
        assertArrayEquals(new double[] {1.0266046844269623, 9.406618610747051, 1.0010460615781582, 0.5684387684387684,
            0.8491274770777877, 1.293372978330405, 0.8260394187886635}, weights, 1e-15);
        assertThrows(IllegalArgumentException.class, () -> Statistics.balancedWeights(new int[] {1, 0}));
    }

    @Test
    void greyValues() {
        assertEquals(new Statistics.Grey(150, 50), Statistics.grey(twoFaces()));
        assertEquals(new Statistics.Grey(200, 0), Statistics.grey(twoFaces(), Emotion.HAPPY));
        assertEquals(200, Statistics.average(twoFaces(), Emotion.HAPPY)[47][0]);
        assertEquals(Double.NaN, Statistics.average(twoFaces(), Emotion.FEAR)[0][0]);
    }

    @Test
    void tableHasARowForEachSplitAndClass() {
        FaceSet faces = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "test"), twoFaces(), twoFaces(), twoFaces());
        assertEquals(24, Statistics.greyTable(faces).rowCount());
        assertEquals(150.0, Statistics.greyTable(faces).doubleColumn("mean").get(0));
    }
}
