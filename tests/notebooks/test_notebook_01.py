"""Notebook 1: its worked numbers, its `network` against the package's, and its two explorers."""

from itertools import product

import numpy as np
import pytest

import notebooks
from shared import activations
from shared.exercises import check
from shared.explorers import edges, hinges
from shared.explorers.notebook_01 import HAT, SIZES, TARGETS, bends, describe, edge, weighted_hinges
from shared.network import Network

PATH = notebooks.FOLDER / "01_the_model.ipynb"


@pytest.fixture(scope="module")
def shown():
    """Return everything that the stored notebook has printed."""
    return "\n".join(notebooks.printed(cell) for cell in notebooks.load(PATH).cells if cell.cell_type == "code")


@pytest.mark.parametrize(
    "number",
    [
        *("0.1000000000", "0.3000000000", "0.5249791875", "0.5744425168", "-0.1239058461"),
        *("-1.4   1.05", "-0.7837336869", "with ReLU hidden nodes: 0.0000", "[0.22 0.22]"),
        *("= 54 parameters", " 9 parameters", " 23,860 ", "101,770 ", "238,510 "),
        *("N(0.0) = 0.0", "N(0.5) = 0.5", "N(1.0) = 1.0", "N(1.5) = 0.5", "N(2.0) = 0.0"),
    ],
)
def test_worked_numbers_are_printed(shown, number):
    assert number in shown


def test_four_digits_of_the_answer_are_enough(capsys):
    check("01.4", -0.3057010274)
    check("01.4", -0.3057)
    assert capsys.readouterr().out.count("correct") == 2


def test_the_notebook_s_network_is_the_package_s():
    cell = next(s for _, s in notebooks.cells(PATH, "code") if "def network(" in s)
    exec(cell, scope := {})
    rng = np.random.default_rng(0)
    g = [activations.sigmoid, activations.relu, activations.identity]
    stored = Network([3, 5, 4, 2], g, rng=rng)
    x = rng.standard_normal((3, 1))
    assert np.allclose(scope["network"](x, stored.W, stored.b, stored.g), stored(x))


# --- exercises whose answers have many forms


@pytest.mark.parametrize("answer", ["bdf", "FDB", "b, d, f", "d f b"])
def test_letters_in_any_order(capsys, answer):
    check("01.6", answer)
    assert "correct" in capsys.readouterr().out


def test_other_hinges_that_draw_the_same_are_right(capsys):
    absolute = ((2, 0, 0.5), (-0.5, 0, 2), (1, 7, 0))
    tent = np.array([[2, 2, 1], [4, 0, -1], [0.5, -0.5, 4]])
    check("01.3", (absolute, tent))
    assert "correct" in capsys.readouterr().out


# --- explorers


def test_the_hat():
    x = np.array([-1, 0, 0.5, 1, 1.5, 2, 9])
    assert np.allclose(weighted_hinges(HAT, x).sum(axis=0), [0, 0, 0.5, 1, 0.5, 0, 0])
    assert np.allclose(TARGETS["the hat"](x), [0, 0, 0.5, 1, 0.5, 0, 0])
    assert bends(HAT) == [0, 1, 2]


def test_flat_and_weightless_hinges_do_not_bend():
    assert bends([(0, 1, 1), (1, 0, 0), (2, 1, 1)]) == [-0.5]


@pytest.mark.parametrize("target", TARGETS)
def test_words_for_every_extreme(target):
    ends = list(product((-2, 0, 2), (-4, 0, 4), (-4, 0, 4)))
    for chosen in zip(ends, ends[1:] + ends[:1], ends[::-1], strict=True):
        sentence = describe(chosen, target)
        assert "slope" in sentence
        assert "nan" not in sentence


@pytest.mark.parametrize("corner", [(-2, -4, -4), (0, 0, 0), (2, 4, 4), (-2, 4, -4), (2, 0, 0)])
def test_hinges_survive_the_ends_of_the_sliders(corner):
    explorer = hinges()
    for target in ("none", "a plateau"):
        explorer.controls["target"].value = target
        for k in (1, 2, 3):
            for name, value in zip(("slope", "offset", "weight"), corner, strict=True):
                explorer.controls[f"{name}_{k}"].value = value
        assert explorer.error is None
        assert "slope" in explorer.status
    explorer.close()


def test_hinges_say_when_the_target_is_met():
    explorer = hinges([(1, 0, 1), (-1, 0, 1), (0, 0, 0)])
    explorer.controls["target"].value = "|x|"
    assert "matches |x|" in explorer.status
    explorer.controls["target"].value = "the hat"
    assert "at most" in explorer.status
    explorer.close()


def test_every_edge_names_its_entry():
    explorer, seen = edges(), set()
    for l, i, j in product((3, 1, 2), (5, 1, 3), (5, 1, 4)):
        for name, value in (("l", l), ("i", i), ("j", j)):
            explorer.controls[name].value = value  # the slider holds it below its maximum
        l, i, j = explorer.values.values()
        assert explorer.error is None
        assert 1 <= i <= SIZES[l]
        assert 1 <= j <= SIZES[l - 1]
        assert f"W[{l}][{i - 1}, {j - 1}]" in explorer.status
        seen.add((l, i, j))
    assert {(1, 5, 3), (2, 4, 5), (3, 2, 4), (2, 3, 5), (1, 1, 1)} <= seen
    explorer.close()


def test_an_edge_out_of_range_is_moved_in():
    assert edge(3, 5, 5) == (3, 2, 4)
    assert edge(1, 5, 5) == (1, 5, 3)
