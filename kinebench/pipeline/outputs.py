"""What a run leaves in a folder; every file opens in the OpenSim GUI."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.core.results import IKSolution, PipelineRun
from kinebench.io.atomic import OutputError
from kinebench.io.sto import Table, motion_text, table_text
from kinebench.io.trc import trc_text
from kinebench.pipeline.checks import model_mass, side_ratios

__all__ = ["OUTPUT_FILES", "summary", "write_run"]

OUTPUT_FILES = (
    "keypoints.trc",
    "augmented.trc",
    "scaled.osim",
    "kinematics.mot",
    "marker_errors.sto",
    "marker_errors_per_marker.sto",
    "run.json",
)


def write_run(folder: Path, run: PipelineRun, manifest: Mapping[str, Any]) -> None:
    """Write all files of a run, or none of them.

    They are written aside and moved into place together, run.json last.

    Parameters
    ----------
    folder : Path
        Made when it is not there.
    run : PipelineRun
    manifest : mapping
        Content of run.json, JSON types only.

    Raises
    ------
    OutputError
        When the folder cannot be made or written to, or the disk is full.
    """
    errors = run.solution.marker_errors
    per_marker = Table(
        "Distance of each model marker from the measured one, m",
        run.solution.marker_names,
        run.motion.times,
        errors,
    )
    contents: dict[str, bytes] = {
        "keypoints.trc": trc_text(run.keypoints, "keypoints.trc").encode(),
        "augmented.trc": trc_text(run.augmented, "augmented.trc").encode(),
        "scaled.osim": run.scaling.model.xml,
        "kinematics.mot": motion_text(run.motion).encode(),
        "marker_errors.sto": table_text(_error_table(run.solution)).encode(),
        "marker_errors_per_marker.sto": table_text(per_marker).encode(),
        "run.json": (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".run-", suffix=".part", dir=folder) as aside:
            for name in OUTPUT_FILES:
                (Path(aside) / name).write_bytes(contents[name])
            for name in OUTPUT_FILES:
                (Path(aside) / name).replace(folder / name)
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {error.strerror or error}") from error


def summary(run: PipelineRun) -> dict[str, Any]:
    """Figures of a run that a person looks at first, in mm, degrees and percent."""
    errors = run.solution.marker_errors
    rms = run.solution.rms_errors
    frame, column = np.unravel_index(np.nanargmax(errors), errors.shape)
    scaling = run.scaling
    static: dict[str, Any] = {}
    if scaling.marker_errors.size:
        worst = int(scaling.marker_errors.argmax())
        static = {
            "window_s": [round(time, 6) for time in scaling.window_s],
            "marker_error_rms_mm": _mm(np.sqrt(np.mean(scaling.marker_errors**2))),
            "marker_error_max_mm": _mm(scaling.marker_errors[worst]),
            "worst_marker": scaling.marker_names[worst],
        }
    return {
        "frames": run.motion.n_frames,
        "rate_hz": run.motion.rate_hz if run.motion.n_frames > 1 else None,
        "marker_error_rms_mm": {"mean": _mm(np.nanmean(rms)), "max": _mm(np.nanmax(rms))},
        "worst_marker": {
            "name": run.solution.marker_names[column],
            "error_mm": _mm(errors[frame, column]),
            "time_s": float(run.motion.times[frame]),
        },
        "frames_not_converged": int((~run.solution.converged).sum()),
        "static": static,
        "body_scale_factors": {
            name: list(factors) for name, factors in scaling.body_scale_factors.items()
        },
        "right_over_left_percent": {
            body: round(ratio * 100, 3)
            for body, ratio in side_ratios(scaling.body_scale_factors).items()
        },
        "model_mass_kg": round(model_mass(scaling.model), 4),
    }


def _error_table(solution: IKSolution) -> Table:
    """OpenSim's own columns; the RMS counts the markers present."""
    errors = solution.marker_errors
    squared = np.nansum(errors**2, axis=1)
    largest = np.where(np.isnan(errors), -np.inf, errors).max(axis=1)
    values = np.stack([squared, solution.rms_errors, largest], axis=1)
    columns = ("total_squared_error", "marker_error_RMS", "marker_error_max")
    return Table("Model Marker Errors from IK", columns, solution.motion.times, values)


def _mm(metres: Any) -> float:
    return round(float(metres) * 1e3, 3)
