package ferkit.data.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ferkit.data.Emotion;
import ferkit.data.Faces;
import ferkit.data.Official;
import ferkit.data.Split;
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
        assertEquals(Double.POSITIVE_INFINITY, Statistics.balancedWeights(new int[] {1, 0})[1]);
    }

    @Test
    void greyValues() {
        assertEquals(new Statistics.Grey(150, 50, 0, 0), Statistics.grey(twoFaces()));
        assertEquals(new Statistics.Grey(200, 0, 0, 0), Statistics.grey(Statistics.ofClass(twoFaces(), Emotion.HAPPY.label())));
        assertEquals(Double.NaN, Statistics.grey(Statistics.ofClass(twoFaces(), Emotion.FEAR.label())).mean());
    }

    @Test
    void brightnessAlone() {
        assertEquals(1, Statistics.accuracyByBrightness(twoFaces(), twoFaces()));
        byte[] pixels = new byte[3 * Faces.PIXELS];
        Arrays.fill(pixels, 0, Faces.PIXELS, (byte) 199); // of the step of 200, whose training image is happy
        Arrays.fill(pixels, Faces.PIXELS, 2 * Faces.PIXELS, (byte) 111); // of the step of 100, sad
        // black: no training image is, so that the more frequent class, the first of equals, is named
        assertEquals(2 / 3.0, Statistics.accuracyByBrightness(twoFaces(), new Faces(pixels, new byte[] {3, 3, 3})));
        Faces unlabelled = new Faces(new byte[Faces.PIXELS], new byte[] {Faces.NO_LABEL});
        assertEquals(0, Statistics.accuracyByBrightness(unlabelled, twoFaces()));
        assertEquals(Double.NaN, Statistics.accuracyByBrightness(twoFaces(), Statistics.ofClass(twoFaces(), Emotion.FEAR.label())));
    }

    @Test
    void averages() {
        assertEquals(150, Statistics.average(twoFaces())[Faces.PIXELS - 1] & 0xff);
        assertEquals(200, Statistics.average(Statistics.ofClass(twoFaces(), Emotion.HAPPY.label()))[0] & 0xff);
        Faces none = Statistics.ofClass(twoFaces(), Emotion.FEAR.label());
        assertThrows(IllegalArgumentException.class, () -> Statistics.average(none));
    }
}
