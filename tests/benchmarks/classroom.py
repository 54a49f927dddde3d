"""What a class needs of a computer: memory and processor time of each notebook, what an explorer costs, threads.

    python tests/benchmarks/classroom.py [--quick] [--only notebooks,together,threads] [--json FILE]

A Jupyter server is started, and a script talks to it as a page does, by the protocol that JupyterLab uses.

notebooks  The memory of a kernel at the peak and after all cells have run, while two other kernels hold the same
           packages, and the processor time of the cells. Then the first slider of each explorer is dragged to and fro,
           and its training is started: processor time of the kernel and of the server, and bytes, for each picture.
together   An explorer that trains, in one kernel, in two and in four at the same time.
threads    A step of notebook 10's training with one thread, two and eight, on two cores, for one learner and for four
           at the same time; all of it compared with one thread alone, in the same round.

From these few kernels the tables reckon for thirty learners. Memory and bytes are nearly the same wherever the script
runs. Processor time is that of one kind of computer; it counts the time that a process has a core and not the time it
waits for one, so that other work disturbs it little. Linux only: memory is read from /proc.
"""

import argparse
import itertools
import json
import os
import platform
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import websocket
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1

ROOT = Path(__file__).resolve().parents[2]
PNG_END = b"IEND\xae\x42\x60\x82"  # what follows are the zeros of padding
SEGMENT = 66_000  # the length to which a picture is padded where page and kernel are on one computer
SECONDS = 2  # for which an explorer is dragged, or trains
DENSE = "dragged on a dense screen"  # which gets pictures with twice the pixels each way
PER_SECOND = 60  # movements of a slider that a page notices
NEIGHBOURS = 2  # kernels that hold the same packages while one is measured
AT_ONCE = (1, 2, 4)  # kernels in which an explorer trains
THREADS = (1, 2, 8)
LEARNERS_TRAINING = (1, 4)
ROUNDS = 3
MEGABYTE = 1e6


# --- a server, and a page that talks to it


