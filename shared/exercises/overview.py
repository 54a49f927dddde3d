"""How far the learner has come: `summary` for one notebook, `progress` for the course, in words and as a picture."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from shared.exercises import record
from shared.exercises.compare import text
from shared.exercises.engine import load, say
from shared.style import colors, drawing, new_figure, show

AT_MOST = 5  # questions for review at a time
LOOKS = {  # state -> how it is drawn: a colour, a marker, filled or not
    "answered": ("forward", "s", True),
    "open": ("data", "o", False),
    "for review": ("backward", "<", True),
}
IN_LINKS = ":,'"  # JupyterLab finds a heading by its words, with dashes between them
FOLDER = record.BESIDE_THE_NOTEBOOKS.parent


def summary(notebook):
    """Print how many exercises of `notebook` ("08") are answered, and the hint met most."""
    exercises = load(notebook)
    if not exercises:
        say(f'There are no exercises for {text(notebook)}; a notebook looks like "08"')
        return
    entries = _entries()
    still_open = [name for name in exercises if not entries.get(name, {}).get("right")]
    answered = len(exercises) - len(still_open)
    parts = [f"{answered} of {len(exercises)} answered"]
    if answered and still_open:
        parts.append(f"still open: {', '.join(still_open)}")
    met = Counter()
    for name in exercises:
        for hint, times in entries.get(name, {}).get("hints", {}).items():
            met[name, hint] = times
    for (name, hint), times in met.most_common(1):
        often = f"{times} times" if times > 1 else "once"
        parts.append(f"the hint you met most ({often}, in {name}): {hint}")
    say("; ".join(parts))


def progress(forget=False):
    """Show what is answered in the whole course, what comes next, and up to five questions for review.

    A right answer comes up for review after 1, 3, 7 and 21 days. forget=True asks, and then forgets all answers.
    """
    if forget:
        _forget()
        return
    entries = _entries()
    rows = [_row(notebook, entries) for notebook in _notebooks()]
    say(_words(rows))
    show(_picture(rows), _alt(rows))
    links = _links(rows, entries)
    if links:
        _show_links(links)


class Row(NamedTuple):
    """A notebook and the states of its exercises, by name: "answered", "open" or "for review"."""

    notebook: str
    states: dict

    def names(self, *states):
        """Return the names of the exercises in these states."""
        return [name for name, state in self.states.items() if state in states]


def _entries():
    entries, sentence = record.kept.read()
    if sentence:
        say(sentence)
    return entries


def _notebooks():
    files = Path(__file__).parent.glob("notebook_[0-9][0-9].py")
    return sorted(file.stem.removeprefix("notebook_") for file in files)


def _row(notebook, entries):
    states = {}
    for name in load(notebook):
        entry = entries.get(name, {})
        if record.is_due(entry, record.today()):
            states[name] = "for review"
        else:
            states[name] = "answered" if entry.get("right") else "open"
    return Row(notebook, states)


# --- in words


def _counted(rows):
    """Return "12 of 52 answered, 3 for review" for one row or several."""
    total = sum(len(row.states) for row in rows)
    answered = sum(len(row.names("answered", "for review")) for row in rows)
    due = sum(len(row.names("for review")) for row in rows)
    return f"{answered} of {total} answered" + (f", {due} for review" if due else "")


def _is_new(rows):
    return not any(row.names("answered", "for review") for row in rows)


def _words(rows):
    lines = ["No exercise is answered yet" if _is_new(rows) else f"The whole course: {_counted(rows)}"]
    for row in [] if _is_new(rows) else rows:
        still_open = row.names("open")
        begun = 0 < len(still_open) < len(row.states)
        lines.append(f"{_title(row)}: {_counted([row])}" + (f"; open: {', '.join(still_open)}" if begun else ""))
    if not record.kept.writable:
        lines.append("The answers cannot be kept in a file here: they last as long as this notebook's kernel runs")
    return "\n".join(lines)


def _alt(rows):
    if _is_new(rows):
        return "A row per notebook, a mark per exercise: all are open."
    each = "; ".join(f"notebook {int(row.notebook)}: {_counted([row])}" for row in rows)
    return f"A row per notebook, a mark per exercise. The whole course: {_counted(rows)}. One by one, {each}."


def _title(row):
    """Return "3 The optimization problem", from the name of the notebook's file."""
    file = _file(row.notebook)
    words = file.stem[3:].replace("_", " ").capitalize() if file else "Notebook"
    return f"{int(row.notebook)} {words}"


