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

    The paper's lines, at step k, with v for its first moment m and s for its second moment v (here m counts samples):

        v ← β₁v + (1 − β₁)∇E        s ← β₂s + (1 − β₂)∇E²        two means that forget, entry by entry
        v̂ = v / (1 − β₁ᵏ)           ŝ = s / (1 − β₂ᵏ)            both began at 0, and were too small
        θ ← θ − γ v̂ / (√ŝ + ε)

    Three passes over the parameters less give the same. Keep the sums V = v / (1 − β₁) and S = s / (1 − β₂), for then

        V ← β₁V + ∇E                S ← β₂S + ∇E²

    without a factor. With the numbers a = (1 − β₁) / (1 − β₁ᵏ) and c = √((1 − β₂ᵏ) / (1 − β₂)) we have v̂ = aV and
    √ŝ = √S / c, and multiplying the fraction above and below by c leaves

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
