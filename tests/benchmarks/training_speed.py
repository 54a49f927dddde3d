"""How fast shared.training.train is beside PyTorch, scikit-learn and the machine itself.

    python tests/benchmarks/training_speed.py [--quick] [--check] [--json FILE]

All train 784-300-10 on MNIST in float32. Seconds are this machine's; ratios travel. Each library lives in a process of
its own (in one process, the spinning threads of two disturb each other), and they are asked in turn, one at a time,
round after round. A ratio is taken within a round; the table shows the median over the rounds.
With --check the exit status is 1 when a bar is missed.
"""

import argparse
import contextlib
import json
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

BATCH_SIZES = (10, 32, 64, 128, 256)
RELU, SIGMOID = "ReLU, cross-entropy", "sigmoid, half mean squared error"
# Who is compared where: (task, optimizer) -> name -> batch size -> the bar, our time ÷ the other's at most.
# "sgemm" is the machine itself: the products of matrices in a step and nothing else. "one thread" is ours without its
# second thread: above 1, the second makes it slower, because the two cores are far apart (they share no cache).
COMPARED = {
    (RELU, "SGD"): {
        "PyTorch": {10: 0.55, 32: 0.60, 64: 0.70, 128: 0.85, 256: 0.90},
        "scikit-learn": dict.fromkeys(BATCH_SIZES, 0.65) | {256: 0.75},  # there the bare products take 0.56
        "one thread": {},
        "sgemm": {},
    },
    (RELU, "Adam"): {
        "PyTorch": {32: 0.90, 128: 0.90},
        "PyTorch fused": {32: 1.10, 128: 1.10},
        "scikit-learn": dict.fromkeys(BATCH_SIZES, 0.65) | {256: 0.75},  # there the bare products take 0.56
        "sgemm": {},
    },
    (SIGMOID, "SGD"): {"PyTorch": {}, "sgemm": {}},
}
GROWTH = {"width": (30, 60, 100, 200, 300, 600, 1000), "m": (1000, 3000, 10_000, 30_000, 60_000)}

# Each of the next functions imports a library and returns a function: it trains a new network on images (m, 784) and
# labels (m,) for two epochs, and returns the seconds of the second. The first is the warm-up.


def ours():
    os.environ.pop("TQDM_DISABLE", None)  # learners see the progress bar
    from shared.activations import identity, relu, sigmoid
    from shared.datasets import one_hot
    from shared.losses import half_mean_squared_error, softmax_cross_entropy
    from shared.network import Network
    from shared.optimizers import Adam, GradientDescent
    from shared.training import train

    tasks = {RELU: (relu, softmax_cross_entropy), SIGMOID: (sigmoid, half_mean_squared_error)}
    optimizers = {"SGD": GradientDescent, "Adam": Adam}

    def seconds(images, labels, task, optimizer, batch_size, width=300):
        rng, (hidden, loss) = np.random.default_rng(1), tasks[task]
        X, Y = images.T, one_hot(labels, dtype=np.float32)
        network = Network([784, width, 10], [hidden, identity], rng=rng, dtype=np.float32)
        with open(os.devnull, "w") as file, contextlib.redirect_stderr(file):  # where the bar goes
            history = train(network, X, Y, loss, optimizers[optimizer](1e-3), batch_size=batch_size, epochs=2, rng=rng)
        return history.seconds[1] - history.seconds[0]

    return seconds


def one_thread():
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    threadpool_limits(1)
    return ours()


