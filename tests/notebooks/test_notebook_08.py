"""Notebook 8: its worked numbers, its library against the package, its explorer at the ends of its controls."""

import ast
import re
import sys
from itertools import pairwise

import numpy as np
import pytest

import notebooks
import shared.network
import shared.optimizers
from notebooks import FOLDER, cells, load
from shared.activations import Activation, identity, sigmoid, softmax, tanh
from shared.datasets import one_hot, sine, tiny, two_moons, xor
from shared.exercises.notebook_08 import exercises
from shared.explorers import notebook_08 as explorer
from shared.gradient_check import gradient_check, relative_error
from shared.lessons.descents import FORMULAS, OPTIMIZERS, Halt
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy, softmax_cross_entropy
from shared.training import mini_batches, train

PATH = FOLDER / "08_implementation.ipynb"


@pytest.fixture(scope="module")
def written():
    """Return what the notebook defines: its functions and classes, without running anything else."""
    kept = []
    for _, source in cells(PATH, "code"):
        for node in ast.parse(source).body:
            code = ast.unparse(node)
            definition = isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))
            if definition or code.startswith(("PlainNetwork.", "length", "moons")):  # methods added later, two names
                kept.append(code)
    names = {}
    exec("\n".join(kept), names)
    return names


# --- worked numbers


def descend(network, X, Y, optimizer, steps):
    """Return the errors before each step and after the last."""
    errors = []
    for _ in range(steps + 1):
        errors.append(network.error(X, Y, half_mean_squared_error))
        network.backward(Y, half_mean_squared_error)
        optimizer.step(network.theta, network.grad)
    return errors


def test_sine():
    X, Y = sine()
    network = explorer.sine_network(20)
    errors = descend(network, X, Y, shared.optimizers.GradientDescent(0.1), 20_000)
    steps = (0, 100, 1000, 10_000, 20_000)
    wanted = (0.698033, 0.238607, 0.0259665, 0.00535132, 0.00480154)
    assert [errors[k] for k in steps] == pytest.approx(wanted, rel=2e-6)
    off = np.abs(network(X) - Y)[0]
    assert off.max() == pytest.approx(0.31, abs=0.005)
    assert off.argmax() == 0


def test_constant_start_keeps_the_rows_equal():
    network = explorer.sine_network(20)
    for l in (1, 2):
        network.W[l][:], network.b[l][:] = 0.1, 0
    E = descend(network, *sine(), shared.optimizers.GradientDescent(0.1), 2000)[-1]
    assert E == pytest.approx(0.250875, rel=2e-6)
    assert np.ptp(network.W[1]) < 1e-12


def test_equal_biases_are_no_symmetry():
    """With different weights and biases of 0 all derivatives in db1 differ; with equal weights none does."""
    for equal, wanted in ((False, 20), (True, 1)):
        network = explorer.sine_network(20)
        for l in (1, 2):
            network.b[l][:] = 0
            if equal:
                network.W[l][:] = 0.1
        X, Y = sine()
        network.error(X, Y, half_mean_squared_error)
        network.backward(Y, half_mean_squared_error)
        assert len(np.unique(network.db[1].round(9))) == wanted
        spread = np.ptp(network.b[1] - 0.1 * network.db[1])
        assert (spread > 1e-3) == (not equal), "after the first step the biases differ, too"
    assert "biases all 0: 20 different derivatives in db1, of 20" in outputs_of("biases all 0")


def test_accuracy_stands_while_the_error_falls():
    printed = outputs_of("of 200 right")
    assert "step   10: E = 0.2718, 178 of 200 right\nstep  100: E = 0.2359, 178 of 200 right" in printed


def test_the_noise_of_few_points():
    """What even the true sine leaves on the 12 and the 78 points; the network at step 100 is above it."""
    rng = np.random.default_rng(1)
    X = rng.uniform(-5, 5, (1, 90))
    noise = 0.3 * rng.standard_normal(X.shape)
    few, other = (np.mean(part**2) / 2 for part in (noise[:, :12], noise[:, 12:]))
    assert (few, other) == pytest.approx((0.037, 0.039), abs=5e-4)
    printed = outputs_of("true sine")
    assert f"true sine: E = {few:.3f}, validation error {other:.3f}" in printed
    rows = [[float(t) for t in re.findall(r"0\.\d+", row)] for row in printed.splitlines()]
    assert [E for E, _ in rows[:4]] == sorted([E for E, _ in rows[:4]], reverse=True)
    assert min(E for _, E in rows[:4]) == rows[1][1] == 0.042
    assert other < 0.042 < 1.1 * other
    assert rows[3][0] < few / 10


