"""The exercises of notebook 4."""

import numpy as np

from shared.datasets import line_data
from shared.exercises import Exercise

# --- 04.1: descend until the ground is flat


def _line_gradient(theta):
    x, y = line_data()
    r = theta[0] * x + theta[1] - y
    return np.array([np.mean(r * x), np.mean(r)])


def _bowl_gradient(theta):
    return 2 * theta


def _descend_until(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most)


def _variant(gradient, start, learning_rate, tolerance, most, sign=-1, size=np.linalg.norm, count=0, shown=1):
    """Return what `_descend_until` returns, or what a version with one mistake returns."""
    theta = start.copy()
    for k in range(most):
        grad = gradient(theta)
        if size(shown * grad) < tolerance:
            return theta, k + count
        theta = theta + sign * learning_rate * grad
    return theta, most


def _without_rate(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, 1, tolerance, most)


def _uphill(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, sign=1)


def _small_step(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, shown=learning_rate)


def _first_entry(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, size=lambda grad: abs(grad[0]))


def _largest_entry(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, size=lambda grad: abs(grad).max())


def _square(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, size=lambda grad: grad @ grad)


def _one_too_many(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, count=1)


def _one_too_few(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, count=-1)


def _never_stops(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, -1, most)


def _sum_of_entries(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, size=lambda grad: np.abs(grad).sum())


def _signed_entry(gradient, start, learning_rate, tolerance, most):
    return _variant(gradient, start, learning_rate, tolerance, most, size=np.max)


def _steps_first(gradient, start, learning_rate, tolerance, most):
    """Make a step before the first look: right, but for a start where the ground is flat."""
    theta = start.copy()
    for k in range(most):
        theta = theta - learning_rate * gradient(theta)
        if np.linalg.norm(gradient(theta)) < tolerance:
            return theta, k + 1
    return theta, most


def _only_theta(gradient, start, learning_rate, tolerance, most):
    return _descend_until(gradient, start, learning_rate, tolerance, most)[0]


def _descents():
    return [
        (_bowl_gradient, np.array([1.0, -2.0]), 0.3, 0.01, 50),
        (_line_gradient, np.array([0.0, 0.0]), 0.1, 0.02, 500),
        (_line_gradient, np.array([1.0, 1.0]), 0.2, 1e-9, 4),
        (_bowl_gradient, np.array([0.003, 0.001]), 0.3, 0.01, 50),  # flat at the start: no step
    ]


# --- 04.3 and 04.4: the limit


def _limit(x, numerator=2.0, which=-1):
    x = np.array(x, float)
    hessian = [[np.mean(x**2), np.mean(x)], [np.mean(x), 1.0]]
    return float(numerator / np.linalg.eigvalsh(hessian)[which])


def _largest_rate(diverges, low, high, until=1e-7):
    while high > (1 + until) * low:
        middle = (low + high) / 2
        if diverges(middle):
            high = middle
        else:
            low = middle
    return low


def _other_half(diverges, low, high):
    return _largest_rate(lambda rate: not diverges(rate), low, high)


def _absolute(diverges, low, high):
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if diverges(middle) else (middle, high)
    return low


def _unchanged(diverges, low, high):
    return low


def _some_halvings(times):
    def search(diverges, low, high):
        for _ in range(times):
            middle = (low + high) / 2
            low, high = (low, middle) if diverges(middle) else (middle, high)
        return low

    return search


def _above(limit):
    def diverges(learning_rate):
        return learning_rate > limit

    return diverges


# --- 04.5: one epoch


def _epoch_with(mean):
    """Return one_epoch whose gradient is mean(terms of the batch, batch size, m)."""

    def one_epoch(theta, x, y, batch_size, learning_rate, order):
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            r = theta[0] * x[:, batch] + theta[1] - y[:, batch]
            grad = np.array([mean(r * x[:, batch], batch_size, len(order)), mean(r, batch_size, len(order))])
            theta = theta - learning_rate * grad
        return theta

    return one_epoch


_one_epoch = _epoch_with(lambda terms, batch_size, m: np.mean(terms))


