"""The exercises of notebook 9."""

import numpy as np

from shared.exercises import Exercise
from shared.exercises.compare import quoted, real_numbers, text
from shared.exercises.judges import truths


def _data(*shapes):
    """Return pairs X (n⁰, m), Y (nᴸ, m) of random numbers for the given (nᴸ, n⁰, m)."""
    rng = np.random.default_rng(9)
    return [(rng.standard_normal((n0, m)), rng.standard_normal((nL, m))) for nL, n0, m in shapes]


# --- 09.1: the gradient for any number of inputs and outputs


def _gradient(X, Y, W, b):
    R, m = W @ X + b - Y, X.shape[1]
    return R @ X.T / m, R.sum(axis=1, keepdims=True) / m


def _changed(change):
    """Return the gradient after change(dW, db, R, X, m)."""

    def gradient(X, Y, W, b):
        return change(*_gradient(X, Y, W, b), W @ X + b - Y, X, X.shape[1])

    return gradient


def _gradients():
    rng = np.random.default_rng(91)
    for X, Y in _data((1, 1, 3), (2, 3, 5), (1, 2, 4)):
        yield X, Y, rng.standard_normal((len(Y), len(X))), rng.standard_normal((len(Y), 1))


# --- 09.2: the normal equations


def _fit(X, Y):
    A_bar = np.vstack([X, np.ones((1, X.shape[1]))])
    Wb = np.linalg.solve(A_bar @ A_bar.T, A_bar @ Y.T).T
    return Wb[:, :-1], Wb[:, -1:]


def _after(change):
    """Return fit, followed by change(W, b)."""
    return lambda X, Y: change(*_fit(X, Y))


def _without_ones(X, Y):
    W = np.linalg.solve(X @ X.T, X @ Y.T).T
    return W, np.zeros((len(Y), 1))


def _means_only(X, Y):
    W, _ = _fit(X, Y)
    return W, Y.mean(axis=1, keepdims=True)


def _not_turned_back(X, Y):
    A_bar = np.vstack([X, np.ones((1, X.shape[1]))])
    Wb = np.linalg.solve(A_bar @ A_bar.T, A_bar @ Y.T)
    return Wb[:, :-1], Wb[:, -1:]


def _samples_product(X, Y):
    A_bar = np.vstack([X, np.ones((1, X.shape[1]))])
    Wb = np.linalg.solve(A_bar.T @ A_bar, A_bar @ Y.T).T
    return Wb[:, :-1], Wb[:, -1:]


def _wrong_side(X, Y):
    A_bar = np.vstack([X, np.ones((1, X.shape[1]))])
    Wb = np.linalg.inv(A_bar @ A_bar.T) @ (Y @ A_bar.T)
    return Wb[:, :-1], Wb[:, -1:]


def _stars(X, Y):
    A_bar = np.vstack([X, np.ones((1, X.shape[1]))])
    Wb = Y @ A_bar.T * np.linalg.inv(A_bar @ A_bar.T)
    return Wb[:, :-1], Wb[:, -1:]


def _ones_on_top(X, Y):
    A_bar = np.vstack([np.ones((1, X.shape[1])), X])
    Wb = np.linalg.solve(A_bar @ A_bar.T, A_bar @ Y.T).T
    return Wb[:, :-1], Wb[:, -1:]


def _no_transpose(X, Y):
    A_bar = np.vstack([X, np.ones((1, X.shape[1]))])
    Wb = np.linalg.solve(A_bar @ A_bar.T, Y @ A_bar.T)
    return Wb[:, :-1], Wb[:, -1:]


def _slopes_through_origin(X, Y):
    return np.linalg.solve(X @ X.T, X @ Y.T).T, Y.mean(axis=1, keepdims=True)


# --- 09.3: who can be right?

POSSIBLE = (True, False, False, True, True)

# --- 09.4: back from standardised inputs


