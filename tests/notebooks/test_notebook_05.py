"""Notebook 5: its derivatives are those of the package, its explorers survive every control."""

import re
from itertools import product
from unittest.mock import patch

import numpy as np
import pytest

import notebooks
from shared import plotting
from shared.activations import identity, relu, sigmoid, tanh
from shared.autodiff import Value
from shared.datasets import tiny
from shared.exercises.notebook_05 import exercises
from shared.explorers import graph_stepper, nudge
from shared.explorers.notebook_05 import SIZES, moved
from shared.gradient_check import relative_error
from shared.lessons.graph import LINES, PRODUCTS, sentence, tiny_graph, walk
from shared.lessons.tiny import PARAMETERS, change, slope
from shared.losses import half_mean_squared_error
from shared.network import Network

PATH = notebooks.FOLDER / "05_backpropagation_derivation.ipynb"
SAMPLES = 0, 1, 2


def defined(*names):
    """Return what the notebook's cells define, run alone."""
    return notebooks.defined(PATH, *names)


def printed_by(part):
    """Return what the first cell that contains this text has printed."""
    return next(notebooks.printed(c) for c in notebooks.load(PATH).cells if c.cell_type == "code" and part in c.source)


# --- what the notebook computes


@pytest.mark.parametrize(
    ("part", "numbers"),
    [
        ("def stages(x)", ("1.4400000", "0.9914583", "2.6951621")),
        ("dw_dx = dw_dv * dv_du * du_dx", ("= 0.8436313", "by a central difference   0.8436313")),
        ("dw_dw = 1.0", ("dw/dv = 2.6951621", "dw/dx = 0.8436313")),
        ("by_u, by_v =", ("through u: 28", "through v: 12", "sum 40", "40.000000")),
        ("a2 = z2", ("0.5249792", "0.5744425", "-0.1239058", "0.6315822")),
        ("dW2_11, dW2_12", ("-1.1239058", "-0.5900272", "-0.6456193")),
        ("slopes = sigmoid", ("+2.2478117", "0.2493760", "0.2444583", "-0.2802752", "+0.5494963")),
        ("by_hand = np.array", ("-0.5605504, by trial -0.5605504", "+1.0989925, by trial +1.0989925")),
        ("after = E_one", ("0.6315822", "0.2744547")),
        ("in_order(*back", ("(up to 1e-15 is usual)",)),
        ("len(trial)", ("54 parameters", "(up to 1e-09 is usual)")),
        ("without = [", ("ratio 4.010", "ratio 4.091")),
        ("each.append", ("sample 2: db2 = -0.3057010", "mean:     db2 = -1.0286728")),
        ("grad = network.backward", ("package:  db2 = -1.0286728", "(up to 1e-15 is usual)")),
        ("naive_back(E)", ("dE/dx = 40",)),
        ("naive_back(c)", ("dc/dq = 2, dc/da = 8",)),
        ("Node.order, Node.backward", ("dc/da = 4, dE/dx = 40",)),
        ("doubled.order()", (f"{2**60} paths", "61 nodes")),
        ("def sin(z)", ("2.6951621", "0.8436313")),
        ("w = [Value(number)", ("E = 0.6315822, dW1_11 = -0.2802752, db2_1 = -1.1239058", "(up to 1e-15 is usual)")),
        ("def square_root", ("1.4142136", "0.3535534", "from 49 nodes")),
        ("back_again", ("238,510 parameters", "back 1.01 times", "back 1.95 times", "477,020 forward passes")),
        ("x = Dual(", ("dE/dx = 40.0",)),
        ("walk_forward(k) for k", ("9 walks", "(up to 1e-15 is usual)")),
    ],
)
def test_worked_numbers_are_printed(part, numbers):
    text = printed_by(part)
    for number in numbers:
        assert number in text, f"{number} is not in {text}"


def everything_printed():
    return "".join(notebooks.printed(c) for c in notebooks.load(PATH).cells if c.cell_type == "code")


def test_seven_digits_are_shown_where_they_are_compared():
    assert not re.search(r"\d\.\d{8}", everything_printed())


