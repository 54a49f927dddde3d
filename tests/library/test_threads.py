"""Threads: given up where the machine does not run them, and back at the end."""

from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from shared import threads
from shared.activations import identity
from shared.losses import half_mean_squared_error
from shared.network import Network
from shared.optimizers import GradientDescent
from shared.threads import Threads
from shared.training import train


def now():
    return max(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")


@pytest.fixture(autouse=True)
def _four_threads():
    with threadpool_limits(4, user_api="blas"):
        yield


@pytest.fixture
def clock(monkeypatch):
    """A clock that tests set: `wall` seconds have gone by, in which the process was given `cpu` seconds."""
    clock = SimpleNamespace(wall=0.0, cpu=0.0)
    fake = SimpleNamespace(perf_counter=lambda: clock.wall, process_time=lambda: clock.cpu)
    monkeypatch.setattr(threads, "time", fake)
    return clock


@pytest.mark.parametrize(
    ("cpu", "left"),
    [(4.0, 4), (3.01, 4), (2.99, 2), (2.0, 2), (1.99, 1), (0.4, 1), (0.0, 1)],
)
def test_as_many_threads_go_on_as_were_given(clock, cpu, left):
    with Threads() as four:
        assert four.count == now() == 4
        clock.wall, clock.cpu = 1.0, cpu
        four.check()
        assert four.count == now() == left
    assert now() == 4


def test_a_short_time_says_nothing(clock):
    with Threads() as four:
        clock.wall = 0.19
        four.check()
        assert now() == 4
        clock.wall = 0.21
        four.check()
        assert now() == 1


def test_each_span_is_measured_by_itself(clock):
    with Threads() as four:
        clock.wall, clock.cpu = 10.0, 40.0
        four.check()
        clock.wall, clock.cpu = 11.0, 41.0
        four.check()
        assert now() == 1


def test_what_came_before_the_start_does_not_count(clock):
    with Threads() as four:
        clock.wall = 10.0  # a callback has drawn a figure
        four.start()
        clock.wall, clock.cpu = 10.5, 2.0
        four.check()
        assert now() == 4


def test_they_are_back_after_an_error(clock):
    def fail():
        with Threads() as four:
            clock.wall = 1.0
            four.check()
            assert now() == 1
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert now() == 4


def test_in_a_browser_there_is_one(clock, monkeypatch):
    threads._blas.cache_clear()
    monkeypatch.setattr(threads.sys, "platform", "emscripten")
    try:
        with Threads() as one:
            assert one.count == 1
            clock.wall = 1.0
            one.check()
            assert now() == 4
    finally:
        threads._blas.cache_clear()


def test_training_gives_up_threads_and_has_them_back(clock):
    def note(network, history):
        used.append(now())

    def augment(X, rng):
        clock.wall += 0.3
        return X

    used, X = [], np.ones((1, 10))
    network = Network([1, 1], [identity], rng=np.random.default_rng(0))
    train(
        network, X, X, half_mean_squared_error, GradientDescent(0.1), batch_size=5, epochs=2,
        rng=np.random.default_rng(0), augment=augment, callbacks=[note],
    )  # fmt: skip
    assert used == [1, 1]
    assert now() == 4


def test_an_idle_training_keeps_them(clock):
    def augment(X, rng):
        clock.wall += 0.3
        clock.cpu += 1.1
        used.append(now())
        return X

    used, X = [], np.ones((1, 10))
    network = Network([1, 1], [identity], rng=np.random.default_rng(0))
    train(
        network, X, X, half_mean_squared_error, GradientDescent(0.1), batch_size=5, epochs=2,
        rng=np.random.default_rng(0), augment=augment,
    )  # fmt: skip
    assert used == [4, 4, 4, 4]


def test_what_a_callback_takes_between_epochs_costs_no_thread(clock):
    def draw(network, history):
        clock.wall += 10

    def augment(X, rng):
        used.append(now())
        clock.wall += 0.3
        clock.cpu += 1.1
        return X

    used, X = [], np.ones((1, 10))
    network = Network([1, 1], [identity], rng=np.random.default_rng(0))
    train(
        network, X, X, half_mean_squared_error, GradientDescent(0.1), batch_size=5, epochs=3,
        rng=np.random.default_rng(0), augment=augment, callbacks=[draw],
    )  # fmt: skip
    assert used == [4] * 6
