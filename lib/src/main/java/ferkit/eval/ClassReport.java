package ferkit.eval;

import ferkit.data.Classes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The scores of all classes and their averages: what a classification report holds.
 *
 * @param labels what the labels mean
 * @param classes in label order
 * @param macro averages in which every class counts the same
 * @param weighted averages in which every class counts as often as it has images
 */
public record ClassReport(Classes labels, List<Scores> classes, Scores macro, Scores weighted) {
    /** @throws IllegalArgumentException if there are not scores for each class */
    public ClassReport {
        if (classes.size() != labels.count()) {
            throw new IllegalArgumentException("A report on " + classes.size() + " classes: expected " + labels.count());
        }
        classes = List.copyOf(classes);
    }

    /** The report of these classes, with the averages computed from them. */
    public static ClassReport of(Classes labels, List<Scores> classes) {
        int total = classes.stream().mapToInt(Scores::support).sum();
        return new ClassReport(labels, classes, average(classes, row -> 1, labels.count(), total),
                average(classes, Scores::support, total, total));
    }

    private static Scores average(List<Scores> classes, ToDoubleFunction<Scores> weight, double sumOfWeights, int support) {
        double precision = 0;
        double recall = 0;
        double f1 = 0;
        for (Scores row : classes) {
            precision += weight.applyAsDouble(row) * row.precision();
            recall += weight.applyAsDouble(row) * row.recall();
            f1 += weight.applyAsDouble(row) * row.f1();
        }
        return new Scores(precision / sumOfWeights, recall / sumOfWeights, f1 / sumOfWeights, support);
    }

    /** Precision, recall, F1 and support of one class. */
    public Scores of(int label) {
        return classes.get(labels.require(label));
    }

    /** The F1 of each class, in label order. */
    public double[] f1() {
        return classes.stream().mapToDouble(Scores::f1).toArray();
    }

    /** The labels from the highest F1 to the lowest, equals in their order. */
    public List<Integer> byF1() {
        return IntStream.range(0, labels.count()).boxed().sorted(Comparator.comparingDouble((Integer label) -> of(label).f1()).reversed()).toList();
    }

    /** A table with the columns class, precision, recall, F1 and images; the classes, then the two averages. */
    public Table table() {
        return Table.create("Classification report", names(), column("Precision", Scores::precision),
                column("Recall", Scores::recall), column("F1", Scores::f1),
                Figures.counts("Images", rows().stream().mapToInt(Scores::support).toArray()));
    }

    /** A table that sets each score beside another report's, which is called {@code name}, and the difference in F1. */
    public Table beside(ClassReport other, String name) {
        DoubleColumn f1 = column("F1", Scores::f1);
        DoubleColumn otherF1 = other.column("F1, " + name, Scores::f1);
        return Table.create("Classification report", names(), column("Precision", Scores::precision),
                other.column("Precision, " + name, Scores::precision), column("Recall", Scores::recall),
                other.column("Recall, " + name, Scores::recall), f1, otherF1,
                Figures.signedColumn("F1 difference", f1.subtract(otherF1).asDoubleArray(), 2),
                Figures.counts("Images", rows().stream().mapToInt(Scores::support).toArray()));
    }

    private StringColumn names() {
        List<String> names = new ArrayList<>(labels.titles());
        names.addAll(List.of("Macro average", "Weighted average"));
        return StringColumn.create("Class", names);
    }

    private DoubleColumn column(String name, ToDoubleFunction<Scores> score) {
        return Figures.column(name, rows().stream().mapToDouble(score).toArray(), 2);
    }

    private List<Scores> rows() {
        List<Scores> rows = new ArrayList<>(classes);
        rows.addAll(List.of(macro, weighted));
        return rows;
    }
}
