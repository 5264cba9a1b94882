"""Which filter, at which cut-off? ``python -m benchmarks.studies.filtering.run``

Options are those of ``kinebench study run``. Needs OpenCap's files and the optical motions:
``kinebench data fetch``, or a mirror.
"""

import sys
from pathlib import Path

from kinebench.cli.main import main

if __name__ == "__main__":
    folder = str(Path(__file__).parent)
    raise SystemExit(main(["study", "run", folder, "--out", "study-results", *sys.argv[1:]]))
