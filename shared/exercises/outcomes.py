"""What a function does when it is called: returned, raised, changed in place; and whether dots still stand in it."""

import inspect
import re
from itertools import islice
from typing import NamedTuple

from shared.exercises.compare import difference, frozen
from shared.exercises.dots import met_dots, unanswered


class Outcome(NamedTuple):
    """What a call of a function has led to."""

    result: object
    raised: type | None  # the exception's class
    message: str  # what it says
    line: int | None  # and in which line of the function it was raised, if that is known
    changed: dict  # the arguments that were changed in place, by name
    dots: bool  # was the function a stub, or half of one?


def outcome(function, names, arguments, untouched):
    """Call a function and return the Outcome; `untouched` are the same arguments once more, to compare with."""
    result = raised = None
    message = ""
    line = None
    dots = False
    try:
        result = function(*arguments)
        if hasattr(result, "__next__"):  # a generator does nothing before it is asked
            result = list(islice(result, 1000))
        dots = unanswered(result)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        first_line = "".join(str(error).splitlines()[:1])[:200]
        message = re.sub(r" at 0x\w+", "", first_line)
        raised = type(error)
        line = _line_in(function, error)
        dots = met_dots(error)
    triples = zip(names, untouched, arguments, strict=True)
    changed = {name: new for name, old, new in triples if frozen(old) != frozen(new)}
    return Outcome(result, raised, message, line, changed, dots)


def _line_in(function, error):
    """Return the line of a function, counted from its `def`, that was running when the error was raised."""
    called = error.__traceback__.tb_next  # the first frame is the one that has called the function
    code = getattr(function, "__code__", None)
    if called is None or called.tb_frame.f_code is not code:
        return None
    return called.tb_lineno - code.co_firstlineno + 1


def agree(one, other, right, tolerance):
    """Return whether two functions have done the same where `right` is what the solution does.

    What an error says counts only where there should be none: NumPy's words tell mistakes apart. An error that the task
    asks for may have any words.
    """
    if one.raised is not other.raised or (one.message != other.message and not right.raised):
        return False
    pairs = ((one.result, other.result), (one.changed, other.changed))
    return all(difference(a, b, tolerance) is None for a, b in pairs)


def parameter_names(function, count):
    """Return the names of a function's first parameters; some of NumPy's functions do not tell theirs."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    return [names[i] if i < len(names) else f"argument {i + 1}" for i in range(count)]


def wrong_parameters(function, names):
    """Return None, or a hint that a function cannot be called with arguments for these parameters."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*names)
    except TypeError:
        return f"your function has the parameters {signature}, it will be called with ({', '.join(names)})"
