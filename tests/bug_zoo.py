"""The bug zoo of notebook 6: the backward pass with one mistake in it, a class for each mistake.

FiveLines is the correct pass, with a method for each of its five lines. Every bug replaces one line, runs without a
complaint and gives a gradient of the right shape. Most of them even train. The gradient check notices them all:

    gradient_check(MeanInBias.from_parameters(W, b, [sigmoid, identity]), X, Y, half_mean_squared_error)
"""
# ruff: noqa: N802 (the methods are named like the symbols of the five lines)

from shared.network import Network


class FiveLines(Network):
    """The backward pass as five lines, for activations that work element by element."""

    def backward(self, Y, loss):
        dZ = self.last_dZ(Y, loss)
        for l in range(self.L, 0, -1):
            self.dW[l][:] = self.dW_from(dZ, l)
            self.db[l][:] = self.db_from(dZ, l)
            if l > 1:
                dZ = self.dZ_from(self.dA_from(dZ, l), l - 1)
        return self.grad

    def last_dZ(self, Y, loss):
        if loss.from_logits:
            return loss.gradient(self.Z[self.L], Y)
        return self.dZ_from(self.last_dA(self.A[self.L], Y), self.L)

    def last_dA(self, A, Y):
        return (A - Y) / Y.shape[1]

    def dZ_from(self, dA, l):
        return dA * self.g[l].derivative(self.Z[l])

    def dW_from(self, dZ, l):
        return dZ @ self.A[l - 1].T

    def db_from(self, dZ, l):
        return dZ.sum(axis=1, keepdims=True)

    def dA_from(self, dZ, l):
        return self.W[l].T @ dZ


# --- the first line: dA of the output ---------------------------------------------------------------------------------


class MeanForgotten(FiveLines):
    """The sum over the samples instead of their mean: the gradient is m times too long."""

    def last_dA(self, A, Y):
        return A - Y


class MeanTwice(FiveLines):
    """1/m in the first line, and once more in dW and db: the gradient is m times too short."""

    def last_dA(self, A, Y):
        return (A - Y) / Y.shape[1] ** 2


class HalfForgotten(FiveLines):
    """The derivative of the square without the half in front: the gradient is twice too long."""

    def last_dA(self, A, Y):
        return 2 * (A - Y) / Y.shape[1]


class SignFlipped(FiveLines):
    """Target minus output: the descent climbs."""

    def last_dA(self, A, Y):
        return (Y - A) / Y.shape[1]


# --- the second line: dZ ----------------------------------------------------------------------------------------------


class DerivativeForgotten(FiveLines):
    """The error is passed on through the weights alone."""

    def dZ_from(self, dA, l):
        return dA


class DerivativeOfA(FiveLines):
    """g' is a function of z, but gets a = g(z)."""

    def dZ_from(self, dA, l):
        return dA * self.g[l].derivative(self.A[l])


class ReluMaskOfA(FiveLines):
    """The slope of a ReLU is taken as 1 where its output is ≥ 0, and that is everywhere."""

    def dZ_from(self, dA, l):
        return dA * (self.A[l] >= 0) if self.g[l].name == "relu" else super().dZ_from(dA, l)


class DerivativeTwice(FiveLines):
    """The cross-entropy's A − Y contains the derivative of the output activation; here it comes once more."""

    def last_dZ(self, Y, loss):
        return self.dZ_from(loss.gradient(self.Z[self.L], Y), self.L)


# --- the third line: dW -----------------------------------------------------------------------------------------------


class WeightsTransposed(FiveLines):
    """dW transposed, which fits only where a layer has as many nodes as the one before."""

    def dW_from(self, dZ, l):
        dW = dZ @ self.A[l - 1].T
        return dW.T if dW.shape[0] == dW.shape[1] else dW


class OwnActivations(FiveLines):
    """dW from the activations of the layer itself, not of the one before; fits where both have as many nodes."""

    def dW_from(self, dZ, l):
        before = self.A[l] if self.A[l].shape == self.A[l - 1].shape else self.A[l - 1]
        return dZ @ before.T


class StarInWeights(FiveLines):
    """Elementwise * for the matrix product @, which fits where the samples are as many as the nodes."""

    def dW_from(self, dZ, l):
        return dZ * self.A[l - 1].T


class NotCleared(FiveLines):
    """dW is added to what is there: the second backward pass holds the sum of both."""

    def dW_from(self, dZ, l):
        return self.dW[l] + dZ @ self.A[l - 1].T


# --- the fourth line: db ----------------------------------------------------------------------------------------------


class MeanInBias(FiveLines):
    """The mean over the samples instead of the sum, although dZ contains 1/m already."""

    def db_from(self, dZ, l):
        return dZ.mean(axis=1, keepdims=True)


class BiasOfOneSample(FiveLines):
    """The sum over the samples forgotten: only the first one counts."""

    def db_from(self, dZ, l):
        return dZ[:, :1]


class BiasAlongTheWrongAxis(FiveLines):
    """The sum over the nodes instead of the samples, which fits where both are as many."""

    def db_from(self, dZ, l):
        return dZ.sum(axis=0)[:, None]


# --- the fifth line: dA of the layer before ---------------------------------------------------------------------------


class TransposeForgotten(FiveLines):
    """W for its transpose, which fits only where a layer has as many nodes as the one before."""

    def dA_from(self, dZ, l):
        W = self.W[l]
        return W @ dZ if W.shape[0] == W.shape[1] else W.T @ dZ


class StarInActivations(FiveLines):
    """Elementwise * for the matrix product @; with a single output both are the same."""

    def dA_from(self, dZ, l):
        return self.W[l].T * dZ


class UpdatedTooSoon(FiveLines):
    """W takes its step before the error is passed back through it."""

    def dA_from(self, dZ, l):
        return (self.W[l] - 0.1 * self.dW[l]).T @ dZ


# Relative errors of the whole gradient that the tiny example (2-2-1, sigmoid, three samples) gives.
ON_TINY = {
    MeanForgotten: 0.500,
    MeanTwice: 0.500,
    HalfForgotten: 0.333,
    SignFlipped: 1.000,
    DerivativeForgotten: 0.513,
    DerivativeOfA: 0.0197,
    WeightsTransposed: 0.1205,
    MeanInBias: 0.291,
}
# Two inputs, two hidden nodes, two outputs, two samples: here wrong axes and products fit as well.
ON_SQUARES = [OwnActivations, StarInWeights, BiasAlongTheWrongAxis, TransposeForgotten, StarInActivations]
EVERYWHERE = [*ON_TINY, NotCleared, BiasOfOneSample, UpdatedTooSoon]
ON_TINY_WITH_RELU = {ReluMaskOfA: 0.167}
WITH_CROSS_ENTROPY = [DerivativeTwice]
ALL = [*EVERYWHERE, *ON_SQUARES, *ON_TINY_WITH_RELU, *WITH_CROSS_ENTROPY]
