"""Notebook 2: its worked numbers, its loops against `@`, its exercises' other answers, its explorer."""

import ast
import re
from itertools import pairwise, product

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

import notebooks
from shared import activations
from shared.datasets import tiny
from shared.exercises import check
from shared.exercises.notebook_02 import exercises
from shared.explorers import shapes
from shared.explorers.engine.tiles import Tiles, written
from shared.explorers.notebook_02 import BIASES, INPUTS, LARGEST, WEIGHTS, attempt, describe, squares
from shared.network import Network

PATH = notebooks.FOLDER / "02_multiple_inputs.ipynb"
WX, Z_1 = "[[0.0, -0.25, -0.625], [0.5, 0.75, 1.375]]", "[[0.1, -0.15, -0.525], [0.3, 0.55, 1.175]]"
Z_ROWS = "[[0.1, 0.3], [-0.15, 0.55], [-0.525, 1.175]]"
ENDS = range(1, LARGEST + 1)
ALL = list(product(ENDS, ENDS, ENDS, (False, True), (False, True)))  # n0, n1, m, transpose, flat


@pytest.fixture(scope="module")
def shown():
    """Return everything that the stored notebook has printed, runs of spaces as one."""
    cells = (cell for cell in notebooks.load(PATH).cells if cell.cell_type == "code")
    return " ".join("\n".join(map(notebooks.printed, cells)).split())


def defined(name):
    """Return a function that a cell of the notebook defines."""
    source = next(source for _, source in notebooks.cells(PATH, "code") if f"def {name}(" in source)
    only = next(node for node in ast.parse(source).body if getattr(node, "name", "") == name)
    exec(ast.unparse(only), scope := {"np": np})
    return scope[name]


@pytest.mark.parametrize(
    "numbers",
    [
        "[[ 1. 0. -1. ] [ 2. 1. 0.5]]",
        "[[ 0.1 -0.15 -0.525] [ 0.3 0.55 1.175]]",
        "A¹ 0.5249791875 0.4625701547 0.3716838117 A¹ 0.5744425168 0.6341355910 0.7640475998",
        "A² -0.1239058461 -0.3057010274 -0.6564113879",
        "tidy: [[0.1, -0.45], [0.6, 0.55]] loop: [[0.1, -0.15], [0.3, 0.55]]",
        "the one matrix: [[1, -1], [1, 0]] NumPy's shear @ turn: [[1, -1], [1, 0]]",
        f"entry by entry {WX} column by column {WX} row by row {WX} sum over j {WX}",
        "u @ v, the dot product: 27 the star alone, u * v: [10 2 15]",
        f"from the loop: {Z_1} with the ones: {Z_1} without them: {Z_1}",
        f"our Z, transposed: {Z_ROWS} samples as rows: {Z_ROWS} with a flat bias: {Z_ROWS}",
        "all at once: -0.1239058461 -0.3057010274 -0.6564113879 the second alone: -0.3057010274",
        "multiplications in each program: 1,000,000",
        "could not be broadcast together with shapes (2,3) (2,)",
        "W x = [0. 0.5] 1 W e_1 + 2 W e_2 = [0. 0.5]",
        f"one matrix: {Z_1} W X + b: {Z_1}",
    ],
)
def test_worked_numbers_are_printed(shown, numbers):
    assert numbers in shown


def test_the_only_verdict_is_the_friend_s_test(shown):
    assert re.findall(r"\b(?:True|False)\b", shown) == ["True"]
    assert "passed: True" in shown


def test_no_time_is_judged(shown):
    """Every time, and every factor of times, is a number that may differ; none has a usual range."""
    assert shown.count("(differs from run to run)") == 3 + 3 + 4 + 2 + 3
    for line in (
        "three loops: ",
        "no loop beats three by a factor of ",
        "1 at once: for each sample ",
        "reading W once: ",
    ):
        assert re.search(re.escape(line) + r"[\d.,]+( ms| µs)? \(differs from run to run\)", shown)


def text(part):
    """Return the Markdown cell of the notebook that holds this part."""
    (found,) = [source for _, source in notebooks.cells(PATH, "markdown") if part in source]
    return found


