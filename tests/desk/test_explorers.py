"""The engine of the explorers, and the drawing pad, without a browser."""

import asyncio
import gc
import inspect
import io
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import weakref
from base64 import b64decode
from itertools import product
from types import SimpleNamespace
from unittest.mock import patch

import ipywidgets
import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets import Dropdown, FloatSlider, IntSlider
from matplotlib.colors import rgb_to_hsv
from matplotlib.text import Text

from notebooks import ROOT, ThisPython
from shared import explorers, plotting
from shared.explorers import drawing_pad, engine
from shared.explorers.engine import Canvas, Explorer, Halt, LiveExplorer, Press, alive, kernel
from shared.explorers.engine.canvas import LOOKS
from shared.explorers.engine.explorer import STILL
from shared.explorers.engine.picture import SEGMENT, Picture, at_least_a_segment
from shared.explorers.engine.png import png_bytes
from shared.explorers.engine.ticks import empty, ticks
from shared.explorers.engine.tiles import Tiles, written
from shared.explorers.pad.widget import SIZE, in_words
from shared.images import centre
from shared.training import History, TrainingDiverged

OPEN = ipywidgets.widgets.widget._instances


def pixels(png):
    return matplotlib.image.imread(io.BytesIO(png))


@plotting.drawing
def parabola(name="parabola", fail_at=None, about="A parabola."):
    figure, axes = plotting.new_figure()
    canvas = Canvas(figure)
    axes.set(xlim=(-2, 2), ylim=(0, 4))
    (curve,) = canvas.moving(*axes.plot([], []))

    def compute(curvature, shape, shown):
        if curvature == fail_at:
            raise ZeroDivisionError("no curvature")
        x = np.linspace(-2, 2, 101)
        return x, 0.5 * curvature * np.abs(x) ** {"bowl": 2, "wedge": 1}[shape]

    def draw(result, curvature, shape, shown):
        curve.set_data(*result)
        return f"A {shape} of curvature {curvature:.1f}, pressed {shown} times."

    controls = {
        "curvature": FloatSlider(1, min=0, max=2, description="Curvature"),
        "shape": Dropdown(options=["bowl", "wedge"], description="Shape"),
        "shown": Press("Show"),
    }
    return Explorer(name, canvas, controls, compute, draw, about)


@plotting.drawing
def descent(name="descent", fail_at=None, speeds=(1, 10)):
    """Descend in the bowl E = w²/2; diverges for a learning rate above 2."""
    figure, axes = plotting.new_figure()
    canvas = Canvas(figure)
    axes.set(xlim=(-5, 5), ylim=(0, 12))
    (ball,) = canvas.moving(*axes.plot([], [], "o"))

    def begin(learning_rate, start):
        return {"w": float(start), "steps": 0}

    def step(state, learning_rate, start):
        if state["steps"] == fail_at:
            raise IndexError("the step is broken")
        w = state["w"] * (1 - learning_rate)
        if abs(w) > 1e3:
            raise Halt(f"The learning rate {learning_rate:.1f} is above 2.")
        return {"w": w, "steps": state["steps"] + 1}

    def draw(state, learning_rate, start):
        ball.set_data([state["w"]], [state["w"] ** 2 / 2])
        return f"Step {state['steps']}, learning rate {learning_rate:.1f}, start {start}."

    controls = {
        "learning_rate": FloatSlider(0.1, min=0, max=3, description="Learning rate"),
        "start": IntSlider(4, min=-4, max=4, description="Start"),
    }
    about = "A ball in a bowl."
    more = dict(fresh=["start"], speeds=speeds)
    return LiveExplorer(name, canvas, controls, begin, step, draw, about, **more)


# -- the picture -----------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_png_bytes_are_the_pixels(height, width, seed):
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    np.testing.assert_array_equal(np.round(255 * pixels(png_bytes(image))), image)


@plotting.drawing
def test_moving_ticks_stand_at_their_values_and_the_words_beside_them():
    axes = plotting.new_figure()[1]
    x, y, width, height = 60, 40, 200, 100  # pixels
    flat, upright = empty(axes, x, y, width, height, "x", "y")
    axes.set(xlim=(-1, 3), ylim=(0, 50))
    for marks, places in ((flat, [-1, 0, 1, 2, 3]), (upright, [0, 25, 50])):
        tiles = ticks(marks, 4 if marks is flat else 2)
        shares = [(value - places[0]) / (places[-1] - places[0]) for value in places]
        stand = marks.get_xdata() if marks is flat else marks.get_ydata()
        np.testing.assert_allclose(stand, shares)
        assert not (marks.get_ydata() if marks is flat else marks.get_xdata()).any()
        for value, share, (left, bottom, picture) in zip(places, shares, tiles, strict=True):
            np.testing.assert_array_equal(picture, written(f"{value}".replace("-", "−"), "#000000"))
            rows, columns = picture.shape[:2]
            if marks is flat:  # below the axis, the middle under the mark
                assert abs(left + columns / 2 - (x + share * width)) <= 1
                assert bottom + rows <= y
            else:  # left of the axis, the middle beside the mark
                assert left + columns == x - 7
                assert abs(bottom + rows / 2 - (y + share * height)) <= 2


def full_redraw(canvas):
    """Return the RGB pixels of the figure when nothing is kept from before."""
    for artist in canvas.figure.findobj():
        artist.set_animated(False)
    canvas.figure.canvas.draw()
    return np.asarray(canvas.figure.canvas.buffer_rgba())[:, :, :3] / 255


