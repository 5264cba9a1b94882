"""Validations as JSON types, SI units and radians."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kinebench.comparison import Comparison
from kinebench.comparison.error_kinds import error_kinds
from kinebench.core.model import Model
from kinebench.reports.comparison_json import as_json
from kinebench.reports.validation_methods import methods_of_many
from kinebench.validation import TrialValidation, Validation


def validation_json(trial: TrialValidation) -> dict[str, Any]:
    """Everything on one trial, and its comparison."""
    comparison = trial.validation.comparison
    told = comparison, None, models_by_subject([trial]), methods_of_many([trial])
    return {**_trial(trial), "comparison": as_json(*told)}


def validations_json(trials: Sequence[TrialValidation], together: Comparison) -> dict[str, Any]:
    """Everything on each trial, and on all of them."""
    return {
        "trials": [
            {"subject": one.pair.subject, "trial": one.pair.trial, **_trial(one)} for one in trials
        ],
        "comparison": as_json(
            together, None, models_by_subject(trials), methods_of_many(trials, together)
        ),
    }


def models_by_subject(trials: Sequence[TrialValidation]) -> dict[str, Model]:
    """The model on which each subject's motions are shown; none unless every subject has one."""
    found: dict[str, Model] = {}
    for one in trials:
        if one.model is None:
            return {}
        found.setdefault(one.pair.subject, one.model)
    return found


def _trial(trial: TrialValidation) -> dict[str, Any]:
    validation = trial.validation
    return {
        "remarks": [remark.as_dict() for remark in trial.remarks],
        "clock": _clock(validation),
        "frame": _frame(validation),
        "errors": [
            {
                "item": row.item,
                "unit": row.unit,
                "rmse": _number(row.raw),
                "without_offset": _number(row.without_offset),
                "without_rotation": _number(row.without_rotation),
            }
            for row in error_kinds(trial.pair.evaluation)
        ],
        "joint_rotations_rad": dict(validation.joint_rotations),
    }


def _clock(validation: Validation) -> dict[str, Any]:
    clock = validation.clock
    return {
        "lag_s": clock.lag_s,
        "given": clock.given,
        "confidence": clock.confidence,
        "searched_s": list(clock.searched_s),
        "rival_s": clock.rival_s,
        "drift_s": clock.drift_s,
        "wander_s": clock.wander_s,
        "signals": [
            {
                "name": signal.name,
                "lag_s": signal.lag_s,
                "correlation": signal.correlation,
                "best_lag_s": signal.best_lag_s,
            }
            for signal in clock.signals
        ],
    }


def _frame(validation: Validation) -> dict[str, Any] | None:
    frame = validation.frame
    if frame is None:
        return None
    return {
        "yaw_rad": frame.yaw_rad,
        "translation_m": frame.transform.t.tolist(),
        "part_s": list(frame.part_s),
        "rms_m": frame.transform.rms,
        "rest_rms_m": _number(frame.rest_rms_m),
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
