package ferkit.train;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import ferkit.data.Classes;
import ferkit.data.Format;
import ferkit.model.Architecture;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that decides a run's figures, and what it ran on: the content of {@code config.json}.
 *
 * @param model name of the network's plan, for example "model-6"
 * @param plan of the network, in words, so that two plans of one name are told apart
 * @param startWeights what the network started from: "random" or the name of pretrained weights
 * @param learningRate the optimiser's and its {@link Schedule} in words; empty in runs of a time when it was not noted
 * @param parts the plans of the recipe's other parts, see {@link Recipe#parts}
 * @param data what the data set is called
 * @param dataHash {@link ferkit.data.FaceSet#hash} of the data as trained on, after the limit
 * @param classes of the data set; of a run that was loaded, their titles alone are known
 * @param format of the data set's images
 * @param seed of initial weights, shuffling and dropout
 * @param epochs passes over the training images
 * @param batch images an update; an epoch's last batch has the rest
 * @param limit training images used, 0 for all
 * @param whole whether it has its recipe's own size; not written down, for recipe and settings say it
 * @param threads of one training step
 * @param device "cpu" or "gpu0"
 * @param versions of Java, the engine and the libraries, by name
 * @param totalSeconds all epochs together; 0 while unfinished
 */
public record RunConfig(String model, String plan, String startWeights, String learningRate,
        Map<String, String> parts, String data, String dataHash, Classes classes, Format format, long seed, int epochs, int batch, int limit,
        boolean whole,
        int threads, String device, Map<String, String> versions, double totalSeconds) {
    /** The study's batch size. */
    public static final int STUDY_BATCH = 128;

    /** @throws IllegalArgumentException if epochs, batch or threads are not positive or the limit is negative */
    public RunConfig {
        if (epochs < 1 || batch < 1 || threads < 1 || limit < 0) {
            throw new IllegalArgumentException("Settings out of range: epochs " + epochs + ", batch " + batch + ", threads "
                    + threads + " (each at least 1), limit " + limit + " (0 for all, or more)");
        }
        parts = Map.copyOf(parts);
        versions = new TreeMap<>(versions);
    }

    /** A run of whose recipe nothing more is known: whole if it has all images and as many epochs as the study's. */
    public RunConfig(String model, String plan, String startWeights, String learningRate, Map<String, String> parts, String data, String dataHash,
            Classes classes, Format format, long seed, int epochs, int batch, int limit, int threads, String device, Map<String, String> versions,
            double totalSeconds) {
        this(model, plan, startWeights, learningRate, parts, data, dataHash, classes, format, seed, epochs, batch, limit,
                limit == 0 && epochs >= Recipe.STUDY_EPOCHS, threads, device, versions, totalSeconds);
    }

    /**
     * Which part of a recipe this run was not made by, as messages call it; empty if none. Name, epochs and batch are not looked at,
     * nor a learning rate that was not noted.
     */
    public String differsFrom(Recipe recipe) {
        if (!plan.equals(recipe.architecture().plan())) {
            return "plan";
        }
        return differsInProcedure(recipe);
    }

    /** The same, whatever the network. */
    public String differsInProcedure(Recipe recipe) {
        return !learningRate.isEmpty() && !learningRate.equals(recipe.learningRate(epochs)) ? "learning rate"
                : recipe.parts(format).entrySet().stream().filter(part -> !part.getValue().equals(parts.get(part.getKey()))).map(Map.Entry::getKey)
                        .findFirst().orElse("");
    }

    /** Whether another run is this one with another seed; epochs, threads, device and versions may differ as well. */
    public boolean differsInSeed(RunConfig other) {
        Map<String, Object> mine = identity();
        Map<String, Object> theirs = other.identity();
        mine.keySet().retainAll(theirs.keySet());
        theirs.keySet().retainAll(mine.keySet());
        return !mine.remove("seed").equals(theirs.remove("seed")) && mine.equals(theirs);
    }

    /** What two states of one run have in common, by the names that messages use; without the learning rate if it was not noted. */
    private Map<String, Object> identity() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", model);
        fields.put("plan", plan);
        fields.put("data hash", dataHash);
        if (!learningRate.isEmpty()) {
            fields.put("learning rate", learningRate);
        }
        Recipe.STUDY_PARTS.keySet().forEach(part -> fields.put(part, parts.get(part)));
        fields.put("seed", seed);
        fields.put("batch size", batch);
        fields.put("image limit", limit);
        return fields;
    }

    RunConfig withWhole(boolean other) {
        return new RunConfig(model, plan, startWeights, learningRate, parts, data, dataHash, classes, format, seed, epochs, batch, limit, other,
                threads, device,
                versions, totalSeconds);
    }

    /** The network of this plan for these classes and images; its arrays belong to {@code manager}. */
    public Block build(Architecture architecture, NDManager manager) {
        return architecture.build(manager, format, classes.count());
    }

    /** The same on other data. */
    public RunConfig withDataHash(String other) {
        return new RunConfig(model, plan, startWeights, learningRate, parts, data, other, classes, format, seed, epochs, batch, limit, whole, threads,
                device, versions, totalSeconds);
    }

    RunConfig withTotalSeconds(double seconds) {
        return new RunConfig(model, plan, startWeights, learningRate, parts, data, dataHash, classes, format, seed, epochs, batch, limit, whole,
                threads, device, versions,
                seconds);
    }

    /** As the text of {@code config.json}. */
    public String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("model", model);
        json.addProperty("plan", plan);
        json.addProperty("start_weights", startWeights);
        json.addProperty("learning_rate", learningRate);
        Recipe.STUDY_PARTS.keySet().forEach(part -> json.addProperty(part, parts.get(part)));
        json.addProperty("data", data);
        json.addProperty("data_hash", dataHash);
        if (!classes.equals(Classes.FER2013)) {
            json.add("classes", new Gson().toJsonTree(classes.titles()));
        }
        if (!format.equals(Format.FER2013)) {
            json.add("format", new Gson().toJsonTree(new int[] {format.channels(), format.height(), format.width()}));
        }
        json.addProperty("seed", seed);
        json.addProperty("epochs", epochs);
        json.addProperty("batch", batch);
        json.addProperty("limit", limit);
        json.addProperty("threads", threads);
        json.addProperty("device", device);
        JsonObject byName = new JsonObject();
        versions.forEach(byName::addProperty);
        json.add("versions", byName);
        json.addProperty("total_seconds", totalSeconds);
        return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
    }

    /**
     * Reads {@code config.json}; a part that is not noted is the study's, classes or a format (channels, height, width) that are not noted FER2013's.
     *
     * @throws IOException if a field is missing or malformed; the message names {@code source}
     */
    static RunConfig parse(String text, String source) throws IOException {
        try {
            // not JsonParser.parseString: the IJava kernel brings an older Gson, which comes first and does not have it
            JsonObject json = new Gson().fromJson(text, JsonObject.class);
            Map<String, String> versions = new TreeMap<>();
            json.getAsJsonObject("versions").entrySet().forEach(e -> versions.put(e.getKey(), e.getValue().getAsString()));
            Map<String, String> parts = new HashMap<>();
            Recipe.STUDY_PARTS.forEach((part, study) -> parts.put(part, json.has(part) ? json.get(part).getAsString() : study));
            Classes classes = json.has("classes") ? Classes.of(new Gson().fromJson(json.get("classes"), String[].class)) : Classes.FER2013;
            int[] sizes = json.has("format") ? new Gson().fromJson(json.get("format"), int[].class) : null;
            Format format = sizes == null ? Format.FER2013 : new Format(sizes[0], sizes[1], sizes[2]);
            return new RunConfig(json.get("model").getAsString(), json.get("plan").getAsString(), json.get("start_weights").getAsString(),
                    json.has("learning_rate") ? json.get("learning_rate").getAsString() : "", parts,
                    json.get("data").getAsString(), json.get("data_hash").getAsString(), classes, format, json.get("seed").getAsLong(),
                    json.get("epochs").getAsInt(), json.get("batch").getAsInt(), json.get("limit").getAsInt(),
                    json.get("threads").getAsInt(), json.get("device").getAsString(), versions,
                    json.get("total_seconds").getAsDouble());
        } catch (RuntimeException e) { // Gson's own kinds, one for each way of being wrong
            throw new IOException(source + " is no run configuration (" + e.getMessage() + "): expected the fields model, plan, "
                    + "start_weights, data, data_hash, seed, epochs, batch, limit, threads, device, versions, total_seconds", e);
        }
    }

    /**
     * Checks that a saved state belongs to this configuration; epochs, threads, device, versions, the data set's
     * title and where start weights came from may differ (the plan names their content).
     *
     * @throws IllegalStateException naming the first field that differs with both its values
     */
    public void requireSameRun(RunConfig saved, String source) {
        Map<String, Object> wanted = identity();
        saved.identity().forEach((field, value) -> requireEqual(field, value, wanted.getOrDefault(field, ""), source));
    }

    /** The same of a finished run, which has as many epochs too. */
    public void requireSameFinishedRun(RunConfig saved, String source) {
        requireSameRun(saved, source);
        requireEqual("epochs", saved.epochs, epochs, source);
    }

    private static void requireEqual(String field, Object saved, Object wanted, String source) {
        if (!saved.equals(wanted)) {
            throw new IllegalStateException(source + " was made with " + field + " " + saved + ", but this run has " + field + " "
                    + wanted + ": use the same " + field
                    + ", give this recipe a name of its own, recipe.named(\"…\"), or remove that folder to train it anew");
        }
    }
}
