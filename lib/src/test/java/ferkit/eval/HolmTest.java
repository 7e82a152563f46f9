package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.StringColumn;

class HolmTest {
    @Test
    void raisesEachByTheNumberOfTestsThatRemain() {
        assertArrayEquals(new double[] {0.03, 0.06, 0.06, 0.02}, Holm.of(0.01, 0.04, 0.03, 0.005).adjusted(), 1e-15);
        assertArrayEquals(new double[] {1, 1}, Holm.of(List.of(0.9, 0.6), p -> p).adjusted(), 0);
        assertArrayEquals(new double[0], Holm.of().adjusted());
    }

    @Test
    void tellsApartBelowTheLevel() {
        Holm holm = Holm.of(0.01, 0.04, 0.03, 0.005);
        assertArrayEquals(new int[] {0, 3}, holm.toldApart().toArray());
        StringColumn[] columns = holm.columns(1);
        assertEquals(List.of("", "0.030", "0.060", "0.060", "0.020"), columns[0].asList());
        assertEquals(List.of("", "yes", "no", "no", "yes"), columns[1].asList());
    }
}
