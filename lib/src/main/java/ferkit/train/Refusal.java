package ferkit.train;

/**
 * Says in one sentence why something cannot be done or shown, and what to do. It carries no stack and no cause, because notebooks
 * print those below the sentence, and whoever reads a notebook cannot mend the library.
 */
public final class Refusal extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** A refusal with this sentence. */
    public Refusal(String sentence) {
        super(sentence);
        setStackTrace(new StackTraceElement[0]);
    }
}
