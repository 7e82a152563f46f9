package ferkit.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ferkit.model.StudyModel;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static double rate(long update) {
        Recipe study = Recipe.of(StudyModel.named("1"));
        return study.optimizer().learningRate() * study.schedule().factor(update, 11_250);
    }

    @Test
    void theStudysStaircase() {
        assertEquals(1e-3, rate(1), 0);
        assertEquals(1e-3, rate(1_000), 0);
        assertEquals(9.8e-4, rate(1_001), 1e-15);
        assertEquals(8.0073e-4, rate(11_250), 5e-9);
    }
}
