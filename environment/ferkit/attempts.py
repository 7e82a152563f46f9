"""Things tried one after the other, each with a line that says what came of it."""
import shutil
import subprocess
import time

from ferkit import places


class Failed(Exception):
    """What was tried found what must not be."""


class NotRun(Exception):
    """It cannot be tried on this machine."""


def demand(holds: bool, otherwise: str):
    if not holds:
        raise Failed(otherwise)


def runs(*seeds) -> list:
    """The folders of what was trained, on the sample or as a trial, with seeds that only something tried has."""
    return [run for folder in (places.REPORTS / "trials", places.REPORTS / "sample" / "runs") for seed in seeds
            for run in folder.glob(f"model-[0-9]-{seed}-*")]


def history(run) -> list:
    """A run's epochs without the seconds they took, line by line."""
    return [line.rsplit(",", 1)[0] for line in (run / "history.csv").read_text("utf-8").splitlines()]


def forget(*seeds):
    for run in runs(*seeds):
        shutil.rmtree(run)


def attempt(word: str, name: str, action, *failures) -> bool:
    """Prints `WORD NAME: ok …` with what the action returns, `WORD NAME: FAILED …` or `WORD NAME: NOT RUN: …`, and the seconds that it
    took; returns whether it did not fail."""
    began, good = time.monotonic(), True
    try:
        result = f"ok {action()}"
    except NotRun as reason:
        result = f"NOT RUN: {reason}"
    except (Failed, OSError, subprocess.SubprocessError, *failures) as problem:
        result, good = f"FAILED {problem}", False
    print(f"{word} {name}: {result} [{time.monotonic() - began:.0f} s]", flush=True)
    return good
