"""What Jupyter knows of us: which cell runs, who asks, and the loop on which all of it happens."""

import asyncio
import threading

from IPython import get_ipython

# JupyterLab has widget messages dealt with in a thread of their own, or now and then in the main one, where cells
# and training run. Whoever touches an explorer holds this lock.
LOCK = threading.RLock()


def this_cell():
    """Return the identifiers of the cell that runs and of this run of it, or (None, None)."""
    try:
        parent = get_ipython().get_parent()
        return parent["metadata"]["cellId"], parent["header"]["msg_id"]
    except (AttributeError, KeyError, TypeError):  # other kernels know less
        return None, None


def asked_by_the_page():
    """Return whether what runs now is the answer to a widget in the page, not a cell."""
    try:
        return get_ipython().get_parent()["header"]["msg_type"] == "comm_msg"  # a widget's message
    except (AttributeError, KeyError, TypeError):  # other kernels know less
        return False


def running_loop():
    """Return the loop that runs in this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
