package ferkit.study;

import ferkit.data.Format;
import ferkit.model.Architecture;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.EfficientNetClassifier;
import ferkit.model.ResidualModel;
import ferkit.model.StudyModel;
import ferkit.train.AdamW;
import ferkit.train.Averaging;
import ferkit.train.Input;
import ferkit.train.Loss;
import ferkit.train.Muon;
import ferkit.train.Recipe;
import ferkit.train.RunConfig;
import ferkit.train.Schedule;
import ferkit.train.StartWeights;
import ferkit.train.Views;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

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
            row("Marathon", new ResidualModel("marathon", 2, List.of(48, 96, 192, 384), List.of(1, 1, 1, 1)),     60,  12, 0.15, 0.08,    0.3, 0.1,  0.999),
            row("VGG-like", new ResidualModel("vgg",      2, List.of(32, 64, 128, 256), List.of(1, 1, 1, 1))
                                    .withShortcuts(false).withSqueeze(0),                                         30,  12, 0.15, 0.08,    0,   0.1,  0.999),
            //                                                                       side  stages  stochastic depth
            imageNet("Sprint from ImageNet",            lite0("sprint-imagenet",       64, 5, 0),                  6,   6, 0.075, 0.04,  0,   0.05, 0.99),
            imageNet("EfficientNet-Lite0, all trained", lite0("lite0",                 80, 5, 0.1),               16,  12, 0.15, 0.08,    0.3, 0.1,  0.999));
    // @formatter:on

    /** Recipes of all kinds that were held against the validation images until those of the table were left. */
    private static final int TRIED = 13;

    /** Of the study's questions in small: eighteen runs, three seeds of each, then take less than three hours on two cores. */
    private static final int CHANCE_EPOCHS = 5;

    private static final String WITHOUT = "Sprint without ";

    /**
     * The sprint without one of its ingredients, or with what the study has in its place, so that each shows what it is worth. Their runs lie apart and are
     * asked about the validation images only; views need no run, for the same weights can be asked without. AdamW is asked at half of Muon's learning rate
     * too, for that was chosen for Muon.
     */
    public static final List<Beyond> ABLATION = ablation(ALL.get(0).recipe);

    private static List<Beyond> ablation(Recipe sprint) {
        ResidualModel network = (ResidualModel) sprint.architecture();
        Input input = sprint.input();
        return Stream.of(without("input scaling", sprint.withInput(input.asRaw())),
                without("flips", sprint.withInput(input.without("flipped"))),
                without("turns, scaling and shifts", sprint.withInput(input.without("turned"))),
                without("erasing", sprint.withInput(input.without("erased"))),
                without("shortcuts", sprint.withArchitecture(network.withShortcuts(false))),
                without("squeeze-excitation", sprint.withArchitecture(network.withSqueeze(0))),
                without("BatchNorm everywhere", sprint.withArchitecture(network.withNormed(false))),
                without("Muon (AdamW instead)", sprint.withOptimizer(AdamW.of(LEARNING_RATE, WEIGHT_DECAY))),
                without("Muon and half the rate (AdamW instead)", sprint.withOptimizer(AdamW.of(LEARNING_RATE / 2, WEIGHT_DECAY))),
                without("schedule (constant instead)", sprint.withSchedule(Schedule.constant())),
                without("smoothing", sprint.withLoss(Loss.crossEntropy())),
                without("averaged weights", sprint.withAveraging(Averaging.none())))
                .filter(row -> !row.recipe.named(sprint.name()).equals(sprint)).toList();
    }

    private static Beyond without(String ingredient, Recipe recipe) {
        return new Beyond(WITHOUT + ingredient,
                recipe.named("sprint-without-" + ingredient.replaceFirst(" \\(.*", "").replace(",", "").replace(' ', '-').toLowerCase(Locale.ROOT)));
    }

    /**
     * The sprint's recipe on FER+'s votes in place of FER2013's labels, {@link ferkit.data.FerPlus#forTraining}: it is trained on the shares of the votes, and its
     * epoch chosen, and its accuracy counted, by the majority. Nothing else differs.
     */
    public static final Beyond VOTES = new Beyond("Sprint on votes", ALL.get(0).recipe.named("sprint-ferplus"));

    /** The study's Model 2 in small, which the other rows of {@link #CHANCE} change as the study's other models do. */
    private static final StudyModel SMALL = small(StudyModel.ALL.get(1));

    /**
     * The study's own questions in small, so that each can be asked with several seeds: its six networks at half their width, by the sprint's recipe. The first is what
     * the others are held against. Their runs lie with those of {@link #ABLATION} and are asked about the validation images only.
     */
    public static final List<Beyond> CHANCE = Published.models().stream().map(Beyond::small)
            .sorted(Comparator.comparing(model -> !model.equals(SMALL)))
            .map(model -> new Beyond("Small " + model.name().replace("small-model-", "Model "),
                    ALL.get(0).recipe.withArchitecture(model).named(model.name())
                            .withFullEpochs(CHANCE_EPOCHS).withViews(Views.ONE)))
            .toList();

    private static StudyModel small(StudyModel model) {
        return model.withName("small-" + model.name()).withFilters(model.filters().stream().map(f -> f / 2).toArray(Integer[]::new))
                .withDense(model.dense() / 2);
    }

    /** Of a row of {@link #CHANCE} the study's model whose question it asks. */
    public StudyModel question() {
        return StudyModel.named(recipe.name().substring("small-".length()));
    }

    /** In what that model differs from the second, in words. */
    public String change() {
        return switch (question().name()) {
            case "model-1" -> "maximum pooling throughout (Model 1)";
            case "model-3" -> "twice the filters and dense units (Model 3)";
            case "model-4" -> "kernels of 5×5 (Model 4)";
            case "model-5" -> "a fourth block, maximum pooling in the second, twice the dense units (Model 5)";
            case "model-6" -> "less padding (Model 6)";
            default -> title;
        };
    }

    /** Of a row of {@link #ABLATION} what was left out. */
    public String ingredient() {
        return title.substring(WITHOUT.length());
    }

    private static Beyond row(String title, Architecture network, int epochs, double degrees, double scale, double shift, double erased,
            double smoothing, double average) {
        Input moved = Input.grey().asStandardized().flipped(0.5).moved(degrees, scale, shift);
        return new Beyond(title, Recipe.of(network).withFullEpochs(epochs)
                .withInput(erased == 0 ? moved : moved.erased(erased))
                .withLoss(Loss.crossEntropy(smoothing))
                .withOptimizer(Muon.of(LEARNING_RATE, WEIGHT_DECAY)).withSchedule(Schedule.cosineAfterShare(WARM_UP))
                .withAveraging(Averaging.of(average)).withViews(Views.SHIFTED));
    }

    /** As {@link #row}, but from ImageNet's weights and in smaller steps. */
    private static Beyond imageNet(String title, Architecture network, int epochs, double degrees, double scale, double shift, double erased,
            double smoothing, double average) {
        return new Beyond(title, row(title, network, epochs, degrees, scale, shift, erased, smoothing, average).recipe
                .withStart(StartWeights.lite0(Workspace::findRoot)).withOptimizer(Muon.of(3e-3, 0.02)));
    }

    private static EfficientNetClassifier lite0(String name, int side, int stages, double drop) {
        return new EfficientNetClassifier(name, Variant.LITE0.with(Scaling.NONE).withMomentum(0.95).uncapped(), side, stages, drop, 0, 2);
    }

    /**
     * The recipe of this name, for example "sprint".
     *
     * @throws IllegalArgumentException if there is none of that name; the message lists those there are
     */
    public static Recipe named(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("Recipe '" + name + "' is not known: expected one of " + names())).recipe;
    }

    /** How many recipes were tried to find these, in a sentence. */
    public static String tried() {
        return "Recipes that were held against the validation images until these were left: " + TRIED + ".";
    }

    /** Part by part what each recipe is made of, a column a recipe. */
    public static Table table() {
        Table table = Table.create("The recipes beyond the study", StringColumn.create("Part", ALL.get(0).parts().keySet()));
        ALL.forEach(row -> table.addColumns(StringColumn.create(row.title, row.parts().values())));
        return table;
    }

    private Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("network", recipe.architecture().words());
        parts.put("epochs", Integer.toString(recipe.fullEpochs()));
        parts.put("batch", Integer.toString(recipe.batch().orElse(RunConfig.STUDY_BATCH)));
        parts.put("learning rate", recipe.learningRate(recipe.fullEpochs()));
        parts.putAll(recipe.parts(Format.FER2013));
        return parts;
    }

    /** The names of all. */
    public static List<String> names() {
        return ALL.stream().map(row -> row.recipe.name()).toList();
    }

    /** All recipes that the kit has runs of: how the study trained its six, and those beyond it. */
    public static List<Recipe> andTheStudys() {
        return Stream.concat(StudyModel.ALL.stream().map(Recipe::of), ALL.stream().map(Beyond::recipe)).toList();
    }

    /** Rows that only show what one thing is worth: their runs lie apart, and are not asked about test images. */
    static boolean isCompared(String name) {
        return Stream.concat(ABLATION.stream(), CHANCE.stream()).anyMatch(row -> row.recipe.name().equals(name));
    }

    /** The row of this name, of {@link #VOTES}, {@link #ABLATION} and {@link #CHANCE} too. */
    public static Optional<Beyond> find(String name) {
        return Stream.of(ALL, List.of(VOTES), ABLATION, CHANCE).flatMap(List::stream).filter(row -> row.recipe.name().equals(name)).findFirst();
    }
}
