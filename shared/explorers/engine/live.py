"""Explorers that train while you watch: start and pause, step, reset, speed."""

import asyncio
import signal
import threading
import time
from contextlib import contextmanager, suppress

import numpy as np
from ipywidgets import Button, Dropdown

from shared.explorers.engine import kernel
from shared.explorers.engine.explorer import Panel, alive, guarded, strip
from shared.lessons.descents import Halt
from shared.training import TrainingDiverged

FRAMES_PER_SECOND = 25
SPEEDS = (1, 10, 100)


@contextmanager
def _on_interrupt(call):
    """Call this when Jupyter's stop button is pressed: where no cell runs, the kernel takes no notice of it itself."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def pressed(*_):
        call()

    before = signal.signal(signal.SIGINT, pressed)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is pressed:
            signal.signal(signal.SIGINT, before)


class LiveExplorer(Panel):
    """An explorer that trains while you watch.

    begin   function (**values) -> a fresh state
    step    function (state, **values) -> the next state; may raise `Halt` with a sentence
    fresh   names of the controls whose change begins afresh; the others act from the next step on
    speeds  numbers of steps a picture to choose from; the first is chosen
    stored  so many pictures after its start is what is stored in the notebook, where nothing can be started

    Training is an asyncio task on the kernel's loop, which is free between two pictures. The other
    arguments are those of `Panel`; `draw` gets the state.
    """

    running, task = False, None
    begin = one_step = state = None

    def __init__(self, name, canvas, controls, begin, step, draw, about, more=(), fresh=(), speeds=SPEEDS, stored=40):
        self.speed = Dropdown(options=speeds, description="Steps per picture")
        self.buttons = {word: Button(description=word) for word in ("Start", "Step", "Reset")}
        super().__init__(name, canvas, controls, draw, about, more, buttons=(*self.buttons.values(), self.speed))
        self.begin, self.one_step, self.fresh, self._pictures = begin, step, set(fresh), stored
        self._loop = kernel.running_loop()
        self.buttons["Start"].on_click(lambda _: self.pause() if self.running else self.start())
        self.buttons["Step"].on_click(lambda _: self.step())
        self.buttons["Reset"].on_click(lambda _: self.reset())
        self._renew()
        self.first_picture()

    def close(self):
        """Stop, and release the widgets, the figure and the data."""
        super().close()
        self.begin = self.one_step = self.state = None

    @guarded
    def start(self):
        """Train until paused; afresh if training had come to an end."""
        loop = self._loop if self._loop and self._loop.is_running() else kernel.running_loop()
        if self.running or loop is None:
            return self.running or self._say("Start needs a running notebook. Step works here too.")
        for other in alive():
            if other is not self:
                other.pause("Another explorer was started.")
        if self.halted:
            self._renew()
        self._set_running(True)
        self.refresh()
        # From whichever thread this was called: the task belongs to the kernel's loop.
        self.task = asyncio.run_coroutine_threadsafe(self._run(), loop)

    @guarded
    def pause(self, reason=""):
        """Stop training where it is; `reason` is an extra sentence for the status line."""
        if self.running:
            self._set_running(False)
            self.refresh()
            self._say(f"{self.status} {reason}".strip())

    @guarded
    def step(self):
        """Pause, and take one step."""
        self._set_running(False)
        self._advance()
        self.refresh()

    @guarded
    def reset(self):
        """Pause, and begin afresh."""
        self._set_running(False)
        self._renew()
        self.refresh()

    @guarded
    def frame(self, began):
        """Train for one picture, that is for most of the time since `began` that a picture has, and show it."""
        if self.running:
            for _ in range(self.speed.value):
                self._advance()
                if self.halted or time.perf_counter() - began > 0.6 / FRAMES_PER_SECOND:
                    break
            self.refresh()

    async def _run(self):
        loop = asyncio.get_running_loop()
        with _on_interrupt(lambda: loop.call_soon_threadsafe(self.pause, "It was interrupted.")):
            while self.running:
                began = time.perf_counter()
                try:
                    self.frame(began)
                except KeyboardInterrupt:
                    self.pause("It was interrupted.")
                # Never without a pause for others, however long the frame took.
                await asyncio.sleep(max(0.01, began + 1 / FRAMES_PER_SECOND - time.perf_counter()))

    def _advance(self):
        if self.halted:
            self._renew()
        try:
            with np.errstate(all="ignore"):
                self.state = self.one_step(self.state, **self.values)
            self.steps += 1
        except (Halt, TrainingDiverged) as reason:
            self.halted = str(reason)
            self._set_running(False)

    def _stored(self):
        """Return the picture after a while of training, and what it is; then all is as it was."""
        if self.running or self.steps:
            return super()._stored()
        values, k, self._drawing = self.values, 0, True
        try:
            with np.errstate(all="ignore"):
                state = self.begin(**values)
                for _ in range(self._pictures):
                    with suppress(Halt, TrainingDiverged):
                        for _ in range(self.speed.value):
                            state = self.one_step(state, **values)
                            k += 1
                    self.draw(state, **values)
                png = self.canvas.stored(strip())
        finally:
            self._drawing = False
            self.refresh()
        return png, f"{self.about} Here after {k:,} step{'s' * (k != 1)}."

    def _renew(self):
        with np.errstate(all="ignore"):
            self.state = self.begin(**self.values)
        self.steps = 0
        self.halted = ""  # why training came to an end

    def _set_running(self, running):
        self.running = running
        self.buttons["Start"].description = "Pause" if running else "Start"
        if self.task and not running:
            self.task.cancel()

    @guarded
    def _changed(self, key, change):
        if self._drawing:
            return
        if key in self.fresh:
            self._renew()
        if not self.running:  # otherwise the next frame shows it
            self._refresh_soon()

    def _result(self, values):
        return self.state

    def _words(self, sentence):
        if self.halted:
            return f"Stopped. {self.halted} Start begins afresh. {sentence}"
        return f"{'Running' if self.running else 'Paused' if self.steps else 'Ready'}. {sentence}"

    def _fail(self, problem):
        self._set_running(False)
        super()._fail(problem)
