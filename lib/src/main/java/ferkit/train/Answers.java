package ferkit.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ferkit.data.Faces;
import java.io.IOException;

/** A finished run's network with its best weights, built once to be asked often, on the first GPU if there is one; until it is closed. */
public final class Answers implements AutoCloseable {
    private final Run run;
    private final Recipe recipe;
    private final Stoppable work = new Stoppable();
    private final NDManager manager = Engine.getInstance().newBaseManager();
    private final Block network;

    Answers(Run run, Recipe recipe) throws IOException {
        this.run = run;
        this.recipe = recipe;
        try {
            network = run.network(recipe.architecture(), manager);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** What the network says of images that are fed as the recipe feeds them; by its views if the run is one {@link Run#withViews}. */
    public Predictions to(Faces faces) throws InterruptedException {
        return run.said(network, manager, recipe.input().examples(faces));
    }

    @Override
    public void close() {
        manager.close();
        work.close();
    }
}
