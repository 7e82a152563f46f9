package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Emotion;
import ferkit.train.Predictions;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Numbers are NumPy's for the same fifty answers. */
class CalibrationTest {
    private static Predictions said() {
        int[] truth = new int[50];
        int[] predicted = new int[50];
        float[][] rows = new float[50][Emotion.COUNT];
        for (int i = 0; i < 50; i++) {
            double[] row = new double[Emotion.COUNT];
            for (int c = 0; c < row.length; c++) {
                row[c] = Math.pow((i * 7 + c * 3) % 11 + 1, 2);
                predicted[i] = row[c] > row[predicted[i]] ? c : predicted[i];
            }
            double sum = Arrays.stream(row).sum();
            for (int c = 0; c < row.length; c++) {
                rows[i][c] = (float) (row[c] / sum);
            }
            truth[i] = i % 2 == 0 ? predicted[i] : (i * i + i / 3) % 7;
        }
        return new Predictions(truth, predicted, rows);
    }

    @Test
    void errorAndLogLossAreNumpys() {
        Calibration calibration = Calibration.of(said());
        assertEquals(0.21173464894294736, calibration.error(), 1e-7);
        assertEquals(1.850740020762951, calibration.logLoss(), 1e-7);
        assertEquals(15, calibration.bins().size());
        assertEquals(3, calibration.bins().get(0).images());
        assertEquals(0.31926122307777405, calibration.bins().get(0).confidence(), 1e-7);
        assertEquals(2 / 3.0, calibration.bins().get(0).accuracy(), 1e-12);
        assertEquals(0.5, calibration.bins().get(14).accuracy(), 1e-12);
        assertEquals(50, calibration.bins().stream().mapToInt(Calibration.Bin::images).sum());
        assertThrows(IllegalArgumentException.class, () -> Calibration.of(said().select()));
    }

    /** Truths are drawn with the very probabilities that were said. */
    @Test
    void aPerfectRunShowsTheErrorOfChance() {
        int images = 1500;
        SplittableRandom random = new SplittableRandom(1);
        float[][] rows = new float[images][Emotion.COUNT];
        for (int i = 0; i < images; i++) {
            rows[i][0] = 0.5f + i / (2f * images);
            rows[i][1] = 1 - rows[i][0];
        }
        double mean = IntStream.range(0, 300).mapToDouble(trial -> {
            int[] truth = IntStream.range(0, images).map(i -> random.nextDouble() < rows[i][0] ? 0 : 1).toArray();
            return Calibration.of(new Predictions(truth, new int[images], rows)).error();
        }).average().getAsDouble();
        assertEquals(1, Calibration.of(new Predictions(new int[images], new int[images], rows)).byChance() / mean, 0.03);
    }

    @Test
    void probabilitiesFollowTheSharesOfTheClasses() {
        Predictions said = new Predictions(new int[] {1}, new int[] {0}, new float[][] {{0.5f, 0.4f, 0.1f, 0, 0, 0, 0}});
        Predictions shifted = Calibration.atShares(new double[] {0.5, 0.25, 0.25, 0, 0, 0, 0}, new double[] {0.25, 0.5, 0.25, 0, 0, 0, 0}, said);
        assertArrayEquals(new int[] {1}, shifted.predicted());
        assertArrayEquals(new float[] {0.25f / 1.15f, 0.8f / 1.15f, 0.1f / 1.15f, 0, 0, 0, 0}, shifted.probabilities()[0], 1e-6f);
        assertArrayEquals(said.truth(), shifted.truth());
    }

    @Test
    void theTemperatureIsTheOneOfTheLowestLogLoss() {
        double temperature = Calibration.temperature(said());
        assertEquals(1.867307149923296, temperature, 1e-5);
        Predictions softened = Calibration.at(temperature, said());
        assertEquals(1.7760984564493985, Calibration.of(softened).logLoss(), 1e-6);
        assertArrayEquals(said().predicted(), softened.predicted());
    }

    @Test
    void theLeastSureAreLeftOut() {
        Predictions left = Calibration.surest(said(), 0.2);
        assertEquals(40, left.size());
        assertEquals(21, left.correct());
        assertEquals(50, Calibration.surest(said(), 0).size());
        double least = IntStream.range(0, 40).mapToDouble(left::confidence).min().getAsDouble();
        assertTrue(IntStream.range(0, 50).filter(i -> said().confidence(i) > least).count() <= 40);
    }

    @Test
    void entropiesAreInNats() {
        assertEquals(1.5114102094608253, Calibration.entropies(said())[0], 1e-6);
        assertEquals(0.6730116670092565, Calibration.entropy(4, 6, 0), 1e-12);
        assertEquals(0, Calibration.entropy(10, 0));
    }

    /** By the formulas: Newcombe's tenth method, and Fisher's test over all tables of these margins. */
    @Test
    void groupsWithoutAnImageInCommonAreComparedAsSuch() {
        Difference difference = Difference.ofGroups(right(30, 40), right(90, 150));
        assertEquals(0.15, difference.value(), 1e-12);
        assertEquals(-0.01942304190421118, difference.interval().low(), 1e-7);
        assertEquals(0.28447667972860313, difference.interval().high(), 1e-7);
        assertEquals(0.09759871461946963, difference.pValue(), 1e-7);
    }

    private static Predictions right(int right, int of) {
        return new Predictions(new int[of], IntStream.range(0, of).map(i -> i < right ? 0 : 1).toArray(), new float[of][Emotion.COUNT]);
    }
}
