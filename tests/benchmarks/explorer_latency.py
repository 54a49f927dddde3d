"""How long explorers take from a key to the painted picture, beside `@interact` with the same figure.

    python tests/benchmarks/explorer_latency.py [--quick] [--only name,name] [--check] [--json FILE]

For every explorer of the course, in a real JupyterLab and a Chromium without a window: single key events on its first
slider, and bursts of 60. Milliseconds are this machine's; ratios travel. The two versions stand in two cells of one
notebook, with one kernel, and are measured in turn, round after round.

The `@interact` version is what is usually written: a function that makes the figure, computes, draws, and shows it
through matplotlib's inline backend. It consists of the explorer's own lines: the same control with the same values, the
same figure, the same mathematics (with what the explorer computed beforehand or remembers), the same artists. Left out
is only what this benchmark is about: `Explorer`, `Canvas`, and words kept as pictures (`Tiles`), which are written by
matplotlib there. The layout of its figure is settled, not computed anew.
With --kept, the figure is made once, outside the function, as few authors do: what remains is how it is drawn and sent.
With --check the exit status is 1 when a bar is missed.
"""

import argparse
import json
import os
import platform
import random
import sys
import time
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
from IPython.display import display
from ipywidgets import Widget, interactive
from matplotlib.text import Text

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from shared import explorers
from shared.explorers.engine import Canvas, LiveExplorer, tiles
from shared.explorers.engine.explorer import Panel, close_all

BARS = {"median": 0.35, "p95": 0.40, "burst": 0.35}  # the explorer's time ÷ that of @interact at most
# The drawing pad has no slider, and what it shows is drawn by the browser itself.
NAMES = [name for name in explorers.__all__ if name not in ("drawing_pad", "read_photograph")]
QUICK = ["edges", "descent", "sine_fit", "playground"]
VERSIONS = {"explorer": 1, "interact": 2}  # and the cells they stand in
EVENTS, BURSTS = 10, 3  # single events and bursts in a round
FRAME = 1 / 60  # seconds; a key may come at any moment between two frames, not always at the one that suits the script
BURST, PER_SECOND = 60, 60  # events in a burst, and how fast they come
STEPS = 6  # a control is moved to and fro, so far from where it stands at first

# --- in the notebook's kernel

# What the notebooks give to their explorers; the others need nothing.
ARGUMENTS = {
    "descent": "x, y",
    "digit_training": "X[:, :2000], Y[:, :2000], (X[:, 2000:3000], Y[:, 2000:3000])",
    "mistakes": "X, labels, P",
    "moved_digits": "{'network': network}, X[:, :500], labels[:500]",
}
here = SimpleNamespace(data=None, shown=[])  # what is measured now


def data():
    """Return the names that ARGUMENTS uses: the line's three points, 10,000 digits, and a network that reads them."""
    from shared.activations import relu, softmax
    from shared.datasets import line_data, load_mnist, one_hot
    from shared.losses import softmax_cross_entropy
    from shared.network import Network
    from shared.optimizers import Adam
    from shared.training import train

    (x, y), (images, labels), rng = line_data(), load_mnist("validation"), np.random.default_rng(1)
    X, Y = (images / 255).astype(np.float32), one_hot(labels, dtype=np.float32)
    network = Network([784, 100, 10], [relu, softmax], rng=rng, dtype=np.float32)
    train(network, X, Y, softmax_cross_entropy, Adam(), batch_size=100, epochs=1, rng=rng, progress=False)
    return dict(x=x, y=y, X=X, Y=Y, labels=labels, network=network, P=network(X))


def make(name, module):
    """Return what the explorer's function of a module returns."""
    if name in ARGUMENTS and here.data is None:
        here.data = data()
    return eval(f"module.{name}({ARGUMENTS.get(name, '')})", {"module": module}, here.data)


def places(control):
    """Return the values that arrow keys lead through."""
    if hasattr(control, "options"):
        return [value for _, value in control._options_full]
    if not hasattr(control, "step") or not hasattr(control, "readout"):
        return []
    values = np.arange(control.min, control.max + control.step / 2, control.step)
    return (control.base**values if hasattr(control, "base") else values).tolist()


def nearest(values, value):
    """Return the index of the number among values that is nearest to value."""
    return int(np.abs(np.subtract(values, value)).argmin())