def test_memory_of_all_images():
    assert f"{60_000 * 784 * 8 / 1e6:.0f} million bytes" in text("All values have to fit into memory")


def test_the_trap_of_the_other_side():
    """With samples as rows, a column bias goes wrong in silence when m equals the number of nodes."""
    W, b, X, _ = tiny()
    for m in (2, 3):
        rows = X[:, :m].T @ W[1].T
        if m == 2:
            assert (rows + b[1]).shape == rows.shape
            assert not np.allclose(rows + b[1], rows + b[1].T)
        else:
            with pytest.raises(ValueError, match="broadcast"):
                rows + b[1]


def test_the_flat_bias_is_silent_for_as_many_samples_as_nodes_and_for_one():
    W, b, X, _ = tiny()
    shapes = {}
    for m in (1, 2, 3):
        try:
            shapes[m] = (W[1] @ X[:, :m] + b[1].ravel()).shape
        except ValueError:
            shapes[m] = "error"
    assert shapes == {1: (2, 2), 2: (2, 2), 3: "error"}
    assert "With one sample there is no error either" in text("how many samples there happen to be")


def test_the_rule_for_star_and_at_stands_in_the_text():
    rule = text("### When `*`, when `@`?") + text("**is something added up?**")
    assert "Take `@`" in rule
    assert "Take `*`" in rule
    u, v, W, X = np.arange(3.0), np.arange(2.0, 5), np.ones((4, 2)), np.ones((2, 5))
    assert (u * v).shape == u.shape == v.shape
    assert (W @ X).shape == (4, 5)
    with pytest.raises(ValueError, match="broadcast"):
        W * X


def test_the_friend_s_test_cannot_see_the_bug():
    (layer,) = notebooks.defined(PATH, "friends_layer", sigmoid=activations.sigmoid)
    W, _, X, _ = tiny()
    for bias, same in (([0.3, 0.3], True), ([0.1, -0.2], False)):
        right = activations.sigmoid(W[1] @ X[:, [0, 1]] + np.array(bias).reshape(-1, 1))
        assert np.allclose(layer(X[:, [0, 1]], W[1], np.array(bias)), right) == same


# --- before you start


def test_the_questions_before_are_answered_by_notebook_1(capsys):
    W, b, x = np.array([[1.0, -2], [3, 0], [2, 1]]), np.array([[1.0], [-2], [0.5]]), np.array([[4.0], [5]])
    z, shown_matrix = W @ x + b, text("three questions on notebook 1")
    assert all(rf"{row[0]:.0f} & {row[1]:.0f}" in shown_matrix for row in W)
    for answer in (z, z.ravel(), z.ravel().tolist(), z.tolist()):
        assert said(capsys, "02.a", answer).startswith("correct")
    for wrong, part in (
        (W @ x, "biases are still to be added"),
        (W @ x[::-1] + b, "rows on (5, 4)"),
        (W[:, [0]] * 4 + b, "only the first input has arrived"),
        (np.abs(W) @ x + b, "the −2 in the first row counts against"),
        (W @ x + 2 * b, "bias to each of the two products"),
        (z.T, "expected shape (3,)"),
        (z + 3e-5, "expected"),
    ):
        assert part in said(capsys, "02.a", wrong)
    assert said(capsys, "02.a", z * (1 + 4e-7)).startswith("correct")


def test_the_place_of_a_weight(capsys):
    """Each known wrong place is the entry its hint names."""
    sizes, (l, to, source) = [3, 5, 4, 2], (2, 3, 1)
    assert said(capsys, "02.b", (l, to - 1, source - 1)).startswith("correct")
    assert said(capsys, "02.b", [2.0, 2, 0]).startswith("correct")
    named = {
        (2, 0, 2): "to node 1 from node 3",
        (2, 3, 1): "that is how the formula counts",
        (2, 1, 3): "the target comes first",
    }
    named |= {(1, 2, 0): "the layer it enters, and W[0] is None", (1, 0, 2): "reads to i from j"}
    assert dict(exercises["02.b"].mistakes).keys() == named.keys()
    for wrong, part in named.items():
        assert part in said(capsys, "02.b", wrong)
    assert to <= sizes[l]
    assert source <= sizes[l - 1]


