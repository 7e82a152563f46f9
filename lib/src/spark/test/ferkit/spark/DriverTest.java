package ferkit.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.drawn.Sample;
import ferkit.study.PlannedRun;
import ferkit.study.Settings;
import ferkit.study.Task;
import ferkit.study.Workspace;
import ferkit.train.History;
import ferkit.train.Progress;
import ferkit.train.Run;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver with an executor in the same process. */
class DriverTest {
    private static final Settings SETTINGS = Settings.from(Map.of("FERKIT_DATA", "sample", "FERKIT_EPOCHS", "2", "FERKIT_LIMIT", "48",
            "FERKIT_THREADS", "1", "FERKIT_FULL", "true", "FERKIT_DEVICE", "cpu"));

    @TempDir Path folder;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private Workspace workspace(String name, Settings settings) {
        return new Workspace(folder.resolve(name), settings, Sample.draw(), Workspace.prepareEngine(settings));
    }

    private List<String> train(Workspace workspace, List<Task> tasks, String checkpoints) throws IOException, InterruptedException {
        printed.reset();
        SparkConf conf = new SparkConf(false).set("spark.driver.host", "localhost").set("spark.driver.bindAddress", "127.0.0.1");
        new Driver(new PrintStream(printed, true, StandardCharsets.UTF_8)).train(workspace, tasks, Place.of("local[1]", Optional.empty()),
                checkpoints, conf);
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Stops training in the second epoch. */
    private static final class Stop implements Progress {
        @Override
        public void message(String text) {}

        @Override
        public void batch(int epoch, int images, int of, double accuracy, double loss) {
            if (epoch == 2) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void epoch(History history) {}
    }

    @Test
    void runsAreThoseOfTrainingWithoutSparkAndGoOnFromEachOthersCheckpoints() throws IOException, InterruptedException {
        List<Task> tasks = Task.list(List.of("6"), List.of(1L, 2L));
        Workspace alone = workspace("alone", SETTINGS.withSeed(2));
        PlannedRun expected = alone.planned(tasks.get(1).recipe());
        expected.train(new Quiet());
        Workspace here = workspace("here", SETTINGS);
        PlannedRun begun = here.with(SETTINGS.withSeed(2)).planned(tasks.get(1).recipe());
        assertThrows(InterruptedException.class, () -> begun.train(new Stop()));
        assertEquals(List.of("checkpoint-0001.zip", "run.lock"), files(begun.folder()));

        List<String> lines = train(here, tasks, "");
        assertEquals(1, lines.stream().filter(line -> line.startsWith("model-6, seed 1: epoch 1 of 2: ")).count(), lines.toString());
        assertTrue(lines.contains("model-6, seed 2: Continuing after epoch 1"), lines.toString());
        assertEquals(2, lines.stream().filter(line -> line.contains(": finished in ")).count(), lines.toString());
        assertEquals(List.of("config.json", "history.csv", "run.lock", "test-predictions.csv", "validation-predictions.csv", "weights.safetensors"),
                files(begun.folder()));
        for (String file : List.of("weights.safetensors", "validation-predictions.csv", "test-predictions.csv")) {
            assertArrayEquals(Files.readAllBytes(expected.folder().resolve(file)), Files.readAllBytes(begun.folder().resolve(file)), file);
        }

        Path config = begun.folder().resolve("config.json");
        byte[] before = Files.readAllBytes(config);
        lines = train(here, tasks, "");
        assertEquals(2, lines.size(), "nothing is trained again, and Spark not started: " + lines);
        assertArrayEquals(before, Files.readAllBytes(config));
    }

    /** Says nothing. */
    private static final class Quiet implements Progress {
        @Override
        public void message(String text) {}

        @Override
        public void epoch(History history) {}
    }

    @Test
    void whatWasBegunWithoutSparkGoesOnAtTheSharedPlaceWhichIsEmptyInTheEnd() throws IOException, InterruptedException {
        List<Task> tasks = Task.list(List.of("6"), List.of(1L));
        Workspace here = workspace("here", SETTINGS);
        PlannedRun begun = here.planned(tasks.get(0).recipe());
        assertThrows(InterruptedException.class, () -> begun.train(new Stop()));
        Path shared = folder.resolve("shared");
        List<String> lines = train(here, tasks, shared.toUri().toString());
        assertTrue(lines.contains("model-6: Continuing after epoch 1"), lines.toString());
        assertTrue(Run.isFinished(begun.folder()));
        assertFalse(Files.exists(shared.resolve(begun.shortFolder())));
    }

    @Test
    void aRunThatCannotBeMadeStopsNoOther() throws IOException, InterruptedException {
        List<Task> tasks = Task.list(List.of("6"), List.of(1L, 2L, 3L));
        Workspace here = workspace("here", SETTINGS.withEpochs(1));
        Path other = here.with(here.settings().withSeed(2)).planned(tasks.get(1).recipe()).folder();
        Path damaged = here.with(here.settings().withSeed(1)).planned(tasks.get(0).recipe()).folder();
        Files.createDirectories(damaged);
        Files.writeString(damaged.resolve("checkpoint-0001.zip"), "no ZIP");
        try (Closeable claim = Run.claim(other)) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> train(here, tasks, ""));
            assertEquals("Not finished, as said above: model-6, seed 2; model-6, seed 1. The same command continues them", e.getMessage());
            String said = printed.toString(StandardCharsets.UTF_8);
            assertTrue(said.contains("model-6, seed 2: Another cell of this process already trains into "), said);
            assertTrue(said.lines().anyMatch(line -> line.startsWith("model-6, seed 1: ") && line.contains("checkpoint-0001.zip")), said);
        }
        assertTrue(Run.isFinished(here.with(here.settings().withSeed(3)).planned(tasks.get(2).recipe()).folder()));
        assertFalse(Run.isFinished(damaged));
    }

    @Test
    void executorsThatEndInAnErrorAreCounted() {
        EndedExecutors ended = EndedExecutors.counted();
        for (String state : List.of("RUNNING", "EXITED (Command exited with code 1)", "KILLED", "FAILED (No space left on device)")) {
            LogManager.getLogger(EndedExecutors.CLIENT).info("Executor updated: app-20261129063809-0000/7 is now {}", state);
        }
        assertEquals(2, ended.count());
        assertEquals("No space left on device", ended.last());
    }

    @Test
    void anArchiveHasARunsFilesAndNothingElse() throws IOException {
        Path from = Files.createDirectory(folder.resolve("from"));
        Path to = Files.createDirectory(folder.resolve("to"));
        Files.writeString(from.resolve("config.json"), "{}");
        Files.writeString(from.resolve("run.lock"), "1");
        Files.writeString(from.resolve("checkpoint-0001.zip"), "");
        byte[] archive = Archive.of(from);
        Archive.into(to, archive);
        assertEquals(List.of("config.json"), files(to));
        archive[45] ^= 1; // of the content
        assertThrows(IOException.class, () -> Archive.into(Files.createDirectory(folder.resolve("again")), archive));
        byte[] foreign = new String(Archive.of(from), StandardCharsets.ISO_8859_1).replace("config.json", "../x-y.json")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertTrue(assertThrows(IOException.class, () -> Archive.into(to, foreign)).getMessage().contains("which none has"));
    }
}
