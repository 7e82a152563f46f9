import copy
import unittest

from ferkit import checks


def code(source, **more):
    return {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "execution_count": 1, "outputs": [], **more}


def notebook(*cells):
    return {
        "cells": [{"cell_type": "markdown", "id": "t", "metadata": {}, "source": "# Title\n\nWhat it is."}, *cells],
        "metadata": {"kernelspec": {"name": "java", "display_name": "Java", "language": "java"},
                     "language_info": {"name": "java", "pygments_lexer": "java"}},
        "nbformat": 4, "nbformat_minor": 5,
    }


GOOD = notebook(
    code("%classpath ../lib/target/jars/*.jar"),
    code(["import ferkit.notebook.Study;\n", "import ferkit.data.Split;"]),
    code("Study study = Study.begin((content, mime) -> display(content, mime));\nstudy.open(Settings.read());"),
    code("for (var row : study.rows()) {\n    System.out.println(row); // class weights, see 1.5\n}\n"
         "if (a % b == 0) {\n    x = 0.25;\n}\nvar report = study.compare(\"class a(b) { }\", 48);"),
    code("var block = model.kernel(5);"),
    code("try (var run = study.train(6)) {\n    run.show();\n}\nwhile (more()) {\n    step();\n}"),
)


class SourceTest(unittest.TestCase):
    def test_good_notebook_has_no_problem(self):
        self.assertEqual([], checks.source_problems(GOOD))

    def assert_caught(self, source, words):
        problems = checks.source_problems(notebook(code("import a.B;"), code(source)))
        self.assertEqual(1, len(problems), problems)
        self.assertIn(words, problems[0])
        self.assertIn("code cell 2", problems[0] + " code cell 2" * ("cells 1, 2" in problems[0]))

    def test_each_kind_of_bad_source_is_caught(self):
        for source, words in [
            ("class Helper { }", "declares a type"),
            ("record Row(int a) { }", "declares a type"),
            ("enum Colour { RED }", "declares a type"),
            ("static double mean(double[] values) {\n    return 0;\n}", "defines a method"),
            ("List<Integer> sorted(List<Integer> list) throws IOException {\n    return list;\n}", "defines a method"),
            ("import java.util.List;", "only the setup cell may"),
            ("var home = \"/home/someone/fer2013.csv\";", "an absolute path"),
            ("var disk = \"C:\\\\data\\\\fer2013.csv\";", "an absolute path"),
            ("%maven org.knowm.xchart:xchart:3", "may start with %"),
            ("%classpath lib/x.jar", "may start with %"),
            ("int rest = a\n  %b;", "may start with %"),
            ("var jar = \"xchart-4.0.3.jar\";", "a version number"),
            ("var renderer = getKernelInstance();", "kernel's own name"),
            ("IJava.toString();", "kernel's own name"),
            ("System.exit(1);", "ends the kernel"),
        ]:
            with self.subTest(source):
                self.assert_caught(source, words)

    def test_metadata_of_another_kernel_is_caught(self):
        python = copy.deepcopy(GOOD)
        python["metadata"] = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}
        problems = checks.source_problems(python)
        self.assertEqual(2, len(problems))
        self.assertIn("kernelspec", problems[0])
        self.assertIn("pygments_lexer", problems[1])

    def test_notebook_without_title_is_caught(self):
        self.assertEqual(["the first cell is not a title"], checks.source_problems({**GOOD, "cells": GOOD["cells"][1:]}))

    def test_formula_is_caught(self):
        bad = notebook({"cell_type": "markdown", "source": "as $$x^2$$ shows"})
        self.assertIn("LaTeX", checks.source_problems(bad)[0])


