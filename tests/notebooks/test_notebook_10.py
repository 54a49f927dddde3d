"""Notebook 10: its worked numbers, its functions against the package, its explorers at the ends of their controls."""

import ast
import io
import re
from itertools import product

import matplotlib.image
import numpy as np
import pytest

import notebooks
from notebooks import FOLDER, cells
from shared.activations import identity, relu, sigmoid, softmax
from shared.datasets import load_idx, load_mnist, one_hot
from shared.exercises.notebook_10 import exercises
from shared.explorers import notebook_10 as explorer
from shared.images import centre
from shared.lessons.wardrobe import made_clothes
from shared.losses import half_mean_squared_error, softmax_cross_entropy
from shared.network import Network
from shared.optimizers import Adam, Momentum
from shared.photographs import SAMPLE, Photograph
from shared.training import accuracy, train

PATH = FOLDER / "10_digit_recognition.ipynb"


def output_of(part):
    """Return what the one code cell that contains `part` has printed."""
    (cell,) = [c for c in notebooks.load(PATH).cells if c.cell_type == "code" and part in c.source]
    return notebooks.printed(cell)


@pytest.fixture(scope="module")
def written():
    """Return the functions of the notebook by name, without running anything else of it."""
    kept = []
    for _, source in cells(PATH, "code"):
        for node in ast.parse(source).body:
            if isinstance(node, (ast.FunctionDef, ast.Import, ast.ImportFrom)):
                kept.append(ast.unparse(node))
    names = {}
    exec("\n".join(kept), names)
    return names


@pytest.fixture(scope="module")
def mnist(written):
    """Return X and Y of all 60,000 images, then of the test images."""
    return *written["inputs_and_targets"]("train+validation"), *written["inputs_and_targets"]("test")


# --- the files and the baselines


def test_read_idx_reads_what_load_mnist_reads(written):
    for split, name, m in (("train+validation", "train", 60_000), ("test", "t10k", 10_000)):
        images, labels = (written["read_idx"](f"{name}-{kind}-ubyte.gz") for kind in ("images-idx3", "labels-idx1"))
        assert images.shape == (m, 28, 28)
        for mine, package in zip((images.reshape(m, 784).T, labels), load_mnist(split), strict=True):
            np.testing.assert_array_equal(mine, package)


def test_counts_and_pixels(mnist):
    X, Y, _, Y_test = mnist
    assert Y.sum(axis=1).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert Y_test.sum(axis=1).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert Y[:, :5].argmax(axis=0).tolist() == [5, 0, 4, 1, 9]
    assert Y_test[:, :5].argmax(axis=0).tolist() == [7, 2, 1, 0, 4]
    assert X.mean() == pytest.approx(0.13066, abs=5e-6)
    assert X.std() == pytest.approx(0.30811, abs=5e-6)
    assert np.sum(X.max(axis=1) == 0) == 67


def test_baselines(mnist):
    X, Y, X_test, Y_test = mnist
    true = Y_test.argmax(axis=0)
    assert np.mean(true == 1) == pytest.approx(0.1135, abs=5e-5)
    means = X @ Y.T / Y.sum(axis=1)
    said = ((means**2).sum(axis=0).reshape(10, 1) - 2 * means.T @ X_test).argmin(axis=0)
    assert np.mean(said == true) == pytest.approx(0.8203, abs=5e-5)
    G, R = np.zeros((785, 785)), np.zeros((785, 10))
    for start in range(0, 60_000, 10_000):
        part = slice(start, start + 10_000)
        A = np.vstack([X[:, part], np.ones((1, 10_000))])
        G += A @ A.T
        R += A @ Y[:, part].T
    Wb = np.linalg.lstsq(G, R, rcond=None)[0].T
    scores = Wb[:, :784] @ X_test + Wb[:, 784:]
    assert np.mean(scores.argmax(axis=0) == true) == pytest.approx(0.8603, abs=2e-4)
    np.testing.assert_allclose(scores.sum(axis=0), 1, atol=1e-6)


