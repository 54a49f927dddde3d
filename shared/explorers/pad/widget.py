"""A pad on which the learner draws a digit, and sees what the network sees and thinks."""

from base64 import b64encode
from itertools import pairwise
from pathlib import Path

import anywidget
import numpy as np
from traitlets import CBytes, Int, List, Unicode, observe

from shared import plotting
from shared.explorers.engine import kernel
from shared.explorers.engine.explorer import arrive, close_all, leave
from shared.images import centre

SIZE = 140  # the pad has 140 x 140 points
ABOUT = (
    "Drawing pad (run the notebook to draw). An example digit, the 28 by 28 image made from it, "
    "and the network's probabilities of the ten digits."
)


class DrawingPad(anywidget.AnyWidget):
    """A pad for mouse, touch, pen and keyboard, with live probabilities; see `drawing_pad`.

    drawing        140 x 140 bytes row by row, 0 paper to 255 ink (set it to draw from Python)
    probabilities  ten numbers, or [] while there is no prediction
    message        the result in a sentence
    seen           28 x 28 bytes: the image the network is given
    error          the last exception of `predict` or None
    """

    drawing = CBytes(bytes(SIZE**2)).tag(sync=True, echo_update=False)
    presses = Int(0, help="how often Predict was pressed").tag(sync=True)
    probabilities = List().tag(sync=True)
    seen = CBytes(bytes(28 * 28)).tag(sync=True)
    message = Unicode("The pad is empty. Draw a digit.").tag(sync=True)

    _esm = Path(__file__).with_name("pad.js")
    _css = Path(__file__).with_name("pad.css")

    def __init__(self, predict):
        self.predict, self.error, self.name, self.cell = predict, None, "drawing_pad", kernel.this_cell()
        self._first = _example(predict)
        super().__init__()
        arrive(self)

    def pause(self, reason=""):
        """Nothing moves by itself here."""

    def close(self):
        """Release the widget."""
        leave(self)
        close_all(self)

    @observe("drawing", "presses")
    def _predict(self, _):
        with kernel.LOCK, self.hold_sync():
            drawing = np.frombuffer(self.drawing, np.uint8)
            self.probabilities, self.seen = [], bytes(28 * 28)
            if drawing.size != SIZE**2:
                self.message = f"The drawing has {drawing.size} points instead of {SIZE**2}."
                return
            image = centre(drawing.reshape(SIZE, SIZE))
            self.seen = np.round(255 * image).astype(np.uint8).tobytes()
            if not image.any():
                self.message = "The pad is empty. Draw a digit."
                return
            try:
                p = ask(self.predict, image)
            except Exception as problem:
                self.error = problem
                self.message = f"The network gave no answer ({type(problem).__name__}: {problem})."
                return
            self.probabilities = p.tolist()
            self.message = in_words(p)

    def _repr_mimebundle_(self, **kwargs):
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        bundle |= {"image/png": b64encode(self._first).decode(), "text/plain": f"Explorer: {ABOUT}"}
        return bundle, metadata | {"image/png": {"alt": ABOUT, "width": 800, "height": 280}}


def ask(predict, image):
    """Return what `predict` says of an image (28, 28): (10,). Raises ValueError if these are no
    probabilities.
    """
    p = np.asarray(predict(image.reshape(784, 1)), float)
    if p.shape != (10, 1):
        raise ValueError(f"expected ten probabilities of shape (10, 1), got shape {p.shape}")
    if not (np.isfinite(p).all() and (p >= 0).all() and abs(p.sum() - 1) < 0.01):
        raise ValueError("the ten outputs are not probabilities: 0 or more, with sum 1")
    return p[:, 0]


def a_digit(digit):
    """Return the digit with its article, "an 8" or "a 3"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def in_words(p):
    """Return a sentence: the most probable digit, and the second if its share is worth naming."""
    first, second = np.argsort(-p, kind="stable")[:2]
    share = "over 99" if p[first] >= 0.995 else f"{100 * p[first]:.0f}"
    also = f", then {a_digit(second)} ({100 * p[second]:.0f} %)" if p[second] >= 0.005 else ""
    return f"Most probably {a_digit(first)} ({share} %){also}.".replace(" %", "\N{NO-BREAK SPACE}%")


@plotting.drawing
def _example(predict):
    """Return a picture of the pad in use, as PNG: for pages without a kernel."""
    corners = np.array([(45, 35), (95, 35), (68, 62), (92, 74), (94, 98), (72, 110), (45, 104)], float)
    points = np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(corners)])
    x, y = np.meshgrid(np.arange(SIZE), np.arange(SIZE))
    distance = np.min([np.hypot(x - px, y - py) for px, py in points], axis=0)
    drawing = np.clip(6 - distance, 0, 1)
    image = centre(drawing)
    figure, (left, middle, right) = plotting.new_figure(1, 3, size=(8, 2.8))
    for axes, pixels, title in (
        (left, drawing, "Drawing"),
        (middle, image, "What the network sees"),
    ):
        axes.imshow(pixels, cmap="Greys", vmin=0, vmax=1)
        axes.set(title=title, xticks=[], yticks=[])
        axes.spines[:].set_visible(True)
    right.set(title="Probability", xlim=(0, 1), yticks=range(10), ylim=(9.6, -0.6))
    try:
        bars = right.barh(range(10), ask(predict, image), color=plotting.colors["forward"])
        right.bar_label(bars, fmt="{:.2f}", padding=3, fontsize=8)
    except Exception:
        right.text(0.5, 4.5, "no prediction", ha="center")
    return plotting.png(figure)


def drawing_pad(predict):
    """Return a pad to draw a digit on; `predict` turns one image into ten probabilities.

    predict: function of an array (784, 1), values 0 (paper) to 1 (ink), that returns (10, 1).
    """
    return DrawingPad(predict)
