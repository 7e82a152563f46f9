"""How long six models with many seeds would take on many cores: simulated from the epochs recorded in reports/runs and from what `bench` measured.
Part of reports/benchmark.md; alone, from the folder environment: `python3 -m ferkit.scaling`."""
import csv
import heapq
import itertools
import math
import re
import statistics
from pathlib import Path

from ferkit import places, tools

SEEDS = 20
CORES = (1, 2, 10, 100, 1000)


def recorded(runs: Path) -> dict:
    """Seconds of a run by the model's name, of those that were trained on one thread: the median epoch times their number, since epochs
    beside other work took up to four times as long."""
    found = {}
    for folder in sorted(runs.glob("model-[0-9]")):
        if (folder / "config.json").exists() and tools.read_json(folder / "config.json")["threads"] == 1:
            with open(folder / "history.csv", newline="", encoding="utf-8") as file:
                epochs = [float(row["seconds"]) for row in csv.DictReader(file)]
            found[folder.name.replace("model-", "Model ")] = statistics.median(epochs) * len(epochs)
    return found


def rates(report: str) -> dict:
    """Images a second of a training step by the model's name, as the report has them of this kit."""
    models = re.search(r"^\| \| (Model .*) \|$", report, re.M)
    ours = re.search(r"^\| this kit \| (.*) \|$", report, re.M)
    if not models or not ours:
        raise tools.Stop("reports/benchmark.md has no table of training steps: kit.py bench makes it.")
    return {model: float(cell.split()[0]) for model, cell in zip(models[1].split(" | "), ours[1].split(" | "))}


def doubling(report: str) -> float:
    """Of the time that two runs on a core each take, the part more that the two take one after the other on both, 1 being none: what twice
    the threads of a run cost. From the report's seconds of `train all` in both ways."""
    cores = int(re.search(r"(\d+) cores", report)[1])
    alone, beside = (float(re.search(rf"^\| [^|]*{way}[^|]* \| (\d+)", report, re.M)[1]) for way in ("`--jobs 1`", "the default"))
    return max(1.0, alone / beside) ** (1 / math.log2(cores)) if cores > 1 else 1.0


def makespan(seconds: list, workers: int) -> float:
    """When the last run ends if each is begun, the longest first, as soon as a worker is free (Graham 1969, "Bounds on multiprocessing timing anomalies")."""
    free = [0.0] * workers
    for run in sorted(seconds, reverse=True):
        heapq.heapreplace(free, free[0] + run)
    return max(free)


def best(seconds: list, cores: int, cost: float) -> tuple:
    """How many cores a run, 1, 2, 4, …, end soonest, and after how many seconds; each doubling takes `cost` / 2 of the time."""
    ways = [2 ** n for n in itertools.takewhile(lambda n: 2 ** n <= cores, itertools.count())]
    return min(((threads, makespan([run * (cost / 2) ** math.log2(threads) for run in seconds], cores // threads)) for threads in ways),
               key=lambda way: (way[1], way[0]))


def lines(report: str, runs: Path = places.REPORTS / "runs") -> list:
    """Lines of the report, made of what it has so far and of the finished runs."""
    images, known, cost = rates(report), recorded(runs), doubling(report)
    if not known:
        return ["## Many runs on many cores", "", "Not simulated: there is no finished run on one thread in `reports/runs`.", ""]
    factor = statistics.median(seconds * images[model] for model, seconds in known.items())
    a_run = {model: known.get(model, factor / rate) for model, rate in images.items()}
    every = [seconds for seconds in a_run.values() for _ in range(SEEDS)]
    total, longest = sum(every), max(a_run, key=a_run.get)
    estimated = [model for model in a_run if model not in known]
    text = ["## Many runs on many cores", "",
            f"Simulated, not measured: {len(a_run)} models with {SEEDS} seeds each, {len(every)} runs, the longest first and each as soon as there is room for it, as "
            "`train all --seeds` takes them.",
            "Hours of a run on one core: " + ", ".join(f"{model} {seconds / 3600:.1f}" for model, seconds in a_run.items()) + ". "
            f"Of {', '.join(known)} that is the median epoch of the run in", "`reports/runs`, times its epochs; these were made at different times, not all on equally fast machines."
            + (f" {', '.join(estimated)} {'has' if len(estimated) == 1 else 'have'} no run on one thread there: estimated from the images a "
               "second above." if estimated else ""),
            "", "| cores | hours, one core a run | times as fast as one core | limited by | best cores a run | hours | times as fast |", "|---|---|---|---|---|---|---|"]
    for cores in CORES:
        alone = makespan(every, cores)
        threads, several = best(every, cores, cost)
        text.append(f"| {cores:,} | {alone / 3600:,.1f} | {total / alone:.1f} | "
                    + (f"the longest run, {longest}" if alone <= a_run[longest] * 1.001 else "the cores")
                    + f" | {threads} | {several / 3600:,.1f} | {total / several:.1f} |")
    return text + ["", f"With one core a run more than {math.ceil(total / a_run[longest])} cores cannot help: {longest} takes its {a_run[longest] / 3600:.1f} hours. Then runs have to "
                   "have several cores. From the seconds of `train all` above, a run on two",
                   f"cores is {2 / cost:.2f} times as fast as on one; each further doubling is taken to bring as much, which is not measured. Starting, sending data and slow machines are not in these "
                   "figures.", ""]


if __name__ == "__main__":
    print("\n".join(lines((places.REPORTS / "benchmark.md").read_text("utf-8"))))
