package ferkit.data;

import java.util.List;

/**
 * Where a data set comes from and whether its figures may stand beside the study's.
 *
 * @param kind what it is
 * @param title how tables and reports call it, for example "FER2013 (fer2013.csv.gz)" or "drawn sample"
 * @param notes sentences on what was counted, resized, carved out or left unread on the way in
 */
public record Origin(Kind kind, String title, List<String> notes) {
    /** What a data set is. */
    public enum Kind {
        /** FER2013 with its official three splits, or a copy with slightly other grey values: comparable with the study. */
        FER2013,
        /** The same in the published order, as Kaggle's file has it, with few images or labels other than in {@link Official#HASH the kit's copy}: comparable too. */
        SAME_ORDER,
        /** As many images of each class and split as FER2013 has, and other pixels: not comparable with the study. */
        OTHER_PIXELS,
        /** FER2013's or other images in another split: not comparable with the study. */
        OTHER_SPLIT,
        /** The faces that this kit draws by code: not comparable with the study. */
        SAMPLE
    }

    public Origin {
        notes = List.copyOf(notes);
    }

    /** An origin about which there is nothing more to say. */
    public Origin(Kind kind, String title) {
        this(kind, title, List.of());
    }

    /** In one word, as kit.py knows it: "sample", "fer2013" or "other". */
    public String word() {
        return isSample() ? "sample" : isComparable() ? "fer2013" : "other";
    }

    /** Whether these are the drawn faces. */
    public boolean isSample() {
        return kind == Kind.SAMPLE;
    }

    /** Whether figures on this data may be set beside the study's. */
    public boolean isComparable() {
        return kind == Kind.FER2013 || kind == Kind.SAME_ORDER;
    }
}
