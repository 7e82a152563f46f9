package ferkit.report;

import ferkit.chart.MapGrid;
import ferkit.chart.NetworkDrawing;
import ferkit.chart.NetworkDrawing.Stage;
import ferkit.chart.Picture;
import ferkit.chart.PredictionBars;
import ferkit.chart.PredictionBars.Answer;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.drawn.Sample;
import ferkit.data.report.Statistics;
import ferkit.eval.Figures;
import ferkit.model.Architecture;
import ferkit.model.StudyModel;
import ferkit.model.Summary;
import ferkit.study.Kind;
import ferkit.train.Examples;
import ferkit.train.Inside;
import ferkit.train.Predictions;
import ferkit.train.Refusal;
import ferkit.train.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What there is to see of a network: what it is made of, what it has learnt, what it answers. Faces are shown only where
 * they are drawn ones; of photographs the average of a class stands for all of them, or if no class has enough, the drawn sample.
 */
public final class Pictures {
    /** Channels shown of each block. */
    private static final int CHANNELS = 8;
    /** Mistakes, and faces altogether, that are shown. */
    private static final int MISTAKES = 6;
    private static final int FACES = 9;
    private static final int MOST_IMAGES = 60;

    private Pictures() {}

    /**
     * A network for these data as a drawing: each block's layers, the size of its output, and its share of the parameters.
     *
     * @throws Refusal if it is no row of blocks as the study's networks are
     */
    public static Picture network(Architecture network, FaceSet data) {
        if (!(network instanceof StudyModel model)) {
            throw new Refusal("Network " + network.name() + " is no row of blocks as the study's are, so there is no drawing of it");
        }
        List<Stage> stages = new ArrayList<>(List.of(new Stage("Image", List.of(data.format().colour() ? "RGB values 0–255" : "grey values 0–255"),
                sizes(model.inputShape(data.format()).getShape()), 0)));
        long parameters = 0;
        Summary.Layer last = null;
        for (Summary.Layer layer : Summary.of(model, data).layers()) {
            parameters += layer.parameters();
            if (layer.name().equals("Dropout")) { // the last layer of each block and of the head
                stages.add(stage(model, stages.size(), layer, parameters));
                parameters = 0;
            }
            last = layer;
        }
        stages.add(new Stage("Output", List.of("Dense " + last.output().get(0), "one logit a class"), sizes(last.output().getShape()), parameters));
        return NetworkDrawing.picture("The network of " + Kind.STUDY.title(model.name()), stages);
    }

    private static Stage stage(StudyModel model, int number, Summary.Layer end, long parameters) {
        boolean head = number > model.filters().size();
        String convolution = "Conv " + model.kernel() + "×" + model.kernel() + ", ";
        List<String> layers = new ArrayList<>(head ? List.of("Flatten", "Dense " + model.dense(), "ReLU")
                : List.of(convolution + "same", "ReLU, BatchNorm", convolution + model.second().name().toLowerCase(Locale.ROOT), "ReLU",
                        (model.pools().get(number - 1) == StudyModel.Pooling.MAX ? "Max" : "Avg") + " pooling 2×2"));
        float dropout = head ? model.headDropout() : model.dropout();
        if (dropout > 0) {
            layers.add("Dropout " + Math.round(100 * dropout) + " %");
        }
        return new Stage(head ? "Head" : "Block " + number, layers, sizes(end.output().getShape()), parameters);
    }

