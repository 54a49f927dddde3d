"""The explorers of notebook 4: watch the loss descend, and a ball in a double well."""

from functools import partial
from math import floor, isfinite, log10

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider, FloatSlider

from shared import plotting
from shared.explorers.engine import Canvas, LiveExplorer
from shared.lessons.descents import LIMITS, OPTIMIZERS, Descent, Halt, linear_curvature

STEPS, TOO_LARGE = 2000, 1e6
RECENT = 20  # so many of the last steps have a dot, the older ones are a line
CALM = {"facecolor": "white", "edgecolor": "#6B6B6B", "boxstyle": "round,pad=0.35"}
ALARM = {"facecolor": "#A00000", "edgecolor": "#A00000", "boxstyle": "round,pad=0.35"}


def start_at(*place, error, learning_rate, optimizer):
    """Return a descent at its start."""
    # Browsers send sliders' values with rounding errors: 2e-16 where 0 was meant.
    theta, rng = np.array(place, float).round(6), np.random.default_rng(4)
    run = Descent(theta, OPTIMIZERS[optimizer](learning_rate), longest=STEPS, rng=rng)
    run.keep(error(*place))
    return run


# --- watch the loss descend: the line w x + b, two parameters


def line_error(w, b, x, y):
    """Return E = 1/2m · Σ (w x + b − y)², for arrays w and b of any one shape; x, y (m,)."""
    w, b = np.asarray(w)[..., None], np.asarray(b)[..., None]
    return ((w * x + b - y) ** 2).mean(axis=-1) / 2


def line_gradient(theta, x, y):
    """Return (∂E/∂w, ∂E/∂b) at theta = (w, b), both mean values over the samples (m,)."""
    r = theta[0] * x + theta[1] - y
    return np.array([np.mean(r * x), np.mean(r)])


def begin(learning_rate, w, b, optimizer, x, y, **_):
    """Return a descent at its start."""
    return start_at(w, b, error=partial(line_error, x=x, y=y), learning_rate=learning_rate, optimizer=optimizer)


def step(run, learning_rate, optimizer, batch_size, x, y, **_):
    """Take one step with the next batch; raise `Halt` at the last one, and if E explodes."""
    if run.k == STEPS:
        raise Halt(f"All {STEPS:,} steps are done: E = {run.errors[-1]:.4g}.")
    batch = run.next_batch(len(x), batch_size)
    run.step(line_gradient(run.theta, x[batch], y[batch]), learning_rate)
    E = line_error(*run.theta, x, y)
    if not isfinite(E) or E > TOO_LARGE:
        raise Halt(explosion(run.k + 1, learning_rate, optimizer, batch_size, x))
    run.keep(E)
    return run


def explosion(k, learning_rate, optimizer, batch_size, x):
    """Return sentences on why E exploded at step k, and what to do."""
    grew, limit = f"E grew beyond {TOO_LARGE:,.0f} at step {k}.", LIMITS[optimizer]
    of_E, of_one = linear_curvature(x), 1 + np.max(x * x)  # the Hessian of a sample: [[x², x], [x, 1]]
    if learning_rate * of_E > limit:
        why = f"γ·λmax = {learning_rate * of_E:.3f} is above {limit:g}"
        if optimizer == "gradient descent":
            why += (
                ": along the steepest direction each step multiplies the distance from the minimum by "
                f"1 − γλmax = {1 - learning_rate * of_E:.3f}, so it lands on the other side, further up"
            )
        return f"{grew} {why}. Choose γ below {limit / of_E:.4f}."
    if batch_size < len(x) and learning_rate * of_one > limit:
        return (
            f"{grew} γ is below the limit for all samples, but a batch has its own valley: "
            f"the steepest sample alone has λ = {of_one:.3g}. "
            f"Choose γ below {limit / of_one:.4f}, or larger batches."
        )
    return f"{grew} Choose a smaller γ than {learning_rate:.3g}."


