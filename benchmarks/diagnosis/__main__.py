"""Learn, and judge, on virtual sessions with planted faults.

``python -m benchmarks.diagnosis --learn`` films the learning sessions, and writes
`kinebench/diagnosis/learnt.json`; ``--judge`` films sessions of other people, seeds and sizes, and
writes `confusion.md` beside this file. Both need OpenCap's files.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

import kinebench.diagnosis
from benchmarks.diagnosis.confusion import judged_sessions, page
from benchmarks.diagnosis.learning import examples_of, learn, learning_plan
from benchmarks.diagnosis.planting import NAMELESS
from kinebench.io.atomic import write_atomically

NOTE = (
    "Made by python -m benchmarks.diagnosis --learn: how likely each fault is, given features of a"
    " recording. See kinebench/diagnosis/suspicion.py."
)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learn", action="store_true")
    parser.add_argument("--judge", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.learn:
        model = learn(examples_of(learning_plan(), _progress), NAMELESS, NOTE)
        path = Path(kinebench.diagnosis.__file__).with_name("learnt.json")
        text = json.dumps(model.as_json(), indent=1, ensure_ascii=False)
        write_atomically(path, text + "\n")
    if arguments.judge:
        write_atomically(Path(__file__).with_name("confusion.md"), page(judged_sessions(_progress)))
    return 0


def _progress(done: int, total: int) -> None:
    print(f"\r{done} of {total} sessions ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
