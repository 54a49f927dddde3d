"""The dots `...` stand where an answer will be: a stub is a value that holds them, or a function that returns them."""

import dis
from itertools import islice, pairwise
from types import CodeType

import numpy as np


def unanswered(answer):
    """Return whether the dots still stand in the answer: in a value, or in what a function returns."""
    waiting = [answer]
    seen = set()
    while waiting and len(seen) < 10_000:  # a list may be very long, or contain itself
        value = waiting.pop()
        if value is ... or _is_stub(value):
            return True
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            waiting += islice(value.values(), 1000)
        elif isinstance(value, (list, tuple)):
            waiting += value[:1000]
        elif isinstance(value, np.ndarray) and value.dtype == object:
            waiting += list(value.flat[:1000])
    return False


def met_dots(error):
    """Return whether a function has failed because dots still stand in it: in a name of its own, or in its sum.

    `Z = ...` and then `Z @ W` raises TypeError; the name Z, when that happens, still holds the dots.
    """
    if "ellipsis" in str(error):  # what Python calls the type of the dots
        return True
    called = error.__traceback__.tb_next  # the first frame is the one that has called the function
    return called is not None and any(value is ... for value in called.tb_frame.f_locals.values())


# Stubs of the old form, a function whose body is `...`. They return None, as a function that forgot its `return` does.


def _instructions(code):
    instructions = dis.get_instructions(code)
    return [(i.opname, i.argval) for i in instructions if i.opname not in ("NOP", "RESUME")]


def _stub(): ...


_STORES = ("STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF")
_nothing = _instructions(_stub.__code__)


def _is_stub(value):
    code = getattr(value, "__code__", None)
    if not isinstance(code, CodeType):
        return False
    steps = _instructions(code)
    stored = any(a[1] is ... and b[0].startswith(_STORES) for a, b in pairwise(steps))
    return stored or steps == _nothing
