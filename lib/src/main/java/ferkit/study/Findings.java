package ferkit.study;

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
 * which classes are found best and worst, how the rare class 'disgust' fares, and how far the model overfits.
 *
 * @param report scores of the classes on the test images
 * @param overfitting read from the history of the same run
 */
public record Findings(ClassReport report, Overfitting overfitting) {
    /** How many classes are called the best and the worst. */
    private static final int EXTREMES = 2;

    /** The findings of one run. */
    public static Findings of(ClassReport report, History history) {
        return new Findings(report, Overfitting.of(history));
    }

    /** The two classes of the highest F1, the highest first. */
    public List<Emotion> best() {
        return report.byF1().subList(0, EXTREMES);
    }

    /** The two classes of the lowest F1, the lowest last. */
    public List<Emotion> worst() {
        return report.byF1().subList(Emotion.COUNT - EXTREMES, Emotion.COUNT);
    }

    /** The rank of a class by F1, 1 (best) to 7; of equal ones each has the last, so that a class never found outranks none. */
    public int rank(Emotion emotion) {
        return (int) report.classes().stream().filter(s -> s.f1() >= report.of(emotion).f1()).count();
    }

    /** The rank of a class by its number of images, 1 (most) to 7; of equal ones each has the first. */
    public int rankByImages(Emotion emotion) {
        return 1 + (int) report.classes().stream().filter(s -> s.support() > report.of(emotion).support()).count();
    }

    /** Whether 'disgust' ranks higher by F1 than by its number of images. */
    public boolean disgustOutranksItsSize() {
        return rank(Emotion.DISGUST) < rankByImages(Emotion.DISGUST);
    }

    /** The findings in sentences, one for each. */
    public List<String> sentences() {
        Scores disgust = report.of(Emotion.DISGUST);
        return List.of(extremes(),
                "Disgust has " + Figures.count(disgust.support()) + " of " + Figures.count(report.macro().support()) + " images (rank "
                        + rankByImages(Emotion.DISGUST) + " of " + Emotion.COUNT + ") and an F1 of "
                        + Figures.fixed(disgust.f1(), 2) + " (rank " + rank(Emotion.DISGUST) + " of " + Emotion.COUNT + ").",
                overfitting.sentence());
    }

    private String extremes() {
        List<Emotion> found = report.byF1().stream().filter(emotion -> report.of(emotion).f1() > 0).toList();
        List<Emotion> never = report.byF1().subList(found.size(), Emotion.COUNT);
        if (found.isEmpty()) {
            return "No class is found: every F1 is 0.";
        }
        return "Found best, by F1: " + listed(found.subList(0, Math.min(EXTREMES, found.size()))) + "; "
                + (never.size() < EXTREMES ? "worst: " + listed(worst())
                        : "never found: " + never.stream().map(Emotion::title).collect(Collectors.joining(", "))) + ".";
    }

    /** A table of each finding, in the study, in this run, and whether it is the same in both. */
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

    private static boolean sameClasses(List<Emotion> a, List<Emotion> b) {
        return Set.copyOf(a).equals(Set.copyOf(b));
    }

    private String disgustRanks() {
        return "rank " + rank(Emotion.DISGUST) + ", by images " + rankByImages(Emotion.DISGUST);
    }

    private String turn() {
        return "epoch " + overfitting.turn() + " of " + overfitting.lastEpoch();
    }

    private String listed(List<Emotion> emotions) {
        return emotions.stream().map(e -> e.title() + " " + Figures.fixed(report.of(e).f1(), 2)).collect(Collectors.joining(", "));
    }
}
