"""The network: a function from ℝⁿ to ℝᵏ whose parameters are one vector θ.

For the samples in the columns of A[0] = X, layer l computes Z[l] = W[l] A[l-1] + b[l] and A[l] = g[l](Z[l]).
All weights and biases are views of the vector ``theta``, all their derivatives views of the vector ``grad``:
the error is a function on ℝᵖ, so an optimizer, a file and a gradient check each see one vector.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np

from shared.activations import Activation, by_name
from shared.losses import check_pair


class Network:
    """A fully connected feed-forward network.

    sizes        n⁰, n¹, …, nᴸ: the number of inputs, then the number of nodes of each layer
    activations  one activation for each of the layers 1…L, kept as g[1], …, g[L]
    rng          a np.random.Generator for the initial weights; biases start at 0
    dtype        np.float64 or np.float32
    initial      the standard deviation of the initial weights: "xavier" for √(2/(nˡ⁻¹ + nˡ)) (Glorot & Bengio
                 2010, eq. 16), "he" for √(2/nˡ⁻¹) (He et al. 2015, eq. 10), or a number (0 needs no rng)

    Lists are indexed by layer number: ``W[l]`` (nˡ, nˡ⁻¹) and ``b[l]`` (nˡ, 1), with derivatives ``dW[l]`` and
    ``db[l]`` of the same shapes; ``W[0]`` is None. Set parameters in place: ``network.W[1][:] = …``.
    """

    def __init__(self, sizes, activations, *, rng=None, dtype=np.float64, initial="xavier"):
        self.sizes, self.g, self.dtype = list(sizes), [None, *activations], np.dtype(dtype)
        self.L = len(self.sizes) - 1
        if self.L < 1 or any(not isinstance(n, (int, np.integer)) or n < 1 for n in self.sizes):
            raise ValueError(f"sizes must be two or more whole numbers from 1 on, not {sizes}")
        if len(self.g) != self.L + 1 or not all(isinstance(g, Activation) for g in self.g[1:]):
            raise ValueError(f"sizes {self.sizes} need {self.L} activations of shared.activations, not {self.g[1:]}")
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f"dtype must be float32 or float64, not {self.dtype}")
        self.p = sum(n * (before + 1) for before, n in pairwise(self.sizes))
        self.theta, self.W, self.b = self._vector()
        self.grad, self.dW, self.db = self._vector()
        self.Z = self.A = self.E = None
        for W in self.W[1:]:
            n, before = W.shape
            scale = {"xavier": (2 / (before + n)) ** 0.5, "he": (2 / before) ** 0.5}.get(initial, initial)
            if isinstance(scale, str) or not 0 <= scale < np.inf:
                raise ValueError(f'initial must be "xavier", "he" or a number from 0 on, not {initial!r}')
            if scale:
                W[:] = scale * check_generator(rng).standard_normal(W.shape)

    def _vector(self):
        """Return a vector of p zeros and the lists of its views: weights and biases."""
        vector, weights, biases, start = np.zeros(self.p, self.dtype), [None], [None], 0
        for before, n in pairwise(self.sizes):
            # Column by column (order="F", the mathematicians' vec(W)): where each sample is one contiguous
            # column of X, the product dZ Aᵀ then runs up to six times faster than row by row.
            weights.append(vector[start : start + n * before].reshape(n, before, order="F"))
            start += n * before
            biases.append(vector[start : start + n].reshape(n, 1))
            start += n
        return vector, weights, biases

    @classmethod
    def from_parameters(cls, W, b, activations, dtype=np.float64):
        """Return the network with the weights W[l] (nˡ, nˡ⁻¹) and biases b[l] (nˡ, 1), l = 1…L; W[0] is None."""
        if not len(W) == len(b) == len(activations) + 1 or np.ndim(W[1]) != 2:
            raise ValueError(f"W and b need None and then {len(activations)} matrices, one a layer, not {W} and {b}")
        network = cls([np.shape(W[1])[1], *map(len, W[1:])], activations, initial=0, dtype=dtype)
        for view, given in zip(network.W[1:] + network.b[1:], [*W[1:], *b[1:]], strict=True):
            if np.shape(given) != view.shape:
                raise ValueError(f"these parameters must have shape {view.shape}, not {np.shape(given)}")
            view[:] = given
        return network

    def copy(self, dtype=None):
        """Return a network with the same parameters in a memory of its own (of another type if one is named)."""
        return type(self).from_parameters(self.W, self.b, self.g[1:], dtype or self.dtype)

    def __deepcopy__(self, memo):
        return self.copy()  # views must stay views

    def forward(self, X):
        """Return the lists Z and A for the samples X (n⁰, m), and keep them: backward needs them."""
        self.Z, self.A = self._forward(X)
        return self.Z, self.A

    def __call__(self, X):
        """Return the outputs A[L] (nᴸ, m) for the samples in the columns of X (n⁰, m)."""
        return self._forward(X)[1][self.L]

    def _forward(self, X):
        Z, A = [None], [self.columns(X, self.sizes[0], "X")]
        for l in range(1, self.L + 1):
            Z.append(_product(self.W[l], A[l - 1]))
            Z[l] += self.b[l]
            A.append(self.g[l](Z[l]))
        return Z, A

    def error(self, X, Y, loss):
        """Return the error E on the samples X (n⁰, m) with the targets Y (nᴸ, m), after a forward pass."""
        self.forward(X)
        check_pair(loss, self.g[self.L])
        return loss(self.Z[self.L] if loss.from_logits else self.A[self.L], self._targets(Y))

    def backward(self, Y, loss):
        """Fill and return ``grad``, the derivatives of the error of the last forward pass; targets Y (nᴸ, m).

        The error itself is kept as ``E``. The pass starts with dA[L] from the loss (or with dZ[L], where the loss works
        from logits). Then, from the last layer to the first: dZ = dA ⊙ g'(Z), dW = dZ (Aˡ⁻¹)ᵀ, db = dZ 1,
        dAˡ⁻¹ = Wᵀ dZ (notebook 6).
        """
        check_pair(loss, self.g[self.L])
        Y, Z, A, L = self._targets(Y), self.Z, self.A, self.L
        ones = np.ones((Y.shape[1], 1), self.dtype)
        self.E, dZ = loss.value_and_gradient(Z[L] if loss.from_logits else A[L], Y)
        if not loss.from_logits:
            dZ = self.g[L].backward(dZ, Z[L])
        for l in range(L, 0, -1):
            np.matmul(dZ, A[l - 1].T, out=self.dW[l])
            np.matmul(dZ, ones, out=self.db[l])
            if l > 1:
                dA = _product(self.W[l].T, dZ)
                dZ = self.g[l - 1].backward(dA, Z[l - 1])
        return self.grad

    def _targets(self, Y):
        if self.A is None:
            raise ValueError("backward needs a forward pass first: call forward(X)")
        Y = self.columns(Y, self.sizes[-1], "Y")
        if Y.shape[1] != self.A[0].shape[1]:
            raise ValueError(f"X has {self.A[0].shape[1]} samples (columns) but Y has {Y.shape[1]}")
        return Y

    def columns(self, X, n, name):
        """Return X as floats of the network's type if it is (n, m), one column a sample; say what is wrong if not."""
        X = np.asarray(X)
        if X.ndim != 2 or X.shape[0] != n:
            cure = f"; one sample is a column: {name}.reshape(-1, 1)" if X.shape == (n,) else ""
            raise ValueError(f"{name} must have shape ({n}, m), one column a sample, not {X.shape}{cure}")
        if X.dtype.kind != "f":
            raise TypeError(f"{name} must hold floats, not {X.dtype}: convert (and scale) it, {name} / 255 say")
        return X.astype(self.dtype, copy=False)

    def save(self, path):
        """Save sizes, activations and parameters as the .npz file ``path``; it appears whole or not at all."""
        names, path = [g.name for g in self.g[1:]], Path(path)
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
        with open(path, "rb") as stream:  # np.load would leave a damaged file open
            try:
                with np.load(stream, allow_pickle=False) as file:
                    g = [by_name[name] for name in file["activations"].tolist()]
                    network = cls(file["sizes"].tolist(), g, initial=0, dtype=file["theta"].dtype)
                    np.concatenate([file["theta"]], out=network.theta)  # theta[:] = … would stretch a single number
            except Exception as error:  # a damaged byte can raise any of a dozen kinds
                raise ValueError(f"{path} is not a network saved by Network.save: {error}") from error
        return network


def _product(left, right):
    """Return left @ right, stored column by column like W and X: the fastest way through all the products here."""
    return np.matmul(left, right, out=np.empty((len(left), right.shape[1]), left.dtype, order="F"))


def check_generator(rng):
    """Return rng, or raise ValueError if it is not a np.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a np.random.Generator, np.random.default_rng(1) say, not {rng!r}")
    return rng


def check_whole(name, value, least):
    """Return the value as an int, or raise ValueError if it is no whole number from ``least`` on."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number from {least} on, not {value!r}")
    return int(value)
