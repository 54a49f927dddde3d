"""What the tests share."""

import ipywidgets
import pytest

from settings import pytest_configure  # noqa: F401 (pytest calls it)
from shared.explorers.engine import alive

OPEN = ipywidgets.widgets.widget._instances


@pytest.fixture(autouse=True)
def nothing_left():
    """Close the explorers that a test has made, which run and keep figures; then no widget may be open."""
    before = set(OPEN)
    yield
    for explorer in alive():
        explorer.close()
    assert set(OPEN) <= before
