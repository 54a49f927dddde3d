"""Notebook 4: its functions make the package's steps, its explorers survive every control."""

import re
from itertools import product

import numpy as np
import pytest

import notebooks
from shared import activations, losses
from shared.datasets import line_data, tiny
from shared.exercises.notebook_04 import exercises
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
from shared.network import Network
from shared.optimizers import Adam, GradientDescent, Momentum

PATH = notebooks.FOLDER / "04_gradient_descent.ipynb"
x, y = (row[0] for row in line_data())


def defined(*names):
    """Return what the notebook's cells define, run alone."""
    return notebooks.defined(PATH, *names, x=line_data()[0], y=line_data()[1])


def shown():
    """Return everything that the stored notebook has printed."""
    return "".join(notebooks.printed(cell) for cell in notebooks.load(PATH).cells if cell.cell_type == "code")


def text(part):
    """Return the Markdown cell of the notebook that holds this part."""
    (found,) = [source for _, source in notebooks.cells(PATH, "markdown") if part in source]
    return found


# --- what the notebook prints


@pytest.mark.parametrize(
    "number",
    [
        *("so the slope is 2.0", "slope of the secant 12.6100", "h = 1e-05: error forward 6e-05, central 2e-10"),
        *("h = 1e-12: error forward 1e-03, central 1e-03", "best h by rule: forward 1e-08, central 6e-06"),
        "E(0, 0) = 1.5000; slope with respect to w -3.6667, to b -1.6667",
        *("E = 0.3275926", "rate 0.1: 1062 steps", "rate 0.2: 528 steps", "rate 0.35: 299 steps", "E = 12914"),
        *("5.5464700993 times", "0.1201965673 times", "γ must stay below 0.3605897"),
        "step to step: [ 0.9579 -0.9413] [ 0.9579 -0.9413] [ 0.9579 -0.9413]\n1 − γλ: [ 0.9579 -0.9413]",
        *("E = 0.02778771", "E = 0.787123", "E = 38384.71"),
        *("κ = 46.14", "10:   69 steps to six digits, from far away   104", "1000: 6908 steps to six digits"),
        *("x = 1.1309011, G = -1.0702302, |slope| 0.0000000", "x = -1.3008396, G = -3.5139050, |slope| 0.0000000"),
        *("hilltop at x = 0.1699384, |slope| 0.0000000", "is -5.653", "after 100 1.1309", "after 100 -1.3008"),
        *("p = 1: all curvatures positive in 48.3%", "p = 9: all curvatures positive in 0.0%"),
        *("times  1: cross-entropy 0.304756", "times 16: cross-entropy 0.000112"),
        *("size  1: typical error of the estimate 0.832", "size  4: typical error of the estimate 0.418"),
        "B = 300,   10 steps. E − minimum: after one epoch 2.8e-01, mean of the last 4.4e-02",
        "B =  30,  100 steps. E − minimum: after one epoch 4.3e-02, mean of the last 7.0e-05",
        "B =   1, 3000 steps. E − minimum: after one epoch 1.0e-03, mean of the last 4.8e-03",
        *("in the last 1000 steps 4.7e-03", "in the last 1000 steps 6.3e-05"),
        "shuffled:                 b = 0.54, E = 0.0703, right 80.7%",
        "sorted, after the zeros:  b = 0.22, E = 0.1201, right 57.0%",
        "sorted, after the ones:   b = 0.84, E = 0.1465, right 50.0%",
        *(
            "stay so, after 254 steps",
            "γ = 3.79/λ: after 100 steps E = 0.0332",
            "γ = 3.81/λ: after 100 steps E = 3.25e+07",
        ),
        *("1000 E: step 1 [0.1 0.1], step 2 [0.1989849 0.1990013]", "for the last time at step 60"),
        "valley along the axes, to go   plain 5e-02, momentum 2e-07, Adam 3e-04",
        "valley turned, to go           plain 5e-02, momentum 2e-07, Adam 9e-01",
        "saddle, left at step           plain 76, momentum 36, Adam 11",
        "double well, ends at x =       plain 1.1309, momentum -1.3008, Adam 1.1309",
        *("after 501 steps E = 0.0455745", "2/λ = 0.857", "2/λ = 0.998", "2/λ = 0.673", "2/λ = 0.447"),
        *("(0.3 to 1 is usual)", "with γ = 0.3: the highest E is 0.0088\n"),
        "0.8616, 0.7521, 0.1245\n    at step 200: 0.08095, where 2/λ = 1.508",
        "19.5\n    at step 200: 20.4, where 2/λ = 2.000",
        *("largest entry of the gradient: 0.0000000", "smallest and largest curvature: [-0.0139  1.5   ]"),
        *("after  200 steps E = 0.1101", "after 1200 steps E = 0.0065", "after 1000 steps E = nan", "0 of 9 answered"),
    ],
)
def test_worked_numbers_are_printed(number):
    assert number in shown()


