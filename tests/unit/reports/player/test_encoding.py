from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.reports.player.encoding import MISSING, as_courses, as_json_island, step_for
from tests.unit.reports.player.conftest import decoded


@given(st.lists(st.floats(-40.0, 40.0), min_size=1, max_size=50))
def test_values_come_back_within_half_a_step(values: list[float]) -> None:
    array = np.array(values)
    step = step_for(array, 1e-4)
    back = decoded(as_courses(array, step), len(array))[:, 0] * step
    assert np.abs(back - array).max() <= step / 2 + 1e-12


def test_a_trial_in_a_room_has_steps_of_a_tenth_of_a_millimetre() -> None:
    assert step_for(np.array([3.2, -3.2]), 1e-4) == 1e-4
    assert step_for(np.array([30.0]), 1e-4) == pytest.approx(1e-3)
    assert step_for(np.array([np.nan]), 1e-4) == 1e-4


def test_missing_values_are_told_from_all_others() -> None:
    values = np.array([np.nan, 0.0, -3.2767])
    assert decoded(as_courses(values, 1e-4), 3).ravel().tolist() == [MISSING, 0, -32767]


def test_the_bytes_are_those_of_the_rule_by_hand() -> None:
    # 0, 1, 3, 5 and 0, −100, −200, −300: bends 0, 1, 1, 0 and 0, −100, 0, 0;
    # signs alternate: 0, 2, 2, 0 and 0, 199, 0, 0; 199 is 0x47 + 0x80, then 1
    values = np.array([[0, 0], [1, -100], [3, -200], [5, -300]]) * 0.01
    expected = bytes([0, 0, 2, 0x80 | 0x47, 1, 2, 0, 0, 0])
    assert base64.b64decode(as_courses(values, 0.01)) == expected


@given(arrays(np.int64, (5, 2, 3), elements=st.integers(-32767, 32767)))
def test_all_integers_of_sixteen_bits_come_back(whole: np.ndarray) -> None:
    back = decoded(as_courses(whole * 1.0, 1.0), len(whole))
    assert (back.reshape(whole.shape) == whole).all()


def test_a_body_that_moves_takes_little_more_than_a_byte_a_number() -> None:
    times = np.arange(300) / 60
    values = 0.3 * np.sin(2 * np.pi * times[:, None] + np.arange(60))
    assert len(base64.b64decode(as_courses(values, 1e-4))) < 1.1 * values.size


def test_no_text_can_leave_its_element() -> None:
    evil = {"</script><script>alert(1)</script>": ["<!--", "]]>", "&lt;", "\u2028", "é"]}
    text = as_json_island(evil)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == evil
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json_island(float("nan"))
