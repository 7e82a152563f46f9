package ferkit.report;

import ferkit.chart.CostChart;
import ferkit.chart.CostChart.Whose;
import ferkit.chart.IntervalChart;
import ferkit.chart.Picture;
import ferkit.data.FaceSet;
import ferkit.data.Official;
import ferkit.eval.Ablation;
import ferkit.eval.Difference;
import ferkit.eval.Ensemble;
import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.eval.Holm;
import ferkit.eval.Interval;
import ferkit.eval.McNemar;
import ferkit.eval.Selection;
import ferkit.model.Architecture;
import ferkit.model.Cost;
import ferkit.study.Beyond;
import ferkit.study.Kind;
import ferkit.study.Published;
import ferkit.train.Predictions;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Finished runs of the study's networks and of the recipes beyond the study, by what they reach and what they cost.
 *
 * @param data on which they were trained
 * @param alone the runs with predictions of the image alone, other seeds of the recipes beyond the study included
 * @param seen the same runs in the same order, with views where their recipe has them: what accuracies are of, unless said otherwise
 * @param multiplyAdds of each run's network for one view of an image
 */
public record BeyondResults(FaceSet data, Results alone, Results seen, List<Long> multiplyAdds) {

    /**
     * Of these runs.
     *
     * @throws IllegalArgumentException if a network is not in the kit's tables
     * @throws IOException if the predictions with views of one cannot be read
     */
    public static BeyondResults of(FaceSet data, List<Run> runs) throws IOException {
        List<Run> seen = new ArrayList<>();
        List<Long> multiplyAdds = new ArrayList<>();
        for (Run run : runs) {
            boolean ended = run.standing().hasEnded();
            seen.add(ended ? run : run.withViews());
            multiplyAdds.add(ended ? 0 : Cost.multiplyAdds(network(run.config()), run.config().format(), run.config().classes().count()));
        }
        return new BeyondResults(data, new Results(data.origin(), runs), new Results(data.origin(), seen), multiplyAdds);
    }

