package ferkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.eval.ClassReport;
import ferkit.eval.Figures;
import ferkit.eval.Overfitting;
import ferkit.eval.Scores;
import ferkit.train.History;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PublishedTest {
    @Test
    void tableOneIsEachHistorysBestEpoch() {
        for (String model : List.of("model-1", "model-2", "model-3", "model-4", "model-5", "model-6")) {
            History history = Published.history(model).get();
            Published.Result row = Published.result(model);
            assertEquals(50, history.size());
            assertEquals(row.bestEpoch(), history.best().epoch());
            assertEquals(row.trainingAccuracy(), history.best().accuracy(), 5.1e-5);
            assertEquals(row.trainingLoss(), history.best().loss(), 5.1e-5);
            assertEquals(row.validationAccuracy(), history.best().valAccuracy(), 5.1e-5);
            assertEquals(row.validationLoss(), history.best().valLoss(), 5.1e-5);
        }
        assertEquals(7, Published.table().rowCount());
        assertEquals(813_671, Published.table().intColumn("Parameters").get(5));
    }

    @Test
    void reportsAgreeWithTheirOwnAverages() {
        for (String model : List.of("model-3", "model-6", "EfficientNetB0")) {
            ClassReport published = Published.report(model).get();
            ClassReport computed = ClassReport.of(Classes.FER2013, published.classes());
            assertEquals(3589, computed.macro().support());
            assertEquals(published.macro().f1(), computed.macro().f1(), 0.01);
            assertEquals(published.weighted().recall(), computed.weighted().recall(), 0.01);
            assertEquals(Published.result(model).testAccuracy(), computed.weighted().recall(), 0.01);
        }
    }

    @Test
    void whatIsNotPublishedIsNotMadeUp() {
        assertTrue(Published.history("EfficientNetB0").isEmpty());
        assertTrue(Published.report("model-1").isEmpty());
        assertTrue(Double.isNaN(Published.result("model-1").testAccuracy()));
        assertTrue(Double.isNaN(Published.history("model-1").get().best().seconds()));
        assertTrue(Published.table().doubleColumn("Test accuracy").isMissing(0));
        assertEquals("The study has no model \"model-7\": expected one of [model-1, model-2, model-3, model-4, model-5, model-6,"
                + " EfficientNetB0]",
                assertThrows(IllegalArgumentException.class, () -> Published.result("model-7")).getMessage());
    }

    @Test
    void whatOthersPublishedHasItsSource() {
        assertEquals(13, Published.field().size());
        for (Published.Point point : Published.field()) {
            assertTrue(point.accuracy() > 0.6 && point.accuracy() < 0.8 && !(point.pflop() <= 0), point.name());
            assertTrue(point.source().startsWith("https://") && !point.caveat().isEmpty(), point.name());
        }
        assertEquals(5, Published.field().stream().filter(point -> !Double.isNaN(point.pflop())).count());
        assertEquals("–", Published.fieldTable().stringColumn("Training cost, PFLOP").get(2));
    }

    @Test
    void findingsOfTheStudysModels() {
        Findings six = Findings.of(Published.report("model-6").get(), Published.history("model-6").get());
        assertEquals(List.of(Emotion.HAPPY.label(), Emotion.SURPRISE.label()), six.best());
        assertEquals(List.of(Emotion.SAD.label(), Emotion.FEAR.label()), six.worst());
        assertEquals(3, six.rank(Emotion.DISGUST.label()));
        assertEquals(7, six.rankByImages(Emotion.DISGUST.label()));
        assertTrue(six.disgustOutranksItsSize());
        assertEquals("Found best, by F1: Happy 0.87, Surprise 0.78; worst: Sad 0.53, Fear 0.51.", six.sentences().get(0));
        assertEquals("Disgust has 55 of 3,589 images (rank 7 of 7) and an F1 of 0.67 (rank 3 of 7).", six.sentences().get(1));
        Findings three = Findings.of(Published.report("model-3").get(), Published.history("model-3").get());
        assertEquals(List.of("yes", "yes", "yes", "yes", "yes"), six.beside(three).stringColumn("Same").asList());
        assertEquals("Happy 0.86, Surprise 0.81", six.beside(three).stringColumn("Study").get(0));
        assertEquals("Happy 0.87, Surprise 0.78", six.beside(three).stringColumn("This run").get(0));
    }

    @Test
    void aClassThatIsNeverFoundOutranksNone() {
        List<Scores> classes = IntStream.range(0, Emotion.COUNT)
                .mapToObj(i -> new Scores(0, 0, i == Emotion.HAPPY.label() ? 0.4 : 0, i == Emotion.DISGUST.label() ? 1 : 9)).toList();
        Findings findings = Findings.of(ClassReport.of(Classes.FER2013, classes), new History(List.of(epoch(1, 0.3, 0.4, 1.5))));
        assertEquals(7, findings.rank(Emotion.DISGUST.label()));
        assertEquals(1, findings.rank(Emotion.HAPPY.label()));
        assertFalse(findings.disgustOutranksItsSize());
    }

    @Test
    void overfittingIsReadFromTheHistory() {
        History history = new History(List.of(epoch(1, 0.3, 0.4, 1.5), epoch(2, 0.6, 0.5, 1.2), epoch(3, 0.8, 0.5, 1.4)));
        Overfitting overfitting = Overfitting.of(history);
        assertEquals(new Overfitting(2, 0.6 - 0.5, 3, 0.8 - 0.5, 2, 1.2, 1.4), overfitting);
        assertTrue(overfitting.lossTurns());
        assertEquals("At the best epoch, 2, training accuracy minus validation accuracy is +0.100, after the last, 3, it is +0.300. "
                + "Validation loss is lowest at epoch 2 (1.200) and has risen to 1.400 by epoch 3.", overfitting.sentence());
        Overfitting single = Overfitting.of(new History(List.of(epoch(1, 0.3, 0.4, 1.5))));
        assertFalse(single.lossTurns());
        assertEquals("After its one epoch training accuracy minus validation accuracy is −0.100 and validation loss 1.500: "
                + "whether that turns, more epochs would show.", single.sentence());
    }

    @Test
    void roundedFiguresDoNotContradictTheWords() {
        assertEquals("Validation loss is lowest at epoch 1 (1.7261) and hardly higher at the last, 2 (1.7263).", loss(1.72611, 1.72634));
        assertEquals("Validation loss is lowest at epoch 1 (1.726) and has risen to 1.727 by epoch 2.", loss(1.7261, 1.7269));
        assertEquals("Validation loss is lowest at epoch 1 (1.726) and as low again at the last, 3.", loss(1.7261, 1.8, 1.7261));
        assertEquals("Validation loss is lowest at the last epoch (1.726): it has not turned yet.", loss(1.72634, 1.72611));
        assertEquals("At the best epoch, 2, training accuracy minus validation accuracy is 0.000; it is the last one. ",
                Overfitting.of(new History(List.of(epoch(1, 0.3, 0.4, 2), epoch(2, 0.5, 0.50004, 1)))).sentence().split("Validation loss", 2)[0]);
        assertEquals("0.04996", Figures.pValue(0.04996));
        assertEquals("0.0504", Figures.pValue(0.0504));
        assertEquals("0.050", Figures.pValue(0.05));
    }

    /** What is said of the validation losses of a short history. */
    private static String loss(double... losses) {
        History history = new History(IntStream.range(0, losses.length).mapToObj(i -> epoch(i + 1, 0.3, 0.4, losses[i])).toList());
        String sentence = Overfitting.of(history).sentence();
        return sentence.substring(sentence.indexOf("Validation loss"));
    }

    @Test
    void classesWithoutAnyF1AreNeitherBestNorRankedAmongThemselves() {
        History history = new History(List.of(epoch(1, 0.3, 0.4, 1.5)));
        assertEquals("Found best, by F1: Happy 0.40; never found: Angry, Disgust, Fear, Sad, Surprise, Neutral.",
                extremes(history, 0, 0, 0, 0.4, 0, 0, 0));
        assertEquals("Found best, by F1: Happy 0.40, Sad 0.30; worst: Angry 0.10, Disgust 0.00.",
                extremes(history, 0.1, 0, 0.2, 0.4, 0.3, 0.2, 0.2));
        assertEquals("No class is found: every F1 is 0.", extremes(history, 0, 0, 0, 0, 0, 0, 0));
    }

    private static String extremes(History history, double... f1) {
        List<Scores> classes = IntStream.range(0, f1.length).mapToObj(i -> new Scores(f1[i], f1[i], f1[i], 9)).toList();
        return Findings.of(ClassReport.of(Classes.FER2013, classes), history).sentences().get(0);
    }

    private static History.Epoch epoch(int epoch, double accuracy, double valAccuracy, double valLoss) {
        return new History.Epoch(epoch, accuracy, 1, valAccuracy, valLoss, 1e-3, 1);
    }

    @Test
    void figuresAreRoundedAsExactValuesAndNeverLocalised() {
        assertEquals("0.62", Figures.fixed(0.625, 2));
        assertEquals("0.38", Figures.fixed(0.375, 2));
        assertEquals("–", Figures.fixed(Double.NaN, 2));
        assertEquals("−0.004", Figures.signed(-0.004, 3));
        assertEquals("0.000", Figures.signed(0, 3));
        assertEquals("0.000", Figures.signed(-0.0004, 3));
        assertEquals("–", Figures.signed(Double.NaN, 3));
        assertEquals("0.00", Figures.signedColumn("x", new double[] {-0.004}, 2).getString(0));
        assertEquals("–", Figures.signedColumn("x", new double[] {Double.NaN}, 2).getString(0));
        assertEquals("< 0.001", Figures.pValue(0.0004));
        assertEquals("0.047", Figures.pValue(0.0471));
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.FRANCE);
            assertEquals("0.652", Figures.column("x", new double[] {0.6517}, 3).getString(0));
            assertEquals("–", Figures.column("x", new double[] {Double.NaN}, 3).getString(0));
            assertEquals("−0.05", Figures.signedColumn("x", new double[] {-0.05}, 2).getString(0));
            assertEquals("1,469,031", Figures.count(1_469_031));
            assertEquals("28,709", Figures.counts("x", new int[] {28_709}).getString(0));
        } finally {
            Locale.setDefault(before);
        }
    }
}
