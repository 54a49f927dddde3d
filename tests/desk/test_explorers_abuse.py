"""Every explorer under thousands of random events, as from a learner who tries everything at once.

The explorers are those that `shared.explorers` exports; a new one is covered when it arrives. Events reach the
widgets as messages of a browser do. All of it repeats: the random numbers come from the explorer's name.
"""

import asyncio
import gc
import inspect
import random
import re
import tracemalloc

import ipywidgets
import numpy as np
import pytest
from ipywidgets import Button, ValueWidget
from PIL import Image

from handwriting import encoded
from shared import explorers
from shared.datasets import line_data, one_hot
from shared.explorers.engine import Canvas, LiveExplorer, live, tiles
from shared.explorers.pad.widget import SIZE, DrawingPad
from shared.explorers.reading import MOST
from shared.style import readable

EVENTS = 2000
FRAMES = 500
DRAWN = 25  # one picture of so many is drawn anew
LEFT_OVER = 150_000  # bytes after 500 frames: matplotlib remembers how large texts were; a picture has 10,000
REASON = r" (Another explorer was started|A newer explorer of this kind was made|It was interrupted)\.$"


def quarters(X):
    """A stand-in for a network, (784, m) -> (10, m): sees the ink of two halves, answers 3 or 8."""
    p = np.full((10, X.shape[1]), 0.01)
    p[[3, 8]] += 0.9 * np.stack(
        [X[:392].mean(axis=0) >= X[392:].mean(axis=0), X[:392].mean(axis=0) < X[392:].mean(axis=0)]
    )
    return p / p.sum(axis=0)


def digits(m=60):
    """Return m small images, (784, m) of numbers from 0 to 1, and their labels (m,)."""
    return np.random.default_rng(0).random((784, m), np.float32), np.arange(m) % 10


IMAGES, LABELS = digits()
# What explorers are given, by the names of their parameters.
GIVEN = {
    "x": line_data()[0],
    "y": line_data()[1],
    "X": IMAGES,
    "Y": one_hot(LABELS).astype(np.float32),
    "validation": (IMAGES[:, :20], one_hot(LABELS[:20]).astype(np.float32)),
    "images": IMAGES,
    "labels": LABELS,
    "probabilities": quarters(IMAGES),
    "networks": {"one": quarters, "other": lambda X: quarters(1 - X)},
    "predict": quarters,
}


def make(name):
    """Return the explorer of this name, with arguments from `GIVEN` for the parameters that have no default."""
    function = getattr(explorers, name)
    parameters = inspect.signature(function).parameters.values()
    named = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    needed = [one.name for one in named if one.default is one.empty]
    unknown = set(needed) - set(GIVEN)
    assert not unknown, f"{name} needs {unknown}: say in GIVEN what these tests shall give it"
    return function(**{one: GIVEN[one] for one in needed})


# The pad and the reader of files have tests of their own: their events are drawings and files.
NAMES = [name for name in explorers.__all__ if name not in ("drawing_pad", "read_photograph")]
each_explorer = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True)
def draw_now_and_then(monkeypatch):
    """Give the last picture again, but for one of `DRAWN`: everything except the drawing happens each time."""
    real, count = Canvas.png, iter(range(10**9))
    last = {}

    def png(canvas):
        if canvas not in last or next(count) % DRAWN == 0:
            last.clear()
            last[canvas] = real(canvas)
        return last[canvas]

    monkeypatch.setattr(Canvas, "png", png)


def operable(widget):
    """Return the widgets that a learner can operate, in whatever boxes they lie."""
    if getattr(widget, "disabled", False):
        return []
    if children := getattr(widget, "children", ()):
        return [leaf for child in children for leaf in operable(child)]
    words = isinstance(widget, ipywidgets.HTML | ipywidgets.Label | ipywidgets.HTMLMath)
    return [widget] if isinstance(widget, ValueWidget | Button) and not words else []


