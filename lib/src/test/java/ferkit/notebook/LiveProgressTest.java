package ferkit.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.train.History;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveProgressTest {
    private static final int DUE_MILLIS = 260;

    private final List<String> shown = new ArrayList<>();

    private LiveProgress progress(int epochs) {
        return new LiveProgress("Model 6", epochs, 100, 100, 1, "What is safe.", shown::add);
    }

    private String last() {
        return shown.get(shown.size() - 1).replaceAll("src=\"[^\"]*\"", "src");
    }

    private static History history(int epochs) {
        History history = new History(List.of());
        for (int epoch = 1; epoch <= epochs; epoch++) {
            history = history.plus(new History.Epoch(epoch, 0.3, 1.5, 0.4, 1.2, 1e-3, 2));
        }
        return history;
    }

    @Test
    void theFirstEpochIsDrawnWhileItIsUnderWay() throws InterruptedException {
        LiveProgress progress = progress(1);
        progress.batch(1, 10, 300, 0.1, 2);
        Thread.sleep(DUE_MILLIS);
        progress.batch(1, 150, 300, 0.2, 1.9);
        assertTrue(last().contains("epoch 1 of 1, image 150 of 300: accuracy 0.200, loss 1.900; "), last());
        assertTrue(last().contains("alt=\"After 150 of 300 images of the first epoch: accuracy 0.20, loss 1.90.\""), last());
        assertTrue(last().contains("<div>What is safe.</div>"), last());
    }

    @Test
    void phasesAfterTheLastBatchAreNamedAndCounted() throws InterruptedException {
        LiveProgress progress = progress(2);
        progress.epoch(history(1));
        progress.batch(2, 300, 300, 0.3, 1.5);
        Thread.sleep(DUE_MILLIS);
        progress.phase("validation", 50, 100);
        assertTrue(last().matches("(?s).*epoch 2 of 2, validation: image 50 of 100, .* left</div>.*"), last());
        assertTrue(percent() > 37 && percent() < 100, "between 150 of 400 predictions and all 600 images of training: " + last());
        progress.epoch(history(2));
        Thread.sleep(DUE_MILLIS);
        progress.phase("predictions for the test images", 10, 100);
        assertTrue(last().contains("epoch 2 of 2 done, predictions for the test images: image 10 of 100"), last());
        Thread.sleep(DUE_MILLIS);
        progress.phase("saving", 0, 0);
        assertTrue(last().contains("epoch 2 of 2 done, saving, "), last());
    }

    @Test
    void severalPassesOfPredictionsEndAtAHundredPercent() throws InterruptedException {
        LiveProgress progress = new LiveProgress("Sprint", 1, 100, 100, 2, "What is safe.", shown::add);
        progress.batch(1, 300, 300, 0.3, 1.5);
        progress.phase("validation", 100, 100);
        progress.epoch(history(1));
        for (int pass = 0; pass < 2; pass++) {
            for (String split : List.of("validation", "test")) {
                progress.phase("predictions for the " + split + " images", 60, 100);
                Thread.sleep(DUE_MILLIS);
                progress.phase("predictions for the " + split + " images", 100, 100);
                assertTrue(percent() < 100 || pass == 1 && split.equals("test"), last());
            }
        }
        assertEquals(100, percent());
    }

    private int percent() {
        return Integer.parseInt(last().replaceAll("(?s).* (\\d+) %</div>.*", "$1"));
    }

    @Test
    void nothingIsShownMoreThanFourTimesASecond() {
        LiveProgress progress = progress(1);
        long start = System.nanoTime();
        for (int images = 1; System.nanoTime() - start < 600_000_000; images++) {
            progress.batch(1, images, Integer.MAX_VALUE, 0.1, 2);
        }
        long nanos = System.nanoTime() - start; // a slow machine may stall within the last call
        assertTrue(shown.size() <= 1 + nanos / 250_000_000, () -> shown.size() + " in " + nanos / 1e9 + " s");
    }

    @Test
    void whatStaysIsOneLine() {
        LiveProgress finished = progress(2);
        finished.finished(history(2));
        assertEquals("<div><b>Model 6:</b> 2 epochs in 4 s; best validation accuracy 0.4000 in epoch 1</div>", last());
        LiveProgress stopped = progress(2);
        stopped.epoch(history(1));
        stopped.stopped();
        assertTrue(last().contains("stopped after epoch 1"), last());
        assertFalse(last().contains("safe"), last());
    }
}
