"""The explorer of notebook 2: which shapes fit in W X + b, and what NumPy says when they do not."""

from textwrap import fill
from typing import NamedTuple

import numpy as np
from ipywidgets import Checkbox, IntSlider
from matplotlib.collections import PolyCollection

from shared import plotting
from shared.explorers.machinery import Canvas, Explorer

LARGEST = 5  # nodes, inputs, samples
SIGNS = "@", "+", "="


class Attempt(NamedTuple):
    """What came of W @ X + b: shapes, None for what NumPy refused, its words, and whether it is right."""

    W: tuple
    X: tuple
    b: tuple
    product: tuple | None
    result: tuple | None
    error: str
    right: bool


def attempt(n0, n1, m, transpose, flat):
    """Run W @ X + b with W (n1, n0) or its transpose, X (n0, m) and b (n1, 1) or (n1,)."""
    W = np.arange(1.0, n1 * n0 + 1).reshape(n1, n0)
    X = np.arange(1.0, n0 * m + 1).reshape(n0, m)
    b = 10.0 * np.arange(1, n1 + 1).reshape(n1, 1)
    wanted, product, result, error = W @ X + b, None, None, ""
    W, b = W.T if transpose else W, b.ravel() if flat else b
    try:
        product = W @ X
        result = product + b
    except ValueError as problem:
        error = str(problem).strip()
    shapes = (None if array is None else array.shape for array in (W, X, b, product, result))
    return Attempt(*shapes, error, right=result is not None and np.array_equal(result, wanted))


def _some(number, word):
    return f"{number} {word}{'s' * (number != 1)}"


def describe(tried, n0, n1, m, transpose, flat):
    """Return what happened in a sentence or two, and what to look at."""
    if tried.product is None:
        return (
            f"NumPy refuses the product: W has {_some(tried.W[1], 'column')} and X has {_some(tried.X[0], 'row')}, "
            "and these two numbers must agree. Take away the tick at transpose, or give n0 and n1 the same value "
            "and see something worse."
        )
    if tried.result is None:
        return (
            f"NumPy refuses the sum: flush right, the {n1} of b stands below the {m} of {tried.product}. "
            "Take away the tick at b 1-D, or move m and find the value where it goes wrong in silence."
        )
    story = f"W {tried.W} times X {tried.X} gives {tried.product}; with b {tried.b} it gives {tried.result}."
    if tried.right:
        lucky = " With a single node, the ticks do no harm." if transpose or flat else ""
        return f"All is well. {story} {_some(m, 'sample')} in, {_some(m, 'column')} out.{lucky}"
    along = "each sample got another bias" if m > 1 else f"the one column was repeated {n1} times"
    why = ["W is square, so its transpose fits as well"] * transpose + [f"b was laid along the rows, so {along}"] * flat
    kind = "the right shape, wrong numbers" if tried.result == (n1, m) else f"the shape should be {(n1, m)}"
    return f"Beware: no error, and yet {kind}. {story} The reason: {', and '.join(why)}."


def size(shape):
    """Return how many rows and columns of squares are drawn: a flat array is a row, None is empty."""
    return (0, 3) if shape is None else (1, *shape)[-2:]


def squares(left, shape):
    """Return the corners of the entries of a matrix, (entries, 4, 2)."""
    rows, columns = size(shape)
    corners = [(left + j, rows / 2 - i) for i, j in np.ndindex(rows, columns)]
    return np.reshape(corners, (-1, 1, 2)) + np.array([(0, 0), (1, 0), (1, -1), (0, -1)])


@plotting.drawing
def _blocks():
    """Return a canvas; a block and its text for W, X, b and the result; the signs; a line for the error."""
    figure, axes = plotting.new_figure(size=(7.6, 3.1))
    canvas, words = Canvas(figure), {"ha": "center", "va": "center"}
    axes.set(xlim=(-0.3, 4 * LARGEST + 5), ylim=(-5.6, 3.6), aspect="equal")
    axes.axis("off")
    blocks = []
    for color in ("parameter", "data", "parameter", "forward"):
        look = {"facecolor": plotting.tint(color, 0.15), "edgecolor": plotting.ink(color), "linewidth": 1}
        block = axes.add_collection(PolyCollection([], **look), autolim=False)
        blocks.append((block, axes.text(0, 0, "", color=plotting.ink(color), fontsize=8.5, ha="center", va="top")))
    signs = [axes.text(0, 0, sign, fontsize=12, **words) for sign in SIGNS]
    error = axes.text(-0.2, -5.4, "", fontsize=8, ha="left", va="bottom", family="DejaVu Sans Mono")
    canvas.moving(*(artist for pair in blocks for artist in pair), *signs, error)
    return canvas, blocks, signs, error


def shapes(n0=2, n1=3, m=4):
    """Show W @ X + b as coloured blocks, with the shape of the result or NumPy's own error."""
    canvas, blocks, signs, error = _blocks()
    sliders = {"n0": (n0, "Inputs n0"), "n1": (n1, "Nodes n1"), "m": (m, "Samples m")}
    controls = {key: IntSlider(start, 1, LARGEST, description=name) for key, (start, name) in sliders.items()}
    for key, name in (("transpose", "transpose W"), ("flat", "b 1-D")):
        controls[key] = Checkbox(False, description=name, indent=False)

    def draw(tried, **values):
        left, names = 0.0, ("W transposed" if values["transpose"] else "W", "X", "b", "result")
        for k, (name, shape, (block, text)) in enumerate(zip(names, (*tried[:3], tried.result), blocks, strict=True)):
            rows, columns = size(shape)
            wrong, flat = k == 3 and not tried.right, shape is not None and len(shape) == 1
            block.set(verts=squares(left, shape), hatch="xxx" * wrong, linestyle="--" if flat else "-")
            words = [name, str(shape), "wrong" * wrong] if shape else ["no result"]
            text.set(text="\n".join(words), position=(left + columns / 2, -rows / 2 - 0.3 if rows else 0.25))
            left += max(columns, 1.6) + 1.5
            if k < 3:
                signs[k].set_position((left - 0.75, 0))
        error.set_text(fill(f"ValueError: {tried.error}", 92) if tried.error else "")
        return describe(tried, **values)

    about = "The matrices W, X and b as blocks of squares, and what W @ X + b gives."
    explorer = Explorer("shapes", canvas, controls, attempt, draw, about)
    for control in controls.values():
        control.layout.flex, control.layout.max_width = "1 1 28%", "32%"
    return explorer
