"""Trainings in pictures, drawn by the explorers themselves: a file of pictures for each, and what is said of each.

python .github/site/frames.py FOLDER    draw them; the player in book.js shows them
"""

import json
import sys
from html import escape
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "site"
COUNT = 30  # pictures


def descent():
    """The explorer of section 4.4, as its cell makes it."""
    from shared import datasets, explorers

    return explorers.descent(*datasets.line_data(), learning_rate=0.36, start=(0, 0)), range(COUNT)


def sine_fit():
    """The explorer of section 8.7."""
    import numpy as np

    from shared import explorers

    steps = np.unique(np.geomspace(1, 20_000, COUNT - 1).astype(int))
    return explorers.sine_fit(), [0, *steps]


# (notebook, the number of the explorer in it): what it is called, and who makes it
TRAININGS = {
    ("04_gradient_descent", 1): ("The descent in motion", descent),
    ("08_implementation", 1): ("The training in motion", sine_fit),
}


def draw(folder):
    """Write the strips, and what is known of them, below a folder."""
    from PIL import Image

    (folder / "static" / "motion").mkdir(parents=True, exist_ok=True)
    (folder / "motion").mkdir(exist_ok=True)
    for (notebook, number), (name, begin) in TRAININGS.items():
        explorer, steps = begin()
        pictures, captions = [], []
        for k in steps:
            while explorer.steps < k:
                explorer.state = explorer.one_step(explorer.state, **explorer.values)
                explorer.steps += 1
            explorer.refresh()
            pictures.append(Image.open(BytesIO(explorer.png)).convert("RGB"))
            captions.append(explorer.status.split(". ", 1)[1])
        width, height = pictures[0].size
        strip = Image.new("RGB", (width, height * len(pictures)))
        for k, picture in enumerate(pictures):
            strip.paste(picture, (0, k * height))
        file = f"{notebook}-{number}"
        strip.save(folder / "static" / "motion" / f"{file}.webp", lossless=True, method=6)
        about = {"file": f"{file}.webp", "name": name, "width": width, "height": height, "captions": captions}
        (folder / "motion" / f"{file}.json").write_text(json.dumps(about), encoding="utf-8")
        explorer.close()


def find(notebook, number):
    """Return what is known of a training in pictures, or None."""
    path = WORK / "motion" / f"{notebook}-{number}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def player(about):
    """Return the place on a page of notebooks where book.js builds the player."""
    data = {
        "strip": f"../_static/motion/{about['file']}",
        "name": about["name"],
        "width": about["width"],
        "height": about["height"],
        "captions": json.dumps(about["captions"], ensure_ascii=False),
    }
    attributes = " ".join(f'data-{name}="{escape(str(value))}"' for name, value in data.items())
    return f'<div class="course-player" {attributes}></div>'


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    draw(Path(sys.argv[1]))
