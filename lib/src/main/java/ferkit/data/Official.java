package ferkit.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** What is known of FER2013. */
public final class Official {
    private static final int[] TRAINING = {3995, 436, 4097, 7215, 4830, 3171, 4965};
    private static final int[] VALIDATION = {467, 56, 496, 895, 653, 415, 607};
    private static final int[] TEST = {491, 55, 528, 879, 594, 416, 626};

    /**
     * {@link FaceSet#hash} of the copy that the kit's own runs were trained on. It is in the published order; of its 35,887 images 173, which FER+ calls no
     * faces, were decoded from JPEG files and stand in any order among themselves, and of some 150 duplicates that are labelled differently it is a guess which has
     * which label. Kaggle's own file, which was not at hand, so has another hash, as has every copy whose pixels or order differ.
     */
    public static final String HASH = "f26de2ef5bc66922b26ecbd728206df20cddc88cb37ef0bc6367c4d61659caf0";

    /** The same of its images with FER+'s votes for training, {@link FerPlus#forTraining}. */
    public static final String VOTES_HASH = "e3a787970f9e4e063724894497347d6dec1592cf14577cfd6d026c13cd0aea2b";

    private static final List<PixelSums> PIXELS = List.of(
            sums(Split.TRAINING,
                    List.of(1_161_905_349L, 135_841_077L, 1_279_240_450L, 2_151_638_927L, 1_349_586_304L, 1_068_589_825L, 1_417_370_445L),
                    4_289_726_068L, 4_254_080_729L, 1_388_547_898_187L, 888_486_779, 807_501_769),
            sums(Split.VALIDATION, List.of(136_708_307L, 17_527_286L, 154_635_375L, 263_145_080L, 180_778_113L, 139_993_524L, 173_764_095L),
                    533_060_486, 528_045_481, 172_508_098_724L, 111_470_163, 101_525_765),
            sums(Split.TEST, List.of(145_375_210L, 16_908_613L, 164_004_409L, 258_570_186L, 164_286_015L, 140_207_438L, 177_578_720L),
                    533_170_344, 530_068_051, 172_991_737_971L, 111_850_692, 101_645_546));

    /** Of the images at their places at least so many are the same in a copy {@link Origin.Kind#SAME_ORDER in the published order}; Kaggle's file should have 99.1 %. */
    private static final double SAME = 0.98;

    private Official() {}

    /**
     * A byte of each image and its label, in order (the last of its CRC-32), by which a copy can be held against another that is not at hand: of other images one in 256
     * has the same.
     */
    static byte[] marks(Map<Split, Faces> splits) {
        ByteArrayOutputStream marks = new ByteArrayOutputStream();
        for (Split split : Split.values()) {
            Faces faces = splits.get(split);
            byte[] image = new byte[1 + faces.format().size()];
            for (int i = 0; i < faces.size(); i++) {
                image[0] = (byte) faces.label(i);
                faces.copyPixels(i, image, 1);
                CRC32 crc = new CRC32();
                crc.update(image);
                marks.write((int) crc.getValue());
            }
        }
        return marks.toByteArray();
    }

    /** How many images of two copies differ at their places; empty if they are too many for copies in one order. */
    static Optional<Integer> others(byte[] marks, byte[] known) {
        int others = (int) IntStream.range(0, known.length).filter(i -> marks[i] != known[i]).count();
        return others > (1 - SAME) * known.length ? Optional.empty() : Optional.of(others);
    }

    static byte[] known() {
        try (InputStream in = Official.class.getResourceAsStream("fer2013-marks.bin")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PixelSums sums(Split split, List<Long> classes, long left, long upper, long squares, long across, long down) {
        return new PixelSums(IntStream.of(counts(split)).boxed().toList(), classes, left, upper, squares, across, down);
    }

    /** Whether there are as many images of each class in each split as in the original. */
    public static boolean hasCounts(Map<Split, Faces> splits) {
        return Arrays.stream(Split.values())
                .allMatch(split -> splits.get(split).labelled() && Arrays.equals(splits.get(split).counts(), counts(split)));
    }

    /**
     * What images with {@link #hasCounts the original's numbers} are: FER2013 if they are the kit's copy's, in whatever order, or differ from
     * them by no more than copies in JPEG files do.
     *
     * @param notes takes a sentence on what differs, if anything does
     */
    public static Origin.Kind kind(Map<Split, Faces> splits, String hash, List<String> notes) {
        return kind(splits, hash, known(), notes);
    }

    static Origin.Kind kind(Map<Split, Faces> splits, String hash, byte[] known, List<String> notes) {
        if (hash.equals(HASH)) {
            return Origin.Kind.FER2013;
        }
        Optional<Integer> others = others(marks(splits), known);
        if (others.isPresent()) {
            notes.add(String.format(Locale.ROOT,
                    "FER2013 in its published order; %,d of %,d images have other pixels or another label than in the copy that the kit's "
                            + "finished runs were trained on. These runs are shown all the same; what is trained on this copy has folders of its own.",
                    others.get(), known.length));
            return Origin.Kind.SAME_ORDER;
        }
        List<PixelSums> found = new ArrayList<>();
        for (Split split : Split.values()) {
            found.add(PixelSums.of(splits.get(split)));
        }
        if (found.equals(PIXELS)) {
            notes.add("FER2013's images in another order.");
            return Origin.Kind.FER2013;
        }
        Optional<String> difference = PixelSums.difference(found, PIXELS);
        notes.add(difference.isEmpty() ? "FER2013's images with slightly other grey values, as JPEG files have them: taken for FER2013."
                : "FER2013's numbers of images of each class and split, but not its pixels: " + difference.get()
                        + ". Figures are not comparable with the study's.");
        return difference.isEmpty() ? Origin.Kind.FER2013 : Origin.Kind.OTHER_PIXELS;
    }

    /** Images per class of one split, seven numbers in label order, as a new array. */
    public static int[] counts(Split split) {
        return switch (split) {
            case TRAINING -> TRAINING.clone();
            case VALIDATION -> VALIDATION.clone();
            case TEST -> TEST.clone();
        };
    }
}
