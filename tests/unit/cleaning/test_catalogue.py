"""Cleaners from text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.cleaning import (
    CLEANERS,
    BoneLengths,
    Butterworth,
    Challis,
    FillGaps,
    KalmanSmoother,
    Level,
    Median,
    RemoveOutliers,
    Resample,
    Rescale,
    ResidualAnalysis,
    Rotate,
    SavitzkyGolay,
    SmoothingSpline,
    SwapSides,
    cleaners_text,
    parse_cleaners,
)
from kinebench.core import Cleaner
from kinebench.errors import NameNotFoundError, ValueRangeError

EXAMPLES: dict[str, Cleaner] = {
    "fill-linear": FillGaps("linear"),
    "fill-linear:0.2": FillGaps("linear", 0.2),
    "fill-cubic": FillGaps("cubic"),
    "fill-ends": FillGaps("linear", ends=True),
    "outliers:0.5:4": RemoveOutliers(0.5, 4.0),
    "outliers": RemoveOutliers(),
    "butterworth:6": Butterworth(6.0),
    "butterworth:12.5:8": Butterworth(12.5, 8),
    "residual": ResidualAnalysis(),
    "residual:common": ResidualAnalysis("common"),
    "challis:marker": Challis("marker"),
    "savgol:0.3:2": SavitzkyGolay(0.3, 2),
    "savgol": SavitzkyGolay(),
    "spline": SmoothingSpline(),
    "spline:1e-4": SmoothingSpline(1e-4),
    "kalman": KalmanSmoother(),
    "kalman:10:0.01": KalmanSmoother(10.0, 0.01),
    "median:0.1": Median(0.1),
    "median": Median(),
    "resample:60": Resample(60.0),
    "rotate:y=90,z=180": Rotate.from_axis_angles({"y": 90, "z": 180}),
    "level": Level(),
    "bone-lengths": BoneLengths(),
    "bone-lengths:static": BoneLengths("static"),
    "swap-sides": SwapSides(),
    "rescale": Rescale(),
    "rescale:height": Rescale("height"),
}


@pytest.mark.parametrize("text", EXAMPLES)
def test_texts_give_stages(text: str) -> None:
    assert parse_cleaners(text) == (EXAMPLES[text],)


@pytest.mark.parametrize("text", EXAMPLES)
def test_stages_are_written_as_the_text_that_gives_them(text: str) -> None:
    stages = (EXAMPLES[text],)
    assert parse_cleaners(cleaners_text(stages)) == stages


def test_several_and_none() -> None:
    several = (FillGaps(), Butterworth(6.0))
    assert parse_cleaners("fill-linear + butterworth:6") == several
    assert cleaners_text(several) == "fill-linear+butterworth:6.0"
    assert parse_cleaners(" none ") == ()
    assert cleaners_text(()) == "none"


def test_what_has_no_text_is_refused() -> None:
    with pytest.raises(ValueRangeError, match=r"Butterworth\(.*corrected=True.* cannot be written"):
        cleaners_text((Butterworth(6.0, corrected=True),))


@given(st.dictionaries(st.sampled_from("xyz"), st.floats(-180, 180), min_size=1, max_size=3))
def test_any_turn_about_the_axes_comes_back(angles: dict[str, float]) -> None:
    turn = Rotate.from_axis_angles(angles)
    (back,) = parse_cleaners(cleaners_text((turn,)))
    assert back == turn


def test_every_entry_has_an_example_of_its_stage() -> None:
    assert {text.split(":")[0].split(" ")[0] for text in EXAMPLES} == set(CLEANERS)
    for name, entry in CLEANERS.items():
        assert entry.usage.startswith(name)
        assert entry.meaning
        assert any(
            isinstance(stage, entry.stage)
            for text, stage in EXAMPLES.items()
            if text.split(":")[0] == name
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("butterwort:6", "did you mean 'butterworth'"),
        ("", "no cleaner is called ''"),
        ("fill-linear+resdual", "did you mean 'residual'"),
    ],
)
def test_unknown_names_offer_the_nearest(text: str, message: str) -> None:
    with pytest.raises(NameNotFoundError, match=message):
        parse_cleaners(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("butterworth", r"has 0 option\(s\); it is written butterworth:CUTOFF_HZ"),
        ("level:1", r"has 1 option\(s\)"),
        ("butterworth:six", "must be a number, found 'six'"),
        ("butterworth:6:3", "must be even"),
        ("butterworth:6:four", "whole number, found 'four'"),
        ("residual:joint", "'axis', 'marker' or 'common', found 'joint'"),
        ("resample:-5", "above 0"),
        ("rotate:y", "axis=degrees"),
        ("rotate:y=1,y=2", "given twice"),
        ("rotate:q=90", "not known"),
        ("median:0.1:2", "it is written median"),
    ],
)
def test_bad_options_tell_the_usage(text: str, message: str) -> None:
    with pytest.raises(ValueRangeError, match=message):
        parse_cleaners(text)
