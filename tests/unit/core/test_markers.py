"""`Markers`: what the constructor refuses, and what selection, renaming and joining give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import NameNotFoundError, ValueRangeError

NAN = np.nan


def recording(n_frames: int = 4, names: tuple[str, ...] = ("RKnee", "LKnee", "Neck")) -> Markers:
    positions = np.arange(n_frames * len(names) * 3.0).reshape(n_frames, len(names), 3)
    confidence = np.arange(n_frames * len(names)).reshape(n_frames, len(names)) / 100
    return Markers(names, np.arange(n_frames) / 10, positions, confidence, "lab")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ("a", "b", "a")}, "must be unique; found twice: a"),
        ({"names": ("a", "", "c")}, "must be text that is not empty: ''"),
        ({"names": ("a", " ", "c")}, "must be text that is not empty: ' '"),
        ({"names": ("a", 2, "c")}, "must be text that is not empty: 2"),
        ({"names": ("a", "b")}, r"positions must have shape \(4, 2, 3\), found \(4, 3, 3\)"),
        ({"times": [0.0, 0.1, 0.2]}, r"positions must have shape \(3, 3, 3\)"),
        ({"times": [0.0, 0.1, 0.1, 0.2]}, "value 2 is 0.1 and value 3 is 0.1"),
        ({"times": [0.0, 0.2, 0.1, 0.3]}, "must increase strictly"),
        ({"times": [0.0, 0.1, NAN, 0.3]}, "must be finite; value 3 is nan"),
        ({"times": [0.0, 0.1, 0.2, np.inf]}, "must be finite; value 4 is inf"),
        ({"times": [[0.0, 0.1, 0.2, 0.3]]}, r"times must have shape \(any\), found \(1, 4\)"),
        ({"times": ["a", "b", "c", "d"]}, "times must be numbers"),
        ({"positions": np.zeros((4, 3, 2))}, "positions must have shape"),
        ({"positions": [[1.0], [2.0, 3.0]]}, "positions must be numbers"),
        ({"confidence": np.ones((4, 2))}, r"confidence must have shape \(4, 3\)"),
        ({"confidence": np.full((4, 3), -0.1)}, "confidence must be finite and 0 or more"),
        ({"confidence": np.full((4, 3), np.inf)}, "confidence must be finite and 0 or more"),
    ],
)
def test_illegal_input_is_refused(change: dict[str, Any], message: str) -> None:
    legal: dict[str, Any] = {
        "names": ("a", "b", "c"),
        "times": np.arange(4.0),
        "positions": np.zeros((4, 3, 3)),
    }
    Markers(**legal)
    with pytest.raises(ValueRangeError, match=message):
        Markers(**(legal | change))


def test_infinite_and_half_missing_positions_are_named() -> None:
    positions = np.zeros((2, 2, 3))
    positions[1, 1, 2] = np.inf
    with pytest.raises(ValueRangeError, match="position of b in frame 2 is infinite"):
        Markers(("a", "b"), np.array([0, 1]), positions)
    positions[1, 1, 2] = NAN
    with pytest.raises(ValueRangeError, match="position of b in frame 2 lacks some components"):
        Markers(("a", "b"), np.array([0, 1]), positions)
    positions[1, 1] = NAN
    markers = Markers(("a", "b"), np.array([0, 1]), positions)
    assert markers.missing.tolist() == [[False, False], [False, True]]


def test_numbers_become_contiguous_double_precision() -> None:
    positions = np.asfortranarray(np.arange(18, dtype=np.float32).reshape(3, 2, 3))
    markers = Markers(["a", "b"], (0, 1, 2), positions)  # type: ignore[arg-type]
    assert markers.names == ("a", "b")
    assert markers.positions.dtype == np.float64
    assert markers.positions.flags.c_contiguous
    np.testing.assert_array_equal(markers.positions, positions)


def test_selecting_keeps_the_asked_order_with_confidence() -> None:
    markers = recording()
    chosen = markers.select(iter(["Neck", "RKnee"]))
    assert chosen.names == ("Neck", "RKnee")
    np.testing.assert_array_equal(chosen.positions, markers.positions[:, [2, 0]])
    assert chosen.confidence is not None
    assert markers.confidence is not None
    np.testing.assert_array_equal(chosen.confidence, markers.confidence[:, [2, 0]])
    assert chosen.frame == "lab"
    np.testing.assert_array_equal(markers.position("LKnee"), markers.positions[:, 1])


@pytest.mark.parametrize("ask", [lambda m: m.select(["Rknee"]), lambda m: m.position("Rknee")])
def test_misspelt_names_get_the_near_match(ask: Any) -> None:
    with pytest.raises(NameNotFoundError, match=r"no marker 'Rknee' \(did you mean 'RKnee'\?\)"):
        ask(recording())


def test_renaming_leaves_the_others_and_refuses_doubles() -> None:
    markers = recording()
    assert markers.rename({"Neck": "C7", "Hip": "x"}).names == ("RKnee", "LKnee", "C7")
    swapped = markers.rename({"RKnee": "LKnee", "LKnee": "RKnee"})
    np.testing.assert_array_equal(swapped.position("LKnee"), markers.position("RKnee"))
    with pytest.raises(ValueRangeError, match="found twice: Neck"):
        markers.rename({"RKnee": "Neck"})


def test_frames_between_two_times_include_both_ends() -> None:
    markers = recording()
    assert markers.between(0.1, 0.2).times.tolist() == [0.1, 0.2]
    assert markers.between(0.1 + 1e-3, 0.2 - 1e-3).n_frames == 2  # rounded time stamps
    assert markers.between(0.12, 0.2).n_frames == 1
    assert markers.between(-9, 9) == markers
    with pytest.raises(ValueRangeError, match=r"between 1 and 2 s; the recording spans 0 to 0.3 s"):
        markers.between(1, 2)
    nothing = Markers(("a",), np.array([]), np.zeros((0, 1, 3)))
    with pytest.raises(ValueRangeError, match="the recording has no frames"):
        nothing.between(0, 1)


def test_single_frames() -> None:
    markers = recording()
    two = markers.at_frames(np.array([1, 3]))
    np.testing.assert_array_equal(two.positions, markers.positions[[1, 3]])
    assert two.confidence is not None
    assert two.times.tolist() == pytest.approx([0.1, 0.3])
    one = markers.at_frames(np.array([2]))
    assert one.between(0.2, 0.2) == one
    with pytest.raises(ValueRangeError, match="needs two frames or more, found 1"):
        _ = one.rate_hz


def test_joining_needs_equal_times_frames_and_different_names() -> None:
    markers = recording()
    other = markers.select(["Neck"]).rename({"Neck": "Nose"})
    joined = markers.joined(other)
    assert joined.names == ("RKnee", "LKnee", "Neck", "Nose")
    assert joined.frame == "lab"
    assert joined.confidence is None
    np.testing.assert_array_equal(joined.position("Nose"), markers.position("Neck"))
    with pytest.raises(ValueRangeError, match="found twice: Neck"):
        markers.joined(markers.select(["Neck"]))
    with pytest.raises(ValueRangeError, match="times are equal"):
        markers.joined(Markers(("x",), np.arange(4.0), np.zeros((4, 1, 3)), frame="lab"))
    with pytest.raises(ValueRangeError, match="frame 'lab' cannot be joined with markers in 'g"):
        markers.joined(Markers(("x",), markers.times, np.zeros((4, 1, 3))))


def test_other_positions() -> None:
    markers = recording()
    assert markers.with_positions(markers.positions * 2).position("RKnee")[1, 0] == 18.0
    assert markers.rate_hz == 10.0
