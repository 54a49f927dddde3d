"""The book: every page is there, leads somewhere, keeps to itself, and can be read by everybody.

The tests of one browser share it and go through all pages; `conftest` says when they run.
"""

import json
import os
import re
import subprocess
import zipfile
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest

import notebooks
from notebooks import COURSE, ROOT
from publishing import BUILD, source

FOLDER = BUILD.parent
WORKFLOW = ROOT / ".github" / "workflows" / "pages.yml"
BESIDE = ["index", "start", "enough", "notation", "terms", "library", "teaching", "contributing", "about", "licence"]
PAGES = [f"{name}.html" for name in [*BESIDE, "data/README", *(f"notebooks/{stem}" for stem in COURSE), "search"]]
each_page = pytest.mark.parametrize("page", PAGES)
each_notebook = notebooks.each_notebook


class Reader(HTMLParser):
    """What a page holds: its anchors, its links, its pictures, and how much of the rest."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.images, self.tags = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        self.tags.append((tag, attributes))
        self.ids |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        if tag == "img":
            self.images.append(attributes)
        for name in ("href", "src"):
            if attributes.get(name) is not None and tag != "base":
                self.links.append(attributes[name])

    def count(self, tag, word=""):
        return sum(one == tag and word in (attributes.get("class") or "") for one, attributes in self.tags)


@pytest.fixture(scope="module")
def book(site):
    """Return a dict: path of each page of the book, as text, and what it holds."""
    paths = [path for path in site.rglob("*.html") if path.relative_to(site).parts[0] not in ("lite", "_static")]
    return {path.relative_to(site).as_posix(): Reader(path) for path in paths}


def stored(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def explorers(path):
    """Return how many explorers a notebook shows."""
    outputs = [output for cell in stored(path) for output in cell.get("outputs", [])]
    return sum("".join(output.get("data", {}).get("text/plain", "")).startswith("Explorer: ") for output in outputs)


# --- without a site


def test_tools_are_pinned():
    lines = (FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]
    assert named
    assert all(re.fullmatch(r"[\w-]+==[\w.]+", line) for line in named)


@pytest.mark.skipif(os.name == "nt", reason="no bash")
def test_an_option_that_is_none_is_refused():
    run = subprocess.run(["bash", BUILD, "--fast"], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "--fast" in run.stderr


def test_fingerprint_tells_changes(tmp_path, monkeypatch):
    made_from = source()
    (tmp_path / "README.md").write_text("one", encoding="utf-8")
    monkeypatch.setattr(made_from, "ROOT", tmp_path)
    before = made_from.fingerprint()
    (tmp_path / "README.md").write_text("two", encoding="utf-8")
    assert made_from.fingerprint() != before


def test_links_in_texts_lead_to_pages(monkeypatch):
    made_from = source()
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    text = "[a](../README.md#the-ten-notebooks) [b](../notebooks/01_the_model.ipynb) [c](../.ci/run) `[d](e)`"
    expected = "[a](index.md#the-ten-notebooks) [b](notebooks/01_the_model.ipynb) c `[d](e)`"
    assert made_from.relink(text, ".github") == expected
    monkeypatch.setenv("GITHUB_REPOSITORY", "owner/name")
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
    assert "[c](https://github.com/owner/name/blob/main/.ci/run)" in made_from.relink(text, ".github")


def test_every_section_of_the_readme_has_a_page():
    made_from = source()
    shown = {name for _, names in made_from.PAGES.values() for name in names} | set(made_from.LANDING) | {"", "Terms"}
    assert set(made_from.README) == shown


def test_workflow_names_nobody_and_pins_its_actions():
    workflow = WORKFLOW.read_text(encoding="utf-8")
    actions = re.findall(r"uses: (.*)", workflow)
    assert actions
    for action in actions:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", action), action
    assert "github.io" not in workflow
    for browser in ("chromium", "firefox", "webkit"):
        assert browser in workflow
    for file in re.findall(r"\.github/site/[\w.]+|tests/site/?[\w.]*", workflow):
        assert (ROOT / file).exists(), file


# --- the files


def test_every_page_is_there(site, book):
    assert set(PAGES) - {"search.html"} <= set(book) | {"search.html"}
    assert (site / "search.html").is_file()
    unexpected = set(book) - set(PAGES) - {"genindex.html"}
    assert not unexpected


def test_links_and_anchors_lead_somewhere(site, book):
    broken = []
    for page, reader in book.items():
        for link in reader.links:
            parts = urlsplit(urljoin(f"https://site/{page}", link))
            if parts.netloc != "site" or parts.scheme != "https":
                continue
            target = unquote(parts.path.lstrip("/")) or "index.html"
            if not (site / target).is_file():
                broken.append(f"{page} → {link}")
            elif parts.fragment and target in book and unquote(parts.fragment) not in book[target].ids:
                broken.append(f"{page} → {link}: no such anchor")
    assert not broken, "\n".join(sorted(set(broken)))


def test_pages_load_nothing_from_other_hosts(book):
    loads = {
        f"{page}: {attributes.get('src') or attributes.get('href')}"
        for page, reader in book.items()
        for tag, attributes in reader.tags
        if tag in ("img", "script", "iframe", "source")
        or (tag == "link" and attributes.get("rel") not in ("canonical", "next", "prev", "search", "index"))
        if re.match(r"(https?:)?//", attributes.get("src") or attributes.get("href") or "")
    }
    assert not loads


def test_every_picture_has_alt_text(book):
    without = [f"{page}: {image}" for page, reader in book.items() for image in reader.images if not image.get("alt")]
    assert not without


@each_notebook
def test_a_notebook_is_there_in_full(path, site, book):
    reader = book[f"notebooks/{path.stem}.html"]
    cells, text = stored(path), (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
    pictures = sum("image/png" in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    assert reader.count("img", "course-figure") + reader.count("img", "course-explorer") == pictures
    assert reader.count("img", "course-explorer") == explorers(path)
    widths = [
        output["metadata"].get("image/png", {}).get("width")
        for cell in cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    shown = [image.get("style", "") for image in reader.images if "course-" in image.get("class", "")]
    assert shown == [f"width: {width}px;" if width else "" for width in widths]
    assert reader.count("div", "cell_input") == sum(cell["cell_type"] == "code" for cell in cells)
    folded = sum("".join(cell["source"]).count("<details>") for cell in cells if cell["cell_type"] == "markdown")
    details = [attributes for tag, attributes in reader.tags if tag == "details"]
    assert sum("open" not in attributes for attributes in details) >= folded
    assert (site / "_sources" / "notebooks" / path.name).read_bytes() == path.read_bytes()
    assert "not answered yet" in text


@each_notebook
def test_an_explorer_leads_to_where_it_moves(path, site, book):
    reader = book[f"notebooks/{path.stem}.html"]
    assert reader.count("p", "course-move") == explorers(path)
    if (site / "lite").is_dir():
        link = f"../lite/lab/index.html?path=notebooks/{path.name}"
        assert reader.links.count(link) == explorers(path) + 1  # and the button at the top


def test_terms_are_listed_and_lead_to_their_sections(book):
    _, *rows = source().rows_of(source().README["Terms"])
    links = book["terms.html"].links
    for term, _, place, _ in rows:
        stem = next(stem for stem in COURSE if int(stem[:2]) == int(place.split(".")[0]))
        assert f"notebooks/{stem}.html#section-{place.replace('.', '-')}" in links, term


def test_sections_that_are_named_are_links(book):
    reader = book["notebooks/08_implementation.html"]
    assert sum(re.search(r"#section-\d+-\d+$", link) is not None for link in reader.links) > 20


def test_epub_is_whole_and_needs_nobody(site):
    (path,) = site.glob("*.epub")
    with zipfile.ZipFile(path) as epub:
        assert epub.testzip() is None
        assert epub.namelist()[0] == "mimetype"
        texts = [name for name in epub.namelist() if name.endswith(".xhtml")]
        assert sum(name.startswith("notebooks/") for name in texts) == len(COURSE)
        for name in texts:
            ElementTree.fromstring(epub.read(name))
            text = epub.read(name).decode("utf-8")
            assert "<script" not in text, name
            assert 'src="http' not in text, name
        formulas = epub.read("notebooks/06_backpropagation_matrix_style.xhtml").decode("utf-8")
        assert formulas.count("<math ") > 100
        assert "\\frac" not in re.sub(r"<pre.*?</pre>", "", formulas, flags=re.DOTALL)


# --- in a browser


# What reaches beyond the right edge of the page, unless it stands in something that scrolls by itself.
OUTSIDE = """() => {
    const edge = document.documentElement.clientWidth, wide = document.documentElement.scrollWidth - edge;
    if (wide <= 0) return [];
    const visible = (one) => getComputedStyle(one).overflowX === "visible";
    const scrolls = (one) => one.matches("main *") && (!visible(one) || scrolls(one.parentElement));
    const beyond = (one) => one.getBoundingClientRect().right > edge && !scrolls(one);
    const out = [...document.querySelectorAll("main *")].filter(beyond);
    return [`${wide} pixels too wide`, ...out.slice(0, 5).map((one) => one.outerHTML.slice(0, 150))];
}"""
# Pictures that are drawn out or squeezed.
DISTORTED = """() => [...document.querySelectorAll(".bd-article img")].filter(
    (one) => one.width && Math.abs(one.naturalWidth / one.naturalHeight - one.width / one.height) > 0.05
).map((one) => one.alt)"""
# All code looks the same, and all formulas do, and axe-core takes minutes for them: the first ones stand for the rest.
PLAIN = """() => {
    let length = 0;
    for (const code of document.querySelectorAll(".highlight pre"))
        if ((length += code.textContent.length) > 2000) code.textContent = code.textContent;
    for (const formula of [...document.querySelectorAll("mjx-container")].slice(8))
        formula.replaceChildren(formula.getAttribute("display") ? "formula ".repeat(40) : "formula");
    const style = document.head.appendChild(document.createElement("style"));
    style.textContent = "* { transition: none !important }";
}"""
THEMES = 350  # milliseconds after which the theme looks which regions can be scrolled


@each_page
def test_a_page_keeps_to_itself_and_can_be_read_by_everybody(page, visit):
    one = visit(width=390)
    one.open(page)
    one.page.wait_for_function("!window.MathJax?.startup || MathJax.startup.promise.then(() => true)")
    assert one.page.locator("mjx-merror").count() == 0
    complaints = [f"390: {found}" for found in one.page.evaluate(OUTSIDE)]
    complaints += [f"390, distorted: {alt}" for alt in one.page.evaluate(DISTORTED)]
    assert one.strangers() == []
    assert one.problems == []
    one.page.evaluate(PLAIN)
    one.page.wait_for_timeout(THEMES)
    complaints += [f"390, light: {found}" for found in one.axe()]
    one.page.set_viewport_size({"width": 1280, "height": 800})
    one.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    one.page.wait_for_timeout(THEMES)
    complaints += [f"1280: {found}" for found in one.page.evaluate(OUTSIDE)]
    complaints += [f"1280, dark: {found}" for found in one.axe()]
    assert not complaints, "\n".join(complaints)


def test_search_finds_a_word(visit):
    one = visit()
    one.open("search.html?q=curvature")
    one.page.locator("#search-results li a").first.wait_for()
    assert "04_gradient_descent" in " ".join(
        link.get_attribute("href") for link in one.page.locator("#search-results li a").all()
    )
    assert one.strangers() == []
    assert one.problems == []


def error(page):
    return float(page.locator(".course-error").text_content().split("=")[1])


def test_the_neuron_of_the_first_page_moves_and_learns(visit):
    one = visit()
    one.open("index.html")
    page, curve = one.page, one.page.locator(".course-neuron .curve")
    weight = page.get_by_label("weight w")
    before, shape = error(page), curve.get_attribute("d")
    weight.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    assert error(page) < before
    assert curve.get_attribute("d") != shape
    page.get_by_role("button", name="Learn").press("Enter")
    page.get_by_role("button", name="Learn").wait_for(timeout=20_000)  # it says Pause while it learns
    page.wait_for_function("parseFloat(document.querySelector('.course-error').textContent.split('=')[1]) < 0.002")
    assert float(weight.input_value()) > 0.5
    spoken = page.locator(".course-neuron [role=status]")
    page.wait_for_function("document.querySelector('.course-neuron [role=status]').textContent.includes('error')")
    assert spoken.text_content()
    assert one.problems == []


def test_all_that_matters_is_in_the_first_screen(visit):
    one = visit(width=1280, height=800)
    one.open("index.html")
    for what in (".bd-article h1", ".course-neuron svg", ".course-neuron input >> nth=1", ".course-error"):
        box = one.page.locator(what).first.bounding_box()
        assert box["y"] + box["height"] <= 800, what


@pytest.mark.parametrize("stem", ["04_gradient_descent", "08_implementation"])
def test_a_training_in_pictures_stands_still_until_it_is_asked(stem, visit):
    one = visit()
    one.open(f"notebooks/{stem}.html")
    player = one.page.locator(".course-player").first
    assert not [url for url in one.requests if url.endswith(".webp")], "fetched before anybody asked"
    caption, button = player.locator(".course-caption"), player.get_by_role("button")
    assert button.text_content() == "Play"
    player.get_by_role("slider").press("End")
    last = caption.text_content()
    view = player.locator(".course-view")
    view.wait_for()
    assert any(url.endswith(".webp") for url in one.requests)
    assert view.get_attribute("aria-label") == last
    shown = view.evaluate("view => view.style.backgroundPosition")
    player.get_by_role("slider").press("Home")
    assert view.evaluate("view => view.style.backgroundPosition") != shown
    first = caption.text_content()
    assert first != last
    button.press("Enter")
    one.page.wait_for_function("first => document.querySelector('.course-caption').textContent !== first", arg=first)
    button.press("Enter")
    assert button.text_content() == "Play"
    assert one.problems == []


def test_on_paper_nothing_stays_folded(visit):
    one = visit()
    one.open("notebooks/01_the_model.html")
    folded = "document.querySelectorAll('.bd-article details:not([open])').length"
    before = one.page.evaluate(folded)
    assert before > 10
    one.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert one.page.evaluate(folded) == 0
    one.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert one.page.evaluate(folded) == before
