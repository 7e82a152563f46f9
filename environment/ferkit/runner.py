"""The program that runs notebooks, and exports them as HTML pages, with the virtual environment's Python.

    runner report --output reports/sample --study '{"data": "sample", …}' notebooks/01_dataset.ipynb …
    runner twice notebooks/02_model_1.ipynb …          every cell twice in one kernel, then after a restart
    runner out-of-order notebooks/02_model_1.ipynb …   the last code cell first
    runner refusals notebooks/02_model_1.ipynb …       settings that fail, and training that is interrupted
    runner kernel                                      whether the Java kernel starts and reckons
"""
import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

if __name__ == "__main__":
    # A checker of URLs in JSON schemas, which takes a second and a half to load and has nothing to do here.
    sys.modules["rfc3987_syntax"] = None

try:
    import nbformat

    from ferkit import checks, execution, pages, reruns, tools
    from ferkit.attempts import Failed
except ModuleNotFoundError as absent:
    if __name__ != "__main__":
        raise
    sys.exit(f"kit.py: {absent} in {sys.prefix}: it is incomplete; remove this folder and run the same again, which makes it anew")


def report(options) -> int:
    output = options.output.resolve()
    study = json.loads(options.study)
    contents = pages.contents()
    print(f"Running {len(options.notebooks)} notebook{'s' * (len(options.notebooks) != 1)} on "
          f"{pages.DATA[study['data']]} …", flush=True)
    broken, folders = [], {}

    def finished(path: Path, notebook):
        shown = checks.shown(notebook)
        if shown and (shown.data, shown.seed) != (study["data"], study["seed"]):
            broken.append(f"{path.name}: its settings cell opens {pages.DATA[shown.data]} with seed {shown.seed}, but this report is on "
                          f"{pages.DATA[study['data']]} with seed {study['seed']}: take the line out of the cell and use --data or --seed. No page was written")
            return
        # A model that has no finished run is shown by a trial, even in a report on the study's own configuration.
        kind = shown.kind if shown and study["kind"] != "trial" else study["kind"]
        folder = output if kind == study["kind"] else output / "trials"
        folders[folder] = kind
        text = nbformat.writes(notebook)
        tools.write(folder / "notebooks" / path.name, text + "\n")
        if options.save:
            tools.write(path, text + "\n")
        try:
            pages.export(path, notebook, folder, folders[folder])
            pages.write_figure(notebook, folder)
        except Failed as failure:
            broken.append(str(failure))

    # Side by side only on the sample: a run on FER2013 keeps the threads it was asked for.
    failures = asyncio.run(execution.run_all(options.notebooks, 2 if study["data"] == "sample" else 1, finished)) + broken
    for folder, kind_here in folders.items():
        pages.link_pages(folder, contents)
        pages.write_index(folder, kind_here, study["facts"], contents)
        print(f"Pages: {folder / 'index.html'}" + (" (trials)" if kind_here == "trial" else ""), flush=True)
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr, flush=True)
    return 1 if failures else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, action in [("report", report), ("twice", reruns.one_by_one(reruns.twice)),
                         ("out-of-order", reruns.one_by_one(reruns.out_of_order)), ("refusals", reruns.one_by_one(reruns.refusals))]:
        command = commands.add_parser(name)
        command.set_defaults(action=action)
        command.add_argument("notebooks", nargs="+", type=Path)
        if name == "report":
            command.add_argument("--output", type=Path, required=True)
            command.add_argument("--study", required=True, help="JSON: what the library says that the notebooks will open")
            command.add_argument("--save", action="store_true")
    commands.add_parser("kernel").set_defaults(action=lambda options: asyncio.run(execution.reckons()))
    options = parser.parse_args()
    return options.action(options)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if os.name != "nt" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"FAILED {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
