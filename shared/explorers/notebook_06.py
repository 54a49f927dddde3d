"""The explorer of notebook 6, the bug zoo; and its animals: the backward pass with one mistake in it.

FiveLines is the correct pass, with a method for each of its five lines. Every bug is a class that replaces one line,
runs without a complaint and gives a gradient of the right shape. Most of them even train. The gradient check notices
them all:

    gradient_check(MeanInBias.from_parameters(W, b, [sigmoid, identity]), X, Y, half_mean_squared_error)
"""
# ruff: noqa: N802 (the methods are named like the symbols of the five lines)

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider

from shared import plotting
from shared.activations import identity, relu, sigmoid
from shared.datasets import tiny
from shared.explorers.engine import Canvas, Explorer
from shared.explorers.engine.tiles import Tiles, written
from shared.gradient_check import gradient_check
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy
from shared.network import Network


class FiveLines(Network):
    """The backward pass as five lines, for activations that work element by element."""

    title, code = "no mistake", ""
    needs = ""  # without it the mistake changes nothing
    fits = ""  # without it NumPy refuses the line; the class then keeps the right one

    def backward(self, Y, loss):
        dZ = self.last_dZ(Y, loss)
        for l in range(self.L, 0, -1):
            self.dW[l][:] = self.dW_from(dZ, l)
            self.db[l][:] = self.db_from(dZ, l)
            if l > 1:
                dZ = self.dZ_from(self.dA_from(dZ, l), l - 1)
        return self.grad

    def last_dZ(self, Y, loss):
        if loss.from_logits:
            return loss.gradient(self.Z[self.L], Y)
        return self.dZ_from(self.last_dA(self.A[self.L], Y), self.L)

    def last_dA(self, A, Y):
        return (A - Y) / Y.shape[1]

    def dZ_from(self, dA, l):
        return dA * self.g[l].derivative(self.Z[l])

    def dW_from(self, dZ, l):
        return dZ @ self.A[l - 1].T

    def db_from(self, dZ, l):
        return dZ.sum(axis=1, keepdims=True)

    def dA_from(self, dZ, l):
        return self.W[l].T @ dZ


LINES = {  # the method that a bug replaces -> the right line
    "last_dA": "dA = (A[L] - Y) / m",
    "last_dZ": "dZ = (A[L] - Y) / m",
    "dZ_from": "dZ = dA * dg[l](Z[l])",
    "dW_from": "dW[l] = dZ @ A[l - 1].T",
    "db_from": "db[l] = dZ.sum(axis=1, keepdims=True)",
    "dA_from": "dA = W[l].T @ dZ",
}


# --- the first line: dA of the output ---------------------------------------------------------------------------------


class MeanForgotten(FiveLines):
    """The sum over the samples instead of their mean: the gradient is m times too long."""

    title, code = "dA: 1/m forgotten", "dA = A[L] - Y"

    def last_dA(self, A, Y):
        return A - Y


class MeanTwice(FiveLines):
    """1/m in the first line, and once more in dW and db: the gradient is m times too short."""

    title, code = "dA: 1/m twice", "dA = (A[L] - Y) / m / m"

    def last_dA(self, A, Y):
        return (A - Y) / Y.shape[1] ** 2


class HalfForgotten(FiveLines):
    """The derivative of the square without the half in front: the gradient is twice too long."""

    title, code = "dA: the half forgotten", "dA = 2 * (A[L] - Y) / m"

    def last_dA(self, A, Y):
        return 2 * (A - Y) / Y.shape[1]


class SignFlipped(FiveLines):
    """Target minus output: the descent climbs."""

    title, code = "dA: sign flipped", "dA = (Y - A[L]) / m"

    def last_dA(self, A, Y):
        return (Y - A) / Y.shape[1]


# --- the second line: dZ ----------------------------------------------------------------------------------------------


class DerivativeForgotten(FiveLines):
    """The error is passed on through the weights alone."""

    title, code = "dZ: g' forgotten", "dZ = dA"

    def dZ_from(self, dA, l):
        return dA


class DerivativeOfA(FiveLines):
    """g' is a function of z, but gets a = g(z)."""

    title, code = "dZ: g' of a", "dZ = dA * dg[l](A[l])"
    needs = "another activation: for the ReLU, a is positive exactly where z is"

    def dZ_from(self, dA, l):
        return dA * self.g[l].derivative(self.A[l])


class ReluMaskOfA(FiveLines):
    """The slope of a ReLU is taken as 1 where its output is ≥ 0, and that is everywhere."""

    title, code, needs = "dZ: ReLU mask a ≥ 0", "dZ = dA * (A[l] >= 0)", "a ReLU"

    def dZ_from(self, dA, l):
        return dA * (self.A[l] >= 0) if self.g[l].name == "relu" else super().dZ_from(dA, l)


