package ferkit.data.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.Emotion;
import ferkit.data.FaceList;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.FerPlus;
import ferkit.data.Format;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataReportTest {
    @TempDir Path folder;

    private static byte[] random(long seed) {
        byte[] pixels = new byte[Faces.PIXELS];
        SplittableRandom random = new SplittableRandom(seed);
        for (int p = 0; p < pixels.length; p++) {
            pixels[p] = (byte) (60 + random.nextInt(100));
        }
        return pixels;
    }

    private static byte[] darker(byte[] pixels) {
        byte[] darker = pixels.clone();
        for (int p = 0; p < darker.length; p++) {
            darker[p] = (byte) ((pixels[p] & 0xff) * 3 / 4 + 5);
        }
        return darker;
    }

    private static Faces faces(Object... imagesAndLabels) {
        FaceList list = new FaceList();
        for (int i = 0; i < imagesAndLabels.length; i += 2) {
            list.add((byte[]) imagesAndLabels[i], 0, (Integer) imagesAndLabels[i + 1]);
        }
        return list.toFaces();
    }

    /** Training a0 b1 a0 blank; validation a0 c2; test a3 b′1 d4 c2, where b′ is b darker. */
    private static FaceSet example() {
        byte[] a = random(1);
        byte[] b = random(2);
        byte[] c = random(3);
        return new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "made up"),
                faces(a, 0, b, 1, a, 0, new byte[Faces.PIXELS], 6), faces(a, 0, c, 2), faces(a, 3, darker(b), 1, random(4), 4, c, 2));
    }

    @Test
    void countsWhatWasPutIn() {
        DataReport report = new DataReport(example(), Optional.empty(), progress -> {});
        assertEquals(new DataReport.Findings(4, 1, 1, 2, 0, 0, 0, 0, 0), report.findings(Split.TRAINING));
        assertEquals(new DataReport.Findings(2, 0, 0, 1, 1, 1, 1, 1, 0), report.findings(Split.VALIDATION));
        assertEquals(new DataReport.Findings(4, 0, 0, 1, 1, 0, 2, 1, 2), report.findings(Split.TEST));
    }

    @Test
    void paragraphSaysTheseNumbers() {
        DataReport report = new DataReport(example(), Optional.empty(), progress -> {});
        assertTrue(report.paragraph().startsWith("Of 4 test images 2 (50.0 %) have a near duplicate in training"), report.paragraph());
        assertTrue(report.paragraph().contains("for 1 the most similar training image has the same label"), report.paragraph());
        assertTrue(report.paragraph().contains("Of 2 validation images, which choose the epoch, 1 (50.0 %)"), report.paragraph());
    }

    @Test
    void imagesWithoutALabelContradictNone() {
        byte[] a = random(1);
        FaceSet unlabelled = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "made up"), faces(a, 0, random(2), 1), faces(),
                faces(a, Faces.NO_LABEL));
        DataReport report = new DataReport(unlabelled, Optional.empty(), progress -> {});
        assertEquals(new DataReport.Findings(1, 0, 0, 0, 1, 0, 1, 0, 0), report.findings(Split.TEST));
        assertTrue(report.paragraph().contains("cannot be said, since not all of these images have one"), report.paragraph());
        assertFalse(report.paragraph().contains("validation"), report.paragraph());
        FaceSet untested = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "made up"), faces(a, 0), faces(), faces());
        assertTrue(new DataReport(untested, Optional.empty(), progress -> {}).paragraph().startsWith("There is no test image"));
    }

    @Test
    void agreementWithFerPlus() throws IOException {
        Path file = Files.writeString(folder.resolve("fer2013new.csv"), """
                Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF
                Training,,0,0,0,0,10,0,0,0,0,0
                Training,,0,0,0,0,0,9,0,0,0,0
                Training,,0,0,0,0,0,0,8,0,0,0
                Training,,0,0,0,0,0,0,0,0,0,10
                PublicTest,,0,0,0,0,5,5,0,0,0,0
                PublicTest,,0,0,0,0,0,0,10,0,0,0
                PrivateTest,,0,10,0,0,0,0,0,0,0,0
                PrivateTest,,0,0,0,0,0,0,0,0,10,0
                PrivateTest,,0,0,0,0,0,0,0,10,0,0
                PrivateTest,,0,0,10,0,0,0,0,0,0,0
                """);
        FaceSet faces = example();
        DataReport report = new DataReport(faces, Optional.of(FerPlus.read(file, faces)), progress -> {});
        DataReport.Votes votes = report.votes().orElseThrow();
        assertArrayEquals(new int[] {1, 0, 0}, votes.notAFace());
        assertEquals(6, votes.comparable());
        assertEquals(4, votes.agreeing());
        assertEquals(1, votes.counts()[Emotion.ANGRY.label()][FerPlus.Vote.values().length]);
        assertEquals(1, votes.counts()[Emotion.NEUTRAL.label()][FerPlus.Vote.NOT_A_FACE.ordinal()]);
        assertTrue(report.paragraph().endsWith("it is the FER2013 label for 66.7 % of the images."), report.paragraph());
    }

    /** Waves with more and more noise on them, so that correlations lie on both sides of the limit. */
    @Test
    void nearestAgreesWithThePlainComputation() {
        FaceList training = new FaceList();
        FaceList test = new FaceList();
        for (int i = 0; i < 60; i++) {
            byte[] image = TinyFaces.pixels(i);
            byte[] noise = random(i);
            training.add(image, 0, 0);
            for (int p = 0; p < image.length; p++) {
                image[p] = (byte) (((image[p] & 0xff) * (80 - i) + (noise[p] & 0xff) * i) / 80);
            }
            test.add(image, 0, 0);
        }
        FaceSet faces = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "made up"), training.toFaces(), faces(), test.toFaces());
        int[] fast = new Duplicates(faces).nearest(Split.TEST, Split.TRAINING);
        int found = 0;
        for (int i = 0; i < fast.length; i++) {
            int best = -1;
            double highest = Duplicates.CORRELATION;
            for (int j = 0; j < faces.training().size(); j++) {
                double correlation = correlation(faces.test().pixels(i), faces.training().pixels(j));
                if (correlation >= highest) {
                    highest = correlation;
                    best = j;
                }
            }
            assertEquals(best, fast[i], "test image " + i);
            found += best >= 0 ? 1 : 0;
        }
        assertTrue(found > 10 && found < 50, found + " found");
    }

    /** In a format whose sides no grid divides evenly. */
    @Test
    void copiesAreFoundInEveryFormat() {
        Format format = new Format(3, 21, 50);
        SplittableRandom random = new SplittableRandom(1);
        byte[] pixels = new byte[3 * format.size()];
        for (int p = 0; p < pixels.length; p++) {
            pixels[p] = (byte) (60 + random.nextInt(100));
        }
        Faces training = new Faces(Classes.of("A", "B"), format, pixels, new byte[] {0, 1, 0});
        byte[] dark = darker(training.pixels(1));
        FaceSet faces = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "made up"), training, training.select(new int[0]),
                new Faces(training.classes(), format, dark, new byte[] {1}));
        assertArrayEquals(new int[] {1}, new Duplicates(faces).nearest(Split.TEST, Split.TRAINING));
        assertEquals(new DataReport.Findings(1, 0, 0, 0, 0, 0, 1, 1, 0),
                new DataReport(faces, Optional.empty(), progress -> {}).findings(Split.TEST));
        assertEquals(1, Statistics.accuracyByBrightness(faces.training().select(new int[] {1}), faces.test()));
    }

    private static double correlation(byte[] a, byte[] b) {
        double sumA = 0;
        double sumB = 0;
        double aa = 0;
        double bb = 0;
        double ab = 0;
        for (int p = 0; p < a.length; p++) {
            double x = a[p] & 0xff;
            double y = b[p] & 0xff;
            sumA += x;
            sumB += y;
            aa += x * x;
            bb += y * y;
            ab += x * y;
        }
        int n = a.length;
        return (ab - sumA * sumB / n) / Math.sqrt((aa - sumA * sumA / n) * (bb - sumB * sumB / n));
    }
}
