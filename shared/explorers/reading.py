"""The reader of photographs: choose a picture file, and see what each step makes of it and what the network reads."""

from dataclasses import dataclass
from pathlib import Path

import anywidget
import numpy as np
from traitlets import Dict, Int, Unicode

from shared import photographs, plotting
from shared.explorers.engine import Canvas, Explorer

ABOUT = (
    "Four pictures: the page, its ink, the digits that were found in frames, and the 28 by 28 image made from each, "
    "with what the network reads."
)
UNSURE = 0.9  # probability below which an answer is named as unsure
PIECE = 8_000_000  # bytes: Jupyter's server ends the connection to a page that sends 10 MB at once, without a word
MOST = 100_000_000  # bytes of a file
TOO_LARGE = "the file has {:.0f} MB, and we read up to {:.0f}: make the picture smaller first, 900 pixels are enough"


class PictureFile(anywidget.AnyWidget):
    """A button that opens the computer's list of files; the page sends the one that is chosen, in pieces.

    value  {} at first, then the file's name, its size in bytes and its content, which stays away above ``most`` bytes
    """

    description = Unicode("Choose a picture of digits").tag(sync=True)
    piece = Int(PIECE).tag(sync=True)
    most = Int(MOST).tag(sync=True)
    value = Dict()

    _esm = Path(__file__).with_name("reading.js")

    def __init__(self):
        super().__init__()
        self.pieces = []
        self.on_msg(self._arrived)

    def _arrived(self, _, message, pieces):
        """Put the pieces of a file together: each comes with the file's name and size, and where in it it begins."""
        name, size, start = (message[key] for key in ("name", "size", "start"))
        if start == 0:
            self.pieces = []
        self.pieces += pieces
        if size > self.most or sum(map(len, self.pieces)) >= size:
            content, self.pieces = b"".join(self.pieces), []
            self.value = dict(name=name, size=size, content=content)


@dataclass
class Reading:
    """What has become of a file: as many of the steps as worked, and the sentence about what did not."""

    name: str
    page: np.ndarray = None
    ink: np.ndarray = None
    masks: tuple = ()
    X: np.ndarray = None
    P: np.ndarray = None
    problem: str = ""


def reading(name, source, predict):
    """Return the `Reading` of a picture file: its path, or its bytes; predict turns images (784, m) into (10, m)."""
    result = Reading(name)
    try:
        result.page = photographs.read(source)
        result.ink = photographs.ink(result.page)
        result.masks = photographs.find(result.ink)
    except photographs.PhotographError as error:
        result.problem = str(error)
        return result
    result.X = np.stack([photographs.prepare(result.ink, mask).ravel() for mask in result.masks], axis=1)
    result.P = np.asarray(predict(result.X), float)
    if result.P.shape != (10, len(result.masks)):
        raise ValueError(f"expected probabilities of shape (10, {len(result.masks)}), got shape {result.P.shape}")
    if not (np.isfinite(result.P).all() and (result.P >= 0).all() and np.allclose(result.P.sum(axis=0), 1, atol=0.01)):
        raise ValueError("the ten outputs are not probabilities: 0 or more, with sum 1")
    return result


def in_words(result):
    """Return one sentence, or two, on what was found and read."""
    if result.problem:
        how_far = "" if result.page is None else " The pictures show how far it came."
        return f"{result.name}: {result.problem}.{how_far}"
    said = result.P.argmax(axis=0)
    count = f"{len(said)} digits" if len(said) > 1 else "one digit"
    sentence = f"{result.name}: {count} found, read as {' '.join(map(str, said))}."
    shares = result.P.max(axis=0)
    unsure = [f"number {k + 1} ({said[k]}: {100 * shares[k]:.0f} %)" for k in np.flatnonzero(shares < UNSURE)]
    return sentence + (f" Unsure of {', '.join(unsure)}." if unsure else "")


@plotting.drawing
def read_photograph(predict):
    """Return a button to choose a picture of digits with, PNG or JPEG, and pictures of how it is read.

    predict: function of images (784, m), values 0 (paper) to 1 (ink), that returns (10, m) probabilities. The file goes
    to the kernel, which runs on your computer or where you started it, and nowhere else. At first the sample is shown.
    """
    figure, axes = plotting.new_figure(2, 2, size=(6, 4.4))
    canvas = Canvas(figure)

    def compute(file):
        if not file:
            return reading("The sample", photographs.SAMPLE, predict)
        name, size = file["name"], file["size"]
        if size > MOST:
            return Reading(name, problem=TOO_LARGE.format(size / 1e6, MOST / 1e6))
        return reading(name, file["content"], predict)

    def draw(result, file):
        for step in axes.flat:
            step.clear()
        if result.page is None:
            for step in axes.flat:
                step.axis("off")
        else:
            titles = None
            if result.P is not None:
                pairs = zip(result.P.argmax(axis=0), result.P.max(axis=0), strict=True)
                titles = [f"{digit}: {100 * share:.0f} %" for digit, share in pairs]
            plotting.photograph_steps(result.page, result.ink, result.masks, result.X, titles, panels=axes)
        canvas.redraw()
        return in_words(result)

    return Explorer("read_photograph", canvas, {"file": PictureFile()}, compute, draw, ABOUT, quiet="dim")
