"""The exercises of notebook 2."""

import numpy as np

from shared.activations import sigmoid
from shared.exercises import Exercise, difference
from shared.exercises.compare import quoted
from shared.exercises.watched import watched

# --- 02.a, 02.b, 02.c: what this notebook needs from notebook 1

_BEFORE_W, _BEFORE_B = np.array([[1.0, -2.0], [3.0, 0.0], [2.0, 1.0]]), np.array([1.0, -2.0, 0.5])
_BEFORE_X = np.array([4.0, 5.0])
_LAYER = _BEFORE_W @ _BEFORE_X + _BEFORE_B
_MATRIX = np.array([[2.0, -1.0], [0.0, 3.0], [1.0, 1.0]])
_BY_HAND = [
    (
        _BEFORE_W @ _BEFORE_X,
        "that is W x; the biases are still to be added, one for each node: section 1.4 of notebook 1",
    ),
    (
        _BEFORE_W @ _BEFORE_X[::-1] + _BEFORE_B,
        "you have laid the rows on (5, 4). The first entry of a row meets 4, the first of x: section 1.4 of notebook 1",
    ),
    (
        _BEFORE_W[:, 0] * _BEFORE_X[0] + _BEFORE_B,
        "only the first input has arrived. Each row has two entries; both products count: section 1.4 of notebook 1",
    ),
    (
        np.abs(_BEFORE_W) @ _BEFORE_X + _BEFORE_B,
        "the −2 in the first row counts against: 4 minus 10. Weights may be negative, section 1.3 of notebook 1",
    ),
    (
        _BEFORE_W @ _BEFORE_X + 2 * _BEFORE_B,
        "you have added the bias to each of the two products; it comes once for each node: section 1.3 of notebook 1",
    ),
]


def _judge_layer(answer):
    """Return None, or a hint; the three numbers may stand in a column as well."""
    for shape in ((3,), (3, 1)):
        if difference(_LAYER.reshape(shape), answer) is None:
            return None
        for wrong, hint in _BY_HAND:
            if difference(wrong.reshape(shape), answer) is None:
                return hint
    return difference(_LAYER, answer, reveal=False)


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
    return [(rng.normal(size=(n, n)).round(1), rng.normal(size=(n, n)).round(1)) for n in (2, 3)]


def _judge_product(product):
    """Return None, or a hint: all sizes different, and no product that hides the loops."""
    rng = np.random.default_rng(22)
    W, X = rng.normal(size=(4, 2)).round(1), rng.normal(size=(2, 5)).round(1)
    advice = "it is right for square matrices; with W of shape (4, 2) and X of shape (2, 5)"
    try:
        got = product(W, X)
        if np.shape(got) != (4, 5):
            return f"{advice} the result should have the shape (4, 5), you have {np.shape(got)}"
        if wrong := difference(W @ X, got):
            return f"{advice}: {wrong}"
    except Exception as error:
        return f"{advice} your function raises {type(error).__name__}. Which size belongs to which loop?"
    products = []
    product(watched(W, products), watched(X, products))
    if products:
        return "the numbers are right, but a matrix product does the work: we ask for two loops, without @"


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
        return 'we ask for a dictionary with the six letters, {"a": …, "b": …, …}'
    if texts := [key for key in _SUMS if quoted(answer[key])]:
        return f'{texts[0]} is a text: write a shape without quotes, such as (2, 3). Only "error" stands in quotes'
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
    """Return None, or a hint: fewer nodes than samples, more of them, and a single sample."""
    rng = np.random.default_rng(24)
    for nodes, m in ((3, 5), (5, 3), (3, 1), (1, 4)):
        X, W, bias = (rng.normal(size=shape).round(1) for shape in ((2, m), (nodes, 2), (nodes,)))
        advice = f"it is right with as many samples as nodes; with n1 = {nodes} and m = {m}"
        try:
            got = function(X, W, bias)
            if np.shape(got) != (nodes, m):
                return f"{advice} it should give {(nodes, m)}, you have {np.shape(got)}"
            if wrong := difference(_repaired(X, W, bias), got):
                return f"{advice}: {wrong}"
        except Exception as error:
            return f"{advice} it should give {(nodes, m)}, yours raises {type(error).__name__}"


