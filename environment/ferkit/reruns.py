"""Notebooks run otherwise than once from top to bottom, as whoever works in them does."""
import asyncio
import os

from nbclient.exceptions import CellExecutionError

from ferkit import checks, pages, places
from ferkit.attempts import Failed, attempt, demand
from ferkit.execution import STARTUP_SECONDS, code_cells, error_text, kernel_for


def one_by_one(action):
    """A command that tries something on each notebook."""
    def command(options) -> int:
        tried = [attempt("notebook", path.name, lambda: asyncio.run(action(pages.read_notebook(path)))) for path in options.notebooks]
        return 0 if all(tried) else 1
    return command


async def run_through(client, notebook, turn: str):
    for index, cell in code_cells(notebook):
        try:
            await client.async_execute_cell(cell, index)
        except CellExecutionError as error:
            raise Failed(f"{turn}, cell {index}: {error_text(error)}") from None
    problems = checks.output_problems(notebook)
    if problems:
        raise Failed(f"{turn}: {problems[0]}")


async def twice(notebook) -> str:
    """Every cell in order, all again in the same kernel, and once more after a restart."""
    async with kernel_for(notebook, dict(os.environ)) as client:
        for turn in ("first time", "second time"):
            await run_through(client, notebook, turn)
        await client.km.restart_kernel(now=True)
        await client.kc.wait_for_ready(timeout=STARTUP_SECONDS)
        await run_through(client, notebook, "after a restart")
    return "three times"


async def out_of_order(notebook) -> str:
    """The last code cell first: an error message, not a dead kernel; after that the notebook still runs in order."""
    async with kernel_for(notebook, dict(os.environ), allow_errors=True) as client:
        index, last = code_cells(notebook)[-1]
        await client.async_execute_cell(last, index)
        demand(error_of(last).strip() != "", "the last cell gave no message though nothing before it had run")
        demand(await client.km.is_alive(), "the kernel died")
        client.allow_errors = False
        await run_through(client, notebook, "in order afterwards")
    return "refused, then run in order"


async def refused(client, cells, when: str):
    """Runs cells one by one: none may show anything, and an error must be one of the library's sentences."""
    for index, cell in cells:
        await client.async_execute_cell(cell, index)
        for output in cell.outputs:
            demand(output.output_type == "error", f"{when}, cell {index} shows what belongs to other settings")
            demand("Refusal, " in output.evalue, f"{when}, cell {index}: {output.get('evalue')}")


async def refusals(notebook) -> str:
    """After settings that fail, and after a training that was interrupted, in a kernel that has shown results before: the cells below
    show nothing of those, and each says so in one sentence."""
    cells = code_cells(notebook)
    settings = next(number for number, (_, cell) in enumerate(cells) if "study.open(" in cell.source)
    training = next((number for number, (_, cell) in enumerate(cells) if "study.train(" in cell.source), None)
    source = cells[settings][1].source

    def reopen(change: str):
        cells[settings][1].source = source.replace("study.open(", f"settings = settings.{change};\nstudy.open(")

    async with kernel_for(notebook, dict(os.environ)) as client:
        await run_through(client, notebook, "first time")
        client.allow_errors = True
        reopen('withData("nonsense")')
        await client.async_execute_cell(cells[settings][1], cells[settings][0])
        said = error_of(cells[settings][1])
        demand(f"nonsense: no such file or folder in {places.NOTEBOOKS}" in said, f"settings that fail say: {said}")
        await refused(client, cells[settings + 1:], "after settings that fail")
        if training is None:
            return "nothing is shown after settings that fail"
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
        demand("interrupted" in error_of(cell).lower(), f"an interrupted training says: {error_of(cell) or said[-1:]}")
        await refused(client, cells[training + 1:], "after an interrupted training")
    return "nothing is shown after settings that fail and after an interrupted training"


def error_of(cell) -> str:
    return " ".join(f"{output.ename} {output.evalue}" for output in cell.outputs if output.output_type == "error")
