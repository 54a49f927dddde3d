"""The benchmarks' verdicts: a missed bar is named, a bar that is met is not. (Nothing is timed here.)"""

import contextlib
import inspect
import io
import json
import re
from types import SimpleNamespace

import matplotlib.image
import numpy as np
import pytest

import accuracy
import busy_machine
import explorer_latency
import training_speed
from handwriting import SETTINGS
from notebooks import ROOT
from shared import explorers


def row(ratio, bar):
    ratios = {"PyTorch": [0.0, ratio, 9.0], "sgemm": [1.0, 5.0, 9.0]}
    return dict(optimizer="SGD", batch_size=32, ratios=ratios, bars={"PyTorch": bar, "sgemm": None})


@pytest.mark.parametrize("ratio", [0.61, 7.0, float("nan")])
def test_a_ratio_above_its_bar_is_missed(ratio):
    (fault,) = training_speed.missed([row(0.2, 0.6), row(ratio, 0.6)])
    assert fault.startswith("SGD, batch size 32: ")
    assert f"{ratio:.3f} of the time of PyTorch, allowed 0.60" in fault


@pytest.mark.parametrize("ratio", [0.1, 0.6])
def test_a_ratio_up_to_its_bar_is_met(ratio):
    assert training_speed.missed([row(ratio, 0.6)]) == []
    assert training_speed.missed([row(ratio, None)]) == []


def test_every_batch_size_of_the_design_has_its_bars():
    relu_sgd = training_speed.COMPARED[training_speed.RELU, "SGD"]
    for peer in ("PyTorch", "scikit-learn"):
        assert set(relu_sgd[peer]) == set(training_speed.BATCH_SIZES)


@pytest.mark.parametrize(
    ("accuracies", "seconds", "words"),
    [
        ([0.981, 0.9805], [20, 20], ["accuracy 98.075% is below 98.2%"]),
        ([0.99, 0.99], [20, 60], ["40.0 s are more than 30 s"]),
        ([0.98, 0.98], [31, 31], ["accuracy", "31.0 s"]),
        ([float("nan")], [float("nan")], ["accuracy", "nan s"]),
        ([0.982, 0.982], [30, 30], []),
    ],
)
def test_accuracy_names_what_its_means_miss(accuracies, seconds, words):
    recipe = accuracy.RECIPES["b"]
    faults = accuracy.missed(recipe, dict(accuracies=accuracies, seconds=seconds))
    assert len(faults) == len(words)
    assert all(word in fault for word, fault in zip(words, faults, strict=True))


def latencies(ours, theirs, last=None):
    """Return what is measured of an explorer: two rounds, in which one of 40 single events is `last`."""
    times = {}
    for name, milliseconds in (("explorer", ours), ("interact", theirs)):
        single = [[milliseconds] * 20, [milliseconds] * 20]
        times[name] = dict(single=single, burst=[2 * milliseconds] * 2)
    times["explorer"]["single"][1][-3:] = [last or ours] * 3
    drawing = dict(explorer=[ours], interact=[theirs])
    return dict(name="edges", control="Layer", drawing=drawing, times=times)


@pytest.mark.parametrize(
    ("ours", "last", "words"),
    [
        (35, None, []),
        (36, None, ["edges, median: 0.360 of the time of @interact, allowed 0.35", "edges, burst: 0.360"]),
        (20, 41, ["edges, p95: 0.410 of the time of @interact, allowed 0.40"]),
        (50, None, ["edges, median: 0.500", "edges, p95: 0.500", "edges, burst: 0.500"]),
        (float("nan"), None, ["edges, median: nan", "edges, p95: nan", "edges, burst: nan"]),
    ],
)
def test_an_explorer_that_is_too_slow_is_named(ours, last, words):
    rows = [explorer_latency.summary(latencies(ours, 100, last)) for ours, last in ((20, None), (ours, last))]
    faults = explorer_latency.missed(rows)
    assert len(faults) == len(words)
    assert all(fault.startswith(word) for word, fault in zip(words, faults, strict=True))


@pytest.mark.parametrize("name", explorer_latency.NAMES)
def test_every_explorer_gets_its_arguments(name):
    here = SimpleNamespace(**{name: inspect.signature(getattr(explorers, name)).bind})
    names = dict.fromkeys(("x", "y", "labels", "network", "P"), np.ones(1)) | dict.fromkeys("XY", np.ones((1, 1)))
    eval(f"here.{name}({explorer_latency.ARGUMENTS.get(name, '')})", {"here": here}, names)


def plain_picture(figure):
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[:, :, :3] / 255


def own_picture(explorer):
    return matplotlib.image.imread(io.BytesIO(explorer.png))[:, :, :3]


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("name", ["double_well", "hinges", "shapes"])
def test_both_versions_show_the_same_picture(name, kept):
    explorer = explorer_latency.make(name, explorers)
    try:
        key, (down, up) = explorer_latency.choose(explorer)
        assert down + up >= 3
        control = explorer.controls[key]
        figure = explorer_latency.drawing(explorer, key, kept)
        for value in (control.value, control.value + control.step):
            control.value = value
            assert np.abs(own_picture(explorer) - plain_picture(figure(value))).max() < 0.01
    finally:
        explorer.close()


