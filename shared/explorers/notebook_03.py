"""The explorers of notebook 3: fit a line by hand, and the error along one parameter of *tiny*."""

from functools import cache

import numpy as np
from ipywidgets import Checkbox, Dropdown, FloatSlider, ToggleButton

from shared import plotting
from shared.datasets import line_data, tiny
from shared.explorers.engine import Canvas, Explorer
from shared.lessons.tiny import PARAMETERS, own_value, tiny_outputs

# --- a line by hand: w x + b for three points

BEST = 1 / 2, 2 / 3  # (w, b), where E is smallest
REACH = 1.5, 2.0  # of the two sliders, to both sides of it
LOWEST = 1 / 36
LONGEST = 1000  # points that a recorded path keeps


def line_misses(w, b):
    """Return w x + b − y for the samples of the line data, shape (3,)."""
    x, y = line_data()
    return (w * x + b - y)[0]


def line_error(w, b):
    """Return E = 1/2m · Σ (w x + b − y)² on the line data, for arrays w and b of any one shape."""
    x, y = line_data()
    w, b = np.asarray(w)[..., None], np.asarray(b)[..., None]
    return np.mean((w * x[0] + b - y[0]) ** 2, axis=-1) / 2


def square(x, y, r):
    """Return the corners (4, 2) of the square that has the miss from (x, y) to (x, y + r) as one side."""
    return np.array([(x, y), (x + r, y), (x + r, y + r), (x, y + r)])


def extended(path, point):
    """Return the path, a list of (w, b), with one more point if there was a move."""
    return path if path and path[-1] == point else [*path, point][-LONGEST:]


def advice(E):
    """Return half a sentence on how good this E is."""
    if E < LOWEST * 1.001:
        return "nothing smaller is possible"
    if E < LOWEST * 1.25:
        return "close to the smallest possible"
    return "smaller is possible"


@plotting.drawing
def _line_and_map():
    """Return a canvas and its moving artists, by name."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(8, 3.7))
    canvas, green, purple = Canvas(figure), plotting.ink("parameter"), plotting.ink("error")
    ranges = [(at - reach - 0.12, at + reach + 0.12) for at, reach in zip(BEST, REACH, strict=True)]
    plotting.error_contours(line_error, *ranges, axes=right)
    right.set_title("the map: each point is a line")
    left.set(xlim=(-1.2, 4.8), ylim=(-1.6, 4.4), xlabel="x", ylabel="y", aspect="equal")
    purples = {
        "facecolor": plotting.tint("error", 0.3),
        "edgecolor": purple,
        "alpha": 0.7,
        "linestyle": "-",
    }
    parts = {f"square {k}": left.fill([0, 1, 1], [0, 0, 1], **purples)[0] for k in (1, 2, 3)}
    parts["line"] = left.plot([], [], color=plotting.colors["forward"], linewidth=2.4)[0]
    parts["data"] = left.plot(*line_data(), "o", color=plotting.colors["data"], markersize=7)[0]
    parts["title"] = left.set_title("E = 0.0000", color=purple)
    parts["path"] = right.plot([], [], "o-", color=plotting.colors["parameter"], lw=1.2, markersize=2.5)[0]
    parts["begin"] = right.plot([], [], "s", color=green, markersize=6)[0]
    parts["best"] = right.plot([], [], "x", color="black", markersize=9, markeredgewidth=2)[0]
    parts["here"] = right.plot([], [], "o", color=green, markersize=10, markeredgecolor="white")[0]
    canvas.moving(**parts)
    return canvas, parts


def line_by_hand(start=(0, 0)):
    """Fit w x + b to the three points of the line data by hand; a button records your way.

    start: (w, b), −1 to 2 and −1.33 to 2.67.
    """
    canvas, parts = _line_and_map()
    path, was_recording = [], False
    limits = [{"min": at - reach, "max": at + reach} for at, reach in zip(BEST, REACH, strict=True)]
    controls = {
        "w": FloatSlider(start[0], **limits[0], step=1 / 20, description="Slope w"),
        "b": FloatSlider(start[1], **limits[1], step=1 / 30, description="Height b at x = 0"),
        "record": ToggleButton(False, description="Record my path"),
        "reveal": Checkbox(False, description="Show the minimum"),
    }

    def compute(w, b, record, reveal):
        return line_misses(w, b), float(line_error(w, b))

    def draw(result, w, b, record, reveal):
        nonlocal path, was_recording
        misses, E = result
        if record:
            path = extended(path if was_recording else [], (w, b))
        was_recording = record
        controls["record"].description = "Stop recording" if record else "Record my path"
        for k, sample in enumerate(zip(*np.vstack([*line_data(), misses]), strict=True), 1):
            parts[f"square {k}"].set_xy(square(*sample))
        parts["line"].set_data([-2, 6], [-2 * w + b, 6 * w + b])
        parts["title"].set_text(f"E = {E:.4f}")
        parts["here"].set_data([w], [b])
        parts["path"].set_data(*np.array(path).reshape(-1, 2).T)
        parts["begin"].set_data(*np.array(path[:1]).reshape(-1, 2).T)
        parts["best"].set_data(*np.reshape(BEST if reveal else [], (-1, 2)).T)
        areas = " + ".join(f"{area:.3f}" for area in misses**2)
        words = f"The line {w:.2f} x {'−' if b < -0.005 else '+'} {abs(b):.2f}: the squares {areas} make "
        words += f"{np.sum(misses**2):.3f}, a sixth of it is E = {E:.4f}; {advice(E)}."
        if reveal:
            words += f" The minimum, 1/36 = {LOWEST:.4f}, lies at w = 1/2, b = 2/3."
        if path:
            moves = "1 move" if len(path) == 2 else f"{len(path) - 1} moves"
            words += f" Your path{' so far' if record else ''}: {moves}."
        return words

    about = (
        "On the left, three points, a line and a square on each miss; "
        "on the right, the line as a point on the contours of E."
    )
    return Explorer("line_by_hand", canvas, controls, compute, draw, about)


# --- one parameter of tiny, the others held

FARTHEST = 8


def lowest(places, curve):
    """Return a sentence on where a curve of E is smallest: inside the picture, or beyond one of its ends."""
    at = curve.argmin()
    if at in (0, len(curve) - 1):
        return f"The curve still falls at the {'right' if at else 'left'} end: no minimum in the picture."
    return f"The smallest E on this curve is {curve[at]:.3g}, at about {places[at]:.1f}."


def scale(left, right, highest):
    """Let the axis of E reach `highest`, rounded up, and that of the outputs what belongs to it; return the former."""
    top = next(top for top in (2, 15, 50) if highest <= top)
    left.set(ylim=(0, top), yticks=np.linspace(0, top, {2: 3, 15: 4, 50: 6}[top]))
    reach = {2: 3, 15: 6, 50: 10}[top]
    right.set(ylim=(-reach, reach), yticks=[-reach, 0, reach])
    return top


@plotting.drawing
def _curve_and_outputs():
    """Return a canvas and its moving artists, by name."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(8, 3.4))
    canvas, green, purple = Canvas(figure), plotting.ink("parameter"), plotting.ink("error")
    left.set(xlim=(-1.05 * FARTHEST, 1.05 * FARTHEST), xlabel="value of the parameter", ylabel="error E")
    left.set_xticks(range(-FARTHEST, FARTHEST + 1, 4))
    right.set(xlim=(0.5, 3.5), xlabel="sample", ylabel="output", xticks=[1, 2, 3])
    own = left.axvline(0, color=plotting.colors["data"], linestyle=":")
    parts = {
        "own": own,
        "curve": left.plot([], [], color=plotting.colors["error"])[0],
        "dot": left.plot([], [], "o", color=green, markersize=9)[0],
        "title": left.set_title("E = 0.0000", color=purple),
    }
    for k in (1, 2, 3):
        parts[f"miss {k}"] = right.plot([], [], "--", color=plotting.colors["error"], label="miss" if k == 1 else "")[0]
    parts["target"] = right.plot([1, 2, 3], tiny()[3][0], "s", color=plotting.colors["data"], label="target")[0]
    parts["output"] = right.plot([], [], "o", color=plotting.colors["forward"], label="output")[0]
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    scale(left, right, 15)
    canvas.moving(**parts)
    return canvas, parts


