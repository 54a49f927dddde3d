"""What all explorers share: a fast picture, a drawing that moves, controls, and live training.

An explorer is two plain functions (what to compute, how to draw it) and a row of controls:

    @plotting.drawing                                  # the course's fonts and line widths
    def parabola():
        figure, axes = plotting.new_figure()
        canvas = Canvas(figure)
        axes.set(xlim=(-2, 2), ylim=(0, 4))            # drawn once
        (curve,) = canvas.moving(*axes.plot([], []))   # drawn again for every change

        def compute(curvature):                        # mathematics only: arrays in, arrays out
            x = np.linspace(-2, 2, 101)
            return x, 0.5 * curvature * x**2

        def draw(result, curvature):                   # moves the artists, returns one sentence
            curve.set_data(*result)
            return f"The curvature is {curvature:.1f}."

        controls = {"curvature": FloatSlider(1, min=0, max=2, description="Curvature")}
        return Explorer("parabola", canvas, controls, compute, draw, "A parabola.")

`LiveExplorer` has `begin` and `step` in place of `compute`, and trains while you watch.
"""

import asyncio
import threading
import time
import weakref
from base64 import b64encode
from functools import partial, wraps

import numpy as np
from IPython import get_ipython
from ipywidgets import Box, Button, Dropdown, Layout, VBox, Widget
from traitlets import Int

from shared.explorers.picture import Canvas, Picture
from shared.training import TrainingDiverged

__all__ = ["Canvas", "Explorer", "Halt", "LiveExplorer", "Press"]

# JupyterLab has widget messages dealt with in a thread of their own, or now and then in the main one, where cells
# and training run. Whoever touches an explorer holds this lock.
LOCK = threading.RLock()
FRAMES_PER_SECOND = 25
SPEEDS = (1, 10, 100)


class Halt(Exception):
    """Raised by a `step` to end live training; its text tells the learner why."""


class Press(Button):
    """A button that is a control like the others: its `value` counts how often it was pressed."""

    value = Int(0)

    def __init__(self, description):
        super().__init__(description=description)
        self.on_click(lambda _: self.set_trait("value", self.value + 1))


def guarded(method):
    """Let `method` hold the lock, and put whatever goes wrong in it on the status line."""

    @wraps(method)
    def wrapper(self, *arguments):
        with LOCK:
            if self.closed:
                return
            try:
                method(self, *arguments)
            except Exception as problem:
                self._fail(problem)

    return wrapper


