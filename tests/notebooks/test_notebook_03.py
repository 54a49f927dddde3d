"""Notebook 3: its worked numbers, what it proves, and its two explorers at every extreme."""

import re
from itertools import permutations, product

import numpy as np
import pytest

import notebooks
from shared import activations, datasets, losses
from shared.exercises import check
from shared.exercises.notebook_03 import exercises
from shared.explorers import line_by_hand, one_parameter
from shared.explorers.notebook_03 import (
    BEST,
    FARTHEST,
    LONGEST,
    LOWEST,
    PARAMETERS,
    REACH,
    advice,
    extended,
    line_error,
    line_misses,
    lowest,
    own_value,
    square,
    tiny_outputs,
)
from shared.measured import measured
from shared.network import Network

PATH = notebooks.FOLDER / "03_the_optimization_problem.ipynb"


@pytest.fixture(scope="module")
def shown():
    """Return everything that the stored notebook has printed."""
    return "\n".join(notebooks.printed(cell) for cell in notebooks.load(PATH).cells if cell.cell_type == "code")


@pytest.mark.parametrize(
    "number",
    [
        *("E(0, 0) = 3/2", "E(1, 0) = 1/6", "E(0, 5/3) = 1/9", "E(1/2, 1/2) = 1/24", "E(1/2, 2/3) = 1/36"),
        *("9.0000000", "3.0000000", "1.7320508", "1.6666667"),
        *("0.6315821755", "0.0467265591", "1.3718493430", "E = 0.6833860258"),
        *("the best w is 0.7850", "the best w is 0.5000", "the best w is 0.0725"),
        *("at most 1.421e-14 (up to 1e-13 is usual) apart", "sums: 14.0 12.0 22.0 10.0 9.0"),
        *("cross-entropy 0.1053605", "cross-entropy 2.3025851", "half square   0.0050000", "half square   0.4050000"),
        *("cross-entropy 4.6051702, slope  -99.999", "half square   0.4900500, slope   -0.990"),
        *("501 steps:  0.0455744799", "swapped : E = 0.0455744799", "half-way: E = 0.4571393439"),
        *("tiny: 9 parameters, 10^9 evaluations, 0.012 days", "10^238510 evaluations", "0 of 8 answered"),
        *("dots 0.1402, E on all 200 0.1657", "dots 0.2451, E on all 200 117.1704", "152 of the 200"),
        *("b = 0.00: cross-entropy 0.48611, accuracy 0.6667", "b = 1.50: cross-entropy 0.60663, accuracy 0.8333"),
        "outputs of 8 networks: at most 1.11e-16 (up to 1e-15 is usual) apart",
        *("2 hidden nodes: 8\n", "10 hidden nodes: 3,715,891,200", "300 hidden nodes: a number of 705 digits"),
    ],
)
def test_worked_numbers_are_printed(shown, number):
    assert number in shown


def test_nothing_is_a_bare_verdict(shown):
    assert not re.search(r"\b(?:True|False)\b", shown)


def text(part):
    """Return the Markdown cell of the notebook that holds this part."""
    (found,) = [source for _, source in notebooks.cells(PATH, "markdown") if part in source]
    return found


@pytest.fixture(scope="module")
def scope():
    """Return the names that the notebook's cells of sections 3.2 to 3.4 define."""
    x, y = datasets.line_data()
    names = {"np": np, "x": x, "y": y, "Fraction": __import__("fractions").Fraction, "measured": measured}
    for wanted in ("def loss(", "def E(", "def E_expanded("):
        exec(next(s for _, s in notebooks.cells(PATH, "code") if wanted in s), names)
    return names


def test_the_notebook_s_error_is_the_package_s(scope):
    w, b = np.random.default_rng(0).normal(size=(2, 20))
    x, y = datasets.line_data()
    expected = [losses.half_mean_squared_error(one * x + two, y) for one, two in zip(w, b, strict=True)]
    assert np.allclose(scope["E"](w, b), expected)
    assert np.allclose(scope["E_expanded"](w, b), expected)
    assert np.allclose(line_error(w, b), expected)


