"""Notebook 1: its worked numbers, its `network` against the package's, and its two explorers."""

import re
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest

import notebooks
from shared import activations
from shared.datasets import tiny
from shared.exercises import check
from shared.exercises.notebook_01 import exercises
from shared.explorers import edges, hinges
from shared.explorers.notebook_01 import HAT, SIZES, TARGETS, bends, describe, edge, weighted_hinges
from shared.network import Network

PATH = notebooks.FOLDER / "01_the_model.ipynb"
TINY = tiny()


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
        *("N(-1.0) = 0.0", "N(0.0) = 0.0", "N(0.5) = 0.5", "N(1.0) = 1.0", "N(1.5) = 0.5", "N(2.0) = 0.0"),
        *("has the score 1.8: an oak's", "taken for oak: 0 of 25", "taken for birch: 1 of 25"),
        *("[784, 30, 10] 23,860 parameters, in layer 1 98.7% of them", "238,510 parameters, in layer 1 98.7%"),
        *("(1, 2.4): a = 0.5000", "(1, 3.4): a = 0.4378, with the bias 0.35: a = 0.5000"),
        *("at most 0.0019 away", "each divided by the one before: [0.28 0.25 0.25 0.25]"),
        "wrong without a bias: 11 of 50 leaves at best; with it: 1",
        *("network 2.54, sine 0.41", "first input: -0.1239058461", "upright  gives z = [6 0]"),
    ],
)
def test_worked_numbers_are_printed(shown, number):
    assert number in shown


def text(part):
    """Return the Markdown cell of the notebook that holds this part."""
    (found,) = [source for _, source in notebooks.cells(PATH, "markdown") if part in source]
    return found


def test_hardly_a_verdict_is_printed(shown):
    assert not re.search(r"\b(True|False)\b", shown)


def test_nearly_all_parameters_of_the_digit_networks_sit_in_layer_1():
    shares = [Network(s, [activations.identity] * 2, initial=0).W[1].size for s in ([784, 30, 10], [784, 300, 10])]
    assert [round(100 * (n + k) / p, 1) for n, k, p in zip(shares, (30, 300), (23_860, 238_510), strict=True)] == [
        98.7
    ] * 2
    assert "98.7 %" in text("read handwritten digits")


def test_twice_the_hinges_leave_a_quarter_of_the_distance():
    (build,) = notebooks.defined(PATH, "hinge_network")
    x, misses = np.linspace(0, 6, 6001), []
    for n in (6, 12, 24, 48, 96, 192):
        W, b = build(np.sin, np.linspace(0, 6, n + 1))
        drawn = W[2] @ np.maximum(0, W[1] @ x.reshape(1, -1) + b[1]) + b[2]
        misses.append(np.abs(drawn - np.sin(x)).max())
    assert np.allclose(np.array(misses[1:]) / misses[:-1], 0.25, atol=0.01)
    assert "about a quarter of the distance, four times in a row" in text("universal approximation theorem**")


def test_knots_of_a_grid():
    assert f"{12**6:,}".replace(",", "{,}") in text("A recipe like ours, with 12 hinges")
    assert 28 * 28 == 784


def test_twice_the_slope_falls_three_times_as_fast():
    """What the second question of the hinges is answered with, and the bend at one half."""
    before, after = HAT, (HAT[0], (2, -1, -2), HAT[2])
    slopes = [np.diff(weighted_hinges(h, np.array([1.2, 1.4])).sum(axis=0))[0] / 0.2 for h in (before, after)]
    assert np.allclose(slopes, [-1, -3])
    assert bends(after) == [0, 0.5, 2]
    assert "So the curve now falls three times as fast as before: 1 − 4 = −3" in text("The third hinge ended the fall")


def test_a_hinge_changes_the_slope_by_weight_times_steepness():
    for w, b, v in ((2, -1, -2), (-0.5, 1, 3), (1, 0, 1), (-2, -3, -1)):
        at = -b / w
        left, right = (
            np.diff(weighted_hinges([(w, b, v)], np.array(ends)).sum(axis=0))[0]
            for ends in ([at - 1, at], [at, at + 1])
        )
        assert right - left == v * abs(w)