def test_no_verdict_and_nothing_unusual_is_printed():
    assert not re.search(r"\bTrue\b|\bFalse\b|look again", everything_printed())


def test_the_nine_derivatives_are_listed_once():
    assert everything_printed().count("1.0989925") == 2  # by hand and by trial, in one line
    assert everything_printed().count("dW2_12") == 1


@pytest.mark.parametrize("layers", [1, 2, 5, 50])
def test_the_way_back_costs_at_most_two_passes(layers):
    weights = [100 * 100] * layers
    ratio = (2 * sum(weights) - weights[0]) / sum(weights)
    assert 1 <= ratio < 2


def test_the_mean_trial_differs_by_less_than_the_range_says():
    (size,) = re.findall(r"largest difference (\S+) \(up to 1e-09", printed_by("by_hand = np.array"))
    assert float(size) < 1e-9


def test_no_central_difference_of_the_notebook_is_more_than_it_says():
    """The exact slope of the chain, to more digits than are printed."""
    x = 1.2
    exact = np.exp(np.sin(x * x)) * np.cos(x * x) * 2 * x
    assert f"{exact:.7f}" == "0.8436313"


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 5, 4, 2), (1, 1), (4, 3, 2, 3, 5)])
def test_four_formulas_equal_the_package(sizes):
    forward, back = defined("forward", "back")
    rng = np.random.default_rng(len(sizes))
    activations = [(tanh, sigmoid, relu, identity)[k % 4] for k in range(len(sizes) - 1)]
    network = Network(sizes, activations, rng=rng)
    x, y = rng.standard_normal((sizes[0], 1)), rng.standard_normal((sizes[-1], 1))
    z, a = forward(network.W, network.b, network.g, x)
    dW, db = back(network.W, network.g, z, a, y)
    network.forward(x)
    network.backward(y, half_mean_squared_error)
    for l in range(1, network.L + 1):
        np.testing.assert_allclose(dW[l], network.dW[l], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(db[l], network.db[l], rtol=1e-12, atol=1e-15)


def test_node_calculates_like_value():
    Node, order, backward = defined("Node", "order", "backward")
    Node.order, Node.backward = order, backward
    grads = []
    for kind in (Node, Value):
        a, b = kind(1.5), kind(-0.5)
        q = a * b + a
        E = q * q + b * (q + a)
        E.backward()
        grads.append((E.data, a.grad, b.grad, q.grad))
    assert grads[0] == grads[1]


def test_a_test_at_a_kink_says_so():
    (slope_or_kink,) = defined("slope_or_kink")
    assert "not smooth:" in slope_or_kink(relu, 0.0)
    assert "0.0000 on the left, 1.0000 on the right" in slope_or_kink(relu, 0.0)
    for f, x in product((relu, sigmoid, tanh), (-2.0, -0.3, 0.4, 3.0)):
        assert float(slope_or_kink(f, x).removeprefix("slope ")) == pytest.approx(float(f.derivative(x)), abs=1e-4)


# --- the walk through the graph


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_walk_finds_the_derivatives_of_the_network(sample):
    W, b, X, Y = tiny()
    network = Network.from_parameters(W, b, [sigmoid, identity])
    E = network.error(X[:, [sample]], Y[:, [sample]], half_mean_squared_error)
    network.backward(Y[:, [sample]], half_mean_squared_error)
    values, products = walk(sample)
    assert values["E"] == pytest.approx(E)
    d = {p.name: p.derivative for p in products}
    assert len(products) == len(d) == PRODUCTS
    assert set(d) == set(LINES) - {"E"}
    for l, i in product((1, 2), (0, 1)):
        if i < network.sizes[l]:
            assert d[f"b{'¹²'[l - 1]}{'₁₂'[i]}"] == pytest.approx(network.db[l][i, 0])
            for j in (0, 1):
                name = f"W{'¹²'[l - 1]}{'₁₂'[i]}{'₁₂'[j]}"
                assert d[name] == pytest.approx(network.dW[l][i, j])
                assert values[name] == W[l][i, j]


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_product_uses_what_is_known_and_is_told(sample):
    _, products = walk(sample)
    known = {"E": 1.0}
    for place, p in enumerate(products, 1):
        assert p.derivative == pytest.approx(known[p.after] * p.slope)
        known[p.name] = p.derivative
        told = sentence(place, sample)
        assert told.startswith(f"Product {place} of {PRODUCTS}: d{p.name} is ")
        assert not re.search(r"nan|−0\.$", told)
    assert "go back" in sentence(0, sample)
    assert "nine" in sentence(PRODUCTS, sample)


def test_moves_stop_at_both_ends():
    assert [moved(place, "on") for place in (0, PRODUCTS)] == [1, PRODUCTS]
    assert [moved(place, "back") for place in (0, PRODUCTS)] == [0, PRODUCTS - 1]
    assert [moved(place, "again") for place in (0, 7, PRODUCTS)] == [0, 0, 0]
    assert [moved(place, "all") for place in (0, 7, PRODUCTS)] == [PRODUCTS] * 3


def test_stepper_walks_to_the_end_and_back():
    explorer = graph_stepper()
    pictures = {explorer.png}
    for place in range(1, PRODUCTS + 3):
        explorer.controls["on"].click()
        assert explorer.error is None, explorer.status
        assert f"Product {min(place, PRODUCTS)} of" in explorer.status
        pictures.add(explorer.png)
    assert len(pictures) == PRODUCTS + 1
    explorer.controls["sample"].value = 2
    assert f"Product {PRODUCTS} of" in explorer.status
    explorer.controls["back"].click()
    assert f"Product {PRODUCTS - 1} of" in explorer.status
    explorer.controls["again"].click()
    assert explorer.status.startswith("All values are there")
    explorer.controls["back"].click()
    assert explorer.status.startswith("All values are there")
    explorer.controls["all"].click()
    assert f"Product {PRODUCTS} of" in explorer.status
    assert explorer.error is None


def test_stepper_survives_every_button_in_every_order():
    explorer = graph_stepper(2)
    buttons = ("on", "back", "again", "all")
    for k, (first, second) in enumerate(product(buttons, buttons)):
        explorer.controls[first].click()
        explorer.controls["sample"].value = k % 3
        explorer.controls[second].click()
        assert explorer.error is None, explorer.status


def test_the_figure_shows_as_many_derivatives_as_asked_for():
    for place in (0, 7, PRODUCTS):
        texts = [text.get_text() for text in tiny_graph(place).axes[0].texts]
        # The first line of the legend names the arrow as well.
        assert sum(text.startswith("← ") for text in texts) == place + 1
    assert plotting.png(tiny_graph(3)) == plotting.png(tiny_graph(3))


# --- a nudge


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_the_slope_is_what_small_nudges_find(parameter):
    central = (change(parameter, 1e-5) - change(parameter, -1e-5)) / 2e-5
    assert relative_error(central, slope(parameter)) < 1e-8


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_the_miss_falls_with_the_square(parameter):
    misses = [abs(change(parameter, dw) - slope(parameter) * dw) for dw in (1e-2, 1e-3)]
    assert misses[0] / misses[1] == pytest.approx(100, rel=0.03)
    assert change(parameter, 0.0) == 0


def test_the_miss_of_the_last_bias_is_half_the_square():
    for dw in (1.0, -0.3, 1e-3):
        assert change("b²", dw) - slope("b²") * dw == pytest.approx(dw**2 / 2)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_nudge_survives_every_extreme(parameter):
    explorer = nudge(parameter)
    for size, direction in product((SIZES[0], SIZES[-1]), (1, -1)):
        explorer.controls["size"].value = size
        explorer.controls["direction"].value = direction
        assert explorer.error is None, explorer.status
        assert explorer.status.startswith(f"{parameter}: Δw = ")
        assert "promise misses by" in explorer.status
        assert not re.search("nan|inf", explorer.status)
        x0, x1 = explorer.canvas.figure.axes[0].get_xlim()
        assert x0 < x1


def test_nudge_changes_parameter_and_picture():
    explorer = nudge()
    pictures = set()
    for parameter in [*PARAMETERS, *reversed(PARAMETERS)]:
        explorer.controls["parameter"].value = parameter
        assert explorer.error is None, explorer.status
        pictures.add(explorer.png)
    assert len(pictures) == len(PARAMETERS)


def test_graph_stepper_counts_every_press_that_comes_before_the_next_picture():
    explorer = graph_stepper()
    with patch.object(explorer, "refresh"):  # as if both came before it could draw
        explorer.controls["on"].click()
        explorer.controls["on"].click()
    explorer.refresh()
    assert explorer.status.startswith("Product 2 of")


# --- the exercises: each hint is checked by what it says, each tolerance from both sides


def said(name, answer):
    """Return the hint for an answer, '' for a right one."""
    return exercises[name].verdict(answer).hint or ""


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("exact slope", 3 * 2**2),
        ("to the right side alone", (2.1**3 - 2**3) / 0.1),
        ("to the left side alone", (2**3 - 1.9**3) / 0.1),
        ("you divided by h", (2.1**3 - 1.9**3) / 0.1),
        ("that is f(2.1) − f(1.9)", 2.1**3 - 1.9**3),
        ("you multiplied by h", (2.1**3 - 1.9**3) * 0.1),
        ("needs its parentheses", (2.1**3 - 1.9**3) / 2 * 0.1),
    ],
)
def test_hints_of_the_central_difference(words, number):
    assert words in said("05.a", number)


