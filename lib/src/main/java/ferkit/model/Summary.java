package ferkit.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.util.Pair;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a network consists of, as Keras' {@code model.summary()} shows it.
 *
 * @param layers the network's children in order
 */
public record Summary(List<Layer> layers) {
    /**
     * One layer.
     *
     * @param name its kind, for example "Conv2d", "ReLU" or "MaxPool2d"
     * @param output shape of its output for one input, without the batch axis
     * @param parameters numbers it holds, BatchNorm's running statistics included
     * @param trainable those of them that training changes by gradients
     */
    public record Layer(String name, Shape output, long parameters, long trainable) {}

    /** The summary of a network that this plan builds for FER2013. */
    public static Summary of(Architecture architecture) {
        return of(architecture, Format.FER2013, Classes.FER2013.count());
    }

    /** The summary of a network that this plan builds for these data. */
    public static Summary of(Architecture architecture, FaceSet data) {
        return of(architecture, data.format(), data.classes().count());
    }

    /** The summary of a network that this plan builds for images of a format and so many classes. */
    public static Summary of(Architecture architecture, Format format, int classes) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network = architecture.build(manager, format, classes);
            List<Layer> layers = new ArrayList<>();
            Shape[] shapes = {new Shape(1).addAll(architecture.inputShape(format))};
            for (Pair<String, Block> child : network.getChildren()) {
                Block layer = child.getValue();
                shapes = layer.getOutputShapes(shapes);
                layers.add(new Layer(name(layer), shapes[0].slice(1),
                        count(layer, false), count(layer, true)));
            }
            return new Summary(List.copyOf(layers));
        }
    }

    /** A layer's kind, for example "Conv2d", "ReLU" or "MaxPool2d". */
    public static String name(Block layer) {
        String name = layer instanceof LambdaBlock function ? function.getName() : layer.getClass().getSimpleName();
        if (name.contains("$$Lambda")) { // DJL's name of a function that was given none
            return "Function";
        }
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** All numbers the network holds. */
    public long parameters() {
        return layers.stream().mapToLong(Layer::parameters).sum();
    }

    /** Those of them that training changes by gradients. */
    public long trainable() {
        return layers.stream().mapToLong(Layer::trainable).sum();
    }

    /** A line a layer and the sums, as a notebook prints it. */
    @Override
    public String toString() {
        return layers.stream().map(layer -> layer.name() + " " + layer.output() + ": " + layer.parameters() + "\n").collect(Collectors.joining())
                + "parameters: " + parameters() + ", trained by gradients: " + trainable();
    }

    private static long count(Block block, boolean trainableOnly) {
        return block.getParameters().values().stream()
                .filter(p -> !trainableOnly || p.requiresGradient())
                .mapToLong(p -> p.getArray().size()).sum();
    }
}
