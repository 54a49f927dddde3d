"""Figures: each function draws one picture and returns its Figure; `show(figure, alt)` of `style` displays it.

`axes=` draws on axes you already have. Each mark stands for a number; what cannot be drawn raises ValueError: what is
needed, what was given. How it all looks is settled in `style`, whose names can be had from here too.
"""

import textwrap

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle

from shared import style
from shared.style import (
    BROWN,
    contrast,
    dashes,
    drawing,
    error_map,
    hatches,
    ink,
    markers,
    need,
    new_figure,
    number,
    png,  # noqa: F401 (for cells)
    readable,  # noqa: F401 (for cells)
    rgb,
    show,  # noqa: F401 (for cells)
    tint,
    values_map,
    weights_map,
    white,
)

colors = style.colors  # for cells; below it is written in full, since `curves` has a parameter of this name


def _axes(axes, size=(5, 3)):
    return new_figure(size=size)[1] if axes is None else axes


def _numbers(name, value, *shape):
    """Return value as a float array of this shape, in which a letter stands for any length."""
    wanted = f"{name} should be numbers of shape ({', '.join(map(str, shape))})"
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        need(False, wanted, value)
    if len(shape) == 1 and array.ndim == 2 and len(array) == 1:
        array = array[0]
    fits = [isinstance(s, str) or s == n for s, n in zip(shape, array.shape, strict=False)]
    need(array.size and len(shape) == array.ndim and all(fits), wanted, array.shape)
    need(np.isfinite(array).all(), f"{name} should be finite", "NaN or infinity")
    return array


def _pairs(name, series):
    """Return the dict {name: (x, y)} with vectors of equal length."""
    need(isinstance(series, dict) and series, f"{name} should be a dict of name: (x, y)", series)
    checked = {}
    for key, pair in series.items():
        two = isinstance(pair, (tuple, list, np.ndarray)) and len(pair) == 2
        need(two, f"{name}[{key!r}] should be a pair (x, y)", pair)
        x, y = checked[key] = [_numbers(f"{'xy'[k]} of {key}", pair[k], "k") for k in (0, 1)]
        need(len(x) == len(y), f"{key} needs as many y as x", (len(x), len(y)))
    return checked


def _label_ends(axes, ends):
    """Write names of curves, [(name, x, y, color, dash)], right of the axes, moved apart where needed.

    Before a name stands a piece of its curve, so that it is known where curves meet; points have no dash and none.
    """
    gap = 13.5 * axes.figure.dpi / 100 / axes.get_window_extent().height
    if len(ends) * gap > 1.1:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        return
    axes.get_ylim()  # settles the limits, on which the heights depend
    height = [(axes.transScale + axes.transLimits).transform(end[1:3])[1] for end in ends]
    order = np.argsort(height, kind="stable")
    at = np.clip(np.array(height)[order], 0, 1)
    for k in range(1, len(at)):
        at[k] = max(at[k], at[k - 1] + gap)
    at = np.minimum(at, 1 - gap * np.arange(len(at))[::-1])
    place = {"textcoords": "axes fraction", "va": "center", "annotation_clip": False}
    right = 1.12 if any(dash for *_, dash in ends) else 1.04
    for k, h in zip(order, at, strict=True):
        name, x, y, color, dash = ends[k]
        begins = 1.02 if dash else right
        line = dict(arrowstyle="-", color=color, lw=0.7, shrinkA=0, shrinkB=2, relpos=(0, 0.5))
        axes.annotate("" if dash else name, (x, y), (begins, h), color=ink(color), arrowprops=line, **place)
        if dash:
            axes.text(right, h, name, color=ink(color), va="center", transform=axes.transAxes)
    pieces = [([(1.02, h), (1.1, h)], *ends[k][3:]) for k, h in zip(order, at, strict=True) if ends[k][4]]
    if pieces:
        segments, shades, looks = zip(*pieces, strict=True)
        look = {"colors": shades, "linestyles": list(looks), "linewidths": 1.8, "label": "_pieces", "clip_on": False}
        axes.add_collection(LineCollection(segments, transform=axes.transAxes, **look), autolim=False)


