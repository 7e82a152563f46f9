package ferkit.train;

import static ferkit.train.KerasParityTest.assertClose;
import static ferkit.train.KerasParityTest.doubles;
import static ferkit.train.KerasParityTest.draw;
import static ferkit.train.KerasParityTest.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
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
 * Four residual networks against the same in PyTorch, in double precision there, with weights that both sides draw from the same generator:
 * the i-th parameter's from the network's seed + i, uniform in 0.5 to 1.5 for scales and variances, in ±0.3 for other vectors, in
 * ±1.5 / √(fan in) for kernels; images from seed + 999 in ±2, channels last. Steps are by SGD with Nesterov's momentum of 0.9.
 */
class ResidualParityTest {
    private static final JsonObject TORCH = KerasParityTest.read("/parity/residual-networks.json");
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
            setWeights(network, manager, seed);
            Examples examples = images(format, seed + IMAGES);
            int[] all = IntStream.range(0, examples.size()).toArray();

            assertClose(floats(torch.get("eval_logits")), KerasParityTest.logits(network, manager, examples, all), 1e-5, "evaluation logits");
            assertClose(floats(torch.get("gradient_l2")), KerasParityTest.gradientNorms(network, manager, examples, all), 1e-4,
                    "norms of the first step's gradients");

            setWeights(network, manager, seed); // statistics too
            Updates updates = new Updates(manager, network, Sgd.of(TORCH.get("learning_rate").getAsDouble(), 0.9).withNesterov(),
                    Schedule.constant(), 3);
            List<Double> losses = new ArrayList<>();
            for (int step = 0; step < 3; step++) {
                Tally tally = new Tally();
                Training.step(network, updates, Loss.crossEntropy(), manager, examples, all, tally);
                losses.add(tally.loss());
                if (step == 0) {
                    assertStatistics(torch.getAsJsonArray("running_mean"), network, "runningMean");
                    assertStatistics(torch.getAsJsonArray("running_var"), network, "runningVar");
                }
            }
            assertClose(floats(torch.get("train_losses")), losses.stream().mapToDouble(d -> d).toArray(), 1e-5, "training losses");
            assertClose(floats(torch.get("eval_logits_after_3_steps")), KerasParityTest.logits(network, manager, examples, all), 1e-4,
                    "logits after three steps");
        }
    }

    private static void setWeights(Block network, NDManager manager, long seed) {
        int number = 0;
        for (Pair<String, Parameter> entry : network.getParameters()) {
            Parameter parameter = entry.getValue();
            NDArray array = parameter.getArray();
            double limit = parameter.getType() == Parameter.Type.WEIGHT
                    ? 1.5 / Math.sqrt((double) array.size() / array.getShape().get(0))
                    : 0.3;
            boolean aroundOne = parameter.getType() == Parameter.Type.GAMMA || parameter.getType() == Parameter.Type.RUNNING_VAR;
            array.set(new NDIndex("..."), manager.create(draw(seed + number++, aroundOne ? 0.5 : -limit, aroundOne ? 1.5 : limit,
                    (int) array.size()), array.getShape()));
        }
    }

    private static void assertStatistics(JsonArray torch, Block network, String name) {
        List<NDArray> ours = network.getParameters().stream().filter(p -> p.getKey().endsWith(name)).map(p -> p.getValue().getArray()).toList();
        assertEquals(torch.size(), ours.size());
        for (int layer = 0; layer < ours.size(); layer++) {
            assertClose(floats(torch.get(layer)), doubles(ours.get(layer).get("0:2")), 1e-5, name + " of normalisation " + layer);
        }
    }

    private static Examples images(Format format, long seed) {
        int[] labels = new Gson().fromJson(TORCH.get("labels"), int[].class);
        float[] pixels = draw(seed, -2, 2, labels.length * format.size());
        return new Examples() {
            @Override
            public int size() {
                return labels.length;
            }

            @Override
            public int label(int index) {
                return labels[index];
            }

            @Override
            public NDArray batch(NDManager manager, int[] indices) {
                return manager.create(pixels, new Shape(labels.length, format.height(), format.width(), format.channels())).transpose(0, 3, 1, 2);
            }
        };
    }

    private static List<Integer> integers(JsonArray array) {
        return Arrays.asList(new Gson().fromJson(array, Integer[].class));
    }
}
