"""Every mark in an explorer stands for a number: it is read back, and compared with the number computed another way.

The words of the status line likewise, on both sides of each threshold.
"""

import re

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgba

from shared import explorers, plotting, style
from shared.activations import identity, leaky_relu, relu, sigmoid, softmax, tanh
from shared.datasets import line_data, one_hot, sine, tiny, xor
from shared.explorers import notebook_01, notebook_03, notebook_06, notebook_07, notebook_08, notebook_09
from shared.explorers.engine import Halt
from shared.explorers.engine.tiles import written
from shared.explorers.pad.widget import SIZE, in_words
from shared.explorers.play import picture as ground
from shared.images import centre
from shared.lessons import playing, zoo
from shared.lessons import tiny as lesson
from shared.losses import half_mean_squared_error
from shared.network import Network

rng_of = np.random.default_rng


def at(artist):
    """Return the points of a line, (k, 2)."""
    return artist.get_xydata()


def put(explorer, **values):
    """Set controls one after the other."""
    for name, value in values.items():
        explorer.controls[name].value = value
    assert explorer.error is None, explorer.status


def steps(explorer, count):
    for _ in range(count):
        explorer.step()


def words_at(tiles):
    """Return a function that tells where a word (of a colour) stands among small pictures, or None."""

    def where(text, color="#000000"):
        word = written(text, color)
        found = [(x, y) for x, y, image in tiles.images if np.array_equal(image, word)]
        return found[0] if found else None

    return where


# --- notebook 1


@pytest.mark.parametrize("target", notebook_01.TARGETS)
def test_hinges(target):
    explorer = explorers.hinges()
    put(explorer, slope_1=-1.5, offset_1=0.5, weight_1=2, slope_2=0.5, offset_2=1, weight_2=-3, slope_3=2, offset_3=-4)
    put(explorer, target=target)
    canvas, numbers = explorer.canvas, explorer.values
    total = np.zeros(281)
    for k in (1, 2, 3):
        x, y = at(canvas[f"hinge {k}"]).T
        w, b, v = (numbers[f"{part}_{k}"] for part in ("slope", "offset", "weight"))
        np.testing.assert_allclose(y, [v * max(0, w * one + b) for one in x])
        total += y
    np.testing.assert_allclose(at(canvas["total"])[:, 1], total)
    np.testing.assert_allclose(at(canvas["bends"])[:, 0], [-2, 1 / 3, 2])
    np.testing.assert_allclose(at(canvas["bends"])[:, 1], np.interp([-2, 1 / 3, 2], x, total), atol=0.03)
    far = np.diff(
        [sum(v * max(0, w * x + b) for w, b, v in ((-1.5, 0.5, 2), (0.5, 1, -3), (2, -4, 1))) for x in (-99, -98)]
    )
    assert f"far left its slope is {far[0]:.3g}, far right 0.5.".replace("-", "−") in explorer.status
    shapes = {"the hat": (1, 1), "|x|": (2, 2), "the tent": (0.5, 1), "a plateau": (0.5, 1)}  # x, y
    if target == "none":
        assert len(at(canvas["goal"])) == 0
    else:
        x, y = at(canvas["goal"]).T
        assert np.interp(shapes[target][0], x, y) == pytest.approx(shapes[target][1], abs=0.02)


@pytest.mark.parametrize(("l", "i", "j"), [(1, 1, 3), (1, 5, 1), (2, 4, 2), (2, 1, 5), (3, 2, 1), (3, 1, 4)])
def test_edges(l, i, j):
    explorer = explorers.edges(l, i, j)
    canvas = explorer.canvas
    (x0, y0), (x1, y1) = at(canvas["edge"])
    assert x0 < x1, "from layer l − 1 to layer l"
    nodes = [np.array(node.center) for node in canvas.figure.axes[0].patches]
    for x, y, number in ((x0, y0, j), (x1, y1, i)):
        column = sorted(-node[1] for node in nodes if abs(node[0] - x) < 1e-6)  # the first on top
        assert column.index(pytest.approx(-y)) == number - 1
    assert at(canvas["ends"]).tolist() == [[x0, y0], [x1, y1]]
    row, column, cell = canvas["band 1"], canvas["band 2"], canvas["cell"]
    (name,) = [text for text in row.axes.texts if text.get_text().startswith(f"$W^{l}$")]
    assert name.get_position()[1] == column.get_y() + column.get_height() / 2, "beside the middle of its matrix"
    assert name.get_position()[0] < row.get_x()
    assert (row.get_width(), row.get_height()) == ((3, 5, 4)[l - 1], 1)
    assert (column.get_width(), column.get_height()) == (1, (5, 4, 2)[l - 1])
    assert cell.get_y() == row.get_y()
    assert cell.get_x() == column.get_x()
    assert row.get_y() - column.get_y() == i - 1
    assert column.get_x() - row.get_x() == j - 1
    assert canvas["words 1"].get_text() == f"row {i}: to node {i}"
    assert canvas["words 2"].get_text() == f"column {j}: from node {j}"
    assert canvas["words 1"].get_position()[1] == cell.get_y() + 0.5
    assert canvas["words 2"].get_position()[0] == cell.get_x() + 0.5