# --- the series' network


def test_start_of_the_series(mnist, written):
    X, Y, X_test, Y_test = mnist
    network = written["series_network"]()
    assert network.p == 238_510
    assert network.error(X, Y, half_mean_squared_error) == pytest.approx(23.6199, abs=2e-4)
    assert round(10_000 * accuracy(network, X_test, Y_test)) == 1010
    foreseen = exercises["10.1"].solution(300, 0.2, np.mean(network.A[1] ** 2), 10)
    assert foreseen == pytest.approx(23.62, rel=0.1)
    assert half_mean_squared_error(0 * Y, Y) == pytest.approx(0.5)
    assert Y.var(axis=1, dtype=float).sum() / 2 == pytest.approx(0.44986, abs=5e-6)
    zeros = Network([784, 30, 10], [relu, softmax], initial=0)
    assert zeros.error(X[:, :500], Y[:, :500], softmax_cross_entropy) == pytest.approx(2.302585, abs=1e-6)


def test_limits_of_the_learning_rate(mnist, written):
    X = mnist[0][:, :5000]
    series = written["curvatures"](written["series_network"](), X)
    assert 2 / series[-1] == pytest.approx(0.022, abs=5e-4)
    for hidden, limit in ((30, 0.235), (100, 0.076), (300, 0.026)):
        network = Network([784, hidden, 10], [sigmoid, identity], rng=np.random.default_rng(1))
        largest = written["curvatures"](network, X)[-1]
        assert 2 / largest == pytest.approx(limit, rel=0.05)
        assert largest == pytest.approx(hidden / 4 + 1, rel=0.05)
        assert explorer.limit(network, X) == pytest.approx(2 / largest, rel=1e-6)


@pytest.fixture(scope="module")
def after_the_jump(mnist, written):
    """Return the series' network after 15 steps on 2,000 images, by its learning rate, with the errors on the way."""
    X, Y = mnist[0][:, :2000], mnist[1][:, :2000]
    networks = {rate: written["series_network"](np.float64) for rate in (0.02, 0.03, 0.1)}
    return {rate: (net, written["descend"](net, X, Y, rate, 15)) for rate, net in networks.items()}


@pytest.mark.parametrize(
    ("rate", "peak", "curvature", "mean", "awake"),
    [(0.02, 26, 81.1, 0.488, 300), (0.03, 628, 8.02, 0.130, 300), (0.1, 1582, 1.0, 0.0004, 1)],
)
def test_what_the_jump_does_to_the_hidden_layer(rate, peak, curvature, mean, awake, after_the_jump, mnist, written):
    network, errors = after_the_jump[rate]
    assert max(errors) == pytest.approx(peak, rel=0.01)
    assert written["curvatures"](network, mnist[0][:, :2000])[-1] == pytest.approx(curvature, rel=0.002)
    A = network.A[1]
    assert np.median(A.mean(axis=1)) == pytest.approx(mean, abs=0.001)
    assert np.sum(A.max(axis=1) > 0.5) == awake
    if rate == 0.03:  # nobody is silent: they moved down together, and that alone makes λ small
        assert np.sum(A.max(axis=1) < 0.01) == 0
        assert np.mean(A < 0.01) == pytest.approx(0.116, abs=0.001)
        assert 1 + np.sum(A.mean(axis=1) ** 2) == pytest.approx(7.354, abs=0.01)


def test_rate_times_steps_counts_after_the_jump(after_the_jump, mnist, written):
    X, Y = mnist[0][:, :2000], mnist[1][:, :2000]
    ends = {}
    for rate, steps in ((0.03, 300), (0.1, 90), (0.2, 45), (0.2, 300)):
        network = after_the_jump[0.03][0].copy(np.float32)
        errors = written["descend"](network, X, Y, rate, steps + 1)
        assert np.all(np.diff(errors) < 0)
        ends[rate, steps] = errors[-1], accuracy(network, X, Y)
    for rate, steps in ((0.03, 300), (0.1, 90), (0.2, 45)):
        assert ends[rate, steps][0] == pytest.approx(0.433, abs=0.002)
        assert ends[rate, steps][1] == pytest.approx(0.667, abs=0.01)
    assert ends[0.2, 300] == pytest.approx((0.195, 0.896), abs=0.004)


