"""The network: a function from ℝⁿ to ℝᵏ whose parameters are one vector θ.

For the samples in the columns of A[0] = X, layer l computes Z[l] = W[l] A[l-1] + b[l] and A[l] = g[l](Z[l]).
All weights and biases are views of the vector ``theta``, all their derivatives views of the vector ``grad``. The error
is then a function on ℝᵖ, and an optimizer, a file and a gradient check each deal with one vector.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np

from shared.activations import Activation, by_name
from shared.checks import check_columns, check_generator


class Network:
    """A fully connected feed-forward network.

    sizes        n⁰, n¹, …, nᴸ: the number of inputs, then the number of nodes of each layer
    activations  one activation for each of the layers 1…L, kept as g[1], …, g[L]
    rng          a np.random.Generator for the initial weights; biases start at 0
    dtype        np.float64 or np.float32
    initial      the standard deviation of the initial weights: "xavier" for √(2/(nˡ⁻¹ + nˡ)) (Glorot & Bengio
                 2010, eq. 16), "he" for √(2/nˡ⁻¹) (He et al. 2015, eq. 10), or a number (0 needs no rng)

    Lists are indexed by layer number: ``W[l]`` (nˡ, nˡ⁻¹) and ``b[l]`` (nˡ, 1), with derivatives ``dW[l]`` and
    ``db[l]`` of the same shapes; ``W[0]`` is None. An assignment, ``network.W[1] = …`` or ``network.theta = …``,
    copies the numbers into the arrays that are there, so that vectors and views never part.
    """

    def __init__(self, sizes, activations, *, rng=None, dtype=np.float64, initial="xavier"):
        self.sizes = list(sizes)
        self.L = len(self.sizes) - 1
        self.g = [None, *activations]
        self.dtype = np.dtype(dtype)
        if self.L < 1 or any(not isinstance(n, (int, np.integer)) or n < 1 for n in self.sizes):
            raise ValueError(f"sizes must be two or more whole numbers from 1 on, not {sizes}")
        if len(self.g) != self.L + 1 or not all(isinstance(g, Activation) for g in self.g[1:]):
            raise ValueError(f"sizes {self.sizes} need {self.L} activations of shared.activations, not {self.g[1:]}")
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f"dtype must be float32 or float64, not {self.dtype}")
        self.sizes = [int(n) for n in self.sizes]  # one that comes from labels may be a byte, too small to count in
        self.p = sum(n * (before + 1) for before, n in pairwise(self.sizes))
        self._look_at(np.zeros(self.p, self.dtype), np.zeros(self.p, self.dtype))
        self.Z = self.A = self.E = None
        for W in self.W[1:]:
            scale = _scale(initial, *W.shape)
            if scale > 0:  # zeros need no rng
                W[:] = scale * check_generator(rng).standard_normal(W.shape)

    def _look_at(self, theta, grad):
        """Make two vectors (p,) the network's theta and grad, and their parts its W, b and dW, db."""
        views = {"theta": theta, "grad": grad}
        views["W"], views["b"] = self._views(theta)
        views["dW"], views["db"] = self._views(grad)
        for name, view in views.items():
            object.__setattr__(self, name, view)  # an assignment, self.theta = …, would fill the old vectors

    def _views(self, vector):
        """Return the weights and the biases that lie in a vector (p,)."""
        weights = [None]
        biases = [None]
        start = 0
        for before, n in pairwise(self.sizes):
            # Column by column (order="F", the mathematicians' vec(W)): if each sample is one contiguous column
            # of X, the product dZ Aᵀ is then up to six times faster than row by row.
            weights.append(vector[start : start + n * before].reshape(n, before, order="F"))
            start += n * before
            biases.append(vector[start : start + n].reshape(n, 1))
            start += n
        return Views(weights), Views(biases)

    def __setattr__(self, name, value):
        """Fill the vectors and views that are assigned to; another array in their place would not be trained."""
        if name in VIEWS:
            _fill(name, getattr(self, name), value)
        else:
            object.__setattr__(self, name, value)

    def __getstate__(self):
        """Return what a copy or a pickle holds: all but the views, which there would turn into separate arrays."""
        return {name: value for name, value in vars(self).items() if name not in ("W", "b", "dW", "db")}

    def __setstate__(self, state):
        vars(self).update(state)
        # np.array copies: copy.copy hands over the vectors of the original.
        self._look_at(np.array(state["theta"]), np.array(state["grad"]))

    @classmethod
    def from_parameters(cls, W, b, activations, dtype=np.float64):
        """Return the network with weights W[l] (nˡ, nˡ⁻¹) and biases b[l] (nˡ, 1), l = 1…L; entries 0 are ignored."""
        one_a_layer = len(W) == len(b) == len(activations) + 1
        if not (one_a_layer and np.ndim(W[1]) == 2):
            raise ValueError(f"W and b need None and then {len(activations)} matrices, one a layer, not {W} and {b}")
        sizes = [np.shape(W[1])[1], *map(len, W[1:])]  # the inputs are columns of W[1], the nodes rows of each W
        network = cls(sizes, activations, initial=0, dtype=dtype)
        network.W = [None, *W[1:]]
        network.b = [None, *b[1:]]
        return network

    def copy(self, dtype=None):
        """Return a network with its own copy of the parameters, of type ``dtype`` if one is given."""
        return type(self).from_parameters(self.W, self.b, self.g[1:], dtype or self.dtype)

    def forward(self, X):
        """Return the lists Z and A for the samples X (n⁰, m), and keep both for ``backward``."""
        self.Z, self.A = self._forward(X)
        return self.Z, self.A

    def __call__(self, X):
        """Return the outputs A[L] (nᴸ, m) for the samples in the columns of X (n⁰, m)."""
        return self._forward(X)[1][self.L]

    def _forward(self, X):
        Z = [None]
        A = [check_columns("X", X, self.sizes[0], self.dtype)]
        for l in range(1, self.L + 1):
            Z.append(_product(self.W[l], A[l - 1]))
            Z[l] += self.b[l]
            A.append(self.g[l](Z[l]))
        return Z, A

    def error(self, X, Y, loss):
        """Run a forward pass, and return the error E on the samples X (n⁰, m) with the targets Y (nᴸ, m)."""
        Z, A = self.forward(X)
        return loss(loss.input(Z[self.L], A[self.L], self.g[self.L]), self._targets(Y))

    def backward(self, Y, loss):
        """Fill and return ``grad``, the derivatives of the error of the last forward pass; targets Y (nᴸ, m).

        The error itself is kept as ``E``. The loss gives the last dZ. Then, from the last layer to the first,
        dW = dZ (Aˡ⁻¹)ᵀ, db = dZ 1 (1: a column of m ones), dAˡ⁻¹ = Wᵀ dZ, and one layer before dZ = dA ⊙ g'(Z)
        (notebook 6).
        """
        Y = self._targets(Y)
        Z, A = self.Z, self.A
        ones = np.ones((Y.shape[1], 1), self.dtype)
        self.E, dZ = loss.backward(Z[self.L], A[self.L], self.g[self.L], Y)
        for l in range(self.L, 0, -1):
            np.matmul(dZ, A[l - 1].T, out=self.dW[l])
            np.matmul(dZ, ones, out=self.db[l])
            if l > 1:
                dA = _product(self.W[l].T, dZ)
                dZ = self.g[l - 1].backward(dA, Z[l - 1])
        return self.grad

    def _targets(self, Y):
        """Return Y as floats of the network's type if it fits the last forward pass; ValueError or TypeError if not."""
        if self.A is None:
            raise ValueError("backward needs a forward pass first: call forward(X)")
        Y = check_columns("Y", Y, self.sizes[-1], self.dtype)
        if Y.shape[1] != self.A[0].shape[1]:
            raise ValueError(f"X has {self.A[0].shape[1]} samples (columns) but Y has {Y.shape[1]}")
        return Y

    def save(self, path):
        """Save sizes, activations and parameters as the .npz file ``path``, which appears whole or not at all."""
        path = Path(path)
        names = [g.name for g in self.g[1:]]
        if not set(names) <= set(by_name):
            raise ValueError(f"only activations of shared.activations can be saved, not {names}")
        part = path.with_name(path.name + ".part")
        try:
            with open(part, "wb") as file:
                np.savez(file, sizes=self.sizes, activations=names, theta=self.theta)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def load(cls, path):
        """Return the network saved in the file ``path``; ValueError if that is no saved network."""
        with open(path, "rb") as stream:  # given the path, np.load would leave a damaged file open
            try:
                with np.load(stream, allow_pickle=False) as file:
                    g = [by_name[name] for name in file["activations"].tolist()]
                    network = cls(file["sizes"].tolist(), g, initial=0, dtype=file["theta"].dtype)
                    network.theta = file["theta"]
            except Exception as error:  # one damaged byte can raise any of a dozen exceptions
                raise ValueError(f"{path} is not a network saved by Network.save: {error}") from error
        return network


