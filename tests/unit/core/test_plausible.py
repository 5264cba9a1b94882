"""One table says what is plausible; readers, the pipeline and people are judged by it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kinebench.core import Markers, Subject
from kinebench.core.plausible import PLAUSIBLE, Range
from kinebench.errors import ValueRangeError
from kinebench.io.first_look import implausible_times, warn_if_implausible
from kinebench.pipeline.unit_check import body_extent, require_plausible
from kinebench.remarks import collected_remarks

STEPS = PLAUSIBLE["time between frames"]
BODY = np.random.default_rng(6).uniform(0.0, 1.0, (1, 20, 3)).repeat(5, axis=0)
NAMES = tuple(f"M{number}" for number in range(20))


def recording(positions: np.ndarray) -> Markers:
    return Markers(NAMES, np.arange(5) / 60, positions)


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_every_range_has_limits_a_unit_and_a_source(name: str) -> None:
    found = PLAUSIBLE[name]
    assert found.low < found.high
    assert found.unit
    assert len(found.source) > 15
    assert found.low in found
    assert found.high in found
    assert np.nextafter(found.low, -np.inf) not in found
    assert np.nextafter(found.high, np.inf) not in found
    assert math.nan not in found


def test_what_is_no_number_is_in_no_range() -> None:
    assert "1" not in Range(0.0, 2.0, "m", "a test")


@given(st.floats(-1e9, 1e9), st.floats(1e-8, 1e5))
@example(1.1e7, 1.0)
@example(-60.5, 1.0)
@example(0.0, 3601.0)
@example(0.0, 9e-7)
def test_times_are_judged_by_the_table(start: float, step: float) -> None:
    times = np.array([start, start + step])
    plausible = all(time in PLAUSIBLE["time"] for time in times) and np.diff(times)[0] in STEPS
    assert (not list(implausible_times(times))) == plausible


@given(st.floats(0.02, 2.5), st.floats(0.5, 2.6))
def test_bodies_are_judged_by_the_table(size: float, height_m: float) -> None:
    body = recording(BODY * size)
    with collected_remarks():
        subject = Subject(20.0 * height_m**2, height_m)
    extent = body_extent(body) / height_m
    if extent in PLAUSIBLE["extent of a body over its height"]:
        require_plausible(body, subject, "squat")
    else:
        with pytest.raises(ValueRangeError, match="the body is"):
            require_plausible(body, subject, "squat")


@given(st.floats(0.1, 4.0), st.floats(1.0, 400.0))
def test_people_are_judged_by_the_table(height_m: float, mass_kg: float) -> None:
    with collected_remarks() as told:
        Subject(mass_kg, height_m)
    tall, index = height_m in PLAUSIBLE["height"], mass_kg / height_m / height_m
    expected = [] if tall and index in PLAUSIBLE["body-mass index"] else ["mass"]
    assert [remark.code for remark in told] == (expected if tall else ["height"])


def test_the_marker_that_is_far_off_is_named_as_a_value() -> None:
    far = BODY.copy()
    far[3, 1, 0] = -1e6
    with collected_remarks() as told:
        warn_if_implausible(recording(far), "m", "a.trc")
    (remark,) = (one for one in told if one.code == "far points")
    assert (remark.where, remark.file) == (("M1",), "a.trc")
