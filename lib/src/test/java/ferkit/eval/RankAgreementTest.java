package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RankAgreementTest {
    @Test
    void pairsInTheSameOrderAreCounted() {
        assertEquals(new RankAgreement(6, 6, 1 / 24.0), RankAgreement.of(new double[] {1, 2, 3, 4}, new double[] {10, 20, 30, 40}));
        assertEquals(new RankAgreement(6, 0, 1), RankAgreement.of(new double[] {1, 2, 3, 4}, new double[] {4, 3, 2, 1}));
        // one pair changed: of 24 orders 1 has no pair changed and 3 have one
        assertEquals(new RankAgreement(6, 5, 4 / 24.0), RankAgreement.of(new double[] {1, 2, 3, 4}, new double[] {2, 1, 3, 4}));
    }

    @Test
    void equalFiguresMakeNoPair() {
        // the second and the third are equal by the first figure: one pair is left out, and two of six orders are as good
        assertEquals(new RankAgreement(2, 2, 2 / 6.0), RankAgreement.of(new double[] {1, 2, 2}, new double[] {1, 2, 3}));
    }

    @Test
    void listsOfOneOrOfTooManyAreRefused() {
        assertEquals("1 and 1 figures: expected equally many, 2 to 8",
                assertThrows(IllegalArgumentException.class, () -> RankAgreement.of(new double[1], new double[1])).getMessage());
        assertThrows(IllegalArgumentException.class, () -> RankAgreement.of(new double[3], new double[2]));
        assertThrows(IllegalArgumentException.class, () -> RankAgreement.of(new double[9], new double[9]));
    }
}