def test_the_degree_where_the_answer_flips():
    for bias, place in ((0.1, 2.4), (0.35, 3.4)):
        assert abs(0.5 - 0.25 * place + bias) < 1e-12
        assert f"{place}" in text("pulls the activation down")


def test_a_row_looks_for_its_bar():
    (source,) = [s for _, s in notebooks.cells(PATH, "code") if "W_bars = " in s]
    exec(source.partition("\nfor name")[0], scope := {"np": np})
    answers = scope["W_bars"] @ np.hstack([scope["upright"], scope["level"], scope["corner"]])
    assert answers.tolist() == [[6, 0, 0], [0, 6, 0]]


def test_the_notebook_s_network_is_the_package_s():
    cell = next(s for _, s in notebooks.cells(PATH, "code") if "def network(" in s)
    exec(cell, scope := {})
    rng = np.random.default_rng(0)
    g = [activations.sigmoid, activations.relu, activations.identity]
    stored = Network([3, 5, 4, 2], g, rng=rng)
    x = rng.standard_normal((3, 1))
    assert np.allclose(scope["network"](x, stored.W, stored.b, stored.g), stored(x))


# --- exercises


def said(capsys, name, answer):
    """Return what check prints last, without the exercise's name."""
    check(name, answer)
    return capsys.readouterr().out.splitlines()[-1].removeprefix(f"{name} ")


@pytest.mark.parametrize("answer", ["bdf", "FDB", "b, d, f", "d f b"])
def test_letters_in_any_order(capsys, answer):
    assert said(capsys, "01.6", answer).startswith("correct")


def test_other_hinges_that_draw_the_same_are_right(capsys):
    absolute = ((2, 0, 0.5), (-0.5, 0, 2), (1, 7, 0))
    tent = np.array([[2, 2, 1], [4, 0, -1], [0.5, -0.5, 4]])
    assert said(capsys, "01.3", (absolute, tent)).startswith("correct")
    falling = [(-1, 1, 2), (-1, 0, -4), (-1, -1, 2)]  # the tent, made of hinges that open to the left
    assert said(capsys, "01.3", (absolute, falling)).startswith("correct")
    assert said(capsys, "01.3", ([(0.5, 0, 2), (Fraction(-1, 2), 0, 2)], tent)).startswith("correct")


ABSOLUTE, TENT = [(1, 0, 1), (-1, 0, 1)], [(1, 1, 2), (1, 0, -4), (1, -1, 2)]


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ((ABSOLUTE, [*TENT, (1, -5, 1)]), "the tent: at x = 1e+06"),  # right from −4 to 4, and wrong beyond
        (([*ABSOLUTE, (-1, -4.5, 1)], TENT), "|x|: at x = -1e+06"),
        (([*ABSOLUTE, (1, 0.02, 9), (1, 0.01, -18), (1, 0, 9)], TENT), "|x|: at x = "),  # a spike of width 0.02
        (([*ABSOLUTE, (0, 1, 1)], TENT), "|x|: at x = "),
        (([*ABSOLUTE, (0, 3e-6, 1)], TENT), "|x|: at x = "),  # outside of the tolerance
        (([*ABSOLUTE, (0, 4e-7, 1)], TENT), ""),  # inside
        ((np.array(ABSOLUTE) + 1j, TENT), "absolute should be a list of hinges"),
        ((np.array(ABSOLUTE).astype(str), TENT), "absolute should be a list of hinges"),
        ((ABSOLUTE, np.ma.masked_all((3, 3))), "tent should be a list of hinges"),
        (([("1", "0", "1"), (-1, 0, 1)], TENT), "absolute should be a list of hinges"),
        (([(True, False, True), (-1, 0, 1)], TENT), "absolute should be a list of hinges"),
        (([1, 0, 1], TENT), "absolute should be a list of hinges"),
        (([(1, 0)], TENT), "absolute should be a list of hinges"),
        (([(1, 0, np.nan)], TENT), "absolute should be a list of hinges"),
        (([(1, 0, 10**400)], TENT), "absolute should be a list of hinges"),
        ((ABSOLUTE, 3), "tent should be a list of hinges"),
        (([], TENT), "absolute should hold a few hinges, not 0"),
        ((ABSOLUTE, [(1, 0, 0)] * 1001), "tent should hold a few hinges, not 1001"),
        ((np.broadcast_to(0.0, (10**9, 3)), TENT), "(an array of shape (1000000000, 3), "),
        (ABSOLUTE, "absolute should be a list of hinges"),
        ((ABSOLUTE, TENT, TENT), "we ask for two lists"),
        ([[(1, 0, 1)], TENT], "left of 0 your curve lies flat"),
    ],
    ids=range(22),
)
def test_hinges_that_are_judged(capsys, answer, part):
    heard = said(capsys, "01.3", answer)
    assert heard.startswith(f"not yet: {part}") or f": {part}" in heard if part else heard.startswith("correct")


