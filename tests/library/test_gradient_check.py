"""The gradient check: right about right gradients in every combination, and about every bug of the zoo."""

import warnings
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import bug_zoo
from bug_zoo import FiveLines
from formulas import FORMULAS, WITH_A_KINK
from shared.activations import by_name, identity, leaky_relu, relu, sigmoid, softmax, tanh
from shared.datasets import tiny
from shared.gradient_check import gradient_check, numerical_gradient, relative_error
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy, softmax_cross_entropy
from shared.network import Network

SIZES = {1: [3, 2], 2: [3, 4, 2], 3: [2, 4, 3, 5], 4: [3, 2, 4, 2, 3]}
# Every loss with every output activation that it accepts; None stands for the hidden layers' activation.
ENDS = [
    (half_mean_squared_error, None),
    (softmax_cross_entropy, softmax),
    (softmax_cross_entropy, identity),
    (sigmoid_cross_entropy, sigmoid),
    (sigmoid_cross_entropy, identity),
]


def filled(sizes, activations, rng, kind=Network):
    """Return a network whose weights and biases are all random."""
    network = kind(sizes, activations, initial=0)
    network.theta[:] = rng.standard_normal(network.p)
    return network


def targets(loss, n, m, rng):
    if loss is half_mean_squared_error:
        return rng.standard_normal((n, m))
    if loss is sigmoid_cross_entropy:
        return rng.integers(0, 2, (n, m)).astype(float)
    return np.eye(n)[:, rng.integers(0, n, m)]


def away_from_kinks(network, X):
    """Is no z of a ReLU within 1e-3 of its kink?"""
    Z, _ = network.forward(X)
    return all(np.abs(Z[l]).min() > 1e-3 for l in range(1, network.L + 1) if network.g[l].name in WITH_A_KINK)


# --- the core's gradients ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", SIZES)
@pytest.mark.parametrize(("loss", "last"), ENDS, ids=lambda part: getattr(part, "name", "same"))
@pytest.mark.parametrize("g", by_name.values(), ids=repr)
def test_every_activation_loss_depth_and_batch_size(g, loss, last, depth):
    sizes, rng = SIZES[depth], np.random.default_rng(depth)
    activations = [g] * (depth - 1) + [last or g]
    for m in range(1, 18):
        for _ in range(1000):  # draw again until no z is near a kink and no ReLU has silenced the network
            network = filled(sizes, activations, rng)
            X, Y = rng.standard_normal((sizes[0], m)), targets(loss, sizes[-1], m, rng)
            if away_from_kinks(network, X) and np.linalg.norm(network.backward(Y, loss)) > 1e-2:
                break
        else:
            pytest.fail("no such network in a thousand draws")
        errors = gradient_check(network, X, Y, loss)
        assert errors["theta"] < 1e-7, (m, errors)
        assert list(errors) == ["theta", *(f"d{kind}{l}" for l in range(1, depth + 1) for kind in "Wb")]


@settings(max_examples=60)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    hidden=st.lists(st.sampled_from(list(by_name.values())), min_size=4, max_size=4),
    end=st.sampled_from(ENDS),
    m=st.integers(1, 17),
    seed=st.integers(0, 10_000),
)
def test_layers_with_different_activations(sizes, hidden, end, m, seed):
    rng, (loss, last) = np.random.default_rng(seed), end
    assume(loss is not softmax_cross_entropy or sizes[-1] > 1)
    network = filled(sizes, [*hidden[: len(sizes) - 2], last or hidden[-1]], rng)
    X, Y = rng.standard_normal((sizes[0], m)), targets(loss, sizes[-1], m, rng)
    assume(away_from_kinks(network, X))
    assume(np.linalg.norm(network.backward(Y, loss)) > 1e-2)
    nudged = network.copy()

    def error(theta):
        nudged.theta[:] = theta
        return nudged.error(X, Y, loss)

    assert relative_error(network.grad, numerical_gradient(error, network.theta)) < 1e-7
    assert gradient_check(network, X, Y, loss)["theta"] < 1e-7


