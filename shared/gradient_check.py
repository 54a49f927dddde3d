"""Is the gradient right? Compare it with differences of the error itself."""

import warnings

import numpy as np

PASSES = 1e-7  # relative error up to which a gradient counts as right (notebook 6)


def numerical_gradient(f, theta, h=1e-5):
    """Return the gradient of f at theta (p,) by central differences, (f(θ + h e_i) − f(θ − h e_i)) / 2h.

    f is a smooth function of a float64 vector. The formula is off by the order of h², rounding by about 1e-16 |f| / h.
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
    """Return ‖a − b‖ / (‖a‖ + ‖b‖): 0 for equal arrays, 1 for opposite ones or if only one is 0."""
    if np.shape(a) != np.shape(b):
        raise ValueError(f"arrays of one shape are compared, not of {np.shape(a)} and {np.shape(b)}")
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(np.subtract(a, b)) / size) if size else 0.0


def gradient_check(network, X, Y, loss, h=1e-5):
    """Return the relative errors of ``network.backward``: "theta" for the whole gradient, then "dW1", "db1", …

    It works in float64 on copies of the network, with about 2p forward passes. Up to 1e-7 the gradient is right
    (notebook 6). Above that it may still be right, near a kink of E (a ReLU's z within h of 0): 4p further passes look
    for one, and a warning names it if they see it (``slope_jumps``). ValueError for NaN or infinity.
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
    analytic.grad[:] = 1  # a backward that adds to grad, where it should overwrite it, is found out
    analytic.backward(Y, loss)
    numerical.grad[:] = numerical_gradient(error, analytic.theta, h)
    errors = {"theta": relative_error(analytic.grad, numerical.grad)}
    for l in range(1, network.L + 1):
        errors[f"dW{l}"] = relative_error(analytic.dW[l], numerical.dW[l])
        errors[f"db{l}"] = relative_error(analytic.db[l], numerical.db[l])
    if errors["theta"] > PASSES:  # is the backward pass wrong, or does E have a kink here?
        gap = analytic.grad - numerical.grad
        jumps = slope_jumps(error, analytic.theta, h)
        if _explained(gap, jumps, analytic.grad, error(analytic.theta), h):
            numerical.grad[:] = jumps  # its views db now hold the jumps by layer
            l = max(range(1, network.L + 1), key=lambda l: numerical.db[l].max())
            told = f"E has a kink within h = {h:g} of b{l} (a ReLU's z near 0?): check other samples or weights"
            warnings.warn(told, stacklevel=2)
    return errors


def slope_jumps(f, theta, h=1e-5):
    """Return about half the jump of f's slope within h of each parameter (p,): nearly 0 where f is smooth.

    The curvature (f(θ + k) − 2 f(θ) + f(θ − k)) / k² of a smooth f is nearly the same for all small k. A kink at θ,
    where the slope jumps by J, adds J/k to it: J/h for k = h, 2J/h for k = h/2. They differ by J/h. We return h/2 times
    that, J/2, which is how far a central difference lies from the slope of one side. A kink beside θ counts less, and
    at a distance of h/3 not at all, since it adds 2J/(3h) to both.
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

    A tenth of the gap is enough, since a kink beside θ is seen only in part. Two things look like jumps but are not:
    what a smooth f leaves in `slope_jumps`, less than a millionth of the gradient, and the rounding of E, which becomes
    about 1e-15 E / h there. We allow for a thousand times that.
    """
    size = np.linalg.norm
    return size(jumps) > 0.1 * size(gap) + 1e-6 * size(gradient) + 1e-12 * abs(E) / h
