"""Automatic differentiation: right about random functions, *tiny* and values used twice; clear about bad input."""

import cmath
import gc
import math

import numpy as np
import pytest

from shared.activations import identity, relu, sigmoid, tanh
from shared.autodiff import Value
from shared.datasets import tiny
from shared.losses import half_mean_squared_error
from shared.network import Network

# --- 200 random expressions -------------------------------------------------------------------------------------------

COUNT, INPUTS, STEPS = 200, 3, 12
UNARY = ("exp", "log", "tanh", "sigmoid", "relu", "neg", "power", "reciprocal", "base", "from one")
BINARY = ("+", "-", "*", "/", "**")


class Complex:
    """The same functions for complex numbers, cut along the real axis like those of `Value`."""

    exp, log, tanh = staticmethod(cmath.exp), staticmethod(cmath.log), staticmethod(cmath.tanh)

    @staticmethod
    def sigmoid(z):
        return 1 / (1 + cmath.exp(-z))

    @staticmethod
    def relu(z):
        return z if z.real > 0 else 0 * z


class Methods:
    """The functions as methods of the argument: for `Value`, and for tensors of PyTorch."""

    exp, log, tanh, sigmoid, relu = (
        staticmethod(lambda z, name=name: getattr(z, name)()) for name in ("exp", "log", "tanh", "sigmoid", "relu")
    )


def unary(name, z, k, lib):
    """Return one function of z; where its domain is bounded, z is brought inside. k is a plain number."""
    if name == "exp":
        return lib.exp(lib.tanh(z))
    if name == "log":
        return lib.log(k + lib.sigmoid(z))
    if name == "power":
        return lib.tanh(z) ** 3 + k * lib.tanh(z) ** 2 - (2 + lib.tanh(z)) ** k
    if name == "reciprocal":
        return k / (1.5 + lib.tanh(z))
    if name == "base":
        return k ** lib.tanh(z)
    if name == "from one":
        return 1 - z / k
    return -z if name == "neg" else getattr(lib, name)(z)


def binary(name, u, v, lib):
    if name == "/":
        return u / (2 + lib.tanh(v))
    if name == "**":
        return (2 + lib.tanh(u)) ** lib.tanh(v)
    return {"+": lambda: u + v, "-": lambda: u - v, "*": lambda: u * lib.tanh(v)}[name]()


def expression(seed):
    """Return a random function (inputs, lib) -> number, in which results are used again and again."""
    rng = np.random.default_rng(seed)
    plan = []
    for k in range(STEPS):
        i, j = (int(n) for n in rng.integers(0, INPUTS + k, 2))
        names = UNARY if rng.random() < 0.4 else BINARY
        plan.append((str(rng.choice(names)), i, j, float(rng.uniform(0.5, 2))))

    def f(inputs, lib):
        values = list(inputs)
        for name, i, j, k in plan:
            new = unary(name, values[i], k, lib) if name in UNARY else binary(name, values[i], values[j], lib)
            values.append(new)
        return values[-1] * 0.5 + sum(values) / len(values)  # everything counts

    return f, rng.uniform(-1.5, 1.5, INPUTS).tolist()


def gradient(f, place):
    """Return value and derivatives by `Value`."""
    inputs = [Value(x) for x in place]
    result = f(inputs, Methods)
    result.backward()
    return result.data, [x.grad for x in inputs]


@pytest.mark.parametrize("seed", range(COUNT))
def test_random_expressions_against_complex_steps(seed):
    f, place = expression(seed)
    result, slopes = gradient(f, place)
    h = 1e-30  # f(x + ih) = f(x) + ih f'(x) − …: no difference is taken, so no digit is lost
    for k, slope in enumerate(slopes):
        stepped = f([complex(x, h * (i == k)) for i, x in enumerate(place)], Complex)
        assert stepped.real == pytest.approx(result, rel=1e-12, abs=1e-12)
        assert stepped.imag / h == pytest.approx(slope, rel=1e-10, abs=1e-12)


