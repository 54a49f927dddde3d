"""The explorers of notebook 10: training on few digits, mistakes to leaf through, moved digits."""

from functools import cache
from math import isfinite

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider, IntSlider

from shared import plotting
from shared.activations import identity, relu, sigmoid
from shared.explorers.engine import Canvas, Explorer, LiveExplorer
from shared.explorers.engine.tiles import Tiles
from shared.explorers.pad.widget import a_digit
from shared.lessons.descents import OPTIMIZERS, Descent, Halt, linear_curvature
from shared.losses import half_mean_squared_error, softmax_cross_entropy
from shared.network import Network
from shared.training import accuracy

KINDS = {
    "ReLU, cross-entropy": (relu, softmax_cross_entropy, "he"),
    "sigmoid, half mean squared error": (sigmoid, half_mean_squared_error, "xavier"),
}
EPOCHS = 20
REACH = 8  # pixels: how far the digits can be moved
CORNER = 6, 97  # pixels of the figure: where the moved digits begin, from the left and from below
ANY = "any"

# --- live training


def begin(X, hidden, learning_rate, optimizer, kind):
    """Return a training at its start, always from the same random numbers.

    With the descent goes: the network; `seen` samples, counted again in every epoch; `limit`, 2/λ at the start, where
    it applies; `recent`, the errors of the batches since the last picture; `shown`, what each picture showed, rows
    of epochs, error, and two accuracies in percent.
    """
    g, _, initial = KINDS[kind]
    rng = np.random.default_rng(10)
    network = Network([len(X), hidden, 10], [g, identity], rng=rng, dtype=np.float32, initial=initial)
    steepness = g is sigmoid and optimizer == "gradient descent"
    more = {"network": network, "limit": limit(network, X[:, :500]) if steepness else None}
    more |= {"seen": 0, "recent": [], "shown": []}
    run = Descent(network.theta, OPTIMIZERS[optimizer](learning_rate), rng=rng, **more)
    run.keep()
    return run


def step(run, X, Y, batch_size, learning_rate, kind):
    """Take one step with the next batch; raise `Halt` at the end and if the error explodes."""
    if run.seen >= EPOCHS * X.shape[1]:
        raise Halt(f"All {EPOCHS} epochs are done.")
    batch = run.next_batch(X.shape[1], batch_size)
    loss = KINDS[kind][1]
    E = run.network.error(X[:, batch], Y[:, batch], loss)
    if not isfinite(E) or E > 1e6:
        why = "too large here"
        if run.limit and learning_rate > run.limit:
            why = f"above 2/λ, which was {run.limit:.3g} at the start"
        raise Halt(
            f"The error grew beyond all bounds in step {run.k + 1:,}: "
            f"γ = {learning_rate:.3g} is {why}. Choose a smaller one."
        )
    run.step(run.network.backward(Y[:, batch], loss), learning_rate)
    run.keep()
    run.seen += len(batch)
    run.recent.append(E)
    return run


def measure(run, X, Y, validation, kind):
    """Append the mean error of the batches since the last time, and the accuracies now."""
    error = np.mean(run.recent) if run.recent else run.network.error(X, Y, KINDS[kind][1])
    run.recent.clear()
    some = slice(validation[0].shape[1])  # as many old images as new ones
    shares = accuracy(run.network, X[:, some], Y[:, some]), accuracy(run.network, *validation)
    run.shown.append((run.seen / X.shape[1], error, *(100 * share for share in shares)))


def limit(network, X):
    """Return 2/λ, where λ is the largest curvature of the half mean squared error in W[2], b[2].

    In one row of them E is that of a linear model, whose inputs are the hidden activations.
    """
    return 2 / linear_curvature(network.forward(X)[1][1])


def silent(network, X):
    """Return how many hidden nodes give every image the same answer, to within 0.01."""
    return int((np.ptp(network.forward(X)[1][1], axis=1) < 0.01).sum())


