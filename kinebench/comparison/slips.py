"""Slips of convention between two motions: another sign, a turn too many, sides exchanged.

Such an error is as large as the movement, and no figure says where it comes from. A slip is told
when undoing it would take most of the difference away; nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kinebench.comparison.scoring import errors_of
from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.errors import listed
from kinebench.remarks import Remark
from kinebench.signals.runs import runs

_FAR_DEG = 60.0
"""Constant difference: two models' zeros lie up to 45° apart (shoulders, forearms)."""

_TURN_DEG = 20.0  # from a whole, half or quarter turn, and about the constant
_MOVES_DEG = 3.0  # standard deviation: what moves less may run against by chance
_AGAINST = -0.9  # correlation
_SIDES_DEG = 5.0  # of the legs' angles without offset: below, no harm is done
_SIDES_LEFT = 0.4  # of which so much is left when sides are exchanged
_STILL_S, _STILL_DEG, _BACK_DEG = 0.5, 10.0, 3.0
"""A value that is held to the last digit so long, while the other side moves by so much, and from
which the course jumps back by so much in a frame."""

_LEGS = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")


def slips(reference: Motion, estimate: Motion) -> Iterator[Remark]:
    """What looks like a slip of convention between two motions on the same times.

    Parameters
    ----------
    reference, estimate : Motion
        After alignment.
    """
    names = [
        c.name for c in reference.coordinates if c.kind == "rotational" and c.name in estimate.names
    ]
    if not names or reference.n_frames < 3:
        return
    errors = np.degrees(errors_of(reference, estimate, names))
    one, other = (np.degrees(m.select(names).values) for m in (reference, estimate))
    told: list[Remark] = []
    for look in (_sides_exchanged, _against, _turned):
        explained = {name for remark in told for name in remark.where}
        rest = [column for column, name in enumerate(names) if name not in explained]
        left = [names[column] for column in rest]
        told += look(left, one[:, rest], other[:, rest], errors[:, rest])
    yield from told
    for moving, held, side in ((one, other, "the estimate"), (other, one, "the reference")):
        yield from _held(names, moving, held, reference.times, side)


def _turned(
    names: list[str], one: FloatArray, other: FloatArray, errors: FloatArray
) -> Iterator[Remark]:
    for name, course in zip(names, errors.T, strict=True):
        known = course[np.isfinite(course)]
        if not len(known) or abs(constant := float(np.median(known))) < _FAR_DEG:
            continue
        if known.std() > _TURN_DEG:
            continue  # it comes and goes
        turns = round(constant / 90.0)
        near = abs(constant - 90.0 * turns) < _TURN_DEG
        what = {0: "whole turns", 1: "a quarter turn", 2: "half a turn", 3: "a quarter turn"}
        cause = f"about {what[turns % 4]}: another zero, or other axes" if near else "another zero"
        yield _slip(f"{name} differs by {constant:+.0f}° throughout, {cause}", [name])


def _against(
    names: list[str], one: FloatArray, other: FloatArray, errors: FloatArray
) -> Iterator[Remark]:
    found, judged = [], 0
    for name, r, e in zip(names, one.T, other.T, strict=True):
        known = np.isfinite(r) & np.isfinite(e)
        if known.sum() < 3 or min(r[known].std(), e[known].std()) < _MOVES_DEG:
            continue
        judged += 1
        if np.corrcoef(r[known], e[known])[0, 1] < _AGAINST:
            found.append(name)
    if not found:
        return
    # two movements against each other are another slip than one angle
    all_do = judged > 2 and len(found) > judged / 2
    cause = "is time reversed, or the lag off?" if all_do else "is the sign another?"
    yield _slip(
        f"{listed(found, 4)} run{'s' * (len(found) == 1)} against the reference: {cause}", found
    )


def _sides_exchanged(
    names: list[str], one: FloatArray, other: FloatArray, errors: FloatArray
) -> Iterator[Remark]:
    pairs = [
        (names.index(f"{stem}_r"), names.index(f"{stem}_l"))
        for stem in _LEGS
        if {f"{stem}_r", f"{stem}_l"} <= set(names)
    ]
    if not pairs:
        return
    right, left = (list(side) for side in zip(*pairs, strict=True))
    as_named = _apart(one[:, right + left], other[:, right + left])
    exchanged = _apart(one[:, right + left], other[:, left + right])
    if as_named > _SIDES_DEG and exchanged < _SIDES_LEFT * as_named:
        yield _slip(
            f"the legs' angles differ by {as_named:.0f}° without offsets, by {exchanged:.0f}° with"
            " right and left exchanged: are the sides exchanged, or is the lag off by a step?",
            [names[column] for column in right + left],
        )


def _apart(one: FloatArray, other: FloatArray) -> float:
    """Root mean square of the differences without each column's mean; 0 where nothing is known."""
    difference = other - one
    known = np.isfinite(difference)
    if not known.any():
        return 0.0
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, difference, 0.0).sum(axis=0) / counts
    return float(np.sqrt(np.mean((difference - means)[known] ** 2)))


def _held(
    names: list[str], moving: FloatArray, held: FloatArray, times: FloatArray, side: str
) -> Iterator[Remark]:
    shortest = _STILL_S / float(np.median(np.diff(times)))
    found: dict[str, tuple[float, float]] = {}
    for name, m, h in zip(names, moving.T, held.T, strict=True):
        steps = np.abs(np.diff(h))
        # interpolation between equal values leaves the last bits
        for first, last in runs(steps < 1e-9):
            # somebody who rests begins to move without a jump
            back = [float(steps[at]) for at in (first - 1, last) if 0 <= at < len(steps)]
            known = m[first : last + 1][np.isfinite(m[first : last + 1])]
            lost = last - first >= shortest and any(step > _BACK_DEG for step in back)
            if lost and len(known) and known.max() - known.min() > _STILL_DEG:
                found.setdefault(name, (float(times[first]), float(times[last])))
    if found:
        start, end = next(iter(found.values()))
        yield _slip(
            f"{listed(found, 4)} of {side} {'are' if len(found) > 1 else 'is'} held at one value"
            f" from {start:.2f} to {end:.2f} s, while the other side moves: a lost value repeated?",
            list(found),
        )


def _slip(message: str, where: list[str]) -> Remark:
    return Remark("convention", "warning", message, tuple(where))
