"""Notebook 6: its five lines are the package's, its zoo is caught, its explorer survives every control."""

import re
from itertools import product

import numpy as np
import pytest

import bug_zoo as zoo
import notebooks
from shared.activations import identity, relu, sigmoid, tanh
from shared.datasets import tiny
from shared.exercises import check
from shared.exercises.notebook_06 import exercises
from shared.explorers import bug_zoo
from shared.gradient_check import gradient_check, numerical_gradient, relative_error
from shared.lessons.zoo import (
    BUGS,
    LINES,
    MYSTERIES,
    NO_MISTAKE,
    STEPS,
    TITLES,
    Layer,
    animal,
    cases,
    descent_of,
    describe,
    in_red,
    visit,
)
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy
from shared.network import Network

PATH = notebooks.FOLDER / "06_backpropagation_matrix_style.ipynb"
CASES = cases()
TINY, RELU, ENTROPY, SQUARE, DIFFERENT = CASES
each_bug = pytest.mark.parametrize("bug", BUGS.values(), ids=list(BUGS))


def defined(*names):
    """Return what the notebook's cells define, run alone."""
    return notebooks.defined(PATH, *names)


# --- what the notebook defines


def passed(sizes, g, m, seed=0):
    """Return a random network after a forward pass, its g' by layer, and targets."""
    rng = np.random.default_rng(seed)
    network = Network(sizes, g, rng=rng)
    network.theta += 0.1 * rng.standard_normal(network.p)
    network.forward(rng.standard_normal((sizes[0], m)))
    return network, [None, *(activation.derivative for activation in g)], rng.standard_normal((sizes[-1], m))


@pytest.mark.parametrize("m", [1, 7])
@pytest.mark.parametrize(("sizes", "g"), [([3, 5, 4, 2], [tanh, sigmoid, identity]), ([2, 1], [sigmoid])])
def test_loops_lines_rows_and_package_agree(sizes, g, m):
    loops, lines, rows = defined("backward_loops", "backward", "backward_rows")
    network, dg, Y = passed(sizes, g, m)
    network.backward(Y, half_mean_squared_error)
    arguments = network.W, network.Z, network.A, Y, dg
    by_rows = rows(network.W, [None, *(Z.T for Z in network.Z[1:])], [A.T for A in network.A], Y.T, dg)
    for dW, db in (loops(*arguments), lines(*arguments), (by_rows[0], [None, *(d.T for d in by_rows[1][1:])])):
        for l in range(1, network.L + 1):
            np.testing.assert_allclose(dW[l], network.dW[l], atol=1e-14)
            np.testing.assert_allclose(db[l], network.db[l], atol=1e-14)


def test_flat_is_in_the_order_of_theta():
    lines, flat = defined("backward", "flat")
    network, dg, Y = passed([3, 5, 4, 2], [tanh, sigmoid, identity], 7)
    network.backward(Y, half_mean_squared_error)
    np.testing.assert_allclose(flat(*lines(network.W, network.Z, network.A, Y, dg)), network.grad, atol=1e-14)


def test_only_one_product_fits_where_all_sizes_differ():
    (fitting,) = defined("fitting")
    assert fitting(4, 3, 5) == ["dZ @ A.T"]
    assert fitting(2, 2, 3) == ["dZ @ A.T", "A @ dZ.T"]
    assert len(fitting(2, 2, 2)) == 8


def outputs():
    return "".join(notebooks.printed(cell) for cell in notebooks.load(PATH).cells if cell.cell_type == "code")


@pytest.mark.parametrize(
    "number",
    """-0.374635282 -0.1019003425 -0.5521371293 -0.4490322159 -0.7016841166 -1.0286727538 -0.0934250632 -0.0253323239
    -0.1289433201 0.1831654171 0.0472833166 0.19907731 0.0355182569 -0.2766541103 -0.0159118929 0.5131528058
    -0.2477007072 0.4295260437 0.6833860 0.1730789 6.3e-06 1.9e-03 6.3e-10 1.9e-05 0.5000 0.0197 0.5131 0.2910 0.1205
    1.0000 0.167 477020""".split(),
)
def test_worked_numbers_are_in_the_stored_outputs(number):
    assert number in outputs()


# --- the zoo: each animal is caught by the gradient check, the correct pass is not


HOME = dict.fromkeys(zoo.EVERYWHERE, TINY) | dict.fromkeys(zoo.ON_SQUARES, SQUARE)
HOME |= dict.fromkeys(zoo.ON_TINY_WITH_RELU, RELU) | dict.fromkeys(zoo.WITH_CROSS_ENTROPY, ENTROPY)
HOME = {kind.bug: case for kind, case in HOME.items()}


