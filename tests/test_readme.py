"""What README.md and its companions say, held against what is there."""

import ast
import importlib.util
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest

import notebooks
import reading_times
from notebooks import COURSE, FOLDER, FORBIDDEN, ROOT, cells
from shared.exercises import progress, record

README = (ROOT / "README.md").read_text(encoding="utf-8")
SYSTEMS = ("Linux and macOS", "Windows")
TEXTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob(".github/*.md"), *ROOT.glob("data/*.md")],
    key=lambda path: path.as_posix(),
)
each_text = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def load_commands():
    spec = importlib.util.spec_from_file_location("readme_commands", ROOT / ".ci" / "readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


commands = load_commands()


def without_code(text):
    return re.sub(r"^ *```.*?^ *```|`[^`\n]*`", " ", text, flags=re.DOTALL | re.MULTILINE)


def requirements(path):
    """Return the pairs (name, bounds) of a requirements file."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [re.fullmatch(r"([\w-]+)\s*(.*)", line).groups() for line in lines if line]


# --- the two lines


@pytest.mark.parametrize("system", SYSTEMS)
def test_opening_line_names_the_first_notebook_that_exists(system):
    line = commands.readme_line("open", system)
    first = "01_the_model" if (FOLDER / "01_the_model.ipynb").exists() else "08_implementation"
    assert commands.named_notebook(line) == f"notebooks/{first}.ipynb"
    assert (FOLDER / f"{first}.ipynb").is_file()
    assert f"labextensions disable '{commands.NEWS}'" in line, "the news question would pop up"


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("purpose", ["open", "test"])
def test_lines_do_all_the_set_up(purpose, system):
    line = commands.readme_line(purpose, system)
    python, folder = ("python", r".venv\Scripts") if system == "Windows" else ("python3", ".venv/bin")
    separator = "\\" if system == "Windows" else "/"
    assert line.startswith(f"{python} -m venv .venv")
    assert f"{folder}{separator}python -m pip install -q -r requirements.txt" in line


@pytest.mark.parametrize("system", SYSTEMS)
def test_testing_line_is_plain_pytest(system):
    words = commands.readme_line("test", system).strip(" }").split()
    assert re.split(r"[\\/]", words[-1])[-1] == "pytest"


@pytest.mark.parametrize(
    ("readme", "says"),
    [
        ("no line here", "found 0 blocks"),
        ("<!-- open, Windows -->\n```powershell\na\nb\n```\n", "exactly one line"),
        ("<!-- open, Windows -->\n```powershell\na\n```\n" * 2, "found 2 blocks"),
    ],
    ids=["missing", "two lines", "twice"],
)
def test_a_readme_without_its_line_is_noticed(readme, says, tmp_path, monkeypatch):
    (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    monkeypatch.setattr(commands, "root", tmp_path)
    with pytest.raises(commands.NotAsPromised, match=says):
        commands.readme_line("open", "Windows")


def test_an_opening_line_that_fails_is_noticed():
    line = "exit 3; /lab/tree/notebooks/08_implementation.ipynb"
    with pytest.raises(commands.NotAsPromised, match="status 3 before JupyterLab started"):
        commands.open_lab(line, seconds=60)


def test_nothing_that_a_line_started_is_left_running(tmp_path):
    program = "import pathlib, time\nwhile True: pathlib.Path('alive').touch(); time.sleep(0.05)"
    (tmp_path / "child.py").write_text(program, encoding="utf-8")
    alive = tmp_path / "alive"
    call = "& " if sys.platform == "win32" else ""
    line = f"cd '{tmp_path}'; {call}'{sys.executable}' child.py; echo never"
    with commands.running(line, os.environ.copy()) as process:
        commands.wait_for(lambda: alive.exists() or None, process, float("inf"), "it began")
    alive.unlink()
    time.sleep(0.5)
    assert not alive.exists()


# --- the table of notebooks


def table_rows():
    rows = re.findall(r"^\| (\d+) \| (.*?) \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    return {int(number): rest for number, *rest in rows}


@pytest.mark.parametrize(("number", "stem"), list(enumerate(COURSE, 1)))
def test_table_says_which_notebooks_are_there(number, stem):
    title = COURSE[stem][0]
    cell, _, goal = table_rows()[number]
    if (FOLDER / f"{stem}.ipynb").exists():
        assert cell == f"[{title}](notebooks/{stem}.ipynb)"
    else:
        assert cell == f"{title} *(in preparation)*"
    assert goal


def test_table_has_every_notebook_once():
    assert list(table_rows()) == list(range(1, len(COURSE) + 1))


@pytest.mark.parametrize("path", notebooks.paths(), ids=lambda path: path.stem)
def test_times_are_the_computed_ones(path):
    number = int(path.stem[:2])
    cure = "run tests/tools/reading_times.py --write"
    core, whole = reading_times.times(path)
    assert reading_times.sentence(core, whole) in notebooks.load(path).cells[1].source, cure
    assert table_rows()[number][1] == reading_times.row_time(core, whole), cure


def test_what_counts_for_the_time():
    text = "One two *three*, $x$ [four](http://five.org).\n\n```python\nsix = 7\n```\n\n"
    folded = "<details><summary>Solution</summary>\n\nnot read\n\n</details>"
    shown = "<details><summary>What you should have seen</summary>\n\nread\n\n</details>"
    assert reading_times.words(text + folded) == 5
    assert reading_times.words(shown) == len("What you should have seen read".split())
    cell = 'explorers.edges()\nanswer = ...\n\ncheck("01.1", answer)'
    assert reading_times.minutes([("code", cell)]) == pytest.approx(0.3 + 2 + 5)
    assert reading_times.minutes([("markdown", "word " * 260)]) == pytest.approx(2)


# --- the self-check: its answers are computed here

# question: (computed, its value, how the answer says it)
SELF_CHECK = {
    1: (np.dot([1, 2], [3, -1]), 1, "**1**"),
    2: (np.array([[1, 2], [3, 4]]) @ [1, -1], (-1, -1), "**(−1, −1)**"),
    3: ((np.ones((3, 5)) @ np.ones((5, 2))).shape, (3, 2), "**3 rows and 2 columns**"),
    4: (np.array([[2, 1], [0, 3]]) @ [0, 1], (1, 3), "**(2, 1) and (0, 3)**"),
    5: ((np.ones((2, 5)) @ np.ones((5, 3))).shape, (2, 3), "**Bᵀ Aᵀ**, with 2 rows and 3 columns"),
    6: (np.polyval(np.polyder([3, -1, 0]), 2), 11, "**11**"),
    7: (np.polyval(np.polyder(np.poly1d([2, 1]) ** 3), 0), 6, "**6**"),
    8: ((2 * 3 * 2, 3**2), (12, 9), "2uv = **12**. With respect to v: u² = **9**"),
    9: (0.01 * np.hypot(3, -4), 0.05, "**0.05**"),
}


def answer(number):
    """Return the text between question `number` and the next one."""
    questions = re.split(r"^(\d+)\. ", README.split("## Do you know enough?")[1], flags=re.MULTILINE)
    found = dict(zip(questions[1::2], questions[2::2], strict=True))
    assert list(found) == [str(k) for k in range(1, 11)]
    return re.search(r"<details><summary>Answer</summary>(.*?)</details>", found[str(number)], re.S)[1]


@pytest.mark.parametrize("number", SELF_CHECK)
def test_answers_of_the_self_check(number):
    computed, value, says = SELF_CHECK[number]
    np.testing.assert_allclose(computed, value)
    assert says in answer(number)


def test_python_question_prints_its_answer(capsys):
    (code,) = re.findall(r"^    ```python\n(.*?)^    ```", README, re.DOTALL | re.MULTILINE)
    exec(re.sub("^    ", "", code, flags=re.MULTILINE), {})
    printed = capsys.readouterr().out.strip()
    assert f"```text\n    {printed}\n" in answer(10)


def test_what_is_said_of_progress():
    """That the file can be taken along, and the rest of it, is tested in tests/desk/test_progress.py."""
    assert record.BESIDE_THE_NOTEBOOKS == FOLDER / ".progress.json"
    assert "`.progress.json` beside the notebooks" in README
    assert "after " + " and ".join(", ".join(map(str, record.DAYS)).rsplit(", ", 1)) + " days" in README
    calls = {
        path.stem[:2] for path in notebooks.paths() if "progress()" in [source for _, source in cells(path, "code")]
    }
    assert calls == {"01", "10"}
    assert "at the end of notebooks 1 and 10" in README
    assert inspect.signature(progress).parameters["forget"].default is False


def test_copies_of_the_course_leave_the_answers_behind():
    driver = (ROOT / "tests" / "browser" / "driver.py").read_text(encoding="utf-8")
    (of_the_browser_tests,) = re.findall(r"^LEFT_OUT = (\(.*?\))$", driver, re.MULTILINE | re.DOTALL)
    for left_out in (commands.LEFT_BEHIND, ast.literal_eval(of_the_browser_tests)):
        ignored = shutil.ignore_patterns(*left_out)
        answers = {".progress.json", ".progress.json.lock", ".progress.json.new", ".progress.damaged-1.json"}
        assert ignored("", [*answers, "01_the_model.ipynb"]) == answers


# --- links, words, layout, licence


def anchors(text):
    titles = re.findall(r"^#+ +(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}


@each_text
def test_links_lead_somewhere(path):
    text = without_code(path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith("https://"):
            file, _, anchor = target.partition("#")
            there = path.parent / file if file else path
            assert there.exists(), f"{path.name} links to {target}"
            if anchor:
                assert anchor in anchors(there.read_text(encoding="utf-8")), target


@each_text
def test_no_word_calls_anything_simple(path):
    text = without_code(path.read_text(encoding="utf-8"))
    assert not re.findall(FORBIDDEN, text, re.IGNORECASE)


MEASURED = json.loads((ROOT / "tests" / "benchmarks" / "accuracy.json").read_text(encoding="utf-8"))["results"]


def test_table_of_accuracies_is_what_the_benchmark_measured():
    rows = re.findall(r"^\| (784-.*?) \| (.*?) \|$", README, re.MULTILINE)
    assert [result["recipe"] for result in MEASURED] == list("anbcde")
    for (title, share), result in zip(rows, MEASURED, strict=True):
        assert len(result["accuracies"]) == 5
        epochs = re.search(r"\d+ epochs", result["title"])
        assert epochs is None or epochs[0] in title
        assert share == shown(result)


def test_table_of_notebook_10_is_what_the_benchmark_measured():
    table = next(text for _, text in cells(FOLDER / "10_digit_recognition.ipynb", "markdown") if "94.02 ±" in text)
    found = re.findall(r"\| ([\d.]+ ± [\d.]+ %) \|", table)
    assert found == [shown(result) for result in MEASURED if result["recipe"] in "anbd"]


def shown(result):
    """Return the mean of the accuracies and their standard deviation as tables show them."""
    share = 100 * np.array(result["accuracies"])
    return f"{share.mean():.2f} ± {share.std(ddof=1):.2f} %"


def test_pictures_have_alt_text():
    pictures = re.findall(r"!\[(.*?)\]", README)
    assert pictures
    assert all(len(alt) > 40 for alt in pictures)


def test_top_level_holds_what_the_layout_names():
    layout = {"README.md", "requirements.txt", "LICENSE", "pyproject.toml"}
    layout |= {"notebooks", "shared", "data", "tests", ".github", ".ci"}
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    made = {".git", ".gitignore", ".gitattributes", *(name.rstrip("/") for name in ignored)}
    there = {path.name for path in ROOT.iterdir()}
    assert layout <= there
    assert {name for name in there - layout - made if not name.endswith(".egg-info")} == set()


def test_licences_are_said_once():
    terms = (ROOT / "LICENSE").read_text(encoding="utf-8")
    for name in ("BSD 3-Clause License", "CC BY 4.0:", "Copyright (c)"):
        assert terms.count(name) == 1
        assert not any(name in path.read_text(encoding="utf-8") for path in TEXTS), name
    assert "(LICENSE)" in README
    assert "(data/README.md)" in README


# --- requirements, metadata, CI


FILES = [
    "requirements.txt",
    "tests/browser/requirements.txt",
    "tests/benchmarks/requirements.txt",
    ".ci/requirements.txt",
]


@pytest.mark.parametrize("file", FILES)
def test_requirements_are_bounded_on_both_sides_and_explained(file):
    path = ROOT / file
    for name, bounds in requirements(path):
        assert re.fullmatch(r">=[\d.]+,<[\d.]+|~=\d+\.\d+\.\d+", bounds), f"{name}{bounds}"
        assert re.search(rf"^{name}\S+ +# \w", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_oldest_versions_come_from_the_lower_bounds():
    oldest = commands.oldest()
    assert "numpy==2.0" in oldest
    assert "ipywidgets==8.1.4" in oldest
    assert len(oldest) == len(requirements(ROOT / "requirements.txt"))


def test_package_metadata_agrees_with_the_requirements():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = dict(requirements(ROOT / "requirements.txt"))
    for dependency in project["dependencies"]:
        name, bounds = re.fullmatch(r"([\w-]+)(.*)", dependency).groups()
        assert name in needed
        assert name != "numpy" or bounds == needed[name]
    lowest = project["requires-python"].removeprefix(">=")
    assert f"Python {lowest} or newer" in README


def test_workflow_pins_its_actions_and_only_reads():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "\t" not in workflow
    actions = re.findall(r"uses: (.*)", workflow)
    assert actions
    for action in actions:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", action), action
    assert re.findall(r"permissions:\n((?:  .*\n)+)", workflow) == ["  contents: read\n"]
    for part in ("ubuntu-latest", "macos-latest", "windows-latest", '"3.11"', '"3.14"', "cron:"):
        assert part in workflow
    for command in re.findall(r"\.ci/\S+", workflow):
        assert (ROOT / command).is_file()


def test_ci_script_can_be_run():
    script = ROOT / ".ci" / "run"
    assert script.read_bytes().startswith(b"#!/usr/bin/env bash\n")
    assert os.name == "nt" or os.access(script, os.X_OK)
    assert os.name == "nt" or subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_texts_name_only_files_that_exist():
    for path in TEXTS:
        named = re.findall(r"`((?:tests|shared|notebooks|data|\.ci|\.github)/[\w./-]+)`", path.read_text("utf-8"))
        missing = [name for name in named if not (ROOT / Path(name)).exists()]
        assert not missing, f"{path.name} names {missing}"