@pytest.mark.parametrize(("hidden", "wanted"), [(2, 9), (3, 10)])
def test_xor(hidden, wanted):
    solved = 0
    for seed in range(10):
        network = shared.network.Network([2, hidden, 1], [tanh, identity], rng=np.random.default_rng(seed))
        E = descend(network, *xor(), shared.optimizers.GradientDescent(0.3), 5000)[-1]
        solved += E < 0.01
        assert E < 1e-20 or E == pytest.approx(1 / 16, abs=1e-3)
    assert solved == wanted


# --- three kinds of places: no minimum, a local minimum, a lower one

HILL = np.arange(-6.0, 7.0).reshape(1, 13), np.array([[0.0, 0, 1, 3, 5, 6, 6, 6, 5, 3, 2, 1, 1]])


def by_hand(theta, X, Y):
    """Return E, gradient and Hessian of a network 1-1-1 (tanh, identity), from formulas written out."""
    w, b, v, c = theta
    x, y = X[0], Y[0]
    a = np.tanh(w * x + b)
    slope, bend = 1 - a**2, -2 * a * (1 - a**2)
    miss = v * a + c - y
    first = np.array([v * slope * x, v * slope, a, np.ones_like(a)])  # of the output, with respect to w, b, v, c
    second = np.zeros((4, 4, len(x)))
    second[0, 0], second[1, 1] = v * bend * x**2, v * bend
    second[0, 1] = second[1, 0] = v * bend * x
    second[0, 2] = second[2, 0] = slope * x
    second[1, 2] = second[2, 1] = slope
    m = len(x)
    return np.sum(miss**2) / (2 * m), first @ miss / m, (first @ first.T + second @ miss) / m


@pytest.fixture(scope="module")
def places(written):
    """Return the two parameter vectors at which the notebook arrives, as it arrives there."""
    found = {}
    for seed in (3, 7):
        network = written["Network"]([1, 1, 1], [tanh, identity], np.random.default_rng(seed))
        written["train"](
            network, *HILL, half_mean_squared_error, written["GradientDescent"](0.1), 13, 2000,
            np.random.default_rng(seed),
        )  # fmt: skip
        for _ in range(8):
            grad, H = written["gradient_and_hessian"](network, *HILL, half_mean_squared_error)
            network.theta -= np.linalg.solve(H, grad)
        found[seed] = network.theta.copy()
    return found


def test_hessian(written):
    """The notebook's differences agree with second derivatives written out."""
    network = written["Network"]([1, 1, 1], [tanh, identity], np.random.default_rng(0))
    network.theta[:] = 0.7, -0.3, 1.1, 0.4
    grad, H = written["gradient_and_hessian"](network, *HILL, half_mean_squared_error)
    _, wanted_grad, wanted_H = by_hand(network.theta, *HILL)
    assert np.allclose(grad, wanted_grad, atol=1e-12)
    assert np.allclose(H, wanted_H, atol=1e-8)
    assert network.theta.tolist() == [0.7, -0.3, 1.1, 0.4], "the parameters are put back"


@pytest.mark.parametrize(("seed", "error", "smallest"), [(3, 2.0913494, 0.00225788), (7, 1.4260354, 0.00658876)])
def test_both_places_on_the_hill_are_minima(places, seed, error, smallest):
    E, grad, H = by_hand(places[seed], *HILL)
    assert E == pytest.approx(error, abs=1e-7)
    assert np.linalg.norm(grad) < 1e-12
    assert np.linalg.eigvalsh(H)[0] == pytest.approx(smallest, rel=1e-5), "all curvatures are positive"
    rng = np.random.default_rng(0)
    for _ in range(200):
        nudge = rng.standard_normal(4)
        nudge *= 1e-3 / np.linalg.norm(nudge)
        assert by_hand(places[seed] + nudge, *HILL)[0] > E