@pytest.mark.parametrize(("grid", "frame"), list(product([False, True], [False, True])))
@plotting.drawing
def test_a_kept_background_gives_the_same_picture_as_a_full_redraw(grid, frame):
    figure, (left, right) = plotting.new_figure(1, 2, size=(6, 3))
    canvas = Canvas(figure)
    left.grid(grid)
    left.set(title="Title", xlabel="x", ylabel="y")
    left.scatter([0.2, 0.5], [0.3, 0.8], zorder=3, s=200)  # static, above the moving image
    left.plot([0, 1], [1, 0], label="line")
    left.legend()
    right.plot([0, 1], [0, 1], lw=8)
    right.set_axis_on() if frame else right.set_axis_off()
    image = left.imshow(np.zeros((4, 4)), extent=(0, 1, 0, 1), vmin=0, vmax=1, zorder=0)
    (curve,) = right.plot([], [], lw=5)
    note = right.text(0.1, 0.9, "")
    heading = figure.text(0.5, 0.98, "")
    canvas.moving(image, curve, note, heading)
    for k in range(4):
        image.set_data(np.random.default_rng(k).random((4, 4)))
        curve.set_data([0, 1], [0.2 * k, 1])
        note.set_text(f"note {k}")
        heading.set_text(f"heading {k}")
        canvas.png()  # drawn because they changed, then pasted because they did not
        picture = pixels(canvas.png())[:, :, :3]
    # Colours are whole numbers out of 255, and each layer that is pasted is rounded once more.
    difference = np.abs(picture - full_redraw(canvas))
    assert difference.max() < 3.5 / 255
    assert (difference > 1.5 / 255).mean() < 0.01


def test_a_pasted_text_follows_every_change():
    figure, axes = plotting.new_figure()
    canvas = Canvas(figure)
    (note,) = canvas.moving(axes.text(0.5, 0.5, "first"))
    changes = [
        lambda: note.set_text("second"), lambda: note.set_position((0.2, 0.3)), lambda: note.set_color("red"),
        lambda: note.set_visible(False), lambda: note.set_visible(True), lambda: note.set_fontsize(20),
        lambda: note.set_ha("right"), lambda: note.set_va("top"), lambda: note.set_rotation(90),
        lambda: note.set_fontweight("bold"), lambda: note.set_alpha(0.3), lambda: note.set_bbox({"facecolor": "red"}),
        lambda: note.get_bbox_patch().set_facecolor("blue"),
    ]  # fmt: skip
    seen = canvas.png(), canvas.png(), canvas.png()
    assert np.abs(pixels(seen[0]) - pixels(seen[2])).max() < 2.5 / 255
    for change in changes:
        before = pixels(canvas.png())
        change()
        after = pixels(canvas.png())
        assert np.abs(after - before).max() > 0.1
        assert np.abs(after - pixels(canvas.png())).max() < 2.5 / 255


def test_a_look_that_comes_back_is_not_drawn_again(monkeypatch):
    figure, axes = plotting.new_figure()
    canvas, drawn, draw = Canvas(figure), [], Text.draw
    (note,) = canvas.moving(axes.text(0.5, 0.5, ""))
    canvas.png()
    monkeypatch.setattr(Text, "draw", lambda text, renderer: (drawn.append(text.get_text()), draw(text, renderer)))
    pictures = []
    for word in ("one", "two", "one", "two"):
        note.set_text(word)
        pictures.append(canvas.png())
    assert drawn == ["one", "two"]
    assert pictures[:2] == pictures[2:]
    assert pictures[0] != pictures[1]
    for number in range(300):
        note.set_text(number)
        canvas.png()
    assert canvas.forget() == LOOKS
    assert canvas.forget() == 0


def test_redraw_shows_a_changed_static_part():
    figure, axes = plotting.new_figure()
    canvas = Canvas(figure)
    canvas.moving(*axes.plot([0, 1], [0, 1]))
    before = canvas.png()
    axes.set_xlabel("changed")
    assert canvas.png() == before
    canvas.redraw()
    assert canvas.png() != before


def test_a_figure_without_moving_artists_is_drawn_too():
    figure, axes = plotting.new_figure()
    axes.plot([0, 1], [0, 1])
    assert pixels(Canvas(figure).png()).std() > 0


def test_moving_artists_can_be_asked_for_by_name():
    figure, axes = plotting.new_figure()
    canvas = Canvas(figure)
    several = axes.plot([0, 1], [[0, 1], [1, 0]])
    line, note = axes.axvline(0), axes.text(0, 0, "")
    assert canvas.moving(note, here=line, curve=several) == (note, line, *several)
    assert canvas.names == ["here", "curve 1", "curve 2"]
    assert [canvas[name] for name in canvas.names] == [line, *several]
    with pytest.raises(KeyError, match=r"called 'there'; there are here, curve 1, curve 2"):
        canvas["there"]
    with pytest.raises(ValueError, match="two moving artists are called 'here'"):
        canvas.moving(here=axes.axhline(0))


# -- an explorer -----------------------------------------------------------------------------------


def test_a_change_moves_picture_words_and_alt_together():
    explorer = parabola()
    before = explorer.png
    explorer.controls["curvature"].value = 1.7
    assert explorer.status == "A bowl of curvature 1.7, pressed 0 times."
    assert explorer.alt == f"A parabola. {explorer.status}"
    assert explorer.png != before
    assert explorer.values == {"curvature": 1.7, "shape": "bowl", "shown": 0}


