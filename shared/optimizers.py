"""Optimizers: what to do with the gradient. Each changes the parameter vector theta in place, step by step."""

import numpy as np

from shared.checks import check_fraction, check_positive


class Optimizer:
    """What the optimizers share: a learning rate γ, and a memory that belongs to one parameter vector.

    ``step(theta, grad)`` changes theta (p,) in place, given the gradient (p,). Each network needs its own optimizer.
    """

    def __init__(self, learning_rate):
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.memory = None

    def remember(self, theta, vectors):
        """Return the memory: ``vectors`` vectors like theta, at first 0. ValueError if it is of another size."""
        if self.memory is None:
            self.memory = np.zeros((vectors, *theta.shape), theta.dtype)
        elif self.memory.shape[1:] != theta.shape:
            raise ValueError(
                f"this optimizer remembers {self.memory.shape[1]} parameters, but theta has {theta.size}: "
                "make a new one for each network"
            )
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

    The paper's lines at step k. Its first moment m is our v, its second moment v our s, since m counts samples here:

        v ← β₁v + (1 − β₁)∇E        s ← β₂s + (1 − β₂)∇E²        running means, entry by entry
        v̂ = v / (1 − β₁ᵏ)           ŝ = s / (1 − β₂ᵏ)            since v and s began at 0, they are too small
        θ ← θ − γ v̂ / (√ŝ + ε)

    Fewer passes over the parameters give the same. Keep the sums V = v / (1 − β₁) and S = s / (1 − β₂), which need no
    factor before the gradient:

        V ← β₁V + ∇E                S ← β₂S + ∇E²

    With the numbers a = (1 − β₁) / (1 − β₁ᵏ) and c = √((1 − β₂ᵏ) / (1 − β₂)) we have v̂ = aV and
    √ŝ = √S / c. Multiply the fraction above and below by c:

        θ ← θ − γac V / (√S + εc)
    """

    def __init__(self, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(learning_rate)
        self.beta1 = check_fraction("beta1", beta1)
        self.beta2 = check_fraction("beta2", beta2)
        self.epsilon = check_positive("epsilon", epsilon)
        self.k = 0

    def step(self, theta, grad):
        V, S = self.remember(theta, 2)
        self.k += 1
        a = (1 - self.beta1) / (1 - self.beta1**self.k)
        c = ((1 - self.beta2**self.k) / (1 - self.beta2)) ** 0.5
        V *= self.beta1
        V += grad
        S *= self.beta2
        S += grad * grad
        theta -= self.learning_rate * a * c * V / (np.sqrt(S) + self.epsilon * c)
