"""Descents, which explorers make step by step while you watch, and how large their steps may be."""

import numpy as np

from shared.optimizers import Adam, GradientDescent, Momentum

OPTIMIZERS = {
    "gradient descent": GradientDescent,
    "momentum 0.9": Momentum,
    "Adam": Adam,
}
# In a valley of curvature λ the steps grow if γλ > 2; with momentum μ, if γλ > 2 (1 + μ). Adam rescales the gradient.
LIMITS = {"gradient descent": 2.0, "momentum 0.9": 3.8, "Adam": np.inf}
FORMULAS = {"gradient descent": "2/λ", "momentum 0.9": "2 (1 + μ)/λ"}  # of the largest γ


class Halt(Exception):
    """Raised by a step to end a descent; its text tells the learner why."""


class Descent:
    """A descent so far: after step k the parameters were path[k], and what was measured is errors[k].

    theta      the parameters now (p,); a step changes them in place
    optimizer  an optimizer of the package
    longest    how many steps are kept at most; None: no path is kept, and no errors
    measured   the shape of what is measured after each step, () is one number
    dtype      of the path; float32 is enough where it is only drawn
    rng        where the batches come from
    more       whatever else belongs to this descent (its network, its samples), by name
    """

    def __init__(self, theta, optimizer, longest=None, measured=(), dtype=float, rng=None, **more):
        self.theta, self.optimizer, self.rng = theta, optimizer, rng
        vars(self).update(more)
        self.k = -1  # steps so far, when the start has been kept
        self._rows = None
        if longest is not None:
            self._rows = np.empty((longest + 1, theta.size), dtype), np.empty((longest + 1, *measured))
        self._waiting = np.empty(0, int)

    @property
    def path(self):
        """The parameters at the start and after each step, (k + 1, p)."""
        return self._rows[0][: self.k + 1]

    @property
    def errors(self):
        """What was measured at the start and after each step, (k + 1, …)."""
        return self._rows[1][: self.k + 1]

    def step(self, gradient, learning_rate):
        """Take a step; it counts when it is kept."""
        self.optimizer.learning_rate = learning_rate
        self.optimizer.step(self.theta, gradient)

    def keep(self, measured=None):
        """Count where the descent is now as the next step, and keep it."""
        self.k += 1
        if self._rows:
            path, errors = self._rows
            path[self.k], errors[self.k] = self.theta, measured

    def forget_last(self):
        """Let the last step that was kept not count."""
        self.k -= 1

    def next_batch(self, m, batch_size):
        """Return the indices of the next samples: in each epoch all m come once, in another order."""
        if not len(self._waiting):
            self._waiting = self.rng.permutation(m)
        batch, self._waiting = self._waiting[:batch_size], self._waiting[batch_size:]
        return batch


# --- the largest curvature: the largest eigenvalue of the Hessian


def linear_curvature(X):
    """Return the largest curvature of E = 1/2m · Σ (w·x + b − y)² in (w, b), for X (n, m) or (m,).

    The Hessian is A Aᵀ/m, where A is X with a row of ones below. It depends neither on y nor on (w, b).
    """
    X = np.atleast_2d(np.asarray(X, float))
    A = np.vstack([X, np.ones((1, X.shape[1]))])
    return float(np.linalg.eigvalsh(A @ A.T / A.shape[1])[-1])


def largest_curvature(gradient, theta, h=1e-6):
    """Return the largest curvature at theta (p,) of any error, from differences of what gradient() returns.

    theta is changed on the way and put back.
    """
    start, rows = theta.copy(), []
    for direction in np.eye(len(theta)):
        theta[:] = start + h * direction
        ahead = gradient().copy()
        theta[:] = start - h * direction
        rows.append((ahead - gradient()) / (2 * h))
    theta[:] = start
    hessian = np.array(rows)
    return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])
