"""Points in the plane for the playground: five sets of two classes, and a plane to be fitted."""

import numpy as np

from shared.datasets import spirals, two_moons

POINTS = 200
CLASSES = np.arange(float(POINTS)).reshape(1, POINTS) % 2  # 0, 1, 0, 1, …


def _circle(noise, rng):
    inside, outside = 1.2 * np.sqrt(rng.uniform(0, 1, POINTS)), rng.uniform(1.8, 2.6, POINTS)
    radius, angle = np.where(CLASSES[0], inside, outside), rng.uniform(0, 2 * np.pi, POINTS)
    return radius * np.stack([np.cos(angle), np.sin(angle)]) + noise * rng.standard_normal((2, POINTS))


def _xor(noise, rng):
    left_or_right = rng.choice([-1.5, 1.5], POINTS)
    corners = np.stack([left_or_right, left_or_right * (1 - 2 * CLASSES[0])])
    return corners + rng.uniform(-0.6, 0.6, (2, POINTS)) + noise * rng.standard_normal((2, POINTS))


def _clusters(noise, rng):
    near = 0.4 * rng.standard_normal((2, POINTS)) + noise * rng.standard_normal((2, POINTS))
    return 1.2 * (2 * CLASSES - 1) + near


def _spirals(noise, rng):
    return 2.6 * spirals(POINTS, noise / 2.6, rng)[0]


def _moons(noise, rng):
    return 1.7 * (two_moons(POINTS, noise / 1.7, rng)[0] - [[0.5], [0.25]])


SETS = {"circle": _circle, "XOR": _xor, "two clusters": _clusters, "spirals": _spirals, "two moons": _moons}
PLANE = "regression plane"
DATA = (*SETS, PLANE)


def points(data, noise, rng):
    """Return X (2, 200), around the square from −2.7 to 2.7, and Y (1, 200), classes 0 and 1 in turn.

    noise: the standard deviation of what both coordinates get added. For the regression plane
    Y = (x₁ + x₂)/5.4, and the noise is added to Y.
    """
    if data == PLANE:
        X = rng.uniform(-2.7, 2.7, (2, POINTS))
        return X, X.sum(axis=0, keepdims=True) / 5.4 + noise * rng.standard_normal((1, POINTS))
    return SETS[data](noise, rng), CLASSES.copy()
