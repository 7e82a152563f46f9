"""Small tools of all modules: what is said, asked, run, read, written and removed."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


class Stop(Exception):
    """Ends the command with one sentence for the user and a non-zero exit code."""


@dataclass
class Answer:
    code: int
    text: str


def capture(command, **options) -> Answer:
    """Runs a command and returns its exit code and its output, standard error included."""
    try:
        done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", **options)
    except OSError as problem:
        return Answer(127, str(problem))
    return Answer(done.returncode, done.stdout)


JVM_NOISE = r"(NOTE: )?Picked up \w+_OPTIONS:|Error: (Could not create the Java Virtual Machine|A fatal exception has occurred)"


def last_line(text: str) -> str:
    """The last line that says something: not what a JVM says of its own variables, or that it ends because of the line above."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not re.match(JVM_NOISE, line)]
    return lines[-1] if lines else "it printed nothing"


def read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def write(path: Path, content: str | bytes):
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    with open(temporary, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def say(text: str):
    print(text, flush=True)


def seconds(since: float) -> str:
    spent = time.monotonic() - since
    return f"{spent:.1f} s" if spent < 60 else f"{int(spent) // 60} min {int(spent) % 60} s"


def confirm(question: str, word: str = "y") -> bool:
    """Asks on the terminal; without one the answer is no."""
    if not sys.stdin.isatty():
        say(f"{question} Left as it is: there is no terminal to answer on.")
        return False
    try:
        return input(f"{question} [{word}/N] ").strip().lower() == word
    except EOFError:
        return False


def check_writable(folder: Path):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as problem:
        raise Stop(f"Cannot write to {folder} ({problem.strerror}): copy the kit into a folder of your own.") from None


def remove(path: Path):
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as problem:
        cause = problem
        while isinstance(cause, Exception):
            cause = cause.__context__
        if cause:  # Ctrl-C or a signal in the middle of rmtree, which then fails to close its folders
            raise cause from None
        raise Stop(f"Cannot remove {problem.filename} ({problem.strerror}): close what uses it and try again.") from None