# --- 02.4: from rows to columns


def _to_columns(kernel, bias, X_rows):
    return kernel.T, bias.reshape(-1, 1), X_rows.T


def _rows():
    """Return kernel (n0, n1), bias (n1,) and X_rows (m, n0), all sizes different and then all equal."""
    rng = np.random.default_rng(24)
    shapes = [((n0, n1), (n1,), (m, n0)) for n0, n1, m in ((3, 2, 4), (2, 5, 3), (4, 3, 1), (3, 3, 3))]
    return [tuple(rng.normal(size=shape).round(1) for shape in three) for three in shapes]


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
        return f"we ask for a dictionary with the names {', '.join(_SHAPES)}"
    if texts := [name for name in _SHAPES if quoted(answer[name])]:
        return f"{texts[0]} is a text: write a shape without quotes, such as (3, 5)"
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


def _first_activation_everywhere(X, W, b, g):
    return _forward(X, W, b, [None, *(g[1] for _ in g[1:])])


def _last_activation_everywhere(X, W, b, g):
    return _forward(X, W, b, [None, *(g[-1] for _ in g[1:])])


def _network(rng, sizes, m, g):
    """Return X, W, b, g with rounded random numbers: a network of these sizes and m samples."""
    layers = range(1, len(sizes))
    W = [None, *(rng.normal(size=(sizes[l], sizes[l - 1])).round(1) for l in layers)]
    b = [None, *(rng.normal(size=(sizes[l], 1)).round(1) for l in layers)]
    return rng.normal(size=(sizes[0], m)).round(1), W, b, [None, *g]


def _networks():
    """Return square networks, in which no mistake raises an error; each layer has its own activation."""
    rng = np.random.default_rng(26)
    return [
        _network(rng, [2, 2, 2], 3, [sigmoid, np.tanh]),
        _network(rng, [3, 3, 3, 3], 2, [np.tanh, sigmoid, np.arctan]),
    ]


def _judge_forward(forward):
    """Return None, or a hint: all sizes different, a single layer, and no loop over samples."""
    rng, calls = np.random.default_rng(27), []

    def counted(g):
        return lambda Z: calls.append(np.shape(Z)) or g(Z)

    for sizes, m in (([3, 5, 4, 2], 7), ([4, 3], 1)):
        X, W, b, g = _network(rng, sizes, m, [np.tanh, sigmoid, np.arctan][: len(sizes) - 1])
        name = "-".join(map(str, sizes))
        advice = f"it is right where all layers are equally wide, and not for {name} with m = {m}"
        try:
            if wrong := difference(_forward(X, W, b, g), forward(X, W, b, g)):
                return f"{advice}: {wrong}"
            forward(X, W, b, [None, *map(counted, g[1:])])
        except Exception as error:
            return f"{advice}: it raises {type(error).__name__}"
        if len(calls) > len(sizes) - 1:
            times = f"{len(calls)} times for {len(sizes) - 1} layers and {m} samples"
            return f"the numbers are right, but the activations are called {times}: no loop over samples"
        calls.clear()


