"""The network: worked numbers, one vector of parameters, files, and every bad input with its message."""

import copy
import gc
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulas import FORMULAS
from shared.activations import Activation, by_name, identity, leaky_relu, relu, sigmoid, softmax, tanh
from shared.checks import check_generator
from shared.datasets import tiny
from shared.gradient_check import relative_error
from shared.losses import half_mean_squared_error, sigmoid_cross_entropy, softmax_cross_entropy
from shared.network import Network

ACTIVATIONS = list(by_name.values())
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
shapes = st.lists(st.integers(1, 6), min_size=2, max_size=5)


def tiny_network(hidden=sigmoid):
    W, b, _, _ = tiny()
    return Network.from_parameters(W, b, [hidden, identity])


def random_network(sizes, seed=1, activations=None, dtype=np.float64):
    """Return a network with random weights and biases, by default of every activation in turn."""
    rng = np.random.default_rng(seed)
    chosen = activations or [ACTIVATIONS[(seed + l) % len(ACTIVATIONS)] for l in range(len(sizes) - 1)]
    network = Network(sizes, chosen, initial=0, dtype=dtype)
    network.theta[:] = rng.standard_normal(network.p)
    return network


def assert_digits(array, printed, digits=10):
    """Assert that the numbers are the printed ones, to the last of their digits."""
    np.testing.assert_allclose(array, printed, rtol=0, atol=0.51 * 10.0**-digits)


# --- worked numbers of the course -------------------------------------------------------------------------------------


def test_forward_of_one_sample_in_notebook_1():
    Z, A = tiny_network().forward(np.array([[1.0], [2.0]]))
    assert_digits(Z[1], [[0.1], [0.3]])
    assert_digits(A[1], [[0.5249791875], [0.5744425168]])
    assert_digits(A[2], [[-0.1239058461]])
    assert_digits(tiny_network()(np.array([[0.0], [1.0]])), [[-0.3057010274]])
    assert_digits(tiny_network(relu)(np.array([[1.0], [2.0]])), [[0.0]])


def test_weights_transposed_in_notebook_1():
    network = tiny_network()
    network.W[1][:] = network.W[1].T.copy()
    Z, A = network.forward(np.array([[1.0], [2.0]]))
    assert_digits(Z[1], [[-1.4], [1.05]])
    assert_digits(A[2], [[-0.7837336869]])


def test_forward_of_three_samples_in_notebook_2():
    _, _, X, _ = tiny()
    Z, A = tiny_network().forward(X)
    assert_digits(Z[1], [[0.1, -0.15, -0.525], [0.3, 0.55, 1.175]])
    assert_digits(A[1], [[0.5249791875, 0.4625701547, 0.3716838117], [0.5744425168, 0.6341355910, 0.7640475998]])
    assert_digits(A[2], [[-0.1239058461, -0.3057010274, -0.6564113879]])


def test_one_tenth_everywhere_in_notebook_1():
    network = Network([3, 5, 4, 2], [identity] * 3, initial=0)
    network.theta[:] = 0.1
    np.testing.assert_allclose(network(np.ones((3, 1))), [[0.22], [0.22]], rtol=1e-14)


def test_errors_of_notebook_3():
    _, _, X, Y = tiny()
    network = tiny_network()
    assert_digits(network.error(X, Y, half_mean_squared_error), 0.6833860258)
    alone = [network.error(X[:, [c]], Y[:, [c]], half_mean_squared_error) for c in range(3)]
    assert_digits(alone, [0.6315821755, 0.0467265591, 1.3718493430])


def test_the_error_is_not_convex_in_notebook_3():
    _, _, X, Y = tiny()
    network, swapped = tiny_network(), tiny_network()
    for _ in range(501):
        network.forward(X)
        network.theta -= 0.5 * network.backward(Y, half_mean_squared_error)
    assert_digits(network.error(X, Y, half_mean_squared_error), 0.0455744799)
    for view, given_view in zip(swapped.W[1:] + swapped.b[1:], network.W[1:] + network.b[1:], strict=True):
        view[:] = given_view
    swapped.W[1][:], swapped.b[1][:] = network.W[1][::-1], network.b[1][::-1]
    swapped.W[2][:] = network.W[2][:, ::-1]
    assert swapped.error(X, Y, half_mean_squared_error) == pytest.approx(0.0455744799, abs=1e-10)
    middle = network.copy()
    middle.theta[:] = (network.theta + swapped.theta) / 2
    assert_digits(middle.error(X, Y, half_mean_squared_error), 0.4571393439)


def test_gradient_of_one_sample_in_notebook_5():
    X, Y = np.array([[1.0], [2.0]]), np.array([[1.0]])
    network = tiny_network()
    assert_digits(network.error(X, Y, half_mean_squared_error), 0.6315821755)
    network.backward(Y, half_mean_squared_error)
    assert_digits(network.dW[2], [[-0.5900271779, -0.6456193029]])
    assert_digits(network.db[2], [[-1.1239058461]])
    assert_digits(sigmoid.derivative(network.Z[1]), [[0.2493760402], [0.2444583117]])
    assert_digits(network.dW[1], [[-0.2802751895, -0.5605503789], [0.5494962513, 1.0989925026]])
    assert_digits(network.db[1], [[-0.2802751895], [0.5494962513]])
    network.theta -= 0.1 * network.grad
    assert_digits(network.error(X, Y, half_mean_squared_error), 0.2744546532)


