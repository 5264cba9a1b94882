from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.alignment import GivenLag, MinimiseLag, NoAlignment, RigidAlignment, interpolated
from kinebench.comparison import (
    FilePair,
    IndexResampling,
    Procedure,
    compare_pair,
    compare_pairs,
    compare_recordings,
    procedure,
)
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import (
    AlignmentError,
    FileFormatError,
    NameNotFoundError,
    ValueRangeError,
)
from kinebench.events import ManualEvent
from kinebench.io.trc import write_trc
from kinebench.metrics import Exclusion
from kinebench.statistics import series_mean

Save = Callable[[str, Motion], Path]
NAMES = ("pelvis_tilt", "pelvis_ty", "hip_flexion_r", "hip_flexion_l", "knee_angle_r")


def moving(
    names: tuple[str, ...] = NAMES, duration_s: float = 4.0, rate_hz: float = 100.0
) -> Motion:
    """A smooth movement: every coordinate its own sum of sines; lengths in m, angles in rad."""
    times = np.arange(round(4 * rate_hz) + 1) / rate_hz
    coordinates, columns = [], []
    for i, name in enumerate(names):
        length = name.startswith("pelvis_t") and name != "pelvis_tilt"
        course = np.sin(2 * np.pi * times + 0.7 * i) + 0.2 * np.sin(5 * times + i)
        columns.append((0.1 if length else 0.5) * course + 0.1 * i)
        coordinates.append(Coordinate(name, "translational" if length else "rotational"))
    return Motion(tuple(coordinates), times, np.stack(columns, axis=1))


def shifted(motion: Motion, error: float | np.ndarray) -> Motion:
    return replace(motion, values=motion.values + error)


def squatting(n: int = 3) -> Motion:
    """Squats of 2 s, at rest for 1 s before, between and after; 0.3 m deep."""
    times = np.arange(100 * (3 * n + 1) + 1) / 100
    down = np.zeros(len(times))
    for i in range(n):
        inside = (times >= 1 + 3 * i) & (times <= 3 + 3 * i)
        down[inside] = 0.15 * (1 - np.cos(np.pi * (times[inside] - 1 - 3 * i)))
    coordinates = (Coordinate("pelvis_ty", "translational"), Coordinate("knee_angle_r"))
    return Motion(coordinates, times, np.stack([0.95 - down, 3 * down], axis=1))


def cloud(names: tuple[str, ...] = ("r_knee", "L_knee", "C7", "r_toe")) -> Markers:
    times = np.arange(50) / 50
    base = np.random.default_rng(3).normal(size=(len(names), 3))
    sway = 0.1 * np.sin(2 * np.pi * times)[:, None, None] * np.array([1.0, 0.5, 0.2])
    return Markers(names, times, base + sway)


def test_error_is_estimate_minus_reference() -> None:
    reference = moving()
    result = compare_recordings(reference, shifted(reference, 0.02), Procedure())
    assert result.evaluation.value("knee_angle_r", "bias") == pytest.approx(0.02)
    assert result.evaluation.value("knee_angle_r", "offset_removed_rmse") == pytest.approx(
        0, abs=1e-12
    )
    assert result.alignment.policy == "none"
    assert result.repetitions == ()
    assert (result.subject, result.trial) == ("subject", "trial")


def test_the_sensitivity_starts_at_the_lag_that_was_used() -> None:
    reference = moving()
    late = replace(reference, times=reference.times + 0.03)
    result = compare_recordings(reference, late, Procedure(time=GivenLag(0.03)))
    assert [shift.label for shift in result.sensitivity] == [
        "lag", "−1 frame", "+1 frame", "−0.1 s", "+0.1 s",
    ]  # fmt: skip
    at, beside, *_ = (shift.result["knee_angle_r"] for shift in result.sensitivity)
    assert at == pytest.approx(result.evaluation.value("knee_angle_r", "rmse"), abs=1e-9)
    assert at < 1e-9 < 1e-3 < beside
    assert set(result.policies) == {"none", "signal", "minimise"}
    told = result.policies["minimise"].record
    assert told is not None
    assert told.lag_s == pytest.approx(0.03, abs=1e-3)


