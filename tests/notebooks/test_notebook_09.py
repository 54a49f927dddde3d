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


@pytest.fixture(scope="module")
def penalised():
    """Return fit(alpha, shift=0, for_bias=0), which gives M, E train and E validation, and the training data."""
    noisy_sine, powers_of, with_penalty, least_squares = defined(
        "noisy_sine", "powers", "with_penalty", "least_squares"
    )
    rng = np.random.default_rng(1)
    (x_train, y_train), (x_val, y_val) = noisy_sine(12, rng), noisy_sine(400, rng)
    features = powers_of(x_train, 11)

    def fit(alpha, shift=0, for_bias=0):
        M = least_squares(features, y_train + shift)
        if alpha > 0:
            M = with_penalty(features, y_train + shift, alpha, for_bias)
        pairs = ((features, y_train), (powers_of(x_val, 11), y_val))
        return M, *[np.mean((M @ rows - y - shift) ** 2) / 2 for rows, y in pairs]

    return fit, features, y_train


def test_formula_with_the_penalty_has_gradient_zero(penalised):
    """(α/2)‖W‖² adds αW to the gradient, so mα to the diagonal, and nothing for the bias."""
    fit, features, y_train = penalised
    M, _, _ = fit(0.001)
    gradient = (M @ features - y_train) @ features.T / 12 + 0.001 * M * ([1] * 11 + [0])
    np.testing.assert_allclose(gradient, 0, atol=1e-12)


def test_steps_with_the_penalty_lead_to_the_formula(penalised):
    """W ← W − γ(dW + αW), written as the notebook does not write it, ends where its two printed lines say."""
    fit, features, y_train = penalised
    wanted, _, E_val = fit(0.001)
    M = np.zeros((1, 12))
    for _ in range(40_000):
        M = M - 0.5 * ((M @ features - y_train) @ features.T / 12 + 0.001 * M * ([1] * 11 + [0]))
    np.testing.assert_allclose(M, wanted, atol=1e-8)
    told = f": largest weight {np.abs(wanted).max():.4f}, E validation {E_val:.4f}"
    printed = output_of("keep, M = 1").splitlines()
    assert printed[1:] == ["descent" + told, "formula" + told]
    assert printed[0] == "a step keeps 0.9995 of a weight; after 1,386 steps half is left"
    assert 0.9995**1386 == pytest.approx(0.5, abs=3e-4)


def test_alpha_is_chosen_on_the_validation_set(penalised):
    """E train grows and the weights shrink with α; the smallest validation error is at neither end of the list."""
    fit, *_ = penalised
    alphas = (0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1)
    fits = [fit(alpha) for alpha in alphas]
    largest, seen, unseen = [np.abs(M).max() for M, _, _ in fits], [f[1] for f in fits], [f[2] for f in fits]
    assert (np.diff(seen) > 0).all()
    assert (np.diff(largest) < 0).all()
    best = int(np.argmin(unseen))
    assert alphas[best] == 0.001
    assert (np.diff(unseen[: best + 1]) < 0).all()
    assert (np.diff(unseen[best:]) > 0).all()
    assert unseen[best] == pytest.approx(0.0551, abs=5e-5)
    assert unseen[best] > 0.0542, "degree 5 without a penalty stays the choice"
    rows = output_of("0.00001, 0.0001").splitlines()
    assert len(rows) == 7
    for row, alpha, *numbers in zip(rows, alphas, seen, unseen, largest, strict=True):
        assert row.startswith(f"α = {alpha:g} ")
        assert [float(number) for number in re.findall(r"(?<=[a-z]) +([\d.e+]+)", row)] == [
            float(f"{numbers[0]:.3f}"),
            *[float(f"{number:.2g}") for number in numbers[1:]],
        ]


def test_a_penalty_on_the_bias_depends_on_the_unit(penalised):
    fit, *_ = penalised
    free, moved = fit(0.001), fit(0.001, shift=273.15)
    np.testing.assert_allclose(moved[0][0, :-1], free[0][0, :-1], atol=1e-9)
    assert moved[2] == pytest.approx(free[2], rel=1e-9)
    wrong = fit(0.001, shift=273.15, for_bias=1)
    assert wrong[2] > 1.9 * free[2]
    assert moved[0][0, -1] - wrong[0][0, -1] == pytest.approx(0.66, abs=5e-3)
    printed = output_of("for for_bias, name in")
    assert re.findall(r"bias +([\d.]+), E validation ([\d.]+)", printed) == [
        (f"{M[0, -1]:.2f}", f"{E:.4f}") for M, _, E in (free, moved, fit(0.001, for_bias=1), wrong)
    ]


def test_weights_of_nearly_equal_features_turn_round():
    printed = output_of("both_units = ")
    rows = re.findall(r"per metre +([\d.-]+), per foot +([\d.-]+); together ([\d.]+)", printed)
    (m1, f1, both1), (m2, f2, both2) = [[float(number) for number in row] for row in rows]
    assert m1 < f1
    assert m2 > 0 > f2
    assert both1 == both2 == pytest.approx(2, abs=0.05)
    assert 1 < float(re.search(r"([\d.]+) million", printed)[1]) < 10
    assert 0.01 * 0.25 == 0.0025
    assert 100.5 - 100 == 1 / 2


def test_reaction_time_is_known_roughly():
    """The standard deviation of w₁ by the formula of linear regression agrees with the drawn samples."""
    low, high = (float(end) for end in re.findall(r"\d\.\d", output_of("reaction = ")))
    source = next(source for _, source in notebooks.cells(PATH, "code") if source.startswith('speed = """'))
    speed, stop = (np.array([text.split()], float) for text in re.findall(r'"""(.*?)"""', source, re.DOTALL))
    features = np.vstack([speed, speed**2])
    M = defined("least_squares")[0](features, stop)
    variance = np.sum((M @ features - stop) ** 2) / 48
    spread = np.sqrt(variance * np.linalg.inv(features @ features.T)[0, 0]) / 1.467
    middle = M[0, 0] / 1.467
    assert (middle - 1.645 * spread, middle + 1.645 * spread) == pytest.approx((low, high), abs=0.12)
    assert (low, high) == (0.3, 1.5)


def test_rounding_and_correlation():
    printed = output_of("A_far = ")
    assert "correlation 0.99: condition number 199" in printed
    assert (1 + 0.99) / (1 - 0.99) == pytest.approx(199)
    A_far = np.vstack([x + 1e6, np.ones((1, 3))])
    (least_squares,) = defined("least_squares")
    solve, lstsq = np.linalg.solve(A_far @ A_far.T, A_far @ y.T)[0, 0], least_squares(A_far, y)[0, 0]
    assert 1e-5 < abs(solve - 0.5) < 1e-3
    assert abs(lstsq - 0.5) < 1e-8
    assert np.exp(-50) == pytest.approx(2e-22, rel=0.05), "the density at 10 σ, as a share of that at 0"
    assert "within 3 standard deviations: 99.8%, Gaussian 99.7%" in output_of("noise = rng.uniform(-1 / 2")


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
