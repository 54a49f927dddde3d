"""How training fares beside other programs that want the same processors.

    python tests/benchmarks/busy_machine.py [--busy N] [--rounds N] [--json FILE]

784-300-10 is trained on 6,000 images with batches of 32, beside N processes that never rest (by default two for each
processor), and beside none. `ours` is shared.training.train as it is; `all threads` keeps every thread to the end, as
NumPy does by itself; `one thread` starts with one. Each run is a process of its own, and they take turns; a ratio is
taken within a round, and the median over the rounds is shown.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

TOP = Path(__file__).resolve().parents[2]
WAYS = ("ours", "all threads", "one thread")
TRAINING = """
import sys
sys.path.insert(0, {top!r})
import numpy as np
from shared import threads
from shared.activations import identity, relu
from shared.datasets import load_mnist, one_hot
from shared.losses import softmax_cross_entropy
from shared.network import Network
from shared.optimizers import GradientDescent
from shared.training import train

if {way!r} == "all threads":
    threads.Threads.check = lambda self: None
images, labels = load_mnist("train")
X, Y = (images[:, :6000] / 255).astype(np.float32), one_hot(labels[:6000], dtype=np.float32)
network = Network([784, 300, 10], [relu, identity], rng=np.random.default_rng(0), dtype=np.float32)
history = train(
    network, X, Y, softmax_cross_entropy, GradientDescent(0.1),
    batch_size=32, epochs=2, rng=np.random.default_rng(0), progress=False,
)
print(history.seconds[-1])
"""


def seconds(way):
    """Return the seconds of one training, in a process of its own."""
    environment = os.environ | ({"OPENBLAS_NUM_THREADS": "1"} if way == "one thread" else {})
    code = TRAINING.format(top=str(TOP), way=way)
    return float(subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True).stdout)


@contextlib.contextmanager
def beside(count):
    """Keep this many processes busy."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield busy
    finally:
        for process in busy:
            process.kill()
            process.wait()


def measure(busy, rounds):
    """Return {(busy processes, way): time ÷ that of one thread on the idle machine, the median over the rounds}."""
    ratios = {(count, way): [] for count in (0, busy) for way in WAYS}
    for _ in range(rounds):
        times = {}
        for count in (0, busy):
            with beside(count):
                times |= {(count, way): seconds(way) for way in WAYS}
        for key, time in times.items():
            ratios[key].append(time / times[0, "one thread"])
    return {key: median(values) for key, values in ratios.items()}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--busy", type=int, default=2 * os.cpu_count(), metavar="N", help="processes that never rest")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each is measured (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to FILE too")
    options = parser.parse_args(arguments)
    found = measure(options.busy, options.rounds)
    print(f"{os.cpu_count()} processors; time ÷ that of one thread on the idle machine")
    print(f"{'busy processes':16}" + "".join(f"{way:>14}" for way in WAYS))
    for count in (0, options.busy):
        print(f"{count:<16}" + "".join(f"{found[count, way]:>14.2f}" for way in WAYS))
    if options.json:
        rows = [{"busy": count, "way": way, "ratio": round(ratio, 2)} for (count, way), ratio in found.items()]
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