def test_nothing_is_a_bare_verdict():
    assert not re.search(r"\b(?:True|False)\b", shown())


def test_the_line_search_stays_below_the_wall():
    rates = [float(rate) for rate in re.findall(r"step \d: γ = ([\d.]+)", shown())]
    assert len(rates) == 5
    assert max(rates) < 2 / linear_curvature(x)


# --- what the text says of limits


def tiny_gradient(theta):
    W, b, X, Y = tiny()
    network = Network.from_parameters(W, b, [activations.sigmoid, activations.identity])
    network.theta[:] = theta
    network.forward(X)
    return network.backward(Y, losses.half_mean_squared_error).copy()


def tiny_error(theta):
    W, b, X, Y = tiny()
    network = Network.from_parameters(W, b, [activations.sigmoid, activations.identity])
    network.theta[:] = theta
    return network.error(X, Y, losses.half_mean_squared_error)


def tiny_curvatures(theta, h=1e-4):
    columns = [(tiny_gradient(theta + h * one) - tiny_gradient(theta - h * one)) / (2 * h) for one in np.eye(9)]
    return np.linalg.eigvalsh(np.array(columns))


def walked(theta, rate, steps):
    for _ in range(steps):
        theta = theta - rate * tiny_gradient(theta)
    return theta


def tiny_start():
    W, b, _, _ = tiny()
    return Network.from_parameters(W, b, [activations.sigmoid, activations.identity]).theta.copy()


@pytest.mark.parametrize(("steps", "limit"), [(0, 0.857), (100, 0.998), (501, 0.673), (700, 0.447)])
def test_the_limit_of_a_network_moves(steps, limit):
    assert 2 / tiny_curvatures(walked(tiny_start(), 0.5, steps))[-1] == pytest.approx(limit, abs=1e-3)


def test_steps_beyond_the_limit_that_has_moved_go_wrong():
    there = walked(tiny_start(), 0.5, 700)
    rng = np.random.default_rng(4)
    for rate, jumps in ((0.5, True), (0.3, False)):
        for _ in range(5):  # rounding errors of other machines
            theta, heights = there + 1e-10 * rng.standard_normal(9), []
            for _ in range(100):
                heights.append(tiny_error(theta))
                theta = walked(theta, rate, 1)
            if jumps:
                assert 0.3 < max(heights) < 1
            else:
                assert (np.diff(heights) < 0).all()


def test_beyond_the_limit_of_the_start_all_grow_and_one_ends_lower():
    start, limit = tiny_start(), 2 / tiny_curvatures(tiny_start())[-1]
    for rate in (1, 2, 3):
        assert rate > limit
        assert tiny_error(walked(start, rate, 1)) > tiny_error(start)
    one = walked(start, 1, 200)
    assert tiny_error(one) < tiny_error(walked(start, 0.5, 200))
    assert 2 / tiny_curvatures(one)[-1] > 1.3


def test_the_flat_place_of_tiny_is_a_saddle():
    flat = np.zeros(9)
    flat[-1] = 2 / 3
    assert np.abs(tiny_gradient(flat)).max() < 1e-15
    curvatures = tiny_curvatures(flat)
    assert curvatures[0] == pytest.approx(-0.0139, abs=1e-4)
    assert curvatures[-1] == pytest.approx(1.5, abs=1e-4)


def test_random_symmetric_matrices_are_rarely_positive():
    """Two parameters: the share (2 − √2) / 4 is known exactly."""
    M = np.random.default_rng(7).standard_normal((100_000, 2, 2))
    smallest = np.linalg.eigvalsh(M + M.transpose(0, 2, 1))[:, 0]
    assert np.mean(smallest > 0) == pytest.approx((2 - np.sqrt(2)) / 4, abs=0.005)


def test_the_wall_of_momentum_is_where_the_quadratic_says():
    for mu in (0.5, 0.9, 0.99):
        for number in np.linspace(0.01, 2 * (1 + mu) + 1, 300):
            sizes = np.abs(np.roots([1, -(1 + mu - number), mu]))
            assert (sizes.max() < 1) == (number < 2 * (1 + mu))


