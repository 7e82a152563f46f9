package ferkit.train;

import ferkit.model.Architecture;
import ferkit.model.StudyModel;

/**
 * How the study trained a network.
 *
 * @param architecture the network's plan
 * @param startWeights "random" or the name of pretrained weights
 * @param schedule of learning rates
 * @param epochs passes over the training images
 */
public record Recipe(Architecture architecture, String startWeights, Schedule schedule, int epochs) {
    /** Passes over the training images that the study gave each of its six models. */
    public static final int STUDY_EPOCHS = 50;

    /** The recipe of the six models: random weights, the staircase of learning rates, fifty epochs. */
    public static Recipe of(StudyModel model) {
        return new Recipe(model, "random", Schedule.STUDY, STUDY_EPOCHS);
    }
}
