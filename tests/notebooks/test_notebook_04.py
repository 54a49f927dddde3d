"""Notebook 4: its functions make the package's steps, its explorers survive every control."""

from itertools import product

import numpy as np
import pytest

import notebooks
from shared.datasets import line_data
from shared.explorers import descent, double_well
from shared.explorers.notebook_04 import (
    STEPS,
    begin,
    explosion,
    line_error,
    line_gradient,
    step,
    well,
    well_curvature,
    well_slope,
    where,
)
from shared.gradient_check import numerical_gradient, relative_error
from shared.lessons.descents import LIMITS, OPTIMIZERS, Halt, linear_curvature
from shared.optimizers import Adam, GradientDescent, Momentum

PATH = notebooks.FOLDER / "04_gradient_descent.ipynb"
x, y = (row[0] for row in line_data())


def defined(*names):
    """Return what the notebook's cells define, run alone."""
    return notebooks.defined(PATH, *names, x=line_data()[0], y=line_data()[1])


# --- what the notebook defines


def stepped(optimizer, gradient, steps):
    path = [np.zeros(2)]
    for _ in range(steps):
        theta = path[-1].copy()
        optimizer.step(theta, gradient(theta))
        path.append(theta)
    return np.array(path)


def test_notebook_and_package_make_the_same_steps():
    gradient, plain, momentum, adam = defined("gradient", "descend", "descend_momentum", "descend_adam")
    start = np.zeros(2)
    for path, optimizer in (
        (plain(gradient, start, 0.1, 50), GradientDescent(0.1)),
        (momentum(gradient, start, 0.1, 0.9, 50), Momentum(0.1)),
        (adam(gradient, start, 0.1, 50), Adam(0.1)),
    ):
        np.testing.assert_allclose(path, stepped(optimizer, gradient, 50), rtol=1e-9, atol=1e-12)


def test_the_notebook_and_its_explorer_share_error_and_gradient():
    E, gradient = defined("E", "gradient")
    for theta in ([0, 0], [1, -2], [0.5, 2 / 3]):
        assert E(theta) == pytest.approx(line_error(*theta, x, y))
        np.testing.assert_allclose(gradient(theta), line_gradient(theta, x, y), atol=1e-15)
        numerical = numerical_gradient(lambda t: line_error(*t, x, y), theta)
        np.testing.assert_allclose(gradient(theta), numerical, atol=1e-8)


def test_numerical_slope_agrees_with_the_package():
    (slope,) = defined("slope")
    for place in (-2.0, 0.3, 1.7):
        (expected,) = numerical_gradient(lambda t: well(t[0]), [place])
        assert slope(well, place) == pytest.approx(expected)
        assert relative_error(slope(well, place), well_slope(place)) < 1e-8
        assert slope(well_slope, place) == pytest.approx(well_curvature(place), rel=1e-8)


# --- the descent


def test_worked_numbers():
    run = begin(0.1, 0, 0, "gradient descent", x, y)
    for _ in range(3):
        step(run, 0.1, "gradient descent", 3, x, y)
    np.testing.assert_allclose(run.errors, [1.5, 0.3275926, 0.0948714, 0.0485314], atol=5e-8)
    assert linear_curvature(x) == pytest.approx(5.5464700993)


@pytest.mark.parametrize(("rate", "converges"), [(0.36, True), (0.3605, True), (0.3607, False), (0.37, False)])
def test_the_wall_is_where_it_is_said_to_be(rate, converges):
    run = begin(rate, 0, 0, "gradient descent", x, y)
    for _ in range(100):
        step(run, rate, "gradient descent", 3, x, y)
    assert (run.errors[-1] < run.errors[2]) == converges


@pytest.mark.parametrize(("rate", "converges"), [(3.79, True), (3.81, False)])
def test_the_wall_of_momentum(rate, converges):
    rate /= linear_curvature(x)
    run = begin(rate, 0, 0, "momentum 0.9", x, y)
    try:
        for _ in range(STEPS):
            step(run, rate, "momentum 0.9", 3, x, y)
        grew = run.errors[-1] > 10
    except Halt as reason:
        grew = "is above 3.8" in str(reason)
    assert grew != converges