def test_one_list_of_bugs():
    assert set(BUGS.values()) == {kind.bug for kind in zoo.ALL} == set(HOME)
    assert len(BUGS) == 18, "the notebook says eighteen"
    for title, bug in BUGS.items():
        assert bug.title == title
        assert bug.title.startswith(bug.line[:2]), "the title begins with what the line computes"
        assert bug.code != LINES[bug.line].code
        assert bug.note.endswith(".")


CODES = [*((bug.title, bug.line, bug.code, bug.function) for bug in BUGS.values())]
CODES += [(name, name, line.code, line.function) for name, line in LINES.items()]


@pytest.mark.parametrize(("title", "line", "code", "function"), CODES, ids=[title for title, *_ in CODES])
def test_the_code_that_is_shown_is_what_the_function_does(title, line, code, function):
    """Run it as it stands there, in the second layer of a network that is square everywhere."""
    rng, g = np.random.default_rng(1), relu if "ReLU" in title else sigmoid
    network = Network([3, 3, 3], [tanh, g], rng=rng, initial=1.0)
    X, Y, dA, dZ, dW = rng.standard_normal((5, 3, 3))
    network.forward(X)
    network.dW[2][:] = 7.0
    layer = Layer(network, 2, Y, sigmoid_cross_entropy, dA)
    layer.dZ, layer.dW = dZ, dW
    here = dict(l=2, L=2, m=3, Y=Y, dA=dA, dZ=dZ, W=network.W, A=network.A, Z=network.Z)
    here |= dict(dg=[None, tanh.derivative, g.derivative], db=[None] * 3)
    here["dW"] = [None, None, network.dW[2].copy() if "+=" in code else dW]
    exec(code, here)
    made = here[code[:2]]
    np.testing.assert_allclose(function(layer), made[2] if isinstance(made, list) else made, rtol=1e-12)


@each_bug
def test_the_check_catches_the_bug_and_passes_the_correct_lines(bug):
    case = CASES[HOME[bug]]
    assert gradient_check(animal(bug, case), *case[1:])["theta"] > 1e-3
    assert max(gradient_check(animal(None, case), *case[1:]).values()) < 1e-7


@each_bug
def test_in_its_home_an_animal_turns_red_in_the_explorer(bug):
    found = visit(bug.title, HOME[bug], 0.5)
    assert in_red(found.errors)
    told = describe(found, bug.title, HOME[bug], 0.5)
    assert bug.note in told
    assert all(name in told for name in in_red(found.errors))


@pytest.mark.parametrize("case", CASES)
def test_the_correct_pass_is_right_and_descends_everywhere(case):
    found = visit("no mistake", case, 0.5)
    assert in_red(found.errors) == []
    assert found.curve[-1] < found.curve[0]
    np.testing.assert_array_equal(found.curve, found.right_curve)


def test_several_wrong_gradients_descend():
    visits = {bug.title: visit(bug.title, TINY, 0.2) for bug in BUGS.values()}
    falling = [title for title, found in visits.items() if in_red(found.errors) and found.curve[-1] < 0.3]
    assert len(falling) >= 8


def test_the_mysteries_have_the_patterns_of_their_solution():
    W, b, X, Y = tiny()
    patterns = [
        in_red(gradient_check(kind.from_parameters(W, b, [sigmoid, identity]), X, Y, half_mean_squared_error))
        for kind in MYSTERIES
    ]
    assert patterns == [["dW1", "db1"], ["db1", "db2"], ["dW1", "db1", "dW2", "db2"]]


def test_relu_mask_in_the_notebooks_way():
    W, b, X, Y = tiny()
    lines, flat = defined("backward", "flat")
    network = Network.from_parameters(W, b, [relu, identity])
    network.forward(X)

    def error(theta):
        probe.theta[:] = theta
        return probe.error(X, Y, half_mean_squared_error)

    probe = network.copy()
    true = numerical_gradient(error, network.theta)
    dg = [None, lambda z: relu(z) >= 0, identity.derivative]
    wrong = relative_error(flat(*lines(W, network.Z, network.A, Y, dg)), true)
    assert wrong == pytest.approx(zoo.ON_TINY_WITH_RELU[zoo.ReluMaskOfA], abs=5e-4)


# --- the explorer


@pytest.mark.parametrize("rate", [0.01, 10])
@pytest.mark.parametrize(("mistake", "case"), list(product(TITLES, CASES)))
def test_every_visit_ends_in_a_sentence(mistake, case, rate):
    found = visit(mistake, case, rate)
    told = describe(found, mistake, case, rate)
    assert told.endswith(".")
    assert not re.search(r"\b(nan|inf)\b", told)
    assert found.refused or len(found.errors) == 5
    assert len(found.curve) <= STEPS + 1
    if found.refused:
        assert "all is square" in told
    elif mistake != NO_MISTAKE and not in_red(found.errors):
        assert "Choose another network" in told


