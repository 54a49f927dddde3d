"""Small pictures that are put into a figure pixel by pixel: fields of colour, and lines of text.

matplotlib needs a millisecond for each text and for each image. A letter is drawn once here, and copied ever after.
"""

from functools import cache, lru_cache

import numpy as np
from matplotlib.artist import Artist

from shared import plotting

HEIGHT, WIDTH = 14, 7  # pixels of a character
BASELINE = 3.5  # pixels, from the bottom of a line of text
LOOK = {"family": "DejaVu Sans Mono", "fontsize": 8.37, "va": "baseline", "parse_math": False}  # WIDTH pixels wide


@cache
@plotting.drawing
def characters():
    """Return how dark each pixel (HEIGHT, WIDTH) of each character is, 0 to 255, the lowest row first."""
    known = "".join(map(chr, range(32, 127)))
    figure, axes = plotting.new_figure(size=(len(known) * WIDTH / 100, HEIGHT / 100))
    figure.set_layout_engine("none")
    axes.axis("off")
    figure.text(0, BASELINE / HEIGHT, known, **LOOK)
    figure.canvas.draw()
    dark = 255 - np.asarray(figure.canvas.buffer_rgba())[::-1, :, 0]
    return {character: dark[:, k * WIDTH : (k + 1) * WIDTH] for k, character in enumerate(known)}


@lru_cache(64)
def written(text, colour):
    """Return the picture (HEIGHT, WIDTH times characters, 4) of a line of text, bytes; not to be changed."""
    known = characters()  # drawn when they are needed first
    dark = np.hstack([known[character] for character in text])
    return np.dstack([np.broadcast_to(np.array([*bytes.fromhex(colour[1:])], np.uint8), (*dark.shape, 3)), dark])


def drawn_out(values, times):
    """Return values (r, c), with straight lines between them, at times (r − 1) times times (c − 1) places (float32)."""
    values, share = values.astype(np.float32), ((np.arange(times, dtype=np.float32) + 0.5) / times)[:, None]
    for _ in range(2):  # from row to row, then from column to column
        between = values[:-1, None] * (1 - share) + values[1:, None] * share
        values = between.reshape(-1, values.shape[1]).T
    return values


class Tiles(Artist):
    """Small pictures put into the figure pixel by pixel: (left, bottom, colours with the lowest row first)."""

    def __init__(self, zorder):
        super().__init__()
        self.images = ()
        self.set_zorder(zorder)

    def draw(self, renderer):
        """Copy the pictures."""
        gc = renderer.new_gc()
        for left, bottom, image in self.images:
            renderer.draw_image(gc, left, bottom, image)
        gc.restore()
