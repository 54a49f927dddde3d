"""Training: every sample once an epoch, an honest history, and what happens when something goes wrong."""

import math
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.activations import identity, relu, sigmoid, softmax, tanh
from shared.datasets import sine, tiny, xor
from shared.losses import (
    HalfMeanSquaredError,
    half_mean_squared_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from shared.network import Network
from shared.optimizers import Adam, GradientDescent, Momentum
from shared.training import Batches, History, NotFinite, TrainingDiverged, accuracy, mini_batches, train, train_epoch


def generator(seed=1):
    return np.random.default_rng(seed)


def line_network(dtype=np.float64):
    """Return the smallest network, y = wx + b, with w = b = 0."""
    return Network([1, 1], [identity], initial=0, dtype=dtype)


def numbered(m):
    """Return samples that carry their number: X is 0, 1, …, m − 1 (divided by m) and Y the same plus 1000."""
    numbers = np.arange(m, dtype=float).reshape(1, m)
    return numbers / m, numbers / m + 1000


class Recorder(HalfMeanSquaredError):
    """The loss, keeping the targets of every backward pass."""

    def __init__(self):
        self.seen = []

    def value_and_gradient(self, A, Y):
        self.seen.append(Y.copy())
        return super().value_and_gradient(A, Y)


class Rates(GradientDescent):
    """Gradient descent, keeping the learning rate of every step."""

    def __init__(self, learning_rate):
        super().__init__(learning_rate)
        self.seen = []

    def step(self, theta, grad):
        self.seen.append(self.learning_rate)
        super().step(theta, grad)


def batches_seen(m, batch_size, epochs, seed=1):
    """Return, for each epoch, the list of the sample numbers of each batch, after a look at what Y came with X."""
    X, Y = numbered(m)
    loss, inputs = Recorder(), []
    train(
        line_network(), X, Y, loss, GradientDescent(1e-9), batch_size=batch_size, epochs=epochs, rng=generator(seed),
        augment=lambda X_batch, rng: inputs.append(X_batch.copy()) or X_batch,
    )  # fmt: skip
    for x, y in zip(inputs, loss.seen, strict=True):
        np.testing.assert_allclose(y, x + 1000)
    steps = -(-m // batch_size)
    numbers = [np.rint(x[0] * m).astype(int).tolist() for x in inputs]
    assert len(numbers) == steps * epochs
    return [numbers[epoch * steps : (epoch + 1) * steps] for epoch in range(epochs)]


def flat(batches):
    return [number for batch in batches for number in batch]


# --- batches ----------------------------------------------------------------------------------------------------------


@given(m=st.integers(1, 60), batch_size=st.integers(1, 70), seed=st.integers(0, 999))
def test_mini_batches_go_once_through_the_samples(m, batch_size, seed):
    batches = list(mini_batches(m, batch_size, generator(seed)))
    assert sorted(np.concatenate(batches).tolist()) == list(range(m))
    sizes = [len(batch) for batch in batches]
    assert sizes[:-1] == [batch_size] * (len(sizes) - 1)
    assert sizes[-1] == m - batch_size * (len(sizes) - 1)


def test_mini_batches_mix_the_samples_and_not_only_the_batches():
    first, second = (list(mini_batches(1000, 10, rng)) for rng in [generator()] * 2)
    groups = {frozenset(batch.tolist()) for batch in first}
    assert not any(frozenset(batch.tolist()) in groups for batch in second)
    # In random order every sample is equally likely to come first.
    starts = [next(mini_batches(4, 2, rng))[0] for rng in [generator(3)] * 4000]
    assert (np.abs(np.bincount(starts) - 1000) < 150).all()


def test_mini_batches_follow_from_the_generator_alone():
    one, same, other = (np.concatenate(list(mini_batches(100, 7, generator(seed)))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


@given(m=st.integers(1, 40), batch_size=st.integers(1, 45), seed=st.integers(0, 99))
def test_batches_are_columns_of_the_samples_in_the_order_of_mini_batches(m, batch_size, seed):
    X, Y = np.arange(3.0 * m).reshape(3, m), np.arange(2.0 * m).reshape(2, m)
    batches = Batches(X, Y, batch_size, generator(seed))
    order = generator(seed)
    for epoch in (1, 2):
        indices = list(mini_batches(m, min(batch_size, m), order))
        assert len(batches) == len(indices)
        for step, ((x, y), index) in enumerate(zip(batches, indices, strict=True), 1):
            np.testing.assert_array_equal(x, X[:, index])
            np.testing.assert_array_equal(y, Y[:, index])
            assert x.flags.f_contiguous
            assert (batches.epoch, batches.step) == (epoch, step)


def test_batches_are_gathered_into_the_same_memory_and_augmented_before_they_are_seen():
    X, Y = np.arange(12.0).reshape(2, 6), np.arange(6.0).reshape(1, 6)
    plain = [(x.base is not None, x[0, 0], y) for x, y in Batches(X, Y, 2, generator(0))]
    seen = [x for x, _ in Batches(X, Y, 2, generator(0))]
    assert all(np.shares_memory(seen[0], x) for x in seen)
    augmented = [(x, y) for x, y in Batches(X, Y, 2, generator(0), augment=lambda x, rng: x + 100)]
    for (_, first, y), (x, y_augmented) in zip(plain, augmented, strict=True):
        assert x[0, 0] == first + 100
        np.testing.assert_array_equal(y, y_augmented)


def test_an_epoch_is_a_step_for_each_batch_and_returns_the_mean_error():
    X, Y = np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 2.0, 2.0]])
    network = Network([1, 1], [identity], initial=0)
    by_hand = network.copy()
    batches = [(X[:, :2], Y[:, :2]), (X[:, 2:], Y[:, 2:])]
    E = train_epoch(network, batches, half_mean_squared_error, GradientDescent(0.1))
    first = by_hand.error(*batches[0], half_mean_squared_error)
    by_hand.theta -= 0.1 * by_hand.backward(batches[0][1], half_mean_squared_error)
    second = by_hand.error(*batches[1], half_mean_squared_error)
    by_hand.theta -= 0.1 * by_hand.backward(batches[1][1], half_mean_squared_error)
    np.testing.assert_array_equal(network.theta, by_hand.theta)
    assert E == pytest.approx((2 * first + second) / 3)


def test_an_epoch_that_diverges_takes_no_step_with_an_infinite_error():
    network = Network([1, 1], [identity], initial=0)
    network.b[1] = [[1e200]]
    before = network.theta.copy()
    with np.errstate(over="ignore"), pytest.raises(NotFinite):
        train_epoch(network, [(np.ones((1, 1)), np.ones((1, 1)))], half_mean_squared_error, GradientDescent(0.1))
    np.testing.assert_array_equal(network.theta, before)


@settings(max_examples=30)
@given(m=st.integers(1, 40), batch_size=st.integers(1, 45), seed=st.integers(0, 99))
def test_training_goes_once_through_the_samples_each_epoch(m, batch_size, seed):
    for epoch in batches_seen(m, min(batch_size, m), epochs=3, seed=seed):
        assert sorted(flat(epoch)) == list(range(m))
        assert [len(batch) for batch in epoch[:-1]] == [min(batch_size, m)] * (len(epoch) - 1)
        assert len(epoch[-1]) == (m - 1) % min(batch_size, m) + 1


def test_training_permutes_anew_each_epoch():
    epochs = batches_seen(60, 8, epochs=4)
    orders = {tuple(flat(epoch)) for epoch in epochs}
    assert len(orders) == 4
    assert tuple(range(60)) not in orders


def test_a_batch_larger_than_the_data_is_all_of_it():
    X, Y = numbered(5)
    histories = []
    for size in (5, 6, 1_000_000_000):
        options = dict(batch_size=size, epochs=3, rng=generator())
        histories.append(train(line_network(), X, Y, half_mean_squared_error, GradientDescent(0.1), **options))
    assert histories[0].error == histories[1].error == histories[2].error


# --- steps ------------------------------------------------------------------------------------------------------------


def test_full_batches_are_plain_gradient_descent():
    W, b, X, Y = tiny()
    trained, by_hand = (Network.from_parameters(W, b, [sigmoid, identity]) for _ in range(2))
    errors = []
    for _ in range(20):
        errors.append(by_hand.error(X, Y, half_mean_squared_error))
        by_hand.theta -= 0.5 * by_hand.backward(Y, half_mean_squared_error)
    history = train(
        trained, X, Y, half_mean_squared_error, GradientDescent(0.5), batch_size=3, epochs=20, rng=generator()
    )
    np.testing.assert_allclose(history.error, errors, rtol=1e-12)
    np.testing.assert_allclose(trained.theta, by_hand.theta, rtol=1e-11)


@pytest.mark.parametrize("optimizer", [GradientDescent, Momentum, Adam])
def test_mini_batches_are_gradient_descent_on_one_batch_after_the_other(optimizer):
    rng = generator(5)
    X, Y = rng.standard_normal((3, 11)), rng.standard_normal((2, 11))
    trained = Network([3, 4, 2], [tanh, identity], rng=rng)
    by_hand, mine, order = trained.copy(), optimizer(0.05), generator(7)
    history = train(trained, X, Y, half_mean_squared_error, optimizer(0.05), batch_size=4, epochs=3, rng=generator(7))
    for epoch in range(3):
        errors = []
        for batch in mini_batches(11, 4, order):
            E = by_hand.error(X[:, batch], Y[:, batch], half_mean_squared_error)
            mine.step(by_hand.theta, by_hand.backward(Y[:, batch], half_mean_squared_error))
            errors += [E] * len(batch)
        assert history.error[epoch] == pytest.approx(np.mean(errors), rel=1e-11)
        assert history.gradient_norm[epoch] == pytest.approx(np.linalg.norm(by_hand.grad), rel=1e-9)
    np.testing.assert_allclose(trained.theta, by_hand.theta, rtol=1e-9)


def test_the_sine_of_notebook_8():
    X, Y = sine()
    rng, network = np.random.RandomState(0), Network([1, 20, 1], [sigmoid, identity], initial=0)
    for l in (1, 2):
        network.W[l][:] = 0.2 * rng.standard_normal(network.W[l].shape)
        network.b[l][:] = 0.2 * rng.standard_normal(network.b[l].shape)
    history = train(
        network, X, Y, half_mean_squared_error, GradientDescent(0.1), batch_size=100, epochs=1001, rng=generator()
    )
    assert f"{history.error[0]:.6f} {history.error[100]:.6f}" == "0.698033 0.238607"
    assert f"{history.error[1000]:.7f}" == "0.0259665"


def test_equal_nodes_stay_equal():
    X, Y = sine()
    network = Network([1, 4, 1], [sigmoid, identity], initial=0)
    network.W[1][:], network.W[2][:] = 0.3, 0.3
    train(network, X, Y, half_mean_squared_error, GradientDescent(0.1), batch_size=100, epochs=50, rng=generator())
    np.testing.assert_allclose(network.W[1], network.W[1][0, 0], rtol=1e-12)


def test_xor_is_learned():
    X, Y = xor()
    network = Network([2, 3, 1], [tanh, sigmoid], rng=generator(0))
    history = train(
        network, X, Y, sigmoid_cross_entropy, Adam(0.05), batch_size=4, epochs=400, rng=generator(), validation=(X, Y)
    )
    assert history.error[-1] < 0.05
    assert history.accuracy[-1] == 1


# --- the history ------------------------------------------------------------------------------------------------------


def small_training(seed=1, network_seed=2, **options):
    rng = generator(3)
    X, labels = rng.standard_normal((2, 50)), rng.integers(0, 3, 50)
    network = Network([2, 6, 3], [relu, identity], rng=generator(network_seed))
    chosen = dict(batch_size=8, epochs=4, rng=generator(seed)) | options
    return network, train(network, X, np.eye(3)[:, labels], softmax_cross_entropy, Adam(0.01), **chosen)


def test_one_entry_an_epoch():
    _, history = small_training(validation=(np.ones((2, 4)), np.eye(3)[:, [0, 1, 2, 0]]))
    for entries in (history.error, history.validation_error, history.accuracy, history.gradient_norm, history.seconds):
        assert len(entries) == 4
        assert all(isinstance(entry, float) and math.isfinite(entry) for entry in entries)
    assert history.stopped is None
    assert history.seconds == sorted(history.seconds)
    assert history.seconds[0] > 0


def test_without_validation_nothing_is_validated():
    _, history = small_training()
    assert history.validation_error == history.accuracy == []


def test_an_empty_history():
    lists = {name: [] for name in ("error", "validation_error", "accuracy", "gradient_norm", "seconds")}
    assert vars(History()) == dict(lists, stopped=None)
    assert History().error is not History().error


def test_the_same_seed_gives_the_same_training():
    (one, first), (same, again), (_, other) = small_training(), small_training(), small_training(seed=2)
    np.testing.assert_array_equal(one.theta, same.theta)
    assert first.error == again.error
    assert first.gradient_norm == again.gradient_norm
    assert other.error != first.error


def test_the_global_generator_is_not_touched():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    small_training()
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_validation_is_measured_after_each_epoch():
    rng, seen = generator(4), []
    X_v, Y_v = rng.standard_normal((2, 9)), np.eye(3)[:, rng.integers(0, 3, 9)]

    def measure(network, history):
        seen.append((network.copy().error(X_v, Y_v, softmax_cross_entropy), accuracy(network, X_v, Y_v)))

    _, history = small_training(validation=(X_v, Y_v), callbacks=[measure])
    assert list(zip(history.validation_error, history.accuracy, strict=True)) == seen


def test_validation_does_not_change_the_training():
    plain, _ = small_training()
    validated, _ = small_training(validation=(np.ones((2, 4)), np.eye(3)[:, [0, 1, 2, 0]]))
    np.testing.assert_array_equal(plain.theta, validated.theta)


# --- accuracy ---------------------------------------------------------------------------------------------------------


def test_accuracy_of_several_classes_compares_the_largest_rows():
    network = Network.from_parameters([None, np.eye(3)], [None, np.zeros((3, 1))], [softmax])
    X = np.array([[3.0, 0, 0, 1], [0, 2, 0, 2], [0, 1, 5, 0]])
    assert accuracy(network, X, np.eye(3)[:, [0, 1, 2, 1]]) == 1
    assert accuracy(network, X, np.eye(3)[:, [0, 1, 2, 2]]) == 0.75
    assert accuracy(network, X, np.eye(3)[:, [1, 2, 0, 0]]) == 0
    assert isinstance(accuracy(network, X, np.eye(3)[:, [0, 1, 2, 1]]), float)


@pytest.mark.parametrize("Y", [np.arange(4) % 3, np.eye(3), np.eye(3)[:, :1], np.eye(4)[:, [0, 1, 2, 1]]], ids=str)
def test_accuracy_needs_targets_of_the_shape_of_the_outputs(Y):
    network = Network.from_parameters([None, np.eye(3)], [None, np.zeros((3, 1))], [softmax])
    with pytest.raises(ValueError, match=re.escape(f"shape of the outputs, (3, 4), not {Y.shape}")):
        accuracy(network, np.ones((3, 4)), Y)
    single = line_network()
    for Y in (np.ones(4), np.ones((4, 1))):
        with pytest.raises(ValueError, match=re.escape(f"shape of the outputs, (1, 4), not {Y.shape}")):
            accuracy(single, np.ones((1, 4)), Y)


def test_accuracy_of_a_yes_or_no():
    network = Network.from_parameters([None, [[1.0]]], [None, [[0.0]]], [identity])
    X = np.array([[0.2, 0.4, 0.6, 0.8]])
    assert accuracy(network, X, np.array([[0.0, 0, 1, 1]])) == 1
    assert accuracy(network, X, np.array([[1.0, 0, 1, 1]])) == 0.75
    assert accuracy(network, X, np.array([[1.0, 1, 1, 1]]), threshold=0) == 1


@pytest.mark.parametrize(("last", "expected"), [(identity, 0.75), (sigmoid, 0.75)], ids=["logits", "probabilities"])
def test_training_knows_logits_from_probabilities(last, expected):
    # The logit 0.3 is a yes (a probability of 0.57), and so is it behind a sigmoid; the logit −0.3 is a no.
    network = Network.from_parameters([None, [[1.0]]], [None, [[0.0]]], [last])
    X, Y = np.array([[0.3, -0.3, 2.0, -2.0]]), np.array([[1.0, 0, 1, 1]])
    history = train(
        network, X, Y, sigmoid_cross_entropy, GradientDescent(1e-9), batch_size=4, epochs=1, rng=generator(),
        validation=(X, Y),
    )  # fmt: skip
    assert history.accuracy == [expected]


def test_a_number_to_be_predicted_has_no_accuracy():
    X, Y = numbered(5)
    history = train(
        line_network(), X, Y, half_mean_squared_error, GradientDescent(0.1), batch_size=5, epochs=2, rng=generator(),
        validation=(X, Y),
    )  # fmt: skip
    assert history.accuracy == []
    assert len(history.validation_error) == 2


def test_several_outputs_with_half_mean_squared_error_have_an_accuracy():
    network = Network.from_parameters([None, np.eye(2)], [None, np.zeros((2, 1))], [identity])
    X = np.array([[1.0, 0], [0, 1]])
    history = train(
        network, X, X, half_mean_squared_error, GradientDescent(0.1), batch_size=2, epochs=1, rng=generator(),
        validation=(X, X),
    )  # fmt: skip
    assert history.accuracy == [1]


# --- schedule, augment, callbacks -------------------------------------------------------------------------------------


def line_training(optimizer=None, m=10, batch_size=4, epochs=3, **options):
    X, Y = numbered(m)
    network = line_network()
    optimizer = optimizer or Rates(0.1)
    chosen = dict(batch_size=batch_size, epochs=epochs, rng=generator()) | options
    return network, optimizer, train(network, X, Y - 1000, half_mean_squared_error, optimizer, **chosen)


def test_a_schedule_gives_every_step_its_learning_rate():
    asked = []

    def schedule(done):
        asked.append(done)
        return 1 - done

    _, optimizer, _ = line_training(schedule=schedule)
    np.testing.assert_allclose(asked, np.arange(9) / 9)
    np.testing.assert_allclose(optimizer.seen, 0.1 * (1 - np.arange(9) / 9))
    assert optimizer.learning_rate == 0.1


def test_without_a_schedule_the_learning_rate_stays():
    _, optimizer, _ = line_training()
    assert optimizer.seen == [0.1] * 9


def test_a_callback_may_change_the_learning_rate_of_its_optimizer():
    optimizer = Rates(0.1)

    def halve(network, history):
        optimizer.learning_rate /= 2

    line_training(optimizer, callbacks=[halve])
    assert optimizer.seen == [0.1] * 3 + [0.05] * 3 + [0.025] * 3
    assert optimizer.learning_rate == 0.1


def test_augment_gets_the_batch_and_the_generator_and_its_answer_is_what_the_network_sees():
    rng, seen = generator(), []

    def augment(X_batch, given):
        assert given is rng
        seen.append(X_batch.shape)
        return 0 * X_batch + 2

    network, _, _ = line_training(GradientDescent(0.1), augment=augment, rng=rng, epochs=1, batch_size=10)
    assert seen == [(1, 10)]
    # With every x = 2 and outputs 0: dw = −2 · mean(y), db = −mean(y), where mean(y) = 0.45.
    np.testing.assert_allclose(network.theta, [0.1 * 2 * 0.45, 0.1 * 0.45])


def test_augment_may_write_into_its_batch():
    X, Y = numbered(10)
    kept = X.copy()

    def spoil(X_batch, rng):
        X_batch *= 0
        return X_batch

    for order in ("C", "F"):
        x = X.copy(order)
        network = line_network()
        train(network, x, Y, half_mean_squared_error, Adam(), batch_size=10, epochs=2, rng=generator(), augment=spoil)
        np.testing.assert_array_equal(x, kept)
        assert network.W[1] == 0


def test_augment_must_keep_the_shape():
    with pytest.raises(ValueError, match=r"X must have shape \(1, m\), one column per sample, not \(4, 1\)$"):
        line_training(augment=lambda X, rng: X.T.reshape(-1, 1))
    with pytest.raises(ValueError, match=r"X has 1 samples \(columns\) but Y has 4"):
        line_training(augment=lambda X, rng: X[:, :1])
    with pytest.raises(TypeError, match="X must hold floats, not int"):
        line_training(augment=lambda X, rng: X.astype(int))


def test_callbacks_are_called_after_each_epoch_with_network_and_history():
    calls = []

    def note(name):
        return lambda network, history: calls.append((name, network, len(history.error), len(history.seconds)))

    network, _, history = line_training(callbacks=(note("a"), note("b")))
    assert calls == [(name, network, epoch, epoch) for epoch in (1, 2, 3) for name in "ab"]
    assert history.stopped is None


def test_a_callback_that_returns_true_ends_the_training():
    calls = []

    def stop(network, history):
        return len(history.error) == 2

    def also(network, history):
        calls.append(len(history.error))

    _, optimizer, history = line_training(epochs=50, callbacks=[stop, also])
    assert calls == [1, 2]
    assert len(history.error) == 2
    assert len(optimizer.seen) == 6
    assert history.stopped == "a callback ended the training after epoch 2"


def test_any_of_several_callbacks_may_end_the_training():
    _, _, history = line_training(callbacks=[lambda *_: False, lambda *_: None, lambda *_: True])
    assert history.stopped == "a callback ended the training after epoch 1"


def test_an_error_in_a_callback_comes_through_and_the_learning_rate_is_restored():
    def fail(network, history):
        raise RuntimeError("of the callback")

    optimizer = Rates(0.1)
    with pytest.raises(RuntimeError, match="of the callback"):
        line_training(optimizer, schedule=lambda done: 0.5, callbacks=[fail])
    assert optimizer.learning_rate == 0.1


# --- interruption -----------------------------------------------------------------------------------------------------


def interrupt_from_python(*_):
    raise KeyboardInterrupt


def interrupt_by_signal(*_):
    # A shell starts background jobs with SIGINT ignored, and Python then leaves it so.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def nothing_comes_through():
    """Make a failure of a KeyboardInterrupt, which would end all of pytest."""
    try:
        yield
    except KeyboardInterrupt:
        pytest.fail("the interruption came through")


interruptions = pytest.mark.parametrize("interrupt", [interrupt_from_python, interrupt_by_signal])


@interruptions
def test_an_interruption_keeps_what_it_has(interrupt, capsys):
    def after_two(network, history):
        if len(history.error) == 2:
            interrupt()

    with nothing_comes_through():
        network, optimizer, history = line_training(epochs=1000, schedule=lambda done: 0.5, callbacks=[after_two])
    complete, _, _ = line_training(Rates(0.05), epochs=2)
    assert len(history.error) == len(history.gradient_norm) == len(history.seconds) == 2
    assert history.stopped == "interrupted in epoch 3"
    assert capsys.readouterr().out == "Training was interrupted in epoch 3.\n"
    assert optimizer.learning_rate == 0.1
    np.testing.assert_array_equal(network.theta, complete.theta)


@interruptions
def test_an_interruption_within_an_epoch_keeps_the_steps_made(interrupt):
    seen = []

    def augment(X, rng):
        seen.append(X)
        if len(seen) == 5:
            interrupt()
        return X

    with nothing_comes_through():
        network, optimizer, history = line_training(epochs=1000, augment=augment)
    assert len(optimizer.seen) == 4
    assert len(history.error) == len(history.gradient_norm) == len(history.seconds) == 1
    assert history.stopped == "interrupted in epoch 2"
    assert network.theta.all()


def test_an_interruption_of_the_validation_leaves_no_half_epoch():
    class Interrupting(HalfMeanSquaredError):
        """The loss, interrupted when it sees the 3 validation samples for the second time."""

        seen = 0

        def __call__(self, A, Y):
            self.seen += Y.shape[1] == 3
            if self.seen == 2:
                raise KeyboardInterrupt
            return super().__call__(A, Y)

    X, Y = numbered(10)
    history = train(
        line_network(), X, Y, Interrupting(), GradientDescent(0.1), batch_size=10, epochs=9, rng=generator(),
        validation=(X[:, :3], Y[:, :3]),
    )  # fmt: skip
    assert len(history.error) == len(history.gradient_norm) == len(history.seconds) == 1
    assert len(history.validation_error) == 1
    assert history.stopped == "interrupted in epoch 2"


def test_after_an_interruption_training_goes_on():
    X, Y = numbered(10)
    network, optimizer, options = line_network(), GradientDescent(0.1), dict(batch_size=5, rng=generator())

    def go_on(epochs, *callbacks):
        return train(network, X, Y, half_mean_squared_error, optimizer, epochs=epochs, callbacks=callbacks, **options)

    with nothing_comes_through():
        first = go_on(9, interrupt_from_python)
    second = go_on(5)
    assert first.stopped
    assert second.stopped is None
    assert second.error[-1] < first.error[0]


# --- divergence -------------------------------------------------------------------------------------------------------


def diverge(rate=10.0, network=None, **options):
    x, y = np.array([[1.0, 2, 3]]), np.array([[1.0, 2, 2]])
    optimizer = GradientDescent(rate)
    network = network or line_network()
    chosen = dict(batch_size=3, epochs=1000, rng=generator()) | options
    with pytest.raises(TrainingDiverged) as caught:
        train(network, x, y, half_mean_squared_error, optimizer, **chosen)
    assert optimizer.learning_rate == rate
    return caught.value


def test_a_divergence_says_where_with_which_learning_rate_and_what_to_try():
    error = diverge()
    epoch = len(error.history.error) + 1
    assert 50 < epoch < 300  # E grows by about 55² a step
    assert str(error) == (
        f"the error became infinite (or NaN, not a number) in epoch {epoch}, step 1, with the learning rate 10. Try a "
        "learning rate ten times smaller, and check that the inputs and the initial weights are of a size around 1"
    )


def test_a_divergence_carries_the_epochs_before():
    history = diverge().history
    assert all(math.isfinite(E) for E in history.error)
    assert history.error[-1] > 1e100
    assert len(history.error) == len(history.gradient_norm) == len(history.seconds)


def test_a_divergence_is_an_arithmetic_error():
    assert isinstance(diverge(), ArithmeticError)


def test_the_step_of_a_divergence_counts_within_the_epoch():
    error = diverge(batch_size=1, epochs=10_000)
    assert f"in epoch {len(error.history.error) + 1}, step " in str(error)
    steps = []
    for batch_size, expected in ((1, {1, 2, 3}), (2, {1, 2})):
        steps.append(int(str(diverge(batch_size=batch_size)).split("step ")[1].split(",")[0]))
        assert steps[-1] in expected


def test_a_schedule_shows_in_the_learning_rate_of_a_divergence():
    assert "with the learning rate 20. Try" in str(diverge(schedule=lambda done: 2.0))


def test_nan_is_a_divergence_too():
    network = line_network()
    network.theta[0] = np.nan
    error = diverge(network=network)
    assert "in epoch 1, step 1, with the learning rate 10." in str(error)
    assert error.history == History()


def test_a_last_step_into_infinity_is_noticed():
    # The error is taken before the step: here it is finite, and the step leaves the range of float32.
    network = line_network(np.float32)
    error = diverge(rate=1e38, network=network, epochs=1, schedule=lambda done: 100.0)
    assert "in epoch 1, step 1, " in str(error)
    assert error.history.error == []


def test_augment_that_makes_nan_is_noticed():
    with pytest.raises(TrainingDiverged, match="in epoch 1, step 1"):
        line_training(augment=lambda X, rng: X * np.nan)


# --- what does not fit ------------------------------------------------------------------------------------------------

GOOD_X, GOOD_Y = np.ones((3, 6)), np.eye(2)[:, [0, 1, 0, 1, 0, 1]]


def with_one(array, value):
    array = array.copy()
    array[1, 2] = value
    return array


BAD_DATA = {
    "X rows": ((GOOD_X.T, GOOD_Y), ValueError, "X must have shape (3, m), one column per sample, not (6, 3)"),
    "X 1-D": (
        (np.ones(3), GOOD_Y), ValueError,
        "X must have shape (3, m), one column per sample, not (3,); one sample is a column: X.reshape(-1, 1)",
    ),
    "X integer": (
        (GOOD_X.astype(np.uint8), GOOD_Y), TypeError,
        "X must hold floats, not uint8: convert it, X.astype(float)",
    ),
    "X NaN": ((with_one(GOOD_X, np.nan), GOOD_Y), ValueError, "X holds NaN or infinity"),
    "X infinite": ((with_one(GOOD_X, np.inf), GOOD_Y), ValueError, "X holds NaN or infinity"),
    "X minus infinite": ((with_one(GOOD_X, -np.inf), GOOD_Y), ValueError, "X holds NaN or infinity"),
    "Y rows": ((GOOD_X, GOOD_Y.T), ValueError, "Y must have shape (2, m), one column per sample, not (6, 2)"),
    "Y labels": ((GOOD_X, np.ones(6)), ValueError, "Y must have shape (2, m), one column per sample, not (6,)"),
    "Y integer": (
        (GOOD_X, GOOD_Y.astype(np.int16)), TypeError,
        "Y must hold floats, not int16: convert it, Y.astype(float)",
    ),
    "Y NaN": ((GOOD_X, with_one(GOOD_Y, np.nan)), ValueError, "Y holds NaN or infinity"),
    "Y infinite": ((GOOD_X, with_one(GOOD_Y, np.inf)), ValueError, "Y holds NaN or infinity"),
    "Y short": (
        (GOOD_X, GOOD_Y[:, :5]), ValueError,
        "X and Y need the same number of samples (columns), at least one, not 6 and 5",
    ),
    "Y one sample": (
        (GOOD_X, GOOD_Y[:, :1]), ValueError,
        "X and Y need the same number of samples (columns), at least one, not 6 and 1",
    ),
    "empty": (
        (GOOD_X[:, :0], GOOD_Y[:, :0]), ValueError,
        "X and Y need the same number of samples (columns), at least one, not 0 and 0",
    ),
    "Y counts": (
        (GOOD_X, 3 * GOOD_Y), ValueError,
        "softmax_cross_entropy needs targets of two or more probabilities per column, with sum 1: one_hot(labels) say; "
        "these have 2 rows, and sums from 3 to 3",
    ),
    "Y negative": (
        (GOOD_X, 2 * GOOD_Y - 0.5), ValueError,
        "softmax_cross_entropy needs targets of two or more probabilities per column, with sum 1: one_hot(labels) say; "
        "these have 2 rows, and sums from 1 to 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_DATA)
def test_data_that_do_not_fit(name):
    (X, Y), kind, said = BAD_DATA[name]
    network, optimizer = Network([3, 2], [identity], rng=generator()), Adam()
    before = network.theta.copy()
    options = dict(batch_size=2, epochs=1, rng=generator())
    with pytest.raises(kind) as caught:
        train(network, X, Y, softmax_cross_entropy, optimizer, **options)
    assert str(caught.value) == said
    with pytest.raises(kind) as caught:
        train(network, GOOD_X, GOOD_Y, softmax_cross_entropy, optimizer, validation=(X, Y), **options)
    if "one_hot" not in said:
        said = re.sub(r"\b[XY] (?=must)|\b[XY] (?=holds)|\b[XY] (?=and)|\b[XY] (?=need)", r"validation \g<0>", said)
    assert str(caught.value) == said
    np.testing.assert_array_equal(network.theta, before)
    assert optimizer.memory is None


def test_labels_out_of_range():
    X, network = np.ones((3, 4)), Network([3, 1], [sigmoid], rng=generator())
    options = dict(batch_size=2, epochs=1, rng=generator())
    with pytest.raises(ValueError, match=r"^sigmoid_cross_entropy needs targets from 0 to 1, not from 0 to 9$"):
        train(network, X, np.array([[0.0, 1, 9, 5]]), sigmoid_cross_entropy, Adam(), **options)
    with pytest.raises(ValueError, match=r"these have 1 rows, and sums from 0 to 9$"):
        train(network, X, np.array([[0.0, 1, 9, 5]]), softmax_cross_entropy, Adam(), **options)


def test_a_cross_entropy_needs_its_activation():
    network = Network([3, 2], [sigmoid], rng=generator())
    with pytest.raises(ValueError, match=r"softmax_cross_entropy contains the softmax already.*, not sigmoid$"):
        train(network, GOOD_X, GOOD_Y, softmax_cross_entropy, Adam(), batch_size=2, epochs=1, rng=generator())


@pytest.mark.parametrize("name", ["batch_size", "epochs"])
@pytest.mark.parametrize("value", [0, -1, 1.0, 32.5, "10", None, math.nan], ids=repr)
def test_numbers_of_samples_and_epochs_that_are_none(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number from 1 on, not {value!r}$"):
        line_training(**{name: value})


def test_whole_numbers_of_numpy_are_whole_numbers():
    _, optimizer, _ = line_training(batch_size=np.int64(4), epochs=np.uint8(3))
    assert len(optimizer.seen) == 9


@pytest.mark.parametrize("wrong", [None, 1, np.random], ids=["none", "seed", "module"])
def test_generators_that_are_none(wrong):
    with pytest.raises(ValueError, match=r"^rng must be a np.random.Generator, np.random.default_rng\(1\) say, not "):
        line_training(rng=wrong)


# --- manners ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("given", [np.float32, np.float64], ids=["from float32", "from float64"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_inputs_are_only_read_and_the_type_is_the_networks(dtype, given, order):
    rng, types = generator(), set()
    X, Y = (rng.standard_normal((2, 10)).astype(given).copy(order) for _ in range(2))
    kept = X.copy(), Y.copy()
    for array in (X, Y):
        array.setflags(write=False)

    def augment(X_batch, rng):
        types.add(X_batch.dtype)
        return X_batch

    network = Network([2, 3, 2], [tanh, identity], rng=rng, dtype=dtype)
    train(
        network, X, Y, half_mean_squared_error, Momentum(0.1), batch_size=3, epochs=2, rng=rng,
        validation=(X, Y), augment=augment,
    )  # fmt: skip
    for array, before in zip((X, Y), kept, strict=True):
        np.testing.assert_array_equal(array, before)
    assert types == {np.dtype(dtype)}
    assert network.theta.dtype == network.grad.dtype == dtype


def test_the_layout_in_memory_does_not_matter():
    def error(change):
        rng = generator()
        X, Y = rng.standard_normal((2, 20)), rng.standard_normal((2, 20))
        network = Network([2, 3, 2], [tanh, identity], rng=rng)
        return train(
            network, change(X), change(Y), half_mean_squared_error, Momentum(0.1), batch_size=3, epochs=3, rng=rng
        ).error

    expected = error(np.ascontiguousarray)
    assert error(np.asfortranarray) == expected
    assert error(lambda X: np.repeat(X, 2, axis=1)[:, ::2]) == expected
    assert error(lambda X: X.tolist()) == expected


PROGRAM = """
import numpy as np
from shared.activations import identity
from shared.losses import half_mean_squared_error
from shared.network import Network
from shared.optimizers import GradientDescent
from shared.training import train

network = Network([1, 1], [identity], initial=0)
X = np.ones((1, 40))
train(network, X, X, half_mean_squared_error, GradientDescent(0.1), batch_size=4, epochs=30,
      rng=np.random.default_rng(1){options})
print("done")
"""


@pytest.mark.parametrize(
    ("options", "disable", "bar"),
    [("", None, True), (", progress=True", None, True), (", progress=False", None, False), ("", "1", False)],
    ids=["default", "on", "off", "off by the environment"],
)
def test_the_progress_bar(options, disable, bar):
    environment = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    if disable:
        environment["TQDM_DISABLE"] = disable
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM.format(options=options)],
        cwd=Path(__file__).resolve().parents[2], env=environment, capture_output=True, check=True,
    )  # fmt: skip
    shown = run.stderr.decode()
    assert run.stdout.split() == [b"done"]
    if bar:
        assert "/300" in shown
        assert shown.split("\r")[-2:] == [" " * len(shown.split("\r")[-2]), ""]  # it wipes itself out at the end
        assert "\n" not in shown
    else:
        assert shown == ""
