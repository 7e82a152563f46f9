package ferkit.notebook;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** What the source of the library, which lies in its jar, says of its public classes and methods. */
final class Help {
    private static final Pattern TAG = Pattern.compile("(?m)^\\s*@(\\w+)\\s+");
    private static final Pattern CODE = Pattern.compile("\\{@(?:code|literal)\\s+((?:[^{}]|\\{[^{}]*})*)}");
    private static final Pattern LINK = Pattern.compile("\\{@link(?:plain)?\\s+#?([^\\s}]+)(?:\\s+([^}]*))?}");

    /** A class or a member of one, with its signature and the comment above it. */
    private record Entry(String type, String member, String signature, String comment) {
        String name() {
            return member.isEmpty() ? type : member;
        }
    }

    private Help() {}

    /**
     * The text on a class and its members, on a method, or on everything of this name, as HTML.
     *
     * @param asked such as {@code Results}, {@code Results.curves}, {@code curves} or {@code results.curves(run)}
     * @throws IOException if the library's jar cannot be read
     */
    static String html(String asked) throws IOException {
        String name = asked.strip().replaceFirst("\\(.*", "");
        int dot = name.lastIndexOf('.');
        String type = name.substring(0, Math.max(dot, 0));
        String last = name.substring(dot + 1);
        List<Entry> entries = entries(last);
        List<Entry> found = new ArrayList<>(entries.stream().filter(entry -> entry.name().equals(last)).toList());
        if (found.stream().anyMatch(entry -> entry.type().equals(type))) {
            found.removeIf(entry -> !entry.type().equals(type));
        }
        if (found.stream().anyMatch(entry -> entry.member().isEmpty())) {
            found.addAll(entries.stream().filter(entry -> entry.type().equals(last) && !found.contains(entry)).toList());
        }
        if (found.isEmpty()) {
            return "<div>The library has no public class or method '" + Html.escape(name)
                    + "'. <code>study.help(\"Study\")</code> lists what a study can do.</div>";
        }
        return found.stream().map(Help::html).collect(Collectors.joining("", "<dl>", "</dl>"));
    }

    private static String html(Entry entry) {
        String[] parts = TAG.split(entry.comment(), -1);
        StringBuilder html = new StringBuilder("<dt><code>").append(Html.escape(entry.signature())).append("</code></dt><dd>")
                .append(text(parts[0]));
        Matcher tag = TAG.matcher(entry.comment());
        for (int i = 1; tag.find(); i++) {
            String[] words = parts[i].strip().split("\\s+", 2);
            html.append("<br>").append(switch (tag.group(1)) {
                case "param" -> "<code>" + Html.escape(words[0]) + "</code>: ";
                case "throws" -> "Throws <code>" + Html.escape(words[0]) + "</code> ";
                default -> "Returns ";
            }).append(text(tag.group(1).equals("return") ? parts[i] : words.length > 1 ? words[1] : ""));
        }
        return html.append("</dd>").toString();
    }

    /** A comment's text, which is HTML already but for its tags in braces. */
    private static String text(String comment) {
        String linked = LINK.matcher(comment.strip()).replaceAll(link -> Matcher.quoteReplacement("<code>"
                + (link.group(2) == null ? link.group(1).replace('#', '.') : link.group(2)) + "</code>"));
        return CODE.matcher(linked).replaceAll(code -> Matcher.quoteReplacement("<code>" + Html.escape(code.group(1)) + "</code>"));
    }

    /** What is public in the source files that have this word. */
    private static List<Entry> entries(String word) throws IOException {
        Path home;
        try {
            home = Path.of(Help.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        if (Files.isDirectory(home)) {
            return entries(home.resolve("sources"), word);
        }
        try (FileSystem jar = FileSystems.newFileSystem(home)) {
            return entries(jar.getPath("sources"), word);
        }
    }

    private static List<Entry> entries(Path sources, String word) throws IOException {
        Pattern whole = Pattern.compile("\\b" + Pattern.quote(word) + "\\b");
        List<Path> files = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(sources)) {
            for (Path path : paths.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                if (whole.matcher(Files.readString(path)).find()) {
                    files.add(path);
                }
            }
        }
        List<Entry> entries = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null,
                    manager.getJavaFileObjectsFromPaths(files));
            for (CompilationUnitTree unit : files.isEmpty() ? List.<CompilationUnitTree>of() : task.parse()) {
                new Reader(DocTrees.instance(task), entries).scan(unit, null);
            }
        }
        return entries;
    }

    /** Collects the public classes of a file, their public methods, and the components of their records. */
    private static final class Reader extends TreePathScanner<Void, Void> {
        private final DocTrees trees;
        private final List<Entry> entries;

        private Reader(DocTrees trees, List<Entry> entries) {
            this.trees = trees;
            this.entries = entries;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            boolean open = isPublic(type.getModifiers().getFlags());
            if (open) {
                add(type.getSimpleName().toString(), "", type.getKind().name().toLowerCase(Locale.ROOT) + " " + type.getSimpleName());
            }
            return open ? super.visitClass(type, null) : null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            ClassTree type = (ClassTree) getCurrentPath().getParentPath().getLeaf();
            boolean constructor = method.getReturnType() == null;
            if (isPublic(method.getModifiers().getFlags()) || type.getKind() == Tree.Kind.INTERFACE) {
                String parameters = method.getParameters().stream().map(parameter -> parameter.getType() + " " + parameter.getName())
                        .collect(Collectors.joining(", ", "(", ")"));
                String modifier = method.getModifiers().getFlags().contains(Modifier.STATIC) ? "static " : "";
                add(type.getSimpleName().toString(), constructor ? type.getSimpleName().toString() : method.getName().toString(), constructor
                        ? "new " + type.getSimpleName() + parameters
                        : modifier + method.getReturnType() + " " + type.getSimpleName() + "." + method.getName() + parameters);
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree variable, Void unused) {
            if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type && type.getKind() == Tree.Kind.RECORD
                    && !variable.getModifiers().getFlags().contains(Modifier.STATIC)) {
                String comment = trees.getDocComment(getCurrentPath().getParentPath());
                Matcher said = Pattern.compile("@param\\s+" + variable.getName() + "\\s+([^@]*)").matcher(comment == null ? "" : comment);
                entries.add(new Entry(type.getSimpleName().toString(), variable.getName().toString(),
                        variable.getType() + " " + type.getSimpleName() + "." + variable.getName() + "()", said.find() ? said.group(1) : ""));
            }
            return null;
        }

        private void add(String type, String member, String signature) {
            String comment = trees.getDocComment(getCurrentPath());
            entries.add(new Entry(type, member, signature, comment == null ? "" : comment));
        }

        private static boolean isPublic(Set<Modifier> flags) {
            return flags.contains(Modifier.PUBLIC);
        }
    }
}
