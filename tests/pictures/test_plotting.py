"""Figures: what they contain, that they repeat byte for byte, that everybody can read them."""

import inspect
import io
import os
import subprocess
import sys
from base64 import b64encode
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import IPython
import matplotlib
import matplotlib.pyplot as pyplot
import numpy as np
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from matplotlib.text import Text

from shared import plotting, style

pytestmark = pytest.mark.filterwarnings("error")
ALT = "E falls from 1.5 to 0.03 within a hundred steps."
steps = np.arange(1, 101)
tiny_weights = [None, [[0.5, -0.25], [-1, 0.75]], [[1, -2]]]


def bowl(w, b):
    return w**2 + 3 * b**2 + w * b


def slope(X):
    return 1 / (1 + np.exp(-3 * X[:1] - 2 * X[1:]))


def points(classes=2, m=30):
    rng = np.random.default_rng(1)
    return rng.normal(size=(2, m)), (np.arange(m) % classes)[None]


def digits(m=12):
    return np.random.default_rng(2).integers(0, 256, (784, m)).astype(np.uint8)


def steps_of_a_page():
    """Return a page, its ink, two masks and two images; no two of them alike."""
    rng = np.random.default_rng(4)
    page, ink = rng.random((2, 30, 60))
    masks = np.zeros((2, 30, 60), bool)
    masks[0, 5:20, 10:15] = masks[1, 8:26, 30:45] = True
    return page, ink, masks, rng.random((784, 2))


samples = {
    "curves": lambda **k: plotting.curves({"plain": (steps, 1 / steps)}, "step", "E", **k),
    "curves, crowded": lambda **k: plotting.curves(
        {f"rate {r}": (steps, np.exp(-r * steps)) for r in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)},
        "step",
        "E",
        log=True,
        **k,
    ),
    "fit": lambda **k: plotting.fit(
        steps / 50,
        np.sin(steps / 50),
        {f"{n} steps": (steps / 50, steps / n) for n in (50, 99)},
        **k,
    ),
    "error_contours": lambda **k: plotting.error_contours(
        bowl, (-1, 1), (-2, 2), path=[(-0.9, 1.8), (0.5, 1), (0.1, 0)], minimum=(0, 0), **k
    ),
    "decision_regions": lambda **k: plotting.decision_regions(slope, *points(), **k),
    "decision_regions, 3": lambda **k: plotting.decision_regions(
        lambda X: np.clip(np.round(X[:1] + 1), 0, 2), *points(3), **k
    ),
    "digit_grid": lambda **k: plotting.digit_grid(
        digits(), titles=[f"{i} taken for {i}" for i in range(12)], columns=6, **k
    ),
    "weight_images": lambda **k: plotting.weight_images(
        np.random.default_rng(3).normal(size=(7, 49)), titles=range(7), columns=5, **k
    ),
    "confusion_matrix": lambda **k: plotting.confusion_matrix(
        np.diag(range(960, 970)) + np.eye(10, k=1, dtype=int) * 7, **k
    ),
    "bars": lambda **k: plotting.bars(dict(enumerate([0.1, 0.7, 0.2])), "digit", "probability", highlight=1, **k),
    "network_diagram": lambda **k: plotting.network_diagram([3, 5, 4, 2], highlight=(2, 3, 5), **k),
    "network_diagram, W": lambda **k: plotting.network_diagram(
        [2, 2, 1], W=tiny_weights, values=[[1, 2], [0.525, 0.574], ["-0.124"]], **k
    ),
    "network_diagram, large": lambda **k: plotting.network_diagram([784, 300, 10], **k),
    "data_flow": lambda **k: plotting.data_flow(**k),
}
every_sample = pytest.mark.parametrize("name", samples)


def texts(figure):
    """The texts that are really drawn: findobj also finds labels of ticks outside the limits."""
    drawn, draw = {}, Text.draw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", lambda t, renderer: drawn.update({id(t): t}) or draw(t, renderer))
        plotting.png(figure)  # settles the layout
        drawn.clear()
        figure.canvas.draw()  # at the figure's own density, in which sizes are asked for
    return [t for t in drawn.values() if t.get_visible() and t.get_text().strip()]


def words(figure):
    return [t.get_text() for t in texts(figure)]


def wcag(a, b="white"):
    """Contrast ratio, written out anew from WCAG's definition."""

    def luminance(color):
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in matplotlib.colors.to_rgb(color)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    a, b = sorted((luminance(a), luminance(b)), reverse=True)
    return (a + 0.05) / (b + 0.05)


@pytest.fixture
def published(monkeypatch):
    """What `show` sends to Jupyter, as a list of outputs."""
    publisher = CapturingDisplayPublisher()
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(display_pub=publisher))
    return publisher.outputs


# ---- every figure


@every_sample
def test_draws_a_figure_that_repeats_byte_for_byte(name):
    first, second = samples[name](), samples[name]()
    assert isinstance(first, Figure)
    assert plotting.png(first) == plotting.png(second) == plotting.png(first)
    assert first.dpi == 100
    assert first.get_figwidth() <= 6


