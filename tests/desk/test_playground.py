"""The playground: its points, its past, its words, and the code that repeats a run to the last digit."""

import contextlib
import io
import random
import re
import sys
import tracemalloc

import numpy as np
import pytest

from shared import explorers
from shared.explorers.engine.explorer import close_all
from shared.explorers.play import picture
from shared.explorers.play.controls import FRESH, made_controls
from shared.explorers.play.picture import draw_network, lay_out, lines, shaded
from shared.lessons import plane, playing
from shared.lessons.descents import Halt
from shared.network import Network
from shared.style import number


def made_and_closed():
    """Return the controls by name, as they are at the start; the widgets themselves are closed."""
    controls = made_controls()
    for control in controls.values():
        close_all(control)
    return controls


CONTROLS = made_and_closed()
DEFAULT = {name: control.value for name, control in CONTROLS.items()}


def run_of(epochs, **values):
    """Return a run after some epochs, or where it halted, and the sentence with which it halted."""
    values = DEFAULT | values
    with np.errstate(all="ignore"):
        run = playing.begin(**values)
        try:
            for _ in range(epochs):
                playing.step(run, **values)
        except Halt as halt:
            return run, str(halt)
    return run, ""


def repeated(text):
    """Run a program in a fresh namespace; return the network and the two errors."""
    with contextlib.redirect_stdout(io.StringIO()) as said, np.errstate(all="ignore"):
        exec(text, names := {})
    sys.path.remove("..")
    assert [float(line.split()[-1]) for line in said.getvalue().splitlines()] == names["errors"]
    return names["repeated"], names["errors"]


def settings(control):
    """Return the values that a control can be given by hand: all of a menu's, the ends of a slider."""
    if hasattr(control, "_options_labels"):
        return [value for _, value in control._options_full]
    return [control.min, control.max] if hasattr(control, "max") else []


# --- points


@pytest.mark.parametrize("data", plane.DATA)
def test_points(data):
    X, Y = plane.points(data, 0, np.random.default_rng(3))
    assert X.shape == (2, 200)
    assert Y.shape == (1, 200)
    assert np.abs(X).max() < picture.REACH, "inside the picture"
    assert np.abs(Y).max() <= 1
    again, _ = plane.points(data, 0, np.random.default_rng(3))
    assert np.array_equal(X, again)
    noisy = plane.points(data, 0.5, np.random.default_rng(3))
    assert np.std(noisy[0] - X) + np.std(noisy[1] - Y) > 0.1
    if data == "circle":
        assert np.array_equal(np.hypot(*X) < 1.5, Y[0] == 1)
    if data == "XOR":
        assert np.array_equal(np.prod(X, axis=0) < 0, Y[0] == 1)
    if data == plane.PLANE:
        assert np.allclose(Y, X.sum(axis=0) / 5.4)


def test_more_training_points_are_the_same_points_and_the_same_start():
    few, many = (run_of(0, share=share)[0] for share in (10, 90))
    assert (few.m, many.m) == (20, 180)
    assert np.array_equal(few.X, many.X)
    assert np.array_equal(few.network.theta, many.network.theta)
    assert not np.array_equal(few.X, run_of(0, seed=2)[0].X)


# --- the code of a run


def any_values(rng):
    """Return random settings of all controls that act on the training."""
    values = {name: rng.choice(settings(control)) for name, control in CONTROLS.items() if settings(control)}
    values |= {"layers": rng.randint(0, 4), "seed": rng.randint(0, 9999)}
    return values | {"noise": rng.choice([0, 0.05, 0.15000000000000002])}