def test_a_ridge_stands_between_them(places):
    way = [by_hand((1 - t) * places[3] + t * places[7], *HILL)[0] for t in np.linspace(0, 1, 101)]
    assert max(way) == pytest.approx(2.958, abs=5e-4)
    assert way[0] > way[-1]


def test_a_second_node_opens_a_way_out(written, places):
    w, b, v, c = places[3]
    network = written["Network"]([1, 2, 1], [tanh, identity], np.random.default_rng(1))
    network.W[1][0], network.b[1][0] = w, b
    network.W[2][:], network.b[2][:] = [[v, 0]], c
    loss = half_mean_squared_error
    grad, H = written["gradient_and_hessian"](network, *HILL, loss)
    assert network.error(*HILL, loss) == pytest.approx(2.0913494, abs=1e-7)
    assert np.linalg.norm(grad) == pytest.approx(0.757, abs=5e-4)
    assert np.linalg.eigvalsh(H)[0] == pytest.approx(-0.297, abs=5e-4)
    written["train"](network, *HILL, loss, written["GradientDescent"](0.03), 13, 5000, np.random.default_rng(0))
    assert network.error(*HILL, loss) == pytest.approx(0.028, abs=5e-4)
    assert -network.b[1][:, 0] / network.W[1][:, 0] == pytest.approx([2.80, -3.04], abs=5e-3)


def test_starts_on_the_hill(written):
    rng, ends = np.random.default_rng, []
    for seed in range(10):
        network = written["Network"]([1, 1, 1], [tanh, identity], rng(seed))
        written["train"](
            network, *HILL, half_mean_squared_error, written["GradientDescent"](0.1), 13, 2000, rng(0)
        )  # fmt: skip
        ends.append(round(network.error(*HILL, half_mean_squared_error), 3))
    assert ends == [1.426] * 3 + [2.093] + [1.426] * 6


def test_the_stuck_xor_network_is_at_no_minimum(written):
    """Four times the steps, a quarter of the distance to 1/16; a curvature below zero; the parameters grow."""
    network = shared.network.Network([2, 2, 1], [tanh, identity], rng=np.random.default_rng(2))
    above, smallest, size, steepness = [], [], [], []
    for steps in (5000, 15_000, 60_000):
        errors = descend(network, *xor(), shared.optimizers.GradientDescent(0.3), steps - 1)
        E = network.error(*xor(), half_mean_squared_error)
        assert E <= errors[0]
        grad, H = written["gradient_and_hessian"](network, *xor(), half_mean_squared_error)
        above.append(E - 1 / 16)
        smallest.append(np.linalg.eigvalsh(H)[0])
        size.append(np.linalg.norm(network.theta))
        steepness.append(np.linalg.norm(grad))
    assert above == pytest.approx([3.09e-4, 7.90e-5, 2.01e-5], rel=5e-3)
    assert [a / b for a, b in pairwise(above)] == pytest.approx([4, 4], rel=0.05)
    assert smallest == pytest.approx([-8.0e-5, -1.8e-5, -4.6e-6], rel=2e-2)
    assert steepness == pytest.approx([4.49e-4, 1.14e-4, 2.88e-5], rel=5e-3)
    assert size == pytest.approx([5.17, 6.06, 6.98], abs=6e-3)


# --- optimizers, each with learning rates that suit it

SUITABLE = {
    "GradientDescent": {0.3: 0.236, 1: 0.114, 3: 0.240},
    "Momentum": {0.1: 0.106, 0.3: 0.031, 1: 0.021},
    "Adam": {0.03: 0.068, 0.1: 0.022, 0.3: 0.024},
}


def five_errors(name, rate):
    """Return what the notebook's function of this name returns, found with the package."""
    X, Y = two_moons(200, 0.15, np.random.default_rng(1))
    errors = []
    for seed in range(5):
        network = shared.network.Network([2, 8, 1], [tanh, sigmoid], rng=np.random.default_rng(seed))
        train(
            network, X, Y, sigmoid_cross_entropy, getattr(shared.optimizers, name)(rate),
            batch_size=20, epochs=40, rng=np.random.default_rng(seed),
        )  # fmt: skip
        errors.append(network.error(X, Y, sigmoid_cross_entropy))
    return np.sort(errors)


