"""JupyterLab as `lab` starts it: the exporter in its menu, its sanitizer, and notebooks opened and saved by its server."""
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from unittest import mock

from ferkit import checks, jdk, kernel, maven, places, reporting, tools

try:
    import nbformat
    from jupyter_client import KernelManager
    from nbconvert.exporters import HTMLExporter, get_exporter
    from traitlets.config import Config

    from ferkit import lab, pages
except ImportError as absent:  # run with another Python than the virtual environment's
    raise unittest.SkipTest(str(absent))

from tests.test_pages import FIGURE, TABLE, cell, executed, shown


def study(data: str, seed: int = 1, *outputs, shows: str = ""):
    """A notebook that has opened a study and shown its results."""
    return executed(cell("Study.open();", shown(text_html=f"{TABLE}<!-- study of {data}, seed {seed}{shows} -->"), *outputs))


class ExporterTest(unittest.TestCase):
    def test_the_menus_page_is_that_of_report(self):
        notebook = study("sample", 1, shown(text_html=FIGURE))
        resources = {"metadata": {"name": "02_model_1"}}
        page, made = get_exporter("report")(config=Config()).from_notebook_node(notebook, resources)
        self.assertEqual((".html", "text/html"), (made["output_extension"], pages.PageExporter.output_mimetype))
        self.assertEqual([], checks.page_problems(page))
        with tempfile.TemporaryDirectory() as folder:
            pages.export(Path("02_model_1.ipynb"), notebook, Path(folder), "sample")
            self.assertEqual((Path(folder) / "02_model_1.html").read_text("utf-8"), page)
        self.assertIn(pages.NOTICES["sample"], page)
        self.assertIn('<a href="03_model_2.html" rel="next">', page)
        self.assertIn('<a href="01_dataset.html" rel="prev">', page)
        self.assertIn("Figure 2.1", page)

    def test_a_notebook_that_was_not_run_or_is_not_the_kits_has_a_page(self):
        page, _ = get_exporter("report")().from_notebook_node(executed(cell("int x = 1;")), {"metadata": {"name": "mine"}})
        self.assertIn('<nav><span></span><span><a href="index.html">Contents</a></span><span></span></nav>', page)
        self.assertNotIn('class="notice"', page)


class SanitizerTest(unittest.TestCase):
    def test_nothing_of_a_notebook_of_the_kit_becomes_text(self):
        notebook = nbformat.read(reporting.find_notebooks(["08"])[0], 4)
        table = '<table><caption style="caption-side:top">A table</caption></table>'
        notebook.cells += study("sample", 1, shown(text_html=FIGURE), shown(text_html=table)).cells
        exporter = HTMLExporter(config=Config(HTMLExporter={"filters": {"clean_html": "ferkit.lab.clean_html"}, "sanitize_html": True}))
        page, _ = exporter.from_notebook_node(notebook)
        self.assertEqual([], re.findall(r"&lt;/?(?:h[1-6]|p|t[a-z]+|img|fig[a-z]*|caption|br|div)\b[^;]{0,60}", page))
        lost = [part for part in ("<thead>", "<th ", '<caption style="caption-side:top', "<h1 ", "text-align:", 'src="data:image/png') if part not in page]
        self.assertEqual([], lost)

    def test_what_could_run_is_text(self):
        self.assertEqual("&lt;script&gt;alert()&lt;/script&gt;<p>x</p>", lab.clean_html("<script>alert()</script><p onclick='f()'>x</p>"))
        for link in ("javascript:f()", "data:text/html,x", " DA\tTA:text/html,x", "&#100;ata&colon;text/html,x"):
            self.assertEqual("<a>x</a>", lab.clean_html(f"<a href='{link}'>x</a>"))

    def test_pictures_are_those_in_the_page_and_links_stay(self):
        self.assertEqual('<img alt="x">', lab.clean_html('<img alt="x" src="https://example.org/x.png">'))
        for kept in ('<img alt="x" src="data:image/png;base64,AA==">', '<a href="https://example.org/data:x">x</a>', '<a href="#table">x</a>'):
            self.assertEqual(kept, lab.clean_html(kept))


class KeptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "02_model_1.ipynb"
        self.copy = self.file.with_name("fer2013_02_model_1.ipynb")

    def keep(self, before, after):
        self.copy.unlink(missing_ok=True)
        nbformat.write(before, self.file)
        kept = lab.keep_fer2013(self.file, after)
        self.assertEqual(self.copy if self.copy.exists() else None, kept)
        return kept is not None and self.copy.read_bytes() == self.file.read_bytes()

    def test_results_on_fer2013_are_kept_when_others_replace_them(self):
        fer2013, trial = study("fer2013"), study("fer2013", shows=", shows trial")
        for after in (study("sample"), executed(cell("Study.open();")), trial, study("fer2013", 2)):
            self.assertTrue(self.keep(fer2013, after))
        for before, after in [(fer2013, study("fer2013", 1, shown(text_html=TABLE))), (study("sample"), fer2013),
                              (trial, study("sample")), (executed(), study("sample"))]:
            self.assertFalse(self.keep(before, after))

    def test_a_copy_that_was_worked_in_stays(self):
        first, second = study("fer2013"), study("fer2013", 2)
        for notebook, name in [(first, "fer2013_02_model_1"), (first, "fer2013_02_model_1"), (second, "fer2013_02_model_1_2")]:
            nbformat.write(notebook, self.file)
            self.assertEqual(self.file.with_name(f"{name}.ipynb"), lab.keep_fer2013(self.file, study("sample")))
        self.assertEqual([1, 2], [checks.shown(checks.read(self.copy.with_stem(stem)))[1] for stem in (self.copy.stem, f"{self.copy.stem}_2")])

    def test_a_new_file_and_one_that_is_no_notebook_are_none_of_its(self):
        self.assertIsNone(lab.keep_fer2013(self.file, study("sample")))
        for text in ("<<<<<<<", "[]", '{"cells": [1]}'):
            self.file.write_text(text, "utf-8")
            self.assertIsNone(lab.keep_fer2013(self.file, study("sample")))