def test_gradient_of_three_samples_in_notebook_6():
    _, _, X, Y = tiny()
    network = tiny_network()
    network.forward(X)
    network.backward(Y, half_mean_squared_error)
    assert_digits(network.dW[2], [[-0.4490322159, -0.7016841166]])
    assert_digits(network.db[2], [[-1.0286727538]])
    assert_digits(network.dW[1], [[0.0355182569, -0.2766541103], [-0.0159118929, 0.5131528058]])
    assert_digits(network.db[1], [[-0.2477007072], [0.4295260437]])
    network.theta -= 0.5 * network.grad
    assert_digits(network.error(X, Y, half_mean_squared_error), 0.1730789, digits=7)


def test_the_gradient_of_a_batch_is_the_mean_of_its_samples_gradients():
    network = random_network([3, 5, 4, 2], activations=[tanh, sigmoid, identity])
    X, Y = np.random.default_rng(2).standard_normal((2, 3, 7))
    gradients = []
    for c in range(7):
        network.forward(X[:, [c]])
        gradients.append(network.backward(Y[:2, [c]], half_mean_squared_error).copy())
    network.forward(X)
    np.testing.assert_allclose(network.backward(Y[:2], half_mean_squared_error), np.mean(gradients, axis=0), rtol=1e-12)


@pytest.mark.parametrize(
    ("sizes", "p"),
    [([2, 2, 1], 9), ([3, 5, 4, 2], 54), ([784, 30, 10], 23_860), ([784, 128, 10], 101_770), ([784, 300, 10], 238_510)],
    ids=str,
)
def test_numbers_of_parameters(sizes, p):
    network = Network(sizes, [relu] * (len(sizes) - 1), initial=0)
    assert network.p == len(network.theta) == len(network.grad) == p
    assert network.L == len(sizes) - 1
    assert network.sizes == sizes


def test_sizes_may_come_from_labels_which_are_bytes():
    labels = np.arange(1, 6, dtype=np.uint8)
    network = Network([784, 100, labels.max() - labels.min() + 1], [relu, softmax], initial=0)
    assert network.p == 785 * 100 + 101 * 5
    assert [type(n) for n in network.sizes] == [int] * 3


# --- one vector -------------------------------------------------------------------------------------------------------


@given(sizes=shapes, dtype=st.sampled_from([np.float32, np.float64]))
def test_weights_and_biases_are_views_of_theta_column_by_column(sizes, dtype):
    network = Network(sizes, [relu] * (len(sizes) - 1), initial=0, dtype=dtype)
    for vector, W, b in ((network.theta, network.W, network.b), (network.grad, network.dW, network.db)):
        assert vector.shape == (network.p,)
        assert vector.dtype == dtype
        assert W[0] is b[0] is None
        assert len(W) == len(b) == len(sizes)
        vector[:] = np.arange(network.p)
        layers = [np.concatenate([W[l].ravel(order="F"), b[l].ravel()]) for l in range(1, len(sizes))]
        np.testing.assert_array_equal(np.concatenate(layers), np.arange(network.p))
        for l in range(1, len(sizes)):
            assert W[l].shape == (sizes[l], sizes[l - 1])
            assert b[l].shape == (sizes[l], 1)
            assert np.shares_memory(W[l], vector)
            assert np.shares_memory(b[l], vector)
            W[l][-1, -1], b[l][-1] = -l, -100 - l
        assert sorted(vector[vector < 0]) == sorted([*range(1 - len(sizes), 0), *range(-99 - len(sizes), -100)])
    assert not np.shares_memory(network.theta, network.grad)


def test_a_step_on_theta_is_a_step_on_every_matrix():
    network = random_network([2, 3, 1])
    W, b = [None, *(W.copy() for W in network.W[1:])], [None, *(b.copy() for b in network.b[1:])]
    network.grad[:] = np.arange(network.p)
    network.theta -= 0.1 * network.grad
    for l in (1, 2):
        np.testing.assert_allclose(network.W[l], W[l] - 0.1 * network.dW[l])
        np.testing.assert_allclose(network.b[l], b[l] - 0.1 * network.db[l])


def test_activations_are_indexed_by_layer():
    network = Network([2, 3, 1], [tanh, identity], initial=0)
    assert network.g == [None, tanh, identity]


# --- initial weights --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("initial", "scales"),
    [
        ("xavier", [(2 / 700) ** 0.5, (2 / 600) ** 0.5]),
        ("he", [(2 / 400) ** 0.5, (2 / 300) ** 0.5]),
        (0.2, [0.2, 0.2]),
        (1, [1, 1]),
        (np.float32(0.5), [0.5, 0.5]),
    ],
    ids=str,
)
@each_dtype
def test_initial_weights_have_mean_zero_and_the_scale_asked_for(initial, scales, dtype):
    network = Network([400, 300, 300], [relu, relu], rng=np.random.default_rng(3), initial=initial, dtype=dtype)
    for W, b, scale in zip(network.W[1:], network.b[1:], scales, strict=True):
        # 90,000 and more draws: mean and deviation are within five standard errors of what they estimate.
        assert abs(W.mean()) < 5 * scale / W.size**0.5
        assert W.std() == pytest.approx(scale, rel=5 / (2 * W.size) ** 0.5)
        assert abs(np.mean(np.abs(W) < scale) - 0.6827) < 0.01  # normal, not uniform
        assert not b.any()


def test_initial_weights_follow_from_the_generator_alone():
    def made(seed):
        return Network([3, 5, 2], [tanh, identity], rng=np.random.default_rng(seed)).theta

    np.testing.assert_array_equal(made(1), made(1))
    assert not np.array_equal(made(1), made(2))
    rng, network = np.random.default_rng(4), Network([3, 2], [identity], rng=np.random.default_rng(4), initial=0.2)
    np.testing.assert_array_equal(network.W[1], 0.2 * rng.standard_normal((2, 3)))
    assert not Network([3, 2], [identity], initial=0).theta.any()


