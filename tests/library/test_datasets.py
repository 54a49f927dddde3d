"""Datasets: the worked numbers, and every way a data file can be wrong."""

import gzip
import hashlib
import re
import shutil
import socket
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import datasets
from shared.activations import identity, sigmoid
from shared.datasets import (
    DataFileError,
    line_data,
    load_idx,
    load_mnist,
    one_hot,
    sine,
    spirals,
    tiny,
    two_moons,
    xor,
)
from shared.losses import half_mean_squared_error
from shared.network import Network
from shared.optimizers import GradientDescent

POINT_SETS = [two_moons, spirals]
SPLITS = {"train": 50_000, "validation": 10_000, "test": 10_000, "train+validation": 60_000}
seeds = st.integers(0, 2**32 - 1)


# ---------------------------------------------------------------- the small examples


def test_tiny_gives_the_worked_numbers():
    W, b, X, Y = tiny()
    assert W[0] is None
    assert b[0] is None
    assert [w.shape for w in W[1:]] == [(2, 2), (1, 2)]
    assert [v.shape for v in b[1:]] == [(2, 1), (1, 1)]
    network = Network.from_parameters(W, b, [sigmoid, identity])
    output = [[-0.1239058461, -0.3057010274, -0.6564113879]]
    np.testing.assert_allclose(network(X), output, atol=5e-11)
    assert network.error(X, Y, half_mean_squared_error) == pytest.approx(0.6833860258, abs=5e-11)


@pytest.mark.parametrize(
    ("w", "b", "E"),
    [
        (0, 0, 3 / 2),
        (1, 0, 1 / 6),
        (0, 5 / 3, 1 / 9),
        (1 / 2, 1 / 2, 1 / 24),
        (1 / 2, 2 / 3, 1 / 36),
    ],
)
def test_line_data_gives_the_worked_errors(w, b, E):
    x, y = line_data()
    assert x.shape == y.shape == (1, 3)
    assert x.dtype == y.dtype == np.float64
    assert half_mean_squared_error(w * x + b, y) == pytest.approx(E, abs=1e-15)


def test_xor_is_solved_by_the_worked_network():
    X, Y = xor()
    hidden = np.maximum(np.ones((2, 2)) @ X + [[0], [-1]], 0)
    np.testing.assert_array_equal([[1, -2]] @ hidden, Y)
    assert len(np.unique(X, axis=1).T) == 4
    assert X.dtype == Y.dtype == np.float64


def test_each_call_gives_arrays_of_its_own():
    for example in (tiny, line_data, xor, sine):
        first, second = example(), example()
        for one, other in zip(first, second, strict=True):
            assert one is not other
    X = sine()[0]
    X[:] = 0
    assert sine()[0][0, 0] == -5


def test_sine_gives_the_worked_errors_of_the_series():
    X, Y = sine()
    assert X.shape == Y.shape == (1, 100)
    random = np.random.RandomState(0)
    W1, b1 = 0.2 * random.randn(20, 1), 0.2 * random.randn(20, 1)
    W2, b2 = 0.2 * random.randn(1, 20), 0.2 * random.randn(1, 1)
    network = Network.from_parameters([None, W1, W2], [None, b1, b2], [sigmoid, identity])
    optimizer, errors = GradientDescent(0.1), {}
    for step in range(1001):
        errors[step] = network.error(X, Y, half_mean_squared_error)
        network.backward(Y, half_mean_squared_error)
        optimizer.step(network.theta, network.grad)
    assert errors[0] == pytest.approx(0.698033, abs=5e-7)
    assert errors[100] == pytest.approx(0.238607, abs=5e-7)
    assert errors[1000] == pytest.approx(0.0259665, abs=5e-8)


@given(st.integers(1, 300))
def test_sine_has_m_even_steps_from_minus_five(m):
    X, Y = sine(m)
    np.testing.assert_allclose(X[0], -5 + 10 * np.arange(m) / m, atol=1e-12)
    np.testing.assert_array_equal(Y, np.sin(X))


# ---------------------------------------------------------------- point sets


