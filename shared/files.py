"""The files of the course: beside the package, and in a browser on the site that shows the notebook."""

import gzip
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent


class DataFileError(OSError):
    """A file of the course or of a data set is missing or damaged, or is not the one that it should be."""

    def __init__(self, path, fault, cure):
        super().__init__(f"{path} {fault}. {cure}")


def course_file(path):
    """Return the path of a file; in a browser, a file of the course is fetched first and put there.

    In a browser Python runs in WebAssembly, and the package stands alone, in a file system that lives in memory. The
    course's folder data/ lies on the site, beside the notebooks. DataFileError if the file cannot be had from there.
    """
    path = Path(path)
    if sys.platform == "emscripten" and COURSE in path.parents and not path.exists():
        content = _fetched(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return path


def _fetched(path):
    """Return the bytes of a file of the course that the site sends.

    The request waits for its answer, which is allowed here since Python does not run in the page but in a worker beside
    it. It needs no service worker, so it also works in a private window.
    """
    from js import XMLHttpRequest, location  # only a browser has it

    root, _, _ = str(location.href).partition("/extensions/")  # the worker's script lies in there
    url = f"{root}/files/{path.relative_to(COURSE).as_posix()}"
    request = XMLHttpRequest.new()
    try:
        request.open("GET", url, False)
        request.responseType = "arraybuffer"
        request.send()
    except Exception as problem:  # what JavaScript throws has no name in Python
        cure = "Are you offline? Connect, and run this cell again"
        raise DataFileError(path.name, f"could not be fetched: {url} cannot be reached", cure) from problem
    if request.status != 200:
        cure = "Load this page again; if that does not help, tell those who run the site"
        raise DataFileError(path.name, f"could not be fetched: {url} answers {request.status}", cure)
    content = request.response.to_bytes()
    if path.suffix == ".gz" and not content.startswith(b"\x1f\x8b"):  # a server may have had it unpacked on its way
        content = gzip.compress(content, 1)
    return content
