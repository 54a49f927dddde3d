"""The explorers of notebook 9: descent against the formula, and the degree of a polynomial."""

import numpy as np
from ipywidgets import Checkbox, FloatLogSlider, FloatSlider, IntSlider

from shared import plotting
from shared.explorers.engine import Canvas, Explorer
from shared.lessons.descents import linear_curvature

# --- one line, twice: by descent and by the formula

STEPS, TOO_LARGE = 1200, 1e6


def descend(x, y, learning_rate):
    """Return (w, b) at each step of a descent from (0, 0), (2, steps + 1); x, y (m,). It ends where they explode."""
    xx, x_mean, xy, y_mean = np.mean(x * x), np.mean(x), np.mean(x * y), np.mean(y)
    path = [(0.0, 0.0)]
    while len(path) <= STEPS and max(map(abs, path[-1])) < TOO_LARGE:
        w, b = path[-1]
        dw, db = xx * w + x_mean * b - xy, x_mean * w + b - y_mean
        path.append((w - learning_rate * dw, b - learning_rate * db))
    return np.array(path if max(map(abs, path[-1])) < TOO_LARGE else path[:-1]).T


def two_ways(y1, y2, y3, x3, learning_rate, step, standardise):
    """Return the points, descent's (w, b) and E at each step, the formula's (w, b) and E, and 2/λmax."""
    x, y = np.array([1.0, 2.0, x3]), np.array([y1, y2, y3])
    mu, s = (x.mean(), x.std()) if standardise else (0.0, 1.0)
    z = (x - mu) / s
    w, b = descend(z, y, learning_rate)
    path = np.column_stack([w / s, b - w * mu / s])  # back in the units of x
    best = np.linalg.lstsq(np.column_stack([x, np.ones_like(x)]), y)[0]
    E, E_best = (np.mean((t[:, :1] * x + t[:, 1:] - y) ** 2, axis=1) / 2 for t in (path, best.reshape(1, 2)))
    return x, y, path, E, best, E_best[0], 2 / linear_curvature(z)


def verdict(path, best, limit, step, learning_rate):
    """Return a sentence on how far the descent is from the formula, and why."""
    off = np.abs(path - best).max(axis=1)
    if step >= len(path):
        told = f"The descent exploded at step {len(path)}: γ = {learning_rate:.3g} is above its limit 2/λmax ="
        tick = ", or tick Standardise x first" if limit < learning_rate < 2 else ""
        return f"{told} {limit:.3g}. Choose a smaller γ{tick}."
    if off[step:].max() < 1e-6:
        return f"They agree to six digits from step {1 + max(np.flatnonzero(off >= 1e-6), default=-1)} on."
    if learning_rate >= limit:
        return f"γ is not below its limit 2/λmax = {limit:.3g}: the steps do not get shorter."
    return f"The parameters are still {off[step]:.2g} apart; γ is below its limit {limit:.3g}."


