package ferkit.spark;

import ferkit.Main;
import ferkit.data.FaceSet;
import ferkit.data.cache.Cache;
import ferkit.eval.Figures;
import ferkit.model.weights.PublicWeights;
import ferkit.study.PlannedRun;
import ferkit.study.Settings;
import ferkit.study.Task;
import ferkit.study.Workspace;
import ferkit.train.Checkpoint;
import ferkit.train.ConsoleProgress;
import ferkit.train.Run;
import ferkit.train.Stoppable;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.util.Utils;

/**
 * The command line behind {@code train --on} and {@code spark-submit}: {@code MODEL… [--seeds LIST] [--on MASTER] [--checkpoints ADDRESS]}. Each run is a
 * Spark job of one task, so that one that fails stops no other; what executors finish is put into its folder here.
 */
public final class Driver {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final long POLL_MILLIS = 200;
    /** After so long without an executor something is amiss. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long ANSWER_SECONDS = 60;
    /** So many executors that ended in an error are no accident. */
    private static final int MANY_ENDED = 20;
    private static final String LOGS = "; what Spark noted is in lib/target/spark/driver.log here and in the folder work of each worker";

    private final PrintStream out;
    private final Desk desk;
    private final List<String> failed = new ArrayList<>();

    /** A run that is to be made: its folder is claimed until it is closed. */
    private static final class Work {
        private final Task task;
        private final String title;
        private final PlannedRun planned;
        private final Closeable claim;
        private JavaFutureAction<List<Outcome>> result;

        Work(Task task, String title, PlannedRun planned) throws IOException, InterruptedException {
            this.task = task;
            this.title = title;
            this.planned = planned;
            claim = Run.claim(planned.folder());
        }

        String run() {
            return planned.shortFolder();
        }
    }

    Driver(PrintStream out) {
        this.out = out;
        desk = new Desk(out);
    }

    public static void main(String[] arguments) {
        int code = 0;
        try (Stoppable work = new Stoppable()) {
            try {
                train(Arrays.asList(arguments));
            } catch (IOException | RuntimeException e) {
                if (!work.isTold()) {
                    throw e;
                }
            } catch (InterruptedException e) {
                // has said so
            }
        } catch (UncheckedIOException e) {
            System.err.println(e.getCause().getMessage());
            code = 1;
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            System.err.println(e.getMessage());
            code = 1;
        }
        System.exit(code); // Spark and Hadoop leave threads behind
    }

