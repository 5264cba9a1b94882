"""Stage that finds and undoes exchanges of left and right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import paired_parts
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.core.references import Reference
from kinebench.core.sampling import warn_if_not_uniform
from kinebench.errors import CleaningError, listed
from kinebench.geometry.rotations import unit
from kinebench.remarks import tell
from kinebench.signals.exchanges import exchange_frames
from kinebench.signals.runs import runs

_VITERBI = Reference(
    "Viterbi AJ (1967). Error bounds for convolutional codes and an asymptotically"
    " optimum decoding algorithm. IEEE Transactions on Information Theory 13(2): 260–269.",
    "10.1109/TIT.1967.1054010",
)

_Mask = NDArray[np.bool_]

_TRUNK = ("Hip", "Shoulder")
_LIMBS = (("Knee", "Ankle", "Heel", "BigToe", "SmallToe"), ("Elbow", "Wrist"))
# A whole person is exchanged only when nine pairs in ten agree; else it is a limb.
_UNANIMOUS, _USUAL = 1.6, 0.7
# Share of |evidence| by which left and right are told apart: legs that pass each other or stand
# closely leave about a half, limbs that are exchanged nearly −1.
_SURE, _PLAIN = 0.6, 0.3
# Beyond this share of the frames, what is called an exchange could as well be a recording of legs
# that are crossed, or one whose sides are exchanged throughout: names are then believed.
_MOST = 0.9
# bursts that a warning lists
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Burst:
    """A stretch in which some pairs carry each other's names.

    Parameters
    ----------
    parts : tuple of str
        Keypoints without side: "Knee" stands for RKnee and LKnee.
    start_s, end_s : float
        First and last frame.
    """

    parts: tuple[str, ...]
    start_s: float
    end_s: float

    def frames(self, times: FloatArray) -> _Mask:
        """(n_frames,) True inside."""
        return np.asarray((times >= self.start_s) & (times <= self.end_s))

    def __str__(self) -> str:
        return f"{', '.join(self.parts)} at {self.start_s:.2f} to {self.end_s:.2f} s"


@dataclass(frozen=True, slots=True)
class ExchangeSides:
    """Gives left the positions of right, and the other way round, in stated stretches.

    Parameters
    ----------
    bursts : tuple of Burst
        Empty: nothing is done.
    """

    bursts: tuple[Burst, ...] = ()

    def __call__(self, markers: Markers) -> Markers:
        if not self.bursts:
            return markers
        source = np.tile(np.arange(len(markers.names)), (markers.n_frames, 1))
        for burst in self.bursts:
            inside = burst.frames(markers.times)
            for part in burst.parts:
                right, left = (markers.names.index(side + part) for side in "RL")
                source[inside, right], source[inside, left] = (
                    source[inside, left],
                    source[inside, right],
                )
        confidence = markers.confidence
        if confidence is not None:
            confidence = np.take_along_axis(confidence, source, axis=1)
        positions = np.take_along_axis(markers.positions, source[..., None], axis=1)
        return replace(markers, positions=positions, confidence=confidence)


@dataclass(frozen=True, slots=True)
class SwapSides:
    """Undoes exchanges of left and right: of the whole person, of a limb, of single keypoints.

    *When* two keypoints change names, their paths tell: see `exchange_frames`. The
    whole person is judged first, then trunk and limbs, then every pair on its own, so that any set
    of pairs can be exchanged.

    *Which* of the stretches between two such moments is the wrong one, anatomy tells: the line from
    left to right against the direction across feet and trunk, summed over the stretch; where that
    says little, the shorter part of the recording is the wrong one. A stretch between two gaps that
    contradicts the rest of the recording is exchanged too.

    Notes
    -----
    A recording whose paths are continuous is never changed, whatever its anatomy: legs that cross
    are no exchange (though in keypoints that are off by 20 mm some are taken for one), and names
    that are exchanged in all frames stay (the augmenter warns of them). What was exchanged is
    warned about, and recorded as the bursts of an `ExchangeSides`. How often exchanges are found,
    missed and seen where there are none: ``reports/repairs.md``.

    Raises
    ------
    CleaningError
        On call: no pair such as RKnee and LKnee exists.
    """

    title: ClassVar[str] = "a search for exchanges of left and right"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("swap-sides", "undo exchanges of left and right"),
    )
    citation: ClassVar[tuple[Reference, ...]] = (_VITERBI,)

    def __call__(self, markers: Markers) -> Markers:
        return self.resolve(markers)(markers)

    def resolve(self, markers: Markers) -> ExchangeSides:
        """The exchanges found in this recording."""
        parts = paired_parts(markers.names)
        if not parts:
            raise CleaningError(
                "exchanges of sides are sought in pairs such as RKnee and LKnee; found none among"
                f" {', '.join(markers.names[:8])}"
            )
        warn_if_not_uniform(markers.times, "the search for exchanged sides")
        across = _across(markers)
        wrong = {part: np.zeros(markers.n_frames, dtype=bool) for part in parts}
        for group in _groups(parts):
            found = _exchanged(markers, wrong, group, across)
            for part in group:
                wrong[part] ^= found
        bursts = tuple(_bursts(wrong, markers.times))
        if bursts:
            _warn(bursts, np.any(list(wrong.values()), axis=0))
        return ExchangeSides(bursts)


def _groups(parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The whole person, trunk and limbs, then each pair on its own."""
    yield parts
    for limb in (_TRUNK, *_LIMBS):
        together = tuple(part for part in limb if part in parts)
        if len(together) > 1:
            yield together
    yield from ((part,) for part in parts)


