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
# of the runs beyond the study, in the order of the table's rows
BEYOND = {"sprint": "Sprint", "marathon": "Marathon", "vgg": "VGG-like", "sprint-imagenet": "Sprint from ImageNet",
          "lite0": "EfficientNet-Lite0, all trained"}


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

    def expected_beyond(self, name: str) -> list:
        """With views, of which the study has none."""
        run = f"reports/runs/{name}"
        return [BEYOND[name], *share(rows(f"{run}/validation-views.csv")), "–", *share(rows(f"{run}/test-views.csv")), "–"]

    def test_the_table_is_that_of_the_runs(self):
        section = committed("README.md").decode().split("## Results on FER2013")[1].split("\n## ")[0]
        table = [[cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\| .*\|$", section, re.M)][1:]
        finished = [match[1] for match in (re.fullmatch(r"reports/runs/([^/]+)/config.json", file) for file in self.files) if match]
        self.assertEqual([self.expected_row(number) for number in sorted(name[-1] for name in finished if re.fullmatch(r"model-\d", name))]
                         + [self.expected_beyond(name) for name in BEYOND if name in finished], table)

    def test_the_figure_is_that_of_the_notebook(self):
        notebook = json.loads(committed("notebooks/08_compare.ipynb"))
        pictures = [picture for cell in notebook["cells"] if "index" in cell["metadata"].get("tags", [])
                    for output in cell["outputs"] for picture in checks.pictures(output)]
        figure = "reports/figure-1.png"
        self.assertEqual(pictures, [committed(figure)] if figure in self.files else [])
