package ferkit.spark;

import ferkit.data.FaceSet;
import ferkit.data.cache.Cache;
import ferkit.data.file.Hashes;
import ferkit.eval.Figures;
import ferkit.model.weights.PublicWeights;
import ferkit.study.PlannedRun;
import ferkit.study.Settings;
import ferkit.study.Task;
import ferkit.study.Workspace;
import ferkit.train.Checkpoint;
import ferkit.train.ConsoleProgress;
import ferkit.train.History;
import ferkit.train.Progress;
import ferkit.train.Recipe;
import ferkit.train.StartWeights;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.util.Utils;

/**
 * One run, as an executor is told to make it: in a folder of its own on the executor's disk, which is removed when it ends.
 *
 * @param build the driver's {@link #ownBuild}
 * @param run which it is, the same however often it is tried: its folder below the kit's
 * @param title what lines about it begin with
 * @param recipe by its name, for all machines have the same table of recipes
 * @param settings as environment variables, its seed and threads among them
 * @param data the data set, {@link Cache#packed}
 * @param hash of its images
 * @param weights ImageNet's, if the recipe starts from them; else null
 * @param checkpoints the address of {@link SharedCheckpoints}; empty for {@link DriverCheckpoints}
 */
record RunTask(String build, String run, String title, String recipe, TreeMap<String, String> settings, Broadcast<byte[]> data, String hash,
        Broadcast<byte[]> weights, String checkpoints) implements Serializable {
    /** Data sets that this process has unpacked, by their hashes. */
    private static final Map<String, FaceSet> OPENED = new HashMap<>();

    /** Whether a recipe starts from {@link PublicWeights#LITE0_SHA256}, which is then to be sent along. */
    static boolean startsFromLite0(Recipe recipe) {
        return recipe.start().plan().equals(StartWeights.lite0(() -> null).plan());
    }

    /** Tells one build of the kit from others: the hash of the jar that this class is in; empty where it is in none. */
    static String ownBuild() throws IOException {
        try {
            Path jar = Path.of(RunTask.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return Files.isRegularFile(jar) ? Hashes.of(jar, "SHA-256") : "";
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /**
     * Trains it on this executor, on from the newest checkpoint there is.
     *
     * @throws IOException if this machine cannot; another may
     */
    Outcome train() throws IOException, InterruptedException {
        TaskContext task = TaskContext.get();
        SparkConf conf = SparkEnv.get().conf();
        if (!ownBuild().equals(build)) {
            return new Outcome(null, "The kit on " + Utils.localHostName() + " is another build than the driver's: copy lib/target/spark there anew");
        }
        Path folder = Files.createTempDirectory(Path.of(Utils.getLocalDir(conf)), "run-");
        try {
            Settings wanted = Settings.from(settings);
            say(0, "on " + Utils.localHostName() + ", " + Figures.count(wanted.threads(), "thread")
                    + (task.attemptNumber() == 0 ? "" : ", try " + (task.attemptNumber() + 1)));
            PlannedRun planned = new Workspace(folder, wanted, opened(), Workspace.prepareEngine(wanted)).planned(started(folder));
            Checkpoints kept = checkpoints.isEmpty() ? new DriverCheckpoints()
                    : SharedCheckpoints.at(checkpoints, SparkHadoopUtil.get().newConfiguration(conf));
            Files.createDirectories(planned.folder());
            kept.fetch(run, planned.folder(), text -> say(0, text));
            planned.train(new Relay(planned, kept, folder));
            return new Outcome(Archive.of(planned.folder()), null);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return new Outcome(null, shown(e.getMessage(), folder));
        } catch (IOException e) {
            throw new IOException(shown(e.getMessage(), folder), e);
        } finally {
            Utils.deleteRecursively(folder.toFile());
        }
    }

    /** Names the run's folder as it is called where checkpoints are kept. */
    private String shown(String text, Path folder) {
        return String.valueOf(text).replace(folder + File.separator,
                checkpoints.isEmpty() || checkpoints.endsWith("/") ? checkpoints : checkpoints + "/");
    }

    private FaceSet opened() throws IOException {
        synchronized (OPENED) {
            if (!OPENED.containsKey(hash)) {
                OPENED.put(hash, Cache.unpacked(data.value(), hash));
            }
            return OPENED.get(hash);
        }
    }

    /** The recipe, its weights lying where it looks for them. */
    private Recipe started(Path folder) throws IOException {
        Recipe named = Task.recipe(recipe);
        if (weights == null) {
            return named;
        }
        Path file = folder.resolve(PublicWeights.CACHE).resolve("lite0.pth");
        Files.createDirectories(file.getParent());
        Files.write(file, weights.value());
        return named.withStart(StartWeights.lite0(() -> folder));
    }

    private void say(int epoch, String line) {
        String about = epoch == 0 ? title + ": " + line : line;
        String which = run;
        try {
            Link.tell(desk -> desk.tell(which, epoch, about));
        } catch (IOException e) {
            // without the driver nobody listens, and the executor ends
        }
    }

    /** Keeps each epoch's checkpoint and tells the driver of it. */
    private final class Relay implements Progress {
        private final PlannedRun planned;
        private final Checkpoints kept;
        private final Path folder;
        private boolean predicts;

        Relay(PlannedRun planned, Checkpoints kept, Path folder) {
            this.planned = planned;
            this.kept = kept;
            this.folder = folder;
        }

        @Override
        public void message(String text) {
            say(0, shown(text, folder));
        }

        @Override
        public void phase(String phase, int images, int of) {
            if (phase.startsWith("predictions") && !predicts) {
                predicts = true;
                say(0, "predicting");
            }
        }

        @Override
        public void epoch(History history) {
            try {
                kept.keep(run, Checkpoint.files(planned.folder()).get(0));
            } catch (IOException e) {
                say(0, "the state after epoch " + history.size() + " could not be kept (" + e.getMessage() + "); training goes on");
            }
            say(history.size(), ConsoleProgress.line(title, planned.config().epochs(), history));
        }
    }
}
