"""What `--align minimise` says it minimises is what is reported, whatever is selected."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kinebench.alignment import GivenLag, MinimiseLag, RigidAlignment
from kinebench.comparison import Comparison, PairResult, Procedure, compare_recordings
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


def recording(seed: int, lags_s: list[float], rate_hz: float = 50.0) -> Motion:
    """Every coordinate with a lag of its own: no single lag suits them all."""
    rng = np.random.default_rng(seed)
    frequencies, phases = rng.uniform(0.3, 2.5, (4, len(NAMES))), rng.uniform(0, 6, (4, len(NAMES)))
    times = np.arange(round(2.5 * rate_hz) + 1) / rate_hz
    shifted = times[:, None, None] - np.array(lags_s)
    values = np.sin(2 * np.pi * frequencies * shifted + phases).mean(axis=1)
    kinds = ["translational" if name.startswith("pelvis_t") else "rotational" for name in NAMES]
    return Motion(tuple(map(Coordinate, NAMES, kinds)), times, values)


def compared(reference: Motion | Markers, estimate: Motion | Markers, how: Procedure) -> PairResult:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        return compare_recordings(reference, estimate, how, other_policies=False)


def reported(reference: Motion | Markers, estimate: Motion | Markers, how: Procedure) -> float:
    """As the remarks print it: mean over the part that is asked about, of markers over all."""
    rows = compared(reference, estimate, how).evaluation.values(headline_name(reference, how))
    if "all markers" in rows:
        return rows["all markers"]
    parts = {part: [rows[n] for n in names if n in rows] for part, names in PARTS.items()}
    first = next(part for part, own in parts.items() if own)
    return float(np.mean(parts[how.group or first]))


lags = st.lists(st.floats(-0.1, 0.1), min_size=len(NAMES), max_size=len(NAMES))
selections = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple)


@given(
    st.integers(0, 10_000),
    lags,
    selections | st.none(),
    st.sampled_from(["rmse", "mae", "max_error", "offset_removed_rmse"]),
    st.sampled_from([None, (0.5, 1.9)]),
    st.booleans(),
    st.sampled_from([50.0, 60.0]),
    st.sampled_from([None, *PARTS]),
)
# each example is some fifteen comparisons: shrinking one would take minutes
@settings(
    deadline=None,
    max_examples=20,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
def test_no_other_lag_reports_less(
    seed: int,
    lags_s: list[float],
    chosen: tuple[str, ...] | None,
    metric: str,
    window_s: tuple[float, float] | None,
    offset: bool,
    rate_hz: float,
    part: str | None,
) -> None:
    reference, estimate = recording(seed, [0.0] * len(NAMES)), recording(seed, lags_s, rate_hz)
    how = Procedure(
        group=part if part and set(PARTS[part]) & set(chosen or NAMES) else None,
        time=MinimiseLag(REACH_S),
        coordinates=chosen,
        headline=metric,
        window_s=window_s,
        remove_translation_offset=offset,
    )
    lowest = reported(reference, estimate, how)
    step = 1.0 / max(50.0, rate_hz)
    for frames in range(-int(REACH_S / step), int(REACH_S / step) + 1):
        other = reported(reference, estimate, replace(how, time=GivenLag(frames * step)))
        assert lowest <= other * (1 + 1e-9) + 1e-12
    # and it is printed, under its name
    result = compared(reference, estimate, how)
    lines = pair_remarks(Comparison(how, (result,)), result)
    scored = [name for name, own in PARTS.items() if set(own) & set(chosen or NAMES)]
    of = how.group or scored[0]
    value = f"{1e3 * lowest:.2f} mm" if of == "translations" else f"{np.degrees(lowest):.2f} °"
    assert f"{metric} of {of} at that lag: {value}" in lines


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