@every_sample
def test_draws_on_given_axes(name):
    figure, axes = plotting.new_figure(1, 2, size=(9, 4))
    assert samples[name](axes=axes[1]) is figure
    assert axes[1].has_data() or axes[1].texts
    assert not axes[0].has_data()
    assert not axes[0].texts


@every_sample
def test_nothing_is_clipped_and_no_words_lie_on_others(name):
    figure = samples[name]()
    found, frame = texts(figure), figure.bbox
    boxes = [(t.get_text(), Text.get_window_extent(t)) for t in found]  # an Annotation adds its arrow
    for word, box in boxes:
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1, word
        assert frame.y0 <= box.y0 < box.y1 <= frame.y1, word
    if name == "error_contours":  # labels of contour lines may pass below the path's words
        return
    for k, (word, box) in enumerate(boxes):
        for other, another in boxes[k + 1 :]:
            assert not box.padded(-1).overlaps(another.padded(-1)), (word, other)


@every_sample
def test_words_are_large_and_dark_enough(name):
    for text in texts(samples[name]()):
        assert text.get_fontsize() >= 7.5
        if not (name == "confusion_matrix" and text.get_color() == "white"):
            assert wcag(text.get_color()) >= 4.5, text.get_text()


@every_sample
def test_leaves_settings_alone(name):
    before = dict(matplotlib.rcParams)
    plotting.png(samples[name]())
    assert dict(matplotlib.rcParams) == before


def test_every_drawing_function_has_a_sample():
    functions = {
        name
        for name, thing in inspect.getmembers(plotting, inspect.isfunction)
        if not name.startswith("_") and "axes" in inspect.signature(thing).parameters
    }
    assert functions == {name.split(",")[0] for name in samples}
    assert all(getattr(plotting, name).__doc__ for name in functions)


def test_pyplot_is_never_imported():
    code = (
        "import sys; from shared import plotting; figure = plotting.data_flow();"
        "plotting.show(figure, 'What flows forward and what flows backward.');"
        "assert 'matplotlib.pyplot' not in sys.modules; assert not figure.axes"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=root, capture_output=True, text=True)
    assert done.stdout == "Figure: What flows forward and what flows backward.\n", done.stderr


@pytest.mark.parametrize("room", ["explorers", "plotting", "measured, style"])
def test_the_first_import_on_a_computer_is_silent(room, tmp_path):
    """matplotlib says after five seconds that it collects the fonts; here at once. Its other warnings are heard."""
    code = (
        "import logging, threading; threading.Timer.start = lambda timer: timer.function();"
        f"from shared import {room};"
        "logging.getLogger('matplotlib.font_manager').warning('another warning')"
    )
    environment = os.environ | {"MPLCONFIGDIR": str(tmp_path)}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert list(tmp_path.glob("fontlist*.json"))  # it was the first time
    assert (done.stdout, done.stderr) == ("", "another warning\n")


# ---- show


def test_show_publishes_picture_and_alt_text_once_and_returns_nothing(published):
    figure = samples["curves"]()
    picture = plotting.png(figure)
    assert plotting.show(figure, "  E falls from 1.5\n to 0.03 within a hundred steps. ") is None
    (output,) = published
    assert output["data"] == {"image/png": b64encode(picture).decode(), "text/plain": f"Figure: {ALT}"}
    assert output["metadata"] == {"image/png": {"alt": ALT, "width": 500, "height": 300}}
    assert matplotlib.image.imread(io.BytesIO(picture)).shape[:2] == (600, 1000), "sharp on dense screens"
    assert picture.startswith(b"\x89PNG")
    for chunk in (b"tEXt", b"iTXt", b"tIME"):
        assert chunk not in picture


