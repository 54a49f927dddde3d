"""The explorer of notebook 8: a network learns the sine wave while you watch."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider, IntSlider

from shared import plotting
from shared.activations import identity, sigmoid
from shared.datasets import sine
from shared.explorers.engine import Canvas, Halt, LiveExplorer
from shared.losses import half_mean_squared_error
from shared.network import Network
from shared.optimizers import Adam, GradientDescent, Momentum

OPTIMIZERS = {
    "gradient descent": GradientDescent,
    "momentum 0.9": Momentum,
    "Adam": Adam,
}
# In a valley of curvature λ the steps grow if γλ > 2; with momentum μ, if γλ > 2 (1 + μ).
LIMITS = {"gradient descent": (2, "2/λ"), "momentum 0.9": (3.8, "2 (1 + μ)/λ")}
ITERATIONS = 20_000
X, Y = sine()
HORIZONTAL = np.linspace(-5.5, 5.5, 221).reshape(1, -1)


@dataclass
class Run:
    """A training so far: after k iterations the parameters were theta[k], the error error[k]."""

    network: Network
    optimizer: object
    theta: np.ndarray  # (ITERATIONS + 1, p), float32: these numbers are only drawn
    error: np.ndarray  # (ITERATIONS + 1,)
    curvature: float  # the largest eigenvalue of the Hessian at the start
    k: int = 0
    drawn: int = -1  # the k of the last picture


def sine_network(hidden):
    """Return the network 1-hidden-1 of section 8.7, before training; with 20 its very numbers."""
    network = Network([1, hidden, 1], [sigmoid, identity], initial=0)
    rng = np.random.RandomState(0)
    for l in (1, 2):
        network.W[l][:] = 0.2 * rng.standard_normal(network.W[l].shape)
        network.b[l][:] = 0.2 * rng.standard_normal(network.b[l].shape)
    return network


def begin(hidden, learning_rate, optimizer, iteration):
    """Return a training at its start."""
    network = sine_network(hidden)
    theta = np.empty((ITERATIONS + 1, network.p), np.float32)
    error = np.empty(ITERATIONS + 1)
    theta[0], error[0] = network.theta, network.error(X, Y, half_mean_squared_error)
    curvature = largest_curvature(network.theta)
    return Run(network, OPTIMIZERS[optimizer](learning_rate), theta, error, curvature)


def step(run, hidden, learning_rate, optimizer, iteration):
    """Take one step with all samples; raise `Halt` at the last one, and if the error explodes."""
    if run.k == ITERATIONS:
        raise Halt(f"All {ITERATIONS:,} iterations are done.")
    run.optimizer.learning_rate = learning_rate
    run.network.backward(Y, half_mean_squared_error)
    run.optimizer.step(run.network.theta, run.network.grad)
    E = run.network.error(X, Y, half_mean_squared_error)
    if not isfinite(E) or E > 1e6:
        raise Halt(explosion(run, learning_rate, optimizer))
    run.k += 1
    run.theta[run.k], run.error[run.k] = run.network.theta, E
    return run


def predictions(theta, x):
    """Return what the network with the parameters theta (3n + 1,) predicts for x (1, k)."""
    network = Network([1, (len(theta) - 1) // 3, 1], [sigmoid, identity], initial=0)
    network.theta[:] = theta
    return network(x)


def largest_curvature(theta):
    """Return the largest eigenvalue of the Hessian of E at theta."""
    network = Network([1, (len(theta) - 1) // 3, 1], [sigmoid, identity], initial=0)
    network.theta[:] = theta

    def gradient():
        network.error(X, Y, half_mean_squared_error)
        return network.backward(Y, half_mean_squared_error)

    return steepest(gradient, network.theta)


def steepest(gradient, theta):
    """Return the largest eigenvalue of the Hessian at theta (p,), from differences of what gradient() returns.

    theta is changed on the way and put back.
    """
    start, gradients, h = theta.copy(), [], 1e-6
    for direction in np.eye(len(theta)):
        for sign in (1, -1):
            theta[:] = start + sign * h * direction
            gradients.append(gradient().copy())
    theta[:] = start
    hessian = (np.array(gradients[::2]) - np.array(gradients[1::2])) / (2 * h)
    return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])


def explosion(run, learning_rate, optimizer):
    """Return a sentence or two on why the error grew beyond all bounds."""
    grew = f"The error grew beyond all bounds at iteration {run.k + 1:,}."
    if optimizer in LIMITS:
        best = int(np.argmin(run.error[: run.k + 1]))
        curvature = largest_curvature(run.theta[best].astype(np.float64))
        bound, formula = LIMITS[optimizer]
        if learning_rate * curvature > bound:
            return (
                f"{grew} {_after(best).capitalize()} the largest curvature λ was {curvature:.3g}, "
                f"so γ = {learning_rate:.3g} is above {formula} = {bound / curvature:.3g}: "
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
    left.plot(X[0], Y[0], "o", color=plotting.tint("data", 0.6), markersize=3.5, markeredgewidth=0)
    left.text(0.98, 0.98, "data: sin x", transform=left.transAxes, ha="right", va="top", color=grey)
    left.set(xlim=(-5.5, 5.5), ylim=(-2, 2), xlabel="x", ylabel="y")
    right.set(yscale="log", xlabel="iteration", ylabel="error E")
    right.set_xscale("symlog", linthresh=10)
    right.set_xticks([0, 10, 100, 1000, 10_000], labels=["0", "10", "100", "1,000", "10,000"])
    right.set(xlim=(-0.5, ITERATIONS * 1.2), ylim=(1e-6, 100))
    constant = Y.var() / 2
    right.axhline(constant, color=colors["data"], linestyle=":", linewidth=1)
    right.text(ITERATIONS, constant * 1.25, "best constant", color=grey, fontsize=8, ha="right")
    (curve,) = left.plot([], [], color=colors["forward"], linewidth=2.2)
    (error,) = right.plot([], [], color=colors["error"])
    (here,) = right.plot([], [], "D", color=purple, markersize=6)
    name = left.text(0.02, 0.03, "", transform=left.transAxes, color=blue)
    place = {"transform": right.transAxes, "ha": "right", "va": "top", "bbox": plotting.white}
    number = right.text(0.98, 0.98, "", color=purple, **place)
    bound = right.text(0.03, 0.03, "", transform=right.transAxes, color=ink("parameter"))
    return canvas, canvas.moving(curve, error, here, name, number, bound)


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
        "iteration": IntSlider(0, 0, ITERATIONS, 10, description="Iteration shown", readout=False),
    }

    def draw(run, hidden, learning_rate, optimizer, iteration):
        asked = iteration
        if run.k != run.drawn:  # training went on: show its end
            run.drawn = iteration = run.k
        k = min(iteration, run.k)
        if k != asked:  # otherwise the page may have a newer one by now
            controls["iteration"].value = k
        E, drawn = run.error[k], predictions(run.theta[k], HORIZONTAL)[0]
        curve.set_data(HORIZONTAL[0], np.clip(drawn, -9, 9))
        error.set_data(np.arange(run.k + 1), np.clip(run.error[: run.k + 1], 1e-7, 1e3))
        here.set_data([k], [np.clip(E, 1e-6, 100)])
        outside = ": outside the picture" if np.abs(drawn).min() > 2 else ""
        name.set_text(f"network, {hidden} hidden node{'s' * (hidden > 1)}{outside}")
        number.set_text(f"iteration {k:,}\nE = {E:.4g}")
        at_start = f"γλ = {learning_rate * run.curvature:.3g} at the start"
        at_start += f", limit {LIMITS[optimizer][0]:g}" if optimizer in LIMITS else ", no limit for Adam"
        bound.set_text(at_start)
        off = np.abs(predictions(run.theta[k], X) - Y)[0]
        return (
            f"1-{hidden}-1, {optimizer}, γ = {learning_rate:.3g}: {_after(k)} "
            f"E = {E:.4g}; the curve is at most {off.max():.2g} away from the data, "
            f"at x = {X[0, off.argmax()]:.1f}. {at_start}."
        )

    about = "Left the data and the network's curve, right the error against the iteration."
    return LiveExplorer(
        "sine_fit", canvas, controls, begin, step, draw, about,
        fresh=("hidden", "optimizer"), speeds=(100, 1000, 1, 10),
    )  # fmt: skip
