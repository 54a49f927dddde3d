"""The tests' settings, for pytest when it is given notebooks alone."""

from settings import pytest_configure  # noqa: F401 (pytest calls it)
