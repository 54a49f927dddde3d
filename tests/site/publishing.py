"""The website seen from a test: its folder, what it is made from, a server that shows it, a page that keeps a log."""

import contextlib
import functools
import http.server
import importlib.util
import threading
from pathlib import Path

import driver
from notebooks import ROOT

SITE = ROOT / "_site"
BUILD = ROOT / ".github" / "site" / "build.sh"


def source():
    """Return the module that lays out what Sphinx reads."""
    spec = importlib.util.spec_from_file_location("site_source", BUILD.with_name("source.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def one_at_a_time(path):
    """Wait until no other process is in here with the same path."""
    with open(path, "w") as file:
        if importlib.util.find_spec("fcntl"):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Quiet(http.server.SimpleHTTPRequestHandler):
    """As `python -m http.server`, without its log."""

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """Show a folder at an address of this computer, which ends in a slash."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Visit:
    """A page of the browser with a log: `requests` to any address, and `problems`, sentences."""

    def __init__(self, browser, address, **options):
        self.address, self.requests, self.problems = address, [], []
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.problems.append(f"failed: {request.url} {request.failure}"))
        self.page.on("response", self._answered)

    def _heard(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _answered(self, response):
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    def strangers(self):
        """Return the addresses of other hosts that were asked."""
        return [url for url in self.requests if not url.startswith((self.address, "data:", "blob:", "about:"))]

    def open(self, path):
        """Show a page of the site, and wait until nothing more is loaded."""
        self.page.goto(self.address + path, wait_until="load")

    def axe(self):
        """Return what axe-core finds in the page against WCAG A and AA, as sentences."""
        if not self.page.evaluate("'axe' in window"):
            package = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
            self.page.evaluate((Path(package) / "axe.min.js").read_text(encoding="utf-8"))
        # With `preload` it would ask for style sheets again, at addresses of its own making.
        options = {"runOnly": driver.WCAG, "resultTypes": ["violations"], "preload": False}
        found = self.page.evaluate("options => axe.run(options)", options)
        return [
            f"{one['id']}: {one['help']}; {node['html'][:200]}"
            for one in found["violations"]
            for node in one["nodes"][:5]
        ]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()
