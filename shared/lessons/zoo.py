"""The bug zoo of notebook 6: the backward pass in lines, and eighteen mistakes, each in one of them.

A `Bug` is data: what is wrong, how it looks in code, which line it replaces and by which function. Every bug runs
without a complaint (where sizes fit) and gives a gradient of the right shape. Most of them even train. The gradient
check notices them all:

    network = kind(BUGS["db: mean for sum"]).from_parameters(W, b, [sigmoid, identity])
    gradient_check(network, X, Y, half_mean_squared_error)
"""

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from shared.activations import identity, relu, sigmoid
from shared.datasets import tiny
from shared.gradient_check import gradient_check
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy
from shared.network import Network

# --- the lines


class Layer:
    """What is known in layer l while its lines are run, with the names of the text: what comes later is not there yet.

    W, g, Z, A of the layer; A_before of the layer before it; Y, m and the loss; old_dW: what dW held before.
    """

    def __init__(self, network, l, Y, loss, dA=None):
        self.W, self.g, self.old_dW = network.W[l], network.g[l], network.dW[l]
        self.Z, self.A, self.A_before = network.Z[l], network.A[l], network.A[l - 1]
        self.Y, self.m, self.loss = Y, Y.shape[1], loss
        self.dA = dA

    @property
    def dg(self):
        """Return g', a function of z."""
        return self.g.derivative


class Line(NamedTuple):
    """A line of the backward pass: its code, and a function of a `Layer` that gives what the line computes."""

    code: str
    function: object


LINES = {  # in the order in which they are run; a cross-entropy begins with the second, all others with the first
    "dA of the output": Line("dA = (A[L] - Y) / m", lambda layer: (layer.A - layer.Y) / layer.m),
    "dZ of the output": Line("dZ = (A[L] - Y) / m", lambda layer: layer.loss.gradient(layer.Z, layer.Y)),
    "dZ": Line("dZ = dA * dg[l](Z[l])", lambda layer: layer.dA * layer.dg(layer.Z)),
    "dW": Line("dW[l] = dZ @ A[l - 1].T", lambda layer: layer.dZ @ layer.A_before.T),
    "db": Line("db[l] = dZ.sum(axis=1, keepdims=True)", lambda layer: layer.dZ.sum(axis=1, keepdims=True)),
    "dA": Line("dA = W[l].T @ dZ", lambda layer: layer.W.T @ layer.dZ),
}


class FiveLines(Network):
    """The backward pass line by line, for activations that work element by element; one line may be a bug's."""

    bug = None

    def backward(self, Y, loss):
        """Return the gradient, as `Network.backward` does."""
        run = {name: line.function for name, line in LINES.items()}
        if self.bug:
            run[self.bug.line] = self.bug.function
        dA = None
        for l in range(self.L, 0, -1):
            layer = Layer(self, l, Y, loss, dA)
            if l < self.L:
                layer.dZ = run["dZ"](layer)
            elif loss.from_logits:
                layer.dZ = run["dZ of the output"](layer)
            else:
                layer.dA = run["dA of the output"](layer)
                layer.dZ = run["dZ"](layer)
            self.dW[l][:] = layer.dW = run["dW"](layer)
            self.db[l][:] = run["db"](layer)
            if l > 1:
                dA = run["dA"](layer)
        return self.grad


# --- the bugs


class Bug(NamedTuple):
    """A mistake in one line."""

    title: str
    line: str  # the name in `LINES` of the line that it replaces
    code: str
    function: object  # like that of a `Line`
    note: str  # what is wrong, in a sentence
    needs: str = ""  # without it the mistake changes nothing
    fits: str = ""  # without it NumPy refuses the line; the function then gives the right one


def _relu_mask_of_a(layer):
    return layer.dA * (layer.A >= 0) if layer.g.name == "relu" else LINES["dZ"].function(layer)


def _weights_transposed(layer):
    dW = LINES["dW"].function(layer)
    return dW.T if dW.shape[0] == dW.shape[1] else dW


def _own_activations(layer):
    same = layer.A.shape == layer.A_before.shape
    return layer.dZ @ layer.A.T if same else LINES["dW"].function(layer)


def _transpose_forgotten(layer):
    square = layer.W.shape[0] == layer.W.shape[1]
    return layer.W @ layer.dZ if square else LINES["dA"].function(layer)


