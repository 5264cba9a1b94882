"""Execute a notebook from above to below: ``python docs/run_notebook.py NOTEBOOK``.

It runs in an empty folder and is not written back. The first cell that fails ends it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

_PATIENCE_S = 300  # seconds that a cell may take


def main(path: Path) -> None:
    """Execute it."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory(prefix="kinebench-notebook-") as folder:
        client = NotebookClient(
            notebook, timeout=_PATIENCE_S, resources={"metadata": {"path": folder}}
        )
        client.execute()
    print(f"{path.name}: {len(notebook.cells)} cells")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
