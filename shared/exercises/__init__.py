"""Exercises: `check` says whether an answer is right or which mistake it is; `summary` and `progress` count.

Each notebook has a file here, `notebook_08.py` for notebook 8, with a dictionary `exercises` of `Exercise` objects:
the solution, the wrong answers we have met, and what to say to each. Reading ahead spoils the fun.

`engine` judges an answer: `dots` sees whether there is one, `outcomes` calls it if it is a function, `compare` finds
the first difference from the solution. `judges` and `watched` are for tasks that have their own way of being right.
`record` keeps what was answered in a file, and `overview` shows it.
"""

from shared.exercises.compare import difference
from shared.exercises.engine import Exercise, check
from shared.exercises.overview import progress, summary

__all__ = ["Exercise", "check", "difference", "progress", "summary"]
