"""What the book does with notebooks that its tools do not do by themselves: a Sphinx extension.

Pictures get their alt text. "Section 4.3" becomes a link, wherever it is said. Explorers get a link to where they move.
Solutions stay folded. The ePub, which has no JavaScript, gets its formulas as MathML.
"""

import json
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from sphinx import addnodes
from sphinx.util import logging

import frames

LOG = logging.getLogger(__name__)
NUMBERED = re.compile(r"(\d+)\.(\d+) ")
EXERCISE = re.compile(r"Check yourself (\d+)\.(\d+):")
SECTIONS = re.compile(r"\b[Ss]ections? (?:\d+\.\d+(?:, (?:and )?| and | to | or )?)+")
NUMBER = re.compile(r"\d+\.\d+")
LINK = re.compile(r"(\d\d)_\w+\.ipynb(?:#Check-yourself-(\d+)\.(\d+):.*)?$")
WORDS = {"Figure: ": "figure", "Explorer: ": "explorer"}


def is_notebook(docname):
    return docname.startswith("notebooks/")


# --- when a page has been read


def name_sections(app, doctree):
    """Let other pages link to section 4.3 as `section-4-3`, and to exercise 4.1 as `exercise-4-1`."""
    if not is_notebook(app.env.docname):
        return
    labels = app.env.domains.standard_domain
    for section in doctree.findall(nodes.section):
        title = section[0].astext()
        for pattern, kind in ((NUMBERED, "section"), (EXERCISE, "exercise")):
            if found := pattern.match(title):
                name = f"{kind}-{found[1]}-{found[2]}"
                section["ids"].insert(0, name)
                labels.anonlabels[name] = app.env.docname, name
                labels.labels[name] = app.env.docname, name, title


def reference(name, words, docname):
    """Return a link to a section or an exercise; if there is none of that name, words remain."""
    options = {"refdomain": "std", "reftype": "ref", "reftarget": name, "refexplicit": True, "refdoc": docname}
    return addnodes.pending_xref("", nodes.inline("", words), refwarn=False, **options)


def link_sections(app, doctree):
    """Turn the numbers in "section 4.3" and "sections 4.1 and 4.2" into links."""
    kept = (nodes.reference, nodes.literal, nodes.literal_block, nodes.title, nodes.raw, addnodes.pending_xref)
    for words in list(doctree.findall(nodes.Text)):
        if not SECTIONS.search(words) or any(isinstance(above, kept) for above in parents(words)):
            continue
        pieces, at = [], 0
        for group in SECTIONS.finditer(words):
            for number in NUMBER.finditer(words, *group.span()):
                name = f"section-{number[0].replace('.', '-')}"
                pieces += [nodes.Text(words[at : number.start()]), reference(name, number[0], app.env.docname)]
                at = number.end()
        words.parent.replace(words, [*pieces, nodes.Text(words[at:])])


def parents(node):
    while node := node.parent:
        yield node


def mend_links(app, doctree):
    """Let links in outputs, which name files of JupyterLab, lead to the book's pages."""
    for link in list(doctree.findall(nodes.reference)):
        if found := LINK.match(link.get("refuri", "")):
            number, *exercise = found.groups()
            name = f"exercise-{exercise[0]}-{exercise[1]}" if exercise[0] else f"section-{int(number)}-1"
            link.replace_self(reference(name, link.astext(), app.env.docname))


def describe_pictures(app, doctree):
    """Give each picture in an output the alt text that its text form has, and an explorer its links."""
    if not is_notebook(app.env.docname):
        return
    explorers = 0
    widths = stored_widths(app.env.doc2path(app.env.docname))
    for bundle, width in zip(list(doctree.findall(is_bundle)), widths, strict=True):
        parts = {part["mime_type"]: part for part in bundle.children}
        if "image/png" not in parts:
            continue
        words = parts["text/plain"].astext() if "text/plain" in parts else ""
        kind = next((begin for begin in WORDS if words.startswith(begin)), None)
        if kind is None:
            LOG.warning("a picture without alt text: %r", words[:60], location=bundle)
            continue
        for image in parts["image/png"].findall(nodes.image):
            image["alt"] = words.removeprefix(kind)
            image["classes"].append(f"course-{WORDS[kind]}")
            if width:
                image["width"] = f"{width}px"
        if WORDS[kind] == "explorer":
            explorers += 1
            below(app, bundle, explorers)


def stored_widths(path):
    """Return for each output of a notebook that has several forms how wide its picture is on the page, or None."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", []) if "data" in output]
    return [output["metadata"].get("image/png", {}).get("width") for output in outputs]


def is_bundle(node):
    """Return whether a node holds one output in its several forms."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def below(app, bundle, number):
    """Put under the picture of an explorer what moves: a training in frames, and where the explorer itself runs."""
    name = app.env.docname.removeprefix("notebooks/")
    parts = []
    motion = frames.find(name, number)
    if motion and app.builder.name == "html":
        parts.append(nodes.raw("", frames.player(motion), format="html"))
    if app.tags.has("lab"):
        link = f'<a href="../{lab(name)}">Move it</a>'
        html = f'<p class="course-move">{link} in your browser: the same notebook, running.</p>'
        parts.append(nodes.raw("", html, format="html"))
    else:
        words = nodes.paragraph("", "A picture of the explorer. It moves ", classes=["course-move"])
        words += doc("start", "where the notebook runs", app.env.docname)
        words += nodes.Text(".")
        parts.append(words)
    at = bundle.parent.index(bundle) + 1
    bundle.parent[at:at] = parts


def lab(name):
    return f"lite/lab/index.html?path=notebooks/{name}.ipynb"


def doc(target, words, docname):
    options = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{target}", "refexplicit": True, "refdoc": docname}
    return addnodes.pending_xref("", nodes.inline("", words), refwarn=True, **options)


def read(app, doctree):
    for step in (name_sections, mend_links, link_sections, describe_pictures):
        step(app, doctree)


# --- when a page is written


def launch_button(app, pagename, templatename, context, doctree):
    """Put "run this notebook" at the top of a notebook's page."""
    if is_notebook(pagename) and app.tags.has("lab"):
        button = {
            "type": "link",
            "url": context["pathto"]("index", 0).partition("index.html")[0] + lab(pagename.removeprefix("notebooks/")),
            "icon": "fas fa-rocket",
            "text": "Run",
            "tooltip": "Run this notebook in your browser",
            "label": "course-run",
        }
        context["header_buttons"].insert(0, button)


# --- formulas as MathML


@cache
def mathml(tex, display):
    """Return a formula as MathML."""
    tag = re.search(r"\\tag\{(.*?)\}", tex)
    tex = re.sub(r"\\tag\{.*?\}", "", tex).replace("{aligned}", "{split}")  # the same thing, and known to the converter
    markup = convert(tex, display=display)
    return markup + (f' <span class="tag">({tag[1]})</span>' if tag else "")


def inline_math(writer, node):
    writer.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def block_math(writer, node):
    writer.body.append(f'<div class="math">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app):
    app.connect("doctree-read", read)
    # after the theme has laid out its own buttons (500), before it counts them
    app.connect("html-page-context", launch_button, priority=502)
    app.add_html_math_renderer("mathml", inline_renderers=(inline_math, None), block_renderers=(block_math, None))
    return {"parallel_read_safe": True, "env_version": 1}
