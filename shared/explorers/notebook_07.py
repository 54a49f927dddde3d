"""The explorers of notebook 7: what arrives through many layers, and XOR with two hidden nodes."""

from functools import lru_cache, partial

import numpy as np
from contourpy import contour_generator
from ipywidgets import Dropdown, FloatLogSlider, FloatSlider, IntSlider
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from shared import plotting, style
from shared.activations import by_name
from shared.datasets import xor
from shared.explorers.engine import Canvas, Explorer
from shared.explorers.engine.ticks import empty, ticks, word
from shared.explorers.engine.tiles import Tiles, drawn_out, written
from shared.losses import half_mean_squared_error

# --- what arrives through many layers

WIDTH, SAMPLES, MOST = 100, 100, 15
HIDDEN = {name: by_name[name] for name in ("identity", "sigmoid", "tanh", "relu", "leaky_relu")}
LOST = 30  # a signal that changes by less than this factor counts as arrived


@lru_cache
def _numbers():
    """Return standard normal numbers: inputs, derivatives, and the weights of each layer."""
    rng = np.random.default_rng(7)
    return [rng.standard_normal((WIDTH, SAMPLES)) for _ in range(MOST + 2)]


def travel(activation, depth, scale):
    """Send inputs of size 1 forward and derivatives of size 1 backward through `depth` layers of 100 nodes.

    scale: standard deviation of the weights times √100. Returns A[1…], dZ[1…], each (100, 100), and the
    norms of dW[1…].
    """
    g, (X, dA, *numbers) = HIDDEN[activation], _numbers()
    A, Z, W = [X], [None], [None, *(scale / WIDTH**0.5 * N for N in numbers[:depth])]
    for l in range(1, depth + 1):
        Z.append(W[l] @ A[l - 1])
        A.append(g(Z[l]))
    dZ, norms = [], []
    for l in range(depth, 0, -1):
        dZ.insert(0, g.backward(dA, Z[l]))
        # Copied, for OpenBLAS would take a second thread for the transposed one, and the browser needs that core.
        norms.insert(0, float(np.linalg.norm(dZ[0] @ A[l - 1].T.copy()) / SAMPLES))
        dA = W[l].T @ dZ[0]
    return A[1:], dZ, norms


def verdict(activation, A, dZ, norms):
    """Return sentences on what has become of the activations and of the derivatives on their way."""
    first, last, begins, ends = (float(v.std()) for v in (A[0], A[-1], dZ[-1], dZ[0]))
    words = f"Forward: spread {first:.2g} in layer 1, {last:.2g} in layer {len(A)}"
    far = {"sigmoid": np.abs(2 * A[-1] - 1), "tanh": np.abs(A[-1])}.get(activation, np.zeros(1))
    if np.mean(far > 0.9) > 0.5:
        words += ", most of it near an end of the curve: saturated"
    elif not first / LOST < last < first * LOST:
        words += ": it dies away" if last < first else ": it explodes"
    words += f". Backward: dZ has spread {begins:.2g} in layer {len(A)}, {ends:.2g} in layer 1"
    if begins / LOST < ends < begins * LOST:
        words += ": it arrives"
    else:
        words += ": it vanishes" if ends < begins else ": it explodes"
    words += f". The gradients ‖dW‖ lie between {min(norms):.2g} and {max(norms):.2g}"
    if max(norms) > LOST * min(norms):
        words += ": no learning rate suits all layers"
    elif not 1 / LOST < norms[0] / 7 < LOST:
        words += f", far too {'small' if norms[0] < 1 else 'large'} in all layers"
    return plotting.readable(f"{words}.")


def histograms(values):
    """Return the edges (52,) and heights (layers, 51) of one histogram per layer, each with 0.85 as its top.

    values: (layers, n). Heights are square roots, so that tails can be seen; the edges leave out 1 in 1000.
    """
    layers, n = values.shape
    last = int(0.999 * n)
    reach = np.partition(np.abs(values), last, axis=1)[:, last].max() or 1.0
    low = -reach if values.min() < 0 else 0.0
    # bins 1 to 51, of which the last has both its ends (hence a millionth less); 0 and 52 are outside
    bins = np.clip((values - low) * (51 / (reach - low) * (1 - 1e-6)) + 1, 0, 52).astype(np.int32)
    bins += 53 * np.arange(layers, dtype=np.int32)[:, None]
    counts = np.bincount(bins.ravel(), minlength=53 * layers).reshape(layers, 53)
    counts[:, int(-low * (51 / (reach - low) * (1 - 1e-6)) + 1)] -= np.count_nonzero(values == 0, axis=1)
    heights = np.sqrt(counts[:, 1:-1] / n)
    return np.linspace(low, reach, 52), 0.85 * heights / np.maximum(heights.max(axis=1, keepdims=True), 0.01)


