"""The picture of an explorer: drawn fast, sent fast, described in words."""

import struct
import threading
import zlib
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
    limits, a title), call `redraw`. What lies above them is drawn once too and then pasted, and so is a
    moving text until it changes: matplotlib needs a millisecond for each text.
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
            return png_bytes(pixels[:, :, :3])

    def _paste(self, artist, pixels):
        """Lay what an artist draws over all the pixels (p, 4); draw it only if it has changed since the last time."""
        if artist not in self._pasted or (artist.stale and artist in self._moving):
            self._alone.clear()
            artist.draw(self._alone)
            drawn = np.asarray(self._alone.buffer_rgba()).reshape(-1, 4)
            where = np.flatnonzero(drawn[:, 3])
            share = drawn[where, 3:] / np.float32(255)
            self._pasted[artist] = where, 1 - share, share * drawn[where, :3] + 0.5
        where, kept, added = self._pasted[artist]
        pixels[where, :3] = pixels[where, :3] * kept + added

    def _draw_background(self):
        """Draw and keep what lies below the moving artists; collect the rest in drawing order."""
        for artist in self._above:
            artist.set_animated(artist in self._moving)
        self._above, self._pasted = [], {}
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
        # Labels keep their places from now on: nothing jumps while the learner plays.
        self.figure.set_layout_engine("none")
        self._background = self.figure.canvas.copy_from_bbox(self.figure.bbox)


def png_bytes(pixels):
    """Return RGB pixels (height, width, 3), uint8, as PNG bytes, in half an encoder's time."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: 0, none
    rows[:, 1:] = pixels.reshape(height, 3 * width)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
