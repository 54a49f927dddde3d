"""The explorers of notebook 5: walk back through the graph of *tiny*, and nudge one of its parameters."""

from typing import NamedTuple

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider

from shared import plotting
from shared.activations import identity, sigmoid
from shared.datasets import tiny
from shared.explorers.engine import Canvas, Explorer, Press
from shared.explorers.notebook_03 import PARAMETERS, own_value, tiny_outputs
from shared.losses import half_mean_squared_error
from shared.network import Network

# --- the graph of tiny, for one sample

CIRCLES = {  # operation -> its place and sign
    "z¹₁": (2.6, 4.6, "Σ"), "z¹₂": (2.6, 1.4, "Σ"), "a¹₁": (4.1, 4.6, "σ"), "a¹₂": (4.1, 1.4, "σ"),
    "z²₁": (7.2, 3.0, "Σ"), "a²₁": (8.7, 3.0, "id"), "E": (10.2, 3.0, "½r²"),
}  # fmt: skip
LINES = {  # variable -> the points of its line, from where it is made (or from outside) to where it is used
    "W¹₁₁": [(0, 5.6), (1.6, 5.6), (2.6, 4.6)],
    "W¹₁₂": [(0, 4.6), (2.6, 4.6)],
    "b¹₁": [(0, 3.6), (1.6, 3.6), (2.6, 4.6)],
    "W¹₂₁": [(0, 2.4), (1.6, 2.4), (2.6, 1.4)],
    "W¹₂₂": [(0, 1.4), (2.6, 1.4)],
    "b¹₂": [(0, 0.4), (1.6, 0.4), (2.6, 1.4)],
    "z¹₁": [(2.6, 4.6), (4.1, 4.6)],
    "z¹₂": [(2.6, 1.4), (4.1, 1.4)],
    "W²₁₁": [(4.5, 5.7), (6.1, 5.7), (7.2, 3.0)],
    "a¹₁": [(4.1, 4.6), (6.0, 4.6), (7.2, 3.0)],
    "b²₁": [(4.5, 3.0), (7.2, 3.0)],
    "a¹₂": [(4.1, 1.4), (6.0, 1.4), (7.2, 3.0)],
    "W²₁₂": [(4.5, 0.3), (6.1, 0.3), (7.2, 3.0)],
    "z²₁": [(7.2, 3.0), (8.7, 3.0)],
    "a²₁": [(8.7, 3.0), (10.2, 3.0)],
    "E": [(10.2, 3.0), (11.5, 3.0)],
}
PRODUCTS = 15


class Product(NamedTuple):
    """One product of the way back: the derivative of ``name`` is that of ``after`` times ``slope``."""

    name: str
    after: str
    rule: str
    slope: float
    derivative: float


def walk(sample):
    """Return the values of all variables by name for one sample (0 to 2), and the products in order."""
    W, b, X, Y = tiny()
    x, y = X[:, sample], Y[0, sample]
    z = W[1] @ x + b[1][:, 0]
    a, v, output = sigmoid(z), W[2][0], float(W[2][0] @ sigmoid(z) + b[2][0, 0])
    values = {"E": (output - y) ** 2 / 2, "a²₁": output, "z²₁": output, "b²₁": b[2][0, 0]}
    steps = [("a²₁", "E", "r", output - y), ("z²₁", "a²₁", "1", 1.0), ("b²₁", "z²₁", "1", 1.0)]
    steps += [(f"W²₁{i}", "z²₁", f"a¹{i}", a[k]) for k, i in enumerate("₁₂")]
    steps += [(f"a¹{i}", "z²₁", f"W²₁{i}", v[k]) for k, i in enumerate("₁₂")]
    steps += [(f"z¹{i}", f"a¹{i}", f"σ′(z¹{i})", sigmoid.derivative(z[k])) for k, i in enumerate("₁₂")]
    for k, i in enumerate("₁₂"):
        values |= {f"W²₁{i}": v[k], f"a¹{i}": a[k], f"z¹{i}": z[k], f"b¹{i}": b[1][k, 0]}
        steps.append((f"b¹{i}", f"z¹{i}", "1", 1.0))
        for n, j in enumerate("₁₂"):
            values[f"W¹{i}{j}"] = W[1][k, n]
            steps.append((f"W¹{i}{j}", f"z¹{i}", f"x{j}", x[n]))
    derivative, products = {"E": 1.0}, []
    for name, after, rule, slope in steps:
        derivative[name] = derivative[after] * slope
        products.append(Product(name, after, rule, float(slope), float(derivative[name])))
    return {"x₁": x[0], "x₂": x[1], "y": y} | values, products


def moved(place, pressed):
    """Return the new place, 0 to `PRODUCTS`, after the button of this name was pressed."""
    place = {"on": place + 1, "back": place - 1, "again": 0, "all": PRODUCTS}[pressed]
    return min(max(place, 0), PRODUCTS)


def number(value):
    """Return a number with four digits and a true minus sign."""
    return f"{value + 0.0:.4g}".replace("-", "−")  # + 0.0: there is no −0


