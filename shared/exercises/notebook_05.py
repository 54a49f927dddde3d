"""The exercises of notebook 5."""

import numpy as np

from shared.exercises import Exercise

# --- 05.2: tanh in the hidden layer, one sample


def _gradients_with(slope, forward=np.tanh, miss=lambda a2, y: a2 - y, back=None, last=None):
    """Return the solution of 05.2, or with other parts a version with one mistake."""

    def hidden_gradients(W1, b1, W2, b2, x, y):
        z1 = W1 @ x + b1
        a1 = forward(z1)
        dz2 = miss(W2 @ a1 + b2, y)
        da1 = back(W2, dz2) if back else W2.T @ dz2
        dz1 = da1 * slope(z1, a1)
        return last(dz1, x, a1) if last else (dz1 @ x.T, dz1)

    return hidden_gradients


def _tanh_slope(z, a):
    return 1 - a**2


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _in_two_loops(dz1, x, a1):
    dW1 = np.zeros((len(dz1), len(x)))
    for i in range(len(dz1)):
        for j in range(len(x)):
            dW1[i, j] = dz1[i, 0] * x[j, 0]
    return dW1, dz1


_hidden_gradients = _gradients_with(_tanh_slope)


def _networks():
    rng = np.random.default_rng(52)
    random = [rng.standard_normal(shape) for shape in ((3, 2), (3, 1), (1, 3), (1, 1), (2, 1), (1, 1))]
    tiny = [[[0.5, -0.25], [-1.0, 0.75]], [[0.1], [-0.2]], [[1.0, -2.0]], [[0.5]], [[1.0], [2.0]], [[1.0]]]
    return [tuple(np.array(part) for part in tiny), tuple(random)]


# --- 05.3: the last layer, m samples


def _last_layer(A1, A2, Y):
    return _last_layer_with()(A1, A2, Y)


def _last_layer_with(
    start=lambda A2, Y: (A2 - Y) / Y.shape[1],
    weights=lambda dZ, A1: dZ @ A1.T,
    biases=lambda dZ: dZ.sum(axis=1, keepdims=True),
):
    def last_layer(A1, A2, Y):
        dZ2 = start(A2, Y)
        return weights(dZ2, A1), biases(dZ2)

    return last_layer


def _batches():
    rng = np.random.default_rng(53)
    return [
        tuple(rng.standard_normal(shape) for shape in shapes)
        for shapes in (((2, 3), (1, 3), (1, 3)), ((4, 5), (2, 5), (2, 5)))
    ]


# --- 05.4: is a gradient right?


def _worst(f, theta, gradient, h):
    return _worst_with()(f, theta, gradient, h)


def _worst_with(difference=None, size=max, forward=False, restore=True):
    def worst_difference(f, theta, gradient, h):
        found, moving = [], theta.copy()
        for i in range(len(theta)):
            up, down = (moving.copy() for _ in "ab")
            up[i] += h
            down[i] -= h
            if not restore:
                moving[i] += h
            estimate = (f(up) - f(theta)) / h if forward else (f(up) - f(down)) / (2 * h)
            found.append(difference(estimate, gradient[i], h) if difference else abs(estimate - gradient[i]))
        return size(found)

    return worst_difference


def _all_at_once(f, theta, gradient, h):
    return max(abs((f(theta + h) - f(theta - h)) / (2 * h) - gradient))


def _backward_difference(f, theta, gradient, h):
    return max(abs((f(theta) - f(theta - h * e)) / h - g) for e, g in zip(np.eye(len(theta)), gradient, strict=True))


def _only(most):
    """Return a version that looks at the first `most` parameters, as `for i in range(3)` does."""

    def worst_difference(f, theta, gradient, h):
        found = []
        for i in range(most):
            up, down = theta.copy(), theta.copy()
            up[i] += h
            down[i] -= h
            found.append(abs((f(up) - f(down)) / (2 * h) - gradient[i]))
        return max(found)

    return worst_difference