@drawing
def curves(series, xlabel, ylabel, log=False, colors=None, axes=None):
    """Draw curves, with their names at their right ends.

    series: dict of name: (x, y), vectors of equal length. log: logarithmic y axis, all y positive.
    colors: dict of name: meaning ("error", "forward", ...); curves of one colour differ in dashes.
    """
    series, colors, ends, used = _pairs("series", series), colors or {}, [], []
    need(set(colors) <= set(series), f"colors should name some of {list(series)}", list(colors))
    axes = _axes(axes)
    for name, (x, y) in series.items():
        need(not log or y.min() > 0, f"{name} needs y > 0 on a logarithmic axis", float(y.min()))
        look = {}
        if name in colors:
            look = {"color": rgb(colors[name]), "linestyle": dashes[used.count(colors[name]) % 6]}
            used.append(colors[name])
        (line,) = axes.plot(x, y, label=name, **look)
        ends.append((name, x[-1], y[-1], to_hex(line.get_color()), look.get("linestyle", line.get_linestyle())))
    axes.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    axes.margins(x=0.01)
    _label_ends(axes, ends)
    return axes.figure


@drawing
def fit(x, y, predictions, xlabel="x", ylabel="y", data="data", axes=None):
    """Draw 1-D data as grey points, and what models predict as blue curves below them.

    x, y: (m,) or (1, m). predictions: dict of name: (x, y), the last one solid and darkest. data: what the points are.
    """
    predictions, points = _pairs("predictions", predictions), _pairs("data", {"data": (x, y)})["data"]
    axes, last = _axes(axes), int(np.argmax(points[0]))
    look = {"markersize": 6.5, "markeredgecolor": "white", "markeredgewidth": 0.7}
    if len(points[0]) >= 30:  # many points must not hide what is below them
        size = 4.5 if len(points[0]) < 80 else 3
        look = {"markersize": size, "markeredgecolor": "white", "markeredgewidth": 0.3}
    axes.plot(*points, "o", color=style.colors["data"], label=data, zorder=3, **look)
    ends = [(data, points[0][last], points[1][last], style.colors["data"], None)]
    for k, (name, (u, v)) in enumerate(predictions.items()):
        shade, dash = tint("forward", 0.5 + 0.5 * (k + 1) / len(predictions)), dashes[(len(predictions) - 1 - k) % 6]
        axes.plot(u, v, color=shade, linestyle=dash, label=name)
        ends.append((name, u[-1], v[-1], shade, dash))
    axes.set(xlabel=xlabel, ylabel=ylabel)
    _label_ends(axes, ends)
    return axes.figure


def round_levels(low, high, count=10):
    """Return about so many round numbers between low and high, for contour lines.

    E is nearly a parabola around a minimum. So lines lie at about equal distances where the roots of E do.
    """
    wanted = low + (high - low) * np.linspace(0, 1, count + 2) ** 2
    near = 0.35 * np.diff(wanted)
    levels = [_round_number(at - a, at + b) for at, a, b in zip(wanted[1:-1], near[:-1], near[1:], strict=True)]
    return [level for level in levels if low < level < high]


def _round_number(low, high):
    """Return the number from low to high with the fewest digits, of those ending in 0 or 5, then in an even one."""
    if low <= 0 <= high:
        return 0.0
    power = int(np.floor(np.log10(max(abs(low), abs(high)))))
    while True:
        for step in (5, 2, 1):
            first = np.ceil(low / (step * 10.0**power))
            last = np.floor(high / (step * 10.0**power))
            if first <= last:
                return float(f"{round((first + last) / 2) * step * 10.0**power:.12g}")
        power -= 1


def _between(path):
    """Return the points (k, 2) of a path (steps, 2), and points between them."""
    shares = np.linspace(0, 1, 9)[:, None, None]
    return np.concatenate([*((1 - shares) * path[:-1] + shares * path[1:]), path])


