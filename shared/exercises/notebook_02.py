"""The exercises of notebook 2."""

import numpy as np

from shared.activations import sigmoid
from shared.exercises import Exercise, difference

# --- 02.1: the product, by columns


def _product(W, X):
    Z = np.zeros((W.shape[0], X.shape[1]))
    for c in range(X.shape[1]):
        for j in range(W.shape[1]):
            Z[:, c] += X[j, c] * W[:, j]
    return Z


def _squares():
    """Return square matrices only: there, wrong products raise nothing and can be told apart."""
    rng = np.random.default_rng(21)
    return [(rng.integers(-3, 4, (n, n)) * 1.0, rng.integers(-3, 4, (n, n)) * 1.0) for n in (2, 3)]


def _judge_product(product):
    W, X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([[10.0], [1.0]])
    advice = "with W of shape (3, 2) and X of shape (2, 1) the result should have the shape (3, 1)"
    try:
        return difference(W @ X, product(W, X)) and advice
    except Exception as error:
        return f"{advice}, your function raises {type(error).__name__}"


# --- 02.2: which sums fit

_SUMS = {"a": (2, 3), "b": "error", "c": (2, 3), "d": (2, 2), "e": (2, 2), "f": (2, 3)}
_SUM_HINTS = {
    "a": "a is the healthy case: a column (2, 1) is repeated for each of the 3 samples",
    "b": "b: flush right, the 2 of (2,) stands below the 3 of (2, 3). Neither is 1",
    "c": "c: flush right, the 3 of (3,) stands below the 3 of (2, 3), and the missing number counts as 1",
    "d": "d is the silent bug: flush right, 2 stands below 2, so NumPy has no reason to complain",
    "e": "e: the flat (2,) counts as (1, 2). Now both sides have a 1, and both are stretched",
    "f": "f: 1 below 3, and 1 above 2: each 1 is stretched to the other number",
}
_SUM_WRONG = {"a": "error", "b": (2, 3), "c": "error", "d": "error", "e": (2, 1), "f": "error"}


def _judge_sums(answer):
    if not isinstance(answer, dict) or set(answer) != set(_SUMS):
        return 'a dictionary with the six letters is asked for, {"a": …, "b": …, …}'
    wrong = (hint for key, hint in _SUM_HINTS.items() if difference(_SUMS[key], answer[key]))
    return next(wrong, None)


# --- 02.3: the friend's bias


def _repaired(X, W, bias):
    return sigmoid(W @ X + bias.reshape(-1, 1))


def _layers():
    """Return layers with as many samples as nodes: there the friend's bug is silent."""
    rng = np.random.default_rng(23)
    for n in (2, 3):
        yield tuple(rng.normal(size=shape).round(1) for shape in ((4, n), (n, 4), (n,)))


def _judge_repaired(function):
    X, W, bias = np.ones((2, 4)), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]]), np.array([0.5, -0.5, 2.0])
    advice = "it is right when there are as many samples as nodes; with 3 nodes and 4 samples it should give (3, 4)"
    try:
        return difference(_repaired(X, W, bias), function(X, W, bias)) and advice
    except Exception as error:
        return f"{advice}, yours raises {type(error).__name__}"


# --- 02.4: from rows to columns


def _to_columns(kernel, bias, X_rows):
    return kernel.T, bias.reshape(-1, 1), X_rows.T


_ROWS = (
    np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    np.array([0.5, -0.5]),
    np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 3.0], [4.0, 1.0, 1.0], [2.0, 2.0, 5.0]]),
)

# --- 02.5: the shapes of 3-5-4-2

_SHAPES = {
    "X": (3, 7),
    "W1": (5, 3),
    "b1": (5, 1),
    "Z1": (5, 7),
    "W2": (4, 5),
    "A2": (4, 7),
    "W3": (2, 4),
    "A3": (2, 7),
}
_WEIGHTS = {name: shape[::-1] for name, shape in _SHAPES.items() if name[0] == "W"}
_VALUES = {name: shape[::-1] for name, shape in _SHAPES.items() if name[0] in "XZA"}
_MEANING = {
    "X": "X has a row for each input and a column for each sample",
    "b1": "b has a row for each node of its layer and a single column, as a matrix",
    "W": "W has a row for each node it leads to and a column for each node it comes from",
    "A": "Z and A have a row for each node of their layer and a column for each sample",
}


