"""Compute how long each notebook takes, and write it into the notebooks and the README.

    python tests/tools/reading_times.py            print the times
    python tests/tools/reading_times.py --write    bring cell 2 of each notebook and the README's table up to date

Prose is read at 130 words a minute, with hints and solutions left folded, code at ten lines a minute; an exercise takes
two minutes, an explorer five. That makes two times for each notebook: the core path, and all of it, with the parts
headed *Aside*.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))
import notebooks
import refresh_outputs

WORDS_A_MINUTE = 130
LINES_A_MINUTE = 10
MINUTES_AN_EXERCISE = 2
MINUTES_AN_EXPLORER = 5
FOLDED = r"<details><summary>(?:Hint|Solution)[^<]*</summary>.*?</details>"
TIME = re.compile(r"\*\*Time\*\*.*?\.(?=\s|$)", re.DOTALL)  # one sentence


def words(source):
    """Return the number of words of a Markdown cell that are read: no code, no tags, nothing that is folded away."""
    source = TIME.sub(" ", source)  # what it says must not hang on how it says it
    source = re.sub(FOLDED, " ", source, flags=re.DOTALL)
    source = re.sub(r"^(```|~~~).*?^\1", " ", source, flags=re.DOTALL | re.MULTILINE)
    source = re.sub(r"<[^>]*>|(?<=\])\([^)\s]*\)", " ", source)
    return len(re.findall(r"\S*\w\S*", source))


def minutes(cells):
    """Return the exact minutes that cells take, given as pairs (kind, source)."""
    total = 0.0
    for kind, source in cells:
        if kind == "markdown":
            total += words(source) / WORDS_A_MINUTE
        else:
            total += sum(bool(line.strip()) for line in source.splitlines()) / LINES_A_MINUTE
            total += MINUTES_AN_EXERCISE * len(notebooks.checked(source))
            total += MINUTES_AN_EXPLORER * bool(re.search(r"\bexplorers\.\w+\(", source))
    return total


def times(path):
    """Return the minutes of a notebook's core path and of all of it, both rounded to five."""
    core, asides = notebooks.core_and_asides(path)
    return tuple(5 * round(minutes(part) / 5) for part in (core, core + asides))


def sentence(core, whole):
    """Return what cell 2 says about the time."""
    asides = f"; {whole} with the parts headed *Aside*, which can be skipped" if core != whole else ""
    return f"**Time** about {core} minutes, explorers and exercises included{asides}."


def hours(minutes):
    """Return minutes as "1 h 25 min"."""
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def row_time(core, whole):
    """Return what the README's table says about the time."""
    return hours(core) if core == whole else f"{hours(core)} ({hours(whole)})"


def main(arguments=None):
    """Print the times, or write them to where they stand; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="bring the notebooks and the README up to date")
    options = parser.parse_args(arguments)
    readme = notebooks.ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    total = [0, 0]
    for path in notebooks.paths():
        core, whole = times(path)
        total = [total[0] + core, total[1] + whole]
        print(f"{path.stem}: {core} minutes, {whole} with its asides")
        pattern = rf"(\(notebooks/{path.stem}\.ipynb\) \| )[^|]*( \|)"
        text = re.sub(pattern, rf"\g<1>{row_time(core, whole)}\g<2>", text)
        notebook = notebooks.read(path)
        cell = notebook.cells[1]
        cell.source = TIME.sub(sentence(core, whole), cell.source)
        if options.write:
            refresh_outputs.write(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode())
    print(f"the whole course: {hours(total[0])}, {hours(total[1])} with its asides")
    if options.write:
        refresh_outputs.write(readme, text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
