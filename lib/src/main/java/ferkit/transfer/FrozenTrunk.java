package ferkit.transfer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ferkit.data.Faces;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.weights.WeightFile;
import ferkit.train.Examples;
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

    private static final int BILINEAR = 1;

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

    /**
     * Faces as the trunk takes them: (batch, 1 or 3, side, side), 0 to 255, resized bilinearly with half-pixel centres and
     * without smoothing, as {@code tf.image.resize} does.
     */
    NDArray images(NDManager manager, Faces faces, int[] indices) {
        NDArray images = Examples.of(faces).batch(manager, indices);
        return side == faces.format().height() && side == faces.format().width() ? images
                : images.getNDArrayInternal().interpolation(new long[] {side, side}, BILINEAR, false);
    }
}
