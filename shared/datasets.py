"""Datasets: the course's small examples, point sets, and MNIST.

Columns are samples. Nothing is ever downloaded: MNIST lies in the folder data/ of the repository.
"""

import functools
import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np

from shared.checks import check_generator, check_not_negative, check_whole

MNIST_FOLDER = Path(__file__).resolve().parent.parent / "data" / "mnist"
MNIST_SHA256 = {  # of the four original files, uncompressed
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MNIST_SPLITS = {  # file, samples in it, which of them
    "train": ("train", 60_000, slice(50_000)),
    "validation": ("train", 60_000, slice(50_000, None)),
    "test": ("t10k", 10_000, slice(None)),
    "train+validation": ("train", 60_000, slice(None)),
}


def tiny():
    """Return W, b, X, Y of the 2-2-1 example of notebooks 1–6: lists by layer, three samples."""
    W = [None, np.array([[0.5, -0.25], [-1.0, 0.75]]), np.array([[1.0, -2.0]])]
    b = [None, np.array([[0.1], [-0.2]]), np.array([[0.5]])]
    return W, b, np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.5]]), np.array([[1.0, 0.0, 1.0]])


def line_data():
    """Return x and y, both (1, 3): three points whose best line is y = x/2 + 2/3."""
    return np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 2.0, 2.0]])


def xor():
    """Return X (2, 4) and Y (1, 4): y is 1 where exactly one of the two inputs is."""
    return np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 1.0, 0.0]])


def sine(m=100):
    """Return X (1, m), even steps from −5 up to but not including 5, and Y = sin X."""
    X = np.linspace(-5, 5, check_whole("m", m, 1), endpoint=False).reshape(1, m)
    return X, np.sin(X)


def two_moons(m, noise, rng):
    """Return X (2, m) and Y (1, m), 0 and 1 in turn: two interlocking half circles of radius 1.

    ``noise`` is the standard deviation of what both coordinates get added.
    """
    Y = _classes(m, noise, rng)
    angle = rng.uniform(0, np.pi, m)
    # The second moon is the first one turned by half a turn and moved.
    X = (1 - 2 * Y) * np.stack([np.cos(angle), np.sin(angle)]) + Y * [[1.0], [0.5]]
    return X + noise * rng.standard_normal((2, m)), Y


def spirals(m, noise, rng):
    """Return X (2, m) and Y (1, m), 0 and 1 in turn: two arms of 1.35 turns, out to radius 1.

    The arms are 1/3 apart; ``noise`` is the standard deviation of what both coordinates get added.
    """
    Y = _classes(m, noise, rng)
    radius = np.sqrt(rng.uniform(0.01, 1, m))  # the root spreads the points evenly along the arm
    angle = 3 * np.pi * radius + np.pi * Y[0]
    X = radius * np.stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((2, m)), Y


def _classes(m, noise, rng):
    """Return Y = 0, 1, 0, 1, … (1, m), after a look at the arguments of a point set."""
    check_generator(rng)
    check_not_negative("noise", noise)
    return np.arange(check_whole("m", m, 2), dtype=np.float64).reshape(1, m) % 2


def one_hot(labels, classes=10, dtype=np.float64):
    """Return Y (classes, m) for the labels (m,): column c is 1 in row labels[c] and 0 elsewhere.

    ValueError if the labels are not integers from 0 to classes − 1.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be integers (m,), not {labels.dtype} {labels.shape}")
    wrong = np.unique(labels[(labels < 0) | (labels >= check_whole("classes", classes, 1))])
    if wrong.size:
        raise ValueError(f"labels must lie from 0 to {classes - 1}, these do not: {wrong[:5]}")
    Y = np.zeros((len(labels), classes), dtype).T
    Y[labels, np.arange(len(labels))] = 1
    return Y


class DataFileError(OSError):
    """A file of the data folder is missing, or is not the original."""

    def __init__(self, path, fault):
        super().__init__(
            f"{path} {fault}. To restore it, run `git checkout -- data/mnist` in the course's folder, "
            "or fetch the repository's folder data/mnist again"
        )


def load_mnist(split):
    """Return pictures of digits (784, m), uint8 from 0 to 255, row by row, and labels (m,), 0 to 9.

    ``split`` is "train" (50,000), "validation" (10,000), "test" (10,000) or "train+validation". Both arrays are
    read-only, a sample is contiguous. DataFileError if a file is missing or damaged. Source: data/README.md.
    """
    if not isinstance(split, str) or split not in MNIST_SPLITS:
        raise ValueError(f"split must be one of {', '.join(MNIST_SPLITS)}, not {split!r}")
    file, count, part = MNIST_SPLITS[split]
    images = _read_idx(MNIST_FOLDER / f"{file}-images-idx3-ubyte.gz", (count, 28, 28))
    labels = _read_idx(MNIST_FOLDER / f"{file}-labels-idx1-ubyte.gz", (count,))
    return images.reshape(count, 784).T[:, part], labels[part]


@functools.cache
def _read_idx(path, shape):
    """Return the array of this shape that a gzipped IDX file of unsigned bytes, an original, holds.

    IDX: the magic number 2048 + number of dimensions, then the length of each dimension, each in four bytes, the
    highest first; then the entries, the last index running fastest.
    """
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DataFileError(path, f"cannot be read as a gzip file: {getattr(error, 'strerror', 0) or error}") from error
    start = 4 * (1 + len(shape))
    magic, *lengths = np.frombuffer(content[:start].ljust(start, b"\0"), ">i4").tolist()
    if magic != 2048 + len(shape):
        raise DataFileError(path, f"has the magic number {magic}, not {2048 + len(shape)}")
    if tuple(lengths) != shape:
        raise DataFileError(path, f"holds an array of shape {tuple(lengths)}, not {shape}")
    if hashlib.sha256(content).hexdigest() != MNIST_SHA256[path.stem]:
        raise DataFileError(path, "is damaged: its SHA-256 is not that of the original")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
