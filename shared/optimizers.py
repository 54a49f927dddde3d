"""Optimizers: what to do with the gradient. Each changes the parameter vector theta in place, step by step."""

import numpy as np

from shared.checks import check_fraction, check_positive

PIECE = 16_384  # parameters; their four vectors of float32 fill 256 kB, which a processor's second cache holds


class Optimizer:
    """What the optimizers share: a learning rate γ, and a memory that belongs to one parameter vector.

    ``step(theta, grad)`` changes theta (p,) in place, given the gradient (p,). Each network needs its own optimizer.
    """

    def __init__(self, learning_rate):
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.memory = None

    def remember(self, theta, vectors):
        """Return the remembered vectors, zeros at first; ValueError if they belong to another network."""
        if self.memory is None:
            self.memory = np.zeros((vectors, *theta.shape), theta.dtype)
        elif self.memory.shape[1:] != theta.shape:
            sizes = f"remembers {self.memory.shape[1]} parameters, but theta has {theta.size}"
            raise ValueError(f"this optimizer {sizes}: make a new one for each network")
        return self.memory


class GradientDescent(Optimizer):
    """θ ← θ − γ ∇E (Cauchy 1847)."""

    def step(self, theta, grad):
        theta -= self.learning_rate * grad


class Momentum(Optimizer):
    """v ← μv + ∇E, θ ← θ − γv (Polyak 1964); Nesterov: θ ← θ − γ(∇E + μv) (Sutskever et al. 2013)."""

    def __init__(self, learning_rate, momentum=0.9, nesterov=False):
        super().__init__(learning_rate)
        self.momentum = check_fraction("momentum", momentum)
        self.nesterov = nesterov

    def step(self, theta, grad):
        (v,) = self.remember(theta, 1)
        v *= self.momentum
        v += grad
        theta -= self.learning_rate * (grad + self.momentum * v if self.nesterov else v)


class Adam(Optimizer):
    """Steps of about γ for each parameter, whatever the size of its gradient (Kingma & Ba 2014, algorithm 1).

    v ← β₁v + (1 − β₁)∇E            a mean of the gradients that forgets (the paper's m: here m counts samples)
    s ← β₂s + (1 − β₂)∇E²           the same of their squares, entry by entry (the paper's v)
    θ ← θ − γ v̂ / (√ŝ + ε)          with v̂ = v/(1 − β₁ᵏ) and ŝ = s/(1 − β₂ᵏ) at step k, for both begin at 0
    """

    def __init__(self, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(learning_rate)
        self.beta1 = check_fraction("beta1", beta1)
        self.beta2 = check_fraction("beta2", beta2)
        self.epsilon = check_positive("epsilon", epsilon)
        self.k = 0

    def step(self, theta, grad):
        memory = self.remember(theta, 2)
        self.k += 1
        # Piece by piece, since each line below passes over all its numbers: a piece stays in the processor's cache.
        for start in range(0, theta.size, PIECE):
            piece = slice(start, start + PIECE)
            self._step(theta[piece], grad[piece], *memory[:, piece])

    def _step(self, theta, grad, v, s):
        v *= self.beta1
        v += (1 - self.beta1) * grad
        s *= self.beta2
        s += (1 - self.beta2) * grad * grad
        v_hat = v / (1 - self.beta1**self.k)
        s_hat = s / (1 - self.beta2**self.k)
        theta -= self.learning_rate * v_hat / (np.sqrt(s_hat) + self.epsilon)
