package ferkit.notebook;

import ferkit.chart.Charts;
import ferkit.chart.Picture;
import ferkit.data.FaceSet;
import ferkit.data.FerPlus;
import ferkit.data.Split;
import ferkit.data.report.DataReport;
import ferkit.eval.Ablation;
import ferkit.eval.Figures;
import ferkit.eval.Overfitting;
import ferkit.eval.Seeds;
import ferkit.model.Architecture;
import ferkit.model.StudyModel;
import ferkit.model.Summary;
import ferkit.report.Attention;
import ferkit.report.BeyondResults;
import ferkit.report.ErrorResults;
import ferkit.report.ModelTables;
import ferkit.report.Pictures;
import ferkit.report.Results;
import ferkit.study.Beyond;
import ferkit.study.Kind;
import ferkit.study.PlannedRun;
import ferkit.study.Settings;
import ferkit.study.Task;
import ferkit.study.Trained;
import ferkit.study.Workspace;
import ferkit.train.Inside;
import ferkit.train.Progress;
import ferkit.train.Recipe;
import ferkit.train.Refusal;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import ferkit.train.Standing;
import ferkit.train.StepTimer;
import ferkit.train.Views;
import ferkit.transfer.TransferModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;
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

    private static final String NOT_OPEN = "No study is open here: the cell with the settings was stopped, has failed or was not run to its end. "
            + "Run it again, then the cells below it";
    private static final String REPLACED = "This belongs to a study that was closed when the settings were run again: run the cells below the settings again";
    private static final String TRAINED_ANEW = "This run was given up when its training was begun anew: run the cell that trains it again, then the cells below it";

    private static final String SAMPLE = "No FER2013 was found, or the sample was asked for. Everything runs all the same, but it describes drawings and "
            + "says nothing about photographs of people.";

    /** The study of this process: a notebook has one at a time. */
    private static Study current;

    private final Display display;
    private final Update update;
    /** Null while the study is closed. */
    private volatile Workspace workspace;
    private volatile String closed = NOT_OPEN;
    /** Of the runs that were handed out, by their folders. */
    private final Map<Path, Standing> handedOut = new ConcurrentHashMap<>();
    /** What was opened, as it stands under the settings, and the least of the kinds of runs that were shown since. */
    private String opened = "";
    private String openedId;
    private Kind kind = Kind.STUDY;

    Study(Workspace workspace, Display display, Update update) {
        this.workspace = workspace;
        this.display = display;
        this.update = update;
    }

    /**
     * A study that is still closed, and refuses everything until it is opened. The one before is closed: what came out of it can
     * no longer be shown, even if opening this one fails. The two functions are the kernel's own, so that this library needs to
     * know no kernel.
     */
    public static synchronized Study begin(Display display, Update update) {
        if (current != null) {
            current.close(REPLACED);
        }
        current = new Study(null, display, update);
        return current;
    }

    /**
     * Opens the data set that the settings name, or else the one in {@code data/}, or else the drawn sample, and shows as a
     * table what was opened.
     *
     * @throws Refusal if the data set cannot be read, saying what is wrong where, or if the current folder does not lie in the kit
     */
    public void open(Settings settings) {
        close(NOT_OPEN);
        open(Refusal.attempt(() -> Workspace.open(settings, text -> display.show(Html.paragraph(text), "text/html"))));
    }

    void open(Workspace other) {
        workspace = other;
        opened = Html.table(provenance()) + (data().origin().isSample() ? Html.paragraph(SAMPLE) : "");
        kind = workspace.kind();
        openedId = display.show(opened + note(), "text/html");
    }

    /** Tells whoever makes a page of the notebook what it shows, whatever its settings cell says. */
    private String note() {
        return "<!-- study of " + data().origin().word() + ", seed " + settings().seed()
                + ((data().origin().isComparable() ? kind != Kind.STUDY : kind == Kind.TRIAL) ? ", shows " + kind.word() : "") + " -->";
    }

    /** A run is shown: if it is none of the kit's own kinds, that is noted under the settings, and a trial above all. */
    private void shown(Run run) {
        Kind shown = Kind.of(data().origin(), run.config());
        if ((kind == Kind.STUDY && !shown.isKits() || shown == Kind.TRIAL) && shown != kind && openedId != null) {
            kind = shown;
            LiveProgress.unmarked(() -> update.show(openedId, opened + note(), "text/html"));
        }
    }

    private void close(String why) {
        workspace = null;
        closed = why;
        handedOut.values().forEach(standing -> standing.end(why));
        handedOut.clear();
    }

    /** A run that can be shown until this study is closed or the run is trained anew. */
    private Run handOut(Run run) {
        return run.under(handedOut.computeIfAbsent(run.folder(), folder -> new Standing()));
    }

    private void giveUp(Path folder) {
        Standing standing = handedOut.remove(folder);
        if (standing != null) {
            standing.end(TRAINED_ANEW);
        }
    }

    /**
     * Shows what a call does: the text on a method, on a class and what it has, or on everything of this name.
     *
     * @param name such as {@code train}, {@code Results} or {@code Results.curves}
     * @throws IOException if the library's jar cannot be read
     */
    public void help(String name) throws IOException {
        display.show(Help.html(name), "text/html");
    }

    /** All images; a limit cuts them only for training. */
    public FaceSet data() {
        return workspace().data();
    }

    /** The settings it was opened with. */
    public Settings settings() {
        return workspace().settings();
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
            ferPlus = workspace().ferPlus();
        } catch (IOException e) {
            show("FER+ is left out. " + e.getMessage());
        }
        DataReport report = new DataReport(data(), ferPlus, line);
        line.accept(String.format(Locale.ROOT, "%,d images looked through in %.1f s",
                Arrays.stream(Split.values()).mapToInt(split -> data().split(split).size()).sum(), (System.nanoTime() - start) / 1e9));
        return report;
    }

    /** How many images a model is trained on here, or was if its run is finished. */
    public int trainingImages(StudyModel model) {
        return workspace().planned(Recipe.of(model)).data().training().size();
    }

    /**
     * Where runs lie and how they are made.
     *
     * @throws Refusal if the study is closed
     */
    public Workspace workspace() {
        Workspace opened = workspace;
        if (opened == null) {
            throw new Refusal(closed);
        }
        return opened;
    }

    /** What was opened: data, hash, size of training, seed, device, versions. */
    public Table provenance() {
        RunConfig config = workspace().planned(Recipe.of(StudyModel.ALL.get(0))).config();
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
        return Table.create("What was opened", StringColumn.create("Setting", rows.keySet()), StringColumn.create("Value", rows.values()));
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

    /** Shows a table behind a line that unfolds it. */
    public void showFolded(Table table) {
        workspace();
        display.show(Html.folded(table.name() + ", " + Figures.count(table.rowCount(), "row"), Html.table(table)), "text/html");
    }

    /**
     * Shows how a run differs from finished runs of the same network on the same data with other seeds, in the order of their seeds, and
     * how to read that; or that there is none.
     */
    public void showOtherSeeds(Run run) {
        List<Run> others = otherSeeds(run);
        for (Run other : others) {
            show("Seed " + other.config().seed() + ": best validation accuracy " + Figures.fixed(other.validationAccuracy(), 4) + " in epoch "
                    + other.best().epoch() + " of " + other.config().epochs() + Results.views(List.of(other)) + ".");
            show(Results.besideSeed(run, other));
        }
        show(others.isEmpty() ? "No other seed of this network has been run, so what chance alone does to these figures cannot be seen here."
                : "The differences are those of this run's curves minus the other's, over the epochs that both have. Between two seeds they are chance alone: "
                        + "a difference of this network from the study's that is no larger may be chance as well. Other networks' seeds may scatter less, or more (12_errors).");
    }

    /** Shows a network: its drawing, or why there is none of such a network, and layer by layer behind a line that unfolds it. */
    public void showNetwork(Architecture model) {
        showOrSayWhy(() -> Pictures.network(model, data()));
        showFolded(ModelTables.summary(Summary.of(model, data())));
    }

    private <E extends Exception> void showOrSayWhy(Refusal.Attempt<Picture, E> picture) throws E {
        Object shown;
        try {
            shown = Refusal.attempt(picture);
        } catch (Refusal why) {
            shown = why.getMessage() + ".";
        }
        show(shown);
    }

    /**
     * Shows what came out of a run, beside the study's where the two may be compared: the curves, how far they part, the row of Table 1,
     * the differences from the study's run, and other seeds.
     *
     * @throws Refusal if a run's files cannot be read
     */
    public void showRun(Run run) {
        Results results = results(run);
        show(results.curves(run));
        show(Overfitting.of(run.history()).sentence());
        show(results.row(run));
        show(results.besideStudy(run));
        show(results.besideStudysCurves(run));
        showOtherSeeds(run);
    }

    /**
     * Shows what a trained network looks like inside: its first kernels, the maps that its blocks pool, the probabilities that it gives,
     * and how sure it is where it is wrong. What cannot be shown of such a network is said in a sentence.
     *
     * @param model the plan that the run was trained by
     * @throws Refusal if the run's weights cannot be read or are of another network
     */
    public void showInside(Run run, Architecture model) throws InterruptedException {
        Refusal.attempt(() -> {
            Inside.require(run, model);
            return run;
        });
        showOrSayWhy(() -> Pictures.kernels(run, model, data()));
        showOrSayWhy(() -> Pictures.answers(run, model, data()));
        showOrSayWhy(() -> Pictures.predictions(run, model, data()));
        show(results(run).surestMistakes(run));
    }

    /** Shows what an Optional holds, or if it holds nothing this sentence. */
    public void show(Optional<?> content, String otherwise) {
        content.ifPresentOrElse(this::show, () -> show(otherwise));
    }

    /**
     * Shows a table, a picture, a list of sentences or a text in Markdown under the cell, of an Optional what it holds; of one's own also a chart of XChart or an
     * image, which {@link Picture} gives words.
     */
    public void show(Object content) {
        workspace();
        if (content instanceof Table table) {
            display.show(table.isEmpty() ? Html.paragraph(table.name() + ": nothing to show here yet.") : Html.table(table), "text/html");
        } else if (content instanceof Optional<?> maybe) {
            maybe.ifPresent(this::show);
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
     * The finished run of one of the study's models as the study trained it: loaded if there is one, otherwise trained now, continuing where an
     * unfinished one stopped. Where training is needed, the run before is given up first: it can no longer be shown.
     *
     * @throws InterruptedException if the cell was interrupted; run it again to continue
     * @throws Refusal if the run's folder cannot be read or written, or if another process trains into it
     */
    public Run train(StudyModel model) throws InterruptedException {
        return train(Recipe.of(model));
    }

    /** The same for a network of one's own, or one that is trained otherwise. */
    public Run train(Recipe recipe) throws InterruptedException {
        return Refusal.attempt(() -> {
            PlannedRun planned = workspace().planned(recipe);
            Optional<Run> finished = loaded(planned);
            return finished.isPresent() ? finished.get() : train(planned, PlannedRun::train);
        });
    }

    /**
     * The finished run of a recipe that takes long to train, if there is one; otherwise it is trained now only on the drawn sample, or if the full size was asked
     * for, and a sentence says how to train it, or what is missing for that.
     */
    public Optional<Run> ifFinished(Recipe recipe) throws InterruptedException {
        Workspace opened = workspace();
        PlannedRun planned;
        try {
            planned = opened.planned(recipe);
        } catch (IllegalStateException e) {
            show(e.getMessage() + ".");
            return Optional.empty();
        }
        if (planned.kind() == Kind.SAMPLE || settings().full() || Run.isFinished(planned.folder())) {
            return Optional.of(train(recipe));
        }
        show(Kind.BEYOND.title(recipe.name())
                + " has not been run yet with these settings, so there is nothing to show of it. `python3 environment/kit.py train "
                + recipe.name() + "` trains it.");
        return Optional.empty();
    }

    /**
     * Finished runs of the same network on the same data with other seeds, in the order of their seeds; shows a sentence on each that
     * cannot be read.
     */
    public List<Run> otherSeeds(Run run) {
        return Refusal.attempt(() -> workspace().otherSeeds(run, this::show).stream().map(this::handOut).toList());
    }

    /**
     * Throws away what there is of a model's run and trains it from the start, in the same size: what was a run of the study's
     * configuration takes hours again. A run of the kit's that was made on another copy of FER2013 than the one that is open stays where it is.
     */
    public Run trainAgain(StudyModel model) throws InterruptedException {
        return trainAgain(Recipe.of(model));
    }

    /** The same for a network of one's own, or one that is trained otherwise. */
    public Run trainAgain(Recipe recipe) throws InterruptedException {
        PlannedRun planned = workspace().onThisData(workspace().planned(recipe));
        return Refusal.attempt(() -> {
            planned.forget();
            return train(planned, PlannedRun::train);
        });
    }

    /**
     * Has recipes trained on an Apache Spark cluster, each with each seed and in its full size, as {@code kit.py train --on} does it, and shows in a table how far each
     * is. Interrupting the cell stops all; run again, it goes on.
     *
     * @param master for example {@code "spark://host:7077"}, or {@code "local-cluster[2,1,4096]"} for two workers of a core and 4096 MB each on this machine
     * @param recipes of the kit's tables, for a cluster's machines know no others
     * @return the finished runs, recipe by recipe
     * @throws InterruptedException if the cell was interrupted
     * @throws Refusal if Spark is not set up, a recipe is another than the tables', a seed is below 0 or there twice, or a run was not finished
     */
    public List<Run> trainOn(String master, List<Recipe> recipes, long... seeds) throws InterruptedException {
        return Refusal.attempt(() -> {
            if (seeds.length == 0 || LongStream.of(seeds).anyMatch(seed -> seed < 0) || LongStream.of(seeds).distinct().count() < seeds.length) {
                throw new Refusal("The seeds are " + Arrays.toString(seeds) + ": expected one or more from 0 up, each once");
            }
            for (Recipe recipe : recipes) {
                if (!Task.isKnown(recipe)) {
                    throw new Refusal(recipe.name() + " is not trained here as the kit's table says, and a cluster's machines know the table alone: "
                            + "add a row to it, or train here");
                }
            }
            List<String> words = new ArrayList<>(recipes.stream().map(Recipe::name).toList());
            words.addAll(List.of("--on", master, "--seeds", LongStream.of(seeds).mapToObj(Long::toString).collect(Collectors.joining(","))));
            List<Task> tasks = Task.list(recipes.stream().map(Recipe::name).toList(), LongStream.of(seeds).boxed().toList());
            Settings full = settings().withFull(true);
            String id = display.show(Html.paragraph("Training on " + master + ": preparing …"), "text/html");
            new ClusterTraining(Task.titles(tasks), html -> update.show(id, html, "text/html")).run(workspace().root(), full, words);
            List<Run> runs = new ArrayList<>();
            for (Recipe recipe : recipes) {
                for (long seed : seeds) {
                    workspace().with(full.withSeed(seed)).planned(recipe).finished().map(this::handOut).ifPresent(runs::add);
                }
            }
            runs.forEach(this::shown);
            return runs;
        });
    }

    /** Shows a line of text; what is returned replaces it. */
    Consumer<String> line(String text) {
        workspace();
        String id = display.show(Html.paragraph(text), "text/html");
        return newer -> LiveProgress.unmarked(() -> update.show(id, Html.paragraph(newer), "text/html"));
    }

    /** The finished run, if there is one, once it was said under the cell where it was loaded from. */
    Optional<Run> loaded(PlannedRun planned) throws IOException {
        Optional<Run> finished = planned.finished().map(this::handOut);
        finished.ifPresent(run -> show(planned.title() + ": trained already, loaded from `" + planned.shortFolder() + "`. Its "
                + Figures.count(run.history().size(), "epoch") + " took "
                + Figures.duration(run.config().totalSeconds()) + (run.config().device().equals("cpu")
                        ? " on " + Figures.count(run.config().threads(), "thread") : "")
                + "."));
        finished.ifPresent(this::shown);
        return finished;
    }

    /** How a planned run is trained. */
    @FunctionalInterface
    interface Trainer {
        Run train(PlannedRun planned, Progress progress) throws IOException, InterruptedException;
    }

    /** Trains it, in a line of progress. */
    Run train(PlannedRun planned, Trainer trainer) throws IOException, InterruptedException {
        giveUp(planned.folder());
        RunConfig config = planned.config();
        String id = display.show(Html.paragraph(planned.title() + ": preparing …"), "text/html");
        LiveProgress progress = new LiveProgress(planned.title(), config.epochs(), planned.data().validation().size(),
                planned.asksTest() ? planned.data().test().size() : 0, planned.recipe().views() == Views.ONE ? 1 : 2, whatIsSafe(planned),
                html -> update.show(id, html, "text/html"));
        try {
            if (settings().full() && !(planned.recipe().architecture() instanceof TransferModel)) {
                progress.message(StepTimer.estimate(planned.recipe(), config, planned.data().training().size()));
            }
            Run run = handOut(trainer.train(planned, progress));
            progress.finished(run.history());
            shown(run);
            return run;
        } catch (IOException | InterruptedException | RuntimeException e) {
            progress.stopped();
            throw e;
        }
    }

    /** What may be done while a network is trained: said beforehand, since an interrupted cell or a reloaded page shows nothing new. */
    private String whatIsSafe(PlannedRun planned) {
        return "Stopping is safe: run this cell again, and it goes on after the last finished epoch. Reloading or closing this page is safe too: training "
                + "goes on while the kernel is busy, only this line stands still. Running this cell again then waits for the end and loads the run."
                + (Beyond.andTheStudys().stream().map(Recipe::name).anyMatch(planned.recipe().name()::equals)
                        ? " The same without a notebook: python3 environment/kit.py train "
                                + planned.recipe().name().replaceFirst("^model-", "") + flags(planned)
                        : "");
    }

    /** The flags of {@code kit.py train} that ask for a run of this size on these data. */
    private String flags(PlannedRun planned) {
        RunConfig config = planned.config();
        return (planned.kind() == Kind.SAMPLE ? " --data sample"
                : settings().data().map(path -> " --data \"" + path.toAbsolutePath() + "\"").orElse(""))
                + (planned.kind().isKits() ? "" : " --epochs " + config.epochs() + " --limit " + config.limit() + " --batch " + config.batch())
                + (config.seed() == 1 ? "" : " --seed " + config.seed());
    }

    /**
     * The finished runs of the study's models on these data, each of the size that {@link #train} would load; once there is one
     * of the study's own size, without trials. Those of a closed study, and those that cannot be read, refuse to be shown.
     */
    public Results results() {
        return finished(Results::withoutTrials);
    }

    /**
     * Runs among those that they may be compared with: trials among trials, runs of the study's size among such. Those of a closed
     * study, of a run that was given up, that there never was or that cannot be read, refuse to be shown; so do trials and others together.
     */
    public Results results(Run... runs) {
        if (workspace != null) {
            for (Run run : runs) {
                if (run == null || run.standing().hasEnded()) {
                    return new Results(data().origin(), List.of(run == null ? Run.none() : run));
                }
            }
        }
        return finished(results -> results.with(runs));
    }

    /**
     * The finished runs of the study's models and of the recipes beyond the study, those of other seeds included; once there is one of full size, without trials. They
     * refuse to be shown as those of {@link #results()} do.
     */
    public BeyondResults beyond() {
        Results finished = finished(Beyond.andTheStudys(), results -> {
            List<Run> runs = new ArrayList<>();
            for (Run run : results.withoutTrials().runs()) {
                runs.add(run);
                if (Beyond.names().contains(run.config().model())) {
                    runs.addAll(siblings(run));
                }
            }
            return new Results(data().origin(), runs);
        });
        return Refusal.attempt(() -> BeyondResults.of(data(), finished.runs()));
    }

    /** Finished runs that differ from this one in nothing but the seed. */
    private List<Run> siblings(Run run) {
        return otherSeeds(run).stream().filter(other -> other.config().epochs() == run.config().epochs()).toList();
    }

    /**
     * What the errors are of the finished runs of the study's models and of the recipes beyond the study, on labels and on FER+'s votes, that have labelled test images, with
     * the votes where they lie beside the data; once there is a run of full size, without trials. A FER+ that does not fit is left out and what is wrong with it is shown.
     */
    public ErrorResults errors() {
        Workspace opened = workspace();
        Results finished = finished(Beyond.andTheStudys(), Results::withoutTrials);
        return Refusal.attempt(() -> {
            List<Run> tested = finished.runs().stream().filter(Run::isTested).toList();
            List<Run> others = tested.stream().flatMap(run -> siblings(run).stream()).filter(Run::isTested).toList();
            Optional<FerPlus> votes = Optional.empty();
            try {
                votes = opened.votes();
            } catch (IOException e) {
                show("FER+ is left out. " + e.getMessage());
            }
            List<Run> onVotes = new ArrayList<>();
            if (votes.isPresent()) {
                opened.planned(Beyond.VOTES.recipe()).finished().filter(Run::isTested).map(this::handOut).ifPresent(run -> {
                    onVotes.add(run);
                    onVotes.addAll(siblings(run).stream().filter(Run::isTested).toList());
                });
            }
            return ErrorResults.of(data(), tested, others, onVotes, votes);
        });
    }

    /**
     * Shows where a run's network looks, class by class, and whether that means anything: some minutes for a network of full size.
     *
     * @throws Refusal if its weights cannot be read, or the network is none of the kit's
     */
    public void showAttention(Run run) throws InterruptedException {
        long start = System.nanoTime();
        String title = new Results(data().origin(), List.of(run)).title(run);
        Consumer<String> line = line(title + ": looking …");
        Attention attention = Refusal.attempt(() -> Attention.of(Trained.of(workspace().root(), run), title, data(), line));
        line.accept(String.format(Locale.ROOT, "%s: looked at in %s", title, Figures.duration((System.nanoTime() - start) / 1e9)));
        show(attention.maps());
        show(attention.deletion());
        show(attention.deletionTable());
        show(attention.sentences());
    }

    /**
     * Shows what each ingredient of the sprint is worth, from the finished runs of {@link Beyond#ABLATION}, of all seeds, and names those that have not been run.
     *
     * @throws Refusal if a run's files cannot be read
     */
    public void showIngredients() {
        Refusal.attempt(() -> {
            Map<String, List<Ablation.Outcome>> without = new LinkedHashMap<>();
            List<String> missing = new ArrayList<>();
            for (Beyond row : Beyond.ABLATION) {
                List<Ablation.Outcome> runs = outcomes(row.recipe());
                if (runs.isEmpty()) {
                    missing.add(row.ingredient());
                } else {
                    without.put(row.ingredient(), runs);
                }
            }
            List<Ablation.Outcome> whole = outcomes(Beyond.named("sprint"));
            if (!whole.isEmpty()) {
                Ablation ablation = Ablation.ofAlike(whole, without);
                show(ablation.table());
                show(BeyondResults.ingredients(ablation));
                show(ablation.sentences());
                Ablation.spread(whole, without).ifPresent(spread -> show(spread.sentence()));
            }
            show(missing.isEmpty() ? "Every ingredient has been left out once at least."
                    : "Not run yet without: " + String.join("; ", missing) + ". `python3 environment/kit.py train ablation` runs them.");
            return null;
        });
    }

    /**
     * Shows the study's questions asked in small with several seeds each, from the finished runs of {@link Beyond#CHANCE}, and names those that have not been run.
     *
     * @throws Refusal if a run's files cannot be read
     */
    public void showChance() {
        Refusal.attempt(() -> {
            Map<Beyond, List<Ablation.Outcome>> runs = new LinkedHashMap<>();
            for (Beyond row : Beyond.CHANCE) {
                runs.put(row, outcomes(row.recipe()));
            }
            List<String> missing = runs.entrySet().stream().filter(row -> row.getValue().isEmpty()).map(row -> row.getKey().title()).toList();
            runs.values().removeIf(List::isEmpty);
            List<Ablation.Outcome> small = runs.remove(Beyond.CHANCE.get(0));
            if (small != null && !runs.isEmpty()) {
                show(ErrorResults.chance(small, runs, results()));
                show(ErrorResults.chanceSentences(small, runs));
            }
            show(missing.isEmpty() ? "Every question has been asked once at least."
                    : "Not run yet: " + String.join(", ", missing)
                            + ". `python3 environment/kit.py train chance` runs them, `--seed 2` with another seed.");
            return null;
        });
    }

    /** Of each finished run of a recipe, of all seeds; of none that is a trial. */
    private List<Ablation.Outcome> outcomes(Recipe recipe) throws IOException {
        List<Ablation.Outcome> outcomes = new ArrayList<>();
        for (Run run : workspace().allSeeds(recipe, this::show)) {
            outcomes.add(new Ablation.Outcome(run.config().seed(), run.validation(), run.withViews().validation()));
        }
        return outcomes;
    }

    /**
     * Shows what several seeds say of the study's models, from the finished runs of full size: mean and spread of each, every two held against each other, and the command
     * that trains what is missing for that.
     *
     * @throws Refusal if a run's files cannot be read
     */
    public void showSeeds() {
        Refusal.attempt(() -> {
            Map<String, NavigableMap<Long, Double>> accuracies = new LinkedHashMap<>();
            List<String> wanting = new ArrayList<>();
            for (StudyModel model : StudyModel.ALL) {
                NavigableMap<Long, Double> bySeed = new TreeMap<>();
                for (Run run : workspace().allSeeds(Recipe.of(model), this::show)) {
                    bySeed.put(run.config().seed(), run.validationAccuracy());
                    shown(run);
                    accuracies.putIfAbsent(new Results(data().origin(), List.of(run)).title(run), bySeed);
                }
                if (bySeed.size() < Seeds.LEAST) {
                    wanting.add(model.name().replaceFirst("^model-", ""));
                }
            }
            if (!accuracies.isEmpty()) {
                Seeds seeds = new Seeds(accuracies);
                show(seeds.table());
                if (!seeds.pairs().isEmpty()) {
                    show(seeds.pairsTable());
                    show(Results.differences(seeds));
                }
                show(seeds.sentences());
            }
            if (settings().limit().orElse(0) > 0) {
                show("With a limit each seed draws other training images, so such runs differ in more than their seeds and are not compared: seeds are compared without one.");
                return null;
            }
            show(wanting.isEmpty() ? "Of every model there are " + Seeds.LEAST + " seeds at least."
                    : "A comparison needs " + Seeds.LEAST + " seeds of each model. With the same data and settings `python3 environment/kit.py train "
                            + (wanting.size() == StudyModel.ALL.size() ? "all" : String.join(" ", wanting)) + " --seeds 1-" + Seeds.LEAST
                            + settings().options() + "` trains what is missing, and nothing that is finished.");
            return null;
        });
    }

    /**
     * How long the training of a recipe takes beside that of one of the study's models, both in full size (on the sample: in the sample's), from steps of both
     * that are timed now, in turns.
     */
    public Table times(StudyModel model, Recipe recipe) {
        List<PlannedRun> planned = Stream.of(Recipe.of(model), recipe).map(workspace().with(settings().withFull(true))::planned).toList();
        List<double[]> steps = StepTimer.inTurns(planned.stream().map(PlannedRun::recipe).toList(),
                planned.stream().map(PlannedRun::config).toList());
        double[] updates = planned.stream()
                .mapToDouble(p -> Math.ceil((double) p.data().training().size() / p.config().batch()) * p.config().epochs()).toArray();
        double[] seconds = IntStream.range(0, 2).mapToDouble(i -> StatUtils.percentile(steps.get(i), 50) * updates[i]).toArray();
        return Table.create("Training, from steps timed now", StringColumn.create("Run", planned.stream().map(PlannedRun::title)),
                Figures.counts("Milliseconds a step", IntStream.range(0, 2).map(i -> (int) Math.round(1000 * seconds[i] / updates[i])).toArray()),
                Figures.counts("Steps", IntStream.range(0, 2).map(i -> (int) updates[i]).toArray()),
                StringColumn.create("All steps", Arrays.stream(seconds).mapToObj(Figures::duration)),
                StringColumn.create("Share", Arrays.stream(seconds).mapToObj(s -> Figures.fixed(100 * s / seconds[0], 0) + " %")));
    }

    /** What is made of the finished runs of the study's models; what cannot be read is said by whoever asks the results for something. */
    private Results finished(UnaryOperator<Results> made) {
        return finished(StudyModel.ALL.stream().map(Recipe::of).toList(), made);
    }

    private Results finished(List<Recipe> recipes, UnaryOperator<Results> made) {
        if (workspace == null) {
            return Results.refusing(closed);
        }
        try {
            return Refusal.attempt(() -> {
                List<Run> runs = new ArrayList<>();
                for (Recipe recipe : recipes) {
                    workspace().planned(recipe).finished().map(this::handOut).ifPresent(runs::add);
                }
                Results results = made.apply(new Results(data().origin(), runs));
                results.runs().forEach(this::shown);
                return results;
            });
        } catch (Refusal e) {
            return Results.refusing(e.getMessage());
        }
    }

    /** What was opened, in some lines, as a notebook prints it. */
    @Override
    public String toString() {
        if (workspace == null) {
            return closed;
        }
        Table table = provenance();
        return IntStream.range(0, table.rowCount()).mapToObj(row -> table.getString(row, 0) + ": " + table.getString(row, 1))
                .collect(Collectors.joining("\n"));
    }
}
