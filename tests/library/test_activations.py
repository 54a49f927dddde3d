"""Activations: exact values and derivatives, no overflow, the type and the input left as they were."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from formulas import FORMULAS, WITH_A_KINK
from shared.activations import by_name, identity, leaky_relu, relu, sigmoid, softmax, tanh

ALL = list(by_name.values())
ELEMENTWISE = [g for g in ALL if g is not softmax]
POINTS = [-1000, -100.5, -37, -20, -5, -2, -1, -0.1, -1e-8, 0, 1e-8, 0.1, 0.5, 1, 2, 5, 20, 37, 100.5, 1000]

each = pytest.mark.parametrize("g", ALL, ids=repr)
each_elementwise = pytest.mark.parametrize("g", ELEMENTWISE, ids=repr)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])

matrices = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-1000, 1000))
moderate = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-20, 20))


def exact(name, z):
    """Return g(z) and g'(z) from the formula of g, in decimals of 60 digits; at a kink the slope to its left."""
    with localcontext(prec=60):
        z, h, g = Decimal(float(z)), Decimal("1e-30"), FORMULAS[name]  # h costs 30 of the digits
        return float(g(z)), float((g(z) - g(z - h)) / h)


def exact_softmax(column):
    with localcontext(prec=60):
        return FORMULAS["softmax"](np.array([Decimal(float(z)) for z in column])).astype(float)


# --- values and derivatives -------------------------------------------------------------------------------------------


@each_elementwise
@each_dtype
def test_value_and_derivative_against_decimals_of_60_digits(g, dtype):
    Z = np.array(POINTS, dtype)
    values, slopes = zip(*(exact(g.name, z) for z in Z), strict=True)
    tolerance = dict(rtol=np.finfo(dtype).eps, atol=np.finfo(dtype).eps)
    np.testing.assert_allclose(g(Z), values, **tolerance)
    np.testing.assert_allclose(g.derivative(Z), slopes, **tolerance)


@each_dtype
def test_softmax_against_decimals_of_60_digits(dtype):
    Z = np.array([[1, 0, -1000, 3, 1e-3], [2, 0, 1000, 3.5, 2e-3], [3, 0, 999, -700, -7]], dtype)
    expected = np.array([exact_softmax(column) for column in Z.T]).T
    np.testing.assert_allclose(softmax(Z), expected, rtol=8 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)


def test_numbers_of_notebook_7():
    assert f"{sigmoid(2):.10f}" == "0.8807970780"
    assert f"{sigmoid.derivative(2):.10f}" == "0.1049935854"
    assert sigmoid.derivative(0) == 0.25
    assert f"{sigmoid.derivative(5):.10f}" == "0.0066480567"
    assert f"{tanh.derivative(2):.10f}" == "0.0706508249"
    p = softmax(np.array([[1.0], [2.0], [3.0]])).ravel()
    assert [f"{value:.10f}" for value in p] == ["0.0900305732", "0.2447284711", "0.6652409558"]


@each_elementwise
@given(Z=moderate)
def test_derivative_is_the_slope_of_the_value(g, Z):
    h = 1e-5
    if g.name in WITH_A_KINK:
        Z = np.where(np.abs(Z) < 2 * h, 1.0, Z)
    np.testing.assert_allclose((g(Z + h) - g(Z - h)) / (2 * h), g.derivative(Z), rtol=1e-9, atol=1e-9)