def _rows(rows, marks, values):
    """Draw one histogram per layer, the first at the top; return the pictures of the spreads and of the ticks."""
    values, axes = np.stack(values).reshape(len(values), -1), rows.axes
    (edges, heights), depth = histograms(values.astype(np.float32)), len(values)  # half the memory, half the time
    x, y, width, height = axes.bbox.bounds
    middles = y + height * (np.arange(depth)[::-1] + 0.4) / (depth + 0.1)
    heights = np.where(heights > 0, np.maximum(heights, (depth + 0.1) / height), 0)  # a pixel or more
    y = np.pad(heights.repeat(2, axis=1), ((0, 0), (1, 1))) + np.arange(depth)[::-1, None]
    rows.set_verts(np.stack([np.broadcast_to(edges.repeat(2), y.shape), y], axis=2))
    axes.set(xlim=edges[[0, -1]], ylim=(-0.1, depth))
    spreads = [word(plotting.number(spread, 2)) for spread in values.std(axis=1)]
    tiles = [(round(x + 1.02 * width), round(m) - 7, p) for m, p in zip(middles, spreads, strict=True)]
    for m, share in zip(middles, np.mean(values == 0, axis=1), strict=True):
        if share > 0.005:  # they would dwarf all the rest
            zeros = written(f"0: {share:.0%}", "#595959")
            tiles.append((round(x + width) - zeros.shape[1], round(m) - 2, zeros))
    return tiles + ticks(marks, 4)


@plotting.drawing
def signals(activation="relu", depth=10, scale=2**0.5):
    """Show activations and derivatives of every layer, 100 nodes wide, for three choices.

    activation: a name in `HIDDEN`. depth: 1 to 15. scale: 0.1 to 10, times 1/√100.
    """
    figure, panels = plotting.new_figure(1, 3, size=(8, 4.4))
    canvas, places = Canvas(figure), zip(panels, (64, 330, 598), ("activation", "dZ", "length of dW"), strict=True)
    marks = [empty(axes, x, 49, 190, 366, word) for axes, x, word in places]
    rows = []
    for axes, color in zip(panels, ("forward", "backward"), strict=False):
        axes.set_title("spread", x=1.0, ha="left", fontsize=9, zorder=0)
        rows.append(axes.add_collection(PolyCollection([], facecolors=plotting.tint(color, 0.35), edgecolors="none")))
    (line,) = panels[2].plot([], [], "s--", color=plotting.colors["backward"])
    words = figure.add_artist(Tiles(zorder=5))
    canvas.moving(activations=rows[0], derivatives=rows[1], lengths=line, words=words)
    canvas.moving(*(mark for pair in marks for mark in pair))
    controls = {
        "activation": Dropdown(options=list(HIDDEN), value=activation, description="Activation"),
        "depth": IntSlider(depth, min=1, max=MOST, description="Number of layers"),
        "scale": FloatLogSlider(
            scale, min=-1, max=1, step=0.01, readout_format=".2f", description="Initial scale times √n"
        ),
    }

    def draw(result, activation, depth, scale):
        A, dZ, norms = result
        words.images = _rows(rows[0], marks[0][0], A) + _rows(rows[1], marks[1][0], dZ)
        powers, middles = np.log10(np.maximum(norms, 1e-300)), np.arange(depth)[::-1] + 0.3
        line.set_data(powers, middles)
        high = max(3, np.ceil(powers.max() + 0.3))
        low = high - 3 * np.ceil((high - min(-3, np.floor(powers.min() - 0.3))) / 3)  # three equal steps
        panels[2].set(xlim=(low, high), ylim=(-0.1, depth))
        powers_of_ten = np.linspace(low, high, 4)
        names = ["10" + f"{k:.0f}".translate(style.RAISED) for k in powers_of_ten]
        words.images += ticks(marks[2][0], powers_of_ten, names)
        names = [f"layer {l}" if l in (1, depth) else f"{l}" for l in range(1, depth + 1)]
        for (_, left), texts in zip(marks, (names, [], []), strict=True):
            words.images += ticks(left, middles, texts)
        return verdict(activation, A, dZ, norms)

    about = "For each layer, the first on top: histograms of its activations and of its dZ, and the length of its dW."
    return Explorer("signals", canvas, controls, travel, draw, about)