def _label_levels(axes, lines, sides, avoided, words, most=4):
    """Write up to four levels on their contour lines, each as far as it can be from what is avoided and the others."""
    (left, right), (bottom, top) = sides
    box = axes.get_window_extent()
    size = np.array([box.width, box.height]) * 100 / axes.figure.dpi

    def pixels(points):
        return (np.reshape(points, (-1, 2)) - (left, bottom)) / (right - left, top - bottom) * size

    taken = pixels(avoided)
    for k in range(len(words)):  # words begin at their points, to the right, or to the left with a minus
        taken = np.concatenate([taken, pixels(words[k][:2]) + [(words[k][2] * along, 9) for along in (15, 35, 60)]])
    chosen = np.unique(np.linspace(0, len(lines.levels) - 1, most + 2)[1:-1].round().astype(int))
    for k in chosen[::-1]:
        places = np.concatenate([np.empty((0, 2)), *lines.allsegs[k]])
        at = pixels(places)
        free = np.min([at[:, 0] - 16, size[0] - 16 - at[:, 0], at[:, 1] - 9, size[1] - 9 - at[:, 1]], axis=0)
        inside = free > 0
        if not inside.any():
            continue
        places, at = places[inside], at[inside]
        room = np.full(len(at), 60.0)  # more is as good
        if len(taken):
            room = np.minimum(room, np.hypot(*(at[:, None] - taken).T).min(axis=0))
        best = int(np.argmax(room + 0.001 * at[:, 0]))  # of equally good ones the right one
        look = {"fontsize": 8, "color": ink("error", 7), "bbox": {**white, "alpha": 1, "facecolor": "#fdf7fb"}}
        text = axes.text(*places[best], number(lines.levels[k], 3), ha="center", va="center", zorder=6, **look)
        text.set_gid("level")
        taken = np.concatenate([taken, at[best : best + 1]])


@drawing
def error_contours(E, w_range, b_range, path=None, minimum=None, labels=("w", "b"), axes=None):
    """Draw E over two parameters as contour lines, and the path of a descent on it.

    E: function of two arrays of equal shape, or its values (len b, len w).
    w_range, b_range: (low, high).
    path: (steps, 2), each row a pair (w, b). minimum: (w, b). Numbers on the lines keep away from both.
    """
    sides = [_numbers("w_range", w_range, 2), _numbers("b_range", b_range, 2)]
    need(all(low < high for low, high in sides), "a range is (low, high)", (w_range, b_range))
    rows, columns = (121, 121) if callable(E) else _numbers("E", E, "len b", "len w").shape
    w, b = np.meshgrid(np.linspace(*sides[0], columns), np.linspace(*sides[1], rows))
    values = _numbers("E", E(w, b) if callable(E) else E, rows, columns)
    need(
        min(rows, columns) > 1 and np.ptp(values),
        "contours need E to vary",
        values.ravel()[:3].tolist(),
    )
    levels, axes = round_levels(values.min(), values.max()), _axes(axes, (5, 3.4))
    axes.contourf(w, b, values, [values.min(), *levels, values.max()], cmap=error_map)
    lines = axes.contour(w, b, values, levels, colors=style.colors["error"], linewidths=1)
    avoided = [] if path is None else _between(_numbers("path", path, "steps", 2))
    words = [] if path is None else [(*_numbers("path", path, "steps", 2)[k], 0.6) for k in (0, -1)]
    if minimum is not None:
        avoided = [*avoided, _numbers("minimum", minimum, 2)]
        words.append((*avoided[-1], -1))
    _label_levels(axes, lines, sides, avoided, words)
    near = {"textcoords": "offset points", "bbox": white, "clip_on": True, "zorder": 5}
    if path is not None:
        path, every = _numbers("path", path, "steps", 2), max(1, len(path) // 40)
        look = {"color": style.colors["parameter"], "label": "path", "linewidth": 1.3}
        axes.plot(*path.T, "o-", markersize=3.5, markevery=every, **look)
        for name, at, marker in [("start", path[0], "s"), ("end", path[-1], "D")][: len(path)]:
            axes.plot(*at, marker, color=ink("parameter"), markersize=6, label=name)
            high = at[1] > sides[1][1] - 0.08 * np.ptp(sides[1])  # above it the word would leave the picture
            axes.annotate(name, at, (7, -13 if high else 6), color=ink("parameter"), **near)
    if minimum is not None:
        minimum = _numbers("minimum", minimum, 2)
        axes.plot(*minimum, "x", color="black", markersize=8, markeredgewidth=2, label="minimum")
        axes.annotate("minimum", minimum, (-7, 5), ha="right", **near)
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=sides[0], ylim=sides[1])
    return axes.figure