MISSES = np.array([5, 2, 4]) - np.array([3, 3, 1])


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("mean of the squares; the error has a half", np.mean(MISSES**2)),
        ("half the sum", np.sum(MISSES**2) / 2),
        ("that is the sum of the squares", np.sum(MISSES**2)),
        ("mean of the misses without squares", np.mean(MISSES)),
        ("that is the mean size of the misses", np.mean(np.abs(MISSES))),
        ("half the mean size of the misses", np.mean(np.abs(MISSES)) / 2),
        ("you squared the mean of the misses", np.mean(MISSES) ** 2 / 2),
        ("you divided by 4", np.sum(MISSES**2) / 4 / 2),
    ],
)
def test_hints_of_the_error_of_three(words, number):
    assert words in said("05.b", float(number))


def test_hints_of_the_weight_name_its_place():
    W2 = np.array([[4, 7, 1], [2, 5, 8]])
    for (to, come), weight in np.ndenumerate(W2):
        hint = said("05.c", int(weight))
        if (to, come) == (1, 0):
            assert hint == ""
        else:
            assert f"that leads to node {to + 1} from node {come + 1}" in hint


def at_three():
    x = 3.0
    u, v = x + 1, 2 * x
    return x, u, v, u * v


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("the path through u alone", lambda x, u, v, q: 2 * q * v),
        ("the path through v alone", lambda x, u, v, q: 2 * q * u * 2),
        ("multiplied the two paths with each other", lambda x, u, v, q: 2 * q * v * 2 * q * u * 2),
        ("multiplied the slopes of u and v", lambda x, u, v, q: 2 * q * 1 * 2),
        ("slope of the product u·v", lambda x, u, v, q: v * 1 + u * 2),
        ("you squared the slope of u·v", lambda x, u, v, q: (v * 1 + u * 2) ** 2),
        ("slope of the square alone", lambda x, u, v, q: 2 * q),
        ("half of it", lambda x, u, v, q: q * (v * 1 + u * 2)),
        ("slopes of u·v are swapped", lambda x, u, v, q: 2 * q * (u * 1 + v * 2)),
        ("the path through v has one more factor", lambda x, u, v, q: 2 * q * (v + u)),
        ("slope of v = 2x is 2 everywhere", lambda x, u, v, q: 2 * q * (v * 1 + u * x)),
        ("slope of u = x + 1 is 1 everywhere", lambda x, u, v, q: 2 * q * (v * x + u * 2)),
        ("that is E itself", lambda x, u, v, q: q**2),
    ],
)
def test_hints_of_two_paths_and_a_square(words, number):
    assert words in said("05.1", number(*at_three()))
    assert len([m for m, hint in exercises["05.1"].mistakes if m == number(*at_three())]) == 1


