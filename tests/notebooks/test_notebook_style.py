"""The form of the notebooks: one test a rule, each says what it wants."""

import ast
import re
import statistics
import struct
from base64 import b64decode
from itertools import pairwise

import pytest

import notebooks
import refresh_outputs
from notebooks import COURSE, ROOT, cells, each_notebook, load, map_line

WITH_AWAIT = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def tree(source):
    """Return the syntax tree of a cell; a cell may await."""
    return compile(source, "cell", "exec", WITH_AWAIT)


def code_lines(source):
    return [line for line in source.splitlines() if line.strip()]


def prose(source):
    """Return the text of a Markdown cell without code, formulas and links' addresses."""
    source = re.sub(r"^(```|~~~).*?^\1", " ", source, flags=re.DOTALL | re.MULTILINE)
    source = re.sub(r"`[^`\n]+`", " ", source)
    source = re.sub(r"\$\$.*?\$\$|(?<!\\)\$[^$]+\$", " ", source, flags=re.DOTALL)
    return re.sub(r"(?<=\])\([^)\s]*\)", " ", source)


def whole_text(path):
    return "\n\n".join(source for _, source in cells(path, "markdown"))


def headings(path):
    """Return triples (index of the cell, number of #, text) outside of code fences."""
    found = []
    for index, source in cells(path, "markdown"):
        source = re.sub(r"^```.*?^```", "", source, flags=re.DOTALL | re.MULTILINE)
        for marks, title in re.findall(r"^(#+) +(.*?)\s*$", source, re.MULTILINE):
            found.append((index, len(marks), title))
    return found


def outputs(path):
    """Return the pairs (index of the cell, output) of all stored outputs."""
    found = enumerate(load(path).cells)
    return [(index, output) for index, cell in found for output in cell.get("outputs", [])]


def output_texts(path):
    """Return the pairs (index of the cell, text) of everything a reader sees as text."""
    for index, output in outputs(path):
        if output.output_type == "stream":
            yield index, output.text
        elif "data" in output:
            yield from ((index, v) for k, v in output.data.items() if k.startswith("text/"))


# --- the parts, in their order


@each_notebook
def test_first_cell_has_title_promise_and_map(path):
    assert path.stem in COURSE, f"the course's notebooks are {', '.join(COURSE)}"
    assert load(path).cells[0].cell_type == "markdown"
    lines = [line for line in load(path).cells[0].source.splitlines() if line.strip()]
    assert lines[0] == f"# {int(path.stem[:2])} · {COURSE[path.stem][0]}"
    assert map_line(path) in lines, f"run tests/tools/refresh_outputs.py --links; wanted in cell 1:\n{map_line(path)}"
    assert [line for line in lines[1:] if line != map_line(path)], "what the reader will end with"


@each_notebook
def test_second_cell_says_what_you_learn_and_need(path):
    source = load(path).cells[1].source
    assert load(path).cells[1].cell_type == "markdown"
    places = [source.find(f"**{part}") for part in ("You will learn", "You need", "Time")]
    assert -1 not in places, "cell 2 has **You will learn**, **You need** and **Time**"
    assert places == sorted(places)
    bullets = re.findall(r"^[-*] ", source[places[0] : places[1]], re.MULTILINE)
    assert 3 <= len(bullets) <= 5, f"{len(bullets)} things to learn; 3 to 5, as a list"
    assert re.search(r"\d", source[places[2] :]), "**Time** in minutes"


@each_notebook
def test_third_cell_has_new_symbols(path):
    source = load(path).cells[2].source
    assert load(path).cells[2].cell_type == "markdown"
    assert "**New symbols**" in source
    rows = [line for line in source.splitlines() if line.startswith("|")]
    assert len(rows) >= 3, "a table: symbol, name in code, shape, meaning"
    columns = [len(re.split(r"(?<!\\)\|", row.strip())) - 2 for row in rows]
    assert set(columns) == {4}, f"four columns in every row, not {columns}"


