"""The picture of the playground: the network, its output with the points, the errors."""

from itertools import pairwise

import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection

from shared import plotting
from shared.explorers.engine import Canvas
from shared.explorers.engine.tiles import Tiles, drawn_out, written
from shared.lessons.plane import PLANE
from shared.lessons.playing import EPOCHS, LAYERS

WIDTH, HEIGHT, TILE, SIDE = 760, 470, 40, 240  # pixels; a node's picture, and the output's
LEFT, RIGHT, MIDDLE, ROW = 48, 500, 245, 50  # the inputs' centre, the output's edge, the height of the middle; a row
REACH = 3.2  # the pictures show the square from −REACH to REACH
PLACES = np.linspace(-REACH, REACH, 2 * TILE + 1)[1::2]  # the centres of TILE pixels
GRID = np.stack([axis.ravel() for axis in np.meshgrid(PLACES, PLACES)])  # (2, TILE²), the lowest row first
ROOM = (50, 200, 1000, 3000, EPOCHS)  # epochs that the curves' axis may show
LOW, HIGH = 1e-6, 1000  # the errors that the curves' axis shows

# --- colours: below 0 orange, above 0 blue and darker, in bands


def _bands(count=12):
    """Return the colours (2 count + 1, 4) from −1 to 1, bytes."""
    below = [plotting.tint("orange", 0.75 * k / count) for k in range(count, 0, -1)]
    shades = below + [plotting.tint("forward", 0.65 * k / count) for k in range(count + 1)]
    return np.array([[*bytes.fromhex(shade[1:]), 255] for shade in shades], np.uint8)


BANDS = _bands()
DERIVATIVE, ERROR = plotting.ink("backward"), plotting.ink("error")


def shaded(values):
    """Return the colours (…, 4), bytes, of values (…), of which −1 to 1 can be told apart."""
    half = len(BANDS) // 2
    return BANDS.take(np.rint(np.clip(np.nan_to_num(values), -1, 1) * half).astype(np.intp) + half, axis=0)


