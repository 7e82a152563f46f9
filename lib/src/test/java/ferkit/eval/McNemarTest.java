package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.train.Predictions;
import org.junit.jupiter.api.Test;

class McNemarTest {
    /** Two models on the same images: so many right in both, in the first only, in the second only, in none. */
    private static McNemar test(int both, int onlyFirst, int onlySecond, int none) {
        int n = both + onlyFirst + onlySecond + none;
        int[] first = new int[n];
        int[] second = new int[n];
        for (int i = 0; i < n; i++) {
            first[i] = i < both + onlyFirst ? 0 : 1;
            second[i] = i < both || i >= both + onlyFirst && i < both + onlyFirst + onlySecond ? 0 : 2;
        }
        return McNemar.of(EvaluationTest.predictions(new int[n], first), EvaluationTest.predictions(new int[n], second));
    }

    @Test
    void pValuesOfTheExactTest() {
        McNemar few = test(10, 1, 9, 5);
        assertEquals(1, few.onlyFirst());
        assertEquals(9, few.onlySecond());
        assertEquals(2 * 11 / 1024.0, few.pValue(), 1e-15); // 2 (1 + 10) / 2^10
        assertEquals(few.pValue(), test(0, 9, 1, 0).pValue(), 0);
        assertEquals(1, test(4, 0, 0, 2).pValue(), 0);
        assertEquals(1, test(4, 3, 3, 2).pValue(), 0);
        assertEquals(0.0625, test(0, 5, 0, 0).pValue(), 1e-15);
        // for many images it nears the chi-squared form with continuity correction: (|400 − 480| − 1)² / 880 = 7.092, p 0.00774
        assertEquals(0.00774, test(2000, 400, 480, 700).pValue(), 2e-4);
    }

    @Test
    void refusesPredictionsOfDifferentImages() {
        Predictions two = EvaluationTest.predictions(new int[] {0, 1}, new int[] {0, 1});
        assertEquals("A paired test needs the same images: found 2 and 1 predictions",
                EvaluationTest.message(() -> McNemar.of(two, EvaluationTest.predictions(new int[] {0}, new int[] {0}))));
        assertEquals("A paired test needs the same images: image 1 has the label 1 in the first and 2 in the second predictions",
                EvaluationTest.message(() -> McNemar.of(two, EvaluationTest.predictions(new int[] {0, 2}, new int[] {0, 1}))));
        assertTrue(McNemar.of(two, two).pValue() == 1);
    }
}