@each_notebook
def test_fourth_cell_is_setup(path):
    cell = load(path).cells[3]
    assert cell.cell_type == "code"
    assert cell.source.startswith(notebooks.SETUP), f"cell 4 begins with\n{notebooks.SETUP}"
    for statement in tree(cell.source).body[2:]:
        kind = type(statement).__name__
        assert isinstance(statement, (ast.Import, ast.ImportFrom)), f"only imports here, not {kind}"


@each_notebook
def test_imports_stand_in_setup(path):
    """Elsewhere only what may be missing, inside a try, or in a function."""
    for index, source in cells(path, "code")[1:]:
        for statement in tree(source).body:
            imported = isinstance(statement, (ast.Import, ast.ImportFrom))
            assert not imported, f"cell {index + 1} imports; that belongs into Setup"


@each_notebook
def test_last_parts_are_there_in_order(path):
    source = whole_text(path)
    parts = ("When it goes wrong", "Recap", "Further reading", "Next")
    places = []
    for part in parts:
        found = list(re.finditer(rf"^(?:#+ .*|\*\*){part}\b", source, re.MULTILINE))
        assert found, f"no heading **{part}** (or ## {part})"
        places.append(found[-1].start())
    assert places == sorted(places), f"the order is {', '.join(parts)}"
    stems = list(COURSE)
    following = stems[stems.index(path.stem) + 1 :][:1]
    for stem in following:
        if (path.parent / f"{stem}.ipynb").exists():
            assert f"({stem}.ipynb)" in source[places[-1] :], f"Next links to {stem}.ipynb"


@each_notebook
def test_headings(path):
    levels = [level for _, level, _ in headings(path)]
    assert levels.count(1) == 1
    assert levels[0] == 1, "the one # is the title"
    assert max(levels) == 3, "## for sections, ### for Try it and Check yourself, nothing deeper"
    for before, after in pairwise(levels):
        assert after <= before + 1, "### only below ##"
    for _, level, title in headings(path):
        if re.match(r"\**(Try it|Check yourself)", title):
            assert level == 3, f"### for {title!r}"


@each_notebook
def test_try_it_predicts_explores_and_explains(path):
    found = headings(path)
    begins = [k for k, (_, _, title) in enumerate(found) if title.startswith("Try it")]
    assert begins, "at least one ### Try it"
    stored = load(path).cells
    for k in begins:
        start = found[k][0]
        end = found[k + 1][0] if k + 1 < len(found) else len(stored)
        part, title = stored[start:end], found[k][2]
        code = [n for n, cell in enumerate(part) if cell.cell_type == "code"]
        assert code, f"{title}: no explorer"
        assert "?" in "".join(cell.source for cell in part[: code[0]]), f"{title}: predict first"
        after = "".join(cell.source for cell in part[code[0] + 1 :])
        wanted = "<details><summary>What you should have seen</summary>"
        assert wanted in after, f"{title}: ends in {wanted}"


@each_notebook
def test_every_exercise_has_its_heading(path):
    names = notebooks.exercises(path)
    notebook = path.stem[:2]
    before = [name for name, _ in names if name[3:].isalpha()]  # the three questions of "Before you start"
    assert before in ([], [f"{notebook}.{letter}" for letter in "abc"])
    names = names[len(before) :]
    assert 3 <= len(names) <= 7
    assert [name for name, _ in names] == [f"{notebook}.{k}" for k in range(1, len(names) + 1)]
    assert len({index for _, index in names}) == len(names), "one check a cell"
    for name, index in names:
        above = [title for at, _, title in headings(path) if at < index]
        k = name.split(".")[1]
        wanted = rf"Check yourself (?:{int(notebook)}\.)?{k}\b"
        assert above, f"no heading above {name}"
        assert re.match(wanted, above[-1]), f"### Check yourself {k}: … above {name}"


