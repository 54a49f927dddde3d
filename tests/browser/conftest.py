"""What the browser tests share: one browser, a server for each application, one page for each notebook.

Without Playwright or without a browser they are skipped, and the summary says so in a line of its own. With
BROWSER_TESTS=required in the environment, as in CI, that is a failure.
"""

import contextlib
import os

import pytest

import driver
from notebooks import paths

MISSING = pytest.StashKey[str]()
# Notebook 7 shows the same widgets with less around them: the implementation and the digits stand for all.
BOOKS = [(path.stem, "lab") for path in paths()]
BOOKS += [(stem, "notebook") for stem, _ in BOOKS if stem in ("08_implementation", "10_digit_recognition")]


def not_run(config, reason):
    """Skip the browser tests, or fail if they are required."""
    config.stash[MISSING] = reason
    if os.environ.get("BROWSER_TESTS") == "required":
        pytest.fail(f"browser tests are required here, but {reason}", pytrace=False)
    pytest.skip(f"browser tests NOT run: {reason}")


def pytest_terminal_summary(terminalreporter, config):
    if MISSING in config.stash:
        reason = config.stash[MISSING]
        terminalreporter.write_line(
            f"Browser tests were NOT run: {reason}. README.md tells how to run them.", yellow=True
        )


# The scope is the module: Playwright keeps an event loop in this thread, which other tests must not meet.
@pytest.fixture(scope="module")
def browser(request):
    if driver.sync_playwright is None:
        not_run(request.config, "Playwright is not installed")
    with driver.sync_playwright() as playwright:
        try:
            browser = driver.launch(playwright)
        except driver.NoBrowser as problem:
            not_run(request.config, str(problem))
        with browser:
            yield browser


@pytest.fixture(scope="module")
def servers(browser):
    """Return a server for each application: what JupyterLab leaves on its own makes Notebook 7 complain."""
    with driver.Server() as lab, driver.Server() as notebook:
        yield {"lab": lab, "notebook": notebook}


@pytest.fixture(scope="module", params=BOOKS, ids="-".join)
def book(request, browser, servers):
    """Return a notebook in a page, all its cells run; its kernel ends before the next one is opened."""
    stem, app = request.param
    with driver.Book(browser, servers[app], f"notebooks/{stem}.ipynb", app) as book:
        book.run_all()
        yield book


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep a picture of the page when a test fails."""
    report = yield
    book = getattr(item, "funcargs", {}).get("book")
    keeps = hasattr(item.config, "cache")  # not with -p no:cacheprovider
    if report.failed and call.when == "call" and book is not None and keeps:
        file = item.config.cache.mkdir("browser") / f"{item.name.replace('/', '-')}.png"
        with contextlib.suppress(driver.Error):
            book.page.screenshot(path=file)
            report.sections.append(("the page", str(file)))
    return report
