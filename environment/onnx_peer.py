"""An exported file in the hands of somebody who has not this kit: with numpy and ONNX Runtime, and onnx's own checker.

    onnx_peer.py same MODEL PIXELS PREDICTIONS    the largest difference from the kit's probabilities, one image and all at a time
    onnx_peer.py speed MODEL PIXELS THREADS       images a second

PIXELS holds the images' bytes one after another, PREDICTIONS what `kit.py predict` wrote of them.
"""
import csv
import json
import sys
import time

import numpy
import onnxruntime

BATCH = 64
SECONDS = 3


def open_session(model: str, threads: int = 0):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def images(session, pixels: str):
    shape = session.get_inputs()[0].shape
    return numpy.fromfile(pixels, numpy.uint8).reshape(-1, *shape[1:]).astype(numpy.float32)


def same(model: str, pixels: str, predictions: str):
    import onnx
    onnx.checker.check_model(model, full_check=True)
    session = open_session(model)
    faces = images(session, pixels)
    classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
    with open(predictions, encoding="utf-8") as file:
        kit = numpy.array([[float(row[title]) for title in classes] for row in csv.DictReader(file)])
    together = session.run(None, {"faces": faces})[0]
    single = numpy.concatenate([session.run(None, {"faces": face[None]})[0] for face in faces])
    print(max(numpy.abs(together - kit).max(), numpy.abs(single - kit).max()))


def speed(model: str, pixels: str, threads: str):
    session = open_session(model, int(threads))
    batch = numpy.resize(images(session, pixels), (BATCH, *session.get_inputs()[0].shape[1:]))
    session.run(None, {"faces": batch})
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        session.run(None, {"faces": batch})
        count += BATCH
    print(count / (time.perf_counter() - began))


if __name__ == "__main__":
    {"same": same, "speed": speed}[sys.argv[1]](*sys.argv[2:])