def test_two_networks_of_one_generator_differ():
    rng = np.random.default_rng(1)
    first, second = (Network([3, 2], [identity], rng=rng) for _ in range(2))
    assert not np.array_equal(first.theta, second.theta)


# --- forward ----------------------------------------------------------------------------------------------------------


@given(sizes=shapes, m=st.integers(1, 9), seed=st.integers(0, 99))
def test_forward_is_the_sum_over_the_nodes_before(sizes, m, seed):
    network = random_network(sizes, seed)
    X = np.random.default_rng(seed).standard_normal((sizes[0], m))
    Z, A = network.forward(X)
    assert Z[0] is None
    assert len(Z) == len(A) == network.L + 1
    for l in range(1, network.L + 1):
        for i in range(sizes[l]):
            for c in range(m):
                z = network.b[l][i, 0] + sum(network.W[l][i, j] * A[l - 1][j, c] for j in range(sizes[l - 1]))
                assert Z[l][i, c] == pytest.approx(z, rel=1e-12, abs=1e-12)
        np.testing.assert_array_equal(A[l], network.g[l](Z[l]))
    np.testing.assert_array_equal(network(X), A[-1])


@given(sizes=shapes, m=st.integers(1, 9), seed=st.integers(0, 99))
def test_a_sample_gives_the_same_alone_and_in_a_batch(sizes, m, seed):
    network = random_network(sizes, seed)
    X = np.random.default_rng(seed).standard_normal((sizes[0], m))
    for c in range(m):
        np.testing.assert_allclose(network(X[:, [c]]), network(X)[:, [c]], rtol=1e-12, atol=1e-14)


def test_the_layout_of_x_in_memory_does_not_matter():
    network = random_network([3, 5, 4, 2], activations=[tanh, relu, identity])
    wide = np.random.default_rng(1).standard_normal((6, 14))
    X, Y = wide[::2, ::2], wide[:2, :7]
    assert not X.flags.forc
    results = []
    for x, y in ((X, Y), (np.ascontiguousarray(X), np.ascontiguousarray(Y)), (np.asfortranarray(X), Y.copy("F"))):
        E = network.error(x, y, half_mean_squared_error)
        results.append([E, *network.backward(y, half_mean_squared_error)])
    np.testing.assert_allclose(results[1:], [results[0]] * 2, rtol=1e-12)


def test_no_samples_give_no_outputs():
    assert random_network([3, 5, 2], activations=[tanh, softmax])(np.zeros((3, 0))).shape == (2, 0)


def test_inputs_and_targets_are_only_read():
    network = random_network([3, 4, 2], activations=[tanh, sigmoid])
    X, Y = np.ones((3, 5)), np.ones((2, 5))
    for array in (X, Y):
        array.setflags(write=False)
    assert network.forward(X)[1][0] is X  # not even copied
    network.error(X, Y, half_mean_squared_error)
    network.backward(Y, half_mean_squared_error)


def test_lists_of_floats_are_samples_too():
    _, _, X, Y = tiny()
    network = tiny_network()
    assert_digits(network(X.tolist()), network(X))
    assert_digits(network.error(X.tolist(), Y.tolist(), half_mean_squared_error), 0.6833860258)


@each_dtype
def test_the_type_of_the_network_is_the_type_of_everything(dtype):
    rng = np.random.default_rng(1)
    network = Network([3, 6, 6, 6, 6, 6, 2], [*ACTIVATIONS[:5], identity], rng=rng, dtype=dtype)
    for X in (rng.standard_normal((3, 7)).astype(np.float32), rng.standard_normal((3, 7))):
        for loss in (half_mean_squared_error, softmax_cross_entropy, sigmoid_cross_entropy):
            Y = np.eye(2)[:, [0, 1, 1, 0, 0, 1, 0]]
            Z, A = network.forward(X)
            gradient = network.backward(Y, loss)
            assert {array.dtype for array in [*Z[1:], *A, gradient, *network.dW[1:], *network.db[1:]]} == {
                np.dtype(dtype)
            }
            assert network(X).dtype == network.theta.dtype == network.dtype == dtype
            assert isinstance(network.error(X, Y, loss), float)
    assert network(np.ones((3, 2), np.float16)).dtype == dtype


# --- backward ---------------------------------------------------------------------------------------------------------


def complex_error(network, theta, X, Y, loss):
    """Return the error at complex parameters, written out anew, without the core's activations and losses."""
    A, start = X, 0
    for l, (before, n) in enumerate(zip(network.sizes, network.sizes[1:], strict=False), start=1):
        W = theta[start : start + n * before].reshape(before, n).T
        b = theta[start + n * before : start + n * (before + 1)].reshape(n, 1)
        start += n * (before + 1)
        Z = W @ A + b
        A = FORMULAS[network.g[l].name](Z)
    if loss is half_mean_squared_error:
        total = ((A - Y) ** 2).sum() / 2
    elif loss is softmax_cross_entropy:
        total = -(Y * np.log(FORMULAS["softmax"](Z))).sum()
    else:
        total = -(Y * np.log(FORMULAS["sigmoid"](Z)) + (1 - Y) * np.log(FORMULAS["sigmoid"](-Z))).sum()
    return total / Y.shape[1]


