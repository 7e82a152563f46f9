"""The study's models in Keras and in PyTorch, for `kit.py bench`: times training steps. `peers.py keras`, `peers.py torch` or
`peers.py torch channels-last`; then each line "MODEL BATCH STEPS" on standard input is answered with seconds. The same layers,
initial values' kind, dropout, loss and optimiser as lib/src/main/java/ferkit/model/StudyModel.java; random images."""
import sys
import time

MODELS = {  # filters, kernel, padding of the second convolution, pools, dense
    "1": ([32, 64, 128], 3, "same", "MMM", 256),
    "2": ([32, 64, 128], 3, "same", "MAA", 256),
    "3": ([64, 128, 256], 3, "same", "MAA", 512),
    "4": ([32, 64, 128], 5, "same", "MAA", 256),
    "5": ([32, 64, 128, 256], 3, "same", "MMAA", 512),
    "6": ([32, 64, 128], 3, "valid", "MAA", 256),
}
CLASSES = 7
SIDE = 48
WARM_UP = 5


def keras_step(number: str, batch: int):
    import keras
    import numpy as np
    filters, kernel, second, pools, dense = MODELS[number]
    layers = keras.layers
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1))])
    for width, pool in zip(filters, pools):
        model.add(layers.Conv2D(width, kernel, padding="same", activation="relu"))
        model.add(layers.BatchNormalization())
        model.add(layers.Conv2D(width, kernel, padding=second, activation="relu"))
        model.add(layers.MaxPooling2D(2) if pool == "M" else layers.AveragePooling2D(2))
        model.add(layers.Dropout(0.25))
    for layer in (layers.Flatten(), layers.Dense(dense, activation="relu"), layers.Dropout(0.5), layers.Dense(CLASSES)):
        model.add(layer)
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-3, 1000, 0.98, staircase=True)
    model.compile(keras.optimizers.Adam(schedule), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (batch, SIDE, SIDE, 1)).astype("float32")
    labels = random.integers(0, CLASSES, batch)
    return lambda: model.train_on_batch(images, labels)


def torch_step(number: str, batch: int, channels_last: bool):
    import torch
    from torch import nn
    filters, kernel, second, pools, dense = MODELS[number]
    layers, channels, side = [], 1, SIDE
    for width, pool in zip(filters, pools):
        layers += [nn.Conv2d(channels, width, kernel, padding=kernel // 2), nn.ReLU(), nn.BatchNorm2d(width, eps=1e-3, momentum=0.01),
                   nn.Conv2d(width, width, kernel, padding=kernel // 2 if second == "same" else 0), nn.ReLU(),
                   nn.MaxPool2d(2) if pool == "M" else nn.AvgPool2d(2), nn.Dropout(0.25)]
        channels, side = width, (side if second == "same" else side - kernel + 1) // 2
    layers += [nn.Flatten(), nn.Linear(channels * side * side, dense), nn.ReLU(), nn.Dropout(0.5), nn.Linear(dense, CLASSES)]
    model = nn.Sequential(*layers)
    images = torch.randint(0, 256, (batch, 1, SIDE, SIDE)).float()
    labels = torch.randint(0, CLASSES, (batch,))
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7)
    loss_function = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = loss_function(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()
    return step


def main():
    network, step = None, None
    for line in sys.stdin:
        number, batch, steps = line.split()
        if (number, batch) != network:
            step = None  # frees the one before
            step = keras_step(number, int(batch)) if sys.argv[1] == "keras" else torch_step(number, int(batch), "channels-last" in sys.argv)
            network = number, batch
            for _ in range(WARM_UP):
                step()
        began = time.perf_counter()
        for _ in range(int(steps)):
            step()
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