def pytorch(fused=None):
    import torch
    from torch.nn import CrossEntropyLoss, Linear, MSELoss, ReLU, Sequential, Sigmoid

    tasks = {RELU: (ReLU, CrossEntropyLoss()), SIGMOID: (Sigmoid, MSELoss())}  # MSE: another factor, the same work
    optimizers = {"SGD": torch.optim.SGD, "Adam": partial(torch.optim.Adam, fused=fused)}

    def seconds(images, labels, task, optimizer, batch_size):
        hidden, criterion = tasks[task]
        x, y = torch.from_numpy(images), torch.from_numpy(labels).long()
        y = y if task == RELU else torch.nn.functional.one_hot(y).float()
        model = Sequential(Linear(784, 300), hidden(), Linear(300, 10))
        optimizer = optimizers[optimizer](model.parameters(), lr=1e-3)
        for _ in range(2):
            start, total = time.perf_counter(), 0.0
            for batch in torch.randperm(len(x)).split(batch_size):
                optimizer.zero_grad(set_to_none=True)
                loss = criterion(model(x[batch]), y[batch])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
        return time.perf_counter() - start

    return seconds


def scikit_learn():
    from sklearn.neural_network import MLPClassifier

    def seconds(images, labels, task, optimizer, batch_size):
        plain = dict(learning_rate_init=1e-3, alpha=0, momentum=0, nesterovs_momentum=False)
        model = MLPClassifier(300, solver=optimizer.lower(), batch_size=batch_size, **plain)
        for _ in range(2):
            start = time.perf_counter()
            model.partial_fit(images, labels, classes=np.arange(10))  # one epoch
        return time.perf_counter() - start

    return seconds