def test_where_the_unit_vectors_go(capsys):
    matrix = np.array([[2, -1], [0, 3], [1, 1]])
    assert (matrix @ [1, 0]).tolist() == [2, 0, 1]
    assert (matrix @ [0, 1]).tolist() == [-1, 3, 1]
    assert "to $(2, 0, 1)$, and $e_2 = (0, 1)$ to $(-1, 3, 1)$" in text("Write the matrix down")
    for answer, part in (
        (matrix.tolist(), "correct"),
        (matrix, "correct"),
        ([[2, 0, 1], [-1, 3, 1]], "as rows"),
        ([[-1, 2], [3, 0], [1, 1]], "the columns are exchanged"),
        ([[2, 0], [1, -1], [3, 1]], "row by row"),
        ([2, 0, 1, -1, 3, 1], "one list of six numbers"),
        ([[2, 1], [0, 3], [1, 1]], "expected"),
    ):
        assert part in said(capsys, "02.c", answer)


def test_the_notebook_s_loops_equal_the_product():
    rng = np.random.default_rng(0)
    W, X = rng.standard_normal((4, 3)), rng.standard_normal((3, 7))
    assert np.allclose(defined("three_loops")(W, X), W @ X)


def test_the_guard_refuses_a_flat_bias():
    layer, W, A = defined("guarded_layer"), np.eye(2), np.ones((2, 2))
    assert np.allclose(layer(W, np.zeros((2, 1)), A), A)
    for wrong in (np.zeros(2), np.zeros((1, 2)), np.zeros((2, 2))):
        with pytest.raises(ValueError, match=r"should have the shape \(2, 1\)"):
            layer(W, wrong, A)


def test_the_forward_of_the_exercise_is_the_package_s():
    _, index = notebooks.exercises(PATH)[-1]
    code = notebooks.solution(PATH, index).partition("\n\n\n")[0]
    exec(code, scope := {})
    rng = np.random.default_rng(1)
    g = [activations.sigmoid, activations.relu, activations.identity]
    network, X = Network([3, 5, 4, 2], g, rng=rng), rng.standard_normal((3, 7))
    mine = scope["forward"](X, network.W, network.b, network.g)
    for values, stored in zip(mine, network.forward(X), strict=True):
        assert values[0] is None or values[0] is X
        for here, there in zip(values[1:], stored[1:], strict=True):
            assert np.allclose(here, there)


# --- exercises whose answers have many forms


@pytest.mark.parametrize(
    ("name", "answer", "part"),
    [
        ("02.1", lambda W, X: np.outer(W[:, 0], X[0]) + sum(np.outer(W[:, j], X[j]) for j in range(1, len(X))), ""),
        ("02.2", {"a": [2, 3], "b": " Error ", "c": [2, 3], "d": (2, 2), "e": (2, 2), "f": (2, 3)}, ""),
        ("02.3", lambda X, W, bias: activations.sigmoid(W @ X + bias[:, None]), ""),
        ("02.3", lambda X, W, bias: activations.sigmoid((X.T @ W.T + bias).T), ""),
        ("02.1", lambda W, X: np.stack([W @ X[:, j] for j in range(len(W))], axis=1), "shape (4, 5)"),
        ("02.2", {"a": (2, 3), "b": "error", "c": (2, 3), "d": "error", "e": (9, 9), "f": (2, 3)}, "silent bug"),
        (
            "02.3",
            lambda X, W, bias: activations.sigmoid(W @ X + bias.repeat(len(bias)).reshape(len(bias), -1)),
            "(3, 5)",
        ),
        ("02.5", dict.fromkeys(["X", "W1", "b1", "Z1", "W2", "A2", "W3", "A3"], (3, 7)), "look at W1"),
        ("02.5", {"X": (3, 7)}, "a dictionary with the names"),
    ],
)
def test_other_answers(name, answer, part, capsys):
    check(name, answer)
    said = capsys.readouterr().out
    assert ("not yet" in said and part in said) if part else "correct" in said