def test_the_spread_of_curvatures_makes_the_rest_of_the_steps(after_the_jump, mnist, written):
    X, Y, network = mnist[0][:, :2000], mnist[1][:, :2000], after_the_jump[0.03][0]
    spectrum = written["curvatures"](network, X)
    np.testing.assert_allclose(np.quantile(spectrum, (0.75, 0.5, 0.25)), [0.0142, 0.00534, 0.00262], rtol=0.01)
    assert spectrum[-1] / spectrum[0] == pytest.approx(8969, rel=0.01)
    # the notebook's formula against steps that are really taken, with the hidden layer held
    A = np.vstack([network.forward(X)[1][1], np.ones((1, 2000))])
    M = np.hstack([network.W[2], network.b[2]])
    for _ in range(300):
        M = M - 0.2 * (M @ A - Y) @ A.T / 2000
    assert half_mean_squared_error(M @ A, Y) == pytest.approx(0.2753, abs=0.0005)
    printed = output_of("eigenvalues, directions = ")
    for line in (
        "300 steps: E = 0.2753",
        "10,000 steps: E = 0.1547",
        "1,500 steps: E = 0.1547",
        "one step:  E = 0.1327",
    ):
        assert line in printed


# --- what the text says of its numbers


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("smallest s of the others", ["never change: 67", "validation image: 2,087", "above 10: 17%"]),
        ('"2,000 images": few', ["λ = 92.2, limit 2/λ = 0.0217", "λ = 92, limit 2/λ = 0.0217"]),
        ("L = {network.L}", ["L = 2, 238,510 parameters, E = 23.6199"]),
        ("def one_pass", ["sorted: validation accuracy 9.61 %", "answers 9: 100 %"]),
        ("share = accuracy(network, X_test, Y_test)\nuncertainty", ["test accuracy 98.", "(98.2 to 98.8 is usual)"]),
        ("robust.p", ["535,818 parameters"]),
        ("as_scanned = ", ["as they are:   98.", "(98 to 98.8 is usual)", "(0.5 to 15 is usual)"]),
        ("less_sure = ", ["read as 3 1 4 1 5 9 2 6", "least sure of numbers 2 4"]),
        ("folder = made_clothes()", ["images (256, 600)", "labels from 1 to 5"]),
    ],
)
def test_stored_outputs_hold(part, words):
    printed = output_of(part)
    for each in words:
        assert each in printed


def test_nothing_printed_is_unusual():
    for cell in notebooks.load(PATH).cells:
        assert cell.cell_type != "code" or "unusual" not in notebooks.printed(cell)


def test_sorted_images_teach_the_last_digit_alone(mnist, written):
    X, Y = mnist[0], mnist[1]
    written |= {"X": X[:, :50_000], "Y": Y[:, :50_000], "entropy": softmax_cross_entropy}
    order = np.argsort(Y[:, :10_000].argmax(axis=0), kind="stable")
    assert np.mean(written["one_pass"](order)(X[:, 50_000:]).argmax(axis=0) == 9) > 0.99
    order = np.random.default_rng(1).permutation(10_000)
    assert accuracy(written["one_pass"](order), X[:, 50_000:], Y[:, 50_000:]) > 0.86


def test_rivals_in_the_text_have_the_parameters_it_says():
    ours = Network([784, 300, 10], [relu, softmax], initial=0).p
    last = Network([784, 512, 256, 10], [relu, relu, softmax], initial=0).p
    lenet = 60_000  # LeCun and others 1998, section II B
    assert (ours, last) == (238_510, 535_818)
    assert round(ours / lenet) == 4
    assert round(last / lenet) == 9


def test_a_comparison_without_its_library_says_so():
    assert output_of("compare_with_torch(torch, network, X_val") == "PyTorch is not installed: nothing compared\n"
    assert output_of("theirs, ours = compare_with_sklearn") == "scikit-learn is not installed: nothing compared\n"


