from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.reports.player.encoding import MISSING, as_json_island, as_shorts, step_for


def decoded(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.frombuffer(base64.b64decode(text), "<i2")


@given(st.lists(st.floats(-40.0, 40.0), min_size=1, max_size=50))
def test_values_come_back_within_half_a_step(values: list[float]) -> None:
    array = np.array(values)
    step = step_for(array, 1e-4)
    back = decoded(as_shorts(array, step)) * step
    assert np.abs(back - array).max() <= step / 2 + 1e-12


def test_a_trial_in_a_room_has_steps_of_a_tenth_of_a_millimetre() -> None:
    assert step_for(np.array([3.2, -3.2]), 1e-4) == 1e-4
    assert step_for(np.array([30.0]), 1e-4) == pytest.approx(1e-3)
    assert step_for(np.array([np.nan]), 1e-4) == 1e-4


def test_missing_values_are_told_from_all_others() -> None:
    values = np.array([np.nan, 0.0, -3.2767])
    assert decoded(as_shorts(values, 1e-4)).tolist() == [MISSING, 0, -32767]


def test_no_text_can_leave_its_element() -> None:
    evil = {"</script><script>alert(1)</script>": ["<!--", "]]>", "&lt;", "\u2028", "é"]}
    text = as_json_island(evil)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == evil
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json_island(float("nan"))
