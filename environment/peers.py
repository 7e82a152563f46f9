"""The kit's models in Keras and in PyTorch, for `kit.py bench`: times training steps. `peers.py MODELS keras`, `peers.py MODELS torch`
or `peers.py MODELS torch channels-last`, with the rows of models that the library prints; then each line "MODEL BATCH STEPS" on
standard input is answered with seconds. The same layers, initial values' kind, dropout, loss and optimiser as
lib/src/main/java/ferkit/model/StudyModel.java, or in PyTorch as its ResidualModel.java, trained by ferkit/train/Muon.java; random images."""
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


def study_network(model: dict):
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
    return nn.Sequential(*layers)


def residual_network(model: dict):
    import torch
    from torch import nn

    def convolution(channels: int, width: int, kernel: int, stride: int, normed: bool = True) -> list:
        return [nn.Conv2d(channels, width, kernel, stride, kernel // 2, bias=not normed), *([nn.BatchNorm2d(width)] if normed else [])]

    class Squeeze(nn.Module):
        def __init__(self, width: int):
            super().__init__()
            squeezed = max(4, width // model["squeeze"])
            self.factors = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, squeezed, 1), nn.SiLU(True), nn.Conv2d(squeezed, width, 1), nn.Sigmoid())

        def forward(self, x):
            return x * self.factors(x)

    class Block(nn.Module):
        def __init__(self, channels: int, width: int, stride: int):
            super().__init__()
            self.body = nn.Sequential(*convolution(channels, width, 3, stride), nn.ReLU(True), *convolution(width, width, 3, 1, model["normed"]),
                                      *([Squeeze(width)] if model["squeeze"] else []))
            changes = model["shortcuts"] and (channels != width or stride == 2)
            self.shortcut = nn.Sequential(*([nn.AvgPool2d(2)] if changes and stride == 2 else []),
                                          *(convolution(channels, width, 1, 1, model["normed"]) if changes else []))

        def forward(self, x):
            y = self.body(x)
            return torch.relu_(y.add_(self.shortcut(x)) if model["shortcuts"] else y)

    channels, stem = model["widths"][0], model["stem"]
    layers = [*convolution(1, channels, 3 if stem == 1 else 5, stem), nn.ReLU(True)]
    for stage, (width, blocks) in enumerate(zip(model["widths"], model["blocks"])):
        for block in range(blocks):
            layers.append(Block(channels, width, 2 if block == 0 and stage > 0 else 1))
            channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(model["headDropout"]), nn.Linear(channels, CLASSES))


def muon(parameters: list, rate: float, decay: float):
    """One update of kernels by Muon, as it was published, scaled to AdamW's."""
    import torch
    momenta = [torch.zeros_like(parameter) for parameter in parameters]

    @torch.no_grad()
    def update():
        for parameter, momentum in zip(parameters, momenta):
            momentum.mul_(0.95).add_(parameter.grad)
            matrix = (parameter.grad + 0.95 * momentum).reshape(len(parameter), -1)
            x = matrix.T if matrix.size(0) > matrix.size(1) else matrix
            x = x / (x.norm() + 1e-7)
            for _ in range(5):
                gram = x @ x.T
                x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
            x = x.T if matrix.size(0) > matrix.size(1) else x
            parameter.mul_(1 - rate * decay).add_(x.reshape(parameter.shape), alpha=-rate * 0.2 * max(matrix.shape) ** 0.5)
    return update


def torch_step(model: dict, batch: int, channels_last: bool):
    import torch
    from torch import nn
    study = "filters" in model
    network = study_network(model) if study else residual_network(model)
    images = torch.randint(0, 256, (batch, 1, SIDE, SIDE)).float()
    labels = torch.randint(0, CLASSES, (batch,))
    if channels_last:
        network = network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    hidden = [parameter for parameter in network.parameters() if not study and parameter.dim() == 4 and parameter.size(1) > 1]
    others = [parameter for parameter in network.parameters() if all(parameter is not one for one in hidden)]
    optimizer = torch.optim.Adam(others, 1e-3, eps=1e-7) if study else torch.optim.AdamW(others, 5e-3, weight_decay=0.05)
    update_hidden = muon(hidden, 5e-3, 0.05)
    loss_function = nn.CrossEntropyLoss(label_smoothing=0 if study else 0.1)

    def step():
        network.zero_grad()
        loss = loss_function(network(images), labels)
        loss.backward()
        optimizer.step()
        update_hidden()
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