# --- the number of digits in a number


def test_a_mini_batch_moves_the_gradient_far_more_than_float32(mnist, written):
    X, Y = mnist[0][:, :5000], mnist[1][:, :5000]
    double = Network([784, 30, 10], [sigmoid, identity], rng=np.random.default_rng(1))
    exact = written["gradient"](double, X.astype(float), Y.astype(float))
    rounded = written["gradient"](double.copy(np.float32), X, Y)
    batch = written["gradient"](double, X[:, :32].astype(float), Y[:, :32].astype(float))
    length = np.linalg.norm(exact)
    assert 1e-8 < np.linalg.norm(rounded - exact) / length < 1e-6
    assert np.linalg.norm(batch - exact) / length == pytest.approx(0.16, abs=0.003)
    printed = output_of("a mini-batch of 32 by")
    assert f"{mnist[0].nbytes:,} bytes; in float64 {2 * mnist[0].nbytes:,}" in printed
    assert "a mini-batch of 32 by 0.16" in printed
    assert "moves it by a sixth" in prose()


def prose():
    """Return the text of the notebook."""
    return "\n".join(source for _, source in cells(PATH, "markdown"))


def test_zero_and_one_are_misread_least():
    zero, one, others = (float(share) for share in re.findall(r"([\d.]+) % \(", output_of("misread = 1 - np.diag")))
    assert max(zero, one) < others


@pytest.mark.parametrize(
    "sentence",
    [
        "Each finished recogniser gets one look at them, when all its settings are fixed.",
        "for $n$ sigmoid nodes, identity at the output and half the mean squared error",
        "for sigmoids, Xavier's start, identity output and half mean squared error",
        "six pages (958–963)",
        "## What to unlearn, what to learn next",
    ],
)
def test_what_was_once_missing_or_wrong_stands_in_the_text(sentence):
    assert sentence in prose()


# --- the limit of the whole network


def test_the_whole_network_is_steeper_than_its_block(mnist, written):
    X, Y = mnist[0][:, :500], mnist[1][:, :500]
    network = written["series_network"](np.float64)
    before = network.theta.copy()
    curvature = written["steepest"](network, X, Y)
    np.testing.assert_array_equal(network.theta, before)
    assert curvature > written["curvatures"](network, X)[-1]
    assert curvature == pytest.approx(103.3, abs=0.2)
    assert 2 / curvature < 0.02  # so E rises with 0.02
    further = written["steepest"](network, X, Y, products=8)
    assert curvature < further < 1.01 * curvature  # from below, and near
    printed = output_of("curvature = steepest(")
    assert f"λ at least {curvature:.3g}, limit at most {2 / curvature:.4f}" in printed
    assert f"1 - γλ = {1 - 0.02 * curvature:.2f}" in printed


def test_with_002_the_error_creeps_up_by_a_tenth(after_the_jump):
    errors = after_the_jump[0.02][1]
    assert max(errors) / errors[0] == pytest.approx(1.1, abs=0.02)
    assert "it creeps up from 23.7 to 26 before it falls" in prose()
    assert (f"{errors[0]:.3g}", f"{max(errors):.3g}") == ("23.7", "26")
    assert max(after_the_jump[0.03][1]) > 20 * errors[0]


def test_full_batches_and_mini_batches_are_counted():
    assert "10,000 full-batch steps: 31,250 times as many images," in output_of("times.append(")
    assert 10_000 * 50_000 / (500 * 32) == 31_250


def numbers(part, words):
    """Return the measured numbers that follow the words in what a cell has printed."""
    return [
        float(number.replace(",", "")) for number in re.findall(re.escape(words) + r"\s*([\d.,e-]*\d)", output_of(part))
    ]


