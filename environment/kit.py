"""The kit's one entry: sets up what a fresh machine needs, runs the notebooks, exports reports, runs the tests.

    python3 environment/kit.py report          every notebook, as HTML (FER2013 if it is in data/, else the sample)
    python3 environment/kit.py report 03 08    only these
    python3 environment/kit.py lab             JupyterLab on notebooks/
    python3 environment/kit.py doctor          what this machine has and what to do about the rest
    python3 environment/kit.py test            everything CI runs

Needs Python 3.10 or newer and nothing but its standard library. What stands behind the commands is listed in ferkit/__init__.py.
"""
import os
import sys

if __name__ == "__main__" and any(name.startswith("PYTHON") for name in os.environ):
    # Without the user's Python variables, here and in all that the kit starts: a module on their path would be loaded in place of
    # Python's own or the kit's.
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        del os.environ[name]
    if os.name != "nt" and not sys.flags.ignore_environment:  # once: some Pythons set such a variable at each start
        os.execv(sys.executable, [sys.executable, "-E", *sys.argv])

if sys.version_info < (3, 10):
    sys.exit("kit.py: This is Python %d.%d.%d: the kit needs 3.10 or newer." % sys.version_info[:3])

import argparse
import json
import re
import shlex
import signal
import subprocess
from pathlib import Path

from ferkit import bench, clean, cluster, doctor, environ, install, jdk, kernel, places, reporting, settings, suite, tools, venv


