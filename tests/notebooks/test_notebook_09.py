"""Notebook 9: its worked numbers, its two data sets, its explorers at the ends of every control."""

import re
import sys
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import notebooks
from shared.datasets import line_data
from shared.exercises.notebook_09 import exercises
from shared.explorers import line_two_ways, polynomial_degree
from shared.explorers.notebook_09 import DEGREES, STEPS, advice, descend, polynomials, powers, two_ways, verdict
from shared.measured import measured
from shared.network import Network

PATH = notebooks.FOLDER / "09_linear_regression.ipynb"
x, y = line_data()
START = dict(y1=1.0, y2=2.0, y3=2.0, x3=3.0, learning_rate=0.1, step=0, standardise=False)


def defined(*names):
    """Return what the notebook's cells define, run alone."""
    return notebooks.defined(PATH, *names, x=x, y=y, A_bar=np.vstack([x, np.ones((1, 3))]))


def output_of(part):
    """Return what the one code cell that contains `part` has printed."""
    (cell,) = [c for c in notebooks.load(PATH).cells if c.cell_type == "code" and part in c.source]
    return notebooks.printed(cell)


# --- the syllabus' numbers stand in the stored outputs


@pytest.mark.parametrize(
    ("part", "numbers"),
    [
        ("r · x = ", ["r · x = 0.0000000000, sum of r = 0.0000000000"]),
        ('print("Hessian:"', ["[[1.0, 0.0], [0.0, 1.0]]"]),
        ("predictions for x_s", 2 * ["[[1.1666667 1.6666667 2.1666667]]"]),
        ('print("A_bar @ A_bar.T =', ["[[14.0, 6.0], [6.0, 3.0]]", "[[11.0, 5.0]]"]),
        ("Wb = y @ A_bar.T @ np.linalg.inv", ["0.5 ", "0.6666667", "E = 0.0277778"]),
        ("w = least_squares(x, y).item()", ["0.7857143", "0.0595238"]),
        ("def r_squared", ["0.7500"]),
        ("wild = np.array", ["w = 9.5000000, b = -11.3333333"]),
        ("w_s, b_s = path[1]", ["after step 1: w_s = 0.4082483, b_s = 1.6666667", "after step 2: w_s = 0.4082483"]),
        ("b = b_s - w * mu.item()", ["0.5000000", "0.6666667"]),
        ("while np.abs(network.theta", ["1062 steps"]),
        ("low, high = curvatures(x)\n", ["0.1202", "5.5465", "46.14"]),
        ("quartet = ", ["mean x 9.0, mean y 7.50, line 0.500 x + 3.00, R² = 0.67"]),
        ("w, b = least_squares(np.vstack([v", ["15.4 ", "42.98", "3.9324 v − 17.5791", "0.6511"]),
        ('"physics": lambda', ["[1.239  0.0901]"]),
    ],
)
def test_worked_numbers(part, numbers):
    printed = output_of(part)
    for number in numbers:
        assert number in printed


def test_anscombe_prints_four_equal_rows():
    rows = output_of("quartet = ").splitlines()
    assert len(rows) == 4
    assert len(set(rows)) == 1


# --- what the notebook defines


def test_least_squares_solves_the_normal_equations():
    (least_squares,) = defined("least_squares")
    rng = np.random.default_rng(0)
    features, Y = rng.standard_normal((4, 11)), rng.standard_normal((2, 11))
    M = least_squares(features, Y)
    assert M.shape == (2, 4)
    np.testing.assert_allclose((M @ features - Y) @ features.T, 0, atol=1e-12)


def test_notebook_and_network_make_the_same_steps():
    from shared.activations import identity
    from shared.losses import half_mean_squared_error
    from shared.optimizers import GradientDescent

    (mine,) = defined("descend")
    path, network, optimizer = mine(x, y, 0.1, 20), Network([1, 1], [identity], initial=0), GradientDescent(0.1)
    for theta in path:
        np.testing.assert_allclose(network.theta, theta, rtol=1e-12, atol=1e-14)
        network.error(x, y, half_mean_squared_error)
        optimizer.step(network.theta, network.backward(y, half_mean_squared_error))
    np.testing.assert_allclose(descend(x[0], y[0], 0.1).T[:21], path, rtol=1e-12, atol=1e-14)


def test_notebook_and_explorer_share_the_features():
    (mine,) = defined("powers")
    points = np.linspace(-1, 1, 7)
    for degree in (0, 1, 11):
        np.testing.assert_array_equal(mine(points.reshape(1, -1), degree), powers(points, degree))


def sklearns_line(monkeypatch, capsys, missing, mine):
    """Return what the comparison's cell prints, with scikit-learn or as if it were not installed."""
    if missing:
        monkeypatch.setitem(sys.modules, "sklearn", None)
    else:
        pytest.importorskip("sklearn")
    (source,) = [source for _, source in notebooks.cells(PATH, "code") if "from sklearn" in source]
    A_bar = np.vstack([x, np.ones((1, 3))])
    exec(source, {"np": np, "x": x, "y": y, "A_bar": A_bar, "least_squares": mine, "measured": measured})
    return capsys.readouterr().out


