"""The mathematics behind explorers and exercises: numbers in, numbers and sentences out. Nothing here knows a widget.

descents (step by step, and how large a step may be), tiny (the example with nine parameters, one of them moved), graph
(the way back through it, and the figure of it), zoo (the backward pass with one mistake in it), plane (points with two
classes), playing (a run of the playground), wardrobe (a small set of images in the form of MNIST).
"""
