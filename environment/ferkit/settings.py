"""The settings that report, train and the notebooks share."""
import os
from pathlib import Path

SAMPLE = "sample"  # in the data set's place: the drawn sample, whatever lies in data/


def data_path(text: str) -> str:
    """The data set's path, absolute because the library and the notebooks run in other folders than the user's."""
    return text if text == SAMPLE else str(Path(text).resolve())


# flag, environment variable, type, meaning
SETTINGS = [
    ("--data", "FERKIT_DATA", data_path, "FER2013's file or folder, or sample for the drawn sample (default: what lies in data/, else the sample)"),
    ("--epochs", "FERKIT_EPOCHS", int, "epochs of a training run"),
    ("--limit", "FERKIT_LIMIT", int, "train on so many images only"),
    ("--batch", "FERKIT_BATCH", int, "images in a training step"),
    ("--seed", "FERKIT_SEED", int, "seed of every random choice"),
    ("--threads", "FERKIT_THREADS", int, "threads of the engine"),
    ("--device", "FERKIT_DEVICE", str, "cpu or gpu0, gpu1, …"),
]


def variables(options) -> dict:
    """The environment variables for the settings given on the command line, and for a path that the environment gives."""
    found = {}
    for flag, variable, kind, _ in SETTINGS:
        value = getattr(options, flag[2:], None)
        if value is None and kind is data_path and os.environ.get(variable):
            value = data_path(os.environ[variable])
        if value is not None:
            found[variable] = str(value)
    if getattr(options, "full", False):
        found["FERKIT_FULL"] = "true"
    return found


def add(command, settings=SETTINGS):
    for flag, _, kind, text in settings:
        command.add_argument(flag, type=kind, help=text)
