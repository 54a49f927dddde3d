"""Datasets: the course's small examples, point sets, and MNIST.

Columns are samples. MNIST lies in the folder data/ of the repository and is never downloaded; only where Python itself
runs in a browser it comes from the site that shows the notebook.
"""

import functools
import gzip
import hashlib
import math
import re
import zlib
from pathlib import Path

import numpy as np

from shared.checks import check_generator, check_not_negative, check_whole
from shared.files import COURSE, DataFileError, course_file

MNIST_FOLDER = COURSE / "data" / "mnist"
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

    Both coordinates get normal noise of standard deviation ``noise``.
    """
    Y = _classes(m, noise, rng)
    angle = rng.uniform(0, np.pi, m)
    # The second moon is the first one after half a turn (a change of sign) and a move by (1, 1/2).
    X = (1 - 2 * Y) * np.stack([np.cos(angle), np.sin(angle)]) + Y * [[1.0], [0.5]]
    return X + noise * rng.standard_normal((2, m)), Y


def spirals(m, noise, rng):
    """Return X (2, m) and Y (1, m), 0 and 1 in turn: two arms of 1.35 turns, out to radius 1.

    The arms are 1/3 apart; both coordinates get normal noise of standard deviation ``noise``.
    """
    Y = _classes(m, noise, rng)
    radius = np.sqrt(rng.uniform(0.01, 1, m))  # the root spreads the points almost evenly along the arm
    angle = 3 * np.pi * radius + np.pi * Y[0]
    X = radius * np.stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((2, m)), Y


def _classes(m, noise, rng):
    """Return Y = 0, 1, 0, 1, … (1, m), or raise ValueError for arguments that no point set can have."""
    check_generator(rng)
    check_not_negative("noise", noise)
    return np.arange(check_whole("m", m, 2), dtype=np.float64).reshape(1, m) % 2


def one_hot(labels, classes=10, dtype=np.float64):
    """Return Y (classes, m) for the labels (m,): column c is 1 in row labels[c] and 0 elsewhere.

    ValueError unless the labels are integers from 0 to classes − 1.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be integers (m,), not {labels.dtype} {labels.shape}")
    classes = check_whole("classes", classes, 1)
    wrong = np.unique(labels[(labels < 0) | (labels >= classes)])
    if wrong.size:
        raise ValueError(f"labels must lie from 0 to {classes - 1}, these do not: {wrong[:5]}")
    Y = np.zeros((len(labels), classes), dtype).T  # made as rows: each column is then one contiguous sample
    Y[labels, np.arange(len(labels))] = 1
    return Y


RESTORE = (
    "To restore it, run `git checkout -- data/mnist` in the course's folder, or fetch the repository's folder "
    "data/mnist again. If you have put another set there on purpose: load_idx(folder) reads it, from any folder"
)
AGAIN = "Fetch or unpack it again"


def load_mnist(split):
    """Return images of digits (784, m), uint8 from 0 to 255, and labels (m,), 0 to 9.

    A column is an image, row after row. ``split`` is "train" (50,000), "validation" (10,000), "test" (10,000) or
    "train+validation". Both arrays are read-only, each image is contiguous. DataFileError if a file is missing or
    damaged. Source: data/README.md.
    """
    if not isinstance(split, str) or split not in MNIST_SPLITS:
        raise ValueError(f"split must be one of {', '.join(MNIST_SPLITS)}, not {split!r}")
    file, count, part = MNIST_SPLITS[split]
    images = _read_mnist(MNIST_FOLDER / f"{file}-images-idx3-ubyte.gz", (count, 28, 28))
    labels = _read_mnist(MNIST_FOLDER / f"{file}-labels-idx1-ubyte.gz", (count,))
    return images.reshape(count, 784).T[:, part], labels[part]


def load_idx(folder, split="train", name=None):
    """Return the images (pixels, m), uint8 from 0 to 255, row by row, and labels (m,) of a set in the form of MNIST.

    ``split`` is "train" or "test". The folder holds four IDX files, gzipped or not, under one of the usual names:
    train-images-idx3-ubyte.gz, train-images.idx3-ubyte, emnist-letters-train-images-idx3-ubyte.gz; for the test set
    t10k or test in place of train. ``name`` chooses between several sets in the folder ("emnist-letters", say). Both
    arrays are read-only, a sample is contiguous. DataFileError if a file is missing or damaged.
    """
    if split not in ("train", "test"):
        raise ValueError(f"split must be 'train' or 'test', not {split!r}")
    files = _idx_files(Path(folder))
    names = sorted({key[0] for key in files})
    if name is None and len(names) > 1:
        raise ValueError(
            f"{folder} holds several sets, {', '.join(map(repr, names))}: say which one, name={names[-1]!r}"
        )
    if name is None:
        name = names[0] if names else ""
    path = _idx_file(folder, files, name, split, "images")
    images = _read_idx(path, 3)
    labels = _read_idx(_idx_file(folder, files, name, split, "labels"), 1)
    if len(images) != len(labels):
        fault = f"holds {len(images):,} images, and there are {len(labels):,} labels"
        raise DataFileError(path, fault, "The two files belong to different sets")
    return images.reshape(len(images), math.prod(images.shape[1:])).T, labels


