"""progress: what was answered is kept, shared, safe from accidents, and comes up for review when it is time."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

import notebooks
from shared.exercises import check, engine, overview, progress, record, summary

ROOT = Path(__file__).resolve().parents[2]
FIRST_DAY = date(2025, 3, 1)


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The path of a learner's file, in a folder of its own, and a kernel that has answered nothing yet."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    monkeypatch.setattr(record, "kept", record.Record())
    monkeypatch.setattr(record, "today", lambda: FIRST_DAY)
    return path


@pytest.fixture
def clock(monkeypatch):
    """Call it with the number of days that have passed since the first one."""

    def set_to(days):
        monkeypatch.setattr(record, "today", lambda: FIRST_DAY + timedelta(days))

    return set_to


def answer(name, right=True):
    exercise = engine.load(name[:2])[name]
    check(name, exercise.solution if right else exercise.mistakes[0][0])


def restart(monkeypatch):
    monkeypatch.setattr(record, "kept", record.Record())


def entries(file):
    return json.loads(file.read_text(encoding="utf-8"))["answers"]


def run(*sources):
    """Return the cells with this code, run in a kernel as the tests start it."""
    cells = [notebooks.nbformat.v4.new_code_cell(source) for source in sources]
    return notebooks.execute(notebooks.nbformat.v4.new_notebook(cells=cells), ROOT).cells


# --- kept


def test_an_answer_outlives_its_kernel(file, monkeypatch, capsys):
    answer("03.5", right=False)
    answer("03.5")
    answer("01.4", right=False)
    hint = engine.load("03")["03.5"].mistakes[0][1]
    restart(monkeypatch)
    capsys.readouterr()
    summary("03")
    told = capsys.readouterr().out
    assert told.startswith("1 of ")
    assert told.endswith(f"the hint you met most (once, in 03.5): {hint}\n")
    kept = entries(file)
    right = {"right": True, "tries": 2, "hint": hint, "hints": {hint: 1}, "day": "2025-03-01", "box": 0}
    assert kept["03.5"] == right
    assert not kept["01.4"]["right"]
    assert kept["01.4"]["tries"] == 1
    assert "day" not in kept["01.4"]


def test_another_process_finds_the_answers(file):
    code = "import sys; from shared.exercises import check, summary; check('01.2', eval(sys.argv[1])); summary('01')"
    environment = os.environ | {"COURSE_PROGRESS": str(file), "PYTHONPATH": str(ROOT)}

    def printed(given):
        command = [sys.executable, "-c", code, given]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    solution = "lambda sizes: sum(n * (before + 1) for before, n in zip(sizes, sizes[1:]))"
    assert "1 of 6 answered" in printed(solution)
    assert "1 of 6 answered" in printed("...")


def test_dots_and_unknown_names_change_nothing(file):
    check("01.1", ...)
    check("01.99", 3)
    check("?", 3)
    assert not file.exists()
    answer("01.1")
    before = file.read_bytes()
    check("01.1", ...)
    assert file.read_bytes() == before


def test_a_wrong_answer_opens_an_exercise_again(file, capsys):
    answer("01.6")
    answer("01.6", right=False)
    capsys.readouterr()
    summary("01")
    assert capsys.readouterr().out.startswith("0 of 6 answered")


def test_only_the_commonest_hints_are_kept():
    entry = {}
    for k in range(100):
        for _ in range(2 if k < 5 else 1):
            entry = record.answered(entry, f"hint {k}", FIRST_DAY)
    assert len(entry["hints"]) == record.HINTS
    assert entry["hint"] == "hint 99"
    assert {f"hint {k}" for k in (0, 1, 2, 3, 4, 99)} <= set(entry["hints"])
    assert entry["tries"] == 105


def test_every_letter_is_kept(file):
    record.kept.keep("01.1", "ein Ü, ein \ud800 und ein \n Zeilenumbruch, σ")
    record.kept.keep("01.2", None)
    assert entries(file)["01.1"]["hint"] == "ein Ü, ein \ud800 und ein \n Zeilenumbruch, σ"
    assert len(file.read_text(encoding="utf-8").splitlines()) == 4


# --- where


def test_tests_keep_nothing():
    assert os.environ["COURSE_PROGRESS"] == "off"
    assert record.place() is None
    (cell,) = run("import os; print(os.environ['COURSE_PROGRESS'])")
    assert notebooks.printed(cell) == "off\n"


def test_the_place(tmp_path, monkeypatch):
    def place(named):
        monkeypatch.setenv("COURSE_PROGRESS", named)
        return record.place()

    beside = ROOT / "notebooks" / ".progress.json"
    assert place("") == place("  ") == beside
    assert place("off") is place("Off") is place("0") is place("no") is place(os.devnull) is None
    assert place(str(tmp_path)) == tmp_path.resolve() / ".progress.json"
    assert place(str(tmp_path / "mine.json")) == tmp_path.resolve() / "mine.json"
    assert place(str(tmp_path / "nowhere" / "mine.json")) == tmp_path.resolve() / "nowhere" / "mine.json"
    for name in ("HOME", "USERPROFILE"):  # Windows looks at the second
        monkeypatch.setenv(name, str(tmp_path))
    assert place("~") == tmp_path.resolve() / ".progress.json"
    assert place("~/mine.json") == tmp_path.resolve() / "mine.json"
    monkeypatch.delenv("COURSE_PROGRESS")
    assert record.place() == beside


def test_git_does_not_see_it():
    for name in (".progress.json", ".progress.json.lock", ".progress.json.new", ".progress.damaged-1.json"):
        command = ["git", "check-ignore", "-q", f"notebooks/{name}"]
        if subprocess.run(["git", "rev-parse"], cwd=ROOT, capture_output=True).returncode == 0:
            assert subprocess.run(command, cwd=ROOT).returncode == 0, name


def test_switched_off_it_is_remembered_by_the_kernel_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    restart(monkeypatch)
    answer("01.6")
    capsys.readouterr()
    summary("01")
    assert capsys.readouterr().out.startswith("1 of 6 answered")
    restart(monkeypatch)
    summary("01")
    assert capsys.readouterr().out == "0 of 6 answered\n"


def test_a_place_that_does_not_exist_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "a typing mistake" / "mine.json"))
    restart(monkeypatch)
    answer("01.6")
    capsys.readouterr()
    progress()
    told = capsys.readouterr().out
    assert "1 The model: 1 of 6 answered" in told
    assert "The answers cannot be kept in a file here" in told
    assert list(tmp_path.iterdir()) == []


def test_it_can_be_taken_along(file, tmp_path, monkeypatch, capsys):
    answer("01.6")
    other = tmp_path / "another computer"
    other.mkdir()
    (other / ".progress.json").write_bytes(file.read_bytes())
    monkeypatch.setenv("COURSE_PROGRESS", str(other))
    restart(monkeypatch)
    capsys.readouterr()
    summary("01")
    assert capsys.readouterr().out.startswith("1 of 6 answered")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_stays_a_link(file, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "kept.json"
    file.symlink_to(target)
    answer("01.6")
    assert file.is_symlink()
    assert entries(target)["01.6"]["right"]


# --- shared by several processes, killed at any moment

WORKER = """
import os, sys
from shared.exercises import record
for k in range(int(sys.argv[2])):
    record.kept.keep(f"0{1 + k % 9}.{1 + k % 5}", sys.argv[1] if k % 3 else None)
    print(k, flush=True)
