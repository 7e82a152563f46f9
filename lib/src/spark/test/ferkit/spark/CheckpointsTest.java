package ferkit.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    private static final String RUN = "reports/runs/model-6";

    @TempDir Path folder;
    private final List<String> messages = new ArrayList<>();

    private Path checkpoint(int epoch) throws IOException {
        byte[] bytes = new byte[100_000];
        new Random(epoch).nextBytes(bytes);
        return Files.write(Files.createDirectories(folder.resolve("scratch")).resolve(String.format("checkpoint-%04d.zip", epoch)), bytes);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith(".")).sorted().toList();
        }
    }

    private SharedCheckpoints shared() throws IOException {
        return SharedCheckpoints.at(folder.resolve("a shared place").toUri().toString(), new Configuration());
    }

    @Test
    void theNewestTwoAreKeptAndFetched() throws IOException {
        SharedCheckpoints kept = shared();
        assertEquals(List.of(), kept.kept(RUN));
        for (int epoch : List.of(9, 10, 11, 10)) { // a copy of the run that is behind writes once more
            kept.keep(RUN, checkpoint(epoch));
        }
        Path place = folder.resolve("a shared place").resolve(RUN);
        assertEquals(List.of("checkpoint-0010.zip", "checkpoint-0011.zip"), names(place));
        Files.writeString(place.resolve("checkpoint-0012.zip.1234.tmp"), "half of");
        Path arrived = Files.createDirectory(folder.resolve("arrived"));
        kept.fetch(RUN, arrived, messages::add);
        assertEquals(List.of("checkpoint-0010.zip", "checkpoint-0011.zip"), names(arrived));
        assertArrayEquals(Files.readAllBytes(checkpoint(11)), Files.readAllBytes(arrived.resolve("checkpoint-0011.zip")));
        kept.forget(RUN);
        assertEquals(List.of("checkpoint-0012.zip.1234.tmp"), names(place), "not what may be another's");
        assertEquals(List.of(), messages);
    }

    @Test
    void ofARunThatEndedNothingIsLeftButWhatIsNoCheckpoint() throws IOException {
        SharedCheckpoints kept = shared();
        String other = "reports/runs/model-5";
        for (String run : List.of(RUN, other)) {
            kept.keep(run, checkpoint(1));
        }
        Path place = folder.resolve("a shared place");
        Path result = Files.writeString(place.resolve(RUN).resolve("weights.safetensors"),
                "a finished run, where the address is the kit's own folder");
        kept.forget(other);
        kept.forget(RUN);
        assertEquals(List.of("model-6"), names(place.resolve("reports/runs")));
        assertEquals(List.of("weights.safetensors"), names(place.resolve(RUN)));
        Files.delete(result);
        kept.forget(RUN);
        assertEquals(List.of(), names(place));
    }

    @Test
    void ofADamagedOneTheOneBeforeIsTaken() throws IOException {
        SharedCheckpoints kept = shared();
        kept.keep(RUN, checkpoint(3));
        kept.keep(RUN, checkpoint(4));
        Path newest = folder.resolve("a shared place").resolve(RUN).resolve("checkpoint-0004.zip");
        byte[] bytes = Files.readAllBytes(newest);
        bytes[70_000]++;
        Files.write(newest, bytes);
        Path arrived = Files.createDirectory(folder.resolve("arrived"));
        kept.fetch(RUN, arrived, messages::add);
        assertEquals(List.of("checkpoint-0003.zip"), names(arrived));
        assertTrue(messages.get(0).contains("checkpoint-0004.zip cannot be read"), messages.toString());
        kept.keep(RUN, checkpoint(4));
        assertArrayEquals(Files.readAllBytes(checkpoint(4)), Files.readAllBytes(newest), "the damaged one is replaced");
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        for (String address : List.of("checkpoints", "foo://host/x", "file:x", "hdfs://host:70 70/x")) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> SharedCheckpoints.at(address, new Configuration()),
                    address);
            assertTrue(e.getMessage().startsWith("--checkpoints " + address + ": ")
                    && e.getMessage().contains("expected a folder that all machines reach"), e.getMessage());
        }
        for (String address : List.of("file:///dev/null/x", "hdfs://nowhere.invalid:9000/x", "s3a://bucket/x")) {
            IOException e = assertThrows(IOException.class, () -> SharedCheckpoints.at(address, new Configuration()), address);
            assertTrue(e.getMessage().startsWith("--checkpoints " + address + ": "), e.getMessage());
        }
    }

    @Test
    void theDriverTakesPiecesAndMovesTheWholeIntoPlace() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Desk desk = new Desk(new PrintStream(printed, true, StandardCharsets.UTF_8));
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(run.resolve("checkpoint-0001.zip.dead.tmp"), "of an executor that died");
        desk.open(RUN, run);
        assertEquals(List.of(), names(run));
        for (String name : List.of("checkpoint-0001.zip", "checkpoint-0002.zip", "checkpoint-0003.zip")) {
            desk.write(RUN, name, "a", 0, new byte[] {1, 2});
            desk.write(RUN, name, "b", 0, new byte[] {9});
            assertFalse(Files.exists(run.resolve(name)));
            assertThrows(IOException.class, () -> desk.write(RUN, name, "a", 5, new byte[] {3}), "a piece is missing");
            desk.write(RUN, name, "a", 2, new byte[] {3});
            desk.write(RUN, name, "a", 3, new byte[0]);
        }
        assertEquals(List.of("checkpoint-0003.zip", "checkpoint-0002.zip"), desk.checkpoints(RUN));
        assertArrayEquals(new byte[] {2, 3}, desk.read(RUN, "checkpoint-0003.zip", 1, 10));
        assertEquals(0, desk.read(RUN, "checkpoint-0003.zip", 3, 10).length);
        for (String name : List.of("config.json", "../checkpoint-0001.zip", "checkpoint-0001.zip/..")) {
            assertThrows(IOException.class, () -> desk.write(RUN, name, "a", 0, new byte[1]), name);
        }
        assertThrows(IOException.class, () -> desk.write(RUN, "checkpoint-0004.zip", "../a", 0, new byte[1]));
        desk.close(RUN);
        assertEquals(List.of("checkpoint-0002.zip", "checkpoint-0003.zip"), names(run), "what came in pieces and was not finished is gone");
        assertThrows(IOException.class, () -> desk.write(RUN, "checkpoint-0004.zip", "a", 0, new byte[1]), "the run has ended");
    }

    @Test
    void eachEpochIsTold() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Desk desk = new Desk(new PrintStream(printed, true, StandardCharsets.UTF_8));
        desk.open(RUN, folder);
        assertEquals(-1, desk.epoch(RUN));
        desk.tell(RUN, 0, "begins");
        desk.tell(RUN, 1, "epoch 1");
        desk.tell(RUN, 2, "epoch 2");
        desk.tell(RUN, 0, "begins elsewhere");
        desk.tell(RUN, 2, "epoch 2 again");
        desk.tell(RUN, 3, "epoch 3");
        desk.tell("another", 1, "of a run that is not under way");
        assertEquals(List.of("begins", "epoch 1", "epoch 2", "begins elsewhere", "epoch 3"),
                printed.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals(3, desk.epoch(RUN));
    }
}