def sentence(place, sample):
    """Return the product of this place in words and numbers."""
    values, products = walk(sample)
    if not place:
        return f"All values are there, from left to right: E = {number(values['E'])}. Now go back, from right to left."
    name, after, rule, slope, derivative = products[place - 1]
    why = {"r": ", the miss r = a²₁ − y", "1": ", the slope of a sum or of the identity"}.get(rule, "")
    known = "dE/dE, which is 1" if after == "E" else f"d{after}"
    numbers = f"{number(dict(d_of(products))[after])} · {number(slope)} = {number(derivative)}"
    words = f"Product {place} of {PRODUCTS}: d{name} is {known}, times {rule}{why}: {numbers}."
    return words + (" That was the last one: nine derivatives of parameters." if place == PRODUCTS else "")


def d_of(products):
    """Return pairs of the variables' names and their derivatives."""
    return [("E", 1.0), *((p.name, p.derivative) for p in products)]


@plotting.drawing
def _graph():
    """Return the figure of the graph without numbers, and its parts that change."""
    figure, axes = plotting.new_figure(size=(8.4, 4))
    axes.set(xlim=(-0.1, 11.6), ylim=(-0.3, 6.3))
    axes.axis("off")
    parts = {"way": axes.plot([], [], "--", color=plotting.colors["backward"], linewidth=4, alpha=0.6)[0]}
    for name, points in LINES.items():
        green = name[0] in "Wb"
        color = "parameter" if green else "error" if name == "E" else "forward"
        axes.plot(*np.transpose(points), "-", color=plotting.colors[color], linewidth=1.2, zorder=1)
        (x0, y0), (x1, _) = points[:2]
        middle = (x0 + min(x1, x0 + 1.6)) / 2 + 0.25 * (name[:2] == "a¹")
        look = {"ha": "center", "fontsize": 8.5}
        parts[f"value {name}"] = axes.text(middle, y0 + 0.1, "", va="bottom", color=plotting.ink(color), **look)
        orange = plotting.ink("backward")
        parts[f"slope {name}"] = axes.text(middle, y0 - 0.12, "", va="top", color=orange, weight="bold", **look)
    for x, y, sign in CIRCLES.values():
        look = {"boxstyle": "circle,pad=0.35", "facecolor": "white", "edgecolor": "black"}
        axes.text(x, y, sign, ha="center", va="center", bbox=look, zorder=3, fontsize=9)
    parts["data"] = axes.text(8.1, 5.2, "", color=plotting.ink("data"))
    axes.text(8.1, 0.3, "above a line: its value\nbelow it: ← derivative of E", fontsize=8)
    return figure, parts


def _reveal(parts, place, sample):
    """Write all values, and the derivatives that the first products give."""
    values, products = walk(sample)
    known = dict(d_of(products[:place]))
    for name, points in LINES.items():
        narrow = points[-1][0] - points[0][0] < 1.6
        parts[f"value {name}"].set_text(f"{name}{chr(10) if narrow else ' = '}{number(values[name])}")
        parts[f"slope {name}"].set_text(f"← {number(known[name])}" if name in known else "")
    way = [LINES[products[place - 1].name], LINES[products[place - 1].after]] if place else [[], []]
    parts["way"].set_data(*np.reshape(way[0] + way[1], (-1, 2)).T)
    x1, x2, y = (number(values[name]) for name in ("x₁", "x₂", "y"))
    parts["data"].set_text(f"sample {sample + 1}\nx₁ = {x1},  x₂ = {x2}\ntarget y = {y}")


def tiny_graph(place, sample=0):
    """Return the figure of tiny's graph for a sample (0 to 2), with the derivatives of the first products."""
    figure, parts = _graph()
    _reveal(parts, place, sample)
    parts["way"].set_data([], [])
    return figure


def graph_stepper(sample=0):
    """Walk back through the graph of tiny, one product at a time, for a sample (0 to 2)."""
    figure, parts = _graph()
    canvas, place = Canvas(figure), 0
    canvas.moving(*parts.values())
    words = {"on": "Next product", "back": "One back", "again": "From the start", "all": "All products"}
    controls = {name: Press(word) for name, word in words.items()}
    choice = {"1: x = (1, 2)": 0, "2: x = (0, 1)": 1, "3: x = (−1, 0.5)": 2}
    controls["sample"] = Dropdown(options=choice, value=sample, description="Sample")
    counts = dict.fromkeys(words, 0)

    def compute(sample, **presses):
        nonlocal place
        for name, count in presses.items():
            for _ in range(count - counts[name]):  # one picture may show several presses
                place = moved(place, name)
            counts[name] = count
        return place

    def draw(place, sample, **presses):
        _reveal(parts, place, sample)
        return sentence(place, sample)

    about = "The computation graph of tiny: values above the lines, below them the derivatives of E found so far."
    return Explorer("graph_stepper", canvas, controls, compute, draw, about)


# --- nudge one parameter

