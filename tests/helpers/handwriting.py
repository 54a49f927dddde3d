"""Made photographs of handwriting: MNIST's digits written on a page, with whatever spoils a photograph."""

import io
import re
from functools import partial

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from shared.photographs import Photograph, PhotographError

SETTINGS = {  # from a scan to the worst photograph that we make
    "a scan": {},
    "a thin pen": dict(pen="thin"),
    "a thick pen": dict(pen="thick"),
    "small digits, 40 pixels high": dict(height=40),
    "pale pencil": dict(ink=0.55, paper=0.85),
    "white chalk on a blackboard": dict(ink=0.85, paper=0.15),
    "a shadow": dict(shadow=0.6),
    "grain, as in bad light": dict(noise=0.06),
    "out of focus": dict(blur=4),
    "tilted by 10 degrees": dict(tilt=10),
    "tilted by 30 degrees": dict(tilt=30),
    "squared paper, pale lines": dict(lines=0.25),
    "squared paper, dark lines": dict(lines=0.6),
    "pale lines, tilted by 3 degrees": dict(lines=0.25, tilt=3),
    "dark lines, tilted by 3 degrees": dict(lines=0.6, tilt=3),
    "a dark table beside the paper": dict(table=0.25),
    "digits that touch": dict(gap=-0.12),
    "all at once": dict(pen="thin", ink=0.35, paper=0.8, shadow=0.5, noise=0.04, lines=0.2, tilt=2, blur=1.5),
}


def page(
    images, rng, *, height=160, gap=0.6, pen="medium", ink=0.2, paper=0.9, shadow=0.0, noise=0.0, lines=0.0, tilt=0.0,
    blur=0.0, table=None,
):  # fmt: skip
    """Return a photograph (a Pillow picture, grey) of a row of digits, the columns of images (784, m), 0 to 255.

    height   of a digit in pixels              pen     "thin", "medium" or "thick"
    gap      between digits, share of height   ink     grey of the ink, paper: of the paper, 0 to 1
    shadow   share of the light that is lost from one corner of the page to the other
    noise    standard deviation of the grain   lines   how dark the lines of squared paper are, 0: none
    tilt     degrees by which the page is turned       blur  radius in pixels
    table    grey of what lies left of the paper, None: paper everywhere
    """
    dark = row(images, rng, height, gap, pen)
    sheet = paper * (1 - dark) + ink * dark
    picture = Image.fromarray(np.round(255 * sheet).astype(np.uint8))
    if tilt:
        picture = picture.rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=int(255 * paper))
    if lines:
        squared = paper * (1 - lines * squares(picture.size, height, tilt))
        picture = Image.fromarray(np.minimum(picture, np.round(255 * squared).astype(np.uint8)))
    if table is not None:
        picture = beside_a_table(picture, 0.5 * height, table)
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    light = 1 - shadow * np.add.outer(*(np.linspace(0, 0.5, n) for n in picture.size[::-1]))
    grey = np.asarray(picture) / 255 * light + noise * rng.standard_normal(light.shape)
    return Image.fromarray(np.round(255 * np.clip(grey, 0, 1)).astype(np.uint8))


def row(images, rng, height, gap, pen):
    """Return where the ink is (height, width), 0 to 1: digits side by side, not quite in line."""
    cell = int(height * 28 / 20)
    margin = height - (cell - height) // 2
    step = int(height * (0.75 + gap))
    dark = np.zeros((3 * height, 2 * height + step * images.shape[1]))
    for k, image in enumerate(images.T):
        top = margin + int(rng.uniform(-0.15, 0.15) * height)
        left = margin + k * step
        part = dark[top : top + cell, left : left + cell]
        written = stroke(image, cell, pen)[: part.shape[0], : part.shape[1]]
        np.maximum(part, written, out=part)
    return dark