def test_descents_end_where_they_explode():
    curve = descent_of(BUGS["dA: sign flipped"], CASES[TINY], 10)
    assert len(curve) < STEPS
    assert not curve[-1] < 1e6
    assert "climbs" in describe(visit("dA: sign flipped", TINY, 0.01), "dA: sign flipped", TINY, 0.01)
    assert "choose a smaller γ" in describe(visit("dW: transposed", TINY, 10), "dW: transposed", TINY, 10)


def test_every_control_to_both_ends():
    explorer = bug_zoo()
    for names in (list(explorer.controls), list(explorer.controls)[::-1]):
        for name in names:
            control = explorer.controls[name]
            ends = list(control.options) if hasattr(control, "options") else [10**control.min, 10**control.max]
            for value in (*ends, ends[0]):
                control.value = value
                assert explorer.error is None, explorer.status
                assert explorer.status.endswith(".")


def test_red_has_a_second_cue():
    explorer = bug_zoo(mistake="dW: transposed")
    bars = explorer.canvas.figure.axes[0].containers[0]
    assert [bool(bar.get_hatch()) for bar in bars] == [True, False, False, False]
    words = [text.get_text() for text in explorer.canvas.figure.axes[0].texts]
    assert sum("WRONG" in word for word in words) == 1
    assert words.count("right") == 3


def test_a_cross_entropy_begins_with_dz():
    assert CASES[ENTROPY].loss is sigmoid_cross_entropy
    assert "begins with dZ" in describe(visit("dA: sign flipped", ENTROPY, 1), "dA: sign flipped", ENTROPY, 1)


def test_where_numpy_refuses_a_line_nothing_is_shown():
    found = visit("dW: transposed", DIFFERENT, 0.5)
    assert found.errors == {}
    assert "it fits only with a square W" in describe(found, "dW: transposed", DIFFERENT, 0.5)


def test_five_lines_are_judged_one_after_the_other(capsys):
    def two_mistakes(W, Z, A_before, A, Y, dg):
        dA = (Y - A) / Y.shape[1]
        dZ = dA * dg(Z)
        return dA, dZ, dZ @ A_before.T, dZ.mean(axis=1), W.T @ dZ

    def one_left(W, Z, A_before, A, Y, dg):
        dA, dZ, dW, db, back = two_mistakes(W, Z, A_before, A, Y, dg)
        return -dA, -dZ, -dW, -db, -back

    def rows_counted(W, Z, A_before, A, Y, dg):
        dA = (A - Y) / len(Y)
        dZ = dA * dg(Z)
        return dA, dZ, dZ @ A_before.T, dZ.sum(axis=1, keepdims=True), W.T @ dZ

    def changes_outputs(W, Z, A_before, A, Y, dg):
        A -= Y
        dA = A / Y.shape[1]
        dZ = dA * dg(Z)
        return dA, dZ, dZ @ A_before.T, dZ.sum(axis=1, keepdims=True), W.T @ dZ

    def loses_first(W, Z, A_before, A, Y, dg):
        dZ = dA = (A - Y) / Y.shape[1]
        dZ *= dg(Z)
        return dA, dZ, dZ @ A_before.T, dZ.sum(axis=1, keepdims=True), W.T @ dZ

    def as_lists(*layer):
        return [array.tolist() for array in exercises["06.1"].solution(*layer)]

    def ragged(*layer):
        return [[[1.0], [1.0, 2.0]]] * 5

    for answer, hint in (
        (two_mistakes, "sign"),
        (one_left, "two mistakes"),
        (rows_counted, "number of columns"),
        (changes_outputs, "changed the numbers in A:"),
        (loses_first, "dA and dZ are one array"),
        (as_lists, "06.1 correct"),
        (ragged, "dA: expected"),
    ):
        check("06.1", answer)
        assert hint in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (np.array(["e", "g", "a"]), None),
        (["E", " G", "a"], None),
        (("x", "g", "a"), "letters a to h"),
        ((tiny()[1], "g", "a"), "in quotes"),
        (("b", "g", "a"), "another one"),
        ("ega", "three letters"),
    ],
)
def test_letters(answer, words):
    hint = exercises["06.2"].verdict(answer).hint
    assert hint is None if words is None else words in hint


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (lambda X, c: X[[c]], "is a row"),
        (lambda X, c: X[:, c], "is flat"),
        (lambda X, c: X, "whole batch"),
        (lambda X, c: X[:, c : c + 2], r"has the shape (2, 2)"),
    ],
)
def test_what_is_no_sample_is_named(column, words):
    def mean_gradient(gradient, X, Y):
        return sum(gradient(column(X, c), column(Y, c)) for c in range(X.shape[1])) / X.shape[1]

    assert words in exercises["06.3"].verdict(mean_gradient).hint
