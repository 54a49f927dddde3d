"""The exercises of notebook 10."""

from functools import cache
from numbers import Real

import numpy as np

from shared.activations import relu, softmax
from shared.datasets import load_idx, one_hot
from shared.exercises import Exercise
from shared.exercises.compare import quoted, text
from shared.exercises.engine import UNANSWERED
from shared.exercises.outcomes import outcome, wrong_parameters
from shared.lessons.wardrobe import draw_clothes, write_set
from shared.losses import softmax_cross_entropy
from shared.network import Network
from shared.optimizers import Momentum
from shared.training import TrainingDiverged, accuracy, train

# --- 10.a: the Hessian of a regression


def _hessian(A_bar):
    return A_bar @ A_bar.T / A_bar.shape[1]


def _features():
    rng = np.random.default_rng(100)
    return [(np.vstack([rng.standard_normal((n, m)), np.ones((1, m))]),) for n, m in ((2, 5), (1, 4), (3, 2))]


# --- 10.1: the error at the start


def _starting_error(hidden, scale, mean_square, outputs):
    variance = scale**2 * (hidden * mean_square + 1)
    return (outputs * variance + 1) / 2


# --- 10.2 and 10.3: accuracies that the learner measures


def _share(answer):
    """Return the answer as a float if it is a number, else None."""
    if isinstance(answer, (bool, np.bool_)) or not isinstance(answer, Real):
        return None
    try:
        return float(answer)
    except OverflowError:
        return None


def _no_share(share):
    """Return a hint if this is no share of images, else None."""
    if share is None:
        return "we ask for an accuracy, one number from 0 to 1: accuracy(net, X_val, Y_val)"
    if 1 < share <= 100:
        return "that looks like a percentage. `accuracy` returns a share from 0 to 1: hand it in as it is"
    if not 0 <= share <= 1:
        return "an accuracy is the share of images read correctly, so it lies from 0 to 1"


def _judge_best(answer):
    if quoted(answer):
        return f"{text(answer)} is a text: write it without quotes"
    share = _share(answer)
    if wrong := _no_share(share):
        return wrong
    if share < 0.2:
        return (
            "as good as one answer for all: the network says the same thing about every image. "
            "The learning rate may have silenced the hidden layer; make it ten times smaller"
        )
    if share > 0.995:
        return (
            "one hidden layer does not reach this on new images in ten epochs. Did you measure on the training images?"
        )
    if share < 0.9:
        return (
            "it learns, but hardly gets going. Is the learning rate far too small, or the last layer without softmax?"
        )
    if share <= 0.97:
        return (
            "on the way, but not above 0.97. More hidden nodes help most, then more epochs; "
            "30 nodes are too few whatever else you do"
        )


_SIZES = (250, 1000, 4000)
_EXPECTED = ((0.70, 0.84), (0.83, 0.91), (0.905, 0.945))


def _judge_sizes(answer):
    if quoted(answer):
        return f"{text(answer)} is a text: write it without quotes"
    size = answer.size if isinstance(answer, np.ndarray) else len(answer) if isinstance(answer, (list, tuple)) else 0
    if size != 3:  # before anything looks at the entries: there may be very many
        return "we ask for three accuracies, as a list: for 250, for 1,000 and for 4,000 images"
    if isinstance(answer, np.ndarray):
        answer = answer.ravel().tolist()
    shares = [_share(each) for each in answer]
    for share in shares:
        if wrong := _no_share(share):
            return wrong
    if min(shares) > 0.97:
        return (
            "you measured on images the networks have learned. New ones are X_val[:, :2000] "
            "with the targets Y_val[:, :2000]"
        )
    if max(shares) < 0.2:
        return "these are guesses. Do the targets belong to the images? X_val[:, :2000] needs Y_val[:, :2000]"
    if max(shares) - min(shares) < 0.02:
        return "all three are nearly equal: did each network get its own m? The argument is learn(…, m=m)"
    if shares == sorted(shares, reverse=True):
        return "more images should help, not harm: is the order 250, 1,000, 4,000?"
    for m, share, (low, high) in zip(_SIZES, shares, _EXPECTED, strict=True):
        if share < low:
            return f"for {m:,} images that is too low: 20 epochs, batches of 32, a new network for each m?"
        if share > high:
            return f"for {m:,} images that is too good: are there really only {m:,} to learn from?"