@settings(max_examples=50)
@given(
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    m=st.integers(1, 17),
    seed=st.integers(0, 999),
    end=st.sampled_from([
        (half_mean_squared_error, None),
        (softmax_cross_entropy, identity),
        (softmax_cross_entropy, softmax),
        (sigmoid_cross_entropy, identity),
        (sigmoid_cross_entropy, sigmoid),
    ]),
)  # fmt: skip
def test_gradient_against_complex_steps_to_the_last_digits(sizes, m, seed, end):
    # A derivative along an imaginary step has no difference in it, and so no rounding: E(θ + ih) = E + ih E' + O(h²).
    loss, last = end
    if loss is softmax_cross_entropy:
        sizes = [*sizes[:-1], sizes[-1] + 1]
    network = random_network(sizes, seed)
    network.g[-1] = last or network.g[-1]
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((sizes[0], m)), rng.dirichlet(np.ones(sizes[-1]), m).T
    h, steps = 1e-30, np.eye(network.p)
    expected = [complex_error(network, network.theta + 1j * h * step, X, Y, loss).imag / h for step in steps]
    E = network.error(X, Y, loss)
    assert pytest.approx(complex_error(network, network.theta + 0j, X, Y, loss).real, rel=1e-12) == E
    assert np.linalg.norm(network.backward(Y, loss) - expected) < 1e-13 + 1e-12 * np.linalg.norm(expected)


def test_backward_fills_grad_anew_each_time():
    _, _, X, Y = tiny()
    network = tiny_network()
    network.forward(X)
    gradient = network.backward(Y, half_mean_squared_error)
    assert gradient is network.grad
    kept = gradient.copy()
    network.grad[:] = np.nan
    np.testing.assert_array_equal(network.backward(Y, half_mean_squared_error), kept)


def test_backward_leaves_parameters_and_the_remembered_pass_alone():
    _, _, X, Y = tiny()
    network = tiny_network()
    Z, A = network.forward(X)
    kept = [array.copy() for array in [*Z[1:], *A, network.theta]]
    network.backward(Y, half_mean_squared_error)
    for array, before in zip([*network.Z[1:], *network.A, network.theta], kept, strict=True):
        np.testing.assert_array_equal(array, before)


def test_a_prediction_leaves_the_remembered_pass_alone():
    _, _, X, Y = tiny()
    network = tiny_network()
    Z, A = network.forward(X)
    expected = network.backward(Y, half_mean_squared_error).copy()
    network(np.random.default_rng(1).standard_normal((2, 50)))
    network(-X)
    assert network.Z is Z
    assert network.A is A
    np.testing.assert_array_equal(network.backward(Y, half_mean_squared_error), expected)


def test_the_last_forward_pass_counts():
    _, _, X, Y = tiny()
    network = tiny_network()
    network.forward(X)
    expected = network.backward(Y, half_mean_squared_error).copy()
    network.forward(-X)
    assert relative_error(network.backward(Y, half_mean_squared_error), expected) > 0.01
    network.error(X, Y, half_mean_squared_error)
    np.testing.assert_array_equal(network.backward(Y, half_mean_squared_error), expected)


# --- copies -----------------------------------------------------------------------------------------------------------


def test_a_copy_has_the_same_parameters_and_a_memory_of_its_own():
    network = random_network([3, 5, 4, 2])
    other = network.copy()
    assert other.sizes == network.sizes
    assert other.g == network.g
    assert other.dtype == network.dtype
    np.testing.assert_array_equal(other.theta, network.theta)
    for array in [other.theta, other.grad, *other.W[1:], *other.b[1:], *other.dW[1:], *other.db[1:]]:
        assert not any(np.shares_memory(array, vector) for vector in (network.theta, network.grad))
    before = network.theta.copy()
    other.theta[:] = 0
    other.sizes[0], other.g[1] = 99, None
    np.testing.assert_array_equal(network.theta, before)
    assert network.sizes[0] == 3
    assert network.g[1] is not None


def test_a_deep_copy_is_a_copy():
    network = random_network([3, 5, 4, 2])
    for other in (copy.deepcopy(network), copy.deepcopy([network, 1])[0]):
        np.testing.assert_array_equal(other.theta, network.theta)
        other.theta[:] = 0
        assert not other.W[1].any()
    assert network.theta.all()


def test_a_copy_may_have_another_type():
    network = random_network([3, 5, 2])
    single = network.copy(np.float32)
    assert single.theta.dtype == single.grad.dtype == np.float32
    np.testing.assert_array_equal(single.theta, network.theta.astype(np.float32))
    assert single.copy().dtype == np.float32
    assert single.copy(np.float64).dtype == np.float64


def test_a_copy_is_of_the_same_class():
    class Named(Network):
        pass

    assert type(Named([1, 1], [tanh], initial=0).copy()) is Named


def test_from_parameters_takes_lists_and_copies():
    W, b, X, _ = tiny()
    network = Network.from_parameters(
        [None, W[1].tolist(), W[2].tolist()], [None, [[0.1], [-0.2]], [[0.5]]], [sigmoid, identity]
    )
    assert_digits(network(X), tiny_network()(X))
    network.theta[:] = 0
    assert W[1].any()
    assert Network.from_parameters(W, b, [sigmoid, identity], dtype=np.float32).dtype == np.float32


# --- files ------------------------------------------------------------------------------------------------------------


@given(
    sizes=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 99),
)
def test_a_saved_network_comes_back(sizes, dtype, seed):
    network = random_network(sizes, seed, dtype=dtype)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.npz")
        network.save(path)
        again = Network.load(path)
    assert again.sizes == sizes
    assert again.g == network.g
    assert again.dtype == network.dtype == dtype
    np.testing.assert_array_equal(again.theta, network.theta)
    X = np.random.default_rng(seed).standard_normal((sizes[0], 3))
    np.testing.assert_array_equal(again(X), network(X))
    again.theta[:] = 0
    assert not again.W[1].any()