def test_copies_help_small_batches_alone():
    """Exercise 4.6: with 600 instead of 300 samples an epoch ends lower, as its solution says."""
    rng = np.random.default_rng(0)
    some_x = rng.standard_normal((1, 300))
    some_y = 0.5 * some_x + 2 / 3 + 0.3 * rng.standard_normal((1, 300))
    batches, _ = defined("descend_batches", "sample_gradients")
    best = np.polyfit(some_x[0], some_y[0], 1)
    above = []
    for copies in (1, 2):
        data = np.tile(some_x, copies), np.tile(some_y, copies)
        path = batches([0, 0], *data, 10, lambda k: 0.1, 1, np.random.default_rng(1))
        assert len(path) == 1 + 30 * copies
        above.append(line_error(*path[-1], *data) - line_error(*best, *data))
    assert above == pytest.approx([6.1e-4, 4.5e-5], rel=0.02)
    assert "$6 \\cdot 10^{-4}$ above the minimum without them, $4 \\cdot 10^{-5}$ with them" in text(
        "Means do not notice"
    )


def test_the_deep_valley_has_a_wall_of_its_own():
    assert well_curvature(-1.3008396) == pytest.approx(14.3, abs=0.01)
    assert "its curvature there is about 14.3" in text("With 0.02 the ball rolls")
    assert abs(1 - 0.5 * linear_curvature(x)) == pytest.approx(1.77, abs=0.005)
    assert "by a factor of 1.77" in text("Exactly at the minimum")


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


# --- the exercises: each hint is checked by what it says, each tolerance from both sides


def said(name, answer):
    """Return the hint for an answer, '' for a right one."""
    return exercises[name].verdict(answer).hint or ""


def check_hint(name, answer, words):
    hint = said(name, answer)
    assert words in hint if words else hint == "", hint


MISSES = 2 * x + 0 - y


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (np.sum(MISSES**2) / 6, ""),
        (np.sum(MISSES**2) / 6 * (1 + 9e-7), ""),
        (np.sum(MISSES**2) / 6 * (1 + 1.1e-6), "too large"),
        (np.mean(MISSES**2), "the ½ is missing"),
        (np.sum(MISSES**2 / 2), "the sum of the losses"),
        (np.sum(MISSES**2), "the sum of the squares"),
        (np.mean(np.abs(MISSES)), "the mean of the misses without the squares"),
        (np.mean(np.abs(MISSES)) / 2, "halved the mean miss"),
        (np.sum(MISSES) ** 2 / 6, "added first and squared afterwards"),
    ],
)
def test_hints_of_the_error_by_hand(number, words):
    check_hint("04.a", float(number), words)


def test_hints_of_the_linear_map():
    """The matrix is known by where it sends (1, 1) and (1, −1)."""
    sent = np.array([[3, -2], [3, 2]])  # its columns
    matrix = sent @ np.linalg.inv(np.array([[1, 1], [1, -1]]))
    one, two = sent.T
    for answer, words in (
        (matrix @ [3, 1], ""),
        (one + two, "its parts count twice and once"),
        (one + 2 * two, "you have taken (1, −1) twice"),
        (2 * one - two, "to be added, not taken away"),
        (3 * np.array([3, 1]), "only (1, 1) is stretched by 3"),
        (2 * one, "The part of (1, −1) is missing"),
    ):
        check_hint("04.b", np.round(answer).astype(int).tolist(), words)


def test_hints_of_the_parameters():
    sizes = [4, 3, 2]
    weights, biases = 4 * 3 + 3 * 2, 3 + 2
    for answer, words in (
        (Network(sizes, [activations.sigmoid] * 2, initial=0).p, ""),
        (weights, "those are the weights"),
        (sum(sizes), "those are the nodes"),
        (weights + biases + 4, "the inputs have no biases"),
        (biases, "those are the biases"),
        (weights + biases + sum(sizes), "counted the 9 nodes as well"),
    ):
        check_hint("04.c", answer, words)


def until(size="np.linalg.norm(grad)", move="theta - learning_rate * grad", counted="k", end="theta, most", first=""):
    """Return the function descend_until with these parts."""
    lines = ["def f(gradient, start, learning_rate, tolerance, most):", " theta = start.copy()"]
    lines += [" for k in range(most):", f"  {first or 'pass'}", "  grad = gradient(theta)"]
    lines += [f"  if {size} < tolerance:", f"   return theta, {counted}", f"  theta = {move}", f" return {end}"]
    exec("\n".join(lines), names := {"np": np})
    return names["f"]


