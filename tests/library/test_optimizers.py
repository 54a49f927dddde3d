"""Optimizers: the published update rules, the numbers of notebook 4, and what they refuse."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.datasets import line_data
from shared.optimizers import Adam, GradientDescent, Momentum

MAKERS = {
    "descent": lambda: GradientDescent(0.1),
    "momentum": lambda: Momentum(0.1),
    "nesterov": lambda: Momentum(0.1, nesterov=True),
    "adam": lambda: Adam(0.1),
}
each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
x, y = line_data()


def error(theta):
    """Return the error of the line y = wx + b in the line data, as in notebook 3."""
    return float(((theta[0] * x + theta[1] - y) ** 2).mean() / 2)


def gradient(theta):
    residual = theta[0] * x + theta[1] - y
    return np.array([(residual * x).mean(), residual.mean()])


def path(optimizer, steps, start=(0.0, 0.0)):
    """Return the points that the optimizer visits on the line data's error."""
    theta = np.array(start)
    points = [theta.copy()]
    for _ in range(steps):
        optimizer.step(theta, gradient(theta))
        points.append(theta.copy())
    return np.array(points)


def curved(theta):
    """Return the gradient of a function with a different curvature along each axis, and waves on it."""
    return np.linspace(0.1, 3, len(theta)) * theta + np.sin(3 * theta)


# --- published rules, 50 steps ----------------------------------------------------------------------------------------


def heavy_ball(gradients_at, theta, rate, mu):
    """Polyak 1964: θ_{k+1} = θ_k − γ∇E(θ_k) + μ(θ_k − θ_{k−1})."""
    before = theta
    while True:
        theta, before = theta - rate * gradients_at(theta) + mu * (theta - before), theta
        yield theta


def accelerated(gradients_at, theta, rate, mu):
    """Sutskever et al. 2013, eq. 3 and 4; yields the points θ + μv, at which the gradients are taken."""
    velocity = np.zeros_like(theta)
    while True:
        velocity = mu * velocity - rate * gradients_at(theta + mu * velocity)
        theta = theta + velocity
        yield theta + mu * velocity


def algorithm_1(gradients_at, theta, alpha, beta1, beta2, epsilon):
    """Kingma & Ba 2014, number by number."""
    theta = theta.tolist()
    m, v, t = [0.0] * len(theta), [0.0] * len(theta), 0
    while True:
        t += 1
        for i, g in enumerate(gradients_at(np.array(theta)).tolist()):
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g**2
            m_hat, v_hat = m[i] / (1 - beta1**t), v[i] / (1 - beta2**t)
            theta[i] -= alpha * m_hat / (math.sqrt(v_hat) + epsilon)
        yield np.array(theta)


