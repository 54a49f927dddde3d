"""The graph of the tiny example for one sample, and the way back through it, product by product."""

from typing import NamedTuple

import numpy as np

from shared import plotting
from shared.activations import sigmoid
from shared.datasets import tiny
from shared.style import number

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
def graph_without_numbers():
    """Return the figure of the graph without numbers, and its parts that change."""
    figure, axes = plotting.new_figure(size=(8, 4))
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


def reveal(parts, place, sample):
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
    figure, parts = graph_without_numbers()
    reveal(parts, place, sample)
    parts["way"].set_data([], [])
    return figure
