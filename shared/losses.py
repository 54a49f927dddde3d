"""Losses: how wrong the network's output is, and the gradient that starts the backward pass.

A loss is called with the output and the targets, both of shape (n, m), and returns the error E, the mean over the m
samples. ``loss.gradient`` has the shape of the output; it contains the 1/m, which no layer has to add. Training needs
both, and ``loss.value_and_gradient`` does their common work only once. A network calls ``loss.backward``.

The cross-entropies work from the logits Z (``from_logits``), the sums before the last activation. The softmax or the
sigmoid is then part of the loss: its gradient is (A − Y)/m, and no logarithm ever meets a zero.
"""

import numpy as np

from shared.activations import identity, sigmoid, softmax


class Loss:
    """What the losses share. Each defines ``value_and_gradient(output, Y)`` and ``check_targets(Y)``.

    The output is A of the last layer, for a ``LossFromLogits`` its Z.
    """

    from_logits = False

    def __call__(self, output, Y):
        """Return E for outputs (from_logits: the logits) and targets, both (n, m)."""
        return self.value_and_gradient(output, Y)[0]

    def gradient(self, output, Y):
        """Return the derivatives of E with respect to the outputs (from_logits: the logits), (n, m)."""
        return self.value_and_gradient(output, Y)[1]

    def input(self, Z, A, g):
        """Return what the loss is called with, given the last layer's Z (n, m), A = g(Z) (n, m) and activation g."""
        return A

    def backward(self, Z, A, g, Y):
        """Return E, and the last layer's dZ, which starts the backward pass."""
        E, dA = self.value_and_gradient(A, Y)
        return E, g.backward(dA, Z)

    def threshold(self, g):
        """Return the number above which a single yes-or-no output of the activation g means yes."""
        return 0.5


class LossFromLogits(Loss):
    """A loss that contains the last activation: it works from Z, and its gradient is dZ.

    The network's last activation may be the loss's own ``activation``, or the identity: then its outputs are logits.
    """

    from_logits = True
    activation = None

    def input(self, Z, A, g):
        """Return Z; ValueError if the last activation g is neither the loss's own nor the identity."""
        if g not in (identity, self.activation):
            cure = f"the last activation must be {self.activation} or identity, not {g}"
            raise ValueError(f"{self.name} contains the {self.activation} already: {cure}")
        return Z

    def backward(self, Z, A, g, Y):
        """Return E, and the last layer's dZ: the gradient of the loss, with no derivative of g to multiply by."""
        return self.value_and_gradient(self.input(Z, A, g), Y)

    def threshold(self, g):
        """Return 0.5, the output above which the answer is yes; where outputs are logits, 0, since σ(0) = 0.5."""
        return 0.0 if g is identity else 0.5


class HalfMeanSquaredError(Loss):
    """E = (1/2m) ‖A − Y‖², for predicting numbers."""

    name = "half_mean_squared_error"

    def check_targets(self, Y):
        """Accept any targets."""

    def value_and_gradient(self, A, Y):
        """Return E and dA = (A − Y)/m."""
        misses = A - Y
        m = Y.shape[1]
        return float((misses**2).sum()) / (2 * m), misses / m


class SoftmaxCrossEntropy(LossFromLogits):
    """E = −(1/m) Σ Y log softmax(Z), for one class out of n; each column of Y holds n probabilities, one-hot or not."""

    name = "softmax_cross_entropy"
    activation = softmax

    def check_targets(self, Y):
        """Raise ValueError unless each column of Y (n, m) holds n ≥ 2 probabilities that sum to 1."""
        if len(Y) < 2 or Y.min() < 0 or np.abs(Y.sum(axis=0) - 1).max() > 1e-3:
            raise ValueError(
                f"{self.name} needs targets of two or more probabilities per column, with sum 1: one_hot(labels) say; "
                f"these have {len(Y)} rows, and sums from {Y.sum(axis=0).min():g} to {Y.sum(axis=0).max():g}"
            )

    def value_and_gradient(self, Z, Y):
        """Return E and dZ = (softmax(Z) − Y)/m, which takes columns of Y that sum to 1."""
        m = Y.shape[1]
        shifted = Z - Z.max(axis=0)  # softmax stays the same, and no exp overflows
        exp = np.exp(shifted)
        sums = exp.sum(axis=0)
        surprise = np.log(sums) - shifted  # −log softmax(Z)
        return float((Y * surprise).sum()) / m, (exp / sums - Y) / m


class SigmoidCrossEntropy(LossFromLogits):
    """E = −(1/m) Σ (Y log σ(Z) + (1 − Y) log(1 − σ(Z))), for yes-or-no outputs; Y between 0 and 1."""

    name = "sigmoid_cross_entropy"
    activation = sigmoid

    def check_targets(self, Y):
        """Raise ValueError unless every entry of Y is a probability."""
        if Y.min() < 0 or Y.max() > 1:
            raise ValueError(f"{self.name} needs targets from 0 to 1, not from {Y.min():g} to {Y.max():g}")

    def value_and_gradient(self, Z, Y):
        """Return E and dZ = (σ(Z) − Y)/m."""
        m = Y.shape[1]
        # −log(1 − σ(z)) = log(1 + eᶻ) and −log σ(z) = log(1 + eᶻ) − z, so that a sample costs log(1 + eᶻ) − zy.
        # With |z| no exp overflows: log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|).
        costs = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))
        return float(costs.sum()) / m, (sigmoid(Z) - Y) / m


half_mean_squared_error = HalfMeanSquaredError()
softmax_cross_entropy = SoftmaxCrossEntropy()
sigmoid_cross_entropy = SigmoidCrossEntropy()
