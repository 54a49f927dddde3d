"""Training: mini-batches, steps, and a history of how it went. `train_epoch` is the heart of it."""

import os
import sys
import time
from contextlib import contextmanager
from math import ceil, isfinite
from types import SimpleNamespace

import numpy as np
from tqdm.auto import tqdm

from shared.checks import check_columns, check_generator, check_whole
from shared.threads import Threads

DIVERGED = (
    "the error became infinite (or NaN, not a number) in epoch {}, step {}, with the learning rate {:g}. Try a "
    "learning rate ten times smaller, and check that the inputs and the initial weights are of a size around 1"
)


class History(SimpleNamespace):
    """What happened, in lists with one entry per epoch (the two of validation stay empty without validation samples).

    error             mean error E of the epoch's batches, each taken before its step
    validation_error  error on the validation samples after the epoch
    accuracy          share of them classified correctly, 0 to 1 (empty if the network predicts a single number)
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


class Batches:
    """The mini-batches of the samples X (n⁰, m) with their targets Y (nᴸ, m), in a new order in each epoch.

    Iterating gives one epoch: pairs (X, Y) of batch_size columns, the last perhaps of fewer. A pair lasts until the
    next one, which takes its memory. ``augment``, a function of a batch and rng, changes what the network sees.
    ``epoch`` and ``step`` count from 1.
    """

    def __init__(self, X, Y, batch_size, rng, augment=None):
        self.m = X.shape[1]
        self.batch_size = min(check_whole("batch_size", batch_size, 1), self.m)
        self.rng = check_generator(rng)
        self.augment = augment
        self.epoch = self.step = 0
        # Here a sample is one contiguous piece of memory, so that a batch takes batch_size short copies. They go into
        # the same memory each time: fresh memory of this size can cost more than the copying.
        self.X, self.Y = np.ascontiguousarray(X.T), np.ascontiguousarray(Y.T)
        self.X_batch = np.empty((self.batch_size, len(X)), X.dtype)
        self.Y_batch = np.empty((self.batch_size, len(Y)), Y.dtype)

    def __len__(self):
        """Return the number of steps in an epoch."""
        return ceil(self.m / self.batch_size)

    def __iter__(self):
        self.epoch += 1
        self.step = 0
        for index in mini_batches(self.m, self.batch_size, self.rng):
            self.step += 1
            # mode="clip" writes straight to out, where the default goes through a copy; no index here is too large.
            X = self.X.take(index, axis=0, out=self.X_batch[: len(index)], mode="clip").T
            Y = self.Y.take(index, axis=0, out=self.Y_batch[: len(index)], mode="clip").T
            yield (X if self.augment is None else self.augment(X, self.rng)), Y


def accuracy(network, X, Y, threshold=0.5):
    """Return the share (0 to 1) of the samples X (n⁰, m) that get the class of their target in Y (nᴸ, m).

    With several outputs the class is the row of the largest; a single output means yes above the threshold.
    """
    A = network(X)
    if np.shape(Y) != A.shape:
        raise ValueError(f"Y must have the shape of the outputs, {A.shape}, not {np.shape(Y)}")
    if len(A) == 1:
        return float(np.mean((A > threshold) == (np.asarray(Y) > 0.5)))
    return float(np.mean(np.argmax(A, axis=0) == np.argmax(Y, axis=0)))


class NotFinite(ArithmeticError):
    """The error or a parameter became infinite or NaN."""


def train_epoch(network, batches, loss, optimizer):
    """Take one step for each batch (X, Y), and return the mean over the samples of the errors before the steps.

    NotFinite if an error or a parameter becomes infinite or NaN.
    """
    total = m = 0
    for X, Y in batches:
        network.forward(X)
        network.backward(Y, loss)
        if not isfinite(network.E):
            raise NotFinite
        optimizer.step(network.theta, network.grad)
        total += network.E * X.shape[1]
        m += X.shape[1]
    if not isfinite(network.theta.sum()):  # after the last step no error would show it
        raise NotFinite
    return total / m


def train(
    network, X, Y, loss, optimizer, *, batch_size, epochs, rng,
    validation=None, schedule=None, augment=None, callbacks=(), progress=True,
):  # fmt: skip
    """Train the network in place and return the History.

    X, Y         inputs (n⁰, m) and targets (nᴸ, m) of finite floats, columns are samples
    batch_size   samples per step, at least 1 (more than m counts as m); every epoch takes them in a new order
    rng          a np.random.Generator
    validation   a pair (X, Y) on which error and accuracy are measured after each epoch
    schedule     a function of the share of the steps already taken (0 ≤ share < 1): a factor for the learning rate
    augment      a function (X_batch, rng) that returns what the network sees instead of X_batch
    callbacks    functions (network, history), called after each epoch; one that returns True ends the training
    progress     show a progress bar (unless the environment variable TQDM_DISABLE is set)

    Ctrl-C, or Jupyter's stop button, ends the training early; the network and the history keep what they have.
    On a busy machine it goes on with fewer threads (shared/threads.py), which can change the last digits of a number.
    Raises TrainingDiverged if the error becomes infinite or NaN, ValueError or TypeError for arguments that do not fit.
    """
    X, Y = _samples(network, X, Y, loss)
    if validation is not None:
        validation = _samples(network, *validation, loss, "validation ")
    batches = Batches(X, Y, batch_size, rng, augment)
    epochs = check_whole("epochs", epochs, 1)
    history = History()
    start = time.perf_counter()
    learning_rate = optimizer.learning_rate
    bar = _progress_bar(epochs * len(batches), progress)

    def steps():
        threads.start()
        for batch in batches:
            if schedule is not None:
                done = (batches.epoch - 1) * len(batches) + batches.step - 1
                optimizer.learning_rate = learning_rate * schedule(done / (epochs * len(batches)))
            yield batch
            bar.update()
            threads.check()

    # NumPy need not warn: if a number overflows, TrainingDiverged says more.
    with bar, Threads() as threads, np.errstate(all="ignore"), _ending_well(history, batches, optimizer, bar):
        for epoch in range(1, epochs + 1):
            E = train_epoch(network, steps(), loss, optimizer)
            if validation is not None:  # it takes time, so it comes first: Ctrl-C then leaves no half entry
                _validate(network, *validation, loss, history)
            history.error.append(E)
            history.gradient_norm.append(float(np.linalg.norm(network.grad)))
            history.seconds.append(time.perf_counter() - start)
            bar.set_postfix(error=f"{E:.4g}", refresh=False)
            wishes_to_stop = [callback(network, history) for callback in callbacks]  # a list: all of them are called
            if any(wishes_to_stop):
                history.stopped = f"a callback ended the training after epoch {epoch}"
                break
    return history


@contextmanager
def _ending_well(history, batches, optimizer, bar):
    """Note Ctrl-C and say it, turn NotFinite into TrainingDiverged, and in any case restore the learning rate."""
    learning_rate = optimizer.learning_rate
    try:
        yield
    except KeyboardInterrupt:
        history.stopped = f"interrupted in epoch {len(history.error) + 1}"
        bar.write(f"Training was {history.stopped}.")  # else a test that is out of time would pass for a whole training
    except NotFinite:
        told = DIVERGED.format(batches.epoch, batches.step, optimizer.learning_rate)
        raise TrainingDiverged(told, history) from None
    finally:
        optimizer.learning_rate = learning_rate


def _progress_bar(steps, shown):
    silent = not shown or bool(os.environ.get("TQDM_DISABLE"))
    if sys.platform == "emscripten":
        tqdm.monitor_interval = 0  # a browser has no second thread to watch the bar from, and tqdm would complain
    return tqdm(total=steps, unit=" steps", leave=False, disable=silent)


def _validate(network, X, Y, loss, history):
    E = network.error(X, Y, loss)
    if loss.from_logits or len(Y) > 1:
        threshold = loss.threshold(network.g[network.L])
        history.accuracy.append(accuracy(network, X, Y, threshold))
    history.validation_error.append(E)


def _samples(network, X, Y, loss, kind=""):
    """Return X and Y as arrays of the network's type, or raise the error that says what is wrong with them."""
    X = check_columns(f"{kind}X", X, network.sizes[0], network.dtype)
    Y = check_columns(f"{kind}Y", Y, network.sizes[-1], network.dtype)
    if X.shape[1] != Y.shape[1] or not X.shape[1]:
        numbers = f"{X.shape[1]} and {Y.shape[1]}"
        raise ValueError(f"{kind}X and {kind}Y need the same number of samples (columns), at least one, not {numbers}")
    for name, array in ((f"{kind}X", X), (f"{kind}Y", Y)):
        # A NaN anywhere makes both min and max NaN, and neither needs memory of the size of the data.
        if not isfinite(array.min()) or not isfinite(array.max()):
            raise ValueError(f"{name} holds NaN or infinity")
    loss.check_targets(Y)
    return X, Y
