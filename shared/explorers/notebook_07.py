"""The explorers of notebook 7: what arrives through many layers, and XOR with two hidden units."""

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider, FloatSlider, IntSlider

from shared import plotting
from shared.activations import by_name
from shared.datasets import xor
from shared.explorers.machinery import Canvas, Explorer
from shared.losses import half_mean_squared_error

# --- what arrives through many layers

WIDTH, SAMPLES, MOST = 100, 100, 15
HIDDEN = {name: by_name[name] for name in ("identity", "sigmoid", "tanh", "relu", "leaky_relu")}
LOST = 30  # a signal that changes by less than this factor counts as arrived


def travel(activation, depth, scale):
    """Send inputs of size 1 forward and derivatives of size 1 backward through `depth` layers of 100 units.

    scale: standard deviation of the weights times √100. Returns A[1…], dZ[1…], each (100, 100), and the
    norms of dW[1…].
    """
    rng, g = np.random.default_rng(7), HIDDEN[activation]
    A, Z = [rng.standard_normal((WIDTH, SAMPLES))], [None]
    dA = rng.standard_normal((WIDTH, SAMPLES))
    W = [None, *(scale / WIDTH**0.5 * rng.standard_normal((WIDTH, WIDTH)) for _ in range(depth))]
    for l in range(1, depth + 1):
        Z.append(W[l] @ A[l - 1])
        A.append(g(Z[l]))
    dZ, norms = [], []
    for l in range(depth, 0, -1):
        dZ.insert(0, g.backward(dA, Z[l]))
        norms.insert(0, float(np.linalg.norm(dZ[0] @ A[l - 1].T) / SAMPLES))
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
    return f"{words}.".replace("e-", "e−")


def _rows(axes, values, word, color):
    """Draw a histogram a layer, the first on top; heights are square roots, so that tails can be seen."""
    reach = max(np.quantile(np.abs(v), 0.999) for v in values) or 1.0
    edges = np.linspace(min(0, *(np.sign(v.min()) for v in values)) * reach, reach, 52)
    for row, v in zip(range(len(values))[::-1], values, strict=True):
        heights = np.sqrt(np.histogram(v, edges)[0] / v.size)
        look = {"facecolor": plotting.tint(color, 0.35), "edgecolor": plotting.ink(color), "fill": True}
        axes.stairs(row + 0.85 * heights / max(heights.max(), 0.01), edges, baseline=row, **look)
        spread = f"{v.std():.2g}".replace("-", "−")
        axes.text(1.02, row + 0.3, spread, transform=axes.get_yaxis_transform(), va="center")
    axes.set(xlabel=word, xlim=edges[[0, -1]], ylim=(-0.1, len(values)), title="spread")
    axes.title.set(ha="left", x=1.0, fontsize=9)
    axes.locator_params(axis="x", nbins=4)
    axes.ticklabel_format(axis="x", scilimits=(-3, 4))


@plotting.drawing
def signals(activation="relu", depth=10, scale=2**0.5):
    """Show activations and derivatives of every layer, 100 units wide, for three choices.

    activation: a name in `HIDDEN`. depth: 1 to 15. scale: 0.1 to 10, times 1/√100.
    """
    figure, (left, middle, right) = plotting.new_figure(1, 3, size=(9, 4.4))
    canvas, orange = Canvas(figure), plotting.colors["backward"]
    figure.get_layout_engine().set(wspace=0.12)
    slow = {"continuous_update": False}
    controls = {
        "activation": Dropdown(options=list(HIDDEN), value=activation, description="Activation"),
        "depth": IntSlider(depth, min=1, max=MOST, description="Number of layers", **slow),
        "scale": FloatLogSlider(
            scale, min=-1, max=1, step=0.01, readout_format=".2f", description="Initial scale times √n", **slow
        ),
    }

    @plotting.drawing
    def draw(result, activation, depth, scale):
        A, dZ, norms = result
        for axes in (left, middle, right):
            axes.clear()
        _rows(left, A, "activation", "forward")
        _rows(middle, dZ, "dZ", "backward")
        heights = np.maximum(norms, 1e-300)
        right.plot(heights, np.arange(depth)[::-1] + 0.3, "s--", color=orange)
        ends = min(heights.min() / 3, 1e-3), max(heights.max() * 3, 1e3)
        right.set(xscale="log", xlim=ends, ylim=(-0.1, depth), xlabel="length of dW")
        right.locator_params(axis="x", numticks=5)
        names = [f"layer {l}" if l in (1, depth) else f"{l}" for l in range(1, depth + 1)]
        for axes in (left, middle, right):
            axes.set_yticks(np.arange(depth)[::-1] + 0.3, labels=names if axes is left else [""] * depth)
            axes.tick_params(labelsize=8)
        canvas.redraw()
        return verdict(activation, A, dZ, norms)

    about = "For each layer, the first on top: histograms of its activations and of its dZ, and the length of its dW."
    return Explorer("signals", canvas, controls, travel, draw, about)


# --- XOR with two hidden units

BY_HAND = {"W1": ((1, 1), (1, 1)), "b1": (0, -1), "W2": (1, -2), "b2": 0}


