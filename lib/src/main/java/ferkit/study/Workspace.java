package ferkit.study;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.FerPlus;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.data.drawn.Sample;
import ferkit.data.file.Source;
import ferkit.data.form.Datasets;
import ferkit.model.StudyModel;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * The data set and settings of a study, and the runs that a recipe has on both, in folders by their {@link Kind}.
 *
 * @param root the kit's folder
 * @param settings as the user gave them
 * @param data all images; the limit cuts them only for training
 * @param device on which training runs, "cpu", "gpu0", …
 */
public record Workspace(Path root, Settings settings, FaceSet data, String device) {
    private static final int TRIAL_EPOCHS = 1;
    private static final int TRIAL_LIMIT = 5_000;
    private static final int SAMPLE_EPOCHS = 5;
    /** Of recipes beyond the study, whose networks take longer. */
    private static final int SAMPLE_EPOCHS_BEYOND = 2;
    /** With the study's batch so few images give too few updates for BatchNorm's momentum of 0.99, and nothing is learnt. */
    private static final int SMALL_BATCH = 16;
    /** OpenMP's variables that lower a number of threads, and the values of each that can lower this one. */
    private static final Map<String, BiPredicate<String, Integer>> THREAD_LIMITS = Map.of(
            "OMP_DYNAMIC", (value, threads) -> !value.matches("false|0"),
            "OMP_THREAD_LIMIT", (value, threads) -> value.length() < 10 && value.matches("\\d+") && Integer.parseInt(value) < threads,
            "OMP_MAX_ACTIVE_LEVELS", (value, threads) -> value.matches("0+"));

    /**
     * Opens the data set that the settings name, or else the one in {@code data/}, or else the drawn sample.
     *
     * @param log takes one sentence at a time on what is being done, and the data set's notes
     * @throws IOException if the data set cannot be read; the message says what is wrong where
     * @throws IllegalStateException if the current folder does not lie in the kit
     */
    public static Workspace open(Settings settings, Consumer<String> log) throws IOException {
        FaceSet data = data(settings, log);
        data.origin().notes().forEach(log);
        return new Workspace(findRoot(), settings, data, prepareEngine(settings));
    }

    /** The same data and device with other settings. */
    public Workspace with(Settings other) {
        return new Workspace(root, other, data, device);
    }

    /** The data set alone, without the engine; throws what {@link #open} does. */
    public static FaceSet data(Settings settings, Consumer<String> log) throws IOException {
        Path root = findRoot();
        Optional<Path> file = source(root, settings);
        return file.isPresent() ? Datasets.open(file.get(), root.resolve("data/.cache"), log) : Sample.draw();
    }

    /** The file or folder of the data set; empty for the drawn sample. */
    private static Optional<Path> source(Path root, Settings settings) throws IOException {
        if (settings.data().equals(Optional.of(Settings.SAMPLE))) {
            return Optional.empty();
        }
        return settings.data().isPresent() ? settings.data() : Datasets.find(root.resolve("data"));
    }

    /**
     * The votes of FER+ on the images, if {@code fer2013new.csv} lies beside the data set.
     *
     * @throws IOException if it cannot be read or does not fit these images; the message says why
     */
    public Optional<FerPlus> ferPlus() throws IOException {
        Optional<Path> source = source(root, settings);
        Optional<Path> file = source.flatMap(FerPlus::beside);
        if (source.isPresent() && file.isEmpty()) {
            file = FerPlus.beside(Datasets.locate(source.get()));
        }
        return file.isPresent() ? Optional.of(FerPlus.read(file.get(), data)) : Optional.empty();
    }

    /**
     * The votes on the images: of the drawn sample made-up ones, otherwise FER+'s.
     *
     * @throws IOException as {@link #ferPlus} does
     */
    public Optional<FerPlus> votes() throws IOException {
        return data.origin().isSample() ? Optional.of(Sample.votes(data)) : ferPlus();
    }

