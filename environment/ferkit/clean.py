"""`clean`: removes what set-up made, and asks before what took long."""
from pathlib import Path

from ferkit import places, tools


def runs(folder: Path) -> int:
    """Folders of runs, finished or with a checkpoint to continue from."""
    return len({file.parent for name in ("config.json", "checkpoint-*.zip") for file in folder.rglob(name)}) if folder.exists() else 0


def run(options) -> int:
    cache = places.DATA / ".cache"
    for path in [places.STATE, *places.ENVIRONMENT.glob(".venv*"), places.JARS.parent, places.NOTEBOOKS / ".ipynb_checkpoints", cache,
                 *places.ENVIRONMENT.rglob("__pycache__")]:
        if path == cache and (cache / "features").exists() and \
                not tools.confirm(f"Remove {cache}, which holds EfficientNet's features of the images, long to compute?"):
            continue
        if path.exists():
            tools.remove(path)
            tools.say(f"removed {path}")
    for folder, what, word in [(places.REPORTS / "sample", "the drawn sample's pages and runs", "y"),
                               (places.REPORTS / "trials", "the trials' pages and runs", "y"),
                               (places.REPORTS / "runs", "THE STUDY'S OWN RUNS, hours of training each", "delete")]:
        found = runs(folder)
        if folder.exists() and (not found or tools.confirm(f"Remove {folder}, {what} ({found})?", word)):
            tools.remove(folder)
            tools.say(f"removed {folder}")
    return 0
