package ferkit.notebook;

import ferkit.chart.Charts;
import ferkit.eval.Figures;
import ferkit.report.Results;
import ferkit.train.History;
import ferkit.train.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A training run's progress as one piece of HTML that is replaced in place, at most four times a second. It is plain text and
 * pictures, so that no sanitizer of JupyterLab or nbconvert takes anything away.
 */
final class LiveProgress implements Progress {
    private static final long INTERVAL_NANOS = 250_000_000;
    /** The picture of the first epoch is drawn anew this often. */
    private static final long PICTURE_NANOS = 2_000_000_000;
    private static final int PICTURE_POINTS = 100;
    private static final int BAR = 40;
    /** What predicting an image costs beside training on it, until it has been measured. */
    private static final double PREDICTING = 1 / 3.0;

    private final String title;
    private final int epochs;
    private final int validation;
    private final int test;
    private final int passes;
    private final String safe;
    private final Consumer<String> screen;
    private final List<String> messages = new ArrayList<>();
    private History history = new History(List.of());
    private String picture = "";

    private long shownAt = System.nanoTime() - INTERVAL_NANOS;
    private long drawnAt = System.nanoTime() - PICTURE_NANOS;
    private long lap = System.nanoTime();
    /** Images of an epoch; 0 until the first batch. */
    private int of;
    private int inEpoch;
    private String phase = "";
    private int inPhase;
    private long predictedBefore;
    private final Pace training = new Pace();
    private final Pace predicting = new Pace();
    /** Images, accuracy and loss so far at some moments of the first epoch. */
    private final List<double[]> underWay = new ArrayList<>();

    /** How many images took how long. */
    private static final class Pace {
        private long images;
        private double seconds;

        void add(int more, double took) {
            images += more;
            seconds += took;
        }

        double secondsAnImage() {
            return seconds / images;
        }
    }

    /**
     * @param title what is trained
     * @param epochs until the run is finished
     * @param validation images predicted after each epoch, and again at the end
     * @param test images predicted at the end
     * @param passes how often both are predicted at the end
     * @param safe what may be done meanwhile, shown until training ends
     * @param screen replaces the HTML shown before
     */
    LiveProgress(String title, int epochs, int validation, int test, int passes, String safe, Consumer<String> screen) {
        this.title = title;
        this.epochs = epochs;
        this.validation = validation;
        this.test = test;
        this.passes = passes;
        this.safe = safe;
        this.screen = screen;
    }

    @Override
    public void message(String text) {
        messages.add(text);
        show("", "");
    }

    @Override
    public void batch(int epoch, int images, int all, double accuracy, double loss) {
        of = all;
        training.add(images - inEpoch, lap());
        inEpoch = images;
        if (history.size() == 0 && images >= (double) all * underWay.size() / PICTURE_POINTS) {
            underWay.add(new double[] {images, accuracy, loss});
        }
        if (isDue()) {
            drawFirstEpoch();
            show(String.format(Locale.ROOT, "epoch %d of %d, image %,d of %,d: accuracy %.3f, loss %.3f; %.0f images/s%s", epoch, epochs,
                    images, all, accuracy, loss, 1 / training.secondsAnImage(), left()), bar());
        }
    }

    @Override
    public void phase(String name, int images, int all) {
        double took = lap();
        if (!name.equals(phase) || images < inPhase) {
            phase = name;
            predictedBefore += inPhase;
            inPhase = 0;
        }
        if (all > 0) {
            predicting.add(images - inPhase, took);
        }
        inPhase = images;
        if (isDue()) {
            boolean trained = history.size() == epochs;
            show(String.format(Locale.ROOT, "epoch %d of %d%s, %s%s%s", trained ? epochs : history.size() + 1, epochs, trained ? " done" : "", name,
                    all > 0 ? String.format(Locale.ROOT, ": image %,d of %,d", images, all) : "", left()), bar());
        }
    }

    @Override
    public void epoch(History soFar) {
        history = soFar;
        inEpoch = 0;
        phase = "";
        inPhase = 0;
        predictedBefore = (long) history.size() * validation;
        picture = Html.image(Charts.trainingCurves(Results.curves(title, history)));
        show("epoch " + history.size() + " of " + epochs + " done", "");
        lap();
    }

    /** Replaces the progress by what is worth keeping. */
    void finished(History whole) {
        history = whole;
        History.Epoch best = history.best();
        picture = "";
        show(String.format(Locale.ROOT, "%s in %s; best validation accuracy %.4f in epoch %d", Figures.count(history.size(), "epoch"),
                Figures.duration(history.epochs().stream().mapToDouble(History.Epoch::seconds).sum()), best.valAccuracy(), best.epoch()), null);
    }

    /** Says how far training came before it ended early; the cell's error says why. */
    void stopped() {
        show(history.size() == 0 ? "stopped before epoch 1 was done" : "stopped after epoch " + history.size(), null);
    }

    private void drawFirstEpoch() {
        if (history.size() == 0 && underWay.size() > 1 && System.nanoTime() - drawnAt >= PICTURE_NANOS) {
            drawnAt = System.nanoTime();
            picture = Html.image(Charts.epochUnderWay(column(0), column(1), column(2), of));
        }
    }

    private double[] column(int index) {
        return underWay.stream().mapToDouble(point -> point[index]).toArray();
    }

    private boolean isDue() {
        long now = System.nanoTime();
        if (now - shownAt < INTERVAL_NANOS) {
            return false;
        }
        shownAt = now;
        return true;
    }

    /** Seconds since it was asked last. */
    private double lap() {
        long now = System.nanoTime();
        double seconds = (now - lap) / 1e9;
        lap = now;
        return seconds;
    }

    /** What predicting so many images costs, counted in images of training. */
    private double predicted(double images) {
        return images * (predicting.images == 0 || training.images == 0 ? PREDICTING
                : predicting.secondsAnImage() / training.secondsAnImage());
    }

    /** The whole run, counted in images of training. */
    private double work() {
        return (double) epochs * of + predicted((double) epochs * validation + passes * ((double) validation + test));
    }

    private double workDone() {
        return (double) history.size() * of + inEpoch + predicted(predictedBefore + inPhase);
    }

    private String left() {
        return training.images == 0 ? "" : ", " + Figures.duration((work() - workDone()) * training.secondsAnImage()) + " left";
    }

    private String bar() {
        double done = workDone() / work();
        int full = (int) Math.round(done * BAR);
        return "<div>" + "█".repeat(full) + "░".repeat(BAR - full) + String.format(Locale.ROOT, " %.0f %%</div>", 100 * done);
    }

    /** @param bar shown below the state, with what may be done meanwhile; null when training has ended */
    private void show(String state, String bar) {
        StringBuilder html = new StringBuilder();
        messages.forEach(m -> html.append(Html.paragraph(m)));
        html.append("<div><b>").append(Html.escape(title)).append(":</b> ").append(Html.escape(state)).append("</div>");
        if (bar != null) {
            html.append(bar).append(Html.paragraph(safe));
        }
        html.append(picture);
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
}