def test_the_lag_row_has_the_interpolation_of_the_procedure() -> None:
    reference = moving(rate_hz=100)
    coarse = interpolated(reference, np.arange(81) / 20)  # 20 Hz: lines and splines differ
    result = compare_recordings(reference, coarse, Procedure(time=NoAlignment("linear")))
    for name in NAMES:
        assert result.sensitivity[0].result[name] == pytest.approx(
            result.evaluation.value(name, "rmse"), rel=1e-12
        )


def test_the_lag_row_has_the_spatial_alignment_of_the_procedure() -> None:
    reference = cloud()
    moved = reference.with_positions(reference.positions + np.array([1.0, 0.0, 0.0]))
    result = compare_recordings(reference, moved, Procedure(space=RigidAlignment()))
    assert result.alignment.spatial is not None
    assert result.evaluation.value("all markers", "distance_mean") < 1e-9
    assert result.sensitivity[0].result["all markers"] < 1e-9
    plain = compare_recordings(reference, moved, Procedure())
    assert plain.evaluation.value("all markers", "distance_mean") == pytest.approx(1.0)


def test_a_window_counts_on_the_reference_clock() -> None:
    reference = moving()
    error = np.where(reference.times >= 2.0, 0.1, 0.0)[:, None]
    estimate = replace(shifted(reference, error), times=reference.times + 5.0)
    how = Procedure(time=GivenLag(5.0), window_s=(2.0, 3.0))
    result = compare_recordings(reference, estimate, how)
    assert result.reference.times[[0, -1]].tolist() == [2.0, 3.0]
    assert result.evaluation.value("pelvis_tilt", "bias") == pytest.approx(0.1)
    assert result.evaluation.figures[0].n == 101


def test_a_window_outside_the_recording() -> None:
    reference = moving()
    with pytest.raises(ValueRangeError, match="between 7 and 8 s; the common part is 0 to 4 s"):
        compare_recordings(reference, reference, Procedure(window_s=(7.0, 8.0)))


def test_coordinates_that_a_person_asks_for_must_exist_those_of_a_preset_need_not() -> None:
    reference = moving()
    chosen = compare_recordings(reference, reference, Procedure(coordinates=("knee_angle_r",)))
    assert chosen.evaluation.items == ("knee_angle_r",)
    assert Exclusion("pelvis_tilt", "not asked for") in chosen.evaluation.excluded
    with pytest.raises(NameNotFoundError, match="knee_angle_r"):
        compare_recordings(reference, reference, Procedure(coordinates=("knee_angel_r",)))
    preset = compare_recordings(reference, reference, procedure("opencap-2023"))
    assert preset.evaluation.items == NAMES


def test_opencap_removes_the_constant_offset_of_translations_only() -> None:
    reference = moving()
    result = compare_recordings(reference, shifted(reference, 0.05), procedure("opencap-2023"))
    assert result.evaluation.value("pelvis_ty", "mae") == pytest.approx(0.0, abs=1e-12)
    assert result.evaluation.value("knee_angle_r", "mae") == pytest.approx(0.05)


def test_chosen_markers() -> None:
    result = compare_recordings(cloud(), cloud(), Procedure(coordinates=("C7",)))
    assert "r_knee" not in result.evaluation.items
    with pytest.raises(NameNotFoundError, match="C7"):
        compare_recordings(cloud(), cloud(), Procedure(coordinates=("C8",)))


def noisy(reference: Motion, seed: int = 5) -> Motion:
    """Errors that last: a random walk pulled to zero."""
    rng = np.random.default_rng(seed)
    error = np.zeros(reference.values.shape)
    for i in range(1, len(error)):
        error[i] = 0.95 * error[i - 1] + 0.01 * rng.normal(size=reference.values.shape[1])
    return shifted(reference, error)


def test_the_interval_of_the_bias_respects_autocorrelation() -> None:
    reference = moving()
    estimate = noisy(reference)
    error = estimate.value("knee_angle_r") - reference.value("knee_angle_r")

    def interval(how: Procedure) -> tuple[float, float]:
        result = compare_recordings(reference, estimate, how)
        found = [f for f in result.evaluation.figures if f.item == "knee_angle_r"]
        assert [f.metric for f in found if f.interval] == ["bias"]
        return next(f.interval for f in found if f.interval)

    own, independent = interval(Procedure()), interval(Procedure(bias_interval="independent"))
    expected = series_mean(error, reference.rate_hz).interval
    assert own == pytest.approx((expected.low, expected.high))
    half = 1.96 * error.std() / np.sqrt(len(error))
    assert independent == pytest.approx((error.mean() - half, error.mean() + half), abs=1e-15)
    assert own[1] - own[0] > 2 * (independent[1] - independent[0])


