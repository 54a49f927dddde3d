"""The lab seen from a test: a notebook in a page of JupyterLite, run by the Python of the browser itself."""

import configparser
import contextlib
import re
import time

import driver
from notebooks import ROOT

# What JupyterLite itself complains of.
THEIRS = ("favicon.ico",)


def masks():
    """Return the patterns of tests/notebooks/sanitize.cfg with what they are replaced by."""
    settings = configparser.RawConfigParser()
    settings.read(ROOT / "tests" / "notebooks" / "sanitize.cfg", encoding="utf-8")
    return [(re.compile(settings[name]["regex"]), settings[name]["replace"]) for name in settings.sections()]


def masked(text):
    """Return a text without the numbers that differ from machine to machine."""
    for pattern, replacement in masks():
        text = pattern.sub(replacement, text)
    return text


class Desk(driver.Book):
    """A notebook in the lab, its kernel ready. One context for all notebooks keeps what was fetched for the first.

    problems  console errors, uncaught errors and refused requests so far
    requests  the addresses that were asked, by the page and by its workers
    seconds   when the notebook was visible, the kernel ready, and all cells had run, from the request for the page
    """

    def __init__(self, context, address, stem):
        self.context, self.address, self.stem = context, address, stem
        self.problems, self.requests, self.seconds = [], [], {}

    def __enter__(self):
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self._problem(f"uncaught error: {error}"))
        self.page.on("console", lambda said: said.type == "error" and self._problem(f"{said.text} ({said.location})"))
        self.page.on("response", lambda answer: answer.status >= 400 and self._problem(f"{answer.status} {answer.url}"))
        self.context.on("request", self._asked)
        self.page.add_init_script(driver.SCRIPT)
        self.began = time.monotonic()
        self.page.goto(f"{self.address}lite/lab/index.html?path=notebooks/{self.stem}.ipynb")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=120_000)
        self._reached("visible")
        self.wait("course.connected()", 240)
        self._reached("kernel")
        self.page.evaluate("course.watch()")
        self.page.evaluate("jupyterapp.shell.collapseLeft()")
        return self

    def __exit__(self, *_):
        self.context.remove_listener("request", self._asked)
        with contextlib.suppress(driver.Error):
            self.page.evaluate("course.session().shutdown()")
        self.page.close()

    def _asked(self, request):
        self.requests.append(request.url)

    def _problem(self, text):
        if not any(words in text for words in THEIRS):
            self.problems.append(text)

    def _reached(self, what):
        self.seconds[what] = time.monotonic() - self.began

    def run_all(self, seconds=600):
        """Run all cells, and wait for them."""
        super().run_all(seconds)
        self._reached("all run")

    def strangers(self):
        """Return the addresses of other hosts that were asked."""
        return [url for url in self.requests if not url.startswith((self.address, "data:", "blob:", "about:"))]

    def outputs(self):
        """Return the outputs of each code cell, as Jupyter stores them."""
        return self.page.evaluate(
            """course.cells().filter(cell => cell.model.type === "code").map(cell => cell.model.outputs.toJSON())"""
        )
