"""Lay out what Sphinx reads: the notebooks as they are, and pages cut from README.md and its companions.

    python .github/site/source.py FOLDER [--lab]    write the source into FOLDER; --lab: the notebooks run in lite/
    python .github/site/source.py --fingerprint     print a number that changes when anything of the site changes

No text of the course is kept here: what README.md says, the pages say. Only the standard library is used.
"""

import hashlib
import json
import os
import posixpath
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LAB = "lite/lab/index.html?path=notebooks/{}.ipynb"
# page: its title, and the sections of README.md that it holds; without a title of its own, the one section gives it
PAGES = {
    "start": ("Start on your own computer", ["Start", "Run the tests"]),
    "enough": (None, ["Do you know enough?"]),
    "notation": (None, ["Notation"]),
    "about": ("About this course", ["On the web", "What is measured", "Credits", "Licence"]),
}
LANDING = ["The ten notebooks", "How to read it"]
# file of the course: the page that shows it
FILES = {
    "README.md": "index.md",
    "LICENSE": "licence.md",
    "data/README.md": "data/README.md",
    "shared": "library.md",
    "shared/__init__.py": "library.md",
    ".github/TEACHING.md": "teaching.md",
    ".github/CONTRIBUTING.md": "contributing.md",
    ".github/course.png": "course.png",
}
INPUTS = ["README.md", "LICENSE", "requirements.txt", "pyproject.toml", ".github/*.md", ".github/*.png", "data/**/*"]
INPUTS += ["notebooks/*.ipynb", "shared/**/*", ".github/site/**/*"]
FENCE = re.compile(r"^ *(?P<mark>```|~~~).*?^ *(?P=mark) *$", re.DOTALL | re.MULTILINE)


def fingerprint():
    """Return a number, in letters, made from all files that the site is made from."""
    files = {path for pattern in INPUTS for path in ROOT.glob(pattern) if path.is_file()}
    total = hashlib.sha256()
    for path in sorted(files):
        if path.parent.name != "__pycache__":
            total.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes())
    return total.hexdigest()


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def outside_code(pattern, replace, markdown):
    """Return the text with what matches replaced, except in fences and between backticks."""
    code = rf"{FENCE.pattern}|`[^`\n]+`(?!\]\()"
    either = re.compile(rf"(?P<code>{code})|{pattern}", re.DOTALL | re.MULTILINE)
    return either.sub(lambda match: match[0] if match["code"] else replace(match), markdown)


def sections(markdown):
    """Return a dict: the title of each `## …` section and the text below it; under "" the text above the first."""
    fences = [match.span() for match in FENCE.finditer(markdown)]
    starts = [
        match
        for match in re.finditer(r"^## (.*)$", markdown, re.MULTILINE)
        if not any(begin < match.start() < end for begin, end in fences)
    ]
    ends = [match.start() for match in starts[1:]] + [len(markdown)]
    found = {match[1]: markdown[match.end() : end].strip() for match, end in zip(starts, ends, strict=True)}
    return {"": markdown[: starts[0].start()].strip()} | found


README = sections(text("README.md"))


def slug(title):
    """Return the anchor that GitHub, and MyST, give to a heading."""
    return re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-")


def page_of(path, anchor):
    """Return where the site shows a place of the course, as a link from the top of the source; None: nowhere."""
    if path == "README.md" and anchor:
        for page, (title, names) in PAGES.items():
            if anchor in map(slug, names):
                return f"{page}.md" if title is None else f"{page}.md#{anchor}"
        return "terms.md" if anchor == "terms" else f"index.md#{anchor}"
    if path.startswith("notebooks/"):
        return path
    return FILES.get(path)


def relink(markdown, folder=""):
    """Return the text, from a file in this folder of the course, with links to where the site shows their targets."""

    def link(match):
        words, target = match["words"], match["target"]
        if re.match(r"\w+:", target):
            return match[0]
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(folder, path)) if path else "README.md"
        if page := page_of(path, anchor):
            return f"{match['sign']}[{words}]({page})"
        if repository := os.environ.get("GITHUB_REPOSITORY"):
            server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
            return f"[{words}]({server}/{repository}/blob/main/{path})"
        return words

    return outside_code(r"(?P<sign>!?)\[(?P<words>[^\[\]]*)\]\((?P<target>[^()\s]+)\)", link, markdown)


def one_title(markdown):
    """Return the text with every # after the first one as ##."""
    first = markdown.index("\n") + 1
    return markdown[:first] + outside_code(r"^# ", lambda match: "## ", markdown[first:])


def up(markdown):
    """Return the text with each heading one level higher."""
    return outside_code(r"^##(?P<rest>#* )", lambda match: f"#{match['rest']}", markdown)


# --- the pages


def toctree(caption, pages):
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"])


def table(header, rows):
    lines = ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]
    return "\n".join(lines)


