"""Reports: which notebooks, on what data, into which folder; runner.py runs them with the virtual environment's Python."""
import json
import os
import re
import subprocess
import time
from pathlib import Path

from ferkit import install, jdk, kernel, places, settings, tools, venv


def find_notebooks(numbers) -> list:
    """The notebooks with these numbers (3 and 03 are the same), all of them if none is given, in order."""
    everything = sorted(places.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    if not everything:
        raise tools.Stop(f"There is no notebook in {places.NOTEBOOKS}.")
    for number in numbers:
        if not number.isdigit() or int(number) not in {int(file.name[:2]) for file in everything}:
            raise tools.Stop(f"There is no notebook {number}: there are {', '.join(file.name[:2] for file in everything)}.")
    return [file for file in everything if not numbers or int(file.name[:2]) in map(int, numbers)]


def facts(java: jdk.Java, environment: dict) -> list:
    """What the notebooks will open, as the library sees it: a first line `sample` or `fer2013`, then lines about it."""
    answer = subprocess.run(jdk.command(java, "data"), env={**environment, **jdk.variables()}, cwd=places.ROOT,
                            capture_output=True, stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace")
    lines = answer.stdout.splitlines()
    if answer.returncode != 0 or not lines or lines[0] not in ("sample", "fer2013", "other"):
        thrown = re.findall(r"^(?:Exception in thread .*?|Caused by): (.*)", answer.stderr, re.M)
        raise tools.Stop(f"The study cannot be opened: {thrown[-1] if thrown else tools.last_line(answer.stdout + answer.stderr)}")
    return lines


def folder(kind: str, environment: dict) -> Path:
    """Where pages go: reports/ for the study's own configuration, reports/trials/ for shorter runs and other data, reports/sample/."""
    def chosen(name: str, usual: str) -> str:  # as the library reads them: a variable that is empty says nothing
        return environment.get(name, "").strip() or usual

    if kind == "sample":
        return places.REPORTS / "sample"
    if kind == "other" or chosen("FERKIT_EPOCHS", "50") != "50" or chosen("FERKIT_LIMIT", "0") != "0" \
            or chosen("FERKIT_BATCH", "128") != "128":
        return places.REPORTS / "trials"
    seed = chosen("FERKIT_SEED", "1")
    return places.REPORTS if seed == "1" else places.REPORTS / f"seed-{seed}"


def report(options) -> int:
    began = time.monotonic()
    notebooks = find_notebooks(options.notebooks)
    java = install.set_up()
    environment = {**os.environ, **kernel.jupyter_variables(), **settings.variables(options)}
    code = run(java, notebooks, environment, options.save)
    tools.say(f"Total time: {tools.seconds(began)}")
    return code


def run(java: jdk.Java, notebooks: list, environment: dict, save: bool = False, output: Path = None) -> int:
    """Runs notebooks and exports their pages; returns the exit code."""
    known = facts(java, environment)
    output = output or folder(known[0], environment)
    tools.check_writable(output)
    arguments = ["report", "--output", output, "--facts", json.dumps(known), *(["--save"] if save else []), *notebooks]
    process = subprocess.Popen([*venv.module("runner"), *map(str, arguments)], env=environment, cwd=places.ENVIRONMENT,
                               stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()  # it has had the same Ctrl-C and is shutting its kernels down
        raise
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
