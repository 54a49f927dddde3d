"""What TEACHING.md says of the notebooks, held against them."""

import re
from functools import lru_cache

import nbformat
import pytest
from nbconvert.exporters import SlidesExporter
from traitlets.config import PyFileConfigLoader

import slides
from notebooks import COURSE, FOLDER, ROOT, cells, exercises, load

TEACHING = (ROOT / ".github" / "TEACHING.md").read_text(encoding="utf-8")
WEEKS = dict(re.findall(r"^### Week (\d+): .*\n((?:(?!##).*\n)*)", TEACHING, re.MULTILINE))
each_week = pytest.mark.parametrize(("number", "stem"), list(enumerate(COURSE, 1)), ids=list(COURSE))


def line(number, word):
    """Return what a week's plan says after **Together** or **Alone**."""
    (found,) = re.findall(rf"^- \*\*{word}\*\*: (.*)$", WEEKS[str(number)], re.MULTILINE)
    return found


def named(text, number):
    """Return the sections of a notebook that a text names: "4.1 to 4.3, 4.5" are four."""
    found = []
    for first, last in re.findall(rf"(?<![\d.]){number}\.(\d+)(?: to {number}\.(\d+))?", text):
        found += range(int(first), int(last or first) + 1)
    return found


@lru_cache
def sections(stem):
    """Return the titles of a notebook's sections by number, and the numbers of those with an explorer."""
    titles, explored, now = {}, set(), None
    for cell in load(FOLDER / f"{stem}.ipynb").cells:
        if cell.cell_type == "markdown":
            for number, title in re.findall(r"^## (?:\d+\.(\d+) )?(.*)$", cell.source, re.MULTILINE):
                now = int(number) if number else None
                titles[now] = title
        elif "explorers." in cell.source and now:
            explored.add(now)
    titles.pop(None, None)
    return titles, explored


@lru_cache
def whole(stem):
    """Return the texts, the code and the printed lines of a notebook."""
    parts = []
    for cell in load(FOLDER / f"{stem}.ipynb").cells:
        parts.append(cell.source)
        parts += [output.text for output in cell.get("outputs", []) if output.output_type == "stream"]
    return "\n".join(parts)


# --- the plan


@each_week
def test_a_week_is_a_notebook(number, stem):
    assert f"[Notebook {number}](../notebooks/{stem}.ipynb)" in WEEKS[str(number)]


@each_week
def test_every_section_is_in_the_plan_once(number, stem):
    titles, _ = sections(stem)
    wanted = {key for key, title in titles.items() if "xercises" not in title}
    plan = named(line(number, "Together"), number) + named(line(number, "Alone").split("Exercises")[0], number)
    assert sorted(plan) == sorted(wanted)


@each_week
def test_explorers_are_where_the_plan_says(number, stem):
    _, explored = sections(stem)
    for section in re.findall(rf"\b{number}\.(\d+) with its explorer", WEEKS[str(number)]):
        assert int(section) in explored


@each_week
def test_the_plan_names_the_exercises(number, stem):
    asked = re.findall(r"\b(\d\d\.\d+)(?: to (\d\d\.\d+))?", line(number, "Alone").split("Exercises")[1].split(";")[0])
    found = []
    for first, last in asked:
        book, start = first.split(".")
        found += [f"{book}.{k}" for k in range(int(start), int((last or first).split(".")[1]) + 1)]
    there = {name for name, _ in exercises(FOLDER / f"{stem}.ipynb") if name[3:].isdigit()}
    assert found == sorted(there)


def test_the_long_notebooks_are_named():
    import reading_times

    minutes = {number: reading_times.times(FOLDER / f"{stem}.ipynb")[0] for number, stem in enumerate(COURSE, 1)}
    longest = sorted(sorted(minutes, key=minutes.get)[-2:])
    assert f"notebooks {longest[0]} and {longest[1]}, the longest two" in TEACHING


# --- the questions


