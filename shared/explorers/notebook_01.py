"""The explorers of notebook 1: three hinges and their sum, and which edge is which entry of W."""

import numpy as np
from ipywidgets import Dropdown, FloatSlider, IntSlider
from matplotlib.patches import Rectangle

from shared import plotting
from shared.activations import relu
from shared.explorers.engine import Canvas, Explorer

HAT = ((1, 0, 1), (1, -1, -2), (1, -2, 1))  # slope, offset and weight of each hinge
LOW, HIGH = -3, 4
HORIZONTAL = np.linspace(LOW, HIGH, 281)
TARGETS = {
    "none": None,
    "the hat": lambda x: np.maximum(0, 1 - np.abs(x - 1)),
    "|x|": np.abs,
    "the tent": lambda x: np.maximum(0, 2 - 2 * np.abs(x)),
    "a plateau": lambda x: np.clip(1.5 - np.abs(x - 0.5), 0, 1),
}
SIZES = (3, 5, 4, 2)


def weighted_hinges(hinges, x):
    """Return v · relu(w x + b), (3, k), for hinges (w, b, v), (3, 3), at the places x (k,)."""
    w, b, v = np.array(hinges, float).T[:, :, np.newaxis]
    return v * relu(w * x + b)


def bends(hinges):
    """Return where the hinges (w, b, v) bend, x = -b / w, in order; a flat one does not bend."""
    return sorted({-b / w + 0.0 for w, b, v in hinges if w and v})


def hinges_from(numbers):
    """Return the hinges (w, b, v) that the sliders' values say."""
    parts = "slope", "offset", "weight"
    return [tuple(numbers[f"{part}_{k}"] for part in parts) for k in (1, 2, 3)]


def _listed(numbers):
    words = [plotting.number(number, 3) for number in numbers]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def describe(hinges, target):
    """Return a sentence or two on the sum of the hinges: its bends, end slopes and the target."""
    at = bends(hinges)
    sentence = f"The sum can bend at x = {_listed(at)}" if at else "The sum has no bend: it is a line"
    left = sum(w * v for w, b, v in hinges if w < 0)
    right = sum(w * v for w, b, v in hinges if w > 0)
    sentence += f"; far left its slope is {_listed([left])}, far right {_listed([right])}."
    if TARGETS[target] is not None:
        miss = np.abs(weighted_hinges(hinges, HORIZONTAL).sum(axis=0) - TARGETS[target](HORIZONTAL))
        if miss.max() < 0.005:
            return f"{sentence} It matches {target}: well done."
        place = _listed([HORIZONTAL[miss.argmax()]])
        sentence += f" From {target} it is at most {plotting.number(miss.max(), 3)} away, at x = {place}."
    return sentence


@plotting.drawing
def _two_pictures():
    """Return a canvas and its moving artists."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.6, 3.4))
    canvas, blue = Canvas(figure), plotting.colors["forward"]
    for axes, title in ((left, "three weighted hinges"), (right, "their sum")):
        axes.set(xlim=(LOW, HIGH), ylim=(-4, 4), xlabel="x")
        axes.set_title(title, pad=24)  # the legend stands below it
        axes.axhline(0, color=plotting.tint("data", 0.5), linewidth=0.8)
    shades = "#004B76", blue, plotting.colors["sky"]
    curves = [
        left.plot([], [], color=shade, linestyle=dash, label=f"hinge {k}")[0]
        for k, shade, dash in zip((1, 2, 3), shades, ("-", "--", ":"), strict=True)
    ]
    grey, above = plotting.colors["data"], {"loc": "lower left", "bbox_to_anchor": (-0.03, 0.98), "ncols": 3}
    left.legend(columnspacing=1, **above)
    (goal,) = right.plot([], [], "--", color=grey, linewidth=2.5)
    wanted = right.text(1, 1.045, "", ha="right", transform=right.transAxes, color=plotting.ink("data"), fontsize=8)
    (total,) = right.plot([], [], color=blue, linewidth=2.2, label="sum")
    (kinks,) = right.plot([], [], "o", color=blue, markersize=6, label="bends")
    right.legend(columnspacing=1, **above)
    canvas.moving(hinge=curves, goal=goal, wanted=wanted, total=total, bends=kinks)
    return canvas, curves, goal, wanted, total, kinks


def hinges(start=HAT):
    """Show three weighted ReLU hinges v · relu(w x + b), and their sum; `start` is (w, b, v) each."""
    canvas, curves, goal, name, total, kinks = _two_pictures()
    controls = {}
    for k, values in enumerate(start, 1):
        limits = {"slope": 2, "offset": 4, "weight": 4}
        for (part, limit), value in zip(limits.items(), values, strict=True):
            look = {"step": 0.25, "description": f"{part.capitalize()} {k}", "readout_format": ".2f"}
            controls[f"{part}_{k}"] = FloatSlider(value, min=-limit, max=limit, **look)
    controls["target"] = Dropdown(options=list(TARGETS), description="Shape to match")

    def compute(target, **numbers):
        chosen = hinges_from(numbers)
        return chosen, weighted_hinges(chosen, HORIZONTAL)

    def draw(result, target, **numbers):
        chosen, weighted = result
        for curve, values in zip(curves, weighted, strict=True):
            curve.set_data(HORIZONTAL, values)
        total.set_data(HORIZONTAL, weighted.sum(axis=0))
        at = np.array([x for x in bends(chosen) if LOW <= x <= HIGH])
        kinks.set_data(at, weighted_hinges(chosen, at).sum(axis=0))
        wanted = TARGETS[target]
        goal.set_data(HORIZONTAL, wanted(HORIZONTAL)) if wanted else goal.set_data([], [])
        name.set_text(f"dashed: {target}" if wanted else "")
        return describe(chosen, target)

    about = "On the left, three weighted hinges; on the right, their sum with its bends."
    explorer = Explorer("hinges", canvas, controls, compute, draw, about)
    _three_a_row(control for name, control in controls.items() if name != "target")
    return explorer


def _three_a_row(controls):
    for control in controls:
        control.layout.flex, control.layout.max_width, control.layout.min_width = "1 1 28%", "32%", "215px"


def edge(l, i, j):
    """Return (l, i, j), with i and j not above the numbers of nodes that the edge's ends have."""
    return l, min(i, SIZES[l]), min(j, SIZES[l - 1])