exercises = {
    "02.a": Exercise(
        solution=_LAYER,
        judge=_judge_layer,
        mistakes=_BY_HAND,
        correct="each row of W is laid on x, and each node adds its own bias.",
    ),
    "02.b": Exercise(
        solution=(2, 2, 0),
        mistakes=[
            ((2, 0, 2), "that is W²₁₃, to node 1 from node 3. Say aloud: to i, from j. Section 1.4 of notebook 1"),
            (
                (2, 3, 1),
                "that is how the formula counts; code counts rows and columns from 0: section 1.4 of notebook 1",
            ),
            ((2, 1, 3), "to i from j, so the target comes first, and Python counts from 0: section 1.4 of notebook 1"),
            (
                (1, 2, 0),
                "a weight belongs to the layer it enters, and W[0] is None: W[2] is W². Section 1.5 of notebook 1",
            ),
            ((1, 0, 2), "a weight belongs to the layer it enters, and reads to i from j: section 1.5 of notebook 1"),
        ],
        correct="to node 3 (row 2 in code) from node 1 (column 0), in the matrix of the layer it enters.",
    ),
    "02.c": Exercise(
        solution=_MATRIX,
        mistakes=[
            (
                _MATRIX.T,
                "you have written the two answers as rows. They are the columns: section 1.4 of notebook 1",
            ),
            (
                _MATRIX[:, ::-1],
                "the columns are exchanged: column 1 is where e_1 goes, section 1.4 of notebook 1",
            ),
            (
                _MATRIX.T.reshape(3, 2),
                "you have poured the six numbers in row by row. The answers are columns: section 1.4 of notebook 1",
            ),
            (
                _MATRIX.T.ravel(),
                "that is one list of six numbers. A matrix is a list of rows, [[…], …]: section 1.4 of notebook 1",
            ),
        ],
        correct="the columns of a matrix are where the unit vectors go, and that is all there is to know about it.",
    ),
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
                lambda W, X: np.stack([W[:, c] * X[:, c].sum() for c in range(X.shape[1])], axis=1),
                "every column of W counts, not column c alone: X[j, c] belongs to column j of W, W[:, j]",
            ),
            (
                lambda W, X: (W @ X).T,
                "the numbers are right, but they stand in rows: sample c belongs in column c, Z[:, c]",
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
                "the bias still lies along the rows, so node 1 gets a different bias in each sample. "
                "bias.T and reshape(1, -1) do not help: it has to become a column",
            ),
            (
                lambda X, W, bias: sigmoid(X.T @ W.T + bias),
                "the numbers are right, but the samples stand in rows now; here a sample is a column",
            ),
            (
                lambda X, W, bias: W @ X + bias.reshape(-1, 1),
                "the bias is right now; the sigmoid at the end is missing",
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
        inputs=_rows,
        mistakes=[
            (
                lambda kernel, bias, X_rows: (kernel, bias.reshape(-1, 1), X_rows.T),
                "the kernel has a row for each input; our W has a row for each node: transpose it",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.T, bias, X_rows.T),
                "b is still flat: that is the silent bug of section 2.3. Make it a column",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.T, bias.reshape(1, -1), X_rows.T),
                "b is a row now; with samples as columns it has to be a column, reshape(-1, 1)",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.T, bias.reshape(-1, 1), X_rows),
                "W and b are right, but X still has its samples in rows",
            ),
            (
                lambda kernel, bias, X_rows: (kernel.reshape(kernel.shape[::-1]), bias.reshape(-1, 1), X_rows.T),
                "the shape of W is right, but not its numbers: reshape refills row by row; .T swaps rows and columns",
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
                "all of these shapes have samples as rows. Here a sample is a column: swap the numbers of every shape",
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
                "m is not part of the network: 7 samples go through the same W1, one after the other",
            ),
        ],
        correct="m stands in X, Z and A, never in W and b.",
    ),
    "02.6": Exercise(
        solution=_forward,
        inputs=_networks,
        judge=_judge_forward,
        mistakes=[
            (
                _first_activation_everywhere,
                "you take the activation function of layer 1 in every layer; each layer has its own, g[l]",
            ),
            (
                _last_activation_everywhere,
                "you take the last activation function in every layer; each layer has its own, g[l]",
            ),
            (_without_bias, "the biases are missing: add b[l]; broadcasting repeats it"),
            (_without_activation, "no activation yet: A[l] = g[l](Z[l])"),
            (_last_without_activation, "the last layer has an activation as well: l runs up to len(W) − 1"),
            (_from_the_input_again, "each layer starts from X again: the input of layer l is A[l − 1]"),
            (
                _from_pre_activations,
                "the next layer gets A[l − 1], but you pass on Z[l − 1]: the activation has no effect",
            ),
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