def test_completed_squares_prove_the_minimum():
    w, b = np.random.default_rng(1).normal(size=(2, 1000))
    squares = 3 * (b + 2 * w - 5 / 3) ** 2 + 2 * (w - 1 / 2) ** 2
    assert np.allclose(6 * line_error(w, b), squares + 1 / 6)
    assert np.isclose(line_error(*BEST), LOWEST)


def test_the_search_finds_the_neighbours_of_the_exact_places():
    """The grid of the weight-to-loss curves is 0.0025 wide; the parabolas are lowest at (22 − 12 b) / 28."""
    grid = np.linspace(-0.5, 2.0, 1001)
    for b, place, exact, rounded in ((0, 0.785, 11 / 14, "0.7857"), (5 / 3, 0.0725, 1 / 14, "0.0714")):
        found = grid[line_error(grid, b).argmin()]
        assert np.isclose(found, place)
        assert np.isclose((22 - 12 * b) / 28, exact)
        assert 0 < abs(found - exact) <= 0.00125
        assert rounded in text("trying many values gets close")


def test_sum_or_mean():
    """The table's numbers: what each convention gives, and how much steeper its slopes are."""
    A, Y = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, 1.0]]), np.array([[1.0, 0.0], [2.0, 1.0], [2.0, 4.0]])
    rows, m = Y.shape
    squares = (A - Y) ** 2
    assert losses.half_mean_squared_error(A, Y) == pytest.approx(4.5)
    assert (squares.sum(), squares.mean()) == (18, 3)
    table = text("### Sum or mean?") + text("Three numbers for the same misses")
    assert "| for the network above | 4.5 | 18 | 3 |" in table
    assert "| 1 | $2m$ times as steep | $2/n^L$ times as steep |" in table
    assert (18 / 4.5, 3 / 4.5) == pytest.approx((2 * m, 2 / rows))


# --- section 3.7: the line and the connected dots


def test_connected_dots_are_straight_pieces_and_go_on_outside():
    rng = np.random.default_rng(5)
    x = np.sort(rng.uniform(0, 6, 8))
    y = x / 2 + 2 / 3 + rng.normal(0, 0.5, 8)
    (dots,) = notebooks.defined(PATH, "connected_dots", seen_x=x, seen_y=y)
    between = np.linspace(x[0], x[-1], 500)
    np.testing.assert_allclose(dots(between), np.interp(between, x, y), atol=1e-9)
    last = (y[-1] - y[-2]) / (x[-1] - x[-2])
    assert last < -50  # steeply down, as the text says
    assert dots(np.array([6.0])).item() == pytest.approx(y[-1] + last * (6 - x[-1]))


# --- section 3.8: one function in many places


def other_places(network):
    """Return the theta of every order and sign of the hidden nodes, by the formulas of the text."""
    W, b = network.W, network.b
    n = len(b[1])
    for order, signs in product(permutations(range(n)), product((1, -1), repeat=n)):
        order, s = list(order), np.array(signs)[:, None]
        W_1, b_1, W_2 = W[1][order], b[1][order], W[2][:, order]
        b_2 = b[2] + W_2[:, s[:, 0] < 0].sum(axis=1, keepdims=True)
        parameters = [None, s * W_1, s.T * W_2], [None, s * b_1, b_2]
        yield Network.from_parameters(*parameters, [activations.sigmoid, activations.identity])


def test_orders_and_signs_of_hidden_nodes_change_nothing():
    rng = np.random.default_rng(38)
    inputs = rng.normal(size=(2, 50))
    for n, count in ((2, 8), (3, 48)):
        network = Network([2, n, 1], [activations.sigmoid, activations.identity], rng=rng)
        network.theta[:] = rng.normal(size=network.p)
        places = list(other_places(network))
        assert len({tuple(place.theta.round(9)) for place in places}) == count
        for place in places:
            np.testing.assert_allclose(place(inputs), network(inputs), atol=1e-14)
    assert "$2^n \\cdot n!$ places" in text("Eight places in the landscape")