# --- XOR with two hidden nodes

BY_HAND = {"W1": ((1, 1), (1, 1)), "b1": (0, -1), "W2": (1, -2), "b2": 0}


def two_nodes(activation, X, u1, u2, ub, v1, v2, vb, wu, wv, b):
    """Return the hidden activations (2, m) and outputs (1, m) of the two nodes u and v, for X (2, m)."""
    A1 = by_name[activation](np.array([[u1, u2], [v1, v2]]) @ X + np.array([[ub], [vb]]))
    return A1, np.array([[wu, wv]]) @ A1 + b


def xor_verdict(A2):
    """Return sentences on the outputs (1, 4) for XOR's samples: E, and how many are on the right side."""
    _, Y = xor()
    E, right = half_mean_squared_error(A2, Y), int(((A2 > 0.5) == (Y > 0.5)).sum())
    outputs = ", ".join(f"{a:.2f}" for a in A2[0])
    words = f"Outputs {outputs}, wanted 0, 1, 1, 0: E = {E:.4g}, {right} of 4 on the right side of 1/2"
    if E < 1e-12:
        return f"{words}. This is XOR, exactly."
    if abs(E - 1 / 8) < 1e-9:
        words += ". 1/8 is the best that any straight line can do"
    return f"{words}."


WIDE, HIGH = 332, 300  # pixels of a plane
ENDS = np.array([-0.35, 1.35])  # of x₁ and of x₂
HATCH = np.subtract.outer(np.arange(HIGH), np.arange(WIDE)) % 12 == 0
_tints = [plotting.tint("forward", part) for part in (0.02, 0.08, 0.22, 0.32, 0.02, 0.08, 0.45, 0.45)]
SHADES = np.array([[*bytes.fromhex(shade[1:]), 255] for shade in _tints], np.uint8)  # four, and with hatches


def shaded(values):
    """Return the colours (HIGH, WIDE, 4) of outputs known at every fourth pixel, hatched above 1/2."""
    bands = (drawn_out(np.clip(values, 0, 1), 4) * np.float32(3.9999)).astype(np.intp)
    return SHADES.take(bands + 4 * HATCH, axis=0)


def _level(line, x, y, values, level):
    """Move a line to where the values (y, x) have this level."""
    pieces = [piece for part in contour_generator(x, y, values).lines(level) for piece in (part, [[np.nan] * 2])]
    line.set_data(*(np.concatenate(pieces).T if pieces else ([], [])))


def _keys():
    """Return what the legend explains."""
    look, green = {"linestyle": "none", "markersize": 7, "markeredgecolor": "#333333"}, plotting.colors["parameter"]
    return [
        Line2D([], [], marker="o", markerfacecolor="white", label="target 0", **look),
        Line2D([], [], marker="^", markerfacecolor=plotting.colors["data"], label="target 1", **look),
        Line2D([], [], color=plotting.colors["forward"], linewidth=2, label="output 1/2"),
        Patch(facecolor=plotting.tint("forward", 0.22), hatch="///", label="output above 1/2"),
        Line2D([], [], linestyle="--", color=green, label="node 1: z = 0"),
        Line2D([], [], linestyle=":", color=green, label="node 2: z = 0"),
    ]


@plotting.drawing
def _plane(canvas, name, axes, x, title, *labels):
    """Return the artists of a plane, whose left edge is at pixel x: its surface, border, lines, samples and marks."""
    marks = empty(axes, x, 70, WIDE, HIGH, *labels)
    axes.set_title(title, zorder=0)
    blue, look = plotting.colors["forward"], {"linestyle": "none", "markersize": 8, "markeredgecolor": "#333333"}
    colors = {"o": "white", "^": plotting.colors["data"]}
    samples = [axes.plot([], [], m, markerfacecolor=colors[m], zorder=4, **look)[0] for m in "o^"]
    nodes = [axes.plot([], [], dash, color=plotting.colors["parameter"], lw=1.8)[0] for dash in ("--", ":")]
    surface, (border,) = axes.add_artist(Tiles(zorder=1)), axes.plot([], [], "-", color=blue, lw=2)
    several = {"surface": surface, "border": border, "node": nodes, "class": samples}
    canvas.moving(*marks, **{f"{name}: {part}": artists for part, artists in several.items()})
    return surface, border, nodes, samples, marks


