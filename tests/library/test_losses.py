"""Losses: the published definitions, their gradients, and no logarithm of zero."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.activations import by_name, identity, sigmoid, softmax, tanh
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy, softmax_cross_entropy

ALL = [half_mean_squared_error, softmax_cross_entropy, sigmoid_cross_entropy]
each = pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.name)
cases = dict(n=st.integers(2, 5), m=st.integers(1, 6), seed=st.integers(0, 999))


def case(loss, n, m, seed, spread=2.0):
    """Return random outputs and targets of the kind the loss is for, both (n, m)."""
    rng = np.random.default_rng(seed)
    output = spread * rng.standard_normal((n, m))
    if loss is half_mean_squared_error:
        return output, rng.standard_normal((n, m))
    if loss is sigmoid_cross_entropy:
        return output, rng.uniform(0, 1, (n, m))
    return output, rng.dirichlet(np.ones(n), m).T


def by_hand(loss, output, Y):
    """Return the error from its definition, number by number, with the functions of ``math``."""
    n, m = Y.shape
    total = 0.0
    for c in range(m):
        z, y = output[:, c].tolist(), Y[:, c].tolist()
        if loss is half_mean_squared_error:
            total += sum((z[i] - y[i]) ** 2 / 2 for i in range(n))
        elif loss is softmax_cross_entropy:
            exp = [math.exp(value) for value in z]
            total -= sum(y[i] * math.log(exp[i] / sum(exp)) for i in range(n))
        else:
            p = [1 / (1 + math.exp(-value)) for value in z]
            total -= sum(y[i] * math.log(p[i]) + (1 - y[i]) * math.log(1 - p[i]) for i in range(n))
    return total / m


# --- values -----------------------------------------------------------------------------------------------------------


@each
@given(**cases)
def test_value_is_the_definition(loss, n, m, seed):
    output, Y = case(loss, n, m, seed)
    assert isinstance(loss(output, Y), float)
    assert loss(output, Y) == pytest.approx(by_hand(loss, output, Y), rel=1e-12)


@each
@given(**cases)
def test_the_error_of_a_batch_is_the_mean_over_its_samples(loss, n, m, seed):
    output, Y = case(loss, n, m, seed)
    one_by_one = [loss(output[:, [c]], Y[:, [c]]) for c in range(m)]
    assert loss(output, Y) == pytest.approx(sum(one_by_one) / m, rel=1e-12)
    twice = loss(np.hstack([output, output]), np.hstack([Y, Y]))
    assert twice == pytest.approx(loss(output, Y), rel=1e-12)


def test_numbers_of_notebook_3():
    x, y = np.array([[1.0, 2, 3]]), np.array([[1.0, 2, 2]])
    for w, b, E in [(0, 0, 3 / 2), (1, 0, 1 / 6), (0, 5 / 3, 1 / 9), (1 / 2, 1 / 2, 1 / 24), (1 / 2, 2 / 3, 1 / 36)]:
        assert half_mean_squared_error(w * x + b, y) == pytest.approx(E, rel=1e-13)
    A, Y = np.array([[-0.1239058461, -0.3057010274, -0.6564113879]]), np.array([[1.0, 0, 1]])
    halves = [f"{half_mean_squared_error(A[:, [c]], Y[:, [c]]):.8f}" for c in range(3)]
    assert halves == ["0.63158218", "0.04672656", "1.37184934"]
    assert f"{half_mean_squared_error(A, Y):.8f}" == "0.68338603"
    for p, E in [(0.9, "0.1053605"), (0.1, "2.3025851")]:
        z = np.array([[math.log(p / (1 - p))]])
        assert f"{sigmoid_cross_entropy(z, np.array([[1.0]])):.7f}" == E
        assert f"{softmax_cross_entropy(np.vstack([z, [[0]]]), np.array([[1.0], [0]])):.7f}" == E


def test_numbers_of_notebook_7():
    z, y = np.array([[1.0], [2], [3]]), np.array([[0.0], [0], [1]])
    assert f"{softmax_cross_entropy(z, y):.10f}" == "0.4076059644"
    gradient = [f"{g:.10f}" for g in softmax_cross_entropy.gradient(z, y).ravel()]
    assert gradient == ["0.0900305732", "0.2447284711", "-0.3347590442"]
    z, y = np.array([[-5.0]]), np.array([[1.0]])
    assert f"{sigmoid_cross_entropy.gradient(z, y)[0, 0]:.7f}" == "-0.9933071"
    dZ = sigmoid.backward(half_mean_squared_error.gradient(sigmoid(z), y), z)
    assert f"{dZ[0, 0]:.7f}" == "-0.0066036"


@pytest.mark.parametrize("logit", [-1000.0, 0.0, 3.7, 1000.0])
def test_knowing_nothing_about_ten_classes_costs_the_logarithm_of_ten(logit):
    Y = np.eye(10)[:, [3, 0, 9]]
    E = softmax_cross_entropy(np.full((10, 3), logit), Y)
    assert f"{E:.6f}" == "2.302585"
    assert E == pytest.approx(math.log(10), rel=1e-14)


def test_knowing_nothing_about_yes_or_no_costs_the_logarithm_of_two_an_output():
    Y = np.array([[0.0, 1], [1, 1], [0, 0]])
    assert sigmoid_cross_entropy(np.zeros((3, 2)), Y) == pytest.approx(3 * math.log(2), rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_logits_of_1000_cost_what_they_should_without_a_warning(dtype):
    with np.errstate(all="raise", under="ignore"):
        Z = np.array([[1000, -1000], [-1000, 1000]], dtype)
        right, wrong = np.eye(2, dtype=dtype), np.eye(2, dtype=dtype)[::-1]
        assert softmax_cross_entropy(Z, right) == 0
        assert softmax_cross_entropy(Z, wrong) == 2000
        assert sigmoid_cross_entropy(Z, right) == 0
        assert sigmoid_cross_entropy(Z, wrong) == 2000  # 1000 from each of the two outputs
        assert softmax_cross_entropy.gradient(Z, right).tolist() == [[0, 0], [0, 0]]
        assert softmax_cross_entropy.gradient(Z, wrong).tolist() == [[0.5, -0.5], [-0.5, 0.5]]
        assert sigmoid_cross_entropy.gradient(Z, wrong).tolist() == [[0.5, -0.5], [-0.5, 0.5]]


def test_a_confident_right_answer_still_costs_a_little():
    # log1p keeps what 1 + 4e-18 would lose.
    assert sigmoid_cross_entropy(np.array([[40.0]]), np.array([[1.0]])) == pytest.approx(
        math.exp(-40), rel=1e-12, abs=0
    )


def test_one_of_two_classes_is_a_yes_or_no():
    rng = np.random.default_rng(3)
    z, y = 3 * rng.standard_normal((1, 8)), rng.integers(0, 2, (1, 8)).astype(float)
    two = softmax_cross_entropy(np.vstack([z, 0 * z]), np.vstack([y, 1 - y]))
    assert two == pytest.approx(sigmoid_cross_entropy(z, y), rel=1e-13)


# --- gradients --------------------------------------------------------------------------------------------------------


@each
@given(**cases)
def test_gradient_is_the_slope_of_the_value(loss, n, m, seed):
    output, Y = case(loss, n, m, seed)
    gradient, h = loss.gradient(output, Y), 1e-5
    assert gradient.shape == output.shape
    for i in range(n):
        for c in range(m):
            above, below = output.copy(), output.copy()
            above[i, c] += h
            below[i, c] -= h
            assert (loss(above, Y) - loss(below, Y)) / (2 * h) == pytest.approx(gradient[i, c], rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("loss", "g"), [(softmax_cross_entropy, softmax), (sigmoid_cross_entropy, sigmoid)])
@given(**cases)
def test_gradient_of_a_cross_entropy_is_a_minus_y_over_m(loss, g, n, m, seed):
    Z, Y = case(loss, n, m, seed)
    np.testing.assert_allclose(loss.gradient(Z, Y), (g(Z) - Y) / m, rtol=1e-14)
    # The long way round, through dA = −Y/A (and (1 − Y)/(1 − A)) and the derivative of the activation.
    A = g(Z)
    dA = -Y / A if loss is softmax_cross_entropy else -Y / A + (1 - Y) / (1 - A)
    np.testing.assert_allclose(loss.gradient(Z, Y), g.backward(dA / m, Z), rtol=1e-9, atol=1e-12)


@each
def test_gradient_keeps_the_type_and_changes_neither_argument(loss):
    for dtype in (np.float32, np.float64):
        output, Y = (array.astype(dtype) for array in case(loss, 3, 4, 1))
        for array in (output, Y):
            array.setflags(write=False)
        assert loss.gradient(output, Y).dtype == dtype
        assert loss(output, Y) == pytest.approx(by_hand(loss, output, Y), rel=1e-5)


# --- what does not fit ------------------------------------------------------------------------------------------------


def test_any_numbers_are_targets_of_half_mean_squared_error():
    half_mean_squared_error.check_targets(np.array([[-7.5, 1e6]]))


@pytest.mark.parametrize(
    "Y",
    [np.eye(3), np.full((10, 4), 0.1), np.array([[0.25], [0.75]]), np.full((3, 2), np.float32(1 / 3))],
    ids=["one-hot", "uniform", "two classes", "float32"],
)
def test_probabilities_are_targets_of_softmax_cross_entropy(Y):
    softmax_cross_entropy.check_targets(Y)


@pytest.mark.parametrize(
    ("Y", "said"),
    [
        (np.array([[5.0, 0, 4]]), "these have 1 rows, and sums from 0 to 5"),
        (np.array([[1.0, 1, 1]]), "these have 1 rows, and sums from 1 to 1"),
        (np.array([[1.0, 0], [0, 0]]), "these have 2 rows, and sums from 0 to 1"),
        (np.array([[2.0, 0], [-1, 1]]), "these have 2 rows, and sums from 1 to 1"),
        (np.array([[1.0, 1], [0, 0.01]]), "these have 2 rows, and sums from 1 to 1.01"),
        (np.array([[5.0, 0], [4, 1]]), "these have 2 rows, and sums from 1 to 9"),
    ],
    ids=["labels", "one row", "no class", "negative", "a little too much", "counts"],
)
def test_other_numbers_are_no_targets_of_softmax_cross_entropy(Y, said):
    with pytest.raises(ValueError, match=f"^softmax_cross_entropy needs targets of two or more .*one_hot.*{said}$"):
        softmax_cross_entropy.check_targets(Y)


def test_targets_of_sigmoid_cross_entropy_lie_between_0_and_1():
    sigmoid_cross_entropy.check_targets(np.array([[0.0, 1, 0.3]]))
    with pytest.raises(ValueError, match=r"^sigmoid_cross_entropy needs targets from 0 to 1, not from -1 to 1$"):
        sigmoid_cross_entropy.check_targets(np.array([[-1.0, 1]]))
    with pytest.raises(ValueError, match=r"^sigmoid_cross_entropy needs targets from 0 to 1, not from 0 to 2$"):
        sigmoid_cross_entropy.check_targets(np.array([[0.0, 2]]))


@pytest.mark.parametrize("g", by_name.values(), ids=repr)
@each
def test_a_cross_entropy_accepts_its_own_activation_or_none(loss, g):
    fits = {
        half_mean_squared_error: by_name.values(),
        softmax_cross_entropy: [identity, softmax],
        sigmoid_cross_entropy: [identity, sigmoid],
    }
    if g in fits[loss]:
        Z = np.zeros((2, 1))
        assert loss.input(Z, g(Z), g) is not None
        return
    own = "softmax" if loss is softmax_cross_entropy else "sigmoid"
    said = f"^{loss.name} contains the {own} already: the last activation must be {own} or identity, not {g.name}$"
    with pytest.raises(ValueError, match=said):
        loss.input(np.zeros((2, 1)), np.zeros((2, 1)), g)
    with pytest.raises(ValueError, match=said):
        loss.backward(np.zeros((2, 1)), np.zeros((2, 1)), g, np.full((2, 1), 0.5))


def test_which_losses_work_from_logits():
    assert [loss.from_logits for loss in ALL] == [False, True, True]
    assert [loss.name for loss in ALL] == [
        "half_mean_squared_error", "softmax_cross_entropy", "sigmoid_cross_entropy",
    ]  # fmt: skip


@pytest.mark.parametrize("g", [identity, sigmoid, tanh, softmax], ids=repr)
def test_the_backward_pass_begins_with_the_chain_rule(g):
    rng = np.random.default_rng(3)
    Z, Y = rng.standard_normal((2, 3, 4))
    E, dZ = half_mean_squared_error.backward(Z, g(Z), g, Y)
    assert E == half_mean_squared_error(g(Z), Y)
    np.testing.assert_array_equal(dZ, g.backward((g(Z) - Y) / 4, Z))


@pytest.mark.parametrize("loss", [softmax_cross_entropy, sigmoid_cross_entropy], ids=lambda loss: loss.name)
def test_from_logits_it_begins_with_p_minus_y(loss):
    Z, Y = case(loss, 3, 4, 1)
    for g in (identity, loss.activation):
        E, dZ = loss.backward(Z, g(Z), g, Y)
        assert E == loss(Z, Y)
        np.testing.assert_allclose(dZ, (loss.activation(Z) - Y) / 4, atol=1e-15)


def test_a_single_output_says_yes_at_one_half_which_is_the_logit_zero():
    for loss in ALL:
        assert loss.threshold(sigmoid) == 0.5
    assert sigmoid_cross_entropy.threshold(identity) == 0
    assert half_mean_squared_error.threshold(identity) == 0.5
