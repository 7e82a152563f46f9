package ferkit.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTest {
    private static Place of(String master) {
        return Place.of(master, Optional.empty());
    }

    @Test
    void anExecutorHasOneRunAtATimeOnAllItsCores() {
        assertEquals(new Place("local[2]", 2, "3072m"), of("local[2]"));
        assertEquals(new Place("local[1]", 1, "3072m"), of("local"));
        assertEquals(Runtime.getRuntime().availableProcessors(), of("local[*]").cores());
        assertEquals(new Place("local-cluster[2,1,1024]", 1, "1024m"), of("local-cluster[2,1,1024]"));
        assertEquals(new Place("local-cluster[1,4,9000]", 4, "3072m"), of("local-cluster[1,4,9000]"));
        assertEquals(1, of("spark://host:7077,other:7077").cores());
        assertEquals(4, Place.of("spark://host:7077", Optional.of(4)).cores());
        SparkConf conf = of("local-cluster[2,2,1024]").settings(new SparkConf(false).set("spark.executor.memory", "700m"));
        assertEquals("2", conf.get("spark.task.cpus"));
        assertEquals("2", conf.get("spark.executor.cores"));
        assertEquals("700m", conf.get("spark.executor.memory"), "the user's stays");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "locl[2]", "local[0]", "local[2", "local[two]", "local-cluster[2,1]", "local-cluster[2,0,1024]",
        "local-cluster[2,1,4g]",
        "spark:/host:7077", "spark://host", "spark://host:port", "spark://a:1,", "spark://a b:1", "http://host:7077", "yarn"})
    void whatIsNoPlaceIsRefusedWithWhatIsExpected(String master) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> of(master));
        assertTrue(e.getMessage().startsWith("--on " + master + ": expected local[2], local-cluster[2,1,4096]"), e.getMessage());
    }

    @Test
    void threadsThatArentTheCoresAreRefused() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Place.of("local-cluster[2,1,4096]", Optional.of(2)));
        assertEquals("--on local-cluster[2,1,4096] gives a run 1 core, but --threads says 2: expected the same number, or no --threads",
                e.getMessage());
        assertEquals(2, Place.of("local[2]", Optional.of(2)).cores());
        e = assertThrows(IllegalArgumentException.class, () -> of("local-cluster[2,1,256]"));
        assertTrue(e.getMessage().contains("256 MB are too few"), e.getMessage());
    }

    @Test
    void sparkSubmitSaysThePlaceInSparksSettings() {
        assertEquals(new Place("yarn", 3, "3072m"),
                Place.of(new SparkConf(false).setMaster("yarn").set("spark.executor.cores", "3"), Optional.empty()));
        assertEquals(2, Place.of(new SparkConf(false).setMaster("local[2]"), Optional.empty()).cores());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Place.of(new SparkConf(false), Optional.empty())).getMessage()
                .startsWith("It is not said where to train"));
    }

    @Test
    void aMasterThatDoesNotAnswerIsNamed() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
            of("spark://127.0.0.1:1,localhost:" + port).requireAnswer();
        }
        IOException e = assertThrows(IOException.class, () -> of("spark://localhost:" + port).requireAnswer());
        assertTrue(
                e.getMessage()
                        .matches("No Spark master answers at localhost:" + port + " \\(.+\\): is it started, and does this machine reach it\\?"),
                e.getMessage());
        assertTrue(assertThrows(IOException.class, () -> of("spark://localhost:99999").requireAnswer()).getMessage().contains("99999"));
    }
}