def reach(explorer, control):
    """Return how many steps down and up from where a control stands each change the picture."""
    values, found = places(control), []
    if not values:
        return [0, 0]
    start = values.index(control.value) if hasattr(control, "options") else nearest(values, control.value)
    for way in (-1, 1):
        control.value = values[start]
        steps, png = 0, explorer.png
        while steps < STEPS and 0 <= (at := start + way * (steps + 1)) < len(values):
            control.value = values[at]
            if explorer.png == png:
                break
            steps, png = steps + 1, explorer.png
        found.append(steps)
    control.value = values[start]
    return found


def choose(explorer):
    """Return a control's name and its reach: the first slider that has STEPS, or else what has most of them."""
    controls = sorted(explorer.controls.items(), key=lambda item: not hasattr(item[1], "readout"))
    best, most = None, [0, 0]
    for key, control in controls:
        if sum(found := reach(explorer, control)) > sum(most):
            best, most = key, found
        if sum(most) >= STEPS:
            break
    if best is None:
        raise ValueError(f"no key changes the picture of {explorer.name}")
    return best, most


def timed(function, name):
    """Return the function; the milliseconds of each call are kept in `here.drawing`."""
    here.drawing[name] = times = []

    def wrapper(*arguments):
        start = time.perf_counter()
        function(*arguments)
        times.append(1e3 * (time.perf_counter() - start))

    return wrapper


def show_explorer(name):
    """Return the explorer, for its cell to show."""
    for old in here.shown:
        old.close() if isinstance(old, Panel) else close_all(old)
    here.drawing, explorer = {}, make(name, explorers)
    here.key, here.reach = choose(explorer)
    explorer.refresh = timed(explorer.refresh, "explorer")
    here.shown = [explorer]
    return explorer


class Nothing:
    """Stands for a widget that nobody sees, for its layout and its methods."""

    def __init__(self, *values, **traits):
        vars(self).update(traits)

    def __getattr__(self, name):
        return self

    def __call__(self, *arguments, **named):
        return self


class Plain(Nothing):
    """A figure, and how to draw in it. The last function before the sentence `about` is the one that draws."""

    def __init__(self, name, canvas, controls, *functions, **more):
        self.figure, self.draw = canvas.figure, [function for function in functions if callable(function)][-1]


class PlainCanvas:
    """All is drawn at every change, nothing is kept."""

    def __init__(self, figure):
        self.figure = figure

    def moving(self, *artists, **named):
        several = [one if isinstance(one, list | tuple) else [one] for one in named.values()]
        return *artists, *(artist for one in several for artist in one)

    def redraw(self):
        pass


class Word:
    """Stands for the picture of a line of text, of the same size."""

    def __init__(self, text, colour):
        self.text, self.colour, self.shape = text, colour, (tiles.HEIGHT, tiles.WIDTH * len(text), 4)


class PlainTiles(tiles.Tiles):
    """Pictures are copied; the lines of text, which lie above them, are drawn by matplotlib."""

    def draw(self, renderer):
        everything = self.images
        self.images = [tile for tile in everything if not isinstance(tile[2], Word)]
        super().draw(renderer)
        self.images = everything
        for left, bottom, word in everything:
            if isinstance(word, Word):
                self.write(renderer, left, bottom, word)

    def write(self, renderer, left, bottom, word):
        text = Text(left, bottom + tiles.BASELINE, word.text, color=word.colour, **tiles.LOOK)
        text.set_figure(self.figure)
        text.draw(renderer)


def plain(name):
    """Return a copy of an explorer's module that makes figures without controls and without `Canvas`."""
    engine = ("canvas", "explorer", "kernel", "live", "picture", "png", "tiles")
    same = {"shared.explorers.engine", *(f"shared.explorers.engine.{part}" for part in engine)}
    anew = [known for known in sys.modules if known.startswith("shared.explorers.") and known not in same]
    places = [(sys.modules[package], last) for package, _, last in (known.rpartition(".") for known in anew)]
    held = [(package, last, getattr(package, last)) for package, last in places]
    with patch.multiple(tiles, Tiles=PlainTiles, written=Word), patch.dict(sys.modules):
        for known in anew:
            del sys.modules[known]
        module = import_module(getattr(explorers, name).__module__)
        copies = [sys.modules[known] for known in anew if known in sys.modules]
    for package, last, value in held:  # where the import has put the copies
        setattr(package, last, value)
    for copy in copies:
        for word, value in list(vars(copy).items()):
            if isinstance(value, type) and issubclass(value, Panel | Canvas | Widget):
                stands_in = Plain if issubclass(value, Panel) else PlainCanvas if issubclass(value, Canvas) else Nothing
                setattr(copy, word, stands_in)
    return module


