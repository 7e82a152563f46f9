package ferkit.data.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.data.Classes;
import ferkit.data.FaceSet;
import ferkit.data.Faces;
import ferkit.data.Format;
import ferkit.data.Origin;
import ferkit.data.Split;
import ferkit.data.TinyFaces;
import ferkit.data.form.Datasets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
    @TempDir Path folder;
    private Path csv;
    private Path cache;
    private final List<String> messages = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        csv = Files.writeString(folder.resolve("fer2013.csv"), TinyFaces.csv());
        cache = folder.resolve("new/cache");
    }

    private FaceSet open() throws IOException {
        messages.clear();
        return Datasets.open(csv, cache, messages::add);
    }

    private Path kept() throws IOException {
        try (var files = Files.list(cache)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            return all.get(0);
        }
    }

    @Test
    void secondTimeIsTheSameWithoutReading() throws IOException {
        FaceSet read = open();
        assertEquals(1, messages.size());
        assertTrue(messages.get(0).startsWith("Read " + csv + " in "));
        FaceSet loaded = open();
        assertEquals(List.of(), messages);
        assertEquals(read.hash(), loaded.hash());
        assertEquals(read.origin(), loaded.origin());
        FaceSet recomputed = new FaceSet(loaded.origin(), loaded.training(), loaded.validation(), loaded.test());
        assertEquals(read.hash(), recomputed.hash());
    }

    @Test
    void bytesForAnotherMachineAreTheSameDataSetAndItsHashIsComputedThere() throws IOException {
        FaceSet read = open();
        byte[] packed = Cache.packed(read);
        FaceSet there = Cache.unpacked(packed, read.hash());
        assertEquals(read.hash(), there.hash());
        assertEquals(read.origin(), there.origin());
        assertArrayEquals(read.test().pixels(1), there.test().pixels(1));
        assertTrue(assertThrows(IOException.class, () -> Cache.unpacked(packed, "0".repeat(64))).getMessage()
                .startsWith("The data set arrived with hash " + read.hash() + ", but hash 000"));
        packed[packed.length - 20]++;
        assertTrue(assertThrows(IOException.class, () -> Cache.unpacked(packed, read.hash())).getMessage().contains("checksum"));
        FaceSet lying = new FaceSet(read.origin(), read.training(), read.validation(), read.validation(), read.hash());
        assertThrows(IOException.class, () -> Cache.unpacked(Cache.packed(lying), read.hash()), "not only what it says of itself");
    }

    @Test
    void aChangedSourceIsReadAgain() throws IOException {
        String before = open().hash();
        Files.writeString(csv, TinyFaces.csv() + TinyFaces.row(Split.TEST, 2) + "\n");
        FaceSet after = open();
        assertEquals(8, after.test().size());
        assertTrue(!before.equals(after.hash()));
        Files.setLastModifiedTime(csv, FileTime.fromMillis(1_000_000));
        open();
        assertTrue(messages.get(0).startsWith("Read "));
    }

    @Test
    void aListOfClassesBesideTheSourceIsPartOfItsState() throws IOException {
        open();
        Files.writeString(folder.resolve("classes.txt"), "angry\ndisgust\nfear\nhappy\nneutral\nsad\nsurprise\n");
        assertThrows(IOException.class, this::open);
    }

    @Test
    void whatAnotherVersionReadIsReadAgain() throws IOException {
        open();
        byte[] older = Files.readAllBytes(kept());
        String text = new String(older, StandardCharsets.ISO_8859_1);
        older[text.indexOf("reader ") + 7]--;
        CRC32C checksum = new CRC32C();
        checksum.update(older, 0, older.length - Long.BYTES);
        ByteBuffer.wrap(older).putLong(older.length - Long.BYTES, checksum.getValue());
        Files.write(kept(), older);
        open();
        assertEquals(1, messages.size(), messages.toString());
        assertTrue(messages.get(0).startsWith("Read "), messages.get(0));
    }

    @Test
    void everyDamageIsNoticedAndMended() throws IOException {
        String hash = open().hash();
        byte[] good = Files.readAllBytes(kept());
        for (int place : new int[] {0, 20, 60, good.length / 2, good.length - 1}) {
            byte[] flipped = good.clone();
            flipped[place] ^= 4;
            damagedBy(flipped, hash);
        }
        for (int length : new int[] {0, 10, good.length / 2, good.length - 1}) {
            damagedBy(Arrays.copyOf(good, length), hash);
        }
    }

    private void damagedBy(byte[] content, String hash) throws IOException {
        Path file = kept();
        Files.write(file, content);
        assertEquals(hash, open().hash());
        assertTrue(messages.get(0).equals("The cache " + file + " cannot be used (it is empty or of another format): reading the data set again")
                || messages.get(0)
                        .equals("The cache " + file + " cannot be used (its checksum does not fit its content): reading the data set again"),
                messages.get(0));
        open();
        assertEquals(List.of(), messages);
    }

    @Test
    void sharesOfClassesComeBackBitForBit() {
        Faces none = new Faces(Classes.WITH_CONTEMPT, new Format(3, 2, 1), new byte[0], new byte[0]);
        Faces shared = new Faces(none.classes(), none.format(), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, new byte[2])
                .withShares(new float[][] {{1, 2, 0, 0, 0, 0, 0, 4}, {0, 0, 0, 0, 0, 0, 3, 0}});
        FaceSet faces = new FaceSet(new Origin(Origin.Kind.OTHER_SPLIT, "made up"), shared, none, none);
        new Cache(cache, messages::add).store(csv, "state", faces);
        FaceSet loaded = new Cache(cache, messages::add).load(csv, "state").orElseThrow();
        assertEquals(faces.hash(), new FaceSet(loaded.origin(), loaded.training(), loaded.validation(), loaded.test()).hash());
        assertArrayEquals(shared.shares(0).orElseThrow(), loaded.training().shares(0).orElseThrow());
        assertEquals(7, loaded.training().label(0));
    }

    @Test
    void withoutAPlaceForItTheDataIsReadAllTheSame() throws IOException {
        cache = Files.writeString(folder.resolve("occupied"), "a file where the cache should be");
        assertEquals(7, open().training().size());
        assertTrue(messages.get(1).startsWith("No cache: " + cache), messages.get(1));
        assertTrue(messages.get(1).endsWith("so the data set is read anew each time"), messages.get(1));
    }
}
