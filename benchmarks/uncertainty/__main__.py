"""Error bars of joint angles: learnt in the laboratory, judged on people who taught nothing.

``python -m benchmarks.uncertainty FOLDER`` writes `reports/uncertainty.md`; with ``--learn`` it
first learns anew what markers are off by and writes `kinebench/uncertainty/learnt`. Solved sessions
are kept in FOLDER. Needs OpenCap's files and the public recordings; an hour the first time.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

from benchmarks.uncertainty.people import HELD_OUT, TAUGHT, Session
from benchmarks.uncertainty.records import Record, recorded

LEARNT = Path(__file__).parents[2] / "kinebench" / "uncertainty" / "learnt"


def kept(sessions: Iterable[Session], learnt_for: str, folder: Path) -> list[Record]:
    """Records of sessions, from the folder where they were kept before."""
    found = []
    for session in sessions:
        name = hashlib.sha256(f"{learnt_for} {session}".encode()).hexdigest()[:24]
        path = folder / f"{name}.pickle"
        if not path.exists():
            print(learnt_for, session, file=sys.stderr, flush=True)
            path.write_bytes(pickle.dumps(recorded(session, learnt_for)))
        found.append(pickle.loads(path.read_bytes()))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--learn", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    kept(TAUGHT, "augmented", arguments.folder)
    kept(HELD_OUT, "augmented", arguments.folder)


if __name__ == "__main__":
    main()