@pytest.mark.parametrize(("loss", "last"), ENDS, ids=lambda part: getattr(part, "name", "same"))
@pytest.mark.parametrize("g", by_name.values(), ids=repr)
def test_against_autograd(g, loss, last):
    torch = pytest.importorskip("torch", exc_type=ImportError)
    functional = torch.nn.functional
    for depth, m in product(SIZES, (1, 2, 7, 17)):
        rng = np.random.default_rng(100 * depth + m)
        network = filled(SIZES[depth], [g] * (depth - 1) + [last or g], rng)
        X, Y = rng.standard_normal((network.sizes[0], m)), targets(loss, network.sizes[-1], m, rng)
        E = network.error(X, Y, loss)
        network.backward(Y, loss)
        W = [None, *(torch.tensor(W.copy(), requires_grad=True) for W in network.W[1:])]
        b = [None, *(torch.tensor(b.copy(), requires_grad=True) for b in network.b[1:])]
        A, Y = torch.tensor(X), torch.tensor(Y)
        for l in range(1, depth + 1):
            Z = W[l] @ A + b[l]
            A = FORMULAS[network.g[l].name](Z)
        if loss is half_mean_squared_error:
            error = functional.mse_loss(A, Y, reduction="sum") / 2
        elif loss is softmax_cross_entropy:
            error = functional.cross_entropy(Z.T, Y.T, reduction="sum")
        else:
            error = functional.binary_cross_entropy_with_logits(Z, Y, reduction="sum")
        (error / m).backward()
        assert pytest.approx(error.item() / m, rel=1e-12) == E
        for l in range(1, depth + 1):
            np.testing.assert_allclose(network.dW[l], W[l].grad.numpy(), rtol=1e-10, atol=1e-13)
            np.testing.assert_allclose(network.db[l], b[l].grad.numpy(), rtol=1e-10, atol=1e-13)


def test_errors_of_notebook_6_by_step_size():
    W, b, X, Y = tiny()
    network = Network.from_parameters(W, b, [sigmoid, identity])
    found = {h: gradient_check(network, X, Y, half_mean_squared_error, h)["theta"] for h in (1e-2, 1e-4, 1e-5)}
    assert f"{found[1e-2]:.1e} {found[1e-4]:.1e}" == "6.3e-06 6.3e-10"
    assert found[1e-5] < 1e-10
    # Smaller steps drown in rounding: the best h lies near the cube root of the machine's precision.
    assert 1e-10 < gradient_check(network, X, Y, half_mean_squared_error, 1e-8)["theta"] < 1e-7
    assert 1e-6 < gradient_check(network, X, Y, half_mean_squared_error, 1e-12)["theta"] < 1e-2


def test_a_relu_at_its_kink_disagrees_by_half():
    # Left of 0 the slope is 0, right of it 1; the central difference sees the mean, backward takes 0.
    network = Network.from_parameters([None, [[1.0]]], [None, [[0.0]]], [relu])
    X, Y = np.array([[0.0]]), np.array([[-1.0]])
    network.forward(X)
    assert network.backward(Y, half_mean_squared_error).tolist() == [0, 0]
    assert numerical_gradient(lambda z: relu(z[0]), np.zeros(1)).tolist() == [0.5]
    with pytest.warns(
        UserWarning, match=r"^E has a kink within h = 1e-05 of b1 \(a ReLU's z near 0\?\): check other samples"
    ):
        assert gradient_check(network, X, Y, half_mean_squared_error)["db1"] == 1


