from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core import Coordinate, Motion
from kinebench.core.provenance import file_sha256
from kinebench.io.mot import write_motion
from kinebench.lab import generic_body

COORDINATES = (Coordinate("knee_angle_r"), Coordinate("pro_sup_r"))
TIMES = np.arange(60) / 60


def save(path: Path, knee_deg: float, forearm_deg: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    errors = np.radians([knee_deg, forearm_deg])
    values = 0.3 * np.sin(6 * TIMES)[:, None] + errors
    write_motion(path, Motion(COORDINATES, TIMES, values))


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """Five subjects; b is 3° worse than a at the knee, c is like a but for chance."""
    noise = (0.3, -0.2, 0.1, -0.3, 0.1)
    for i in range(5):
        file = f"s{i}/walk.mot"
        save(tmp_path / "mocap" / file, 0, 0)
        save(tmp_path / "a" / file, 4 + i, 40)
        save(tmp_path / "b" / file, 7 + i + 0.1 * noise[i], 5)
        save(tmp_path / "c" / file, 4.01 + i + noise[i], 20 + noise[i])
    return [str(tmp_path / name) for name in ("mocap", "b", "a", "c")]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_ranking_on_the_terminal(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *folders]) == 0
    text = flat(capsys.readouterr().out)
    assert text.startswith("RMSE of the legs: a has the lowest mean, 6.00 [")
    assert "; not shown to be better than c." in text
    assert "5 subjects, 5 trials that every method has" in text
    places = [text.index(row) for row in ("1 a 6.00 [", "2 c 6.01 [", "3 b 9.00 [")]
    assert places == sorted(places)
    assert main(["compare", *folders, "--group", "arms"]) == 0
    assert "RMSE of the arms: b has the lowest mean, 5.00" in flat(capsys.readouterr().out)


def test_files(folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, table, tex = (tmp_path / f"out.{ending}" for ending in ("html", "csv", "tex"))
    outputs = ["--report", str(page), "--csv", str(table), "--latex", str(tex)]
    assert main(["compare", *folders, *outputs, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["group"] == "legs"
    assert [one["method"] for one in told["ranking"]] == ["a", "c", "b"]
    knee = next(one for one in told["coordinates"] if one["item"] == "knee_angle_r")
    assert np.degrees(knee["by_subject"]["a"]) == pytest.approx([4, 5, 6, 7, 8], abs=1e-5)
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["method"] for row in rows} == {"a", "b", "c"}
    text = page.read_text(encoding="utf-8")
    assert "Which method for which joint" in text
    for name in ("mocap", "a", "b", "c"):
        assert file_sha256(tmp_path / name / "s0" / "walk.mot") in text
    assert str(tmp_path) not in text
    assert r"knee\_angle\_r" in tex.read_text(encoding="utf-8")


def test_one_subject_is_told(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    files = [f"{folder}/s0/walk.mot" for folder in folders]
    assert main(["compare", *files]) == 0
    text = flat(capsys.readouterr().out)
    assert "of one subject nothing can be said about others" in text
    # the files have one name: their folders tell them apart
    assert "a/s0/walk" in text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--group", "feet"), "feet"),
        (("--model", "m.osim", "--report", "r.html"), "of the one subject whose model it is"),
    ],
)
def test_what_makes_no_sense(
    folders: list[str], options: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *folders, *options]) == 2
    assert told in capsys.readouterr().err


