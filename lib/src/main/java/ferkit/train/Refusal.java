package ferkit.train;

import java.io.IOException;
import java.io.UncheckedIOException;

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

    /** What may fail of a file, a setting or a state. */
    @FunctionalInterface
    public interface Attempt<T, E extends Exception> {
        T make() throws IOException, E;
    }

    /**
     * What is attempted.
     *
     * @throws Refusal if it fails, with its message alone
     */
    public static <T, E extends Exception> T attempt(Attempt<T, E> attempt) throws E {
        try {
            return attempt.make();
        } catch (UncheckedIOException e) {
            throw new Refusal(sentence(e.getCause()));
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new Refusal(sentence(e));
        }
    }

    private static String sentence(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
