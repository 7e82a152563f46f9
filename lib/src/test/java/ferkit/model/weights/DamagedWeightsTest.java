package ferkit.model.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weight files damaged at random: each is read or refused with a sentence, and nothing else comes of it. */
class DamagedWeightsTest {
    private static final int TRIES = 400;

    @TempDir Path folder;

    @Test
    void safetensors() throws IOException {
        byte[] header = ("{\"features.0.0.weight\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[0,12]},\"__metadata__\":{\"format\":\"pt\"},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[12,28]},\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[28,36]}}")
                .getBytes(StandardCharsets.UTF_8);
        tried(ByteBuffer.allocate(8 + header.length + 36).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).array());
    }

    @Test
    void torch() throws IOException {
        byte[] pickle = WeightFileTest.stateDict("features.0.0.weight", 7, 1, new int[] {2, 3}, new int[] {1, 2});
        tried(Files.readAllBytes(WeightFileTest.zip(folder, pickle, new byte[28])));
        tried(Files.readAllBytes(WeightFileTest.plain(folder, pickle, new float[7])));
    }

    @Test
    void keras() throws IOException {
        Path file = folder.resolve("whole.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            hdf.putAttribute("layer_names", new String[] {"stem_conv", "normalization"});
            for (String layer : new String[] {"stem_conv", "normalization"}) {
                WritableGroup group = hdf.putGroup(layer);
                group.putAttribute("weight_names", new String[] {layer + "/kernel:0"});
                group.putGroup(layer).putDataset("kernel:0", new float[][] {{1, 2}, {3, 4}});
            }
        }
        tried(Files.readAllBytes(file));
    }

    private void tried(byte[] whole) throws IOException {
        int refused = outcomes(whole, folder.resolve("damaged"), TRIES, 17);
        assertTrue(refused > TRIES / 10 && refused < TRIES, refused + " of " + TRIES + " refused");
    }

    /** How many of so many damaged forms are refused; those that are neither read nor refused fail. */
    static int outcomes(byte[] whole, Path file, int tries, long seed) throws IOException {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < tries; i++) {
            Files.write(file, damaged(whole, random));
            try {
                WeightFile.read(file);
            } catch (IOException e) {
                refused++;
                if (!e.getMessage().startsWith("Weight file " + file + ": ") || e.getMessage().contains("null")) {
                    fail("damage " + i + " of seed " + seed + ": no sentence", e);
                }
            } catch (RuntimeException | Error e) {
                fail("damage " + i + " of seed " + seed, e);
            }
        }
        return refused;
    }

    /** Bits turned, bytes set, a piece cut out, doubled or put in place of another, a size changed or the end cut off; mostly near the ends, where headers are. */
    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int times = 1 + random.nextInt(4);
        int kind = random.nextInt(7);
        for (int t = 0; t < times; t++) {
            int near = Math.min(bytes.length, random.nextBoolean() ? 4096 : bytes.length);
            int at = random.nextInt(4) == 0 ? bytes.length - 1 - random.nextInt(near) : random.nextInt(near);
            int length = Math.min(1 + random.nextInt(16), bytes.length - at);
            switch (kind) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0xff : 0));
                case 3 -> System.arraycopy(whole, random.nextInt(whole.length - length), bytes, at, length);
                case 4 -> {
                    if (length >= Integer.BYTES) {
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at,
                                new int[] {-1, 0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}[random.nextInt(5)]);
                    }
                }
                case 5 -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    out.write(bytes, 0, at);
                    if (random.nextBoolean()) { // doubled
                        out.write(bytes, at, length);
                        out.write(bytes, at, length);
                    }
                    out.write(bytes, at + length, bytes.length - at - length);
                    bytes = out.size() > 32 ? out.toByteArray() : bytes;
                }
                default -> {
                    return Arrays.copyOf(bytes, random.nextInt(bytes.length));
                }
            }
        }
        return bytes;
    }
}