def sgemm():
    def matrix(rows, columns):  # column by column, as the course stores them
        return np.ones((columns, rows), np.float32).T

    def seconds(images, labels, task, optimizer, B):
        X, W1, W2, dW1, dW2 = images[:B].T, *(matrix(*n) for n in [(300, 784), (10, 300)] * 2)
        A1, A2 = matrix(300, B), matrix(10, B)
        products = [(W1, X, A1), (W2, A1, A2), (A2, A1.T, dW2), (W2.T, A2, A1), (A1, X.T, dW1)]
        for _ in range(2):
            start = time.perf_counter()
            for _ in range(len(images) // B):
                for left, right, out in products:
                    np.matmul(left, right, out=out)
        return time.perf_counter() - start

    return seconds


PEERS = {"PyTorch": pytorch, "PyTorch fused": partial(pytorch, fused=True), "scikit-learn": scikit_learn}
LIBRARIES = {"ours": ours, **PEERS, "one thread": one_thread, "sgemm": sgemm}
worker = {}  # what a worker process knows


def prepare(name):
    from shared.datasets import load_mnist

    worker["data"], worker["seconds"] = load_mnist("train+validation"), LIBRARIES[name]()


def answer(first, m, cell, arguments):
    images, labels = (data[..., first : first + m].T for data in worker["data"])
    return worker["seconds"](images.astype(np.float32) / 255, labels.copy(), *cell, **arguments)


def ask(process, first, m, cell, **arguments):
    """Return the seconds of an epoch in another process, while this one and all the others idle."""
    time.sleep(0.03)  # the threads of the library asked before spin a while before they sleep
    return process.submit(answer, first, m, cell, arguments).result()


def compare(processes, quick, until):
    """Return one dict a cell of the table; "ratios" are the quartiles of our time ÷ that of each other."""
    rng, rounds = np.random.default_rng(0), {}
    for task, optimizer in COMPARED:
        if task == RELU or not quick:
            rounds |= {(task, optimizer, batch_size): [] for batch_size in BATCH_SIZES}
    while time.perf_counter() < until or len(rounds[RELU, "SGD", 10]) < 3:
        for cell, results in rounds.items():
            m = (1 if quick else 4) * cell[2] * min(max(3200 // cell[2], 25), 100)
            first, names = int(rng.integers(60_000 - m)), ["ours", *COMPARED[cell[:2]]]
            rng.shuffle(names)
            results.append({name: ask(processes[name], first, m, cell) / m for name in names})
    rows = []
    for (task, optimizer, B), results in rounds.items():
        row = dict(task=task, optimizer=optimizer, batch_size=B, rounds=len(results), ratios={}, bars={})
        row["microseconds"] = 1e6 * B * float(np.median([seconds["ours"] for seconds in results]))
        for name, bars in COMPARED[task, optimizer].items():
            ratios = [seconds["ours"] / seconds[name] for seconds in results]
            row["ratios"][name] = np.quantile(ratios, (0.25, 0.5, 0.75)).tolist()
            row["bars"][name] = bars.get(B)
        rows.append(row)
    return rows


def missed(rows):
    """Return a sentence for each bar that a median misses."""
    return [
        f"{row['optimizer']}, batch size {row['batch_size']}: {row['ratios'][name][1]:.3f} of the time of {name}, "
        f"allowed {bar:.2f}"
        for row in rows
        for name, bar in row["bars"].items()
        if bar is not None and not row["ratios"][name][1] <= bar
    ]


def print_table(rows):
    names = [*PEERS, "one thread", "sgemm"]
    for task in dict.fromkeys(row["task"] for row in rows):
        print(f"\n{task}: our time ÷ that of … (allowed); share of the machine's own sgemm rate")
        print("          batch  µs/step", *(f"{name:>13}" for name in names))
        for row in [row for row in rows if row["task"] == task]:
            texts = dict.fromkeys(names, "")
            for name, (_, ratio, _) in row["ratios"].items():
                bar = f" ({row['bars'][name]:.2f})" if row["bars"][name] else ""
                texts[name] = f"{1 / ratio:.0%}" if name == "sgemm" else f"{ratio:.2f}{bar}"
            start = f"{row['optimizer']:9} {row['batch_size']:5} {row['microseconds']:8.0f}"
            print(start, *(f"{text:>13}" for text in texts.values()))


def grow(ours, rounds):
    """Return how the seconds of an epoch grow with the width and with m (SGD, batch size 32)."""
    growth = {}
    for name, sizes in GROWTH.items():
        asked = [(3200, dict(width=n)) if name == "width" else (n, {}) for n in sizes]
        seconds = [[ask(ours, 0, m, (RELU, "SGD", 32), **width) for m, width in asked] for _ in range(rounds)]
        seconds = np.median(seconds, axis=0)
        slope = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
        growth[name] = dict(sizes=sizes, seconds=seconds.tolist(), slope=slope)
        print(f"\nThe time of an epoch grows like {name} to the power {slope:.2f}")
        print(f"{name:>6}", *(f"{n:7,}" for n in sizes))
        print("    ms", *(f"{1e3 * t:7.1f}" for t in seconds))
    return growth


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one minute instead of six")
    parser.add_argument("--check", action="store_true", help="exit status 1 when a bar is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to FILE too")
    options = parser.parse_args(arguments)
    if absent := [name for name in ("torch", "sklearn") if not find_spec(name)]:
        cure = "To install what this script compares with: pip install -r tests/benchmarks/requirements.txt"
        sys.exit(f"{' and '.join(absent)} cannot be imported. {cure}")
    start = time.perf_counter()
    environment = {name: version(name) for name in ("numpy", "torch", "scikit-learn")}
    environment["BLAS of numpy"] = np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    environment |= dict(Python=platform.python_version(), system=platform.system(), cores=os.cpu_count())
    print(*(f"{name} {value}" for name, value in environment.items()), sep=", ", flush=True)
    processes = {name: ProcessPoolExecutor(1, get_context("spawn"), prepare, (name,)) for name in LIBRARIES}
    rows = compare(processes, options.quick, until=start + (35 if options.quick else 300))
    print_table(rows)
    growth = grow(processes["ours"], rounds=2 if options.quick else 5)
    faults = missed(rows)
    print("", *(["Missed:", *faults] if faults else ["Every bar is met."]), sep="\n")
    spread = np.median([(high - low) / (2 * mid) for row in rows for low, mid, high in row["ratios"].values()])
    print(f"({rows[0]['rounds']} rounds, {time.perf_counter() - start:.0f} s; ratios ± {spread:.0%})")
    if options.json:
        report = dict(environment=environment, rows=rows, growth=growth, missed=faults)
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    return int(options.check and bool(faults))


if __name__ == "__main__":
    sys.exit(main())
