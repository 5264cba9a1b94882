"""Slips between two recordings of markers: another unit, other axes, a mirror, exchanged names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.names import shared_names
from kinebench.errors import ValueRangeError
from kinebench.geometry.registration import RigidTransform, register_rigid
from kinebench.remarks import Remark

_FRAMES = 200  # more say the same
_FAR_M = 0.10
"""Keypoints of video lie within 0.05 m of optical ones, single ones within 0.1 m."""
_LEFT = 0.4  # of the distance: where undoing a slip leaves more, it does not explain it
_SIZES = 0.10
"""Relative difference of sizes; two cameras' calibrations differ by 3 to 5 %."""
_UNITS = {1000.0: "mm", 100.0: "cm", 39.37: "inches", 3.281: "feet"}
_AXES = "xyz"
_SIDES = re.compile(r"^([RrLl])(?=[A-Z_.])|([._])([rl])$|(?i:(right|left))")
_OTHER = {"R": "L", "L": "R", "r": "l", "l": "r", "right": "left", "left": "right",
          "Right": "Left", "Left": "Right", "RIGHT": "LEFT", "LEFT": "RIGHT"}  # fmt: skip


def marker_slips(reference: Markers, estimate: Markers) -> Iterator[Remark]:
    """What looks like a slip between two recordings on the same times, by equal names.

    Each is told where undoing it would take most of the distance away; nothing is changed.
    """
    names = shared_names(reference.names, estimate.names)
    step = max(1, reference.n_frames // _FRAMES)
    one, other = (m.select(names).positions[::step] for m in (reference, estimate))
    if not len(names) or not (np.isfinite(one) & np.isfinite(other)).any():
        return
    size = _size_ratio(one, other)
    if max(size, 1 / size) > 1 + _SIZES:
        yield _of_sizes(size)
        other = other / size
    apart = _distance(one, other)
    if apart > _FAR_M:
        exchanged = _sides_exchanged(names)
        if exchanged and _distance(one, other[:, exchanged]) < _LEFT * apart:
            yield _slip(
                f"the markers lie {apart:.2f} m apart, and with the names of right and left"
                " exchanged most of that is gone: are the sides exchanged, or one axis mirrored?"
            )
            return
        told = _moved(one, other, apart)
        if told is not None:
            remark, other = told
            yield remark
    yield from _exchanged(names, one, other)


def _size_ratio(one: FloatArray, other: FloatArray) -> float:
    """Size of the second body over that of the first, in the median of its markers; 1 if unknown.

    A marker's size is its mean distance from the middle of all.
    """
    known = np.all(np.isfinite(one) & np.isfinite(other), axis=2)
    whole = known.all(axis=1)
    if not whole.any() or one.shape[1] < 2:
        return 1.0
    sizes = [
        np.linalg.norm(p[whole] - np.median(p[whole], axis=1)[:, None], axis=2).mean(axis=0)
        for p in (one, other)
    ]
    there = (sizes[0] > 0) & (sizes[1] > 0)
    return float(np.median(sizes[1][there] / sizes[0][there])) if there.any() else 1.0


def _of_sizes(size: float) -> Remark:
    larger = max(size, 1 / size)
    unit = next((unit for factor, unit in _UNITS.items() if 0.9 < larger / factor < 1.1), "")
    side, that = ("estimate", "reference") if size > 1 else ("reference", "estimate")
    if unit:
        return _slip(
            f"the {side} is {larger:.0f} times as large as the {that}: is one of them in {unit},"
            " read as m?"
        )
    return _slip(
        f"the {side} is {100 * (larger - 1):.0f} % larger than the {that}: another unit, another"
        " calibration, or another person?"
    )


def _distance(one: FloatArray, other: FloatArray) -> float:
    square = ((one - other) ** 2).sum(axis=2)
    known = square[np.isfinite(square)]
    return float(np.sqrt(known.mean())) if known.size else 0.0


def _sides_exchanged(names: Sequence[str]) -> list[int]:
    """Where the partner of each marker stands; empty when fewer than four have one."""
    places = {name: column for column, name in enumerate(names)}
    partners = [places.get(_partner(name), column) for column, name in enumerate(names)]
    return partners if sum(p != c for c, p in enumerate(partners)) >= 4 else []


def _partner(name: str) -> str:
    def other(match: re.Match[str]) -> str:
        start, dot, end, word = match.groups()
        if start or word:
            return _OTHER.get(start or word, start or word)
        return dot + _OTHER[end]

    exchanged = _SIDES.sub(other, name, count=1)
    # OpenCap's: r_knee_study and L_knee_study
    return exchanged[0].upper() + exchanged[1:] if exchanged.startswith("l_") else exchanged


def _moved(one: FloatArray, other: FloatArray, apart: float) -> tuple[Remark, FloatArray] | None:
    """A turn and shift, or a mirror, that explain the distance; the second without them."""
    try:
        plain = register_rigid(other, one)
        mirrored = register_rigid(other * np.array([1.0, 1.0, -1.0]), one)
    except ValueRangeError:  # too few markers
        return None
    if mirrored.rms < _LEFT * min(plain.rms, apart):
        text = "one of them is mirrored: the sign of one axis is another"
        moved = mirrored.apply(other * np.array([1.0, 1.0, -1.0]))
    elif plain.rms < _LEFT * apart:
        text, moved = f"{_in_words(plain)} would leave {plain.rms:.3f} m", plain.apply(other)
    else:
        return None
    remark = _slip(
        f"the markers lie {apart:.2f} m apart, and {text}",
        "other axes, or another origin: --space rigid takes it away",
    )
    return remark, moved


def _in_words(transform: RigidTransform) -> str:
    R = transform.R
    angle = float(np.degrees(np.arccos(np.clip((np.trace(R) - 1) / 2, -1, 1))))
    if angle < 5.0:
        return f"a shift of {float(np.linalg.norm(transform.t)):.2f} m"
    axis = np.array([R[2, 1] - R[1, 2], R[0, 2] - R[2, 0], R[1, 0] - R[0, 1]])
    if angle > 175.0:  # there the difference vanishes
        axis = np.sqrt(np.maximum(np.diag(R) + 1, 0.0))
    main = int(np.abs(axis).argmax())
    about = _AXES[main] if np.abs(axis[main]) > 0.9 * np.linalg.norm(axis) else "a slanted axis"
    return f"a turn of {angle:.0f}° about {about} and a shift"


def _exchanged(names: Sequence[str], one: FloatArray, other: FloatArray) -> Iterator[Remark]:
    """Two markers of which each lies where the other should."""
    square = ((other[:, :, None] - one[:, None]) ** 2).sum(axis=3)
    known = np.isfinite(square)
    counts = np.maximum(known.sum(axis=0), 1)
    distances = np.sqrt(np.where(known, square, 0.0).sum(axis=0) / counts)
    distances[~known.any(axis=0)] = np.inf
    nearest = distances.argmin(axis=1)
    for column, place in enumerate(nearest.tolist()):
        own = distances[[column, place], [column, place]]
        swapped = distances[[column, place], [place, column]]
        if nearest[place] != column or place <= column or not np.isfinite(own).all():
            continue
        if min(own) > _FAR_M and max(swapped) < _LEFT * min(own):
            pair = names[column], names[place]
            yield _slip(f"each of {pair[0]} and {pair[1]} lies where the other should", where=pair)


def _slip(message: str, advice: str = "", where: tuple[str, ...] = ()) -> Remark:
    return Remark("convention", "warning", message, where, advice=advice)