@pytest.mark.parametrize("name", ["network.npz", "network", "with a blank and dots.v2", "Größe.npz"])
def test_the_file_has_exactly_the_name_it_was_given(tmp_path, name):
    network = random_network([2, 3, 1])
    network.save(str(tmp_path / name))
    assert [file.name for file in tmp_path.iterdir()] == [name]
    np.testing.assert_array_equal(Network.load(str(tmp_path / name)).theta, network.theta)


def test_a_file_holds_three_plain_arrays(tmp_path):
    network = random_network([2, 3, 1], activations=[leaky_relu, softmax])
    network.save(tmp_path / "network.npz")
    with np.load(tmp_path / "network.npz", allow_pickle=False) as file:
        assert sorted(file) == ["activations", "sizes", "theta"]
        assert file["sizes"].tolist() == [2, 3, 1]
        assert file["activations"].tolist() == ["leaky_relu", "softmax"]
        np.testing.assert_array_equal(file["theta"], network.theta)


def test_saving_again_replaces_the_file(tmp_path):
    for seed in (1, 2):
        random_network([2, 3, 1], seed).save(tmp_path / "network.npz")
    np.testing.assert_array_equal(Network.load(tmp_path / "network.npz").theta, random_network([2, 3, 1], 2).theta)
    assert len(list(tmp_path.iterdir())) == 1


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    path, old = tmp_path / "network.npz", random_network([2, 3, 1], 1)
    old.save(path)

    def half(file, **arrays):
        file.write(b"PK half of it")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(OSError, match="No space left"):
        random_network([2, 3, 1], 2).save(path)
    np.testing.assert_array_equal(Network.load(path).theta, old.theta)
    assert [file.name for file in tmp_path.iterdir()] == ["network.npz"]


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        random_network([2, 3, 1]).save(tmp_path / "nowhere" / "network.npz")
    with pytest.raises(FileNotFoundError, match=r"nothing\.npz"):
        Network.load(tmp_path / "nothing.npz")


def test_an_activation_of_ones_own_cannot_be_saved(tmp_path):
    own = Activation("softplus", lambda Z: np.logaddexp(Z, 0), sigmoid)
    network = Network([2, 1], [own], initial=0)
    assert network(np.zeros((2, 1))) == pytest.approx(np.log(2))
    with pytest.raises(ValueError, match=r"only activations of shared.activations can be saved, not \['softplus'\]"):
        network.save(tmp_path / "network.npz")
    assert not list(tmp_path.iterdir())


GOOD = dict(sizes=np.array([2, 2, 1]), activations=np.array(["tanh", "identity"]), theta=np.ones(9))


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"weights": np.ones(3)},
        {"sizes": GOOD["sizes"], "theta": GOOD["theta"]},
        GOOD | {"theta": np.ones(8)},
        GOOD | {"theta": np.ones(10)},
        GOOD | {"theta": np.ones(9, int)},
        GOOD | {"theta": np.ones(9, np.float16)},
        GOOD | {"theta": np.ones((9, 1))},
        GOOD | {"theta": np.ones((1, 9))},
        GOOD | {"theta": np.ones(1)},
        GOOD | {"theta": np.float64(1)},
        GOOD | {"sizes": np.array([10**7, 10**7, 1])},
        GOOD | {"sizes": np.array([2, 3, 1])},
        GOOD | {"sizes": np.array([2, -2, 1])},
        GOOD | {"sizes": np.array([2, 1])},
        GOOD | {"sizes": np.array(2)},
        GOOD | {"sizes": np.array([2.5, 2, 1])},
        GOOD | {"sizes": np.array(["2", "2", "1"])},
        GOOD | {"activations": np.array(["tanh", "swish"])},
        GOOD | {"activations": np.array(["tanh"])},
        GOOD | {"activations": np.array("tanh")},
        GOOD | {"activations": np.array([["tanh"], ["identity"]])},
        GOOD | {"activations": np.array([1, 2])},
        GOOD | {"activations": np.array(["tanh", "identity"], object)},
    ],
    ids=[
        "empty", "foreign", "no activations", "theta short", "theta long", "theta integer", "theta float16",
        "theta column", "theta row", "theta of one", "theta scalar", "sizes huge",
        "sizes other", "sizes negative", "sizes short", "sizes scalar", "sizes fraction", "sizes text",
        "activation unknown", "activations short", "activation scalar", "activations column", "activations numbers",
        "activations pickled",
    ],
)  # fmt: skip
def test_other_arrays_are_no_network(tmp_path, arrays):
    path = tmp_path / "other.npz"
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match=r"other\.npz is not a network saved by Network\.save"):
        Network.load(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x00" * 100, pickle.dumps({"theta": [1.0]}), b"\x93NUMPY"],
    ids=["empty", "text", "zeros", "pickle", "magic only"],
)
def test_other_files_are_no_network(tmp_path, content):
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.npz is not a network saved by Network\.save"):
        Network.load(path)


def test_a_single_array_is_no_network(tmp_path):
    np.save(tmp_path / "other.npy", np.ones(9))
    with pytest.raises(ValueError, match=r"other\.npy is not a network saved by Network\.save"):
        Network.load(tmp_path / "other.npy")


def loaded_or_message(path):
    try:
        return Network.load(path)
    except ValueError as error:
        return str(error)