def test_random_expressions_against_pytorch():
    torch = pytest.importorskip("torch")
    for seed in range(COUNT):
        f, place = expression(seed)
        result, slopes = gradient(f, place)
        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in place]
        expected = f(tensors, Methods)
        expected.backward()
        assert result == pytest.approx(expected.item(), rel=1e-12, abs=1e-12)
        # PyTorch leaves None where the result does not depend on an input.
        theirs = [0.0 if t.grad is None else t.grad.item() for t in tensors]
        assert slopes == pytest.approx(theirs, rel=1e-10, abs=1e-12)


def test_the_expressions_are_not_all_alike():
    results = [gradient(*expression(seed))[1] for seed in range(COUNT)]
    assert len({tuple(slopes) for slopes in results}) == COUNT
    assert np.isfinite(results).all()


# --- every operation, with numbers on either side ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "value", "slope"),
    [
        (lambda a: a + 2, 5, 1),
        (lambda a: 2 + a, 5, 1),
        (lambda a: a - 2, 1, 1),
        (lambda a: 2 - a, -1, -1),
        (lambda a: a * 2, 6, 2),
        (lambda a: 2 * a, 6, 2),
        (lambda a: a / 2, 1.5, 0.5),
        (lambda a: 2 / a, 2 / 3, -2 / 9),
        (lambda a: a**2, 9, 6),
        (lambda a: a**0, 1, 0),
        (lambda a: 2**a, 8, 8 * math.log(2)),
        (lambda a: a**a, 27, 27 * (1 + math.log(3))),
        (lambda a: -a, -3, -1),
        (lambda a: a - a, 0, 0),
        (lambda a: a / a, 1, 0),
        (lambda a: np.float64(2) * a, 6, 2),
        (lambda a: a + np.int64(2), 5, 1),
        (lambda a: np.float32(2) - a, -1, -1),
    ],
)
def test_operations(f, value, slope):
    a = Value(3)
    result = f(a)
    result.backward()
    assert (result.data, a.grad) == (pytest.approx(value), pytest.approx(slope, abs=1e-15))


@pytest.mark.parametrize(("base", "exponent", "slope"), [(0, 2, 0), (0, 1, 1), (-2, 3, 12), (-2, -1, -0.25), (0, 0, 0)])
def test_powers_of_numbers_that_are_not_positive(base, exponent, slope):
    a = Value(base)
    (a**exponent).backward()
    assert a.grad == pytest.approx(slope)


@pytest.mark.parametrize("z", [-1000, -40, -0.3, 0, 0.3, 40, 1000])
@pytest.mark.parametrize("g", [sigmoid, tanh, relu], ids=repr)
def test_activations_equal_those_of_the_package(g, z):
    a = Value(z)
    result = getattr(a, g.name)()
    result.backward()
    assert result.data == pytest.approx(float(g(np.float64(z))), abs=1e-15)
    assert a.grad == pytest.approx(float(g.derivative(np.float64(z))), abs=1e-15)


def test_numpy_calculates_with_arrays_of_values():
    a = np.array([[Value(1), Value(2)]])
    result = (np.tanh(a) @ np.array([[3.0], [4.0]]) + np.exp(a).sum())[0, 0]
    result.backward()
    expected = [3 * (1 - math.tanh(1) ** 2) + math.e, 4 * (1 - math.tanh(2) ** 2) + math.e**2]
    assert [x.grad for x in a[0]] == pytest.approx(expected)


# --- the graph --------------------------------------------------------------------------------------------------------


def test_a_value_used_twice_gives_4_not_8():
    a = Value(3)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad, c.grad) == (4, 2, 1)


def test_paths_of_different_length_meet():
    a = Value(2)
    b = a * a
    c = b * a + b  # a³ + a²
    (c * b).backward()  # a⁵ + a⁴
    assert a.grad == 5 * 2**4 + 4 * 2**3


