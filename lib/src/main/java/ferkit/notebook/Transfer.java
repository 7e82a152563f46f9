package ferkit.notebook;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ferkit.chart.Charts;
import ferkit.chart.Picture;
import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Split;
import ferkit.eval.ClassReport;
import ferkit.eval.Evaluation;
import ferkit.eval.Figures;
import ferkit.eval.Interval;
import ferkit.eval.McNemar;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.weights.PublicWeights;
import ferkit.report.Results;
import ferkit.study.Published;
import ferkit.train.Adam;
import ferkit.train.History;
import ferkit.train.Recipe;
import ferkit.train.Refusal;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import ferkit.train.Schedule;
import ferkit.train.StartWeights;
import ferkit.transfer.Features;
import ferkit.transfer.FrozenTrunk;
import ferkit.transfer.TransferModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** The study's last experiment: a classifier on what a pretrained EfficientNet sees, and fine-tuning of its upper part. */
public final class Transfer {
    private static final String PUBLISHED = "EfficientNetB0";
    private static final int EPOCHS = 10;
    private static final double LEARNING_RATE = 1e-3;
    private static final double FINE_TUNING_RATE = 1e-4;
    private static final int TIMED_IMAGES = 64;

    private final Study study;
    private final PublicWeights weights;
    private final Variant variant;

    private Transfer(Study study, PublicWeights weights, Variant variant) {
        this.study = study;
        this.weights = weights;
        this.variant = variant;
    }

    /**
     * Finds ImageNet weights (see {@link PublicWeights#find}) and shows as a heading which ones they are.
     *
     * @throws Refusal if there are none, saying what was tried and what to do
     */
    public static Transfer open(Study study) {
        return open(study, Optional.empty());
    }

    /** The same with a weight file of one's own. */
    public static Transfer open(Study study, Path weights) {
        return open(study, Optional.of(weights));
    }

    private static Transfer open(Study study, Optional<Path> named) {
        PublicWeights weights = find(study, named);
        return open(study, weights, weights.file().variant().orElseThrow(() -> new Refusal(weights.file().whatIsOpen())), weights.file().assumption());
    }

    /** The same with a weight file of one's own of a variant, scaling included, that the file does not tell or tells wrongly. */
    public static Transfer open(Study study, Path weights, Variant variant) {
        return open(study, find(study, Optional.of(weights)), variant, Optional.empty());
    }

    /** In a line that says what is being done, and at the end what was found. */
    private static PublicWeights find(Study study, Optional<Path> named) {
        return Refusal.attempt(() -> PublicWeights.find(named, study.workspace().root(), study.line("Looking for weights …")));
    }

    private static Transfer open(Study study, PublicWeights weights, Variant variant, Optional<String> assumption) {
        Transfer transfer = new Transfer(study, weights, variant);
        study.show("## " + transfer + (variant.lite() ? "\n\nThis is a close relative of the study's network, not that network itself: what follows is the study's procedure, "
                + "and the two are to be compared with that in mind." : "")
                + assumption.map(text -> "\n\n" + text).orElse("") + weights.file().leftOut().map(text -> "\n\n" + text).orElse(""));
        return transfer;
    }

    /** Which weights these are, as a notebook prints it. */
    @Override
    public String toString() {
        return variant.title() + ", ImageNet weights: " + weights.source();
    }

    /** How runs on these weights are called, for example "efficientnet-lite0". */
    public String name() {
        return variant.lite() ? "efficientnet-lite0" : "efficientnet-b0";
    }

    /** The scalings of the input that the weights may have been trained with; one where the publisher is known. */
    public List<Scaling> scalings() {
        return variant.scaling().equals(Scaling.LITE) ? List.of(Scaling.LITE, Scaling.IMAGENET) : List.of(variant.scaling());
    }

    /** These weights, frozen up to a stage (0 to 7, or {@link FrozenTrunk#WHOLE}), on images of this side. */
    public FrozenTrunk trunk(int side, int stage, Scaling scaling) {
        return new FrozenTrunk(weights.file(), variant.with(scaling), side, stage);
    }

    /**
     * A classifier on pooled features as the study trained it: Dense 128, ReLU, Dense 7, Adam with 0.001, ten epochs.
     * Loaded if there is a finished run, otherwise trained now.
     *
     * @param suffix appended to {@link #name}
     */
    public Run train(String suffix, FrozenTrunk trunk) throws InterruptedException {
        return train(recipe(new TransferModel(name() + suffix, trunk, Optional.empty()), LEARNING_RATE), trunk);
    }

    /**
     * Fine-tuning: the part of the trunk that is not frozen, without its batch normalisation, and the classifier of a
     * finished run, trained on together at a tenth of the learning rate.
     */
    public Run fineTune(String suffix, FrozenTrunk trunk, Run head) throws InterruptedException {
        return train(recipe(new TransferModel(name() + suffix, trunk, Optional.of(head)), FINE_TUNING_RATE), trunk);
    }

