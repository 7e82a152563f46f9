package ferkit.report;

import ferkit.chart.Charts;
import ferkit.chart.Picture;
import ferkit.data.FaceSet;
import ferkit.data.FerPlus;
import ferkit.data.Split;
import ferkit.data.report.DataReport;
import ferkit.eval.Ablation;
import ferkit.eval.Calibration;
import ferkit.eval.Difference;
import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.eval.Interval;
import ferkit.eval.Majority;
import ferkit.eval.McNemar;
import ferkit.eval.Seeds;
import ferkit.model.StudyModel;
import ferkit.study.Beyond;
import ferkit.study.Kind;
import ferkit.study.Published;
import ferkit.train.Predictions;
import ferkit.train.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What the errors of finished runs are: how far the labels agree with what most people see, how well the runs know when they are wrong, and what copies of training
 * images among the test images are worth to them.
 *
 * @param data that the runs were trained on
 * @param results runs with labelled test images, by the views of their recipe
 * @param majority what most of ten people saw in the test images; empty where their votes are not at hand
 * @param entropies of the votes on each test image, in nats; empty where there are none
 */
public record ErrorResults(FaceSet data, Results results, Optional<Majority> majority, double[] entropies) {
    private static final double[] LEFT_OUT = {0, 0.1, 0.2, 0.3};
    /** Upper ends of the groups by the votes' entropy, in nats, and what they are called. */
    private static final double[] ENTROPIES = {0, 0.5, 1, Double.POSITIVE_INFINITY};
    private static final List<String> ENTROPY_GROUPS = List.of("0, all agree", "up to 0.5", "0.5 to 1", "more than 1");

    /** Of runs with views, and of votes where there are such. */
    public static ErrorResults of(FaceSet data, Results results, Optional<FerPlus> votes) {
        return new ErrorResults(data, results, votes.map(v -> Majority.of(v, Split.TEST, data.test())),
                votes.map(v -> IntStream.range(0, data.test().size())
                        .mapToDouble(i -> Calibration.entropy(IntStream.of(v.votes(Split.TEST, i)).asDoubleStream().toArray())).toArray())
                        .orElse(new double[0]));
    }

    private List<Run> runs() {
        return results.runs();
    }

