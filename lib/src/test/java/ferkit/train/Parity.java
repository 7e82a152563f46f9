package ferkit.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import ferkit.data.Format;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** What the tests against Keras, PyTorch and scikit-learn share: their numbers, weights and images that both sides draw, and how close is close. */
public final class Parity {
    private Parity() {}

    /** One of the files in {@code resources/parity}, without its ending. */
    public static JsonObject read(String name) {
        try (Reader reader = new InputStreamReader(Parity.class.getResourceAsStream("/parity/" + name + ".json"), StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(JsonElement json) {
        return new Gson().fromJson(json, float[].class);
    }

    /** A number, or those of an array of arrays one after the other. */
    static double[] doubles(JsonElement json) {
        if (json.isJsonPrimitive()) {
            return new double[] {json.getAsDouble()};
        }
        List<Double> values = new ArrayList<>();
        for (JsonElement element : json.getAsJsonArray()) {
            for (double value : doubles(element)) {
                values.add(value);
            }
        }
        return values.stream().mapToDouble(d -> d).toArray();
    }

    static double[] doubles(NDArray array) {
        float[] values = array.toFloatArray();
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** Numbers that the other side draws too. */
    public static float[] draw(long seed, double low, double high, int size) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (low + (high - low) * random.nextDouble());
        }
        return values;
    }

    /**
     * Draws the i-th parameter from {@code seed} + i, uniformly: 0.5 to 1.5 for scales and variances, ±0.3 for other vectors, and for kernels
     * ±{@code range} / √(fan in).
     */
    static void setWeights(Block network, NDManager manager, long seed, double range) {
        List<Parameter> all = network.getParameters().values();
        for (int i = 0; i < all.size(); i++) {
            NDArray array = all.get(i).getArray();
            Parameter.Type type = all.get(i).getType();
            double limit = type == Parameter.Type.WEIGHT ? range / Math.sqrt((double) array.size() / array.getShape().get(0)) : 0.3;
            boolean aroundOne = type == Parameter.Type.GAMMA || type == Parameter.Type.RUNNING_VAR;
            array.set(new NDIndex("..."), manager.create(draw(seed + i, aroundOne ? 0.5 : -limit, aroundOne ? 1.5 : limit, (int) array.size()),
                    array.getShape()));
        }
    }

    /** Images of these pixels, all of them whatever the indices, channels last in memory as {@link Examples#of} has them. */
    static Examples images(float[] pixels, int[] labels, Format format, DataType type) {
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
                return manager.create(pixels, new Shape(labels.length, format.height(), format.width(), format.channels())).toType(type, false)
                        .transpose(0, 3, 1, 2);
            }
        };
    }

    static double[] logits(Block network, NDManager manager, Examples examples, int[] all) {
        return doubles(network.forward(new ParameterStore(manager, false), new NDList(examples.batch(manager, all)), false).singletonOrThrow());
    }

    static double[] gradientNorms(Block network, NDManager manager, Examples examples, int[] all) {
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray logits = network.forward(new ParameterStore(manager, false), new NDList(examples.batch(manager, all)), true)
                    .singletonOrThrow();
            collector.backward(Loss.crossEntropy().of(logits, manager.create(IntStream.of(all).mapToLong(examples::label).toArray())));
        }
        List<NDArray> gradients = network.getParameters().values().stream().filter(Parameter::requiresGradient)
                .map(p -> p.getArray().getGradient()).toList();
        double[] norms = gradients.stream().mapToDouble(gradient -> gradient.toType(DataType.FLOAT64, false).norm().getDouble()).toArray();
        gradients.forEach(gradient -> gradient.muli(0));
        return norms;
    }

    /** The first of a kind of running statistics of each normalisation, as many as are expected. */
    static void assertStatistics(JsonElement expected, Block network, Parameter.Type type, double tolerance) {
        JsonArray layers = expected.getAsJsonArray();
        List<NDArray> ours = network.getParameters().values().stream().filter(p -> p.getType() == type).map(Parameter::getArray).toList();
        assertEquals(layers.size(), ours.size());
        for (int layer = 0; layer < ours.size(); layer++) {
            double[] first = doubles(layers.get(layer));
            assertClose(first, doubles(ours.get(layer).get("0:" + first.length)), tolerance, type + " of normalisation " + layer);
        }
    }

    static void assertClose(double[] expected, double[] actual, double tolerance, String what) {
        assertEquals(expected.length, actual.length, what);
        double difference = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        assertTrue(difference <= tolerance * scale, what + " differ by " + difference / scale + " of the largest, more than " + tolerance);
    }
}