# --- notebook 3


def test_line_by_hand():
    explorer = explorers.line_by_hand()
    canvas, (x, y) = explorer.canvas, line_data()
    put(explorer, record=True)
    way = [(0, 0), (0.5, 0), (0.5, -1 / 3), (-0.5, -1 / 3)]
    for w, b in way[1:]:
        put(explorer, w=w, b=b)
    w, b = explorer.values["w"], explorer.values["b"]
    for k in (1, 2, 3):
        corners = canvas[f"square {k}"].get_xy()[:4]
        miss = w * x[0, k - 1] + b - y[0, k - 1]
        assert corners[0].tolist() == [x[0, k - 1], y[0, k - 1]]
        np.testing.assert_allclose(corners[3], (x[0, k - 1], w * x[0, k - 1] + b))
        np.testing.assert_allclose(np.ptp(corners, axis=0), abs(miss))
    for place, height in at(canvas["line"]):
        assert height == pytest.approx(w * place + b)
    np.testing.assert_allclose(at(canvas["path"]), way, atol=1e-9)
    np.testing.assert_allclose(at(canvas["begin"]), way[:1])
    np.testing.assert_allclose(at(canvas["here"]), way[-1:], atol=1e-9)
    assert len(at(canvas["best"])) == 0
    put(explorer, reveal=True)
    np.testing.assert_allclose(at(canvas["best"])[0], np.polyfit(x[0], y[0], 1))
    E = np.mean((w * x + b - y) ** 2) / 2
    assert canvas["title"].get_text() == f"E = {E:.4f}"


@pytest.mark.parametrize(
    ("E", "words"),
    [
        (1 / 36 * 1.0009, "nothing smaller is possible"),
        (1 / 36 * 1.0011, "close to the smallest possible"),
        (1 / 36 * 1.249, "close to the smallest possible"),
        (1 / 36 * 1.251, "smaller is possible"),
    ],
)
def test_advice_on_a_line(E, words):
    assert notebook_03.advice(E) == words


@pytest.mark.parametrize("parameter", lesson.PARAMETERS)
def test_one_parameter(parameter):
    explorer = explorers.one_parameter(parameter)
    canvas = explorer.canvas
    kind, layer, place = lesson.PARAMETERS[parameter]
    W, b, X, Y = tiny()
    own = {"W": W, "b": b}[kind][layer][place]
    assert set(at(canvas["own"])[:, 0]) == {own}
    for value in (-8, 0.35, 8):
        put(explorer, value=value)
        network = Network.from_parameters(W, b, [sigmoid, identity])
        {"W": network.W, "b": network.b}[kind][layer][place] = value
        E, A = network.error(X, Y, half_mean_squared_error), network(X)[0]
        np.testing.assert_allclose(at(canvas["dot"]), [[value, E]])
        np.testing.assert_allclose(at(canvas["output"]), np.column_stack([[1, 2, 3], A]))
        np.testing.assert_allclose(at(canvas["target"])[:, 1], Y[0])
        for k in (1, 2, 3):
            np.testing.assert_allclose(at(canvas[f"miss {k}"]), [[k, A[k - 1]], [k, Y[0, k - 1]]])
        line = at(canvas["curve"])
        assert np.interp(value, *line.T) == pytest.approx(E, abs=0.02)
        for number, limits in ((value, canvas["dot"].axes.get_xlim()), (E, canvas["dot"].axes.get_ylim())):
            assert limits[0] <= number <= limits[1]


# --- notebook 4


def test_descent():
    x, y = line_data()
    explorer = explorers.descent(x, y, learning_rate=0.2, start=(2, 0))
    steps(explorer, 5)
    canvas, theta = explorer.canvas, np.array([2.0, 0.0])
    path, errors = [theta], []
    for _ in range(6):
        r = theta[0] * x[0] + theta[1] - y[0]
        errors.append(np.mean(r**2) / 2)
        theta = theta - 0.2 * np.array([np.mean(r * x[0]), np.mean(r)])
        path.append(theta)
    np.testing.assert_allclose(at(canvas["path"]), path[:6])
    np.testing.assert_allclose(at(canvas["start"]), path[:1])
    np.testing.assert_allclose(at(canvas["here"]), path[5:6])
    np.testing.assert_allclose(at(canvas["error"]), np.column_stack([range(6), errors]))
    np.testing.assert_allclose(at(canvas["last"]), [[5, errors[5]]])
    assert canvas["number"].get_text() == f"step 5\nE = {errors[5]:.4g}"


@pytest.mark.parametrize(
    ("optimizer", "share", "alarm", "words"),
    [
        ("gradient descent", 1.99, False, "the descent converges"),
        ("gradient descent", 2.01, True, "the steps grow"),
        ("momentum 0.9", 3.79, False, "the descent converges"),
        ("momentum 0.9", 3.81, True, "the steps grow"),
        ("Adam", 5, False, "γ sets the length of a step"),
    ],
)
def test_the_alarm_of_descent(optimizer, share, alarm, words):
    x, y = line_data()
    rate = share / np.linalg.norm([x[0], np.ones(3)], 2) ** 2 * 3
    explorer = explorers.descent(x, y, learning_rate=rate, optimizer=optimizer)
    text = explorer.canvas["product"]
    assert text.get_text().startswith(f"γ·λmax = {share:.3f}")
    assert ("≥" in text.get_text()) == alarm
    assert text.get_color() == ("white" if alarm else "black")
    assert to_hex(text.get_bbox_patch().get_facecolor()) == ("#a00000" if alarm else "#ffffff")
    assert words in explorer.status


