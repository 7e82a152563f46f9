package ferkit.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Format;
import ferkit.eval.Interval;
import java.awt.Color;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Figures that are drawn without XChart. */
class DrawingsTest {
    private static long pixels(BufferedImage image, Color color) {
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .filter(rgb -> rgb == color.getRGB()).count();
    }

    /** Nothing is cut: the outermost pixels at the left and right are background. */
    private static void assertWhole(Picture picture) {
        BufferedImage image = picture.image();
        for (int x : new int[] {0, image.getWidth() - 1}) {
            for (int y = 0; y < image.getHeight(); y++) {
                assertEquals(Color.WHITE.getRGB(), image.getRGB(x, y), picture.title() + " at " + x + ", " + y);
            }
        }
    }

    @Test
    void kernelsAreBlueAboveZeroAndOrangeBelow() {
        Picture picture = MapGrid.kernels("Kernels", List.of(new float[][] {{1, -1}, {0, 0}}, new float[][] {{0, 0}, {0, 0}}));
        assertEquals("Kernels: 2 squares of 2×2 weights, the furthest from 0 at 1.00.", picture.description());
        long blue = pixels(picture.image(), Style.COLORS.get(0));
        assertEquals(blue, pixels(picture.image(), Style.COLORS.get(1)), 0.1 * blue);
        assertTrue(blue > 1000, "a quarter of a kernel is one square of colour");
        assertWhole(picture);
        assertWhole(MapGrid.kernels("Nothing learnt", Collections.nCopies(64, new float[5][5])));
    }

    @Test
    void answersStandBesideTheFace() {
        byte[] face = new byte[48 * 48];
        Arrays.fill(face, (byte) 200);
        float[][] map = new float[12][12];
        map[0][0] = 3;
        Picture picture = MapGrid.answers("Answers", face, Format.FER2013, "Average of Surprise", List.of(
                new MapGrid.Row("Block 1", "8 of 32", Collections.nCopies(8, new float[48][48])),
                new MapGrid.Row("Block 2", "1 of 64", Collections.singletonList(map))));
        assertEquals("Answers. Block 1: 8 maps of 48×48; Block 2: 1 map of 12×12.", picture.description());
        assertEquals(96 * 96 * Charts.SCALE * Charts.SCALE, pixels(picture.image(), new Color(200, 200, 200)), 400);
        assertTrue(pixels(picture.image(), Style.DARK) > 50);
        assertWhole(picture);
    }

    @Test
    void belowAMapStandItsEndsHoweverSmall() {
        List<float[][]> maps = Stream.of(0.0042f, 0.00003f, 0.31f, 0f, -0.0042f).map(value -> {
            float[][] map = new float[11][11];
            Arrays.stream(map).forEach(row -> Arrays.fill(row, value));
            return map;
        }).toList();
        Picture picture = MapGrid.overlays("Maps", List.of(new MapGrid.Overlay("Occlusion", "probability lost",
                Collections.nCopies(5, new byte[Format.FER2013.size()]), maps)), List.of("a", "b", "c", "d", "e"), Format.FER2013, 1.0 / 6);
        String words = picture.description();
        for (String value : List.of("a 0.0042 to 0.0042,", "b below 0.0001,", "c 0.31 to 0.31,", "d 0.00 to 0.00,", "e −0.0042 to −0.0042,")) {
            assertTrue(words.contains(value), words);
        }
    }

    @Test
    void theWrongAnswerIsOrange() {
        float[] said = {0.1f, 0.9f, 0};
        PredictionBars.Answer wrong = new PredictionBars.Answer(Optional.of(new byte[16]), "a, taken for b", 0, said);
        PredictionBars.Answer right = new PredictionBars.Answer(Optional.empty(), "b, named right", 1, said);
        PredictionBars.Answer unknown = new PredictionBars.Answer(Optional.empty(), "face.png", -1, said);
        List<String> classes = List.of("a", "b", "c");
        Picture picture = PredictionBars.picture("Said", classes, new Format(1, 4, 4), List.of(wrong, right, right, unknown));
        assertEquals("Said. a, taken for b: a 0.10, b 0.90; b, named right: b 0.90; b, named right: b 0.90; face.png: b 0.90.",
                picture.description());
        double orange = pixels(picture.image(), Style.COLORS.get(1));
        assertEquals(2 + 1 / 9.0, pixels(picture.image(), Style.COLORS.get(0)) / orange, 0.1);
        assertEquals(0, pixels(PredictionBars.picture("", classes, Format.FER2013, List.of(unknown)).image(), Style.COLORS.get(1)));
    }

