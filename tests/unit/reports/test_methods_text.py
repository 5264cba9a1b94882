"""The paragraph for a paper says what was done, and nothing that was not."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.alignment import GivenLag, MinimiseLag, RigidAlignment, SignalLag
from kinebench.cli.main import main
from kinebench.comparison import Comparison, Procedure, compare_recordings, comparison_of, procedure
from kinebench.core import Coordinate, Markers, Motion
from kinebench.events import ManualEvent
from kinebench.io.mot import write_motion
from kinebench.reports.comparison_report import comparison_document
from kinebench.reports.html import as_html
from kinebench.reports.methods_text import comparison_methods, methods_compared

TIMES = np.arange(301) / 100
NAMES = ("pelvis_tilt", "pelvis_ty", "knee_angle_r", "knee_angle_l")


def motion(error: float = 0.0) -> Motion:
    course = 0.4 * np.sin(2 * np.pi * TIMES)
    coordinates = tuple(
        Coordinate(name, "translational" if name.endswith("ty") else "rotational") for name in NAMES
    )
    values = np.stack([course * (1 + 0.1 * i) + error for i in range(len(NAMES))], axis=1)
    return Motion(coordinates, TIMES, values)


def comparison(
    trials: Sequence[tuple[str, str]], how: Procedure | None = None, late_s: float = 0.0
) -> Comparison:
    how = how or Procedure()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs = [
            compare_recordings(
                motion(), replace(motion(0.02 + 0.01 * i), times=TIMES + late_s), how,
                subject, trial, None, False,
            )
            for i, (subject, trial) in enumerate(trials)
        ]  # fmt: skip
        return comparison_of(pairs, how)


THREE = [(subject, "squat1") for subject in ("a", "b", "c")]


def test_of_several_subjects_it_counts_pools_and_names_the_intervals() -> None:
    said = comparison_methods(comparison(THREE), np.radians(5))
    assert said.startswith("Estimates of 3 trials of 3 subjects (squat: 3 trials) were compared")
    for part in ("Clocks of estimates and references were taken as one", "cubic splines",
                 "trials per subject", "Student's t over subjects", "McGraw and Wong",
                 "± 5.00°", "right side", "RMSE"):  # fmt: skip
        assert part in said


def test_nothing_is_claimed_that_was_not_done() -> None:
    one = comparison_methods(comparison(THREE[:1]))
    assert "Student" not in one
    assert "per subject" not in one
    same = comparison_methods(comparison([("a", "squat1"), ("a", "squat2")]), np.radians(5))
    assert "nothing is inferred about others" in same
    assert "Equivalence" not in same
    assert "right side" not in same
    two = comparison_methods(comparison(THREE[:2]))
    assert "right side" in two
    assert "ICC" not in two
    without_margin = comparison_methods(comparison(THREE))
    assert "Equivalence" not in without_margin


def test_kinds_of_trials_are_named_and_what_became_of_them() -> None:
    trials = [(subject, trial) for subject in "abc" for trial in ("squat", "walking")]
    apart = comparison_methods(comparison(trials))
    assert "6 trials of 3 subjects (squat: 3 trials; gait: 3 trials)" in apart
    assert "each kind of trial apart" in apart
    pooled = comparison_methods(comparison(trials, Procedure(pool_kinds=True)))
    assert "over unlike trials together (gait, squat)" in pooled


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (GivenLag(0.1), "corrected by a stated lag, +0.100 s"),
        (SignalLag("pelvis_ty", 0.3), "cross-correlation of pelvis_ty, +0.100 s"),
        (MinimiseLag(0.3), "lag of lowest error, +0.100 s, which flatters"),
    ],
)
def test_the_clock_is_told_as_it_was_set(time: GivenLag, expected: str) -> None:
    assert expected in comparison_methods(comparison(THREE[:1], Procedure(time=time), 0.1))


def test_presets_name_their_source_and_what_they_do() -> None:
    bench = comparison_methods(comparison(THREE[:1], procedure("opencapbench"), 0.05))
    assert "Gozlan et al. 2025" in bench
    assert "knee_angle_r and knee_angle_l" in bench
    points = comparison_methods(comparison(THREE[:1], procedure("lbmc-2025")))
    assert "100 points by sample number" in points
    assert "splines" not in points
    first = comparison_methods(comparison(THREE[:1], procedure("opencap-2023")))
    assert "mean offset of the pelvis translations was removed" in first
    assert "MAE" in first


def test_repetitions_windows_and_frames_of_markers() -> None:
    events = (ManualEvent("one", 0.0, 1.0, ""), ManualEvent("two", 1.0, 2.0, ""))
    said = comparison_methods(comparison(THREE[:1], Procedure(events=events)))
    assert "Named intervals were set by hand and scored one by one (2 in all)" in said
    window = comparison_methods(comparison(THREE[:1], Procedure(window_s=(0.5, 2.0))))
    assert "from 0.5 to 2 s" in window
    numbers = np.random.default_rng(1).normal(size=(50, 4, 3))
    one = Markers(("C7", "r_knee", "L_knee", "r_toe"), np.arange(50) / 50, numbers)
    how = Procedure(space=RigidAlignment())
    pair = compare_recordings(one, one, how, "a", "t", None, False)
    assert "one rotation and one translation" in comparison_methods(Comparison(how, (pair,)))


def test_several_methods_are_named_with_how_they_are_ranked() -> None:
    one = comparison(THREE)
    said = methods_compared({"opencap": one, "theia": one}, "legs", np.radians(5))
    assert said.startswith(
        "2 methods (opencap, theia) were compared with one reference on 3 trials"
    )
    assert "ranked by the mean error of the legs" in said


def test_the_paragraph_stands_in_the_terminal_and_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = comparison(THREE)
    assert "Estimates of 3 trials of 3 subjects" in as_html(comparison_document(found))
    for i, subject in enumerate("abc"):
        for folder, one in (("mocap", motion()), ("video", motion(0.02 + 0.01 * i))):
            (tmp_path / folder / subject).mkdir(parents=True)
            write_motion(tmp_path / folder / subject / "squat1.mot", one)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert main(["compare", str(tmp_path / "mocap"), str(tmp_path / "video")]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "methods: Estimates of 3 trials of 3 subjects (squat: 3 trials)" in told
