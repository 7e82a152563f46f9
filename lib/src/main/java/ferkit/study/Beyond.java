package ferkit.study;

import ferkit.model.ResidualModel;
import ferkit.train.Averaging;
import ferkit.train.Input;
import ferkit.train.Loss;
import ferkit.train.Muon;
import ferkit.train.PixelInput;
import ferkit.train.Recipe;
import ferkit.train.Schedule;
import ferkit.train.Views;
import java.util.List;
import java.util.Optional;

/**
 * A recipe that goes beyond the study: how much more is to be had of the same images on an ordinary machine. What stands in the table was
 * chosen by the validation images.
 *
 * @param title how tables and legends call its runs
 * @param recipe all that decides its figures; its name is the folder's
 */
public record Beyond(String title, Recipe recipe) {
    private static final double LEARNING_RATE = 5e-3;
    private static final double WEIGHT_DECAY = 0.05;
    private static final double WARM_UP = 0.1;

    /** Those of full size on FER2013 lie beside the study's; a recipe of one's own goes below them. */
    // @formatter:off
    public static final List<Beyond> ALL = List.of(
            //                                                                                                epochs  degrees scale shift  erased smoothing average
            row("Sprint",   new ResidualModel("sprint",   2, List.of(32, 64, 128, 256), List.of(1, 1, 1, 1)),     10,   4, 0.05, 0.027,   0,   0.05, 0.99),
            row("Marathon", new ResidualModel("marathon", 1, List.of(32, 64, 128, 256), List.of(1, 1, 1, 1)),    100,  12, 0.15, 0.08,    0.3, 0.1,  0.999),
            row("VGG-like", new ResidualModel("vgg",      2, List.of(32, 64, 128, 256), List.of(1, 1, 1, 1))
                                    .withShortcuts(false).withSqueeze(0),                                         30,  12, 0.15, 0.08,    0,   0.1,  0.999));
    // @formatter:on

    private static Beyond row(String title, ResidualModel network, int epochs, double degrees, double scale, double shift, double erased,
            double smoothing, double average) {
        PixelInput moved = Input.grey().asStandardized().flipped(0.5).moved(degrees, scale, shift);
        return new Beyond(title, Recipe.of(network).withFullEpochs(epochs)
                .withInput(erased == 0 ? moved : moved.erased(erased))
                .withLoss(Loss.crossEntropy(smoothing))
                .withOptimizer(Muon.of(LEARNING_RATE, WEIGHT_DECAY)).withSchedule(Schedule.cosineAfterShare(WARM_UP))
                .withAveraging(Averaging.of(average)).withViews(Views.SHIFTED));
    }

    /**
     * The recipe of this name, for example "sprint".
     *
     * @throws IllegalArgumentException if there is none of that name; the message lists those there are
     */
    public static Recipe named(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("Recipe '" + name + "' is not known: expected one of " + names())).recipe;
    }

    /** The names of all. */
    public static List<String> names() {
        return ALL.stream().map(row -> row.recipe.name()).toList();
    }

    static Optional<Beyond> find(String name) {
        return ALL.stream().filter(row -> row.recipe.name().equals(name)).findFirst();
    }
}
