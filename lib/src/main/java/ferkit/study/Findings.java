package ferkit.study;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.eval.ClassReport;
import ferkit.eval.Figures;
import ferkit.eval.Overfitting;
import ferkit.eval.Scores;
import ferkit.train.History;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What the study reports of a model besides its accuracy, computed from a report and a history:
 * which classes are found best and worst, how FER2013's rare class 'disgust' fares, and how far the model overfits.
 *
 * @param report scores of the classes on the test images
 * @param overfitting read from the history of the same run
 */
public record Findings(ClassReport report, Overfitting overfitting) {
    /** How many classes are called the best and the worst. */
    private static final int EXTREMES = 2;
    private static final int DISGUST = Emotion.DISGUST.label();

    /** The findings of one run. */
    public static Findings of(ClassReport report, History history) {
        return new Findings(report, Overfitting.of(history));
    }

    /** The labels of the two classes of the highest F1, the highest first; of both if there are but two classes. */
    public List<Integer> best() {
        return report.byF1().subList(0, Math.min(EXTREMES, count()));
    }

    /** The labels of the two classes of the lowest F1, the lowest last. */
    public List<Integer> worst() {
        return report.byF1().subList(Math.max(0, count() - EXTREMES), count());
    }

    private int count() {
        return report.classes().size();
    }

    /** The rank of a class by F1, from 1 (best); of equal ones each has the last, so that a class never found outranks none. */
    public int rank(int label) {
        return (int) report.classes().stream().filter(s -> s.f1() >= report.of(label).f1()).count();
    }

    /** The rank of a class by its number of images, from 1 (most); of equal ones each has the first. */
    public int rankByImages(int label) {
        return 1 + (int) report.classes().stream().filter(s -> s.support() > report.of(label).support()).count();
    }

    /** Whether 'disgust' ranks higher by F1 than by its number of images; of a report on FER2013's classes. */
    public boolean disgustOutranksItsSize() {
        return rank(DISGUST) < rankByImages(DISGUST);
    }

    /** The findings in sentences, one for each; on 'disgust' only where the classes are FER2013's. */
    public List<String> sentences() {
        return report.labels().equals(Classes.FER2013) ? List.of(extremes(), disgust(), overfitting.sentence())
                : List.of(extremes(), overfitting.sentence());
    }

    private String disgust() {
        Scores disgust = report.of(DISGUST);
        return "Disgust has " + Figures.count(disgust.support()) + " of " + Figures.count(report.macro().support()) + " images (rank "
                + rankByImages(DISGUST) + " of " + count() + ") and an F1 of " + Figures.fixed(disgust.f1(), 2) + " (rank " + rank(DISGUST) + " of "
                + count() + ").";
    }

    private String extremes() {
        List<Integer> found = report.byF1().stream().filter(label -> report.of(label).f1() > 0).toList();
        List<Integer> never = report.byF1().subList(found.size(), count());
        if (found.isEmpty()) {
            return "No class is found: every F1 is 0.";
        }
        return "Found best, by F1: " + listed(found.subList(0, Math.min(EXTREMES, found.size()))) + "; "
                + (never.size() < EXTREMES ? "worst: " + listed(worst())
                        : "never found: " + never.stream().map(report.labels()::title).collect(Collectors.joining(", ")))
                + ".";
    }

    /** A table of each finding, in the study, in this run on FER2013's classes, and whether it is the same in both. */
    public Table beside(Findings study) {
        Table table = Table.create("The study's findings in this run", StringColumn.create("Finding"), StringColumn.create("Study"),
                StringColumn.create("This run"), StringColumn.create("Same"));
        add(table, "The two classes found best (F1)", study.listed(study.best()), listed(best()), sameClasses(study.best(), best()));
        add(table, "The two classes found worst (F1)", study.listed(study.worst()), listed(worst()),
                sameClasses(study.worst(), worst()));
        add(table, "Disgust ranks higher by F1 than by its number of images", study.disgustRanks(), disgustRanks(),
                study.disgustOutranksItsSize() == disgustOutranksItsSize());
        add(table, "Training accuracy is ahead at the best epoch",
                Figures.signed(study.overfitting.gapAtBest(), 3) + " (epoch " + study.overfitting.bestEpoch() + ")",
                Figures.signed(overfitting.gapAtBest(), 3) + " (epoch " + overfitting.bestEpoch() + ")",
                study.overfitting.gapAtBest() > 0 == overfitting.gapAtBest() > 0);
        add(table, "Validation loss is lowest before the last epoch", study.turn(), turn(),
                study.overfitting.lossTurns() == overfitting.lossTurns());
        return table;
    }

    private static void add(Table table, String finding, String study, String ours, boolean same) {
        table.stringColumn(0).append(finding);
        table.stringColumn(1).append(study);
        table.stringColumn(2).append(ours);
        table.stringColumn(3).append(same ? "yes" : "no");
    }

    private static boolean sameClasses(List<Integer> a, List<Integer> b) {
        return Set.copyOf(a).equals(Set.copyOf(b));
    }

    private String disgustRanks() {
        return "rank " + rank(DISGUST) + ", by images " + rankByImages(DISGUST);
    }

    private String turn() {
        return "epoch " + overfitting.turn() + " of " + overfitting.lastEpoch();
    }

    private String listed(List<Integer> labels) {
        return labels.stream().map(label -> report.labels().title(label) + " " + Figures.fixed(report.of(label).f1(), 2))
                .collect(Collectors.joining(", "));
    }
}