def middle_error(name, rate):
    return five_errors(name, rate)[2]


@pytest.mark.parametrize("name", SUITABLE)
def test_suitable_learning_rates(name):
    for rate, wanted in SUITABLE[name].items():
        assert middle_error(name, rate) == pytest.approx(wanted, abs=6e-4)


def test_each_optimizer_arrives_at_about_the_same_error():
    best = {name: min(found.values()) for name, found in SUITABLE.items()}
    best["GradientDescent"] = middle_error("GradientDescent", 10)
    assert 0.025 < best["GradientDescent"] < 0.031
    assert max(best.values()) < 1.5 * min(best.values())
    first = np.array(
        [[float(t) for t in re.findall(r"\d\.\d+", row)] for row in outputs_of("pairs = [").splitlines()[1:]]
    )
    assert first[1].min() > 5 * first[3].min(), "plain descent and Adam in the first table"
    for name, too_large in (("GradientDescent", 30), ("Momentum", 3), ("Adam", 3)):
        assert middle_error(name, too_large) > 4 * best[name], "the row has got worse again"


def test_the_rows_of_the_first_table_are_shifted_but_for_one_entry():
    rows = [re.findall(r"\d\.\d+", row) for row in outputs_of("pairs = [").splitlines()[1:4]]
    assert rows[1][:3] == rows[0][1:]
    assert rows[2][:2] == rows[1][1:3]
    assert (rows[2][2], rows[1][3]) == ("0.24", "0.10"), "the exception"
    assert SUITABLE["Momentum"][0.1] == pytest.approx(SUITABLE["GradientDescent"][1], rel=0.1), "and it is luck"


def test_one_rise_is_not_the_end():
    """The median at γ = 3 stands for two groups of runs; at 10 plain descent is best."""
    found = five_errors("GradientDescent", 3)
    assert found == pytest.approx([0.027, 0.060, 0.240, 0.246, 0.248], abs=6e-4)
    assert f"all five of GradientDescent at 3: {found.round(3)}" in outputs_of("suitable = ")
    row = SUITABLE["GradientDescent"]
    assert row[3] > row[1] > middle_error("GradientDescent", 10)


# --- symmetry


@pytest.mark.parametrize(("start", "differ"), list(zip("abcd", exercises["08.6"].solution, strict=True)))
def test_symmetry_is_broken_by_one_random_layer(start, differ):
    network = explorer.sine_network(20)
    network.b[1][:], network.b[2][:] = 0, 0
    if start in "abd":
        network.W[1][:] = 0 if start == "d" else 0.1
    if start in "acd":
        network.W[2][:] = 0 if start == "d" else 0.1
    descend(network, *sine(), shared.optimizers.GradientDescent(0.1), 500)
    assert (np.ptp(np.hstack([network.W[1], network.W[2].T]), axis=0).max() > 1e-6) == differ


# --- the notebook's library and the package


def pair(written, sizes, activations, seed=5):
    """Return the notebook's network and the package's, with the same seed."""
    mine = written["Network"](sizes, activations, np.random.default_rng(seed))
    return mine, shared.network.Network(sizes, activations, rng=np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("last", "loss"),
    [
        (identity, half_mean_squared_error),
        (sigmoid, sigmoid_cross_entropy),
        (softmax, softmax_cross_entropy),
        (softmax, half_mean_squared_error),
    ],
    ids=lambda part: part.name,
)
def test_network(written, last, loss):
    mine, theirs = pair(written, [3, 5, 4, 2], [tanh, sigmoid, last])
    rng = np.random.default_rng(6)
    X, Y = rng.standard_normal((3, 7)), one_hot(rng.integers(2, size=7), 2)
    assert np.array_equal(mine.theta, theirs.theta)
    assert np.allclose(mine(X), theirs(X), rtol=1e-13, atol=0)
    assert mine.error(X, Y, loss) == pytest.approx(theirs.error(X, Y, loss), rel=1e-13)
    assert np.allclose(mine.backward(Y, loss), theirs.backward(Y, loss), rtol=1e-11, atol=1e-15)
    assert all(np.shares_memory(mine.theta, mine.W[l]) for l in (1, 2, 3))
    assert all(np.shares_memory(mine.grad, mine.db[l]) for l in (1, 2, 3))


