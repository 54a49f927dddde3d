"""A set of made images in the form of MNIST: five kinds of clothes, drawn by a program and stored as IDX files."""

import functools
import gzip
import tempfile
from pathlib import Path

import numpy as np

CLOTHES = ("trousers", "shirt", "dress", "shoe", "bag")
SIZE = 16  # pixels, in height and in width


@functools.cache
def made_clothes():
    """Return the path of a folder with four IDX files: 600 images of clothes to learn from, 200 to test with.

    Kind k of CLOTHES has the label k + 1, as the letters of EMNIST begin with 1. The folder is made at the first call,
    and goes when Python ends.
    """
    rng = np.random.default_rng(0)
    return write_set(draw_clothes(600, rng), draw_clothes(200, rng), first=1)


def draw_clothes(m, rng, kinds=5, size=SIZE):
    """Return m images (m, size, size), uint8 from 0 for paper to 255, and the kind (m,) of each: 0 trousers, 1 shirt …

    Size, place, slant, brightness and cloth differ from image to image. All kinds occur equally often, or nearly so.
    """
    kind = rng.permutation(np.arange(m) % kinds)

    def draw(low, high):  # one number for each image
        return rng.uniform(low, high, (m, 1, 1))

    place = np.linspace(-1.25, 1.25, size)
    wide, high = draw(0.75, 1.1), draw(0.75, 1.1)
    y = (place[:, None] - draw(-0.2, 0.2)) / high  # from −1 at the top to 1 at the bottom
    x = (place - draw(-0.2, 0.2)) / wide + draw(-0.15, 0.15) * y
    x = x * rng.choice([-1, 1], (m, 1, 1))  # a shoe may look to either side
    cloth = np.choose(kind[:, None, None], [shape(x, y) for shape in SHAPES[:kinds]])
    bright = draw(0.5, 1) * cloth * (1 + 0.2 * rng.standard_normal(cloth.shape))
    return np.round(255 * np.clip(bright + 0.1 * rng.standard_normal(cloth.shape), 0, 1)).astype(np.uint8), kind


def _trousers(x, y):
    return (abs(x) < 0.55) & (abs(y) < 0.95) & ~((abs(x) < 0.12) & (y > -0.3))


def _shirt(x, y):
    sleeves = (abs(x) < 0.95) & (abs(y + 0.45) < 0.25)
    return ((abs(x) < 0.5) & (abs(y) < 0.7) | sleeves) & (x**2 + (y + 0.7) ** 2 > 0.05)


def _dress(x, y):
    return (abs(x) < 0.42 + 0.22 * y + 0.15 * (abs(y + 0.75) < 0.2)) & (abs(y) < 0.95)


def _shoe(x, y):
    sole = (abs(x) < 0.95) & (abs(y - 0.35) < 0.25)
    return sole | (abs(x + 0.5) < 0.45) & (abs(y) < 0.5)


def _bag(x, y):
    handle = abs(np.hypot(x, y + 0.2) - 0.45) < 0.15
    return (abs(x) < 0.8) & (abs(y - 0.3) < 0.45) | handle & (y < 0)


SHAPES = (_trousers, _shirt, _dress, _shoe, _bag)


_folders = []  # a folder is there as long as its object here is


def write_set(training, testing, first=0):
    """Return the path of a new folder with two pairs (images, kinds) as IDX files; labels begin with ``first``."""
    folder = tempfile.TemporaryDirectory(prefix="idx-", ignore_cleanup_errors=True)
    _folders.append(folder)
    for split, (images, kinds) in (("train", training), ("t10k", testing)):
        for name, array in (("images", images), ("labels", kinds + first)):
            content = np.array([2048 + array.ndim, *array.shape], ">i4").tobytes() + array.astype(np.uint8).tobytes()
            file = Path(folder.name) / f"{split}-{name}-idx{array.ndim}-ubyte.gz"
            file.write_bytes(gzip.compress(content, 1))
    return folder.name