def said(capsys, name, answer):
    """Return what check prints last, without the exercise's name."""
    check(name, answer)
    return capsys.readouterr().out.splitlines()[-1].removeprefix(f"{name} ")


def judged(cases):
    return pytest.mark.parametrize(("answer", "part"), cases, ids=range(len(cases)))


def by_columns(W, X, weight=lambda X, j, c: X[j, c], column=lambda W, j, c: W[:, j], rows=None, last=None):
    """Return the product as a learner's loops have it, with the places where they go wrong."""
    Z = np.zeros((W.shape[0], X.shape[1]))
    for c in range(last(W, X) if last else X.shape[1]):
        for j in range(W.shape[1]):
            Z[:, c] += weight(X, j, c) * column(W, j, c)
    return Z


@judged(
    [
        (by_columns, ""),
        (lambda W, X: by_columns(W, X, weight=lambda X, j, c: X[c, j]), "stand in column c of X"),
        (lambda W, X: by_columns(W, X, column=lambda W, j, c: W[j, :]), "you add up rows of W"),
        (lambda W, X: by_columns(W, X, column=lambda W, j, c: W[:, c]), "not column c alone"),
        (lambda W, X: by_columns(W, X, last=lambda W, X: len(W)), "it is right for square matrices"),
        (lambda W, X: by_columns(W, X, last=lambda W, X: len(X)), "it is right for square matrices"),
        (lambda W, X: W @ X, "a matrix product does the work"),
        (np.matmul, "a matrix product does the work"),
        (lambda W, X: W.dot(X), "a matrix product does the work"),
        (lambda W, X: np.column_stack([W @ x for x in X.T]), "a matrix product does the work"),
        (lambda W, X: np.tensordot(W, X, 1), "a matrix product does the work"),
        (lambda W, X: np.column_stack([np.sum(W * x, axis=1) for x in X.T]), ""),
        (lambda W, X: (1 + 9e-7) * by_columns(W, X), ""),
        (lambda W, X: (1 + 3e-6) * by_columns(W, X), "expected"),
    ]
)
def test_products_that_are_judged(capsys, answer, part):
    heard = said(capsys, "02.1", answer)
    assert heard.startswith("correct" if not part else "not yet")
    assert part in heard


SUMS = {"a": (2, 3), "b": "error", "c": (2, 3), "d": (2, 2), "e": (2, 2), "f": (2, 3)}
SHAPES = {"X": (3, 7), "W1": (5, 3), "b1": (5, 1), "Z1": (5, 7)} | {
    "W2": (4, 5),
    "A2": (4, 7),
    "W3": (2, 4),
    "A3": (2, 7),
}


def test_numpy_agrees_with_the_sums():
    given = {"a": ((2, 3), (2, 1)), "b": ((2, 3), (2,)), "c": ((2, 3), (3,)), "d": ((2, 2), (2,))}
    given |= {"e": ((2, 1), (2,)), "f": ((2, 1), (1, 3))}
    for letter, pair in given.items():
        if SUMS[letter] == "error":
            with pytest.raises(ValueError, match="broadcast"):
                np.broadcast_shapes(*pair)
        else:
            assert np.broadcast_shapes(*pair) == SUMS[letter]
        assert exercises["02.2"].solution[letter] == SUMS[letter]
    row = "| (2, 3) + (2, 1) | (2, 3) + (2,) | (2, 3) + (3,) | (2, 2) + (2,) | (2, 1) + (2,) | (2, 1) + (1, 3) |"
    assert any(row in source for _, source in notebooks.cells(PATH, "markdown"))


def test_the_package_agrees_with_the_shapes():
    network, X = Network([3, 5, 4, 2], [activations.identity] * 3, initial=0), np.zeros((3, 7))
    Z, A = network.forward(X)
    known = {"X": X, "W1": network.W[1], "b1": network.b[1], "Z1": Z[1], "W2": network.W[2]}
    known |= {"A2": A[2], "W3": network.W[3], "A3": A[3]}
    assert {name: array.shape for name, array in known.items()} == SHAPES == exercises["02.5"].solution


