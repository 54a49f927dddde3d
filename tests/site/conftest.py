"""What the tests of the website share: the site, built once, a server that shows it, a browser that keeps a log.

They run where SITE_TESTS is set; else they are skipped, and the summary says so in a line of its own. With
SITE_TESTS=required, as in CI, a site that cannot be built or a browser that is missing is a failure.
SITE_BROWSER may be firefox or webkit, which Playwright has to have installed.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import driver
from publishing import BUILD, SITE, Visit, one_at_a_time, served, source

MISSING = pytest.StashKey[str]()


def not_run(config, reason):
    """Skip the tests of the site, or fail if they are required."""
    config.stash[MISSING] = reason
    if os.environ.get("SITE_TESTS") == "required":
        pytest.fail(f"the site's tests are required here, but {reason}", pytrace=False)
    pytest.skip(f"the site's tests NOT run: {reason}")


def pytest_terminal_summary(terminalreporter, config):
    if MISSING in config.stash:
        reason = config.stash[MISSING]
        terminalreporter.write_line(f"The website's tests were NOT run: {reason}.", yellow=True)


@pytest.fixture(scope="session")
def site(request):
    """Return the folder of the site, which is built if it is not there or older than what it is made from."""
    if not os.environ.get("SITE_TESTS"):
        not_run(request.config, "SITE_TESTS is not set")
    mark, stamp = source().fingerprint(), SITE / "fingerprint.txt"
    with one_at_a_time(Path(tempfile.gettempdir()) / f"course-site-{SITE.parent.name}.lock"):
        if not stamp.is_file() or stamp.read_text(encoding="utf-8").strip() != mark:
            environment = os.environ | {"PYTHON": sys.executable}
            run = subprocess.run(["bash", BUILD], env=environment, capture_output=True, text=True, check=False)
            if run.returncode:
                not_run(request.config, f"build.sh failed:\n{run.stdout[-1500:]}{run.stderr[-3000:]}")
    return SITE


@pytest.fixture(scope="session")
def address(site):
    """Return the address at which a server on this computer shows the site, ending in a slash."""
    with served(site) as where:
        yield where


# The scope is the module: Playwright keeps an event loop in this thread, which other tests must not meet.
@pytest.fixture(scope="module")
def browser(request, site):
    if driver.sync_playwright is None:
        not_run(request.config, "Playwright is not installed")
    name = os.environ.get("SITE_BROWSER", "chromium")
    with driver.sync_playwright() as playwright:
        try:
            browser = driver.launch(playwright) if name == "chromium" else getattr(playwright, name).launch()
        except (driver.NoBrowser, driver.Error) as problem:
            not_run(request.config, str(problem))
        with browser:
            yield browser


@pytest.fixture
def visit(browser, address):
    """Return a function that opens a fresh page with a log: visit(width=390, dark=True, …)."""
    opened = []

    def new(width=1280, height=800, dark=False, **options):
        look = {"viewport": {"width": width, "height": height}, "color_scheme": "dark" if dark else "light"}
        opened.append(Visit(browser, address, **look, **options))
        return opened[-1]

    yield new
    for one in opened:
        one.context.close()
