"""Notebook 3: its worked numbers, what it proves, and its two explorers at every extreme."""

from itertools import product

import numpy as np
import pytest

import notebooks
from shared import activations, datasets, losses
from shared.exercises import check
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
        *("0.1053605", "2.3025851", "half square 0.005", "half square 0.405"),
        *("501 steps:  0.0455744799", "swapped : E = 0.0455744799", "half-way: E = 0.4571393439"),
        *("tiny: 9 parameters, 10^9 evaluations", "10^238510 evaluations", "0 of 5 answered"),
    ],
)
def test_worked_numbers_are_printed(shown, number):
    assert number in shown


@pytest.fixture(scope="module")
def scope():
    """Return the names that the notebook's cells of sections 3.2 to 3.4 define."""
    x, y = datasets.line_data()
    names = {"np": np, "x": x, "y": y, "Fraction": __import__("fractions").Fraction}
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
