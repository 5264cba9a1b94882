"""Stage that brings a recording to the size of its static trial, or of a stated height.

Source
------
Winter, D. A. (2009). Biomechanics and motor control of human movement, 4th ed., figure 4.1: segment
lengths as fractions of body height (after Drillis & Contini 1966).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np

from kinebench.cleaning.lengths import Lengths, measured_lengths, require_static
from kinebench.cleaning.lowpass import WINTER
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.core.references import Reference
from kinebench.core.segments import STATURE_SHARES
from kinebench.core.trial import Trial
from kinebench.errors import CleaningError, NotApplicableError, ValueRangeError
from kinebench.remarks import tell

_LIMBS = ("thigh", "shank", "upper arm", "forearm")
_MEASURED = tuple(f"{side} {name}" for name in _LIMBS for side in ("right", "left"))
_FACTOR = Limit(
    0.5, 2.0, reason="a person who appears half or twice as large is a matter of units, not of size"
)
# Sound squats of a public session come out 0.02 and 0.03 from their static trial's size.
_ALIKE = 0.05
# Quartiles of the segments' ratios that lie further apart than this are no matter of one factor.
_AGREE = 0.12


@dataclass(frozen=True, slots=True)
class Scale:
    """Multiplies all positions, about the origin of their frame.

    Parameters
    ----------
    factor : float
        0.5 to 2.
    """

    limits: ClassVar[Mapping[str, Limit]] = {"factor": _FACTOR}

    factor: float = 1.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, markers: Markers) -> Markers:
        return (
            markers
            if self.factor == 1.0
            else markers.with_positions(self.factor * markers.positions)
        )


@dataclass(frozen=True, slots=True)
class Rescale:
    """Multiplies a recording by the one factor that brings its limbs to a target's lengths.

    The factor is the median, over thighs, shanks, upper arms and forearms of both sides, of target
    length over median length in the recording. Cameras whose calibration is wrong by a factor make
    such recordings; all positions are multiplied about the origin, so that distances and speeds
    grow with the person. This is a guess about the cameras, not a measurement: it takes for granted
    that both recordings show the same person and that the target is right.

    Parameters
    ----------
    to : {"static", "height"}
        The static trial's lengths, or mean proportions at the subject's height, which a person's
        own lengths miss by several percent.
    lengths : tuple of (str, float), optional
        Target lengths by segment, m: what `in_trial` fills in.

    Raises
    ------
    NotApplicableError
        The trial has no static trial, or the stage is called without a trial or lengths.
    CleaningError
        No limb can be measured, or the factor is beyond 0.5 to 2.
    """

    title: ClassVar[str] = "scaling to the subject's size"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax(
            "rescale",
            "bring to the size of the static trial, or roughly to the stated height",
            ("to",),
        ),
    )
    citation: ClassVar[tuple[Reference, ...]] = (WINTER,)

    to: Literal["static", "height"] = "static"
    lengths: Lengths | None = None

    def __post_init__(self) -> None:
        if self.to not in ("static", "height"):
            raise ValueRangeError(f"a size can be that of 'static' or 'height', found {self.to!r}")

    def in_trial(self, trial: Trial) -> Rescale:
        """The stage with the target lengths of this trial."""
        if self.lengths is not None:
            return self
        if self.to == "static":
            static = require_static(trial, "rescale", "rescale:height")
            return replace(self, lengths=measured_lengths(static, _MEASURED))
        height = trial.subject.height_m
        fractions = ((name, STATURE_SHARES[name.split(" ", 1)[1]]) for name in _MEASURED)
        return replace(self, lengths=tuple((name, f * height) for name, f in fractions))

    def __call__(self, markers: Markers) -> Markers:
        return self.resolve(markers)(markers)

    def resolve(self, markers: Markers) -> Scale:
        """The factor for this recording; warned about when it is not nearly 1."""
        if self.lengths is None:
            raise NotApplicableError(
                "rescale needs a trial, whose static trial or subject's height gives the target"
            )
        own = dict(measured_lengths(markers, _MEASURED))
        ratios = {name: length / own[name] for name, length in self.lengths if name in own}
        if not ratios:
            raise CleaningError(
                "rescale found no limb (hip, knee, ankle; shoulder, elbow, wrist) in both the"
                " recording and its target"
            )
        factor = float(np.median(list(ratios.values())))
        if not _FACTOR.least <= factor <= _FACTOR.most:
            raise CleaningError(
                f"rescale would multiply the recording by {factor:.3g}: {_FACTOR.reason}"
            )
        self._warn(factor, ratios)
        return Scale(factor)

    def _warn(self, factor: float, ratios: dict[str, float]) -> None:
        target = "its static trial" if self.to == "static" else "a person of the stated height"
        low, high = np.percentile(list(ratios.values()), (25, 75))
        if abs(factor - 1) > _ALIKE:
            tell(
                "rescaled",
                f"the recording has {1 / factor:.2f} times the size of {target}: all positions,"
                f" distances and speeds are multiplied by {factor:.3f}, as if the cameras' scale"
                " were wrong",
            )
        if np.log(high / low) > _AGREE:
            few, most = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
            tell(
                "no single factor",
                f"no single factor brings the recording to the size of {target}: {few} needs"
                f" {ratios[few]:.2f}, {most} {ratios[most]:.2f}; {factor:.2f} was taken",
            )
