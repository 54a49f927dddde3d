"""The exercises of notebook 1."""

import numpy as np

from shared.activations import identity, relu, sigmoid
from shared.datasets import tiny
from shared.exercises import Exercise


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


def _judge_hinges(answer):
    """Return None, or a hint, for (hinges of |x|, hinges of the tent); any hinges will do."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "two lists are asked for: check(…, (absolute, tent))"
    curves = []
    for name, hinges in zip(("absolute", "tent"), answer, strict=True):
        try:
            numbers = np.array(hinges, float)
        except (TypeError, ValueError, OverflowError):
            numbers = np.empty(0)
        if numbers.ndim != 2 or numbers.shape[1] != 3 or not np.isfinite(numbers).all():
            return f"{name} should be a list of hinges (slope, offset, weight): three numbers each"
        if not 0 < len(numbers) <= 1000:
            return f"{name} should hold a few hinges, not {len(numbers)}"
        curves.append(_hinge_sum(_PLACES, numbers))
    wanted = np.abs(_PLACES), _tent(_PLACES)
    for k, name in enumerate(("|x|", "the tent")):
        if np.allclose(curves[k], wanted[k]):
            continue
        for which, hinges, hint in _SHAPES:
            if which == k and np.allclose(curves[k], _hinge_sum(_PLACES, hinges)):
                return hint
        at = int(np.abs(curves[k] - wanted[k]).argmax())
        return (
            f"{name}: at x = {_PLACES[at]:g} your curve is at {curves[k][at]:.4g}, it should be at {wanted[k][at]:.4g}"
        )


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


def _networks():
    rng = np.random.default_rng(15)
    networks = []
    for sizes in ([2, 2, 2], [3, 3, 3, 3], [3, 2, 4, 1]):
        layers = range(1, len(sizes))
        W = [None, *(rng.normal(size=(sizes[l], sizes[l - 1])).round(1) for l in layers)]
        b = [None, *(rng.normal(size=(sizes[l], 1)).round(1) for l in layers)]
        x, g = rng.normal(size=(sizes[0], 1)).round(1), [None, *(np.tanh for _ in layers)]
        networks.append((x, W, b, g))
    return networks


_EDITS = {
    "a": "a gives each hidden node the weights of the other, but b¹ and W² still stand in the old order: "
    "what has to be exchanged as well?",
    "c": "c works for ReLU, where doubling z doubles a. Does sigmoid(2z) equal 2·sigmoid(z)? Try z = 0",
    "e": "in e the 1 is added before the sigmoid, taken away behind it and behind weights: the two do not cancel",
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
        return 'a text of three letters is asked for, such as "abc"'
    letters = {letter for letter in answer.casefold() if letter.isalpha()}
    if not letters or letters - set("abcdef"):
        return 'three different letters from a to f are asked for, such as "abc"'
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
                "the weights are right, but the biases have got lost: + 0.1 and − 0.2",
            ),
            (
                lambda x_1, x_2: (
                    0.5 * x_1 - 0.25 * x_2 - 0.2,
                    -1.0 * x_1 + 0.75 * x_2 + 0.1,
                ),
                "the weights are right, the biases are exchanged: b_1 belongs to node 1",
            ),
        ],
        correct="row i of W holds all weights that lead to node i; your friend read the columns.",
    ),
    "01.2": Exercise(
        solution=_parameters,
        inputs=[([2, 2, 1],), ([3, 5, 4, 2],), ([784, 300, 10],), ([7, 1],)],
        mistakes=[
            (_weights, "you count the weights; every node behind the input also has a bias"),
            (
                lambda sizes: _weights(sizes) + sum(sizes),
                "the input nodes have no bias: nothing leads to them, they hold x",
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
        tolerance=1e-4,
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
        mistakes=[
            (_without_bias, "the biases are missing: each z begins with b[l][i, 0]"),
            (_without_activation, "no activation yet: after the loops of a layer, a = g[l](z)"),
            (
                _last_without_activation,
                "the last layer has an activation as well: g[l] for every l, the last included",
            ),
            (
                _bias_each_time,
                "the bias is added once for each input; it belongs outside the loop over j",
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
