"""Exported files, computed by ONNX Runtime in a Python that has nothing of the kit: see ../onnx_peer.py."""
import os
import random
import struct
import zlib
from pathlib import Path

from ferkit import jdk, places, steps, tools, venv

FOLDER = places.ENVIRONMENT / ".venv-onnx"
SIDE = 48
IMAGES = 64
CLOSE = 1e-5


def python() -> Path:
    """The Python of a virtual environment of its own, made on demand."""
    with steps.alone():
        venv.make(FOLDER, places.ENVIRONMENT / "requirements-onnx.txt", "onnx", "ONNX Runtime", "import numpy, onnx, onnxruntime")
    return venv.python(FOLDER)


def library(java: jdk.Java, *arguments, **variables) -> str:
    answer = tools.capture(jdk.command(java, *map(str, arguments)), env={**os.environ, **jdk.variables(), **variables}, cwd=places.ROOT)
    if answer.code != 0:
        raise tools.Stop(f"{arguments[0]} failed: {tools.last_line(answer.text)}")
    return tools.last_line(answer.text)


def ask(*arguments) -> float:
    answer = tools.capture([python(), places.ENVIRONMENT / "onnx_peer.py", *arguments])
    if answer.code != 0:
        raise tools.Stop(f"ONNX Runtime failed: {tools.last_line(answer.text)}")
    return float(tools.last_line(answer.text))


def draw(folder: Path) -> Path:
    """Pictures of a face's size, of soft random patterns, and the file of their bytes."""
    chance, pictures = random.Random(1), []
    for _ in range(IMAGES):
        values = [chance.random() for _ in range(4)]
        pictures.append(bytes(min(255, int(60 * chance.random() + 195 * abs(values[0] * x / SIDE + values[1] * y / SIDE - values[2]) * values[3]))
                              for y in range(SIDE) for x in range(SIDE)))
    for number, pixels in enumerate(pictures):
        tools.write(folder / "pictures" / f"{number:02}.png", png(pixels))
    tools.write(folder / "pixels", b"".join(pictures))
    return folder / "pixels"


def png(pixels: bytes) -> bytes:
    """A grey picture as a PNG file."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + pixels[y * SIDE:(y + 1) * SIDE] for y in range(SIDE))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def difference(java: jdk.Java, folder: Path, *runs) -> float:
    """The largest difference between the kit's probabilities and those of the file that it exports of these runs."""
    pixels = draw(folder)
    file = library(java, "export", folder, *runs)
    library(java, "predict", folder / "pictures", folder / "predictions.csv", *runs)
    return ask("same", file, pixels, folder / "predictions.csv")
