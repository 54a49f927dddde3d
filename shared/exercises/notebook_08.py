"""The exercises of notebook 8."""

import numpy as np

from shared.activations import sigmoid
from shared.exercises import Exercise
from shared.exercises.judges import truths


def _tanh_backward(dA, Z):
    return dA * (1 - np.tanh(Z) ** 2)


LAYERS = [
    (np.array([[1.0, 2.0]]), np.array([[0.5, -1.0]])),
    (np.array([[1.0], [-2.0], [3.0]]), np.array([[2.0], [0.3], [-0.5]])),
    (np.array([[1.0, 0.5, 2.0], [0.0, -1.0, 4.0]]), np.array([[0.2, -0.4, 1.5], [1.0, -2.0, 0.0]])),
]


def _full_gradient(gradients, sizes):
    total = sum(size * gradient for gradient, size in zip(gradients, sizes, strict=True))
    return total / sum(sizes)


BATCHES = [
    ([np.array([1.0, 0.0]), np.array([0.0, 2.0])], [3, 1]),
    ([np.array([2.0, -1.0, 0.5])], [7]),
    ([np.array([1.0]), np.array([4.0]), np.array([-2.0])], [5, 5, 2]),
]


def _stopping_epoch(errors, patience):
    best = 0
    for k in range(1, len(errors)):
        if errors[k] < errors[best]:
            best = k
        elif k - best == patience:
            return k
    return len(errors) - 1


def _impatient(errors, patience):
    for k in range(1, len(errors)):
        if errors[k] >= errors[k - 1]:
            return k
    return len(errors) - 1


def _compares_with_previous(errors, patience):
    rises = 0
    for k in range(1, len(errors)):
        rises = rises + 1 if errors[k] >= errors[k - 1] else 0
        if rises == patience:
            return k
    return len(errors) - 1


def _best_before_the_stop(errors, patience):
    stop = _stopping_epoch(errors, patience)
    return min(range(stop + 1), key=lambda k: errors[k])


def _counts_from_one(errors, patience):
    return _stopping_epoch(errors, patience) + 1


def _one_too_many(errors, patience):
    return _stopping_epoch(errors, patience + 1)


DIFFER = (False, True, True, False)

