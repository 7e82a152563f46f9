package ferkit.eval;

import ferkit.data.Classes;
import ferkit.train.Predictions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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
                + " at the 5 % level (p " + (test.pValue() < 0.001 ? "" : "= ") + Figures.pValue(test.pValue()) + ").";
    }

    /**
     * Which classes gain: recall and F1 of each class by the one model and by all together, and the paired test on the class's
     * own images, with Holm's correction for as many tests.
     */
    public Table classes() {
        ClassReport one = Evaluation.of(single).classes();
        ClassReport all = Evaluation.of(together).classes();
        Classes classes = single.classes();
        double[] p = McNemar.holm(IntStream.range(0, classes.count())
                .mapToDouble(label -> McNemar.of(together.of(label), single.of(label)).pValue()).toArray());
        double[] f1 = IntStream.range(0, classes.count()).mapToDouble(i -> all.f1()[i] - one.f1()[i]).toArray();
        return Table.create("Class by class: " + singleTitle + " and " + title, StringColumn.create("Class", classes.titles()),
                Figures.counts("Images", one.classes().stream().mapToInt(Scores::support).toArray()),
                Figures.column("Recall, " + singleTitle, one.classes().stream().mapToDouble(Scores::recall).toArray(), 3),
                Figures.column("Recall, together", all.classes().stream().mapToDouble(Scores::recall).toArray(), 3),
                StringColumn.create("p after Holm", Arrays.stream(p).mapToObj(Figures::pValue)),
                Figures.column("F1, " + singleTitle, one.f1(), 3), Figures.column("F1, together", all.f1(), 3),
                Figures.signedColumn("F1 difference", f1, 3));
    }
}
