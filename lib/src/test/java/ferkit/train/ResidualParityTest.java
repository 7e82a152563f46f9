package ferkit.train;

import static ferkit.train.Parity.assertClose;
import static ferkit.train.Parity.doubles;
import static ferkit.train.Parity.draw;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import ferkit.data.Format;
import ferkit.model.ResidualModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Four residual networks against the same in PyTorch, in double precision there, with weights that both sides draw, see
 * {@link Parity#setWeights}, and images from seed + 999 in ±2. Steps are by SGD with Nesterov's momentum of 0.9.
 */
class ResidualParityTest {
    private static final JsonObject TORCH = Parity.read("residual-networks");
    private static final int IMAGES = 999;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void agreesWithPyTorch(int number) throws InterruptedException {
        JsonObject torch = TORCH.getAsJsonArray("networks").get(number).getAsJsonObject();
        ResidualModel model = new ResidualModel("small", torch.get("stem").getAsInt(), integers(torch.getAsJsonArray("widths")),
                integers(torch.getAsJsonArray("blocks"))).withShortcuts(torch.get("shortcuts").getAsBoolean())
                .withSqueeze(torch.get("squeeze").getAsInt()).withNormed(torch.get("normed").getAsBoolean());
        int side = torch.get("side").getAsInt();
        Format format = new Format(torch.get("channels").getAsInt(), side, side);
        try (NDManager manager = Training.newManager("cpu")) {
            Block network = model.build(manager, format, 7);
            assertEquals(torch.get("parameters").getAsLong(),
                    network.getParameters().values().stream().mapToLong(p -> p.getArray().size()).sum());
            long seed = torch.get("seed").getAsLong();
            Parity.setWeights(network, manager, seed, 1.5);
            int[] labels = new Gson().fromJson(TORCH.get("labels"), int[].class);
            Examples examples = Parity.images(draw(seed + IMAGES, -2, 2, labels.length * format.size()), labels, format, DataType.FLOAT32);
            int[] all = IntStream.range(0, examples.size()).toArray();

            assertClose(doubles(torch.get("eval_logits")), Parity.logits(network, manager, examples, all), 1e-5, "evaluation logits");
            assertClose(doubles(torch.get("gradient_l2")), Parity.gradientNorms(network, manager, examples, all), 1e-4,
                    "norms of the first step's gradients");

            Parity.setWeights(network, manager, seed, 1.5); // statistics too
            Updates updates = new Updates(manager, network, Sgd.of(TORCH.get("learning_rate").getAsDouble(), 0.9).withNesterov(),
                    Schedule.constant(), 3);
            List<Double> losses = new ArrayList<>();
            for (int step = 0; step < 3; step++) {
                Tally tally = new Tally();
                Training.step(network, updates, Loss.crossEntropy(), manager, examples, all, tally);
                losses.add(tally.loss());
                if (step == 0) {
                    Parity.assertStatistics(torch.get("running_mean"), network, Parameter.Type.RUNNING_MEAN, 1e-5);
                    Parity.assertStatistics(torch.get("running_var"), network, Parameter.Type.RUNNING_VAR, 1e-5);
                }
            }
            assertClose(doubles(torch.get("train_losses")), losses.stream().mapToDouble(d -> d).toArray(), 1e-5, "training losses");
            assertClose(doubles(torch.get("eval_logits_after_3_steps")), Parity.logits(network, manager, examples, all), 1e-4,
                    "logits after three steps");
        }
    }

    private static List<Integer> integers(JsonArray array) {
        return Arrays.asList(new Gson().fromJson(array, Integer[].class));
    }
}
