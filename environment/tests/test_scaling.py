import json
import tempfile
import unittest
from pathlib import Path

from ferkit import scaling, tools

REPORT = """Made by `kit.py bench`: a processor, 2 cores, Linux.
| | Model 1 | Model 2 | Model 3 |
|---|---|---|---|
| this kit | 100 (90–110) | 50 (40–60) | 25 (20–30) |
| Keras as installed | 1 (1–1) | 1 (1–1) | 1 (1–1) |
| | seconds |
|---|---|
| `--jobs 1` | 90 (80–84) |
| the default | 72 (60–75) |
| this kit | 1.33 (1.12–1.44) |
"""


class ScalingTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.runs = Path(folder.name)

    def run_of(self, name: str, threads: int, *seconds: int):
        tools.write(self.runs / name / "config.json", json.dumps({"threads": threads}))
        tools.write(self.runs / name / "history.csv", "epoch,seconds\n" + "".join(f"{i},{value}\n" for i, value in enumerate(seconds, 1)))

    def test_the_longest_run_begins_first_where_there_is_room(self):
        self.assertEqual(20, scaling.makespan([5, 3, 4, 8], 1))
        self.assertEqual(11, scaling.makespan([2, 3, 3, 6, 7], 2))  # 7+3, 6+3+2; the best there is
        self.assertEqual(7, scaling.makespan([2, 3, 3, 6, 7], 4))
        self.assertEqual(7, scaling.makespan([2, 3, 3, 6, 7], 100))

    def test_spare_cores_go_to_runs_as_far_as_that_pays(self):
        self.assertEqual((1, 8), scaling.best([8], 1, 1.25))
        self.assertEqual((2, 5), scaling.best([8], 3, 1.25))
        self.assertEqual((4, 3.125), scaling.best([8], 4, 1.25))
        self.assertEqual((1, 8), scaling.best([8, 8], 2, 1.25))
        self.assertEqual((2, 5), scaling.best([8, 8], 4, 1.25))
        self.assertEqual((1, 8), scaling.best([8], 16, 2), "where two threads are no faster than one")

    def test_epochs_on_one_thread_are_taken_and_others_estimated(self):
        self.run_of("model-1", 1, 3600, 3600, 36000)
        self.run_of("model-2", 2, 1, 1, 1)
        self.run_of("model-1-seed2-20-epochs", 1, 1, 1)
        self.assertEqual({"Model 1": 10800}, scaling.recorded(self.runs))
        self.assertEqual({"Model 1": 100, "Model 2": 50, "Model 3": 25}, scaling.rates(REPORT))
        self.assertEqual(1.25, scaling.doubling(REPORT))
        text = "\n".join(scaling.lines(REPORT, self.runs))
        self.assertIn("Hours of a run on one core: Model 1 3.0, Model 2 6.0, Model 3 12.0. Of Model 1 that is", text)
        self.assertIn("Model 2, Model 3 have no run on one thread there: estimated", text)
        self.assertIn("| 1 | 420.0 | 1.0 | the cores | 1 | 420.0 | 1.0 |", text)  # 20 · 21 hours
        self.assertIn("| 10 | 42.0 | 10.0 | the cores | 1 | 42.0 | 10.0 |", text)
        self.assertIn("| 100 | 12.0 | 35.0 | the longest run, Model 3 |", text)
        self.assertIn("more than 35 cores cannot help: Model 3 takes its 12.0 hours", text)
        self.assertIn("a run on two\ncores is 1.60 times as fast as on one", text)

    def test_without_measurements_it_says_what_makes_them(self):
        self.assertRaisesRegex(tools.Stop, "no table of training steps: kit.py bench makes it", scaling.lines, "# Benchmark\n", self.runs)
        self.assertIn("Not simulated: there is no finished run on one thread in `reports/runs`.", scaling.lines(REPORT, self.runs))
