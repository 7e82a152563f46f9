package ferkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.study.Beyond;
import ferkit.study.Trained;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
    private static final long GIB = 1L << 30;

    @Test
    void trainsTheStudysModelsAndWhatGoesBeyondThem() {
        assertEquals("model-6", Main.recipe("6").name());
        assertEquals(Beyond.named("sprint"), Main.recipe("sprint"));
        String said = assertThrows(IllegalArgumentException.class, () -> Main.recipe("7")).getMessage();
        assertTrue(said.startsWith("Model '7' is not known: expected one of [model-1, ")
                && said.endsWith(" or " + Beyond.names() + ", or sprint-ferplus"), said);
    }

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