def stretched(values, times=SIDE // TILE):
    """Return values (n, n), those of pixels, for pixels that are smaller: (times n, times n)."""
    middle = slice(times // 2, -(times - times // 2))
    return drawn_out(np.pad(values, 1, mode="edge"), times)[middle, middle]


# --- where things are


def centres(sizes):
    """Return for each layer but the last the centres (n, 2) of its nodes' pictures, in pixels."""
    columns = np.linspace(LEFT, RIGHT, len(sizes))[:-1]
    heights = [MIDDLE + ROW * ((n - 1) / 2 - np.arange(n)) for n in sizes[:-1]]
    return [np.column_stack([np.full(len(y), x), y]) for x, y in zip(columns, heights, strict=True)]


def lines(sizes):
    """Return the lines (weights, 2 ends, 2) from nodes to nodes, in the order of the weights in theta."""
    places = [*centres(sizes), np.array([[RIGHT + TILE / 2, MIDDLE + 30]])]
    half = np.array([TILE / 2, 0])
    return np.array([(a + half, b - half) for A, B in pairwise(places) for a in A for b in B])


@plotting.drawing
def picture():
    """Return a canvas and its moving artists, by name."""
    figure, net = plotting.new_figure(size=(WIDTH / 100, HEIGHT / 100))
    figure.set_layout_engine("none")
    net.set(position=(0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
    net.axis("off")
    output = figure.add_axes((RIGHT / WIDTH, (HEIGHT - 22 - SIDE) / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT))
    output.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xticks=[], yticks=[])
    curves = figure.add_axes(((RIGHT + 40) / WIDTH, 42 / HEIGHT, (SIDE - 40) / WIDTH, 120 / HEIGHT))
    for axes in (output, curves):
        axes.set_axisbelow(True)  # ticks and their labels stay in the background, which is drawn once
    curves.set(yscale="log", ylim=(LOW, HIGH), yticks=[1e-6, 1e-4, 1e-2, 1, 100], xlabel="epoch", ylabel="error E")
    ink, green, grey = plotting.ink, plotting.colors["parameter"], {"fontsize": 8.5, "ha": "center"}
    grey |= {"color": ink("data"), "zorder": 0}
    net.text(RIGHT + SIDE / 2, HEIGHT - 22 - SIDE - 6, "training points filled, test points hollow", va="top", **grey)
    net.text(4, 6, "norm of ∇E\nper layer", color=ink("backward"), fontsize=8.5, zorder=0)
    for (x, y), name in zip(centres([2, 1])[0], ("$x_1$", "$x_2$"), strict=True):
        net.text(x - TILE / 2 - 2, y, name, ha="right", va="center", fontsize=8.5, zorder=0)
    parts = {
        "positive": net.add_collection(LineCollection([], colors=green, zorder=1)),
        "negative": net.add_collection(LineCollection([], colors=plotting.BROWN, linestyles="--", zorder=1)),
        "nodes": net.add_artist(Tiles(zorder=2)),
        "words": net.add_artist(Tiles(zorder=2)),
        "surface": output.add_artist(Tiles(zorder=1)),
        "border": output.plot([], [], color="black", linewidth=1.6, zorder=2)[0],
        "training": [output.scatter([], [], 26, marker=m, lw=0.6, edgecolors="white", zorder=4) for m in "o^"],
        "test": [output.scatter([], [], 20, marker=m, lw=1.4, facecolors="white", zorder=3) for m in "o^"],
        "errors": [curves.plot([], [], dash, color=plotting.colors["error"], lw=1.6)[0] for dash in ("--", "-")],
        "here": curves.plot([], [], "D", color=ink("error"), markersize=5)[0],
    }  # fmt: skip
    canvas = Canvas(figure)
    canvas.moving(**parts)
    parts["names"] = [net.text(0, HEIGHT - 16, "", **grey) for _ in range(LAYERS + 1)]
    return canvas, parts


# --- what moves


def draw_network(parts, network, slopes):
    """Draw the nodes' pictures, the weights between them and the gradient's norms; return the output on GRID."""
    sizes, (_, A) = network.sizes, network.forward(GRID)
    places, images = centres(sizes), []
    for layer, values in zip(places, [GRID / REACH, *A[1:-1]], strict=True):
        scale = np.maximum(1, np.abs(values).max(axis=1, keepdims=True))
        colours = shaded(values / scale).reshape(-1, TILE, TILE, 4)
        colours[:, [0, -1]] = colours[:, :, [0, -1]] = (90, 90, 90, 255)  # a frame
        corners = np.rint(layer - TILE / 2)
        images += [(left, bottom, image) for (left, bottom), image in zip(corners, colours, strict=True)]
    parts["nodes"].images = images
    weights = np.concatenate([W.ravel(order="F") for W in network.W[1:]])
    for part, sign in ((parts["positive"], 1), (parts["negative"], -1)):  # a line of width 0 is not drawn
        part.set_linewidths(np.where(sign * weights > 0, np.minimum(4, 0.3 + 1.7 * np.abs(weights)), 0))
    # The norm of layer l stands below that layer; the last one left of the curves.
    for x, norm in zip([*(layer[0, 0] for layer in places[1:]), RIGHT - 22], slopes, strict=True):
        word = written(plotting.number(norm, 2), DERIVATIVE)
        images.append((round(x - word.shape[1] / 2), 8, word))
    return A[-1].reshape(TILE, TILE)


def lay_out(canvas, parts, sizes):
    """Put the lines where the weights are, and the names of the layers above them."""
    for name in ("positive", "negative"):
        parts[name].set_segments(lines(sizes))
    names = ["inputs"] + [f"layer {l}" for l in range(1, len(sizes) - 1)]
    for text, name, layer in zip(parts["names"], names, centres(sizes), strict=False):
        text.set(text=name, x=layer[0, 0])
    for text in parts["names"][len(names) :]:
        text.set_text("")
    canvas.redraw()


def draw_output(parts, values):
    """Draw the output (TILE, TILE), from −1 to 1, and the border where it is 0."""
    image = shaded(stretched(values))
    parts["surface"].images = [(RIGHT, HEIGHT - 22 - SIDE, image)]
    border = [piece for line in contour_generator(PLACES, PLACES, values).lines(0) for piece in (line, [[np.nan] * 2])]
    parts["border"].set_data(*(np.concatenate(border).T if border else ([], [])))


def draw_points(parts, run):
    """Draw the training points filled and the test points hollow, in the colours that the output should have there."""
    plane = run.chosen["data"] == PLANE
    for name, (X, Y) in zip(("training", "test"), run.parts, strict=True):
        signed = Y[0] if plane else 2 * Y[0] - 1
        for part, chosen in zip(parts[name], (signed <= 0, signed > 0), strict=True):
            part.set_offsets(X[:, chosen].T)
            colours = shaded(signed[chosen]) / 255 * (0.62, 0.62, 0.62, 1)
            part.set_facecolors(colours) if name == "training" else part.set_edgecolors(colours)


def draw_errors(canvas, parts, run, k):
    """Draw the errors of all epochs and mark the one shown; return how many epochs the axis has room for."""
    room, axes = next(n for n in ROOM if run.k <= n), parts["here"].axes
    if axes.get_xlim()[1] != 1.02 * room:
        axes.set_xlim(-0.02 * room, 1.02 * room)
        axes.set_xticks([0, room // 2, room], labels=["0", f"{room // 2:,}", f"{room:,}"])
        canvas.redraw()
    at = np.unique(np.linspace(0, run.k, 300).astype(int))
    for line, column in zip(parts["errors"], (1, 0), strict=True):
        line.set_data(at, np.clip(run.errors[at, column], LOW / 2, 2 * HIGH))
    parts["here"].set_data([k, k], np.clip(run.errors[k], LOW, HIGH))
    texts = (
        f"epoch {k:,}  gradient norm {plotting.number(np.linalg.norm(run.slope[k]), 2)}",
        *(
            f"{name} {plotting.number(E, 3)}"
            for name, E in zip(("training (solid)", "test (dashed)"), run.errors[k], strict=True)
        ),
    )
    colours, heights = ("#000000", ERROR, ERROR), (HEIGHT - 18, 154, 140)
    words = [written(text, colour) for text, colour in zip(texts, colours, strict=True)]
    parts["words"].images = [(RIGHT + SIDE - word.shape[1], at, word) for word, at in zip(words, heights, strict=True)]
    return room
