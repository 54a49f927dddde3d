"""Run the notebooks as other processors would, and compare every stored output.

    python tests/tools/processors.py [--short] [--jobs N] [NOTEBOOK ...]

NumPy multiplies matrices with OpenBLAS, which has other code for every kind of processor and adds up in another order
with each; NumPy's own loops have other code where the processor has wide registers. Both can be told to behave like an
older processor than the one that is there. Each row of the table is such a setting, each column a notebook; the exit
status is 1 when a printed line differs anywhere.

`--short` takes one setting far from the usual, the oldest kernel on two threads without wide registers, and leaves out
notebook 10. Where OpenBLAS is not what multiplies (macOS), the kernels cannot be chosen, and a line says so.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

import numpy as np

TOP = Path(__file__).resolve().parents[2]
ASKED = ("Haswell", "SkylakeX", "Zen", "Nehalem", "Prescott", "ARMV8", "NEOVERSEN1", "NEOVERSEV1")


def taken(kernel):
    """Return the name of the kernel that OpenBLAS takes when it is asked for one, or None where it takes none."""
    environment = os.environ | {"OPENBLAS_VERBOSE": "2"}
    environment.pop("OPENBLAS_CORETYPE", None)
    if kernel:
        environment["OPENBLAS_CORETYPE"] = kernel
    run = subprocess.run([sys.executable, "-c", "import numpy"], env=environment, capture_output=True, text=True)
    names = re.findall(r"Core: (\S+)", run.stderr)
    return names[-1] if names and "not found" not in run.stderr else None


@cache
def kernels():
    """Return OpenBLAS's kernels that run here, {name: what to ask for}; the processor's own is first, unasked."""
    found = {taken(""): ""}
    for kernel in ASKED:
        found.setdefault(taken(kernel), kernel)  # Zen, say, takes the kernel of Haswell
    return {name: kernel for name, kernel in found.items() if name}


def wide():
    """Return the names of NumPy's loops for wide registers that this processor has, for NPY_DISABLE_CPU_FEATURES."""
    return " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", []))


def compare(notebook, kernel, threads, narrow):
    """Run a notebook under a setting; return whether each output is the stored one, and what pytest printed."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": str(threads)}
    environment.pop("OPENBLAS_CORETYPE", None)
    environment.pop("PYTEST_ADDOPTS", None)
    if kernel:
        environment["OPENBLAS_CORETYPE"] = kernel
    if narrow:
        environment["NPY_DISABLE_CPU_FEATURES"] = wide()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"notebooks/{notebook}"]
    run = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return run.returncode == 0, run.stdout + run.stderr


def settings(short):
    """Return the settings to try: (the row's label, kernel, threads, without wide registers)."""
    found = kernels() or {"no OpenBLAS": ""}
    if short:
        name, kernel = list(found.items())[-1]
        return [(f"{name}, 2 threads, narrow", kernel, 2, True)]
    rows = []
    for name, kernel in found.items():
        own = "" if kernel else " (its own)"
        rows += [(f"{name}{own}, 1 thread", kernel, 1, False), (f"{name}{own}, 2 threads", kernel, 2, False)]
    return [*rows, ("its own, 1 thread, narrow", "", 1, True)]


def chosen(every, numbers, short):
    """Return the notebooks with these numbers; without any, all of them, but for a short run without the last."""
    unknown = [number for number in numbers if not any(name.startswith(f"{number}_") for name in every)]
    if unknown:
        raise ValueError(f"expected numbers of notebooks, 01 to {every[-1][:2]}, got {' '.join(unknown)}")
    if not numbers:
        return every[:-1] if short else every
    return [name for name in every if name[:2] in numbers]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="one setting, without notebook 10")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="notebooks at a time (1)")
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="the number of a notebook, 03 say; else all")
    options = parser.parse_args(arguments)
    try:
        names = chosen(
            sorted(path.name for path in (TOP / "notebooks").glob("*.ipynb")), options.notebooks, options.short
        )
    except ValueError as told:
        parser.error(str(told))
    if not kernels():
        print("NumPy here multiplies without OpenBLAS: its kernels cannot be chosen.")
    results = {}
    print(f"{'':34}" + "".join(f"{name[:2]:>6}" for name in names))
    for label, kernel, threads, narrow in settings(options.short):
        print(f"{label:34}", end="", flush=True)
        run = partial(compare, kernel=kernel, threads=threads, narrow=narrow)
        with ThreadPoolExecutor(options.jobs) as pool:
            for name, (same, printed) in zip(names, pool.map(run, names), strict=True):
                results[label, name] = same, printed
                print(f"{'same' if same else 'OTHER':>6}", end="", flush=True)
        print()
    failures = {key: printed for key, (same, printed) in results.items() if not same}
    for (label, name), printed in failures.items():
        print(f"\n{name} with {label}:\n{printed}")
    print(f"{len(results) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
