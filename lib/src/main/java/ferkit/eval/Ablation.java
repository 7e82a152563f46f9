package ferkit.eval;

import ferkit.train.Predictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What each ingredient of a recipe is worth: runs of the whole recipe held against runs of it without one ingredient, on the validation images.
 *
 * @param whole accuracies of the whole recipe
 * @param without the same for each ingredient that was left out, the largest loss first
 */
public record Ablation(Row whole, List<Row> without) {
    /** The ingredient that needs no training of its own to be left out: the same weights are asked with the image alone. */
    private static final String VIEWS = "views";

    /**
     * What a run says of the validation images.
     *
     * @param alone of the image alone
     * @param views means over the recipe's views
     */
    public record Outcome(long seed, Predictions alone, Predictions views) {}

    /**
     * One line of the table.
     *
     * @param name of the ingredient that was left out
     * @param seeds number of runs
     * @param alone their mean accuracy on the image alone, 0 to 1
     * @param views on the mean over the recipe's views, 0 to 1
     * @param against what {@code difference} is held against: the whole recipe's {@code views}, of the same seed where the interval is over images
     * @param difference of {@code views}, without the ingredient minus with it; null for the whole recipe
     */
    public record Row(String name, int seeds, double alone, double views, double against, Difference difference) {}

    /**
     * Of recipes whose seeds may scatter differently. Where there are two seeds or more of both, intervals are over seeds, by {@link Difference#ofSeeds}; otherwise over
     * images, of the two runs of the lowest seed that both have, or of the lowest of each.
     *
     * @param whole runs of the whole recipe, at least one
     * @param without for each ingredient the runs without it, at least one
     */
    public static Ablation of(List<Outcome> whole, Map<String, List<Outcome>> without) {
        return of(whole, without, (name, runs) -> runs.size() > 1 && whole.size() > 1
                ? row(name, runs, mean(views(whole)), Difference.ofSeeds(views(runs), views(whole)))
                : onImages(name, runs, whole));
    }

    /**
     * As {@link #of}, but of recipes so much alike that their seeds are taken to scatter alike: what another seed changes is estimated from all of them together, by
     * {@link Difference#ofSpread}, so that one run of a recipe is enough where any other has two.
     */
    public static Ablation ofAlike(List<Outcome> whole, Map<String, List<Outcome>> without) {
        return spread(whole, without)
                .map(spread -> of(whole, without,
                        (name, runs) -> row(name, runs, mean(views(whole)), Difference.ofSpread(views(runs), views(whole), spread))))
                .orElseGet(() -> of(whole, without));
    }

    /** How far the seeds of recipes that are alike scatter, in their accuracies with views; empty if there are not two of any. */
    public static Optional<Seeds.Spread> spread(List<Outcome> whole, Map<String, List<Outcome>> without) {
        return Seeds.Spread.of(Stream.concat(Stream.of(whole), without.values().stream()).map(Ablation::views).toList());
    }

    private static Ablation of(List<Outcome> whole, Map<String, List<Outcome>> without, BiFunction<String, List<Outcome>, Row> compare) {
        List<Row> rows = new ArrayList<>();
        without.forEach((name, runs) -> rows.add(compare.apply(name, runs)));
        if (whole.stream().anyMatch(run -> !run.alone().equals(run.views()))) {
            rows.add(
                    new Row(VIEWS, whole.size(), mean(alone(whole)), mean(alone(whole)), mean(views(whole)),
                            whole.size() > 1 ? Difference.ofPairs(alone(whole), views(whole))
                                    : Difference.ofImages(whole.get(0).alone(), whole.get(0).views())));
        }
        rows.sort(Comparator.comparingDouble(row -> row.difference().value()));
        return new Ablation(row("nothing: the whole recipe", whole, Double.NaN, null), List.copyOf(rows));
    }

    private static Row row(String name, List<Outcome> runs, double against, Difference difference) {
        return new Row(name, runs.size(), mean(alone(runs)), mean(views(runs)), against, difference);
    }

    private static Row onImages(String name, List<Outcome> runs, List<Outcome> whole) {
        Comparator<Outcome> bySeed = Comparator.comparingLong(Outcome::seed);
        Outcome run = runs.stream().filter(r -> whole.stream().anyMatch(w -> w.seed() == r.seed())).min(bySeed)
                .orElseGet(() -> runs.stream().min(bySeed).orElseThrow());
        Outcome beside = whole.stream().filter(w -> w.seed() == run.seed()).findFirst().orElseGet(() -> whole.stream().min(bySeed).orElseThrow());
        return row(name, runs, beside.views().accuracy(), Difference.ofImages(run.views(), beside.views()));
    }

    private static double[] alone(List<Outcome> runs) {
        return runs.stream().mapToDouble(run -> run.alone().accuracy()).toArray();
    }

    private static double[] views(List<Outcome> runs) {
        return runs.stream().mapToDouble(run -> run.views().accuracy()).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private Holm holm() {
        return Holm.of(without, row -> row.difference().pValue());
    }

    /** The whole recipe and each ingredient left out of it: means, the difference, its interval, and whether it is told apart from chance. */
    public Table table() {
        List<Row> rows = new ArrayList<>(List.of(whole));
        rows.addAll(without);
        return Table.create("Validation accuracy without one ingredient", StringColumn.create("Left out", rows.stream().map(Row::name)),
                Figures.counts("Runs", rows.stream().mapToInt(Row::seeds).toArray()),
                Figures.column("Image alone, mean", rows.stream().mapToDouble(Row::alone).toArray(), 4),
                Figures.column("With views, mean", rows.stream().mapToDouble(Row::views).toArray(), 4),
                cells("Held against", row -> Figures.fixed(row.against(), 4)),
                cells("Difference", row -> Figures.signed(row.difference().value(), 4)),
                cells("95 % interval", row -> row.difference().interval().signedText()),
                cells("Interval over", row -> row.difference().chance())).addColumns(holm().columns(1));
    }

    private StringColumn cells(String name, Function<Row, String> cell) {
        List<String> cells = new ArrayList<>(List.of(""));
        without.forEach(row -> cells.add(cell.apply(row)));
        return StringColumn.create(name, cells);
    }

    /** Which ingredients are told apart from chance and which are not, in sentences. */
    public List<String> sentences() {
        Map<Boolean, List<Integer>> apart = IntStream.range(0, without.size()).boxed().collect(Collectors.partitioningBy(holm()::tellsApart));
        List<String> sentences = new ArrayList<>();
        sentences.add(apart.get(true).isEmpty() ? "No ingredient is told apart from chance."
                : "Told apart from chance, by what leaving it out changes: " + named(apart.get(true)) + ".");
        if (!apart.get(false).isEmpty()) {
            sentences.add("Not told apart from chance: " + named(apart.get(false)) + ".");
        }
        List<String> single = without.stream().filter(row -> row.difference().chance().equals(Difference.IMAGES)).map(Row::name).toList();
        if (!single.isEmpty()) {
            sentences.add("Of one run, so that the interval is over images and what another seed would change is not in it: "
                    + String.join("; ", single) + ".");
        }
        return sentences;
    }

    private String named(List<Integer> rows) {
        return rows.stream().map(i -> without.get(i).name() + " (" + Figures.signed(without.get(i).difference().value(), 4) + ")")
                .collect(Collectors.joining("; "));
    }
}