class ServerTest(unittest.TestCase):
    """What JupyterLab asks its server, asked here: the list for the menu, a page, a notebook opened and saved."""

    def ask(self, path: str, body: dict = None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{path}", headers={"Authorization": "token of-the-test"},
                                         method="PUT" if body else "GET", data=json.dumps(body).encode() if body else None)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return answer.read().decode()

    def setUp(self):
        if not maven.library_built():
            self.skipTest("the library is not built")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server = subprocess.Popen(
            [sys.executable, str(places.ENVIRONMENT / "kit.py"), "lab", "--no-browser", f"--port={self.port}", f"--notebook-dir={folder.name}",
             "--IdentityProvider.token=of-the-test"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")
        self.addCleanup(self.stop)
        for _ in range(600):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                self.ask("api/status")
                return
            if self.server.poll() is not None:
                self.fail(self.server.stderr.read())
            time.sleep(0.25)
        self.fail("JupyterLab did not start")

    def stop(self):
        self.server.terminate()
        self.said = self.server.communicate(timeout=60)[1]

    def test_export_open_and_save(self):
        file = self.root / "02_model_1.ipynb"
        notebook = study("fer2013")
        nbformat.write(notebook, file)
        self.assertEqual({"output_mimetype": "text/html"}, json.loads(self.ask("api/nbconvert"))["report"])
        page = self.ask("nbconvert/report/02_model_1.ipynb?download=true")
        self.assertEqual(get_exporter("report")().from_notebook_node(notebook, {"metadata": {"name": "02_model_1"}})[0], page)
        self.assertIn("<caption", self.ask("nbconvert/html/02_model_1.ipynb?download=true&sanitize_html=true"))
        opened = json.loads(self.ask("api/contents/02_model_1.ipynb"))["content"]
        self.assertEqual(jdk.find().build, opened["metadata"]["language_info"]["version"])
        opened["cells"][1]["outputs"] = study("sample").cells[1]["outputs"]
        self.ask("api/contents/02_model_1.ipynb", {"type": "notebook", "content": opened})
        self.assertEqual(executed().metadata, checks.read(file)["metadata"])
        self.assertEqual(("sample", 1, "sample"), checks.shown(checks.read(file)))
        self.assertEqual(("fer2013", 1, "study"), checks.shown(checks.read(file.with_name("fer2013_02_model_1.ipynb"))))
        self.stop()
        self.assertIn("showed results on FER2013 and is saved with others", self.said)


class ForeignKernelTest(unittest.TestCase):
    def test_a_kernel_of_the_same_name_on_jupyter_path_is_not_run(self):
        if not kernel.jar().exists():
            self.skipTest("the kernel is not installed")
        with tempfile.TemporaryDirectory() as folder:
            tools.write(Path(folder, "kernels", "java", "kernel.json"),
                           json.dumps({"argv": ["false"], "display_name": "Java", "language": "java"}))
            with mock.patch.dict(os.environ, {"JUPYTER_PATH": folder}), mock.patch.dict(os.environ, kernel.jupyter_variables()):
                found = KernelManager(kernel_name="java").kernel_spec.resource_dir
        self.assertEqual(kernel.jar().parent, Path(found))


class KernelTest(unittest.TestCase):
    def setUp(self):
        if not kernel.jar().exists():
            self.skipTest("the kernel is not installed")
        manager = KernelManager(kernel_name="java")
        manager.start_kernel(env={**os.environ, **kernel.jupyter_variables()}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(manager.shutdown_kernel, now=True)
        self.client = manager.blocking_client()
        self.client.start_channels()
        self.addCleanup(self.client.stop_channels)
        self.client.wait_for_ready(timeout=120)

    def run_cells(self, *cells, may_fail: str = "", date=True) -> list:
        """Sends all cells at once, as Run All does, and returns what the kernel answers: "ok" or the error's name."""
        answers = {}
        for source in cells:
            message = self.client.session.msg("execute_request", {"code": source, "stop_on_error": source != may_fail})
            if not date:
                del message["header"]["date"]
            self.client.shell_channel.send(message)
            answers[message["header"]["msg_id"]] = None
        while None in answers.values():
            message = self.client.get_shell_msg(timeout=60)
            if message["parent_header"]["msg_id"] in answers:
                answers[message["parent_header"]["msg_id"]] = message["content"].get("ename", message["content"]["status"])
        return list(answers.values())

    def test_cells_that_wait_behind_one_that_fails_are_not_run_and_later_ones_are(self):
        fails = "Thread.sleep(300); throw new RuntimeException();"
        self.assertEqual(["ok", "RuntimeException", "Aborted", "Aborted"], self.run_cells("int a = 1;", fails, "a = 2;", "a = 3;"))
        for _ in range(5):  # sent as soon as the failure is known
            self.assertEqual(["ok"], self.run_cells('if (a != 1) throw new RuntimeException();'))
            self.assertEqual(["RuntimeException"], self.run_cells("throw new RuntimeException();"))
        self.assertEqual(["RuntimeException", "ok"], self.run_cells(fails, "a = 4;", may_fail=fails))
        self.assertEqual(["RuntimeException", "ok"], self.run_cells(fails, "a = 5;", date=False), "nobody knows which of them waited")

    def test_a_notebook_that_is_opened_has_the_language_of_the_kernel(self):
        """JupyterLab compares all of language_info; the version is the JDK's and is added as a notebook is opened."""
        language = self.client.kernel_info(reply=True, timeout=60)["content"]["language_info"]
        version = tools.read_json(kernel.jar().with_name("kernel.json"))["metadata"]["java"]
        spec = tools.read_json(kernel.jar().with_name("kernel.json"))
        for path in reporting.find_notebooks([]):
            metadata = checks.read(path)["metadata"]
            self.assertEqual(language, {**metadata["language_info"], "version": version}, path.name)
            self.assertEqual({"name": "java", "display_name": spec["display_name"], "language": spec["language"]}, metadata["kernelspec"], path.name)

