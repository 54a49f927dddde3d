"""Notebook 7: its pairs are the package's, its numbers the syllabus', its explorers survive every control."""

import re
import warnings
from itertools import product

import numpy as np
import pytest

import notebooks
from shared import activations
from shared.activations import by_name, identity, relu, sigmoid, tanh
from shared.datasets import xor
from shared.exercises.engine import RIGHT
from shared.exercises.notebook_07 import exercises
from shared.explorers import signals, xor_surface
from shared.explorers.notebook_07 import (
    HATCH,
    HIDDEN,
    HIGH,
    MOST,
    SHADES,
    WIDE,
    histograms,
    shaded,
    travel,
    two_nodes,
    verdict,
    xor_verdict,
)
from shared.gradient_check import numerical_gradient
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy, softmax_cross_entropy
from shared.network import Network

PATH = notebooks.FOLDER / "07_activation_functions.ipynb"


@pytest.fixture(scope="module")
def written():
    """Return what the cells with functions and activations define, by name."""
    namespace = {"np": np, "activations": activations}
    for _, source in notebooks.cells(PATH, "code"):
        if re.search(r"^(class Activation|def (sigma|softmax|chain|travel|loss_from_logits))\b", source, re.M):
            exec(re.split(r"^(?=for |watch\(|z, y = )", source, flags=re.M)[0], namespace)
    return namespace


# --- what the notebook defines


@pytest.mark.parametrize("name", HIDDEN)
def test_the_notebooks_pairs_are_the_packages(written, name):
    Z, dA = np.random.default_rng(1).standard_normal((2, 5, 7))
    mine, theirs = written[name], by_name[name]
    assert mine.name == name
    np.testing.assert_allclose(mine(Z), theirs(Z), rtol=1e-13)
    np.testing.assert_allclose(mine.derivative(Z), theirs.derivative(Z), rtol=1e-12)
    np.testing.assert_allclose(mine.backward(dA, Z), theirs.backward(dA, Z), rtol=1e-12)
    zero = np.zeros(1)
    np.testing.assert_array_equal(mine.derivative(zero), theirs.derivative(zero))


def test_the_notebooks_softmax_and_loss_are_the_packages(written):
    Z = np.array([[1000.0, -2.0, 0.0], [1001.0, 3.0, 0.0], [1002.0, 800.0, 0.0]])
    np.testing.assert_allclose(written["softmax"](Z), activations.softmax(Z), rtol=1e-14)
    for c in range(3):
        Y = np.eye(3)[:, [c]]
        assert written["loss_from_logits"](Z[:, 1], c) == pytest.approx(softmax_cross_entropy(Z[:, 1:2], Y))


def test_tanh_passes_the_signal_within_a_factor_of_four(written):
    """At the scales that the recap names: forward from layer 1 to 10, and back."""
    found = {}
    for name, scale, forward, backward in (("1/√n", 0.1, 0.35, 0.27), ("√(2/n)", 0.02**0.5, 0.77, 1.0)):
        ahead, back = written["travel"](written["tanh"], scale)
        found[name] = ahead[-1] / ahead[0], back[0] / back[-1]
        assert found[name] == pytest.approx((forward, backward), rel=0.05)
        assert min(found[name]) > 1 / 4
        cells = [c for c in notebooks.load(PATH).cells if c.cell_type == "code" and "tanh forward" in c.source]
        assert f"tanh forward, layer 10 / layer 1, s = {name}: {found[name][0]:.2f}" in notebooks.printed(cells[0])
    assert found["√(2/n)"] > found["1/√n"]
    ahead, back = written["travel"](written["relu"], 0.02**0.5)
    assert min(ahead[-1] / ahead[0], back[0] / back[-1]) > 1 / 4


