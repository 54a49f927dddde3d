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
from shared.explorers import graph_stepper, nudge
from shared.explorers.notebook_03 import PARAMETERS
from shared.explorers.notebook_05 import LINES, PRODUCTS, SIZES, change, moved, sentence, slope, tiny_graph, walk
from shared.gradient_check import relative_error
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
        ("def stages(x)", ("1.4400000000", "0.9914583482", "2.6951620925")),
        ("dw_dx = dw_dv * dv_du * du_dx", ("0.8436312858", "by a central difference         0.84363128")),
        ("by_u, by_v =", ("sum 40", "40.000000")),
        ("a2 = z2", ("0.5249791875", "0.5744425168", "-0.1239058461", "0.6315821755")),
        ("dW2_11, dW2_12", ("-1.1239058461", "-0.5900271779", "-0.6456193029")),
        ("slopes = sigmoid", ("+2.2478116923", "0.2493760402", "0.2444583117", "-0.2802751895", "+0.5494962513")),
        ("dW1 = [[dz1", ("-0.5605503789", "1.0989925026")),
        ("after = E_one", ("0.6315821755", "0.2744546532")),
        ('dW2", np.round(dW[2]', ("-0.2802751895", "-0.6456193029")),
        ("len(trial)", ("54 parameters", "True")),
        ("grad = network.backward", ("-0.4490322159", "-1.0286727538", "+0.5131528058", "-0.2477007072")),
        ("naive_back(E)", ("dE/dx = 40",)),
        ("naive_back(c)", ("dc/db = 2, dc/da = 8",)),
        ("Node.order, Node.backward", ("dc/da = 4, dE/dx = 40",)),
        ("doubled.order()", (f"{2**60} paths", "61 nodes")),
        ("def sin(z)", ("2.6951620925", "0.8436312858")),
        ("def square_root", ("1.4142135624", "0.3535533906")),
        ("back_again", ("238,510 parameters", "477,020 forward passes")),
        ("class Dual", ("dE/dx = 40.0",)),
        ("def walk_forward", ("9 walks", "True")),
    ],
)
def test_worked_numbers_are_printed(part, numbers):
    text = printed_by(part)
    for number in numbers:
        assert number in text, f"{number} is not in {text}"


def test_trial_and_hand_agree_to_ten_digits():
    (size,) = re.findall(r"largest difference: (\S+)", printed_by("by_hand = ["))
    assert float(size) < 1e-10


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
