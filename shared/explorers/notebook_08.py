"""The explorer of notebook 8: a network learns the sine wave while you watch."""

from functools import partial
from math import isfinite

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider, IntSlider

from shared import plotting
from shared.activations import identity, sigmoid
from shared.datasets import sine
from shared.explorers.engine import Canvas, LiveExplorer
from shared.lessons.descents import FORMULAS, LIMITS, OPTIMIZERS, Descent, Halt, largest_curvature
from shared.losses import half_mean_squared_error
from shared.network import Network

ITERATIONS = 20_000
ALARM, CALM = "#A00000", plotting.ink("parameter")
X, Y = sine()
HORIZONTAL = np.linspace(-5.5, 5.5, 221).reshape(1, -1)


def sine_network(hidden):
    """Return the network 1-hidden-1 of section 8.9, before training; with 20 nodes it has the same numbers."""
    network = Network([1, hidden, 1], [sigmoid, identity], initial=0)
    rng = np.random.RandomState(0)
    for l in (1, 2):
        network.W[l][:] = 0.2 * rng.standard_normal(network.W[l].shape)
        network.b[l][:] = 0.2 * rng.standard_normal(network.b[l].shape)
    return network


def begin(hidden, learning_rate, optimizer, iteration):
    """Return a training at its start."""
    network = sine_network(hidden)
    method, curvature = OPTIMIZERS[optimizer](learning_rate), curvature_at(network.theta)
    more = {"network": network, "curvature": curvature}  # the latter at the start
    run = Descent(network.theta, method, ITERATIONS, dtype=np.float32, **more)  # the path is only drawn
    run.keep(network.error(X, Y, half_mean_squared_error))
    return run


def step(run, hidden, learning_rate, optimizer, iteration):
    """Take one step with all samples; raise `Halt` at the last one, and if the error explodes."""
    if run.k == ITERATIONS:
        raise Halt(f"All {ITERATIONS:,} iterations are done.")
    run.step(run.network.backward(Y, half_mean_squared_error), learning_rate)
    E = run.network.error(X, Y, half_mean_squared_error)
    if not isfinite(E) or E > 1e6:
        raise Halt(explosion(run, learning_rate, optimizer))
    run.keep(E)
    return run


def predictions(theta, x):
    """Return what the network with the parameters theta (3n + 1,) predicts for x (1, k)."""
    return network_with(theta)(x)