def test_both_classes_of_the_notebook_agree(written):
    sizes, activations = [3, 5, 4, 2], [tanh, sigmoid, softmax]
    plain, network = (
        written[name](sizes, activations, np.random.default_rng(3)) for name in ("PlainNetwork", "Network")
    )
    rng = np.random.default_rng(6)
    X, Y = rng.standard_normal((3, 7)), one_hot(rng.integers(2, size=7), 2)
    assert plain.error(X, Y, softmax_cross_entropy) == network.error(X, Y, softmax_cross_entropy)
    plain.backward(Y, softmax_cross_entropy)
    network.backward(Y, softmax_cross_entropy)
    for l in (1, 2, 3):
        assert np.array_equal(plain.dW[l], network.dW[l])
        assert np.array_equal(plain.db[l], network.db[l])


@pytest.mark.parametrize(("name", "passes"), [("tanh", True), ("wrong_tanh", False)])
def test_both_checks_of_the_notebook_agree(written, name, passes):
    wrong_tanh = Activation("wrong tanh", np.tanh, lambda Z: 1 - np.tanh(np.tanh(Z)) ** 2)
    g = {"tanh": tanh, "wrong_tanh": wrong_tanh}[name]
    networks = [
        written[kind]([3, 5, 4, 2], [g, sigmoid, identity], np.random.default_rng(0))
        for kind in ("PlainNetwork", "Network")
    ]
    rng = np.random.default_rng(6)
    X, Y = rng.standard_normal((3, 7)), rng.standard_normal((2, 7))
    loss = half_mean_squared_error
    plain = relative_error(*written["both_ways"](networks[0], X, Y, loss))
    vector = written["gradient_check"](networks[1], X, Y, loss)
    assert (plain < 1e-8) == (vector < 1e-8) == passes
    assert passes or plain == pytest.approx(vector, rel=1e-6)
    assert passes or plain > 1e-3


def test_gradient_check(written):
    mine, theirs = pair(written, [2, 2, 1], [sigmoid, identity])
    W, b, X, Y = tiny()
    for network in (mine, theirs):
        for l in (1, 2):
            network.W[l][:], network.b[l][:] = W[l], b[l]
    before = mine.theta.copy()
    result = written["gradient_check"](mine, X, Y, half_mean_squared_error)
    assert result == pytest.approx(gradient_check(theirs, X, Y, half_mean_squared_error)["theta"])
    assert np.array_equal(mine.theta, before)


