"""Lists of pairs as studies, and the example files that people start from."""

from __future__ import annotations

import csv
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Coordinate, Motion
from kinebench.errors import FileFormatError
from kinebench.io.mot import write_motion
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.studies.files.study_file import read_study
from kinebench.studies.sources.lab_session import LabSession

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "studies"
COORDINATES = (Coordinate("hip_flexion_r"), Coordinate("knee_angle_r"))
TIMES = np.arange(61) / 60
ERRORS_DEG = {("opencap", "anna"): 4.0, ("opencap", "ben"): 6.0,
              ("theia", "anna"): 2.0, ("theia", "ben"): 3.0}  # fmt: skip


def save(path: Path, error_deg: float, late_s: float = 0.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = 0.5 * np.sin(3 * TIMES)[:, None] * [1, 2] + math.radians(error_deg)
    write_motion(path, Motion(COORDINATES, TIMES + late_s, values))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example of pairs, with motions whose errors are known."""
    for name in ("pairs.toml", "pairs.csv"):
        shutil.copy(EXAMPLES / name, tmp_path)
    for subject in ("anna", "ben"):
        save(tmp_path / "mocap" / subject / "squats1.mot", 0.0)
    for (method, subject), error in ERRORS_DEG.items():
        save(tmp_path / method / subject / "squats1.mot", error)
    return tmp_path


def figures(out: Path) -> dict[tuple[str, str, str], float]:
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["method"], row["subject"], row["item"]): float(row["value"])
            for row in csv.DictReader(file)
            if (row["kind"], row["metric"]) == ("coordinate", "rmse")
        }


def test_the_example_of_pairs_runs_and_measures_what_compare_does(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / "out"
    assert main(["study", "run", str(folder / "pairs.toml"), "--out", str(out),
                 "--workers", "1"]) == 0  # fmt: skip
    found = figures(out)
    assert found.keys() == {(m, s, c.name) for m, s in ERRORS_DEG for c in COORDINATES}
    for (method, subject, _), value in found.items():
        assert value == pytest.approx(math.radians(ERRORS_DEG[method, subject]), abs=1e-6)
    assert "two methods" in (out / "report.html").read_text("utf-8")


def test_a_lag_of_the_list_is_taken_out(folder: Path) -> None:
    save(folder / "theia" / "ben" / "squats1.mot", 3.0, late_s=0.4)
    rows = (folder / "pairs.csv").read_text().splitlines()
    rows = [row + (",lag_s" if i == 0 else ",0.4" if "theia/ben" in row else ",")
            for i, row in enumerate(rows)]  # fmt: skip
    (folder / "pairs.csv").write_text("\n".join(rows))
    assert main(["study", "run", str(folder / "pairs.toml"), "--out", str(folder / "out"),
                 "--workers", "1"]) == 0  # fmt: skip
    found = figures(folder / "out")
    assert found["theia", "ben", "knee_angle_r"] == pytest.approx(math.radians(3.0), abs=1e-4)


def test_a_method_without_a_trial_skips_it_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (folder / "pairs.csv").read_text().splitlines()
    (folder / "pairs.csv").write_text("\n".join(rows[:-1]))
    assert main(["study", "run", str(folder / "pairs.toml"), "--out", str(folder / "out"),
                 "--workers", "1"]) == 0  # fmt: skip
    assert "the list has no ben/squats1 by theia" in capsys.readouterr().err
    assert ("theia", "ben", "knee_angle_r") not in figures(folder / "out")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("[base]\nengine = 'fast'\n", "base has no use beside it"),
        ("[[factors]]\nname = 'a'\npath = 'clean'\nlevels = ['none']\n", "factors has no use"),
    ],
)
def test_nothing_that_runs_stands_beside_pairs(change: str, told: str, folder: Path) -> None:
    study = folder / "pairs.toml"
    study.write_text(study.read_text("utf-8") + change, "utf-8")
    with pytest.raises(FileFormatError, match=told):
        read_study(study)


def test_a_trial_has_one_reference(folder: Path) -> None:
    save(folder / "mocap" / "anna" / "other.mot", 1.0)
    text = (folder / "pairs.csv").read_text()
    (folder / "pairs.csv").write_text(
        text.replace("mocap/anna/squats1.mot,theia", "mocap/anna/other.mot,theia")
    )
    with pytest.raises(FileFormatError, match="anna/squats1 has two references"):
        read_study(folder / "pairs.toml")


def test_the_example_of_ones_own_recordings_reads_what_it_names(tmp_path: Path) -> None:
    """On laboratory-made sessions and files in its places, and the body that needs no data."""
    for number, trial in ((1, "squats"), (2, "squats1")):
        lab = LabSession(Population().subject(number), ((trial, Squat(repetitions=1)),),
                         errors=two_phones())  # fmt: skip
        lab.write(tmp_path / f"OpenCapData_{number}")
    session = tmp_path / "OpenCapData_2"
    for person in ("ben", "carl"):
        (tmp_path / "mocap" / person).mkdir(parents=True)
        (tmp_path / "keypoints" / person).mkdir(parents=True)
        own = next(session.rglob("squats1.mot"))
        shutil.copy(own, tmp_path / "mocap" / person / "squats1.mot")
        for name, place in (("squats1", "squats1"), ("neutral", "static1")):
            keypoints = next((session / "MarkerData").rglob(f"{name}.trc"))
            shutil.copy(keypoints, tmp_path / "keypoints" / person / f"{place}.trc")
    text = (EXAMPLES / "own.toml").read_text("utf-8")
    lab_body = 'engine = "fast"\nbody = "lab"\naugmenter = "lab-1"'
    (tmp_path / "own.toml").write_text(text.replace('engine = "fast"', lab_body, 1), "utf-8")
    study = read_study(tmp_path / "own.toml")
    trials = {(one.subject, one.name): one for one in study.sources}
    assert set(trials) == {("anna", "squats"), ("ben", "squats1"), ("carl", "squats1")}
    reference = trials["ben", "squats1"]({}).reference_motion
    assert reference is not None
    assert not [name for name in reference.names if name.startswith("pelvis_t")]
    assert [level.label for level in study.factors[0].levels] == ["none", "6 Hz"]