def test_double_well():
    explorer = explorers.double_well(start=-1.0, learning_rate=0.05)
    steps(explorer, 3)
    canvas, x, way = explorer.canvas, -1.0, [-1.0]
    for _ in range(3):
        x -= 0.05 * (4 * x**3 - 6 * x + 1)
        way.append(x)
    np.testing.assert_allclose(at(canvas["trace"]), np.column_stack([range(4), way]))
    np.testing.assert_allclose(at(canvas["ball"]), [[x, x**4 - 3 * x**2 + x]])
    (x0, y0), (x1, y1) = at(canvas["slope"])
    assert (y1 - y0) / (x1 - x0) == pytest.approx(4 * x**3 - 6 * x + 1)
    assert np.interp(x, [x0, x1], [y0, y1]) == pytest.approx(x**4 - 3 * x**2 + x)


# --- notebook 5


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("parameter", ["W¹, row 2, column 1", "b²"])
def test_nudge(parameter, direction):
    explorer = explorers.nudge(parameter, size=0.25)
    put(explorer, direction=direction)
    canvas, (W, b, X, Y) = explorer.canvas, tiny()
    kind, layer, place = lesson.PARAMETERS[parameter]

    def error(value):
        network = Network.from_parameters(W, b, [sigmoid, identity])
        {"W": network.W, "b": network.b}[kind][layer][place] = value
        return network.error(X, Y, half_mean_squared_error)

    own, size = {"W": W, "b": b}[kind][layer][place], 0.25 * direction
    gradient = (error(own + 1e-5) - error(own - 1e-5)) / 2e-5
    np.testing.assert_allclose(at(canvas["start"]), [[own, error(own)]])
    np.testing.assert_allclose(at(canvas["there"]), [[own + size, error(own + size)]])
    np.testing.assert_allclose(at(canvas["promised"]), [[own + size, error(own) + size * gradient]], rtol=1e-6)
    miss = abs(error(own + size) - error(own) - size * gradient)
    np.testing.assert_allclose(at(canvas["dot"]), [[0.25, miss]], rtol=1e-6)
    for value, height in at(canvas["curve"])[::20]:
        assert height == pytest.approx(error(value))
    for value, height in at(canvas["tangent"])[::20]:
        assert height == pytest.approx(error(own) + gradient * (value - own), rel=1e-5, abs=1e-8)
    for nudged, change in at(canvas["change"])[::20]:
        assert change == pytest.approx(abs(gradient) * nudged, rel=1e-5)
    for nudged, missed in at(canvas["miss"])[40::10]:
        assert missed == pytest.approx(
            abs(error(own + direction * nudged) - error(own) - direction * nudged * gradient), rel=1e-3
        )


# --- notebook 6


@pytest.mark.parametrize("title", ["dW: transposed", "db: mean for sum", "dA: sign flipped", zoo.NO_MISTAKE])
def test_bug_zoo(title):
    explorer = explorers.bug_zoo(mistake=title)
    canvas, (W, b, X, Y) = explorer.canvas, tiny()
    network = zoo.kind(zoo.BUGS.get(title)).from_parameters(W, b, [sigmoid, identity])
    right = Network.from_parameters(W, b, [sigmoid, identity])
    for one in (network, right):
        one.forward(X)
        one.backward(Y, half_mean_squared_error)
    pairs = [
        (network.dW[1], right.dW[1]),
        (network.db[1], right.db[1]),
        (network.dW[2], right.dW[2]),
        (network.db[2], right.db[2]),
    ]
    for k, (ours, true) in enumerate(pairs, 1):
        bar, word = canvas[f"bar {k}"], canvas[f"word {k}"]
        error = np.linalg.norm(ours - true) / (np.linalg.norm(ours) + np.linalg.norm(true))
        wrong = error > 1e-6
        assert (bar.get_hatch() == "///") == wrong
        assert (to_hex(bar.get_facecolor()) == "#a00000") == wrong
        assert word.get_text() == (f"WRONG  {error:.3g}" if wrong else "right")
        assert bar.get_y() + bar.get_height() / 2 == k - 1 == word.get_position()[1]
        if wrong:
            assert bar.get_x() + bar.get_width() == pytest.approx(error, rel=1e-3)
    for name, one in (("right", right), ("here", network)):
        line = at(canvas[name])
        one = one.copy()
        for _ in range(3):
            one.error(X, Y, half_mean_squared_error)
            one.theta -= 0.5 * one.backward(Y, half_mean_squared_error)
        assert line[3, 1] == pytest.approx(one.error(X, Y, half_mean_squared_error))
    where = words_at(canvas["code"])
    if bug := zoo.BUGS.get(title):
        (_, above), (_, below) = where(f"right  {zoo.LINES[bug.line].code}"), where(f"here   {bug.code}")
        assert above > below


