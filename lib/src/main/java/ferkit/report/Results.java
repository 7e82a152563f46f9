package ferkit.report;

import ferkit.chart.Charts;
import ferkit.chart.Curves;
import ferkit.chart.IntervalChart;
import ferkit.chart.PairChart;
import ferkit.chart.Picture;
import ferkit.data.Classes;
import ferkit.data.Format;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.eval.ClassReport;
import ferkit.eval.Ensemble;
import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.eval.Holm;
import ferkit.eval.Interval;
import ferkit.eval.McNemar;
import ferkit.eval.Overfitting;
import ferkit.eval.RankAgreement;
import ferkit.eval.Seeds;
import ferkit.model.StudyModel;
import ferkit.model.Summary;
import ferkit.study.Findings;
import ferkit.study.Kind;
import ferkit.study.Published;
import ferkit.train.History;
import ferkit.train.Predictions;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.util.CombinatoricsUtils;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Finished runs on one data set, and the tables and figures that set them beside each other. Beside the study's figures
 * only those are set that were made as the study made its own: on all of FER2013, in batches of 128, for fifty epochs.
 */
public final class Results {
    /** So many epochs before and after the best one are looked at to see how far it stands out. */
    private static final int NEIGHBOURS = 2;
    /** A probability from which on an answer is called sure. */
    private static final double SURE = 0.9;
    private static final String LARGER = "have the larger gap at the larger network";
    /** Changes from epoch to epoch are averaged over so many of the last epochs. */
    private static final int LAST_EPOCHS = 10;

    private final Origin origin;
    private final List<Run> runs;
    /** Runs on the same data that do not stand among these because they are of another size. */
    private final List<Run> leftOut;

    /** The results of these runs, shown in this order. */
    public Results(Origin origin, List<Run> runs) {
        this(origin, runs, List.of());
    }

    private Results(Origin origin, List<Run> runs, List<Run> leftOut) {
        this.origin = origin;
        this.runs = List.copyOf(runs);
        this.leftOut = List.copyOf(leftOut);
    }

    /** What stands in their place where there are none: whoever asks them for something is told why. */
    public static Results refusing(String why) {
        return new Results(new Origin(Origin.Kind.OTHER_SPLIT, why), List.of(Run.refusing(why)));
    }

    /** The runs in order. */
    public List<Run> runs() {
        return runs;
    }

    /** The run of a model, if it is among them. */
    public Optional<Run> run(String model) {
        return runs.stream().filter(r -> r.config().model().equals(model)).findFirst();
    }

    /**
     * Runs and those they may be compared with among these, trials or runs of full size; those that are not among these come last.
     *
     * @throws IllegalArgumentException if trials and runs of full size are among the given ones, or two runs of one name
     */
    public Results with(Run... others) {
        Map<Boolean, List<Run>> kinds = Arrays.stream(others).collect(Collectors.groupingBy(run -> kind(run) == Kind.TRIAL));
        if (kinds.size() > 1) {
            throw new IllegalArgumentException(listed(kinds.get(true).stream().map(this::title).toList()) + " cannot stand beside "
                    + listed(kinds.get(false).stream().map(this::title).toList()) + ": trials are compared with trials only");
        }
        Results among = trials(kinds.containsKey(true));
        Map<String, Run> added = new LinkedHashMap<>();
        for (Run run : others) {
            Run before = added.putIfAbsent(run.config().model(), run);
            if (before != null && !before.folder().equals(run.folder())) {
                throw new IllegalArgumentException("Two of these runs are called " + run.config().model() + ", in " + before.folder() + " and "
                        + run.folder() + ": train one of them under another name");
            }
        }
        among.runs.forEach(run -> added.remove(run.config().model()));
        return new Results(origin, Stream.concat(among.runs.stream(), added.values().stream()).toList(), among.leftOut);
    }

    /** These results up to and with a model's. */
    public Results upTo(String model) {
        int last = run(model).map(runs::indexOf).orElse(-1);
        return new Results(origin, runs.subList(0, last + 1));
    }

    /** The results of these models only, as far as they have been run. */
    public Results only(String... models) {
        return new Results(origin, runs.stream().filter(r -> Arrays.asList(models).contains(r.config().model())).toList());
    }

    /** The results of all but these models. */
    public Results except(String... models) {
        return new Results(origin, runs.stream().filter(r -> !Arrays.asList(models).contains(r.config().model())).toList());
    }

    /** The results with test images that have labels, so that there is something to report of them. */
    public Results tested() {
        return new Results(origin, runs.stream().filter(Run::isTested).toList());
    }

    /** The results of full size, so that no trial stands among them; all if there are only trials. */
    public Results withoutTrials() {
        Results whole = trials(false);
        return whole.runs.isEmpty() ? this : whole;
    }

    private Results trials(boolean wanted) {
        Map<Boolean, List<Run>> kinds = runs.stream().collect(Collectors.partitioningBy(run -> kind(run) == Kind.TRIAL));
        return new Results(origin, kinds.get(wanted), kinds.get(!wanted));
    }

