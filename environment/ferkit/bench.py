"""`kit.py bench`: images per second of one training step of each model, in this kit, Keras and PyTorch, interleaved in one run; the same
of the marathon's network beside PyTorch's best settings; the seconds that training all models takes one after another and side by side, and those that reading FER2013's CSV takes, here and
in pandas; what training by Spark costs more than without it; and what a finished run takes from a photograph to probabilities, beside ONNX Runtime. What many cores would take for many seeds is simulated from that.
Prints what it measures and writes reports/benchmark.md."""
import contextlib
import datetime
import gzip
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from ferkit import attempts, cluster, environ, exports, install, jdk, machine, places, scaling, settings, steps, tools, venv

BATCH = 128
ROUNDS = 5
ROUND_FLOP = 3e11  # of a contestant in a round: its steps are as many; before the first round five that are not timed
WAYS_ROUNDS = 3
WAYS_SEED = "991"
TWO_WORKERS = "local-cluster[2,1,3072]"
ENGINE_EPOCHS, ENGINE_GOAL = "2", 3  # percent
PEERS = places.ENVIRONMENT / ".venv-peers"
REPORT = places.REPORTS / "benchmark.md"
KIT = "this kit"
GOALS = [("Keras as installed", 1.3), ("PyTorch as installed", 1.15)]
BEST_PEER_GOAL = 0.97
MARATHON, MARATHON_STEPS, MARATHON_GOAL = "marathon", 6, 1.0
TUNING = ("MALLOC_", "GLIBC_", "GOMP_", "OMP_")
TCMALLOC = ["/usr/lib/*/libtcmalloc_minimal.so.4", "/usr/lib/*/libtcmalloc.so.4", "/usr/lib64/libtcmalloc_minimal.so.4"]


def peers_python() -> Path:
    """The Python of the peers' virtual environment, made on demand."""
    with steps.alone():
        venv.make(PEERS, places.ENVIRONMENT / "requirements-peers.txt", "peers", "Keras and PyTorch, to measure against,",
                      "import keras, tensorflow, torch, pandas")
    return venv.python(PEERS)


def all_models(java: jdk.Java) -> list:
    """The library's rows of models: the study's, and those that go beyond it."""
    answer = tools.capture(jdk.command(java, "models"), env={**os.environ, **jdk.variables()}, cwd=places.ROOT)
    if answer.code != 0:
        raise tools.Stop(f"The library does not list its models: {tools.last_line(answer.text)}")
    return json.loads(tools.last_line(answer.text))


def study_models(java: jdk.Java) -> list:
    """The study's rows."""
    return [model for model in all_models(java) if "filters" in model]


def title(model: str) -> str:
    return model.replace("model-", "Model ").replace(MARATHON, "Marathon")


def contestants(java: jdk.Java, models: list) -> list:
    """Name, command and environment of each that is measured; the kit first."""
    rows = json.dumps(models)
    python, peers = peers_python(), str(places.ENVIRONMENT / "peers.py")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(TUNING)} | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    ours = {**plain, **jdk.variables()}
    tuned = {**plain, **{name: value for name, value in ours.items() if name.startswith(TUNING)}}
    found = [
        (KIT, jdk.command(java, "steps"), ours),
        ("Keras as installed", [python, peers, rows, "keras"], plain),
        ("Keras, oneDNN on", [python, peers, rows, "keras"], {**plain, "TF_ENABLE_ONEDNN_OPTS": "1"}),
        ("PyTorch as installed", [python, peers, rows, "torch"], plain),
        ("PyTorch, channels-last", [python, peers, rows, "torch", "channels-last"], plain),
        ("PyTorch, channels-last, this kit's variables", [python, peers, rows, "torch", "channels-last"], tuned),
    ]
    libraries = [str(path) for pattern in TCMALLOC for path in Path("/").glob(pattern[1:])]
    if libraries:
        found.append(("PyTorch, channels-last, tcmalloc", [python, peers, rows, "torch", "channels-last"], {**plain, "LD_PRELOAD": libraries[0]}))
    return found


