package ferkit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import ferkit.train.Predictions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OcclusionTest {
    private static final Occlusion OCCLUSION = new Occlusion(Format.FER2013);
    private static final Faces TWO = new Faces(joined(), new byte[] {0, 1});

    private static byte[] joined() {
        byte[] pixels = Arrays.copyOf(TinyFaces.pixels(Split.TEST, 0), 2 * Faces.PIXELS);
        System.arraycopy(TinyFaces.pixels(Split.TEST, 1), 0, pixels, Faces.PIXELS, Faces.PIXELS);
        return pixels;
    }

    /** Gives an image's class the share of the pixel at row 10, column 21 in 255. */
    private static Predictions looksAtOnePixel(Faces faces) {
        float[][] rows = new float[faces.size()][7];
        for (int i = 0; i < rows.length; i++) {
            rows[i][faces.label(i)] = (faces.pixels(i)[10 * 48 + 21] & 0xff) / 255f;
        }
        return new Predictions(IntStream.range(0, rows.length).map(faces::label).toArray(), new int[rows.length], rows);
    }

    @Test
    void onlyPlacesOverThePixelThatIsLookedAtLoseSomething() throws Exception {
        double[][] drops = OCCLUSION.drops(TWO, OcclusionTest::looksAtOnePixel, done -> {});
        for (int i = 0; i < 2; i++) {
            byte[] image = TWO.pixels(i);
            int mean = (int) Math.round(IntStream.range(0, image.length).map(p -> image[p] & 0xff).average().getAsDouble());
            for (int place = 0; place < drops[i].length; place++) {
                int top = place / Occlusion.SIDE * 4;
                int left = place % Occlusion.SIDE * 4;
                boolean over = top <= 10 && 10 < top + 8 && left <= 21 && 21 < left + 8;
                assertEquals(over ? ((image[10 * 48 + 21] & 0xff) - mean) / 255.0 : 0, drops[i][place], 1e-6);
            }
        }
    }

    @Test
    void sumsAreOverTheSamePatches() {
        float[][] one = new float[48][48];
        one[10][21] = 2;
        double[] sums = OCCLUSION.sums(List.<float[][]>of(one))[0];
        assertEquals(4 * 2, Arrays.stream(sums).sum(), 1e-9, "four patches lie over it");
        assertEquals(2, sums[2 * Occlusion.SIDE + 5], 1e-9);
        assertEquals(2, sums[1 * Occlusion.SIDE + 4], 1e-9);
        assertEquals(2, Occlusion.rows(sums)[2][5]);
        assertArrayEquals(new double[] {1, 2}, Occlusion.mean(List.of(new double[] {0, 4}, new double[] {2, 0})));
    }

    @Test
    void tilesCoverTheImageOnce() {
        assertEquals(121, Occlusion.SIDE * Occlusion.SIDE);
        int[] all = Occlusion.random(7, Occlusion.TILES);
        assertEquals(36, Arrays.stream(all).distinct().count());
        assertArrayEquals(all, Occlusion.random(7, Occlusion.TILES));
        Faces grey = OCCLUSION.greyed(TWO, image -> image == 0 ? all : new int[0]);
        assertEquals(1, IntStream.range(0, Faces.PIXELS).map(p -> grey.pixels(0)[p]).distinct().count(), "wholly of one grey");
        assertArrayEquals(TWO.pixels(1), grey.pixels(1));
        double[] map = new double[121];
        map[1] = 9; // between two tiles
        map[4] = 3;
        map[24] = 5;
        assertArrayEquals(new int[] {24, 4}, Occlusion.highest(map, 2));
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> new Occlusion(new Format(1, 10, 48))).getMessage().contains("at least 12 pixels"));
    }
}
