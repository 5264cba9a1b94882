"""lab-1 beside the published versions, on a real recording: whatever comes out is printed.

    python -m benchmarks.augmenter_training.compare [FILE.md]

Subject 3 of LabValidation walks, seen by video cameras and by optical motion capture on one clock
and in one frame. Each version augments the keypoints at 60 Hz after one second of warm-up; its
markers are compared with the optical ones, once as they are, and once without each trial's mean
offset per marker.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np

from kinebench.augmentation import VERSIONS, LSTMAugmenter
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.datasets.loaders import load
from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import write_atomically

DEFAULT = Path(__file__).with_name("real_recording.md")
PAIRS = tuple(
    f"{side}{name}"
    for side in ("r", "L")
    for name in (".ASIS", ".PSIS", "_knee", "_ankle", "_toe", "_5meta", "_calc")
)
SUBJECT = Subject(63.5, 1.69, "LabValidation subject 3")

_PREAMBLE = """# Augmenters on a real recording

Made by `python -m benchmarks.augmenter_training.compare`: walking1 of LabValidation subject 3
(1.69 m, 63.5 kg), {n} frames; mean distance of augmented from optical markers over frames, mm.
"Without offsets": each marker's mean offset removed.

The laboratory's camera preset, on which lab-1 was trained, took its keypoint biases from this very
recording, so this is no test on unseen data for lab-1; v0.0 to v0.3 learnt from other, recorded
people. One trial of one person tells little about any of them.

"""


def main(path: Path = DEFAULT) -> None:
    """Compare, print, write."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        sample = load("labvalidation-subject3-walking1", "walking1")
    optical, keypoints = sample.markers["mocap"].select(PAIRS), sample.markers["keypoints"]
    columns = {name: _distances(name, keypoints, optical) for name in VERSIONS}
    lines = ["| marker | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for row, title in enumerate((*PAIRS, "**mean**", "without offsets")):
        cells = (f"{distances[row]:.1f}" for distances in columns.values())
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    text = _PREAMBLE.format(n=optical.n_frames) + "\n".join(lines) + "\n"
    print(text)
    write_atomically(path, text)


def _distances(version: str, keypoints: Markers, optical: Markers) -> list[float]:
    """Per pair, their mean, and the mean without offsets, mm."""
    augmented = LSTMAugmenter(version, warm_up_s=1.0, resample_hz=60.0)(keypoints, SUBJECT)
    estimate = augmented.select([f"{name}_study" for name in PAIRS]).positions
    error = 1000 * (estimate - optical.positions)
    distances = np.nanmean(np.linalg.norm(error, axis=2), axis=0)
    centred = error - np.nanmean(error, axis=0)
    rest = np.nanmean(np.linalg.norm(centred, axis=2), axis=0)
    return [*distances, distances.mean(), rest.mean()]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