@pytest.mark.parametrize(
    ("name", "answer", "part"),
    [
        ("02.2", SUMS | {"c": "(2, 3)"}, "c is a text: write a shape without quotes"),
        ("02.2", {key: str(value) for key, value in SUMS.items()}, "a is a text: write a shape without quotes"),
        ("02.2", SUMS | {"d": "2, 2"}, "d is a text"),
        ("02.2", SUMS | {"c": "error"}, "the missing number counts as 1"),
        ("02.2", SUMS | {"b": "(2, 3)"}, "b is a text"),
        ("02.2", SUMS | {"b": (2, 3)}, "the 2 of (2,) stands below the 3"),
        ("02.5", SHAPES | {"W2": "(4, 5)"}, "W2 is a text: write a shape without quotes"),
        ("02.5", SHAPES | {"W2": "4 x 5"}, "look at W2 again"),
        ("02.5", {name: list(shape) for name, shape in SHAPES.items()}, ""),
    ],
)
def test_shapes_that_are_judged(capsys, name, answer, part):
    heard = said(capsys, name, answer)
    assert heard.startswith("correct" if not part else "not yet")
    assert part in heard


@judged(
    [
        (lambda X, W, bias: activations.sigmoid(W @ X + np.tile(bias, (X.shape[1], 1)).T), ""),
        (lambda X, W, bias: activations.sigmoid(W @ X + bias.reshape(len(W), 1)), ""),
        (lambda X, W, bias: activations.sigmoid(W @ X + bias.reshape(X.shape[1], 1)), "with n1 = 3 and m = 5"),
        (lambda X, W, bias: activations.sigmoid(W @ X + bias.reshape(1, -1)), "the bias still lies along the rows"),
        (lambda X, W, bias: activations.sigmoid(W @ X + bias.reshape(1, -1).T), ""),
        (lambda X, W, bias: np.tanh(W @ X + bias[:, None]), "expected"),
        (lambda X, W, bias: activations.sigmoid(W @ X + bias[0]), "expected"),
        (
            lambda X, W, bias: activations.sigmoid(
                W @ X + (bias[:, None] if X.shape[1] > 1 else bias)  # one sample: the bug of notebook 1
            ),
            "with n1 = 3 and m = 1 it should give (3, 1), you have (3, 3)",
        ),
    ]
)
def test_biases_that_are_judged(capsys, answer, part):
    heard = said(capsys, "02.3", answer)
    assert heard.startswith("correct" if not part else "not yet")
    assert part in heard


@judged(
    [
        (lambda kernel, bias, X_rows: (kernel.T, bias[:, None], X_rows.T), ""),
        (lambda kernel, bias, X_rows: (kernel.T, bias.reshape(2, 1), X_rows.T), "raises ValueError"),
        (lambda kernel, bias, X_rows: (kernel.T, bias.reshape(-1, 1), X_rows.reshape(3, 4)), "expected"),
        (lambda kernel, bias, X_rows: (kernel.T, bias.T, X_rows.T), "b is still flat"),
        (lambda kernel, bias, X_rows: (kernel.T, np.array([bias]).T, X_rows.T), ""),
        (lambda kernel, bias, X_rows: (X_rows.T, bias.reshape(-1, 1), kernel.T), "expected shape"),
    ]
)
def test_translations_that_are_judged(capsys, answer, part):
    heard = said(capsys, "02.4", answer)
    assert heard.startswith("correct" if not part else "not yet")
    assert part in heard


def passes(X, W, b, g, take=lambda g, l: g[l], source=lambda Z, A, l: A[l - 1], bias=lambda b, l: b[l]):
    """Return Z and A as a learner's loop has them, with the places where it goes wrong."""
    Z, A = [None], [X]
    for l in range(1, len(W)):
        Z.append(W[l] @ source(Z, A, l) + bias(b, l))
        A.append(take(g, l)(Z[l]))
    return Z, A