def test_the_sign_needs_its_correction_of_the_output_s_bias():
    (changed,) = notebooks.defined(PATH, "with_other_sign")
    W, b, X, _ = datasets.tiny()
    network = Network.from_parameters(W, b, [activations.sigmoid, activations.identity])
    for i in (0, 1):
        other = changed(network, i)
        np.testing.assert_allclose(other(X), network(X), atol=1e-15)
        other.b[2][:] = network.b[2]
        assert np.abs(other(X) - network(X)).min() > 0.5


def test_what_the_explorer_of_one_parameter_shows():
    """W¹ at 22: E changes most from 0 to 4, and has no lowest point to the left."""
    name = "W¹, row 2, column 2"
    E = {at: tiny_outputs(name, at)[1] for at in (-8, -4, 0, 4, 8)}
    assert abs(E[4] - E[0]) == pytest.approx(1.08, abs=0.005)
    assert abs(E[8] - E[4]) == pytest.approx(0.08, abs=0.005)
    assert (E[-4], E[-8]) == pytest.approx((0.2035, 0.1615), abs=5e-5)
    left = [tiny_outputs(name, at)[1] for at in np.linspace(-30, 0, 301)]
    assert (np.diff(left) > 0).all()


# --- the exercises: each hint is checked by what it says, each tolerance from both sides


def said(name, answer):
    """Return the hint for an answer, '' for a right one."""
    return exercises[name].verdict(answer).hint or ""


@pytest.mark.parametrize(
    ("inputs", "outputs", "m", "answer", "words"),
    [
        (3, 2, 5, lambda n, k, m: ((n, m), (k, m)), ""),
        (3, 2, 5, lambda n, k, m: ((m, n), (m, k)), "both are transposed"),
        (3, 2, 5, lambda n, k, m: ((n, 1), (k, 1)), "that is one sample"),
        (3, 2, 5, lambda n, k, m: ((n, m), (n, m)), "a row for each *output*"),
        (3, 2, 5, lambda n, k, m: ((k, m), (n, m)), "you have exchanged the two"),
        (3, 2, 5, lambda n, k, m: ((n, m), (k, n)), "The number of samples stays"),
    ],
)
def test_hints_of_the_shapes(inputs, outputs, m, answer, words):
    hint = said("03.a", answer(inputs, outputs, m))
    assert words in hint if words else hint == ""


def hinges(x, second=5):
    return 1 + 2 * max(0, x - 1) - second * max(0, x - 3)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((hinges(4), hinges(5) - hinges(4)), ""),
        ((hinges(4), -5), "both hinges are open"),
        ((hinges(4), hinges(3) - hinges(2)), "The slope 2 holds between the hinges"),
        ((hinges(4, second=0), hinges(5, second=0) - hinges(4, second=0)), "left out the second hinge"),
        ((hinges(0), -3), "the slope is right. The height is 1 plus"),
        ((1 + 2 * 4 - 5 * 4, -3), "the slope is right. The hinges do not give x itself"),
        ((hinges(5) - hinges(4), hinges(4)), "both numbers are right, but exchanged"),
    ],
)
def test_hints_of_the_hinges(answer, words):
    hint = said("03.b", answer)
    assert words in hint if words else hint == ""


def test_hints_of_the_swap():
    W_1, b_1, W_2 = [[1, 2], [3, 4]], [[5], [6]], [[7, 8]]
    V_1, c_1, V_2 = [[3, 4], [1, 2]], [[6], [5]], [[8, 7]]
    for answer, words in (
        ((V_1, c_1, V_2), ""),
        ((V_1, c_1, W_2), "the weights that lead away from the two nodes have not"),
        ((V_1, b_1, V_2), "but not the biases"),
        ((W_1, c_1, V_2), "the weights that lead *to* the two nodes stay behind"),
        (([[2, 1], [4, 3]], c_1, V_2), "you have swapped the columns of W¹"),
        (([[4, 3], [2, 1]], c_1, V_2), "inside a row nothing may move"),
        ((W_1, b_1, W_2), "nothing has moved yet"),
    ):
        hint = said("03.c", answer)
        assert words in hint if words else hint == "", answer


