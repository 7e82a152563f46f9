package ferkit.eval;

import ferkit.data.Classes;
import ferkit.train.Predictions;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Several models that answer together, by the mean of their probabilities, held against one of them on the same images.
 *
 * @param title what the models together are called, for example "All 6 together"
 * @param together their mean
 * @param singleTitle what the one model is called
 * @param single its predictions
 */
public record Ensemble(String title, Predictions together, String singleTitle, Predictions single) {
    private static final int DRAWS = 2000;

    /** Accuracy and its 95 % interval, of the one model and of all together. */
    public Table accuracy() {
        List<Evaluation> both = List.of(Evaluation.of(single), Evaluation.of(together));
        return Table.create(singleTitle + " and " + title, StringColumn.create("Model", singleTitle, title),
                Figures.counts("Images", both.stream().mapToInt(Evaluation::size).toArray()),
                Figures.counts("Right", both.stream().mapToInt(Evaluation::correct).toArray()),
                Figures.column("Accuracy", both.stream().mapToDouble(Evaluation::accuracy).toArray(), 4),
                StringColumn.create("95 % interval", both.stream().map(e -> e.interval().text())));
    }

    /** The paired test of the two, in a sentence. */
    public String test() {
        McNemar test = McNemar.of(together, single);
        return "The difference is " + Figures.signed(100 * (together.accuracy() - single.accuracy()), 1) + " points. " + title + " are right on "
                + Figures.count(test.onlyFirst(), "image") + " on which " + singleTitle + " is wrong, and wrong on "
                + Figures.count(test.onlySecond(), "image")
                + " on which it is right: the paired test " + (test.pValue() < McNemar.LEVEL ? "tells the two apart" : "does not tell the two apart")
                + " at the 5 % level (" + Figures.pEquals(test.pValue()) + ").";
    }

    /**
     * Which classes gain: recall and F1 of each class by the one model and by all together, and the paired test on the class's
     * own images, with Holm's correction for as many tests. That test sees recall alone; F1, which falls when other classes are taken for this one, has the interval of
     * {@link #f1Intervals}.
     */
    public Table classes() {
        ClassReport one = Evaluation.of(single).classes();
        ClassReport all = Evaluation.of(together).classes();
        Classes classes = single.classes();
        double[] f1 = IntStream.range(0, classes.count()).mapToDouble(i -> all.f1()[i] - one.f1()[i]).toArray();
        return Table.create("Class by class: " + singleTitle + " and " + title, StringColumn.create("Class", classes.titles()),
                Figures.counts("Images", one.classes().stream().mapToInt(Scores::support).toArray()),
                Figures.column("Recall, " + singleTitle, one.classes().stream().mapToDouble(Scores::recall).toArray(), 3),
                Figures.column("Recall, together", all.classes().stream().mapToDouble(Scores::recall).toArray(), 3),
                StringColumn.create("p of recall after Holm", Arrays.stream(holm().adjusted()).mapToObj(Figures::pValue)),
                Figures.column("F1, " + singleTitle, one.f1(), 3), Figures.column("F1, together", all.f1(), 3),
                Figures.signedColumn("F1 difference", f1, 3),
                StringColumn.create("95 % interval of that", f1Intervals().stream().map(Interval::signedText)));
    }

    /**
     * Of each class the 95 % interval of its F1 together minus that of the one model, by a paired bootstrap over the images: {@value #DRAWS} draws with replacement, the
     * same for both and always the same ones (Efron 1979, "Bootstrap methods: another look at the jackknife"; percentiles). A class without images has none: 0 to 0.
     */
    List<Interval> f1Intervals() {
        int count = single.classes().count();
        double[][] differences = new double[count][DRAWS];
        SplittableRandom random = new SplittableRandom(1);
        for (int draw = 0; draw < DRAWS; draw++) {
            int[] images = random.ints(single.size(), 0, single.size()).toArray();
            double[] all = f1(together, count, images);
            double[] one = f1(single, count, images);
            for (int label = 0; label < count; label++) {
                differences[label][draw] = all[label] - one[label];
            }
        }
        return Arrays.stream(differences).map(values -> new Interval(StatUtils.percentile(values, 2.5), StatUtils.percentile(values, 97.5))).toList();
    }

    private static double[] f1(Predictions said, int classes, int... images) {
        int[] both = new int[classes];
        int[] either = new int[classes];
        for (int i : images) {
            either[said.truth()[i]]++;
            either[said.predicted()[i]]++;
            if (said.truth()[i] == said.predicted()[i]) {
                both[said.truth()[i]]++;
            }
        }
        return IntStream.range(0, classes).mapToDouble(c -> either[c] == 0 ? 0 : 2.0 * both[c] / either[c]).toArray();
    }

    /** Which classes gain, by recall and by F1, in a sentence. */
    public String gains() {
        List<Interval> f1 = f1Intervals();
        List<String> found = holm().toldApart().filter(label -> together.of(label).correct() > single.of(label).correct())
                .mapToObj(single.classes()::title).toList();
        List<String> better = IntStream.range(0, f1.size()).filter(label -> f1.get(label).low() > 0).mapToObj(single.classes()::title).toList();
        return "Classes that gain: " + (found.isEmpty() ? "none" : String.join(", ", found)) + " in recall, told apart after Holm's correction; "
                + (better.isEmpty() ? "none" : String.join(", ", better)) + " in F1, by an interval above 0, one for each class.";
    }

    /** Of the paired tests of recall, one a class. */
    private Holm holm() {
        return Holm.of(IntStream.range(0, single.classes().count())
                .mapToDouble(label -> McNemar.of(together.of(label), single.of(label)).pValue()).toArray());
    }
}
