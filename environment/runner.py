"""Runs notebooks and exports them as HTML pages. Run by kit.py with the virtual environment's Python.

    runner.py report --output reports/sample --facts '["sample", …]' notebooks/01_dataset.ipynb …
    runner.py twice notebooks/02_model_1.ipynb …          every cell twice in one kernel, then after a restart
    runner.py out-of-order notebooks/02_model_1.ipynb …   the last code cell first
    runner.py kernel                                      whether the Java kernel starts and reckons
    runner.py refusals notebooks/02_model_1.ipynb …       settings that fail, and training that is interrupted
"""
import argparse
import asyncio
import base64
import contextlib
import datetime
import functools
import html
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

if __name__ == "__main__":
    # A checker of URLs in JSON schemas, which takes a second and a half to load and has nothing to do here.
    sys.modules["rfc3987_syntax"] = None

try:
    import jinja2
    import nbformat
    from jupyter_client import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor
except ModuleNotFoundError as absent:
    if __name__ != "__main__":
        raise
    sys.exit(f"kit.py: {absent} in {sys.prefix}: it is incomplete; remove this folder and run the same again, which makes it anew")

import checks
import kit

ENVIRONMENT = Path(__file__).resolve().parent
ROOT = ENVIRONMENT.parent
NOTEBOOKS = ROOT / "notebooks"
TEMPLATES = ENVIRONMENT / "template"
STARTUP_SECONDS = 180
# Anything of a page that the index shows as well stands between these two marks.
INDEX_BEGIN, INDEX_END = "<!-- index begin -->", "<!-- index end -->"


class Failed(Exception):
    """A notebook that did not run through, with a message that names the notebook and the cell."""


def read_notebook(path: Path):
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, AttributeError, nbformat.ValidationError) as problem:
        raise Failed(f"{path} is not a notebook ({str(problem).splitlines()[0][:100]}): restore it, for example with git checkout") from None


# ---------------------------------------------------------------- running

class Progress:
    """What is running now, each notebook with its cell and what that last said: a line rewritten in place on a terminal, a line a
    minute elsewhere; and a line for each notebook that has ended."""

    def __init__(self):
        self.running = {}
        self.terminal = sys.stdout.isatty()
        self.printed = time.monotonic()

    def update(self, name: str, cell: int, cells: int, said: str = ""):
        self.running[name] = f"{name} {cell}/{cells}" + (f" {said}" if said else "")
        now = time.monotonic()
        if now - self.printed < (0.2 if self.terminal else 60):
            return
        self.printed = now
        line = "  " + "   ".join(self.running.values())
        if self.terminal:
            print("\r\033[K" + line[:shutil.get_terminal_size().columns - 1], end="", flush=True)
        else:
            print(line[:200], flush=True)

    def end(self, name: str, text: str):
        self.running.pop(name, None)
        print(("\r\033[K" if self.terminal else "") + f"  {name:24}{text}", flush=True)


class ListeningClient(NotebookClient):
    """Calls `heard` with the first words of each output as it comes, so that hours of training are not hours of silence."""
    heard = None

    def process_message(self, msg, cell, cell_index):
        content = msg["content"]
        text = content.get("text") or content.get("data", {}).get("text/plain", "")
        if "text/html" in content.get("data", {}):
            content["data"].pop("text/plain", None)  # the same again, pictures and all
        if self.heard and text:
            words = html.unescape(re.sub(r"<(style|svg)\b.*?</\1>|<[^>]*>", " ", text, flags=re.S)).split()
            self.heard(" ".join(words)[:90])
        return super().process_message(msg, cell, cell_index)


