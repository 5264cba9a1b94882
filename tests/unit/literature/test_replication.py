"""Studies repeated: on motions with known errors, on a laboratory's sessions, on public files."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.comparison.procedure import LOWER_BODY_21
from kinebench.core import Coordinate, Motion
from kinebench.core.provenance import changed_on, file_sha256
from kinebench.datasets import Places
from kinebench.datasets.registration import add_dataset
from kinebench.errors import DatasetError, NameNotFoundError
from kinebench.io.mot import write_motion
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.literature import Replication, Row, pairs_of_copy, replicate, study
from kinebench.literature.published import ANGLES, LARGEST, SMALLEST, TRANSLATIONS
from kinebench.studies.sources.lab_session import LabSession
from tests.unit.literature.miniature import build_miniature

NAMES = (*LOWER_BODY_21, "arm_flex_r")
ERRORS_DEG = {name: 1.0 + 0.25 * place for place, name in enumerate(NAMES)}
OFFSET_M, WAVE_M = 0.1, 0.005
SIXTEEN = np.arange(48) / 100


def motion(error: float | None = None) -> Motion:
    """A reference, or an estimate whose errors are `error` times the known ones.

    Angles are off by a constant each, translations by one offset and ±5 mm.
    """
    coordinates = tuple(
        Coordinate(name, "translational" if name.startswith("pelvis_t") and name != "pelvis_tilt"
                   else "rotational")
        for name in NAMES
    )  # fmt: skip
    values = 0.3 * np.sin(SIXTEEN[:, None] * np.arange(2, len(NAMES) + 2))
    if error is not None:
        wave = WAVE_M * (-1.0) ** np.arange(len(SIXTEEN))
        for place, coordinate in enumerate(coordinates):
            turns = coordinate.kind == "rotational"
            values[:, place] += error * (
                math.radians(ERRORS_DEG[coordinate.name]) if turns else OFFSET_M + wave
            )
    return Motion(coordinates, SIXTEEN, values)


def write(folder: Path, subject: str, trial: str, error: float, setup: str = "HRNet/2-cameras"):
    """A trial in the published layout."""
    for path, content in (
        (f"OpenSimData/Mocap/IK/{trial}.mot", motion()),
        (f"OpenSimData/Video/{setup}/IK/{trial}.mot", motion(error)),
    ):
        target = folder / subject / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_motion(target, content)
    (folder / subject / "sessionMetadata.yaml").write_text("mass_kg: 70\nheight_m: 1.7\n")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two walks of one subject, one of another that errs four times as much, one of each kind."""
    folder = tmp_path_factory.mktemp("made") / "LabValidation"
    for subject, trial, error in (
        ("subject2", "walking1", 1.0), ("subject2", "walkingTS2", 1.0),
        ("subject3", "walking3", 4.0), ("subject3", "static1", 9.0),
    ):  # fmt: skip
        write(folder, subject, trial, error)
    return folder


@pytest.fixture(scope="module")
def opencap(copy: Path) -> Replication:
    of = study("opencap-2023")
    return replicate(of, pairs_of_copy(of, copy))


def row(of: Replication, activity: str, what: str) -> Row:
    return next(one for one in of.rows if (one.activity, one.of) == (activity, what))


ANGLE_NAMES = [
    name for name in LOWER_BODY_21 if name not in ("pelvis_tx", "pelvis_ty", "pelvis_tz")
]


def test_the_authors_pool_trials_and_count_both_sides(opencap: Replication) -> None:
    """Constant errors: MAE = |bias|. Trials (1 + 1 + 4) / 3 = 2 times the mean over 18 angles."""
    expected = 2 * np.mean([ERRORS_DEG[name] for name in ANGLE_NAMES])
    found = row(opencap, "walking", ANGLES)
    assert math.degrees(found.authors) == pytest.approx(expected, abs=1e-6)
    assert (found.n_subjects, found.n_trials) == (2, 3)
    assert math.degrees(found.distance or 0) == pytest.approx(expected - 4.1, abs=1e-6)


