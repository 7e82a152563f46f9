package ferkit.eval;

import ferkit.train.History;
import java.util.List;

/**
 * How far a run's fit to its training images went beyond what helps on others.
 *
 * @param bestEpoch epoch of the highest validation accuracy
 * @param gapAtBest training minus validation accuracy there, −1 to 1 (the former is taken with dropout active)
 * @param lastEpoch number of epochs
 * @param gapAtLast the same gap after the last epoch
 * @param turn epoch of the lowest validation loss, the first of equals: from there on it rises
 * @param lossAtTurn validation loss there, in nats
 * @param lossAtLast validation loss after the last epoch, in nats
 */
public record Overfitting(int bestEpoch, double gapAtBest, int lastEpoch, double gapAtLast, int turn, double lossAtTurn,
        double lossAtLast) {
    /**
     * Reads these figures from a history.
     *
     * @throws IllegalStateException if it has no epoch
     */
    public static Overfitting of(History history) {
        History.Epoch best = history.best();
        List<History.Epoch> epochs = history.epochs();
        History.Epoch last = epochs.get(epochs.size() - 1);
        History.Epoch turn = epochs.stream().reduce((a, b) -> b.valLoss() < a.valLoss() ? b : a).get();
        return new Overfitting(best.epoch(), best.accuracy() - best.valAccuracy(), last.epoch(),
                last.accuracy() - last.valAccuracy(), turn.epoch(), turn.valLoss(), last.valLoss());
    }

    /** Whether validation loss was lowest before the last epoch. */
    public boolean lossTurns() {
        return turn < lastEpoch;
    }

    /** The figures in one or two sentences. */
    public String sentence() {
        if (lastEpoch == 1) {
            return "After its one epoch training accuracy minus validation accuracy is " + Figures.signed(gapAtLast, 3)
                    + " and validation loss " + Figures.fixed(lossAtLast, 3) + ": whether that turns, more epochs would show.";
        }
        return "At the best epoch, " + bestEpoch + ", training accuracy minus validation accuracy is " + Figures.signed(gapAtBest, 3)
                + (bestEpoch == lastEpoch ? "; it is the last one. "
                        : ", after the last, " + lastEpoch + ", it is " + Figures.signed(gapAtLast, 3) + ". ")
                + lossSentence();
    }

    private String lossSentence() {
        if (!lossTurns()) {
            return "Validation loss is lowest at the last epoch (" + Figures.fixed(lossAtLast, 3) + "): it has not turned yet.";
        }
        int decimals = Figures.decimalsApart(lossAtTurn, lossAtLast, 3);
        String lowest = "Validation loss is lowest at epoch " + turn + " (" + Figures.fixed(lossAtTurn, decimals) + ") and ";
        String last = Figures.fixed(lossAtLast, decimals);
        return lowest + (lossAtLast == lossAtTurn ? "as low again at the last, " + lastEpoch + "."
                : decimals > 3 ? "hardly higher at the last, " + lastEpoch + " (" + last + ")."
                        : "has risen to " + last + " by epoch " + lastEpoch + ".");
    }
}
