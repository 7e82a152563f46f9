package ferkit.data;

/** What is known of the original FER2013. */
public final class Official {
    private static final int[] TRAINING = {3995, 436, 4097, 7215, 4830, 3171, 4965};
    private static final int[] VALIDATION = {467, 56, 496, 895, 653, 415, 607};
    private static final int[] TEST = {491, 55, 528, 879, 594, 416, 626};

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
