"""Explorers: live pictures with controls, one function each. `machinery` says how to write one."""

from shared.explorers.drawing_pad import drawing_pad
from shared.explorers.notebook_01 import edges, hinges
from shared.explorers.notebook_08 import sine_fit

__all__ = ["drawing_pad", "edges", "hinges", "sine_fit"]