STEPPING = {"first": "theta = theta - learning_rate * gradient(theta)", "move": "theta", "counted": "k + 1"}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, ""),
        ({"size": "np.sqrt(grad @ grad)"}, ""),
        ({"move": "theta + learning_rate * grad"}, "you walk uphill"),
        ({"move": "theta - grad"}, "the learning rate has got lost"),
        ({"size": "learning_rate * np.linalg.norm(grad)"}, "you compare the length of the step"),
        ({"size": "abs(grad[0])"}, "the first entry alone"),
        ({"size": "np.abs(grad).max()"}, "you take the largest entry"),
        ({"size": "np.abs(grad).sum()"}, "you add the sizes of the entries"),
        ({"size": "grad.max()"}, "a slope may be negative and steep"),
        ({"size": "grad @ grad"}, "that is the square of the length"),
        ({"counted": "k + 1"}, "the count is one too high"),
        ({"counted": "k - 1"}, "the count is one too low"),
        ({"size": "np.inf"}, "you always make `most` steps"),
        (STEPPING, "you make a step before you look"),
    ],
)
def test_hints_of_descend_until(parts, words):
    check_hint("04.1", until(**parts), words)


def test_the_start_stays_as_it_is():
    def in_place(gradient, start, learning_rate, tolerance, most):
        for k in range(most):
            if np.linalg.norm(gradient(start)) < tolerance:
                return start, k
            start -= learning_rate * gradient(start)
        return start, most

    check_hint("04.1", in_place, "the call has changed the numbers in start")
    check_hint("04.1", lambda *given: until()(*given)[0], "return both")


RATES = 0.01, 0.2, 0.36, 0.37, 1


def test_hints_of_other_targets_say_what_was_believed():
    """Each wrong row of truth values follows from the belief that its hint corrects."""
    curvature = linear_curvature(x)
    for believed, words in (
        (lambda rate: rate < 2 / curvature, ""),
        (lambda rate: int(rate < 2 / curvature), ""),  # 1 and 0 are truth values too
        (lambda rate: rate < 2 / curvature / 1000, "large targets make a large gradient"),
        (lambda rate: rate < 1 / curvature, "0.2 is above 1/λ"),
        (lambda rate: rate < 0.35, "compute 1 − γλ for γ = 0.36"),
        (lambda rate: rate < 0.5, "compute 1 − γλ for γ = 0.37"),
        (lambda rate: True, "there is a limit for these targets too"),
        (lambda rate: rate >= 2 / curvature, "it is the other way round"),
    ):
        check_hint("04.2", tuple(believed(rate) for rate in RATES), words)


def test_other_targets_change_no_curvature():
    targets = np.array([1000.0, 2000.0, 2000.0])
    best = np.polyfit(x, targets, 1)
    for rate, converges in zip(RATES, (True, True, True, False, False), strict=True):
        theta = np.zeros(2)
        for _ in range(100):
            theta = theta - rate * line_gradient(theta, x, targets)
        assert (np.linalg.norm(theta - best) < np.linalg.norm(best)) == converges


def test_hints_of_another_data_set():
    new = 10 * x
    curvatures = np.linalg.eigvalsh([[np.mean(new**2), np.mean(new)], [np.mean(new), 1]])
    right, old = 2 / curvatures[-1], 2 / linear_curvature(x)
    for answer, words in (
        (right, ""),
        (0.00428, ""),
        (right * 1.0019, ""),
        (right * 1.0021, "too large"),
        (right * 0.9981, ""),
        (right * 0.9979, "too small"),
        (old, "that is the limit for the old inputs"),
        (1 / curvatures[-1], "half of it"),
        (old / 10, "x enters the Hessian squared"),
        (old / 100, "not all of the Hessian grows a hundredfold"),
        (2 / curvatures[0], "you took the smallest eigenvalue"),
        (curvatures[-1], "that is λ itself"),
    ):
        check_hint("04.3", float(answer), words)
    assert round(old / right) == 84  # the sentence after a right answer


def bisect(keep="high if diverges(middle) else low", end="low", loop="while high > 1.01 * low", start=""):
    """Return the function largest_rate with these parts; keep says which end the middle replaces."""
    lines = ["def f(diverges, low, high):", f" {start or 'pass'}", f" {loop}:", "  middle = (low + high) / 2"]
    lines += [f"  if {keep.split()[2]}:", f"   {keep.split()[0]} = middle", "  else:", f"   {keep.split()[4]} = middle"]
    exec("\n".join([*lines, f" return {end}"]), names := {})
    return names["f"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, ""),
        ({"end": "high"}, ""),
        ({"end": "(low + high) / 2"}, ""),
        ({"start": "return low"}, "you return `low` as it came"),
        ({"keep": "low if diverges(middle) else high", "loop": "for _ in range(60)"}, "you keep the wrong half"),
        ({"loop": "for _ in range(1)"}, "you halve once"),
        ({"loop": "for _ in range(10)"}, "ten halvings are enough for some limits"),
        ({"loop": "while high - low > 0.01"}, "you stop when they are 0.01 apart"),
        ({"loop": "for _ in range(1)", "end": "high"}, "you return after the first test"),
    ],
)
def test_hints_of_the_bisection(parts, words):
    check_hint("04.4", bisect(**parts), words)