    /**
     * Which of the models have not been run, which were run in another size, and which have no labelled test
     * images, in a sentence each.
     */
    public String missing() {
        List<String> missing = StudyModel.ALL.stream().map(StudyModel::name)
                .filter(name -> Stream.concat(runs.stream(), leftOut.stream()).noneMatch(run -> run.config().model().equals(name)))
                .map(Kind.STUDY::title).toList();
        List<String> untested = runs.stream().filter(run -> !run.isTested()).map(this::title).toList();
        return (missing.isEmpty() ? "All models have been run." : "Not run yet with these settings: " + String.join(", ", missing) + ".")
                + (leftOut.isEmpty() ? "" : " Run in another size, and so not among these: "
                        + leftOut.stream().map(run -> Kind.STUDY.title(run.config().model())).collect(Collectors.joining(", ")) + ".")
                + (untested.isEmpty() ? "" : " Without labelled test images to report on: " + String.join(", ", untested) + ".");
    }

    /** What there is of a model: how it was trained, or that it has not been, in one sentence. */
    public String state(String model) {
        return run(model).map(run -> title(run) + ": trained for " + Figures.count(run.config().epochs(), "epoch")
                + " with seed " + run.config().seed() + ", weights of epoch " + run.best().epoch() + "."
                + (run.isTested() ? "" : " There are no labelled test images, so there is no report."))
                .orElseGet(() -> Kind.STUDY.title(model) + " has not been run yet with these settings, so there is nothing to show of it.");
    }

    /** Whether a run was made as the study made its own, so that the two may be compared. */
    public boolean isComparable(Run run) {
        return kind(run) == Kind.STUDY;
    }

    private Kind kind(Run run) {
        return Kind.of(origin, run.config());
    }

    /** How a run is called in tables and legends, for example "Model 6", "Model 6 (trial)" or "Sprint + views". */
    public String title(Run run) {
        return kind(run).title(run.config().model()) + (run.hasViews() ? " + views" : "");
    }

    /** Whether a run bears the name of one of the study's six models, in whatever size. */
    static boolean isStudysModel(Run run) {
        return Published.find(run.config().model()).isPresent();
    }

    /**
     * The same runs by the views of their recipes.
     *
     * @throws IOException if what one says by its views cannot be read
     */
    static List<Run> withViews(List<Run> runs) throws IOException {
        List<Run> seen = new ArrayList<>();
        for (Run run : runs) {
            seen.add(run.withViews());
        }
        return List.copyOf(seen);
    }

    /** The study's row of Table 1 that belongs to a run, if the two may be compared. */
    Optional<Published.Result> study(Run run) {
        return Published.find(run.config().model()).filter(row -> isComparable(run));
    }

    /** One of the study's figures that belong to a run; NaN if the two may not be compared or the study has none. */
    private double studys(Run run, ToDoubleFunction<Published.Result> figure) {
        return study(run).map(figure::applyAsDouble).orElse(Double.NaN);
    }

    /** Those of the runs that may be compared with the study's. */
    List<Run> studys() {
        return runs.stream().filter(run -> study(run).isPresent()).toList();
    }

    /** What figures of these runs are of, as an addition to a heading or a sentence; empty where they are of the image alone. */
    public static String views(List<Run> runs) {
        return runs.stream().noneMatch(Run::hasViews) ? ""
                : " (with views, validation and test accuracy are those of the mean over several views of an image; curves and losses are of the image alone)";
    }