def _idx_files(folder):
    """Return the paths of a folder's IDX files by (name of the set, "train" or "test", "images" or "labels")."""
    if not folder.is_dir():
        raise DataFileError(folder, "is no folder", "Name the folder that holds the four files of the set")
    files = {}
    pattern = re.compile(r"(?:(.*)-)?(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(?:\.gz)?", re.IGNORECASE)
    for path in sorted(folder.iterdir()):
        if found := pattern.fullmatch(path.name):
            name, split, kind = found.groups(default="")
            files.setdefault((name, "train" if split.lower() == "train" else "test", kind.lower()), path)
    return files


def _idx_file(folder, files, name, split, kind):
    """Return the path of one of the files that `_idx_files` has found. DataFileError if it is not among them."""
    if (name, split, kind) not in files:
        there = ", ".join(sorted(path.name for path in files.values())) or "no IDX file"
        example = f"{name}-{split}-{kind}-idx{3 if kind == 'images' else 1}-ubyte.gz".lstrip("-")
        raise DataFileError(folder, f"has no {kind} to {split} with", f"Expected {example} or the like; it has {there}")
    return files[name, split, kind]


def _read_idx(path, dimensions):
    """Return the bytes in an IDX file, gzipped or not, as an array of so many dimensions.

    IDX is the magic number 2048 + number of dimensions, then the length of each dimension, all in four bytes with the
    most significant one first; then the entries, the last index running fastest.
    """
    content = _content(path, AGAIN)
    magic, *shape = _header(content, dimensions)
    if magic != 2048 + dimensions:
        fault = f"has the magic number {magic}, not {2048 + dimensions}"
        raise DataFileError(path, fault, f"Expected an IDX file of bytes with {dimensions} dimension(s)")
    expected = 4 * (1 + dimensions) + math.prod(shape)
    if min(shape) < 0 or len(content) != expected:
        raise DataFileError(path, f"has {len(content):,} bytes, where its header promises {expected:,}", AGAIN)
    return np.frombuffer(content, np.uint8, offset=4 * (1 + dimensions)).reshape(shape)


@functools.cache
def _read_mnist(path, shape):
    """Return the bytes in one of MNIST's original files, gzipped, as an array of this shape."""
    content = _content(path, RESTORE, gzipped=True)
    magic, *lengths = _header(content, len(shape))
    if magic != 2048 + len(shape):
        raise DataFileError(path, f"has the magic number {magic}, not {2048 + len(shape)}", RESTORE)
    if tuple(lengths) != shape:
        raise DataFileError(path, f"holds an array of shape {tuple(lengths)}, not {shape}", RESTORE)
    if hashlib.sha256(content).hexdigest() != MNIST_SHA256[path.stem]:
        raise DataFileError(path, "is damaged, or not MNIST: its SHA-256 is not that of the original", RESTORE)
    return np.frombuffer(content, np.uint8, offset=4 * (1 + len(shape))).reshape(shape)


def _content(path, cure, gzipped=False):
    """Return the bytes of a file; if they are a gzip file (or must be one), the bytes in it."""
    course_file(path)
    try:
        content = path.read_bytes()
        packed = gzipped or content.startswith(b"\x1f\x8b")
        return gzip.decompress(content) if packed else content
    except (OSError, EOFError, zlib.error) as error:
        form = "a gzip file" if gzipped else "an IDX file"
        reason = getattr(error, "strerror", None) or error  # where there is a strerror, str(error) has the path too
        raise DataFileError(path, f"cannot be read as {form}: {reason}", cure) from error


def _header(content, dimensions):
    """Return the first whole numbers of an IDX file, a list: the magic number and the length of each dimension."""
    size = 4 * (1 + dimensions)
    header = content[:size].ljust(size, b"\0")  # a file cut short gets zeros here, and the wrong magic number or shape
    return np.frombuffer(header, ">i4").tolist()
