package ferkit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.FerPlus;
import ferkit.data.Format;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import ferkit.data.report.DataReport;
import ferkit.eval.Ablation;
import ferkit.model.StudyModel;
import ferkit.study.Beyond;
import ferkit.train.History;
import ferkit.train.Predictions;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class ErrorResultsTest {
    private static final int IMAGES = 20;

    /** All called happy; the first test image is the first for training under another name, the second the second. */
    private static FaceSet set() {
        byte[] training = new byte[4 * Faces.PIXELS];
        byte[] test = new byte[IMAGES * Faces.PIXELS];
        for (int i = 0; i < 4; i++) {
            System.arraycopy(TinyFaces.pixels(i), 0, training, i * Faces.PIXELS, Faces.PIXELS);
        }
        for (int i = 0; i < IMAGES; i++) {
            System.arraycopy(TinyFaces.pixels(i < 2 ? i : 1000 + i), 0, test, i * Faces.PIXELS, Faces.PIXELS);
        }
        byte[] labels = new byte[IMAGES];
        Arrays.fill(labels, (byte) 3);
        return new FaceSet(new Origin(Origin.Kind.FER2013, "FER2013"), new Faces(training, new byte[] {0, 3, 0, 6}),
                new Faces(new byte[4 * Faces.PIXELS], new byte[4]),
                new Faces(test, labels));
    }

    /** Right by the label on the last sixteen images, and says neutral of the others. */
    private static Run run() {
        return run("model-6", 4);
    }

    /** Says neutral of the first images, and happy of the others; on votes of the nineteen that have a majority. */
    private static Run run(String name, int neutral) {
        boolean onVotes = name.equals("sprint-ferplus");
        int[] truth = IntStream.generate(() -> 3).limit(IMAGES).toArray();
        int[] predicted = IntStream.range(0, IMAGES).map(i -> i < neutral ? 6 : 3).toArray();
        Classes classes = onVotes ? Classes.WITH_CONTEMPT : Classes.FER2013;
        float[][] rows = new float[IMAGES][classes.count()];
        for (int i = 0; i < IMAGES; i++) {
            rows[i][predicted[i]] = i < neutral ? 0.6f : 0.9f;
            rows[i][0] = 1 - rows[i][predicted[i]];
        }
        Predictions all = new Predictions(classes, truth, predicted, rows);
        Predictions said = onVotes ? all.select(IntStream.range(0, IMAGES - 1).toArray()) : all;
        Recipe recipe = Recipe.of(StudyModel.named("6"));
        return new Run(Path.of("six"),
                new RunConfig(name, recipe.architecture().plan(), "random", "", recipe.parts(Format.FER2013), "data", Official.HASH,
                        classes, Format.FER2013, 1, 50, 128, 0, 1, "cpu", Map.of(), 1),
                new History(List.of(new History.Epoch(1, 0.5, 1, 0.5, 1, 1e-3, 1))), said, said);
    }

    /** Ten people say neutral of the first two test images, happy of the others; the last has no majority. Of the validation images they say angry, and happy of the last. */
    private static FerPlus votes(FaceSet set) {
        List<int[]> rows = IntStream.range(0, IMAGES).mapToObj(i -> i < 2 ? new int[] {10, 0, 0, 0, 0, 0, 0, 0, 0, 0}
                : i < IMAGES - 1 ? new int[] {2, 8, 0, 0, 0, 0, 0, 0, 0, 0} : new int[] {5, 5, 0, 0, 0, 0, 0, 0, 0, 0}).toList();
        List<int[]> validation = IntStream.range(0, 4)
                .mapToObj(i -> i < 3 ? new int[] {0, 0, 0, 0, 10, 0, 0, 0, 0, 0} : new int[] {0, 10, 0, 0, 0, 0, 0, 0, 0, 0}).toList();
        return FerPlus.of(set, Map.of(Split.TRAINING, List.of(), Split.VALIDATION, validation, Split.TEST, rows));
    }

    private static ErrorResults errors(boolean voted) throws IOException {
        return errors(voted, List.of(run()), List.of());
    }

    private static ErrorResults errors(boolean voted, List<Run> runs, List<Run> onVotes) throws IOException {
        FaceSet set = set();
        return ErrorResults.of(set, runs, List.of(), onVotes, voted ? Optional.of(votes(set)) : Optional.empty());
    }

    private static String row(Table table, int row) {
        return String.join(" | ", IntStream.range(0, table.columnCount()).mapToObj(i -> table.getString(row, i)).toList());
    }

    @Test
    void labelAndRunAreHeldAgainstTheMajority() throws IOException {
        ErrorResults errors = errors(true);
        assertTrue(errors.state().startsWith("On 19 of 20 test images most people agree on a class"), errors.state());
        Table table = errors.againstMajority();
        assertEquals("The data set's label | 0.8947 | 0.686–0.971 |  |  | ", row(table, 0)); // 17 of 19
        assertEquals("Model 6 | 0.8947 | 0.686–0.971 | 0.7895 | 4 | 50.0 %", row(table, 2)); // 2 of its 4 errors are what most see
        Table agreement = errors.byAgreementTable();
        assertEquals(List.of("17", "1.000", "0.882"), agreement.stringColumn("8").asList());
        assertEquals(List.of("Images", "The data set's label", "Model 6"), agreement.stringColumn(0).asList());
        assertEquals("Neutral | Happy | 2 | 1.000", row(errors.differences(1), 0));
        assertTrue(errors.labelSentences().get(2).contains("That share minus the label's own is 0.0000"), errors.labelSentences().toString());
        Table doubt = errors.doubt();
        assertEquals(List.of("Images", "Model 6"), doubt.stringColumn(0).asList());
        assertEquals("2", doubt.getString(0, 1), "all ten say neutral of two images");
        assertEquals("0.67", doubt.getString(1, 1), "of which the run says 0.6 and 0.4");
        assertEquals("In 0 of 1 run the mean entropy rises from column to column: the less people agree, the less decided the run.",
                errors.doubtSentences().get(0));
        assertEquals(List.of("Where 10 of ten people agree, the label says what they see in 0.0 %, the runs trained on labels in 100.0 %.",
                "Where 8 of ten people agree, the label says what they see in 100.0 %, the runs trained on labels in 88.2 %."),
                errors.agreementSentences());
    }

    @Test
    void trainingOnVotesIsTakenApart() throws IOException {
        ErrorResults errors = errors(true, List.of(run("sprint", 4)), List.of(run("sprint-ferplus", 2)));
        Table table = errors.trainedOnVotes();
        assertEquals(List.of("1.0000", "0.8947", "0.7895"), table.stringColumn("Right by the majority").asList().subList(0, 3),
                "angry, three of four among the validation images' majorities, half of the training images' labels, takes the place of neutral");
        String sentences = String.join(" ", errors.votesSentences());
        assertTrue(sentences.contains(
                "says what the majority sees on 100.0 % of the images (one seed has been run). That share minus Sprint's is +0.1053 (95 % interval "),
                sentences);
        assertTrue(sentences.contains(
                "−10.5 points without a label better than another. Neutral, for one, is what the majority sees on 10.5 % of the images and what the "
                        + "label says on 0.0 %; the run on labels says it on 21.1 %, that on votes on 10.5 %."),
                sentences);
        assertTrue(errors.byAgreement().description().contains("Sprint on votes: 1.00 at 8"), errors.byAgreement().description());
    }

    @Test
    void withoutVotesItSaysWhatIsMissingAndGoesOn() throws IOException {
        ErrorResults errors = errors(false);
        assertTrue(errors.state().startsWith("FER+ is missing: `fer2013new.csv` does not lie beside the data"));
        assertEquals("Model 6 | 0.8000 (0.584–0.919) | 0.8889 (0.672–0.969) | 1.0000 (0.806–1.000) | 1.0000 (0.785–1.000)",
                row(errors.withoutTheDoubtful(), 0));
        assertEquals("0.840", errors.calibration().getString(0, 1));
        assertTrue(errors.summary().get(0).startsWith("More confident than right are 1 of 1, by most Model 6 (84.0 % confident, 80.0 % right)."),
                errors.summary().toString());
    }

    @Test
    void copiesAreLeftOutAndToldByTheLabelOfTheirTwin() throws IOException {
        FaceSet set = set();
        Table table = errors(false).copies(new DataReport(set, Optional.empty(), text -> {}));
        assertTrue(table.name().endsWith(": 2 of 20 test images have one"), table.name());
        assertEquals("0.8889", table.getString(0, 2)); // 16 of 18
        assertEquals("−0.0889", table.getString(0, 4)); // 0.8 − 0.8889
        Table labels = errors(false).copyLabels(new DataReport(set, Optional.empty(), text -> {}));
        assertEquals("0.000 (0.000–0.793) | 0.000 (0.000–0.793) | 0.000 (0.000–0.793)",
                labels.getString(0, 1) + " | " + labels.getString(0, 2) + " | " + labels.getString(0, 3));
        assertTrue(labels.columnNames().contains("Copy with another label (1): right"));
        assertEquals("1.000 (0.207–1.000)", errors(false, List.of(run("model-6", 0)), List.of())
                .copyLabels(new DataReport(set, Optional.empty(), text -> {})).getString(0, 1), "happy, as the second image and its copy are called");
    }

    @Test
    void theStudysQuestionsStandBesideItsOwnDifferences() {
        List<Ablation.Outcome> small = List.of(outcome(1, 10), outcome(2, 12));
        Map<Beyond, List<Ablation.Outcome>> changed = new LinkedHashMap<>();
        changed.put(Beyond.CHANCE.get(1), List.of(outcome(1, 8), outcome(2, 9)));
        Table table = ErrorResults.chance(small, changed, new Results(set().origin(), List.of()));
        assertEquals(2, table.rowCount());
        assertEquals("nothing: Small Model 2", table.getString(0, 0));
        assertEquals("maximum pooling throughout (Model 1)", table.getString(1, 0));
        assertEquals("−0.1250", table.stringColumn("Difference").get(1)); // 8.5 and 11 of 20
        assertEquals("−0.0159", table.stringColumn("Full size, the study's runs").get(1)); // 0.6353 − 0.6512
        assertEquals("–", table.stringColumn("Full size, this kit's runs").get(1));
        // variances 0.005 and 0.00125 pooled: 0.0559; t of 2 degrees 4.3027 · √2 · 0.0559
        assertTrue(
                ErrorResults.chanceSentences(small, changed).get(0)
                        .contains("standard deviation of these accuracies is 0.0559, so that two runs of one network lie up to 0.3402"),
                ErrorResults.chanceSentences(small, changed).toString());
        assertTrue(
                ErrorResults.chanceSentences(small, changed).get(1)
                        .startsWith("With 2 seeds of each that scatter so, a test of two tells them apart where their means lie about 0.2405 apart"),
                ErrorResults.chanceSentences(small, changed).toString()); // 4.3027 · √(2/2) · 0.0559
        changed.put(Beyond.CHANCE.get(2), List.of(outcome(1, 2), outcome(2, 18)));
        assertEquals("0.5657",
                ErrorResults.chance(small, changed, new Results(set().origin(), List.of())).stringColumn("Standard deviation over seeds").get(2));
        List<String> apart = ErrorResults.chanceSentences(small, changed);
        assertTrue(apart.get(0).startsWith("Small Model 3 stands apart: its seeds scatter with a standard deviation of 0.5657"), apart.toString());
        assertTrue(apart.get(1).contains("standard deviation of these accuracies is 0.0559"), apart.toString());
        assertTrue(apart.get(3).contains("none of the study's 1 difference of these from Model 2 would be larger than 0.3402."), apart.toString());
        changed.clear();
        changed.put(Beyond.CHANCE.get(1), List.of(outcome(1, 4), outcome(2, 6), outcome(3, 4)));
        List<String> paired = ErrorResults.chanceSentences(List.of(outcome(1, 10), outcome(2, 12), outcome(3, 11)), changed);
        // differences −0.3, −0.3 and −0.35: mean −0.3167, standard error 0.0167, t = −19 with 2 degrees of freedom
        assertTrue(
                paired.get(0).endsWith("Small Model 1 is told apart from Small Model 2 after Holm's correction (smallest p: 0.003, Small Model 1)."),
                paired.toString());
        assertEquals(Collections.singletonList("One seed of each has been run, so how much chance alone changes is not known here."),
                ErrorResults.chanceSentences(small.subList(0, 1), Map.of()));
    }

    private static Ablation.Outcome outcome(long seed, int right) {
        Predictions said = new Predictions(new int[IMAGES], IntStream.range(0, IMAGES).map(i -> i < right ? 0 : 1).toArray(), new float[IMAGES][7]);
        return new Ablation.Outcome(seed, said, said);
    }
}
