package ferkit.train;

import java.io.PrintStream;
import java.util.Locale;

/** A training run's progress as plain lines, one an epoch, for logs. */
public final class ConsoleProgress implements Progress {
    private final String model;
    private final int epochs;
    private final PrintStream out;
    private int done;

    /** Lines about a model that is trained for so many epochs. */
    public ConsoleProgress(String model, int epochs, PrintStream out) {
        this.model = model;
        this.epochs = epochs;
        this.out = out;
    }

    @Override
    public void message(String text) {
        out.println(model + ": " + text);
    }

    @Override
    public void epoch(History history) {
        done = history.size();
        out.println(line(model, epochs, history));
    }

    /** The line about the last epoch of a history. */
    public static String line(String model, int epochs, History history) {
        History.Epoch e = history.epochs().get(history.size() - 1);
        return String.format(Locale.ROOT, "%s: epoch %d of %d: accuracy %.4f, loss %.4f, validation accuracy %.4f, validation loss %.4f, %.0f s",
                model, e.epoch(), epochs, e.accuracy(), e.loss(), e.valAccuracy(), e.valLoss(), e.seconds());
    }

    /** The line about a finished run, in one piece: other processes and threads may print beside it. */
    public static String finished(String model, Run run) {
        return String.format(Locale.ROOT, "%s: finished in %s, best validation accuracy %.4f in epoch %d of %d", model, run.folder(),
                run.validationAccuracy(), run.best().epoch(), run.history().size());
    }

    /** After training was told to stop: what is kept, and how to go on. */
    public void stopped(String advice) {
        out.println(model + ": stopped; " + (done == 0 ? "no epoch was finished yet" : "epoch " + done + " of " + epochs + " is kept") + advice);
    }
}
