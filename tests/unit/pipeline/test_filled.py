"""Which gaps cleaning filled, which of them are told, and how many markers each frame made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.core import Markers
from kinebench.pipeline.filled import (
    FilledGap,
    filled_gaps,
    filled_per_frame,
    tell_of_filled,
    tell_of_unseen,
)
from kinebench.remarks import Remark, collected_remarks

RATE_HZ = 50.0


def recording(
    n_frames: int, gaps: Mapping[str, Sequence[int]], rate_hz: float = RATE_HZ
) -> Markers:
    """Markers A, B and C at their places, not seen in these frames."""
    names = ("A", "B", "C")
    positions = np.ones((n_frames, 3, 3))
    for name, frames in gaps.items():
        positions[list(frames), names.index(name)] = np.nan
    return Markers(names, np.arange(n_frames) / rate_hz, positions)


def told(*arguments: object) -> list[Remark]:
    with collected_remarks() as remarks:
        tell_of_filled(*arguments)  # type: ignore[arg-type]
    return list(remarks)


def test_a_gap_lasts_from_its_first_to_its_last_frame() -> None:
    before = recording(20, {"A": range(4, 9), "B": [12]})
    one, other = filled_gaps(before, recording(20, {}))
    assert one == FilledGap(0.08, 0.16, one.duration_s, ("A",))
    assert other == FilledGap(0.24, 0.24, other.duration_s, ("B",))
    assert (one.duration_s, other.duration_s) == pytest.approx((0.1, 0.02))


def test_markers_of_one_gap_stand_together_in_their_order() -> None:
    before = recording(20, {"C": range(4, 9), "A": range(4, 9), "B": range(4, 10)})
    found = filled_gaps(before, recording(20, {}))
    assert [gap.markers for gap in found] == [("A", "C"), ("B",)]
    assert [gap.duration_s for gap in found] == pytest.approx([0.1, 0.12])


def test_gaps_at_the_first_and_last_frame_are_gaps() -> None:
    before = recording(10, {"A": [0, 1, 9]})
    found = filled_gaps(before, recording(10, {}))
    assert [(gap.start_s, gap.end_s) for gap in found] == [(0.0, 0.02), (0.18, 0.18)]


def test_what_is_still_missing_or_gone_is_not_filled() -> None:
    before = recording(20, {"A": range(4, 9), "B": range(4, 9)})
    assert filled_gaps(before, before) == ()
    # a position in any frame of the gap is enough
    (gap,) = filled_gaps(before, recording(20, {"A": [4, 5, 7, 8], "B": range(4, 9)}))
    assert gap.markers == ("A",)
    without = recording(20, {}).select(("B", "C"))
    assert [gap.markers for gap in filled_gaps(before, without)] == [("B",)]


def test_positions_beside_a_gap_do_not_fill_it() -> None:
    before = recording(20, {"A": range(4, 9)})
    after = recording(20, {"A": range(4, 9)})
    assert (~after.missing[[3, 9], 0]).all()
    assert filled_gaps(before, after) == ()


def test_one_frame_has_no_interval() -> None:
    (gap,) = filled_gaps(recording(1, {"A": [0]}), recording(1, {}))
    assert gap.duration_s == 0.0


def test_other_times_after_cleaning_fill_the_gap_in_between() -> None:
    before = recording(20, {"A": range(4, 9)})
    (gap,) = filled_gaps(before, recording(40, {}, 2 * RATE_HZ))
    assert (gap.start_s, gap.end_s) == (0.08, 0.16)


def gap(start_s: float, duration_s: float, *markers: str) -> FilledGap:
    return FilledGap(start_s, start_s + duration_s - 0.02, duration_s, markers)


def test_gaps_of_a_tenth_of_a_second_are_told_the_longest_first() -> None:
    gaps = (gap(0.5, 0.1, "B"), gap(1.0, 0.099, "C"), gap(1.5, 0.2, "B", "A"), gap(2.0, 0.1, "A"))
    (remark,) = told(gaps, "movement")
    assert remark.code == "gaps"
    assert remark.severity == "warning"
    assert remark.message == (
        "gaps of the keypoints are filled, nothing was seen there: B, A for 0.20 s (1.500 to"
        " 1.680); B for 0.10 s (0.500 to 0.580); A for 0.10 s (2.000 to 2.080)"
    )
    assert remark.where == ("A", "B")
    assert remark.spans_s == ((1.5, pytest.approx(1.68)), (0.5, 0.58), (2.0, 2.08))
    assert remark.recording == "movement"


def test_a_static_trial_is_called_so() -> None:
    (remark,) = told((gap(0.5, 0.3, "B"),), "static")
    assert remark.message.startswith("gaps of the static trial are filled, nothing was seen there:")
    assert remark.recording == "static"


def test_short_gaps_are_not_told_and_of_many_four_are_spelt_out() -> None:
    assert told((gap(0.5, 0.09, "B"),), "movement") == []
    assert told((), "movement") == []
    many = tuple(gap(1.0 * i, 0.1, "A") for i in range(4))
    (remark,) = told(many, "movement")
    assert remark.message.count("for 0.10 s") == 4
    (remark,) = told((*many, gap(9.0, 0.1, "A")), "movement")
    assert remark.message.count("for 0.10 s") < 5
    assert len(remark.spans_s) == 5


def test_of_many_markers_three_are_named() -> None:
    (remark,) = told((gap(0.5, 0.3, "A", "B", "C"),), "movement")
    assert "A, B, C for 0.30 s" in remark.message
    (remark,) = told((gap(0.5, 0.3, "A", "B", "C", "D"),), "movement")
    assert "D" not in remark.message.split(": ")[1]
    assert remark.where == ("A", "B", "C", "D")


def test_frames_without_any_marker_are_told() -> None:
    everything = {name: [2, 3, 4, 9] for name in "ABC"}
    with collected_remarks() as remarks:
        tell_of_unseen(recording(12, everything))
    (remark,) = remarks
    assert remark.code == "frames without markers"
    assert remark.message == (
        "4 frames have no marker at all, 0.040 to 0.080 s, 0.180 to 0.180 s: no angle there is"
        " measured"
    )
    assert remark.spans_s == ((0.04, 0.08), (0.18, 0.18))
    assert remark.recording == "movement"
    with collected_remarks() as remarks:
        tell_of_unseen(recording(12, {"A": [2], "B": [2]}))
    assert list(remarks) == []


@given(st.lists(st.tuples(st.integers(0, 29), st.sampled_from("ABC")), max_size=25))
def test_the_same_frames_count_that_were_missing(lost: list[tuple[int, str]]) -> None:
    """At the same times every frame has as many filled markers as it lacked."""
    gaps = {name: [frame for frame, which in lost if which == name] for name in "ABC"}
    before, after = recording(30, gaps), recording(30, {})
    described = [asdict(one) for one in filled_gaps(before, after)]
    counted = filled_per_frame(described, after.times)
    assert counted.dtype == np.int64
    assert counted.tolist() == before.missing.sum(axis=1).tolist()


def test_frames_of_another_rate_count_up_to_those_that_were_seen() -> None:
    """Seen at 0.06 and 0.18 s: 0.07 to 0.17 s is made up."""
    described = [asdict(gap(0.08, 0.1, "A"))]
    times = np.arange(25) / 100
    counted = filled_per_frame(described, times)
    assert times[counted > 0].tolist() == pytest.approx([0.01 * i for i in range(7, 18)])


def test_a_marker_with_two_gaps_counts_once_a_frame() -> None:
    described = [asdict(gap(0.08, 0.1, "A")), asdict(gap(0.12, 0.1, "A", "B"))]
    assert filled_per_frame(described, np.array([0.14])).tolist() == [2]
    assert filled_per_frame([], np.array([0.14, 0.16])).tolist() == [0, 0]