    @Test
    void ofManyFacesTheLargestHaveBars() {
        BufferedImage room = new BufferedImage(400, 300, BufferedImage.TYPE_INT_RGB);
        List<FaceBoxes.Face> faces = IntStream.range(0, 160)
                .mapToObj(i -> new FaceBoxes.Face(i % 40 * 10, i / 40 * 60, i < 12 ? 30 : 20, i < 12 ? new float[] {1, 0} : new float[] {0, 1}))
                .toList();
        Picture many = FaceBoxes.picture("Many", room, List.of("a", "b"), faces);
        assertTrue(many.image().getHeight() < 700 * Charts.SCALE, many.image().getHeight() + " pixels high");
        assertTrue(many.description()
                .startsWith("Many. The 12 largest of 160 faces; the others are named at their boxes. Face 1: a 1.00, b 0.00; Face 2: "));
        assertTrue(many.description().endsWith("Face 12: a 1.00, b 0.00."), many.description());
        Picture none = FaceBoxes.picture("None", room, List.of("a", "b"), List.of());
        assertEquals("None. No face was found.", none.description());
        assertTrue(pixels(none.image(), Style.INK) > 50, "the words can be seen");
        assertWhole(FaceBoxes.picture("Thin", new BufferedImage(4000, 1, BufferedImage.TYPE_INT_RGB), List.of("a", "b"), List.of()));
    }

    @Test
    void intervalsLieOnOneAxisBesideTheStudys() {
        IntervalChart.Row ours = new IntervalChart.Row("Model 1", 0.64, Interval.wilson(64, 100), Double.NaN);
        IntervalChart.Row beside = new IntervalChart.Row("Model 2", 0.2, Interval.wilson(2, 10), 0.65);
        Picture picture = IntervalChart.picture("Accuracy", List.of(ours, beside));
        assertEquals("Accuracy: Model 1 0.640 (0.542–0.727); Model 2 0.200 (0.057–0.510), study 0.650.", picture.description());
        assertTrue(pixels(picture.image(), Style.COLORS.get(1)) > 20, "a diamond");
        assertEquals(0, pixels(IntervalChart.picture("", List.of(ours)).image(), Style.COLORS.get(1)));
        assertWhole(picture);
        assertWhole(IntervalChart.picture("All and none", List.of(new IntervalChart.Row("", 0, Interval.wilson(0, 1), Double.NaN),
                new IntervalChart.Row("A long name of a model (trial)", 1, Interval.wilson(1, 1), Double.NaN))));
    }

    @Test
    void aWholeAxisPutsEqualSharesInOnePlaceWhateverIsBesideThem() {
        IntervalChart.Row half = new IntervalChart.Row("Fear", 0.5, new Interval(0.4, 0.6), Double.NaN);
        IntervalChart.Row low = new IntervalChart.Row("Fear", 0.1, new Interval(0, 0.2), Double.NaN);
        assertEquals(leftmost(IntervalChart.whole("", List.of(half)).image()),
                leftmost(IntervalChart.whole("", List.of(half, new IntervalChart.Row("Fear", 0.9, new Interval(0.8, 1), Double.NaN))).image()));
        assertTrue(leftmost(IntervalChart.whole("", List.of(half, low)).image()) < leftmost(IntervalChart.whole("", List.of(half)).image()));
        assertWhole(IntervalChart.whole("All and none", List.of(new IntervalChart.Row("", 0, Interval.wilson(0, 1), Double.NaN),
                new IntervalChart.Row("Happy", 1, Interval.wilson(1, 1), Double.NaN))));
    }

    /** The leftmost column of the first row's dot or line. */
    private static int leftmost(BufferedImage image) {
        return IntStream.range(0, image.getWidth()).filter(x -> IntStream.range(0, image.getHeight())
                .anyMatch(y -> (image.getRGB(x, y) & 0xffffff) == (Style.COLORS.get(0).getRGB() & 0xffffff))).findFirst().getAsInt();
    }

