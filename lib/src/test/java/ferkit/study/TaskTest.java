package ferkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskTest {
    private static String refused(org.junit.jupiter.api.function.Executable what) {
        return assertThrows(IllegalArgumentException.class, what).getMessage();
    }

    private static List<String> names(String... names) {
        return Task.list(List.of(names), List.of(1L)).stream().map(task -> task.recipe().name()).toList();
    }

    @Test
    void trainsTheStudysModelsAndWhatGoesBeyondThem() {
        assertEquals("model-6", Task.recipe("6").name());
        assertEquals(Beyond.named("sprint"), Task.recipe("sprint"));
        String said = refused(() -> Task.recipe("7"));
        assertTrue(said.startsWith("Model '7' is not known: expected one of [model-1, ")
                && said.endsWith(" or " + Beyond.names() + ", or sprint-ferplus"), said);
    }

    @Test
    void theLongestRunsComeFirst() {
        assertEquals(List.of("model-3", "model-4", "model-5", "model-1", "model-2", "model-6"), names("all"));
        assertEquals(List.of("model-3", "model-6", "sprint"), names("sprint", "6", "3"));
        assertEquals(Beyond.CHANCE.size(), names("chance").size());
        assertEquals(Beyond.ABLATION.size(), names("ablation").size());
    }

    @Test
    void eachRecipeIsRunWithEachSeed() {
        List<Task> tasks = Task.list(List.of("6", "1"), List.of(3L, 1L));
        assertEquals(List.of("model-1, seed 3", "model-1, seed 1", "model-6, seed 3", "model-6, seed 1"), Task.titles(tasks));
        assertEquals(List.of("model-1", "model-6"), Task.titles(Task.list(List.of("6", "1"), List.of(3L))));
    }

    @Test
    void aRecipeIsNamedOnceAndAtLeastOneIs() {
        assertEquals("model-6 is named twice: expected each once", refused(() -> names("6", "model-6")));
        assertEquals("sprint-without-flips is named twice: expected each once", refused(() -> names("ablation", "sprint-without-flips")));
        assertTrue(refused(() -> names()).startsWith("train: expected one or more of [model-1, "));
    }

    @Test
    void seedsAreNumbersAndRanges() {
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), Task.seeds("1-5"));
        assertEquals(List.of(1L, 3L, 7L), Task.seeds("1,3,7"));
        assertEquals(List.of(9L, 2L, 3L), Task.seeds("9,2-3"));
        assertEquals(List.of(2L), Task.seeds("2"));
        assertEquals(1_000, Task.seeds("0-999").size());
        String expected = "; expected seeds from 0 up, each once, for example 1-5 or 1,3,7";
        Map.of("", "\"\" is none", "1,", "\"\" is none", "-3", "\"-3\" is none", "1-", "\"1-\" is none", "1..5", "\"1..5\" is none", "1, 2",
                "\" 2\" is none",
                "5-1", "5-1 runs backwards", "1-3,2", "seed 2 is named twice", "1,01", "seed 1 is named twice", "0-1000",
                "0-1000 are more than 1,000")
                .forEach((text, why) -> assertEquals("--seeds " + text + ": " + why + expected, refused(() -> Task.seeds(text))));
    }
}
