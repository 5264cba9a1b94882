"""A preset or a kind of events that is of other recordings says what takes these."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.comparison import PROCEDURES, compare_recordings, procedure, scored_intervals
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import KinebenchError, NotApplicableError
from kinebench.literature import study

TIMES = np.arange(201) / 100
ARMS = ("elbow_flex_r", "arm_add_r")
LEGS = ("hip_flexion_r", "hip_flexion_l", "knee_angle_r", "knee_angle_l")


def motion(names: Sequence[str]) -> Motion:
    """All together, as in a squat."""
    values = np.repeat(np.sin(np.pi * TIMES)[:, None] ** 2, len(names), axis=1)
    return Motion(tuple(map(Coordinate, names)), TIMES, values)


def markers(*names: str) -> Markers:
    return Markers(names, TIMES, np.ones((len(TIMES), len(names), 3)) * TIMES[:, None, None])


@pytest.mark.parametrize("name", [name for name in PROCEDURES if name != "default"])
def test_a_preset_of_angles_says_so_of_markers(name: str) -> None:
    one = markers("r_knee", "C7")
    with pytest.raises(NotApplicableError, match=rf"procedure {name} is of joint angles"):
        compare_recordings(one, one, procedure(name))


@pytest.mark.parametrize("name", ["opencap-2023", "falisse-2025", "opencapbench"])
def test_a_preset_that_scores_nothing_here_names_both_sides(name: str) -> None:
    one = motion(ARMS)
    with pytest.raises(NotApplicableError) as told:
        compare_recordings(one, one, procedure(name))
    said = str(told.value)
    assert said.startswith(f"the procedure {name} scores pelvis_tilt, pelvis_list")
    assert said.endswith("both recordings have elbow_flex_r, arm_add_r")


def test_the_default_procedure_takes_both() -> None:
    cloud, arms = markers("r_knee", "C7"), motion(ARMS)
    assert compare_recordings(cloud, cloud, procedure("default")).evaluation.figures
    assert compare_recordings(arms, arms, procedure("default")).evaluation.figures


def test_gait_of_what_is_no_walk_names_the_kinds_that_there_are() -> None:
    with pytest.raises(KinebenchError) as told:
        scored_intervals("gait", motion(LEGS))
    for word in ("do not move in turn", "squat", "sts", "jump", "CSV"):
        assert word in str(told.value)
    with pytest.raises(
        NotApplicableError, match="come from hip_flexion_r and hip_flexion_l"
    ) as told:
        scored_intervals("gait", motion(ARMS))
    assert "--event-markers" in str(told.value)
    with pytest.raises(NotApplicableError, match="the reference has r_toe, C7"):
        scored_intervals("gait", markers("r_toe", "C7"))


def test_a_procedure_that_is_no_study_is_sent_to_compare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KinebenchError, match="lbmc-2025 is a procedure of 'kinebench compare"):
        study("lbmc-2025")
    assert main(["validate", "--preset", "lbmc-2025", str(tmp_path)]) == 2
    assert re.search(r"kinebench compare .*--preset lbmc-2025", capsys.readouterr().err)
