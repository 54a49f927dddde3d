"""The picture of an explorer: drawn fast, sent fast, described in words."""

import struct
import threading
import zlib
from functools import lru_cache
from pathlib import Path

import anywidget
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from traitlets import Bytes, Int, Unicode

# matplotlib's own lock: a cell may draw a figure while an explorer draws in another thread.
RENDERING = getattr(Figure, "_render_lock", threading.RLock())


SEGMENT = 66_000  # bytes; what Linux sends in one piece within a computer is a little less


def _at_least_a_segment(png, widget):
    """Return the PNG, followed by zeros (which browsers skip) if it is shorter than a segment of TCP.

    The server sends a small message at once only if the one before it has been acknowledged (Nagle's algorithm), and
    the browser's side takes up to 40 ms to do that: half of the time from a key to the new picture.
    """
    return png + bytes(max(0, SEGMENT - len(png)))


class Picture(anywidget.AnyWidget):
    """A PNG with alternative text; under it a status line that screen readers are told about."""

    png = Bytes(b"").tag(sync=True, to_json=_at_least_a_segment)
    alt = Unicode("").tag(sync=True)
    status = Unicode("").tag(sync=True)
    width = Int(500, help="CSS pixels").tag(sync=True)

    _esm = Path(__file__).with_name("picture.js")
    _css = """
    .course-explorer img { max-width: 100%; height: auto; display: block; }
    .course-explorer p { margin: 4px 0; line-height: 1.4; min-height: 1.4em; }
    .course-explorer .noUi-handle { border-color: #767676; }
    .course-explorer :is(button, select, input, textarea, .noUi-handle):focus-visible {
      outline: 3px solid var(--jp-brand-color1, #0072b2) !important; outline-offset: 1px;
    }
    .course-explorer .course-spoken {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    }
    """


class Canvas:
    """A figure (of `plotting.new_figure`, say) whose static part is drawn once and kept.

    Artists given to `moving` are drawn anew for every picture; after changing anything else (axis
    limits, a title), call `redraw`. What lies above them is drawn once too and then pasted, and so is each
    look that a moving text had of late: matplotlib needs a millisecond for each text.
    """

    def __init__(self, figure):
        self.figure = figure
        self._moving, self._above, self._background = [], [], None

    def moving(self, *artists):
        """Mark artists as moving and return them."""
        for artist in artists:
            artist.set_animated(True)
        self._moving += artists
        self.redraw()
        return artists

    def redraw(self):
        """Draw the static part again before the next picture (after new axis limits, say)."""
        self._background = None

    def png(self):
        """Return the picture as PNG bytes."""
        canvas = self.figure.canvas
        with RENDERING:
            if self._background is None:
                self._draw_background()
            else:
                canvas.restore_region(self._background)
            pixels = np.asarray(canvas.buffer_rgba())
            for artist in self._above:
                if artist in self._moving and type(artist) is not Text:
                    artist.draw(canvas.get_renderer())
                elif artist.get_visible():
                    self._paste(artist, pixels.reshape(-1, 4))
            return png_bytes(pixels)

    def _paste(self, artist, pixels):
        """Lay what an artist draws over all the pixels (p, 4)."""
        where, colors, alpha = self._layer(artist, _look(artist) if artist in self._moving else None)
        pixels[where, :3] = pixels[where, :3] * (1 - alpha) + colors

    def _draw_alone(self, artist, look):
        """Return where an artist draws (indices of pixels), its colours times alpha, and alpha; 0 to 255, 0 to 1.

        `look` only tells `lru_cache` what has been drawn before.
        """
        self._alone.clear()
        artist.draw(self._alone)
        drawn = np.asarray(self._alone.buffer_rgba()).reshape(-1, 4)
        where = np.flatnonzero(drawn[:, 3] > 0)
        alpha = drawn[where, 3:] / np.float32(255)
        return where, alpha * drawn[where, :3] + 0.5, alpha

    def _draw_background(self):
        """Draw and keep what lies below the moving artists; collect the rest in drawing order."""
        for artist in self._above:
            artist.set_animated(artist in self._moving)
        self._above = []
        for parent in dict.fromkeys(artist.axes or self.figure for artist in self._moving):
            children = sorted(parent.get_children(), key=lambda artist: artist.get_zorder())
            children.remove(parent.patch)
            if parent is not self.figure and not parent.axison:
                frame = {parent.xaxis, parent.yaxis, *parent.spines.values()}
                children = [artist for artist in children if artist not in frame]
            self._above += children[min(map(children.index, set(self._moving) & set(children))) :]
        for artist in self._above:
            artist.set_animated(True)
        self.figure.canvas.draw()
        height, width = np.asarray(self.figure.canvas.buffer_rgba()).shape[:2]
        self._alone = RendererAgg(width, height, self.figure.dpi)  # where what is pasted is drawn
        self._layer = lru_cache(128)(self._draw_alone)
        # Labels keep their places from now on: nothing jumps while the learner plays.
        self.figure.set_layout_engine("none")
        self._background = self.figure.canvas.copy_from_bbox(self.figure.bbox)


def _look(text):
    """Return what tells one look of a text from another."""
    box = text.get_bbox_patch()
    colors = text.get_color(), text.get_alpha(), box and (box.get_facecolor(), box.get_edgecolor())
    place = text.get_position(), text.get_ha(), text.get_va(), text.get_rotation()
    return text.get_text(), hash(text.get_fontproperties()), place, repr(colors)


def png_bytes(pixels):
    """Return the PNG bytes of pixels (height, width, 3 or more), uint8: red, green, blue. In half an encoder's time."""
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: 0, none
    for channel in range(3):  # one by one: NumPy is slow where three bytes are a row
        rows[:, 1 + channel :: 3] = pixels[:, :, channel]

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