def test_comparison_says_whether_it_was_made(monkeypatch, capsys):
    (least_squares,) = defined("least_squares")
    told = sklearns_line(monkeypatch, capsys, True, least_squares)
    assert told == "scikit-learn is not installed: nothing compared\n" == output_of("from sklearn import")


def test_comparison_with_sklearn_agrees(monkeypatch, capsys):
    (least_squares,) = defined("least_squares")
    told = sklearns_line(monkeypatch, capsys, False, least_squares)
    assert told.startswith("scikit-learn's line differs by ")
    assert "unusual" not in told


def test_comparison_would_notice_another_line(monkeypatch, capsys):
    told = sklearns_line(monkeypatch, capsys, False, lambda *_: np.array([[0.5, 0.7]]))
    assert "unusual: look again" in told


def test_three_sets_are_used_strictly():
    """The degree is chosen on validation points; the test set is used in one cell, after the choice."""
    noisy_sine, powers_of, least_squares = defined("noisy_sine", "powers", "least_squares")
    rng = np.random.default_rng(1)
    (x_train, y_train), validation, test = (noisy_sine(m, rng) for m in (12, 400, 400))
    errors = {}
    for degree in range(12):
        M = least_squares(powers_of(x_train, degree), y_train)
        errors[degree] = [np.mean((M @ powers_of(x, degree) - y) ** 2) / 2 for x, y in (validation, test)]
    chosen = min(errors, key=lambda degree: errors[degree][0])
    assert chosen == 5
    assert errors[5] == pytest.approx([0.0542, 0.0563], abs=5e-5)
    assert "degree 5: E validation 0.0542, test 0.0563" in output_of("x_test, y_test = test_set")
    uses = [source for _, source in notebooks.cells(PATH, "code") if "test_set" in source]
    assert len(uses) == 2, "the cell that draws the set, and the one that looks"


def test_the_fine_of_notebook_6_shrinks_the_weights():
    """(α/2)‖W‖² adds αW to the gradient, so mα to the diagonal: the minimum has gradient zero."""
    noisy_sine, powers_of = defined("noisy_sine", "powers")
    x_train, y_train = noisy_sine(12, np.random.default_rng(1))
    features, alpha = powers_of(x_train, 11), 0.001
    fine = 12 * alpha * np.diag([1.0] * 11 + [0])
    M = np.linalg.solve(features @ features.T + fine, features @ y_train.T).T
    gradient = (M @ features - y_train) @ features.T / 12 + alpha * M * ([1] * 11 + [0])
    np.testing.assert_allclose(gradient, 0, atol=1e-12)
    assert "with a fine,  12 points: E train 0.018, validation    0.055" in output_of("fine = 12 * 0.001")


# --- the line, two ways


def test_the_formula_and_1062_steps():
    _, _, path, E, best, E_best, limit = two_ways(**START)
    np.testing.assert_allclose(best, [1 / 2, 2 / 3])
    assert E_best == pytest.approx(1 / 36)
    assert limit == pytest.approx(0.3605897)
    assert E[0] == 1.5
    off = np.abs(path - best).max(axis=1)
    assert np.argmax(off < 1e-6) == 1062
    assert "from step 1062 on" in verdict(path, best, limit, STEPS, 0.1)


@pytest.mark.parametrize(("y3", "x3"), [(2, 3), (20, 3), (-20, 6), (0, 0)])
def test_standardised_one_step_is_enough(y3, x3):
    _, _, path, E, best, E_best, limit = two_ways(1, 2, y3, x3, 1.0, 1, True)
    np.testing.assert_allclose(path[1], best, rtol=1e-12, atol=1e-12)
    assert E[1] == pytest.approx(E_best, abs=1e-12)
    assert limit == pytest.approx(2)


def test_the_outlier():
    best = two_ways(**START | {"y3": 20})[4]
    np.testing.assert_allclose(best, [9.5, -34 / 3])


EXTREMES = list(product((-1, 5), (-1, 5), (-20, 2, 20), (0, 6), (0.01, 0.3606, 10**0.5), (0, STEPS), (False, True)))


def test_line_survives_every_extreme():
    for values in EXTREMES:
        result = two_ways(*values)
        _, _, path, E, best, E_best, limit = result
        for array in (path, E, best, E_best, limit):
            assert np.isfinite(array).all()
        told = verdict(path, best, limit, values[5], values[4])
        assert ("exploded" in told) <= (values[4] > limit)
        assert told.endswith(".")
        assert len(path) <= STEPS + 1


def sweep(explorer):
    """Move every control to both ends, in two orders; the last ends stay."""
    for names in (list(explorer.controls), list(reversed(explorer.controls))):
        for name in names:
            control = explorer.controls[name]
            ends = (getattr(control, "min", False), getattr(control, "max", True))
            power = getattr(control, "base", None)
            for end in ends:
                control.value = power**end if power else end
                assert explorer.error is None, explorer.status
                assert not re.search(r"\bnan\b|\binf\b", explorer.status)
                assert explorer.status.endswith(".")


