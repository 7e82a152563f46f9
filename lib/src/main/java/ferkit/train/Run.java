package ferkit.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ferkit.data.Faces;
import ferkit.data.file.AtomicFile;
import ferkit.data.file.Source;
import ferkit.model.Architecture;
import ferkit.model.Gradients;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A finished run, as its folder holds it. One that was given up, for example because its training was begun again, keeps its
 * figures to itself: whoever asks for one gets a {@link Refusal}.
 *
 * @param folder with {@code config.json}, {@code history.csv}, the files of predictions and {@code weights.safetensors}
 * @param validation predictions of the best weights on the validation split
 * @param test predictions of the best weights on the test split
 * @param views of which the predictions are means: the image alone, or those of {@link #withViews}
 * @param standing whether it may still be shown
 */
public record Run(Path folder, RunConfig config, History history, Predictions validation, Predictions test, Views views, Standing standing) {
    private static final String CONFIG = "config.json";
    private static final String HISTORY = "history.csv";
    private static final String VALIDATION = "validation-predictions.csv";
    private static final String TEST = "test-predictions.csv";
    private static final String VALIDATION_VIEWS = "validation-views.csv";
    private static final String TEST_VIEWS = "test-views.csv";
    private static final String WEIGHTS = "weights.safetensors";
    private static final Set<String> FILES = Set.of(CONFIG, HISTORY, VALIDATION, TEST, VALIDATION_VIEWS, TEST_VIEWS, WEIGHTS);

    /** A finished run that may be shown, its predictions of the image alone. */
    public Run(Path folder, RunConfig config, History history, Predictions validation, Predictions test) {
        this(folder, config, history, validation, test, Views.ONE, new Standing());
    }

    /** What stands for a run until its training is finished. */
    public static Run none() {
        return refusing(
                "There is no run here: the cell that trains it was stopped, has failed or was not run. Run it again, then the cells below it");
    }

    /** What stands in a run's place where there is none: it refuses everything with this sentence, as a run that was given up does. */
    public static Run refusing(String why) {
        Standing ended = new Standing();
        ended.end(why);
        return new Run(null, null, null, null, null, Views.ONE, ended);
    }

    /** The same run, known to have its recipe's own size or not. */
    public Run asWhole(boolean whole) {
        return new Run(folder, config.withWhole(whole), history, validation, test, views, standing);
    }

    /** The same run, shown as long as another standing lasts. */
    public Run under(Standing other) {
        return new Run(folder, config, history, validation, test, views, other);
    }

    /**
     * The same run with predictions that are means over its recipe's views of each image, in place of those of the image alone; the run
     * itself where the recipe has no more views.
     *
     * @throws IOException if a file is missing or malformed; the message names it and says what to do
     */
    public Run withViews() throws IOException {
        Views seen = recipeViews();
        return seen == views ? this
                : reading(() -> new Run(folder, config, history, Predictions.read(folder.resolve(VALIDATION_VIEWS), config.classes()),
                        Predictions.read(folder.resolve(TEST_VIEWS), config.classes()), seen, standing));
    }

    private Views recipeViews() {
        return Views.of(config().parts().get("views"));
    }

    @Override
    public Path folder() {
        standing.require();
        return folder;
    }

    @Override
    public RunConfig config() {
        standing.require();
        return config;
    }

    @Override
    public History history() {
        standing.require();
        return history;
    }

    @Override
    public Predictions validation() {
        standing.require();
        return validation;
    }

    @Override
    public Predictions test() {
        standing.require();
        return test;
    }

    /** Whether the folder holds a finished run; {@code config.json} is the last file a run writes. */
    public static boolean isFinished(Path folder) {
        return Files.exists(folder.resolve(CONFIG));
    }

    /**
     * Reads a finished run.
     *
     * @throws IOException if a file is missing or malformed; the message names it and says what to do
     */
    public static Run load(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        return reading(() -> {
            RunConfig noted = RunConfig.parse(Files.readString(config), config.toString());
            Run run = new Run(folder, noted, History.read(folder.resolve(HISTORY)),
                    Predictions.read(folder.resolve(VALIDATION), noted.classes()), Predictions.read(folder.resolve(TEST), noted.classes()));
            if (run.history().size() != run.config().epochs()) {
                throw new IOException(folder.resolve(HISTORY) + " has " + run.history().size() + " epochs, " + config + " says "
                        + run.config().epochs());
            }
            return run;
        });
    }

    private static Run reading(Refusal.Attempt<Run, IOException> files) throws IOException {
        try {
            return files.make();
        } catch (IOException e) {
            String problem = e instanceof NoSuchFileException ? e.getMessage() + " is missing, expected in a finished run" : e.getMessage();
            throw new IOException(problem + "; restore the file, or delete its folder to train again", e);
        }
    }

    /** How the run in a folder is made, finished or not; empty if there is none or it cannot be read. */
    public static Optional<RunConfig> configIn(Path folder) {
        try {
            return isFinished(folder) ? Optional.of(RunConfig.parse(Files.readString(folder.resolve(CONFIG)), folder.toString()))
                    : Checkpoint.newestConfig(folder);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes the run's files, {@code config.json} last, and then removes its checkpoints.
     *
     * @param predictions on the validation and the test split, of the image alone and by the recipe's views
     */
    static Run finish(Path folder, RunConfig config, History history, byte[] weights, Map<Views, List<Predictions>> predictions)
            throws IOException {
        RunConfig finished = config.withTotalSeconds(
                history.epochs().stream().mapToDouble(History.Epoch::seconds).sum());
        AtomicFile.write(folder.resolve(WEIGHTS), out -> out.write(weights));
        AtomicFile.write(folder.resolve(HISTORY), history.toCsv());
        for (Map.Entry<Views, List<Predictions>> said : predictions.entrySet()) {
            boolean alone = said.getKey() == Views.ONE;
            said.getValue().get(0).write(folder.resolve(alone ? VALIDATION : VALIDATION_VIEWS));
            said.getValue().get(1).write(folder.resolve(alone ? TEST : TEST_VIEWS));
        }
        AtomicFile.write(folder.resolve(CONFIG), finished.toJson());
        Checkpoint.removeAll(folder);
        List<Predictions> alone = predictions.get(Views.ONE);
        return new Run(folder, finished, history, alone.get(0), alone.get(1));
    }

    /**
     * Puts a finished run that was made elsewhere into its folder, {@code config.json} last, and then removes the checkpoints there. The caller has
     * {@link #claim claimed} the folder.
     *
     * @param arrived another folder, with the run's files alone
     * @throws IOException if those files are not a finished run's, or the folder cannot be written
     * @throws IllegalStateException if the folder has a finished run already, which stays as it is
     */
    public static Run adopt(Path folder, Path arrived) throws IOException {
        if (isFinished(folder)) {
            throw new IllegalStateException(folder + " has a finished run already, which is not replaced");
        }
        load(arrived);
        for (Path file : Source.children(arrived).stream().sorted(Comparator.comparing(file -> file.endsWith(CONFIG))).toList()) {
            byte[] content = Files.readAllBytes(file);
            AtomicFile.write(folder.resolve(file.getFileName()), out -> out.write(content));
        }
        Checkpoint.removeAll(folder);
        return load(folder);
    }

    /**
     * Takes the right to write into a run's folder, which one process has at a time, until it is closed.
     *
     * @throws IllegalStateException if another process trains into the folder
     * @throws IOException if it cannot be written
     */
    public static Closeable claim(Path folder) throws IOException, InterruptedException {
        return RunLock.take(folder);
    }

    /** Whether a finished run's folder keeps this file; what else lies there belongs to its training. */
    public static boolean isResult(Path file) {
        return FILES.contains(file.getFileName().toString());
    }

    /**
     * Deletes all that there is of a run, finished or not.
     *
     * @throws IllegalStateException if a training into the folder is under way
     */
    public static void forget(Path folder) throws IOException, InterruptedException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (RunLock lock = RunLock.take(folder); Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> !RunLock.isLock(f)).toList()) {
                Files.delete(file);
            }
        }
    }

    /**
     * What the best weights say of other examples, computed on the first GPU if there is one.
     *
     * @param architecture the plan of the network that was trained
     * @throws IllegalArgumentException if it is another plan, or the run's input is not the study's: then {@link #predict(Recipe, Faces)} knows it
     * @throws IOException if the weights cannot be read or are of another network
     */
    public Predictions predict(Architecture architecture, Examples examples) throws IOException, InterruptedException {
        requireInput(Input.grey());
        try (Stoppable work = new Stoppable();
                NDManager manager = Engine.getInstance().newBaseManager()) {
            return said(network(architecture, manager), manager, examples);
        }
    }

    /**
     * What the best weights say of images that are fed as the recipe feeds them; by its views if the run is one {@link #withViews}.
     *
     * @param recipe the run's
     * @throws IllegalArgumentException if it has another network or input than the run
     * @throws IOException if the weights cannot be read
     */
    public Predictions predict(Recipe recipe, Faces faces) throws IOException, InterruptedException {
        try (Answers answers = answers(recipe)) {
            return answers.to(faces);
        }
    }

    /** The network for many such questions; throws what {@link #predict(Recipe, Faces)} does. */
    public Answers answers(Recipe recipe) throws IOException {
        requireInput(recipe.input());
        return new Answers(this, recipe);
    }

    /** @throws IllegalArgumentException if its network was fed otherwise */
    void requireInput(Input input) {
        String plan = config().parts().get("input");
        String asked = input.plan(config().format());
        if (!asked.equals(plan)) {
            throw new IllegalArgumentException("This run's network is fed \"" + plan + "\", but it is asked with \"" + asked
                    + "\": ask with the recipe that it was trained by, run.predict(recipe, faces)");
        }
    }

    Predictions said(Block network, NDManager manager, Examples examples) throws InterruptedException {
        return Training.predict(network, config().classes(), views, manager, examples, config().batch(), images -> {});
    }

    /**
     * The network with the best weights; its arrays belong to {@code manager}.
     *
     * @param architecture the plan of the network that was trained
     * @throws IllegalArgumentException if it is another plan
     * @throws IOException if the weights cannot be read or are of another network
     */
    public Block network(Architecture architecture, NDManager manager) throws IOException {
        if (!architecture.plan().equals(config().plan())) {
            throw new IllegalArgumentException(
                    "This run's network is \"" + config().plan() + "\", but it is asked with \"" + architecture.plan() + "\"");
        }
        Gradients.off();
        Block network = config().build(architecture, manager);
        if (Files.notExists(weights())) {
            throw new IOException(weights() + " is missing, expected in a finished run; restore the file, or delete its folder to train again");
        }
        into(network);
        return network;
    }

    /**
     * Puts the weights that were kept into a network of the same parameters.
     *
     * @throws IOException if they cannot be read or are another network's
     */
    public void into(Block network) throws IOException {
        Weights.decode(Files.readAllBytes(weights()), Weights.of(network), weights().toString());
    }

    /** Whether there are test images and all have labels, so that there is something to report of them. */
    public boolean isTested() {
        return test().size() > 0 && test.labelled();
    }

    /** The file of the weights that were kept. */
    Path weights() {
        return folder().resolve(WEIGHTS);
    }

    /** The epoch whose weights were kept: the first of the highest validation accuracy, for which the image alone was looked at. */
    public History.Epoch best() {
        return history().best();
    }

    /**
     * What tables call a run's validation accuracy: that of its predictions, 0 to 1. It is {@link #best}'s, or of a run {@link #withViews}
     * that of the views' mean, as test accuracy and both intervals are.
     */
    public double validationAccuracy() {
        return validation().accuracy();
    }

    /** Whether its predictions are means over several views of an image; its history is of the image alone all the same. */
    public boolean hasViews() {
        return views != Views.ONE;
    }

    /** What it is and how good, in some lines, as a notebook prints it. */
    @Override
    public String toString() {
        return standing.hasEnded() ? "no run" : String.format(Locale.ROOT, "%s on %s, seed %d, epochs %d, batch %d, training images %s%n"
                + "best validation accuracy %.4f in epoch %d, %s%nfolder %s", config.model(), config.data(), config.seed(), history.size(),
                config.batch(), config.limit() == 0 ? "all" : Integer.toString(config.limit()), validationAccuracy(), best().epoch(),
                isTested() ? String.format(Locale.ROOT, "test accuracy %.4f", test.accuracy()) : "not tested", folder.getFileName());
    }
}
