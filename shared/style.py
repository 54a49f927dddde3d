"""How the course's figures look: colours, ink, fonts; an empty figure in this look; `show`, which displays one.

Colour has one meaning in the whole course: data grey, values flowing forward blue, derivatives flowing backward
vermilion, parameters green, error purple; a dash, marker, hatch or label says it again. Figures start from matplotlib's
defaults, then comes what is settled here: what the learner has set elsewhere stays outside, also in what a cell adds.
Nothing touches pyplot, so nothing stays open behind your back.
"""

import io
import logging
import re
import sys
from base64 import b64encode
from types import MappingProxyType

import matplotlib
import numpy as np
from cycler import cycler

# On its first day on a computer matplotlib collects the fonts. Where that takes long, it says so on the error stream,
# which looks like a fault among the outputs of the first cell. Nothing is wrong, so this one sentence is left out.
logging.getLogger("matplotlib.font_manager").addFilter(lambda said: "font cache" not in said.getMessage())

from matplotlib.axes import Axes  # noqa: E402
from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: E402
from matplotlib.colors import LinearSegmentedColormap, is_color_like, to_hex, to_rgb  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

# --- colours

# Okabe and Ito, "Color Universal Design" (2008), and a grey that is readable as text.
colors = MappingProxyType(
    {
        "data": "#6B6B6B",
        "forward": "#0072B2",
        "backward": "#D55E00",
        "parameter": "#009E73",
        "error": "#CC79A7",
        "black": "#000000",  # this one and the next three have no meaning
        "orange": "#E69F00",
        "sky": "#56B4E9",
        "yellow": "#F0E442",
    }
)
dashes = ("-", "--", "-.", ":", (0, (8, 2)), (0, (4, 1, 1, 1, 1, 1)))
markers = "o^sDPXv<>*"
hatches = ("", "///", "...", "\\\\\\", "xxx", "+++", "|||", "---", "ooo", "***")


