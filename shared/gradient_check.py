"""Is the gradient right? Compare it with differences of the error itself."""

import warnings

import numpy as np


def numerical_gradient(f, theta, h=1e-5):
    """Return the gradient of f at theta (p,) by central differences, (f(θ + h e_i) − f(θ − h e_i)) / 2h.

    f is a function of a vector and smooth; theta is a float64 vector. The error is of the order h².
    """
    theta = np.array(theta, dtype=np.float64)
    gradient = np.empty_like(theta)
    for i, value in enumerate(theta):
        theta[i] = value + h
        above = f(theta)
        theta[i] = value - h
        gradient[i] = (above - f(theta)) / (2 * h)
        theta[i] = value
    return gradient


def relative_error(a, b):
    """Return ‖a − b‖ / (‖a‖ + ‖b‖): 0 for equal, 1 for opposite arrays."""
    if np.shape(a) != np.shape(b):
        raise ValueError(f"arrays of one shape are compared, not of {np.shape(a)} and {np.shape(b)}")
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(np.subtract(a, b)) / size) if size else 0.0


def gradient_check(network, X, Y, loss, h=1e-5):
    """Return the relative errors of ``network.backward``: "theta" for the whole gradient, then "dW1", "db1", …

    Done in float64 on copies of the network, with 2p forward passes. Below 1e-7 the gradient is right (notebook 6);
    at a kink of E (a ReLU's z within h of 0) it is more, and a warning says so. ValueError at NaN or infinity.
    """
    X, Y = np.asarray(X, np.float64), np.asarray(Y, np.float64)
    analytic, numerical = network.copy(np.float64), network.copy(np.float64)
    for name, array in dict(X=X, Y=Y, theta=analytic.theta).items():
        if not np.isfinite(array).all():
            raise ValueError(f"a gradient check needs finite numbers, but {name} holds NaN or infinity")

    def error(theta):
        numerical.theta[:] = theta
        return numerical.error(X, Y, loss)

    analytic.forward(X)
    analytic.grad[:] = 1  # to be overwritten: a backward that adds to it is wrong
    analytic.backward(Y, loss)
    numerical.grad[:] = numerical_gradient(error, analytic.theta, h)
    errors = {"theta": relative_error(analytic.grad, numerical.grad)}
    for l in range(1, network.L + 1):
        errors[f"dW{l}"] = relative_error(analytic.dW[l], numerical.dW[l])
        errors[f"db{l}"] = relative_error(analytic.db[l], numerical.db[l])
    if errors["theta"] > 1e-7:  # is the backward pass wrong, or has E a kink here?
        size, gap = np.linalg.norm, analytic.grad - numerical.grad
        numerical.grad[:] = jumps = _slope_jumps(error, analytic.theta, h)
        if size(jumps) > 0.1 * size(gap) + 1e-6 * size(analytic.grad) + 1e-12 * abs(error(analytic.theta)) / h:
            l = max(range(1, network.L + 1), key=lambda l: numerical.db[l].max())
            told = f"E has a kink within h = {h:g} of b{l} (a ReLU's z near 0?): check other samples or weights"
            warnings.warn(told, stacklevel=2)
    return errors


def _slope_jumps(f, theta, h):
    """Return about how far the slope of f jumps within h of each parameter (p,): where f is smooth, nearly 0."""
    # The curvature, (slope to the right − slope to the left) / k, of a smooth f is the same for all small k.
    curvatures = np.empty((2, theta.size))
    for i in range(theta.size):
        e, E = np.eye(1, theta.size, i)[0], f(theta)
        curvatures[:, i] = [(f(theta + k * e) - 2 * E + f(theta - k * e)) / k**2 for k in (h, h / 2)]
    return h / 2 * np.abs(curvatures[0] - curvatures[1])
