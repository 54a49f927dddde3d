"""The floors of the package: the library stands on NumPy alone, pictures on the library, the desk on both."""

import ast
import re
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
# The library in the order in which it is read: a module may import the ones before it, and what is named here.
LIBRARY = {
    "checks": {"numpy"},
    "activations": {"numpy"},
    "losses": {"numpy"},
    "network": {"numpy"},
    "gradient_check": {"numpy"},
    "optimizers": {"numpy"},
    "threads": {"threadpoolctl"},  # counts and limits NumPy's threads
    "training": {"numpy", "tqdm"},  # a progress bar
    "autodiff": set(),
    "files": {"js"},  # the browser, if Python runs in one
    "datasets": {"numpy"},
    "images": {"numpy"},
    "photographs": {"numpy", "PIL"},  # Pillow reads picture files, and comes with matplotlib
}
PICTURES = {"style", "plotting"}
DESK = {"measured", "lessons", "explorers", "exercises"}

each_module = pytest.mark.parametrize("name", LIBRARY)
everything = sorted(SHARED.rglob("*.py"))


def source(name):
    return (SHARED / f"{name}.py").read_text(encoding="utf-8")


def imported(path):
    """Return the full names of all that a file imports, wherever the import stands."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # Both `from shared import losses` and `from shared.losses import check_pair` name shared.losses.
            assert node.level == 0, f"{path.name}: write `from shared.… import …`"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms(path):
    """Return the modules and folders of the package that a file imports: {"losses", "explorers", …}."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("shared.")}


def libraries(path):
    """Return what a file imports from outside: neither the package nor Python's own modules."""
    return {name.split(".")[0] for name in imported(path)} - set(sys.stdlib_module_names) - {"shared"}


def test_every_room_has_its_floor():
    modules = {path.stem for path in SHARED.glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in SHARED.glob("*/__init__.py")}
    assert modules | folders <= set(LIBRARY) | PICTURES | DESK


@each_module
def test_the_library_imports_what_is_read_before_it_and_numpy(name):
    order = list(LIBRARY)
    assert rooms(SHARED / f"{name}.py") <= set(order[: order.index(name)])
    assert libraries(SHARED / f"{name}.py") <= LIBRARY[name]


def test_nothing_of_the_library_needs_autodiff():
    assert not any("autodiff" in rooms(SHARED / f"{name}.py") for name in LIBRARY)


def test_pictures_stand_on_the_library_and_know_no_desk():
    for name in PICTURES:
        assert rooms(SHARED / f"{name}.py") <= set(LIBRARY) | PICTURES
        assert libraries(SHARED / f"{name}.py") <= {"numpy", "matplotlib", "cycler", "IPython"}


def test_lessons_are_mathematics_without_widgets():
    for path in (SHARED / "lessons").glob("*.py"):
        assert rooms(path) <= set(LIBRARY) | PICTURES | {"lessons"}, path.name
        assert libraries(path) <= {"numpy"}, path.name


def test_exercises_show_no_explorers_and_explorers_ask_nothing():
    for path in everything:
        folder = path.relative_to(SHARED).parts[0]
        assert folder != "exercises" or "explorers" not in rooms(path), path.name
        assert folder != "explorers" or "exercises" not in rooms(path), path.name


def test_no_notebook_s_module_needs_another_notebook_s():
    for path in everything:
        if own := re.fullmatch(r"notebook_(\d\d)", path.stem):
            others = {name for name in imported(path) if re.search(rf"\.notebook_(?!{own[1]})\d\d", name)}
            assert not others, f"{path.relative_to(SHARED)} imports {others}: what two need belongs in lessons"


def alike(values):
    """Return whether expressions have one shape: then they are one thing, a pair, and may stand in one line."""
    return len({tuple(type(node).__name__ for node in ast.walk(value)) for value in values}) == 1


def packed(tree):
    """Return all assignments of a module, and those that pack values which are not one thing into one line."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    return found, [
        node
        for node in found
        if isinstance(node.value, ast.Tuple)
        and any(isinstance(target, ast.Tuple) for target in node.targets)
        and not alike(node.value.elts)
        and {ast.unparse(e) for e in node.value.elts} != {ast.unparse(e) for e in node.targets[0].elts}  # a swap
    ]


def test_assignments_of_the_library_are_one_a_line():
    total, bad = 0, []
    for name in LIBRARY:
        found, together = packed(ast.parse(source(name)))
        total += len(found)
        bad += [f"{name}: {ast.unparse(node)}" for node in together]
    assert len(bad) < 0.02 * total, "\n".join(bad)


def test_packed_assignments_are_noticed():
    text = "a, b = b, a\nx, y = f(1), f(2)\nself.name, rate = name, 0.1 * r\nkeep = {}, 3\np, q = [], None"
    found, together = packed(ast.parse(text))
    assert len(found) == 5
    assert [ast.unparse(node) for node in together] == ["self.name, rate = (name, 0.1 * r)", "p, q = ([], None)"]


def depth(node):
    """Return how many blocks lie inside each other in a function."""
    blocks = (ast.For, ast.While, ast.If, ast.With, ast.Try)
    inner = [depth(child) + isinstance(child, blocks) for child in ast.iter_child_nodes(node)]
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):  # elif
        inner[-1] -= 1
    return max(inner, default=0)


@each_module
def test_no_function_of_the_library_is_nested_deeper_than_three_levels(name):
    for node in ast.walk(ast.parse(source(name))):
        if isinstance(node, ast.FunctionDef):
            assert depth(node) <= 3, f"{name}.{node.name}"


def test_the_package_itself_imports_nothing():
    tree = ast.parse(source("__init__"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def public(tree):
    """Yield the public functions, classes and methods of a module with the class they stand in."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield None, node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield node, inner


@each_module
def test_every_public_name_of_the_library_is_explained(name):
    tree = ast.parse(source(name))
    assert ast.get_docstring(tree)
    silent = [
        f"{owner.name}.{node.name}" if owner else node.name
        for owner, node in public(tree)
        # The docstring of an optimizer is the formula of its step.
        if not ast.get_docstring(node) and not (owner and node.name == "step" and ast.get_docstring(owner))
    ]
    assert silent == []


@each_module
def test_the_library_prints_nothing_and_keeps_its_hands_off_global_state(name):
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(source(name))) if isinstance(node, ast.Call)}
    assert not calls & {"print", "np.random.seed", "np.seterr", "np.random.default_rng"}
