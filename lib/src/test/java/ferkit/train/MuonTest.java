package ferkit.train;

import static ferkit.train.Parity.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link Muon} against PyTorch's, version in the file, in single precision throughout (PyTorch's own iterates in bfloat16): four updates of a wide and a tall kernel. */
class MuonTest {
    private static final JsonObject TORCH = Parity.read("muon");
    private static final Muon MUON = Muon.of(TORCH.get("learning_rate").getAsDouble(), TORCH.get("weight_decay").getAsDouble());

    @Test
    void agreesWithPyTorch() {
        for (JsonElement each : TORCH.getAsJsonArray("kernels")) {
            JsonObject kernel = each.getAsJsonObject();
            Shape shape = new Shape(new Gson().fromJson(kernel.get("shape"), long[].class));
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray weight = manager.create(floats(kernel.get("kernel")), shape);
                List<NDArray> memory = MUON.memory().stream().map(n -> weight.zerosLike()).toList();
                int t = 0;
                for (JsonElement gradient : kernel.getAsJsonArray("gradients")) {
                    MUON.update(weight, manager.create(floats(gradient), shape), memory, MUON.learningRate(), ++t, true);
                }
                assertArrayEquals(floats(kernel.get("after")), weight.toFloatArray(), 1e-5f, "kernel of shape " + shape);
            }
        }
    }

    @Test
    void changesTheRestAsAdamW() {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (Shape shape : List.of(new Shape(8, 1, 3, 3), new Shape(7, 16), new Shape(16))) { // depthwise, dense, bias
                boolean decays = shape.dimension() > 1;
                NDArray weight = manager.randomNormal(shape);
                NDArray other = weight.duplicate();
                NDArray gradient = manager.randomNormal(shape);
                MUON.update(weight, gradient, List.of(weight.zerosLike(), weight.zerosLike()), 0.1, 1, decays);
                AdamW.of(MUON.learningRate(), MUON.weightDecay()).update(other, gradient, List.of(weight.zerosLike(), weight.zerosLike()), 0.1, 1,
                        decays);
                assertArrayEquals(other.toFloatArray(), weight.toFloatArray(), "shape " + shape);
            }
        }
    }

    /** A direction of no length must not become one of NaN. */
    @Test
    void survivesAGradientOfZeros() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.ones(new Shape(3, 5, 1, 1));
            MUON.update(weight, weight.zerosLike(), List.of(weight.zerosLike(), weight.zerosLike()), 0.1, 1, true);
            assertArrayEquals(manager.full(weight.getShape(), (float) (1 - 0.1 * MUON.weightDecay())).toFloatArray(), weight.toFloatArray(), 1e-6f);
        }
    }
}
