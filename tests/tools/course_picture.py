"""Draw the README's picture, .github/course.png: a digit, a network trained on MNIST, and what it answers.

Run it in the repository's folder: ``.venv/bin/python tests/tools/course_picture.py``.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.patches import FancyArrowPatch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from shared import plotting
from shared.activations import relu, softmax
from shared.datasets import load_mnist, one_hot
from shared.losses import softmax_cross_entropy
from shared.network import Network
from shared.optimizers import Adam
from shared.training import train


def trained():
    """Return a small recogniser and one test picture (784, 1)."""
    rng = np.random.default_rng(1)
    images, labels = load_mnist("train")
    network = Network([784, 30, 10], [relu, softmax], rng=rng, dtype=np.float32, initial="he")
    X, Y = images.astype(np.float32) / 255, one_hot(labels, dtype=np.float32)
    train(network, X, Y, softmax_cross_entropy, Adam(3e-3), batch_size=64, epochs=2, rng=rng)
    return network, load_mnist("test")[0][:, :1] / np.float32(255)


@plotting.drawing
def picture():
    """Return the figure."""
    network, image = trained()
    figure, axes = plotting.new_figure(1, 3, size=(9, 3.6))
    figure.get_layout_engine().set(rect=(0, 0.2, 1, 0.8))
    plotting.digit_grid(image, columns=1, axes=axes[0])
    axes[0].set_title("data", color=plotting.ink("data"))
    plotting.network_diagram([784, 30, 10], axes=axes[1])
    axes[1].set_title("network")
    probabilities = {str(digit): float(p) for digit, p in enumerate(network(image)[:, 0])}
    plotting.bars(probabilities, "digit", "probability", number="", axes=axes[2])
    axes[2].set_title("answer")
    for y, start, end, color, line, words in (
        (0.16, 0.06, 0.94, "forward", "-", "forward: W x + b, activation, layer after layer"),
        (0.06, 0.94, 0.06, "backward", "--", "backward: how much each weight is to blame for the error, then a step"),
    ):
        figure.add_artist(
            FancyArrowPatch(
                (start, y),
                (end, y),
                transform=figure.transFigure,
                lw=1.8,
                linestyle=line,
                arrowstyle="-|>",
                mutation_scale=16,
                color=plotting.colors[color],
            )
        )
        figure.text(
            0.5,
            y,
            words,
            ha="center",
            va="center",
            color=plotting.ink(color),
            fontsize=11,
            bbox=dict(plotting.white, alpha=1),
        )
    return figure


if __name__ == "__main__":
    (Path(__file__).resolve().parents[2] / ".github" / "course.png").write_bytes(plotting.png(picture()))
