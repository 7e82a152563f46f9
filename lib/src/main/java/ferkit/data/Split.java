package ferkit.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The three parts of FER2013 and the names they have in the column {@code Usage}. */
public enum Split {
    /** 28,709 images a model is fitted to. */
    TRAINING("Training", "training", "train", "fer2013train"),
    /** 3,589 images that choose the best epoch and the best model: the challenge's public test. */
    VALIDATION("PublicTest", "publictest", "public_test", "validation", "valid", "val", "fer2013valid"),
    /** 3,589 images read once per finished run: the challenge's private test. */
    TEST("PrivateTest", "privatetest", "private_test", "test", "fer2013test");

    private final String usage;
    private final List<String> names;

    Split(String usage, String... names) {
        this.usage = usage;
        this.names = List.of(names);
    }

    /** The value of the column {@code Usage} in {@code fer2013.csv}. */
    public String usage() {
        return usage;
    }

    /** The split that a folder or file of this name, in any case, holds. */
    public static Optional<Split> named(String name) {
        String plain = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(split -> split.names.contains(plain)).findFirst();
    }
}
