"""Repairs, measured: error before and after each, and where each harms. Writes reports/repairs.md.

    python -m benchmarks.repairs [--people N] [--out FILE.md]

Virtual people, whose keypoints and joint angles are known, and the public recordings, when they are
in the cache or in a mirror. People, names of trials and camera errors were not used while the
repairs were made.
"""

from __future__ import annotations

import argparse
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.repairs.laboratory import FAULTS, by_repair, exchanges
from benchmarks.repairs.recordings import recordings
from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import write_atomically

DEFAULT = Path(__file__).resolve().parents[2] / "reports" / "repairs.md"

_PREAMBLE = """# Repairs, measured

Made by `python -m benchmarks.repairs`. What `--clean bone-lengths`, `--clean swap-sides` and
`--clean rescale` do to keypoints and joint angles, on recordings that need them and on recordings
that do not.

*Keypoints*: mean distance from the true keypoints. *Angles*: RMSE of the joint angles that the
pipeline (augmenter `lab-1`, scaling on the static trial, inverse kinematics, fast engines) gives
against the true ones, mean over angles. Each person's trials (gait, squat, countermovement jump)
are averaged first; *n* is the number of people, the interval that of the mean change over people
(95 %, Student's t). Negative changes are gains. "Two phones" is the laboratory's preset of what
OpenCap's recordings show; faults come on top of it.
"""


def _quiet() -> None:
    warnings.simplefilter("ignore", KinebenchWarning)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=DEFAULT)
    arguments = parser.parse_args()
    with ProcessPoolExecutor(arguments.workers, initializer=_quiet) as pool:
        tables = [pool.submit(by_repair, repair, arguments.people) for repair in FAULTS]
        others = [pool.submit(exchanges, arguments.people), pool.submit(recordings)]
        text = "\n".join((_PREAMBLE, *(part.result() for part in (*tables, *others))))
    print(text)
    write_atomically(arguments.out, text)


if __name__ == "__main__":
    main()
