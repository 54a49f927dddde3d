"""What holds across the notebooks: one path, one vocabulary, numbers where a reader wants numbers."""

import ast
import re
import subprocess
import sys

import nbformat
import pytest

import notebooks
from notebooks import each_notebook

README = (notebooks.ROOT / "README.md").read_text(encoding="utf-8")

# --- numbers, not verdicts


def verdicts(path):
    """Return the printed lines of a notebook, and those of them that say True or False."""
    printed = "\n".join(notebooks.printed(cell) for cell in notebooks.load(path).cells if cell.cell_type == "code")
    lines = [line for line in printed.splitlines() if line.strip()]
    return lines, [line for line in lines if re.search(r"\b(True|False)\b", line)]


@each_notebook
def test_numbers_stand_where_a_verdict_could(path):
    lines, found = verdicts(path)
    assert len(found) <= 0.1 * len(lines), f"{len(found)} of {len(lines)} lines are verdicts:\n" + "\n".join(found)


# --- the core path: nothing on it leans on an aside


def names(source):
    """Return two sets: the names that code defines at its top level, and those that it uses anywhere."""
    try:
        tree = compile(source, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:  # a fence that shows a piece of code
        return set(), set()
    nodes = list(ast.walk(tree))
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    parameters = {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound = {
        node.id
        for c in nodes
        if isinstance(c, ast.comprehension)
        for node in ast.walk(c.target)
        if isinstance(node, ast.Name)
    }
    used -= parameters | bound
    inside = {
        id(inner)
        for node in nodes
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp, ast.ListComp, ast.DictComp))
        for inner in ast.walk(node)
        if inner is not node
    }
    top = [node for node in nodes if id(node) not in inside]
    made = {node.id for node in top if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    made |= {node.name for node in top if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return made, used


def code(pieces):
    """Return the code among pairs (kind, source): cells, and fences of solutions."""
    for kind, source in pieces:
        if kind == "code":
            yield source
        else:
            yield from re.findall(r"^```python\n(.*?)\n```$", source, re.DOTALL | re.MULTILINE)


def leaning(core, asides):
    """Return the names that core code uses and only asides define."""
    aside_names = set().union(*(names(source)[0] for source in code(asides)))
    core_names = set().union(*(names(source)[0] for source in code(core)))
    used = set().union(*(names(source)[1] for source in code(core)))
    return used & aside_names - core_names


@each_notebook
def test_the_core_path_leans_on_no_aside(path):
    assert leaning(*notebooks.core_and_asides(path)) == set()


def test_leaning_is_noticed():
    core = [("code", "def f(x):\n    return g(x)\nprint(f(1))"), ("markdown", "```python\nanswer = h\n```")]
    asides = [("code", "def g(x):\n    return x\nh = [k for k in range(3)]\nprint(h)")]
    assert leaning(core, asides) == {"g", "h"}
    assert leaning([*core, ("code", "g = h = len")], asides) == set()


@each_notebook
def test_what_can_be_skipped_is_called_an_aside(path):
    for index, source in notebooks.cells(path, "markdown"):
        found = re.search(r"\boptional(ly)?\b", source, re.IGNORECASE)
        assert not found, f"cell {index + 1} says {found[0]!r}: *Aside* is what nothing later needs"


# --- one word for one thing


def terms():
    """Return the rows of the README's table of terms: (term, section, words that are not used for it)."""
    table = README.partition("## Terms")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!Term|--)([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", table, re.MULTILINE)
    return [(term.strip(), section.strip(), [word.strip() for word in instead.split(",") if word.strip()])
            for term, _, section, instead in rows]  # fmt: skip


def section(number):
    """Return the text of a section ("4.3") of the notebooks."""
    (path,) = [path for path in notebooks.paths() if int(path.stem[:2]) == int(number.split(".")[0])]
    text = "\n\n".join(source for _, source in notebooks.cells(path, "markdown"))
    found = re.search(rf"^## {re.escape(number)} .*?(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"there is no section {number}"
    return found[0]


def plain(source):
    """Return prose without code, formulas and the addresses of links."""
    source = re.sub(r"^(```|~~~).*?^\1", " ", source, flags=re.DOTALL | re.MULTILINE)
    source = re.sub(r"\$\$.*?\$\$|(?<!\\)\$[^$]+\$|`[^`\n]+`", " ", source, flags=re.DOTALL)
    return re.sub(r"(?<=\])\([^)\s]*\)", " ", source)


@pytest.mark.parametrize(
    ("term", "number", "instead"), terms(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_term_is_introduced_where_the_table_says(term, number, instead):
    marked = " ".join(
        "".join(pair) for pair in re.findall(r"\*+([^*]+)\*+|^#+ (.*)$", plain(section(number)), re.MULTILINE)
    )
    assert re.search(rf"\b{re.escape(term)}", marked, re.IGNORECASE), f"{number} does not mark *{term}*"


@each_notebook
def test_no_other_word_for_the_same_thing(path):
    for term, _, instead in terms():
        for word in instead:
            for index, source in notebooks.cells(path, "markdown"):
                source = re.sub(
                    r"^## Further reading$.*?(?=^## |\Z)", "", source, flags=re.DOTALL | re.MULTILINE
                )  # titles
                if found := re.search(rf"\b{re.escape(word)}\b", plain(source), re.IGNORECASE):
                    raise AssertionError(f"cell {index + 1}: {found[0]!r}, where the course says {term!r}")


def test_the_table_of_terms_is_there():
    assert len(terms()) >= 30
    assert len({term for term, _, _ in terms()}) == len(terms())


# --- the test of a notebook is one


TRAINING = """
import sys
sys.path.insert(0, {root!r})
import numpy as np
from shared.activations import identity
from shared.losses import half_mean_squared_error
from shared.network import Network
from shared.optimizers import GradientDescent
from shared.training import train
network, X = Network([1, 1], [identity], rng=np.random.default_rng(0)), np.ones((1, 1000))
history = train(
    network, X, X, half_mean_squared_error, GradientDescent(1e-6),
    batch_size=1, epochs={epochs}, rng=np.random.default_rng(0),
)
"""


@pytest.mark.parametrize(("epochs", "limit", "passes"), [(1, 100, True), (10**6, 5, False)])
def test_a_training_that_is_out_of_time_is_no_success(epochs, limit, passes, tmp_path):
    """`train` ends well when it is interrupted, as nbval does with a cell that is out of time."""
    cell = nbformat.v4.new_code_cell(TRAINING.format(root=str(notebooks.ROOT), epochs=epochs), execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "training.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    run = subprocess.run(
        [*command, f"--nbval-cell-timeout={limit}", "training.ipynb"],
        cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert (run.returncode == 0) == passes, run.stdout