def _pair(markers: Markers, wrong: dict[str, _Mask], parts: Iterable[str]) -> FloatArray:
    """Left and right (2, n_frames, n_parts, 3) m, with what was found exchanged put right."""
    both = np.stack([[markers.position(side + part) for part in parts] for side in "LR"]).transpose(
        0, 2, 1, 3
    )
    swap = np.stack([wrong[part] for part in parts], axis=1)[..., None]
    return np.stack([np.where(swap, both[1], both[0]), np.where(swap, both[0], both[1])])


def _exchanged(
    markers: Markers, wrong: dict[str, _Mask], group: tuple[str, ...], across: FloatArray
) -> _Mask:
    """Frames (n_frames,) in which the pairs of a group, all together, carry each other's names."""
    left, right = _pair(markers, wrong, group)
    # a pair of a limb may cross the other one, hips, shoulders and whole limbs do not
    may_jump_gap = len(group) > 1 or not any(group[0] in limb for limb in _LIMBS)
    evidence = np.nansum(np.einsum("fpi,fi->fp", right - left, across), axis=1)
    whole = len(group) > max(map(len, _LIMBS))
    changes = exchange_frames(left, right, _UNANIMOUS if whole else _USUAL)
    turned = np.cumsum(changes) % 2 == 1
    known = np.isfinite(left[..., 0] + right[..., 0]).any(axis=1)
    stretches = runs(known)
    found = np.zeros(len(known), dtype=bool)
    for start, stop in stretches:
        here = turned[start:stop] ^ turned[start]
        if here.any():
            found[start:stop] = _wrong_state(here, evidence[start:stop])
    if may_jump_gap and len(stretches) > 1:
        found = _against_the_rest(found, evidence, stretches)
    return found


def _wrong_state(state: _Mask, evidence: FloatArray) -> _Mask:
    """Of a stretch in two states, the frames in the wrong one."""
    sign = _balance(np.where(state, -evidence, evidence))
    wrong = state if sign > 0 else ~state
    share = float(wrong.mean())
    believed = abs(sign) > (_PLAIN if share <= 0.5 else _SURE) and share <= _MOST
    if believed:
        return wrong
    return state if state.mean() <= 0.5 else ~state


def _against_the_rest(
    found: _Mask, evidence: FloatArray, stretches: list[tuple[int, int]]
) -> _Mask:
    """`found`, with stretches turned that contradict the rest of the recording."""
    upright = np.where(found, -evidence, evidence)
    turned = found.copy()
    for start, stop in stretches:
        rest = np.concatenate([upright[:start], upright[stop:]])
        if 2 * (stop - start) > np.count_nonzero(upright):
            continue
        if _balance(upright[start:stop]) < -_SURE and _balance(rest) > _PLAIN:
            turned[start:stop] ^= True
    return turned


def _balance(evidence: FloatArray) -> float:
    """Sum of the evidence over the sum of its sizes: −1 to 1, 0 without any."""
    total = float(np.abs(evidence).sum())
    return float(evidence.sum()) / total if total > 0 else 0.0


def _across(markers: Markers) -> FloatArray:
    """Direction (n_frames, 3) to the person's right that feet and trunk give; 0 where unknown.

    Both feet, both ankles and both shoulders count alike, so that exchanges do not change it.
    """
    needed = [side + part for side in "LR" for part in ("Shoulder", "Ankle", "Heel", "BigToe")]
    if not set(needed) <= set(markers.names):
        return np.zeros((markers.n_frames, 3))
    shoulder, ankle, heel, toe = (
        markers.position("L" + part) + markers.position("R" + part)
        for part in ("Shoulder", "Ankle", "Heel", "BigToe")
    )
    with np.errstate(invalid="ignore"):
        direction = unit(np.cross(toe - heel, shoulder - ankle))
    return np.nan_to_num(direction)


def _bursts(wrong: dict[str, _Mask], times: FloatArray) -> Iterator[Burst]:
    """Stretches in order of time, parts that are exchanged in the same frames together."""
    found: dict[tuple[int, int], list[str]] = {}
    for part, mask in wrong.items():
        for stretch in runs(mask):
            found.setdefault(stretch, []).append(part)
    for (start, stop), parts in sorted(found.items()):
        yield Burst(tuple(parts), float(times[start]), float(times[stop - 1]))


def _warn(bursts: tuple[Burst, ...], frames: _Mask) -> None:
    tell(
        "sides exchanged",
        f"left and right were exchanged, and are put right, in {np.count_nonzero(frames)} of"
        f" {len(frames)} frames: {listed(bursts, _LISTED, between='; ')}",
    )