@each_week
def test_two_or_three_questions_a_week_and_what_to_listen_for(number, stem):
    parts = re.split(r"^> ", WEEKS[str(number)], flags=re.MULTILINE)[1:]
    assert 2 <= len(parts) <= 3
    assert all(part.count("Listen for") == 1 for part in parts)


@each_week
def test_numbers_to_listen_for_stand_in_the_notebook(number, stem):
    """Numbers with a point, large ones, and numbers of steps; the names of sections and exercises are elsewhere."""
    questions = WEEKS[str(number)].split("\n> ", 1)[1]
    questions = re.sub(rf"\b{number}\.\d+(?![\d%])|\b{number:02}\.\d+", "", questions) if number > 1 else questions
    numbers = re.findall(r"(?<![\w.,])\d+\.\d+(?:e[+-]\d+)?|\d+,\d{3}|\b\d{3,}\b", questions)
    assert numbers or number == 2
    missing = [each for each in numbers if each not in whole(stem)]
    assert not missing


# --- commands and words


def test_the_course_does_what_is_said_of_progress():
    from shared import exercises as package
    from shared.exercises import overview, record

    assert {"check", "summary", "progress"} <= set(package.__all__)
    assert record.DAYS == (1, 3, 7, 21)
    assert "1, 3, 7 and 21 days" in TEACHING
    assert overview.AT_MOST == 5
    assert "`.progress.json` beside" in TEACHING
    assert record.BESIDE_THE_NOTEBOOKS == FOLDER / ".progress.json"
    assert "COURSE_PROGRESS" in TEACHING


def test_no_address_is_invented():
    """Links lead to pages that everybody can read; the pattern for a hub has capitals where a name is missing."""
    assert re.findall(r"https://[^\s)\"`]+", TEACHING) == [
        "https://nbgitpuller.readthedocs.io/",
        "https://HUB/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2FOWNER%2FNAME"
        "&branch=main&urlpath=lab%2Ftree%2FNAME%2Fnotebooks%2F01_the_model.ipynb",
    ]


def exported(stem):
    """Return the slides of a notebook as HTML, made with the settings that TEACHING.md names."""
    (path,) = re.findall(r"--config (\S+)", TEACHING)
    settings = PyFileConfigLoader(path, path=str(ROOT)).load_config()
    html, _ = SlidesExporter(config=settings).from_notebook_node(nbformat.read(FOLDER / f"{stem}.ipynb", as_version=4))
    return html


@pytest.mark.filterwarnings("ignore")  # of nbconvert's: alternative texts stand elsewhere in outputs
@pytest.mark.parametrize("stem", ["04_gradient_descent", "10_digit_recognition"])
def test_each_section_begins_a_slide(stem):
    html = exported(stem)
    begun = re.findall(r"<section><section>\s*<div[^>]*>(?:(?!</section>).)*?<h[12] id=\"(.*?)\"", html, re.DOTALL)
    opening = [source for _, source in cells(FOLDER / f"{stem}.ipynb", "markdown") if re.match("##? ", source)]
    assert len(begun) == html.count("<section><section>") == len(opening)
    assert len(begun) >= 8
    assert "sys.path.insert" not in html  # Setup
    assert "summary(</span>" not in html


@pytest.mark.parametrize(
    ("kind", "source", "wanted"),
    [
        ("markdown", "## 4.1 A title\n\nand text", "slide"),
        ("markdown", "### Try it\n\n## 4.2 inside", "subslide"),
        ("markdown", "text", "subslide"),
        ("markdown", "<details><summary>Hint</summary>\n\ntext", "-"),
        ("code", "x = 1", "-"),
        ("code", 'summary("04")', "skip"),
    ],
)
def test_what_becomes_of_a_cell(kind, source, wanted):
    cell = nbformat.v4.new_markdown_cell(source) if kind == "markdown" else nbformat.v4.new_code_cell(source)
    assert slides.slide_type(7, cell) == wanted


def test_title_and_setup():
    assert slides.slide_type(0, nbformat.v4.new_markdown_cell("# 4 · Gradient descent")) == "slide"
    assert slides.slide_type(3, nbformat.v4.new_code_cell("import sys")) == "skip"