def drawing(explorer, key, kept=False):
    """Return a function of the control `key`'s value: it returns a figure with the explorer's picture.

    kept: the figure is made once, not at every call.
    """
    values, module = explorer.values, plain(explorer.name)
    once = make(explorer.name, module) if kept else None

    def figure(value):
        now, chosen = once or make(explorer.name, module), values | {key: value}
        if now.figure.get_layout_engine():
            now.figure.set_layout_engine("none")
            for axes, settled in zip(now.figure.axes, explorer.canvas.figure.axes, strict=True):
                axes.set_position(settled.get_position(original=True))
                axes.apply_aspect()
        with np.errstate(all="ignore"):
            compute = explorer.begin if isinstance(explorer, LiveExplorer) else explorer.compute
            now.draw(compute(**chosen), **chosen)
        return now.figure

    return figure


def show_interact(kept=False):
    """Show the same figure through `@interact`."""
    (explorer,), key = here.shown, here.key
    control, figure = explorer.controls[key], drawing(explorer, key, kept)
    traits = ("min", "max", "step", "base", "options", "description", "readout_format", "continuous_update")
    same = {trait: getattr(control, trait) for trait in traits if control.has_trait(trait)}
    show = timed(lambda value: display(figure(value)), "interact")
    here.shown.append(interactive(lambda value: show(value), value=type(control)(value=control.value, **same)))
    display(here.shown[-1])


def plan():
    """Return what the browser has to know."""
    control = here.shown[0].controls[here.key]
    keys = ("ArrowUp", "ArrowDown") if hasattr(control, "options") else ("ArrowLeft", "ArrowRight")
    return json.dumps(dict(label=control.description, keys=keys, reach=here.reach))


def drawn():
    """Return the milliseconds of each drawing, by version."""
    if here.shown[0].error:
        raise here.shown[0].error
    return json.dumps(here.drawing)


# --- in the page

SCRIPT = """
window.latency = {
  // From now on, note when keys are pressed and when a new picture is painted in the output of a cell.
  watch([index, label]) {
    this.observer?.disconnect();
    const area = course.cells()[index].node.querySelector(".jp-Cell-outputArea");
    const controls = [...area.querySelectorAll(".noUi-handle, select")];
    const control = controls.find((one) => course.label(one) === label);
    this.picture = () => area.querySelector("img");
    this.source = this.picture().src;
    this.observer = new MutationObserver(() => this.look());
    this.observer.observe(area, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
    this.picture().scrollIntoView({ block: "center" });
    control.setAttribute("data-lm-suppress-shortcuts", "true"); // explorers do it themselves
    control.focus({ preventScroll: true });
    this.pressed = this.painted = 0;
  },
  look() {
    const img = this.picture();
    if (!img?.src || img.src === this.source) return;
    this.source = img.src;
    img.decode().then(() => requestAnimationFrame(() => {
      // A message that is posted while a frame is made arrives when it is painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { this.painted = performance.now(); };
      port2.postMessage(null);
    }), () => {}); // another picture came before this one was decoded
  },
  // Milliseconds from the last key to the last picture, when the kernel has been idle for a while; null if no picture
  // came after that key.
  async lag(quiet) {
    for (const start = performance.now(); performance.now() - start < 20000; ) {
      await new Promise((done) => setTimeout(done, 10));
      const calm = performance.now() - Math.max(this.pressed, this.painted, course.calm) > quiet;
      if (calm && course.busy.size === 0 && this.painted > this.pressed) {
        const { top, bottom } = this.picture().getBoundingClientRect();
        if (bottom < 0 || top > innerHeight) throw new Error("the picture is out of sight");
        return this.painted - this.pressed;
      }
      if (calm && course.busy.size === 0 && performance.now() - this.pressed > 1000) return null;
    }
    throw new Error("no new picture came");
  },
};
window.addEventListener("keydown", (event) => { latency.pressed = event.timeStamp; }, true);
"""


