package ferkit.notebook;

import ferkit.study.Settings;
import ferkit.study.Task;
import ferkit.train.Refusal;
import ferkit.train.Stoppable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Training on a cluster, from a notebook: {@code kit.py train --on} as a process, and what it prints as one table that is replaced in place. */
final class ClusterTraining {
    private static final Pattern EPOCH = Pattern.compile("epoch (\\d+ of \\d+): .*validation accuracy ([\\d.]+), .*");
    private static final Pattern FINISHED = Pattern.compile("finished in .*, best validation accuracy ([\\d.]+) in epoch (\\d+ of \\d+)");
    private static final String END = "";
    private static final int MESSAGES = 5;

    private final Consumer<String> screen;
    /** By titles: epoch, validation accuracy, and what was said last of anything else. */
    private final Map<String, String[]> rows = new LinkedHashMap<>();
    private final List<String> messages = new ArrayList<>();

    /**
     * @param titles of the runs, as {@link Task#titles} has them
     * @param screen replaces the HTML shown before
     */
    ClusterTraining(List<String> titles, Consumer<String> screen) {
        titles.forEach(title -> rows.put(title, new String[] {"–", "–", "waits"}));
        this.screen = screen;
    }

    /**
     * Trains until all is done.
     *
     * @param root the kit's folder
     * @param words behind {@code train}
     * @throws Refusal if Spark is not set up, or a run was not finished
     * @throws InterruptedException if the thread was interrupted; the process was told to stop
     */
    void run(Path root, Settings settings, List<String> words) throws IOException, InterruptedException {
        if (!Files.isDirectory(root.resolve("lib/target/spark/jars"))) {
            throw new Refusal(
                    "Spark is not set up yet. python3 environment/kit.py train 6 --data sample --on 'local[1]' does that, and trains Model 6 on the sample");
        }
        List<String> command = new ArrayList<>(List.of(python(root), root.resolve("environment/kit.py").toString(), "train"));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> variables = settings.variables();
        variables.keySet().removeAll(List.of("FERKIT_THREADS", "FERKIT_SEED")); // the cluster and the words say them
        variables.computeIfPresent("FERKIT_DATA", (name, data) -> data.equals("sample") ? data : Path.of(data).toAbsolutePath().toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("FERKIT_"));
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> read(process, lines)); // reading cannot be interrupted
        reader.setDaemon(true);
        reader.start();
        try {
            for (String line = lines.take(); !line.equals(END); line = lines.take()) {
                take(line);
            }
            if (process.waitFor() != 0) {
                throw new Refusal(messages.isEmpty() ? "Training on the cluster failed" : messages.get(messages.size() - 1));
            }
        } catch (InterruptedException e) {
            process.destroy(); // asks it to stop
            process.waitFor(Stoppable.PATIENCE_SECONDS, TimeUnit.SECONDS);
            for (String line = lines.poll(); line != null && !line.equals(END); line = lines.poll(1, TimeUnit.SECONDS)) {
                take(line); // what is kept of each
            }
            throw e;
        }
    }

    /** The one that set-up has made, so that none need be on the path. */
    private static String python(Path root) {
        Path environment = root.resolve("environment/.venv");
        return List.of(environment.resolve("bin/python"), environment.resolve("Scripts/python.exe")).stream().filter(Files::exists)
                .map(Path::toString)
                .findFirst().orElse("python3");
    }

    private static void read(Process process, BlockingQueue<String> lines) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            in.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add(e.getMessage());
        } finally {
            lines.add(END);
        }
    }

    /** Takes a line that was printed, and shows what is known then. */
    void take(String line) {
        int colon = line.indexOf(": ");
        String[] row = colon < 0 ? null : rows.get(line.substring(0, colon));
        if (row == null) {
            messages.add(line);
        } else {
            String text = line.substring(colon + 2);
            Matcher epoch = EPOCH.matcher(text);
            Matcher finished = FINISHED.matcher(text);
            if (epoch.matches()) {
                row[0] = epoch.group(1);
                row[1] = epoch.group(2);
            } else if (finished.matches()) {
                row[0] = finished.group(2);
                row[1] = finished.group(1);
                row[2] = "finished, best epoch";
            } else {
                row[2] = text;
            }
        }
        StringBuilder html = new StringBuilder();
        messages.subList(Math.max(0, messages.size() - MESSAGES), messages.size()).forEach(message -> html.append(Html.paragraph(message)));
        html.append(Html.table(Table.create("Runs on the cluster", StringColumn.create("Run", rows.keySet()), column("Epoch", 0),
                column("Validation accuracy", 1), column("State", 2))));
        LiveProgress.unmarked(() -> screen.accept(html.toString()));
    }

    private StringColumn column(String name, int index) {
        return StringColumn.create(name, rows.values().stream().map(row -> row[index]));
    }
}