BUGS = {
    bug.title: bug
    for bug in (
        # the first line
        Bug(
            title="dA: 1/m forgotten",
            line="dA of the output",
            code="dA = A[L] - Y",
            function=lambda layer: layer.A - layer.Y,
            note="The sum over the samples instead of their mean: the gradient is too long by a factor of m.",
        ),
        Bug(
            title="dA: 1/m twice",
            line="dA of the output",
            code="dA = (A[L] - Y) / m / m",
            function=lambda layer: (layer.A - layer.Y) / layer.m**2,
            note="1/m in the first line, and once more in dW and db: the gradient is too short by a factor of m.",
        ),
        Bug(
            title="dA: the half forgotten",
            line="dA of the output",
            code="dA = 2 * (A[L] - Y) / m",
            function=lambda layer: 2 * (layer.A - layer.Y) / layer.m,
            note="The derivative of the square without the half in front: the gradient is too long by a factor of 2.",
        ),
        Bug(
            title="dA: sign flipped",
            line="dA of the output",
            code="dA = (Y - A[L]) / m",
            function=lambda layer: (layer.Y - layer.A) / layer.m,
            note="Target minus output: the descent climbs.",
        ),
        # the second line
        Bug(
            title="dZ: g' forgotten",
            line="dZ",
            code="dZ = dA",
            function=lambda layer: layer.dA,
            note="The error is passed on through the weights alone.",
        ),
        Bug(
            title="dZ: g' of a",
            line="dZ",
            code="dZ = dA * dg[l](A[l])",
            function=lambda layer: layer.dA * layer.dg(layer.A),
            note="g' is a function of z, but gets a = g(z).",
            needs="another activation: for the ReLU, a is positive exactly where z is",
        ),
        Bug(
            title="dZ: ReLU mask a ≥ 0",
            line="dZ",
            code="dZ = dA * (A[l] >= 0)",
            function=_relu_mask_of_a,
            note="The slope of a ReLU is taken as 1 where its output is ≥ 0, and that is everywhere.",
            needs="a ReLU",
        ),
        Bug(
            title="dZ: g' once more",
            line="dZ of the output",
            code="dZ = (A[L] - Y) / m * dg[L](Z[L])",
            function=lambda layer: layer.loss.gradient(layer.Z, layer.Y) * layer.dg(layer.Z),
            note="The cross-entropy's A − Y contains the derivative of the output activation; here it comes once more.",
            needs="a cross-entropy, whose dZ needs no g' in the last layer",
        ),
        # the third line
        Bug(
            title="dW: transposed",
            line="dW",
            code="dW[l] = (dZ @ A[l - 1].T).T",
            function=_weights_transposed,
            note="dW transposed, which fits only where a layer has as many nodes as the one before.",
            fits="a square W",
        ),
        Bug(
            title="dW: activations of its own layer",
            line="dW",
            code="dW[l] = dZ @ A[l].T",
            function=_own_activations,
            note="dW from the activations of the layer itself, not of the one before; "
            "fits where both have as many nodes.",
            fits="two neighbouring layers of one size",
        ),
        Bug(
            title="dW: * for @",
            line="dW",
            code="dW[l] = dZ * A[l - 1].T",
            function=lambda layer: layer.dZ * layer.A_before.T,
            note="Elementwise * for the matrix product @, which fits where there are as many samples as nodes.",
        ),
        Bug(
            title="dW: += without clearing",
            line="dW",
            code="dW[l] += dZ @ A[l - 1].T",
            function=lambda layer: layer.old_dW + layer.dZ @ layer.A_before.T,
            note="dW is added to what is there: the second backward pass holds the sum of both.",
        ),
        # the fourth line
        Bug(
            title="db: mean for sum",
            line="db",
            code="db[l] = dZ.mean(axis=1, keepdims=True)",
            function=lambda layer: layer.dZ.mean(axis=1, keepdims=True),
            note="The mean over the samples instead of the sum, although dZ contains 1/m already.",
        ),
        Bug(
            title="db: one sample only",
            line="db",
            code="db[l] = dZ[:, :1]",
            function=lambda layer: layer.dZ[:, :1],
            note="The sum over the samples forgotten: only the first one counts.",
        ),
        Bug(
            title="db: sum along the wrong axis",
            line="db",
            code="db[l] = dZ.sum(axis=0)[:, None]",
            function=lambda layer: layer.dZ.sum(axis=0)[:, None],
            note="The sum over the nodes instead of the samples, which fits where there are as many of both.",
        ),
        # the fifth line
        Bug(
            title="dA: W not transposed",
            line="dA",
            code="dA = W[l] @ dZ",
            function=_transpose_forgotten,
            note="W for its transpose, which fits only where a layer has as many nodes as the one before.",
            fits="a square W above the first layer",
        ),
        Bug(
            title="dA: * for @",
            line="dA",
            code="dA = W[l].T * dZ",
            function=lambda layer: layer.W.T * layer.dZ,
            note="Elementwise * for the matrix product @; with a single output both are the same.",
            needs="more than one output: a single row makes * and @ the same",
        ),
        Bug(
            title="dA: W updated too soon",
            line="dA",
            code="dA = (W[l] - 0.1 * dW[l]).T @ dZ",
            function=lambda layer: (layer.W - 0.1 * layer.dW).T @ layer.dZ,
            note="W takes its step before the error is passed back through it.",
        ),
    )
}
NO_MISTAKE = "no mistake"
TITLES = (NO_MISTAKE, *BUGS)