"""


def started(file, code, *arguments):
    environment = os.environ | {"COURSE_PROGRESS": str(file), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_a_thousand_answers_from_two_processes(file):
    with started(file, WORKER, "one", "500") as one, started(file, WORKER, "two", "500") as two:
        assert [len(worker.communicate(timeout=300)[0].split()) for worker in (one, two)] == [500, 500]
    kept = entries(file)
    assert sum(entry["tries"] for entry in kept.values()) == 1000
    for name in ("one", "two"):
        assert sum(entry["hints"].get(name, 0) for entry in kept.values()) == sum(k % 3 > 0 for k in range(500))


def test_answers_from_several_threads(file):
    def work():
        for k in range(25):
            record.Record().keep(f"01.{1 + k % 5}", "thread")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(entry["tries"] for entry in entries(file).values()) == 100


DYING = """
import os, signal, sys
from shared.exercises import record
moment = sys.argv[1]
def die(*args, **settings):
    os.kill(os.getpid(), signal.SIGKILL)
class Half:
    def __init__(self, file): self.file = file
    def __enter__(self): return self
    def __exit__(self, *args): self.file.close()
    def write(self, content):
        self.file.write(content[: len(content) // 2]); self.file.flush(); die()
if moment == "half":
    record.open = lambda path, mode: Half(open(path, mode)) if mode == "wb" else open(path, mode)
if moment == "written":
    record.os.replace = die
if moment == "replaced":
    replace = os.replace
    record.os.replace = lambda *args: (replace(*args), die())
record.kept.keep("05.1", "killed")
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
@pytest.mark.parametrize("moment", ["half", "written", "replaced"])
def test_a_kill_in_the_middle_costs_at_most_that_answer(file, moment, capsys):
    for name in ("01.1", "01.6", "03.5"):
        answer(name)
    before = entries(file)
    with started(file, DYING, moment) as worker:
        assert worker.wait(60) < 0
    kept = entries(file)
    assert kept.pop("05.1", None) is None or moment == "replaced"
    assert kept == before
    answer("01.4")  # neither a lock nor a half-written file is in the way
    assert entries(file)["01.4"]["right"]
    assert "damaged" not in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_kills_at_any_moment(file):
    """Each round reports an answer once it is kept; after the kill at most the one that it was writing is missing."""
    told = 0
    for k in range(6):
        with started(file, WORKER, "hint", "100000") as worker:
            worker.stdout.readline()
            time.sleep(0.05 + 0.037 * k)
            worker.kill()
            told += 1 + len(worker.stdout.read().split())
        found = sum(entry["tries"] for entry in entries(file).values())
        assert told <= found <= told + k + 1  # the last one of each round may be kept and not reported


def test_who_cannot_have_the_lock_writes_later(file, monkeypatch):
    monkeypatch.setattr(record, "PATIENCE", 0.05)
    answer("01.6")
    with record._locked(file) as alone:
        assert alone
        answer("03.5")
        assert "03.5" not in entries(file)
    answer("01.1")
    assert set(entries(file)) == {"01.1", "01.6", "03.5"}


# --- damaged, read-only


DAMAGES = {
    "torn": lambda content: content[:-40],
    "empty": lambda content: b"",
    "zeros": lambda content: bytes(len(content)),
    "other": lambda content: b'["something else"]',
    "number": lambda content: b"7",
    "no dict": lambda content: b'{"answers": [1, 2]}',
    "merged": lambda content: b"<<<<<<< HEAD\n" + content + b"=======\n" + content,
    "latin-1": lambda content: content.replace(b'"right"', b'"r\xfc"', 1),
    "an entry": lambda content: content.replace(b'{"box": 0', b'{"box": "zero"', 1),
    "a day": lambda content: content.replace(b"2025-03-01", b"2025-33-01", 1),
    "deep": lambda content: b"[" * 100_000,
}


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("reader", ["summary", "check"])
def test_a_damaged_file_costs_a_sentence(file, kind, reader, capsys, monkeypatch):
    names = ("01.1", "01.6", "03.5")
    for name in names:
        answer(name)
    damaged = DAMAGES[kind](file.read_bytes())
    file.write_bytes(damaged)
    capsys.readouterr()
    if reader == "summary":
        summary("03")
    else:
        answer("02.1")
    told = capsys.readouterr().out
    assert len(re.findall("was damaged", told)) == 1
    assert "It is now called progress.damaged-1.json" in told
    assert file.with_name("progress.damaged-1.json").read_bytes() == damaged
    assert {name for name in names if entries(file)[name]["right"]} == set(names)  # this kernel knew them all
    summary("01")
    assert "2 of 6" in capsys.readouterr().out
    file.write_bytes(b"?")
    summary("01")
    assert "progress.damaged-2.json" in capsys.readouterr().out
    assert file.with_name("progress.damaged-1.json").read_bytes() == damaged


@pytest.mark.parametrize(("kind", "left"), [("torn", 2), ("merged", 3), ("latin-1", 2), ("an entry", 2), ("a day", 2)])
def test_a_kernel_that_knew_nothing_reads_what_it_can(file, kind, left, capsys, monkeypatch):
    for name in ("01.1", "01.6", "03.5"):
        answer(name)
    file.write_bytes(DAMAGES[kind](file.read_bytes()))
    restart(monkeypatch)
    capsys.readouterr()
    summary("01")
    told = capsys.readouterr().out
    assert f"what could be read in it, {left} of the exercises, goes on" in told
    assert len(entries(file)) == left


def denied(path, mode="r", *args, **settings):
    raise PermissionError(13, "Permission denied", str(path))


def in_a_read_only_folder(file, monkeypatch):
    monkeypatch.setattr(record, "open", denied, raising=False)


def with_a_read_only_lock(file, monkeypatch):
    lock = file.with_name(file.name + ".lock")

    def opened(path, mode):
        return denied(path) if path == lock else open(path, mode)

    monkeypatch.setattr(record, "open", opened, raising=False)


def on_a_full_disk(file, monkeypatch):
    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record.os, "fsync", full)


def while_somebody_else_holds_the_file(file, monkeypatch):
    """What Windows does while a service that keeps copies elsewhere reads or sends the file."""
    monkeypatch.setattr(record.os, "replace", denied)
    monkeypatch.setattr(record.time, "sleep", lambda seconds: None)


TROUBLES = [in_a_read_only_folder, with_a_read_only_lock, on_a_full_disk, while_somebody_else_holds_the_file]


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("begun", [True, False])
def test_what_cannot_be_written_is_no_error(file, trouble, begun, monkeypatch, capsys):
    if begun:
        answer("01.6")
    before = file.read_bytes() if begun else None
    with monkeypatch.context() as patch:
        trouble(file, patch)
        answer("03.5")
        answer("03.1")
        capsys.readouterr()
        summary("03")
        summary("01")
        assert re.findall(r"(\d) of", capsys.readouterr().out) == ["2", str(int(begun))]
        assert (file.read_bytes() if file.exists() else None) == before
        assert not record.kept.writable
        progress()
        assert "The answers cannot be kept in a file here" in capsys.readouterr().out
    answer("01.1")  # the trouble is over: all are written
    assert set(entries(file)) == {"01.1", "03.5", "03.1"} | ({"01.6"} if begun else set())
    progress()
    assert "cannot be kept" not in capsys.readouterr().out


@pytest.mark.parametrize("times", [1, 3])
def test_who_holds_the_file_for_a_moment_is_waited_for(file, times, monkeypatch):
    replace, tries, slept = os.replace, [], []

    def at_last(*names):
        tries.append(names)
        return denied(names[0]) if len(tries) <= times else replace(*names)

    monkeypatch.setattr(record.os, "replace", at_last)
    monkeypatch.setattr(record.time, "sleep", slept.append)
    answer("01.6")
    assert entries(file)["01.6"]["right"]
    assert sum(slept) < 1


def test_what_cannot_be_read_is_not_overwritten(file, monkeypatch, capsys):
    answer("01.6")
    before = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", denied)
        restart(patch)
        answer("03.5")
        summary("03")
        assert "1 of " in capsys.readouterr().out
    assert file.read_bytes() == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_really_read_only(file, tmp_path, capsys):
    tmp_path.chmod(0o500)
    try:
        answer("03.5")
        summary("03")
    finally:
        tmp_path.chmod(0o700)
    assert "1 of " in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


LIMITED = """
import resource
from shared.exercises import check, progress, summary
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # as if the disk were full
check("03.1", 5)
summary("03")
progress()
"""


@pytest.mark.skipif(os.name == "nt", reason="no such limit there")
def test_a_process_that_really_cannot_write(file):
    answer("01.6")
    before = file.read_bytes()
    with started(file, LIMITED) as worker:
        told = worker.communicate(timeout=120)[0]
    assert worker.returncode == 0
    assert "the hint you met most (once, in 03.1)" in told
    assert "1 The model: 1 of 6 answered" in told
    assert "The answers cannot be kept in a file here" in told
    assert file.read_bytes() == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_protected_file_is_not_replaced(file, capsys):
    answer("01.6")
    before = file.read_bytes()
    file.chmod(0o400)
    answer("03.5")
    progress()
    assert "cannot be kept" in capsys.readouterr().out
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"?", None])
def test_a_protected_file_is_not_touched(file, content, monkeypatch, capsys):
    """The same for root, who may write everywhere; and a damaged one is not put aside at each look."""
    answer("01.6")
    before = content or file.read_bytes()
    file.write_bytes(before)
    monkeypatch.setattr(record.os, "access", lambda path, mode: Path(path) != file)
    for _ in range(3):
        answer("03.5")
    capsys.readouterr()
    summary("03")
    assert capsys.readouterr().out.startswith("1 of ")
    assert file.read_bytes() == before
    assert not record.kept.writable
    assert not list(file.parent.glob("*damaged*"))