def test_a_flipped_bit_is_noticed_or_harmless(tmp_path):
    network, path = random_network([2, 3, 1]), tmp_path / "network.npz"
    network.save(path)
    raw = path.read_bytes()
    start, noticed = raw.index(network.theta.tobytes()), 0
    for byte in range(len(raw)):
        damaged = bytearray(raw)
        damaged[byte] ^= 1 << (byte % 8)
        path.write_bytes(damaged)
        again = loaded_or_message(path)
        if isinstance(again, str):
            assert again.startswith(f"{path} is not a network saved by Network.save: ")
            noticed += 1
        else:  # a flipped date, say, hurts nobody
            assert not start <= byte < start + 8 * network.p
            assert (again.sizes, again.g) == (network.sizes, network.g)
            np.testing.assert_array_equal(again.theta, network.theta)
    assert noticed > len(raw) / 2


def test_a_cut_off_file_is_noticed_and_closed(tmp_path):
    network, path = random_network([2, 3, 1]), tmp_path / "network.npz"
    network.save(path)
    raw = path.read_bytes()
    for length in range(0, len(raw), 7):
        path.write_bytes(raw[:length])
        with pytest.raises(ValueError, match=r"network\.npz is not a network saved by Network\.save"):
            Network.load(path)
    gc.collect()  # a file left open would warn now


# --- bad inputs -------------------------------------------------------------------------------------------------------


def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize(
    "sizes", [[], [3], [2, 0], [0, 2], [2, -1, 1], [2, 2.5, 1], [2.0, 3, 1], [2, "a"], [2, np.nan], [2, None]], ids=str
)
def test_sizes_that_are_none(sizes):
    with pytest.raises(ValueError, match=r"^sizes must be two or more whole numbers from 1 on, not \["):
        Network(sizes, [tanh] * max(len(sizes) - 1, 0), rng=rng())


@pytest.mark.parametrize(
    "activations", [[tanh], [tanh, tanh, tanh], [], ["tanh", "identity"], [tanh, np.tanh]], ids=str
)
def test_activations_that_are_none_or_too_few(activations):
    said = r"^sizes \[2, 3, 1\] need 2 activations of shared.activations, not \["
    with pytest.raises(ValueError, match=said):
        Network([2, 3, 1], activations, rng=rng())


@pytest.mark.parametrize("dtype", [int, np.float16, complex, bool], ids=lambda dtype: dtype.__name__)
def test_types_that_do_not_fit(dtype):
    with pytest.raises(ValueError, match=f"^dtype must be float32 or float64, not {np.dtype(dtype)}$"):
        Network([2, 1], [tanh], rng=rng(), dtype=dtype)


@pytest.mark.parametrize("initial", ["lecun", "", -0.1, np.nan, np.inf], ids=repr)
def test_initial_scales_that_are_none(initial):
    with pytest.raises(ValueError, match=r'^initial must be "xavier", "he" or a number from 0 on, not '):
        Network([2, 1], [tanh], rng=rng(), initial=initial)


@pytest.mark.parametrize("wrong", [None, 1, np.random, "1"], ids=["none", "seed", "module", "text"])
def test_generators_that_are_none(wrong):
    with pytest.raises(ValueError, match=r"^rng must be a np.random.Generator, np.random.default_rng\(1\) say, not "):
        Network([2, 1], [tanh], rng=wrong)
    with pytest.raises(ValueError, match=r"^rng must be a np.random.Generator"):
        check_generator(wrong)


def test_a_generator_is_handed_through():
    generator = rng()
    assert check_generator(generator) is generator


@pytest.mark.parametrize(
    ("W1", "b1", "W2", "said"),
    [
        ((2, 2), (2,), (1, 2), r"\(2, 1\), not \(2,\)"),
        ((2, 2), (1, 2), (1, 2), r"\(2, 1\), not \(1, 2\)"),
        ((2, 2), (3, 1), (1, 2), r"\(2, 1\), not \(3, 1\)"),
        ((3, 2), (3, 1), (1, 2), r"\(1, 3\), not \(1, 2\)"),
        ((2, 2), (2, 1), (2, 1), r"\(2, 2\), not \(2, 1\)"),
        ((2, 2), (2, 1), (1, 2, 1), r"\(1, 2\), not \(1, 2, 1\)"),
    ],
)
def test_parameters_that_do_not_fit(W1, b1, W2, said):
    W, b = [None, np.ones(W1), np.ones(W2)], [None, np.ones(b1), np.ones((1, 1))]
    with pytest.raises(ValueError, match=rf"^[Wb]\[[12]\] must have the shape {said}$"):
        Network.from_parameters(W, b, [tanh, identity])


@pytest.mark.parametrize(
    ("W", "b", "activations"),
    [
        ([None, np.ones((2, 2)), np.ones((1, 2))], [None, np.ones((2, 1))], [tanh, identity]),
        ([None, np.ones((2, 2))], [None, np.ones((2, 1)), np.ones((1, 1))], [tanh]),
        ([np.ones((2, 2)), np.ones((1, 2))], [np.ones((2, 1)), np.ones((1, 1))], [tanh, identity]),
        ([np.ones((2, 2))], [np.ones((2, 1))], [tanh]),
        ([None, np.ones(2)], [None, np.ones((2, 1))], [tanh]),
    ],
    ids=["b short", "b long", "None forgotten", "None forgotten, one layer", "W 1-D"],
)
def test_lists_of_parameters_that_do_not_fit(W, b, activations):
    with pytest.raises(ValueError, match=f"^W and b need None and then {len(activations)} matrices, one a layer, not "):
        Network.from_parameters(W, b, activations)


