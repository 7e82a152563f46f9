package ferkit;

import com.google.gson.Gson;
import com.sun.management.OperatingSystemMXBean;
import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Format;
import ferkit.data.form.Datasets;
import ferkit.export.OnnxFile;
import ferkit.model.ResidualModel;
import ferkit.model.StudyModel;
import ferkit.photo.FaceFinder;
import ferkit.photo.Photographs;
import ferkit.report.Photos;
import ferkit.study.Beyond;
import ferkit.study.PlannedRun;
import ferkit.study.Settings;
import ferkit.study.Task;
import ferkit.study.Trained;
import ferkit.study.Workspace;
import ferkit.train.ConsoleProgress;
import ferkit.train.Run;
import ferkit.train.StepTimer;
import ferkit.train.Stoppable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The command line behind {@code kit.py}; settings come from the environment's FERKIT_… variables.
 * <pre>
 *   data                          what a notebook would open, as JSON: data ("sample", "fer2013" or "other"), seed, the kind of its runs,
 *                                 the folder of its pages, and facts about the data
 *   models                        the rows of models as JSON: name, filters, kernel, … of the study's, then name, widths, blocks, … of the
 *                                 residual ones that go beyond it
 *   train MODEL… [--seeds LIST] [--jobs N]
 *                                 train models (the study's by name or number, or all of them; Beyond's by name), with each seed of LIST, for example 1-5 or 1,3,7
 *                                 (default: the settings' one), N runs side by side (default: one on each core, which gets more
 *                                 done than one on all cores, as far as there is memory for them), in the study's configuration
 *                                 unless epochs, limit or batch are set
 *   steps                         times training steps: reads lines "MODEL BATCH STEPS", answers each with the seconds they
 *                                 took and the seconds that putting as many batches together takes
 *   export FOLDER MODEL…          writes a finished run, or the mean of several, as an ONNX file with a model card; FOLDER may be empty for the usual one;
 *                                 MODEL=2 counts twice in the mean
 *   predict PLACE FILE MODEL…     finds the faces in pictures and writes what finished runs say of them
 *   speed MODEL                   pictures a second from file to probabilities, the finder's share of it, and faces a second of the network alone, as JSON
 *   read FILE                     reads a data set without the cache and says how many seconds it took
 * </pre>
 */
public final class Main {
    private static final int WARM_UP = 5;
    /** More than the largest of the study's models takes while it is trained. */
    private static final long BYTES_A_JOB = 3L << 30;
    private static final String COMMAND = "FERKIT_COMMAND";
    /** What lines about its run begin with in one of several processes. */
    private static final String TITLE = "FERKIT_TITLE";
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Main() {}

    public static void main(String[] arguments) {
        try {
            switch (arguments.length == 0 ? "" : arguments[0]) {
                case "data" -> data();
                case "models" -> OUT.println(new Gson().toJson(Stream.concat(StudyModel.ALL.stream(),
                        Beyond.ALL.stream().map(row -> row.recipe().architecture()).filter(ResidualModel.class::isInstance)).toList()));
                case "train" -> trainStoppably(Arrays.asList(arguments).subList(1, arguments.length));
                case "steps" -> steps();
                case "export" -> export(Arrays.asList(arguments));
                case "predict" -> predict(Arrays.asList(arguments));
                case "speed" -> speed(arguments[1]);
                case "read" -> read(arguments);
                default -> throw new IllegalArgumentException("Commands: data, models, train MODEL… [--seeds LIST] [--jobs N], export FOLDER MODEL…, "
                        + "predict PLACE FILE MODEL…, steps, speed MODEL, read FILE");
            }
        } catch (UncheckedIOException e) {
            fail(e.getCause());
        } catch (IOException | InterruptedException | IllegalArgumentException | IllegalStateException e) {
            fail(e);
        }
    }

    private static void fail(Exception why) {
        System.err.println(why.getMessage());
        System.exit(1);
    }

