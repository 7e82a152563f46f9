"""The kit's models in Keras and in PyTorch, for `kit.py bench`: times training steps. `peers.py MODELS keras`, `peers.py MODELS torch`
or `peers.py MODELS torch channels-last`, with the rows of models that the library prints; then each line "MODEL BATCH STEPS" on
standard input is answered with seconds. The same layers, initial values' kind, dropout, loss and optimiser as
lib/src/main/java/ferkit/model/StudyModel.java; random images."""
import json
import sys
import time

CLASSES = 7
SIDE = 48
WARM_UP = 5


def keras_step(model: dict, batch: int):
    import keras
    import numpy as np
    kernel, layers = model["kernel"], keras.layers
    network = keras.Sequential([keras.Input((SIDE, SIDE, 1))])
    for width, pool in zip(model["filters"], model["pools"]):
        network.add(layers.Conv2D(width, kernel, padding="same", activation="relu"))
        network.add(layers.BatchNormalization())
        network.add(layers.Conv2D(width, kernel, padding=model["second"].lower(), activation="relu"))
        network.add(layers.MaxPooling2D(2) if pool == "MAX" else layers.AveragePooling2D(2))
        network.add(layers.Dropout(model["dropout"]))
    for layer in (layers.Flatten(), layers.Dense(model["dense"], activation="relu"), layers.Dropout(model["headDropout"]), layers.Dense(CLASSES)):
        network.add(layer)
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-3, 1000, 0.98, staircase=True)
    network.compile(keras.optimizers.Adam(schedule), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (batch, SIDE, SIDE, 1)).astype("float32")
    labels = random.integers(0, CLASSES, batch)
    return lambda: network.train_on_batch(images, labels)


def torch_step(model: dict, batch: int, channels_last: bool):
    import torch
    from torch import nn
    kernel = model["kernel"]
    layers, channels, side = [], 1, SIDE
    for width, pool in zip(model["filters"], model["pools"]):
        layers += [nn.Conv2d(channels, width, kernel, padding=kernel // 2), nn.ReLU(), nn.BatchNorm2d(width, eps=1e-3, momentum=0.01),
                   nn.Conv2d(width, width, kernel, padding=kernel // 2 if model["second"] == "SAME" else 0), nn.ReLU(),
                   nn.MaxPool2d(2) if pool == "MAX" else nn.AvgPool2d(2), nn.Dropout(model["dropout"])]
        channels, side = width, (side if model["second"] == "SAME" else side - kernel + 1) // 2
    layers += [nn.Flatten(), nn.Linear(channels * side * side, model["dense"]), nn.ReLU(), nn.Dropout(model["headDropout"]),
               nn.Linear(model["dense"], CLASSES)]
    network = nn.Sequential(*layers)
    images = torch.randint(0, 256, (batch, 1, SIDE, SIDE)).float()
    labels = torch.randint(0, CLASSES, (batch,))
    if channels_last:
        network = network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, eps=1e-7)
    loss_function = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = loss_function(network(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()
    return step


def main():
    models = {model["name"]: model for model in json.loads(sys.argv[1])}
    measured, step = None, None
    for line in sys.stdin:
        name, batch, steps = line.split()
        if (name, batch) != measured:
            step = None  # frees the one before
            step = keras_step(models[name], int(batch)) if sys.argv[2] == "keras" else \
                torch_step(models[name], int(batch), "channels-last" in sys.argv)
            measured = name, batch
            for _ in range(WARM_UP):
                step()
        began = time.perf_counter()
        for _ in range(int(steps)):
            step()
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
