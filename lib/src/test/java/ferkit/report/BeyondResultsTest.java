package ferkit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.eval.Ensemble;
import ferkit.eval.Selection;
import ferkit.model.StudyModel;
import ferkit.study.Published;
import ferkit.train.History;
import ferkit.train.Predictions;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class BeyondResultsTest {
    private static final int IMAGES = 1000;
    private static final FaceSet FER2013 = set(new Origin(Origin.Kind.FER2013, "FER2013"));

    private static FaceSet set(Origin origin) {
        Faces training = new Faces(Classes.FER2013, Format.FER2013, new byte[100 * Faces.PIXELS], new byte[100]);
        return new FaceSet(origin, training, training, training);
    }

    /** A run in which the images from {@code from} on, {@code right} of them, are predicted right and surely. */
    private static Run run(String model, long seed, int from, int right) {
        int[] truth = IntStream.range(0, IMAGES).map(i -> i % 7).toArray();
        int[] predicted = IntStream.range(0, IMAGES).map(i -> i >= from && i < from + right ? i % 7 : (i + 1) % 7).toArray();
        float[][] probabilities = new float[IMAGES][7];
        for (int i = 0; i < IMAGES; i++) {
            probabilities[i][predicted[i]] = predicted[i] == truth[i] ? 0.9f : 0.6f;
        }
        Predictions said = new Predictions(truth, predicted, probabilities);
        Recipe recipe = Recipe.of(StudyModel.named(model));
        History history = new History(IntStream.rangeClosed(1, 50)
                .mapToObj(e -> new History.Epoch(e, 0.5, 1, e == 9 ? right / (double) IMAGES : 0.1, 1, 1e-3, 1)).toList());
        return new Run(Path.of(model + seed), new RunConfig(model, recipe.architecture().plan(), "random", "", recipe.parts(Format.FER2013), "data",
                Official.HASH, Classes.FER2013, Format.FER2013, seed, 50, 128, 0, 1, "cpu", Map.of(), 1), history, said, said);
    }

    private static BeyondResults of(FaceSet data, Run... runs) throws IOException {
        return BeyondResults.of(data, List.of(runs));
    }

    @Test
    void seedsHaveAMeanAndASpread() throws Exception {
        Run run = run("model-6", 1, 0, 640);
        assertTrue(BeyondResults.seeds(run, List.of()).get(0).startsWith("One seed has been run"));
        assertEquals(
                "The study's best validation accuracy, 0.6545 (Model 3, of the image alone), is reached in 1 of 3 seeds of the image alone and in 1 of 3 with views.",
                BeyondResults.seeds(run, List.of(run("model-6", 2, 0, 660), run("model-6", 3, 0, 650))).get(3));
        assertEquals("Validation accuracy of the image alone over 3 seeds: 0.6500 on average, from 0.6400 to 0.6600, standard deviation 0.0100.",
                BeyondResults.seeds(run, List.of(run("model-6", 2, 0, 660), run("model-6", 3, 0, 650))).get(0));
    }

    @Test
    void costIsCountedFromTheLayersTheImagesAndTheEpochs() throws Exception {
        BeyondResults beyond = of(FER2013, run("model-6", 1, 0, 640), run("model-1", 1, 300, 650));
        // 63.5 and 86.8 million multiply-adds × 6 × 100 images × 50 epochs
        assertEquals(List.of("0.0019", "0.0026"), beyond.table().stringColumn("Training cost, PFLOP").asList());
        assertEquals(List.of("–", "–"), beyond.table().stringColumn("Test, with views").asList(), "the study's are asked of the image alone");
        Selection selection = beyond.selection().orElseThrow();
        assertEquals(
                "The chosen ones together minus the plain mean of all: 0.0000 (95 % interval −0.0020 to +0.0020, p = 1.000): choosing has not been shown "
                        + "to change anything.",
                beyond.worthOf(selection).orElseThrow());
        assertEquals(
                "Chosen by one half of the validation images and asked about the other, and the other way round, they are right in 0.9500 of them on average "
                        + "over 20 random halvings (from 0.9500 to 0.9500); the plain mean of all, which needs no choice, in 0.9500.",
                beyond.onHalves());
        assertEquals(List.of(1, 0), selection.picks().subList(0, 2));
        assertTrue(
                beyond.costOf(selection)
                        .startsWith("A prediction by the chosen ones together takes 150 million multiply-adds, 1.7 times those of Model 1 alone"),
                beyond.costOf(selection));
        Ensemble ensemble = beyond.onTest(selection).orElseThrow();
        assertEquals(0.95, ensemble.together().accuracy(), "the surer of the two is right where only one is");
        assertTrue(beyond.costs(Optional.of(selection)).orElseThrow().description()
                .contains("this kit's recipes: The chosen ones together 0.950 at 0.0045 PFLOP"));
    }

    @Test
    void severalTogetherStandBesideTheBestAlone() throws Exception {
        Table table = of(FER2013, run("model-6", 1, 0, 640), run("model-1", 1, 300, 650)).together().orElseThrow();
        assertEquals("Together on the test images, beside Model 1 (0.6500)", table.name());
        assertEquals(List.of("All, chosen and weighted", "All, plain mean"), table.stringColumn("Runs").asList(),
                "none has seen other photographs, and all are the study's");
        assertEquals("+0.3000", table.doubleColumn("Difference").getString(0));
        assertEquals(List.of("< 0.001", "< 0.001"), table.stringColumn("p after Holm").asList());
        assertTrue(of(FER2013, run("model-6", 1, 0, 640)).together().isEmpty());
    }

    @Test
    void othersFiguresStandOnlyBesideRunsOfFullSizeOnFer2013() throws Exception {
        BeyondResults beyond = of(FER2013, run("model-6", 1, 0, 640), run("model-1", 1, 300, 650));
        assertEquals(Published.field().size(), beyond.field().orElseThrow().rowCount());
        assertTrue(beyond.costs(Optional.empty()).orElseThrow().description().contains("VGG19 (Wu) 0.731 at 29 PFLOP"));
        assertEquals(
                "Best single run by validation trained on FER2013 alone: Model 1, 0.6500 on the test images (95 % interval 0.620–0.679); of the published "
                        + "figures listed on such terms the best is 0.7270, VGG (Pramerdorfer), which lies above that interval.",
                beyond.reached(Optional.empty()).get(0));
        BeyondResults drawn = of(set(new Origin(Origin.Kind.SAMPLE, "drawn")), run("model-6", 1, 0, 640));
        assertTrue(drawn.field().isEmpty());
        assertTrue(!drawn.costs(Optional.empty()).orElseThrow().description().contains("Wu"));
        assertTrue(drawn.reached(Optional.empty()).get(0).contains("not set beside"));
        assertTrue(drawn.selection().isEmpty());
    }
}