@each_notebook
def test_summary_is_the_last_exercise_cell(path):
    calls = [i for i, s in cells(path, "code") if re.search(r"^summary\(", s, re.MULTILINE)]
    assert len(calls) == 1, "one cell calls summary"
    assert calls[0] > notebooks.exercises(path)[-1][1], "after the last exercise"
    assert load(path).cells[calls[0]].source.strip() == f'summary("{path.stem[:2]}")'


# --- measures


@each_notebook
def test_length_of_code_cells(path):
    lengths = [len(code_lines(source)) for _, source in cells(path, "code")]
    assert min(lengths) > 0, "a code cell is empty"
    assert statistics.median(lengths) <= 6, f"median length {statistics.median(lengths)} lines"
    assert statistics.quantiles(lengths, n=10)[-1] <= 16, "nine of ten cells have at most 16 lines"
    long = [i + 1 for i, source in cells(path, "code") if len(code_lines(source)) > 25]
    assert not long, f"over 25 lines: cells {long}"


@each_notebook
def test_prose_for_every_line_of_code(path):
    lines = sum(len(code_lines(source)) for _, source in cells(path, "code"))
    source = re.sub(r"^```.*?^```", "", whole_text(path), flags=re.DOTALL | re.MULTILINE)
    words = len(re.findall(r"\S*\w\S*", re.sub(r"<[^>]*>", "", source)))
    assert 8 <= words / lines <= 25, f"{words} words, {lines} lines: {words / lines:.1f} a line"


# --- text


@each_notebook
def test_words_that_discourage(path):
    for index, cell in enumerate(load(path).cells):
        for line in cell.source.splitlines():
            found = re.search(notebooks.FORBIDDEN, line, re.IGNORECASE)
            assert not found, f"{found[0]!r} in cell {index + 1}: {line}"


@each_notebook
def test_html_is_details_only(path):
    for index, source in cells(path, "markdown"):
        source = prose(source)
        tags = set(re.findall(r"</?([A-Za-z][\w-]*)(?=[\s/>])[^<>]*>", source))
        assert tags <= {"details", "summary"}, f"cell {index + 1} has {sorted(tags)}"
        assert "<!--" not in source, f"cell {index + 1} has a comment"


@each_notebook
def test_details_have_blank_lines(path):
    """Without them GitHub and JupyterLab show Markdown inside as plain text."""
    for index, source in cells(path, "markdown"):
        source = re.sub(r"^```.*?^```", "code", source, flags=re.DOTALL | re.MULTILINE)
        opened, closed = source.count("<details"), source.count("</details>")
        form = r"^<details><summary>[^<\n]+</summary>\n\n(?:(?!</?details).)*?\n\n</details>$"
        whole = len(re.findall(form, source, re.DOTALL | re.MULTILINE))
        wanted = "<details><summary>…</summary>, blank line, text, blank line, </details>"
        assert opened == closed == whole, f"cell {index + 1}: {wanted}"


@each_notebook
def test_links_lead_somewhere(path):
    for index, source in cells(path, "markdown"):
        source = re.sub(r"^```.*?^```|`[^`\n]+`", "", source, flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"\]\(\s*<?([^)\s>]*)", source):
            if re.match(r"https?://[\w.-]+\.\w+", target):
                continue
            file, _, anchor = target.partition("#")
            assert file or anchor, f"cell {index + 1}: an empty link"
            assert not re.match(r"[\w-]+:|/", file), f"cell {index + 1}: no relative link: {target}"
            assert (path.parent / file).exists(), f"cell {index + 1}: {target} does not exist"
            if file == "" or file == path.name:
                known = [title.replace(" ", "-") for _, _, title in headings(path)]
                assert anchor in ["", *known], f"cell {index + 1}: no heading for #{anchor}"


# --- code


@each_notebook
def test_code_is_plain_python(path):
    for index, source in cells(path, "code"):
        assert not re.search(r"^\s*[%!]", source, re.MULTILINE), f"cell {index + 1}: a magic line"
        tree(source)
        assert not source.rstrip().endswith(";"), f"cell {index + 1}: end with show(…) or _ = …"


