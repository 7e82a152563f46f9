package ferkit.eval;

import ferkit.data.Classes;
import ferkit.train.Predictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tribuo.ImmutableOutputInfo;
import org.tribuo.MutableOutputInfo;
import org.tribuo.Prediction;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.evaluation.ConfusionMetrics;
import org.tribuo.classification.evaluation.LabelConfusionMatrix;
import org.tribuo.evaluation.metrics.MetricTarget;
import org.tribuo.impl.ArrayExample;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What a model's predictions are worth: accuracy, the scores of each class, their averages and the confusion matrix,
 * counted by Tribuo over all classes of the data, whether they occur or not. Immutable.
 */
public final class Evaluation {
    private final int[][] confusion;
    private final ClassReport classes;
    private final int correct;
    private final int size;

    private Evaluation(Classes of, List<Label> labels, LabelConfusionMatrix matrix) {
        confusion = new int[of.count()][of.count()];
        List<Scores> rows = new ArrayList<>();
        for (Label truth : labels) {
            for (int column = 0; column < of.count(); column++) {
                confusion[rows.size()][column] = (int) matrix.confusion(labels.get(column), truth);
            }
            MetricTarget<Label> target = new MetricTarget<>(truth);
            rows.add(new Scores(ConfusionMetrics.precision(target, matrix), ConfusionMetrics.recall(target, matrix),
                    f1(matrix, truth), (int) matrix.support(truth)));
        }
        classes = ClassReport.of(of, rows);
        correct = (int) matrix.tp();
        size = (int) matrix.support();
    }

    /**
     * Evaluates predictions on labelled images.
     *
     * @throws IllegalArgumentException if there is no prediction, an image has no label, or a label is of none of the classes
     */
    public static Evaluation of(Predictions predictions) {
        if (predictions.size() == 0) {
            throw new IllegalArgumentException("No predictions to evaluate: expected at least one image");
        }
        if (!predictions.labelled()) {
            throw new IllegalArgumentException("Not all of these " + predictions.size()
                    + " images have a label: they can be predicted, not evaluated");
        }
        Classes classes = predictions.classes();
        List<Label> labels = classes.titles().stream().map(Label::new).toList();
        List<Prediction<Label>> list = new ArrayList<>(predictions.size());
        for (int i = 0; i < predictions.size(); i++) {
            list.add(new Prediction<>(labels.get(require(classes, predictions.predicted()[i], i, "predicted")), 0,
                    new ArrayExample<>(labels.get(require(classes, predictions.truth()[i], i, "true")))));
        }
        return new Evaluation(classes, labels, new LabelConfusionMatrix(domain(labels), list));
    }

    private static int require(Classes classes, int label, int image, String kind) {
        if (label < 0 || label >= classes.count()) {
            throw new IllegalArgumentException("Image " + image + " has the " + kind + " class " + label
                    + ": only images labelled 0 to " + (classes.count() - 1) + " can be evaluated");
        }
        return label;
    }

    private static ImmutableOutputInfo<Label> domain(List<Label> labels) {
        MutableOutputInfo<Label> info = new LabelFactory().generateInfo();
        labels.forEach(info::observe);
        return info.generateImmutableOutputInfo();
    }

    /** From counts, as scikit-learn does it: going through precision and recall would round ties to another digit. */
    private static double f1(LabelConfusionMatrix matrix, Label label) {
        double twice = 2 * matrix.tp(label);
        double denominator = twice + matrix.fp(label) + matrix.fn(label);
        return denominator == 0 ? 0 : twice / denominator;
    }

    /** Number of images. */
    public int size() {
        return size;
    }

    /** Number of images predicted right. */
    public int correct() {
        return correct;
    }

    /** Share of images predicted right, 0 to 1. */
    public double accuracy() {
        return (double) correct / size;
    }

    /** The 95 % Wilson interval of the accuracy. */
    public Interval interval() {
        return Interval.wilson(correct, size);
    }

    /** The report, as a notebook prints it. */
    @Override
    public String toString() {
        return report();
    }

    /** The scores of each class and their averages. */
    public ClassReport classes() {
        return classes;
    }

    /** Counts of images: {@code confusion()[truth][predicted]} in label order, as a new array. */
    public int[][] confusion() {
        return Arrays.stream(confusion).map(int[]::clone).toArray(int[][]::new);
    }

    /** {@link #report(List)} with the titles of the classes. */
    public String report() {
        return report(classes.labels().titles());
    }

