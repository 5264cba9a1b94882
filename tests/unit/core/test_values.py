"""What every value of `core` promises: immutable, comparable, copied through its constructor."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from kinebench.core import (
    Coordinate,
    IKSolution,
    Markers,
    Model,
    Motion,
    PipelineRun,
    ScalingResult,
    Subject,
    Trial,
)
from kinebench.core.arrays import equal_values
from kinebench.core.provenance import digest
from kinebench.errors import ValueRangeError
from kinebench.remarks import Remark

TIMES = np.array([0.0, 0.1, 0.25])
MARKERS = Markers(
    ("RKnee", "LKnee"),
    TIMES,
    np.arange(18.0).reshape(3, 2, 3),
    confidence=np.full((3, 2), 0.5),
)
MOTION = Motion(
    (Coordinate("knee_angle_r", range=(0, 2)),), TIMES, np.array([[0.1], [np.nan], [0.3]])
)
MODEL = Model("m", b"<OpenSimDocument><Model/></OpenSimDocument>")
SUBJECT = Subject(72, 1.78)
SCALING = ScalingResult(
    MODEL, {"tibia_r": (1.0, 1.1, 1.2)}, (0.0, 1.0), MOTION, ("a",), np.array([0.01])
)
SOLUTION = IKSolution(
    MOTION, ("a",), np.array([[0.1], [np.nan], [0.2]]), np.array([1, 1, 0]), np.array([4, 5, -1])
)
TOLD = Remark("gaps", "note", "a gap of 3 frames")
RUN = PipelineRun(SUBJECT, MARKERS, MARKERS, SCALING, SOLUTION, {"clean": {"order": 4}}, (TOLD,))
TRIAL = Trial("squat", SUBJECT, MARKERS, reference_motion=MOTION)
VALUES = [MARKERS, MOTION, MODEL, SUBJECT, SCALING, SOLUTION, RUN, TRIAL]


def arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """All arrays in a value, however deep."""
    for field in fields(value):
        item = getattr(value, field.name)
        if isinstance(item, np.ndarray):
            yield item
        elif is_dataclass(item):
            yield from arrays(item)


def kind(value: Any) -> str:
    return type(value).__name__


@pytest.mark.parametrize("value", VALUES, ids=kind)
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pickles_keep_content_and_read_only_arrays(value: Any, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(value, protocol))
    assert again == value
    assert all(not array.flags.writeable for array in arrays(again))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
@pytest.mark.parametrize("value", VALUES, ids=kind)
def test_copies_keep_content_and_read_only_arrays(value: Any, copied: Any) -> None:
    again = copied(value)
    assert again == value
    assert digest(again) == digest(value)
    assert all(not array.flags.writeable for array in arrays(again))


def _is_safe(value: Any) -> tuple[Any, bool]:
    return value, all(not array.flags.writeable for array in arrays(value))


def test_values_go_to_another_process_and_back() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for value, (again, safe) in zip(VALUES, pool.map(_is_safe, VALUES), strict=True):
            assert safe
            assert again == value
            assert all(not array.flags.writeable for array in arrays(again))


@pytest.mark.parametrize("value", VALUES, ids=kind)
def test_fields_cannot_be_set_and_nothing_can_be_added(value: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(value)[0].name, None)
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        value.something_new = 1


def test_arrays_are_copies_that_cannot_be_written() -> None:
    positions = np.zeros((3, 1, 3))
    markers = Markers(("a",), TIMES, positions)
    positions[0] = 9.0
    assert markers.positions.max() == 0.0
    with pytest.raises(ValueError, match="read-only"):
        markers.positions[0, 0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        markers.position("a")[0] = 1.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        markers.position("a").flags.writeable = True


@pytest.mark.parametrize(
    ("value", "name"), [(SCALING, "body_scale_factors"), (RUN, "records"), (RUN, "durations_s")]
)
def test_mappings_cannot_be_written(value: Any, name: str) -> None:
    with pytest.raises(TypeError):
        getattr(value, name)["new"] = 1


def test_a_mapping_that_changes_outside_changes_no_value() -> None:
    records = {"clean": 1}
    run = replace(RUN, records=records)
    records["clean"] = 2
    assert run.records["clean"] == 1


def test_replace_checks_again_and_leaves_the_original() -> None:
    moved = replace(MARKERS, positions=MARKERS.positions + 1.0)
    assert moved != MARKERS
    assert moved.names == MARKERS.names
    assert MARKERS.positions[0, 0, 0] == 0.0
    assert not moved.positions.flags.writeable
    with pytest.raises(ValueRangeError, match=r"positions must have shape \(3, 2, 3\)"):
        replace(MARKERS, positions=np.zeros((3, 3, 3)))
    with pytest.raises(ValueRangeError, match="increase"):
        replace(MOTION, times=np.array([0.0, 0.0, 1.0]))


def test_equality_compares_content_in_both_directions() -> None:
    markers, motion, run = MARKERS, MOTION, RUN
    bare = replace(markers, confidence=None)
    assert markers == replace(markers)
    assert motion == replace(motion, values=motion.values.copy())  # NaN equals NaN
    for other in (bare, replace(markers, frame="lab"), markers.select(["RKnee"]), motion, 3, None):
        assert markers != other
        assert other != markers
    assert run != replace(run, records={"clean": {"order": np.array([4, 2])}})
    assert replace(run, records={"a": np.array([1, 2])}) == replace(
        run, records={"a": np.array([1, 2])}
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, np.zeros(2), False),
        (np.zeros(2), [0.0, 0.0], False),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0, np.nan]), np.array([[1.0, np.nan]]), False),
        (np.array(["a"]), np.array(["a"]), True),
        (float("nan"), float("nan"), True),
        (float("nan"), 1.0, False),
        ((1, np.zeros(2)), (1, np.zeros(2)), True),
        ((1, np.zeros(2)), [1, np.zeros(2)], False),
        ((1, 2), (1, 2, 3), False),
        ({"a": np.zeros(2)}, {"a": np.zeros(2)}, True),
        ({"a": np.zeros(2)}, {"b": np.zeros(2)}, False),
        ({"a": np.zeros(2)}, {"a": np.ones(2)}, False),
    ],
)
def test_equal_values(one: Any, other: Any, same: bool) -> None:
    assert equal_values(one, other) is same
    assert equal_values(other, one) is same


def test_values_with_arrays_are_not_hashable() -> None:
    with pytest.raises(TypeError):
        hash(MARKERS)
    assert hash(SUBJECT) == hash(Subject(72.0, 1.78))


def test_solutions_check_their_shapes() -> None:
    with pytest.raises(ValueRangeError, match=r"converged must have shape \(3,\), found \(2,\)"):
        replace(SOLUTION, converged=np.array([True, False]))
    with pytest.raises(ValueRangeError, match="iterations"):
        replace(SOLUTION, iterations=np.array([[1, 2, 3]]))
    with pytest.raises(ValueRangeError, match="marker_errors"):
        replace(SOLUTION, marker_names=("a", "b"))
    with pytest.raises(ValueRangeError, match="marker_errors"):
        replace(SCALING, marker_errors=np.array([0.1, 0.2]))


def test_rival_poses_are_unknown_unless_an_engine_says_so() -> None:
    np.testing.assert_array_equal(SOLUTION.rival_deg, [np.nan] * 3)
    rivals = [np.nan, 12.5, np.nan]
    solution = replace(SOLUTION, rival_deg=np.array(rivals))
    np.testing.assert_array_equal(solution.rival_deg, rivals)
    assert not solution.rival_deg.flags.writeable
    assert pickle.loads(pickle.dumps(solution)) == solution
    with pytest.raises(ValueRangeError, match="rival_deg"):
        replace(SOLUTION, rival_deg=np.array([1.0, 2.0]))


def test_rms_error_counts_only_the_markers_present() -> None:
    errors = [[0.3, 0.4], [0.3, np.nan], [np.nan, np.nan]]
    solution = IKSolution(
        MOTION, ("a", "b"), np.array(errors), np.array([1, 1, 1]), np.array([1, 1, 1])
    )
    expected = [np.sqrt((0.09 + 0.16) / 2), 0.3, np.nan]
    np.testing.assert_allclose(solution.rms_errors, expected, atol=1e-15)
    assert RUN.motion is SOLUTION.motion


def test_held_coordinates_are_those_that_no_frame_determines() -> None:
    coordinates = (Coordinate("knee_angle_r"), Coordinate("mtp_angle_r"), Coordinate("arm_flex_r"))
    motion = Motion(coordinates, TIMES, np.zeros((3, 3)))
    seen = [[1, 0, 0], [1, 0, 1], [0, 0, 0]]
    solution = replace(SOLUTION, motion=motion, observed=np.array(seen))
    assert solution.held == ("mtp_angle_r",)
    assert solution.observed is not None
    assert solution.observed.dtype == np.bool_
    assert not solution.observed.flags.writeable
    np.testing.assert_array_equal(solution.observed, np.array(seen, bool))
    assert SOLUTION.observed is None
    assert SOLUTION.held == ()
    with pytest.raises(ValueRangeError, match=r"observed must have shape \(3, 3\), found \(3, 1\)"):
        replace(solution, observed=np.array([[1], [1], [1]]))