def _half_mended(theta, x, y, batch_size, learning_rate, order, kinds=(np.mean, np.sum)):
    for first in range(0, len(order), batch_size):
        batch = order[first : first + batch_size]
        r = theta[0] * x[:, batch] + theta[1] - y[:, batch]
        theta = theta - learning_rate * np.array([kinds[0](r * x[:, batch]), kinds[1](r)])
    return theta


def _other_half_mended(theta, x, y, batch_size, learning_rate, order):
    return _half_mended(theta, x, y, batch_size, learning_rate, order, (np.sum, np.mean))


def _in_order(theta, x, y, batch_size, learning_rate, order):
    return _one_epoch(theta, x, y, batch_size, learning_rate, np.arange(len(order)))


def _targets_in_order(theta, x, y, batch_size, learning_rate, order):
    shuffled_back = np.empty_like(y)
    shuffled_back[:, order] = y
    return _one_epoch(theta, x, shuffled_back, batch_size, learning_rate, order)


def _drops_the_rest(theta, x, y, batch_size, learning_rate, order):
    whole = len(order) // batch_size * batch_size
    return _one_epoch(theta, x, y, batch_size, learning_rate, order[:whole])


def _one_step(theta, x, y, batch_size, learning_rate, order):
    return _one_epoch(theta, x, y, batch_size, learning_rate, order[:batch_size])


def _whole_data(theta, x, y, batch_size, learning_rate, order):
    for _ in range(0, len(order), batch_size):
        r = theta[0] * x + theta[1] - y
        theta = theta - learning_rate * np.array([np.mean(r * x), np.mean(r)])
    return theta


def _epochs():
    rng = np.random.default_rng(45)
    x = rng.standard_normal((1, 7))
    y = 0.5 * x + 1 + 0.1 * rng.standard_normal((1, 7))
    start = 0.2, -0.3
    return [(np.array(start), x, y, batch_size, 0.05, rng.permutation(7)) for batch_size in (7, 3, 1)]