def network_with(theta):
    """Return the network 1-n-1 with the parameters theta (3n + 1,)."""
    network = Network([1, (len(theta) - 1) // 3, 1], [sigmoid, identity], initial=0)
    network.theta[:] = theta
    return network


def gradient(network):
    """Return the gradient of the network's error on the sine wave."""
    network.error(X, Y, half_mean_squared_error)
    return network.backward(Y, half_mean_squared_error)


def curvature_at(theta):
    """Return the largest curvature of the error at theta (3n + 1,)."""
    network = network_with(theta)
    return largest_curvature(partial(gradient, network), network.theta)


def explosion(run, learning_rate, optimizer):
    """Return a sentence or two on why the error grew beyond all bounds."""
    grew = f"The error grew beyond all bounds at iteration {run.k + 1:,}."
    if optimizer in FORMULAS:
        best = int(np.argmin(run.errors))
        curvature, bound = curvature_at(run.path[best]), LIMITS[optimizer]
        if learning_rate * curvature > bound:
            return (
                f"{grew} {_after(best).capitalize()} the largest curvature λ was {curvature:.3g}, "
                f"so γ = {learning_rate:.3g} is above {FORMULAS[optimizer]} = {bound / curvature:.3g}: "
                "each step lands higher on the other side of the valley."
            )
    return f"{grew} Try a smaller γ than {learning_rate:.3g}."


def _after(k):
    return f"after {k:,} iteration{'s' * (k > 1)}" if k else "at the start"


@plotting.drawing
def _two_pictures():
    """Return a canvas, and its moving artists: curve, error, marker and three texts."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.6, 3.4))
    canvas, colors, ink = Canvas(figure), plotting.colors, plotting.ink
    grey, blue, purple = ink("data"), ink("forward"), ink("error")
    look = {
        "markersize": 6,
        "markeredgecolor": "white",
        "markeredgewidth": 0.4,
    }  # wider than the curve that moves above
    left.plot(X[0], Y[0], "o", color=colors["data"], **look)
    above = {"transform": left.transAxes, "va": "bottom"}  # the axes, where no curve crosses the words
    left.text(0, 1.08, "data: sin x", color=grey, **above)
    left.set(xlim=(-5.5, 5.5), ylim=(-2, 2), xlabel="x", ylabel="y")
    right.set(yscale="log", xlabel="iteration", ylabel="error E")
    right.set_xscale("symlog", linthresh=10)
    right.set_xticks([0, 10, 100, 1000, 10_000], labels=["0", "10", "100", "1,000", "10,000"])
    right.set(xlim=(-0.5, ITERATIONS * 1.2), ylim=(1e-6, 100))
    constant = Y.var() / 2
    right.axhline(constant, color=colors["data"], linestyle=":", linewidth=1)
    right.text(ITERATIONS, constant * 1.25, "best constant", color=grey, fontsize=8, ha="right")
    (curve,) = left.plot([], [], color=colors["forward"], linewidth=1.8)
    (error,) = right.plot([], [], color=colors["error"])
    (here,) = right.plot([], [], "D", color=purple, markersize=6)
    name = left.text(0, 1.01, "", color=blue, **above)
    place = {"transform": right.transAxes, "ha": "right", "va": "top", "bbox": plotting.white}
    number = right.text(0.98, 0.98, "", color=purple, **place)
    bound = right.text(0.03, 0.03, "", transform=right.transAxes, color=ink("parameter"))
    return canvas, canvas.moving(curve=curve, error=error, here=here, name=name, number=number, bound=bound)


def sine_fit(hidden=20, learning_rate=0.1, optimizer="gradient descent"):
    """Train a network on the sine wave, live: its curve beside the error on logarithmic axes.

    hidden: 1 to 40 nodes. learning_rate: 0.001 to 10. optimizer: a name in `OPTIMIZERS`. Buttons
    start, pause, step and reset; the slider for the iteration then goes back in time.
    """
    canvas, (curve, error, here, name, number, bound) = _two_pictures()
    rate = {"min": -3, "max": 1, "step": 0.05, "readout_format": ".3g"}
    controls = {
        "hidden": IntSlider(hidden, 1, 40, description="Hidden nodes"),
        "learning_rate": FloatLogSlider(learning_rate, description="Learning rate γ", **rate),
        "optimizer": Dropdown(options=list(OPTIMIZERS), value=optimizer, description="Optimizer"),
        "iteration": IntSlider(0, 0, ITERATIONS, 1, description="Iteration shown"),
    }

    drawn = None, 0  # the run of the last picture, and its k

    def draw(run, hidden, learning_rate, optimizer, iteration):
        nonlocal drawn
        asked = iteration
        if drawn != (run, run.k):  # training went on: show its end
            drawn, iteration = (run, run.k), run.k
        k = min(iteration, run.k)
        if k != asked:  # otherwise the page may have a newer one by now
            controls["iteration"].value = k
        E, y = run.errors[k], predictions(run.path[k], HORIZONTAL)[0]
        curve.set_data(HORIZONTAL[0], np.clip(y, -9, 9))
        error.set_data(np.arange(run.k + 1), np.clip(run.errors, 1e-7, 1e3))
        here.set_data([k], [np.clip(E, 1e-6, 100)])
        outside = ": outside the picture" if np.abs(y).min() > 2 else ""
        name.set_text(f"network, {hidden} hidden node{'s' * (hidden > 1)}{outside}")
        number.set_text(f"iteration {k:,}\nE = {plotting.number(E)}")
        at_start = f"γλ = {learning_rate * run.curvature:.3g} at the start"
        above = optimizer in FORMULAS and learning_rate * run.curvature > LIMITS[optimizer]
        limit = f"{'above the ' * above}limit {LIMITS[optimizer]:g}" if optimizer in FORMULAS else "no limit for Adam"
        at_start += f", {limit}"
        bound.set(color=ALARM if above else CALM, weight="bold" if above else "normal")
        bound.set_text(plotting.readable(at_start))
        off = np.abs(predictions(run.path[k], X) - Y)[0]
        return (
            f"1-{hidden}-1, {optimizer}, γ = {learning_rate:.3g}: {_after(k)} "
            f"E = {E:.4g}; the curve is at most {off.max():.2g} away from the data, "
            f"at x = {X[0, off.argmax()]:.1f}. {at_start}."
        )

    about = "On the left, the data and the network's curve; on the right, the error against the iteration."
    return LiveExplorer(
        "sine_fit", canvas, controls, begin, step, draw, about,
        fresh=("hidden", "optimizer"), speeds=(100, 1000, 1, 10),
    )  # fmt: skip