class Walk:
    """The keys that move a control to and fro between two places."""

    def __init__(self, keys, reach):
        self.keys, (self.down, self.up) = keys, reach
        self.at, self.way = 0, 1

    def key(self, spared=False):
        """Return the next key; `spared`: stay away from the last place."""
        if not -self.down <= self.at + self.way <= self.up - spared:
            self.way = -self.way
        self.at += self.way
        return self.keys[self.way > 0]

    def burst(self, count):
        """Yield `count` keys (or one more) of which only the last leads to the last place.

        Its picture is then no earlier key's: a lag would otherwise be too short where two keys lead to the same.
        """
        spared = self.up + self.down > 1  # between two places there is nowhere else to go
        for left in range(count + (count + self.up - self.at) % 2, 0, -1):
            if left == self.up - self.at:  # straight up from here on
                self.way, spared = 1, False
            yield self.key(spared)


def single(page, walk):
    """Return the milliseconds from one key to the painted picture."""
    time.sleep(random.uniform(0, FRAME))
    page.keyboard.press(walk.key())
    return page.evaluate("latency.lag(30)")


def burst(page, walk):
    """Return the milliseconds from the last of many keys to the last painted picture."""
    start = time.perf_counter()
    for k, key in enumerate(walk.burst(BURST)):
        time.sleep(max(0, start + k / PER_SECOND - time.perf_counter()))
        page.keyboard.press(key)
    return page.evaluate("latency.lag(200)")


def insist(attempt, *arguments):
    """Return the first number of five attempts: a burst can end where the picture is right already."""
    for _ in range(5):
        if (milliseconds := attempt(*arguments)) is not None:
            return milliseconds
    raise RuntimeError("keys change nothing in the picture")


# --- all together


def answer(book, source):
    """Run a line in the last cell, and return what it returns."""
    index = len(VERSIONS) + 1
    run(book, index, f"print(latency.{source})")
    return json.loads(book.page.evaluate("index => course.cells()[index].model.outputs.get(0).toJSON().text", index))


def run(book, index, source):
    """Run a cell with this source. Errors in outputs are raised."""
    book.page.evaluate("([i, source]) => course.cells()[i].model.sharedModel.setSource(source)", [index, source])
    book.run_cell(index)
    if errors := book.errors():
        raise RuntimeError("; ".join(errors))


def measure(book, name, until, rng, kept):
    """Return the milliseconds of an explorer and of its @interact version, a list for each round."""
    for version, argument in (("explorer", name), ("interact", kept)):
        index = VERSIONS[version]
        run(book, index, f"latency.show_{version}({argument!r})")
        book.cell(index).locator(".jp-OutputArea img").first.wait_for()
    found = answer(book, "plan()")
    walks = {version: Walk(found["keys"], found["reach"]) for version in VERSIONS}
    times = {version: dict(single=[], burst=[]) for version in VERSIONS}
    while time.perf_counter() < until or len(times["explorer"]["single"]) < 2:
        for version in rng.permutation(list(VERSIONS)).tolist():
            book.page.evaluate("what => latency.watch(what)", [VERSIONS[version], found["label"]])
            insist(single, book.page, walks[version])  # warms up
            singles = [insist(single, book.page, walks[version]) for _ in range(EVENTS)]
            times[version]["single"].append(singles)
            times[version]["burst"] += [insist(burst, book.page, walks[version]) for _ in range(BURSTS)]
    drawing = answer(book, "drawn()")
    return dict(name=name, control=found["label"], drawing=drawing, times=times)


def summary(result):
    """Return a row of the table: milliseconds of both versions, their ratios, and these round by round."""
    milliseconds, rounds = {}, {}
    for version, times in result["times"].items():
        median, p95 = np.quantile(np.concatenate(times["single"]), (0.5, 0.95))
        drawing = np.median(result["drawing"][version])
        row = dict(median=median, p95=p95, burst=np.median(times["burst"]), drawing=drawing)
        milliseconds[version] = {key: float(value) for key, value in row.items()}
        rounds[version] = np.median(times["single"], axis=1)
    ratios = {key: milliseconds["explorer"][key] / milliseconds["interact"][key] for key in (*BARS, "drawing")}
    ratios["rounds"] = (rounds["explorer"] / rounds["interact"]).tolist()
    return dict(result, milliseconds=milliseconds, ratios=ratios)


def missed(rows):
    """Return a sentence for each bar that an explorer misses."""
    return [
        f"{row['name']}, {key}: {row['ratios'][key]:.3f} of the time of @interact, allowed {bar:.2f}"
        for row in rows
        for key, bar in BARS.items()
        if not row["ratios"][key] <= bar
    ]


HEAD = "{:18}" + 4 * "{:>27}"