    private Recipe recipe(TransferModel model, double learningRate) {
        return Recipe.of(model).withStart(StartWeights.builtIn(weights.source())).withOptimizer(Adam.of(learningRate))
                .withSchedule(Schedule.constant()).withStudyEpochs(EPOCHS);
    }

    private Run train(Recipe recipe, FrozenTrunk trunk) throws InterruptedException {
        return Refusal.attempt(() -> loadedOrTrained(recipe, trunk));
    }

    private Run loadedOrTrained(Recipe recipe, FrozenTrunk trunk) throws IOException, InterruptedException {
        RunConfig config = study.workspace().config(recipe);
        Optional<Run> finished = study.loaded(recipe, title(config));
        if (finished.isPresent()) {
            return finished.get();
        }
        FaceSet data = study.data().limitTraining(config.limit(), config.seed());
        Consumer<String> line = study.line("Features …");
        Features training = features(data, Split.TRAINING, trunk, line);
        Features validation = features(data, Split.VALIDATION, trunk, line);
        Features test = features(data, Split.TEST, trunk, line);
        JniUtils.setNumThreads(1);
        try {
            return study.with(study.settings().withThreads(1)).train(recipe, training, validation, test); // a step is too small to be shared out
        } finally {
            JniUtils.setNumThreads(study.settings().threads());
        }
    }

    private Features features(FaceSet data, Split split, FrozenTrunk trunk, Consumer<String> line) throws IOException, InterruptedException {
        long start = System.nanoTime();
        int[] before = {-1};
        long[] shown = {start};
        Features features = Features.of(data, split, trunk, study.workspace().root().resolve("data/.cache/features"),
                study.settings().threads(), (done, of) -> {
                    if (before[0] < 0) {
                        before[0] = done;
                    }
                    if (System.nanoTime() - shown[0] < 250_000_000) {
                        return;
                    }
                    shown[0] = System.nanoTime();
                    double rate = (done - before[0]) / ((System.nanoTime() - start) / 1e9);
                    line.accept(String.format(Locale.ROOT, "Features of the images of %s: %,d of %,d, %.0f images/s%s", split.usage(),
                            done, of, rate, rate > 0 ? ", " + Figures.duration((of - done) / rate) + " left" : "") + ". Stopping is safe: run this cell again, and it goes on.");
                });
        line.accept(String.format(Locale.ROOT, "Features of %,d images at %d pixels: %s numbers each",
                features.size(), trunk.side(), features.shape()));
        return features;
    }

    /** How a run is called in tables and legends; a trial and the sample are called so. */
    public String title(Run run) {
        return title(run.config());
    }

    private String title(RunConfig config) {
        return Results.title(config.model(), study.data().origin(), isWhole(config));
    }

    private boolean isWhole(RunConfig config) {
        return config.isStudys(study.data().origin(), EPOCHS);
    }

    /**
     * Whether a run follows the study's procedure on all of FER2013: the whole trunk frozen, images of 224 pixels. Its network
     * may be a relative of the study's, as its name says.
     */
    private boolean followsStudy(Run run) {
        return isWhole(run.config()) && run.config().model().equals(name());
    }

    /** Accuracy and loss over the epochs. */
    public Picture curves(Run run) {
        return Charts.trainingCurves(Results.curves(title(run), run.history()));
    }

    /** Runs at their best epochs; below them the study's row if one of them follows its procedure on all of FER2013. */
    public Table rows(Run... runs) {
        List<String> names = new ArrayList<>(Arrays.stream(runs).map(this::title).toList());
        List<String> intervals = new ArrayList<>(Arrays.stream(runs).map(r -> Results.interval(r).text()).toList());
        boolean beside = Arrays.stream(runs).anyMatch(this::followsStudy);
        if (beside) {
            names.add("Study: EfficientNet-B0");
            intervals.add("");
        }
        Published.Result published = Published.result(PUBLISHED);
        return Table.create("EfficientNet's runs, each at its best epoch", StringColumn.create("Model", names),
                column("Training accuracy", runs, run -> run.best().accuracy(), beside, published.trainingAccuracy()),
                column("Training loss", runs, run -> run.best().loss(), beside, published.trainingLoss()),
                column("Validation accuracy", runs, run -> run.best().valAccuracy(), beside, published.validationAccuracy()),
                StringColumn.create("95 % interval", intervals),
                column("Validation loss", runs, run -> run.best().valLoss(), beside, published.validationLoss()),
                column("Test accuracy", runs, run -> run.test().accuracy(), beside, published.testAccuracy()),
                StringColumn.create("Best epoch", epochs(runs, beside)));
    }