def warned(network, X, Y, loss, h=1e-5):
    """Return the error of the whole gradient, and what the check says about a kink ("" if nothing)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        error = gradient_check(network, X, Y, loss, h)["theta"]
    return error, " ".join(str(warning.message) for warning in caught)


@pytest.mark.parametrize("g", [relu, leaky_relu], ids=repr)
@pytest.mark.parametrize("distance", [-8e-6, -1e-6, 0, 1e-7, 6e-6])
def test_a_kink_within_reach_is_named(g, distance):
    # From layer to layer the kink moves: only node 1 of this layer, in sample 3, has a z near 0.
    rng = np.random.default_rng(3)
    for l in (1, 2):
        network = filled([3, 5, 4, 2], [g, g, identity], rng)
        X, Y = rng.standard_normal((3, 7)), rng.standard_normal((2, 7))
        while not (away_from_kinks(network, X) and network.W[l + 1][:, 1].any()):
            X = rng.standard_normal((3, 7))
        network.b[l][1] += distance - network.forward(X)[0][l][1, 3]
        error, told = warned(network, X, Y, half_mean_squared_error)
        assert error > 1e-7
        assert told.startswith("E has a kink within h = 1e-05 of ")
        assert told.split(" of ")[1][:2] in [f"{k}{n}" for k in "Wb" for n in range(1, l + 1)]
        network.b[l][1] += 1e-3
        assert warned(network, X, Y, half_mean_squared_error)[1] == ""


@pytest.mark.parametrize(("weight", "expected"), [(1e-3, 1.4e-4), (5e-6, 7.2e-7)])
def test_a_kink_is_looked_for_above_1e_7(weight, expected):
    # Node 2 stands at its kink, and the smaller its weight is, the less of it reaches E.
    W = [None, [[1.0], [1.0]], [[1.0, weight]]]
    network = Network.from_parameters(W, [None, [[1.0], [0.0]], [[0.0]]], [relu, identity])
    error, told = warned(network, np.array([[0.0]]), np.array([[-1.0]]), half_mean_squared_error)
    assert error == pytest.approx(expected, rel=0.05)
    assert told.startswith("E has a kink within h = 1e-05 of b1 ")


def test_a_smaller_step_passes_a_kink_that_is_near():
    network = Network.from_parameters([None, [[1.0]]], [None, [[4e-6]]], [relu])
    X, Y = np.array([[0.0]]), np.array([[-1.0]])
    assert "kink" in warned(network, X, Y, half_mean_squared_error)[1]
    error, told = warned(network, X, Y, half_mean_squared_error, h=1e-6)
    assert error < 1e-7
    assert told == ""


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1, 10, 100])
@pytest.mark.parametrize("h", [1e-3, 1e-4, 1e-5, 1e-8, 1e-12])
@pytest.mark.parametrize("g", [identity, sigmoid, tanh, softmax], ids=repr)
def test_no_kink_is_seen_where_everything_is_smooth(g, h, size):
    # Flat, curved, saturated, drowned in rounding: the check may fail, but not for a kink.
    rng = np.random.default_rng(5)
    bugs = (bug_zoo.SignFlipped, bug_zoo.MeanInBias, bug_zoo.DerivativeOfA)
    for (loss, last), kind in product(ENDS, (Network, *bugs) if g is not softmax else (Network,)):
        network = filled([3, 4, 2], [g, last or g], rng, kind)
        network.theta *= min(size, 0.1 / h)  # steeper ones bend within h as sharply as at a kink
        X, Y = rng.standard_normal((3, 6)), targets(loss, 2, 6, rng)
        assert warned(network, X, Y, loss, h)[1] == "", (loss, kind)


@pytest.mark.parametrize("bug", bug_zoo.EVERYWHERE, ids=lambda bug: bug.__name__)
def test_a_bug_is_not_taken_for_a_kink(bug):
    rng = np.random.default_rng(6)
    for g in (sigmoid, relu, leaky_relu):
        network = filled([3, 5, 5, 2], [g, g, identity], rng, bug)
        X, Y = rng.standard_normal((3, 4)), rng.standard_normal((2, 4))
        while not away_from_kinks(network, X):
            X = rng.standard_normal((3, 4))
        error, told = warned(network, X, Y, half_mean_squared_error)
        assert error > 1e-3 or bug is bug_zoo.DerivativeOfA  # which is no bug with ReLU
        assert told == ""


def test_the_network_is_left_alone():
    rng = np.random.default_rng(1)
    network = filled([3, 4, 2], [tanh, identity], rng)
    X, Y = rng.standard_normal((2, 3, 5))
    Y = Y[:2]
    network.forward(X[:, :2])
    network.grad[:] = 7
    theta, Z, A = network.theta.copy(), network.Z, network.A
    gradient_check(network, X, Y, half_mean_squared_error)
    np.testing.assert_array_equal(network.theta, theta)
    assert network.Z is Z
    assert network.A is A
    assert (network.grad == 7).all()


def test_a_float32_network_is_checked_in_float64():
    rng = np.random.default_rng(2)
    network = Network([3, 5, 4, 2], [tanh, sigmoid, identity], rng=rng, dtype=np.float32)
    X, Y = rng.standard_normal((3, 7)).astype(np.float32), rng.standard_normal((2, 7)).astype(np.float32)
    assert gradient_check(network, X, Y, half_mean_squared_error)["theta"] < 1e-9
    assert network.dtype == np.float32


def test_whole_numbers_may_be_checked():
    network = filled([2, 3], [tanh], np.random.default_rng(1))
    assert gradient_check(network, [[1, 2], [3, 4]], [[0, 1], [1, 0], [1, 1]], half_mean_squared_error)["theta"] < 1e-7


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf], ids=str)
def test_nan_and_infinity_are_named(wrong):
    network = filled([2, 3], [tanh], np.random.default_rng(1))
    X, Y = np.ones((2, 4)), np.ones((3, 4))
    for name, array in (("X", X), ("Y", Y), ("theta", network.theta)):
        kept, array.flat[1] = array.flat[1], wrong
        with pytest.raises(ValueError, match=f"finite numbers, but {name} holds NaN or infinity$"):
            gradient_check(network, X, Y, half_mean_squared_error)
        array.flat[1] = kept
    assert gradient_check(network, X, Y, half_mean_squared_error)["theta"] < 1e-7


def test_shapes_that_do_not_fit():
    network = filled([2, 3], [tanh], np.random.default_rng(1))
    with pytest.raises(ValueError, match=r"X must have shape \(2, m\).*not \(3, 4\)"):
        gradient_check(network, np.ones((3, 4)), np.ones((3, 4)), half_mean_squared_error)
    with pytest.raises(ValueError, match=r"X has 4 samples .* Y has 5"):
        gradient_check(network, np.ones((2, 4)), np.ones((3, 5)), half_mean_squared_error)


# --- its two tools ----------------------------------------------------------------------------------------------------


@given(n=st.integers(1, 6), seed=st.integers(0, 99))
def test_numerical_gradient_of_a_quadratic_form(n, seed):
    rng = np.random.default_rng(seed)
    M, c, theta = rng.standard_normal((n, n)), rng.standard_normal(n), rng.standard_normal(n)
    before = theta.copy()
    gradient = numerical_gradient(lambda t: t @ M @ t / 2 + c @ t, theta)
    np.testing.assert_allclose(gradient, (M + M.T) @ theta / 2 + c, rtol=1e-8, atol=1e-8)
    np.testing.assert_array_equal(theta, before)


def test_numerical_gradient_of_the_line_data_in_notebook_4():
    x, y = np.array([1.0, 2, 3]), np.array([1.0, 2, 2])
    gradient = numerical_gradient(lambda t: ((t[0] * x + t[1] - y) ** 2).mean() / 2, [0, 0])
    np.testing.assert_allclose(gradient, [-11 / 3, -5 / 3], rtol=1e-10)


def test_numerical_gradient_of_a_cube_is_wrong_by_the_square_of_h():
    def cube(t):
        return t[0] ** 3

    assert numerical_gradient(cube, [2], h=0.1)[0] - 12 == pytest.approx(0.01)
    assert numerical_gradient(cube, [2], h=0.01)[0] - 12 == pytest.approx(0.0001)
    assert abs(numerical_gradient(cube, [2])[0] - 12) < 1e-9
    assert 1e-5 < abs(numerical_gradient(cube, [2], h=1e-12)[0] - 12) < 1e-1


def test_numerical_gradient_moves_one_parameter_at_a_time():
    seen = []
    numerical_gradient(lambda t: seen.append(t.copy()) or 0.0, [1, 2], h=0.5)
    np.testing.assert_array_equal(seen, [[1.5, 2], [0.5, 2], [1, 2.5], [1, 1.5]])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1, 2], [1, 2], 0), ([1, 2], [-1, -2], 1), ([3, 4], [0, 0], 1), ([0, 0], [0, 0], 0),
        ([3, 0], [1, 0], 0.5), ([3, 0], [0, 4], 5 / 7), ([[3.0, 0]], [[0, 4.0]], 5 / 7),
    ],
)  # fmt: skip
def test_relative_error(a, b, expected):
    assert relative_error(a, b) == relative_error(b, a) == pytest.approx(expected)
    assert isinstance(relative_error(a, b), float)


def test_arrays_of_different_shapes_are_not_compared():
    with pytest.raises(ValueError, match=r"^arrays of one shape are compared, not of \(2,\) and \(2, 1\)$"):
        relative_error(np.ones(2), np.ones((2, 1)))


@given(seed=st.integers(0, 99), scale=st.sampled_from([1e-100, 1e-9, 3.0, 1e100]))
def test_relative_error_does_not_know_the_unit(seed, scale):
    a, b = np.random.default_rng(seed).standard_normal((2, 5))
    assert relative_error(scale * a, scale * b) == pytest.approx(relative_error(a, b), rel=1e-12)
    assert 0 <= relative_error(a, b) <= 1


# --- the bug zoo ------------------------------------------------------------------------------------------------------


def blocks_in_red(errors):
    return {name for name, error in errors.items() if name != "theta" and error > 1e-3}


def squares(kind):
    """Return a network and samples where everything is two by two, so that wrong products fit."""
    rng = np.random.default_rng(4)
    return filled([2, 2, 2], [tanh, identity], rng, kind), *rng.standard_normal((2, 2, 2))


def test_the_five_lines_are_the_networks_backward_pass():
    rng = np.random.default_rng(1)
    for loss, last in [(half_mean_squared_error, tanh), (softmax_cross_entropy, identity)]:
        right = filled([3, 5, 4, 2], [sigmoid, leaky_relu, last], rng)
        five = FiveLines.from_parameters(right.W, right.b, right.g[1:])
        X, Y = rng.standard_normal((3, 7)), targets(loss, 2, 7, rng)
        for network in (right, five):
            network.forward(X)
            network.backward(Y, loss)
        np.testing.assert_allclose(five.grad, right.grad, rtol=1e-13, atol=1e-15)
        assert gradient_check(five, X, Y, loss)["theta"] < 1e-9


@pytest.mark.parametrize("bug", bug_zoo.ON_TINY, ids=lambda bug: bug.__name__)
def test_errors_of_notebook_6_by_bug(bug):
    W, b, X, Y = tiny()
    error = gradient_check(bug.from_parameters(W, b, [sigmoid, identity]), X, Y, half_mean_squared_error)["theta"]
    assert error == pytest.approx(bug_zoo.ON_TINY[bug], abs=0.5e-4 if error < 0.2 else 0.5e-3)


def test_a_relu_taken_as_active_where_its_output_is_not_negative():
    W, b, X, Y = tiny()
    check = {
        kind: gradient_check(kind.from_parameters(W, b, [relu, identity]), X, Y, half_mean_squared_error)["theta"]
        for kind in (bug_zoo.ReluMaskOfA, FiveLines)
    }
    assert check[bug_zoo.ReluMaskOfA] == pytest.approx(bug_zoo.ON_TINY_WITH_RELU[bug_zoo.ReluMaskOfA], abs=0.5e-3)
    assert check[FiveLines] < 1e-9


@pytest.mark.parametrize(
    ("bug", "red"),
    [
        (bug_zoo.FiveLines, ""),
        (bug_zoo.MeanForgotten, "dW1 db1 dW2 db2"),
        (bug_zoo.NotCleared, "dW1 dW2"),
        (bug_zoo.SignFlipped, "dW1 db1 dW2 db2"),
        (bug_zoo.DerivativeForgotten, "dW1 db1"),
        (bug_zoo.DerivativeOfA, "dW1 db1"),
        (bug_zoo.UpdatedTooSoon, "dW1 db1"),
        (bug_zoo.WeightsTransposed, "dW1"),
        (bug_zoo.MeanInBias, "db1 db2"),
        (bug_zoo.BiasOfOneSample, "db1 db2"),
    ],
    ids=lambda part: getattr(part, "__name__", "red"),
)
def test_the_blocks_in_red_show_where_the_bug_sits(bug, red):
    W, b, X, Y = tiny()
    network = bug.from_parameters(W, b, [sigmoid, identity])
    assert blocks_in_red(gradient_check(network, X, Y, half_mean_squared_error)) == set(red.split())


@pytest.mark.parametrize("bug", [*bug_zoo.EVERYWHERE, *bug_zoo.ON_SQUARES], ids=lambda bug: bug.__name__)
def test_every_bug_is_noticed_where_everything_is_square(bug):
    assert gradient_check(*squares(bug), half_mean_squared_error)["theta"] > 1e-3
    assert gradient_check(*squares(FiveLines), half_mean_squared_error)["theta"] < 1e-7


@pytest.mark.parametrize("bug", bug_zoo.EVERYWHERE, ids=lambda bug: bug.__name__)
@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), m=st.integers(2, 9))
def test_every_bug_is_noticed_in_a_3_5_5_2_network(bug, seed, m):
    rng = np.random.default_rng(seed)
    network = filled([3, 5, 5, 2], [sigmoid, tanh, identity], rng, bug)
    X, Y = rng.standard_normal((3, m)), rng.standard_normal((2, m))
    assert gradient_check(network, X, Y, half_mean_squared_error)["theta"] > 1e-3


@pytest.mark.parametrize("bug", [bug_zoo.StarInWeights, bug_zoo.StarInActivations], ids=lambda bug: bug.__name__)
def test_different_sizes_turn_a_star_into_an_error_message(bug):
    rng = np.random.default_rng(1)
    network = filled([3, 5, 4, 2], [sigmoid, tanh, identity], rng, bug)
    with pytest.raises(ValueError, match="broadcast"):
        gradient_check(network, rng.standard_normal((3, 7)), rng.standard_normal((2, 7)), half_mean_squared_error)


def test_a_derivative_too_many_is_noticed():
    rng = np.random.default_rng(1)
    X, Y = rng.standard_normal((3, 7)), rng.integers(0, 2, (2, 7)).astype(float)
    for kind, wrong in ((bug_zoo.DerivativeTwice, True), (FiveLines, False)):
        network = filled([3, 4, 2], [tanh, sigmoid], np.random.default_rng(2), kind)
        error = gradient_check(network, X, Y, sigmoid_cross_entropy)["theta"]
        assert error > 1e-3 if wrong else error < 1e-7


def test_every_animal_of_the_zoo_is_visited_and_says_what_is_wrong():
    animals = {c for c in vars(bug_zoo).values() if isinstance(c, type) and issubclass(c, FiveLines)} - {FiveLines}
    assert animals == set(bug_zoo.ALL)
    assert all(animal.__doc__ for animal in animals)