def test_a_gradient_is_in_red_beyond_the_line_that_is_drawn():
    explorer = explorers.bug_zoo()
    (line,) = (one for one in explorer.canvas.figure.axes[0].lines if one.get_linestyle() == ":")
    sides = {text.get_text(): text for text in explorer.canvas.figure.axes[0].texts}
    assert sides["passes"].get_position()[0] < zoo.PASS < sides["fails"].get_position()[0]
    assert (sides["passes"].get_ha(), sides["fails"].get_ha()) == ("right", "left")
    assert set(line.get_xdata()) == {1e-7}
    assert zoo.in_red({"dW1": 0.99e-7, "db1": 1.01e-7, "theta": 1.0, "db2": np.nan}) == ["db1", "db2"]


@pytest.mark.parametrize(
    ("end", "right", "words"),
    [
        (0.9e6, 1.0, "Training climbs"),
        (1.1e6, 1.0, "Training explodes: after 2 steps E is beyond all bounds."),
        (1.1e6, 1.1e6, "the correct pass explodes as well"),
        (1.0, 1.1e6, "while the correct pass explodes"),
        (1.0011, 0.5, "Training climbs"),
        (1.0009, 0.5, "Training hardly moves"),
        (0.9991, 0.5, "Training hardly moves"),
        (0.9989, 0.5, "And yet it descends"),
    ],
)
def test_what_a_training_with_a_bug_does(end, right, words):
    assert words in zoo.journey(np.array([1.0, 1.0, end]), np.array([1.0, right]))
    if end < 1e5:  # what counts is the share of the start
        assert words in zoo.journey(np.array([4.0, 4.0, 4 * end]), np.array([4.0, right]))


# --- notebook 7


@pytest.mark.parametrize(
    ("activation", "scale", "forward", "backward"),
    [
        ("identity", 0.5, "it dies away", "it vanishes"),
        ("identity", 2, "it explodes", "it explodes"),
        ("identity", 1, "", "it arrives"),
        ("relu", 2**0.5, "", "it arrives"),
        ("sigmoid", 1, "", "it vanishes"),
    ],
)
def test_what_becomes_of_signals(activation, scale, forward, backward):
    A, dZ, norms = notebook_07.travel(activation, 10, scale)
    told = notebook_07.verdict(activation, A, dZ, norms)
    first, second = told.split(". Backward: ")
    assert first.endswith(forward) if forward else "it" not in first
    assert f": {backward}." in second
    assert f"{plotting.number(A[-1].std(), 2)} in layer 10" in first
    assert f"{plotting.number(dZ[0].std(), 2)} in layer 1:" in second


def test_signals():
    explorer = explorers.signals("tanh", depth=4)
    canvas = explorer.canvas
    A, dZ, norms = notebook_07.travel("tanh", 4, 10**-0.2)
    put(explorer, scale=10**-0.2)
    np.testing.assert_allclose(at(canvas["lengths"])[:, 0], np.log10(norms))
    np.testing.assert_allclose(np.diff(at(canvas["lengths"])[:, 1]), -1, err_msg="the first layer on top")
    heights = canvas["lengths"].axes.transData.transform(at(canvas["lengths"]))[:, 1]
    where = words_at(canvas["words"])
    for layer, height in zip((1, 4), heights[[0, -1]], strict=True):
        assert where(f"layer {layer}")[1] == pytest.approx(height - 7, abs=1), "its name beside its length"
    for values, name in ((A, "activations"), (dZ, "derivatives")):
        places = [where(f"{one.std():.2g}") for one in values]
        bottoms = [path.vertices[:, 1].min() for path in canvas[name].get_paths()]
        assert (np.floor(at(canvas["lengths"])[:, 1]) == bottoms).all(), "a length in the row of its layer"
        heights = [y for _, y in places]
        assert heights == sorted(heights, reverse=True)
    assert where(f"{A[0].std():.2g}")[0] < where(f"{dZ[0].std():.2g}")[0], "activations left, derivatives right"
    for name, values, color in (("activations", A, "forward"), ("derivatives", dZ, "backward")):
        rows = canvas[name]
        assert to_hex(rows.get_facecolor()[0]) == style.tint(color, 0.35)
        tops = [path.vertices[:, 1].max() for path in rows.get_paths()]
        assert tops == sorted(tops, reverse=True)
        low, high = rows.axes.get_xlim()
        assert low < -np.quantile(np.abs(values), 0.9)
        assert high > np.quantile(np.abs(values), 0.9)


