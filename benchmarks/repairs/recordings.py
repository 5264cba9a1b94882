"""Repairs on public recordings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.repairs.laboratory import ALL, LEGS, _unlike, table
from kinebench.cleaning import BoneLengths, Rescale, SwapSides
from kinebench.cleaning.lengths import measured_lengths
from kinebench.core import Markers, Subject, Trial
from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.segments import SEGMENTS
from kinebench.core.stages import in_trial
from kinebench.datasets import fetch_file
from kinebench.errors import DatasetError
from kinebench.geometry.segments import distances
from kinebench.io.trc import read_trc
from kinebench.lab.camera import ScaleError, SideSwaps

_TWO, _NULL = "keypoints-subject2", "opencap-session-subject0"
FILES = {
    "subject 2, squats": (_TWO, "test_data/squats.trc"),
    "subject 2, sit-to-stand": (_TWO, "test_data/sit_to_stand.trc"),
    "subject 2, drop jump": (_TWO, "test_data/drop_vertical_jump.trc"),
    "subject 0, static": (_NULL, "test_data/subject0/MarkerData/neutral.trc"),
    "subject 0, squats": (_NULL, "test_data/subject0/MarkerData/Squats_0.trc"),
    "subject 0, asymmetric": (_NULL, "test_data/subject0/MarkerData/Asym_0.trc"),
    "subject 3, walking": (
        "labvalidation-subject3-walking1", "Examples/GRF_tracking_data/OC_val/walking1.trc",
    ),
}  # fmt: skip
_ABSENT = (
    "\n## Public recordings\n\nNot measured: the files are neither in the cache nor in a mirror.\n"
)


def recordings() -> str:
    """What the repairs do to recorded people."""
    try:
        files = {name: read_trc(fetch_file(*place)) for name, place in FILES.items()}
    except DatasetError:
        return _ABSENT
    films = {name: film.select(OPENCAP_20) for name, film in files.items()}
    walk = files["subject 3, walking"]
    return "\n".join(
        ("\n## Public recordings\n", _sides(films), _lengths(films), _walk(walk), _sizes(films))
    )


def _sides(films: dict[str, Markers]) -> str:
    rows = []
    for name, film in films.items():
        alarms = int(_unlike(SwapSides()(film), film).sum())
        cells = [name, str(film.n_frames), str(alarms)]
        for parts in (ALL, LEGS, ("Elbow", "Wrist")):
            seen = SideSwaps(30.0, 0.15, parts)(film, "public", name)
            was, still = _unlike(seen, film), _unlike(SwapSides()(seen), film)
            cells.append(f"{was.sum()} → {still.sum()}")
        rows.append(cells)
    head = ["recording", "frames", "exchanged by mistake", "whole person planted", "legs planted",
            "arms planted"]  # fmt: skip
    return (
        "### Exchanges\n\nKeypoints and frames: as recorded, what `swap-sides` exchanges (there is"
        " no known exchange in them); with 30 bursts a minute planted, exchanged before → after.\n"
        "\n" + table(head, rows)
    )


def _lengths(films: dict[str, Markers]) -> str:
    rows = []
    shown = ("pelvis", "right thigh", "right shank", "right foot", "right upper arm")
    for name, film in films.items():
        ends = [[film.names.index(end) for end in SEGMENTS[s]] for s in shown]
        spread = 1000 * np.nanstd(distances(film.positions, ends), axis=0)
        moved = np.linalg.norm(BoneLengths()(film).positions - film.positions, axis=2)
        most = film.names[int(np.nanmean(moved, axis=0).argmax())]
        rows.append(
            [name, *(f"{s:.0f}" for s in spread), f"{1000 * np.nanmean(moved):.1f}",
             f"{1000 * np.nanmax(moved):.0f}", most]
        )  # fmt: skip
    head = ["SD over time, mm", *shown, "moved, mm: mean", "largest", "most moved"]
    return (
        "### Segment lengths as recorded, and what `bone-lengths` moves\n\nA hip keypoint that"
        " slides as the hip bends makes the thigh's length change in squats (SD 31 to 37 mm, other"
        " segments 6 to 14): constant lengths divide that between hip and knee.\n\n"
        + table(head, rows)
    )


def _optical(walk: Markers) -> Iterator[tuple[str, FloatArray]]:
    """Joint centres that optical markers of both sides give (n_frames, 3) m."""
    for side in "RL":
        yield f"{side}Hip", walk.position(f"{side}_HJC")
        small = side.lower() if side == "R" else side
        for joint, one, other in (
            ("Knee", f"{small}_knee", f"{small}_mknee"),
            ("Ankle", f"{small}_ankle", f"{small}_mankle"),
            ("Elbow", f"{side}_elbow_med", f"{side}_elbow_lat"),
            ("Wrist", f"{side}_wrist_radius", f"{side}_wrist_ulna"),
        ):
            if {one, other} <= set(walk.names):
                yield side + joint, (walk.position(one) + walk.position(other)) / 2


def _walk(walk: Markers) -> str:
    """Keypoints against optical joint centres, constant bias taken out."""
    keypoints = walk.select(OPENCAP_20)
    after = BoneLengths()(keypoints)
    rows = []
    for name, centre in _optical(walk):
        cells = [name]
        for seen in (keypoints, after):
            error = seen.position(name) - centre
            apart = np.linalg.norm(error, axis=1)
            varies = np.linalg.norm(error - np.nanmean(error, axis=0), axis=1)
            cells += [f"{1000 * np.nanmean(apart):.1f}", f"{1000 * np.nanmean(varies):.1f}"]
        rows.append(cells)
    means = np.mean([[float(cell) for cell in row[1:]] for row in rows], axis=0)
    rows.append(["mean", *(f"{value:.1f}" for value in means)])
    head = ["keypoint", "before: distance", "without constant part", "after: distance",
            "without constant part"]  # fmt: skip
    return (
        "### `bone-lengths` beside optical joint centres, walking, subject 3, mm (n = 1)\n\n"
        + table(head, rows)
    )


def _sizes(films: dict[str, Markers]) -> str:
    static = films["subject 0, static"]
    subject = Subject(72.0, 1.78)
    rows = []
    for name in ("subject 0, squats", "subject 0, asymmetric"):
        for planted in (1.0, 0.65, 0.8, 1.25):
            film = ScaleError(planted)(films[name])
            cells = [name, f"{planted:g}"]
            for to in ("static", "height"):
                (stage,) = in_trial((Rescale(to),), Trial(name, subject, film, static))
                scaled = stage(film)
                thigh = dict(measured_lengths(scaled))["right thigh"]
                own = dict(measured_lengths(static))["right thigh"]
                factor = np.nanmedian(scaled.positions / films[name].positions)
                cells += [f"{factor:.3f}", f"{thigh / own:.3f}"]
            rows.append(cells)
    head = ["recording", "planted size", "`rescale`: size after", "thigh to static",
            "`rescale:height`: size after", "thigh to static"]  # fmt: skip
    return "### Size\n\n1 is the size as recorded.\n\n" + table(head, rows)
