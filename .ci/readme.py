"""Run the commands that README.md shows its readers, exactly as they stand there.

    python3 .ci/readme.py open     run the opening line until JupyterLab answers, then stop it
    python3 .ci/readme.py test     run the testing line; its exit status is pytest's
    python3 .ci/readme.py oldest   print the lower bounds of requirements.txt as pip constraints
    python3 .ci/readme.py copy TO  copy the course, without what an earlier run left behind

The lines for this system are taken; `.ci/run` and the workflow call this file, so the README is
the only place where the commands are written down. Only the standard library is used.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

root = pathlib.Path(__file__).resolve().parents[1]
WINDOWS = sys.platform == "win32"
NEWS = "@jupyterlab/apputils-extension:announcements"
LEFT_BEHIND = (
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


class NotAsPromised(Exception):
    """What a command of the README did differs from what the README says of it."""


def readme_line(purpose, system):
    """Return the one line of README.md that stands under the marker `<!-- purpose, system -->`."""
    text = (root / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"<!-- {purpose}, {system} -->\n+```\w+\n(.*?)\n```", text, re.DOTALL)
    if len(blocks) != 1 or "\n" in blocks[0] or not blocks[0].strip():
        raise NotAsPromised(
            f"README.md needs exactly one line of code under <!-- {purpose}, {system} -->, "
            f"found {len(blocks)} blocks: {blocks}"
        )
    return blocks[0]


def named_notebook(line):
    """Return the path of the notebook that an opening line names, as `notebooks/….ipynb`."""
    names = re.findall(r"/lab/tree/(\S+?\.ipynb)", line)
    if len(names) != 1:
        raise NotAsPromised(f"the opening line must name one notebook after /lab/tree/: {line}")
    return names[0]


def oldest():
    """Return the lower bounds of requirements.txt, exactly, as lines for pip's constraints file."""
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([\w-]+)(?:>=|~=)([\d.]+)", line) for line in lines)
    return [f"{name}=={version}" for name, version in (match.groups() for match in found if match)]


@contextlib.contextmanager
def running(line, env):
    """Run a line of the README in this system's shell; end it and all it started on the way out."""
    if WINDOWS:
        shell = [
            "powershell",
            "-NoProfile",
            "-NonInteractive",
            "-Command",
            f"{line}; exit $LASTEXITCODE",
        ]
        process = subprocess.Popen(shell, cwd=root, env=env, stdin=subprocess.DEVNULL)
    else:
        shell = ["bash", "-c", line]
        process = subprocess.Popen(shell, cwd=root, env=env, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        end(process)


def end(process):
    """End a process and its group: asked first, forced after 20 seconds."""
    if WINDOWS:
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
        process.wait()
        return
    for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
        deadline = time.monotonic() + seconds
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
            while time.monotonic() < deadline:
                process.poll()  # collects the shell, without which its group never looks empty
                os.killpg(process.pid, 0)
                time.sleep(0.1)


def answer(url):
    """Return the text that a local address answers with, or None while it does not answer."""
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        raise NotAsPromised(f"{url.split('?')[0]} answers {error}") from error
    except OSError:
        return None


def wait_for(find, process, until, what):
    """Return what `find()` returns once it is not None; the process must live until then."""
    while (found := find()) is None:
        if process.poll() is not None:
            raise NotAsPromised(f"the line ended with status {process.returncode} before {what}")
        if time.monotonic() > until:
            raise NotAsPromised(f"waited in vain for {what}")
        time.sleep(0.5)
    return found


def server_file(folder):
    """Return what a running Jupyter server wrote about itself into its runtime folder, or None."""
    for path in folder.glob("jpserver-*.json"):
        with contextlib.suppress(ValueError):  # half written: the next look finds it whole
            return json.loads(path.read_text(encoding="utf-8"))
    return None


def open_lab(line, seconds=600):
    """Run an opening line, look at JupyterLab as a browser would, and stop it again.

    Raises NotAsPromised when JupyterLab does not answer, when its root is not the repository, when
    the browser would be sent elsewhere than to the named notebook, or when the news question is on.
    """
    notebook = named_notebook(line)
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        private = {f"JUPYTER_{name}_DIR": f"{folder}/{name}" for name in ("CONFIG", "DATA", "RUNTIME")}
        for path in private.values():
            os.mkdir(path)
        # CI has no browser and may run as root; a learner has a browser and should not be root.
        settings = {"ServerApp": {"open_browser": False, "allow_root": True}}
        config = pathlib.Path(private["JUPYTER_CONFIG_DIR"], "jupyter_server_config.json")
        config.write_text(json.dumps(settings), encoding="utf-8")
        runtime = pathlib.Path(private["JUPYTER_RUNTIME_DIR"])
        with running(line, os.environ | private) as process:
            server = wait_for(lambda: server_file(runtime), process, until, "JupyterLab started")
            url, key = server["url"], f"?token={server['token']}"
            lab = wait_for(
                lambda: answer(f"{url}lab/tree/{notebook}{key}"),
                process,
                until,
                "JupyterLab answered",
            )
            contents = json.loads(answer(f"{url}api/contents/{notebook}{key}&content=0") or "{}")
            sent_to = " ".join(path.read_text(encoding="utf-8") for path in runtime.glob("jpserver-*-open.html"))
        if pathlib.Path(server["root_dir"]).resolve() != root:
            raise NotAsPromised(f"JupyterLab's root is {server['root_dir']}, not {root}")
        if contents.get("type") != "notebook":
            raise NotAsPromised(f"JupyterLab does not know {notebook}: {contents}")
        if f"{url}lab/tree/{notebook}{key}" not in sent_to:
            raise NotAsPromised(f"the browser would not be sent to {notebook}: {sent_to}")
        page = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', lab, re.DOTALL)
        if page is None or NEWS not in json.loads(page[1]).get("disabledExtensions", []):
            raise NotAsPromised("JupyterLab would ask about news: its announcements are not switched off")
    return f"JupyterLab answered at {url} with {notebook}; root and settings are as promised"


def main(command, *arguments):
    system = "Windows" if WINDOWS else "Linux and macOS"
    # A cancelled run must pass through the `finally` above.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, frame: sys.exit(128 + number))
    if command == "open":
        print(open_lab(readme_line("open", system)), flush=True)
    elif command == "test":
        with running(readme_line("test", system), os.environ.copy()) as process:
            return process.wait()
    elif command == "oldest":
        print("\n".join(oldest()))
    elif command == "copy":
        shutil.copytree(root, arguments[0], ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    else:
        raise NotAsPromised(f"no command {command!r} here:\n{__doc__}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*(sys.argv[1:] or ["help"])))
    except NotAsPromised as error:
        sys.exit(f"README: {error}")