def test_a_change_is_one_message():
    explorer = parabola()
    sent = []
    explorer.picture._send = lambda message, buffers=None: sent.append(message)
    explorer.controls["curvature"].value = 0.3
    assert [set(message["state"]) for message in sent] == [{"status", "alt"}]  # png: a buffer
    assert sent[0]["buffer_paths"] == [["png"]]


@pytest.mark.parametrize("near", [True, False])
def test_a_picture_is_padded_to_a_segment_only_where_the_page_is_near(near):
    explorer = parabola()
    assert not explorer.picture.near, "until the page says so"
    explorer.picture.set_state({"near": near})  # as a message of the page does
    sent = []
    explorer.picture._send = lambda message, buffers=None: sent.extend(buffers)
    explorer.controls["curvature"].value = 0.3
    (png,) = map(bytes, sent)
    assert len(explorer.png) < SEGMENT
    assert len(png) == (SEGMENT if near else len(explorer.png))
    assert png.startswith(explorer.png)
    np.testing.assert_array_equal(pixels(png), pixels(explorer.png))
    data, _ = explorer._repr_mimebundle_()
    assert len(b64decode(data["image/png"])) < SEGMENT, "stored as it is"


def test_a_picture_longer_than_a_segment_is_sent_as_it_is():
    explorer = parabola()
    long = bytes(range(256)) * 300
    for near in (True, False):
        explorer.picture.near = near
        assert at_least_a_segment(long, explorer.picture) == long


def test_what_the_page_says_of_its_place_is_not_sent_back():
    explorer = parabola()
    sent = []
    explorer.picture._send = lambda message, buffers=None: sent.append(message)
    explorer.picture.set_state({"near": True})
    assert sent == []


