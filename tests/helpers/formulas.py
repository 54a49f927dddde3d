"""The activations as the notebooks write them, with eᶻ. The library's own lines, safe from overflow, must agree.

One line serves all tests, since a formula takes any kind of number: NumPy's, complex ones, decimals (one, or an array
of them), PyTorch's tensors.
"""

import numpy as np


def exp(z):
    return z.exp() if hasattr(z, "exp") else np.exp(z)  # decimals and tensors have a method of their own


FORMULAS = {  # by the names of the activations, in the same order
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + exp(-z)),
    "tanh": lambda z: (exp(z) - exp(-z)) / (exp(z) + exp(-z)),
    "relu": lambda z: (z.real > 0) * z,
    "leaky_relu": lambda z: (z.real > 0) * z + (z.real <= 0) * z / 100,
    "softmax": lambda z: exp(z) / exp(z).sum(axis=0),
}
WITH_A_KINK = ("relu", "leaky_relu")  # at z = 0
