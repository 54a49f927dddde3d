"""The exercises: shipped unanswered, their solutions accepted, each known mistake told apart."""

import inspect
import re
from functools import lru_cache
from itertools import count

import numpy as np
import pytest

import notebooks
from notebooks import each_notebook, printed
from shared.exercises import Exercise, check, engine, record
from shared.exercises.engine import RIGHT

FILES = sorted((notebooks.ROOT / "shared" / "exercises").glob("notebook_[0-9][0-9].py"))
KNOWN = {
    name: exercise for file in FILES for name, exercise in engine.load(file.stem.removeprefix("notebook_")).items()
}
each_exercise = pytest.mark.parametrize("name", KNOWN)


@pytest.fixture(autouse=True)
def _fresh_memory(monkeypatch):
    monkeypatch.setattr(record, "kept", record.Record())


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
    assert 3 <= len(numbered) <= 7


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


# --- what a hint says is true of the mistake that it belongs to


def parts(value):
    """Return the arrays, numbers and texts in a result, in their order."""
    if isinstance(value, (list, tuple)):
        return [part for inner in value for part in parts(inner)]
    return [] if value is None else [np.asarray(value)]


def results(name, mistake):
    """Return pairs (what the mistake gives, what the solution gives), for all inputs that tell the two apart."""
    exercise = KNOWN[name]
    if (callable(mistake) and exercise.inputs is None) or isinstance(mistake, dict):
        return []  # judged line by line, letter by letter
    pairs = [(mistake, exercise.solution)]
    if callable(mistake):
        outcomes = zip(exercise.outcomes(mistake), exercise.outcomes(exercise.solution), strict=True)
        pairs = [(got.result, right.result) for got, right in outcomes if not (got.raised or right.raised)]
    return [(got, right) for got, right in pairs if not all_same(got, right)]


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and np.allclose(a.astype(float), b.astype(float), rtol=1e-9, atol=1e-12)


def all_same(a, b):
    a, b = parts(a), parts(b)
    return len(a) == len(b) and all(map(same, a, b))


def some_part(relation):
    """Return the claim that `relation` holds between a part of the result and the same part of what is right."""
    return lambda got, right: any(map(relation, parts(got), parts(right)))


def ratio(a, b):
    """Return the number by which b was multiplied to give a, 0 if there is none."""
    if a.shape != b.shape or not np.any(b):
        return 0
    factor = np.sum(a * b) / np.sum(b * b)
    return factor if same(a, factor * b) else 0


def times(*factors):
    return some_part(lambda a, b: any(abs(ratio(a, b) - factor) < 1e-9 for factor in factors))


def times_a_whole_number(a, b):
    factor = abs(ratio(a, b))
    return factor > 1.5 and abs(factor - round(factor)) < 1e-9


def part_is_right(k):
    def claim(got, right):
        return len(parts(got)) == len(parts(right)) and same(parts(got)[k], parts(right)[k])

    return claim


def numbers_are_right(got, right):
    got, right = (np.sort(np.concatenate([part.ravel() for part in parts(each)])) for each in (got, right))
    return same(got, right)


def one_of_several(got, right):
    return len(parts(got)) < len(parts(right)) and any(same(parts(got)[0], part) for part in parts(right))


CLAIMS = [  # words in a hint, and what they claim of every result (got, right)
    (r"^(\w+: )?the sign is flipped", times(-1)),
    (r"^(\w+: )?twice (too|as) large|all are twice E|the number is twice E", times(2)),
    (r"is half of the limit|^half of it\. At", times(1 / 2)),
    (r"1/m is missing|missing 1/m|without 1/m|has no 1/m", some_part(times_a_whole_number)),
    (
        r"(?<!both )(is|are) transposed|numbers are right, but they stand in rows",
        some_part(lambda a, b: same(a.T, b) and not same(a, b)),
    ),
    (r"has (the )?shape \(n,\)", some_part(lambda a, b: a.ndim == 1 < b.ndim)),
    (r"\bd?b2? is a row", some_part(lambda a, b: a.ndim == 2 and a.shape == b.shape[::-1])),
    (r"^(dW2?|W|the first) is right\b", part_is_right(0)),
    (r"^(db2?|the second) is right\b", part_is_right(1)),
    (r"^(all|both|the|the two) (numbers|lists|values) are right|comes first in your answer", numbers_are_right),
    (
        r"(lists|numbers) are (right,? but )?exchanged|comes first in your answer|^the order is|pair is turned round",
        lambda got, right: all_same(got[::-1], right) and not all_same(got, right),
    ),
    (r"^return both|[bB]oth (lists )?are (wanted|asked for)|return both lists", one_of_several),
    (r"^it is the other way round: True", lambda got, right: got == tuple(not value for value in right)),
]
CLAIMED = [
    pytest.param(name, k, claim, id=f"{name}-{k}-{number}")
    for name, exercise in KNOWN.items()
    for k, (_, hint) in enumerate(exercise.mistakes)
    for number, (words, claim) in enumerate(CLAIMS)
    if re.search(words, hint)
]