exercises = {
    "04.a": Exercise(
        solution=3.5,
        mistakes=[
            (7.0, "the ½ is missing: a loss is half of the squared miss, section 3.2 of notebook 3"),
            (10.5, "that is the sum of the losses. E is their mean: section 3.3 of notebook 3"),
            (21.0, "that is the sum of the squares. Divide by 2m: section 3.3 of notebook 3"),
            (7 / 3, "that is the mean of the misses without the squares: section 3.2 of notebook 3"),
            (7 / 6, "you have halved the mean miss; square the misses first: section 3.2 of notebook 3"),
            (
                49 / 6,
                "you added first and squared afterwards. Each miss is squared by itself: section 3.1 of notebook 3",
            ),
        ],
        correct="misses 1, 2 and 4. This notebook looks for the w and b with the smallest E.",
    ),
    "04.b": Exercise(
        solution=(4, 8),
        mistakes=[
            (
                (1, 5),
                "(3, 1) is *twice* (1, 1) plus (1, −1), and its parts count twice and once: section 2.2 of notebook 2",
            ),
            (
                (-1, 7),
                "you have taken (1, −1) twice; it is (1, 1) that (3, 1) contains twice: section 2.2 of notebook 2",
            ),
            ((8, 4), "one of the two answers is to be added, not taken away: (3, 1) = 2·(1, 1) + 1·(1, −1)"),
            (
                (9, 3),
                "only (1, 1) is stretched by 3. Take (3, 1) apart into (1, 1) and (1, −1) first: "
                "section 2.2 of notebook 2",
            ),
            ((6, 6), "that is the part of (1, 1). The part of (1, −1) is missing"),
        ],
        correct="a matrix treats the parts of a vector separately. Section 4.4 takes a descent apart in this way.",
    ),
    "04.c": Exercise(
        solution=23,
        mistakes=[
            (18, "those are the weights. Each node that a layer enters has a bias: section 1.5 of notebook 1"),
            (9, "those are the nodes. A parameter is a weight or a bias: section 1.5 of notebook 1"),
            (27, "the inputs have no biases: a bias belongs to the layer that it enters (section 1.5 of notebook 1)"),
            (5, "those are the biases. The weights are missing, one for each pair of nodes: section 1.5 of notebook 1"),
            (
                32,
                "you have counted the 9 nodes as well. Only weights and biases are parameters (section 1.5)",
            ),
        ],
        correct="15 and 8. Each of them is a direction in which descent can go.",
    ),
    "04.1": Exercise(
        solution=_descend_until,
        inputs=_descents,
        mistakes=[
            (_uphill, "you walk uphill: the gradient points to where E grows, so subtract it"),
            (_without_rate, "the learning rate has got lost: a step is learning_rate * gradient"),
            (
                _small_step,
                "you compare the length of the step. A small γ makes every step short, even on a steep slope: "
                "compare the length of the gradient",
            ),
            (_first_entry, "the first entry alone may be 0 on a slope; take the length of the whole gradient"),
            (_largest_entry, "you take the largest entry; we ask for the length, np.linalg.norm(grad)"),
            (_sum_of_entries, "you add the sizes of the entries; we ask for the length, np.linalg.norm(grad)"),
            (
                _signed_entry,
                "a slope may be negative and steep: without its sign the largest entry is not the steepest. "
                "Take the length, np.linalg.norm(grad)",
            ),
            (
                _steps_first,
                "you make a step before you look. If the ground is flat at the start, no step should be made",
            ),
            (_square, "that is the square of the length: a root is missing, or use np.linalg.norm(grad)"),
            (
                _one_too_many,
                "the parameters are right, but the count is one too high: how many steps were made before the test?",
            ),
            (
                _one_too_few,
                "the parameters are right, but the count is one too low: a test after the step comes after k + 1 steps",
            ),
            (_never_stops, "you always make `most` steps: return as soon as the gradient is short enough"),
            (_only_theta, "return both, parameters and number of steps: return theta, k"),
        ],
        correct="a step, a test, a limit: every training loop has these three.",
    ),
    "04.2": Exercise(
        solution=(True, True, True, False, False),
        mistakes=[
            (
                (False, False, False, False, False),
                "large targets make a large gradient, and the way to go is longer by the same factor. "
                "Which entries of the Hessian contain y?",
            ),
            (
                (True, False, False, False, False),
                "0.2 is above 1/λ: it jumps over the floor of the steep direction. But is it above 2/λ?",
            ),
            (
                (True, True, False, False, False),
                "compute 1 − γλ for γ = 0.36. It is close to −1: slow, but on which side of −1?",
            ),
            (
                (True, True, True, True, False),
                "compute 1 − γλ for γ = 0.37, with λ = 5.5465. Is it above −1?",
            ),
            (
                (True, True, True, True, True),
                "there is a limit for these targets too: the factor 1 − γλ has to stay above −1",
            ),
            (
                (False, False, False, True, True),
                "it is the other way round: True stands for a descent that converges",
            ),
        ],
        correct="y moves the minimum, but the curvature stays the same. Only x decides which γ converge.",
    ),
    "04.3": Exercise(
        solution=_limit([10, 20, 30]),
        tolerance=2e-3,
        mistakes=[
            (
                _limit([1, 2, 3]),
                "that is the limit for the old inputs. Which entries of the Hessian change when x does?",
            ),
            (
                _limit([10, 20, 30], 1),
                "that is half of it. At 1/λ the distance along the steepest direction is gone in one step; the limit "
                "is where the factor 1 − γλ reaches −1",
            ),
            (
                _limit([1, 2, 3]) / 10,
                "ten times the input is not a tenth of the limit: x enters the Hessian squared",
            ),
            (
                _limit([1, 2, 3]) / 100,
                "near, but not all of the Hessian grows a hundredfold: what happens to mean(x), and what to the 1?",
            ),
            (_limit([10, 20, 30], 2, 0), "you took the smallest eigenvalue; the steepest direction sets the limit"),
            (1 / _limit([10, 20, 30], 1), "that is λ itself; the limit for γ is 2/λ"),
        ],
        correct="inputs ten times as large, a limit about 84 times smaller. Notebook 9 turns this round.",
    ),
    "04.4": Exercise(
        solution=_largest_rate,
        inputs=[(_above(0.3606), 0.01, 1.0), (_above(0.0043), 0.0001, 1.0), (_above(17.0), 1.0, 30.0)],
        tolerance=0.0101,
        mistakes=[
            (_unchanged, "you return `low` as it came: it has to move up whenever the middle converges"),
            (_other_half, "you keep the wrong half: where the middle diverges, the limit lies below it"),
            (_some_halvings(1), "you halve once; repeat it until low and high are 1 % apart"),
            (
                _absolute,
                "you stop when they are 0.01 apart. For a limit of 0.0043 that is far too coarse: "
                "we ask for 1 % of low",
            ),
            (
                _some_halvings(10),
                "ten halvings are enough for some limits, not for a small one: halve while high > 1.01 * low",
            ),
            (
                lambda diverges, low, high: _largest_rate(diverges, low, high) / 2,
                "your result is half of the limit: do you return γ, or the distance to the middle?",
            ),
            (
                lambda diverges, low, high: (low + high) / 2 if diverges((low + high) / 2) else high,
                "you return after the first test: the `return` belongs after the loop",
            ),
        ],
        correct="no Hessian was needed: this is how to find a limit when nobody knows λ.",
    ),
    "04.5": Exercise(
        solution=_one_epoch,
        inputs=_epochs,
        mistakes=[
            (
                _epoch_with(lambda terms, batch_size, m: np.sum(terms)),
                "this still adds up: a batch of 7 makes a step 7 times as long as a batch of 1. Which word makes "
                "a gradient independent of the number of samples?",
            ),
            (
                _epoch_with(lambda terms, batch_size, m: np.sum(terms) / m),
                "you divide by all m samples, but the sum runs only over those of the batch: small batches hardly move",
            ),
            (
                _epoch_with(lambda terms, batch_size, m: np.sum(terms) / batch_size),
                "almost: the last batch may be shorter than batch_size, and then you divide by too much",
            ),
            (_half_mended, "the first entry is a mean now, the second is still a sum"),
            (_other_half_mended, "the second entry is a mean now, the first is still a sum"),
            (
                _in_order,
                "you take the samples in their own order: `order` says which ones form a batch, "
                "order[first : first + batch_size]",
            ),
            (
                _targets_in_order,
                "x is picked by `batch`, but y is not: a sample has to keep its own target",
            ),
            (
                _drops_the_rest,
                "the last batch has got lost: it is shorter than batch_size, and its samples count too",
            ),
            (_one_step, "that is one step. The `return` belongs after the loop"),
            (_whole_data, "each step takes all samples: the index [:, batch] has got lost"),
        ],
        correct="a mean: now the same γ suits every batch size.",
    ),
    "04.6": Exercise(
        solution=(False, False, False, True, True),
        mistakes=[
            (
                (True, True, True, True, True),
                "E is a mean: twice the sum, divided by twice the number. The same holds for gradient and Hessian",
            ),
            (
                (True, True, False, True, True),
                "sums double, but so does m: what happens to the mean of the squares, and of the gradients?",
            ),
            (
                (False, True, True, True, True),
                "if E is the same function as before, can its gradient or its curvature be different?",
            ),
            (
                (False, False, True, True, True),
                "the Hessian holds mean(x²) and mean(x): do these means change when each x appears twice?",
            ),
            (
                (False, False, False, False, True),
                "d: a step still has to visit every sample, and there are twice as many of them",
            ),
            (
                (False, False, False, True, False),
                "e: an epoch visits all samples. Twice the samples, ten at a time, make how many steps?",
            ),
            (
                (True, True, True, False, False),
                "it is the other way round: True stands for what changes",
            ),
            (
                (False, False, False, False, False),
                "the path of full descent is the same, but is the work? Count the samples of one step",
            ),
        ],
        correct="full descent pays double for nothing; mini-batches use the copies for twice as many steps.",
    ),
}