EXTREMES = list(product((0.01, 1.0), ((-1.0, -1.6), (2.0, 3.0)), OPTIMIZERS, (1, 2, 3)))


def to_the_end(run, *settings):
    """Make steps until the descent ends."""
    for _ in range(STEPS + 1):
        step(run, *settings, x, y)


@pytest.mark.parametrize(("rate", "start", "optimizer", "batch_size"), EXTREMES)
def test_descent_survives_every_extreme(rate, start, optimizer, batch_size):
    run = begin(rate, *start, optimizer, x, y)
    with pytest.raises(Halt) as reason:
        to_the_end(run, rate, optimizer, batch_size)
    assert np.isfinite(run.path).all()
    assert np.isfinite(run.errors).all()
    told = str(reason.value)
    assert "nan" not in told
    assert "inf" not in told
    if rate * linear_curvature(x) > LIMITS[optimizer]:
        assert "is above" in told
        assert "Choose γ below" in told


def test_an_exploding_batch_is_explained():
    told = explosion(7, 0.3, "gradient descent", 1, x)
    assert "λ = 10" in told
    assert "0.2000" in told


def sweep(explorer):
    """Move every control to both ends, in two orders, with steps and resets between."""
    names = list(explorer.controls)
    for name in (*names, *reversed(names)):
        control = explorer.controls[name]
        ends = [value for _, value in control._options_full] if hasattr(control, "options") else None
        if ends is None:
            power = getattr(control, "base", None)
            ends = [power**end if power else end for end in (control.min, control.max)]
        for value in ends:
            control.value = value
            explorer._advance()
            explorer.step()
            assert explorer.error is None, explorer.status
            assert "nan" not in explorer.status
            assert explorer.status
        explorer.reset()
        assert explorer.status.startswith("Ready")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_control_to_both_ends(optimizer):
    sweep(descent(x, y, optimizer=optimizer))
    sweep(double_well(optimizer=optimizer))


def test_the_number_turns_red_at_the_wall():
    explorer = descent(*line_data(), learning_rate=0.36)
    assert "1.997" in explorer.status
    assert "converges" in explorer.status
    explorer.controls["learning_rate"].value = 0.37
    assert "2.052" in explorer.status
    assert "grow" in explorer.status
    for _ in range(400):
        explorer._advance()
        if explorer.halted:
            break
    explorer.refresh()
    assert "above 2" in explorer.status
    assert "0.3606" in explorer.status
    explorer.controls["learning_rate"].value = 0.1
    explorer.reset()
    assert explorer.status.startswith("Ready. Step 0")


def test_other_data():
    explorer = descent(10 * x, y, learning_rate=0.004)
    rate = explorer.controls["learning_rate"]
    assert 10**rate.min < 2 / linear_curvature(10 * x) < 10**rate.max
    many = np.linspace(-1, 1, 300)
    assert descent(many, many, batch_size=30).error is None
    for bad in ((x, y[:2]), ([1, 1, 1], y), ([1, np.nan, 2], y)):
        with pytest.raises(ValueError, match="two different x"):
            descent(*bad)


# --- the double well


@pytest.mark.parametrize(
    ("start", "rate", "words"),
    [
        (2.0, 0.02, "right valley"),
        (2.0, 0.1, "left valley"),
        (-2.0, 0.02, "left valley"),
        (2.0, 0.16, "cannot come to rest"),
        (2.2, 1.0, "flew off"),
        (0.15, 0.001, "left valley"),
    ],
)
def test_where_the_ball_ends(start, rate, words):
    explorer = double_well(start, rate)
    for _ in range(STEPS + 1):
        explorer._advance()
        if explorer.halted:
            break
    assert words in f"{explorer.halted} {where(explorer.state.path[-1][0], rate)}"
    assert explorer.error is None


def test_a_hilltop_is_no_valley():
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if well_slope(middle) > 0 else (low, middle)
    assert low == pytest.approx(0.1699384, abs=1e-7)
    assert "hilltop" in where(low, 0.02)