    private static List<Long> sizes(long[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    /**
     * The kernels of a trained network's first convolution.
     *
     * @param model the plan that the run was trained by
     * @param data that the study has open
     * @throws Refusal if the run's weights cannot be read or are of another network, or it does not begin with a convolution
     */
    public static Picture kernels(Run run, Architecture model, FaceSet data) {
        return MapGrid.kernels("Kernels of the first convolution of " + title(run, data), Refusal.attempt(() -> Inside.firstKernels(run, model)));
    }

    /**
     * What the blocks of a trained network answer to one face, before they pool: of each block the eight channels that vary most over the
     * face, in their order. The face is the drawn one that the run names right most surely, or the average of the largest class.
     *
     * @throws Refusal if the run's weights cannot be read or are of another network, or that has no poolings or another input than the study's
     */
    public static Picture answers(Run run, Architecture model, FaceSet data) throws InterruptedException {
        Faces faces = presentable(data);
        int shown = isAveraged(data) ? largestClass(data, faces) : said(run, model, data, faces).surest(true).findFirst().orElse(0);
        List<MapGrid.Row> rows = new ArrayList<>();
        for (List<float[][]> maps : Refusal.attempt(() -> Inside.pooled(run, model, Examples.of(faces), shown))) {
            List<float[][]> varied = maps.stream().sorted(Comparator.comparingDouble(Pictures::variance).reversed()).limit(CHANNELS).toList();
            float[][] first = maps.get(0);
            rows.add(new MapGrid.Row("Block " + (rows.size() + 1), varied.size() + " of " + maps.size() + ", " + first.length + "×" + first[0].length,
                    maps.stream().filter(varied::contains).toList()));
        }
        String name = name(data, faces.label(shown));
        String which = !isAveraged(data) ? "the drawn face that it names most surely"
                : faces.labelled() ? "the average face of " + data.classes().title(faces.label(shown)) : "the average face";
        return MapGrid.answers("What the blocks of " + title(run, data) + " answer to " + which, faces.pixels(shown), faces.format(), name, rows);
    }

    private static boolean isAveraged(FaceSet data) {
        boolean canBeDrawn = data.classes().equals(Classes.FER2013) && data.format().equals(Format.FER2013);
        return !data.origin().isSample() && (!canBeDrawn || !DataTables.present(data.training(), DataTables.LEAST_AVERAGED).isEmpty());
    }

    /**
     * Faces that may be shown: drawn ones for validation, or the average of each class that has enough photographs; where none has and no drawn
     * face has such classes or such a format, the average of all training images, without a label.
     */
    private static Faces presentable(FaceSet data) {
        if (!isAveraged(data)) {
            return (data.origin().isSample() ? data : Sample.draw()).validation();
        }
        List<Integer> classes = DataTables.present(data.training(), DataTables.LEAST_AVERAGED);
        List<Integer> shown = classes.isEmpty() ? List.of(Faces.NO_LABEL) : classes;
        Statistics.Grey grey = Statistics.grey(data.training());
        int size = data.format().size();
        byte[] pixels = new byte[shown.size() * size];
        byte[] labels = new byte[shown.size()];
        for (int i = 0; i < labels.length; i++) {
            int label = shown.get(i);
            Faces faces = label == Faces.NO_LABEL ? data.training() : Statistics.ofClass(data.training(), label);
            System.arraycopy(Statistics.stretched(Statistics.average(faces), grey.mean(), grey.deviation()), 0, pixels, i * size, size);
            labels[i] = (byte) label;
        }
        return new Faces(data.classes(), data.format(), pixels, labels);
    }

    private static Predictions said(Run run, Architecture model, FaceSet data, Faces presentable) throws InterruptedException {
        return data.origin().isSample() ? run.validation() : Refusal.attempt(() -> run.predict(model, Examples.of(presentable)));
    }

    private static String title(Run run, FaceSet data) {
        return new Results(data.origin(), List.of(run)).title(run);
    }

    private static String name(FaceSet data, int label) {
        return (isAveraged(data) ? "Average of " : "") + (label == Faces.NO_LABEL ? "all" : data.classes().title(label));
    }

    private static int largestClass(FaceSet data, Faces averages) {
        int[] counts = data.training().counts();
        return IntStream.range(0, averages.size()).reduce((a, b) -> counts[averages.label(b)] > counts[averages.label(a)] ? b : a).getAsInt();
    }

    private static double variance(float[][] map) {
        double[] values = Arrays.stream(map).flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(i -> row[i])).toArray();
        double mean = Arrays.stream(values).average().getAsDouble();
        return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    }

    /**
     * Faces with the probabilities that a run gives to each class. Of drawn faces: its surest mistakes on those for validation, then
     * what it names right most surely. Of photographs: the average of each class's training images.
     *
     * @throws Refusal if the run's weights cannot be read or are of another network
     */
    public static Picture predictions(Run run, Architecture model, FaceSet data) throws InterruptedException {
        Faces faces = presentable(data);
        boolean drawn = !isAveraged(data);
        Predictions said = said(run, model, data, faces);
        List<Integer> shown = Stream.concat(said.surest(false).limit(drawn ? MISTAKES : FACES), said.surest(true)).limit(FACES).toList();
        return PredictionBars.picture("What " + title(run, data) + " says of " + (drawn ? "drawn validation faces, its surest mistakes first"
                : faces.labelled() ? "the average face of each class" : "the average face"), data.classes().titles(), faces.format(),
                shown.stream().map(i -> {
                    String name = name(data, said.truth()[i]);
                    return new Answer(Optional.of(faces.pixels(i)), said.truth()[i] == said.predicted()[i] ? name + ", named right"
                            : name + ", taken for " + data.classes().title(said.predicted()[i]), said.truth()[i], said.probabilities()[i]);
                }).toList());
    }

    /**
     * What a run says of images of one's own. Only their names are shown, so that no photograph lands in a page;
     * {@code run.predict(model, Examples.of(Faces.read(files, data.classes(), data.format())))} gives the numbers.
     *
     * @param path a PNG or JPEG file with one face cut out, or a folder of such files, of which those are taken that end in .png, .jpg or .jpeg
     * @throws Refusal if there is none or one cannot be read, or the run's weights are of another network
     */
    public static Picture predictions(Run run, Architecture model, FaceSet data, String path) throws InterruptedException {
        List<Path> files = Refusal.attempt(() -> files(path));
        Predictions said = Refusal.attempt(() -> run.predict(model, Examples.of(Faces.read(files, data.classes(), data.format()))));
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < said.size(); i++) {
            answers.add(new Answer(Optional.empty(), files.get(i).getFileName().toString(), Faces.NO_LABEL, said.probabilities()[i]));
        }
        return PredictionBars.picture("What " + title(run, data) + " says of " + Figures.count(files.size(), "image") + " of one's own",
                data.classes().titles(), data.format(), answers);
    }

    private static List<Path> files(String path) throws IOException {
        Path there = Path.of(path);
        if (Files.notExists(there)) {
            throw new IOException(path + ": no such file or folder" + (there.isAbsolute() ? "" : " in " + Path.of("").toAbsolutePath())
                    + ", expected a PNG or JPEG image, or a folder of such; name another path or put it there");
        }
        if (!Files.isDirectory(there)) {
            return List.of(there);
        }
        try (Stream<Path> inside = Files.list(there)) {
            List<Path> files = inside.filter(file -> file.getFileName().toString().matches("(?i)[^.].*\\.(png|jpe?g)")).sorted().toList();
            if (files.isEmpty() || files.size() > MOST_IMAGES) {
                throw new IOException(path + " holds " + Figures.count(files.size(), "image") + " (.png, .jpg, .jpeg): expected 1 to " + MOST_IMAGES);
            }
            return files;
        }
    }
}
