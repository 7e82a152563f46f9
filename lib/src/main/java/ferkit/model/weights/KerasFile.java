package ferkit.model.weights;

import ferkit.data.file.Room;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Reads the weights of a Keras model from HDF5. In the older form the attribute {@code layer_names} of the file (or of its group
 * {@code model_weights}) names the groups, and each group's {@code weight_names} the arrays in it. In that of Keras 3
 * ({@code .weights.h5}, and within {@code .keras}) each layer has a group {@code vars} of numbered arrays, whose attribute
 * {@code name} is the layer's. Names come out as {@code layer/kind}, for example {@code stem_conv/kernel}, behind the name of the
 * model within the model where there is one; a layer that is listed without weights as {@code layer/}.
 */
final class KerasFile {
    /** The weights within a {@code .keras} file, which is a zip file. */
    static final String ENTRY = "model.weights.h5";
    private static final List<String> NORM = List.of("gamma", "beta", "moving_mean", "moving_variance");
    private static final List<String> CONV = List.of("kernel", "bias");
    private static final List<String> NORMALIZATION = List.of("mean", "variance", "count");
    /** A model within a model within …; more is a file that holds itself. */
    private static final int DEEPEST = 20;

    private final Room room;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private KerasFile(Room room) {
        this.room = room;
    }

    static Map<String, Tensor> read(Path file, Room room) throws IOException {
        return read(() -> new HdfFile(file), room);
    }

    /** Reads the weights within a {@code .keras} file. */
    static Map<String, Tensor> read(byte[] content, Room room) throws IOException {
        return read(() -> HdfFile.fromByteBuffer(ByteBuffer.wrap(content)), room);
    }

    private static Map<String, Tensor> read(Supplier<HdfFile> opened, Room room) throws IOException {
        KerasFile keras = new KerasFile(room);
        try (HdfFile hdf = opened.get()) {
            Group root = hdf.getAttributes().containsKey("layer_names") || !(hdf.getChildren().get("model_weights") instanceof Group whole)
                    ? hdf : whole;
            if (root.getAttributes().containsKey("layer_names") || root.getAttributes().containsKey("layer_names0")) {
                keras.readNamed(root);
            } else {
                keras.readLayers(root, 0);
            }
            if (keras.tensors.isEmpty()) {
                throw new IOException("an HDF5 file without layer_names and without layers' vars: not the weights of a Keras model");
            }
            return keras.tensors;
        } catch (RuntimeException e) { // jHDF's own kind and others
            throw new IOException("its HDF5 structure cannot be read: " + e.getMessage(), e);
        }
    }

    private void readNamed(Group root) throws IOException {
        for (String layer : names(root, "layer_names")) {
            if (!(root.getChildren().get(layer) instanceof Group group)) {
                throw new IOException("layer_names lists " + layer + ", which is not there");
            }
            List<String> weights = names(group, "weight_names");
            if (weights.isEmpty()) {
                put(layer + "/", Tensor.unread("nothing"));
            }
            boolean several = weights.stream().map(KerasFile::layer).distinct().count() > 1; // a model within the model
            for (String weight : weights) {
                String kind = weight.substring(weight.lastIndexOf('/') + 1).replaceFirst(":\\d+$", "").replace("depthwise_", "");
                put(layer + "/" + (several ? layer(weight) + "/" : "") + kind, tensor(group, weight));
            }
        }
    }

    /** The last name but one of a path. */
    private static String layer(String weight) {
        String[] path = weight.split("/", -1);
        return path.length > 1 ? path[path.length - 2] : "";
    }

    private void put(String name, Tensor tensor) throws IOException {
        if (tensors.put(name, tensor) != null) {
            throw new IOException("two of its arrays are called " + name);
        }
    }

    private void readLayers(Group group, int depth) throws IOException {
        for (Node node : group.getChildren().values()) {
            if (!(node instanceof Group child) || depth == DEEPEST) {
                continue;
            }
            if (!child.getName().equals("vars")) {
                readLayers(child, depth + 1);
                continue;
            }
            Attribute name = child.getAttribute("name");
            if (child.getChildren().isEmpty()) {
                if (name != null) {
                    put(model(group) + name.getData() + "/", Tensor.unread("nothing"));
                }
            } else {
                if (name == null) {
                    throw new IOException(child.getPath() + " does not say which layer it is, as Keras before 3.6 leaves it out; in Python,"
                            + " keras.models.load_model(\"model.keras\").save(\"weights.h5\") writes a form that does");
                }
                List<String> kinds = Layout.NORMALIZATION.matcher(name.getData() + "/mean").matches() ? NORMALIZATION
                        : child.getChildren().size() == NORM.size() ? NORM : CONV;
                for (String number : child.getChildren().keySet()) {
                    int index = Integer.parseInt(number);
                    String kind = index < kinds.size() ? kinds.get(index) : number;
                    put(model(group) + name.getData() + "/" + kind, tensor(child, number));
                }
            }
        }
    }

    /** Where the model lies that a layer's group is of, with a slash behind it; empty for the outermost. */
    private static String model(Group layer) {
        return layer.getPath().replaceFirst("^/(_layer_checkpoint_dependencies/)?", "").replaceFirst("(^|/)(layers/)?[^/]+/$", "$1");
    }

    private Tensor tensor(Group group, String path) throws IOException {
        Node node = group.getByPath(path);
        if (!(node instanceof Dataset dataset)) {
            throw new IOException(path + " of " + group.getPath() + " is not an array");
        }
        if (dataset.getJavaType() != float.class) {
            return Tensor.unread(dataset.getJavaType().getSimpleName());
        }
        long[] shape = dataset.getDimensionsAsLong();
        room.take(dataset.getSizeInBytes(), path);
        Object data = dataset.isScalar() ? dataset.getData() : dataset.getDataFlat();
        if (data instanceof float[] values) {
            return new Tensor(shape, values);
        }
        if (data instanceof Number number) {
            return new Tensor(shape, new float[] {number.floatValue()});
        }
        throw new IOException(path + " of " + group.getPath() + " holds no numbers");
    }

    /** A list of names in one attribute, or in name0, name1, … where it was too long for one; empty where there is none. */
    private List<String> names(Node node, String name) throws IOException {
        List<Attribute> parts = node.getAttribute(name) != null ? List.of(node.getAttribute(name))
                : IntStream.iterate(0, i -> i + 1).mapToObj(i -> node.getAttribute(name + i)).takeWhile(Objects::nonNull).toList();
        List<String> names = new ArrayList<>();
        for (Attribute part : parts) {
            if (!part.isEmpty() && part.getSize() > 0) {
                room.take(part.getSize() * Long.BYTES, name);
                Object data = part.getData();
                names.addAll(data instanceof String[] several ? List.of(several) : List.of((String) data));
            }
        }
        return names;
    }
}
