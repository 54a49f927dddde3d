"""Run notebooks from a fresh kernel and store them with the outputs, in the one form that is kept.

    python tests/tools/refresh_outputs.py [--check] [notebook ...]
    python tests/tools/refresh_outputs.py --links

Without names it takes every notebook of the course. A second run gives the same bytes. If a cell
fails, its traceback is shown and the file stays as it was. With --check nothing is written; the
exit status is 1 if a notebook would change. With --links nothing is run: only the line of links in
cell 1 is brought up to date, in all notebooks, as is needed when there is a new one.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))
import notebooks

DISPLAYED = ("display_data", "execute_result")
WIDGET = "application/vnd.jupyter.widget-view+json"  # the live widget: nothing without its kernel
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {  # what does not hang on a version; nbconvert takes the ending of scripts from here
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def cleared(path):
    """Return the notebook in a file with all outputs removed; every cell has an id of its own."""
    if json.loads(path.read_text(encoding="utf-8")).get("nbformat") != 4:
        raise ValueError(f"{path.name} is not a notebook of format 4")
    notebook = notebooks.read(path)
    notebook.nbformat_minor = 5
    taken = set()
    for index, cell in enumerate(notebook.cells):
        if not re.fullmatch(r"[\w-]{1,64}", cell.get("id", ""), re.ASCII) or cell.id in taken:
            cell.id = hashlib.sha256(f"{index} {cell.source}".encode()).hexdigest()[:8]
        taken.add(cell.id)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def linked(notebook, path):
    """Return the notebook with cell 1 naming the notebooks that exist now."""
    lines = notebook.cells[0].source.split("\n")
    wanted = notebooks.map_line(path)
    lines = [wanted if line.count(" · ") == wanted.count(" · ") else line for line in lines]
    notebook.cells[0].source = "\n".join(lines)
    return notebook


def stored_form(notebook):
    """Return the bytes that stand in the file of a notebook; the notebook itself may change."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type != "code":
            continue
        kept = []
        for output in cell.outputs:
            data = output.get("data", {})
            data.pop(WIDGET, None)
            if output.get("name") != "stderr" and (data or output.output_type not in DISPLAYED):
                kept.append(output)
        cell.outputs = kept
    nbformat.validate(notebook)
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def write(path, content):
    """Replace the file at once, so that an interruption leaves the old one or the new one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        file.write(content)
    try:
        os.chmod(file.name, path.stat().st_mode)
        os.replace(file.name, path)
    except BaseException:
        os.unlink(file.name)
        raise


def main(arguments=None):
    """Refresh the notebooks named on the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", metavar="notebook", nargs="*", type=Path, help="default: all of the course")
    parser.add_argument("--links", action="store_true", help="renew the line of links, run nothing")
    parser.add_argument("--check", action="store_true", help="say what would change, write nothing")
    options = parser.parse_args(arguments)
    changed = False
    for path in options.paths or notebooks.paths():
        try:
            if options.links:
                notebook = linked(notebooks.read(path), path)
            else:
                notebook = notebooks.execute(linked(cleared(path), path), path.resolve().parent)
        except (notebooks.CellFailed, OSError, ValueError) as error:
            print(f"{path}: {error}\n{path} stays as it was.", file=sys.stderr)
            return 1
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if output.get("name") == "stderr":  # nbval will not like it: say so now
                    print(f"{path}: cell {cell.id} wrote to stderr:\n{output.text}", file=sys.stderr)
        content = stored_form(notebook)
        same = content == path.read_bytes()
        changed |= not same
        if not same and not options.check:
            write(path, content)
        verdict = "is up to date" if same else "would change" if options.check else "refreshed"
        print(f"{path} {verdict}")
    return int(changed and options.check)


if __name__ == "__main__":
    sys.exit(main())