    @Test
    void onlyPairsThatAreToldApartHaveColour() {
        PairChart.Pair same = new PairChart.Pair("Model 1", "Model 2", 0, 0, "not told apart, p 1.000", false);
        PairChart.Pair apart = new PairChart.Pair("Model 1", "Model 3", 100, 50, "told apart, p < 0.001", true);
        Picture picture = PairChart.picture("Pairs", List.of(same, apart));
        assertTrue(picture.description().endsWith("Model 1 0, Model 2 0, not told apart, p 1.000; Model 1 100, Model 3 50, told apart, p < 0.001."));
        double full = pixels(picture.image(), Style.COLORS.get(0));
        assertEquals(2, full / pixels(picture.image(), Style.pale(Style.COLORS.get(0))), 0.1);
        assertEquals(0, pixels(PairChart.picture("", List.of(same)).image(), Style.COLORS.get(0)));
        assertWhole(picture);
    }

    @Test
    void differencesHaveASignAndALineAtZero() {
        Picture picture = IntervalChart.differences("Worth", List.of(new IntervalChart.Row("flips", -0.02, new Interval(-0.03, -0.01), Double.NaN),
                new IntervalChart.Row("views", 0.001, new Interval(-0.004, 0.006), Double.NaN)));
        assertEquals("Worth: flips −0.020 (−0.0300 to −0.0100); views +0.001 (−0.0040 to +0.0060).", picture.description());
        assertWhole(picture);
    }

    @Test
    void eachPointHasItsNameAndItsMark() {
        List<CostChart.Point> points = List.of(new CostChart.Point("Model 6", 0.55, 0.66, CostChart.Whose.STUDY, false),
                new CostChart.Point("Sprint", 0.05, 0.66, CostChart.Whose.OWN, false),
                new CostChart.Point("Sprint, ImageNet", 0.06, 0.67, CostChart.Whose.OWN, true),
                new CostChart.Point("VGG19", 29, 0.7311, CostChart.Whose.CHOSEN_BY_TEST, false));
        Picture picture = CostChart.picture("Accuracy and cost", points);
        assertEquals(
                "Accuracy and cost. the study's networks, trained by this kit: Model 6 0.660 at 0.55 PFLOP; this kit's recipes: Sprint 0.660 at 0.050 PFLOP; "
                        + "this kit's recipes, seen other photographs: Sprint, ImageNet 0.670 at 0.060 PFLOP; published, chosen by the test images: VGG19 0.731 at 29 PFLOP.",
                picture.description());
        assertTrue(pixels(picture.image(), Style.COLORS.get(0)) > 100 && pixels(picture.image(), Style.COLORS.get(3)) > 100);
        assertEquals(0, pixels(picture.image(), Style.COLORS.get(2)), "nothing published that the test images did not choose");
        assertWhole(picture);
    }

    @Test
    void noNameLiesOnAnotherOrOnAPoint() {
        Rectangle2D plot = new Rectangle2D.Double(0, 0, 800, 400);
        List<Point2D> points = IntStream.range(0, 24).mapToObj(i -> (Point2D) new Point2D.Double(300 + i % 6 * 15, 200 + i / 6 * 8)).toList();
        List<Rectangle2D> boxes = CostChart.places(plot, points, IntStream.range(0, 24).map(i -> 60 + 3 * i).toArray());
        for (int i = 0; i < boxes.size(); i++) {
            assertTrue(plot.contains(boxes.get(i)));
            for (int j = 0; j < boxes.size(); j++) {
                assertTrue(i == j || !boxes.get(i).intersects(boxes.get(j)), i + " and " + j);
                assertTrue(!boxes.get(i).contains(points.get(j)), i + " on point " + j);
            }
        }
    }

    @Test
    void noLineToANameGoesThroughAnother() {
        Rectangle2D plot = new Rectangle2D.Double(0, 0, 800, 400);
        List<Point2D> points = IntStream.range(0, 12).mapToObj(i -> (Point2D) new Point2D.Double(300 + i % 4 * 26, 150 + i / 4 * 16)).toList();
        List<Rectangle2D> boxes = CostChart.places(plot, points, IntStream.range(0, 12).map(i -> 60 + 10 * i).toArray());
        List<Optional<Line2D>> lines = IntStream.range(0, 12).mapToObj(i -> CostChart.leader(points.get(i), boxes.get(i))).toList();
        assertTrue(lines.stream().filter(Optional::isPresent).count() > 2, "some names lie further off");
        for (int i = 0; i < boxes.size(); i++) {
            for (int j = 0; j < boxes.size(); j++) {
                assertTrue(i == j || lines.get(j).stream().noneMatch(boxes.get(i)::intersectsLine), i + " on the line of " + j);
            }
        }
    }
}