def stroke(image, cell, pen):
    """Return the digit (784,), 0 to 255, as it looks from near (cell, cell): ink 1, paper 0."""
    small = Image.fromarray(image.reshape(28, 28).astype(np.uint8))
    written = np.asarray(small.resize((cell, cell), Image.Resampling.BICUBIC)) > 110
    if pen == "medium":
        return written
    if pen == "thin":
        written = thinned(written)
    width = {"thin": cell // 45, "thick": cell // 22}[pen]
    return (
        np.asarray(Image.fromarray(255 * written.astype(np.uint8)).filter(ImageFilter.MaxFilter(width // 2 * 2 + 1)))
        > 0
    )


def thinned(mask):
    """Return the middle line of the strokes, one pixel wide and whole (Zhang and Suen 1984)."""
    mask = np.pad(mask, 1)
    while True:
        before = mask.sum()
        for first in (True, False):
            # The eight neighbours, clockwise from the one above.
            ring = [np.roll(mask, move, (0, 1)) for move in
                    ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))]  # fmt: skip
            north, east, south, west = ring[::2]
            count = sum(neighbour.astype(int) for neighbour in ring)
            rises = sum((~a & b).astype(int) for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
            if first:
                side = ~(north & east & south) & ~(east & south & west)
            else:
                side = ~(north & east & west) & ~(north & south & west)
            mask = mask & ~((count >= 2) & (count <= 6) & (rises == 1) & side)
        if mask.sum() == before:
            return mask[1:-1, 1:-1]


def squares(size, height, tilt):
    """Return the lines of squared paper, 1 on a line, for a page (wide, tall): two squares to a digit's height."""
    side = 2 * max(size)
    picture = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(picture)
    for place in range(height // 4, side, height // 2):
        draw.line([(place, 0), (place, side)], 255, max(1, height // 64))
        draw.line([(0, place), (side, place)], 255, max(1, height // 64))
    left, top = ((side - length) // 2 for length in size)
    picture = picture.rotate(tilt, Image.Resampling.BICUBIC).crop((left, top, left + size[0], top + size[1]))
    return np.asarray(picture) / 255


def beside_a_table(picture, width, grey):
    """Return the picture with a table along its left edge, this wide at the top and 4 degrees off the upright."""
    sheet = np.array(picture)
    rows, columns = np.indices(sheet.shape)
    sheet[columns < width + 0.07 * rows] = round(255 * grey)
    return Image.fromarray(sheet)


def encoded(picture, kind="PNG", **options):
    """Return the bytes of a picture file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


jpeg = partial(encoded, kind="JPEG", quality=85)


def read_pages(networks, images, labels, pages, digits=5, seed=0, alone=False, **setting):
    """Make pages of some digits each, read them, and return how it went, a dictionary; alone: as they are, no pages.

    pages   how many, with as many digits each        found  pages in which as many were found as stand there
    right   digits read right on all pages, the mean over the networks; on a page that is not found, none is
    whole   pages of which every digit is read right, the mean over the networks
    wrong   pages in which a wrong number was found   refused  {sentence: pages that got it}
    """
    choice, rng = np.random.default_rng(seed).spawn(2)  # the same digits in every setting
    result = dict(pages=pages, digits=digits, found=0, right=0.0, whole=0.0, wrong=0, refused={})
    for _ in range(pages):
        chosen = choice.choice(len(labels), digits, replace=False)
        try:
            X = images[:, chosen] / 255 if alone else Photograph(jpeg(page(images[:, chosen], rng, **setting))).X
        except PhotographError as error:
            sentence = re.sub(r"^(piece \d+ of \d+|the only piece of ink)", "a piece of ink", str(error))
            sentence = re.sub(r"^\d+ pieces", "pieces", sentence)
            result["refused"][sentence] = result["refused"].get(sentence, 0) + 1
            continue
        if X.shape[1] != digits:
            result["wrong"] += 1
            continue
        result["found"] += 1
        right = np.array([np.sum(net(X).argmax(axis=0) == labels[chosen]) for net in networks])
        result["right"] += float(right.mean())
        result["whole"] += float(np.mean(right == digits))
    return result
