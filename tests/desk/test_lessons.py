"""Lessons: descents and how large their steps may be; nothing here knows a widget."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from notebooks import ROOT
from shared.datasets import load_idx
from shared.lessons.descents import FORMULAS, LIMITS, OPTIMIZERS, Descent, largest_curvature, linear_curvature
from shared.lessons.wardrobe import draw_clothes, made_clothes, write_set


def test_a_descent_keeps_its_path_and_its_errors_from_the_start_on():
    run = Descent(np.array([4.0, 1.0]), OPTIMIZERS["gradient descent"](0.1), longest=3)
    run.keep(8.5)
    for k in (1, 2, 3):
        run.step(run.theta, 0.5)  # the gradient of ‖θ‖²/2
        assert run.k == k - 1, "a step counts when it is kept"
        run.keep(run.theta @ run.theta / 2)
    np.testing.assert_array_equal(run.path, [[4, 1], [2, 0.5], [1, 0.25], [0.5, 0.125]])
    np.testing.assert_array_equal(run.errors, (run.path**2).sum(axis=1) / 2)
    run.forget_last()
    assert run.k == 2
    assert len(run.path) == len(run.errors) == 3


def test_the_learning_rate_of_a_step_is_the_one_given_last():
    run = Descent(np.array([1.0]), OPTIMIZERS["gradient descent"](0.1), longest=1)
    run.step(np.array([1.0]), 0.25)
    assert run.theta[0] == 0.75


def test_a_descent_without_a_path_counts_and_holds_what_belongs_to_it():
    run = Descent(np.zeros(2), OPTIMIZERS["Adam"](0.1), network="its network")
    run.keep()
    run.keep()
    assert run.k == 1
    assert run.network == "its network"


@pytest.mark.parametrize(("m", "batch_size"), [(7, 3), (6, 3), (1, 1), (5, 9)])
def test_in_each_epoch_every_sample_comes_once(m, batch_size):
    run = Descent(np.zeros(1), None, rng=np.random.default_rng(1))
    epochs = []
    for _ in range(4):
        epoch = []
        while len(epoch) < m:
            batch = run.next_batch(m, batch_size)
            assert len(batch) == min(batch_size, m - len(epoch))
            epoch += batch.tolist()
        assert sorted(epoch) == list(range(m))
        epochs.append(epoch)
    assert m < 5 or len({tuple(epoch) for epoch in epochs}) > 1, "in another order"


@pytest.mark.parametrize("n", [1, 3])
def test_both_curvatures_are_that_of_a_linear_model(n):
    """Where E is a parabola, differences of its gradient and the formula must agree, wherever we ask."""
    rng = np.random.default_rng(n)
    X, y, theta = rng.standard_normal((n, 20)), rng.standard_normal(20), rng.standard_normal(n + 1)
    A = np.vstack([X, np.ones(20)])
    before = theta.copy()
    assert linear_curvature(X) == pytest.approx(np.linalg.norm(A, 2) ** 2 / 20)
    found = largest_curvature(lambda: A @ (theta @ A - y) / 20, theta)
    assert found == pytest.approx(linear_curvature(X), rel=1e-6)
    np.testing.assert_array_equal(theta, before)
    if n == 1:
        assert linear_curvature(X[0]) == linear_curvature(X)


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize(("share", "converges"), [(0.99, True), (1.01, False)])
def test_the_limits_are_where_a_parabola_s_descent_begins_to_grow(name, share, converges):
    curvature = 3.0
    run = Descent(np.array([1.0]), OPTIMIZERS[name](0.1), longest=3000)
    run.keep(1)
    for _ in range(3000):
        run.step(curvature * run.theta, share * LIMITS[name] / curvature)
        run.keep(1)
    assert (abs(run.theta[0]) < 1e-3) == converges


# --- the wardrobe: a small set in the form of MNIST


def test_the_made_clothes_are_a_set_in_the_form_of_mnist():
    folder = made_clothes()
    assert made_clothes() == folder
    for split, m, other in (("train", 600, "test"), ("test", 200, "train")):
        X, labels = load_idx(folder, split)
        assert X.shape == (256, m)
        np.testing.assert_array_equal(np.bincount(labels), [0, *[m // 5] * 5])
        assert not {column.tobytes() for column in X.T} & {column.tobytes() for column in load_idx(folder, other)[0].T}


def test_kinds_of_clothes_differ_and_images_of_a_kind_too():
    images, kinds = draw_clothes(500, np.random.default_rng(1))
    assert images.dtype == np.uint8
    means = np.array([images[kinds == k].mean(axis=0).ravel() for k in range(5)])
    nearest = ((images.reshape(500, 1, -1) - means) ** 2).sum(axis=2).argmin(axis=1)
    assert 0.5 < np.mean(nearest == kinds) < 0.95  # there is something left to learn
    assert len(np.unique(images.reshape(500, -1), axis=0)) == 500


@pytest.mark.parametrize(("kinds", "size", "first"), [(5, 16, 0), (2, 9, 1), (3, 28, 7)])
def test_a_written_set_is_read_again(kinds, size, first):
    rng = np.random.default_rng(2)
    pairs = draw_clothes(12, rng, kinds, size), draw_clothes(7, rng, kinds, size)
    folder = write_set(*pairs, first=first)
    for split, (images, kind) in zip(("train", "test"), pairs, strict=True):
        X, labels = load_idx(folder, split)
        np.testing.assert_array_equal(X, images.reshape(len(images), -1).T)
        np.testing.assert_array_equal(labels, kind + first)
        assert set(kind) == set(range(kinds))


def test_the_folder_goes_with_the_kernel():
    script = "from shared.lessons.wardrobe import made_clothes; print(made_clothes())"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert not Path(done.stdout.strip()).exists()


def test_lessons_know_no_widget():
    script = """
import sys
from shared.lessons import descents, graph, plane, playing, tiny, wardrobe, zoo
print(sorted(name for name in sys.modules if name in ("ipywidgets", "anywidget", "shared.explorers")))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_no_notebook_s_explorers_import_those_of_another():
    for path in (ROOT / "shared" / "explorers").glob("notebook_*.py"):
        assert "shared.explorers.notebook" not in path.read_text(encoding="utf-8"), path.name