def test_mini_batches(written):
    generators = (f(11, 4, np.random.default_rng(7)) for f in (written["mini_batches"], mini_batches))
    for a, b in zip(*generators, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("name", ["GradientDescent", "Momentum", "Adam"])
def test_training(written, name):
    X, Y = two_moons(50, 0.1, np.random.default_rng(8))
    networks = pair(written, [2, 6, 1], [tanh, sigmoid])
    mine = written["train"](
        networks[0], X, Y, sigmoid_cross_entropy, written[name](0.05), 16, 5, np.random.default_rng(9)
    )
    theirs = train(
        networks[1], X, Y, sigmoid_cross_entropy, getattr(shared.optimizers, name)(0.05),
        batch_size=16, epochs=5, rng=np.random.default_rng(9),
    )  # fmt: skip
    assert mine == pytest.approx(theirs.error, rel=1e-9)
    assert np.allclose(networks[0].theta, networks[1].theta, rtol=1e-8, atol=1e-12)


def test_files_go_both_ways(written, tmp_path):
    mine, theirs = pair(written, [2, 3, 1], [tanh, identity])
    written["save"](mine, tmp_path / "mine.npz")
    theirs.save(tmp_path / "theirs.npz")
    assert np.array_equal(shared.network.Network.load(tmp_path / "mine.npz").theta, mine.theta)
    assert np.array_equal(written["load"](tmp_path / "theirs.npz").theta, mine.theta)


# --- the explorer

ENDS = [
    {"hidden": hidden, "learning_rate": rate, "optimizer": optimizer, "iteration": 0}
    for hidden in (1, 40)
    for rate in (1e-3, 0.1, 10.0)
    for optimizer in OPTIMIZERS
]


def test_a_picture_of_an_older_value_leaves_the_slider_alone():
    made = explorer.sine_fit()
    for _ in range(5):
        made.step()
    made.controls["iteration"].value = 3
    made.draw(made.state, **made.values | {"iteration": 2})  # the page has moved on, from 2 to 3
    assert made.controls["iteration"].value == 3


@pytest.mark.parametrize("values", ENDS, ids=lambda v: f"{v['hidden']}-{v['learning_rate']}-{v['optimizer']}")
def test_every_end_of_the_controls(values):
    with np.errstate(all="ignore"):
        run = explorer.begin(**values)
        assert run.errors[0] < 2
        end = ""
        try:
            for _ in range(300):
                run = explorer.step(run, **values)
        except Halt as halt:
            end = str(halt)
    if end:
        assert "grew beyond all bounds" in end
        assert ("is above" in end) == (values["optimizer"] in FORMULAS)
    assert np.isfinite(run.errors).all()
    assert np.isfinite(run.path).all()
    assert np.isfinite(explorer.predictions(run.path[run.k], explorer.HORIZONTAL)).all()


def test_explorer_shows_the_numbers_of_the_notebook():
    shown = explorer.sine_fit()
    assert "at the start E = 0.698" in shown.status
    for _ in range(100):
        shown.step()
    assert "after 100 iterations E = 0.2386" in shown.status
    shown.controls["iteration"].value = 50
    assert "after 50 iterations" in shown.status
    shown.controls["iteration"].value = 20_000
    assert shown.controls["iteration"].value == 100, "nothing has been trained beyond"
    shown.step()
    assert "after 101 iterations" in shown.status
    shown.close()


def test_explorer_ends_and_its_past_can_still_be_seen(monkeypatch):
    monkeypatch.setattr(explorer, "ITERATIONS", 30)
    shown = explorer.sine_fit()
    for _ in range(31):
        shown.step()
    assert shown.status.startswith("Stopped. All 30 iterations are done.")
    shown.controls["iteration"].value = 10
    assert "after 10 iterations" in shown.status
    shown.reset()
    assert shown.status.startswith("Ready.")
    assert "at the start E = 0.698" in shown.status
    shown.close()


def test_largest_curvature_is_that_of_the_error():
    """Along its direction the error of a small step is what the curvature says."""
    network = explorer.sine_network(3)
    curvature = explorer.curvature_at(network.theta)
    hessian = np.empty((network.p, network.p))
    theta, h = network.theta.copy(), 1e-4
    X, Y = sine()
    for i, direction in enumerate(np.eye(network.p)):
        for j, other in enumerate(np.eye(network.p)):
            values = []
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                network.theta[:] = theta + h * (a * direction + b * other)
                values.append(network.error(X, Y, half_mean_squared_error))
            hessian[i, j] = (values[0] - values[1] - values[2] + values[3]) / (4 * h * h)
    assert curvature == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-4)


def outputs_of(words):
    """Return the stored text below the cell whose code contains the words."""
    (cell,) = [cell for cell in load(PATH).cells if cell.cell_type == "code" and words in cell.source]
    return notebooks.printed(cell)


def test_three_nodes_lie_below_the_constant_and_adam_finds_the_wave():
    X, Y = sine()
    assert Y.var() / 2 == pytest.approx(0.2635, abs=5e-5)
    E = descend(explorer.sine_network(3), X, Y, shared.optimizers.GradientDescent(0.1), 20_000)[-1]
    assert E == pytest.approx(0.2503, abs=5e-5)
    E = descend(explorer.sine_network(3), X, Y, shared.optimizers.Adam(0.1), 200)[-1]
    assert E == pytest.approx(0.0006, abs=5e-5)


def test_momentum_needs_a_tenth_of_the_steps():
    X, Y = sine()
    for rate, wanted in ((0.1, (20_000, 2004, 117)), (0.2, (9993, 1000, 82))):
        for name, most in zip(("GradientDescent", "Momentum", "Adam"), wanted, strict=True):
            optimizer = getattr(shared.optimizers, name)(rate)
            errors = descend(explorer.sine_network(20), X, Y, optimizer, most)
            assert errors[-1] <= 0.0048015389 < errors[-2]
        assert wanted[0] / wanted[1] == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize(("rate", "steps", "low", "high"), [(0.1, 2000, 20, 50), (0.01, 20_000, 1.5, 8)])
