package ferkit.notebook;

import ferkit.chart.Charts;
import ferkit.chart.Picture;
import ferkit.data.DataReport;
import ferkit.data.FaceSet;
import ferkit.data.FerPlus;
import ferkit.data.Split;
import ferkit.eval.Figures;
import ferkit.model.StudyModel;
import ferkit.train.Examples;
import ferkit.train.Progress;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import ferkit.train.StepTimer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.knowm.xchart.internal.chartpart.Chart;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What a notebook opens first: it knows the data and the settings, trains or loads models, and shows results under the cell. */
public final class Study {
    /** Shows something new and returns its id: {@code (content, mime) -> display(content, mime)}. */
    @FunctionalInterface
    public interface Display {
        String show(Object content, String mime);
    }

    /** Replaces what was shown under an id: {@code (id, content, mime) -> updateDisplay(id, content, mime)}. */
    @FunctionalInterface
    public interface Update {
        void show(String id, Object content, String mime);
    }

    private final Workspace workspace;
    private final Display display;
    private final Update update;

    Study(Workspace workspace, Display display, Update update) {
        this.workspace = workspace;
        this.display = display;
        this.update = update;
    }

    /**
     * Opens the data set that the settings name, or else the one in {@code data/}, or else the drawn sample, and shows as a
     * table what was opened. The two functions are the kernel's own, so that this library needs to know no kernel.
     *
     * @throws IOException if the data set cannot be read; the message says what is wrong where
     * @throws IllegalStateException if the current folder does not lie in the kit
     */
    public static Study open(Settings settings, Display display, Update update) throws IOException {
        Workspace workspace = Workspace.open(settings, text -> display.show(Html.paragraph(text), "text/html"));
        Study study = new Study(workspace, display, update);
        FaceSet data = study.data();
        // the comment tells whoever makes a page of the notebook what was opened in it, whatever its settings cell says
        display.show(Html.table(study.provenance()) + "<!-- study of " + data.origin().word() + ", seed " + settings.seed() + " -->", "text/html");
        return study;
    }

    /** All images; a limit cuts them only for training. */
    public FaceSet data() {
        return workspace.data();
    }

    /** The settings it was opened with. */
    public Settings settings() {
        return workspace.settings();
    }

    /**
     * What the data set holds besides good faces, with FER+ if it lies beside the data. A FER+ that does not fit these
     * images is left out and what is wrong with it is shown.
     */
    public DataReport dataReport() {
        long start = System.nanoTime();
        Consumer<String> line = line("Looking through the images …");
        Optional<FerPlus> ferPlus = Optional.empty();
        try {
            ferPlus = workspace.ferPlus();
        } catch (IOException e) {
            show("FER+ is left out. " + e.getMessage());
        }
        DataReport report = DataReport.of(data(), ferPlus, line);
        line.accept(String.format(Locale.ROOT, "%,d images looked through in %.1f s",
                Arrays.stream(Split.values()).mapToInt(split -> data().split(split).size()).sum(), (System.nanoTime() - start) / 1e9));
        return report;
    }

    /** How many images a model is trained on here, or was if its run is finished. */
    public int trainingImages(StudyModel model) {
        return trainingImages(workspace.config(Recipe.of(model)));
    }

    private int trainingImages(RunConfig config) {
        return data().limitTraining(config.limit(), config.seed()).training().size();
    }

    /** Where runs lie and how they are made. */
    public Workspace workspace() {
        return workspace;
    }

