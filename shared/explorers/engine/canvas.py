"""A figure that is drawn fast: what stands still is drawn once and kept."""

import threading
from contextlib import contextmanager

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from shared.explorers.engine.png import png_bytes

# matplotlib's own lock: a cell may draw a figure while an explorer draws in another thread.
RENDERING = getattr(Figure, "_render_lock", threading.RLock())
LOOKS = 128  # so many looks of texts are kept


class Canvas:
    """A figure (of `plotting.new_figure`, say) whose static part is drawn once and kept.

    Artists given to `moving` are drawn anew for every picture; after changing anything else (axis
    limits, a title), call `redraw`. What lies above them is drawn once too and then pasted, and so is each
    look that a moving text had of late: matplotlib needs a millisecond for each text.

    `canvas["curve"]` is the moving artist of that name. `density` is 1, or 2 for a page with two pixels where a figure
    of 100 to an inch has one; whoever computes with pixels need not know, since it holds only while a picture is drawn.
    """

    density = 1

    def __init__(self, figure):
        self.figure = figure
        self._moving = {}  # artist: its name or None, in the order of their coming
        self._above = []  # what is drawn after the first moving artist, in drawing order
        self._background = None  # the pixels below
        self._layers = {}  # (artist, look): what it draws; the one used last stands last

    def moving(self, *artists, **named):
        """Mark artists as moving and return them. Named ones can be asked for; those of a list are numbered from 1."""
        for name, artist in named.items():
            if isinstance(artist, list | tuple):
                several = {f"{name} {k}": one for k, one in enumerate(artist, 1)}
            else:
                several = {name: artist}
            for word, one in several.items():
                if word in self._moving.values():
                    raise ValueError(f"two moving artists are called {word!r}")
                one.set_gid(word)
                artists += (one,)
        for artist in artists:
            artist.set_animated(True)
            self._moving[artist] = artist.get_gid()
        self.redraw()
        return artists

    def __getitem__(self, name):
        """Return the moving artist of this name."""
        for artist, known in self._moving.items():
            if known == name:
                return artist
        raise KeyError(f"no moving artist is called {name!r}; there are {', '.join(self.names)}")

    @property
    def names(self):
        """The names of the moving artists that have one, a list."""
        return [name for name in self._moving.values() if name]

    def redraw(self):
        """Draw the static part again before the next picture (after new axis limits, say)."""
        self._background = None

    def png(self):
        """Return the picture as PNG bytes."""
        with RENDERING, self._dense():
            return png_bytes(self._pixels())

    def set_density(self, density):
        """Draw the next pictures with so many pixels, 1 or 2, where there was one."""
        if density != self.density:
            self.density = density
            self.redraw()

    def stored(self, strip):
        """Return the picture as it is stored: at twice the density, packed tightly, below a strip of pixels."""
        before = self.density
        self.set_density(2)
        with RENDERING, self._dense():
            pixels = self._pixels()[:, :, :3]
            wide = np.full((len(strip), pixels.shape[1], 3), 255, np.uint8)
            wide[:, : strip.shape[1]] = strip[:, : pixels.shape[1]]
            png = png_bytes(np.vstack([wide, pixels]), level=6)
        self.set_density(before)
        return png

    @contextmanager
    def _dense(self):
        """While it lasts, the figure has `density` times its pixels."""
        if self.density == 1:
            yield
            return
        dpi = self.figure.dpi
        self.figure.set_dpi(self.density * dpi)
        try:
            yield
        finally:
            self.figure.set_dpi(dpi)

    def _pixels(self):
        """Return the pixels of the picture (height, width, 4)."""
        canvas = self.figure.canvas
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
        return pixels

    def forget(self):
        """Let go of the looks that are kept; return how many there were."""
        count = len(self._layers)
        self._layers.clear()
        return count

    def _paste(self, artist, pixels):
        """Lay what an artist draws over all the pixels (p, 4)."""
        where, colors, alpha = self._layer(artist)
        pixels[where, :3] = pixels[where, :3] * (1 - alpha) + colors

    def _layer(self, artist):
        """Return what an artist draws, from what is kept if it has looked like this of late."""
        key = artist, _look(artist) if artist in self._moving else None
        layer = self._layers.pop(key, None) or self._draw_alone(artist)
        self._layers[key] = layer
        if len(self._layers) > LOOKS:
            del self._layers[next(iter(self._layers))]
        return layer

    def _draw_alone(self, artist):
        """Return where an artist draws (indices of pixels), its colours times alpha, and alpha; 0 to 255, 0 to 1."""
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
        self.forget()
        # Labels keep their places from now on: nothing jumps while the learner plays.
        self.figure.set_layout_engine("none")
        self._background = self.figure.canvas.copy_from_bbox(self.figure.bbox)


def _look(text):
    """Return what tells one look of a text from another."""
    box = text.get_bbox_patch()
    colors = text.get_color(), text.get_alpha(), box and (box.get_facecolor(), box.get_edgecolor())
    place = text.get_position(), text.get_ha(), text.get_va(), text.get_rotation()
    return text.get_text(), hash(text.get_fontproperties()), place, repr(colors)
