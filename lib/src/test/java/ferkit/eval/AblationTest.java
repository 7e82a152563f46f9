package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Emotion;
import ferkit.train.Predictions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class AblationTest {
    private static final int IMAGES = 1000;

    /** Of class 0 throughout; those from {@code from} on, so many of them, are right. */
    private static Predictions right(int from, int number) {
        return new Predictions(new int[IMAGES], IntStream.range(0, IMAGES).map(i -> i >= from && i < from + number ? 0 : 1).toArray(),
                new float[IMAGES][Emotion.COUNT]);
    }

    private static Ablation.Outcome run(long seed, int alone, int views) {
        return new Ablation.Outcome(seed, right(0, alone), right(0, views));
    }

    @Test
    void overSeedsItIsWelchsTest() {
        Difference difference = Difference.ofSeeds(new double[] {0.640, 0.644, 0.645}, new double[] {0.655, 0.657});
        assertEquals(-0.013, difference.value(), 1e-12);
        assertEquals(-0.018826795, difference.interval().low(), 1e-8); // by the formulas, the distribution integrated numerically
        assertEquals(-0.007173205, difference.interval().high(), 1e-8);
        assertEquals(0.0057957124, difference.pValue(), 1e-8);
        assertEquals("3 and 2 seeds", difference.chance());
        assertEquals(1, Difference.ofSeeds(new double[] {0.5, 0.5}, new double[] {0.5, 0.5}).pValue());
        assertEquals("1 and 2 runs: expected at least two of each", assertThrows(IllegalArgumentException.class,
                () -> Difference.ofSeeds(new double[1], new double[2])).getMessage());
    }

    @Test
    void sameWeightsArePairs() {
        Difference difference = Difference.ofPairs(new double[] {0.65, 0.66, 0.64}, new double[] {0.655, 0.668, 0.642});
        assertEquals(-0.005, difference.value(), 1e-12);
        assertEquals(-0.0124524131, difference.interval().low(), 1e-8);
        assertEquals(0.1019734899, difference.pValue(), 1e-8);
        assertThrows(IllegalArgumentException.class, () -> Difference.ofPairs(new double[2], new double[3]));
    }

    @Test
    void ofSingleRunsItIsTheImages() {
        Difference difference = Difference.ofImages(right(0, 630), right(30, 615)); // 30 only the first, 15 only the second
        assertEquals(0.015, difference.value(), 1e-12);
        assertEquals(0.0017358909, difference.interval().low(), 1e-9);
        assertEquals(0.0282042288, difference.interval().high(), 1e-9);
        assertEquals(0.0356978036, difference.pValue(), 1e-9);
    }

    @Test
    void theLargestLossComesFirstAndSaysWhatItsIntervalIsOver() {
        Map<String, List<Ablation.Outcome>> without = new LinkedHashMap<>();
        without.put("smoothing", List.of(run(1, 648, 655), run(2, 652, 661)));
        without.put("flips", List.of(run(2, 600, 612)));
        without.put("shortcuts", List.of(run(1, 560, 570), run(2, 562, 572), run(3, 561, 571)));
        Ablation ablation = Ablation.of(List.of(run(1, 650, 657), run(2, 651, 660)), without);
        Table table = ablation.table();
        assertEquals(List.of("nothing: the whole recipe", "shortcuts", "flips", "views", "smoothing"), table.stringColumn("Left out").asList());
        assertEquals(List.of("", "−0.0875", "−0.0480", "−0.0080", "−0.0005"), table.stringColumn("Difference").asList());
        assertEquals(List.of("", "0.6585", "0.6600", "0.6585", "0.6585"), table.stringColumn("Held against").asList(), "of one run the same seed's");
        assertEquals(List.of("", "3 and 2 seeds", "images", "2 seeds", "2 and 2 seeds"), table.stringColumn("Interval over").asList());
        assertEquals(List.of("", "yes", "yes", "no", "no"), table.stringColumn("Told apart at 5 %").asList());
        assertEquals(List.of(2, 3, 1, 2, 2), table.intColumn("Runs").asList());
        assertEquals("0.6505", table.doubleColumn("Image alone, mean").getString(0));
        assertEquals(List.of("Told apart from chance, by what leaving it out changes: shortcuts (−0.0875); flips (−0.0480).",
                "Not told apart from chance: views (−0.0080); smoothing (−0.0005).",
                "Of one run, so that the interval is over images and what another seed would change is not in it: flips."), ablation.sentences());
    }

    @Test
    void ofRecipesAlikeTheSpreadOfAllStandsForThatOfEach() {
        Map<String, List<Ablation.Outcome>> without = new LinkedHashMap<>();
        without.put("smoothing", List.of(run(1, 648, 655), run(2, 652, 661)));
        without.put("flips", List.of(run(2, 600, 612)));
        List<Ablation.Outcome> whole = List.of(run(1, 650, 657), run(2, 651, 660), run(3, 652, 664));
        Table table = Ablation.ofAlike(whole, without).table();
        assertEquals(List.of("", "−0.0483", "−0.0093", "−0.0023"), table.stringColumn("Difference").asList());
        assertEquals(List.of("", "0.6603", "0.6603", "0.6603"), table.stringColumn("Held against").asList());
        // variance (12.333 × 2 + 18) / 3 thousandths squared, 3 degrees of freedom: t is 3.18245, errors 3.771 × √(1/n + 1/3)
        assertEquals(List.of("", "−0.0622 to −0.0345", "−0.0156 to −0.0031", "−0.0133 to +0.0086"), table.stringColumn("95 % interval").asList());
        assertEquals(List.of("", "seeds", "3 seeds", "seeds"), table.stringColumn("Interval over").asList());
        without.replaceAll((name, runs) -> runs.subList(0, 1));
        assertEquals(List.of("", "images", "images", "images"),
                Ablation.ofAlike(whole.subList(0, 1), without).table().stringColumn("Interval over").asList(), "no recipe has two seeds");
    }

    @Test
    void theWholeRecipeAloneTellsWhatItsViewsAreWorth() {
        Ablation ablation = Ablation.of(List.of(run(1, 640, 650)), Map.of());
        assertEquals(1, ablation.without().size());
        assertEquals(-0.01, ablation.without().get(0).difference().value(), 1e-12);
        assertTrue(ablation.sentences().get(0).startsWith("Told apart"), ablation.sentences().toString());
    }
}