def halved(picture):
    """Return the mean of each two by two pixels."""
    return picture.reshape(len(picture) // 2, 2, -1, 2, 3).mean(axis=(1, 3))


def test_the_bundle_has_what_is_shown_as_picture_and_text():
    explorer = parabola()
    explorer.controls["curvature"].value = 2
    png = explorer.png
    data, metadata = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    text = "A parabola. A bowl of curvature 2.0, pressed 0 times."
    assert data["text/plain"] == f"Explorer: {text}"
    assert metadata == {"image/png": {"alt": text, "width": 500, "height": 320}}
    stored = pixels(b64decode(data["image/png"]))
    assert stored.shape == (640, 1000, 3), "twice the density, below a strip"
    assert np.abs(halved(stored[40:]) - pixels(png)[:, :, :3]).mean() < 0.01, "the picture itself"
    says = 1 - halved(stored[:40])[:, :, 0]
    word = written(STILL, "#595959")[::-1, :, 3] / 255  # at its own place
    assert np.corrcoef(says[2:16, 4 : 4 + word.shape[1]].ravel(), word.ravel())[0, 1] > 0.75
    assert says[:, 4 + word.shape[1] :].max() == 0
    assert explorer.png == png, "what is shown stays"
    assert explorer.canvas.density == 1


def test_a_page_with_more_pixels_gets_a_picture_with_more():
    explorer = parabola()
    plain, inches = explorer.png, explorer.canvas.figure.get_size_inches().tolist()
    explorer.picture.set_state({"density": 2})  # as a message of the page does
    dense = pixels(explorer.png)
    assert dense.shape == (600, 1000, 3)
    assert np.abs(halved(dense) - pixels(plain)[:, :, :3]).mean() < 0.01
    assert np.abs(halved(dense).repeat(2, axis=0).repeat(2, axis=1) - dense).max() > 0.3, "drawn finer, not only larger"
    assert explorer.picture.width == 500, "and as large as before"
    explorer.controls["curvature"].value = 0.3
    assert pixels(explorer.png).shape == (600, 1000, 3)
    assert explorer.canvas.figure.dpi == 100, "who computes with pixels need not know"
    assert explorer.canvas.figure.get_size_inches().tolist() == inches
    explorer.controls["curvature"].value = 1
    explorer.picture.set_state({"density": 1})
    assert explorer.png == plain
    assert explorer.error is None


@plotting.drawing
def test_words_and_fields_are_where_they_were_at_twice_the_density():
    figure, axes = plotting.new_figure(size=(2, 1))
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.axis("off")
    canvas, small = Canvas(figure), Tiles(zorder=2)
    canvas.moving(axes.add_artist(small))
    field = np.full((10, 20, 4), (200, 0, 0, 255), np.uint8)
    small.images = [(30, 20, written("−1.5·10⁻³", "#000000")), (100, 50, field)]
    plain = pixels(canvas.png())
    canvas.set_density(2)
    dense = pixels(canvas.png())
    red = np.argwhere(dense[:, :, 0] > dense[:, :, 1] + 0.5)
    assert red.min(axis=0).tolist() == [2 * (100 - 60), 200]
    assert red.max(axis=0).tolist() == [2 * (100 - 50) - 1, 239]
    word, near = (np.argwhere(picture[:, :, 0] < 0.7) for picture in (dense, plain))  # no part of it is red
    np.testing.assert_allclose(word.min(axis=0), 2 * near.min(axis=0), atol=3)
    np.testing.assert_allclose(word.max(axis=0), 2 * near.max(axis=0), atol=3)


def test_a_training_is_stored_after_a_while_and_stands_at_its_start():
    explorer = descent()
    png, status = explorer.png, explorer.status
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"].endswith(" Here after 40 steps.")
    assert metadata["image/png"]["alt"] in data["text/plain"]
    assert (explorer.status, explorer.steps, explorer.error) == (status, 0, None)
    assert explorer.png == png
    for _ in range(40):
        explorer.step()
    later, at_start = pixels(explorer.png)[:, :, :3], pixels(png)[:, :, :3]
    changed = np.abs(later - at_start).max(axis=2) > 0.9  # what the training has drawn or moved
    stored = halved(pixels(b64decode(data["image/png"]))[40:])
    assert changed.sum() > 20
    assert np.abs(stored - later)[changed].mean() < 0.4 * np.abs(stored - at_start)[changed].mean()
    assert explorer._repr_mimebundle_()[1]["image/png"]["alt"] == explorer.alt, "under way: as it is"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("E = -0.5", "E = −0.5"), ("6.2e+01", "62"), ("5.45e+05 steps", "545,000 steps"), ("1e-04", "0.0001"),
        ("6.2e-05", "6.2·10⁻⁵"), ("-3e-05", "−3·10⁻⁵"), ("1.5e+09", "1.5·10⁹"), ("(-1, .5)", "(−1, .5)"),
        ("1-20-1, tanh", "1-20-1, tanh"), ("he said 3e", "he said 3e"), ("1.20e+02", "120"), ("W[1]-2", "W[1]-2"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_people_write_them(written, read):
    assert plotting.readable(written) == read
    explorer = parabola(about=written)
    assert explorer.alt.startswith(f"{read} A bowl")
    explorer.close()


def test_a_number_has_so_many_digits():
    told = [plotting.number(v, 3) for v in (-1234.5, 0.00012345, 0, -0.0, 1e-7, 123456.7, 0.5, 1e12)]
    assert told == ["−1,230", "0.000123", "0", "0", "1·10⁻⁷", "123,000", "0.5", "1·10¹²"]


def seen_at_night(color):
    """Return a colour after CSS's invert(0.88) and hue-rotate(180deg), each as the standard has it."""
    turn = np.array([0.213, 0.715, 0.072]) * 2 - np.eye(3)
    return np.clip(turn @ (0.88 - 0.76 * np.array(plotting.rgb(color))), 0, 1)


def test_at_night_every_colour_keeps_its_hue_and_can_be_read():
    assert "img.course-invert { filter: invert(0.88) hue-rotate(180deg); }" in Picture._css
    ground = seen_at_night("white")
    for name in ("data", "forward", "backward", "parameter", "error"):
        assert plotting.contrast(seen_at_night(name), ground) >= 3
        assert plotting.contrast(seen_at_night(plotting.ink(name)), ground) >= 4.5
        if name != "data":
            before, after = (rgb_to_hsv(np.array(rgb))[0] for rgb in (plotting.rgb(name), seen_at_night(name)))
            assert abs((before - after + 0.5) % 1 - 0.5) < 0.06, name
    assert plotting.contrast(ground, "white") > 12, "a dark ground"


def test_images_of_digits_stay_dark_on_white_at_night():
    drawn = {name: made() for name, made in {"parabola": parabola, "hinges": explorers.hinges}.items()}
    assert {explorer.picture.quiet for explorer in drawn.values()} == {"invert"}
    images = np.random.default_rng(1).random((784, 40))
    labels, P = np.arange(40) % 10, np.full((10, 40), 0.1)
    assert explorers.mistakes(images, labels, P).picture.quiet == "dim"
    assert (
        explorers.moved_digits({"one": lambda X: np.full((10, X.shape[1]), 0.1)}, images, labels).picture.quiet == "dim"
    )


def test_an_error_in_a_callback_becomes_a_sentence_and_the_next_change_works():
    explorer = parabola(fail_at=0.5)
    png = explorer.png
    explorer.controls["curvature"].value = 0.5
    assert "went wrong" in explorer.status
    assert "ZeroDivisionError: no curvature" in explorer.status
    assert isinstance(explorer.error, ZeroDivisionError)
    assert explorer.png == png
    explorer.controls["curvature"].value = 0.6
    assert explorer.status.startswith("A bowl of curvature 0.6")


def test_an_error_in_the_first_picture_is_raised():
    with pytest.raises(ZeroDivisionError):
        parabola(fail_at=1.0)
    for widget in list(OPEN.values()):  # the half-made explorer is nobody's
        widget.close()


def test_the_example_in_the_docstring_works():
    lines = inspect.getdoc(engine).splitlines()
    example = [line[4:] for line in lines if line.startswith("    ")]
    words = dict(plotting=plotting, np=np, FloatSlider=FloatSlider, Canvas=Canvas, Explorer=Explorer)
    exec("\n".join(example), words)
    explorer = words["parabola"]()
    explorer.controls["curvature"].value = 2
    assert explorer.status == "The curvature is 2.0."
    np.testing.assert_allclose(explorer.canvas["curve"].get_xydata()[0], (-2, 4))


def test_an_explorer_is_whole_before_its_first_picture():
    seen = []

    class Curious(Explorer):
        def first_picture(self):
            seen.append((len(self.children), self.controls["x"].description, self.name, self.error, self.png))
            super().first_picture()

    figure, _ = plotting.new_figure()
    canvas = Canvas(figure)
    slider = IntSlider(2, description="x")
    explorer = Curious("square", canvas, {"x": slider}, lambda x: x * x, lambda r, x: f"{r}.", "A number.")
    assert seen == [(2, "x", "square", None, b"")]
    assert explorer.status == "4."


def test_nothing_is_drawn_while_the_explorers_are_imported():
    script = """
import matplotlib
from matplotlib.backends.backend_agg import RendererAgg
matplotlib.rcParams["text.usetex"] = True  # and there may be no LaTeX

def never(*arguments, **more):
    raise RuntimeError("too early")

RendererAgg.__init__ = never
from shared import explorers
print(len(explorers.__all__))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == f"{len(explorers.__all__)}\n"


def test_a_control_without_a_label_is_refused():
    figure, _ = plotting.new_figure()
    with pytest.raises(ValueError, match="'x' needs a description"):
        Explorer("x", Canvas(figure), {"x": IntSlider()}, lambda x: x, lambda r, x: "", "A square.")
    for widget in list(OPEN.values()):
        widget.close()


def test_a_control_changed_while_drawing_does_not_draw_again():
    figure, _ = plotting.new_figure()
    count = []

    def draw(result, x):
        count.append(x)
        explorer.controls["x"].max = 3
        explorer.controls["x"].value = 2
        return f"x is {x}."

    slider = IntSlider(1, description="x")
    explorer = type("Later", (), {"controls": {"x": slider}})
    explorer = Explorer("x", Canvas(figure), {"x": slider}, lambda x: x, draw, "A number.")
    slider.value = 1
    assert count == [1, 1]


# -- when a change is drawn


@pytest.fixture
def on_the_page(monkeypatch):
    """All that happens counts as done in the page."""
    monkeypatch.setattr(kernel, "asked_by_the_page", lambda: True)


def set_curvatures(explorer, *values):
    """Change the curvature, letting the loop go round after each; return what is shown in the end."""

    async def play():
        for value in values:
            explorer.controls["curvature"].value = value
            await asyncio.sleep(0)

    asyncio.run(play())
    return explorer.status


def test_changes_on_the_page_are_drawn_once_they_have_been_dealt_with(on_the_page):
    explorer = parabola()
    drawn, draw = [], explorer.draw
    explorer.draw = lambda result, **values: drawn.append(values["curvature"]) or draw(result, **values)

    async def play():
        explorer.controls["curvature"].value = 0.3
        explorer.controls["curvature"].value = 0.6
        assert drawn == []
        assert explorer.status.startswith("A bowl of curvature 1.0")
        await asyncio.sleep(0)
        assert drawn == [0.6]  # one picture for both

    asyncio.run(play())
    assert set_curvatures(explorer, 0.9, 1.1).startswith("A bowl of curvature 1.1")
    explorer.controls["curvature"].value = 1.2  # at once, where there is no loop
    assert drawn == [0.6, 0.9, 1.1, 1.2]


def test_a_cell_s_change_is_drawn_at_once_even_if_another_waits(on_the_page, monkeypatch):
    explorer = parabola()

    async def play():
        explorer.controls["curvature"].value = 0.3
        monkeypatch.setattr(kernel, "asked_by_the_page", lambda: False)
        explorer.controls["curvature"].value = 0.6
        assert explorer.status.startswith("A bowl of curvature 0.6")
        explorer.draw = None  # must not be called any more
        await asyncio.sleep(0)
        assert explorer.error is None

    asyncio.run(play())


def test_an_error_in_a_late_picture_is_a_sentence_and_the_next_change_works(on_the_page):
    explorer = parabola(fail_at=0.5)
    assert "ZeroDivisionError: no curvature" in set_curvatures(explorer, 0.5)
    assert set_curvatures(explorer, 0.6).startswith("A bowl of curvature 0.6")


def test_a_waiting_picture_does_not_hide_that_something_went_wrong(on_the_page):
    explorer = descent()

    async def play():
        explorer.controls["learning_rate"].value = 0.7
        explorer.begin = None  # cannot be called
        explorer.controls["start"].value = 2  # begins afresh
        await asyncio.sleep(0)

    asyncio.run(play())
    assert "went wrong" in explorer.status


def test_an_explorer_closed_before_its_picture_comes_draws_no_more(on_the_page):
    explorer = parabola()

    async def play():
        explorer.controls["curvature"].value = 0.3
        explorer.close()
        await asyncio.sleep(0)

    asyncio.run(play())
    assert explorer.error is None
    assert explorer.status.startswith("A bowl of curvature 1.0")


def test_a_loop_that_ends_too_early_does_not_stop_later_changes(on_the_page, monkeypatch):
    explorer = parabola()
    with monkeypatch.context() as patched:
        patched.setattr(kernel, "running_loop", lambda: SimpleNamespace(call_soon=lambda callback: None))
        explorer.controls["curvature"].value = 0.3
    assert set_curvatures(explorer, 0.6).startswith("A bowl of curvature 0.6")


IN_THE_KERNEL = """
from shared.explorers import shapes
slider = shapes().controls["m"]
slider.model_id
"""


def test_a_real_kernel_is_idle_before_it_sends_the_picture():
    """What `_asked_by_the_page` and `call_soon` rely on. A cell's change is shown before the cell ends."""

    async def order(kernel, request, last):
        """Return what came of a request to the kernel up to `last`: "idle", "picture", or what the cell answers."""
        came = []
        while last not in came:
            message = await kernel.get_iopub_msg(timeout=120)
            content = message["content"]
            assert message["msg_type"] != "error", content
            if message["parent_header"].get("msg_id") == request:
                came += ["idle"] * (content.get("execution_state") == "idle")
                came += ["picture"] * (content.get("data", {}).get("buffer_paths") == [["png"]])
                came += content.get("data", {}).get("text/plain", "").split()
        return came

    async def play():
        manager = ThisPython()
        await manager.start_kernel(cwd=ROOT, stderr=subprocess.DEVNULL)
        kernel = manager.client()
        kernel.start_channels()
        try:
            await kernel.wait_for_ready(timeout=120)
            *_, model, _ = await order(kernel, kernel.execute(IN_THE_KERNEL), "idle")
            assert await order(kernel, kernel.execute("slider.value = 3"), "idle") == ["picture", "idle"]
            for value in (2, 5):
                data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
                message = kernel.session.msg("comm_msg", {"comm_id": model.strip("'"), "data": data})
                kernel.shell_channel.send(message)
                assert await order(kernel, message["header"]["msg_id"], "picture") == ["idle", "picture"]
        finally:
            kernel.stop_channels()
            await manager.shutdown_kernel(now=True)

    asyncio.run(play())


# -- live training ---------------------------------------------------------------------------------


def tasks():
    return len(asyncio.all_tasks()) - 1  # without the test's own


def test_without_a_loop_start_says_so_and_step_works():
    explorer = descent()
    explorer.start()
    assert not explorer.running
    assert "needs a running notebook" in explorer.status
    explorer.step()
    assert explorer.status == "Paused. Step 1, learning rate 0.1, start 4."
    explorer.reset()
    assert explorer.status == "Ready. Step 0, learning rate 0.1, start 4."


def test_training_runs_pauses_steps_and_resets():
    async def play():
        explorer = descent()
        explorer.buttons["Start"].click()
        assert explorer.status.startswith("Running. Step 0")
        assert explorer.buttons["Start"].description == "Pause"
        await asyncio.sleep(0.5)
        ran = explorer.steps
        assert ran > 2
        explorer.buttons["Start"].click()
        assert explorer.buttons["Start"].description == "Start"
        assert explorer.status.startswith(f"Paused. Step {explorer.steps},")
        steps = explorer.steps
        await asyncio.sleep(0.1)
        assert explorer.steps == steps
        assert tasks() == 0
        explorer.buttons["Step"].click()
        assert explorer.status.startswith(f"Paused. Step {steps + 1},")
        explorer.start()
        explorer.buttons["Reset"].click()
        assert explorer.status.startswith("Ready. Step 0,")
        await asyncio.sleep(0.05)
        assert tasks() == 0
        assert explorer.error is None

    asyncio.run(play())


def test_controls_act_while_training_runs():
    async def play():
        explorer = descent()
        explorer.start()
        await asyncio.sleep(0.1)
        explorer.controls["learning_rate"].value = 0.2
        await asyncio.sleep(0.2)
        assert "learning rate 0.2" in explorer.status
        steps = explorer.steps
        explorer.controls["start"].value = -3
        assert explorer.steps == 0 < steps
        await asyncio.sleep(0.2)
        assert explorer.running
        assert explorer.state["w"] < 0
        explorer.close()

    asyncio.run(play())


def test_the_loop_stays_free_for_others():
    async def play():
        explorer = descent(speeds=(10**9,))  # more than fits into a frame
        slow = explorer.one_step
        explorer.one_step = lambda *a, **k: (time.sleep(0.002), slow(*a, **k))[1]
        explorer.start()
        turns = 0
        end = time.perf_counter() + 0.6
        while time.perf_counter() < end:
            await asyncio.sleep(0)
            turns += 1
        assert explorer.steps > 10
        assert turns > 50
        explorer.close()

    asyncio.run(play())


def test_divergence_is_a_sentence_and_start_begins_afresh():
    async def play():
        explorer = descent(speeds=(50,))
        explorer.controls["learning_rate"].value = 2.5
        explorer.start()
        await asyncio.sleep(0.2)
        stopped = "Stopped. The learning rate 2.5 is above 2. Start begins afresh."
        assert explorer.status.startswith(f"{stopped} Step ")  # what the picture shows is said too
        assert not explorer.running
        assert explorer.error is None
        assert tasks() == 0
        explorer.controls["learning_rate"].value = 0.5
        explorer.step()
        assert explorer.status == "Paused. Step 1, learning rate 0.5, start 4."

    asyncio.run(play())


def test_the_divergence_of_the_course_s_training_is_a_sentence_too():
    explorer = descent()

    def step(state, **values):
        raise TrainingDiverged("The error became infinite.", History())

    explorer.one_step = step
    explorer.step()
    assert explorer.status.startswith("Stopped. The error became infinite.")


def test_a_failing_task_says_so_and_ends():
    async def play():
        explorer = descent(fail_at=3)
        explorer.start()
        await asyncio.sleep(0.4)
        assert "IndexError: the step is broken" in explorer.status
        assert isinstance(explorer.error, IndexError)
        assert not explorer.running
        assert explorer.buttons["Start"].description == "Start"
        assert tasks() == 0

    asyncio.run(play())


def test_an_interrupt_pauses():
    async def play():
        explorer = descent()

        def step(state, **values):
            raise KeyboardInterrupt

        explorer.one_step = step
        explorer.start()
        await asyncio.sleep(0.1)
        assert explorer.status.endswith("It was interrupted.")
        assert tasks() == 0

    asyncio.run(play())


def test_one_runs_at_a_time():
    async def play():
        first, other = descent("one"), descent("two")
        first.start()
        await asyncio.sleep(0.05)
        other.start()
        assert not first.running
        assert first.status.startswith("Paused.")
        assert first.status.endswith("Another explorer was started.")
        first.start()
        assert not other.running
        await asyncio.sleep(0.05)
        assert tasks() == 1
        first.close()
        await asyncio.sleep(0.05)
        assert tasks() == 0

    asyncio.run(play())


def test_a_second_of_the_same_kind_pauses_the_first_which_stays_usable():
    async def play():
        first = descent()
        first.start()
        second = descent()
        assert not first.running
        assert "A newer explorer of this kind was made." in first.status
        first.step()
        assert first.status.startswith("Paused. Step 1")
        assert second.steps == 0
        await asyncio.sleep(0.05)
        assert tasks() == 0

    asyncio.run(play())


def test_running_the_cell_again_closes_the_first(monkeypatch):
    async def play():
        monkeypatch.setattr(kernel, "this_cell", lambda: ("cell", "run 1"))
        first, twin = descent(), descent()  # one cell may show two
        assert not first.closed
        twin.start()
        monkeypatch.setattr(kernel, "this_cell", lambda: ("another cell", "run 2"))
        elsewhere = descent()
        open_before = len(OPEN)
        for run in range(3, 6):
            monkeypatch.setattr(kernel, "this_cell", lambda run=run: ("cell", f"run {run}"))
            latest = descent()
        assert first.closed
        assert twin.closed
        assert not elsewhere.closed
        assert not latest.closed
        assert len(OPEN) < open_before
        await asyncio.sleep(0.05)
        assert tasks() == 0

    asyncio.run(play())


def test_a_closed_explorer_does_nothing_and_is_released():
    explorer = descent()
    explorer.close()
    explorer.step()
    explorer.start()
    explorer.reset()
    explorer.close()
    assert explorer.steps == 0
    figure = weakref.ref(descent().canvas.figure)
    explorer = alive()[0]
    explorer.close()
    gc.collect()
    assert figure() is None


def test_a_control_used_from_another_thread_while_training_runs():
    async def play():
        explorer = descent()
        explorer.start()

        def slide():
            for k in range(200):
                explorer.controls["learning_rate"].value = (k % 10) / 10
                explorer.controls["start"].value = k % 4 + 1
            explorer.buttons["Start"].click()

        thread = threading.Thread(target=slide)
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.005)
        assert explorer.error is None
        assert explorer.status.startswith("Paused. Step") or explorer.status.startswith("Ready.")
        assert "learning rate 0.9, start 4." in explorer.status
        await asyncio.sleep(0.05)
        assert tasks() == 0

    asyncio.run(play())


def test_start_from_another_thread_trains_on_the_kernel_s_loop():
    async def play():
        explorer, used = descent(), set()
        inner = explorer.one_step
        explorer.one_step = lambda *a, **k: (used.add(threading.current_thread()), inner(*a, **k))[1]
        await asyncio.to_thread(explorer.start)
        await asyncio.sleep(0.2)
        assert used == {threading.main_thread()}
        await asyncio.to_thread(explorer.pause)
        await asyncio.sleep(0.05)
        assert tasks() == 0

    asyncio.run(play())


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("learning_rate"), st.floats(0, 3)),
        st.tuples(st.just("start"), st.integers(-4, 4)),
        st.tuples(st.just("speed"), st.sampled_from([1, 10])),
        st.tuples(st.sampled_from(["Start", "Step", "Reset"]), st.none()),
        st.tuples(st.just("wait"), st.floats(0, 0.06)),
    ),
    max_size=25,
)