def test_the_interval_takes_the_short_way_round() -> None:
    reference = moving(("pelvis_rotation",))
    estimate = shifted(reference, 0.01 + 2 * np.pi)
    result = compare_recordings(reference, estimate, Procedure())
    bias = next(f for f in result.evaluation.figures if f.metric == "bias")
    assert bias.value == pytest.approx(0.01)
    assert bias.interval == pytest.approx((0.01, 0.01))


def test_other_policies_are_told_unless_there_are_many_pairs(
    saved: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = several(saved, {("a", "1"): 0.01, ("b", "1"): 0.02})
    assert set(compare_pairs(pairs, Procedure()).pairs[0].policies) == {"signal", "minimise"}
    monkeypatch.setattr("kinebench.comparison.compare._FEW", 1)
    assert compare_pairs(pairs, Procedure()).pairs[0].policies == {}


def test_by_index_there_is_no_sensitivity_to_time() -> None:
    reference = moving()
    result = compare_recordings(reference, reference, Procedure(time=IndexResampling(50)))
    assert result.sensitivity == ()
    assert result.evaluation.figures[0].n == 50
    assert set(result.policies) == {"none", "signal", "minimise"}


def test_repetitions_are_scored_one_by_one() -> None:
    reference = squatting()
    error = np.where(reference.times < 3.5, 0.1, np.where(reference.times < 6.5, 0.2, 0.4))
    result = compare_recordings(
        reference, shifted(reference, error[:, None]), Procedure(events="squat")
    )
    assert [part.interval.name for part in result.repetitions] == ["squat 1", "squat 2", "squat 3"]
    biases = [part.evaluation.value("knee_angle_r", "bias") for part in result.repetitions]
    assert biases == pytest.approx([0.1, 0.2, 0.4])
    assert result.evaluation.figures[0].n == reference.n_frames
    assert result.repetitions[0].evaluation.figures[0].n < 210


def test_a_repetition_beyond_the_common_part_is_left_out_with_the_reason() -> None:
    reference = squatting()
    estimate = reference.at_frames(np.arange(0, 700))
    result = compare_recordings(reference, estimate, Procedure(events="squat"))
    assert [part.interval.name for part in result.repetitions] == ["squat 1", "squat 2"]
    assert [excluded.item for excluded in result.excluded] == ["squat 3"]
    assert "common part, 0 to 6.99 s" in result.excluded[0].reason


def test_a_repetition_may_end_within_half_a_frame_of_the_end_but_not_later() -> None:
    reference = squatting()
    events = (ManualEvent("fits", 0.0, 10.004, ""), ManualEvent("does not", 0.0, 10.02, ""))
    result = compare_recordings(reference, reference, Procedure(events=events))
    assert [part.interval.name for part in result.repetitions] == ["fits"]
    assert [excluded.item for excluded in result.excluded] == ["does not"]


def test_no_repetition_left_is_an_error() -> None:
    reference = squatting()
    events = (ManualEvent("late", 20.0, 21.0, ""),)
    with pytest.raises(ValueRangeError, match="no repetition can be scored; late"):
        compare_recordings(reference, reference, Procedure(events=events))


def test_a_cycle_scores_its_own_leg_and_the_midline_once() -> None:
    times = np.arange(401) / 100
    swing = 0.4 * np.cos(2 * np.pi * times)
    names = ("pelvis_tilt", "hip_flexion_r", "hip_flexion_l")
    values = np.stack([0.1 * swing, swing, -swing], axis=1)
    motion = Motion(tuple(map(Coordinate, names)), times, values)
    result = compare_recordings(motion, shifted(motion, 0.1), Procedure(events="gait"))
    items = {part.interval.side: part.evaluation.items for part in result.repetitions}
    assert items == {"right": ("pelvis_tilt", "hip_flexion_r"), "left": ("hip_flexion_l",)}


def test_what_is_undefined_is_told_once() -> None:
    reference = squatting()
    flat = replace(reference, values=np.ones_like(reference.values))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing escapes
        result = compare_recordings(reference, flat, Procedure(events="squat"))
    assert sum("are NaN" in remark.text for remark in result.remarks) == 1


def test_files_of_motions(saved: Save) -> None:
    reference = moving()
    pair = FilePair(saved("r.mot", reference), saved("e.mot", shifted(reference, 0.01)), "s", "t")
    result = compare_pair(pair, Procedure())
    assert (result.subject, result.trial) == ("s", "t")
    assert result.evaluation.value("hip_flexion_l", "bias") == pytest.approx(0.01, abs=1e-6)


def test_the_lag_of_the_list_comes_first(saved: Save) -> None:
    reference = moving()
    late = replace(reference, times=reference.times + 0.25)
    pair = FilePair(saved("r.mot", reference), saved("e.mot", late), "s", "t", lag_s=0.25)
    result = compare_pair(pair, Procedure())
    assert (result.alignment.policy, result.alignment.lag_s) == ("given", 0.25)
    assert result.evaluation.value("hip_flexion_l", "rmse") < 1e-5


def test_files_of_two_kinds(saved: Save, tmp_path: Path) -> None:
    write_trc(tmp_path / "m.trc", cloud())
    pair = FilePair(saved("r.mot", moving()), tmp_path / "m.trc", "s", "t")
    with pytest.raises(FileFormatError, match="different kinds"):
        compare_pair(pair, Procedure())


def test_files_of_markers_with_other_names(tmp_path: Path) -> None:
    reference = cloud()
    other = reference.rename({name: f"{name}_study" for name in reference.names})
    other = other.with_positions(other.positions + np.array([0.0, 0.02, 0.0]))
    for name, markers in (("r.trc", reference), ("e.trc", other)):
        write_trc(tmp_path / name, markers)
    pair = FilePair(tmp_path / "r.trc", tmp_path / "e.trc", "s", "t")
    with pytest.raises(ValueRangeError, match=r"share no marker.*--match"):
        compare_pair(pair, Procedure())
    result = compare_pair(pair, Procedure(), {"C7": "C7_study", "r_toe": "r_toe_study"})
    assert result.evaluation.value("C7", "distance_mean") == pytest.approx(0.02, abs=1e-6)
    assert "L_knee" not in result.evaluation.items
    with pytest.raises(NameNotFoundError, match="C7_study"):
        compare_pair(pair, Procedure(), {"C7": "C7_studi"})


def test_markers_that_only_one_has_are_told(tmp_path: Path) -> None:
    write_trc(tmp_path / "r.trc", cloud())
    write_trc(tmp_path / "e.trc", cloud().select(["C7", "r_toe"]))
    result = compare_pair(FilePair(tmp_path / "r.trc", tmp_path / "e.trc", "s", "t"), Procedure())
    assert Exclusion("r_knee", "only the reference has it") in result.evaluation.excluded


def several(saved: Save, offsets: dict[tuple[str, str], float]) -> list[FilePair]:
    reference = saved("r.mot", moving())
    return [
        FilePair(
            reference,
            saved(f"{subject}-{trial}.mot", shifted(moving(), offset)),
            subject,
            trial,
        )
        for (subject, trial), offset in offsets.items()
    ]


def test_groups_average_per_subject_first(saved: Save) -> None:
    pairs = several(saved, {("a", "1"): 0.01, ("a", "2"): 0.03, ("b", "1"): 0.06})
    result = compare_pairs(pairs, Procedure())
    rows = {(row.item, row.metric): row for row in result.groups}
    row = rows["knee_angle_r", "bias"]
    assert row.unit == "rad"
    assert row.figure.summary.mean == pytest.approx(0.04, abs=1e-6)
    assert (row.figure.summary.n_subjects, row.figure.summary.n_trials) == (2, 3)
    assert [remark.code for remark in result.remarks].count("few subjects") == 1
    pooled = compare_pairs(pairs, Procedure(pooling="pooled_trials"))
    row = next(r for r in pooled.groups if (r.item, r.metric) == ("knee_angle_r", "bias"))
    assert row.figure.summary.mean == pytest.approx(0.1 / 3, abs=1e-6)


def test_all_angles_weigh_a_bilateral_one_as_one_and_leave_lengths_apart(saved: Save) -> None:
    reference = moving()
    error = np.array([0.03, 0.5, 0.01, 0.05, 0.0])  # tilt, ty, hip r, hip l, knee r
    estimate = saved("e.mot", shifted(reference, error))
    again = saved("f.mot", shifted(reference, error))
    base = saved("r.mot", reference)
    pairs = [FilePair(base, estimate, "a", "1"), FilePair(base, again, "b", "1")]

    def mean(how: Procedure, item: str) -> float:
        rows = compare_pairs(pairs, how).groups
        return next(r for r in rows if (r.item, r.metric) == (item, "rmse")).figure.summary.mean

    assert mean(Procedure(), "all translations") == pytest.approx(0.5, abs=1e-6)
    assert mean(Procedure(), "all angles") == pytest.approx((0.03 + 0.03 + 0) / 3, abs=1e-6)
    twice = mean(Procedure(pooling="pooled_repetitions"), "all angles")
    assert twice == pytest.approx((0.03 + 0.01 + 0.05) / 4, abs=1e-6)


def test_repetitions_average_to_trials_first(saved: Save) -> None:
    reference = squatting()
    first = np.where(reference.times < 3.5, 0.1, np.where(reference.times < 6.5, 0.2, 0.3))
    base = saved("r.mot", reference)
    pairs = [
        FilePair(base, saved("e1.mot", shifted(reference, first[:, None])), "a", "1"),
        FilePair(saved("r2.mot", squatting(1)), saved("e2.mot", squatting(1)), "a", "2"),
    ]
    result = compare_pairs(pairs, Procedure(events="squat"))
    row = next(r for r in result.groups if (r.item, r.metric) == ("knee_angle_r", "bias"))
    assert row.figure.summary.mean == pytest.approx((0.2 + 0.0) / 2, abs=1e-6)
    assert (row.figure.summary.n_values, row.figure.summary.n_trials) == (4, 2)


def test_groups_of_markers(tmp_path: Path) -> None:
    pairs = []
    for subject, offset in (("a", 0.01), ("b", 0.03)):
        for name, add in (("r", 0.0), ("e", offset)):
            moved = cloud().with_positions(cloud().positions + np.array([0.0, add, 0.0]))
            write_trc(tmp_path / f"{subject}{name}.trc", moved)
        pairs.append(
            FilePair(tmp_path / f"{subject}r.trc", tmp_path / f"{subject}e.trc", subject, "t")
        )
    rows = {(row.item, row.metric): row for row in compare_pairs(pairs, Procedure()).groups}
    assert rows["C7", "distance_mean"].figure.summary.mean == pytest.approx(0.02, abs=1e-5)
    assert rows["all markers", "mpjpe"].figure.summary.mean == pytest.approx(0.02, abs=1e-5)
    assert ("all angles", "distance_mean") not in rows


def test_a_pair_that_fails_is_left_out_with_the_reason(saved: Save) -> None:
    pairs = several(saved, {("a", "1"): 0.01, ("b", "1"): 0.02})
    far = replace(moving(), times=moving().times + 100)
    pairs.append(FilePair(pairs[0].reference, saved("far.mot", far), "c", "1"))
    before = Exclusion("x.mot", "only the estimate folder has it")
    result = compare_pairs(pairs, Procedure(), excluded=[before])
    assert [pair.subject for pair in result.pairs] == ["a", "b"]
    assert result.excluded[0] == before
    assert result.excluded[1].item == "c/1"
    assert "overlap" in result.excluded[1].reason
    assert result.n_subjects == 2


def test_when_all_fail_the_first_reason_is_told(saved: Save) -> None:
    far = saved("far.mot", replace(moving(), times=moving().times + 100))
    base = saved("r.mot", moving())
    with pytest.raises(AlignmentError):
        compare_pairs([FilePair(base, far, "a", "1")], Procedure())
    pairs = [FilePair(base, far, "a", "1"), FilePair(base, far, "b", "1")]
    with pytest.raises(ValueRangeError, match=r"none of 2 pairs .* the first, a/1: .*overlap"):
        compare_pairs(pairs, Procedure())


def test_motions_and_markers_are_two_comparisons(saved: Save, tmp_path: Path) -> None:
    write_trc(tmp_path / "m.trc", cloud())
    base = saved("r.mot", moving())
    pairs = [
        FilePair(base, base, "a", "1"),
        FilePair(tmp_path / "m.trc", tmp_path / "m.trc", "b", "1"),
    ]
    with pytest.raises(ValueRangeError, match="mix motions and markers"):
        compare_pairs(pairs, Procedure())


def test_minimise_leaves_its_flag() -> None:
    reference = moving()
    result = compare_recordings(reference, reference, Procedure(time=MinimiseLag(0.1)))
    assert "minimises" in result.alignment.flags[0]