    private static Architecture network(RunConfig config) {
        return Beyond.andTheStudys().stream().map(Recipe::architecture)
                .filter(architecture -> architecture.plan().equals(config.plan())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        config.model() + " is none of the kit's networks, so what it costs is not known: leave it out"));
    }

    private List<Run> runs() {
        return seen.runs();
    }

    private String title(Run run) {
        boolean only = runs().stream().filter(other -> other.config().model().equals(run.config().model())).count() == 1;
        Run bare = alone.runs().get(runs().indexOf(run));
        return alone.title(bare) + (only ? "" : ", seed " + run.config().seed());
    }

    /** Which recipes beyond the study have no finished run among these, in a sentence. */
    public String missing() {
        List<String> missing = Beyond.names().stream().filter(name -> alone.run(name).isEmpty())
                .map(name -> Kind.BEYOND.title(name) + " (`" + name + "`)").toList();
        return missing.isEmpty() ? "All recipes beyond the study have been run."
                : "Not run yet with these settings: " + String.join(", ", missing) + ". `python3 environment/kit.py train NAME` trains one.";
    }

    /** McNemar's paired test of a run against each of the others of its seed on the validation images, with Holm's correction for their number. */
    public Table pairsWith(Run run) {
        return new Results(data.origin(), runs().stream().filter(other -> other.config().seed() == run.config().seed()).toList()).pairsWith(run);
    }

    /**
     * Mean and spread of a run and of others that differ from it in the seed alone, in sentences.
     *
     * @throws IOException if the predictions with views of one cannot be read
     */
    public static List<String> seeds(Run run, List<Run> others) throws IOException {
        List<Run> all = new ArrayList<>(List.of(run));
        others.stream().filter(other -> other.config().epochs() == run.config().epochs()).forEach(all::add);
        if (all.size() == 1) {
            return List.of("One seed has been run, so how much chance alone changes these figures is not known here.");
        }
        List<Run> seen = Results.withViews(all);
        List<String> sentences = new ArrayList<>(List.of(spread("Validation accuracy of the image alone", all, r -> r.validation().accuracy()),
                spread("Validation accuracy with views", seen, r -> r.validation().accuracy())));
        if (all.stream().allMatch(Run::isTested)) {
            sentences.add(spread("Test accuracy with views", seen, r -> r.test().accuracy()));
        }
        if (run.config().dataHash().equals(Official.HASH) && run.config().limit() == 0) {
            sentences.add(goal(all, seen));
        }
        return sentences;
    }

    /** In how many seeds the study's best is reached, in a sentence. */
    private static String goal(List<Run> all, List<Run> seen) {
        Published.Result best = Published.models().stream().map(model -> Published.result(model.name()))
                .max(Comparator.comparingDouble(Published.Result::validationAccuracy)).orElseThrow();
        return "The study's best validation accuracy, " + Figures.fixed(best.validationAccuracy(), 4) + " (" + Kind.STUDY.title(best.model())
                + ", of the image alone), is reached in " + inSeeds(all, best) + " seeds of the image alone and in " + inSeeds(seen, best)
                + " with views.";
    }

    private static String inSeeds(List<Run> runs, Published.Result best) {
        return runs.stream().filter(run -> run.validation().accuracy() >= best.validationAccuracy()).count() + " of " + runs.size();
    }

    private static String spread(String what, List<Run> runs, ToDoubleFunction<Run> accuracy) {
        double[] values = runs.stream().mapToDouble(accuracy).sorted().toArray();
        return what + " over " + values.length + " seeds: " + Figures.fixed(StatUtils.mean(values), 4) + " on average, from "
                + Figures.fixed(values[0], 4) + " to " + Figures.fixed(values[values.length - 1], 4) + ", standard deviation "
                + Figures.fixed(Math.sqrt(StatUtils.variance(values)), 4) + ".";
    }

    /** What leaving out each ingredient changes, as a chart. */
    public static Picture ingredients(Ablation ablation) {
        return IntervalChart.differences("Validation accuracy with views without one ingredient, minus the whole recipe's",
                ablation.without().stream()
                        .map(row -> new IntervalChart.Row(row.name(), row.difference().value(), row.difference().interval(), Double.NaN))
                        .toList());
    }

    /** Multiply-adds of one prediction by a run's network, all views of its recipe together. */
    private double prediction(Run run) {
        return (double) multiplyAdds.get(runs().indexOf(run)) * run.views().count();
    }

    /** What a run's training took, in PFLOP. */
    private double pflop(Run run) {
        int images = run.config().limit() == 0 ? data.training().size() : run.config().limit();
        return Cost.petaflop(multiplyAdds.get(runs().indexOf(run)), images, run.config().epochs());
    }

    private static boolean sawOthers(Run run) {
        return !run.config().startWeights().equals("random");
    }

    /** Whether all are of full size on FER2013, so that others' figures may stand beside them. */
    private boolean isComparable() {
        return runs().stream().map(run -> Kind.of(data.origin(), run.config())).allMatch(kind -> kind == Kind.STUDY || kind == Kind.BEYOND);
    }

    /** Each run: accuracies without and with views, what it cost, and whether its network had seen other photographs before. */
    public Table table() {
        Table table = Table.create("What was reached, and at what cost", StringColumn.create("Run", runs().stream().map(this::title)),
                accuracies("Validation, image alone", alone, Run::validation), withViews("Validation, with views", Run::validation));
        if (runs().stream().allMatch(Run::isTested)) {
            table.addColumns(accuracies("Test, image alone", alone, Run::test), withViews("Test, with views", Run::test),
                    StringColumn.create("95 % interval of test, with views if any",
                            runs().stream().map(r -> Evaluation.of(r.test()).interval().text())));
        }
        return table.addColumns(StringColumn.create("Training cost, PFLOP", runs().stream().map(r -> Figures.significant(pflop(r), 2))),
                StringColumn.create("Training took", runs().stream().map(r -> Figures.duration(r.config().totalSeconds()) + ", "
                        + Figures.count(r.config().threads(), "thread"))),
                StringColumn.create("Other photographs", runs().stream().map(r -> sawOthers(r) ? "yes" : "no")));
    }

    private static DoubleColumn accuracies(String name, Results results, Function<Run, Predictions> split) {
        return Figures.column(name, results.runs(), run -> split.apply(run).accuracy(), 4);
    }

    private StringColumn withViews(String name, Function<Run, Predictions> split) {
        return StringColumn.create(name, runs().stream().map(run -> run.hasViews() ? Figures.fixed(split.apply(run).accuracy(), 4) : "–"));
    }

    /** Members of an ensemble of these runs, chosen on the validation images; empty if there are fewer than two runs. */
    public Optional<Selection> selection() {
        return runs().size() < 2 ? Optional.empty()
                : Optional.of(Selection.of(runs().stream().map(this::title).toList(), asked(Run::validation)));
    }

    private List<Predictions> asked(Function<Run, Predictions> split) {
        return runs().stream().map(split).toList();
    }

    /** The chosen ones together on the test images, beside the single run that is best on the validation images; empty if not all have labelled ones. */
    public Optional<Ensemble> onTest(Selection selection) {
        return runs().stream().allMatch(Run::isTested) ? Optional.of(selection.ensemble(asked(Run::test))) : Optional.empty();
    }

    private Optional<Ensemble> chosenOnTest() {
        return selection().flatMap(this::onTest);
    }

    /** The same without the runs whose network had seen other photographs. */
    private BeyondResults withoutOthers() {
        int[] own = IntStream.range(0, runs().size()).filter(i -> !sawOthers(runs().get(i))).toArray();
        return new BeyondResults(data, new Results(data.origin(), IntStream.of(own).mapToObj(alone.runs()::get).toList()),
                new Results(data.origin(), IntStream.of(own).mapToObj(runs()::get).toList()), IntStream.of(own).mapToObj(multiplyAdds::get).toList());
    }

    /**
     * Several ways to have runs answer together, on the test images and beside the single run that is best on the validation images: members chosen or all of them, of
     * all runs, of those that saw no other photographs, and of the study's; McNemar's paired test against that run, with Holm's correction. Empty if there are not two
     * runs, or not all have labelled test images.
     */
    public Optional<Table> together() {
        Optional<Ensemble> chosen = chosenOnTest();
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        Predictions single = chosen.get().single();
        BeyondResults own = withoutOthers();
        Map<String, Predictions> means = new LinkedHashMap<>();
        means.put("All, chosen and weighted", chosen.get().together());
        means.put("All, plain mean", Predictions.mean(asked(Run::test)));
        if (own.runs().size() < runs().size()) {
            own.chosenOnTest().ifPresent(ensemble -> means.put("FER2013 alone, chosen and weighted", ensemble.together()));
        }
        List<Predictions> studys = runs().stream().filter(Results::isStudysModel).map(Run::test).toList();
        if (studys.size() > 1 && studys.size() < runs().size()) {
            means.put("The study's " + studys.size() + ", plain mean", Predictions.mean(studys));
        }
        List<Difference> against = means.values().stream().map(mean -> Difference.ofImages(mean, single)).toList();
        return Optional.of(
                Table.create("Together on the test images, beside " + chosen.get().singleTitle() + " (" + Figures.fixed(single.accuracy(), 4) + ")",
                        StringColumn.create("Runs", means.keySet()),
                        Figures.column("Test accuracy", means.values().stream().mapToDouble(Predictions::accuracy).toArray(), 4),
                        StringColumn.create("95 % interval", means.values().stream().map(mean -> Evaluation.of(mean).interval().text())),
                        Figures.signedColumn("Difference", against, Difference::value, 4))
                        .addColumns(Holm.of(against, Difference::pValue).columns(0)));
    }

    /** Whether the chosen ones do better on the test images than the plain mean of all runs, in a sentence; empty if not all have labelled ones. */
    public Optional<String> worthOf(Selection selection) {
        return onTest(selection).map(ensemble -> {
            Difference difference = Difference.ofImages(ensemble.together(), Predictions.mean(asked(Run::test)));
            return "The chosen ones together minus the plain mean of all: " + Figures.signed(difference.value(), 4) + " (95 % interval "
                    + difference.interval().signedText() + ", " + Figures.pEquals(difference.pValue()) + "): "
                    + (difference.pValue() >= McNemar.LEVEL ? "choosing has not been shown to change anything."
                            : difference.value() > 0 ? "choosing was worth it." : "choosing did harm.")
                    + (selection.kept() == Selection.PICKS ? " The best of the " + Selection.PICKS
                            + " picks was the last, so more of them might have come further on the validation images." : "");
        });
    }

    /** The weight of each run in an ensemble, and what asking it costs. */
    public Table weights(Selection selection) {
        return selection.weights(runs().stream().mapToDouble(this::prediction).toArray());
    }

    /** What a prediction by the chosen ones together costs beside one by the best of them alone, in a sentence. */
    public String costOf(Selection selection) {
        double[] each = runs().stream().mapToDouble(this::prediction).toArray();
        double one = each[selection.single()];
        double all = selection.cost(each);
        return "A prediction by the chosen ones together takes " + Figures.count(Math.round(all / 1e6)) + " million multiply-adds, "
                + Figures.fixed(all / one, 1) + " times those of " + selection.titles().get(selection.single()) + " alone; training them took "
                + Figures.significant(trained(selection), 2) + " PFLOP.";
    }

    /** How good such a choice is on validation images that had no say in it, beside the plain mean of all runs there, in a sentence; at least two runs. */
    public String onHalves() {
        double[] chosen = Selection.onHalves(asked(Run::validation));
        return "Chosen by one half of the validation images and asked about the other, and the other way round, they are right in "
                + Figures.fixed(StatUtils.mean(chosen), 4) + " of them on average over " + Selection.HALVINGS + " random halvings (from "
                + Figures.fixed(StatUtils.min(chosen), 4) + " to " + Figures.fixed(StatUtils.max(chosen), 4)
                + "); the plain mean of all, which needs no choice, in "
                + Figures.fixed(Predictions.mean(asked(Run::validation)).accuracy(), 4) + ".";
    }

    private double trained(Selection selection) {
        return selection.cost(runs().stream().mapToDouble(this::pflop).toArray());
    }

    /**
     * Test accuracy against training cost, of these runs, of an ensemble of them, and where all are of full size on FER2013 of what others and the
     * study published; empty if there is no run with labelled test images.
     */
    public Optional<Picture> costs(Optional<Selection> selection) {
        List<CostChart.Point> points = new ArrayList<>();
        runs().stream().filter(Run::isTested).forEach(run -> points.add(new CostChart.Point(nameOnce(run), pflop(run), run.test().accuracy(),
                Results.isStudysModel(run) ? Whose.STUDY : Whose.OWN, sawOthers(run))));
        selection.ifPresent(chosen -> onTest(chosen).ifPresent(ensemble -> points.add(new CostChart.Point(ensemble.title(), trained(chosen),
                ensemble.together().accuracy(), Whose.OWN, sawOthers(chosen)))));
        if (points.isEmpty()) {
            return Optional.empty();
        }
        if (isComparable()) {
            Published.field().stream().filter(point -> !Double.isNaN(point.pflop())).forEach(point -> points.add(new CostChart.Point(point.name(),
                    point.pflop(), point.accuracy(), point.chosen() == Published.ByTest.YES ? Whose.CHOSEN_BY_TEST : Whose.PUBLISHED,
                    point.otherPhotographs())));
        }
        return Optional.of(CostChart.picture("Test accuracy against training cost", points));
    }

    /** For the first of a network's seeds how many there are, and nothing for the others, which lie beside it. */
    private String nameOnce(Run run) {
        List<Run> seeds = runs().stream().filter(other -> other.config().model().equals(run.config().model())).toList();
        return seeds.size() == 1 ? title(run)
                : run.equals(seeds.get(0)) ? alone.title(alone.runs().get(runs().indexOf(run))) + ", " + Figures.count(seeds.size(), "seed") : "";
    }

    private boolean sawOthers(Selection selection) {
        return runs().stream().anyMatch(run -> selection.times(runs().indexOf(run)) > 0 && sawOthers(run));
    }

    /** What others published; empty where these runs may not be set beside it. */
    public Optional<Table> field() {
        return isComparable() ? Optional.of(Published.fieldTable()) : Optional.empty();
    }

    /** What was reached beside what others reached on the same terms, in sentences; empty where the two may not be set beside each other. */
    public List<String> reached(Optional<Selection> selection) {
        if (!isComparable() || runs().isEmpty() || !runs().stream().allMatch(Run::isTested)) {
            return List.of("Others' figures are of full size on FER2013's test images: these are not set beside them.");
        }
        List<String> sentences = new ArrayList<>();
        for (boolean others : new boolean[] {false, true}) {
            runs().stream().filter(run -> sawOthers(run) == others).max(Comparator.comparingDouble(run -> run.validation().accuracy()))
                    .ifPresent(run -> sentences.add("Best single run by validation " + terms(others) + ": " + title(run) + ", "
                            + beside(run.test(), others, point -> !point.ensemble())));
        }
        selection.flatMap(this::onTest).ifPresent(ensemble -> {
            boolean others = sawOthers(selection.get());
            sentences.add(ensemble.title() + ", " + terms(others) + ": "
                    + beside(ensemble.together(), others, Published.Point::ensemble));
            if (others) {
                BeyondResults own = withoutOthers();
                own.selection().ifPresent(chosen -> own.onTest(chosen).ifPresent(mean -> sentences.add("Chosen in the same way from those "
                        + terms(false) + " (times picked: " + chosen.members() + "): " + beside(mean.together(), false, Published.Point::ensemble))));
            }
        });
        return sentences;
    }

    private static String terms(boolean others) {
        return others ? "with knowledge of other photographs" : "trained on FER2013 alone";
    }

    private static String beside(Predictions test, boolean others, Predicate<Published.Point> like) {
        Interval interval = Evaluation.of(test).interval();
        String own = Figures.fixed(test.accuracy(), 4) + " on the test images (95 % interval " + interval.text() + ")";
        return Published.field().stream().filter(like).filter(point -> point.chosen() == Published.ByTest.NO && point.otherPhotographs() == others)
                .max(Comparator.comparingDouble(Published.Point::accuracy))
                .map(point -> own + "; of the published figures listed on such terms the best is " + Figures.fixed(point.accuracy(), 4) + ", "
                        + point.name()
                        + ", which lies " + (interval.contains(point.accuracy()) ? "inside" : interval.low() > point.accuracy() ? "below" : "above")
                        + " that interval.")
                .orElse(own + ".");
    }
}
