"""Photographs of handwriting: from a picture file to images of digits as MNIST has them.

Four steps, each a function whose result can be looked at: ``read`` the file as grey values, ``ink`` (how much darker
each place is than the paper around it), ``find`` the digits, and ``prepare`` each as the authors of MNIST prepared
theirs. `Photograph` does all four. Pillow, which comes with matplotlib, reads the files; NumPy does the rest.
"""

import io
import warnings
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image, ImageOps, UnidentifiedImageError

from shared.files import COURSE, DataFileError, course_file
from shared.images import centre

SAMPLE = COURSE / "data" / "photographs" / "row.jpg"
LONGER_SIDE = 900  # pixels of a page that are kept: room for twenty digits of more than forty
FAINTEST = 0.12  # ink takes at least this share of the paper's light
MOST = 20  # digits in a row; more pieces of ink are a page of text
SMALLEST = 12  # pixels that the tallest digit must have
WIDEST = 1.5  # times as wide as high is one digit in two hundred of MNIST's; a wider piece of ink counts as several
WIDEST_IN_A_ROW = 1.3  # times the height of the tallest: there two digits that touch are told more surely
STROKE = 0.09  # thickness of a stroke as a share of the digit's longer side, as MNIST's are


class PhotographError(ValueError):
    """A file that is no picture, or a picture without a row of digits; the sentence says what is wrong."""


class Photograph:
    """A picture file of a digit, or of a row of digits, and what each step makes of it.

    page    grey values (height, width), from 0 for black to 1 for white
    ink     how much darker each place is than the paper around it (height, width), 0 to 1
    masks   for each digit, from left to right, where its ink is (height, width), True or False
    X       the images (784, m), 0 to 1, one column per digit, as the networks of this course take them

    ``source`` is the path of a PNG or JPEG file, or its bytes. PhotographError says what is wrong with it.
    """

    def __init__(self, source):
        self.page = read(source)
        self.ink = ink(self.page)
        self.masks = find(self.ink)
        self.X = np.stack([prepare(self.ink, mask).reshape(784) for mask in self.masks], axis=1)


# --- the first step: a file becomes grey values


def read(source):
    """Return the grey values (height, width) of a PNG or JPEG file, from 0 for black to 1 for white.

    ``source`` is a path or the bytes of a file. The picture is turned as the camera noted (EXIF), what is transparent
    becomes white, and of a large picture the longer side shrinks to 900 pixels. PhotographError if it cannot be read.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        name, file = "the file", io.BytesIO(source)
    elif isinstance(source, str | Path):
        name, file = str(source), source
    else:
        raise TypeError(f"a photograph is the path of a file or its bytes, not {type(source).__name__}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if name == str(SAMPLE):
                course_file(SAMPLE)
            with Image.open(file, formats=["PNG", "JPEG"]) as picture:
                return _grey(picture)
    except DataFileError as problem:
        raise PhotographError(str(problem)) from problem
    except Exception as problem:  # a damaged file can make Pillow raise nearly anything
        raise PhotographError(f"{name} {_what_is_wrong(source, problem)}") from problem


def _what_is_wrong(source, problem):
    """Return the end of a sentence that begins with the file's name: why it could not be read."""
    if isinstance(problem, FileNotFoundError):
        return "does not exist"
    if isinstance(source, str | Path) and Path(source).is_dir():
        return "is a folder: name one picture in it"
    if isinstance(problem, UnidentifiedImageError):
        return "is no PNG or JPEG picture: save or export it as one of these first"
    if isinstance(problem, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return f"has too many pixels: make it smaller first, {LONGER_SIDE} pixels are enough for its longer side"
    if isinstance(problem, OSError) and problem.strerror:
        return f"cannot be read: {problem.strerror}"
    return "is damaged, or only a part of it has arrived: save or copy it again"


def _grey(picture):
    """Return the grey values (height, width) of a Pillow picture, 0 to 1, the longer side at most 900 pixels."""
    picture.draft("L", (LONGER_SIDE, LONGER_SIDE))  # a JPEG file can be unpacked at a half, a quarter … of its size
    if picture.mode.startswith("I"):  # 16 bits for each pixel
        picture, brightest = picture.convert("F"), 65_535
    elif "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA"):
        picture, brightest = picture.convert("RGBA"), 255
    else:
        picture, brightest = picture.convert("L"), 255
    picture.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.BOX, reducing_gap=1.0)
    picture = ImageOps.exif_transpose(picture)
    if picture.mode == "RGBA":
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture).convert("L")
    return np.asarray(picture, np.float32) / brightest