def test_the_default_averages_subjects_and_counts_a_joint_once(opencap: Replication) -> None:
    """Subjects (1 + 4) / 2 = 2.5 times the mean over 6 single and 6 bilateral angles."""
    single = [ERRORS_DEG[name] for name in ANGLE_NAMES if not name.endswith(("_r", "_l"))]
    pairs = [
        (ERRORS_DEG[name] + ERRORS_DEG[f"{name[:-2]}_l"]) / 2
        for name in ANGLE_NAMES
        if name.endswith("_r")
    ]
    assert (len(single), len(pairs)) == (6, 6)
    found = row(opencap, "walking", ANGLES)
    expected = 2.5 * np.mean([*single, *pairs])
    assert math.degrees(found.default) == pytest.approx(expected, abs=1e-6)
    # Student with one degree of freedom: 12.706 times half the distance of two subjects
    half = 12.7062 * 1.5 * np.mean([*single, *pairs])
    assert math.degrees(found.interval.high - found.default) == pytest.approx(half, rel=1e-4)


def test_the_smallest_and_largest_are_of_coordinates_with_both_sides_as_one(
    opencap: Replication,
) -> None:
    sided = [(ERRORS_DEG[n] + ERRORS_DEG[f"{n[:-2]}_l"]) / 2 for n in NAMES if n.endswith("_r")
             and f"{n[:-2]}_l" in NAMES]  # fmt: skip
    single = [ERRORS_DEG[n] for n in ANGLE_NAMES if not n.endswith(("_r", "_l"))]
    for what, chosen in ((SMALLEST, min), (LARGEST, max)):
        found = math.degrees(row(opencap, "all", what).authors)
        assert found == pytest.approx(2 * chosen([*sided, *single]), abs=1e-6)
    knee = math.degrees(row(opencap, "all", "knee_angle").authors)
    assert knee == pytest.approx(ERRORS_DEG["knee_angle_r"] + ERRORS_DEG["knee_angle_l"], abs=1e-6)
    assert not any(one.of == "arm_flex_r" for one in opencap.rows)


def test_the_constant_offset_of_translations_is_the_authors_to_remove(
    opencap: Replication,
) -> None:
    """MAE of ±5 mm is 5 mm, times 2; RMSE with the offset √(100² + 5²) mm, times 2.5."""
    found = row(opencap, "walking", TRANSLATIONS)
    assert found.authors == pytest.approx(2 * WAVE_M, abs=1e-7)
    assert found.default == pytest.approx(2.5 * math.hypot(OFFSET_M, WAVE_M), abs=1e-7)


def test_steps_lead_from_the_default_to_the_authors(opencap: Replication) -> None:
    for found in opencap.rows:
        assert found.steps[0].value == pytest.approx(found.default)
        assert found.steps[-1].value == pytest.approx(found.authors)
    angles = row(opencap, "walking", ANGLES).steps
    assert [step.decision.split()[0] for step in angles] == [
        "kinebench's", "mae", "pooling", "clock",
    ]  # fmt: skip
    # constant errors: neither the metric nor offsets of translations move an angle
    assert angles[1].value == pytest.approx(angles[0].value)
    assert angles[3].value == pytest.approx(angles[2].value)


def test_what_is_not_the_study_is_not_comparable(opencap: Replication) -> None:
    assert row(opencap, "walking", ANGLES).reasons == ("2 of 10 subjects", "3 of 60 trials")
    assert [one.item for one in opencap.left_out] == ["subject3/static1"]
    assert {one.activity for one in opencap.rows} == {"walking", "all"}


def test_a_whole_set_of_the_study_s_own_is_comparable(tmp_path: Path) -> None:
    for number in range(2, 12):
        write(tmp_path, f"subject{number}", "walking1", 1.0)
    of = study("opencap-2023")
    trials = pairs_of_copy(of, tmp_path)
    card = replace(trials.holdings.card, trials=(("walking", 1),))
    whole = replace(trials, holdings=replace(trials.holdings, card=card))
    found = replicate(of, whole)
    assert row(found, "walking", ANGLES).reasons == ()
    one = replace(whole, pairs=whole.pairs[:1], estimate="OpenPose_default/2-cameras")
    *_, reason = row(replicate(of, one), "walking", ANGLES).reasons
    assert "the study's of HRNet/2-cameras" in reason


def test_opencapbench_forgives_a_delay_and_the_default_does_not(tmp_path: Path) -> None:
    write(tmp_path, "subject2", "walking1", 0.0)
    late = motion(0.0)
    late = replace(late, times=late.times + 0.05)
    write_motion(tmp_path / "subject2/OpenSimData/Video/HRNet/2-cameras/IK/walking1.mot", late)
    of = study("opencapbench")
    found = replicate(of, pairs_of_copy(of, tmp_path))
    knee = row(found, "all", "knee_angle")
    assert math.degrees(knee.authors) < 1e-3
    assert math.degrees(knee.default) > 5
    assert [step.decision.split()[0] for step in knee.steps] == ["kinebench's", "pooling", "clock"]
    assert knee.published is not None


