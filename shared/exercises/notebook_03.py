"""The exercises of notebook 3."""

import numpy as np

from shared.datasets import line_data
from shared.exercises import Exercise

# --- 03.c: two hidden nodes swap places

_W_1, _B_1, _W_2 = np.array([[1, 2], [3, 4]]), np.array([[5], [6]]), np.array([[7, 8]])


def _swapped(rows=True, biases=True, columns=True):
    """Return W¹, b¹ and W², in which the parts named have changed places."""
    W_1, b_1 = (_W_1[::-1] if rows else _W_1), (_B_1[::-1] if biases else _B_1)
    return W_1, b_1, (_W_2[:, ::-1] if columns else _W_2)


# --- 03.1: the error, three ways


def _error(A, Y):
    return np.sum((A - Y) ** 2) / (2 * Y.shape[1])


def _three(loops=1.0, norm=1.0, mean=1.0, of=_error):
    """Return a function of A, Y that gives E three times, each multiplied by a factor or function."""

    def three_errors(A, Y):
        E = of(A, Y)
        return tuple(E * (part(A, Y) if callable(part) else part) for part in (loops, norm, mean))

    return three_errors


def _three_ways(A, Y):
    rows, m = Y.shape
    total = 0.0
    for c in range(m):
        for i in range(rows):
            total += (A[i, c] - Y[i, c]) ** 2
    return total / (2 * m), np.linalg.norm(A - Y) ** 2 / (2 * m), np.mean((A - Y) ** 2) * rows / 2


def _rows(A, Y):
    return 1 / Y.shape[0]


def _samples(A, Y):
    return Y.shape[1]


def _root(A, Y):
    """Return what turns E into the norm, not squared, divided by 2m."""
    return 1 / np.linalg.norm(A - Y)


def _halves_missing(A, Y):
    return 2 * _error(A, Y)


def _first_row(A, Y):
    return _error(A[:1], Y[:1]) / _error(A, Y)


def _last_sample(A, Y):
    return np.sum((A - Y)[:, -1] ** 2) / (2 * Y.shape[1]) / _error(A, Y)


def _by_rows(A, Y):
    return Y.shape[1] / Y.shape[0]


class _Noting(np.ndarray):
    """An array that notes in `used` which of NumPy's functions have looked at it or at what was computed from it."""

    def __array_finalize__(self, parent):
        self.used = getattr(parent, "used", set())

    def __array_function__(self, function, types, arguments, settings):
        self.used.add(function.__name__)
        return super().__array_function__(function, types, arguments, settings)

    def mean(self, *arguments, **settings):
        self.used.add("mean")
        return self.view(np.ndarray).mean(*arguments, **settings)


def _judge_three(three_errors):
    """Return None, or a hint: each way has to be taken; the numbers alone do not show that."""
    A, Y = (array.view(_Noting) for array in _pairs()[1])
    A.used = Y.used = used = set()
    three_errors(A, Y)
    for name in ("norm", "mean"):
        if name not in used:
            function = {"norm": "np.linalg.norm", "mean": "np.mean"}[name]
            return f"the numbers are right, but {function} has no part in them: we ask for three ways to E"


def _pairs():
    rng = np.random.default_rng(3)
    return [tuple(rng.normal(size=(2, *shape)).round(2)) for shape in ((1, 3), (2, 3), (3, 5))]


# --- 03.2: a colleague's error


def _checked_error(predictions, targets):
    if predictions.shape != targets.shape:
        raise ValueError(f"predictions {predictions.shape} and targets {targets.shape} differ")
    return np.sum((predictions - targets) ** 2) / (2 * targets.shape[1])


def _colleague(predictions, targets):
    misses = predictions - targets
    return np.sum(misses**2) / (2 * misses.shape[1])


def _laid_flat(predictions, targets):
    misses = predictions.ravel() - targets.ravel()
    return np.sum(misses**2) / (2 * len(misses))


def _same_size(predictions, targets):
    if predictions.size != targets.size:
        raise ValueError("sizes differ")
    return _colleague(predictions, targets)


def _same_columns(predictions, targets):
    if predictions.shape[1] != targets.shape[1]:
        raise ValueError("numbers of columns differ")
    return _colleague(predictions, targets)


