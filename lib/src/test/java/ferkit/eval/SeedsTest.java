package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** Means and deviations are NumPy's (ddof = 1); intervals and p of the definition with Student's t by the regularised incomplete beta function. */
class SeedsTest {
    private static final NavigableMap<Long, Double> A = new TreeMap<>(Map.of(1L, 0.640, 2L, 0.648, 3L, 0.644, 4L, 0.652, 5L, 0.641));
    private static final NavigableMap<Long, Double> B = new TreeMap<>(Map.of(1L, 0.652, 2L, 0.655, 3L, 0.653, 4L, 0.660, 7L, 0.649));
    private static final NavigableMap<Long, Double> C = new TreeMap<>(Map.of(1L, 0.630, 2L, 0.660));
    private static final NavigableMap<Long, Double> D = new TreeMap<>(Map.of(3L, 0.645));

    private static Seeds seeds(List<NavigableMap<Long, Double>> models) {
        Map<String, NavigableMap<Long, Double>> named = new LinkedHashMap<>();
        models.forEach(model -> named.put("ABCD".substring(named.size(), named.size() + 1), model));
        return new Seeds(named);
    }

    @Test
    void eachModelHasAMeanASpreadAndARange() {
        Table table = seeds(List.of(A, B, C, D)).table();
        assertEquals(List.of(5, 5, 2, 1), table.intColumn("Runs").asList());
        assertEquals("1, 2, 3, 4, 7", table.getString(1, "Seeds"));
        assertEquals(List.of("0.6450", "0.0050", "0.6400", "0.6520"), List.of(table.getString(0, 3), table.getString(0, 4), table.getString(0, 5),
                table.getString(0, 6)));
        assertEquals(0.6538, table.doubleColumn("Mean").get(1), 1e-12);
        assertEquals(0.004086563348340513, table.doubleColumn("Standard deviation").get(1), 1e-15);
        assertEquals(0.021213203435596444, table.doubleColumn("Standard deviation").get(2), 1e-15);
        assertEquals("–", table.getString(3, "Standard deviation"));
    }

    @Test
    void twoModelsAreComparedOverTheSeedsThatBothHave() {
        Seeds seeds = seeds(List.of(A, B));
        Seeds.Pair pair = seeds.pairs().get(0);
        assertEquals(4, pair.seeds());
        assertEquals(0, pair.ahead());
        assertEquals(-0.009, pair.difference().value(), 1e-12);
        assertEquals(0.0036231866199551233, pair.difference().pValue(), 1e-10);
        assertEquals(-0.012437434881858321, pair.difference().interval().low(), 1e-9);
        assertEquals(-0.0055625651181416946, pair.difference().interval().high(), 1e-9);
        Table table = seeds.pairsTable();
        assertEquals(List.of("A", "B", "0 of 4", "−0.0090", "−0.0124 to −0.0056", "0.004", "0.004", "yes"),
                table.columns().stream().map(column -> column.getString(0)).toList());
        assertEquals("Of 1 pair with 3 seeds in common or more, 1 told apart at the 5 % level: B over A (by 0.0090).", seeds.sentences().get(1));
    }

    @Test
    void ofTwoSeedsNothingIsSaid() {
        Seeds seeds = seeds(List.of(A, C, D));
        assertEquals(List.of(), seeds.pairs());
        assertEquals(0, seeds.pairsTable().rowCount());
        assertEquals(List.of("Two seeds in common, and so nothing to be said of their difference: A and B."),
                seeds.sentences().subList(1, seeds.sentences().size()));
    }

    @Test
    void theSpreadIsPooledOverModels() {
        assertEquals(
                "Over the seeds of one network the standard deviation of these accuracies is 0.0083, so that two runs of one network lie up to 0.0265 "
                        + "apart in 95 of 100 cases (Student's t, 9 degrees of freedom).",
                seeds(List.of(A, B, C, D)).sentences().get(0));
        assertEquals(0.008278486174013546, Seeds.Spread.of(List.of(new double[] {0.630, 0.660}, values(A), new double[] {0.645}, values(B)))
                .orElseThrow().deviation(), 1e-15);
        assertEquals(2.7764451 * Math.sqrt(2 / 3.0) * 0.01, new Seeds.Spread(0.01, 12).seen(3), 1e-9,
                "t of four degrees, the standard error of two means of three");
        assertTrue(Seeds.Spread.of(List.of(new double[] {0.6}, new double[] {0.7})).isEmpty());
        assertEquals(List.of("One seed has been run of each model, so what another would change is not known here."), seeds(List.of(D)).sentences());
    }

    private static double[] values(NavigableMap<Long, Double> model) {
        return model.values().stream().mapToDouble(accuracy -> accuracy).toArray();
    }
}
