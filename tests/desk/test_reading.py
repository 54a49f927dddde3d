"""The reader of photographs: what it shows, what it says, whatever file it is given."""

import io
import re
from base64 import b64decode

import matplotlib.image
import numpy as np
import pytest
from PIL import Image

from handwriting import encoded, page
from shared import explorers, photographs, plotting
from shared.datasets import load_mnist
from shared.explorers import reading as module
from shared.photographs import SAMPLE, Photograph


@pytest.fixture
def made():
    """Return the reader, with a network that says k to the digit number k, with less and less confidence."""
    return explorers.read_photograph(count)


def count(X):
    """Return probabilities (10, m): of column k the answer is k mod 10, with 1 − k / 20."""
    P = np.zeros((10, X.shape[1]))
    for k in range(X.shape[1]):
        P[:, k] = k / 20 / 9
        P[k % 10, k] = 1 - k / 20
    return P


def upload(explorer, content, name="mine.png", size=None, piece=None):
    """Choose a file, as the page does."""
    size, button = len(content) if size is None else size, explorer.controls["file"]
    for start in range(0, len(content) or 1, piece or button.piece):
        part = memoryview(content)[start : start + (piece or button.piece)]
        button._handle_custom_msg(dict(name=name, size=size, start=start), [part])


def row(m, seed=0):
    return encoded(page(load_mnist("test")[0][:, :m], np.random.default_rng(seed)))


def pixels(png):
    return matplotlib.image.imread(io.BytesIO(png))


def test_at_first_the_sample_is_read(made):
    said = "0 1 2 3 4 5 6 7"
    unsure = "number 4 (3: 85 %), number 5 (4: 80 %), number 6 (5: 75 %), number 7 (6: 70 %), number 8 (7: 65 %)"
    assert made.status == f"The sample: 8 digits found, read as {said}. Unsure of {unsure}."
    assert made.alt == f"{module.ABOUT} {made.status}"
    data, metadata = made._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == made.alt
    stored = pixels(b64decode(data["image/png"]))
    assert stored.shape[:2] == (2 * (440 + 20), 2 * 600), "twice the density, and a strip that says what it is"
    half = stored[40:].reshape(440, 2, 600, 2, 3).mean(axis=(1, 3))
    assert np.abs(half - pixels(made.png)[:, :, :3]).mean() < 0.03


@pytest.mark.parametrize("m", [1, 2, 7])
def test_an_uploaded_file_is_read_as_photograph_reads_it(m):
    asked = []
    made = explorers.read_photograph(lambda X: (asked.append(X), count(X))[1])
    upload(made, row(m))
    np.testing.assert_array_equal(asked[-1], Photograph(row(m)).X)
    found = "one digit" if m == 1 else f"{m} digits"
    assert made.status.startswith(f"mine.png: {found} found, read as {' '.join(map(str, range(m)))}.")
    assert ("Unsure" in made.status) == (m > 3)


def test_the_picture_is_the_figure_of_the_four_steps(made):
    upload(made, row(3))
    photograph = Photograph(row(3))
    axes = plotting.new_figure(2, 2, size=(6, 4.4))[1]
    titles = ["0: 100 %", "1: 95 %", "2: 90 %"]
    figure = plotting.photograph_steps(
        photograph.page, photograph.ink, photograph.masks, photograph.X, titles, panels=axes
    )
    for ours, theirs in zip(made.canvas.figure.axes, figure.axes, strict=True):
        assert ours.get_title() == theirs.get_title()
        assert [text.get_text() for text in ours.texts] == [text.get_text() for text in theirs.texts]
        for one, other in zip(ours.images, theirs.images, strict=True):
            np.testing.assert_array_equal(one.get_array(), other.get_array())


