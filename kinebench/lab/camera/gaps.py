"""Keypoints that are lost, hidden, or taken for those of the other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.limits import LONGEST_S, Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.errors import ValueRangeError, require_names
from kinebench.lab.camera.chain import SHARE, SPREAD, TIME
from kinebench.lab.camera.noise import coloured
from kinebench.lab.seeds import generator

RATE = Limit(0, 6_000, "per minute", "a hundred a second leave no frame as it was")
"""Of bursts."""


def bursts(
    times: FloatArray, rate_per_min: float, duration_s: float, *names: object
) -> NDArray[np.bool_]:
    """Frames inside bursts: starts at a constant rate, exponential lengths of one frame or more."""
    numbers = generator(*names)
    # a minute beforehand, so that the first frame is as likely inside as any other
    span = times[-1] - times[0] + 60.0
    count = int(numbers.poisson(rate_per_min / 60 * span))
    starts = times[0] - 60.0 + numbers.uniform(0, span, count)
    lengths = numbers.exponential(duration_s, count)
    frame = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    # how many bursts began before or at each frame, less how many ended
    began = np.searchsorted(np.sort(starts), times, side="right")
    ended = np.searchsorted(np.sort(starts + np.maximum(lengths, frame)), times, side="right")
    return np.asarray(began > ended)


@dataclass(frozen=True, slots=True)
class Dropouts:
    """Gaps: a keypoint is missing for a while.

    Parameters
    ----------
    rate_per_min : float
        Gaps per minute and keypoint.
    duration_s : float
        Mean length, exponentially distributed, one frame or more.
    keypoints : tuple of str
        Which; empty means all.
    """

    title: ClassVar[str] = "gaps"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("dropouts", "gaps", ("rate_per_min", "duration_s"), least=2),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"rate_per_min": RATE, "duration_s": TIME}

    rate_per_min: float = 3.0
    duration_s: float = 0.1
    keypoints: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        require_names(self.keypoints, keypoints.names, "keypoint", "the recording")
        positions = np.array(keypoints.positions)
        for name in self.keypoints or keypoints.names:
            lost = bursts(
                keypoints.times, self.rate_per_min, self.duration_s, "dropouts", *names, name
            )
            positions[lost, keypoints.names.index(name)] = np.nan
        return keypoints.with_positions(positions)


@dataclass(frozen=True, slots=True)
class SideSwaps:
    """Bursts in which the detector takes left for right.

    Parameters
    ----------
    rate_per_min : float
        Bursts per minute.
    duration_s : float
        Mean length.
    parts : tuple of str
        Keypoints without side that swap together.
    """

    title: ClassVar[str] = "exchanges of left and right"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax(
            "swaps", "left and right exchanged in bursts", ("rate_per_min", "duration_s"), least=2
        ),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"rate_per_min": RATE, "duration_s": TIME}

    rate_per_min: float = 2.0
    duration_s: float = 0.15
    parts: tuple[str, ...] = ("Knee", "Ankle", "Heel", "BigToe", "SmallToe")

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        pairs = [(f"R{part}", f"L{part}") for part in self.parts]
        require_names(
            [name for pair in pairs for name in pair], keypoints.names, "keypoint", "the recording"
        )
        swapped = bursts(keypoints.times, self.rate_per_min, self.duration_s, "side swaps", *names)
        positions = np.array(keypoints.positions)
        for pair in pairs:
            right, left = (keypoints.names.index(name) for name in pair)
            positions[swapped, right] = keypoints.positions[swapped, left]
            positions[swapped, left] = keypoints.positions[swapped, right]
        return keypoints.with_positions(positions)


@dataclass(frozen=True, slots=True)
class SideOcclusion:
    """One side is hidden for a while: the detector guesses, or gives nothing.

    Parameters
    ----------
    side : {"R", "L"}
    start_s, end_s : float
        From the first frame.
    guess_mm : float
        Standard deviation, per axis, of the guesses' slow error (0.5 Hz).
    missing : float
        Share of frames without any guess, 0 to 1.
    """

    title: ClassVar[str] = "one hidden side"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax(
            "occluded",
            "one side guessed, all the time",
            ("side", "guess_mm", "missing"),
            least=2,
            fixed={"end_s": LONGEST_S, "missing": 0.0},
        ),
    )

    limits: ClassVar[Mapping[str, Limit]] = {
        "start_s": TIME,
        "end_s": TIME,
        "guess_mm": SPREAD,
        "missing": SHARE,
    }

    side: Literal["R", "L"] = "R"
    start_s: float = 0.0
    end_s: float = 1.0
    guess_mm: float = 30.0
    missing: float = 0.2

    def __post_init__(self) -> None:
        require_within(self)
        if self.side not in ("R", "L"):
            raise ValueRangeError(f"side must be 'R' or 'L', found {self.side!r}")

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        since = keypoints.times - keypoints.times[0]
        hidden = (since >= self.start_s) & (since <= self.end_s)
        positions = np.array(keypoints.positions)
        for column, name in enumerate(keypoints.names):
            if not name.startswith(self.side):
                continue
            guess = coloured(keypoints.times, 0.5, "occlusion", *names, name)
            positions[hidden, column] += self.guess_mm / 1000 * guess[hidden]
            numbers = generator("occlusion, missing", *names, name)
            gone = hidden & (numbers.uniform(size=len(since)) < self.missing)
            positions[gone, column] = np.nan
        return keypoints.with_positions(positions)