    /** The same with votes in place of the data set's labels. */
    private Workspace withVotes() {
        try {
            FerPlus votes = votes().orElseThrow(() -> new IllegalStateException("FER+ is not beside these data, and " + Beyond.VOTES.recipe().name()
                    + " learns from its votes: put fer2013new.csv beside them"));
            return new Workspace(root, settings, votes.forTraining(), device);
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /**
     * Sets the engine's threads.
     *
     * @return the device that training uses, "cpu", "gpu0", …
     * @throws IllegalArgumentException if the settings name a device that there is not
     * @throws IllegalStateException if the environment lets the engine have fewer threads than the settings name
     */
    public static String prepareEngine(Settings settings) {
        requireThreads(settings.threads(), System.getenv());
        int gpus = Engine.getInstance().getGpuCount();
        JniUtils.setNumThreads(settings.threads());
        String device = settings.device().orElse(gpus > 0 ? "gpu0" : "cpu");
        if (!device.equals("cpu") && !(device.matches("gpu\\d{1,4}") && Integer.parseInt(device.substring(3)) < gpus)) {
            throw new IllegalArgumentException("The device is \"" + device + "\": expected cpu"
                    + (gpus > 0 ? " or gpu0 to gpu" + (gpus - 1) : "; the engine finds no GPU"));
        }
        return device;
    }

    /** With fewer threads than it was told, the engine computes other gradients, or waits for the missing ones for ever. */
    static void requireThreads(int threads, Map<String, String> environment) {
        THREAD_LIMITS.forEach((name, limits) -> {
            String value = environment.getOrDefault(name, "").strip();
            if (threads > 1 && !value.isEmpty() && limits.test(value.toLowerCase(Locale.ROOT), threads)) {
                throw new IllegalStateException(
                        "The environment variable " + name + " is \"" + value + "\", which can leave the engine fewer threads than the "
                                + threads + " it is asked for, and training then hangs or computes nonsense: unset it, or train on one thread");
            }
        });
    }

    /**
     * The kit's folder.
     *
     * @throws IllegalStateException if the current folder does not lie in the kit
     */
    public static Path findRoot() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("pom.xml")) && Files.isDirectory(folder.resolve("notebooks"))) {
                return folder;
            }
        }
        throw new IllegalStateException(start + " does not lie in the kit: start from the kit's folder or its folder notebooks");
    }

    /**
     * How a network is trained here. On the sample: the sample's own size. On other data: the size that was asked for; else the
     * recipe's full one if that was asked for or such a run is finished; else a trial's. What was asked for singly replaces that part, in
     * the recipe before the settings.
     *
     * @throws IllegalArgumentException if the recipe has the name of a row of {@link StudyModel#ALL} or {@link Beyond#ALL} and is another
     * @throws IllegalStateException if it is that of {@link Beyond#VOTES} and there are no votes
     */
    public PlannedRun planned(Recipe recipe) {
        return of(recipe).plannedHere(recipe);
    }

    /**
     * This workspace with the data that a recipe learns from: its own, or for {@link Beyond#VOTES} the same images with votes.
     *
     * @throws IllegalStateException if there are no votes
     */
    public Workspace of(Recipe recipe) {
        return recipe.equals(Beyond.VOTES.recipe()) && !data.classes().equals(Classes.WITH_CONTEMPT) ? withVotes() : this;
    }

    private PlannedRun plannedHere(Recipe recipe) {
        if (data.origin().isSample()) {
            return planned(recipe, Beyond.find(recipe.name()).isPresent() ? SAMPLE_EPOCHS_BEYOND : SAMPLE_EPOCHS, 0, SMALL_BATCH);
        }
        PlannedRun full = planned(recipe, recipe.fullEpochs(), 0, RunConfig.STUDY_BATCH);
        boolean whole = settings.isSized() || settings.full() || Run.isFinished(full.folder());
        return whole ? full : planned(recipe, TRIAL_EPOCHS, TRIAL_LIMIT, SMALL_BATCH);
    }

    private PlannedRun planned(Recipe recipe, int epochs, int limit, int batch) {
        int wanted = settings.limit().orElse(limit);
        int chosenLimit = wanted < data.training().size() ? wanted : 0;
        int chosenEpochs = recipe.epochs().or(settings::epochs).orElse(epochs);
        int chosenBatch = recipe.batch().or(settings::batch).orElse(batch);
        boolean whole = chosenLimit == 0 && chosenEpochs == recipe.epochs().orElse(recipe.fullEpochs())
                && chosenBatch == recipe.batch().orElse(RunConfig.STUDY_BATCH);
        FaceSet limited = data.limitTraining(chosenLimit, settings.seed());
        RunConfig config = new RunConfig(recipe.name(), recipe.architecture().plan(), recipe.start().source(), recipe.learningRate(chosenEpochs),
                recipe.parts(data.format()), data.origin().title(), limited.hash(), data.classes(), data.format(), settings.seed(), chosenEpochs,
                chosenBatch,
                chosenLimit, whole, settings.threads(), device, versions(), 0);
        requireOwnName(config);
        PlannedRun planned = planned(recipe, config, limited);
        if (data.origin().kind() == Origin.Kind.SAME_ORDER && planned.kind().isKits() && !Run.isFinished(planned.folder())
                && Run.configIn(planned.folder()).isEmpty()) {
            PlannedRun kits = planned(recipe, config.withDataHash(Official.HASH), limited);
            return Run.isFinished(kits.folder()) ? kits : planned;
        }
        return planned;
    }

    /** The same run on this very data, even where on a copy {@link Origin.Kind#SAME_ORDER in the same order} the kit's own would be shown. */
    public PlannedRun onThisData(PlannedRun run) {
        return run.config().dataHash().equals(run.data().hash()) ? run
                : planned(run.recipe(), run.config().withDataHash(run.data().hash()), run.data());
    }

    private PlannedRun planned(Recipe recipe, RunConfig config, FaceSet limited) {
        Kind kind = Kind.of(data.origin(), config);
        Path folder = folder(kind, config);
        return new PlannedRun(recipe, config, kind, folder, root.relativize(folder).toString().replace('\\', '/'), limited);
    }

    private static void requireOwnName(RunConfig config) {
        String differing = Beyond.andTheStudys().stream()
                .filter(recipe -> recipe.name().equals(config.model())).map(config::differsFrom).findFirst().orElse("");
        if (!differing.isEmpty()) {
            throw new IllegalArgumentException("This network is named " + config.model() + " as one of the kit's is, but has another " + differing
                    + ": give it another name, for example recipe.named(\"" + config.model() + "-2\"), because its runs are kept under it");
        }
    }

    /** Where a run lies; one of the study's, or beyond it, on another copy of FER2013 than {@link Official#HASH the kit's} has a folder of its own. */
    private Path folder(Kind kind, RunConfig config) {
        String hash = config.dataHash().substring(0, 8);
        return root.resolve("reports").resolve(kind.folder()).resolve(kind.isKits()
                ? config.model() + (config.seed() == 1 ? "" : "-seed" + config.seed())
                        + (Set.of(Official.HASH, Official.VOTES_HASH).contains(config.dataHash()) ? "" : "-" + hash)
                : String.join("-", config.model(), Long.toString(config.seed()), Integer.toString(config.epochs()), Integer.toString(config.limit()),
                        Integer.toString(config.batch()), hash));
    }

    /** The kind of the runs that these settings ask for, whether they are at hand or not, as far as it is the same for all of the study's networks. */
    public Kind kind() {
        return with(settings.withFull(true)).planned(Recipe.of(StudyModel.ALL.get(0))).kind();
    }

    /** Where the pages of such runs lie. */
    public Path pages() {
        Path reports = root.resolve("reports");
        return switch (kind()) {
            case STUDY, BEYOND, ABLATION -> settings.seed() == 1 ? reports : reports.resolve("seed-" + settings.seed());
            case SAMPLE -> reports.resolve("sample");
            case TRIAL, OWN -> data.origin().isComparable() ? reports.resolve("trials")
                    : reports.resolve("trials").resolve("data-" + data.hash().substring(0, 8));
        };
    }

    /**
     * Finished runs that lie beside a run and differ from it in the seed, in the order of their seeds; some may have fewer epochs. On a copy of FER2013
     * {@link Origin.Kind#SAME_ORDER in the same order} the kit's runs are among them, but for seeds that were trained on the copy itself.
     *
     * @param leftOut takes a sentence on each run whose files cannot be read
     */
    public List<Run> otherSeeds(Run run, Consumer<String> leftOut) throws IOException {
        return otherSeeds(run.folder(), run.config(), leftOut);
    }

    /** The same of a run that would lie in a folder, finished or not. */
    private List<Run> otherSeeds(Path place, RunConfig config, Consumer<String> leftOut) throws IOException {
        RunConfig sought = alike(config);
        Map<List<Long>, Run> others = new LinkedHashMap<>();
        for (Path folder : Files.isDirectory(place.getParent()) ? Source.children(place.getParent()) : List.<Path>of()) {
            if (folder.getFileName().toString().startsWith(config.model()) && Run.isFinished(folder)
                    && Run.configIn(folder).map(this::alike).map(sought::differsInSeed).orElse(true)) {
                try {
                    Run other = Run.load(folder);
                    others.merge(List.of(other.config().seed(), (long) other.config().epochs()),
                            other.asWhole(config.whole() && other.config().epochs() == config.epochs()),
                            (one, two) -> one.config().dataHash().equals(data.hash()) ? one : two);
                } catch (IOException e) {
                    leftOut.accept("A run is left out: " + e.getMessage());
                }
            }
        }
        return others.values().stream().sorted(Comparator.comparingLong(other -> other.config().seed())).toList();
    }

    /** The same with the hash of the kit's copy where it is of this data and these are in the same order. */
    private RunConfig alike(RunConfig config) {
        return data.origin().kind() == Origin.Kind.SAME_ORDER && config.dataHash().equals(data.hash()) ? config.withDataHash(Official.HASH) : config;
    }

    /**
     * The finished runs of full size by a recipe, of all seeds and in their order; none if the settings ask for another size.
     *
     * @param leftOut takes a sentence on each run whose files cannot be read
     */
    public List<Run> allSeeds(Recipe recipe, Consumer<String> leftOut) throws IOException {
        PlannedRun planned = with(settings.withFull(true)).planned(recipe);
        if (planned.kind() == Kind.TRIAL) {
            return List.of();
        }
        List<Run> runs = new ArrayList<>(otherSeeds(planned.folder(), planned.config(), leftOut));
        runs.removeIf(run -> run.config().epochs() != planned.config().epochs());
        planned.finished().ifPresent(runs::add);
        runs.sort(Comparator.comparingLong(run -> run.config().seed()));
        return runs;
    }

    /** Versions of Java, the engine and the libraries, by name. */
    static Map<String, String> versions() {
        Properties libraries = new Properties();
        try (InputStream in = Workspace.class.getResourceAsStream("versions.properties")) {
            libraries.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> versions = new TreeMap<>();
        libraries.forEach((name, version) -> versions.put((String) name, (String) version));
        versions.put("Java", System.getProperty("java.version"));
        return versions;
    }
}