def three(
    loops="total / (2 * m)", norm="np.linalg.norm(A - Y) ** 2 / (2 * m)", mean="np.mean((A - Y) ** 2) * rows / 2"
):
    """Return the function three_errors with these three lines."""
    lines = ["def f(A, Y):", " (rows, m), total = Y.shape, 0.0", " for c in range(m):", "  for i in range(rows):"]
    lines += ["   total += (A[i, c] - Y[i, c]) ** 2", f" return {loops}, {norm}, {mean}"]
    exec("\n".join(lines), names := {"np": np})
    return names["f"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({}, ""),
        ({"mean": "((A - Y) ** 2).mean() * rows / 2"}, ""),  # the method does it too
        ({"mean": "np.mean((A - Y) ** 2) / 2"}, "`np.mean` divides by all m·n entries"),
        ({"mean": "np.mean((A - Y) ** 2)"}, "In the mean the ½ is missing, and it divides by all entries"),
        ({"mean": "np.mean((A - Y) ** 2) * rows"}, "In the mean the ½ is missing: the mean of the squares is 2E"),
        ({"norm": "np.linalg.norm(A - Y) / (2 * m)"}, "is the length, with the root"),
        ({"norm": "total / (2 * m)"}, "np.linalg.norm has no part in them"),
        ({"mean": "total / (2 * m)"}, "np.mean has no part in them"),
        ({"norm": "total / (2 * m)", "mean": "total / (2 * m)"}, "np.linalg.norm has no part in them"),
    ],
)
def test_hints_of_the_three_errors(lines, words):
    hint = said("03.1", three(**lines))
    assert words in hint if words else hint == ""


def test_hints_of_the_loops():
    for loops, words in (
        ("np.sum((A - Y)[0] ** 2) / (2 * m)", "Your loops add up row 0 alone"),
        ("np.sum((A - Y)[:, -1] ** 2) / (2 * m)", "Your loops keep the last sample alone"),
    ):
        assert words in said("03.1", three(loops))


def test_tolerances_of_the_errors_from_both_sides():
    for share, words in ((9e-7, ""), (1.1e-6, "expected")):
        hint = said("03.1", three(f"total / (2 * m) * (1 + {share})"))
        assert words in hint if words else hint == ""

        def error(predictions, targets, share=share):
            if predictions.shape != targets.shape:
                raise ValueError
            return np.sum((predictions - targets) ** 2) / (2 * targets.shape[1]) * (1 + share)

        hint = said("03.2", error)
        assert words in hint if words else hint == ""


@pytest.mark.parametrize(
    ("divisor", "words"),
    [
        ("m", "all are twice E"),
        ("2", "m times too large"),
        ("2 * m * rows", "divided by the number of rows too"),
        ("2 * rows", "divide by twice the number of rows"),
    ],
)
def test_hints_of_a_wrong_divisor(divisor, words):
    squares = ("total", "np.linalg.norm(A - Y) ** 2", "np.mean((A - Y) ** 2) * rows * m")
    assert words in said("03.1", three(*(f"{line} / ({divisor})" for line in squares)))


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("p.shape != t.shape", ""),
        ("False", "the colleague's version"),
        ("p.size != t.size", "comparing sizes lets them pass"),
        ("p.shape[0] != t.shape[0]", "looks at the rows alone, so three predictions may meet one target"),
        ("p.shape[1] != t.shape[1]", "looks at the columns alone, so two rows may meet one"),
    ],
)
def test_hints_of_the_checked_error(test, words):
    def error(p, t):
        if eval(test, {"p": p, "t": t}):
            raise ValueError("these shapes do not fit")
        return np.sum((p - t) ** 2) / (2 * np.shape(p - t)[1])

    hint = said("03.2", error)
    assert words in hint if words else hint == ""


