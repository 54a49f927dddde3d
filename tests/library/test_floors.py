"""The core stays small, depends on NumPy alone, and explains every name it offers."""

import ast
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
# In the order in which they are read; a module may import the ones before it.
ORDER = [
    "activations", "losses", "network", "gradient_check", "optimizers", "training", "autodiff", "datasets",
]  # fmt: skip
WITH_A_SCREEN = {"measured", "style", "plotting", "explorers", "exercises"}
LIBRARIES = {"numpy", "tqdm"}

each_core_module = pytest.mark.parametrize("name", ORDER)


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


def modules_of_the_package(path):
    return {name.split(".")[1] for name in imported(path) if name.startswith("shared.")}


def test_the_core_is_read_in_one_sitting():
    lines = {name: sum(bool(line.strip()) for line in source(name).splitlines()) for name in ORDER}
    # Scalar automatic differentiation is a lesson of its own (notebook 5), on which nothing else stands.
    assert lines.pop("autodiff") < 85
    assert sum(lines.values()) < 700, lines


def test_nothing_of_the_core_needs_autodiff():
    assert not any("autodiff" in modules_of_the_package(SHARED / f"{name}.py") for name in ORDER)


@each_core_module
def test_the_core_imports_numpy_and_the_standard_library_only(name):
    roots = {full.split(".")[0] for full in imported(SHARED / f"{name}.py")}
    assert roots <= set(sys.stdlib_module_names) | LIBRARIES | {"shared"}
    assert "tqdm" not in roots or name == "training"


@each_core_module
def test_a_core_module_imports_only_modules_that_are_read_before_it(name):
    assert modules_of_the_package(SHARED / f"{name}.py") <= set(ORDER[: ORDER.index(name)])


def test_every_module_has_its_place():
    modules = {path.stem for path in SHARED.glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in SHARED.glob("*/__init__.py")}
    assert modules | folders <= set(ORDER) | WITH_A_SCREEN | {"lessons"}


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


@each_core_module
def test_every_public_name_of_the_core_is_explained(name):
    tree = ast.parse(source(name))
    assert ast.get_docstring(tree)
    silent = [
        f"{owner.name}.{node.name}" if owner else node.name
        for owner, node in public(tree)
        # The docstring of an optimizer is the formula of its step.
        if not ast.get_docstring(node) and not (owner and node.name == "step" and ast.get_docstring(owner))
    ]
    assert silent == []


@each_core_module
def test_the_core_prints_nothing_and_keeps_its_hands_off_global_state(name):
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(source(name))) if isinstance(node, ast.Call)}
    assert not calls & {"print", "np.random.seed", "np.seterr", "np.random.default_rng"}