def _judge_shapes(answer):
    if not isinstance(answer, dict) or set(answer) != set(_SHAPES):
        return f"a dictionary with the names {', '.join(_SHAPES)} is asked for"
    for name, shape in _SHAPES.items():
        if difference(shape, answer[name]):
            meaning = _MEANING.get(name) or _MEANING["W" if name[0] == "W" else "A"]
            return f"look at {name} again: {meaning}"


# --- 02.6: forward, all samples at once


def _forward(X, W, b, g):
    Z, A = [None], [X]
    for l in range(1, len(W)):
        Z.append(W[l] @ A[l - 1] + b[l])
        A.append(g[l](Z[l]))
    return Z, A


def _without_bias(X, W, b, g):
    return _forward(X, W, [None, *(0 * column for column in b[1:])], g)


def _without_activation(X, W, b, g):
    return _forward(X, W, b, [None, *(lambda Z: Z for _ in g[1:])])


def _last_without_activation(X, W, b, g):
    return _forward(X, W, b, [*g[:-1], lambda Z: Z])


def _from_the_input_again(X, W, b, g):
    Z, A = [None], [X]
    for l in range(1, len(W)):
        Z.append(W[l] @ X + b[l])
        A.append(g[l](Z[l]))
    return Z, A


def _from_pre_activations(X, W, b, g):
    Z, A = [None], [X]
    for l in range(1, len(W)):
        Z.append(W[l] @ (X if l == 1 else Z[l - 1]) + b[l])
        A.append(g[l](Z[l]))
    return Z, A


def _networks():
    rng = np.random.default_rng(26)
    for sizes, m in (([2, 2, 2], 3), ([3, 3, 3, 3], 2), ([3, 2, 4, 1], 5)):
        layers = range(1, len(sizes))
        W = [None, *(rng.normal(size=(sizes[l], sizes[l - 1])).round(1) for l in layers)]
        b = [None, *(rng.normal(size=(sizes[l], 1)).round(1) for l in layers)]
        yield rng.normal(size=(sizes[0], m)).round(1), W, b, [None, *(np.tanh for _ in layers)]