def test_the_notebooks_signals_are_those_of_a_network(written):
    spread, back = written["travel"](written["tanh"], 0.1, layers=4, n=20)
    rng = np.random.default_rng(1)
    X = rng.standard_normal((20, 20))
    W = [None, *(0.1 * rng.standard_normal((20, 20)) for _ in range(4))]
    network = Network.from_parameters(W, [None] + [np.zeros((20, 1))] * 4, [tanh] * 4)
    Z, A = network.forward(X)
    np.testing.assert_allclose(spread, [a.std() for a in A[1:]])
    dA = rng.standard_normal((20, 20))
    network.backward(A[4] - 20 * dA, half_mean_squared_error)  # its gradient is dA
    np.testing.assert_allclose(network.db[4][:, 0], tanh.backward(dA, Z[4]).sum(axis=1))
    assert back[3] == pytest.approx(tanh.backward(dA, Z[4]).std())


# --- the syllabus' numbers


def test_collapse_and_xor():
    W1, b1, W2 = np.array([[1, 2], [0, 1]]), np.array([[1], [-1]]), np.array([[1, -1]])
    assert (W2 @ W1).tolist() == [[1, 1]]
    assert (W2 @ b1 + 0.5).tolist() == [[2.5]]
    X, Y = xor()
    rows = np.vstack([X, np.ones(4)]).T
    np.testing.assert_allclose(np.linalg.lstsq(rows, Y[0])[0], [0, 0, 0.5], atol=1e-12)
    assert half_mean_squared_error(np.full((1, 4), 0.5), Y) == 1 / 8


def test_slopes():
    assert sigmoid(2.0) == pytest.approx(0.8807970780, abs=5e-11)
    assert sigmoid.derivative(2.0) == pytest.approx(0.1049935854, abs=5e-11)
    assert sigmoid.derivative(5.0) == pytest.approx(0.0066480567, abs=5e-11)
    assert tanh.derivative(2.0) == pytest.approx(0.0706508249, abs=5e-11)
    assert f"{sigmoid.derivative(0.0) ** 10:.2e}" == "9.54e-07"
    z = exercises["07.3"].solution
    assert sigmoid.derivative(z) == pytest.approx(0.01)


def test_pairs():
    z, y = np.array([[1.0], [2], [3]]), np.array([[0.0], [0], [1]])
    assert softmax_cross_entropy(z, y) == pytest.approx(0.4076059644, abs=5e-11)
    gradient = numerical_gradient(lambda t: softmax_cross_entropy(t.reshape(3, 1), y), z[:, 0])
    np.testing.assert_allclose(gradient, [0.0900305732, 0.2447284711, -0.3347590442], atol=1e-9)
    a = sigmoid(-5.0)
    assert (a - 1) * sigmoid.derivative(-5.0) == pytest.approx(-0.0066036, abs=5e-8)
    one = np.ones((1, 1))
    assert sigmoid_cross_entropy.gradient(-5 * one, one)[0, 0] == pytest.approx(-0.9933071, abs=5e-8)


def test_ten_layers_as_in_the_syllabus():
    for scale, text in ((0.2, "26.4"), (0.1, "0.0257"), (0.02**0.5, "0.824"), (1, "2.57e+08")):
        rng = np.random.RandomState(0)
        A = rng.standard_normal((100, 500))
        for _ in range(10):
            A = relu(scale * rng.standard_normal((100, 100)) @ A)
        assert f"{A.std():.3g}" == text


def shown():
    return "".join(notebooks.printed(cell) for cell in notebooks.load(PATH).cells if cell.cell_type == "code")


def test_numbers_are_in_the_stored_outputs():
    for number in """[[1.0, [[2.5]] 0.1250 0.8807971 0.1049936 0.2500000 0.0066481 0.0706508
        9.54e-07 2.78e-07 0.0900306 0.2447285 0.665241 0.4076060 -0.334759 -0.0066036 -0.9933071
        0.145 0.9997""".split():
        assert number in shown(), number
    assert "RuntimeWarning: overflow encountered in exp" in shown()
    assert "E has a kink within h = 1e-05 of b1" in shown()


def test_no_verdict_and_nothing_unusual_is_printed():
    assert not re.search(r"\bTrue\b|\bFalse\b|look again", shown())


def text():
    return "\n".join(source for _, source in notebooks.cells(PATH, "markdown"))