def test_two_paths_and_a_square():
    def error(x):
        return ((x + 1) * 2 * x) ** 2

    assert said("05.1", (error(3 + 1e-5) - error(3 - 1e-5)) / 2e-5) == ""


@pytest.mark.parametrize(
    ("name", "right", "inside", "outside"),
    [
        ("05.a", 12.01, 5e-4, 5e-3),  # 12 is another answer
        ("05.b", 7 / 3, 4e-3, 2e-2),  # 2.33 is right, 2.3 is not
        ("05.1", 672, 3e-4, 2e-3),
    ],
)
def test_tolerances_from_both_sides(name, right, inside, outside):
    for sign in (1, -1):
        assert said(name, right + sign * inside) == ""
        assert said(name, right + sign * outside) != ""


def test_tolerances_of_functions_from_both_sides():
    for name, inside, outside in (("05.2", 2e-7, 1e-5), ("05.3", 2e-7, 1e-5), ("05.6", 2e-7, 1e-5)):
        solution = exercises[name].solution
        assert said(name, lambda *given, f=solution, d=inside: [x * (1 + d) for x in f(*given)]) == ""
        assert said(name, lambda *given, f=solution, d=outside: [x * (1 + d) for x in f(*given)]) != ""
    solution = exercises["05.4"].solution
    assert said("05.4", lambda *given: solution(*given) * (1 + 2e-10)) == ""
    assert said("05.4", lambda *given: solution(*given) * (1 + 1e-8)) != ""


