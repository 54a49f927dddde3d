"""The face of an explorer's picture, in a page without Jupyter: what it tells the kernel, what it shows when."""

from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest

from shared.explorers.engine import picture
from shared.explorers.engine.png import png_bytes

FACE = Path(picture.__file__).with_suffix(".js")
PAGE = """async ([face, near, png, density]) => {
  const { default: { render } } = await import(`data:text/javascript;base64,${face}`);
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const words = { alt: "A bowl.", status: "Ready.", quiet: "dim" };
  const state = { near, png: new DataView(bytes.buffer), width: 300, density, ...words };
  const told = [], heard = {};
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; told.push([name, value]); },
    save_changes: () => told.push("sent"),
    on: (event, f) => { heard[event] = f; },
    off: () => {},
  };
  render({ model, el: document.body });
  const img = document.querySelector("img"), before = img.getAttribute("src");
  window.show = (more) => {
    const png = Uint8Array.from(atob(more), (letter) => letter.charCodeAt(0));
    state.png = new DataView(png.buffer);
    heard["change:png"]();
    return img.decode().then(() => [img.naturalWidth, img.src.length]);
  };
  return { told, before, status: document.querySelector("p").textContent };
}"""


def text(data):
    """Return bytes in base 64."""
    return b64encode(data).decode()


def opened(browser, host, near, png=b"", known=1, has=1):
    """Return a page at http://host that has so many pixels for each of CSS, and what came of rendering there."""
    page = browser.new_page(device_scale_factor=has)
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html><body></body>", content_type="text/html"))
    page.goto(f"http://{host}/")
    return page, page.evaluate(PAGE, [text(FACE.read_bytes()), near, text(png), known])


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost:8888", True),
        ("127.0.0.1:8888", True),
        ("[::1]:8888", True),
        ("hub.example.org", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_the_page_tells_the_kernel_once_whether_it_is_on_the_same_computer(browser, host, near):
    for known in (True, False):
        page, found = opened(browser, host, known)
        assert found["told"] == ([] if known == near else [["near", near], "sent"])
        page.close()


def test_no_address_before_the_first_picture_and_zeros_behind_it_are_skipped(browser):
    page, found = opened(browser, "localhost", True)
    assert found == {"told": [], "before": None, "status": "Ready."}
    png = png_bytes(np.full((20, 30, 3), 7, np.uint8))
    wide, length = page.evaluate("png => show(png)", text(png))
    assert page.evaluate("png => show(png)", text(png + bytes(5000))) == [wide, length]
    assert wide == 30
    page.close()


@pytest.mark.parametrize(("has", "wanted"), [(1, 1), (1.25, 2), (2, 2), (3, 2), (0.8, 1)])
def test_the_page_asks_for_the_pixels_that_it_can_show(browser, has, wanted):
    for known in (1, 2):
        page, found = opened(browser, "localhost", True, known=known, has=has)
        assert found["told"] == ([] if known == wanted else [["density", wanted], "sent"])
        assert page.evaluate("document.querySelector('img').style.width") == "300px", "as large as ever"
        page.close()


def test_a_dark_page_makes_pictures_quiet_and_leaves_those_of_a_light_one(browser):
    page, _ = opened(browser, "localhost", True)
    page.add_style_tag(content=picture.Picture._css)
    page.evaluate("document.body.className = 'course-explorer'")
    look = "getComputedStyle(document.querySelector('img')).filter"
    assert page.evaluate(look) == "none"
    page.evaluate("document.documentElement.dataset.jpThemeLight = 'false'")
    assert page.evaluate(look) == "brightness(0.8)"
    page.evaluate("document.querySelector('img').className = 'course-invert'")
    assert page.evaluate(look) == "invert(0.88) hue-rotate(180deg)"
    page.evaluate("document.documentElement.dataset.jpThemeLight = 'true'")
    assert page.evaluate(look) == "none"
    page.close()


def test_three_lines_of_words_do_not_move_the_page(browser):
    page, _ = opened(browser, "localhost", True)
    page.add_style_tag(content=picture.Picture._css)
    page.evaluate("document.body.className = 'course-explorer'")
    heights = []
    for lines in (1, 2, 3):
        page.evaluate(
            "lines => { document.querySelector('p').innerHTML = Array(lines).fill('words').join('<br>'); }", lines
        )
        heights.append(page.evaluate("document.querySelector('p').getBoundingClientRect().height"))
    assert heights[0] == heights[1] == heights[2]
    page.close()
