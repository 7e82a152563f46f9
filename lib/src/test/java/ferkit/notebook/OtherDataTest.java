package ferkit.notebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ferkit.chart.Picture;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.form.Datasets;
import ferkit.model.Architecture;
import ferkit.model.StudyModel;
import ferkit.model.StudyModel.Padding;
import ferkit.model.StudyModel.Pooling;
import ferkit.report.DataTables;
import ferkit.report.Pictures;
import ferkit.report.Results;
import ferkit.study.Settings;
import ferkit.study.Workspace;
import ferkit.train.History;
import ferkit.train.Input;
import ferkit.train.Progress;
import ferkit.train.Recipe;
import ferkit.train.Refusal;
import ferkit.train.Run;
import ferkit.train.Schedule;
import ferkit.train.Views;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data set that is not FER2013's in classes, size or colour goes the whole way: trained, stopped and continued, reported, shown. */
class OtherDataTest {
    private static final Format FORMAT = new Format(3, 64, 64);
    private static final FaceSet DATA = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "eight in colour"), faces(200, 1), faces(40, 2),
            faces(40, 3));
    private static final StudyModel SMALL = new StudyModel("small", List.of(8, 8), 3, Padding.SAME, List.of(Pooling.MAX, Pooling.AVG), 16);
    private static final Recipe RECIPE = Recipe.of(SMALL).withSchedule(Schedule.constant())
            .withInput(Input.grey().flipped(0.5).moved(5, 0.05, 0.05).lit(0.1, 0.1).erased(0.3)).withViews(Views.FLIPPED);

    private final List<String> shown = new ArrayList<>();

    @TempDir Path root;

    /** Coloured stripes, which colour and how wide by the class, under noise. */
    private static Faces faces(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] pixels = new byte[size * FORMAT.size()];
        byte[] labels = new byte[size];
        for (int i = 0; i < size; i++) {
            int label = i % 8;
            labels[i] = (byte) label;
            for (int p = 0; p < FORMAT.size(); p++) {
                boolean stripe = p / 3 / 64 / (4 + 4 * (label / 4)) % 2 == 0;
                boolean lit = label % 4 == 3 || p % 3 == label % 4;
                pixels[i * FORMAT.size() + p] = (byte) ((stripe && lit ? 170 : 60) + random.nextInt(60));
            }
        }
        return new Faces(Classes.WITH_CONTEMPT, FORMAT, pixels, labels);
    }

    /** The same images, read from folders of PNG files. */
    private FaceSet read() throws IOException {
        for (Split split : Split.values()) {
            Faces faces = DATA.split(split);
            for (int i = 0; i < faces.size(); i++) {
                BufferedImage image = new BufferedImage(FORMAT.width(), FORMAT.height(), BufferedImage.TYPE_3BYTE_BGR);
                byte[] pixels = faces.pixels(i);
                for (int p = 0; p < pixels.length; p++) {
                    image.getRaster().setSample(p / 3 % FORMAT.width(), p / 3 / FORMAT.width(), p % 3, pixels[p] & 0xff);
                }
                Path folder = root.resolve("eight").resolve(split.name().toLowerCase(Locale.ROOT)).resolve(faces.classes().title(faces.label(i)));
                ImageIO.write(image, "png", Files.createDirectories(folder).resolve(i + ".png").toFile());
            }
        }
        return Datasets.read(root.resolve("eight"));
    }

    private Workspace workspace(String folder, FaceSet data) {
        return new Workspace(root.resolve(folder), Settings.from(Map.of()).withEpochs(3).withLimit(0).withBatch(16).withThreads(1), data, "cpu");
    }

    /** Interrupts the training in an epoch, 0 for none. */
    private record Interrupting(int inEpoch) implements Progress {
        @Override
        public void message(String text) {}

        @Override
        public void batch(int epoch, int images, int of, double accuracy, double loss) {
            if (epoch == inEpoch) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void epoch(History history) {}
    }

    private static void assertShows(Picture picture, String... words) {
        for (String word : words) {
            assertTrue(picture.toString().contains(word), picture.toString());
        }
    }

    @Test
    void eightClassesInColourGoTheWholeWay() throws Exception {
        FaceSet data = read();
        assertArrayEquals(DATA.training().counts(), data.training().counts());
        Workspace workspace = workspace("whole", data);
        Run whole = workspace.planned(RECIPE).train(new Interrupting(0));
        assertTrue(whole.history().epochs().get(2).loss() < whole.history().epochs().get(0).loss(), whole.history()::toCsv);

        Workspace parts = workspace("parts", data);
        assertThrows(InterruptedException.class, () -> parts.planned(RECIPE).train(new Interrupting(2)));
        Run continued = parts.planned(RECIPE).train(new Interrupting(0));
        for (String file : List.of("weights.safetensors", "validation-predictions.csv", "test-predictions.csv")) {
            assertArrayEquals(Files.readAllBytes(whole.folder().resolve(file)), Files.readAllBytes(continued.folder().resolve(file)), file);
        }

        Run run = workspace.planned(RECIPE).finished().orElseThrow();
        assertEquals(whole.config(), run.config());
        assertEquals(Classes.WITH_CONTEMPT, run.config().classes());
        assertEquals(FORMAT, run.config().format());
        assertEquals("colour 0 to 255", run.config().parts().get("input"));
        assertTrue(
                Files.readString(run.folder().resolve("validation-predictions.csv")).startsWith("index,truth,predicted,p0,p1,p2,p3,p4,p5,p6,p7\n"));
        assertArrayEquals(whole.test().probabilities(), run.predict(RECIPE, data.test()).probabilities());

        Results results = new Results(data.origin(), List.of(run));
        assertEquals(10, results.report(run).rowCount());
        assertEquals("Contempt", results.report(run).stringColumn("Class").get(7));
        assertEquals(8, results.surestMistakes(run).rowCount());
        assertEquals(10, results.f1Table().columnCount());
        assertTrue(results.findings(run).stream().noneMatch(sentence -> sentence.contains("Disgust has")), results.findings(run)::toString);
        assertShows(results.confusion(run), "Contempt");
        assertShows(results.recalls(run), "Contempt");
        assertShows(results.f1(run), "highest");
        assertShows(Pictures.network(SMALL, data), "Image 3 × 64 × 64", "Output 8");
        assertShows(Pictures.kernels(run, SMALL, data), "8 squares of 3×3");
        assertShows(Pictures.answers(run, SMALL, data), "the average face of Angry", "8 maps of 64×64");
        assertShows(Pictures.predictions(run, SMALL, data), "Average of Contempt");
        assertShows(DataTables.pictures(data), "8 small images");
        assertTrue(DataTables.officialTable(data).isEmpty());
        assertEquals("RGB values of each split", DataTables.pixels(data).name());
        assertEquals(List.of("Angry", "Disgust", "Fear", "Happy", "Sad", "Surprise", "Neutral", "Contempt", "All"),
                DataTables.countTable(data).stringColumn("Class").asList());
    }

    /** Fewer than may be averaged: what is shown is the average of all, and nothing drawn with other classes. */
    @Test
    void aStudyOfFewImagesAndANetworkOfOnesOwn() throws Exception {
        FaceSet few = new FaceSet(DATA.origin(), faces(32, 4), faces(8, 5), faces(8, 6));
        Study study = new Study(workspace("few", few), (content, mime) -> {
            shown.add(content.toString());
            return "id";
        }, (id, content, mime) -> shown.add(content.toString()));
        study.showNetwork(SMALL);
        assertTrue(shown.get(0).contains("Image 3 × 64 × 64"), shown.get(0));
        Run run = study.train(Recipe.of(SMALL));
        study.showRun(run);
        study.showInside(run, SMALL);
        assertTrue(shown.stream().anyMatch(html -> html.contains("says of the average face")), shown::toString);

        Architecture own = Architecture.of("own", "flatten, dense 8 ReLU, dense", (manager, format, classes) -> new SequentialBlock()
                .add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(8).build()).add(Activation.reluBlock())
                .add(Linear.builder().setUnits(classes).build()));
        Run raw = study.train(Recipe.of(own).named("raw"));
        shown.clear();
        study.showNetwork(own);
        study.showInside(raw, own);
        List<String> pieces = List.of("Network own is no row of blocks as the study's are, so there is no drawing of it.",
                "The network layer by layer, 6 rows", "Network own does not begin with a layer Conv2d, so it has no first kernels to show.",
                "Network own is no sequence of layers of which some pool, so there are no maps before a pooling to show.",
                "What raw (trial) says of the average face", "Mistakes of raw (trial) on the validation images");
        assertEquals(pieces.size(), shown.size());
        for (int i = 0; i < pieces.size(); i++) {
            assertTrue(shown.get(i).contains(pieces.get(i)), shown.get(i));
        }
        assertThrows(Refusal.class, () -> Pictures.kernels(raw, own, few));
        Files.delete(raw.folder().resolve("weights.safetensors"));
        assertThrows(Refusal.class, () -> study.showInside(raw, own), "what is wrong with a run is no property of its network");

        Run trained = study.train(Recipe.of(own).withInput(Input.grey().asStandardized()));
        assertEquals(8, trained.test().probabilities()[0].length);
        assertEquals("colour, each image standardised", trained.config().parts().get("input"));
    }

    @Test
    void sharesAreLearntAndAreOtherData() throws Exception {
        float[][] votes = new float[DATA.training().size()][8];
        IntStream.range(0, votes.length).forEach(i -> {
            votes[i][i % 8] = 7;
            votes[i][(i + 1) % 8] = 3;
        });
        FaceSet shared = new FaceSet(DATA.origin(), DATA.training().withShares(votes), DATA.validation(), DATA.test());
        assertNotEquals(DATA.hash(), shared.hash());
        assertEquals(shared.hash(), shared.limitTraining(0, 1).hash());
        Run soft = workspace("soft", shared).planned(RECIPE.withEpochs(1)).train(new Interrupting(0));
        Run hard = workspace("hard", DATA).planned(RECIPE.withEpochs(1)).train(new Interrupting(0));
        assertArrayEquals(hard.validation().truth(), soft.validation().truth());
        assertNotEquals(hard.history().epochs().get(0).loss(), soft.history().epochs().get(0).loss());
        assertFalse(Arrays.equals(Files.readAllBytes(hard.folder().resolve("weights.safetensors")),
                Files.readAllBytes(soft.folder().resolve("weights.safetensors"))));
    }
}