def test_alt_text_reaches_the_exported_page(published):
    nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
    plotting.show(samples["curves"](), ALT)
    bundle = published[0]
    data = bundle["data"] | {"image/png": "AAAA"}
    output = nbformat.v4.new_output("display_data", data=data, metadata=bundle["metadata"])
    cell = nbformat.v4.new_code_cell("show(...)", outputs=[output], execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    page, _ = nbconvert.HTMLExporter(template_name="classic").from_notebook_node(notebook)
    assert f'alt="{ALT}"' in page


def test_show_releases_the_figure(published):
    figure = samples["curves"]()
    plotting.show(figure, ALT)
    assert not figure.axes
    with pytest.raises(ValueError, match="draw it again"):
        plotting.show(figure, ALT)
    assert len(published) == 1


def test_show_closes_a_figure_made_with_pyplot(monkeypatch, capsys):
    figure, axes = pyplot.subplots()
    axes.plot([1, 2])
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    plotting.show(figure, ALT)
    assert pyplot.get_fignums() == []
    samples["data_flow"]()
    assert pyplot.get_fignums() == []


def test_show_without_jupyter_prints_the_alt_text(monkeypatch, capsys):
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    plotting.show(samples["bars"](), ALT)
    assert capsys.readouterr().out == f"Figure: {ALT}\n"


@pytest.mark.parametrize("alt", [None, 3, "", "E", "The loss curve", "  \n" * 20])
def test_show_demands_alt_text(published, alt):
    figure = samples["curves"]()
    with pytest.raises(ValueError, match="alt text"):
        plotting.show(figure, alt)
    assert figure.axes
    assert not published


@pytest.mark.parametrize("where", ["title", "suptitle"])
def test_a_title_is_not_alt_text(published, where):
    figure = samples["curves"]()
    title = "Training error against step"
    figure.suptitle(title) if where == "suptitle" else figure.axes[0].set_title(title)
    with pytest.raises(ValueError, match="not a title; given 'training error"):
        plotting.show(figure, "training error against step.")
    assert not published


def test_show_demands_a_figure(published):
    with pytest.raises(ValueError, match="needs a matplotlib Figure"):
        plotting.show(samples["curves"]().axes[0], ALT)
    assert not published


# ---- colours and style

# What a learner may have in a file matplotlibrc; there is no LaTeX here, and no such font.
THEIRS = {
    "text.usetex": True, "font.family": ["Nothing Known"], "savefig.bbox": "tight", "figure.dpi": 250, "font.size": 30,
    "axes.facecolor": "black", "lines.linewidth": 9, "axes.grid": True, "savefig.facecolor": "red",
    "legend.frameon": True, "path.sketch": (5, 50, 2), "image.cmap": "hot", "text.color": "white",
    "axes.titleweight": "bold",
}  # fmt: skip


def cell():
    """Return a figure to which things are added as in a cell."""
    figure, (axes, other) = plotting.new_figure(1, 2)
    figure.suptitle("above")
    axes.plot([0, 1], [0, 1], label="line")
    axes.bar([0.5], [0.2])
    axes.set_title("title")
    axes.set(xlabel="across", ylabel="up")
    axes.text(0.1, 0.5, "word")
    axes.annotate("arrow", (0, 0), (0.5, 0.3), arrowprops={"arrowstyle": "->"})
    axes.legend()
    figure.colorbar(other.imshow([[0, 1]]))
    return figure


def test_what_the_learner_has_set_stays_outside(capfd):
    before = plotting.png(cell())
    with matplotlib.rc_context(THEIRS):
        after = plotting.png(cell())
        drawn = {name: plotting.png(sample()) for name, sample in samples.items()}
    assert after == before
    assert drawn == {name: plotting.png(sample()) for name, sample in samples.items()}
    assert capfd.readouterr().err == ""


def test_what_a_cell_adds_has_the_course_s_look():
    axes = cell().axes[0]
    sizes = {t.get_text(): t.get_fontsize() for t in axes.findobj(Text)}
    assert [sizes[word] for word in ("title", "across", "up", "word", "line")] == [10, 9, 9, 9, 8]
    assert axes.lines[0].get_linewidth() == style.rc["lines.linewidth"] == 1.8
    assert axes.lines[0].get_color() == "#000000"
    assert not axes.get_legend().get_frame_on()


def test_contrast_agrees_with_the_definition():
    for color in plotting.colors.values():
        assert plotting.contrast(color) == pytest.approx(wcag(color))
    assert plotting.contrast("black", "white") == pytest.approx(21)


@pytest.mark.parametrize("name", plotting.colors)
def test_ink_is_readable_on_white_and_on_tints(name):
    assert wcag(plotting.ink(name)) >= 4.5
    assert wcag(plotting.ink(name), plotting.tint(name, 0.12)) >= 4.5
    assert plotting.tint(name, 0) == "#ffffff"
    assert plotting.tint(name, 1) == plotting.colors[name].lower()


def test_colours_with_a_meaning_are_seen_on_white():
    for name in ("data", "forward", "backward", "parameter", "error"):
        assert wcag(plotting.colors[name]) >= 3
    assert plotting.ink("#0072B2", 1) == "#0072b2"


def test_cycle_differs_in_dashes_and_avoids_the_colours_with_a_meaning():
    look = list(style.rc["axes.prop_cycle"])
    assert len({str(entry["linestyle"]) for entry in look}) == len(look) == 6
    meanings = {plotting.colors[n] for n in ("data", "forward", "backward", "parameter", "error")}
    assert not meanings & {entry["color"] for entry in look}
    assert all(wcag(entry["color"]) >= 3 for entry in look)


def test_colours_and_style_cannot_be_changed_by_accident():
    for mapping in (style.colors, style.rc):
        with pytest.raises(TypeError):
            mapping["data"] = "red"


def test_weights_map_keeps_the_sign_in_grey():
    rgb = plotting.weights_map(np.linspace(0, 1, 64))[:, :3]
    assert np.all(np.diff(rgb @ (0.299, 0.587, 0.114)) > 0)


def test_new_figure_has_the_course_size():
    figure, axes = plotting.new_figure()
    assert tuple(figure.get_size_inches()) == (5, 3)
    assert plotting.new_figure(2, 3)[1].shape == (2, 3)
    assert not axes.spines["top"].get_visible()


# ---- each figure's content


def test_curves():
    series = {"training": (steps, 1 / steps), "validation": (steps, 2 / steps)}
    meaning = {"training": "error", "validation": "error"}
    axes = plotting.curves(series, "epoch", "E", log=True, colors=meaning).axes[0]
    assert [line.get_label() for line in axes.lines] == ["training", "validation"]
    assert np.array_equal(axes.lines[1].get_ydata(), 2 / steps)
    assert {matplotlib.colors.to_hex(line.get_color()) for line in axes.lines} == {"#cc79a7"}
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--"]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale()) == ("epoch", "E", "log")
    assert {"training", "validation"} <= set(words(axes.figure))
    assert axes.get_legend() is None


def test_curves_take_a_legend_when_names_do_not_fit():
    many = {f"run {k}": (steps, steps * k) for k in range(25)}
    axes = plotting.curves(many, "step", "E").axes[0]
    assert len(axes.get_legend().get_texts()) == 25


def test_curves_accept_rows_of_samples():
    axes = plotting.curves({"row": (steps[None], steps[None])}, "x", "y").axes[0]
    assert axes.lines[0].get_xdata().shape == (100,)


def test_fit():
    x = np.array([[1.0, 2.0, 3.0]])
    predictions = {"first": ([0, 4], [0, 1]), "last": ([0, 4], [2 / 3, 8 / 3])}
    axes = plotting.fit(x, [[1, 2, 2]], predictions, ylabel="target").axes[0]
    data, first, last = axes.lines
    assert (data.get_marker(), data.get_linestyle()) == ("o", "None")
    assert np.array_equal(data.get_xdata(), [1, 2, 3])
    assert (first.get_linestyle(), last.get_linestyle()) == ("--", "-")
    assert matplotlib.colors.to_hex(last.get_color()) == "#0072b2"
    assert axes.get_ylabel() == "target"
    assert {"data", "first", "last"} <= set(words(axes.figure))


def test_error_contours():
    path = np.array([(-0.9, 1.8), (0.5, 1), (0.1, 0)])
    axes = plotting.error_contours(bowl, (-1, 1), (-2, 2), path, minimum=(0, 0)).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-1, 1), (-2, 2))
    lines = {line.get_label(): line for line in axes.lines}
    assert set(lines) == {"path", "start", "end", "minimum"}
    assert np.array_equal(lines["path"].get_xydata(), path)
    assert lines["path"].get_marker() == "o"
    assert np.array_equal(lines["end"].get_xydata(), path[-1:])
    assert {"start", "end", "minimum", "w", "b"} <= set(words(axes.figure))


