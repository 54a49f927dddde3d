"""The exercises of notebook 7."""

import numpy as np

from shared.activations import relu, sigmoid, softmax, tanh
from shared.datasets import xor
from shared.exercises import Exercise
from shared.exercises.compare import real_numbers
from shared.exercises.judges import truths

# --- 07.1: XOR without biases


def _weights(W1, W2):
    return np.array(W1, float), np.array(W2, float)


def _solves_xor(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return "we ask for two matrices: (W1, W2)"
    W1, W2 = map(real_numbers, answer)
    if W1 is None or W2 is None:
        return "W1 and W2 should hold numbers"
    if W1.shape != (2, 2) or W2.shape != (1, 2):
        return f"W1 has shape (2, 2) and W2 shape (1, 2); yours have {W1.shape} and {W2.shape}"
    X, Y = xor()
    outputs = (W2 @ relu(W1 @ X))[0]
    wrong = np.flatnonzero(~np.isclose(outputs, Y[0], rtol=0, atol=1e-6))
    if len(wrong):
        x1, x2 = X[:, wrong[0]]
        got, right = outputs[wrong[0]], Y[0, wrong[0]]
        return f"for ({x1:.0f}, {x2:.0f}) your network answers {got:.4g}, but it should answer {right:.0f}"
    return None


# --- 07.2: a tanh network written with sigmoids


def _to_sigmoid(W1, b1, W2, b2):
    return 2 * W1, 2 * b1, 2 * W2, b2 - W2.sum(axis=1, keepdims=True)


def _same_function(given, answer):
    """Return whether two layers with the sigmoid, written in any way, answer like the ones with tanh."""
    W1, b1, W2, b2 = given
    V1, c1, V2, c2 = map(real_numbers, answer)
    hidden = len(V1)
    if (V1.shape[1:], c1.shape, V2.shape, c2.shape) != (W1.shape[1:], (hidden, 1), (len(W2), hidden), b2.shape):
        return False
    X = np.random.default_rng(72).standard_normal((W1.shape[1], 20))
    return np.allclose(V2 @ sigmoid(V1 @ X + c1) + c2, W2 @ np.tanh(W1 @ X + b1) + b2)


NETWORKS = [
    (np.array([[0.5, -1.0]]), np.array([[0.3]]), np.array([[2.0]]), np.array([[1.0]])),
    (  # three inputs, four hidden nodes, two outputs: all sizes differ
        np.array([[1.0, 2.0, -0.5], [0.0, -1.0, 0.75], [0.5, 0.25, 1.5], [-1.5, 0.5, 0.2]]),
        np.array([[0.1], [-0.2], [0.4], [-0.7]]),
        np.array([[1.0, -2.0, 0.5, 0.8], [0.3, 3.0, -1.0, 0.6]]),
        np.array([[0.7], [-0.6]]),
    ),
]

# --- 07.4: what wakes a dead node

WAKES = (False, False, False, True, True, True)

# --- 07.5: the gradient of softmax and cross-entropy


def _logits_gradient(Z, Y):
    return (softmax(Z) - Y) / Z.shape[1]


def _along_rows(Z, Y):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True) - Y) / Z.shape[1]


def _over_everything(Z, Y):
    e = np.exp(Z - Z.max())
    return (e / e.sum() - Y) / Z.shape[1]


LOGITS = [
    (np.array([[1.0], [2.0], [3.0]]), np.array([[0.0], [0.0], [1.0]])),
    (np.array([[1.0, 0.0, -1.0, 2.0], [0.5, 2.0, 1.0, 0.0]]), np.array([[1.0, 0, 0, 1], [0, 1.0, 1, 0]])),
    (
        np.array([[0.2, -1.5], [1.0, 0.3], [-0.7, 2.0], [0.0, 0.4]]),
        np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
    ),
]

# --- 07.6: a sigmoid without a warning


def _stable_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


_SILENCERS = {"errstate", "seterr", "catch_warnings", "simplefilter", "filterwarnings"}


