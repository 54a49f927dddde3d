"""Draw the sample photograph of notebook 10: digits written with a made pen on squared paper, in bad light.

    python tests/tools/sample_photograph.py [FILE]

The strokes below are the course's own, none of the digits comes from MNIST. Writes data/photographs/row.jpg.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FILE = Path(__file__).resolve().parents[2] / "data" / "photographs" / "row.jpg"
DIGITS = "31415926"
STROKES = {  # places (across, down) that the pen passes, in hundredths of the digit's height
    "1": ["25 22, 45 0, 43 50, 40 100"],
    "2": ["8 25, 20 4, 45 2, 60 22, 45 52, 8 95, 35 93, 70 98"],
    "3": ["10 12, 35 0, 58 18, 45 40, 25 46, 52 53, 64 76, 40 100, 5 90"],
    "4": ["42 0, 22 33, 6 62, 40 62, 72 58", "55 32, 52 65, 48 102"],
    "5": ["16 4, 14 25, 11 44, 35 38, 60 58, 50 90, 22 100, 2 90", "16 4, 40 2, 66 0"],
    "6": ["50 0, 22 25, 8 65, 22 98, 50 92, 58 68, 40 52, 12 68"],
    "9": ["60 14, 35 0, 10 20, 20 46, 45 42, 60 14, 57 55, 46 100"],
}


def curve(places, steps=24):
    """Return many places on a smooth line through the given ones (Catmull and Rom 1974)."""
    p = np.array([places[0], *places, places[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = [
        b + t * (c - a) / 2 + t**2 * (a - 2.5 * b + 2 * c - 0.5 * d) + t**3 * (1.5 * (b - c) + (d - a) / 2)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.concatenate([*parts, p[-1:]])


def photograph(rng, size=(1200, 480), height=130):
    """Return the photograph, a colour picture: a blue pen, pale squares, a shadow, grain, and not held straight."""
    wide, tall = 2 * size[0], 2 * size[1]  # drawn twice as large, so that edges come out smooth
    squares = Image.new("L", (wide, tall), 0)
    lines = ImageDraw.Draw(squares)
    for place in range(0, wide, 110):
        lines.line([(place, 0), (place, tall)], 255, 4)
        lines.line([(0, place), (wide, place)], 255, 4)
    pen = Image.new("L", (wide, tall), 0)
    draw = ImageDraw.Draw(pen)
    left = 0.08 * wide
    for digit in DIGITS:
        top = 0.36 * tall + rng.uniform(-0.1, 0.1) * height
        large = 2 * height * rng.uniform(0.9, 1.1)
        for stroke in STROKES[digit]:
            places = np.array([place.split() for place in stroke.split(", ")], float) / 100
            for x, y in curve(places + 0.015 * rng.standard_normal(places.shape)):
                place = left + large * x, top + large * y
                draw.ellipse([*(v - 9 for v in place), *(v + 9 for v in place)], fill=255)
        left += 2 * height * (0.95 + rng.uniform(0, 0.15))
    layers = [
        np.asarray(layer.rotate(2, Image.Resampling.BICUBIC).resize(size).filter(ImageFilter.GaussianBlur(1)))[
            :, :, None
        ]
        for layer in (squares, pen)
    ]
    paper, line, blue = (np.array(colour) for colour in ((236, 232, 220), (196, 208, 222), (38, 52, 128)))
    sheet = paper + (line - paper) * layers[0] / 255
    sheet = sheet + (blue - sheet) * layers[1] / 255
    light = 1 - 0.5 * np.add.outer(np.linspace(0, 0.3, size[1]) ** 2 * 3, np.linspace(0, 1, size[0]) ** 2)[:, :, None]
    grain = 5 * rng.standard_normal((size[1], size[0], 1))
    return Image.fromarray(np.clip(np.round(sheet * light + grain), 0, 255).astype(np.uint8))


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    photograph(np.random.default_rng(0)).save(target, quality=80)