# --- the second step: what is ink?


def ink(page):
    """Return how much darker than the paper around it each place of a page is (height, width): 0 paper, 1 black.

    page (height, width), 0 to 1. Paper is whatever is bright in the neighbourhood, so shadows do not count. White
    writing on black is turned round, and printed lines that run across the whole page are taken away.
    """
    page = np.asarray(page, np.float32)
    if page.ndim != 2 or not page.size:
        raise ValueError(f"a page is an array (height, width), not of shape {page.shape}")
    if not (page.min() >= 0 and page.max() <= 1):  # NaN too
        raise ValueError("a page holds grey values from 0 (black) to 1 (white)")
    if _skewness(page - _locally(page, 0.5, max(page.shape) // 3)) > 0.5:  # what stands out from the paper is bright
        page = 1 - page
    size = max(page.shape) // 24  # a square wider than a stroke
    paper = _locally(page, 0.8, size, neighbours=2)
    dark = np.clip((paper - page) / np.maximum(paper, 0.05), 0, 1)
    return _without_lines(dark)


def _skewness(values):
    """Return the mean third power, in units of the mean square: above 0 if what stands out is large, below if small."""
    spread = np.sqrt(np.mean(values**2))
    return np.mean((values / spread) ** 3) if spread > 0 else 0.0


def _locally(page, share, size, neighbours=0):
    """Return the quantile of a page (height, width) in the neighbourhood of each place, in squares with sides of size.

    As often as ``neighbours`` says, a square that is much darker than those around it takes their brightness: it is
    full of ink.
    """
    size = max(size, 4)
    height, width = page.shape
    rows = -(-height // size)  # rounded up
    columns = -(-width // size)
    padded = np.pad(page, [(0, rows * size - height), (0, columns * size - width)], mode="edge")
    squares = padded.reshape(rows, size, columns, size).swapaxes(1, 2).reshape(rows, columns, size**2)
    values = np.quantile(squares, share, axis=2)
    for _ in range(neighbours):
        values = np.maximum(values, 0.92 * _grown(values, 1))
    return _stretched(_stretched(values, height, size).T, width, size).T


def _stretched(values, n, size):
    """Return n rows between the rows of values, of which row k stands at (k + ½) size − ½: linear interpolation."""
    place = np.clip((np.arange(n) + 0.5) / size - 0.5, 0, len(values) - 1)
    before = place.astype(int)
    after = np.minimum(before + 1, len(values) - 1)
    share = (place - before)[:, None]
    return (1 - share) * values[before] + share * values[after]


def _without_lines(dark):
    """Return dark values without the narrow lines that cross the whole page, if there is more than these."""
    rest = dark
    narrow = max(1, max(dark.shape) // 100)
    for axis in (0, 1):
        tenths = np.array_split(rest, min(10, rest.shape[axis]), axis=axis)
        # Where even the lightest tenth is dark, a line crosses the page, or something wider.
        line = np.min([np.median(tenth, axis=axis, keepdims=True) for tenth in tenths], axis=0)
        wider = _grown(1 - _grown(1 - line, narrow), narrow)
        rest = np.maximum(rest - np.maximum(line - wider, 0), 0)
    return rest if rest.max() > FAINTEST else dark


# --- the third step: where are the digits?


@dataclass
class _Piece:
    """A piece of ink: its labels, its rectangle (bottom and right are one past the end), and how many pixels it has."""

    labels: list
    top: int
    bottom: int
    left: int
    right: int
    area: int

    height = property(lambda self: self.bottom - self.top)
    width = property(lambda self: self.right - self.left)
    size = property(lambda self: max(self.height, self.width))


def find(dark):
    """Return where the digits stand in what `ink` returned (height, width): a list of masks, from left to right.

    A mask (height, width) is True where the ink of its digit is. PhotographError if there is no ink, too much of it,
    more than one row, or digits that touch.
    """
    mask = dark > _limit(dark)
    if mask.mean() > 0.4:
        raise PhotographError(f"{mask.mean():.0%} of the page is dark: expected some digits on empty paper")
    labels, count = _connected(_grown(mask, 2))  # strokes that nearly meet belong together
    labels = np.where(mask, labels, 0)
    pieces = _larger_than_dust(_off_the_edges(_pieces(labels, count), labels))
    digits = _joined(pieces)
    tallest = max(digit.height for digit in digits)
    digits = [digit for digit in digits if digit.height >= 0.35 * tallest]
    digits.sort(key=lambda digit: digit.left)
    _check_edges(digits, mask.shape)
    _check_row(digits)
    return [np.isin(labels, digit.labels) for digit in digits]


def _off_the_edges(pieces, labels):
    """Return the pieces without a table beside the paper: what fills a quarter of an edge, if there are others."""
    table = set()
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        table |= set(np.flatnonzero(np.bincount(edge) > len(edge) / 4))
    others = [piece for piece in pieces if piece.labels[0] not in table]
    return others if any(piece.size >= SMALLEST for piece in others) else pieces


def _larger_than_dust(pieces):
    """Return the pieces that are not much smaller than the largest. PhotographError if none is as large as a digit."""
    size = max((piece.size for piece in pieces), default=0)
    if size < SMALLEST / 2:
        raise PhotographError("the page is empty: nothing on it is darker than the paper around it")
    if size < SMALLEST:
        raise PhotographError(f"the largest piece of ink measures {size} pixels: come closer, or write larger")
    largest = max(piece.area for piece in pieces)
    return [piece for piece in pieces if piece.area >= 0.02 * largest]


def _check_edges(digits, shape):
    """Raise PhotographError if a piece of ink touches two edges of the page, whose shape is given: that is no digit."""
    for digit in digits:
        if (digit.top == 0) + (digit.left == 0) + (digit.bottom == shape[0]) + (digit.right == shape[1]) > 1:
            raise PhotographError(
                "something dark reaches from edge to edge of the picture (a table, printed lines?): photograph the "
                "paper alone, and leave some of it empty around the digits"
            )


def _check_row(digits):
    """Raise PhotographError if pieces of ink, sorted from left to right, do not look like a row of digits."""
    if len(digits) > MOST:
        raise PhotographError(
            f"{len(digits)} pieces of ink: expected one row of up to {MOST} digits, not a page of text"
        )
    for digit, following in pairwise(digits):
        if digit.bottom <= following.top or following.bottom <= digit.top:
            raise PhotographError(f"{len(digits)} pieces of ink in more than one row: photograph one row at a time")
    tallest = max(digit.height for digit in digits)
    for place, digit in enumerate(digits, 1):
        if digit.width > tallest * (WIDEST if len(digits) == 1 else WIDEST_IN_A_ROW):
            which = f"piece {place} of {len(digits)} is" if len(digits) > 1 else "the only piece of ink is"
            raise PhotographError(f"{which} as wide as several digits that touch: leave a gap between digits")


def _limit(dark):
    """Return the darkness from which on a place is ink.

    The best cut between two kinds of pixels is the one that makes the variance between them largest (Otsu 1979). What
    is paper beyond doubt does not take part, and the grain of the paper is no ink.
    """
    counts, edges = np.histogram(dark, 64, (0, 1))
    middle = (edges[1:] + edges[:-1]) / 2
    counts = np.where(middle < FAINTEST / 2, 0, counts)
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sum_below = np.cumsum(counts * middle)[:-1]
    sum_above = (counts * middle).sum() - sum_below
    distance = sum_above / np.maximum(above, 1) - sum_below / np.maximum(below, 1)
    cut = edges[1:-1][np.argmax(below * above * distance**2)]
    paper = np.median(dark)
    grain = 1.48 * np.median(np.abs(dark - paper))  # the standard deviation, were it normal
    return max(FAINTEST, 0.8 * cut, paper + 4 * grain)  # 0.8: the edge of a stroke is lighter than its middle


def _grown(values, pixels):
    """Return the largest value in the square around each place that reaches so many pixels to each side."""
    for axis in (0, 1):
        padded = np.pad(values, [(pixels, pixels) if axis == side else (0, 0) for side in (0, 1)])
        values = sliding_window_view(padded, 2 * pixels + 1, axis=axis).max(axis=-1)
    return values


def _connected(mask):
    """Return labels (height, width), 0 outside the mask and 1, 2, … in its connected pieces, and how many there are.

    Each row is cut into runs of True. Two runs in neighbouring rows that touch, corners included, have one root.
    """
    height, width = mask.shape
    change = np.diff(mask.astype(np.int8), axis=1, prepend=0, append=0)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    parent = list(range(len(rows)))

    def root(run):
        while parent[run] != run:
            parent[run] = parent[parent[run]]  # a shorter way for the next one who asks
            run = parent[run]
        return run

    first = np.searchsorted(rows, np.arange(height + 1))  # of the runs in each row
    for row in range(1, height):
        upper = first[row - 1]
        lower = first[row]
        while upper < first[row] and lower < first[row + 1]:
            if starts[lower] <= ends[upper] and starts[upper] <= ends[lower]:
                parent[root(lower)] = root(upper)
            if ends[upper] < ends[lower]:
                upper += 1
            else:
                lower += 1
    roots, names = np.unique([root(run) for run in range(len(rows))], return_inverse=True)
    labels = np.zeros((height, width + 1), np.int32)
    np.add.at(labels, (rows, starts), names + 1)
    np.add.at(labels, (rows, ends), -(names + 1))
    return labels.cumsum(axis=1)[:, :-1], len(roots)


def _pieces(labels, count):
    """Return a list with a `_Piece` for each label from 1 to count that occurs."""
    rows, columns = np.nonzero(labels)
    found = labels[rows, columns]
    area = np.bincount(found, minlength=count + 1)
    sides = []
    for places, size in ((rows, labels.shape[0]), (columns, labels.shape[1])):
        low = np.full(count + 1, size)
        high = np.zeros(count + 1, int)
        np.minimum.at(low, found, places)
        np.maximum.at(high, found, places + 1)
        sides += [low, high]
    return [_Piece([k], *(int(side[k]) for side in sides), int(area[k])) for k in range(1, count + 1) if area[k]]


def _joined(pieces):
    """Return the pieces, the parts of one digit joined: those that stand closely one above the other."""
    digits = []
    for piece in sorted(pieces, key=lambda piece: -piece.area):
        for digit in digits:
            common = min(digit.right, piece.right) - max(digit.left, piece.left)
            gap = max(digit.top, piece.top) - min(digit.bottom, piece.bottom)
            above = common > 0.5 * min(digit.width, piece.width) and piece.width < 1.5 * digit.width
            if above and gap < 0.3 * digit.height:
                digit.labels += piece.labels
                digit.top = min(digit.top, piece.top)
                digit.bottom = max(digit.bottom, piece.bottom)
                digit.left = min(digit.left, piece.left)
                digit.right = max(digit.right, piece.right)
                digit.area += piece.area
                break
        else:
            digits.append(piece)
    return digits


# --- the fourth step: as MNIST has it


def prepare(dark, mask):
    """Return the image (28, 28), 0 to 1, of the digit whose ink (height, width) is where the mask says.

    The middle of its strokes becomes 1, a stroke much thinner or thicker than MNIST's is grown or shrunk, and `centre`
    does the rest.
    """
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    here = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    mask = np.pad(mask[here], 8)
    dark = np.pad(dark[here], 8) * mask
    dark = np.minimum(dark / np.quantile(dark[mask], 0.6), 1)
    edge = mask & (_grown(~mask, 1) > 0)
    thickness = 2 * mask.sum() / edge.sum()  # a stroke has two edges
    wanted = STROKE * max(mask[8:-8].shape) + 1
    change = min(int(abs(wanted - thickness) / 2), 7)
    if thickness < 0.65 * wanted:
        dark = _grown(dark, change)
    elif thickness > 1.7 * wanted:
        dark = 1 - _grown(1 - dark, change)
    return np.minimum(centre(dark), 1)
