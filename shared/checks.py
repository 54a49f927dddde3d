"""Bad input, said in one way: the name, what is expected, and what was given."""

import numpy as np


def check_generator(rng):
    """Return rng, or raise ValueError if it is not a np.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a np.random.Generator, np.random.default_rng(1) say, not {rng!r}")
    return rng


def check_whole(name, value, least):
    """Return the value as an int, or raise ValueError if it is no whole number from ``least`` on."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number from {least} on, not {value!r}")
    return int(value)


def check_columns(name, X, n, dtype):
    """Return X as floats of the type ``dtype`` if it is (n, m), one column per sample.

    ValueError for another shape, TypeError for whole numbers and for what is no number.
    """
    X = np.asarray(X)
    if X.ndim != 2 or X.shape[0] != n:
        cure = f"; one sample is a column: {name.split()[-1]}.reshape(-1, 1)" if X.shape == (n,) else ""
        raise ValueError(f"{name} must have shape ({n}, m), one column per sample, not {X.shape}{cure}")
    if X.dtype.kind != "f":
        cure = f": convert it, {name.split()[-1]}.astype(float)" if X.dtype.kind in "iub" else ""
        pixels = X.dtype == np.uint8 and X.max(initial=0) > 1
        cure += f", and divide pixels by 255: {name.split()[-1]} / 255" if pixels else ""
        raise TypeError(f"{name} must hold floats, not {X.dtype}{cure}")
    return X.astype(dtype, copy=False)


def check_positive(name, value):
    """Return the value, or raise ValueError if it is no finite number above 0."""
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be a number above 0, not {value!r}")
    return value


def check_not_negative(name, value):
    """Return the value, or raise ValueError if it is no finite number from 0 on."""
    if not 0 <= value < np.inf:
        raise ValueError(f"{name} must be a number from 0 on, not {value!r}")
    return value


def check_fraction(name, value):
    """Return the value, or raise ValueError if it is not from 0 on and below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be from 0 on and below 1, not {value!r}")
    return value
