package ferkit.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a user may choose. A value set in a notebook wins over an environment variable, which wins over the default; what
 * is empty is decided by the data set when a {@link Workspace} is opened.
 *
 * @param data file or folder of FER2013, or "sample" for the drawn sample (FERKIT_DATA); default: what lies in {@code data/},
 *     otherwise the drawn sample
 * @param epochs passes over the training images (FERKIT_EPOCHS)
 * @param limit training images used, 0 for all (FERKIT_LIMIT)
 * @param batch images an update (FERKIT_BATCH)
 * @param seed of initial weights, shuffling and dropout (FERKIT_SEED); default 1
 * @param threads of one training step (FERKIT_THREADS), 1 to 256; default: one for each core
 * @param device "cpu", "gpu0", … (FERKIT_DEVICE); default: a GPU if the engine has one
 * @param full whether to train the study's own size where no finished run of it is at hand (FERKIT_FULL); default no
 */
public record Settings(Optional<Path> data, Optional<Integer> epochs, Optional<Integer> limit, Optional<Integer> batch,
        long seed, int threads, Optional<String> device, boolean full) {

    /** What stands in a path's place to ask for the drawn sample, whatever lies in {@code data/}. */
    static final Path SAMPLE = Path.of("sample");

    /** More threads than cores only wait for each other; with thousands of them a machine stands still. */
    private static final int MOST_THREADS = 256;

    /** @throws IllegalArgumentException if a number is out of range or the path is empty */
    public Settings {
        if (data.filter(path -> path.toString().isBlank()).isPresent()) {
            throw new IllegalArgumentException("The setting data is empty: expected a file or folder, or \"sample\" for the drawn sample");
        }
        require("epochs", epochs.orElse(1), 1);
        require("limit", limit.orElse(0), 0);
        require("batch", batch.orElse(1), 1);
        require("threads", threads, 1);
        if (threads > MOST_THREADS) {
            throw new IllegalArgumentException(
                    "The setting threads is " + threads + ": expected at most " + MOST_THREADS + ", best one for each core");
        }
    }

    /**
     * The environment's settings.
     *
     * @throws IllegalArgumentException naming the variable whose value cannot be read
     */
    public static Settings read() {
        return from(System.getenv());
    }

    /** The settings of these variables, by their names; throws what {@link #read} does. */
    public static Settings from(Map<String, String> environment) {
        return new Settings(value(environment, "FERKIT_DATA", "a path", Path::of),
                value(environment, "FERKIT_EPOCHS", "a whole number", Integer::valueOf),
                value(environment, "FERKIT_LIMIT", "a whole number", Integer::valueOf),
                value(environment, "FERKIT_BATCH", "a whole number", Integer::valueOf),
                value(environment, "FERKIT_SEED", "a whole number", Long::valueOf).orElse(1L),
                value(environment, "FERKIT_THREADS", "a whole number", Integer::valueOf)
                        .orElse(Runtime.getRuntime().availableProcessors()),
                value(environment, "FERKIT_DEVICE", "cpu or gpu0", Function.identity()),
                value(environment, "FERKIT_FULL", "true or false", Settings::parseBoolean).orElse(false));
    }

    /** The variables of which {@link #from} makes these settings. */
    public Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>(Map.of("FERKIT_SEED", Long.toString(seed), "FERKIT_THREADS", Integer.toString(threads),
                "FERKIT_FULL", Boolean.toString(full)));
        data.ifPresent(value -> variables.put("FERKIT_DATA", value.toString()));
        epochs.ifPresent(value -> variables.put("FERKIT_EPOCHS", value.toString()));
        limit.ifPresent(value -> variables.put("FERKIT_LIMIT", value.toString()));
        batch.ifPresent(value -> variables.put("FERKIT_BATCH", value.toString()));
        device.ifPresent(value -> variables.put("FERKIT_DEVICE", value));
        return variables;
    }

    /** Epochs, limit and batch, and the sample, where they were chosen, as a command line has them behind its other words; empty if none was. */
    public String options() {
        StringBuilder options = new StringBuilder();
        data.filter(value -> value.toString().equals("sample")).ifPresent(value -> options.append(" --data sample"));
        epochs.ifPresent(value -> options.append(" --epochs ").append(value));
        limit.ifPresent(value -> options.append(" --limit ").append(value));
        batch.ifPresent(value -> options.append(" --batch ").append(value));
        return options.toString();
    }

    private static <T> Optional<T> value(Map<String, String> environment, String name, String expected, Function<String, T> parse) {
        String text = environment.getOrDefault(name, "").strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The environment variable " + name + " is \"" + text + "\": expected " + expected, e);
        }
    }

    private static Boolean parseBoolean(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static void require(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("The setting " + name + " is " + value + ": expected at least " + least);
        }
    }

    /** Whether epochs, image limit or batch were chosen rather than left to the data set. */
    public boolean isSized() {
        return epochs.isPresent() || limit.isPresent() || batch.isPresent();
    }

    /** What was chosen, as a notebook prints it; what was not is decided when a study is opened. */
    @Override
    public String toString() {
        List<String> chosen = new ArrayList<>();
        data.ifPresent(value -> chosen.add("data " + value));
        epochs.ifPresent(value -> chosen.add("epochs " + value));
        limit.ifPresent(value -> chosen.add("limit " + value));
        batch.ifPresent(value -> chosen.add("batch " + value));
        chosen.add("seed " + seed);
        chosen.add("threads " + threads);
        device.ifPresent(value -> chosen.add("device " + value));
        return String.join(", ", chosen) + (full ? ", the study's own size" : "");
    }

    /** These settings with another data set: a file or folder, or "sample" for the drawn sample. */
    public Settings withData(String path) {
        return new Settings(Optional.of(Path.of(path)), epochs, limit, batch, seed, threads, device, full);
    }

    /** These settings with so many passes over the training images, from 1 up. */
    public Settings withEpochs(int value) {
        return new Settings(data, Optional.of(value), limit, batch, seed, threads, device, full);
    }

    /** These settings with so many training images; 0 for all. */
    public Settings withLimit(int value) {
        return new Settings(data, epochs, Optional.of(value), batch, seed, threads, device, full);
    }

    /** These settings with so many images in a training step, from 1 up. */
    public Settings withBatch(int value) {
        return new Settings(data, epochs, limit, Optional.of(value), seed, threads, device, full);
    }

    /** These settings with another seed of initial weights, order of images and dropout. */
    public Settings withSeed(long value) {
        return new Settings(data, epochs, limit, batch, value, threads, device, full);
    }

    /** These settings with so many threads of the engine, 1 to 256. */
    public Settings withThreads(int value) {
        return new Settings(data, epochs, limit, batch, seed, value, device, full);
    }

    /** These settings with another device: cpu, or gpu0, gpu1, …. */
    public Settings withDevice(String value) {
        return new Settings(data, epochs, limit, batch, seed, threads, Optional.of(value), full);
    }

    /** These settings, training the study's own size or not. */
    public Settings withFull(boolean value) {
        return new Settings(data, epochs, limit, batch, seed, threads, device, value);
    }
}