def two_units(activation, X, u1, u2, ub, v1, v2, vb, wu, wv, b):
    """Return the hidden activations (2, m) and outputs (1, m) of the two units u and v, for X (2, m)."""
    A1 = by_name[activation](np.array([[u1, u2], [v1, v2]]) @ X + np.array([[ub], [vb]]))
    return A1, np.array([[wu, wv]]) @ A1 + b


def xor_verdict(A2):
    """Return sentences on the outputs (1, 4) for XOR's samples: E, and how many are on the right side."""
    _, Y = xor()
    E, right = half_mean_squared_error(A2, Y), int(((A2 > 0.5) == (Y > 0.5)).sum())
    outputs = ", ".join(f"{a:.2f}" for a in A2[0])
    words = f"Outputs {outputs}, wanted 0, 1, 1, 0: E = {E:.4g}, {right} of 4 on the right side of 1/2"
    if E < 1e-12:
        return f"{words}. This is XOR, exactly.".replace("-", "−")
    if abs(E - 1 / 8) < 1e-9:
        words += ". 1/8 is the best that any straight line can do"
    return f"{words}.".replace("-", "−")


def _regions(axes, output, points, room, labels):
    """Draw where output, a function of (2, k), is above 1/2, and XOR's four samples, which lie at points (2, 4)."""
    (left, bottom), (right, top) = points.min(axis=1) - room, points.max(axis=1) + room
    x, y = np.meshgrid(np.linspace(left, right, 81), np.linspace(bottom, top, 81))
    values = np.clip(output(np.stack([x.ravel(), y.ravel()])).reshape(x.shape), 0, 1)
    shades = [plotting.tint("forward", part) for part in (0.02, 0.08, 0.22, 0.32)]
    axes.contourf(x, y, values, np.linspace(0, 1, 5), colors=shades, hatches=["", "", "///", "///"])
    if values.min() < 0.5 < values.max():
        axes.contour(x, y, values, [0.5], colors=plotting.colors["forward"], linewidths=2)
    (X, Y), places = xor(), {}
    for c in range(4):
        places.setdefault(tuple(points[:, c].round(6)), []).append(f"({X[0, c]:.0f}, {X[1, c]:.0f})")
        look = {"markerfacecolor": "white" if Y[0, c] == 0 else plotting.colors["data"], "markeredgecolor": "#333333"}
        axes.plot(*points[:, c], "o^"[int(Y[0, c])], markersize=8, **look)
    for place, names in places.items():
        up = place[1] > (bottom + top) / 2
        look = {"textcoords": "offset points", "ha": "center", "va": "top" if up else "bottom", "bbox": plotting.white}
        axes.annotate("\n".join(names), place, (0, -8 if up else 8), **look)
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=(left, right), ylim=(bottom, top))
    axes.tick_params(labelsize=8)


@plotting.drawing
def xor_surface(W1=BY_HAND["W1"], b1=BY_HAND["b1"], W2=BY_HAND["W2"], b2=BY_HAND["b2"], activation="relu"):
    """Set the nine parameters of a 2-2-1 network by hand; see its decision, its hidden plane and E on XOR."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(8, 3.7))
    canvas, (X, _) = Canvas(figure), xor()
    start = {"u1": W1[0][0], "u2": W1[0][1], "ub": b1[0], "v1": W1[1][0], "v2": W1[1][1], "vb": b1[1]}
    start |= {"wu": W2[0], "wv": W2[1], "b": b2}
    words = {"1": "weight of x₁", "2": "weight of x₂", "b": "bias"}
    texts = {f"{unit}{k}": f"Unit {n}: {word}" for n, unit in ((1, "u"), (2, "v")) for k, word in words.items()}
    texts |= {"wu": "Output: weight of unit 1", "wv": "Output: weight of unit 2", "b": "Output: bias"}
    controls = {"activation": Dropdown(options=list(HIDDEN), value=activation, description="Activation")}
    controls |= {k: FloatSlider(start[k], min=-3, max=3, step=0.25, description=text) for k, text in texts.items()}

    def compute(activation, **weights):
        return two_units(activation, X, **weights)

    @plotting.drawing
    def draw(result, activation, **weights):
        A1, A2 = result
        for axes in (left, right):
            axes.clear()
        _regions(left, lambda X: two_units(activation, X, **weights)[1], X, 0.35, ("$x_1$", "$x_2$"))
        x, y = np.meshgrid(left.get_xlim(), left.get_ylim())
        for unit, dash in (("u", "--"), ("v", ":")):
            z = weights[f"{unit}1"] * x + weights[f"{unit}2"] * y + weights[f"{unit}b"]
            if z.min() < 0 < z.max():
                left.contour(x, y, z, [0], colors=plotting.colors["parameter"], linestyles=[dash])
        output, room = np.array([[weights["wu"], weights["wv"]]]), 0.3 + 0.2 * np.ptp(A1)
        _regions(right, lambda A: output @ A + weights["b"], A1, room, ("$a_1$", "$a_2$"))
        left.set_title("the plane of the inputs")
        right.set_title("the plane of the hidden units")
        canvas.redraw()
        return xor_verdict(A2)

    about = (
        "XOR's four samples in the input plane, left, and where the hidden units put them, right; the target is 1 for "
        "the grey triangles. Hatched: output above 1/2. In green, where z is 0: unit 1 dashed, unit 2 dotted."
    )
    return Explorer("xor_surface", canvas, controls, compute, draw, about)
