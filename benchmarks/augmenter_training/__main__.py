"""Trains augmenter lab-1 on the virtual laboratory, and writes weights and card.

    python -m benchmarks.augmenter_training [FOLDER]

The folder is by default the one from which the package ships the weights. Weights that change get
another checksum, which the catalogue's row must state.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import kinebench.augmentation
from kinebench.augmentation import LSTMAugmenter, write_version
from kinebench.io.atomic import write_atomically
from kinebench.training import card_text, judge, mean_errors
from kinebench.training.lab_1 import HELD_OUT, RECIPE, TRAINING, UNTRAINED, train

SHIPPED = Path(kinebench.augmentation.__file__).parent / "lab_1"


def main(folder: Path = SHIPPED) -> None:
    """Train, judge on held-out subjects, write."""
    print(f"{len(TRAINING)} trials of {TRAINING.n_subjects} virtual subjects", flush=True)
    networks = train(progress=_report)
    version = write_version(folder, UNTRAINED, networks)
    errors = judge(LSTMAugmenter(version, warm_up_s=1.0), HELD_OUT)
    write_atomically(folder / "card.toml", card_text(version, TRAINING, RECIPE, HELD_OUT, errors))
    print("mean marker error on held-out subjects, mm:   floor   error   without noise")
    for activity in ("all", *HELD_OUT.activities):
        row = mean_errors(errors, activity)
        figures = (row.floor_m, row.error_m, row.noiseless_error_m)
        print(f"{activity:>44}" + "".join(f"{1000 * figure:8.2f}" for figure in figures))
    for path in sorted(folder.glob("*.npz")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
    print(f"sha256 for the catalogue: {version.files}")


def _report(step: int, rms: float) -> None:
    if step % 100 == 0:
        print(f"step {step}: {1000 * rms:.3f} thousandths of height per axis", flush=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
