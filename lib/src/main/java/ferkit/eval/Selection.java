package ferkit.eval;

import ferkit.train.Predictions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The members of an {@link Ensemble} and their weights, chosen on the validation images alone by greedy forward selection with replacement (Caruana
 * and others 2004, "Ensemble selection from libraries of models"): each pick is the model, picked before or not, with which the mean of all picks is
 * right most often; of equally good ones that of the lower cross-entropy. The picks up to the first of the highest accuracy are kept, and a model's weight is its share of them.
 *
 * @param titles of the models to choose from
 * @param picks their indices in the order picked
 * @param accuracies of the mean after each pick, on the validation images, 0 to 1
 */
public record Selection(List<String> titles, List<Integer> picks, List<Double> accuracies) {
    /** So many picks are tried. */
    public static final int PICKS = 30;

    /** How good a mean is: images right, and among equals cross-entropy. */
    private record Score(int right, double loss) {
        boolean beats(Score other) {
            return right > other.right || right == other.right && loss < other.loss;
        }
    }

    /**
     * Chooses among models.
     *
     * @param titles as many as models
     * @param validation what each says of the same labelled images
     * @throws IllegalArgumentException if there are none, or they are not predictions of the same images
     */
    public static Selection of(List<String> titles, List<Predictions> validation) {
        Predictions all = Predictions.mean(validation); // refuses what does not belong together
        double[][] sum = new double[all.size()][all.classes().count()];
        List<Integer> picks = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        while (picks.size() < PICKS) {
            int best = 0;
            Score highest = null;
            for (int i = 0; i < validation.size(); i++) {
                Score score = score(sum, validation.get(i), picks.size() + 1);
                if (highest == null || score.beats(highest)) {
                    best = i;
                    highest = score;
                }
            }
            add(sum, validation.get(best));
            picks.add(best);
            accuracies.add((double) highest.right() / all.size());
        }
        return new Selection(List.copyOf(titles), List.copyOf(picks), List.copyOf(accuracies));
    }

    /** Of the mean of {@code picks} models, of which all but the one to be added are in {@code sum}. */
    private static Score score(double[][] sum, Predictions added, int picks) {
        int right = 0;
        double loss = 0;
        for (int image = 0; image < sum.length; image++) {
            float[] more = added.probabilities()[image];
            int likeliest = 0;
            for (int c = 1; c < more.length; c++) {
                likeliest = sum[image][c] + more[c] > sum[image][likeliest] + more[likeliest] ? c : likeliest;
            }
            int truth = added.truth()[image];
            right += likeliest == truth ? 1 : 0;
            loss -= Math.log(Math.max(Float.MIN_NORMAL, (sum[image][truth] + more[truth]) / picks));
        }
        return new Score(right, loss);
    }

    private static void add(double[][] sum, Predictions added) {
        for (int image = 0; image < sum.length; image++) {
            for (int c = 0; c < sum[image].length; c++) {
                sum[image][c] += added.probabilities()[image][c];
            }
        }
    }

    /** How many picks are kept: up to the first of the highest accuracy. */
    public int kept() {
        return accuracies.indexOf(Collections.max(accuracies)) + 1;
    }

    /** How often a model is among the picks that are kept. */
    public int times(int model) {
        return Collections.frequency(picks.subList(0, kept()), model);
    }

    /**
     * The chosen models together, beside the single one that is best on the validation images.
     *
     * @param predictions of all models to choose from, of any split
     */
    public Ensemble ensemble(List<Predictions> predictions) {
        return new Ensemble("The chosen ones together", Predictions.mean(picks.subList(0, kept()).stream().map(predictions::get).toList()),
                titles.get(picks.get(0)), predictions.get(picks.get(0)));
    }

    /** Each pick, and the validation accuracy of the mean after it. */
    public Table path() {
        return Table.create("The picks in order", Figures.counts("Pick", IntStream.rangeClosed(1, picks.size()).toArray()),
                StringColumn.create("Model", picks.stream().map(titles::get)),
                Figures.column("Validation accuracy after it", accuracies.stream().mapToDouble(a -> a).toArray(), 4),
                StringColumn.create("Kept", IntStream.range(0, picks.size()).mapToObj(i -> i < kept() ? "yes" : "no")));
    }

    /**
     * The models to choose from, the weight of each, and what it costs to ask it.
     *
     * @param multiplyAdds of one prediction by each model, all its views together
     */
    public Table weights(double... multiplyAdds) {
        return Table.create("Weights of the models", StringColumn.create("Model", titles),
                Figures.counts("Times picked", IntStream.range(0, titles.size()).map(this::times).toArray()),
                Figures.column("Weight", IntStream.range(0, titles.size()).mapToDouble(i -> (double) times(i) / kept()).toArray(), 3),
                Figures.counts("Million multiply-adds a prediction",
                        IntStream.range(0, titles.size()).map(i -> (int) Math.round(multiplyAdds[i] / 1e6)).toArray()));
    }

    /** Multiply-adds of one prediction by the chosen models together; {@code multiplyAdds} as in {@link #weights}. */
    public double cost(double... multiplyAdds) {
        return IntStream.range(0, titles.size()).filter(i -> times(i) > 0).mapToDouble(i -> multiplyAdds[i]).sum();
    }
}
