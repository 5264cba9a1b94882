"""Which trials there are, and where their results go: nothing is run here."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from kinebench.batch import (
    BatchJob,
    BatchTrial,
    Outcome,
    exit_code,
    find_trials,
    run_trials,
    running,
    tidy_rows,
)
from kinebench.batch.outcomes import Distance
from kinebench.core.subject import Subject
from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.io.session import Session
from kinebench.pipeline.spec import PipelineSpec

PERSON = Subject(70.0, 1.75)


def session(folder: Path, subject: str | None = None, trials: tuple[str, ...] = ("walk",)) -> Path:
    (folder / "MarkerData").mkdir(parents=True)
    for name in (*trials, "neutral"):
        (folder / "MarkerData" / f"{name}.trc").touch()
    if subject is not None:
        (folder / "sessionMetadata.yaml").write_text(f'subjectID: "{subject}"\n')
    return folder


def person(_: Session) -> Subject:
    return PERSON


def folders(*named: Path) -> list[str]:
    return [trial.folder.as_posix() for trial in find_trials(named, person).trials]


def test_a_folder_for_each_subject_and_trial(tmp_path: Path) -> None:
    session(tmp_path / "a", "p1", ("walk", "squat"))
    session(tmp_path / "b", "p2")
    session(tmp_path / "c")
    found = find_trials([tmp_path], person)
    assert [(one.subject, one.session, one.trial) for one in found.trials] == [
        ("p1", "a", "squat"), ("p1", "a", "walk"), ("p2", "b", "walk"), ("c", "c", "walk"),
    ]  # fmt: skip
    assert folders(tmp_path) == ["p1/squat", "p1/walk", "p2/walk", "c/walk"]
    assert not found.failed


def test_sessions_of_one_subject_and_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for place in ("mon/s", "tue/s"):
        session(tmp_path / place, "p1")
    session(tmp_path / "other", "P1")  # one folder on Windows and macOS
    assert folders(tmp_path) == ["p1/s/walk", "P1/other/walk", "p1/s_2/walk"]
    # a session that is named twice, or is in a folder that is named too, counts once
    assert folders(tmp_path / "mon", tmp_path / "mon" / "s") == ["p1/walk"]


@pytest.mark.parametrize("name", ["../../evil", "/etc/x", "..", "a\\\\b", "x" * 300, "Ann: left?"])
def test_a_subject_s_name_never_leads_outside(name: str, tmp_path: Path) -> None:
    session(tmp_path / "s", name)
    (trial,) = find_trials([tmp_path / "s"], person).trials
    assert len(trial.folder.parts) == 2
    assert not trial.folder.is_absolute()
    for part in trial.folder.parts:
        assert part not in ("", ".", "..")
        assert not set(part) & set('/\\:*?"<>|')
        assert len(part) <= 80


def test_what_cannot_be_run_is_told(tmp_path: Path) -> None:
    session(tmp_path / "a", "p1")
    session(tmp_path / "b", "p2", ())

    def refuses(_: Session) -> Subject:
        raise ValueRangeError("--mass needed")

    assert [one.reason for one in find_trials([tmp_path / "a"], refuses).failed] == [
        "--mass needed"
    ]
    found = find_trials([tmp_path], person, "squat")
    assert not found.trials
    assert [one.reason for one in found.failed] == [
        "no trial 'squat'; found: walk, neutral", "no trial 'squat'; found: neutral"]  # fmt: skip
    assert [one.reason for one in find_trials([tmp_path], person).failed] == [
        "no trial but static ones; found: neutral"
    ]
    with pytest.raises(FileFormatError, match="nowhere does not exist"):
        find_trials([tmp_path / "nowhere"], person)


def outcome(status: str = "done", value: float = 0.1) -> Outcome:
    results = {
        "frames": 60,
        "marker_error_rms_mm": {"mean": 9.0, "max": 12.0},
        "static": {"marker_error_rms_mm": 8.0},
        "frames_not_converged": 0,
    }
    distances = tuple(
        Distance(scaled, *row)
        for scaled in ("here", "session's")
        for row in (
            ("knee_angle_r", "rmse", value, "rad", 60),
            ("hip_flexion_r", "rmse", 3 * value, "rad", 60),
            ("pro_sup_r", "rmse", 9 * value, "rad", 60),
            ("pelvis_tx", "rmse", 0.02, "m", 60),
        )
    )
    if status == "failed":
        return Outcome("p2", "s", "walk", "failed", "keypoints have gaps")
    return Outcome("p1", "s", "walk", "done", results=results, light="amber", distances=distances)


def test_exit_codes() -> None:
    assert exit_code([]) == 3
    assert exit_code([outcome()]) == 0
    assert exit_code([outcome(), outcome("failed")]) == 1
    assert exit_code([outcome("failed")]) == 1


def test_the_table_is_tidy() -> None:
    rows = list(tidy_rows([outcome(), outcome("failed")]))
    assert len({tuple(row) for row in rows}) == 1  # the same columns everywhere
    (failed,) = (row for row in rows if row["status"] == "failed")
    assert (failed["subject"], failed["trial"], failed["reason"]) == (
        "p2", "walk", "keypoints have gaps")  # fmt: skip
    groups = {(r["scaled"], r["item"]): (r["value"], r["unit"]) for r in rows if r["of"] == "group"}
    # forearm rotation is no part of the legs, nor of any mean with them
    assert groups["here", "legs"] == (pytest.approx(0.2 * 180 / 3.141592653589793), "°")
    assert groups["here", "arms"] == (pytest.approx(0.9 * 180 / 3.141592653589793), "°")
    assert groups["session's", "translations"] == (pytest.approx(20.0), "mm")
    figures = {row["metric"]: row["value"] for row in rows if row["of"] == "trial"}
    assert figures["marker_error_rms_mean"] == 9.0
    assert figures["static_marker_error_rms"] == 8.0


def test_whatever_fails_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def content(trial: BatchTrial, job: BatchJob, folder: Path) -> tuple[str, dict[str, object]]:
        if trial.trial == "bad":
            raise ZeroDivisionError("by nothing")
        if trial.trial == "gaps":
            raise ValueRangeError("keypoints have gaps")
        return "done", {
            "from_own_motion": [
                {"scaled": "here", "coordinate": "x", "metric": "rmse", "value": None,
                 "unit": "rad", "n": 0}
            ],
            "inputs": {}, "outputs": {}, "results": None, "quality_light": "green",
            "not_compared": "",
        }  # fmt: skip

    monkeypatch.setattr(running, "_content", content)
    trials = [
        BatchTrial("p", "s", name, PERSON, tmp_path, tmp_path, PurePath("p", name))
        for name in ("bad", "gaps", "good")
    ]
    told: list[str] = []
    job = BatchJob(PipelineSpec())
    found = run_trials(trials, job, tmp_path, on_outcome=lambda one: told.append(one.trial))
    assert [one.status for one in found] == ["failed", "failed", "done"]
    assert found[0].reason.startswith("unforeseen ZeroDivisionError in test_trials.py, line ")
    assert found[1].reason == "keypoints have gaps"
    assert told == ["bad", "gaps", "good"]
    # a figure that is undefined is NaN again
    assert found[2].distances[0].value != found[2].distances[0].value
