package ferkit.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.study.Settings;
import ferkit.train.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ClusterTrainingTest {
    @TempDir Path root;
    private final List<String> shown = new ArrayList<>();
    private final ClusterTraining training = new ClusterTraining(List.of("model-6, seed 1", "model-6, seed 2"), shown::add);

    private String last() {
        return shown.get(shown.size() - 1).replaceAll("<[^>]*>+", "|").replaceAll("\\|+", "|");
    }

    /** A kit whose Python is a shell. */
    private void kit(String script) throws IOException {
        Files.createDirectories(root.resolve("lib/target/spark/jars"));
        Path python = Files.createDirectories(root.resolve("environment/.venv/bin")).resolve("python");
        Files.writeString(python, "#!/bin/sh\nexec /bin/sh \"$@\"\n");
        assertTrue(python.toFile().setExecutable(true));
        Files.writeString(root.resolve("environment/kit.py"), script);
    }

    @Test
    void eachRunHasARowAndOtherLinesStandAboveIt() {
        training.take("Spark 4 at local is ready");
        training.take("model-6, seed 2: on a machine, 1 thread");
        training.take("model-6, seed 1: epoch 3 of 50: accuracy 0.3100, loss 1.7000, validation accuracy 0.3333, validation loss 1.6000, 12 s");
        assertEquals("|Spark 4 at local is ready|Runs on the cluster|Run|Epoch|Validation accuracy|State|"
                + "model-6, seed 1|3 of 50|0.3333|waits|model-6, seed 2|–|–|on a machine, 1 thread|", last());
        training.take("model-6, seed 1: finished in somewhere, best validation accuracy 0.4000 in epoch 45 of 50");
        assertTrue(last().contains("|model-6, seed 1|45 of 50|0.4000|finished, best epoch|"), last());
    }

    @Test
    void withoutSparkTheCommandThatSetsItUpIsNamed() {
        Refusal e = assertThrows(Refusal.class, () -> training.run(root, Settings.from(Map.of()), List.of("6")));
        assertTrue(e.getMessage().contains("python3 environment/kit.py train 6 --data sample --on 'local[1]'"), e.getMessage());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theCommandIsToldTheSettingsAndWhyItFailsIsSaid() throws IOException, InterruptedException {
        kit("echo \"$@\"; env | grep FERKIT_ | sort");
        training.run(root,
                Settings.from(Map.of("FERKIT_DATA", "sample", "FERKIT_EPOCHS", "3", "FERKIT_THREADS", "2", "FERKIT_SEED", "9")).withFull(true),
                List.of("6", "--seeds", "1,2"));
        assertTrue(last().startsWith("|train 6 --seeds 1,2|FERKIT_DATA=sample|FERKIT_EPOCHS=3|FERKIT_FULL=true|Runs on the cluster|"), last());
        Files.writeString(root.resolve("environment/kit.py"),
                "echo 'model-6, seed 1: no disk'; echo 'Not finished: model-6, seed 1 (no disk)'; exit 1");
        Refusal e = assertThrows(Refusal.class, () -> training.run(root, Settings.from(Map.of()), List.of("6")));
        assertEquals("Not finished: model-6, seed 1 (no disk)", e.getMessage());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anInterruptedCellStopsIt() throws IOException {
        kit("trap 'touch \"$0.told\"; exit 143' TERM; echo begins; while :; do sleep 0.05; done");
        Thread cell = Thread.currentThread();
        ClusterTraining interrupted = new ClusterTraining(List.of("model-6"), html -> cell.interrupt());
        assertThrows(InterruptedException.class, () -> interrupted.run(root, Settings.from(Map.of()), List.of("6")));
        assertTrue(Files.exists(root.resolve("environment/kit.py.told")));
    }
}
