package ferkit.report;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ferkit.data.FaceSet;
import ferkit.eval.Figures;
import ferkit.model.Cost;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.StudyModel;
import ferkit.model.Summary;
import ferkit.study.Kind;
import ferkit.study.Published;
import ferkit.transfer.FrozenTrunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What the notebooks on the models show of a network before it is trained. */
public final class ModelTables {
    private ModelTables() {}

    /** Plans of networks below each other, so that what differs between them can be seen. */
    public static Table plans(List<StudyModel> models) {
        return Table.create(models.size() == 1 ? "The plan of " + Kind.STUDY.title(models.get(0).name()) : "Plans of networks",
                StringColumn.create("Model", models.stream().map(m -> Kind.STUDY.title(m.name()))),
                StringColumn.create("Filters", models.stream().map(m -> joined(m.filters()))),
                StringColumn.create("Kernel", models.stream().map(m -> m.kernel() + "×" + m.kernel())),
                StringColumn.create("Padding of a block's second convolution", models.stream().map(m -> lower(m.second()))),
                StringColumn.create("Pools", models.stream().map(m -> joined(m.pools().stream().map(ModelTables::lower).toList()))),
                Figures.counts("Dense units", models, StudyModel::dense));
    }

    /**
     * How large networks for these data are, to be read across: layers, parameters of the convolutions, how many numbers the hidden dense layer is fed and its
     * parameters, all parameters, these as a multiple of the first network's, and multiply-adds of one image ({@link Cost}).
     */
    public static Table sizes(List<StudyModel> models, FaceSet data) {
        List<Summary> summaries = models.stream().map(model -> Summary.of(model, data)).toList();
        long first = summaries.get(0).parameters();
        List<Summary.Layer> dense = summaries.stream().map(summary -> of(summary, "Linear").get(0)).toList();
        return Table.create("Sizes of networks", StringColumn.create("Model", models.stream().map(m -> Kind.STUDY.title(m.name()))),
                Figures.counts("Layers", summaries, summary -> summary.layers().size()),
                Figures.counts("Parameters: convolutions", summaries,
                        summary -> of(summary, "Conv2d").stream().mapToLong(Summary.Layer::parameters).sum()),
                Figures.counts("Numbers fed to the dense layer", dense, layer -> layer.parameters() / layer.output().size() - 1), // a weight each, and a bias
                Figures.counts("Parameters: dense layer", dense, Summary.Layer::parameters),
                Figures.counts("Parameters: all", summaries, Summary::parameters),
                Figures.column("Parameters: times the first's", summaries, summary -> (double) summary.parameters() / first, 2),
                Figures.column("Million multiply-adds an image", models,
                        model -> Cost.multiplyAdds(model, data.format(), data.classes().count()) / 1e6, 1));
    }

    private static List<Summary.Layer> of(Summary summary, String name) {
        return summary.layers().stream().filter(layer -> layer.name().equals(name)).toList();
    }

    /**
     * Which pixels of the image the numbers behind a network's last pooling depend on, along the width, in a sentence; pixels are numbered from 0,
     * what lies beyond the image is padding. A field begins at one pixel; a convolution adds its kernel's side minus one, a pooling one, each times
     * the pixels that one step has come to mean, which double with every pooling.
     */
    public static String fields(StudyModel model, FaceSet data) {
        int seen = 1;
        int step = 1;
        int start = 0;
        int places = data.format().width();
        for (int block = 0; block < model.filters().size(); block++) {
            boolean same = model.second() == StudyModel.Padding.SAME;
            start -= (model.kernel() - 1) / 2 * (same ? 2 : 1) * step;
            seen += 2 * (model.kernel() - 1) * step + step;
            places = (same ? places : places - model.kernel() + 1) / 2;
            step *= 2;
        }
        int first = start;
        int next = step;
        int width = seen;
        return "In " + Kind.STUDY.title(model.name()) + " each number behind the last pooling sees " + seen + "×" + seen
                + " pixels; along the width its "
                + Figures.count(places, "place") + " see from " + IntStream.range(0, places)
                        .mapToObj(i -> first + i * next + " to " + (first + i * next + width - 1)).collect(Collectors.joining(", from "))
                        .replace('-', '−')
                + ".";
    }

    /** How the study's figures for one of its models differ from those for another, each at its epoch of the best validation accuracy, in a sentence. */
    public static String inTheStudy(String before, String model) {
        Published.Result from = Published.result(before);
        Published.Result to = Published.result(model);
        return "In the study, best validation accuracy went from " + Figures.fixed(from.validationAccuracy(), 4) + " (" + Kind.STUDY.title(before)
                + ") to "
                + Figures.fixed(to.validationAccuracy(), 4) + " (" + Kind.STUDY.title(model) + "), a difference of "
                + Figures.signed(to.validationAccuracy() - from.validationAccuracy(), 4) + ", and training accuracy at those epochs from "
                + Figures.fixed(from.trainingAccuracy(), 4) + " to " + Figures.fixed(to.trainingAccuracy(), 4) + ".";
    }

    private static String joined(List<?> items) {
        return String.join(", ", items.stream().map(Object::toString).toList());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A network's layers as Keras' {@code model.summary()} shows them: layer, output shape for one image, parameters; sums below. */
    public static Table summary(Summary summary) {
        List<Summary.Layer> layers = summary.layers();
        Table table = Table.create("The network layer by layer", StringColumn.create("Layer", layers.stream().map(Summary.Layer::name)),
                StringColumn.create("Output shape", layers.stream().map(layer -> layer.output().toString())),
                Figures.counts("Parameters", layers, Summary.Layer::parameters));
        for (String sum : List.of("All parameters", "Changed by gradients")) {
            table.stringColumn(0).append(sum);
            table.stringColumn(1).append("");
        }
        LongStream.of(summary.parameters(), summary.trainable()).forEach(n -> table.intColumn(2).append((int) n));
        return table;
    }

    /** The trunk part by part for images of this side, and the study's head for the classes of these data; with what the study's training changes. */
    public static Table parts(Variant variant, int side, FaceSet data) {
        int classes = data.classes().count();
        List<String> names = new ArrayList<>();
        List<String> shapes = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        List<Integer> trained = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            EfficientNet net = new EfficientNet(manager, variant);
            int below = 0;
            for (int stage = 0; stage <= FrozenTrunk.WHOLE; stage++) {
                Block lower = net.lower(stage);
                names.add(stage == 0 ? "Stem" : stage == FrozenTrunk.WHOLE ? "Top and pooling" : "Stage " + stage);
                shapes.add(lower.getOutputShapes(new Shape[] {new Shape(1, 1, side, side)})[0].slice(1).toString());
                counts.add(count(lower) - below);
                trained.add(0);
                below = count(lower);
            }
            int head = count(EfficientNet.head(manager, classes));
            names.addAll(List.of("Dense 128, ReLU, Dense " + classes, "All"));
            shapes.addAll(List.of("(" + classes + ")", ""));
            counts.addAll(List.of(head, below + head));
            trained.addAll(List.of(head, head));
        }
        return Table.create("The parts of " + variant.title() + " at " + side + " pixels", StringColumn.create("Part", names),
                StringColumn.create("Output shape", shapes),
                Figures.counts("Parameters", counts, i -> i),
                Figures.counts("Trained by the study", trained, i -> i));
    }

    private static int count(Block block) {
        return (int) block.getParameters().values().stream().mapToLong(p -> p.getArray().size()).sum();
    }
}