RULES = {
    "momentum": (lambda: Momentum(0.05, 0.8), lambda start: heavy_ball(curved, start, 0.05, 0.8)),
    "no momentum": (lambda: Momentum(0.05, 0), lambda start: heavy_ball(curved, start, 0.05, 0)),
    "nesterov": (lambda: Momentum(0.05, 0.8, nesterov=True), lambda start: accelerated(curved, start, 0.05, 0.8)),
    "adam": (lambda: Adam(0.03), lambda start: algorithm_1(curved, start, 0.03, 0.9, 0.999, 1e-8)),
    "adam, other betas": (
        lambda: Adam(0.03, beta1=0.5, beta2=0.9, epsilon=1e-3),
        lambda start: algorithm_1(curved, start, 0.03, 0.5, 0.9, 1e-3),
    ),
    "adam without memory": (
        lambda: Adam(0.03, beta1=0, beta2=0, epsilon=0.1),
        lambda start: algorithm_1(curved, start, 0.03, 0, 0, 0.1),
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_50_steps_of_the_published_rule(name):
    make, rule = RULES[name]
    optimizer, theta = make(), np.random.default_rng(1).standard_normal(9)
    published = rule(theta.copy())
    for _ in range(50):
        optimizer.step(theta, curved(theta))
        np.testing.assert_allclose(theta, next(published), rtol=1e-10, atol=1e-13)


def test_50_steps_of_gradient_descent():
    theta = np.random.default_rng(1).standard_normal(9)
    optimizer, by_hand = GradientDescent(0.07), theta.tolist()
    for _ in range(50):
        by_hand = [value - 0.07 * g for value, g in zip(by_hand, curved(np.array(by_hand)).tolist(), strict=True)]
        optimizer.step(theta, curved(theta))
    np.testing.assert_allclose(theta, by_hand, rtol=1e-14)


@pytest.mark.parametrize(
    ("optimizer", "theirs", "options"),
    [
        (lambda: GradientDescent(0.05), "SGD", dict(lr=0.05)),
        (lambda: Momentum(0.05, 0.8), "SGD", dict(lr=0.05, momentum=0.8)),
        (lambda: Momentum(0.05, nesterov=True), "SGD", dict(lr=0.05, momentum=0.9, nesterov=True)),
        (lambda: Adam(), "Adam", dict()),
        (lambda: Adam(0.03, 0.8, 0.95, 1e-6), "Adam", dict(lr=0.03, betas=(0.8, 0.95), eps=1e-6)),
    ],
    ids=["descent", "momentum", "nesterov", "adam", "adam, other betas"],
)
def test_50_steps_of_torch(optimizer, theirs, options):
    torch = pytest.importorskip("torch", exc_type=ImportError)
    theta, ours = np.random.default_rng(2).standard_normal(500), optimizer()
    parameter = torch.tensor(theta.copy(), requires_grad=True)
    other = getattr(torch.optim, theirs)([parameter], **options)
    for _ in range(50):
        ours.step(theta, curved(theta))
        parameter.grad = torch.tensor(curved(parameter.detach().numpy()))
        other.step()
        np.testing.assert_allclose(theta, parameter.detach().numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("p", [1, 16_383, 16_384, 16_385, 40_000])
def test_adam_treats_every_parameter_alike_whatever_their_number(p):
    theta, few, many = np.full(p, 0.5), Adam(0.01), Adam(0.01)
    alone = theta[:1].copy()
    for k in range(5):
        many.step(theta, np.full(p, k - 1.3))
        few.step(alone, np.full(1, k - 1.3))
    assert (theta == theta[0]).all()
    np.testing.assert_allclose(theta[0], alone[0], rtol=1e-15)


# --- notebook 4 -------------------------------------------------------------------------------------------------------


def test_first_steps_of_the_descent():
    np.testing.assert_allclose(gradient((0, 0)), [-11 / 3, -5 / 3])
    points = path(GradientDescent(0.1), 3)
    printed = [(0, 0), (0.3666667, 0.1666667), (0.5288889, 0.2433333), (0.6000741, 0.2798889)]
    np.testing.assert_allclose(points, printed, rtol=0, atol=0.51e-7)
    np.testing.assert_allclose([error(p) for p in points], [1.5, 0.3275926, 0.0948714, 0.0485314], rtol=0, atol=0.51e-7)


def test_the_critical_learning_rate():
    below, at, above = (error(path(GradientDescent(rate), 100)[-1]) for rate in (0.35, 0.36, 0.37))
    assert f"{below:.7f} {at:.3f} {above:.1f}" == "0.0277877 0.787 38384.7"


@pytest.mark.parametrize(("rate", "steps"), [(0.1, 1062), (0.2, 528), (0.35, 299)])
def test_steps_to_come_within_a_millionth(rate, steps):
    points = path(GradientDescent(rate), steps + 5)
    close = np.abs(points - [1 / 2, 2 / 3]).max(axis=1) < 1e-6
    assert close.argmax() == steps


def test_subtracting_the_gradient_itself_diverges():
    errors = [error(p) for p in path(GradientDescent(1), 3)]
    assert f"{errors[0]:.1f} {errors[1]:.3f} {errors[2]:.1f} {errors[3]:.1f}" == "1.5 30.259 624.8 12913.6"


def test_the_two_valleys():
    for start, bottom in ((2.0, 1.1309011), (-2.0, -1.3008396)):
        x = np.array([start])
        for _ in range(1000):
            GradientDescent(0.02).step(x, 4 * x**3 - 6 * x + 1)
        assert x[0] == pytest.approx(bottom, abs=0.51e-7)


def test_a_function_without_a_minimum():
    x, seen, descent = np.array([0.0]), {}, GradientDescent(1)
    for k in range(1, 1001):
        descent.step(x, -np.exp(-x))
        seen[k] = x[0]
    assert [f"{seen[k]:.4g}" for k in (1, 10, 100, 1000)] == ["1", "2.529", "4.641", "6.912"]


def test_first_steps_of_momentum():
    points = path(Momentum(0.1), 2)
    np.testing.assert_allclose(points[1:], [(0.3666667, 0.1666667), (0.8588889, 0.3933333)], rtol=0, atol=0.51e-7)


def test_first_steps_of_adam():
    points = path(Adam(0.1), 2)
    np.testing.assert_allclose(points[1], (0.1, 0.1), rtol=0, atol=1e-9)
    np.testing.assert_allclose(points[2], (0.1989849, 0.1990013), rtol=0, atol=0.51e-7)


@given(size=st.sampled_from([1e-3, 1.0, 1e6]), seed=st.integers(0, 99))
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient(size, seed):
    g = size * np.random.default_rng(seed).uniform(0.1, 1, 5) * [1, -1, 1, -1, 1]
    theta = np.zeros(5)
    Adam(0.1).step(theta, g)
    np.testing.assert_allclose(theta, [-0.1, 0.1, -0.1, 0.1, -0.1], rtol=2e-4)


@each
def test_every_optimizer_finds_the_line(make):
    optimizer = make()
    end = path(optimizer, 2500)[-1]
    np.testing.assert_allclose(end, [1 / 2, 2 / 3], atol=1e-5)


# --- manners ----------------------------------------------------------------------------------------------------------


@each
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_a_step_is_made_in_place_and_keeps_the_type(make, dtype):
    optimizer = make()
    theta, grad = np.ones(5, dtype), np.arange(-2, 3, dtype=dtype)
    view, grad.flags.writeable = theta[1:3], False
    for _ in range(3):
        assert optimizer.step(theta, grad) is None
    assert theta.dtype == dtype
    assert (view == theta[1:3]).all()
    assert not (theta == 1).all()
    if optimizer.memory is not None:
        assert optimizer.memory.dtype == dtype


@each
def test_float32_stays_close_to_float64(make):
    one, other = make(), make()
    theta = np.random.default_rng(1).standard_normal(9)
    single = theta.astype(np.float32)
    for _ in range(20):
        one.step(theta, curved(theta))
        other.step(single, curved(single).astype(np.float32))
    np.testing.assert_allclose(single, theta, atol=1e-4)


@each
def test_a_gradient_of_zero_is_a_rest(make):
    optimizer, theta = make(), np.array([1.0, -2])
    optimizer.step(theta, np.zeros(2))
    np.testing.assert_array_equal(theta, [1, -2])


@each
def test_the_learning_rate_may_change_between_steps(make):
    optimizer = make()
    theta, before = np.zeros(2), np.zeros(2)
    optimizer.learning_rate = 1e-3
    optimizer.step(theta, np.array([1.0, -1]))
    small = theta - before
    again = make()
    again.learning_rate, other = 1e-2, np.zeros(2)
    again.step(other, np.array([1.0, -1]))
    np.testing.assert_allclose(other, 10 * small)


def test_memory_of_momentum_does_not_contain_the_learning_rate():
    # With γ inside v, a smaller γ would go on with the old, long steps.
    optimizer, theta = Momentum(0.1), np.zeros(1)
    optimizer.step(theta, np.ones(1))
    optimizer.learning_rate, before = 1e-9, theta.copy()
    optimizer.step(theta, np.ones(1))
    assert abs(theta[0] - before[0]) < 1e-8


@each
def test_two_optimizers_share_nothing(make):
    one, other = make(), make()
    first, second = np.zeros(2), np.zeros(2)
    for _ in range(10):
        one.step(first, np.ones(2))
    other.step(second, np.ones(2))
    fresh, third = make(), np.zeros(2)
    fresh.step(third, np.ones(2))
    np.testing.assert_array_equal(second, third)


@pytest.mark.parametrize("make", [MAKERS[name] for name in MAKERS if name != "descent"])
def test_an_optimizer_belongs_to_one_network(make):
    optimizer = make()
    optimizer.step(np.zeros(9), np.ones(9))
    theta = np.zeros(5)
    said = "^this optimizer remembers 9 parameters, but theta has 5: make a new one for each network$"
    with pytest.raises(ValueError, match=said):
        optimizer.step(theta, np.ones(5))
    assert not theta.any()


def test_gradient_descent_remembers_nothing():
    optimizer = GradientDescent(0.1)
    for p in (9, 5):
        optimizer.step(np.zeros(p), np.ones(p))


@each
@pytest.mark.parametrize("wrong", [(3,), (2,)], ids=str)
def test_a_gradient_of_another_size(make, wrong):
    with pytest.raises(ValueError, match=r"broadcast|shape"):
        make().step(np.zeros(5), np.ones(wrong))


@pytest.mark.parametrize("kind", [GradientDescent, Momentum, Adam], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("rate", [0, -0.1, math.nan, math.inf], ids=str)
def test_learning_rates_that_are_none(kind, rate):
    with pytest.raises(ValueError, match=f"^learning_rate must be a number above 0, not {rate}$"):
        kind(rate)


@pytest.mark.parametrize("value", [-0.1, 1, 1.5, math.nan], ids=str)
def test_fractions_that_are_none(value):
    for name, make in (
        ("momentum", lambda: Momentum(0.1, value)),
        ("beta1", lambda: Adam(beta1=value)),
        ("beta2", lambda: Adam(beta2=value)),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be from 0 on and below 1, not {value}$"):
            make()


@pytest.mark.parametrize("value", [0, -1e-8, math.nan, math.inf], ids=str)
def test_epsilons_that_are_none(value):
    with pytest.raises(ValueError, match=f"^epsilon must be a number above 0, not {value}$"):
        Adam(epsilon=value)


def test_defaults():
    adam, momentum = Adam(), Momentum(0.1)
    assert (adam.learning_rate, adam.beta1, adam.beta2, adam.epsilon) == (1e-3, 0.9, 0.999, 1e-8)
    assert (momentum.learning_rate, momentum.momentum, momentum.nesterov) == (0.1, 0.9, False)