def _unstandardise(W_s, b_s, mu, s):
    W = W_s / s.T
    return W, b_s - W @ mu


def _models():
    rng = np.random.default_rng(94)
    for nL, n0 in ((1, 1), (2, 3), (1, 2)):
        W_s, b_s = rng.standard_normal((nL, n0)), rng.standard_normal((nL, 1))
        yield W_s, b_s, 5 * rng.standard_normal((n0, 1)), rng.uniform(2, 9, (n0, 1))


# --- 09.5 and 09.6: three numbers, of which no hint gives away one


def _three(answer):
    """Return three floats, or None: `lstsq` hands back a column, and fractions are welcome."""
    numbers = real_numbers(answer)
    if numbers is None or numbers.size != 3 or not np.isfinite(numbers).all():
        return None
    return numbers.ravel().tolist()


def _shortest(answer):
    if quoted(answer):
        return f"{text(answer)} is a text: write it without quotes"
    numbers = _three(answer)
    if numbers is None:
        return "we ask for three numbers: (w1, w2, b)"
    w1, w2, b = numbers
    if abs(w1 + 2 * w2 - 0.5) > 0.01:
        return f"with your numbers w₁ + 2w₂ is {w1 + 2 * w2:.4g}. It has to be 1/2"
    if w1**2 + w2**2 > 0.0505 and max(abs(w1 - 0.1), abs(w2 - 0.2)) > 0.003:
        return f"it fits, w₁ + 2w₂ is {w1 + 2 * w2:.4g}. But w₁² + w₂² is {w1**2 + w2**2:.4g}, and a shorter one exists"
    if max(abs(w1 - 0.1), abs(w2 - 0.2)) > 0.003:
        return "very near; calculate w₁ and w₂ once more, to two digits"
    if abs(b - 2 / 3) > 0.005:
        return "w₁ and w₂ are right, b is not: the line has not changed, nor has its height at x = 0"
    return None


_WHERE_TO_LOOK = (
    "the first number: the best constant for squares is the mean. How far is it from the old mean to the new?",
    "the second number: for absolute values it is the middle one of the sorted targets, before and after",
    "the third number: sort nine targets and falsify them one by one, from one end. When is the middle one false?",
)


def _three_moves(answer):
    if quoted(answer):
        return f"{text(answer)} is a text: write it without quotes"
    numbers = _three(answer)
    if numbers is None:
        return "we ask for three numbers: (for squares, for absolute values, how many of nine)"
    pairs = zip(numbers, (6, 0, 5), _WHERE_TO_LOOK, strict=True)
    return next((hint for number, right, hint in pairs if abs(number - right) > 1e-6), None)