def test_with_thirty_nodes_the_suspects_end_level():
    part = "recipes.items()}\nwrong"
    first, squares, entropy, more = (
        numbers(part, f"{name}: misread")[0] for name in ("squares", "two sigmoids", "ReLU, entropy", "100 nodes")
    )
    assert abs(squares - entropy) < 0.5
    assert more < 2 / 3 * min(squares, entropy)
    assert first > 1.5 * max(squares, entropy)


def test_nine_looks_gain_less_than_the_test_set_can_prove():
    part = "nine_looks(X_test)"
    one, nine = (numbers(part, f"test accuracy, {looks}")[0] / 100 for looks in ("one look ", "nine looks"))
    error = (one * (1 - one) / 10_000) ** 0.5
    assert 100 * error == pytest.approx(0.08, abs=0.01)
    assert abs(nine - one) < 0.001


# --- pixels in another order, and what is no digit


def trained(mnist, sizes, m, epochs, order=slice(None)):
    rng = np.random.default_rng(1)
    network = Network(sizes, [relu, softmax], rng=rng, dtype=np.float32, initial="he")
    options = dict(batch_size=128, epochs=epochs, rng=rng)
    train(network, mnist[0][order, :m], mnist[1][:, :m], softmax_cross_entropy, Momentum(0.1), **options)
    return network


def test_the_order_of_the_pixels_makes_no_difference(mnist):
    X, Y = mnist[0][:, 50_000:], mnist[1][:, 50_000:]
    order = np.random.default_rng(0).permutation(784)
    plain = accuracy(trained(mnist, [784, 100, 10], 10_000, 3), X, Y)
    shuffled = trained(mnist, [784, 100, 10], 10_000, 3, order)
    assert abs(accuracy(shuffled, X[order], Y) - plain) < 0.015
    assert accuracy(shuffled, X, Y) < 0.5  # it has learned that order and no other


def test_leads_are_logarithms_of_ratios_and_smaller_for_scribbles(mnist, written):
    network = trained(mnist, [784, 100, 10], 10_000, 3)
    written["network"] = network
    scribbled = written["scribbles"](200)
    assert scribbled.shape == (784, 200)
    assert set(np.unique(scribbled)) == {0, 1}
    assert 0.05 < scribbled.mean() < 0.2  # as much ink as a digit has
    P = np.sort(network(scribbled), axis=0)
    np.testing.assert_allclose(np.exp(written["lead"](scribbled)), P[-1] / P[-2], rtol=1e-3)
    assert np.median(written["lead"](scribbled)) < 0.6 * np.median(written["lead"](mnist[2]))


def test_what_is_no_digit_gets_sure_answers_all_the_same():
    assert numbers("strangers.astype", "letter H: largest probability")[0] > 99
    assert numbers("strangers.astype", "above 99 %:")[0] > 30
    for name in ("noise", "square"):
        assert numbers("strangers.astype", f"{name}: largest probability")[0] > 20
    printed = output_of("np.exp(gap)")
    assert "log 99 = 4.60" in printed
    digits, scribbles = (numbers("np.exp(gap)", f"median lead, {name}:")[0] for name in ("digits", "scribbles"))
    assert scribbles < digits / 2


# --- photographs and other sets


def test_no_single_grey_separates_ink_from_paper_on_the_sample():
    photograph = Photograph(SAMPLE)
    first = photograph.page[photograph.masks[0]].mean()
    bright, dark = photograph.page[:60, :60].mean(), photograph.page[-60:, -60:].mean()
    assert first < dark < 0.5 * bright
    assert dark - first < 0.1
    inks = [photograph.ink[mask].mean() for mask in (photograph.masks[0], photograph.masks[-1])]
    assert min(inks) > 5 * photograph.ink[-60:, -60:].mean()
    printed = output_of("photograph = Photograph(SAMPLE)")
    assert "page: 360 by 900 pixels; digits found: 8" in printed
    assert f"top left {bright:.1f}, bottom right {dark:.1f}" in printed
    assert f"grey of the first digit {first:.1f}" in printed


