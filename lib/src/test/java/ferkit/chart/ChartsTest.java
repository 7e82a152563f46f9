package ferkit.chart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Format;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ChartsTest {
    private static final List<String> CLASSES = List.of("Angry", "Disgust", "Fear", "Happy", "Sad", "Surprise", "Neutral");

    private static Curves curves(String name, int epochs, double shift) {
        double[] rising = IntStream.range(0, epochs).mapToDouble(i -> 0.3 + 0.01 * i + shift).toArray();
        double[] falling = Arrays.stream(rising).map(x -> 2 - x).toArray();
        return new Curves(name, rising, falling, Arrays.stream(rising).map(x -> 0.8 * x).toArray(),
                Arrays.stream(falling).map(x -> 1.1 * x).toArray());
    }

    /** How many pixels of a picture are exactly of a colour: inside of lines, bars and dots, not their soft edges. */
    private static long pixels(BufferedImage image, Color color) {
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .filter(rgb -> rgb == color.getRGB()).count();
    }

    private static void assertSize(BufferedImage image, int height) {
        assertEquals(Style.WIDTH * Charts.SCALE, image.getWidth());
        assertEquals(height * Charts.SCALE, image.getHeight());
        assertTrue(pixels(image, Color.WHITE) > image.getWidth() * image.getHeight() / 4, "hardly any background");
    }

    @Test
    void barsGrowWithTheCounts() {
        Map<String, int[]> counts = new LinkedHashMap<>();
        counts.put("Training", new int[] {100, 100, 100, 100, 100, 100, 100});
        counts.put("Test", new int[] {50, 50, 50, 50, 50, 50, 50});
        BufferedImage image = Charts.classCounts(CLASSES, counts).image();
        assertSize(image, 380);
        double ratio = (double) pixels(image, Style.BARS.get(0)) / pixels(image, Style.BARS.get(1));
        assertEquals(2, ratio, 0.1);
    }

    @Test
    void barsOfF1AreAbsentForZeroAndForNotANumber() {
        Map<String, double[]> full = Map.of("Model 6", new double[] {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5});
        Map<String, double[]> gaps = Map.of("Model 6", new double[] {0.5, 0, 0.5, 0.5, Double.NaN, 0.5, 0.5});
        Color blue = Style.COLORS.get(0);
        BufferedImage image = Charts.f1(CLASSES, gaps).image();
        assertSize(image, 380);
        assertEquals(5.0 / 7, (double) pixels(image, blue) / pixels(Charts.f1(CLASSES, full).image(), blue), 0.03);
    }

    @Test
    void confusionIsColouredByShareAndWrittenAsCountAndShare() {
        int[][] perfect = new int[7][7];
        int[][] empty = new int[7][7];
        for (int i = 0; i < 7; i++) {
            perfect[i][i] = 10 * (i + 1);
        }
        BufferedImage image = Charts.confusion("Model 6", perfect, CLASSES).image();
        assertSize(image, 560);
        Color full = Style.DARK;
        long coloured = pixels(image, full);
        double cell = 0.9 * 0.88 / 49 * image.getWidth() * image.getHeight();
        assertEquals(7 * cell, coloured, cell, "seven cells, whatever their counts");
        assertEquals(full.getRGB(), image.getRGB(image.getWidth() / 10 + 25, 30), "true Angry, predicted Angry is at the top left");
        assertEquals(0, pixels(Charts.confusion("Model 6", empty, CLASSES).image(), full));
        assertTrue(pixels(image, Style.INK) > 1000, "numbers and names");
        int[][] tenth = new int[7][7];
        tenth[0] = new int[] {1, 9, 0, 0, 0, 0, 0};
        Color mistake = new Color(Charts.confusion("Model 6", tenth, CLASSES).image().getRGB(image.getWidth() / 10 + 25, 30));
        assertTrue(mistake.getRed() < 120, "one in ten is clearly coloured, found " + mistake);
    }

    @Test
    void trainingCurvesShowOneEpochAndFifty() {
        for (int epochs : new int[] {1, 2, 5, 50}) {
            BufferedImage image = Charts.trainingCurves(curves("Model 1", epochs, 0)).image();
            assertSize(image, 350);
            for (int half = 0; half < 2; half++) {
                BufferedImage panel = image.getSubimage(half * image.getWidth() / 2, 0, image.getWidth() / 2, 450);
                assertTrue(pixels(panel, Style.COLORS.get(0)) > 30, epochs + " epochs: training");
                assertTrue(pixels(panel, Style.COLORS.get(1)) > 30, epochs + " epochs: validation");
            }
        }
    }

    @Test
    void studysCurveIsPaleAndBehind() {
        Curves run = curves("This run", 50, 0);
        BufferedImage alone = Charts.trainingCurves(run).image();
        BufferedImage both = Charts.trainingCurves(run, curves("Study", 50, 0.02)).image();
        assertTrue(pixels(alone, Style.pale(Style.COLORS.get(0))) < 10, "soft edges at most");
        assertTrue(pixels(both, Style.pale(Style.COLORS.get(0))) > 500);
        assertTrue(pixels(both, Style.pale(Style.COLORS.get(1))) > 500);
        BufferedImage covered = Charts.trainingCurves(run, curves("Study", 50, 0)).image();
        assertTrue(pixels(covered, Style.COLORS.get(0)) > 0.9 * pixels(alone, Style.COLORS.get(0)), "ours lies on top");
    }

    @Test
    void comparisonGivesEachOfSevenModelsItsOwnColour() {
        List<Curves> models = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            models.add(curves("Model " + (i + 1), i == 6 ? 10 : 50, 0.05 * i));
            BufferedImage image = Charts.comparison("Figure 1", models, IntStream.range(0, models.size()).boxed().toList()).image();
            assertSize(image, 930);
            for (int drawn = 0; drawn < 7; drawn++) {
                assertEquals(drawn <= i, pixels(image, Style.COLORS.get(drawn)) > 400, "model " + drawn + " of " + (i + 1));
            }
        }
    }

    @Test
    void eachLookIsKnownWithoutItsColourAmongTheFirstSevenAndWithItAmongAll() {
        List<Panels.Line> looks = IntStream.range(0, Style.LOOKS).mapToObj(i -> Style.line("", "", new double[1], i)).toList();
        assertEquals(Style.COLORS.size(), looks.subList(0, Style.COLORS.size()).stream().map(Panels.Line::marker).distinct().count());
        assertEquals(Style.LOOKS, looks.stream().map(line -> List.of(line.color(), line.marker(), line.stroke())).distinct().count());
    }

    @Test
    void namesAtTheEndsOfLinesDoNotOverlap() {
        assertArrayEquals(new double[] {10, 30, 50}, Panels.apart(new double[] {10, 30, 50}, 12, 0, 100));
        assertArrayEquals(new double[] {44, 56}, Panels.apart(new double[] {50, 50}, 12, 0, 100), 1e-9);
        assertArrayEquals(new double[] {40, 52, 64, 90}, Panels.apart(new double[] {50, 51, 55, 90}, 12, 0, 100), 1e-9);
        assertArrayEquals(new double[] {76, 88, 100}, Panels.apart(new double[] {98, 99, 100}, 12, 0, 100), 1e-9);
        assertArrayEquals(new double[] {0, 12}, Panels.apart(new double[] {1, 2}, 12, 0, 100), 1e-9);
    }

    @Test
    void picturesSayInWordsWhatTheyShow() {
        Picture run = Charts.trainingCurves(curves("Model 6", 50, 0));
        assertEquals("Accuracy and loss of Model 6", run.title());
        assertEquals("Training and validation accuracy and loss of Model 6 over 50 epochs: best validation accuracy 0.632 in epoch 50, "
                + "lowest validation loss 1.331 in epoch 50.", run.description());
        assertEquals(Style.WIDTH, run.width());
        assertTrue(Charts.trainingCurves(curves("Model 6", 1, 0), curves("Study", 2, 0)).description()
                .contains("of Model 6 over 1 epoch: best validation accuracy 0.240 in epoch 1"));
        assertTrue(Charts.comparison("Figure 1", List.of(curves("Model 1", 5, 0), curves("Model 2", 5, 0.1)), List.of(0, 1)).description()
                .contains("Model 2 over 5 epochs: best validation accuracy 0.352 in epoch 5"));
        Map<String, int[]> counts = Map.of("Training", new int[] {3995, 436, 4097, 7215, 4830, 3171, 4965});
        assertEquals("Bars of the number of images of each class. Training: highest Happy with 7,215, lowest Disgust with 436.",
                Charts.classCounts(CLASSES, counts).description());
        assertEquals("Bars of the F1 of each class. Study: highest Disgust with 0.60, lowest Fear with 0.20.",
                Charts.f1(CLASSES, Map.of("Study", new double[] {0.5, 0.6, 0.2, Double.NaN, 0.5, 0.5, 0.5})).description());
        assertEquals("Confusion matrix of Model 6, true classes in rows. Right: a 75 %, b –.",
                Charts.confusion("Model 6", new int[][] {{3, 1}, {0, 0}}, List.of("a", "b")).description());
        assertEquals("Faces: 2 small grey images in rows of 2, called a.",
                Charts.imageGrid("Faces", new Format(1, 3, 3), List.of(new byte[9], new byte[9]), List.of("a", "a"), 3).description());
    }

    @Test
    void longLegendsTakeASecondRow() {
        List<Curves> models = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            models.add(curves("A model with quite a long name, number " + i, 50, 0.05 * i));
        }
        assertTrue(
                Charts.comparison("Figure 1", models, IntStream.range(0, models.size()).boxed().toList()).image().getHeight() > 930 * Charts.SCALE);
    }

    @Test
    void theLaterHalfOfManyEpochsStandsBelowOnceMore() {
        Panels.Panel panel = new Panels.Panel("Validation accuracy",
                List.of(Style.line("a", "a", new double[50], 0), Style.line("b", "b", new double[25], 1),
                        Style.line("c", "c", new double[30], 2)));
        Panels.Panel later = panel.laterHalf().orElseThrow();
        assertEquals("Validation accuracy from epoch 26 on", later.title());
        assertEquals(26, later.from());
        assertEquals(List.of("a", "c"), later.lines().stream().map(Panels.Line::name).toList(), "who came so far");
        assertTrue(new Panels.Panel("", List.of(Style.line("a", "a", new double[20], 0))).laterHalf().isEmpty(), "few epochs");
        assertSize(Charts.comparison("Figure 1", List.of(curves("Model 1", 20, 0)), List.of(0)).image(), 630);

        BufferedImage image = Charts.comparison("Figure 1", List.of(curves("Model 1", 50, 0), curves("Model 2", 50, 0.01)), List.of(0, 1)).image();
        BufferedImage below = image.getSubimage(0, (int) (600 * Charts.SCALE), image.getWidth(), (int) (300 * Charts.SCALE));
        assertTrue(pixels(below.getSubimage(0, 0, below.getWidth() / 2, below.getHeight()), Style.COLORS.get(0)) > 400, "over the whole width");
        assertTrue(pixels(below.getSubimage(below.getWidth() / 2, 0, below.getWidth() / 2, below.getHeight()), Style.COLORS.get(0)) > 400);
    }

    @Test
    void notANumberLeavesAGap() {
        Curves run = curves("Model 1", 50, 0);
        Arrays.fill(run.loss(), 10, 40, Double.NaN);
        Arrays.fill(run.valLoss(), Double.NaN);
        BufferedImage image = Charts.trainingCurves(run).image();
        BufferedImage loss = image.getSubimage(image.getWidth() / 2, 0, image.getWidth() / 2, 450);
        assertTrue(pixels(loss, Style.COLORS.get(0)) > 30);
        assertEquals(0, pixels(loss, Style.COLORS.get(1)));
    }

    @Test
    void imagesAreShownPixelByPixel() {
        byte[] image = new byte[48 * 48];
        Arrays.fill(image, 0, 24 * 48, (byte) 200);
        BufferedImage grid = Charts.imageGrid("Faces", Format.FER2013, List.of(image, image, image), List.of("a", "b", "c"), 2).image();
        assertEquals(Style.WIDTH * Charts.SCALE, grid.getWidth());
        // two rows of two cells, an image is 96 × 96 before scaling: half of it of grey 200, half black
        assertEquals(3 * 96 * 48 * Charts.SCALE * Charts.SCALE, pixels(grid, new Color(200, 200, 200)), 400);
        assertEquals(200, grid.getRGB((int) (225 * Charts.SCALE), (int) (20 * Charts.SCALE)) & 0xff);
        assertEquals(0, grid.getRGB((int) (225 * Charts.SCALE), (int) (90 * Charts.SCALE)) & 0xff);
        assertNotEquals(200, grid.getRGB((int) (675 * Charts.SCALE), (int) (150 * Charts.SCALE)) & 0xff, "no fourth image");
    }

    @Test
    void pngHoldsThePictureAndIsTheSameInEveryLanguage() throws Exception {
        Map<String, double[]> f1 = Map.of("Model 6", new double[] {0.51, 0.52, 0.53, 0.54, 0.55, 0.56, 0.57});
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.ROOT);
            byte[] bars = Charts.f1(CLASSES, f1).png();
            byte[] curves = Charts.trainingCurves(curves("Model 1", 5, 0)).png();
            byte[] matrix = Charts.confusion("Model 6", new int[7][7], CLASSES).png();
            assertEquals(1350, ImageIO.read(new ByteArrayInputStream(bars)).getWidth());
            for (Locale locale : List.of(Locale.FRANCE, Locale.forLanguageTag("ar-EG-u-nu-arab"))) {
                Locale.setDefault(locale);
                assertArrayEquals(bars, Charts.f1(CLASSES, f1).png());
                assertArrayEquals(curves, Charts.trainingCurves(curves("Model 1", 5, 0)).png());
                assertArrayEquals(matrix, Charts.confusion("Model 6", new int[7][7], CLASSES).png());
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void refusesWhatCannotBeDrawn() {
        assertEquals("Training has 3 values for the 2 classes [a, b]",
                message(() -> Charts.classCounts(List.of("a", "b"), Map.of("Training", new int[3]))));
        assertEquals("A confusion matrix of 6 rows for the 7 classes " + CLASSES + ": expected 7×7",
                message(() -> Charts.confusion("a", new int[6][7], CLASSES)));
        assertEquals("A comparison of 0 models in 0 looks: expected 1 to 14, and a look for each",
                message(() -> Charts.comparison("a", List.of(), List.of())));
        assertEquals("An image of 10 bytes: expected 9, 3×3 grey",
                message(() -> Charts.imageGrid("a", new Format(1, 3, 3), List.of(new byte[10]), List.of("a"), 1)));
        assertEquals("1 images with 0 captions in rows of 1: expected at least one image, as many captions and rows of at least 1",
                message(() -> Charts.imageGrid("a", new Format(1, 3, 3), List.of(new byte[9]), List.of(), 1)));
        assertEquals("Curves of x with 2 training accuracies, 1 losses, 1 validation accuracies and 1 losses: expected one of each for"
                + " at least one epoch", message(() -> new Curves("x", new double[2], new double[1], new double[1], new double[1])));
        assertThrows(IllegalArgumentException.class, () -> new Curves("x", new double[0], new double[0], new double[0], new double[0]));
    }

    private static String message(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
