"""What low-pass filters took away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kinebench.cleaning import Butterworth
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.errors import ValueRangeError
from kinebench.geometry.registration import RigidTransform, register_rigid
from kinebench.quality.evidence import Evidence
from kinebench.quality.finding import Finding, graded, spans_of
from kinebench.signals.butterworth import butterworth

# What is slower than this is movement (Winter 2009: walking up to 6 Hz), what is faster noise. A
# filter at 6 Hz takes 22 mm from the wrists of somebody who jumps, one at 2 Hz 90 mm from the feet
# of somebody who walks.
_MOVEMENT_HZ = 6.0
_AMBER_LOSS_M, _RED_LOSS_M = 0.030, 0.060
_FRAMES_OF_TURN = (
    2_000  # as many are taken for one transform: more tell it no better, and take memory
)
# Twice the same filter of fourth order lowers the cut-off by a ninth.
_LOWERED = 0.95


def cutoff(evidence: Evidence) -> tuple[Finding, ...] | None:
    """Movement that cleaning took away: raw against cleaned keypoints, below 6 Hz."""
    run = evidence.run
    if run is None or not evidence.clean:
        return None
    raw, cleaned = evidence.recorded, run.keypoints
    shared = [name for name in raw.names if name in cleaned.names]
    same = raw.n_frames == cleaned.n_frames and np.allclose(raw.times, cleaned.times)
    if not same or not shared or raw.rate_hz <= 2.5 * _MOVEMENT_HZ:
        return None
    return tuple(_loss(raw, cleaned, shared))


def _loss(raw: Markers, cleaned: Markers, names: list[str]) -> Iterator[Finding]:
    turned = _turn(raw.select(names), cleaned.select(names))
    course = np.stack([_lost(raw, cleaned, name, turned) for name in names], axis=1)
    # single outliers that were taken away are no movement: a twentieth of the frames may exceed
    typical = np.quantile(course, 0.95, axis=0)
    column = int(typical.argmax())
    most = float(typical[column])
    severity = graded(most, _AMBER_LOSS_M, _RED_LOSS_M)
    if severity != "green":
        yield Finding(
            "cut-off",
            severity,
            f"cleaning moves {names[column]} by {most * 1e3:.0f} mm below"
            f" {_MOVEMENT_HZ:g} Hz, where movement is",
            where=(names[column],),
            spans_s=spans_of(course[:, column] > _AMBER_LOSS_M, raw.times),
            measured=most * 1e3,
            limit=_AMBER_LOSS_M * 1e3,
            unit="mm",
            advice="the cut-off is too low for this movement",
        )


def _lost(raw: Markers, cleaned: Markers, name: str, turned: RigidTransform | None) -> FloatArray:
    """How far (n_frames,) m cleaning moves a marker at frequencies of movement."""
    before, after = raw.position(name), cleaned.position(name)
    if not np.nan_to_num(before - after).any():
        return np.zeros(raw.n_frames)  # nothing was cleaned, or gaps alone
    change = (before if turned is None else turned.apply(before)) - after
    lost = butterworth(change, raw.rate_hz, _MOVEMENT_HZ, short_runs="keep")
    moved = np.linalg.norm(lost, axis=1)
    return np.where(np.isfinite(moved), moved, 0.0)


def _turn(raw: Markers, cleaned: Markers) -> RigidTransform | None:
    """How levelling and turning moved the room, which takes no movement away; None: untold.

    One transform for all frames, so that some of them tell it.
    """
    some = np.arange(0, raw.n_frames, max(1, raw.n_frames // _FRAMES_OF_TURN))
    try:
        return register_rigid(raw.at_frames(some).positions, cleaned.at_frames(some).positions)
    except ValueRangeError:  # too few points to say how it was turned
        return None


def effective_cutoff(filters: list[tuple[float, int]]) -> float:
    """Frequency, Hz, at which filters one after the other have −3 dB together.

    Parameters
    ----------
    filters : list of (float, int)
        Cut-off of each pass, Hz, and the order of a pass; each runs forwards and backwards.
    """

    def gain(frequency: float) -> float:
        parts = [1 / (1 + (frequency / cut) ** (2 * order)) for cut, order in filters]
        return float(np.prod(parts))

    low, high = 0.0, min(cut for cut, _ in filters)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(middle) > np.sqrt(0.5) else (low, middle)
    return low


def filters_in_series(evidence: Evidence) -> tuple[Finding, ...] | None:
    """The −3 dB point of all low-passes together."""
    filters = [
        (cut, step.order // 2)
        for step in evidence.clean
        if isinstance(step, Butterworth)
        for cut in (_lowest(step),)
    ]
    if evidence.origin.image_filter_hz is not None:
        filters.append((evidence.origin.image_filter_hz, 2))
    if not filters:
        return None
    together = effective_cutoff(filters)
    words = " and ".join(f"{cut:g} Hz" for cut, _ in filters)
    several = len(filters) > 1 and together < _LOWERED * min(
        effective_cutoff([one]) for one in filters
    )
    return (
        Finding(
            "filters in series",
            "amber" if several else "green",
            f"low-pass at {words}: −3 dB at {together:.1f} Hz after all passes",
            measured=together,
            limit=min(cut for cut, _ in filters),
            unit="Hz",
            advice="the recording is filtered more than once" if several else "",
        ),
    )


def _lowest(step: Butterworth) -> float:
    cuts: FloatArray = np.atleast_1d(np.asarray(step.cutoff_hz, dtype=float))
    lowest = float(cuts.min())
    # a corrected filter has its −3 dB there; another pass is as if its cut-off were higher
    return lowest / (np.sqrt(2) - 1) ** (1 / step.order) if step.corrected else lowest