def kernel_failure(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return f" It last wrote: {lines[-1]}" if lines else ""


@contextlib.asynccontextmanager
async def kernel_for(notebook, environment: dict, log=None, **options):
    """A client with a Java kernel of its own, in notebooks/. nbclient's own set-up is not used because its signal handlers know
    one kernel only, and because it waits some seconds for a kernel to leave."""
    manager = AsyncKernelManager(kernel_name="java")
    output = log or asyncio.subprocess.DEVNULL
    try:
        await manager.start_kernel(cwd=str(NOTEBOOKS), env=environment, stdout=output, stderr=output)
        channels = manager.client()
        channels.allow_stdin = False
        channels.start_channels()
        try:
            await channels.wait_for_ready(timeout=STARTUP_SECONDS)
            client = ListeningClient(notebook, km=manager, timeout=None, iopub_timeout=60, raise_on_iopub_timeout=True, **options)
            client.kc = channels
            client.reset_execution_trackers()
            yield client
        finally:
            channels.stop_channels()
    finally:
        if manager.has_kernel:
            await manager.signal_kernel(signal.SIGTERM)  # a JVM told to end by Jupyter's message stays for seconds
            await manager.shutdown_kernel()


def error_text(error: CellExecutionError) -> str:
    """What went wrong in a cell; the kernel wraps what the code threw into a RuntimeException whose text begins with its name, and the
    library's own sentences need no name."""
    return re.sub(r"^[\w.]+\.Refusal, ", "", error.evalue) if error.ename == "RuntimeException" else f"{error.ename}: {error.evalue}"


def code_cells(notebook) -> list:
    return [(index, cell) for index, cell in enumerate(notebook.cells)
            if cell.cell_type == "code" and cell.source.strip()]


async def run_notebook(path: Path, progress: Progress, environment: dict):
    """Runs every cell of a notebook in a kernel of its own and returns it with its outputs; raises Failed."""
    notebook = read_notebook(path)
    name, began = path.stem, time.monotonic()
    cells = code_cells(notebook)
    current, problem = 0, None
    progress.update(name, 0, len(cells))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "kernel.log"
        with open(log, "wb") as output:
            try:
                async with kernel_for(notebook, environment, output, record_timing=False) as client:
                    for current, (index, cell) in enumerate(cells, 1):
                        client.heard = functools.partial(progress.update, name, current, len(cells))
                        client.heard()
                        await client.async_execute_cell(cell, index, execution_count=current)
            except CellExecutionError as error:
                problem = f"{path.name}, cell {current} of {len(cells)}: {error_text(error)}"
            except DeadKernelError:
                problem = f"{path.name}, cell {current} of {len(cells)}: the Java kernel has died.{kernel_failure(log)}"
            except (RuntimeError, TimeoutError) as error:
                problem = f"{path.name}, cell {current} of {len(cells)}: the Java kernel does not answer ({error}).{kernel_failure(log)}"
    if problem:
        progress.end(name, "FAILED")
        raise Failed(problem)
    notebook, _ = CoalesceStreamsPreprocessor().preprocess(notebook, {})
    progress.end(name, f"{len(cells)} cells, {time.monotonic() - began:.1f} s")
    return notebook


async def run_all(paths, side_by_side: int, finished) -> list:
    """Runs the notebooks of models (NN_model_…) up to `side_by_side` at a time, before them the ones of lower numbers, and after
    them the others, which read what those trained, one after the other. Calls finished(path, notebook) for each; returns the
    failures' messages."""
    progress, failures = Progress(), []

    async def one(path: Path, environment: dict):
        try:
            finished(path, await run_notebook(path, progress, environment))
        except Failed as failure:
            failures.append(str(failure))

    environment = dict(os.environ)
    models = [path for path in paths if "_model_" in path.name]
    others = [path for path in paths if path not in models]
    before = [path for path in others if not models or path.name < models[0].name]
    for path in before:
        await one(path, environment)
    if side_by_side > 1 and len(models) > 1:
        shared = {"FERKIT_THREADS": str(max(1, kit.cores() // side_by_side)), **environment}
        gate = asyncio.Semaphore(side_by_side)

        async def gated(path):
            async with gate:
                await one(path, shared)
        await asyncio.gather(*map(gated, models))
    else:
        for path in models:
            await one(path, environment)
    for path in others[len(before):]:
        await one(path, environment)
    return failures


# ---------------------------------------------------------------- pages

def title_and_summary(notebook) -> tuple:
    """The first heading of a notebook and the first paragraph below it, as plain text."""
    title, paragraph = "", []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for line in cell.source.splitlines():
            if line.startswith("#"):
                if paragraph:
                    return title, " ".join(paragraph)
                title = title or line.lstrip("# ").strip()
            elif line.strip():
                paragraph.append(line.strip())
            elif paragraph:
                return title, " ".join(paragraph)
        if paragraph:
            break
    return title, " ".join(paragraph)


def plain(markdown: str) -> str:
    """Markdown of a paragraph without its marks: links keep their text, emphasis and code their words."""
    text = re.sub(r"\[([^]]*)]\([^)]*\)", r"\1", markdown)
    return re.sub(r"[*_`]{1,3}(\S(?:.*?\S)?)[*_`]{1,3}", r"\1", text)


def contents() -> list:
    """Name, title and summary of every notebook of the kit, in order."""
    pages = []
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        title, summary = title_and_summary(read_notebook(path))
        pages.append({"name": path.stem, "title": plain(title) or path.stem, "summary": plain(summary)})
    return pages


STUDY = {"title": "Deep Learning based on CNNs: Facial Emotion Recognition", "author": "F-Riv",
         "address": "https://github.com/F-Riv/Deep-Learning-based-on-CNNs-Facial-Emotion-Recognition"}

NOTICES = {
    "sample": "Made with the kit's drawn sample of faces, not with FER2013: the figures show that everything works and cannot "
              "be compared with the study's.",
    "trial": "A trial: training was shorter, or on fewer images, than in the study, so the figures cannot be compared with the "
             "study's.",
    "other": "Made with other images, or in another split, than FER2013's: the figures cannot be compared with the study's.",
    "fer2013": "",
}

DATA = {"sample": "the drawn sample", "other": "other data than FER2013's", "fer2013": "FER2013"}


def kind_of(output: Path, facts: list) -> str:
    return "trial" if facts[0] == "fer2013" and output.name == "trials" else facts[0]


def write_atomically(path: Path, content: str | bytes):
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    with open(temporary, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def numbered(page: str, name: str) -> str:
    """A page with its tables and figures numbered in their captions, each kind by itself and behind the notebook's number: Table 8.1,
    Figure 8.1. So Table 1 and Figure 1 are always the study's."""
    chapter = re.match(r"0*([0-9]+)_", name)
    counts = {"Table": 0, "Figure": 0}

    def number(found):
        kind = "Table" if found[0].startswith("<caption") else "Figure"
        counts[kind] += 1
        return f"{found[0]}<b>{kind} {chapter[1] + '.' if chapter else ''}{counts[kind]}</b> "
    return re.sub(r"<(?:fig)?caption\b[^>]*>", number, page)


def navigation(name: str, pages: list) -> str:
    """Links to the contents and to the pages before and after this one."""
    place = next((place for place, page in enumerate(pages) if page["name"] == name), None)
    before = pages[place - 1] if place else None
    after = pages[place + 1] if place is not None and place + 1 < len(pages) else None
    links = [f'<a href="{before["name"]}.html" rel="prev">← {html.escape(before["title"])}</a>' if before else "",
             '<a href="index.html">Contents</a>',
             f'<a href="{after["name"]}.html" rel="next">{html.escape(after["title"])} →</a>' if after else ""]
    return "<nav>" + "".join(f"<span>{link}</span>" for link in links) + "</nav>"


class PageExporter(HTMLExporter):
    """Makes a notebook's page, for `report` and, as nbconvert's exporter `report`, for JupyterLab's menu. The page's notice is that of
    the resource `kind`; without one, of the results in the notebook."""
    export_from_notebook = "Report"

    def __init__(self, **options):
        super().__init__(template_name="study", extra_template_basedirs=[str(TEMPLATES)], **options)

    def from_notebook_node(self, nb, resources=None, **options):
        resources = dict(resources or {})
        name = resources["metadata"]["name"]
        title, _ = title_and_summary(nb)
        kind = resources.get("kind") or (checks.shown(nb) or [""])[0]
        resources["study"] = {"title": plain(title) or name, "notice": NOTICES.get(kind, "")}
        text, resources = super().from_notebook_node(nb, resources, **options)
        # links between notebooks become links between pages
        text = re.sub(r'(href="(?:\./)?[0-9]{2}_[A-Za-z0-9_]+)\.ipynb([#"])', r"\1.html\2", numbered(text, name))
        return re.sub(r"<nav>.*?</nav>", lambda _: navigation(name, contents()), text, flags=re.S), resources


def export(path: Path, notebook, output: Path, kind: str):
    """Writes the page of an executed notebook into `output`."""
    text, _ = PageExporter().from_notebook_node(notebook, {"metadata": {"name": path.stem}, "kind": kind})
    problems = checks.page_problems(text)
    if problems:
        raise Failed(f"{path.name}: its page is not fit to be shown: {'; '.join(problems)}")
    write_atomically(output / f"{path.stem}.html", text)


def write_figure(notebook, output: Path):
    """Writes the picture that the index shows of a notebook, if it has one, as figure-1.png too: a README can show no page."""
    for cell in notebook.cells:
        if "index" in cell.metadata.get("tags", []):
            for picture in (picture for out in cell.outputs for picture in checks.pictures(out)):
                write_atomically(output / "figure-1.png", picture)


def link_pages(output: Path, pages: list):
    """Gives each page in `output` its links to the contents and to the pages before and after it, of those that are there."""
    there = [page for page in pages if (output / f"{page['name']}.html").exists()]
    for page in there:
        file = output / f"{page['name']}.html"
        text = file.read_text("utf-8")
        # a link to a page that is not there is no link until it is
        linked = re.sub(r'<a (?:href|data-page)="([0-9]{2}_\w+\.html)(?=[#"])',
                        lambda m: f'<a {"href" if (output / m[1]).exists() else "data-page"}="{m[1]}', text)
        linked = re.sub(r"<nav>.*?</nav>", lambda _: navigation(page["name"], there), linked, flags=re.S)
        if linked != text:
            write_atomically(file, linked)


def write_index(output: Path, kind: str, facts: list, pages: list):
    """Writes index.html from the pages that lie in `output`: what they found, words and tables before pictures, and a link to each."""
    figures = []
    for page in pages:
        file = output / f"{page['name']}.html"
        page["made"] = file.exists()
        if page["made"]:
            figures += re.findall(re.escape(INDEX_BEGIN) + "(.*?)" + re.escape(INDEX_END), file.read_text("utf-8"), re.S)
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES / "study"), autoescape=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    text = environment.get_template("contents.html.j2").render(
        study=STUDY, notice=NOTICES[kind], kind=kind, facts=facts[1:], pages=pages, date=f"{now:%Y-%m-%d %H:%M} UTC",
        figures=sorted(figures, key=lambda figure: "<img" in figure))
    write_atomically(output / "index.html", text)


def report(options) -> int:
    output = options.output.resolve()
    facts = json.loads(options.facts)
    kind = kind_of(output, facts)
    pages = contents()
    print(f"Running {len(options.notebooks)} notebook{'s' * (len(options.notebooks) != 1)} on "
          f"{DATA[facts[0]]} …", flush=True)
    broken, folders = [], {}

    seed = int(os.environ.get("FERKIT_SEED", "").strip() or 1)

    def finished(path: Path, notebook):
        opened = checks.opened(notebook)
        if opened and opened != (facts[0], seed):
            broken.append(f"{path.name}: its settings cell opens {DATA[opened[0]]} with seed {opened[1]}, but this report is on {DATA[facts[0]]} "
                          f"with seed {seed}: take the line out of the cell and use --data or --seed. No page was written")
            return
        # A model that has no finished run is shown by a trial, even in a report on the study's own configuration.
        trial = kind == "trial" or kind == "fer2013" and checks.shows_a_trial(notebook)
        folder = output / "trials" if trial and kind == "fer2013" else output
        folders[folder] = "trial" if trial else kind
        text = nbformat.writes(notebook)
        write_atomically(folder / "notebooks" / path.name, text + "\n")
        if options.save:
            write_atomically(path, text + "\n")
        try:
            export(path, notebook, folder, folders[folder])
            write_figure(notebook, folder)
        except Failed as failure:
            broken.append(str(failure))

    # Side by side only on the sample: a run on FER2013 keeps the threads it was asked for.
    failures = asyncio.run(run_all(options.notebooks, 2 if facts[0] == "sample" else 1, finished)) + broken
    for folder, kind_here in folders.items():
        link_pages(folder, pages)
        write_index(folder, kind_here, facts, pages)
        print(f"Pages: {folder / 'index.html'}" + (" (trials)" if kind_here == "trial" else ""), flush=True)
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr, flush=True)
    return 1 if failures else 0


# ---------------------------------------------------------------- trials of the notebooks

def one_by_one(action):
    """A command that tries something on each notebook and prints `ok` or `FAILED` with the reason."""
    def command(options) -> int:
        failed = 0
        for path in options.notebooks:
            notebook = read_notebook(path)
            problem = asyncio.run(action(path, notebook))
            failed += problem is not None
            print(f"{path.name}: {'ok' if problem is None else 'FAILED ' + problem}", flush=True)
        return 1 if failed else 0
    return command


async def run_through(client, notebook, turn: str):
    for index, cell in code_cells(notebook):
        try:
            await client.async_execute_cell(cell, index)
        except CellExecutionError as error:
            return f"{turn}, cell {index}: {error_text(error)}"
    problems = checks.output_problems(notebook)
    return f"{turn}: {problems[0]}" if problems else None


async def twice(path: Path, notebook):
    """Every cell in order, all again in the same kernel, and once more after a restart."""
    async with kernel_for(notebook, dict(os.environ)) as client:
        for turn in ("first time", "second time"):
            problem = await run_through(client, notebook, turn)
            if problem:
                return problem
        await client.km.restart_kernel(now=True)
        await client.kc.wait_for_ready(timeout=STARTUP_SECONDS)
        return await run_through(client, notebook, "after a restart")


async def out_of_order(path: Path, notebook):
    """The last code cell first: an error message, not a dead kernel; after that the notebook still runs in order."""
    async with kernel_for(notebook, dict(os.environ), allow_errors=True) as client:
        index, last = code_cells(notebook)[-1]
        await client.async_execute_cell(last, index)
        errors = [output for output in last.outputs if output.output_type == "error"]
        if not errors or not (errors[0].ename or errors[0].evalue):
            return "the last cell gave no message though nothing before it had run"
        if not await client.km.is_alive():
            return "the kernel died"
        client.allow_errors = False
        return await run_through(client, notebook, "in order afterwards")


async def refused(client, cells, when: str):
    """Runs cells one by one: none may show anything, and an error must be one of the library's sentences."""
    for index, cell in cells:
        await client.async_execute_cell(cell, index)
        for output in cell.outputs:
            if output.output_type != "error":
                return f"{when}, cell {index} shows what belongs to other settings"
            if "Refusal, " not in output.evalue:
                return f"{when}, cell {index}: {output.evalue}"
    return None


async def refusals(path: Path, notebook):
    """After settings that fail, and after a training that was interrupted, in a kernel that has shown results before: the cells below
    show nothing of those, and each says so in one sentence."""
    cells = code_cells(notebook)
    settings = next(number for number, (_, cell) in enumerate(cells) if "study.open(" in cell.source)
    training = next((number for number, (_, cell) in enumerate(cells) if "study.train(" in cell.source), None)
    source = cells[settings][1].source

    def reopen(change: str):
        cells[settings][1].source = source.replace("study.open(", f"settings = settings.{change};\nstudy.open(")

    async with kernel_for(notebook, dict(os.environ)) as client:
        problem = await run_through(client, notebook, "first time")
        if problem:
            return problem
        client.allow_errors = True
        reopen('withData("nonsense")')
        await client.async_execute_cell(cells[settings][1], cells[settings][0])
        said = error_text_of(cells[settings][1])
        if f"nonsense: no such file or folder in {NOTEBOOKS}" not in said:
            return f"settings that fail say: {said}"
        problem = await refused(client, cells[settings + 1:], "after settings that fail")
        if problem or training is None:
            return problem
        reopen("withEpochs(200)")
        for index, cell in cells[settings:training]:
            await client.async_execute_cell(cell, index)
        said = []

        def interrupt_at_first_image(words):
            said.append(words)
            if "image" in words and not interrupts:
                interrupts.append(asyncio.get_running_loop().create_task(client.km.interrupt_kernel()))
        interrupts = []
        client.heard = interrupt_at_first_image
        index, cell = cells[training]
        await client.async_execute_cell(cell, index)
        client.heard = None
        if "interrupted" not in error_text_of(cell).lower():
            return f"an interrupted training says: {error_text_of(cell) or said[-1:]}"
        return await refused(client, cells[training + 1:], "after an interrupted training")


async def reckons():
    """Starts the Java kernel and has it reckon."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    with tempfile.TemporaryFile() as log:
        try:
            async with kernel_for(notebook, dict(os.environ), log) as client:
                await client.async_execute_cell(notebook.cells[0], 0)
        except (CellExecutionError, DeadKernelError, RuntimeError, TimeoutError) as problem:
            log.seek(0)
            wrote = log.read().decode("utf-8", "replace").strip()
            raise Failed(f"the Java kernel does not start: {problem}" + (f" It last wrote: {kit.last_line(wrote)}" if wrote else "")) from None
    shown = [output.get("data", {}).get("text/plain") for output in notebook.cells[0].outputs]
    if shown != ["2"]:
        raise Failed(f"the Java kernel says that 1 + 1 is {shown}")


def kernel(options) -> int:
    asyncio.run(reckons())
    return 0


def error_text_of(cell) -> str:
    return " ".join(f"{output.ename} {output.evalue}" for output in cell.outputs if output.output_type == "error")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, action in [("report", report), ("twice", one_by_one(twice)), ("out-of-order", one_by_one(out_of_order)),
                         ("refusals", one_by_one(refusals))]:
        command = commands.add_parser(name)
        command.set_defaults(action=action)
        command.add_argument("notebooks", nargs="+", type=Path)
        if name == "report":
            command.add_argument("--output", type=Path, required=True)
            command.add_argument("--facts", required=True, help="JSON list: sample, other or fer2013, then lines about the data")
            command.add_argument("--save", action="store_true")
    commands.add_parser("kernel").set_defaults(action=kernel)
    options = parser.parse_args()
    return options.action(options)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if os.name != "nt" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"FAILED {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
