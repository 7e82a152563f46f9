package ferkit.study;

import ferkit.data.Classes;
import ferkit.data.Format;
import ferkit.model.Cost;
import ferkit.model.StudyModel;
import ferkit.train.Recipe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One run that is to be made: what {@code train} has side by side.
 *
 * @param recipe by which it is made
 * @param seed of initial weights, shuffling and dropout
 */
public record Task(Recipe recipe, long seed) {
    /** More is taken for a slip of the hand. */
    private static final int MOST_SEEDS = 1_000;
    private static final String GROUPS = "; or all for the study's, ablation for the sprint without one ingredient each, or chance for the study's questions in small";

    /**
     * Each recipe with each seed, the longest runs first by their networks' multiply-adds and their epochs, so that none is left to the end, when the others have nothing to do.
     *
     * @param names of recipes as {@link #recipe} takes them, or all for the study's, ablation for {@link Beyond#ABLATION}, chance for {@link Beyond#CHANCE}
     * @param seeds in the order in which the runs of one recipe stand
     * @throws IllegalArgumentException if there is no name, one is not known, or two are of one recipe
     */
    public static List<Task> list(List<String> names, List<Long> seeds) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("train: expected one or more of " + known() + GROUPS);
        }
        List<Recipe> recipes = new ArrayList<>(names.stream().flatMap(Task::recipes).toList());
        Set<String> once = new HashSet<>();
        recipes.stream().filter(recipe -> !once.add(recipe.name())).findFirst().ifPresent(recipe -> {
            throw new IllegalArgumentException(recipe.name() + " is named twice: expected each once");
        });
        if (recipes.size() > 1) { // asks the engine
            recipes.sort(Comparator.comparingLong(Task::work).reversed());
        }
        return recipes.stream().flatMap(recipe -> seeds.stream().map(seed -> new Task(recipe, seed))).toList();
    }

    private static Stream<Recipe> recipes(String name) {
        return switch (name) {
            case "all" -> StudyModel.ALL.stream().map(Recipe::of);
            case "ablation" -> Beyond.ABLATION.stream().map(Beyond::recipe);
            case "chance" -> Beyond.CHANCE.stream().map(Beyond::recipe);
            default -> Stream.of(recipe(name, GROUPS));
        };
    }

    private static long work(Recipe recipe) {
        return Cost.multiplyAdds(recipe.architecture(), Format.FER2013, Classes.FER2013.count()) * recipe.fullEpochs();
    }

    /**
     * How the study's model of this name or number is trained, or what goes beyond the study.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static Recipe recipe(String name) {
        return recipe(name, "");
    }

    private static Recipe recipe(String name, String others) {
        try {
            return Beyond.find(name).map(Beyond::recipe).orElseGet(() -> Recipe.of(StudyModel.named(name)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Model '" + name + "' is not known: expected one of " + known() + others, e);
        }
    }

    /** Whether {@link #recipe} has this recipe by its name, and not another. */
    public static boolean isKnown(Recipe recipe) {
        try {
            return recipe(recipe.name()).equals(recipe);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String known() {
        return StudyModel.ALL.stream().map(StudyModel::name).toList() + " or their numbers, or " + Beyond.names() + ", or "
                + Beyond.VOTES.recipe().name();
    }

    /**
     * Seeds as a command line names them.
     *
     * @param text numbers from 0 up and ranges of them, for example "1-5" or "1,3,7-9"
     * @throws IllegalArgumentException if it is none such, names a seed twice or a range of more than 1,000
     */
    public static List<Long> seeds(String text) {
        Set<Long> seeds = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            if (!part.matches("\\d{1,18}(-\\d{1,18})?")) {
                throw unreadable(text, "\"" + part + "\" is none");
            }
            String[] ends = part.split("-", -1);
            long first = Long.parseLong(ends[0]);
            long last = Long.parseLong(ends[ends.length - 1]);
            if (last < first || last - first >= MOST_SEEDS) {
                throw unreadable(text, part + (last < first ? " runs backwards" : " are more than 1,000"));
            }
            LongStream.rangeClosed(first, last).filter(seed -> !seeds.add(seed)).findFirst().ifPresent(seed -> {
                throw unreadable(text, "seed " + seed + " is named twice");
            });
        }
        return List.copyOf(seeds);
    }

    private static IllegalArgumentException unreadable(String text, String why) {
        return new IllegalArgumentException("--seeds " + text + ": " + why + "; expected seeds from 0 up, each once, for example 1-5 or 1,3,7");
    }

    /** What each of several runs is called in lines about them: its recipe, and where they differ in it the seed. */
    public static List<String> titles(List<Task> tasks) {
        boolean one = tasks.stream().map(Task::seed).distinct().count() == 1;
        return tasks.stream().map(task -> task.recipe.name() + (one ? "" : ", seed " + task.seed)).toList();
    }
}
