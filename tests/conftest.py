"""What the tests share."""

import pytest

from settings import pytest_configure  # noqa: F401 (pytest calls it)
from shared.explorers.engine import alive


@pytest.fixture(autouse=True)
def _explorers_are_closed():
    """Close the explorers that a test has made: each keeps a figure, and widgets."""
    yield
    for explorer in alive():
        explorer.close()
