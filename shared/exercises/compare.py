"""Compare an answer with what is expected: does it equal it, and if not, where not?

What an answer may be, for all exercises alike: 1 and 0 stand for True and False where a truth value is asked for. A
number or a shape in quotes is a text. A matrix (np.matrix) is the array that it holds, an array without dimensions is
its number. Texts, dates and masked entries are no numbers. An imaginary part counts, and is never dropped.
"""

import ast
from numbers import Number

import numpy as np

NUMBERS = "biufc"  # the kinds of NumPy arrays that hold numbers
MANY = 1_000_000  # entries: no answer of the course has nearly as many


def difference(expected, got, tolerance=1e-6, reveal=True, place=""):
    """Return None when `got` equals `expected`, otherwise a sentence that names one difference.

    Shapes must agree exactly. Numbers may differ as `allowed` says, text by case and spaces. With `reveal=False` the
    sentence does not give away a lone number, a text or a truth value. Objects of other types never count as equal.
    """
    got = plain(got, depth=0)
    if isinstance(expected, np.ndarray) and expected.dtype.kind not in NUMBERS:
        expected = expected.tolist()
    at = f" at {place}" if place else ""

    if expected is None:
        return None if got is None else f"expected None{at}, you have {text(got)}"
    if isinstance(expected, str):
        return _difference_of_texts(expected, got, reveal, at)
    if quoted(got):
        return f"{text(got)}{at} is a text: write it without quotes"
    if isinstance(expected, (bool, np.bool_)):
        return _difference_of_truths(expected, got, reveal, at)
    if isinstance(expected, dict):
        if isinstance(got, dict) and expected.keys() == got.keys():
            return _first_difference(expected, got, list(expected), tolerance, reveal, place)
        names = ", ".join(map(text, expected))
        return f"expected a dict with the keys {names}{at}, you have {text(got)}"
    if isinstance(expected, (list, tuple)):
        if isinstance(got, (list, tuple, np.ndarray)) and len(got) == len(expected):
            return _first_difference(expected, got, range(len(got)), tolerance, reveal, place)
        return f"expected {len(expected)} values{at}, you have {text(got)}"
    if not isinstance(expected, (Number, np.ndarray)):
        return f"{text(got)}{at} cannot be compared"
    return _difference_of_numbers(np.asarray(expected), got, tolerance, reveal, place)


def _first_difference(expected, got, keys, tolerance, reveal, place):
    for key in keys:
        inside = f"{place}[{text(key)}]" if len(keys) > 1 else place
        if wrong := difference(expected[key], got[key], tolerance, reveal, inside):
            return wrong


def _difference_of_texts(expected, got, reveal, at):
    if not isinstance(got, str):
        return f"expected a text in quotes{at}, you have {text(got)}"
    if _letters(got) == _letters(expected):
        return None
    return f"expected {text(expected)}{at}, you have {text(got)}" if reveal else f"{text(got)}{at} is not right"


def _letters(value):
    return " ".join(value.split()).casefold()


def _difference_of_truths(expected, got, reveal, at):
    value = truth(got)
    if value is None:
        return f"expected True or False{at}, you have {text(got)}"
    if value == expected:
        return None
    return f"expected {text(expected)}{at}, you have {text(got)}" if reveal else f"{text(got)}{at} is not right"


def _difference_of_numbers(expected, got, tolerance, reveal, place):
    at = f" at {place}" if place else ""
    shape = expected.shape
    if not isinstance(got, (Number, np.generic, np.ndarray, list, tuple)):
        asked = f"an array of shape {shape}" if shape else "a number"
        return f"expected {asked}{at}, you have {text(got)}"
    if _shape(got) != shape:  # before anything looks at the entries: there may be very many
        asked = f"shape {shape}" if shape else "a single number"
        return f"expected {asked}{at}, you have shape {_shape(got)}"
    got = numbers(got)
    if got is None:
        return "not every entry of your answer is a number"
    margin = allowed(expected, tolerance)
    wrong = ~_near(got, expected, margin)
    return _sentence_on_numbers(expected, got, wrong, margin, reveal, place) if wrong.any() else None


def allowed(expected, tolerance):
    """Return by how much each number may differ from the expected one: an array of the same shape, or one number.

    `tolerance` is a share: of the number, or of the largest number in the array (of 1, if that is larger than 1) where
    this is more, so that the zeros among other numbers are no traps. Where all are zero it is the difference itself.
    Whole numbers are compared exactly.
    """
    if expected.dtype.kind in "biu":
        return 1e-9
    finite = np.isfinite(expected)
    largest = np.abs(expected[finite]).max(initial=0)
    floor = min(largest, 1) if largest > 1e-12 else 1
    return tolerance * np.where(finite, np.maximum(np.abs(expected), floor), 0)


def _near(got, expected, margin):
    with np.errstate(all="ignore"):  # infinity minus infinity
        same = (got == expected) | (np.isnan(got) & np.isnan(expected))
        return same | (np.abs(got - expected) <= margin)


