"""Models and places that once gave a wrong answer: the commands, from end to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.io.mot import read_motion
from kinebench.io.trc import read_trc, write_trc

pytestmark = pytest.mark.mirror

CASES = Path(__file__).parents[1] / "cases"
SUBJECT = ("--mass", "73.7", "--height", "1.752")
STORED = {
    "03-osim-contact-force-tags": "hunt.osim",
    "11-coupled-coordinate": "spine.osim",
    "16-step-function-in-a-joint": "step.osim",
}


@pytest.fixture(autouse=True)
def _opencap_s_files(mirror_file: Callable[[str], Path]) -> None:
    """`run` takes OpenCap's set-ups, which no package installs."""
    mirror_file("opensimPipeline/Models/LaiUhlrich2022.osim")


# a small movement looks like radians
@pytest.mark.filterwarnings("ignore:.*are they in radians:kinebench.errors.KinebenchWarning")
@pytest.mark.parametrize("engine", ["opensim", "fast"])
@pytest.mark.parametrize("case", STORED)
def test_the_model_s_own_markers_are_met(
    case: str, engine: str, kinebench: Callable[..., int], tmp_path: Path
) -> None:
    folder = CASES / case
    code = kinebench(
        "--keypoints", folder / "trial.trc", "--scaled-model", folder / STORED[case],
        "--markers", "stored", "--no-floor", "--engine", engine, *SUBJECT,
    )  # fmt: skip
    assert code == 0
    motion = read_motion(tmp_path / "out" / "kinematics.mot")
    assert motion.n_frames == read_trc(folder / "trial.trc").n_frames
    if case.startswith("11"):
        # the file has radians where its header says degrees: so OpenSim writes coupled ones
        largest = np.degrees(np.abs(motion.value("flex_extension")).max())
        assert largest == pytest.approx(1.197, abs=2e-3)


@pytest.mark.parametrize("engine", ["opensim", "fast"])
def test_angles_do_not_depend_on_the_place(
    engine: str, kinebench: Callable[..., int], tmp_path: Path
) -> None:
    """Static trial and movement 8 m away, and where they were recorded."""
    folder = CASES / "05-far-from-the-origin"
    motions = []
    for place in ((0.0, 0.0, 0.0), (8.0, 0.0, -40.0)):
        files = []
        for name in ("squat_near", "neutral"):
            markers = read_trc(folder / f"{name}.trc")
            files.append(tmp_path / f"{name}.trc")
            write_trc(files[-1], markers.with_positions(markers.positions + np.array(place)))
        code = kinebench(
            "--keypoints", files[0], "--static", files[1], "--engine", engine, *SUBJECT
        )
        assert code == 0
        motions.append(read_motion(tmp_path / "out" / "kinematics.mot"))
        (tmp_path / "out").rename(tmp_path / f"out{len(motions)}")
    here, there = motions
    angles = [name for name in here.names if name not in ("pelvis_tx", "pelvis_ty", "pelvis_tz")]
    np.testing.assert_allclose(
        np.degrees(there.select(angles).values), np.degrees(here.select(angles).values), atol=0.5
    )
