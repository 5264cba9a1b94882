"""kinebench compare beside poseaudit (PyPI, MIT) on the same .mot pairs; writes README.md here.

    python -m venv side && side/bin/pip install poseaudit
    python -m benchmarks.poseaudit.compare --poseaudit side/bin/poseaudit

poseaudit stays out of kinebench's own environment: it is asked through its command line.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kinebench.alignment import GivenLag
from kinebench.comparison import PairResult, Procedure, compare_recordings
from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Coordinate, Motion
from kinebench.datasets import fetch_file
from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import write_atomically
from kinebench.io.mot import read_motion, write_motion
from kinebench.statistics import bland_altman, icc

__all__ = ["Row", "agreement_rows", "clock_rows", "main", "subject_rows"]

HERE = Path(__file__).resolve().parent
MOCAP = ("labvalidation-subject2-walking1", "Examples/GRF_tracking_data/old/walking1.mot")
VIDEOS = {
    "GaitDynamics' video": (
        "labvalidation-subject2-walking1",
        "for_antoine/subject2/walking1_video.mot",
    ),
    "older video": ("opencap-processing", "Moco/exampleWalking/walking1_videoAndMocap.mot"),
}


class Row(NamedTuple):
    """One figure that both compute.

    Parameters
    ----------
    figure : str
    n : int
        Coordinates and pairs compared.
    largest : float
        Largest relative difference; of figures below 1e-9 the absolute one.
    """

    figure: str
    n: int
    largest: float


def asked(command: str, reference: Path, estimate: Path, *options: str) -> dict[str, Any]:
    """poseaudit's figures by coordinate."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        subprocess.run(
            [
                command, "paired", "--pred-mot", str(estimate), "--ref-mot", str(reference),
                "--big-error", "deg:5,m:0.02", "--resamples", "100", "--json", str(out), *options,
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        content = json.loads(out.read_text(encoding="utf-8"))
    return {measure["measure"]["name"]: measure for measure in content.get("measures", [content])}


def agreement_rows(command: str) -> list[Row]:
    """Every figure that both compute, on two real pairs whose time stamps coincide."""
    apart: dict[str, list[float]] = {}
    for dataset, path in VIDEOS.values():
        reference, estimate = fetch_file(*MOCAP), fetch_file(dataset, path)
        theirs = asked(command, reference, estimate)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KinebenchWarning)
            one, other = read_motion(reference), read_motion(estimate)
            result = compare_recordings(one, other, Procedure(), other_policies=False)
            for item in result.evaluation.items:
                for figure, own, their in _both(result, item, theirs[item]):
                    scale = max(abs(their), abs(own))
                    gap = abs(own - their)
                    apart.setdefault(figure, []).append(gap / scale if scale > 1e-9 else gap)
    return [Row(figure, len(values), max(values)) for figure, values in apart.items()]


def _both(
    result: PairResult, item: str, their: dict[str, Any]
) -> Iterator[tuple[str, float, float]]:
    """Figure, kinebench's value, poseaudit's value; degrees and metres."""
    reference, estimate = result.reference, result.estimate
    assert isinstance(reference, Motion)
    assert isinstance(estimate, Motion)
    rotational = reference.select([item]).coordinates[0].kind == "rotational"
    scale = 180 / np.pi if rotational else 1.0
    found = {f.metric: f.value for f in result.evaluation.figures if f.item == item}
    curve = {feature["feature"]: feature["bias"] for feature in their["curve"]}
    yield "bias", scale * found["bias"], their["bias"]
    yield "mean |error|", scale * found["mae"], their["mean_abs_error"]
    yield "RMSE", scale * found["rmse"], their["rmse"]
    yield "Pearson r", found["pearson_r"], their["pearson"]
    yield "slope of estimate on reference", found["lfm_slope"], their["gain"]
    yield "intercept of that line", scale * found["lfm_offset"], their["offset"]
    yield "peak error", scale * found["peak_error"], curve["peak"]
    yield "trough error", scale * found["trough_error"], curve["trough"]
    yield "range-of-motion error", scale * found["rom_error"], curve["range"]


_N_SUBJECTS = 40


