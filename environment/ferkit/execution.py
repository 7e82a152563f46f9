"""Notebooks run in Java kernels."""
import asyncio
import contextlib
import functools
import html
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert.preprocessors import CoalesceStreamsPreprocessor

from ferkit import machine, pages, places, tools
from ferkit.attempts import Failed

STARTUP_SECONDS = 180


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


def last_words(log) -> str:
    log.seek(0)
    text = log.read().decode("utf-8", "replace").strip()
    return f" It last wrote: {tools.last_line(text)}" if text else ""


@contextlib.asynccontextmanager
async def kernel_for(notebook, environment: dict, log=None, **options):
    """A client with a Java kernel of its own, in notebooks/. nbclient's own set-up is not used because its signal handlers know
    one kernel only, and because it waits some seconds for a kernel to leave."""
    manager = AsyncKernelManager(kernel_name="java")
    output = log or asyncio.subprocess.DEVNULL
    try:
        await manager.start_kernel(cwd=str(places.NOTEBOOKS), env=environment, stdout=output, stderr=output)
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
    notebook = pages.read_notebook(path)
    name, began = path.stem, time.monotonic()
    cells = code_cells(notebook)
    current, problem = 0, None
    progress.update(name, 0, len(cells))
    with tempfile.TemporaryFile() as log:
        try:
            async with kernel_for(notebook, environment, log, record_timing=False) as client:
                for current, (index, cell) in enumerate(cells, 1):
                    client.heard = functools.partial(progress.update, name, current, len(cells))
                    client.heard()
                    await client.async_execute_cell(cell, index, execution_count=current)
        except CellExecutionError as error:
            problem = error_text(error)
        except DeadKernelError:
            problem = f"the Java kernel has died.{last_words(log)}"
        except (RuntimeError, TimeoutError) as error:
            problem = f"the Java kernel does not answer ({error}).{last_words(log)}"
    if problem:
        progress.end(name, "FAILED")
        raise Failed(f"{path.name}, cell {current} of {len(cells)}: {problem}")
    notebook, _ = CoalesceStreamsPreprocessor().preprocess(notebook, {})
    progress.end(name, f"{len(cells)} cells, {time.monotonic() - began:.1f} s")
    return notebook


async def run_all(paths, side_by_side: int, finished) -> list:
    """Runs the notebooks of models (NN_model_…) up to `side_by_side` at a time, before them the ones of lower numbers, and after
    them the others, which read what those trained, one after the other. Calls finished(path, notebook) for each; returns the
    failures' messages."""
    progress, failures = Progress(), []

    async def one(path: Path, gate: asyncio.Semaphore, environment: dict):
        async with gate:
            try:
                finished(path, await run_notebook(path, progress, environment))
            except Failed as failure:
                failures.append(str(failure))

    models = [path for path in paths if "_model_" in path.name]
    others = [path for path in paths if path not in models]
    before = [path for path in others if not models or path.name < models[0].name]
    for group in (before, models, others[len(before):]):
        width = side_by_side if group is models and len(models) > 1 else 1
        shared = {"FERKIT_THREADS": str(max(1, machine.cores() // width))} if width > 1 else {}
        gate = asyncio.Semaphore(width)
        await asyncio.gather(*(one(path, gate, {**shared, **os.environ}) for path in group))
    return failures


async def reckons():
    """Starts the Java kernel and has it reckon."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    with tempfile.TemporaryFile() as log:
        try:
            async with kernel_for(notebook, dict(os.environ), log) as client:
                await client.async_execute_cell(notebook.cells[0], 0)
        except (CellExecutionError, DeadKernelError, RuntimeError, TimeoutError) as problem:
            raise Failed(f"the Java kernel does not start: {problem}{last_words(log)}") from None
    shown = [output.get("data", {}).get("text/plain") for output in notebook.cells[0].outputs]
    if shown != ["2"]:
        raise Failed(f"the Java kernel says that 1 + 1 is {shown}")