def test_every_control_to_both_ends():
    sweep(line_two_ways())
    sweep(polynomial_degree())


def test_line_says_what_happens():
    explorer = line_two_ways(learning_rate=0.1, step=40)
    assert "still" in explorer.status
    explorer.controls["step"].value = STEPS
    assert "agree to six digits from step 1062 on" in explorer.status
    explorer.controls["learning_rate"].value = 1.0
    assert "exploded" in explorer.status
    assert "0.361" in explorer.status
    explorer.controls["standardise"].value = True
    assert "agree to six digits from step 1 on" in explorer.status
    explorer.controls["y3"].value = 20
    assert "w = 9.5, b = −11.33" in explorer.status


# --- polynomials


@pytest.mark.parametrize(("m", "noise", "sample"), list(product((4, 60), (0.0, 1.0), (1, 20))))
def test_polynomials_survive_every_extreme(m, noise, sample):
    _, _, curves, seen, unseen = polynomials(m, noise, sample)
    assert curves.shape == (DEGREES + 1, 201)
    for array in (curves, seen, unseen):
        assert np.isfinite(array).all()
    assert (np.diff(seen) < 1e-9).all(), "more features never fit the training data worse"
    for degree in range(DEGREES + 1):
        assert advice(degree, m, seen, unseen).endswith(".")


def test_polynomials_overfit_and_more_points_help():
    for sample in range(1, 21):
        _, _, _, seen, unseen = polynomials(12, 0.3, sample)
        assert unseen[1] > unseen.min()
        assert seen[11] < 1e-12
        assert unseen[11] > 3 * unseen.min()
        assert polynomials(60, 0.3, sample)[4][11] < unseen[11]


def test_explorer_shows_the_numbers_of_the_notebook():
    shown = polynomial_degree(3, 12, 0.3).status
    printed = output_of("degrees, seen, unseen")
    assert re.search(r"degree  3: E train 0\.019, validation +0\.057", printed)
    assert "E = 0.0187 on them, 0.057 on 400 new points" in shown
    assert "smallest validation error at degree 5: 0.054" in printed


# --- exercises


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("09.3", (1, 0, 0, 1, 1), None),
        ("09.3", np.array([True, False, False, True, True]), None),
        ("09.3", (1, 1, 0, 1, 0), "for b"),
        ("09.3", ("a", "d", "e"), "five truth values"),
        ("09.3", ("yes", "no", "no", "yes", "yes"), "True or False"),
        ("09.5", np.array([[0.1], [0.2], [2 / 3]]), None),
        ("09.5", (Fraction(1, 10), Fraction(1, 5), 0.67), None),
        ("09.5", (0.3, 0.1, 2 / 3), "a shorter one exists"),
        ("09.5", (0.3, 0.3, 2 / 3), "is 0.9"),
        ("09.5", (0.1, 0.2, 1.0), "b is not"),
        ("09.5", (0.1, 0.2), "three numbers"),
        ("09.5", (np.nan, 0.2, 2 / 3), "three numbers"),
        ("09.6", [6.0000001, 0.0, 5], None),
        ("09.6", (18, 18, 9), "first number"),
        ("09.6", (6, 2, 9), "second number"),
        ("09.6", (6, 0, 3), "third number"),
        ("09.6", (7.67, 2, 5), "how far they have moved"),
        ("09.6", (6, 0, 5j), "three numbers"),
        ("09.6", "(6, 0, 5)", "without quotes"),
        ("09.5", (0.1029, 0.1986, 2 / 3), None),  # just inside and just outside of each tolerance
        ("09.5", (0.1031, 0.1985, 2 / 3), "very near"),
        ("09.5", (0.0965, 0.2, 2 / 3), "very near"),
        ("09.5", (0.109, 0.2, 2 / 3), "a shorter one exists"),
        ("09.5", (0.1, 0.1955, 2 / 3), "very near"),
        ("09.5", (0.09, 0.199, 2 / 3), "is 0.488"),
        ("09.5", (0.1, 0.2, 0.6717 - 0.0001), None),
        ("09.5", (0.1, 0.2, 0.6718), "b is not"),
        ("09.5", (0.1, 0.2, 0.6616), "b is not"),
        ("09.5", (0.1 + 1j, 0.2, 2 / 3), "three numbers"),
        ("09.5", np.broadcast_to(0.5, (10**5, 10**4)), "far more"),
        ("09.6", np.broadcast_to(6, (10**5, 10**4)), "far more"),
        ("09.a", 26.0, None),
        ("09.a", 25, "too small"),
        ("09.b", [[2, 3], [2, 1]], None),
        ("09.b", "((2, 3), (2, 1))", "without quotes"),
        ("09.c", [[4.667, 2], [2, 1]], None),
        ("09.c", [[4.7, 2], [2, 1]], "expected 4.667"),
    ],
)
def test_answers_and_what_they_are_told(name, answer, words):
    hint = exercises[name].verdict(answer).hint
    assert hint is None if words is None else words in hint
