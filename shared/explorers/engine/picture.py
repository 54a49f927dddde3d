"""The widget that shows an explorer's picture: bytes of a PNG, its description, and the status line."""

from pathlib import Path

import anywidget
from traitlets import Bool, Bytes, Int, Unicode

SEGMENT = 66_000  # bytes; what Linux sends in one piece within a computer is a little less


def at_least_a_segment(png, picture):
    """Return the PNG; near the browser followed by zeros (which it skips) if it is shorter than a segment of TCP.

    The server sends a small message at once only if the one before it has been acknowledged (Nagle's algorithm), and
    the browser's side takes up to 40 ms to do that: half of the time from a key to the new picture. From another
    computer the zeros would cost more than they save: four times what a picture needs.
    """
    return png + bytes(max(0, SEGMENT - len(png))) if picture.near else png


class Picture(anywidget.AnyWidget):
    """A PNG with alternative text; under it a status line that screen readers are told about."""

    png = Bytes(b"").tag(sync=True, to_json=at_least_a_segment)
    alt = Unicode("").tag(sync=True)
    status = Unicode("").tag(sync=True)
    width = Int(500, help="CSS pixels").tag(sync=True)
    near = Bool(False, help="whether page and kernel are on one computer; the page says so").tag(
        sync=True, echo_update=False
    )
    density = Int(1, help="pixels of the picture for each of `width`, 1 or 2; the page says what it can show").tag(
        sync=True, echo_update=False
    )
    quiet = Unicode("invert", help="what a dark page does with the picture: invert or dim").tag(sync=True)

    _esm = Path(__file__).with_name("picture.js")
    _css = """
    .course-explorer img { max-width: 100%; height: auto; display: block; }
    .course-explorer p { margin: 4px 0; line-height: 1.4; min-height: 4.2em; } /* three lines: the page stays still */
    /* At night: white becomes dark grey, black light grey, and every colour keeps its hue. Images of digits are dark on
       white in the whole course, so what holds one is dimmed only. */
    [data-jp-theme-light="false"] .course-explorer img.course-invert { filter: invert(0.88) hue-rotate(180deg); }
    [data-jp-theme-light="false"] .course-explorer img.course-dim { filter: brightness(0.8); }
    .course-explorer .noUi-handle { border-color: #767676; }
    .course-explorer :is(button, select, input, textarea, .noUi-handle):focus-visible {
      outline: 3px solid var(--jp-brand-color1, #0072b2) !important; outline-offset: 1px;
    }
    .course-explorer > * { position: relative; } /* so that what is only spoken lies inside, and nothing scrolls */
    .course-explorer p.course-spoken {
      position: absolute; bottom: 0; width: 1px; height: 1px; min-height: 0; margin: 0;
      overflow: hidden; clip-path: inset(50%);
    }
    """
