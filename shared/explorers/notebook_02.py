"""The explorer of notebook 2: which shapes fit in W X + b, and what NumPy says when they do not."""

from textwrap import fill
from typing import NamedTuple

import numpy as np
from ipywidgets import Checkbox, IntSlider
from matplotlib.collections import PolyCollection

from shared import plotting
from shared.explorers.engine import Canvas, Explorer
from shared.explorers.engine.tiles import Tiles, written

LARGEST = 5  # nodes, inputs, samples
SIGNS = "@", "+", "="
# Biases are hundreds and W X stays below 100: each number of the result shows which bias it got.
WEIGHTS = np.array([[1, 2, 3, 4, 5], [3, 4, 5, 1, 2], [5, 1, 2, 3, 4], [2, 3, 4, 5, 1], [4, 5, 1, 2, 3]])
INPUTS = np.array([[1, 2, 3, 1, 2], [2, 1, 1, 3, 3], [3, 3, 2, 1, 1], [1, 1, 2, 2, 3], [2, 3, 1, 3, 2]])
BIASES = 100 * np.arange(1, LARGEST + 1).reshape(LARGEST, 1)


class Attempt(NamedTuple):
    """What came of W @ X + b: shapes, None for what NumPy refused; its words; the numbers; which of them are wrong."""

    W: tuple
    X: tuple
    b: tuple
    product: tuple | None
    result: tuple | None
    error: str
    numbers: tuple  # W, X, b and the result, arrays; None for what NumPy refused
    wrong: np.ndarray  # of the shape of the result
    right: bool


def attempt(n0, n1, m, transpose, flat):
    """Run W @ X + b with W (n1, n0) or its transpose, X (n0, m) and b (n1, 1) or (n1,)."""
    W, X, b = WEIGHTS[:n1, :n0], INPUTS[:n0, :m], BIASES[:n1]
    wanted, product, result, error = W @ X + b, None, None, ""
    W, b = W.T if transpose else W, b.ravel() if flat else b
    try:
        product = W @ X
        result = product + b
    except ValueError as problem:
        error = str(problem).strip()
    shapes = (None if array is None else array.shape for array in (W, X, b, product, result))
    wrong = np.ones(() if result is None else result.shape, bool)
    if wrong.shape == wanted.shape:
        wrong = result != wanted
    return Attempt(*shapes, error, (W, X, b, result), wrong, right=not wrong.any())


def _some(number, word):
    return f"{number} {word}{'s' * (number != 1)}"


def describe(tried, n0, n1, m, transpose, flat):
    """Return what happened in a sentence or two, and what to look at."""
    if tried.product is None:
        return (
            f"NumPy refuses the product: W has {_some(tried.W[1], 'column')} and X has {_some(tried.X[0], 'row')}, "
            "and these two numbers must agree. Untick transpose W, or give n⁰ and n¹ the same value "
            "and see something worse."
        )
    if tried.result is None:
        return (
            f"NumPy refuses the sum: flush right, the {n1} of b stands below the {m} of {tried.product}. "
            "Untick b 1-D, or move m and find the value where it goes wrong in silence."
        )
    story = f"W {tried.W} times X {tried.X} gives {tried.product}; with b {tried.b} it gives {tried.result}."
    if tried.right:
        lucky = " With a single node, the ticks do no harm." if transpose or flat else ""
        return f"All is well. {story} {_some(m, 'sample')} in, {_some(m, 'column')} out.{lucky}"
    along = "each sample got a different bias" if m > 1 else f"the one column was repeated {n1} times"
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


def _numbers(axes, corners, array, color, wrong=False):
    """Return the pictures of the numbers of an array, in the middle of their squares; wrong ones on a white ground."""
    tiles, places = [], axes.transData.transform(corners.mean(axis=1))
    for (x, y), value, bad in zip(places, array.ravel(), np.broadcast_to(wrong, array.shape).ravel(), strict=True):
        word = written(str(value), color)
        left, bottom = round(x - word.shape[1] / 2), round(y - word.shape[0] / 2)
        if bad:
            tiles.append((left - 1, bottom, np.full((word.shape[0], word.shape[1] + 2, 4), 255, np.uint8)))
        tiles.append((left, bottom, word))
    return tiles