@pytest.mark.parametrize(
    ("z_1", "z_2", "words"),
    [
        ("0.5 * x_1 - 0.25 * x_2 + 0.1", "-x_1 + 0.75 * x_2 - 0.2", "correct"),
        ("0.5 * x_1 - x_2 + 0.1", "-0.25 * x_1 + 0.75 * x_2 - 0.2", "your friend's version"),
        ("0.5 * x_1 - 0.25 * x_2 + 0.1", "-0.25 * x_1 + 0.75 * x_2 - 0.2", "z_1 is right now"),
        ("0.5 * x_1 - x_2 + 0.1", "-x_1 + 0.75 * x_2 - 0.2", "z_2 is right now"),
        ("-x_1 + 0.75 * x_2 - 0.2", "0.5 * x_1 - 0.25 * x_2 + 0.1", "z_2 stands before z_1"),
        ("0.5 * x_1 - 0.25 * x_2", "-x_1 + 0.75 * x_2", "the biases are missing"),
        ("0.5 * x_1 - 0.25 * x_2 - 0.2", "-x_1 + 0.75 * x_2 + 0.1", "the biases are exchanged"),
    ],
)
def test_two_lines_get_the_hint_that_is_true_of_them(capsys, z_1, z_2, words):
    check("01.1", eval(f"lambda x_1, x_2: ({z_1}, {z_2})"))
    assert words in capsys.readouterr().out


TRUE_OF = {  # part of a hint -> what it says, of a curve N
    "left of 0 your curve lies flat": lambda N: N(-3.0) == N(-1.0) == 0 and N(3.0) == 3,
    "the straight line x": lambda N: all(N(x) == x for x in (-3.0, -1.0, 2.0)),
    "one steeper hinge": lambda N: N(-2.0) == 0 and N(2.0) == 4,
    "right of 0 your curve lies flat": lambda N: N(1.0) == N(3.0) == 0 and N(-3.0) == 3,
    "the top is only 1 high": lambda N: N(-1.0) == N(1.0) == 0 and N(0.0) == 1,
    "the hat of section 1.6": lambda N: N(0.0) == N(2.0) == 0 and N(1.0) == 1,
    "one place too far to the right": lambda N: N(0.0) == N(2.0) == 0 and N(1.0) == 2,
    "left of 1 all is right": lambda N: [N(x) for x in (-1.0, 0.0, 1.0, 2.0)] == [0, 2, 0, -2],
    "your curve runs level": lambda N: [N(x) for x in (-1.0, 0.0, 0.5, 1.0)] == [0, 2, 2, 2],
    "the offsets have the wrong sign": None,
}