@plotting.drawing
def _line_and_curve():
    """Return a canvas and its moving artists."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.8, 3.5))
    left.set(xlim=(-0.5, 6.5), ylim=(-1.5, 5.5), xlabel="x", ylabel="y")
    right.set(yscale="log", ylim=(1e-14, 1e5), xlabel="step", ylabel="E of descent − E of the formula")
    right.set_xscale("symlog", linthresh=10)
    right.set_xticks([0, 10, 100, 1000], labels=["0", "10", "100", "1,000"])
    right.set(xlim=(-0.5, 1.15 * STEPS))
    blue, purple = plotting.tint("forward", 0.55), plotting.ink("error")
    (misses,) = left.plot([], [], ":", color=purple, label="residuals")
    (formula,) = left.plot([], [], color=blue, linewidth=3.5, label="formula")
    (descent,) = left.plot([], [], "--", color=plotting.ink("forward", 8), label="descent")
    (data,) = left.plot([], [], "o", color=plotting.colors["data"], markersize=7, label="data")
    (curve,) = right.plot([], [], color=plotting.colors["error"])
    (here,) = right.plot([], [], "D", color=purple, markersize=7)
    words = right.text(0.97, 0.97, "", transform=right.transAxes, ha="right", va="top")
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, columnspacing=0.9, handlelength=1.6)
    left.set_ylim(-22, 22)  # the widest numbers that the axis gets: room for them from the start
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    left.set_ylim(-1.5, 5.5)
    canvas, named = Canvas(figure), {"misses": misses, "formula": formula, "descent": descent, "data": data}
    return canvas, canvas.moving(**named, curve=curve, here=here, words=words)


def line_two_ways(learning_rate=0.1, step=0):
    """Fit a line to three points you can move, by descent (step by step) and by the formula.

    learning_rate: 0.01 to 3.16. step: 0 to 1200.
    """
    canvas, (misses, formula, descent, data, curve, here, words) = _line_and_curve()
    rate = {"min": -2, "max": 0.5, "step": 0.005, "readout_format": ".3f"}
    controls = {
        "y1": FloatSlider(1, min=-1, max=5, step=0.5, description="First point, y"),
        "y2": FloatSlider(2, min=-1, max=5, step=0.5, description="Second point, y"),
        "y3": FloatSlider(2, min=-20, max=20, step=0.5, description="Third point, y"),
        "x3": FloatSlider(3, min=0, max=6, step=0.5, description="Third point, x"),
        "learning_rate": FloatLogSlider(learning_rate, description="Learning rate γ", **rate),
        "step": IntSlider(step, 0, STEPS, description="Step of the descent"),
        "standardise": Checkbox(False, description="Standardise x first", indent=False),
    }

    def draw(result, learning_rate, step, **others):
        x, y, path, E, best, E_best, limit = result
        room = (-1.5, 5.5) if -1 <= y[2] <= 5 else (-22, 22)
        if data.axes.get_ylim() != room:
            data.axes.set_ylim(room)
            canvas.redraw()
        k, ends = min(step, len(path) - 1), np.array([-0.5, 6.5])
        (w, b), gap = path[k], [np.nan] * 3
        data.set_data(x, y)
        formula.set_data(ends, best[0] * ends + best[1])
        descent.set_data(ends, w * ends + b)
        misses.set_data(np.column_stack([x, x, gap]).ravel(), np.column_stack([y, w * x + b, gap]).ravel())
        above, product = np.maximum(E - E_best, 1e-14), 2 * learning_rate / limit
        curve.set_data(np.arange(len(above)), above)
        here.set_data([k], [min(above[k], 1e5)])
        words.set_text(f"step {k:,}\nγ·λmax = {plotting.number(product, 3)} {'<' if product < 2 else '≥'} 2")
        words.set_weight("normal" if product < 2 else "bold")
        two = f"Descent, step {k:,}: w = {w:.4g}, b = {b:.4g}, E = {E[k]:.4g}. Formula: w = {best[0]:.4g}, b ="
        two += f" {best[1]:.4g}, E = {E_best:.4g}."
        return f"{two} {verdict(path, best, limit, step, learning_rate)}"

    about = (
        "On the left, three points and two lines, the formula's and descent's; on the right, their difference in E at "
        "each step."
    )
    return Explorer("line_two_ways", canvas, controls, two_ways, draw, about)


# --- powers as features: which degree?

DEGREES, NEW = 15, 400
DENSE = np.linspace(-1, 1, 201)


def noisy_sine(m, noise, rng):
    """Return m points of sin(πx), x (m,) between −1 and 1, with Gaussian noise of this width on y (m,)."""
    x = rng.uniform(-1, 1, m)
    return x, np.sin(np.pi * x) + noise * rng.standard_normal(m)


def powers(x, degree):
    """Return the features x, x², …, x^degree, one per row, and a row of ones below: (degree + 1, m)."""
    return np.vstack([*(x**k for k in range(1, degree + 1)), np.ones_like(x)])


def polynomials(m, noise, sample):
    """Fit all degrees up to `DEGREES` to m points; return x, y, the curves on `DENSE`, and both errors."""
    rng = np.random.default_rng(sample)
    (x, y), (x_new, y_new) = noisy_sine(m, noise, rng), noisy_sine(NEW, noise, rng)
    curves, seen, unseen = [], [], []
    for degree in range(DEGREES + 1):
        theta = np.linalg.lstsq(powers(x, degree).T, y)[0]
        curves.append(theta @ powers(DENSE, degree))
        seen.append(np.mean((theta @ powers(x, degree) - y) ** 2) / 2)
        unseen.append(np.mean((theta @ powers(x_new, degree) - y_new) ** 2) / 2)
    return x, y, np.array(curves), np.array(seen), np.array(unseen)


def advice(degree, m, seen, unseen):
    """Return a sentence on what the two errors of this degree say."""
    best = int(np.argmin(unseen))
    if unseen[degree] <= max(1.1 * unseen[best], 1e-6):
        return "On new data hardly any degree does better."
    if degree + 1 >= m and seen[degree] < 1e-6:
        return f"{degree + 1} parameters for {m} points: it passes through every point. Best on new data: {best}."
    if degree < best:
        return f"Too stiff: both errors fall up to degree {best}, or nearly so."
    return f"It has learned noise by heart; on new data degree {best} is the best."


@plotting.drawing
def _fit_and_errors():
    """Return a canvas and its moving artists, by name."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.8, 3.4))
    canvas, purple = Canvas(figure), plotting.ink("error")
    left.set(xlim=(-1.05, 1.05), ylim=(-2.6, 2.6), xlabel="x", ylabel="y")
    left.plot(DENSE, np.sin(np.pi * DENSE), ":", color=plotting.colors["data"], linewidth=1.3, label="truth")
    right.set(yscale="log", xlim=(-0.5, DEGREES + 0.5), ylim=(1e-6, 1e3), xlabel="degree", ylabel="error E")
    right.set_xticks(range(0, DEGREES + 1, 3))
    parts = {
        "data": left.plot([], [], "o", color=plotting.colors["data"], label="training data")[0],
        "fit": left.plot([], [], color=plotting.colors["forward"], label="polynomial")[0],
        "seen": right.plot([], [], "o--", color=plotting.colors["error"], markersize=3, label="training")[0],
        "unseen": right.plot([], [], "s-", color=purple, markersize=4, label="validation")[0],
        "here": right.axvline(0, color=plotting.colors["parameter"], linewidth=1.2),
        "floor": right.axhline(1, color=plotting.colors["data"], linestyle=":", label="noise alone"),
    }
    for axes in (left, right):
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=0.9, handletextpad=0.4)
    canvas.moving(**parts)
    return canvas, parts


