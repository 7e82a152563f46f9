package ferkit.report;

import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.eval.Interval;
import ferkit.model.StudyModel;
import ferkit.study.Kind;
import ferkit.study.Published;
import ferkit.train.Run;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What was found, as briefly as it can be said: each model on the validation and the test images, beside the study's figures. */
public final class Overview {
    private Overview() {}

    /** One line of the table: a run, the study's row of Table 1, or both. */
    private record Row(String title, Optional<Run> run, Optional<Published.Result> study) {
        Optional<Run> tested() {
            return run.filter(Run::isTested);
        }
    }

    /**
     * Validation and test accuracy of each run with their intervals. Beside runs that may be compared with the study's stand its
     * figures, also of its models that have not been run; what there is not is shown as "–".
     */
    public static Table table(Results results) {
        List<Row> rows = rows(results);
        boolean beside = rows.stream().anyMatch(row -> row.study().isPresent());
        Table table = Table.create("Validation and test accuracy" + (beside ? ", beside the study's" : "") + Results.views(results.runs()),
                StringColumn.create("Model", rows.stream().map(Row::title)));
        add(table, "Validation", rows, Row::run, Run::validationAccuracy, Results::interval);
        if (beside) {
            table.addColumns(cells("Validation: study", rows, row -> row.study().map(study -> Figures.fixed(study.validationAccuracy(), 4))));
        }
        if (rows.stream().anyMatch(row -> row.tested().isPresent())) {
            add(table, "Test", rows, Row::tested, run -> run.test().accuracy(), run -> Evaluation.of(run.test()).interval());
            if (beside) {
                table.addColumns(cells("Test: study", rows, row -> row.study().map(study -> Figures.fixed(study.testAccuracy(), 2))));
            }
        }
        return table;
    }

    private static List<Row> rows(Results results) {
        List<Row> rows = new ArrayList<>(
                results.runs().stream().map(run -> new Row(results.title(run), Optional.of(run), results.study(run))).toList());
        if (rows.stream().anyMatch(row -> row.study().isPresent())) {
            for (int i = 0; i < StudyModel.ALL.size(); i++) {
                String model = StudyModel.ALL.get(i).name();
                Optional<Published.Result> study = Published.find(model);
                if (results.run(model).isEmpty() && study.isPresent()) {
                    rows.add(Math.min(i, rows.size()), new Row(Kind.STUDY.title(model), Optional.empty(), study));
                }
            }
        }
        return rows;
    }

    private static void add(Table table, String split, List<Row> rows, Function<Row, Optional<Run>> run, ToDoubleFunction<Run> accuracy,
            Function<Run, Interval> interval) {
        table.addColumns(cells(split + " accuracy", rows, row -> run.apply(row).map(r -> Figures.fixed(accuracy.applyAsDouble(r), 4))),
                cells(split + ": 95 % interval", rows, row -> run.apply(row).map(r -> interval.apply(r).text())));
    }

    private static StringColumn cells(String name, List<Row> rows, Function<Row, Optional<String>> cell) {
        return StringColumn.create(name, rows.stream().map(row -> cell.apply(row).orElse("–")));
    }

    /** The same in sentences: which models are best on both sets of images, and whether the study's figures lie within our intervals. */
    public static List<String> sentences(Results results) {
        if (results.runs().isEmpty()) {
            return List.of("No model has been trained yet.");
        }
        List<String> sentences = new ArrayList<>();
        sentences.add((results.runs().size() == 1 ? "The one trained model on the validation images: "
                : "Of " + results.runs().size() + " trained models the best on the validation images: ")
                + best(results, results.runs(), Run::validationAccuracy, Results::interval));
        List<Run> studys = results.studys();
        if (!studys.isEmpty()) {
            long inside = studys.stream().filter(run -> Results.interval(run).contains(results.study(run).get().validationAccuracy())).count();
            DoubleSummaryStatistics ours = studys.stream()
                    .mapToDouble(run -> run.validationAccuracy() - results.study(run).get().validationAccuracy())
                    .summaryStatistics();
            DoubleSummaryStatistics theirs = Published.models().stream().mapToDouble(model -> Published.result(model.name()).validationAccuracy())
                    .summaryStatistics();
            sentences.add("Our validation accuracy minus the study's of the same model: " + Figures.signed(100 * ours.getMin(), 1)
                    + (studys.size() == 1 ? "" : " to " + Figures.signed(100 * ours.getMax(), 1))
                    + " points. The study's lies inside our interval for " + inside + " of "
                    + studys.size() + (inside < studys.size() ? "."
                            : ", which says that none is far off and no more: such an interval is "
                                    + Figures.fixed(100 * (Results.interval(studys.get(0)).high() - Results.interval(studys.get(0)).low()), 1)
                                    + " points wide, and all six of the study's lie within "
                                    + Figures.fixed(100 * (theirs.getMax() - theirs.getMin()), 1) + "."));
        }
        if (results.runs().size() > 1) {
            sentences.add(results.conclusions().get(1));
        }
        List<Run> tested = results.tested().runs();
        sentences.add(tested.isEmpty() ? "There are no labelled test images, so nothing is known of the models on images that chose nothing."
                : (tested.size() == 1 ? "On" : "The highest figure on") + " the test images, which chose nothing: "
                        + best(results, tested, run -> run.test().accuracy(), run -> Evaluation.of(run.test()).interval()));
        if (tested.size() > 1) {
            sentences.add(results.tested().toldApartOnTest());
        }
        results.tested().findingsThatHold().ifPresent(findings -> {
            StringColumn holds = (StringColumn) findings.column(findings.columnCount() - 1);
            String all = (findings.columnCount() - 2) + " of " + (findings.columnCount() - 2);
            int always = holds.countOccurrences(all);
            sentences.add("Of " + findings.rowCount() + " findings of the study, " + always + (always == 1 ? " holds" : " hold")
                    + " in every run that may be compared with it. Two of the five, that training runs ahead and that validation loss turns, nearly any network shows that is trained so long.");
        });
        return sentences;
    }

    private static String best(Results results, List<Run> runs, ToDoubleFunction<Run> accuracy, Function<Run, Interval> interval) {
        double highest = runs.stream().mapToDouble(accuracy).max().getAsDouble();
        List<Run> best = runs.stream().filter(run -> accuracy.applyAsDouble(run) == highest).toList();
        return Results.listed(best.stream().map(results::title).toList()) + " with " + Figures.fixed(highest, 4)
                + " (95 % interval " + interval.apply(best.get(0)).text() + ").";
    }
}
