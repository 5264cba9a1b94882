"""Subject 3 walks: augmented markers and video keypoints against optical markers."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.known_answers.pairs import pair_of
from kinebench.comparison import PairResult, Procedure, compare_recordings
from kinebench.core.markers import Markers
from kinebench.datasets.loaders import load
from kinebench.errors import KinebenchWarning
from kinebench.metrics.marker_evaluation import ALL_MARKERS
from kinebench.reports.blocks import FigureBlock, Section, TableBlock, Text
from kinebench.reports.figures import as_svg, body_map_figure
from kinebench.reports.tables import Table
from kinebench.reports.units import readable

__all__ = ["PAIRS", "Answers", "measure", "section"]

PAIRS = tuple(
    f"{side}{name}"
    for side in ("r", "L")
    for name in (".ASIS", ".PSIS", "_knee", "_ankle", "_toe", "_5meta", "_calc")
)
"""Optical markers that the augmenter estimates under the same name plus ``_study``."""

_HIPS = {"R_HJC": "RHJC_study", "L_HJC": "LHJC_study"}
_KEYPOINTS = {
    "r_knee": "RKnee", "r_ankle": "RAnkle", "r_calc": "RHeel", "r_toe": "RBigToe",
    "r_5meta": "RSmallToe", "L_knee": "LKnee", "L_ankle": "LAnkle", "L_calc": "LHeel",
    "L_toe": "LBigToe", "L_5meta": "LSmallToe",
}  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """Distances to the optical markers."""

    augmented: PairResult
    offset_removed: PairResult
    hips: PairResult
    keypoints: PairResult


def measure() -> Answers:
    """Everything in the one file of subject 3, which has one clock and one frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        sample = load("labvalidation-subject3-walking1", "walking1")
    markers = sample.markers

    def against(kind: str, names: Mapping[str, str]) -> PairResult:
        estimate = markers[kind].select(names.values())
        renamed = Markers(tuple(names), estimate.times, estimate.positions)
        reference = markers["mocap"].select(names)
        return compare_recordings(reference, renamed, Procedure(), "subject 3", "walking1")

    study = {name: f"{name}_study" for name in PAIRS}
    return Answers(
        against("augmented", study),
        against("augmented_offset_removed", study),
        against("augmented", _HIPS),
        against("keypoints", _KEYPOINTS),
    )


def section(answers: Answers) -> Section:
    """The answers in words, a table and a figure."""
    found = answers.augmented.evaluation
    mean = _mm(found.value(ALL_MARKERS, "mpjpe"))
    n = answers.augmented.alignment.n_frames
    removed = _mm(answers.offset_removed.evaluation.value(ALL_MARKERS, "mpjpe"))
    hips = answers.hips.evaluation
    worst = sorted(PAIRS, key=lambda name: -found.value(name, "distance_mean"))
    keypoints = answers.keypoints.evaluation
    return Section(
        "Augmented markers and keypoints against optical markers (subject 3)",
        (
            Text(
                f"The augmented markers are {mean} mm from the optical ones in the mean of"
                f" {len(PAIRS)} pairs ({removed} mm with the trial's offset removed, as the data"
                f" set's authors did); hip joint centres"
                f" {_mm(hips.value('R_HJC', 'distance_mean'))} mm (right) and"
                f" {_mm(hips.value('L_HJC', 'distance_mean'))} mm (left). One walking trial of one"
                f" person, {n} frames.",
                lead=True,
            ),
            Text(
                f"Farthest off are {worst[0]} and {worst[1]}. Each marker's own mean offset, which"
                " a model scaled on such markers can take up, accounts for much: without it"
                f" {_mm(found.value(ALL_MARKERS, 'offset_removed_distance_mean'))} mm remain. The"
                " keypoints are no anatomical markers: a knee keypoint is meant for the joint's"
                " centre, the optical marker sits on its skin. What they share is the movement:"
                f" {_mm(keypoints.value(ALL_MARKERS, 'distance_mean'))} mm apart in the mean of"
                f" {len(_KEYPOINTS)} points,"
                f" {_mm(keypoints.value(ALL_MARKERS, 'offset_removed_distance_mean'))} mm once"
                " each point's own offset is removed."
            ),
            FigureBlock(
                as_svg(
                    body_map_figure(*pair_of(answers.augmented, Markers), 6),
                    page=True,
                ),
                "Optical markers (dots) and the mean error of the augmented ones (arrows).",
                "Map of marker errors on pelvis and legs, seen from behind and from the right.",
            ),
            TableBlock(_table(answers), "Distances in mm, mean over the frames."),
        ),
    )


def _table(answers: Answers) -> Table:
    rows = []
    for kind, result in (
        ("augmented", answers.augmented),
        ("augmented", answers.hips),
        ("keypoint", answers.keypoints),
    ):
        evaluation = result.evaluation
        for name in result.reference.names:
            values = (
                evaluation.value(name, metric)
                for metric in ("distance_mean", "distance_p95", "offset_removed_distance_mean")
            )
            rows.append((name, kind, *map(_mm, values)))
    header = ("optical marker", "estimate", "mean", "95th percentile", "own offset removed")
    return Table(header, tuple(rows))


def _mm(metres: float) -> str:
    return readable(metres, "m", 1)
