package ferkit.data;

/** The three parts of FER2013 and the names they have in the column {@code Usage}. */
public enum Split {
    /** 28,709 images a model is fitted to. */
    TRAINING("Training"),
    /** 3,589 images that choose the best epoch and the best model: the challenge's public test. */
    VALIDATION("PublicTest"),
    /** 3,589 images read once per finished run: the challenge's private test. */
    TEST("PrivateTest");

    private final String usage;

    Split(String usage) {
        this.usage = usage;
    }

    /** The value of the column {@code Usage} in {@code fer2013.csv}. */
    public String usage() {
        return usage;
    }
}