def one_parameter(parameter="W², column 1"):
    """Change one of tiny's nine parameters, the others held, and see E along it; a name in `PARAMETERS`."""
    canvas, parts = _curve_and_outputs()
    places = np.linspace(-FARTHEST, FARTHEST, 161)
    controls = {
        "parameter": Dropdown(options=list(PARAMETERS), value=parameter, description="Parameter"),
        "value": FloatSlider(
            own_value(parameter), min=-FARTHEST, max=FARTHEST, step=0.05, description="Value of the parameter"
        ),
    }
    shown = parameter

    @cache
    def curve(parameter):
        return np.array([tiny_outputs(parameter, at)[1] for at in places])

    def compute(parameter, value):
        return curve(parameter)

    def draw(curve, parameter, value):
        nonlocal shown
        own = own_value(parameter)
        if parameter != shown:  # the others are held at their own values, so this one starts there too
            shown, value = parameter, own
            controls["value"].value = own
        A, E = tiny_outputs(parameter, value)
        axes = parts["dot"].axes, parts["output"].axes
        before = axes[0].get_ylim()[1]
        if scale(*axes, curve.max()) != before:
            canvas.redraw()
        parts["own"].set_xdata([own, own])
        parts["curve"].set_data(places, curve)
        parts["dot"].set_data([value], [E])
        parts["title"].set_text(f"E = {E:.4f}")
        parts["output"].set_data([1, 2, 3], A)
        for k, (output, target) in enumerate(zip(A, tiny()[3][0], strict=True), 1):
            parts[f"miss {k}"].set_data([k, k], [output, target])
        words = f"{parameter} is {value:.2f} (in tiny {own:.2f}): E = {E:.4g}"
        return f"{words}. {lowest(places, curve)}"

    about = (
        "On the left, E against one parameter of tiny, with the others held fixed; "
        "on the right, its three outputs and their targets."
    )
    return Explorer("one_parameter", canvas, controls, compute, draw, about)
