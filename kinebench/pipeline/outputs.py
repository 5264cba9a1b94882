"""What a run leaves in a folder; every file opens in the OpenSim GUI."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.motion import Motion
from kinebench.core.provenance import without_nan
from kinebench.core.results import PipelineRun
from kinebench.io.atomic import OutputError, alone_in, require_folder
from kinebench.io.interrupts import held
from kinebench.io.mot import motion_pieces
from kinebench.io.sto import Table, table_pieces
from kinebench.io.trc import trc_pieces
from kinebench.pipeline.filled import filled_per_frame
from kinebench.quality.model import model_mass, side_ratios

OUTPUT_FILES = (
    "keypoints.trc",
    "augmented.trc",
    "scaled.osim",
    "kinematics.mot",
    "kinematics_se.sto",
    "marker_errors.sto",
    "marker_errors_per_marker.sto",
    "run.json",
)
_MANIFEST = OUTPUT_FILES[-1]


def require_room(folder: Path, inputs: Iterable[Path], overwrite: bool = False) -> None:
    """Find out before the work whether results can be written without harming what is there.

    Parameters
    ----------
    folder : Path
        For the results.
    inputs : iterable of Path
        Never replaced.
    overwrite : bool
        Results of another run may be replaced.

    Raises
    ------
    OutputError
        When the folder cannot be made or written to, when a result would replace an input, or,
        without `overwrite`, other results.
    """
    require_folder(folder)
    results = {(folder / name).resolve() for name in OUTPUT_FILES}
    endangered = [path for path in inputs if path.resolve() in results]
    if endangered:
        raise OutputError(
            f"cannot write to {folder}: {endangered[0].name} of the results would replace the"
            " input of that name; name another folder"
        )
    if not overwrite and any(path.exists() for path in results):
        raise OutputError(
            f"{folder} holds results already: name another folder, or replace them with --overwrite"
        )


def write_run(
    folder: Path,
    run: PipelineRun,
    manifest: Mapping[str, Any],
    flags: NDArray[np.int64] | None = None,
    standard_error: Motion | None = None,
) -> None:
    """Write all files of a run, or none of them.

    They are written aside and moved into place together, run.json last.

    Parameters
    ----------
    folder : Path
        Made when it is not there.
    run : PipelineRun
    manifest : mapping
        Content of run.json; the digests of the other files are added.
    flags : (n_frames,) int, optional
        What the checks of quality say of each frame, 0 to 2, for marker_errors.sto.
    standard_error : Motion, optional
        Of the run's coordinates; not known without it.

    Raises
    ------
    OutputError
        When the folder cannot be made or written to, or the disk is full.
    """
    contents = _contents(run, flags, standard_error)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # held to the end: a signal while the folder aside is taken away would leave it
        with alone_in(folder) as alone, held(), _aside(folder, alone) as aside:
            digests = {name: _write(aside / name, pieces) for name, pieces in contents.items()}
            manifest = {**manifest, "outputs": digests}
            _write(aside / _MANIFEST, [manifest_text(manifest)])
            for name in OUTPUT_FILES:
                (aside / name).replace(folder / name)
    except BaseException as error:
        for path in made:
            with contextlib.suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise OutputError(f"cannot write to {folder}: {error.strerror or error}") from error
        raise


@contextlib.contextmanager
def _aside(folder: Path, alone: bool) -> Iterator[Path]:
    """A scratch folder within another; what a killed run has left of its own is taken away."""
    if alone:
        for left in folder.glob(".run-*.part"):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(".part", ".run-", folder) as name:
        yield Path(name)


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """JSON of a manifest; numbers that JSON does not know, NaN and infinity, become null."""
    return json.dumps(without_nan(manifest), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _contents(
    run: PipelineRun, flags: NDArray[np.int64] | None, standard_error: Motion | None
) -> dict[str, Iterable[str | bytes]]:
    """Text of each file but the manifest, piece by piece."""
    if standard_error is None:
        standard_error = replace(run.motion, values=np.full(run.motion.values.shape, np.nan))
    per_marker = Table(
        "Distance of each model marker from the measured one, m",
        run.solution.marker_names,
        run.motion.times,
        run.solution.marker_errors,
    )
    return {
        "keypoints.trc": trc_pieces(run.keypoints, "keypoints.trc"),
        "augmented.trc": trc_pieces(run.augmented, "augmented.trc"),
        "scaled.osim": [run.scaling.model.xml],
        "kinematics.mot": motion_pieces(run.motion),
        "kinematics_se.sto": motion_pieces(standard_error),
        "marker_errors.sto": table_pieces(_error_table(run, flags)),
        "marker_errors_per_marker.sto": table_pieces(per_marker),
    }


def _write(path: Path, pieces: Iterable[str | bytes]) -> str:
    """Write a file and give its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            content = piece.encode() if isinstance(piece, str) else piece
            digest.update(content)
            file.write(content)
        file.flush()
        os.fsync(file.fileno())  # a full disk may tell only now
    return digest.hexdigest()


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
        static |= _standing(run.records.get("standing"))
    return {
        "frames": run.motion.n_frames,
        "rate_hz": run.motion.rate_hz if run.motion.n_frames > 1 else None,
        "marker_error_rms_mm": {"mean": _mm(np.nanmean(rms)), "max": _mm(np.nanmax(rms))},
        "worst_marker": {
            "name": run.solution.marker_names[column],
            "error_mm": _mm(errors[frame, column]),
            "time_s": float(run.motion.times[frame]),
        },
        "frames_filled": int((_filled(run) > 0).sum()),
        "frames_not_converged": int((~run.solution.converged).sum()),
        "frames_with_rival_pose": int((~np.isnan(run.solution.rival_deg)).sum()),
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


def _filled(run: PipelineRun) -> NDArray[np.int64]:
    """(n_frames,) How many keypoints cleaning filled in each frame."""
    gaps = run.records.get("filled", {}).get("keypoints", ())
    return filled_per_frame(gaps, run.motion.times)


def _standing(quality: Mapping[str, Any] | None) -> dict[str, Any]:
    """How well the subject stood in the static window, when keypoints tell."""
    if quality is None:
        return {}
    return {
        "movement_mm": _mm(quality["movement_m"]),
        "knee_flexion_deg": [round(angle, 2) for angle in quality["knee_flexion_deg"]],
        "trunk_lean_deg": round(quality["trunk_lean_deg"], 2),
    }


def _error_table(run: PipelineRun, flags: NDArray[np.int64] | None) -> Table:
    """OpenSim's own columns, how many keypoints cleaning filled in the frame, and a flag.

    The RMS counts the markers present. `quality_flag` is 0 where no check found anything, 1 amber,
    2 red.
    """
    solution = run.solution
    errors = solution.marker_errors
    squared = np.nansum(errors**2, axis=1)
    largest = np.where(np.isnan(errors), -np.inf, errors).max(axis=1)
    filled = _filled(run).astype(np.float64)
    values = np.stack([squared, solution.rms_errors, largest, filled], axis=1)
    columns: tuple[str, ...] = (
        "total_squared_error",
        "marker_error_RMS",
        "marker_error_max",
        "filled_keypoints",
    )
    if flags is not None:
        values = np.column_stack([values, flags])
        columns = (*columns, "quality_flag")
    return Table("Model Marker Errors from IK", columns, solution.motion.times, values)


def _mm(metres: Any) -> float:
    return round(float(metres) * 1e3, 3)