@drawing
def decision_regions(predict, X, Y, labels=("$x_1$", "$x_2$"), axes=None):
    """Draw points of several classes, and the regions in which a model decides for each class.

    predict: function (2, k) -> (1, k), the probability of class 1 or the number of the class, or
    (classes, k), of which the largest wins. X: (2, m). Y: (1, m), classes 0 to 9.
    """
    X, Y = _numbers("X", X, 2, "m"), _numbers("Y", Y, "m")
    need(len(Y) == X.shape[1], "Y needs one class for each column of X", (X.shape, Y.shape))
    need(np.isin(Y, range(10)).all(), "Y holds classes 0 to 9", np.unique(Y)[:12].tolist())
    reach = [(x.min() - 0.1 * np.ptp(x) - 1e-3, x.max() + 0.1 * np.ptp(x) + 1e-3) for x in X]
    x, y = np.meshgrid(*(np.linspace(*ends, 121) for ends in reach))
    output = np.atleast_2d(predict(np.stack([x.ravel(), y.ravel()])))
    output = output if len(output) == 1 else output.argmax(axis=0)
    output = _numbers("predict(X)", output, x.size).reshape(x.shape)
    count, axes = max(2, int(Y.max()) + 1), _axes(axes, (5, 3.4))
    shades = [tint("forward", 0.35 * k / (count - 1)) for k in range(count)]
    levels, borders, marks = np.arange(count + 1) - 0.5, np.arange(count - 1) + 0.5, hatches[:count]
    if count == 2:  # a probability: two shades on each side of the border
        shades, marks = (
            [tint("forward", part) for part in (0.02, 0.08, 0.22, 0.32)],
            ["", "", "///", "///"],
        )
        levels = np.linspace(0, 1, 5)
    axes.contourf(x, y, np.clip(output, levels[0], levels[-1]), levels, colors=shades, hatches=marks)
    if output.min() < borders[-1] and output.max() > borders[0]:
        axes.contour(x, y, output, borders, colors=style.colors["forward"], linewidths=2)
    for k in np.unique(Y).astype(int):
        look = {"markerfacecolor": ("white", style.colors["data"])[k % 2], "markeredgecolor": "#333333"}
        axes.plot(*X[:, Y == k], markers[k], markeredgewidth=0.8, label=f"class {k}", **look)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.99), ncols=5, columnspacing=1, handletextpad=0)
    axes.set(xlabel=labels[0], ylabel=labels[1])
    return axes.figure


