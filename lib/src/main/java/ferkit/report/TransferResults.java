package ferkit.report;

import ferkit.chart.Picture;
import ferkit.data.Origin;
import ferkit.eval.ClassReport;
import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.eval.Interval;
import ferkit.eval.McNemar;
import ferkit.model.EfficientNet.Variant;
import ferkit.study.Published;
import ferkit.train.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Runs of heads on a frozen trunk, beside the study's EfficientNet where they were made as it was.
 *
 * @param origin of the data
 * @param name of the run that follows the study's procedure
 * @param variant of the trunk
 */
public record TransferResults(Origin origin, String name, Variant variant) {
    private static final String PUBLISHED = "EfficientNetB0";

    private Results alone(Run run) {
        return new Results(origin, List.of(run));
    }

    private String title(Run run) {
        return alone(run).title(run);
    }

    /**
     * Whether a run follows the study's procedure on all of FER2013: the whole trunk frozen, images of 224 pixels. Its network
     * may be a relative of the study's, as its name says.
     */
    private boolean followsStudy(Run run) {
        return alone(run).isComparable(run) && run.config().model().equals(name);
    }

    /** Accuracy and loss over the epochs. */
    public Picture curves(Run run) {
        return alone(run).curves(run);
    }

    /** A run's confusion matrix on the test images. */
    public Picture confusion(Run run) {
        return alone(run).confusion(run);
    }

    /** Runs at their best epochs; below them the study's row if one of them follows its procedure on all of FER2013. */
    public Table rows(Run... runs) {
        Optional<Published.Result> study = Optional.of(Published.result(PUBLISHED)).filter(row -> Arrays.stream(runs).anyMatch(this::followsStudy));
        return Table.create("EfficientNet's runs, each at its best epoch",
                column("Model", runs, this::title, study.map(row -> "Study: EfficientNet-B0")),
                figures("Training accuracy", runs, run -> run.best().accuracy(), study.map(Published.Result::trainingAccuracy)),
                figures("Training loss", runs, run -> run.best().loss(), study.map(Published.Result::trainingLoss)),
                figures("Validation accuracy", runs, Run::validationAccuracy, study.map(Published.Result::validationAccuracy)),
                column("95 % interval", runs, run -> Results.interval(run).text(), study.map(row -> "")),
                figures("Validation loss", runs, run -> run.best().valLoss(), study.map(Published.Result::validationLoss)),
                figures("Test accuracy", runs, run -> run.test().accuracy(), study.map(Published.Result::testAccuracy)),
                column("Best epoch", runs, run -> Integer.toString(run.best().epoch()), study.map(row -> "")));
    }

    private static StringColumn figures(String name, Run[] runs, ToDoubleFunction<Run> figure, Optional<Double> study) {
        return column(name, runs, run -> Figures.fixed(figure.applyAsDouble(run), 4),
                study.map(value -> value.isNaN() ? "" : Figures.fixed(value, 2)));
    }

    private static StringColumn column(String name, Run[] runs, Function<Run, String> cell, Optional<String> study) {
        return StringColumn.create(name, Stream.concat(Arrays.stream(runs).map(cell), study.stream()));
    }

    /**
     * The report on the test images, beside the study's if the run follows its procedure on all of FER2013 with B0: with another network
     * the difference would not be one of this run.
     */
    public Table report(Run run) {
        ClassReport ours = Evaluation.of(run.test()).classes();
        return (followsStudy(run) && !variant.lite() ? ours.beside(Published.report(PUBLISHED).orElseThrow(), "study") : ours.table())
                .setName("Classification report of " + title(run) + " on the test images");
    }

    /**
     * The study's two figures for this model, held against the chance in the choice of test images and against our run,
     * if that has labelled test images: computed sentences.
     */
    public List<String> studysTwoFigures(Run run) {
        Published.Result published = Published.result(PUBLISHED);
        int support = Published.report(PUBLISHED).orElseThrow().macro().support();
        Interval validation = Interval.wilson((int) Math.round(published.validationAccuracy() * support), support);
        List<String> sentences = new ArrayList<>();
        sentences.add("The study reports " + Figures.fixed(published.validationAccuracy(), 2) + " on validation and "
                + Figures.fixed(published.testAccuracy(), 2) + " on test, a difference of "
                + Figures.signed(published.testAccuracy() - published.validationAccuracy(), 2) + ".");
        sentences.add("With " + Figures.count(support) + " images the 95 % interval of " + Figures.fixed(published.validationAccuracy(), 2) + " is "
                + validation.text() + ": " + (validation.contains(published.testAccuracy()) ? "chance alone could explain the difference."
                        : "the test figure lies outside it, so the choice of images alone hardly explains the difference."));
        if (!run.isTested()) {
            return sentences;
        }
        sentences.add("Our run, " + title(run) + ": " + Figures.fixed(run.validation().accuracy(), 4) + " on validation and "
                + Figures.fixed(run.test().accuracy(), 4) + " on test (" + Figures.count(run.test().size(), "image") + "), a difference of "
                + Figures.signed(run.test().accuracy() - run.validation().accuracy(), 4) + "."
                + (followsStudy(run) && variant.equals(Variant.KERAS) ? ""
                        : " It was not made as the study's was: only how its two figures agree with each other says something here."));
        return sentences;
    }

    /** What fine-tuning brought to a classifier's run on the same images, and the paired test of the two, in sentences. */
    public List<String> gain(Run frozen, Run tuned) {
        McNemar paired = McNemar.of(frozen.validation(), tuned.validation());
        return List.of(
                "Validation accuracy, fine-tuned minus frozen: " + Figures.signed(tuned.validationAccuracy() - frozen.validationAccuracy(), 4) + ".",
                "Only the frozen network is right on " + Figures.count(paired.onlyFirst(), "validation image") + ", only the fine-tuned one on "
                        + Figures.count(paired.onlySecond()) + ": the paired test " + (paired.pValue() < McNemar.LEVEL ? "tells" : "does not tell")
                        + " the two apart at the 5 % level (McNemar's p: " + Figures.pValue(paired.pValue()) + ").");
    }
}
