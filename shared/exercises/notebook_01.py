"""The exercises of notebook 1."""

from numbers import Real

import numpy as np

from shared.activations import identity, relu, sigmoid
from shared.datasets import tiny
from shared.exercises import Exercise, difference
from shared.exercises.watched import watched


def _layer(x_1, x_2):
    z_1 = 0.5 * x_1 - 0.25 * x_2 + 0.1
    z_2 = -1.0 * x_1 + 0.75 * x_2 - 0.2
    return z_1, z_2


def _friend(x_1, x_2):
    z_1 = 0.5 * x_1 - 1.0 * x_2 + 0.1
    z_2 = -0.25 * x_1 + 0.75 * x_2 - 0.2
    return z_1, z_2


def _parameters(sizes):
    return sum(sizes[l] * sizes[l - 1] + sizes[l] for l in range(1, len(sizes)))


def _weights(sizes):
    return sum(sizes[l] * sizes[l - 1] for l in range(1, len(sizes)))


def _hinge_sum(x, hinges):
    return sum(v * np.maximum(0, w * x + b) for w, b, v in hinges)


def _tent(x):
    return np.maximum(0, 2 - 2 * np.abs(x))


_ABSOLUTE, _TENT = [(1, 0, 1), (-1, 0, 1)], [(1, 1, 2), (1, 0, -4), (1, -1, 2)]
_PLACES = np.linspace(-4, 4, 65)
_MOST = 1000  # hinges that anybody would write
# which answer is wrong, hinges that draw the same wrong curve, what to say about it
_SHAPES = [
    (
        0,
        [(1, 0, 1)],
        "|x|: left of 0 your curve lies flat. You need a second hinge that opens to the left: "
        "which slope makes relu(slope·x) grow when x goes to minus infinity?",
    ),
    (
        0,
        [(1, 0, 1), (-1, 0, -1)],
        "|x|: you have drawn the straight line x. The hinge that opens to the left should go up, "
        "so its weight is positive",
    ),
    (
        0,
        [(1, 0, 2)],
        "|x|: two hinges that open to the same side make one steeper hinge. One of them has to open to the left",
    ),
    (
        0,
        [(-1, 0, 1)],
        "|x|: right of 0 your curve lies flat. A hinge that opens to the right is missing",
    ),
    (
        1,
        [(1, 1, 1), (1, 0, -2), (1, -1, 1)],
        "the tent: the feet are right, but the top is only 1 high. What doubles a whole curve?",
    ),
    (
        1,
        [(1, 0, 1), (1, -1, -2), (1, -2, 1)],
        "the tent: this is the hat of section 1.6, with feet at 0 and 2. The tent stands "
        "on −1 and 1, and is twice as high",
    ),
    (
        1,
        [(1, 0, 2), (1, -1, -4), (1, -2, 2)],
        "the tent: the height is right, but it stands one place too far to the right. A hinge "
        "bends at x = −offset / slope",
    ),
    (
        1,
        [(1, 1, 2), (1, 0, -4)],
        "the tent: left of 1 all is right, then your curve falls for ever. The third hinge "
        "has to bend it back to level",
    ),
    (
        1,
        [(1, 1, 2), (1, 0, -2), (1, -1, 2)],
        "the tent: right of its top your curve runs level, since 2 − 2 = 0. The slope has to "
        "change from 2 to −2, so how large is that change?",
    ),
    (
        1,
        [(1, -1, 2), (1, 0, -4), (1, 1, 2)],
        "the tent: the offsets have the wrong sign. A hinge of slope 1 bends at −offset, "
        "so offset 1 bends at −1, and offset −1 bends at 1",
    ),
]


def _as_hinges(given):
    """Return the hinges as an array (k, 3), or None if they are not lists of three real numbers each."""
    kinds = (list, tuple, np.ndarray)
    if not isinstance(given, kinds) or np.ma.isMaskedArray(given) or len(given) > _MOST:
        return None
    if not all(isinstance(hinge, kinds) and len(hinge) == 3 for hinge in given):
        return None
    numbers = [number for hinge in given for number in hinge]
    if not all(isinstance(number, Real) and not isinstance(number, bool) for number in numbers):
        return None
    try:
        array = np.array(numbers, float).reshape(-1, 3)
    except OverflowError:
        return None
    return array if np.isfinite(array).all() else None