@cache
def kind(bug):
    """Return the kind of `Network` whose backward pass has this bug; None is the correct pass."""
    return type(bug.title, (FiveLines,), {"__doc__": bug.note, "bug": bug}) if bug else FiveLines


MYSTERIES = tuple(kind(BUGS[title]) for title in ("dZ: g' of a", "db: mean for sum", "dA: 1/m forgotten"))  # for 06.2

# --- visits: what the gradient check says to a bug, and how training goes with it

STEPS, TOO_LARGE, PASS = 200, 1e6, 1e-7


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


@cache
def cases():
    """Return the networks of the explorer, by title."""
    W, b, X, Y = tiny()
    rng = np.random.default_rng(6)
    found = {
        "2-2-1, sigmoid, 3 samples (tiny)": Case(Network.from_parameters(W, b, [sigmoid, identity]), X, Y, None),
        "2-2-1, ReLU, 3 samples": Case(Network.from_parameters(W, b, [relu, identity]), X, Y, None),
        "2-2-1, sigmoid, cross-entropy": Case(
            Network.from_parameters(W, b, [sigmoid, sigmoid]), X, Y, sigmoid_cross_entropy
        ),
    }
    drawn = {"2-2-2, 2 samples: all square": ([2, 2, 2], 2), "3-4-2, 5 samples: all differ": ([3, 4, 2], 5)}
    for title, (sizes, m) in drawn.items():
        network = Network(sizes, [sigmoid, identity], rng=rng, initial=1.0)
        found[title] = Case(network, rng.standard_normal((sizes[0], m)), rng.standard_normal((2, m)), None)
    return {title: case._replace(loss=case.loss or half_mean_squared_error) for title, case in found.items()}


def animal(bug, case):
    """Return the network of a case with a bug in its backward pass (None: without), and memory of its own."""
    return kind(bug).from_parameters(case.network.W, case.network.b, case.network.g[1:])


def descent_of(bug, case, learning_rate):
    """Return E before each step of plain descent and after the last; it ends early beyond TOO_LARGE."""
    network, (_, X, Y, loss) = animal(bug, case), case
    E = [network.error(X, Y, loss)]
    with np.errstate(all="ignore"):
        while len(E) <= STEPS and E[-1] < TOO_LARGE:
            network.theta -= learning_rate * network.backward(Y, loss)
            E.append(network.error(X, Y, loss))
    return np.array(E)


@lru_cache(8)
def _right(network, learning_rate):
    """Return E along the descent of the correct pass: changing the mistake does not change it."""
    return descent_of(None, cases()[network], learning_rate)


@lru_cache(8)
def _errors(mistake, network):
    """Return the relative errors by name: the learning rate does not change them."""
    case = cases()[network]
    return gradient_check(animal(BUGS.get(mistake), case), *case[1:])


def visit(mistake, network, learning_rate):
    """Return the `Visit` to a mistake (a title in `TITLES`) in a case (its title)."""
    bug, case = BUGS.get(mistake), cases()[network]
    right = _right(network, learning_rate)
    try:
        errors = _errors(mistake, network)
        if bug and bug.fits and not in_red(errors):
            raise ValueError(f"it fits only with {bug.fits}")
        return Visit(errors, "", descent_of(bug, case, learning_rate), right)
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
    bug, red = BUGS.get(mistake), in_red(found.errors)
    if found.refused:
        return (
            f"NumPy refuses the line here: {found.refused}. A mistake that says so is a good mistake. "
            "In the network where everything is square it is silent."
        )
    if bug is None:
        told = journey(found.curve, found.right_curve).removeprefix("And yet it descends: ").partition(", with")[0]
        return f"No mistake: all four are right. With the learning rate {learning_rate:.3g}: {told.rstrip('.')}."
    if not red:
        reason = f"This mistake needs {bug.needs}"
        if bug.line == "dA of the output":
            reason = "This network does not use that line: a cross-entropy begins with dZ"
        return f"Nothing turns red here. {reason}. Choose another network."
    right = [name for name in found.errors if name not in ("theta", *red)]
    wrong = ", ".join(f"{name} ({found.errors[name]:.3g})" for name in red)
    right = f"; right: {', '.join(right)}" if right else ", all four"
    return f"{bug.note} Wrong: {wrong}{right}. {journey(found.curve, found.right_curve)}"
