"""Steps of set-up: done once, by one process at a time, and told as they go."""
import contextlib
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from ferkit import places, tools


def content_hash(*parts) -> str:
    """SHA-256 over texts and files; a folder counts with all files below it, names included."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            files = sorted(file for file in part.rglob("*") if file.is_file()) if part.is_dir() else [part]
            for file in files:
                digest.update(file.relative_to(places.ROOT).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        else:
            digest.update(str(part).encode() + b"\0")
    return digest.hexdigest()


def up_to_date(step: str, stamp: str) -> bool:
    try:
        return (places.STATE / step).read_text("utf-8") == stamp
    except OSError:
        return False


def outdate(step: str):
    """Forgets that a step was done, before it is begun anew: stopped half-way, it is not taken for done."""
    (places.STATE / step).unlink(missing_ok=True)


def follow(command, title: str, counted: str, log: Path, **options) -> tools.Answer:
    """Runs a long step of set-up, keeps its output in a file and shows how many lines matching `counted` it has printed. Broken
    off, it ends the command with all that this has started; where it cannot, the command keeps set-up's lock until it ends."""
    log.parent.mkdir(parents=True, exist_ok=True)
    began, count, shown, lines = time.monotonic(), 0, 0.0, []
    tools.say(f"{title} …")
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", start_new_session=True,
                                   close_fds=False, **options)
        try:
            for line in process.stdout:
                if not re.match(tools.JVM_NOISE, line):  # it may hold a password
                    file.write(line)
                lines.append(line)
                count += bool(re.match(counted, line))
                every = 0.2 if sys.stdout.isatty() else 15
                if count and time.monotonic() - max(shown, began) > every:
                    shown = time.monotonic()
                    print(f"  {count} files, {tools.seconds(began)}", end="\r" if sys.stdout.isatty() else "\n", flush=True)
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate() if places.WINDOWS else os.killpg(process.pid, signal.SIGTERM)
                process.wait()
    if code == 0:
        tools.say(f"  done in {tools.seconds(began)}")
    return tools.Answer(code, "".join(lines))


@contextlib.contextmanager
def alone():
    """Waits until no other process of the kit sets up; the system gives the lock back when this one and the step that it has
    started are no more."""
    with open(places.STATE / "lock", "a") as file:
        os.set_inheritable(file.fileno(), True)
        if places.WINDOWS:
            import msvcrt
            attempt, busy = (lambda: msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)), OSError
        else:
            import fcntl
            attempt, busy = (lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)), BlockingIOError
        told = False
        while True:
            try:
                attempt()
                break
            except OSError as problem:
                if not isinstance(problem, busy):
                    raise tools.Stop(f"{places.STATE / 'lock'} cannot be locked ({problem.strerror}): does its disk have locks? "
                                     "Copy the kit to one of this machine.") from None
                if not told:
                    tools.say("Another process of the kit is setting up: waiting for it …")
                told = True
                time.sleep(0.5)
        yield
