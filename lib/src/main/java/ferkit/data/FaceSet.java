package ferkit.data;

import ferkit.data.file.Hashes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * An immutable data set in three splits with its origin and content hash.
 * What every later stage (training, evaluation, charts) takes as its input.
 */
public final class FaceSet {
    private final Origin origin;
    private final Faces training;
    private final Faces validation;
    private final Faces test;
    private final String hash;
    /** What {@link #limitTraining} made, by limit and seed: cut and hashed once. */
    private final Map<List<Long>, FaceSet> limited = new ConcurrentHashMap<>();

    /**
     * A data set of these three splits.
     *
     * @throws IllegalArgumentException if they are not of the same classes and format
     */
    public FaceSet(Origin origin, Faces training, Faces validation, Faces test) {
        this(origin, training, validation, test, hash(training, validation, test));
    }

    /** A data set whose hash is known, because it was computed or stored before. */
    public FaceSet(Origin origin, Faces training, Faces validation, Faces test, String hash) {
        for (Faces other : List.of(validation, test)) {
            if (!other.classes().equals(training.classes()) || !other.format().equals(training.format())) {
                throw new IllegalArgumentException("Splits of " + training.classes().titles() + " in " + training.format() + " and of "
                        + other.classes().titles() + " in " + other.format() + ": expected the same classes and format in all three");
            }
        }
        this.origin = origin;
        this.training = training;
        this.validation = validation;
        this.test = test;
        this.hash = hash;
    }

    /** The same images, of which something else is said. */
    public FaceSet withOrigin(Origin other) {
        return new FaceSet(other, training, validation, test, hash);
    }

    /** Where the images come from. */
    public Origin origin() {
        return origin;
    }

    /** What the labels mean. */
    public Classes classes() {
        return training.classes();
    }

    /** How each image is stored. */
    public Format format() {
        return training.format();
    }

    /** The images of one split, in file order. */
    public Faces split(Split split) {
        return switch (split) {
            case TRAINING -> training;
            case VALIDATION -> validation;
            case TEST -> test;
        };
    }

    /** What networks are fitted to. */
    public Faces training() {
        return training;
    }

    /** What the best epoch is chosen by; PublicTest. */
    public Faces validation() {
        return validation;
    }

    /** What a finished run is asked once; PrivateTest. */
    public Faces test() {
        return test;
    }

    /**
     * SHA-256 in hexadecimal over the splits in the order training, validation, test and each image in
     * file order as one byte of split (0, 1, 2), one byte of label (255 where there is none) and the bytes of its pixels; classes or a format
     * that are not FER2013's come first, in words; in a split with {@link Faces#shares}, an image's shares follow its pixels as bits of float32.
     * The same images have the same hash, whatever form of file they came from.
     */
    public String hash() {
        return hash;
    }

    /**
     * The same data with at most {@code limit} training images, chosen by a permutation from the seed
     * and kept in file order; validation and test stay whole. A limit of 0 means all.
     *
     * @throws IllegalArgumentException if the limit is negative
     */
    public FaceSet limitTraining(int limit, long seed) {
        if (limit < 0) {
            throw new IllegalArgumentException("An image limit of " + limit + ": expected 0 (all) or a positive number");
        }
        if (limit == 0 || limit >= training.size()) {
            return this;
        }
        return limited.computeIfAbsent(List.of((long) limit, seed), key -> {
            int[] chosen = IntStream.of(permutation(training.size(), new SplittableRandom(seed))).limit(limit).sorted().toArray();
            return new FaceSet(origin, training.select(chosen), validation, test);
        });
    }

    /** What it is and how much of it, as a notebook prints it. */
    @Override
    public String toString() {
        return origin.title() + ": training " + training + ", validation " + validation + ", test " + test + ", hash " + hash;
    }

    /** The numbers 0 to {@code n} − 1 in random order (Fisher–Yates shuffle). */
    public static int[] permutation(int n, SplittableRandom random) {
        int[] order = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** What {@link #hash()} is of these splits. */
    static String hash(Faces training, Faces validation, Faces test) {
        MessageDigest digest = Hashes.sha256();
        if (!training.classes().equals(Classes.FER2013) || !training.format().equals(Format.FER2013)) {
            digest.update((String.join(",", training.classes().titles()) + "\n" + training.format() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        byte[] image = new byte[2 + training.format().size()];
        List<Faces> splits = List.of(training, validation, test);
        for (int split = 0; split < splits.size(); split++) {
            Faces faces = splits.get(split);
            for (int i = 0; i < faces.size(); i++) {
                image[0] = (byte) split;
                image[1] = (byte) faces.label(i);
                faces.copyPixels(i, image, 2);
                digest.update(image);
                faces.shares(i).ifPresent(shares -> {
                    for (float share : shares) {
                        digest.update(ByteBuffer.allocate(Float.BYTES).putFloat(share).array());
                    }
                });
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