def test_each_hint_on_hinges_says_what_is_true():
    for (absolute, tent), hint in exercises["01.3"].mistakes:
        wrong = absolute if hint.startswith("|x|") else tent
        (part,) = [part for part in TRUE_OF if part in hint]
        if part != "the offsets have the wrong sign":
            assert TRUE_OF[part](lambda x, wrong=wrong: weighted_hinges(wrong, np.array([x])).sum())
        else:  # with the signs turned it is the tent
            turned = [(w, -b, v) for w, b, v in wrong]
            assert sorted(turned) == sorted(TENT)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (-0.3057010274, True),
        (-0.3057, True),
        (-0.3056, True),  # what four digits in every step lead to
        (-0.3057010274 * (1 + 0.9e-3), True),
        (-0.3057010274 * (1 + 2.1e-3), False),
        (-0.305, False),
        (-0.31, False),
    ],
)
def test_how_exact_the_output_must_be(capsys, answer, right):
    assert said(capsys, "01.4", answer).startswith("correct") == right


def test_four_digits_in_every_step():
    first, second = (round(float(activations.sigmoid(np.float64(z))), 4) for z in (-0.15, 0.55))
    assert round(first - 2 * second + 0.5, 4) == -0.3056


def tiny_output(x, W=None, b=None, hidden=activations.sigmoid, last=activations.identity):
    """Return the output of tiny, calculated entry by entry, with some parts exchanged."""
    (u, v), (s, t) = W or ((0.5, -0.25), (-1.0, 0.75))
    (b_1, b_2), b_out = b or ((0.1, -0.2), 0.5)
    z = u * x[0] + v * x[1] + b_1, s * x[0] + t * x[1] + b_2
    a = [float(hidden(np.float64(value))) for value in z]
    return float(last(np.float64(1 * a[0] - 2 * a[1] + b_out)))


def test_each_hint_on_tiny_belongs_to_its_number():
    same, relu, x = activations.identity, activations.relu, (0, 1)
    told = {
        "by columns": tiny_output(x, W=((0.5, -1.0), (-0.25, 0.75))),
        "biases of the hidden layer": tiny_output(x, b=((0, 0), 0.5)),
        "the output node has a bias too": tiny_output(x, b=((0.1, -0.2), 0)),
        "the sigmoid of the hidden nodes is missing": tiny_output(x, hidden=same),
        "the output node has the identity": tiny_output(x, last=activations.sigmoid),
        "with ReLU": tiny_output(x, hidden=relu),
        "for x = (1, 0)": tiny_output((1, 0)),
        "for x = (1, 2)": tiny_output((1, 2)),
    }
    for value, hint in exercises["01.4"].mistakes:
        (part,) = [part for part in told if part in hint]
        assert np.isclose(told.pop(part), value)
    assert not told


def loops(x, W, b, g, take=lambda g, l: g[l], first=lambda W, l, i, j: W[l][i, j]):
    """Return the output as a learner's loops have it, with the places where they go wrong."""
    a = x
    for l in range(1, len(W)):
        z = b[l].copy()
        for i in range(W[l].shape[0]):
            for j in range(W[l].shape[1]):
                z[i, 0] += first(W, l, i, j) * a[j, 0]
        a = take(g, l)(z)
    return a


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (loops, ""),
        (lambda x, W, b, g: loops(x, W, b, g, take=lambda g, l: g[1]), "activation function of layer 1 in every layer"),
        (lambda x, W, b, g: loops(x, W, b, g, take=lambda g, l: g[-1]), "the last activation function in every layer"),
        (lambda x, W, b, g: loops(x, W, b, g, take=lambda g, l: np.tanh), "expected"),
        (lambda x, W, b, g: loops(x, W, b, g, take=lambda g, l: lambda z: z), "no activation yet"),
        (lambda x, W, b, g: loops(x, W, b, g, first=lambda W, l, i, j: W[l][j, i]), "i and j are exchanged"),
        (lambda x, W, b, g: loops(x, W, b, g, first=lambda W, l, i, j: W[1][i, j]), "expected"),
        (lambda x, W, b, g: loops(x, W, [None, *(b[1] for _ in b[1:])], g), "expected"),
        (lambda x, W, b, g: by_products(x, W, b, g), "a matrix product does the work"),
        (lambda x, W, b, g: by_products(x, W, b, g, np.dot), "a matrix product does the work"),
        (lambda x, W, b, g: by_products(x, W, b, g, lambda W, a: W.dot(a)), "a matrix product does the work"),
        (lambda x, W, b, g: by_products(x, W, b, g, lambda W, a: (a.T @ W.T).T), "a matrix product does the work"),
        (
            lambda x, W, b, g: by_products(x, W, b, g, lambda W, a: np.einsum("ij,jk", W, a)),
            "a matrix product does the work",
        ),
        (lambda x, W, b, g: by_products(x, W, b, g, lambda W, a: np.sum(W * a.T, axis=1, keepdims=True)), ""),
        (lambda x, W, b, g: width_of_the_input(x, W, b, g), "right where all layers are equally wide"),
        (lambda x, W, b, g: (1 + 9e-7) * loops(x, W, b, g), ""),
        (lambda x, W, b, g: (1 + 3e-6) * loops(x, W, b, g), "expected"),
    ],
    ids=range(17),
)
def test_loops_that_are_judged(capsys, answer, part):
    heard = said(capsys, "01.5", answer)
    assert part in heard if part else heard.startswith("correct")
    assert heard.startswith("correct" if not part else "not yet")


