package ferkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MainTest {
    private static final long GIB = 1L << 30;

    @Test
    void modelsSideBySideFitIntoMemory() {
        assertEquals(2, Main.defaultJobs(2, 24 * GIB));
        assertEquals(2, Main.defaultJobs(8, 8 * GIB));
        assertEquals(1, Main.defaultJobs(4, 2 * GIB));
    }
}