SIZES = np.logspace(-4, 0, 81)


def slope(parameter):
    """Return the derivative of tiny's error (three samples) with respect to a parameter, a name in `PARAMETERS`."""
    W, b, X, Y = tiny()
    network = Network.from_parameters(W, b, [sigmoid, identity])
    network.forward(X)
    network.backward(Y, half_mean_squared_error)
    kind, layer, place = PARAMETERS[parameter]
    return float({"W": network.dW, "b": network.db}[kind][layer][place])


def change(parameter, nudge):
    """Return by how much E of tiny grows when this parameter grows by the nudge."""
    own = own_value(parameter)
    return tiny_outputs(parameter, own + nudge)[1] - tiny_outputs(parameter, own)[1]


@plotting.drawing
def _tangent_and_miss():
    """Return a canvas and its moving artists, by name."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(8, 3.4))
    canvas, purple, orange = Canvas(figure), plotting.colors["error"], plotting.colors["backward"]
    left.set(xlabel="value of the parameter", ylabel="error E", xlim=(-1, 1), ylim=(0, 3))
    right.set(xlabel="size of the nudge", xscale="log", yscale="log", xlim=(8e-5, 1.3), ylim=(1e-11, 20))
    right.set_title("change of E, and what gradient · Δw misses")
    left.yaxis.set_label_coords(-0.17, 0.5)  # it stays there when the numbers of the axis get longer
    parts = {
        "curve": left.plot([], [], color=purple, label="E")[0],
        "tangent": left.plot([], [], "--", color=orange, label="E + gradient · Δw")[0],
        "start": left.plot([], [], "s", color=plotting.ink("parameter"), markersize=7, label="start")[0],
        "there": left.plot([], [], "o", color=plotting.ink("error"), markersize=8)[0],
        "promised": left.plot([], [], "D", color=plotting.ink("backward"), markersize=6)[0],
        "change": right.plot([], [], "--", color=orange, label="|gradient · Δw|")[0],
        "miss": right.plot([], [], color=purple, label="|ΔE − gradient · Δw|")[0],
        "dot": right.plot([], [], "o", color=plotting.ink("error"), markersize=8)[0],
    }
    left.legend(loc="upper center", fontsize=7.5)
    right.legend(loc="upper left", fontsize=7.5)
    canvas.moving(*parts.values())
    return canvas, parts


def nudge(parameter="W², column 1", size=1.0):
    """Nudge one parameter of tiny, a name in `PARAMETERS`, by 0.0001 to 1, and compare ΔE with gradient · Δw."""
    canvas, parts = _tangent_and_miss()
    left = parts["curve"].axes
    ends = {"min": -4, "max": 0, "step": 0.1, "readout_format": ".4f"}
    controls = {
        "parameter": Dropdown(options=list(PARAMETERS), value=parameter, description="Parameter"),
        "size": FloatLogSlider(size, **ends, description="Size of the nudge"),
        "direction": Dropdown(options={"up": 1, "down": -1}, description="Direction"),
    }

    def compute(parameter, size, direction):
        own = own_value(parameter)
        around = np.linspace(-1.1, 1.1, 111)
        curve = np.array([tiny_outputs(parameter, own + dw)[1] for dw in around])
        nudges, grad = direction * SIZES, slope(parameter)
        miss = [abs(change(parameter, dw) - grad * dw) for dw in nudges]
        return own + around, curve, np.maximum(miss, 1e-12)

    def draw(result, parameter, size, direction):
        places, curve, miss = result
        own, E, grad, dw = own_value(parameter), curve[55], slope(parameter), direction * size
        dE = change(parameter, dw)
        miss_now = abs(dE - grad * dw)
        room = np.ptp(curve)
        limits = (places[0], places[-1]), (curve.min() - 0.3 * room, curve.max() + 0.5 * room)
        if (left.get_xlim(), left.get_ylim()) != limits:
            left.set(xlim=limits[0], ylim=limits[1])
            canvas.redraw()
        parts["curve"].set_data(places, curve)
        parts["tangent"].set_data(places, E + grad * (places - own))
        parts["start"].set_data([own], [E])
        parts["there"].set_data([own + dw], [E + dE])
        parts["promised"].set_data([own + dw], [E + grad * dw])
        parts["change"].set_data(SIZES, np.abs(grad) * SIZES)
        parts["miss"].set_data(SIZES, miss)
        parts["dot"].set_data([size], [max(miss_now, 1e-12)])
        share = f", {miss_now / abs(dE):.1%} of ΔE" if abs(dE) > 1e-9 and miss_now > 0.001 * abs(dE) else ""
        return (
            f"{parameter}: Δw = {number(dw)}. ΔE = {number(dE)}; gradient · Δw = {number(grad)} · {number(dw)} "
            f"= {number(grad * dw)}. The promise misses by {number(miss_now)}{share}."
        )

    about = "Left E along one parameter of tiny and its tangent, right what the tangent misses, on logarithmic axes."
    return Explorer("nudge", canvas, controls, compute, draw, about)