@pytest.mark.parametrize("points", POINT_SETS)
@given(m=st.integers(2, 200), noise=st.floats(0, 1), seed=seeds)
def test_point_sets_are_balanced_finite_and_repeat(points, m, noise, seed):
    X, Y = points(m, noise, np.random.default_rng(seed))
    assert X.shape == (2, m)
    assert Y.shape == (1, m)
    assert X.dtype == Y.dtype == np.float64
    assert np.isfinite(X).all()
    assert set(Y[0]) == {0, 1}
    assert 0 <= m - 2 * Y.sum() <= 1
    again = points(m, noise, np.random.default_rng(seed))
    np.testing.assert_array_equal(again[0], X)
    other = points(m, noise, np.random.default_rng(seed + 1))
    assert not np.array_equal(other[0], X)


def test_two_moons_without_noise_are_two_half_circles():
    X, Y = two_moons(501, 0, np.random.default_rng(0))
    zero, one = X[:, Y[0] == 0], X[:, Y[0] == 1]
    np.testing.assert_allclose(np.hypot(*zero), 1)
    np.testing.assert_allclose(np.hypot(*(one - [[1], [0.5]])), 1)
    assert 0 <= zero[1].min() < 0.1
    assert 0.4 < one[1].max() <= 0.5
    assert zero[0].min() < -0.9 < 0.9 < zero[0].max()
    assert one[0].min() < 0.1 < 1.9 < one[0].max()


def test_spirals_without_noise_are_two_arms_a_third_apart():
    X, Y = spirals(2001, 0, np.random.default_rng(0))
    radius = np.hypot(*X)
    assert 0.1 <= radius.min() < 0.13 < 0.99 < radius.max() <= 1
    turned = np.arctan2(X[1], X[0]) - 3 * np.pi * radius - np.pi * Y[0]
    np.testing.assert_allclose(np.cos(turned), 1)
    # Even along the arm: where the radius is r the arm grows by 3πr, so half lies beyond √0.505.
    assert np.mean(radius > np.sqrt(0.505)) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("points", POINT_SETS)
def test_noise_is_a_standard_deviation(points):
    clean, _ = points(4000, 0, np.random.default_rng(1))
    noisy, _ = points(4000, 0.2, np.random.default_rng(1))
    np.testing.assert_allclose((noisy - clean).std(axis=1), 0.2, rtol=0.05)
    np.testing.assert_allclose((noisy - clean).mean(axis=1), 0, atol=0.02)


@pytest.mark.parametrize("points", POINT_SETS)
@pytest.mark.parametrize(
    ("m", "noise", "given"),
    [
        (1, 0.1, "1"),
        (0, 0.1, "0"),
        (-3, 0.1, "-3"),
        (10.0, 0.1, "10.0"),
        ("10", 0.1, "'10'"),
        (10, -0.1, "-0.1"),
        (10, np.nan, "nan"),
        (10, np.inf, "inf"),
    ],
)
def test_point_sets_name_a_bad_argument(points, m, noise, given):
    with pytest.raises(ValueError, match=f"must be a .* not {re.escape(given)}$"):
        points(m, noise, np.random.default_rng(0))


@pytest.mark.parametrize("points", POINT_SETS)
@pytest.mark.parametrize("rng", [None, 0, np.random, np.random.RandomState(0)])
def test_point_sets_need_a_generator(points, rng):
    with pytest.raises(ValueError, match=r"rng must be a np\.random\.Generator"):
        points(10, 0.1, rng)


@pytest.mark.parametrize("m", [0, -1, 2.5, None])
def test_sine_names_a_bad_number(m):
    with pytest.raises(ValueError, match=f"m must be a whole number from 1 on, not {m}"):
        sine(m)


# ---------------------------------------------------------------- one_hot


@given(st.lists(st.integers(0, 6), min_size=1), st.sampled_from([np.float32, np.float64]))
def test_one_hot_marks_the_label_of_each_column(labels, dtype):
    Y = one_hot(np.array(labels, np.uint8), 7, dtype)
    assert Y.shape == (7, len(labels))
    assert Y.dtype == dtype
    assert Y.flags.f_contiguous
    for c, label in enumerate(labels):
        assert Y[:, c].tolist() == [row == label for row in range(7)]


def test_one_hot_takes_ten_classes_and_float64_by_default():
    np.testing.assert_array_equal(one_hot(range(10)), np.eye(10))
    assert one_hot([3]).dtype == np.float64
    assert one_hot(np.array([], int)).shape == (10, 0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 10, 3, 12, 10], r"labels must lie from 0 to 9, these do not: \[10 12\]"),
        ([0, -1], r"labels must lie from 0 to 9, these do not: \[-1\]"),
        ([0.0, 1.0], r"labels must be integers \(m,\), not float64 \(2,\)"),
        ([True, False], r"labels must be integers \(m,\), not bool \(2,\)"),
        (["3"], r"labels must be integers \(m,\), not <U1 \(1,\)"),
        ([[1, 2]], r"labels must be integers \(m,\), not int64 \(1, 2\)"),
        (3, r"labels must be integers \(m,\), not int64 \(\)"),
    ],
)
def test_one_hot_names_wrong_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        one_hot(labels)