def subject_rows(command: str) -> list[Row]:
    """Limits of agreement and ICC on one value per subject, which is what they are meant for.

    Both tools read motions: each frame of this pair is another subject's value at an event, drawn
    with a bias, a proportional bias and noise of its own coordinate; poseaudit's figures of frames
    are those of subjects then.
    """
    reference, estimate = _subjects()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("reference.mot", "estimate.mot")]
        for file, motion in zip(files, (reference, estimate), strict=True):
            write_motion(file, motion)
        theirs = asked(command, files[0], files[1])
        # as written: a file has fewer digits than a double
        reference, estimate = (read_motion(file) for file in files)
    apart: dict[str, list[float]] = {}
    for name in reference.names:
        r, e = (np.degrees(motion.value(name)) for motion in (reference, estimate))
        for figure, own, their in _agreement(r, e, theirs[name]):
            apart.setdefault(figure, []).append(abs(own - their) / max(abs(own), abs(their)))
    return [Row(figure, len(values), max(values)) for figure, values in apart.items()]


def _subjects() -> tuple[Motion, Motion]:
    """Values of made-up subjects by two methods, one coordinate for each size of disagreement."""
    numbers = np.random.default_rng(20261128)
    names = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")
    true = np.array([30.0, 60.0, 15.0]) + np.array([8.0, 12.0, 5.0]) * numbers.standard_normal(
        (_N_SUBJECTS, 3)
    )
    noise = np.array([1.0, 3.0, 6.0]) * numbers.standard_normal((_N_SUBJECTS, 3))
    other = np.array([2.0, -4.0, 0.5]) + np.array([1.0, 0.9, 1.2]) * true + noise
    times = np.arange(_N_SUBJECTS) / 100.0
    coordinates = tuple(Coordinate(name) for name in names)
    one, two = (Motion(coordinates, times, np.radians(values)) for values in (true, other))
    return one, two


def _agreement(
    r: FloatArray, e: FloatArray, their: dict[str, Any]
) -> Iterator[tuple[str, float, float]]:
    subjects = [f"subject {number}" for number in range(len(r))]
    agreement = bland_altman(r, e, subjects)
    yield "limits of agreement, lower", agreement.lower, their["limits"][0]
    yield "limits of agreement, upper", agreement.upper, their["limits"][1]
    slope = agreement.proportional_bias.slope
    yield "slope of difference on mean", slope, their["ba_slope"]
    yield "ICC(A,1)", icc(np.stack([r, e], axis=1), "ICC(A,1)").value, their["icc"]


def clock_rows(command: str) -> list[tuple[float, float, float]]:
    """Rate (Hz), then kinebench's and poseaudit's RMSE (deg) of an estimate that has no error.

    The same 1.5 Hz course is sampled twice, the second time half a sample later: any RMSE is the
    interpolation's.
    """
    rows = []
    for rate_hz in (30.0, 60.0, 100.0):
        motions = []
        for start in (0.0, 0.5 / rate_hz):
            times = start + np.arange(round(4 * rate_hz)) / rate_hz
            course = np.radians(30) * np.sin(2 * np.pi * 1.5 * times)
            motions.append(Motion((Coordinate("knee_angle_r"),), times, course[:, None]))
        reference, estimate = motions
        own = compare_recordings(
            reference, estimate, Procedure(time=GivenLag(0.0)), other_policies=False
        )
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in ("reference.mot", "estimate.mot")]
            for file, motion in zip(files, motions, strict=True):
                write_motion(file, motion)
            their = asked(command, files[0], files[1])["knee_angle_r"]["rmse"]
        rows.append(
            (rate_hz, float(np.degrees(own.evaluation.value("knee_angle_r", "rmse"))), their)
        )
    return rows


