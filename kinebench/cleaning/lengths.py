"""Stage that brings keypoints to constant segment lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import MIDPOINTS
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.core.references import Reference
from kinebench.core.segments import (
    RIGID_SEGMENTS,
    segment_ends,
    segment_lengths,
    typical_lengths,
)
from kinebench.core.trial import Trial
from kinebench.errors import (
    CleaningError,
    NotApplicableError,
    ValueRangeError,
    listed,
)
from kinebench.geometry.segments import hold_lengths
from kinebench.remarks import tell

_RYCKAERT = Reference(
    "Ryckaert JP, Ciccotti G, Berendsen HJC (1977). Numerical integration of the"
    " cartesian equations of motion of a system with constraints. Journal of"
    " Computational Physics 23(3): 327–341.",
    "10.1016/0021-9991(77)90098-5",
)

Lengths = tuple[tuple[str, float], ...]
"""Lengths, m, by the names of `SEGMENTS`."""

# Between the 5th and the 95th percentile over time, as a share of the length and in m. Keypoints of
# public squats and sit-to-stands vary by 0.06 to 0.24, heels that lie 6 cm from the ankle by 3 cm;
# beyond, what is held is a guess, and a person should know.
_STEADY, _STEADY_M = 0.3, 0.05
# segments that a warning lists
_LISTED = 4


def measured_lengths(markers: Markers, among: tuple[str, ...] = RIGID_SEGMENTS) -> Lengths:
    """Median length over time of each segment whose ends were seen together.

    Parameters
    ----------
    markers : Markers
    among : tuple of str
        Names of `SEGMENTS` that are asked for.
    """
    return tuple(
        (name, length) for name, length in typical_lengths(markers, among).items() if length > 0
    )


def require_static(trial: Trial, what: str, otherwise: str) -> Markers:
    """The keypoints of a trial's static trial.

    Raises
    ------
    NotApplicableError
        Without a static trial that holds keypoints; `otherwise` is what can be asked for instead.
    """
    if trial.static is None:
        raise NotApplicableError(
            f"{what} takes its lengths from keypoints of the static trial, and {trial.name} has"
            f" none: give one, or ask for {otherwise}"
        )
    return trial.static


@dataclass(frozen=True, slots=True)
class BoneLengths:
    """Moves keypoints, frame by frame and as little as possible, to constant segment lengths.

    Held are the segments of `RIGID_SEGMENTS`: pelvis, thighs, shanks, feet, upper arms, forearms.
    Each side has lengths of its own, so that a difference between the legs stays.

    Parameters
    ----------
    of : {"own", "static"}
        Whose lengths: the medians of the recording itself, or of the trial's static trial.
    lengths : tuple of (str, float), optional
        Segments and lengths, m; measured without it.

    Notes
    -----
    Neck and midHip follow the shoulders and hips; other keypoints stay. Missing keypoints stay
    missing, and a segment without both ends holds nothing. Lengths that are wrong *in the same way*
    in all frames are kept: see `Rescale`. Where a detector's keypoint slides along the limb as the
    joint bends, as the hip's does in a squat, the other end is moved too. What was gained and lost
    on recordings with known positions: ``reports/repairs.md``.

    Raises
    ------
    CleaningError
        On call: no segment has both ends in the recording.
    NotApplicableError
        Lengths of a static trial are asked for, and there is none.
    """

    title: ClassVar[str] = "constant segment lengths"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax(
            "bone-lengths",
            "constant segment lengths: the recording's medians, or the static trial's",
            ("of",),
        ),
    )
    citation: ClassVar[tuple[Reference, ...]] = (_RYCKAERT,)

    of: Literal["own", "static"] = "own"
    lengths: Lengths | None = None

    def __post_init__(self) -> None:
        if self.of not in ("own", "static"):
            raise ValueRangeError(f"lengths can be 'own' or 'static', found {self.of!r}")

    def in_trial(self, trial: Trial) -> BoneLengths:
        """The stage with the lengths of the trial's static trial, where those are asked for."""
        if self.of == "own" or self.lengths is not None:
            return self
        static = require_static(trial, "bone-lengths:static", "bone-lengths")
        return replace(self, lengths=measured_lengths(static))

    def resolve(self, markers: Markers) -> BoneLengths:
        """The stage with the lengths that this recording suggests."""
        if self.lengths is not None:
            return self
        if self.of == "static":
            raise NotApplicableError("lengths of the static trial are known in a trial only")
        return replace(self, lengths=measured_lengths(markers))

    def __call__(self, markers: Markers) -> Markers:
        return self.resolve(markers)._held(markers)

    def _held(self, markers: Markers) -> Markers:
        assert self.lengths is not None
        wanted = dict(self.lengths)
        ends = segment_ends(markers.names, wanted)
        if not ends:
            raise CleaningError(
                "bone-lengths needs both ends of a segment, such as RKnee and RAnkle; the recording"
                f" has {', '.join(markers.names[:8])}"
            )
        _warn_of_unsteady(segment_lengths(markers, ends))
        positions, held = hold_lengths(
            markers.positions, list(ends.values()), [wanted[name] for name in ends]
        )
        if not held.all():
            tell(
                "lengths not reached",
                f"constant segment lengths cannot be reached in {(~held).sum()} of {len(held)}"
                f" frames, the first of them frame {int(np.argmin(held)) + 1}: these frames are"
                " left as they were",
            )
        return markers.with_positions(_with_midpoints(markers, positions))


def _with_midpoints(markers: Markers, positions: FloatArray) -> FloatArray:
    """`positions`, with Neck and midHip moved like the mean of shoulders and of hips."""
    followed = positions.copy()
    for middle, pair in MIDPOINTS.items():
        if {middle, *pair} <= set(markers.names):
            columns = [markers.names.index(name) for name in pair]
            shift = (positions[:, columns] - markers.positions[:, columns]).mean(axis=1)
            followed[:, markers.names.index(middle)] += np.nan_to_num(shift)
    return followed


def _warn_of_unsteady(courses: Mapping[str, FloatArray]) -> None:
    """Once lengths are constant, nothing else shows that they were not."""
    unsteady = []
    for name, course in courses.items():
        if np.isfinite(course).any():
            low, middle, high = np.nanpercentile(course, (5, 50, 95))
            if high - low > max(_STEADY * middle, _STEADY_M):
                unsteady.append(f"{name} {low:.2f} to {high:.2f} m")
    if unsteady:
        tell(
            "unsteady lengths",
            "segment lengths vary by more than a recording of a person should (5th to 95th"
            f" percentile): {listed(unsteady, _LISTED)}; constant lengths hide that, they"
            " do not make the keypoints right",
        )
