"""The engine of the exercises: `check`, what an exercise is, and how it judges an answer."""

import copy
import importlib
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import NamedTuple

import numpy as np

from shared.exercises import record
from shared.exercises.compare import difference, plain, text, too_many
from shared.exercises.dots import unanswered
from shared.exercises.outcomes import agree, outcome, parameter_names, wrong_parameters


def check(exercise, answer):
    """Print whether `answer` solves `exercise` ("08.1"), or a hint; only Ctrl-C is ever raised.

    An answer, right or wrong, is kept for `summary` and `progress`; dots change nothing.
    """
    verdict = None
    try:
        verdict, line = _judged(exercise, answer)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        name = exercise if type(exercise) is str else "This"
        line = f"{name} not yet: your answer cannot be looked at ({type(error).__name__} on the way)"
    say(_marked(line, verdict))
    if verdict and verdict is not UNANSWERED:
        sentence = record.kept.keep(exercise, verdict.hint)
        if sentence:
            say(sentence)


def _marked(line, verdict):
    """Return the line, in a notebook with a mark before it, in colour, that tells right from wrong at a glance."""
    if verdict is None or type(sys.stdout).__module__.partition(".")[0] not in NOTEBOOKS:
        return line
    mark = MARKS[verdict.kind]
    return f"{mark} {line}" if mark else line


def say(line):
    """Print a line, also where the output knows no Greek."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding))


class Verdict(NamedTuple):
    """What an exercise says to an answer."""

    kind: str  # "right", "unanswered" or "wrong"
    hint: str | None = None  # to a wrong answer


MARKS = {"right": "\x1b[1;32m✓\x1b[0m", "wrong": "\x1b[1;31m✗\x1b[0m", "unanswered": ""}  # green, red
NOTEBOOKS = "ipykernel", "pyodide_kernel"  # whose output shows colours

RIGHT = Verdict("right")
UNANSWERED = Verdict("unanswered")


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """The solution of an exercise, the mistakes it knows, and what it says to each.

    A function is right when on every tuple of arguments in `inputs` it does what the solution does:
    returns the same, raises the same, changes the same arguments in place. It makes a known mistake
    when it does what that mistake does. Where a task has several right answers, `also_right` knows.
    """

    solution: object  # a number, array, text, bool, or tuple, list, dict of those; or a function
    mistakes: Sequence  # pairs (wrong value or wrong function, hint)
    correct: str  # the sentence printed after "correct:"
    inputs: Sequence | Callable | None = None  # argument tuples, copied for each call, or their maker
    judge: Callable | None = None  # answer -> None, a hint, or UNANSWERED; replaces (without `inputs`) or follows
    also_right: Callable | None = None  # (arguments, result) -> bool: another way to be right?
    tolerance: float = 1e-6  # the share by which numbers may differ: `compare.allowed` says of what

    def verdict(self, answer):
        """Return RIGHT, UNANSWERED if the dots still stand in the answer, else a Verdict with a hint."""
        if unanswered(answer):
            return UNANSWERED
        many = too_many(answer)
        if not many:
            answer = plain(answer)
        wrong = self._wrong_kind(answer)
        if self.judge and many:
            wrong = f"{text(answer)} is far more than is asked for"
        if wrong:
            return Verdict("wrong", wrong)
        said = self._said_to_value(answer) if self.inputs is None else self._said_to_function(answer)
        if said is None:
            return RIGHT
        return said if said is UNANSWERED else Verdict("wrong", said)

    def arguments(self):
        """Return new argument tuples at each call: functions may change what they are given."""
        return self.inputs() if callable(self.inputs) else [copy.deepcopy(a) for a in self.inputs]

    def _wrong_kind(self, answer):
        """Return a hint if a function is given for a value, a value for a function, or nothing at all."""
        if callable(answer) and not callable(self.solution):
            return f"a value is asked for, you have {text(answer)}: call it first"
        if callable(self.solution) and not callable(answer):
            return f"a function is asked for, you have {text(answer)}: hand over its name alone"
        if answer is None and self.solution is not None:
            return "your answer is None: does the function it comes from end in a `return`?"

    def _said_to_value(self, answer):
        wrong = self.judge or difference(self.solution, answer, self.tolerance, reveal=False)
        if wrong:
            for mistake, hint in self.mistakes:
                if difference(mistake, answer, self.tolerance) is None:
                    return hint
        return self.judge(answer) if self.judge else wrong

    def _said_to_function(self, function):
        names = self._names()
        if wrong := wrong_parameters(function, names):
            return wrong
        mine = self.outcomes(function)
        if any(got.dots for got in mine):
            return UNANSWERED
        solved = self.outcomes(self.solution)
        triples = zip(self.arguments(), solved, mine, strict=True)
        wrong = next(filter(None, (self._difference(*triple) for triple in triples)), None)
        if wrong:
            for mistake, hint in self.mistakes:
                triples = zip(self.outcomes(mistake), mine, solved, strict=True)
                if all(agree(a, b, right, self.tolerance) for a, b, right in triples):
                    return hint
        return wrong or (self.judge(function) if self.judge else None)

    def _names(self):
        return parameter_names(self.solution, len(self.arguments()[0]))

    def outcomes(self, function):
        """Call `function` on every tuple of arguments and return what happened each time."""
        names = self._names()
        pairs = zip(self.arguments(), self.arguments(), strict=True)
        return [outcome(function, names, given, untouched) for given, untouched in pairs]

    def _is_also_right(self, args, result):
        try:
            return self.also_right is not None and not too_many(result) and bool(self.also_right(args, result))
        except Exception:  # wrong shapes, no numbers: `difference` has a sentence for them
            return False

    def _difference(self, args, expected, got):
        """Return None, or a sentence on where an outcome differs from the solution's."""
        names = self._names()
        given = "with " + ", ".join(f"{name} = {_brief(value)}" for name, value in zip(names, args, strict=True))
        if got.raised and not (expected.raised and issubclass(got.raised, expected.raised)):
            where = _where_it_raises(args, got.line)
            return f"{given} your function raises {got.raised.__name__}: {got.message}{where}"
        if expected.raised and not got.raised:
            return f"{given} your function should raise {expected.raised.__name__}"
        if got.result is None and expected.result is not None:
            return "your function returns None: does it end in a `return`?"
        wrong = difference(expected.result, got.result, self.tolerance)
        if wrong and not self._is_also_right(args, got.result):
            return f"{given}: {wrong}"
        return self._difference_in_place(dict(zip(names, args, strict=True)), expected.changed, got.changed, given)

    def _difference_in_place(self, args, expected, got, given):
        """Return None, or a sentence on arguments that were changed, or left as they are, or changed otherwise."""
        for name, value in args.items():
            if name in got and name not in expected:
                advice = f"make a new array ({name} = {name} - …), do not change the old ({name} -= …)"
                if isinstance(value, list):
                    advice = f"make a new list, and leave {name} and all that is in it as it was"
                return f"the result is right, but the call has changed the numbers in {name}: {advice}"
        for name in expected:
            if name not in got:
                return f"your function should change {name} in place ({name} -= …), it stays as it was"
        if wrong := difference(expected, got, self.tolerance):
            return f"{given}, after the call: {wrong}"


