from __future__ import annotations

import json
import math

import numpy as np
import pytest

from kinebench.comparison import Comparison
from kinebench.reports.comparison_json import as_json
from kinebench.reports.comparison_remarks import (
    comparison_title,
    mean_text,
    pair_remarks,
    procedure_remarks,
    remarks,
)
from kinebench.reports.comparison_tables import (
    group_table,
    main_table,
    pair_table,
    repetition_table,
    tidy_rows,
)


def test_a_pair_table_has_a_row_per_coordinate_in_its_unit(one_trial: Comparison) -> None:
    pair = one_trial.pairs[0]
    table = pair_table(pair)
    assert table.header[:4] == ("coordinate", "unit", "bias", "MAE")
    rows = {row[0]: row for row in table.rows}
    assert [row[1] for row in table.rows] == ["°", "mm", "°", "°"]
    bias = pair.evaluation.value("pelvis_ty", "bias")
    assert rows["pelvis_ty"][2] == f"{1000 * bias:.2f}"
    tilt = pair.evaluation.value("pelvis_tilt", "bias")
    assert rows["pelvis_tilt"][2] == f"{math.degrees(tilt):.2f}"
    assert main_table(one_trial) == table


def test_markers_have_other_columns_and_gaps(of_markers: Comparison) -> None:
    table = pair_table(of_markers.pairs[0])
    rows = {row[0]: row for row in table.rows}
    assert rows["C7"][1:3] == ("mm", "20.00")
    assert rows["C7"][-1] == "—"  # PA-MPJPE is of all markers together
    assert rows["all markers"][-1] != "—"


def test_repetitions_are_summarised_by_mean_and_sd(with_repetitions: Comparison) -> None:
    pair = with_repetitions.pairs[0]
    values = np.degrees(
        [part.evaluation.value("hip_flexion_r", "bias") for part in pair.repetitions]
    )
    table = repetition_table(pair)
    row = next(row for row in table.rows if row[0] == "hip_flexion_r")
    assert row[2] == f"{values.mean():.2f} ± {values.std(ddof=1):.2f}"
    assert row[-1] == "2"
    assert table.header[-1] == "repetitions"
    assert main_table(with_repetitions) == table


def test_the_group_table_has_intervals_and_counts(group: Comparison) -> None:
    table = group_table(group)
    row = next(row for row in table.rows if row[0] == "hip_flexion_r")
    found = next(r for r in group.groups if (r.item, r.metric) == ("hip_flexion_r", "bias"))
    mean, interval = found.figure.summary.mean, found.figure.interval
    low, high = math.degrees(interval.low), math.degrees(interval.high)
    assert row[2] == f"{math.degrees(mean):.2f} [{low:.2f}, {high:.2f}]"
    assert row[-2:] == ("3", "3")
    assert [row[0] for row in table.rows][-2:] == ["all angles", "all translations"]
    assert main_table(group) == table


def test_tidy_rows_hold_trial_and_repetitions(with_repetitions: Comparison) -> None:
    rows = list(tidy_rows(with_repetitions))
    assert {row["repetition"] for row in rows} == {"", "first", "second"}
    pair = with_repetitions.pairs[0]
    row = next(
        row
        for row in rows
        if (row["repetition"], row["coordinate"], row["metric"]) == ("", "pelvis_ty", "rmse")
    )
    assert row["value"] == pytest.approx(1000 * pair.evaluation.value("pelvis_ty", "rmse"))
    assert (row["unit"], row["n"], row["subject"], row["trial"]) == ("mm", 201, "s1", "walk")
    shifted = {shift.label: shift.result["pelvis_ty"] for shift in pair.sensitivity}
    for label in ("−1 frame", "+1 frame", "−0.1 s", "+0.1 s"):
        assert row[f"lag {label}"] == pytest.approx(1000 * shifted[label])
    bias = next(row for row in rows if (row["coordinate"], row["metric"]) == ("pelvis_ty", "bias"))
    assert bias["ci_low"] < bias["value"] < bias["ci_high"]
    assert bias["lag +0.1 s"] == ""
    assert row["ci_low"] == ""


def test_remarks_of_a_pair(one_trial: Comparison) -> None:
    lines = pair_remarks(one_trial, one_trial.pairs[0])
    assert lines[0] == "alignment: none, lag +0.0000 s, 201 of 201 frames (0 to 2 s)"
    assert any(line.startswith("rmse by lag: lag ") for line in lines)
    assert any(line.startswith("policy minimise would give ") for line in lines)
    assert comparison_title(one_trial) == "walk"
    assert remarks(one_trial)[: len(lines)] == lines


def test_means_keep_degrees_and_millimetres_apart(one_trial: Comparison) -> None:
    pair = one_trial.pairs[0]
    values = {"pelvis_tilt": math.radians(1), "hip_flexion_r": math.radians(2), "pelvis_ty": 0.005}
    assert mean_text(pair, "rmse", values) == ("legs 2.00 °, pelvis 1.00 °, translations 5.00 mm")
    assert mean_text(pair, "rmse", {}) == "—"


def test_of_markers_all_of_them_count_once(of_markers: Comparison) -> None:
    pair = of_markers.pairs[0]
    values = pair.evaluation.values("distance_mean") | {"C7": 9.0}
    assert mean_text(pair, "distance_mean", values) == "20.00 mm"


def test_remarks_of_a_group(group: Comparison) -> None:
    assert comparison_title(group) == "3 trials of 3 subjects"
    assert "note: 3 subjects: too narrow" in remarks(group)
    assert procedure_remarks(group) == []


def test_json_is_valid_and_complete(
    one_trial: Comparison, with_repetitions: Comparison, group: Comparison
) -> None:
    for comparison in (one_trial, with_repetitions, group):
        text = json.dumps(as_json(comparison), allow_nan=False)
        content = json.loads(text)
        assert content["n_subjects"] == comparison.n_subjects
        assert len(content["pairs"]) == len(comparison.pairs)
    assert {row["item"] for row in content["groups"]} >= {"all angles", "pelvis_ty"}
    assert content["groups"][0]["summary"]["n_subjects"] == 3
    content = json.loads(json.dumps(as_json(with_repetitions)))
    parts = content["pairs"][0]["repetitions"]
    assert [part["name"] for part in parts] == ["first", "second"]
    assert parts[0]["figures"][0]["metric"] == "bias"
    figure = content["pairs"][0]["figures"][0]
    assert figure["value"] == pytest.approx(
        with_repetitions.pairs[0].evaluation.value("pelvis_tilt", "bias")
    )
    assert content["pairs"][0]["sensitivity"][1]["shift_s"] == pytest.approx(-0.01)