@pytest.mark.parametrize(("name", "least"), [("signals", 30), ("xor_surface", 20), ("bug_zoo", 2)])
def test_words_kept_as_pictures_are_written_anew_in_the_other_version(name, least, monkeypatch):
    explorer, written = explorer_latency.make(name, explorers), []
    write = explorer_latency.PlainTiles.write
    monkeypatch.setattr(
        explorer_latency.PlainTiles, "write", lambda *arguments: (written.append(arguments), write(*arguments))
    )
    try:
        key, _ = explorer_latency.choose(explorer)
        picture = plain_picture(explorer_latency.drawing(explorer, key)(explorer.values[key]))
        assert len(written) >= least
        assert np.abs(own_picture(explorer) - picture).max() < 0.1
    finally:
        explorer.close()


def test_keys_lead_to_and_fro_within_reach():
    walk, at, seen = explorer_latency.Walk(("left", "right"), (1, 2)), 0, []
    for _ in range(12):
        at += {"left": -1, "right": 1}[walk.key()]
        seen.append(at)
    assert seen == [1, 2, 1, 0, -1, 0, 1, 2, 1, 0, -1, 0]


@pytest.mark.parametrize("reach", [(1, 2), (6, 0), (0, 6), (3, 3), (1, 1)])
@pytest.mark.parametrize("before", range(6))
def test_only_the_last_key_of_a_burst_leads_to_the_last_place(reach, before):
    walk = explorer_latency.Walk(("left", "right"), reach)
    for _ in range(before):
        walk.key()
    at, seen = walk.at, []
    for key in walk.burst(20):
        at += {"left": -1, "right": 1}[key]
        seen.append(at)
    assert len(seen) in (20, 21)
    assert -reach[0] <= min(seen)
    assert seen[-1] == reach[1] > max(seen[:-1])


def test_a_burst_between_two_places_ends():
    assert len(list(explorer_latency.Walk(("left", "right"), (1, 0)).burst(20))) in (20, 21)


def test_the_notebook_s_table_of_photographs_is_what_was_measured():
    measured = json.loads((ROOT / "tests/benchmarks/photographs.json").read_text(encoding="utf-8"))["results"]
    text = (ROOT / "notebooks/10_digit_recognition.ipynb").read_text(encoding="utf-8")
    rows = re.findall(r"\| ([^|]+) \| (\d+) of (\d+) \| ([\d.]+) % \| ([\d.]+) of (\d+) \|", text)
    told = [(setting, *map(float, numbers)) for setting, *numbers in rows]
    assert told == [
        (
            result["setting"],
            result["found"],
            result["pages"],
            pytest.approx(100 * result["right"] / (result["pages"] * result["digits"]), abs=0.051),
            pytest.approx(result["whole"], abs=0.051),
            result["pages"],
        )
        for result in measured
    ]
    assert [result["setting"] for result in measured][1:] == list(SETTINGS)
    touching, tilted, combined = (measured[k] for k in (-2, 11, -1))
    hardest = min(measured, key=lambda result: result["whole"])
    of = hardest["pages"]
    assert f'hardest setting is \\"{hardest["setting"]}\\": {hardest["whole"]:.4g} of the {of} rows come back' in text
    ordered = sorted(measured, key=lambda result: result["whole"])
    assert ordered[:3] == [hardest, touching, tilted]
    assert f"digits that touch with {touching['whole']:.4g} of {of}" in text
    assert f"a tilt of 30 degrees with {tilted['whole']:.4g}" in text
    kept = f"{combined['whole']:.4g}"
    assert f"{kept} of the {of} rows come back without a mistake, {10 * combined['whole'] / of:.1f} of ten" in text
    assert f"without any page it is {measured[0]['whole']:.4g}" in text
    assert f"{sum(touching['refused'].values())} of the {touching['pages']} rows you get a message" in text
    assert f"For all {sum(hardest['refused'].values())} rows you get a message" in text
    assert f"In {touching['wrong']} rows the wrong number of digits is found" in text
    assert tilted["setting"] == "tilted by 30 degrees"
    assert "a fifth of them are misread" in text
    assert tilted["right"] == pytest.approx(0.8 * 200, abs=2)


def test_beside_busy_processes_a_ratio_is_taken_within_a_round(monkeypatch):
    clock = iter([2.0, 3.0, 1.0, 8.0, 60.0, 4.0, 4.0, 6.0, 2.0, 8.0, 60.0, 4.0])  # a round on a slower machine
    monkeypatch.setattr(busy_machine, "seconds", lambda way: next(clock))
    monkeypatch.setattr(busy_machine, "beside", lambda count: contextlib.nullcontext())
    found = busy_machine.measure(busy=4, rounds=2)
    assert found[0, "ours"] == 2
    assert found[0, "one thread"] == 1
    assert found[4, "all threads"] == 45
    assert found[4, "ours"] == 6


def test_busy_processes_end_with_the_measurement():
    with busy_machine.beside(2) as busy:
        assert [process.poll() for process in busy] == [None, None]
    assert all(process.poll() is not None for process in busy)
