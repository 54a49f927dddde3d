"""A run of the playground: training on points in the plane, its past, its words, and the code that repeats it."""

from math import isfinite

import numpy as np

from shared.activations import identity, leaky_relu, relu, sigmoid, tanh
from shared.lessons.descents import FORMULAS, LIMITS, OPTIMIZERS, Descent, Halt, largest_curvature
from shared.lessons.plane import PLANE, POINTS, points
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy
from shared.network import Network
from shared.training import accuracy, mini_batches

ACTIVATIONS = {"tanh": tanh, "ReLU": relu, "leaky ReLU": leaky_relu, "sigmoid": sigmoid, "identity": identity}
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
PENALTIES = (0.0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 1.0)
BATCHES = {"1": 1, "2": 2, "5": 5, "10": 10, "20": 20, "50": 50, "all": 0}
LAYERS, NODES, EPOCHS, TOO_LARGE = 4, 8, 10_000, 1000

# --- a run


class Run(Descent):
    """A training so far, k epochs long, and all that is needed to look at each of them and to repeat it.

    chosen      what was chosen when it began
    X, Y        (2, 200) and (1, 200): the first m columns are for training, the others for testing
    errors      (k + 1, 2), of the training points and of the test points, without the penalty
    slope       (EPOCHS + 1, L), the norm of the gradient's part for each layer, penalty included
    log         rows of epochs, learning rate, batch size, penalty: one for each time that they were changed
    """

    @property
    def parts(self):
        """The training points and the test points, two pairs X, Y."""
        return (self.X[:, : self.m], self.Y[:, : self.m]), (self.X[:, self.m :], self.Y[:, self.m :])


def hidden_sizes(layers, **values):
    """Return the list of the numbers of nodes in the hidden layers."""
    return [values[f"nodes_{l}"] for l in range(1, layers + 1)]