def hidden(slope="1 - a1**2", out="z2", miss="a2 - y", first="np.tanh(z1)", da="W2.T * dz2", dW="dz1 @ x.T", db="dz1"):
    """Return a learner's hidden_gradients with the lines given as text."""
    lines = [
        *("def f(W1, b1, W2, b2, x, y):", "    z1 = W1 @ x + b1", f"    a1 = {first}", "    z2 = W2 @ a1 + b2"),
        *(f"    a2 = {out}", f"    dz2 = {miss}", f"    da1 = {da}", f"    dz1 = da1 * ({slope})"),
        f"    return {dW}, {db}",
    ]
    namespace = {"np": np, "sigmoid": sigmoid, "tanh": tanh}
    exec("\n".join(lines), namespace)
    return namespace["f"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({}, ""),
        ({"slope": "tanh.derivative(z1)"}, ""),
        ({"slope": "1"}, "the slope of tanh is missing"),
        ({"slope": "sigmoid.derivative(z1)"}, ""),  # another slope, at z: nobody has listed it, and it is refused
        ({"slope": "a1 * (1 - a1)"}, "slope of the sigmoid"),
        ({"slope": "tanh.derivative(a1)"}, "at a1. It belongs to the place z1"),
        ({"slope": "1 - z1**2"}, "you took 1 − z1²"),
        ({"slope": "1 - a1"}, "the square is missing"),
        ({"slope": "(1 - a1) ** 2"}, "only a1 is squared"),
        ({"miss": "y - a2"}, "the sign is flipped"),
        ({"miss": "2 * (a2 - y)"}, "twice too large"),
        ({"da": "dz2 * np.ones(W2.T.shape)"}, "the weights W2 are missing"),
        ({"da": "W2 * dz2"}, "a row"),
        ({"dW": "dz1 @ a1.T"}, "the inputs x"),
        ({"dW": "x @ dz1.T"}, "transposed"),
        ({"dW": "dz1 * x"}, "every pair"),
        ({"db": "dz1.T"}, "db1 is a row"),
        ({"db": "dz1[:, 0]"}, "has the shape (n,)"),
        ({"first": "sigmoid(z1)"}, "on the way forward"),
        ({"first": "sigmoid(z1)", "slope": "a1 * (1 - a1)"}, "still the network with the sigmoid"),
        ({"out": "np.tanh(z2)"}, "the output has the identity"),
        ({"out": "np.tanh(z2)", "miss": "(a2 - y) * (1 - a2**2)"}, "you gave tanh to the output as well"),
    ],
)
def test_hidden_gradients_gets_the_hint_that_names_its_line(lines, words):
    hint = said("05.2", hidden(**lines))
    if lines == {"slope": "sigmoid.derivative(z1)"}:
        assert "expected" in hint
    elif words:
        assert words in hint
    else:
        assert hint == ""