class DerivativeTwice(FiveLines):
    """The cross-entropy's A − Y contains the derivative of the output activation; here it comes once more."""

    title, code = "dZ: g' once more", "dZ = (A[L] - Y) / m * dg[L](Z[L])"
    needs = "a cross-entropy, whose dZ needs no g' in the last layer"

    def last_dZ(self, Y, loss):
        return self.dZ_from(loss.gradient(self.Z[self.L], Y), self.L)


# --- the third line: dW -----------------------------------------------------------------------------------------------


class WeightsTransposed(FiveLines):
    """dW transposed, which fits only where a layer has as many nodes as the one before."""

    title, code = "dW: transposed", "dW[l] = (dZ @ A[l - 1].T).T"
    fits = "a square W"

    def dW_from(self, dZ, l):
        dW = dZ @ self.A[l - 1].T
        return dW.T if dW.shape[0] == dW.shape[1] else dW


class OwnActivations(FiveLines):
    """dW from the activations of the layer itself, not of the one before; fits where both have as many nodes."""

    title, code = "dW: activations of its own layer", "dW[l] = dZ @ A[l].T"
    fits = "two neighbouring layers of one size"

    def dW_from(self, dZ, l):
        before = self.A[l] if self.A[l].shape == self.A[l - 1].shape else self.A[l - 1]
        return dZ @ before.T


class StarInWeights(FiveLines):
    """Elementwise * for the matrix product @, which fits where the samples are as many as the nodes."""

    title, code = "dW: * for @", "dW[l] = dZ * A[l - 1].T"

    def dW_from(self, dZ, l):
        return dZ * self.A[l - 1].T


class NotCleared(FiveLines):
    """dW is added to what is there: the second backward pass holds the sum of both."""

    title, code = "dW: += without clearing", "dW[l] += dZ @ A[l - 1].T"

    def dW_from(self, dZ, l):
        return self.dW[l] + dZ @ self.A[l - 1].T


# --- the fourth line: db ----------------------------------------------------------------------------------------------


class MeanInBias(FiveLines):
    """The mean over the samples instead of the sum, although dZ contains 1/m already."""

    title, code = "db: mean for sum", "db[l] = dZ.mean(axis=1, keepdims=True)"

    def db_from(self, dZ, l):
        return dZ.mean(axis=1, keepdims=True)


class BiasOfOneSample(FiveLines):
    """The sum over the samples forgotten: only the first one counts."""

    title, code = "db: one sample only", "db[l] = dZ[:, :1]"

    def db_from(self, dZ, l):
        return dZ[:, :1]


class BiasAlongTheWrongAxis(FiveLines):
    """The sum over the nodes instead of the samples, which fits where both are as many."""

    title, code = "db: sum along the wrong axis", "db[l] = dZ.sum(axis=0)[:, None]"

    def db_from(self, dZ, l):
        return dZ.sum(axis=0)[:, None]


# --- the fifth line: dA of the layer before ---------------------------------------------------------------------------


class TransposeForgotten(FiveLines):
    """W for its transpose, which fits only where a layer has as many nodes as the one before."""

    title, code = "dA: W not transposed", "dA = W[l] @ dZ"
    fits = "a square W above the first layer"

    def dA_from(self, dZ, l):
        W = self.W[l]
        return W @ dZ if W.shape[0] == W.shape[1] else W.T @ dZ


class StarInActivations(FiveLines):
    """Elementwise * for the matrix product @; with a single output both are the same."""

    title, code, needs = "dA: * for @", "dA = W[l].T * dZ", "more than one output: a single row makes * and @ the same"

    def dA_from(self, dZ, l):
        return self.W[l].T * dZ


class UpdatedTooSoon(FiveLines):
    """W takes its step before the error is passed back through it."""

    title, code = "dA: W updated too soon", "dA = (W[l] - 0.1 * dW[l]).T @ dZ"

    def dA_from(self, dZ, l):
        return (self.W[l] - 0.1 * self.dW[l]).T @ dZ


ANIMALS = {kind.title: kind for kind in (FiveLines, *FiveLines.__subclasses__())}
MYSTERIES = (DerivativeOfA, MeanInBias, MeanForgotten)  # for exercise 06.2


# --- the zoo ----------------------------------------------------------------------------------------------------------

STEPS, TOO_LARGE, PASS = 200, 1e6, 1e-7
WRONG = {"facecolor": "#A00000", "edgecolor": "#5A0000", "hatch": "///"}
RIGHT = {"facecolor": plotting.tint("backward", 0.35), "edgecolor": plotting.ink("backward"), "hatch": ""}


class Case(NamedTuple):
    """A network with its samples, targets and loss."""

    network: Network
    X: np.ndarray
    Y: np.ndarray
    loss: object