    /**
     * The classification report, character by character as scikit-learn prints it with two digits.
     *
     * @param names of the classes in label order
     * @throws IllegalArgumentException if there are not so many names
     */
    public String report(List<String> names) {
        if (names.size() != confusion.length) {
            throw new IllegalArgumentException("A report with " + names.size() + " class names " + names + ": expected "
                    + confusion.length);
        }
        return text(names, classes);
    }

    /** {@link #report()} without the {@link #absent} classes, which its averages do not count as 0 then. */
    public String reportOfPresent() {
        List<Integer> present = present();
        List<String> titles = present.stream().map(classes.labels()::title).toList();
        return text(titles, ClassReport.of(Classes.of(titles.toArray(String[]::new)), present.stream().map(classes::of).toList()));
    }

    /** The titles of the classes of which there is no image. */
    public List<String> absent() {
        return IntStream.range(0, confusion.length).filter(label -> !present().contains(label)).mapToObj(classes.labels()::title).toList();
    }

    private List<Integer> present() {
        return IntStream.range(0, confusion.length).filter(label -> classes.of(label).support() > 0).boxed().toList();
    }

    private String text(List<String> names, ClassReport report) {
        int width = names.stream().mapToInt(Evaluation::length).reduce("weighted avg".length(), Math::max);
        StringBuilder text = new StringBuilder(right("", width)).append(' ');
        for (String heading : List.of("precision", "recall", "f1-score", "support")) {
            text.append(' ').append(right(heading, 9));
        }
        text.append("\n\n");
        for (int i = 0; i < names.size(); i++) {
            text.append(line(names.get(i), width, report.of(i)));
        }
        text.append('\n').append(right("accuracy", width)).append(right(Figures.fixed(accuracy(), 2), 31))
                .append(right(Integer.toString(size), 10)).append('\n');
        return text.append(line("macro avg", width, report.macro())).append(line("weighted avg", width, report.weighted()))
                .toString();
    }

    private static String line(String name, int width, Scores s) {
        return right(name, width) + right(Figures.fixed(s.precision(), 2), 11) + right(Figures.fixed(s.recall(), 2), 10)
                + right(Figures.fixed(s.f1(), 2), 10) + right(Integer.toString(s.support()), 10) + "\n";
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - length(text))) + text;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /**
     * What the number of images allows to say of each class: its recall, the 95 % interval, and the classes
     * whose intervals overlap with it; those of whom they do not overlap differ. Classes without images are left out.
     */
    public Table recallIntervals() {
        List<Integer> present = present();
        return Table.create("Recall of each class and its interval", StringColumn.create("Class", present.stream().map(classes.labels()::title)),
                Figures.counts("Images", present.stream().mapToInt(e -> classes.of(e).support()).toArray()),
                Figures.column("Recall", present.stream().mapToDouble(e -> classes.of(e).recall()).toArray(), 3),
                StringColumn.create("95 % interval", present.stream().map(e -> recallInterval(e).text())),
                StringColumn.create("Interval overlaps with", present.stream().map(e -> String.join(", ", present.stream()
                        .filter(o -> !o.equals(e) && recallInterval(o).overlaps(recallInterval(e))).map(classes.labels()::title).toList()))));
    }

    /**
     * The most frequent mistakes as a table: true class, what it was taken for, images, and their share of the true class,
     * by which they are ordered. Fewer rows than asked for if there are fewer kinds of mistakes.
     */
    public Table mistakes(int rows) {
        List<int[]> mistakes = new ArrayList<>();
        for (int truth = 0; truth < confusion.length; truth++) {
            for (int predicted = 0; predicted < confusion.length; predicted++) {
                if (truth != predicted && confusion[truth][predicted] > 0) {
                    mistakes.add(new int[] {truth, predicted});
                }
            }
        }
        List<int[]> shown = mistakes.stream().sorted(Comparator.comparingDouble((int[] cell) -> -share(cell))).limit(rows).toList();
        return Table.create("Most frequent mistakes", StringColumn.create("Class", shown.stream().map(c -> classes.labels().title(c[0]))),
                StringColumn.create("Taken for", shown.stream().map(c -> classes.labels().title(c[1]))),
                Figures.counts("Images", shown.stream().mapToInt(c -> confusion[c[0]][c[1]]).toArray()),
                Figures.column("Share of the class", shown.stream().mapToDouble(this::share).toArray(), 3));
    }

    private double share(int[] cell) {
        return (double) confusion[cell[0]][cell[1]] / classes.classes().get(cell[0]).support();
    }

    /**
     * The 95 % Wilson interval of a class's recall.
     *
     * @throws IllegalArgumentException if the class has no image
     */
    public Interval recallInterval(int label) {
        return Interval.wilson(confusion[label][label], classes.of(label).support());
    }
}