@pytest.mark.parametrize(
    ("X", "kind", "said"),
    [
        (np.ones(3), ValueError, r"X must have shape (3, m), one column per sample, not (3,); "
                                 r"one sample is a column: X.reshape(-1, 1)"),
        (np.ones(5), ValueError, "X must have shape (3, m), one column per sample, not (5,)"),
        (np.ones((7, 3)), ValueError, "X must have shape (3, m), one column per sample, not (7, 3)"),
        (np.ones((2, 7)), ValueError, "X must have shape (3, m), one column per sample, not (2, 7)"),
        (np.ones((3, 2, 2)), ValueError, "X must have shape (3, m), one column per sample, not (3, 2, 2)"),
        (1.5, ValueError, "X must have shape (3, m), one column per sample, not ()"),
        (None, ValueError, "X must have shape (3, m), one column per sample, not ()"),
        (np.ones((3, 2), int), TypeError, "X must hold floats, not int64: convert it, X.astype(float)"),
        (np.ones((3, 2), np.uint8), TypeError, "X must hold floats, not uint8: convert it, X.astype(float)"),
        (np.ones((3, 2), bool), TypeError, "X must hold floats, not bool: convert it, X.astype(float)"),
        (1j * np.ones((3, 2)), TypeError, "X must hold floats, not complex128"),
        (np.ones((3, 2), object), TypeError, "X must hold floats, not object"),
    ],
    ids=["1-D", "1-D other", "rows", "too few", "3-D", "scalar", "none", "int", "uint8", "bool", "complex", "object"],
)  # fmt: skip
def test_samples_that_do_not_fit(X, kind, said):
    network = random_network([3, 4, 2])
    kept = network.forward(np.ones((3, 5)))
    said = said.replace("int64", str(np.dtype(int)))
    for call in (network, network.forward, lambda X: network.error(X, np.ones((2, 2)), half_mean_squared_error)):
        with pytest.raises(kind) as caught:
            call(X)
        assert str(caught.value) == said
    assert (network.Z, network.A) == kept


@pytest.mark.parametrize(
    ("Y", "kind", "said"),
    [
        (np.ones(2), ValueError, "Y must have shape (2, m), one column per sample, not (2,); "
                                 "one sample is a column: Y.reshape(-1, 1)"),
        (np.ones(5), ValueError, "Y must have shape (2, m), one column per sample, not (5,)"),
        (np.ones((5, 2)), ValueError, "Y must have shape (2, m), one column per sample, not (5, 2)"),
        (np.ones((1, 5)), ValueError, "Y must have shape (2, m), one column per sample, not (1, 5)"),
        (np.ones((2, 4)), ValueError, "X has 5 samples (columns) but Y has 4"),
        (np.ones((2, 1)), ValueError, "X has 5 samples (columns) but Y has 1"),
        (np.ones((2, 5), int), TypeError, "Y must hold floats, not int64: convert it, Y.astype(float)"),
    ],
    ids=["1-D", "labels", "rows", "one row", "four", "broadcastable", "int"],
)  # fmt: skip
def test_targets_that_do_not_fit(Y, kind, said):
    network, X = random_network([3, 4, 2]), np.ones((3, 5))
    network.forward(X)
    said = said.replace("int64", str(np.dtype(int)))
    calls = (network.backward, lambda Y, loss: network.error(X, Y, loss))
    for call in calls:
        with pytest.raises(kind) as caught:
            call(Y, half_mean_squared_error)
        assert str(caught.value) == said


def test_backward_needs_a_forward_pass():
    network = random_network([3, 4, 2])
    network(np.ones((3, 5)))  # a prediction is none
    with pytest.raises(ValueError, match=r"^backward needs a forward pass first: call forward\(X\)$"):
        network.backward(np.ones((2, 5)), half_mean_squared_error)


@settings(max_examples=20)
@given(g=st.sampled_from(ACTIVATIONS))
def test_a_cross_entropy_needs_its_activation(g):
    network, X, Y = Network([3, 2], [g], rng=rng()), np.ones((3, 5)), np.full((2, 5), 0.5)
    for loss in (softmax_cross_entropy, sigmoid_cross_entropy):
        network.forward(X)
        if g in (identity, loss.activation):
            network.error(X, Y, loss)
            network.backward(Y, loss)
            continue
        for call in (lambda: network.backward(Y, loss), lambda: network.error(X, Y, loss)):  # noqa: B023
            with pytest.raises(ValueError, match=f"^{loss.name} contains the {loss.activation} already.*, not {g}$"):
                call()


# --- nothing bypasses the views ---------------------------------------------------------------------------------------


def small(dtype=np.float64):
    return random_network([2, 3, 1], activations=[tanh, sigmoid], dtype=dtype)


def is_whole(network):
    """Return whether the views of a network look at its vectors, and nothing else shares them."""
    theta, grad = np.arange(network.p), -np.arange(network.p)
    network.theta[:] = theta
    network.grad[:] = grad
    parts = [part.ravel("F") for l in range(1, network.L + 1) for part in (network.W[l], network.b[l])]
    slopes = [part.ravel("F") for l in range(1, network.L + 1) for part in (network.dW[l], network.db[l])]
    return np.array_equal(np.concatenate(parts), theta) and np.array_equal(np.concatenate(slopes), grad)


ASSIGNMENTS = {
    "theta": lambda network, new: setattr(network, "theta", new.theta),
    "W and b": lambda network, new: (setattr(network, "W", new.W), setattr(network, "b", new.b)),
    "lists": lambda network, new: (setattr(network, "W", list(new.W)), setattr(network, "b", tuple(new.b))),
    "entries": lambda network, new: [
        part.__setitem__(l, given[l])
        for part, given in ((network.W, new.W), (network.b, new.b))
        for l in range(network.L + 1)
    ],
    "slices": lambda network, new: [
        part.__setitem__(slice(1, None), given[1:]) for part, given in ((network.W, new.W), (network.b, new.b))
    ],
    "numbers": lambda network, new: [
        part.__setitem__(l, given[l].tolist())
        for part, given in ((network.W, new.W), (network.b, new.b))
        for l in (1, 2)
    ],
}


