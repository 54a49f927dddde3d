"""The exercises of notebook 6."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from shared.activations import identity, sigmoid, tanh
from shared.exercises import Exercise, difference
from shared.exercises.compare import frozen, plain
from shared.exercises.dots import unanswered
from shared.exercises.engine import UNANSWERED
from shared.lessons.zoo import BUGS, LINES

# --- 06.1: the five lines for the last layer

_LINES = {  # the zoo's, under the names and in the order of the answer
    "dA": LINES["dA of the output"].function,
    "dZ": LINES["dZ"].function,
    "dW": LINES["dW"].function,
    "db": LINES["db"].function,
    "dA_before": LINES["dA"].function,
}


def _layer(W, Z, A_before, A, Y, dg, **known):
    """Return what the exercise hands over, as the zoo's lines want it; known: dA and dZ."""
    return SimpleNamespace(W=W, Z=Z, A_before=A_before, A=A, Y=Y, m=Y.shape[1], dg=dg, **known)


def _five(**replaced):
    """Return the function of exercise 06.1 with some of its lines replaced."""
    line = _LINES | replaced

    def five_lines(W, Z, A_before, A, Y, dg):
        layer = _layer(W, Z, A_before, A, Y, dg)
        layer.dA = line["dA"](layer)
        layer.dZ = line["dZ"](layer)
        return layer.dA, layer.dZ, line["dW"](layer), line["db"](layer), line["dA_before"](layer)

    return five_lines


def _softplus(Z):
    return np.log1p(np.exp(Z))  # its derivative is the sigmoid; no rule of thumb with A fits


def _given(n, before, m, seed, g, slope):
    rng = np.random.default_rng(seed)
    W, A_before = rng.normal(size=(n, before)).round(1), rng.normal(size=(before, m)).round(1)
    Z = W @ A_before + 0.5
    return W, Z, A_before, g(Z), rng.normal(size=(n, m)).round(1), slope


def _bug(title):
    """Return what a bug of the zoo does in place of its line."""
    return BUGS[title].function


