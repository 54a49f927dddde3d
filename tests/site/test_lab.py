"""The lab: notebooks run to the end in a browser, by Python in the browser, and print what they print here.

The first notebook stands for all; with LAB_TESTS=all in the environment all ten are run. The tests of one notebook
share a page and come in this order. `laboratory` opens the pages, `driver` presses and looks.
"""

import os

import pytest

import driver
from laboratory import Desk, masked
from notebooks import load, paths, printed

# Cells whose lines honestly differ from the stored ones, by a piece of their source, with the reason. Everywhere else
# each line is the same, but for the numbers that sanitize.cfg masks.
BUDGET = "a budget for browsers: fewer images and epochs"
SILENT = "WebAssembly has no flags for overflow and the like, so NumPy has nothing to warn of"
DIFFER = {
    "06_backpropagation_matrix_style": {"for h in (1e-2,": "what rounding leaves hangs on the last digit of exp"},
    "07_activation_functions": {"def watch(": SILENT, "def loss_from_outputs(": SILENT},
    "09_linear_regression": {"twice = np.vstack(": SILENT},  # and `solve` does not notice a singular matrix
    "10_digit_recognition": {
        "budget(": BUDGET,
        "scores.min()": BUDGET,  # least squares of fewer images
        "all zeros: E =": BUDGET,
        "for rate, errors in runs.items()": BUDGET,
        "spectrum = ": BUDGET,
        "now = np.hstack": BUDGET,
        'look("start"': BUDGET,
        "P = network(photograph.X)": BUDGET,
    },
}
THREE = [(0.3, 0.2), (0.5, 0.15), (0.65, 0.25), (0.6, 0.4), (0.45, 0.48), (0.65, 0.55), (0.7, 0.7), (0.55, 0.82)]


@pytest.fixture(scope="module")
def context(browser):
    """Return a browser's context: what one notebook has fetched the next one finds there."""
    context = browser.new_context(viewport=driver.SIZE)
    yield context
    context.close()


BOOKS = [path.stem for path in paths()]


@pytest.fixture(scope="module", params=BOOKS if os.environ.get("LAB_TESTS") == "all" else BOOKS[:1])
def desk(request, context, address):
    """Return a notebook in the lab, all its cells run."""
    with Desk(context, address, request.param) as desk:
        desk.run_all()
        yield desk


@pytest.fixture
def stored(desk):
    """Return the code cells of the notebook as they are stored."""
    (path,) = [path for path in paths() if path.stem == desk.stem]
    return [cell for cell in load(path).cells if cell.cell_type == "code"]


def said(outputs, stream="stdout"):
    """Return what a cell of the lab has written to a stream."""
    return "".join(one["text"] for one in outputs if one["output_type"] == "stream" and one["name"] == stream)


def explorers(desk, trains=None):
    """Return the explorers of a notebook without the drawing pad: those that train, or do not, or all."""
    return [one for one in desk.explorers() if not one.is_pad() and trains in (None, one.trains())]


def test_all_cells_run_without_an_error(desk):
    assert desk.errors() == []
    complaints = [said(outputs, "stderr").strip("\r\n ") for outputs in desk.outputs()]
    assert [text for text in complaints if text and "steps" not in text] == []  # but for bars of progress


def test_nobody_else_is_asked(desk):
    assert desk.strangers() == []
    assert any(url.endswith(".whl") or "pyodide" in url for url in desk.requests)  # workers are heard, too


def test_lines_are_those_of_the_stored_notebook(desk, stored):
    differences, excused = [], DIFFER.get(desk.stem, {})
    for number, (cell, outputs) in enumerate(zip(stored, desk.outputs(), strict=True), 1):
        here, there = masked(said(outputs)), masked(printed(cell))
        assert "is unusual" not in here, f"In [{number}]: {said(outputs)}"
        if here != there and not any(part in cell.source for part in excused):
            differences.append(f"In [{number}]\n--- stored\n{there}\n--- in the lab\n{here}")
    assert not differences, "\n".join(differences)