def test_shorter_steps_of_adam_jump_less_far(rate, steps, low, high):
    errors = np.array(descend(explorer.sine_network(20), *sine(), shared.optimizers.Adam(rate), steps))
    assert low < max(errors[201:] / errors[200:-1]) < high


def test_the_validation_error_turns_while_the_training_error_falls():
    """And E ends far below half the mean square of the noise, 0.3²/2 = 0.045."""
    shown = re.findall(r": E = ([\d.]+), validation error ([\d.]+)", outputs_of("step {k:3}: E").partition("true")[0])
    E, validation = (list(map(float, column)) for column in zip(*shown, strict=True))
    assert E == sorted(E, reverse=True)
    assert E[-1] < 0.1 * 0.3**2 / 2
    assert validation[1] < validation[0]
    assert validation[1] < validation[2] < validation[3]


def test_small_batches_point_roughly_where_the_whole_does(written):
    network = written["Network"]([2, 8, 1], [tanh, sigmoid], np.random.default_rng(3))
    full = written["gradient_of"](network, np.arange(200))
    for size, mean, worst in ((50, 0.99, 0.98), (20, 0.96, 0.87), (5, 0.79, -0.38), (1, 0.48, -0.75)):
        parts = [written["gradient_of"](network, b) for b in mini_batches(200, size, np.random.default_rng(0))]
        cosines = [part @ full / np.linalg.norm(part) / np.linalg.norm(full) for part in parts]
        assert np.mean(cosines) == pytest.approx(mean, abs=6e-3)
        assert min(cosines) == pytest.approx(worst, abs=6e-3)


def test_the_library_has_about_a_hundred_lines():
    """Cell 1 says so: code lines, without docstrings, of the cells that are kept, and of the methods they need."""
    kept = [
        source for _, source in cells(PATH, "code") if "# kept as shared/" in source or "class PlainNetwork" in source
    ]
    kept += [source for _, source in cells(PATH, "code") if "PlainNetwork.error = error" in source]
    lines = sum(len(ast.unparse(without_docstrings(source)).splitlines()) for source in kept)
    assert 80 <= lines <= 140


def without_docstrings(source):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            del node.body[0]
    return tree


def test_few_verdicts():
    printed = [notebooks.printed(cell) for cell in load(PATH).cells if cell.cell_type == "code"]
    lines = [line for text in printed for line in text.splitlines()]
    assert len(lines) > 60
    assert sum(line.rstrip().endswith(("True", "False")) for line in lines) <= len(lines) / 10


# --- what the hints say is so


BY_WORDS = {  # exercise: {words of a hint: the answer that they describe, calculated}
    "08.a": {
        "variance": 2 / (14 + 4),
        "He's rule": np.sqrt(2 / 14),
        "only at the layer before": np.sqrt(1 / 14),
        "the numerator is 2": np.sqrt(1 / 18),
        "uniform weights": np.sqrt(3) * np.sqrt(2 / 18),
        "number of weights": np.sqrt(2 / (14 * 4)),
        "upside down": np.sqrt(18 / 2),
        "own 4 nodes": np.sqrt(2 / 4),
    },
    "08.c": {
        "curvature 0.5 alone": 2 / 0.5,
        "that is 1/λ": 1 / 8,
        "best learning rate": 2 / (0.5 + 8),
        "2 divided by": 2 * 8,
        "mean of the curvatures": 2 / np.mean([0.5, 8]),
        "half of 1/λ": 0.5 / 8,
    },
    "08.3": {
        "ten times fewer steps": 1.2 / 10,
        "does not repeat": 1.2 * 1.2 / 6.6,
        "samples' share": 1.2 - 600 * 0.001,
        "overhead of the 60 steps": 60 * 0.001,
        "you took 1,000": 1000 * 0.001 + 0.6,
        "multiplied by ten": 6.6 * 10,
        "at any batch size": 6.6 / 100,
        "fewer steps once more": 1.2,
    },
    "08.4": {
        "Adam with its corrections": (0.1 / 0.1) / np.sqrt(0.001 / 0.001),
        "v alone": 0.1,
        "s stands under a root": 0.1 / 0.001,
        "upside down": np.sqrt(0.001) / 0.1,
        "√s alone": np.sqrt(0.001),
        "square of the length": 0.1**2 / 0.001,
        "multiplied v by s": 0.1 * 0.001,
        "you left v": 1 / np.sqrt(0.001),
        "a positive number": -0.1 / np.sqrt(0.001),
    },
}