    /** A signal to end waits until what is kept is said and the processes of side-by-side training have ended. */
    private static void trainStoppably(List<String> arguments) throws IOException {
        try (Stoppable work = new Stoppable()) {
            try {
                train(arguments);
            } catch (InterruptedException e) {
                // has said so
            } catch (IOException | RuntimeException e) {
                if (!work.isTold()) {
                    throw e;
                }
                OUT.println("Stopped before training began" + advice());
            }
        }
    }

    private static void data() throws IOException {
        Workspace workspace = Workspace.open(Settings.read(), text -> {});
        FaceSet data = workspace.data();
        List<String> facts = new ArrayList<>(List.of(data.origin().title(), "hash " + data.hash(), String.format(Locale.ROOT,
                "images: %,d training, %,d validation, %,d test", data.training().size(), data.validation().size(), data.test().size())));
        facts.addAll(data.origin().notes());
        OUT.println(new Gson().toJson(Map.of("data", data.origin().word(), "seed", workspace.settings().seed(), "kind", workspace.kind().word(),
                "pages", workspace.pages().toString(), "facts", facts)));
    }

    private static void train(List<String> arguments) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(arguments);
        Settings settings = Settings.read();
        int jobs = option(names, "--jobs").map(Main::jobs).orElseGet(() -> defaultJobs(settings.threads(), memory()));
        List<Task> tasks = Task.list(names, option(names, "--seeds").map(Task::seeds).orElse(List.of(settings.seed())));
        if (tasks.size() == 1) {
            trainHere(tasks.get(0));
        } else {
            trainSideBySide(tasks, Math.min(jobs, tasks.size()));
        }
    }

    /** Takes an option and what follows it, which may be nothing, out of a line's words. */
    public static Optional<String> option(List<String> words, String name) {
        int at = words.indexOf(name);
        if (at < 0) {
            return Optional.empty();
        }
        words.remove(at);
        return Optional.of(at < words.size() ? words.remove(at) : "");
    }

    private static int jobs(String text) {
        if (!text.matches("[1-9]\\d?")) {
            throw new IllegalArgumentException("--jobs: expected how many models to train side by side, for example --jobs 2");
        }
        return Integer.parseInt(text);
    }

    /** One on each core, but not more than fit into so many bytes of memory. */
    static int defaultJobs(int threads, long memory) {
        return (int) Math.max(1, Math.min(threads, memory / BYTES_A_JOB));
    }

    private static long memory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    private static void trainHere(Task task) throws IOException, InterruptedException {
        Workspace workspace = Workspace.open(Settings.read().withSeed(task.seed()).withFull(true), OUT::println);
        PlannedRun planned = workspace.planned(task.recipe());
        String title = System.getenv().getOrDefault(TITLE, task.recipe().name());
        Optional<Run> finished = planned.finished();
        if (finished.isEmpty()) {
            OUT.println(title + ": the run's folder is " + planned.folder());
        }
        Run run = finished.isPresent() ? finished.get() : train(planned, title);
        OUT.println(ConsoleProgress.finished(title, run));
    }

    private static Run train(PlannedRun planned, String title) throws IOException, InterruptedException {
        ConsoleProgress progress = new ConsoleProgress(title, planned.config().epochs(), OUT);
        try {
            return planned.train(progress);
        } catch (InterruptedException e) {
            progress.stopped(advice());
            throw e;
        }
    }

    /** How to go on, with the command that kit.py was called by; nothing in one of several processes, for which the first speaks. */
    public static String advice() {
        return Optional.ofNullable(System.getenv(COMMAND)).map(command -> ". To go on: " + command).orElse("");
    }

    /** Each run in a process of its own, so that one that fails stops no other; the cores are divided among them. */
    private static void trainSideBySide(List<Task> tasks, int jobs) throws IOException, InterruptedException {
        Workspace.data(Settings.read(), OUT::println); // so that they are read, stored or refused once and not by each process
        int threads = Math.max(1, Settings.read().threads() / jobs);
        List<String> titles = Task.titles(tasks);
        ExecutorService pool = Executors.newFixedThreadPool(jobs);
        List<Future<Integer>> ends = IntStream.range(0, tasks.size())
                .mapToObj(i -> pool.submit(() -> trainInProcess(tasks.get(i), titles.get(i), threads))).toList();
        pool.shutdown();
        List<String> failed = new ArrayList<>();
        try {
            for (int i = 0; i < tasks.size(); i++) {
                try {
                    if (ends.get(i).get() != 0) {
                        failed.add(titles.get(i));
                    }
                } catch (ExecutionException e) {
                    failed.add(titles.get(i) + " (" + e.getCause().getMessage() + ")");
                }
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            pool.awaitTermination(Stoppable.PATIENCE_SECONDS, TimeUnit.SECONDS);
            OUT.println("Stopped" + advice());
            throw e;
        }
        if (!failed.isEmpty()) {
            throw new IllegalStateException("Not finished: " + String.join(", ", failed) + "; the same command continues them");
        }
    }

    private static int trainInProcess(Task task, String title, int threads) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "train", task.recipe().name()));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(Map.of("FERKIT_THREADS", Integer.toString(threads), "FERKIT_SEED", Long.toString(task.seed()), TITLE, title));
        builder.environment().remove(COMMAND);
        Process process = builder.start();
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy(); // asks it to stop
            process.waitFor(Stoppable.PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw e;
        }
    }

    private static void steps() throws IOException {
        String device = Workspace.prepareEngine(Settings.read());
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String network = null;
        StepTimer timer = null;
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            int last = line.lastIndexOf(' ');
            if (!line.substring(0, last).equals(network)) {
                if (timer != null) {
                    timer.close();
                }
                network = line.substring(0, last);
                String[] request = network.split(" ", -1);
                timer = new StepTimer(Task.recipe(request[0]), Format.FER2013, Classes.FER2013, Integer.parseInt(request[1]), device);
                timer.seconds(WARM_UP);
            }
            int steps = Integer.parseInt(line.substring(last + 1));
            OUT.println(timer.seconds(steps) + " " + timer.batchSeconds(steps));
        }
    }

    /** Finished runs by their names, one that is followed by = and a number so many times. */
    static List<Trained> trained(List<String> names) throws IOException {
        Path root = Workspace.findRoot();
        Workspace.prepareEngine(Settings.read());
        List<Trained> models = new ArrayList<>();
        Set<Path> folders = new HashSet<>();
        for (String name : names) {
            Matcher weighted = Pattern.compile("(.+)=([1-9]\\d?)").matcher(name);
            Trained model = Trained.named(root, weighted.matches() ? weighted.group(1) : name);
            if (!folders.add(model.run().folder().toRealPath())) {
                throw new IllegalArgumentException(
                        name + " is named twice: expected each run once; one that is to count twice in the mean is written "
                                + name.replaceFirst("=.*", "") + "=2");
            }
            models.addAll(Collections.nCopies(weighted.matches() ? Integer.parseInt(weighted.group(2)) : 1, model));
        }
        return models;
    }

    private static void export(List<String> arguments) throws IOException {
        OnnxFile file = OnnxFile.of(trained(arguments.subList(2, arguments.size())));
        OUT.println(file.write(arguments.get(1).isEmpty() ? Workspace.findRoot().resolve("reports/exports").resolve(file.name())
                : Path.of(arguments.get(1))));
    }

    private static void predict(List<String> arguments) throws IOException, InterruptedException {
        List<Trained> models = trained(arguments.subList(3, arguments.size()));
        FaceFinder.useThreads(Settings.read().threads());
        Photographs.predict(Path.of(arguments.get(1)), models, Path.of(arguments.get(2)), OUT::println);
    }

    private static void speed(String name) throws IOException, InterruptedException {
        Trained model = trained(List.of(name)).get(0);
        FaceFinder.useThreads(Settings.read().threads());
        OUT.println(new Gson().toJson(Photos.rates(model)));
    }

    private static void read(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("read FILE: expected one file or folder, found " + (arguments.length - 1));
        }
        Path file = Path.of(arguments[1]);
        long start = System.nanoTime();
        Datasets.read(file);
        OUT.println((System.nanoTime() - start) / 1e9);
    }
}
