"""Damaged inputs through every reader: ``python -m benchmarks.fuzzing --inputs 1000000``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.fuzzing.readers import READERS
from benchmarks.fuzzing.running import Tally, as_json, damaged, fuzz


def run() -> int:
    """Exit code 1 when a law was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=37_000, help="of all readers together")
    parser.add_argument("--first", type=int, default=0, help="number of the first input of each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", action="append", choices=sorted(READERS), metavar="NAME")
    parser.add_argument("--json", type=Path, help="write the counts here too")
    parser.add_argument("--show", type=int, metavar="NUMBER", help="write one input to stdout")
    arguments = parser.parse_args()
    names = arguments.reader or list(READERS)
    if arguments.show is not None:
        sys.stdout.buffer.write(damaged(names[0], arguments.show, arguments.seed))
        return 0
    each = max(1, arguments.inputs // len(names))
    tallies: dict[str, Tally] = {}
    print("| reader | inputs | refused | read, warned | read | faults (count, first input) |")
    print("|---|---|---|---|---|---|")
    for name in names:
        tallies[name] = fuzz(name, arguments.first, each, arguments.seed)
        print(_row(name, tallies[name]), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(tallies), indent=1) + "\n")
    total = sum(tally.inputs for tally in tallies.values())
    faults = sum(count for tally in tallies.values() for count, _ in tally.faults.values())
    print(f"\n{total:,} inputs, {faults:,} faults")
    return 1 if faults else 0


def _row(name: str, tally: Tally) -> str:
    faults = sorted(tally.faults.items(), key=lambda item: -item[1][0])
    shown = "; ".join(f"{kind} ×{count} (#{first})" for kind, (count, first) in faults)
    counts = (tally.inputs, tally.refused, tally.warned, tally.accepted)
    return f"| {name} | {' | '.join(f'{count:,}' for count in counts)} | {shown or '–'} |"


if __name__ == "__main__":
    sys.exit(run())
