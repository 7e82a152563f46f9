package ferkit.train;

/**
 * Whether a run may still be shown. It ends when what the run belongs to has changed since, and from then on whoever asks the run
 * for a figure is told why there is none.
 */
public final class Standing {
    private volatile String ended;

    /** Ends it, with the sentence that whoever asks is given; the first such sentence stays. */
    public synchronized void end(String why) {
        if (ended == null) {
            ended = why;
        }
    }

    /** Whether it has ended. */
    public boolean hasEnded() {
        return ended != null;
    }

    /** @throws Refusal if it has ended */
    void require() {
        if (ended != null) {
            throw new Refusal(ended);
        }
    }
}