@settings(max_examples=50)
@given(EVENTS, st.booleans())
def test_any_order_of_events_leaves_a_truthful_status_and_no_task(events, on_the_page):
    async def play():
        explorer = descent()
        for name, value in events:
            if name == "wait":
                await asyncio.sleep(value)
            elif name in explorer.buttons:
                explorer.buttons[name].click()
            else:
                (explorer.speed if name == "speed" else explorer.controls[name]).value = value
            if on_the_page:
                await asyncio.sleep(0)
            state = "Stopped" if explorer.halted else "Running" if explorer.running else ""
            assert explorer.status.startswith(state or ("Paused" if explorer.steps else "Ready"))
            assert (explorer.buttons["Start"].description == "Pause") == explorer.running
            if not state:
                rate, start = explorer.values["learning_rate"], explorer.values["start"]
                told = f"Step {explorer.steps}, learning rate {rate:.1f}, start {start}."
                assert told.replace("-", "−") in explorer.status
        explorer.close()
        await asyncio.sleep(0.05)
        assert tasks() == 0
        assert explorer.error is None

    with patch.object(kernel, "asked_by_the_page", lambda: on_the_page):
        asyncio.run(play())


@settings(max_examples=20)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("curvature"), st.floats(0, 2)),
            st.tuples(st.just("shape"), st.sampled_from(["bowl", "wedge"])),
            st.tuples(st.just("shown"), st.none()),
        ),
        max_size=20,
    )
)
def test_any_order_of_changes_leaves_a_truthful_status(events):
    explorer = parabola()
    for name, value in events:
        if value is None:
            explorer.controls[name].click()
        else:
            explorer.controls[name].value = value
        curvature, shape, shown = explorer.values.values()
        assert explorer.status == f"A {shape} of curvature {curvature:.1f}, pressed {shown} times."
    assert explorer.error is None
    explorer.close()


