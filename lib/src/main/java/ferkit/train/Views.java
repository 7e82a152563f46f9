package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** As what a finished network is shown each image when it predicts; its probabilities are averaged over the views. */
public enum Views {
    /** The image as it is, as in the study. */
    ONE("the image"),
    /** The image and its mirror image. */
    FLIPPED("the image and its mirror image"),
    /** The image and its mirror image, each also shifted by two pixels to either side, up and down, its edge repeated. */
    SHIFTED("the image and its mirror image, each also shifted by 2 pixels left, right, up and down");

    private final String plan;

    Views(String plan) {
        this.plan = plan;
    }

    /** In words. */
    public String plan() {
        return plan;
    }

    /** How many there are of an image. */
    public int count() {
        return switch (this) {
            case ONE -> 1;
            case FLIPPED -> 2;
            case SHIFTED -> 10;
        };
    }

    /** The views that a run's {@code config.json} names. */
    static Views of(String plan) {
        return Arrays.stream(values()).filter(views -> views.plan.equals(plan)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Views \"" + plan + "\" are not known"));
    }

    /** The views of a batch (batch, channels, height, width), each of the same shape; for one view of any shape. */
    List<NDArray> of(NDArray batch) {
        if (this == ONE) {
            return List.of(batch);
        }
        List<NDArray> views = new ArrayList<>();
        for (NDArray image : List.of(batch, batch.flip(3))) {
            views.add(image);
            if (this == SHIFTED) {
                for (int axis = 2; axis <= 3; axis++) {
                    long side = image.getShape().get(axis);
                    NDArray first = slice(image, axis, 0, 1);
                    NDArray last = slice(image, axis, side - 1, side);
                    views.add(NDArrays.concat(new NDList(first, first, slice(image, axis, 0, side - 2)), axis));
                    views.add(NDArrays.concat(new NDList(slice(image, axis, 2, side), last, last), axis));
                }
            }
        }
        return views;
    }

    private static NDArray slice(NDArray image, int axis, long from, long to) {
        return image.get(new NDIndex().addAllDim(axis).addSliceDim(from, to));
    }
}
