package ferkit.chart;

import ferkit.eval.Figures;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A training run as numbers to draw, one of each an epoch from epoch 1 on.
 *
 * @param name as shown in legends
 * @param accuracy share of training images predicted right, 0 to 1
 * @param loss training loss
 * @param valAccuracy share of validation images predicted right, 0 to 1
 * @param valLoss validation loss
 */
public record Curves(String name, double[] accuracy, double[] loss, double[] valAccuracy, double[] valLoss) {
    /** @throws IllegalArgumentException if there is no epoch or the four differ in length */
    public Curves {
        if (accuracy.length == 0 || loss.length != accuracy.length || valAccuracy.length != accuracy.length
                || valLoss.length != accuracy.length) {
            throw new IllegalArgumentException("Curves of " + name + " with " + accuracy.length + " training accuracies, "
                    + loss.length + " losses, " + valAccuracy.length + " validation accuracies and " + valLoss.length
                    + " losses: expected one of each for at least one epoch");
        }
    }

    /** Its best validation accuracy and lowest validation loss, for example "Model 6 over 50 epochs: best validation accuracy 0.654 in epoch 48, …". */
    String inWords() {
        int best = first(i -> -valAccuracy[i]);
        int lowest = first(i -> valLoss[i]);
        return name + " over " + Figures.count(epochs(), "epoch") + ": best validation accuracy " + Figures.fixed(valAccuracy[best], 3) + " in epoch "
                + (best + 1) + ", lowest validation loss " + Figures.fixed(valLoss[lowest], 3) + " in epoch " + (lowest + 1) + ".";
    }

    /** The first index of the lowest figure. */
    private int first(IntToDoubleFunction figure) {
        return IntStream.range(0, epochs()).reduce((a, b) -> figure.applyAsDouble(b) < figure.applyAsDouble(a) ? b : a).getAsInt();
    }

    /** Number of epochs. */
    public int epochs() {
        return accuracy.length;
    }
}
