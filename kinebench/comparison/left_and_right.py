"""What a pair says of right against left: errors that one side has and the other has not."""

from __future__ import annotations

import numpy as np

from kinebench.comparison.results import PairResult
from kinebench.core.marker_regions import bilateral_pairs, landmark_pairs
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import KinebenchError
from kinebench.metrics import (
    Evaluation,
    Kind,
    evaluate_feet,
    evaluate_side_drop,
    evaluate_side_motion,
)
from kinebench.remarks import unheard

_DEEP = ("squat", "sit-to-stand")
_HEIGHT = "pelvis_ty"


def left_and_right(pair: PairResult) -> tuple[Evaluation, ...]:
    """Figures of right against left.

    Of motions the bias of the right minus that of the left of each coordinate, and the pelvis'
    list, at the deepest point of each scored squat too. Of markers how much lower the estimate has
    the joints of the right side than the reference has, and on what height each foot rests in
    both. Empty where neither has both sides.
    """
    one, other = pair.reference, pair.estimate
    with unheard():  # what is not there was told when the pair was scored
        if isinstance(one, Motion) and isinstance(other, Motion):
            if not (bilateral_pairs(one.names) or "pelvis_list" in one.names):
                return ()
            found = evaluate_side_motion(one, other, _deepest_s(pair, one))
            return (found,) if found.figures else ()
        assert isinstance(one, Markers)
        assert isinstance(other, Markers)
        drops = (evaluate_side_drop(other, one),) if landmark_pairs(other.names) else ()
        return drops + _feet({"reference": one, "estimate": other})


def _deepest_s(pair: PairResult, reference: Motion) -> list[float]:
    """Times of the lowest pelvis in each scored squat or sit-to-stand."""
    if _HEIGHT not in reference.names:
        return []
    found = []
    for part in pair.repetitions:
        name, start, end, *_ = part.interval
        inside = np.flatnonzero((reference.times >= start) & (reference.times <= end))
        height = reference.value(_HEIGHT)[inside]
        if name.startswith(_DEEP) and np.isfinite(height).any():
            found.append(float(reference.times[inside[np.nanargmin(height)]]))
    return found


def _feet(recordings: dict[str, Markers]) -> tuple[Evaluation, ...]:
    figures = []
    for role, markers in recordings.items():
        try:
            found = evaluate_feet(markers)
        except KinebenchError:  # no markers of both feet: nothing to tell of them
            continue
        figures += [figure._replace(item=f"{role}, {figure.item}") for figure in found.figures]
    return (Evaluation(Kind.FOOT, tuple(figures)),) if figures else ()