def _mistakes(judge, answers):
    return [(answer, judge(answer)) for answer in answers]


# --- 10.4: the worst pair


def _worst_pair(counts):
    wrong = counts - np.diag(np.diag(counts))
    i, j = np.unravel_index(wrong.argmax(), wrong.shape)
    return int(i), int(j)


def _with_the_diagonal(counts):
    i, j = np.unravel_index(counts.argmax(), counts.shape)
    return int(i), int(j)


def _both_directions(counts):
    i, j = _worst_pair(counts + counts.T)
    return i, j


def _as_share_of_the_row(counts):
    return _worst_pair(counts / counts.sum(axis=1, keepdims=True))


def _flat(counts):
    return int((counts - np.diag(np.diag(counts))).argmax())


def _confusions():
    """Return matrices in which each known mistake gives another answer than the truth."""
    matrices, rng = [], np.random.default_rng(104)
    wrong_answers = _with_the_diagonal, _both_directions, _as_share_of_the_row
    while len(matrices) < 3:
        counts = rng.integers(0, 20, (10, 10)) + np.diag(rng.integers(200, 900, 10))
        i, j = _worst_pair(counts)
        apart = {_worst_pair(counts), (j, i)} | {wrong(counts) for wrong in wrong_answers}
        largest = np.sort((counts - np.diag(np.diag(counts))).ravel())[-2:]
        if len(apart) == 5 and largest[0] < largest[1]:
            matrices.append((counts,))
    return matrices


# --- 10.6: down


def _shift_down(X, pixels):
    old = X.reshape(28, 28, -1)
    new = np.zeros_like(old)
    new[pixels:] = old[: 28 - pixels]
    return new.reshape(784, -1)


def _shift_right(X, pixels):
    old = X.reshape(28, 28, -1)
    new = np.zeros_like(old)
    new[:, pixels:] = old[:, : 28 - pixels]
    return new.reshape(784, -1)


def _shift_up(X, pixels):
    old = X.reshape(28, 28, -1)
    new = np.zeros_like(old)
    new[: 28 - pixels] = old[pixels:]
    return new.reshape(784, -1)


def _ink_stays_behind(X, pixels):
    old = X.reshape(28, 28, -1)
    new = old.copy()
    new[pixels:] = old[: 28 - pixels]
    return new.reshape(784, -1)


def _pictures():
    rng = np.random.default_rng(106)
    return [(rng.uniform(0.1, 1, (784, m)), pixels) for m, pixels in ((2, 3), (1, 1), (3, 6))]


# --- 10.7: another set


def _learner(scale=255, first=None, classes=None, pixels=None, source="train", asked="test", epochs=10, shape=None):
    """Return a function that learns a set in a folder, as the solution does or with a mistake.

    first, classes  function of the labels, instead of the smallest one and of how many there are from there on
    source, asked   the split that is learned, and the one that the share belongs to
    shape           function of the network and the share: what is returned
    """

    def learn_set(folder):
        sets = {split: load_idx(folder, split) for split in ("train", "test")}
        known = sets["train"][1]
        lowest = known.min() if first is None else first(known)
        count = int(known.max()) - int(known.min()) + 1 if classes is None else classes(known)

        def prepared(split):
            images, labels = sets[split]
            X = images if scale is None else images.astype(np.float32) / scale
            return X, one_hot(labels - lowest, count, np.float32)

        X, Y = prepared(source)
        rng = np.random.default_rng(1)
        net = Network([pixels or len(X), 100, len(Y)], [relu, softmax], rng=rng, dtype=np.float32, initial="he")
        if epochs:
            train(net, X, Y, softmax_cross_entropy, Momentum(0.02), batch_size=32, epochs=epochs, rng=rng)
        share = accuracy(net, *prepared(asked))
        return shape(net, share) if shape else (net, share)

    return learn_set


