package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ferkit.data.Emotion;
import ferkit.train.Predictions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class EnsembleTest {
    private static final int[] TRUTH = {0, 1, 1};
    /** Wrong on the last image, of which it is not sure. */
    private static final Predictions FIRST = predictions(new int[] {0, 1, 2}, 0.7f, 0.7f, 0.4f);
    /** Wrong on the first. */
    private static final Predictions SECOND = predictions(new int[] {3, 1, 1}, 0.5f, 0.4f, 0.9f);

    private static Predictions predictions(int[] predicted, float... probability) {
        float[][] rows = new float[predicted.length][Emotion.COUNT];
        for (int i = 0; i < predicted.length; i++) {
            Arrays.fill(rows[i], (1 - probability[i]) / (Emotion.COUNT - 1));
            rows[i][predicted[i]] = probability[i];
        }
        return new Predictions(TRUTH, predicted, rows);
    }

    @Test
    void theSurerModelDecides() {
        Predictions mean = Predictions.mean(List.of(FIRST, SECOND));
        assertArrayEquals(new int[] {0, 1, 1}, mean.predicted());
        assertEquals((0.7f + 0.5f / 6) / 2, mean.probabilities()[0][0], 1e-6);
        assertEquals(1, sum(mean.probabilities()[2]), 1e-6);
        assertArrayEquals(FIRST.predicted(), Predictions.mean(List.of(FIRST)).predicted());
        assertThrows(IllegalArgumentException.class, () -> Predictions.mean(List.of()));
        assertThrows(IllegalArgumentException.class,
                () -> Predictions.mean(List.of(FIRST, new Predictions(new int[1], new int[1], new float[1][Emotion.COUNT]))));
    }

    private static double sum(float[] row) {
        double sum = 0;
        for (float p : row) {
            sum += p;
        }
        return sum;
    }

    @Test
    void allTogetherStandBesideTheOne() {
        Ensemble ensemble = new Ensemble("All 2 together", Predictions.mean(List.of(FIRST, SECOND)), "Model 1", FIRST);
        Table accuracy = ensemble.accuracy();
        assertEquals(List.of("Model 1", "All 2 together"), accuracy.stringColumn("Model").asList());
        assertEquals(List.of(2, 3), accuracy.intColumn("Right").asList());
        assertEquals("0.6667", accuracy.doubleColumn("Accuracy").getString(0));
        assertEquals(
                "The difference is +33.3 points. All 2 together are right on 1 image on which Model 1 is wrong, and wrong on 0 images on which it is right: the "
                        + "paired test does not tell the two apart at the 5 % level (p = 1.000).",
                ensemble.test());
        Table classes = ensemble.classes();
        assertEquals("0.500", classes.doubleColumn("Recall, Model 1").getString(Emotion.DISGUST.label()));
        assertEquals("1.000", classes.doubleColumn("Recall, together").getString(Emotion.DISGUST.label()));
        assertEquals("1.000", classes.stringColumn("p of recall after Holm").get(Emotion.DISGUST.label()));
        assertEquals("+0.333", classes.doubleColumn("F1 difference").getString(Emotion.DISGUST.label())); // 1 and 2/3
        assertEquals("0.000", classes.doubleColumn("F1 difference").getString(Emotion.HAPPY.label()));
        assertEquals("Classes that gain: none in recall, told apart after Holm's correction; none in F1, by an interval above 0, one for each class.",
                ensemble.gains());
    }

    /** Of two hundred happy and two hundred sad images one model finds 120 of either, the mean 160 happy and 120 sad. */
    @Test
    void whichClassesGainIsSaid() {
        int[] truth = IntStream.range(0, 400).map(i -> i < 200 ? 3 : 4).toArray();
        Predictions one = new Predictions(truth, IntStream.range(0, 400).map(i -> i % 200 < 120 ? truth[i] : 7 - truth[i]).toArray(),
                new float[400][7]);
        Predictions all = new Predictions(truth, IntStream.range(0, 400).map(i -> i < 160 || i >= 200 && i < 320 ? truth[i] : 7 - truth[i]).toArray(),
                new float[400][7]);
        Ensemble ensemble = new Ensemble("All", all, "One", one);
        assertEquals(
                "Classes that gain: Happy in recall, told apart after Holm's correction; Happy, Sad in F1, by an interval above 0, one for each class.",
                ensemble.gains());
        Interval happy = ensemble.f1Intervals().get(3);
        // F1 of happy 2·120/400 and 2·160/440, a difference of 0.127; its standard error by the delta method is 0.021
        assertEquals(0.127 - 1.96 * 0.021, happy.low(), 0.008);
        assertEquals(0.127 + 1.96 * 0.021, happy.high(), 0.008);
    }

    @Test
    void modelsAreChosenGreedilyAndWithReplacement() {
        Predictions poor = predictions(new int[] {2, 2, 1}, 0.9f, 0.9f, 0.3f);
        List<Predictions> models = List.of(poor, SECOND, FIRST);
        Selection selection = Selection.of(List.of("Poor", "Second", "First"), models);
        assertEquals(Selection.PICKS, selection.picks().size());
        assertEquals(2, selection.picks().get(0), "First and Second are right equally often, and First's cross-entropy is lower");
        assertEquals(List.of(2, 1), selection.picks().subList(0, 2));
        assertEquals(2.0 / 3, selection.accuracies().get(0), 1e-12);
        assertEquals(2, selection.kept());
        assertEquals(List.of(0, 1, 1), List.of(selection.times(0), selection.times(1), selection.times(2)));
        Ensemble ensemble = selection.ensemble(models);
        assertEquals(selection.accuracies().get(1), ensemble.together().accuracy());
        assertEquals("First", ensemble.singleTitle());
        assertEquals(List.of("yes", "yes", "no"), selection.path().stringColumn("Kept").asList().subList(0, 3));
        Table weights = selection.weights(10e6, 60e6, 600e6);
        assertEquals(List.of("0.000", "0.500", "0.500"),
                List.of(weights.doubleColumn("Weight").getString(0), weights.doubleColumn("Weight").getString(1),
                        weights.doubleColumn("Weight").getString(2)));
        assertEquals(660e6, selection.cost(10e6, 60e6, 600e6), "what has no weight is not asked");
    }

    @Test
    void aModelMayBePickedTwice() {
        // the mean of both is wrong on the last image, where First is surer; twice Second and once First is right on all
        Predictions first = predictions(new int[] {0, 1, 2}, 0.9f, 0.9f, 0.6f);
        Predictions second = predictions(new int[] {3, 1, 1}, 0.3f, 0.9f, 0.5f);
        Selection selection = Selection.of(List.of("First", "Second"), List.of(first, second));
        assertEquals(List.of(0, 1, 1), selection.picks().subList(0, 3));
        assertEquals(3, selection.kept());
        assertEquals(2, selection.times(1));
        assertEquals(1, selection.ensemble(List.of(first, second)).together().accuracy());
    }
}