def test_hints_of_what_is_done_when_shapes_differ():
    def error(p, t, otherwise, divisor=lambda t: 2 * t.shape[1]):
        if p.shape != t.shape:
            return otherwise(p, t)
        return np.sum((p - t) ** 2) / divisor(t)

    def refuse(p, t):
        raise ValueError("these shapes do not fit")

    def stop(p, t):
        raise AssertionError

    def turn(p, t):
        return np.sum((p - t.T) ** 2) / (2 * np.shape(p - t.T)[1])

    for answer, words in (
        (lambda p, t: error(p, t, refuse), ""),
        (lambda p, t: error(p, t, stop), "it raises AssertionError"),
        (lambda p, t: error(p, t, lambda p, t: "the shapes differ"), "you return a sentence"),
        (lambda p, t: error(p, t, turn), "you turn the targets round"),
        (lambda p, t: error(p, t, refuse, lambda t: t.shape[1]), "the number is twice E"),
        (lambda p, t: error(p, t, refuse, lambda t: 2 * t.size), "divide by 2m, not by the number of all entries"),
        (lambda p, t: error(p, t, refuse, lambda t: 2 * t.shape[0]), "you divide by twice the number of rows"),
    ):
        hint = said("03.2", answer)
        assert words in hint if words else hint == ""


