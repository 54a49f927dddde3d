"""What all explorers share: a fast picture, a drawing that moves, controls, and live training.

An explorer is two plain functions, what to compute and how to draw it, and a row of controls:

    @plotting.drawing                                        # the course's fonts and line widths
    def parabola():
        figure, axes = plotting.new_figure()
        canvas = Canvas(figure)
        axes.set(xlim=(-2, 2), ylim=(0, 4))                  # drawn once
        (curve,) = canvas.moving(curve=axes.plot([], [])[0])  # drawn again for every change

        def compute(curvature):                              # mathematics only: arrays in, arrays out
            x = np.linspace(-2, 2, 101)
            return x, 0.5 * curvature * x**2

        def draw(result, curvature):                         # moves the artists, returns one sentence
            curve.set_data(*result)
            return f"The curvature is {curvature:.1f}."

        controls = {"curvature": FloatSlider(1, min=0, max=2, description="Curvature")}
        return Explorer("parabola", canvas, controls, compute, draw, "A parabola.")

`compute` sees the controls' values and nothing else. Where the learner's way matters (a path that is recorded, a place
on a walk), the function around the two keeps it. `LiveExplorer` has `begin` and `step` in place of `compute`, and
trains while you watch.

The modules, in the order in which they are read: png (pixels to bytes), canvas (a figure whose static part is kept),
tiles and ticks (small pictures in place of matplotlib's slow texts), picture (the widget that shows bytes and words),
kernel (what Jupyter knows of us), explorer, live.
"""

from shared.explorers.engine.canvas import Canvas
from shared.explorers.engine.explorer import Explorer, Press, alive
from shared.explorers.engine.live import Halt, LiveExplorer

__all__ = ["Canvas", "Explorer", "Halt", "LiveExplorer", "Press", "alive"]
