"""Renders reports/comparison.html: what is known about public recordings, computed again.

    python -m benchmarks.known_answers [FILE.html]

Needs the public data files (they are downloaded when they are not at hand) and some minutes.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.known_answers import (
    augmented_markers,
    joint_angle_methods,
    repeated_ik,
    video_walking,
)
from kinebench import __version__
from kinebench.io.atomic import write_atomically
from kinebench.reports.blocks import Document
from kinebench.reports.html import as_html

DEFAULT = Path(__file__).resolve().parents[2] / "reports" / "comparison.html"


def main(path: Path = DEFAULT) -> None:
    """Compute everything and write the report."""
    sections = []
    for module in (joint_angle_methods, video_walking, augmented_markers, repeated_ik):
        start = time.perf_counter()
        sections.append(module.section(module.measure()))
        print(f"{module.__name__}: {time.perf_counter() - start:.1f} s", flush=True)
    document = Document(
        "Known answers, computed again",
        tuple(sections),
        "Public recordings whose error figures are published or known, through kinebench compare."
        " Error is estimate − reference.",
        (
            f"Made by kinebench {__version__} with python -m benchmarks.known_answers.",
            "Data: LBMC benchmark (doi 10.57745/LQI2MJ, MIT); OpenCap laboratory validation,"
            " subjects 2 to 5 (Uhlrich et al. 2023), as republished in public repositories; see"
            " kinebench data list.",
        ),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    text = as_html(document)
    write_atomically(path, text)
    print(f"{path.name}: {len(text.encode()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