def test_the_stop_button_pauses_a_training_where_no_cell_runs():
    async def play():
        explorer, before = descent(), signal.getsignal(signal.SIGINT)
        explorer.start()
        await asyncio.sleep(0.2)
        signal.raise_signal(signal.SIGINT)  # what the button makes of it
        await asyncio.sleep(0.1)
        assert not explorer.running
        assert explorer.status.startswith("Paused. Step ")
        assert explorer.status.endswith(" It was interrupted.")
        await asyncio.sleep(0.1)
        assert signal.getsignal(signal.SIGINT) is before
        explorer.close()

    asyncio.run(play())


def test_start_after_an_end_begins_afresh_at_once():
    async def play():
        explorer = descent()
        explorer.controls["learning_rate"].value = 2.5
        while not explorer.halted:
            explorer.step()
        assert explorer.status.startswith("Stopped.")
        explorer.start()
        assert (explorer.halted, explorer.steps) == ("", 0)
        assert explorer.status.startswith("Running.")
        explorer.close()

    asyncio.run(play())


def test_memory_does_not_grow_over_300_frames():
    explorer = descent()

    def play(frames):
        for k in range(frames):
            explorer.step()
            explorer.controls["learning_rate"].value = (k % 19) / 10
        gc.collect()

    tracemalloc.start()
    play(60)  # all 19 learning rates, so that whatever is kept of each (a text as pixels, say) counts as there
    before = tracemalloc.get_traced_memory()[0]
    play(300)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 100_000  # bytes


