package ferkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packages stand in an order, that of README's table, and each uses only those above it. */
class RoomsTest {
    private static final Path SOURCE = Path.of("lib/src/main/java");
    /** Of the name of a class its package, also where no import names it. */
    private static final Pattern USED = Pattern.compile("\\bferkit((?:\\.[a-z]\\w*)*)\\.[A-Z]");

    private static List<String> order() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        return Pattern.compile("(?m)^\\| `([\\w.]+)` \\|").matcher(readme.substring(readme.indexOf("## How the library is laid out")))
                .results().map(row -> row.group(1).equals("Main") ? "" : row.group(1)).toList();
    }

    private static String room(Path file) {
        return Path.of("ferkit").relativize(SOURCE.relativize(file).getParent()).toString().replaceAll("[/\\\\]", ".");
    }

    @Test
    void noPackageUsesOneBelowIt() throws IOException {
        List<String> order = order();
        List<String> against = new ArrayList<>();
        Set<String> rooms = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCE)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                rooms.add(room(file));
                Set<String> used = USED.matcher(Files.readString(file)).results().map((MatchResult name) -> name.group(1).replaceFirst("^\\.", ""))
                        .collect(Collectors.toSet());
                used.stream().filter(other -> order.indexOf(other) > order.indexOf(room(file)))
                        .forEach(other -> against.add(SOURCE.relativize(file) + " uses " + other));
            }
        }
        assertEquals(new TreeSet<>(order), rooms, "README's table has a row for each package");
        assertTrue(against.isEmpty(), () -> String.join("\n", against));
    }
}