@pytest.mark.parametrize(
    "place",
    [
        "subject2/walking1.mot",
        "out/SUBJECT2/any/walking1.mot",
        "subject2/walking1/kinematics.mot",
        "subject2_Session1/OpenSimData/Kinematics/walking1.mot",
    ],
)
def test_motions_of_ones_own_are_found(place: str, copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine" / place
    target.parent.mkdir(parents=True)
    write_motion(target, motion(3.0))
    of = study("falisse-2025")
    trials = pairs_of_copy(of, copy, estimates=tmp_path / "mine")
    assert [(pair.subject, pair.trial) for pair in trials.pairs] == [("subject2", "walking1")]
    found = row(replicate(of, trials), "all", ANGLES)
    assert math.degrees(found.authors) == pytest.approx(
        3 * np.mean([ERRORS_DEG[name] for name in ANGLE_NAMES]), abs=1e-6
    )
    assert "the estimates are those of mine, not the study's" in found.reasons


def test_two_motions_of_one_trial_are_told(copy: Path, tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place / "subject2").mkdir(parents=True)
        write_motion(tmp_path / place / "subject2" / "walking1.mot", motion(1.0))
    with pytest.raises(DatasetError, match="several motions of subject2/walking1"):
        pairs_of_copy(study("falisse-2025"), copy, estimates=tmp_path)


def test_what_a_copy_does_not_have_is_told(copy: Path, tmp_path: Path) -> None:
    of = study("opencap-2023")
    with pytest.raises(NameNotFoundError, match="did you mean 'HRNet/2-cameras'"):
        pairs_of_copy(of, copy, "HRnet/2-camera")
    with pytest.raises(NameNotFoundError, match="a folder with your own"):
        pairs_of_copy(study("falisse-2025"), copy)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match=r"no trial of .* has a motion of empty"):
        pairs_of_copy(of, copy, estimates=tmp_path / "empty")
    with pytest.raises(DatasetError, match="no folder"):
        pairs_of_copy(of, copy, estimates=tmp_path / "absent")


def test_a_trial_that_cannot_be_scored_is_left_out_with_its_reason(
    copy: Path, tmp_path: Path
) -> None:
    for subject, trial in (("subject2", "walking1"), ("subject3", "walking3")):
        write(tmp_path, subject, trial, 1.0)
    broken = tmp_path / "subject3/OpenSimData/Video/HRNet/2-cameras/IK/walking3.mot"
    broken.write_text("no motion\n")
    of = study("opencap-2023")
    found = replicate(of, pairs_of_copy(of, tmp_path))
    assert row(found, "all", ANGLES).n_trials == 1
    assert [one.item for one in found.left_out] == ["subject3/walking3"]