def test_one_per_cent_of_the_limit_from_both_sides():
    exact = bisect(loop="for _ in range(60)")
    for share, accepted in ((0.01, True), (-0.01, True), (0.0103, False), (-0.0103, False)):
        answer = said("04.4", lambda diverges, low, high, share=share: exact(diverges, low, high) * (1 + share))
        assert (answer == "") == accepted
    check_hint("04.4", lambda *given: exact(*given) / 2, "half of the limit")


def epoch(
    batch="order[first : first + batch_size]",
    inputs="x[:, batch]",
    targets="y[:, batch]",
    gradient="np.mean(r * inputs), np.mean(r)",
    last="len(order)",
    after="pass",
):
    """Return the function one_epoch with these parts."""
    lines = ["def f(theta, x, y, batch_size, learning_rate, order):", f" for first in range(0, {last}, batch_size):"]
    lines += [f"  batch = {batch}", f"  inputs = {inputs}", f"  r = theta[0] * inputs + theta[1] - {targets}"]
    lines += [f"  theta = theta - learning_rate * np.array([{gradient}])", f"  {after}", " return theta"]
    exec("\n".join(lines), names := {"np": np})
    return names["f"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, ""),
        ({"gradient": "np.sum(r * inputs) / inputs.size, np.sum(r) / r.size"}, ""),
        ({"gradient": "np.sum(r * inputs), np.sum(r)"}, "this still adds up"),
        ({"gradient": "np.sum(r * inputs) / x.size, np.sum(r) / x.size"}, "you divide by all m samples"),
        (
            {"gradient": "np.sum(r * inputs) / batch_size, np.sum(r) / batch_size"},
            "the last batch may be shorter than batch_size",
        ),
        ({"gradient": "np.mean(r * inputs), np.sum(r)"}, "the first entry is a mean now, the second is still a sum"),
        ({"gradient": "np.sum(r * inputs), np.mean(r)"}, "the second entry is a mean now, the first is still a sum"),
        ({"batch": "slice(first, first + batch_size)"}, "you take the samples in their own order"),
        ({"targets": "y[:, first : first + batch_size]"}, "x is picked by `batch`, but y is not"),
        ({"last": "len(order) // batch_size * batch_size"}, "the last batch has got lost"),
        ({"after": "return theta"}, "that is one step"),
        ({"inputs": "x", "targets": "y"}, "the index [:, batch] has got lost"),
        ({"gradient": "np.mean(r * inputs) * (1 + 1e-9), np.mean(r)"}, ""),
        ({"gradient": "np.mean(r * inputs) * (1 + 1e-3), np.mean(r)"}, "expected"),
    ],
)
def test_hints_of_one_epoch(parts, words):
    check_hint("04.5", epoch(**parts), words)


def test_tolerances_of_functions_from_both_sides():
    for name in ("04.1", "04.5"):
        solution = exercises[name].solution
        for share, accepted in ((9e-7, True), (1.1e-6, False)):

            def scaled(*given, share=share, solution=solution):
                result = solution(*given)
                if isinstance(result, tuple):
                    return result[0] * (1 + share), result[1]
                return result * (1 + share)

            assert (said(name, scaled) == "") == accepted


def test_hints_of_the_genie():
    """a and b and c are means, d and e count samples; each hint names a letter or a belief about these."""
    right = dict(zip("abcde", (False, False, False, True, True), strict=True))
    for changed, words in (
        ("", ""),
        ("abc", "E is a mean: twice the sum, divided by twice the number"),
        ("ab", "sums double, but so does m"),
        ("bc", "if E is the same function as before, can its gradient or its curvature be different?"),
        ("c", "the Hessian holds mean(x²) and mean(x)"),
        ("d", "d: a step still has to visit every sample"),
        ("e", "e: an epoch visits all samples"),
        ("abcde", "it is the other way round"),
        ("de", "is the work? Count the samples of one step"),
    ):
        check_hint("04.6", tuple(value != (letter in changed) for letter, value in right.items()), words)
    check_hint("04.6", (0, 0, 0, 1, 1), "")