def test_a_lag_of_lowest_error_is_of_the_part_that_is_asked_about(
    folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    pair = [f"{folder}/s1/walk.mot" for folder in folders[:2]]
    for part, named in ((["--group", "arms"], "arms"), ([], "legs")):
        assert main(["compare", *pair, "--align", "minimise", *part]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert f"the lag minimises the reported error: mean rmse of {named}" in said
        assert f"rmse of {named} at that lag: " in said
    # a part that is not scored, and a word that is no part
    for other, told in (
        ("trunk", "it has: legs, arms"),
        ("feet", "it has: legs, pelvis, trunk"),
    ):
        assert main(["compare", *pair, "--align", "minimise", "--group", other]) == 2
        assert told in capsys.readouterr().err


def test_a_page_of_one_method_names_its_files(folders: list[str], tmp_path: Path) -> None:
    page = tmp_path / "one.html"
    assert main(["compare", *folders[:2], "--report", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    for name in ("mocap", "b"):
        assert file_sha256(tmp_path / name / "s4" / "walk.mot") in text


def test_ranking_and_paired_differences_as_csv(folders: list[str], tmp_path: Path) -> None:
    table = tmp_path / "ranking.csv"
    assert main(["compare", *folders, "--ranking", str(table)]) == 0
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    means = {(row["of"], row["method"]): row for row in rows if row["kind"] == "mean"}
    differences = [row for row in rows if row["kind"] == "difference"]
    assert {of for of, _ in means} == {"legs", "arms", "knee_angle_r", "pro_sup_r"}
    assert len(differences) == 4 * 3  # pairs of three methods
    for row in differences:
        one, other = (means[row["of"], row[who]] for who in ("method", "other"))
        assert float(row["value"]) == pytest.approx(float(one["value"]) - float(other["value"]))
        assert row["unit"] == "°"
        assert 0 <= float(row["p"]) <= float(row["p_holm"]) <= 1
        assert float(row["ci_low"]) <= float(row["value"]) <= float(row["ci_high"])
        assert row["n_subjects"] == "5"
    assert {row["of"]: row["family"] for row in differences} == {
        "legs": "legs", "arms": "other parts", "knee_angle_r": "coordinates",
        "pro_sup_r": "coordinates",
    }  # fmt: skip
    ranks = {name: [means["legs", name][key] for key in ("rank", "best_rank", "worst_rank")]
             for name in "abc"}  # fmt: skip
    assert ranks == {"a": ["1", "1", "2"], "c": ["2", "1", "2"], "b": ["3", "3", "3"]}
    # of one method there is no ranking
    assert main(["compare", *folders[:2], "--ranking", str(table)]) == 2


def test_the_page_has_agreement_and_curve_tests_of_each_method(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eight subjects; a errs in the middle of a repetition alone, b nowhere but by chance."""
    times = np.arange(101) / 50
    bump = np.exp(-(((times - 1) / 0.15) ** 2))
    rng = np.random.default_rng(8)
    (tmp_path / "events.csv").write_text("name,start_s,end_s,trial\nsquat 1,0,2,\n")
    for subject in range(8):
        course = np.sin(times + 0.1 * subject)
        errors = {"mocap": 0 * bump, "a": 0.2 * bump, "b": 0.0 * bump}
        for name, error in errors.items():
            chance = 0 if name == "mocap" else 0.005 * rng.normal(size=2)[:, None] * [1, 0.5]
            values = (course + error)[:, None] + np.sum(chance)
            place = tmp_path / name / f"s{subject}" / "squat.mot"
            place.parent.mkdir(parents=True, exist_ok=True)
            write_motion(place, Motion(COORDINATES[:1], times, values))
    page = tmp_path / "page.html"
    folders = [str(tmp_path / name) for name in ("mocap", "a", "b")]
    asked = ["--events", str(tmp_path / "events.csv"), "--report", str(page), "--json"]
    assert main(["compare", *folders, *asked]) == 0
    told = json.loads(capsys.readouterr().out)["agreement"]
    (a,), (b,) = (told[name]["curves"] for name in ("a", "b"))
    (cluster,) = a["clusters"]
    assert 25 < cluster["start"] < 50 < cluster["stop"] < 75
    # two methods of one coordinate: the smaller p counts double
    assert a["p_holm"] == pytest.approx(min(1.0, 2 * a["p"]))
    assert b["clusters"] == []
    assert b["p_holm"] > 0.05
    assert {row["outcome"] for row in told["a"]["outcomes"]} >= {"mean", "highest", "range"}
    text = page.read_text("utf-8")
    assert text.count("Bland–Altman plot of the outcome") == 2
    assert text.count("corrected after Holm for the coordinates of all 2 methods") == 2
    assert text.count("mean difference over a repetition, and where it is beyond chance") == 1


def test_joint_centres_take_a_model_of_every_subject(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for number in range(5):
        (models / f"s{number}.osim").write_bytes(generic_body().model.xml)
    assert main(["compare", *folders[:2], "--model", str(models), "--json"]) == 0
    rows = {row["joint"]: row for row in json.loads(capsys.readouterr().out)["joint_centres"]}
    # the knee's error turns the shank alone
    assert rows["right knee"]["in_ground"]["summary"]["mean"] == pytest.approx(0, abs=1e-9)
    ankle = rows["right ankle"]["in_ground"]
    assert ankle["summary"]["n_subjects"] == 5
    assert 0.02 < ankle["interval"]["low"] < ankle["summary"]["mean"] < ankle["interval"]["high"]
    (models / "s3.osim").unlink()
    assert main(["compare", *folders[:2], "--model", str(models)]) == 2
    assert "has no models of s3" in capsys.readouterr().err
