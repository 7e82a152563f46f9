"""Pages made from small executed notebooks; no kernel is started."""
import base64
import tempfile
import unittest
from pathlib import Path

from ferkit import checks

try:
    import nbformat.v4 as v4

    from ferkit import pages
    from ferkit.attempts import Failed
except ImportError as absent:  # run with another Python than the virtual environment's
    raise unittest.SkipTest(str(absent))

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TABLE = '<table class="ferkit"><caption style="x">Table 1</caption><tr><td>0.65</td></tr></table>'
FIGURE = f'<figure class="ferkit"><img alt="Two curves" src="data:image/png;base64,{PIXEL}"><figcaption>Accuracy</figcaption></figure>'
FACTS = ["Data hash: 1234"]


def executed(*cells):
    return v4.new_notebook(cells=[v4.new_markdown_cell("# Model *1* & more\n\nThe `first` of [six](03_b.ipynb).\n\nMore."), *cells],
                           metadata={"kernelspec": {"name": "java", "display_name": "Java"},
                                     "language_info": {"name": "java", "pygments_lexer": "java"}})


def cell(source, *outputs, tags=()):
    return v4.new_code_cell(source, execution_count=1, outputs=list(outputs), metadata={"tags": list(tags)})


def shown(**data):
    return v4.new_output("display_data", {kind.replace("_", "/"): value for kind, value in data.items()})


class NotebookTest(unittest.TestCase):
    def test_a_file_that_is_no_notebook_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            for text in ["<<<<<<< HEAD", "{}", "[]", '{"nbformat": 4}', ""]:
                path = Path(folder) / "01_a.ipynb"
                path.write_text(text, "utf-8")
                with self.subTest(text=text), self.assertRaisesRegex(Failed, "01_a.ipynb is not a notebook .* git checkout"):
                    pages.read_notebook(path)


class PageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.output = Path(folder.name)
        self.pages = [{"name": name, "title": title, "summary": "What it shows."}
                      for name, title in [("01_a", "Data"), ("02_model", "Model 1 & more"), ("03_b", "Model 2")]]

    def export(self, notebook, name="02_model", kind="sample"):
        pages.export(Path(f"{name}.ipynb"), notebook, self.output, kind)
        return (self.output / f"{name}.html").read_text("utf-8")

    def test_page_is_self_contained_and_java_is_coloured(self):
        page = self.export(executed(cell("import a.B;\nfinal var x = 1; // one", tags=["setup"]),
                                    cell("show();", shown(text_html=FIGURE), shown(text_html="<table><tr><td>0.65</td></tr></table>"),
                                         v4.new_output("stream", name="stdout", text="a < b"))))
        self.assertEqual([], checks.page_problems(page))
        self.assertIn('<span class="kd">final</span>', page)
        self.assertIn("a &lt; b", page)
        self.assertIn("<title>Model 1 &amp; more</title>", page)
        self.assertIn("data:image/png;base64," + PIXEL, page)
        self.assertIn("<summary>Setup code, 2 lines</summary>", page)
        self.assertIn('href="03_b.html"', page)
        self.assertIn("drawn sample", page)
        self.assertNotIn("drawn sample", self.export(executed(), kind="study"))

    def test_tables_and_figures_are_numbered_each_kind_by_itself(self):
        page = self.export(executed(cell("a", shown(text_html=TABLE), shown(text_html=FIGURE), shown(text_html=TABLE))), "08_compare")
        self.assertIn('<caption style="x"><b>Table 8.1</b> Table 1', page)
        self.assertIn('<caption style="x"><b>Table 8.2</b> Table 1', page)
        self.assertIn("<figcaption><b>Figure 8.1</b> Accuracy", page)
        self.assertIn("<figcaption><b>Figure 1</b> Accuracy", pages.numbered(FIGURE, "own"))

    def test_page_that_loads_something_is_refused_and_not_written(self):
        with self.assertRaisesRegex(Failed, "02_model.ipynb: its page is not fit to be shown: a script"):
            self.export(executed(cell("plot();", shown(text_html="<script src='https://example.org/plotly.js'></script>"))))
        self.assertEqual([], list(self.output.iterdir()))

    def test_pages_are_linked_to_those_that_are_there(self):
        self.export(executed(), "01_a")
        self.export(executed(), "03_b")
        pages.link_pages(self.output, self.pages)
        first = (self.output / "01_a.html").read_text("utf-8")
        self.assertIn('<a href="03_b.html" rel="next">Model 2 →</a>', first)
        self.assertNotIn("02_model.html", first)
        self.export(executed(v4.new_markdown_cell("As in [the second](02_model.ipynb).")), "01_a")
        pages.link_pages(self.output, self.pages)
        self.assertIn('<a data-page="02_model.html">the second</a>', (self.output / "01_a.html").read_text("utf-8"))
        self.export(executed(), "02_model")
        pages.link_pages(self.output, self.pages)
        self.assertIn('<a href="02_model.html" rel="next">Model 1 &amp; more →</a>', (self.output / "01_a.html").read_text("utf-8"))
        self.assertIn('<a href="02_model.html">the second</a>', (self.output / "01_a.html").read_text("utf-8"))

    def test_index_shows_the_tagged_figures_and_names_what_was_not_run(self):
        self.export(executed(cell("figure();", shown(text_html=FIGURE), tags=["index"])), "01_a")
        self.export(executed(cell("table();", shown(text_html="<table><tr><td>0.6506</td></tr></table>"), tags=["index"]),
                             cell("other();", shown(text_html="<p>not for the index</p>"))))
        pages.write_index(self.output, "sample", FACTS, self.pages)
        index = (self.output / "index.html").read_text("utf-8")
        self.assertEqual([], checks.page_problems(index))
        self.assertIn("<h1>Deep Learning based on CNNs: Facial Emotion Recognition</h1>", index)
        self.assertNotIn("not for the index", index)
        self.assertLess(index.index("What was asked"), index.index("0.6506"))
        self.assertLess(index.index("0.6506"), index.index("Two curves"), "words and tables come before pictures")
        self.assertLess(index.index("Two curves"), index.index("What it shows."))
        self.assertLess(index.index("<footer>"), index.index("Data hash: 1234"), "provenance stands at the foot")
        for source in ("F-Riv", "Goodfellow", "Barsoum"):
            self.assertIn(source, index)
        self.assertIn("Data hash: 1234", index)
        self.assertIn('<a href="02_model.html">Model 1 &amp; more</a>', index)
        self.assertIn("Model 2 (not run yet)", index)
        self.assertIn("drawn sample", index)

    def test_index_without_results_says_so(self):
        pages.write_index(self.output, "trial", FACTS, self.pages)
        index = (self.output / "index.html").read_text("utf-8")
        self.assertEqual([], checks.page_problems(index))
        self.assertIn("Nothing yet: the notebooks that compare the models have not been run.", index)
        self.assertIn("The study repeated in Java: trial runs", index)

    def test_figure_of_the_index_is_a_file_too(self):
        pages.write_figure(executed(cell("plain();", shown(text_html=FIGURE.replace(PIXEL, "AAAA"))),
                                     cell("figure();", shown(text_html=FIGURE), tags=["index"])), self.output)
        self.assertEqual(base64.b64decode(PIXEL), (self.output / "figure-1.png").read_bytes())

    def test_title_and_summary_are_plain_text(self):
        title, summary = pages.title_and_summary(executed())
        self.assertEqual("Model 1 & more", pages.plain(title))
        self.assertEqual("The first of six.", pages.plain(summary))
