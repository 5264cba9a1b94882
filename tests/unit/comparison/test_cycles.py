"""Curves and errors over a repetition, joint centres, and the checklist, of made-up motions."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from kinebench.comparison import Comparison, Procedure, compare_recordings
from kinebench.comparison.cycles import cycle_curves
from kinebench.comparison.joint_centres import joint_centre_errors, models_of
from kinebench.core import Coordinate, Motion
from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.events import ManualEvent
from kinebench.kinematics.poses import body_origins
from kinebench.lab import generic_body
from kinebench.reports.cycle_tables import cycle_section, joint_centre_table, part_table
from kinebench.reports.reporting_checklist import NOT_STATED, checklist
from kinebench.statistics import GroupFigure

TIMES = np.arange(201) / 100
KNEE = Coordinate("knee_angle_r")
REPETITIONS = (ManualEvent("squat 1", 0.0, 1.0, ""), ManualEvent("squat 2", 1.0, 2.0, ""))


def motion(values: np.ndarray, coordinate: Coordinate = KNEE) -> Motion:
    return Motion((coordinate,), TIMES, np.asarray(values)[:, None])


def compared(subject: str, error: np.ndarray, trial: str = "squats") -> Comparison:
    truth = np.sin(2 * np.pi * TIMES)
    how = Procedure(events=REPETITIONS)
    pair = compare_recordings(
        motion(truth), motion(truth + error), how, subject, trial, other_policies=False
    )
    return Comparison(how, (pair,))


def test_an_error_in_one_quarter_is_found_there() -> None:
    # half a radian in the first quarter of both repetitions, its edges left out
    phase = TIMES % 1.0
    error = np.where((phase > 0.01) & (phase < 0.24), 0.5, 0.0)
    (curves,) = cycle_curves(compared("a", error))
    assert curves.of == "repetitions"
    assert curves.reference.shape == (2, 101)
    assert curves.by_part[0] == pytest.approx(0.5 * math.sqrt(22 / 26), abs=0.02)
    assert curves.by_part[1:] == pytest.approx(0.0, abs=1e-9)


def test_a_curve_is_a_subjects_mean_where_there_are_several() -> None:
    one, other = compared("a", np.full(201, 0.2)), compared("b", np.full(201, 0.4))
    (curves,) = cycle_curves(Comparison(one.procedure, (*one.pairs, *other.pairs)))
    assert curves.of == "subjects"
    assert curves.estimate - curves.reference == pytest.approx(
        np.repeat([[0.2], [0.4]], 101, axis=1)
    )
    # subjects count alike: 0.3 in every quarter
    assert curves.by_part == pytest.approx(np.full(4, 0.3))
    assert part_table({"a": (curves,)}).rows[0][:4] == ("legs", "a", "°", "17.19")


def test_without_repetitions_there_is_no_section() -> None:
    still = motion(np.sin(TIMES))
    pair = compare_recordings(still, still, Procedure(), other_policies=False)
    assert cycle_section({"estimate": cycle_curves(Comparison(Procedure(), (pair,)))}) is None


def of_pelvis_and_knee(tx: float, knee_deg: float) -> Motion:
    coordinates = (Coordinate("pelvis_tx", "translational"), KNEE)
    values = np.tile([tx, math.radians(knee_deg)], (201, 1))
    return Motion(coordinates, TIMES, values)


def test_joint_centres_by_hand() -> None:
    body = generic_body()
    pair = compare_recordings(
        of_pelvis_and_knee(0.0, 0.0), of_pelvis_and_knee(0.03, 90.0), Procedure(), "a", "t",
        other_policies=False,
    )  # fmt: skip
    found = {one.joint: one for one in joint_centre_errors([pair], {"a": body.model})}
    # the whole body is 30 mm ahead; nothing but the shank turns about the knee
    assert mean(found["left ankle"].in_ground) == pytest.approx(0.03)
    assert mean(found["left ankle"].from_pelvis) == pytest.approx(0.0, abs=1e-12)
    assert mean(found["right knee"].from_pelvis) == pytest.approx(0.0, abs=1e-9)
    # a shank of length L that turns by 90° takes the ankle √2 L away
    tree = body.tree
    places = body_origins(tree, of_pelvis_and_knee(0.0, 0.0))
    shank = np.linalg.norm(places.position("talus_r")[0] - places.position("tibia_r")[0])
    assert mean(found["right ankle"].from_pelvis) == pytest.approx(math.sqrt(2) * shank, rel=0.02)
    rows = joint_centre_table({"estimate": tuple(found.values())}).rows
    assert ("left ankle", "30.0", "0.0") in rows


def mean(figure: GroupFigure) -> float:
    return figure.summary.mean


def test_joint_centres_of_several_subjects_are_each_on_their_own_model() -> None:
    """Trials are averaged per subject first: b's two trials weigh as much as a's one."""
    model = generic_body().model
    shifts = (("a", "t", 0.03), ("b", "t", 0.01), ("b", "u", 0.02))
    pairs = [
        compare_recordings(
            of_pelvis_and_knee(0.0, 0.0), of_pelvis_and_knee(shift, 0.0), Procedure(), subject,
            trial, other_policies=False,
        )
        for subject, trial, shift in shifts
    ]  # fmt: skip
    found = {one.joint: one for one in joint_centre_errors(pairs, {"a": model, "b": model})}
    knee = found["left knee"].in_ground
    assert knee.summary.n_subjects == 2
    assert mean(knee) == pytest.approx((0.03 + 0.015) / 2)
    # Student with one degree of freedom: 12.706 times half the difference
    assert knee.interval.high - mean(knee) == pytest.approx(12.7062 * 0.0075, rel=1e-4)
    (row,) = [r for r in joint_centre_table({"estimate": tuple(found.values())}).rows
              if r[0] == "left knee"]  # fmt: skip
    assert row[1] == "22.5 [−72.8, 117.8]"
    with pytest.raises(ValueRangeError, match="there is none of b"):
        joint_centre_errors(pairs, {"a": model})


def test_models_of_a_folder(tmp_path: Path) -> None:
    xml = generic_body().model.xml
    (tmp_path / "b" / "OpenSimData").mkdir(parents=True)
    (tmp_path / "a.osim").write_bytes(xml)
    (tmp_path / "b" / "OpenSimData" / "scaled.osim").write_bytes(xml)
    assert list(models_of(tmp_path, ["a", "b"])) == ["a", "b"]
    assert list(models_of(tmp_path / "a.osim", ["a"])) == ["a"]
    with pytest.raises(ValueRangeError, match="of the one subject whose model it is, found 2"):
        models_of(tmp_path / "a.osim", ["a", "b"])
    with pytest.raises(FileFormatError, match=r"has no models of c: it wants c\.osim"):
        models_of(tmp_path, ["a", "c"])
    (tmp_path / "b" / "other.osim").write_bytes(xml)
    with pytest.raises(FileFormatError, match="has 2 models of b"):
        models_of(tmp_path, ["b"])


def test_the_checklist_says_what_the_run_knows_and_what_it_does_not() -> None:
    one, other = compared("a", np.full(201, 0.2)), compared("b", np.full(201, 0.4))
    both = Comparison(one.procedure, (*one.pairs, *other.pairs))
    found = {row[0]: row[1] for row in checklist({"estimate": both}).rows}
    assert found["subjects"] == "2"
    assert found["repetitions"] == "4"
    assert found["joint coordinates scored"] == "1: knee_angle_r"
    assert found["time alignment"] == "none; lag of the estimate +0.000 s"
    assert found["intervals"] == "none: they take 3 subjects"
    assert found["model of both sides, scaling"] == NOT_STATED
    assert found["filter of the recordings"].startswith(NOT_STATED)
    stated = {row[0]: row[1] for row in checklist({"estimate": both}, "scaled", 5.0).rows}
    assert stated["model of both sides, scaling"] == "scaled"
    assert stated["equivalence"] == "two one-sided tests within ± 5°"
