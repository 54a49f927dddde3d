"""Notebook 8: its worked numbers, its library against the package, its explorer at the ends of its controls."""

import ast
import sys

import numpy as np
import pytest

import shared.network
import shared.optimizers
from notebooks import FOLDER, cells
from shared.activations import identity, sigmoid, softmax, tanh
from shared.datasets import one_hot, sine, tiny, two_moons, xor
from shared.exercises.notebook_08 import exercises
from shared.explorers import notebook_08 as explorer
from shared.gradient_check import gradient_check
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
            if definition or code.replace("(", "").startswith("Network."):  # methods added later
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


@pytest.mark.parametrize(("hidden", "wanted"), [(2, 9), (3, 10)])
def test_xor(hidden, wanted):
    solved = 0
    for seed in range(10):
        network = shared.network.Network([2, hidden, 1], [tanh, identity], rng=np.random.default_rng(seed))
        E = descend(network, *xor(), shared.optimizers.GradientDescent(0.3), 5000)[-1]
        solved += E < 0.01
        assert E < 1e-20 or E == pytest.approx(1 / 16, abs=1e-3)
    assert solved == wanted


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


# --- the optional cell


@pytest.mark.parametrize("missing", [True, False])
def test_comparison_prints_the_same_with_and_without_pytorch(written, missing, monkeypatch, capsys):
    if missing:
        monkeypatch.setitem(sys.modules, "torch", None)
    else:
        pytest.importorskip("torch")
    network = written["sine_network"]()
    errors = descend(network, *sine(), shared.optimizers.GradientDescent(0.1), 100)
    (source,) = [source for _, source in cells(PATH, "code") if "import torch" in source]
    exec(source, written | {"errors": errors})
    assert capsys.readouterr().out == "agreement with PyTorch: checked or not installed\n"
