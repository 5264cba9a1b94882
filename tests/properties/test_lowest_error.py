"""What `--align minimise` says it minimises is what is reported, whatever is selected."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kinebench.alignment import GivenLag, MinimiseLag, RigidAlignment
from kinebench.alignment.records import Recording
from kinebench.comparison import Comparison, PairResult, Procedure, compare_recordings
from kinebench.comparison.lowest_error import LowestReportedError
from kinebench.comparison.scoring import headline_name
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import KinebenchWarning, NameNotFoundError
from kinebench.reports.comparison_remarks import pair_remarks

NAMES = (
    "hip_flexion_r",
    "knee_angle_r",
    "ankle_angle_r",
    "lumbar_bending",
    "pelvis_ty",
    "pelvis_tx",
)
PARTS = {"legs": NAMES[:3], "trunk": NAMES[3:4], "translations": NAMES[4:]}
REACH_S = 0.12
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking comparisons takes minutes


def recording(seed: int, lags_s: list[float], rate_hz: float = 50.0) -> Motion:
    """Every coordinate with a lag of its own: no single lag suits them all."""
    rng = np.random.default_rng(seed)
    frequencies, phases = rng.uniform(0.3, 2.5, (4, len(NAMES))), rng.uniform(0, 6, (4, len(NAMES)))
    times = np.arange(round(2.5 * rate_hz) + 1) / rate_hz
    shifted = times[:, None, None] - np.array(lags_s)
    values = np.sin(2 * np.pi * frequencies * shifted + phases).mean(axis=1)
    coordinates = tuple(
        Coordinate(name, "translational" if name.startswith("pelvis_t") else "rotational")
        for name in NAMES
    )
    return Motion(coordinates, times, values)


def turning(motion: Motion) -> Motion:
    """With the first coordinate as an angle that passes half a turn, and is told within it."""
    coordinates = (replace(motion.coordinates[0], range=(-7.0, 7.0)), *motion.coordinates[1:])
    values = motion.values.copy()
    values[:, 0] = np.angle(np.exp(1j * (values[:, 0] + 2 * motion.times)))
    return Motion(coordinates, motion.times, values)


def with_gaps(motion: Motion, gaps: list[tuple[int, int]]) -> Motion:
    values = motion.values.copy()
    for frame, column in gaps:
        values[frame : frame + 5, column] = np.nan
    return replace(motion, values=values)


def compared(reference: Recording, estimate: Recording, how: Procedure) -> PairResult:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        return compare_recordings(reference, estimate, how, other_policies=False)


def reported(reference: Recording, estimate: Recording, how: Procedure) -> float:
    """As the remarks print it: mean over the part that is asked about, of markers over all."""
    every = compared(reference, estimate, how).evaluation.values(headline_name(reference, how))
    rows = {name: value for name, value in every.items() if np.isfinite(value)}
    if "all markers" in rows:
        return rows["all markers"]
    parts = {part: [rows[n] for n in names if n in rows] for part, names in PARTS.items()}
    first = next(part for part, own in PARTS.items() if set(own) & set(every))
    own = parts[how.group or first]
    return float(np.mean(own)) if own else np.inf


lags = st.lists(st.floats(-0.1, 0.1), min_size=len(NAMES), max_size=len(NAMES))
selections = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple)


procedures = st.builds(
    Procedure,
    time=st.just(MinimiseLag(REACH_S)),
    coordinates=selections | st.none() | st.just(("pelvis_tx", "pelvis_ty")),
    headline=st.sampled_from(["rmse", "mae", "max_error", "offset_removed_rmse"]),
    window_s=st.sampled_from([None, (0.5, 1.9)]),
    remove_translation_offset=st.booleans(),
)


def asking(how: Procedure, part: str | None) -> Procedure:
    """Also about a part of the body, where any of it is scored."""
    there = part is not None and set(PARTS[part]) & set(how.coordinates or NAMES)
    return replace(how, group=part if there else None)


@given(
    st.integers(0, 10_000),
    lags,
    procedures,
    st.sampled_from([50.0, 60.0]),
    st.floats(-REACH_S, REACH_S),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, len(NAMES) - 1)), max_size=6),
    st.sampled_from([None, *PARTS]),
)
@settings(max_examples=40, phases=UNSHRUNK)
def test_what_is_searched_is_what_is_reported(
    seed: int,
    lags_s: list[float],
    how: Procedure,
    rate_hz: float,
    lag_s: float,
    gaps: list[tuple[int, int]],
    part: str | None,
) -> None:
    """At any lag, for headings that turn past half a turn and recordings with gaps too."""
    how = asking(how, part)
    reference, estimate = recording(seed, [0.0] * len(NAMES)), recording(seed, lags_s, rate_hz)
    reference, estimate = (with_gaps(turning(each), gaps) for each in (reference, estimate))
    searched = LowestReportedError(MinimiseLag(REACH_S), how).loss(reference, estimate)(lag_s)
    told = reported(reference, estimate, replace(how, time=GivenLag(lag_s)))
    assert searched == pytest.approx(told, rel=1e-12, abs=1e-12)


@given(
    st.integers(0, 10_000),
    lags,
    procedures,
    st.sampled_from([50.0, 60.0]),
    st.sampled_from([None, *PARTS]),
)
@settings(max_examples=10, phases=UNSHRUNK)  # each compares at a dozen lags
def test_no_other_lag_reports_less(
    seed: int, lags_s: list[float], how: Procedure, rate_hz: float, part: str | None
) -> None:
    how = asking(how, part)
    reference, estimate = recording(seed, [0.0] * len(NAMES)), recording(seed, lags_s, rate_hz)
    lowest = reported(reference, estimate, how)
    at_lag = LowestReportedError(MinimiseLag(REACH_S), how).loss(reference, estimate)
    step = 1.0 / max(50.0, rate_hz)
    for frames in range(-int(REACH_S / step), int(REACH_S / step) + 1):
        assert lowest <= at_lag(frames * step) * (1 + 1e-9) + 1e-12
    # and it is printed, under its name
    result = compared(reference, estimate, how)
    lines = pair_remarks(Comparison(how, (result,)), result)
    scored = [name for name, own in PARTS.items() if set(own) & set(how.coordinates or NAMES)]
    of = how.group or scored[0]
    value = f"{1e3 * lowest:.2f} mm" if of == "translations" else f"{np.degrees(lowest):.2f} °"
    assert f"{how.headline} of {of} at that lag: {value}" in lines


def test_a_coordinate_that_is_not_there_is_named() -> None:
    how = Procedure(time=MinimiseLag(), coordinates=("knee_angle_l",))
    with pytest.raises(NameNotFoundError, match="knee_angle_l"):
        compare_recordings(recording(3, [0.0] * 6), recording(3, [0.0] * 6), how)


def test_the_hundredfold_error_of_a_pooled_lag() -> None:
    """One angle is late, another is right: only the one that is scored counts."""
    reference = recording(3, [0.0] * 6)
    estimate = recording(3, [0.0, 0.1, 0.1, 0.1, 0.0, 0.0])
    how = Procedure(time=MinimiseLag(), coordinates=("hip_flexion_r",))
    assert reported(reference, estimate, how) < 1e-6


def test_the_part_that_is_asked_about_decides() -> None:
    reference = recording(3, [0.0] * 6)
    estimate = recording(3, [0.02, 0.02, 0.02, -0.04, 0.0, 0.0])
    for part, lag_s in ((None, 0.02), ("legs", 0.02), ("trunk", -0.04), ("translations", 0.0)):
        how = Procedure(time=MinimiseLag(REACH_S), group=part)
        assert compared(reference, estimate, how).alignment.lag_s == pytest.approx(lag_s, abs=1e-4)
    with pytest.raises(NameNotFoundError, match="'arms'"):
        compared(reference, estimate, Procedure(time=MinimiseLag(REACH_S), group="arms"))


def test_lengths_count_only_where_no_angle_is_scored() -> None:
    reference = recording(3, [0.0] * 6)
    estimate = recording(3, [0.05, 0.0, 0.0, 0.0, -0.05, 0.0])
    for chosen, lag_s in ((("hip_flexion_r", "pelvis_ty"), 0.05), (("pelvis_ty",), -0.05)):
        how = Procedure(time=MinimiseLag(REACH_S), coordinates=chosen)
        result = compared(reference, estimate, how)
        assert result.alignment.lag_s == pytest.approx(lag_s, abs=1e-3)


@pytest.mark.parametrize("space", [None, RigidAlignment()])
def test_of_markers_the_mean_distance_counts(space: RigidAlignment | None) -> None:
    times = np.arange(101) / 50
    base = np.random.default_rng(1).normal(size=(5, 3))
    sway = np.sin(3 * times[:, None] + np.arange(5))[..., None] * [1.0, 0.3, 0.2]
    reference = Markers(tuple("abcde"), times, base + sway)
    late = np.sin(3 * (times[:, None] - [0.0, 0.1, 0.1, 0.0, 0.02]) + np.arange(5))
    estimate = replace(reference, positions=base + late[..., None] * [1.0, 0.3, 0.2])
    how = Procedure(time=MinimiseLag(REACH_S), space=space, coordinates=("a", "b", "e"))
    lowest = reported(reference, estimate, how)
    for frames in range(-6, 7):
        assert lowest <= reported(reference, estimate, replace(how, time=GivenLag(frames / 50)))


def test_the_lag_at_the_edge_of_the_search_is_flagged() -> None:
    reference, estimate = recording(5, [0.0] * 6), recording(5, [0.3] * 6)
    how = Procedure(time=MinimiseLag(0.1), coordinates=("knee_angle_r",))
    result = compared(reference, estimate, how)
    assert "the figures are not to be used" in result.alignment.flags[1]
    assert "the reported error: mean rmse of legs" in result.alignment.flags[0]