def test_error_contours_of_a_grid_are_those_of_the_function():
    w, b = np.meshgrid(np.linspace(-1, 1, 121), np.linspace(-2, 2, 121))
    pictures = [plotting.png(plotting.error_contours(E, (-1, 1), (-2, 2))) for E in (bowl, bowl(w, b))]
    assert pictures[0] == pictures[1]


def test_decision_regions_of_two_classes():
    X, Y = points()
    seen = []
    axes = plotting.decision_regions(lambda G: seen.append(G.shape) or slope(G), X, Y).axes[0]
    assert seen == [(2, 121 * 121)]
    assert [line.get_marker() for line in axes.lines] == ["o", "^"]
    assert [len(line.get_xdata()) for line in axes.lines] == [15, 15]
    filled, border = axes.collections
    assert "///" in filled.hatches
    assert "" in filled.hatches
    assert np.array_equal(border.levels, [0.5])
    x, y = border.get_paths()[0].vertices.T
    assert np.abs(3 * x + 2 * y).max() < 1e-2
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["class 0", "class 1"]


def test_decision_regions_of_several_classes_from_numbers_or_probabilities():
    X, Y = points(4)

    def number(G):
        return np.clip(np.floor(G[:1] + 2), 0, 3)

    def probabilities(G):
        return np.eye(4)[number(G)[0].astype(int)].T

    figures = [plotting.decision_regions(model, X, Y) for model in (number, probabilities)]
    assert len(figures[0].axes[0].lines) == 4
    assert len(set(figures[0].axes[0].collections[0].hatches)) == 4
    assert plotting.png(figures[0]) == plotting.png(figures[1])


def test_decision_regions_without_a_border():
    axes = plotting.decision_regions(lambda G: 0 * G[:1] + 0.2, *points()).axes[0]
    assert len(axes.collections) == 1