@pytest.mark.parametrize("classes", [0, -2, 2.0])
def test_one_hot_names_a_bad_number_of_classes(classes):
    with pytest.raises(ValueError, match=f"classes must be a whole number from 1 on, not {classes}"):
        one_hot([0], classes)


# ---------------------------------------------------------------- MNIST


@pytest.mark.parametrize("split", SPLITS)
def test_mnist_shapes_types_and_memory(split):
    images, labels = load_mnist(split)
    assert images.shape == (784, SPLITS[split])
    assert labels.shape == (SPLITS[split],)
    assert images.dtype == labels.dtype == np.uint8
    assert images.flags.f_contiguous  # a sample is one piece of memory
    for array in (images, labels):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="cannot set WRITEABLE flag"):
            array.flags.writeable = True


def test_mnist_splits_are_parts_of_one_array():
    images, labels = load_mnist("train+validation")
    for split, part in (("train", slice(50_000)), ("validation", slice(50_000, 60_000))):
        some_images, some_labels = load_mnist(split)
        for array, expected in ((some_images, images[:, part]), (some_labels, labels[part])):
            assert array.shape == expected.shape
            assert array.ctypes.data == expected.ctypes.data  # nothing was copied
            assert array.strides == expected.strides


def test_mnist_has_the_worked_counts():
    images, labels = load_mnist("train+validation")
    test_labels = load_mnist("test")[1]
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(labels).tolist() == counts
    test_counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(test_labels).tolist() == test_counts
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert (images.max(axis=1) == 0).sum() == 67
    parts = [images[:, start : start + 10_000] / 255.0 for start in range(0, 60_000, 10_000)]
    mean = np.mean([part.mean() for part in parts])
    assert mean == pytest.approx(0.13066, abs=5e-6)
    squares = np.mean([np.vdot(part, part) / part.size for part in parts])
    assert np.sqrt(squares - mean**2) == pytest.approx(0.30811, abs=5e-6)
    Y = one_hot(labels)
    assert half_mean_squared_error(np.zeros_like(Y), Y) == 0.5
    constant = half_mean_squared_error(Y.mean(axis=1, keepdims=True), Y)
    assert constant == pytest.approx(0.44986, abs=5e-6)


def test_mnist_pictures_lie_row_by_row():
    images, labels = load_mnist("test")
    raw = gzip.decompress((datasets.MNIST_FOLDER / "t10k-images-idx3-ubyte.gz").read_bytes())
    for c, row, column in ((0, 7, 6), (1, 3, 10), (9_999, 20, 15)):
        assert images[28 * row + column, c] == raw[16 + 784 * c + 28 * row + column] > 0
    # The first test picture is a 7: a bar above, a stroke below, not the other way round.
    seven = images[:, 0].reshape(28, 28) > 127
    assert labels[0] == 7
    assert seven[8:11].any(axis=0).sum() > 2 * seven[20:23].any(axis=0).sum()