class OutputTest(unittest.TestCase):
    def test_good_outputs_have_no_problem(self):
        good = notebook(code("a", outputs=[{"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]},
                                           {"output_type": "display_data", "data": {"text/html": "<b>1 / 2</b> a/b"}, "metadata": {}}]))
        self.assertEqual([], checks.output_problems(good))
        self.assertTrue(checks.is_executed(good))

    def test_cell_that_was_not_run_is_caught(self):
        bad = notebook(code("a", execution_count=None))
        self.assertEqual(["code cell 1: was not run"], checks.output_problems(bad))
        self.assertFalse(checks.is_executed(bad))

    def test_each_kind_of_bad_output_is_caught(self):
        for output, words in [
            ({"output_type": "error", "ename": "IllegalStateException", "evalue": "no"}, "IllegalStateException: no"),
            ({"output_type": "stream", "name": "stderr", "text": "WARNING"}, "standard error: WARNING"),
            ({"output_type": "stream", "name": "stdout", "text": "x" * 1_000_001}, "an output of 1,0"),
            ({"output_type": "execute_result", "data": {"text/plain": "ferkit.eval.Table@620a65ab"}}, "of no use to a reader"),
            ({"output_type": "execute_result", "data": {"text/plain": "df176217-db92-48ed-a9b1-4ba356d16ae1"}}, "of no use to a reader"),
            ({"output_type": "stream", "name": "stdout", "text": "read /home/me/data.csv"}, "absolute path"),
            ({"output_type": "display_data", "metadata": {}, "data": {"text/html": '<img src="data:image/png;base64,AAAAAElFTkSu">'}}, "a picture that is cut off"),
        ]:
            with self.subTest(words):
                problems = checks.output_problems(notebook(code("a", outputs=[output])))
                self.assertEqual(1, len(problems), problems)
                self.assertIn(words, problems[0])

    def test_too_many_messages_are_caught(self):
        line = {"output_type": "stream", "name": "stdout", "text": "."}
        self.assertIn("has 61 outputs", checks.output_problems(notebook(code("a", outputs=[line] * 61)))[0])


class ShownTest(unittest.TestCase):
    def test_what_a_notebook_shows_is_known_by_the_librarys_note(self):
        for note, shown in [("sample, seed -7", ("sample", -7, "sample")), ("fer2013, seed 1", ("fer2013", 1, "study")),
                            ("fer2013, seed 1, shows trial", ("fer2013", 1, "trial")), ("fer2013, seed 2, shows own", ("fer2013", 2, "own")),
                            ("other, seed 1", ("other", 1, "own"))]:
            output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": ["<table>Model 4 (trial)</table>", f"<!-- study of {note} -->"]}}
            self.assertEqual(shown, checks.shown(notebook(code("a"), code("b", outputs=[output]))))
        self.assertIsNone(checks.shown(GOOD))


class PageTest(unittest.TestCase):
    def test_self_contained_page_has_no_problem(self):
        page = ('<style>a { background: url(data:image/png;base64,AA==) }</style><a href="https://example.org">link</a>'
                '<img alt="A curve" src="data:image/png;base64,AA=="><table class="ferkit"><caption>Counts</caption></table><pre>&lt;script src="x.js"&gt; <span>url(x)</span></pre>')
        self.assertEqual([], checks.page_problems(page))

    def test_each_load_is_caught(self):
        for load in ['<script src="https://example.org/require.js"></script>', "<script>alert(1)</script>",
                     '<link rel="stylesheet" href="style.css">', '<img alt="x" src="figure.png">',
                     "<img alt=\"x\" src='https://example.org/a.png'>", '<iframe src="a.html"></iframe>',
                     "<style>@import 'a.css';</style>", "<p style='background: url(//example.org/a.png)'>"]:
            with self.subTest(load):
                self.assertEqual(1, len(checks.page_problems(f"<html><body>{load}</body></html>")))

    def test_pictures_and_tables_without_words_are_caught(self):
        for words, bad in [("a picture without a description", '<img src="data:image/png;base64,AA==">'),
                           ("a picture without a description", '<img alt="" src="data:image/png;base64,AA==">'),
                           ("a table or figure without a caption", '<table class="ferkit"><tr></tr></table><caption>of the next</caption>'),
                           ("a table or figure without a caption", '<figure class="ferkit"></figure>')]:
            with self.subTest(bad):
                problems = checks.page_problems(f"<html><body>{bad}</body></html>")
                self.assertEqual(1, len(problems), problems)
                self.assertIn(words, problems[0])

    def test_large_page_is_caught(self):
        self.assertIn("bytes, more than", checks.page_problems("é" * 1_500_001)[0])


class MaskTest(unittest.TestCase):
    @staticmethod
    def printed(text):
        return checks.masked(notebook(code("a", outputs=[{"output_type": "stream", "name": "stdout", "text": text}])))

    def test_other_numbers_are_equal_and_a_decimal_comma_is_not(self):
        self.assertEqual(self.printed("accuracy 0.65"), self.printed("accuracy 0.7"))
        self.assertNotEqual(self.printed("accuracy 0.65"), self.printed("accuracy 0,65"))