def test_digit_grid():
    images = digits()
    axes = plotting.digit_grid(images, titles=range(12), columns=5).axes[0]
    assert len(axes.images) == 12
    assert np.array_equal(axes.images[7].get_array(), images[:, 7].reshape(28, 28))
    assert [t.get_text() for t in axes.texts] == [str(k) for k in range(12)]
    boxes = np.array([image.get_extent() for image in axes.images])
    assert np.array_equal(boxes[0, :2], boxes[5, :2])
    assert boxes[5, 3] > boxes[0, 2]
    assert axes.images[0].get_clim() == (0, 255)
    assert plotting.digit_grid(images / 255).axes[0].images[0].get_clim() == (0, 1)
    assert plotting.digit_grid(images[:, :1]).axes[0].images[0].get_cmap().name == "gray_r"


def test_photograph_steps():
    page, ink, masks, X = steps_of_a_page()
    axes = plotting.photograph_steps(page, ink, masks, X, ["three", "one"]).axes
    assert [step.get_title() for step in axes] == [
        "1 read: the page",
        "2 ink",
        "3 find: 2 digits",
        "4 prepare: the images",
    ]
    for step, values, first in zip(axes, (page, ink, masks[0] | masks[1]), ("black", "white", "white"), strict=False):
        np.testing.assert_array_equal(step.images[0].get_array(), values)
        assert step.images[0].cmap(0.0)[:3] == matplotlib.colors.to_rgb(first)
        assert step.images[0].get_extent() == [0, 60, 30, 0]
        assert step.get_ylim() == (30, 0)
    frames = [patch.get_bbox() for patch in axes[2].patches[:2]]
    for frame, (left, right, top, bottom) in zip(frames, ((10, 14, 5, 19), (30, 44, 8, 25)), strict=True):
        np.testing.assert_allclose(frame.extents, [left - 0.6, top - 0.6, right + 0.6, bottom + 0.6])
    assert [text.get_text() for text in axes[3].texts] == ["three", "one"]
    for image, column in zip(axes[3].images, X.T, strict=True):
        np.testing.assert_array_equal(image.get_array(), column.reshape(28, 28))


def test_photograph_steps_that_were_not_reached_stay_empty():
    page, ink, masks, _ = steps_of_a_page()
    for given, drawn in (((page,), 1), ((page, ink), 2), ((page, ink, masks[:1]), 3)):
        axes = plotting.photograph_steps(*given).axes
        assert [bool(step.images) for step in axes] == [k < drawn for k in range(4)]
    assert axes[2].get_title() == "3 find: 1 digit"


def test_photograph_steps_repeat_and_take_four_axes():
    first, second = plotting.photograph_steps(*steps_of_a_page()), plotting.photograph_steps(*steps_of_a_page())
    assert plotting.png(first) == plotting.png(second)
    assert first.get_figwidth() <= 6
    figure, axes = plotting.new_figure(2, 2)
    assert plotting.photograph_steps(*steps_of_a_page(), panels=axes) is figure
    with pytest.raises(ValueError, match="panels should be four; given 2"):
        plotting.photograph_steps(*steps_of_a_page(), panels=axes[0])


def test_weight_images_share_one_symmetric_scale():
    W = np.array([[0.5, -2, 0, 0], [1, 1, 1, 1]])
    figure = plotting.weight_images(W)
    axes, bar = figure.axes
    assert [image.get_clim() for image in axes.images] == [(-2, 2), (-2, 2)]
    assert [t.get_text() for t in bar.get_xticklabels()] == ["−2", "weight 0", "+2"]
    assert plotting.weight_images(0 * W).axes[0].images[0].get_clim() == (-1, 1)


def test_confusion_matrix():
    counts = np.arange(16).reshape(4, 4) ** 2
    axes = plotting.confusion_matrix(counts, labels=["a", "b", "c", "d"]).axes[0]
    cells = {t.get_position(): t for t in axes.texts}
    assert len(cells) == 16
    for (j, i), text in cells.items():
        assert text.get_text() == str(counts[i, j])
        share = np.sqrt(counts[i, j] / counts[i].sum())
        assert wcag(text.get_color(), plotting.values_map(share)) >= 4.5
        assert (text.get_weight() == "bold") == (i == j)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "true")
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b", "c", "d"]
    assert np.allclose(axes.images[0].get_array(), np.sqrt(counts / counts.sum(1, keepdims=True)))


def test_confusion_matrix_text_is_readable_on_every_shade():
    for share in np.linspace(0, 1, 101):
        cell = plotting.values_map(share)
        assert max(wcag("black", cell), wcag("white", cell)) >= 4.5


def test_confusion_matrix_of_a_class_that_never_occurs():
    axes = plotting.confusion_matrix([[3, 1], [0, 0]]).axes[0]
    assert np.array_equal(axes.images[0].get_array()[1], [0, 0])


def test_bars():
    axes = plotting.bars({"cat": 0.25, "dog": 0.75}, "animal", "probability", "dog").axes[0]
    cat, dog = (p for p in axes.patches if isinstance(p, Rectangle))
    assert (cat.get_height(), dog.get_height()) == (0.25, 0.75)
    assert not cat.get_hatch()
    assert dog.get_hatch()
    assert {"cat", "dog", "0.25", "0.75", "animal", "probability"} <= set(words(axes.figure))
    counts = plotting.bars({"cat": 12}, "animal", "images", color="data", number="{:.0f}")
    assert "12" in words(counts)


