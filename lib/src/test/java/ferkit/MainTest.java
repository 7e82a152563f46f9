package ferkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.study.Trained;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
    private static final long GIB = 1L << 30;

    @Test
    void modelsSideBySideFitIntoMemory() {
        assertEquals(2, Main.defaultJobs(2, 24 * GIB));
        assertEquals(2, Main.defaultJobs(8, 8 * GIB));
        assertEquals(1, Main.defaultJobs(4, 2 * GIB));
    }

    @Test
    void aRunIsNamedOnceAndCountsAsOftenAsIsSaid() throws IOException {
        List<Trained> members = Main.trained(List.of("6=2", "model-1"));
        assertEquals(List.of("model-6", "model-6", "model-1"), members.stream().map(member -> member.recipe().name()).toList());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Main.trained(List.of("6", "model-6"))).getMessage()
                .startsWith("model-6 is named twice: expected each run once; one that is to count twice in the mean is written model-6=2"));
    }
}
