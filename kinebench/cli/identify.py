"""``kinebench identify``: which augmenter version made an augmented TRC."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.cli.arguments import kilograms, metres

if TYPE_CHECKING:
    from kinebench.augmentation.identify import Candidate, Identification


_NEAR_M = 3e-3  # nearest, but off by what a slightly wrong mass or height does


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kinebench identify``."""
    parser.add_argument(
        "file", type=Path, metavar="FILE.trc", help="TRC with keypoints and augmented markers"
    )
    parser.add_argument(
        "--mass", type=kilograms, required=True, metavar="KG",
        help="body mass: 72, 72kg or 159lb; required",
    )  # fmt: skip
    parser.add_argument(
        "--height", type=metres, required=True, metavar="M",
        help="body height: 1.78, 178cm or 70in; required",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Print the residual of each version and the verdict.

    Returns
    -------
    int
        0: that no version fits is an answer too.
    """
    from kinebench.augmentation.identify import identify
    from kinebench.core.subject import Subject, require_possible
    from kinebench.io.trc import read_trc

    require_possible(arguments.mass, arguments.height)
    subject = Subject(mass_kg=arguments.mass, height_m=arguments.height)
    found = identify(read_trc(arguments.file), subject)
    if arguments.json:
        print(json.dumps(_as_json(arguments.file, subject.mass_kg, subject.height_m, found)))
    else:
        print("\n".join([*_table(found), "", _verdict(arguments.file.name, found)]))
    return 0


def _as_json(file: Path, mass_kg: float, height_m: float, found: Identification) -> dict[str, Any]:
    return {
        "file": file.name,
        "mass_kg": mass_kg,
        "height_m": height_m,
        "version": found.version,
        "cut_or_resampled": found.cut_or_resampled,
        "n_frames": found.n_frames,
        "n_markers": found.n_markers,
        "candidates": [_row(candidate) for candidate in found.candidates],
    }


def _row(candidate: Candidate) -> dict[str, Any]:
    from kinebench.core.provenance import without_nan

    values = {
        "rms_mm": candidate.rms_m,
        "max_mm": candidate.max_m,
        "vertical_offset_mm": candidate.offset_m,
    }
    numbers = {name: round(1e3 * value, 6) for name, value in values.items()}
    row: dict[str, Any] = {"version": candidate.version, **numbers, "fits": candidate.fits}
    row["n_frames"] = candidate.n_frames
    return dict(without_nan(row))


def _table(found: Identification) -> list[str]:
    lines = [f"{'version':<10}{'RMS, mm':>10}{'max, mm':>10}{'frames':>8}"]
    for candidate in found.candidates:
        mark = "  fits" if candidate.fits else ""
        rms, largest = 1e3 * candidate.rms_m, 1e3 * candidate.max_m
        numbers = f"{rms:>10.3f}{largest:>10.3f}{candidate.n_frames:>8}"
        lines.append(f"{candidate.version:<10}{numbers}{mark}")
    return lines


def _verdict(name: str, found: Identification) -> str:
    compared = f"{found.n_markers} markers, {found.n_frames} frames compared"
    if found.version is not None:
        history = (
            ", and the trial was cut or resampled afterwards" if found.cut_or_resampled else ""
        )
        return f"{name} was augmented with {found.version}{history} ({compared})."
    best = found.candidates[0]
    if best.rms_m < _NEAR_M:
        return (
            f"No version fits {name}; {best.version} is nearest, off by as much as a slightly"
            f" wrong mass or height explains: check both ({compared})."
        )
    return (
        f"No known version made the markers of {name} from its keypoints at this mass and height"
        f" ({compared})."
    )
