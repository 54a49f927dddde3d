"""Exercises: `check` says whether an answer is right or which mistake it is, `summary` counts.

Each notebook has a file here, `notebook_08.py` for notebook 8, with a dictionary `exercises` of
`Exercise` objects: the solution, the wrong answers we have met, and what to say to each.
Reading ahead spoils the fun.
"""

import copy
import importlib
import inspect
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from .answers import difference, frozen, text, unanswered

__all__ = ["Exercise", "check", "difference", "summary"]

_right = {}  # name of an exercise -> was its last answer right?
_hints = Counter()  # (name of an exercise, hint) -> how often it was met


def check(exercise, answer):
    """Print whether `answer` solves `exercise` ("08.1"), or a hint; only Ctrl-C is ever raised."""
    try:
        line = _check(exercise, answer)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        name = exercise if type(exercise) is str else "This"
        line = f"{name} not yet: your answer cannot be looked at ({type(error).__name__} on the way)"
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding))


def summary(notebook):
    """Print how many exercises of `notebook` ("08") are answered, and the hint met most."""
    exercises = _load(notebook)
    if not exercises:
        return print(f'There are no exercises for {text(notebook)}; a notebook looks like "08"')
    still_open = [name for name in exercises if not _right.get(name)]
    answered = len(exercises) - len(still_open)
    parts = [f"{answered} of {len(exercises)} answered"]
    if answered and still_open:
        parts.append(f"still open: {', '.join(still_open)}")
    met = Counter({key: times for key, times in _hints.items() if key[0] in exercises})
    for (name, hint), times in met.most_common(1):
        parts.append(f"the hint you met most ({times} times, in {name}): {hint}")
    print("; ".join(parts))


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
    judge: Callable | None = None  # answer -> None or a hint; replaces (without `inputs`) or follows
    also_right: Callable | None = None  # (arguments, result) -> bool: another way to be right?
    tolerance: float = 1e-6  # relative, and absolute below 1; whole numbers are compared exactly

    def hint(self, answer):
        """Return None if `answer` is right, `...` if the dots still stand in it, else a hint."""
        if unanswered(answer):
            return ...
        if callable(answer) and not callable(self.solution):
            return f"a value is asked for, you have {text(answer)}: call it first"
        if callable(self.solution) and not callable(answer):
            return f"a function is asked for, you have {text(answer)}: hand over its name alone"
        if answer is None and self.solution is not None:
            return "your answer is None: does the function it comes from end in a `return`?"
        if self.inputs is not None:
            return self._hint_for_function(answer)
        wrong = self.judge or difference(self.solution, answer, self.tolerance, reveal=False)
        if wrong:
            for mistake, hint in self.mistakes:
                if difference(mistake, answer, self.tolerance) is None:
                    return hint
        return self.judge(answer) if self.judge else wrong

    def _hint_for_function(self, function):
        if wrong := self._arity_hint(function):
            return wrong
        mine = self._outcomes(function)
        if any(unanswered(got.result) or "ellipsis" in got.message for got in mine):
            return ...
        triples = zip(self._arguments(), self._outcomes(self.solution), mine, strict=True)
        wrong = next(filter(None, (self._difference(*triple) for triple in triples)), None)
        if wrong:
            for mistake, hint in self.mistakes:
                pairs = zip(self._outcomes(mistake), mine, strict=True)
                if all(difference(a, b, self.tolerance) is None for a, b in pairs):
                    return hint
        return wrong or (self.judge(function) if self.judge else None)

    def _arguments(self):
        """Return new argument tuples at each call: functions may change what they are given."""
        return self.inputs() if callable(self.inputs) else [copy.deepcopy(a) for a in self.inputs]

    def _names(self, args):
        try:
            names = list(inspect.signature(self.solution).parameters)
        except (TypeError, ValueError):  # some of NumPy's functions do not tell
            names = []
        return [names[i] if i < len(names) else f"argument {i + 1}" for i in range(len(args))]

    def _arity_hint(self, function):
        args = self._arguments()[0]
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            return None
        try:
            signature.bind(*args)
        except TypeError:
            names = ", ".join(self._names(args))
            return f"your function has the parameters {signature}, it will be called with ({names})"

    def _outcomes(self, function):
        """Call `function` on every tuple of arguments and return what happened each time."""
        outcomes = []
        for before, after in zip(self._arguments(), self._arguments(), strict=True):
            result, raised, message = None, None, ""
            try:
                result = function(*after)
                if hasattr(result, "__next__"):  # a generator does nothing before it is asked
                    result = list(islice(result, 1000))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                first_line = "".join(str(error).splitlines()[:1])[:200]
                raised, message = type(error).__name__, re.sub(r" at 0x\w+", "", first_line)
            triples = zip(self._names(after), before, after, strict=True)
            changed = {name: new for name, old, new in triples if frozen(old) != frozen(new)}
            outcomes.append(_Outcome(result, raised, changed, message))
        return outcomes

    def _is_also_right(self, args, result):
        try:
            return self.also_right is not None and bool(self.also_right(args, result))
        except Exception:  # wrong shapes, no numbers: `difference` has a sentence for them
            return False

    def _difference(self, args, expected, got):
        """Return None, or a sentence on where an outcome differs from the solution's."""
        names = zip(self._names(args), args, strict=True)
        given = "with " + ", ".join(f"{name} = {_brief(value)}" for name, value in names)
        if got.raised and got.raised != expected.raised:
            advice = "Call it with this input in a cell of its own to see the line"
            return f"{given} your function raises {got.raised}: {got.message}. {advice}"
        if expected.raised and not got.raised:
            return f"{given} your function should raise {expected.raised}"
        if got.result is None and expected.result is not None:
            return "your function returns None: does it end in a `return`?"
        wrong = difference(expected.result, got.result, self.tolerance)
        if wrong and not self._is_also_right(args, got.result):
            return f"{given}: {wrong}"
        for name, value in zip(self._names(args), args, strict=True):
            if name in got.changed and name not in expected.changed:
                advice = f"make a new array ({name} = {name} - …), do not change the old ({name} -= …)"
                if isinstance(value, list):
                    advice = f"make a new list, and leave {name} and all that is in it as it was"
                return f"the result is right, but the call has changed the numbers in {name}: {advice}"
        for name in expected.changed:
            if name not in got.changed:
                return f"your function should change {name} in place ({name} -= …), it stays as it was"
        if wrong := difference(expected.changed, got.changed, self.tolerance):
            return f"{given}, after the call: {wrong}"