@plotting.drawing
def _two_curves():
    """Return a canvas and its moving artists for the live training."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.6, 3.2))
    canvas, colors, ink = Canvas(figure), plotting.colors, plotting.ink
    left.set(yscale="log", ylim=(1e-4, 30), xlabel="epochs", ylabel="error E of the last batches")
    right.set(ylim=(0, 102), xlabel="epochs", ylabel="accuracy in %")
    for axes in (left, right):
        axes.set(xlim=(-0.3, EPOCHS), xticks=range(0, EPOCHS + 1, 5))
        axes.grid(color=plotting.tint("data", 0.2), linewidth=0.6)
    (error,) = left.plot([], [], color=colors["error"])
    (known,) = right.plot([], [], "--", color=colors["data"])
    (new,) = right.plot([], [], color=colors["forward"])
    place = {"ha": "right", "bbox": plotting.white, "zorder": 5}
    at_left, at_right = {"transform": left.transAxes}, {"transform": right.transAxes}
    texts = (
        left.text(0.98, 0.97, "", va="top", color=ink("error"), **place, **at_left),
        right.text(0.98, 0.49, "", va="bottom", color=ink("data"), **place, **at_right),
        right.text(0.98, 0.38, "", va="bottom", color=ink("forward"), **place, **at_right),
    )
    canvas.moving(error=error, known=known, new=new, number=texts)
    return canvas, (error, known, new), texts


def digit_training(X, Y, validation, hidden=100, learning_rate=0.1, batch_size=32, optimizer="gradient descent"):
    """Train a network on a few digits, live: the error, and the accuracy on old and new images.

    X (n, m), Y (10, m): training images and targets, about 2,000. validation: a pair of the same
    kind. hidden: 10 to 300. learning_rate: 0.0001 to 10. Divergence ends in a sentence.
    """
    canvas, lines, texts = _two_curves()
    m = X.shape[1]
    sizes = {f"{size:,}": size for size in (1, 10, 32, 128) if size < m} | {f"all {m:,}": m}
    rate = {"min": -4, "max": 1, "step": 0.05, "readout_format": ".3g"}
    controls = {
        "kind": Dropdown(options=list(KINDS), description="Hidden layer and error"),
        "hidden": IntSlider(hidden, 10, 300, 10, description="Hidden nodes"),
        "learning_rate": FloatLogSlider(learning_rate, description="Learning rate γ", **rate),
        "batch_size": Dropdown(options=sizes, value=batch_size, description="Batch size"),
        "optimizer": Dropdown(options=list(OPTIMIZERS), value=optimizer, description="Optimizer"),
    }

    def start(kind, hidden, learning_rate, batch_size, optimizer):
        return begin(X, hidden, learning_rate, optimizer, kind)

    def take_step(run, kind, hidden, learning_rate, batch_size, optimizer):
        return step(run, X, Y, batch_size, learning_rate, kind)

    def draw(run, kind, hidden, learning_rate, batch_size, optimizer):
        if run.recent or not run.shown:
            measure(run, X, Y, validation, kind)
        epochs, error, known, new = np.array(run.shown).T
        for line, y in zip(lines, (np.clip(error, 1.1e-4, 27), known, new), strict=True):
            line.set_data(epochs, y)
        texts[0].set_text(f"E = {plotting.number(error[-1], 3)}")
        texts[1].set_text(f"training images (dashed) {known[-1]:.1f} %")
        texts[2].set_text(f"new images {new[-1]:.1f} %")
        words = (
            f"After {epochs[-1]:.1f} epochs, {run.k:,} step{'s' * (run.k != 1)}: "
            f"E = {error[-1]:.3g}, right on "
            f"{known[-1]:.1f} % of the training images and {new[-1]:.1f} % of new ones."
        )
        if run.limit:
            side = "above" if learning_rate > run.limit else "below"
            words += f" γ = {learning_rate:.3g} is {side} 2/λ = {run.limit:.3g} of the start."
        if dead := silent(run.network, X[:, :100]):
            words += f" {dead} of {hidden} hidden nodes answer the same to every image."
        return words

    about = f"On the left, the error against epochs; on the right, the accuracy on {m:,} training and on new images."
    return LiveExplorer(
        "digit_training", canvas, controls, start, take_step, draw, about,
        fresh=("kind", "hidden", "optimizer"), speeds=(10, 1, 100),
    )  # fmt: skip


# --- mistakes


def find_mistakes(labels, probabilities, true=ANY, answer=ANY):
    """Return the columns that are answered wrongly, those the network is surest of first.

    labels (m,), probabilities (10, m); true and answer: a digit, or ANY for all.
    """
    said = probabilities.argmax(axis=0)
    wrong = said != labels
    if true != ANY:
        wrong = wrong & (labels == true)
    if answer != ANY:
        wrong = wrong & (said == answer)
    chosen = np.flatnonzero(wrong)
    return chosen[np.argsort(-probabilities[said[chosen], chosen], kind="stable")]


def mistakes(images, labels, probabilities):
    """Leaf through the digits that a network reads wrongly, those it is surest of first.

    images (784, m), labels (m,), probabilities (10, m).
    """
    canvas, picture, drawn, texts = _picture_and_bars()
    side = round(len(images) ** 0.5)
    top = 255 if images.dtype.kind in "iu" else 1
    # Only the mistakes are kept, not the array they come from.
    all_of_them = find_mistakes(labels, probabilities)
    images, labels, P = images[:, all_of_them], labels[all_of_them], probabilities[:, all_of_them]
    controls = {
        "true": Dropdown(options=[ANY, *range(10)], description="True digit"),
        "answer": Dropdown(options=[ANY, *range(10)], description="The network's answer"),
        "number": IntSlider(1, 1, max(1, len(labels)), description="Number of the mistake"),
    }

    def compute(true, answer, number):
        chosen = find_mistakes(labels, P, true, answer)
        return chosen, chosen[min(number, len(chosen)) - 1] if len(chosen) else None

    def draw(result, true, answer, number):
        chosen, k = result
        controls["number"].max = max(1, len(chosen))
        p = np.zeros(10) if k is None else P[:, k]
        for digit, (bar, text) in enumerate(zip(drawn, texts, strict=True)):
            right = k is not None and digit == labels[k]
            bar.set(width=p[digit], hatch="///" if right else "")
            text.set(x=p[digit] + 0.02, text="" if k is None else f"{p[digit]:.3f}")
            text.set_text(text.get_text() + ("  ◂ the truth" if right else ""))
            text.set_weight("bold" if right else "normal")
        picture.set_data(np.zeros((side, side)) if k is None else images[:, k].reshape(side, side) / top)
        if k is None:
            return "There is no such mistake."
        return (
            f"Mistake {min(number, len(chosen))} of {len(chosen)}: {a_digit(labels[k])}, read as "
            f"{p.argmax()} with probability {p.max():.3f}; the {labels[k]} got {p[labels[k]]:.3f}."
        )

    about = "On the left, a digit that is read wrongly; on the right, the probabilities of the ten digits."
    return Explorer("mistakes", canvas, controls, compute, draw, about, quiet="dim")


@plotting.drawing
def _picture_and_bars():
    figure, (left, right) = plotting.new_figure(1, 2, size=(7, 3))
    canvas = Canvas(figure)
    picture = left.imshow(np.zeros((28, 28)), cmap="gray_r", vmin=0, vmax=1)
    left.set(xticks=[], yticks=[])
    left.spines[:].set_visible(True)
    tint, ink = plotting.tint("forward", 0.45), plotting.ink("forward")
    drawn = right.barh(range(10), np.zeros(10), color=tint, edgecolor=ink)
    right.set(xlim=(0, 1.3), xticks=[0, 0.5, 1], yticks=range(10), ylim=(9.6, -0.6))
    right.set(xlabel="probability", ylabel="digit")
    texts = [right.text(0, digit, "", va="center", fontsize=8) for digit in range(10)]
    canvas.moving(image=picture, bar=drawn, number=texts)
    return canvas, picture, drawn, texts


# --- moved digits


def moved(images, right, down):
    """Return the images (n², m), moved by whole pixels; what comes in at the edge is 0."""
    side = round(len(images) ** 0.5)
    old = images.reshape(side, side, -1)
    new = np.zeros_like(old)
    into_rows, into_columns = (slice(max(0, k), side + min(0, k)) for k in (down, right))
    from_rows, from_columns = (slice(max(0, -k), side - max(0, k)) for k in (down, right))
    new[into_rows, into_columns] = old[from_rows, from_columns]
    return new.reshape(images.shape)


def mosaic(ten):
    """Return ten images (n², 10) as one: two rows of five, framed, with room for a line below."""
    side = round(len(ten) ** 0.5)
    whole = np.zeros((2 * (side + 12), 5 * (side + 5)))
    for k, image in enumerate(ten.T):
        cell = whole[k // 5 * (side + 12) :, k % 5 * (side + 5) :][: side + 2, : side + 2]
        cell[:] = 0.3  # the frame
        cell[1:-1, 1:-1] = image.reshape(side, side)
    return whole


def greys(values):
    """Return values from 0 (white) to 1 (black) as colours, each two pixels high and wide, the lowest row first."""
    grey = np.round(255 * (1 - np.clip(values[::-1], 0, 1))).astype(np.uint8).repeat(2, axis=0).repeat(2, axis=1)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


@plotting.drawing
def _digits_and_curve(names):
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.6, 3.2))
    canvas = Canvas(figure)
    figure.set_layout_engine("none")
    high, wide = mosaic(np.zeros((784, 10))).shape
    for axes, place in (
        (left, (*CORNER, 2 * wide, 2 * high)),
        (right, (411, 46, 343, 268 if len(names) == 1 else 240)),
    ):
        axes.set_position(np.array(place) / np.tile(figure.bbox.size, 2))  # in pixels
    left.set(xlim=(-0.5, wide - 0.5), ylim=(high - 0.5, -0.5))
    left.axis("off")
    digits = figure.add_artist(Tiles(zorder=3))
    answers = [left.text(15 + 33 * (k % 5), 31 + 40 * (k // 5), "", ha="center", va="top") for k in range(10)]
    right.set(xlim=(-REACH - 0.3, REACH + 0.3), ylim=(0, 102), xticks=range(-REACH, REACH + 1, 2))
    right.set(xlabel="pixels to the right", ylabel="accuracy in %")
    right.grid(color=plotting.tint("data", 0.2), linewidth=0.6)
    curves, dots = [], []
    for k, name in enumerate(names):
        color = (plotting.colors["forward"], plotting.ink("orange", 3))[k % 2]
        curves += right.plot([], [], plotting.dashes[k % 6], color=color, label=name)
        dots += right.plot([], [], plotting.markers[k], color=color, markersize=8)
    if len(names) > 1:
        right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    canvas.moving(digits=digits, answer=answers, curve=curves, dot=dots)
    return canvas, digits, answers, curves, dots


def moved_digits(networks, images, labels):
    """Move test digits by whole pixels and see what networks make of them.

    networks: dict of name: function (784, m) -> (10, m); the first one's answers are written below
    ten digits. images (784, m) of floats from 0 to 1, about 500 of them, labels (m,).
    """
    if not set(range(10)) <= set(labels.tolist()):
        raise ValueError("moved_digits needs images of every digit, 500 say")
    canvas, digits, answers, curves, dots = _digits_and_curve(list(networks))
    places = np.arange(-REACH, REACH + 1)
    first = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]
    controls = {
        "right": IntSlider(0, -REACH, REACH, description="Pixels to the right"),
        "down": IntSlider(0, -REACH, REACH, description="Pixels down"),
    }

    @cache
    def shares(down):
        """Return the accuracies in percent (networks, places) for all places of one height."""
        rows = [
            [100 * np.mean(f(X).argmax(axis=0) == labels) for f in networks.values()]
            for X in (moved(images, right, down) for right in places)
        ]
        return np.array(rows).T

    def compute(right, down):
        ten = moved(images[:, first], right, down)
        return ten, next(iter(networks.values()))(ten).argmax(axis=0), shares(down)

    def draw(result, right, down):
        ten, said, percent = result
        for k in range(10):
            wrong = said[k] != labels[first[k]]
            answers[k].set_text(f"{said[k]} ✗" if wrong else f"{said[k]}")
            answers[k].set_weight("bold" if wrong else "normal")
        digits.images = [(*CORNER, greys(mosaic(ten)))]
        at = right + REACH
        for curve, dot, row in zip(curves, dots, percent, strict=True):
            curve.set_data(places, row)
            dot.set_data([right], [row[at]])
        names = [f" ({name})" for name in networks] if len(networks) > 1 else [""]
        told = " and ".join(f"{row[at]:.1f} %{name}" for name, row in zip(names, percent, strict=True))
        return (
            f"Moved {abs(right)} to the {'right' if right >= 0 else 'left'} and {abs(down)} "
            f"{'down' if down >= 0 else 'up'}: {told} of {len(labels)} digits are read correctly."
        )

    about = (
        "On the left, ten digits with the answers below them (✗: wrong); on the right, the accuracy against the "
        "pixels to the right."
    )
    return Explorer("moved_digits", canvas, controls, compute, draw, about, quiet="dim")
