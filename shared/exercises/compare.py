"""Compare an answer with what is expected: does it equal it, and if not, where not?"""

from numbers import Number

import numpy as np

NUMBERS = "biufc"  # the kinds of NumPy arrays that hold numbers


def difference(expected, got, tolerance=1e-6, reveal=True, place=""):
    """Return None when `got` equals `expected`, otherwise a sentence that names one difference.

    Shapes must agree exactly. Numbers may differ by `tolerance` (relative, and absolute below 1),
    whole numbers not at all, text by case and spaces. With `reveal=False` the sentence does not
    give away a lone number, a text or a truth value. Objects of other types never count as equal.
    """
    at, yours = f" at {place}" if place else "", text(got)
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    if isinstance(expected, np.ndarray) and expected.dtype.kind not in NUMBERS:
        expected = expected.tolist()

    if expected is None or isinstance(expected, (str, bool, np.bool_)):
        if _plain(got) == _plain(expected):
            return None
        told = f"expected {text(expected)}{at}, you have {yours}"
        return told if reveal else f"{yours}{at} is not right"

    if isinstance(expected, dict):
        if isinstance(got, dict) and expected.keys() == got.keys():
            return _first_difference(expected, got, list(expected), tolerance, reveal, place)
        names = ", ".join(map(text, expected))
        return f"expected a dict with the keys {names}{at}, you have {yours}"

    if isinstance(expected, (list, tuple)):
        if isinstance(got, (list, tuple, np.ndarray)) and len(got) == len(expected):
            return _first_difference(expected, got, range(len(got)), tolerance, reveal, place)
        return f"expected {len(expected)} values{at}, you have {yours}"

    if not isinstance(expected, (Number, np.ndarray)):
        return f"{yours}{at} cannot be compared"
    shape = np.shape(expected)
    if not isinstance(got, (Number, np.generic, np.ndarray, list, tuple)):
        wanted = f"an array of shape {shape}" if shape else "a number"
        return f"expected {wanted}{at}, you have {yours}"
    if _shape(got) != shape:  # before anything looks at the entries: there may be very many
        wanted = f"shape {shape}" if shape else "a single number"
        return f"expected {wanted}{at}, you have shape {_shape(got)}"
    return _difference_of_numbers(np.asarray(expected), got, tolerance, reveal, place)


def _first_difference(expected, got, keys, tolerance, reveal, place):
    for key in keys:
        inside = f"{place}[{text(key)}]" if len(keys) > 1 else place
        if wrong := difference(expected[key], got[key], tolerance, reveal, inside):
            return wrong


def _difference_of_numbers(expected, got, tolerance, reveal, place):
    try:
        got = np.asarray(got)
        got = got.astype(complex if got.dtype.kind == "c" else float)
    except (TypeError, ValueError, OverflowError):
        return "not every entry of your answer is a number"
    size = np.abs(expected[np.isfinite(expected)]).max(initial=0)
    margins = tolerance, tolerance * (min(size, 1) if size > 1e-12 else 1)  # relative, absolute
    if expected.dtype.kind in "biu":
        margins = 0, 1e-9
    wrong = ~np.isclose(got, expected, *margins, equal_nan=True)
    if not wrong.any():
        return None

    reveal = reveal or place or expected.size > 1
    index = tuple(int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape))
    want, have = expected[index], got[index]
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
    for twin, remark in (
        (-1.0 * expected, "the sign is flipped"),
        (expected.T, "it is transposed"),
    ):
        if twin.shape == got.shape and np.allclose(got, twin, *margins):
            return f"{told} ({remark})"
    return told


def _plain(value):
    """Return what two texts, two truth values or two None have in common when they are equal."""
    if isinstance(value, str):
        return "text", " ".join(value.split()).casefold()
    if isinstance(value, (bool, np.bool_)):
        return "truth", bool(value)
    return "None" if value is None else "something else"


def _shape(value):
    """Return the shape of an array or of nested lists, following the first entries only."""
    shape = []
    while isinstance(value, (list, tuple)) and len(shape) < 32:
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape) + (value.shape if isinstance(value, np.ndarray) else ())


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


def frozen(value):
    """Return something that is different once somebody has changed a number inside `value`."""
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(frozen, value))
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    return value if isinstance(value, (Number, str)) else None