@pytest.mark.parametrize("number", range(40))
def test_the_code_of_a_run_repeats_it_to_the_last_digit(number):
    rng = random.Random(number)
    values = DEFAULT | any_values(rng)
    with np.errstate(all="ignore"):
        run = playing.begin(**values)
        thetas = [run.network.theta.copy()]
        try:
            for _ in range(3):
                for _ in range(rng.randint(1, 4)):
                    playing.step(run, **values)
                    thetas.append(run.network.theta.copy())
                values |= {key: any_values(rng)[key] for key in ("learning_rate", "batch_size", "l2")}
        except Halt:
            pass
    for k in {0, run.k // 2, run.k}:
        network, errors = repeated(playing.program(run, k))
        assert network.theta.tobytes() == thetas[k].tobytes() or np.array_equal(network.theta, thetas[k])
        assert errors == run.errors[k].tolist()


def test_the_code_in_the_browser_is_that_of_the_epoch_shown():
    explorer = explorers.playground(data="XOR", nodes_1=3)
    text = explorer.children[-1]
    assert text.layout.display == "none"
    for _ in range(5):
        explorer.step()
    explorer.controls["learning_rate"].value = 0.3
    explorer.step()
    explorer.controls["epoch"].value = 4
    assert "code below" not in explorer.status
    explorer.controls["code"].click()
    assert text.layout.display == ""
    assert explorer.status.endswith("The code below repeats this.")
    assert repeated(text.value)[1] == explorer.state.errors[4].tolist()
    explorer.controls["epoch"].value = 6
    assert "code below" not in explorer.status
    explorer.controls["code"].click()
    assert "[(5, 0.1, 10, 0.0), (1, 0.3, 10, 0.0)]" in text.value
    assert repeated(text.value)[1] == explorer.state.errors[6].tolist()
    assert explorer.status.endswith("The code below repeats this.")
    text.value += "# mine"
    assert "code below" not in explorer.status


# --- the past


def test_any_earlier_epoch_is_shown_as_it_was():
    explorer, seen = explorers.playground(), []

    def look():
        state = explorer.state
        network = playing.network_at(state, explorer.controls["epoch"].value)
        shown = [np.array(image) for _, _, image in explorer.canvas["nodes"].images + explorer.canvas["surface"].images]
        return explorer.status.split("After")[-1].split(" (of")[0][:9], network.theta.copy(), shown

    thetas = [explorer.state.network.theta.copy()]
    for _ in range(8):
        explorer.step()
        seen.append(look())
        thetas.append(explorer.state.network.theta.copy())
    for k in (3, 8, 1, 5):
        explorer.controls["epoch"].value = k
        words, theta, shown = look()
        assert words.startswith(f" {k} epoch")
        assert np.array_equal(theta, thetas[k].astype(np.float32))
        assert np.array_equal(theta, seen[k - 1][1])
        assert all(np.array_equal(a, b) for a, b in zip(shown, seen[k - 1][2], strict=True))
        number = re.search(r"training error is ([\d.e+-]*\d)", explorer.status)[1]
        assert number == f"{explorer.state.errors[k, 0]:.4g}"
    explorer.controls["epoch"].value = 40
    assert explorer.controls["epoch"].value == 8, "nothing has been trained beyond"
    explorer.controls["epoch"].value = 2
    explorer.step()
    assert "After 9 epochs" in explorer.status, "it goes on from the end"


def test_memory_is_bounded():
    tracemalloc.start()
    run, _ = run_of(0, layers=4, nodes_1=8, nodes_2=8, nodes_3=8, nodes_4=8)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert run.path.dtype == np.float32
    assert held < 12e6


def test_it_ends_and_its_past_can_still_be_seen(monkeypatch):
    monkeypatch.setattr(playing, "EPOCHS", 20)
    explorer = explorers.playground()
    for _ in range(21):
        explorer.step()
    assert explorer.status.startswith("Stopped. All 20 epochs are done. Start begins afresh. circle, 2-4-2-1 tanh")
    explorer.controls["epoch"].value = 10
    assert "After 10 epochs (of 20 done)" in explorer.status


# --- divergence


@pytest.mark.parametrize(
    ("values", "formula"),
    [
        (dict(data="regression plane", layers=0, batch_size=0, learning_rate=3.0), "2/λ = "),
        (dict(data="regression plane", layers=0, batch_size=0, learning_rate=10.0, optimizer="momentum 0.9"), "2 (1"),
    ],
)
def test_divergence_is_explained_by_the_curvature(values, formula):
    run, said = run_of(300, **values)
    X = np.vstack([run.parts[0][0], np.ones((1, run.m))])
    curvature = np.linalg.eigvalsh(X @ X.T / run.m)[-1]  # of a linear network
    limit = (2 if "2/λ" in formula else 3.8) / curvature
    assert f"the largest curvature λ was {curvature:.3g}" in said
    assert f"γ = {values['learning_rate']:g} is above {formula}" in said
    assert said.endswith(f"Choose a γ below {limit:.3g}.")


def test_below_the_bound_it_converges():
    run, said = run_of(300, data="regression plane", layers=0, batch_size=0, learning_rate=0.3, noise=0)
    assert said == ""
    assert run.errors[300, 0] < 1e-12


def test_divergence_below_the_bound_names_the_gradient_norm():
    """For all points γ is small enough, but not for single ones."""
    run, said = run_of(300, data="regression plane", layers=0, learning_rate=0.3, batch_size=1)
    best = int(np.argmin(run.errors[:, 0]))
    norms = [f"{np.linalg.norm(run.slope[k]):.3g}" for k in (best, run.k)]
    assert f"grew beyond 1,000 in epoch {run.k + 1}. The gradient norm was {norms[0]} " in said
    assert f" and {norms[1]} after {run.k} epoch" in said
    assert said.endswith(" Try γ = 0.1 or larger batches.")
    assert np.isfinite(run.path).all()


def test_steps_that_are_too_long_are_noticed_before_the_end():
    explorer = explorers.playground(data="XOR", learning_rate=10.0)
    higher = 0
    for _ in range(30):
        explorer.step()
        E = explorer.state.errors
        too_high = E[explorer.state.k, 0] > 1.2 * E[0, 0]
        assert ("a smaller γ may help" in explorer.status) == too_high
        higher += too_high
    assert higher


# --- every control


def check(explorer):
    """Check that nothing failed and that the status says what is so."""
    assert explorer.error is None, explorer.error
    run, values, k = explorer.state, explorer.values, explorer.controls["epoch"].value
    sizes = [2, *(values[f"nodes_{l}"] for l in range(1, values["layers"] + 1)), 1]
    assert run.network.sizes == sizes
    assert run.m == 2 * values["share"]
    batch = min(values["batch_size"] or run.m, run.m)
    inside = f" {values['activation']}" * (len(sizes) > 2)
    start = f"{values['data']}, {'-'.join(map(str, sizes))}{inside}, {values['optimizer']}, γ = "
    assert start + f"{values['learning_rate']:g}, batches of {batch}" in explorer.status
    assert (f"L2 penalty {values['l2']:g}" in explorer.status) == (values["l2"] > 0)
    assert f"seed {values['seed']}." in explorer.status
    E, E_test = map(number, run.errors[k])
    assert f"training error is {E}, the test error {E_test}" in explorer.status
    assert f"Gradient norm {number(np.linalg.norm(run.slope[k]), 3)}." in explorer.status
    assert ("At the start" if k == 0 else f"After {k:,} epoch") in explorer.status
    for l in (1, 2, 3, 4):
        assert explorer.controls[f"nodes_{l}"].disabled == (l > values["layers"])
    assert explorer.controls["activation"].disabled == (values["layers"] == 0)


@pytest.mark.parametrize("name", [name for name, control in CONTROLS.items() if settings(control)])
def test_both_ends_of_every_control(name):
    explorer = explorers.playground()
    for value in settings(explorer.controls[name]):
        explorer.step()
        before = explorer.values[name]
        explorer.controls[name].value = value
        check(explorer)
        assert (explorer.steps == 0) == (name in FRESH and value != before)
        explorer.step()
        check(explorer)


@pytest.mark.parametrize("number", range(30))
def test_random_combinations(number):
    rng = random.Random(number)
    explorer = explorers.playground()
    for name, value in any_values(rng).items():
        explorer.controls[name].value = value
    for _ in range(rng.randint(0, 5)):
        explorer.step()
    check(explorer)
    explorer.controls["epoch"].value = rng.randint(0, 5)
    check(explorer)


def test_a_new_random_start_is_the_next_seed_and_a_typed_one_comes_back():
    explorer = explorers.playground()
    explorer.step()
    first = explorer.state.X.copy()
    explorer.controls["again"].click()
    assert explorer.controls["seed"].value == 2
    assert "seed 2." in explorer.status
    assert explorer.steps == 0
    assert not np.array_equal(explorer.state.X, first)
    explorer.controls["seed"].value = 1
    assert np.array_equal(explorer.state.X, first)


def test_unknown_settings_are_named():
    with pytest.raises(TypeError, match=r"nodes_4.*given colour"):
        explorers.playground(colour="blue")


# --- the picture


def test_nodes_are_drawn_as_they_answer():
    g = [playing.tanh, playing.tanh, playing.sigmoid]
    network = Network([2, 3, 2, 1], g, rng=np.random.default_rng(0))
    canvas, parts = picture.picture()
    lay_out(canvas, parts, network.sizes)
    output = draw_network(parts, network, np.ones(3))
    assert len(parts["nodes"].images) == 2 + 3 + 2 + 3, "nodes and three norms"
    X = np.array([[picture.PLACES[7]], [picture.PLACES[30]]])
    assert output[30, 7] == pytest.approx(network(X)[0, 0])
    _, _, image = parts["nodes"].images[2 + 3 + 1]  # the second node of layer 2
    assert np.array_equal(image[30, 7], shaded(network.forward(X)[1][2][1, 0]))
    positive, negative = ((np.array(parts[sign].get_linewidths()) > 0).sum() for sign in ("positive", "negative"))
    assert positive == sum((W > 0).sum() for W in network.W[1:])
    assert negative == sum((W < 0).sum() for W in network.W[1:])


@pytest.mark.parametrize("layers", [0, 2, 4])
def test_every_layer_has_its_name(layers):
    canvas, parts = picture.picture()
    for hidden in ([3] * 4, [3] * layers):  # after the largest: what was there goes
        lay_out(canvas, parts, [2, *hidden, 1])
    names = [text.get_text() for text in parts["names"] if text.get_text()]
    assert names == ["inputs", *(f"layer {l}" for l in range(1, layers + 1))]


def test_lines_are_in_the_order_of_the_weights():
    ends = lines([2, 3, 1])
    assert len(ends) == 9
    assert ends[1][0].tolist() == ends[0][0].tolist() == ends[2][0].tolist(), "column by column: one input, three nodes"
    assert ends[0][1].tolist() == ends[3][1].tolist() != ends[1][1].tolist()


def test_shades_grow_darker_on_both_sides():
    light = shaded(np.array([-1, -0.5, 0, 0.5, 1]))[:, :3].sum(axis=1).astype(int)
    assert light[2] == 3 * 255
    assert light[2] > light[1] > light[0] > light[4]
    assert shaded(np.array([np.nan, np.inf, -7.0])).shape == (3, 4)


# --- what the tour of section 8.13 says


def shares(run, k=None):
    """Return the percentages of training points and of test points that are right after epoch k."""
    network = playing.network_at(run, run.k if k is None else k)
    return [100 * playing.accuracy(network, *part) for part in run.parts]


@pytest.mark.parametrize("seed", range(1, 6))
def test_tour_xor(seed):
    line, _ = run_of(150, data="XOR", layers=0, seed=seed)
    assert 45 < shares(line)[0] < 60
    one, _ = run_of(150, data="XOR", layers=1, nodes_1=1, seed=seed)
    assert 70 < shares(one)[0] < 80
    two, _ = run_of(150, data="XOR", layers=1, nodes_1=2, seed=seed)
    assert shares(two) == [100, 100] if seed in (1, 2, 4) else 70 < shares(two)[0] < 77
    three, _ = run_of(150, data="XOR", layers=1, nodes_1=3, seed=seed)
    assert shares(three) == [100, 100]


def test_tour_spirals():
    run, _ = run_of(600, data="spirals", layers=2, nodes_1=8, nodes_2=8, learning_rate=0.3)
    first = next(k for k in range(run.k) if shares(run, k)[0] == 100)
    best = int(np.argmin(run.errors[:, 1]))
    assert 135 < first < 145
    assert 175 < best < 185
    assert run.errors[600, 1] > 1.3 * run.errors[best, 1]
    assert run.errors[600, 0] < 0.1 * run.errors[best, 0]
    assert shares(run, best) == shares(run, 600) == [100, 94]
    assert np.linalg.norm(run.path[600]) > 1.1 * np.linalg.norm(run.path[best])


def test_tour_divergence():
    plane = dict(data="regression plane", layers=0, batch_size=0)
    _, said = run_of(300, learning_rate=1.0, **plane)
    assert "in epoch 11." in said
    assert "λ was 2.91, so γ = 1 is above 2/λ = 0.687" in said
    for optimizer, rate in (("momentum 0.9", 1.0), ("Adam", 10.0)):
        run, said = run_of(300, learning_rate=rate, optimizer=optimizer, **plane)
        assert said == ""
        assert run.errors[300, 0] < 0.005
    _, said = run_of(300, learning_rate=3.0, optimizer="momentum 0.9", **plane)
    assert "2 (1 + μ)/λ = 1.31" in said


def test_tour_code():
    explorer = explorers.playground(data="XOR", layers=1, nodes_1=1)  # as in the notebook
    for rate in (0.1, 0.3):
        explorer.controls["learning_rate"].value = rate
        for _ in range(4):
            explorer.step()
    explorer.controls["code"].click()
    run = explorer.state
    assert repeated(explorer.children[-1].value)[1] == run.errors[8].tolist()
    assert "in [(4, 0.1, 10, 0.0), (4, 0.3, 10, 0.0)]:" in explorer.children[-1].value


def test_a_picture_of_an_older_epoch_leaves_the_slider_alone():
    made = explorers.playground()
    for _ in range(5):
        made.step()
    made.controls["epoch"].value = 3
    made.draw(made.state, **made.values | {"epoch": 2})  # the page has moved on, from 2 to 3
    assert made.controls["epoch"].value == 3


def test_every_control_stands_once_in_a_row_with_a_name():
    explorer = explorers.playground()
    rows = {row.children[0].value: row.children[1:] for row in explorer.children[0].children}
    assert list(rows) == ["<b>Training</b>", "<b>Data</b>", "<b>Network</b>", "<b>Look back</b>"]
    shown = [control for row in rows.values() for control in row]
    wanted = [*explorer.buttons.values(), explorer.speed, *explorer.controls.values()]
    assert sorted(map(id, shown)) == sorted(map(id, wanted))
    assert explorer.controls["noise"] in rows["<b>Data</b>"]
    assert explorer.controls["nodes_1"] in rows["<b>Network</b>"]
    explorer.close()
