"""How many digits of made photographs are found and read right, setting by setting.

    python tests/benchmarks/photographs.py [--pages N] [--seeds N] [--json FILE]

Each page shows five of MNIST's test digits (tests/helpers/handwriting.py), and is stored as JPEG. What `Photograph`
finds is read by networks trained as in notebook 10 (recipe "n" of accuracy.py), one per seed. Prints a Markdown table.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import accuracy
from handwriting import SETTINGS, read_pages
from shared.datasets import load_mnist


def measure(networks, pages):
    """Return for each setting how its pages were read: a list of dictionaries."""
    images, labels = load_mnist("test")
    settings = {"the images themselves, no page": dict(alone=True)} | SETTINGS
    return [
        dict(setting=name, **read_pages(networks, images, labels, pages, **setting))
        for name, setting in settings.items()
    ]


def table(results):
    """Return the results as a Markdown table."""
    lines = ["| the page | rows found | digits read right | rows without a mistake | what the others get |"]
    lines.append("|---|---|---|---|---|")
    for result in results:
        share = result["right"] / (result["pages"] * result["digits"])
        found, whole = (f"{result[name]:.4g} of {result['pages']}" for name in ("found", "whole"))
        lines.append(f"| {result['setting']} | {found} | {share:.1%} | {whole} | {failures(result)} |")
    return "\n".join(lines).replace("%", " %")


def failures(result):
    """Return what became of the pages that were not found: the sentence that most of them got, and the wrong ones."""
    parts = []
    for sentence, count in sorted(result["refused"].items(), key=lambda pair: -pair[1])[:1]:
        parts.append(f"“{sentence}” ({count})")
    others = sum(sorted(result["refused"].values())[:-1])
    if others:
        parts.append(f"other sentences ({others})")
    if result["wrong"]:
        parts.append(f"a wrong number of digits, without a sentence ({result['wrong']})")
    return "; ".join(parts)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages", type=int, default=40, metavar="N", help="pages for each setting (40)")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="networks, seeds 0 to N - 1 (5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to FILE too")
    options = parser.parse_args(arguments)
    if options.pages < 1 or options.seeds < 1:
        parser.error("--pages and --seeds must be 1 or more")
    data = accuracy.prepare("train+validation")
    networks = [accuracy.learn(accuracy.RECIPES["n"], *data, seed)[0] for seed in range(options.seeds)]
    results = measure(networks, options.pages)
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps(dict(seeds=options.seeds, results=results), indent=1) + "\n")


if __name__ == "__main__":
    main()
