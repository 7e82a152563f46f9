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


def known(java: jdk.Java, environment: dict) -> dict:
    """What the notebooks will open, as the library sees it: `data` (sample, fer2013 or other), `seed`, the `kind` of their runs, the
    folder `pages` that theirs go to, and a list of `facts` about the data."""
    answer = subprocess.run(jdk.command(java, "data"), env={**environment, **jdk.variables()}, cwd=places.ROOT,
                            capture_output=True, stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace")
    try:
        return json.loads(answer.stdout)
    except ValueError:
        thrown = re.findall(r"^(?:Exception in thread .*?|Caused by): (.*)", answer.stderr, re.M)
        raise tools.Stop(f"The study cannot be opened: {thrown[-1] if thrown else tools.last_line(answer.stdout + answer.stderr)}") from None


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
    study = known(java, environment)
    output = output or Path(study["pages"])
    tools.check_writable(output)
    arguments = ["report", "--output", output, "--study", json.dumps(study), *(["--save"] if save else []), *notebooks]
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
