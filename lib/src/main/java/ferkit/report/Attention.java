package ferkit.report;

import ferkit.chart.Charts;
import ferkit.chart.MapGrid;
import ferkit.chart.Picture;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.report.Statistics;
import ferkit.eval.Difference;
import ferkit.eval.Figures;
import ferkit.eval.Holm;
import ferkit.eval.Occlusion;
import ferkit.study.Trained;
import ferkit.train.Answers;
import ferkit.train.Inside;
import ferkit.train.Predictions;
import ferkit.transfer.TransferModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Where a network looks, class by class, and whether that means anything. Maps are averages over some validation images of a class, laid over the average of its training
 * images; they are tried on other validation images. Single images are shown of drawn faces only.
 *
 * @param title of the run
 * @param labels of the classes that there are images of
 * @param averaged number of images that the maps were made of
 * @param occlusion for each of these classes what its probability loses at each place
 * @param gradients the same to first order, of the logit
 * @param single of each class the first image's index among the validation images and what its probability loses
 * @param deleted what the network says of other images when shares of them are made grey, by what chose the places; {@link #SHARES} in order
 */
public record Attention(String title, FaceSet data, List<Integer> labels, int averaged, List<double[]> occlusion, List<double[]> gradients,
        Map<Integer, double[]> single, Map<String, List<Predictions>> deleted) {
    /** Of each class at most so many validation images make the maps, and so many others try them. */
    private static final int MADE_OF = 24;
    /** Drawn faces of a class are much alike. */
    private static final int MADE_OF_DRAWN = 4;
    private static final int TRIED_ON = 60;
    /** Tiles of {@value Occlusion#TILES} that are made grey. */
    private static final int[] SHARES = {3, 6, 9, 12, 18};
    /** What is compared in the table: a quarter of the image. */
    private static final int COMPARED = 2;
    private static final String RANDOM = "at random";
    private static final String BY_OCCLUSION = "by the class's occlusion";
    private static final String BY_GRADIENT = "by the class's gradient";
    private static final String BY_ALL = "by all classes' occlusion";
    private static final List<List<String>> COMPARISONS = List.of(List.of(BY_ALL, RANDOM), List.of(BY_OCCLUSION, RANDOM),
            List.of(BY_GRADIENT, RANDOM),
            List.of(BY_OCCLUSION, BY_ALL), List.of(BY_GRADIENT, BY_ALL));
    private static final long SEED = 48;

    /**
     * Asks a network; of the study's some ten thousand times.
     *
     * @param progress takes a line on what is being done
     * @throws IllegalArgumentException if the images are smaller than twelve pixels, there are not two of a class, or the network stands on a frozen trunk
     * @throws IOException if its weights cannot be read
     */
    public static Attention of(Trained model, String title, FaceSet data, Consumer<String> progress) throws IOException, InterruptedException {
        if (model.recipe().architecture() instanceof TransferModel) {
            throw new IllegalArgumentException(
                    title + " is fed what a frozen trunk made of the images: expected a network that is fed the images themselves");
        }
        try (Answers network = model.run().answers(model.recipe())) {
            return of(model, network, title, data, progress);
        }
    }

    private static Attention of(Trained model, Answers network, String title, FaceSet data, Consumer<String> progress)
            throws IOException, InterruptedException {
        Occlusion occlusion = new Occlusion(data.format());
        List<Integer> labels = DataTables.present(data.validation(), 2);
        if (labels.isEmpty()) {
            throw new IllegalArgumentException(
                    "No class has two labelled validation images: expected some to make maps of and others to try them on");
        }
        List<int[]> made = new ArrayList<>();
        List<int[]> tried = new ArrayList<>();
        for (int label : labels) {
            int[] order = FaceSet.permutation(ofClass(data.validation(), label).length, new SplittableRandom(SEED));
            int[] images = IntStream.of(order).map(i -> ofClass(data.validation(), label)[i]).toArray();
            int first = Math.min(data.origin().isSample() ? MADE_OF_DRAWN : MADE_OF, images.length / 2);
            made.add(Arrays.copyOf(images, first));
            tried.add(Arrays.copyOfRange(images, first, Math.min(images.length, first + TRIED_ON)));
        }
        Faces faces = data.validation().select(made.stream().flatMapToInt(IntStream::of).toArray());
        double[][] drops = occlusion.drops(faces, network::to,
                done -> progress.accept(String.format(Locale.ROOT, "%s: %d of %d places made grey in %d images", title, done,
                        Occlusion.SIDE * Occlusion.SIDE, faces.size())));
        double[][] slopes = occlusion.sums(Inside.gradientTimesInput(model.run(), model.recipe(), faces));
        List<double[]> dropMaps = byClass(labels, faces, drops);
        List<double[]> slopeMaps = byClass(labels, faces, slopes);
        Map<Integer, double[]> single = new LinkedHashMap<>();
        for (int label : labels) {
            int first = ofClass(faces, label)[0];
            single.put(made.get(labels.indexOf(label))[0], drops[first]);
        }

        Faces others = data.validation().select(tried.stream().flatMapToInt(IntStream::of).toArray());
        double[] all = Occlusion.mean(dropMaps);
        Map<String, IntFunction<IntFunction<int[]>>> orders = new LinkedHashMap<>();
        orders.put(RANDOM, number -> image -> Occlusion.random(SEED + image, number));
        orders.put(BY_ALL, number -> image -> Occlusion.highest(all, number));
        orders.put(BY_OCCLUSION, number -> image -> Occlusion.highest(dropMaps.get(labels.indexOf(others.label(image))), number));
        orders.put(BY_GRADIENT, number -> image -> Occlusion.highest(slopeMaps.get(labels.indexOf(others.label(image))), number));
        Map<String, List<Predictions>> deleted = new LinkedHashMap<>();
        for (Map.Entry<String, IntFunction<IntFunction<int[]>>> order : orders.entrySet()) {
            progress.accept(title + ": places made grey " + order.getKey() + " in " + Figures.count(others.size(), "other image"));
            List<Predictions> said = new ArrayList<>();
            for (int number : SHARES) {
                said.add(network.to(occlusion.greyed(others, order.getValue().apply(number))));
            }
            deleted.put(order.getKey(), said);
        }
        deleted.put("", List.of(network.to(others)));
        return new Attention(title, data, labels, faces.size(), dropMaps, slopeMaps, single, deleted);
    }

    private static int[] ofClass(Faces faces, int label) {
        return IntStream.range(0, faces.size()).filter(i -> faces.label(i) == label).toArray();
    }

    private static List<double[]> byClass(List<Integer> labels, Faces faces, double[][] maps) {
        return labels.stream().map(label -> Occlusion.mean(IntStream.of(ofClass(faces, label)).mapToObj(i -> maps[i]).toList())).toList();
    }

    /** The maps over the average face of each class; of the drawn sample also those of one drawn face of each. */
    public Picture maps() {
        Statistics.Grey grey = Statistics.grey(data.training());
        List<byte[]> averages = labels.stream()
                .map(label -> Statistics.stretched(Statistics.average(Statistics.ofClass(data.training(), label)), grey.mean(), grey.deviation()))
                .toList();
        List<MapGrid.Overlay> rows = new ArrayList<>(List.of(
                new MapGrid.Overlay("Occlusion", "probability lost", averages, occlusion.stream().map(Occlusion::rows).toList()),
                new MapGrid.Overlay("Gradient", "logit lost, first order", averages, gradients.stream().map(Occlusion::rows).toList())));
        if (data.origin().isSample()) {
            rows.add(new MapGrid.Overlay("One drawn face", "probability lost", single.keySet().stream().map(data.validation()::pixels).toList(),
                    single.values().stream().map(Occlusion::rows).toList()));
        }
        return MapGrid.overlays("Where " + title + " looks: averages over " + averaged + " validation images on the average face of each class", rows,
                labels.stream().map(data.classes()::title).toList(), data.format(), Occlusion.PATCH);
    }

    /** Accuracy on other images when more and more of them is made grey, by what chose the places. */
    public Picture deletion() {
        List<Charts.Line> lines = new ArrayList<>();
        deleted.forEach((order, said) -> {
            if (!order.isEmpty()) {
                double[] accuracies = new double[SHARES.length + 1];
                accuracies[0] = deleted.get("").get(0).accuracy();
                IntStream.range(0, SHARES.length).forEach(i -> accuracies[i + 1] = said.get(i).accuracy());
                lines.add(new Charts.Line(order,
                        IntStream.concat(IntStream.of(0), IntStream.of(SHARES)).mapToDouble(n -> (double) n / Occlusion.TILES).toArray(),
                        accuracies));
            }
        });
        return Charts.lines("Accuracy of " + title + " when places are made grey", "Share of the image made grey", "Accuracy", lines,
                share -> Math.round(100 * share) + " %");
    }

    /** Two choices of places where a quarter of the image is grey: first minus second, and the p-value after Holm's correction for all of {@link #COMPARISONS}. */
    private record Comparison(Difference difference, double pValue, boolean toldApart) {
    }

    /** By what chose the places first and second. */
    private Map<List<String>, Comparison> comparisons() {
        List<Difference> differences = COMPARISONS.stream()
                .map(two -> Difference.ofImages(deleted.get(two.get(0)).get(COMPARED), deleted.get(two.get(1)).get(COMPARED))).toList();
        Holm holm = Holm.of(differences, Difference::pValue);
        return IntStream.range(0, differences.size()).boxed()
                .collect(Collectors.toMap(COMPARISONS::get, i -> new Comparison(differences.get(i), holm.pValue(i), holm.tellsApart(i))));
    }

    /**
     * The same where a quarter of the image is grey: each choice of places against places at random, with McNemar's paired test and Holm's correction, which counts the
     * comparisons of {@link #sentences} too.
     */
    public Table deletionTable() {
        List<String> orders = List.of(BY_ALL, BY_OCCLUSION, BY_GRADIENT);
        Predictions random = deleted.get(RANDOM).get(COMPARED);
        Map<List<String>, Comparison> comparisons = comparisons();
        List<Comparison> against = orders.stream().map(order -> comparisons.get(List.of(order, RANDOM))).toList();
        List<String> names = new ArrayList<>(List.of("nothing made grey", RANDOM));
        names.addAll(orders);
        List<Predictions> said = new ArrayList<>(List.of(deleted.get("").get(0), random));
        orders.forEach(order -> said.add(deleted.get(order).get(COMPARED)));
        return Table.create(title + " on " + Figures.count(random.size(), "other image") + ", a quarter of each made grey",
                StringColumn.create("Places chosen", names),
                Figures.column("Accuracy", said.stream().mapToDouble(Predictions::accuracy).toArray(), 4),
                Figures.column("Mean probability of the own class", said.stream().mapToDouble(s -> StatUtils.mean(Occlusion.own(s))).toArray(), 3),
                cells("Accuracy minus that at random", names.size(), i -> Figures.signed(against.get(i).difference().value(), 4)),
                cells("95 % interval", names.size(), i -> against.get(i).difference().interval().signedText()),
                cells("p after Holm", names.size(), i -> Figures.pValue(against.get(i).pValue())));
    }

    private static StringColumn cells(String name, int rows, IntFunction<String> cell) {
        return StringColumn.create(name, IntStream.range(0, rows).mapToObj(row -> row < 2 ? "" : cell.apply(row - 2)));
    }

    /** Whether the maps mean anything, in computed sentences. */
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        Map<List<String>, Comparison> comparisons = comparisons();
        for (String order : List.of(BY_OCCLUSION, BY_GRADIENT)) {
            Comparison random = comparisons.get(List.of(order, RANDOM));
            Comparison all = comparisons.get(List.of(order, BY_ALL));
            sentences.add("Made grey " + order + ", a quarter of the image costs " + title + " " + cost(order) + " points of accuracy; at random "
                    + cost(RANDOM) + " (" + told(random) + "), " + BY_ALL + " " + cost(BY_ALL) + " (" + told(all) + "). " + verdict(random, all));
        }
        double[] agreement = IntStream.range(0, labels.size())
                .mapToDouble(i -> new SpearmansCorrelation().correlation(occlusion.get(i), gradients.get(i))).toArray();
        sentences.add("How far both maps of a class put the places into the same order, by Spearman's rank correlation (1 the same order, 0 none): "
                + Figures.signed(StatUtils.mean(agreement), 2) + " on average over the classes, from " + Figures.signed(StatUtils.min(agreement), 2)
                + " to "
                + Figures.signed(StatUtils.max(agreement), 2) + ".");
        return sentences;
    }

    /** What the test says of a kind of map, in a sentence. */
    private static String verdict(Comparison random, Comparison all) {
        if (!random.toldApart() || random.difference().value() > 0) {
            return "These maps are not shown to mean anything.";
        }
        return !all.toldApart() ? "They mean something, but are not shown to say more of a class than of faces at large."
                : all.difference().value() < 0 ? "They mean something, and say more of a class than of faces at large."
                        : "They mean something, but less than what all classes have in common.";
    }

    private String cost(String order) {
        return Figures.fixed(100 * (deleted.get("").get(0).accuracy() - deleted.get(order).get(COMPARED).accuracy()), 1);
    }

    private static String told(Comparison two) {
        return (two.toldApart() ? "told apart, " : "not told apart, ") + Figures.pEquals(two.pValue()) + " after Holm";
    }
}
