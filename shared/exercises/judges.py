"""Judges that several notebooks need: a judge takes an answer and returns None, or a hint."""

from string import ascii_lowercase

import numpy as np

from shared.exercises.compare import quoted, text, truth

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def truths(right, advice):
    """Return the judge of truth values for a, b, c …: its hint names the first that is wrong, and no more.

    right: the tuple of the right ones. advice: what to do, with {} for the letter, "think about {} again". Where an
    exercise knows more about a wrong answer, that stands in its `mistakes`.
    """
    count = _COUNTS[len(right)]
    letters = ascii_lowercase[: len(right)]

    def judge(answer):
        if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != len(right):
            return f"we ask for {count} truth values, in the order {', '.join(letters)}: (True, …)"
        if texts := [value for value in answer if quoted(value)]:
            return f"{text(texts[0])} is a text: write it without quotes"
        if any(truth(value) is None for value in answer):
            return f"each of the {count} answers is True or False"
        for letter, value, wanted in zip(letters, answer, right, strict=True):
            if truth(value) != wanted:
                return f"not all {count} are right yet; {advice.format(letter)}"

    return judge