FAULTS = {
    "text": (b"Dear diary", "is no PNG or JPEG picture"),
    "nothing": (b"", "is no PNG or JPEG picture"),
    "a part": (row(2)[:2000], "is damaged, or only a part of it has arrived"),
    "empty page": (encoded(Image.new("L", (90, 70), 240)), "the page is empty"),
    "touching": (
        encoded(page(load_mnist("test")[0][:, :5], np.random.default_rng(0), gap=-0.4)),
        "several digits that",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_cannot_be_read_gets_a_sentence_and_the_next_one_works(made, name):
    content, words = FAULTS[name]
    upload(made, content, "bad.png")
    assert made.error is None
    assert re.match(rf"bad\.png: .*{words}", made.status)
    assert made.status.endswith(".")
    seen = "how far it came" in made.status
    assert seen == (name in ("empty page", "touching"))
    assert [bool(step.images) for step in made.canvas.figure.axes] == [seen, seen, False, False]
    upload(made, row(2), "good.png")
    assert made.status == "good.png: 2 digits found, read as 0 1."
    assert all(step.images for step in made.canvas.figure.axes)


def test_a_network_that_fails_or_answers_something_else_is_reported():
    answers = [count(np.zeros((784, 8)))]
    made = explorers.read_photograph(lambda X: answers[-1])
    scores = np.full((10, 2), [[40.0], [-3.0]] * 5)
    for answer, words in (
        (count(np.zeros((784, 3))), r"shape \(10, 2\), got shape \(10, 3\)"),
        (None, r"shape \(\)"),
        (scores, "the ten outputs are not probabilities: 0 or more, with sum 1"),
        (np.full((10, 2), np.nan), "not probabilities"),
    ):
        answers.append(answer)
        upload(made, row(2, seed=len(answers)))
        assert made.error is not None
        assert re.match(rf"Something went wrong in this explorer \(.*{words}", made.status)


@pytest.mark.parametrize(("size", "told"), [(100_000_001, "100"), (243_000_000, "243"), (100_000_000, "")])
def test_a_file_too_large_gets_a_sentence(made, size, told):
    """The page keeps the content back."""
    if told:
        upload(made, b"", "huge.png", size)
        assert made.error is None
        sentence = "and we read up to 100: make the picture smaller first, 900 pixels are enough."
        assert made.status == f"huge.png: the file has {told} MB, {sentence}"
        upload(made, row(2), "small.png")
    else:
        upload(made, row(2) + bytes(size - len(row(2))), "large.png")
    assert made.status == f"{'small' if told else 'large'}.png: 2 digits found, read as 0 1."


@pytest.mark.parametrize("piece", [1000, 5000, 10**6])
def test_a_file_comes_in_pieces(made, piece):
    first = made.status
    content = row(2)
    button = made.controls["file"]
    button._handle_custom_msg(dict(name="lost.png", size=len(content), start=0), [memoryview(content)[:100]])
    assert made.status == first  # the rest is on its way; but the learner chooses another one
    upload(made, content, piece=piece)
    assert made.status == "mine.png: 2 digits found, read as 0 1."
    assert button.value["content"] == content
    assert button.pieces == []
    assert "value" not in button.get_state()  # it is not sent back to the page


def test_the_button_takes_pictures_and_says_so(made):
    button = made.controls["file"]
    assert button.description == "Choose a picture of digits"
    assert 'input.accept = ".png,.jpg,.jpeg"' in str(button._esm)
    assert button.piece < 10 * 1024**2 - 1_000_000  # what Tornado accepts in one message


def test_the_page_shows_upright_what_was_photographed(made):
    """The digits of the sample, from the pixels of the picture that the page gets."""
    image = made.canvas.figure.axes[0].images[0]
    np.testing.assert_allclose(image.get_array(), photographs.read(SAMPLE))
    left, right, bottom, top = image.get_extent()
    assert (left, top) == (0, 0)
    assert (right, bottom) == image.get_array().shape[::-1]
    assert made.canvas.figure.axes[0].get_ylim() == (bottom, 0)
