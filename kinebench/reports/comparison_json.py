"""A comparison as JSON types."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from kinebench.comparison import Comparison, PairResult
from kinebench.comparison.agreement import agreement_of, curves_of
from kinebench.comparison.error_bars import share_within_band
from kinebench.comparison.joint_centres import joint_centre_errors
from kinebench.comparison.left_and_right import left_and_right
from kinebench.comparison.side_differences import side_differences
from kinebench.core.model import Model
from kinebench.core.provenance import describe, without_nan
from kinebench.metrics import Evaluation
from kinebench.reports.agreement_tables import agreement_json
from kinebench.reports.methods_text import comparison_methods
from kinebench.reports.sides_over_subjects import side_records


def as_json(
    comparison: Comparison,
    margin_rad: float | None = None,
    models: Mapping[str, Model] = MappingProxyType({}),
    methods: str = "",
) -> dict[str, Any]:
    """Everything but the waveforms, SI units and radians; NaN becomes null.

    Parameters
    ----------
    comparison : Comparison
    margin_rad : float, optional
        Differences of angles that do not matter, for the test of equivalence.
    models : mapping of str to Model
        Each subject's, on which joint centres are compared.
    methods : str, optional
        The paragraph for a paper, of a caller that knows more than `comparison_methods`.
    """
    content = {
        "procedure": describe(comparison.procedure),
        "n_subjects": comparison.n_subjects,
        "pairs": [_pair(comparison, pair) for pair in comparison.pairs],
        "methods": methods or comparison_methods(comparison, margin_rad),
        "excluded_pairs": [excluded._asdict() for excluded in comparison.excluded],
        **_over_subjects(comparison, margin_rad, models),
    }
    plain: dict[str, Any] = without_nan(content)
    return plain


def _over_subjects(
    comparison: Comparison, margin_rad: float | None, models: Mapping[str, Model]
) -> dict[str, Any]:
    """What is said over subjects; of several kinds of trials each has its own."""
    content = {
        "groups": [
            {"item": row.item, "metric": row.metric, "unit": row.unit, **describe(row.figure)}
            for row in comparison.groups
        ],
        "remarks": [remark.as_dict() for remark in comparison.remarks],
        "pooled_kinds_of_trials": list(comparison.pooled_kinds),
    }
    if comparison.parts:
        parts = {
            kind: {
                "n_subjects": part.n_subjects,
                "n_trials": len(part.pairs),
                **_over_subjects(part, margin_rad, models),
            }
            for kind, part in comparison.parts.items()
        }
        nothing = {"agreement": agreement_json([], []), "right_minus_left": [], "joint_centres": []}
        return {**content, **nothing, "kinds_of_trials": parts}
    agreement = agreement_of(comparison, margin_rad)
    centres = joint_centre_errors(comparison.pairs, models) if models else ()
    return {
        **content,
        "agreement": agreement_json(agreement, curves_of(comparison) if agreement else []),
        "right_minus_left": side_records(side_differences(comparison)),
        "joint_centres": [describe(one) for one in centres],
    }


def _pair(comparison: Comparison, pair: PairResult) -> dict[str, Any]:
    return {
        "subject": pair.subject,
        "trial": pair.trial,
        "kind_of_trial": pair.trial_kind,
        "alignment": describe(pair.alignment),
        **_evaluation(pair.evaluation),
        "repetitions": [
            {**part.interval._asdict(), **_evaluation(part.evaluation)} for part in pair.repetitions
        ],
        "excluded_repetitions": [excluded._asdict() for excluded in pair.excluded],
        "headline": comparison.headline_of(pair),
        "sensitivity": [
            {
                "shift": shift.label,
                "shift_s": shift.shift_s,
                "n_frames": shift.n_frames,
                "values": shift.result,
            }
            for shift in pair.sensitivity
        ],
        "policies": {
            name: {
                "lag_s": outcome.record.lag_s if outcome.record else None,
                "flags": list(outcome.record.flags) if outcome.record else [],
                "values": outcome.result,
                "reason": outcome.reason,
            }
            for name, outcome in pair.policies.items()
        },
        "within_band": share_within_band(pair),
        "left_and_right": [row for found in left_and_right(pair) for row in found.rows()],
        "remarks": [remark.as_dict() for remark in pair.remarks],
    }


def _evaluation(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "figures": list(evaluation.rows()),
        "excluded": [excluded._asdict() for excluded in evaluation.excluded],
        "undefined": [undefined._asdict() for undefined in evaluation.undefined],
    }
