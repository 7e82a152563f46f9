package ferkit.report;

import ferkit.chart.Charts;
import ferkit.chart.Picture;
import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.FerPlus;
import ferkit.data.Split;
import ferkit.data.report.DataReport;
import ferkit.eval.Ablation;
import ferkit.eval.Calibration;
import ferkit.eval.Difference;
import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.eval.Holm;
import ferkit.eval.Interval;
import ferkit.eval.Majority;
import ferkit.eval.Seeds;
import ferkit.model.StudyModel;
import ferkit.study.Beyond;
import ferkit.study.Kind;
import ferkit.study.Published;
import ferkit.train.Predictions;
import ferkit.train.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What the errors of finished runs are: how far the labels agree with what most people see, how well the runs know when they are wrong, and what copies of training
 * images among the test images are worth to them.
 *
 * @param data that the runs were trained on
 * @param alone runs with labelled test images, by the image alone
 * @param results the same by the views of their recipe
 * @param otherSeeds finished runs by the same recipes with other seeds, by the views of their recipe
 * @param onVotes runs by {@link Beyond#VOTES}, by the views of their recipe and in the order of their seeds; the first is shown, the others are named beside it
 * @param votes of FER+, where they are at hand
 * @param majority what most of ten people saw in the test images; empty where their votes are not at hand
 */
public record ErrorResults(FaceSet data, Results alone, Results results, List<Run> otherSeeds, List<Run> onVotes, Optional<FerPlus> votes,
        Optional<Majority> majority) {
    private static final int FAR = 3;
    private static final double[] LEFT_OUT = {0, 0.1, 0.2, 0.3};
    /** Upper ends of the groups by the votes' entropy, in nats, and what they are called. */
    private static final double[] ENTROPIES = {0, 0.5, 1, Double.POSITIVE_INFINITY};
    private static final List<String> ENTROPY_GROUPS = List.of("0, all agree", "up to 0.5", "0.5 to 1", "more than 1");

    /**
     * Of finished runs with labelled test images, each asked about the image alone, and of votes where there are such.
     *
     * @throws IOException if what runs say by their views cannot be read
     */
    public static ErrorResults of(FaceSet data, List<Run> runs, List<Run> otherSeeds, List<Run> onVotes, Optional<FerPlus> votes) throws IOException {
        return new ErrorResults(data, new Results(data.origin(), runs), new Results(data.origin(), Results.withViews(runs)),
                Results.withViews(otherSeeds), Results.withViews(onVotes), votes, votes.map(v -> Majority.of(v, Split.TEST, data.test())));
    }

    private List<Run> runs() {
        return results.runs();
    }

    private Majority required() {
        return majority.orElseThrow(() -> new IllegalStateException("There are no votes beside these data"));
    }

    /** For charts, where lines are to stay apart: of the study's models the one that is best on the validation images, and all others. */
    private List<Run> charted() {
        Optional<Run> best = runs().stream().filter(Results::isStudysModel).max(Comparator.comparingDouble(Run::validationAccuracy));
        return runs().stream().filter(run -> !Results.isStudysModel(run) || best.get().equals(run)).toList();
    }

    private StringColumn titles(String... before) {
        List<String> titles = new ArrayList<>(List.of(before));
        runs().forEach(run -> titles.add(results.title(run)));
        return StringColumn.create("", titles);
    }

    /** What is missing, or what there is, in a sentence. */
    public String state() {
        return majority.map(m -> data.origin().isSample()
                ? "These votes are made up: as many of ten for a drawn face's expression as it was drawn strong, the others for neutral. They try the cells and say nothing of people."
                : "On " + Figures.count(m.images().length) + " of " + Figures.count(data.test().size())
                        + " test images most people agree on a class: more than half of the votes, single ones left out, as FER+'s authors count.")
                .orElse("FER+ is missing: `fer2013new.csv` does not lie beside the data (data/README.md says where to get it). What needs its votes is left out below.");
    }

    /**
     * The data set's label, a single person and each run against the majority, on the images that have one: the label is right by the majority as a model is, and a
     * model is right by either.
     */
    public Table againstMajority() {
        Majority m = required();
        List<Predictions> said = runs().stream().map(run -> m.of(run.test())).toList();
        List<String> right = new ArrayList<>(List.of(Figures.fixed(m.labels().accuracy(), 4), Figures.fixed(m.voters().accuracy(), 4)));
        List<String> interval = new ArrayList<>(List.of(text(m.labels()), m.voters().interval().text()));
        List<String> label = new ArrayList<>(List.of("", ""));
        List<String> errors = new ArrayList<>(List.of("", ""));
        List<String> shared = new ArrayList<>(List.of("", ""));
        for (int i = 0; i < said.size(); i++) {
            Predictions byLabel = m.ofLabels(runs().get(i).test());
            int[] counts = m.sharedErrors(runs().get(i).test());
            right.add(Figures.fixed(said.get(i).accuracy(), 4));
            interval.add(text(said.get(i)));
            label.add(Figures.fixed(byLabel.accuracy(), 4));
            errors.add(Figures.count(counts[0]));
            shared.add(Figures.fixed(100.0 * counts[1] / counts[0], 1) + " %");
        }
        return Table.create("Right by the majority, on the " + Figures.count(m.images().length, "test image") + " that have one",
                titles("The data set's label", "One person against the other nine"), StringColumn.create("Right by the majority", right),
                StringColumn.create("95 % interval", interval), StringColumn.create("Right by the label", label),
                StringColumn.create("Errors by the label", errors), StringColumn.create("… where the majority says the same", shared));
    }

    private static String text(Predictions said) {
        return Evaluation.of(said).interval().text();
    }

    /** What the labels allow, in computed sentences. */
    public List<String> labelSentences() {
        Majority m = required();
        List<String> sentences = new ArrayList<>();
        sentences.add("The data set's own label is the majority's on " + percent(m.labels().accuracy()) + " of these images.");
        sentences.add("Each person held against the majority of the other nine, where these have one, says the same in "
                + percent(m.voters().accuracy()) + " of " + Figures.count(m.voters().votes(), "vote") + " on "
                + Figures.count(m.voters().images(), "image") + "; the label says it in " + percent(m.voters().labelAccuracy()) + " of these cases.");
        List<Difference> differences = runs().stream().map(run -> Difference.ofImages(m.of(run.test()), m.labels())).toList();
        Holm holm = Holm.of(differences, Difference::pValue);
        IntStream.range(0, differences.size()).boxed().max(Comparator.comparingDouble(i -> differences.get(i).value())).ifPresent(i -> {
            Run run = runs().get(i);
            sentences.add("Of " + Figures.count(runs().size(), "run") + " trained on labels, " + results.title(run)
                    + " is nearest to the majority, with "
                    + percent(m.of(run.test()).accuracy()) + seeds(run) + ". That share minus the label's own is "
                    + tested(differences.get(i), holm.pValue(i), differences.size() == 1 ? "" : " after Holm's correction for all of them") + ": "
                    + (holm.tellsApart(i) ? "the two are told apart." : "the paired test does not tell the two apart."));
        });
        return sentences;
    }

    /** What the same recipe reaches with other seeds, in brackets. */
    private String seeds(Run run) {
        List<String> others = Stream.concat(otherSeeds.stream(), onVotes.stream())
                .filter(other -> other.config().model().equals(run.config().model()) && other.config().seed() != run.config().seed())
                .map(other -> percent(required().of(other.test()).accuracy())).toList();
        return others.isEmpty() ? " (one seed has been run)"
                : " (with " + (others.size() == 1 ? "another seed " : "other seeds ") + Results.listed(others) + ")";
    }

    private static String percent(double share) {
        return Figures.fixed(100 * share, 1) + " %";
    }

    private static String tested(Difference difference, double pValue, String corrected) {
        return Figures.signed(difference.value(), 4) + " (95 % interval " + difference.interval().signedText() + ", " + Figures.pEquals(pValue)
                + corrected
                + ")";
    }

    /**
     * Share of the images on which the data set's label, and each run, says what most people saw, by how many of ten people say so; of the study's models the one that is
     * best on the validation images.
     */
    public Picture byAgreement() {
        Majority m = required();
        double[] places = IntStream.range(0, Majority.GROUPS.size()).asDoubleStream().toArray();
        List<Charts.Line> lines = new ArrayList<>(List.of(new Charts.Line("the data set's label", places, shares(m, m.labels()))));
        Stream.concat(charted().stream(), onVotes.stream().limit(1))
                .forEach(run -> lines.add(new Charts.Line(results.title(run), places, shares(m, m.of(run.test())))));
        return Charts.lines("Who says what most people see, by how many of ten people agree", "People of ten who agree",
                "Share on which the answer is theirs", lines,
                place -> place == Math.rint(place) && place >= 0 && place < Majority.GROUPS.size() ? Majority.GROUPS.get((int) place) : " ");
    }

    private static double[] shares(Majority m, Predictions against) {
        return Arrays.stream(m.byAgreement(against)).mapToDouble(group -> group[0] == 0 ? Double.NaN : (double) group[1] / group[0]).toArray();
    }

    /** The same in numbers, a row each, with how many images there are of each number of people. */
    public Table byAgreementTable() {
        Majority m = required();
        List<String> titles = new ArrayList<>(List.of("Images", "The data set's label"));
        List<double[]> shares = new ArrayList<>(List.of(shares(m, m.labels())));
        Stream.concat(runs().stream(), onVotes.stream().limit(1)).forEach(run -> {
            titles.add(results.title(run));
            shares.add(shares(m, m.of(run.test())));
        });
        Table table = Table.create("Share of the images on which each says what most people see, by how many of ten agree",
                StringColumn.create("People who agree", titles));
        for (int group = 0; group < Majority.GROUPS.size(); group++) {
            int of = group;
            table.addColumns(StringColumn.create(Majority.GROUPS.get(group),
                    Stream.concat(Stream.of(Figures.count(m.byAgreement(m.labels())[of][0])), shares.stream().map(s -> Figures.fixed(s[of], 3)))));
        }
        return table;
    }

    /** The two ends of that table in sentences: where most people agree, and where fewest do. */
    public List<String> agreementSentences() {
        Majority m = required();
        int[] groups = IntStream.range(0, Majority.GROUPS.size()).filter(group -> m.byAgreement(m.labels())[group][0] > 0).toArray();
        return IntStream.of(groups.length == 0 ? new int[0] : new int[] {groups[groups.length - 1], groups[0]}).distinct().mapToObj(this::end)
                .toList();
    }

    private String end(int group) {
        Majority m = required();
        return "Where " + Majority.GROUPS.get(group) + " of ten people agree, the label says what they see in "
                + percent(shares(m, m.labels())[group])
                + between(", the runs trained on labels in ", " %", runs().stream().mapToDouble(run -> shares(m, m.of(run.test()))[group]).toArray())
                + onVotes.stream().limit(1).map(run -> ", " + results.title(run) + " in " + percent(shares(m, m.of(run.test()))[group]))
                        .collect(Collectors.joining())
                + ".";
    }

    /** Shares in hundredths, from the lowest to the highest, between two texts; of none nothing. */
    private static String between(String before, String after, double... shares) {
        List<String> ends = Stream.of(Arrays.stream(shares).min(), Arrays.stream(shares).max()).flatMap(end -> end.stream().boxed())
                .map(end -> Figures.fixed(100 * end, 1)).distinct().toList();
        return ends.isEmpty() ? "" : before + String.join(" to ", ends) + after;
    }

    /** What the majority sees, in rows, and the data set's label, in columns. */
    public Picture twoTruths() {
        Predictions labels = required().labels();
        return Charts.confusion("What most people see, and what the label says", "Majority", "Label", Evaluation.of(labels).confusion(),
                labels.classes().titles());
    }

    /** Where the label most often says something else than the majority of a class that labels can name, the most images first. */
    public Table differences(int rows) {
        Table table = Evaluation.of(required().labels()).mistakes(Integer.MAX_VALUE);
        table = table.where(table.stringColumn(0).isIn(data.classes().titles())).sortDescendingOn("Images");
        table.column(0).setName("Majority");
        table.column(1).setName("Label");
        table.column(3).setName("Share of the majority's class");
        return table.first(rows).setName("Where the label says something else than the majority");
    }

    /**
     * A run on the votes beside the run of the same recipe on the labels, both against the majority and against the labels; then what others reached.
     *
     * @throws IllegalStateException if there are no votes or no run on them
     */
    public Table trainedOnVotes() {
        Majority m = required();
        Run voted = voted();
        List<String> names = new ArrayList<>(List.of(results.title(voted)));
        List<Predictions> said = new ArrayList<>(List.of(voted.test()));
        List<String> know = new ArrayList<>(List.of(""));
        onLabels().ifPresent(run -> {
            names.addAll(List.of(results.title(run), results.title(run) + ", at the majority's shares"));
            said.addAll(List.of(run.test(), atMajoritysShares(run)));
            know.addAll(List.of("",
                    "not trained anew: its probabilities times how much more frequent a class is among the validation images' majorities than among the"
                            + " training images' labels"));
        });
        List<String> right = new ArrayList<>(said.stream().map(s -> Figures.fixed(m.of(s).accuracy(), 4)).toList());
        List<String> interval = new ArrayList<>(said.stream().map(s -> text(m.of(s))).toList());
        List<String> label = new ArrayList<>(said.stream().map(s -> Figures.fixed(m.ofLabels(s).accuracy(), 4)).toList());
        if (Kind.of(data.origin(), voted.config()) == Kind.BEYOND) {
            Published.ferPlus().forEach(point -> {
                names.add(point.name());
                right.add(Figures.fixed(point.accuracy(), 4));
                interval.add("");
                label.add("");
                know.add(point.caveat() + "; " + point.source());
            });
        }
        return Table.create("Trained on votes, and on labels", StringColumn.create("", names), StringColumn.create("Right by the majority", right),
                StringColumn.create("95 % interval", interval), StringColumn.create("Right by the label", label),
                StringColumn.create("What to know", know));
    }

    private Run voted() {
        return onVotes.stream().findFirst().orElseThrow(() -> new IllegalStateException("There is no finished run on votes"));
    }

    /** The run of the recipe that {@link Beyond#VOTES} is, on labels. */
    private Optional<Run> onLabels() {
        return results.run(Beyond.ALL.get(0).recipe().name());
    }

    private Predictions atMajoritysShares(Run run) {
        Majority validation = Majority.of(votes.orElseThrow(), Split.VALIDATION, data.validation());
        return Calibration.atShares(IntStream.of(data.training().counts()).asDoubleStream().toArray(),
                IntStream.range(0, data.classes().count()).mapToDouble(label -> share(label, validation.seen())).toArray(), run.test());
    }

    private static double share(int label, int... labels) {
        return (double) IntStream.of(labels).filter(other -> other == label).count() / labels.length;
    }

    /** What training on the votes changed, what of that the mere frequency of the classes explains, and how many seeds there are, in sentences. */
    public List<String> votesSentences() {
        Majority m = required();
        Predictions votes = m.of(voted().test());
        String says = results.title(voted()) + " says what the majority sees on " + percent(votes.accuracy()) + " of the images" + seeds(voted())
                + ".";
        return onLabels().map(run -> {
            Predictions labels = m.of(run.test());
            Predictions shifted = m.of(atMajoritysShares(run));
            Difference difference = Difference.ofImages(votes, labels);
            return List.of(says + " That share minus " + results.title(run) + "'s is " + tested(difference, difference.pValue(), "") + ".",
                    "The run on labels would come to " + percent(shifted.accuracy()) + " if it only said each class as often as the majority does, "
                            + Figures.signed(100 * (shifted.accuracy() - labels.accuracy()), 1)
                            + " points without a label better than another. Neutral, for one, is what the majority sees on "
                            + percent(neutral(votes.truth())) + " of the images and what the label says on "
                            + percent(neutral(m.labels().predicted())) + "; the run on labels says it on " + percent(neutral(labels.predicted()))
                            + ", that on votes on " + percent(neutral(votes.predicted())) + ".");
        }).orElse(List.of(says));
    }

    private static double neutral(int... labels) {
        return share(Emotion.NEUTRAL.label(), labels);
    }

    /**
     * How confident the runs are and how often right, before and after their probabilities are softened by the temperature that suits the validation images best; runs
     * with views also by the image alone, for a mean over views is less confident by itself.
     */
    public Table calibration() {
        List<Run> asked = bothWays();
        double[] temperatures = asked.stream().mapToDouble(run -> Calibration.temperature(run.validation())).toArray();
        List<Calibration> before = asked.stream().map(run -> Calibration.of(run.test())).toList();
        List<Calibration> after = IntStream.range(0, asked.size())
                .mapToObj(i -> Calibration.of(Calibration.at(temperatures[i], asked.get(i).test()))).toList();
        return Table.create("Confidence and accuracy on the test images", StringColumn.create("", asked.stream().map(results::title)),
                Figures.column("Mean confidence", asked.stream().mapToDouble(run -> confidence(run.test())).toArray(), 3),
                Figures.column("Accuracy", asked.stream().mapToDouble(run -> run.test().accuracy()).toArray(), 3),
                Figures.column("Temperature (validation)", temperatures, 2),
                Figures.column("Calibration error", before.stream().mapToDouble(Calibration::error).toArray(), 3),
                Figures.column("… at that temperature", after.stream().mapToDouble(Calibration::error).toArray(), 3),
                Figures.column("… of a perfect one", after.stream().mapToDouble(Calibration::byChance).toArray(), 3),
                Figures.column("Log loss", before.stream().mapToDouble(Calibration::logLoss).toArray(), 3),
                Figures.column("Log loss at that temperature", after.stream().mapToDouble(Calibration::logLoss).toArray(), 3));
    }

    private static double confidence(Predictions said) {
        return IntStream.range(0, said.size()).mapToDouble(said::confidence).average().orElse(Double.NaN);
    }

    /** Each run by the image alone, and after it by its views where it has such. */
    private List<Run> bothWays() {
        return IntStream.range(0, runs().size()).boxed().flatMap(i -> Stream.of(alone.runs().get(i), runs().get(i)).distinct()).toList();
    }

    /** Which run is too confident by most, and how far temperatures mend it, in sentences. */
    public List<String> calibrationSentences() {
        List<Run> asked = bothWays();
        if (asked.isEmpty()) {
            return List.of();
        }
        Run worst = asked.stream().max(Comparator.comparingDouble(run -> confidence(run.test()) - run.test().accuracy())).get();
        List<Calibration> mended = asked.stream().map(run -> Calibration.of(Calibration.at(Calibration.temperature(run.validation()), run.test())))
                .toList();
        List<String> left = IntStream.range(0, asked.size()).filter(i -> mended.get(i).error() > 2 * mended.get(i).byChance())
                .mapToObj(i -> results.title(asked.get(i))).toList();
        return List.of(
                "More confident than right are " + asked.stream().filter(run -> confidence(run.test()) > run.test().accuracy()).count() + " of "
                        + asked.size() + (asked.size() > runs().size() ? " (a run with views counts twice, without and with them)" : "")
                        + ", by most "
                        + results.title(worst) + " (" + percent(confidence(worst.test())) + " confident, " + percent(worst.test().accuracy())
                        + " right).",
                "At the temperatures of the validation images "
                        + (left.isEmpty() ? "no calibration error is more than twice what chance alone would show of a perfect run."
                                : "the calibration error is still more than twice what chance alone would show of a perfect run for "
                                        + String.join(", ", left)
                                        + "."));
    }

    /** The reliability diagram: how often a run is right where it is about so confident; of the study's models the one that is best on the validation images. */
    public Picture reliability() {
        double least = 1.0 / data.classes().count();
        List<Charts.Line> lines = new ArrayList<>(
                List.of(new Charts.Line("as often right as confident", new double[] {least, 1}, new double[] {least, 1})));
        charted().forEach(run -> {
            List<Calibration.Bin> bins = Calibration.of(run.test()).bins();
            lines.add(new Charts.Line(results.title(run), bins.stream().mapToDouble(Calibration.Bin::confidence).toArray(),
                    bins.stream().mapToDouble(Calibration.Bin::accuracy).toArray()));
        });
        return Charts.lines("How often a run is right where it is so confident", "Mean probability of what is predicted", "Share predicted right",
                lines,
                confidence -> Figures.fixed(confidence, 2));
    }

    /** Accuracy on the test images that remain when those of which a run is least confident are left out. */
    public Table withoutTheDoubtful() {
        Table table = Table.create("Accuracy without the test images of which a run is least confident", titles());
        for (double share : LEFT_OUT) {
            table.addColumns(StringColumn.create(share == 0 ? "All" : "Without " + Math.round(100 * share) + " %", runs().stream().map(run -> {
                Predictions left = Calibration.surest(run.test(), share);
                return Figures.fixed(left.accuracy(), 4) + " (" + text(left) + ")";
            })));
        }
        return table;
    }

    /** What leaving out the most doubtful images gains, in a sentence. */
    public List<String> doubtfulSentences() {
        double most = LEFT_OUT[LEFT_OUT.length - 1];
        return runs().isEmpty() ? List.of()
                : List.of("Without the "
                        + Math.round(100 * most) + " % of which it is least confident the accuracy of a run is " + between("", " points higher",
                                runs().stream()
                                        .mapToDouble(run -> Calibration.surest(run.test(), most).accuracy() - run.test().accuracy()).toArray())
                        + ".");
    }

    /** Mean entropy of each run's answers in groups by the entropy of the votes, and the rank correlation of the two over all test images. */
    public Table doubt() {
        double[] entropies = entropies();
        List<int[]> groups = groups(entropies);
        List<double[]> said = runs().stream().map(run -> Calibration.entropies(run.test())).toList();
        Table table = Table.create("Mean entropy of the answers, by the entropy of the votes, in nats", titles("Images"));
        for (int g = 0; g < groups.size(); g++) {
            int[] group = groups.get(g);
            table.addColumns(StringColumn.create(ENTROPY_GROUPS.get(g), Stream.concat(Stream.of(Figures.count(group.length)),
                    said.stream().map(of -> Figures.fixed(mean(of, group), 2)))));
        }
        return table.addColumns(StringColumn.create("Rank correlation with the votes'", Stream.concat(Stream.of(""),
                said.stream().map(of -> Figures.fixed(new SpearmansCorrelation().correlation(entropies, of), 2)))));
    }

    private static double mean(double[] figures, int... places) {
        return IntStream.of(places).mapToDouble(i -> figures[i]).average().orElse(Double.NaN);
    }

    /** Of the votes on each test image, in nats. */
    private double[] entropies() {
        FerPlus all = votes.orElseThrow(() -> new IllegalStateException("There are no votes beside these data"));
        return IntStream.range(0, data.test().size())
                .mapToDouble(i -> Calibration.entropy(IntStream.of(all.votes(Split.TEST, i)).asDoubleStream().toArray())).toArray();
    }

    private static List<int[]> groups(double... entropies) {
        return IntStream.range(0, ENTROPIES.length).mapToObj(g -> IntStream.range(0, entropies.length)
                .filter(i -> entropies[i] <= ENTROPIES[g] + 1e-9 && (g == 0 || entropies[i] > ENTROPIES[g - 1] + 1e-9)).toArray()).toList();
    }

    /** Whether runs are less decided where people are, in a sentence. */
    public List<String> doubtSentences() {
        double[] entropies = entropies();
        List<int[]> groups = groups(entropies);
        List<Run> rising = runs().stream().filter(run -> {
            double[] said = Calibration.entropies(run.test());
            double[] means = groups.stream().filter(group -> group.length > 0).mapToDouble(group -> mean(said, group)).toArray();
            return IntStream.range(1, means.length).allMatch(g -> means[g] > means[g - 1]);
        }).toList();
        return List.of("In " + rising.size() + " of " + Figures.count(runs().size(), "run")
                + " the mean entropy rises from column to column: the less people agree, the less decided the run.");
    }

    /**
     * What copies are worth: accuracy on all test images, on those without an exact or near copy among the training images, and what the copies add, the difference of the
     * two, with the interval of a difference between groups that have no image in common.
     */
    public Table copies(DataReport report) {
        int[] nearest = report.nearestToTest();
        int[] alone = places(nearest, i -> nearest[i] < 0);
        int[] copied = places(nearest, i -> nearest[i] >= 0);
        double share = (double) copied.length / nearest.length;
        List<Optional<Difference>> added = runs().stream().map(run -> copied.length == 0 || alone.length == 0 ? Optional.<Difference>empty()
                : Optional.of(Difference.ofGroups(run.test().select(copied), run.test().select(alone)))).toList();
        return Table.create(
                "What copies of training images are worth: " + Figures.count(copied.length) + " of " + Figures.count(nearest.length)
                        + " test images have one",
                titles(), accuracy("All", IntStream.range(0, nearest.length).toArray()),
                accuracy("Without copies (" + Figures.count(alone.length) + ")", alone),
                StringColumn.create("95 % interval", runs().stream().map(run -> alone.length == 0 ? "–" : text(run.test().select(alone)))),
                StringColumn.create("Copies add", added.stream().map(d -> d.map(x -> Figures.signed(share * x.value(), 4)).orElse("–"))),
                StringColumn.create("95 % interval of that",
                        added.stream().map(d -> d.map(x -> new Interval(share * x.interval().low(), share * x.interval().high())
                                .signedText()).orElse("–"))));
    }

    /** How often runs are right on the test images that have a copy among the training images, by whether this has their label, and how often they say its label. */
    public Table copyLabels(DataReport report) {
        int[] nearest = report.nearestToTest();
        int[] same = places(nearest, i -> nearest[i] >= 0 && isAgreed(i) && !hasOtherLabel(nearest, i));
        int[] other = places(nearest, i -> hasOtherLabel(nearest, i));
        return Table.create("What runs say of images with a copy, and 95 % intervals", titles(),
                shares("Copy with the same label (" + same.length + "): right", run -> run.test().select(same)),
                shares("Copy with another label (" + other.length + "): right", run -> run.test().select(other)),
                shares("… and says that label", run -> twins(run, nearest, other)));
    }

    /** Whether a test image has a copy in training, and that another label. */
    private boolean hasOtherLabel(int[] nearest, int image) {
        return nearest[image] >= 0 && isAgreed(image) && data.training().label(nearest[image]) != data.test().label(image);
    }

    /** Whether a test image's label is the one that all runs were asked by: in another copy of FER2013 than these were made on a few labels may differ. */
    private boolean isAgreed(int image) {
        return runs().stream().allMatch(run -> run.test().truth()[image] == data.test().label(image));
    }

    /** A run's answers on test images with a copy, held against the labels of their copies in training. */
    private Predictions twins(Run run, int[] nearest, int... images) {
        return run.test().select(images).against(data.classes(), IntStream.of(images).map(i -> data.training().label(nearest[i])).toArray());
    }

    /** Share right, with its interval; of no image a dash. */
    private StringColumn shares(String name, Function<Run, Predictions> said) {
        return StringColumn.create(name, runs().stream().map(said)
                .map(s -> s.size() == 0 ? "–" : Figures.fixed(s.accuracy(), 3) + " (" + Evaluation.of(s).interval().text() + ")"));
    }

    /** What the runs lose without the copies, and whether they know the labels of the copies by heart, in sentences. */
    public List<String> copySentences(DataReport report) {
        int[] nearest = report.nearestToTest();
        int[] alone = places(nearest, i -> nearest[i] < 0);
        int[] other = places(nearest, i -> hasOtherLabel(nearest, i));
        List<String> sentences = new ArrayList<>();
        if (!runs().isEmpty() && alone.length > 0 && alone.length < nearest.length) {
            sentences.add("Without the images that have a copy the accuracy of a run is " + between("", " points lower",
                    runs().stream().mapToDouble(run -> run.test().accuracy() - run.test().select(alone).accuracy()).toArray()) + ".");
        }
        if (!runs().isEmpty() && other.length > 0) {
            sentences.add("On the " + Figures.count(other.length, "image") + " whose copy in training has another label, runs say that label in "
                    + between("", " %", runs().stream().mapToDouble(run -> twins(run, nearest, other).accuracy()).toArray()) + ", their own in "
                    + between("", " %", runs().stream().mapToDouble(run -> run.test().select(other).accuracy()).toArray()) + ".");
        }
        majority.ifPresent(m -> onVotes.stream().limit(1).forEach(run -> {
            Predictions said = m.of(run.test());
            int[] left = places(m.images(), i -> nearest[m.images()[i]] < 0);
            sentences.add(results.title(run) + ", held against the majority, comes to " + Figures.fixed(said.select(left).accuracy(), 4) + " on the "
                    + Figures.count(left.length, "image") + " without a copy, in place of " + Figures.fixed(said.accuracy(), 4) + ".");
        }));
        return sentences;
    }

    /** The main findings in sentences: what the labels allow, what training on votes is worth, and how confident and how doubtful the runs are. */
    public List<String> summary() {
        List<String> sentences = new ArrayList<>();
        if (majority.isPresent()) {
            sentences.add(state());
            sentences.addAll(labelSentences());
            sentences.addAll(onVotes.isEmpty() ? List.of() : votesSentences());
        }
        sentences.addAll(calibrationSentences());
        sentences.addAll(doubtfulSentences());
        return sentences;
    }

    private static int[] places(int[] nearest, IntPredicate which) {
        return IntStream.range(0, nearest.length).filter(which).toArray();
    }

    private DoubleColumn accuracy(String name, int... images) {
        return Figures.column(name, runs().stream().mapToDouble(run -> run.test().select(images).accuracy()).toArray(), 4);
    }

    /**
     * The study's questions in small, each with several seeds, beside the differences between single runs of full size.
     *
     * @param small runs of the first row of {@link Beyond#CHANCE}, at least one
     * @param changed runs of the others, at least one each
     * @param own this kit's runs of the study's models in full size, as far as there are such
     */
    public static Table chance(List<Ablation.Outcome> small, Map<Beyond, List<Ablation.Outcome>> changed, Results own) {
        Map<String, Beyond> rows = changed.keySet().stream().collect(Collectors.toMap(Beyond::change, row -> row));
        Table table = Ablation.of(small, changed.keySet().stream().collect(Collectors.toMap(Beyond::change, changed::get))).table();
        table.removeColumns("With views, mean", "Held against", "Interval over");
        StringColumn changes = table.stringColumn(0);
        changes.setName("Changed").set(0, "nothing: " + Beyond.CHANCE.get(0).title());
        table.column(2).setName("Validation accuracy, mean");
        table.insertColumn(3, StringColumn.create("Standard deviation over seeds", changes.asList().stream()
                .map(change -> rows.containsKey(change) ? changed.get(rows.get(change)) : small)
                .map(runs -> runs.size() == 1 ? "–" : Figures.fixed(Math.sqrt(StatUtils.variance(accuracies(runs))), 4))));
        List<String> studys = new ArrayList<>();
        List<String> ours = new ArrayList<>();
        for (String change : changes) {
            Optional<StudyModel> model = Optional.ofNullable(rows.get(change)).map(Beyond::question);
            studys.add(model.map(m -> Figures.signed(studys(m), 4)).orElse(""));
            ours.add(model.map(m -> own.run(m.name()).flatMap(run -> own.run(base().name())
                    .map(base -> Figures.signed(run.validationAccuracy() - base.validationAccuracy(), 4))).orElse("–")).orElse(""));
        }
        return table.addColumns(StringColumn.create("Full size, the study's runs", studys), StringColumn.create("Full size, this kit's runs", ours))
                .setName("The study's questions in small, each beside single runs of full size");
    }

    private static StudyModel base() {
        return Beyond.CHANCE.get(0).question();
    }

    private static double studys(StudyModel model) {
        return Published.result(model.name()).validationAccuracy() - Published.result(base().name()).validationAccuracy();
    }

    private static double[] accuracies(List<Ablation.Outcome> runs) {
        return runs.stream().mapToDouble(run -> run.alone().accuracy()).toArray();
    }

    /** The network whose seeds scatter most, if that is far more than those of the others. */
    private static Optional<Beyond> standingApart(Map<Beyond, double[]> networks) {
        Optional<Beyond> widest = networks.keySet().stream().filter(row -> networks.get(row).length > 1)
                .max(Comparator.comparingDouble(row -> StatUtils.variance(networks.get(row))));
        return widest.filter(row -> Seeds.Spread
                .of(networks.keySet().stream().filter(other -> !other.equals(row)).map(networks::get).toList())
                .filter(others -> Math.sqrt(StatUtils.variance(networks.get(row))) > FAR * others.deviation()).isPresent());
    }

    /** Which networks are told apart from the first seed by seed, as {@link Seeds} does it, in a sentence; empty where too few seeds are the same. */
    private static Optional<String> inPairs(List<Ablation.Outcome> small, Map<Beyond, List<Ablation.Outcome>> changed) {
        Map<String, NavigableMap<Long, Double>> networks = new LinkedHashMap<>();
        networks.put(Beyond.CHANCE.get(0).title(), bySeed(small));
        changed.forEach((row, runs) -> networks.put(row.title(), bySeed(runs)));
        List<Seeds.Pair> pairs = new Seeds(networks).pairs().stream().filter(pair -> pair.first().equals(Beyond.CHANCE.get(0).title())).toList();
        Holm holm = Holm.of(pairs, pair -> pair.difference().pValue());
        List<String> apart = holm.toldApart().mapToObj(i -> pairs.get(i).second()).toList();
        return IntStream.range(0, pairs.size()).boxed().min(Comparator.comparingDouble(holm::pValue))
                .map(least -> "The table's p is Welch's, which takes no notice of equal seeds. In pairs of one seed, as in 08_compare, "
                        + (apart.isEmpty() ? "none is" : Results.listed(apart) + (apart.size() == 1 ? " is" : " are"))
                        + " told apart from " + Beyond.CHANCE.get(0).title() + " after Holm's correction (smallest p: "
                        + Figures.pValue(holm.pValue(least)) + ", " + pairs.get(least).second() + ").");
    }

    private static NavigableMap<Long, Double> bySeed(List<Ablation.Outcome> runs) {
        return new TreeMap<>(runs.stream().collect(Collectors.toMap(Ablation.Outcome::seed, run -> run.alone().accuracy())));
    }

    /**
     * How far two runs of one network lie apart by their seeds alone, and which of the study's differences are larger, in computed sentences. A network whose seeds scatter
     * {@value #FAR} times as much as those of the others together is told apart from them first.
     */
    public static List<String> chanceSentences(List<Ablation.Outcome> small, Map<Beyond, List<Ablation.Outcome>> changed) {
        Map<Beyond, double[]> networks = new LinkedHashMap<>();
        networks.put(Beyond.CHANCE.get(0), accuracies(small));
        changed.forEach((row, runs) -> networks.put(row, accuracies(runs)));
        List<String> sentences = new ArrayList<>(inPairs(small, changed).stream().toList());
        Optional<Beyond> wide = standingApart(networks);
        wide.ifPresent(row -> sentences.add(row.title() + " stands apart: its seeds scatter with a standard deviation of "
                + Figures.fixed(Math.sqrt(StatUtils.variance(networks.get(row))), 4) + ", more than " + FAR
                + " times that of the others. What follows is of the others."));
        wide.ifPresent(networks::remove);
        Optional<Seeds.Spread> spread = Seeds.Spread.of(networks.values());
        if (spread.isEmpty()) {
            return List.of("One seed of each has been run, so how much chance alone changes is not known here.");
        }
        double apart = spread.get().apart();
        List<Beyond> asked = networks.keySet().stream().filter(row -> !row.question().equals(base())).toList();
        List<String> larger = asked.stream().filter(row -> Math.abs(studys(row.question())) > apart)
                .map(row -> row.change() + " (" + Figures.signed(studys(row.question()), 4) + ")").toList();
        int fewest = networks.values().stream().mapToInt(runs -> runs.length).min().getAsInt();
        sentences.add(spread.get().sentence());
        sentences.add(
                fewest < 2 ? "Of some there is one seed only: their intervals are over images, and what another seed would change is not in them."
                        : "With " + fewest + " seeds of each that scatter so, a test of two tells them apart where their means lie about "
                                + Figures.fixed(spread.get().seen(fewest), 4) + " apart; Holm's correction for all asks for more.");
        sentences.add("Were it the same in full size, " + (larger.isEmpty() ? "none" : larger.size() + "") + " of the study's "
                + Figures.count(asked.size(), "difference") + " of these from Model 2 would be larger than " + Figures.fixed(apart, 4)
                + (larger.isEmpty() ? "." : ": " + String.join("; ", larger) + "."));
        return sentences;
    }
}
