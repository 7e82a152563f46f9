package ferkit.study;

import ai.djl.ndarray.NDManager;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.model.Architecture;
import ferkit.train.Examples;
import ferkit.train.Input;
import ferkit.train.Progress;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.train.RunConfig;
import ferkit.train.Training;
import ferkit.train.Views;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A run that a workspace would load or make: all that a recipe, its data and the settings decide, worked out once.
 *
 * @param recipe what it is made by
 * @param config the same in words, with data, size and seed
 * @param kind what follows from both
 * @param folder where it lies, whether finished or not
 * @param shortFolder the same below the kit's folder, as messages name it
 * @param data the images, those of training cut to the limit
 */
public record PlannedRun(Recipe recipe, RunConfig config, Kind kind, Path folder, String shortFolder, FaceSet data) {
    /** How it is called in tables and legends. */
    public String title() {
        return kind.title(config.model());
    }

    /** Whether the run is asked about the test images when it is finished: not if it only shows what one thing is worth, in whatever size. */
    public boolean asksTest() {
        return !Beyond.isCompared(recipe.name());
    }

    /**
     * The finished run, if there is one.
     *
     * @throws IOException if its files cannot be read
     * @throws IllegalStateException if it was made otherwise than this would be
     */
    public Optional<Run> finished() throws IOException {
        if (!Run.isFinished(folder)) {
            return Optional.empty();
        }
        Run run = Run.load(folder);
        config.requireSameFinishedRun(run.config(), source());
        requireSameNetwork(run);
        return Optional.of(run.asWhole(config.whole()));
    }

    /**
     * Trains the network on the images, or continues where an unfinished run stopped.
     *
     * @throws InterruptedException if the thread was interrupted; call again to continue
     * @throws IOException if the run's folder cannot be read or written
     */
    public Run train(Progress progress) throws IOException, InterruptedException {
        Faces test = asksTest() ? data.test() : data.test().select(new int[0]);
        return run(recipe.input().examples(data.training()), recipe.input().examples(data.validation()), recipe.input().examples(test), progress);
    }

    /**
     * The same on other examples made of the same images, for example stored features, which the network's plan describes.
     *
     * @throws IllegalArgumentException if the recipe has an input or views of its own, which other examples do not have
     */
    public Run train(Examples training, Examples validation, Examples test, Progress progress) throws IOException, InterruptedException {
        if (!recipe.input().equals(Input.grey()) || recipe.views() != Views.ONE) {
            throw new IllegalArgumentException(
                    "Recipe " + recipe.name() + " has an input or views of images, but is given other examples: leave those parts as they are");
        }
        return run(training, validation, test, progress);
    }

    private Run run(Examples training, Examples validation, Examples test, Progress progress) throws IOException, InterruptedException {
        if (!config.dataHash().equals(data.hash())) {
            throw new IllegalStateException(
                    shortFolder + " is of a copy of FER2013 with the hash " + config.dataHash() + ", not of these images: it is not trained on");
        }
        return Training.run(folder, config, recipe, training, validation, test, progress);
    }

    /** The plan of a network of one's own is no more than a promise: what its weights are called and how large they are is known. */
    private void requireSameNetwork(Run run) throws IOException {
        if (recipe.architecture() instanceof Architecture.Own) {
            try (NDManager manager = NDManager.newBaseManager()) {
                run.into(config.build(recipe.architecture(), manager));
            } catch (NoSuchFileException e) {
                // is said by whoever needs the weights
            } catch (IOException e) {
                throw new IllegalStateException(
                        source() + " is of another network with the same plan: change the plan's words with the network, or its "
                                + "name (" + e.getMessage() + ")",
                        e);
            }
        }
    }

    private String source() {
        return "The finished run in " + shortFolder;
    }

    /**
     * All that there is of the run is deleted.
     *
     * @throws IllegalArgumentException if its network cannot be built, so that nothing would come in its place
     * @throws IllegalStateException if the folder holds a run that was made otherwise, or a training into it is under way
     * @throws IOException if a file cannot be read or deleted
     */
    public void forget() throws IOException, InterruptedException {
        try (NDManager manager = NDManager.newBaseManager()) {
            config.build(recipe.architecture(), manager);
        }
        Run.configIn(folder).ifPresent(saved -> config.requireSameRun(saved, "What lies in " + shortFolder));
        Run.forget(folder);
    }
}