def test_the_made_clothes_are_learned_as_well_as_the_text_says():
    net, share = exercises["10.7"].solution(made_clothes())
    assert net.sizes == [256, 100, 5]
    assert share == pytest.approx(0.96, abs=0.025)
    assert "is about 0.96 for the made clothes" in "".join(source for _, source in cells(PATH, "markdown"))


# --- images: moved, centred


def test_shifts(written):
    X = np.random.default_rng(0).random((784, 3))
    down = exercises["10.6"].solution
    for k in (0, 1, 5, 27):
        np.testing.assert_array_equal(written["shift_right"](X, k), explorer.moved(X, k, 0))
        np.testing.assert_array_equal(down(X, k), explorer.moved(X, 0, k))
    for right, down in product((-28, -3, 0, 28), repeat=2):
        there = explorer.moved(X, right, down).reshape(28, 28, 3)
        assert np.all(there == 0) == (28 in (abs(right), abs(down)))
    back = explorer.moved(explorer.moved(X, 2, -3), -2, 3).reshape(28, 28, 3)
    np.testing.assert_array_equal(back[3:, :26], X.reshape(28, 28, 3)[3:, :26])


def test_nine_looks_are_a_mean(written):
    X = np.zeros((784, 1))
    X[14 * 28 + 14] = 9
    written["robust"] = lambda X: X[[13 * 28 + 13, 14 * 28 + 14, 16 * 28 + 14]]
    np.testing.assert_allclose(written["nine_looks"](X)[:, 0], [1, 1, 0])


def test_test_images_are_prepared_as_the_pad_prepares(mnist):
    X = mnist[2]
    for k in range(40):
        sheet = np.zeros((80, 80))
        sheet[45:73, 5:33] = X[:, k].reshape(28, 28)
        np.testing.assert_allclose(centre(sheet).reshape(784), X[:, k] / X[:, k].max(), atol=1e-6)


# --- the explorers


@pytest.fixture(scope="module")
def few(mnist):
    X, Y = mnist[:2]
    return X[:, :200], Y[:, :200], (X[:, 200:300], Y[:, 200:300])


def play(made, frames, steps):
    for _ in range(frames):
        for _ in range(steps):
            made._advance()
            if made.halted:
                break
        made.refresh()
        assert made.error is None, made.status
        assert made.status.endswith((".", "…"))
    return made.status


@pytest.mark.parametrize(("kind", "optimizer"), [*product(explorer.KINDS, explorer.OPTIMIZERS)])
def test_training_at_the_ends_of_all_controls(kind, optimizer, few):
    made = explorer.digit_training(*few, optimizer=optimizer)
    made.controls["kind"].value = kind
    for hidden, rate, batch in product((10, 300), (1e-4, 10), (1, 128, 200)):
        made.controls["hidden"].value = hidden
        made.controls["learning_rate"].value = rate
        made.controls["batch_size"].value = batch
        made.reset()
        play(made, 2, 3)


def test_training_learns_ends_and_begins_afresh(few):
    made = explorer.digit_training(*few, learning_rate=0.3)
    made.controls["batch_size"].value = 10
    status = play(made, 10, 41)
    assert status.startswith("Stopped. All 20 epochs are done.")
    assert made.state.shown[-1][2] == 100
    assert made.state.shown[-1][3] > 50
    assert "After 0.1 epochs, 1 step:" in play(made, 1, 1)


def test_training_explains_a_limit_a_divergence_and_a_lost_layer(few):
    made = explorer.digit_training(*few)
    made.controls["kind"].value = "sigmoid, half mean squared error"
    assert "above 2/λ" in made.status
    made.controls["learning_rate"].value = 0.01
    assert "below 2/λ" in made.status
    made.controls["learning_rate"].value = 10
    assert "grew beyond all bounds" in play(made, 1, 20)
    assert "above 2/λ" in made.status
    made.controls["learning_rate"].value = 1
    made.reset()
    assert "hidden nodes answer the same to every image" in play(made, 3, 10)