def _sentence_on_numbers(expected, got, wrong, margin, reveal, place):
    """Return the sentence on the first wrong entry, and what has happened to all entries if that can be seen."""
    reveal = reveal or place or expected.size > 1
    index = tuple(int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape))
    want = expected[index]
    have = got[index]
    place += f"[{', '.join(map(str, index))}]" if index else ""
    at = f" at {place}" if place else ""
    if np.isnan(have):
        return f"nan (not a number){at}"
    digits = next((d for d in (4 if reveal else 6, 6, 9) if text(want, d) != text(have, d)), 17)
    if reveal:
        told = f"expected {text(want, digits)}{at}, you have {text(have, digits)}"
    elif have.imag or want.imag:
        told = f"{text(have, digits)} is not right"
    else:
        told = f"{text(have, digits)} is too {'small' if have < want else 'large'}"
    if _near(got, -1.0 * expected, margin).all():
        return f"{told} (the sign is flipped)"
    if expected.T.shape == got.shape and _near(got, expected.T, np.max(margin)).all():
        return f"{told} (it is transposed)"
    return told


# --- what an answer is


def plain(value, depth=3):
    """Return an answer as the plain values it holds: a matrix as array, an array without dimensions as its number.

    Lists, tuples and dicts are looked into, as deep as `depth` says. An array with masked entries stays masked.
    """
    if isinstance(value, np.ndarray):
        if not np.ma.is_masked(value):
            value = np.asarray(value)
        return value[()] if np.ndim(value) == 0 and type(value) is np.ndarray else value
    if depth and type(value) in (list, tuple) and len(value) <= 1000:
        return type(value)(plain(part, depth - 1) for part in value)
    if depth and type(value) is dict and len(value) <= 1000:
        return {key: plain(part, depth - 1) for key, part in value.items()}
    return value


def too_many(value, depth=3):
    """Return whether an answer has more entries than anybody should look at, a broadcast array of a billion say."""
    return _entries(value, depth) > MANY


def _entries(value, depth):
    if isinstance(value, np.ndarray):
        return value.size
    if not isinstance(value, (list, tuple)):
        return 1
    total = len(value)
    if depth:
        for part in value:
            if total > MANY:
                break
            total += _entries(part, depth - 1)
    return total


def truth(value):
    """Return True or False for a truth value or for the number 1 or 0, None for everything else."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, Number) and value in (0, 1):
        return value == 1
    return None


def numbers(value):
    """Return the numbers in an answer as an array (float, or complex if an imaginary part is not 0), else None."""
    if _holds_masked(value):
        return None
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" and not all(isinstance(entry, Number) for entry in array.flat):
            return None
        if array.dtype.kind not in NUMBERS + "O":
            return None
        array = array.astype(complex if array.dtype.kind in "cO" else float)
    except (TypeError, ValueError, OverflowError):
        return None
    return array if array.imag.any() else array.real


def real_numbers(value):
    """Return the numbers in an answer as an array of floats, None if it holds anything else."""
    found = numbers(value)
    return None if found is None or np.iscomplexobj(found) else found


def _holds_masked(value, depth=3):
    if isinstance(value, (list, tuple)) and depth and len(value) <= 1000:
        return any(_holds_masked(part, depth - 1) for part in value)
    return isinstance(value, np.ma.MaskedArray) and bool(np.ma.is_masked(value))


def quoted(value):
    """Return whether a text holds a number, a truth value, or several: 0.5, True or (2, 3) in quotes."""
    if not isinstance(value, str) or len(value) > 100:
        return False
    try:
        held = ast.literal_eval(value.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return isinstance(held, (Number, list, tuple))


def _shape(value):
    """Return the shape of an array or of nested lists, following the first entries only."""
    shape = []
    while isinstance(value, (list, tuple)) and len(shape) < 32:
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape) + (value.shape if isinstance(value, np.ndarray) else ())


def frozen(value):
    """Return something that is different once somebody has changed a number inside `value`."""
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(frozen, value))
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    return value if isinstance(value, (Number, str)) else None


# --- how it is told


def text(value, digits=6, depth=0):
    """Return a short text for `value`, the same in every run: no addresses, no long tables."""
    if value is None or isinstance(value, (bool, np.bool_)):
        return str(value)
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:39] + "…")
    if isinstance(value, np.ndarray):
        small = value.size <= 6 and value.dtype.kind in NUMBERS
        return text(value.tolist(), digits) if small else f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        if len(value) > 6 or depth > 2:
            return f"a {type(value).__name__} of {len(value)} entries"
        inside = ", ".join(text(part, digits, depth + 1) for part in value)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, Number):
        whole = isinstance(value, (int, np.integer)) and abs(value) < 10**15
        try:
            return str(int(value)) if whole else f"{value:.{digits}g}"
        except (TypeError, ValueError, OverflowError):
            return f"a number of type {type(value).__name__}"
    name = getattr(value, "__name__", None)
    if callable(value) and isinstance(name, str):
        return f"the function {name}"
    return f"something of type {type(value).__name__}"