class Worker:
    """A process that times training steps on request and sleeps between the requests."""

    def __init__(self, name: str, command: list, environment: dict):
        self.name = name
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([str(part) for part in command], env=environment, cwd=places.ROOT, encoding="utf-8",
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)

    def ask(self, request: str) -> list:
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise tools.Stop(f"{self.name} gave no answer to \"{request}\": {tools.last_line(self.errors.read().decode('utf-8', 'replace'))}")
        return [float(number) for number in line.split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.errors.close()


def flop(model: dict) -> float:
    """Floating-point operations of one step's convolutions and dense layers: a product and a sum for each weight's use, once
    forward and twice backward, but once for the first layer, whose input needs no gradient."""
    import peers
    kernel, dense = model["kernel"], model["dense"]
    uses, channels, side, first = 0, 1, peers.SIDE, 0
    for width in model["filters"]:
        uses += side * side * kernel * kernel * channels * width
        first = first or uses
        after = side if model["second"] == "SAME" else side - kernel + 1
        uses += after * after * kernel * kernel * width * width
        channels, side = width, after // 2
    uses += channels * side * side * dense + dense * peers.CLASSES
    return 2.0 * BATCH * (3 * uses - first)


def matrix_product() -> float:
    """Floating-point operations a second of a large matrix product, the best of several, on all cores."""
    code = ("import time, torch\na = torch.rand(2048, 2048)\nbest = 9\nfor _ in range(12):\n t = time.perf_counter(); a @ a\n"
            " best = min(best, time.perf_counter() - t)\nprint(2 * 2048 ** 3 / best)")
    return float(tools.capture([peers_python(), "-c", code]).text.split()[-1])


def measure_steps(java: jdk.Java) -> list:
    """Lines of the report about training steps."""
    models = study_models(java)
    steps = {model["name"]: max(1, int(ROUND_FLOP / flop(model))) for model in models}
    with contextlib.ExitStack() as stack:
        workers = []
        for name, command, environment in contestants(java, models):
            worker = Worker(name, command, environment)
            stack.callback(worker.close)
            workers.append(worker)
        limit = matrix_product()
        rates = {(worker.name, model): [] for worker in workers for model in steps}
        share = {}
        for model, count in steps.items():
            for turn in range(ROUNDS):
                for worker in workers:
                    answer = worker.ask(f"{model} {BATCH} {count}")
                    rates[worker.name, model].append(count * BATCH / answer[0])
                    if worker.name == KIT:
                        share.setdefault(model, []).append(answer[1] / answer[0])
            tools.say(f"  {title(model)}: " + ", ".join(
                f"{worker.name} {statistics.median(rates[worker.name, model]):.0f}" for worker in workers) + " images/s")
    names, titles = [worker.name for worker in workers], " | ".join(map(title, steps))
    lines = ["## One training step", "",
             f"Images per second at batch {BATCH}: the median of {ROUNDS} rounds, and in brackets the slowest and the fastest. In each",
             "round every contestant had its turn before the next round began.", "",
             f"| | {titles} |", "|---|" + "---|" * len(steps)]
    middle = {key: statistics.median(values) for key, values in rates.items()}

    def ratio(name: str, model: str) -> float:
        return statistics.median(ours / theirs for ours, theirs in zip(rates[KIT, model], rates[name, model]))

    for name in names:
        lines.append(f"| {name} | " + " | ".join(
            f"{middle[name, model]:.0f} ({min(rates[name, model]):.0f}–{max(rates[name, model]):.0f})" for model in steps) + " |")
    lines += ["", "This kit's rate divided by another's in the same round, the median over the rounds:", "",
              f"| | goal | {titles} |", "|---|---|" + "---|" * len(steps)]
    for name, goal in GOALS:
        lines.append(f"| {name} | {goal} | " + " | ".join(f"{ratio(name, model):.2f}" for model in steps) + " |")
    best = {model: min(names[1:], key=lambda name: ratio(name, model)) for model in steps}
    lines.append(f"| the fastest peer | {BEST_PEER_GOAL} | " + " | ".join(
        f"{ratio(best[model], model):.2f} ({best[model]})" for model in steps) + " |")
    lines += ["", f"A matrix product of 2048×2048 reached {limit / 1e9:.0f} GFLOP/s. Share of it that this kit's steps reach, counting the "
              "operations of", "convolutions and dense layers only: " + ", ".join(
                  f"{title(model['name'])} {100 * flop(model) * middle[KIT, model['name']] / BATCH / limit:.0f} %" for model in models) + ".",
              "", "Share of a step spent on putting its batch together: " + ", ".join(
                  f"{title(model)} {100 * statistics.median(share[model]):.2f} %" for model in steps) + " (goal: under 2 %).", "",
              "Settings: " + "; ".join(f"{name}: {describe(environment)}" for name, _, environment in contestants(java, models)) + ".", ""]
    return lines


def measure_marathon(java: jdk.Java) -> list:
    """Lines of the report about a step of the marathon's network beside the same in PyTorch in its best settings."""
    row = next(model for model in all_models(java) if model["name"] == MARATHON)
    with contextlib.ExitStack() as stack:
        workers = [Worker(*contestant) for contestant in contestants(java, [row]) if contestant[0] == KIT or "channels-last," in contestant[0]]
        for worker in workers:
            stack.callback(worker.close)
        seconds, batch = {worker.name: [] for worker in workers}, []
        for turn in range(ROUNDS):
            for worker in workers:
                answer = worker.ask(f"{MARATHON} {BATCH} {MARATHON_STEPS}")
                seconds[worker.name].append((answer[0] - sum(answer[1:])) / MARATHON_STEPS)
                batch += [answer[1] / answer[0]] if worker.name == KIT else []
    ratios = {name: statistics.median(theirs / ours for ours, theirs in zip(seconds[KIT], seconds[name])) for name in seconds if name != KIT}
    best = min(ratios, key=ratios.get)
    tools.say(f"  {title(MARATHON)}: " + ", ".join(f"{name} {1000 * statistics.median(values):.0f} ms" for name, values in seconds.items()))
    lines = ["## One training step of the marathon's network", "",
             f"Milliseconds at batch {BATCH} by Muon, without putting the batch together, which takes {100 * statistics.median(batch):.1f} % of a step "
             "here (it is augmented)", f"and is not part of the peers' (median, fastest and slowest of {ROUNDS}); PyTorch iterates as Muon was published:",
             "", "| | ms |", "|---|---|"]
    lines += [f"| {name} | {1000 * statistics.median(values):.0f} ({1000 * min(values):.0f}–{1000 * max(values):.0f}) |"
              for name, values in seconds.items()]
    return lines + ["", f"This kit's rate divided by the fastest peer's ({best}): {ratios[best]:.2f} (goal: {MARATHON_GOAL}).", ""]


def describe(environment: dict) -> str:
    shown = [f"`{name}={Path(value).name if name == 'LD_PRELOAD' else value}`" for name, value in sorted(environment.items())
             if name.startswith((*TUNING, "TF_ENABLE", "LD_PRELOAD"))]
    return " ".join(shown) or "none"


def all_models_in_turns(ways: dict, variables: dict) -> tuple:
    """Trains all models on the sample as each way's command and further variables say, WAYS_ROUNDS times in turns. Returns each way's seconds, what it
    printed, and the rows of a table."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FERKIT_")}
    ours |= {**variables, "FERKIT_DATA": "sample", "FERKIT_SEED": WAYS_SEED}
    seconds, texts = {way: [] for way in ways}, {way: [] for way in ways}
    for _ in range(WAYS_ROUNDS):
        for way, (command, own) in ways.items():
            attempts.forget(WAYS_SEED)
            began = time.perf_counter()
            answer = tools.capture(command, env={**ours, **own}, cwd=places.ROOT)
            seconds[way].append(time.perf_counter() - began)
            attempts.forget(WAYS_SEED)
            if answer.code != 0:
                raise tools.Stop(f"train all, {way}, failed: {tools.last_line(answer.text)}")
            texts[way].append(answer.text)
    rows = [f"| {way} | {statistics.median(values):.0f} ({min(values):.0f}–{max(values):.0f}) |" for way, values in seconds.items()]
    return seconds, texts, ["| | seconds |", "|---|---|", *rows]


def measure_ways(java: jdk.Java) -> list:
    """Lines of the report about the fastest way to train all models: an epoch of each on the sample, one after another on all
    cores, and in the default way."""
    seconds, _, table = all_models_in_turns({"`--jobs 1`": (jdk.command(java, "train", "all", "--jobs", "1"), {}),
                                             "the default": (jdk.command(java, "train", "all"), {})}, {**jdk.variables(), "FERKIT_EPOCHS": "1"})
    tools.say("  train all: " + ", ".join(f"{way} {statistics.median(values):.0f} s" for way, values in seconds.items()))
    return ["## All models", "", f"Seconds of `train all` for one epoch of each model on the sample (median, fastest and slowest of "
            f"{WAYS_ROUNDS}). The default trains one on each core, as far as there is memory.", "", *table, ""]


def measure_engine(java: jdk.Java) -> list:
    """Lines of the report about what Spark costs: all models on the sample by two workers of one core, and side by side without it, in turns."""
    if java.version > cluster.NEWEST_JAVA:
        return ["## On a cluster", "", f"Not measured: Spark runs on a JDK 17 to {cluster.NEWEST_JAVA}.", ""]
    java = cluster.set_up()
    alone, on_spark = "`--jobs 2`", f"`--on {TWO_WORKERS}`"
    seconds, texts, table = all_models_in_turns({alone: (jdk.command(java, "train", "all", "--jobs", "2"), {"FERKIT_THREADS": "2"}),
                                                 on_spark: (cluster.command(java, "all", "--on", TWO_WORKERS), {})},
                                                {**cluster.variables(java, TWO_WORKERS), "FERKIT_EPOCHS": ENGINE_EPOCHS})
    start = [float(re.search(r"is ready after ([\d.]+) s", text)[1]) for text in texts[on_spark]]
    more = [100 * ((on - ready) / off - 1) for off, on, ready in zip(seconds[alone], seconds[on_spark], start)]
    tools.say("  on a cluster: " + ", ".join(f"{way} {statistics.median(values):.0f} s" for way, values in seconds.items())
              + f", of which {statistics.median(start):.1f} s start; {statistics.median(more):+.1f} %")
    return ["## On a cluster", "", f"Seconds of `train all` for {ENGINE_EPOCHS} epochs of each model on the sample by two workers of one core, and two side by side without Spark, in turns "
            f"(median, fastest and slowest of {WAYS_ROUNDS}):", "", *table, "",
            f"Of these Spark takes {statistics.median(start):.1f} to start, once. The rest differs from the time without Spark by {statistics.median(more):+.1f} % "
            f"({min(more):+.1f} to {max(more):+.1f}; goal: under +{ENGINE_GOAL}): a worker stays for all its runs, without Spark each starts a process.", ""]


def measure_reading(java: jdk.Java) -> list:
    """Lines of the report about reading the CSV, or a line that says why there are none."""
    source = Path(os.environ.get("FERKIT_DATA") or next((str(places.DATA / name) for name in ("fer2013.csv", "fer2013.csv.gz")
                                                         if (places.DATA / name).exists()), ""))
    if not source.is_file():
        return ["## Reading FER2013's CSV", "", "Not measured: there was no `fer2013.csv` in `data/`.", ""]
    with tempfile.TemporaryDirectory() as folder:
        plain = source
        if source.suffix == ".gz":
            plain = Path(folder) / "fer2013.csv"
            with gzip.open(source, "rb") as packed, open(plain, "wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
        code = ("import sys, time, numpy, pandas\nt = time.perf_counter()\ntable = pandas.read_csv(sys.argv[1])\n"
                "pixels = numpy.stack([numpy.array(row.split(), dtype=numpy.uint8) for row in table['pixels']])\n"
                "print(time.perf_counter() - t)")
        seconds = {"this kit": [], "pandas": []}
        for _ in range(ROUNDS):
            for name, command in (("this kit", jdk.command(java, "read", plain)), ("pandas", [peers_python(), "-c", code, plain])):
                answer = tools.capture(command, env={**os.environ, **jdk.variables()}, cwd=places.ROOT)
                if answer.code != 0:
                    raise tools.Stop(f"{name} cannot read {source}: {tools.last_line(answer.text)}")
                seconds[name].append(float(answer.text.split()[-1]))
        size = plain.stat().st_size / 1e6
    lines = ["## Reading FER2013's CSV", "", f"Seconds from a plain file of {size:.0f} MB to 8-bit images and labels, each time in a new process "
             "(median, fastest and slowest", f"of {ROUNDS}; the goal is 2 s on two cores):", "", "| | seconds |", "|---|---|"]
    lines += [f"| {name} | {statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f}) |" for name, values in seconds.items()]
    return lines + [""]


def measure_prediction(java: jdk.Java) -> list:
    """Lines of the report about what a finished run takes from a picture's file to probabilities, and ONNX Runtime with its exported file."""
    lines = ["## Prediction", "", "Model 6, from the file of a drawn picture of 960×420 pixels with five faces to probabilities, and its network alone on faces",
             "that are cut out, here and in ONNX Runtime with the exported file:", "",
             "| threads | pictures/s | finder's share | network, faces/s | ONNX Runtime, faces/s |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        pixels = exports.draw(Path(folder))
        file = exports.library(java, "export", folder, "model-6")
        for threads in ("1", "2"):
            rates = json.loads(exports.library(java, "speed", "model-6", FERKIT_THREADS=threads))
            lines.append(f"| {threads} | {rates['pictures']:.1f} | {100 * rates['finder']:.0f} % | {rates['network']:.0f} | "
                         f"{exports.ask('speed', file, pixels, threads):.0f} |")
            tools.say(f"  prediction: {lines[-1]}")
    return lines + [""]


def processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def run(options) -> int:
    os.environ.update(settings.variables(options))
    load = f" In the minute before, {os.getloadavg()[0]:.1f} processes were running on average." if hasattr(os, "getloadavg") else ""
    java = install.set_up()
    versions = tools.capture([peers_python(), "-c", "import importlib.metadata as m\nprint(', '.join(f'{n} {m.version(n)}' "
                              "for n in ('keras', 'tensorflow', 'torch', 'pandas')))"]).text.strip()
    lines = ["# Benchmark", "", f"Made by `kit.py bench` on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d} (UTC): "
             f"{processor()}, {machine.cores()} cores, {platform.system()}; JDK {java.version}; {versions}.{load}", ""]
    lines += measure_steps(java)
    lines += measure_marathon(java)
    lines += measure_ways(java)
    lines += measure_engine(java)
    lines += scaling.lines("\n".join(lines))
    lines += measure_reading(java)
    lines += measure_prediction(java)
    tools.write(REPORT, "\n".join(lines))
    tools.say(f"Written to {REPORT.relative_to(places.ROOT)}")
    return 0


if __name__ == "__main__":  # what Spark costs alone, from the folder environment: python3 -m ferkit.bench
    environ.own_environment()
    print("\n".join(measure_engine(install.set_up())))