def test_mistakes_are_sorted_and_chosen():
    rng = np.random.default_rng(0)
    labels = rng.integers(10, size=300)
    P = softmax(3 * rng.standard_normal((10, 300)))
    said = P.argmax(axis=0)
    for true, answer in product(("any", *range(10)), repeat=2):
        found = explorer.find_mistakes(labels, P, true, answer)
        assert np.all(said[found] != labels[found])
        assert true == "any" or np.all(labels[found] == true)
        assert answer == "any" or np.all(said[found] == answer)
        assert np.all(np.diff(P.max(axis=0)[found]) <= 0)
    assert len(explorer.find_mistakes(labels, P)) == np.sum(said != labels)


def test_mistakes_at_the_ends_of_all_controls(mnist):
    X, labels = mnist[2][:, :300], mnist[3][:, :300].argmax(axis=0)
    P = softmax(3 * np.random.default_rng(0).standard_normal((10, 300)))
    made = explorer.mistakes(X, labels, P)
    number = made.controls["number"]
    for true, answer in product(("any", 0, 9), repeat=2):
        made.controls["true"].value, made.controls["answer"].value = true, answer
        count = len(explorer.find_mistakes(labels, P, true, answer))
        for value in (number.max, number.min):
            number.value = value
            assert made.error is None
            wanted = f"Mistake {value} of {count}: a" if count else "There is no such mistake."
            assert made.status.startswith(wanted)
    assert "There is no such mistake." in made.status  # a 9 read as 9
    made = explorer.mistakes(X, labels, one_hot(labels))
    assert made.status == "There is no such mistake."
    assert explorer.mistakes((255 * X).astype(np.uint8), labels, P).error is None


def test_moved_digits_at_the_ends_of_all_controls(mnist):
    X, labels = mnist[2][:, :100], mnist[3][:, :100].argmax(axis=0)
    means = (mnist[0] @ mnist[1].T / mnist[1].sum(axis=1)).T
    offset = (means**2).sum(axis=1, keepdims=True) / 2
    networks = {"nearest mean": lambda X: means @ X - offset, "largest product": lambda X: means @ X}
    made, start = explorer.moved_digits(networks, X, labels), None
    assert re.search(r"down: 8\d\.\d % \(nearest mean\) and \d+\.\d % \(largest product\) of 100 digits", made.status)
    one = explorer.moved_digits({"nearest mean": networks["nearest mean"]}, X, labels)
    assert re.search(r"down: 8\d\.\d % of 100 digits are read correctly\.$", one.status)
    for right, down in product((-8, 0, 8), repeat=2):
        made.controls["right"].value, made.controls["down"].value = right, down
        assert made.error is None
        assert made.status.startswith(f"Moved {abs(right)} to the {'left' if right < 0 else 'right'}")
        assert made.png != start
        start = made.png
    with pytest.raises(ValueError, match="every digit"):
        explorer.moved_digits(networks, X[:, :5], labels[:5])


def test_moved_digits_shows_its_ten_digits_upright_and_twice_as_large(mnist):
    X, labels = mnist[2][:, :100], mnist[3][:, :100].argmax(axis=0)
    made = explorer.moved_digits({"all zeros": lambda X: np.zeros((10, X.shape[1]))}, X, labels)
    made.controls["right"].value = 3
    left, below = explorer.CORNER
    shown = matplotlib.image.imread(io.BytesIO(made.png))[::-1][below : below + 160][::-1, left : left + 330, 0]
    ten = explorer.moved(X[:, [np.flatnonzero(labels == digit)[0] for digit in range(10)]], 3, 0)
    wanted = np.kron(1 - explorer.mosaic(ten), np.ones((2, 2)))
    lines = np.r_[0:60, 80:140]  # between them stand the answers
    np.testing.assert_allclose(shown[lines], wanted[lines], atol=0.01)


# --- exercises