    private static void train(List<String> arguments) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(arguments);
        SparkConf conf = new SparkConf();
        Utils.loadDefaultSparkProperties(conf, null);
        Optional<Integer> threads = Optional.ofNullable(System.getenv("FERKIT_THREADS")).map(unused -> Settings.read().threads());
        Optional<String> on = Main.option(names, "--on");
        Place place = on.isPresent() ? Place.of(on.get(), threads) : Place.of(conf, threads);
        String checkpoints = Main.option(names, "--checkpoints").orElse("");
        Optional<String> seeds = Main.option(names, "--seeds");
        Settings settings = Settings.read().withThreads(place.cores()).withFull(true);
        List<Task> tasks = Task.list(names, seeds.map(Task::seeds).orElse(List.of(settings.seed())));
        // the engine is the executors' business
        Workspace workspace = new Workspace(Workspace.findRoot(), settings, Workspace.data(settings, OUT::println), settings.device().orElse("cpu"));
        workspace.data().origin().notes().forEach(OUT::println);
        new Driver(OUT).train(workspace, tasks, place, checkpoints, conf);
    }

    /**
     * Has all runs made that are not finished yet.
     *
     * @param checkpoints the address of {@link SharedCheckpoints}; empty for {@link DriverCheckpoints}
     * @throws IllegalStateException if some were not; the message names them
     * @throws InterruptedException if the thread was interrupted; call again to continue
     */
    void train(Workspace workspace, List<Task> tasks, Place place, String checkpoints, SparkConf given) throws IOException, InterruptedException {
        SparkConf conf = place.settings(given);
        Optional<SharedCheckpoints> shared = checkpoints.isEmpty() ? Optional.empty()
                : Optional.of(within(() -> SharedCheckpoints.at(checkpoints, SparkHadoopUtil.get().newConfiguration(conf)),
                        "--checkpoints " + checkpoints));
        List<Work> works = works(workspace, tasks, shared);
        try {
            if (!works.isEmpty()) {
                place.requireAnswer();
                train(workspace, works, place, checkpoints, conf, shared);
            }
        } finally {
            for (Work work : works) {
                work.claim.close();
            }
        }
        if (!failed.isEmpty()) {
            throw new IllegalStateException("Not finished, as said above: " + String.join("; ", failed) + ". The same command continues them");
        }
    }

    /** What Hadoop's client is asked, which otherwise tries for a quarter of an hour. */
    private static <T> T within(Callable<T> question, String what) throws IOException, InterruptedException {
        ExecutorService thread = Executors.newSingleThreadExecutor(runnable -> {
            Thread daemon = new Thread(runnable);
            daemon.setDaemon(true);
            return daemon;
        });
        try {
            return thread.submit(question).get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException(what + " does not answer", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw problem;
            }
            throw new IllegalArgumentException(e.getCause().getMessage(), e);
        } finally {
            thread.shutdownNow();
        }
    }

    /** Those that are not finished; of one that is, no checkpoint is kept any longer. */
    private List<Work> works(Workspace workspace, List<Task> tasks, Optional<SharedCheckpoints> shared) throws IOException, InterruptedException {
        List<Work> works = new ArrayList<>();
        List<String> titles = Task.titles(tasks);
        for (int i = 0; i < tasks.size(); i++) {
            try {
                PlannedRun planned = workspace.with(workspace.settings().withSeed(tasks.get(i).seed())).planned(tasks.get(i).recipe());
                Optional<Run> finished = planned.finished();
                if (finished.isPresent()) {
                    if (shared.isPresent()) {
                        shared.get().forget(planned.shortFolder());
                    }
                    out.println(ConsoleProgress.finished(titles.get(i), finished.get()));
                } else {
                    works.add(new Work(tasks.get(i), titles.get(i), planned));
                }
            } catch (IOException | IllegalStateException | IllegalArgumentException e) {
                fail(titles.get(i), e.getMessage());
            }
        }
        return works;
    }

    private void train(Workspace workspace, List<Work> works, Place place, String checkpoints, SparkConf conf, Optional<SharedCheckpoints> shared)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        out.println("Starting Spark at " + place.master() + " …");
        Link.open(desk);
        EndedExecutors ended = EndedExecutors.counted();
        if (!conf.getBoolean("spark.speculation", false)) { // copies of runs want room of their own
            conf.setIfMissing("spark.cores.max", Integer.toString(works.size() * place.cores())); // else Spark takes all that there are
        }
        try (JavaSparkContext context = started(conf, place)) {
            out.printf(Locale.ROOT, "Spark %s at %s is ready after %.1f s; runs to train: %d, one at a time in an executor, on %s%n",
                    context.version(), place.master(), (System.nanoTime() - start) / 1e9, works.size(),
                    Figures.count(place.cores(), "thread"));
            String build = RunTask.ownBuild();
            List<Work> pending = new ArrayList<>();
            try {
                context.setJobGroup("ferkit", "runs", true); // so that a run that is given up stops within a batch
                Map<String, Broadcast<byte[]>> sent = new HashMap<>();
                for (Work work : works) {
                    desk.open(work.run(), work.planned.folder());
                    pending.add(work);
                    if (shared.isPresent() && shared.get().kept(work.run()).isEmpty()) { // what was begun without Spark
                        List<Path> own = new ArrayList<>(Checkpoint.files(work.planned.folder()));
                        for (int i = own.size() - 1; i >= 0; i--) {
                            shared.get().keep(work.run(), own.get(i));
                        }
                    }
                    work.result = context.parallelize(List.of(task(context, workspace, build, work, checkpoints, sent)), 1).map(RunTask::train)
                            .collectAsync();
                }
                long asked = System.nanoTime();
                boolean toldOfEnded = false;
                for (boolean told = false; !pending.isEmpty(); Thread.sleep(POLL_MILLIS)) {
                    if (!toldOfEnded && ended.count() >= MANY_ENDED) {
                        toldOfEnded = true;
                        String many = ended.count() + " executors have ended in an error, the last with \"" + ended.last()
                                + "\"; what they printed is in the files stderr in the folder work of their workers (of local-cluster: lib/target/spark/work)";
                        if (!desk.hasBegun()) {
                            throw new IOException("No run could be begun: " + many);
                        }
                        out.println(many + "; runs go on where executors stay");
                    }
                    for (Work work : List.copyOf(pending)) {
                        if (work.result.isDone()) {
                            pending.remove(work);
                            end(work, shared, context);
                        }
                    }
                    if (!told && !desk.hasBegun() && System.nanoTime() - asked > PATIENCE_NANOS) {
                        told = true;
                        out.printf(Locale.ROOT,
                                "No machine has begun a run yet. Each takes %s of a worker's cores and %s of its memory: are there workers with so much that no other program uses?%n",
                                conf.get("spark.executor.cores"), conf.get("spark.executor.memory"));
                    }
                }
            } catch (InterruptedException e) {
                pending.stream().filter(work -> desk.epoch(work.run()) >= 0).forEach(work -> out.println(work.title + ": stopped; "
                        + (desk.epoch(work.run()) == 0 ? "no epoch was told"
                                : "epoch " + desk.epoch(work.run()) + " of " + work.planned.config().epochs() + " is kept")));
                out.println("Stopped" + Main.advice());
                context.cancelAllJobs();
                throw e;
            } catch (Exception e) { // Spark throws checked ones that it does not declare
                if (!context.sc().isStopped()) {
                    throw e;
                }
                throw new IOException("Spark at " + place.master() + " has ended, or does not let this driver in" + LOGS, e);
            }
        }
    }

    private JavaSparkContext started(SparkConf conf, Place place) throws IOException {
        try {
            return new JavaSparkContext(conf);
        } catch (Exception e) { // of many kinds
            throw new IOException("Spark does not start at " + place.master() + ": " + firstLine(e) + LOGS, e);
        }
    }

    private static RunTask task(JavaSparkContext context, Workspace workspace, String build, Work work, String checkpoints,
            Map<String, Broadcast<byte[]>> sent)
            throws IOException {
        FaceSet data = workspace.of(work.task.recipe()).data();
        Broadcast<byte[]> weights = null;
        if (RunTask.startsFromLite0(work.task.recipe())) {
            String hash = PublicWeights.LITE0_SHA256;
            if (!sent.containsKey(hash)) {
                sent.put(hash, context.broadcast(Files.readAllBytes(PublicWeights.located(workspace.root(), hash))));
            }
            weights = sent.get(hash);
        }
        Broadcast<byte[]> faces = sent.computeIfAbsent(data.hash(), hash -> context.broadcast(Cache.packed(data)));
        Settings settings = workspace.settings().withSeed(work.task.seed());
        return new RunTask(build, work.run(), work.title, work.task.recipe().name(), new TreeMap<>(settings.variables()), faces,
                data.hash(), weights,
                checkpoints);
    }

    /** Puts a run that an executor has finished into its folder, or notes why there is none. */
    private void end(Work work, Optional<SharedCheckpoints> shared, JavaSparkContext context) throws InterruptedException {
        try {
            desk.close(work.run());
            Outcome outcome = work.result.get().get(0);
            work.result = null; // a run's files are many megabytes
            if (outcome.problem() != null) {
                fail(work.title, outcome.problem());
                return;
            }
            Path arrived = Files.createTempDirectory("ferkit-run-");
            try {
                Archive.into(arrived, outcome.archive());
                work.planned.config().requireSameFinishedRun(Run.load(arrived).config(), "What an executor made of " + work.title);
                out.println(ConsoleProgress.finished(work.title, Run.adopt(work.planned.folder(), arrived)));
            } finally {
                Utils.deleteRecursively(arrived.toFile());
            }
            if (shared.isPresent()) {
                shared.get().forget(work.run());
            }
        } catch (ExecutionException e) {
            if (context.sc().isStopped()) { // not this run's matter alone
                throw new IllegalStateException(e);
            }
            fail(work.title, firstLine(e.getCause()) + LOGS);
        } catch (IOException | IllegalStateException e) {
            fail(work.title, e.getMessage());
        }
    }

    private void fail(String title, String why) {
        failed.add(title);
        out.println(title + ": " + why);
    }

    /** Spark puts whole stack traces into its messages. */
    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