    private static List<String> epochs(Run[] runs, boolean beside) {
        List<String> epochs = new ArrayList<>(Arrays.stream(runs).map(r -> Integer.toString(r.best().epoch())).toList());
        if (beside) {
            epochs.add("");
        }
        return epochs;
    }

    private static StringColumn column(String name, Run[] runs, ToDoubleFunction<Run> figure, boolean beside, double study) {
        List<String> cells = new ArrayList<>(Arrays.stream(runs).map(r -> Figures.fixed(figure.applyAsDouble(r), 4)).toList());
        if (beside) {
            cells.add(Double.isNaN(study) ? "" : Figures.fixed(study, 2));
        }
        return StringColumn.create(name, cells);
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

    /** A run's confusion matrix on the test images. */
    public Picture confusion(Run run) {
        return Charts.confusion(title(run) + " on the test images", Evaluation.of(run.test()).confusion(), Emotion.titles());
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
                + (followsStudy(run) && variant.equals(Variant.KERAS) ? "" : " It was not made as the study's was: only how its two figures agree with each other says something here."));
        return sentences;
    }

    /** What fine-tuning brought to a classifier's run on the same images, and the paired test of the two, in sentences. */
    public List<String> gain(Run frozen, Run tuned) {
        McNemar paired = McNemar.of(frozen.validation(), tuned.validation());
        return List.of("Validation accuracy, fine-tuned minus frozen: " + Figures.signed(tuned.best().valAccuracy() - frozen.best().valAccuracy(), 4) + ".",
                "Only the frozen network is right on " + Figures.count(paired.onlyFirst(), "validation image") + ", only the fine-tuned one on "
                        + Figures.count(paired.onlySecond()) + ": the paired test " + (paired.pValue() < McNemar.LEVEL ? "tells" : "does not tell")
                        + " the two apart at the 5 % level (McNemar's p: " + Figures.pValue(paired.pValue()) + ").");
    }

    /**
     * How much is saved by computing features once: the trunk's speed measured now, and from it the time of ten epochs
     * that send every training and validation image through the trunk each time, as the study did.
     */
    public Table saved(Run run, FrozenTrunk trunk) throws IOException, InterruptedException {
        double rate = Features.speed(trunk, study.data().validation(), TIMED_IMAGES, study.settings().threads());
        int training = study.data().limitTraining(run.config().limit(), run.config().seed()).training().size();
        int images = training + study.data().validation().size();
        double head = run.history().epochs().stream().mapToDouble(History.Epoch::seconds).sum();
        double each = run.config().epochs() * images / rate + head;
        double once = images / rate + head;
        return Table.create("What computing features once saves", StringColumn.create("Way", "Features in every epoch, as the study did", "Features once", "Features already there"),
                StringColumn.create("Time of " + run.config().epochs() + " epochs", Figures.duration(each), Figures.duration(once),
                        Figures.duration(head)),
                StringColumn.create("Times as fast", "1", Figures.fixed(each / once, 1), Figures.count(Math.round(each / head))),
                StringColumn.create("Measured", Figures.fixed(rate, 1) + " images/s through the trunk", "the same", "the run's own seconds"));
    }

    /** The trunk part by part for images of this side, and the study's head; with what the study's training changes. */
    public Table parts(int side) {
        List<String> names = new ArrayList<>();
        List<String> shapes = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        List<Integer> trained = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            EfficientNet net = new EfficientNet(manager, variant);
            int below = 0;
            for (int stage = 0; stage <= FrozenTrunk.WHOLE; stage++) {
                Block lower = net.lower(stage);
                names.add(stage == 0 ? "Stem" : stage == FrozenTrunk.WHOLE ? "Top and pooling" : "Stage " + stage);
                shapes.add(lower.getOutputShapes(new Shape[] {new Shape(1, 1, side, side)})[0].slice(1).toString());
                counts.add(count(lower) - below);
                trained.add(0);
                below = count(lower);
            }
            int head = count(EfficientNet.head(manager));
            names.addAll(List.of("Dense 128, ReLU, Dense 7", "All"));
            shapes.addAll(List.of("(7)", ""));
            counts.addAll(List.of(head, below + head));
            trained.addAll(List.of(head, head));
        }
        return Table.create("The parts of " + variant.title() + " at " + side + " pixels", StringColumn.create("Part", names), StringColumn.create("Output shape", shapes),
                Figures.counts("Parameters", counts.stream().mapToInt(i -> i).toArray()),
                Figures.counts("Trained by the study", trained.stream().mapToInt(i -> i).toArray()));
    }

    private static int count(Block block) {
        return (int) block.getParameters().values().stream().mapToLong(p -> p.getArray().size()).sum();
    }
}
