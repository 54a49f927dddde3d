"""Settings with which nbconvert makes slides from a notebook of the course.

    jupyter nbconvert --to slides --config tests/tools/slides.py --output-dir slides notebooks/04_gradient_descent.ipynb

Each section begins a slide, reached with the arrow to the right. Below it, with the arrow down, come the parts of the
section: a text, and the code and the pictures that follow it. Nothing about slides is stored in the notebooks, so
nothing there can be forgotten or go stale.
"""

import re

from nbconvert.preprocessors import Preprocessor


def slide_type(index, cell):
    """Return what the exporter needs to know of a cell: where it begins, or that it stays out."""
    if cell.cell_type == "markdown":
        if cell.source.startswith("<details>"):  # folded: it stays with what it belongs to
            return "-"
        return "slide" if index == 0 or cell.source.startswith("## ") else "subslide"
    left_out = index == 3 or re.search(r"^summary\(", cell.source, re.MULTILINE)  # Setup, and the count of exercises
    return "skip" if left_out else "-"


class Sections(Preprocessor):
    """Marks the cells of a notebook for slides, in the copy that is being exported."""

    def preprocess(self, notebook, resources):
        for index, cell in enumerate(notebook.cells):
            cell.metadata["slideshow"] = {"slide_type": slide_type(index, cell)}
        return notebook, resources


if "get_config" in globals():  # read by nbconvert, not imported
    settings = get_config().SlidesExporter  # noqa: F821
    settings.preprocessors = [Sections]
    settings.reveal_scroll = True  # a part that is longer than the screen can be scrolled
    settings.reveal_width, settings.reveal_height = "1280", "720"
