"""Right against left over subjects."""

from __future__ import annotations

import csv
import io
import itertools
import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from kinebench.cli.main import main
from kinebench.comparison import Comparison, Procedure, compare_recordings, comparison_of
from kinebench.comparison.side_differences import SideDifference, side_differences
from kinebench.core.markers import Markers
from kinebench.core.motion import Coordinate, Motion
from kinebench.errors import ValueRangeError
from kinebench.events import ManualEvent
from kinebench.io.mot import write_motion
from kinebench.reports.comparison_json import as_json
from kinebench.reports.comparison_report import comparison_document
from kinebench.reports.html import as_html
from kinebench.reports.over_subjects import comparison_latex, subject_rows
from kinebench.reports.sides_over_subjects import (
    SIDES,
    SIDES_TITLE,
    sides_in_words,
    sides_over_subjects_table,
)
from kinebench.statistics import holm

TIMES = np.arange(101) / 50
BEND = np.sin(np.pi * TIMES) ** 2
NAMES = ("pelvis_tilt", "knee_angle_r", "knee_angle_l")


def motion(right_deg: float = 0.0, left_deg: float = 0.0, names: Sequence[str] = NAMES) -> Motion:
    """Knees that bend alike, each with an error of its own."""
    errors = {"knee_angle_r": right_deg, "knee_angle_l": left_deg}
    columns = [np.radians(60 * BEND + errors.get(name, 0.0)) for name in names]
    return Motion(tuple(map(Coordinate, names)), TIMES, np.stack(columns, axis=1))


def comparison(
    trials: Sequence[tuple[str, str, Motion]], how: Procedure | None = None
) -> Comparison:
    how = how or Procedure()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs = [
            compare_recordings(motion(), estimate, how, subject, trial, None, False)
            for subject, trial, estimate in trials
        ]
        return comparison_of(pairs, how)


def by_metric(found: Sequence[SideDifference]) -> dict[tuple[str, str], SideDifference]:
    return {(row.item, row.metric): row for row in found}


def test_trials_are_averaged_per_subject_before_subjects_are_compared() -> None:
    # a: 3 − 1 and 5 − 1, in the mean 3; b: 1 − 2 = −1. Over subjects 1, over trials it were 5/3
    trials = [
        ("a", "squat1", motion(3, 1)),
        ("a", "squat2", motion(5, 1)),
        ("b", "squat1", motion(1, 2)),
    ]
    row = by_metric(side_differences(comparison(trials)))["knee_angle", "bias"]
    np.testing.assert_allclose(np.degrees(row.values), [[4, 1], [1, 2]])
    assert np.degrees(row.contrast.mean) == pytest.approx(1.0)
    assert (row.contrast.n_subjects, row.n_trials) == (2, 3)
    # Student with one degree of freedom: 1 ± 12.706 × (4 / √2) / √2
    assert np.degrees(row.contrast.interval.high) == pytest.approx(1 + 12.7062 * 2, rel=1e-4)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20)), min_size=3, max_size=6))
def test_mean_interval_and_p_are_those_of_a_paired_t_test(
    errors: list[tuple[float, float]],
) -> None:
    differences = np.array([right - left for right, left in errors])
    if np.ptp(differences) < 1e-3:
        return
    trials = [(f"s{i}", "squat", motion(*error)) for i, error in enumerate(errors)]
    found = by_metric(side_differences(comparison(trials)))["knee_angle", "bias"]
    expected = ttest_1samp(differences, 0.0)
    interval = expected.confidence_interval()
    limits = (found.contrast.interval.low, found.contrast.interval.high)
    assert np.degrees(found.contrast.mean) == pytest.approx(differences.mean(), abs=1e-6)
    assert np.degrees(limits) == pytest.approx((interval.low, interval.high), abs=1e-4)
    assert found.contrast.p == pytest.approx(expected.pvalue, rel=1e-3, abs=1e-9)
    # one angle alone is one test
    assert found.contrast.p_adjusted == found.contrast.p