@pytest.mark.parametrize(
    ("start", "weights", "biases", "words"),
    [
        ("(A2 - Y) / Y.shape[1]", "d @ A1.T", "d.sum(axis=1, keepdims=True)", ""),
        ("A2 - Y", "d @ A1.T / Y.shape[1]", "d.mean(axis=1, keepdims=True)", ""),  # Ng's way
        ("A2 - Y", "d @ A1.T", "d.sum(axis=1, keepdims=True)", "the 1/m is missing"),
        ("(Y - A2) / Y.shape[1]", "d @ A1.T", "d.sum(axis=1, keepdims=True)", "the sign is flipped"),
        ("(A2 - Y) / len(Y)", "d @ A1.T", "d.sum(axis=1, keepdims=True)", "counts the rows"),
        ("(A2 - Y) / Y.size", "d @ A1.T", "d.sum(axis=1, keepdims=True)", "times the number of outputs"),
        ("(A2 - Y) / Y.shape[1]", "d @ A2.T", "d.sum(axis=1, keepdims=True)", "*into* layer 2"),
        ("(A2 - Y) / Y.shape[1]", "A1 @ d.T", "d.sum(axis=1, keepdims=True)", "transposed"),
        ("(A2 - Y) / Y.shape[1]", "d @ A1.T", "d.mean(axis=1, keepdims=True)", "db2 takes the mean"),
        ("(A2 - Y) / Y.shape[1]", "d @ A1.T / Y.shape[1]", "d.sum(axis=1, keepdims=True)", "dW2 is divided by m twice"),
        ("(A2 - Y) / Y.shape[1]", "d @ A1.T", "d.sum(axis=0, keepdims=True)", "summed over the nodes"),
        ("(A2 - Y) / Y.shape[1]", "d @ A1.T", "d.sum(axis=1)", "has the shape (n,)"),
        ("A2 - Y", "d @ A1.T", "d.mean(axis=1, keepdims=True)", "db2 is right, but dW2 has no 1/m"),
        ("A2 - Y", "d @ A1.T / Y.shape[1]", "d.sum(axis=1, keepdims=True)", "dW2 is right, but db2 has no 1/m"),
    ],
)
def test_last_layer_gets_the_hint_that_names_its_line(start, weights, biases, words):
    namespace = {}
    exec(f"def f(A1, A2, Y):\n    d = {start}\n    return {weights}, {biases}", namespace)
    hint = said("05.3", namespace["f"])
    assert words in hint if words else hint == ""


def compare(
    gradient_of="gradient[i]", slope="(f(up) - f(down)) / (2 * h)", size="abs(s - g)", best="max", n="len(theta)"
):
    lines = [
        *("def c(f, theta, gradient, h):", "    found = []", f"    for i in range({n}):"),
        *("        up, down = theta.copy(), theta.copy()", "        up[i] += h", "        down[i] -= h"),
        *(f"        s, g = {slope}, {gradient_of}", f"        found.append({size})", f"    return {best}(found)"),
    ]
    namespace = {"np": np}
    exec("\n".join(lines), namespace)
    return namespace["c"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({}, ""),
        ({"n": "len(gradient)"}, ""),
        ({"n": "3"}, "only three parameters"),
        ({"slope": "(f(up) - f(theta)) / h"}, "the forward difference"),
        ({"slope": "(f(theta) - f(down)) / h"}, "to one side, down"),
        ({"slope": "(f(up) - f(down)) / h"}, "2h apart"),
        ({"slope": "(f(up) - f(down)) / 2 * h"}, "Parentheses"),
        ({"size": "s - g"}, "without `abs`"),
        ({"size": "(s - g) ** 2"}, "that is the square"),
        ({"best": "sum"}, "add the differences up"),
        ({"best": "min"}, "smallest"),
        ({"best": "np.mean"}, "mean of the differences"),
        ({"best": "list"}, "all differences"),
        ({"gradient_of": "gradient[0]"}, "expected"),
        ({"size": "np.abs(s - gradient).max()"}, "expected"),
    ],
)
def test_worst_difference_gets_the_hint_that_names_its_line(lines, words):
    hint = said("05.4", compare(**lines))
    assert words in hint if words else hint == ""


