package ferkit.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The seven classes of FER2013. The ordinal is the label in {@code fer2013.csv}, 0 to 6
 * (Goodfellow et al. 2013, "Challenges in Representation Learning").
 */
public enum Emotion {
    ANGRY("Angry", "angry", "anger"),
    DISGUST("Disgust", "disgust", "disgusted", "disgusting"),
    FEAR("Fear", "fear", "fearful", "afraid"),
    HAPPY("Happy", "happy", "happiness"),
    SAD("Sad", "sad", "sadness"),
    SURPRISE("Surprise", "surprise", "surprised", "suprise"),
    NEUTRAL("Neutral", "neutral");

    /** Number of classes. */
    public static final int COUNT = 7;

    private static final List<Emotion> BY_LABEL = List.of(values());

    private final String title;
    private final List<String> spellings;

    Emotion(String title, String... spellings) {
        this.title = title;
        this.spellings = List.of(spellings);
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
        return BY_LABEL.get(Classes.FER2013.require(label));
    }

    /** The names the class goes by in public copies of the data, in lower case. */
    public List<String> spellings() {
        return spellings;
    }

    /** The class that a folder or label of this name means: any spelling in any case, or a digit 0 to 6. */
    public static Optional<Emotion> named(String name) {
        return Classes.FER2013.named(name).stream().mapToObj(BY_LABEL::get).findFirst();
    }

    /** The seven titles in label order. */
    public static List<String> titles() {
        return Arrays.stream(values()).map(Emotion::title).toList();
    }
}
