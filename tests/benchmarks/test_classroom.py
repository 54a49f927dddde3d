"""The tables of TEACHING.md are what the benchmark has measured. (Nothing is timed here.)"""

import json
from pathlib import Path

import pytest

import classroom
from shared.explorers.engine import picture

TEACHING = (classroom.ROOT / ".github" / "TEACHING.md").read_text(encoding="utf-8")
FOUND = json.loads(Path(__file__).with_name("classroom.json").read_text(encoding="utf-8"))


def test_tables_are_what_was_measured():
    made = classroom.tables(FOUND)
    assert len(made) == 5  # everything, of all notebooks
    for lines in made:
        assert "\n".join(lines) in TEACHING


def test_sentences_are_what_was_measured():
    assert f"takes {FOUND['notebooks'][0]['bare']['now']} MB" in TEACHING
    assert f"which takes {FOUND['server']['now']} MB" in TEACHING
    assert FOUND["processor"].split("-")[0].split(" Processor")[0] in TEACHING
    assert f"{FOUND['cores']} cores" in TEACHING
    cores, flow = classroom.dragged_by_all(FOUND)
    assert f"keep {cores} cores busy" in TEACHING
    assert f"send {flow} MB a second" in TEACHING


def test_padding_is_that_of_the_explorers():
    assert classroom.SEGMENT == picture.SEGMENT
    assert all(cost["padded"] >= max(cost["png"], classroom.SEGMENT) for cost in FOUND["explorers"])


def test_a_notebook_measured_again_replaces_its_numbers():
    found = {"notebooks": [{"notebook": "02", "peak": 1}, {"notebook": "03", "peak": 1}]}
    classroom.renew(found, "notebooks", "02", [{"notebook": "02", "peak": 2}])
    classroom.renew(found, "notebooks", "01", [{"notebook": "01", "peak": 3}])
    assert [(run["notebook"], run["peak"]) for run in found["notebooks"]] == [("01", 3), ("02", 2), ("03", 1)]


def test_what_is_shared_is_counted_once():
    """A server of 100 MB and kernels of 80 MB share 40 and 30 MB with others of their kind."""
    bare = dict(peak=80, now=80, own=50)
    runs = [dict(notebook=f"{n:02}_x", bare=bare, peak=100 + n, now=90, own=60, cpu=n) for n in range(1, 4)]
    lines = classroom.learners_table({"server": dict(now=100, own=60), "notebooks": runs})
    assert lines[2] == "| a server and a kernel in which nothing has run | 180 MB | 3.4 GB |"  # 70 + 30 · 110
    assert lines[3] == "| the same after notebook 2, the median of the notebooks | 190 MB | 3.7 GB |"
    assert lines[4] == "| the same in notebook 3 at its peak | 203 MB | 4.1 GB |"
    assert lines[5] == "| notebook 3 from top to bottom, on one core | 3 s | 2 min |"


def test_threads_and_learners_at_once_have_their_rows():
    runs = [dict(threads=n, learners=k, time=n * k, cpu=k) for n in classroom.THREADS for k in (1, 4)]
    lines = classroom.threads_table({"threads": runs})
    assert len(lines) == 2 + len(classroom.THREADS)
    assert lines[-1] == "| 8 | 8.0 × (1.0 ×) | 32 × (4.0 ×) |"
    together = [dict(learners=1, per_second=20, kernel_ms=9.8), dict(learners=4, per_second=5, kernel_ms=10.2)]
    assert classroom.together_table({"together": together})[-1] == "| 4 | 10 ms | 0.25 |"


@pytest.mark.parametrize(
    ("state", "places"),
    [
        ({"min": 0, "max": 1.0, "step": 0.5}, [0, 0.5, 1.0]),
        ({"min": -1, "max": 1, "step": 1, "base": 10.0}, [0.1, 1, 10]),
        ({"index": 0, "_options_labels": ["a", "b"]}, [0, 1]),
    ],
)
def test_places_of_a_slider(state, places):
    assert classroom.places(state) == pytest.approx(places)