@plotting.drawing
def _diagram_and_matrices():
    """Return a canvas, the edges' ends by (l, i, j), the matrices' top rows, and what moves."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.6, 3.7))
    canvas, green = Canvas(figure), plotting.ink("parameter")
    plotting.network_diagram(list(SIZES), axes=left)
    ends = {line.get_gid(): line.get_data() for line in left.lines}
    tops, top = {}, 0.0
    for l in (1, 2, 3):
        rows, columns, tops[l] = SIZES[l], SIZES[l - 1], top
        for i in range(rows):
            look = {"fill": False, "edgecolor": plotting.tint("parameter", 0.6), "linewidth": 0.8}
            for j in range(columns):
                right.add_patch(Rectangle((j, top + i), 1, 1, **look))
        name = f"$W^{l}$\n{rows} × {columns}"
        right.text(-0.5, top + rows / 2, name, ha="right", va="center", color=green)
        top += rows + 1
    right.set(xlim=(-2.2, 8), ylim=(top - 0.9, -0.9), aspect="equal")
    right.axis("off")
    (line,) = left.plot([], [], color=green, linewidth=3.5, zorder=2)
    dots = left.plot([], [], "o", markersize=17, fillstyle="none", color=green, markeredgewidth=2.5)
    dots[0].set_zorder(4)
    bands = [right.add_patch(Rectangle((0, 0), 1, 1, hatch=hatch)) for hatch in ("---", "|||")]
    for band in bands:
        band.set(facecolor=plotting.tint("parameter", 0.12), edgecolor=plotting.tint("parameter", 0.6))
    cell = right.add_patch(Rectangle((0, 0), 1, 1, facecolor=green, edgecolor=green))
    words = {"va": "center", "color": green, "fontsize": 9}
    texts = [right.text(0, 0, "", **words) for _ in range(2)]
    canvas.moving(edge=line, ends=dots[0], band=bands, cell=cell, words=texts)
    return canvas, ends, tops, line, dots[0], bands, cell, texts


def edges(l=2, i=3, j=5):
    """Show the network 3-5-4-2 with one edge, and the entry of a weight matrix that it is."""
    canvas, ends, tops, line, dots, bands, cell, texts = _diagram_and_matrices()
    controls = {
        "l": IntSlider(l, 1, 3, description="Layer l"),
        "i": IntSlider(i, 1, SIZES[l], description="To node i"),
        "j": IntSlider(j, 1, SIZES[l - 1], description="From node j"),
    }

    def draw(result, **numbers):
        l, i, j = result
        controls["i"].max, controls["j"].max = SIZES[l], SIZES[l - 1]
        line.set_data(*ends[f"W{l}[{i},{j}]"])
        dots.set_data(*ends[f"W{l}[{i},{j}]"])
        top, rows, columns = tops[l], SIZES[l], SIZES[l - 1]
        bands[0].set(xy=(0, top + i - 1), width=columns, height=1)
        bands[1].set(xy=(j - 1, top), width=1, height=rows)
        cell.set(xy=(j - 1, top + i - 1))
        texts[0].set(position=(columns + 0.3, top + i - 0.5), text=f"row {i}: to node {i}")
        texts[1].set(position=(j - 0.5, top - 0.4), text=f"column {j}: from node {j}", ha="center")
        return (
            f"The weight with l = {l}, i = {i}, j = {j} leads to node {i} of layer {l} "
            f"from node {j} of layer {l - 1}. It stands in row {i}, column {j} of the "
            f"{rows} × {columns} matrix; in code it is W[{l}][{i - 1}, {j - 1}]."
        )

    about = "On the left, the network 3-5-4-2 with one edge marked; on the right, its entry in the weight matrices."
    explorer = Explorer("edges", canvas, controls, edge, draw, about)
    _three_a_row(controls.values())
    return explorer