def _mosaic(images, titles, columns, axes, room=0.0, **look):
    """Draw the images in the columns of (n, m), in rows of `columns`; return the last one drawn.

    room: height in inches for what stands below.
    """
    n, m = images.shape
    side = round(n**0.5)
    need(side * side == n, "an image needs a square number of pixels (784 is 28 x 28)", n)
    need(titles is None or len(titles) == m, f"titles should be {m}, one an image", titles)
    need(columns >= 1, "columns should be 1 or more", columns)
    columns, cell = min(columns, m), side + max(1, side // 14)
    letters = max(4, int(5 / columns / 0.075))
    titles = [str(title).split("\n") for title in ([] if titles is None else titles)]
    titles = ["\n".join(textwrap.fill(line, letters) for line in title) for title in titles]
    lines = max([title.count("\n") + 1 for title in titles if title], default=0)
    step = cell + 0.03 * lines * columns * cell  # a line of text is 3 % of the figure's 5 inches
    width, height = columns * cell, -(-m // columns) * step
    axes = _axes(axes, (5, min(5, 5 * height / width + 0.1) + room))
    for k in range(m):
        x, y = k % columns * cell, k // columns * step + step - cell
        box = (x, x + side, y + side, y)
        drawn = axes.imshow(images[:, k].reshape(side, side), extent=box, **look)
        if titles:
            axes.text(x + side / 2, y - side / 28, titles[k], ha="center", va="bottom", fontsize=8)
    axes.set(xlim=(side - cell, width), ylim=(height, side - cell), aspect="equal")
    axes.axis("off")
    return drawn


@drawing
def digit_grid(images, titles=None, columns=10, axes=None):
    """Draw the images in the columns of (n, m), dark on white, in rows of `columns`, with m titles.

    Whole numbers run from 0 to 255, floats from 0 to 1 or to the largest value.
    """
    values = _numbers("images", images, "n", "m")
    top = 255 if np.asarray(images).dtype.kind in "iu" else max(1, values.max())
    low = min(0, values.min())
    return _mosaic(values, titles, columns, axes, cmap="gray_r", vmin=low, vmax=top).figure


@drawing
def photograph_steps(page, ink=None, masks=(), X=None, titles=None, panels=None):
    """Draw what the steps of `shared.photographs` make of a page: the page, its ink, the digits found, their images.

    page, ink   (height, width), 0 to 1; ink None: not reached, and so on for what follows
    masks       where each digit's ink is, each (height, width)
    X           the images (784, m), with m titles
    panels      four axes to draw on, 2 x 2
    """
    page = _numbers("page", page, "height", "width")
    height, width = page.shape
    if panels is None:
        panels = new_figure(2, 2, size=(6, min(6, 1 + 6 * height / width)))[1]
    panels = np.ravel(panels)
    need(len(panels) == 4, "panels should be four", len(panels))
    for step, words in zip(panels, ("1 read: the page", "2 ink", "3 find", "4 prepare: the images"), strict=True):
        step.set_title(words)
        step.axis("off")
    box = (0, width, height, 0)
    panels[0].imshow(page, cmap="gray", vmin=0, vmax=1, extent=box, interpolation="antialiased")
    if ink is not None:
        ink = _numbers("ink", ink, height, width)
        panels[1].imshow(ink, cmap="gray_r", vmin=0, vmax=1, extent=box, interpolation="antialiased")
    if len(masks):
        panels[2].set_title(f"3 find: {len(masks)} digit{'s' * (len(masks) > 1)}")
        panels[2].imshow(np.any(masks, axis=0), cmap="gray_r", vmin=0, vmax=1, extent=box, interpolation="antialiased")
    for mask in masks:
        rows = np.flatnonzero(np.any(mask, axis=1))
        columns = np.flatnonzero(np.any(mask, axis=0))
        corner = columns[0] - 0.01 * width, rows[0] - 0.01 * width
        size = np.ptp(columns) + 0.02 * width, np.ptp(rows) + 0.02 * width
        panels[2].add_patch(Rectangle(corner, *size, fill=False, edgecolor=style.colors["black"], linewidth=0.8))
    if X is not None:
        digit_grid(X, titles, columns=min(X.shape[1], 5), axes=panels[3])
    for step in panels[: 1 + (ink is not None) + (len(masks) > 0)]:
        step.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
        step.add_patch(Rectangle((0, 0), width, height, fill=False, edgecolor=style.colors["data"], linewidth=0.8))
    return panels[0].figure


@drawing
def weight_images(W, titles=None, columns=10, axes=None):
    """Draw every row of W (nodes, pixels) as an image: what each node looks for.

    One scale for all, symmetric about zero: negative is brown and dark, positive green and light,
    so that the sign survives in grey.
    """
    W = _numbers("W", W, "nodes", "pixels")
    limit = float(np.abs(W).max()) or 1.0
    look = {"cmap": weights_map, "vmin": -limit, "vmax": limit, "room": 0.5}
    drawn = _mosaic(W.T, titles, columns, axes, **look)
    bar = drawn.figure.colorbar(drawn, ax=drawn.axes, location="bottom", shrink=0.6, aspect=30, pad=0.02)
    bar.set_ticks([-limit, 0, limit], labels=[number(-limit, 2), "weight 0", f"+{number(limit, 2)}"])
    return drawn.figure


@drawing
def confusion_matrix(counts, labels=None, axes=None):
    """Draw counts (k, k), row = true class, column = predicted class, with their numbers.

    The shade is the square root of the share of the row, so that rare confusions can be seen.
    """
    k = len(np.atleast_1d(counts))
    counts = _numbers("counts", counts, k, k)
    whole = (counts >= 0).all() and (counts == np.round(counts)).all()
    need(whole, "counts should be whole numbers, 0 or more", counts.tolist())
    labels = range(k) if labels is None else labels
    need(len(labels) == k, f"labels should be {k} names", labels)
    shares = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    axes = _axes(axes, (5, 4.2))
    axes.imshow(shares, cmap=values_map, vmin=0, vmax=1)
    for i, j in np.ndindex(k, k):
        cell = values_map(shares[i, j])
        dark = "black" if counts[i, j] else style.colors["data"]
        look = {"color": dark if contrast("black", cell) > contrast("white", cell) else "white"}
        look["weight"] = "bold" if i == j else "normal"
        axes.text(j, i, f"{counts[i, j]:.0f}", ha="center", va="center", fontsize=8, **look)
    axes.set(xlabel="predicted", ylabel="true")
    axes.set_xticks(range(k), labels=labels)
    axes.set_yticks(range(k), labels=labels)
    axes.tick_params(length=0)
    return axes.figure


@drawing
def bars(values, xlabel, ylabel, highlight=None, color="forward", number="{:.2f}", axes=None):
    """Draw a dict of name: number (probabilities, counts) as bars; `highlight` names one to hatch.

    number: the format of the numbers above the bars.
    """
    need(isinstance(values, dict) and values, "values should be a dict of name: number", values)
    names, heights = list(values), _numbers("values", list(values.values()), "k")
    need(highlight is None or highlight in names, f"highlight should be one of {names}", highlight)
    axes = _axes(axes)
    drawn = axes.bar(range(len(names)), heights, color=tint(color, 0.35), edgecolor=ink(color))
    if highlight is not None:
        drawn[names.index(highlight)].set(facecolor=tint(color, 0.75), hatch="///")
    axes.bar_label(drawn, [number.format(h) for h in heights], padding=2, fontsize=7.5)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_xticks(range(len(names)), labels=names)
    axes.margins(y=0.12)
    return axes.figure


@drawing
def network_diagram(sizes, highlight=None, W=None, values=None, names=None, most=6, axes=None):
    """Draw a network: a column of nodes for each layer, a line for each weight.

    sizes: nodes a layer, layer 0 first; of more than `most`, the first and last ones are drawn.
    highlight: (l, i, j), the weight to node i of layer l from node j of layer l - 1, i, j from 1.
    W: list of weights, W[0] None; wide is large, green solid positive, brown dashed negative.
    values: list of vectors of numbers or strings (or None) to write into the nodes, one a layer.
    names: list of texts to write under the layers.
    """
    whole = np.ndim(sizes) == 1 and all(isinstance(n, (int, np.integer)) and n > 0 for n in sizes)
    need(whole and len(sizes) > 1, "sizes should be two or more whole numbers above 0", sizes)
    for name, given in (("W", W), ("values", values), ("names", names)):
        one_each = given is None or len(given) == len(sizes)
        need(one_each, f"{name} should have {len(sizes)} entries, one a layer", given)
    if W is not None:
        pairs = zip(sizes[1:], sizes, strict=False)
        W = [None, *(_numbers(f"W[{k + 1}]", W[k + 1], *pair) for k, pair in enumerate(pairs))]
        largest = max(np.abs(w).max() for w in W[1:]) or 1.0
    shown = [list(range(n)) if n <= most else [*range(most // 2), *range(n - most // 2, n)] for n in sizes]
    if highlight is not None:
        wanted = f"highlight should be (layer, to, from) of a weight drawn for {sizes}"
        need(np.shape(highlight) == (3,), wanted, highlight)
        to, i, j = highlight
        drawn = 0 < to < len(sizes) and i - 1 in shown[to] and j - 1 in shown[to - 1]
        need(drawn, wanted, highlight)
    tall = max(3, *(len(nodes) + (len(nodes) < n) for nodes, n in zip(shown, sizes, strict=True)))
    axes = _axes(axes, (5, 3 if tall > 3 else 2.4))
    step, place = 1.5 * max(tall, 4) / (len(sizes) - 1), {}
    for layer, (nodes, n) in enumerate(zip(shown, sizes, strict=True)):
        cut, color = len(nodes) < n, "forward" if layer else "data"
        title = names[layer] if names is not None else f"layer {layer}\n{n} node{'s' * (n > 1)}"
        axes.text(layer * step, -tall / 2 - 0.2, title, ha="center", va="top", color=ink(color))
        inside = None if values is None else values[layer]
        texts = [""] * n if inside is None else np.ravel(inside).tolist()
        need(len(texts) == n, f"values[{layer}] should have {n} entries", texts)
        if cut:
            axes.text(layer * step, 0, "⋮", ha="center", va="center", fontsize=14)
        for row, node in enumerate(nodes):
            row += cut and row >= most // 2
            x, y = place[layer, node] = layer * step, (len(nodes) + cut - 1) / 2 - row
            look = {"facecolor": tint(color, 0.12), "edgecolor": style.colors[color], "linewidth": 1.3}
            axes.add_patch(Circle((x, y), 0.38, zorder=3, **look))
            text = texts[node]
            text = text if isinstance(text, str) else number(text, 2)
            axes.text(x, y, text, ha="center", va="center", fontsize=7.5, zorder=4)
    for (layer, target), source in ((k, s) for k in place if k[0] for s in shown[k[0] - 1]):
        look = {"color": tint("parameter", 0.6), "linewidth": 0.8}
        if W is not None:
            w = W[layer][target, source]
            color, dash = (style.colors["parameter"], "-") if w >= 0 else (BROWN, "--")
            look = {"color": color, "linestyle": dash, "linewidth": 0.4 + 3 * abs(w) / largest}
        if highlight is not None and tuple(highlight) == (layer, target + 1, source + 1):
            look |= {"color": ink("parameter"), "linewidth": 3.5}
        ends = zip(place[layer - 1, source], place[layer, target], strict=True)
        axes.add_line(Line2D(*ends, gid=f"W{layer}[{target + 1},{source + 1}]", zorder=1, **look))
    if highlight is not None:
        at = 0.4 * np.array(place[to, i - 1]) + 0.6 * np.array(place[to - 1, j - 1])
        look = {"color": ink("parameter"), "fontsize": 11, "bbox": white, "zorder": 5}
        axes.text(*at, f"$W^{{{to}}}_{{{i},{j}}}$", ha="center", va="center", **look)
    bottom = -tall / 2 - 0.2 - 0.2 * tall
    axes.set(xlim=(-0.8, (len(sizes) - 1) * step + 0.8), ylim=(bottom, tall / 2), aspect="equal")
    axes.axis("off")
    return axes.figure


@drawing
def data_flow(axes=None):
    """Draw what a network of two layers computes: forward, what it keeps, and backward."""
    rows = "- W1 - W2 - Y", "A0 Z1 A1 Z2 A2 E", "- dZ1 dA1 dZ2 dA2", "- dW1 - dW2"
    boxes = {name: (x, 3 - y) for y, row in enumerate(rows) for x, name in enumerate(row.split())}
    meaning = {"A0": "data", "Y": "data", "E": "error", "W1": "parameter", "W2": "parameter"}
    text = {"A0": "X = A^0", "Y": "Y", "E": "E"} | {
        d + f"W{k}": f"{d}W^{k}, {d}b^{k}" for d in ("", "d") for k in (1, 2)
    }
    axes, patches, keys = _axes(axes, (6, 3.4)), {}, []
    for name, at in boxes.items():
        if name != "-":
            color = meaning.get(name, "backward" if name.startswith("d") else "forward")
            box = {"boxstyle": "round,pad=0.35", "fc": tint(color, 0.12), "ec": style.colors[color]}
            look = {"ha": "center", "va": "center", "color": ink(color), "bbox": box, "zorder": 3}
            drawn = axes.text(*at, f"${text.get(name, f'{name[:-1]}^{name[-1]}')}$", **look)
            patches[name] = drawn.get_bbox_patch()
    for color, dash, word, arrows in (
        ("forward", "-", "forward", "A0>Z1 W1>Z1 Z1>A1 A1>Z2 W2>Z2 Z2>A2 A2>E Y>E"),
        ("backward", "--", "backward", "E>dA2 dA2>dZ2 dZ2>dW2 dZ2>dA1 dA1>dZ1 dZ1>dW1"),
        ("data", ":", "kept for the way back", "Z1>dZ1 Z2>dZ2 A0>dW1 A1>dW2 W2>dA1"),
    ):
        look = {"color": style.colors[color], "linestyle": dash, "linewidth": 1.4}
        keys.append(Line2D([], [], label=word, **look))
        for start, end in (arrow.split(">") for arrow in arrows.split()):
            arrow = look | {"arrowstyle": "-|>", "mutation_scale": 10, "shrinkA": 1, "shrinkB": 1}
            arrow |= {"patchA": patches[start], "patchB": patches[end]}
            axes.annotate("", boxes[end], boxes[start], arrowprops=arrow, zorder=2)
    axes.legend(handles=keys, loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=3)
    axes.set(xlim=(-0.6, 5.5), ylim=(-0.4, 3.35))
    axes.axis("off")
    return axes.figure
