package ferkit.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ferkit.data.Faces;
import ferkit.model.Architecture;
import ferkit.model.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What lies inside a finished run's network, with the weights that were kept.
 * Maps are {@code [row][column]}; the network is built for the call and freed after it.
 */
public final class Inside {
    private Inside() {}

    /**
     * Checks that there is something to look into.
     *
     * @throws IllegalArgumentException if the run was trained by another plan
     * @throws IOException if the weights cannot be read or are of another network
     */
    public static void require(Run run, Architecture architecture) throws IOException {
        try (NDManager manager = Engine.getInstance().newBaseManager()) {
            run.network(architecture, manager);
        }
    }

    /**
     * The kernels of the first layer, one for each of its filters, the mean over the channels of its input.
     *
     * @throws IllegalArgumentException if the network does not begin with a convolution
     * @throws IOException if the weights cannot be read or are of another network
     */
    public static List<float[][]> firstKernels(Run run, Architecture architecture) throws IOException {
        try (NDManager manager = Engine.getInstance().newBaseManager()) {
            List<Block> layers = run.network(architecture, manager).getChildren().values();
            if (layers.isEmpty() || !(layers.get(0) instanceof Conv2d first)) {
                throw new IllegalArgumentException(
                        "Network " + architecture.name() + " does not begin with a layer Conv2d, so it has no first kernels to show");
            }
            return maps(first.getDirectParameters().get("weight").getArray().mean(new int[] {1}));
        }
    }

    /**
     * What is pooled while a network looks at one image, dropout off: the maps of all channels that each of its poolings is fed.
     *
     * @param image index in {@code examples}
     * @throws IllegalArgumentException if the run's input is not the study's, or the network is no sequence of layers of which some pool
     * @throws IOException if the weights cannot be read or are of another network
     */
    public static List<List<float[][]>> pooled(Run run, Architecture architecture, Examples examples, int image) throws IOException {
        run.requireInput(Input.grey());
        List<List<float[][]>> pooled = new ArrayList<>();
        try (NDManager manager = Engine.getInstance().newBaseManager()) {
            Block network = run.network(architecture, manager);
            List<Block> layers = network.getChildren().values();
            if (!(network instanceof SequentialBlock) || layers.stream().noneMatch(Inside::pools)) {
                throw new IllegalArgumentException(
                        "Network " + architecture.name()
                                + " is no sequence of layers of which some pool, so there are no maps before a pooling to show");
            }
            NDList output = new NDList(examples.batch(manager, new int[] {image}));
            for (Block layer : layers) {
                if (pools(layer)) {
                    pooled.add(maps(output.singletonOrThrow().get(0)));
                }
                output = layer.forward(new ParameterStore(manager, false), output, false);
            }
        }
        return pooled;
    }

    /**
     * For each image, pixel by pixel, the gradient of its own class's logit times the pixel's distance from the image's mean, summed over channels: to first
     * order what the logit loses when the pixel is made as grey as the image is on average ("gradient × input", Shrikumar and others 2016).
     *
     * @param recipe the run's
     * @param faces all with a label
     * @throws IllegalArgumentException if the recipe has another network or input than the run
     * @throws IOException if the weights cannot be read
     */
    public static List<float[][]> gradientTimesInput(Run run, Recipe recipe, Faces faces) throws IOException {
        run.requireInput(recipe.input());
        Examples examples = recipe.input().examples(faces);
        List<float[][]> maps = new ArrayList<>();
        try (NDManager manager = Engine.getInstance().newBaseManager()) {
            Block network = run.network(recipe.architecture(), manager);
            for (int[] batch : Training.batches(IntStream.range(0, examples.size()).toArray(), run.config().batch())) {
                try (NDScope scope = new NDScope()) {
                    scope.suppressNotUsedWarning();
                    NDArray images = examples.batch(manager, batch);
                    images.setRequiresGradient(true);
                    NDArray own = manager.create(IntStream.of(batch).mapToLong(examples::label).toArray()).oneHot(run.config().classes().count());
                    try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                        collector.backward(Training.forward(network, images, false).mul(own).sum());
                    }
                    NDArray distances = images.sub(images.mean(new int[] {2}, true).mean(new int[] {3}, true));
                    maps.addAll(maps(images.getGradient().mul(distances).sum(new int[] {1})));
                }
            }
        }
        return maps;
    }

    private static boolean pools(Block layer) {
        return Summary.name(layer).endsWith("Pool2d");
    }

    private static List<float[][]> maps(NDArray array) {
        int height = (int) array.getShape().get(1);
        int width = (int) array.getShape().get(2);
        float[] values = array.toFloatArray();
        List<float[][]> maps = new ArrayList<>();
        for (int start = 0; start < values.length; start += height * width) {
            float[][] map = new float[height][width];
            for (int row = 0; row < height; row++) {
                System.arraycopy(values, start + row * width, map[row], 0, width);
            }
            maps.add(map);
        }
        return maps;
    }
}