# --- what comes next, and what comes again


def _next(rows):
    """Return the first open exercise behind the last answered one; without such a one the first; None at the end."""
    states = [(name, state) for row in rows for name, state in row.states.items()]
    done = [k for k, (_, state) in enumerate(states) if state != "open"]
    last = max(done, default=-1)
    behind_first = states[last + 1 :] + states[:last]
    return next((name for name, state in behind_first if state == "open"), None)


def _review(rows, entries):
    """Return the exercises for review, those that have waited longest first, else in the course's order."""
    due = [name for row in rows for name in row.names("for review")]
    return sorted(due, key=lambda name: _due_day(entries[name]))[:AT_MOST]


def _due_day(entry):
    """Return the day since which an answer is due, as a number."""
    return date.fromisoformat(entry["day"]).toordinal() + record.DAYS[entry["box"]]


def _links(rows, entries):
    """Return the pairs (sentence, exercise) of what to do now."""
    following = _next(rows)
    first = [(f"Next: exercise {following}", following)] if following else []
    return first + [(f"For review: exercise {name}", name) for name in _review(rows, entries)]


def _show_links(links):
    from IPython import get_ipython  # only here: words need no notebook

    lines = []
    marked = []
    for sentence, name in links:
        line = f"{sentence} in notebook {int(name[:2])}"
        address = _address(name)
        lines.append(line)
        marked.append(f"- [{line}]({address})" if address else f"- {line}")
    if get_ipython() is None:
        say("\n".join(lines))
    else:
        data = {"text/markdown": "\n".join(marked), "text/plain": "\n".join(lines)}
        get_ipython().display_pub.publish(data=data)


def _file(notebook):
    return next(iter(sorted(FOLDER.glob(f"{notebook}_*.ipynb"))), None)


def _address(name):
    """Return where an exercise stands: its notebook, and in it the heading above the exercise, if there are such."""
    file = _file(name[:2])
    if file is None:
        return None
    heading = _heading(file, name)
    if heading is None:
        return quote(file.name)
    return f"{quote(file.name)}#{quote(heading.replace(' ', '-'), safe=IN_LINKS)}"


def _heading(file, name):
    heading = None
    try:
        cells = json.loads(file.read_bytes())["cells"]
        for cell in cells:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                heading = (re.findall(r"^#+ +(.*?) *$", source, re.MULTILINE) or [heading])[-1]
            elif re.search(rf"^check\(\s*[\"']{re.escape(name)}[\"']", source, re.MULTILINE):
                return heading
    except (OSError, ValueError, KeyError, TypeError):  # somebody is writing it, or it is no notebook
        return None


# --- the picture


@drawing
def _picture(rows):
    figure, axes = new_figure(size=(5, 3.2))
    for state, (color, marker, filled) in LOOKS.items():
        places = [(k, y) for y, row in enumerate(rows) for k, each in enumerate(row.states.values()) if each == state]
        axes.plot(
            *zip(*places, strict=True) if places else ([], []),
            linestyle="none",
            marker=marker,
            markersize=7,
            color=colors[color],
            markerfacecolor=colors[color] if filled else "white",
            label=state,
            gid=state,
        )
    longest = max(len(row.states) for row in rows)
    for y, row in enumerate(rows):
        done = len(row.names("answered", "for review"))
        axes.text(longest + 0.2, y, f"{done} of {len(row.states)}", va="center", fontsize=8)
    axes.set_xlim(-0.6, longest + 1.9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [_title(row) for row in rows])
    axes.set_xticks([])
    axes.tick_params(left=False)
    axes.spines[:].set_visible(False)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


# --- afresh


def _forget():
    entries = _entries()
    if not entries:
        say("There is nothing to forget")
        return
    try:
        exercises = "one exercise" if len(entries) == 1 else f"{len(entries)} exercises, in all notebooks"
        said = input(f"Forget the answers to {exercises}? Type yes: ")
    except (EOFError, NotImplementedError):  # nobody can type here
        said = ""
    if said.strip().casefold() != "yes":
        say("Nothing is forgotten")
    elif record.kept.forget():
        say("All answers are forgotten: the course starts over")
    else:
        say("The file with the answers cannot be written, so they are still in it")
