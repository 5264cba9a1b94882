"""`kinebench compare` with pipelines among its methods, by the description that `check` takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kinebench.cli.main import main
from kinebench.core.motion import Motion
from kinebench.io.mot import read_motion, write_motion
from kinebench.io.trc import write_trc
from kinebench.lab import Population
from kinebench.lab.camera.chain import Chain
from kinebench.lab.motions import Squat
from kinebench.studies.sources.laboratory import LabSource

# the true motion is given away in the keypoints' file name: what matters is which trial came in
PIPELINE = """\
import json, os, sys
import numpy as np
from dataclasses import replace
from pathlib import Path
from kinebench.io.mot import read_motion
from kinebench.errors import UnderTestError

TRUTH = Path({truth!r})

def estimate(trial):
    assert trial.reference_motion is None
    if trial.name in {broken!r}:
        raise RuntimeError("no licence")
    assert trial.static is not None
    assert abs(trial.subject.height_m - trial.keypoints.position("Neck")[0, 1]) < 0.5
    motion = read_motion(TRUTH / f"{{trial.subject.identifier}}" / f"{{trial.name}}.mot")
    return replace(motion, values=motion.values + {offset})
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two people, two trials each: references, recordings, and one method's motions."""
    for index in (0, 1):
        for n in (1, 2):
            source = LabSource(
                Population().subject(index), Squat(repetitions=n), "squat", Chain(), "lab", 15.0
            )
            trial = source({})
            truth = trial.reference_motion
            assert truth is not None
            assert trial.static is not None
            place = Path(f"s{index}") / f"squat{n}.mot"
            legs = truth.select(["knee_angle_r", "knee_angle_l", "hip_flexion_r"])
            _write(tmp_path / "truth" / place, legs)
            _write(tmp_path / "ready" / place, replace(legs, values=legs.values + 0.1))
            keypoints = (tmp_path / "keypoints" / place).with_suffix(".trc")
            keypoints.parent.mkdir(parents=True, exist_ok=True)
            write_trc(keypoints, trial.keypoints)
            write_trc(keypoints.with_name(f"squat{n}_static.trc"), trial.static)
        subject = {"mass_kg": trial.subject.mass_kg, "height_m": trial.subject.height_m}
        (tmp_path / "keypoints" / f"s{index}" / "subject.json").write_text(json.dumps(subject))
    return tmp_path


def _write(path: Path, motion: Motion) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_motion(path, motion)


def described(folder: Path, offset: float, broken: tuple[str, ...] = (), name: str = "m") -> Path:
    module = f"{name}_{abs(hash((str(folder), offset, broken))) % 10**9}"
    text = PIPELINE.format(truth=str(folder / "truth"), broken=broken, offset=offset)
    (folder / f"{module}.py").write_text(text)
    file = folder / f"{name}.toml"
    file.write_text(f'[under_test]\npython = "{module}:estimate"\n')
    return file


def compared(data: Path, *more: object) -> int:
    fixed = ["compare", data / "truth", *more, "--recordings", data / "keypoints"]
    return main([str(word) for word in fixed])


def test_a_pipeline_is_one_of_the_methods(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Errors are the offsets that were put in: 0.1 rad = 5.73°, 0.02 rad = 1.15°."""
    mine = described(data, 0.02, name="mine")
    assert compared(data, data / "ready", mine, "--json", "--motions", data / "kept") == 0
    said = json.loads(capsys.readouterr().out)
    assert [row["method"] for row in said["ranking"]] == ["mine", "ready"]
    assert [row["mean"] for row in said["ranking"]] == pytest.approx([0.02, 0.1], abs=1e-6)
    kept = read_motion(data / "kept" / "mine" / "s1" / "squat2.mot")
    truth = read_motion(data / "truth" / "s1" / "squat2.mot")
    assert kept.values - truth.values == pytest.approx(0.02, abs=1e-6)


def test_one_pipeline_alone_and_one_file(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = described(data, 0.02)
    arguments = ["compare", data / "truth" / "s0" / "squat1.mot", mine, "--recordings",
                 data / "keypoints" / "s0"]  # fmt: skip
    assert main([*map(str, arguments), "--json"]) == 0
    assert "knee_angle_r" in capsys.readouterr().out


def test_a_trial_that_it_fails_on_is_left_out_with_the_reason(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = described(data, 0.02, broken=("squat2",), name="mine")
    (data / "keypoints" / "s1" / "squat1.trc").unlink()
    assert compared(data, data / "ready", mine) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "s0/squat2.mot by mine: RuntimeError: no licence" in out
    assert "keypoints has no s1/squat1.trc" in out


def test_nothing_at_all_is_an_error_and_no_table(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = described(data, 0.02, broken=("squat1", "squat2"))
    assert compared(data, mine) == 2
    said = capsys.readouterr()
    assert "gave no motion" in said.err
    assert "no licence" in said.err
    assert not said.out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("subject", "mass and height of squat1.trc stand nowhere"),
        ("table", "describes no pipeline"),
        ("recordings", "go together"),
        ("motions", "none is named"),
    ],
)
def test_bad_input_is_one_line(
    data: Path, change: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = described(data, 0.02)
    truth = str(data / "truth")
    arguments = ["compare", truth, str(mine), "--recordings", str(data / "keypoints")]
    if change == "subject":
        (data / "keypoints" / "s0" / "subject.json").unlink()
    elif change == "table":
        mine.write_text('[gate]\nname = "a"\n')
    elif change == "recordings":
        arguments = arguments[:3]
    else:
        arguments = ["compare", truth, str(data / "ready"), "--motions", str(data / "kept")]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.strip().splitlines()) == 1
