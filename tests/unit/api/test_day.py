"""A person's day in Python, beside the same on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kinebench as kb
from kinebench.cli.main import main
from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.pipeline.outputs import OUTPUT_FILES
from kinebench.pipeline.run_result import RunResult

WORDS = ("--body", "lab", "--augmenter", "lab-1", "--warm-up", "1", "--engine", "fast")


@pytest.fixture(scope="module")
def files(squat: kb.Trial, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    kb.write(folder / "squat.trc", squat.keypoints)
    assert squat.static is not None
    assert squat.reference_motion is not None
    kb.write(folder / "static.trc", squat.static)
    kb.write(folder / "truth.mot", squat.reference_motion)
    return folder


@pytest.fixture(scope="module")
def recorded(files: Path, squat: kb.Trial) -> dict[str, Any]:
    """The options of Python and, below them, the same words."""
    return {
        "keypoints": files / "squat.trc",
        "static": files / "static.trc",
        "mass": squat.subject.mass_kg,
        "height": f"{squat.subject.height_m * 100!r}cm",
    }


def words(recorded: dict[str, Any]) -> list[str]:
    return [word for name, value in recorded.items() for word in (f"--{name}", str(value))]


@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")
def test_run_writes_what_the_command_writes(
    recorded: dict[str, Any], lab: dict[str, Any], tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    result = kb.run(**recorded, **lab, out=ours)
    assert main(["run", *words(recorded), *WORDS, "--out", str(theirs)]) == 0
    for name in OUTPUT_FILES[:-1]:
        assert (ours / name).read_bytes() == (theirs / name).read_bytes(), name
    one, other = (json.loads((place / "run.json").read_text()) for place in (ours, theirs))
    assert one["results"] == other["results"]
    assert one["outputs"] == other["outputs"]
    assert isinstance(result, RunResult)
    with pytest.raises(kb.KinebenchError, match="holds results already"):
        kb.run(**recorded, **lab, out=ours)
    kb.run(**recorded, **lab, out=ours, overwrite=True)


def test_a_trial_in_memory_is_run_as_its_files_are(
    result: Any, recorded: dict[str, Any], lab: dict[str, Any]
) -> None:
    """But for the eighth decimal of the files, 1e-8 m."""
    with pytest.warns(KinebenchWarning):
        from_files = kb.run(**recorded, **lab)
    assert from_files.motion.names == result.motion.names
    np.testing.assert_allclose(from_files.motion.values, result.motion.values, atol=1e-5)


def test_doubts_are_warnings_at_the_callers_line(squat: kb.Trial, lab: dict[str, Any]) -> None:
    with pytest.warns(KinebenchWarning) as told:
        kb.run(squat, **lab)
    assert {Path(one.filename).name for one in told} == {Path(__file__).name}


def test_a_result_is_shown_with_its_light_and_its_run(result: Any) -> None:
    assert repr(result) == f"<RunResult one squat: {result.light}; {result.run!r}>"
    assert result._repr_html_() == result.run._repr_html_()
    assert "<svg" in result._repr_html_()


@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")
def test_the_stages_one_by_one_give_what_a_run_gives(squat: kb.Trial, lab: dict[str, Any]) -> None:
    """Of one that leaves markers at the height at which they are, bit for bit."""
    result = kb.run(squat, **lab, no_floor=True)

    def augmented(markers: kb.Markers) -> kb.Markers:
        filled = kb.clean(markers, "fill-linear:0.5")
        return kb.augment(filled, squat.subject, "lab-1", warm_up=1.0)

    assert squat.static is not None
    scaled = kb.scale(augmented(squat.static), squat.subject, body="lab", engine="fast")
    assert scaled.model == result.model
    solution = kb.solve(scaled.model, augmented(squat.keypoints), engine="fast")
    assert solution.motion == result.motion


def test_compare_says_what_the_command_says(
    files: Path, result: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kb.write(tmp_path / "video.mot", result.motion)
    pair = (files / "truth.mot", tmp_path / "video.mot")
    found = kb.compare(*pair, coordinates=["knee_angle_r", "pelvis_ty"])
    table = tmp_path / "figures.csv"
    asked = ("--coordinates", "knee_angle_r,pelvis_ty", "--csv", str(table))
    assert main(["compare", *map(str, pair), *asked]) == 0
    printed = capsys.readouterr().out
    assert str(found).splitlines()[-1] in printed
    frame = found.to_dataframe()
    assert len(frame) == len(table.read_text().splitlines()) - 1
    rmse = frame.query("metric == 'rmse'").set_index("coordinate")
    truth, ours = kb.read_motion(pair[0]), kb.read_motion(pair[1])
    apart = np.degrees(ours.value("knee_angle_r") - truth.value("knee_angle_r"))
    assert rmse.loc["knee_angle_r", "value"] == pytest.approx(np.sqrt(np.mean(apart**2)))
    assert dict(rmse["unit"]) == {"knee_angle_r": "°", "pelvis_ty": "mm"}
    # values and files, in any mixture
    for mixed in ((truth, ours), (pair[0], ours), (truth, str(pair[1]))):
        again = kb.compare(*mixed, coordinates=["knee_angle_r", "pelvis_ty"]).to_dataframe()
        np.testing.assert_allclose(again["value"], frame["value"])


def test_methods_are_ranked(files: Path, result: Any, tmp_path: Path) -> None:
    near, far, truth = (tmp_path / name for name in ("near", "far", "truth"))
    for folder in (near, far, truth):
        folder.mkdir()
    reference = kb.read_motion(files / "truth.mot")
    kb.write(truth / "a.mot", reference)
    kb.write(near / "a.mot", result.motion)
    shifted = kb.Motion(result.motion.coordinates, result.motion.times, result.motion.values + 0.2)
    kb.write(far / "a.mot", shifted)
    found = kb.compare(truth, near, far, group="legs")
    assert repr(found) == "<ComparisonResult: 2 methods, 1 trial>"
    assert str(found).startswith("RMSE of the legs: near has the lowest mean")
    assert set(found.to_dataframe()["method"]) == {"near", "far"}
    rows = found.ranking()
    assert {"near", "far"} <= set(map(str, rows.to_numpy().ravel()))
    with pytest.raises(ValueRangeError, match="name two estimates or more"):
        kb.compare(truth, near).ranking()


def test_values_that_cannot_be_compared(result: Any) -> None:
    with pytest.raises(ValueRangeError, match="found Motion, Markers"):
        kb.compare(result.motion, result.markers)
    with pytest.raises(ValueRangeError, match="found Motion, Motion, Motion"):
        kb.compare(result.motion, result.motion, result.motion)
    with pytest.raises(ValueRangeError, match="margin: only with files"):
        kb.compare(result.motion, result.motion, margin=5.0)
    with pytest.raises(kb.KinebenchError, match="name REFERENCE and ESTIMATE"):
        kb.compare()


@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")
@pytest.mark.usefixtures("undrawn")
def test_validate_says_what_the_command_says(files: Path, result: Any, tmp_path: Path) -> None:
    kb.write(tmp_path / "video.mot", result.motion)
    found = kb.validate(files / "truth.mot", tmp_path / "video.mot", lag=0.0)
    table = tmp_path / "figures.csv"
    given = (str(files / "truth.mot"), str(tmp_path / "video.mot"), "--lag", "0")
    assert main(["validate", *given, "--csv", str(table)]) == 0
    assert len(found.to_dataframe()) == len(table.read_text().splitlines()) - 1
    assert any("joint axes" in remark.text for remark in found.remarks)
    found.report(tmp_path / "page.html")
    assert "video.mot" in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")
def test_why_says_what_the_command_says(
    recorded: dict[str, Any], lab: dict[str, Any], tmp_path: Path, capsys: Any
) -> None:
    found = kb.why(**recorded, **lab)
    assert main(["why", *words(recorded), *WORDS, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(found.verdict) == told["verdict"]
    assert str(found) == "\n".join(told["verdict"])
    assert list(found.to_dataframe()["name"]) == [cause["name"] for cause in told["causes"]]
    found.report(tmp_path / "why.html")
    page = (tmp_path / "why.html").read_text("utf-8")
    assert "kinebench why" in page


@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")
def test_audit_gives_the_light_of_the_command(
    recorded: dict[str, Any], squat: kb.Trial, tmp_path: Path, capsys: Any
) -> None:
    asked: dict[str, Any] = {"body": "lab", "augmenter": "lab-1", "warm_up": 1.0}
    found = kb.audit(**recorded, **asked)
    assert main(["audit", *words(recorded), *WORDS[:-2], "--json"]) == int(found.light == "red")
    told = json.loads(capsys.readouterr().out)
    assert told["light"] == found.light == kb.audit(squat, **asked).light
    found.report(tmp_path / "audit.html")
    assert (tmp_path / "audit.html").is_file()
    # without a static trial, and beyond anybody's size, it is not to be trusted blindly
    bad = kb.Trial("bad", kb.Subject(20.0, 1.95), squat.keypoints)
    judged = kb.audit(bad, **asked)
    assert judged.light != "green"
    assert list(judged.to_dataframe().columns) == [
        "trial", "check", "severity", "message", "advice",
    ]  # fmt: skip


def test_what_belongs_to_files_is_refused_with_a_trial(squat: kb.Trial) -> None:
    for options in ({"mass": 70.0}, {"keypoints": "a.trc"}, {"axes": "z-up"}):
        with pytest.raises(ValueRangeError, match=r"only with a session or files, not with a Tri"):
            kb.run(squat, **options)
    with pytest.raises(ValueRangeError, match="trial: only with a session"):
        kb.run(squat, "squats")


GATE = """\
[gate]
name = "tiny"
[pipeline]
body = "lab"
augmenter = "lab-1"
engine = "fast"
[laboratory]
subjects = 1
activities = ["one squat"]
"""


@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")
@pytest.mark.usefixtures("undrawn")
def test_check_is_the_gate(tmp_path: Path) -> None:
    gate = tmp_path / "tiny.toml"
    gate.write_text(GATE)
    with pytest.raises(kb.KinebenchError, match="there is no baseline"):
        kb.check(gate)
    assert main(["baseline", "accept", str(gate), "--reason", "first", "--repeats", "1"]) == 0
    found = kb.check(gate)
    assert found.passed
    assert set(found.to_dataframe()["outcome"]) == {"fine"}
    gate.write_text(GATE.replace('engine = "fast"\n', 'engine = "fast"\nclean = "butterworth:1"\n'))
    moved = kb.check(gate)
    assert not moved.passed
    moved.report(tmp_path / "page.html")
    assert "knee" in (tmp_path / "page.html").read_text("utf-8")
    assert len(moved.to_dataframe()) == len(found.to_dataframe())


STUDY = """\
name = "tiny"
question = "Does a filter matter?"
[base]
engine = "fast"
body = "lab"
augmenter = "lab-1"
[laboratory]
subjects = 1
activities = ["one squat"]
[[factors]]
name = "filter"
path = "clean"
levels = ["none", "butterworth:6"]
"""


@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")
def test_a_study_gives_its_table(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(STUDY)
    found = kb.study(tmp_path / "tiny.toml", tmp_path / "out", workers=1)
    frame = found.to_dataframe()
    assert frame["filter"].nunique() == 2
    rows = (tmp_path / "out" / "results.csv").read_text().splitlines()
    assert len(frame) == len(rows) - 1
    assert found.page.is_file()
    assert repr(found).startswith("<StudyResult tiny: 2 ")