def _with_one_name(f, theta, gradient, h):
    found = []
    for i in range(len(theta)):
        up = down = theta
        up[i] += h
        down[i] -= h
        found.append(abs((f(up) - f(down)) / (2 * h) - gradient[i]))
    return max(found)


def _there_and_back(f, theta, gradient, h):
    found = []
    for i in range(len(theta)):
        theta[i] += h
        up = f(theta)
        theta[i] -= 2 * h
        down = f(theta)
        theta[i] += h
        found.append(abs((up - down) / (2 * h) - gradient[i]))
    return max(found)


def _bowl(theta):
    return float(theta[0] ** 3 - 2 * theta[1] ** 2 + theta[0] * theta[2])


def _valley(theta):
    return float(np.sum(np.arange(1, len(theta) + 1) * theta**3) + theta[0] * theta[-1])


def _checks():
    """Return functions of 3, 2 and 5 parameters; the largest difference is the last, the first, one in the middle."""
    theta = np.array([1.5, -0.5, 2.0])
    right = np.array([3 * 1.5**2 + 2.0, 2.0, 1.5])
    two, five = np.array([0.5, -1.0]), np.array([1.0, -2.0, 0.5, 3.0, -0.5])
    right_2 = np.array([3 * 0.25 - 1.0, 6.0 + 0.5])
    right_5 = 3 * np.arange(1, 6) * five**2 + np.array([-0.5, 0, 0, 0, 1.0])
    return [
        (_bowl, theta, right + np.array([0.3, 0.0, -0.5]), 0.1),
        (_bowl, theta, right * np.array([1.0, 1.0, 3.0]), 0.01),
        (_bowl, theta, right + np.array([-0.7, 0.2, 0.1]), 0.05),
        (_valley, two, right_2 + np.array([0.6, -0.2]), 0.2),
        (_valley, five, right_5 + np.array([0.1, -0.2, 0.9, 0.3, -0.4]), 0.05),
    ]


# --- 05.5: backward through a graph, a list of pairs (number of an input, slope) for each node


def _derivatives(graph):
    return _derivatives_with()(graph)


def _derivatives_with(seed=1.0, add=True, turned=True, times=lambda d, slope: d * slope):
    def derivatives(graph):
        d = [0.0] * len(graph)
        d[-1] = seed
        nodes = range(len(graph))
        for k in reversed(nodes) if turned else nodes:
            for j, slope in graph[k]:
                d[j] = d[j] * add + times(d[k], slope)
        return d

    return derivatives


def _all_start_at_one(graph):
    d = [1.0] * len(graph)
    for k in reversed(range(len(graph))):
        for j, slope in graph[k]:
            d[j] += d[k] * slope
    return d


def _skips_the_last(graph):
    return [0.0] * (len(graph) - 1) + [1.0]


def _all_paths_twice(graph):
    """The naive recursion: 8 for the reused node."""
    d = [0.0] * len(graph)
    d[-1] = 1.0

    def visit(k):
        for j, slope in graph[k]:
            d[j] += d[k] * slope
        for j, _ in graph[k]:
            visit(j)

    visit(len(graph) - 1)
    return d


def _one_visit(graph):
    """The recursion with a set of nodes already seen: too early for the late paths."""
    d, seen = [0.0] * len(graph), set()
    d[-1] = 1.0

    def visit(k):
        if k in seen:
            return
        seen.add(k)
        for j, slope in graph[k]:
            d[j] += d[k] * slope
        for j, _ in graph[k]:
            visit(j)

    visit(len(graph) - 1)
    return d


def _graphs():
    reused = [[], [(0, 1.0), (0, 1.0)], [(1, 1.0), (1, 1.0)]]
    short_and_long = [[], [(0, 2.0)], [(1, 3.0)], [(2, 0.5), (1, -1.0), (0, 4.0)], [(1, 5.0), (3, 2.0)]]
    two_inputs = [[], [], [(0, 3.0), (1, 2.0)], [(2, -1.0), (0, 1.0)], [(3, 0.5), (2, 4.0)]]
    unused = [[], [(0, 2.0)], [(1, 3.0)], [(1, -4.0), (0, 0.5)]]  # nothing is made from node 2
    return [(reused,), (short_and_long,), (two_inputs,), (unused,), ([[]],)]


