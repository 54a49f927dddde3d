"""Is the gradient right? Compare it with differences of the error itself."""

import warnings

import numpy as np

PASSES = 1e-7  # relative error up to which a gradient counts as right (notebook 6)


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
    X = np.asarray(X, np.float64)
    Y = np.asarray(Y, np.float64)
    analytic = network.copy(np.float64)
    for name, array in dict(X=X, Y=Y, theta=analytic.theta).items():
        if not np.isfinite(array).all():
            raise ValueError(f"a gradient check needs finite numbers, but {name} holds NaN or infinity")
    numerical = network.copy(np.float64)

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
    if errors["theta"] > PASSES:  # is the backward pass wrong, or has E a kink here?
        gap = analytic.grad - numerical.grad
        numerical.grad[:] = jumps = slope_jumps(error, analytic.theta, h)
        if _explained(gap, jumps, analytic.grad, error(analytic.theta), h):
            l = max(range(1, network.L + 1), key=lambda l: numerical.db[l].max())
            told = f"E has a kink within h = {h:g} of b{l} (a ReLU's z near 0?): check other samples or weights"
            warnings.warn(told, stacklevel=2)
    return errors


def slope_jumps(f, theta, h=1e-5):
    """Return about how far the slope of f jumps within h of each parameter (p,): where f is smooth, nearly 0.

    The curvature (f(θ + k) − 2 f(θ) + f(θ − k)) / k² of a smooth f is the same for all small k. A kink at θ, where the
    slope jumps by J, adds J/k to it: J/h for k = h, 2J/h for k = h/2. They differ by J/h. We return h/2 times that,
    J/2, which is how far a central difference lies from the slope of one side. A kink beside θ counts less.
    """
    at_theta = f(theta)
    curvatures = np.empty((2, theta.size))
    for i in range(theta.size):
        for row, k in enumerate((h, h / 2)):
            step = np.zeros_like(theta)
            step[i] = k
            curvatures[row, i] = (f(theta + step) - 2 * at_theta + f(theta - step)) / k**2
    return h / 2 * np.abs(curvatures[0] - curvatures[1])


def _explained(gap, jumps, gradient, E, h):
    """Return whether jumps of the slope (p,) are large enough to explain the gap (p,) between two gradients.

    They are if they reach a tenth of it: a kink beside θ is seen only in part. Two things look like jumps and are none:
    what differences leave of a smooth f, less than a millionth of its gradient, and the rounding of E, which becomes
    about 1e-15 E / h in `slope_jumps`. A thousand times that is allowed for.
    """
    size = np.linalg.norm
    return size(jumps) > 0.1 * size(gap) + 1e-6 * size(gradient) + 1e-12 * abs(E) / h
