"""Explorers: live pictures with controls, one function each. `engine` says how to write one."""

from shared.explorers.notebook_01 import edges, hinges
from shared.explorers.notebook_02 import shapes
from shared.explorers.notebook_03 import line_by_hand, one_parameter
from shared.explorers.notebook_04 import descent, double_well
from shared.explorers.notebook_05 import graph_stepper, nudge
from shared.explorers.notebook_06 import bug_zoo
from shared.explorers.notebook_07 import signals, xor_surface
from shared.explorers.notebook_08 import sine_fit
from shared.explorers.notebook_09 import line_two_ways, polynomial_degree
from shared.explorers.notebook_10 import digit_training, mistakes, moved_digits
from shared.explorers.pad.widget import drawing_pad
from shared.explorers.play.controls import playground
from shared.explorers.reading import read_photograph

__all__ = [
    "bug_zoo",
    "descent",
    "digit_training",
    "double_well",
    "drawing_pad",
    "edges",
    "graph_stepper",
    "hinges",
    "line_by_hand",
    "line_two_ways",
    "mistakes",
    "moved_digits",
    "nudge",
    "one_parameter",
    "playground",
    "polynomial_degree",
    "read_photograph",
    "shapes",
    "signals",
    "sine_fit",
    "xor_surface",
]
