"""Drive the course's notebooks in a real browser, with keyboard and mouse, as a learner does.

    with sync_playwright() as playwright, Server() as server, launch(playwright) as browser:
        with Book(browser, server, "notebooks/08_implementation.ipynb") as book:
            book.run_all()
            explorer = book.explorers()[0]
            before = explorer.picture()
            explorer.press(explorer.controls("slider")[0], "ArrowRight")
            assert explorer.picture() != before
            print(explorer.status(), book.problems)

`python tests/browser/driver.py` says which browser would be driven; exit status 1: there is none.
"""

import contextlib
import importlib.util
import io
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import numpy as np

try:
    from playwright.sync_api import Error, sync_playwright
except ImportError:  # the tests say what is missing
    Error = sync_playwright = None

ROOT = Path(__file__).resolve().parents[2]
SIZE = {"width": 1024, "height": 768}
BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome", "msedge")
QUIET = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update")
LEFT_OUT = (
    ".git",
    ".venv",
    "_site",
    "build",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".progress*",
)
DIRECTORIES = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
}
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # all cells are in the page
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
# What the applications themselves complain of: Notebook 7 at its start, before any cell has run.
THEIRS = ("reading 'schema'", "favicon.ico")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CONTROLS = {
    "slider": ".noUi-handle",
    "choice": "select",
    "tick": "input[type=checkbox], input[type=radio]",
    "text": "input[type=text], input[type=number], textarea",
    "button": "button:not(.course-file)",
    "file": "button.course-file",
}
CALL = re.compile(r"\bexplorers\.\w+(?=\()")
WITH_TRAINING = ("Start", "Pause", "Step", "Reset")

# Runs in the page. `busy` holds what the browser has sent to widgets and the kernel has not finished. An explorer draws
# after that, in the kernel's main thread or in that of the widgets. So when nothing is left both are asked something,
# a widget for its state and the kernel who it is: they answer after the picture.
SCRIPT = """
window.course = {
  session: () => window.jupyterapp?.shell?.currentWidget?.sessionContext,
  connected() {
    const session = this.session(), kernel = session?.session?.kernel;
    return session?.isReady && kernel?.connectionStatus === "connected" && kernel.status === "idle";
  },
  watch() {
    const kernel = this.session().session.kernel;
    this.busy = new Set();
    this.calm = performance.now();
    this.last = null;
    this.asking = false;
    kernel.anyMessage.connect((_, { msg, direction }) => {
      if (direction !== "send" || msg.header.msg_type !== "comm_msg") return;
      this.busy.add(msg.header.msg_id);
      if (msg.content.data.method !== "request_state") this.last = msg;
    });
    kernel.iopubMessage.connect((_, msg) => {
      if (msg.content.execution_state === "idle" && this.busy.delete(msg.parent_header.msg_id))
        this.calm = performance.now();
    });
  },
  settled() {
    if (this.busy.size > 0 || this.asking) return false;
    const { last } = this, { kernel } = this.session().session;
    if (last) {
      this.last = null;
      this.asking = true;
      const header = { ...last.header, msg_id: crypto.randomUUID() };
      const content = { comm_id: last.content.comm_id, data: { method: "request_state" } };
      kernel.sendShellMessage({ ...last, header, content, buffers: [] });
      kernel.requestKernelInfo().finally(() => {
        this.asking = false;
        this.calm = performance.now();
      });
      return false;
    }
    return performance.now() - this.calm > 30;
  },
  cells: () => window.jupyterapp.shell.currentWidget.content.widgets,
  waiting() {
    return this.cells().some((cell) => cell.node.querySelector(".jp-InputPrompt")?.textContent.includes("*"));
  },
  async pixels(img) {  // waits for a picture that is being replaced
    for (let tries = 0; tries < 200; tries++) {
      try {
        await img.decode();
        const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight);
        canvas.getContext("2d").drawImage(img, 0, 0);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Uint32Array(data.buffer);
      } catch { await new Promise((done) => setTimeout(done, 10)); }
    }
    throw new Error("a picture stays empty");
  },
  async picture(explorer) {  // a number made from all pixels of its pictures
    let sum = 17;
    for (const img of explorer.querySelectorAll("img"))
      for (const four of await this.pixels(img)) sum = Math.imul(sum ^ four, 16777619);
    return sum;
  },
  label(control) {
    const widget = control.closest(".jupyter-widgets:not(.widget-container)");
    const named = control.matches("button") ? [control] : [...(widget?.querySelectorAll(".widget-label, label") ?? [])];
    return named.map((one) => one.textContent.replace("\\u200b", "").trim()).find(Boolean) ?? "";
  },
};
"""


