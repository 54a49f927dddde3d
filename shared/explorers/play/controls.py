"""The playground of notebook 8: its controls, and how they move its picture. What it computes: lessons/playing.py."""

from ipywidgets import HTML, BoundedIntText, Box, Dropdown, FloatSlider, IntSlider, Layout, Textarea, VBox

from shared.explorers.engine import LiveExplorer, Press
from shared.explorers.engine.explorer import close_all
from shared.explorers.play.picture import ROOM, draw_errors, draw_network, draw_output, draw_points, lay_out, picture
from shared.lessons.descents import OPTIMIZERS
from shared.lessons.plane import DATA, PLANE
from shared.lessons.playing import (
    ACTIVATIONS,
    BATCHES,
    LAYERS,
    NODES,
    PENALTIES,
    RATES,
    begin,
    describe,
    network_at,
    program,
    step,
)

_CHOICES = ("data", "noise", "share", "layers", "activation", "optimizer", "seed")
FRESH = (*_CHOICES, *(f"nodes_{l}" for l in range(1, LAYERS + 1)))


_ROWS = {
    "Training": ("Start", "Step", "Reset", "speed", "learning_rate", "optimizer", "batch_size", "l2"),
    "Data": ("data", "noise", "share", "seed"),
    "Network": ("layers", "activation", *(f"nodes_{l}" for l in range(1, LAYERS + 1)), "again"),
    "Look back": ("epoch", "code"),
}


def _in_rows(explorer):
    """Lay the controls out in rows that have names."""
    known, rows = explorer.controls | explorer.buttons | {"speed": explorer.speed}, []
    for name, keys in _ROWS.items():
        look = Layout(flex_flow="row wrap", grid_gap="0 16px", align_items="center")
        rows.append(Box([HTML(f"<b>{name}</b>", layout={"width": "75px"}), *map(known.__getitem__, keys)], layout=look))
    all_in_one, *rest = explorer.children
    explorer.children = (VBox(rows), *rest)
    all_in_one.children = ()
    close_all(all_in_one)


def made_controls(**start):
    """Return the controls, at the values given in `start`."""
    values = {
        "data": "circle", "noise": 0.1, "share": 50, "batch_size": 10, "layers": 2, "nodes_1": 4, "nodes_2": 2,
        "nodes_3": 2, "nodes_4": 2, "activation": "tanh", "learning_rate": 0.1, "optimizer": "gradient descent",
        "l2": 0.0, "seed": 1,
    }  # fmt: skip
    if not set(start) <= set(values):
        raise TypeError(f"the playground starts with {', '.join(values)}; given {', '.join(start)}")
    values |= start

    def menu(key, options, description):
        return Dropdown(options=options, value=values[key], description=description)

    def slider(key, low, high, description, step=1, kind=IntSlider):
        return kind(values[key], min=low, max=high, step=step, description=description)

    nodes = {f"nodes_{l}": menu(f"nodes_{l}", range(1, NODES + 1), f"Nodes in layer {l}") for l in range(1, LAYERS + 1)}
    return {
        "data": menu("data", DATA, "Data"),
        "noise": slider("noise", 0, 0.5, "Noise", 0.05, FloatSlider),
        "share": slider("share", 10, 90, "Training points in %", 10),
        "seed": BoundedIntText(values["seed"], min=0, max=9999, description="Seed"),
        "again": Press("New random start"),
        "code": Press("Show the code of this run"),
        "activation": menu("activation", list(ACTIVATIONS), "Activation"),
        "optimizer": menu("optimizer", list(OPTIMIZERS), "Optimizer"),
        "learning_rate": menu("learning_rate", {f"γ = {rate:g}": rate for rate in RATES}, "Learning rate"),
        "batch_size": menu("batch_size", BATCHES, "Batch size"),
        "l2": menu("l2", {f"{l2:g} · Σ w²/2" if l2 else "none": l2 for l2 in PENALTIES}, "L2 penalty"),
        "layers": slider("layers", 0, LAYERS, "Hidden layers"),
        **nodes,
        "epoch": IntSlider(0, 0, ROOM[0], description="Epoch shown"),
    }


def playground(**start):
    """Train a small network on points in the plane, live, and see all of it.

    start: values to begin with, by name: data, noise, share, batch_size, layers, nodes_1 to
    nodes_4, activation, learning_rate, optimizer, l2, seed. What stands on the picture: left the
    network, each hidden node with what it answers to every point of the square, weights as lines;
    right the output with the points, below it the errors. "Epoch shown" goes back in time.
    """
    controls, (canvas, parts) = made_controls(**start), picture()
    text = Textarea(description="Code of this run", rows=14, layout={"width": "98%", "display": "none"})
    text.style.description_width = "initial"
    seed, pressed, sizes = controls["seed"], 0, None
    drawn = None, 0  # the run of the last picture, and its k
    controls["again"].observe(lambda _: seed.set_trait("value", (seed.value + 1) % 10_000), "value")

    def draw(run, epoch, again, code, **values):
        nonlocal pressed, sizes, drawn
        fresh = drawn != (run, run.k)
        k = run.k if fresh else min(epoch, run.k)
        network = network_at(run, k)
        if network.sizes != sizes:
            sizes = network.sizes
            lay_out(canvas, parts, sizes)
        output = draw_network(parts, network, run.slope[k])
        draw_output(parts, output if values["data"] == PLANE else 2 * output - 1)
        if drawn[0] is not run:
            draw_points(parts, run)
        controls["epoch"].max = draw_errors(canvas, parts, run, k)
        if k != epoch:  # otherwise the page may have a newer one by now
            controls["epoch"].value = k
        drawn = run, run.k
        for l in range(1, LAYERS + 1):
            menu, there = controls[f"nodes_{l}"], l <= values["layers"]
            menu.disabled, menu.layout.visibility = not there, "visible" if there else "hidden"
        controls["activation"].disabled = not values["layers"]
        repeat = program(run, k)
        if code > pressed:
            pressed, text.value, text.layout.display = code, repeat, ""
        below = " The code below repeats this." * (text.value == repeat)
        return describe(run, k, **values) + below

    about = (
        "On the left, the network with a small picture of what each node answers and its weights as lines; on the "
        "right, the output with the points, below it the errors against the epoch."
    )
    explorer = LiveExplorer(
        "playground", canvas, controls, begin, step, draw, about,
        more=[text], fresh=FRESH, speeds=(1, 5, 25),
    )  # fmt: skip
    text.observe(explorer.changed, "value")  # edited, it repeats nothing any more
    _in_rows(explorer)
    for control in controls.values():
        if hasattr(control, "readout"):
            control.layout.flex, control.layout.max_width = "1 1 220px", "300px"
    controls["seed"].layout.width = "115px"
    controls["epoch"].layout.flex, controls["epoch"].layout.max_width = "1 1 420px", "560px"
    return explorer