# -- the drawing pad -------------------------------------------------------------------------------


def bar():
    """Return a drawing with a bar of ink, 80 points high and 20 wide."""
    drawing = np.zeros((SIZE, SIZE))
    drawing[30:110, 10:30] = 1
    return drawing


def quarters(x):
    """A stub: sees the ink in four quarters of the image, and speaks of the digits 0 to 3 only."""
    assert x.shape == (784, 1)
    assert x.min() >= 0
    assert x.max() <= 1
    image = x.reshape(28, 28)
    p = np.zeros((10, 1))
    p[:4, 0] = [q.sum() for half in np.split(image, 2) for q in np.split(half, 2, axis=1)]
    return p / p.sum()


def as_bytes(drawing):
    return np.round(255 * drawing).astype(np.uint8).tobytes()


def test_a_drawing_is_predicted_and_shown_as_the_network_sees_it():
    pad = drawing_pad(quarters)
    assert pad.message == "The pad is empty. Draw a digit."
    drawing = bar()
    pad.drawing = as_bytes(drawing)
    assert pad.probabilities == pytest.approx(quarters(centre(drawing).reshape(784, 1))[:, 0])
    seen = np.frombuffer(pad.seen, np.uint8).reshape(28, 28)
    assert np.abs(seen / 255 - centre(drawing)).max() <= 0.5 / 255
    assert pad.message.startswith("Most probably a ")
    assert pad.error is None
    pad.drawing = bytes(SIZE**2)
    assert pad.message == "The pad is empty. Draw a digit."
    assert pad.probabilities == []
    assert not any(pad.seen)


