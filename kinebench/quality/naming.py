"""Keypoints that stand under each other's names throughout a recording."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.quality.finding import Finding
from kinebench.quality.world import EXCHANGED, agreement, cosines, handedness

# Medians over time of 300 clean recordings of virtual people, and of public ones. Toes with
# forwards: 0.84. Small toe minus big toe, outwards: -0.18 at least, as detectors confuse them.
_TOES_OUT, _FORWARDS = -0.5, 0.0
# Agreement of heel to ankle with ankle to knee, of 256 legs of adults and of people of 1.45 m in
# eight movements, the raised heel of a lunge among them: none below -0.46; of 118 legs of children
# of 1.17 m, whose feet are small beside a detector's errors, one. With the two names exchanged all
# are below, and of the children 97 %.
_HEEL_TO_ANKLE = -0.5
# Logarithms of upper arm over forearm, -0.34 to 0.17 there, and of thigh over shank, -0.18 to 0.22.
_UPPER_ARM, _THIGH = (-0.55, 0.45), (-0.45, 0.45)

_WORDS = {"Elbow": "elbow", "Heel": "heel", "BigToe": "big toe", "SmallToe": "small toe"}


def names(recording: Markers, subject: Subject) -> Iterator[Finding] | None:
    """Whether keypoints of one limb, and of both sides, lie in the order that bodies have.

    Where left and right are exchanged as a whole, another check tells so.
    """
    if not {"RHip", "LHip"} <= set(recording.names):
        return None
    exchanged = any(True for _ in handedness(recording, subject) or ())
    return _names(_Body(recording), exchanged)


class _Body:
    """Directions and distances between keypoints; NaN where one does not exist."""

    def __init__(self, recording: Markers) -> None:
        self._recording = recording
        self.hips = self.between("LHip", "RHip")
        self.forwards = np.asarray(np.cross(self.between("midHip", "Neck"), self.hips))

    def between(self, start: str, end: str) -> FloatArray:
        """From one keypoint to another (n_frames, 3) m."""
        if not {start, end} <= set(self._recording.names):
            return np.full((self._recording.n_frames, 3), np.nan)
        return self._recording.position(end) - self._recording.position(start)

    def longer(self, one: tuple[str, str], other: tuple[str, str]) -> float:
        """Logarithm of the ratio of two typical lengths."""
        lengths = [_typical(np.linalg.norm(self.between(*ends), axis=1)) for ends in (one, other)]
        return float(np.log(max(lengths[0], 1e-9) / max(lengths[1], 1e-9)))


def _typical(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _cosine(one: FloatArray, other: FloatArray) -> float:
    return _typical(cosines(one, other))


def _names(body: _Body, exchanged: bool) -> Iterator[Finding]:
    for part, word in () if exchanged else _WORDS.items():
        across = agreement(body.between(f"L{part}", f"R{part}"), body.hips)
        if across < EXCHANGED:
            yield _finding(
                f"the right {word} is on the left as seen from the hips",
                (f"R{part}", f"L{part}"),
                across,
                EXCHANGED,
            )
    backward = {
        side: cosine
        for letter, side in (("R", "right"), ("L", "left"))
        if (cosine := _cosine(body.between(f"{letter}Heel", f"{letter}BigToe"), body.forwards))
        < _FORWARDS
    }
    for side, cosine in backward.items() if not (exchanged and len(backward) > 1) else ():
        heel, toe = f"{side[0].upper()}Heel", f"{side[0].upper()}BigToe"
        yield _finding(f"the {side} big toe is behind the heel", (heel, toe), cosine, _FORWARDS)
    for letter, side, out in (("R", "right", 1.0), ("L", "left", -1.0)):
        yield from _limbs(body, letter, side)
        toes = _cosine(out * body.between(f"{letter}BigToe", f"{letter}SmallToe"), body.hips)
        if toes < _TOES_OUT and not exchanged:
            yield _finding(
                f"the {side} small toe is on the inner side of the big toe",
                (f"{letter}BigToe", f"{letter}SmallToe"),
                toes,
                _TOES_OUT,
            )


def _limbs(body: _Body, letter: str, side: str) -> Iterator[Finding]:
    def keypoints(*parts: str) -> tuple[str, ...]:
        return tuple(letter + part for part in parts)

    hip, knee, ankle, heel = keypoints("Hip", "Knee", "Ankle", "Heel")
    shoulder, elbow, wrist = keypoints("Shoulder", "Elbow", "Wrist")
    upwards = agreement(body.between(heel, ankle), body.between(ankle, knee))
    if upwards < _HEEL_TO_ANKLE:
        yield _finding(
            f"the {side} heel is above the ankle", (heel, ankle), upwards, _HEEL_TO_ANKLE
        )
    for upper, lower, limits, (first, middle, last) in (
        ("upper arm", "forearm", _UPPER_ARM, (shoulder, elbow, wrist)),
        ("thigh", "shank", _THIGH, (hip, knee, ankle)),
    ):
        ratio = body.longer((first, middle), (middle, last))
        if not limits[0] <= ratio <= limits[1] and np.isfinite(ratio):
            exchanged = (middle, last) if ratio > 0 else (first, middle)
            yield _finding(
                f"the {side} {upper} is {np.exp(ratio):.1f} times as long as the {lower}",
                exchanged,
                ratio,
                limits[ratio > 0],
            )


def _finding(message: str, where: tuple[str, ...], measured: float, limit: float) -> Finding:
    return Finding(
        "names",
        "red",
        message,
        where=where,
        measured=measured,
        limit=limit,
        unit="1",
        advice=f"are {where[0]} and {where[1]} under each other's names?",
    )
