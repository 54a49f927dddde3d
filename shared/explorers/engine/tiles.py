"""Small pictures that are put into a figure pixel by pixel: fields of colour, and lines of text.

matplotlib needs a millisecond for each text and for each image. A letter is drawn once here, and copied ever after.
Places and sizes count pixels of 100 to an inch. Where a page has two for each of them, words are drawn finer, and each
pixel of a field becomes four.
"""

from functools import cache, lru_cache

import numpy as np
from matplotlib.artist import Artist

from shared import plotting

HEIGHT, WIDTH = 14, 7  # pixels of a character
BASELINE = 3.5  # pixels, from the bottom of a line of text
LOOK = {"family": "DejaVu Sans Mono", "fontsize": 8.37, "va": "baseline", "parse_math": False}  # WIDTH pixels wide


KNOWN = "".join(map(chr, range(32, 127))) + "−·×⁰¹²³⁴⁵⁶⁷⁸⁹⁻∞γλ"  # the characters that can be written


@cache
@plotting.drawing
def characters(density=1):
    """Return how dark each pixel (HEIGHT, WIDTH, times density) of each character is, 0 to 255, lowest row first."""
    figure, axes = plotting.new_figure(size=(len(KNOWN) * WIDTH / 100, HEIGHT / 100))
    figure.set_layout_engine("none")
    figure.set_dpi(100 * density)
    axes.axis("off")
    figure.text(0, BASELINE / HEIGHT, KNOWN, **LOOK)
    figure.canvas.draw()
    dark = 255 - np.asarray(figure.canvas.buffer_rgba())[::-1, :, 0]
    wide = WIDTH * density
    return {character: dark[:, k * wide : (k + 1) * wide] for k, character in enumerate(KNOWN)}


class Word(np.ndarray):
    """The picture of a line of text, which knows what it says: so it can be drawn finer."""

    text = colour = None


@lru_cache(128)
def written(text, colour, density=1):
    """Return the picture (HEIGHT, WIDTH times characters, 4) of a line of text, bytes; not to be changed."""
    known = characters(density)  # drawn when they are needed first
    dark = np.hstack([known[character] for character in text])
    colours = np.broadcast_to(np.array([*bytes.fromhex(colour[1:])], np.uint8), (*dark.shape, 3))
    word = np.dstack([colours, dark]).view(Word)
    word.text, word.colour = text, colour
    return word


def finer(image, density):
    """Return a small picture for a page with so many pixels for each of its own: words drawn anew, fields larger."""
    if density == 1:
        return image
    if getattr(image, "text", None) is not None:
        return written(image.text, image.colour, density)
    return image.repeat(density, axis=0).repeat(density, axis=1)


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
        gc, density = renderer.new_gc(), round(renderer.dpi / 100)
        for left, bottom, image in self.images:
            renderer.draw_image(gc, density * left, density * bottom, finer(image, density))
        gc.restore()
