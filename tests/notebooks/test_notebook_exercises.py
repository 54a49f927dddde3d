"""The exercises: shipped unanswered, their solutions accepted, each known mistake told apart."""

import re
from functools import lru_cache

import numpy as np
import pytest

import notebooks
from notebooks import each_notebook, printed
from shared.exercises import Exercise, check, engine

FILES = sorted((notebooks.ROOT / "shared" / "exercises").glob("notebook_[0-9][0-9].py"))
KNOWN = {
    name: exercise for file in FILES for name, exercise in engine.load(file.stem.removeprefix("notebook_")).items()
}
each_exercise = pytest.mark.parametrize("name", KNOWN)


@pytest.fixture(autouse=True)
def _fresh_memory(monkeypatch):
    monkeypatch.setattr(engine, "_right", {})
    monkeypatch.setattr(engine, "_hints", type(engine._hints)())


def said(capsys, name, answer):
    """Return what check prints last, without the exercise's name: answers may print as well."""
    check(name, answer)
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith(f"{name} ")
    return line.removeprefix(f"{name} ")


# --- the descriptions in shared/exercises


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_names_begin_with_a_and_with_one(file):
    notebook = file.stem.removeprefix("notebook_")
    names = list(engine.load(notebook))
    before_you_start = [f"{notebook}.{letter}" for letter in "abc"]
    numbered = [name for name in names if name not in before_you_start]
    assert numbered == [f"{notebook}.{k}" for k in range(1, len(numbered) + 1)]
    assert names in (numbered, before_you_start + numbered)
    assert 3 <= len(numbered) <= 6


@each_exercise
def test_description_is_complete(name):
    exercise = KNOWN[name]
    assert isinstance(exercise, Exercise)
    assert len(exercise.mistakes) >= 3
    hints = [hint for _, hint in exercise.mistakes]
    assert len(set(hints)) == len(hints), "two mistakes have the same hint"
    for sentence in (*hints, exercise.correct):
        assert len(sentence) >= 15
        assert not re.search(notebooks.FORBIDDEN, sentence, re.IGNORECASE), sentence
    if exercise.inputs is not None:
        assert callable(exercise.solution)
        assert all(isinstance(args, tuple) for args in exercise.arguments())


@each_exercise
def test_solution_is_accepted(name, capsys):
    exercise = KNOWN[name]
    for _ in range(2):  # it may not depend on what the first call left behind
        assert said(capsys, name, exercise.solution) == f"correct: {exercise.correct}"


MISTAKES = [(name, k) for name, exercise in KNOWN.items() for k in range(len(exercise.mistakes))]


@pytest.mark.parametrize(("name", "k"), MISTAKES, ids=[f"{name}-{k}" for name, k in MISTAKES])
def test_mistake_gets_its_own_hint(name, k, capsys):
    mistake, hint = KNOWN[name].mistakes[k]
    assert said(capsys, name, mistake) == f"not yet: {hint}"


NONSENSE = {
    "None": None,
    "text": "?",
    "nan": np.nan,
    "inf": np.inf,
    "huge": 10**400,
    "empty": [],
    "dict": {},
    "many": (None,) * 8,
    "no rows": np.zeros((0, 3)),
    "object": object(),
    "function": print,
}


@each_exercise
@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_is_refused(name, kind, capsys):
    assert said(capsys, name, NONSENSE[kind]).startswith("not yet: ")


@each_exercise
def test_hint_of_an_unknown_wrong_number_does_not_tell_the_solution(name, capsys):
    solution = KNOWN[name].solution
    if isinstance(solution, (int, float)) and not isinstance(solution, bool):
        text = said(capsys, name, solution * 1.2345 + 17)
        assert f"{solution:.4g}" not in text
        assert str(solution) not in text


@each_exercise
def test_stub_is_not_answered(name, capsys):
    def stub(*args, **settings):
        """Say what to do here."""
        ...

    for answer in (..., stub, (1.0, ...)):
        assert said(capsys, name, answer) == "not answered yet"


# --- the notebooks


@lru_cache
def solved(path):
    """Return the notebook, run with every solution written where its dots were."""
    return notebooks.execute(notebooks.with_solutions(path), path.parent)


@each_notebook
def test_names_are_those_of_the_descriptions(path):
    number = path.stem[:2]
    names = [name for name, _ in notebooks.exercises(path)]
    assert names == [name for name in KNOWN if name.startswith(f"{number}.")]


@each_notebook
def test_shipped_unanswered(path):
    names = notebooks.exercises(path)
    for name, index in names:
        assert f"{name} not answered yet\n" in printed(notebooks.load(path).cells[index])
    end = notebooks.load(path).cells[notebooks.summary_index(path)]
    assert printed(end) == f"0 of {len(names)} answered\n"


@each_notebook
def test_every_exercise_has_a_solution(path):
    for name, index in notebooks.exercises(path):
        code = notebooks.solution(path, index)
        assert code, (
            f"below {name}: <details><summary>Solution</summary>, blank line, a fence of Python, blank line, </details>"
        )
        assert not re.search(r"^check\(", code, re.MULTILINE), "the exercise's cell checks already"
        compile(code, f"solution of {name}", "exec")


@each_notebook
def test_solutions_are_accepted(path):
    names = notebooks.exercises(path)
    notebook = solved(path)
    for name, index in names:
        last = printed(notebook.cells[index]).splitlines()[-1]
        assert last == f"{name} correct: {KNOWN[name].correct}"
    end = notebook.cells[notebooks.summary_index(path)]
    assert printed(end) == f"{len(names)} of {len(names)} answered\n"
    for cell in notebook.cells:
        assert not any(output.get("name") == "stderr" for output in cell.get("outputs", []))
