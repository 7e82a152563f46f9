package ferkit.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ferkit.chart.Picture;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Origin;
import ferkit.data.drawn.Sample;
import ferkit.eval.Figures;
import ferkit.model.Architecture;
import ferkit.model.StudyModel;
import ferkit.model.StudyModel.Padding;
import ferkit.model.StudyModel.Pooling;
import ferkit.report.Results;
import ferkit.study.Settings;
import ferkit.study.Workspace;
import ferkit.train.Recipe;
import ferkit.train.Refusal;
import ferkit.train.Run;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class StudyTest {
    private final List<String> shown = new ArrayList<>();

    @TempDir Path root;

    private Study begin() {
        return Study.begin((content, mime) -> {
            shown.add(content.toString());
            return "id";
        }, (id, content, mime) -> shown.add(content.toString()));
    }

    private static String training(Settings settings, FaceSet data) {
        Workspace workspace = new Workspace(Path.of(""), settings, data, "cpu");
        Table table = new Study(workspace, (content, mime) -> "id", (id, content, mime) -> {}).provenance();
        return table.stringColumn("Value").get(table.stringColumn("Setting").asList().indexOf("Training"));
    }

    private static void assertRefused(String beginning, Executable call) {
        Refusal refusal = assertThrows(Refusal.class, call);
        assertTrue(refusal.getMessage().startsWith(beginning), refusal.getMessage());
        assertEquals(0, refusal.getStackTrace().length);
    }

    @Test
    void aClusterIsAskedForTheTablesRecipesOnly() {
        Study study = begin();
        study.open(Settings.from(Map.of()).withData("sample"));
        assertRefused("model-6 is not trained here as the kit's table says",
                () -> study.trainOn("local[1]", List.of(Recipe.of(StudyModel.named("6")).withEpochs(1)), 1));
        assertRefused("mish is not trained here as the kit's table says",
                () -> study.trainOn("local[1]", List.of(Recipe.of(StudyModel.named("6")).named("mish")), 1));
        for (long[] seeds : new long[][] {{}, {-1}, {1, 1}}) {
            assertRefused("The seeds are " + Arrays.toString(seeds) + ": expected",
                    () -> study.trainOn("local[1]", List.of(Recipe.of(StudyModel.named("6"))), seeds));
        }
    }

    @Test
    void whatWasOpenedStandsBelowTheTableForWhoeverMakesAPage() {
        Study study = begin();
        study.open(Settings.from(Map.of()).withData("sample").withSeed(7));
        assertTrue(shown.get(shown.size() - 1).endsWith("photographs of people.</div><!-- study of sample, seed 7 -->"));
        assertTrue(study.toString().startsWith("Data: drawn sample\nImages: 640 training"), study.toString());
    }

    @Test
    void aStudyThatWasNotOpenedRefusesEverythingInOneSentence() {
        Study study = begin();
        assertRefused("No study is open here: the cell with the settings", study::data);
        assertRefused("No study is open here", () -> study.show("figures of another study"));
        assertRefused("No study is open here", () -> study.results().missing());
        assertRefused("No study is open here", () -> study.results().tableOne());
        assertRefused("No study is open here", () -> study.results((Run) null).missing());
        assertRefused("No study is open here", () -> study.train(StudyModel.named("6")));
        assertTrue(study.toString().startsWith("No study is open here"));
        assertEquals(List.of(), shown);
    }

    @Test
    void openingAStudyClosesTheOneBeforeEvenIfItFails() {
        Study before = begin();
        before.open(Settings.from(Map.of()).withData("sample"));
        Study after = begin();
        assertRefused("This belongs to a study that was closed when the settings were run again", before::data);
        assertRefused("nonsense: no such file or folder in " + Path.of("").toAbsolutePath(),
                () -> after.open(Settings.from(Map.of()).withData("nonsense")));
        assertRefused("No study is open here", after::data);
        after.open(Settings.from(Map.of()).withData("sample"));
        assertRefused("nonsense: ", () -> after.open(Settings.from(Map.of()).withData("nonsense")));
        assertRefused("No study is open here", after::data);
    }

    /** A study of two images that are as good as any others. */
    private Study ofTwo(Settings settings) {
        Faces two = new Faces(new byte[2 * Faces.PIXELS], new byte[] {3, 4});
        FaceSet data = new FaceSet(new Origin(Origin.Kind.FER2013, "FER2013"), two, two, two);
        return new Study(new Workspace(root, settings, data, "cpu"), (content, mime) -> {
            shown.add(content.toString());
            return "id";
        }, (id, content, mime) -> shown.add(content.toString()));
    }

    @Test
    void theKindOfRunsThatAreShownIsNotedBelowTheSettings() throws Exception {
        Study study = ofTwo(Settings.from(Map.of()));
        StudyModel own = new StudyModel("half", List.of(4), 3, Padding.SAME, List.of(Pooling.MAX), 8);
        for (Workspace workspace : List.of(study.workspace(), study.workspace().with(study.settings().withFull(true)))) {
            study.open(workspace);
            assertTrue(shown.get(shown.size() - 1).endsWith("<!-- study of fer2013, seed 1 -->"));
            study.train(Recipe.of(own).withEpochs(1));
            assertTrue(shown.get(shown.size() - 1)
                    .endsWith("</table><!-- study of fer2013, seed 1, shows " + (study.settings().full() ? "own" : "trial") + " -->"));
        }
        study.open(study.workspace().with(study.settings().withEpochs(2)));
        assertTrue(shown.get(shown.size() - 1).endsWith("<!-- study of fer2013, seed 1, shows trial -->"));
    }

    @Test
    void seedsAreShownWithWhatIsMissing() throws Exception {
        byte[] pixels = new byte[40 * Faces.PIXELS];
        byte[] labels = new byte[40];
        new Random(1).nextBytes(pixels);
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (i % 7);
        }
        Faces faces = new Faces(pixels, labels);
        Workspace workspace = new Workspace(root, Settings.from(Map.of()).withEpochs(1),
                new FaceSet(new Origin(Origin.Kind.SAMPLE, "drawn"), faces, faces, faces), "cpu");
        Study study = new Study(workspace, (content, mime) -> {
            shown.add(content.toString());
            return "id";
        }, (id, content, mime) -> {});
        study.showSeeds();
        assertEquals(List
                .of("A comparison needs 3 seeds of each model. With the same data and settings `python3 environment/kit.py train all --seeds 1-3 --epochs 1` "
                        + "trains what is missing, and nothing that is finished."),
                shown);

        StudyModel one = StudyModel.named("1");
        StudyModel six = StudyModel.named("6");
        double[][] accuracies = new double[2][3];
        for (int seed = 1; seed <= 3; seed++) {
            Study other = new Study(workspace.with(workspace.settings().withSeed(seed)), (content, mime) -> "id", (id, content, mime) -> {});
            accuracies[0][seed - 1] = other.train(one).validationAccuracy();
            accuracies[1][seed - 1] = other.train(six).validationAccuracy();
            if (seed == 2) {
                shown.clear();
                study.showSeeds();
                assertTrue(
                        shown.get(1).endsWith(
                                "- Two seeds in common, and so nothing to be said of their difference: Model 1 (sample) and Model 6 (sample).\n"),
                        shown.toString());
                assertTrue(shown.get(2).contains("`python3 environment/kit.py train all --seeds 1-3 --epochs 1`"), shown.toString());
            }
        }
        shown.clear();
        study.showSeeds();
        double mean = Arrays.stream(accuracies[0]).average().orElseThrow();
        double difference = mean - Arrays.stream(accuracies[1]).average().orElseThrow();
        assertTrue(shown.get(0).contains("1, 2, 3") && shown.get(0).contains(">" + Figures.fixed(mean, 4) + "<"), shown.get(0));
        assertTrue(shown.get(1).contains(">" + Figures.signed(difference, 4) + "<"), shown.get(1));
        assertTrue(shown.get(2).contains("Model 1 (sample) − Model 6 (sample)"), shown.get(2).substring(0, 300));
        assertTrue(shown.get(3).contains("- Of 1 pair with 3 seeds in common or more, "), shown.get(3));
        assertTrue(shown.get(4).contains("`python3 environment/kit.py train 2 3 4 5 --seeds 1-3 --epochs 1`"), shown.get(4));
    }

    @Test
    void trainingGivesUpTheRunBeforeAndWhatWasMadeOfIt() throws Exception {
        StudyModel model = StudyModel.named("6");
        Study study = ofTwo(Settings.from(Map.of()).withEpochs(1));
        Run run = study.train(model);
        Results results = study.results(run);
        assertEquals(1, results.tableOne().rowCount());
        assertEquals(run.history(), study.train(model).history());
        assertEquals(1, results.tableOne().rowCount(), "loading a finished run gives nothing up");

        study.workspace().planned(Recipe.of(model)).forget();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> study.train(model));
        assertRefused("This run was given up when its training was begun anew", run::history);
        assertRefused("This run was given up", results::tableOne);
        assertRefused("This run was given up", () -> results.curves(run));
        assertEquals("no run", run.toString());
        assertRefused("This run was given up", () -> study.results(run).row(run));
        assertRefused("There is no run here: the cell that trains it", () -> study.results(Run.none()).row(Run.none()));
        assertRefused("There is no run here", () -> study.otherSeeds(Run.none()));
        assertRefused("There is no run here", () -> study.results(Run.none()).tableOne());
        assertRefused("There is no run here", () -> study.results((Run) null).missing());
        assertTrue(shown.get(shown.size() - 1).contains("stopped before epoch 1 was done"), shown.get(shown.size() - 1));
    }

    @Test
    void nothingIsDeletedOrLoadedForANetworkThatIsNotTheSame() throws Exception {
        Study study = ofTwo(Settings.from(Map.of()).withEpochs(1));
        Recipe recipe = Recipe.of(own("flat", "Dense", (manager, format, classes) -> dense(classes)));
        Run run = study.train(recipe);
        Path config = run.folder().resolve("config.json");
        assertRefused("The finished run in reports/trials/flat-",
                () -> study.train(Recipe.of(own("flat", "Dense", (manager, format, classes) -> new SequentialBlock().add(dense(8)).add(
                        Linear.builder().setUnits(classes).build())))));
        for (Architecture other : List.of(own("flat", "Dense", (manager, format, classes) -> dense(8)),
                own("flat", "another", (manager, format, classes) -> dense(classes)),
                own("flat", "Dense", (manager, format, classes) -> null))) {
            assertThrows(IllegalStateException.class, () -> study.trainAgain(Recipe.of(other)));
            assertTrue(Files.exists(config));
        }
        assertEquals(run.history(), study.train(recipe).history());
        Files.delete(run.folder().resolve("test-predictions.csv"));
        assertThrows(IllegalStateException.class,
                () -> study.trainAgain(Recipe.of(own("flat", "another", (manager, format, classes) -> dense(classes)))));
        assertTrue(Files.exists(config), "a run with a file missing is still another's");
        study.trainAgain(recipe);
        assertRefused("This run was given up", run::history);
    }

    private static Architecture own(String name, String plan, Architecture.Network network) {
        return Architecture.of(name, plan, network);
    }

    private static SequentialBlock dense(int units) {
        return new SequentialBlock().add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(units).build());
    }

    private static Run run(Study study, String name) throws InterruptedException {
        return study.train(new StudyModel(name, List.of(4), 3, Padding.SAME, List.of(Pooling.MAX), 8));
    }

    @Test
    void severalRunsOfOnesOwnAreSetBesideEachOther() throws Exception {
        Study study = ofTwo(Settings.from(Map.of()).withEpochs(1));
        Run half = run(study, "half");
        Run other = run(study, "other");
        assertRefused("There is no run here", () -> study.results(half, Run.none()).tableOne());
        assertEquals("half (trial), other (trial)", study.results(half, other).toString());
        Study full = new Study(study.workspace().with(study.settings().withEpochs(50)), (content, mime) -> "id", (id, content, mime) -> {});
        Run whole = run(full, "whole");
        assertRefused("half (trial) cannot stand beside whole: trials are", () -> study.results(half, whole).tableOne());
    }

    @Test
    void aRunOnAnotherModelIsNotGivenUp() throws Exception {
        Study study = ofTwo(Settings.from(Map.of()).withEpochs(1));
        Run six = study.train(StudyModel.named("6"));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> study.train(StudyModel.named("1")));
        assertEquals(1, six.history().size());
        assertFalse(six.toString().contains("@"), six.toString());
        assertTrue(six.toString().startsWith("model-6 on FER2013, seed 1, epochs 1, batch 128, training images all"), six.toString());
    }

    @Test
    void progressSaysBeforehandWhatIsSafeAndHowToTrainWithoutANotebook() throws Exception {
        ofTwo(Settings.from(Map.of()).withEpochs(1).withSeed(5)).train(StudyModel.named("6"));
        String meanwhile = shown.stream().filter(html -> html.contains("image 2 of 2")).findFirst().orElseThrow();
        assertTrue(meanwhile.contains("Stopping is safe: run this cell again, and it goes on"), meanwhile);
        assertTrue(meanwhile.contains("Reloading or closing this page is safe too"), meanwhile);
        assertTrue(meanwhile.contains("kit.py train 6 --epochs 1 --limit 0 --batch 128 --seed 5<"), meanwhile);
        assertFalse(shown.get(shown.size() - 1).contains("safe"), "nothing of it stays below a finished run");
    }

    @Test
    void aNetworkOfOnesOwnIsTrainedInTheNotebookOnly() throws Exception {
        ofTwo(Settings.from(Map.of()).withEpochs(1)).train(new StudyModel("half", List.of(4), 3, Padding.SAME, List.of(Pooling.MAX), 8));
        assertTrue(shown.stream().anyMatch(html -> html.contains("Stopping is safe")), "progress is shown");
        assertFalse(shown.stream().anyMatch(html -> html.contains("kit.py train")), "the command knows no such model");
    }

    @Test
    void errorsOfFilesAreOneSentence() throws Exception {
        Study study = ofTwo(Settings.from(Map.of()).withEpochs(1));
        assertRefused("Weight file absent.h5: there is none of this name in " + Path.of("").toAbsolutePath(),
                () -> Transfer.open(study, Path.of("absent.h5")));
        Run run = study.train(StudyModel.named("6"));
        Files.writeString(run.folder().resolve("history.csv"), "nonsense");
        assertRefused(run.folder().resolve("history.csv") + ", line 1: found", () -> study.results().missing());
        assertRefused(run.folder().resolve("history.csv") + ", line 1: found", () -> study.results(run).tableOne());
        assertRefused(run.folder().resolve("history.csv") + ", line 1: found", () -> study.train(StudyModel.named("6")));
    }

    @Test
    void anErrorOfTrainingIsOneSentence() {
        Faces two = new Faces(new byte[2 * Faces.PIXELS], new byte[] {3, 4});
        Faces none = new Faces(new byte[0], new byte[0]);
        FaceSet data = new FaceSet(new Origin(Origin.Kind.FER2013, "FER2013"), two, none, two);
        Study study = new Study(new Workspace(root, Settings.from(Map.of()), data, "cpu"), (content, mime) -> "id", (id, content, mime) -> {});
        assertRefused("Training needs labelled validation images: this data set has none", () -> study.train(StudyModel.named("6")));
    }

    @Test
    void tablesAndPicturesAreShownWithTheirCaptionsAndPicturesWithTheirDescription() {
        Study study = ofTwo(Settings.from(Map.of()));
        study.show(Table.create("Counts of \"a\" & b", StringColumn.create("a", "1")));
        study.show(new Picture("Curves < lines", "Two \"curves\"", new BufferedImage(3, 3, BufferedImage.TYPE_INT_RGB)));
        study.show(new BufferedImage(3, 3, BufferedImage.TYPE_INT_RGB));
        assertTrue(shown.get(0).startsWith("<table class=\"ferkit\"><caption"));
        assertTrue(shown.get(0).contains(">Counts of &quot;a&quot; &amp; b</caption><thead><tr><th scope=\"col\""));
        assertTrue(shown.get(1).contains(" width=\"2\" alt=\"Two &quot;curves&quot;\" src=\"data:image/png;base64,"));
        assertTrue(shown.get(1).endsWith("<figcaption>Curves &lt; lines</figcaption></figure>"));
        assertTrue(shown.get(2).contains("alt=\"An image of 3×3 pixels\""));
    }

    @Test
    void aRunIsShownWithItsCurvesItsRowAndWhatIsInside() throws Exception {
        StudyModel small = new StudyModel("half", List.of(4), 3, Padding.SAME, List.of(Pooling.MAX), 8);
        Study study = ofTwo(Settings.from(Map.of()).withEpochs(1));
        study.showNetwork(small);
        Run run = study.train(small);
        shown.clear();
        study.showRun(run);
        study.showInside(run, small);
        List<String> pieces = List.of("Accuracy and loss of half (trial)", "After its one epoch training accuracy minus",
                "Row of the study's Table 1: half (trial)",
                "- This run is a trial", "No other seed of this network", "Kernels of the first convolution", "What the blocks of half",
                "What half (trial) says",
                "Mistakes of half (trial)");
        assertEquals(pieces.size(), shown.size());
        for (int i = 0; i < pieces.size(); i++) {
            assertTrue(shown.get(i).contains(pieces.get(i)), shown.get(i));
        }
        assertRefused("There is no run here", () -> study.showRun(Run.none()));
        assertRefused("There is no run here", () -> study.showInside(Run.none(), small));
        assertEquals(pieces.size(), shown.size());
    }

    @Test
    void theSizeOfTrainingIsSaidAsFarAsItIsTheSameForAllModels() {
        Settings settings = Settings.from(Map.of());
        Faces two = new Faces(new byte[2 * Faces.PIXELS], new byte[] {3, 4});
        FaceSet photographs = new FaceSet(new Origin(Origin.Kind.FER2013, "FER2013"), two, two, two);
        assertEquals("epochs: 5, batch: 16, images: all (made for the sample, not the study's)", training(settings, Sample.draw()));
        assertEquals("the study's configuration; a trial for models without a finished run of it", training(settings, photographs));
        assertEquals("the study's configuration", training(settings.withFull(true), photographs));
        assertEquals("epochs: as many as in the study, batch: 64, images: 1", training(settings.withBatch(64).withLimit(1), photographs));
        assertEquals("epochs: 3, batch: 128, images: all", training(settings.withEpochs(3).withLimit(2), photographs));
    }
}
