"""JupyterLab in a real browser, as a reader uses it: Run All with an error in it, a cell interrupted and run again, a page reloaded
while a model trains, export from the menu; and the committed pages on paper. `kit.py test --long` runs it with the virtual
environment's Python; by hand it is `environment/.venv/bin/python -m ferkit.browser [NAME …]`. It drives headless Chromium by
its DevTools protocol and works on a copy of a notebook; pictures of what it saw, and the PDFs, are left in lib/target/browser/."""
import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
import websocket

from ferkit import install, pages, places, settings, tools
from ferkit.attempts import Failed, attempt, demand, forget

NOTEBOOK = places.NOTEBOOKS / "07_model_6.ipynb"  # the smallest model
# Beside it lies a link that makes the notebook's path to the library right.
FOLDER = places.ROOT / "lib" / "target" / "browser"
SEEDS = ["981", "982", "983"]
# epochs of some seconds, so that one can be interrupted
TRAINING = {"FERKIT_DATA": settings.SAMPLE, "FERKIT_EPOCHS": "3", "FERKIT_LIMIT": "256", "FERKIT_SEED": SEEDS[0]}
PATIENCE = 300
PAPER = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}  # inches
MARGIN = 0.4
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


# ---------------------------------------------------------------- the browser

class Browser:
    """A headless Chromium with one tab."""

    def __init__(self, program: str):
        self.folder = tempfile.mkdtemp()
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars=false", "--window-size=1300,1000",
             "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={self.folder}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": self.folder})
        port = Path(self.folder) / "DevToolsActivePort"
        until(lambda: port.exists() and port.read_text().strip(), "Chromium does not start")
        address = f"http://127.0.0.1:{port.read_text().split()[0]}/json"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        tab = next(tab for tab in json.load(direct.open(address)) if tab["type"] == "page")
        self.socket = websocket.create_connection(tab["webSocketDebuggerUrl"], timeout=PATIENCE)
        self.calls = 0
        self.call("Page.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self.call("Browser.close")
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method: str, **parameters) -> dict:
        self.calls += 1
        self.socket.send(json.dumps({"id": self.calls, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "Page.javascriptDialogOpening":  # "Leave site?"
                self.calls += 1
                self.socket.send(json.dumps({"id": self.calls, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}))
                self.calls -= 1
            if answer.get("id") == self.calls and "method" not in answer:
                demand("error" not in answer, f"{method}: {answer.get('error')}")
                return answer["result"]

    def js(self, code: str):
        """The value of an expression; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        demand("exceptionDetails" not in answer, f"{code[:100]}: {answer.get('exceptionDetails')}")
        return answer["result"].get("value")

    def wait(self, code: str, otherwise: str):
        def holds():
            with contextlib.suppress(Failed):  # while a page loads there is nothing to ask
                return self.js(code)
        return until(holds, otherwise)

    def go(self, address: str):
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete'", f"{address} does not load")

    def picture(self, name: str):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        (FOLDER / f"{name}.png").write_bytes(base64.b64decode(data))

    def click(self, where: str, otherwise: str):
        """A click of the mouse on the first visible element that an expression gives; the mouse comes there as a hand would move it."""
        place = self.wait(f"(() => {{ const e = {where}; if (!e) return null; const r = e.getBoundingClientRect();"
                          " return r.width ? [r.x + Math.min(r.width / 2, 60), r.y + r.height / 2] : null; })()", otherwise)
        for kind, button in (("mouseMoved", "none"), ("mousePressed", "left"), ("mouseReleased", "left")):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button=button, clickCount=int(button == "left"))

    def pdf(self, name: str, paper: str) -> Path:
        width, height = PAPER[paper]
        data = self.call("Page.printToPDF", paperWidth=width, paperHeight=height, marginTop=MARGIN, marginBottom=MARGIN, marginLeft=MARGIN,
                         marginRight=MARGIN, printBackground=True)["data"]
        file = FOLDER / f"{name}-{paper}.pdf"
        file.write_bytes(base64.b64decode(data))
        return file


def until(holds, otherwise: str, seconds: float = PATIENCE):
    """Waits for something to be true and returns it."""
    end = time.monotonic() + seconds
    while True:
        value = holds()
        if value:
            return value
        demand(time.monotonic() < end, f"{otherwise} (waited {seconds:.0f} s)")
        time.sleep(0.2)


# ---------------------------------------------------------------- JupyterLab

class Lab:
    """`kit.py lab` with a copy of the notebook, open in the browser."""

    def __init__(self, browser: Browser):
        self.browser = browser
        self.path = FOLDER / NOTEBOOK.name
        shutil.copyfile(NOTEBOOK, self.path)
        link = FOLDER.parent / "lib"
        if not link.exists():
            link.symlink_to(FOLDER.parent.parent, target_is_directory=True)
        self.log = open(FOLDER / "lab.log", "wb")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FERKIT_")}
        environment |= {"JUPYTER_CONFIG_DIR": browser.folder}  # what the user's JupyterLab had open is nothing to look at
        self.process = subprocess.Popen(
            [sys.executable, str(places.ENVIRONMENT / "kit.py"), "lab", "--no-browser", "--port", "0", "--LabApp.expose_app_in_browser=True",
             "--ServerApp.token=browser"], env={**environment, **TRAINING}, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        try:
            port = until(self.port, "JupyterLab does not start")
        except Failed:
            self.__exit__()
            raise
        self.address = f"http://127.0.0.1:{port}/lab/tree/{self.path.relative_to(places.ROOT).as_posix()}?token=browser"
        browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(FOLDER))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.terminate()  # shuts its kernels down
        self.process.wait()
        self.log.close()

    def port(self):
        said = Path(self.log.name).read_text("utf-8", "replace")
        demand(self.process.poll() is None, f"`lab` ended: {said[-500:]}")
        found = re.search(r"http://(?:127\.0\.0\.1|localhost):(\d+)/lab", said)
        return found and found[1]

    PANEL = "[...window.jupyterapp.shell.widgets('main')].find(w => w.context && w.content && w.content.widgets)"

    def open(self):
        """Loads the page anew and waits for the notebook and its kernel."""
        self.browser.go(self.address)
        self.browser.wait(f"(() => {{ const panel = window.jupyterapp && {self.PANEL}; const session = panel && panel.context.isReady"
                          " && panel.sessionContext.isReady && panel.sessionContext.session;"
                          " return !!session && session.kernel.connectionStatus === 'connected'; })()", "the notebook does not open")
        self.browser.js(f"window.jupyterapp.shell.activateById({self.PANEL}.id)")

    def execute(self, command: str):
        self.browser.js(f"window.jupyterapp.commands.execute('{command}').then(() => true)")

    def begin(self, command: str):
        """Starts what runs cells; idle() waits for it."""
        self.browser.js(f"window.running = true; window.jupyterapp.commands.execute('{command}').finally(() => {{ window.running = false; }});"
                        " true")

    def set_up(self, *lines: str):
        """Puts lines into the settings cell behind the first."""
        found = nbformat.read(NOTEBOOK, 4)
        source = next(cell.source for cell in found.cells if "Settings.read()" in cell.source)
        source = re.sub("(Settings.read.*)", lambda m: "\n".join([m[1], *lines]), source)
        self.cell("Settings.read()", f".model.sharedModel.setSource({json.dumps(source)})")

    def cell(self, word: str, what: str) -> object:
        """Asks something of the first code cell that has a word in its source."""
        return self.browser.js(f"{self.PANEL}.content.widgets.find(c => c.model.type === 'code'"
                               f" && c.model.sharedModel.getSource().includes({json.dumps(word)})){what}")

    def outputs(self) -> list:
        """Of each code cell: its source, and its outputs' words."""
        cells = self.browser.js(f"{self.PANEL}.content.widgets.filter(c => c.model.type === 'code').map(c =>"
                                " [c.model.sharedModel.getSource(), JSON.stringify(c.model.outputs.toJSON())])")
        return [(source, words(json.loads(outputs))) for source, outputs in cells]

    def output(self, word: str) -> str:
        return next(text for source, text in self.outputs() if word in source)

    def run_all(self):
        self.begin("notebook:run-all-cells")

    def run_cell(self, word: str):
        self.browser.js(f"{self.PANEL}.content.activeCellIndex = {self.PANEL}.content.widgets.findIndex(c => c.model.type === 'code'"
                        f" && c.model.sharedModel.getSource().includes({json.dumps(word)})); true")
        self.begin("notebook:run-cell")

    def idle(self):
        """Waits until the cells that were started have ended."""
        self.browser.wait(f"!window.running && {self.PANEL}.sessionContext.session.kernel.status !== 'busy'", "cells go on and on")

    def picture(self, name: str, word: str):
        """A picture of the page with a cell in its middle."""
        for _ in range(2):  # cells above get their height only when they are seen
            self.cell(word, ".node.scrollIntoView({block: 'center'})")
            time.sleep(1)
        self.browser.picture(name)

    def restart(self):
        self.browser.js(f"{self.PANEL}.sessionContext.session.kernel.restart().then(() => true)")
        self.execute("notebook:clear-all-cell-outputs")


def words(outputs: list) -> str:
    """What outputs show, as text; a picture or table counts as the word [figure]."""
    parts = []
    for output in outputs:
        data = output.get("data", {})
        text = output.get("text") or data.get("text/html") or data.get("text/markdown") or data.get("text/plain") or ""
        text = text if isinstance(text, str) else "".join(text)
        if output["output_type"] == "error":
            text = f"[error] {output['ename']}: {output['evalue']}"
        if "image/png" in data or re.search("<img|<table|<svg", text):
            parts.append("[figure]")
        parts.append(re.sub(r"<[^>]*>", " ", text))
    return " ".join(" ".join(parts).split())


# ---------------------------------------------------------------- what is tried

def opened(lab: Lab) -> str:
    """A notebook just opened is not marked as changed."""
    lab.open()
    time.sleep(5)
    lab.browser.picture("opened")
    demand(not lab.browser.js(f"{lab.PANEL}.context.model.dirty"), "it is marked as changed")
    demand(not lab.browser.js("!!document.querySelector('.Toastify__toast')"), "a message lies over it")
    return "not marked as changed"


def stale(lab: Lab, when: str):
    """After a Run All whose settings cell fails: one sentence where one looks, and nothing of an earlier study below it."""
    outputs = lab.outputs()
    failed = next(i for i, (source, _) in enumerate(outputs) if "Settings.read()" in source)
    text = outputs[failed][1]
    demand("nonsense" in text, f"{when}, the settings cell does not say what is wrong: {text[:300]}")
    demand(text.count("nonsense") == 1, f"{when}, the settings cell says it {text.count('nonsense')} times: {text[:500]}")
    for source, text in outputs[failed + 1:]:
        demand("NullPointerException" not in text and " is null" not in text, f"{when}, `{source[:40]}` shows {text[:200]}")
        demand("[figure]" not in text or "study" not in source and "run" not in source, f"{when}, `{source[:40]}` shows a figure")


def run_all(lab: Lab) -> str:
    """Run All with a mistake in the settings cell, in a fresh kernel and in one that has shown results."""
    lab.open()
    lab.restart()
    wrong = 'settings = settings.withData("nonsense");'
    lab.set_up(wrong)
    lab.run_all()
    lab.idle()
    lab.picture("run-all-fresh", "Settings.read()")
    stale(lab, "in a fresh kernel")
    lab.set_up()
    lab.run_all()
    lab.idle()
    demand("[figure]" in lab.outputs()[-1][1] or "[figure]" in lab.output("curves"), "Run All shows nothing")
    lab.picture("run-all", "study.train")
    lab.set_up(wrong)
    lab.run_all()
    lab.idle()
    lab.picture("run-all-used", "Settings.read()")
    stale(lab, "in a kernel that has run")
    lab.set_up()
    return "a mistake in the settings cell is told once, and nothing earlier is shown below it"


def begin_training(lab: Lab, seed: str) -> None:
    lab.open()
    lab.restart()
    lab.set_up(f"settings = settings.withSeed({seed});")
    lab.run_all()
    until(lambda: "epoch 2 of 3" in lab.output("study.train"), "the second epoch does not begin")


def interrupt(lab: Lab) -> str:
    """A training cell is interrupted while all run, and run again: it says that it stopped, nothing older is shown, and it goes on."""
    begin_training(lab, SEEDS[1])
    said = lab.output("study.train")
    demand("Stopping is safe" in said, f"the progress does not say that stopping is safe: {said}")
    lab.execute("notebook:interrupt-kernel")
    lab.idle()
    lab.picture("interrupted", "study.train")
    text = lab.output("study.train")
    demand("stopped" in text.lower() or "interrupted" in text.lower(), f"the cell does not say that it was stopped: {text}")
    later = lab.output("results.curves")
    demand("[figure]" not in later and " is null" not in later, f"after the interrupt the curves' cell shows {later[:200]}")
    lab.run_cell("study.train")
    lab.idle()
    lab.picture("continued", "study.train")
    text = lab.output("study.train")
    demand("Continuing after epoch" in text and "3 epochs" in text, f"run again it says {text}")
    return "stopped, said so, and went on when the cell was run again"


def reload(lab: Lab) -> str:
    """The page is loaded anew while a model trains: the progress has said what is safe, and the cell run again tells what goes on."""
    begin_training(lab, SEEDS[2])
    said = lab.output("study.train")
    demand("Reloading" in said, f"the progress does not say what a reload does: {said}")
    lab.execute("docmanager:save")
    lab.open()
    lab.run_cell("study.train")
    lab.idle()
    lab.picture("reloaded", "study.train")
    text = lab.output("study.train")
    demand("loaded from" in text or "3 epochs" in text, f"run again after the reload the cell says {text}")
    return "the cell run again told that the model is trained"


def export(lab: Lab) -> str:
    """The menu's entries: the kit's own gives the page that report gives, and the stock one's tables keep their headers."""
    lab.open()
    lab.set_up()
    lab.run_all()
    lab.idle()
    lab.execute("docmanager:save")
    notebook = nbformat.read(lab.path, 4)
    own, stock = from_menu(lab, "report"), from_menu(lab, "html")
    pages.export(lab.path, notebook, FOLDER / "report", "sample")
    expected = body((FOLDER / "report" / f"{lab.path.stem}.html").read_text("utf-8"))
    demand(body(own) == expected, "the kit's own entry gives another page than report: " + difference(body(own), expected))
    demand("<th" in stock and "&lt;th" not in stock, "the stock entry's tables have no headers")
    return "the menu's page is the report's"


def from_menu(lab: Lab, kind: str) -> str:
    """Chooses an entry of File → Save and Export Notebook As, and returns what it downloads."""
    shown = {"report": "/^Report/", "html": "/^HTML/"}[kind]
    for old in FOLDER.glob("*.html"):
        old.unlink()
    item = "[...document.querySelectorAll('.lm-Menu-item')].find(e => {}.test(e.innerText.trim()))".format
    lab.browser.click("[...document.querySelectorAll('.lm-MenuBar-item')].find(e => e.innerText.trim() === 'File')", "there is no File menu")
    lab.browser.click(item("/^Save and Export/"), "there is no export in the File menu")
    lab.browser.wait(f"!!{item('/^HTML/')}", "the export menu does not open")
    lab.browser.picture(f"export-menu-{kind}")
    lab.browser.click(item(shown), f"there is no entry {shown} in the export menu")
    time.sleep(1)
    # the box "Sanitize HTML output" is left as it comes
    accept = "document.querySelector('.jp-Dialog .jp-mod-accept')"
    if lab.browser.js(f"!!{accept}"):
        lab.browser.picture(f"export-dialog-{kind}")
        lab.browser.click(accept, "the dialog has no button")
    file = until(lambda: next(iter(FOLDER.glob("*.html")), None), "nothing is downloaded")
    text = file.read_text("utf-8")
    file.rename(FOLDER / f"{kind}-export.html.txt")
    return text


def body(page: str) -> str:
    """A page's text without its head, navigation and notice, which only report knows."""
    main = re.sub(r"<(style|script|nav)\b.*?</\1>|<p class=\"notice\".*?</p>", "", page[page.index("<body"):], flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def difference(first: str, second: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))
    return f"'{first[max(0, at - 60):at + 100]}' instead of '{second[max(0, at - 60):at + 100]}'"


CUT = """
[...document.querySelectorAll('body *')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)).map(e => e.tagName + ': ' + e.innerText.slice(0, 60))
"""
LAST_CELLS = "[...document.querySelectorAll('table tr > :last-child')].map(e => e.innerText.trim()).filter(t => t)"


def printed(browser: Browser) -> str:
    """Every page in reports/ on A4 and Letter: nothing is cut, and the last column of every table is there."""
    pages = [page for folder in (places.REPORTS, places.REPORTS / "sample") for page in sorted(folder.glob("*.html"))]
    for page in pages:
        for paper, (width, height) in PAPER.items():
            browser.go(page.as_uri())
            inside = int((width - 2 * MARGIN) * 96)
            browser.call("Emulation.setDeviceMetricsOverride", width=inside, height=int((height - 2 * MARGIN) * 96), deviceScaleFactor=1,
                         mobile=False)
            browser.call("Emulation.setEmulatedMedia", media="print")
            cut, last = browser.js(CUT), browser.js(LAST_CELLS)
            demand(not cut, f"{page.name} on {paper}: cut or with a scroll bar: {'; '.join(cut)[:300]}")
            demand(browser.js("document.documentElement.scrollWidth") <= inside + 1, f"{page.name} on {paper} is wider than the paper")
            browser.call("Emulation.setEmulatedMedia", media="")
            browser.call("Emulation.clearDeviceMetricsOverride")
            file = browser.pdf(page.stem, paper)
            text = tools.capture(["pdftotext", "-bbox", file, "-"]).text
            right = max(float(edge) for edge in re.findall(r'<word [^>]*xMax="([\d.]+)"', text))
            demand(right <= (width - MARGIN / 2) * 72, f"{page.name} on {paper}: words reach {right / 72:.2f} inches of {width}")
            on_paper = "".join(re.findall(r"<word [^>]*>(.*?)</word>", text))
            missing = [cell for cell in last if plain(cell) not in plain(on_paper)]
            demand(not missing, f"{page.name} on {paper}: not on paper: {missing[:5]}")
    return f"{len(pages)} pages on {' and '.join(PAPER)}: nothing is cut"


def plain(text: str) -> str:
    return re.sub(r"&\w+;|\W", "", text)


IN_LAB = {"opened": opened, "run-all": run_all, "interrupt": interrupt, "reload": reload, "export": export}
ON_PAPER = {"printed": printed}


def seen(name: str, browser: Browser, action) -> bool:
    """Tries one thing; a failure leaves a picture."""
    good = attempt("browser", name, action, websocket.WebSocketException)
    if not good:
        with contextlib.suppress(Failed, OSError, websocket.WebSocketException):
            browser.picture(f"failed-{name}")
    return good


def main(names: list) -> int:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if not program or not shutil.which("pdftotext"):
        print(f"browser: NOT RUN: {'pdftotext' if program else 'Chromium'} is not installed (Debian: apt install chromium poppler-utils)")
        return 0
    chosen = [name for name in [*ON_PAPER, *IN_LAB] if not names or name in names]
    good = True
    install.set_up()
    FOLDER.mkdir(parents=True, exist_ok=True)
    forget(*SEEDS)
    try:
        with Browser(program) as browser:
            for name in set(ON_PAPER) & set(chosen):
                good &= seen(name, browser, lambda: ON_PAPER[name](browser))
            if set(IN_LAB) & set(chosen):
                with Lab(browser) as lab:
                    for name in [name for name in IN_LAB if name in chosen]:
                        good &= seen(name, browser, lambda: IN_LAB[name](lab))
    finally:
        forget(*SEEDS)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
