"""Images of digits: prepare one as MNIST's authors did, and distort many at random."""

import functools
from math import ceil

import numpy as np

from shared.checks import check_generator, check_whole


def centre(drawing):
    """Return the drawing as the authors of MNIST would have prepared it: (28, 28), values 0 to 1.

    drawing (height, width), any size; ink is above 0, paper 0, and the blackest ink counts as 1.
    The rectangle of the ink is scaled, its aspect ratio kept, so that its longer side measures 20
    pixels; each pixel is the mean of the area it covers. It is then moved by whole pixels until
    the centre of mass is as near to pixel (14, 14) as it can be with all ink in the image. An
    empty drawing gives zeros.
    Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits". Raises ValueError
    for an array that is not two-dimensional, not finite, or negative.
    """
    ink = np.asarray(drawing, float)
    if ink.ndim != 2:
        raise ValueError(f"a drawing is an array (height, width), not of shape {ink.shape}")
    if not np.isfinite(ink).all() or (ink < 0).any():
        raise ValueError("a drawing holds finite numbers from 0 (paper) upwards")
    image = np.zeros((28, 28))
    if not ink.any():
        return image
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] / ink.max()
    height, width = (max(1, round(20 * n / max(box.shape))) for n in box.shape)
    small = _means(height, box.shape[0]) @ box @ _means(width, box.shape[1]).T
    mass = small.sum()
    # From 14 − centre of mass, rounded with halves down: MNIST's own centres of mass lie from 13.5 to just
    # below 14.5, in all but two of its 70,000 images.
    top = int(np.ceil(13.5 - small.sum(axis=1) @ np.arange(height) / mass))
    left = int(np.ceil(13.5 - small.sum(axis=0) @ np.arange(width) / mass))
    top = min(max(top, 0), 28 - height)  # lose no ink
    left = min(max(left, 0), 28 - width)
    image[top : top + height, left : left + width] = small
    return image


def _means(n, m):
    """Return the matrix (n, m) that turns m samples into n means over equal stretches."""
    edges = np.linspace(0, m, n + 1)[:, None]
    covered = np.clip(edges - np.arange(m), 0, 1)  # how much of sample j lies before edge i
    return np.diff(covered, axis=0) * n / m


def augment(
    X, rng, size=28, group=32, *,
    shift=1.5, rotation=10.0, scale=0.1, shear=0.1, elastic=1.2, sigma=4.0,
):  # fmt: skip
    """Return the images X (size², m), floats, moved, turned, resized, slanted and bent at random.

    Each ``group`` of columns shares one map, with random numbers up to the given limits: ``shift`` (pixels, down and
    across), ``rotation`` (degrees), ``scale`` (share of the size), ``shear``, and ``elastic`` (standard deviation, in
    pixels, of displacements: noise smoothed by a Gaussian of ``sigma`` pixels). Outside an image all is 0.
    TypeError or ValueError if X does not fit. After Simard, Steinkraus and Platt 2003, section 2.
    """
    X = np.asarray(X)
    size = check_whole("size", size, 1)
    if X.dtype not in (np.float32, np.float64):
        raise TypeError(f"X must be float32 or float64, not {X.dtype}: scale it first, X / 255 say")
    if X.ndim != 2 or len(X) != size**2:
        raise ValueError(f"X must have shape ({size**2}, m), one image per column, not {X.shape}")
    if not (sigma > 0 and 0 <= scale < 1):
        raise ValueError(f"sigma must be above 0 and scale in [0, 1), not {sigma!r} and {scale!r}")
    maps = ceil(X.shape[1] / check_whole("group", group, 1))

    def draw(limit):  # one number for each map, from −limit to limit
        return (limit * check_generator(rng).uniform(-1, 1, (maps, 1, 1))).astype(X.dtype)

    # A pixel of the new image looks up its value in the old one, at the place
    # middle + turn · slant · (pixel − middle) / factor + shift + displacement.
    angle = draw(np.radians(rotation))
    slant = draw(shear)
    factor = 1 + draw(scale)
    cos, sin = np.cos(angle) / factor, np.sin(angle) / factor  # turned and resized at once
    middle = (size - 1) / 2
    row = (np.arange(size, dtype=X.dtype) - middle).reshape(size, 1)
    column = row.T
    smooth = _gaussian(size, sigma).astype(X.dtype)
    noise = rng.standard_normal((2, maps, size, size), X.dtype)
    down, across = abs(draw(elastic)) * (smooth @ noise @ smooth.T)
    rows = cos * row + (cos * slant - sin) * column + (middle + draw(shift) + down)
    columns = sin * row + (sin * slant + cos) * column + (middle + draw(shift) + across)
    return _look_up(X, rows, columns, group)


@functools.cache
def _gaussian(size, sigma):
    """Return the matrix (size, size) that smooths a column of noise and keeps its variance."""
    place = np.arange(size)
    matrix = np.exp(-((place - place.reshape(size, 1)) ** 2) / (2 * sigma**2))
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def _look_up(X, rows, columns, group):
    """Return the values of the images X (size², m) at other places, bilinearly interpolated.

    The places are rows and columns (maps, size, size), one map for each ``group`` of images.
    """
    size, m = rows.shape[1], X.shape[1]
    width = size + 2  # a frame of zeros stands for all outside, and moves every place by 1
    group = min(group, m or 1)
    rows, columns = np.clip(rows + 1, 0, size + 1), np.clip(columns + 1, 0, size + 1)
    above, left = rows.astype(np.intp), columns.astype(np.intp)
    index = (above * width + left).reshape(-1, size**2)
    s, t = rows - above, columns - left  # how far on the way to the pixel below, and to the one on the right
    weights = np.stack([(1 - s) * (1 - t), (1 - s) * t, s * (1 - t), s * t], axis=1, dtype=X.dtype)
    weights = weights.reshape(-1, 4, size**2, 1)
    framed = np.zeros((width, width, group), X.dtype)
    result = np.empty(X.shape, X.dtype)
    flat = framed.reshape(width**2, group)
    neighbour, total = np.empty((2, size**2, group), X.dtype)
    # Columns are samples, so that one look-up copies a whole row: this pixel of all samples.
    for start, places, shares in zip(range(0, m, group), index, weights, strict=True):
        part = X[:, start : start + group]
        framed[1:-1, 1:-1, : part.shape[1]] = part.reshape(size, size, -1)
        total[:] = 0
        # The pixel itself, the one on its right, the one below, and the one below that. mode="clip" lets an index at
        # the end of the frame run over: its share is 0.
        for offset, share in zip((0, 1, width, width + 1), shares, strict=True):
            flat[offset:].take(places, axis=0, out=neighbour, mode="clip")
            total += np.multiply(neighbour, share, out=neighbour)
        result[:, start : start + group] = total[:, : part.shape[1]]
    return result