@cache
def _made_sets():
    """Return two sets that the answer is tried on: their folders, and X, Y to learn from and to test with.

    The first is an ordinary one. In the second each kind has another name in the test files: who has learned from the
    other files misreads all of these, and that tells which files were learned from, and which were measured on.
    """
    rng = np.random.default_rng(107)
    plain = draw_clothes(400, rng), draw_clothes(200, rng)
    images, kinds = draw_clothes(200, rng, kinds=4, size=12)
    renamed = draw_clothes(300, rng, kinds=4, size=12), (images, (kinds + 1) % 4)
    found = []
    for pair, first, classes in ((plain, 1, 5), (renamed, 0, 4)):
        arrays = [part for images, kinds in pair for part in (_inputs(images), one_hot(kinds, classes))]
        found.append((write_set(*pair, first=first), first, *arrays))
    return found


def _inputs(images):
    return images.reshape(len(images), -1).T.astype(np.float32) / 255


_THROWN = (
    "the first steps have thrown your network off: its error is infinite, or it says the same about every image. Are "
    "the pixels divided by 255?"
)


def _judge_another_set(function):
    if wrong := wrong_parameters(function, ["folder"]):
        return wrong
    for folder, first, X, Y, X_new, Y_new in _made_sets():
        got = outcome(function, ["folder"], (folder,), (folder,))
        if got.dots:
            return UNANSWERED
        pixels, classes = len(X), len(Y)
        given = f"on a made set of {pixels} pixels with the labels {first} to {first + classes - 1}"
        if got.raised:
            return _why_it_raises(got, first, pixels, f"{given} your function")
        if got.result is None:
            return "your function returns None: does it end in a `return`?"
        if not isinstance(got.result, (tuple, list)) or len(got.result) != 2:
            return "we ask for two things, the network and the share: return net, share"
        network, share = got.result
        if callable(share):
            return "first the network, then the share: return net, share"
        try:
            outputs = [np.shape(network(inputs)) for inputs in (X, X_new)]
        except Exception as error:
            return f"{given} what you return first is no network ({type(error).__name__}: {str(error)[:100]})"
        if outputs != [Y.shape, Y_new.shape]:
            return _wrong_outputs(outputs[0], first, classes, given)
        share = _share(share)
        if wrong := _no_share(share):
            return wrong.partition(":")[0]
        known, new = accuracy(network, X, Y), accuracy(network, X_new, Y_new)
        if abs(share - new) > 1.5 / len(Y_new.T):  # an image may lie on the edge
            if abs(share - known) <= 1.5 / len(Y_new.T):
                return "that is the share of the images it has learned from. We ask for those of the test files"
            return f"{given} your network reads {new:.3f} of the test images, and you return {share:.3f}"
        if first == 0 and new > 0.5:
            return "your network has learned from the test images: nothing is left to judge it by"
        if len(np.unique(network(X).argmax(axis=0))) == 1:
            return _THROWN
        if known < 0.7:
            return "your network misreads many of the very images it was to learn from: let it train longer"


def _why_it_raises(got, first, pixels, who):
    """Return the hint to a function that raises an error on a set."""
    if issubclass(got.raised, TrainingDiverged):
        return _THROWN
    if "784" in got.message:
        return f"784 is the number of MNIST's pixels; here there are {pixels}. It is the number of rows: len(X)"
    if "labels must lie" in got.message and first:
        return "the labels of this set begin with 1, and `one_hot` counts from 0: subtract the smallest of them"
    if "labels must lie" in got.message and "[255]" in got.message:
        return "labels are bytes, for which 0 − 1 is 255, and this set begins with 0: subtract labels.min(), not 1"
    if "labels must lie" in got.message:
        return "one row is missing: count from the smallest label to the largest, both of them included"
    return f"{who} raises {got.raised.__name__}: {got.message}"


