package ferkit.data.drawn;

import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.data.Split;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The built-in sample: faces drawn by code, so that every notebook runs where FER2013 is not at hand.
 * 640 training, 250 validation and 250 test images with FER2013's share of each class; the same bytes on every machine.
 * Figures on it say nothing about photographs.
 */
public final class Sample {
    private static final long SEED = 2013;

    private Sample() {}

    /** Draws the sample. */
    public static FaceSet draw() {
        return new FaceSet(new Origin(Origin.Kind.SAMPLE, "drawn sample"),
                draw(Split.TRAINING, 640), draw(Split.VALIDATION, 250), draw(Split.TEST, 250));
    }

    private static Faces draw(Split split, int size) {
        SplittableRandom seeds = new SplittableRandom(SEED + split.ordinal());
        byte[] labels = shuffledLabels(shares(Official.counts(split), size), seeds);
        long[] seed = IntStream.range(0, size).mapToLong(i -> seeds.nextLong()).toArray();
        byte[] pixels = new byte[size * Faces.PIXELS];
        IntStream.range(0, size).parallel().forEach(i -> {
            byte[] image = DrawnFace.draw(Emotion.of(labels[i]), new SplittableRandom(seed[i]));
            System.arraycopy(image, 0, pixels, i * Faces.PIXELS, Faces.PIXELS);
        });
        return new Faces(pixels, labels);
    }

    /** Divides {@code size} in proportion to the counts, by largest remainders. */
    static int[] shares(int[] counts, int size) {
        int total = IntStream.of(counts).sum();
        int[] shares = IntStream.of(counts).map(count -> count * size / total).toArray();
        int[] byRemainder = IntStream.range(0, counts.length).boxed()
                .sorted((a, b) -> Integer.compare(counts[b] * size % total, counts[a] * size % total))
                .mapToInt(Integer::intValue).toArray();
        int missing = size - IntStream.of(shares).sum();
        for (int i = 0; i < missing; i++) {
            shares[byRemainder[i]]++;
        }
        return shares;
    }

    private static byte[] shuffledLabels(int[] shares, SplittableRandom random) {
        int[] order = FaceSet.permutation(IntStream.of(shares).sum(), random);
        byte[] labels = new byte[order.length];
        int next = 0;
        for (int label = 0; label < shares.length; label++) {
            for (int i = 0; i < shares[label]; i++) {
                labels[order[next++]] = (byte) label;
            }
        }
        return labels;
    }
}
