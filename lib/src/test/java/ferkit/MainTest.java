package ferkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.study.Beyond;
import org.junit.jupiter.api.Test;

class MainTest {
    private static final long GIB = 1L << 30;

    @Test
    void trainsTheStudysModelsAndWhatGoesBeyondThem() {
        assertEquals("model-6", Main.recipe("6").name());
        assertEquals(Beyond.named("sprint"), Main.recipe("sprint"));
        String said = assertThrows(IllegalArgumentException.class, () -> Main.recipe("7")).getMessage();
        assertTrue(said.startsWith("Model '7' is not known: expected one of [model-1, ") && said.endsWith(" or " + Beyond.names()), said);
    }

    @Test
    void modelsSideBySideFitIntoMemory() {
        assertEquals(2, Main.defaultJobs(2, 24 * GIB));
        assertEquals(2, Main.defaultJobs(8, 8 * GIB));
        assertEquals(1, Main.defaultJobs(4, 2 * GIB));
    }
}