def by_products(x, W, b, g, product=lambda W, a: W @ a):
    a = x
    for l in range(1, len(W)):
        a = g[l](product(W[l], a) + b[l])
    return a


def width_of_the_input(x, W, b, g):
    """Go wrong where layers differ in width: each loop runs over as many as there are inputs."""
    a = x
    for l in range(1, len(W)):
        z = b[l].copy()
        for i in range(len(x)):
            for j in range(len(x)):
                z[i, 0] += W[l][i, j] * a[j, 0]
        a = g[l](z)
    return a


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (lambda sizes: sum(n * (k + 1) for k, n in pairwise(sizes)), ""),
        (lambda sizes: sum((n + 1) * k for k, n in pairwise(sizes)), "the layer it enters"),
        (lambda sizes: sum(n * k + n for k, n in pairwise(sizes[:-1])), "last layer is missing"),
        (lambda sizes: (sizes[0] + 1) * sizes[1] + (sizes[1] + 1) * sizes[-1], "expected"),  # two layers, always
        (lambda sizes: float(sum(n * (k + 1) for k, n in pairwise(sizes))), ""),
    ],
    ids=range(5),
)
def test_counts_that_are_judged(capsys, answer, part):
    heard = said(capsys, "01.2", answer)
    assert part in heard if part else heard.startswith("correct")


def test_edits_do_what_their_hints_say():
    """Each edit of 01.6, made in the parameters: three change the output somewhere, three nowhere."""
    W, b, g = [None, *TINY[0][1:]], TINY[1], [None, activations.sigmoid, activations.identity]
    (w1, w2), (b1, b2) = W[1:], b[1:]
    new_row, new_bias = np.array([[3.0, -2.0]]), np.array([[0.7]])
    half = np.hstack([w2[:, :1] / 2, w2[:, 1:], w2[:, :1] / 2])
    edits = {
        "a": (w1[::-1], w2, b1, b2),
        "b": (w1[::-1], w2[:, ::-1], b1[::-1], b2),
        "c": (2 * w1, w2 / 2, 2 * b1, b2),
        "d": (np.vstack([w1, new_row]), np.hstack([w2, [[0.0]]]), np.vstack([b1, new_bias]), b2),
        "e": (w1, w2, b1 + 1, b2 - 1),
        "f": (np.vstack([w1, w1[:1]]), half, np.vstack([b1, b1[:1]]), b2),
    }
    X = np.random.default_rng(0).normal(size=(2, 20))
    right = Network.from_parameters(W, b, g[1:])(X)
    same = []
    for letter, (v1, v2, c1, c2) in edits.items():
        output = Network.from_parameters([None, v1, v2], [None, c1, c2], g[1:])(X)
        same += [letter] * np.allclose(output, right)
    assert "".join(same) == exercises["01.6"].solution
    for answer, hint in exercises["01.6"].mistakes:
        changed = set(answer) ^ set("bdf")
        named = [letter for letter in changed if f"{letter} " in hint or f" {letter} " in hint]
        assert named, f"{answer}: {hint}"


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