class Explorer(VBox):
    """Controls, a picture, and a status line in words.

    name      its kind (running its cell again closes the explorer of this name made there before)
    canvas    the `Canvas` that `draw` changes
    controls  dictionary of name and widget (each with a `description` in full words)
    compute   pure function of the controls' values; returns arrays
    draw      function (result, **values): moves the artists, returns one sentence on what is seen
    about     one sentence on what the picture is, for those who cannot see it
    more      further widgets, shown under the picture

    `status`, `alt` and `png` are what it shows now, `error` a callback's last exception or None.
    Changes of the controls made by `draw` itself do not draw again.
    """

    closed, controls, canvas, _late = False, {}, None, False

    def __init__(self, name, canvas, controls, compute, draw, about, more=()):
        self.name, self.canvas, self.controls = name, canvas, dict(controls)
        self.compute, self._draw, self.about = compute, draw, about
        self.error, self._drawing, self.cell = None, False, this_cell()
        self.picture = Picture(width=round(canvas.figure.bbox.width))
        with LOCK:
            self._show()
        self._first = self.png, self.alt
        for key, control in self.controls.items():
            if not control.description:
                raise ValueError(f"the control {key!r} needs a description in full words")
            control.observe(partial(self._changed, key), "value")
        layout = Layout(flex_flow="row wrap", grid_gap="0 16px")
        row = Box([*self._buttons(), *self.controls.values()], layout=layout)
        for control in row.children:
            control.style.description_width = "initial"
            if hasattr(control, "readout"):  # a slider grows, that its label may be long
                control.layout.flex, control.layout.max_width = "1 1 320px", "440px"
            elif isinstance(control, Dropdown | Button):
                control.layout.width = "auto"
        super().__init__([row, self.picture, *more])
        self.add_class("course-explorer")
        arrive(self)

    status = property(lambda self: self.picture.status)
    alt = property(lambda self: self.picture.alt)
    png = property(lambda self: self.picture.png)

    @property
    def values(self):
        """The controls' values now, a dictionary."""
        return {key: control.value for key, control in self.controls.items()}

    def close(self):
        """Stop, and release the widgets, the figure and the data."""
        with LOCK:
            self.pause()
            self.closed = True
            _alive.discard(self)
            close_all(self)
            # Jupyter's history of outputs keeps the explorer, so let go of what is large.
            self.canvas = self.compute = self._draw = self._begin = self._step = self.state = None

    def pause(self, reason=""):
        """Stop what moves by itself; here nothing does."""

    def _buttons(self):
        return ()

    def _result(self, values):
        return self.compute(**values)

    def _words(self, sentence):
        return sentence

    @guarded
    def _changed(self, key, change):
        if not self._drawing:
            self._show_soon()

    def _show_soon(self):
        """Show a change: one made in the page once the kernel has told the page that it has arrived, others at once.

        `call_soon` waits until the message has been dealt with and the kernel says that it is idle. Then the page sends
        the next change, which comes while this one is drawn: twice as many pictures a second.
        """
        loop = _running_loop()
        if loop and _asked_by_the_page():
            self._late = True
            loop.call_soon(self._show_late)
        else:
            self._show()

    @guarded
    def _show_late(self):
        if self._late:
            self._show()

    def _show(self):
        values, self._drawing, self._late = self.values, True, False
        try:
            with np.errstate(all="ignore"):  # where a number overflows, `draw` says so in words
                sentence = self._draw(self._result(values), **values)
        finally:
            self._drawing = False
        self._say(self._words(sentence), self.canvas.png(), f"{self.about} {sentence}")

    def _say(self, status, png=None, alt=None):
        with self.picture.hold_sync():  # one message
            self.picture.status = status
            self.picture.png = png or self.png
            self.picture.alt = alt or self.alt

    def _fail(self, problem):
        self.error, self._late = problem, False  # a picture that waits would hide the sentence
        self._say(
            f"Something went wrong in this explorer ({type(problem).__name__}: {problem}). "
            "The picture shows the last state that worked."
        )

    def _repr_mimebundle_(self, **kwargs):
        png, alt = self._first
        picture = {"image/png": b64encode(png).decode(), "text/plain": f"Explorer: {alt}"}
        return super()._repr_mimebundle_(**kwargs) | picture, {"image/png": {"alt": alt}}


