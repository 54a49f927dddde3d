"""Automatic differentiation: calculate with `Value`s instead of numbers, and every derivative comes along.

Each step of a calculation makes a node that knows its inputs and the slope of this one step for each of them. Backward,
slopes multiply along a path and add where paths meet. This is the chain rule: dE/da = Σ dE/dc · ∂c/∂a over all c that
have a among their inputs.
"""

import math
from numbers import Real


class Value:
    """A number, ``data``, that remembers how it was computed; ``grad`` is its derivative after ``result.backward()``.

    + - * / ** take values and numbers on either side (a ** b has a slope for b where a > 0). NumPy computes with arrays
    of values: ``W @ a`` uses + and *, ``np.tanh(a)`` the method ``tanh``. TypeError for anything but real numbers.

    inputs  pairs of a value that this one was made from and the slope with respect to it
    level   one more than the highest level among the inputs, 0 without inputs: inputs always lie lower
    """

    def __init__(self, data, *inputs):
        if not isinstance(data, Real):
            raise TypeError(f"a Value holds one real number, not {data!r:.60}")
        self.data = float(data)
        self.inputs = inputs
        self.grad = 0.0
        self.level = max((before.level + 1 for before, _ in inputs), default=0)

    def __repr__(self):
        return f"Value({self.data:.6g}, grad {self.grad:.6g})"

    def __add__(self, other):
        other = _value(other)
        return Value(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = _value(other)
        return Value(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, other):
        other = _value(other)
        a, b = self.data, other.data
        power = a**b
        slope_a = b * a ** (b - 1) if b else 0.0  # a**0 is flat, also at a = 0, where a**-1 would divide by 0
        slope_b = power * math.log(a) if a > 0 else math.nan  # the NaN reaches b alone, mostly a constant
        return Value(power, (self, slope_a), (other, slope_b))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -_value(other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        return self * _value(other) ** -1

    def __rtruediv__(self, other):
        return self**-1 * other

    def __rpow__(self, other):
        return _value(other) ** self

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        """Return a = eᶻ, slope a."""
        a = math.exp(self.data)
        return Value(a, (self, a))

    def log(self):
        """Return log z, slope 1/z; ValueError unless z > 0."""
        if not self.data > 0:
            raise ValueError(f"log needs a number above 0, not {self.data:g}")
        return Value(math.log(self.data), (self, 1 / self.data))

    def tanh(self):
        """Return a = tanh z, slope 1 − a²."""
        a = math.tanh(self.data)
        return Value(a, (self, 1 - a * a))

    def sigmoid(self):
        """Return a = 1 / (1 + e⁻ᶻ), slope a (1 − a)."""
        a = 0.5 + 0.5 * math.tanh(0.5 * self.data)  # the same number, and no exp overflows
        return Value(a, (self, a * (1 - a)))

    def relu(self):
        """Return max(z, 0), slope 1 for z > 0, otherwise 0."""
        return Value(max(self.data, 0.0), (self, float(self.data > 0)))

    def order(self):
        """Return this value and all that it depends on, each after its inputs (a topological order)."""
        levels = {}
        waiting = [self]
        while waiting:  # no recursion: a graph may be deeper than Python lets functions call each other
            node = waiting.pop()
            if node not in levels:
                levels[node] = node.level
                waiting += [before for before, _ in node.inputs]
        return sorted(levels, key=levels.get)

    def backward(self):
        """Set the ``grad`` of all values that this one depends on; what stood there is forgotten."""
        order = self.order()
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for before, slope in node.inputs:
                before.grad += node.grad * slope


def _value(x):
    return x if isinstance(x, Value) else Value(x)
