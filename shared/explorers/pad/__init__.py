"""The drawing pad of notebook 10: the widget in Python, and its face in the page."""
