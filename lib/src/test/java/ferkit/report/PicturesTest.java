package ferkit.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ferkit.chart.Picture;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Origin;
import ferkit.data.drawn.Sample;
import ferkit.eval.Figures;
import ferkit.eval.Occlusion;
import ferkit.model.Architecture;
import ferkit.model.StudyModel;
import ferkit.model.StudyModel.Padding;
import ferkit.model.StudyModel.Pooling;
import ferkit.study.Trained;
import ferkit.train.ConsoleProgress;
import ferkit.train.Examples;
import ferkit.train.Input;
import ferkit.train.Inside;
import ferkit.train.Predictions;
import ferkit.train.Progress;
import ferkit.train.Recipe;
import ferkit.train.Refusal;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import ferkit.train.Schedule;
import ferkit.train.Training;
import java.awt.image.BufferedImage;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

class PicturesTest {
    private static final StudyModel SMALL = new StudyModel("small", List.of(4, 8), 5, Padding.VALID, List.of(Pooling.MAX, Pooling.AVG), 16);
    private static final FaceSet SAMPLE = Sample.draw();
    /** The drawings again, called photographs. */
    private static final FaceSet PHOTOGRAPHS = new FaceSet(new Origin(Origin.Kind.FER2013, "FER2013"), SAMPLE.training(), SAMPLE.validation(),
            SAMPLE.test());

    @TempDir static Path folder;
    private static Run run;

    @BeforeAll
    static void train() throws Exception {
        RunConfig config = new RunConfig("small", SMALL.plan(), "random", "", Recipe.of(SMALL).parts(SAMPLE.format()), "sample", SAMPLE.hash(),
                SAMPLE.classes(), SAMPLE.format(), 1, 1, 64, 0, 1, "cpu", Map.of(), 0);
        Faces few = SAMPLE.training().select(IntStream.range(0, 128).toArray());
        Progress silent = new ConsoleProgress("small", 1, new PrintStream(OutputStream.nullOutputStream()));
        run = Training.run(folder.resolve("run"), config, Recipe.of(SMALL).withSchedule(Schedule.constant()), Examples.of(few),
                Examples.of(SAMPLE.validation()),
                Examples.of(SAMPLE.test()), silent);
    }

    @Test
    void aNetworkIsDrawnFromItsPlan() {
        assertEquals("The network of Model 6, from left to right: Image 1 × 48 × 48, Block 1 32 × 23 × 23 (9,696 parameters), Block 2 64 × 10 × 10"
                + " (55,680 parameters), Block 3 128 × 4 × 4 (221,952 parameters), Head 256 (524,544 parameters), Output 7 (1,799 parameters).",
                Pictures.network(StudyModel.named("6"), SAMPLE).description());
        assertTrue(Pictures.network(StudyModel.named("5"), SAMPLE).description().contains("Block 4 256 × 3 × 3"));
        assertTrue(Pictures.network(SMALL.withDropout(0, 0), SAMPLE).description().contains("Block 2 8 × 9 × 9"));
    }

    @Test
    void kernelsAndMapsAreThoseOfTheNetwork() throws Exception {
        List<float[][]> kernels = Inside.firstKernels(run, SMALL);
        assertEquals(4, kernels.size());
        assertEquals(5, kernels.get(0)[4].length);
        List<List<float[][]>> pooled = Inside.pooled(run, SMALL, Examples.of(SAMPLE.validation()), 3);
        assertEquals(List.of(4, 8), pooled.stream().map(List::size).toList());
        assertEquals(List.of(44, 18), pooled.stream().map(maps -> maps.get(0).length).toList());
        assertTrue(pooled.get(1).stream().allMatch(map -> map[7][7] >= 0), "behind a ReLU");
        assertEquals("Kernels of the first convolution of small (sample): 4 squares of 5×5 weights",
                Pictures.kernels(run, SMALL, SAMPLE).description().split(",", 2)[0]);
        assertThrows(Refusal.class, () -> Pictures.kernels(run, StudyModel.named("6"), SAMPLE), "weights of another network");
        Architecture ownWords = Architecture.of("small", SMALL.plan(), SMALL::build);
        assertEquals(Pictures.kernels(run, SMALL, SAMPLE).toString(), Pictures.kernels(run, ownWords, SAMPLE).toString());
        assertEquals(Pictures.answers(run, SMALL, SAMPLE).toString(), Pictures.answers(run, ownWords, SAMPLE).toString());
        assertEquals(Pictures.predictions(run, SMALL, PHOTOGRAPHS).toString(), Pictures.predictions(run, ownWords, PHOTOGRAPHS).toString());
        assertTrue(Pictures.answers(run, SMALL, SAMPLE).description().endsWith("Block 1: 4 maps of 44×44; Block 2: 8 maps of 18×18."));
        assertTrue(Pictures.answers(run, SMALL, PHOTOGRAPHS).title().endsWith("the average face of Happy"));
    }

