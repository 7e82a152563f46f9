package ferkit.train;

import ferkit.data.Format;
import ferkit.model.Architecture;
import ferkit.model.StudyModel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All that decides a run's figures, apart from data and seed. A run's identity is the sum of the parts' plans, so a changed part
 * never loads another's run; {@link #named} gives a changed recipe a folder of its own.
 *
 * @param name of the runs' folders; the network's own unless it was changed
 * @param architecture the network's plan
 * @param start what the network starts from
 * @param input how images are fed, and augmented while training
 * @param loss of training; validation is always measured by plain cross-entropy
 * @param optimizer with its learning rate
 * @param schedule of learning rates
 * @param fullEpochs passes over the training images of a run of full size, which the settings may shorten
 * @param epochs passes that were chosen whatever the settings say; if none were, the full ones or fewer, depending on the data and the settings
 * @param batch images an update that were chosen; if none were, the study's or fewer, depending on the data and the settings
 * @param averaging of weights
 * @param views of an image when a finished network predicts
 */
public record Recipe(String name, Architecture architecture, StartWeights start, Input input, Loss loss, Optimizer optimizer,
        Schedule schedule, int fullEpochs, Optional<Integer> epochs, Optional<Integer> batch, Averaging averaging, Views views) {
    /** Passes over the training images that the study gave each of its six models. */
    public static final int STUDY_EPOCHS = 50;

    /** The parts of the study's six models that later ones can differ in, by their names in {@link #parts}. */
    static final Map<String, String> STUDY_PARTS = of(StudyModel.ALL.get(0)).parts(Format.FER2013);

    /** @throws IllegalArgumentException if the name is none for a folder, or epochs or batch are not positive */
    public Recipe {
        Architecture.requireName(name);
        if (fullEpochs < 1 || epochs.orElse(1) < 1 || batch.orElse(1) < 1) {
            throw new IllegalArgumentException("Recipe " + name + " has " + epochs.orElse(fullEpochs) + " epochs"
                    + batch.map(images -> " and a batch of " + images).orElse("") + ": expected numbers from 1 up");
        }
    }

    /** This network as the study trained its six: random weights, raw grey, Adam, the staircase of learning rates, fifty epochs. */
    public static Recipe of(Architecture architecture) {
        return new Recipe(architecture.name(), architecture, StartWeights.random(), Input.grey(), Loss.crossEntropy(), Adam.of(1e-3),
                Schedule.staircase(0.98, 1000), STUDY_EPOCHS, Optional.empty(), Optional.empty(), Averaging.none(), Views.ONE);
    }

    /** The same, its runs in folders of this name. */
    public Recipe named(String other) {
        return new Recipe(other, architecture, start, input, loss, optimizer, schedule, fullEpochs, epochs, batch, averaging, views);
    }

    /** The same for another network; its name stays. */
    public Recipe withArchitecture(Architecture other) {
        return new Recipe(name, other, start, input, loss, optimizer, schedule, fullEpochs, epochs, batch, averaging, views);
    }

    /** The same from other weights, for example {@code StartWeights.of(run)}. */
    public Recipe withStart(StartWeights other) {
        return new Recipe(name, architecture, other, input, loss, optimizer, schedule, fullEpochs, epochs, batch, averaging, views);
    }

    /** The same on another input, for example {@code Input.grey().flipped(0.5)}. */
    public Recipe withInput(Input other) {
        return new Recipe(name, architecture, start, other, loss, optimizer, schedule, fullEpochs, epochs, batch, averaging, views);
    }

    /** The same with another loss, for example {@code Loss.crossEntropy(0.1)}. */
    public Recipe withLoss(Loss other) {
        return new Recipe(name, architecture, start, input, other, optimizer, schedule, fullEpochs, epochs, batch, averaging, views);
    }

    /** The same with another optimiser, for example {@code Sgd.of(0.01, 0.9)}. */
    public Recipe withOptimizer(Optimizer other) {
        return new Recipe(name, architecture, start, input, loss, other, schedule, fullEpochs, epochs, batch, averaging, views);
    }

    /** The same with another schedule, for example {@code Schedule.cosine(500)}. */
    public Recipe withSchedule(Schedule other) {
        return new Recipe(name, architecture, start, input, loss, optimizer, other, fullEpochs, epochs, batch, averaging, views);
    }

    /** The same, with so many epochs in a run of full size; settings may ask for fewer. */
    public Recipe withFullEpochs(int other) {
        return new Recipe(name, architecture, start, input, loss, optimizer, schedule, other, epochs, batch, averaging, views);
    }

    /** The same for so many epochs, whatever the settings say. */
    public Recipe withEpochs(int other) {
        return new Recipe(name, architecture, start, input, loss, optimizer, schedule, fullEpochs, Optional.of(other), batch, averaging, views);
    }

    /** The same in batches of so many images, whatever the settings say. */
    public Recipe withBatch(int other) {
        return new Recipe(name, architecture, start, input, loss, optimizer, schedule, fullEpochs, epochs, Optional.of(other), averaging, views);
    }

    /** The same with another averaging of weights, for example {@code Averaging.of(0.999)}. */
    public Recipe withAveraging(Averaging other) {
        return new Recipe(name, architecture, start, input, loss, optimizer, schedule, fullEpochs, epochs, batch, other, views);
    }

    /** The same with other views at prediction, for example {@code Views.FLIPPED}. */
    public Recipe withViews(Views other) {
        return new Recipe(name, architecture, start, input, loss, optimizer, schedule, fullEpochs, epochs, batch, averaging, other);
    }

    /** The learning rate of a run of so many epochs in words, for example "0.001, times 0.98 every 1000 updates". */
    public String learningRate(int ofEpochs) {
        return optimizer.learningRate() + (schedule.plan().equals("constant") ? "" : ", " + schedule.plan())
                + (schedule.dependsOnLength() ? ", over " + ofEpochs + " epochs" : "");
    }

    /** The plans of the parts that are neither network nor learning rate, on images of this format, by the names that messages use. */
    public Map<String, String> parts(Format format) {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("start", start.plan());
        parts.put("input", input.plan(format));
        parts.put("augmentation", input.augmentation());
        parts.put("loss", loss.plan());
        parts.put("optimizer", optimizer.plan());
        parts.put("averaging", averaging.plan());
        parts.put("views", views.plan());
        return parts;
    }
}