def test_xor_surface():
    explorer = explorers.xor_surface()
    put(explorer, u1=1.5, u2=-0.5, ub=0.25, v1=0.5, v2=1, vb=-0.75, wu=1, wv=-2, b=0.5)
    canvas, (X, Y) = explorer.canvas, xor()

    def hidden(X):
        z = np.array([1.5 * X[0] - 0.5 * X[1] + 0.25, 0.5 * X[0] + X[1] - 0.75])
        return np.maximum(z, 0)

    def output(A):
        return A[0] - 2 * A[1] + 0.5

    for plane, points, answer in (("inputs", X, lambda P: output(hidden(P))), ("hidden", hidden(X), output)):
        for number, kind in ((1, 0), (2, 1)):
            drawn = at(canvas[f"{plane}: class {number}"])
            np.testing.assert_allclose(drawn, points[:, Y[0] == kind].T)
        border = at(canvas[f"{plane}: border"])
        border = border[np.isfinite(border).all(axis=1)]
        np.testing.assert_allclose(answer(border.T), 0.5, atol=0.03)
        surface = canvas[f"{plane}: surface"]
        ((left, bottom, image),) = surface.images
        high, wide = image.shape[:2]
        seen = set()
        for i, j in ((7, 5), (100, 300), (250, 30), (280, 320), (150, 160), (30, 200), (10, 320)):
            place = surface.axes.transData.inverted().transform((left + j + 0.5, bottom + i + 0.5))
            value = answer(place[:, None])[0]
            if abs(value - 0.5) > 0.05:
                assert (image[i, j, 0] < 217) == (value > 0.5), "darker above 1/2"
                seen.add(value > 0.5)
        assert len(seen) == 2
        assert (high, wide) == (300, 332)
    for number, (a, b, c) in ((1, (1.5, -0.5, 0.25)), (2, (0.5, 1, -0.75))):
        line = at(canvas[f"inputs: node {number}"])
        line = line[np.isfinite(line).all(axis=1)]
        np.testing.assert_allclose(a * line[:, 0] + b * line[:, 1] + c, 0, atol=1e-9)


# --- notebook 8


def test_sine_fit():
    explorer = explorers.sine_fit(hidden=3, learning_rate=0.3)
    canvas, (X, Y) = explorer.canvas, sine()
    network = notebook_08.sine_network(3)
    errors, thetas = [], []
    for _ in range(5):
        errors.append(network.error(X, Y, half_mean_squared_error))
        thetas.append(network.theta.copy())
        network.theta -= 0.3 * network.backward(Y, half_mean_squared_error)
    steps(explorer, 4)
    np.testing.assert_allclose(at(canvas["error"]), np.column_stack([range(5), errors]), rtol=1e-12)
    for k in (4, 2):
        put(explorer, iteration=k)
        np.testing.assert_allclose(at(canvas["here"]), [[k, errors[k]]])
        network.theta[:] = thetas[k]
        x = at(canvas["curve"])[:, 0]
        np.testing.assert_allclose(at(canvas["curve"])[:, 1], network(x[None])[0], atol=1e-6)
        assert canvas["number"].get_text() == f"iteration {k}\nE = {errors[k]:.4g}"


@pytest.mark.parametrize(("layers", "nodes"), [(0, ()), (1, (2,)), (2, (3, 2))])
@pytest.mark.parametrize("data", ["XOR", "regression plane"])
def test_playground(layers, nodes, data):
    explorer = explorers.playground(data=data, layers=layers, **{f"nodes_{l}": n for l, n in enumerate(nodes, 1)})
    steps(explorer, 6)
    run, canvas = explorer.state, explorer.canvas
    for k in (6, 2):
        put(explorer, epoch=k)
        network = playing.network_at(run, k)
        # weights: from node j to node i, in the order of the lines
        ends, widths = ground.lines(network.sizes), {}
        for name in ("positive", "negative"):
            np.testing.assert_allclose(canvas[name].get_segments(), ends)
            widths[name] = np.array(canvas[name].get_linewidths())
        flat = [W[i, j] for W in network.W[1:] for j in range(W.shape[1]) for i in range(W.shape[0])]
        np.testing.assert_array_equal(widths["positive"] > 0, np.array(flat) > 0)
        np.testing.assert_array_equal(widths["negative"] > 0, np.array(flat) < 0)
        wide = np.maximum(widths["positive"], widths["negative"])
        assert (np.diff(wide[np.argsort(np.abs(flat))]) >= 0).all(), "the larger, the wider"
        # errors: the training error solid, the test error dashed
        for number, column, dash in ((1, 1, "--"), (2, 0, "-")):
            line = canvas[f"errors {number}"]
            assert line.get_linestyle() == dash
            np.testing.assert_allclose(at(line)[:, 1], run.errors[:7, column])
        np.testing.assert_allclose(at(canvas["here"]), [[k, run.errors[k, 0]], [k, run.errors[k, 1]]])
        where = words_at(canvas["words"])
        for name, one in zip(("training (solid)", "test (dashed)"), run.errors[k], strict=True):
            assert where(f"{name} {one:.3g}", style.ink("error"))
        # the output: its colour on the side of each pixel, its border
        ((_, _, image),) = canvas["surface"].images
        plane = data == "regression plane"
        for i, j in ((20, 30), (200, 40), (60, 210), (220, 220)):
            place = (np.array([[j], [i]]) + 0.5) / 240 * 6.4 - 3.2
            value = network(place)[0, 0]
            value = value if plane else 2 * value - 1
            if abs(value) > 0.15:
                red, _, blue = image[i, j, :3].astype(int)
                assert (blue > red) == (value > 0), "blue above 0, orange below"
        border = at(canvas["border"])
        border = border[np.isfinite(border).all(axis=1)]
        if len(border):
            np.testing.assert_allclose(network(border.T)[0], 0 if plane else 0.5, atol=0.03)
    # the points: filled for training, hollow for testing; circles below 0, triangles above
    for name, (X, Y) in zip(("training", "test"), run.parts, strict=True):
        above = Y[0] > (0 if plane else 0.5)
        for number, chosen in ((1, ~above), (2, above)):
            points = canvas[f"{name} {number}"]
            np.testing.assert_array_equal(points.get_offsets(), X[:, chosen].T)
            white = to_rgba("white")
            hollow = all(tuple(color) == white for color in points.get_facecolors())
            assert hollow == (name == "test")


