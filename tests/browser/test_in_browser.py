"""Every notebook in a real browser: all cells run, every control of every explorer does what it should.

The tests of one notebook share a page and come in this order; `driver` says how they press, draw and look.
"""

from driver import CALL, photograph

# Controls after which the picture may stay as it is, with the reason.
NO_NEW_PICTURE = {
    "Steps per picture": "the pace of training, not what is trained",
}
# Pictures and words: what a button or a field changes may be a text.
WORDS_COUNT = "button", "text"
THREE = [
    (0.3, 0.2),
    (0.5, 0.15),
    (0.65, 0.25),
    (0.6, 0.4),
    (0.45, 0.48),
    (0.65, 0.55),
    (0.7, 0.7),
    (0.55, 0.82),
    (0.3, 0.78),
]
ONE = [(0.52, 0.15), (0.5, 0.5), (0.48, 0.85)]


def explorers(book, pad=False, trains=None):
    """Return the explorers of a notebook: those that train, or do not, or all; or the drawing pads."""
    found = [one for one in book.explorers() if one.is_pad() == pad]
    return [one for one in found if trains is None or one.trains() == trains]


def first_code_cell(book):
    return book.sources()[0][0]


def train_a_little(explorer):
    """Start training, let the picture move, and pause; a new training if the last one has come to its end."""
    explorer.click("Start")
    explorer.wait_moving(times=3)
    if not explorer.status().startswith("Stopped."):
        explorer.click("Pause")


def states(explorer, control, complaints, then_step=False):
    """Return what the explorer shows in each setting of a control, and complain of what went wrong."""
    shown, stood = [], {}
    for setting in explorer.settings(control):
        if then_step:  # what acts from the next step on
            explorer.click("Reset")
            explorer.click("Step")
        if "went wrong" in explorer.status():
            complaints.append(f"{explorer.name}, {control.label} at {setting}: {explorer.status()}")
        if control.kind == "slider":
            stood[setting] = explorer.slider(control)
        shown.append((explorer.picture(), explorer.words() if control.kind in WORDS_COUNT else ""))
    if stood and not then_step:
        (lowest, at_home, _), (_, at_end, highest) = stood["Home"], stood["End"]
        if at_home != lowest or not (at_end > lowest or lowest == highest):
            complaints.append(f"{explorer.name}, {control.label}: from {at_home} to {at_end} in {lowest} to {highest}")
    return shown


def changes(explorer, control, complaints):
    """Return whether a control's settings change the picture, at once or in the next step of training."""
    before = explorer.picture(), explorer.words() if control.kind in WORDS_COUNT else ""
    shown = states(explorer, control, complaints)
    if control.label in NO_NEW_PICTURE or len({before, *shown}) > 1:
        return True
    return explorer.trains() and len(set(states(explorer, control, complaints, then_step=True))) > 1


def try_controls(explorer):
    """Operate every control; return what went wrong, as sentences."""
    complaints, waiting = [], explorer.controls()
    # A way back has nowhere to go until another control has led away, so there is a second round; and where the
    # others stand at their ends there may be nothing left to see, so there is a third, from the beginning.
    for again in range(3):
        if again == 2 and waiting:
            explorer.run_again()
        idle = []
        for control in waiting:
            if explorer.trains() and not explorer.status().startswith("Paused."):
                train_a_little(explorer)  # so that there is a past to go back into
            if not changes(explorer, control, complaints):
                idle.append(control)
        waiting = idle
    return complaints + [f"{explorer.name}: {control.label!r} never changes the picture" for control in waiting]


def test_all_cells_run_and_every_explorer_is_there(book):
    assert book.errors() == []
    calls = [call for _, source in book.sources() for call in CALL.findall(source)]
    assert len(book.explorers()) == len(calls)
    for explorer in explorers(book):
        assert explorer.status(), explorer.name
        image = explorer.here.locator("img").first
        image.scroll_into_view_if_needed()
        assert image.get_attribute("alt").endswith(explorer.status().split(". ", 1)[-1]), explorer.name
        assert image.bounding_box()["width"] > 200, explorer.name
        assert image.evaluate("img => img.naturalWidth") > 200, explorer.name


def test_no_explorer_scrolls_by_itself(book):
    """Neither it nor the output area that it stands in has a scroll bar of its own, which would catch the wheel."""
    inside = """explorer => {
        const boxes = [explorer];
        for (let one = explorer; !one.matches(".jp-OutputArea"); ) boxes.push(one = one.parentElement);
        return boxes.filter(box => box.scrollHeight > box.clientHeight && box.clientHeight > 0)
            .map(box => `${box.className}: ${box.scrollHeight} > ${box.clientHeight}`);
    }"""
    assert [(one.name, one.here.evaluate(inside)) for one in explorers(book)] == [
        (one.name, []) for one in explorers(book)
    ]