@each_notebook
def test_no_slow_widgets(path):
    for index, source in cells(path, "code"):
        found = re.search(r"\binteract(ive|_manual)?\b|\bOutput\(|\bipympl\b", source)
        assert not found, f"cell {index + 1}: {found[0]}; explorers are in shared.explorers"


@each_notebook
def test_tags(path):
    tags = [tag for cell in load(path).cells for tag in cell.metadata.get("tags", [])]
    ignored = tags.count("nbval-ignore-output")
    assert ignored <= 3, f"nbval-ignore-output {ignored} times"
    for tag in tags:
        assert tag == "nbval-ignore-output" or not re.search("nbval|exception", tag), tag
    for index, source in cells(path, "code"):
        found = re.search(r"#\s*(NBVAL_\w+|PYTEST_VALIDATE\w+)", source)
        assert not found, f"cell {index + 1}: {found[0]}: use a tag"


DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
KEPT = re.compile(r"#\s*kept as (shared/[\w/]+\.py)(.*)")


def definitions(syntax):
    """Return the functions and classes of a module or cell by name; methods too."""
    return {node.name: node for node in ast.walk(syntax) if isinstance(node, DEFINITION)}


def bare(node):
    """Return the syntax of a function or class without docstrings, comments and line breaks."""
    node = ast.parse(ast.unparse(node))
    for part in ast.walk(node):
        body = getattr(part, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and len(body) > 1:
                del body[0]
    return ast.dump(node)


@each_notebook
def test_kept_code_equals_the_package(path):
    for index, source in cells(path, "code"):
        if not (mark := KEPT.search(source)):
            continue
        file, remark = mark.groups()
        assert (ROOT / file).is_file(), f"cell {index + 1}: {file} does not exist"
        assert remark.strip() in ("", ", shorter here"), f"cell {index + 1}: {mark[0]}"
        here = [node for node in tree(source).body if isinstance(node, DEFINITION)]
        there = definitions(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if not remark.strip():
            assert here, f"cell {index + 1}: no function that could be kept"
            for node in here:
                assert node.name in there, f"cell {index + 1}: {node.name} is not in {file}"
                same = bare(node) == bare(there[node.name])
                assert same, f"cell {index + 1}: {node.name} differs from {file}"


@each_notebook
def test_what_the_package_has_too_is_marked(path):
    core = [file for file in (ROOT / "shared").glob("*.py") if file.stem != "plotting"]
    homes = {
        node.name: file.name
        for file in core
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, DEFINITION)
    }
    for index, source in cells(path, "code"):
        if notebooks.checked(source) or KEPT.search(source):
            continue
        for node in tree(source).body:
            home = isinstance(node, DEFINITION) and homes.get(node.name)
            assert not home, f"cell {index + 1}: import {node.name}, or say # kept as shared/{home}"


def test_kept_code_is_written_out_in_one_notebook():
    homes = {}
    for path in notebooks.paths():
        for _, source in cells(path, "code"):
            if mark := KEPT.search(source):
                for node in tree(source).body:
                    if isinstance(node, DEFINITION):
                        homes.setdefault((mark[1], node.name), []).append(path.stem)
    twice = {key: where for key, where in homes.items() if len(where) > 1}
    assert not twice, "later notebooks import it"


# --- what is stored


@each_notebook
def test_stored_form(path):
    """Metadata, ids, order of keys, no stderr, no widgets: what refresh_outputs.py writes."""
    assert set(load(path).metadata) == {"kernelspec", "language_info"}, "no other metadata"
    ids = [cell.get("id") for cell in load(path).cells]
    assert len(set(ids)) == len(ids), "ids of cells are unique"
    written = refresh_outputs.stored_form(notebooks.read(path))
    assert written == path.read_bytes(), "run tests/tools/refresh_outputs.py"


@each_notebook
def test_executed_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in load(path).cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1)), "run tests/tools/refresh_outputs.py"
    for index, output in outputs(path):
        if output.output_type == "execute_result":
            assert output.execution_count == load(path).cells[index].execution_count


