"""How well the course's networks read handwriting, and how long they take to learn it.

    python tests/benchmarks/accuracy.py [--seeds N] [--only a,b] [--check] [--json FILE]
    python tests/benchmarks/accuracy.py --validation [--seeds N] [--only a,b]

The first form trains each recipe on all 60,000 training images and reports the accuracy on the 10,000 test images,
mean ± standard deviation over the seeds; with --check the exit status is 1 when a bar is missed.
The second form is how the settings were found: it trains every candidate on 50,000 images and reports the accuracy on
the 10,000 validation images. No setting was chosen by a look at the test images.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from shared.activations import Activation, identity, relu, sigmoid
from shared.datasets import load_mnist, one_hot
from shared.images import augment
from shared.losses import half_mean_squared_error, softmax_cross_entropy
from shared.network import Network
from shared.optimizers import Adam, Momentum
from shared.training import accuracy, train


def warm_up(done):
    """Return the factor on the learning rate: up to 1 in the first 5 %, then linearly down to 0."""
    return min(done / 0.05, (1 - done) / 0.95)


@dataclass(frozen=True)
class Recipe:
    """One way to train, and what it has to reach: a test accuracy within some seconds."""

    title: str
    at_least: float
    at_most: float
    epochs: int = 20
    learning_rate: float = 0.1
    batch_size: int = 128
    sizes: tuple = (784, 512, 256, 10)
    initial: str | float = "he"
    smoothing: float = 0.0
    dropout: float = 0.0
    augment: Callable | None = None
    schedule: Callable | None = warm_up
    samples: int | None = None  # train on the first so many only
    series: bool = False  # the network, the error and the zero weights of the series
    candidates: tuple = ()  # what else was compared on the validation images


RECIPES = {
    "a": Recipe(
        "784-300-10, sigmoid, half MSE, 16,000 images once",
        at_least=0.915, at_most=1.0, epochs=1, learning_rate=3e-3, batch_size=32,
        sizes=(784, 300, 10), initial=0.2, schedule=None, samples=16_000, series=True,
        candidates=(dict(learning_rate=1e-3), dict(initial="xavier"), dict(samples=10_000)),
    ),
    "n": Recipe(
        "784-300-10, ReLU, cross-entropy, 12 epochs",
        at_least=0.982, at_most=30, epochs=12, learning_rate=0.3, sizes=(784, 300, 10),
        candidates=(dict(learning_rate=0.1), dict(learning_rate=0.2)),
    ),
    "b": Recipe(
        "784-512-256-10, ReLU, cross-entropy, 12 epochs",
        at_least=0.982, at_most=30, epochs=12, learning_rate=0.2,
        candidates=(dict(learning_rate=0.05), dict(learning_rate=0.1), dict(epochs=8), dict(epochs=20)),
    ),
    "c": Recipe(
        "(b) with label smoothing and dropout, 20 epochs",
        at_least=0.985, at_most=30, smoothing=0.1, dropout=0.2,
        candidates=(dict(smoothing=0.0), dict(dropout=0.0), dict(dropout=0.3)),
    ),
    "d": Recipe(
        "(b) with augmented images, 20 epochs",
        at_least=0.992, at_most=45, augment=augment,
        candidates=(dict(learning_rate=0.05), dict(learning_rate=0.2)),
    ),
    "e": Recipe(
        "(b) with augmented images, 45 epochs",
        at_least=0.993, at_most=90, epochs=45, augment=augment,
    ),
}  # fmt: skip


class Dropout(Activation):
    """ReLU that sets values to 0 at random, in training only (Srivastava et al. 2014).

    ``backward`` uses what the call before it drew: one object belongs to one layer.
    """

    def __init__(self, rate, rng):
        self.name, self.rate, self.rng = "dropout", rate, rng

    def __call__(self, Z):
        chance = np.empty_like(Z)
        self.rng.random(dtype=Z.dtype, out=chance.ravel("K"))  # a view: filled in the order of Z's memory
        # What stays is enlarged, so that the mean is what it is without dropout.
        self.mask = (chance >= self.rate) * Z.dtype.type(1 / (1 - self.rate))
        return relu(Z) * self.mask

    def backward(self, dA, Z):
        return relu.backward(dA * self.mask, Z)


def prepare(split):
    """Return the images (784, m) from 0 to 1 and the one-hot targets (10, m) of a part of MNIST."""
    images, labels = load_mnist(split)
    return images.astype(np.float32) / 255, one_hot(labels, dtype=np.float32)


def learn(recipe, X, Y, seed):
    """Return a network trained by the recipe on X and Y, and the seconds that the training took."""
    rng = np.random.default_rng(seed)
    hidden = [sigmoid if recipe.series else relu] * (len(recipe.sizes) - 2)
    layers = [Dropout(recipe.dropout, rng) for _ in hidden] if recipe.dropout else hidden
    network = Network(recipe.sizes, [*layers, identity], rng=rng, dtype=np.float32, initial=recipe.initial)
    if recipe.series:
        network.W[2][:] = 0
        loss, optimizer = half_mean_squared_error, Adam(recipe.learning_rate)
    else:
        loss = softmax_cross_entropy
        optimizer = Momentum(recipe.learning_rate, momentum=0.9, nesterov=True)
    Y = (1 - recipe.smoothing) * Y + np.float32(recipe.smoothing / len(Y))
    X, Y = X[:, : recipe.samples], Y[:, : recipe.samples]
    start = time.perf_counter()
    train(
        network, X, Y, loss, optimizer, batch_size=recipe.batch_size, epochs=recipe.epochs, rng=rng,
        schedule=recipe.schedule, augment=recipe.augment,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    network.g[1:-1] = hidden  # predictions without dropout
    return network, seconds


def measure(recipe, train_on, test_on, seeds):
    """Return the accuracies and the seconds of the recipe, one of each for every seed."""
    runs = [learn(recipe, *train_on, seed) for seed in range(seeds)]
    return dict(
        accuracies=[accuracy(network, *test_on) for network, _ in runs],
        seconds=[seconds for _, seconds in runs],
    )


def missed(recipe, result):
    """Return a sentence for each bar that the mean accuracy or the mean time misses."""
    share, seconds, faults = np.mean(result["accuracies"]), np.mean(result["seconds"]), []
    if not share >= recipe.at_least:
        faults.append(f"accuracy {share:.3%} is below {recipe.at_least:.1%}")
    if not seconds <= recipe.at_most:
        faults.append(f"{seconds:.1f} s are more than {recipe.at_most:g} s")
    return faults


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="seeds 0 to N − 1 (5)")
    parser.add_argument("--only", default=",".join(RECIPES), metavar="a,b", help="these recipes only")
    parser.add_argument("--validation", action="store_true", help="compare the candidates instead")
    parser.add_argument("--check", action="store_true", help="exit status 1 when a bar is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to FILE too")
    options = parser.parse_args(arguments)
    chosen = options.only.split(",")
    if options.seeds < 1 or not set(chosen) <= set(RECIPES):
        parser.error(f"--seeds must be 1 or more, --only some of {','.join(RECIPES)}")

    splits = ("train", "validation") if options.validation else ("train+validation", "test")
    train_on, test_on = map(prepare, splits)
    print(f"trained on {train_on[0].shape[1]:,} images ({splits[0]}), accuracy on {splits[1]}, {options.seeds} seeds")
    results, faults = [], []
    for name in chosen:
        recipe = RECIPES[name]
        for change in [{}, *recipe.candidates] if options.validation else [{}]:
            result = measure(replace(recipe, **change), train_on, test_on, options.seeds)
            results.append(dict(recipe=name, title=recipe.title, change=change, **result))
            title = ", ".join(f"  with {key} {value}" for key, value in change.items()) or recipe.title
            share = 100 * np.array(result["accuracies"])
            spread = f"± {share.std(ddof=1):.2f}" if options.seeds > 1 else ""
            print(f"{name} {title:53} {share.mean():.2f} {spread} % {np.mean(result['seconds']):7.1f} s", flush=True)
        if not options.validation:
            faults += [f"{name}: {fault}" for fault in missed(recipe, result)]
    if not options.validation:
        print("", *(["Missed:", *faults] if faults else ["Every bar is met."]), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(dict(splits=splits, results=results, missed=faults), indent=1))
    return int(options.check and bool(faults))


if __name__ == "__main__":
    sys.exit(main())