class Visit(NamedTuple):
    """What a backward pass is worth: relative errors by name, what NumPy refused, E along two descents."""

    errors: dict
    refused: str
    curve: np.ndarray  # (≤ STEPS + 1,): shorter where E exceeded TOO_LARGE
    right_curve: np.ndarray


def _cases():
    W, b, X, Y = tiny()
    rng = np.random.default_rng(6)
    cases = {
        "2-2-1, sigmoid, 3 samples (tiny)": Case(Network.from_parameters(W, b, [sigmoid, identity]), X, Y, None),
        "2-2-1, ReLU, 3 samples": Case(Network.from_parameters(W, b, [relu, identity]), X, Y, None),
        "2-2-1, sigmoid, cross-entropy": Case(
            Network.from_parameters(W, b, [sigmoid, sigmoid]), X, Y, sigmoid_cross_entropy
        ),
    }
    drawn = {"2-2-2, 2 samples: all square": ([2, 2, 2], 2), "3-4-2, 5 samples: all differ": ([3, 4, 2], 5)}
    for title, (sizes, m) in drawn.items():
        network = Network(sizes, [sigmoid, identity], rng=rng, initial=1.0)
        cases[title] = Case(network, rng.standard_normal((sizes[0], m)), rng.standard_normal((2, m)), None)
    return {title: case._replace(loss=case.loss or half_mean_squared_error) for title, case in cases.items()}


CASES = _cases()


def animal(kind, case):
    """Return the network of a case with the backward pass of this class, and memory of its own."""
    return kind.from_parameters(case.network.W, case.network.b, case.network.g[1:])


def descent_of(kind, case, learning_rate):
    """Return E before each step of plain descent and after the last; it ends early beyond TOO_LARGE."""
    network, (_, X, Y, loss) = animal(kind, case), case
    E = [network.error(X, Y, loss)]
    with np.errstate(all="ignore"):
        while len(E) <= STEPS and E[-1] < TOO_LARGE:
            network.theta -= learning_rate * network.backward(Y, loss)
            E.append(network.error(X, Y, loss))
    return np.array(E)


@lru_cache(8)
def _right(network, learning_rate):
    """Return E along the descent of the correct pass: changing the mistake does not change it."""
    return descent_of(FiveLines, CASES[network], learning_rate)


@lru_cache(8)
def _errors(mistake, network):
    """Return the relative errors by name: the learning rate does not change them."""
    case = CASES[network]
    return gradient_check(animal(ANIMALS[mistake], case), *case[1:])


def visit(mistake, network, learning_rate):
    """Return the `Visit` of an animal (its title) in a case (its title)."""
    kind, case = ANIMALS[mistake], CASES[network]
    right = _right(network, learning_rate)
    try:
        errors = _errors(mistake, network)
        if kind.fits and not in_red(errors):
            raise ValueError(f"it fits only with {kind.fits}")
        return Visit(errors, "", descent_of(kind, case, learning_rate), right)
    except ValueError as problem:
        return Visit({}, str(problem).strip(), np.array([]), right)


def in_red(errors):
    """Return the names of the wrong ones of dW1, db1, dW2, db2."""
    return [name for name, error in errors.items() if name != "theta" and not error < PASS]


def journey(curve, right):
    """Return what the training does, in one sentence; right: the curve of the correct pass."""
    start, end, steps = curve[0], curve[-1], len(curve) - 1
    if not end < TOO_LARGE:
        both = "" if right[-1] < TOO_LARGE else ", and the correct pass explodes as well: choose a smaller γ"
        return f"Training explodes: after {steps} steps E is beyond all bounds{both}."
    told = f"in {steps} steps E goes from {start:.4g} to {end:.4g}"
    if not right[-1] < TOO_LARGE:
        return f"Training: {told}, while the correct pass explodes: this γ is too large for it."
    if end > 1.001 * start:
        return f"Training climbs: {told}, with the correct pass to {right[-1]:.4g}."
    if end > 0.999 * start:
        return f"Training hardly moves: {told}, with the correct pass to {right[-1]:.4g}."
    return f"And yet it descends: {told}, with the correct pass to {right[-1]:.4g}."


