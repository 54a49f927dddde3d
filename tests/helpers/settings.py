"""Settings every test runs under, whichever files are named: here and in the kernels that run the notebooks."""

import os
import tempfile

import matplotlib
from hypothesis import settings

os.environ["COURSE_PROGRESS"] = "off"  # nobody reads or changes what a learner has answered
os.environ["TQDM_DISABLE"] = "1"  # progress bars show seconds, which stored outputs cannot contain
os.environ.pop("MPLBACKEND", None)  # the notebooks' kernels choose theirs, as they do for learners
matplotlib.use("Agg")  # this process draws without a display

# Kernels read no profile and no startup files of whoever runs the tests; workers use the folder of the first process.
if "COURSE_TESTS" not in os.environ:
    _profile = tempfile.TemporaryDirectory(prefix="course-tests-", ignore_cleanup_errors=True)
    os.environ["COURSE_TESTS"] = os.environ["IPYTHONDIR"] = _profile.name

# A failing example must fail again: no random seed, no deadline that a busy machine misses.
settings.register_profile("course", derandomize=True, database=None, deadline=None)
settings.load_profile("course")


def pytest_configure(config):
    """Keep the tests of a file, and the cells of a notebook, in one process and in their order under pytest-xdist."""
    if getattr(config.option, "dist", "no") == "load":
        config.option.dist = "loadscope"
