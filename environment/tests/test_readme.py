"""What the README says of results is what the runs in reports/runs say, computed anew."""
import base64
import csv
import json
import math
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Z = 1.959963984540054  # the 97.5 % point of the normal distribution


def rows(file: Path) -> list:
    with open(file, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def share(predictions: list) -> tuple:
    """Share of right predictions and its 95 % interval (Wilson, 1927), as texts."""
    n = len(predictions)
    p = sum(row["truth"] == row["predicted"] for row in predictions) / n
    middle, half = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    low, high = ((middle + sign * half) / (1 + Z * Z / n) for sign in (-1, 1))
    return f"{p:.4f}", f"{low:.3f}–{high:.3f}"


def expected_row(number: str) -> list:
    run = ROOT / "reports/runs" / f"model-{number}"
    study = {row["model"]: row for row in rows(ROOT / "lib/src/main/resources/ferkit/eval/study-results.csv")}[number]
    validation, test = (rows(run / f"{split}-predictions.csv") for split in ("validation", "test"))
    accuracy, interval = share(validation)
    best = max(float(row["val_accuracy"]) for row in rows(run / "history.csv"))
    assert accuracy == f"{best:.4f}", f"{run}: the predictions' accuracy {accuracy} is not the history's best, {best}"
    return [f"Model {number}", accuracy, interval, study["validation_accuracy"], *share(test), study["test_accuracy"] or "–"]


class ReadmeTest(unittest.TestCase):
    def test_the_table_is_that_of_the_runs(self):
        readme = (ROOT / "README.md").read_text("utf-8")
        table = [[cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\| Model \d .*\|$", readme, re.M)]
        finished = sorted(path.parent.name[-1] for path in (ROOT / "reports/runs").glob("model-?/config.json"))
        self.assertEqual([expected_row(number) for number in finished], table)

    def test_the_figure_is_that_of_the_notebook(self):
        notebook = json.loads((ROOT / "notebooks/08_compare.ipynb").read_text("utf-8"))
        pictures = [output["data"]["image/png"] for cell in notebook["cells"] if "index" in cell["metadata"].get("tags", [])
                    for output in cell["outputs"] if "image/png" in output.get("data", {})]
        figure = ROOT / "reports/figure-1.png"
        self.assertEqual([base64.b64decode(picture) for picture in pictures], [figure.read_bytes()] if figure.exists() else [])
