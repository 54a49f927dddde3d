"""A learner answers the questions of notebook 5, ends everything, comes back days later and opens notebook 6.

The answers go to a folder of this test's own, never to a learner's file.
"""

import json
import re
from datetime import date, timedelta

import notebooks
from driver import Book, Server

FIFTH, SIXTH = "05_backpropagation_derivation", "06_backpropagation_matrix_style"
PATH = notebooks.FOLDER / f"{FIFTH}.ipynb"
QUESTIONS = notebooks.exercises(PATH)
HEADING_IN_VIEW = """words => [...document.querySelectorAll(".jp-Notebook h2, .jp-Notebook h3")].some(heading => {
    const box = heading.getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom < innerHeight && heading.textContent.startsWith(words);
})"""
SHOWN = "img => img.decode().then(() => [img.naturalWidth, img.getBoundingClientRect().width])"


def learners_files():
    """Return what lies beside the notebooks that the tests must not touch, with its content."""
    return {path.name: path.read_bytes() for path in notebooks.FOLDER.glob(".progress*")}


def cell_with(book, words):
    """Return the index of the first code cell with these words."""
    return next(index for index, source in book.sources() if words in source)


def write(book, index, source):
    book.page.evaluate(
        "([index, source]) => course.cells()[index].model.sharedModel.setSource(source)", [index, source]
    )


def run(book, index, source):
    """Write code into a cell and run it; return what is shown below it."""
    write(book, index, source)
    book.run_cell(index)
    return book.cell(index).inner_text()


def answer_with_the_keyboard(book, name, index, code):
    """Replace the dots as a learner does, with mouse and keys."""
    line = book.cell(index).locator(".cm-line").first
    line.click()
    book.page.keyboard.press("Home")
    book.page.keyboard.press("Shift+End")
    book.page.keyboard.insert_text(code)
    book.page.keyboard.press("Control+Enter")
    book.cell(index).get_by_text(f"{name} correct").first.wait_for()


def asked(book, index, typed):
    """Run `progress(forget=True)`, type something into the field that appears; return what is said then."""
    write(book, index, "progress(forget=True)")
    book.page.evaluate(
        """index => {
            course.ran = false;
            jupyterapp.shell.currentWidget.content.activeCellIndex = index;
            jupyterapp.commands.execute("notebook:run-cell").then(() => { course.ran = true; });
        }""",
        index,
    )
    field = book.cell(index).locator(".jp-Stdin-input")
    field.fill(typed)
    field.press("Enter")
    book.wait("course.ran && !course.waiting() && course.connected()")
    return book.cell(index).inner_text()


def later(file, days):
    """Let days pass since all answers in the file."""
    text = file.read_text(encoding="utf-8")
    before = {entry["day"] for entry in json.loads(text)["answers"].values()}
    for day in sorted(before):
        text = text.replace(day, (date.fromisoformat(day) - timedelta(days)).isoformat())
    file.write_text(text, encoding="utf-8")


def test_what_was_answered_is_found_after_a_restart_of_everything(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))
    before = learners_files()
    solved = notebooks.with_solutions(PATH).cells

    with Server() as server, Book(browser, server, f"notebooks/{FIFTH}.ipynb") as book:
        book.run_cell(cell_with(book, "import check"))
        for name, index in QUESTIONS:
            if name == QUESTIONS[0][0]:
                answer_with_the_keyboard(book, name, index, notebooks.solution(PATH, index))
            else:
                assert f"{name} correct" in run(book, index, solved[index].source)
        index = cell_with(book, 'summary("05")')
        book.run_cell(index)
        assert f"{len(QUESTIONS)} of {len(QUESTIONS)} answered" in book.cell(index).inner_text()
        first = server.process
    assert first.poll() is not None  # the server has ended, and its kernels with it

    file = tmp_path / ".progress.json"
    assert set(json.loads(file.read_text(encoding="utf-8"))["answers"]) == {name for name, _ in QUESTIONS}
    later(file, 2)

    with Server() as server, Book(browser, server, f"notebooks/{SIXTH}.ipynb") as book:
        book.run_cell(cell_with(book, "import check"))
        index = cell_with(book, 'summary("06")')
        shown = run(book, index, "from shared.exercises import progress\n\nprogress()")
        count = len(QUESTIONS)
        assert re.search(rf"The whole course: {count} of \d+ answered, {count} for review", shown)
        assert f"5 Backpropagation derivation: {count} of {count} answered, {count} for review" in shown
        following = notebooks.exercises(notebooks.FOLDER / f"{SIXTH}.ipynb")[0][0]
        assert f"Next: exercise {following} in notebook 6" in shown
        assert re.findall(r"For review: exercise (\S+) in notebook 5", shown) == [name for name, _ in QUESTIONS][:5]
        picture = book.cell(index).locator(".jp-OutputArea img")
        assert picture.count() == 1
        wide, room = picture.evaluate(SHOWN)
        assert wide >= 500
        assert room > 300
        book.cell(index).locator(".jp-OutputArea").first.screenshot(path=tmp_path / "progress.png")

        # A link leads to the heading above the exercise.
        heading = "Before you start"
        assert not book.page.evaluate(HEADING_IN_VIEW, heading)
        book.cell(index).get_by_role("link", name="Next: exercise").click()
        book.page.wait_for_function(HEADING_IN_VIEW, arg=heading, timeout=60_000)

        assert "Nothing is forgotten" in asked(book, index, "no")
        assert json.loads(file.read_text(encoding="utf-8"))["answers"]
        assert "All answers are forgotten" in asked(book, index, "yes")
        assert json.loads(file.read_text(encoding="utf-8"))["answers"] == {}
        assert book.problems == []

    assert learners_files() == before