@pytest.mark.parametrize(
    ("squares", "absolute", "words"),
    [
        (np.mean, np.median, ""),
        (lambda y: sum(y) / len(y), lambda y: sorted(y)[len(y) // 2], ""),
        (np.median, np.mean, "exchanged"),
        (np.mean, np.mean, "the first is right. The mean does not make the absolute misses smallest"),
        (np.median, np.median, "the second is right. For squares, write"),
        (np.mean, lambda y: y[len(y) // 2], "sort the list first"),
        (np.mean, lambda y: np.sort(y)[len(y) // 2 + 1], "one place after the middle of the sorted list"),
        (lambda y: min(y, key=lambda k: np.sum((k - y) ** 2)), np.median, "k need not be one of the targets"),
        (lambda y: (y.min() + y.max()) / 2, np.median, "half-way between the smallest and the largest"),
        (lambda y: np.mean(y) * (1 + 5e-7), np.median, ""),
        (lambda y: np.mean(y) * (1 + 1e-5), np.median, "expected"),
    ],
)
def test_hints_of_the_best_constants(squares, absolute, words):
    hint = said("03.3", lambda y: (squares(y), absolute(y)))
    assert words in hint if words else hint == ""


def test_the_median_and_the_mean_are_best():
    y = np.array([3.0, 1.0, 2.0, 100.0, 4.0])
    k = np.linspace(0, 100, 10_001)
    assert k[np.sum((k - y[:, None]) ** 2, axis=0).argmin()] == pytest.approx(22)
    assert k[np.sum(np.abs(k - y[:, None]), axis=0).argmin()] == pytest.approx(3)


@pytest.mark.parametrize(
    ("w", "b", "smallest", "factor", "words"),
    [
        (5, 20 / 3, 10 / 36, 0.1, "w and b are a place on the map"),
        (0.5, 2 / 3, 1 / 36, 0.1, "the height there is ten times E's smallest value"),
        (0.5, 2 / 3, 10 / 36, 10, "a hundred times as long"),
        (0.5, 2 / 3, 10 / 36, 1, "With the same step size the move γ·slope is ten times as long"),
        (0.5, 2 / 3, 100 / 36, 0.1, "not the error of ten times the misses"),
        (0.05, 2 / 30, 10 / 36, 0.1, "the minimum does not move"),
    ],
)
def test_hints_of_ten_times_the_error(w, b, smallest, factor, words):
    assert words in said("03.4", (w, b, smallest, factor))


def test_the_tolerance_of_ten_times_the_error():
    """One per cent of each number, from both sides."""
    right = np.array([1 / 2, 2 / 3, 10 / 36, 1 / 10])
    for k, sign in product(range(4), (1, -1)):
        for share, accepted in ((0.0099, True), (0.0101, False)):
            answer = right.copy()
            answer[k] *= 1 + sign * share
            assert (said("03.4", tuple(answer)) == "") == accepted, (k, sign * share)


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (lambda E, m: np.sqrt(2 * m * E), ""),
        (lambda E, m: np.sqrt(2 * m * E) * (1 + 5e-7), ""),
        (lambda E, m: np.sqrt(2 * m * E) * (1 + 1e-5), "expected"),
        (lambda E, m: 2 * m * E, "a bound for the squared miss"),
        (lambda E, m: np.sqrt(2 * E), "the root of the *mean* squared miss"),
        (lambda E, m: np.sqrt(m * E), "so the sum of the squares is 2mE, not mE"),
        (lambda E, m: np.sqrt(2 * E / m), "you divided by m"),
        (lambda E, m: np.sqrt(E), "undo what E does"),
        (lambda E, m: m * np.sqrt(2 * E), "m stands under the root"),
    ],
)
def test_hints_of_the_promise(bound, words):
    hint = said("03.5", bound)
    assert words in hint if words else hint == ""


def test_the_promise_is_kept_and_reached():
    rng = np.random.default_rng(35)
    for m in (1, 3, 10):
        misses = rng.normal(size=(2, m))
        E = np.sum(misses**2) / (2 * m)
        assert np.linalg.norm(misses, axis=0).max() <= np.sqrt(2 * m * E) * (1 + 1e-12)
    one = np.zeros((2, 10))
    one[:, 4] = 3, 4
    assert np.sqrt(2 * 10 * np.sum(one**2) / 20) == pytest.approx(5)


@pytest.mark.parametrize(
    "answer", [(0.5, 0.67, 0.278, 0.1), (0.5, 2 / 3, 5 / 18, 0.1), [1 / 2, 2 / 3, 10 / 36, 1 / 10]]
)
def test_rounded_answers_are_enough(capsys, answer):
    check("03.4", answer)
    assert "correct" in capsys.readouterr().out


# --- a line by hand


def corners():
    """Return the (w, b) at the ends of both sliders and in the middle."""
    sides = [(at - reach, at, at + reach) for at, reach in zip(BEST, REACH, strict=True)]
    return list(product(*sides))


@pytest.mark.parametrize(("w", "b"), corners())
def test_line_is_computed_at_every_extreme(w, b):
    misses = line_misses(w, b)
    assert misses.shape == (3,)
    assert np.isclose(line_error(w, b), np.sum(misses**2) / 6)
    assert np.isfinite(misses).all()


def test_a_square_is_square():
    for r in (-2.0, 0.5):
        corners = square(1.0, 3.0, r)
        assert np.allclose(np.ptp(corners, axis=0), abs(r))
        assert [1.0, 3.0] in corners.tolist()
        assert [1.0, 3.0 + r] in corners.tolist()


def test_path_grows_only_by_moves_and_not_for_ever():
    path = extended(extended([], (0, 0)), (0, 0))
    assert path == [(0, 0)]
    for k in range(2 * LONGEST):
        path = extended(path, (k, 1))
    assert len(path) == LONGEST
    assert path[-1] == (2 * LONGEST - 1, 1)


def test_advice():
    assert "nothing smaller" in advice(LOWEST)
    assert "close" in advice(1.1 * LOWEST)
    assert "smaller is possible" in advice(1.5)


def test_every_control_of_the_line_at_its_ends_in_any_order():
    explorer = line_by_hand()
    w, b, record, reveal = explorer.controls.values()
    for recording, showing in product((True, False, True), (True, False)):
        record.value, reveal.value = recording, showing
        for w_value, b_value in [*corners(), *corners()[::-1]]:
            w.value, b.value = w_value, b_value
            assert explorer.error is None
            assert f"E = {line_error(w.value, b.value):.4f}" in explorer.status
            assert explorer.status.endswith(".")
            assert ("The minimum" in explorer.status) == showing
    explorer.close()


def test_the_path_is_recorded_and_kept_until_the_next_one():
    explorer = line_by_hand(start=(1, 0))
    w, _, record, _ = explorer.controls.values()
    assert "path" not in explorer.status
    record.value = True
    assert record.description == "Stop recording"
    assert "path so far: 0 moves" in explorer.status
    before = explorer.png
    w.value = 0.5
    assert "path so far: 1 move." in explorer.status
    w.value = 0.6
    record.value = False
    w.value = 0.7
    assert "Your path: 2 moves." in explorer.status
    assert record.description == "Record my path"
    assert explorer.png != before
    record.value = True
    assert "path so far: 0 moves" in explorer.status
    explorer.close()


def test_the_best_line_can_be_reached():
    explorer = line_by_hand(start=BEST)
    assert "nothing smaller is possible" in explorer.status
    step = explorer.controls["b"].step
    assert np.isclose((BEST[1] - explorer.controls["b"].min) / step % 1, 0)
    explorer.close()


def test_a_start_outside_is_moved_in():
    explorer = line_by_hand(start=(50, -50))
    assert explorer.values["w"] == BEST[0] + REACH[0]
    assert explorer.values["b"] == BEST[1] - REACH[1]
    explorer.close()


# --- one parameter of tiny


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize("value", [-FARTHEST, None, FARTHEST, 1e6])
def test_tiny_with_one_parameter_changed(parameter, value):
    W, b, X, Y = datasets.tiny()
    kind, layer, place = PARAMETERS[parameter]
    value = own_value(parameter) if value is None else value
    {"W": W, "b": b}[kind][layer][place] = value
    network = Network.from_parameters(W, b, [activations.sigmoid, activations.identity])
    A, E = tiny_outputs(parameter, value)
    assert np.allclose(A, network(X)[0])
    assert np.isclose(E, network.error(X, Y, losses.half_mean_squared_error))


def test_tiny_itself_is_the_start_of_every_curve():
    assert len(PARAMETERS) == 9
    for parameter in PARAMETERS:
        assert np.isclose(tiny_outputs(parameter, own_value(parameter))[1], 0.6833860258)


def test_three_of_the_nine_curves_are_parabolas():
    places = np.linspace(-3, 3, 7)
    flat = []
    for parameter in PARAMETERS:
        third = np.diff([tiny_outputs(parameter, at)[1] for at in places], 3)
        flat.append(bool(np.allclose(third, 0)))
    assert flat == [False] * 6 + [True] * 3


def test_lowest_says_when_there_is_none():
    places = np.linspace(-1, 1, 5)
    assert "left end" in lowest(places, places)
    assert "right end" in lowest(places, -places)
    assert "at about 0.0" in lowest(places, places**2)


def test_every_control_of_one_parameter_at_its_ends_in_any_order():
    explorer = one_parameter()
    choice, value = explorer.controls.values()
    for name in [*PARAMETERS, *list(PARAMETERS)[-2::-1]]:
        choice.value = name
        assert np.isclose(value.value, own_value(name), atol=1e-9)
        assert "E = 0.6834" in explorer.status
        for end in (FARTHEST, -FARTHEST, 0):
            value.value = end
            assert explorer.error is None
            assert f"{name} is {end:.2f}".replace("-", "−") in explorer.status
            A, E = tiny_outputs(name, end)
            left, right = explorer.canvas.figure.axes
            assert 0 < E < left.get_ylim()[1]  # nothing leaves the picture
            assert right.get_ylim()[0] < A.min()
            assert A.max() < right.get_ylim()[1]
            assert explorer.status.endswith(".")
    explorer.close()
