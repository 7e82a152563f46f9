package ferkit.data;

import java.util.Arrays;
import java.util.List;

/**
 * The seven classes of FER2013. The ordinal is the label in {@code fer2013.csv}, 0 to 6
 * (Goodfellow et al. 2013, "Challenges in Representation Learning").
 */
public enum Emotion {
    ANGRY("Angry"),
    DISGUST("Disgust"),
    FEAR("Fear"),
    HAPPY("Happy"),
    SAD("Sad"),
    SURPRISE("Surprise"),
    NEUTRAL("Neutral");

    /** Number of classes. */
    public static final int COUNT = 7;

    private static final List<Emotion> BY_LABEL = List.of(values());

    private final String title;

    Emotion(String title) {
        this.title = title;
    }

    /** The English name as shown in tables and charts, for example "Angry". */
    public String title() {
        return title;
    }

    /** The label in FER2013, 0 to 6. */
    public int label() {
        return ordinal();
    }

    /**
     * The class of a label.
     *
     * @throws IllegalArgumentException if the label is not 0 to 6
     */
    public static Emotion of(int label) {
        if (label < 0 || label >= COUNT) {
            throw new IllegalArgumentException("Label " + label + " is no class of FER2013: expected 0 to 6 (0 Angry … 6 Neutral)");
        }
        return BY_LABEL.get(label);
    }

    /** The seven titles in label order. */
    public static List<String> titles() {
        return Arrays.stream(values()).map(Emotion::title).toList();
    }
}