# --- 05.6: division


def _division(a, b):
    return a / b, 1 / b, -a / b**2


exercises = {
    "05.a": Exercise(
        solution=(2.1**3 - 1.9**3) / 0.2,
        tolerance=1e-4,  # 12.01, and not 12
        mistakes=[
            (12, "that is the exact slope, 3x². The central difference with h = 0.1 is a little off: section 4.1"),
            (12.61, "that is the difference to the right side alone. The central one looks to both sides: section 4.1"),
            (11.41, "that is the difference to the left side alone. The central one looks to both sides: section 4.1"),
            (24.02, "you divided by h. The two places are 2h apart: section 4.1 of notebook 4"),
            (2.402, "that is f(2.1) − f(1.9). Divide it by the distance between the two places, 2h: section 4.1"),
            (0.2402, "you multiplied by h. A slope is rise divided by run: section 4.1 of notebook 4"),
            (0.1201, "divided by 2 and multiplied by h: in Python / (2 * h) needs its parentheses"),
        ],
        correct="12.01, off by h² = 0.01. That is how we test derivatives in this notebook.",
    ),
    "05.b": Exercise(
        solution=7 / 3,
        tolerance=3e-3,
        mistakes=[
            (14 / 3, "that is the mean of the squares; the error has a half in front of it: section 3.3 of notebook 3"),
            (
                7.0,
                "that is half the sum. The error is a mean, so divide by the three samples: section 3.3 of notebook 3",
            ),
            (14.0, "that is the sum of the squares. Take the mean, and half of it: section 3.3 of notebook 3"),
            (4 / 3, "that is the mean of the misses without squares, so they cancel: section 3.2 of notebook 3"),
            (2.0, "that is the mean size of the misses. They have to be squared: section 3.2 of notebook 3"),
            (1.0, "that is half the mean size of the misses. They have to be squared: section 3.2 of notebook 3"),
            (8 / 9, "you squared the mean of the misses; take the mean of their squares: section 3.3 of notebook 3"),
            (1.75, "you divided by 4; there are three samples: section 3.3 of notebook 3"),
        ],
        correct="(4 + 1 + 9) / 3 / 2. Its derivatives are what this notebook is about.",
    ),
    "05.c": Exercise(
        solution=2,
        mistakes=[
            (7, "that leads to node 1 from node 2: the row says where a weight leads to. Section 1.4 of notebook 1"),
            (4, "that leads to node 1 from node 1. Node 2 has the second row: section 1.4 of notebook 1"),
            (5, "that leads to node 2 from node 2. Node 1 has the first column: section 1.4 of notebook 1"),
            (8, "that leads to node 2 from node 3. Node 1 has the first column: section 1.4 of notebook 1"),
            (1, "that leads to node 1 from node 3. We ask for row 2, column 1: section 1.4 of notebook 1"),
        ],
        correct="row 2, column 1. Derivatives will use the same two indices.",
    ),
    "05.1": Exercise(
        solution=672.0,  # a float: whoever has nudged x finds 672.0000009
        mistakes=[
            (288, "that is the path through u alone. E hears from x on a second path, through v: add it"),
            (384, "that is the path through v alone. E hears from x on a second path, through u: add it"),
            (110592, "you multiplied the two paths with each other. Along a path slopes multiply, but paths add"),
            (96, "you multiplied the slopes of u and v. The product u·v has two paths, and they add: v·1 + u·2"),
            (14, "that is the slope of the product u·v. The square after it has a slope too, 2·(u·v)"),
            (196, "you squared the slope of u·v. The square has a slope of its own, 2·(u·v), and the two multiply"),
            (48, "that is the slope of the square alone, 2·u·v. How fast does u·v grow with x?"),
            (336, "that is half of it: the slope of a square q² is 2q, not q"),
            (768, "the slopes of u·v are swapped: with respect to u it is v, and with respect to v it is u"),
            (480, "the path through v has one more factor: v = 2x grows twice as fast as x"),
            (864, "the slope of v = 2x is 2 everywhere, not x"),
            (1248, "the slope of u = x + 1 is 1 everywhere, not x"),
            (576, "that is E itself, (u·v)². We ask how fast it grows with x"),
        ],
        correct="two paths, 48·6·1 and 48·4·2, and they add.",
    ),
    "05.2": Exercise(
        solution=_hidden_gradients,
        inputs=_networks,
        mistakes=[
            (
                _gradients_with(lambda z, a: 1 + 0 * a),
                "the slope of tanh is missing: dz1 is da1 times 1 − a1², entry by entry",
            ),
            (
                _gradients_with(lambda z, a: a * (1 - a)),
                "a (1 − a) is the slope of the sigmoid. For tanh it is 1 − a²",
            ),
            (
                _gradients_with(lambda z, a: 1 - np.tanh(a) ** 2),
                "you took the slope of tanh at a1. It belongs to the place z1: 1 − tanh(z1)², which is 1 − a1²",
            ),
            (
                _gradients_with(lambda z, a: 1 - z**2),
                "you took 1 − z1². The slope of tanh at z1 is 1 − tanh(z1)², and tanh(z1) is a1",
            ),
            (
                _gradients_with(_tanh_slope, back=lambda W2, dz2: W2 * dz2),
                "W2 is a row, but da1 has to be a column with one entry for each hidden node: W2.T * dz2",
            ),
            (
                _gradients_with(_tanh_slope, miss=lambda a2, y: y - a2),
                "the sign is flipped: E contains ½(a2 − y)², and its derivative with respect to a2 is a2 − y",
            ),
            (
                _gradients_with(_tanh_slope, miss=lambda a2, y: 2 * (a2 - y)),
                "twice too large: E is *half* the square, and the ½ cancels the 2",
            ),
            (
                _gradients_with(_tanh_slope, back=lambda W2, dz2: dz2 * np.ones_like(W2.T)),
                "the weights W2 are missing: da1 is W2.T @ dz2, each hidden node hears E through its own weight",
            ),
            (
                _gradients_with(_tanh_slope, last=lambda dz1, x, a1: (dz1 @ a1.T, dz1)),
                "dW1 takes the values that go *into* layer 1, the inputs x, not those that come out of it",
            ),
            (
                _gradients_with(_tanh_slope, last=lambda dz1, x, a1: (x @ dz1.T, dz1)),
                "dW1 is transposed: entry i, j belongs to the weight to i from j, so rows are dz1, columns are x",
            ),
            (
                _gradients_with(_tanh_slope, forward=_sigmoid),
                "on the way forward this network still has the sigmoid: a1 = np.tanh(z1)",
            ),
            (
                _gradients_with(lambda z, a: a * (1 - a), forward=_sigmoid),
                "that is still the network with the sigmoid: a1 is now np.tanh(z1), and its slope changes too",
            ),
            (
                _gradients_with(_tanh_slope, miss=lambda z2, y: np.tanh(z2) - y),
                "the output has the identity: tanh is in the hidden layer alone, a2 = z2",
            ),
            (
                _gradients_with(_tanh_slope, miss=lambda z2, y: (np.tanh(z2) - y) * (1 - np.tanh(z2) ** 2)),
                "you gave tanh to the output as well; it has the identity, with slope 1: dz2 = a2 − y",
            ),
            (
                _gradients_with(lambda z, a: 1 - a),
                "the square is missing: the slope of tanh is 1 − a1², not 1 − a1",
            ),
            (
                _gradients_with(lambda z, a: (1 - a) ** 2),
                "only a1 is squared, not the difference: 1 − a1**2",
            ),
            (
                _gradients_with(_tanh_slope, back=lambda W2, dz2: W2 * dz2, last=_in_two_loops),
                "your da1 is a row, because W2 is one; times a column it becomes a table. Take the column W2.T * dz2",
            ),
            (
                _gradients_with(_tanh_slope, last=lambda dz1, x, a1: (dz1 @ x.T, dz1.T)),
                "db1 is a row; b1 is a column, and so is dz1",
            ),
            (
                lambda *given: _hidden_gradients(*given)[::-1],
                "the order is dW1 first, then db1",
            ),
            (
                lambda *given: _hidden_gradients(*given)[0],
                "we ask for both: return dW1, db1",
            ),
            (
                _gradients_with(_tanh_slope, last=lambda dz1, x, a1: (dz1 * x, dz1)),
                "dz1 * x pairs entry i with entry i alone. We ask for every pair: dz1[i] times x[j], or dz1 @ x.T",
            ),
            (
                lambda *given: (_hidden_gradients(*given)[0], _hidden_gradients(*given)[1][:, 0]),
                "db1 has the shape (n,), but b1 is a column (n, 1): a step b1 -= … would go wrong. Keep the column",
            ),
        ],
        correct="only one factor has changed: an activation enters with its slope and nowhere else.",
    ),
    "05.3": Exercise(
        solution=_last_layer,
        inputs=_batches,
        mistakes=[
            (
                _last_layer_with(start=lambda A2, Y: A2 - Y),
                "the 1/m is missing: E is the mean of the losses, and the m enters once, in (A2 − Y)/m",
            ),
            (
                _last_layer_with(start=lambda A2, Y: (Y - A2) / Y.shape[1]),
                "the sign is flipped: the derivative of ½(a − y)² with respect to a is a − y",
            ),
            (
                _last_layer_with(start=lambda A2, Y: 2 * (A2 - Y) / Y.shape[1]),
                "twice too large: the ½ in E cancels the 2 of the square",
            ),
            (
                _last_layer_with(start=lambda A2, Y: (A2 - Y) / len(Y)),
                "len(Y) counts the rows, the outputs. m is the number of columns: n, m = Y.shape",
            ),
            (
                _last_layer_with(start=lambda A2, Y: (A2 - Y) / 3),
                "you divide by 3 for every batch. The number of samples is handed over with Y: Y.shape[1]",
            ),
            (
                _last_layer_with(start=lambda A2, Y: Y - A2),
                "two mistakes: the sign, it should be A2 − Y, and the 1/m is missing",
            ),
            (
                _last_layer_with(start=lambda A2, Y: A2 - Y, biases=lambda dZ: dZ.mean(axis=1, keepdims=True)),
                "db2 is right, but dW2 has no 1/m. Put it into dZ2, once, and sum for both",
            ),
            (
                _last_layer_with(start=lambda A2, Y: A2 - Y, weights=lambda dZ, A1: dZ @ A1.T / A1.shape[1]),
                "dW2 is right, but db2 has no 1/m. Put it into dZ2, once, and sum for both",
            ),
            (
                _last_layer_with(start=lambda A2, Y: A2 - Y, biases=lambda dZ: dZ.sum(axis=1)),
                "two mistakes: the 1/m is missing, and db2 has the shape (n,) where a column (n, 1) belongs",
            ),
            (
                _last_layer_with(biases=lambda dZ: dZ.sum()),
                "db2 is one number for all outputs together: each output node has a bias of its own, sum along axis=1",
            ),
            (
                lambda A1, A2, Y: ((A2 - Y) / Y.shape[1] @ A2.T, _last_layer(A1, A2, Y)[1]),
                "dW2 takes the values that go *into* layer 2, A1, not those that come out of it",
            ),
            (
                _last_layer_with(weights=lambda dZ, A1: dZ @ A1),
                "both have a column for each sample, and the sum over samples needs them side by side: A1 turned, A1.T",
            ),
            (
                _last_layer_with(start=lambda A2, Y: (A2 - Y) / Y.size),
                "you divide by m times the number of outputs; E is a mean over samples only, so divide by m",
            ),
            (
                _last_layer_with(biases=lambda dZ: dZ.mean(axis=1, keepdims=True)),
                "db2 takes the mean of dZ2, which has its 1/m already: add up, do not divide a second time",
            ),
            (
                _last_layer_with(weights=lambda dZ, A1: dZ @ A1.T / A1.shape[1]),
                "dW2 is divided by m twice: the 1/m is in dZ2 already",
            ),
            (
                _last_layer_with(
                    weights=lambda dZ, A1: dZ @ A1.T / A1.shape[1], biases=lambda dZ: dZ.mean(axis=1, keepdims=True)
                ),
                "both are divided by m twice: once in dZ2, once more in the sums",
            ),
            (
                _last_layer_with(biases=lambda dZ: dZ.sum(axis=1)),
                "db2 has the shape (n,), but b2 is a column (n, 1): keepdims=True keeps the column",
            ),
            (
                _last_layer_with(biases=lambda dZ: dZ.sum(axis=0, keepdims=True)),
                "db2 is summed over the nodes. Sum over the samples, which are the columns: axis=1",
            ),
            (
                _last_layer_with(biases=lambda dZ: dZ),
                "db2 has a column for each sample: the samples share the biases, so add their parts up",
            ),
            (
                _last_layer_with(weights=lambda dZ, A1: A1 @ dZ.T),
                "dW2 is transposed: row i is the output node, column j the hidden node",
            ),
            (
                _last_layer_with(weights=lambda dZ, A1: dZ[:, -1:] @ A1[:, -1:].T, biases=lambda dZ: dZ[:, -1:]),
                "only the last sample has arrived: paths through all samples add, so += instead of =",
            ),
            (lambda *given: _last_layer(*given)[::-1], "the order is dW2 first, then db2"),
        ],
        correct="one division, two sums over the samples.",
    ),
    "05.4": Exercise(
        solution=_worst,
        inputs=_checks,
        tolerance=1e-9,
        mistakes=[
            (_worst_with(size=sum), "you add the differences up; we ask for the largest one"),
            (_worst_with(size=np.mean), "that is the mean of the differences; we ask for the largest one"),
            (_worst_with(size=min), "that is the smallest difference; we ask for the largest one"),
            (
                _only(3),
                "only three parameters are looked at. Their number is len(theta), and it is not always 3",
            ),
            (_worst_with(size=list), "those are all differences; return the largest of them alone"),
            (_worst_with(difference=lambda e, g, h: (e - g) ** 2), "that is the square: abs, not **2"),
            (
                _worst_with(difference=lambda e, g, h: abs(e - g) / (abs(e) + abs(g))),
                "you divide by the size of the two numbers. Useful, but here we ask for the absolute difference",
            ),
            (
                lambda f, theta, gradient, h: _worst(f, theta, gradient, 1e-5),
                "you nudge by a number of your own; the nudge is handed over as h",
            ),
            (
                _worst_with(difference=lambda e, g, h: abs(2 * h * e / 2 * h - g)),
                "… / 2 * h divides by 2 and multiplies by h. Parentheses: / (2 * h)",
            ),
            (
                _with_one_name,
                "`up = theta` makes no copy: up, down and theta are one array, and the nudges cancel. theta.copy()",
            ),
            (
                _there_and_back,
                "the number is right. But + h, − 2h, + h does not bring theta back to the last digit: nudge copies",
            ),
            (
                _worst_with(difference=lambda e, g, h: e - g),
                "without `abs` a large difference below zero counts as small",
            ),
            (
                _all_at_once,
                "you nudge all parameters at once: only entry i may move while entry i of the gradient is tested",
            ),
            (_worst_with(forward=True), "that is the forward difference; look to both sides, up and down"),
            (_backward_difference, "that is the difference to one side, down; look to both sides, up and down"),
            (
                _worst_with(difference=lambda e, g, h: abs(2 * e - g)),
                "the two places are 2h apart, not h: divide by 2 * h",
            ),
            (
                _worst_with(restore=False),
                "parameter i has to be back at its own value before the next one is nudged: take fresh copies",
            ),
            (
                _worst_with(size=lambda found: found[-1]),
                "you return the difference of the last parameter: collect all of them, then take the largest",
            ),
            (
                _worst_with(size=lambda found: found[0]),
                "you return after the first parameter: does the return stand in the loop?",
            ),
        ],
        correct="twice as many evaluations as parameters: a test for small networks, not a way to train.",
    ),
    "05.5": Exercise(
        solution=_derivatives,
        inputs=_graphs,
        mistakes=[
            (
                _all_paths_twice,
                "node 1 passes on its derivative before it is complete, and then again: go through the nodes by their "
                "numbers, the last one first, and visit each once",
            ),
            (
                _one_visit,
                "each node is visited once now, but some too early, before all their shares have arrived. Which order "
                "makes sure that everything computed from node k comes before k?",
            ),
            (
                lambda graph: _derivatives(graph)[::-1],
                "the right numbers in reverse: entry k of the list belongs to node k, and node 0 is an input",
            ),
            (
                _all_start_at_one,
                "every node starts at 1 here. Only the last one does; the others start at 0 and collect",
            ),
            (
                _skips_the_last,
                "the last node passes nothing on: begin the loop with it, range(len(graph) − 1, −1, −1) or reversed(…)",
            ),
            (_derivatives_with(add=False), "a new share replaces the old one: paths add, so += instead of ="),
            (
                _derivatives_with(turned=False),
                "you go from the first node to the last. Nothing can be passed on yet: begin at the end, reversed(…)",
            ),
            (
                _derivatives_with(seed=0.0),
                "all zero: who starts? The derivative of the last node with respect to itself is 1",
            ),
            (
                _derivatives_with(times=lambda d, slope: slope),
                "the share of an input is the node's derivative *times* the slope",
            ),
            (
                _derivatives_with(times=lambda d, slope: d + slope),
                "along a path slopes multiply: d[k] * slope, not d[k] + slope",
            ),
        ],
        correct="six lines, every graph: this loop is the heart of every library.",
    ),
    "05.6": Exercise(
        solution=_division,
        inputs=[(3.0, 2.0), (-1.0, 4.0), (0.7, -0.2)],
        mistakes=[
            (lambda a, b: (a / b, 1 / b, a / b**2), "a larger divisor makes the result smaller: a minus is missing"),
            (lambda a, b: (a / b, 1 / b, -1 / b**2), "the slope of 1/b is −1/b², and here it is multiplied by a"),
            (lambda a, b: (a / b, 1 / b, 1 / a), "when b moves, it is a · (1/b), and the slope of 1/b is −1/b²"),
            (lambda a, b: (a / b, b, -a / b**2), "when a moves, b is a constant, and a is multiplied by 1/b"),
            (lambda a, b: (a / b, 1 / b, 1 / b**2), "when b moves, it is a · (1/b): the a and a minus are missing"),
            (lambda a, b: (a // b, 1 / b, -a / b**2), "`//` rounds down to a whole number: a / b"),
            (lambda a, b: (a / b, 1 / b, -a * b**2), "b to the power −2 means 1/b²: divide by b²"),
            (lambda a, b: (a / b, 1 / b, -b / a**2), "that is the slope of b/a with respect to a; here b stands below"),
            (lambda a, b: (a / b, b, a), "those are the slopes of a · b"),
            (lambda a, b: (a / b, -a / b**2, 1 / b), "the two slopes are swapped: first the one with respect to a"),
            (
                lambda a, b: (a / b, 1 / b, -a / b),
                "1/b is b to the power −1, so its slope has b to the power −2",
            ),
            (lambda a, b: (1 / b, -a / b**2), "we ask for three numbers: the result first, then the two slopes"),
        ],
        correct="a value, and one slope per input: that is all an operation has to know.",
    ),
}
