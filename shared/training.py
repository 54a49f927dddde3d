"""Training: mini-batches, steps, and a history of how it went."""

import os
import time
from math import isfinite
from types import SimpleNamespace

import numpy as np
from tqdm.auto import tqdm

from shared.activations import identity
from shared.network import check_generator, check_whole

DIVERGED = (
    "the error became infinite (or NaN, not a number) in epoch {}, step {}, with the learning rate {:g}. Try a "
    "learning rate ten times smaller, and check that the inputs and the initial weights are of a size around 1"
)


class History(SimpleNamespace):
    """What happened, one entry an epoch (in the validation's two lists only if there is validation).

    error             mean error E of the epoch's batches, each taken before its step
    validation_error  error on the validation samples after the epoch
    accuracy          share of them classified correctly, 0 to 1 (empty where a single number is predicted)
    gradient_norm     ‖∇E‖ of the epoch's last batch
    seconds           time since the start of training
    stopped           None, or a sentence that says why training ended early
    """

    def __init__(self):
        super().__init__(error=[], validation_error=[], accuracy=[], gradient_norm=[], seconds=[], stopped=None)


class TrainingDiverged(ArithmeticError):
    """The error became infinite or NaN; ``history`` holds the epochs before."""

    def __init__(self, message, history):
        super().__init__(message)
        self.history = history


def mini_batches(m, batch_size, rng):
    """Yield index arrays that together go once through the m samples in random order; the last may be shorter."""
    order = check_generator(rng).permutation(m)
    for start in range(0, m, batch_size):
        yield order[start : start + batch_size]


def accuracy(network, X, Y, threshold=0.5):
    """Return the share (0 to 1) of the samples X (n⁰, m) whose class is the one of the targets Y (nᴸ, m).

    With several outputs the class is the row of the largest; a single output says yes above the threshold.
    """
    A = network(X)
    if np.shape(Y) != A.shape:
        raise ValueError(f"Y must have the shape of the outputs, {A.shape}, not {np.shape(Y)}")
    if len(A) == 1:
        return float(np.mean((A > threshold) == (np.asarray(Y) > 0.5)))
    return float(np.mean(np.argmax(A, axis=0) == np.argmax(Y, axis=0)))


def train(
    network, X, Y, loss, optimizer, *, batch_size, epochs, rng,
    validation=None, schedule=None, augment=None, callbacks=(), progress=True,
):  # fmt: skip
    """Train the network in place and return the History.

    X, Y         inputs (n⁰, m) and targets (nᴸ, m) of finite floats, columns are samples
    batch_size   samples a step, from 1 (more than m is taken as m); every epoch permutes the samples anew
    rng          a np.random.Generator
    validation   a pair (X, Y) on which error and accuracy are measured after each epoch
    schedule     a function from the share of the training done (0 to 1) to a factor on the learning rate
    augment      a function (X_batch, rng) that returns the batch the network sees instead
    callbacks    functions (network, history), called after each epoch; one that returns True ends the training
    progress     show a progress bar (unless the environment variable TQDM_DISABLE is set)

    Ctrl-C, or Jupyter's stop button, ends the training and keeps what it has. Raises TrainingDiverged when
    the error becomes infinite or NaN, ValueError or TypeError for arguments that do not fit.
    """
    X, Y = _samples(network, X, Y, loss)
    if validation is not None:
        validation = _samples(network, *validation, loss, "validation ")
    m = X.shape[1]
    batch_size, epochs = min(check_whole("batch_size", batch_size, 1), m), check_whole("epochs", epochs, 1)
    steps = -(-m // batch_size)
    history, start, learning_rate = History(), time.perf_counter(), optimizer.learning_rate
    # A sample is one contiguous piece of memory here, so gathering a batch is batch_size short copies, always
    # into the same buffers: fresh memory of this size can cost more than the copying.
    X_samples, Y_samples = np.ascontiguousarray(X.T), np.ascontiguousarray(Y.T)
    X_buffer, Y_buffer = (np.empty((batch_size, len(rows)), network.dtype) for rows in (X, Y))
    silent = not progress or bool(os.environ.get("TQDM_DISABLE"))
    bar = tqdm(total=epochs * steps, unit=" steps", leave=False, disable=silent)
    try:
        with bar, np.errstate(all="ignore"):  # a divergence is reported in a sentence instead
            for epoch in range(epochs):
                total = 0.0
                for step, batch in enumerate(mini_batches(m, batch_size, rng)):
                    X_batch = X_samples.take(batch, axis=0, out=X_buffer[: len(batch)], mode="clip").T
                    Y_batch = Y_samples.take(batch, axis=0, out=Y_buffer[: len(batch)], mode="clip").T
                    if augment is not None:
                        X_batch = augment(X_batch, rng)
                    if schedule is not None:
                        done = (epoch * steps + step) / (epochs * steps)
                        optimizer.learning_rate = learning_rate * schedule(done)
                    network.forward(X_batch)
                    network.backward(Y_batch, loss)
                    if not isfinite(network.E):
                        raise TrainingDiverged(DIVERGED.format(epoch + 1, step + 1, optimizer.learning_rate), history)
                    optimizer.step(network.theta, network.grad)
                    total += network.E * len(batch)
                    bar.update()
                if not isfinite(network.theta.sum()):
                    raise TrainingDiverged(DIVERGED.format(epoch + 1, step + 1, optimizer.learning_rate), history)
                if validation is not None:  # first: Ctrl-C during it leaves no half entry
                    _validate(network, *validation, loss, history)
                history.error.append(total / m)
                history.gradient_norm.append(float(np.linalg.norm(network.grad)))
                history.seconds.append(time.perf_counter() - start)
                bar.set_postfix(error=f"{history.error[-1]:.4g}", refresh=False)
                if any([callback(network, history) for callback in callbacks]):  # noqa: C419 (all of them are called)
                    history.stopped = f"a callback ended the training after epoch {epoch + 1}"
                    break
    except KeyboardInterrupt:
        history.stopped = f"interrupted in epoch {len(history.error) + 1}"
    finally:
        optimizer.learning_rate = learning_rate
    return history


def _validate(network, X, Y, loss, history):
    E, logits = network.error(X, Y, loss), loss.from_logits and network.g[network.L] is identity
    if loss.from_logits or len(Y) > 1:
        history.accuracy.append(accuracy(network, X, Y, threshold=0.0 if logits else 0.5))
    history.validation_error.append(E)


def _samples(network, X, Y, loss, kind=""):
    """Return X and Y as arrays of the network's type, or raise the error that says what is wrong with them."""
    X = network.columns(X, network.sizes[0], f"{kind}X")
    Y = network.columns(Y, network.sizes[-1], f"{kind}Y")
    if X.shape[1] != Y.shape[1] or not X.shape[1]:
        numbers = f"{X.shape[1]} and {Y.shape[1]}"
        raise ValueError(f"{kind}X and {kind}Y need the same number of samples (columns), at least one, not {numbers}")
    for name, array in ((f"{kind}X", X), (f"{kind}Y", Y)):
        # Both min and max keep a NaN, and neither needs memory of the size of the data.
        if not isfinite(array.min()) or not isfinite(array.max()):
            raise ValueError(f"{name} holds NaN or infinity")
    loss.check_targets(Y)
    return X, Y