def test_nodes_are_called_nodes_and_outputs_are_not_called_p():
    assert not re.search(r"\bunits?\b|\balong\b", re.sub(r"`[^`]*`", "", text()), re.I)
    assert not re.search(r"\bp_i\b|p - y|p − y|\$p\$", text())


def test_prince_treats_initial_weights_in_7_5():
    assert re.search(r"Understanding Deep Learning\][^\n]*section 7\.5: initial weights", text())


@pytest.mark.parametrize(
    ("loss", "where", "output"),
    [
        ("cross-entropy", np.log(2), "0.6666"),  # σ(log 2) = 2/3
        ("half squares", np.log(2), "0.6666"),
        ("plain misses", 8, "0.9997"),  # as far as the grid goes
    ],
)
def test_where_the_error_of_yes_yes_no_is_smallest(loss, where, output):
    z, y = np.linspace(-8, 8, 16001), np.array([[1.0], [1], [0]])
    a = sigmoid(z)
    errors = {
        "cross-entropy": -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a), axis=0),
        "half squares": np.mean((a - y) ** 2, axis=0) / 2,
        "plain misses": np.mean(np.abs(a - y), axis=0),
    }
    assert z[np.argmin(errors[loss])] == pytest.approx(where, abs=1e-3)
    assert re.search(rf"^{loss} +best z = {where:.3f}, where the output is {output}$", shown(), re.M)


@pytest.mark.parametrize(
    ("loss", "slope", "steps"),
    [("squares", lambda a: (a - 1) * a * (1 - a), 168), ("cross-entropy", lambda a: a - 1, 6)],
)
def test_a_broken_pair_takes_longer(loss, slope, steps):
    z, taken = -5.0, 0
    while sigmoid(z) < 0.5:
        z, taken = z - slope(sigmoid(z)), taken + 1
    assert taken == steps
    assert re.search(rf"^{loss}: +{steps} steps$", shown(), re.M)


def test_where_a_minus_y_comes_from():
    """The steps of the text: log a = z − log S, the derivative of log S is a, the difference is a − y."""
    z, y = np.array([0.3, -1.2, 2.0, 0.5]), np.array([0.0, 0, 1, 0])

    def log_sum(z):
        return np.log(np.exp(z).sum())

    a = np.exp(z) / np.exp(z).sum()
    np.testing.assert_allclose(np.log(a), z - log_sum(z))
    np.testing.assert_allclose(numerical_gradient(log_sum, z), a, atol=1e-9)
    np.testing.assert_allclose(numerical_gradient(lambda z: log_sum(z) - y @ z, z), a - y, atol=1e-9)
    assert "a_k - y_k" in text()


def test_a_random_sum_has_the_mean_square_that_the_text_says():
    a, s = np.array([3.0, -1, 2, 0, 1]), 0.5
    right = len(a) * s**2 * np.mean(a**2)
    assert f"{right:.3f}" == "3.750"
    draws = s * np.random.default_rng(0).standard_normal((200_000, 5)) @ a
    assert np.mean(draws**2) == pytest.approx(right, rel=0.02)
    (found,) = re.findall(r"mean of z² over the draws (\S+)", shown())
    assert float(found) == pytest.approx(right, rel=0.05)


def test_what_should_have_been_seen_in_signals():
    A, dZ, norms = travel("relu", 15, 1.0)
    assert A[-1].std() / A[0].std() == pytest.approx(2**-7, rel=0.5)  # about a hundredth
    A, dZ, norms = travel("tanh", 10, 10.0)
    assert 0.85 < np.mean(np.abs(A[-1]) > 0.9) < 0.92
    assert dZ[0].std() > 1e3 * dZ[-1].std()
    A, dZ, norms = travel("sigmoid", 10, 1.0)
    assert norms[-1] == pytest.approx(1.2, abs=0.1)
    assert norms[0] == pytest.approx(4e-6, rel=0.15)
    assert all(
        (dZ[-1].std() / dZ[0].std() < 30) == good
        for scale, good in ((4, False), (6, True))
        for _, dZ, _ in [travel("sigmoid", 10, scale)]
    )


def test_the_sigmoids_nodes_are_saturated_at_scale_1():
    assert re.search(r"^sigmoid at scale 1: (6|7)\d % of the activations are saturated$", shown(), re.M)