def _turned(predictions, targets):
    if predictions.shape != targets.shape:
        targets = targets.T
    return _colleague(predictions, targets)


def _only_told(predictions, targets):
    if predictions.shape != targets.shape:
        return "the shapes differ"
    return _checked_error(predictions, targets)


def _checked_by_rows(predictions, targets):
    return _checked_error(predictions, targets) * targets.shape[1] / targets.shape[0]


def _same_rows(predictions, targets):
    if predictions.shape[0] != targets.shape[0]:
        raise ValueError("numbers of rows differ")
    return _colleague(predictions, targets)


def _checked_without_half(predictions, targets):
    return 2 * _checked_error(predictions, targets)


def _checked_all_entries(predictions, targets):
    return _checked_error(predictions, targets) / targets.shape[0]


def _another_exception(predictions, targets):
    assert predictions.shape == targets.shape
    return _checked_error(predictions, targets)


def _shapes():
    x, y = line_data()
    two = np.array([[1.0, 0.0, 2.0], [0.5, -1.0, 3.0]])
    return [(0.5 * x + 1, y), (0.5 * x + 1, y.T), (two, np.zeros((2, 3))), (two, y), (x, np.array([[1.0]]))]


# --- 03.3: the best constants


def _best_constants(y):
    return np.mean(y), np.median(y)


