"""Activation functions: what a neuron does with its weighted sum z.

An activation g is used as ``A = g(Z)`` on the way forward and, on the way back, as ``dZ = g.backward(dA, Z)``,
which for an elementwise g is ``dA * g.derivative(Z)``. The derivative is a function of z, not of a = g(z). Finite z
give finite results of the same type (float32 or float64; whole numbers become float64).
"""

import numpy as np


class Activation:
    """An elementwise activation function, made from its value and its derivative."""

    def __init__(self, name, value, derivative):
        self.name = name
        self._value = value
        self._derivative = derivative

    def __call__(self, Z):
        """Return g(Z), of the shape of Z."""
        return self._value(_floats(Z))

    def derivative(self, Z):
        """Return g'(Z), of the shape of Z; for softmax ∂a_i/∂z_j = a_i (δ_ij − a_j), of shape (n, n, m)."""
        return self._derivative(_floats(Z))

    def backward(self, dA, Z):
        """Return dZ = dA ⊙ g'(Z), given dA and Z of one shape."""
        return dA * self.derivative(Z)

    def __repr__(self):
        return self.name

    def __reduce__(self):
        """Copy and pickle the course's activations by name.

        A copy of ``softmax`` is then ``softmax`` itself, which is what a loss asks for, and the lambdas below, which
        pickle refuses, stay at home.
        """
        if by_name.get(self.name) is self:
            return _named, (self.name,)
        return super().__reduce__()


class Softmax(Activation):
    """Softmax turns each column of Z into probabilities: a_i = exp(z_i) / Σ_k exp(z_k)."""

    def backward(self, dA, Z):
        """Return dZ_j = Σ_i dA_i ∂a_i/∂z_j, of the shape of Z: here every output depends on every z."""
        A = self(Z)
        # Σ_i dA_i a_i (δ_ij − a_j) = a_j (dA_j − Σ_i dA_i a_i)
        return A * (dA - (dA * A).sum(axis=0))


def _named(name):
    """Return the activation of this name: pickle needs a function for it."""
    return by_name[name]


def _floats(Z):
    Z = np.asarray(Z)
    return Z if Z.dtype.kind == "f" else Z.astype(np.float64)


def _sigmoid(Z):
    # σ(z) = 1 / (1 + e⁻ᶻ) = (1 + tanh(z/2)) / 2, and tanh cannot overflow.
    return 0.5 + 0.5 * np.tanh(0.5 * Z)


def _sigmoid_derivative(Z):
    A = _sigmoid(Z)
    return A * (1 - A)


def _leaky_relu_derivative(Z):
    # 1 and 0.01 as numbers of Z's type: plain ones would turn float32 into float64.
    return np.where(Z > 0, Z.dtype.type(1), Z.dtype.type(0.01))


def _softmax(Z):
    # Subtracting one number from a whole column changes nothing. If it is the largest, no exp overflows.
    exp = np.exp(Z - Z.max(axis=0))
    return exp / exp.sum(axis=0)


def _softmax_derivative(Z):
    A = _softmax(Z)
    n = len(A)
    delta = np.eye(n, dtype=A.dtype).reshape(n, n, *[1] * (A.ndim - 1))  # the same for every sample
    return A[:, None] * (delta - A[None])  # [i, j] is a_i (δ_ij − a_j)


identity = Activation("identity", lambda Z: Z, np.ones_like)
sigmoid = Activation("sigmoid", _sigmoid, _sigmoid_derivative)
tanh = Activation("tanh", np.tanh, lambda Z: 1 - np.tanh(Z) ** 2)
# At the kink z = 0 the slope to its left is taken: 0, for leaky_relu 0.01.
relu = Activation("relu", lambda Z: np.maximum(Z, 0), lambda Z: (Z > 0).astype(Z.dtype))
leaky_relu = Activation("leaky_relu", lambda Z: np.maximum(Z, 0.01 * Z), _leaky_relu_derivative)
softmax = Softmax("softmax", _softmax, _softmax_derivative)

by_name = {g.name: g for g in (identity, sigmoid, tanh, relu, leaky_relu, softmax)}
