"""Read the course's notebooks: their cells, exercises and solutions; run one from the start."""

import os
import re
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import ipykernel.kernelspec
import nbformat
import numpy as np
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"

# file -> (title in cell 1, short name in the line of links)
COURSE = {
    "01_the_model": ("The model", "Model"),
    "02_multiple_inputs": ("Multiple inputs", "Inputs"),
    "03_the_optimization_problem": ("The optimization problem", "Error"),
    "04_gradient_descent": ("Gradient descent", "Descent"),
    "05_backpropagation_derivation": ("Back-propagation, the derivation", "Derivation"),
    "06_backpropagation_matrix_style": ("Back-propagation, matrix style", "Matrices"),
    "07_activation_functions": ("Activation functions", "Activations"),
    "08_implementation": ("Implementation", "Implementation"),
    "09_linear_regression": ("Linear regression", "Regression"),
    "10_digit_recognition": ("Digit recognition", "Digits"),
}

SETUP = """\
import sys

sys.path.insert(0, "..")  # the course's helper package is one folder up
"""

FORBIDDEN = r"\b(simply|obvious(ly)?|just|easy|easily|easier|of course|trivial(ly)?)\b"


def paths():
    """Return the notebooks that exist, in the course's order."""
    return sorted(FOLDER.glob("*.ipynb"))


def map_line(path):
    """Return the line of links that cell 1 of a notebook carries."""
    stations = []
    for k, (stem, (_, name)) in enumerate(COURSE.items(), 1):
        exists = (path.parent / f"{stem}.ipynb").exists()
        station = f"[{k} {name}]({stem}.ipynb)" if exists else f"{k} {name}"
        stations.append(f"**{k} {name}**" if stem == path.stem else station)
    return " · ".join(stations)


each_notebook = pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)


@lru_cache
def load(path):
    """Return a notebook as it is stored; not to be changed, since others look at it too."""
    return read(path)


def read(path):
    """Return the notebook in a file, to do with as you please; the lines of texts are joined."""
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))


def cells(path, kind):
    """Return the pairs (index, source) of the cells of one kind, "code" or "markdown"."""
    found = enumerate(load(path).cells)
    return [(index, cell.source) for index, cell in found if cell.cell_type == kind]


def parts(path):
    """Return the pieces of a notebook in order, as triples (kind, source, is it in a part headed Aside?).

    A part reaches to the next heading of the same or a higher level. A Markdown cell is cut at its headings.
    """
    pieces, aside = [], 0  # aside: the level of the heading we are below, 0 outside
    for cell in load(path).cells:
        if cell.cell_type != "markdown":
            pieces.append((cell.cell_type, cell.source, bool(aside)))
            continue
        for piece in re.split(r"^(?=#{1,3} )", cell.source, flags=re.MULTILINE):
            if heading := re.match(r"(#{1,3}) +(\S*)", piece):
                level = len(heading[1])
                if not aside or level <= aside:
                    aside = level if heading[2] == "Aside:" or " Aside: " in piece.splitlines()[0] else 0
            if piece.strip():
                pieces.append((cell.cell_type, piece, bool(aside)))
    return pieces


def core_and_asides(path):
    """Return two lists of pairs (kind, source): the core path of a notebook, and its parts headed Aside."""
    pieces = parts(path)
    return tuple([(kind, source) for kind, source, aside in pieces if aside is wanted] for wanted in (False, True))


def checked(source):
    """Return the exercises that a cell checks: ["08.1"] for a cell with check("08.1", answer)."""
    return re.findall(r"^check\(\s*[\"']([^\"']*)[\"']", source, re.MULTILINE)


def exercises(path):
    """Return the pairs (name, index of its cell) of a notebook's exercises, in order."""
    return [(name, index) for index, source in cells(path, "code") for name in checked(source)]


def summary_index(path):
    """Return the index of the last cell that calls summary(...), or None."""
    found = [index for index, source in cells(path, "code") if re.search(r"^summary\(", source, re.M)]
    return found[-1] if found else None


def solution(path, index):
    """Return the code of the solution below the exercise in cell `index`, None without one.

    It stands between the exercise and the next code cell, in <details><summary>Solution</summary>.
    """
    below = []
    for cell in load(path).cells[index + 1 :]:
        if cell.cell_type == "code":
            break
        below.append(cell.source)
    pattern = r"<details><summary>Solution</summary>\n\n(.*?)\n\n</details>"
    for block in re.findall(pattern, "\n\n".join(below), re.DOTALL):
        if code := re.findall(r"^```python\n(.*?)\n```$", block, re.DOTALL | re.MULTILINE):
            return "\n\n".join(code)
    return None


def with_solutions(path):
    """Return a copy of the notebook in which the solution of every exercise precedes its check."""
    notebook = read(path)
    for _, index in exercises(path):
        cell = notebook.cells[index]
        code = solution(path, index) or ""
        before, call, after = re.split(r"^(check\()", cell.source, maxsplit=1, flags=re.MULTILINE)
        cell.source = f"{before}{code}\n\n{call}{after}"
    return notebook


def defined(path, *names, **known):
    """Return the functions or classes that a notebook's cells define, each run alone with np and what is `known`.

    Cells of exercises do not count: there a name stands for what the reader is to write.
    """
    namespace = {"np": np} | known
    for name in names:
        start = re.compile(rf"^(?:def|class) {name}\b", re.M)
        (source,) = [s for _, s in cells(path, "code") if start.search(s) and not checked(s)]
        exec(re.search(rf"{start.pattern}.*?(?=^\S|\Z)", source, re.M | re.S)[0], namespace)
    return [namespace[name] for name in names]


def printed(cell):
    """Return everything a cell has printed."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")


class ThisPython(AsyncKernelManager):
    """Starts kernels with the interpreter that runs this file, whatever kernels are installed."""

    @property
    def kernel_spec(self):
        kernel = ipykernel.kernelspec
        return KernelSpec(resource_dir=kernel.RESOURCES, **kernel.get_kernel_dict())


class CellFailed(Exception):
    """A cell of a notebook did not run; the message names it and holds its traceback."""


def execute(notebook, folder, timeout=300):
    """Run all cells of a notebook in a fresh kernel whose working directory is `folder`.

    The outputs are stored in the cells. Raises CellFailed; timeout is in seconds, for one cell.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        environment = os.environ | {"COURSE_PROGRESS": "off", "TQDM_DISABLE": "1", "IPYTHONDIR": profile}
        environment.pop("MPLBACKEND", None)
        started = []
        client = NotebookClient(
            notebook,
            kernel_manager_class=ThisPython,
            resources={"metadata": {"path": str(folder)}},
            timeout=timeout,
            coalesce_streams=True,
            record_timing=False,
            store_widget_state=False,
            on_cell_start=lambda cell, cell_index: started.append(cell_index),
        )
        try:
            client.execute(env=environment, stderr=subprocess.DEVNULL)  # the kernel's own log
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
            which = f"In [{code.index(started[-1]) + 1}], cell {started[-1] + 1} of the file"
            lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
            raise CellFailed(f"{which}, does not run.\n{lines}") from None
    return notebook
