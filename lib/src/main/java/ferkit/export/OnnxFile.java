package ferkit.export;

import ai.onnx.proto.OnnxMl;
import com.google.gson.Gson;
import ferkit.data.file.AtomicFile;
import ferkit.eval.Figures;
import ferkit.study.Trained;
import ferkit.train.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * One finished run, or the mean of several, as an ONNX model: images (N, channels, height, width) of 0 to 255 become probabilities (N, classes).
 * Scaling and softmax are inside. The model's metadata say what it is: classes (a JSON list in the order of the probabilities), data, data_hash,
 * runs, seed, input and opset.
 *
 * @param name of its files
 * @param members at least one, of the same classes and format; one that is in it several times counts as often in the mean, as the picks of a
 *     {@link ferkit.eval.Selection}, and lies in the file once
 */
public record OnnxFile(String name, List<Trained> members) {
    /** The oldest version of the format that has these operators. */
    private static final int IR_VERSION = 7;

    /** @throws IllegalArgumentException if there is no member, two differ in classes or format, or one is of several views */
    public OnnxFile {
        members = List.copyOf(members);
        if (members.isEmpty() || members.stream().map(OnnxFile::shape).distinct().count() > 1) {
            throw new IllegalArgumentException("Runs of " + members.stream().map(OnnxFile::shape).distinct().toList()
                    + ": expected one or more, all of the same images and classes");
        }
        if (members.stream().anyMatch(member -> member.run().hasViews())) {
            throw new IllegalArgumentException("A file is of what networks say of the image alone: export the run itself, not that of its views");
        }
    }

    /** Named after its members: "model-6", "model-6=2+sprint". */
    public static OnnxFile of(List<Trained> members) {
        return new OnnxFile(String.join("+", names(members)), members);
    }

    private static List<String> names(List<Trained> members) {
        return members.stream().distinct().map(member -> member.run().folder().getFileName()
                + (Collections.frequency(members, member) > 1 ? "=" + Collections.frequency(members, member) : "")).toList();
    }

    private static String shape(Trained member) {
        return member.run().config().format() + " " + member.run().config().classes().titles();
    }

    /**
     * Writes {@code <name>.onnx} and beside it {@code README.md}, its {@link ModelCard}.
     *
     * @param folder made if it is not there
     * @return the ONNX file
     * @throws IllegalArgumentException if a network has a layer that cannot be written
     * @throws IOException if a run's weights cannot be read, the folder cannot be written or holds a README.md that is no model card
     */
    public Path write(Path folder) throws IOException {
        OnnxMl.ModelProto model = model();
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException(folder + " is a file: expected a folder, for the model and its card");
        }
        Files.createDirectories(folder);
        Path file = folder.resolve(name + ".onnx");
        Path card = folder.resolve("README.md");
        if (Files.exists(card) && !Files.readString(card).startsWith(ModelCard.TITLE)) {
            throw new IOException(card + " is there and no model card: it would be replaced by one; name another folder");
        }
        AtomicFile.write(file, model::writeTo);
        AtomicFile.write(card, ModelCard.text(this));
        return file;
    }

    private OnnxMl.ModelProto model() throws IOException {
        OnnxGraph graph = new OnnxGraph(config().format());
        List<OnnxGraph.Value> probabilities = new ArrayList<>();
        for (Trained member : members.stream().distinct().toList()) {
            OnnxGraph.Value image = member.recipe().input().standardized() ? graph.standardize(graph.input()) : graph.input();
            OnnxGraph.Value said = graph.softmax(member.tell(image, graph));
            probabilities.addAll(Collections.nCopies(Collections.frequency(members, member), said));
        }
        return model(graph.build(graph.mean(probabilities)), metadata());
    }

    static OnnxMl.ModelProto model(OnnxMl.GraphProto graph, Map<String, String> metadata) {
        OnnxMl.ModelProto.Builder model = OnnxMl.ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName("ferkit").setDomain("ferkit")
                .setModelVersion(1).setGraph(graph);
        model.addOpsetImportBuilder().setDomain("").setVersion(OnnxGraph.OPSET);
        metadata.forEach((key, value) -> model.addMetadataPropsBuilder().setKey(key).setValue(value));
        return model.build();
    }

    /** What the file says of itself, by the names of its metadata. */
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("classes", new Gson().toJson(config().classes().titles()));
        metadata.put("data", all(RunConfig::data));
        metadata.put("data_hash", all(RunConfig::dataHash));
        metadata.put("runs", String.join(", ", names(members)));
        metadata.put("seed", all(config -> Long.toString(config.seed())));
        metadata.put("input", OnnxGraph.INPUT + ": float32 (N, " + config().format().channels() + ", " + config().format().height() + ", "
                + config().format().width() + "), 0 to 255");
        metadata.put("opset", Integer.toString(OnnxGraph.OPSET));
        return metadata;
    }

    /** What the members' configurations say, each different thing once. */
    private String all(Function<RunConfig, String> what) {
        return members.stream().map(member -> what.apply(member.run().config())).distinct().collect(Collectors.joining(", "));
    }

    /**
     * What an ONNX file holds: its input and output, how often it has which operator, its size and its metadata.
     *
     * @throws IOException if it cannot be read
     */
    public static Table contents(Path file) throws IOException {
        OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file));
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Input", declared(model.getGraph().getInput(0)));
        rows.put("Output", declared(model.getGraph().getOutput(0)));
        Map<String, Long> operators = model.getGraph().getNodeList().stream()
                .collect(Collectors.groupingBy(OnnxMl.NodeProto::getOpType, LinkedHashMap::new, Collectors.counting()));
        rows.put("Operators", operators.entrySet().stream().map(entry -> entry.getValue() + " " + entry.getKey()).collect(Collectors.joining(", ")));
        rows.put("Size", Figures.fixed(Files.size(file) / 1e6, 1) + " MB");
        model.getMetadataPropsList().forEach(entry -> rows.put("Metadata: " + entry.getKey(), entry.getValue()));
        return Table.create(file.getFileName().toString(), StringColumn.create("What", rows.keySet()), StringColumn.create("Value", rows.values()));
    }

    private static String declared(OnnxMl.ValueInfoProto value) {
        return value.getName() + " (" + value.getType().getTensorType().getShape().getDimList().stream()
                .map(dim -> dim.hasDimParam() ? dim.getDimParam() : Long.toString(dim.getDimValue())).collect(Collectors.joining(", ")) + ")";
    }

    RunConfig config() {
        return members.get(0).run().config();
    }
}
