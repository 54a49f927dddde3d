"""What has been answered, kept in a small file beside the notebooks, so that the course is found as it was left.

`notebooks/.progress.json` holds a line for each exercise. The environment variable COURSE_PROGRESS names another file,
or a folder for it, or switches it off ("off"): then answers are remembered as long as the kernel runs. The same where
the file cannot be written, which is no error. Nothing leaves the computer.

Notebooks that are open at the same time share the file: whoever writes holds a lock, reads what the others have
written, and puts a whole new file in place of the old. Whenever a process is killed, the file is the old one or the new
one. A file that cannot be understood is put aside, and what can be read in it goes on. What a later version of the
course has added stays in the file.
"""

import json
import os
import random
import re
import stat
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
try:
    import msvcrt
except ImportError:  # everywhere else
    msvcrt = None

DAYS = (1, 3, 7, 21)  # after so many days a right answer is due again, after the first, second, … time it was right
PATIENCE = 10  # seconds to wait for the others; an answer that could not be written goes with the next one
HINTS = 20  # different hints that are kept for an exercise, the ones met most
LARGEST = 10_000_000  # bytes; a larger file, or one that is no ordinary file, is somebody else's, and left alone
BESIDE_THE_NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks" / ".progress.json"

today = date.today  # a clock that tests can set


# --- one exercise: {"right": True, "day": "2025-03-31", "box": 0, "tries": 3, "hint": "…", "hints": {"…": 2}}


def answered(entry, hint, day):
    """Return the entry of an exercise after one more answer: `hint` is None if it was right.

    Leitner's boxes: who knows an answer when it is due finds it in the next box, and is asked again later. A wrong
    answer goes back to the first box.
    """
    remembered = is_due(entry, day)
    entry = {"box": 0, "hints": {}, **entry, "tries": entry.get("tries", 0) + 1, "right": hint is None}
    if hint is None:
        return entry | {"box": entry["box"] + remembered, "day": day.isoformat()}
    hints = {**entry["hints"], hint: entry["hints"].get(hint, 0) + 1}
    most = sorted(hints, key=lambda met: (met == hint, hints[met]), reverse=True)[:HINTS]
    return entry | {"box": 0, "hint": hint, "hints": {met: hints[met] for met in hints if met in most}}


def is_due(entry, day):
    """Return whether an exercise was answered long enough ago to be asked again; four times are enough.

    A day that is yet to come tells that the clock was wrong. Such an answer is asked again, or it would wait for years.
    """
    if not entry.get("right") or entry["box"] >= len(DAYS):
        return False
    return abs((day - date.fromisoformat(entry["day"])).days) >= DAYS[entry["box"]]


def _is_entry(entry):
    if not isinstance(entry, dict) or type(entry.get("right")) is not bool:
        return False
    try:
        day = entry.get("day")
        dated = day is None or bool(date.fromisoformat(day))
    except (TypeError, ValueError):
        return False
    hints = entry.get("hints")
    counts = [entry.get("box"), entry.get("tries"), *(hints.values() if isinstance(hints, dict) else [None])]
    return dated and (day is not None or not entry["right"]) and all(type(n) is int and n >= 0 for n in counts)


# --- all of them


class Record:
    """The entries of all exercises: in memory, and in a file if there is one."""

    def __init__(self):
        self.entries = {}  # as last seen: what a damaged file is mended with
        self.writable = True  # could the last answer be written?
        self._readable = True
        self._unwritten = {}
        self._added = {}  # what stands in the file beside the answers

    def read(self):
        """Return the entries (by exercise) that everybody has written, and a sentence if the file was damaged."""
        path = place()
        if path is None:
            return self.entries, None
        with _locked(path) as alone:
            entries, sentence = self._read(path, alone)
        self.entries = entries
        return entries, sentence

    def keep(self, exercise, hint):
        """Note an answer; return a sentence if the file was damaged, else None."""
        path = place()
        if path is None:
            self.entries[exercise] = answered(self.entries.get(exercise, {}), hint, today())
            return None
        with _locked(path) as alone:
            entries, sentence = self._read(path, alone)
            entries[exercise] = answered(entries.get(exercise, {}), hint, today())
            self._unwritten[exercise] = entries[exercise]
            self._write(path, entries, alone)
        return sentence

    def forget(self):
        """Forget all answers, of all notebooks; return whether the file is empty now, or there is none."""
        self.entries = {}
        self._unwritten = {}
        path = place()
        if path is None or not os.path.exists(path):
            return True
        with _locked(path) as alone:
            self._write(path, {}, alone)
        return self.writable

    def _read(self, path, alone):
        """Return the entries in the file and those that wait to be written, and the sentence on a damaged file."""
        self._readable = True
        try:
            content = _content_of(path)
        except OSError:  # it may not be read, so it is not written either
            self._readable = False
            return {**self.entries, **self._unwritten}, None
        entries, added, whole = ({}, {}, True) if content is None else _understood(content)
        if added is not None:
            self._added = added
        if whole:
            return {**entries, **self._unwritten}, None
        entries = {**self.entries, **entries, **self._unwritten}
        aside = _put_aside(path, content) if alone and _may_change(path) else None
        if aside is None:
            return entries, None
        self._write(path, entries, alone)
        exercises = "one exercise" if len(entries) == 1 else f"{len(entries)} of the exercises"
        kept = f"what could be read in it, {exercises}, goes on" if entries else "it starts over"
        return entries, f"The file with your progress was damaged. It is now called {aside.name}; {kept}."

    def _write(self, path, entries, alone):
        self.entries = entries
        may = alone and self._readable and _may_change(path)
        self.writable = may and _replace(path, _content(entries, self._added))
        if self.writable:
            self._unwritten = {}