def _verdict(learning_rate, optimizer, batch_size, x):
    """Return the product γ·λmax, whether it is too large, and half a sentence on it."""
    product, limit = learning_rate * linear_curvature(x), LIMITS[optimizer]
    if optimizer == "Adam":
        return product, False, "Adam rescales the gradient, so γ sets the length of a step"
    if product >= limit:
        return product, True, f"not below {limit:g}: the steps grow"
    if batch_size < len(x):
        return product, False, f"below {limit:g}, but a small batch makes the steps jitter"
    return product, False, f"below {limit:g}: the descent converges"


@plotting.drawing
def _contour_and_curve(x, y, best, reach):
    """Return a canvas and its moving artists, by name."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(6.8, 3.2))
    canvas, green, purple = Canvas(figure), plotting.ink("parameter"), plotting.ink("error")
    ranges = zip(best - reach, best + reach, strict=True)
    plotting.error_contours(lambda w, b: line_error(w, b, x, y), *ranges, minimum=best, axes=left)
    left.lines[-1].set_zorder(4)  # the cross of the minimum stays above the path
    right.set(yscale="log", xlabel="step", ylabel="error E")
    E_best = max(float(line_error(*best, x, y)), 1e-9)
    right.set_ylim(bottom=E_best / 3)
    right.axhline(E_best, color=plotting.colors["data"], linestyle=":", linewidth=1.2)
    grey = {"color": plotting.ink("data"), "fontsize": 8}
    right.text(0.02, E_best * 0.85, f"minimum {E_best:.4f}", va="top", transform=right.get_yaxis_transform(), **grey)
    line, dot = {"color": plotting.colors["parameter"], "lw": 0.7}, {"color": green, "markersize": 7}
    place = {"transform": right.transAxes, "ha": "right", "va": "top"}
    parts = {
        "path": left.plot([], [], "o-", markersize=3.5, **line)[0],
        "start": left.plot([], [], "s", **dot)[0],
        "here": left.plot([], [], "D", **dot)[0],
        "error": right.plot([], [], color=plotting.colors["error"])[0],
        "last": right.plot([], [], "D", color=purple, markersize=6)[0],
        "number": right.text(0.97, 0.85, "", color=purple, bbox=plotting.white, **place),
        "product": right.text(0.97, 0.97, "", bbox=dict(CALM), **place),
    }
    canvas.moving(**parts)
    return canvas, parts


def follow(canvas, k, high=0):
    """Make room for k steps, and for values up to `high` on a logarithmic axis, in the right picture."""
    axes, last = canvas.figure.axes[1], next(n for n in (40, 200, STEPS) if k <= n)
    room = (-0.01 * last, 1.02 * last), 30 if high < 20 else 1000 * TOO_LARGE
    old = axes.get_xlim(), axes.get_ylim()[1]
    axes.set_xlim(room[0])
    if high:
        axes.set_ylim(top=room[1])
    if (axes.get_xlim(), axes.get_ylim()[1]) != old:
        canvas.redraw()


def descent(x, y, learning_rate=0.1, start=(0, 0), optimizer="gradient descent", batch_size=None):
    """Watch gradient descent fit the line w x + b: its path on the contours of E, and E step by step.

    x, y: m samples, (1, m) or (m,), at least two different x. start: (w, b). optimizer: a name in
    `OPTIMIZERS`. batch_size: 1 to m, by default all. Buttons start, pause, step and reset.
    """
    x, y = (np.asarray(values, float).ravel() for values in (x, y))
    if len(x) != len(y) or not np.isfinite([*x, *y]).all() or not np.ptp(x):
        raise ValueError("x and y need the same number of finite numbers, and at least two different x")
    if not 0 < learning_rate < np.inf:
        raise ValueError(f"the learning rate is a number above 0, not {learning_rate}")
    best, reach, limit = np.polyfit(x, y, 1), np.array([1.5, 2.3]), 2 / linear_curvature(x)
    canvas, parts = _contour_and_curve(x, y, best, reach)
    # Two decades around the limit, on a grid that holds the given learning rate exactly.
    low = floor(log10(limit)) - 1 + log10(learning_rate) % 0.005
    rate = {"min": low, "max": low + 2, "step": 0.005, "readout_format": ".4f"}
    ends = zip(np.round(best, 1) - reach, np.round(best, 1) + reach, strict=True)
    around = [{"min": round(low, 2), "max": round(high, 2), "step": 0.05} for low, high in ends]
    counts = [n for n in ((1, 10, 30, 100) if len(x) > 4 else (1, 2, 3)) if n < len(x)]
    sizes = {f"{n}": n for n in counts} | {f"all {len(x)}": len(x)}
    controls = {
        "learning_rate": FloatLogSlider(learning_rate, description="Learning rate γ", **rate),
        "w": FloatSlider(start[0], description="Start w", **around[0]),
        "b": FloatSlider(start[1], description="Start b", **around[1]),
        "optimizer": Dropdown(options=list(OPTIMIZERS), value=optimizer, description="Optimizer"),
        "batch_size": Dropdown(options=sizes, value=batch_size or len(x), description="Batch size"),
    }

    def draw(run, learning_rate, w, b, optimizer, batch_size):
        path, k, E = run.path, run.k, run.errors[-1]
        follow(canvas, k, high=max(run.errors))
        product, alarm, words = _verdict(learning_rate, optimizer, batch_size, x)
        parts["path"].set_data(*path[-300:].T)
        parts["path"].set_markevery(slice(max(0, len(path[-300:]) - RECENT), None))
        parts["start"].set_data(*path[:1].T)
        parts["here"].set_data(*path[-1:].T)
        parts["error"].set_data(np.arange(k + 1), run.errors)
        parts["last"].set_data([k], [E])
        shown = f"{E:,.0f}" if E >= 1000 else plotting.number(E)
        parts["number"].set_text(f"step {k:,}\nE = {shown}")
        sign = "" if optimizer == "Adam" else f"  {'≥' if alarm else '<'} {LIMITS[optimizer]:g}"
        parts["product"].set(text=f"γ·λmax = {product:.3f}{sign}", color="white" if alarm else "black")
        parts["product"].set_bbox(dict(ALARM if alarm else CALM))
        outside = " (outside the picture)" if np.any(np.abs(path[-1] - best) > reach + 0.05) else ""
        step_and_place = f"Step {k:,}: w = {path[-1, 0]:.4g}, b = {path[-1, 1]:.4g}{outside}"
        return f"{step_and_place}, E = {shown}. γ·λmax = {product:.3f}, {words}."

    about = (
        "On the left, the path of (w, b) on the contour lines of E; "
        "on the right, E against the step, on a logarithmic axis."
    )
    return LiveExplorer(
        "descent", canvas, controls, partial(begin, x=x, y=y), partial(step, x=x, y=y), draw, about,
        fresh=("w", "b", "optimizer"), speeds=(1, 10, 100),
    )  # fmt: skip


# --- the double well: one parameter, two valleys


def well(x):
    """Return G(x) = x⁴ − 3x² + x."""
    return x**4 - 3 * x**2 + x


def well_slope(x):
    """Return G'(x) = 4x³ − 6x + 1."""
    return 4 * x**3 - 6 * x + 1


