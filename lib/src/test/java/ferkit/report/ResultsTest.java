package ferkit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.Format;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.eval.Figures;
import ferkit.eval.Overfitting;
import ferkit.model.StudyModel;
import ferkit.study.Kind;
import ferkit.study.Published;
import ferkit.train.History;
import ferkit.train.Predictions;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import ferkit.train.Standing;
import ferkit.train.Views;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class ResultsTest {
    private static final Origin FER2013 = new Origin(Origin.Kind.FER2013, "FER2013");
    private static final Origin SAMPLE = new Origin(Origin.Kind.SAMPLE, "drawn sample");
    private static final Map<String, String> PARTS = Recipe.of(StudyModel.named("1")).parts(Format.FER2013);
    private static final int IMAGES = 1000;

    /** A run in which the images from {@code from} on, {@code right} of them, are predicted right. */
    private static Run run(String model, int epochs, int from, int right) {
        History history = new History(IntStream.rangeClosed(1, epochs)
                .mapToObj(e -> new History.Epoch(e, 0.4 + 0.01 * e, 1.5 - 0.02 * e, e == 2 ? right / (double) IMAGES : 0.1, e == 1 ? 1.4 : 1.2, 1e-3,
                        1))
                .toList());
        int[] truth = IntStream.range(0, IMAGES).map(i -> i % 7).toArray();
        int[] predicted = IntStream.range(0, IMAGES).map(i -> i >= from && i < from + right ? i % 7 : (i + 1) % 7).toArray();
        Predictions predictions = new Predictions(truth, predicted, new float[IMAGES][7]);
        String plan = StudyModel.ALL.stream().filter(m -> m.name().equals(model)).map(StudyModel::plan).findFirst().orElse("");
        RunConfig config = new RunConfig(model, plan, "random", "", PARTS, "data", Official.HASH, Classes.FER2013, Format.FER2013, 1, epochs, 128, 0,
                1, "cpu", Map.of(), 1);
        return new Run(Path.of(model), config, history, predictions, predictions);
    }

    /** The same run on images of another format, or with other views. */
    private static Run other(Run run, Format format, Views views) {
        RunConfig c = run.config();
        Map<String, String> parts = new HashMap<>(PARTS);
        parts.put("views", views.plan());
        return new Run(run.folder(), new RunConfig(c.model(), c.plan(), "random", "", parts, c.data(), c.dataHash(), c.classes(), format, 1,
                c.epochs(), 128, 0, 1, "cpu", Map.of(), 1), run.history(), run.validation(), run.test(), views, new Standing());
    }

    @Test
    void accuracyAndIntervalOfSeveralViewsAreOfTheSamePredictions() {
        Run seen = run("half", 5, 0, 843);
        Run ofOne = run("half", 5, 0, 824);
        Run run = other(new Run(seen.folder(), seen.config(), ofOne.history(), seen.validation(), seen.test()), Format.FER2013, Views.FLIPPED);
        String said = " (with views, validation and test accuracy are those of the mean over several views of an image; "
                + "curves and losses are of the image alone)";
        Results results = new Results(SAMPLE, List.of(run("model-6", 5, 0, 830), run));
        assertEquals("Row of the study's Table 1: half (sample) + views" + said, results.row(run).name());
        assertEquals(List.of("0.8430"), results.row(run).stringColumn("Validation accuracy").asList());
        assertEquals(List.of("0.819–0.864"), results.row(run).stringColumn(6).asList());
        assertEquals("The study's Table 1 with these runs, each at its best epoch" + said, results.tableOne().name());
        assertEquals("0.8430", results.tableOne().doubleColumn("Validation accuracy").getString(1));
        assertEquals("0.8430", results.testAccuracy().doubleColumn("Validation accuracy").getString(1));
        assertEquals("0.8430", Overview.table(results).stringColumn("Validation accuracy").get(1));
        assertEquals("Highest validation accuracy: half (sample) + views with 0.8430, 95 % interval 0.819–0.864" + said
                + ". In that interval lies also Model 6 (sample).", results.conclusions().get(0));
        assertTrue(results.intervals().get().description().contains("half (sample) + views 0.843 (0.819–0.864)"));
        assertTrue(run.toString().contains("best validation accuracy 0.8430 in epoch 2"), run.toString());
        assertEquals("0.8240", results.bestOfMany().doubleColumn("Best validation accuracy").getString(1), "of the image alone, as its neighbours");
        assertEquals("The study's Table 1 with these runs, each at its best epoch", results.except("half").tableOne().name());
    }

    @Test
    void parametersAreCountedForTheImagesThatTheRunsLearntFrom() {
        List<Run> runs = IntStream.of(3, 4, 5).mapToObj(i -> other(run("model-" + i, 50, 0, 600), new Format(1, 60, 60), Views.ONE)).toList();
        String order = new Results(new Origin(Origin.Kind.OTHER_SPLIT, "60 pixels"), runs).orders().get(0);
        assertTrue(order.startsWith("By parameters the networks stand in the order Model 3, Model 4, Model 5,"), order);
    }

    @Test
    void severalRunsOfOnesOwnStandBesideEachOther() {
        Run full = run("model-6", 50, 0, 640);
        Run trial = run("model-1", 2, 0, 640);
        Results both = new Results(FER2013, List.of(trial, full));
        Run half = run("half", 2, 0, 600);
        Run avg = run("avg", 2, 0, 610);
        assertEquals(List.of(trial, half, avg), both.with(half, avg).runs());
        assertEquals(List.of(trial, half), both.with(trial, half, half).runs());
        assertEquals("half (trial) and avg (trial) cannot stand beside Model 6: trials are compared with trials only",
                assertThrows(IllegalArgumentException.class, () -> both.with(half, full, avg)).getMessage());
        Run again = new Run(Path.of("elsewhere"), half.config(), half.history(), half.validation(), half.test());
        assertEquals("Two of these runs are called half, in half and elsewhere: train one of them under another name",
                assertThrows(IllegalArgumentException.class, () -> both.with(half, again)).getMessage());
    }

    @Test
    void onlyRunsOfTheStudysConfigurationStandBesideTheStudy() {
        Run full = run("model-6", 50, 0, 640);
        Run trial = run("model-1", 2, 0, 640);
        Results results = new Results(FER2013, List.of(trial, full));
        assertTrue(results.isComparable(full));
        assertFalse(results.isComparable(trial));
        assertEquals("Model 6", results.title(full));
        assertEquals("Model 1 (trial)", results.title(trial));
        assertEquals(List.of("Model 6", "Study", "Difference"), results.row(full).stringColumn(0).asList());
        assertEquals(List.of("0.6400", "0.6506", "−0.0106"), results.row(full).stringColumn("Validation accuracy").asList());
        assertEquals(List.of("2", "42", "−40"), results.row(full).stringColumn("Best epoch").asList());
        assertEquals(List.of("Model 1 (trial)"), results.row(trial).stringColumn(0).asList());
        assertEquals("Best validation accuracy is 0.6400, the study's 0.6506: a difference of −1.06 points. The study's lies inside our 95 % "
                + "interval, 0.610–0.669.", results.besideStudy(full).get(0));
        assertTrue(results.besideStudy(full).get(1)
                .endsWith("our figure changes by 0.0 points from one epoch to the next, on average. Another seed can do more."));
        assertTrue(results.besideStudy(run("model-6", 50, 0, 600)).get(0).contains("outside our 95 % interval"));
        assertEquals(List
                .of("This run is a trial, 2 epochs on all images in batches of 128. The study's had fifty epochs on all images in batches of 128: "
                        + "the two are not set beside each other."),
                results.besideStudy(trial));
        RunConfig c = full.config();
        Run faster = new Run(full.folder(),
                new RunConfig("own", c.plan(), "random", "0.01", PARTS, c.data(), c.dataHash(), c.classes(), c.format(), 1, 50, 128, 0, 1, "cpu",
                        Map.of(), 1),
                full.history(), full.validation(), full.test());
        assertEquals(List.of("This run has the study's size and another recipe than the study's, in its learning rate, input, loss, optimiser "
                + "or another part: no run of the study is set beside it."), results.besideStudy(faster));
        assertEquals("Made as the study made its own, and set beside its figures: Model 6.", results.standing());
        assertTrue(new Results(FER2013, List.of(trial)).standing().startsWith("None of these runs"));
        assertTrue(results.besideStudysCurves(trial).isEmpty());
        assertEquals("–", results.tableOne().doubleColumn("Study's validation accuracy").getString(0));
        assertEquals("−0.0106", results.tableOne().doubleColumn("Difference").getString(1));
        assertTrue(results.report(full).columnNames().contains("F1, study"));
        assertFalse(results.report(trial).columnNames().contains("F1, study"));
        assertTrue(results.findingsBesideStudy(full).isPresent());
        assertTrue(results.findingsBesideStudy(trial).isEmpty());
        assertEquals("F1 of each class: Model 6, Study", results.f1(full).title());
        assertEquals("F1 of each class: Model 1 (trial)", results.f1(trial).title());
        assertEquals("0.66", results.testAccuracy().doubleColumn("Study's test accuracy").getString(1));
        assertEquals("−0.02", results.testAccuracy().doubleColumn("Difference").getString(1));
        assertEquals("–", results.testAccuracy().doubleColumn("Difference").getString(0));
    }

    @Test
    void curvesAreHeldAgainstTheStudysEpochByEpoch() {
        Run run = run("model-6", 50, 0, 640);
        List<History.Epoch> study = Published.history("model-6").get().epochs();
        double[] difference = IntStream.range(0, 50).mapToDouble(i -> 0.4 + 0.01 * (i + 1) - study.get(i).accuracy()).toArray();
        Table table = new Results(FER2013, List.of(run)).besideStudysCurves(run).get();
        assertEquals(List.of("Training accuracy", "Training loss", "Validation accuracy", "Validation loss"), table.stringColumn(0).asList());
        assertEquals(Figures.signed(IntStream.range(0, 50).mapToDouble(i -> difference[i]).sum() / 50, 4), table.stringColumn(1).get(0));
        int epoch = Integer.parseInt(table.stringColumn(3).get(0));
        assertEquals(Figures.signed(difference[epoch - 1], 4), table.stringColumn(2).get(0));
        assertTrue(IntStream.range(0, 50).allMatch(i -> Math.abs(difference[i]) <= Math.abs(difference[epoch - 1])));
        assertEquals("0.9000", table.stringColumn(4).get(0));
        assertEquals(Figures.fixed(study.get(49).accuracy(), 4), table.stringColumn(5).get(0));
    }

    @Test
    void twoSeedsAreHeldAgainstEachOtherOverTheEpochsThatBothHave() {
        Run run = run("model-1", 5, 0, 640);
        Run shorter = run("model-1", 3, 0, 600);
        RunConfig c = shorter.config();
        RunConfig second = new RunConfig(c.model(), c.plan(), c.startWeights(), "", PARTS, c.data(), c.dataHash(), c.classes(), c.format(), 2, 3, 128,
                0, 1, "cpu", Map.of(), 1);
        Table table = Results.besideSeed(run, new Run(shorter.folder(), second, shorter.history(), shorter.validation(), shorter.test()));
        assertEquals(List.of("Epoch 3, seed 1", "Epoch 3, seed 2"), List.of(table.column(4).name(), table.column(5).name()));
        assertEquals(List.of("0.0000", "0.0000", "+0.0133", "0.0000"), table.stringColumn(1).asList()); // 0.04 / 3 in validation accuracy
        assertEquals("+0.0400", table.stringColumn(2).get(2));
        assertEquals("2", table.stringColumn(3).get(2));
        assertEquals(List.of("0.4300", "0.4300"), List.of(table.stringColumn(4).get(0), table.stringColumn(5).get(0)));
    }

    @Test
    void theSampleIsNeverSetBesideTheStudy() {
        Run run = run("model-6", 50, 0, 640);
        Results results = new Results(SAMPLE, List.of(run));
        assertEquals("Model 6 (sample)", results.title(run));
        assertEquals(1, results.row(run).rowCount());
        assertFalse(results.tableOne().columnNames().contains("Study's validation accuracy"));
        assertFalse(results.report(run).columnNames().contains("F1, study"));
        assertTrue(results.findingsBesideStudy(run).isEmpty());
        assertTrue(results.besideStudy(run).get(0).contains("from drawn faces"));
        assertFalse(results.testAccuracy().columnNames().contains("Study's test accuracy"));
        assertEquals("0.610–0.669", results.testAccuracy().stringColumn("95 % interval").get(0));
    }

    @Test
    void tablesHavePlainDigitsInEveryLocale() {
        Run run = run("model-6", 50, 0, 640);
        Results results = new Results(FER2013, List.of(run));
        Locale before = Locale.getDefault();
        try {
            for (String locale : List.of("ar-EG", "fa-IR")) {
                Locale.setDefault(Locale.forLanguageTag(locale));
                for (Table table : List.of(Published.table(), results.tableOne(), results.overfitting(), results.overfittingBesideStudy().get(),
                        results.surestMistakes(run))) {
                    assertFalse(table.printAll().matches("(?s).*[\\p{Nd}&&[^0-9]].*"), table.name());
                }
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void overfittingStandsBesideTheStudysWhereItMayBeCompared() {
        Table table = new Results(FER2013, List.of(run("model-1", 2, 0, 640), run("model-6", 50, 0, 640))).overfittingBesideStudy().get();
        assertEquals(List.of("Model 6"), table.stringColumn(0).asList());
        assertEquals("+0.8000", table.doubleColumn("Gap at the end").getString(0)); // 0.9 and 0.1
        assertEquals("+0.1973", table.doubleColumn("Study's gap").getString(0)); // 0.847574 and 0.65032
        assertEquals(2, table.intColumn("Epoch of lowest validation loss").get(0));
        assertEquals(Overfitting.of(Published.history("model-6").get()).turn(), table.intColumn("Study's epoch").get(0));
        assertEquals("1.3987", table.doubleColumn("Study's loss").getString(0));
        assertTrue(new Results(FER2013, List.of(run("model-1", 2, 0, 640))).overfittingBesideStudy().isEmpty());
    }

    @Test
    void findingsAreCountedOverTheRunsThatMayBeCompared() {
        Table table = new Results(FER2013, List.of(run("model-1", 50, 0, 640), run("model-2", 3, 0, 640), run("model-6", 50, 0, 300)))
                .findingsThatHold().get();
        assertEquals(List.of("Finding", "Model 1", "Model 6", "Holds in"), table.columnNames());
        // at the best epoch training accuracy is 0.42, validation accuracy 0.64 and 0.3
        assertEquals(List.of("no", "no", "no", "no", "yes"), table.stringColumn("Model 1").asList());
        assertEquals(List.of("0 of 2", "0 of 2", "0 of 2", "1 of 2", "2 of 2"), table.stringColumn("Holds in").asList());
        assertTrue(new Results(SAMPLE, List.of(run("model-6", 50, 0, 640))).findingsThatHold().isEmpty());
    }

    private static String allBut(String... run) {
        return StudyModel.ALL.stream().map(StudyModel::name).filter(name -> !List.of(run).contains(name)).map(Kind.STUDY::title)
                .collect(Collectors.joining(", "));
    }

    @Test
    void aRunStandsAmongThoseOfItsKind() {
        Run full = run("model-6", 50, 0, 640);
        Run trial = run("model-1", 2, 0, 640);
        Results both = new Results(FER2013, List.of(trial, full));
        assertEquals(List.of(full), both.withoutTrials().runs());
        assertEquals("Not run yet with these settings: " + allBut("model-1", "model-6") + ". Run in another size, and so not among these: Model 1.",
                both.withoutTrials().missing());
        assertEquals(List.of(full), both.with(full).runs());
        assertEquals(List.of(trial), both.with(trial).runs());
        Run another = run("model-2", 2, 0, 640);
        assertEquals(List.of(trial, another), both.with(another).runs());
        assertEquals(List.of(trial), new Results(FER2013, List.of(trial)).withoutTrials().runs());
        assertEquals(List.of(trial, full), new Results(SAMPLE, List.of(trial, full)).withoutTrials().runs());
        assertEquals(List.of(trial, full), new Results(SAMPLE, List.of(trial, full)).with(full).runs());
    }

    @Test
    void anotherNetworkOfTheSameNameIsNotHeldAgainstTheStudys() {
        Run run = run("model-6", 50, 0, 640);
        RunConfig c = run.config();
        RunConfig changed = new RunConfig(c.model(), StudyModel.named("6").withDropout(0, 0).plan(), "random", "", PARTS, c.data(), c.dataHash(),
                c.classes(), c.format(), 1, 50,
                128, 0, 1, "cpu", Map.of(), 1);
        Run other = new Run(run.folder(), changed, run.history(), run.validation(), run.test());
        assertEquals(1, new Results(FER2013, List.of(other)).row(other).rowCount());
    }

    @Test
    void transferRunsAreCalledInWords() {
        assertEquals("EfficientNet-Lite0, 96 pixels, fine-tuned (trial)", Kind.TRIAL.title("efficientnet-lite0-96-tuned"));
        assertEquals("EfficientNet-B0, 96 pixels, scaled as ImageNet", Kind.STUDY.title("efficientnet-b0-96-imagenet"));
        assertEquals("EfficientNet-Lite0", Kind.STUDY.title("efficientnet-lite0"));
        assertEquals("half", Kind.OWN.title("half"));
    }

    @Test
    void saysWhatHasNotBeenRun() {
        Results some = new Results(SAMPLE, List.of(run("model-2", 2, 0, 1), run("model-6", 2, 0, 1)));
        assertEquals("Not run yet with these settings: " + allBut("model-2", "model-6") + ".", some.missing());
        assertEquals("Model 2 (sample): trained for 2 epochs with seed 1, weights of epoch 1.", some.state("model-2"));
        assertEquals("Model 3 has not been run yet with these settings, so there is nothing to show of it.", some.state("model-3"));
        assertEquals("Model 2 (sample)", some.upTo("model-2").toString());
        assertEquals("no finished run", some.upTo("model-3").toString());
        assertEquals("Model 6 (sample)", some.except("model-2").toString());
        assertEquals("Model 2 (sample)", some.only("model-2", "model-3").toString());
        assertEquals("Model 2 (sample), Model 6 (sample), half (sample)", some.with(run("half", 2, 0, 1)).toString());
        assertEquals(some.toString(), some.with(run("model-2", 2, 0, 1)).toString());
        assertEquals("All models have been run.", new Results(SAMPLE, StudyModel.ALL.stream()
                .map(model -> run(model.name(), 2, 0, 1)).toList()).missing());
    }

    @Test
    void aModelThatTheStudyDoesNotHaveStandsInEveryTableAndFigure() {
        Run own = run("model-7", 50, 0, 640);
        Results results = new Results(FER2013, List.of(run("model-6", 50, 0, 600), own));
        assertEquals(List.of("Model 7"), results.row(own).stringColumn(0).asList());
        assertEquals("–", results.tableOne().doubleColumn("Study's validation accuracy").getString(1));
        assertEquals("–", results.testAccuracy().doubleColumn("Study's test accuracy").getString(1));
        assertEquals("Model 7", results.f1Table().stringColumn(0).get(1));
        assertEquals("F1 of each class: Model 7", results.f1(own).title());
        assertFalse(results.report(own).columnNames().contains("F1, study"));
        assertEquals(List.of("The study has no network like this one, so there is nothing to set beside it."), results.besideStudy(own));
        assertTrue(results.besideStudysCurves(own).isEmpty());
        assertTrue(results.findingsBesideStudy(own).isEmpty());
        assertEquals(List.of("Finding", "Model 6", "Holds in"), results.findingsThatHold().get().columnNames());
        assertEquals(1, results.overfittingBesideStudy().get().rowCount());
        assertEquals(2, results.overfitting().rowCount());
        assertEquals(1, results.pairsWith(own).rowCount());
        assertTrue(results.conclusions().get(0).startsWith("Highest validation accuracy: Model 7 with"), results.conclusions().get(0));
        results.curves(own);
        results.figureOne();
        assertTrue(results.orders().get(0).startsWith("In the study's own 6 histories: "), results.orders().toString());
        assertTrue(Overview.sentences(results).toString().contains("Of 2 trained models"), Overview.sentences(results).toString());
    }

    @Test
    void pairsAreTestedOnTheSameImagesAndCorrectedForTheirNumber() {
        Run first = run("model-1", 2, 0, 600);
        Run second = run("model-2", 2, 0, 610);
        Run third = run("model-3", 2, 100, 620);
        Results results = new Results(SAMPLE, List.of(first, second, third));
        Table pairs = results.pairs();
        assertEquals(3, pairs.rowCount());
        assertEquals(0, pairs.intColumn("Only first right").get(0));
        assertEquals(10, pairs.intColumn("Only second right").get(0));
        assertEquals("0.002", pairs.stringColumn("p").get(0)); // 2 / 2^10
        assertEquals("0.006", pairs.stringColumn("p after Holm").get(0));
        assertEquals("yes", pairs.stringColumn("Told apart at 5 %").get(0));
        assertEquals(100, pairs.intColumn("Only first right").get(1));
        assertEquals(120, pairs.intColumn("Only second right").get(1));
        assertEquals("no", pairs.stringColumn("Told apart at 5 %").get(1));
        assertEquals(2, results.pairsWith(third).rowCount());
        Predictions again = new Predictions(third.validation().truth().clone(), third.validation().predicted().clone(),
                third.validation().probabilities().clone());
        Run readAgain = new Run(third.folder(), third.config(), third.history(), again, again);
        assertEquals(2, results.pairsWith(readAgain).rowCount());
        assertEquals("Highest validation accuracy: Model 3 (sample) with 0.6200, 95 % interval 0.590–0.650. In that interval lie also "
                + "Model 1 (sample) and Model 2 (sample).", results.conclusions().get(0));
        assertEquals(
                "Of 3 pairs, 1 can be told apart on the validation images by the paired test at the 5 % level: Model 2 (sample) over Model 1 (sample).",
                results.conclusions().get(1));
    }

    @Test
    void nothingIsComparedWithNothing() {
        Results one = new Results(SAMPLE, List.of(run("model-1", 1, 0, 600)));
        assertEquals(0, one.pairs().rowCount());
        assertEquals(List.of("With one finished run there is nothing to compare yet."), one.conclusions());
        assertEquals("–", one.bestOfMany().doubleColumn("Difference").getString(0), "a run of one epoch has no neighbours");
    }

    @Test
    void equallyGoodModelsAreNamedTogether() {
        Results results = new Results(SAMPLE, List.of(run("model-1", 2, 0, 400), run("model-2", 2, 0, 600), run("model-6", 2, 100, 600)));
        assertEquals("Highest validation accuracy: Model 2 (sample) and Model 6 (sample) with 0.6000, 95 % interval 0.569–0.630. "
                + "No other run's figure lies in that interval.", results.conclusions().get(0));
    }

    @Test
    void conclusionsCountInWords() {
        Run first = run("model-1", 2, 0, 600);
        Run second = run("model-2", 2, 0, 610);
        Run third = run("model-6", 2, 300, 600);
        assertEquals(
                "The two can be told apart on the validation images by the paired test at the 5 % level: Model 2 (sample) over Model 1 (sample).",
                new Results(SAMPLE, List.of(first, second)).conclusions().get(1));
        assertTrue(new Results(SAMPLE, List.of(first, second)).conclusions().get(0).endsWith("In that interval lies also Model 1 (sample)."));
        List<String> equals = new Results(SAMPLE, List.of(first, third)).conclusions();
        assertTrue(equals.get(0).endsWith("Model 1 (sample) and Model 6 (sample) with 0.6000, 95 % interval 0.569–0.630."));
        assertTrue(equals.get(1).startsWith("The two cannot be told apart"));
        assertTrue(
                new Results(SAMPLE, List.of(first, third, run("model-3", 2, 100, 600))).conclusions().get(1).startsWith("None of the 3 pairs can"));
    }

    @Test
    void bestEpochIsSetBesideItsNeighbours() {
        Table table = new Results(SAMPLE, List.of(run("model-1", 5, 0, 600))).bestOfMany();
        assertEquals(5, table.intColumn("Epochs to choose from").get(0));
        assertEquals("0.1000", table.doubleColumn("Mean of its neighbours").getString(0));
        assertEquals("+0.5000", table.doubleColumn("Difference").getString(0));
    }

    @Test
    void theOverviewHasWhatThereIsAndTheStudysSixBesideIt() {
        Run one = run("model-1", 50, 0, 640);
        Run six = run("model-6", 50, 0, 660);
        Results studys = new Results(FER2013, List.of(one, six));
        Table table = Overview.table(studys);
        assertEquals("Validation and test accuracy, beside the study's", table.name());
        assertEquals(List.of("Model 1", "Model 2", "Model 3", "Model 4", "Model 5", "Model 6"), table.stringColumn("Model").asList());
        assertEquals(List.of("0.6400", "–", "–", "–", "–", "0.6600"), table.stringColumn("Validation accuracy").asList());
        assertEquals(List.of("0.6353", "0.6512", "0.6545", "0.6475", "0.6520", "0.6506"), table.stringColumn("Validation: study").asList());
        assertEquals(List.of("–", "–", "0.67", "–", "–", "0.66"), table.stringColumn("Test: study").asList());
        assertEquals("0.630–0.689", table.stringColumn("Test: 95 % interval").get(5));
        assertEquals(List.of("Of 2 trained models the best on the validation images: Model 6 with 0.6600 (95 % interval 0.630–0.689).",
                "Our validation accuracy minus the study's of the same model: +0.5 to +0.9 points. The study's lies inside our interval for 2 of 2, which says that none is far "
                        + "off and no more: such an interval is 5.9 points wide, and all six of the study's lie within 1.9.",
                "The two can be told apart on the validation images by the paired test at the 5 % level: Model 6 over Model 1.",
                "The highest figure on the test images, which chose nothing: Model 6 with 0.6600 (95 % interval 0.630–0.689).",
                "The two can be told apart on the test images by the paired test at the 5 % level: Model 6 over Model 1. On both sets of images: Model 6 over Model 1.",
                "Of 5 findings of the study, 1 holds in every run that may be compared with it. Two of the five, that training runs ahead and that validation loss turns, nearly "
                        + "any network shows that is trained so long."),
                Overview.sentences(studys));
    }

    @Test
    void theOverviewOfTrialsTheSampleAndNothingIsShorter() {
        Run trial = run("model-2", 2, 0, 600);
        assertEquals(List.of("Model", "Validation accuracy", "Validation: 95 % interval", "Test accuracy", "Test: 95 % interval"),
                Overview.table(new Results(FER2013, List.of(trial))).columnNames());
        assertEquals(List.of("Model 2 (sample)"), Overview.table(new Results(SAMPLE, List.of(trial))).stringColumn("Model").asList());
        assertEquals(List.of("The one trained model on the validation images: Model 2 (sample) with 0.6000 (95 % interval 0.569–0.630).",
                "On the test images, which chose nothing: Model 2 (sample) with 0.6000 (95 % interval 0.569–0.630)."),
                Overview.sentences(new Results(SAMPLE, List.of(trial))));
        Predictions unlabelled = new Predictions(new int[] {-1}, new int[1], new float[1][7]);
        Run untested = new Run(trial.folder(), trial.config(), trial.history(), trial.validation(), unlabelled);
        assertEquals(3, Overview.table(new Results(SAMPLE, List.of(untested))).columnCount());
        assertTrue(Overview.sentences(new Results(SAMPLE, List.of(untested))).get(1).startsWith("There are no labelled test images"));
        assertEquals(0, Overview.table(new Results(FER2013, List.of())).rowCount());
        assertEquals(List.of("No model has been trained yet."), Overview.sentences(new Results(FER2013, List.of())));
    }

    @Test
    void figuresHaveTheirSizes() {
        Results results = new Results(FER2013, List.of(run("model-1", 2, 0, 600), run("model-6", 50, 0, 600)));
        assertEquals(1350, results.figureOne().image().getWidth());
        assertEquals(1350, Results.publishedFigureOne().image().getWidth());
        assertEquals(1350, results.curves(results.runs().get(1)).image().getWidth());
        assertEquals(8, results.f1Table().columnCount() - 1);
        assertEquals(List.of(2, 2), results.overfitting().intColumn("Epoch of lowest validation loss").asList());
    }

    @Test
    void ordersNameEqualsAndWhatSoFewModelsCouldShow() {
        List<Run> three = List.of(run("model-1", 50, 0, 640), run("model-2", 50, 0, 650), run("model-6", 50, 0, 650));
        List<String> orders = new Results(FER2013, three).orders();
        assertEquals(
                "By validation accuracy ours stand in the order Model 2 = Model 6, Model 1, the study's in the order Model 2, Model 6, Model 1. Of 2 pairs that differ "
                        + "in both figures, 2 stand in the same order in both; chance alone agrees at least as well in 2 of 6 orders, 5 % or more: not told apart from chance, "
                        + "and with so few models not even full agreement (2 of 6) would be.",
                orders.get(0));
        assertEquals(
                "In the study's own 6 histories: Of 14 pairs that differ in both figures, 13 have the larger gap at the larger network; chance alone agrees at least as "
                        + "well in 10 of 720 orders, less than 5 %: more than chance.",
                orders.get(2));
    }

    @Test
    void theOrderOfManyModelsIsShownWithoutItsChance() {
        List<Run> nine = IntStream.rangeClosed(1, 9).mapToObj(i -> run("model-6", 50, 0, 600 + i)).toList();
        assertTrue(new Results(FER2013, nine).orders().get(0).endsWith("How many pairs agree by chance is not computed for more than 8 models."));
    }
}