def place():
    """Return the path of the file, None if there is to be none."""
    named = os.environ.get("COURSE_PROGRESS", "").strip()
    if named.casefold() in ("off", "no", "0", os.devnull):
        return None
    path = os.path.expanduser(named) or BESIDE_THE_NOTEBOOKS
    if os.path.isdir(path):
        path = os.path.join(path, BESIDE_THE_NOTEBOOKS.name)
    return Path(os.path.realpath(path))  # a link is followed, and stays


# --- the file


def _content_of(path):
    """Return the bytes of the file, None if there is none; raises OSError if it may not be read or cannot be ours."""
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            raise OSError(f"{path} is no file with answers")
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _may_change(path):
    """Return whether a file may be replaced: there is none, or it is not protected."""
    return not os.path.exists(path) or os.access(path, os.W_OK)


def _content(entries, added):
    """Return the bytes of the file: JSON, with a line for each exercise, so that a torn file has lines left to read."""
    lines = [f"{json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}" for name, entry in sorted(entries.items())]
    more = "".join(f",\n{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in added.items())
    text = '{"answers": {\n' + ",\n".join(lines) + "\n}" + more + "}\n"
    return text.encode("utf-8", "backslashreplace")


def _understood(content):
    """Return the entries that can be read, what else is there (None if the file is torn), and whether all is read."""
    try:
        added = dict(json.loads(content))
        found = added.pop("answers")
        entries = {name: entry for name, entry in found.items() if _is_entry(entry)}
        return entries, added, len(entries) == len(found)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    entries = {}
    for line in content.decode("utf-8", "replace").split("\n"):
        if match := re.fullmatch(r'"(\d\d\.\w+)": (\{.*\}),?', line.strip()):
            try:
                entry = json.loads(match[2])
            except (ValueError, RecursionError):
                continue
            if _is_entry(entry):
                entries[match[1]] = entry
    return entries, None, False


def _put_aside(path, content):
    """Save a damaged file under another name; return its path, None if the folder cannot be written."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")
        try:
            with open(aside, "xb") as file:
                file.write(content)
            return aside
        except FileExistsError:
            continue
        except OSError:
            return None


def _replace(path, content):
    """Put a whole new file in place of the old one; return whether that was possible."""
    new = path.with_name(path.name + ".new")  # one name, for only one process writes; what a killed one left is renewed
    try:
        with open(new, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        for rest in (0.02, 0.1, 0.5, 0):
            try:
                os.replace(new, path)
                return True
            except PermissionError:  # on Windows somebody else may be looking at it
                time.sleep(rest)
    except OSError:
        pass
    return False


@contextmanager
def _locked(path):
    """Hold the lock of the file; gives False if that cannot be had. The system frees it when a process ends."""
    try:
        lock = open(path.with_name(path.name + ".lock"), "ab")
    except OSError:
        yield False
        return
    with lock:
        try:
            yield _wait_for(lock)
        finally:
            if msvcrt:
                _unlock_on_windows(lock)


def _wait_for(lock):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            elif msvcrt:
                lock.seek(0)
                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        except (BlockingIOError, PermissionError):
            if time.monotonic() > deadline:
                return False
            time.sleep(random.uniform(0.001, 0.01))
        except OSError:  # a file system without locks: whole files at least
            return True


def _unlock_on_windows(lock):
    try:
        lock.seek(0)
        msvcrt.locking(lock.fileno(), msvcrt.LK_UNLCK, 1)
    except OSError:
        pass


kept = Record()  # of this kernel