def _places(hinges):
    """Return places that settle whether two broken lines agree: near 0, at each bend, and far out on both sides."""
    w, b, _ = hinges.T
    at = -b[w != 0] / w[w != 0]
    return np.unique(np.concatenate([_PLACES, at[np.abs(at) < 1e6], [-1e6, 1e6]]))


def _agree(x, curve, wanted):
    return np.abs(curve - wanted) <= 1e-6 * np.maximum(1, np.abs(x))


def _judge_hinges(answer):
    """Return None, or a hint, for (hinges of |x|, hinges of the tent); any hinges will do."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "we ask for two lists: check(…, (absolute, tent))"
    checked = []
    for name, given in zip(("absolute", "tent"), answer, strict=True):
        if isinstance(given, (list, tuple, np.ndarray)) and len(given) > _MOST:
            return f"{name} should hold a few hinges, not {len(given)}"
        hinges = _as_hinges(given)
        if hinges is None:
            return f"{name} should be a list of hinges (slope, offset, weight): three numbers each"
        if len(hinges) == 0:
            return f"{name} should hold a few hinges, not 0"
        checked.append(hinges)
    for k, (name, target) in enumerate((("|x|", np.abs), ("the tent", _tent))):
        x = _places(checked[k])
        curve, wanted = _hinge_sum(x, checked[k]), target(x)
        if _agree(x, curve, wanted).all():
            continue
        for which, hinges, hint in _SHAPES:
            if which == k and _agree(x, curve, _hinge_sum(x, hinges)).all():
                return hint
        near = np.abs(x) <= 4
        where = np.flatnonzero(near if not _agree(x, curve, wanted)[near].all() else ~near)
        at = where[np.abs(curve - wanted)[where].argmax()]
        return f"{name}: at x = {x[at]:g} your curve is at {curve[at]:.4g}, and it should be at {wanted[at]:.4g}"


def _pair(which, hinges):
    return (hinges, _TENT) if which == 0 else (_ABSOLUTE, hinges)


def _output(x, W=None, b=None, g=(sigmoid, identity)):
    """Return the output of the 2-2-1 network for x, with some of its parts exchanged."""
    own_W, own_b, _, _ = tiny()
    W, b, a = W or own_W, b or own_b, np.array(x, float).reshape(2, 1)
    for l in (1, 2):
        a = g[l - 1](W[l] @ a + b[l])
    return float(a[0, 0])


_W, _B = tiny()[:2]
_ZERO = np.zeros((2, 1))


def _forward(x, W, b, g):
    a = x
    for l in range(1, len(W)):
        rows, columns = W[l].shape
        z = np.zeros((rows, 1))
        for i in range(rows):
            z[i, 0] = b[l][i, 0]
            for j in range(columns):
                z[i, 0] += W[l][i, j] * a[j, 0]
        a = g[l](z)
    return a


def _without_bias(x, W, b, g):
    return _forward(x, W, [None, *(0 * column for column in b[1:])], g)


def _without_activation(x, W, b, g):
    return _forward(x, W, b, [None, *(identity for _ in g[1:])])


def _bias_each_time(x, W, b, g):
    return _forward(x, W, [None, *(W[l].shape[1] * b[l] for l in range(1, len(W)))], g)


def _activation_each_time(x, W, b, g):
    a = x
    for l in range(1, len(W)):
        a = np.array([[sum(g[l](W[l][i, j] * a[j, 0]) for j in range(len(a)))] for i in range(len(b[l]))])
        a = a + b[l]
    return a


def _from_x_again(x, W, b, g):
    for l in range(1, len(W)):
        a = g[l](W[l] @ x + b[l])
    return a


def _first_layer(x, W, b, g):
    return g[1](W[1] @ x + b[1])


def _last_without_activation(x, W, b, g):
    return _forward(x, W, b, [*g[:-1], identity])


def _transposed(x, W, b, g):
    return _forward(x, [None, *(w.T for w in W[1:])], b, g)


def _first_activation_everywhere(x, W, b, g):
    return _forward(x, W, b, [None, *(g[1] for _ in g[1:])])


def _last_activation_everywhere(x, W, b, g):
    return _forward(x, W, b, [None, *(g[-1] for _ in g[1:])])


def _network(rng, sizes, g):
    """Return x, W, b, g with rounded random numbers: a network of these sizes and one input."""
    layers = range(1, len(sizes))
    W = [None, *(rng.normal(size=(sizes[l], sizes[l - 1])).round(1) for l in layers)]
    b = [None, *(rng.normal(size=(sizes[l], 1)).round(1) for l in layers)]
    return rng.normal(size=(sizes[0], 1)).round(1), W, b, [None, *g]


def _networks():
    """Return square networks, in which no mistake raises an error; each layer has its own activation."""
    rng = np.random.default_rng(15)
    return [
        _network(rng, [2, 2, 2], [sigmoid, np.tanh]),
        _network(rng, [3, 3, 3, 3], [np.tanh, sigmoid, np.arctan]),
        _network(rng, [2, 2], [np.tanh]),
    ]


def _judge_forward(forward):
    """Return None, or a hint: all sizes different, and no product that hides the loops."""
    x, W, b, g = _network(np.random.default_rng(16), [3, 5, 4, 2], [np.tanh, sigmoid, np.arctan])
    advice = "it is right where all layers are equally wide, and not for 3-5-4-2"
    try:
        if wrong := difference(_forward(x, W, b, g), forward(x, W, b, g)):
            return f"{advice}: {wrong}"
    except Exception as error:
        return f"{advice}: it raises {type(error).__name__}. Which size belongs to which loop?"
    products = []
    forward(*(watched(value, products) for value in (x, W, b)), g)
    if products:
        return "the numbers are right, but a matrix product does the work: we ask for loops, without @"


_EDITS = {
    "a": "a gives each hidden node the weights of the other, but b¹ and W² still stand in the old order: "
    "what has to be exchanged as well?",
    "c": "c works for ReLU, where doubling z doubles a. Does sigmoid(2z) equal 2·sigmoid(z)? Try z = 0",
    "e": "in e the 1 is added before the sigmoid and taken away after it, and after the weights: the two do not cancel",
}
_MISSED = {
    "b": "b renames the two hidden nodes: everything that belongs to a node moves with it. "
    "Does a sum care about the order of its terms?",
    "d": "look at d again: what does the new node add to the output if its outgoing weight is 0?",
    "f": "look at f again: two copies send the same a, each with half the weight. What do the halves add up to?",
}


def _judge_edits(answer):
    """Return None, or a hint, for letters in any order and case."""
    if not isinstance(answer, str):
        return 'we ask for three letters in quotes, such as "abc"'
    letters = {letter for letter in answer.casefold() if letter.isalpha()}
    if not letters or letters - set("abcdef"):
        return 'we ask for three different letters from a to f, such as "abc"'
    wrong = [hint for letter, hint in _EDITS.items() if letter in letters]
    missed = [hint for letter, hint in _MISSED.items() if letter not in letters]
    return next(iter(wrong + missed), None)


exercises = {
    "01.1": Exercise(
        solution=_layer,
        inputs=[(1.0, 2.0), (1.0, 0.0), (0.0, 1.0), (-2.0, 0.5)],
        mistakes=[
            (
                _friend,
                "that is your friend's version. W_12, the entry in row 1 and column 2, leads to "
                "node 1: into which of the two lines does it belong?",
            ),
            (
                lambda x_1, x_2: (_layer(x_1, x_2)[0], _friend(x_1, x_2)[1]),
                "z_1 is right now; z_2 still reads the second column instead of the second row",
            ),
            (
                lambda x_1, x_2: (_friend(x_1, x_2)[0], _layer(x_1, x_2)[1]),
                "z_2 is right now; z_1 still reads the first column instead of the first row",
            ),
            (
                lambda x_1, x_2: tuple(reversed(_layer(x_1, x_2))),
                "both values are right, but z_2 stands before z_1",
            ),
            (
                lambda x_1, x_2: (0.5 * x_1 - 0.25 * x_2, -1.0 * x_1 + 0.75 * x_2),
                "the weights are right, but the biases are missing: + 0.1 and − 0.2",
            ),
            (
                lambda x_1, x_2: (
                    0.5 * x_1 - 0.25 * x_2 - 0.2,
                    -1.0 * x_1 + 0.75 * x_2 + 0.1,
                ),
                "the weights are right, but the biases are exchanged: b_1 belongs to node 1",
            ),
        ],
        correct="row i of W holds all weights that lead to node i; your friend read the columns.",
    ),
    "01.2": Exercise(
        solution=_parameters,
        inputs=[([2, 2, 1],), ([3, 5, 4, 2],), ([784, 300, 10],), ([7, 1],)],
        mistakes=[
            (_weights, "you count the weights; every node after the input layer also has a bias"),
            (
                lambda sizes: _weights(sizes) + sum(sizes),
                "the input nodes have no bias: nothing leads to them, they hold x",
            ),
            (
                lambda sizes: _weights(sizes) + sum(sizes[:-1]),
                "a bias belongs to the layer it enters: count the nodes of the layers 1 to L, not 0 to L − 1",
            ),
            (
                lambda sizes: _weights(sizes) + len(sizes) - 1,
                "one bias for a whole layer is too few: every node of the layer has its own",
            ),
            (
                lambda sizes: sum(sizes[1:]),
                "those are the biases alone; the weights, one for each edge, are missing",
            ),
            (
                lambda sizes: sizes[1] * sizes[0] + sizes[1],
                "that is layer 1 alone: add up all layers from 1 to the last",
            ),
            (
                lambda sizes: _parameters(sizes[:-1]),
                "the last layer is missing: sizes begins with layer 0, so l runs from 1 to len(sizes) − 1",
            ),
            (
                lambda sizes: int(np.prod(sizes)),
                "edges run between neighbouring layers only: multiply neighbours, then add",
            ),
        ],
        correct="each layer brings n(l)·n(l−1) weights and n(l) biases.",
    ),
    "01.3": Exercise(
        solution=(_ABSOLUTE, _TENT),
        judge=_judge_hinges,
        mistakes=[(_pair(which, hinges), hint) for which, hinges, hint in _SHAPES],
        correct="every bend is a hinge, and its weight says by how much the slope changes.",
    ),
    "01.4": Exercise(
        solution=_output((0, 1)),
        tolerance=1e-3,  # four digits in every step by hand lead to -0.3056
        mistakes=[
            (
                _output((0, 1), W=[None, _W[1].T, _W[2]]),
                "you read W¹ by columns. Row i holds the weights to node i: W¹_12 = −0.25 leads to node 1 from input 2",
            ),
            (
                _output((0, 1), b=[None, _ZERO, _B[2]]),
                "the biases of the hidden layer are missing: 0.1 and −0.2",
            ),
            (
                _output((0, 1), b=[None, _B[1], np.zeros((1, 1))]),
                "the output node has a bias too: add 0.5 at the end",
            ),
            (
                _output((0, 1), g=(identity, identity)),
                "the sigmoid of the hidden nodes is missing: a = sigmoid(z)",
            ),
            (
                _output((0, 1), g=(sigmoid, sigmoid)),
                "the output node has the identity as its activation: leave z as it is",
            ),
            (
                _output((0, 1), g=(relu, identity)),
                "that is the network with ReLU; the hidden nodes here have the sigmoid",
            ),
            (
                _output((1, 0)),
                "that is the output for x = (1, 0). Here x_1 = 0 and x_2 = 1",
            ),
            (
                _output((1, 2)),
                "that is the output for x = (1, 2), from section 1.7. Here x = (0, 1)",
            ),
        ],
        correct="x = (0, 1) picks the second column of W¹, and the rest is the same recipe.",
    ),
    "01.5": Exercise(
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
            (_without_bias, "the biases are missing: each z begins with b[l][i, 0]"),
            (_without_activation, "no activation yet: after the loops of a layer, a = g[l](z)"),
            (
                _last_without_activation,
                "the last layer has an activation as well: g[l] for every l, the last included",
            ),
            (
                _bias_each_time,
                "the bias is added once for each input j; it belongs outside the loop over j",
            ),
            (
                _activation_each_time,
                "the activation works on the finished sum z, not on each product",
            ),
            (
                _from_x_again,
                "each layer starts from x again. From layer 2 on its input is the a of the layer "
                "before: does your `a` move on?",
            ),
            (
                _first_layer,
                "you return after the first layer: look at the indentation of `return`",
            ),
            (
                _transposed,
                "i and j are exchanged: W[l][i, j] leads to node i from node j",
            ),
        ],
        correct="three loops: over layers, over nodes, over what arrives at a node.",
    ),
    "01.6": Exercise(
        solution="bdf",
        judge=_judge_edits,
        mistakes=[
            ("abd", _EDITS["a"]),
            ("bcd", _EDITS["c"]),
            ("bde", _EDITS["e"]),
            ("df", _MISSED["b"]),
            ("bf", _MISSED["d"]),
            ("bd", _MISSED["f"]),
        ],
        correct="different parameters, one and the same function: keep that in mind for notebook 3.",
    ),
}
