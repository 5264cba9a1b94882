"""What a cleaner, an augmenter or an engine must do to work as a stage.

Each check raises an `AssertionError` that says what was expected and what was found; ``pytest``
and plain Python can call them::

    def test_my_cleaner():
        check_cleaner(MyCleaner(cutoff_hz=6.0))
"""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from typing import Any

import numpy as np

from kinebench.core.markers import Markers
from kinebench.core.provenance import describe, digest
from kinebench.core.results import ScalingResult
from kinebench.core.stages import Augmenter, Cleaner, in_trial
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchError
from kinebench.lab import Population, StaticPose, generic_body, ik_tasks, record, scaling_setup
from kinebench.lab.motions import Squat
from kinebench.lab.recording import Recording
from kinebench.pipeline.engines import Engine
from kinebench.scaling.standing_window import StandingWindow

_FARTHEST_M = 1.0  # cleaning that moves a point of a body by more has mistaken unit or axes
_SHIFT_M = np.array([1.0, 0.0, -0.5])
_SHIFTED_M = 1e-3  # single precision in a network costs less
_ANGLE_DEG = 1.0  # on exact markers: kinebench's own engines are within 0.5°


def check_cleaner(cleaner: Cleaner, markers: Markers | None = None) -> None:
    """A cleaner keeps names and frame, makes no gap, gives the same for the same, and is a value.

    Parameters
    ----------
    cleaner : Cleaner
    markers : Markers, optional
        What it is tried on; a virtual subject's squat by default.
    """
    squat = _squat()
    given = squat.keypoints if markers is None else markers
    trial = Trial("squat", squat.subject.as_subject(), given, _recorded(StaticPose()).keypoints)
    (cleaner,) = in_trial((cleaner,), trial)
    _require_value(cleaner)
    before = digest(given)
    cleaned = cleaner(given)
    _require(isinstance(cleaned, Markers), f"gives Markers, not a {type(cleaned).__name__}")
    _require(digest(given) == before, "leaves its input as it is")
    _require(cleaned.names == given.names, f"keeps the names; it gives {cleaned.names}")
    _require(cleaned.frame == given.frame, f"keeps the frame; it gives {cleaned.frame!r}")
    _require(cleaner(given) == cleaned, "gives the same markers for the same markers")
    seen = ~given.missing.any(axis=0)
    _require(not cleaned.missing[:, seen].any(), "makes no gap where there was none")
    if cleaned.n_frames == given.n_frames:
        moved = np.nanmax(np.linalg.norm(cleaned.positions - given.positions, axis=2))
        _require(
            moved < _FARTHEST_M, f"moves no point by more than 1 m; it moved one {moved:.2f} m"
        )


def check_augmenter(augmenter: Augmenter, subject: Subject | None = None) -> None:
    """An augmenter gives what it names, from what it names, wherever in the room that is."""
    _require_value(augmenter)
    squat = _squat()
    person = subject or squat.subject.as_subject()
    keypoints = squat.keypoints.select(augmenter.needs)
    given = augmenter(keypoints, person)
    _require(given.names == augmenter.gives, f"gives the markers that it names; {given.names}")
    _require(np.array_equal(given.times, keypoints.times), "keeps the times")
    _require(np.isfinite(given.positions).all(), "gives a number for every marker and frame")
    _require(augmenter(keypoints, person) == given, "gives the same markers for the same keypoints")
    again = augmenter(squat.keypoints, person).select(augmenter.gives)
    _require(again == given, "does not heed keypoints that it does not need")
    moved = augmenter(keypoints.with_positions(keypoints.positions + _SHIFT_M), person)
    apart = np.abs(moved.positions - _SHIFT_M - given.positions).max()
    _require(
        apart < _SHIFTED_M, f"follows a person across the room; it is {apart * 1e3:.1f} mm off"
    )
    if augmenter.needs:
        fewer = keypoints.select(augmenter.needs[1:])
        _require_refusal(augmenter, fewer, person, f"without {augmenter.needs[0]}")


def check_engine(engine: Engine) -> None:
    """An engine finds the angles of exact markers, with and without gaps."""
    standing, squat = _recorded(StaticPose()), _squat()
    person = squat.subject.as_subject()
    scaler = engine.make_scaler(scaling_setup(), None, StandingWindow(avoid_start_s=0.0))
    solver = engine.make_solver(ik_tasks())
    # keypoints tell how straight a person stands
    stood = standing.true_markers.joined(standing.true_keypoints)
    scaling = scaler(generic_body().model, stood, person)
    _require(isinstance(scaling, ScalingResult), "scales to a ScalingResult")
    markers = squat.true_markers
    solution = solver(scaling.model, markers)
    motion = solution.motion
    _require(np.array_equal(motion.times, markers.times), "keeps the times")
    _require(len(solution.marker_names) > 0, "says which markers it tracked")
    truth = squat.true_motion
    for name in ("knee_angle_r", "knee_angle_l", "hip_flexion_r", "ankle_angle_l"):
        _require(name in motion.names, f"gives {name}; it gives {', '.join(motion.names)}")
        error = np.degrees(np.abs(motion.value(name) - truth.value(name)).mean())
        _require(error < _ANGLE_DEG, f"finds {name} of exact markers; it is {error:.1f}° off")
    gone = markers.positions.copy()
    gone[10:20, 0] = np.nan
    gap = solver(scaling.model, markers.with_positions(gone))
    _require(gap.motion.n_frames == markers.n_frames, "gives every frame of a recording with a gap")
    _require(solver(scaling.model, markers).motion == motion, "gives the same for the same")


def _require_value(stage: Any) -> None:
    parameters: Any = getattr(type(stage), "__dataclass_params__", None)
    frozen = is_dataclass(stage) and parameters is not None and parameters.frozen
    _require(frozen, f"is a frozen dataclass; a {type(stage).__name__} is none")
    describe(stage)
    _require(digest(stage) == digest(replace(stage)), "has one digest for one meaning")


def _require_refusal(augmenter: Augmenter, keypoints: Markers, person: Subject, how: str) -> None:
    try:
        augmenter(keypoints, person)
    except KinebenchError:
        return
    raise AssertionError(f"a stage must be one that refuses keypoints {how} with a KinebenchError")


def _require(holds: bool | np.bool_, what: str) -> None:
    if not holds:
        raise AssertionError(f"a stage must be one that {what}")


def _squat() -> Recording:
    return _recorded(Squat(repetitions=1))


def _recorded(motion: Any) -> Recording:
    return record(Population().subject(4), motion)
