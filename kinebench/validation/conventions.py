"""Axes, units and sizes that are taken for granted, looked at before anything else can fail."""

from __future__ import annotations

import numpy as np

from kinebench.alignment.joint_frames import JointFrame
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.plausible import PLAUSIBLE
from kinebench.core.subject import LENGTHS, MASSES, Subject, implausible, require_possible
from kinebench.core.upright import up_axes
from kinebench.errors import ValueRangeError
from kinebench.pipeline.unit_check import require_plausible
from kinebench.remarks import unheard

_UPRIGHT = 0.5  # cosine of 60°, as where markers are looked at
_FARTHEST_M = 30.0
"""From the laboratory's origin: with mm taken as m a pelvis is 900 m up; tracks end within 30 m."""

_LONGER = 1.3
"""Extent of a body along the vertical over that across: standing 2 and more, in a squat 1.5."""

_ADULT_M = (1.2, 2.3)
_LIGHTEST_KG, _HEAVIEST_KG = 2.0, 194.0
"""A newborn, and a body-mass index of 44, the highest plausible, at 2.1 m."""

ANYBODY = Subject(70.0, 1.7, "somebody")
"""Who stands for a person of unknown size: bodies of 0.6 to 2.7 m pass."""


def require_person(mass_kg: float | None, height_m: float | None, sure: bool = False) -> None:
    """Refuse a height in cm and a mass in lb, and whatever else no ordinary person has.

    One without the other is judged by itself, as far as that goes: a mass of 158 may be a person's
    until the height is known.

    Raises
    ------
    ValueRangeError
        With the unit that would make it a person's; unless `sure`, when it is not impossible.
    """
    if mass_kg is not None and height_m is not None:
        require_possible(mass_kg, height_m)
        doubt = implausible(mass_kg, height_m) if mass_kg > 0 and height_m > 0 else ""
    else:
        doubt = _doubtful_alone(mass_kg, height_m)
    if doubt and not sure:
        raise ValueRangeError(f"{doubt}; where it is right nevertheless, say so with --sure")


def _doubtful_alone(mass_kg: float | None, height_m: float | None) -> str:
    """What is doubtful about a height or a mass that is stated alone; empty when nothing is."""
    if height_m is not None and height_m not in PLAUSIBLE["height"]:
        unit = next((u for u, m in LENGTHS.items() if _ADULT_M[0] < m * height_m < _ADULT_M[1]), "")
        return f"a height of {height_m:g} m is not plausible" + (f" (in {unit}?)" if unit else "")
    if mass_kg is not None and not _LIGHTEST_KG < mass_kg < _HEAVIEST_KG:
        unit = next((u for u, kg in MASSES.items() if 30 < kg * mass_kg < 130), "")
        return f"a mass of {mass_kg:g} kg is not plausible" + (f" (in {unit}?)" if unit else "")
    return ""


def require_metres(markers: Markers, subject: Subject | None, which: str) -> None:
    """Refuse a body too small or too large for its subject, as with mm taken as m.

    Raises
    ------
    ValueRangeError
    """
    # what it tells besides, the axes, has a check of its own; gaps in time the reader told
    with unheard():
        require_plausible(markers, subject or ANYBODY, which)


def require_upright(markers: Markers, which: str, option: str, stated: bool) -> None:
    """Refuse other axes than Y up, by posture and by where the feet rest, against gravity.

    Parameters
    ----------
    markers : Markers
        By our names, with the axes stated.
    which : str
        What the recording is called.
    option : str
        With which axes are stated.
    stated : bool
        Whether they were.

    Raises
    ------
    ValueRangeError
        The body is not upright along Y, with the axes that would set it so.
    """
    posture, floor = up_axes(markers), floor_axis(markers)
    # forward, up and right: the third and fourth letters say where up lies
    up = posture[2:4]
    if not up and (floor in ("", "+y") or _knows_posture(markers)):
        return
    signs = [f"the head is above the feet along {up}"] if up else []
    signs += [f"the body is longest along {floor}, away from its steadier end"] if floor else []
    told = " and ".join(signs)
    if stated:
        raise ValueRangeError(f"{which}: with the axes stated {told}, not +y: {option} is wrong")
    found = up or floor
    cure = {"+z": "z-up", "+x": "x-up"}.get(found, posture or "with up along " + found)
    raise ValueRangeError(f"{which} is not Y-up: {told}; confirm with {option} {cure}")


def floor_axis(markers: Markers) -> str:
    """Signed axis along which the body is longest, away from the end that rests, as feet do.

    It needs no names. Empty for a body that is about as long another way, as with arms stretched
    out, and for one whose two ends are equally steady.
    """
    positions = markers.positions[:: max(1, markers.n_frames // 200)]
    positions = positions[np.isfinite(positions[..., 0]).mean(axis=1) > 0.5]
    if len(positions) < 10 or positions.shape[1] < 8:
        return ""
    low, high = np.nanmin(positions, axis=1), np.nanmax(positions, axis=1)
    across, longest = np.argsort(np.median(high - low, axis=0))[1:]
    extent = np.median(high - low, axis=0)
    below, above = low[:, longest].std(), high[:, longest].std()
    if extent[longest] < _LONGER * extent[across] or below == above:
        return ""
    return ("+" if below < above else "-") + "xyz"[longest]


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