def sample_by_sample(X, W, b, g):
    every = [passes(X[:, [c]], W, b, g) for c in range(X.shape[1])]
    Z, A = [[np.hstack(parts) for parts in zip(*(one[k][1:] for one in every), strict=True)] for k in (0, 1)]
    return [None, *Z], [X, *A]


@judged(
    [
        (passes, ""),
        (lambda X, W, b, g: passes(X, W, b, g, take=lambda g, l: g[1]), "activation function of layer 1"),
        (lambda X, W, b, g: passes(X, W, b, g, take=lambda g, l: g[-1]), "last activation function"),
        (lambda X, W, b, g: passes(X, W, b, g, take=lambda g, l: np.tanh), "expected"),
        (lambda X, W, b, g: passes(X, W, b, g, bias=lambda b, l: b[1]), "expected"),
        (lambda X, W, b, g: passes(X, W, b, g, bias=lambda b, l: b[l].ravel()), "raises ValueError"),
        (lambda X, W, b, g: passes(X, W, b, g, source=lambda Z, A, l: A[0]), "starts from X again"),
        (lambda X, W, b, g: passes(X, W, b, g, source=lambda Z, A, l: Z[l - 1] if l > 1 else A[0]), "you pass on Z"),
        (lambda X, W, b, g: passes(X, [None, *(w.T for w in W[1:])], b, g), "expected"),
        (lambda X, W, b, g: [values[:3] for values in passes(X, W, b, g)], "expected 4 values"),
        (sample_by_sample, "no loop over samples"),
        (lambda X, W, b, g: [[a if a is None else (1 + 9e-7) * a for a in one] for one in passes(X, W, b, g)], ""),
        (
            lambda X, W, b, g: [[a if a is None else (1 + 3e-6) * a for a in one] for one in passes(X, W, b, g)],
            "expected",
        ),
    ]
)
def test_passes_that_are_judged(capsys, answer, part):
    heard = said(capsys, "02.6", answer)
    assert heard.startswith("correct" if not part else "not yet")
    assert part in heard


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("X", "X has a row for each input"),
        ("b1", "b has a row for each node"),
        ("W2", "W has a row for each node it leads to"),
        ("W3", "W has a row for each node it leads to"),
        ("Z1", "Z and A have a row"),
        ("A3", "Z and A have a row"),
    ],
)
def test_a_wrong_shape_is_told_what_its_rows_are(capsys, name, words):
    check("02.5", exercises["02.5"].solution | {name: (9, 9)})
    assert f"look at {name} again: {words}" in capsys.readouterr().out


# --- the explorer


def test_silence_exactly_where_the_notebook_says():
    for n0, n1, m, transpose, flat in ALL:
        tried = attempt(n0, n1, m, transpose, flat)
        assert (tried.product is None) == (transpose and n0 != n1)
        if tried.product is not None:
            assert (tried.result is None) == (flat and n1 > 1 and m not in (1, n1))
            assert tried.right == (n1 == 1 or not (transpose or flat))
        assert bool(tried.error) == (tried.result is None)


def test_every_wrong_number_is_known():
    for values in ALL:
        tried, (W, X, b, result) = attempt(*values), attempt(*values).numbers
        n0, n1, m, _, _ = values
        right = attempt(n0, n1, m, False, False).numbers[3]
        assert np.array_equal(right, WEIGHTS[:n1, :n0] @ INPUTS[:n0, :m] + BIASES[:n1])
        assert tried[:3] == (W.shape, X.shape, b.shape)
        if result is not None and result.shape == right.shape:
            np.testing.assert_array_equal(tried.wrong, result != right)
        else:
            assert tried.wrong.all()


