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
    ([np.array([3.0, 1.0]), np.array([-1.0, 2.0]), np.array([0.5, 5.0])], [2, 6, 3]),
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


def _equal_is_better(errors, patience):
    best = 0
    for k in range(1, len(errors)):
        if errors[k] <= errors[best]:
            best = k
        elif k - best == patience:
            return k
    return len(errors) - 1


def _never_starts_again(errors, patience):
    best, waited = errors[0], 0
    for k in range(1, len(errors)):
        if errors[k] < best:
            best = errors[k]
        else:
            waited += 1
            if waited == patience:
                return k
    return len(errors) - 1


def _compares_with_the_first(errors, patience):
    waited = 0
    for k in range(1, len(errors)):
        waited = 0 if errors[k] < errors[0] else waited + 1
        if waited == patience:
            return k
    return len(errors) - 1


def _patience_after_the_lowest(errors, patience):
    return min(int(np.argmin(errors)) + patience, len(errors) - 1)


DIFFER = (False, True, True, False)

exercises = {
    "08.a": Exercise(
        solution=(2 / 18) ** 0.5,
        tolerance=2e-3,
        mistakes=[
            (2 / 18, "that is the variance. The standard deviation is its square root: section 7.8 of notebook 7"),
            ((2 / 14) ** 0.5, "that is He's rule, for ReLU. Xavier's looks at both layers: section 7.8 of notebook 7"),
            (
                (1 / 14) ** 0.5,
                "that looks only at the layer before; Xavier's rule looks at both: section 7.8 of notebook 7",
            ),
            (
                (1 / 18) ** 0.5,
                "the numerator is 2, not 1, because the mean of 14 and 4 is 9: section 7.8 of notebook 7",
            ),
            ((6 / 18) ** 0.5, "that is the end of the interval for uniform weights, √3 times the standard deviation"),
            ((2 / 56) ** 0.5, "that is 2 over the number of weights. Add 14 and 4: section 7.8 of notebook 7"),
            (3.0, "upside down: √(18/2). Many nodes need small weights: section 7.8 of notebook 7"),
            ((2 / 4) ** 0.5, "that looks only at the layer's own 4 nodes: section 7.8 of notebook 7"),
        ],
        correct="√(2/18) = 1/3. You will write it for any two layers.",
    ),
    "08.b": Exercise(
        solution=(3, 7),
        mistakes=[
            (
                (7, 3),
                "that is the shape of the transpose: samples are columns here too. Section 6.1 of notebook 6",
            ),
            (
                (5, 7),
                "that is the shape of dZ, in the layer of 5 nodes. A is one layer before: section 6.1 of notebook 6",
            ),
            ((5, 3), "that is the shape of W and of dW. We ask for dA: section 6.1 of notebook 6"),
            (
                (3, 5),
                "that is the shape of Wᵀ, the first factor of dA = Wᵀ dZ. Go on multiplying: section 6.1 of notebook 6",
            ),
            ((3, 1), "one column per sample: 7 of them, not one. Section 6.1 of notebook 6"),
            ((5, 1), "that is the shape of b and of db. We ask for dA: section 6.1 of notebook 6"),
        ],
        correct="the shape of A: one row per node of the layer before, one column per sample.",
    ),
    "08.c": Exercise(
        solution=0.25,
        mistakes=[
            (4.0, "that is the limit for the curvature 0.5 alone. The steepest direction decides: section 4.4"),
            (0.125, "that is 1/λ, half of the limit: at 2/λ the factor 1 − γλ reaches −1: section 4.4 of notebook 4"),
            (2 / 8.5, "that is the best learning rate, 2/(0.5 + 8), not the limit: section 4.4 of notebook 4"),
            (16.0, "the limit is 2 divided by the curvature: section 4.4 of notebook 4"),
            (2 / 4.25, "that takes the mean of the curvatures. The largest decides: section 4.4 of notebook 4"),
            (0.0625, "half of 1/λ: at the limit 1 − γλ reaches −1, so γλ is 2: section 4.4 of notebook 4"),
        ],
        correct="2/8. Keep it in mind: it says when training runs away.",
    ),
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
                "this is the derivative at A = tanh(Z). We ask for it at Z: one tanh is enough",
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
                lambda dA, Z: dA * (1 - np.tanh(Z)) ** 2,
                "the square stands outside the parentheses: only tanh is squared, 1 − tanh²",
            ),
            (
                lambda dA, Z: Z * (1 - np.tanh(dA) ** 2),
                "dA and Z are exchanged: the slope is taken at Z, and dA is multiplied by it",
            ),
            (
                lambda dA, Z: dA + (1 - np.tanh(Z) ** 2),
                "along a path slopes are multiplied: dZ = dA * g'(Z), not dA + g'(Z)",
            ),
            (
                lambda dA, Z: dA @ (1 - np.tanh(Z) ** 2).T,
                "`@` sums over the samples. dZ has the shape of Z: multiply entry by entry, with `*`",
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
                "weight each batch by its size",
            ),
            (
                lambda gradients, sizes: sum(gradients),
                "a sum grows with the number of batches; the full gradient is a mean over samples",
            ),
            (
                lambda gradients, sizes: sum(size * gradient for gradient, size in zip(gradients, sizes, strict=True)),
                "the weights are right, but the division by m = sum(sizes) is missing",
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
                lambda gradients, sizes: sum(sizes[0] * gradient for gradient in gradients) / sum(sizes),
                "each batch has a size of its own: you multiply all gradients by that of the first batch",
            ),
            (
                lambda gradients, sizes: sum(gradients) / sum(sizes),
                "you divide by m, but do not multiply by the sizes first: a gradient is already a mean over its batch",
            ),
            (
                lambda gradients, sizes: float(np.average(np.array(gradients).mean(axis=1), weights=sizes)),
                "a single number is left: the mean went over the entries of the gradient too. It must keep its shape",
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
                "ten times fewer steps divide only the overhead by ten; the work for the samples stays",
            ),
            (
                1.2**2 / 6.6,
                "the factor does not repeat. Find c and d from the two measurements first",
            ),
            (0.6, "that is the samples' share d. The 60 steps have overhead as well"),
            (0.06, "that is the overhead of the 60 steps. The samples need their time as well"),
            (66.0, "the time falls when batches grow; you multiplied by ten"),
            (0.066, "larger batches save overhead only: the work for the samples stays, at any batch size"),
            (1.2, "there are fewer steps once more, so the overhead falls once more"),
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
            (0.1, "that is v alone, 0.1 ∇E. The √s in the denominator is too small as well"),
            (100.0, "s stands under a root: √(0.001 (∇E)²), not 0.001 (∇E)²"),
            (0.1**0.5, "upside down: v is the numerator, √s the denominator"),
            (0.001**0.5, "that is √s alone, the denominator. The numerator is v = 0.1 ∇E"),
            (10.0, "that is the square of the length, v²/s: take the root of it"),
            (1e-4, "you multiplied v by s. Divide v by √s"),
            (0.001**-0.5, "you left v at ∇E; without its correction it is 0.1 ∇E"),
            (-(10**0.5), "we ask how long the step is, in units of γ: a positive number"),
        ],
        correct="0.1 / √0.001 = √10: without corrections the first step is three times as long, the next even longer.",
    ),
    "08.5": Exercise(
        solution=_stopping_epoch,
        inputs=[
            ([5.0, 4.0, 4.5, 4.2, 4.1, 4.3], 3),
            ([5.0, 4.0, 3.0, 2.0], 3),
            ([3.0, 4.0, 2.0, 5.0, 4.0, 1.0], 2),
            ([3.0, 2.0, 2.1, 2.2, 2.3, 1.0], 2),
            ([3.0, 2.0, 2.0, 2.0, 1.0], 2),
            ([5.0, 6.0, 4.0, 4.5, 3.0, 3.5, 2.0, 2.5, 2.75, 2.25], 3),
            ([4.0, 3.0, 3.5, 2.0], 1),
            ([4.0, 5.0, 6.0], 7),
            ([2.0], 3),
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
                "that is the best epoch, whose parameters we keep. We ask for the epoch "
                "at which training stops, patience epochs later",
            ),
            (
                lambda errors, patience: int(np.argmin(errors)),
                "that looks into the future: when epoch k is over, the later errors are not known",
            ),
            (
                _equal_is_better,
                "an error equal to the best so far is no progress: only a smaller one is a new best",
            ),
            (
                _never_starts_again,
                "the waiting begins afresh with each new best, but you add up all epochs without one",
            ),
            (
                _compares_with_the_first,
                "compare with the best error so far: you always compare with the first one",
            ),
            (
                _patience_after_the_lowest,
                "that waits after the lowest error of all, which nobody knows yet when a best grows old before it",
            ),
            (_counts_from_one, "epochs count from 0 here, like the entries of the list"),
            (
                _one_too_many,
                "one epoch late: stop as soon as `patience` epochs in a row have brought no new best",
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
                "are equal, and dA1 = W2ᵀ dZ2 starts at 0 for all: no node differs",
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