@pytest.mark.parametrize(
    ("activation", "initial"), [("ReLU", "he"), ("leaky ReLU", "he"), ("tanh", "xavier"), ("sigmoid", "xavier")]
)
def test_the_playground_s_weights_begin_at_the_size_that_fits_the_activation(activation, initial):
    values = {name: control.value for name, control in explorers.playground().controls.items()}
    values |= {"activation": activation, "layers": 1, "nodes_1": 8}
    run = playing.begin(**values)
    rng = rng_of(values["seed"])
    playing.points(values["data"], 0.1, rng)
    g = {"ReLU": relu, "leaky ReLU": leaky_relu, "tanh": tanh, "sigmoid": sigmoid}[activation]
    expected = Network([2, 8, 1], [g, sigmoid], rng=rng, initial=initial)
    np.testing.assert_array_equal(run.path[0], expected.theta.astype(np.float32))


def test_the_playground_notices_parameters_that_are_no_numbers_though_e_is_one():
    values = {name: control.value for name, control in explorers.playground().controls.items()}
    run = playing.begin(**values)
    run.optimizer.step = lambda theta, grad: theta.__setitem__(0, np.inf)  # tanh(∞) is 1, so E stays a number
    with np.errstate(all="ignore"), pytest.raises(Halt, match="grew beyond"):
        playing.step(run, **values)
    assert run.k == 0
    assert np.isfinite(run.path).all()


# --- notebook 9


@pytest.mark.parametrize("standardise", [False, True])
def test_line_two_ways(standardise):
    explorer = explorers.line_two_ways(learning_rate=0.1, step=7)
    put(explorer, y3=4.5, x3=5, standardise=standardise)
    canvas, x, y = explorer.canvas, np.array([1.0, 2, 5]), np.array([1.0, 2, 4.5])
    z = (x - x.mean()) / x.std() if standardise else x
    w = b = 0.0
    for _ in range(7):
        r = w * z + b - y
        w, b = w - 0.1 * np.mean(r * z), b - 0.1 * np.mean(r)
    slope, height = (w / x.std(), b - w * x.mean() / x.std()) if standardise else (w, b)
    best = np.polyfit(x, y, 1)
    np.testing.assert_array_equal(at(canvas["data"]), np.column_stack([x, y]))
    for place, value in at(canvas["descent"]):
        assert value == pytest.approx(slope * place + height)
    for place, value in at(canvas["formula"]):
        assert value == pytest.approx(np.polyval(best, place))
    misses = at(canvas["misses"]).reshape(3, 3, 2)
    for k in range(3):
        np.testing.assert_allclose(misses[k, :2], [(x[k], y[k]), (x[k], slope * x[k] + height)])
        assert np.isnan(misses[k, 2]).all(), "no line from one point to the next"
    above = np.mean((slope * x + height - y) ** 2) / 2 - np.mean((np.polyval(best, x) - y) ** 2) / 2
    np.testing.assert_allclose(at(canvas["here"]), [[7, above]])
    assert at(canvas["curve"])[7, 1] == pytest.approx(above)


@pytest.mark.parametrize("degree", [0, 3, 11])
def test_polynomial_degree(degree):
    explorer = explorers.polynomial_degree(degree=degree, m=12, noise=0.3)
    canvas = explorer.canvas
    rng = rng_of(1)
    (x, y), (x_new, y_new) = (notebook_09.noisy_sine(m, 0.3, rng) for m in (12, 400))
    coefficients = np.polynomial.Polynomial.fit(x, y, degree)
    np.testing.assert_array_equal(at(canvas["data"]), np.column_stack([x, y]))
    places, heights = at(canvas["fit"]).T
    inside = (places > x.min()) & (places < x.max())
    np.testing.assert_allclose(heights[inside], np.clip(coefficients(places[inside]), -50, 50), rtol=1e-3, atol=1e-3)
    for name, X, Y in (("seen", x, y), ("unseen", x_new, y_new)):
        E = np.mean((coefficients(X) - Y) ** 2) / 2
        if E < 1e4:
            assert at(canvas[name])[degree, 1] == pytest.approx(max(E, 1e-6), rel=1e-2)
    assert set(at(canvas["here"])[:, 0]) == {degree}
    assert set(at(canvas["floor"])[:, 1]) == {0.3**2 / 2}
    legend = canvas["seen"].axes.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["training", "validation", "noise alone"]


# --- notebook 10