_WRONG_LINES = [  # line, what stands there instead (a bug of the zoo, or a function of a layer), what to say
    ("dA", _bug("dA: sign flipped"), "dA: the sign is flipped: output minus target, A − Y"),
    ("dA", _bug("dA: 1/m forgotten"), "dA: the 1/m is missing. E is a mean over the samples, and here it enters"),
    (
        "dA",
        _bug("dA: the half forgotten"),
        "dA: twice as large as it should be. The half in E cancels the 2 of the square",
    ),
    (
        "dA",
        lambda layer: layer.Y - layer.A,
        "dA has two mistakes: the sign is wrong, it should be A − Y, and the 1/m is missing",
    ),
    (
        "dA",
        lambda layer: 2 * (layer.A - layer.Y),
        "dA has two mistakes: the half in E cancels the 2, and the 1/m is missing",
    ),
    (
        "dA",
        lambda layer: (layer.A - layer.Y) / layer.Y.size,
        "dA: you divide by all entries. E is a mean over the samples alone, and they are the columns",
    ),
    (
        "dZ",
        lambda layer: layer.dA * layer.A * (1 - layer.A),
        "dZ: a (1 − a) belongs to the sigmoid. This layer may have another activation: ask dg",
    ),
    (
        "dZ",
        lambda layer: layer.dA * (1 - layer.A**2),
        "dZ: 1 − a² belongs to tanh. This layer may have another activation: ask dg",
    ),
    (
        "dZ",
        lambda layer: layer.dA * layer.dg(layer.dA),
        "dZ: dg got dA, but it is a function of z: how steep was g where the forward pass went through it?",
    ),
    (
        "db",
        lambda layer: layer.dZ.sum(axis=1, keepdims=True).T,
        "db is a row; a bias is a column, (n, 1)",
    ),
    ("db", lambda layer: layer.dZ.sum(), "db: that adds up all nodes. Each node has a bias of its own: axis=1"),
    ("dZ", _bug("dZ: g' forgotten"), "dZ: g' is left out. The way back through the activation multiplies dA by it"),
    (
        "dZ",
        _bug("dZ: g' of a"),
        "dZ: dg got A, but it is a function of z. What went into the activation on the way forward?",
    ),
    (
        "dZ",
        lambda layer: layer.dA @ layer.dg(layer.Z),
        "dZ: @ adds up over the samples, but there is no sum here. Each entry has its own factor, so *",
    ),
    (
        "dW",
        _bug("dW: * for @"),
        "dW: that is `*` for `@`. It fits here because everything is square; dW is a sum over the samples",
    ),
    (
        "dW",
        _bug("dW: transposed"),
        "dW is transposed: its rows belong to the nodes of dZ, so dZ comes first",
    ),
    (
        "dW",
        lambda layer: layer.dZ @ layer.A_before,
        "dW: the c of dZ and the c of A_before must meet inside the product; which of the two has to be turned?",
    ),
    (
        "dW",
        _bug("dW: activations of its own layer"),
        "dW: W was multiplied by the activations before the layer, not by those behind it",
    ),
    (
        "dW",
        lambda layer: layer.dZ @ layer.A_before.T / layer.m,
        "dW: 1/m once more. It is in dA already, and from there in everything",
    ),
    (
        "db",
        _bug("db: mean for sum"),
        "db: a mean where a sum belongs. The 1/m is in dZ already",
    ),
    (
        "db",
        lambda layer: layer.dZ.sum(axis=1),
        "db has the shape (n,): a bias is a column, (n, 1). keepdims=True keeps it one",
    ),
    (
        "db",
        lambda layer: layer.dZ.mean(axis=1),
        "db has two mistakes: a mean where a sum belongs, and the shape (n,) where a column belongs",
    ),
    (
        "db",
        lambda layer: layer.dZ.sum(axis=0, keepdims=True),
        "db: you added over the nodes. The sum runs over the samples, which is axis=1",
    ),
    ("db", lambda layer: layer.dZ, "db: we ask for one number per node; add up over the samples"),
    (
        "dA_before",
        _bug("dA: W not transposed"),
        "dA_before: W takes values forward, j to i. On the way back it has to be transposed",
    ),
    (
        "dA_before",
        _bug("dA: * for @"),
        "dA_before: that is `*` for `@`. A node collects from all the nodes it fed: a sum over i",
    ),
    (
        "dA_before",
        lambda layer: layer.dZ @ layer.W,
        "dA_before: the i of W has to meet the i of dZ, its row index. So dZ stands on the right",
    ),
]
_PARAMETERS = "W", "Z", "A_before", "A", "Y"


def _array(value):
    """Return lists and matrices as arrays: for np.matrix `*` means `@`, and the lines would go astray."""
    try:
        return np.asarray(value) if isinstance(value, (list, tuple)) else plain(value)
    except ValueError:  # rows of different lengths
        return value


def _judge_five(function):
    """Look at the lines in their order, each given what the lines before it have returned."""
    # A square layer first: there, wrong products raise nothing and can be told apart. Each has its own activation.
    for n, before, m, g, slope in ((3, 3, 3, _softplus, sigmoid), (2, 3, 5, np.tanh, tanh.derivative)):
        handed, kept = (_given(n, before, m, 61, g, slope) for _ in "ab")  # what it is handed a function may change
        square = n == before == m
        sizes = "" if square else f" (with {n} nodes, {before} nodes before, {m} samples; m is the number of columns)"
        try:
            got = function(*handed)
        except Exception as error:
            return f"your function raises {type(error).__name__}{sizes}: {str(error)[:200]}"
        if unanswered(got):
            return UNANSWERED
        if got is None:
            return "your function returns None: does it end in a `return`?"
        if not isinstance(got, (tuple, list)) or len(got) != 5:
            return f"we ask for five arrays, in this order: {', '.join(_LINES)}"
        for name, old, new in zip(_PARAMETERS, kept[:-1], handed[:-1], strict=True):
            if frozen(old) != frozen(new):
                return f"the call has changed the numbers in {name}: make new arrays, with = and not with -= or *="
        right = _layer(*kept, dA=_LINES["dA"](_layer(*kept)))
        if got[0] is got[1] and difference(_LINES["dZ"](right), got[0]) is None:
            return "dA and dZ are one array, so dA is lost: dZ = dA * …, not dZ = dA and dZ *= …"
        got = [_array(value) for value in got]
        layer = _layer(*kept, dA=got[0], dZ=got[1])
        for (name, line), value in zip(_LINES.items(), got, strict=True):
            if wrong := difference(line(layer), value):
                mistakes = (hint for place, f, hint in _WRONG_LINES if place == name and _does(f, layer, value))
                return next(mistakes, f"{name}{sizes}: {wrong}")


