package ferkit.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What several seeds say of models: mean and spread of each, and every two held against each other over the seeds that both have.
 *
 * <p>
 * The comparison is Student's paired t-test of the differences, one a seed. Pairs, because an equal seed gives two networks the same order of images in each epoch, and
 * networks of equal weights' shapes the same weights to start from: such runs are not independent, as {@link Difference#ofSeeds Welch's test} takes them to be, and pairs hold
 * whether that matters or not. ({@link Ablation} takes seeds for independent, since its rows may have unequal numbers of them.) The t-test, because a test that assumes nothing of the differences but their symmetry, the exact one over all changes of their signs,
 * cannot come below 2 / 2ⁿ with n seeds: 0.25 with three, 0.0625 with five, so never below 5 %. It assumes that differences scatter normally, as those of means over
 * thousands of images nearly do. With two seeds its interval reaches 12.7 standard errors to either side, which says nothing; {@value #LEAST} are asked for.
 *
 * @param models of each, in order, its validation accuracies by seed, 0 to 1; at least one
 */
public record Seeds(Map<String, NavigableMap<Long, Double>> models) {
    /** So many seeds two models must have in common before anything is said of their difference. */
    public static final int LEAST = 3;

    /**
     * Two models over the seeds that both have.
     *
     * @param ahead in how many of these the first is better
     * @param difference first minus second
     */
    public record Pair(String first, String second, int seeds, int ahead, Difference difference) {}

    /**
     * How far runs of one network lie apart by their seeds alone, over several networks.
     *
     * @param deviation standard deviation about each network's own mean, pooled
     * @param freedom number of runs less that of networks
     */
    public record Spread(double deviation, int freedom) {
        /** Of the networks' accuracies; empty if there are not two of any. */
        public static Optional<Spread> of(Collection<double[]> networks) {
            int freedom = networks.stream().mapToInt(runs -> runs.length - 1).sum();
            return freedom == 0 ? Optional.empty()
                    : Optional.of(new Spread(Math.sqrt(networks.stream().filter(runs -> runs.length > 1)
                            .mapToDouble(runs -> (runs.length - 1) * StatUtils.variance(runs)).sum() / freedom), freedom));
        }

        /** So far two runs of one network lie apart at most in 95 of 100 cases. */
        public double apart() {
            return new TDistribution(null, freedom).inverseCumulativeProbability(0.975) * Math.sqrt(2) * deviation;
        }

        /** Means over so many seeds of each of two networks lie so far apart at least before a test of these two at 5 % tells them apart. */
        public double seen(int seeds) {
            return new TDistribution(null, 2.0 * (seeds - 1)).inverseCumulativeProbability(0.975) * Math.sqrt(2.0 / seeds) * deviation;
        }

        /** Both numbers in a sentence. */
        public String sentence() {
            return "Over the seeds of one network the standard deviation of these accuracies is " + Figures.fixed(deviation, 4)
                    + ", so that two runs of one network lie up to " + Figures.fixed(apart(), 4) + " apart in 95 of 100 cases (Student's t, "
                    + Figures.count(freedom, "degree") + " of freedom).";
        }
    }

    /** Every two models with seeds enough in common. */
    public List<Pair> pairs() {
        return everyTwo(common -> common.size() >= LEAST);
    }

    private List<Pair> everyTwo(Predicate<NavigableSet<Long>> enough) {
        List<String> names = List.copyOf(models.keySet());
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
                NavigableMap<Long, Double> one = models.get(names.get(i));
                NavigableMap<Long, Double> other = models.get(names.get(j));
                NavigableSet<Long> common = new TreeSet<>(one.keySet());
                common.retainAll(other.keySet());
                if (enough.test(common)) {
                    pairs.add(new Pair(names.get(i), names.get(j), common.size(),
                            (int) common.stream().filter(seed -> one.get(seed) > other.get(seed)).count(),
                            Difference.ofPairs(common.stream().mapToDouble(one::get).toArray(), common.stream().mapToDouble(other::get).toArray())));
                }
            }
        }
        return pairs;
    }

    private static double[] values(NavigableMap<Long, Double> seeds) {
        return seeds.values().stream().mapToDouble(accuracy -> accuracy).toArray();
    }

    /** Of each model its seeds, and mean, standard deviation and range of its accuracies; of one seed no deviation. */
    public Table table() {
        List<NavigableMap<Long, Double>> rows = List.copyOf(models.values());
        return Table.create("Validation accuracy over seeds", StringColumn.create("Model", models.keySet()),
                Figures.counts("Runs", rows, NavigableMap::size),
                StringColumn.create("Seeds", rows.stream().map(row -> row.keySet().stream().map(String::valueOf).collect(Collectors.joining(", ")))),
                column("Mean", rows, StatUtils::mean),
                column("Standard deviation", rows, runs -> runs.length == 1 ? Double.NaN : Math.sqrt(StatUtils.variance(runs))),
                column("Lowest", rows, StatUtils::min), column("Highest", rows, StatUtils::max));
    }

    private static DoubleColumn column(String name, List<NavigableMap<Long, Double>> rows, ToDoubleFunction<double[]> figure) {
        return Figures.column(name, rows, row -> figure.applyAsDouble(values(row)), 4);
    }

    /** {@link #pairs} with their intervals and p-values, these also after Holm's correction. */
    public Table pairsTable() {
        List<Pair> pairs = pairs();
        return Table.create("Models over the seeds that both have", StringColumn.create("First", pairs.stream().map(Pair::first)),
                StringColumn.create("Second", pairs.stream().map(Pair::second)),
                StringColumn.create("First ahead in", pairs.stream().map(pair -> pair.ahead() + " of " + pair.seeds())),
                Figures.signedColumn("Mean difference", pairs, pair -> pair.difference().value(), 4),
                StringColumn.create("95 % interval", pairs.stream().map(pair -> pair.difference().interval().signedText())),
                StringColumn.create("p", pairs.stream().map(pair -> Figures.pValue(pair.difference().pValue()))))
                .addColumns(holm(pairs).columns(0));
    }

    private static Holm holm(List<Pair> pairs) {
        return Holm.of(pairs, pair -> pair.difference().pValue());
    }

    /** How far seeds scatter, which models are told apart, and of which nothing can be said, in computed sentences. */
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        sentences.add(Spread.of(models.values().stream().map(Seeds::values).toList()).map(Spread::sentence)
                .orElse("One seed has been run of each model, so what another would change is not known here."));
        List<Pair> pairs = pairs();
        List<String> apart = holm(pairs).toldApart().mapToObj(pairs::get)
                .map(pair -> (pair.difference().value() > 0 ? pair.first() + " over " + pair.second() : pair.second() + " over " + pair.first())
                        + " (by " + Figures.fixed(Math.abs(pair.difference().value()), 4) + ")")
                .toList();
        if (!pairs.isEmpty()) {
            sentences.add("Of " + Figures.count(pairs.size(), "pair") + " with " + LEAST + " seeds in common or more, "
                    + (apart.isEmpty() ? "none is told apart at the 5 % level."
                            : apart.size() + " told apart at the 5 % level: " + String.join("; ", apart) + "."));
        }
        List<String> two = everyTwo(common -> common.size() == 2).stream().map(pair -> pair.first() + " and " + pair.second()).toList();
        if (!two.isEmpty()) {
            sentences.add("Two seeds in common, and so nothing to be said of their difference: " + String.join("; ", two) + ".");
        }
        return sentences;
    }
}