# --- exercises


def test_a_sigmoid_that_still_warns_is_told_so():
    def naive(z):
        return 1 / (1 + np.exp(-z))

    def both_branches(z):
        return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert "still gives the warning" in exercises["07.6"].verdict(naive).hint
        assert exercises["07.6"].verdict(both_branches).hint
        assert exercises["07.6"].verdict(lambda z: 0.5 + 0.5 * np.tanh(z / 2)) is RIGHT


def test_a_sigmoid_that_hides_its_warning_is_told_so():
    def silent(z):
        with np.errstate(all="ignore"):
            return 1 / (1 + np.exp(-z))

    assert "silences" in exercises["07.6"].verdict(silent).hint


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (([[-2, 2], [3, -3]], [[0.5, 1 / 3]]), None),
        (([[1, -1], [-1, 1]], [1, 1]), "shape"),
        (([[1, 2], [3, 4]], [[1, 1]]), "it should answer"),
        ((1, 2, 3), "two matrices"),
        (([["a", 1], [1, 1]], [[1, 1]]), "numbers"),
        (([[1, np.nan], [1, 1]], [[1, 1]]), "it should answer"),
    ],
)
def test_xor_without_biases(answer, words):
    hint = exercises["07.1"].verdict(answer).hint
    assert hint is None if words is None else words in hint


def test_the_converted_network_is_the_same_function():
    rng = np.random.default_rng(2)
    W1, b1, W2, b2 = (rng.standard_normal(shape) for shape in ((4, 3), (4, 1), (2, 4), (2, 1)))
    V1, c1, V2, c2 = exercises["07.2"].solution(W1, b1, W2, b2)
    X = rng.standard_normal((3, 9))
    np.testing.assert_allclose(V2 @ sigmoid(V1 @ X + c1) + c2, W2 @ np.tanh(W1 @ X + b1) + b2)


@pytest.mark.parametrize(
    "other",
    [
        lambda W1, b1, W2, b2: (-2 * W1, -2 * b1, -2 * W2, b2 + W2.sum(axis=1, keepdims=True)),
        lambda W1, b1, W2, b2: (2 * W1[::-1], 2 * b1[::-1], 2 * W2[:, ::-1], b2 - W2 @ np.ones((len(W1), 1))),
    ],
    ids=["1 − 2σ(−2z)", "other order"],
)
def test_another_network_with_the_same_outputs_is_right(other):
    assert exercises["07.2"].verdict(other) is RIGHT
    assert exercises["07.2"].verdict(lambda *given: (*other(*given)[:3], given[3])).hint


@pytest.mark.parametrize(("z", "right"), [(4.58, True), (4.59, True), (4.585, True), (4.6, False), (4.5, False)])
def test_two_digits_are_enough(z, right):
    hint = exercises["07.3"].verdict(z).hint
    assert (hint is None) == right
    assert "4.58" not in str(hint)


# --- the explorers

EXTREMES = list(product(HIDDEN, (1, 2, MOST), (0.1, 1.0, 10.0)))


@pytest.mark.parametrize(("activation", "depth", "scale"), EXTREMES)
def test_signals_survive_every_extreme(activation, depth, scale):
    A, dZ, norms = travel(activation, depth, scale)
    assert len(A) == len(dZ) == len(norms) == depth
    assert all(np.isfinite(v).all() for v in (*A, *dZ, norms))
    told = verdict(activation, A, dZ, norms)
    assert not re.search("nan|inf", told)


@pytest.mark.parametrize(
    ("activation", "scale", "words"),
    [
        ("relu", 2**0.5, "it arrives"),
        ("relu", 0.5, "it vanishes"),
        ("relu", 4, "far too large in all layers"),
        ("relu", 0.5, "far too small in all layers"),
        ("sigmoid", 1, "no learning rate suits all layers"),
        ("sigmoid", 8, "saturated"),
        ("tanh", 10, "saturated"),
        ("tanh", 1, "it arrives"),
        ("identity", 10, "it explodes"),
    ],
)
def test_what_the_signals_say(activation, scale, words):
    assert words in verdict(activation, *travel(activation, 10, scale))


