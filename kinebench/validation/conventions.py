"""Axes, units and sizes that are taken for granted, looked at before anything else can fail."""

from __future__ import annotations

import re
import warnings

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject, implausible, require_possible
from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.pipeline.plausibility import require_plausible, up_axes
from kinebench.validation.joint_frames import JointFrame

__all__ = ["axes_of", "require_motion_plausible", "require_person", "require_upright"]

_NAMED = {"y-up": "+x+y+z", "z-up": "+x+z-y", "x-up": "+y+x-z"}
_UPRIGHT = 0.5  # cosine of 60°, as where markers are looked at
_FARTHEST_M = 30.0
"""From the laboratory's origin: with mm taken as m a pelvis is 900 m up; tracks end within 30 m."""

_ANYBODY = Subject(70.0, 1.7, "somebody")
"""Who stands for a person of unknown size: bodies of 0.6 to 2.7 m pass."""


def axes_of(text: str) -> str:
    """Axes as `kinebench.io.keypoint_files.read_markers` takes them.

    Parameters
    ----------
    text : str
        ``y-up``, ``z-up``, ``x-up``, or forward, up and right such as ``+x+z-y``, in any case.

    Raises
    ------
    ValueRangeError
        Something else.
    """
    plain = text.strip().lower().replace("_", "-").replace(" ", "-")
    plain = re.sub(r"^([xyz])-?up$", r"\1-up", plain)
    if plain in _NAMED:
        return _NAMED[plain]
    if re.fullmatch(r"([+-][xyz]){3}", plain):
        return plain
    raise ValueRangeError(
        f"--axes must be {', '.join(_NAMED)}, or forward, up and right such as +x+z-y; found"
        f" '{text}'"
    )


def require_person(mass_kg: float, height_m: float, sure: bool = False) -> None:
    """Refuse a height in cm and a mass in lb, and whatever else no ordinary person has.

    Raises
    ------
    ValueRangeError
        With the unit that would make it a person's; unless `sure`, when it is not impossible.
    """
    require_possible(mass_kg, height_m)
    doubt = implausible(mass_kg, height_m) if mass_kg > 0 and height_m > 0 else ""
    if doubt and not sure:
        raise ValueRangeError(f"{doubt}; where it is right nevertheless, say so with --sure")


def require_upright(
    markers: Markers, subject: Subject | None, which: str, option: str, stated: bool
) -> tuple[str, ...]:
    """Refuse other units and axes than metres and Y up.

    Parameters
    ----------
    markers : Markers
        By our names, as read with the axes stated.
    subject : Subject, optional
    which : str
        What the recording is called.
    option : str
        With which axes are stated.
    stated : bool
        Whether they were.

    Returns
    -------
    tuple of str
        What is worth telling.

    Raises
    ------
    ValueRangeError
        The body is too small or too large, or it is not upright along Y.
    """
    floor = floor_axis(markers)
    posture = up_axes(markers)
    # with axes of six letters, the third and fourth are where up lies
    up = posture[2:4] if posture else ""
    if up or (floor and floor != "+y" and not _knows_posture(markers)):
        found = up or floor
        signs = []
        if up:
            signs.append(f"the head is above the feet along {up}")
        if floor:
            signs.append(f"the lowest markers rest along {floor}, as on a floor")
        cure = {"+z": "z-up", "+x": "x-up"}.get(found, posture or found)
        said = "with the axes stated " if stated else ""
        raise ValueRangeError(
            f"{which} is not Y-up: {said}{' and '.join(signs)}; confirm with {option} {cure}"
            if not stated
            else f"{which}: {said}{' and '.join(signs)}, not along +y: {option} is wrong"
        )
    with warnings.catch_warnings():
        # what it warns of is told here, or by those that read the file
        warnings.simplefilter("ignore", KinebenchWarning)
        require_plausible(markers, subject or _ANYBODY, which)
    return () if not stated else (f"{which}: Y is up with the axes stated",)


def floor_axis(markers: Markers) -> str:
    """Signed axis along which the lowest markers keep their place, as feet on a floor do.

    Empty when no direction is twice as steady as the next, such as for somebody who stands still.
    """
    positions = markers.positions[:: max(1, markers.n_frames // 200)]
    if len(positions) < 10 or positions.shape[1] < 8:
        return ""
    spreads: dict[str, float] = {}
    for axis, letter in enumerate("xyz"):
        for sign, mark in ((1.0, "+"), (-1.0, "-")):
            with np.errstate(invalid="ignore"):
                lowest = np.nanpercentile(sign * positions[..., axis], 5, axis=1)
            if np.isfinite(lowest).any():
                spreads[mark + letter] = float(np.nanstd(lowest))
    ordered = sorted(spreads, key=lambda name: spreads[name])
    if len(ordered) < 2 or spreads[ordered[1]] < 2 * spreads[ordered[0]]:
        return ""
    return ordered[0]


def _knows_posture(markers: Markers) -> bool:
    """Whether names tell that the body stands along +y: then a floor elsewhere is no doubt."""
    turned = markers.with_positions(markers.positions[..., [0, 2, 1]])
    return bool(up_axes(turned))


def require_motion_plausible(motion: Motion, root: JointFrame | None, which: str) -> None:
    """Refuse a pelvis that lies, as of markers with Z up, or that is metres away, as with mm.

    Raises
    ------
    ValueRangeError
    """
    for name in ("pelvis_tx", "pelvis_ty", "pelvis_tz"):
        if name not in motion.names:
            continue
        far = _median(np.abs(motion.value(name)))
        if far > _FARTHEST_M:
            raise ValueRangeError(
                f"{which}: {name} is {far:.0f} m in the median: are its translations in mm, taken"
                " as m? Convert the markers before inverse kinematics"
            )
    if root is None or not set(root.coordinates) <= set(motion.names):
        return
    up = root.rotations(motion)[:, 1, 1]
    if _median(up) < _UPRIGHT:
        raise ValueRangeError(
            f"{which}: the pelvis leans by {np.degrees(np.arccos(_median(up))):.0f}° in the median:"
            " were its markers Z-up when inverse kinematics read them? Give the markers with"
            " --axes z-up, or solve again on markers with Y up"
        )


def _median(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")