    /** What was opened: data, hash, size of training, seed, device, versions. */
    public Table provenance() {
        RunConfig config = workspace.config(Recipe.of(StudyModel.ALL.get(0)));
        FaceSet data = data();
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Data", data.origin().title());
        rows.put("Images", String.format(Locale.ROOT, "%,d training, %,d validation, %,d test",
                data.training().size(), data.validation().size(), data.test().size()));
        rows.put("Data hash", data.hash().substring(0, 16) + "…");
        rows.put("Training", size(config));
        rows.put("Seed", Long.toString(config.seed()));
        rows.put("Device", config.device().equals("cpu") ? "cpu, threads: " + config.threads() : config.device());
        rows.put("Versions", config.versions().entrySet().stream().map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ")));
        return Table.create("Study", StringColumn.create("Setting", rows.keySet()), StringColumn.create("Value", rows.values()));
    }

    /** In what size models are trained or loaded here, as far as that is the same for all of them. */
    private String size(RunConfig config) {
        if (!data().origin().isSample() && !settings().isSized()) {
            return "the study's configuration" + (settings().full() ? "" : "; a trial for models without a finished run of it");
        }
        boolean sample = data().origin().isSample();
        String epochs = sample || settings().epochs().isPresent() ? Integer.toString(config.epochs()) : "as many as in the study";
        return String.format(Locale.ROOT, "epochs: %s, batch: %d, images: %s%s", epochs, config.batch(),
                config.limit() == 0 ? "all" : String.format(Locale.ROOT, "%,d", config.limit()),
                sample ? " (made for the sample, not the study's)" : "");
    }

    /**
     * Shows a table, a picture, a list of sentences or a text in Markdown under the cell; of one's own also a chart of XChart or an
     * image, which {@link Picture} gives words.
     */
    public void show(Object content) {
        if (content instanceof Table table) {
            display.show(table.isEmpty() ? Html.paragraph(table.name() + ": nothing to show here yet.") : Html.table(table), "text/html");
        } else if (content instanceof Picture picture) {
            display.show(Html.figure(picture), "text/html");
        } else if (content instanceof Chart<?, ?> chart) {
            show(Charts.picture(chart.getTitle(), "A chart: " + chart.getTitle(), chart));
        } else if (content instanceof BufferedImage image) {
            show(new Picture("", "An image of " + image.getWidth() + "×" + image.getHeight() + " pixels", image));
        } else if (content instanceof List<?> sentences) {
            display.show(sentences.stream().map(sentence -> "- " + sentence + "\n").collect(Collectors.joining()), "text/markdown");
        } else {
            display.show(content.toString(), "text/markdown");
        }
    }

    /**
     * The finished run of one of the study's models: loaded if there is one, otherwise trained now, continuing where an
     * unfinished one stopped.
     *
     * @throws InterruptedException if the cell was interrupted; run it again to continue
     * @throws IOException if the run's folder cannot be read or written
     */
    public Run train(StudyModel model) throws IOException, InterruptedException {
        Recipe recipe = Recipe.of(model);
        return train(recipe, progress -> workspace.train(recipe, progress));
    }

    /** The same for any network and examples made of the images, for example stored features. */
    public Run train(Recipe recipe, Examples training, Examples validation, Examples test) throws IOException, InterruptedException {
        return train(recipe, progress -> workspace.train(recipe, training, validation, test, progress));
    }

    /**
     * Finished runs of the same network on the same data with other seeds, in the order of their seeds.
     *
     * @throws IOException if a run's files cannot be read
     */
    public List<Run> otherSeeds(Run run) throws IOException {
        return workspace.otherSeeds(run);
    }

    /**
     * Throws away what there is of a model's run and trains it from the start, in the same size: what was a run of the study's
     * configuration takes hours again.
     */
    public Run trainAgain(StudyModel model) throws IOException, InterruptedException {
        Recipe recipe = Recipe.of(model);
        RunConfig before = workspace.config(recipe);
        Study again = with(settings().withEpochs(before.epochs()).withLimit(before.limit()).withBatch(before.batch()));
        workspace.forget(recipe);
        return again.train(model);
    }

    /** The same study with other settings of training. */
    Study with(Settings settings) {
        return new Study(new Workspace(workspace.root(), settings, workspace.data(), workspace.device()), display, update);
    }

    /** Shows a line of text; what is returned replaces it. */
    Consumer<String> line(String text) {
        String id = display.show(Html.paragraph(text), "text/html");
        return newer -> LiveProgress.unmarked(() -> update.show(id, Html.paragraph(newer), "text/html"));
    }

    /** What is shown in place of training: where a finished run was loaded from, and how long it took. */
    String loaded(String title, Run run) {
        return title + " is trained already: loaded from `" + workspace.shortPath(run.folder()) + "`. Its "
                + Figures.count(run.history().size(), "epoch") + " took "
                + LiveProgress.duration(run.config().totalSeconds()) + (run.config().device().equals("cpu")
                        ? " on " + Figures.count(run.config().threads(), "thread") : "") + ".";
    }

    @FunctionalInterface
    private interface Trainer {
        Run train(Progress progress) throws IOException, InterruptedException;
    }

    private Run train(Recipe recipe, Trainer trainer) throws IOException, InterruptedException {
        RunConfig config = workspace.config(recipe);
        String title = Results.title(config.model(), data().origin(), workspace.isStudy(recipe, config));
        Optional<Run> finished = workspace.finished(recipe);
        if (finished.isPresent()) {
            show(loaded(title, finished.get()));
            return finished.get();
        }
        String id = display.show(Html.paragraph(title + ": preparing …"), "text/html");
        LiveProgress progress = new LiveProgress(title, config.epochs(), html -> update.show(id, html, "text/html"));
        try {
            if (workspace.settings().full() && recipe.architecture() instanceof StudyModel) {
                progress.message(StepTimer.estimate(recipe.architecture(), config, trainingImages(config)));
            }
            Run run = trainer.train(progress);
            progress.finished(run.history());
            return run;
        } catch (IOException | InterruptedException | RuntimeException e) {
            progress.stopped(e.getMessage() == null ? e.toString() : e.getMessage());
            throw e;
        }
    }

    /**
     * The finished runs of the study's models on these data, each of the size that {@link #train} would load; once there is one
     * of the study's own size, without trials.
     *
     * @throws IOException if a run's files cannot be read
     */
    public Results results() throws IOException {
        return finished().withoutTrials();
    }

    /** A run among those that it may be compared with: a trial among trials, a run of the study's size among such. */
    public Results results(Run run) throws IOException {
        return finished().with(run);
    }

    private Results finished() throws IOException {
        List<Run> runs = new ArrayList<>();
        for (StudyModel model : StudyModel.ALL) {
            workspace.finished(Recipe.of(model)).ifPresent(runs::add);
        }
        return new Results(data().origin(), runs);
    }
}
