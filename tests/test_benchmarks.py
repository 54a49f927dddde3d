"""The benchmarks' verdicts: a missed bar is named, a bar that is met is not. (Nothing is timed here.)"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "benchmarks"))
import accuracy
import training_speed


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