def print_head():
    bars = {"median": "median", "p95": "95th percentile", "burst": "lag after a burst"}
    print("\nMilliseconds, explorer : @interact, and their ratio (allowed)")
    print(HEAD.format("", *(f"{word} ({BARS[key]:.2f})" for key, word in bars.items()), "drawing"), flush=True)


def print_row(row):
    ours, theirs = (row["milliseconds"][version] for version in VERSIONS)
    cells = [f"{ours[key]:.0f} : {theirs[key]:.0f}  {row['ratios'][key]:.2f}" for key in (*BARS, "drawing")]
    print(HEAD.format(row["name"], *cells), flush=True)


def notebook():
    """Return a notebook, a dictionary, whose first cell loads this script."""
    first = 'import sys\n\nsys.path[:0] = ["..", "../tests/benchmarks"]\n%matplotlib inline\n'
    sources = [first + "import matplotlib.pyplot\nimport explorer_latency as latency", *[""] * (len(VERSIONS) + 1)]
    look = dict(cell_type="code", execution_count=None, metadata={}, outputs=[])
    cells = [dict(look, id=f"cell{k}", source=source) for k, source in enumerate(sources)]
    kernel = dict(kernelspec=dict(name="python3", display_name="Python 3", language="python"))
    return dict(cells=cells, metadata=kernel, nbformat=4, nbformat_minor=5)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="four explorers, two minutes instead of eight")
    parser.add_argument("--only", metavar="a,b", help="these explorers only: " + ", ".join(NAMES))
    parser.add_argument("--kept", action="store_true", help="@interact makes its figure once")
    parser.add_argument("--check", action="store_true", help="exit status 1 when a bar is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to FILE too")
    options = parser.parse_args(arguments)
    names = options.only.split(",") if options.only else QUICK if options.quick else NAMES
    if unknown := sorted(set(names) - set(NAMES)):
        parser.error(f"no explorer is called {', '.join(unknown)}; --only knows {', '.join(NAMES)}")
    if absent := [name for name in ("jupyterlab", "playwright") if not find_spec(name)]:
        cure = "To install what this script needs: pip install -r tests/benchmarks/requirements.txt"
        sys.exit(f"{' and '.join(absent)} cannot be imported. {cure}")
    import driver

    start, rows, rng = time.perf_counter(), [], np.random.default_rng()
    seconds = 25 * len(names)  # for all of them
    with driver.sync_playwright() as playwright:
        try:
            browser = driver.launch(playwright)
        except driver.NoBrowser as problem:
            sys.exit(str(problem))
        environment = {name: metadata.version(name) for name in ("jupyterlab", "ipywidgets", "matplotlib", "ipykernel")}
        environment |= dict(Chromium=browser.version, Python=platform.python_version())
        environment |= dict(system=platform.system(), cores=os.cpu_count())
        print(*(f"{name} {value}" for name, value in environment.items()), sep=", ", flush=True)
        with browser, driver.Server() as server:
            file = server.home / "course" / "notebooks" / "latency.ipynb"
            file.write_text(json.dumps(notebook()), encoding="utf-8")
            with driver.Book(browser, server, "notebooks/latency.ipynb") as book:
                book.page.evaluate(SCRIPT)
                book.run_cell(0)
                print_head()
                for k, name in enumerate(names):
                    # Each has its share of the time that is left.
                    share = (start + seconds - time.perf_counter()) / (len(names) - k)
                    rows.append(summary(measure(book, name, time.perf_counter() + share - 2, rng, options.kept)))
                    print_row(rows[-1])
    middle = [f"{np.median([row['ratios'][key] for row in rows]):.2f}" for key in (*BARS, "drawing")]
    print(HEAD.format("the median of all", *middle))
    faults = missed(rows)
    print("", *(["Missed:", *faults] if faults else ["Every bar is met."]), sep="\n")
    quartiles = [np.quantile(row["ratios"]["rounds"], (0.25, 0.5, 0.75)) for row in rows]
    spread = np.median([(high - low) / (2 * middle) for low, middle, high in quartiles])
    rounds = min(len(row["ratios"]["rounds"]) for row in rows)
    print(f"({rounds} rounds or more, {time.perf_counter() - start:.0f} s; ratios ± {spread:.0%})")
    if options.json:
        report = dict(environment=environment, bars=BARS, rows=rows, missed=faults)
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    return int(options.check and bool(faults))


if __name__ == "__main__":
    sys.exit(main())
