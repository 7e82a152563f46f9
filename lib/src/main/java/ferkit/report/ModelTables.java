package ferkit.report;

import ferkit.eval.Figures;
import ferkit.model.StudyModel;
import ferkit.model.Summary;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What the notebooks on the models show of a network before it is trained. */
public final class ModelTables {
    private ModelTables() {}

    /** Plans of networks below each other, so that what differs between them can be seen. */
    public static Table plans(List<StudyModel> models) {
        return Table.create(models.size() == 1 ? "The plan of " + Results.title(models.get(0).name()) : "Plans of networks",
                StringColumn.create("Model", models.stream().map(m -> Results.title(m.name()))),
                StringColumn.create("Filters", models.stream().map(m -> joined(m.filters()))),
                StringColumn.create("Kernel", models.stream().map(m -> m.kernel() + "×" + m.kernel())),
                StringColumn.create("Padding of a block's second convolution", models.stream().map(m -> lower(m.second()))),
                StringColumn.create("Pools", models.stream().map(m -> joined(m.pools().stream().map(ModelTables::lower).toList()))),
                Figures.counts("Dense units", models.stream().mapToInt(StudyModel::dense).toArray()));
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
                Figures.counts("Parameters", layers.stream().mapToInt(layer -> (int) layer.parameters()).toArray()));
        for (String sum : List.of("All parameters", "Changed by gradients")) {
            table.stringColumn(0).append(sum);
            table.stringColumn(1).append("");
        }
        LongStream.of(summary.parameters(), summary.trainable()).forEach(n -> table.intColumn(2).append((int) n));
        return table;
    }
}
