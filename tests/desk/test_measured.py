"""Numbers with their usual ranges, and what nbval makes of them."""

import re
from math import inf, nan

import pytest
from nbval.plugin import get_sanitize_patterns

from notebooks import ROOT
from shared.measured import measured

PATTERNS = get_sanitize_patterns((ROOT / "tests/notebooks/sanitize.cfg").read_text(encoding="utf-8"))


def masked(text):
    """Return what nbval compares."""
    for pattern, replacement in PATTERNS:
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((0.98472, 0.982, 0.988, "%"), "98.47 % (98.2 to 98.8 is usual)"),
        ((0.97, 0.982, 0.988, "%"), "97 % is unusual: look again (98.2 to 98.8 is usual)"),
        ((0.989, 0.982, 0.988, "%"), "98.9 % is unusual: look again (98.2 to 98.8 is usual)"),
        ((0.6123, 0.2, 3, "s"), "0.61 s (0.2 to 3 is usual)"),
        ((0.6123, 0.2, inf, "s"), "0.61 s (0.2 or more is usual)"),
        ((7, -inf, 9), "7 (up to 9 is usual)"),
        ((12345.6, -inf, inf, "times"), "12,346 times (differs from run to run)"),
        ((4.5e-4, 1e-4, 1e-3), "0.00045 (0.0001 to 0.001 is usual)"),
        ((145, 130, 170), "145 (130 to 170 is usual)"),
        ((nan, 0, 1), "nan is unusual: look again (0 to 1 is usual)"),
    ],
)
def test_number_range_and_words(arguments, text):
    assert measured(*arguments) == text


@pytest.mark.parametrize("value", [0.982, 0.988])
def test_the_ends_are_usual(value):
    assert "unusual" not in measured(value, 0.982, 0.988, "%")


def test_ends_in_the_wrong_order():
    with pytest.raises(ValueError, match="low must not be above high"):
        measured(1, 3, 2)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (measured(0.984, 0.98, 0.99, "%"), measured(0.9871, 0.98, 0.99, "%"), True),
        (measured(0.984, 0.98, 0.99, "%"), measured(0.97, 0.98, 0.99, "%"), False),
        (measured(0.984, 0.98, 0.99, "%"), measured(0.984, 0.97, 0.99, "%"), False),
        (measured(3, unit="million steps"), measured(41.5, unit="million steps"), True),
        (measured(-2e-7, -1, 1), measured(3e-5, -1, 1), True),
        (measured(1234, 0, inf), measured(999, 0, inf), True),
        ("1.5 and no range", "1.6 and no range", False),
    ],
)
def test_nbval_masks_the_number_alone(one, other, same):
    assert (masked(f"seed 3: {one}, B = 20") == masked(f"seed 3: {other}, B = 20")) == same
    assert masked(f"seed 3: {one}, B = 20") != masked(f"seed 4: {one}, B = 20")
    assert masked(f"seed 3: {one}, B = 20") != masked(f"seed 3: {one}, B = 21")


@pytest.mark.parametrize(
    "more", ["", " Unsure of number 2 (1: 80 %).", " Unsure of number 2 (1: 80 %), number 4 (7: 66 %)."]
)
def test_how_sure_a_reading_is_may_differ_and_what_is_read_may_not(more):
    assert masked(f"8 digits found, read as 3 1 4.{more}") == "8 digits found, read as 3 1 4."
    assert masked(f"8 digits found, read as 3 7 4.{more}") == "8 digits found, read as 3 7 4."