@pytest.mark.parametrize("name", BY_WORDS)
def test_each_hint_describes_its_own_mistake(name):
    told = {hint: value for value, hint in exercises[name].mistakes}
    assert len(told) == len(BY_WORDS[name])
    for words, value in BY_WORDS[name].items():
        (hint,) = [hint for hint in told if words in hint]
        assert told[hint] == pytest.approx(value, rel=1e-9), hint


def test_hints_of_the_shapes():
    """Question b: each hint names the matrix whose shape was given."""
    network = shared.network.Network([3, 5], [tanh], rng=np.random.default_rng(0))
    X = np.ones((3, 7))
    Z, A = network.forward(X)
    dZ = np.ones_like(Z[1])
    shapes = {
        "of the transpose": (network.W[1].T @ dZ).T.shape,
        "shape of dZ": dZ.shape,
        "shape of W ": network.W[1].shape,
        "shape of Wᵀ": network.W[1].T.shape,
        "not one": (3, 1),
        "shape of b": network.b[1].shape,
    }
    told = {hint: value for value, hint in exercises["08.b"].mistakes}
    assert exercises["08.b"].solution == (network.W[1].T @ dZ).shape == A[0].shape
    assert len(told) == len(shapes)
    for words, shape in shapes.items():
        (hint,) = [hint for hint in told if words in hint]
        assert told[hint] == shape, hint


def hinted(name, words):
    """Return the one known mistake of an exercise whose hint holds the words."""
    (mistake,) = [mistake for mistake, hint in exercises[name].mistakes if words in hint]
    return mistake


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("never look at patience", 1),
        ("compare with the best error so far, not", 7),
        ("that is the best epoch", 2),
        ("looks into the future", 7),
        ("no progress: only a smaller", 7),
        ("begins afresh with each new best", 4),
        ("always compare with the first one", 7),
        ("the lowest error of all", 7),
        ("count from 0", 6),
        ("one epoch late", 7),
        ("never stops early", 7),
    ],
)
def test_hints_of_early_stopping(words, found):
    """One list is counted by hand for each mistake (patience 3): the best is 3.0 at epoch 2, training stops at 5."""
    errors = [5.0, 6.0, 3.0, 3.0, 4.0, 3.5, 2.0, 1.0]
    assert exercises["08.5"].solution(errors, 3) == 5
    assert hinted("08.5", words)(errors, 3) == found


# --- a library that may be missing


@pytest.mark.parametrize("missing", [True, False])
def test_comparison_says_whether_pytorch_was_there(written, missing, monkeypatch, capsys):
    if missing:
        monkeypatch.setitem(sys.modules, "torch", None)
    else:
        pytest.importorskip("torch")
    network = written["sine_network"]()
    errors = descend(network, *sine(), shared.optimizers.GradientDescent(0.1), 100)
    (source,) = [source for _, source in cells(PATH, "code") if "import torch" in source]
    exec(source, written | {"errors": errors})
    said = capsys.readouterr().out
    if missing:
        assert said == "PyTorch is not installed: nothing compared\n" == outputs_of("import torch")
    else:
        theirs, ours = re.findall(r"\d\.\d{7}", said)
        assert theirs == ours == "0.2386068"


def test_the_series_is_named_and_linked_with_its_author():
    (found,) = [source for _, source in notebooks.cells(PATH, "markdown") if "janmr.com" in source]
    assert '["Neural Networks"](https://janmr.com/blog/2023/01/neural-networks-01-preface) by Jan Marthedal' in found


def test_what_a_framework_adds_is_one_list():
    (found,) = [source for _, source in notebooks.cells(PATH, "markdown") if "## 8.12" in source]
    assert len(re.findall(r"^- \*\*", found, re.MULTILINE)) == 8
