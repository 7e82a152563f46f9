/**
 * Public files of EfficientNet's weights: what they are is told from their content, and all of it is checked before anything native
 * sees it.
 */
package ferkit.model.weights;
