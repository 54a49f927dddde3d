"""Explorers: controls, a picture, and one sentence; a change of a control draws the picture anew."""

import weakref
from base64 import b64encode
from functools import partial, wraps

import numpy as np
from ipywidgets import Box, Button, Dropdown, Layout, VBox, Widget
from traitlets import Int

from shared.explorers.engine import kernel
from shared.explorers.engine.kernel import LOCK
from shared.explorers.engine.picture import Picture
from shared.explorers.engine.tiles import written
from shared.style import readable

STILL, STRIP = "A stored picture: run this cell, then it moves.", 20  # above it, in a strip of so many CSS pixels


def strip():
    """Return the pixels (height, width, 3), at twice the density, of the strip above a stored picture."""
    word = written(STILL, "#595959", 2)[::-1].astype(float)
    shown = np.rint(255 - (255 - word[:, :, :3]) * word[:, :, 3:] / 255).astype(np.uint8)
    return np.pad(shown, ((4, 2 * STRIP - 4 - len(shown)), (8, 0), (0, 0)), constant_values=255)


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


class Panel(VBox):
    """What explorers of both kinds have. It is made without a picture; the last line of a kind draws the first one.

    name      its kind (running its cell again closes the explorer of this name made there before)
    canvas    the `Canvas` that `draw` changes
    controls  dictionary of name and widget (each with a `description` in full words)
    draw      function (result, **values): moves the artists, returns one sentence on what is seen
    about     one sentence on what the picture is, for those who cannot see it
    more      further widgets, shown under the picture
    buttons   widgets that stand before the controls
    quiet     what a dark page does with the picture: "invert" its light and dark, or "dim" it (images of digits)

    `status`, `alt` and `png` are what it shows now, `error` a callback's last exception or None.
    Changes of the controls made by `draw` itself do not draw again.
    """

    closed, controls, canvas = False, {}, None  # what is closed half-made has them too

    def __init__(self, name, canvas, controls, draw, about, more=(), buttons=(), quiet="invert"):
        picture = Picture(width=round(canvas.figure.bbox.width), quiet=quiet)
        self._height = round(canvas.figure.bbox.height)
        super().__init__([_row([*buttons, *controls.values()]), picture, *more])
        self.add_class("course-explorer")
        for key, control in controls.items():
            if not control.description:
                raise ValueError(f"the control {key!r} needs a description in full words")
        self.name, self.about = name, about
        self.canvas, self.controls, self.draw, self.picture = canvas, dict(controls), draw, picture
        self.cell = kernel.this_cell()
        self.error = None
        self._drawing = False
        self._late = False  # a change waits for its picture

    def first_picture(self):
        """Draw, and from now on draw again whenever a control changes."""
        with LOCK:
            self.refresh()
        for key, control in self.controls.items():
            control.observe(partial(self._changed, key), "value")
        self.picture.observe(self._on_another_screen, "density")
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
            leave(self)
            close_all(self)
            # Jupyter's history of outputs keeps the explorer, so let go of what is large.
            self.canvas = self.draw = None

    def pause(self, reason=""):
        """Stop what moves by itself; here nothing does."""

    def refresh(self):
        """Show what the controls say now."""
        values, self._late, self._drawing = self.values, False, True
        try:
            with np.errstate(all="ignore"):  # where a number overflows, `draw` says so in words
                sentence = self.draw(self._result(values), **values)
        finally:
            self._drawing = False
        self._say(self._words(sentence), self.canvas.png(), f"{self.about} {sentence}")

    @guarded
    def changed(self, *_):
        """Show that something beside the controls has changed (a further widget, say)."""
        self._changed("", None)

    def _result(self, values):
        """Return what `draw` gets."""
        raise NotImplementedError

    def _words(self, sentence):
        """Return the status line for a sentence of `draw`."""
        return sentence

    @guarded
    def _changed(self, key, change):
        if not self._drawing:
            self._refresh_soon()

    def _refresh_soon(self):
        """Show a change: one made in the page once the kernel has told the page that it has arrived, others at once.

        `call_soon` waits until the message has been dealt with and the kernel says that it is idle. Then the page sends
        the next change, which comes while this one is drawn: twice as many pictures a second.
        """
        loop = kernel.running_loop()
        if loop and kernel.asked_by_the_page():
            self._late = True
            loop.call_soon(self._refresh_late)
        else:
            self.refresh()

    @guarded
    def _refresh_late(self):
        if self._late:
            self.refresh()

    def _say(self, status, png=None, alt=None):
        with self.picture.hold_sync():  # one message
            self.picture.status = readable(status)
            self.picture.png = png or self.png
            self.picture.alt = readable(alt or self.alt)

    def _fail(self, problem):
        self.error = problem
        self._late = False  # a picture that waits would hide the sentence
        self._say(
            f"Something went wrong in this explorer ({type(problem).__name__}: {problem}). "
            "The picture shows the last state that worked."
        )

    @guarded
    def _on_another_screen(self, change):
        self.canvas.set_density(change["new"])
        self._refresh_soon()

    def _repr_mimebundle_(self, **kwargs):
        """Return the widget, and for pages without a kernel its picture now, which says that it is one."""
        with LOCK:
            png, alt = (self.png, self.alt) if self.closed else self._stored()
        picture = {"image/png": b64encode(png).decode(), "text/plain": f"Explorer: {alt}"}
        shown = {"alt": alt, "width": self.picture.width, "height": self._height + STRIP}
        return super()._repr_mimebundle_(**kwargs) | picture, {"image/png": shown}

    def _stored(self):
        """Return the picture that is stored in the notebook, and what it shows in words."""
        return self.canvas.stored(strip()), self.alt


class Explorer(Panel):
    """An explorer whose picture follows from its controls.

    compute   pure function of the controls' values; returns arrays, which `draw` gets

    The other arguments are those of `Panel`.
    """

    compute = None

    def __init__(self, name, canvas, controls, compute, draw, about, more=(), quiet="invert"):
        super().__init__(name, canvas, controls, draw, about, more, quiet=quiet)
        self.compute = compute
        self.first_picture()

    def close(self):
        """Release the widgets, the figure and the data."""
        super().close()
        self.compute = None

    def _result(self, values):
        return self.compute(**values)


def _row(controls):
    """Return the controls side by side, their labels in full."""
    for control in controls:
        if hasattr(control, "style"):
            control.style.description_width = "initial"
        if hasattr(control, "readout"):  # a slider grows, that its label may be long
            control.layout.flex, control.layout.max_width = "1 1 320px", "440px"
        elif isinstance(control, Dropdown | Button):
            control.layout.width = "auto"
    return Box(controls, layout=Layout(flex_flow="row wrap", grid_gap="0 16px", max_width="900px"))


# --- the explorers that there are

_alive = weakref.WeakSet()


def alive():
    """Return the explorers that are open, a list."""
    return list(_alive)


def arrive(explorer):
    """Pause older ones of this kind; close one that an earlier run of the same cell left behind."""
    with LOCK:
        for other in _alive - {explorer}:
            if other.name == explorer.name:
                again = other.cell[0] == explorer.cell[0] is not None and other.cell != explorer.cell
                other.close() if again else other.pause("A newer explorer of this kind was made.")
        _alive.add(explorer)


def leave(explorer):
    """Forget an explorer that closes."""
    _alive.discard(explorer)


def close_all(widget):
    """Close a widget and all that belongs to it, for ipywidgets keeps whatever is open."""
    for name in ("layout", "style"):
        if hasattr(widget, name):
            getattr(widget, name).close()
    for child in getattr(widget, "children", ()):
        close_all(child)
    Widget.close(widget)
