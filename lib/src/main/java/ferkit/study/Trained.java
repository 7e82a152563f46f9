package ferkit.study;

import ai.djl.ndarray.NDManager;
import ferkit.data.Faces;
import ferkit.model.Forward;
import ferkit.model.Operations;
import ferkit.model.weights.PublicWeights;
import ferkit.train.Input;
import ferkit.train.Predictions;
import ferkit.train.Recipe;
import ferkit.train.Run;
import ferkit.transfer.TransferModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A finished run and the recipe that its {@code config.json} names, so that its network can be built and asked about other images, whatever data
 * lie in {@code data/}.
 *
 * @param run finished
 * @param recipe it was made by
 */
public record Trained(Run run, Recipe recipe) {
    private static final String RUNS = "reports/runs";

    /**
     * A run by its folder, or by the name or the number of one in {@code reports/runs}.
     *
     * @param root the kit's folder
     * @param name for example "6", "model-6", "model-1-seed2-20-epochs" or "reports/sample/runs/…"
     * @throws IllegalArgumentException if there is no such run, or its network is none of the kit's
     * @throws IOException if its files cannot be read
     */
    public static Trained named(Path root, String name) throws IOException {
        Path runs = root.resolve(RUNS);
        Path folder = Stream.of(Path.of(name), runs.resolve(name), runs.resolve("model-" + name)).filter(Run::isFinished).findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException((isRecipe(name) ? "'" + name + "' is not trained yet, or not to the end: train it with "
                                + "kit.py train " + name + ", or name" : "There is no finished run '" + name + "': expected")
                                + " a run's folder, or one of "
                                + String.join(", ", finished(runs)) + " in " + RUNS));
        return of(root, Run.load(folder));
    }

    private static boolean isRecipe(String name) {
        return Beyond.andTheStudys().stream().anyMatch(recipe -> recipe.name().equals(name) || recipe.name().equals("model-" + name));
    }

    private static List<String> finished(Path runs) {
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.filter(Run::isFinished).map(folder -> folder.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * A run of one of the kit's networks.
     *
     * @throws IllegalArgumentException if it is of another network: the recipe that it was trained by has to be named for it
     * @throws IOException if the weights that its network stands on cannot be found or read
     */
    public static Trained of(Path root, Run run) throws IOException {
        String plan = run.config().plan();
        if (TransferModel.isPlan(plan)) {
            TransferModel model = TransferModel.of(run, PublicWeights.withHash(root, TransferModel.trunkHash(plan)));
            return new Trained(run, TransferModel.recipe(model, model.start().isPresent()));
        }
        Optional<Input> input = Stream.of(Input.grey(), Input.grey().asStandardized())
                .filter(i -> i.plan(run.config().format()).equals(run.config().parts().get("input"))).findFirst();
        return Beyond.andTheStudys().stream()
                .filter(recipe -> recipe.architecture().plan().equals(plan) && input.isPresent()).findFirst()
                .map(recipe -> new Trained(run, recipe.withInput(input.get())))
                .orElseThrow(
                        () -> new IllegalArgumentException("The network in " + run.folder() + " is none that the kit can build by itself (plan \""
                                + plan + "\"): use it in a notebook, where its recipe is at hand, as new Trained(run, recipe)"));
    }

    /** What its best weights say of faces of its format, computed on the first GPU if there is one. */
    public Predictions predict(Faces faces) throws IOException, InterruptedException {
        if (recipe.architecture() instanceof TransferModel model) {
            try (NDManager trunk = NDManager.newBaseManager()) {
                return run.predict(model, model.trunk().examples(trunk, faces));
            }
        }
        return run.predict(recipe, faces);
    }

    /**
     * The network from what it is fed to logits, operation by operation.
     *
     * @param x images (N, channels, height, width) as the recipe feeds them, values 0 to 255 or standardised
     * @throws IllegalArgumentException if a layer of the network is none of those that {@link Forward} knows
     */
    public <T> T tell(T x, Operations<T> to) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            T y = recipe.architecture() instanceof TransferModel model ? model.trunk().tell(manager, run.config().format(), x, to) : x;
            return Forward.tell(run.network(recipe.architecture(), manager), y, to);
        }
    }
}
