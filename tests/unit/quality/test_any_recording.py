"""Whatever was recorded, the checks give findings, never an exception or a numerical warning."""

from __future__ import annotations

import warnings

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.core import Markers, Subject
from kinebench.core.keypoints import OPENCAP_20
from kinebench.quality import CHECKS, Assessment, assess_recording

SUBJECT = Subject(70.0, 1.75)


@st.composite
def recordings(draw: st.DrawFn) -> Markers:
    """Of any length, rate and size, with gaps, points that never show, and constant ones."""
    count = draw(st.integers(1, len(OPENCAP_20)))
    names = tuple(draw(st.permutations(OPENCAP_20))[:count])
    n_frames = draw(st.integers(1, 80))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale = draw(st.sampled_from([0.0, 1e-6, 0.01, 1.0, 1e3, 1e9]))
    positions = scale * rng.standard_normal((n_frames, count, 3))
    positions[rng.random((n_frames, count)) < draw(st.sampled_from([0.0, 0.1, 0.9, 1.0]))] = np.nan
    if draw(st.booleans()):
        positions[:, rng.integers(count)] = np.nan
    if draw(st.booleans()):
        positions[:, rng.integers(count)] = 0.0
    rate = draw(st.sampled_from([0.1, 10.0, 60.0, 240.0, 5000.0]))
    return Markers(names, np.arange(n_frames) / rate, positions)


def assessed(recorded: Markers, static: Markers | None = None) -> Assessment:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return assess_recording(recorded, SUBJECT, static)


@settings(max_examples=60)
@given(recorded=recordings(), static=st.none() | recordings())
def test_no_recording_breaks_a_check(recorded: Markers, static: Markers | None) -> None:
    found = assessed(recorded, static)
    assert set(found.made) | set(found.not_made) == set(CHECKS)
    for finding in found.findings:
        assert finding.check in CHECKS
        assert finding.text
        assert "nan" not in finding.text
        start, end = recorded.times[[0, -1]] if finding.recording == "movement" else (0, np.inf)
        assert all(start <= a <= b <= end for a, b in finding.spans_s)
    assert found.flags(recorded.times).shape == recorded.times.shape


@settings(max_examples=40)
@given(recorded=recordings())
def test_it_does_not_matter_where_a_person_stands(recorded: Markers) -> None:
    """Zeros apart, which stand for missing only at the very origin."""
    moved = recorded.with_positions(recorded.positions + np.array([0.0, 0.0, 64.0]))
    one, other = assessed(recorded), assessed(moved)
    tell = {"zeros", "frozen", "straight lines", "resolution"}  # to the micrometre: rounding counts
    assert {f.check for f in one.findings} - tell == {f.check for f in other.findings} - tell