def test_what_both_sides_share_is_no_difference_and_exchanged_sides_turn_the_sign() -> None:
    alike = [(name, "squat", motion(e, e)) for name, e in (("a", 2.0), ("b", -1.0), ("c", 4.0))]
    for row in side_differences(comparison(alike)):
        assert row.contrast.mean == pytest.approx(0.0, abs=1e-12)
    errors = ((3.0, 1.0), (2.0, 0.5), (4.0, 1.0))
    one, other = (
        side_differences(
            comparison([(f"s{i}", "squat", motion(right, left)) for i, (right, left) in pairs])
        )
        for pairs in (enumerate(errors), enumerate((left, right) for right, left in errors))
    )
    for row, turned in zip(one, other, strict=True):
        assert turned.contrast.mean == pytest.approx(-row.contrast.mean)
        assert turned.contrast.p == pytest.approx(row.contrast.p)


def test_the_size_of_the_error_is_another_question_than_its_sign() -> None:
    # 2 to the right's favour and 2 to the left's: biases differ by 4, errors are as large
    trials = [(name, "squat", motion(2 + e, -2 - e)) for name, e in (("a", 0), ("b", 1), ("c", 2))]
    found = by_metric(side_differences(comparison(trials)))
    assert np.degrees(found["knee_angle", "bias"].contrast.mean) == pytest.approx(6.0)
    assert found["knee_angle", "rmse"].contrast.mean == pytest.approx(0.0, abs=1e-12)


def test_a_trial_counts_where_both_sides_are() -> None:
    trials = [(name, "squat", motion(2, 1)) for name in "ab"]
    trials.append(("c", "squat", motion(9, 9, ("pelvis_tilt", "knee_angle_r"))))
    row = by_metric(side_differences(comparison(trials)))["knee_angle", "bias"]
    assert (row.contrast.n_subjects, row.n_trials) == (2, 2)


def test_one_subject_or_one_side_has_nothing_and_kinds_are_not_mixed() -> None:
    assert side_differences(comparison([("a", f"squat{i}", motion(2, 1)) for i in "12"])) == []
    right = [(name, "squat", motion(1, 0, ("knee_angle_r",))) for name in "ab"]
    assert side_differences(comparison(right)) == []
    mixed = [(name, trial, motion(2, 1)) for name in "ab" for trial in ("squat", "walking")]
    found = comparison(mixed)
    with pytest.raises(ValueRangeError, match="one kind of trial"):
        side_differences(found)
    assert all(side_differences(part) for part in found.by_kind.values())
    assert side_differences(comparison(mixed, Procedure(pool_kinds=True)))


def test_repetitions_are_averaged_per_trial() -> None:
    how = Procedure(events=(ManualEvent("one", 0.0, 1.0, ""), ManualEvent("two", 1.0, 2.0, "")))
    trials = []
    for name, more in (("a", 2.0), ("b", 4.0)):
        estimate = motion(1.0, 0.0)
        values = estimate.values.copy()
        values[TIMES > 1.0, 1] += np.radians(more)  # the right knee, second repetition
        trials.append((name, "squat", Motion(estimate.coordinates, TIMES, values)))
    row = by_metric(side_differences(comparison(trials, how)))["knee_angle", "bias"]
    # 1 in the first repetition; 1 + more in the second but for its first frame of 51
    expected = [1 + more * 50 / 51 / 2 for more in (2.0, 4.0)]
    np.testing.assert_allclose(np.degrees(row.values[:, 0]), expected)


def test_p_is_corrected_for_the_items_of_each_figure_together() -> None:
    # three angles of both sides, tested together: the smallest of three p counts three times
    joints = ("hip_flexion", "knee_angle", "ankle_angle")
    names = [f"{joint}_{side}" for joint in joints for side in "rl"]
    numbers, pairs = np.random.default_rng(4), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for subject in "abcd":
            off = np.radians(numbers.normal([5, 0, 1, 0, 0, 0], 1))
            reference = motion(names=names)
            estimate = Motion(reference.coordinates, TIMES, reference.values + off)
            how = Procedure()
            pairs.append(compare_recordings(reference, estimate, how, subject, "t", None, False))
        rows = side_differences(comparison_of(pairs, Procedure()))
    for metric in ("bias", "rmse"):
        contrasts = [row.contrast for row in rows if row.metric == metric]
        assert len(contrasts) == 3
        first = min(contrasts, key=lambda one: one.p)
        assert first.p_adjusted == pytest.approx(3 * first.p)
        np.testing.assert_allclose(
            [one.p_adjusted for one in contrasts], holm([one.p for one in contrasts])
        )