exercises = {
    "08.1": Exercise(
        solution=_tanh_backward,
        inputs=LAYERS,
        mistakes=[
            (
                lambda dA, Z: 1 - np.tanh(Z) ** 2,
                "that is g'(Z) alone. dZ also needs the dA that arrives from the layer behind",
            ),
            (
                lambda dA, Z: dA * (1 - np.tanh(Z)),
                "the square is missing: tanh' is 1 − tanh²",
            ),
            (
                lambda dA, Z: dA * (1 - Z**2),
                "1 − a² holds for a = tanh(z), but the function is given Z: apply tanh first",
            ),
            (
                lambda dA, Z: dA * (1 - np.tanh(np.tanh(Z)) ** 2),
                "this is the derivative at A = tanh(Z). It is wanted at Z: one tanh is enough",
            ),
            (
                lambda dA, Z: dA * np.tanh(Z),
                "tanh itself is the way forward; the way back needs its derivative",
            ),
            (
                lambda dA, Z: dA * sigmoid.derivative(Z),
                "that is the derivative of the sigmoid; for tanh it is 1 − tanh²",
            ),
            (
                lambda dA, Z: dA * (1 + np.tanh(Z) ** 2),
                "a sign is flipped: tanh is flattest far from 0, so its derivative is 1 − tanh²",
            ),
            (
                lambda dA, Z: dA @ (1 - np.tanh(Z) ** 2).T,
                "`@` sums over the samples. dZ has the shape of Z: multiply entrywise, with `*`",
            ),
        ],
        correct="dZ = dA * g'(Z), the line that every elementwise activation shares.",
    ),
    "08.2": Exercise(
        solution=_full_gradient,
        inputs=BATCHES,
        mistakes=[
            (
                lambda gradients, sizes: sum(gradients) / len(gradients),
                "the plain mean counts a sample of the short last batch more than any other: "
                "weigh each batch with its size",
            ),
            (
                lambda gradients, sizes: sum(gradients),
                "a sum grows with the number of batches; the full gradient is a mean over samples",
            ),
            (
                lambda gradients, sizes: sum(size * gradient for gradient, size in zip(gradients, sizes, strict=True)),
                "the weights are right, the division by m = sum(sizes) is missing",
            ),
            (
                lambda gradients, sizes: (
                    sum(gradient / size for gradient, size in zip(gradients, sizes, strict=True)) / len(sizes)
                ),
                "each gradient holds its 1/size already. Multiply by the size to undo it, then divide once by m",
            ),
            (
                lambda gradients, sizes: (
                    sum(size * gradient for gradient, size in zip(gradients, sizes, strict=True)) / len(sizes)
                ),
                "divide by the number of samples, sum(sizes), not by the number of batches",
            ),
            (
                lambda gradients, sizes: gradients[-1],
                "only the last batch is left: do you overwrite the sum in each round?",
            ),
        ],
        correct="weighted by size, the batches give the full gradient; one batch gives itself.",
    ),
    "08.3": Exercise(
        solution=0.66,
        tolerance=1e-3,
        mistakes=[
            (
                0.12,
                "ten times fewer steps save ten times the overhead only; the work for the samples stays",
            ),
            (
                1.2**2 / 6.6,
                "the factor does not repeat. Find c and d from the two measurements first",
            ),
            (0.6, "that is the samples' share d. The 60 steps have overhead as well"),
            (0.06, "that is the overhead of the 60 steps. The samples need their time as well"),
            (1.2, "the steps become fewer once more, so the overhead falls once more"),
            (
                1.6,
                "how many steps are 60,000 samples in batches of 1,000? 60; you took 1,000",
            ),
        ],
        correct="larger batches save overhead only, and soon there is none left to save.",
    ),
    "08.4": Exercise(
        solution=10**0.5,
        tolerance=5e-3,
        mistakes=[
            (1.0, "that is Adam with its corrections. Without them v and s are not ∇E and (∇E)²"),
            (0.1, "that is v alone, 0.1 ∇E. The √s below it is too small as well"),
            (100.0, "s stands under a root: √(0.001 (∇E)²), not 0.001 (∇E)²"),
            (0.1**0.5, "upside down: v stands above the line, √s below"),
            (0.001**-0.5, "you left v at ∇E; without its correction it is 0.1 ∇E"),
            (-(10**0.5), "we ask how long the step is, in units of γ: a positive number"),
        ],
        correct="0.1 / √0.001 = √10: without corrections the first step is three times too long, the next even more.",
    ),
    "08.5": Exercise(
        solution=_stopping_epoch,
        inputs=[
            ([5.0, 4.0, 4.5, 4.2, 4.1, 4.3], 3),
            ([5.0, 4.0, 3.0, 2.0], 3),
            ([3.0, 4.0, 2.0, 5.0, 4.0, 1.0], 2),
            ([3.0, 2.0, 2.1, 2.2, 2.3, 1.0], 2),
        ],
        mistakes=[
            (
                _impatient,
                "you stop at the first epoch that brings nothing, and never look at patience",
            ),
            (
                _compares_with_previous,
                "compare with the best error so far, not with the epoch before: "
                "a small fall after a large rise is no progress",
            ),
            (
                _best_before_the_stop,
                "that is the best epoch, whose parameters we keep. Asked for is the epoch "
                "at which training stops, patience epochs later",
            ),
            (
                lambda errors, patience: int(np.argmin(errors)),
                "that looks into the future: when epoch k is over, the later errors are not known",
            ),
            (_counts_from_one, "epochs count from 0 here, like the entries of the list"),
            (
                _one_too_many,
                "one epoch late: stop as soon as `patience` epochs in a row brought no new best",
            ),
            (
                lambda errors, patience: len(errors) - 1,
                "this never stops early: where do you compare with the best error so far?",
            ),
        ],
        correct="the best so far is the yardstick, and patience says how long to wait for better.",
    ),
    "08.6": Exercise(
        solution=DIFFER,
        judge=truths(DIFFER, "look at start {} again"),
        mistakes=[
            (
                (False, False, True, False),
                "look at start b again: row i of dW1 holds the factor W2_i. Are those all equal?",
            ),
            (
                (False, True, False, False),
                "look at start c again: the rows of W1 differ, so the hidden nodes answer "
                "differently, and dW2 = dZ2 A1ᵀ differs from node to node",
            ),
            (
                (False, False, False, False),
                "one layer with unequal weights is enough: they enter the other layer's gradient",
            ),
            (
                (False, True, True, True),
                "with zeros everywhere, every hidden node gives the same a, so all entries of dW2 "
                "are equal, and dA1 = W2ᵀ dZ2 starts at 0 for all: nobody differs",
            ),
            (
                (True, True, True, True),
                "in start a two hidden nodes have equal weights in and out. Their gradients are "
                "equal too, so what could ever set them apart?",
            ),
            (
                (True, True, True, False),
                "zeros are not the problem, equality is: start a is as symmetric as start d",
            ),
            (
                (True, False, False, True),
                "it is the other way round: True stands for a start from which the nodes differ",
            ),
        ],
        correct="nodes stay twins as long as nothing tells them apart; one random layer does.",
    ),
}