def begin(**values):
    """Return a run at its start: from the seed come first the points, then the weights, then the batches."""
    rng, noise = np.random.default_rng(values["seed"]), round(values["noise"], 6)  # browsers add rounding errors
    X, Y = points(values["data"], noise, rng)
    plane, g, hidden = values["data"] == PLANE, ACTIVATIONS[values["activation"]], hidden_sizes(**values)
    last, loss = (identity, half_mean_squared_error) if plane else (sigmoid, sigmoid_cross_entropy)
    initial = "he" if g in (relu, leaky_relu) else "xavier"
    network = Network([2, *hidden, 1], [*[g] * len(hidden), last], rng=rng, initial=initial)
    method = OPTIMIZERS[values["optimizer"]](values["learning_rate"])
    more = {"chosen": dict(values, noise=noise, initial=initial), "network": network, "loss": loss, "X": X, "Y": Y}
    more |= {"m": POINTS * values["share"] // 100, "slope": np.empty((EPOCHS + 1, network.L)), "log": []}
    run = Run(network.theta, method, EPOCHS, measured=(2,), dtype=np.float32, rng=rng, **more)  # the path is only drawn
    note(run, values["l2"])
    return run


def gradient(network, X, Y, loss, l2):
    """Return the gradient of E + l2/2 · Σ w², all weights but no biases in the sum, and E."""
    E = network.error(X, Y, loss)
    network.backward(Y, loss)
    for W, dW in zip(network.W[1:], network.dW[1:], strict=True):
        dW += l2 * W
    return network.grad, E


def step(run, learning_rate, batch_size, l2, **values):
    """Train for one epoch; raise `Halt` after the last one, and if the error explodes."""
    if run.k == EPOCHS:
        raise Halt(f"All {EPOCHS:,} epochs are done.")
    batch_size, (X, Y) = batch_size or run.m, run.parts[0]
    for batch in mini_batches(run.m, batch_size, run.rng):
        grad, _ = gradient(run.network, X[:, batch], Y[:, batch], run.loss, l2)
        run.step(grad, learning_rate)
    E = note(run, l2)
    if not E <= TOO_LARGE or not isfinite(run.network.theta.sum()):
        run.forget_last()
        raise Halt(explosion(run, learning_rate, batch_size, l2))
    if not run.log or run.log[-1][1:] != [learning_rate, batch_size, l2]:
        run.log.append([0, learning_rate, batch_size, l2])
    run.log[-1][0] += 1
    return run


def note(run, l2):
    """Keep the parameters, the errors and the norms of the gradient after an epoch; return the training error."""
    training, test = run.parts
    E_test = run.network.error(*test, run.loss)
    _, E = gradient(run.network, *training, run.loss, l2)
    run.keep((E, E_test))
    layers = zip(run.network.dW[1:], run.network.db[1:], strict=True)
    run.slope[run.k] = [np.hypot(np.linalg.norm(dW), np.linalg.norm(db)) for dW, db in layers]
    return E


def network_at(run, k):
    """Return the network as it was after epoch k, in float32's precision."""
    network = Network(run.network.sizes, run.network.g[1:], initial=0)
    network.theta[:] = run.path[k]
    return network


# --- what happened, in words


def explosion(run, learning_rate, batch_size, l2):
    """Return sentences on why the error grew beyond all bounds in the epoch after the last one kept."""
    grew, name = f"The error grew beyond {TOO_LARGE:,} in epoch {run.k + 1:,}.", run.chosen["optimizer"]
    best = int(np.argmin(run.errors[:, 0]))
    network, training = network_at(run, best), run.parts[0]
    curvature = largest_curvature(lambda: gradient(network, *training, run.loss, l2)[0], network.theta)
    bound = LIMITS[name]
    if learning_rate * curvature > bound:
        return (
            f"{grew} {_epochs(best)} the largest curvature λ was {curvature:.3g}, so γ = {learning_rate:g} is above "
            f"{FORMULAS[name]} = {bound / curvature:.3g}: each step lands higher on the other side of the valley. "
            f"Choose a γ below {bound / curvature:.3g}."
        )
    norms = np.linalg.norm(run.slope[[best, run.k]], axis=1)
    smaller = max([rate for rate in RATES if rate < learning_rate], default=learning_rate / 3)
    cures = [f"γ = {smaller:g}"] + ["larger batches"] * (batch_size < run.m) + ["fewer layers"] * (run.network.L > 2)
    return (
        f"{grew} The gradient norm was {norms[0]:.3g} {_epochs(best).lower()} and {norms[1]:.3g} "
        f"{_epochs(run.k).lower()}. Try {' or '.join(cures)}."
    )


def _epochs(k):
    return f"After {k:,} epoch{'s' * (k > 1)}" if k else "At the start"


def describe(run, k, learning_rate, batch_size, l2, **values):
    """Return in sentences what is seen: what is trained, how, and how far it is after epoch k."""
    network, (E, E_test) = network_at(run, k), run.errors[k].tolist()
    how = f"γ = {learning_rate:g}, batches of {min(batch_size or run.m, run.m)}" + f", L2 penalty {l2:g}" * (l2 > 0)
    sizes, chosen = "-".join(map(str, network.sizes)), run.chosen
    inside = f" {chosen['activation']}" * (network.L > 1)
    if chosen["data"] == PLANE:
        off = [np.sqrt(np.mean((network(X) - Y) ** 2)) for X, Y in run.parts]
        right = f"typical distance from the targets {off[0]:.2g} and {off[1]:.2g}"
    else:
        shares = [100 * accuracy(network, X, Y) for X, Y in run.parts]
        right = f"right on {shares[0]:.0f} % of the training points and {shares[1]:.0f} % of the test points"
    when = _epochs(k) + f" (of {run.k:,} done)" * (k < run.k)
    higher = f" The training error is above that of the start, {run.errors[0, 0]:.3g}: a smaller γ may help."
    return (
        f"{chosen['data']}, {sizes}{inside}, {chosen['optimizer']}, {how}, seed {chosen['seed']}. "
        f"{when} the training error is {E:.4g}, the test error {E_test:.4g}, {right}. "
        f"Gradient norm {np.linalg.norm(run.slope[k]):.3g}.{higher * bool(E > 1.2 * run.errors[0, 0])}"
    )


# --- the code of a run

PROGRAM = '''\
import sys

sys.path.insert(0, "..")  # the course's helper package is one folder up


def repeat_the_run():
    """Repeat {epochs} epochs of the playground: {data}, noise {noise:g}, seed {seed}."""
    import numpy as np

    from shared.activations import {activations}
    from shared.lessons.plane import points
    from shared.losses import {loss}
    from shared.network import Network
    from shared.optimizers import {optimizer}
    from shared.training import mini_batches

    rng, loss = np.random.default_rng({seed}), {loss}
    X, Y = points("{data}", {noise!r}, rng)
    training, test = (X[:, :{m}], Y[:, :{m}]), (X[:, {m}:], Y[:, {m}:])
    network = Network({sizes}, [{g}], rng=rng, initial="{initial}")
    optimizer = {optimizer}({rate!r})
    # epochs, learning rate, batch size, L2 penalty: a row for each time they were changed
    for epochs, optimizer.learning_rate, batch_size, l2 in {rows}:
        for _ in range(epochs):
            for batch in mini_batches({m}, batch_size, rng):
                network.error(training[0][:, batch], training[1][:, batch], loss)
                network.backward(training[1][:, batch], loss)
                for l in range(1, network.L + 1):
                    network.dW[l] += l2 * network.W[l]
                optimizer.step(network.theta, network.grad)
    return network, [network.error(*samples, loss) for samples in (training, test)]


repeated, errors = repeat_the_run()
print("training error", errors[0])
print("test error    ", errors[1])
'''


def program(run, k):
    """Return the code that repeats the first k epochs of a run, to the last digit."""
    rows, left = [], k
    for epochs, *chosen in run.log:
        if left:
            rows.append((min(epochs, left), *chosen))
            left -= rows[-1][0]
    names = [g.name for g in run.network.g[1:]]
    return PROGRAM.format(
        **run.chosen | {"optimizer": type(run.optimizer).__name__},
        epochs=f"{k:,}", activations=", ".join(sorted(set(names))), g=", ".join(names), loss=run.loss.name,
        m=run.m, sizes=run.network.sizes, rate=run.chosen["learning_rate"], rows=rows,
    )  # fmt: skip
