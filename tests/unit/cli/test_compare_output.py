"""``kinebench compare``: whole answers and whole refusals, of motions that differ by a constant."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.alignment import GivenLag, MinimiseLag, NoAlignment, SignalLag
from kinebench.cli import compare as command
from kinebench.cli.main import main
from kinebench.core import Coordinate, Markers, Motion
from kinebench.core.motion import Kind
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc

Capture = pytest.CaptureFixture[str]
NAMES = ("pelvis_ty", "knee_angle_r", "knee_angle_l")


def motion() -> Motion:
    times = np.arange(201) / 100
    knee = 0.5 * np.sin(6 * times)
    values = np.stack([0.9 + 0.1 * np.cos(3 * times), knee, 2 * knee], axis=1)
    kinds: tuple[Kind, ...] = ("translational", "rotational", "rotational")
    return Motion(tuple(map(Coordinate, NAMES, kinds)), times, values)


def off(degrees: float, mm: float = 0.0) -> Motion:
    """Right knee too far bent, pelvis too high."""
    return replace(
        motion(), values=motion().values + np.array([mm / 1e3, math.radians(degrees), 0.0])
    )


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    write_motion(tmp_path / "mocap.mot", motion())
    write_motion(tmp_path / "video.mot", off(2.0, 30.0))
    return [str(tmp_path / "mocap.mot"), str(tmp_path / "video.mot")]


def out(capsys: Capture, *words: str) -> str:
    assert main(["compare", *words]) == 0
    return capsys.readouterr().out


def refused(capsys: Capture, *words: str) -> str:
    assert main(["compare", *words]) == 2
    printed, said = capsys.readouterr()
    assert printed == ""
    return said.splitlines()[-1].removeprefix("kinebench compare: ")


def test_title_table_and_remarks(files: list[str], capsys: Capture) -> None:
    lines = out(capsys, *files).splitlines()
    assert lines[:2] == ["estimate − reference: mocap", ""]
    rows = {line.split()[0]: line.split()[1:] for line in lines if line.split()}
    assert rows["pelvis_ty"][:5] == ["mm", "30.00", "30.00", "30.00", "0.00"]
    assert rows["knee_angle_r"][:5] == ["°", "2.00", "2.00", "2.00", "0.00"]
    assert rows["knee_angle_l"][:5] == ["°", "0.00", "0.00", "0.00", "0.00"]
    told = [line for line in lines[lines.index("", 2) :] if line]
    assert told[0].startswith("alignment: none, lag +0.0000 s, 201 of 201 frames (0 to 2 s)")


def test_long_lines_hang_under_their_beginning(
    files: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = out(capsys, *files, "--preset", "opencap-2023")
    lines = text.splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.startswith("  ") and line[2:4] != "  " for line in lines)
    monkeypatch.setenv("COLUMNS", "10")
    lines = out(capsys, *files).splitlines()
    after = lines[max(i for i, line in enumerate(lines) if line.startswith("knee")) + 1 :]
    widths = [len(line) for line in after if " " in line.strip()]
    assert 30 < max(widths) <= 40


def people(folder: Path, n: int) -> list[str]:
    lines = ["reference,estimate,subject,trial"]
    for i in range(n):
        write_motion(folder / f"m{i}.mot", motion())
        write_motion(folder / f"v{i}.mot", off(1.0 + i))
        lines.append(f"m{i}.mot,v{i}.mot,s{i},squat")
    (folder / "pairs.csv").write_text("\n".join(lines) + "\n")
    return ["--pairs", str(folder / "pairs.csv")]


def test_agreement_stands_between_table_and_remarks(tmp_path: Path, capsys: Capture) -> None:
    lines = out(capsys, *people(tmp_path, 3), "--margin", "5").splitlines()
    place = lines.index("agreement over subjects, [95 % intervals]")
    assert lines[place - 1] == lines[place + 1] == ""
    assert any(line.startswith("all angles") for line in lines[:place])
    assert not any("no test of equivalence" in line for line in lines)


@pytest.mark.parametrize("n", [1, 2])
def test_a_margin_for_few_people(n: int, tmp_path: Path, capsys: Capture) -> None:
    lines = out(capsys, *people(tmp_path, n), "--margin", "5").splitlines()
    assert f"no test of equivalence: it takes the motions of 3 subjects, found {n}" in lines
    assert not any("agreement over subjects" in line for line in lines)


def test_figures_of_a_table_and_of_a_page(
    files: list[str], tmp_path: Path, capsys: Capture
) -> None:
    csv_file, tex, page = (tmp_path / name for name in ("t.csv", "t.tex", "p.html"))
    words = ["--csv", str(csv_file), "--latex", str(tex), "--report", str(page), "--json"]
    content = json.loads(out(capsys, *files, *words))
    with csv_file.open(newline="", encoding="utf-8") as file:
        rows = {(r["coordinate"], r["metric"]): r for r in csv.DictReader(file)}
    for row in content["pairs"][0]["figures"]:
        if row["unit"] == "rad" and row["metric"] in ("rmse", "bias", "mae"):
            known = float(rows[row["coordinate"], row["metric"]]["value"])
            assert math.degrees(row["value"]) == pytest.approx(known, abs=1e-9)
    text = tex.read_text("utf-8")
    assert "Error of the estimate, mocap" in text
    page_text = page.read_text("utf-8")
    for path in map(Path, files):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in page_text


def test_nothing_is_written_over_what_is_compared(files: list[str], capsys: Capture) -> None:
    for option in ("--csv", "--latex", "--report"):
        before = Path(files[1]).read_bytes()
        assert "video.mot" in refused(capsys, *files, option, files[1])
        assert Path(files[1]).read_bytes() == before


TOGETHER = "a pipeline (.toml) and --recordings DIR, on which it is run, go together"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["REF"], "name REFERENCE and ESTIMATE, or --pairs CSV"),
        ([], "name REFERENCE and ESTIMATE, or --pairs CSV"),
        (["REF", "mine.toml"], TOGETHER),
        (["REF", "EST", "--recordings", "."], TOGETHER),
        (
            ["REF", "EST", "--motions", "m"],
            "--motions keeps what pipelines (.toml) give, and none is named",
        ),
        (
            ["REF", "EST", "--pairs", "x.csv"],
            "name either two paths or --pairs CSV, not both; the CSV may have a column"
            " event_markers",
        ),
        (
            ["--pairs", "x.csv", "--event-markers", "m.trc"],
            "name either two paths or --pairs CSV, not both; the CSV may have a column"
            " event_markers",
        ),
        (
            ["REF", "EST", "--ranking", "mean"],
            "--ranking is of several methods: name two or more",
        ),
        (
            ["FOLDER", "FOLDER", "--event-markers", "m.trc"],
            "--event-markers belongs to one pair; for many, give --pairs a column event_markers",
        ),
        (
            ["REF", "EST", "--margin", "180"],
            "--margin must lie between 0 and 180 degrees, found 180",
        ),
        (["REF", "EST", "--margin", "0"], "--margin must lie between 0 and 180 degrees, found 0"),
        (
            ["REF", "EST", "--coordinates", " , "],
            "--coordinates names nothing: it wants names with commas between",
        ),
        (
            ["REF", "EST", "--events", "hop"],
            "--events must be squat, sts, gait, jump or a file that ends in .csv; found 'hop'",
        ),
        (
            ["REF", "EST", "--align", "later"],
            "--align must be none, a lag in seconds, signal, signal:NAME or minimise; found"
            " 'later'",
        ),
        (["REF", "EST", "--match", "=b"], "--match wants REFERENCE=ESTIMATE, found '=b'"),
        (["REF", "EST", "--match", "a="], "--match wants REFERENCE=ESTIMATE, found 'a='"),
        (["REF", "EST", "--match", "ab"], "--match wants REFERENCE=ESTIMATE, found 'ab'"),
    ],
)
def test_a_refusal_in_full(
    words: list[str], said: str, files: list[str], tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "folder").mkdir(exist_ok=True)
    for name in ("mocap", "video"):
        write_motion(tmp_path / "folder" / f"{name}.mot", motion())
    named = {"REF": files[0], "EST": files[1], "FOLDER": str(tmp_path / "folder")}
    assert refused(capsys, *(named.get(word, word) for word in words)) == said


def test_coordinates_are_scored_alone_and_must_exist(files: list[str], capsys: Capture) -> None:
    content = json.loads(out(capsys, *files, "--coordinates", "knee_angle_r, pelvis_ty", "--json"))
    (pair,) = content["pairs"]
    scored = {row["coordinate"] for row in pair["figures"]} & set(NAMES)
    assert scored == {"knee_angle_r", "pelvis_ty"}
    assert pair["excluded"] == [{"item": "knee_angle_l", "reason": "not asked for"}]
    assert "hip" in refused(capsys, *files, "--coordinates", "knee_angle_r,hip")


def test_markers_of_events_go_with_every_method(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trc = tmp_path / "feet.trc"
    write_trc(trc, Markers(("a",), motion().times, np.zeros((201, 1, 3))))
    write_motion(tmp_path / "other.mot", off(1.0))
    seen: dict[str, Any] = {}
    monkeypatch.setattr(command, "run_methods", lambda a, found, *_: seen.update(found) or 0)
    other = str(tmp_path / "other.mot")
    assert main(["compare", *files, other, "--event-markers", str(trc)]) == 0
    assert list(seen) == ["video", "other"]
    for one in seen.values():
        assert [pair.event_markers for pair in one.pairs] == [trc]


def test_files_are_named_once_with_their_part(files: list[str], tmp_path: Path) -> None:
    from kinebench.cli.compare_methods import files_of
    from kinebench.comparison import FoundPairs, find_pairs

    one = find_pairs(Path(files[0]), Path(files[1]))
    trc = tmp_path / "feet.trc"
    pairs = tuple(replace(pair, event_markers=trc) for pair in one.pairs)
    with_feet = FoundPairs(pairs, one.excluded)
    mocap, video = map(Path, files)
    assert files_of({"": one}) == [("reference", mocap), ("estimate", video)]
    assert files_of({"a": one, "b": with_feet}) == [
        ("reference", mocap), ("a", video), ("b", video), ("event markers", trc),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("n", "shown"), [(2, "s0, s1"), (4, "s0, s1, s2, s3"), (5, "s0, s1, s2, s3, …")]
)
def test_a_page_with_a_model_is_of_one_subject(
    n: int, shown: str, tmp_path: Path, capsys: Capture
) -> None:
    words = [*people(tmp_path, n), "--report", str(tmp_path / "r.html"), "--model", "m.osim"]
    assert refused(capsys, *words) == (
        f"one .osim file is of the one subject whose model it is, found {n}: {shown}; name a folder"
        " with s0.osim, s1.osim, …"
    )


def test_walking_direction_and_window_reach_the_procedure() -> None:
    words = ["a", "b", "--events", "gait", "--walking-direction", "1", "0.5", "--window", "1", "2"]
    how = command.procedure_of(parsed(*words))
    assert how.walking_direction == (1.0, 0.5)
    assert how.window_s == (1.0, 2.0)


def parsed(*words: str) -> Any:
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(list(words))


@pytest.mark.parametrize(
    ("kind", "name"), [("rigid", "RigidAlignment"), ("vertical", "VerticalAxisAlignment")]
)
def test_the_kind_of_alignment_in_space(kind: str, name: str) -> None:
    assert type(command.procedure_of(parsed("a", "b", "--space", kind)).space).__name__ == name


def test_several_methods_as_a_whole(tmp_path: Path, capsys: Capture) -> None:
    for i in range(3):
        for name, degrees in (("mocap", 0.0), ("a", 4.0 + i), ("b", 1.0 + i)):
            (tmp_path / name / f"s{i}").mkdir(parents=True)
            write_motion(tmp_path / name / f"s{i}" / "walk.mot", off(degrees))
    (tmp_path / "mocap" / "s0" / "alone.mot").touch()
    folders = [str(tmp_path / name) for name in ("mocap", "a", "b")]
    lines = out(capsys, *folders).splitlines()
    flat = " ".join(" ".join(lines).split())
    # two knees, one of which is right: half of 2 and of 5 degrees
    assert flat.startswith("RMSE of the legs: b has the lowest mean, 1.00 [")
    assert "3 subjects, 3 trials that every method has; 95 % intervals over subjects" in flat
    assert sum(line == "" for line in lines) >= 5
    left = [line for line in lines if line.startswith("left out: ")]
    assert left
    assert "alone.mot" in left[0]
    places = [flat.index(word) for word in ("knee_angle_r", "left out")]
    assert places == sorted(places)


def test_results_of_pipelines_are_kept_where_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def pairs(*given: Any) -> str:
        asked.append(given[:4])
        return "pairs"

    monkeypatch.setattr("kinebench.comparison.estimated_pairs", pairs)
    toml = tmp_path / "mine.toml"
    arguments = parsed("ref", str(toml), "--recordings", "k")
    found = command._found(arguments, tmp_path / "motions")
    assert found == {"mine": "pairs"}
    assert asked == [(Path("ref"), toml, Path("k"), tmp_path / "motions" / "mine")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("none", NoAlignment()),
        ("minimise", MinimiseLag()),
        ("signal", SignalLag()),
        ("signal:knee_angle_r", SignalLag("knee_angle_r")),
        ("-0.25", GivenLag(-0.25)),
    ],
)
def test_policies_of_alignment(text: str, found: Any) -> None:
    assert command.procedure_of(parsed("a", "b", "--align", text)).time == found


def test_many_outcomes_are_left_to_page_and_json_unless_a_margin_asks(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kinebench.cli.compare_output._MOST_OUTCOMES", 3)
    pairs = people(tmp_path, 3)
    few = out(capsys, *pairs)
    assert "highest, lowest, range: in --report and --json" in few
    assert " highest " not in few
    asked = out(capsys, *pairs, "--margin", "5")
    assert " highest " in asked
    assert "in --report and --json\n\nright" not in asked
    assert "in every row: 3 subjects, 3 trials" in few