@pytest.mark.parametrize(
    ("start", "last", "order", "line", "words"),
    [
        (0.0, 1.0, "reversed(nodes)", "d[j] += d[k] * slope", ""),
        (1.0, 1.0, "reversed(nodes)", "d[j] += d[k] * slope", "every node starts at 1"),
        (0.0, 0.0, "reversed(nodes)", "d[j] += d[k] * slope", "all zero: who starts?"),
        (0.0, 1.0, "nodes", "d[j] += d[k] * slope", "from the first node to the last"),
        (0.0, 1.0, "nodes[-2::-1]", "d[j] += d[k] * slope", "the last node passes nothing on"),
        (0.0, 1.0, "reversed(nodes)", "d[j] = d[k] * slope", "paths add"),
        (0.0, 1.0, "reversed(nodes)", "d[j] += slope", "*times* the slope"),
        (0.0, 1.0, "reversed(nodes)", "d[j] += d[k] + slope", "along a path slopes multiply"),
    ],
)
def test_graphs_get_the_hint_that_names_the_line(start, last, order, line, words):
    def derivatives(graph):
        nodes, d = range(len(graph)), [start] * len(graph)
        d[-1] = last
        for k in eval(order, {"nodes": nodes}):
            for j, times in graph[k]:
                exec(line, {"d": d, "j": j, "k": k, "slope": times})
        return d

    hint = said("05.5", derivatives)
    assert words in hint if words else hint == ""


def test_graphs_of_the_friend():
    def right(graph):
        d = [0.0] * len(graph)
        d[-1] = 1.0
        for k in range(len(graph) - 1, -1, -1):
            for j, times in graph[k]:
                d[j] += d[k] * times
        return d

    def never_alone(graph):  # forgets that a graph may have one node
        return right(graph) if len(graph) > 1 else [0.0]

    def by_paths(graph):  # slow and right: the sum over all paths
        def from_last_to(j):
            if j == len(graph) - 1:
                return 1.0
            return sum(s * from_last_to(k) for k in range(len(graph)) for i, s in graph[k] if i == j)

        return [from_last_to(j) for j in range(len(graph))]

    assert said("05.5", right) == said("05.5", by_paths) == ""
    assert said("05.5", never_alone)
    (friend,) = defined("derivatives_of_friend")
    assert "passes on its derivative before it is complete" in said("05.5", friend)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a / b, 1 / b, -a / b**2", ""),
        ("a / b, b**-1, -a * b**-2", ""),
        ("a / b, 1 / b, a / b**2", "a minus is missing"),
        ("a / b, 1 / b, -1 / b**2", "multiplied by a"),
        ("a / b, b, a", "slopes of a · b"),
        ("a / b, -a / b**2, 1 / b", "swapped"),
        ("a / b, 1 / b, -b / a**2", "slope of b/a with respect to a"),
        ("a // b, 1 / b, -a / b**2", "rounds down"),
        ("1 / b, -a / b**2", "three numbers"),
    ],
)
def test_division_gets_the_hint_that_names_its_slope(row, words):
    hint = said("05.6", eval(f"lambda a, b: ({row})"))
    assert words in hint if words else hint == ""


def test_a_row_for_da1_in_two_loops_is_told_apart():
    def hidden_gradients(W1, b1, W2, b2, x, y):
        a1 = np.tanh(W1 @ x + b1)
        dz1 = W2 * (W2 @ a1 + b2 - y) * (1 - a1**2)  # a row times a column: a table
        dW1 = np.zeros(W1.shape)
        for i in range(len(W1)):
            for j in range(len(x)):
                dW1[i, j] = dz1[i, 0] * x[j, 0]
        return dW1, dz1

    assert "your da1 is a row" in said("05.2", hidden_gradients)