def _regions(plane, output, points, room):
    """Draw where output, a function of (2, k), is above 1/2, and XOR's samples at points (2, 4); return the words."""
    surface, border, _, samples, marks = plane
    axes, (X, Y), places = surface.axes, xor(), {}
    (left, bottom), (right, top) = points.min(axis=1) - room, points.max(axis=1) + room
    axes.set(xlim=(left, right), ylim=(bottom, top))
    x, y = np.linspace(left, right, WIDE // 4 + 1), np.linspace(bottom, top, HIGH // 4 + 1)
    values = output(np.stack(np.meshgrid(x, y)).reshape(2, -1)).reshape(len(y), len(x))
    surface.images = [(*np.rint(axes.bbox.p0).astype(int), shaded(values))]
    _level(border, x, y, values, 0.5)
    for k, line in enumerate(samples):
        line.set_data(*points[:, Y[0] == k])
    for c in range(4):
        places.setdefault(tuple(points[:, c].round(6)), []).append(f"({X[0, c]:.0f}, {X[1, c]:.0f})")
    tiles = ticks(marks[0], 9) + ticks(marks[1], 9)
    for place, names in places.items():
        (x, y), up = np.rint(axes.transData.transform(place)).astype(int), place[1] > (bottom + top) / 2
        y += -11 - 14 * len(names) if up else 11
        tiles.append((x - 22, y - 1, np.full((14 * len(names) + 2, 44, 4), (255, 255, 255, 217), np.uint8)))
        tiles += [(x - 21, y + 14 * k, word(name)) for k, name in enumerate(names[::-1])]
    return tiles


@plotting.drawing
def xor_surface(W1=BY_HAND["W1"], b1=BY_HAND["b1"], W2=BY_HAND["W2"], b2=BY_HAND["b2"], activation="relu"):
    """Set the nine parameters of a 2-2-1 network by hand; see its decision, its hidden plane and E on XOR."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(8, 3.95))
    canvas, (X, _) = Canvas(figure), xor()
    figure.legend(handles=_keys(), loc="lower center", bbox_to_anchor=(0.5, -0.01), ncols=6, columnspacing=1.1)
    inputs = _plane(canvas, "inputs", left, 61, "the plane of the inputs", "$x_1$", "$x_2$")
    hidden = _plane(canvas, "hidden", right, 461, "the plane of the hidden nodes", "$a_1$", "$a_2$")
    (words,) = canvas.moving(words=figure.add_artist(Tiles(zorder=5)))
    start = (*W1[0], b1[0], *W1[1], b1[1], *W2, b2)
    texts = [f"{name} node {n}" for n in (1, 2) for name in ("x₁ to", "x₂ to", "Bias of")]
    texts += ["Node 1 to output", "Node 2 to output", "Bias of output"]
    controls = {"activation": Dropdown(options=list(HIDDEN), value=activation, description="Activation")}
    for key, value, text in zip("u1 u2 ub v1 v2 vb wu wv b".split(), start, texts, strict=True):
        controls[key] = FloatSlider(value, min=-3, max=3, step=0.25, description=text)

    def draw(result, activation, **weights):
        A1, A2 = result
        words.images = _regions(inputs, lambda X: two_nodes(activation, X, **weights)[1], X, 0.35)
        for node, line in zip("uv", inputs[2], strict=True):
            across, up = (weights[node + k] * ENDS for k in "12")
            _level(line, ENDS, ENDS, np.add.outer(up, across) + weights[node + "b"], 0)
        output = np.array([[weights["wu"], weights["wv"]]])
        words.images += _regions(hidden, lambda A: output @ A + weights["b"], A1, 0.3 + 0.2 * np.ptp(A1))
        return xor_verdict(A2)

    about = (
        "XOR's four samples in the input plane, left, and where the hidden nodes put them, right; the target is 1 for "
        "the grey triangles. Hatched: output above 1/2. In green, where z is 0: node 1 dashed, node 2 dotted."
    )
    explorer = Explorer("xor_surface", canvas, controls, partial(two_nodes, X=X), draw, about)
    controls["activation"].layout.margin = "2px 50% 2px 2px"  # nothing beside it: below come rows of three
    for key in "u1 u2 ub v1 v2 vb wu wv b".split():  # a row for each node
        controls[key].layout.flex, controls[key].layout.max_width, controls[key].layout.min_width = (
            "1 1 30%",
            "32%",
            "235px",
        )
    return explorer