def nodes(axes):
    return [patch for patch in axes.patches if isinstance(patch, Circle)]


def test_network_diagram():
    axes = samples["network_diagram"]().axes[0]
    assert len(nodes(axes)) == 3 + 5 + 4 + 2
    assert len(axes.lines) == 3 * 5 + 5 * 4 + 4 * 2
    widest = max(axes.lines, key=lambda line: line.get_linewidth())
    assert widest.get_gid() == "W2[3,5]"
    assert sum(line.get_linewidth() == widest.get_linewidth() for line in axes.lines) == 1
    (x0, x1), (y0, y1) = widest.get_data()
    columns = sorted({round(node.center[0], 6) for node in nodes(axes)})
    ranks = [sorted((n.center[1] for n in nodes(axes) if np.isclose(n.center[0], x)), reverse=True)
             for x in (x0, x1)]  # fmt: skip
    assert (columns.index(round(x0, 6)), columns.index(round(x1, 6))) == (1, 2)
    assert (ranks[0].index(y0), ranks[1].index(y1)) == (4, 2)
    assert "$W^{2}_{3,5}$" in words(axes.figure)
    assert "layer 1\n5 nodes" in words(axes.figure)


def test_network_diagram_with_weights_and_values():
    figure = plotting.network_diagram(
        [2, 2, 1],
        W=tiny_weights,
        values=[["$x_1$", "$x_2$"], None, [-0.124]],
        names=["in", "mid", "out"],
    )
    lines = {line.get_gid(): line for line in figure.axes[0].lines}
    assert len(lines) == 6
    assert lines["W1[2,2]"].get_linestyle() == "-"
    assert lines["W1[2,1]"].get_linestyle() == "--"
    assert lines["W1[2,2]"].get_color() != lines["W1[2,1]"].get_color()
    wide = [lines[k].get_linewidth() for k in ("W1[1,2]", "W1[1,1]", "W1[2,2]", "W2[1,2]")]
    assert wide == sorted(wide)
    assert len(set(wide)) == 4
    assert {"$x_1$", "$x_2$", "−0.12", "in", "mid", "out"} == set(words(figure))


def test_network_diagram_shortens_large_layers():
    axes = samples["network_diagram, large"]().axes[0]
    assert len(nodes(axes)) == 18
    assert len(axes.lines) == 72
    assert words(axes.figure).count("⋮") == 3
    assert "layer 0\n784 nodes" in words(axes.figure)
    assert {"W2[10,300]", "W1[1,784]"} <= {line.get_gid() for line in axes.lines}
    full = plotting.network_diagram([8, 1], most=8)
    assert len(nodes(full.axes[0])) == 9
    assert "layer 1\n1 node" in words(full)


def test_data_flow():
    axes = plotting.data_flow().axes[0]
    boxes = {t.get_text().strip("$") for t in axes.texts if t.get_text()}
    assert boxes == {
        *("X = A^0", "Z^1", "A^1", "Z^2", "A^2", "E", "Y", "W^1, b^1", "W^2, b^2"),
        *("dA^2", "dZ^2", "dA^1", "dZ^1", "dW^1, db^1", "dW^2, db^2"),
    }
    arrows = [t for t in axes.texts if not t.get_text()]
    by_dash = {}
    for arrow in arrows:
        by_dash.setdefault(arrow.arrow_patch.get_linestyle(), []).append(arrow)
    assert {dash: len(some) for dash, some in by_dash.items()} == {"-": 8, "--": 6, ":": 5}
    meanings = {"-": "forward", "--": "backward", ":": "data"}
    for dash, some in by_dash.items():
        for arrow in some:
            color = matplotlib.colors.to_hex(arrow.arrow_patch.get_edgecolor())
            assert color == plotting.colors[meanings[dash]].lower()
    level = [a for a in by_dash["--"] if a.xy[1] == a.xyann[1]]
    assert len(level) == 3
    assert all(a.xy[0] < a.xyann[0] for a in level)
    assert all(a.xy[0] >= a.xyann[0] for a in by_dash["-"])  # left to right


# ---- bad input