@pytest.mark.parametrize("assign", ASSIGNMENTS.values(), ids=ASSIGNMENTS)
def test_what_is_assigned_is_what_is_used_saved_and_trained(assign, tmp_path):
    network, new = small(), small()
    new.theta *= -3
    theta = network.theta
    assign(network, new)
    assert network.theta is theta
    np.testing.assert_array_equal(network.theta, new.theta)
    X = np.array([[0.5, -1.0], [2.0, 0.25]])
    np.testing.assert_array_equal(network(X), new(X))
    network.save(tmp_path / "network.npz")
    np.testing.assert_array_equal(Network.load(tmp_path / "network.npz").theta, new.theta)
    network.theta += 1
    np.testing.assert_array_equal(network.W[1], new.W[1] + 1)
    assert is_whole(network)


def test_gradients_can_be_assigned_too():
    network = small()
    network.grad = np.arange(network.p)
    network.dW[2] = np.ones((1, 3))
    assert network.grad[-4:].tolist() == [1, 1, 1, network.p - 1]
    network.W[1] *= 2
    network.b[1] += 1
    assert is_whole(network)


REFUSED = {
    "theta too short": (lambda n: setattr(n, "theta", np.ones(4)), r"theta must have the shape \(13,\), not \(4,\)"),
    "a number": (lambda n: setattr(n, "theta", 0.0), r"theta must have the shape \(13,\), not \(\)"),
    "W[1] transposed": (lambda n: n.W.__setitem__(1, np.ones((2, 3))), r"must have the shape \(3, 2\), not \(2, 3\)"),
    "a flat bias": (lambda n: n.b.__setitem__(1, np.ones(3)), r"must have the shape \(3, 1\), not \(3,\)"),
    "no weights": (lambda n: n.W.__setitem__(1, None), r"must have the shape \(3, 2\), not None"),
    "W[0]": (lambda n: n.W.__setitem__(0, np.ones((2, 2))), r"must be None, not \(2, 2\)"),
    "too few layers": (lambda n: setattr(n, "W", n.W[1:]), r"W has 3 entries, one per layer \(W\[0\] is None\), not 2"),
    "one layer wrong": (
        lambda n: setattr(n, "W", [None, np.ones((3, 2)), np.ones((3, 1))]), r"W\[2\] must have the shape \(1, 3\)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("assign", "said"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused(assign, said):
    network = small()
    before = network.theta.copy()
    with pytest.raises(ValueError, match=said):
        assign(network)
    np.testing.assert_array_equal(network.theta, before)  # nothing is half written


@pytest.mark.parametrize(
    "change",
    [
        lambda W: W.append(np.ones((1, 1))), lambda W: W.pop(), lambda W: W.clear(), lambda W: W.reverse(),
        lambda W: W.insert(1, None), lambda W: W.extend([None]), lambda W: W.remove(None), lambda W: W.__delitem__(1),
        lambda W: W.__iadd__([None]), lambda W: W.__imul__(2), lambda W: W.sort(),
    ],
)  # fmt: skip
def test_layers_are_fixed(change):
    network = small()
    with pytest.raises(TypeError, match="the layers of a network are fixed"):
        change(network.W)
    assert is_whole(network)


def through_pickle(protocol):
    return lambda network: pickle.loads(pickle.dumps(network, protocol))


def read_only(network):
    """Copy as joblib may: with arrays that lie in a file and cannot be written."""
    state = network.__reduce_ex__(4)[2]
    for array in (state["theta"], state["grad"]):
        array.setflags(write=False)
    new = Network.__new__(type(network))
    new.__setstate__(state)
    for array in (state["theta"], state["grad"]):
        array.setflags(write=True)
    return new


def in_another_process(network):
    program = "import pickle, sys; sys.stdout.buffer.write(pickle.dumps(pickle.load(sys.stdin.buffer)))"
    root = Path(__file__).resolve().parents[2]
    there = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(network), capture_output=True, check=True, cwd=root
    )
    return pickle.loads(there.stdout)


COPIES = {
    "method": lambda network: network.copy(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "in a list": lambda network: copy.deepcopy([network])[0],
    **{f"pickle {protocol}": through_pickle(protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)},
    "read-only memory": read_only,
    "another process": in_another_process,
}


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_copies_are_whole_networks(duplicate, dtype):
    network = small(dtype)
    X, Y = np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([[0.0, 1.0]])
    network.error(X, Y, half_mean_squared_error)
    network.backward(Y, half_mean_squared_error)
    new = duplicate(network)
    assert new.g == network.g  # the very activations, which losses compare
    assert (new.sizes, new.dtype, new.p) == (network.sizes, network.dtype, network.p)
    np.testing.assert_array_equal(new(X), network(X))
    for part in ("theta", "grad"):
        assert not np.shares_memory(getattr(new, part), getattr(network, part))
    new.error(X, Y, half_mean_squared_error)
    np.testing.assert_array_equal(new.backward(Y, half_mean_squared_error), network.grad)
    before = network.theta.copy()
    assert is_whole(new)
    np.testing.assert_array_equal(network.theta, before)
    assert is_whole(network)


@pytest.mark.parametrize("g", by_name.values(), ids=repr)
def test_activations_travel_by_name(g):
    assert copy.copy(g) is copy.deepcopy(g) is pickle.loads(pickle.dumps(g)) is g


def test_an_activation_of_one_s_own_travels_too():
    square = Activation("square", np.square, np.abs)
    new = pickle.loads(pickle.dumps(Network([1, 1], [square], initial=0)))
    assert new.g[1](np.array([3.0])) == 9