def lab(options) -> int:
    install.set_up()
    # in a file, so that the command line can say otherwise; whoever is root, as in a container, wants to be
    folder = places.STATE / "jupyter"
    tools.write(folder / "jupyter_server_config.json", json.dumps({
        "ServerApp": {"root_dir": str(places.ROOT), "allow_root": True, "contents_manager_class": "ferkit.lab.Notebooks"},
        "HTMLExporter": {"filters": {"clean_html": "ferkit.lab.clean_html"}}}))
    # Jupyter's question about news covers the notebook, and the versions to use are the kit's
    tools.write(folder / "labconfig" / "page_config.json",
                json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
    paths = [str(folder), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    command = [str(venv.python()), "-m", "jupyterlab", "--LabApp.default_url=/lab/tree/notebooks", *options.others]
    return become(command, {**os.environ, **kernel.jupyter_variables(), **settings.variables(options),
                            "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)})


def export(options) -> int:
    folder = str(options.out.resolve()) if options.out else ""
    return library("export", folder, *map(run_folder, options.runs))


def predict(options) -> int:
    return library("predict", str(options.place.resolve()), str(options.out.resolve()), *map(run_folder, options.model), **settings.variables(options))


def run_folder(name: str) -> str:
    """A run by its name, or by its folder as the user's own working folder sees it; how often it counts may follow a =."""
    folder, weight = re.fullmatch(r"(.*?)(=\d+)?", name).groups("")
    return str(Path(folder).resolve()) + weight if (Path(folder) / "config.json").exists() else name


def library(*arguments, **variables) -> int:
    """Becomes a command of the library."""
    environment = {**os.environ, **jdk.variables(), **variables}
    java = install.set_up()
    os.chdir(places.ROOT)
    return become(jdk.command(java, *arguments), environment)


def train(options) -> int:
    if options.seed is not None and options.seeds is not None:
        raise tools.Stop("--seed and --seeds: expected one of the two; --seeds takes a single seed too.")
    jobs = ["--jobs", str(options.jobs)] if options.jobs is not None else []
    seeds = ["--seeds", options.seeds] if options.seeds is not None else []
    words = [sys.orig_argv[0], *sys.argv]
    line = subprocess.list2cmdline(words) if places.WINDOWS else shlex.join(words)
    variables = {**settings.variables(options), "FERKIT_COMMAND": line}
    if options.on is None:
        if options.checkpoints is not None:
            raise tools.Stop("--checkpoints says where machines that --on names keep them: expected both, or neither.")
        return library("train", *options.models, *seeds, *jobs, **variables)
    if jobs:
        raise tools.Stop("--jobs and --on: expected one of the two; on a cluster as many runs are side by side as there are executors.")
    if options.checkpoints == "":
        raise tools.Stop("--checkpoints is empty: expected a folder that all machines reach, or its address.")
    checkpoints = ["--checkpoints", cluster.address(options.checkpoints)] if options.checkpoints is not None else []
    environment, java = dict(os.environ), cluster.set_up()
    os.chdir(places.ROOT)
    return become(cluster.command(java, *options.models, *seeds, "--on", options.on, *checkpoints), {**environment, **cluster.variables(java, options.on), **variables})


def become(command: list, environment: dict) -> int:
    """Becomes the command, so that signals and exit code are its own (Windows has no such thing: waits for it)."""
    sys.stdout.flush()
    if not places.WINDOWS:
        os.execve(command[0], command, environment)
    return subprocess.run(command, env=environment).returncode


def parse(arguments) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kit.py", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, action, text: str):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(action=action)
        return command

    command = add("report", reporting.report, "run the notebooks and export them as HTML")
    command.add_argument("notebooks", nargs="*", metavar="NN", help="numbers of the notebooks to run (default: all)")
    command.add_argument("--save", action="store_true", help="write the outputs back into notebooks/, for committing")
    command.add_argument("--full", action="store_true", help="train what is not finished in the study's configuration (hours)")
    settings.add(command)
    command = add("train", train, "train models without a notebook, in the study's configuration unless told otherwise; the same "
                                  "line continues a run that was stopped")
    command.add_argument("models", nargs="+", metavar="MODEL", help="the number or name of one of the study's models, or all; or a recipe beyond it: sprint, marathon, …, or sprint-ferplus on FER+'s votes; or ablation, the sprint without one ingredient each; or chance, the study's questions in small")
    command.add_argument("--seeds", metavar="LIST", help="train with each of several seeds, for example 1-5 or 1,3,7")
    command.add_argument("--jobs", type=int, help="how many runs to train side by side")
    command.add_argument("--on", metavar="MASTER", help="train on a Spark cluster: spark://host:7077; or local-cluster[2,1,4096] or local[2] on this machine")
    command.add_argument("--checkpoints", metavar="ADDRESS", help="with --on: a folder that all machines reach, also hdfs://… (default: the runs' folders on this machine)")
    settings.add(command)
    command = add("export", export, "write a finished run, or the mean of several, as an ONNX file with a model card")
    command.add_argument("runs", nargs="+", metavar="RUN", help="its number or name in reports/runs, or its folder; with =2 behind it, it counts twice in the mean")
    command.add_argument("--out", type=Path, metavar="FOLDER", help="where to (default: a folder of its own in reports/exports)")
    command = add("predict", predict, "find the faces in pictures and write what a finished run says of each")
    command.add_argument("place", type=Path, metavar="PLACE", help="a picture (PNG, JPEG, BMP, GIF), or a folder: all in it and below it")
    command.add_argument("--model", nargs="+", required=True, metavar="RUN", help="a run, as export takes it; of several the mean")
    command.add_argument("--out", type=Path, default=Path("predictions.csv"), metavar="FILE", help="the lines, one a face (default: predictions.csv)")
    settings.add(command, [setting for setting in settings.SETTINGS if setting[0] in ("--threads",)])
    command = add("bench", bench.run, "measure training steps and reading against Keras, PyTorch and pandas; writes reports/benchmark.md")
    settings.add(command, settings.SETTINGS[:1])
    command = add("test", suite.run, "run everything CI runs")
    command.add_argument("--long", action="store_true", help="and every notebook twice and out of order, on other JDKs too")
    add("lab", lab, "open JupyterLab on the notebooks; whatever follows is passed on to it, for example --no-browser --port 8890")
    add("doctor", doctor.run, "say what this machine has and what to do about the rest")
    add("kernel", install.install_kernel, "install the Java kernel for a JupyterLab you already have")
    add("clean", clean.run, "remove what set-up made; asks before removing finished runs")
    options, others = parser.parse_known_args(arguments)
    if others and options.command != "lab":
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    options.others = others
    return options


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not places.WINDOWS and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # a closed terminal; nohup ignores it
        signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        environ.own_environment()
        options = parse(sys.argv[1:])
        sys.exit(options.action(options))
    except tools.Stop as stop:
        sys.exit(f"kit.py: {stop}")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as problem:
        sys.exit(f"kit.py: {problem.strerror}: {problem.filename or problem}")
