from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.compare import add_arguments, run
from kinebench.cli.main import main
from kinebench.core import Coordinate, Markers, Motion
from kinebench.core.motion import Kind
from kinebench.errors import KinebenchError
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc
from kinebench.lab import generic_body


def motion() -> Motion:
    times = np.arange(301) / 100
    values = np.stack([0.9 + 0.1 * np.cos(times), 0.5 * np.sin(6 * times)], axis=1)
    coordinates = (Coordinate("pelvis_ty", "translational"), Coordinate("knee_angle_r"))
    return Motion(coordinates, times, values)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    reference, estimate = tmp_path / "mocap.mot", tmp_path / "video.mot"
    write_motion(reference, motion())
    write_motion(estimate, replace(motion(), values=motion().values + np.radians(2)))
    return str(reference), str(estimate)


@pytest.fixture
def compared(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def compare(*arguments: str) -> str:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        assert run(parser.parse_args(arguments)) == 0
        return capsys.readouterr().out

    return compare


def test_the_table_and_what_other_lags_would_give(
    files: tuple[str, str], compared: Callable[..., str]
) -> None:
    lines = compared(*files).splitlines()
    assert lines[0] == "estimate − reference: mocap"
    row = next(line.split() for line in lines if line.startswith("knee_angle_r"))
    assert row[:6] == ["knee_angle_r", "°", "2.00", "2.00", "2.00", "0.00"]
    text = " ".join(" ".join(lines).split())
    assert "alignment: none, lag +0.0000 s, 301 of 301 frames (0 to 3 s)" in text
    assert "policy minimise would give" in text


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_the_table_fits_the_terminal(
    files: tuple[str, str],
    compared: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = compared(*files)
    assert max(map(len, text.splitlines())) <= columns
    assert (
        sum(line.startswith("knee_angle_r") for line in text.splitlines())
        == ({40: 5, 60: 2, 100: 1}[columns])
    )


def test_json_is_json(files: tuple[str, str], compared: Callable[..., str]) -> None:
    content = json.loads(compared(*files, "--json", "--coordinates", "knee_angle_r"))
    figures = {row["metric"]: row for row in content["pairs"][0]["figures"]}
    assert figures["rmse"]["value"] == pytest.approx(np.radians(2), abs=1e-6)
    assert figures["rmse"]["unit"] == "rad"
    assert content["pairs"][0]["excluded"] == [{"item": "pelvis_ty", "reason": "not asked for"}]


def test_files_that_are_asked_for(
    files: tuple[str, str], compared: Callable[..., str], tmp_path: Path
) -> None:
    table, latex, report = (tmp_path / name for name in ("t.csv", "t.tex", "r.html"))
    compared(*files, "--csv", str(table), "--latex", str(latex), "--report", str(report))
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rmse = next(r for r in rows if (r["coordinate"], r["metric"]) == ("knee_angle_r", "rmse"))
    assert float(rmse["value"]) == pytest.approx(2.0, abs=1e-4)
    assert r"knee\_angle\_r & \textdegree{} & 2.00" in latex.read_text(encoding="utf-8")
    assert "knee_angle_r" in report.read_text(encoding="utf-8")


def test_a_preset_says_how_it_differs(files: tuple[str, str], compared: Callable[..., str]) -> None:
    text = " ".join(compared(*files, "--preset", "opencap-2023").split())
    assert "procedure opencap-2023 after Uhlrich et al. 2023" in text
    assert "- 21 coordinates only" in text
    row = next(
        line for line in compared(*files, "--preset", "lbmc-2025").splitlines() if "100 of" in line
    )
    assert "by index" in row


def test_alignment_and_window(files: tuple[str, str], compared: Callable[..., str]) -> None:
    def record(*arguments: str) -> dict[str, object]:
        content = json.loads(compared(*files, "--json", *arguments))
        found: dict[str, object] = content["pairs"][0]["alignment"]
        return found

    assert (record("--align", "0.5")["policy"], record("--align", "0.5")["lag_s"]) == ("given", 0.5)
    assert record("--align", "none")["policy"] == "none"
    assert record("--align", "signal")["signal"] == "pelvis_ty"
    assert record("--align", "signal:knee_angle_r")["signal"] == "knee_angle_r"
    assert record("--align", "minimise")["policy"] == "minimise"
    content = json.loads(compared(*files, "--json", "--window", "1", "2"))
    assert content["pairs"][0]["figures"][0]["n"] == 101


def test_markers_with_other_names_in_another_frame(
    tmp_path: Path, compared: Callable[..., str]
) -> None:
    names = ("a", "b", "c", "d")
    positions = np.random.default_rng(1).normal(size=(20, 4, 3))
    times = np.arange(20) / 50
    write_trc(tmp_path / "r.trc", Markers(names, times, positions))
    other = Markers(tuple("wxyz"), times, positions + np.array([1.0, 0.0, 0.0]))
    write_trc(tmp_path / "e.trc", other)
    files = (str(tmp_path / "r.trc"), str(tmp_path / "e.trc"))
    pairs = [f"--match={one}={two}" for one, two in zip(names, other.names, strict=True)]
    content = json.loads(compared(*files, *pairs, "--space", "rigid", "--json"))
    found = {(r["marker"], r["metric"]): r["value"] for r in content["pairs"][0]["figures"]}
    assert found["all markers", "mpjpe"] == pytest.approx(0.0, abs=1e-6)
    assert content["pairs"][0]["alignment"]["spatial"]["transform"]["rms"] < 1e-6
    assert "alignment in space: residual 0.0 mm RMS" in compared(*files, *pairs, "--space", "rigid")


def test_events_from_a_csv(
    files: tuple[str, str], compared: Callable[..., str], tmp_path: Path
) -> None:
    events = tmp_path / "events.csv"
    events.write_text("name,start_s,end_s\nfirst,0,1\nsecond,1,2\n", encoding="utf-8")
    text = compared(*files, "--events", str(events))
    row = next(line.split() for line in text.splitlines() if line.startswith("knee_angle_r"))
    assert row[2:5] == ["2.00", "±", "0.00"]
    assert "repetitions" in text


def test_a_list_of_pairs(
    files: tuple[str, str], compared: Callable[..., str], tmp_path: Path
) -> None:
    listed = tmp_path / "pairs.csv"
    rows = "".join(f"mocap.mot,video.mot,s{i},walk\n" for i in range(3))
    listed.write_text(
        f"reference,estimate,subject,trial\n{rows}mocap.mot,broken.mot,s9,walk\n", encoding="utf-8"
    )
    (tmp_path / "broken.mot").write_text("no motion", encoding="utf-8")
    text = compared("--pairs", str(listed))
    assert "3 trials of 3 subjects" in text
    assert "left out: s9/walk:" in text
    row = next(line.split() for line in text.splitlines() if line.startswith("all angles"))
    assert row[2:6] == ["°", "2.00", "[2.00,", "2.00]"]


def test_folders(files: tuple[str, str], compared: Callable[..., str], tmp_path: Path) -> None:
    for folder, source in (("m", files[0]), ("v", files[1])):
        for subject in ("s1", "s2"):
            (tmp_path / folder / subject).mkdir(parents=True)
            (tmp_path / folder / subject / "walk.mot").write_bytes(Path(source).read_bytes())
    (tmp_path / "m" / "s1" / "alone.mot").touch()
    text = compared(str(tmp_path / "m"), str(tmp_path / "v"))
    assert "2 trials of 2 subjects" in text
    assert "left out: s1/alone.mot: only the reference folder has it" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["REF"], "name REFERENCE and ESTIMATE"),
        (["REF", "nowhere.mot"], "nowhere.mot does not exist"),
        (["REF", "EST", "--pairs", "x.csv"], "not both"),
        (["REF", "EST", "--align", "soon"], "found 'soon'"),
        (["REF", "EST", "--align", "nan"], "finite number"),
        (["REF", "EST", "--space", "ridgid"], "rigid"),
        (["REF", "EST", "--space", "rigid"], "motions cannot be aligned in space"),
        (["REF", "EST", "--match", "a"], "--match wants REFERENCE=ESTIMATE"),
        (["REF", "EST", "--coordinates", ","], "--coordinates names nothing"),
        (["REF", "EST", "--coordinates", "knee_angel_r"], "knee_angle_r"),
        (["REF", "EST", "--events", "squats"], "squat, sts, gait, jump"),
        (["REF", "EST", "--events", "none.csv"], "cannot read none.csv"),
        (["REF", "EST", "--events", "jump"], "--event-markers"),
        (["REF", "EST", "--walking-direction", "1", "0"], "is for gait cycles"),
        (["REF", "EST", "--events", "gait", "--walking-direction", "0", "1"], "--event-markers"),
        (["REF", "EST", "--window", "5", "6"], "0 to 3 s"),
        (["REF", "EST", "--preset", "opencap"], "opencap-2023"),
        (["REF", "EST", "--csv", "no/such/folder/t.csv"], "t.csv"),
    ],
)
def test_a_failure_is_one_line_on_stderr_and_exit_code_2(
    files: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    named = {"REF": files[0], "EST": files[1]}
    assert main(["compare", *(named.get(word, word) for word in arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    *warned, failure = err.splitlines()
    assert all(line.startswith("warning: ") for line in warned)
    assert failure.startswith("kinebench compare: ")
    assert told in failure


def test_event_markers_belong_to_one_pair(files: tuple[str, str], tmp_path: Path) -> None:
    folder = str(tmp_path)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(KinebenchError, match="column event_markers"):
        run(parser.parse_args([folder, folder, "--event-markers", "feet.trc"]))


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "scaled.osim"
    path.write_bytes(generic_body().model.xml)
    return str(path)


def test_a_model_moves_in_the_report(
    files: tuple[str, str], model: str, tmp_path: Path, compared: Callable[..., str]
) -> None:
    plain, moving = tmp_path / "plain.html", tmp_path / "moving.html"
    compared(*files, "--report", str(plain))
    compared(*files, "--report", str(moving), "--model", model)
    assert "player" not in plain.read_text(encoding="utf-8")
    text = moving.read_text(encoding="utf-8")
    assert text.count('<figure class="player">') == 1
    trial = json.loads(text.partition('<script type="application/json">')[2].partition("<")[0])
    assert (trial["frames"], trial["rate"]) == (181, 60.0)
    assert trial["turns"]["top"] == 2.0  # the knee is 2° off
    assert "Both motions on scaled" in text


def test_a_model_without_a_use_is_refused(
    files: tuple[str, str], model: str, tmp_path: Path, compared: Callable[..., str]
) -> None:
    report = str(tmp_path / "r.html")
    pairs = tmp_path / "pairs.csv"
    row = f"{files[0]},{files[1]}"
    pairs.write_text(f"reference,estimate,subject,trial\n{row},a,x\n{row},b,y\n")
    with pytest.raises(KinebenchError, match="of the one subject whose model it is, found 2"):
        compared("--pairs", str(pairs), "--report", report, "--model", model)
    trc = tmp_path / "markers.trc"
    write_trc(trc, Markers(("a",), motion().times, np.zeros((301, 1, 3))))
    with pytest.raises(KinebenchError, match=r"markers\.trc holds markers"):
        compared(str(trc), str(trc), "--report", report, "--model", model)
    with pytest.raises(KinebenchError, match="is no XML"):
        compared(*files, "--report", report, "--model", files[0])
    assert not Path(report).exists()


def unnamed_slide(folder: Path, model_at: Path) -> list[str]:
    """Two motions whose length q_0 and angle q_7 do not say what they are, and their model."""
    xml = generic_body().model.xml
    model_at.parent.mkdir(parents=True, exist_ok=True)
    model_at.write_bytes(xml.replace(b"pelvis_tx", b"q_0").replace(b"knee_angle_r", b"q_7"))
    names = ("q_0", "q_7", "pelvis_ty")
    kinds: tuple[Kind, ...] = ("translational", "rotational", "translational")
    paths = []
    for name, error in (("mocap", 0.0), ("video", 0.002)):
        times = np.arange(101) / 100
        values = np.stack([0.1 * times, 0.5 * np.sin(6 * times), 0.9 + 0.0 * times], axis=1) + error
        folder.mkdir(parents=True, exist_ok=True)
        paths.append(str(folder / f"{name}.mot"))
        write_motion(paths[-1], Motion(tuple(map(Coordinate, names, kinds)), times, values))
    return paths


@pytest.mark.parametrize("place", ["named", "beside", "session"])
def test_a_model_tells_lengths_from_angles(
    tmp_path: Path, compared: Callable[..., str], place: str
) -> None:
    folder = tmp_path / "OpenSimData" / "Kinematics"
    at = {
        "named": tmp_path / "elsewhere" / "m.osim",
        "beside": folder / "scaled.osim",
        "session": tmp_path / "OpenSimData" / "Model" / "m.osim",
    }[place]
    paths = unnamed_slide(folder, at)
    options = ("--model", str(at)) if place == "named" else ()
    (pair,) = json.loads(compared(*paths, "--json", *options))["pairs"]
    bias = {row["coordinate"]: row for row in pair["figures"] if row["metric"] == "bias"}
    assert {name: row["unit"] for name, row in bias.items()} == {
        "q_0": "m", "q_7": "rad", "pelvis_ty": "m",
    }  # fmt: skip
    assert bias["q_0"]["value"] == pytest.approx(0.002, abs=1e-7)
    assert not any("angles or lengths" in remark["message"] for remark in pair["remarks"])


def test_without_a_model_a_name_that_does_not_say_is_told(
    tmp_path: Path, compared: Callable[..., str]
) -> None:
    paths = unnamed_slide(tmp_path / "motions", tmp_path / "elsewhere" / "m.osim")
    (pair,) = json.loads(compared(*paths, "--json"))["pairs"]
    told = [remark for remark in pair["remarks"] if remark["code"] == "kind assumed"]
    assert [remark["file"] for remark in told] == ["mocap.mot", "video.mot"]
    assert "whether q_0 (0 to 0.1), q_7" in told[0]["message"]


def test_two_models_beside_are_no_model(tmp_path: Path, compared: Callable[..., str]) -> None:
    paths = unnamed_slide(tmp_path, tmp_path / "a.osim")
    (tmp_path / "b.osim").write_bytes(generic_body().model.xml)
    (pair,) = json.loads(compared(*paths, "--json"))["pairs"]
    assert any("angles or lengths" in remark["message"] for remark in pair["remarks"])


def people(folder: Path, n: int) -> Path:
    """A list of pairs of so many subjects, the estimates 1, 2, 3° … off."""
    lines = ["reference,estimate,subject,trial"]
    for subject in range(n):
        one, other = (folder / f"{kind}{subject}.mot" for kind in ("mocap", "video"))
        write_motion(one, motion())
        off = motion().values + np.radians([0.0, 1.0 + subject % 3])
        write_motion(other, replace(motion(), values=off))
        lines.append(f"{one.name},{other.name},s{subject},squat")
    table = folder / "pairs.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table


def test_agreement_over_subjects_is_printed_reported_and_in_json(
    compared: Callable[..., str], tmp_path: Path
) -> None:
    options = ["--pairs", str(people(tmp_path, 5)), "--margin", "5", "--coordinates"]
    report = tmp_path / "report.html"
    text = compared(*options, "knee_angle_r", "--report", str(report))
    assert "agreement over subjects" in text
    assert "ICC(A,1)" in text
    page = report.read_text(encoding="utf-8")
    assert "Agreement over subjects" in page
    assert "within ± 5.00°" in page
    content = json.loads(compared(*options, "knee_angle_r", "--json"))["agreement"]
    first = content["outcomes"][0]
    assert (first["item"], first["outcome"]) == ("knee_angle_r", "mean")
    assert first["limits"]["n_subjects"] == 5
    assert first["equivalence"]["equivalent"] is True
    assert content["curves"] == []


def test_a_margin_without_enough_subjects_is_not_silent(
    files: tuple[str, str], compared: Callable[..., str]
) -> None:
    assert "no test of equivalence: it takes the motions of 3 subjects" in compared(
        *files, "--margin", "5"
    )
    assert "equivalence" not in compared(*files)


@pytest.mark.parametrize("margin", ["0", "-5", "200", "nan"])
def test_an_impossible_margin_is_refused(margin: str, files: tuple[str, str]) -> None:
    assert main(["compare", *files, "--margin", margin]) == 2