class LiveExplorer(Explorer):
    """An explorer that trains while you watch: start and pause, step, reset, speed.

    begin   function (**values) -> a fresh state
    step    function (state, **values) -> the next state; may raise `Halt` with a sentence
    fresh   names of the controls whose change begins afresh; the others act from the next step on
    speeds  numbers of steps a picture to choose from; the first is chosen

    Training is an asyncio task on the kernel's loop, which is free between two pictures. The other
    arguments are those of `Explorer`; `draw` gets the state.
    """

    running, task = False, None

    def __init__(self, name, canvas, controls, begin, step, draw, about, more=(), fresh=(), speeds=SPEEDS):
        self._begin, self._step, self._fresh, self._loop = begin, step, set(fresh), _running_loop()
        self.speed = Dropdown(options=speeds, description="Steps per picture")
        self.buttons = {word: Button(description=word) for word in ("Start", "Step", "Reset")}
        self.controls = dict(controls)
        self._renew()
        super().__init__(name, canvas, controls, None, draw, about, more)
        self.buttons["Start"].on_click(lambda _: self.pause() if self.running else self.start())
        self.buttons["Step"].on_click(lambda _: self.step())
        self.buttons["Reset"].on_click(lambda _: self.reset())

    @guarded
    def start(self):
        """Train until paused; afresh if training had come to an end."""
        loop = self._loop if self._loop and self._loop.is_running() else _running_loop()
        if self.running or loop is None:
            return self.running or self._say("Start needs a running notebook. Step works here too.")
        for other in _alive - {self}:
            other.pause("Another explorer was started.")
        if self.halted:
            self._renew()
        self._set_running(True)
        self._show()
        # From whichever thread this was called: the task belongs to the kernel's loop.
        self.task = asyncio.run_coroutine_threadsafe(self._run(), loop)

    @guarded
    def pause(self, reason=""):
        """Stop training where it is; `reason` is an extra sentence for the status line."""
        if self.running:
            self._set_running(False)
            self._show()
            self._say(f"{self.status} {reason}".strip())

    @guarded
    def step(self):
        """Pause, and take one step."""
        self._set_running(False)
        self._advance()
        self._show()

    @guarded
    def reset(self):
        """Pause, and begin afresh."""
        self._set_running(False)
        self._renew()
        self._show()

    async def _run(self):
        while self.running:
            began = time.perf_counter()
            try:
                self._frame(began)
            except KeyboardInterrupt:
                self.pause("It was interrupted.")
            # Never without a pause for others, however long the frame took.
            await asyncio.sleep(max(0.01, began + 1 / FRAMES_PER_SECOND - time.perf_counter()))

    @guarded
    def _frame(self, began):
        if self.running:
            for _ in range(self.speed.value):
                self._advance()
                if self.halted or time.perf_counter() - began > 0.6 / FRAMES_PER_SECOND:
                    break
            self._show()

    def _advance(self):
        if self.halted:
            self._renew()
        try:
            with np.errstate(all="ignore"):
                self.state = self._step(self.state, **self.values)
            self.steps += 1
        except (Halt, TrainingDiverged) as reason:
            self.halted = str(reason)
            self._set_running(False)

    def _renew(self):
        with np.errstate(all="ignore"):
            self.state, self.steps, self.halted = self._begin(**self.values), 0, ""

    def _set_running(self, running):
        self.running = running
        self.buttons["Start"].description = "Pause" if running else "Start"
        if self.task and not running:
            self.task.cancel()

    @guarded
    def _changed(self, key, change):
        if self._drawing:
            return
        if key in self._fresh:
            self._renew()
        if not self.running:  # otherwise the next frame shows it
            self._show_soon()

    def _buttons(self):
        return *self.buttons.values(), self.speed

    def _result(self, values):
        return self.state

    def _words(self, sentence):
        if self.halted:
            return f"Stopped. {self.halted} Start begins afresh. {sentence}"
        return f"{'Running' if self.running else 'Paused' if self.steps else 'Ready'}. {sentence}"

    def _fail(self, problem):
        self._set_running(False)
        super()._fail(problem)


_alive = weakref.WeakSet()


def arrive(explorer):
    """Pause older ones of this kind; close one that an earlier run of the same cell left behind."""
    with LOCK:
        for other in _alive - {explorer}:
            if other.name == explorer.name:
                again = other.cell[0] == explorer.cell[0] is not None and other.cell != explorer.cell
                other.close() if again else other.pause("A newer explorer of this kind was made.")
        _alive.add(explorer)


def this_cell():
    """Return the identifiers of the cell that runs and of this run of it, or (None, None)."""
    try:
        parent = get_ipython().get_parent()
        return parent["metadata"]["cellId"], parent["header"]["msg_id"]
    except (AttributeError, KeyError, TypeError):  # other kernels know less
        return None, None


def _asked_by_the_page():
    """Return whether what runs now is the answer to a widget in the page, not a cell."""
    try:
        return get_ipython().get_parent()["header"]["msg_type"] == "comm_msg"  # a widget's message
    except (AttributeError, KeyError, TypeError):  # other kernels know less
        return False


def _running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def close_all(widget):
    """Close a widget and all that belongs to it, for ipywidgets keeps whatever is open."""
    for name in ("layout", "style"):
        if hasattr(widget, name):
            getattr(widget, name).close()
    for child in getattr(widget, "children", ()):
        close_all(child)
    Widget.close(widget)
