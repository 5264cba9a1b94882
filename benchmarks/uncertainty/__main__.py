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
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.uncertainty.people import HELD_OUT, RIGGED, SPOILED, TAUGHT, Session, fewer
from benchmarks.uncertainty.recordings import judged
from benchmarks.uncertainty.records import Record, learnt, recorded
from benchmarks.uncertainty.report import Errors, is_walking, report
from kinebench.io.atomic import write_atomically
from kinebench.uncertainty.marker_errors import learnt_errors, written_errors
from kinebench.uncertainty.travel import ON_THE_SPOT, TRAVELLING

ROOT = Path(__file__).parents[2]
LEARNT = ROOT / "kinebench" / "uncertainty" / "learnt"

# what is tracked -> sessions to learn on, sessions to judge, and what the errors come from
PLAN = {
    "augmented": (
        TAUGHT, HELD_OUT,
        "two phones in the virtual laboratory, rigs among them, augmenter v0.3 without warm-up,"
        " OpenCap's set-ups",
    ),
    "laboratory": (
        fewer(TAUGHT, 20), fewer(HELD_OUT, 10),
        "two phones in the virtual laboratory, augmenter lab-1, the laboratory's own body",
    ),
    "optical": (
        fewer(TAUGHT, 8), fewer(HELD_OUT, 10),
        "skin markers in the virtual laboratory, with published sizes of misplacement and soft"
        " tissue, OpenCap's set-up for optical markers",
    ),
}  # fmt: skip
MOVEMENTS = {ON_THE_SPOT: "squats, sit-to-stands and jumps", TRAVELLING: "walking"}


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


def learn(tracked: str, records: Sequence[Record]) -> None:
    """Write what markers are off by, on the spot and travelling."""
    for movement, what in MOVEMENTS.items():
        own = [record for record in records if is_walking(record) == (movement == TRAVELLING)]
        people = len({record.session.number for record in own})
        about = f"{PLAN[tracked][2]}; {what} of {people} virtual people"
        errors = learnt(f"{tracked}, {movement}", about, own)
        file = f"{tracked}-{movement.replace(' ', '-')}.npz"
        write_atomically(LEARNT / file, written_errors(errors))


def main() -> None:
    """Learn when asked to, then judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where solved sessions are kept")
    parser.add_argument("--learn", action="store_true", help="learn first")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    LEARNT.mkdir(exist_ok=True)
    warnings.simplefilter("ignore")
    found: dict[str, tuple[list[Record], Errors]] = {}
    for tracked, (taught, held_out, _) in PLAN.items():
        if arguments.learn:
            learn(tracked, kept(taught, tracked, arguments.folder))
        errors = {each: learnt_errors(f"{tracked}, {each}") for each in MOVEMENTS}
        found[tracked] = (kept(held_out, tracked, arguments.folder), errors)
    spoiled = kept(SPOILED, "augmented", arguments.folder)
    rigged = kept(RIGGED, "augmented", arguments.folder)
    page = report(found, rigged, spoiled, judged())
    write_atomically(ROOT / "reports" / "uncertainty.md", page)


if __name__ == "__main__":
    main()