def test_backward_twice_gives_the_same():
    a = Value(3)
    b = a * a
    for _ in range(2):
        b.backward()
        assert (a.grad, b.grad) == (6, 1)
    (b * b).backward()  # of another result that goes through the same nodes
    assert (a.grad, b.grad) == (4 * 3**3, 2 * 9)
    b.backward()
    assert (a.grad, b.grad) == (6, 1)


def test_order_puts_every_value_after_its_inputs_and_lists_it_once():
    f, place = expression(7)
    order = f([Value(x) for x in place], Methods).order()
    at = {node: k for k, node in enumerate(order)}
    assert len(at) == len(order) > STEPS
    assert all(at[before] < at[node] for node in order for before, _ in node.inputs)
    assert all(node.level > before.level for node in order for before, _ in node.inputs)


def test_the_result_itself_and_constants():
    a = Value(3)
    a.backward()
    assert a.grad == 1
    assert a.order() == [a]


@pytest.mark.parametrize("n", [10_000, 100_000])
def test_a_deep_graph_needs_no_recursion(n):
    a = Value(1)
    total = a
    for _ in range(n):
        total = total + a
    total.backward()
    assert a.grad == n + 1
    del total
    gc.collect()  # nor does giving back its memory


def test_paths_are_not_walked_one_by_one():
    a = Value(1)
    doubled = a
    for _ in range(60):  # 2⁶⁰ paths
        doubled = doubled + doubled
    doubled.backward()
    assert a.grad == 2**60


# --- tiny -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [slice(1), slice(3)], ids=["one sample", "three samples"])
def test_nine_derivatives_of_tiny_equal_those_of_the_network(samples):
    W, b, X, Y = tiny()
    X, Y = X[:, samples], Y[:, samples]
    network = Network.from_parameters(W, b, [sigmoid, identity])
    network.forward(X)
    network.backward(Y, half_mean_squared_error)
    W, b = ([None, *(np.vectorize(Value, otypes=[object])(M) for M in matrices[1:])] for matrices in (W, b))
    A = X
    for l in (1, 2):
        Z = W[l] @ A + b[l]
        A = np.vectorize(Value.sigmoid, otypes=[object])(Z) if l == 1 else Z
    E = ((A - Y) ** 2).sum() / (2 * Y.shape[1])
    E.backward()
    assert E.data == pytest.approx(network.error(X, Y, half_mean_squared_error), rel=1e-14)
    grad = np.vectorize(lambda value: value.grad)
    for l in (1, 2):
        np.testing.assert_allclose(grad(W[l]), network.dW[l], rtol=1e-13)
        np.testing.assert_allclose(grad(b[l]), network.db[l], rtol=1e-13)


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad", ["3", None, [1.0], np.ones((2, 2)), 1j, (), object()], ids=lambda bad: type(bad).__name__
)
def test_what_is_no_number_is_named(bad):
    with pytest.raises(TypeError, match="one real number, not"):
        Value(bad)
    for f in (
        lambda a: a + bad, lambda a: a - bad, lambda a: a * bad, lambda a: a / bad, lambda a: a**bad,
    ):  # fmt: skip
        with pytest.raises(TypeError, match="one real number, not"):
            f(Value(2))


def test_where_a_function_has_no_value():
    for x in (0, -1, math.nan):
        with pytest.raises(ValueError, match="above 0, not"):
            Value(x).log()
    with pytest.raises(ZeroDivisionError):
        1 / Value(0)
    with pytest.raises(TypeError, match="one real number"):
        Value(-8) ** (1 / 3)
    with pytest.raises(TypeError):
        math.exp(Value(1))  # would forget where the number comes from
    with pytest.raises(OverflowError):
        Value(1000).exp()


def test_the_values_before_a_failure_are_as_they_were():
    a = Value(3)
    b = a * a
    b.backward()
    with pytest.raises(TypeError):
        b + "1"
    assert (b.data, b.grad, a.grad) == (9, 1, 6)


def test_it_shows_its_number_and_its_derivative():
    a = Value(3)
    (a * a).backward()
    assert repr(a) == "Value(3, grad 6)"
