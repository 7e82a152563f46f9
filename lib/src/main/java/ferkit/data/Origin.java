package ferkit.data;

/**
 * Where a data set comes from and whether its figures may stand beside the study's.
 *
 * @param kind what it is
 * @param title how tables and reports call it, for example "FER2013 (fer2013.csv.gz)" or "drawn sample"
 */
public record Origin(Kind kind, String title) {
    /** What a data set is. */
    public enum Kind {
        /** FER2013 with its official three splits: comparable with the study. */
        FER2013,
        /** FER2013's or other images in another split: not comparable with the study. */
        OTHER_SPLIT,
        /** The faces that this kit draws by code: not comparable with the study. */
        SAMPLE
    }

    public boolean isSample() {
        return kind == Kind.SAMPLE;
    }

    /** Whether figures on this data may be set beside the study's. */
    public boolean isComparable() {
        return kind == Kind.FER2013;
    }
}
