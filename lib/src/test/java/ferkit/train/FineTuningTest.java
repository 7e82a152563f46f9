package ferkit.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ferkit.data.Format;
import ferkit.data.Split;
import ferkit.data.drawn.Sample;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.weights.RandomWeights;
import ferkit.transfer.Features;
import ferkit.transfer.FrozenTrunk;
import ferkit.transfer.TransferModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuningTest {
    @TempDir Path cache;

    @Test
    void fineTuningChangesTheUpperPartButNoNormalisation() throws Exception {
        FrozenTrunk trunk = new FrozenTrunk(RandomWeights.lite0(cache), Variant.LITE0, 32, 6);
        try (NDManager manager = NDManager.newBaseManager()) {
            TransferModel model = new TransferModel("tuned", trunk, Optional.empty(), 7);
            assertTrue(model.plan().endsWith(", head 128-7"), model.plan());
            TransferModel eight = new TransferModel("tuned", trunk, Optional.empty(), 8);
            assertTrue(eight.plan().endsWith(", head 128-8"), eight.plan());
            assertFalse(TransferModel.isTuned(eight.plan()));
            assertTrue(TransferModel.isTuned(eight.plan() + " of efficientnet-lite0-96"));
            assertEquals(new Shape(192, 1, 1), model.inputShape(Format.FER2013));
            Block network = model.build(manager, Format.FER2013, 7);
            Map<String, float[]> before = new HashMap<>();
            Weights.of(network).forEach(array -> before.put(array.getName(), array.toFloatArray()));
            Updates updates = new Updates(manager, network, Adam.of(1e-3), Schedule.constant(), 100);
            Training.step(network, updates, Loss.crossEntropy(), manager,
                    Features.of(Sample.draw(), Split.VALIDATION, trunk, cache, 2, done -> {}), new int[] {0, 1, 2, 3, 4, 5, 6, 7}, new Tally());
            for (NDArray array : Weights.of(network)) {
                boolean norm = array.getName().matches(".*(gamma|beta|runningMean|runningVar)");
                boolean same = Arrays.equals(before.get(array.getName()), array.toFloatArray());
                assertEquals(norm, same, array.getName());
            }
        }
    }
}
