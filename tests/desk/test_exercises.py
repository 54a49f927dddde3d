"""check: right answers, known mistakes, helpful hints; nothing a learner hands over breaks it."""

import builtins
import functools
import sys
import threading
import time
import types
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shared.exercises import Exercise, check, difference, engine, record, summary
from shared.exercises.compare import numbers, real_numbers
from shared.exercises.engine import RIGHT, UNANSWERED, Verdict
from shared.exercises.judges import truths


def forward(X, w):
    return (X @ w).reshape(-1, 1)


def step(theta, grad):
    theta -= 0.1 * grad


def whole(n):
    if n != int(n):
        raise ValueError("n must be whole")
    return bool(n % 2)


def draws_xor(weights):
    W1, b1, W2, b2 = weights
    X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    out = np.asarray(W2) @ np.maximum(np.asarray(W1) @ X + b1, 0) + b2
    return difference(np.array([[0.0, 1, 1, 0]]), out)


def quietly(sigmoid):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            sigmoid(np.array([-1000.0, 1000.0]))
        except RuntimeWarning:
            return "right, but it overflows at -1000"


def stable(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


X = np.array([[1.0, 2], [3, 4], [5, 6]])
SAMPLES = {
    "99.1": Exercise(
        solution=0.25,
        mistakes=[(-0.25, "the sign"), (0.5, "the missing half"), (0.125, "halved twice")],
        correct="a quarter.",
        tolerance=1e-3,
    ),
    "99.2": Exercise(
        solution=forward,
        inputs=[(X, np.array([1.0, -1.0])), (X + 1, np.array([0.5, 2.0]))],
        mistakes=[
            (lambda X, w: X @ w, "one axis got lost"),
            (lambda X, w: -forward(X, w), "the sign is wrong"),
            (lambda X, w: X * w, "* instead of @"),
            (lambda X, w: X.T @ w, "X is transposed"),
        ],
        correct="a column of three.",
    ),
    "99.3": Exercise(solution=((3, 1), "b", True), mistakes=[], correct="all three."),
    "99.4": Exercise(
        solution=step,
        inputs=[(np.ones(3), np.arange(3.0))],
        mistakes=[(lambda theta, grad: step(theta, -grad), "uphill")],
        correct="downhill.",
    ),
    "99.5": Exercise(
        solution=([[1, 1], [1, 1]], [[0], [-1]], [[1, -2]], 0),
        judge=draws_xor,
        mistakes=[(([[1, 1], [1, 1]], [[0], [0]], [[1, -2]], 0), "the second unit starts at 1")],
        correct="xor.",
    ),
    "99.6": Exercise(
        solution=stable,
        inputs=lambda: [(np.linspace(-3, 3, 4),)],
        judge=quietly,
        mistakes=[(lambda z: 1 / (1 + np.exp(z)), "exp(-z)")],
        correct="no overflow.",
    ),
    "99.7": Exercise(solution=whole, inputs=[(3,), (4,), (2.5,)], mistakes=[], correct="odd and even."),
    "99.8": Exercise(solution=np.array([[1.0, 2.0], [3.0, 4.0]]), mistakes=[], correct="four numbers."),
}
ADD_UP = Exercise(
    solution=lambda parts: sum(parts),
    inputs=[([1.0, 2.0, 3.0],), ([np.ones((9, 9))] * 7,)],
    also_right=lambda args, got: got[0] is None and difference(sum(args[0]), got[1]) is None,
    mistakes=[(lambda parts: -sum(parts), "the sign")],
    correct="a sum.",
)


@pytest.fixture(autouse=True)
def samples(monkeypatch):
    """A notebook 99 whose exercises are the samples, and no memory of earlier answers."""
    module = types.ModuleType("shared.exercises.notebook_99")
    module.exercises = SAMPLES
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(record, "kept", record.Record())


@pytest.fixture
def said(capsys):
    """What check prints: exactly one line, without the name it begins with."""

    def said(name, answer):
        assert check(name, answer) is None
        out, err = capsys.readouterr()
        assert err == ""
        assert out.endswith("\n")
        assert out.count("\n") == 1
        assert out.startswith(f"{name} ")
        return out.removeprefix(f"{name} ").rstrip("\n")

    return said


def cases(names, values):
    """Parametrise a test; the cases are numbered, since functions make poor names."""
    return pytest.mark.parametrize(names, values, ids=range(len(values)))


# --- right answers


@cases(
    ("name", "answer"),
    [
        ("99.1", 0.25),
        ("99.1", np.float32(0.2501)),
        ("99.1", np.array(0.25)),
        ("99.1", Fraction(1, 4)),
        ("99.1", 0.25 + 0j),
        ("99.2", forward),
        ("99.2", lambda X, w, extra=1: X @ np.reshape(w, (-1, 1))),
        ("99.2", functools.partial(lambda sign, X, w: sign * forward(X, w), 1)),
        ("99.2", lambda X, w: forward(X, w).astype(np.float32)),
        ("99.2", lambda X, w: forward(X, w).tolist()),
        ("99.3", ((3, 1), "b", True)),
        ("99.3", [[3.0, 1], " B ", np.True_]),
        ("99.3", [np.array([3, 1]), "b", True]),
        ("99.3", [(3, 1), "b", 1]),
        ("99.3", [(3, 1), "b", np.int8(1)]),
        ("99.3", [(3, 1), "b", np.array(True)]),
        ("99.1", np.ma.array(0.25)),
        ("99.7", lambda n: int(whole(n))),
        ("99.8", np.array([[1, 2], [3, 4]]).view(np.matrix)),
        ("99.8", np.ma.array([[1, 2], [3, 4]])),
        ("99.8", [[1 + 0j, 2], [Fraction(3), np.array(4)]]),
        ("99.8", np.array([[Fraction(1), 2], [3.0, 4]], dtype=object)),
        ("99.2", lambda X, w: X.view(np.matrix) * w[:, None].view(np.matrix)),
        ("99.4", step),
        ("99.5", ([[1, 1], [1, 1]], [[0], [-1]], [[1, -2]], 0)),
        ("99.5", ([[1, -1], [-1, 1]], [[0], [0]], [[1, 1]], 0)),
        ("99.6", stable),
        ("99.7", whole),
        ("99.7", lambda n: whole(n)),
        ("99.8", [[1, 2], [3, 4]]),
        ("99.8", np.asfortranarray([[1.0, 2], [3, 4 + 1e-9]])),
    ],
)
def test_right(said, name, answer):
    assert said(name, answer) == f"correct: {SAMPLES[name].correct}"


# --- known mistakes


@pytest.mark.parametrize("name", SAMPLES)
def test_known_mistakes_get_their_hint(said, name):
    for mistake, hint in SAMPLES[name].mistakes:
        assert said(name, mistake) == f"not yet: {hint}"


@cases(
    ("answer", "hint"),
    [
        (lambda X, w: sum(X[:, [j]] * -w[j] for j in range(2)), "the sign is wrong"),
        (lambda X, w: np.multiply(X, w), "* instead of @"),
        (lambda X, w: np.matmul(np.transpose(X), w), "X is transposed"),
    ],
)
def test_what_behaves_like_a_mistake_gets_its_hint(said, answer, hint):
    assert said("99.2", answer) == f"not yet: {hint}"


def test_another_right_answer():
    assert ADD_UP.verdict(lambda parts: (None, sum(parts))) is RIGHT
    assert ADD_UP.verdict(lambda parts: -sum(parts)).hint == "the sign"
    told = "with parts = [1, 2, 3]: expected a single number, you have shape (2,)"
    assert ADD_UP.verdict(lambda parts: (None, 0)).hint == told
    assert ADD_UP.verdict(lambda parts: (0, 0)).hint == told


def test_a_nearly_right_whole_number_is_told_in_full():
    exercise = Exercise(solution=240, mistakes=[], correct="a whole number.")
    assert exercise.verdict(240.0000024).hint == "240.000002 is too large"


def test_long_lists_are_told_by_their_length():
    long = Exercise(solution=len, inputs=[([np.ones((2, 2))] * 5,)], mistakes=[], correct="five.")
    told = "with obj = a list of 5 entries: expected 5, you have 4"
    assert long.verdict(lambda parts: len(parts) - 1).hint == told


def test_a_changed_list_is_called_a_list():
    def emptied(parts):
        whole = sum(parts)
        parts.clear()
        return whole

    told = "the result is right, but the call has changed the numbers in parts: "
    advice = "make a new list, and leave parts and all that is in it as it was"
    assert ADD_UP.verdict(emptied).hint == told + advice


def test_numpys_messages_are_told_to_their_end(said):
    assert "(size 3 is different from 2)" in said("99.2", lambda X, w: X @ np.ones((2, 3)).T)


# --- what an answer may be: one rule for all exercises


def four(values):
    """Return what 99.8 says to four numbers."""
    return SAMPLES["99.8"].verdict(values).hint


@cases(
    "values",
    [
        np.array([["1", "2"], ["3", "4"]]),
        [["1", "2"], ["3", "4"]],
        np.array([[1, 2], [3, "4"]], dtype=object),
        np.array([[b"1", b"2"], [b"3", b"4"]]),
        np.ma.masked_all((2, 2)),
        np.ma.array([[1.0, 2], [3, 4]], mask=[[0, 0], [0, 1]]),
        [np.ma.array([1.0, 2]), np.ma.array([3.0, 4], mask=True)],
        np.array([["2001-01-01"] * 2] * 2, dtype="datetime64[D]"),
        np.array([[1.0, 2], [3, None]], dtype=object),
    ],
)
def test_what_is_no_number(values):
    assert four(values) == "not every entry of your answer is a number"
    assert numbers(values) is None
    assert real_numbers(values) is None


def test_an_imaginary_part_is_not_dropped():
    assert four(np.array([[1, 2], [3, 4 + 1e-3j]])) == "expected 4 at [1, 1], you have 4+0.001j"
    assert four(np.array([[1, 2], [3, 4 + np.nan * 1j]])) == "nan (not a number) at [1, 1]"
    assert real_numbers([1.0, 1j]) is None
    assert numbers([1.0, 1j]).dtype == complex
    assert real_numbers(np.array([1 + 0j, 2])).dtype == float
    assert difference(np.array([1.0, 1j]), np.array([1.0, 0])) == "expected 0+1j at [1], you have 0"
    assert difference(np.array([1.0, 1j]), np.array([1.0, 1j])) is None


def test_whole_numbers_are_exact():
    for expected in (240, np.array([3, 240])):
        assert difference(expected, expected * 1.0, 0.1) is None
        assert difference(expected, expected + 1e-8, 0.1)


@cases(
    ("expected", "margins"),
    [
        (0.25, 0.25),
        (40.0, 40.0),
        (0.0, 1.0),
        (np.array([40.0, 0.25, 0.0]), (40, 1, 1)),
        (np.array([0.5, -0.004, 0.0]), (0.5, 0.5, 0.5)),
        (np.array([0.0, 1e-20]), (1, 1)),
        ((0.5, 0.004), (0.5, 0.004)),
    ],
)
def test_a_tolerance_is_what_it_says(expected, margins):
    """Each number alone, on both sides: its own share or that of the largest one, whichever is more, and not both."""
    tolerance = 0.01
    for k, margin in enumerate(np.atleast_1d(margins)):
        for side in (1, -1):
            for part, right in ((0.99, True), (1.01, False)):
                got = np.atleast_1d(np.array(expected, float))
                got[k] += side * part * tolerance * margin
                got = got if np.ndim(expected) else got[0]
                assert (difference(expected, got, tolerance) is None) == right


def test_what_is_not_finite_is_compared_too():
    assert difference(np.array([np.inf, np.nan]), np.array([np.inf, np.nan])) is None
    assert difference(np.inf, 1e300) == "expected inf, you have 1e+300"
    assert difference(np.inf, -np.inf) == "expected inf, you have -inf (the sign is flipped)"
    assert difference(1.0, np.inf)
    assert difference(np.nan, 1.0)


def test_a_known_billion_is_refused_before_anybody_looks_at_it():
    billion = np.broadcast_to(np.float64(0.5), 10**9)
    looked = []
    numeric = Exercise(solution=(1.0, 2.0, 3.0), judge=looked.append, mistakes=[], correct="three.")
    double = Exercise(
        solution=lambda x: 2 * x,
        inputs=[(np.ones(3),)],
        also_right=lambda args, got: looked.append(got),
        mistakes=[],
        correct="twice.",
    )
    start = time.perf_counter()
    for answer in (billion, billion.reshape(1000, -1), [billion] * 3, [0.5] * 2_000_000, [[0.5] * 1000] * 1001):
        assert numeric.verdict(answer).hint.endswith(" is far more than is asked for")
        assert double.verdict(lambda x, answer=answer: answer).kind == "wrong"
    assert time.perf_counter() - start < 2
    assert looked == []


def test_an_error_of_a_kind_that_is_asked_for():
    class OwnError(ValueError):
        pass

    class OtherError(Exception):
        pass

    def raising(error):
        def function(n):
            if n != int(n):
                raise error
            return bool(n % 2)

        return function

    exercise = SAMPLES["99.7"]
    assert exercise.verdict(raising(OwnError("in words of my own"))) is RIGHT
    told = (
        "with n = 2.5 your function raises OtherError: no. Call it with this input in a cell of its own to see the line"
    )
    assert exercise.verdict(raising(OtherError("no"))).hint == told


def test_the_words_of_an_error_count_only_where_there_should_be_none():
    def always_false(n):
        if n != int(n):
            raise ValueError("words of the course")
        return False

    def no_odd_numbers(n):
        if n % 2:
            raise ValueError(f"{n:.1f} is odd")
        return False

    mistakes = [(always_false, "3 is odd"), (no_odd_numbers, "odd numbers are welcome")]
    exercise = Exercise(solution=whole, inputs=[(2.5,), (3,)], mistakes=mistakes, correct="odd and even.")

    def in_words(asked, unasked):
        def function(n):
            if n != int(n):
                raise ValueError(asked)
            if unasked:
                raise ValueError(unasked)
            return False

        return function

    assert exercise.verdict(in_words("words of my own", "")).hint == "3 is odd"
    assert exercise.verdict(in_words("words of my own", "3.0 is odd")).hint == "odd numbers are welcome"
    assert exercise.verdict(in_words("2.5 is odd", "other words")).hint.startswith("with n = 3 your function raises")


def slope(theta):
    return 2 * theta


@cases(
    ("inputs", "advice"),
    [
        ([(1.0, np.ones(3))], ". Call it with this input in a cell of its own to see the line"),
        ([([1.0, 2.0], "b")], ". Call it with this input in a cell of its own to see the line"),
        ([(slope, np.ones(2))], ", in line 2 of the function"),
        ([(1.0, np.ones((3, 5)))], ", in line 2 of the function"),
        ([(1.0, [np.ones((3, 5))])], ", in line 2 of the function"),
        ([(1.0, [1.0] * 90)], ", in line 2 of the function"),
    ],
)
def test_only_what_stands_in_the_hint_can_be_called_again(inputs, advice):
    def fails(one, other):
        raise ArithmeticError("no")

    exercise = Exercise(solution=lambda one, other: 1.0, inputs=inputs, mistakes=[], correct="one.")
    told = exercise.verdict(fails).hint
    assert told.startswith("with one = ")
    assert told.endswith(f" your function raises ArithmeticError: no{advice}")


def test_no_line_is_known_of_a_function_that_is_not_in_python():
    exercise = Exercise(solution=lambda f: 1.0, inputs=[(slope,)], mistakes=[], correct="one.")
    assert exercise.verdict(len).hint.endswith("object of type 'function' has no len()")


def test_judge_follows_the_comparison(said):
    assert said("99.6", lambda z: 1 / (1 + np.exp(-z))) == "not yet: right, but it overflows at -1000"
    assert said("99.6", lambda z: 1 / (1 + np.exp(z))) == "not yet: exp(-z)"
    told = "expected 0 at [0, 0], you have 1"
    assert said("99.5", ([[1, 1], [1, 1]], [[0], [-1]], [[1, -2]], 1)) == f"not yet: {told}"


# --- unknown mistakes


def no_return(X, w):
    X @ w


def one_parameter(X):
    return X


def in_place(X, w):
    X *= w
    return X.sum(axis=1, keepdims=True)


def swapped(theta, grad):
    grad -= 0.1 * theta


def leaves(X, w):
    raise SystemExit("bye")


def talks_and_fails(X, w):
    raise ValueError("first\nsecond")


@cases(
    ("name", "answer", "hint"),
    [
        ("99.1", 0.2, "0.2 is too small"),
        ("99.1", 1e9, "1e+09 is too large"),
        ("99.1", 1 + 1j, "1+1j is not right"),
        ("99.1", np.nan, "nan (not a number)"),
        ("99.1", None, "your answer is None: does the function it comes from end in a `return`?"),
        ("99.1", "1/4", "expected a number, you have '1/4'"),
        ("99.1", [0.25], "expected a single number, you have shape (1,)"),
        ("99.1", np.zeros((1, 1)), "expected a single number, you have shape (1, 1)"),
        ("99.1", abs, "a value is asked for, you have the function abs: call it first"),
        ("99.1", np, "expected a number, you have something of type module"),
        ("99.2", 3, "a function is asked for, you have 3: hand over its name alone"),
        ("99.2", no_return, "your function returns None: does it end in a `return`?"),
        (
            "99.2",
            one_parameter,
            "your function has the parameters (X), it will be called with (X, w)",
        ),
        (
            "99.2",
            in_place,
            "the result is right, but the call has changed the numbers in X: "
            "make a new array (X = X - …), do not change the old (X -= …)",
        ),
        (
            "99.2",
            lambda X, w: forward(X, w) * [1, 1],
            "with X = [[1, 2], [3, 4], [5, 6]], w = [1, -1]: expected shape (3, 1), you have shape (3, 2)",
        ),
        (
            "99.2",
            lambda X, w: forward(X, w).T,
            "with X = [[1, 2], [3, 4], [5, 6]], w = [1, -1]: expected shape (3, 1), you have shape (1, 3)",
        ),
        (
            "99.2",
            lambda X, w: forward(X, w) + (w[0] < 1),
            "with X = [[2, 3], [4, 5], [6, 7]], w = [0.5, 2]: expected 7 at [0, 0], you have 8",
        ),
        (
            "99.2",
            talks_and_fails,
            "with X = [[1, 2], [3, 4], [5, 6]], w = [1, -1] "
            "your function raises ValueError: first. "
            "Call it with this input in a cell of its own to see the line",
        ),
        (
            "99.2",
            leaves,
            "with X = [[1, 2], [3, 4], [5, 6]], w = [1, -1] your function raises SystemExit: bye. "
            "Call it with this input in a cell of its own to see the line",
        ),
        ("99.3", ((3, 1), "b"), "expected 3 values, you have ((3, 1), 'b')"),
        ("99.3", ((3, 2), "b", True), "expected 1 at [0][1], you have 2"),
        ("99.3", ((3, 1), "c", True), "'c' at [1] is not right"),
        ("99.3", ((3, 1), "b", 0), "0 at [2] is not right"),
        ("99.3", ((3, 1), "b", 2), "expected True or False at [2], you have 2"),
        ("99.3", ((3, 1), "b", "True"), "'True' at [2] is a text: write it without quotes"),
        ("99.3", ((3, 1), 2, True), "expected a text in quotes at [1], you have 2"),
        ("99.3", ("(3, 1)", "b", True), "'(3, 1)' at [0] is a text: write it without quotes"),
        ("99.1", "0.25", "'0.25' is a text: write it without quotes"),
        ("99.8", "[[1, 2], [3, 4]]", "'[[1, 2], [3, 4]]' is a text: write it without quotes"),
        (
            "99.4",
            lambda theta, grad: theta - 0.1 * grad,
            "with theta = [1, 1, 1], grad = [0, 1, 2]: expected None, you have [1, 0.9, 0.8]",
        ),
        (
            "99.4",
            lambda theta, grad: print(end=""),
            "your function should change theta in place (theta -= …), it stays as it was",
        ),
        (
            "99.4",
            swapped,
            "the result is right, but the call has changed the numbers in grad: "
            "make a new array (grad = grad - …), do not change the old (grad -= …)",
        ),
        (
            "99.4",
            lambda theta, grad: step(theta, 2 * grad),
            "with theta = [1, 1, 1], grad = [0, 1, 2], after the call: expected 0.9 at [1], you have 0.8",
        ),
        ("99.7", lambda n: bool(n % 2), "with n = 2.5 your function should raise ValueError"),
        ("99.7", lambda n: whole(n + 1), "with n = 3: expected True, you have False"),
        (
            "99.8",
            np.array([[1.0, 3], [2, 4]]),
            "expected 2 at [0, 1], you have 3 (it is transposed)",
        ),
        (
            "99.8",
            -np.array([[1.0, 2], [3, 4]]),
            "expected 1 at [0, 0], you have -1 (the sign is flipped)",
        ),
        ("99.8", [[1, 2], [3, 4.00001]], "expected 4 at [1, 1], you have 4.00001"),
        ("99.8", [["a", 2], [3, 4]], "not every entry of your answer is a number"),
        ("99.8", [[1, 2], [3]], "not every entry of your answer is a number"),
        (
            "99.8",
            np.array([[1, 2], [3, "4"]], dtype=object)[:, :1],
            "expected shape (2, 2), you have shape (2, 1)",
        ),
    ],
)
def test_unknown_mistakes(said, name, answer, hint):
    assert said(name, answer) == f"not yet: {hint}"


# --- stubs

STUBS = """
def a(X, w): return ...
def b(X, w):
    '''Say what it does.'''
    return ...  # replace the dots
def c(X, w=1, *more, option=None, **rest):
    return ...
def d(X, w):
    Z = X @ w
    return ...
def e(X, w):
    Z = ...
    return Z
def f(X, w):
    Z = ...
    return Z @ w
def g(X, w):
    Z = X @ w
    return Z, ...
def h(X, w):
    return {"dW": np.array([...])}
def i(X, w):
    return (1 + ...) * X
def j(X, w):
    yield ...
def k(X, w):
    Z = ...
    return np.linalg.inv(Z)
def l(X, w):
    for n in range(2):
        Z = ...
        if n:
            raise ValueError("without a word about dots")
"""
found = {}
exec(STUBS, {"np": np}, found)


@pytest.mark.parametrize("stub", found.values(), ids=found)
def test_function_stubs(said, stub):
    assert said("99.2", stub) == "not answered yet"


@cases(
    "stub",
    [
        ...,
        [1, ...],
        (..., 1),
        {"a": ...},
        [[[...]]],
        np.array([1, ...]),
        [0] * 900 + [...],
    ],
)
def test_value_stubs(said, stub):
    for name in SAMPLES:
        assert said(name, stub) == "not answered yet"


def test_what_is_not_a_stub(said):
    def filled(X, w):
        X[...] = 1
        return X

    def unused(X, w):
        Z = ...
        del Z
        return -forward(X, w)

    def empty(X, w): ...

    assert said("99.2", unused) == "not yet: the sign is wrong"
    assert said("99.2", empty) == "not yet: your function returns None: does it end in a `return`?"
    for answer in (lambda X, w: X[..., 0] @ w, lambda X, w: 0, filled, max, object):
        assert said("99.2", answer).startswith("not yet: ")


# --- nothing breaks it


class Nasty:
    """Raises from everything Python may ask an object."""

    def _fail(self, *args):
        raise RuntimeError("nasty")

    __eq__ = __ne__ = __lt__ = __bool__ = __len__ = __iter__ = __getitem__ = __hash__ = _fail
    __array__ = __float__ = __repr__ = __str__ = __format__ = __deepcopy__ = __getattr__ = _fail


class NastyClass:
    @property
    def __class__(self):
        raise SystemExit("nasty")


class NastyArray(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __getattribute__(self, name):
        if name in ("shape", "ndim", "dtype", "astype", "__array__"):
            raise RuntimeError("nasty")
        return super().__getattribute__(name)


class NastyError(Exception):
    def __str__(self):
        raise RuntimeError("nasty")


class Number(float):
    def __sub__(self, other):
        raise SystemExit

    __rsub__ = __abs__ = __lt__ = __mul__ = __float__ = __sub__


def raises(error):
    def function(X, w):
        raise error

    return function


def endless(X, w):
    while True:
        yield 1.0


def deep(X, w):
    return deep(X, w)


recursive, recursive_dict = [], {}
recursive.append(recursive)
recursive_dict["a"] = (recursive_dict, recursive)
very_deep = functools.reduce(lambda inner, _: [inner], range(100_000), [])
many = np.broadcast_to(np.float64(0), 10**8)

NONSENSE = {
    "None": None,
    "text": "surrogate \ud800 and \n a new line" * 99,
    "nan": np.nan,
    "inf": -np.inf,
    "huge int": 10**5000,
    "bytes": b"0.25",
    "empty": [],
    "0-d": np.array(None),
    "ragged": [[1], [2, 3]],
    "object array": np.array([[1, "a"], [None, []]], dtype=object),
    "structured": np.zeros(2, dtype=[("a", float), ("b", int)]),
    "dates": np.array(["2001-01-01"] * 4, dtype="datetime64[D]").reshape(2, 2),
    "texts": np.array([["1", "b"], ["c", "d"]]),
    "matrix": np.ma.masked_all((2, 2)),
    "recursive list": recursive,
    "recursive dict": recursive_dict,
    "very deep list": very_deep,
    "generator": (i for i in range(3)),
    "iterator": iter([1.0]),
    "set": {1, 2},
    "module": np,
    "type": float,
    "nasty class": NastyClass(),
    "nasty": Nasty(),
    "nasty type": Nasty,
    "nasty array": np.zeros(3).view(NastyArray),
    "nasty number": Number(0.25),
    "nasty pair": (Nasty(), 1, [NastyClass()]),
    "lock": threading.Lock(),
    "frame": sys._getframe(),
    "exits": raises(SystemExit(0)),
    "exit": sys.exit,
    "raises nasty": raises(NastyError()),
    "raises group": raises(ExceptionGroup("several", [ValueError("one")])),
    "raises stop": raises(StopIteration()),
    "raises class": raises(GeneratorExit),
    "raises memory": raises(MemoryError()),
    "endless generator": endless,
    "endless recursion": deep,
    "returns nasty": lambda X, w: Nasty(),
    "returns nasty class": lambda X, w: NastyClass(),
    "makes types": type(deep),
    "returns recursive": lambda X, w: recursive,
    "returns many": lambda X, w: many,
    "returns a type": lambda X, w: np.float64,
    "wants more": lambda a, b, c: 0,
    "wants less": lambda: 0,
    "only keywords": lambda *, X, w: 0,
    "spoils its input": lambda X, w: X.resize(0, refcheck=False),
    "many": many,
    "many in 2-d": many.reshape(10**4, 10**4),
    "many in a list": [many, many],
    "many objects": np.broadcast_to(np.array(None), 10**8),
}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("kind", NONSENSE)
def test_nothing_breaks_check(said, name, kind):
    start = time.perf_counter()
    assert said(name, NONSENSE[kind]).startswith("not yet: ")
    assert time.perf_counter() - start < 5  # far less: but nobody waits for 10**8 entries


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary()
    | st.fractions()
    | st.decimals()
    | st.dates()
    | st.just(...)
    | st.functions(like=lambda X, w: 0, returns=st.floats())
)
tables = arrays.arrays(arrays.scalar_dtypes() | st.just(np.dtype(object)), arrays.array_shapes(min_dims=0, min_side=0))
answers = st.recursive(
    scalars | tables,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.tuples(inner, inner, inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.functions(like=lambda X, w: 0, returns=inner)
    ),
)


@given(answer=answers, name=st.sampled_from(list(SAMPLES)))
@example(answer=10**400, name="99.8")
def test_no_answer_breaks_check(answer, name):
    lines = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "print", lambda *args: lines.append(args))
        check(name, answer)
    assert len(lines) == 1
    assert lines[0][0].startswith((f"{name} not yet: ", f"{name} not answered", f"{name} correct"))
    assert len(lines[0][0]) < 600