def polynomial_degree(degree=3, m=12, noise=0.3):
    """Fit polynomials to noisy points of a sine wave: the curve, and its error on training and on new points.

    degree: 0 to 15. m: 4 to 60 training points. noise: 0 to 1.
    """
    canvas, parts = _fit_and_errors()
    controls = {
        "degree": IntSlider(degree, 0, DEGREES, description="Degree"),
        "m": IntSlider(m, 4, 60, description="Training points"),
        "noise": FloatSlider(noise, min=0, max=1, step=0.05, description="Width of the noise"),
        "sample": IntSlider(1, 1, 20, description="Number of the drawn sample"),
    }

    def compute(degree, m, noise, sample):
        return polynomials(m, round(noise, 2), sample)

    def draw(result, degree, m, noise, sample):
        x, y, curves, seen, unseen = result
        parts["data"].set_data(x, y)
        parts["fit"].set_data(DENSE, np.clip(curves[degree], -50, 50))
        for name, errors in (("seen", seen), ("unseen", unseen)):
            parts[name].set_data(np.arange(DEGREES + 1), np.clip(errors, 1e-6, 1e5))
        parts["here"].set_xdata([degree, degree])
        parts["floor"].set_ydata([max(noise**2 / 2, 1e-7)] * 2)  # without noise below the picture
        return (
            f"Degree {degree}, {m} training points: E = {seen[degree]:.3g} on them, {unseen[degree]:.3g} on "
            f"{NEW} new points. {advice(degree, m, seen, unseen)}"
        )

    about = "Left noisy points of a sine wave and a polynomial, right training and validation error for every degree."
    return Explorer("polynomial_degree", canvas, controls, compute, draw, about)
