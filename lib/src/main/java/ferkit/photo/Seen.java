package ferkit.photo;

import ferkit.train.Predictions;
import java.util.List;

/**
 * A picture, the faces found in it, and what was said of each.
 *
 * @param faces from left to right
 * @param said as many predictions, without labels
 */
public record Seen(Photograph picture, List<Box> faces, Predictions said) {}