exercises = {
    "09.a": Exercise(
        solution=26,
        mistakes=[
            (20, "these are the weights alone; every node has a bias as well: section 1.4 of notebook 1"),
            (6, "these are the biases alone, one per node. The weights are left: section 1.4 of notebook 1"),
            (
                9,
                "these are the nodes and the inputs. Each layer has a matrix of weights: section 8.2 of notebook 8",
            ),
            (24, "3 · 4 · 2 multiplies the layers by each other. Each matrix lies between two of them: section 8.2"),
            (
                29,
                "inputs have no biases, they compute nothing: count biases from layer 1 on (section 1.4 of notebook 1)",
            ),
            (16, "that is layer 1 alone. Layer 2 has parameters, too: section 8.2 of notebook 8"),
            (10, "that is layer 2 alone. Layer 1 has parameters, too: section 8.2 of notebook 8"),
            (22, "the biases of layer 1 are missing: section 8.2 of notebook 8"),
            (24 + 6, "weights lie between two neighbouring layers, 4 · 3 and 2 · 4: section 8.2 of notebook 8"),
        ],
        correct="12 + 4 + 8 + 2. This notebook takes away the hidden layer: see what is left.",
    ),
    "09.b": Exercise(
        solution=((2, 3), (2, 1)),
        mistakes=[
            (
                ((3, 2), (2, 1)),
                "dW is turned round: it has the shape of W, one row per node (section 6.1 of notebook 6)",
            ),
            (((2, 3), (2,)), "a bias is a column, and so is db: two rows, one column (section 6.1 of notebook 6)"),
            (((2, 3), (1, 2)), "db is turned round: a bias is a column, one row per node (section 6.1 of notebook 6)"),
            (((2, 3), (2, 5)), "dW is right. db is summed over the five samples: section 6.2 of notebook 6"),
            (((2, 5), (2, 1)), "dW is no copy of dZ: the sum over the samples makes the 5 go away (section 6.2)"),
            (((2, 3), (3, 1)), "dW is right. A layer has one bias per node, not per input: section 6.1 of notebook 6"),
            (((3, 5), (2, 1)), "that is the shape of A. dW has the shape of W: section 6.1 of notebook 6"),
            (((2, 1), (2, 3)), "the two are swapped; we ask for dW first, then db"),
            (((2, 3), (5, 1)), "dW is right. db adds up over the samples; it has one row per node (section 6.2)"),
            (((3, 2), (1, 2)), "both are transposed: dW and db have the shapes of W and b (section 6.1 of notebook 6)"),
        ],
        correct="the shapes of W and b. The same product will appear without any network.",
    ),
    "09.c": Exercise(
        solution=np.array([[14 / 3, 2], [2, 1]]),
        tolerance=2e-3,
        mistakes=[
            ([[14, 6], [6, 3]], "these are sums. E is a mean over the three samples: section 4.4 of notebook 4"),
            ([[4, 2], [2, 1]], "the corner is the mean of x², not the square of the mean: section 4.4 of notebook 4"),
            ([[1, 2], [2, 14 / 3]], "the order of the parameters is w, b; yours is b, w: section 4.4 of notebook 4"),
            (
                [[28 / 3, 4], [4, 2]],
                "twice as much as it should be: the ½ in E cancels the 2 of the square (section 4.4 of notebook 4)",
            ),
            (
                [[7 / 3, 1], [1, 1 / 2]],
                "that is half of it: the 2 of the square cancels the ½ in E (section 4.4 of notebook 4)",
            ),
            ([[14 / 3, 0], [0, 1]], "w and b are not independent: the mixed derivative is the mean of x (section 4.4)"),
            ([[14 / 3, 2], [2, 0]], "the derivative of r with respect to b is 1, so the last corner is the mean of 1"),
            (
                [[14 / 3, 2], [2, 3]],
                "the last corner is the mean of three ones, not their sum (section 4.4 of notebook 4)",
            ),
            ([14 / 3, 2, 1], "right numbers, but a Hessian is a matrix: two rows of two entries (section 4.4)"),
        ],
        correct="it contains only the inputs. Section 9.5 makes use of that.",
    ),
    "09.1": Exercise(
        solution=_gradient,
        inputs=lambda: list(_gradients()),
        mistakes=[
            (
                lambda X, Y, W, b: (X @ (W @ X + b - Y).T / len(X), np.mean(W @ X + b - Y)),
                "these are your friend's lines, unchanged. Look at the shapes for two outputs and three inputs",
            ),
            (
                _changed(lambda dW, db, R, X, m: (dW.T, db)),
                "dW is transposed. It has the shape of W: a row for each output, a column for each input. "
                "For one input and one output you do not notice",
            ),
            (
                _changed(lambda dW, db, R, X, m: (m * dW / len(X), np.mean(R))),
                "one of three: dW is the right way round. len(X) and np.mean(R) are left: what do they count and mix?",
            ),
            (
                _changed(lambda dW, db, R, X, m: (dW.T, np.mean(R))),
                "one of three: you divide by the number of samples. The shape of dW and the mean in db are left",
            ),
            (
                _changed(lambda dW, db, R, X, m: (m * dW.T / len(X), db)),
                "one of three: db is right. In dW the order of the product and len(X) are left",
            ),
            (
                _changed(lambda dW, db, R, X, m: (m * dW, db)),
                "db is right, but dW is a sum without 1/m",
            ),
            (
                _changed(lambda dW, db, R, X, m: (dW, db.T)),
                "your db is a row. A bias is a column (n, 1): keepdims=True keeps it",
            ),
            (
                _changed(lambda dW, db, R, X, m: (db, dW)),
                "db comes first in your answer; we ask for dW, db",
            ),
            (
                _changed(lambda dW, db, R, X, m: (-dW, -db)),
                "the sign is flipped: the residual is output minus target",
            ),
            (
                _changed(lambda dW, db, R, X, m: (m * dW, m * db)),
                "missing 1/m: E is a mean over the samples, and so is its gradient",
            ),
            (
                _changed(lambda dW, db, R, X, m: (dW, m * db)),
                "dW is right, but db is a sum without 1/m",
            ),
            (
                _changed(lambda dW, db, R, X, m: (m * dW / len(X), m * db / len(X))),
                "len(X) counts the rows of X, and these are inputs. How do you get the number of samples?",
            ),
            (
                _changed(lambda dW, db, R, X, m: (m * dW / len(X), db)),
                "db is right. In dW you divide by len(X), the number of inputs, not of samples",
            ),
            (
                _changed(lambda dW, db, R, X, m: (dW, np.mean(R))),
                "dW is right. np.mean(R) is one number for all outputs together; each output has a bias of its own: "
                "axis=1, keepdims=True",
            ),
            (
                _changed(lambda dW, db, R, X, m: (dW, db[:, 0])),
                "the numbers are right, but your db has shape (n,). A bias is a column (n, 1): keepdims=True",
            ),
            (
                _changed(lambda dW, db, R, X, m: (R * X / m, db)),
                "`*` multiplies entry by entry; the sum over the samples comes from the matrix product, R @ X.T",
            ),
            (
                _changed(lambda dW, db, R, X, m: (np.mean(R @ X.T), db)),
                "np.mean makes one number of the whole product. The mean is over the samples only: R @ X.T / m",
            ),
            (
                _changed(lambda dW, db, R, X, m: (dW, R.mean(axis=0))),
                "axis=0 runs over the outputs. Samples are columns, so the mean over them is axis=1 with keepdims=True",
            ),
            (
                _changed(lambda dW, db, R, X, m: (2 * dW, 2 * db)),
                "twice as much as it should be: the ½ in E cancels the 2 of the square",
            ),
            (
                _changed(lambda dW, db, R, X, m: (dW, db / m)),
                "the 1/m enters db twice: it is a mean, divided by m once more",
            ),
        ],
        correct="the same two products for a line and for a network's last layer with a thousand inputs.",
    ),
    "09.2": Exercise(
        solution=_fit,
        inputs=_data((1, 1, 4), (2, 3, 9), (1, 2, 6)),
        mistakes=[
            (
                _without_ones,
                "your lines go through the origin: the row of ones below X is missing, and with it the intercept",
            ),
            (
                _after(lambda W, b: (W, b[:, 0])),
                "the numbers are right, but your b has shape (n,). A bias is a column (n, 1): cut with Wb[:, -1:]",
            ),
            (
                _after(lambda W, b: (W.T, b.T)),
                "both are transposed: `solve` returns [W b] standing on its head; turn it back with .T before you cut",
            ),
            (
                _not_turned_back,
                "`solve` returns the transpose of [W b], (inputs + 1, outputs). Turn it back with .T before you cut",
            ),
            (
                _after(lambda W, b: np.hstack([W, b])),
                "this is [W b] in one piece; cut off the last column and return both parts: W, b",
            ),
            (_after(lambda W, b: (b, W)), "b comes first in your answer; we ask for W, b"),
            (
                _means_only,
                "W is right. b is the mean of Y only if the inputs have mean 0; the last column of [W b] knows it",
            ),
            (
                _samples_product,
                "A_bar.T @ A_bar is m by m, one row per sample. We need A_bar @ A_bar.T, one row per input",
            ),
            (
                _wrong_side,
                "the inverse stands on the wrong side. [W b] G = Y Aᵀ has the unknown on the left, so [W b] = Y Aᵀ G⁻¹",
            ),
            (
                _ones_on_top,
                "with the row of ones on top, b is the first column of [W b]. Put the ones below, or cut the other way",
            ),
            (
                _no_transpose,
                "you hand Y @ A_bar.T to `solve`, but it wants the unknown on the right: transpose the equation, the "
                "other side is A_bar @ Y.T",
            ),
            (
                _slopes_through_origin,
                "W belongs to lines through the origin: find it together with b, with the row of ones in A_bar",
            ),
            (_stars, "`*` multiplies entry by entry; a product of matrices is `@`"),
        ],
        correct="any number of inputs and outputs, one equation. Each row of [W b] is a regression of its own.",
    ),
    "09.3": Exercise(
        solution=POSSIBLE,
        judge=truths(POSSIBLE, "compute Σ r and Σ r·x for {}"),
        mistakes=[
            (
                (True, True, False, True, True),
                "b: its sum is 0, but 1·1 + 0·2 − 1·3 is not. A turn of the line would still help",
            ),
            (
                (True, False, True, True, True),
                "c: it is orthogonal to x, but its sum is not 0. Moving the line up or down would still help",
            ),
            (
                (True, True, True, True, True),
                "some meet only one of the two conditions: Σ r = 0 and Σ r·x = 0. Compute both for each",
            ),
            (
                (True, False, False, False, True),
                "d: residuals that are all 0 meet both conditions, and E = 0 cannot be beaten",
            ),
            (
                (True, False, False, True, False),
                "e: large residuals may be the best there are. Does it differ from a by more than a factor?",
            ),
            (
                (True, False, False, False, False),
                "a is right. Now compute both sums for d and e: does the size of the residuals matter?",
            ),
            (
                (False, False, False, True, False),
                "a perfect fit is not needed: the best line may miss every point. Only the two sums must be 0",
            ),
            (
                (False, True, True, False, False),
                "it is the other way round: True stands for residuals that the best line can have",
            ),
        ],
        correct="two sums decide, not the size: nothing is left in the residuals that a line could explain.",
    ),
    "09.4": Exercise(
        solution=_unstandardise,
        inputs=lambda: list(_models()),
        mistakes=[
            (
                lambda W_s, b_s, mu, s: (W_s * s.T, b_s - W_s * s.T @ mu),
                "you multiply by s. One unit of the standardised input is s units of x, so the slope is divided",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s.T, b_s),
                "W is right. b_s is the height at the mean of x, and b is the height at x = 0: walk down W @ mu",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s.T, b_s + W_s / s.T @ mu),
                "W is right, but the sign in b is flipped: multiply out W_s (x − mu)/s + b_s",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s.T, b_s - W_s @ mu),
                "W is right. In b the means have to be divided by s as well: use the new W, not W_s",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s, b_s),
                "that is the standardised model. The predictions stay the same, but the parameters do not",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s, b_s - W_s @ mu),
                "only the mean is undone; the division by s is missing in W and b",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s * s.T, b_s),
                "you multiplied by s instead of dividing, and b has not moved: multiply out W_s (x − mu)/s + b_s",
            ),
            (
                lambda W_s, b_s, mu, s: _unstandardise(W_s, b_s, mu, s)[::-1],
                "b comes first in your answer; we ask for W, b",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s, b_s - W_s / s @ mu),
                "W_s has a column for each input, but s has a row for each: transpose s before you divide",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s.T, b_s - W_s / s.T * mu.T),
                "W is right. In b `*` makes a table; `@` multiplies and adds up over the inputs",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s.T, (b_s - W_s / s.T @ mu)[:, 0]),
                "the numbers are right, but your b has shape (n,). A bias is a column (n, 1)",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s.T, b_s - W_s / s.T @ mu / s),
                "W is right. In b you divide by s twice: W has been divided already",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s.T, b_s - np.sum(W_s / s.T * mu.T)),
                "W is right. np.sum adds up over the outputs as well; `@` adds over the inputs only",
            ),
            (
                lambda W_s, b_s, mu, s: (W_s / s.T, b_s - W_s / s.T @ mu[:, 0]),
                "W is right. A flat mu makes W @ mu flat, and column minus flat is a table: keep mu a column",
            ),
        ],
        correct="train where the valley is round, answer in the units of the world.",
    ),
    "09.5": Exercise(
        solution=(0.1, 0.2, 2 / 3),
        judge=_shortest,
        tolerance=2e-3,
        mistakes=[
            (
                (0.25, 0.25, 2 / 3),
                "that is the answer for a copy. Here the second feature is 2x, so w₁ + 2w₂ must be 1/2",
            ),
            (
                (0.5, 0.0, 2 / 3),
                "it fits the data, but it is not the smallest: (0, 1/4) is shorter, and even that is not the shortest",
            ),
            (
                (0.0, 0.25, 2 / 3),
                "very near. Put everything on the second feature and you have length 0.25; a mixture is shorter still",
            ),
            (
                (0.25, 0.125, 2 / 3),
                "each feature explains half of the slope. It fits, but the shortest one leans to the larger feature",
            ),
            (
                (1 / 6, 1 / 6, 2 / 3),
                "it fits, w₁ + 2w₂ = 1/2, and it is quite short. But lean a little more towards the larger feature",
            ),
            ((0.1, 0.2, 0.0), "w₁ and w₂ are right. The bias: the row of ones is there as before"),
            ((0.2, 0.1, 2 / 3), "the numbers are swapped: w₁ + 2w₂ is 0.4 now. The larger feature gets more"),
            ((0.5, 0.5, 2 / 3), "together they would make a slope of 1.5: w₁ + 2w₂ must be 1/2"),
            (
                (0.5, 0.25, 2 / 3),
                "each of these alone would make the slope 1/2; both together make it 1. They have to share",
            ),
        ],
        correct="the shortest w with w₁ + 2w₂ = 1/2 is a multiple of (1, 2).",
    ),
    "09.6": Exercise(
        solution=(6, 0, 5),
        judge=_three_moves,
        tolerance=2e-3,  # for the mistakes alone, which may be rounded: 7.67 for 23/3
        mistakes=[
            ((18, 0, 5), "18 is how far the target moves. It is one of three: how far does their mean move?"),
            ((0, 6, 5), "the first two are swapped: squares lead to the mean, absolute values to the median"),
            ((0, 0, 5), "the mean takes part in everything: a third of the move arrives there"),
            ((6, 6, 5), "the median is the middle one of 1, 2, 20 when sorted. And of 1, 2, 2?"),
            ((6, 18, 5), "the median is the middle of the sorted list, not the last target"),
            ((23 / 3, 2, 5), "these are the two constants afterwards; we ask for how far they have moved"),
            ((6, 0, 1), "one wild target is enough for the mean. For the median, count which one stands in the middle"),
            ((6, 0, 4), "with four wild ones, five are right, and the middle of nine is still one of them"),
            ((6, 0, 6), "one fewer: the middle of nine is the fifth, so when is it one of the wild ones?"),
            ((6, 0, 9), "fewer are enough: as soon as the middle one of the sorted nine is wild"),
            ((6, 0, 8), "fewer are enough: as soon as the middle one of the sorted nine is wild, whatever the rest"),
        ],
        correct="one wild sample owns the mean; the median gives way only to a majority.",
    ),
}