exercises = {
    "02.1": Exercise(
        solution=_product,
        inputs=_squares,
        judge=_judge_product,
        mistakes=[
            (
                lambda W, X: W * X,
                "that multiplies entry by entry, which is `*`. A column of the result adds up columns of W",
            ),
            (
                lambda W, X: W.T @ X,
                "you add up rows of W. The column belonging to input j is W[:, j]; W[j, :] is a row",
            ),
            (
                lambda W, X: W @ X.T,
                "the weights of column c stand in column c of X: X[j, c], not X[c, j]",
            ),
            (
                lambda W, X: X @ W,
                "that is X W, the other order: here columns of W are added up, and X says how often",
            ),
            (
                lambda W, X: (W @ X).T,
                "the numbers are right, but they stand in rows: sample c belongs into column c, Z[:, c]",
            ),
            (
                lambda W, X: X[-1] * W[:, [-1]],
                "only the last column of W has arrived: add to Z[:, c] with +=, do not replace it",
            ),
        ],
        correct="column c of the product is the mixture of W's columns that column c of X asks for.",
    ),
    "02.2": Exercise(
        solution=_SUMS,
        judge=_judge_sums,
        mistakes=[(_SUMS | {key: wrong}, _SUM_HINTS[key]) for key, wrong in _SUM_WRONG.items()],
        correct="four of the five that work are not what a bias should do, and NumPy says nothing.",
    ),
    "02.3": Exercise(
        solution=_repaired,
        inputs=lambda: list(_layers()),
        judge=_judge_repaired,
        mistakes=[
            (
                lambda X, W, bias: sigmoid(W @ X + bias),
                "the bias still lies along the rows, so node 1 gets another bias in each sample. "
                "bias.T and reshape(1, -1) do not help: it has to become a column",
            ),
            (
                lambda X, W, bias: sigmoid(X.T @ W.T + bias),
                "the numbers are right, but the samples stand in rows now; here a sample is a column",
            ),
            (
                lambda X, W, bias: W @ X + bias.reshape(-1, 1),
                "the bias is right now; the sigmoid at the end has got lost",
            ),
            (
                lambda X, W, bias: sigmoid(W @ X),
                "without the bias nothing can go wrong with its shape, but the layer needs it",
            ),
            (
                lambda X, W, bias: sigmoid(W @ X) + bias.reshape(-1, 1),
                "the column is right, but it comes too late: the bias is added before the sigmoid",
            ),
        ],
        correct="one row of b for each node, and every sample gets the same column.",
    ),
    "02.4": Exercise(
        solution=_to_columns,
        inputs=[_ROWS],
        mistakes=[
            (
                lambda kernel, bias, X_rows: (kernel, bias.reshape(-1, 1), X_rows.T),
                "the kernel has a row for each input; our W has a row for each node: transpose it",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.T, bias, X_rows.T),
                "b is still flat, of shape (2,): that is the silent bug of section 2.3. Make it a column",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.T, bias.reshape(1, -1), X_rows.T),
                "b is a row now, of shape (1, 2); with samples as columns it has to be a column, reshape(-1, 1)",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.T, bias.reshape(-1, 1), X_rows),
                "W and b are right, but X still has its samples in rows",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.reshape(kernel.shape[::-1]), bias.reshape(-1, 1), X_rows.T),
                "the shape of W is right, its numbers are in wrong places: reshape refills row by row, .T exchanges",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.T, bias.reshape(-1, 1), X_rows.reshape(X_rows.shape[::-1])),
                "the shape of X is right, but reshape has torn the samples apart: use .T",
            ),
        ],
        correct="transpose the kernel and the samples, stand the bias up, and both texts agree.",
    ),
    "02.5": Exercise(
        solution=_SHAPES,
        judge=_judge_shapes,
        mistakes=[
            (
                _SHAPES | _WEIGHTS | _VALUES | {"b1": (1, 5)},
                "that is the world with samples as rows, all of it. Here a sample is a column: turn every shape around",
            ),
            (_SHAPES | _WEIGHTS, "every W is transposed: W leads to (rows) from (columns), so W1 is 5 × 3"),
            (_SHAPES | _VALUES, "the samples are columns here: the 7 stands second in X, Z and A"),
            (
                _SHAPES | {"b1": (5,)},
                "b1 is flat; the bias is a matrix with one column, and you know the bug that follows",
            ),
            (
                _SHAPES | {"b1": (5, 7)},
                "b1 does not know how many samples there are: the copies are made by broadcasting",
            ),
            (
                _SHAPES | {"X": (3, 1), "Z1": (5, 1), "A2": (4, 1), "A3": (2, 1)},
                "those are the shapes for one sample; with 7 samples there are 7 columns",
            ),
            (
                _SHAPES | {"W1": (5, 7)},
                "m is no part of the network: 7 samples go through the same W1, one after the other",
            ),
        ],
        correct="m stands in X, Z and A, never in W and b.",
    ),
    "02.6": Exercise(
        solution=_forward,
        inputs=lambda: list(_networks()),
        mistakes=[
            (_without_bias, "the biases are missing: add b[l], broadcasting repeats it"),
            (_without_activation, "no activation yet: A[l] = g[l](Z[l])"),
            (_last_without_activation, "the last layer has an activation as well: l runs up to len(W) − 1"),
            (_from_the_input_again, "each layer starts from X again: the input of layer l is A[l − 1]"),
            (_from_pre_activations, "the next layer gets A[l − 1], you pass on Z[l − 1]: the activation has no effect"),
            (
                lambda X, W, b, g: _forward(X, W, b, g)[::-1],
                "the two lists are right but exchanged: return Z, A in this order",
            ),
            (
                lambda X, W, b, g: _forward(X, W, b, g)[1],
                "that is A alone; return both lists: return Z, A",
            ),
            (
                lambda X, W, b, g: _forward(X, W, b, g)[1][-1],
                "that is the output alone; return the lists Z and A, which notebook 6 needs on its way back",
            ),
            (
                lambda X, W, b, g: tuple(values[1:] for values in _forward(X, W, b, g)),
                "the lists begin one layer too late: Z[0] is None and A[0] is X, so that index and layer agree",
            ),
            (
                lambda X, W, b, g: (_forward(X, W, b, g)[0][1:], _forward(X, W, b, g)[1]),
                "A is right; Z begins one layer too late: let it begin with None, so that Z[1] belongs to layer 1",
            ),
            (
                lambda X, W, b, g: tuple(values[:-1] for values in _forward(X, W, b, g)),
                "the last layer is missing: W[0] is None, so the layers are range(1, len(W))",
            ),
            (
                lambda X, W, b, g: (_forward(X, W, b, g)[0], [None, *_forward(X, W, b, g)[1][1:]]),
                "A[0] should be X itself: the input is the activation of layer 0",
            ),
        ],
        correct="one loop over layers, and no loop over samples.",
    ),
}