def any_state(widget, rng):
    """Return a state that the browser might send for this widget."""
    if hasattr(widget, "_options_labels"):
        return {"index": rng.randrange(len(widget._options_labels))}
    if isinstance(widget.value, bool):
        return {"value": rng.random() < 0.5}
    if isinstance(widget.value, str):
        return {"value": rng.choice(["", "7", "−1", "null", "x" * 500, "<b>&"])}
    if not hasattr(widget, "max"):
        return {"value": type(widget.value)(rng.choice([0, -1, 1, 10**6, 0.5]))}
    low, high, whole = widget.min, widget.max, isinstance(widget.value, int)
    value = rng.choice([low, high, rng.uniform(low, high), rng.uniform(low, high)])
    if hasattr(widget, "base"):
        value = widget.base**value
    elif not whole and rng.random() < 0.2:
        value = min(max(value + 2e-16, low), high)  # browsers' rounding errors
    return {"value": round(value) if whole else value}


def any_event(explorer, rng):
    """Let a random event happen; return its story."""
    widget = rng.choice(operable(explorer))
    if isinstance(widget, Button):
        widget._handle_button_msg(widget, {"event": "click"}, [])
        return f"{widget.description} pressed"
    state = any_state(widget, rng)
    widget.set_state(state)
    return f"{widget.description} {state}"


def check_words(explorer, story):
    """Check that the status tells the truth about training, and about the controls it names."""
    status = explorer.status
    assert explorer.error is None, f"{story}: {explorer.error!r}"
    assert "went wrong" not in status, f"{story}: {status}"
    if isinstance(explorer, LiveExplorer):
        says = "Running. " if explorer.running else "Paused. " if explorer.steps else "Ready. "
        if explorer.halted and not explorer.running:
            says = f"Stopped. {readable(explorer.halted)} Start begins afresh."
        assert status.startswith(says), f"{story}: {status}"
        assert (explorer.buttons["Start"].description == "Pause") == explorer.running, story


def check_numbers(explorer, story):
    """Check that words and alternative text are those of the controls' values now: drawing again says the same."""
    said, alt = re.sub(REASON, "", explorer.status), explorer.alt
    explorer.refresh()
    assert (explorer.status, explorer.alt) == (said, alt), story
    assert alt.startswith(explorer.about), story
    values = explorer.values
    for name, control in explorer.controls.items():
        words = explorer.alt.removeprefix(explorer.about)
        named = [label for label in getattr(control, "_options_labels", ()) if len(label) > 3 and label in words]
        assert len(named) != 1 or named == [control.label], f"{story}: {explorer.status}"
        if name == "learning_rate":
            for number in re.findall(r"\bγ = ([\d.e+-]*\d)", explorer.alt):
                assert number == f"{values[name]:.3g}", f"{story}: {explorer.status}"


def others():
    """Return the tasks that run beside the test."""
    return asyncio.all_tasks() - {asyncio.current_task()}


@each_explorer
def test_two_thousand_events(name, monkeypatch):
    monkeypatch.setattr(live, "FRAMES_PER_SECOND", 200)
    rng, problems = random.Random(name), []

    async def play():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: problems.append(context))
        explorer, pictures = make(name), 0
        trains = isinstance(explorer, LiveExplorer)
        for number in range(EVENTS):
            story = f"event {number}: {any_event(explorer, rng)}"
            check_words(explorer, story)
            if trains and number % 4 == 0:  # let it train
                steps = explorer.steps
                await asyncio.sleep(rng.choice([0, 0, 0.002]))
                check_words(explorer, f"after {story}")
                pictures += explorer.steps != steps
                if not explorer.running and rng.random() < 0.4:
                    explorer.buttons["Start"].click()
            if number % 20 == 0 and not (trains and explorer.running):
                check_numbers(explorer, story)
        if trains:
            assert pictures > 20
            explorer.start()
            await asyncio.sleep(0.03)
        explorer.close()
        await asyncio.sleep(0.03)
        assert others() == set()

    asyncio.run(play())
    assert problems == []


def frames(explorer, rng, number):
    """Make pictures: by steps of training where there is any, else by a control's change."""
    choices = [widget for widget in operable(explorer) if not isinstance(widget, Button)]
    for _ in range(number):
        if isinstance(explorer, LiveExplorer):
            explorer.running = True
            explorer.frame(-np.inf)  # as if it were late: one step
        else:
            widget = rng.choice(choices)
            widget.set_state(any_state(widget, rng))
    if isinstance(explorer, LiveExplorer):
        explorer.reset()
    # What is kept on purpose is gone now: the history of training, and the looks of texts (128 words at most).
    explorer.canvas.forget()
    tiles.written.cache_clear()


