"""Ticks that move: matplotlib needs 20 ms to draw an axis with new ones."""

from functools import partial

import numpy as np
from matplotlib.markers import TICKDOWN, TICKLEFT
from matplotlib.ticker import MaxNLocator

from shared.explorers.engine.tiles import written
from shared.style import number

word = partial(written, colour="#000000")


def empty(axes, x, y, width, height, xlabel, ylabel=""):
    """Put axes without ticks at these pixels; return the lines of tick marks of x and y."""
    axes.figure.set_layout_engine("none")
    axes.set_position(np.array([x, y, width, height]) / np.tile(axes.figure.bbox.size, 2))
    axes.set(xticks=[], yticks=[], xlabel=xlabel, ylabel=ylabel)
    axes.xaxis.labelpad, axes.yaxis.labelpad = 19, 31
    look = {"linestyle": "none", "color": "black", "markersize": 3.5, "markeredgewidth": 0.8, "clip_on": False}
    look["transform"] = axes.transAxes
    return [axes.plot([], [], marker=marker, **look)[0] for marker in (TICKDOWN, TICKLEFT)]


def ticks(marks, places, words=None):
    """Put tick marks at places; return the pictures of the words (numbers by default) beside them."""
    axes, flat = marks.axes, marks.get_marker() == TICKDOWN
    low, high = axes.get_xlim() if flat else axes.get_ylim()
    if words is None:
        places = [
            v + 0.0 for v in MaxNLocator(places, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= v <= high
        ]
        words = [number(v) for v in places]
    share, tiles, (x, y, width, height) = (np.array(places) - low) / (high - low), [], axes.bbox.bounds
    marks.set_data(share * flat, share * (not flat))
    for s, picture in zip(share, map(word, words), strict=False):
        left, bottom = (s * width - picture.shape[1] / 2, -19) if flat else (-7 - picture.shape[1], s * height - 7)
        tiles.append((round(x + left), round(y + bottom), picture))
    return tiles