def describe(found, mistake, network, learning_rate):
    """Return what is seen, and what to look at, in a few sentences."""
    kind, red = ANIMALS[mistake], in_red(found.errors)
    if found.refused:
        return (
            f"NumPy refuses the line here: {found.refused}. A mistake that says so is a good mistake. "
            "In the network where all is square it is silent."
        )
    if kind is FiveLines:
        told = journey(found.curve, found.right_curve).removeprefix("And yet it descends: ").partition(", with")[0]
        return f"No mistake: all four are right. With the learning rate {learning_rate:.3g}: {told.rstrip('.')}."
    if not red:
        reason = f"This mistake needs {kind.needs}"
        if "last_dA" in vars(kind):
            reason = "This network does not use that line: a cross-entropy begins with dZ"
        return f"Nothing turns red here. {reason}. Choose another network."
    right = [name for name in found.errors if name not in ("theta", *red)]
    wrong = ", ".join(f"{name} ({found.errors[name]:.3g})" for name in red)
    right = f"; right: {', '.join(right)}" if right else ", all four"
    return f"{kind.__doc__} Wrong: {wrong}{right}. {journey(found.curve, found.right_curve)}"


@plotting.drawing
def _two_pictures():
    """Return a canvas, its four bars with their words, the two curves and the text of the two lines."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.6, 3.5))
    canvas, names, grey = Canvas(figure), ("dW1", "db1", "dW2", "db2"), plotting.ink("data")
    figure.suptitle(" \n ", fontsize=9)  # room for two lines of code
    lines = figure.add_artist(Tiles(zorder=5))
    bars = left.barh(range(4), 1, 0.7, left=1e-13)
    left.set(xscale="log", xlim=(1e-13, 1.5), ylim=(3.6, -0.9), xlabel="relative error")
    left.set_xticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
    left.set_yticks(range(4), labels=names)
    left.tick_params(axis="y", length=0)
    left.axvline(PASS, color=grey, linestyle=":", linewidth=1.2)
    for x, word, side in ((PASS / 2, "passes", "right"), (PASS * 2, "fails", "left")):
        left.text(x, -0.6, word, ha=side, va="center", color=grey, fontsize=8, zorder=0)
    for axes in (left, right):
        axes.set_axisbelow(True)  # ticks stay in the background, which is drawn once
    words = [left.text(1e-6, k, "", va="center", fontsize=8.5) for k in range(4)]
    right.set(yscale="log", xlim=(0, STEPS), ylim=(1e-3, 30), xlabel="step", ylabel="error E")
    (good,) = right.plot([], [], color=plotting.tint("error", 0.6), linewidth=4, label="correct pass")
    (bad,) = right.plot([], [], color=plotting.ink("error", 7), linestyle="--", label="this pass")
    right.legend(loc="upper right").set_zorder(0)
    canvas.moving(*bars, *words, good, bad, lines)
    return canvas, bars, words, good, bad, lines


def bug_zoo(mistake="db: mean for sum", network="2-2-1, sigmoid, 3 samples (tiny)", learning_rate=0.5):
    """Show which gradients a mistake spoils (left), and how training goes with it all the same (right).

    mistake: a title in `ANIMALS`. network: a title in `CASES`. learning_rate: 0.01 to 10.
    """
    canvas, bars, words, good, bad, lines = _two_pictures()
    rate = {"min": -2, "max": 1, "step": 0.1, "readout_format": ".3g"}
    controls = {
        "mistake": Dropdown(options=list(ANIMALS), value=mistake, description="Mistake"),
        "network": Dropdown(options=list(CASES), value=network, description="Network"),
        "learning_rate": FloatLogSlider(learning_rate, description="Learning rate γ", continuous_update=False, **rate),
    }

    def draw(found, mistake, network, learning_rate):
        kind, red = ANIMALS[mistake], in_red(found.errors)
        for name, bar, word in zip(("dW1", "db1", "dW2", "db2"), bars, words, strict=True):
            error = found.errors.get(name, 0)
            wrong = name in red
            bar.set(width=np.clip(error, 2e-13, 1) - 1e-13, visible=bool(found.errors), **(WRONG if wrong else RIGHT))
            told = f"WRONG  {error:.3g}" if wrong else "right" if found.errors else "not computed"
            if told != word.get_text():  # a text that has not changed need not be drawn again
                word.set(text=told, color="white" if wrong else "black", weight="bold" if wrong else "normal")
                box = {"facecolor": WRONG["facecolor"] if wrong else "white"}
                word.set_bbox({**box, "edgecolor": "none", "pad": 1.5})
        for line, curve in ((good, found.right_curve), (bad, found.curve)):
            line.set_data(range(len(curve)), np.clip(np.nan_to_num(curve, nan=TOO_LARGE), 1e-9, TOO_LARGE))
        method = next((name for name in LINES if name in vars(kind) and kind is not FiveLines), None)
        code = ("right  " + LINES[method], "here   " + kind.code) if method else ("the five lines, without a mistake",)
        lines.images = [(15, 329 - 16 * k, written(line, "#000000")) for k, line in enumerate(code)]
        return describe(found, mistake, network, learning_rate)

    about = "Left the relative error of each of four gradients, right E against the step, correct and with the mistake."
    return Explorer("bug_zoo", canvas, controls, visit, draw, about)