def _does(mistake, layer, value):
    try:
        return difference(mistake(layer), value) is None
    except ValueError:
        return False


# --- 06.2: three mysteries

_PATTERNS = ("e", "g", "a")
_PATTERN_HINTS = {
    (0, "d"): "mystery 1: σ' is at most 1/4. Without it dW1 would be four times as long; look at the ratio",
    (0, "f"): "mystery 1: a transposed dW1 leaves db1 right, and keeps the length exactly",
    (0, "g"): "mystery 1: the mean in db spoils db only, in both layers. Here dW1 is wrong, and layer 2 is right",
    (0, "h"): "mystery 1: the forgotten half doubles everything. Here layer 2 is right",
    (1, "b"): "mystery 2: 1/m twice in dA would shrink dW1 and dW2 too. They are right",
    (1, "f"): "mystery 2: transposing dW cannot touch db",
    (1, "a"): "mystery 2: the ratio is 1/3, too short, and both dW are right: the mistake sits in one line only",
    (2, "b"): "mystery 3: the pattern is right, but the ratio says too long by a factor of 3, not too short",
    (2, "c"): "mystery 3: a flipped sign keeps the length and gives a relative error of 1",
    (2, "h"): "mystery 3: the forgotten half gives the ratio 2. Which number of tiny is 3?",
}