def _brief(value):
    """Return `text(value)`, or the length alone of a list whose text would fill a line."""
    told = text(value)
    long = isinstance(value, (list, tuple)) and len(told) > 80
    return f"a {type(value).__name__} of {len(value)} entries" if long else told


class _Outcome(NamedTuple):
    result: object
    raised: str | None  # the exception's name
    changed: dict  # the arguments that were changed in place, by name
    message: str


def _check(exercise, answer):
    notebook = str(exercise).partition(".")[0].zfill(2)
    exercises = _load(notebook)
    if not isinstance(exercise, str) or exercise not in exercises:
        known = f"notebook {notebook} has {', '.join(exercises)}"
        known = known if exercises else 'a name looks like "08.1"'
        return f"There is no exercise {text(exercise)}; {known}"
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("ignore")
        hint = exercises[exercise].hint(answer)
    _right[exercise] = hint is None
    if hint is None:
        return f"{exercise} correct: {exercises[exercise].correct}"
    if hint is ...:
        return f"{exercise} not answered yet"
    _hints[exercise, hint] += 1
    return f"{exercise} not yet: {hint}"


def _load(notebook):
    """Return the exercises of a notebook ("08") by name, {} when there are none."""
    name = f"{__name__}.notebook_{notebook}"
    try:
        known = re.fullmatch(r"\d\d", str(notebook))
        return importlib.import_module(name).exercises if known else {}
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return {}