@given(Z=moderate)
def test_softmax_derivative_is_the_slope_of_the_value(Z):
    h, jacobian = 1e-5, softmax.derivative(Z)
    assert jacobian.shape == (len(Z), *Z.shape)
    for j in range(len(Z)):
        nudge = h * np.eye(len(Z))[:, [j]]
        slope = (softmax(Z + nudge) - softmax(Z - nudge)) / (2 * h)
        np.testing.assert_allclose(slope, jacobian[:, j], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_kinks(zero):
    assert relu.derivative(zero) == 0
    assert leaky_relu.derivative(zero) == 0.01
    assert relu(zero) == leaky_relu(zero) == 0


@each_elementwise
def test_backward_of_an_elementwise_activation(g):
    rng = np.random.default_rng(1)
    Z, dA = rng.standard_normal((2, 3, 4))
    np.testing.assert_array_equal(g.backward(dA, Z), dA * g.derivative(Z))


@given(Z=moderate, seed=st.integers(0, 99))
def test_backward_of_softmax_sums_over_every_output(Z, seed):
    dA = np.random.default_rng(seed).standard_normal(Z.shape)
    dZ = np.zeros_like(Z)
    for c in range(Z.shape[1]):
        a = softmax(Z[:, [c]]).ravel()
        for j in range(len(a)):
            dZ[j, c] = sum(dA[i, c] * a[i] * ((i == j) - a[j]) for i in range(len(a)))
    np.testing.assert_allclose(softmax.backward(dA, Z), dZ, rtol=1e-12, atol=1e-14)


# --- identities -------------------------------------------------------------------------------------------------------


@given(Z=matrices)
def test_symmetries(Z):
    np.testing.assert_allclose(sigmoid(-Z), 1 - sigmoid(Z), rtol=0, atol=2.3e-16)
    np.testing.assert_array_equal(tanh(-Z), -tanh(Z))
    np.testing.assert_allclose(tanh(Z), 2 * sigmoid(2 * Z) - 1, rtol=0, atol=4.5e-16)
    np.testing.assert_array_equal(relu(Z) - relu(-Z), Z)
    np.testing.assert_allclose(leaky_relu(Z) - leaky_relu(-Z), 1.01 * Z, rtol=1e-14)
    np.testing.assert_array_equal(identity(Z), Z)
    for g in (sigmoid, tanh):
        np.testing.assert_allclose(g.derivative(-Z), g.derivative(Z), rtol=0, atol=2.3e-16)


@given(Z=matrices, shift=st.integers(-1000, 1000), seed=st.integers(0, 99))
def test_softmax_gives_probabilities_that_forget_a_common_shift_and_the_order(Z, shift, seed):
    A = softmax(Z)
    assert (A >= 0).all()
    np.testing.assert_allclose(A.sum(axis=0), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(Z + shift), A, rtol=1e-11, atol=1e-300)  # Z + shift is itself rounded
    order = np.random.default_rng(seed).permutation(len(Z))
    np.testing.assert_allclose(softmax(Z[order]), A[order], rtol=1e-14)


@given(Z=matrices)
def test_softmax_of_two_is_the_sigmoid_of_their_difference(Z):
    np.testing.assert_allclose(softmax(np.stack([Z[0], 0 * Z[0]]))[0], sigmoid(Z[0]), rtol=0, atol=4e-16)


@each
def test_columns_do_not_disturb_each_other(g):
    Z = np.random.default_rng(2).standard_normal((4, 6)) * 3
    for c in range(6):
        np.testing.assert_allclose(g(Z[:, [c]]), g(Z)[:, [c]], rtol=1e-15)
        np.testing.assert_allclose(g.derivative(Z[:, [c]]), g.derivative(Z)[..., [c]], rtol=1e-14)


# --- range, type, shape -----------------------------------------------------------------------------------------------


@each
@each_dtype
def test_from_minus_1000_to_1000_finite_without_a_warning_in_the_type_of_the_input(g, dtype):
    with np.errstate(all="raise", under="ignore"):
        Z = np.linspace(-1000, 1000, 20_001, dtype=dtype)
        Z = np.stack([Z, Z[::-1], 0 * Z, Z / 1000])
        for result in (g(Z), g.derivative(Z), g.backward(np.ones_like(Z), Z)):
            assert result.dtype == dtype
            assert np.isfinite(result).all()


def test_limits():
    far = np.array([-1000.0, 1000.0])
    assert sigmoid(far).tolist() == [0, 1]
    assert tanh(far).tolist() == [-1, 1]
    assert relu(far).tolist() == [0, 1000]
    assert leaky_relu(far).tolist() == [-10, 1000]
    assert softmax(far).tolist() == [0, 1]
    for g in (sigmoid, tanh):
        assert g.derivative(far).tolist() == [0, 0]


@each
@pytest.mark.parametrize("Z", [[[1, 2], [3, -4]], np.array([[1, 2], [3, -4]], np.int8), [[True, False]]], ids=repr)
def test_whole_numbers_become_float64(g, Z):
    expected = g(np.array(Z, np.float64))
    assert g(Z).dtype == g.derivative(Z).dtype == np.float64
    np.testing.assert_array_equal(g(Z), expected)


@each_elementwise
@pytest.mark.parametrize("shape", [(), (3,), (3, 1), (1, 4), (2, 3, 4), (2, 0)], ids=repr)
def test_the_shape_is_kept(g, shape):
    Z = np.full(shape, -0.5)
    assert np.shape(g(Z)) == np.shape(g.derivative(Z)) == np.shape(g.backward(Z, Z)) == shape


@pytest.mark.parametrize("shape", [(3,), (3, 1), (1, 4), (2, 0)], ids=repr)
def test_the_shapes_of_softmax(shape):
    Z = np.full(shape, -0.5)
    assert softmax(Z).shape == softmax.backward(Z, Z).shape == shape
    assert softmax.derivative(Z).shape == (shape[0], *shape)


@each
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_input_is_not_changed_and_its_layout_in_memory_does_not_matter(g, order):
    Z = np.array([[1.0, -2, 3], [-4, 5, -6]], order=order)
    Z.setflags(write=False)
    C = np.ascontiguousarray(Z)
    np.testing.assert_array_equal(g(Z), g(C))
    np.testing.assert_array_equal(g.derivative(Z), g.derivative(C))
    np.testing.assert_array_equal(g.backward(Z, Z), g.backward(C, C))


def test_names():
    assert list(by_name) == list(FORMULAS)
    assert all(by_name[g.name] is g and repr(g) == g.name for g in ALL)