def test_a_network_that_is_silent_is_no_accident():
    silent = [np.zeros((3, 3))] * 2
    assert "nan" not in verdict("relu", silent, silent, [0.0, 0.0])


def test_the_signals_derivatives_are_right():
    A, dZ, norms = travel("tanh", 3, 1.2)
    rng = np.random.default_rng(7)
    X, dA = rng.standard_normal((2, 100, 100))
    W = [0.12 * rng.standard_normal((100, 100)) for _ in range(3)]
    direction = rng.standard_normal((100, 100))

    def end(h):
        values = X
        for k, w in enumerate(W):
            values = np.tanh((w + h * direction * (k == 0)) @ values)
        return (values * dA).sum()

    slope = (end(1e-5) - end(-1e-5)) / 2e-5
    assert slope == pytest.approx((dZ[0] @ X.T * direction).sum(), rel=1e-5)
    assert norms[0] == pytest.approx(np.linalg.norm(dZ[0] @ X.T) / 100)
    np.testing.assert_allclose(A[0], np.tanh(W[0] @ X))


@pytest.mark.parametrize("values", [np.eye(2, 7), -np.eye(3, 4), np.zeros((2, 5)), None], ids=str)
def test_histograms_are_those_of_numpy(values):
    values = np.random.default_rng(2).standard_normal((3, 4000)) ** 3 if values is None else values
    edges, heights = histograms(values)
    np.testing.assert_allclose(np.diff(edges), (edges[-1] - edges[0]) / 51)
    for row, shown in zip(values, heights, strict=True):
        wanted = np.sqrt(np.histogram(row[row != 0], edges)[0])  # zeros are told in words
        np.testing.assert_allclose(shown, 0.85 * wanted / max(1, wanted.max()))


def test_hatched_is_what_is_above_one_half():
    _, x = np.mgrid[: HIGH + 1 : 4, : WIDE + 1 : 4]
    picture = shaded(x / WIDE)
    shares = (np.arange(WIDE) + 0.5) / WIDE
    assert (picture[0] == SHADES[np.floor(4 * shares).astype(int) + 4 * HATCH[0]]).all()
    plain = (shaded(x / WIDE) == shaded(x / WIDE)[::-1]).all(axis=(0, 2))
    np.testing.assert_array_equal(plain, shares < 0.5)


@pytest.mark.parametrize("make", [signals, xor_surface])
def test_the_background_is_kept_when_a_slider_moves(make):
    explorer = make()
    kept, before = explorer.canvas._background, explorer.png
    for control in explorer.controls.values():
        control.value = ends(control)[0]
    assert explorer.canvas._background is kept
    assert explorer.png != before


def test_two_nodes_solve_xor_and_the_identity_does_not():
    X, _ = xor()
    A1, A2 = two_nodes("relu", X, 1, 1, 0, 1, 1, -1, 1, -2, 0)
    assert A1.tolist() == [[0, 1, 1, 2], [0, 0, 0, 1]]
    assert A2.tolist() == [[0, 1, 1, 0]]
    assert "XOR, exactly" in xor_verdict(A2)
    assert "any straight line" in xor_verdict(np.full((1, 4), 0.5))
    for weights in np.random.default_rng(3).uniform(-3, 3, (200, 9)):
        _, A2 = two_nodes("identity", X, *weights)
        assert half_mean_squared_error(A2, xor()[1]) >= 1 / 8


def ends(control):
    if hasattr(control, "options"):
        return [value for _, value in control._options_full]
    power = getattr(control, "base", None)
    return [power**end if power else end for end in (control.min, control.max)]


@pytest.mark.parametrize("make", [signals, xor_surface])
def test_every_control_to_both_ends(make):
    explorer = make()
    names = list(explorer.controls)
    for name in (*names, *reversed(names)):
        for value in ends(explorer.controls[name]):
            explorer.controls[name].value = value
            assert explorer.error is None, explorer.status
            assert not re.search(r"nan|\binf\b", explorer.status)