    /** Against the difference of two answers: what the odds of the own class lose, to first order, when a pixel is made a little greyer. */
    @Test
    void gradientsAreThoseOfTheOwnLogit() throws Exception {
        Faces two = SAMPLE.validation().select(new int[] {0, 1});
        List<float[][]> maps = Inside.gradientTimesInput(run, Recipe.of(SMALL), two);
        assertEquals(2, maps.size());
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network = run.network(SMALL, manager);
            double mean = IntStream.range(0, Faces.PIXELS).map(p -> two.pixels(1)[p] & 0xff).average().getAsDouble();
            for (int pixel : new int[] {20 * 48 + 20, 30 * 48 + 24, 35 * 48 + 30}) {
                float[] x = new float[Faces.PIXELS];
                for (int p = 0; p < x.length; p++) {
                    x[p] = two.pixels(1)[p] & 0xff;
                }
                float was = x[pixel];
                x[pixel] = was + 0.25f;
                double up = logit(network, manager, x, two.label(1));
                x[pixel] = was - 0.25f;
                double slope = (up - logit(network, manager, x, two.label(1))) / 0.5;
                assertEquals(slope * (was - mean), maps.get(1)[pixel / 48][pixel % 48], 0.03 * Math.abs(slope * (was - mean)) + 1e-3);
            }
        }
        assertThrows(IllegalArgumentException.class,
                () -> Inside.gradientTimesInput(run, Recipe.of(SMALL).withInput(Input.grey().asStandardized()), two), "fed otherwise");
    }

    @Test
    void whereANetworkLooksIsShownOfAveragesAndTriedOnOtherImages() throws Exception {
        Faces few = SAMPLE.validation().select(IntStream.range(0, 40).toArray());
        Attention attention = Attention.of(new Trained(run, Recipe.of(SMALL)), "small",
                new FaceSet(SAMPLE.origin(), SAMPLE.training(), few, SAMPLE.test()),
                text -> {});
        List<Integer> labels = attention.labels();
        assertTrue(labels.size() > 3 && labels.stream().allMatch(label -> few.counts()[label] >= 2));
        assertEquals(labels.stream().mapToInt(label -> Math.min(4, few.counts()[label] / 2)).sum(), attention.averaged());
        assertTrue(attention.maps().description().contains("One drawn face, smallest and largest values: "));
        Faces first = few.select(new int[] {attention.single().keySet().iterator().next()});
        Trained model = new Trained(run, Recipe.of(SMALL));
        assertArrayEquals(new Occlusion(few.format()).drops(first, model::predict, done -> {})[0], attention.single().values().iterator().next(),
                1e-6,
                "as a network says that is built anew for each place");
        Table table = attention.deletionTable();
        assertEquals(5, table.rowCount());
        int others = labels.stream().mapToInt(label -> few.counts()[label] - Math.min(4, few.counts()[label] / 2)).sum();
        assertEquals("small on " + others + " other images, a quarter of each made grey", table.name());
        assertEquals(3, attention.sentences().size());
        Attention photographs = new Attention("small", new FaceSet(PHOTOGRAPHS.origin(), SAMPLE.training(), few, SAMPLE.test()), labels,
                attention.averaged(),
                attention.occlusion(), attention.gradients(), attention.single(), attention.deleted());
        assertFalse(photographs.maps().description().contains("One drawn face"), "no single photograph");
    }

    private static double logit(Block network, NDManager manager, float[] image, int label) {
        return network.forward(new ParameterStore(manager, false), new NDList(manager.create(image).reshape(1, 1, 48, 48)), false).get(0)
                .getFloat(0, label);
    }

    @Test
    void mistakesComeFirstAndTheSurestOfThem() throws Exception {
        Picture drawn = Pictures.predictions(run, SMALL, SAMPLE);
        Predictions said = run.validation();
        double surest = IntStream.range(0, said.size()).filter(i -> said.predicted()[i] != said.truth()[i])
                .mapToDouble(i -> said.probabilities()[i][said.predicted()[i]]).max().getAsDouble();
        String first = drawn.description().split(";", 2)[0];
        assertTrue(first.contains("taken for") && first.contains(Figures.fixed(surest, 2)), first);
        assertEquals(3, drawn.description().split("named right", -1).length - 1);
    }

    @Test
    void ofPhotographsOnlyAveragesAreShown() throws Exception {
        Picture averages = Pictures.predictions(run, SMALL, PHOTOGRAPHS);
        // 'disgust' has too few drawings for an average that shows nobody
        assertEquals(6, averages.description().split("Average of").length - 1);
    }

    @Test
    void whereNoClassHasEnoughPhotographsDrawnFacesAreShownAndCalledSo() throws Exception {
        FaceSet few = new FaceSet(PHOTOGRAPHS.origin(), SAMPLE.training().select(new int[] {0, 1}), SAMPLE.validation(), SAMPLE.test());
        Picture drawn = Pictures.predictions(run, SMALL, few);
        assertTrue(drawn.title().contains("says of drawn validation faces"), drawn.title());
        assertFalse(drawn.description().contains("Average"), drawn.description());
        assertTrue(Pictures.answers(run, SMALL, few).title().endsWith("the drawn face that it names most surely"));
    }

    @Test
    void imagesOfOnesOwnArePredictedAndNotShown() throws Exception {
        Path own = Files.createDirectory(folder.resolve("own"));
        ImageIO.write(new BufferedImage(60, 60, BufferedImage.TYPE_INT_RGB), "png", own.resolve("b.png").toFile());
        ImageIO.write(new BufferedImage(48, 48, BufferedImage.TYPE_BYTE_GRAY), "png", own.resolve("a.png").toFile());
        Picture picture = Pictures.predictions(run, SMALL, PHOTOGRAPHS, own.toString());
        assertTrue(
                picture.description().matches("What small \\(trial\\) says of 2 images of one's own\\. a\\.png: \\w+ [0-9.]+; b\\.png: \\w+ [0-9.]+"),
                picture.description());
        assertEquals(picture.title() + ": " + picture.description(), picture.toString());
        assertArrayEquals(new byte[Faces.PIXELS], Faces.read(List.of(own.resolve("b.png")), Classes.FER2013, Format.FER2013).pixels(0));
        Path text = Files.writeString(own.resolve("c.txt"), "no image");
        assertEquals(text + ": this is neither PNG nor JPEG; remove it or convert it",
                assertThrows(Refusal.class, () -> Pictures.predictions(run, SMALL, SAMPLE, text.toString())).getMessage());
        assertTrue(assertThrows(Refusal.class, () -> Pictures.predictions(run, SMALL, SAMPLE, own.resolve("none.png").toString())).getMessage()
                .contains("no such file or folder, expected a PNG or JPEG image"));
        Pictures.predictions(run, SMALL, SAMPLE, own.toString()); // what else lies in the folder is left out
        Path none = Files.createDirectory(folder.resolve("none"));
        assertEquals(none + " holds 0 images (.png, .jpg, .jpeg): expected 1 to 60",
                assertThrows(Refusal.class, () -> Pictures.predictions(run, SMALL, SAMPLE, none.toString())).getMessage());
    }

    @Test
    void surestMistakesAreCountedByClass() {
        int[] truth = {0, 0, 0, 3};
        int[] predicted = {0, 3, 6, 3};
        float[][] p = new float[4][7];
        p[1][3] = 0.95f;
        p[2][6] = 0.5f;
        Predictions said = new Predictions(truth, predicted, p);
        Table table = new Results(SAMPLE.origin(), List.of()).surestMistakes(new Run(folder, run.config(), run.history(), said, said));
        assertEquals(List.of("Angry", "Happy"), table.stringColumn(0).asList());
        assertEquals(List.of(2, 0), table.intColumn("Mistakes").asList());
        assertEquals(List.of(1, 0), table.intColumn(3).asList());
        assertEquals(List.of("Happy", "–"), table.stringColumn(4).asList());
        assertEquals(List.of("0.950", "–"), table.stringColumn(5).asList());
    }
}
