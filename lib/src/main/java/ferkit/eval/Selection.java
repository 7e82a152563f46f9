package ferkit.eval;

import ferkit.train.Predictions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The members of an {@link Ensemble} and their weights, chosen on the validation images alone by greedy forward selection with replacement (Caruana
 * and others 2004, "Ensemble selection from libraries of models"): each pick is the model, picked before or not, with which the mean of all picks has the
 * lowest cross-entropy, which changes with every probability where the number of images right changes with few and so follows chance more. The picks up to
 * the first of the lowest are kept, and a model's weight is its share of them.
 *
 * @param titles of the models to choose from
 * @param single index of the one that is right most often on the validation images
 * @param picks their indices in the order picked
 * @param losses cross-entropy of the mean after each pick, on the validation images, in nats
 * @param accuracies of the same, 0 to 1
 */
public record Selection(List<String> titles, int single, List<Integer> picks, List<Double> losses, List<Double> accuracies) {
    /** So many picks are tried. */
    public static final int PICKS = 30;
    /** Of the validation images, to ask those that had no say. */
    public static final int HALVINGS = 20;

    /** How good a mean is: cross-entropy in nats, and the share of images right. */
    private record Score(double loss, double accuracy) {}

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
        List<Double> losses = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        while (picks.size() < PICKS) {
            int best = 0;
            Score lowest = null;
            for (int i = 0; i < validation.size(); i++) {
                Score score = score(sum, validation.get(i), picks.size() + 1);
                if (lowest == null || score.loss() < lowest.loss()) {
                    best = i;
                    lowest = score;
                }
            }
            add(sum, validation.get(best));
            picks.add(best);
            losses.add(lowest.loss());
            accuracies.add(lowest.accuracy());
        }
        double[] alone = validation.stream().mapToDouble(Predictions::accuracy).toArray();
        int single = IntStream.range(0, alone.length).reduce((a, b) -> alone[b] > alone[a] ? b : a).getAsInt();
        return new Selection(List.copyOf(titles), single, List.copyOf(picks), List.copyOf(losses), List.copyOf(accuracies));
    }

    /**
     * How good such a choice is on validation images that had no say in it: chosen by one half of them and asked about the other, and the other way round.
     *
     * @param validation what each model says of the same labelled images, at least two of them
     * @return the accuracy over all images, 0 to 1, for each of {@link #HALVINGS} random halvings, the same in every call
     * @throws IllegalArgumentException as {@link #of} does
     */
    public static double[] onHalves(List<Predictions> validation) {
        List<Integer> images = new ArrayList<>(IntStream.range(0, Predictions.mean(validation).size()).boxed().toList());
        return IntStream.range(0, HALVINGS).mapToDouble(halving -> {
            Collections.shuffle(images, new Random(halving));
            int[] first = images.stream().limit(images.size() / 2).mapToInt(i -> i).toArray();
            int[] second = images.stream().skip(images.size() / 2).mapToInt(i -> i).toArray();
            return (double) (right(validation, first, second) + right(validation, second, first)) / images.size();
        }).toArray();
    }

    private static int right(List<Predictions> validation, int[] choosing, int[] asked) {
        Selection selection = of(List.of(), validation.stream().map(said -> said.select(choosing)).toList());
        return selection.mean(validation.stream().map(said -> said.select(asked)).toList()).correct();
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
        return new Score(loss / sum.length, (double) right / sum.length);
    }

    private static void add(double[][] sum, Predictions added) {
        for (int image = 0; image < sum.length; image++) {
            for (int c = 0; c < sum[image].length; c++) {
                sum[image][c] += added.probabilities()[image][c];
            }
        }
    }

    /** How many picks are kept: up to the first of the lowest cross-entropy. */
    public int kept() {
        return losses.indexOf(Collections.min(losses)) + 1;
    }

    /** How often a model is among the picks that are kept. */
    public int times(int model) {
        return Collections.frequency(picks.subList(0, kept()), model);
    }

    /** Who was picked how often, the most often first, for example "Marathon 9; Lite0 7". */
    public String members() {
        return IntStream.range(0, titles.size()).boxed().filter(model -> times(model) > 0).sorted(Comparator.comparingInt(model -> -times(model)))
                .map(model -> titles.get(model) + " " + times(model)).collect(Collectors.joining("; "));
    }

    /**
     * The chosen models together, beside the single one that is best on the validation images.
     *
     * @param predictions of all models to choose from, of any split
     */
    public Ensemble ensemble(List<Predictions> predictions) {
        return new Ensemble("The chosen ones together", mean(predictions), titles.get(single), predictions.get(single));
    }

    private Predictions mean(List<Predictions> predictions) {
        return Predictions.mean(picks.subList(0, kept()).stream().map(predictions::get).toList());
    }

    /** Each pick, and cross-entropy and accuracy of the mean after it on the validation images. */
    public Table path() {
        return Table.create("The picks in order", Figures.counts("Pick", IntStream.rangeClosed(1, picks.size()).toArray()),
                StringColumn.create("Model", picks.stream().map(titles::get)),
                Figures.column("Cross-entropy after it", losses.stream().mapToDouble(l -> l).toArray(), 4),
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
