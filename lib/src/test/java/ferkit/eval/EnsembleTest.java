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
        return new Predictions(Arrays.copyOf(TRUTH, predicted.length), predicted, rows);
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
        assertEquals(1, selection.single(), "Second and First are right equally often");
        assertEquals(List.of(2, 1, 2), selection.picks().subList(0, 3), "of the mean of the first two, First again makes a better one than Second");
        // of the truth First says 0.7, 0.7 and 0.1, Second 0.5 / 6, 0.4 and 0.9
        assertEquals(-(Math.log(0.7) + Math.log(0.7) + Math.log(0.1)) / 3, selection.losses().get(0), 1e-6);
        assertEquals(List.of(2.0 / 3, 1.0, 1.0), selection.accuracies().subList(0, 3));
        assertEquals(selection.losses().stream().min(Double::compare).orElseThrow(), selection.losses().get(selection.kept() - 1));
        assertEquals(0, selection.times(0));
        assertEquals("First " + selection.times(2) + "; Second " + selection.times(1), selection.members());
        assertEquals(0.6, (double) selection.times(2) / selection.kept(), 0.02, "of 0.6 First and 0.4 Second the cross-entropy is lowest");
        Ensemble ensemble = selection.ensemble(models);
        assertEquals(1, ensemble.together().accuracy());
        assertEquals("Second", ensemble.singleTitle());
        assertEquals(IntStream.range(0, Selection.PICKS).mapToObj(i -> i < selection.kept() ? "yes" : "no").toList(),
                selection.path().stringColumn("Kept").asList());
        assertEquals("0.000", selection.weights(10e6, 60e6, 600e6).doubleColumn("Weight").getString(0));
        assertEquals(660e6, selection.cost(10e6, 60e6, 600e6), "what has no weight is not asked");
    }

    @Test
    void halvesHaveNoSayInWhatIsAskedOfThem() {
        int[] truth = {0, 0};
        float[][] right = predictions(truth, 0.9f, 0.9f).probabilities();
        float[][] wrong = predictions(new int[] {1, 1}, 0.9f, 0.9f).probabilities();
        Predictions first = new Predictions(truth, new int[] {0, 1}, new float[][] {right[0], wrong[1]});
        Predictions second = new Predictions(truth, new int[] {1, 0}, new float[][] {wrong[0], right[1]});
        assertArrayEquals(new double[Selection.HALVINGS], Selection.onHalves(List.of(first, second)), "each image chooses who is wrong on the other");
        Predictions both = new Predictions(truth, truth, predictions(truth, 0.95f, 0.95f).probabilities());
        assertEquals(Selection.HALVINGS, Arrays.stream(Selection.onHalves(List.of(first, both, second))).sum());
        assertEquals(assertThrows(IllegalArgumentException.class, () -> Selection.of(List.of(), List.of())).getMessage(),
                assertThrows(IllegalArgumentException.class, () -> Selection.onHalves(List.of())).getMessage());
    }
}
