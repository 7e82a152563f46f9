package ferkit.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import ferkit.model.EfficientNet;
import ferkit.model.EfficientNet.Scaling;
import ferkit.model.EfficientNet.Variant;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pooled features of every weight source against the reference, at 224, 48 and 97 pixels. */
class WeightParityTest {
    private static final double TOLERANCE = 1e-4;

    @Test
    void kerasH5() throws IOException {
        Path file = ParityFiles.need(ParityFiles.KERAS);
        assertEquals(Variant.KERAS, WeightFile.read(file).variant().orElseThrow());
        check("keras", file, Variant.KERAS);
    }

    @Test
    void torchvisionPth() throws IOException {
        Path file = ParityFiles.need(ParityFiles.TORCHVISION);
        assertEquals(Variant.TORCHVISION, WeightFile.read(file).variant().orElseThrow());
        check("torchvision", file, Variant.TORCHVISION);
    }

    @Test
    void timmSafetensors() throws IOException {
        check("tf_efficientnet_b0", ParityFiles.need(ParityFiles.TIMM_TF), Variant.TIMM_TF);
    }

    @Test
    void lite0Pth() throws IOException {
        Path file = ParityFiles.need(ParityFiles.lite0());
        assertEquals(Variant.LITE0, WeightFile.read(file).variant().orElseThrow());
        check("lite0", file, Variant.LITE0.with(Scaling.IMAGENET));
    }

    private static void check(String name, Path file, Variant variant) throws IOException {
        JsonObject reference;
        try (Reader reader = new InputStreamReader(
                WeightParityTest.class.getResourceAsStream("/parity/efficientnet-features.json"), StandardCharsets.UTF_8)) {
            reference = new Gson().fromJson(reader, JsonObject.class);
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            EfficientNet net = WeightFile.read(file).load(manager, variant);
            ParameterStore store = new ParameterStore(manager, false);
            int compared = 0;
            for (JsonElement element : reference.getAsJsonObject("cases").getAsJsonArray(name)) {
                JsonObject expected = element.getAsJsonObject();
                int side = expected.get("side").getAsInt();
                int images = expected.get("images").getAsInt();
                SplittableRandom random = new SplittableRandom(expected.get("seed").getAsLong());
                float[] grey = new float[images * side * side];
                for (int i = 0; i < grey.length; i++) {
                    grey[i] = (float) (255 * random.nextDouble());
                }
                NDArray input = manager.create(grey, new Shape(images, 1, side, side));
                NDArray features = net.trunk().forward(store, new NDList(input), false).singletonOrThrow();
                assertEquals(new Shape(images, EfficientNet.FEATURES), features.getShape());
                for (int i = 0; i < images; i++) {
                    float[] row = features.get(i).toFloatArray();
                    String where = name + " at " + side + ", image " + i;
                    double l2 = expected.getAsJsonArray("l2").get(i).getAsDouble();
                    double norm = 0;
                    for (float v : row) {
                        norm += (double) v * v;
                    }
                    assertEquals(l2, Math.sqrt(norm), TOLERANCE * l2, where + ", l2");
                    JsonArray first = expected.getAsJsonArray("first16").get(i).getAsJsonArray();
                    for (int k = 0; k < first.size(); k++) {
                        assertEquals(first.get(k).getAsDouble(), row[k], TOLERANCE * l2, where + ", feature " + k);
                        compared++;
                    }
                    JsonArray last = expected.getAsJsonArray("last4").get(i).getAsJsonArray();
                    for (int k = 0; k < last.size(); k++) {
                        int at = row.length - last.size() + k;
                        assertEquals(last.get(k).getAsDouble(), row[at], TOLERANCE * l2, where + ", feature " + at);
                        compared++;
                    }
                }
            }
            assertTrue(compared >= 100, "only " + compared + " features compared");
        }
    }
}