class Server:
    """A Jupyter server of its own, whose folder is the course's."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.token = secrets.token_hex()
        self.address = f"127.0.0.1:{port}"
        environment = os.environ | {"COURSE_PROGRESS": "off", "TQDM_DISABLE": "1", "OPENBLAS_NUM_THREADS": "1"}
        environment |= dict.fromkeys(("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"), folder)
        environment.pop("MPLBACKEND", None)
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
        command += [f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={ROOT}"]
        self.process = psutil.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(self, method, path, content=None):
        """Return the answer of the server's REST interface."""
        request = urllib.request.Request(
            f"http://{self.address}/api/{path}",
            data=json.dumps(content).encode() if content else None,
            headers={"Authorization": f"token {self.token}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def wait(self):
        """Return when the server answers."""
        for _ in range(600):
            try:
                return self.ask("GET", "status")
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the server does not answer")


@contextmanager
def server():
    """Give a server; it ends with the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        it = Server(folder)
        try:
            it.wait()
            yield it
        finally:
            it.process.terminate()
            it.process.wait(20)


class Page:
    """What a browser's page does for a notebook: run cells, move controls, receive pictures."""

    def __init__(self, server, notebook, alone=True):
        self.server = server
        before = {process.pid for process in server.process.children(recursive=True)}
        # Pages with the same path share a kernel: who wants one of its own needs a path of its own.
        path = notebook if alone else f"{notebook}-{secrets.token_hex(4)}"
        content = dict(path=path, name=notebook, type="notebook", kernel=dict(name="python3"))
        self.session = server.ask("POST", "sessions", content)
        started = [p for p in server.process.children(recursive=True) if p.pid not in before]
        (self.kernel,) = [p for p in started if "ipykernel" in " ".join(p.cmdline())]
        self.messages = Session(key=b"")
        self.socket = websocket.create_connection(
            f"ws://{server.address}/api/kernels/{self.session['kernel']['id']}/channels?token={server.token}",
            subprotocols=["v1.kernel.websocket.jupyter.org"],
            timeout=600,
        )
        self.models = {}  # id -> state, of the widgets that the page has heard of
        self.pictures = []  # bytes of each picture without padding, since last emptied
        self.others = 0  # bytes of all else that came, likewise

    def close(self):
        self.socket.close()
        self.server.ask("DELETE", f"sessions/{self.session['id']}")

    def send(self, kind, content):
        """Send a message to the kernel; return its identifier."""
        message = self.messages.msg(kind, content)
        parts = [self.messages.pack(message[key]) for key in ("header", "parent_header", "metadata", "content")]
        self.socket.send_binary(serialize_msg_to_ws_v1(parts, "shell"))
        return message["header"]["msg_id"]

    def receive(self):
        """Return the kind, the parent's identifier and the content of the next message."""
        data = self.socket.recv()
        _, parts = deserialize_msg_from_ws_v1(data)
        header, parent, _, content = (json.loads(bytes(part)) for part in parts[:4])
        kind = header["msg_type"]
        self.others += len(data)
        if kind == "comm_open":
            self.models[content["comm_id"]] = content["data"].get("state", {})
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            self.models.setdefault(content["comm_id"], {}).update(content["data"]["state"])
            if ["png"] in content["data"].get("buffer_paths", []):
                png = bytes(parts[4])
                self.pictures.append(png.index(PNG_END) + len(PNG_END))
                self.others -= len(png)
        return kind, parent.get("msg_id"), content

    def settle(self, asked):
        """Receive until the kernel has dealt with a message."""
        while True:
            kind, parent, content = self.receive()
            if kind == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            if kind == "status" and parent == asked and content["execution_state"] == "idle":
                return

    def run(self, code):
        """Run a cell; return the identifiers of the widgets that it made."""
        before = set(self.models)
        self.settle(self.send("execute_request", dict(code=code, silent=False, store_history=True)))
        return [name for name in self.models if name not in before]

    def set(self, model, **state):
        """Change a widget as the page does; return the message's identifier."""
        self.models[model].update(state)
        data = dict(method="update", state=state, buffer_paths=[])
        return self.send("comm_msg", dict(comm_id=model, data=data))

    def press(self, model):
        """Press a button."""
        data = dict(method="custom", content=dict(event="click"))
        self.settle(self.send("comm_msg", dict(comm_id=model, data=data)))


def memory(process):
    """Return megabytes of a process: at the peak, now, its fair share of that, and what it shares with no other."""
    with open(f"/proc/{process.pid}/status") as file:
        status = file.read()
    with open(f"/proc/{process.pid}/smaps_rollup") as file:
        own = file.read()
    kilobytes = dict(re.findall(r"^(\w+):\s+(\d+) kB", status + own, re.MULTILINE))
    private = int(kilobytes["Private_Clean"]) + int(kilobytes["Private_Dirty"])
    return dict(
        peak=round(int(kilobytes["VmHWM"]) * 1024 / MEGABYTE),
        now=round(int(kilobytes["VmRSS"]) * 1024 / MEGABYTE),
        share=round(int(kilobytes["Pss"]) * 1024 / MEGABYTE),
        own=round(private * 1024 / MEGABYTE),
    )


def cpu(process):
    """Return the seconds for which a process has had a core."""
    times = process.cpu_times()
    return times.user + times.system


# --- notebooks and their explorers


def notebook(server, path):
    """Return the memory and the processor time of a notebook's run, and what its explorers cost."""
    page = Page(server, str(path.relative_to(ROOT)))
    try:
        page.run("pass")
        found = dict(notebook=path.stem, bare=memory(page.kernel))
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        started, explorers = cpu(page.kernel), []
        for source in cells:
            widgets = page.run(source)
            if match := re.search(r"\bexplorers\.(\w+)\(", source):
                explorers.append((match[1], widgets))
        found |= memory(page.kernel) | dict(cpu=round(cpu(page.kernel) - started, 1))
        costs = [
            dict(notebook=path.stem) | cost for name, widgets in explorers for cost in operate(page, name, widgets)
        ]
        found["after explorers"] = memory(page.kernel)
        return found, costs
    finally:
        page.close()


def operate(page, name, widgets):
    """Yield what it costs to drag an explorer's first slider, and to let it train if it can."""
    kinds = {model: page.models[model].get("_model_name", "") for model in widgets}
    sliders = [model for model in widgets if kinds[model].endswith("SliderModel")]
    buttons = [model for model in widgets if kinds[model] == "ButtonModel"]
    start = [model for model in buttons if page.models[model]["description"] == "Start"]
    if sliders:
        yield measure(page, name, "dragged", lambda until: drag(page, sliders[0], until))
        picture = next(model for model in widgets if "density" in page.models[model])
        page.settle(page.set(picture, density=2))
        yield measure(page, name, DENSE, lambda until: drag(page, sliders[0], until))
        page.settle(page.set(picture, density=1))
    if start:
        yield measure(page, name, "training", lambda until: train(page, start[0], until))
        (speed,) = [model for model in widgets if page.models[model].get("description") == "Steps per picture"]
        fastest = len(page.models[speed]["_options_labels"]) - 1
        page.settle(page.set(speed, index=fastest))
        yield measure(page, name, "training at the highest speed", lambda until: train(page, start[0], until))


def measure(page, name, how, act):
    """Return what an explorer costs while `act` goes on until a moment that it is given."""
    page.pictures.clear()
    page.others = 0
    kernel, desk, began = cpu(page.kernel), cpu(page.server.process), time.perf_counter()
    act(began + SECONDS)
    seconds = time.perf_counter() - began
    pictures = len(page.pictures)
    if not pictures:
        raise RuntimeError(f"{name}, {how}: no picture came")
    result = dict(
        explorer=name,
        how=how,
        per_second=round(pictures / seconds, 1),
        kernel_ms=round(1e3 * (cpu(page.kernel) - kernel) / pictures, 1),
        server_ms=round(1e3 * (cpu(page.server.process) - desk) / pictures, 1),
        png=round(statistics.mean(page.pictures)),
        padded=round(statistics.mean(max(SEGMENT, size) for size in page.pictures)),
        others=round(page.others / pictures),
    )
    print(result, flush=True)
    return result


def drag(page, slider, until):
    """Move a slider to and fro, once in a sixtieth of a second, but not before the kernel knows the last place."""
    state = page.models[slider]
    values = places(state)
    there_and_back = itertools.cycle([*values, *values[-2:0:-1]])
    at, next_move = values.index(min(values, key=lambda value: distance(value, state))), 0
    for _ in range(at + 1):
        next(there_and_back)
    while (now := time.perf_counter()) < until:
        time.sleep(max(0, next_move - now))
        next_move = max(now, next_move) + 1 / PER_SECOND
        field = "index" if "index" in state else "value"
        page.settle(page.set(slider, **{field: next(there_and_back)}))
    page.run("pass")


def places(state):
    """Return the values of a slider, in order."""
    if "index" in state:
        return list(range(len(state["_options_labels"])))
    count = round((state["max"] - state["min"]) / state["step"])
    values = [state["min"] + k * state["step"] for k in range(count + 1)]
    return [state["base"] ** value for value in values] if "base" in state else values


def distance(value, state):
    return abs(value - state["index" if "index" in state else "value"])


def train(page, button, until):
    """Let an explorer train."""
    page.press(button)
    page.socket.settimeout(1)
    try:
        while time.perf_counter() < until:
            try:
                page.receive()
            except websocket.WebSocketTimeoutException:  # it has stopped by itself
                break
    finally:
        page.socket.settimeout(600)
    if page.models[button]["description"] == "Pause":
        page.press(button)
    page.run("pass")


# --- several learners at once


def together(server):
    """Return what becomes of an explorer's training when several learners let it run at the same time."""
    pages = [Page(server, "notebooks/08_implementation.ipynb", alone=False) for _ in range(max(AT_ONCE))]
    try:
        starts = []
        for page in pages:
            page.run("import sys; sys.path.insert(0, '..')")
            widgets = page.run("from shared import explorers; explorers.playground()")
            starts += [name for name in widgets if page.models[name].get("description") == "Start"]
        results = []
        for count in AT_ONCE:
            chosen = list(zip(pages, starts, strict=True))[:count]
            for page, _ in chosen:
                page.pictures.clear()
            used, began = sum(cpu(page.kernel) for page, _ in chosen), time.perf_counter()
            with ThreadPoolExecutor(count) as learners:
                list(learners.map(lambda one, until=began + SECONDS: train(*one, until), chosen))
            seconds = time.perf_counter() - began
            pictures = sum(len(page.pictures) for page, _ in chosen)
            used = sum(cpu(page.kernel) for page, _ in chosen) - used
            results.append(
                dict(
                    learners=count,
                    per_second=round(pictures / count / seconds, 1),
                    kernel_ms=round(1e3 * used / pictures, 1),
                )
            )
            print(results[-1], flush=True)
        return results
    finally:
        for page in pages:
            page.close()


# --- threads

TRAINING = """
import resource, sys, time
import numpy as np
import threadpoolctl

threadpoolctl.threadpool_limits(int(sys.argv[1]))
from shared.activations import relu, softmax
from shared.losses import softmax_cross_entropy
from shared.network import Network
from shared.optimizers import Momentum
from shared.training import train

def used():
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime

rng = np.random.default_rng(0)
X = np.asfortranarray(rng.random((784, 1280), dtype=np.float32))
Y = np.eye(10, dtype=np.float32)[:, rng.integers(10, size=1280)]
network = Network([784, 300, 10], [relu, softmax], rng=rng, dtype=np.float32)
optimizer = Momentum(0.1, nesterov=True)

def ten_steps():
    train(network, X, Y, softmax_cross_entropy, optimizer, batch_size=128, epochs=1, rng=rng, progress=False)

ten_steps()
print("ready", flush=True)
input()
steps, before, start = 0, used(), time.perf_counter()
while time.perf_counter() - start < float(sys.argv[2]):
    ten_steps()
    steps += 10
print(1e3 * (time.perf_counter() - start) / steps, 1e3 * (used() - before) / steps)
"""


def steps(threads, learners):
    """Return milliseconds, by the clock and of processor time, of a step when some learners train at the same time."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    environment.pop("OPENBLAS_NUM_THREADS", None)
    command = [sys.executable, "-c", TRAINING, str(threads), str(SECONDS)]
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    running = [subprocess.Popen(command, env=environment, **pipes) for _ in range(learners)]
    try:
        for each in running:
            each.stdout.readline()
        for each in running:
            each.stdin.write("go\n")
            each.stdin.flush()
        found = [list(map(float, each.communicate(timeout=600)[0].split())) for each in running]
    finally:
        for each in running:
            each.kill()
            each.wait()
    return [statistics.mean(times) for times in zip(*found, strict=True)]


def threads():
    """Return how often as long as with one thread, alone, a step of notebook 10's training takes otherwise."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:2])
    rounds = []
    try:
        for _ in range(ROUNDS):
            rounds.append({case: steps(*case) for case in itertools.product(THREADS, LEARNERS_TRAINING)})
    finally:
        os.sched_setaffinity(0, cores)
    results = []
    for case in rounds[0]:
        ratios = [[a / b for a, b in zip(each[case], each[1, 1], strict=True)] for each in rounds]
        time_, cpu_ = (round(statistics.median(values), 2) for values in zip(*ratios, strict=True))
        results.append(dict(threads=case[0], learners=case[1], time=time_, cpu=cpu_))
        print(results[-1], flush=True)
    return results


# --- the tables of .github/TEACHING.md

LEARNERS = 30
RATE = 25  # pictures a second, the most that an explorer sends while it trains


def table(*rows):
    """Return the lines of a Markdown table; the first row is its head."""
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    return [lines[0], "|---" * len(rows[0]) + "|", *lines[1:]]


def notebooks_table(found):
    """Return a table: memory and processor time of each notebook."""
    rows = [("Notebook", "Memory at the peak", "afterwards", "its own part of that", "Processor time")]
    for run in found["notebooks"]:
        megabytes = [f"{run[field]} MB" for field in ("peak", "now", "own")]
        rows.append((title(run["notebook"]), *megabytes, f"{run['cpu']:.0f} s"))
    return table(*rows)


def title(stem):
    """Return "5 Back-propagation, the derivation", from the notebook's first line."""
    first = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4).cells[0].source.splitlines()[0]
    return first.removeprefix("# ").replace(" · ", " ")


def longest(found):
    """Return the run of the notebook that takes most processor time."""
    return max(found["notebooks"], key=lambda run: run["cpu"])


def learners_table(found):
    """Return a table: what one learner needs, and what all of them need at the same time.

    What kernels share, the code of NumPy and its like, is in memory once for all of them.
    """
    desk, bare = found["server"], found["notebooks"][0]["bare"]
    by_peak = sorted(found["notebooks"], key=lambda run: run["peak"])
    middle, largest = by_peak[len(by_peak) // 2], by_peak[-1]
    rows = [("", "One learner", f"{LEARNERS} learners")]
    for what, now, run in (
        ("a server and a kernel in which nothing has run", bare["now"], bare),
        (f"the same after notebook {int(middle['notebook'][:2])}, the median of the notebooks", middle["now"], middle),
        (f"the same in notebook {int(largest['notebook'][:2])} at its peak", largest["peak"], largest),
    ):
        common = run["now"] - run["own"] + desk["now"] - desk["own"]
        one = desk["now"] + now
        everybody = common + LEARNERS * (one - common)
        rows.append((what, f"{one:,} MB", f"{everybody / 1000:.1f} GB"))
    seconds = longest(found)["cpu"]
    what = f"notebook {int(longest(found)['notebook'][:2])} from top to bottom, on one core"
    rows.append((what, f"{seconds:.0f} s", f"{LEARNERS * seconds / 60:.0f} min"))
    return table(*rows)


def explorers_table(found):
    """Return a table: what explorers cost while they are dragged and while they train, in the middle and at most."""
    head = ("Explorers", "Processor time a picture", f"One core, at {RATE} a second", "Bytes a picture", "padded")
    rows = [(*head, f"MB a second, at {RATE}", "padded")]
    for how in ("dragged", DENSE, "training", "training at the highest speed"):
        costs = [cost for cost in found["explorers"] if cost["how"] == how]
        if not costs:
            continue
        ms = [cost["kernel_ms"] + cost["server_ms"] for cost in costs]
        sizes = [[cost[size] + cost["others"] for cost in costs] for size in ("png", "padded")]
        middle = (f"{how}, the median of {len(costs)}", statistics.median)
        for what, take in (middle, (f"{how}, the most", max)) if len(costs) > 1 else ((f"{how}, one of them", max),):
            kilobytes = [f"{take(each) / 1e3:.0f} kB" for each in sizes]
            flow = [f"{RATE * take(each) / 1e6:.1f}" for each in sizes]
            rows.append((what, f"{take(ms):.0f} ms", f"{RATE * take(ms) / 1e3:.0%}", *kilobytes, *flow))
    return table(*rows)


def dragged_by_all(found):
    """Return how many cores all learners together keep busy while they drag a slider, and the megabytes a second."""
    costs = [cost for cost in found["explorers"] if cost["how"] == "dragged"]
    ms = statistics.median(cost["kernel_ms"] + cost["server_ms"] for cost in costs)
    size = statistics.median(cost["png"] + cost["others"] for cost in costs)
    return round(LEARNERS * RATE * ms / 1e3), round(LEARNERS * RATE * size / 1e6)


def together_table(found):
    """Return a table: a training explorer in several kernels at the same time, compared with one alone."""
    rows = [("Learners who train at once", "Processor time a picture", "Pictures a second, of each, to those of one")]
    for run in found["together"]:
        share = run["per_second"] / found["together"][0]["per_second"]
        rows.append((run["learners"], f"{run['kernel_ms']:.0f} ms", f"{share:.2f}"))
    return table(*rows)


def ratio(number):
    """Return the text of a ratio, with two digits or all that stand before the point."""
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"


def threads_table(found):
    """Return a table: a step of training, compared with that of one thread alone on two cores."""
    words = {1: "one learner", 2: "two at once", 4: "four at once"}
    rows = [("Threads of each, on two cores", *(words[count] for count in LEARNERS_TRAINING))]
    for count in THREADS:
        runs = {run["learners"]: run for run in found["threads"] if run["threads"] == count}
        cells = [f"{ratio(runs[k]['time'])} × ({ratio(runs[k]['cpu'])} ×)" for k in LEARNERS_TRAINING]
        rows.append((count, *cells))
    return table(*rows)


def tables(found):
    """Return the tables of what has been measured; the one of all learners needs every notebook."""
    complete = len(found.get("notebooks", [])) == len(list((ROOT / "notebooks").glob("*.ipynb"))) and "server" in found
    wanted = {
        notebooks_table: "notebooks" in found,
        learners_table: complete,
        explorers_table: "explorers" in found,
        together_table: "together" in found,
        threads_table: "threads" in found,
    }
    return [make(found) for make, there in wanted.items() if there]


# --- all of it


def processor():
    """Return the name of the processor."""
    found = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def renew(found, part, stem, entries):
    """Replace what was found of a notebook, in the order of the course."""
    others = [entry for entry in found.get(part, []) if entry["notebook"] != stem]
    found[part] = sorted(others + entries, key=lambda entry: entry["notebook"])


def main(arguments=None):
    """Measure, and print or write what was found."""
    global SECONDS, ROUNDS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="notebooks,together,threads", help="parts to measure")
    parser.add_argument("--match", default="*", help="which notebooks, such as '05*'")
    parser.add_argument("--quick", action="store_true", help="two notebooks, and one second for each of the rest")
    parser.add_argument("--json", type=Path, metavar="FILE", help="put the numbers there, beside those of other parts")
    parser.add_argument("--tables", action="store_true", help="measure nothing, print FILE as TEACHING.md shows it")
    options = parser.parse_args(arguments)
    found = json.loads(options.json.read_text(encoding="utf-8")) if options.json and options.json.exists() else {}
    if options.tables:
        print("\n\n".join("\n".join(lines) for lines in tables(found)))
        return 0
    if options.quick:
        SECONDS, ROUNDS = 1, 1
    found |= dict(python=platform.python_version(), processor=processor(), cores=len(os.sched_getaffinity(0)))
    parts = options.only.split(",")
    if "notebooks" in parts or "together" in parts:
        with server() as it:
            if "notebooks" in parts:
                measure_notebooks(it, found, "0[14]*" if options.quick and options.match == "*" else options.match)
            if "together" in parts:
                found["together"] = together(it)
    if "threads" in parts:
        found["threads"] = threads()
    print("\n\n" + "\n\n".join("\n".join(lines) for lines in tables(found)))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def measure_notebooks(it, found, match):
    """Put into `found` what each notebook needs, while two other kernels hold the same packages."""
    neighbours = [Page(it, "notebooks/01_the_model.ipynb", alone=False) for _ in range(NEIGHBOURS)]
    try:
        for page in neighbours:
            page.run("import sys; sys.path.insert(0, '..'); from shared import datasets, explorers, plotting, training")
        for path in sorted((ROOT / "notebooks").glob(f"{match}.ipynb")):
            run, costs = notebook(it, path)
            print(run, flush=True)
            renew(found, "notebooks", path.stem, [run])
            renew(found, "explorers", path.stem, costs)
        found["server"] = memory(it.process)
        print("server", found["server"])
    finally:
        for page in neighbours:
            page.close()


if __name__ == "__main__":
    sys.exit(main())
