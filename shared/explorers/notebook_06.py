"""The explorer of notebook 6, the bug zoo; what it shows is computed in lessons/zoo.py."""

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider

from shared import plotting
from shared.explorers.engine import Canvas, Explorer
from shared.explorers.engine.tiles import Tiles, written
from shared.lessons.zoo import BUGS, LINES, PASS, STEPS, TITLES, TOO_LARGE, cases, describe, in_red, visit

GRADIENTS = "dW1", "db1", "dW2", "db2"
HIGHEST = 30  # the errors that the right picture shows
WRONG = {"facecolor": "#A00000", "edgecolor": "#5A0000", "hatch": "///"}
RIGHT = {"facecolor": plotting.tint("backward", 0.35), "edgecolor": plotting.ink("backward"), "hatch": ""}


@plotting.drawing
def _two_pictures():
    """Return a canvas, its four bars with their words, the two curves and the text of the two lines."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(7.6, 3.5))
    canvas, grey = Canvas(figure), plotting.ink("data")
    figure.suptitle(" \n ", fontsize=9)  # room for two lines of code
    lines = figure.add_artist(Tiles(zorder=5))
    bars = left.barh(range(4), 1, 0.7, left=1e-13)
    left.set(xscale="log", xlim=(1e-13, 1.5), ylim=(3.6, -0.9), xlabel="relative error")
    left.set_xticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
    left.set_yticks(range(4), labels=GRADIENTS)
    left.tick_params(axis="y", length=0)
    left.axvline(PASS, color=grey, linestyle=":", linewidth=1.2)
    for x, word, side in ((PASS / 2, "passes", "right"), (PASS * 2, "fails", "left")):
        left.text(x, -0.6, word, ha=side, va="center", color=grey, fontsize=8, zorder=0)
    for axes in (left, right):
        axes.set_axisbelow(True)  # ticks stay in the background, which is drawn once
    words = [left.text(1e-6, k, "", va="center", fontsize=8.5) for k in range(4)]
    right.set(yscale="log", xlim=(0, STEPS), ylim=(1e-3, HIGHEST), xlabel="step", ylabel="error E")
    (good,) = right.plot([], [], color=plotting.tint("error", 0.6), linewidth=4, label="correct pass")
    (bad,) = right.plot([], [], color=plotting.ink("error", 7), linestyle="--", label="this pass")
    right.legend(loc="upper right").set_zorder(0)
    gone = right.text(0.5, 0.5, "", transform=right.transAxes, ha="center", fontsize=8.5, bbox=plotting.white)
    canvas.moving(bar=bars, word=words, right=good, here=bad, code=lines, gone=gone)
    return canvas, bars, words, good, bad, lines, gone


def beyond(right_curve, curve):
    """Return what the right picture says of curves that are above it from the first steps on, "" if there is none."""
    left = [len(E) > 1 and not min(E[1:4]) <= HIGHEST for E in (right_curve, curve)]
    words = {(True, True): "both errors are", (True, False): "the correct pass is", (False, True): "this pass is"}
    return f"{words[tuple(left)]}\nabove the picture" if any(left) else ""


def bug_zoo(mistake="db: mean for sum", network="2-2-1, sigmoid, 3 samples (tiny)", learning_rate=0.5):
    """Show which gradients a mistake spoils (left), and how training goes with it all the same (right).

    mistake: a title in `TITLES` of lessons/zoo.py. network: a title in its `cases()`. learning_rate: 0.01 to 10.
    """
    canvas, bars, words, good, bad, lines, gone = _two_pictures()
    rate = {"min": -2, "max": 1, "step": 0.1, "readout_format": ".3g"}
    controls = {
        "mistake": Dropdown(options=TITLES, value=mistake, description="Mistake"),
        "network": Dropdown(options=list(cases()), value=network, description="Network"),
        "learning_rate": FloatLogSlider(learning_rate, description="Learning rate γ", continuous_update=False, **rate),
    }

    def draw(found, mistake, network, learning_rate):
        bug, red = BUGS.get(mistake), in_red(found.errors)
        for name, bar, word in zip(GRADIENTS, bars, words, strict=True):
            error = found.errors.get(name, 0)
            wrong = name in red
            bar.set(width=np.clip(error, 2e-13, 1) - 1e-13, visible=bool(found.errors), **(WRONG if wrong else RIGHT))
            told = f"WRONG  {plotting.number(error, 3)}" if wrong else "right" if found.errors else "not computed"
            if told != word.get_text():  # a text that has not changed need not be drawn again
                word.set(text=told, color="white" if wrong else "black", weight="bold" if wrong else "normal")
                box = {"facecolor": WRONG["facecolor"] if wrong else "white"}
                word.set_bbox({**box, "edgecolor": "none", "pad": 1.5})
        for line, curve in ((good, found.right_curve), (bad, found.curve)):
            line.set_data(range(len(curve)), np.clip(np.nan_to_num(curve, nan=TOO_LARGE), 1e-9, TOO_LARGE))
        gone.set_text(beyond(found.right_curve, found.curve))
        code = ["the five lines, without a mistake"]
        if bug:
            code = [f"right  {LINES[bug.line].code}", f"here   {bug.code}"]
        lines.images = [(15, 329 - 16 * k, written(line, "#000000")) for k, line in enumerate(code)]
        return describe(found, mistake, network, learning_rate)

    about = (
        "On the left, the relative error of each of four gradients; on the right, E against the step, correct and with "
        "the mistake."
    )
    return Explorer("bug_zoo", canvas, controls, visit, draw, about)