def test_all_weights_zero():
    explorer = xor_surface(W1=((0, 0), (0, 0)), b1=(0, 0), W2=(0, 0), b2=0.5)
    assert explorer.error is None
    assert "any straight line" in explorer.status
    assert identity.name in HIDDEN


# --- the exercises: each hint is checked by what it says, tolerances from both sides


def said(name, answer):
    """Return the hint for an answer, '' for a right one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return exercises[name].verdict(answer).hint or ""


@pytest.mark.parametrize(
    ("name", "words", "answer"),
    [
        ("07.a", "", 0.8808 * 0.1192),
        ("07.a", "", 0.105),
        ("07.a", "slope at the place a", sigmoid.derivative(0.8808)),
        ("07.a", "that is a itself", 0.8808),
        ("07.a", "that is 1 − a", 0.1192),
        ("07.a", "belongs to tanh", 1 - 0.8808**2),
        ("07.a", "slope of tanh at 2", 1 - np.tanh(2) ** 2),
        ("07.a", "you put z into", 2 * (1 - 2)),
        ("07.b", "", ((relu(1e-5) - relu(0.0)) / 1e-5, (relu(0.0) - relu(-1e-5)) / 1e-5, relu(1e-5) / 2e-5)),
        ("07.b", "exchanged", (0, 1, 0.5)),
        ("07.b", "divides by 2h", (1, 0, (relu(1e-5) - relu(-1e-5)) / 1e-5)),
        ("07.b", "that is |z|", (1, -1, 0)),
        ("07.b", "what the package takes", (relu.derivative(0.0),) * 3),
        ("07.c", "", 1.609),
        ("07.c", "the minus is missing", np.log(0.2)),
        ("07.c", "base 10", -np.log10(0.2)),
        ("07.c", "base 2", -np.log2(0.2)),
        ("07.c", "had got 0.8", -np.log(0.8)),
        ("07.c", "half the square of the miss", (1 - 0.2) ** 2 / 2),
        ("07.c", "not with its probability", -0.2 * np.log(0.2)),
        ("07.3", "", 4.58),
        ("07.3", "", 4.59),
        ("07.3", "where 1 − σ = 0.01", np.log(99)),
        ("07.3", "1 % of its largest value", 2 * np.arctanh(0.99**0.5)),
        ("07.3", "that is σ(z)", sigmoid(exercises["07.3"].solution)),
        ("07.3", "other side", -exercises["07.3"].solution),
        ("07.3", "derivative of tanh is 0.01", np.arctanh(0.99**0.5)),
        ("07.3", "where e⁻ᶻ = 0.01", -np.log(0.01)),
    ],
)
def test_hints_of_numbers_say_what_they_are(name, words, answer):
    hint = said(name, answer if isinstance(answer, tuple) else float(answer))
    assert words in hint if words else hint == ""


def test_the_places_that_the_hints_of_flatness_name():
    assert sigmoid.derivative(2 * np.arctanh(0.99**0.5)) == pytest.approx(0.0025)
    assert tanh.derivative(np.arctanh(0.99**0.5)) == pytest.approx(0.01)
    assert 1 - sigmoid(np.log(99)) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ("2 * W1, 2 * b1, 2 * W2, b2 - W2 @ np.ones((W2.shape[1], 1))", ""),
        ("2 * W1, 2 * b1, 2 * W2, b2", "the −1 of 2σ − 1"),
        ("2 * W1, 2 * b1, 2 * W2, b2 + W2.sum(axis=1, keepdims=True)", "a sign is flipped"),
        ("2 * W1, b1, 2 * W2, b2 - W2.sum(axis=1, keepdims=True)", "b1 is doubled"),
        ("W1, b1, 2 * W2, b2 - W2.sum(axis=1, keepdims=True)", "the 2 inside is missing"),
        ("2 * W1, 2 * b1, W2, b2 - W2.sum(axis=1, keepdims=True)", "the 2 in front"),
        ("2 * W1, 2 * b1, 2 * W2, b2 - 1", "brings its own −1"),
        ("2 * W1, 2 * b1, 2 * W2, b2 - 2 * W2.sum(axis=1, keepdims=True)", "twice as much"),
        ("2 * W1, 2 * b1, 2 * W2, b2 - W2.sum()", "adds up all rows"),
        ("2 * W1, 2 * b1, 2 * W2, b2 - len(W1)", "subtract 1 for each hidden node"),
        ("2 * W1, 2 * b1, 2 * W2, b2 - W2.mean(axis=1, keepdims=True)", "not a mean"),
        ("2 * W1, 2 * b1, 2 * W2, 2 * b2 - W2.sum(axis=1, keepdims=True)", "outside the tanh"),
        ("W1, b1, W2, b2", "the old parameters"),
        ("W1 / 2, b1 / 2, W2 / 2, b2 + W2.sum(axis=1, keepdims=True) / 2", "the way back"),
    ],
)
def test_to_sigmoid_gets_the_hint_that_names_its_part(parts, words):
    hint = said("07.2", eval(f"lambda W1, b1, W2, b2: ({parts})", {"np": np}))
    assert words in hint if words else hint == ""


def test_all_sizes_of_the_converted_network_differ():
    W1, _, W2, _ = exercises["07.2"].arguments()[1]
    assert len({*W1.shape, *W2.shape}) == 3


@pytest.mark.parametrize(
    ("dZ", "words"),
    [
        ("(s(Z) - Y) / Z.shape[1]", ""),
        ("(s(Z) - Y) / Y.sum()", "" if all(Y.sum() == Y.shape[1] for _, Y in exercises["07.5"].arguments()) else "exp"),
        ("s(Z) - Y", "the 1/m is missing"),
        ("(Y - s(Z)) / Z.shape[1]", "sign is flipped"),
        ("(s(Z) - Y) / len(Z)", "number of classes"),
        ("(s(Z) - Y) / Z.size", "by all entries"),
        ("(s(Z) - Y) * s(Z) * (1 - s(Z)) / Z.shape[1]", "a (1 − a) is too much"),
        ("2 * (s(Z) - Y) / Z.shape[1]", "twice as large"),
        ("(s(Z) - 1) * Y / Z.shape[1]", "only the right class"),
        ("(Z - Y) / Z.shape[1]", "Z holds logits"),
        ("s(Z) / Z.shape[1]", "the targets are missing"),
        ("(np.exp(Z) / np.exp(Z).sum() - Y) / Z.shape[1]", "all samples at once"),
        ("(np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - Y) / Z.shape[1]", "along the rows"),
        ("(1 / (1 + np.exp(-Z)) - Y) / Z.shape[1]", "that is the sigmoid"),
        ("(np.exp(Z) - Y) / Z.shape[1]", "has not been divided by its sum"),
        ("-Y / s(Z) / Z.shape[1]", "with respect to the outputs"),
    ],
)
def test_logits_gradient_gets_the_hint_that_names_its_mistake(dZ, words):
    hint = said("07.5", eval(f"lambda Z, Y: {dZ}", {"np": np, "s": activations.softmax}))
    assert words in hint if words else hint == ""


def test_targets_of_the_batch_are_one_hot():
    for Z, Y in exercises["07.5"].arguments():
        assert Z.shape == Y.shape
        np.testing.assert_array_equal(Y.sum(axis=0), 1)
        np.testing.assert_array_equal(np.sort(Y, axis=0)[:-1], 0)


@pytest.mark.parametrize("answer", [lambda z: z, lambda z: np.array([1 / (1 + np.exp(-abs(v))) for v in z.ravel()])])
def test_a_sigmoid_for_vectors_alone_is_refused(answer):
    assert said("07.6", answer)


def test_xor_without_biases_from_both_sides_of_its_tolerance():
    for by, right in ((5e-7, True), (5e-6, False)):
        assert (said("07.1", ([[1 + by, -1], [-1, 1]], [[1, 1]])) == "") == right
    assert "numbers" in said("07.1", (np.array([["1", "-1"], ["-1", "1"]]), [[1, 1]]))
    assert "numbers" in said("07.1", ([[1 + 1j, -1], [-1, 1]], [[1, 1]]))
