package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import ferkit.data.Emotion;
import ferkit.study.Published;
import ferkit.train.Parity;
import ferkit.train.Predictions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class EvaluationTest {
    private static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6");

    static List<JsonObject> cases() {
        List<JsonObject> cases = new ArrayList<>();
        for (JsonElement element : Parity.read("sklearn-reports").getAsJsonArray("cases")) {
            cases.add(element.getAsJsonObject());
        }
        return cases;
    }

    static int[] ints(JsonArray array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).getAsInt();
        }
        return values;
    }

    static Predictions predictions(int[] truth, int[] predicted) {
        return new Predictions(truth, predicted, new float[truth.length][Emotion.COUNT]);
    }

    private static Evaluation evaluation(JsonObject example) {
        return Evaluation.of(predictions(ints(example.getAsJsonArray("truth")), ints(example.getAsJsonArray("predicted"))));
    }

    @Test
    void textEqualsScikitLearnsInEveryLanguage() throws Exception {
        Locale before = Locale.getDefault();
        try {
            for (Locale locale : List.of(Locale.ROOT, Locale.FRANCE, Locale.forLanguageTag("ar-EG"))) {
                Locale.setDefault(locale);
                for (JsonObject example : cases()) {
                    assertEquals(example.get("text").getAsString(), evaluation(example).report(DIGITS));
                }
            }
        } finally {
            Locale.setDefault(before);
        }
        assertEquals(8, cases().size());
    }

    @Test
    void everyNumberEqualsScikitLearns() throws Exception {
        for (JsonObject example : cases()) {
            Evaluation evaluation = evaluation(example);
            JsonObject report = example.getAsJsonObject("report");
            for (Emotion emotion : Emotion.values()) {
                assertScores(report.getAsJsonObject(Integer.toString(emotion.label())), evaluation.classes().of(emotion.label()));
            }
            assertScores(report.getAsJsonObject("macro avg"), evaluation.classes().macro());
            assertScores(report.getAsJsonObject("weighted avg"), evaluation.classes().weighted());
            assertEquals(example.get("accuracy").getAsDouble(), evaluation.accuracy(), 0);
            JsonArray confusion = example.getAsJsonArray("confusion");
            for (int truth = 0; truth < Emotion.COUNT; truth++) {
                assertArrayEquals(ints(confusion.get(truth).getAsJsonArray()), evaluation.confusion()[truth]);
            }
        }
    }

    private static void assertScores(JsonObject expected, Scores actual) {
        assertEquals(expected.get("precision").getAsDouble(), actual.precision(), 1e-15);
        assertEquals(expected.get("recall").getAsDouble(), actual.recall(), 1e-15);
        assertEquals(expected.get("f1-score").getAsDouble(), actual.f1(), 1e-15);
        assertEquals(expected.get("support").getAsInt(), actual.support());
    }

    @Test
    void longNamesWidenTheReport() {
        String[] lines = Evaluation.of(predictions(new int[] {0, 1}, new int[] {0, 2}))
                .report(List.of("a", "b", "c", "d", "e", "f", "quite a long class name")).split("\n", -1);
        assertEquals(" ".repeat(23) + "  precision    recall  f1-score   support", lines[0]);
        assertEquals(" ".repeat(22) + "a       1.00      1.00      1.00         1", lines[2]);
        assertEquals("quite a long class name       0.00      0.00      0.00         0", lines[8]);
        assertEquals(" ".repeat(15) + "accuracy                           0.50         2", lines[10]);
    }

    @Test
    void averagesOfClassesThatOccurLeaveOutTheOthers() {
        Evaluation evaluation = Evaluation.of(predictions(new int[] {0, 1, 1}, new int[] {0, 1, 2}));
        assertEquals(List.of("Fear", "Happy", "Sad", "Surprise", "Neutral"), evaluation.absent());
        String[] lines = evaluation.reportOfPresent().split("\n", -1);
        assertEquals("     Disgust       1.00      0.50      0.67         2", lines[3]);
        assertEquals("    accuracy                           0.67         3", lines[5]);
        assertEquals("   macro avg       1.00      0.75      0.83         3", lines[6]); // as scikit-learn's with labels=[0, 1]
        assertEquals("weighted avg       1.00      0.67      0.78         3", lines[7]);
    }

    @Test
    void tieIsRoundedAsItsExactBinaryValue() {
        // tp 5, fp 1, fn 5: F1 is 10/16 = 0.625, a tie that goes to the even 0.62
        int[] truth = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        int[] predicted = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0};
        assertTrue(Evaluation.of(predictions(truth, predicted)).report(DIGITS).contains("0       0.83      0.50      0.62        10"));
    }

    @Test
    void tablesHoldTheReport() {
        Evaluation evaluation = Evaluation.of(predictions(new int[] {0, 1, 1, 3}, new int[] {0, 1, 0, 3}));
        Table table = evaluation.classes().table();
        assertEquals(9, table.rowCount());
        assertEquals("Disgust", table.stringColumn("Class").get(1));
        assertEquals(0.5, table.doubleColumn("Recall").get(1));
        assertEquals(4, table.intColumn("Images").get(7));
        Table beside = evaluation.classes().beside(Published.report("model-6").get(), "study");
        assertEquals(2.0 / 3 - 0.67, beside.doubleColumn("F1 difference").get(1), 1e-12);
        assertEquals(0.78, beside.doubleColumn("F1, study").get(5));
    }

    @Test
    void recallIntervalsNameTheClassesTheyOverlapWith() {
        int[] truth = new int[201];
        int[] predicted = new int[201];
        for (int i = 0; i < 100; i++) {
            truth[i] = 3;
            predicted[i] = i < 90 ? 3 : 4;
            truth[100 + i] = 4;
            predicted[100 + i] = i < 30 ? 4 : 3;
        }
        truth[200] = 1;
        predicted[200] = 1;
        Table table = Evaluation.of(predictions(truth, predicted)).recallIntervals();
        assertEquals(List.of("Disgust", "Happy", "Sad"), table.stringColumn("Class").asList());
        assertEquals(List.of("Happy, Sad", "Disgust", "Disgust"), table.stringColumn("Interval overlaps with").asList());
        assertEquals("0.207–1.000", table.stringColumn("95 % interval").get(0));
    }

    @Test
    void mistakesAreOrderedByTheirShareOfTheClass() {
        Table table = Evaluation.of(predictions(new int[] {0, 0, 0, 3, 3, 5}, new int[] {1, 1, 0, 3, 4, 5})).mistakes(5);
        assertEquals(List.of("Angry", "Happy"), table.stringColumn("Class").asList());
        assertEquals(List.of("Disgust", "Sad"), table.stringColumn("Taken for").asList());
        assertEquals("0.667", table.doubleColumn("Share of the class").getString(0));
        assertEquals(1, Evaluation.of(predictions(new int[] {0, 1}, new int[] {1, 0})).mistakes(1).rowCount());
    }

    @Test
    void isImmutable() {
        Evaluation evaluation = Evaluation.of(predictions(new int[] {2}, new int[] {2}));
        evaluation.confusion()[2][2] = 99;
        assertEquals(1, evaluation.confusion()[2][2]);
    }

    @Test
    void refusesWhatCannotBeEvaluated() {
        assertEquals("No predictions to evaluate: expected at least one image",
                message(() -> Evaluation.of(predictions(new int[0], new int[0]))));
        assertEquals("Not all of these 2 images have a label: they can be predicted, not evaluated",
                message(() -> Evaluation.of(predictions(new int[] {0, -1}, new int[] {0, 0}))));
        assertEquals("Image 0 has the predicted class 7: only images labelled 0 to 6 can be evaluated",
                message(() -> Evaluation.of(predictions(new int[] {0}, new int[] {7}))));
        assertEquals("A report with 2 class names [a, b]: expected 7",
                message(() -> Evaluation.of(predictions(new int[] {0}, new int[] {0})).report(List.of("a", "b"))));
    }

    static String message(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    @Test
    void wilsonIntervalsAreThePublishedOnes() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I
        assertInterval(0.2553, 0.3662, Interval.wilson(81, 263));
        assertInterval(0, 0.1611, Interval.wilson(0, 20));
        assertInterval(0.0624, 0.1605, Interval.wilson(15, 148));
        assertInterval(0.0061, 0.1718, Interval.wilson(1, 29));
        assertEquals(1, Interval.wilson(3589, 3589).high());
        assertEquals(0, Interval.wilson(0, 1).low());
        assertTrue(Interval.wilson(2335, 3589).contains(2335.0 / 3589));
        assertFalse(Interval.wilson(2335, 3589).overlaps(Interval.wilson(2500, 3589)));
        assertEquals("4 of 3 is no share: expected at least one trial and 0 to that many successes",
                message(() -> Interval.wilson(4, 3)));
        assertThrows(IllegalArgumentException.class, () -> Interval.wilson(0, 0));
    }

    private static void assertInterval(double low, double high, Interval actual) {
        assertEquals(low, actual.low(), 5e-5);
        assertEquals(high, actual.high(), 5e-5);
    }
}
