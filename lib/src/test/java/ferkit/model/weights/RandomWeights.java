package ferkit.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A weight file for tests that need one and not the real ones. */
public final class RandomWeights {
    private RandomWeights() {}

    /** Writes random weights of EfficientNet-Lite0. */
    public static WeightFile lite0(Path folder) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList arrays = new NDList();
            new EfficientNet(manager, Variant.LITE0).parameters().forEach((place, parameters) -> {
                for (Parameter p : parameters) {
                    NDArray copy = p.getArray().duplicate();
                    copy.setName(Layout.LUKEMELAS.name(place, p.getType()));
                    arrays.add(copy);
                }
            });
            return WeightFile.read(Files.write(folder.resolve("lite0.safetensors"), arrays.encode(NDList.Encoding.SAFETENSORS)));
        }
    }
}
