package ferkit.data;

/** What is known of the original FER2013. */
public final class Official {
    private static final int[] TRAINING = {3995, 436, 4097, 7215, 4830, 3171, 4965};
    private static final int[] VALIDATION = {467, 56, 496, 895, 653, 415, 607};
    private static final int[] TEST = {491, 55, 528, 879, 594, 416, 626};

    /** {@link FaceSet#hash} of the original. A copy whose pixels or order differ, for example one of JPEG files, has another. */
    public static final String HASH = "f26de2ef5bc66922b26ecbd728206df20cddc88cb37ef0bc6367c4d61659caf0";

    private Official() {}

    /** Images per class of one split, seven numbers in label order, as a new array. */
    public static int[] counts(Split split) {
        return switch (split) {
            case TRAINING -> TRAINING.clone();
            case VALIDATION -> VALIDATION.clone();
            case TEST -> TEST.clone();
        };
    }
}