def well_curvature(x):
    """Return G''(x) = 12x² − 6."""
    return 12 * x**2 - 6


def roll(run, learning_rate, optimizer):
    """Take one step in the double well; raise `Halt` at the last one, and if the ball flies off."""
    if run.k == STEPS:
        raise Halt(f"All {STEPS:,} steps are done: {where(run.theta[0], learning_rate, optimizer)}.")
    x = run.theta[0]
    run.step(well_slope(run.theta), learning_rate)
    if not abs(run.theta[0]) < 100:
        curved = learning_rate * well_curvature(x)
        raise Halt(
            f"The ball flew off at step {run.k + 1}. Where it was last, at x = {x:.3g}, γ·G'' = {curved:.3g}: "
            "this far out, the walls are so steep that this γ overshoots more each time. Choose a smaller γ, "
            "or a start closer to 0."
        )
    run.keep(well(run.theta[0]))
    return run


def where(x, learning_rate, optimizer="gradient descent"):
    """Return half a sentence on where the ball is, from slope and curvature alone."""
    slope, curved, limit = well_slope(x), well_curvature(x), LIMITS[optimizer]
    if abs(slope) < 1e-5 and curved < 0:
        return "the slope is 0 to five digits, but this is the hilltop: a nudge, and the ball leaves"
    if abs(slope) < 1e-5 and learning_rate * curved < limit:
        deep = "the deeper one" if x < 0 else "the other one is deeper"
        return f"at rest in the {'left' if x < 0 else 'right'} valley, {deep}"
    if learning_rate * well_curvature(-1.3 if x < 0 else 1.13) > limit:
        return f"γ·G'' is above {limit:g} at the bottom of this valley: the ball cannot come to rest there"
    return f"the slope is {slope:.4g}, so the next step goes to the {'left' if slope > 0 else 'right'}"