@plotting.drawing
def _blocks():
    """Return a canvas; a block and its text for W, X, b and the result; crosses; the numbers; signs; the error."""
    figure, axes = plotting.new_figure(size=(7.6, 3.1))
    canvas, words = Canvas(figure), {"ha": "center", "va": "center"}
    figure.set_layout_engine("none")
    axes.set(position=(0, 0, 1, 1), xlim=(-0.3, 4 * LARGEST + 5), ylim=(-5.6, 3.6), aspect="equal")
    axes.apply_aspect()
    axes.axis("off")
    blocks = []
    for color in ("parameter", "data", "parameter", "forward"):
        look = {"facecolor": plotting.tint(color, 0.15), "edgecolor": plotting.ink(color), "linewidth": 1}
        block = axes.add_collection(PolyCollection([], **look), autolim=False)
        blocks.append((block, axes.text(0, 0, "", color=plotting.ink(color), fontsize=8.5, ha="center", va="top")))
    crosses = PolyCollection([], facecolor="none", edgecolor=plotting.ink("forward"), linewidth=0, hatch="xxx")
    axes.add_collection(crosses, autolim=False)
    numbers = axes.add_artist(Tiles(zorder=3))
    signs = [axes.text(0, 0, sign, fontsize=12, **words) for sign in SIGNS]
    error = axes.text(-0.2, -5.4, "", fontsize=8, ha="left", va="bottom", family="DejaVu Sans Mono")
    canvas.moving(block=[block for block, _ in blocks], name=[name for _, name in blocks])
    canvas.moving(crosses=crosses, numbers=numbers, sign=signs, error=error)
    return canvas, blocks, crosses, numbers, signs, error


def shapes(n0=2, n1=3, m=4):
    """Show W @ X + b as coloured blocks of numbers, with the shape of the result or NumPy's own error."""
    canvas, blocks, crosses, numbers, signs, error = _blocks()
    sliders = {"n0": (n0, "Inputs n⁰"), "n1": (n1, "Nodes n¹"), "m": (m, "Samples m")}
    controls = {key: IntSlider(start, 1, LARGEST, description=name) for key, (start, name) in sliders.items()}
    for key, name in (("transpose", "transpose W"), ("flat", "b 1-D")):
        controls[key] = Checkbox(False, description=name, indent=False)

    def draw(tried, **values):
        left, names = 0.0, ("W transposed" if values["transpose"] else "W", "X", "b", "result")
        shown = zip(names, (*tried[:3], tried.result), tried.numbers, blocks, strict=True)
        numbers.images = []
        crosses.set_verts([])
        for k, (name, shape, array, (block, text)) in enumerate(shown):
            rows, columns = size(shape)
            corners, flat = squares(left, shape), shape is not None and len(shape) == 1
            block.set(verts=corners, linestyle="--" if flat else "-")
            if shape:
                wrong = tried.wrong if k == 3 else False
                numbers.images += _numbers(text.axes, corners, array, text.get_color(), wrong)
                if k == 3:
                    crosses.set_verts(corners[wrong.ravel()])
            words = [name, str(shape), "wrong" * (k == 3 and not tried.right)] if shape else ["no result"]
            text.set(text="\n".join(words), position=(left + columns / 2, -rows / 2 - 0.3 if rows else 0.25))
            left += max(columns, 1.6) + 1.5
            if k < 3:
                signs[k].set_position((left - 0.75, 0))
        error.set_text(fill(f"ValueError: {tried.error}", 92) if tried.error else "")
        return describe(tried, **values)

    about = "The matrices W, X and b as blocks of squares with their numbers, and what W @ X + b gives."
    explorer = Explorer("shapes", canvas, controls, attempt, draw, about)
    for control in controls.values():
        control.layout.flex, control.layout.max_width, control.layout.min_width = "1 1 28%", "32%", "200px"
    return explorer