def _wrong_outputs(shape, first, classes, given):
    """Return the hint to a network whose outputs do not have the shape of the targets."""
    if len(shape) == 2 and shape[0] == classes + first > classes:
        return (
            f"your network has {shape[0]} outputs for {classes} kinds: the labels begin with 1, so row 0 of the "
            "targets stays empty. Subtract the smallest label"
        )
    if len(shape) == 2 and shape[0] != classes:
        return f"{given} there are {classes} kinds, and your network has {shape[0]} outputs"
    return f"{given} we ask for {classes} outputs per image; those of your network have the shape {shape}"


exercises = {
    "10.a": Exercise(
        solution=_hessian,
        inputs=_features,
        mistakes=[
            (
                lambda A_bar: A_bar @ A_bar.T,
                "that is the matrix of the normal equations, without 1/m: E is a mean. Section 9.5 of notebook 9",
            ),
            (
                lambda A_bar: A_bar @ A_bar.T / len(A_bar),
                "len(A_bar) counts its rows, the features. We ask for the number of samples: section 9.5 of notebook 9",
            ),
            (
                lambda A_bar: A_bar.T @ A_bar / A_bar.shape[1],
                "turned round, with one row per sample. The Hessian has one per parameter: section 9.5 of notebook 9",
            ),
            (
                lambda A_bar: A_bar.T @ A_bar / len(A_bar),
                "turned round twice: A_bar @ A_bar.T has one row per parameter, and m counts columns (section 9.5)",
            ),
            (
                lambda A_bar: A_bar @ A_bar.T / (2 * A_bar.shape[1]),
                "that is half of it: the ½ in E cancels the 2 of the square. Section 9.3 of notebook 9",
            ),
            (
                lambda A_bar: 2 * A_bar @ A_bar.T / A_bar.shape[1],
                "twice as much as it should be: the ½ in E cancels the 2 of the square. Section 9.3 of notebook 9",
            ),
            (
                lambda A_bar: A_bar * A_bar / A_bar.shape[1],
                "`*` squares entry by entry. The sums over the samples come from a matrix product: section 9.5",
            ),
            (
                lambda A_bar: np.linalg.eigvalsh(A_bar @ A_bar.T / A_bar.shape[1]),
                "these are its eigenvalues, the curvatures. We ask for the matrix itself: section 9.5 of notebook 9",
            ),
        ],
        correct="the curvature of a regression depends on its inputs alone.",
    ),
    "10.b": Exercise(
        solution=0.025,
        tolerance=1e-3,
        mistakes=[
            (
                4.0,
                "that is the limit for the flattest direction. The steepest explodes first: section 4.4 of notebook 4",
            ),
            (0.5, "that is the limit for the middle one. The steepest explodes first: section 4.4 of notebook 4"),
            (
                0.0125,
                "1/λ lands on the minimum in one step. Twice as much is the limit: section 4.4 of notebook 4",
            ),
            (160.0, "that is the condition number, the largest curvature divided by the smallest: no learning rate"),
            (40.0, "upside down: the larger the curvature, the smaller the steps. Section 4.4 of notebook 4"),
            (
                2 / 84.5,
                "curvatures do not add up. Each direction has its own limit: section 4.4 of notebook 4",
            ),
            (80.0, "that is the largest curvature itself. Which γ does it allow? Section 4.4 of notebook 4"),
        ],
        correct="the steepest direction sets the limit, whatever the others do.",
    ),
    "10.c": Exercise(
        solution=float(np.log(10)),
        tolerance=2e-3,
        mistakes=[
            (
                -float(np.log(10)),
                "check the sign: the logarithm of 1/10 is negative, and E has a minus before it. Section 7.6",
            ),
            (
                0.1,
                "that is the probability of the right digit. E is minus its logarithm: section 7.6 of notebook 7",
            ),
            (1.0, "that is the logarithm to base 10. Here log is the natural one, np.log: section 7.6 of notebook 7"),
            (float(np.log2(10)), "that is the logarithm to base 2. Here log is the natural one, np.log (notebook 7)"),
            (
                10 * float(np.log(10)),
                "you summed over ten digits. Only the target's digit counts: section 7.6",
            ),
            (
                0.9,
                "that is one minus the probability. The cross-entropy takes its logarithm: section 7.6 of notebook 7",
            ),
            (0.45, "that is half the squared error, (0.9² + 9 · 0.1²)/2. We ask for the cross-entropy (notebook 7)"),
            (
                float(np.log(10)) / 10,
                "the mean is over images, not over outputs: section 7.6 of notebook 7",
            ),
        ],
        correct="log 10 = 2.303: the first error of any good start with ten classes is near it.",
    ),
    "10.1": Exercise(
        solution=_starting_error,
        inputs=[(300, 0.2, 0.4, 10), (30, 0.2, 0.25, 10), (100, 0.05, 0.3, 4)],
        mistakes=[
            (
                lambda hidden, scale, mean_square, outputs: outputs * scale**2 * (hidden * mean_square + 1) / 2,
                "the target is missing: its single 1 adds ½ per image, even when all outputs are 0",
            ),
            (
                lambda hidden, scale, mean_square, outputs: outputs * scale**2 * (hidden * mean_square + 1) + 1,
                "the half in front of the mean squared error is missing",
            ),
            (
                lambda hidden, scale, mean_square, outputs: (scale**2 * (hidden * mean_square + 1) + 1) / 2,
                "that is a network with one output. The squares of all outputs are summed",
            ),
            (
                lambda hidden, scale, mean_square, outputs: (outputs * scale * (hidden * mean_square + 1) + 1) / 2,
                "`scale` is a standard deviation; the variances are what adds up, so square it",
            ),
            (
                lambda hidden, scale, mean_square, outputs: (outputs * scale**2 * hidden * mean_square + 1) / 2,
                "the bias is missing: it is the 301st term of the sum, with the same variance",
            ),
            (
                lambda hidden, scale, mean_square, outputs: (
                    (outputs * scale**2 * (hidden * mean_square**2 + 1) + 1) / 2
                ),
                "mean_square is the mean of a² already: do not square it again",
            ),
            (
                lambda hidden, scale, mean_square, outputs: outputs * (scale**2 * (hidden * mean_square + 1) + 1) / 2,
                "a one-hot target holds a single 1, not one for each output",
            ),
        ],
        correct="the start of any such network is known before it has run once.",
    ),
    "10.2": Exercise(
        solution=0.975,
        judge=_judge_best,
        mistakes=_mistakes(_judge_best, (0.1135, 0.95, 0.8, 0.999, 97.5, -0.5)),
        correct="above 97 % on images that were not used for training.",
    ),
    "10.3": Exercise(
        solution=[0.785, 0.875, 0.925],
        judge=_judge_sizes,
        mistakes=_mistakes(
            _judge_sizes,
            (
                [1.0, 1.0, 0.999],
                [0.93, 0.87, 0.78],
                [0.97, 0.96, 0.965],
                [0.1, 0.11, 0.09],
                [78.5, 87.5, 92.5],
                0.875,
                [0.5, 0.75, 0.88],
                [0.9, 0.95, 0.97],
            ),
        ),
        correct="four times the images, and the share of mistakes falls by more than a third each time.",
    ),
    "10.4": Exercise(
        solution=_worst_pair,
        inputs=_confusions,
        mistakes=[
            (
                _with_the_diagonal,
                "that is the most frequent pair of all, and it is right: leave the diagonal out",
            ),
            (
                lambda counts: _worst_pair(counts)[::-1],
                "the pair is turned round: the row is the true digit, the column the answer",
            ),
            (
                _both_directions,
                "you added both directions. A 4 read as 9 and a 9 read as 4 are two mistakes",
            ),
            (
                _as_share_of_the_row,
                "you took the share within the row; we ask for the most frequent mistake, by count",
            ),
            (
                _flat,
                "`argmax` counts through all entries, row after row. "
                "np.unravel_index(k, counts.shape) makes a row and a column of it",
            ),
            (
                lambda counts: int((counts - np.diag(np.diag(counts))).max()),
                "that is how often it happens; we ask for the pair",
            ),
        ],
        correct="the diagonal aside, the largest entry names the pair.",
    ),
    "10.5": Exercise(
        solution=0.82,
        mistakes=[
            (0.8, "one tenth of the random digits happen to be the right one"),
            (0.18, "that is the share counted as wrong; the accuracy is the rest"),
            (0.98, "only one tenth of the 20 % is right by chance: nine tenths are wrong"),
            (1.0, "the network is perfect, but it is compared with labels that are not"),
            (
                0.64,
                "the clerk was tired once: the network's own answers carry no noise",
            ),
            (82, "as a share from 0 to 1, please, not as a percentage"),
        ],
        correct="no accuracy can be better than the labels with which it is measured.",
    ),
    "10.6": Exercise(
        solution=_shift_down,
        inputs=_pictures,
        mistakes=[
            (
                _shift_right,
                "this moves to the right: the first index is the row, the second the column",
            ),
            (_shift_up, "this moves up: row 0 of the old image must become row `pixels` of the new"),
            (
                lambda X, pixels: np.roll(X, 28 * pixels, axis=0),
                "down, but what leaves at the bottom comes in at the top: np.roll goes round. Zeros should come in",
            ),
            (
                lambda X, pixels: np.roll(X, 28 * pixels),
                "without axis=0 np.roll runs along the samples as well, and it goes round at the end",
            ),
            (
                lambda X, pixels: np.roll(X, pixels, axis=0),
                "the 784 pixels lie row after row: moving them by a few places goes to the right, "
                "and the ends of rows spill into the next ones",
            ),
            (
                _ink_stays_behind,
                "the moved image is right, but the top rows still hold the old ink: start from np.zeros_like",
            ),
            (
                lambda X, pixels: _shift_down(X, pixels).reshape(28, 28, -1),
                "moved correctly; now give it back as columns, reshape(784, -1)",
            ),
        ],
        correct="rows come first: 28 steps in the column are one step down.",
    ),
    "10.7": Exercise(
        solution=_learner(),
        judge=_judge_another_set,
        mistakes=[
            (
                _learner(classes=lambda labels: 10),
                "on a made set of 256 pixels with the labels 1 to 5 there are 5 kinds, and your network has 10 outputs",
            ),
            (
                _learner(first=lambda labels: 0, classes=lambda labels: labels.max() + 1),
                "your network has 6 outputs for 5 kinds: the labels begin with 1, so row 0 of the targets stays empty. "
                "Subtract the smallest label",
            ),
            (
                _learner(first=lambda labels: 0),
                "the labels of this set begin with 1, and `one_hot` counts from 0: subtract the smallest of them",
            ),
            (
                _learner(first=lambda labels: 1),
                "labels are bytes, for which 0 − 1 is 255, and this set begins with 0: subtract labels.min(), not 1",
            ),
            (
                _learner(classes=lambda labels: labels.max()),
                "one row is missing: count from the smallest label to the largest, both of them included",
            ),
            (
                _learner(pixels=784),
                "784 is the number of MNIST's pixels; here there are 256. It is the number of rows: len(X)",
            ),
            (
                _learner(scale=None),
                "on a made set of 256 pixels with the labels 1 to 5 your function raises TypeError: X must hold "
                "floats, not uint8: convert it, X.astype(float), and divide pixels by 255: X / 255",
            ),
            (
                _learner(asked="train"),
                "that is the share of the images it has learned from. We ask for those of the test files",
            ),
            (
                _learner(source="test"),
                "your network has learned from the test images: nothing is left to judge it by",
            ),
            (
                _learner(shape=lambda net, share: (net, 100 * share)),
                _no_share(97.0).partition(":")[0],
            ),
            (
                _learner(shape=lambda net, share: share),
                "we ask for two things, the network and the share: return net, share",
            ),
            (
                _learner(shape=lambda net, share: (share, net)),
                "first the network, then the share: return net, share",
            ),
            (
                _learner(epochs=0),
                "your network misreads many of the very images it was to learn from: let it train longer",
            ),
            (
                _learner(scale=1),
                _THROWN,
            ),
        ],
        correct="whatever is stored in this form can be learned: the numbers of pixels and kinds come from the files.",
    ),
}