@plotting.drawing
def _hills():
    figure, (left, right) = plotting.new_figure(1, 2, size=(6.8, 2.8))
    canvas, green = Canvas(figure), plotting.ink("parameter")
    x = np.linspace(-2.3, 2.3, 231)
    left.plot(x, well(x), color=plotting.colors["error"])
    left.set(xlim=(-2.3, 2.3), ylim=(-5, 13), xlabel="parameter x", ylabel="G(x)")
    right.set(ylim=(-2.3, 2.3), xlabel="step", ylabel="parameter x")
    edge = right.get_yaxis_transform()
    grey = {"color": plotting.ink("data"), "fontsize": 8, "bbox": plotting.white, "zorder": 5}
    for level, name in ((-1.3008, "left valley"), (0.1699, "hilltop"), (1.1309, "right valley")):
        right.axhline(level, color=plotting.colors["data"], linestyle=":", linewidth=1)
        right.text(0.98, level + 0.06, name, ha="right", transform=edge, **grey)
    parts = {
        "trace": right.plot([], [], "o-", color=plotting.colors["parameter"], lw=1.2, markersize=3)[0],
        "slope": left.plot([], [], "--", color=plotting.colors["backward"])[0],
        "ball": left.plot([], [], "o", color=green, markersize=11)[0],
        "words": left.text(0.5, 0.97, "", transform=left.transAxes, ha="center", va="top", color=green),
    }
    canvas.moving(**parts)
    return canvas, parts


def double_well(start=2.0, learning_rate=0.02, optimizer="gradient descent"):
    """Let a ball descend in G(x) = x⁴ − 3x² + x: two valleys and a hilltop, one step at a time.

    start: −2.2 to 2.2. learning_rate: 0.001 to 1. optimizer: a name in `OPTIMIZERS`.
    """
    canvas, parts = _hills()
    rate = {"min": -3, "max": 0, "step": 0.02, "readout_format": ".3g"}
    controls = {
        "start": FloatSlider(start, min=-2.2, max=2.2, step=0.05, description="Place at the start"),
        "learning_rate": FloatLogSlider(learning_rate, description="Learning rate γ", **rate),
        "optimizer": Dropdown(options=list(OPTIMIZERS), value=optimizer, description="Optimizer"),
    }

    def first(start, learning_rate, optimizer):
        return start_at(start, error=well, learning_rate=learning_rate, optimizer=optimizer)

    def draw(run, start, learning_rate, optimizer):
        x, k = run.path[-1, 0], run.k
        follow(canvas, k)
        parts["trace"].set_data(np.arange(k + 1), run.path[:, 0])
        parts["ball"].set_data([x], [well(x)])
        ends = np.array([x - 0.4, x + 0.4])
        parts["slope"].set_data(ends, well(x) + well_slope(x) * (ends - x))
        outside = "" if abs(x) <= 2.3 and well(x) <= 13 else " (outside the picture)"
        parts["words"].set_text(
            f"step {k:,}: x = {plotting.number(x)}, slope {plotting.number(well_slope(x), 3)}\n{outside.strip()}"
        )
        return f"Step {k:,}: x = {x:.6g}{outside}, G = {run.errors[-1]:.6g}: {where(x, learning_rate, optimizer)}."

    about = "On the left, a ball on the curve of G with its slope; on the right, the ball's place against the step."
    return LiveExplorer(
        "double_well", canvas, controls, first, lambda run, start, **chosen: roll(run, **chosen),
        draw, about, fresh=("start", "optimizer"), speeds=(1, 10, 100),
    )  # fmt: skip
