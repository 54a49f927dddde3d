"""The dots `...` stand where an answer will be: a stub is a value that holds them, or a function that returns them."""

from itertools import islice

import numpy as np


def unanswered(answer):
    """Return whether the dots still stand in a value: in an answer, or in what a function returns."""
    waiting = [answer]
    seen = set()
    while waiting and len(seen) < 10_000:  # a list may be very long, or contain itself
        value = waiting.pop()
        if value is ...:
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
