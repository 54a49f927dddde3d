"""The course's own files: read where they lie, and in a browser fetched from the site, or a sentence says why not."""

import gzip
import sys
from types import SimpleNamespace

import pytest

from shared import datasets, files, photographs
from shared.files import DataFileError, course_file

LABELS = "data/mnist/t10k-labels-idx1-ubyte.gz"


class Site:
    """What a worker offers as XMLHttpRequest: `answers` by address (status, bytes); none means no connection."""

    def __init__(self, root="https://site.test/course/lite"):
        self.location = SimpleNamespace(href=f"{root}/extensions/@jupyterlite/kernel/static/1.js?_=2")
        self.root = root
        self.answers = {}
        self.asked = []
        self.XMLHttpRequest = SimpleNamespace(new=lambda: Request(self))


class Request:
    def __init__(self, site):
        self.site = site

    def open(self, method, url, asynchronous):
        assert (method, asynchronous) == ("GET", False)
        self.url = url

    def send(self):
        assert self.responseType == "arraybuffer"
        self.site.asked.append(self.url)
        if self.url not in self.site.answers:
            raise RuntimeError("NetworkError: A network error occurred.")
        self.status, content = self.site.answers[self.url]
        self.response = SimpleNamespace(to_bytes=lambda: content)


@pytest.fixture
def site(monkeypatch, tmp_path):
    """A browser: the package lies alone in tmp_path, and the data on a site."""
    site = Site()
    monkeypatch.setitem(sys.modules, "js", site)
    monkeypatch.setattr(files, "sys", SimpleNamespace(platform="emscripten"))
    monkeypatch.setattr(files, "COURSE", tmp_path)
    monkeypatch.setattr(datasets, "MNIST_FOLDER", tmp_path / "data" / "mnist")
    monkeypatch.setattr(datasets, "_read_mnist", datasets._read_mnist.__wrapped__)  # no cache
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        path = f"data/mnist/{name}-ubyte.gz"
        site.answers[f"{site.root}/files/{path}"] = 200, (course / path).read_bytes()
    return site


course = files.COURSE


def test_on_a_computer_nothing_is_fetched(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "js", None)  # importing it would fail
    for path in (course / LABELS, course / "data" / "no such file", tmp_path / "elsewhere"):
        assert course_file(path) == path
    assert not (course / "data" / "no such file").exists()


def test_in_a_browser_mnist_comes_from_the_site_and_is_read_as_ever(site, tmp_path):
    images, labels = datasets.load_mnist("test")
    assert images.shape == (784, 10_000)
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert [url.rpartition("/")[2] for url in site.asked] == ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]
    datasets.load_mnist("test")
    assert len(site.asked) == 2  # a file that was fetched stays
    with gzip.open(datasets.MNIST_FOLDER / "t10k-labels-idx1-ubyte.gz") as file:  # as notebook 10 does
        assert file.read(4).hex() == "00000801"


def test_a_server_that_unpacks(site):
    url = f"{site.root}/files/{LABELS}"
    site.answers[url] = 200, gzip.decompress(site.answers[url][1])
    assert datasets.load_mnist("test")[1].shape == (10_000,)


def sentence():
    with pytest.raises(DataFileError) as caught:
        datasets.load_mnist("test")
    assert "git checkout" not in str(caught.value)
    return str(caught.value)


def test_offline(site):
    site.answers.clear()
    assert sentence() == (
        f"t10k-images-idx3-ubyte.gz could not be fetched: {site.root}/files/data/mnist/t10k-images-idx3-ubyte.gz "
        "cannot be reached. Are you offline? Connect, and run this cell again"
    )


def test_online_again_without_a_restart(site):
    kept = dict(site.answers)
    site.answers.clear()
    sentence()
    site.answers.update(kept)
    assert datasets.load_mnist("test")[0].shape == (784, 10_000)


def test_a_file_that_the_site_does_not_have(site):
    site.answers[f"{site.root}/files/{LABELS}"] = 404, b"<html>not here</html>"
    assert "t10k-labels-idx1-ubyte.gz could not be fetched" in sentence()
    assert "answers 404. Load this page again" in sentence()


def test_a_page_in_place_of_the_file_is_noticed(site):
    site.answers[f"{site.root}/files/{LABELS}"] = 200, b"<html>sign in first</html>"
    with pytest.raises(DataFileError, match="has the magic number 1013478509, not 2049"):
        datasets.load_mnist("test")


def test_the_sample_photograph(site, monkeypatch, tmp_path):
    sample = tmp_path / "data" / "photographs" / "row.jpg"
    monkeypatch.setattr(photographs, "SAMPLE", sample)
    with pytest.raises(photographs.PhotographError, match=r"^row.jpg could not be fetched: .* Are you offline\?"):
        photographs.read(sample)
    url = f"{site.root}/files/data/photographs/row.jpg"
    site.answers[url] = 200, (course / "data" / "photographs" / "row.jpg").read_bytes()
    assert photographs.read(sample).ndim == 2
    assert photographs.read(str(sample)).ndim == 2
    assert site.asked.count(url) == 2


def test_files_of_others_are_never_asked_for(site, tmp_path):
    with pytest.raises(DataFileError, match="is no folder"):
        datasets.load_idx("/drive/my data")
    assert course_file("/drive/my data/file.gz").name == "file.gz"
    with pytest.raises(photographs.PhotographError, match="does not exist"):
        photographs.read("/drive/my digits.png")
    assert site.asked == []
