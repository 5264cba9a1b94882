"""Pose2Sim beside OpenCap's configuration: writes reports/pose2sim.md.

kinebench study run benchmarks/pose2sim/study.toml --out FOLDER
python -m benchmarks.pose2sim FOLDER
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.laboratory.camera import table
from kinebench.errors import ValueRangeError
from kinebench.io.atomic import write_atomically
from kinebench.io.documents import parse_toml, read_text
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.files.trials import sources_of

PAGE = Path(__file__).parents[2] / "reports" / "pose2sim.md"
TEXT = Path(__file__).with_name("text.md")
STUDY = Path(__file__).with_name("study.toml")
PIPELINES = ("OpenCap", "Pose2Sim")
# what markers determine on both models: toes and forearms are not compared
GROUPS = {
    "legs": ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle",
             "subtalar_angle"),
    "pelvis": ("pelvis_tilt", "pelvis_list", "pelvis_rotation"),
    "trunk": ("lumbar_extension", "lumbar_bending", "lumbar_rotation"),
}  # fmt: skip
_WORTH = {
    EvidenceKind.EXACT_TRUTH: "the truth",
    EvidenceKind.REAL_KEYPOINTS: "OpenCap's own result",
}
METRICS = ("rmse", "bias", "offset_removed_rmse")

Figures = Mapping[tuple[str, str, str, str], float]
"""By trial, pipeline, angle and metric: degrees, left and right averaged."""


def figures(path: Path) -> Figures:
    """From a study's results.csv."""
    found: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    angles = [angle for names in GROUPS.values() for angle in names]
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            angle = row["item"].removesuffix("_r").removesuffix("_l")
            if row["kind"] == "coordinate" and row["metric"] in METRICS and angle in angles:
                trial = f"{row['subject']}, {row['trial']}"
                key = trial, row["pipeline"], angle, row["metric"]
                found[key].append(float(np.degrees(float(row["value"]))))
    return {key: float(np.mean(values)) for key, values in found.items()}


def by_group(found: Figures, trials: Mapping[str, str]) -> str:
    """RMSE per trial and group: the mean over the group's angles that both have.

    Parameters
    ----------
    found : Figures
    trials : mapping of str to str
        Trial to what its reference is.
    """
    rows = []
    for trial, reference in trials.items():
        for group, angles in GROUPS.items():
            shared = [a for a in angles if all((trial, p, a, "rmse") in found for p in PIPELINES)]
            if not shared:
                continue
            means = (np.mean([found[trial, p, a, "rmse"] for a in shared]) for p in PIPELINES)
            rows.append((trial, reference, group, *(f"{mean:.1f}" for mean in means)))
    return table(("trial", "reference", "angles", *PIPELINES), rows)


def by_angle(found: Figures, trial: str) -> str:
    """RMSE / bias / RMSE without offset of each angle of a trial."""
    rows = [
        (
            angle,
            *(" / ".join(f"{found[trial, p, angle, m]:.1f}" for m in METRICS) for p in PIPELINES),
        )
        for angles in GROUPS.values()
        for angle in angles
        if all((trial, p, angle, m) in found for p in PIPELINES for m in METRICS)
    ]
    return table(("angle", *PIPELINES), rows)


def references() -> dict[str, str]:
    """The study's trials, and what the reference of each is worth."""
    # not the whole study: its pipelines would be built
    sources = sources_of(parse_toml(read_text(STUDY), STUDY.name), "opencap", STUDY.parent)
    return {f"{source.subject}, {source.name}": _WORTH[source.evidence] for source in sources}


def page(results: Path) -> str:
    """The whole text.

    Raises
    ------
    ValueRangeError
        When a trial of the study has no result of a pipeline.
    """
    found, trials = figures(results), references()
    for trial, pipeline in product(trials, PIPELINES):
        if not any(key[:2] == (trial, pipeline) for key in found):
            raise ValueRangeError(f"{results} has no result of {pipeline} for {trial}")
    parts = [TEXT.read_text(encoding="utf-8"), by_group(found, trials)]
    for trial in trials:
        parts += [
            f"\n## {trial}\n\nRMSE / bias / RMSE without offset, degrees.\n",
            by_angle(found, trial),
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    write_atomically(PAGE, page(Path(sys.argv[1]) / "results.csv"))