def test_pictures_are_pictures(desk, stored):
    for cell, outputs in zip(stored, desk.outputs(), strict=True):
        kinds = [[kind for kind in one.get("data", {}) if kind == "image/png"] for one in cell.outputs]
        pictures = [one["data"]["image/png"] for one in outputs if "image/png" in one.get("data", {})]
        assert len(pictures) == sum(map(len, kinds)), cell.source
        assert all(isinstance(one, str) and one.startswith("iVBORw0KGgo") for one in pictures), cell.source


def test_every_explorer_is_there_and_answers_a_key(desk):
    calls = [call for _, source in desk.sources() for call in driver.CALL.findall(source)]
    assert len(desk.explorers()) == len(calls)
    for explorer in explorers(desk):
        explorer.here.scroll_into_view_if_needed()
        desk.settle()
        before = explorer.picture(), explorer.words()
        for control in explorer.controls("slider", "choice"):
            keys = ("End", "Home", "ArrowRight") if control.kind == "slider" else ("ArrowDown", "ArrowUp")
            for key in keys:
                explorer.press(control, key)
                if (explorer.picture(), explorer.words()) != before:
                    break
            else:
                continue
            break
        else:
            pytest.fail(f"{explorer.name}: no slider or choice answers a key")
        assert "went wrong" not in explorer.status(), explorer.name


def test_a_training_runs_and_can_be_interrupted(desk):
    for explorer in explorers(desk, trains=True)[:1]:
        explorer.run_again()
        explorer.click("Start")
        explorer.wait_moving(seconds=60)
        if explorer.status().startswith("Stopped."):
            continue  # a short one has come to its end
        explorer.click("Pause")
        explorer.wait_status("Paused.", seconds=60)
        paused = explorer.picture()
        desk.page.wait_for_timeout(500)
        assert explorer.picture() == paused, f"{explorer.name} moves on while it is paused"


def test_the_drawing_pad_reads_a_digit(desk):
    pads = [one for one in desk.explorers() if one.is_pad()]
    assert len(pads) == sum("explorers.drawing_pad(" in source for _, source in desk.sources())
    for pad in pads:
        pad.draw([[*THREE, (0.3, 0.78)]])
        assert "Most probably a 3" in pad.here.locator(".message").text_content()


def test_nothing_was_left_on_the_console(desk):
    """Comes last: what the tests before it caused."""
    assert desk.problems == []


# In a page without the lab: three files are saved as JupyterLite saves them, one of them an old copy of a notebook that
# has changed since. Returns what is saved after the script has run, and after it has run again.
RETURN = """async address => {
    const done = request => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const text = await (await fetch(address)).text();
    const name = text.match(/const NAME = "(.*?)";/)[1];
    const current = JSON.parse(text.match(/const current = (\\{.*?\\});/)[1]);
    const opened = indexedDB.open(name, 2);
    opened.onupgradeneeded = () => opened.result.createObjectStore("files");
    const database = await done(opened);
    const files = database.transaction("files", "readwrite").objectStore("files");
    for (const path of ["notebooks/01_the_model.ipynb", "notebooks/02_multiple_inputs.ipynb", "mine.ipynb"])
        await done(files.put({ path, content: `the reader's ${path}`, last_modified: "2025-03-31T10:00:00Z" }, path));
    database.close();
    localStorage.setItem(`${name}: seen`, JSON.stringify({ ...current, "notebooks/01_the_model.ipynb": "old" }));
    const saved = [];
    for (const again of [1, 2]) {
        await import(`${address}?${again}`);
        const database = await done(indexedDB.open(name));
        const files = database.transaction("files").objectStore("files");
        saved.push(Object.fromEntries((await done(files.getAll())).map(file => [file.path, file.content])));
        database.close();
    }
    return saved;
}"""


def test_an_update_is_not_hidden_by_an_old_copy_and_the_copy_is_kept(visit, address):
    page = visit().page
    page.goto(f"{address}lite/kind.txt")
    first, second = page.evaluate(RETURN, f"{address}lite/earlier.js")
    assert (
        first
        == second
        == {
            "mine.ipynb": "the reader's mine.ipynb",
            "notebooks/02_multiple_inputs.ipynb": "the reader's notebooks/02_multiple_inputs.ipynb",
            "notebooks/earlier": None,
            "notebooks/earlier/01_the_model, 2025-03-31.ipynb": "the reader's notebooks/01_the_model.ipynb",
        }
    )
