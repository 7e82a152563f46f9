package ferkit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDList.Encoding;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import ferkit.model.weights.SafetensorsFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network's parameters, running statistics included, as bytes in the form of safetensors. */
final class Weights {
    private Weights() {}

    /** All arrays of a network, named after their parameters. */
    static NDList of(Block network) {
        NDList arrays = new NDList();
        for (Pair<String, Parameter> entry : network.getParameters()) {
            NDArray array = entry.getValue().getArray();
            array.setName(entry.getKey());
            arrays.add(array);
        }
        return arrays;
    }

    static byte[] encode(NDList arrays) {
        return arrays.encode(Encoding.SAFETENSORS);
    }

    /**
     * Copies saved values into arrays of the same names and shapes.
     *
     * @throws IOException listing what is missing, unknown or of another shape
     */
    static void decode(byte[] bytes, NDList arrays, String source) throws IOException {
        if (arrays.isEmpty()) { // of an optimiser that remembers nothing
            return;
        }
        try (NDManager manager = arrays.head().getManager().newSubManager()) {
            Map<String, NDArray> saved;
            try {
                saved = SafetensorsFile.arrays(manager, bytes);
            } catch (IOException e) {
                throw new IOException(source + ": " + e.getMessage(), e);
            }
            List<String> faults = new ArrayList<>();
            for (NDArray array : arrays) {
                NDArray value = saved.get(array.getName());
                if (value == null) {
                    faults.add(array.getName() + " is missing");
                } else if (!value.getShape().equals(array.getShape())) {
                    faults.add(array.getName() + " has shape " + value.getShape() + " instead of " + array.getShape());
                }
            }
            saved.keySet().stream().filter(name -> !arrays.contains(name)).forEach(name -> faults.add(name + " is unknown"));
            if (!faults.isEmpty()) {
                throw new IOException(source + " does not fit the network: " + String.join(", ", faults));
            }
            arrays.forEach(array -> array.set(new NDIndex("..."), saved.get(array.getName())));
        }
    }
}
