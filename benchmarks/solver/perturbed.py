"""Short stretches of a recording, spoiled: another size, gaps, swapped sides, noise and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kinebench.core import Markers
from kinebench.core.arrays import FloatArray

__all__ = ["KINDS", "Version", "perturbed"]

N_FRAMES = 25
SIZES = (0.6, 1.4)
NOISE_M = (0.005, 0.06)  # standard deviation of each axis
STEPS = (2, 3, 4, 6)  # every so many-th frame
MOST_KINDS = 3  # perturbations of one version

Draw = np.random.Generator


@dataclass(frozen=True)
class Version:
    """A spoiled stretch.

    Parameters
    ----------
    kinds : tuple of str
        What was done to it; it starts anywhere in any case.
    markers : Markers
    frames : (n_frames,) int
        Frame of the recording that each frame was.
    turn : (3, 3)
        Rotation about the vertical; identity unless rotated.
    """

    kinds: tuple[str, ...]
    markers: Markers
    frames: np.ndarray[tuple[int, ...], np.dtype[np.intp]]
    turn: FloatArray


def perturbed(recording: Markers, draw: Draw, n_frames: int = N_FRAMES) -> Version:
    """A stretch from anywhere in a recording, with one to three perturbations."""
    drawn = draw.choice(list(KINDS), draw.integers(1, MOST_KINDS + 1), replace=False).tolist()
    kinds = tuple(kind for kind in KINDS if kind in drawn)
    step = int(draw.choice(STEPS)) if "rate" in kinds else 1
    step = max(1, min(step, (recording.n_frames - 1) // max(n_frames - 1, 1)))
    length = min(n_frames, recording.n_frames)
    first = int(draw.integers(recording.n_frames - step * (length - 1)))
    frames = first + step * np.arange(length)
    if "reversed" in kinds:
        frames = frames[::-1]
    angle = draw.uniform(-np.pi, np.pi) if "rotated" in kinds else 0.0
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    middle = np.nanmean(recording.positions[frames], axis=(0, 1))
    positions = (recording.positions[frames] - middle) @ turn.T + middle
    for kind in kinds:
        positions = KINDS[kind](positions, recording.names, draw)
    times = np.arange(length) * step / recording.rate_hz
    return Version(kinds, Markers(recording.names, times, positions), frames, turn)


def _same(positions: FloatArray, names: tuple[str, ...], draw: Draw) -> FloatArray:
    return positions


def _resized(positions: FloatArray, names: tuple[str, ...], draw: Draw) -> FloatArray:
    return positions * draw.uniform(*SIZES)


def _swapped(positions: FloatArray, names: tuple[str, ...], draw: Draw) -> FloatArray:
    """Left and right names exchanged for a while."""
    index = {name.lower(): i for i, name in enumerate(names)}
    other = {"r": "l", "l": "r"}
    partner = [
        index.get(other.get(name[0].lower(), "") + name[1:].lower(), i)
        for i, name in enumerate(names)
    ]
    start, end = np.sort(draw.integers(0, len(positions) + 1, 2))
    changed = positions.copy()
    changed[start:end] = positions[start:end][:, partner]
    return changed


def _gappy(positions: FloatArray, names: tuple[str, ...], draw: Draw) -> FloatArray:
    """Up to a third of the markers, each missing for a while."""
    changed = positions.copy()
    n_lost = draw.integers(1, max(len(names) // 3, 2))
    for marker in draw.choice(len(names), n_lost, replace=False):
        start, end = np.sort(draw.integers(0, len(positions) + 1, 2))
        changed[start:end, marker] = np.nan
    return changed


def _noisy(positions: FloatArray, names: tuple[str, ...], draw: Draw) -> FloatArray:
    return positions + draw.normal(0, draw.uniform(*NOISE_M), positions.shape)


KINDS: dict[str, Callable[[FloatArray, tuple[str, ...], Draw], FloatArray]] = {
    "size": _resized,
    "rotated": _same,
    "reversed": _same,
    "rate": _same,
    "swap": _swapped,
    "gaps": _gappy,
    "noise": _noisy,
}
"""What a perturbation does to positions (n_frames, n_markers, 3) of named markers."""