    /** A run's row of Table 1, at its best epoch, and where they may be compared the study's row and the differences. */
    public Table row(Run run) {
        History.Epoch best = run.best();
        List<String> names = new ArrayList<>(List.of(title(run)));
        List<double[]> rows = new ArrayList<>();
        rows.add(new double[] {best.accuracy(), best.loss(), run.validationAccuracy(), best.valLoss(), best.epoch()});
        study(run).ifPresent(s -> {
            names.addAll(List.of("Study", "Difference"));
            rows.add(new double[] {s.trainingAccuracy(), s.trainingLoss(), s.validationAccuracy(), s.validationLoss(), s.bestEpoch()});
            rows.add(minus(rows.get(0), rows.get(1)));
        });
        Table table = Table.create("Row of the study's Table 1: " + String.join(", ", names) + views(List.of(run)), StringColumn.create("", names));
        List<String> headings = List.of("Training accuracy", "Training loss", "Validation accuracy", "Validation loss", "Best epoch");
        for (int i = 0; i < headings.size(); i++) {
            int column = i;
            int decimals = i == 4 ? 0 : 4;
            List<String> cells = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                cells.add(row == 2 ? Figures.signed(rows.get(row)[column], decimals) : Figures.fixed(rows.get(row)[column], decimals));
            }
            table.addColumns(StringColumn.create(headings.get(i), cells));
        }
        List<String> intervals = new ArrayList<>(Collections.nCopies(rows.size(), ""));
        intervals.set(0, interval(run).text());
        return table.addColumns(StringColumn.create("95 % interval of validation accuracy", intervals));
    }

    /** The interval of the validation accuracy of a run's weights. */
    public static Interval interval(Run run) {
        return Interval.wilson(run.validation().correct(), run.validation().size());
    }

    /** Table 1: all runs at their best epochs, and the study's validation accuracies beside those that may be compared. */
    public Table tableOne() {
        Table table = Table.create("The study's Table 1 with these runs, each at its best epoch" + views(runs),
                StringColumn.create("Model", runs.stream().map(this::title)),
                Figures.column("Training accuracy", runs, run -> run.best().accuracy(), 4),
                Figures.column("Training loss", runs, run -> run.best().loss(), 4),
                Figures.column("Validation accuracy", runs, Run::validationAccuracy, 4),
                StringColumn.create("95 % interval", runs.stream().map(run -> interval(run).text())),
                Figures.column("Validation loss", runs, run -> run.best().valLoss(), 4),
                Figures.counts("Best epoch", runs, run -> run.best().epoch()));
        if (!studys().isEmpty()) {
            ToDoubleFunction<Run> study = run -> studys(run, Published.Result::validationAccuracy);
            table.addColumns(Figures.column("Study's validation accuracy", runs, study, 4),
                    Figures.signedColumn("Difference", runs, run -> run.validationAccuracy() - study.applyAsDouble(run), 4));
        }
        return table;
    }

    private static double[] minus(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
    }

    /** Accuracy and loss of a run over its epochs, with the study's curves behind where the two may be compared. */
    public Picture curves(Run run) {
        return study(run).flatMap(s -> Published.history(s.model()))
                .map(history -> Charts.trainingCurves(curves(title(run), run.history()), curves("Study", history)))
                .orElseGet(() -> Charts.trainingCurves(curves(title(run), run.history())));
    }

    /**
     * A run's curves minus the study's: the mean over all epochs, the largest difference and its epoch, and both figures after
     * the last epoch. Empty where the two may not be compared.
     */
    public Optional<Table> besideStudysCurves(Run run) {
        return study(run).flatMap(s -> Published.history(s.model()))
                .map(study -> curvesBeside("The curves of " + title(run) + " minus the study's", run.history(), study, "Last epoch",
                        "Last epoch, study"));
    }

    /** The same for a run minus one of another seed, over the epochs that both have. */
    public static Table besideSeed(Run run, Run other) {
        int epochs = Math.min(run.history().size(), other.history().size());
        return curvesBeside("Curves of seed " + run.config().seed() + " minus those of seed " + other.config().seed(), run.history().first(epochs),
                other.history().first(epochs),
                "Epoch " + epochs + ", seed " + run.config().seed(), "Epoch " + epochs + ", seed " + other.config().seed());
    }

    private static Table curvesBeside(String name, History ours, History theirs, String lastOfOurs, String lastOfTheirs) {
        Table table = Table.create(name, StringColumn.create("Figure"), StringColumn.create("Mean difference"),
                StringColumn.create("Largest difference"), StringColumn.create("In epoch"), StringColumn.create(lastOfOurs),
                StringColumn.create(lastOfTheirs));
        addCurve(table, "Training accuracy", ours, theirs, History.Epoch::accuracy);
        addCurve(table, "Training loss", ours, theirs, History.Epoch::loss);
        addCurve(table, "Validation accuracy", ours, theirs, History.Epoch::valAccuracy);
        addCurve(table, "Validation loss", ours, theirs, History.Epoch::valLoss);
        return table;
    }

    private static void addCurve(Table table, String name, History run, History study, ToDoubleFunction<History.Epoch> figure) {
        double[] ours = run.column(figure);
        double[] theirs = study.column(figure);
        double[] difference = minus(ours, theirs);
        int largest = IntStream.range(0, difference.length).reduce((a, b) -> Math.abs(difference[b]) > Math.abs(difference[a]) ? b : a).getAsInt();
        int last = ours.length - 1;
        List<String> cells = List.of(name, Figures.signed(Arrays.stream(difference).average().getAsDouble(), 4),
                Figures.signed(difference[largest], 4), Integer.toString(largest + 1), Figures.fixed(ours[last], 4), Figures.fixed(theirs[last], 4));
        for (int i = 0; i < cells.size(); i++) {
            table.stringColumn(i).append(cells.get(i));
        }
    }

    /**
     * How a run's best validation accuracy differs from the study's, beside its interval and beside how much it changes from one
     * epoch to the next, in sentences; where the two may not be compared, why.
     */
    public List<String> besideStudy(Run run) {
        return study(run).map(s -> {
            double difference = run.validationAccuracy() - s.validationAccuracy();
            List<History.Epoch> last = run.history().epochs().subList(run.history().size() - LAST_EPOCHS - 1, run.history().size());
            double change = IntStream.range(0, LAST_EPOCHS)
                    .mapToDouble(i -> Math.abs(last.get(i + 1).valAccuracy() - last.get(i).valAccuracy())).average().getAsDouble();
            return List.of("Best validation accuracy is " + Figures.fixed(run.validationAccuracy(), 4) + ", the study's "
                    + Figures.fixed(s.validationAccuracy(), 4) + ": a difference of " + Figures.signed(100 * difference, 2)
                    + " points. The study's lies "
                    + (interval(run).contains(s.validationAccuracy()) ? "inside" : "outside") + " our 95 % interval, " + interval(run).text() + ".",
                    "Both were measured on the same images" + (run.config().dataHash().equals(Official.HASH) ? ""
                            : ", though in another copy of FER2013")
                            + ", so what differs is not their choice but initial weights, order, dropout and software. "
                            + "Some of such chance shows within one run: over the last ten epochs our figure changes by "
                            + Figures.fixed(100 * change, 1) + " points from one epoch to the next, on average. Another seed can do more.");
        }).orElseGet(() -> List.of(whyAlone(run)));
    }

    private String whyAlone(Run run) {
        if (origin.isSample()) {
            return "The study's run learnt from photographs, this one from drawn faces: the two are not set beside each other.";
        }
        if (!origin.isComparable()) {
            return "These images are not FER2013 in its published division, on which the study's run was made: the two are not set beside each other.";
        }
        if (kind(run) != Kind.TRIAL) {
            return run.config().differsInProcedure(Recipe.of(StudyModel.ALL.get(0))).isEmpty() && hasStudysSize(run)
                    ? "The study has no network like this one, so there is nothing to set beside it."
                    : "This run has " + (hasStudysSize(run) ? "the study's size and " : "")
                            + "another recipe than the study's, in its learning rate, input, loss, optimiser or another part: "
                            + "no run of the study is set beside it.";
        }
        return "This run is a trial, " + Figures.count(run.config().epochs(), "epoch") + " on "
                + (run.config().limit() == 0 ? "all images" : Figures.count(run.config().limit(), "image")) + " in batches of " + run.config().batch()
                + ". The study's had fifty epochs on all images in batches of 128: the two are not set beside each other.";
    }

    private static boolean hasStudysSize(Run run) {
        return run.config().epochs() == Recipe.STUDY_EPOCHS && run.config().batch() == RunConfig.STUDY_BATCH && run.config().limit() == 0;
    }

    /** Which of these runs are set beside the study's own figures below, in a sentence. */
    public String standing() {
        List<String> studys = studys().stream().map(this::title).toList();
        return origin.isSample() ? "These runs learnt from drawn faces: the study's figures, made on photographs, are not set beside them."
                : !studys.isEmpty() ? "Made as the study made its own, and set beside its figures: " + listed(studys) + "."
                        : "None of these runs was made as the study made its own, on all of FER2013 for fifty epochs in batches of 128: its figures are not set beside them.";
    }

    /** The study's Figure 1 with these runs: training and validation accuracy and loss over the epochs, one line a run. */
    public Picture figureOne() {
        List<Integer> looks = new ArrayList<>();
        int others = 0;
        for (Run run : runs) { // a model has the same look in every figure
            int number = StudyModel.ALL.stream().map(StudyModel::name).toList().indexOf(run.config().model());
            looks.add(number >= 0 ? number : StudyModel.ALL.size() + others++);
        }
        return Charts.comparison("The study's Figure 1 with our runs: " + this, runs.stream().map(run -> curves(title(run), run.history())).toList(),
                looks);
    }

    /** The study's Figure 1 as it published it, with its six models. */
    public static Picture publishedFigureOne() {
        List<Curves> curves = Published.results().stream().flatMap(r -> Published.history(r.model())
                .map(history -> curves(Kind.STUDY.title(r.model()) + " (study)", history)).stream()).toList();
        return Charts.comparison("Figure 1 as the study published it", curves, IntStream.range(0, curves.size()).boxed().toList());
    }

    /** What {@link #publishedFigureOne} gives, to be held against these runs; empty if they were not made on FER2013. */
    public Optional<Picture> studysFigureOne() {
        return origin.isComparable() ? Optional.of(publishedFigureOne()) : Optional.empty();
    }

    /** A history as a chart draws it. */
    public static Curves curves(String name, History history) {
        return new Curves(name, history.column(History.Epoch::accuracy), history.column(History.Epoch::loss),
                history.column(History.Epoch::valAccuracy), history.column(History.Epoch::valLoss));
    }

    /** How far each run is ahead on its training images, at its best and its last epoch, and where validation loss is lowest. */
    public Table overfitting() {
        List<Overfitting> figures = runs.stream().map(run -> Overfitting.of(run.history())).toList();
        return Table.create("Training minus validation accuracy, and the turn of validation loss",
                StringColumn.create("Model", runs.stream().map(this::title)),
                Figures.counts("Best epoch", figures, Overfitting::bestEpoch),
                Figures.signedColumn("Gap there", figures, Overfitting::gapAtBest, 4),
                Figures.counts("Last epoch", figures, Overfitting::lastEpoch),
                Figures.signedColumn("Gap at the end", figures, Overfitting::gapAtLast, 4),
                Figures.counts("Epoch of lowest validation loss", figures, Overfitting::turn),
                Figures.column("Validation loss there", figures, Overfitting::lossAtTurn, 4),
                Figures.column("Validation loss at the end", figures, Overfitting::lossAtLast, 4));
    }

    /** The same beside the study's histories, for the runs that may be compared with them; empty if there are none. */
    public Optional<Table> overfittingBesideStudy() {
        List<Run> studys = studys();
        if (studys.isEmpty()) {
            return Optional.empty();
        }
        List<Overfitting> ours = studys.stream().map(run -> Overfitting.of(run.history())).toList();
        List<Overfitting> theirs = studys.stream().map(run -> Overfitting.of(Published.history(run.config().model()).orElseThrow())).toList();
        return Optional.of(Table.create("How far each run overfits, beside the study", StringColumn.create("Model", studys.stream().map(this::title)),
                Figures.signedColumn("Gap at the end", ours, Overfitting::gapAtLast, 4),
                Figures.signedColumn("Study's gap", theirs, Overfitting::gapAtLast, 4),
                Figures.counts("Epoch of lowest validation loss", ours, Overfitting::turn),
                Figures.counts("Study's epoch", theirs, Overfitting::turn),
                Figures.column("Validation loss at the end", ours, Overfitting::lossAtLast, 4),
                Figures.column("Study's loss", theirs, Overfitting::lossAtLast, 4)));
    }

    /** Two runs and their paired test on the images of one split. */
    private record Pair(Run first, Run second, McNemar test) {}

    private List<Pair> everyPair(Function<Run, Predictions> split) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            for (int j = i + 1; j < runs.size(); j++) {
                pairs.add(new Pair(runs.get(i), runs.get(j), McNemar.of(split.apply(runs.get(i)), split.apply(runs.get(j)))));
            }
        }
        return pairs;
    }

    private static Holm holm(List<Pair> pairs) {
        return Holm.of(pairs, pair -> pair.test().pValue());
    }

    /** McNemar's paired test between every two runs on the validation images, with Holm's correction for their number. */
    public Table pairs() {
        return table("McNemar's test on the validation images", everyPair(Run::validation));
    }

    /** The same on the test images, which chose nothing; all of these runs must have labelled ones. */
    public Table pairsOnTest() {
        return table("McNemar's test on the test images", everyPair(Run::test));
    }

    /** The same test of one run against every other. */
    public Table pairsWith(Run run) {
        return table("McNemar's test on the validation images", everyPair(Run::validation).stream()
                .filter(pair -> Stream.of(pair.first(), pair.second()).anyMatch(one -> one.folder().equals(run.folder()))).toList());
    }

    private Table table(String name, List<Pair> pairs) {
        return Table.create(name, StringColumn.create("First", pairs.stream().map(p -> title(p.first()))),
                StringColumn.create("Second", pairs.stream().map(p -> title(p.second()))),
                Figures.counts("Only first right", pairs, p -> p.test().onlyFirst()),
                Figures.counts("Only second right", pairs, p -> p.test().onlySecond()),
                StringColumn.create("p", pairs.stream().map(p -> Figures.pValue(p.test().pValue())))).addColumns(holm(pairs).columns(0));
    }

    /**
     * How far each run's best epoch stands out from its neighbours: its validation accuracy, the mean over the two epochs
     * before and after it, and the difference, all of the image alone. Where the curve is level, that is what choosing the best of many epochs adds
     * by luck; where it still climbs, it is not.
     */
    public Table bestOfMany() {
        return Table.create("The best epoch and its neighbours", StringColumn.create("Model", runs.stream().map(this::title)),
                Figures.counts("Epochs to choose from", runs, run -> run.history().size()),
                Figures.column("Best validation accuracy", runs, run -> run.best().valAccuracy(), 4),
                Figures.column("Mean of its neighbours", runs, Results::aroundBest, 4),
                Figures.signedColumn("Difference", runs, run -> run.best().valAccuracy() - aroundBest(run), 4));
    }

    private static double aroundBest(Run run) {
        int best = run.best().epoch();
        return run.history().epochs().stream().filter(e -> e.epoch() != best && Math.abs(e.epoch() - best) <= NEIGHBOURS)
                .mapToDouble(History.Epoch::valAccuracy).average().orElse(Double.NaN);
    }

    /** The validation accuracies of these runs with their intervals as a chart, beside the study's where they may be compared; empty without runs. */
    public Optional<Picture> intervals() {
        return intervals("Validation accuracy", Run::validationAccuracy, Results::interval, Published.Result::validationAccuracy);
    }

    /** The same of the test accuracies; all of these runs must have labelled test images. */
    public Optional<Picture> testIntervals() {
        return intervals("Test accuracy", run -> run.test().accuracy(), run -> test(run).interval(), Published.Result::testAccuracy);
    }

    private Optional<Picture> intervals(String figure, ToDoubleFunction<Run> accuracy, Function<Run, Interval> interval,
            ToDoubleFunction<Published.Result> studys) {
        return runs.isEmpty() ? Optional.empty() : Optional.of(IntervalChart.picture(figure + " and its 95 % interval", runs.stream()
                .map(run -> new IntervalChart.Row(title(run), accuracy.applyAsDouble(run), interval.apply(run),
                        studys(run, studys)))
                .toList()));
    }

    /** The mean differences between models over the seeds that both have, with their intervals, as a chart; at least one pair. */
    public static Picture differences(Seeds seeds) {
        return IntervalChart.differences("Validation accuracy of one model minus another's, mean over common seeds", seeds.pairs().stream()
                .map(pair -> new IntervalChart.Row(pair.first() + " − " + pair.second(), pair.difference().value(), pair.difference().interval(),
                        Double.NaN))
                .toList());
    }

    /** The recall of each class on the test images with its interval as a chart, from 0 to 1 for every run; a class without images is left out. */
    public Picture recalls(Run run) {
        Evaluation test = test(run);
        return IntervalChart.whole("Recall of each class by " + title(run) + " and its 95 % interval", IntStream
                .range(0, run.config().classes().count()).boxed()
                .filter(e -> test.classes().of(e).support() > 0)
                .map(e -> new IntervalChart.Row(run.config().classes().title(e), test.classes().of(e).recall(), test.recallInterval(e), Double.NaN))
                .toList());
    }

    /** The pairs of {@link #pairs} as a chart; empty if there are none. */
    public Optional<Picture> pairsPicture() {
        return picture("Pairs of models on the validation images, p after Holm's correction", everyPair(Run::validation));
    }

    /** The pairs of {@link #pairsOnTest} as a chart; empty if there are none. */
    public Optional<Picture> pairsOnTestPicture() {
        return picture("Pairs of models on the test images, p after Holm's correction", everyPair(Run::test));
    }

    private Optional<Picture> picture(String title, List<Pair> pairs) {
        Holm holm = holm(pairs);
        return pairs.isEmpty() ? Optional.empty() : Optional.of(PairChart.picture(title, IntStream.range(0, pairs.size()).mapToObj(i -> {
            Pair pair = pairs.get(i);
            boolean apart = holm.tellsApart(i);
            return new PairChart.Pair(title(pair.first()), title(pair.second()), pair.test().onlyFirst(), pair.test().onlySecond(),
                    (apart ? "told apart, p " : "not told apart, p ") + Figures.pValue(holm.pValue(i)), apart);
        }).toList()));
    }

    /**
     * How sure a run is where it is wrong, class by class on the validation images: its mistakes, those of them to which it gave a
     * probability of at least {@value #SURE}, and the surest one. Classes without images are left out.
     */
    public Table surestMistakes(Run run) {
        Table table = Table.create("Mistakes of " + title(run) + " on the validation images", StringColumn.create("Class"),
                Figures.counts("Images", new int[0]), Figures.counts("Mistakes", new int[0]),
                Figures.counts("Mistakes at " + SURE + " or more", new int[0]), StringColumn.create("Surest mistake: taken for"),
                StringColumn.create("Its probability"));
        Classes classes = run.config().classes();
        for (int label = 0; label < classes.count(); label++) {
            Predictions said = run.validation().of(label);
            List<Integer> mistakes = said.surest(false).toList();
            if (said.size() > 0) {
                table.stringColumn(0).append(classes.title(label));
                table.intColumn(1).append(said.size());
                table.intColumn(2).append(mistakes.size());
                table.intColumn(3).append((int) mistakes.stream().filter(i -> said.confidence(i) >= SURE).count());
                table.stringColumn(4).append(mistakes.isEmpty() ? "–" : classes.title(said.predicted()[mistakes.get(0)]));
                table.stringColumn(5).append(mistakes.isEmpty() ? "–" : Figures.fixed(said.confidence(mistakes.get(0)), 3));
            }
        }
        return table;
    }

    /** What the comparison of these runs allows to say and what it does not, in computed sentences. */
    public List<String> conclusions() {
        if (runs.size() < 2) {
            return List.of((runs.isEmpty() ? "Without a finished run" : "With one finished run") + " there is nothing to compare yet.");
        }
        double highest = runs.stream().mapToDouble(Run::validationAccuracy).max().getAsDouble();
        Map<Boolean, List<Run>> isBest = runs.stream().collect(Collectors.partitioningBy(run -> run.validationAccuracy() == highest));
        Run best = isBest.get(true).get(0);
        List<String> inside = isBest.get(false).stream().filter(run -> interval(best).contains(run.validationAccuracy()))
                .map(this::title).toList();
        List<String> sentences = new ArrayList<>();
        sentences.add("Highest validation accuracy: " + listed(isBest.get(true).stream().map(this::title).toList())
                + " with " + Figures.fixed(highest, 4) + ", 95 % interval " + interval(best).text() + views(runs) + "."
                + (isBest.get(false).isEmpty() ? "" : inside.isEmpty() ? " No other run's figure lies in that interval."
                        : " In that interval " + (inside.size() == 1 ? "lies" : "lie") + " also " + listed(inside) + "."));
        sentences.add(toldApart("validation", apart(Run::validation)));
        sentences.add("One training run a model: how much another seed would change a figure is not in these intervals, "
                + "which only count the chance in the choice of " + Figures.count(best.validation().size(), "validation image") + ".");
        return sentences;
    }

    /** Which pairs can be told apart on the test images, and which on both sets of images, in a sentence; at least two runs, all with labelled test images. */
    public String toldApartOnTest() {
        List<String> apart = apart(Run::test);
        List<String> both = apart.stream().filter(apart(Run::validation)::contains).toList();
        return toldApart("test", apart)
                + (both.isEmpty() ? " None is told apart on both sets of images." : " On both sets of images: " + String.join("; ", both) + ".");
    }

    private String toldApart(String images, List<String> apart) {
        int all = runs.size() * (runs.size() - 1) / 2;
        return (apart.isEmpty() ? all == 1 ? "The two cannot" : "None of the " + all + " pairs can"
                : all == 1 ? "The two can" : apart.size() == all ? "All " + all + " pairs can" : "Of " + all + " pairs, " + apart.size() + " can")
                + " be told apart on the " + images + " images by the paired test at the 5 % level"
                + (apart.isEmpty() ? "." : ": " + String.join("; ", apart) + ".");
    }

    private List<String> apart(Function<Run, Predictions> split) {
        List<Pair> pairs = everyPair(split);
        return holm(pairs).toldApart().mapToObj(pairs::get).map(pair -> {
            boolean first = pair.test().onlyFirst() > pair.test().onlySecond();
            return title(first ? pair.first() : pair.second()) + " over " + title(first ? pair.second() : pair.first());
        }).toList();
    }

    /** These runs together on the validation images, beside the single one that is best there; empty if there are fewer than two. */
    public Optional<Ensemble> together() {
        return together(Run::validation);
    }

    /** The same on the test images, all of which must have labels; the single run is still the one that is best on the validation images. */
    public Optional<Ensemble> togetherOnTest() {
        return together(Run::test);
    }

    private Optional<Ensemble> together(Function<Run, Predictions> split) {
        if (runs.size() < 2) {
            return Optional.empty();
        }
        Run best = runs.stream().reduce((a, b) -> b.validationAccuracy() > a.validationAccuracy() ? b : a).get();
        return Optional.of(new Ensemble("All " + runs.size() + " together", Predictions.mean(runs.stream().map(split).toList()),
                title(best), split.apply(best)));
    }

    /**
     * What the order of these runs says, in sentences: whether it is the study's, and whether the larger network is further ahead on
     * its training images, here and in the study's own histories. What is set beside the study needs runs that may be; two runs have no order to speak of.
     */
    public List<String> orders() {
        List<String> sentences = new ArrayList<>();
        List<Run> studys = studys();
        if (studys.size() > 2) {
            ToDoubleFunction<Run> study = run -> study(run).orElseThrow().validationAccuracy();
            sentences.add("By validation accuracy ours stand in the order " + ordered(studys, Run::validationAccuracy)
                    + ", the study's in the order " + ordered(studys, study) + ". "
                    + agreement(figures(studys, Run::validationAccuracy), figures(studys, study), "stand in the same order in both"));
        }
        Map<String, Long> parameters = new HashMap<>();
        for (Run run : runs) {
            StudyModel.ALL.stream().filter(model -> model.name().equals(run.config().model())).forEach(model -> parameters.put(model.name(),
                    Summary.of(model, run.config().format(), run.config().classes().count()).parameters()));
        }
        List<Run> known = runs.stream().filter(run -> parameters.containsKey(run.config().model())).toList();
        if (known.size() > 2) {
            sentences.add("By parameters the networks stand in the order " + ordered(known, run -> parameters.get(run.config().model()))
                    + ", by the gap after the last epoch in the order "
                    + ordered(known, run -> Overfitting.of(run.history()).gapAtLast()) + ". "
                    + agreement(figures(known, run -> parameters.get(run.config().model())),
                            figures(known, run -> Overfitting.of(run.history()).gapAtLast()), LARGER));
        }
        if (!studys.isEmpty()) {
            List<StudyModel> all = Published.models();
            sentences.add("In the study's own " + all.size() + " histories: " + agreement(
                    all.stream().mapToDouble(model -> Summary.of(model, Format.FER2013, Classes.FER2013.count()).parameters()).toArray(),
                    all.stream().mapToDouble(model -> Overfitting.of(Published.history(model.name()).orElseThrow()).gapAtLast()).toArray(), LARGER));
        }
        return sentences;
    }

    private static double[] figures(List<Run> some, ToDoubleFunction<Run> figure) {
        return some.stream().mapToDouble(figure).toArray();
    }

    private String ordered(List<Run> some, ToDoubleFunction<Run> figure) {
        return some.stream().collect(Collectors.groupingBy(figure::applyAsDouble, () -> new TreeMap<>(Comparator.reverseOrder()),
                Collectors.mapping(this::title, Collectors.joining(" = ")))).values().stream().collect(Collectors.joining(", "));
    }

    private static String agreement(double[] first, double[] second, String what) {
        if (first.length > RankAgreement.MOST) {
            return "How many pairs agree by chance is not computed for more than " + RankAgreement.MOST + " models.";
        }
        RankAgreement agreement = RankAgreement.of(first, second);
        long orders = CombinatoricsUtils.factorial(first.length);
        long perfect = Math.round(orders * RankAgreement.of(first, first).pValue());
        return "Of " + Figures.count(agreement.pairs(), "pair") + " that differ in both figures, " + agreement.same() + " " + what
                + "; chance alone agrees at least as well in " + Math.round(orders * agreement.pValue()) + " of " + Figures.count(orders)
                + " orders, " + (agreement.pValue() < McNemar.LEVEL ? "less than 5 %: more than chance."
                        : "5 % or more: not told apart from chance" + (20 * perfect < orders ? "."
                                : ", and with so few models not even full agreement (" + perfect + " of " + Figures.count(orders)
                                        + ") would be."));
    }

    /** "a", "a and b", "a, b and c". */
    static String listed(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    /** How a run did on the test images. */
    public static Evaluation test(Run run) {
        return Evaluation.of(run.test());
    }

    private Optional<ClassReport> publishedReport(Run run) {
        return study(run).flatMap(s -> Published.report(s.model()));
    }

    /** A run's report on the test images, beside the study's where there is one that may be compared. */
    public Table report(Run run) {
        ClassReport ours = test(run).classes();
        return named("Classification report of", run, publishedReport(run).map(theirs -> ours.beside(theirs, "study")).orElseGet(ours::table));
    }

    private Table named(String what, Run run, Table table) {
        return table.setName(what + " " + title(run) + " on the test images");
    }

    /** A run's confusion matrix on the test images. */
    public Picture confusion(Run run) {
        return Charts.confusion(title(run) + " on the test images", test(run).confusion(), run.config().classes().titles());
    }

    /** A run's most frequent mistakes on the test images, see {@link Evaluation#mistakes}. */
    public Table mistakes(Run run, int rows) {
        return named("Most frequent mistakes of", run, test(run).mistakes(rows));
    }

    /** The recall of each class on the test images and its interval, see {@link Evaluation#recallIntervals}. */
    public Table recallIntervals(Run run) {
        return named("Recall of each class and its interval:", run, test(run).recallIntervals());
    }

    /** The F1 of each class on the test images, beside the study's where there is one that may be compared. */
    public Picture f1(Run run) {
        Map<String, double[]> bars = new LinkedHashMap<>();
        bars.put(title(run), test(run).classes().f1());
        publishedReport(run).ifPresent(theirs -> bars.put("Study", theirs.f1()));
        return Charts.f1(run.config().classes().titles(), bars);
    }

    /** The F1 of every class on the test images, one row a run, with the macro average in the last column. */
    public Table f1Table() {
        List<ClassReport> reports = runs.stream().map(run -> test(run).classes()).toList();
        Table table = Table.create("F1 of each class on the test images", StringColumn.create("Model", runs.stream().map(this::title)));
        List<String> classes = runs.isEmpty() ? List.of() : runs.get(0).config().classes().titles();
        for (int i = 0; i < classes.size(); i++) {
            int label = i;
            table.addColumns(Figures.column(classes.get(i), reports, r -> r.of(label).f1(), 2));
        }
        return table.addColumns(Figures.column("Macro average", reports, r -> r.macro().f1(), 2));
    }

    /** Every run's accuracy on the test images with its interval, and the study's beside those that may be compared. */
    public Table testAccuracy() {
        List<Evaluation> tests = runs.stream().map(Results::test).toList();
        Table table = Table.create("Accuracy on the test images" + views(runs), StringColumn.create("Model", runs.stream().map(this::title)),
                Figures.counts("Images", tests, Evaluation::size),
                Figures.counts("Right", tests, Evaluation::correct),
                Figures.column("Test accuracy", tests, Evaluation::accuracy, 4),
                StringColumn.create("95 % interval", tests.stream().map(t -> t.interval().text())),
                Figures.column("Validation accuracy", runs, Run::validationAccuracy, 4));
        if (runs.stream().anyMatch(run -> publishedReport(run).isPresent())) {
            ToDoubleFunction<Run> study = run -> studys(run, Published.Result::testAccuracy);
            table.addColumns(Figures.column("Study's test accuracy", runs, study, 2),
                    Figures.signedColumn("Difference", runs, run -> run.test().accuracy() - study.applyAsDouble(run), 2));
        }
        return table;
    }

    /** What a run's test report and history show, in computed sentences. */
    public List<String> findings(Run run) {
        return findingsOf(run).sentences();
    }

    private static Findings findingsOf(Run run) {
        return Findings.of(test(run).classes(), run.history());
    }

    /** A run's findings beside the study's on the same model; empty where there are none that may be compared. */
    public Optional<Table> findingsBesideStudy(Run run) {
        Function<ClassReport, Optional<Findings>> published = report -> Published.history(run.config().model())
                .map(history -> Findings.of(report, history));
        return publishedReport(run).flatMap(published).map(findingsOf(run)::beside)
                .map(table -> table.setName("The study's findings in " + title(run)));
    }

    /**
     * Which of the study's findings hold, one row a finding, one column for each run that may be compared, and in how many of them.
     * Classes of a model that the study did not test are held against its report on Model 6. Empty if no run may be compared.
     */
    public Optional<Table> findingsThatHold() {
        List<Run> studys = studys();
        if (studys.isEmpty()) {
            return Optional.empty();
        }
        List<Table> beside = studys.stream().map(run -> {
            String model = run.config().model();
            ClassReport tested = Published.report(model).or(() -> Published.report("model-6")).orElseThrow();
            return findingsOf(run).beside(Findings.of(tested, Published.history(model).orElseThrow()));
        }).toList();
        Table table = Table.create("The study's findings in our runs", beside.get(0).stringColumn("Finding"));
        for (int i = 0; i < studys.size(); i++) {
            table.addColumns(beside.get(i).stringColumn("Same").setName(title(studys.get(i))));
        }
        return Optional.of(table.addColumns(StringColumn.create("Holds in", IntStream.range(0, table.rowCount())
                .mapToObj(row -> IntStream.rangeClosed(1, studys.size()).filter(i -> table.stringColumn(i).get(row).equals("yes")).count()
                        + " of " + studys.size()))));
    }

    /** The titles of the runs in order. */
    @Override
    public String toString() {
        return runs.isEmpty() ? "no finished run" : runs.stream().map(this::title).collect(Collectors.joining(", "));
    }
}