def test_digit_training_measures_old_images_and_new_ones():
    rng = rng_of(0)
    X, labels = rng.random((784, 60), np.float32), np.arange(60) % 10
    V, new = rng.random((784, 20), np.float32), np.arange(20) % 10
    Y, T = (one_hot(one).astype(np.float32) for one in (labels, new))
    explorer = explorers.digit_training(X, Y, (V, T), batch_size=10, optimizer="Adam", learning_rate=0.01)
    steps(explorer, 100)
    network, canvas = explorer.state.network, explorer.canvas
    known = 100 * np.mean(network(X[:, :20]).argmax(axis=0) == labels[:20])
    unseen = 100 * np.mean(network(V).argmax(axis=0) == new)
    assert known > unseen + 20, "learned by heart: the two can be told apart"
    epochs = 100 * 10 / 60
    np.testing.assert_allclose(at(canvas["known"])[-1], (epochs, known))
    np.testing.assert_allclose(at(canvas["new"])[-1], (epochs, unseen))
    assert canvas["known"].get_linestyle() == "--"
    assert canvas["number 2"].get_text() == f"training images (dashed) {known:.1f} %"
    assert canvas["number 3"].get_text() == f"new images {unseen:.1f} %"
    assert f"right on {known:.1f} % of the training images and {unseen:.1f} % of new ones" in explorer.status


def test_mistakes_show_the_digit_its_answer_and_its_truth():
    rng = rng_of(1)
    images, labels = rng.random((784, 40)), np.arange(40) % 10
    P = softmax(3 * rng.standard_normal((10, 40)))
    explorer = explorers.mistakes(images, labels, P)
    wrong = [k for k in range(40) if P[:, k].argmax() != labels[k]]
    wrong.sort(key=lambda k: -P[:, k].max())
    an_8 = next(number for number, k in enumerate(wrong, 1) if labels[k] == 8)
    for number in (1, 5, an_8, len(wrong)):
        put(explorer, number=number)
        k, canvas = wrong[number - 1], explorer.canvas
        named = "an 8" if number == an_8 else f"a {labels[k]}"
        assert f": {named}, read as {P[:, k].argmax()} with probability {P[:, k].max():.3f};" in explorer.status
        np.testing.assert_array_equal(canvas["image"].get_array(), images[:, k].reshape(28, 28))
        for digit in range(10):
            bar, text = canvas[f"bar {digit + 1}"], canvas[f"number {digit + 1}"]
            assert bar.get_width() == P[digit, k]
            assert bar.get_y() + bar.get_height() / 2 == pytest.approx(digit)
            true = bool(digit == labels[k])
            assert (bar.get_hatch() == "///") == true
            assert text.get_text() == f"{P[digit, k]:.3f}" + "  ◂ the truth" * true


def test_moved_digits_mark_the_wrong_answers():
    images, labels = rng_of(2).random((784, 30)), np.arange(30) % 10

    def network(X):
        right = np.arange(X.shape[1]) % 10
        return one_hot(np.where(right < 4, right, 9 - right))  # right about 0 to 3, wrong about the others

    explorer = explorers.moved_digits({"one": network}, images, labels)
    for digit in range(10):
        text, said = explorer.canvas[f"answer {digit + 1}"], digit if digit < 4 else 9 - digit
        assert text.get_text() == (f"{said}" if said == digit else f"{said} ✗")
        assert text.get_fontweight() == ("normal" if said == digit else "bold")
    put(explorer, right=3)
    assert at(explorer.canvas["dot 1"])[0, 0] == 3
    share = 100 * np.mean(network(images).argmax(axis=0) == labels)
    assert at(explorer.canvas["dot 1"])[0, 1] == pytest.approx(share)


@pytest.mark.parametrize(("share", "words"), [(0.9949, "99"), (0.9951, "over 99"), (0.985, "98"), (0.5, "50")])
def test_how_sure_the_pad_is(share, words):
    p = np.full(10, (1 - share) / 9)
    p[4] = share
    assert in_words(p).startswith(f"Most probably a 4 ({words}\N{NO-BREAK SPACE}%)")
    second = (1 - share) / 9 >= 0.005
    assert (", then a" in in_words(p)) == second


def test_the_pad_shows_and_predicts_the_drawing_upright():
    asked = []

    def network(x):
        asked.append(x)
        return np.full((10, 1), 0.1)

    pad = explorers.drawing_pad(network)
    drawing = np.zeros((SIZE, SIZE))
    drawing[20:120, 60:70] = 1
    drawing[110:120, 60:110] = 1  # an L: its foot is below and to the right
    pad.drawing = np.round(255 * drawing).astype(np.uint8).tobytes()
    for image in (np.frombuffer(pad.seen, np.uint8).reshape(28, 28) / 255, asked[-1].reshape(28, 28)):
        rows, columns = np.nonzero(image > 0.5)
        assert np.ptp(rows) == 19 > np.ptp(columns)
        foot = columns[rows == rows.max()]
        assert len(foot) > 2 * len(columns[rows == rows.min()])
        np.testing.assert_allclose(image, centre(drawing), atol=1 / 255)
    assert re.search(r"Most probably a \d", pad.message)


# --- what was seen by a newcomer