def _without_a_warning(function):
    for z in (-1000.0, 1000.0):
        try:
            with np.errstate(over="raise", invalid="raise", divide="raise"):
                function(np.array([z, 0.0]))
        except FloatingPointError as error:
            return (
                f"the values are right, but z = {z:.0f} still gives the warning '{error}' (np.where, if you use it, "
                "computes both of its branches for every z). What must the argument of exp never be?"
            )
    if _SILENCERS & set(getattr(getattr(function, "__code__", None), "co_names", ())):
        return "the values are right, but your function silences warnings: write it so that there is nothing to silence"
    return None


Z_VALUES = [
    (np.array([-2.0, 0.0, 0.5, 2.0]),),
    (np.array([[-1000.0, -40.0], [30.0, 1000.0]]),),
    (np.array([-15.0, 12.0]),),
]

exercises = {
    "07.a": Exercise(
        solution=float(sigmoid.derivative(2.0)),
        tolerance=2e-3,  # 0.105
        mistakes=[
            (
                float(sigmoid.derivative(sigmoid(2.0))),
                "that is the slope at the place a. The node stood at z = 2: section 6.5 of notebook 6",
            ),
            (float(sigmoid(2.0)), "that is a itself. The slope of the sigmoid is a (1 − a): section 5.1 of notebook 5"),
            (
                float(1 - sigmoid(2.0)),
                "that is 1 − a. The slope of the sigmoid is a (1 − a): section 5.1 of notebook 5",
            ),
            (float(1 - sigmoid(2.0) ** 2), "1 − a² belongs to tanh. For the sigmoid it is a (1 − a): section 5.1"),
            (float(tanh.derivative(2.0)), "that is the slope of tanh at 2. Here the node has the sigmoid: section 5.1"),
            (0.25, "that is the slope at z = 0, its largest. The node stood at z = 2: section 5.1 of notebook 5"),
            (-2.0, "you put z into a (1 − a). The a in it is σ(z): section 5.1 of notebook 5"),
        ],
        correct="a (1 − a), the slope at z = 2: about a tenth of the derivative gets through.",
    ),
    "07.b": Exercise(
        solution=(1.0, 0.0, 0.5),
        mistakes=[
            ((0, 1, 0.5), "right and left are exchanged: to the right of 0 the ReLU rises. Section 5.6 of notebook 5"),
            ((1, 0, 0), "the central difference looks to both sides, (g(h) − g(−h)) / 2h: section 5.6 of notebook 5"),
            ((1, 0, 1), "the central difference divides by 2h, and only one side has risen: section 5.6 of notebook 5"),
            (
                (1, 1, 1),
                "to the left of 0 the ReLU is 0 everywhere, so it does not rise there: section 5.6 of notebook 5",
            ),
            ((1, -1, 0), "that is |z|. The ReLU is 0 to the left of 0: section 5.6 of notebook 5"),
            ((0, 0, 0), "0 is what the package takes at the corner. Calculate the three: section 5.6 of notebook 5"),
        ],
        correct="three answers at one place. Section 7.5 asks what follows from that.",
    ),
    "07.c": Exercise(
        solution=float(-np.log(0.2)),
        tolerance=1e-3,
        mistakes=[
            (
                float(np.log(0.2)),
                "the minus is missing: a loss is larger the worse the answer. Section 3.6 of notebook 3",
            ),
            (float(-np.log10(0.2)), "that is the logarithm to base 10; we use np.log: section 3.6 of notebook 3"),
            (float(-np.log2(0.2)), "that is the logarithm to base 2; we use np.log: section 3.6 of notebook 3"),
            (float(-np.log(0.8)), "that would be the loss if the right class had got 0.8: section 3.6 of notebook 3"),
            (0.32, "that is half the square of the miss 0.8. We ask for the cross-entropy: section 3.6 of notebook 3"),
            (0.8, "that is the miss. The cross-entropy is −log of the right class's probability: section 3.6"),
            (float(-0.2 * np.log(0.2)), "the right class counts with y = 1, not with its probability: section 3.6"),
        ],
        correct="−log 0.2, about 1.609. Section 7.6 asks how this loss reacts to each z.",
    ),
    "07.1": Exercise(
        solution=_weights([[1, -1], [-1, 1]], [[1, 1]]),
        judge=_solves_xor,
        mistakes=[
            (
                _weights([[1, 1], [1, 1]], [[1, -2]]),
                "these weights need the bias −1 in node 2. Without biases both nodes are x₁ + x₂: find two sums that "
                "are 0 for (1, 1)",
            ),
            (
                _weights([[1, 0], [0, 1]], [[1, 1]]),
                "this adds the inputs: for (1, 1) both nodes fire. Each node should fire for one of the two mixed "
                "samples alone",
            ),
            (
                _weights([[1, -1], [1, -1]], [[1, 1]]),
                "both nodes compute relu(x₁ − x₂), so neither sees (0, 1). Turn one of them round",
            ),
            (
                _weights([[1, -1], [-1, 1]], [[1, -1]]),
                "the hidden nodes are right. Their difference is x₁ − x₂ again, a straight line: take their sum",
            ),
            (
                _weights([[1, -1], [-1, 1]], [[0.5, 0.5]]),
                "the hidden nodes are right, and the outputs are half of what they should be",
            ),
            (
                _weights([[1, 1], [-1, -1]], [[1, 1]]),
                "node 2 computes relu(−x₁ − x₂), and that is 0 for all four samples: a dead node",
            ),
        ],
        correct="two hinges back to back make |x₁ − x₂|, and that is XOR. The biases were one way, not the only one.",
    ),
    "07.2": Exercise(
        solution=_to_sigmoid,
        inputs=NETWORKS,
        also_right=_same_function,  # tanh(z) = 1 − 2σ(−2z), or the nodes in another order
        mistakes=[
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2),
                "the −1 of 2σ − 1 has been lost: it passes through W2 and ends in b2, once for each hidden node",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 + W2.sum(axis=1, keepdims=True)),
                "a sign is flipped: W2 (2σ − 1) = 2 W2 σ − W2 1",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, b1, 2 * W2, b2 - W2.sum(axis=1, keepdims=True)),
                "2z stands inside the sigmoid, and z contains the bias: b1 is doubled as well",
            ),
            (
                lambda W1, b1, W2, b2: (W1, b1, 2 * W2, b2 - W2.sum(axis=1, keepdims=True)),
                "that is 2σ(z) − 1; the 2 inside is missing: tanh(z) = 2σ(2z) − 1",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, W2, b2 - W2.sum(axis=1, keepdims=True)),
                "the 2 in front of σ is missing: it goes into W2",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 - 1),
                "each hidden node brings its own −1, and W2 multiplies it: subtract W2 times a column of ones",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 - 2 * W2.sum(axis=1, keepdims=True)),
                "you subtract twice as much as you should: the −1 is weighted by the old W2, not by 2 W2",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 - W2.sum()),
                "W2.sum() adds up all rows. Each output has its own bias: sum along axis=1, with keepdims=True",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 - W2.sum(axis=1)),
                "b2 has lost its shape (n, 1): sum with keepdims=True",
            ),
            (
                lambda W1, b1, W2, b2: (W1, b1, W2, b2),
                "those are the old parameters, and σ is not tanh: put 2σ(2z) − 1 in its place and multiply out",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, b1, 2 * W2, b2),
                "W1 and W2 are doubled, the biases are still the old ones. b1 is part of z, and the −1 ends in b2",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, 2 * b2 - W2.sum(axis=1, keepdims=True)),
                "b2 stands outside the tanh: it stays as it is, and only the sum of the weights is subtracted",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 - len(W1)),
                "you subtract 1 for each hidden node. Each −1 passes through its weight in W2 first",
            ),
            (
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 - W2.mean(axis=1, keepdims=True)),
                "W2 times a column of −1 is a sum over the hidden nodes, not a mean",
            ),
            (
                lambda W1, b1, W2, b2: (W1 / 2, b1 / 2, W2 / 2, b2 + W2.sum(axis=1, keepdims=True) / 2),
                "this is the way back, from sigmoid to tanh: σ(z) = (1 + tanh(z/2)) / 2",
            ),
        ],
        correct="the same function in different clothes. What differs is where descent starts, and how steep it is.",
    ),
    "07.3": Exercise(
        solution=float(np.log((1 + 0.96**0.5) / (1 - 0.96**0.5))),
        tolerance=2e-3,
        mistakes=[
            (
                float(np.log(99)),
                "close, but not to two digits. We ask where σ(1 − σ) = 0.01; where 1 − σ = 0.01 you get 4.595",
            ),
            (
                float(np.log((1 + 0.99**0.5) / (1 - 0.99**0.5))),
                "there σ' is 1 % of its largest value, 0.0025. We ask where σ'(z) = 0.01",
            ),
            (float((1 + 0.96**0.5) / 2), "that is σ(z). Which z belongs to it? Solve a = 1 / (1 + e⁻ᶻ) for z"),
            (
                float((1 - 0.96**0.5) / 2),
                "that is the smaller a with a (1 − a) = 0.01. It belongs to the negative z; and we ask for z, not a",
            ),
            (
                float(-np.log((1 + 0.96**0.5) / (1 - 0.96**0.5))),
                "right place, other side: σ' is even, and we ask for the positive z",
            ),
            (
                float(np.arctanh(0.99**0.5)),
                "there the derivative of tanh is 0.01; we ask for the sigmoid, which is flatter from the start",
            ),
            (float(np.log(100)), "that is where e⁻ᶻ = 0.01; σ' = σ(1 − σ) is a little smaller than that"),
        ],
        correct="beyond 4.6 the sigmoid passes on less than a hundredth. With inputs of size 10 that is soon reached.",
    ),
    "07.4": Exercise(
        solution=WAKES,
        judge=truths(WAKES, "think about {} again"),
        mistakes=[
            (
                (True, True, False, True, True, True),
                "a and b: a step is γ times the gradient. What is any γ, however often, times zero?",
            ),
            (
                (True, False, False, True, True, True),
                "a: the gradient of this node's weights is zero at every step. Does the thousandth move them?",
            ),
            (
                (False, True, False, True, True, True),
                "b: a larger γ multiplies the gradient. How much is a large number times zero?",
            ),
            (
                (False, False, True, True, True, True),
                "c: its outgoing weights multiply a = 0, and their own gradient is dz times a. Does its z change?",
            ),
            (
                (False, False, False, False, True, True),
                "d: z depends on the inputs, too. A new sample may lie where z is positive",
            ),
            (
                (False, False, False, True, False, True),
                "e: z = W a + b. This node's W and b stand still, but does the a that arrives?",
            ),
            (
                (False, False, False, True, True, False),
                "f: leaky ReLU has slope 0.01 for z < 0. Is the gradient still zero?",
            ),
            (
                (False,) * 6,
                "nothing in its own gradient can wake it: that is right for a, b and c. But z can also change from "
                "outside, and the activation can be replaced",
            ),
            (
                (True, True, True, False, False, False),
                "it is the other way round: True stands for what can wake the node",
            ),
        ],
        correct="its own gradient is zero for ever; only a change from outside makes z positive again.",
    ),
    "07.5": Exercise(
        solution=_logits_gradient,
        inputs=LOGITS,
        mistakes=[
            (
                lambda Z, Y: softmax(Z) - Y,
                "the 1/m is missing: E is the mean over the samples, and the columns are the samples",
            ),
            (
                lambda Z, Y: (Y - softmax(Z)) / Z.shape[1],
                "the sign is flipped: more z for the right class lowers E, so its entry is a − 1, negative",
            ),
            (
                _along_rows,
                "the softmax runs along the rows. A sample is a column: sum along axis=0",
            ),
            (
                _over_everything,
                "your softmax sums over all samples at once. Each column has its own sum: axis=0",
            ),
            (
                lambda Z, Y: (softmax(Z) - Y) / Z.size,
                "you divide by all entries. E is a mean over samples: divide by the number of columns",
            ),
            (
                lambda Z, Y: (softmax(Z) - Y) / len(Z),
                "you divide by the number of classes; m is the number of columns, Z.shape[1]",
            ),
            (
                lambda Z, Y: (softmax(Z) - Y) * softmax(Z) * (1 - softmax(Z)) / Z.shape[1],
                "a (1 − a) is too much: the derivative of the softmax is already in a − y",
            ),
            (
                lambda Z, Y: (softmax(Z) - 1) * Y / Z.shape[1],
                "only the right class has a − 1. The others have a derivative too: a − 0",
            ),
            (
                lambda Z, Y: (np.exp(Z) - Y) / Z.shape[1],
                "e^z has not been divided by its sum: a is softmax(Z), and each column adds up to 1",
            ),
            (
                lambda Z, Y: (sigmoid(Z) - Y) / Z.shape[1],
                "that is the sigmoid, each entry by itself. Here the classes of a sample share the 1: softmax",
            ),
            (
                lambda Z, Y: 2 * (softmax(Z) - Y) / Z.shape[1],
                "twice as large as it should be: there is no square in this loss, so there is no 2",
            ),
            (
                lambda Z, Y: ((softmax(Z) - Y) / Z.shape[1]).T,
                "it is transposed: dZ has the shape of Z, one column per sample",
            ),
            (lambda Z, Y: softmax(Z) / Z.shape[1], "that is a / m; the targets are missing: a − y"),
            (
                lambda Z, Y: (Z - Y) / Z.shape[1],
                "Z holds logits. The a in a − y is softmax(Z)",
            ),
            (
                lambda Z, Y: -Y / softmax(Z) / Z.shape[1],
                "that is the derivative with respect to the outputs. The way through the softmax is still missing",
            ),
        ],
        correct="a − y, over m. It is all that the backward pass needs to know about softmax and cross-entropy.",
    ),
    "07.6": Exercise(
        solution=_stable_sigmoid,
        inputs=Z_VALUES,
        judge=_without_a_warning,
        mistakes=[
            (
                lambda z: np.exp(z) / (1 + np.exp(z)),
                "for z = 1000 this is infinity over infinity: nan. The form e^z / (1 + e^z) is for negative z only",
            ),
            (
                lambda z: 1 / (1 + np.exp(-np.clip(z, -10, 10))),
                "clipping at 10 removes the warning and changes the values: σ(12) and σ(15) come out equal",
            ),
            (
                lambda z: 1 / (1 + np.exp(-np.abs(z))),
                "with |z| the exp is safe, but now negative z give the value of the positive ones: they need "
                "e / (1 + e)",
            ),
            (
                lambda z: np.where(z >= 0, np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))), 1 / (1 + np.exp(-np.abs(z)))),
                "the two branches are swapped: this is σ(−z)",
            ),
            (
                lambda z: tanh(z),
                "tanh runs from −1 to 1, and is steeper. Turn tanh(z) = 2σ(2z) − 1 round: which σ does it give you?",
            ),
            (
                lambda z: np.tanh(z / 2),
                "the argument is right, but tanh runs from −1 to 1, and the sigmoid from 0 to 1",
            ),
            (
                lambda z: np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z))),
                "for negative z the divisor is missing: e / (1 + e)",
            ),
            (
                lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))),
                "with |z| the exp is safe, but this is right for negative z only: positive ones need 1 / (1 + e)",
            ),
            (
                lambda z: 0.5 + 0.5 * np.tanh(z),
                "almost: that is σ(2z). The argument of tanh is z / 2",
            ),
            (
                lambda z: sigmoid.derivative(z),
                "that is σ'(z); we ask for the value σ(z)",
            ),
        ],
        correct="the same values, and no exp of a large number. The package writes it as (1 + tanh(z/2)) / 2.",
    ),
}