def test_markers_have_distances_and_heights_of_both_sides() -> None:
    names = ("r_knee", "L_knee", "C7")
    base = np.zeros((50, 3, 3)) + np.arange(50)[:, None, None] / 50
    pairs = []
    for i, drop_m in enumerate((0.010, 0.014, 0.012)):
        moved = base.copy()
        moved[:, 0, 1] -= drop_m
        moved[:, 1, 1] += 0.002
        one, other = (Markers(names, np.arange(50) / 50, values) for values in (base, moved))
        pairs.append(compare_recordings(one, other, Procedure(), f"s{i}", "t", None, False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = by_metric(side_differences(comparison_of(pairs, Procedure())))
    assert set(found) == {("knee", "distance_mean"), ("knee", "side_drop")}
    assert found["knee", "side_drop"].contrast.mean == pytest.approx(-0.014)
    assert found["knee", "distance_mean"].contrast.mean == pytest.approx(0.010)


def _clear() -> Comparison:
    """Three subjects whose right knee is off by about 3° more than the left."""
    errors = ((4.0, 1.0), (3.1, 0.0), (5.0, 2.1))
    return comparison([(f"s{i}", "squat", motion(*error)) for i, error in enumerate(errors)])


def test_words_name_what_differs_and_do_not_take_silence_for_equality() -> None:
    rows = side_differences(_clear())
    said = sides_in_words(rows)
    assert said[0].startswith("right − left over 3 subjects, bias: the sides differ in knee_angle")
    assert "knee_angle +3.00° [2.75, 3.25] (p < 0.05" in said[0]
    errors = ((4.0, 1.0), (0.0, 3.0), (1.0, 1.5))
    unclear = comparison([(f"s{i}", "squat", motion(*error)) for i, error in enumerate(errors)])
    assert "no difference is shown" in sides_in_words(side_differences(unclear))[0]
    table = sides_over_subjects_table(rows)
    assert table.rows[0][:6] == ("knee_angle", "bias", "°", "4.03", "1.03", "3.00 [2.75, 3.25]")


def test_page_csv_latex_and_json_have_them() -> None:
    found = _clear()
    page = as_html(comparison_document(found))
    assert SIDES_TITLE in page
    rows = [row for row in subject_rows(found) if row.get("outcome") == SIDES]
    (bias,) = (row for row in rows if row["metric"] == "bias")
    assert bias["value"] == pytest.approx(3.0)
    assert bias["p_holm"] == bias["p"] < 0.05
    assert SIDES_TITLE in comparison_latex(found)
    content = as_json(found)["right_minus_left"]
    assert content[0]["right_minus_left"]["mean"] == pytest.approx(np.radians(3.0))
    assert json.loads(json.dumps(content)) == content


def test_the_command_answers_for_folders_of_subjects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for (subject, error), (method, factor) in itertools.product(
        (("anna", 3.0), ("ben", 4.0), ("eva", 3.5)), (("one", 1.0), ("two", 2.0))
    ):
        for folder, estimate in (("mocap", motion()), (method, motion(factor * error, 0.0))):
            path = tmp_path / folder / subject / "squat.mot"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_motion(path, estimate)
    folders = [str(tmp_path / name) for name in ("mocap", "one", "two")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert main(["compare", *folders[:2]]) == 0
        one = capsys.readouterr().out
        assert main(["compare", *folders, "--csv", str(tmp_path / "all.csv")]) == 0
        both = " ".join(capsys.readouterr().out.split())
    assert "right − left over 3 subjects, bias: the sides differ in knee_angle +3.50" in one
    assert "two: right − left over 3 subjects, bias: the sides differ in knee_angle +7.00" in both
    table = csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8")))
    values = {
        (row["method"], row["metric"]): float(row["value"])
        for row in table
        if row["outcome"] == SIDES
    }
    assert values["two", "bias"] == pytest.approx(7.0)