def test_hinges_name_a_target_only_where_one_is_chosen():
    explorer = explorers.hinges()
    canvas = explorer.canvas
    assert canvas["wanted"].get_text() == ""
    put(explorer, target="the tent")
    assert canvas["wanted"].get_text() == "dashed: the tent"
    assert canvas["goal"].get_linestyle() == "--"
    for axes in canvas.figure.axes:
        legend = axes.get_legend()
        assert "target" not in [text.get_text() for text in legend.get_texts()]
        canvas.figure.canvas.draw()
        assert legend.get_window_extent().y0 > axes.bbox.y1 - 4, "above the curves, not on them"


@pytest.mark.parametrize(("rate", "above"), [(0.3, False), (0.34, True)])
def test_a_learning_rate_above_the_limit_turns_red(rate, above):
    explorer = explorers.sine_fit(learning_rate=0.1)
    limit = 2 / explorer.state.curvature
    put(explorer, learning_rate=limit * (1.01 if above else 0.99))
    bound = explorer.canvas["bound"]
    assert ("above the limit 2" in bound.get_text()) == above
    assert to_hex(bound.get_color()) == ("#a00000" if above else style.ink("parameter"))
    assert bound.get_weight() == ("bold" if above else "normal")
    assert ("above the limit" in explorer.status) == above


def test_only_the_last_steps_of_a_descent_have_dots():
    explorer = explorers.descent(*line_data())
    steps(explorer, 15)
    assert explorer.canvas["path"].get_markevery().start == 0
    steps(explorer, 30)
    every, path = explorer.canvas["path"].get_markevery(), at(explorer.canvas["path"])
    assert len(path) == 46
    assert len(path[every]) == 20
    np.testing.assert_array_equal(path[every][-1], path[-1])


def test_the_bug_zoo_says_where_the_curves_are():
    explorer = explorers.bug_zoo()
    assert explorer.canvas["gone"].get_text() == ""
    put(explorer, learning_rate=10)
    top = explorer.canvas["right"].axes.get_ylim()[1]
    gone = [at(explorer.canvas[name])[1:4, 1].min() > top for name in ("right", "here")]
    assert gone == [True, True]
    assert explorer.canvas["gone"].get_text() == "both errors are\nabove the picture"
    assert notebook_06.beyond([1, 1, 1], [1, 99, 99, 99]) == "this pass is\nabove the picture"
    assert notebook_06.beyond([1, 99, 99, 99], [1, 31, 29]) == "the correct pass is\nabove the picture"
    assert notebook_06.beyond([1], []) == ""


def test_zeros_are_told_beside_their_layer():
    explorer = explorers.signals("relu", depth=4)
    A, dZ, _ = notebook_07.travel("relu", 4, 2**0.5)
    told = [
        image.text for _, _, image in explorer.canvas["words"].images if image.text and image.text.startswith("0: ")
    ]
    assert told == [f"0: {np.mean(values == 0):.0%}" for values in (*A, *dZ)]
    put(explorer, activation="tanh")
    assert not any(image.text.startswith("0: ") for _, _, image in explorer.canvas["words"].images)


def test_a_negative_factor_stands_in_brackets():
    explorer = explorers.nudge()
    put(explorer, size=1.0, direction=-1)
    assert " · (−1) = " in explorer.status
    assert "-" not in explorer.status
    put(explorer, direction=1)
    assert " · 1 = " in explorer.status


@pytest.mark.parametrize("name", ["double_well", "sine_fit", "playground"])
def test_no_two_controls_are_called_alike(name):
    explorer = getattr(explorers, name)()
    names = [control.description for control in explorer.controls.values()] + list(explorer.buttons)
    assert len(set(names)) == len(names)
    for control in explorer.controls.values():
        if hasattr(control, "readout"):
            assert control.readout, f"{control.description} without its number"


def test_numbers_of_an_axis_have_room_from_the_start():
    explorer = explorers.line_two_ways()
    for y in (-20, 20, 0):
        put(explorer, y3=y)
        label = explorer.canvas["data"].axes.yaxis.label
        explorer.canvas.figure.canvas.draw()
        assert label.get_window_extent().x0 >= 0, "the whole of it"


def test_a_legend_explains_the_planes_of_xor():
    figure = explorers.xor_surface().canvas.figure
    (legend,) = figure.legends
    keys = {text.get_text(): key for text, key in zip(legend.get_texts(), legend.legend_handles, strict=True)}
    canvas = figure.axes
    inputs = {line.get_gid(): line for line in canvas[0].lines}
    for word, name in (("node 1: z = 0", "node 1"), ("node 2: z = 0", "node 2"), ("output 1/2", "border")):
        (line,) = [line for gid, line in inputs.items() if gid and gid.endswith(name)]
        assert keys[word].get_linestyle() == line.get_linestyle()
        assert to_hex(keys[word].get_color()) == to_hex(line.get_color())
    for word, name in (("target 0", "class 1"), ("target 1", "class 2")):
        (line,) = [line for gid, line in inputs.items() if gid and gid.endswith(name)]
        assert keys[word].get_marker() == line.get_marker()
    assert keys["output above 1/2"].get_hatch() == "///"


def test_no_explorer_is_wider_than_a_page():
    for name in ("edges", "shapes", "graph_stepper", "signals", "xor_surface", "line_by_hand"):
        assert getattr(explorers, name)().picture.width <= 800, name
