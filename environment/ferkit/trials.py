"""Trials of training that take long: killed, interrupted, out of disk space, run again and again. `kit.py test --long` runs them
all on the sample, with the venv's Python; `python -m ferkit.trials NAME …` runs some, on FER2013 where there is one (data/ or
FERKIT_DATA). What they train has a seed of its own and is deleted afterwards."""
import functools
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from jupyter_client import KernelManager

from ferkit import kernel, places, tools
from ferkit.attempts import NotRun, attempt, demand, forget, history, runs

SEED = "990"
KILLS = 20
STOPS = 20
GROWTH_MB = 50
PEAK_MODEL_3_MB = 3 * 1024


def command(*models) -> list:
    """Trains for some seconds an epoch."""
    return [sys.executable, str(places.ENVIRONMENT / "kit.py"), "train", *models, "--epochs", "6", "--limit", "256", "--seed", SEED]


def begin(*models, **options) -> subprocess.Popen:
    return subprocess.Popen(command(*models), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", cwd=places.ROOT, **options)


def run() -> tools.Answer:
    return tools.capture(command("6"), env=dict(os.environ), cwd=places.ROOT)


def train() -> str:
    """Trains to the end and returns what was printed."""
    answer = run()
    demand(answer.code == 0, f"training ended with {answer.code}: {answer.text[-500:]}")
    return answer.text


def figures() -> tuple:
    """A finished run's history without the seconds, and its weights."""
    folder, = runs(SEED)
    return history(folder), (folder / "weights.safetensors").read_bytes()


def killed() -> str:
    """Killed at random moments again and again, training still arrives at the figures of a run that was left alone."""
    began = time.monotonic()
    train()
    whole_seconds = time.monotonic() - began
    expected = figures()
    forget(SEED)
    chance, done, kills, finished = random.Random(1), 0, 0, 0
    while kills < KILLS:
        process = begin("6")
        timer = threading.Timer(chance.uniform(0, whole_seconds * 0.6), process.kill)
        timer.start()
        text = process.stdout.read()
        timer.cancel()
        if process.wait() == 0:
            demand(figures() == expected, f"after {kills} kills the figures differ from those of a run left alone")
            finished, done = finished + 1, 0
            forget(SEED)
            continue
        kills += 1
        demand(process.returncode < 0, f"instead of being killed it ended with {process.returncode}: {text[-500:]}")
        continued = re.search(r"Continuing after epoch (\d+)", text)
        if "epoch" in text.replace("Continuing after epoch", ""):
            demand(not done or continued is not None, f"a run with {done} epochs started anew: {text[-500:]}")
        if continued:
            demand(int(continued[1]) >= done, f"continued after epoch {continued[1]} though epoch {done} was done")
        reached = re.findall(r": epoch (\d+) of", text)
        done = int(reached[-1]) if reached else done
    text = train()
    demand(figures() == expected, "the figures differ from those of a run left alone")
    return f"{KILLS} kills, {finished + 1} runs brought to their end, each equal to the one left alone"


def stopped() -> str:
    """Told to stop at random moments, by SIGTERM or Ctrl-C, one model or two side by side: training ends without a crash, leaves
    no process, and says which epoch is kept and with which command it goes on after that."""
    if places.WINDOWS:
        raise NotRun("Windows has no signals")
    began = time.monotonic()
    train()
    whole_seconds = time.monotonic() - began
    forget(SEED)
    chance, kept, told = random.Random(1), 0, 0
    for turn in range(STOPS):
        sent, models = (signal.SIGTERM, signal.SIGINT)[turn % 2], (["6"], ["6", "1"])[turn // 2 % 2]
        process = begin(*models, start_new_session=True)
        timer = threading.Timer(chance.uniform(0, whole_seconds), (process.send_signal if sent == signal.SIGTERM else
                                                        functools.partial(os.killpg, process.pid)), [sent])
        timer.start()
        text = process.stdout.read()  # ends when the last of its processes has
        timer.cancel()
        if process.wait() == 0:
            forget(SEED)
            continue
        # before kit.py has been read, or between Python and the JVM, nothing of the kit's takes the signal
        by_the_system = process.returncode == -sent and "the run's folder is" not in text
        demand(process.returncode == 128 + sent or by_the_system, f"told by {sent.name} it ended with {process.returncode}: {text[-500:]}")
        demand("SIGSEGV" not in text and "Exception" not in text and "already trains" not in text, text[-2000:])
        if "the run's folder is" in text:
            demand(f"To go on: {shlex.join(command(*models))}" in text.splitlines()[-1], f"it does not say how to go on: {text[-500:]}")
            told += 1
        for model in models:
            done = re.findall(rf"^model-{model}: (?:Continuing after )?epoch (\d+)", text, re.M)
            says = re.findall(rf"^model-{model}: stopped; epoch (\d+) of 6 is kept", text, re.M)
            demand(not says or says == done[-1:], f"after epoch {done[-1:]} it says: {text[-500:]}")
            kept += len(says)
    demand(kept > 0, "it never said what is kept")
    return f"{STOPS} stops, {told} told how to go on, {kept} times an epoch was kept"


def without_room() -> str:
    """A disk that fills up, then a folder that can no longer be written: a clear message, and nothing lost."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotRun("a disk of its own can only be mounted by root on Linux")
    train()
    expected = figures()
    folder, = runs(SEED)
    forget(SEED)
    folder.mkdir(parents=True)
    mount("-t", "tmpfs", "-o", "size=34m", "tmpfs", folder)
    try:
        full = run()
        demand(full.code == 1 and "could not be saved" in full.text and "No space left" in full.text,
               f"on a full disk: {full.code}, {full.text[-500:]}")
        demand(full.text.count("\n\tat ") == 0, "a stack trace was printed")
        mount("-o", "remount,ro", folder)
        read_only = run()
        demand(read_only.code == 1 and "cannot write into" in read_only.text,
               f"in a read-only folder: {read_only.code}, {read_only.text[-500:]}")
        mount("-o", "remount,rw,size=300m", folder)
        text = train()
        demand("Continuing after epoch 2" in text, f"did not continue after the last saved epoch: {text[-500:]}")
        demand(figures() == expected, "the figures differ from those of a run left alone")
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    return "full disk and read-only folder: refused with a message, continued with the same figures"


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def two_at_once() -> str:
    """A second process on the same run is refused and names the first; a lock left by a killed one is no obstacle."""
    first = begin("6")
    for line in first.stdout:
        if "epoch 1" in line:
            break
    second = run()
    first.kill()
    first.stdout.read()
    first.wait()
    demand(second.code == 1 and f"Process {first.pid} already trains into" in second.text, f"the second: {second.code}, {second.text[-500:]}")
    demand("Continuing after epoch" in train(), "the lock of the killed process was an obstacle")
    return f"refused while process {first.pid} trained, continued after it was killed"


class Kernel:
    """A notebook's kernel, driven cell by cell."""

    def __init__(self, **settings):
        self.manager = KernelManager(kernel_name="java")
        self.manager.start_kernel(cwd=str(places.NOTEBOOKS), env={**os.environ, **kernel.jupyter_variables(), "FERKIT_SEED": SEED, **settings},
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def __enter__(self):
        self.run("%classpath ../lib/target/jars/*.jar")
        self.run("import ferkit.data.*;\nimport ferkit.model.*;\nimport ferkit.notebook.*;\nimport ferkit.report.*;\nimport ferkit.study.*;\nimport ferkit.train.*;\nimport java.util.*;")
        self.run("Study study = Study.begin((content, mime) -> display(content, mime), "
                 "(id, content, mime) -> updateDisplay(id, content, mime));\nstudy.open(Settings.read());")
        return self

    def __exit__(self, *unused):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code: str, heard=lambda text: None, may_fail: bool = False) -> str:
        """Runs a cell; `heard` is given each output's text. Returns the outputs' text."""
        texts = []

        def hook(message):
            content = message["content"]
            data = content.get("data", {})
            text = content.get("text") or data.get("text/html") or data.get("text/plain") or content.get("evalue") or ""
            if message["msg_type"] != "execute_input" and text:
                texts.append(text)
                heard(text)
        reply = self.client.execute_interactive(code, output_hook=hook, allow_stdin=False, timeout=None)
        demand(may_fail or reply["content"]["status"] == "ok", f"the cell `{code[:60]}` failed: {texts[-1:]}")
        return "\n".join(texts)

    def megabytes(self, field: str = "VmRSS") -> float:
        status = Path(f"/proc/{self.manager.provisioner.process.pid}/status").read_text()
        return int(re.search(field + r":\s+(\d+)", status)[1]) / 1024


# threads that are inside the kit's training
LEFT_OVER = """
long threads = Thread.getAllStackTraces().values().stream().filter(stack -> Arrays.stream(stack).anyMatch(frame -> frame.getClassName().startsWith("ferkit.train"))).count();
System.out.println("threads " + threads);
"""


def interrupted() -> str:
    """An interrupted cell stops at once, leaves no thread behind, and goes on when it is run again, to the same figures."""
    cell = 'Run run = study.train(StudyModel.named("6"));'
    with Kernel(FERKIT_EPOCHS="4", FERKIT_LIMIT="256") as kernel:
        kernel.run(cell)
        expected = figures()
    forget(SEED)
    with Kernel(FERKIT_EPOCHS="4", FERKIT_LIMIT="256") as kernel:
        asked = []

        def interrupt_in_epoch_2(text):
            if "epoch 2 of 4, image" in text and not asked:
                asked.append(time.monotonic())
                kernel.manager.interrupt_kernel()
        kernel.run(cell, interrupt_in_epoch_2, may_fail=True)
        took = time.monotonic() - asked[0]
        time.sleep(5)
        left = kernel.run(LEFT_OVER)
        demand("threads 0" in left, f"five seconds after the interrupt: {left[-200:]}")
        text = kernel.run(cell)
        demand("Continuing after epoch 1" in text, f"did not continue: {text[:300]}")
        demand(figures() == expected, "the figures differ from those of a run left alone")
    return f"stopped {took:.1f} s after the interrupt, no thread left, continued after epoch 1 to the same figures"


def memory() -> str:
    """Resident memory over many epochs and over re-runs of one cell in one kernel, and Model 3's peak."""
    with Kernel(FERKIT_EPOCHS="20", FERKIT_LIMIT="64", FERKIT_BATCH="16") as kernel:
        at = {}

        def note(text):
            found = re.search(r"epoch (\d+) of 20 done", text)
            if found:
                at[int(found[1])] = kernel.megabytes()
        kernel.run('Run run = study.train(StudyModel.named("6"));', note)
        epochs = max(at.values()) - at[3]
        reruns = []
        for _ in range(5):
            kernel.run('run = study.trainAgain(StudyModel.named("6"));')
            reruns.append(kernel.megabytes())
        again = max(reruns[3:]) - reruns[2]
    with Kernel(FERKIT_EPOCHS="1", FERKIT_LIMIT="256", FERKIT_BATCH="128") as kernel:
        kernel.run('Run run = study.train(StudyModel.named("3"));')
        peak = kernel.megabytes("VmHWM")
    said = (f"growth after the third of 20 epochs {epochs:.0f} MB, of 5 re-runs {again:.0f} MB (at most {GROWTH_MB}); "
            f"peak of Model 3 at batch 128 {peak:.0f} MB (at most {PEAK_MODEL_3_MB})")
    demand(epochs < GROWTH_MB and again < GROWTH_MB and peak <= PEAK_MODEL_3_MB, said)
    return said


TRIALS = {"killed": killed, "stopped": stopped, "without-room": without_room, "two-at-once": two_at_once, "interrupted": interrupted, "memory": memory}


def leaving_nothing(trial) -> str:
    forget(SEED)
    try:
        return trial()
    finally:
        forget(SEED)


def main(names: list) -> int:
    tried = [attempt("trial", name, functools.partial(leaving_nothing, TRIALS[name])) for name in names or TRIALS]
    return 0 if all(tried) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
