"""Subject 2 walks: two video motions of one trial against its motion from optical markers."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from benchmarks.known_answers.pairs import pair_of
from kinebench.alignment import GivenLag
from kinebench.comparison import PairResult, Procedure, compare_recordings
from kinebench.core.motion import Motion
from kinebench.datasets import fetch_file
from kinebench.datasets.loaders import load
from kinebench.errors import KinebenchWarning
from kinebench.io.mot import read_motion
from kinebench.metrics import evaluate_motion
from kinebench.reports.blocks import Block, FigureBlock, Section, TableBlock, Text
from kinebench.reports.figures import as_svg, lag_figure, sides_figure, waveform_figure
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_interval

__all__ = ["SAGITTAL", "measure", "section"]

NEW, OLD = "GaitDynamics' video", "older video"
SAGITTAL = tuple(
    f"{name}_{side}" for name in ("hip_flexion", "knee_angle", "ankle_angle") for side in "rl"
)


def measure() -> Mapping[str, PairResult]:
    """Both videos against the optical reference, clocks taken as one."""
    reference, new, old = recordings()
    return {
        name: compare_recordings(reference, estimate, Procedure(), "subject 2", "walking1")
        for name, estimate in ((NEW, new), (OLD, old))
    }


def recordings() -> tuple[Motion, Motion, Motion]:
    """Reference, newer and older video motion."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        sample = load("labvalidation-subject2-walking1", "walking1")
        old = read_motion(
            fetch_file("opencap-processing", "Moco/exampleWalking/walking1_videoAndMocap.mot")
        )
    return sample.motions["reference"], sample.motions["video"], old


def section(results: Mapping[str, PairResult]) -> Section:
    """The answers in words, tables and figures."""
    new, old = results[NEW], results[OLD]
    rmse = {name: found.evaluation.values("rmse") for name, found in results.items()}
    centred = old.evaluation.values("offset_removed_rmse")
    blocks: list[Block] = [
        Text(
            f"RMSE right and left, {NEW}: hip {_pair(rmse[NEW], 'hip_flexion')}, knee"
            f" {_pair(rmse[NEW], 'knee_angle')}, ankle {_pair(rmse[NEW], 'ankle_angle')};"
            f" {OLD}: hip {_pair(rmse[OLD], 'hip_flexion')}, knee"
            f" {_pair(rmse[OLD], 'knee_angle')}, ankle {_pair(rmse[OLD], 'ankle_angle')}."
            f" One trial of one person, {new.alignment.n_frames} frames, lag 0.",
            lead=True,
        ),
        Text(
            f"Most of the older video's hip error is a constant: with the offset removed"
            f" {_pair(centred, 'hip_flexion')} remain. Its pelvis is tilted by"
            f" {_tilt(old)} against the optical one, the newer's by {_tilt(new)}: most of the"
            " offset is the pelvis's, not the thigh's, and a study that reports ranges of motion"
            " only would not see it."
        ),
        TableBlock(
            _table(results),
            "Sagittal angles, ° (error = video − optical markers); the last columns are the RMSE"
            " when the video is shifted by a frame.",
        ),
        FigureBlock(
            as_svg(waveform_figure(*pair_of(new, Motion), SAGITTAL, 2), page=True),
            f"Optical markers (line) and {NEW} (dashed).",
            "Waveforms of hip, knee and ankle, right and left.",
        ),
        FigureBlock(
            as_svg(sides_figure(new.evaluation), page=True),
            f"Right and left side of {NEW}.",
            "Bias and RMSE of all bilateral angles, right and left.",
        ),
        _lag_block(new),
    ]
    return Section("Video against optical markers: walking (subject 2)", tuple(blocks))


def _tilt(result: PairResult) -> str:
    return f"{readable(result.evaluation.value('pelvis_tilt', 'bias'), 'rad', 1)}°"


def _pair(values: Mapping[str, float], stem: str) -> str:
    right, left = (readable(values[f"{stem}_{side}"], "rad", 1) for side in "rl")
    return f"{right}/{left}°"


def _table(results: Mapping[str, PairResult]) -> Table:
    rows = []
    for item in SAGITTAL:
        for name, result in results.items():
            figures = {f.metric: f for f in result.evaluation.figures if f.item == item}
            shifted = {shift.label: shift.result[item] for shift in result.sensitivity}
            bias = figures["bias"]
            interval = readable_interval(bias.interval or (np.nan, np.nan), "rad", 1)
            rows.append(
                (
                    item,
                    name,
                    f"{readable(bias.value, 'rad', 1)} {interval}",
                    readable(figures["rmse"].value, "rad", 1),
                    readable(figures["offset_removed_rmse"].value, "rad", 1),
                    f"{figures['pearson_r'].value:.3f}",
                    readable(shifted["−1 frame"], "rad", 1),
                    readable(shifted["+1 frame"], "rad", 1),
                )
            )
    header = (
        "angle", "estimate", "bias [95 %]", "RMSE", "offset removed", "r",
        "at −1 frame", "at +1 frame",
    )  # fmt: skip
    return Table(header, tuple(rows))


def _lag_block(new: PairResult) -> FigureBlock:
    reference, estimate, _ = recordings()
    shifts = np.arange(-100, 101, 5) / 1000
    curves: dict[str, list[float]] = {name: [] for name in SAGITTAL[::2]}
    for shift in shifts:
        aligned = GivenLag(float(shift))(reference, estimate)
        found = evaluate_motion(aligned.reference, aligned.estimate, ["rmse"]).values("rmse")
        for name, curve in curves.items():
            curve.append(found[name])
    lags = {
        name: outcome.record.lag_s
        for name, outcome in new.policies.items()
        if outcome.record is not None
    }
    drawing = lag_figure(shifts, curves, "RMSE", frame_s=0.01, lags=lags)
    knee = curves["knee_angle_r"]
    return FigureBlock(
        as_svg(drawing, page=True),
        f"RMSE of {NEW} against a shift of the lag; shaded: one frame. At ±0.1 s the right knee's"
        f" RMSE is {readable(knee[0], 'rad', 1)} and {readable(knee[-1], 'rad', 1)}° instead of"
        f" {readable(knee[len(knee) // 2], 'rad', 1)}°.",
        "Curves of RMSE over the lag with a minimum near zero.",
    )