X2, Y2 = points()
bad = [
    (lambda: plotting.curves({}, "x", "y"), r"series should be a dict of name: \(x, y\); given {}"),
    (lambda: plotting.curves({"a": 3}, "x", "y"), r"series\['a'\] should be a pair.*given 3"),
    (lambda: plotting.curves({"a": ([1, 2], [1])}, "x", "y"), r"as many y as x; given \(2, 1\)"),
    (lambda: plotting.curves({"a": ([1], [np.nan])}, "x", "y"), "y of a should be finite"),
    (lambda: plotting.curves({"a": ([1], ["?"])}, "x", "y"), r"numbers of shape \(k\); given"),
    (lambda: plotting.curves({"a": ([1], [0])}, "x", "y", log=True), "a needs y > 0.*given"),
    (lambda: plotting.curves({"a": ([1], [1])}, "x", "y", colors={"b": "error"}), "colors should"),
    (
        lambda: plotting.curves({"a": ([1], [1])}, "x", "y", colors={"a": "eror"}),
        "a colour is one of data, forward.*given 'eror'",
    ),
    (lambda: plotting.fit([1, 2], [1, 2, 3], {}), "predictions should be a dict"),
    (lambda: plotting.fit([1, 2], [1, 2, 3], {"a": ([1], [1])}), "data needs as many y as x"),
    (lambda: plotting.error_contours(bowl, (1, -1), (0, 1)), r"a range is \(low, high\)"),
    (lambda: plotting.error_contours(bowl, 1, (0, 1)), r"w_range should.*shape \(2\); given \(\)"),
    (
        lambda: plotting.error_contours(lambda w, b: 1.0, (0, 1), (0, 1)),
        r"\(121, 121\); given \(\)",
    ),
    (
        lambda: plotting.error_contours(lambda w, b: 0 * w, (0, 1), (0, 1)),
        "contours need E to vary",
    ),
    (
        lambda: plotting.error_contours(lambda w, b: w * np.inf, (1, 2), (0, 1)),
        "E should be finite",
    ),
    (lambda: plotting.error_contours([1, 2], (0, 1), (0, 1)), r"\(len b, len w\); given \(2,\)"),
    (
        lambda: plotting.error_contours(bowl, (0, 1), (0, 1), path=[[1, 2, 3]]),
        r"path should be numbers of shape \(steps, 2\); given \(1, 3\)",
    ),
    (lambda: plotting.decision_regions(slope, X2.T, Y2), r"X should.*\(2, m\); given \(30, 2\)"),
    (lambda: plotting.decision_regions(slope, X2, Y2[:, :9]), r"one class for each column.*\(9,\)"),
    (lambda: plotting.decision_regions(slope, X2, Y2 - 0.5), "Y holds classes 0 to 9; given"),
    (
        lambda: plotting.decision_regions(lambda G: G[:1, :5], X2, Y2),
        r"predict\(X\) should be numbers of shape \(14641\); given \(5,\)",
    ),
    (lambda: plotting.digit_grid(digits()[:, 0]), r"images should.*\(n, m\); given \(784,\)"),
    (lambda: plotting.digit_grid(digits().T), "square number of pixels.*given 12"),
    (lambda: plotting.digit_grid(digits(), titles=["one"]), "titles should be 12.*given"),
    (lambda: plotting.digit_grid(digits(), columns=0), "columns should be 1 or more; given 0"),
    (lambda: plotting.weight_images(np.ones(784)), r"W should.*\(nodes, pixels\); given \(784,\)"),
    (lambda: plotting.weight_images(np.ones((2, 10))), "square number of pixels.*given 10"),
    (lambda: plotting.confusion_matrix(np.ones((2, 3))), r"\(2, 2\); given \(2, 3\)"),
    (lambda: plotting.confusion_matrix([[0.5, 1], [1, 1]]), "counts should be whole numbers"),
    (lambda: plotting.confusion_matrix([[-1, 1], [1, 1]]), "counts should be whole.*given .*-1.0"),
    (lambda: plotting.confusion_matrix([[1, 1], [1, 1]], labels="abc"), "labels should be 2 names"),
    (lambda: plotting.bars([1, 2], "x", "y"), r"dict of name: number; given \[1, 2\]"),
    (lambda: plotting.bars({"a": np.inf}, "x", "y"), "values should be finite"),
    (lambda: plotting.bars({"a": 1}, "x", "y", highlight="b"), r"one of \['a'\]; given 'b'"),
    (lambda: plotting.network_diagram([3]), r"sizes should be two or more.*given \[3\]"),
    (lambda: plotting.network_diagram(3), "sizes should be two or more.*given 3"),
    (lambda: plotting.network_diagram([3, 0]), r"whole numbers above 0; given \[3, 0\]"),
    (lambda: plotting.network_diagram([3, 2.5]), "sizes should be two or more whole"),
    (lambda: plotting.network_diagram([3, 2], highlight=(1, 3, 1)), r"given \(1, 3, 1\)"),
    (lambda: plotting.network_diagram([3, 2], highlight=(0, 1, 1)), "layer, to, from"),
    (lambda: plotting.network_diagram([3, 2], highlight=2), "layer, to, from.*given 2"),
    (lambda: plotting.network_diagram([99, 2], highlight=(1, 1, 50)), "of a weight drawn"),
    (lambda: plotting.network_diagram([2, 2, 1], W=tiny_weights[1:]), "W should have 3 entries"),
    (
        lambda: plotting.network_diagram([2, 2, 2], W=tiny_weights),
        r"W\[2\].*\(2, 2\); given \(1, 2\)",
    ),
    (lambda: plotting.network_diagram([2, 1], values=[[1], [2]]), r"values\[0\] should have 2"),
    (lambda: plotting.network_diagram([2, 1], names=["in"]), "names should have 2 entries"),
]