    private Majority required() {
        return majority.orElseThrow(() -> new IllegalStateException("There are no votes beside these data"));
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
        List<String> interval = new ArrayList<>(List.of(text(m.labels()), ""));
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
                StringColumn.create("Errors by the label", errors), StringColumn.create("… that the majority makes too", shared));
    }

    private static String text(Predictions said) {
        return Evaluation.of(said).interval().text();
    }

    /** What the labels allow, in computed sentences. */
    public List<String> labelSentences() {
        Majority m = required();
        List<String> sentences = new ArrayList<>();
        sentences.add("The data set's own label is the majority's on " + Figures.fixed(100 * m.labels().accuracy(), 1)
                + " % of these images. One of the ten people agrees with the majority of the other nine in "
                + Figures.fixed(100 * m.voters().accuracy(), 1)
                + " % of " + Figures.count(m.voters().votes(), "vote") + ".");
        runs().stream().max(Comparator.comparingDouble(run -> m.of(run.test()).accuracy())).ifPresent(run -> {
            Difference difference = Difference.ofImages(m.of(run.test()), m.labels());
            sentences.add(
                    "Of the runs, " + results.title(run) + " is nearest to the majority, with " + Figures.fixed(100 * m.of(run.test()).accuracy(), 1)
                            + " %. That share minus the label's own is " + Figures.signed(difference.value(), 4) + " (95 % interval "
                            + difference.interval().signedText() + ", p " + (difference.pValue() < 0.001 ? "" : "= ")
                            + Figures.pValue(difference.pValue()) + "): "
                            + (difference.pValue() < McNemar.LEVEL ? "the two are told apart." : "the paired test does not tell the two apart."));
        });
        return sentences;
    }

    /** Share of the images on which the data set's label, and each run, says what most people saw, by how many of ten people say so. */
    public Picture byAgreement() {
        Majority m = required();
        double[] places = IntStream.range(0, Majority.GROUPS.size()).asDoubleStream().toArray();
        List<Charts.Line> lines = new ArrayList<>(List.of(new Charts.Line("the data set's label", places, shares(m, m.labels()))));
        runs().forEach(run -> lines.add(new Charts.Line(results.title(run), places, shares(m, m.of(run.test())))));
        return Charts.lines("Who says what most people see, by how many of ten people agree", "People of ten who agree", "Share of the images", lines,
                place -> place == Math.rint(place) && place >= 0 && place < Majority.GROUPS.size() ? Majority.GROUPS.get((int) place) : " ");
    }

    private static double[] shares(Majority m, Predictions against) {
        return Arrays.stream(m.byAgreement(against)).mapToDouble(group -> group[0] == 0 ? Double.NaN : (double) group[1] / group[0]).toArray();
    }

    /** The same in numbers, with how many images there are of each. */
    public Table byAgreementTable() {
        Majority m = required();
        Table table = Table.create("Share of the images on which each says what most people see",
                StringColumn.create("People who agree", Majority.GROUPS),
                Figures.counts("Images", Arrays.stream(m.byAgreement(m.labels())).mapToInt(group -> group[0]).toArray()),
                Figures.column("The data set's label", shares(m, m.labels()), 3));
        runs().forEach(run -> table.addColumns(Figures.column(results.title(run), shares(m, m.of(run.test())), 3)));
        return table;
    }

    /** What the majority sees, in rows, and the data set's label, in columns. */
    public Picture twoTruths() {
        Predictions labels = required().labels();
        return Charts.confusion("What most people see, and what the label says", "Majority", "Label", Evaluation.of(labels).confusion(),
                labels.classes().titles());
    }

    /** Where the label most often says something else than the majority. */
    public Table differences(int rows) {
        Table table = Evaluation.of(required().labels()).mistakes(rows).setName("Where the label says something else than the majority");
        table.column(0).setName("Majority");
        table.column(1).setName("Label");
        return table;
    }

    /**
     * A run on the votes beside the run of the same recipe on the labels, both against the majority and against the labels; then what others reached. Its test images are
     * those with a majority.
     *
     * @param voted by {@link Beyond#VOTES}, by the views of its recipe
     */
    public Table trainedOnVotes(Run voted) {
        Majority m = required();
        List<String> names = new ArrayList<>(List.of(results.title(voted)));
        List<Predictions> said = new ArrayList<>(List.of(voted.test()));
        results.run("sprint").ifPresent(run -> {
            names.add(results.title(run));
            said.add(run.test());
        });
        List<String> right = new ArrayList<>(said.stream().map(s -> Figures.fixed(m.of(s).accuracy(), 4)).toList());
        List<String> interval = new ArrayList<>(said.stream().map(s -> text(m.of(s))).toList());
        List<String> label = new ArrayList<>(said.stream().map(s -> Figures.fixed(m.ofLabels(s).accuracy(), 4)).toList());
        List<String> know = new ArrayList<>(said.stream().map(s -> "").toList());
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

    /** How sure the runs are and how right, before and after their probabilities are softened by the temperature that suits the validation images best. */
    public Table calibration() {
        double[] temperatures = runs().stream().mapToDouble(run -> Calibration.temperature(run.validation())).toArray();
        List<Calibration> before = runs().stream().map(run -> Calibration.of(run.test())).toList();
        List<Calibration> after = IntStream.range(0, runs().size())
                .mapToObj(i -> Calibration.of(Calibration.at(temperatures[i], runs().get(i).test()))).toList();
        return Table.create("Surety and accuracy on the test images", titles(),
                Figures.column("Mean surety",
                        runs().stream()
                                .mapToDouble(
                                        run -> IntStream.range(0, run.test().size()).mapToDouble(run.test()::surety).average().orElse(Double.NaN))
                                .toArray(),
                        3),
                Figures.column("Accuracy", runs().stream().mapToDouble(run -> run.test().accuracy()).toArray(), 3),
                Figures.column("Temperature (validation)", temperatures, 2),
                Figures.column("Calibration error", before.stream().mapToDouble(Calibration::error).toArray(), 3),
                Figures.column("Calibration error at that temperature", after.stream().mapToDouble(Calibration::error).toArray(), 3),
                Figures.column("Log loss", before.stream().mapToDouble(Calibration::logLoss).toArray(), 3),
                Figures.column("Log loss at that temperature", after.stream().mapToDouble(Calibration::logLoss).toArray(), 3));
    }

    /** The reliability diagram: how often each run is right where it is about so sure. */
    public Picture reliability() {
        double least = 1.0 / data.classes().count();
        List<Charts.Line> lines = new ArrayList<>(
                List.of(new Charts.Line("as often right as sure", new double[] {least, 1}, new double[] {least, 1})));
        runs().forEach(run -> {
            List<Calibration.Bin> bins = Calibration.of(run.test()).bins();
            lines.add(new Charts.Line(results.title(run), bins.stream().mapToDouble(Calibration.Bin::surety).toArray(),
                    bins.stream().mapToDouble(Calibration.Bin::accuracy).toArray()));
        });
        return Charts.lines("How often a run is right where it is so sure", "Mean probability of what is predicted", "Share predicted right", lines,
                surety -> Figures.fixed(surety, 2));
    }

    /** Accuracy on the test images that remain when those of which a run is least sure are left out. */
    public Table withoutTheDoubtful() {
        Table table = Table.create("Accuracy without the test images of which a run is least sure", titles());
        for (double share : LEFT_OUT) {
            table.addColumns(StringColumn.create(share == 0 ? "All" : "Without " + Math.round(100 * share) + " %", runs().stream().map(run -> {
                Predictions left = Calibration.surest(run.test(), share);
                return Figures.fixed(left.accuracy(), 4) + " (" + text(left) + ")";
            })));
        }
        return table;
    }

    /** Mean entropy of each run's answers in groups by the entropy of the votes, and the rank correlation of the two over all test images. */
    public Table doubt() {
        List<int[]> groups = IntStream.range(0, ENTROPIES.length).mapToObj(g -> IntStream.range(0, entropies.length)
                .filter(i -> entropies[i] <= ENTROPIES[g] + 1e-9 && (g == 0 || entropies[i] > ENTROPIES[g - 1] + 1e-9)).toArray()).toList();
        List<String> names = new ArrayList<>(ENTROPY_GROUPS);
        names.add("Rank correlation with the votes'");
        Table table = Table.create("Mean entropy of the answers, by the entropy of the votes, in nats",
                StringColumn.create("Entropy of the votes", names),
                StringColumn.create("Images",
                        IntStream.rangeClosed(0, groups.size()).mapToObj(g -> g < groups.size() ? Figures.count(groups.get(g).length) : "")));
        runs().forEach(run -> {
            double[] said = Calibration.entropies(run.test());
            table.addColumns(StringColumn.create(results.title(run), IntStream.rangeClosed(0, groups.size())
                    .mapToObj(
                            g -> Figures.fixed(g < groups.size() ? IntStream.of(groups.get(g)).mapToDouble(i -> said[i]).average().orElse(Double.NaN)
                                    : new SpearmansCorrelation().correlation(entropies, said), 2))));
        });
        return table;
    }

    /**
     * What copies are worth: accuracy on all test images, on those without an exact or near copy among the training images, and what the copies add, the difference of the
     * two, with the interval of a difference between groups that have no image in common.
     */
    public Table copies(DataReport report) {
        int[] nearest = report.nearestToTest();
        int[] alone = places(nearest, i -> nearest[i] < 0);
        int[] same = places(nearest, i -> nearest[i] >= 0 && data.training().label(nearest[i]) == data.test().label(i));
        int[] other = places(nearest, i -> nearest[i] >= 0 && data.training().label(nearest[i]) != data.test().label(i));
        int[] copied = places(nearest, i -> nearest[i] >= 0);
        double share = (double) copied.length / nearest.length;
        List<Optional<Difference>> added = runs().stream().map(run -> copied.length == 0 || alone.length == 0 ? Optional.<Difference>empty()
                : Optional.of(Difference.ofGroups(run.test().select(copied), run.test().select(alone)))).toList();
        return Table.create(
                "What copies of training images are worth: " + Figures.count(copied.length) + " of " + Figures.count(nearest.length)
                        + " test images have one",
                titles(), accuracy("All", IntStream.range(0, nearest.length).toArray()), accuracy("Without copies (" + alone.length + ")", alone),
                StringColumn.create("95 % interval", runs().stream().map(run -> alone.length == 0 ? "–" : text(run.test().select(alone)))),
                StringColumn.create("Copies add", added.stream().map(d -> d.map(x -> Figures.signed(share * x.value(), 4)).orElse("–"))),
                StringColumn.create("95 % interval of that",
                        added.stream().map(d -> d.map(x -> new Interval(share * x.interval().low(), share * x.interval().high())
                                .signedText()).orElse("–"))),
                accuracy("Copy with the same label (" + same.length + ")", same), accuracy("Copy with another label (" + other.length + ")", other));
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
        table.removeColumns("With views, mean");
        StringColumn changes = table.stringColumn(0);
        changes.setName("Changed").set(0, "nothing: " + Beyond.CHANCE.get(0).title());
        table.column(2).setName("Validation accuracy, mean");
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

    /** How far two runs of one network lie apart by their seeds alone, and which of the study's differences are larger, in computed sentences. */
    public static List<String> chanceSentences(List<Ablation.Outcome> small, Map<Beyond, List<Ablation.Outcome>> changed) {
        Optional<Seeds.Spread> spread = Seeds.Spread.of(Stream.concat(Stream.of(small), changed.values().stream())
                .map(runs -> runs.stream().mapToDouble(run -> run.alone().accuracy()).toArray()).toList());
        if (spread.isEmpty()) {
            return List.of("One seed of each has been run, so how much chance alone changes is not known here.");
        }
        double apart = spread.get().apart();
        List<String> larger = Beyond.CHANCE.stream().skip(1).filter(row -> Math.abs(studys(row.question())) > apart)
                .map(row -> row.change() + " (" + Figures.signed(studys(row.question()), 4) + ")").toList();
        return List.of(spread.get().sentence(),
                "Were it the same in full size, " + (larger.isEmpty() ? "none" : larger.size() + "") + " of the study's " + (Beyond.CHANCE.size() - 1)
                        + " differences from Model 2 would be larger than that" + (larger.isEmpty() ? "." : ": " + String.join("; ", larger) + "."));
    }
}