def contrast(a, b="white"):
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    pair = np.array([to_rgb(a), to_rgb(b)])
    linear = np.where(pair <= 0.04045, pair / 12.92, ((pair + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ (0.2126, 0.7152, 0.0722) + 0.05)
    return float(high / low)


def ink(color, ratio=5.4):
    """Return a colour (or a name in `colors`), darkened until it has this contrast on white."""
    shades = (to_hex(np.array(rgb(color)) * part) for part in np.linspace(1, 0, 101))
    return next(shade for shade in shades if contrast(shade) >= ratio)


def tint(color, amount):
    """Return a colour (or a name in `colors`), mixed with white; amount 1 is the colour itself."""
    return to_hex(1 - amount * (1 - np.array(rgb(color))))


def rgb(color):
    """Return (red, green, blue), 0 to 1, of a colour or a name in `colors`. Raises ValueError for any other word."""
    known = isinstance(color, str) and is_color_like(colors.get(color, color))
    need(known, f"a colour is one of {', '.join(colors)}, or one that matplotlib knows", color)
    return to_rgb(colors.get(color, color))


def need(fulfilled, wanted, given):
    """Raise ValueError, what is needed and what was given, if it is not fulfilled."""
    if not fulfilled:
        raise ValueError(f"{wanted}; given {given!r}")


white = MappingProxyType({"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85})
_map = LinearSegmentedColormap.from_list
BROWN = "#985700"  # negative weights: lines, and the dark side of the map
weights_map = _map("weights", ["#3B1F00", BROWN, "#A6A6A6", "#86D3B6", "#6BFFCB"])
values_map = _map("values", ["#FFFFFF", colors["forward"], "#002B45"])
error_map = _map("error", ["#FFFFFF", tint("error", 0.6)])

# --- numbers

_POWER = re.compile(r"(?<![\w.])(\d+(?:\.(\d+))?)e([+−-]?\d+)\b")
_MINUS = re.compile(r"(?<![\w)\]])-(?=[.\d])")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def readable(text):
    """Return a text with its numbers as people write them: −1 for -1, 545,000 for 5.45e+05, 6.2·10⁻⁵ for 6.2e-05."""

    def plain(found):
        digits, power = len(found[2] or ""), int(found[3].replace("−", "-"))
        if -5 < power < 9:
            return f"{float(found[1] + f'e{power}'):,.{max(0, digits - power)}f}"
        return f"{found[1]}·10{str(power).translate(RAISED)}"

    return _MINUS.sub("−", _POWER.sub(plain, text))


def number(value, digits=4):
    """Return a number as people write it, with so many significant digits at most; zeros at its end are left out."""
    return readable(f"{value + 0.0:.{digits}g}")  # + 0.0: there is no −0


# --- settings

rc = MappingProxyType(
    {
        "figure.figsize": (5, 3),
        "figure.dpi": 100,
        "savefig.dpi": 100,
        "figure.constrained_layout.w_pad": 0.06,
        "figure.constrained_layout.h_pad": 0.06,
        "font.family": ["DejaVu Sans"],
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.labelsize": 9,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.fontsize": 8,
        "legend.frameon": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 5,
        "hatch.linewidth": 0.6,
        "hatch.color": tint("forward", 0.45),
        # The three colours without a meaning, twice, each time with other dashes.
        "axes.prop_cycle": cycler(color=[ink(color, 3) for color in ("black", "orange", "sky")] * 2, linestyle=dashes),
    }
)
# What of matplotlibrc can be seen in a picture; these begin with matplotlib's own values.
_SEEN = (
    "agg", "axes", "boxplot", "contour", "errorbar", "figure", "font", "grid", "hatch", "hist", "image", "legend",
    "lines", "markers", "mathtext", "patch", "path", "polaraxes", "savefig", "scatter", "text", "xaxis", "xtick",
    "yaxis", "ytick",
)  # fmt: skip
_defaults = {
    name: value
    for name, value in matplotlib.rcParamsDefault.items()
    if name.split(".")[0] in _SEEN and name != "savefig.directory"
}
drawing = matplotlib.rc_context(_defaults | rc)  # decorates every function that draws


# --- figures


class CourseAxes(Axes):
    """Axes on which everything has the course's look, also what a cell adds."""


class CourseFigure(Figure):
    """A figure of which the same is true."""


for _kind, _methods in (
    (
        CourseAxes,
        "annotate arrow axhline axline axvline bar bar_label barh boxplot clabel contour contourf errorbar fill "
        "fill_between fill_betweenx grid hist hlines imshow legend loglog matshow pcolormesh plot quiver scatter "
        "semilogx semilogy set_title set_xlabel set_ylabel stairs stem step table text vlines",
    ),
    (CourseFigure, "colorbar legend suptitle supxlabel supylabel text"),
):
    for _name in _methods.split():
        setattr(_kind, _name, drawing(getattr(_kind, _name)))


@drawing
def new_figure(rows=1, columns=1, size=(5, 3)):
    """Return an empty figure in the course's style, size in inches, and its axes or their array."""
    figure = CourseFigure(figsize=size, dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, subplot_kw={"axes_class": CourseAxes})


DENSITY = 2  # pixels of a picture for each that the page counts: sharp on dense screens, and when printed


@drawing
def png(figure):
    """Return the figure as PNG, the same bytes every time; its layout is settled from then on."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100 * DENSITY, metadata={"Software": None})
    figure.set_layout_engine("none")  # each further run would move everything by a hair
    return buffer.getvalue()


def show(figure, alt):
    """Display the figure together with its text alternative, then release it.

    alt: a sentence for a reader who cannot see the picture, 20 letters or more, not just a title.
    nbconvert's templates classic and basic take it from the metadata, VS Code from the text form,
    which nbval compares. JupyterLab 4.6 and nbconvert's template lab look at neither.
    """
    need(isinstance(figure, Figure), "show needs a matplotlib Figure", figure)
    need(isinstance(alt, str), "show needs alt text, a sentence that says what we see", alt)
    need(figure.axes, "show releases a figure: draw it again to show it again", figure)
    alt = " ".join(alt.split())
    titles = [axes.get_title(loc) for axes in figure.axes for loc in ("left", "center", "right")]
    titles = {title.casefold().strip(" .") for title in [figure.get_suptitle(), *titles]}
    tells = len(alt) >= 20 and alt.casefold().strip(" .") not in titles
    need(tells, "alt text is a sentence of 20 letters or more, not a title", alt)

    from IPython import get_ipython  # only here: figures can be drawn without IPython

    # As text: the kernel of a browser, unlike others, does not turn bytes into it.
    data = {"image/png": b64encode(png(figure)).decode(), "text/plain": f"Figure: {alt}"}
    width, height = (round(100 * inches) for inches in figure.get_size_inches())
    if get_ipython() is None:
        print(data["text/plain"])
    else:
        get_ipython().display_pub.publish(
            data=data, metadata={"image/png": {"alt": alt, "width": width, "height": height}}
        )
    if "matplotlib.pyplot" in sys.modules:  # only a figure made with pyplot is held there
        sys.modules["matplotlib.pyplot"].close(figure)
    figure.clear()
