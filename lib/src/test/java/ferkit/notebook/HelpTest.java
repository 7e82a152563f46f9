package ferkit.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ferkit.report.DataTables;
import ferkit.report.ModelTables;
import ferkit.report.Results;
import ferkit.study.Settings;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HelpTest {
    @Test
    void aMethodHasItsSignatureItsTextAndWhatItThrows() throws IOException {
        String html = Help.html("Study.help");
        assertTrue(html.startsWith("<dl><dt><code>void Study.help(String name)</code></dt><dd>Shows what a call does"), html);
        assertTrue(html.contains("<br><code>name</code>: such as <code>train</code>, <code>Results</code> or <code>Results.curves</code>"), html);
        assertTrue(html.contains("<br>Throws <code>IOException</code> if the library's jar cannot be read"), html);
        assertEquals(1, count("<dt>", html));
        assertTrue(Help.html("help").contains("<code>void Study.help(String name)</code>"));
    }

    @Test
    void aClassHasItsTextAndItsMembers() throws IOException {
        String html = Help.html("Study");
        assertTrue(html.contains("<dt><code>class Study</code></dt><dd>What a notebook opens first"), html);
        assertTrue(html.contains("<code>Run Study.train(StudyModel model)</code>"), html);
        assertFalse(html.contains("private") || html.contains("{@"), html);
    }

    @Test
    void aComponentOfARecordIsAMethod() throws IOException {
        String html = Help.html("RunConfig");
        assertTrue(html.contains("<code>int RunConfig.epochs()</code>"), html);
        assertTrue(Help.html("Figures.fixed").contains("<code>static String Figures.fixed("));
    }

    @Test
    void aCallCopiedFromACellIsItsMethod() throws IOException {
        assertEquals(Help.html("Study.train"), Help.html("Study.train(model)"));
        assertEquals(Help.html("help"), Help.html(" study.help(\"train\");"));
    }

    @Test
    void anUnknownNameGetsASentence() throws IOException {
        assertTrue(Help.html("<trian>").startsWith("<div>The library has no public class or method '&lt;trian&gt;'."));
    }

    @Test
    void whatNotebooksCallHasAText() throws IOException {
        for (Class<?> type : List.of(Study.class, Results.class, DataTables.class, ModelTables.class, Settings.class)) {
            String html = Help.html(type.getSimpleName());
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic() && !type.isRecord()) {
                    assertTrue(Pattern.compile("[ .]" + method.getName() + "\\([^<]*</code></dt><dd>[^<]").matcher(html).find(), type + " " + method);
                }
            }
        }
    }

    private static int count(String part, String text) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
