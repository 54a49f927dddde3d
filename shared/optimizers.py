"""Optimizers: what to do with the gradient. Each changes the parameter vector theta in place, step by step."""

import numpy as np


class Optimizer:
    """What the optimizers share: a learning rate γ, and a memory that belongs to one parameter vector.

    ``step(theta, grad)`` changes theta (p,) in place, given the gradient (p,). Each network needs its own optimizer.
    """

    def __init__(self, learning_rate):
        self.learning_rate = _positive("learning_rate", learning_rate)
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
        self.momentum, self.nesterov = _fraction("momentum", momentum), nesterov

    def step(self, theta, grad):
        (v,) = self.remember(theta, 1)
        v *= self.momentum
        v += grad
        theta -= self.learning_rate * (grad + self.momentum * v if self.nesterov else v)


class Adam(Optimizer):
    """Steps of about γ for each parameter, whatever the size of its gradient (Kingma & Ba 2014, algorithm 1).

    ``weight_decay`` shrinks θ by the factor 1 − γ·weight_decay at each step (Loshchilov & Hutter 2017, alg. 2).
    """

    def __init__(self, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        super().__init__(learning_rate)
        self.beta1, self.beta2 = _fraction("beta1", beta1), _fraction("beta2", beta2)
        self.epsilon, self.k = _positive("epsilon", epsilon), 0
        self.weight_decay = _fraction("weight_decay", weight_decay)

    def step(self, theta, grad):
        m, v = self.remember(theta, 2)  # sums that fade, the paper's means without their factors 1 − β
        self.k += 1
        scale = ((1 - self.beta2**self.k) / (1 - self.beta2)) ** 0.5
        rate = self.learning_rate * scale * (1 - self.beta1) / (1 - self.beta1**self.k)
        m *= self.beta1
        m += grad
        v *= self.beta2
        v += grad * grad
        if self.weight_decay:
            theta *= 1 - self.learning_rate * self.weight_decay
        theta -= rate * m / (np.sqrt(v) + self.epsilon * scale)


def _positive(name, value):
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be a number above 0, not {value}")
    return value


def _fraction(name, value):
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be from 0 on and below 1, not {value}")
    return value
