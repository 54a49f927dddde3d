"""Checks of arguments. Their errors all read alike: the name, what is expected, and what was given."""

import numpy as np


def check_generator(rng):
    """Return rng, or raise ValueError unless it is a np.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a np.random.Generator, np.random.default_rng(1) say, not {rng!r}")
    return rng


def check_whole(name, value, least):
    """Return the value as an int, or raise ValueError unless it is a whole number ≥ ``least``."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number from {least} on, not {value!r}")
    return int(value)


def check_columns(name, X, n, dtype):
    """Return X as floats of type ``dtype`` if its shape is (n, m), one column per sample.

    Raises ValueError for another shape, TypeError for whole numbers and for anything that is not a number.
    """
    X = np.asarray(X)
    if X.ndim != 2 or X.shape[0] != n:
        cure = f"; one sample is a column: {_variable(name)}.reshape(-1, 1)" if X.shape == (n,) else ""
        raise ValueError(f"{name} must have shape ({n}, m), one column per sample, not {X.shape}{cure}")
    if X.dtype.kind != "f":
        cure = ""
        if X.dtype.kind in "iub":  # signed and unsigned whole numbers, True and False
            cure = f": convert it, {_variable(name)}.astype(float)"
        if X.dtype == np.uint8 and X.max(initial=0) > 1:  # bytes above 1 are pixels, most likely
            cure += f", and divide pixels by 255: {_variable(name)} / 255"
        raise TypeError(f"{name} must hold floats, not {X.dtype}{cure}")
    return X.astype(dtype, copy=False)


def _variable(name):
    """Return what the caller can type: "validation X" is an X."""
    return name.split()[-1]


def check_positive(name, value):
    """Return the value, or raise ValueError unless it is finite and above 0."""
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be a number above 0, not {value!r}")
    return value


def check_not_negative(name, value):
    """Return the value, or raise ValueError unless it is finite and ≥ 0."""
    if not 0 <= value < np.inf:
        raise ValueError(f"{name} must be a number from 0 on, not {value!r}")
    return value


def check_fraction(name, value):
    """Return the value, or raise ValueError unless 0 ≤ value < 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be from 0 on and below 1, not {value!r}")
    return value
