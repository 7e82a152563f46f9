package ferkit.notebook;

import ferkit.chart.Charts;
import ferkit.eval.Figures;
import ferkit.train.History;
import ferkit.train.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** A training run's progress as one piece of HTML that is replaced in place, at most four times a second. */
final class LiveProgress implements Progress {
    private static final long INTERVAL_NANOS = 250_000_000;

    private final String title;
    private final int epochs;
    private final Consumer<String> screen;
    private final List<String> messages = new ArrayList<>();
    private final long start = System.nanoTime();
    private long shownAt = start - INTERVAL_NANOS;
    private long imagesBefore;
    private int imagesInEpoch;
    private History history = new History(List.of());
    private String curves = "";

    /**
     * @param title what is trained
     * @param epochs until the run is finished
     * @param screen replaces the HTML shown before
     */
    LiveProgress(String title, int epochs, Consumer<String> screen) {
        this.title = title;
        this.epochs = epochs;
        this.screen = screen;
    }

    @Override
    public void message(String text) {
        messages.add(text);
        show("");
    }

    @Override
    public void batch(int epoch, int images, int of, double accuracy, double loss) {
        imagesInEpoch = images;
        long now = System.nanoTime();
        if (now - shownAt < INTERVAL_NANOS) {
            return;
        }
        shownAt = now;
        double rate = (imagesBefore + images) / seconds();
        double left = ((double) (epochs - epoch) * of + of - images) / rate;
        show(String.format(Locale.ROOT, "epoch %d of %d, image %,d of %,d: accuracy %.3f, loss %.3f; %.0f images/s, %s left",
                epoch, epochs, images, of, accuracy, loss, rate, duration(left)));
    }

    @Override
    public void epoch(History soFar) {
        history = soFar;
        imagesBefore += imagesInEpoch;
        imagesInEpoch = 0;
        curves = Html.image(Charts.trainingCurves(Results.curves(title, history)));
        show("epoch " + history.size() + " of " + epochs + " done");
    }

    /** Replaces the progress by what is worth keeping. */
    void finished(History whole) {
        history = whole;
        History.Epoch best = history.best();
        curves = "";
        show(String.format(Locale.ROOT, "%s in %s; best validation accuracy %.4f in epoch %d",
                Figures.count(history.size(), "epoch"), duration(history.epochs().stream().mapToDouble(History.Epoch::seconds).sum()), best.valAccuracy(), best.epoch()));
    }

    /** Says why training ended early. */
    void stopped(String reason) {
        messages.add(reason);
        show("stopped after epoch " + history.size());
    }

    private void show(String state) {
        StringBuilder html = new StringBuilder();
        messages.forEach(m -> html.append(Html.paragraph(m)));
        html.append("<div><b>").append(Html.escape(title)).append(":</b> ").append(Html.escape(state)).append("</div>").append(curves);
        try {
            unmarked(() -> screen.accept(html.toString()));
        } catch (RuntimeException e) {
            messages.add("The display could not be updated (" + e.getMessage() + ")");
            Thread.currentThread().interrupt();
        }
    }

    /** A kernel's channels do not work for a thread that is marked as interrupted: it sees its mark after the display was told. */
    static void unmarked(Runnable display) {
        boolean interrupted = Thread.interrupted();
        try {
            display.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Seconds in words, for example "42 s", "3 min 20 s" or "2.9 hours". */
    static String duration(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.0f s", seconds);
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %d s", (int) seconds / 60, (int) seconds % 60);
        }
        return String.format(Locale.ROOT, "%.1f hours", seconds / 3600);
    }
}