def test_the_stored_files_are_the_ones_of_the_readme():
    readme = (datasets.MNIST_FOLDER.parent / "README.md").read_text(encoding="utf-8")
    for name, checksum in datasets.MNIST_SHA256.items():
        assert f"{checksum}  {name}\n" in readme
        content = gzip.decompress((datasets.MNIST_FOLDER / f"{name}.gz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == checksum
        assert f"| {len(content):,} |" in readme
    for digit_count in (5923, 6742, 5949, 1135):
        assert f"| {digit_count:,} |" in readme


def test_mnist_is_found_from_any_folder_and_never_on_the_network(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise AssertionError("the network was used")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets, "_read_mnist", datasets._read_mnist.__wrapped__)  # no cache
    assert load_mnist("test")[0].shape == (784, 10_000)
    monkeypatch.setattr(datasets, "MNIST_FOLDER", tmp_path)
    with pytest.raises(DataFileError):
        load_mnist("test")


@pytest.mark.parametrize("split", ["Train", "valid", "", None, 0, ["train"], ("train",)])
def test_an_unknown_split_is_named_with_the_choices(split):
    choices = "train, validation, test, train+validation"
    message = re.escape(f"split must be one of {choices}, not {split!r}")
    with pytest.raises(ValueError, match=message):
        load_mnist(split)


IMAGES, LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A copy of the two test files that a test may damage."""
    for name in (IMAGES, LABELS):
        shutil.copyfile(datasets.MNIST_FOLDER / name, tmp_path / name)
    monkeypatch.setattr(datasets, "MNIST_FOLDER", tmp_path)
    return tmp_path


def assert_fault(path, fault):
    """Loading the test split names the file, the fault and the cure."""
    with pytest.raises(DataFileError) as caught:
        load_mnist("test")
    message = str(caught.value)
    assert message.startswith(f"{path} {fault}")
    assert "git checkout -- data/mnist" in message
    assert "another set there on purpose: load_idx(folder) reads it" in message
    assert isinstance(caught.value, OSError)


def content_of(path):
    return bytearray(gzip.decompress(path.read_bytes()))


def test_an_undamaged_copy_loads(folder):
    images, labels = load_mnist("test")
    assert images.shape == (784, 10_000)
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]


@pytest.mark.parametrize("name", [IMAGES, LABELS])
def test_a_missing_file(folder, name):
    (folder / name).unlink()
    assert_fault(folder / name, "cannot be read as a gzip file: No such file or directory. To")


def test_a_missing_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "MNIST_FOLDER", tmp_path / "mnist")
    assert_fault(tmp_path / "mnist" / IMAGES, "cannot be read as a gzip file: No such file")


def test_a_folder_in_place_of_a_file(folder):
    (folder / LABELS).unlink()
    (folder / LABELS).mkdir()
    assert_fault(folder / LABELS, "cannot be read as a gzip file: ")


@pytest.mark.parametrize("name", [IMAGES, LABELS])
@pytest.mark.parametrize("kept", [0.999, 0.5, 0.001])
def test_a_truncated_file(folder, name, kept):
    path = folder / name
    stored = path.read_bytes()
    path.write_bytes(stored[: int(kept * len(stored))])
    assert_fault(path, "cannot be read as a gzip file: ")


def test_an_empty_file(folder):
    (folder / IMAGES).write_bytes(b"")
    assert_fault(folder / IMAGES, "has the magic number 0, not 2051")


@pytest.mark.parametrize("name", [IMAGES, LABELS])
def test_a_file_that_is_not_gzipped(folder, name):
    path = folder / name
    path.write_bytes(content_of(path))
    assert_fault(path, "cannot be read as a gzip file: Not a gzipped file")


def test_a_bit_flipped_in_the_gzip_file_never_passes(folder):
    path = folder / LABELS
    expected = load_mnist("test")[1]
    stored = path.read_bytes()
    random = np.random.default_rng(0).integers(0, len(stored), 200)
    rejected = 0
    for place in [*range(20), *random, *range(len(stored) - 8, len(stored))]:
        damaged = bytearray(stored)
        damaged[place] ^= 1 << (place % 8)
        path.write_bytes(damaged)
        try:
            labels = datasets._read_mnist.__wrapped__(path, (10_000,))
        except DataFileError:
            rejected += 1
        else:  # the header's time and system (bytes 4 to 9) mean nothing to the data
            assert place < 10
            np.testing.assert_array_equal(labels, expected)
    assert rejected > 200


@pytest.mark.parametrize("name", [IMAGES, LABELS])
@pytest.mark.parametrize("place", [16, 5_000, -1])
def test_a_bit_flipped_in_the_data(folder, name, place):
    path = folder / name
    content = content_of(path)
    content[place] ^= 4
    path.write_bytes(gzip.compress(content, 1))
    assert_fault(path, "is damaged, or not MNIST: its SHA-256 is not that of the original. ")


@pytest.mark.parametrize("name", [IMAGES, LABELS])
def test_bytes_lost_or_added_before_compression(folder, name):
    path = folder / name
    content = content_of(path)
    for changed in (content[:-1], content + b"\0"):
        path.write_bytes(gzip.compress(changed, 1))
        assert_fault(path, "is damaged, or not MNIST: its SHA-256 is not that of the original. ")


@pytest.mark.parametrize(("name", "right"), [(IMAGES, 2051), (LABELS, 2049)])
@pytest.mark.parametrize("wrong", [0, 2048, 2050, 2051 << 8, -1])
def test_a_wrong_magic_number(folder, name, right, wrong):
    path = folder / name
    content = content_of(path)
    content[:4] = wrong.to_bytes(4, "big", signed=True)
    path.write_bytes(gzip.compress(content, 1))
    assert_fault(path, f"has the magic number {wrong}, not {right}")


def test_a_wrong_shape(folder):
    path = folder / IMAGES
    content = content_of(path)
    content[8:16] = (14).to_bytes(4, "big") + (56).to_bytes(4, "big")
    path.write_bytes(gzip.compress(content, 1))
    assert_fault(path, "holds an array of shape (10000, 14, 56), not (10000, 28, 28)")


def test_images_and_labels_swapped(folder):
    (folder / IMAGES).rename(folder / "other")
    (folder / LABELS).rename(folder / IMAGES)
    assert_fault(folder / IMAGES, "has the magic number 2049, not 2051")
    shutil.copyfile(folder / "other", folder / LABELS)
    shutil.copyfile(folder / "other", folder / IMAGES)
    assert_fault(folder / LABELS, "has the magic number 2051, not 2049")


@pytest.mark.parametrize(
    ("name", "found", "right"),
    [(IMAGES, "(60000, 28, 28)", "(10000, 28, 28)"), (LABELS, "(60000,)", "(10000,)")],
)
def test_training_files_under_the_name_of_the_test_files(folder, name, found, right):
    original = datasets.Path(datasets.__file__).parent.parent / "data" / "mnist"
    shutil.copyfile(original / name.replace("t10k", "train"), folder / name)
    assert_fault(folder / name, f"holds an array of shape {found}, not {right}")


def test_a_repaired_file_loads_without_a_restart(folder):
    stored = (folder / LABELS).read_bytes()
    (folder / LABELS).write_bytes(b"")
    assert_fault(folder / LABELS, "has the magic number 0, not 2049")
    (folder / LABELS).write_bytes(stored)
    assert load_mnist("test")[1].shape == (10_000,)


# ---------------------------------------------------------------- other sets in IDX form


def idx(array):
    """Return the bytes of an IDX file of bytes, written by the rules of data/README.md."""
    array = np.asarray(array, np.uint8)
    head = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    return head + array.tobytes()


def clothes(m=12, height=28, width=28, classes=10, seed=0):
    """Return images (m, height, width) and labels (m,) in which every class occurs."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (m, height, width)), np.arange(m) % classes


NAMES = {  # what the files of known sets are called
    "MNIST, Fashion-MNIST, Kuzushiji-MNIST": ("{}-{}-idx{}-ubyte.gz", "t10k"),
    "uncompressed": ("{}-{}-idx{}-ubyte", "t10k"),
    "a dot": ("{}-{}.idx{}-ubyte", "t10k"),
    "EMNIST": ("emnist-letters-{}-{}-idx{}-ubyte.gz", "test"),
    "capitals": ("{}-{}-IDX{}-UBYTE", "T10K"),
}


def store(folder, form="{}-{}-idx{}-ubyte.gz", test="t10k", train=None, unseen=None):
    """Write the four files of a set; the arrays are pairs of images and labels."""
    for split, arrays in (("train", train or clothes()), (test, unseen or clothes(7, seed=1))):
        for kind, array in zip(("images", "labels"), arrays, strict=True):
            name = form.format(split, kind, 3 if kind == "images" else 1)
            (folder / name).write_bytes(gzip.compress(idx(array), 1) if name.endswith(".gz") else idx(array))


@pytest.mark.parametrize("known", NAMES)
def test_a_set_is_read_under_all_its_usual_names(known, tmp_path):
    store(tmp_path, *NAMES[known])
    (tmp_path / "README.txt").write_text("something else")
    for split, (images, labels) in (("train", clothes()), ("test", clothes(7, seed=1))):
        for folder in (tmp_path, str(tmp_path)):
            found, found_labels = load_idx(folder, split)
            np.testing.assert_array_equal(found, images.reshape(len(images), 784).T)
            np.testing.assert_array_equal(found_labels, labels)
            assert found.dtype == found_labels.dtype == np.uint8
            assert found.flags.f_contiguous
            assert not found.flags.writeable
    np.testing.assert_array_equal(load_idx(tmp_path)[1], load_idx(tmp_path, "train")[1])


def test_mnist_itself_is_such_a_set():
    for split, same in (("train", "train+validation"), ("test", "test")):
        for one, other in zip(load_idx(datasets.MNIST_FOLDER, split), load_mnist(same), strict=True):
            np.testing.assert_array_equal(one, other)


@given(
    m=st.integers(0, 9), height=st.integers(1, 6), width=st.integers(1, 6), classes=st.integers(1, 62),
    packed=st.booleans(),
)  # fmt: skip
def test_any_number_of_images_pixels_and_classes(m, height, width, classes, packed):
    with tempfile.TemporaryDirectory() as folder:
        form = "{}-{}-idx{}-ubyte" + packed * ".gz"
        store(Path(folder), form, train=clothes(m, height, width, classes))
        X, labels = load_idx(folder)
        images, expected = clothes(m, height, width, classes)
        assert X.shape == (height * width, m)
        for k in range(m):
            np.testing.assert_array_equal(X[:, k].reshape(height, width), images[k])
        np.testing.assert_array_equal(labels, expected)


def test_a_file_that_a_browser_has_unpacked_without_a_new_name(tmp_path):
    store(tmp_path)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.decompress(path.read_bytes()))
    assert load_idx(tmp_path)[0].shape == (784, 12)


def test_several_sets_in_one_folder(tmp_path):
    store(tmp_path, "emnist-letters-{}-{}-idx{}-ubyte.gz", "test", train=clothes(26, classes=26))
    store(tmp_path, "emnist-digits-{}-{}-idx{}-ubyte", "test")
    with pytest.raises(ValueError, match="holds several sets, 'emnist-digits', 'emnist-letters': say which one, name="):
        load_idx(tmp_path)
    assert load_idx(tmp_path, name="emnist-letters")[1].max() == 25
    assert load_idx(tmp_path, name="emnist-digits")[1].max() == 9
    store(tmp_path)
    assert len(load_idx(tmp_path, "test", name="")[1]) == 7
    with pytest.raises(
        DataFileError, match=r"has no images to test with\. Expected other-test-images-idx3-ubyte.gz or"
    ):
        load_idx(tmp_path, "test", name="other")


def idx_fault(folder, split="train"):
    with pytest.raises(DataFileError) as caught:
        load_idx(folder, split)
    assert "git checkout" not in str(caught.value)
    return str(caught.value)


def test_what_is_missing_is_named(tmp_path):
    sentence = f"{tmp_path} has no images to train with. Expected train-images-idx3-ubyte.gz or the like; it has "
    assert idx_fault(tmp_path) == sentence + "no IDX file"
    assert idx_fault(tmp_path / "no").startswith(f"{tmp_path / 'no'} is no folder")
    store(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    there = "t10k-images-idx3-ubyte.gz, train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz"
    assert idx_fault(tmp_path, "test").endswith(f"Expected test-labels-idx1-ubyte.gz or the like; it has {there}")
    with pytest.raises(ValueError, match="split must be 'train' or 'test', not 'validation'"):
        load_idx(tmp_path, "validation")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda content: content[:-1], "has 9,423 bytes, where its header promises 9,424. Fetch or unpack it again"),
        (lambda content: content + b"x", "has 9,425 bytes, where its header promises 9,424"),
        (lambda content: b"", "has the magic number 0, not 2051. Expected an IDX file of bytes with 3 dimension"),
        (lambda content: content[:2] + b"\x0b" + content[3:], "has the magic number 2819, not 2051"),
        (lambda content: idx(np.zeros(12)), "has the magic number 2049, not 2051"),
        (lambda content: content[:4] + b"\xff" + content[5:], "bytes, where its header promises -"),
        (lambda content: gzip.compress(content)[:-9], "cannot be read as an IDX file: "),
        (lambda content: idx(np.zeros((11, 28, 28))), "holds 11 images, and there are 12 labels. The two files belong"),
    ],
)
def test_a_damaged_set_gets_a_sentence(change, fault, tmp_path):
    store(tmp_path, "{}-{}-idx{}-ubyte")
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(change(path.read_bytes()))
    message = idx_fault(tmp_path)
    assert message.startswith(f"{path} ")
    assert fault in message
    assert load_idx(tmp_path, "test")[0].shape == (784, 7)


def test_another_set_in_mnists_place_is_told_the_way(folder):
    """Fashion-MNIST has the names and the shapes of MNIST."""
    store(folder, train=clothes(10_000), unseen=clothes(10_000))
    assert_fault(folder / IMAGES, "is damaged, or not MNIST: its SHA-256 is not that of the original. ")
    assert load_idx(folder, "test")[0].shape == (784, 10_000)
