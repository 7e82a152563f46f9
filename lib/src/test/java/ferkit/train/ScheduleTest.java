package ferkit.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void theStudysStaircase() {
        assertEquals(1e-3, Schedule.STUDY.learningRate(1), 0);
        assertEquals(1e-3, Schedule.STUDY.learningRate(1_000), 0);
        assertEquals(9.8e-4, Schedule.STUDY.learningRate(1_001), 1e-15);
        assertEquals(8.0073e-4, Schedule.STUDY.learningRate(11_250), 5e-9);
    }
}
