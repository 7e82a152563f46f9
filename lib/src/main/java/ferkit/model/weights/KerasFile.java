package ferkit.model.weights;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the weights of a Keras model from HDF5. The attribute {@code layer_names} of the file (or of its group
 * {@code model_weights}) names the groups, and each group's {@code weight_names} the arrays in it. Names come out as
 * {@code layer/kind}, for example {@code stem_conv/kernel}, whether or not the file writes {@code kernel:0}.
 */
final class KerasFile {
    private KerasFile() {}

    static Map<String, Tensor> read(Path file) throws IOException {
        try (HdfFile hdf = new HdfFile(file)) {
            Group root = hdf.getAttributes().containsKey("layer_names") || !(hdf.getChildren().get("model_weights") instanceof Group whole)
                    ? hdf : whole;
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (String layer : names(root, "layer_names")) {
                if (!(root.getChildren().get(layer) instanceof Group group)) {
                    throw new IOException("layer_names lists " + layer + ", which is not there");
                }
                for (String weight : names(group, "weight_names")) {
                    String kind = weight.substring(weight.lastIndexOf('/') + 1).replaceFirst(":\\d+$", "").replace("depthwise_", "");
                    tensors.put(layer + "/" + kind, tensor(group, weight));
                }
            }
            return tensors;
        } catch (HdfException e) {
            throw new IOException("its HDF5 structure cannot be read: " + e.getMessage(), e);
        }
    }

    private static Tensor tensor(Group group, String path) throws IOException {
        Node node = group.getByPath(path);
        if (!(node instanceof Dataset dataset)) {
            throw new IOException(path + " of " + group.getPath() + " is not an array");
        }
        long[] shape = Arrays.stream(dataset.getDimensions()).asLongStream().toArray();
        Object data = dataset.isScalar() ? dataset.getData() : dataset.getDataFlat();
        if (data instanceof float[] values) {
            return new Tensor(shape, values);
        }
        if (data instanceof Number number) {
            return new Tensor(shape, new float[] {number.floatValue()});
        }
        throw new IOException(path + " of " + group.getPath() + " holds " + dataset.getJavaType() + ", expected 32-bit floats");
    }

    /** A list of names in one attribute, or in name0, name1, … where it was too long for one. */
    private static List<String> names(Node node, String name) throws IOException {
        List<String> names = new ArrayList<>();
        Attribute attribute = node.getAttribute(name);
        if (attribute == null && node.getAttribute(name + 0) == null) {
            throw new IOException(node.getPath() + " has no attribute " + name + ": not the weights of a Keras model");
        }
        for (int chunk = 0; attribute != null || (attribute = node.getAttribute(name + chunk)) != null; chunk++, attribute = null) {
            if (attribute.isEmpty() || attribute.getSize() == 0) {
                continue;
            }
            Object data = attribute.getData();
            names.addAll(data instanceof String[] several ? List.of(several) : List.of((String) data));
        }
        return names;
    }
}