def test_every_control_changes_the_picture(book):
    complaints = [sentence for explorer in explorers(book) for sentence in try_controls(explorer)]
    assert not complaints, "\n".join(complaints)


def test_training_starts_pauses_steps_resets_and_lets_other_cells_run(book):
    for explorer in explorers(book, trains=True):
        explorer.run_again()
        (speed,) = (one for one in explorer.controls("choice") if one.label == "Steps per picture")
        explorer.handle(speed).select_option(label="1")
        assert explorer.status().startswith("Ready."), explorer.name
        explorer.here.get_by_role("button", name="Start", exact=True).press("Enter")
        explorer.wait_status("Running.")
        explorer.wait_moving()
        book.run_cell(first_code_cell(book), seconds=20)
        explorer.wait_moving()
        assert explorer.status().startswith("Running."), explorer.name
        explorer.click("Pause")
        explorer.wait_status("Paused.")
        paused = explorer.picture()
        book.page.wait_for_timeout(300)
        assert explorer.picture() == paused, f"{explorer.name} moves on while it is paused"
        explorer.click("Step")
        assert explorer.status().startswith("Paused."), explorer.name
        stepped = explorer.picture()
        assert stepped != paused, explorer.name
        explorer.click("Reset")
        assert explorer.status().startswith("Ready."), explorer.name
        assert explorer.picture() != stepped, explorer.name


def test_the_drawing_pad_recognises_a_digit(book):
    pads = explorers(book, pad=True)
    assert len(pads) == sum("explorers.drawing_pad(" in source for _, source in book.sources())
    for pad in pads:
        message = pad.here.locator(".message")
        for strokes, digit in ((THREE, 3), (ONE, 1)):
            pad.draw([strokes])
            assert f"Most probably a {digit}" in message.text_content()
            pad.click("Predict")
            assert f"Most probably a {digit}" in message.text_content()
            pad.click("Clear")
            assert "The pad is empty" in message.text_content()
        paper = pad.here.locator("canvas.course-pad")
        for key in ("Space", *["ArrowDown"] * 8, "Escape"):
            paper.press(key)
        book.settle()
        assert "Most probably" in message.text_content()
        paper.press("Delete")
        book.settle()
        assert "The pad is empty" in message.text_content()


FAULTS = {  # what a learner may choose by mistake, and what is said of it
    "diary.png": (b"Dear diary, today I photographed", "is no PNG or JPEG picture"),
    "half.jpg": (photograph(1)[:9000], "only a part of it has arrived"),
    "large.png": (bytes(21_000_000), "is no PNG or JPEG picture"),  # Jupyter takes no 10 MB at once
}


def test_a_photograph_is_chosen_and_read(book):
    """By keyboard alone, as with the mouse; what is wrong with a file is said, and the next one works."""
    readers = [one for one in explorers(book) if one.controls("file")]
    assert len(readers) == sum("explorers.read_photograph(" in source for _, source in book.sources())
    for reader in readers:
        reader.run_again()
        (button,) = reader.controls("file")
        assert button.label == "Choose a picture of digits"
        assert reader.status().startswith("The sample: 8 digits found, read as 3 1 4 1 5 9 2 6.")
        reader.tab_to(button)
        for name, key in (("mine.jpg", "Enter"), ("mine too.jpg", None), ("another.jpg", "Space")):
            before = reader.picture()
            reader.upload(button, name, photograph(len(name)), key)
            assert reader.picture() != before
            found, _, said = reader.status().partition(" found, read as ")
            assert found == f"{name}: 8 digits"
            assert sum(map(str.__eq__, said[:15].split(), "31415926")) >= 7
            image = reader.here.locator("img").first
            assert image.get_attribute("alt").endswith(reader.status())
            assert reader.spoken() == reader.status()
        for name, (content, words) in FAULTS.items():
            before = reader.picture()
            reader.upload(button, name, content)
            assert words in reader.status()
            assert reader.spoken() == reader.status()
            assert (reader.picture() == before) == (name != "diary.png")  # nothing is left to show
        reader.upload(button, "good.jpg", photograph(2))
        assert reader.status().startswith("good.jpg: 8 digits found")


def test_no_barriers_to_accessibility(book):
    # Sliders get their names a moment after they are there.
    book.wait("[...document.querySelectorAll('.course-explorer .noUi-handle')].every(slider => slider.ariaLabel)", 10)
    cells = sorted({explorer.index for explorer in book.explorers()})
    assert [f"cell {index + 1}: {found}" for index in cells for found in book.axe(index)] == []


def test_nothing_was_left_on_the_console(book):
    """Comes last: what the tests before it caused."""
    assert book.problems == []