def rows_of(markdown):
    """Return the rows of the first table in a text, each a list of its cells."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    found = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]] for line in lines]
    return [found[0], *found[2:]]


def on_screen(html):
    """Return what the ePub leaves out."""
    return f"```{{only}} not epub_only\n{html}\n```"


def landing(lab):
    title, intro, picture, result = re.fullmatch(
        r"# (.*?)\n\n(.*?)\n\n(!\[.*?\]\(.*?\))\n\n(.*)", README[""], re.DOTALL
    ).groups()
    first = NOTEBOOKS[0].stem
    ways = [f'<a class="course-button" href="notebooks/{first}.html">Read notebook 1</a>']
    if lab:
        ways.append(f'<a class="course-button" href="{LAB.format(first)}">Run it in the browser</a>')
    ways.append('<a class="course-button" href="start.html">On your own computer</a>')
    notebooks = [f"notebooks/{path.stem}" for path in NOTEBOOKS]
    around = ["start", "enough", "notation", "terms", "library", "teaching", "contributing", "data/README"]
    return "\n\n".join(
        [
            f"# {title}",
            intro,
            on_screen((HERE / "neuron.html").read_text(encoding="utf-8").strip()),
            on_screen('<p class="course-ways">' + "\n".join(ways) + "</p>"),
            relink(picture),
            result,
            *(f"## {name}\n\n{relink(README[name])}" for name in LANDING),
            toctree("The ten notebooks", notebooks),
            toctree("Around them", [*around, "about", "licence"]),
        ]
    )


def terms():
    """Return the page of terms, in the order of the alphabet, and of symbols, each with the place that explains it."""
    _, *found = rows_of(README["Terms"])
    found = [
        [f"**{term}**", meaning, f"[{place}](#section-{place.replace('.', '-')})", f"*{others}*" if others else ""]
        for term, meaning, place, others in sorted(found, key=lambda row: row[0].casefold())
    ]
    intro = README["Terms"].split("\n\n|")[0]
    symbols = []
    for path in NOTEBOOKS:
        number, cells = int(path.stem[:2]), symbol_rows(path)
        symbols += [[symbol, code, meaning, f"[{number}](notebooks/{path.name})"] for symbol, code, meaning in cells]
    return "\n\n".join(
        [
            "# Terms and symbols",
            f"{intro} The last column has other words for the same thing, which this course does not use.",
            "## Terms",
            table(["Term", "Meaning", "Section", "Not"], found),
            "## Symbols",
            "Each with the notebook that first uses it. The [notation](notation.md) has those of the whole course.",
            table(["Symbol", "In code", "Meaning", "Notebook"], symbols),
        ]
    )


def symbol_rows(path):
    """Return (symbol, code, meaning) of each row in a notebook's table of new symbols."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if "**New symbols**" in source:
            return [(symbol, code, meaning) for symbol, code, _, meaning in rows_of(source)[1:]]
    return []


def library():
    """Return the page that shows the library's files, in the order in which its map says to read them."""
    docstring = re.search(r'"""(.*?)"""', text("shared/__init__.py"), re.DOTALL)[1]
    names = re.findall(r"^    (\w+) {2,}(.*)$", docstring, re.MULTILINE)
    parts = [
        f"## {name}\n\n{what[0].upper()}{what[1:].rstrip('.')}{'' if what.endswith('?') else '.'}\n\n"
        f"```{{literalinclude}} {os.path.relpath(ROOT / 'shared' / f'{name}.py', FOLDER)}\n:language: python\n```"
        for name, what in names
    ]
    intro = (
        "What the notebooks build and keep: a neural network in NumPy, made to be read in one sitting, in this order. "
        "It is the package `shared` of the course; its other files draw the figures and make the notebooks answer."
    )
    return "\n\n".join(["# The library", intro, *parts])


def pages(lab):
    """Yield the name and the text of each page."""
    yield "index.md", landing(lab)
    for page, (title, names) in PAGES.items():
        if title is None:
            yield f"{page}.md", f"# {names[0]}\n\n{up(relink(README[names[0]]))}"
        else:
            parts = [f"## {name}\n\n{relink(README[name])}" for name in names if README.get(name)]
            yield f"{page}.md", "\n\n".join([f"# {title}", *parts])
    yield "terms.md", terms()
    yield "library.md", library()
    for name, page in FILES.items():
        if name.endswith(".md") and name != "README.md":
            yield page, relink(one_title(text(name)), posixpath.dirname(name))
    yield "licence.md", f"# Licence\n\n```text\n{text('LICENSE').strip()}\n```"


def write(folder, lab):
    """Write the source into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, markdown in pages(lab):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(markdown + "\n", encoding="utf-8")
    (folder / "notebooks").mkdir()
    for path in NOTEBOOKS:
        shutil.copyfile(path, folder / "notebooks" / path.name)
    shutil.copyfile(ROOT / ".github" / "course.png", folder / "course.png")


if __name__ == "__main__":
    if "--fingerprint" in sys.argv:
        print(fingerprint())
    else:
        FOLDER = Path(sys.argv[1]).resolve()
        write(FOLDER, "--lab" in sys.argv)
