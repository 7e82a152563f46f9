package ferkit.transfer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.Forward;
import ferkit.model.Operations;
import ferkit.model.weights.WeightFile;
import ferkit.train.Examples;
import ferkit.train.Training;
import java.io.IOException;
import java.util.Locale;

/**
 * The lower part of a pretrained EfficientNet that training leaves as it is, and the images as it sees them.
 *
 * @param weights the trunk's weights
 * @param variant they are read as
 * @param side to which images are resized, in pixels, from 32 up
 * @param stage up to which the trunk is frozen, 0 to 7; 8 for the whole trunk with its pooled features
 */
public record FrozenTrunk(WeightFile weights, Variant variant, int side, int stage) {
    /** Stage of the whole trunk. */
    public static final int WHOLE = EfficientNet.STAGES + 1;

    /** Images that the trunk is shown at once: at 224 pixels more would take gigabytes. */
    static final int BATCH = 16;

    /** @throws IllegalArgumentException if side or stage are out of range */
    public FrozenTrunk {
        if (side < EfficientNet.MIN_SIDE || stage < 0 || stage > WHOLE) {
            throw new IllegalArgumentException("Images of side " + side + " up to stage " + stage + ": expected a side of at least "
                    + EfficientNet.MIN_SIDE + " and a stage of 0 to " + WHOLE);
        }
    }

    /** What the outputs depend on, apart from the images. */
    String key() {
        return weights.sha256().substring(0, 16) + "-" + variant.padding().name().toLowerCase(Locale.ROOT) + "-" + variant.epsilon()
                + "-" + variant.scaling() + "-" + side + "-" + stage;
    }

    /** Shape of what comes out for one image. */
    public Shape outputShape() {
        try (NDManager manager = NDManager.newBaseManager()) {
            return outputShape(new EfficientNet(manager, variant).lower(stage));
        }
    }

    Shape outputShape(Block lower) {
        return lower.getOutputShapes(new Shape[] {new Shape(1, 1, side, side)})[0].slice(1);
    }

    /** Faces as the trunk takes them: (batch, 1 or 3, side, side), 0 to 255. */
    NDArray images(NDManager manager, Faces faces, int[] indices) {
        return EfficientNet.resized(Examples.of(faces).batch(manager, indices), side);
    }

    /** What the trunk makes of images of a format, told operation by operation; the trunk's arrays belong to {@code manager}. */
    public <T> T tell(NDManager manager, Format format, T x, Operations<T> to) throws IOException {
        T resized = isSize(format) ? x : to.resize(x, side);
        return Forward.tell(weights.load(manager, variant).lower(stage), resized, to);
    }

    /** Faces as a network on this trunk is fed them, computed in full precision whenever they are asked for; the trunk's arrays belong to {@code manager}. */
    public Examples examples(NDManager manager, Faces faces) throws IOException {
        Block lower = weights.load(manager, variant).lower(stage);
        return new Examples() {
            @Override
            public int size() {
                return faces.size();
            }

            @Override
            public int label(int index) {
                return faces.label(index);
            }

            @Override
            public NDArray batch(NDManager owner, int[] indices) {
                NDList parts = new NDList();
                for (int[] part : Training.batches(indices, BATCH)) {
                    parts.addAll(lower.forward(new ParameterStore(owner, false), new NDList(images(owner, faces, part)), false));
                }
                return NDArrays.concat(parts);
            }
        };
    }

    private boolean isSize(Format format) {
        return side == format.height() && side == format.width();
    }
}