def _middle_unsorted(y):
    return np.mean(y), y[len(y) // 2]


def _one_too_far(y):
    return np.mean(y), np.sort(y)[(len(y) + 1) // 2]


def _nearest_target(y):
    return y[np.argmin(np.abs(y - np.mean(y)))], np.median(y)


def _midrange(y):
    return (np.min(y) + np.max(y)) / 2, np.median(y)


# --- 03.5: the bound


def _bound(E, m):
    return np.sqrt(2 * m * E)


exercises = {
    "03.a": Exercise(
        solution=((3, 5), (2, 5)),
        mistakes=[
            (
                ((5, 3), (5, 2)),
                "both are transposed: in this course a sample is a column, section 2.1 of notebook 2",
            ),
            (
                ((3, 1), (2, 1)),
                "that is one sample. Five samples stand side by side: section 2.1 of notebook 2",
            ),
            (
                ((3, 5), (3, 5)),
                "X is right. The output has a row for each *output* of the network: section 2.7 of notebook 2",
            ),
            (
                ((2, 5), (3, 5)),
                "you have exchanged the two: X holds the inputs, of which there are 3 (section 2.1 of notebook 2)",
            ),
            (
                ((3, 5), (2, 3)),
                "X is right. The number of samples stays on the way through the network: section 2.7 of notebook 2",
            ),
        ],
        correct="a row for each input or output, a column for each sample. The targets get the shape of the output.",
    ),
    "03.b": Exercise(
        solution=(2, -3),
        mistakes=[
            (
                (2, -5),
                "the height is right. At x = 4 both hinges are open, and their slopes add up: "
                "section 1.6 of notebook 1",
            ),
            (
                (2, 2),
                "the height is right. The slope 2 holds between the hinges; at 3 the second one adds its own: "
                "section 1.6 of notebook 1",
            ),
            (
                (7, 2),
                "you have left out the second hinge, which is open from x = 3 on: section 1.6 of notebook 1",
            ),
            (
                (1, -3),
                "the slope is right. The height is 1 plus what the hinges have added on the way: put in x = 4",
            ),
            (
                (-3, 2),
                "both numbers are right, but exchanged: first the height, then the slope",
            ),
            (
                (-11, -3),
                "the slope is right. The hinges do not give x itself: at x = 4 they give x − 1 = 3 and x − 3 = 1 "
                "(section 1.6 of notebook 1)",
            ),
        ],
        correct="each hinge adds its slope from its bend on. Section 3.7 connects eight dots that way.",
    ),
    "03.c": Exercise(
        solution=_swapped(),
        mistakes=[
            (
                _swapped(columns=False),
                "the rows and the biases have moved, but the weights that lead away from the two nodes have not: "
                "exercise 1.6 of notebook 1",
            ),
            (
                _swapped(biases=False),
                "the weights have moved, but not the biases: a bias belongs to its node (section 1.5 of notebook 1)",
            ),
            (
                _swapped(rows=False),
                "the weights that lead *to* the two nodes stay behind: they are the rows of W¹ "
                "(section 1.4 of notebook 1)",
            ),
            (
                (_W_1[:, ::-1], _B_1[::-1], _W_2[:, ::-1]),
                "you have swapped the columns of W¹: those are the inputs. A row leads to a node "
                "(section 1.4 of notebook 1)",
            ),
            (
                (_W_1[::-1, ::-1], _B_1[::-1], _W_2[:, ::-1]),
                "the rows of W¹ have moved, but inside a row nothing may move: the inputs stay where they are",
            ),
            (
                _swapped(False, False, False),
                "nothing has moved yet: node 1 becomes node 2, and the other way round",
            ),
        ],
        correct="other parameters, the same function. Section 3.8 turns this into a proof.",
    ),
    "03.1": Exercise(
        solution=_three_ways,
        inputs=_pairs,
        judge=_judge_three,
        mistakes=[
            (
                _three(mean=_rows),
                "loops and norm are right. `np.mean` divides by all m·n entries, but E divides by m alone: "
                "multiply the mean by the number of rows, Y.shape[0]",
            ),
            (
                _three(norm=_root),
                "loops and mean are right. `np.linalg.norm` is the length, with the root; E needs its square",
            ),
            (
                _three(of=_halves_missing),
                "all three agree, and all are twice E: the ½ is missing",
            ),
            (
                _three(_samples, _samples, _samples),
                "all three agree, and all are m times too large: divide the sum by 2m, not by 2",
            ),
            (
                _three(_by_rows, _by_rows, _by_rows),
                "all three agree, and all divide by twice the number of rows: m is the number of columns, Y.shape[1]",
            ),
            (
                _three(_rows, _rows, _rows),
                "all three agree, and all are divided by the number of rows too: E divides by the samples alone",
            ),
            (
                _three(mean=lambda A, Y: 2 * _rows(A, Y)),
                "loops and norm are right. In the mean the ½ is missing, and it divides by all entries, not by m",
            ),
            (
                _three(mean=2.0),
                "loops and norm are right. In the mean the ½ is missing: the mean of the squares is 2E",
            ),
            (
                _three(loops=_first_row),
                "norm and mean are right. Your loops add up row 0 alone: one loop runs over samples, one over rows",
            ),
            (
                _three(loops=_last_sample),
                "norm and mean are right. Your loops keep the last sample alone: `total` is set to 0 too often, "
                "or it is not added to",
            ),
        ],
        correct="a sum over entries, the square of a length, a mean: three spellings of one number.",
    ),
    "03.2": Exercise(
        solution=_checked_error,
        inputs=_shapes,
        mistakes=[
            (
                _colleague,
                "that is still the colleague's version: a row minus a column gives a 3 × 3 table, without a word. "
                "Compare the shapes first",
            ),
            (
                _laid_flat,
                "laid flat, a row and a column fit again, but so do samples that belong somewhere else. "
                "Refuse them: raise ValueError when the shapes differ",
            ),
            (
                _same_size,
                "a row (1, 3) and a column (3, 1) have the same number of entries, so comparing sizes lets "
                "them pass. Compare the shapes",
            ),
            (
                _same_columns,
                "your check looks at the columns alone, so two rows may meet one. Compare whole shapes",
            ),
            (
                _turned,
                "you turn the targets round when the shapes differ. That guesses what the caller meant; "
                "we ask for a refusal, raise ValueError",
            ),
            (
                _only_told,
                "you return a sentence, and the program goes on with it as if it were a number. "
                "`raise ValueError(…)` stops it",
            ),
            (
                _same_rows,
                "your check looks at the rows alone, so three predictions may meet one target. Compare whole shapes",
            ),
            (
                _checked_without_half,
                "the check is right, and the number is twice E: divide by 2m",
            ),
            (
                _checked_by_rows,
                "the check is right, but you divide by twice the number of rows: m is the number of columns",
            ),
            (
                _checked_all_entries,
                "the check is right, but with two rows your number is half of E: divide by 2m, not by "
                "the number of all entries",
            ),
            (
                _another_exception,
                "the check is right, but it raises AssertionError; a ValueError tells the caller what is wrong "
                "with the values",
            ),
        ],
        correct="an error function that looks at shapes first finds this bug before you do.",
    ),
    "03.3": Exercise(
        solution=_best_constants,
        inputs=[
            (np.array([3.0, 1.0, 2.0, 100.0, 4.0]),),
            (np.array([2.0, -1.0, 7.0]),),
            (np.array([5.0, 0.0, 0.0, 1.0, 9.0, 0.0, 2.0]),),
        ],
        mistakes=[
            (
                lambda y: (np.median(y), np.mean(y)),
                "both numbers are right, but exchanged: which of the two does a single 100 pull far away?",
            ),
            (
                lambda y: (np.mean(y), np.mean(y)),
                "the first is right. The mean does not make the absolute misses smallest: "
                "moving k to the right costs 1 for each y left of it and gains 1 for each y right of it",
            ),
            (
                lambda y: (np.median(y), np.median(y)),
                "the second is right. For squares, write Σ (k − y)² as a parabola in k: where is its lowest point?",
            ),
            (
                _middle_unsorted,
                "you took the entry in the middle of the list; sort the list first, or use np.median",
            ),
            (
                _one_too_far,
                "the first is right. Your second number stands one place after the middle of the sorted list: "
                "counted from 0, the middle of 5 is number 2",
            ),
            (
                _nearest_target,
                "the second is right. For squares, k need not be one of the targets: "
                "Σ (k − y)² is a parabola in k; where is its lowest point?",
            ),
            (
                _midrange,
                "half-way between the smallest and the largest is what makes the *largest* miss small. "
                "For squares, every y counts",
            ),
        ],
        correct="squares ask for the mean, absolute values for the median, which a single outlier cannot pull away.",
    ),
    "03.4": Exercise(
        solution=(1 / 2, 2 / 3, 10 / 36, 1 / 10),
        tolerance=1e-2,
        mistakes=[
            (
                (5, 20 / 3, 10 / 36, 1 / 10),
                "w and b are a place on the map, and 10E is the height there. A map in millimetres has its "
                "deepest point where the map in centimetres has it",
            ),
            (
                (1 / 2, 2 / 3, 1 / 36, 1 / 10),
                "the place and the step are right, but the height there is ten times E's smallest value",
            ),
            (
                (1 / 2, 2 / 3, 10 / 36, 10),
                "place and height are right. The slope is ten times as large now: ten times the step size as well "
                "would make the move a hundred times as long",
            ),
            (
                (1 / 2, 2 / 3, 10 / 36, 1),
                "place and height are right. With the same step size the move γ·slope is ten times as long, "
                "because the slope is ten times as large",
            ),
            (
                (1 / 2, 2 / 3, 100 / 36, 1 / 10),
                "10E is ten times the error, not the error of ten times the misses: nothing is squared here",
            ),
            (
                (1 / 20, 2 / 30, 10 / 36, 1 / 10),
                "the minimum does not move: if E is smaller here than anywhere else, so is 10E",
            ),
        ],
        correct="a factor on E changes heights and slopes, never the place of the minimum.",
    ),
    "03.5": Exercise(
        solution=_bound,
        inputs=[(1 / 36, 3), (0.5, 10), (2.0, 1), (0.0, 4)],
        mistakes=[
            (
                lambda E, m: 2 * m * E,
                "2mE is a bound for the squared miss; the miss itself is its square root",
            ),
            (
                lambda E, m: np.sqrt(2 * E),
                "√(2E) is the root of the *mean* squared miss. One sample may take the whole sum for itself: "
                "where does m enter?",
            ),
            (
                lambda E, m: np.sqrt(m * E),
                "almost: E has a ½ in it, so the sum of the squares is 2mE, not mE",
            ),
            (
                lambda E, m: np.sqrt(2 * E / m),
                "you divided by m. E is the sum divided by 2m, so the sum is E *times* 2m",
            ),
            (
                lambda E, m: m * np.sqrt(2 * E),
                "m stands under the root: the sum of the squares is 2mE, and the root of that is not m times √(2E)",
            ),
            (
                lambda E, m: np.sqrt(E),
                "undo what E does to the sum of the squares: it divides by 2m. Then take the root",
            ),
        ],
        correct="a small E keeps every single miss below √(2mE), and the bound is reached when one sample has it all.",
    ),
}
