"""The tiny example: its error when one of its nine parameters is moved and the others are held."""

from shared.activations import identity, sigmoid
from shared.datasets import tiny
from shared.losses import half_mean_squared_error
from shared.network import Network

PARAMETERS = {  # name -> (W or b, layer, place in it)
    "W¹, row 1, column 1": ("W", 1, (0, 0)),
    "W¹, row 1, column 2": ("W", 1, (0, 1)),
    "W¹, row 2, column 1": ("W", 1, (1, 0)),
    "W¹, row 2, column 2": ("W", 1, (1, 1)),
    "b¹, row 1": ("b", 1, (0, 0)),
    "b¹, row 2": ("b", 1, (1, 0)),
    "W², column 1": ("W", 2, (0, 0)),
    "W², column 2": ("W", 2, (0, 1)),
    "b²": ("b", 2, (0, 0)),
}


def tiny_outputs(parameter, value):
    """Return tiny's outputs (3,) and its error when one parameter, a name in `PARAMETERS`, is `value`."""
    W, b, X, Y = tiny()
    kind, layer, place = PARAMETERS[parameter]
    {"W": W, "b": b}[kind][layer][place] = value
    A = W[2] @ sigmoid(W[1] @ X + b[1]) + b[2]
    return A[0], float(((A - Y) ** 2).sum()) / (2 * Y.shape[1])


def own_value(parameter):
    """Return the value that this parameter has in tiny."""
    kind, layer, place = PARAMETERS[parameter]
    return float(dict(zip("Wb", tiny()[:2], strict=True))[kind][layer][place])


def slope(parameter):
    """Return the derivative of tiny's error (three samples) with respect to a parameter, a name in `PARAMETERS`."""
    W, b, X, Y = tiny()
    network = Network.from_parameters(W, b, [sigmoid, identity])
    network.forward(X)
    network.backward(Y, half_mean_squared_error)
    kind, layer, place = PARAMETERS[parameter]
    return float({"W": network.dW, "b": network.db}[kind][layer][place])


def change(parameter, nudge):
    """Return by how much E of tiny grows when this parameter grows by the nudge."""
    own = own_value(parameter)
    return tiny_outputs(parameter, own + nudge)[1] - tiny_outputs(parameter, own)[1]