def calls(source):
    """Return the names of what a cell calls itself, not inside the functions it defines."""
    found, waiting = set(), list(tree(source).body)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, (*DEFINITION, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
            if isinstance(node, ast.Call):
                found |= set(ast.unparse(node.func).split("."))
    return found


@each_notebook
def test_outputs_are_stored(path):
    for index, source in cells(path, "code"):
        cell = load(path).cells[index]
        if calls(source) & {"print", "check", "summary"} and not re.search(r"\bif\b|\btry\b", source):
            assert notebooks.printed(cell), f"cell {index + 1} prints, and nothing is stored"
        if calls(source) & {"show", "explorers"}:
            shown = [output for output in cell.outputs if "image/png" in output.get("data", {})]
            assert shown, f"cell {index + 1} shows something, and no picture is stored"


@each_notebook
def test_kinds_of_output(path):
    allowed = {"text/plain", "text/markdown", "text/latex", "image/png"}
    for index, output in outputs(path):
        assert output.output_type != "error", f"cell {index + 1} failed"
        assert output.get("name") != "stderr", f"cell {index + 1} wrote to stderr"
        strange = set(output.get("data", {})) - allowed
        assert not strange, f"cell {index + 1} stores {sorted(strange)}"


@each_notebook
def test_pictures_have_alt_text(path):
    for index, output in outputs(path):
        if "image/png" in output.get("data", {}):
            plain = output.data.get("text/plain", "")
            alt = output.metadata.get("image/png", {}).get("alt", "")
            assert len(alt.split()) >= 4, f"cell {index + 1}: no sentence in metadata['image/png']"
            assert alt in plain, f"cell {index + 1}: the text form does not hold the alt text"


@each_notebook
def test_pictures_are_sharp_and_no_wider_than_the_page(path):
    for index, output in outputs(path):
        if "image/png" in output.get("data", {}):
            width, height = struct.unpack(">2I", b64decode(output.data["image/png"])[16:24])
            shown = output.metadata["image/png"]
            assert (width, height) == (2 * shown["width"], 2 * shown["height"]), f"cell {index + 1}: two pixels for one"
            assert shown["width"] <= 800, f"cell {index + 1} is wider than a page"
    assert path.stat().st_size < 1_900_000, "photographs do not pack well, all else stays below 1.5 MB"


@each_notebook
def test_nothing_in_outputs_depends_on_time_or_memory(path):
    unit = r"(?:ns|[µμum]s|s|sec|secs|seconds?|min|mins|minutes?|hours?|h|it/s)"
    for index, shown in output_texts(path):
        for line in shown.splitlines():
            verdict = re.search(r"\b(True|False)\b\W*$", line)  # "under 1 s: True" holds everywhere
            time = re.search(rf"\b\d[\d.,]*\s*{unit}\b(?!\s*[=^/])|(?<![\[\d])\d?\d:[0-5]\d\b", line)
            unmasked = re.search(r" is usual\)|\(differs from run to run\)", line)
            assert verdict or unmasked or not time, f"cell {index + 1} stores a time: {line}"
            found = re.search(r"\b0x[0-9a-f]{6,}|\bobject at\b|\bnp\.\w+\(|^<[\w.]+|\w+\(children=", line)
            assert not found, f"cell {index + 1} stores a bare object: {line}"
            found = re.search(r"\d\.\d{12,}", line)
            assert not found, f"cell {index + 1}: fewer digits are the same everywhere: {line}"


def test_file_names():
    for path in notebooks.paths():
        assert path.stem in COURSE, f"{path.name} is no notebook of the course"


@pytest.mark.parametrize("line", ["it is just a number", "Of course,", "an easy one"])
def test_forbidden_words_are_found(line):
    assert re.search(notebooks.FORBIDDEN, line, re.IGNORECASE)
    assert not re.search(notebooks.FORBIDDEN, "adjust; justice; uneasy", re.IGNORECASE)