@each_explorer
def test_memory_does_not_grow(name):
    rng, explorer = random.Random(name), make(name)
    tracemalloc.start()
    try:
        frames(explorer, rng, 100)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        frames(explorer, rng, FRAMES)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert explorer.error is None
    assert grown < LEFT_OVER, f"{grown:,} bytes"


def scribble(rng):
    """Return a drawing that the browser might send, as bytes: strokes, a point, nothing, or one of a wrong size."""
    if rng.random() < 0.1:
        return bytes([rng.randrange(256)]) * rng.choice([0, 1, 784, SIZE**2 + 1])
    drawing = np.zeros((SIZE, SIZE), np.uint8)
    for _ in range(rng.randrange(4)):
        top, left, height, width = (rng.randrange(SIZE) for _ in range(4))
        drawing[top : top + rng.choice([1, height + 1]), left : left + rng.choice([1, width + 1])] = rng.randrange(256)
    return drawing.tobytes()


def any_file(rng):
    """Return the name, size and content of a file that a learner may choose: a picture, a damaged one, no picture."""
    shape = rng.choice([(40, 60), (1, 1), (90, 30), (28, 28)])
    page = np.full(shape, rng.randrange(256), np.uint8)
    for _ in range(rng.randrange(4)):
        top, left, height, width = (rng.randrange(length) for length in shape * 2)
        page[top : top + height // 2 + 1, left : left + width // 4 + 1] = rng.randrange(256)
    content = encoded(Image.fromarray(page), rng.choice(["PNG", "JPEG"]))
    kind = rng.random()
    if kind < 0.1:
        content = content[: rng.randrange(len(content))]
    elif kind < 0.2:
        content = rng.randbytes(rng.choice([0, 1, 100]))
    name = rng.choice(["a.png", "", "ñ …" * 50, "<b>&", "{0}", "a\nb.jpg"])
    size = rng.choice([MOST + 1, 10**12]) if kind > 0.95 else len(content)
    return name, size, b"" if size > MOST else content


def choose(reader, name, size, content, piece=300):
    """Send a file as the page does, in pieces; large files stay away."""
    for start in range(0, len(content) or 1, piece):
        message = dict(name=name, size=size, start=start)
        reader.controls["file"]._handle_custom_msg(message, [memoryview(content)[start : start + piece]])


def test_a_hundred_files():
    rng = random.Random("photograph")
    reader = explorers.read_photograph(quarters)
    heard = set()
    for number in range(EVENTS // 20):
        name, size, content = any_file(rng)
        story = f"event {number}: {name}, {size} bytes"
        choose(reader, name, size, content)
        check_words(reader, story)
        assert reader.status.startswith(f"{name}: "), story
        assert reader.status.endswith("."), story
        heard |= {
            words for words in ("found, read as", "is empty", "damaged", "no PNG", "MB") if words in reader.status
        }
        if number % 20 == 0:
            check_numbers(reader, story)
    assert len(heard) == 5
    reader.close()


def test_memory_does_not_grow_with_files():
    rng, reader = random.Random("files"), explorers.read_photograph(quarters)
    files = [any_file(rng) for _ in range(10)]

    def read(times):
        for k in range(times):
            choose(reader, *files[k % len(files)])
        reader.canvas.forget()
        gc.collect()

    tracemalloc.start()
    try:
        read(10)
        before = tracemalloc.get_traced_memory()[0]
        read(20)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert reader.error is None
    assert grown < LEFT_OVER, f"{grown:,} bytes"


def test_two_thousand_drawings():
    rng = random.Random("pad")
    pad = explorers.drawing_pad(quarters)
    assert isinstance(pad, DrawingPad)
    for _ in range(EVENTS):
        if rng.random() < 0.3:
            pad.set_state({"presses": pad.presses + 1})
        else:
            pad.set_state({"drawing": memoryview(scribble(rng))})
        assert pad.error is None
        if len(pad.drawing) != SIZE**2:
            assert pad.message == f"The drawing has {len(pad.drawing)} points instead of {SIZE**2}."
        elif not any(pad.drawing):
            assert pad.message == "The pad is empty. Draw a digit."
        else:
            digit = int(np.argmax(pad.probabilities))
            assert pad.message.startswith(f"Most probably a{'n' * (digit == 8)} {digit} ")
        assert bool(pad.probabilities) == pad.message.startswith("Most probably")
