"""The tool that runs the notebooks as other processors would."""

import nbformat
import pytest

import notebooks
import processors

CELL = """
import os
print(*(os.environ.get(name) for name in ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES")))
"""


@pytest.mark.parametrize(("threads", "same"), [(2, True), (1, False)])
def test_a_setting_reaches_the_kernel_and_another_line_is_noticed(threads, same, tmp_path, monkeypatch):
    monkeypatch.setattr(processors, "TOP", tmp_path)
    monkeypatch.setattr(processors, "wide", lambda: "")
    output = nbformat.v4.new_output("stream", name="stdout", text="Nehalem 2 \n")
    cell = nbformat.v4.new_code_cell(CELL, execution_count=1, outputs=[output])
    (tmp_path / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "notebooks" / "printing.ipynb")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nbval --nbval-current-env\n")
    assert processors.compare("printing.ipynb", "Nehalem", threads, narrow=True)[0] == same


def test_a_short_run_takes_one_setting_and_leaves_out_the_longest_notebook():
    every = sorted(path.name for path in notebooks.FOLDER.glob("*.ipynb"))
    assert len(processors.settings(short=True)) == 1
    assert processors.chosen(every, [], short=True) == every[:-1]
    assert processors.chosen(every, ["10", "02"], short=True) == [every[1], every[9]]
    with pytest.raises(ValueError, match="expected numbers of notebooks, 01 to 10, got 11"):
        processors.chosen(every, ["11"], short=False)


def test_each_kernel_is_tried_with_one_thread_and_two():
    kernels = processors.kernels()
    assert len(set(kernels)) == len(kernels)
    tried = {(kernel, threads) for _, kernel, threads, narrow in processors.settings(short=False) if not narrow}
    assert tried == {(kernel, threads) for kernel in (kernels.values() or [""]) for threads in (1, 2)}