def _where_it_raises(args, line):
    """Return how the learner finds the line: by the same call, if all that is handed over stands in the hint."""
    if all(map(_told_in_full, args)):
        return ". Call it with this input in a cell of its own to see the line"
    return f", in line {line} of the function" if line else ""


def _told_in_full(value):
    if isinstance(value, np.ndarray):
        return value.size <= 6
    if isinstance(value, (list, tuple)):
        return "entries" not in _brief(value) and all(map(_told_in_full, value))
    return value is None or isinstance(value, (Number, str))


def _brief(value):
    """Return `text(value)`, or the length alone of a list whose text would fill a line."""
    told = text(value)
    long = isinstance(value, (list, tuple)) and len(told) > 80
    return f"a {type(value).__name__} of {len(value)} entries" if long else told


def _judged(exercise, answer):
    """Return the verdict and the line that `check` prints; there is no verdict where there is no such exercise."""
    notebook = str(exercise).partition(".")[0].zfill(2)
    exercises = load(notebook)
    if not isinstance(exercise, str) or exercise not in exercises:
        known = f"notebook {notebook} has {', '.join(exercises)}" if exercises else 'a name looks like "08.1"'
        return None, f"There is no exercise {text(exercise)}; {known}"
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("ignore")
        verdict = exercises[exercise].verdict(answer)
    if verdict is RIGHT:
        return verdict, f"{exercise} correct: {exercises[exercise].correct}"
    if verdict is UNANSWERED:
        return verdict, f"{exercise} not answered yet"
    return verdict, f"{exercise} not yet: {verdict.hint}"


def load(notebook):
    """Return the exercises of a notebook ("08") by name, {} when there are none."""
    if not re.fullmatch(r"\d\d", str(notebook)):
        return {}
    name = f"{__package__}.notebook_{notebook}"
    try:
        return importlib.import_module(name).exercises
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return {}