def test_predict_can_be_pressed_without_a_new_drawing():
    calls = []
    pad = drawing_pad(lambda x: (calls.append(x), quarters(x))[1])
    pad.drawing = as_bytes(bar())
    before = len(calls)
    pad.presses += 1
    assert len(calls) == before + 1


def test_a_memoryview_from_the_browser_is_accepted():
    pad = drawing_pad(quarters)
    pad.set_state({"drawing": memoryview(as_bytes(bar()))})
    assert len(pad.probabilities) == 10


@pytest.mark.parametrize(
    ("predict", "words"),
    [
        (lambda x: 1 / 0, "ZeroDivisionError"),
        (lambda x: np.full(10, 0.1), r"shape (10, 1), got shape (10,)"),
        (lambda x: np.full((10, 1), 0.3), "not probabilities"),
        (lambda x: np.full((10, 1), np.nan), "not probabilities"),
        (lambda x: "three", "could not convert"),
    ],
)
def test_an_error_in_predict_is_a_sentence(predict, words):
    pad = drawing_pad(predict)
    pad.drawing = as_bytes(bar())
    assert pad.message.startswith("The network gave no answer (")
    assert words in pad.message
    assert pad.probabilities == []
    assert pad.error is not None


def test_a_drawing_of_another_size_is_a_sentence():
    pad = drawing_pad(quarters)
    pad.drawing = bytes(784)
    assert pad.message == "The drawing has 784 points instead of 19600."


def test_the_pad_s_bundle_has_a_picture_and_text():
    data, metadata = drawing_pad(quarters)._repr_mimebundle_()
    picture = pixels(b64decode(data["image/png"]))
    assert picture.shape[:2] == (2 * metadata["image/png"]["height"], 2 * metadata["image/png"]["width"]) == (560, 1600)
    sees = picture[100:-100, 560:800, :3].mean(axis=2)
    assert np.median(sees) > 0.9, "the image that the network sees is dark on white"
    assert (sees < 0.5).mean() > 0.02
    assert data["text/plain"].startswith("Explorer: Drawing pad")
    assert metadata["image/png"]["alt"] == data["text/plain"].removeprefix("Explorer: ")
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_result_in_words():
    p = np.zeros(10)
    p[[8, 3]] = 0.7, 0.3
    assert in_words(p) == "Most probably an 8 (70\N{NO-BREAK SPACE}%), then a 3 (30\N{NO-BREAK SPACE}%)."
    p[[8, 3]] = 0.998, 0.002
    assert in_words(p) == "Most probably an 8 (over 99\N{NO-BREAK SPACE}%)."


def test_a_pad_from_an_earlier_run_of_the_cell_is_closed(monkeypatch):
    monkeypatch.setattr(kernel, "this_cell", lambda: ("cell", "run 1"))
    first = drawing_pad(quarters)
    monkeypatch.setattr(kernel, "this_cell", lambda: ("cell", "run 2"))
    drawing_pad(quarters)
    assert first.comm is None
