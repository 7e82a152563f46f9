package ferkit.data.drawn;

import ferkit.data.Emotion;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.FerPlus;
import ferkit.data.Official;
import ferkit.data.Origin;
import ferkit.data.Split;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The built-in sample: faces drawn by code, so that every notebook runs where FER2013 is not at hand.
 * 640 training, 250 validation and 250 test images with FER2013's share of each class; the same bytes on every machine.
 * Figures on it say nothing about photographs.
 */
public final class Sample {
    private static final long SEED = 2013;
    private static final int VOTERS = 10;

    private Sample() {}

    /** Draws the sample. */
    public static FaceSet draw() {
        return new FaceSet(new Origin(Origin.Kind.SAMPLE, "drawn sample"),
                draw(Split.TRAINING, 640), draw(Split.VALIDATION, 250), draw(Split.TEST, 250));
    }

    private static Faces draw(Split split, int size) {
        SplittableRandom seeds = new SplittableRandom(SEED + split.ordinal());
        byte[] labels = shuffledLabels(shares(Official.counts(split), size), seeds);
        long[] seed = seeds(size, seeds);
        byte[] pixels = new byte[size * Faces.PIXELS];
        IntStream.range(0, size).parallel().forEach(i -> {
            byte[] image = DrawnFace.draw(Emotion.of(labels[i]), new SplittableRandom(seed[i]));
            System.arraycopy(image, 0, pixels, i * Faces.PIXELS, Faces.PIXELS);
        });
        return new Faces(pixels, labels);
    }

    private static long[] seeds(int size, SplittableRandom seeds) {
        return IntStream.range(0, size).mapToLong(i -> seeds.nextLong()).toArray();
    }

    /**
     * Ten made-up votes on each drawn face, in place of FER+'s: as many for its expression as this is strong, the others for neutral. A face that is called
     * angry and hardly is so has a majority for neutral.
     *
     * @param sample as {@link #draw()} gives it
     */
    public static FerPlus votes(FaceSet sample) {
        Map<Split, List<int[]>> votes = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            Faces faces = sample.split(split);
            SplittableRandom random = new SplittableRandom(SEED + split.ordinal());
            shuffledLabels(faces.counts(), random); // so that the seeds behind it are those of the drawing
            long[] seed = seeds(faces.size(), random);
            votes.put(split, IntStream.range(0, faces.size()).mapToObj(i -> votes(faces.label(i), new SplittableRandom(seed[i]))).toList());
        }
        return FerPlus.of(sample, votes);
    }

    private static int[] votes(int label, SplittableRandom random) {
        int[] row = new int[FerPlus.Vote.values().length];
        int strong = (int) Math.min(VOTERS, Math.round(VOTERS * Expression.strength(random)));
        for (FerPlus.Vote vote : FerPlus.Vote.values()) {
            row[vote.ordinal()] += vote.label() == label ? strong : 0;
        }
        row[FerPlus.Vote.NEUTRAL.ordinal()] += VOTERS - strong;
        return row;
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