def learn_otherwise(folder, start=0.0, kind=tuple, loss=softmax_cross_entropy, ends=softmax):
    """Learn a set in another way than the solution; the inputs run from ``start`` to ``start`` + 1."""
    (images, labels), (new_images, new_labels) = (load_idx(folder, split) for split in ("train", "test"))
    kinds = np.unique(labels)
    X, X_new = (np.asarray(each, float) / 255 + start for each in (images, new_images))
    Y, Y_new = (1.0 * (kinds[:, None] == each) for each in (labels, new_labels))
    rng = np.random.default_rng(3)
    net = Network([len(X), 60, 40, len(kinds)], [relu, relu, ends], rng=rng)
    train(net, X, Y, loss, Adam(0.003), batch_size=20, epochs=8, rng=rng)
    return kind((net, accuracy(net, X_new, Y_new)))


def only_callable(pair):
    """Return the pair with a network that is no Network, one that a learner has written, say."""
    return [lambda X: pair[0](X), np.float32(pair[1])]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, None),
        (dict(kind=list), None),
        (dict(kind=only_callable), None),
        (dict(loss=half_mean_squared_error, ends=identity), None),
        (dict(start=-0.5), "of the test images, and you return 0."),  # inputs from 0 to 1 are asked for
        (dict(kind=lambda pair: pair[1]), "two things"),
        (dict(kind=lambda pair: (*pair, None)), "two things"),
        (dict(kind=lambda pair: (pair[0], True)), "an accuracy"),
        (dict(kind=lambda pair: (pair[0], -0.1)), "lies from 0 to 1"),
        (dict(kind=lambda pair: (pair[0], pair[1] / 2)), "of the test images, and you return 0."),
        (dict(kind=lambda pair: (lambda X: pair[0](X)[0], pair[1])), "5 outputs per image; those of your network have"),
        (dict(kind=lambda pair: ("net", pair[1])), "what you return first is no network"),
        (dict(kind=lambda pair: None), "returns None"),
        (dict(kind=lambda pair: 1 / 0), "raises ZeroDivisionError"),
    ],
)
def test_other_ways_to_learn_another_set(options, words):
    hint = exercises["10.7"].verdict(lambda folder: learn_otherwise(folder, **options)).hint
    assert hint is None if words is None else words in hint


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("10.2", np.array(0.975), None),
        ("10.2", 0.9701, None),
        ("10.2", 0.97, "not above 0.97"),
        ("10.2", 0.9, "not above 0.97"),
        ("10.2", 0.8999, "hardly gets going"),
        ("10.2", 0.2, "hardly gets going"),
        ("10.2", 0.1999, "one answer for all"),
        ("10.2", 0.995, None),
        ("10.2", 0.9951, "training images"),
        ("10.2", "0.98", "without quotes"),
        ("10.2", 0.98 + 1j, "we ask for an accuracy"),
        ("10.3", np.array([0.785, 0.875, 0.925]), None),
        ("10.3", np.array([[0.785], [0.875], [0.925]]), None),
        ("10.3", [0.7, 0.83, 0.905], None),
        ("10.3", [0.84, 0.91, 0.945], None),
        ("10.3", [0.699, 0.83, 0.905], "for 250 images that is too low"),
        ("10.3", [0.841, 0.91, 0.945], "for 250 images that is too good"),
        ("10.3", [0.7, 0.829, 0.905], "for 1,000 images that is too low"),
        ("10.3", [0.84, 0.911, 0.945], "for 1,000 images that is too good"),
        ("10.3", [0.7, 0.83, 0.904], "for 4,000 images that is too low"),
        ("10.3", [0.84, 0.91, 0.946], "for 4,000 images that is too good"),
        ("10.3", np.broadcast_to(0.5, (10**5, 10**4)), "far more"),
        ("10.3", [0.5] * 10**5, "three accuracies"),
        ("10.b", 0.02502, None),
        ("10.b", 0.02503, "too large"),
        ("10.b", 2 / 84.5, "do not add up"),
        ("10.c", 2.307, None),
        ("10.c", 2.2979, "too small"),
        ("10.5", 0.8200008, None),
        ("10.5", 0.820001, "too large"),
    ],
)
def test_answers_and_what_they_are_told(name, answer, words):
    hint = exercises[name].verdict(answer).hint
    assert hint is None if words is None else words in hint
