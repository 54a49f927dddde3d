"""The explorers of notebook 5: walk back through the graph of *tiny*, and nudge one of its parameters."""

import numpy as np
from ipywidgets import Dropdown, FloatLogSlider

from shared import plotting
from shared.explorers.engine import Canvas, Explorer, Press
from shared.lessons.graph import PRODUCTS, graph_without_numbers, number, reveal, sentence
from shared.lessons.tiny import PARAMETERS, change, own_value, slope, tiny_outputs

# --- the graph of tiny, for one sample


def moved(place, pressed):
    """Return the new place, 0 to `PRODUCTS`, after the button of this name was pressed."""
    place = {"on": place + 1, "back": place - 1, "again": 0, "all": PRODUCTS}[pressed]
    return min(max(place, 0), PRODUCTS)


def graph_stepper(sample=0):
    """Walk back through the graph of tiny, one product at a time, for a sample (0 to 2)."""
    figure, parts = graph_without_numbers()
    canvas, place = Canvas(figure), 0
    canvas.moving(**parts)
    words = {"on": "Next product", "back": "One back", "again": "From the start", "all": "All products"}
    controls = {name: Press(word) for name, word in words.items()}
    choice = {"1: x = (1, 2)": 0, "2: x = (0, 1)": 1, "3: x = (−1, 0.5)": 2}
    controls["sample"] = Dropdown(options=choice, value=sample, description="Sample")
    counts = dict.fromkeys(words, 0)

    def compute(sample, **presses):
        nonlocal place
        for name, count in presses.items():
            for _ in range(count - counts[name]):  # one picture may show several presses
                place = moved(place, name)
            counts[name] = count
        return place

    def draw(place, sample, **presses):
        reveal(parts, place, sample)
        return sentence(place, sample)

    about = "The computation graph of tiny: values above the lines, below them the derivatives of E found so far."
    return Explorer("graph_stepper", canvas, controls, compute, draw, about)


# --- nudge one parameter

SIZES = np.logspace(-4, 0, 81)


@plotting.drawing
def _tangent_and_miss():
    """Return a canvas and its moving artists, by name."""
    figure, (left, right) = plotting.new_figure(1, 2, size=(8, 3.4))
    canvas, purple, orange = Canvas(figure), plotting.colors["error"], plotting.colors["backward"]
    left.set(xlabel="value of the parameter", ylabel="error E", xlim=(-1, 1), ylim=(0, 3))
    right.set(xlabel="size of the nudge", xscale="log", yscale="log", xlim=(8e-5, 1.3), ylim=(1e-11, 20))
    right.set_title("change of E, and what gradient · Δw misses")
    left.yaxis.set_label_coords(-0.17, 0.5)  # it stays there when the numbers of the axis get longer
    parts = {
        "curve": left.plot([], [], color=purple, label="E")[0],
        "tangent": left.plot([], [], "--", color=orange, label="E + gradient · Δw")[0],
        "start": left.plot([], [], "s", color=plotting.ink("parameter"), markersize=7, label="start")[0],
        "there": left.plot([], [], "o", color=plotting.ink("error"), markersize=8)[0],
        "promised": left.plot([], [], "D", color=plotting.ink("backward"), markersize=6)[0],
        "change": right.plot([], [], "--", color=orange, label="|gradient · Δw|")[0],
        "miss": right.plot([], [], color=purple, label="|ΔE − gradient · Δw|")[0],
        "dot": right.plot([], [], "o", color=plotting.ink("error"), markersize=8)[0],
    }
    left.legend(loc="upper center", fontsize=7.5)
    right.legend(loc="upper left", fontsize=7.5)
    canvas.moving(**parts)
    return canvas, parts


def nudge(parameter="W², column 1", size=1.0):
    """Nudge one parameter of tiny, a name in `PARAMETERS`, by 0.0001 to 1, and compare ΔE with gradient · Δw."""
    canvas, parts = _tangent_and_miss()
    left = parts["curve"].axes
    ends = {"min": -4, "max": 0, "step": 0.1, "readout_format": ".4f"}
    controls = {
        "parameter": Dropdown(options=list(PARAMETERS), value=parameter, description="Parameter"),
        "size": FloatLogSlider(size, **ends, description="Size of the nudge"),
        "direction": Dropdown(options={"up": 1, "down": -1}, description="Direction"),
    }

    def compute(parameter, size, direction):
        own = own_value(parameter)
        around = np.linspace(-1.1, 1.1, 111)
        curve = np.array([tiny_outputs(parameter, own + dw)[1] for dw in around])
        nudges, grad = direction * SIZES, slope(parameter)
        miss = [abs(change(parameter, dw) - grad * dw) for dw in nudges]
        return own + around, curve, np.maximum(miss, 1e-12)

    def draw(result, parameter, size, direction):
        places, curve, miss = result
        own, E, grad, dw = own_value(parameter), curve[55], slope(parameter), direction * size
        dE = change(parameter, dw)
        miss_now = abs(dE - grad * dw)
        room = np.ptp(curve)
        limits = (places[0], places[-1]), (curve.min() - 0.3 * room, curve.max() + 0.5 * room)
        if (left.get_xlim(), left.get_ylim()) != limits:
            left.set(xlim=limits[0], ylim=limits[1])
            canvas.redraw()
        parts["curve"].set_data(places, curve)
        parts["tangent"].set_data(places, E + grad * (places - own))
        parts["start"].set_data([own], [E])
        parts["there"].set_data([own + dw], [E + dE])
        parts["promised"].set_data([own + dw], [E + grad * dw])
        parts["change"].set_data(SIZES, np.abs(grad) * SIZES)
        parts["miss"].set_data(SIZES, miss)
        parts["dot"].set_data([size], [max(miss_now, 1e-12)])
        share = f", {miss_now / abs(dE):.1%} of ΔE" if abs(dE) > 1e-9 and miss_now > 0.001 * abs(dE) else ""
        by = number(dw) if dw > 0 else f"({number(dw)})"
        return (
            f"{parameter}: Δw = {number(dw)}. ΔE = {number(dE)}; gradient · Δw = {number(grad)} · {by} "
            f"= {number(grad * dw)}. The promise misses by {number(miss_now)}{share}."
        )

    about = (
        "On the left, E along one parameter of tiny, with its tangent; "
        "on the right, what the tangent misses, on logarithmic axes."
    )
    return Explorer("nudge", canvas, controls, compute, draw, about)