def _judge_patterns(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 3:
        return 'we ask for three letters, in the order of the mysteries: ("…", "…", "…")'
    for place, (right, letter) in enumerate(zip(_PATTERNS, answer, strict=True)):
        if difference(right, letter):
            known = letter.strip().casefold() if isinstance(letter, str) else ""
            if known not in tuple("abcdefgh"):
                return f'mystery {place + 1}: we ask for one of the letters a to h, in quotes: "…"'
            general = f"mystery {place + 1} is another one: which lines lie behind everything that is wrong?"
            return _PATTERN_HINTS.get((place, known), general)


# --- 06.3: the mean of the samples' gradients


def _one_sample_only(n, outputs):
    """Return the gradient of a linear layer with n inputs: of one sample, as a vector, the weights row by row."""
    W = np.add.outer(np.arange(outputs), np.linspace(2, -1, n))

    def gradient(X, Y):
        for name, part, rows in (("X", X, n), ("Y", Y, outputs)):
            if np.ndim(part) != 2:
                raise ValueError(f"a sample is a column, of shape (n, 1); this {name} has the shape {np.shape(part)}")
            if part.shape[1] != 1:
                raise ValueError(f"one sample at a time, a column (n, 1); this {name} has the shape {part.shape}")
            if len(part) != rows:
                raise ValueError(f"a sample's {name} is a column with {rows} entries; this one has {len(part)}")
        return ((W @ X - Y) @ np.vstack([X, [[1.0]]]).T).ravel()

    return gradient


def _mean_gradient(gradient, X, Y):
    m = X.shape[1]
    return sum(gradient(X[:, [c]], Y[:, [c]]) for c in range(m)) / m


def _sample_sets():
    rng = np.random.default_rng(63)
    sizes = ((2, 1, 3), (2, 1, 5), (4, 3, 6))  # inputs, outputs, samples
    return [
        (_one_sample_only(n, k), rng.normal(size=(n, m)).round(1), rng.normal(size=(k, m)).round(1))
        for n, k, m in sizes
    ]


# --- 06.4: multiplications


def _products(sizes, m):
    return [n * before * m for before, n in pairwise(sizes)]


def _multiplications(sizes, m):
    products = _products(sizes, m)
    return sum(products), sum(products) + sum(products[1:])


# --- 06.5: the friend's five lines


def _mended(dg_of="Z", transpose=True, db="sum"):
    """Return the function of exercise 06.5, mended where the arguments say so."""
    biases = {
        "sum": lambda dZ: dZ.sum(axis=1, keepdims=True),
        "mean": lambda dZ: dZ.mean(axis=1, keepdims=True),
        "flat": lambda dZ: dZ.sum(axis=1),
        "axis": lambda dZ: dZ.sum(axis=0, keepdims=True),
        "flat mean": lambda dZ: dZ.mean(axis=1),
        "one": lambda dZ: dZ.sum(),
    }

    def backward(W, Z, A, Y, dg):
        L, m = len(W) - 1, Y.shape[1]
        dW, derivatives = [None] * (L + 1), [None] * (L + 1)
        dA = (A[L] - Y) / m
        for l in range(L, 0, -1):
            dZ = dA * dg[l]((Z if dg_of == "Z" else A)[l])
            dW[l] = dZ @ A[l - 1].T
            derivatives[l] = biases[db](dZ)
            dA = (W[l].T if transpose else W[l]) @ dZ
        return dW, derivatives

    return backward


def _networks():
    """Return a network in which all sizes differ, and one in which none does; each layer with its own activation."""
    cases = (([3, 5, 4, 2], [tanh, sigmoid, identity], 7, 65), ([2, 2, 2], [sigmoid, tanh], 2, 66))
    for sizes, layers, m, seed in cases:
        rng, g = np.random.default_rng(seed), [None, *layers]
        W = [None, *(rng.normal(size=(n, before)).round(1) for before, n in pairwise(sizes))]
        Z, A = [None], [rng.normal(size=(sizes[0], m)).round(1)]
        for l in range(1, len(sizes)):
            Z.append(W[l] @ A[l - 1] + 0.1)
            A.append(g[l](Z[l]).copy())  # the identity hands back Z itself
        yield W, Z, A, rng.normal(size=(sizes[-1], m)).round(1), [None, *(a.derivative for a in g[1:])]


# --- 06.6: the penalty


def _penalty(term=lambda W, alpha: alpha * W, biases=False):
    def with_penalty(W, b, dW, db, alpha):
        new = [None, *(dW[l] + term(W[l], alpha) for l in range(1, len(W)))]
        return new, [None, *(db[l] + term(b[l], alpha) for l in range(1, len(W)))] if biases else db

    return with_penalty


def _gradients():
    rng = np.random.default_rng(66)
    for sizes, alpha in (([2, 2, 1], 0.1), ([3, 5, 4, 2], 0.02)):
        shapes = [(n, before) for before, n in pairwise(sizes)]
        W, dW = ([None, *(rng.normal(size=s).round(1) for s in shapes)] for _ in range(2))
        b, db = ([None, *(rng.normal(size=(n, 1)).round(1) for n, _ in shapes)] for _ in range(2))
        yield W, b, dW, db, alpha


exercises = {
    "06.a": Exercise(
        solution=17,
        mistakes=[
            (-7, "that is node 1: the weights that come from node 2 stand in column 2. Section 5.4 of notebook 5"),
            (0, "that is node 3: the weights that come from node 2 stand in column 2. Section 5.4 of notebook 5"),
            (
                11,
                "you went along a row, which belongs to one node of layer l. We need column 2: section 5.4",
            ),
            (21, "that is the path through node 1 alone. Node 2 of layer l uses it, too: section 5.4 of notebook 5"),
            (-4, "that is the path through node 2 alone. Node 1 of layer l uses it, too: section 5.4 of notebook 5"),
            (25, "dz of node 2 is −2, so its share is negative: section 5.4 of notebook 5"),
            (9, "you added the weights alone. Each share is dz times its weight: section 5.4 of notebook 5"),
            (-84, "you multiplied the two paths. Where paths meet, they add: section 5.2 of notebook 5"),
            ((3, -2), "those are the dz. Each is multiplied by the weight from node 2, then added: section 5.4"),
        ],
        correct="3·7 + (−2)·2. One entry of a matrix product, as you will see.",
    ),
    "06.b": Exercise(
        solution=(3, 5),
        mistakes=[
            (
                (4, 5),
                "that is the shape of Q. P turned is 3 × 4, and the inner 4 disappears: section 2.2 of notebook 2",
            ),
            ((3, 4), "that is the shape of P turned. Multiplied by Q, 4 × 5, the inner 4 disappears: section 2.2"),
            ((5, 3), "that is the shape of the transposed product. The rows come from the left factor: section 2.2"),
            ((4, 4), "the two 4s are the inner sizes, and they disappear: section 2.2 of notebook 2"),
            ((4, 3), "that is the shape of P. Turn it, then multiply: section 2.2 of notebook 2"),
        ],
        correct="3 × 5. The 4 that both share is summed over.",
    ),
    "06.c": Exercise(
        solution=108,
        mistakes=[
            (54, "each parameter is nudged up and down, so it needs two passes: section 4.2 of notebook 4"),
            (55, "that is for differences to one side. The central one looks to both: section 4.2 of notebook 4"),
            (109, "the pass at the place itself is not needed: the central difference uses the two sides, section 4.2"),
            (2, "that is for one parameter; there are 54: section 4.2 of notebook 4"),
            (18, "that was tiny, with its nine parameters. Here there are 54: section 4.8 of notebook 4"),
            (1, "one pass gives E, and no derivative yet: section 4.2 of notebook 4"),
        ],
        correct="108, for one gradient. The five lines of this notebook need one pass forward and one back.",
    ),
    "06.1": Exercise(
        solution=_five(),
        judge=_judge_five,
        mistakes=[(_five(**{line: mistake}), hint) for line, mistake, hint in _WRONG_LINES],
        correct="five lines, one layer. A loop from L to 1 around them is back-propagation.",
    ),
    "06.2": Exercise(
        solution=_PATTERNS,
        judge=_judge_patterns,
        mistakes=[
            (tuple(letter if k == place else right for k, right in enumerate(_PATTERNS)), hint)
            for (place, letter), hint in _PATTERN_HINTS.items()
        ],
        correct="the pattern names the line, the ratio names the mistake.",
    ),
    "06.3": Exercise(
        solution=_mean_gradient,
        inputs=_sample_sets,
        mistakes=[
            (
                lambda gradient, X, Y: _mean_gradient(gradient, X, Y) * X.shape[1],
                "that is the sum. With m samples it is too long by a factor of m",
            ),
            (
                lambda gradient, X, Y: _mean_gradient(gradient, X, Y) * X.shape[1] / X.shape[0],
                "you divide by the number of inputs; m is the number of columns, X.shape[1]",
            ),
            (
                lambda gradient, X, Y: gradient(X, Y),
                "that hands over the whole batch; take the samples one by one, X[:, [c]]",
            ),
            (
                lambda gradient, X, Y: gradient(X[:, 0], Y[:, 0]),
                "X[:, c] is flat, of shape (2,). A list as index keeps the column: X[:, [c]]",
            ),
            (
                lambda gradient, X, Y: gradient(X[[0]], Y[[0]]),
                "X[[c]] is a row: one input, of all samples. A sample is a column: X[:, [c]]",
            ),
            (
                lambda gradient, X, Y: np.mean(_mean_gradient(gradient, X, Y)),
                "np.mean without an axis makes one number of them all. We ask for a mean for each parameter: axis=0",
            ),
            (
                lambda gradient, X, Y: _mean_gradient(gradient, X, Y) * X.shape[1] / 3,
                "you divide by 3 for every batch; m is the number of columns, X.shape[1]",
            ),
            (
                lambda gradient, X, Y: _mean_gradient(gradient, X, Y) / X.shape[1],
                "you divide by m twice: a mean has it already",
            ),
            (
                lambda gradient, X, Y: gradient(X[:, [0]], Y[:, [0]]) / X.shape[1],
                "the first sample alone, divided by m: the `return` stands inside the loop",
            ),
            (
                lambda gradient, X, Y: gradient(X[:, [-1]], Y[:, [-1]]),
                "only the last sample has arrived: add up inside the loop",
            ),
            (
                lambda gradient, X, Y: gradient(X[:, [0]], Y[:, [0]]),
                "only the first sample has arrived: does the `return` stand inside the loop?",
            ),
            (
                lambda gradient, X, Y: gradient(X[:, [-1]], Y[:, [-1]]) / X.shape[1],
                "each sample overwrites the one before: += instead of =",
            ),
            (
                lambda gradient, X, Y: gradient(X.mean(axis=1, keepdims=True), Y.mean(axis=1, keepdims=True)),
                "that is the gradient of the mean sample. The mean has to be taken of the gradients",
            ),
        ],
        correct="so a batch is no more than its samples, and the 1/m in dA takes their mean.",
    ),
    "06.4": Exercise(
        solution=_multiplications,
        inputs=[([3, 5, 4, 2], 7), ([784, 30, 10], 1), ([2, 2, 1], 3), ([6, 6, 6, 6, 6], 2), ([4, 3], 5)],
        mistakes=[
            (
                lambda sizes, m: (sum(_products(sizes, m)), 2 * sum(_products(sizes, m))),
                "nearly: dA of layer 0 would be a derivative with respect to the data. Nobody needs it: leave it out",
            ),
            (
                lambda sizes, m: (sum(_products(sizes, m)), sum(_products(sizes, m))),
                "backward has two products per layer: one for dW, and one for dA of the layer before",
            ),
            (
                lambda sizes, m: (sum(_products(sizes, m)), sum(_products(sizes, m)[1:])),
                "that counts the dA only; each layer has a dW as well",
            ),
            (
                lambda sizes, m: (sum(_products(sizes, m)), sum(_products(sizes, m)) + sum(_products(sizes, m)[:-1])),
                "you leave one dA out, but the wrong one: it is the first layer whose input needs no derivative",
            ),
            (
                lambda sizes, m: _multiplications(sizes, 1),
                "that is for one sample; every sample costs as much",
            ),
            (
                lambda sizes, m: _multiplications(sizes, m)[::-1],
                "the two numbers are right, but exchanged: return forward, backward",
            ),
            (
                lambda sizes, m: (sum(_products(sizes, m)), sum(_multiplications(sizes, m))),
                "the second number has the forward pass in it; count what the way back adds",
            ),
            (
                lambda sizes, m: tuple(count + sum(sizes[1:]) * m for count in _multiplications(sizes, m)),
                "you count the biases or the activations too; we ask for the matrix products only",
            ),
        ],
        correct="never more than twice the way forward, for any number of parameters.",
    ),
    "06.5": Exercise(
        solution=_mended(),
        inputs=lambda: list(_networks()),
        mistakes=[
            (
                _mended("A", False, "mean"),
                "still the friend's program: with 3-5-4-2 NumPy refuses a product. Which one? Why did squares hide it?",
            ),
            (
                _mended("Z", False, "mean"),
                "one down: dg gets Z now. NumPy still refuses a product where the sizes differ",
            ),
            (
                _mended("A", False, "sum"),
                "one down: db is a sum now. NumPy still refuses a product where the sizes differ",
            ),
            (
                _mended("Z", False, "sum"),
                "two down: dg and db are right. The last one is the product that takes dZ to the layer before",
            ),
            (
                _mended("A", True, "mean"),
                "the transpose is there, and all shapes fit. Two mistakes are left that no shape can show: run a check",
            ),
            (
                _mended("A", True, "sum"),
                "one mistake is left: after an identity, dW and db of the last layer are right, all others wrong. "
                "Which line lies between?",
            ),
            (_mended("Z", True, "mean"), "one mistake is left: every dW is right, every db too short by a factor of m"),
            (_mended("Z", True, "flat"), "all numbers are right; but a bias of shape (n,) is no column: keepdims=True"),
            (
                _mended("Z", True, "flat mean"),
                "every dW is right. There are two mistakes in db: a mean for a sum, and the shape (n,) for a column",
            ),
            (_mended("Z", True, "one"), "db: that adds up all nodes; each node has a bias of its own, axis=1"),
            (
                lambda *given: [derivatives[1:] for derivatives in _mended()(*given)],
                "all numbers are right; but the lists begin with None, so that place l belongs to layer l",
            ),
            (lambda *given: _mended()(*given)[::-1], "the two lists are exchanged: return dW, db"),
            (lambda *given: _mended()(*given)[0], "we ask for both lists: return dW, db"),
            (_mended("Z", True, "axis"), "db: the sum runs over the samples, axis=1, not over the nodes"),
        ],
        correct="one mistake showed by its shape, two by their numbers: that is why a test has four different sizes.",
    ),
    "06.6": Exercise(
        solution=_penalty(),
        inputs=lambda: list(_gradients()),
        mistakes=[
            (
                _penalty(lambda W, alpha: 2 * alpha * W),
                "twice as much as it should be: the half in front of the penalty cancels the 2 of the square",
            ),
            (_penalty(lambda W, alpha: alpha * W / 2), "that is half of it: the derivative of w²/2 is w"),
            (
                _penalty(lambda W, alpha: -alpha * W),
                "check the sign: the penalty is added to E, and so is its derivative",
            ),
            (
                _penalty(lambda W, alpha: alpha * np.sign(W)),
                "that belongs to a penalty on |w|; for w²/2 the derivative grows with w",
            ),
            (
                _penalty(lambda W, alpha: alpha * W**2 / 2),
                "that is the penalty itself; we ask for its derivative with respect to w",
            ),
            (
                _penalty(lambda W, alpha: 2 * alpha * W, biases=True),
                "two mistakes: the half cancels the 2 of the square, and the biases are left out of the penalty",
            ),
            (
                _penalty(lambda W, alpha: alpha),
                "each weight is pushed by the same amount; large weights should be pushed more",
            ),
            (_penalty(biases=True), "you penalise the biases as well; here only the weights are penalised"),
            (
                _penalty(lambda W, alpha: alpha * np.sum(W**2) / 2),
                "you add the penalty itself, one number, to every entry. How does it change with one weight?",
            ),
            (_penalty(lambda W, alpha: W), "alpha is missing: how strong is the penalty?"),
            (_penalty(lambda W, alpha: alpha * W**2), "the derivative of a square is no square: w²/2 has the slope w"),
            (
                lambda W, b, dW, db, alpha: ([None, *(alpha * w for w in W[1:])], db),
                "that is the penalty's part alone: the dW of E has to stay in it",
            ),
            (
                lambda *given: (_penalty()(*given)[0][1:], given[3]),
                "all numbers are right; but the list begins with None, so that place l belongs to layer l",
            ),
            (lambda *given: _penalty()(*given)[0], "we ask for both lists, the db as well: return new dW, db"),
            (lambda W, b, dW, db, alpha: (dW, db), "nothing has been added yet"),
        ],
        correct="one more term in E, one more term in dW, and the check passes again.",
    ),
}
