"""Executes notebooks and writes their outputs back; run.ts starts it.

A kernel publishes outputs on one channel and answers requests on another, and some outputs come
after it has said that a cell is done: a runner that stops listening there loses them. After each
cell this one asks how many outputs the cell's show() calls have announced, and listens until they
and the answer are there.
"""

import json
import os
import sys
import time
from pathlib import Path
from queue import Empty

import nbformat
from jupyter_client.manager import KernelManager

CELL_TIMEOUT = float(os.environ.get("NOTEBOOK_CELL_TIMEOUT", "300"))
START_TIMEOUT = 300
# Seconds in which the outputs of a finished cell must arrive.
DRAIN_TIMEOUT = 60
# Counters of support/show.ts: announced outputs, and unhandled rejections.
COUNT = 'console.log(JSON.stringify(globalThis.microstreamOutputs ?? {shown: 0, rejections: []}))'
METADATA = {
    "kernelspec": {"display_name": "Deno", "language": "typescript", "name": "deno"},
    "language_info": {
        "file_extension": ".ts",
        "mimetype": "text/x.typescript",
        "name": "typescript",
        "nbconvert_exporter": "script",
        "pygments_lexer": "typescript",
    },
}


class CellFailed(Exception):
    """A cell that failed or lost an output; the message is one line."""


class Messages:
    """Outputs of a kernel, by request."""

    def __init__(self, client):
        self.client = client
        self.outputs = {}
        self.idle = set()

    def take(self, until):
        """Receives at most one message before the deadline."""
        try:
            message = self.client.get_iopub_msg(timeout=max(0.01, until - time.monotonic()))
        except Empty:
            return
        request = message["parent_header"].get("msg_id")
        kind = message["msg_type"]
        if kind == "status" and message["content"]["execution_state"] == "idle":
            self.idle.add(request)
        elif kind in ("stream", "display_data", "execute_result", "error"):
            add_output(self.outputs.setdefault(request, []), message)

    def wait(self, done, seconds, manager, what):
        """Listens until done() returns a result; raises CellFailed after the timeout."""
        until = time.monotonic() + seconds
        while True:
            answer = done()
            if answer is not None:
                return answer
            if not manager.is_alive():
                raise CellFailed("the kernel died")
            if time.monotonic() > until:
                raise CellFailed(what)
            self.take(min(until, time.monotonic() + 0.5))


def add_output(outputs, message):
    """Adds an output to a cell; consecutive text of one stream is one output."""
    output = nbformat.v4.output_from_msg(message)
    last = outputs[-1] if outputs else None
    if (
        last is not None
        and output.output_type == "stream"
        and last.output_type == "stream"
        and last.name == output.name
    ):
        last.text += output.text
    else:
        outputs.append(output)


class Runner:
    """Runs the cells of one notebook in a kernel of its own."""

    def __init__(self, client, manager):
        self.client = client
        self.manager = manager
        self.messages = Messages(client)
        self.shown = 0

    def run(self, cell, number):
        request = self.client.execute(cell.source)
        try:
            self.messages.wait(
                lambda: True if request in self.messages.idle else None,
                CELL_TIMEOUT,
                self.manager,
                f"not done after {CELL_TIMEOUT:g} s",
            )
            counted = self.count()
        finally:
            cell.outputs = self.messages.outputs.get(request, [])
        cell.execution_count = number
        self.check(cell, counted)

    def count(self):
        request = self.client.execute(COUNT, store_history=False)
        outputs = self.messages.outputs

        def answer():
            text = "".join(o.get("text", "") for o in outputs.get(request, []))
            return json.loads(text) if text.endswith("\n") else None

        return self.messages.wait(
            answer, DRAIN_TIMEOUT, self.manager, f"outputs did not arrive within {DRAIN_TIMEOUT} s"
        )

    def check(self, cell, counted):
        errors = [o for o in cell.outputs if o.output_type == "error"]
        if errors:
            raise CellFailed("\n".join(errors[0].get("traceback") or [errors[0].evalue]))
        if counted["rejections"]:
            raise CellFailed("unhandled promise rejection: " + counted["rejections"][0])
        if any(o.output_type == "execute_result" for o in cell.outputs):
            raise CellFailed("the value of the last line may be lost: use show()"
)
        announced = counted["shown"] - self.shown
        self.shown = counted["shown"]
        arrived = sum(o.output_type == "display_data" for o in cell.outputs)
        if arrived != announced:
            raise CellFailed(f"{arrived} of {announced} outputs arrived")


def write(path, notebook):
    temporary = path.with_suffix(".part")
    nbformat.write(notebook, temporary)
    os.replace(temporary, path)


def execute(path):
    notebook = nbformat.read(path, as_version=4)
    manager = KernelManager(kernel_name="deno")
    manager.start_kernel(cwd=str(path.parent))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=START_TIMEOUT)
        runner = Runner(client, manager)
        cells = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
        for number, cell in enumerate(cells, 1):
            cell.metadata.pop("execution", None)
            try:
                runner.run(cell, number)
            except CellFailed as failure:
                raise CellFailed(f"cell {number}: {failure}\n\n{cell.source}") from None
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    notebook.metadata = nbformat.from_dict(METADATA)
    nbformat.validate(notebook)
    write(path, notebook)


def main(paths):
    failed = 0
    for path in map(Path, paths):
        started = time.monotonic()
        try:
            execute(path)
        except Exception as error:  # A failed notebook does not stop the others.
            failed += 1
            print(f"{path.name}: {error}", file=sys.stderr, flush=True)
            continue
        seconds = time.monotonic() - started
        size = path.stat().st_size / 1e6
        print(f"{path.name}: {seconds:.0f} s, {size:.2f} MB", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