def test_the_result_shows_which_bias_it_got():
    assert (WEIGHTS @ INPUTS).max() < 100
    result = attempt(2, 3, 3, False, True).numbers[3]
    np.testing.assert_array_equal(result // 100, [[1, 2, 3]] * 3)
    assert attempt(2, 3, 3, False, True).wrong.sum() == 6  # those of the diagonal are right, by chance


def test_numbers_stand_in_their_squares():
    explorer = shapes(2, 3, 4)
    explorer.controls["flat"].value = True
    explorer.controls["m"].value = 3  # six of nine results are wrong
    moving = explorer.canvas._moving
    (tiles,) = [artist for artist in moving if isinstance(artist, Tiles)]
    *blocks, crosses = [artist for artist in moving if isinstance(artist, PolyCollection)]
    pixels = blocks[0].axes.transData.transform
    corners = [pixels(path.vertices[:4]) for block in blocks for path in block.get_paths()]
    spans = [[x for path in block.get_paths() for x in path.vertices[:, 0]] for block in blocks]
    assert all(max(one) + 1 < min(other) for one, other in pairwise(spans)), "side by side, with room for a sign"
    numbers = [number for array in attempt(2, 3, 3, False, True).numbers for number in array.ravel()]
    words = [tile for tile in tiles.images if tile[2][..., 3].min() == 0]  # the others are the grounds of wrong ones
    assert len(corners) == len(numbers) == len(words) == 6 + 6 + 3 + 9
    assert len(tiles.images) == len(words) + 6
    for square, number, (left, bottom, picture) in zip(corners, numbers, words, strict=True):
        assert (square.min(axis=0) <= (left, bottom)).all()
        assert (square.max(axis=0) >= (left + picture.shape[1], bottom + picture.shape[0])).all()
        assert np.array_equal(picture[..., 3], written(str(number), "#000000")[..., 3])
    crossed = [path.vertices[:4] for path in crosses.get_paths()]
    results = [path.vertices[:4] for path in blocks[3].get_paths()]
    assert np.array_equal(crossed, [results[k] for k in (1, 2, 3, 5, 6, 7)])  # all but the diagonal
    explorer.controls["m"].value = 2
    assert len(tiles.images) == 6 + 4 + 3
    assert not crosses.get_paths()
    explorer.close()


def test_what_numpy_says_is_shown():
    assert attempt(2, 3, 3, False, True).result == (3, 3)
    assert attempt(2, 3, 1, False, True).result == (3, 3)
    assert attempt(2, 3, 4, False, True).error.endswith("with shapes (3,4) (3,)")
    assert attempt(2, 3, 4, True, False).error.startswith("matmul")


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ((2, 3, 4, False, False), "All is well"),
        ((1, 1, 5, True, True), "single node"),
        ((2, 3, 4, True, False), "3 columns and X has 2 rows"),
        ((2, 3, 4, False, True), "the 3 of b stands below the 4"),
        ((2, 3, 3, False, True), "the right shape, wrong numbers"),
        ((2, 3, 1, False, True), "should be (3, 1)"),
        ((3, 3, 3, True, True), "its transpose fits as well, and b"),
    ],
)
def test_words(values, part):
    assert part in describe(attempt(*values), *values)


def test_squares_are_the_entries():
    assert squares(0, (3, 4)).shape == (12, 4, 2)
    assert np.ptp(squares(2, (3, 4)), axis=(0, 1)).tolist() == [4, 3]
    assert np.ptp(squares(2, (5,)), axis=(0, 1)).tolist() == [5, 1]
    middles = squares(2, (2, 3)).mean(axis=1)  # row by row, from left to right, around the height 0
    assert middles.tolist() == [[2.5, 0.5], [3.5, 0.5], [4.5, 0.5], [2.5, -0.5], [3.5, -0.5], [4.5, -0.5]]


def test_explorer_survives_every_control_in_any_order():
    explorer, seen = shapes(), set()
    names = list(explorer.controls)
    for turn in range(len(names)):
        order = names[turn:] + names[:turn]
        for ends in product(*([True, False] if name in ("transpose", "flat") else [LARGEST, 1] for name in order)):
            for name, value in zip(order, ends, strict=True):
                explorer.controls[name].value = value
            assert explorer.error is None
            assert len(explorer.status) > 40
            seen.add(explorer.status.split()[0])
    assert seen == {"All", "NumPy", "Beware:"}
    explorer.close()