@pytest.mark.parametrize(("call", "message"), bad)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- what a learner looks at first


def levels_of(axes):
    """Return the texts on contour lines."""
    return [text for text in axes.texts if text.get_gid() == "level"]


@pytest.mark.parametrize(("low", "high"), [(1 / 36, 9), (0, 2.3), (-3.5, 12), (5, 5.2), (1e-4, 3e-2), (0.119, 846)])
def test_contour_levels_are_round_and_lie_apart(low, high):
    levels = plotting.round_levels(low, high)
    assert 7 <= len(levels) <= 10
    assert low < min(levels) <= max(levels) < high
    gaps = np.diff(np.sqrt(np.array(levels) - low))
    assert gaps.min() > 0.2 * gaps.max(), "at about equal distances, where E is a parabola"
    for level in levels:  # few digits, counted where the levels differ
        digits = round((level - (5 if low == 5 else 0)) / 10 ** (np.floor(np.log10(high - low)) - 2), 6)
        assert digits == round(digits), level


def test_four_levels_at_most_are_named_on_their_lines_and_none_under_the_path():
    path = np.array([(-0.9, 1.8), (0.5, 1), (0.1, 0)])
    axes = plotting.error_contours(bowl, (-1, 1), (-2, 2), path, minimum=(0, 0)).axes[0]
    found = levels_of(axes)
    assert 3 <= len(found) <= 4
    way = np.concatenate([np.linspace(a, b, 200) for a, b in pairwise(path)])
    for text in found:
        place = np.array(text.get_position())
        assert bowl(*place) == pytest.approx(float(text.get_text()), rel=0.02), "it stands on the line that it names"
        assert text.get_rotation() == 0
        off = (way - place) / (2, 4) * (axes.bbox.width, axes.bbox.height)
        assert np.hypot(*off.T).min() > 25, "pixels from the path"


def test_before_a_name_stands_a_piece_of_its_curve():
    meaning = {"b": "error", "c": "error"}
    series = {name: (steps, 1 / steps + k / 1000) for k, name in enumerate("abc")}
    axes = plotting.curves(series, "step", "E", colors=meaning).axes[0]
    (pieces,) = axes.collections
    names = {text.get_text(): text for text in axes.texts if text.get_text()}
    assert set(names) == set("abc")
    shades = [matplotlib.colors.to_hex(color) for color in pieces.get_colors()]
    for line in axes.lines:
        height = names[line.get_label()].get_position()[1]
        heights = [segment[0][1] for segment in pieces.get_segments()]
        at = int(np.argmin(np.abs(np.array(heights) - height)))
        assert heights[at] == pytest.approx(height)
        assert shades[at] == matplotlib.colors.to_hex(line.get_color())
        solid = pieces.get_linestyles()[at][1] is None
        assert solid == (line.get_linestyle() == "-"), "the dash of its curve"
        begins, ends = pieces.get_segments()[at][:, 0]
        assert 1 < begins < ends < names[line.get_label()].get_position()[0], "curve, piece, name"


def test_points_lie_above_curves_and_say_what_they_are():
    axes = plotting.fit([1, 2, 3], [1, 2, 2], {"line": ([0, 4], [0, 3])}, data="200 new points").axes[0]
    points, line = axes.lines
    assert points.get_zorder() > line.get_zorder()
    assert points.get_markersize() > 3 * line.get_linewidth()
    assert matplotlib.colors.to_hex(points.get_color()) == plotting.colors["data"].lower()
    assert "200 new points" in words(axes.figure)
    assert "data" not in words(axes.figure)
    many = np.linspace(0, 1, 100)
    dense = plotting.fit(many, many, {"line": ([0, 1], [0, 1])}).axes[0].lines[0]
    assert dense.get_markersize() < points.get_markersize() / 2, "many points do not hide what is below"


def test_a_negative_weight_has_one_colour_in_the_course():
    axes = plotting.network_diagram([2, 1], W=[None, [[1.0, -2.0]]]).axes[0]
    brown = matplotlib.colors.to_hex(axes.lines[1].get_color())
    assert brown == style.BROWN.lower()
    assert axes.lines[1].get_linestyle() == "--"
    drawn = [matplotlib.colors.to_hex(color) for color in plotting.weights_map([0.25, 0.5, 1.0])]
    off = np.subtract(plotting.rgb(drawn[0]), plotting.rgb(brown))
    assert np.abs(off).max() < 0.01, "halfway down in an image of weights"
    red, green, blue = plotting.rgb(drawn[1])
    assert red == green == blue, "nothing is grey without a hue"
    assert plotting.rgb(drawn[2])[1] - plotting.rgb(drawn[2])[0] > 0.4, "the largest is green, not nearly white"
