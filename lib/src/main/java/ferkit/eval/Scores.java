package ferkit.eval;

/**
 * How well a class was found, or the average over classes.
 *
 * @param precision share of the images predicted as this class that are of it, 0 to 1; 0 if none was predicted so
 * @param recall share of this class's images that were predicted as it, 0 to 1; 0 if there are none
 * @param f1 harmonic mean of precision and recall, 0 to 1
 * @param support images of this class; for an average, all images
 */
public record Scores(double precision, double recall, double f1, int support) {}