def _product(left, right):
    """Return left @ right, stored column by column like W and X, which makes the products here fastest."""
    return np.matmul(left, right, out=np.empty((len(left), right.shape[1]), left.dtype, order="F"))


VIEWS = {"theta", "grad", "W", "b", "dW", "db"}


class Views(list):
    """Views of one vector, a list with one entry per layer: what is assigned to an entry is copied into the view."""

    def __setitem__(self, index, value):
        if self[index] is None and value is None:  # W[0] = None says nothing new
            return
        _fill(f"entry {index}", self[index], value)

    def _fixed(self, *arguments, **more):
        raise TypeError("the layers of a network are fixed: assign to the entries, W[1] = …, or make a new network")

    append = extend = insert = pop = remove = clear = reverse = sort = _fixed
    __delitem__ = __iadd__ = __imul__ = _fixed


def _fill(name, view, value):
    """Copy a value into a view, or values into a list of views; ValueError, and nothing copied, if a shape differs."""
    pairs = {name: (view, value)}  # what is filled with what, by the name that an error would give
    if isinstance(view, list):
        if len(view) != len(value):
            raise ValueError(f"{name} has {len(view)} entries, one per layer (W[0] is None), not {len(value)}")
        pairs = {
            f"{name}[{l}]": (old, new)
            for l, (old, new) in enumerate(zip(view, value, strict=True))
            if not (old is None and new is None)
        }
    for part, (old, new) in pairs.items():
        if old is None or np.shape(new) != old.shape:
            expected = "be None" if old is None else f"have the shape {old.shape}"
            raise ValueError(f"{part} must {expected}, not {'None' if new is None else np.shape(new)}")
    for old, new in pairs.values():
        old[...] = new


def _scale(initial, n, before):
    """Return the standard deviation of the initial weights (n, before)."""
    if initial == "xavier":
        return (2 / (before + n)) ** 0.5
    if initial == "he":
        return (2 / before) ** 0.5
    if isinstance(initial, str) or not 0 <= initial < np.inf:
        raise ValueError(f'initial must be "xavier", "he" or a number from 0 on, not {initial!r}')
    return initial