def test_a_large_file_is_somebody_elses(file, monkeypatch, capsys):
    with open(file, "wb") as large:
        large.truncate(record.LARGEST + 1)
    monkeypatch.setattr(Path, "read_bytes", denied)  # not even read
    answer("01.6")
    progress()
    assert "The answers cannot be kept in a file here" in capsys.readouterr().out
    assert file.stat().st_size == record.LARGEST + 1
    assert not list(file.parent.glob("*damaged*"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are none")
def test_what_is_no_file_is_left_alone(file, capsys):
    os.mkfifo(file)  # whoever reads it waits for ever
    answer("01.6")
    summary("01")
    assert "1 of 6 answered" in capsys.readouterr().out
    assert not file.is_file()


def test_everything_that_an_answer_can_say_fits(file):
    """All exercises, each with as many hints as are kept and those long, stay far below what is taken for ours."""
    for n in range(1, 11):
        for name in engine.load(f"{n:02}"):
            hints = {f"{k} {'ü' * 500}": 1 for k in range(record.HINTS)}
            record.kept.entries[name] = record.answered({"hints": hints, "box": 0}, "x", FIRST_DAY)
    assert len(record._content(record.kept.entries, {})) < record.LARGEST / 2


def test_what_a_later_version_has_added_stays(file):
    answer("01.6")
    found = json.loads(file.read_text(encoding="utf-8"))
    found["answers"]["01.6"]["confidence"] = "high"
    file.write_text(json.dumps({"version": 2, "höhe": {"a": [1]}, **found}), encoding="utf-8-sig")
    answer("03.5")
    after = json.loads(file.read_text(encoding="utf-8"))
    assert after.pop("answers")["01.6"]["confidence"] == "high"
    assert after == {"version": 2, "höhe": {"a": [1]}}
    file.write_bytes(file.read_bytes()[:-40])
    answer("03.1")
    assert json.loads(file.read_text(encoding="utf-8"))["version"] == 2  # this kernel remembers
    assert {"01.6", "03.1", "03.5"} <= set(entries(file))


def test_a_folder_with_the_name_of_the_file(file, capsys):
    file.mkdir()
    (file / ".progress.json").mkdir()
    answer("03.5")
    summary("03")
    assert "1 of " in capsys.readouterr().out


# --- review


def test_leitner(file, clock, capsys):
    def due(day):
        clock(day)
        return record.is_due(entries(file)["01.6"], record.today())

    answer("01.6")
    day = 0
    for days in (1, 3, 7, 21):
        assert not due(day)
        assert not due(day + days - 1)
        assert due(day + days)
        assert due(day + days + 100)
        day += days
        clock(day)
        answer("01.6")
    assert not due(day + 10_000)


def test_an_answer_given_again_before_it_is_due_stays_in_its_box(file, clock):
    answer("01.6")
    clock(1)
    answer("01.6")
    clock(2)
    answer("01.6")
    assert entries(file)["01.6"]["box"] == 1
    clock(4)
    assert not record.is_due(entries(file)["01.6"], record.today())  # three days after the last right answer
    clock(5)
    assert record.is_due(entries(file)["01.6"], record.today())


def test_a_wrong_answer_goes_back_to_the_first_box(file, clock):
    answer("01.6")
    for day in (1, 4):
        clock(day)
        answer("01.6")
    assert entries(file)["01.6"]["box"] == 2
    clock(30)
    answer("01.6", right=False)
    assert not record.is_due(entries(file)["01.6"], record.today())  # it is open
    answer("01.6")
    assert entries(file)["01.6"]["box"] == 0
    clock(31)
    assert record.is_due(entries(file)["01.6"], record.today())


def test_a_clock_that_went_back_is_no_trouble(file, clock):
    answer("01.6")
    clock(-5)
    answer("01.6")
    assert entries(file)["01.6"]["day"] == "2025-02-24"


def test_an_answer_from_a_day_that_is_yet_to_come_is_asked_again(file, clock, monkeypatch, capsys):
    monkeypatch.setattr(record, "today", lambda: date.max)
    answer("01.6")
    clock(0)
    answer("01.1")
    seen = shown(monkeypatch, capsys)
    assert ": 2 of " in seen["words"][0]
    assert seen["words"][0].endswith(", 1 for review")
    assert ("For review: exercise 01.6", "01.6") in seen["links"]
    answer("01.6")
    assert entries(file)["01.6"]["day"] == FIRST_DAY.isoformat()
    assert not record.is_due(entries(file)["01.6"], record.today())


# --- the overview


def shown(monkeypatch, capsys):
    """Return what progress prints, the marks in its picture by state, the alt text, and the links."""
    seen = {}

    def show(figure, alt):
        (axes,) = figure.axes
        for line in axes.lines:
            seen[line.get_gid()] = sorted(zip(*map(list, line.get_data()), strict=True))
        seen["alt"] = alt
        seen["labels"] = [label.get_text() for label in axes.get_yticklabels()]
        seen["counts"] = [text.get_text() for text in axes.texts]
        seen["looks"] = {(line.get_marker(), line.get_color(), line.get_markerfacecolor()) for line in axes.lines}

    monkeypatch.setattr(overview, "show", show)
    monkeypatch.setattr(overview, "_show_links", lambda links: seen.update(links=links))
    capsys.readouterr()
    progress()
    seen["words"] = capsys.readouterr().out.splitlines()
    return seen


def test_nothing_answered(file, monkeypatch, capsys):
    seen = shown(monkeypatch, capsys)
    total = sum(len(engine.load(f"{n:02}")) for n in range(1, 11))
    assert seen["words"] == [
        "No exercise is answered yet"
    ]  # stored in notebooks: the same whatever exercises there are
    assert seen["alt"] == "A row per notebook, a mark per exercise: all are open."
    assert seen["counts"][0] == "0 of 6"
    assert seen["links"] == [("Next: exercise 01.1", "01.1")]
    assert len(seen["open"]) == total
    assert seen["answered"] == seen["for review"] == []
    assert not file.exists()


def test_what_is_answered_open_and_for_review(file, clock, monkeypatch, capsys):
    answer("01.1")
    answer("01.3")
    clock(1)
    answer("03.5")
    answer("03.1", right=False)
    seen = shown(monkeypatch, capsys)
    assert seen["words"][0].endswith("answered, 2 for review")
    assert seen["words"][1] == "1 The model: 2 of 6 answered, 2 for review; open: 01.2, 01.4, 01.5, 01.6"
    names = list(engine.load("03"))
    assert seen["words"][3].startswith(f"3 The optimization problem: 1 of {len(names)} answered; open: ")
    assert seen["answered"] == [(names.index("03.5"), 2)]
    assert seen["for review"] == [(0, 0), (2, 0)]
    assert {(1, 0), (3, 0), (names.index("03.1"), 2)} <= set(seen["open"])
    assert not {(0, 0), (2, 0)} & set(seen["open"])
    assert len(seen["looks"]) == len({look[0] for look in seen["looks"]}) == 3  # colour and marker
    assert seen["labels"][2] == "3 The optimization problem"
    assert seen["counts"][0] == "2 of 6"
    assert seen["counts"][2] == f"1 of {len(names)}"
    assert "notebook 1: 2 of 6 answered, 2 for review;" in seen["alt"]
    following = next(iter(engine.load("04")))
    assert seen["links"] == [
        (f"Next: exercise {following}", following),  # behind the last that is answered, not the one left out
        ("For review: exercise 01.1", "01.1"),
        ("For review: exercise 01.3", "01.3"),
    ]


def test_at_most_five_for_review_the_longest_due_first(file, clock, monkeypatch, capsys):
    for day, names in enumerate((["02.1", "03.5"], ["01.6", "01.1", "01.2", "01.3", "01.4"])):
        clock(day)
        for name in names:
            answer(name)
    clock(9)
    links = shown(monkeypatch, capsys)["links"]
    assert [name for _, name in links[1:]] == ["02.1", "03.5", "01.1", "01.2", "01.3"]


def test_everything_answered(file, monkeypatch, capsys):
    names = [name for n in range(1, 11) for name in engine.load(f"{n:02}")]
    for name in names:
        record.kept.entries[name] = record.answered({}, None, FIRST_DAY)
    file.write_bytes(record._content(record.kept.entries, {}))
    seen = shown(monkeypatch, capsys)
    assert seen["words"][0] == f"The whole course: {len(names)} of {len(names)} answered"
    assert "links" not in seen


def test_the_exercise_left_out_comes_at_the_end(file, monkeypatch, capsys):
    names = [name for n in range(1, 11) for name in engine.load(f"{n:02}")]
    known = {name: record.answered({}, None, FIRST_DAY) for name in names if name != "02.2"}
    file.write_bytes(record._content(known, {}))
    assert shown(monkeypatch, capsys)["links"] == [("Next: exercise 02.2", "02.2")]


def test_an_exercise_that_is_no_more_is_kept_and_not_counted(file, monkeypatch, capsys):
    answer("02.1")
    record.kept.keep("01.77", None)
    assert shown(monkeypatch, capsys)["words"][1] == "1 The model: 0 of 6 answered"
    assert "01.77" in entries(file)


@pytest.mark.parametrize("path", notebooks.paths(), ids=lambda path: path.stem)
def test_each_exercise_has_its_link(path):
    heading = None
    headings = {}
    for cell in notebooks.load(path).cells:
        if cell.cell_type == "markdown":
            found = re.findall(r"^#+ +(.*?) *$", cell.source, re.MULTILINE)
            heading = found[-1] if found else heading
        for name in notebooks.checked(cell.source):
            headings[name] = heading
    for name in engine.load(path.stem[:2]):
        address = overview._address(name)
        assert re.fullmatch(r"[\w%.:,-]+\.ipynb#[\w%.:,'~-]+", address)
        assert overview.quote(headings[name].replace(" ", "-"), safe=":,'") == address.partition("#")[2]
        assert address.partition("#")[0] == path.name


def test_links_are_shown_as_links(file, clock):
    """In a kernel: words, a picture with its alt text, and a list of links."""
    _, cell = run(
        "import datetime; from shared.exercises import check, progress, record; check('01.6', 'bdf')",
        "record.today = lambda: datetime.date.today() + datetime.timedelta(1); progress()",
    )
    words, figure, links = cell.outputs
    assert words.text.startswith("The whole course: 1 of ")
    assert figure.metadata["image/png"]["alt"].startswith("A row per notebook")
    link = links.data["text/markdown"].splitlines()[1]
    assert link.startswith("- [For review: exercise 01.6 in notebook 1](01_the_model.ipynb#")
    assert links.data["text/plain"].splitlines()[1] == "For review: exercise 01.6 in notebook 1"


# --- afresh


@pytest.mark.parametrize(("typed", "gone"), [("yes", True), (" Yes ", True), ("", False), ("y", False), ("no", False)])
def test_forget_asks(file, typed, gone, monkeypatch, capsys):
    answer("01.6")
    answer("01.1", right=False)
    asked = []
    monkeypatch.setattr("builtins.input", lambda prompt: asked.append(prompt) or typed)
    capsys.readouterr()
    progress(forget=True)
    told = capsys.readouterr().out
    assert asked == ["Forget the answers to 2 exercises, in all notebooks? Type yes: "]
    assert told == ("All answers are forgotten: the course starts over\n" if gone else "Nothing is forgotten\n")
    assert (entries(file) == {}) == gone
    restart(monkeypatch)
    summary("01")
    assert capsys.readouterr().out.startswith("0 of 6" if gone else "1 of 6")


@pytest.mark.parametrize("error", [EOFError, NotImplementedError])
def test_forget_where_nobody_can_type(file, error, monkeypatch, capsys):
    def nobody(prompt):
        raise error

    monkeypatch.setattr("builtins.input", nobody)
    progress(forget=True)
    assert capsys.readouterr().out == "There is nothing to forget\n"
    answer("01.6")
    capsys.readouterr()
    progress(forget=True)
    assert capsys.readouterr().out == "Nothing is forgotten\n"
    assert entries(file)["01.6"]["right"]


def test_forget_what_cannot_be_written(file, monkeypatch, capsys):
    answer("01.6")
    monkeypatch.setattr("builtins.input", lambda prompt: "yes")
    in_a_read_only_folder(file, monkeypatch)
    capsys.readouterr()
    progress(forget=True)
    assert capsys.readouterr().out == "The file with the answers cannot be written, so they are still in it\n"
    assert entries(file)["01.6"]["right"]
