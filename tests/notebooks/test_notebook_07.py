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
    two_units,
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


def test_numbers_are_in_the_stored_outputs():
    shown = "".join(notebooks.printed(cell) for cell in notebooks.load(PATH).cells if cell.cell_type == "code")
    for number in """[[1.0, [[2.5]] 0.1250 0.8807970780 0.1049935854 0.2500000000 0.0066480567 0.0706508249
        9.54e-07 0.0900305732 0.2447284711 0.6652409558 0.4076059644 -0.33475904 -0.0066036 -0.9933071 0.50""".split():
        assert number in shown, number
    assert "RuntimeWarning: overflow encountered in exp" in shown
    assert "E has a kink within h = 1e-05 of b1" in shown


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
        (([[1, 2], [3, 4]], [[1, 1]]), "wanted is"),
        ((1, 2, 3), "two matrices"),
        (([["a", 1], [1, 1]], [[1, 1]]), "numbers"),
        (([[1, np.nan], [1, 1]], [[1, 1]]), "wanted is"),
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
        wanted = np.sqrt(np.histogram(row, edges)[0])
        np.testing.assert_allclose(shown, 0.85 * wanted / wanted.max())


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


def test_two_units_solve_xor_and_the_identity_does_not():
    X, _ = xor()
    A1, A2 = two_units("relu", X, 1, 1, 0, 1, 1, -1, 1, -2, 0)
    assert A1.tolist() == [[0, 1, 1, 2], [0, 0, 0, 1]]
    assert A2.tolist() == [[0, 1, 1, 0]]
    assert "XOR, exactly" in xor_verdict(A2)
    assert "any straight line" in xor_verdict(np.full((1, 4), 0.5))
    for weights in np.random.default_rng(3).uniform(-3, 3, (200, 9)):
        _, A2 = two_units("identity", X, *weights)
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
