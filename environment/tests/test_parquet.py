"""The lines of Python in data/README.md that turn Parquet into CSV, on stand-ins for the two packages that they need: a file is the
JSON of a table, and an image's bytes are its width and mode."""
import csv
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from ferkit import places

LINES = next(lines for lines in re.findall(r"```python\n(.*?)```", (places.DATA / "README.md").read_text("utf-8"), re.S) if "parquet" in lines)
PACKAGES = {
    "pyarrow/__init__.py": "",
    "pyarrow/parquet.py": """
import json, types
def read_table(path):
    table = json.loads(path.read_text())
    hub = {"info": {"features": {name: {"names": names} for name, names in table.get("names", {}).items()}}}
    return types.SimpleNamespace(column_names=list(table["rows"][0]), num_rows=len(table["rows"]), to_pylist=lambda: table["rows"],
                                 schema=types.SimpleNamespace(metadata={b"huggingface": json.dumps(hub).encode()}))
""",
    "PIL/__init__.py": "",
    "PIL/Image.py": """
import types
def open(file):
    width, mode = file.read().decode().split()
    return types.SimpleNamespace(size=(int(width), 48), mode=mode, convert=lambda to: types.SimpleNamespace(tobytes=lambda: bytes([1, 2])))
""",
    "PIL/ImageOps.py": "def exif_transpose(image):\n    return image\n",
}
NAMES = ["angry", "happy", "neutral"]  # not in FER2013's order


class ParquetTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.packages, self.folder = Path(temporary.name, "packages"), Path(temporary.name, "data")
        self.folder.mkdir()
        for name, text in PACKAGES.items():
            (self.packages / name).parent.mkdir(parents=True, exist_ok=True)
            (self.packages / name).write_text(text, "utf-8")

    def file(self, name: str, rows: list, **names):
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(json.dumps({"rows": rows, "names": names}), "utf-8")

    def run_lines(self):
        program = f"import sys\nsys.path.insert(0, {str(self.packages)!r})\n{LINES}"
        return subprocess.run([sys.executable, "-c", program], cwd=self.folder, capture_output=True, encoding="utf-8", errors="replace")

    def converted(self, said: str = "") -> list:
        done = self.run_lines()
        self.assertEqual("", done.stderr)
        self.assertEqual(said, done.stdout.strip())
        with open(self.folder / "fer2013.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        self.assertEqual(["emotion", "pixels", "Usage"], rows[0])
        return rows[1:]

    def refused(self) -> str:
        done = self.run_lines()
        self.assertEqual(1, done.returncode)
        self.assertEqual(1, len(done.stderr.splitlines()), done.stderr)
        self.assertEqual([], [file.name for file in self.folder.iterdir() if file.suffix != ".parquet" and not file.is_dir()])
        return done.stderr.strip()

    def test_classes_by_the_names_that_the_column_has(self):
        for column in ("emotion", "label", "Labels"):
            self.file("train-0.parquet", [{column: 2, "pixels": "7 8"}, {column: 0, "pixels": [[7], [8]]}], **{column: NAMES})
            self.assertEqual([["neutral", "7 8", "Training"], ["angry", "7 8", "Training"]], self.converted())
            (self.folder / "fer2013.csv").unlink()

    def test_words_and_fer2013s_numbers(self):
        self.file("train-0.parquet", [{"label": "angry", "pixels": "7"}])
        self.file("val-0.parquet", [{"label": 2.0, "pixels": "7"}, {"label": "1", "pixels": "7"}], label=NAMES)
        self.file("test-0.parquet", [{"emotion": 6, "pixels": "7"}], emotion=list("0123456"))
        self.assertEqual([["6", "7", "PrivateTest"], ["angry", "7", "Training"], ["neutral", "7", "PublicTest"], ["happy", "7", "PublicTest"]], self.converted())

    def test_rows_without_a_label_are_counted_and_left_out(self):
        self.file("test-0.parquet", [{"label": value, "pixels": "7"} for value in (-1, None, 1)], label=NAMES)
        self.assertEqual([["happy", "7", "PrivateTest"]], self.converted("test-0.parquet: 2 of 3 rows have no label and are left out"))

    def test_splits_by_the_names_of_files_and_folders(self):
        for name, usage in [("publicTest-0", "PublicTest"), ("privateTest-0", "PrivateTest"), ("validation-0", "PublicTest"),
                            ("valid", "PublicTest"), ("Test", "PrivateTest"), ("train/0000", "Training"), ("test/0000", "PrivateTest")]:
            self.file(f"{name}.parquet", [{"emotion": 3, "pixels": "7"}])
            self.assertEqual([["3", "7", usage]], self.converted())
            for file in self.folder.rglob("*.*"):
                file.unlink()

    def test_a_column_usage_counts_and_what_contradicts_it_is_counted(self):
        self.file("train-0.parquet", [{"emotion": 3, "pixels": "7", "usage": usage} for usage in ("Training", "PublicTest", "PrivateTest")])
        self.assertEqual(["Training", "PublicTest", "PrivateTest"], [row[2] for row in self.converted(
            "train-0.parquet: 2 of 3 rows are of another split than the file's name says, by their column usage, which counts")])

    def test_images_are_48_by_48_and_of_8_bits(self):
        self.file("train-0.parquet", [{"emotion": 3, "image": {"bytes": "48 RGB"}}])
        stub = self.packages / "pyarrow" / "parquet.py"
        stub.write_text(stub.read_text("utf-8").replace("to_pylist=lambda: table[\"rows\"]", "to_pylist=lambda: [{**row, 'image': {'bytes': "
                        "row['image']['bytes'].encode()}} for row in table['rows']]"), "utf-8")
        self.assertEqual([["3", "1 2", "Training"]], self.converted())
        (self.folder / "fer2013.csv").unlink()
        for wrong in ("224 L", "48 CMYK", "48 I;16"):
            self.file("train-0.parquet", [{"emotion": 3, "image": {"bytes": "48 L"}}, {"emotion": 3, "image": {"bytes": wrong}}])
            self.assertIn("train-0.parquet: an image of size", self.refused())

    def test_what_is_not_known_is_refused_and_leaves_no_file(self):
        good = {"label": 0, "pixels": "7"}
        for row, names, said in [
                ({"label": 0, "pixels": "7"}, {}, "nothing names the classes of label"),
                ({"label": 0, "pixels": "7"}, {"label": ["0", "1"]}, "nothing names the classes of label"),
                ({"label": "0", "pixels": "7"}, {}, "nothing names the classes of label"),
                ({"label": 0.5, "pixels": "7"}, {"label": NAMES}, "found the label 0.5"),
                ({"label": 0, "image": {"bytes": None}}, {"label": NAMES}, "a row has no image"),
                ({"label": -2, "pixels": "7"}, {"label": NAMES}, "found the label -2, expected one of ['angry', 'happy', 'neutral']"),
                ({"label": 3, "pixels": "7"}, {"label": NAMES}, "found the label 3"),
                ({"label": 0, "emotion": 0, "pixels": "7"}, {"label": NAMES}, "label and emotion, expected one such column"),
                ({"class": 0, "pixels": "7"}, {}, "the columns are class, pixels, expected emotion or label"),
                ({"label": 0, "pixels": "7", "usage": "?"}, {"label": NAMES}, "neither a column usage nor the file's name says")]:
            self.file("test-0.parquet", [good], label=NAMES)
            self.file("train-0.parquet", [row], **names)
            self.assertIn(f"train-0.parquet: {said}", self.refused())
        self.file("train-0.parquet", [good], label=NAMES)
        self.file("part-0.parquet", [good], label=NAMES)
        self.assertIn("part-0.parquet: neither a column usage nor the file's name says", self.refused())

    def test_a_file_that_is_there_is_kept(self):
        self.file("train-0.parquet", [{"emotion": 3, "pixels": "7"}])
        (self.folder / "fer2013.csv").write_text("mine", "utf-8")
        self.assertIn("fer2013.csv is there already", self.run_lines().stderr)
        self.assertEqual("mine", (self.folder / "fer2013.csv").read_text("utf-8"))