def test_the_command_prints_and_writes(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, table = tmp_path / "o.html", tmp_path / "o.csv"
    options = ["validate", "--preset", "opencap-2023", str(copy)]
    assert main([*options, "--report", str(page), "--csv", str(table)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Uhlrich et al. 2023 (OpenCap) on 3 trials of 2 of its 10 subjects" in told
    assert "not comparable: 2 of 10 subjects; 3 of 60 trials" in told
    assert "left out: subject3/static1: the study does not score such trials" in told
    text = page.read_text(encoding="utf-8")
    for said in ("What separates the two procedures", "10.1371/journal.pcbi.1011462", "4.1*"):
        assert said in text
    assert str(copy) not in text, "a page tells nobody's folders"
    # every file that was scored, with its digest and the day of the data
    for file in ("Mocap/IK/walking1.mot", "Video/HRNet/2-cameras/IK/walking1.mot"):
        assert file_sha256(copy / "subject2" / "OpenSimData" / file) in text
    assert changed_on(copy / "subject2" / "OpenSimData" / "Mocap" / "IK" / "walking1.mot") in text
    assert "subject3, walking3: HRNet/2-cameras" in text
    with table.open(encoding="utf-8", newline="") as lines:
        rows = {(line["activity"], line["of"]): line for line in csv.DictReader(lines)}
    walking = rows["walking", ANGLES]
    assert (walking["published"], walking["read"], walking["comparable"]) == ("4.1", "quoted", "no")
    assert main([*options, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["rows"][0]["authors_procedure"] == pytest.approx(
        math.radians(float(walking["authors_procedure"]))
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--preset", "opencap-2022", "COPY"], "did you mean 'opencap-2023'"),
        (["--preset", "opencap-2023", "COPY", "--lag", "1", "--trial", "a"], "--trial and --lag"),
        (["--preset", "opencap-2023", "COPY", "COPY", "--variant", "a/b"], "leave out the folder"),
        (["--preset", "opencap-2023", "simtk-labvalidation"], "no copy of simtk-labvalidation"),
        (["--preset", "opencap-2023", "absent"], "absent is no folder"),
        (["COPY"], "name the video beside the mocap"),
    ],
)
def test_wrong_usage_is_one_line(
    options: list[str], said: str, copy: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setenv("KINEBENCH_CARDS", str(tmp_path))
    assert main(["validate", *(str(copy) if o == "COPY" else o for o in options)]) == 2
    assert said in capsys.readouterr().err


def test_a_copy_that_was_added_goes_by_its_name(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    places = Places(tmp_path / "cache", tmp_path / "cards")
    trc = copy / "subject2" / "MarkerData" / "Mocap" / "walking1.trc"
    trc.parent.mkdir(parents=True)
    trc.write_bytes(b"x")
    try:
        add_dataset(copy, "simtk-labvalidation", places=places)
    finally:
        trc.unlink()
    monkeypatch.setenv("KINEBENCH_CARDS", str(tmp_path / "cards"))
    assert main(["validate", "--preset", "opencap-2023", "simtk-labvalidation"]) == 0
    assert "on 3 trials of 2 of its 10 subjects" in capsys.readouterr().out


def test_two_sessions_of_the_laboratory_in_the_published_layout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Filmed, augmented and solved: what the laboratory knows is there as mocap."""
    for number in (2, 3):
        lab = LabSession(
            Population().subject(number),
            (("squats1", Squat()),),
            errors=two_phones(),
        )
        lab.write(tmp_path / f"subject{number}", "labvalidation")
    assert main(["data", "index", "simtk-labvalidation", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["subjects"]["subject3"]["trial"] == ["squats1", "static1"]
    assert found["subjects"]["subject3"]["cameras"] == ["2-cameras"]
    assert main(["validate", "--preset", "opencap-2023", str(tmp_path), "--json"]) == 0
    rows = {(r["activity"], r["of"]): r for r in json.loads(capsys.readouterr().out)["rows"]}
    squats = rows["squats", ANGLES]
    assert (squats["n_subjects"], squats["n_trials"]) == (2, 2)
    assert math.radians(0.5) < squats["authors_procedure"] < math.radians(8)
    # the mean absolute error is never above the root mean square
    assert squats["steps"][1]["value"] <= squats["steps"][0]["value"]


def test_the_public_fragments_in_the_published_layout(
    mirror_file: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_miniature(tmp_path, mirror_file)
    assert main(["data", "index", "simtk-labvalidation", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found["subjects"]) == ["subject2", "subject3", "subject4", "subject5"]
    assert len(found["samples"]) == 7
    assert found["unknown"] == 0
    missing = {one["what"]: (one["found"], one["expected"]) for one in found["missing"]}
    assert missing["trials of DJ"] == (2, 12)
    assert missing["{subject}/sessionMetadata.yaml"] == (2, 4)
    assert main(["validate", "--preset", "opencap-2023", str(tmp_path), "--json"]) == 0
    rows = {(r["activity"], r["of"]): r for r in json.loads(capsys.readouterr().out)["rows"]}
    walking = rows["walking", ANGLES]
    assert walking["reasons"] == ["1 of 10 subjects", "1 of 60 trials"]
    assert math.radians(2) < walking["authors_procedure"] < math.radians(4.1)
    # RMSE of the default, known from the two files: hip 2.3 and 1.8, knee 2.3 and 2.4, ankle 5.3
    # and 6.4 degrees, right and left
    for name, known in (("hip_flexion", 2.05), ("knee_angle", 2.35), ("ankle_angle", 5.85)):
        assert math.degrees(rows["all", name]["default"]) == pytest.approx(known, abs=0.06)