@given(
    arrays.arrays(float, arrays.array_shapes(max_side=4), elements=st.floats(-1e6, 1e6)),
    st.data(),
)
def test_difference_sees_one_wrong_entry(expected, data):
    assert difference(expected, expected.copy()) is None
    assert difference(expected, expected.tolist()) is None
    index = data.draw(st.tuples(*(st.integers(0, n - 1) for n in expected.shape)))
    wrong = expected.copy()
    wrong[index] += 10 * (1 + abs(wrong[index]))
    assert str(list(index)) in difference(expected, wrong)
    assert "shape" in difference(expected, wrong[None])


def test_a_list_that_contains_itself_is_looked_at_as_far_as_is_needed(said):
    answer = [1.0]
    answer.append(answer)
    assert "cannot be looked at" not in said("99.1", answer)


def test_interrupt_passes():
    with pytest.raises(KeyboardInterrupt):
        check("99.2", raises(KeyboardInterrupt()))


def test_unknown_names(capsys):
    for name in ("99.9", "8.1", "8", "", None, 99.1, ["99.1"], "../../x", "99.1\n"):
        check(name, 1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 9
    known = ", ".join(SAMPLES)
    assert lines[0] == f"There is no exercise '99.9'; notebook 99 has {known}"
    assert all(line.startswith("There is no exercise ") for line in lines)
    check(Nasty(), 1)
    assert capsys.readouterr().out.count("\n") == 1


def test_warnings_and_settings_do_not_leak(said):
    def noisy(X, w):
        warnings.warn("noise", stacklevel=1)
        np.seterr(all="raise")
        return forward(X, w)

    before = np.geterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert said("99.2", noisy).startswith("correct")
        assert said("99.2", lambda X, w: np.log(-X) @ w).startswith("not yet: with X")
    assert np.geterr() == before


def test_functions_may_print(capsys):
    check("99.2", lambda X, w: print("X is", X.shape) or forward(X, w))
    out = capsys.readouterr().out.splitlines()
    assert out == ["X is (3, 2)", "X is (3, 2)", "99.2 correct: a column of three."]


def test_output_that_cannot_hold_every_letter(monkeypatch):
    class Narrow:
        encoding = "ascii"
        text = ""

        def write(self, text):
            self.text += text.encode("ascii").decode()

    narrow = Narrow()
    monkeypatch.setattr(sys, "stdout", narrow)
    check("99.1", "γ")
    monkeypatch.undo()
    assert narrow.text == "99.1 not yet: expected a number, you have '\\u03b3'\n"


# --- summary


def test_summary(capsys):
    def told():
        capsys.readouterr()
        summary("99")
        return capsys.readouterr().out

    assert told() == "0 of 8 answered\n"
    check("99.1", ...)
    assert told() == "0 of 8 answered\n"
    for answer in (-0.25, 0.5, 0.5, 0.25):
        check("99.1", answer)
    check("99.4", step)
    assert told() == (
        "2 of 8 answered; still open: 99.2, 99.3, 99.5, 99.6, 99.7, 99.8; "
        "the hint you met most (2 times, in 99.1): the missing half\n"
    )
    check("99.4", None)
    assert told().startswith("1 of 8 answered; ")
    for name, exercise in SAMPLES.items():
        check(name, exercise.solution)
    assert told().startswith("8 of 8 answered; the hint you met most")


def test_summary_of_unknown_notebook(capsys):
    for name in ("98", 8, None, "..", "99.1"):
        summary(name)
    out = capsys.readouterr().out
    assert out.count("\n") == 5
    assert "0 of 0" not in out


# --- truth values, and what a verdict is


def test_verdicts_are_of_one_kind():
    exercise = SAMPLES["99.1"]
    assert exercise.verdict(0.25) is RIGHT
    assert exercise.verdict(...) is UNANSWERED
    assert exercise.verdict(0.5) == Verdict("wrong", "the missing half")
    assert all(isinstance(exercise.verdict(answer), Verdict) for answer in (0.25, ..., 0.5, None, abs))


def test_truths():
    judge = truths((True, False, False), "look at {} again")
    assert judge((True, False, False)) is None
    assert judge([1, np.False_, 0]) is None
    assert judge(np.array([True, False, False])) is None
    assert judge((True, True, True)) == "not all three are right yet; look at b again"
    assert judge((True, False)) == "we ask for three truth values, in the order a, b, c: (True, …)"
    assert judge((True, False, 2)) == "each of the three answers is True or False"


class OutStream:
    """Stands for the output of a notebook's kernel."""

    encoding = "utf-8"

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


@pytest.mark.parametrize(
    ("kind", "mark"), [("right", "\x1b[1;32m✓\x1b[0m "), ("wrong", "\x1b[1;31m✗\x1b[0m "), ("unanswered", "")]
)
def test_in_a_notebook_right_and_wrong_have_a_mark_and_a_colour(kind, mark, monkeypatch, capsys):
    verdict = {"right": RIGHT, "unanswered": UNANSWERED, "wrong": Verdict("wrong", "look again")}[kind]
    monkeypatch.setattr(engine, "_judged", lambda exercise, answer: (verdict, "01.1 said"))
    monkeypatch.setattr(record.kept, "keep", lambda exercise, hint: None)
    check("01.1", 3)
    assert capsys.readouterr().out == "01.1 said\n", "elsewhere the words alone"
    kernel = OutStream()
    monkeypatch.setattr(OutStream, "__module__", "ipykernel.iostream")
    monkeypatch.setattr(sys, "stdout", kernel)
    check("01.1", 3)
    assert kernel.text == f"{mark}01.1 said\n"
