package ferkit.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Split;
import ferkit.data.drawn.Sample;
import ferkit.model.EfficientNet.Variant;
import ferkit.model.weights.RandomWeights;
import ferkit.model.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored features: what they are, and what becomes of an interrupted or damaged store. */
class FeaturesTest {
    private static final FaceSet DATA = Sample.draw();

    @TempDir static Path shared;
    private static WeightFile weights;

    @TempDir Path cache;

    @BeforeAll
    static void weights() throws IOException {
        weights = RandomWeights.lite0(shared);
    }

    private static FrozenTrunk trunk(int stage) {
        return new FrozenTrunk(weights, Variant.LITE0, 32, stage);
    }

    private Features features(int stage) throws Exception {
        return Features.of(DATA, Split.VALIDATION, trunk(stage), cache, 2, done -> {});
    }

    private List<Path> pieces() throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void areWhatTheTrunkSays() throws Exception {
        int[] indices = {249, 0, 130, 17};
        for (int stage : new int[] {6, FrozenTrunk.WHOLE}) {
            Features features = features(stage);
            assertEquals(250, features.size());
            assertEquals(DATA.validation().label(130), features.label(130));
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray stored = features.batch(manager, indices);
                NDArray direct = weights.load(manager, Variant.LITE0).lower(stage).forward(new ParameterStore(manager, false),
                        new NDList(trunk(stage).images(manager, DATA.validation(), indices)), false).singletonOrThrow();
                assertEquals(DataType.FLOAT32, stored.getDataType());
                assertEquals(direct.getShape(), stored.getShape());
                assertEquals(features.shape(), stored.getShape().slice(1));
                float largest = direct.abs().max().getFloat();
                assertTrue(largest > 0);
                assertTrue(stored.sub(direct).abs().max().getFloat() <= largest / 1024, "more than half precision loses");
            }
        }
    }

    @Test
    void onlyMissingAndDamagedPiecesAreComputed() throws Exception {
        Features first = features(FrozenTrunk.WHOLE);
        List<Path> pieces = pieces();
        assertEquals(2, pieces.size());
        byte[] intact = Files.readAllBytes(pieces.get(1));
        byte[] damaged = intact.clone();
        damaged[intact.length / 2] ^= 1;
        Files.write(pieces.get(1), damaged);
        FileTime untouched = Files.getLastModifiedTime(pieces.get(0));

        int[] told = {0, Integer.MAX_VALUE};
        Features second = Features.of(DATA, Split.VALIDATION, trunk(FrozenTrunk.WHOLE), cache, 1, done -> {
            told[0] = Math.max(told[0], done);
            told[1] = Math.min(told[1], done);
        });
        assertEquals(250, told[0]);
        assertTrue(told[1] > 128, "the whole piece was computed again");
        assertEquals(untouched, Files.getLastModifiedTime(pieces.get(0)));
        try (NDManager manager = NDManager.newBaseManager()) {
            int[] all = {0, 127, 128, 249};
            assertArrayEquals(first.batch(manager, all).toFloatArray(), second.batch(manager, all).toFloatArray(), 1e-2f);
        }
    }

    @Test
    void anInterruptedComputationKeepsItsPieces() throws Exception {
        Thread current = Thread.currentThread();
        assertThrows(InterruptedException.class, () -> Features.of(DATA, Split.TRAINING, trunk(FrozenTrunk.WHOLE), cache, 1,
                done -> {
                    if (done == 160) {
                        current.interrupt();
                    }
                }));
        assertEquals(1, pieces().size());
        int[] least = {Integer.MAX_VALUE};
        Features.of(DATA, Split.TRAINING, trunk(FrozenTrunk.WHOLE), cache, 1, done -> least[0] = Math.min(least[0], done));
        assertEquals(144, least[0]);
    }

    @Test
    void imagesAreResizedWithHalfPixelCentres() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Faces faces = DATA.validation();
            int side = 224;
            NDArray images = new FrozenTrunk(weights, Variant.LITE0, side, 8).images(manager, faces, new int[] {3});
            assertEquals(new Shape(1, 1, side, side), images.getShape());
            float[] pixels = images.toFloatArray();
            for (int[] at : new int[][] {{0, 0}, {1, 100}, {57, 31}, {223, 223}, {111, 112}}) {
                assertEquals(bilinear(faces, 3, at[0], at[1], side), pixels[at[0] * side + at[1]], 1e-3, at[0] + ", " + at[1]);
            }
        }
    }

    private static double bilinear(Faces faces, int image, int row, int column, int side) {
        double y = Math.max(0, (row + 0.5) * Faces.SIDE / side - 0.5);
        double x = Math.max(0, (column + 0.5) * Faces.SIDE / side - 0.5);
        int top = (int) y;
        int left = (int) x;
        int bottom = Math.min(top + 1, Faces.SIDE - 1);
        int right = Math.min(left + 1, Faces.SIDE - 1);
        double upper = (faces.pixels(image)[top * Faces.SIDE + left] & 0xff) * (1 - x + left)
                + (faces.pixels(image)[top * Faces.SIDE + right] & 0xff) * (x - left);
        double lower = (faces.pixels(image)[bottom * Faces.SIDE + left] & 0xff) * (1 - x + left)
                + (faces.pixels(image)[bottom * Faces.SIDE + right] & 0xff) * (x - left);
        return upper * (1 - y + top) + lower * (y - top);
    }
}