class NoBrowser(Exception):
    """There is nothing to drive; the message tells why and what to do."""


def photograph(seed):
    """Return a made photograph of the digits 3 1 4 1 5 9 2 6, the bytes of a JPEG file."""
    import sample_photograph  # in tests/tools, which pytest knows

    file = io.BytesIO()
    sample_photograph.photograph(np.random.default_rng(seed)).save(file, "JPEG", quality=80)
    return file.getvalue()


def launch(playwright):
    """Return the first browser that starts: Playwright's own Chromium, or one that is installed here."""
    found = [playwright.chromium.executable_path, *map(shutil.which, BROWSERS)]
    found.append("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    problems = []
    for path in dict.fromkeys(path for path in found if path and Path(path).exists()):
        try:
            return playwright.chromium.launch(executable_path=path, args=QUIET)
        except Error as error:
            problems.append(f"{path} does not start: {error.message.splitlines()[0]}")
    raise NoBrowser("; ".join(problems) or "no Chromium is installed here (playwright install chromium)")


class Server:
    """A Jupyter server of its own, for JupyterLab and Notebook 7: a private copy of the course, private directories."""

    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="browser-tests-"))
        course, token = self.home / "course", secrets.token_hex()
        shutil.copytree(ROOT, course, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for plugin, values in SETTINGS.items():
            file = self.home / "settings" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")
        private = {name: str(self.home / folder) for name, folder in DIRECTORIES.items()}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={course}"]
        command += ["--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"]
        with open(self.home / "server.log", "w") as log:
            environment = {**os.environ, **private, "JUPYTER_TOKEN": token}
            self.process = subprocess.Popen(command, env=environment, cwd=course, stdout=log, stderr=log)
        self.url, self.token = f"http://127.0.0.1:{port}", token
        until = time.monotonic() + 90
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/api", timeout=2).close()
                return self
            time.sleep(0.2)
        log = (self.home / "server.log").read_text(encoding="utf-8")
        self.__exit__()
        raise RuntimeError(f"the Jupyter server did not answer:\n{log[-3000:]}")

    def __exit__(self, *_):
        self.process.terminate()  # it ends its kernels
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


class Book:
    """One notebook in one page, its kernel truly connected; the kernel ends with the `with` block.

    notebook  path inside the course; app: "lab" or "notebook" (Notebook 7)
    problems  console errors and uncaught errors of the page so far
    """

    def __init__(self, browser, server, notebook, app="lab"):
        self.browser, self.server, self.notebook, self.app = browser, server, notebook, app
        self.problems = []

    def __enter__(self):
        self.page = self.browser.new_page(viewport=SIZE)
        self.page.on("pageerror", lambda error: self._problem(f"uncaught error: {error}"))
        self.page.on("console", lambda said: said.type == "error" and self._problem(f"{said.text} ({said.location})"))
        self.page.add_init_script(SCRIPT)
        folder = {"lab": "lab/tree", "notebook": "notebooks"}[self.app]
        self.page.goto(f"{self.server.url}/{folder}/{self.notebook}?reset&token={self.server.token}")
        # The indicator says "idle" long before widgets can be used.
        self.wait("course.connected()", 60)
        self.page.evaluate("course.watch()")
        if self.app == "lab":  # a narrow window has no room for the file browser
            self.page.evaluate("jupyterapp.shell.collapseLeft()")
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Error):
            self.page.evaluate("course.session().shutdown()")
        self.page.context.close()

    def _problem(self, text):
        if not any(words in text for words in THEIRS):
            self.problems.append(text)

    def wait(self, condition, seconds=30):
        """Wait until a JavaScript expression is true in the page."""
        self.page.wait_for_function(f"() => {condition}", timeout=1000 * seconds)

    def run_all(self, seconds=480):
        """Run all cells, and wait for them."""
        self._run("notebook:run-all-cells", seconds)

    def run_cell(self, index, seconds=60):
        """Run one cell (0 is the first), and wait for it."""
        self.page.evaluate(
            """index => {
                const notebook = jupyterapp.shell.currentWidget.content;
                notebook.deselectAll();
                notebook.activeCellIndex = index;
            }""",
            index,
        )
        self._run("notebook:run-cell", seconds)

    def _run(self, command, seconds):
        self.page.evaluate(
            """command => {
                course.ran = false;
                jupyterapp.commands.execute(command).then(() => { course.ran = true; });
            }""",
            command,
        )
        self.wait("course.ran && !course.waiting() && course.connected()", seconds)

    def settle(self, seconds=30):
        """Wait until the kernel has dealt with all that was done to controls, and it is shown."""
        self.wait("course.settled()", seconds)

    def sources(self):
        """Return (index, source) of the code cells."""
        cells = self.page.evaluate("course.cells().map(cell => [cell.model.type, cell.model.sharedModel.source])")
        return [(index, source) for index, (kind, source) in enumerate(cells) if kind == "code"]

    def errors(self):
        """Return the error outputs of all cells, as sentences."""
        return self.page.evaluate(
            """() => course.cells().flatMap((cell, index) => cell.model.type !== "code" ? [] :
                cell.model.outputs.toJSON().filter(output => output.output_type === "error")
                    .map(output => `cell ${index + 1}: ${output.ename}: ${output.evalue}`))"""
        )

    def explorers(self):
        """Return an `Area` for every explorer in the page; the drawing pad counts as one."""
        found = []
        for index, source in self.sources():
            if CALL.search(source):
                areas = self.cell(index).locator(Area.SELECTOR)
                areas.first.wait_for()
                found += [Area(self, index, number) for number in range(areas.count())]
        return found

    def cell(self, index):
        """Return the locator of a cell (0 is the first)."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def axe(self, index):
        """Return what axe-core finds against WCAG A and AA in the outputs of a cell, as sentences."""
        if not self.page.evaluate("'axe' in window"):
            package = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
            self.page.add_script_tag(path=Path(package) / "axe.min.js")
        area = self.cell(index).locator(".jp-OutputArea").first.element_handle()
        found = self.page.evaluate("([area, runOnly]) => axe.run(area, { runOnly })", [area, WCAG])
        return [f"{one['id']}: {one['help']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


@dataclass(frozen=True)
class Control:
    """A control of an explorer: its kind (a key of CONTROLS), its label, its number among its kind."""

    kind: str
    label: str
    number: int


@dataclass(frozen=True)
class Area:
    """An explorer: the `number`-th in the outputs of the cell `index`. It outlives a new run of the cell."""

    book: Book
    index: int
    number: int
    SELECTOR = ".course-explorer, .course-pad-area"

    @property
    def here(self):
        return self.book.cell(self.index).locator(self.SELECTOR).nth(self.number)

    @property
    def name(self):
        source = dict(self.book.sources())[self.index]
        return f"cell {self.index + 1}, {CALL.search(source)[0]}"

    def is_pad(self):
        """Return whether this is the drawing pad."""
        return self.here.locator("canvas.course-pad").count() > 0

    def trains(self):
        """Return whether it has a button that starts training."""
        return self.here.get_by_role("button", name="Start", exact=True).count() > 0

    def run_again(self):
        """Run its cell again, and wait for the new explorer."""
        self.here.evaluate("explorer => { explorer.dataset.old = true; }")
        self.book.run_cell(self.index)
        self.book.cell(self.index).locator(":is(.course-explorer):not([data-old]) img").first.wait_for()
        self.book.settle()

    # -- looking

    def status(self):
        """Return the status line."""
        return self.here.locator("p:not(.course-spoken)").first.text_content()

    def spoken(self):
        """Return what screen readers are told, after the words have come to rest."""
        self.book.page.wait_for_timeout(800)
        return self.here.get_by_role("status").first.text_content()

    def picture(self):
        """Return a number that tells what the pictures show from anything else they may show."""
        return self.here.evaluate("explorer => course.picture(explorer)")

    def words(self):
        """Return all that is written in the explorer, its controls' values included."""
        return self.here.evaluate(
            """explorer => [explorer.textContent, ...[...explorer.querySelectorAll("input, textarea")]
                .map(field => field.value + field.checked)].join()"""
        )

    def controls(self, *kinds):
        """Return the controls of these kinds that can be used now; without Start, Pause, Step and Reset."""
        found = []
        for kind in kinds or CONTROLS:
            for number, one in enumerate(self.here.locator(CONTROLS[kind]).all()):
                if one.is_visible() and one.is_enabled() and (kind != "text" or one.is_editable()):
                    found.append(Control(kind, one.evaluate("control => course.label(control)"), number))
        return [control for control in found if control.label not in WITH_TRAINING]

    # -- doing

    def handle(self, control):
        """Return the locator of a control."""
        return self.here.locator(CONTROLS[control.kind]).nth(control.number)

    def press(self, control, key):
        """Press a key on a control, and wait for what comes of it."""
        self.handle(control).press(key)
        self.book.settle()

    def tab_to(self, control, most=20):
        """Go to a control with the Tab key alone, from the cell that the explorer stands below."""
        self.book.cell(self.index).focus()
        for _ in range(most):
            self.book.page.keyboard.press("Tab")
            if self.handle(control).evaluate("control => control === document.activeElement"):
                return
        raise AssertionError(f"{self.name}: {most} times Tab do not lead to {control.label!r}")

    def slider(self, control):
        """Return (lowest, now, highest) of a slider."""
        handle = self.handle(control)
        return tuple(float(handle.get_attribute(f"aria-value{word}")) for word in ("min", "now", "max"))

    def click(self, word):
        """Click the button with this word on it, and wait for what comes of it."""
        self.here.get_by_role("button", name=word, exact=True).click()
        self.book.settle()

    def upload(self, control, name, content, key=None):
        """Open the list of files by a click or by a key, choose a file, and wait for what is said of it."""
        handle = self.handle(control)
        with self.book.page.expect_file_chooser() as chooser:
            handle.press(key) if key else handle.click()
        chooser.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
        self.wait_status(f"{name}: ")
        self.book.settle()

    def wait_status(self, beginning, seconds=15):
        """Wait until the status line begins like this."""
        until = time.monotonic() + seconds
        while not self.status().startswith(beginning):
            assert time.monotonic() < until, f"the status stays {self.status()!r}, {beginning!r} was to come"
            self.book.page.wait_for_timeout(50)

    def wait_moving(self, times=2, seconds=15):
        """Wait until the picture has changed this often by itself, or training has come to its end."""
        until, last = time.monotonic() + seconds, self.picture()
        while times and not self.status().startswith("Stopped."):
            assert time.monotonic() < until, f"the picture does not move; the status is {self.status()!r}"
            self.book.page.wait_for_timeout(30)
            if (now := self.picture()) != last:
                last, times = now, times - 1

    def settings(self, control):
        """Put a control into its settings, one after the other, yielding the name of each.

        Sliders: both ends and two places in between, by keyboard. Dropdowns: every option, then the first one again.
        Boxes and buttons: twice, once by keyboard. Fields: another text, then the old one. Files: two photographs.
        """
        handle = self.handle(control)
        if control.kind == "slider":
            for key in ("End", "Home", "PageUp", "ArrowRight"):  # ends at a small value: no divergence later
                self.press(control, key)
                yield key
        elif control.kind == "choice":
            first = handle.evaluate("control => control.selectedIndex")
            for number in [*range(handle.locator("option").count()), first]:
                handle.select_option(index=number)
                self.book.settle()
                yield handle.evaluate("control => control.selectedOptions[0].textContent")
        elif control.kind == "text":
            for text in ("7", handle.input_value()):
                handle.fill(text)
                self.press(control, "Tab")
                yield repr(text)
        elif control.kind == "file":
            for name, key in (("first.jpg", None), ("second.jpg", "Space")):
                self.upload(control, name, photograph(len(name)), key)
                yield name
        else:
            handle.click()
            self.book.settle()
            yield "click"
            self.press(control, "Space" if control.kind == "tick" else "Enter")
            yield "key"

    def draw(self, strokes):
        """Draw on the pad with the mouse: a list of strokes, each a list of (x, y) from 0 to 1."""
        pad, mouse = self.here.locator("canvas.course-pad"), self.book.page.mouse
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        for stroke in strokes:
            places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
            mouse.move(*places[0])
            mouse.down()
            for place in places[1:]:
                mouse.move(*place, steps=8)
            mouse.up()
        self.book.settle()


def main():
    if sync_playwright is None:
        sys.exit("Playwright is not installed (pip install -r tests/browser/requirements.txt)")
    with sync_playwright() as playwright:
        try:
            with launch(playwright) as browser:
                print(f"browser tests will drive {browser.browser_type.name} {browser.version}")
        except NoBrowser as problem:
            sys.exit(str(problem))


if __name__ == "__main__":
    main()
