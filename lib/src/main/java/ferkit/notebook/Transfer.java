package ferkit.notebook;

import ai.djl.pytorch.jni.JniUtils;
import ferkit.data.FaceSet;
import ferkit.data.Split;
import ferkit.eval.Figures;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.weights.PublicWeights;
import ferkit.report.TransferResults;
import ferkit.study.PlannedRun;
import ferkit.train.History;
import ferkit.train.Recipe;
import ferkit.train.Refusal;
import ferkit.train.Run;
import ferkit.train.StartWeights;
import ferkit.transfer.Features;
import ferkit.transfer.FrozenTrunk;
import ferkit.transfer.TransferModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** The study's last experiment: a classifier on what a pretrained EfficientNet sees, and fine-tuning of its upper part. */
public final class Transfer {
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
        return open(study, weights, weights.file().variant().orElseThrow(() -> new Refusal(weights.file().whatIsOpen())),
                weights.file().assumption());
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
        String relative = "\n\nThis is a close relative of the study's network, not that network itself: what follows is the study's procedure, "
                + "and the two are to be compared with that in mind.";
        study.show("## " + transfer + (variant.lite() ? relative : "")
                + assumption.map(text -> "\n\n" + text).orElse("") + weights.file().leftOut().map(text -> "\n\n" + text).orElse(""));
        return transfer;
    }

    /** Which weights these are, as a notebook prints it. */
    @Override
    public String toString() {
        return variant.title() + ", ImageNet weights: " + weights.source();
    }

    /** What the network is: its layers, padding, epsilon and scaling of the input. */
    public Variant variant() {
        return variant;
    }

    /** Tables and sentences of runs on these weights. */
    public TransferResults results() {
        return new TransferResults(study.data().origin(), name(), variant);
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
     * A classifier on pooled features as the study trained it: Dense 128, ReLU, Dense, Adam with 0.001, ten epochs.
     * Loaded if there is a finished run, otherwise trained now.
     *
     * @param suffix appended to {@link #name}
     */
    public Run train(String suffix, FrozenTrunk trunk) throws InterruptedException {
        return train(new TransferModel(name() + suffix, trunk, Optional.empty(), study.data().classes().count()));
    }

    /**
     * Fine-tuning: the part of the trunk that is not frozen, without its batch normalisation, and the classifier of a
     * finished run, trained on together at a tenth of the learning rate.
     */
    public Run fineTune(String suffix, FrozenTrunk trunk, Run head) throws InterruptedException {
        return train(new TransferModel(name() + suffix, trunk, Optional.of(head), study.data().classes().count()));
    }

    private Run train(TransferModel model) throws InterruptedException {
        Recipe recipe = TransferModel.recipe(model, model.start().isPresent()).withStart(StartWeights.builtIn(weights.source()));
        return Refusal.attempt(() -> loadedOrTrained(recipe, model.trunk()));
    }

    private Run loadedOrTrained(Recipe recipe, FrozenTrunk trunk) throws IOException, InterruptedException {
        PlannedRun planned = study.workspace().planned(recipe);
        Optional<Run> finished = study.loaded(planned);
        if (finished.isPresent()) {
            return finished.get();
        }
        FaceSet data = planned.data();
        Consumer<String> line = study.line("Features …");
        Features training = features(data, Split.TRAINING, trunk, line);
        Features validation = features(data, Split.VALIDATION, trunk, line);
        Features test = features(data, Split.TEST, trunk, line);
        JniUtils.setNumThreads(1);
        try {
            // a step is too small to be shared out
            return study.train(study.workspace().with(study.settings().withThreads(1)).planned(recipe),
                    (alone, progress) -> alone.train(training, validation, test, progress));
        } finally {
            JniUtils.setNumThreads(study.settings().threads());
        }
    }

    private Features features(FaceSet data, Split split, FrozenTrunk trunk, Consumer<String> line) throws IOException, InterruptedException {
        int of = data.split(split).size();
        long start = System.nanoTime();
        int[] before = {-1};
        long[] shown = {start};
        Features features = Features.of(data, split, trunk, study.workspace().root().resolve("data/.cache/features"),
                study.settings().threads(), done -> {
                    if (before[0] < 0) {
                        before[0] = done;
                    }
                    if (System.nanoTime() - shown[0] < 250_000_000) {
                        return;
                    }
                    shown[0] = System.nanoTime();
                    double rate = (done - before[0]) / ((System.nanoTime() - start) / 1e9);
                    line.accept(String.format(Locale.ROOT, "Features of the images of %s: %,d of %,d, %.0f images/s%s", split.usage(),
                            done, of, rate, rate > 0 ? ", " + Figures.duration((of - done) / rate) + " left" : "")
                            + ". Stopping is safe: run this cell again, and it goes on.");
                });
        line.accept(String.format(Locale.ROOT, "Features of %,d images at %d pixels: %s numbers each",
                features.size(), trunk.side(), features.shape()));
        return features;
    }

    /**
     * How much is saved by computing features once: the trunk's speed measured now, and from it the time of ten epochs
     * that send every training and validation image through the trunk each time, as the study did.
     */
    public Table saved(Run run, FrozenTrunk trunk) throws IOException, InterruptedException {
        double rate = Features.speed(trunk, study.data().validation(), TIMED_IMAGES, study.settings().threads());
        int limit = run.config().limit();
        int images = (limit == 0 ? study.data().training().size() : limit) + study.data().validation().size();
        double head = run.history().epochs().stream().mapToDouble(History.Epoch::seconds).sum();
        double each = run.config().epochs() * images / rate + head;
        double once = images / rate + head;
        return Table.create("What computing features once saves",
                StringColumn.create("Way", "Features in every epoch, as the study did", "Features once", "Features already there"),
                StringColumn.create("Time of " + run.config().epochs() + " epochs", Figures.duration(each), Figures.duration(once),
                        Figures.duration(head)),
                StringColumn.create("Times as fast", "1", Figures.fixed(each / once, 1), Figures.count(Math.round(each / head))),
                StringColumn.create("Measured", Figures.fixed(rate, 1) + " images/s through the trunk", "the same", "the run's own seconds"));
    }
}
