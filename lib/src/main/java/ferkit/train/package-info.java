/** A recipe says everything that decides a run's figures; training, checkpoints, histories, predictions and runs follow from it. */
package ferkit.train;
