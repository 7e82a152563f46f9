"""What the README says of results is what the runs in reports/runs say, computed anew. Looks at what is committed, so that a run
of one's own or a page made again does not matter."""
import csv
import io
import json
import math
import re
import subprocess
import unittest
from pathlib import Path

from ferkit import checks

ROOT = Path(__file__).resolve().parents[2]
Z = 1.959963984540054  # the 97.5 % point of the normal distribution


def git(*arguments) -> bytes:
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise unittest.SkipTest(f"not a clone: {error}")


def committed(path: str) -> bytes:
    return git("show", f"HEAD:./{path}")


def rows(path: str) -> list:
    return list(csv.DictReader(io.StringIO(committed(path).decode(), newline="")))


def share(predictions: list) -> tuple:
    """Share of right predictions and its 95 % interval (Wilson, 1927), as texts."""
    n = len(predictions)
    p = sum(row["truth"] == row["predicted"] for row in predictions) / n
    middle, half = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    low, high = ((middle + sign * half) / (1 + Z * Z / n) for sign in (-1, 1))
    return f"{p:.4f}", f"{low:.3f}–{high:.3f}"


class ReadmeTest(unittest.TestCase):
    def setUp(self):
        self.files = git("ls-tree", "-r", "--name-only", "HEAD").decode().splitlines()

    def expected_row(self, number: str) -> list:
        run = f"reports/runs/model-{number}"
        study = {row["model"]: row for row in rows("lib/src/main/resources/ferkit/study/study-results.csv")}[number]
        accuracy, interval = share(rows(f"{run}/validation-predictions.csv"))
        best = max(float(row["val_accuracy"]) for row in rows(f"{run}/history.csv"))
        self.assertEqual(f"{best:.4f}", accuracy, f"{run}: of the history, and of the predictions")
        return [f"Model {number}", accuracy, interval, study["validation_accuracy"], *share(rows(f"{run}/test-predictions.csv")),
                study["test_accuracy"] or "–"]

    def test_the_table_is_that_of_the_runs(self):
        table = [[cell.strip() for cell in line.strip("|").split("|")]
                 for line in re.findall(r"^\| Model \d .*\|$", committed("README.md").decode(), re.M)]
        finished = sorted(match[1] for match in (re.fullmatch(r"reports/runs/model-(\d)/config.json", file) for file in self.files) if match)
        self.assertEqual([self.expected_row(number) for number in finished], table)

    def test_the_figure_is_that_of_the_notebook(self):
        notebook = json.loads(committed("notebooks/08_compare.ipynb"))
        pictures = [picture for cell in notebook["cells"] if "index" in cell["metadata"].get("tags", [])
                    for output in cell["outputs"] for picture in checks.pictures(output)]
        figure = "reports/figure-1.png"
        self.assertEqual(pictures, [committed(figure)] if figure in self.files else [])
