"""Pose2Sim, where an environment of its own is at hand: KINEBENCH_POSE2SIM is its interpreter."""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.pose2sim import __main__ as report
from kinebench.augmentation import lstm
from kinebench.augmentation.catalogue import version
from kinebench.augmentation.weights import load_networks
from kinebench.errors import ValueRangeError
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import Squat
from kinebench.pipeline.under_test import CommandLine, outside_of
from kinebench.studies.sources.laboratory import LabSource

EXAMPLE = Path(__file__).parents[2] / "examples" / "pose2sim"
ONNX = """\
import sys
from pathlib import Path
import numpy, onnxruntime, Pose2Sim
part, given, out = sys.argv[1:]
folder = Path(Pose2Sim.__file__).parent / "MarkerAugmenter" / "LSTM" / part
session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
numpy.save(out, session.run(["output_0"], {"inputs": numpy.load(given)})[0])
"""


@pytest.fixture
def interpreter() -> str:
    found = os.environ.get("KINEBENCH_POSE2SIM", "")
    if not found:
        pytest.skip("KINEBENCH_POSE2SIM names no environment with Pose2Sim")
    return found


def test_the_gate_of_the_example_is_read() -> None:
    table = tomllib.loads((EXAMPLE / "gate.toml").read_text())["under_test"]
    found = outside_of(table, "[under_test]", EXAMPLE)
    assert isinstance(found, CommandLine)
    assert "estimate.py" in [path.name for path in found.sources]
    assert found.names.markers == {"Hip": "midHip"}


@pytest.mark.mirror
@pytest.mark.parametrize("part", ["lower", "upper"])
def test_its_onnx_file_is_our_augmenter(
    part: str, interpreter: str, tmp_path: Path, mirror_file: Callable[[str], Path]
) -> None:
    """Two implementations of one network: measured 2.4e-7 of the body height at most."""
    mirror_file(f"MarkerAugmenter/LSTM/v0.3_{part}/weights.h5")
    network = load_networks(version("v0.3"))[("lower", "upper").index(part)]
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((1, 300, network.n_features)).astype(np.float32)
    np.save(tmp_path / "given.npy", rows)
    paths = [str(tmp_path / name) for name in ("given.npy", "out.npy")]
    subprocess.run([interpreter, "-c", ONNX, f"v0.3_{part}", *paths], check=True, timeout=120)
    # rounding of float32 over 300 frames and two layers stays far below; 1e-5 is 20 micrometres
    np.testing.assert_allclose(
        lstm.predict(network, rows), np.load(tmp_path / "out.npy"), rtol=0, atol=1e-5
    )


def test_the_example_gives_a_motion_near_the_truth(interpreter: str) -> None:
    source = LabSource(
        Population().subject(80), Squat(repetitions=1), "squat", two_phones(), "lab", 15.0
    )
    trial = source({})
    table = tomllib.loads((EXAMPLE / "gate.toml").read_text())["under_test"]
    template = table["command"].replace("venv/bin/python", interpreter)
    pipeline = outside_of({**table, "command": template + " --simple"}, "[under_test]", EXAMPLE)
    motion = pipeline(trial)
    assert trial.reference_motion is not None
    assert motion.n_frames == trial.keypoints.n_frames
    assert {"lumbar_extension", "lumbar_bending", "lumbar_rotation"} <= set(motion.names)
    error = motion.select(["knee_angle_r"]).values - trial.reference_motion.select(
        ["knee_angle_r"]).values  # fmt: skip
    # a knee bent the wrong way, in radians or of the other leg's phase is off by more
    assert np.degrees(np.sqrt((error**2).mean())) < 20


def test_the_report_tells_truth_from_another_result_and_misses_nothing(tmp_path: Path) -> None:
    """Angles of both sides are averaged: 1° right and 3° left are 2°."""
    header = "subject,trial,activity,pipeline,kind,item,metric,value,unit"
    rows = [
        f"{subject},{name},a,{pipeline},coordinate,{angle}_{side},{metric},{np.radians(size)},rad"
        for subject, name in (trial.split(", ") for trial in report.references())
        for pipeline in report.PIPELINES
        for angle in ("knee_angle", "ankle_angle")
        for side, size in (("r", 1.0), ("l", 3.0 if pipeline == "OpenCap" else 5.0))
        for metric in report.METRICS
    ]
    results = tmp_path / "results.csv"
    results.write_text("\n".join([header, *rows]))
    text = report.page(results)
    assert "| adults-80, gait | the truth | legs | 2.0 | 3.0 |" in text
    assert "| subject 0, Asym_0 | OpenCap's own result | legs | 2.0 | 3.0 |" in text
    assert "| knee_angle | 2.0 / 2.0 / 2.0 | 3.0 / 3.0 / 3.0 |" in text
    results.write_text(
        "\n".join([header, *(row for row in rows if "Asym_0,a,Pose2Sim" not in row)])
    )
    with pytest.raises(ValueRangeError, match="no result of Pose2Sim for subject 0, Asym_0"):
        report.page(results)


def test_the_report_that_is_there_is_of_the_study_that_is_there() -> None:
    text = report.PAGE.read_text(encoding="utf-8")
    for trial, reference in report.references().items():
        assert f"| {trial} | {reference} | legs |" in text
