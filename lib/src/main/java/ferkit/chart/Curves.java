package ferkit.chart;

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

    /** Number of epochs. */
    public int epochs() {
        return accuracy.length;
    }
}
