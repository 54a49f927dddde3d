"""The mathematics behind explorers and exercises: numbers in, numbers and sentences out. Nothing here knows a widget.

tiny (the example with nine parameters, one of them moved), graph (the way back through it, and the figure of it), zoo
(the backward pass with one mistake in it).
"""