_HAS = (
    # figure or ability, kinebench, poseaudit
    ("bias, MAE, RMSE, range, peak and trough errors, r, slope", "yes", "yes"),
    ("limits of agreement, normal and percentile", "yes", "yes"),
    ("limits of agreement for repeated measures, proportional bias, ICC", "yes", "yes"),
    ("exact intervals of the limits (Carkeet)", "no: MOVER (Zou)", "yes"),
    ("CCC, Deming and Theil–Sen slopes, rate of large errors, decision thresholds", "no", "yes"),
    ("per-cycle figures", "squat, sit-to-stand, gait, jump, CSV", "CSV, or where it repeats"),
    ("offset-removed RMSE, NRMSE, timing of peaks, LFM, Sprague–Geers, CMC", "yes", "no"),
    ("interval of one trial's bias that respects autocorrelation", "yes", "no: frames or subjects"),
    ("interval over subjects", "Student", "bootstrap, percentile"),
    ("TOST, permutation test of curves, Holm and FDR", "yes", "no"),
    ("lag: none, given, found", "yes", "yes"),
    ("sensitivity to the lag", "always: ± 1 frame, ± 0.1 s", "when asked for"),
    ("lag from a signal that is not scored, lag that minimises the error with a flag", "yes", "no"),
    ("which recording is interpolated", "estimate, by cubic spline", "reference, linearly"),
    ("which angles wrap", "those that can turn past ±180°", "all, unless told otherwise"),
    ("markers (.trc): distances, per segment and side, rigid alignment", "yes", "no"),
    ("does one side sink, attribution to causes", "yes", "no"),
    ("published procedures as presets", "yes", "no"),
    ("2D keypoints against labels (COCO, YOLO): pairing, who was skipped", "no", "yes"),
    ("tables: CSV, JSON, LaTeX; report", "all; HTML", "CSV, JSON; markdown"),
)  # fmt: skip


def readme(version: str, rows: list[Row], clock: list[tuple[float, float, float]]) -> str:
    """The note: agreement, the difference and who is right, and what each has."""
    lines = [
        "# Side by side with poseaudit",
        "",
        f"poseaudit {version} (PyPI, MIT) and `kinebench compare` on two public pairs of motions:"
        " walking of LabValidation subject 2, two videos against optical markers; every coordinate"
        " that kinebench scores. Written by `python -m benchmarks.poseaudit.compare`.",
        "",
        "## Where both compute a figure",
        "",
        "| figure | compared | largest relative difference | within 1e-6 |",
        "|---|---:|---:|---|",
    ]
    for row in rows:
        verdict = "yes" if row.largest < 1e-6 else "no"
        lines.append(f"| {row.figure} | {row.n} | {row.largest:.1e} | {verdict} |")
    lines += [
        "",
        f"Limits and ICC are those of {_N_SUBJECTS} made-up subjects, one value each, in three"
        " coordinates: neither is meant for the frames of a trial, which are no subjects.",
        "",
        "## Where they differ, and who is right",
        "",
        "When time stamps do not coincide, kinebench interpolates the estimate at the reference's"
        " times by a cubic spline, poseaudit the reference at the estimate's times linearly. One"
        " course of 30° and 1.5 Hz, sampled twice half a sample apart, has no error; what each"
        " reports as RMSE is its interpolation's:",
        "",
        "| rate (Hz) | kinebench (°) | poseaudit (°) |",
        "|---:|---:|---:|",
        *(f"| {rate:g} | {own:.1e} | {their:.1e} |" for rate, own, their in clock),
        "",
        "The true value is 0: the spline is nearer. At 100 Hz both are far below any error of"
        " interest.",
        "",
        "## What each has",
        "",
        "| | kinebench | poseaudit |",
        "|---|---|---|",
        *(f"| {what} | {own} | {their} |" for what, own, their in _HAS),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Compare and write the note."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--poseaudit", default=shutil.which("poseaudit"), metavar="COMMAND")
    command = parser.parse_args().poseaudit
    if command is None:
        parser.error("poseaudit is not installed: pip install it and name it with --poseaudit")
    told = subprocess.run([command, "--version"], check=True, capture_output=True, text=True)
    rows = agreement_rows(command) + subject_rows(command)
    clock = clock_rows(command)
    write_atomically(HERE / "README.md", readme(told.stdout.split()[-1], rows, clock))
    for row in rows:
        print(f"{row.figure:35} {row.n:4} {row.largest:.1e}")


if __name__ == "__main__":
    main()
