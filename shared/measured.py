"""Numbers that may differ from machine to machine: shown to the reader, with the range in which they usually lie."""

from math import inf


def measured(value, low=-inf, high=inf, unit=""):
    """Return the value as text, with the range in which it lies on every machine tried.

    ``measured(0.98472, 0.982, 0.988, "%")`` is "98.47 % (98.2 to 98.8 is usual)"; with "%" all are shares, 0 to 1.
    A value outside of the range "is unusual: look again". Without ``high`` (seconds on a busy machine know no upper
    end) "0.2 or more is usual", without ``low`` "up to 3 is usual", and without both the value "differs from run to
    run". ValueError if ``low`` is above ``high``.

    The tests compare the words and the range, not the number (tests/notebooks/sanitize.cfg).
    """
    if not low <= high:
        raise ValueError(f"low must not be above high, not {low!r} and {high!r}")
    times = 100 if unit == "%" else 1
    shown = f"{_text(times * value, 2 if unit == 's' else 4)} {unit}".rstrip()
    lowest, highest = (_text(times * end, 4) for end in (low, high))
    if low == -inf and high == inf:
        return f"{shown} (differs from run to run)"
    if low == -inf:
        usual = f"up to {highest} is usual"
    elif high == inf:
        usual = f"{lowest} or more is usual"
    else:
        usual = f"{lowest} to {highest} is usual"
    remark = "" if low <= value <= high else " is unusual: look again"
    return f"{shown}{remark} ({usual})"


def _text(number, digits):
    """Return a number as people write it: 12,345 and 98.47, and powers of ten only where it is tiny."""
    if 1000 <= abs(number) < 1e9:
        return f"{number:,.0f}"
    return f"{number:.{digits}g}"