@pytest.mark.parametrize(("name", "k", "claim"), CLAIMED)
def test_a_hint_is_true_of_its_mistake(name, k, claim):
    mistake, hint = KNOWN[name].mistakes[k]
    for got, right in results(name, mistake):
        assert claim(got, right), f"{hint}\n{got}\n{right}"


def is_truths(solution):
    return isinstance(solution, tuple) and all(isinstance(value, bool) for value in solution)


LETTERED = [
    pytest.param(name, k, head[1], id=f"{name}-{k}")
    for name, exercise in KNOWN.items()
    if is_truths(exercise.solution)
    for k, (_, hint) in enumerate(exercise.mistakes)
    if (head := re.match(r"(?:look at start )?([a-f](?:(?:, | and )[a-f])*)(?: again)?:", hint))
]


@pytest.mark.parametrize(("name", "k", "letters"), LETTERED)
def test_a_hint_names_the_truth_value_that_is_wrong(name, k, letters):
    mistake, _ = KNOWN[name].mistakes[k]
    pairs = zip("abcdef", mistake, KNOWN[name].solution, strict=False)
    assert [letter for letter, value, right in pairs if value != right] == re.findall(r"\b[a-f]\b", letters)


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
        return ...

    answers = (stub, lambda *args: (1.0, ...)) if callable(KNOWN[name].solution) else (..., (1.0, ...))
    for answer in answers:
        assert said(capsys, name, answer) == "not answered yet"


# --- tolerances: what is nearly right


def moved(value, shares, tolerance, counter):
    """Return a result whose numbers, in their order, are moved by these shares of what the tolerance allows.

    In an array it is the largest number that moves, since a smaller one may move further. Whole numbers stay.
    """
    if isinstance(value, (list, tuple)):
        return type(value)([moved(part, shares, tolerance, counter) for part in value])
    if value is None or isinstance(value, (str, bool, dict)) or np.asarray(value).dtype.kind not in "f":
        return value
    share = shares[next(counter) % len(shares)]
    new = np.array(value, float)
    index = np.unravel_index(np.abs(new).argmax(), new.shape)
    new[index] += share * tolerance * (abs(new[index]) or 1)
    return new


def nearly(exercise, shares):
    """Return the solution, a value or a function, with its numbers moved."""
    if not callable(exercise.solution):
        return moved(exercise.solution, shares, exercise.tolerance, count())
    signature = inspect.signature(exercise.solution)

    def function(*args):
        return moved(exercise.solution(*args), shares, exercise.tolerance, count())

    function.__signature__ = signature
    return function


def float_count(exercise):
    """Return how many arrays or numbers with a fraction the solution has, or its result for the first input."""
    counter = count()
    result = exercise.solution
    if callable(result):
        result = exercise.outcomes(result)[0].result if exercise.inputs is not None else None
    moved(result, [0.0], 1.0, counter)
    return next(counter)


# A judge without inputs has rules of its own, tested with its notebook; `also_right` may be more generous.
MEASURED = [name for name, exercise in KNOWN.items() if exercise.inputs or not exercise.judge]
MEASURED = [name for name in MEASURED if float_count(KNOWN[name])]
# The tolerances that the exercises need, written down a second time: 1e-6 is for what a computer has computed.
TOLERANCES = {
    "01.4": 1e-3,  # by hand, four digits in every step
    "03.4": 1e-2,  # fractions, as decimals
    "04.3": 2e-3,
    "04.4": 0.0101,  # halved until 1 % is left
    "05.a": 1e-4,  # tells 12.01 from 12
    "05.b": 3e-3,
    "05.4": 1e-9,  # a small difference counts
    "07.a": 2e-3,  # 0.105
    "07.c": 1e-3,  # four digits
    "07.3": 2e-3,  # two digits
    "08.a": 2e-3,  # three digits
    "08.3": 1e-3,
    "08.4": 5e-3,
    "09.c": 2e-3,  # 4.67
    "10.b": 1e-3,
    "10.c": 2e-3,
}


@pytest.mark.parametrize("name", MEASURED)
def test_tolerance_is_as_wide_as_is_needed(name):
    assert KNOWN[name].tolerance == TOLERANCES.get(name, 1e-6)


@pytest.mark.parametrize("name", MEASURED)
def test_a_tolerance_accepts_what_is_inside(name):
    for side in (0.98, -0.98):
        assert KNOWN[name].verdict(nearly(KNOWN[name], [side])) is RIGHT


@pytest.mark.parametrize("name", [name for name in MEASURED if not KNOWN[name].also_right])
def test_a_tolerance_refuses_what_is_outside(name):
    parts = float_count(KNOWN[name])
    for k in range(parts):
        for side in (1.02, -1.02):
            shares = [side if part == k else 0.0 for part in range(parts)]
            assert KNOWN[name].verdict(nearly(KNOWN[name], shares)) is not RIGHT, f"part {k} moved by {side}"


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
        assert last == f"\x1b[1;32m✓\x1b[0m {name} correct: {KNOWN[name].correct}", "with its mark"
    end = notebook.cells[notebooks.summary_index(path)]
    assert printed(end) == f"{len(names)} of {len(names)} answered\n"
    for cell in notebook.cells:
        assert not any(output.get("name") == "stderr" for output in cell.get("outputs", []))
