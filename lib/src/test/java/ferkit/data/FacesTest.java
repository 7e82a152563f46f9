package ferkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What images carry with them: classes, format, labels and shares of classes. */
class FacesTest {
    private static final Classes THREE = Classes.of("Left", "Right", "Both");
    private static final Faces FACES = new Faces(THREE, new Format(3, 2, 1), new byte[4 * 6], new byte[] {0, 1, 2, 0});
    private static final float[][] VOTES = {{0, 6, 4}, {0.5f, 0.5f, 0}, {0, 0, 0}, {0.1f, 0.2f, 0.7f}};

    private static String hash(Faces training) {
        return FaceSet.hash(training, FACES, FACES);
    }

    @Test
    void sharesMakeTheLabelAndStayWithTheImage() {
        Faces shared = FACES.withShares(VOTES);
        assertEquals(Optional.empty(), FACES.shares(0));
        assertArrayEquals(new float[] {0, 0.6f, 0.4f}, shared.shares(0).orElseThrow());
        assertArrayEquals(VOTES[3], shared.shares(3).orElseThrow());
        assertEquals(1, shared.label(0));
        assertEquals(0, shared.label(1)); // the first of equals
        assertEquals(Faces.NO_LABEL, shared.label(2));
        assertArrayEquals(new int[] {1, 1, 1}, shared.counts());
        Faces chosen = shared.select(new int[] {3, 0});
        assertArrayEquals(VOTES[3], chosen.shares(0).orElseThrow());
        assertArrayEquals(new float[] {0, 0.6f, 0.4f}, chosen.shares(1).orElseThrow());
        assertEquals(THREE, chosen.classes());
        assertEquals(new Format(3, 2, 1), chosen.format());
    }

    @Test
    void classesFormatAndSharesAreInTheHash() {
        Faces sameLabels = new Faces(THREE, FACES.format(), new byte[4 * 6], new byte[] {1, 0, Faces.NO_LABEL, 2});
        assertEquals(hash(sameLabels), hash(new Faces(THREE, FACES.format(), new byte[4 * 6], new byte[] {1, 0, Faces.NO_LABEL, 2})));
        assertNotEquals(hash(sameLabels), hash(FACES.withShares(VOTES)));
        float[][] others = Stream.of(VOTES).map(float[]::clone).toArray(float[][]::new);
        others[3][0] = 0.15f;
        others[3][1] = 0.15f;
        assertNotEquals(hash(FACES.withShares(others)), hash(FACES.withShares(VOTES)));
        Faces tall = new Faces(THREE, new Format(3, 1, 2), new byte[4 * 6], new byte[] {0, 1, 2, 0});
        assertNotEquals(hash(FACES), FaceSet.hash(tall, tall, tall));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "mixed"), FACES, tall, tall))
                .getMessage()
                .contains("1×2 colour and of [Left, Right, Both] in 2×1 colour"));
    }

    @Test
    void wrongSharesAreRefused() {
        assertEquals("1 rows of shares for 4 images: expected one for each",
                assertThrows(IllegalArgumentException.class, () -> FACES.withShares(new float[1][3])).getMessage());
        for (float[] wrong : new float[][] {{1, 0}, {1, 0, 0, 0}, {}, {2, -1, 0}, {Float.NaN, 1, 0}}) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> FACES.withShares(new float[][] {VOTES[0], wrong, VOTES[1], VOTES[2]}))
                    .getMessage()
                    .endsWith("expected 3 numbers from 0 up, one for each class"));
        }
    }
}
