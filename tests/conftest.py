"""Settings every test runs under, here and in the kernels that run the notebooks."""

import os

import matplotlib
import pytest
from hypothesis import settings

from shared.explorers import machinery

os.environ["TQDM_DISABLE"] = "1"  # progress bars show seconds, which stored outputs cannot contain
os.environ.pop("MPLBACKEND", None)  # the notebooks' kernels choose theirs, as they do for learners
matplotlib.use("Agg")  # this process draws without a display

# A failing example must fail again: no random seed, no deadline that a busy machine misses.
settings.register_profile("course", derandomize=True, database=None, deadline=None)
settings.load_profile("course")


@pytest.fixture(autouse=True)
def _explorers_are_closed():
    """Close the explorers that a test has made: each keeps a figure, and widgets."""
    yield
    for explorer in list(machinery._alive):
        explorer.close()
