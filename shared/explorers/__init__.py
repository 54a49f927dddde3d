"""Explorers: live pictures with controls, one function each. `machinery` says how to write one."""

from shared.explorers.drawing_pad import drawing_pad

__all__ = ["drawing_pad"]
