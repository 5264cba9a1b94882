from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from kinebench.comparison import Comparison, Procedure, compare_recordings
from kinebench.comparison.agreement import (
    OUTCOMES,
    AgreementRow,
    CurveRow,
    agreement_of,
    curves_of,
)
from kinebench.core import Coordinate, Motion
from kinebench.events import ManualEvent
from kinebench.reports.agreement_tables import agreement_section
from kinebench.reports.blocks import FigureBlock
from kinebench.statistics import bland_altman, equivalence, icc

EVENTS = (ManualEvent("bend 1", 0.0, 1.0, "t"), ManualEvent("bend 2", 1.0, 2.0, "t"))
BUMP = np.sin(np.pi * np.arange(201) / 100) ** 2


def motion(low_deg: float, depth_deg: float, more_deg: float = 0.0) -> Motion:
    """Two bends of a knee, the second one deeper by `more_deg`, and a pelvis that rises."""
    times = np.arange(201) / 100
    depth = depth_deg + more_deg * (times >= 1.0)
    knee = np.radians(low_deg + depth * BUMP)
    coordinates = (Coordinate("knee_angle_r"), Coordinate("pelvis_ty", "translational"))
    return Motion(coordinates, times, np.stack([knee, 0.9 + 0.01 * times], axis=1))


def comparison(
    n: int, bias_deg: float = 2.0, spread_deg: float = 1.0, repeated: bool = True
) -> Comparison:
    numbers = np.random.default_rng(3)
    how = Procedure(events=EVENTS) if repeated else Procedure()
    pairs = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for subject in range(n):
            low, depth = 5 + numbers.normal(0, 3), 60 + numbers.normal(0, 8)
            wrong = bias_deg + spread_deg * numbers.standard_normal()
            one, other = motion(low, depth), motion(low + wrong, depth, 3.0)
            pairs.append(compare_recordings(one, other, how, f"s{subject}", "t", None, False))
    return Comparison(how, tuple(pairs))


def test_figures_are_those_of_the_values_of_repetitions() -> None:
    found = comparison(5)
    rows = {(row.item, row.outcome): row for row in agreement_of(found, np.radians(5))}
    assert {item for item, _ in rows} == {"knee_angle_r", "pelvis_ty"}
    assert {outcome for _, outcome in rows} == set(OUTCOMES)
    one, other, subjects = [], [], []
    for pair in found.pairs:
        assert isinstance(pair.reference, Motion)
        assert isinstance(pair.estimate, Motion)
        for start, end in ((0, 101), (100, 201)):
            one.append(pair.reference.value("knee_angle_r")[start:end].max())
            other.append(pair.estimate.value("knee_angle_r")[start:end].max())
            subjects.append(pair.subject)
    row = rows["knee_angle_r", "highest"]
    assert row.limits == bland_altman(one, other, subjects)
    means = np.stack([np.reshape(v, (5, 2)).mean(axis=1) for v in (one, other)], axis=1)
    assert row.correlation.value == pytest.approx(icc(means, "ICC(A,1)").value, abs=1e-12)
    expected = equivalence(means[:, 0], means[:, 1], np.radians(5))
    assert row.equivalence is not None
    assert row.equivalence.p == pytest.approx(expected.p, rel=1e-9)
    assert (row.limits.n_pairs, row.limits.n_subjects) == (10, 5)


def test_without_repetitions_a_trial_is_one_pair() -> None:
    row = agreement_of(comparison(4, repeated=False))[0]
    assert (row.limits.n_pairs, row.limits.n_subjects) == (4, 4)
    assert row.equivalence is None


def test_lengths_have_no_margin_in_degrees() -> None:
    rows = agreement_of(comparison(4), np.radians(5))
    assert all(row.equivalence is None for row in rows if row.unit == "m")
    assert all(row.equivalence is not None for row in rows if row.unit == "rad")


@pytest.mark.parametrize(("n", "n_rows"), [(2, 0), (3, 8)])
def test_two_subjects_have_no_limits(n: int, n_rows: int) -> None:
    assert len(agreement_of(comparison(n))) == n_rows


def test_a_bias_beyond_the_margin_is_not_shown_to_be_small() -> None:
    def shown(bias_deg: float) -> bool:
        rows = agreement_of(comparison(8, bias_deg, 0.5), np.radians(5))
        test = next(row.equivalence for row in rows if row.outcome == "lowest")
        assert test is not None
        return test.equivalent

    assert shown(2.0)
    assert not shown(6.0)


def test_curves_differ_where_the_estimate_is_deeper_and_only_with_enough_subjects() -> None:
    # no bias: only the second bend is 3° deeper, 1.5° in the mean at the middle of a repetition
    found = {row.item: row for row in curves_of(comparison(10, 0.0, 0.2))}
    knee = found["knee_angle_r"]
    assert knee.p_holm < 0.05
    deepest = int(np.argmax(np.abs(knee.test.difference)))
    assert any(c.start <= deepest < c.stop and c.sign == 1 for c in knee.test.clusters)
    assert not found["pelvis_ty"].test.clusters
    assert curves_of(comparison(5)) == []
    assert curves_of(comparison(8, repeated=False)) == []


def test_gaps_and_repetitions_without_a_coordinate_are_left_out() -> None:
    found = comparison(4)
    first = found.pairs[0]
    assert isinstance(first.reference, Motion)
    values = np.array(first.reference.values)
    values[:, 0] = np.nan
    gone = replace(first, reference=replace(first.reference, values=values))
    rows = agreement_of(replace(found, pairs=(gone, *found.pairs[1:])))
    knee = next(row for row in rows if row.item == "knee_angle_r")
    assert (knee.limits.n_subjects, knee.limits.n_pairs) == (3, 6)


def drawings(rows: list[AgreementRow], curves: list[CurveRow]) -> list[FigureBlock]:
    section = agreement_section(rows, curves)
    return [block for block in section.blocks if isinstance(block, FigureBlock)]


def test_the_report_draws_the_widest_limits_of_angles_and_of_lengths() -> None:
    """The knee's spread is by construction widest in its range, 3° more in every second bend."""
    rows = agreement_of(comparison(4, spread_deg=0.1))
    found = drawings(rows, [])
    widest = max(
        (row for row in rows if row.unit == "rad"),
        key=lambda row: row.limits.upper - row.limits.lower,
    )
    # the pelvis of both motions is the same: its limits have no width, and nothing is drawn
    assert [widest.item, len(found)] == ["knee_angle_r", 1]
    assert f"{widest.outcome} of knee angle, right" in found[0].caption
    assert found[0].svg.count("<use") >= len(widest.subjects) == 8


def test_the_report_draws_curves_that_differ_and_no_others() -> None:
    rows = agreement_of(comparison(8))
    differing, alike = curves_of(comparison(8, 2.0, 0.2)), curves_of(comparison(8, 0.0, 30.0))
    assert [row.p_holm < 0.05 for row in differing] == [True, False]
    captions = [block.caption for block in drawings(rows, differing)[1:]]
    assert len(captions) == 1
    assert captions[0].startswith("knee angle, right: mean difference over a repetition")
    assert all(row.p_holm > 0.05 for row in alike)
    assert drawings(rows, alike)[1:] == []
